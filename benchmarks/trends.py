"""Trends: how often the tests find what was put into simulated corpora, and how often they find what is not there.

python -m benchmarks.trends

Corpora of 20 topics and 16 periods of growing size. In the corpora without any change every topic keeps its share; in those with
waves the shares go up and down at random from period to period; in the others two topics drift, two burst for three periods, and
two change their share once. Printed are the share of corpora in which anything is called rising or falling (the family-wise error,
which with no true trend is the rate of false discoveries), the share of what was found that is false, and the share of what was put
in that was found.
"""

from __future__ import annotations

import numpy as np

from benchmarks import report
from explorer.topics.trends import trend_frame

TOPICS, PERIODS, CORPORA = 20, 16, 60


def simulated(kind: str, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the topics and periods of one corpus, and the totals of its periods."""
    totals = np.linspace(60, 600, PERIODS).astype(int)
    shares = np.repeat(draw.dirichlet(np.full(TOPICS, 8.0))[:, None], PERIODS, axis=1)
    if kind == "waves":
        shares = shares * draw.gamma(4, 1 / 4, shares.shape)
    if kind == "changes":
        shares[:2] *= np.linspace(0.5, 2.0, PERIODS)
        shares[2:4, 7:10] *= 3
        shares[4:6, 10:] *= 2
    shares = shares / shares.sum(axis=0)
    return np.stack([draw.multinomial(total, share) for total, share in zip(totals, shares.T)], axis=1), totals


def main() -> None:
    report.heading(
        "Trends", (f"{CORPORA} corpora of each kind, {TOPICS} topics, {PERIODS} periods, 60 to 600 papers a period",)
    )
    rows = []
    for kind in ("none", "waves", "changes"):
        draw = np.random.default_rng(11)
        false_trends = anything = trends = drifts = burst = false_bursts = changed = false_changes = 0.0
        for _ in range(CORPORA):
            grid, totals = simulated(kind, draw)
            frame = trend_frame(grid, totals, 2000, "year")
            moved = frame["trend"].isin(("rising", "falling")).to_numpy()
            bursts = frame["bursts"].map(len).to_numpy() > 0
            changes = (frame["change"] != "").to_numpy()
            # With changes, a trend is true of all that drift or change their share; the others sink a little as those rise.
            true = np.arange(TOPICS) < 6 if kind == "changes" else np.zeros(TOPICS, bool)
            anything += moved.any()
            trends += moved.sum()
            false_trends += moved[~true].sum() / max(moved.sum(), 1)
            drifts += moved[:2].mean()
            burst += bursts[2:4].mean()
            false_bursts += bursts[~true].mean()
            changed += changes[4:6].mean()
            false_changes += changes[~true].mean()
        each = [value / CORPORA for value in (anything, false_trends, drifts, burst, false_bursts, changed, false_changes)]
        if kind != "changes":
            each[2] = each[3] = each[5] = float("nan")
        rows.append([kind, *(report.number(value) for value in each)])
    report.table(
        (
            "corpora", "any trend called", "false trends of those found", "drifts found", "bursts found", "false bursts a topic",
            "changes found", "false changes a topic",
        ),
        rows,
    )  # fmt: skip


if __name__ == "__main__":
    main()

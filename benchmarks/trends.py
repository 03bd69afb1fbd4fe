"""Trends: how often the tests find what was put into simulated corpora, and how often they find what is not there.

python -m benchmarks.trends

Corpora of 20 topics: 16 periods of growing size, 120 periods of 10 papers, and 12 periods of 30. In the corpora without any change
every topic keeps its share; in those with waves the shares go up and down at random from period to period; in the others two topics
drift, two burst for three periods (of 120 for ten), and two change their share once; in the last ones only one topic bursts. Printed are
the share of corpora in which anything is called rising or falling (the family-wise error, which with no true trend is the rate of false
discoveries), the share of what was found that is false, and the share of what was put in that was found; and of bursts the same for
Kleinberg's automaton alone (`bursts`) and for those that are more than chance (`significant_bursts`).
"""

from __future__ import annotations

import numpy as np

from benchmarks import report
from explorer.topics.trends import trend_frame

TOPICS, CORPORA = 20, 60
TOTALS = {
    "16 of 60 to 600": np.linspace(60, 600, 16).astype(int),
    "120 of 10": np.full(120, 10),
    "12 of 30": np.full(12, 30),
}
"""Papers of each period."""


def simulated(kind: str, totals: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Counts of the topics and periods of one corpus."""
    number = len(totals)
    shares = np.repeat(draw.dirichlet(np.full(TOPICS, 8.0))[:, None], number, axis=1)
    middle = slice(number * 7 // 16, number * 7 // 16 + max(3, number // 12))
    if kind == "waves":
        shares = shares * draw.gamma(4, 1 / 4, shares.shape)
    if kind == "changes":
        shares[:2] *= np.linspace(0.5, 2.0, number)
        shares[2:4, middle] *= 3
        shares[4:6, number * 5 // 8 :] *= 2
    if kind == "one burst":
        shares[2, middle] *= 3
    shares = shares / shares.sum(axis=0)
    return np.stack([draw.multinomial(total, share) for total, share in zip(totals, shares.T)], axis=1)


def main() -> None:
    report.heading("Trends", (f"{CORPORA} corpora of each kind, {TOPICS} topics, periods of so many papers",))
    rows, burst_rows = [], []
    for shape, totals in TOTALS.items():
        for kind in ("none", "waves", "changes", "one burst"):
            draw = np.random.default_rng(11)
            anything = false_trends = drifts = changed = false_changes = 0.0
            bursting = {"bursts": np.zeros(4), "significant_bursts": np.zeros(4)}
            for _ in range(CORPORA):
                grid = simulated(kind, totals, draw)
                frame = trend_frame(grid, totals, 2000, "year")
                moved = frame["trend"].isin(("rising", "falling")).to_numpy()
                changes = (frame["change"] != "").to_numpy()
                # With changes, a trend is true of all that drift or change their share; the others sink a little as those rise.
                true = {"changes": np.arange(TOPICS) < 6, "one burst": np.arange(TOPICS) == 2}.get(kind, np.zeros(TOPICS, bool))
                anything += moved.any()
                false_trends += moved[~true].sum() / max(moved.sum(), 1)
                drifts += moved[:2].mean()
                changed += changes[4:6].mean()
                false_changes += changes[~true].mean()
                burst = np.arange(2, 4 if kind == "changes" else 3)
                for name, sums in bursting.items():
                    found = frame[name].map(len).to_numpy() > 0
                    sums += (
                        found[~true].mean(),
                        found[~true].any(),
                        found[~true].sum() / max(found.sum(), 1),
                        found[burst].mean(),
                    )
            each = [value / CORPORA for value in (anything, false_trends, drifts, changed, false_changes)]
            if kind != "changes":
                each[2] = each[3] = float("nan")
            rows.append([shape, kind, *(report.number(value) for value in each)])
            for name, sums in bursting.items():
                shown = [*(sums[:3] / CORPORA), sums[3] / CORPORA if kind in ("changes", "one burst") else float("nan")]
                burst_rows.append([shape, kind, name, *(report.number(value) for value in shown)])
    report.table(
        (
            "periods", "corpora", "any trend called", "false trends of those found", "drifts found", "changes found",
            "false changes a topic",
        ),
        rows,
    )  # fmt: skip
    report.table(
        (
            "periods", "corpora", "bursts", "false ones a topic", "corpora with a false one", "false of those found",
            "true ones found",
        ),
        burst_rows,
    )  # fmt: skip


if __name__ == "__main__":
    main()

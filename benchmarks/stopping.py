"""Stopping: whether what was promised was reached, how much work was saved, and whether the intervals hold.

    python -m benchmarks.stopping --orders FILE      screen every review to its end (three seeds by default), then the tables
    python -m benchmarks.stopping --orders FILE --shapes    what the constants of `explorer.screening.stopping` come from

The orders are those of the queue (`benchmarks.screening`: one relevant and one irrelevant prior, study words of the other reviews); they
are kept in FILE, and screened anew only where they are missing. The shapes of a review's curve are known beforehand from the *other*
reviews. A rule is asked at forty moments of each screening; it stops at the first that says so, or reads everything.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks import report
from benchmarks.data import data_folder
from benchmarks.screening import drawn_priors, read_review, review_names, study_words
from explorer.screening.features import record_features
from explorer.screening.simulate import screened_order
from explorer.screening.stopping import Curve, Stopping, hypergeometric, summary

TARGETS = (0.80, 0.90, 0.95, 0.99)
MOMENTS = (0.10, 0.25, 0.50)
AT = 40
"""Moments at which a rule is asked."""

SPREAD = 2.0
"""The covariance of the shapes over these reviews is taken so many times larger, for they are few."""

Orders = dict[tuple[str, int], NDArray[np.bool_]]
"""Review and seed; what was relevant in the order of the queue, priors left out."""


def orders(folder: Path, kept: Path, seeds: Sequence[int]) -> Orders:
    """Screen every review to its end, but for those that are kept."""
    found: Orders = {}
    if kept.exists():
        for line in kept.read_text().splitlines():
            row = json.loads(line)
            found[row["review"], row["seed"]] = _unpacked(row)
    names = review_names(folder)
    for name in names:
        wanted = [seed for seed in seeds if (name, seed) not in found]
        if not wanted:
            continue
        review = read_review(folder, name)
        words = study_words(folder, [other for other in names if other != name])
        features = record_features(review.titles, review.abstracts, study_words=words)
        for seed in wanted:
            rows = screened_order(features, review.relevant, drawn_priors(review.relevant, seed)).rows
            queue = review.relevant[rows[2:]]
            found[name, seed] = queue
            with kept.open("a") as file:
                row = {"review": name, "seed": seed, "records": len(queue), "relevant_at": np.flatnonzero(queue).tolist()}
                file.write(json.dumps(row) + "\n")
    return {key: queue for key, queue in found.items() if key[1] in seeds}


def _unpacked(row: dict[str, Any]) -> NDArray[np.bool_]:
    queue = np.zeros(row["records"], bool)
    queue[row["relevant_at"]] = True
    return queue


def shapes(found: Orders, names: Sequence[str]) -> tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]:
    """Mean and covariance of the logarithms of the shapes of some reviews, each fitted to all of its finds."""
    fitted = []
    for name in names:
        places = [(np.flatnonzero(queue) + 0.5) / len(queue) for (of, _), queue in found.items() if of == name]
        at = np.concatenate(places)

        def loss(point: NDArray[np.float64], at: NDArray[np.float64] = at, seeds: int = len(places)) -> float:
            a, b = np.exp(point)
            near = 0.5 * (((point - np.array([-0.7, 0.7])) / 1.5) ** 2).sum()
            return float(near - np.sum(np.log(a * b) + (a - 1) * np.log(at) + (b - 1) * np.log1p(-(at**a))) / seeds)

        fitted.append(minimize(loss, [-0.7, 0.7]).x)
    values = np.array(fitted)
    covariance = np.cov(values.T) * SPREAD + np.diag([0.05, 0.1])
    return tuple(values.mean(axis=0).tolist()), tuple(tuple(row) for row in covariance.tolist())


def moments(queue: NDArray[np.bool_], mean: Any, covariance: Any) -> list[tuple[int, dict[float, Stopping]]]:
    """What is known at each moment, for each target; one relevant and one irrelevant prior were known."""
    n = len(queue)
    at = sorted({*np.linspace(max(20, n // 20), n, AT).astype(int).tolist(), *(int(part * n) for part in MOMENTS)})
    curve = Curve(n, mean=mean, covariance=covariance)
    priors = np.array([True, False])
    told, met = [], 0
    for screened in at:
        for place in np.flatnonzero(queue[met:screened]) + met:
            curve.meet(int(place))
        met = screened
        missed = curve.to_come(screened)
        seen = queue[:screened]
        told.append(
            (
                screened,
                {
                    target: summary(
                        curve,
                        missed,
                        p_value=hypergeometric(seen, n, target, 1),
                        included=np.concatenate([priors, seen]),
                        records=n + 2,
                        target=target,
                        confidence=0.95,
                    )
                    for target in TARGETS
                },
            )
        )
    return told


Rule = Callable[[Stopping], bool]

RULES: dict[str, Rule] = {
    "ours": lambda now: now.reached,
    "the test alone, p < 0.05 (Callaghan and Müller-Hansen)": lambda now: now.p_value < 0.05,
    "the curve alone": lambda now: now.chance >= 0.975,
    "50 irrelevant in a row (ASReview)": lambda now: now.irrelevant_run >= 50,
    "100 irrelevant in a row": lambda now: now.irrelevant_run >= 100,
    "5 % of the records irrelevant in a row": lambda now: now.irrelevant_run >= 0.05 * now.records,
    "10 % of the records irrelevant in a row": lambda now: now.irrelevant_run >= 0.10 * now.records,
}


def tell(found: Orders) -> None:
    """Print the tables."""
    names = sorted({name for name, _ in found})
    known = {}
    for name in names:
        mean, covariance = shapes(found, [other for other in names if other != name])
        for key, queue in found.items():
            if key[0] == name:
                known[key] = moments(queue, mean, covariance)
    print(
        f"{len(names)} reviews, {len(found)} screenings. Of each rule: share that had reached the target when it stopped, work saved.\n"
    )
    table = []
    for rule_name, rule in RULES.items():
        cells = []
        for target in TARGETS:
            reached, saved = [], []
            for key, told in known.items():
                queue = found[key]
                stop = next((at for at, by in told if rule(by[target])), len(queue))
                reached.append((queue[:stop].sum() + 1) / (queue.sum() + 1) >= target - 1e-9)
                saved.append(1 - stop / len(queue))
            cells.append(f"{np.mean(reached):.2f} / {np.mean(saved):.2f}")
        table.append([rule_name, *cells])
    report.table(["rule", *(f"{target:.0%}" for target in TARGETS)], table)
    covered, widths = [], []
    for part in MOMENTS:
        inside, wide = [], []
        for key, told in known.items():
            queue = found[key]
            now = dict(told)[int(part * len(queue))][0.95]
            total = int(queue.sum()) + 1
            inside.append(now.relevant.low <= total <= now.relevant.high)
            wide.append(now.recall.high - now.recall.low)
        covered.append(f"{np.mean(inside):.2f}")
        widths.append(f"{np.mean(wide):.2f}")
    report.table(
        ["95 % interval of the relevant records, screened:", *(f"{part:.0%}" for part in MOMENTS)],
        [["share that holds the truth", *covered], ["mean width of the interval of recall", *widths]],
    )


def main() -> None:
    """Run the benchmark as told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="PATH", help="folder of the real data")
    parser.add_argument("--orders", metavar="FILE", type=Path, required=True, help="where the orders are kept")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds 0 to N - 1")
    parser.add_argument("--shapes", action="store_true", help="print mean and covariance of the shapes over all reviews")
    options = parser.parse_args()
    folder = data_folder(options.data) / "screening"
    found = orders(folder, options.orders, range(options.seeds))
    if options.shapes:
        print(*shapes(found, sorted({name for name, _ in found})), sep="\n")
        return
    report.heading("When to stop", [report.versions("scikit-learn", "scipy")])
    tell(found)


if __name__ == "__main__":
    main()

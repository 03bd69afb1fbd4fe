"""Stopping: whether what was promised was reached, how much work was saved, and whether the intervals hold.

    python -m benchmarks.stopping --orders FILE      screen every review to its end (three seeds by default), then the tables
    python -m benchmarks.stopping --orders FILE --shapes    what the constants of `explorer.screening.stopping` come from
    python -m benchmarks.stopping --orders FILE --topics FILE    the same tables of topics of test collections, which nothing was learnt from

The orders are those of the queue (`benchmarks.screening`: one relevant and one irrelevant prior, study words of the other reviews); they
are kept in FILE, and screened anew only where they are missing. The shapes of a review's curve are known beforehand from the *other*
reviews. A rule is asked after each half per cent of the records, as `simulate_screening` asks it, for of more moments one is likelier to be
wrong; it stops at the first that says so, or reads everything.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.data import data_folder
from benchmarks.screening import drawn_priors, learnt_words, read_review, review_names
from explorer.screening.features import record_features
from explorer.screening.simulate import screened_order
from explorer.screening.stopping import ANYWHERE, FIRST_SHAPES, SECOND_SHAPES, SOONER, Curve, Stopping, hypergeometric, summary

TARGETS = (0.80, 0.90, 0.95, 0.99)
MOMENTS = (0.10, 0.25, 0.50)
AT = 200
"""Moments at which a rule is asked."""

SPREAD = 2.0
"""The covariance of the shapes over these reviews is taken so many times larger, for they are few."""

DOUBT = 2.0
"""Reviews that what is thought beforehand of shapes and shares weighs as much as."""

TOPICS = {"cisi": 45, "npl": 45, "cacm": 40}
"""Test collections of retrieval, and topics of each."""

FEWEST = 6
"""Relevant records of a topic at least."""

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
        words = learnt_words(folder, [other for other in names if other != name])
        features = record_features(review.titles, review.abstracts, **words)
        for seed in wanted:
            rows = screened_order(features, review.relevant, drawn_priors(review.relevant, seed)).rows
            found[name, seed] = _keep(kept, name, seed, review.relevant[rows[2:]])
    return {key: queue for key, queue in found.items() if key[1] in seeds}


def topic_orders(folder: Path, kept: Path) -> Orders:
    """Screen topics of CISI, NPL and CACM as if each were a review, but for those that are kept; relevant is what was judged so.

    Of a collection of more than 2,000 records 1,800 are drawn, and all that are relevant to one of the topics.
    """
    done: Orders = {}
    if kept.exists():
        for line in kept.read_text().splitlines():
            row = json.loads(line)
            done[row["review"], row["seed"]] = _unpacked(row)
    chance = np.random.default_rng(7)
    found: Orders = {}
    for collection, most in TOPICS.items():
        with gzip.open(folder / collection / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        judged: dict[str, set[str]] = {}
        for line in (folder / collection / "qrels" / "test.tsv").read_text().splitlines()[1:]:
            topic, record, score = line.split("\t")
            if float(score) > 0:
                judged.setdefault(topic, set()).add(record)
        drawn = set(range(len(records)))
        if len(records) > 2000:
            drawn = set(chance.choice(len(records), 1800, replace=False).tolist())
        topics = sorted((topic for topic in judged if len(judged[topic]) >= FEWEST), key=int)
        topics = [topics[at] for at in sorted(chance.choice(len(topics), min(most, len(topics)), replace=False))]
        wanted = set().union(*(judged[topic] for topic in topics))
        records = [record for at, record in enumerate(records) if at in drawn or record["_id"] in wanted]
        features = None
        for topic in topics:
            name = f"{collection}{topic}"
            relevant = np.array([record["_id"] in judged[topic] for record in records])
            if relevant.sum() < FEWEST:
                continue
            if (name, 0) not in done:
                features = features or record_features(
                    [record.get("title") for record in records], [record.get("abstract") for record in records]
                )
                rows = screened_order(features, relevant, drawn_priors(relevant, int(topic))).rows
                done[name, 0] = _keep(kept, name, 0, relevant[rows[2:]])
            found[name, 0] = done[name, 0]
    return found


def _keep(kept: Path, name: str, seed: int, queue: NDArray[np.bool_]) -> NDArray[np.bool_]:
    row = {"review": name, "seed": seed, "records": len(queue), "relevant_at": np.flatnonzero(queue).tolist()}
    with kept.open("a") as file:
        file.write(json.dumps(row) + "\n")
    return queue


def _unpacked(row: dict[str, Any]) -> NDArray[np.bool_]:
    queue = np.zeros(row["records"], bool)
    queue[row["relevant_at"]] = True
    return queue


@dataclass(frozen=True)
class Known:
    """What reviews tell of the curve of another one."""

    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    anywhere: tuple[tuple[float, float], ...]


def known_of(found: Orders, names: Sequence[str]) -> Known:
    """Distribution of the shapes and of the share that comes anywhere, over some reviews.

    Notes
    -----
    Empirical Bayes: expectation and maximisation, the seeds of a review taken together for one screening. A prior as weighty as two
    reviews keeps variances and shares from vanishing.
    """
    shares = np.array([share for share, _ in ANYWHERE])
    points = np.stack(np.meshgrid(FIRST_SHAPES, SECOND_SHAPES, indexing="ij"), -1)
    fits = []
    for name in names:
        of = [_likelihood(queue, shares, points) for (review, _), queue in found.items() if review == name]
        fits.append(np.mean(of, axis=0))
    mean, covariance = np.array([0.0, 2.0]), np.diag([0.3, 0.8])
    often = np.full(len(shares), 1 / len(shares))
    for _ in range(60):
        away = points - mean
        prior = -0.5 * np.einsum("ijk,kl,ijl->ij", away, np.linalg.inv(covariance), away)
        total = np.zeros_like(fits[0])
        for fit in fits:
            chance = fit + prior + np.log(often)[:, None, None]
            chance = np.exp(chance - chance.max())
            total += chance / chance.sum()
        often = (total.sum(axis=(1, 2)) + DOUBT / len(shares)) / (len(fits) + DOUBT)
        at = total.sum(axis=0)
        mean = np.einsum("ij,ijk->k", at, points) / at.sum()
        away = points - mean
        covariance = (np.einsum("ij,ijk,ijl->kl", at, away, away) + DOUBT * np.diag([0.1, 0.3])) / (len(fits) + DOUBT)
    return Known(
        tuple(mean.tolist()),
        tuple(tuple(row) for row in (covariance * SPREAD).tolist()),
        tuple(zip(shares.tolist(), often.tolist(), strict=True)),
    )


def _likelihood(queue: NDArray[np.bool_], shares: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of the chance of the places of finds: a share, a first and a second shape each."""
    at = (np.flatnonzero(queue) + 0.5) / len(queue)
    a, b = np.exp(points[..., 0, None]), np.exp(points[..., 1, None])
    density = np.exp(np.log(a * b) + (a - 1) * np.log(at) + (b - 1) * np.log1p(-(at**a)))
    anywhere = SOONER * (1 - at) ** (SOONER - 1)
    return np.stack([np.log((1 - share) * density + share * anywhere).sum(axis=-1) for share in shares])


def moments(queue: NDArray[np.bool_], known: Known) -> list[tuple[int, dict[float, Stopping]]]:
    """What is known at each moment, for each target; one relevant and one irrelevant prior were known."""
    n = len(queue)
    at = sorted({*np.linspace(max(20, n // 20), n, AT).astype(int).tolist(), *(int(part * n) for part in MOMENTS)})
    curve = Curve(n, mean=known.mean, covariance=known.covariance, anywhere=known.anywhere)
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


def tell(found: Orders, reviews: Orders) -> None:
    """Print the tables; the curve is known from `reviews`, without the one that is screened."""
    names = sorted({name for name, _ in found})
    known = {}
    of = sorted({name for name, _ in reviews})
    every = known_of(reviews, of)
    for name in names:
        others = known_of(reviews, [other for other in of if other != name]) if name in of else every
        for key, queue in found.items():
            if key[0] == name:
                known[key] = moments(queue, others)
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
    parser.add_argument("--topics", metavar="FILE", type=Path, help="tables of topics of test collections, kept here")
    options = parser.parse_args()
    folder = data_folder(options.data) / "screening"
    found = orders(folder, options.orders, range(options.seeds))
    if options.shapes:
        print(known_of(found, sorted({name for name, _ in found})))
        return
    report.heading("When to stop", [report.versions("scikit-learn", "scipy")])
    tell(topic_orders(folder.parent / "retrieval", options.topics) if options.topics else found, found)


if __name__ == "__main__":
    main()

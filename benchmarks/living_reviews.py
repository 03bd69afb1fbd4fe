"""Living reviews: what recall and stop say when the search is run again, and what is found by the next stop.

    python -m benchmarks.living_reviews [--reviews NAME ...] [--seeds N] [--part .2]

Of each review a part of the records, drawn at random, is held back. The rest is screened in the order of the queue, from one relevant
record, until the review says stop, as `explorer.Screening` says it, asked after every 20 decisions. Then the search is run again and brings
what was held back. Beside what is said then stands what the same decisions say where all searches are taken for one order, as the
build before took them. Screening goes on to the next stop.

The study words that the package carries are learnt from these reviews, so that the queue does better here than on others: what is
measured is whether the estimate holds, not how soon it stops.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import explorer
from benchmarks import report
from benchmarks.data import data_folder
from benchmarks.screening import Review, read_review, review_names
from explorer.screening.stopping import Stopping, stopping

EVERY = 20
TARGET = 0.95


def screen(review: explorer.Screening, relevant: dict[str, bool]) -> Stopping:
    """Go on until the review says stop, or all is read."""
    read = 0
    while (paper := review.next()) is not None:
        review.label(paper, "include" if relevant[paper.id] else "exclude", alike=False)
        read += 1
        if read % EVERY == 0 and (known := review.stopping(target=TARGET)).reached:
            return known
    return review.stopping(target=TARGET)


def measured(review: Review, seed: int, part: float, folder: Path) -> dict[str, object]:
    """One review, one seed."""
    chance = np.random.default_rng(seed)
    ids = np.array([f"r{row:06}" for row in range(len(review.titles))])
    relevant = dict(zip(ids.tolist(), review.relevant.tolist(), strict=True))
    papers = pd.DataFrame({"id": ids, "title": review.titles, "abstract": review.abstracts})
    order = chance.permutation(len(papers))
    first, later = np.split(order, [round((1 - part) * len(order))])
    corpus = explorer.Corpus.from_papers(papers.iloc[first], folder / f"{review.name}-{seed}")
    seeds = [str(chance.choice([id_ for id_ in ids[first] if relevant[id_]]))]
    screening = explorer.Screening(corpus, seeds=seeds, name=f"{review.name} {seed}", reviewer="one")
    screen(screening, relevant)
    screening.update(corpus.add(papers.iloc[later], keep_duplicates=True))
    now = screening.stopping(target=TARGET)
    included = np.array(screening.found_so_far(), bool)
    as_one = stopping(included, len(screening), target=TARGET, priors=1)
    total = int(review.relevant.sum())
    true = now.found / total
    second = screen(screening, relevant)
    return {
        "review": review.name,
        "seed": seed,
        "true": true,
        "said": now.recall.value,
        "holds": now.recall.low <= true <= now.recall.high,
        "said as one": as_one.recall.value,
        "holds as one": as_one.recall.low <= true <= as_one.recall.high,
        "second stop": second.found / total,
        "read by then": second.screened / second.records,
    }


def main() -> None:
    """Run the benchmark as told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="PATH", help="folder of the real data")
    parser.add_argument("--reviews", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds 0 to N - 1")
    parser.add_argument("--part", type=float, default=0.2, metavar="SHARE", help="of the records, held back (default: .2)")
    options = parser.parse_args()
    folder = data_folder(options.data) / "screening"
    if not review_names(folder):
        raise SystemExit(
            f"There are no reviews in {folder}: files NAME.jsonl.gz of title, abstract, label_included, a record a line."
        )
    report.heading("Living reviews", [report.versions("scikit-learn"), f"{options.part:.0%} held back; target {TARGET:.0%}"])
    rows = []
    with tempfile.TemporaryDirectory() as place:
        os.environ["LITEXPLORER_DATA_HOME"] = place
        for name in options.reviews or review_names(folder):
            for seed in range(options.seeds):
                rows.append(measured(read_review(folder, name), seed, options.part, Path(place)))
                print(
                    " ".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in rows[-1].values()),
                    flush=True,
                )
    found = pd.DataFrame(rows)
    report.table(
        ["", "each search by itself", "all as one order"],
        [
            ["intervals that hold the true recall", f"{found['holds'].mean():.2f}", f"{found['holds as one'].mean():.2f}"],
            [
                "said, less the true recall, on average",
                f"{(found['said'] - found['true']).mean():+.2f}",
                f"{(found['said as one'] - found['true']).mean():+.2f}",
            ],
            [f"second stops at a recall of {TARGET:.0%} or more", f"{(found['second stop'] >= TARGET).mean():.2f}", ""],
            ["records read by then, on average", f"{found['read by then'].mean():.2f}", ""],
        ],
    )


if __name__ == "__main__":
    main()

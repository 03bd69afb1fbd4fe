"""Ten thousand subscriptions over the papers of a day, beside running each search on the whole corpus.

``python -m benchmarks.digest`` on the sample of `benchmarks.data`: the last `DAY` papers by date are those of the day, the
corpus has all. Subscriptions are made from papers drawn at random: words of a title (two or three, all of them, or either of
two), a phrase of two, an author, a category, a topic with a word, one in ten with a word against; and `CONCEPTS` different
expressions over concepts. Percolation matches all of them, reasons of the papers that an issue would have included. The peer
runs the same selections on the whole corpus, each with the results' own masks, and keeps the papers of the day; a sample of
`SAMPLED`, evenly spaced, for all would take long, and its time is scaled. Both give the same papers, or it is said. Clock and
processor time of the process. ``--whole`` instead makes the digest of as many subscribers, one subscription each, with its messages
and the ledger of what was told.
"""

from __future__ import annotations

import contextlib
import random
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas  # noqa: F401  (which Arrow imports when it is first given an array: no part of either way)
import pyarrow.parquet as pq

from benchmarks import report
from benchmarks.data import SAMPLE, SOURCES, arguments, prepared
from explorer import Corpus, QueryError, Selection
from explorer.feed.matching import Percolator
from explorer.library.library import Library
from explorer.search.results import Results

DAY, SUBSCRIPTIONS, SAMPLED, CONCEPTS, CAP = 250, 10_000, 200, 20, 20


def selections(corpus: Corpus, count: int, seed: int = 0) -> list[tuple[Selection, tuple[str, ...]]]:
    """Selections and words against."""
    draw = random.Random(seed)
    table = corpus.table.select(["title", "authors", "keywords"])
    labels, found = corpus.topics.labels[:-1], []
    while len(found) < count:
        row = draw.randrange(len(corpus))
        title, authors, keywords = (table.column(name)[row].as_py() for name in table.column_names)
        words = [word.lower() for word in (title or "").split() if word.isalpha() and len(word) > 3]
        if len(words) < 3 or not authors or not keywords:
            continue
        kind = draw.random()
        if kind < 0.35:
            given = {"query": " ".join(draw.sample(words, draw.choice((2, 3))))}
        elif kind < 0.5:
            given = {"query": " OR ".join(draw.sample(words, 2))}
        elif kind < 0.6:
            at = draw.randrange(len(words) - 1)
            given = {"query": f'"{words[at]} {words[at + 1]}"'}
        elif kind < 0.8:
            given = {"authors": (draw.choice(authors),)}
        elif kind < 0.9:
            given = {"keywords": (draw.choice(keywords),)}
        else:
            given = {"topics": (draw.choice(labels),), "query": draw.choice(words)}
        against = (draw.choice(words),) if draw.random() < 0.1 else ()
        selection = Selection(**given)
        # Words of a title may be operators: "near", "not".
        with contextlib.suppress(QueryError):
            _ = selection.parsed
            found.append((selection, against))
    expressions = [
        Selection(rank=f"{draw.choice(labels).split(',')[0]} + {draw.choice(labels).split(',')[0]}") for _ in range(CONCEPTS)
    ]
    for number in range(0, count, max(count // 200, 1)):
        found[number] = (expressions[number % CONCEPTS], ())
    return found


def percolated(corpus: Corpus, rows: np.ndarray, wanted: list[tuple[Selection, tuple[str, ...]]]) -> tuple[list[set[int]], int]:
    """Papers of the day that each selection wants, and how many reasons were given."""
    found, said = [], 0
    percolator = Percolator(corpus.ranker, rows)
    for selection, against in wanted:
        places = percolator.match(selection, without=against).places
        found.append(set(rows[places].tolist()))
        said += sum(map(len, percolator.reasons(selection, places[:CAP].tolist())))
    return found, said


def searched(corpus: Corpus, rows: np.ndarray, wanted: list[tuple[Selection, tuple[str, ...]]]) -> list[set[int]]:
    """The same by searches of the whole corpus."""
    of_day = np.zeros(len(corpus), bool)
    of_day[rows] = True
    found = []
    for selection, against in wanted:
        results = Results(corpus.ranker, selection)
        mask = results.mask & of_day
        for word in against:
            mask = mask & ~Results(corpus.ranker, Selection(query=f'"{word}"')).mask
        if selection.rank:
            assert results.ordering is not None
            scores = results.ordering.scores
            count = max(1, round(0.05 * len(scores)))
            mask = mask & (scores >= np.partition(scores, len(scores) - count)[len(scores) - count])
        found.append(set(np.flatnonzero(mask).tolist()))
    return found


def whole(corpus: Corpus, rows: np.ndarray, wanted: list[tuple[Selection, tuple[str, ...]]]) -> None:
    """Make the issues of all, as `litexplorer digest` does before it delivers them."""
    from explorer.feed.digest import Digest, Setting
    from explorer.store.appearances import appearances

    first = appearances(corpus.snapshot).days[rows].min().item()
    with tempfile.TemporaryDirectory(prefix="litexplorer-digest-") as folder:
        library = Library(corpus.ranker, Path(folder))
        for number, (selection, against) in enumerate(wanted):
            address = f"{number}@example.org"
            library.subscriptions.add(str(number), selection, without=against, since=first, address=address, cap=CAP)
        clock, processor = time.perf_counter(), time.process_time()
        outcome = Digest(library, Setting(sender="digest@example.org")).run(None)
        taken = time.perf_counter() - clock, time.process_time() - processor
        print(
            f"{outcome.made:,} issues of {outcome.papers:,} papers made in {taken[0]:.1f} s, {taken[1]:.1f} s of the processor"
        )
        library.database.close()


def main() -> int:
    parser = arguments((__doc__ or "").splitlines()[0])
    parser.add_argument("--papers", type=int, default=SAMPLE)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--whole", action="store_true", help="make the whole digest instead")
    options = parser.parse_args()
    try:
        path = prepared(options.papers, options.data, options.snapshot)
    except SystemExit as error:
        print(f"digest left out: {error} {SOURCES['arxiv']}")
        return 0
    corpus = Corpus.from_papers(pq.read_table(path))
    corpus.ranker.prepare_meaning()
    rows = np.sort(np.asarray(corpus.snapshot.order("newest")[:DAY], np.int64))
    wanted = selections(corpus, options.subscriptions)
    print(f"\n## Subscriptions: {len(wanted):,} over {len(rows)} papers of {len(corpus):,}\n\n{report.machine()}\n")
    if options.whole:
        whole(corpus, rows, wanted)
        return 0
    clock, processor = time.perf_counter(), time.process_time()
    ours, said = percolated(corpus, rows, wanted)
    ours_clock, ours_processor = time.perf_counter() - clock, time.process_time() - processor
    step = max(len(wanted) // SAMPLED, 1)
    # What ours kept of the corpus is dropped, so that the peer starts as it did.
    fresh = Corpus(corpus.folder)
    fresh.ranker.prepare_meaning()
    clock, processor = time.perf_counter(), time.process_time()
    theirs = searched(fresh, rows, wanted[1::step])
    scale = len(wanted) / len(theirs)
    their_clock, their_processor = (time.perf_counter() - clock) * scale, (time.process_time() - processor) * scale
    different = sum(one != other for one, other in zip(ours[1::step], theirs, strict=True))
    print("| way | clock | processor | ratio of the clock | of the processor |\n|---|---|---|---|---|")
    print(f"| percolation, with {said:,} reasons | {ours_clock:.1f} s | {ours_processor:.1f} s | 1 | 1 |")
    print(
        f"| each on the whole corpus, {len(theirs)} of them, scaled | {their_clock:.0f} s | {their_processor:.0f} s "
        f"| {their_clock / ours_clock:.1f} | {their_processor / ours_processor:.1f} |"
    )
    print(f"\n{sum(map(len, ours)):,} matches; {different} of {len(theirs)} compared differ")
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())

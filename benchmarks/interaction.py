"""From a changed query or filter to hits, the counts of six facets, the topic series and the first page.

``python -m benchmarks.interaction --papers 100000``. The interactions are those of `sequence`, which draws them from the corpus
with a seed: typed queries of one to three words, frequent ones among them, phrases and prefixes; filters by topic, venue,
author, keyword, year and code, added and removed; changes of the order. All engines answer the same selections.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers, report
from benchmarks.corpus import built
from benchmarks.data import SOURCES, arguments
from benchmarks.wire import Page
from explorer import Corpus, Selection
from explorer.dashboard.session import Session
from explorer.dashboard.views import page as views
from explorer.search.results import Results
from explorer.text.analysis import tokens

FREQUENT = ("model", "field", "theory", "energy", "quantum", "data", "learning", "system", "large", "study", "method", "new")
"""Words that one paper in ten or more has, typed in one query of six; rarer ones come from titles, as often as they occur."""

FEW_PEER_INTERACTIONS = 40
"""Interactions the peers answer beyond 200,000 papers, where all of them would take most of an hour."""


def sequence(corpus: Corpus, count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """The recorded interactions: the changes of the selection, one after another.

    Filters are clicked where the panels show them, so a value is among the largest of its facet under the selection in force
    and has papers; a query is typed whatever comes of it.
    """
    chance = random.Random(seed)
    results = Results(corpus.ranker, Selection())
    for _ in range(count):
        selection = results.selection
        active = [row.field for row, _ in selection.active()]
        step = chance.random()
        if active and (len(active) > 3 or results.shown == 0 or step < 0.2):
            field = chance.choice(active)
            changes = {field: getattr(Selection(), field)}
        elif step < 0.3:
            others = [sort for sort in ("relevance", "newest", "oldest", "title") if sort != selection.sort]
            changes = {"sort": chance.choice(others)}
        elif step < 0.65:
            changes = {"query": _typed(corpus, chance)}
        else:
            changes = _clicked(results, chance)
        results = Results(corpus.ranker, selection.with_(changes))
        yield changes


def _typed(corpus: Corpus, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 1 / 6:
        return chance.choice(FREQUENT)
    words: list[str] = []
    while len(words) < 3:
        title = corpus.table["title"][chance.randrange(len(corpus))].as_py() or ""
        words = [word.strip(".,:;!?()$'\"") for word in title.split()]
        # What remains is typed as a word: no signs, no operators, and something the analysers keep.
        words = [word for word in words if word.isalpha() and word.isascii() and len(word) > 3 and tokens(word, "english")]
    at = chance.randrange(len(words) - 1)
    if kind < 0.3:
        return f'"{words[at]} {words[at + 1]}"'
    if kind < 0.45:
        return f"{words[at][: chance.randint(4, 6)].lower()}*"
    return " ".join(chance.sample(words, chance.randint(1, 3))).lower()


def _clicked(results: Results, chance: random.Random) -> dict[str, Any]:
    field = chance.choice(["topics", "venues", "authors", "keywords", "years", "has_code"])
    counts = results.counts(field)
    if field == "has_code":
        return {"has_code": bool(chance.choice(np.flatnonzero(counts)))}
    if field == "years":
        first, last = results.snapshot.year_span
        low = first + int(chance.choice(np.flatnonzero(counts)))
        return {"years": (low, chance.choice([None, min(low + chance.randint(0, 5), last)]))}
    shown = np.argsort(-counts, kind="stable")[: 3 * views.FACET_PAGE]
    value = results.snapshot.facet(field).values[int(chance.choice(shown))].as_py()
    chosen = getattr(results.selection, field)
    return {field: (*chosen, value) if len(chosen) == 1 and value not in chosen else (value,)}


def data_part(results: Results) -> tuple[Any, ...]:
    """Hits, counts, series and the papers of the first page, without a figure or a word of the page."""
    counts = {field: results.counts(field) for field in peers.FACETS}
    grid, _ = results.snapshot.topics.grid("year", results.rows_without("topics"))
    rows = results.rows(0, views.PAGE)
    columns = ("title", "abstract", "authors", "published", "venue")
    records = [results.snapshot.record(int(row), columns) for row in rows]
    return results.shown, counts, grid, rows.tolist(), records


class Times:
    """Milliseconds of interactions, on the clock and of the processor (all threads)."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []

    def of(self, call: Callable[[], Any]) -> Any:
        """Time a call; gives its result."""
        start, used = time.perf_counter(), time.process_time()
        found = call()
        self.clock.append((time.perf_counter() - start) * 1000)
        self.processor.append((time.process_time() - used) * 1000)
        return found


def timed(steps: list[dict[str, Any]], corpus: Corpus) -> tuple[Times, list[Any]]:
    """Times of the data of each interaction, and the answers."""
    session = Session(corpus)
    data_part(session.results)

    def answer(changes: dict[str, Any]) -> tuple[Any, ...]:
        session.change(changes)
        return data_part(session.results)

    times = Times()
    return times, [times.of(partial(answer, changes)) for changes in steps]


def sent(steps: list[dict[str, Any]], corpus: Corpus) -> tuple[Times, list[int], list[int]]:
    """Times, messages and bytes of each interaction: from the page's message to all that goes back, serialised."""
    page = Page(corpus)
    times, messages, sizes = Times(), [], []
    for changes in steps:
        before = page.wire.messages, page.wire.bytes
        times.of(partial(page.send, "set", changes=changes))
        messages.append(page.wire.messages - before[0])
        sizes.append(page.wire.bytes - before[1])
    return times, messages, sizes


def selections(steps: list[dict[str, Any]]) -> list[Selection]:
    """The selection after each step."""
    found = [Selection()]
    for changes in steps:
        found.append(found[-1].with_(changes))
    return found[1:]


def disagreements(corpus: Corpus, wanted: list[Selection], ours: list[Any], theirs: list[peers.Answer]) -> tuple[int, int]:
    """Compare the answers to selections without a query, which mean the same to every engine: (compared, different).

    Counts of all facets, papers per topic and year, and the first page where dates order it.
    """
    compared = different = 0
    for selection, mine, other in zip(wanted, ours, theirs, strict=False):
        if selection.query:
            continue
        compared += 1
        shown, counts, grid, rows, _ = mine
        first = corpus.snapshot.year_span[0]
        same = shown == other.shown and int(grid.sum()) == other.series
        if selection.sort != "title":
            # Titles are ordered without mark-up here and as they stand there.
            same &= rows == other.page
        for field, found in counts.items():
            if field in ("authors", "keywords"):
                # Ties at the end of the list may fall either way: the counts are compared and not the names.
                same &= sorted(found[found > 0], reverse=True)[: peers.TOP] == sorted(
                    other.counts[field].values(), reverse=True
                )
            else:
                labels = _labels(corpus, field, len(found), first)
                same &= {label: int(count) for label, count in zip(labels, found, strict=True) if count} == other.counts[field]
        different += not same
    return compared, different


def _labels(corpus: Corpus, field: str, size: int, first: int) -> list[Any]:
    if field == "years":
        return [first + i for i in range(size)]
    return [False, True] if field == "has_code" else corpus.snapshot.facet(field).values.to_pylist()


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], 100_000)
    parser.add_argument("--interactions", type=int, default=200, metavar="N")
    parser.add_argument(
        "--peer-interactions", type=int, metavar="N", help="interactions the peers answer (default: all; 40 if large)"
    )
    options = parser.parse_args()
    folder = built(options.papers, options.data, options.snapshot)
    corpus = Corpus(folder)
    steps = list(sequence(corpus, options.interactions))
    wanted = selections(steps)
    few = options.peer_interactions or (FEW_PEER_INTERACTIONS if len(corpus) > 200_000 else len(steps))
    queried = sum("query" in changes for changes in steps)
    report.heading(
        f"Interaction, {len(corpus):,} papers",
        [
            report.versions("tantivy", "numpy", "pyarrow", "plotly", "duckdb", "duckdb-extension-fts", "polars", "pandas"),
            f"SQLite {sqlite3.sqlite_version}",
            f"{len(steps)} interactions, {queried} of them a new query; peers answer the first {few}",
            "an interaction: hits, counts of six facets under all filters but their own, papers per topic and year, first page",
            "ours: from the page's message to all traits and messages that go back, figures included, serialised as they are sent",
            "peers: the same counts, series and papers as Python values; nothing is drawn or serialised",
            SOURCES["arxiv"],
        ],
    )
    times, messages, sizes = sent(steps, Corpus(folder))
    data_times, answers = timed(steps, Corpus(folder))
    rows = [
        _row("explorer, all that the page is sent", times, times, few),
        _row("explorer, data alone, as the peers give it", data_times, times, few),
    ]
    checks = []
    frames = peers.frames_of(corpus)
    for make in peers.PEERS:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                engine = make(frames, Path(scratch))
            except peers.AbsentError as reason:
                print(f"Left out: {reason}\n")
                continue
            engine.answer(Selection())
            taken = Times()
            theirs = [taken.of(partial(engine.answer, selection)) for selection in wanted[:few]]
        rows.append(_row(engine.name, taken, times, few))
        compared, different = disagreements(corpus, wanted, answers, theirs)
        hits = [abs(mine[0] - other.shown) / max(mine[0], 1) for mine, other in zip(answers, theirs, strict=False)]
        checks.append([engine.name, compared, different, f"{report.median(hits):.1%}"])
        del engine
    report.table(
        [
            "engine",
            "median ms",
            "p95 ms",
            "max ms",
            "its median / ours",
            "paired, median",
            "processor ms",
            "paired by processor",
        ],
        rows,
    )
    print(
        f"Sent per interaction: {np.median(messages):.0f} messages, {np.median(sizes) / 1000:.0f} KB before compression (medians).\n"
    )
    print(
        "Answers beside ours. Queries differ by design: FTS5 and DuckDB have other stems, LIKE and contains find parts of words.\n"
    )
    report.table(
        ["peer", "selections without a query", "different answers", "difference in papers shown, all (median)"], checks
    )


def _row(name: str, times: Times, ours: Times, few: int) -> list[str]:
    ratio = report.median(times.clock[:few]) / report.median(ours.clock[:few])
    paired, busy = (
        report.median([a / b for a, b in zip(theirs[:few], mine[:few], strict=True)])
        for theirs, mine in ((times.clock, ours.clock), (times.processor, ours.processor))
    )
    clock = (report.median(times.clock), report.p95(times.clock), max(times.clock), ratio, paired)
    return [name, *map(report.number, (*clock, report.median(times.processor), busy))]


if __name__ == "__main__":
    main()

"""A corpus on disk: atomic writes, memory-mapped reads.

::

    corpus/
    ├── manifest.json          format version, content hash, how it was made; names the generation in force
    └── g-<content hash>-<n>/  one generation; n is the time it was begun, so that no name comes twice
        ├── papers.*.arrow       the paper table (Arrow IPC, uncompressed, so that it maps; abstracts as binary)
        ├── papers.dictionary    what abstracts are packed by
        ├── index/             tantivy
        ├── <facet>.*          codes and values of each facet
        ├── keywords.phrases.arrow  key phrases, where they stand in for keywords
        ├── columns.*          columns of the reader's own
        ├── topics.*           labels and codes
        ├── merges.*.arrow     what was merged into what, and the merged records
        ├── ledger.*.arrow     what became of the records of each import
        ├── rules.json         pairs that the reader wants merged always, or never
        └── dates.npy, *.order.npy

A build writes a new generation beside the one in force, flushes it to disk, and then replaces ``manifest.json`` by one atomic
rename. Killed at any moment, the old manifest names the whole old generation or the new one names the whole new one. What an
interrupted build left behind is removed by the next.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merges import Merges
from explorer.errors import CorpusError
from explorer.executors import Aside
from explorer.memory import give_back
from explorer.papers.author_names import displayed
from explorer.papers.dates import PRECISIONS
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import content_hash
from explorer.store.facets import Facet, code_facet, join_facets, sort_words
from explorer.store.fulltext import build_index, keep_frequent
from explorer.store.generations import in_folder, publish, read_manifest
from explorer.store.ledgers import account_path, part_of, save_part
from explorer.store.own_columns import write_columns_of
from explorer.store.paper_files import Texts, write_papers
from explorer.store.parts import Plan, index_parts, place_parts, write_parts
from explorer.store.sort_orders import by_title
from explorer.store.topics import build_topics
from explorer.text.analysis import fingerprint
from explorer.text.keyphrases import learn_phrases

if TYPE_CHECKING:
    from explorer.dedupe.deduplication import Rules

FACETS = {"venues": "venue", "authors": "authors", "keywords": "keywords"}
"""Facets that are coded from a column of the paper table."""

PHRASES = "keywords.phrases.arrow"
"""File of the key phrases that were learnt, where they stand in for keywords."""

ANALYSERS = "analysers"
"""What the manifest calls the fingerprint of the analysers that the full text was indexed with."""

RULES = "rules.json"
"""File of the reader's rules in a generation."""

_TOGETHER = 50_000
"""Papers whose values are coded together."""

_KEYWORDED = 10
"""One paper in so many must come with keywords for them to make the facet; six on seven papers of three thousand say nothing."""

_MOST_PHRASED = 100_000
"""Papers up to which key phrases stand in for keywords that are missing: they take a millisecond a paper."""

Progress = Callable[[str, float], None]
"""Called with a stage's name and the part of it that is done, 0 to 1. An exception it raises stops the build."""


def no_progress(stage: str, part: float) -> None:
    """Say nothing."""


def write_corpus(
    table: pa.Table,
    folder: Path,
    *,
    made: dict[str, Any] | None = None,
    n_topics: int | None = None,
    merges: Merges | None = None,
    rules: Rules | None = None,
    ledger: Ledger | None = None,
    plan: Plan | None = None,
    progress: Progress = no_progress,
    written: Callable[[Path], None] = lambda generation: None,
    spool: Path | None = None,
) -> dict[str, Any]:
    """Build a corpus folder from a paper table.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema (see `schema.to_table`).
    folder : Path
        Made if it is missing; a corpus in it is replaced at the end, all at once.
    made : dict, optional
        What the manifest shall say of the input: file names, ledger counts.
    merges : Merges, optional
        What was merged into the papers of the table.
    rules : Rules, optional
        The reader's; by default those of the corpus that is replaced.
    ledger : Ledger, optional
        What became of the records that the table was made from; by default each paper is a record that was accepted.
    plan : Plan, optional
        How many papers a part holds, and who works on the parts; what is built does not depend on it.
    progress : callable, optional
        Called as ``progress(stage, part)``; an exception it raises stops the build.
    written : callable, optional
        Called with the folder of the generation as soon as its papers lie there, before all else does.
    spool : Path, optional
        Folder of the spool that the table is in as it is, from which others take it.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        The folder holds something else, or cannot be written; or the ledger is not that of the table.
    """
    rows = table.num_rows
    account = part_of(ledger or Ledger(read=rows, accepted=rows))
    if ledger is not None and ledger.accepted != rows:
        raise CorpusError(
            f"The ledger accounts for {ledger.accepted:,} papers, but there are {rows:,}. Leave it out for a table of your own."
        )
    digest = content_hash(table)
    kept = None if rules is not None else rules_in(folder)

    def write(target: Path) -> dict[str, Any]:
        topics = write_generation(table, target, n_topics, progress, plan=plan, written=written, spool=spool)
        (merges or Merges()).save(target)
        save_part(account, account_path(target, 0))
        keep_rules(target, rules, kept)
        return topics

    said = {**(made or {}), ANALYSERS: fingerprint()}
    return in_folder(folder, lambda: publish(folder, digest, rows, said, write))


def rules_in(folder: Path) -> bytes | None:
    """The file of the reader's rules in a corpus folder, if there is one."""
    with contextlib.suppress(CorpusError, OSError):
        generation: str = read_manifest(folder)["generation"]
        return (folder / generation / RULES).read_bytes()
    return None


def keep_rules(target: Path, rules: Rules | None, kept: bytes | None) -> None:
    """Write the reader's rules into a generation, or those that were kept of the one before."""
    if rules is not None:
        from explorer.dedupe.rules import write_rules

        write_rules(rules, target / RULES)
    elif kept is not None:
        (target / RULES).write_bytes(kept)


def write_generation(
    table: pa.Table,
    target: Path,
    n_topics: int | None,
    progress: Progress,
    before: tuple[Path, pa.ChunkedArray] | None = None,
    plan: Plan | None = None,
    written: Callable[[Path], None] = lambda generation: None,
    spool: Path | None = None,
) -> dict[str, Any]:
    """Write all that is made from papers into the folder of a generation; returns what the manifest says of the topics.

    `before` is the generation whose topics are gone on with, and the ids of its papers (see `build_topics`); `written` is called when the
    papers lie in the folder; `spool` is where others find the table.
    """
    plan, papers = plan or Plan(), table.num_rows
    # Here and below: what one stage took would be kept beside what the next one takes.
    give_back()
    progress("papers", 0.0)
    if spool is None or plan.whole(papers):
        write_papers(table, target)
    else:
        write_parts(spool, target, plan, lambda part: progress("papers", part))
    written(target)
    with contextlib.ExitStack() as stack:
        aside: Aside | None = None
        if plan.executor.workers > 1:
            # Others index, while this process counts and learns.
            aside = stack.enter_context(Aside(lambda told: write_index(table, target, plan, told)))
        progress("facets", 0.0)
        write_columns(table, target, lambda part: progress("facets", part))
        write_columns_of(table, target)
        give_back()
        if aside is None:
            progress("index", 0.0)
            write_index(table, target, plan, lambda part: progress("index", part))
        progress("topics", 0.0)
        texts: Any = Texts(table)
        place = None if plan.whole(papers) else lambda labels, told: place_parts(target, papers, plan, labels, told)
        told = lambda part: progress("topics", part)  # noqa: E731
        topics = build_topics(
            texts, target, n_topics=n_topics, ids=table.column("id"), before=before, progress=told, place=place
        )
        if aside is not None:
            aside.end(lambda part: progress("index", part))
    progress("flush", 1.0)
    return topics


def write_index(table: pa.Table, target: Path, plan: Plan, progress: Callable[[float], None]) -> None:
    """Index the papers of a generation, which lie in its folder."""
    if plan.whole(table.num_rows):
        (target / "index").mkdir()
        build_index(table, target / "index", progress=progress)
        keep_frequent(target / "index", table.num_rows)
    else:
        index_parts(target, table.num_rows, plan, progress)


def write_columns(table: pa.Table, target: Path, progress: Callable[[float], None] = lambda part: None) -> None:
    """Everything that is derived from columns; keywords, where no paper came with any, from the text.

    `progress` is called with the part done, 0 to 1; an exception it raises stops the work.
    """
    for name in FACETS:
        write_facet(table, target, name, progress)
    progress(1.0)
    write_numbers(table, target)
    np.save(target / "title.order.npy", by_title(table.column("title")))


def write_facet(table: pa.Table, target: Path, name: str, progress: Callable[[float], None]) -> None:
    """One facet, coded from the whole table. Only phrases, which take far longer than the rest, move the part done."""
    given = table.column(FACETS[name])
    if name == "keywords" and lacks_keywords(table):
        texts: Any = Texts(table)
        phrases = learn_phrases(texts, lambda part: progress(0.4 * part))
        phrases.save(target / PHRASES)
        given = own_or(table.column("keywords"), phrases.of(texts, lambda part: progress(0.4 + 0.6 * part)))
        (target / "keywords.derived").touch()
    facet = _coded_in_parts(given, name, target)
    facet.save(target, name)
    values = facet.values
    del facet
    pa.default_memory_pool().release_unused()
    sort_words(values).save(target, name)


def _coded_in_parts(column: pa.ChunkedArray, name: str, folder: Path) -> Facet:
    """A facet, some papers at a time, which lie in a folder until all are there: at once, the text of each name in each paper would."""
    starts = range(0, max(len(column), 1), _TOGETHER)
    some = (column.slice(start, _TOGETHER) for start in starts)
    coded = (code_facet(displayed(part) if name == "authors" else part) for part in some)
    if len(starts) == 1:
        return next(coded)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as scratch:
        parts: list[Facet] = []
        for number, part in enumerate(coded):
            part.save(Path(scratch), str(number))
            parts.append(Facet.load(Path(scratch), str(number)))
        # Arrow keeps what it let go; what comes next is of another size.
        pa.default_memory_pool().release_unused()
        whole = join_facets(parts)
        # Some systems remove no file that is mapped.
        del parts
    return whole


def lacks_keywords(table: pa.Table) -> bool:
    """Whether so few papers came with keywords, fewer than one in ten, that key phrases stand in for those of the others."""
    rows, given = table.num_rows, table.column("keywords")
    return bool(rows <= _MOST_PHRASED and (rows - given.null_count) * _KEYWORDED < max(rows, 1))


def own_or(given: pa.ChunkedArray, phrases: pa.Array) -> pa.ChunkedArray:
    """The keywords of papers that came with some, the key phrases of the others."""
    return pc.coalesce(given.cast(phrases.type), pa.chunked_array([phrases]))


def write_numbers(table: pa.Table, target: Path) -> None:
    """Months, precisions, code links, and the orders of the list that go by numbers."""
    np.save(target / "has_code.npy", pc.is_valid(table.column("code_url")).to_numpy())
    published = table.column("published")
    days = pc.fill_null(published.cast(pa.int64()), 0).to_numpy() // 86_400
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    known = pc.index_in(table.column("precision"), value_set=pa.array(PRECISIONS))
    precision = (pc.fill_null(known, -1).to_numpy() + 1).astype(np.int8)
    precision[~pc.is_valid(published).to_numpy()] = 0
    np.save(target / "dates.npy", np.where(precision > 0, months, 0).astype(np.int32))
    np.save(target / "precision.npy", precision)
    rows = np.arange(table.num_rows)
    undated = precision == 0
    np.save(target / "newest.order.npy", np.lexsort((rows, -days, undated)).astype(np.int32))
    np.save(target / "oldest.order.npy", np.lexsort((rows, days, undated)).astype(np.int32))
    votes = pc.fill_null(table.column("upvotes"), -1).to_numpy()
    np.save(target / "upvotes.order.npy", np.lexsort((rows, -days, -votes.astype(np.int64))).astype(np.int32))

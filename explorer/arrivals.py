"""Papers that came, compared with one another and with a corpus: which are new, which are there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe import Deduplicated, Rules, find_duplicates, merge_duplicates
from explorer.formats import Import
from explorer.ledger import Ledger
from explorer.schema import FIELDS, TEXT, TEXTS

if TYPE_CHECKING:
    from explorer.corpus import Corpus

Apart = frozenset[tuple[str, int, str]]
"""Merges the reader does not want: source and number of the record, as `Import.origin` gives them, and the paper's id."""

_FEW = 50
"""A corpus of more than this many papers for each new one is not compared whole; its full-text index names the likely ones."""

_LIKELY = 5
"""Papers the index names for each new one."""

_KEYS = ("doi", "arxiv_id", "id")


@dataclass(frozen=True)
class Arrivals:
    """Papers that came.

    Attributes
    ----------
    imported : Import
        As they were read.
    papers : Import
        Each paper once: for a corpus of their own.
    additions : Import
        Those that the corpus lacks, under ids that it does not have; papers it has are merged in this ledger.
    """

    imported: Import
    papers: Import
    additions: Import

    @property
    def there(self) -> int:
        """Papers that the corpus has already."""
        return int(self.papers.table.num_rows - self.additions.table.num_rows)


def compare(imported: Import, corpus: Corpus, apart: Apart, progress: Callable[[str, float], None]) -> Arrivals:
    """Merge papers that came twice, and find those that a corpus has.

    Parameters
    ----------
    imported : Import
    corpus : Corpus
        Not changed: what came can be added to it, not merged into it.
    apart : frozenset of (str, int, str)
        Merges that are not made.
    progress : callable
        Called as ``progress(stage, part)``; an exception it raises stops the comparison.
    """
    progress("comparing", 0.0)
    merged = _merged(imported, apart)
    if apart:
        merged = _merged(imported, apart, merged)
    papers = Import(merged.table, merged.ledger)
    origins = [imported.origin(row) for row in merged.rows.tolist()]
    return Arrivals(imported, papers, _without_known(papers, origins, corpus, apart, progress))


def _merged(imported: Import, apart: Apart, before: Deduplicated | None = None) -> Deduplicated:
    """Merge what came twice; `before` is the result whose unwanted merges are not made again."""
    rules = Rules()
    if before is not None:
        groups: list[list[str]] = before.history.column("members").to_pylist()
        unwanted = {(source, record): paper for source, record, paper in apart}
        for row, key in enumerate(imported.table.column("id").to_pylist()):
            paper = unwanted.get(imported.origin(row))
            for other in next((members for members in groups if paper in members and key in members), []):
                rules = rules.never_merge(key, other)
    merged = merge_duplicates(imported.table, rules=rules, ledger=imported.ledger)
    titles = imported.table.column("title")
    notes = []
    for note in merged.ledger.notes:
        if note.action == "merged":
            source, record = imported.origin(note.record - 1)
            title = titles[note.record - 1].as_py() or ""
            note = note._replace(source=source, record=record, before=title[:300])
        notes.append(note)
    return replace(merged, ledger=replace(merged.ledger, notes=notes))


def _without_known(
    papers: Import, origins: list[tuple[str, int]], corpus: Corpus, apart: Apart, progress: Callable[[str, float], None]
) -> Import:
    """Leave out what the corpus has, and give a paper whose id stands on another paper there an id of its own."""
    table = papers.table
    ledger = replace(papers.ledger, notes=list(papers.ledger.notes))
    known: dict[int, tuple[str, str]] = {}
    links: dict[int, str] = {}
    for row, place, relation, reason in _pairs(table, corpus, progress):
        there = corpus.record(place, ("id", "doi", "arxiv_id"))
        if row in known or (*origins[row], there["id"]) in apart:
            continue
        if relation == "same":
            known[row] = (there["id"], reason)
        else:
            # A corpus grows, its papers stay: a publication stands beside its preprint, and names it.
            links.setdefault(row, next((f"{k}:{there[n]}" for k, n in _NAMES if there[n]), there["id"]))
    titles = table.column("title")
    for row, (paper, reason) in known.items():
        ledger.merge(*origins[row], paper, f"in the corpus already: {reason}", text=titles[row].as_py() or "")
    kept = [row for row in range(table.num_rows) if row not in known]
    new = table.take(pa.array(kept, pa.int64()))
    new = _linked(new, {at: links[row] for at, row in enumerate(kept) if row in links})
    new = _own_ids(new, corpus, ledger, [origins[row] for row in kept])
    ledger.check(new.num_rows)
    return Import(new, ledger)


_NAMES = (("doi", "doi"), ("arxiv", "arxiv_id"))


def _pairs(table: pa.Table, corpus: Corpus, progress: Callable[[str, float], None]) -> Iterator[tuple[int, int, str, str]]:
    """Yield row, row of the corpus, relation and reason of the papers that are one, or versions of one."""
    found = {name: _rows_of(corpus.table.column(name), table.column(name)) for name in _KEYS}
    for row, place in found["id"].items():
        if _folded(table.column("title")[row].as_py()) == _folded(corpus.table.column("title")[place].as_py()):
            yield row, place, "same", "the same id and title"
    if not table.num_rows or not len(corpus):
        return
    likely = set().union(*(places.values() for places in found.values()))
    if len(corpus) > _FEW * table.num_rows:
        titles = table.column("title").to_pylist()
        for row, title in enumerate(titles):
            likely.update(corpus.index.natural(title or "", _LIKELY).rows.tolist())
            if row % 50 == 0:
                progress("comparing", row / len(titles))
        places = np.array(sorted(likely), np.int64)
    else:
        places = np.arange(len(corpus))
    progress("comparing", 0.9)
    known = (
        corpus.table.select(list(FIELDS)).take(pa.array(places))
        if len(places) < len(corpus)
        else corpus.table.select(list(FIELDS))
    )
    both = pa.concat_tables([_numbered(known, "c"), _numbered(table.select(list(FIELDS)), "n")])
    pairs = find_duplicates(both, first_new=known.num_rows)
    pairs = pairs[pairs["cluster"].notna() & (pairs["relation"] != "doubtful")]
    for first, second, relation, reason in zip(
        *(pairs[name] for name in ("first", "second", "relation", "reason")), strict=True
    ):
        if first[0] == "c" and second[0] == "n":
            yield int(second[1:]), int(places[int(first[1:])]), relation, reason


def _numbered(table: pa.Table, mark: str) -> pa.Table:
    """A table under ids that say its rows, so that two tables have none in common."""
    ids = pa.array([f"{mark}{row}" for row in range(table.num_rows)], TEXT)
    return table.set_column(table.column_names.index("id"), "id", ids)


def _rows_of(there: pa.ChunkedArray, values: pa.ChunkedArray) -> dict[int, int]:
    """Rows of values that a column holds, and where it holds them first; null is in none."""
    places = pc.index_in(values.combine_chunks(), value_set=there.combine_chunks(), skip_nulls=True)
    return {row: place for row, place in enumerate(places.to_pylist()) if place is not None}


def _folded(title: str | None) -> str:
    return re.sub(r"\W+", " ", (title or "").casefold()).strip()


def _linked(table: pa.Table, links: dict[int, str]) -> pa.Table:
    """Name in `versions` the paper of the corpus that a paper is another version of."""
    if not links:
        return table
    given = table.column("versions").to_pylist() if "versions" in table.column_names else [None] * table.num_rows
    column = [value if isinstance(value, list) else None for value in given]
    for row, name in links.items():
        column[row] = list(dict.fromkeys([*(column[row] or []), name]))
    values = pa.array(column, TEXTS)
    kept = table.drop_columns(["versions"]) if "versions" in table.column_names else table
    return kept.append_column("versions", values)


def _own_ids(table: pa.Table, corpus: Corpus, ledger: Ledger, origins: list[tuple[str, int]]) -> pa.Table:
    """Number the ids that stand on another paper of the corpus: keys such as ``smith2020`` are not unique in the world."""
    ids = table.column("id").to_pylist()
    clashes = _rows_of(corpus.table.column("id"), table.column("id"))
    if not clashes:
        return table
    taken = {*corpus.table.column("id").to_pylist(), *ids}
    for row in clashes:
        before, number = ids[row], 2
        while f"{before}-{number}" in taken:
            number += 1
        ids[row] = f"{before}-{number}"
        taken.add(ids[row])
        reason = "the id stands on another paper of the corpus"
        ledger.repair(*origins[row], "id", before, ids[row], reason)
    return table.set_column(table.column_names.index("id"), "id", pa.array(ids, TEXT))

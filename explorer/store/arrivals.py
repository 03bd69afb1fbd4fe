"""Papers that came, compared with one another and with a corpus: which are new, which are there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.deduplication import Deduplicated, Rules, find_duplicates
from explorer.dedupe.identifiers import comparable
from explorer.dedupe.merges import LIKELY, Change, fitted
from explorer.dedupe.rules import pair
from explorer.papers.rows import rows_of, rows_where
from explorer.papers.schema import FIELDS, TEXT
from explorer.sources.formats.registry import Import
from explorer.sources.importing import merged
from explorer.store.joins import Match, into_corpus, records_of
from explorer.topics.edits import NONE

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

Apart = frozenset[tuple[str, int, str]]
"""Merges the reader does not want: source and number of the record, as `Import.origin` gives them, and the paper's id."""

_FEW = 50
"""A corpus of more than this many papers for each new one is not compared whole; its full-text index names the likely ones."""

_LIKELY = 10
"""Papers the index names for each new one, by the words of its title (docs/decisions.md says how often the right one is there)."""

_OFTEN = 500
Pairing = tuple[int, int, str, float, str]
"""Row, row of the corpus, relation, score and reason of two papers that are, or may be, one."""

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
    change : Change
        What the corpus becomes with them: papers added, papers of it that have a better value now, all merges.
    rules : Rules
        The reader's, with what was kept apart now.
    """

    imported: Import
    papers: Import
    additions: Import
    change: Change
    rules: Rules

    @property
    def there(self) -> int:
        """Papers that the corpus has already."""
        return int(self.papers.table.num_rows - self.additions.table.num_rows)

    @property
    def bettered(self) -> int:
        """Papers of the corpus that get a better value of some field."""
        return len(self.change.rows)

    @property
    def decided(self) -> Rules | None:
        """The rules, where there are any."""
        return self.rules if self.rules != Rules() else None

    @property
    def sentence(self) -> str:
        """Say what was there already; empty where nothing was."""
        there = f" {self.there:,} {'was' if self.there == 1 else 'were'} there already" if self.there else ""
        return f"{there}{f', of which {self.bettered:,} got a better value' if self.bettered else ''}." if there else ""


def unplaced_sentence(before: Snapshot, after: Snapshot) -> str:
    """Say how many of the papers that came fit no topic; empty where all fit one.

    Parameters
    ----------
    before, after : Snapshot
        A corpus before and after papers were added; neither is changed.
    """
    topics = after.topics
    new = pc.invert(pc.is_in(after.table.column("id"), before.table.column("id"))).to_numpy()
    loose = np.asarray(topics.codes) == topics.table.ids.index(NONE)
    came, count = (int(np.count_nonzero(of)) for of in (new, new & loose))
    if not count:
        return ""
    return f" {count:,} of the {came:,} fit{'s' if count == 1 else ''} no topic." if came > 1 else " It fits no topic."


def match_arrivals(imported: Import, snapshot: Snapshot, apart: Apart, progress: Callable[[str, float], None]) -> Arrivals:
    """Merge papers that came twice, and find those that a corpus has.

    Parameters
    ----------
    imported : Import
        As it was read, without merges.
    snapshot : Snapshot
        Not changed.
    apart : frozenset of (str, int, str)
        Merges that are not made.
    progress : callable
        Called as ``progress(stage, part)``; an exception it raises stops the comparison.
    """
    progress("comparing", 0.0)
    imported = replace(imported, table=fitted(imported.table, snapshot.table.schema))
    papers, rows, rules = merged(
        imported,
        snapshot.rules,
        lambda found, rules: _kept_apart(imported, found, rules, apart),
        lambda part: progress("comparing", 0.5 * part),
    )
    origins = [imported.origin(row) for row in rows.tolist()]
    row_of = {origin: row for row, origin in enumerate(origins)}
    refused = {(row_of[source, record], paper) for source, record, paper in apart if (source, record) in row_of}
    additions, change = _without_known(papers, origins, snapshot, rules, refused, progress)
    return Arrivals(imported, papers, additions, change, rules)


def _kept_apart(imported: Import, before: Deduplicated, rules: Rules, apart: Apart) -> Rules:
    """Rules under which merges that the reader does not want are not made again."""
    unwanted: dict[tuple[str, int], list[str]] = {}
    for source, record, paper in apart:
        unwanted.setdefault((source, record), []).append(paper)
    groups: list[list[str]] = before.history.column("members").to_pylist() if apart else []
    for row, key in enumerate(imported.table.column("id").to_pylist() if apart else []):
        for paper in unwanted.get(imported.origin(row), ()):
            for other in next((members for members in groups if paper in members and key in members), []):
                rules = rules.never_merge(key, other)
    return rules


def _without_known(
    papers: Import,
    origins: list[tuple[str, int]],
    snapshot: Snapshot,
    rules: Rules,
    refused: set[tuple[int, str]],
    progress: Callable[[str, float], None],
) -> tuple[Import, Change]:
    """Leave out what the corpus has, and give a paper whose id stands on another paper there an id of its own."""
    table = papers.table
    ledger = replace(papers.ledger, notes=list(papers.ledger.notes))
    titles, ids = table.column("title"), table.column("id").to_pylist()
    taken = Taken(snapshot, [*ids, *_ids(papers.merges.records)])
    undecided: list[Pairing] = []
    known = _known(papers, origins, snapshot, rules, refused, taken, undecided, progress)
    for row, match in known.items():
        reason = match.reason if match.fresh else "the same record"
        text = titles[row].as_py() or ""
        ledger.merge(*origins[row], match.paper, f"in the corpus already: {reason}", text=text)
    kept = [row for row in range(table.num_rows) if row not in known]
    own = papers.merges.of_papers([ids[row] for row in kept])
    fresh_ids = {name: taken.another(name) for row in kept for name in [ids[row]] if taken.clashes(name)}
    for row in kept:
        if ids[row] in fresh_ids:
            reason = "the id stands on another paper of the corpus"
            ledger.repair(*origins[row], "id", ids[row], fresh_ids[ids[row]], reason)
    fresh_ids |= {name: taken.another(name) for name in _ids(own.records) if name not in fresh_ids and taken.clashes(name)}
    new = table.take(pa.array(kept, pa.int64()))
    names = pa.array([fresh_ids.get(ids[row], ids[row]) for row in kept], TEXT)
    new = new.set_column(new.column_names.index("id"), "id", names)
    ledger.check(new.num_rows)
    own = own.renamed(fresh_ids)
    undecided = [found for found in undecided if found[0] not in known]
    likely = _likely(snapshot, table, undecided, fresh_ids)
    for (row, *_), record in zip(undecided, likely.to_pylist(), strict=True):
        reason, title = f"a paper of the corpus: {record['reason']}", record["second_title"] or ""
        ledger.doubt(*origins[row], record["first"], reason, text=title)
    own = replace(own, likely=pa.concat_tables([own.likely, likely]))
    another = lambda name: taken.another(name) if taken.clashes(name) else None  # noqa: E731
    rows, replaced, merges = into_corpus(snapshot, list(known.values()), table.schema, another)
    if own:
        merges = (snapshot.merged if merges is None else merges).joined(own)
    decided = _renamed(rules, snapshot.rules, fresh_ids)
    for row, paper in sorted(refused):
        if row not in known:
            decided = decided.never_merge(fresh_ids.get(ids[row], ids[row]), paper)
    # The review knows papers by the ids they came with, the corpus by those they have there.
    named = {ids[row]: match.paper for row, match in known.items()} | fresh_ids
    own_notes = len(papers.ledger.notes)
    notes = [note._replace(after=named.get(note.after, note.after)) for note in ledger.notes[:own_notes]]
    change = Change(
        new,
        rows,
        replaced,
        merges,
        decided if decided != snapshot.rules else None,
        upon=snapshot.manifest["generation"],
        ledger=replace(ledger, notes=notes + ledger.notes[own_notes:]),
    )
    return Import(new, ledger, merges=own), change


def _likely(snapshot: Snapshot, table: pa.Table, undecided: list[Pairing], fresh_ids: dict[str, str]) -> pa.Table:
    """The pairs of a paper of the corpus and one that came which the reader decides, with the columns of `LIKELY`."""
    came, there = table.select(["id", "title"]), snapshot.table.select(["id", "title"])
    rows = []
    for row, place, relation, score, reason in undecided:
        name, title = (column[row].as_py() for column in came.columns)
        paper, known = (column[place].as_py() for column in there.columns)
        values = (paper, fresh_ids.get(name, name), known, title, score, relation, reason)
        rows.append(dict(zip(LIKELY.names, values, strict=True)))
    return pa.Table.from_pylist(rows, LIKELY)


def _renamed(rules: Rules, before: Rules, ids: dict[str, str]) -> Rules:
    """Rules of which the new ones name papers by the ids that they have in the corpus."""
    for one, other in sorted(rules.never - before.never):
        before = before.never_merge(ids.get(one, one), ids.get(other, other))
    return before


def _known(
    papers: Import,
    origins: list[tuple[str, int]],
    snapshot: Snapshot,
    rules: Rules,
    refused: set[tuple[int, str]],
    taken: Taken,
    undecided: list[Pairing],
    progress: Callable[[str, float], None],
) -> dict[int, Match]:
    """The rows that are papers of the corpus; `refused` are rows and papers that the reader keeps apart now.

    Pairs that are likely one paper are put into `undecided`.
    """
    table = papers.table
    ids = table.column("id").to_pylist()
    found: dict[int, dict[int, tuple[str, float, str]]] = {}
    for row, place, relation, score, reason in _pairs(table, snapshot, rules, undecided, progress):
        found.setdefault(row, {}).setdefault(place, (relation, score, reason))
    wanted = sorted({place for places in found.values() for place in places})
    papers_there = rows_of(snapshot.table, wanted)
    name_of = dict(zip(wanted, papers_there.column("id").to_pylist(), strict=True))
    all_there = records_of(snapshot.merged, papers_there, lambda part: progress("comparing", 0.9 + 0.03 * part))
    came_rows = table.take(pa.array(list(found), pa.int64()))
    all_came = records_of(papers.merges, came_rows, lambda part: progress("comparing", 0.93 + 0.03 * part))
    for row in found:
        for record in all_came[ids[row]]:
            if record["merge_record"] is None:
                record["merge_source"], record["merge_record"] = origins[row]
    known = {}
    for number, (row, places) in enumerate(found.items()):
        if number % _OFTEN == 0:
            progress("comparing", 0.96 + 0.04 * number / len(found))
        matches = []
        came = all_came[ids[row]]
        for place, (relation, score, reason) in places.items():
            paper = name_of[place]
            if (row, paper) in refused:
                continue
            there = all_there[paper]
            fresh = [record for record in came if not any(_adds_nothing(record, other) for other in there)]
            names, others = ({name, *(record["id"] for record in some)} for name, some in ((ids[row], came), (paper, there)))
            apart = rules.never and any(pair(one, other) in rules.never for one in names for other in others)
            # An id that the corpus has is that of a record there; this one may be another, which stands there word for word.
            if not (apart and (fresh or not taken.clashes(ids[row]))):
                matches.append(Match(place, paper, relation, score, reason, there, fresh))
        if matches:
            # A record that stands there word for word is that one, whichever else it resembles.
            known[row] = next((match for match in matches if not match.fresh), matches[0])
    return known


def _ids(records: pa.Table) -> list[str]:
    ids: list[str] = records.column("id").to_pylist()
    return ids


def _adds_nothing(record: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether all that a record says stands in another."""
    return all(record[name] in (None, "", [], other[name]) for name in FIELDS if name not in ("id", "source"))


def _pairs(
    table: pa.Table, snapshot: Snapshot, rules: Rules, undecided: list[Pairing], progress: Callable[[str, float], None]
) -> Iterator[Pairing]:
    """Yield the pairs of papers that are one; those that are likely one go to `undecided`."""
    if rules.always:
        yield from _ruled(table, snapshot, rules)
    found = {name: _rows_of(snapshot.table.column(name), table.column(name)) for name in _KEYS}
    for row, place in found["id"].items():
        if _folded(table.column("title")[row].as_py()) == _folded(snapshot.table.column("title")[place].as_py()):
            yield row, place, "same", 1.0, "the same id and title"
    if not table.num_rows or not len(snapshot):
        return
    likely = set().union(*(places.values() for places in found.values()))
    if len(snapshot) > _FEW * table.num_rows:
        titles = table.column("title").to_pylist()
        for row, title in enumerate(titles):
            likely.update(snapshot.index.natural(title or "", _LIKELY, ("title",)).rows.tolist())
            if row % 50 == 0:
                progress("comparing", 0.5 + 0.2 * row / len(titles))
        places = np.array(sorted(likely), np.int64)
    else:
        places = np.arange(len(snapshot))
    progress("comparing", 0.7)
    known = snapshot.table.slice(0) if len(places) == len(snapshot) else rows_of(snapshot.table, places)
    parts = [_numbered(comparable(part), mark) for part, mark in ((known, "c"), (table, "n"))]
    both = pa.concat_tables(parts, promote_options="default")
    pairs = find_duplicates(both, first_new=known.num_rows, progress=lambda part: progress("comparing", 0.7 + 0.2 * part))
    columns = [pairs[name] for name in ("first", "second", "relation", "score", "reason")]
    for first, second, relation, score, reason, together in zip(*columns, pairs["cluster"].notna(), strict=True):
        if first[0] == "c" and second[0] == "n":
            match = int(second[1:]), int(places[int(first[1:])]), relation, score, reason
            if together:
                yield match
            else:
                undecided.append(match)


def _ruled(table: pa.Table, snapshot: Snapshot, rules: Rules) -> Iterator[Pairing]:
    """What the reader wants merged whatever the records say; a merged record stands for its paper."""
    place_of = {name: place for place, name in enumerate(snapshot.table.column("id").to_pylist())}
    papers, members = (snapshot.merged.records.column(name).to_pylist() for name in ("merge_paper", "id"))
    place_of |= {member: place_of[paper] for paper, member in zip(papers, members, strict=True)}
    rows = {name: row for row, name in enumerate(table.column("id").to_pylist())}
    for one, other in sorted(rules.always):
        for mine, there in ((one, other), (other, one)):
            if mine in rows and there in place_of:
                yield rows[mine], place_of[there], "same", 1.0, "a rule of the reader's"


def _numbered(table: pa.Table, mark: str) -> pa.Table:
    """A table under ids that say its rows, so that two tables have none in common."""
    ids = pa.array([f"{mark}{row}" for row in range(table.num_rows)], TEXT)
    return table.set_column(table.column_names.index("id"), "id", ids)


def _rows_of(there: pa.ChunkedArray, values: pa.ChunkedArray) -> dict[int, int]:
    """Rows of values that a column holds, and where it holds them first; null is in none."""
    values = values.combine_chunks()
    # The few are hashed, and the many looked up.
    held = pc.is_in(there, value_set=values, skip_nulls=True)
    rows = rows_where(held).to_pylist()
    places = pc.index_in(values, value_set=there.filter(held).combine_chunks(), skip_nulls=True)
    return {row: rows[place] for row, place in enumerate(places.to_pylist()) if place is not None}


def _folded(title: str | None) -> str:
    return re.sub(r"\W+", " ", (title or "").casefold()).strip()


class Taken:
    """Ids that stand on papers of a snapshot, or on records merged into them."""

    def __init__(self, snapshot: Snapshot, came: list[str]) -> None:
        values = [snapshot.table.column("id"), snapshot.merged.records.column("id")]
        known = pa.chunked_array([chunk for value in values for chunk in value.chunks], TEXT)
        names = pa.array(came, TEXT)
        self._known = known
        self._clashes = set(known.filter(pc.is_in(known, value_set=names)).to_pylist())
        self._all: set[str] | None = None
        self._came = came

    def clashes(self, name: str) -> bool:
        """Whether one of the ids that came is taken: keys such as ``smith2020`` are not unique in the world."""
        return name in self._clashes

    def another(self, name: str) -> str:
        """Number an id so that nothing else has it."""
        if self._all is None:
            self._all = {*self._known.to_pylist(), *self._came}
        number = 2
        while f"{name}-{number}" in self._all:
            number += 1
        self._all.add(f"{name}-{number}")
        return f"{name}-{number}"

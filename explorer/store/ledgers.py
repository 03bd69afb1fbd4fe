"""The ledger of a corpus, kept with it: for each import one Arrow file of its notes, whose metadata holds the counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import CorpusError
from explorer.papers.ledger import Entry, Ledger, sentence
from explorer.papers.rows import rows_where
from explorer.papers.schema import TEXT

NOTES = pa.schema(
    [
        ("source", TEXT),
        ("line", pa.int64()),
        ("record", pa.int64()),
        ("action", TEXT),
        ("field", TEXT),
        ("before", TEXT),
        ("after", TEXT),
        ("reason", TEXT),
    ]
)
"""The columns of `ledger.Entry`."""

_COUNTS, _SOURCES = b"counts", b"sources"

Record = tuple[str, str, int]
"""Id of the paper that a record was merged into, file or service, number in it."""


@dataclass(frozen=True)
class Accounts:
    """What became of the records that a corpus was made from. Notes stay on the disk until they are asked for.

    Attributes
    ----------
    parts : tuple of pyarrow.Table
        One an import, with the columns of `NOTES`; none where an earlier version made the corpus.
    """

    parts: tuple[pa.Table, ...] = ()

    @cached_property
    def notes(self) -> pa.Table:
        """The notes of all imports, in their order; memory-mapped."""
        # Arrow makes an empty table by way of arrays, for which it loads pandas.
        return pa.concat_tables(self.parts) if self.parts else pa.Table.from_batches([], NOTES)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Records by what became of them, as `Ledger.counts` gives them."""
        total = Counter(Ledger().counts())
        for part in self.parts:
            total.update(_counts(part))
        return dict(total)

    @cached_property
    def empty(self) -> int:
        """How many files or answers held no record."""
        return len(self.notes) and int(pc.sum(pc.equal(self.notes.column("action"), "empty")).as_py())

    @cached_property
    def sources(self) -> dict[str, int]:
        """Records read by where they are from, as `Ledger.sources` has them; fewer than `counts` says where an earlier version counted."""
        total: Counter[str] = Counter()
        for part in self.parts:
            total.update(_sources(part))
        return dict(total)

    def sentence(self, papers: int) -> str:
        """Say the counts in words, and how many of so many papers the ledger does not know."""
        if not self.parts:
            return "An earlier version made this corpus, and kept no ledger."
        unknown = papers - self.counts["accepted"]
        more = f" Of {unknown:,} more paper{'' if unknown == 1 else 's'} no ledger was kept." if unknown > 0 else ""
        return f"{sentence(self.counts, self.empty)}{more}"

    def entries(self) -> Iterator[Entry]:
        """Yield the notes, one after the other."""
        for batch in self.notes.to_batches(max_chunksize=10_000):
            yield from map(Entry._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def ledger(self) -> Ledger:
        """All of it in memory."""
        counts = self.counts
        return Ledger(
            counts["read"], counts["accepted"], counts["rejected"], counts["merged"], list(self.entries()), sources=self.sources
        )

    def lacks(self, ledger: Ledger | None) -> bool:
        """Whether a ledger tells of a rejected record, or a source that held none, of which no part does."""
        told = set() if ledger is None else set(map(_in_vain, ledger.notes)) - {None}
        return bool(told) and not told <= set(map(_in_vain, self.entries()))

    def then(self, ledger: Ledger) -> pa.Table:
        """The part of the import that comes next. A repaired record and a source without any count once, as of a file read twice."""
        if any(note.action == "empty" for note in ledger.notes):
            told = set(map(_in_vain, self.entries()))
            ledger = replace(
                ledger, notes=[note for note in ledger.notes if note.action != "empty" or _in_vain(note) not in told]
            )
        part = part_of(ledger)
        came = _repaired(part)
        before = {record for old in self.parts for record in _repaired(old, among=part) & came} if came else ()
        counts = _counts(part)
        return _with_counts(part, {**counts, "repaired": counts["repaired"] - len(before)}, _sources(part))

    def without(self, merged: Sequence[Record]) -> Accounts:
        """The same after some merged records were accepted as papers of their own; parts without one of them stay the same."""
        left = Counter(merged)
        papers = pa.array({paper for paper, _, _ in merged}, TEXT)
        return Accounts(tuple(_without(part, left, papers) for part in self.parts))


def _in_vain(note: Entry) -> tuple[str, int, str] | None:
    """What came of which no paper came; None where one did."""
    return (note.source, note.record, note.reason) if note.action in ("rejected", "empty") else None


def _counts(part: pa.Table) -> dict[str, int]:
    counts: dict[str, int] = json.loads(part.schema.metadata[_COUNTS])
    return counts


def _sources(part: pa.Table) -> dict[str, int]:
    sources: dict[str, int] = json.loads(part.schema.metadata.get(_SOURCES, b"{}"))
    return sources


def _with_counts(notes: pa.Table, counts: dict[str, int], sources: dict[str, int]) -> pa.Table:
    return notes.replace_schema_metadata({_COUNTS: json.dumps(counts), _SOURCES: json.dumps(sources)})


def _repaired(part: pa.Table, among: pa.Table | None = None) -> set[tuple[str, int]]:
    """Source and number of the records with a repair, of some sources and numbers only."""
    mine = pc.equal(part.column("action"), "repaired")
    if among is not None:
        for name in ("source", "record"):
            mine = pc.and_(mine, pc.is_in(part.column(name), value_set=pc.unique(among.column(name))))
    few = part.select(["source", "record"]).filter(mine).to_pydict()
    return set(zip(*few.values(), strict=True))


def _without(part: pa.Table, left: Counter[Record], papers: pa.Array) -> pa.Table:
    """Take the notes of merged records out of a part, and their numbers out of those that are left."""
    mine = pc.and_(pc.equal(part.column("action"), "merged"), pc.is_in(part.column("after"), value_set=papers))
    rows = rows_where(mine).to_numpy()
    few = part.select(["after", "source", "record"]).filter(mine).to_pydict()
    stay = np.ones(part.num_rows, bool)
    for row, record in zip(rows, zip(*few.values(), strict=True), strict=True):
        if left[record]:
            left[record] -= 1
            stay[row] = False
    if stay.all():
        return part
    counts, gone = _counts(part), int((~stay).sum())
    counts |= {"accepted": counts["accepted"] + gone, "merged": counts["merged"] - gone}
    return _with_counts(part.filter(pa.array(stay)), counts, _sources(part))


def part_of(ledger: Ledger) -> pa.Table:
    """The ledger of one import as a part of accounts."""
    columns = zip(*ledger.notes, strict=True) if ledger.notes else ((),) * len(NOTES)
    arrays = [_array(values, field.type) for values, field in zip(columns, NOTES, strict=True)]
    sources: Counter[str] = Counter()
    for name, count in ledger.sources.items():
        # Odd names of files, as below.
        sources[name.encode(errors="replace").decode()] += count
    return _with_counts(pa.Table.from_arrays(arrays, schema=NOTES), ledger.counts(), dict(sources))


def _array(values: Iterable[object], kind: pa.DataType) -> pa.Array:
    values = list(values)
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half of a surrogate pair, as broken JSON escapes and odd file names leave it.
        return pa.array([str(value).encode(errors="replace").decode() for value in values], kind)


def account_path(generation: Path, number: int) -> Path:
    """Where a generation keeps the part of a number, from 0."""
    return generation / f"ledger.{number}.arrow"


def save_part(part: pa.Table, path: Path) -> None:
    """Write a part into a generation of a corpus."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, part.schema) as writer:
        writer.write_table(part)


def load_accounts(generation: Path) -> Accounts:
    """Open the accounts of a generation, memory-mapped; one of an earlier version has none.

    Raises
    ------
    CorpusError
        A file is damaged.
    """
    parts: list[pa.Table] = []
    while (path := account_path(generation, len(parts))).exists():
        try:
            with pa.memory_map(str(path)) as file:
                parts.append(pa.ipc.open_file(file).read_all())
            _counts(parts[-1]), _sources(parts[-1])
        except (pa.ArrowInvalid, OSError, ValueError, TypeError, KeyError) as error:
            raise CorpusError(f"{path} is damaged ({error}). Build the corpus again.") from error
    return Accounts(tuple(parts))

"""The merges of a corpus, kept with it: what was merged into what, which record gave which value, and the records as they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.rules import Rules, pair
from explorer.errors import CorpusError
from explorer.papers.schema import FIELDS, TEXT, TEXTS, to_frame

if TYPE_CHECKING:
    import pandas as pd

    from explorer.papers.ledger import Ledger

HISTORY = pa.schema(
    [
        ("paper", TEXT),
        ("members", TEXTS),
        ("relation", pa.string()),
        ("score", pa.float64()),
        ("reason", TEXT),
        ("given_by", pa.map_(pa.string(), TEXT)),
    ]
)
"""One row a merge: the paper's id, the ids of its records, "same" or "version", the lowest score of the pairs that joined it
(0 to 1), the reason, and the field-wise origin of the values."""

LIKELY = pa.schema(
    [
        ("first", TEXT),
        ("second", TEXT),
        ("first_title", TEXT),
        ("second_title", TEXT),
        ("score", pa.float64()),
        ("relation", pa.string()),
        ("reason", TEXT),
    ]
)
"""One row a pair of papers that are likely one and were not merged: their ids and titles, the score (0 to 1), "likely" or "version"
(such as a conference paper and the article that came of it), what spoke for it and what barred it."""

ORIGIN = {"merge_paper": TEXT, "merge_source": TEXT, "merge_record": pa.int64()}
"""Columns of a merged record beside its own: id of the paper it went into, file or service, number in it from 1 (or null)."""


@dataclass(frozen=True)
class Merges:
    """Merges, and all that is needed to take any of them back.

    Attributes
    ----------
    history : pyarrow.Table
        With the columns of `HISTORY`; a paper stands in it once.
    records : pyarrow.Table
        The merged records as they were: the columns of the paper table, and those of `ORIGIN`.
    likely : pyarrow.Table
        Pairs of papers to decide, with the columns of `LIKELY`.
    """

    history: pa.Table = field(default_factory=lambda: pa.Table.from_pylist([], HISTORY))
    records: pa.Table = field(
        default_factory=lambda: pa.table({name: pa.nulls(0, kind) for name, kind in {**FIELDS, **ORIGIN}.items()})
    )
    # Arrow makes a table of empty arrays by way of pandas, for which no dashboard should wait.
    likely: pa.Table = field(default_factory=lambda: pa.Table.from_batches([], LIKELY))

    def __len__(self) -> int:
        return int(self.history.num_rows)

    def __bool__(self) -> bool:
        return bool(len(self) or self.likely.num_rows)

    def of(self, paper: str) -> tuple[dict[str, Any], pa.Table] | None:
        """The row of the history for a paper, and its records; None where nothing was merged into it."""
        # Not by Arrow's `index`, which imports pandas for the sake of its value: every paper that is opened is looked for.
        papers = self.history.column("paper").to_pylist()
        if paper not in papers:
            return None
        return self.history.slice(papers.index(paper), 1).to_pylist()[0], self.records.filter(
            pc.equal(self.records["merge_paper"], paper)
        )

    def of_papers(self, papers: Sequence[str]) -> Merges:
        """Only the merges of some papers, and the pairs to decide of which both are among them."""
        return self._chosen(papers, keep=True)

    def without(self, papers: Sequence[str]) -> Merges:
        """The merges of all other papers, and all pairs to decide."""
        return self._chosen(papers, keep=False)

    def _chosen(self, papers: Sequence[str], *, keep: bool) -> Merges:
        names = pa.array(papers, TEXT)

        def part(table: pa.Table, column: str) -> pa.Table:
            mine = pc.is_in(table.column(column), value_set=names)
            return table.filter(mine if keep else pc.invert(mine))

        likely = part(part(self.likely, "first"), "second") if keep else self.likely
        return Merges(part(self.history, "paper"), part(self.records, "merge_paper"), likely)

    def renamed(self, ids: dict[str, str]) -> Merges:
        """The same merges, papers and records under other ids."""
        if not ids or not self:
            return self

        def new(name: str) -> str:
            return ids.get(name, name)

        history = [
            {
                **row,
                "paper": new(row["paper"]),
                "members": [new(name) for name in row["members"]],
                "given_by": [(name, "; ".join(map(new, giver.split("; ")))) for name, giver in row["given_by"]],
            }
            for row in self.history.to_pylist()
        ]
        records, likely = self.records, self.likely
        for name in ("id", "merge_paper"):
            values = pa.array([new(value) for value in records.column(name).to_pylist()], TEXT)
            records = records.set_column(records.column_names.index(name), name, values)
        for name in ("first", "second"):
            values = pa.array([new(value) for value in likely.column(name).to_pylist()], TEXT)
            likely = likely.set_column(likely.column_names.index(name), name, values)
        return Merges(pa.Table.from_pylist(history, HISTORY), records, likely)

    def joined(self, other: Merges) -> Merges:
        """These merges and those of other papers."""
        likely = pa.concat_tables([self.likely, other.likely])
        if not len(self) or not len(other):
            return replace(self if len(self) else other, likely=likely)
        return Merges(
            pa.concat_tables([self.history, other.history]),
            pa.concat_tables([self.records, other.records], promote_options="permissive"),
            likely,
        )

    def frame(self) -> pd.DataFrame:
        """What was merged into what.

        Returns
        -------
        DataFrame
            One row a merge: `paper` (id), `members` (ids of the records), `relation` ("same", or "version" such as a preprint
            and its publication), `score` (the lowest of the pairs that joined it, 0 to 1), `reason`, `given_by` (map of field
            to the id of the record that gave its value), `records` (file and number of each record).
        """
        places: dict[str, list[str]] = {}
        for paper, source, number in self._places():
            places.setdefault(paper, []).append(origin_text(source, number))
        texts = pa.array([places.get(paper, []) for paper in self.history.column("paper").to_pylist()], TEXTS)
        return to_frame(self.history.append_column("records", texts))

    def undecided(self, rules: Rules) -> pd.DataFrame:
        """The pairs to decide of which rules say nothing, with the columns of `LIKELY`."""
        decided = rules.always | rules.never
        names = zip(self.likely.column("first").to_pylist(), self.likely.column("second").to_pylist(), strict=True)
        return to_frame(self.likely.filter(pa.array([pair(*both) not in decided for both in names], pa.bool_())))

    def _places(self) -> Iterator[tuple[str, str | None, int | None]]:
        yield from zip(*(self.records.column(name).to_pylist() for name in ORIGIN), strict=True)

    def save(self, folder: Path) -> None:
        """Write them into a generation of a corpus."""
        for name, table in (("history", self.history), ("records", self.records), ("likely", self.likely)):
            with pa.OSFile(str(folder / f"merges.{name}.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)


def load_merges(folder: Path) -> Merges:
    """Open the merges of a generation, memory-mapped; a generation of an earlier version has none, or no pairs to decide.

    Raises
    ------
    CorpusError
        A file is damaged.
    """
    tables: list[pa.Table] = []
    for name in ("history", "records", "likely"):
        path = folder / f"merges.{name}.arrow"
        if not path.exists():
            return Merges(*tables) if name == "likely" else Merges()
        try:
            with pa.memory_map(str(path)) as file:
                tables.append(pa.ipc.open_file(file).read_all())
        except (pa.ArrowInvalid, OSError) as error:
            raise CorpusError(f"{path} is damaged ({error}). Build the corpus again.") from error
    return Merges(*tables)


def origin_text(source: str | None, record: int | None) -> str:
    """Where a record came from, as people say it: ``a.ris, record 12``."""
    return ", ".join(filter(None, (source or "the corpus", f"record {record:,}" if record else "")))


@dataclass(frozen=True)
class Change:
    """What the next generation of a corpus does otherwise than the one before.

    Attributes
    ----------
    added : pyarrow.Table
        Papers that come to its end.
    rows : array of int64, shape (n,)
        Rows whose paper is replaced.
    replaced : pyarrow.Table or None
        Those papers, as they are from now on.
    merges : Merges or None
        All merges from now on; None where they stay.
    rules : Rules or None
        The reader's rules from now on; None where they stay.
    upon : str or None
        The generation that was looked at.
    ledger : Ledger or None
        What became of the records that came; it alone is no change of the papers.
    unmerged : tuple of (str, str, int)
        Merged records that become papers of their own: id of the paper they went into, file or service, number in it.
    """

    added: pa.Table
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    replaced: pa.Table | None = None
    merges: Merges | None = None
    rules: Rules | None = None
    upon: str | None = None
    ledger: Ledger | None = None
    unmerged: tuple[tuple[str, str, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added.num_rows or len(self.rows) or self.merges is not None or self.rules is not None)


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table that can stand below another: a further column of another type is cast, or, where it cannot be, kept as text."""
    for name in table.column_names:
        wanted = schema.field(name).type if name in schema.names else None
        given = table.schema.field(name).type
        if wanted is None or wanted == given or pa.types.is_null(given) or pa.types.is_null(wanted):
            continue
        place, values = table.column_names.index(name), table.column(name)
        try:
            table = table.set_column(place, name, values.cast(wanted))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            texts = pa.array([None if value is None else str(value) for value in values.to_pylist()], TEXT)
            if pa.types.is_string(wanted) or pa.types.is_large_string(wanted):
                table = table.set_column(place, name, texts.cast(wanted))
            else:
                fresh = f"{name}_text"
                while fresh in table.column_names or (fresh in schema.names and schema.field(fresh).type != TEXT):
                    fresh += "_text"
                table = table.set_column(place, fresh, texts)
    return table

"""A paper table that is gone through in batches, so that whoever writes it never holds more than one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from explorer.papers.schema import FIELDS, as_named, needs_whole_column, to_table

if TYPE_CHECKING:
    import pandas as pd

ROWS = 1000
"""Papers a batch: some megabytes of Python values."""

Read = Callable[[int, int, Sequence[str]], pa.Table]
"""Called with the first row, the one after the last, and names of columns; gives that part of the table."""


class PaperBatches:
    """A conforming paper table, batch by batch, as often as asked.

    Parameters
    ----------
    names : sequence of str
        Columns, those of the schema first.
    num_rows : int
        Papers.
    read : callable
        Gives some rows of some columns.
    """

    def __init__(self, names: Sequence[str], num_rows: int, read: Read) -> None:
        self.num_rows = num_rows
        self._read = read
        # What a column beyond the schema is written as depends on all of its values; such columns are short, and held whole.
        self._held: Mapping[str, pa.ChunkedArray] = {
            name: as_named(name, self._column(name))
            for name in names[len(FIELDS) :]
            if needs_whole_column(name, read(0, 0, [name]).schema.field(name).type)
        }
        self.column_names = list(names)
        self.schema = self._batch(0, 0, self.column_names).schema

    @classmethod
    def of(cls, papers: pd.DataFrame | pa.Table | PaperBatches) -> PaperBatches:
        """The batches of a paper table. Raises `SchemaError` as `explorer.papers.schema.to_table` does."""
        if isinstance(papers, PaperBatches):
            return papers
        table = to_table(papers)
        return cls(
            table.column_names, table.num_rows, lambda start, stop, names: table.select(names).slice(start, stop - start)
        )

    def __iter__(self) -> Iterator[pa.Table]:
        return self.select(self.column_names)

    def select(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Batches of some of the columns, in the order of the table."""
        wanted = [name for name in self.column_names if name in set(names)]
        for start in range(0, self.num_rows, ROWS):
            yield self._batch(start, min(start + ROWS, self.num_rows), wanted)

    def column(self, name: str, start: int, stop: int) -> pa.ChunkedArray:
        """Some rows of one column."""
        return self._batch(start, stop, [name]).column(name)

    def given(self, name: str) -> bool:
        """Whether any paper has a value in a column."""
        return any(part.column(0).null_count < part.num_rows for part in self.select([name]))

    def _column(self, name: str) -> pa.ChunkedArray:
        return self._read(0, self.num_rows, [name]).column(name)

    def _batch(self, start: int, stop: int, names: Sequence[str]) -> pa.Table:
        found = self._read(start, stop, [name for name in names if name not in self._held])
        columns = {
            name: self._held[name].slice(start, stop - start)
            if name in self._held
            else found.column(name)
            if name in FIELDS
            else as_named(name, found.column(name))
            for name in names
        }
        return pa.table(columns)

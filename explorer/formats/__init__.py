"""Ways in: one file format a module, and the table that recognises them.

A format module has `LABEL`, `SUFFIXES`, ``sniff(head: bytes) -> bool`` and ``read(source, ledger)``, which yields conforming
tables and accounts for every record in the ledger. Formats are recognised from content first, then from the suffix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from explorer.errors import ReadError
from explorer.formats import delimited, hf_page, json_records, parquet
from explorer.formats.source import Source
from explorer.ledger import Ledger
from explorer.schema import FIELDS, assign_ids, to_frame

if TYPE_CHECKING:
    import pandas as pd


class Format(Protocol):
    """What a format module offers."""

    LABEL: str
    SUFFIXES: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Whether bytes at the start of a file are of this format."""

    def read(self, source: Source, ledger: Ledger) -> Iterator[pa.Table]:
        """Yield conforming tables and account for every record."""


# The order is that of sniffing: the surer the mark, the earlier.
FORMATS: tuple[Format, ...] = (parquet, hf_page, json_records, delimited)


@dataclass(frozen=True)
class Import:
    """Papers and what became of every input record."""

    table: pa.Table
    ledger: Ledger

    @property
    def papers(self) -> pd.DataFrame:
        """The papers as a DataFrame in the schema."""
        return to_frame(self.table)


def recognise(source: Source) -> Format:
    """Find the format of a source by content, then by suffix.

    Raises
    ------
    ReadError
        The source is empty or of no known format.
    """
    head = source.head()
    if not head.strip():
        raise ReadError(f"{source.name} is empty.")
    for form in FORMATS:
        if form.sniff(head):
            return form
    for form in FORMATS:
        if source.suffix in form.SUFFIXES:
            return form
    labels = ", ".join(form.LABEL for form in FORMATS)
    raise ReadError(f"{source.name} is of no format known here ({labels}).")


def import_papers(*files: str | PathLike[str] | Source) -> Import:
    """Read files of any known format into one paper table, with a ledger of every record.

    Parameters
    ----------
    *files : str, path or Source
        At least one.

    Returns
    -------
    Import
        `papers` (DataFrame in the schema) and `ledger`.

    Raises
    ------
    ReadError
        A file is missing, empty, damaged as a whole or of no known format.
    """
    if not files:
        raise ReadError("No file was named.")
    parts: list[pa.Table] = []
    ledger = Ledger()
    origins: list[tuple[str, int]] = []
    for file in files:
        source = file if isinstance(file, Source) else _source(Path(file))
        for table in recognise(source).read(source, ledger):
            parts.append(table)
            origins.append((source.name, table.num_rows))
    whole = (
        pa.concat_tables(parts, promote_options="permissive")
        if parts
        else pa.table({n: pa.nulls(0, k) for n, k in FIELDS.items()})
    )

    def note(row: int, field: str, before: str, after: str, reason: str) -> None:
        for name, rows in origins:
            if row < rows:
                ledger.repair(name, row + 1, field, before, after, reason)
                return
            row -= rows

    result = assign_ids(whole, note)
    ledger.check(result.num_rows)
    return Import(result, ledger)


def _source(path: Path) -> Source:
    if path.is_dir():
        raise ReadError(f"{path} is a folder. Name the files in it.")
    if not path.exists():
        raise ReadError(f"{path} does not exist. Check the path.")
    return Source(path.name, path=path)


def read_papers(*files: str | PathLike[str] | Source) -> pd.DataFrame:
    """Read files of any known format into a DataFrame in the schema.

    `import_papers` gives the ledger too. Raises `ReadError` as it does.
    """
    return import_papers(*files).papers

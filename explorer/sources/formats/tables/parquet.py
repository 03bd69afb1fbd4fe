"""Apache Parquet, read column by column by names. Specification: https://parquet.apache.org/docs/file-format/."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from explorer.disk import deliver
from explorer.errors import ReadError
from explorer.papers.column_names import columns_to_fields
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import conform
from explorer.sources.encoding import restored
from explorer.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

LABEL = "Parquet"
SUFFIXES: tuple[str, ...] = (".parquet", ".pq")

_ROWS = 65_536
_READ = 16_384
"""Rows that are read at once; several copies of them lie in memory while they are made to conform."""


_GROUP = 16
"""Batches of papers that are one group of rows: what is written at once, and what a reader may pass over."""


def sniff(head: bytes) -> bool:
    """Whether the file starts with Parquet's magic number."""
    return head.startswith(b"PAR1")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield conforming tables of at most 16,384 rows.

    Raises
    ------
    ReadError
        The file is damaged, or has no title column.
    """
    import pyarrow.parquet as pq

    try:
        # Read ahead, as it is by default, all of the file is held to its end.
        file = pq.ParquetFile(source.path if source.path is not None else io.BytesIO(source.bytes()), pre_buffer=False)
        names = file.schema_arrow.names
        if "title" not in columns_to_fields(names).values():
            shown = ", ".join(names[:12])
            raise ReadError(
                f"{source.name} has no title column (its columns: {shown}). Rename the one that holds titles to 'title'."
            )
        start = 1
        for batch in file.iter_batches(batch_size=_READ):
            first = start

            def note(row: int, field: str, before: str, after: str, reason: str, first: int = first) -> None:
                ledger.repair(source.name, first + row, field, before, after, reason)

            yield restored(conform(pa.Table.from_batches([batch]), note), note)
            ledger.accept(batch.num_rows)
            start += batch.num_rows
    except pa.ArrowNotImplementedError as error:
        raise ReadError(f"{source.name} has a column of a type that cannot be read as papers: {error}.") from error
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{source.name} is not a readable Parquet file: {error}. Export it again.") from error


def to_parquet(
    papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, manifest: Mapping[str, Any] | None = None
) -> bytes:
    """Write papers as Parquet, every column in its own type.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    manifest : mapping, optional
        How the table was made; kept as JSON in the schema's metadata under ``manifest``.

    Returns
    -------
    bytes

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> import io
    >>> pd.read_parquet(io.BytesIO(explorer.to_parquet(papers)))["title"].to_list()
    ['Adding numbers']
    """
    buffer = io.BytesIO()
    write_parquet(PaperBatches.of(papers), buffer, manifest)
    return deliver(buffer.getvalue(), path)


def write_parquet(papers: PaperBatches, file: BinaryIO, manifest: Mapping[str, Any] | None = None) -> None:
    """Write what `to_parquet` gives into a file, a group of rows at a time."""
    import pyarrow.parquet as pq

    schema = papers.schema.remove_metadata()
    if manifest is not None:
        schema = schema.with_metadata({"manifest": json.dumps(manifest, default=str, ensure_ascii=False)})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        group: list[pa.Table] = []
        for number, table in enumerate(papers, start=1):
            group.append(table)
            if number % _GROUP == 0:
                writer.write_table(pa.concat_tables(group).cast(schema))
                group = []
        if group or not papers.num_rows:
            writer.write_table(pa.concat_tables([*group, schema.empty_table()]).cast(schema))

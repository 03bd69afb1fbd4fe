"""Apache Parquet, read column by column by names. Specification: https://parquet.apache.org/docs/file-format/."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa

from explorer.errors import ReadError
from explorer.formats.source import Source
from explorer.ledger import Ledger
from explorer.schema import columns_to_fields, conform

LABEL = "Parquet"
SUFFIXES = (".parquet", ".pq")

_ROWS = 65_536


def sniff(head: bytes) -> bool:
    """Whether the file starts with Parquet's magic number."""
    return head.startswith(b"PAR1")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield conforming tables of at most 65,536 rows.

    Raises
    ------
    ReadError
        The file is damaged, or has no title column.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.path if source.path is not None else io.BytesIO(source.bytes()))
        names = file.schema_arrow.names
        if "title" not in columns_to_fields(names).values():
            shown = ", ".join(names[:12])
            raise ReadError(f"{source.name} has no title column (its columns: {shown}). Rename the one that holds titles to 'title'.")
        start = 1
        for batch in file.iter_batches(batch_size=_ROWS):
            first = start

            def note(row: int, field: str, before: str, after: str, reason: str, first: int = first) -> None:
                ledger.repair(source.name, first + row, field, before, after, reason)

            yield conform(pa.Table.from_batches([batch]), note)
            ledger.accept(batch.num_rows)
            start += batch.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise ReadError(f"{source.name} is not a readable Parquet file: {error}. Export it again.") from error

"""A source of records: a file or bytes, with a name to speak of it by."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.ledger import Ledger
from explorer.schema import FIELDS, TEXT, TEXTS, conform

HEAD = 65_536
"""Bytes a format may look at to recognise itself."""

BATCH = 10_000
"""Records a table when records are gathered one by one; bounds memory while a large file streams."""


@dataclass(frozen=True)
class Source:
    """A file on disk, or bytes that arrived otherwise.

    Parameters
    ----------
    name : str
        What messages and the ledger call it.
    path : Path, optional
    data : bytes, optional
        Exactly one of `path` and `data` is given.
    """

    name: str
    path: Path | None = None
    data: bytes | None = None

    def open(self) -> IO[bytes]:
        """Open for reading from the start."""
        if self.path is None:
            return io.BytesIO(self.data or b"")
        try:
            return self.path.open("rb")
        except OSError as error:
            raise ReadError(f"{self.name} cannot be opened: {error.strerror}. Check the path and its permissions.") from error

    def head(self) -> bytes:
        """First `HEAD` bytes."""
        with self.open() as file:
            return file.read(HEAD)

    def bytes(self) -> bytes:
        """All bytes."""
        if self.data is not None:
            return self.data
        with self.open() as file:
            return file.read()

    def text(self) -> str:
        """All text, decoded by its byte order mark, else as UTF-8, else as Windows-1252; line ends as ``\\n``."""
        return decode(self.bytes()).replace("\r\n", "\n").replace("\r", "\n")

    @property
    def suffix(self) -> str:
        """Lower-case suffix of the name, with its dot."""
        return Path(self.name).suffix.lower()


def decode(data: bytes) -> str:
    """Decode text whose encoding is not told: byte order mark, UTF-8, then Windows-1252 (which never fails here)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def tables(records: Iterable[tuple[int, int | None, Mapping[str, Any]]], source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Gather records into conforming tables of at most `BATCH` rows, and count them as accepted.

    Parameters
    ----------
    records : iterable of (number, line, record)
        `number` counts the records of the source from 1; `line` is where it starts, or None; `record` maps fields of the
        schema, or other names, to values.
    """
    batch: list[tuple[int, int | None, Mapping[str, Any]]] = []
    for item in records:
        batch.append(item)
        if len(batch) == BATCH:
            yield _table(batch, source, ledger)
            batch = []
    if batch:
        yield _table(batch, source, ledger)


def _table(batch: list[tuple[int, int | None, Mapping[str, Any]]], source: Source, ledger: Ledger) -> pa.Table:
    names = dict.fromkeys(name for _, _, record in batch for name in record)
    columns = {name: _column(name, [record.get(name) for _, _, record in batch]) for name in names}

    def note(row: int, field: str, before: str, after: str, reason: str) -> None:
        number, line, _ = batch[row]
        ledger.repair(source.name, number, field, before, after, reason, line=line)

    table = conform(pa.table(columns) if columns else pa.table({"id": pa.nulls(len(batch), TEXT)}), note)
    ledger.accept(len(batch))
    return table


def _column(name: str, values: list[Any]) -> pa.Array:
    """Build a column; values of several kinds in one column become text rather than an error."""
    kind = FIELDS.get(name)
    if kind == TEXTS and all(value is None or isinstance(value, list) for value in values):
        return pa.array([None if v is None else [_name(item) for item in v if item] for v in values], TEXTS)
    if kind == TEXT or name == "published":
        return pa.array([None if value is None else _clean(str(value)) for value in values], TEXT)
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        return pa.array([None if value is None else _clean(str(value)) for value in values], TEXT)


def _name(item: Any) -> str:
    """Text of a list item; web APIs wrap names in objects."""
    return _clean(str(item.get("name", "") if isinstance(item, Mapping) else item))


def _clean(text: str) -> str:
    """Drop what Arrow cannot hold: half of a surrogate pair, as broken JSON escapes leave it."""
    return text.encode("utf-8", errors="replace").decode("utf-8") if not text.isascii() else text

"""A source of records: a file or bytes, with a name to speak of it by.

Compressed sources (gzip, bzip2, xz) are opened through their compression, within `archive`'s bounds.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, TEXT, TEXTS, conform
from explorer.sources.archive import decompressed
from explorer.sources.encoding import Found, decode, fold_line_ends, found_in, is_utf8, recode, restored

# Within `Source` the name of the type is that of a method.
Bytes = bytes

HEAD = 65_536
"""Bytes a format may look at to recognise itself."""

BATCH = 4_096
"""Records a table when records are gathered one by one; bounds memory while a large file streams."""

WHOLE = 1 << 30
"""Most bytes a format that is read as one text may have."""

LINE = 16 << 20
"""Most bytes of one line of text."""

__all__ = ["BATCH", "HEAD", "LINE", "WHOLE", "Source", "accepted", "decode", "tables"]


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
    encoding : str, optional
        Overrides the encoding that is found from the bytes.
    delimiter : str, optional
        Overrides the delimiter that is found from the header.
    columns : mapping, optional
        Overrides the fields columns are taken for, ``{column: field}``; a field of None leaves the column as it is.
    """

    name: str
    path: Path | None = None
    data: bytes | None = None
    encoding: str | None = None
    delimiter: str | None = None
    columns: Mapping[str, str | None] | None = None
    _judged: list[Found] = field(default_factory=list, init=False, repr=False, compare=False)

    def open(self) -> IO[bytes]:
        """Open for reading from the start, through its compression."""
        if self.path is None:
            return decompressed(io.BytesIO(self.data or b""), self.name)
        try:
            return decompressed(self.path.open("rb"), self.name)
        except OSError as error:
            raise ReadError(f"{self.name} cannot be opened: {error.strerror}. Check the path and its permissions.") from error

    def head(self) -> bytes:
        """First `HEAD` bytes."""
        with self.open() as file:
            return file.read(HEAD)

    def bytes(self) -> bytes:
        """All bytes.

        Raises
        ------
        ReadError
            There are more than `WHOLE`.
        """
        with self.open() as file:
            data = file.read(WHOLE + 1)
        if len(data) > WHOLE:
            raise ReadError(f"{self.name} is larger than {WHOLE >> 30} GiB. Split it, or convert it to JSON lines or Parquet.")
        return data

    def text(self, *, fold: bool = True) -> str:
        """All text, decoded as told or as found; line ends as line feeds unless `fold` is off.

        Raises
        ------
        ReadError
            A line is longer than `LINE`: no bibliography is.
        """
        data = self.bytes()
        _check_lines(data, self.name)
        text = decode(data, self.judge(data))
        return fold_line_ends(text) if fold else text

    def utf8(self) -> Bytes:
        """All text as `text` gives it, in UTF-8."""
        data = self.bytes()
        _check_lines(data, self.name)
        return recode(data, self.judge(data))

    def found_encoding(self) -> str:
        """Name of the encoding the source is read in."""
        return self.found().encoding

    def found(self) -> Found:
        """The encoding the source is read in, and how surely; found from its start, until all of it was read."""
        if self.encoding is not None:
            return Found(self.encoding)
        return self._judged[-1] if self._judged else found_in(self.head(), whole=False)

    def judge(self, data: Bytes) -> str | None:
        """Encoding of all bytes, remembered; None where they are UTF-8, which is found by decoding them."""
        if self.encoding is not None or is_utf8(data):
            return self.encoding
        self._judged.append(found_in(data))
        return self._judged[-1].encoding

    @property
    def suffix(self) -> str:
        """Lower-case suffix of the name, with its dot; that of the compression is looked through."""
        path = Path(self.name)
        return (Path(path.stem) if path.suffix.lower() in (".gz", ".xz", ".bz2", ".zip") else path).suffix.lower()


def _check_lines(data: Bytes, name: str) -> None:
    start = 0
    while len(data) - start > LINE:
        end = max(data.rfind(b"\n", start, start + LINE + 1), data.rfind(b"\r", start, start + LINE + 1))
        if end < 0:
            raise ReadError(f"{name} has a line of more than {LINE >> 20} MiB; that is no list of papers.")
        start = end + 1


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
    records = [record for _, _, record in batch]
    names = dict.fromkeys(chain.from_iterable(dict.fromkeys(map(tuple, records))))
    values = {name: [record.get(name) for record in records] for name in names}
    columns = {name: _column(name, column) for name, column in values.items() if name in FIELDS or any(column)}
    given = pa.table(columns) if columns else pa.table({"id": pa.nulls(len(batch), TEXT)})
    return accepted(given, [(number, line) for number, line, _ in batch], source, ledger)


def accepted(given: pa.Table, places: Sequence[tuple[int, int | None]], source: Source, ledger: Ledger) -> pa.Table:
    """Bring a table into the schema, count its rows as accepted, and note what had to be repaired.

    Parameters
    ----------
    given : pyarrow.Table
        One row a record; columns are fields of the schema, or others.
    places : sequence of (number, line)
        Of each row: the number of its record in the source, from 1, and the line at which it starts, or None.
    """

    def note(row: int, field: str, before: str, after: str, reason: str) -> None:
        number, line = places[row]
        ledger.repair(source.name, number, field, before, after, reason, line=line)

    table = restored(conform(given, note), note)
    ledger.accept(given.num_rows)
    return table


def _column(name: str, values: list[Any]) -> pa.Array:
    """Build a column; values of several kinds in one column become text rather than an error."""
    kind = FIELDS.get(name)
    wanted = TEXT if kind == TEXT or name == "published" else TEXTS if kind == TEXTS else None
    # Arrow would take a text for the list of its letters.
    if wanted != TEXTS or not any(issubclass(given, str) for given in set(map(type, values))):
        with suppress(pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
            return pa.array(values, wanted)
    if kind == TEXTS and all(value is None or isinstance(value, list) for value in values):
        return pa.array([None if v is None else [_name(item) for item in v if item] for v in values], TEXTS)
    if kind == TEXTS:
        # Some records have a list and some a text; the text is split like those of a column of texts.
        values = ["; ".join(filter(None, map(_name, filter(None, v)))) if isinstance(v, list) else v for v in values]
    return pa.array([None if value is None else _clean(str(value)) for value in values], TEXT)


def _name(item: Any) -> str:
    """Text of a list item; web APIs wrap names in objects."""
    return _clean(str(item.get("name", "") if isinstance(item, Mapping) else item))


def _clean(text: str) -> str:
    """Drop what Arrow cannot hold: half of a surrogate pair, as broken JSON escapes leave it."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")

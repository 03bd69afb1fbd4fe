"""A source of records: the files that a path stands for, opened through their compression, and their records as tables of the schema.

Compressed files and archives are opened within bounds that a bomb cannot pass. A stream that has given more than `FREE` bytes at more than
`RATIO` bytes for each byte of its file is refused; so is an archive of more than `MEMBERS` files; archives in archives share the bounds of
the outermost. Text compresses to a fifth, tables of repeated values to a fiftieth; a bomb is a thousandth.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from explorer.disk import is_corpus
from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, TEXT, TEXTS, conform
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

__all__ = [
    "BATCH",
    "DAMAGED",
    "HEAD",
    "LINE",
    "WHOLE",
    "Source",
    "accepted",
    "check_bounds",
    "decode",
    "files_of",
    "is_archive",
    "is_workbook",
    "members",
    "tables",
]


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


def files_of(path: Path) -> list[Path]:
    """Files that a path stands for, in a fixed order.

    Parameters
    ----------
    path : Path
        A file; a folder, where hidden files, hidden folders and corpora are left out; a pattern such as ``exports/**/*.ris``.

    Raises
    ------
    ReadError
        There is nothing of that name, it may not be looked at, or the folder has no file, or is a corpus.
    """
    try:
        return _files_of(path)
    except PermissionError as error:
        raise ReadError(f"{path} may not be read: the system refuses {error.filename}. Change its permissions.") from error


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        if is_corpus(path):
            raise ReadError(
                f"{path} is a corpus, and no folder of files. Add files to it: litexplorer update {path} FILE. "
                f"Or write its papers to a file: litexplorer export {path} -o FILE.jsonl"
            )
        inside = sorted(_below(path))
        if not inside:
            raise ReadError(f"{path} is a folder without files.")
        return inside
    if path.is_file():
        return [path]
    if path.exists():
        # A pipe without a writer would be waited for.
        raise ReadError(f"{path} is no file but a pipe, a socket or a device. Save what it gives to a file.")
    found = [match for match in _matches(path) if match.is_file()]
    if not found:
        raise ReadError(f"{path} does not exist. Check the path.")
    return found


def _below(folder: Path) -> Iterator[Path]:
    """Files below a folder, and folders there that cannot be looked into, which reading them says."""
    closed: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".") and not is_corpus(Path(place, name))]
        for name in files:
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path
    yield from closed


def _matches(pattern: Path) -> list[Path]:
    """Files and folders that a pattern stands for."""
    steps = [place for place, part in enumerate(pattern.parts) if any(mark in part for mark in "*?[")]
    if not steps:
        return []
    return sorted(Path(*pattern.parts[: steps[0]]).glob(str(Path(*pattern.parts[steps[0] :]))))


FREE = 64 << 20
"""Bytes any compressed file may give."""

RATIO = 150
"""Bytes a compressed file may give for each byte it has, beyond `FREE`."""

_UNPACKED = 1 << 20
"""Bytes that are unpacked at once."""

MEMBERS = 10_000

NESTED = 2
"""Archives within archives that are looked through."""

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"))
DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What reading a damaged file raises."""


class _Bounded(io.RawIOBase):
    """A decompressing stream that refuses to give much more than it was given."""

    def __init__(self, inner: IO[bytes], packed: IO[bytes], name: str) -> None:
        self._inner, self._packed, self._name, self._given = inner, packed, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            # Whoever reads all of a file asks for as much as could be, which would be unpacked before it is looked at.
            data = self._inner.read(min(len(view), _UNPACKED))
        except DAMAGED as error:
            raise ReadError(
                f"{self._name} is damaged: {error or type(error).__name__}. Download or export it again."
            ) from error
        self._given += len(data)
        if self._given > FREE and self._given > RATIO * max(self._packed.tell(), 1):
            raise ReadError(
                f"{self._name} unpacks to more than {RATIO} times its size, as no list of papers does. "
                "Unpack it yourself if you trust it."
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._packed.close()
        super().close()


def decompressed(file: IO[bytes], name: str) -> IO[bytes]:
    """Look through the compression of `file`, if it has one (two layers at most)."""
    for _ in range(2):
        kind = next((kind for magic, kind in _MAGIC if _peek(file).startswith(magic)), None)
        if kind is None:
            break
        if kind == "gzip":
            inner: IO[bytes] = cast("IO[bytes]", gzip.GzipFile(fileobj=file))
        elif kind == "bzip2":
            inner = cast("IO[bytes]", bz2.BZ2File(file))
        else:
            inner = cast("IO[bytes]", lzma.LZMAFile(file))  # noqa: SIM115 - closed with the stream that is returned
        file = cast("IO[bytes]", io.BufferedReader(_Bounded(inner, file, name), 1 << 18))
    return file


def _peek(file: IO[bytes]) -> bytes:
    if isinstance(file, io.BufferedReader):
        return file.peek(8)[:8]
    head = file.read(8)
    file.seek(0)
    return head


def is_archive(head: bytes) -> bool:
    """Whether bytes start a zip archive."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_workbook(head: bytes) -> bool:
    """Whether a zip archive is an Excel or OpenDocument workbook; its first entries tell."""
    return is_archive(head) and any(
        mark in head[:4096]
        for mark in (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
    )


def check_bounds(file: IO[bytes], name: str) -> None:
    """Refuse a zip archive whose directory announces a bomb.

    Raises
    ------
    ReadError
        The archive is damaged, has too many files, or unpacks to far more than its size.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (*DAMAGED, ValueError, NotImplementedError) as error:
        raise ReadError(f"{name} is a damaged archive: {error}. Download or export it again.") from error
    finally:
        file.seek(0)
    total, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if len(entries) > MEMBERS:
        raise ReadError(f"{name} holds {len(entries):,} files; at most {MEMBERS:,} are read. Name the ones you want.")
    if total > FREE and total > RATIO * max(packed, 1):
        raise ReadError(f"{name} unpacks to more than {RATIO} times its size, as no list of papers does.")


def members(file: IO[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files in a zip archive and in those within it, without folders and hidden files.

    Raises
    ------
    ReadError
        The archive is damaged, locked, or a bomb.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    yield from _members(file, name, [max(FREE, RATIO * size)], 0)
    with suppress(OSError):
        file.close()


def _members(file: IO[bytes], name: str, budget: list[int], depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield as `members` does; `budget` holds the bytes that all archives of one file may still give together."""
    check_bounds(file, name)
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            base = entry.filename.rsplit("/", 1)[-1]
            # How an export was made stands beside it; it is no paper.
            passed = base.startswith(".") or base.endswith(".manifest.json") or entry.filename.startswith("__MACOSX/")
            if not base or passed:
                continue
            label = f"{name}/{entry.filename}"
            limit = max(FREE, RATIO * entry.compress_size)
            try:
                with archive.open(entry) as inside:
                    data = inside.read(limit + 1)
            except (*DAMAGED, RuntimeError, NotImplementedError, ValueError) as error:
                raise ReadError(f"{label} cannot be unpacked: {error}. Unpack the archive yourself.") from error
            budget[0] -= len(data)
            if len(data) > limit or budget[0] < 0:
                raise ReadError(f"{label} unpacks to more than {RATIO} times its size, as no list of papers does.")
            if depth < NESTED and is_archive(data) and not is_workbook(data):
                yield from _members(io.BytesIO(data), label, budget, depth + 1)
            else:
                yield label, data

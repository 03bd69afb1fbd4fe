"""Compressed files, archives, folders and globs, within bounds that a bomb cannot pass.

A stream that has given more than `FREE` bytes at more than `RATIO` bytes for each byte of its file is refused; so is an
archive of more than `MEMBERS` files; archives in archives share the bounds of the outermost. Text compresses to a fifth, tables
of repeated values to a fiftieth; a bomb is a thousandth.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, cast

from explorer.errors import ReadError

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

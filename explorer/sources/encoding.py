"""The encoding of text that does not tell it, and text out of bytes.

Looked for in this order: a byte order mark; UTF-16 without one; Japanese in seven bits; UTF-8; UTF-8 with a few stray bytes, as
concatenated exports have; then the encodings before Unicode, by which letters they would make of the bytes (see `charsets`).
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import NamedTuple

import pyarrow as pa

from explorer.papers.ledger import Reading
from explorer.sources.charsets import SURE, readings

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MARKS_ONLY = tuple(mark for mark, _ in _MARKS)
_SAMPLE = 1 << 20
_LEAST = 0.001
_HIGH = re.compile(rb"[\x80-\xff]+")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252, one by one."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("explorer-stray", _stray)


class Found(NamedTuple):
    """The encoding of a text, and how surely."""

    encoding: str
    sureness: float = 1.0
    """From 0 to 1; 1 for Unicode, which cannot be mistaken."""
    readings: tuple[Reading, ...] = ()
    """The likeliest ways to read the text, the best first, where more than one is likely."""

    @property
    def sure(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.sureness >= SURE


def encoding_of(data: bytes, *, whole: bool = True) -> str:
    """Name the encoding of `data`, as `found_in` finds it."""
    return found_in(data, whole=whole).encoding


def found_in(data: bytes, *, whole: bool = True) -> Found:
    """Find the encoding of `data`.

    Parameters
    ----------
    data : bytes
    whole : bool
        Off when `data` is the start of more: a character cut at its end is then no error.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Found(encoding)
    pairs = data[:4000]
    if len(pairs) > 3 and b"\0" in pairs:
        odd, even = pairs[1::2].count(0), pairs[::2].count(0)
        if max(odd, even) > 0.4 * (len(pairs) // 2) and min(odd, even) < 0.1 * (len(pairs) // 2):
            return Found("utf-16-le" if odd > even else "utf-16-be")
    if b"\x1b$" in data and _HIGH.search(data) is None and _decodes(data, "iso2022_jp_2", whole=whole):
        return Found("iso2022_jp_2")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
        return Found("utf-8")
    except UnicodeDecodeError:
        pass
    sample = _around_high_bytes(data)
    # By chance some pairs of bytes of any encoding are UTF-8; where it is UTF-8, nearly all are.
    if sum(map(len, _UTF8.findall(sample))) > 0.8 * sum(map(len, _HIGH.findall(sample))):
        return Found("utf-8 with stray bytes")
    ways = readings(data)
    return Found(ways[0].encoding, ways[0].sureness, tuple(way for way in ways if way.sureness > _LEAST))


def _around_high_bytes(data: bytes) -> bytes:
    """A bounded part of `data` that starts where it stops being ASCII."""
    first = _HIGH.search(data)
    return data[first.start() : first.start() + _SAMPLE] if first else b""


def _decodes(data: bytes, encoding: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def is_utf8(data: bytes) -> bool:
    """Whether all of `data` is UTF-8, or ASCII."""
    plain = data.removeprefix(codecs.BOM_UTF8)
    if not _is_plain(plain):
        return False
    with suppress(pa.ArrowInvalid):
        pa.array([plain], pa.large_binary()).cast(pa.large_string())
        return True
    return False


def _is_plain(data: bytes) -> bool:
    """Whether nothing speaks against UTF-8 before it is tried."""
    return b"\0" not in data[:4000] and b"\x1b$" not in data and not data.startswith(_MARKS_ONLY)


def decode(data: bytes, encoding: str | None = None) -> str:
    """Decode text in the encoding told, or else in the one found; without its byte order mark. Never fails on content.

    Raises
    ------
    LookupError
        There is no encoding of the name told.
    """
    name = encoding
    if name is None and _is_plain(data):
        # By far the most common, and decoding it is finding it.
        with suppress(UnicodeDecodeError):
            return data.decode()
    name = name or encoding_of(data)
    if name == "utf-8 with stray bytes":
        return data.decode("utf-8", errors="explorer-stray").removeprefix("\ufeff")
    return data.decode(name, errors="replace").removeprefix("\ufeff")


def recode(data: bytes, encoding: str | None = None) -> bytes:
    """Write text in UTF-8, whatever it was in, with line feeds for line ends; text that is UTF-8 need not be decoded for that.

    Raises
    ------
    LookupError
        There is no encoding of the name told.
    """
    plain = data.removeprefix(codecs.BOM_UTF8)
    if encoding is None and _is_plain(plain):
        with suppress(pa.ArrowInvalid):
            pa.array([plain], pa.large_binary()).cast(pa.large_string())
            return plain.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in plain else plain
    return fold_line_ends(decode(data, encoding)).encode()


def fold_line_ends(text: str) -> str:
    """Write every line end as a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

"""The encoding of text that does not tell it, text out of bytes, and text that was decoded wrongly before (``MÃ¼ller``), restored.

An encoding is looked for in this order: a byte order mark; UTF-16 without one; Japanese in seven bits; UTF-8; UTF-8 with a few stray bytes, as
concatenated exports have; then the encodings before Unicode, by which letters they would make of the bytes (see `charsets`).

Text that came into a file wrongly decoded is restored where that is sure. `ftfy` (https://ftfy.readthedocs.io) knows the pairs of encodings
that people confuse, and leaves alone what may be meant as it stands. It is asked only about texts with two letters in a row that such a
confusion makes, and its answer is taken if nothing suspect is left, and it says more than one letter of a script far away.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.ledger import Reading
from explorer.papers.rows import rows_where
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


_LATIN = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
# What the bytes of UTF-8 become in Windows-1252, Windows-1250 or Latin-1; in Mac Roman; and twice in Windows-1251, whose letters
# are common.
SUSPECT = (
    f"[\u00c2-\u00f4\u0102-\u0179]{_LATIN}|[√≈ƒ¬][Ä-üß†°¢£§•¶®©´¨ªº]|‚Ä|(?:[\u0420\u0421\u0413\u0432]"
    "[\u0080-\u00bf\u0401-\u040f\u0451-\u045f\u0490\u0491\u2013-\u203a\u20ac\u2116\u2122]){2}"
)
"""Two letters in a row without which nothing is changed."""

Note = Callable[[int, str, str, str, str], None]


def restored(table: pa.Table, note: Note) -> pa.Table:
    """Restore the texts of a table that were decoded wrongly.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema.
    note : callable
        Called as ``note(row, field, before, after, reason)`` for each value that is changed.
    """
    for name in ("title", "abstract", "authors", "venue", "keywords"):
        column = table.column(name)
        listed = pa.types.is_list(column.type)
        texts = pc.list_flatten(column) if listed else column
        # Most texts are ASCII, and asking that costs little.
        foreign = rows_where(pc.invert(pc.fill_null(pc.string_is_ascii(texts), True)))
        found = foreign.filter(pc.match_substring_regex(texts.take(foreign), SUSPECT))
        if not len(found):
            continue
        rows = pc.list_parent_indices(column).take(found).unique() if listed else found
        values, changed = column.to_pylist(), False
        for row in rows.to_pylist():
            before = values[row]
            after = [item and _mended(item) for item in before] if listed else _mended(before)
            if after != before:
                values[row], changed = after, True
                reason = "its letters had been decoded wrongly before, and are restored"
                note(row, name, _line(before), _line(after), reason)
        if changed:
            table = table.set_column(table.column_names.index(name), name, pa.array(values, column.type))
    return table


def _line(value: Any) -> str:
    return "; ".join(filter(None, value)) if isinstance(value, list) else str(value)


def _mended(text: str) -> str:
    import ftfy
    from ftfy.badness import is_bad

    config = ftfy.TextFixerConfig(replace_lossy_sequences=False, fix_c1_controls=False)
    plain = ftfy.fix_encoding(text, config)
    return plain if plain != text and not is_bad(plain) and _is_likely(plain, text) else text


def _is_likely(plain: str, text: str) -> bool:
    """Whether what was restored are letters of Europe, usual signs, or more than two letters of another script."""
    fresh = [character for character in plain if not character.isascii() and character not in text]
    if any(character == "\ufffd" or "\x80" <= character < "\xa0" or character >= "\ue000" for character in fresh):
        return False
    return len(fresh) > 2 or all(character < "\u0250" or "\u2010" <= character < "\u2300" for character in fresh)

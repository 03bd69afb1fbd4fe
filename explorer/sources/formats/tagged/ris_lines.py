"""Lines of RIS, and the records that they make: a block of the file at a time, whatever dialect it is written in.

A line starts with a tag, or continues the line before it. A record starts with ``TY``, or with the first tag after ``ER``; it ends with
``ER``, or before the next ``TY``; where ``TY`` stands behind a title or an author, by ``ER`` alone. Lines between records that have
neither, and no title, are none (Ovid puts its search there).

Wrapped text may look like a tag (``IL  - 6 was high``). It is taken for text where it follows an abstract or a note and its value is
none that the tag could have, and, with one space before the dash, in records that have two.

Word processors and web pages change tags (hard spaces, a long dash, small letters, nothing behind the dash); a file in which all types
are written so is read as if they had not (`usual`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.errors import ReadError
from explorer.papers.schema import TEXT
from explorer.sources.formats.tagged.tag_table import TagTable, tidied
from explorer.text.markup import ODD_SPACES

_BLOCK = 8 << 20
"""Bytes that are read at a time, and as many more as there are to the next end of a record."""

_RECORD = 16 << 20
"""Most bytes of one record; each of its lines takes a multiple of its own size while it is read."""

_BETWEEN = re.compile(rb"\n(?:\s{0,3}ER(?:  ?|\t)-[ \t]*(?:\n|\Z)|(?=[ \t]{0,3}TY(?:  ?|\t)-(?:[ \t\n]|\Z)))")

_END = re.compile(rb"\n\s{0,3}ER(?:  ?|\t)-[ \t]*(?:\n|\Z)")
_OF_FIRST = re.compile(rb"^[ \t]{0,3}(TY|TI|T1|AU|A1|ER)(?:  ?|\t)-(?:[ \t]+(\S)|[ \t]*$)", re.MULTILINE)

TAGS = tuple(
    "TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP ED EP ET ID IS J1 J2 JA JF JO KW"
    " L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RI RN RP SE SN SP ST T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2".split()
)
_TYPE, _BLANK, _LAST, _MORE = 0, -1, -2, -3
_STARTS = {f"{tag}  -{space}": code for code, tag in enumerate(TAGS) for space in ("", " ")} | {
    "": _BLANK, "ER  -": _LAST, "ER  - ": _LAST,
}  # fmt: skip
"""How lines start by the specification; a tag stands for its place in `TAGS`."""

_TAGGED = rf"^[ {ODD_SPACES}]{{0,3}}" r"(?P<tag>[A-Z][A-Z0-9]|DOI)(?P<gap>  ?|\t)-(?:[ \t]|$)(?P<value>.*)"
"""How dialects start them (RE2)."""


_TITLES = np.array([TAGS.index(tag) for tag in ("TI", "T1", "CT", "BT", "ST")])
_NEVER = frozenset("AU A1 A2 A3 A4 ED KW AB N1 N2".split())
# By the number of a tag; those that no specification has come after, and at the end what is none.
_AFTER_LONG, _CHECKED = np.zeros(2048, bool), np.ones(2048, bool)
_AFTER_LONG[[TAGS.index(tag) for tag in ("AB", "N2", "N1")]] = True
_CHECKED[[TAGS.index(tag) for tag in _NEVER if tag in TAGS]] = False
_DATED = frozenset("PY Y1 Y2 DA".split())
_NUMBERED = frozenset("VL VO IS SP EP ET LA".split())
_LINKED = frozenset("UR L1 L2 L3 L4 LK DO DI".split())
_UNFINISHED = re.compile(r"[^.?!:;)\]\"'”’>\s]\s*\Z")


_TYPED = re.compile(rb"^[ \t]{0,3}TY(?:  ?|\t)-(?:[ \t\r\n]|\Z)", re.MULTILINE)
# What stands behind it is a word: "Ty - the tree" is a sentence.
_SPACE, _DASH = "[ \t\u00a0\u2002-\u200a\u202f\u3000]", "[-\u2010-\u2015\u2212\uff0d]"
ODD_TYPE = re.compile(
    rf"^{_SPACE}*TY(?:{_SPACE}{{0,3}}{_DASH}{_SPACE}+|{_SPACE}{{2}}{_DASH})\w+{_SPACE}*\r?$", re.MULTILINE | re.IGNORECASE
)
"""A record's first line, however its tag, spaces and dash are written."""
_ODD_TAG = re.compile(
    rf"^{_SPACE}*([A-Z][A-Z0-9])(?:{_SPACE}{{0,3}}{_DASH}(?:{_SPACE}|$)|{_SPACE}{{2}}{_DASH})", re.MULTILINE | re.IGNORECASE
)


class Records(NamedTuple):
    """Records of a part of a file."""

    table: TagTable
    lines: NDArray[np.int64]
    """Number of the line at which each record starts, from 1."""
    complete: NDArray[np.bool_]
    """Whether each has its ``TY`` and its ``ER`` line."""
    stray: tuple[tuple[int, int, str], ...] = ()
    """What stood between records: how many of them come before it, the number of its first line, and its first value."""


def usual(text: bytes) -> bytes:
    """A file in which no type stands as the specification has it, with tags as that writes them."""
    if _TYPED.search(text):
        return text
    written = text.decode()
    if ODD_TYPE.search(written) is None:
        return text

    def tag(match: re.Match[str]) -> str:
        name = match.group(1).upper()
        return f"{name}  - " if name == "ER" or name in _KNOWN else match.group()

    return _ODD_TAG.sub(tag, written).encode()


def blocks(text: bytes, name: str) -> Iterator[bytes]:
    """Cut between records into parts that are small beside the memory, and large beside what each costs.

    Raises
    ------
    ReadError
        A record of the file of that `name` is longer than `_RECORD`: none is.
    """
    start = 0
    between = _END if types_within(text) else _BETWEEN
    while start < len(text):
        last = between.search(text, start + _BLOCK)
        end = last.end() if last else len(text)
        if end - start > _BLOCK + _RECORD:
            raise ReadError(f"{name} has a record of more than {_RECORD >> 20} MiB; that is no list of papers.")
        yield text[start:end]
        start = end


def types_within(text: bytes) -> bool:
    """Whether ``TY`` stands within the records of a file, so that ``ER`` alone parts them: behind a title or a name in the first one.

    Programs that sort the tags of a record, or write them in the order of a table's columns, give it no place of its own.
    """
    before: set[bytes] = set()
    after: set[bytes] | None = None
    for match in _OF_FIRST.finditer(text):
        tag = match.group(1)
        if tag == b"ER" and not match.group(2):
            titled = {b"TI", b"T1"}
            return after is not None and bool(before) and (before.isdisjoint(titled) or after.isdisjoint(titled))
        if tag == b"TY":
            if after is not None or not before:
                return False
            after = set()
        elif match.group(2) and tag != b"ER":
            (before if after is None else after).add(tag)
    return False


def split(block: bytes, first: int, *, within: bool = False) -> Records:
    """Split a block, which ends with a record, into its records; `first` is the number of its first line.

    `within` says that ``TY`` starts no record (see `types_within`).
    """
    lines = pc.split_pattern(pa.array([block], pa.large_binary()).cast(TEXT), "\n").flatten()
    starts = pc.utf8_slice_codeunits(lines, 0, 6).dictionary_encode()
    known = np.array([_STARTS.get(start, _MORE) for start in starts.dictionary.to_pylist()], np.int64)
    kinds: NDArray[np.int64] = known[starts.indices.to_numpy()]
    values, tags = pc.utf8_slice_codeunits(lines, 6), TAGS
    if (odd := kinds == _MORE).any():
        ended = (kinds == _LAST) & _blank(values)
        kinds[odd], others, tags = _odd(
            lines.filter(pa.array(odd)), np.flatnonzero(odd), np.flatnonzero(kinds == _TYPE), np.flatnonzero(ended)
        )
        values = pc.replace_with_mask(values, pa.array(odd), others)
    if len(text := _wrapped(kinds, values, lines, tags)):
        kinds[text] = _MORE
        mask = np.zeros(len(kinds), bool)
        mask[text] = True
        values = pc.replace_with_mask(values, pa.array(mask), lines.filter(pa.array(mask)))

    # Of the lines with a tag, those that start a record, and of each the next that does.
    tagged = np.flatnonzero((kinds >= 0) | (kinds == _LAST))
    ends = kinds[tagged] == _LAST
    starting = ~ends & ((~within & (kinds[tagged] == _TYPE)) | np.concatenate([[True], ends])[: len(ends)])
    openings = np.flatnonzero(starting)
    closings = np.append(openings[1:], len(tagged))[: len(openings)] - 1
    typed, ended = kinds[tagged[openings]] == _TYPE, ends[closings]
    if within and len(openings):
        typed = np.add.reduceat((kinds[tagged] == _TYPE)[openings[0] :], openings - openings[0]) > 0
    stray = ~typed & ~ended
    part = np.cumsum(starting) - 1
    if stray.any():
        titled = np.bincount(part[(part >= 0) & np.isin(kinds[tagged], _TITLES)], minlength=len(openings)) > 0
        stray &= ~titled
    between = stray.any()
    left = tuple(
        (int((~stray[:number]).sum()), first + int(tagged[openings[number]]), values[int(tagged[openings[number]])].as_py())
        for number in np.flatnonzero(stray).tolist()
    )
    if between:
        starting[openings[stray]] = False
        openings, typed, ended = openings[~stray], typed[~stray], ended[~stray]

    # Line that each line belongs to: itself, or the last one before it that has a tag; -1 before the first.
    owners = np.searchsorted(tagged, np.arange(len(kinds)), side="right") - 1
    kept = (kinds >= 0) | ((kinds == _MORE) & (owners >= 0))
    kept[kept] = ~ends[owners[kept]]
    if between:
        kept[kept] = ~stray[part[owners[kept]]]
    values, owners = tidied(values.filter(pa.array(kept))), owners[kept]
    continued = len(owners) > 0 and bool((owners[1:] == owners[:-1]).any())
    if continued:
        values, owners = _joined(values, owners)
    records = np.cumsum(starting)[owners] - 1
    table = TagTable(values, kinds[tagged[owners]], records, tags, len(openings), continued)
    return Records(table, first + tagged[openings], typed & ended, left)


def _wrapped(kinds: NDArray[np.int64], values: pa.Array, lines: pa.Array, tags: tuple[str, ...]) -> list[int]:
    """Lines that look as if they had a tag, but go on with the abstract or note before them."""
    found: list[int] = []
    while True:
        tagged = np.flatnonzero((kinds >= 0) | (kinds == _LAST))
        if found:
            tagged = np.setdiff1d(tagged, found)
        after = tagged[1:][_AFTER_LONG[kinds[tagged[:-1]]] & _CHECKED[kinds[tagged[1:]]]]
        if not len(after):
            return found
        spaces = pc.count_substring(pc.utf8_trim_whitespace(values.take(pa.array(after))), " ").to_numpy(zero_copy_only=False)
        ending = kinds[after] == _LAST
        # Few values that follow an abstract have several words.
        few = after[(spaces > 0) | (ending & (spaces >= 0))]
        more = [
            place
            for place in few.tolist()
            if _is_text(
                "ER" if kinds[place] == _LAST else tags[kinds[place]], values[place].as_py().strip(), lines[place - 1].as_py()
            )
        ]
        if not more:
            return found
        found += more


def _is_text(tag: str, value: str, before: str) -> bool:
    """Whether a value is none that a tag has, but the rest of the text in the line before."""
    words = value.count(" ") + 1
    small = not value[:1].isupper()
    if tag == "ER":
        return bool(value)
    if tag == "TY":
        return words > 2 or (small and words > 1)
    if tag in _DATED:
        return not any(map(str.isdecimal, value)) and words > (2 if small else 5)
    if tag in _LINKED:
        return words > 1 and "10." not in value and "://" not in value and "www." not in value
    if tag in _NUMBERED:
        return words > 4 or (small and words > 2)
    if tag in _NEVER:
        return False
    if tag not in _KNOWN:
        return words > 1 and (small or _UNFINISHED.search(before) is not None)
    return small and words > 5 and _UNFINISHED.search(before) is not None


_KNOWN = frozenset(TAGS)


def _blank(values: pa.Array) -> NDArray[np.bool_]:
    """Which values have no text."""
    found: NDArray[np.bool_] = pc.fill_null(pc.equal(pc.utf8_trim(values, " \t"), ""), True).to_numpy(zero_copy_only=False)
    return found


def _odd(
    lines: pa.Array, numbers: NDArray[np.int64], types: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], pa.Array, tuple[str, ...]]:
    """Kinds and values of lines that do not start as the specification says, and all tags by now.

    Parameters
    ----------
    numbers, types, ends : array of int
        Numbers of the lines, and of those that start or end a record as the specification says.
    """
    parts = pc.extract_regex(lines, _TAGGED)
    tags = pc.struct_field(parts, "tag").cast(TEXT).dictionary_encode()
    # One space before the dash is also how running text looks; there the tag has to be a known one.
    wide = pc.fill_null(pc.equal(pc.struct_field(parts, "gap"), "  "), False).to_numpy(zero_copy_only=False)
    typed = pc.fill_null(pc.equal(tags, "TY"), False).to_numpy(zero_copy_only=False)
    closing = pc.fill_null(pc.equal(tags, "ER"), False).to_numpy(zero_copy_only=False) & _blank(pc.struct_field(parts, "value"))
    # In a record that starts in the right way, a line with one space before the dash goes on with the text before it.
    started = _last(np.sort(np.concatenate([types, numbers[typed & wide]])), numbers)
    ended = _last(np.sort(np.concatenate([ends, numbers[closing]])), numbers)
    narrow = (_last(numbers[typed & ~wide], numbers) >= started) | (ended > started)
    sure = pc.or_(
        pa.array(wide),
        pc.or_(
            pc.and_(pa.array(narrow), pc.is_in(tags, value_set=pa.array([*TAGS, "DOI"], TEXT))),
            pc.or_(
                pc.is_in(tags, value_set=pa.array(["TY", "ER"], TEXT)),
                pc.and_(
                    pc.equal(tags, "DOI"),
                    pc.match_substring_regex(pc.struct_field(parts, "value"), r"^\s*\S*\b10\.\d{4,}/\S+\s*$"),
                ),
            ),
        ),
    )
    sure = pc.fill_null(sure, False)
    codes = {tag: code for code, tag in enumerate(TAGS)} | {"ER": _LAST, "DOI": TAGS.index("DO")}
    more = [tag for tag in pc.unique(tags.filter(sure)).to_pylist() if tag not in codes]
    codes |= {tag: len(TAGS) + place for place, tag in enumerate(more)}
    kinds = np.array([*(codes.get(tag, _MORE) for tag in tags.dictionary.to_pylist()), _MORE], np.int64)
    found = kinds[pc.fill_null(tags.indices, len(kinds) - 1).to_numpy()]
    found[~sure.to_numpy(zero_copy_only=False)] = _MORE
    return found, pc.if_else(sure, pc.struct_field(parts, "value"), lines).cast(TEXT), (*TAGS, *more)


def _last(marks: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last of ascending `marks` up to each of `numbers`, -1 without one."""
    places = np.searchsorted(marks, numbers, side="right")
    found: NDArray[np.int64] = np.concatenate([[-1], marks])[places]
    return found


def _joined(values: pa.Array, owners: NDArray[np.int64]) -> tuple[pa.Array, NDArray[np.int64]]:
    """Put the lines of each value together, a line each; those without text are left out."""
    some = pc.greater(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
    every, sizes = np.unique(owners), np.bincount(owners[some], minlength=owners[-1] + 1)
    ends = np.concatenate([[0], np.cumsum(sizes[every])])
    lists = pa.LargeListArray.from_arrays(pa.array(ends), values.filter(pa.array(some)))
    return pc.binary_join(lists, pa.scalar("\n", TEXT)), every

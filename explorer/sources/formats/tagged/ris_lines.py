"""Lines of RIS, and the records that they make: a block of the file at a time, whatever dialect it is written in.

A line starts with a tag, or continues the line before it. A record starts with ``TY``, or with the first tag after ``ER``; it ends with
``ER``, or before the next ``TY``.
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


class Records(NamedTuple):
    """Records of a part of a file."""

    table: TagTable
    lines: NDArray[np.int64]
    """Number of the line at which each record starts, from 1."""
    complete: NDArray[np.bool_]
    """Whether each has its ``TY`` and its ``ER`` line."""


def blocks(text: bytes, name: str) -> Iterator[bytes]:
    """Cut between records into parts that are small beside the memory, and large beside what each costs.

    Raises
    ------
    ReadError
        A record of the file of that `name` is longer than `_RECORD`: none is.
    """
    start = 0
    while start < len(text):
        last = _BETWEEN.search(text, start + _BLOCK)
        end = last.end() if last else len(text)
        if end - start > _BLOCK + _RECORD:
            raise ReadError(f"{name} has a record of more than {_RECORD >> 20} MiB; that is no list of papers.")
        yield text[start:end]
        start = end


def split(block: bytes, first: int) -> Records:
    """Split a block, which ends with a record, into its records; `first` is the number of its first line."""
    lines = pc.split_pattern(pa.array([block], pa.large_binary()).cast(TEXT), "\n").flatten()
    starts = pc.utf8_slice_codeunits(lines, 0, 6).dictionary_encode()
    known = np.array([_STARTS.get(start, _MORE) for start in starts.dictionary.to_pylist()], np.int64)
    kinds: NDArray[np.int64] = known[starts.indices.to_numpy()]
    values, tags = pc.utf8_slice_codeunits(lines, 6), TAGS
    if (odd := kinds == _MORE).any():
        kinds[odd], others, tags = _odd(lines.filter(pa.array(odd)))
        values = pc.replace_with_mask(values, pa.array(odd), others)

    # Of the lines with a tag, those that start a record, and of each the next that does.
    tagged = np.flatnonzero((kinds >= 0) | (kinds == _LAST))
    ends = kinds[tagged] == _LAST
    starting = ~ends & ((kinds[tagged] == _TYPE) | np.concatenate([[True], ends])[: len(ends)])
    openings = np.flatnonzero(starting)
    closings = np.append(openings[1:], len(tagged))[: len(openings)] - 1
    complete = (kinds[tagged[openings]] == _TYPE) & ends[closings]

    # Line that each line belongs to: itself, or the last one before it that has a tag; -1 before the first.
    owners = np.searchsorted(tagged, np.arange(len(kinds)), side="right") - 1
    kept = (kinds >= 0) | ((kinds == _MORE) & (owners >= 0))
    kept[kept] = ~ends[owners[kept]]
    values, owners = tidied(values.filter(pa.array(kept))), owners[kept]
    continued = len(owners) > 0 and bool((owners[1:] == owners[:-1]).any())
    if continued:
        values, owners = _joined(values, owners)
    records = np.cumsum(starting)[owners] - 1
    table = TagTable(values, kinds[tagged[owners]], records, tags, len(openings), continued)
    return Records(table, first + tagged[openings], complete)


def _odd(lines: pa.Array) -> tuple[NDArray[np.int64], pa.Array, tuple[str, ...]]:
    """Kinds and values of lines that do not start as the specification says, and all tags by now."""
    parts = pc.extract_regex(lines, _TAGGED)
    tags = pc.struct_field(parts, "tag").cast(TEXT).dictionary_encode()
    # One space before the dash is also how running text looks; there the tag has to be a known one.
    sure = pc.or_(
        pc.equal(pc.struct_field(parts, "gap"), "  "), pc.is_in(tags, value_set=pa.array([*TAGS, "ER", "DOI"], TEXT))
    )
    sure = pc.fill_null(sure, False)
    codes = {tag: code for code, tag in enumerate(TAGS)} | {"ER": _LAST, "DOI": TAGS.index("DO")}
    more = [tag for tag in pc.unique(tags.filter(sure)).to_pylist() if tag not in codes]
    codes |= {tag: len(TAGS) + place for place, tag in enumerate(more)}
    kinds = np.array([*(codes.get(tag, _MORE) for tag in tags.dictionary.to_pylist()), _MORE], np.int64)
    found = kinds[pc.fill_null(tags.indices, len(kinds) - 1).to_numpy()]
    found[~sure.to_numpy(zero_copy_only=False)] = _MORE
    return found, pc.if_else(sure, pc.struct_field(parts, "value"), lines).cast(TEXT), (*TAGS, *more)


def _joined(values: pa.Array, owners: NDArray[np.int64]) -> tuple[pa.Array, NDArray[np.int64]]:
    """Put the lines of each value together, a line each; those without text are left out."""
    some = pc.greater(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
    every, sizes = np.unique(owners), np.bincount(owners[some], minlength=owners[-1] + 1)
    ends = np.concatenate([[0], np.cumsum(sizes[every])])
    lists = pa.LargeListArray.from_arrays(pa.array(ends), values.filter(pa.array(some)))
    return pc.binary_join(lists, pa.scalar("\n", TEXT)), every

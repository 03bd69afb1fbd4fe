"""Lines of RIS, and the records that they make.

Nearly every record of nearly every file is laid out as the specification says; those are split together, a block of the file at a time.
What dialects do is met line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.formats.tag_table import TagTable, mapped
from explorer.formats.tagged import Tagged
from explorer.markup import UNTIDY, single_spaced
from explorer.schema import TEXT

_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9])(  ?|\t)-(?:[ \t]|$)(.*)", re.DOTALL)
_END = re.compile(rb"\n\s{0,3}ER(?:  ?|\t)-[ \t]*(?:\n|\Z)")
_BLOCK = 8 << 20
"""Bytes that are read at a time, and as many more as there are to the next end of a record."""
_TAGS = tuple(
    "TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP ED EP ET ID IS J1 J2 JA JF JO KW"
    " L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RI RN RP SE SN SP ST T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2".split()
)
_KNOWN = frozenset((*_TAGS, "ER"))
_TYPE, _BLANK, _LAST, _ODD = 0, -1, -2, -3
_STARTS = {f"{tag}  -{space}": code for code, tag in enumerate(_TAGS) for space in ("", " ")} | {
    "": _BLANK, "ER  -": _LAST, "ER  - ": _LAST, "ER  -\t": _LAST,
}  # fmt: skip
"""How a line within a record starts by the specification, and its tag's place in `_TAGS`; how a record ends."""


class Records(NamedTuple):
    """Records of a part of a file."""

    table: TagTable
    lines: NDArray[np.int64]
    """Number of the line at which each record starts, from 1."""
    complete: NDArray[np.bool_]
    """Whether each has its ``TY`` and its ``ER`` line."""


def blocks(text: bytes) -> Iterator[bytes]:
    """Cut between records into parts that are small beside the memory, and large beside what each costs."""
    start = 0
    while start < len(text):
        last = _END.search(text, start + _BLOCK)
        end = last.end() if last else len(text)
        yield text[start:end]
        start = end


def split(block: bytes, first: int) -> Records:
    """Split into records: those that are laid out as the specification says all at once, the others line by line.

    `first` is the number of the first line. In between stand *stretches*: lines up to an ``ER`` line. A stretch is a record where each of
    its lines starts as the specification says, the first with ``TY``, and no other with that.
    """
    lines = pc.split_pattern(pa.array([block], pa.large_binary()).cast(TEXT), "\n").flatten()
    kinds = _kinds(lines)
    ends = np.flatnonzero(kinds == _LAST)
    stretch = np.searchsorted(ends, np.arange(len(kinds)))
    count = len(ends) + 1
    inside = np.flatnonzero((kinds != _BLANK) & (kinds != _LAST))
    opening = np.full(count, -1, np.int64)
    # Of several values for one place numpy keeps the last: the first line of each stretch.
    opening[stretch[inside[::-1]]] = inside[::-1]
    heads = kinds == _TYPE
    regular = (np.bincount(stretch[heads], minlength=count) == 1) & (opening >= 0) & heads[opening]
    regular[stretch[kinds == _ODD]] = False
    # What follows the last end has none.
    regular[-1] = False
    mine = regular[stretch] & (kinds >= 0)
    values = pc.utf8_slice_codeunits(lines.filter(pa.array(mine)), 6)
    values = mapped(values, pc.match_substring_regex(values, UNTIDY), single_spaced)
    table = TagTable(values, kinds[mine], (np.cumsum(regular) - 1)[stretch[mine]], _TAGS, int(regular.sum()))
    found = Records(table, first + opening[regular], np.ones(table.count, bool))
    odd = ~regular & (opening >= 0)
    if not odd.any():
        return found
    text = block.decode().split("\n")
    bounds = [0, *(ends + 1).tolist(), len(text)]
    dialects = {
        number: list(_dialect(text[bounds[number] : bounds[number + 1]], first + bounds[number]))
        for number in np.flatnonzero(odd).tolist()
    }
    return _between(found, regular, dialects)


def _kinds(lines: pa.Array) -> NDArray[np.int64]:
    """Tag of each line that starts as the specification says, as its place in `_TAGS`; what kind of line it is otherwise."""
    starts = pc.utf8_slice_codeunits(lines, 0, 6).dictionary_encode()
    known = np.array([_STARTS.get(start, _ODD) for start in starts.dictionary.to_pylist()], np.int64)
    kinds: NDArray[np.int64] = known[starts.indices.to_numpy()]
    # What starts like an end may go on.
    longer = pc.greater(pc.binary_length(lines), 6).to_numpy(zero_copy_only=False)
    for place in np.flatnonzero((kinds == _LAST) & longer).tolist():
        if lines[place].as_py()[6:].strip(" \t"):
            kinds[place] = _ODD
    return kinds


def _between(found: Records, regular: NDArray[np.bool_], dialects: dict[int, list[Tagged]]) -> Records:
    """Put the records of the other stretches, of which each may hold several or none, between those that were `found`."""
    sizes = regular.astype(np.int64)
    for number, records in dialects.items():
        sizes[number] = len(records)
    ordinary = np.repeat(regular, sizes)
    others = list(chain.from_iterable(dialects.values()))
    table = TagTable.joined((found.table, np.flatnonzero(ordinary)), (TagTable.of(others), np.flatnonzero(~ordinary)))
    lines, complete = np.empty(table.count, np.int64), np.ones(table.count, bool)
    lines[ordinary], lines[~ordinary] = found.lines, [record.line for record in others]
    complete[~ordinary] = [record.complete for record in others]
    return Records(table, lines, complete)


def _dialect(lines: list[str], first: int) -> Iterator[Tagged]:
    """Gather lines into records; tolerate what dialects do to the lines between them. `first` is the number of the first line."""
    record: Tagged | None = None
    fields: dict[str, list[str]] = {}
    tag = ""
    for number, line in enumerate(lines, start=first):
        # Nearly every line is laid out as the specification says.
        if line[2:6] == "  - " and line[:2] in _KNOWN:
            tag, value = line[:2], line[6:]
        elif not line:
            continue
        else:
            match = _TAG.match(line)
            # One space before the dash is also how running text looks; there the tag has to be a known one.
            if match is None or (match.group(2) != "  " and match.group(1) not in _KNOWN):
                if record is not None and tag and (more := line.strip()):
                    record.extend(tag, more)
                continue
            tag, value = match.group(1), match.group(3)
        if record is not None and tag in fields and tag != "TY":
            record.add(tag, value)
        elif tag == "ER":
            if record is not None:
                record.complete = "TY" in fields
                yield record
            record, fields, tag = None, {}, ""
        else:
            if record is not None and tag == "TY":
                yield record
                record = None
            if record is None:
                record = Tagged(number, complete=False)
                fields = record.fields
            fields[tag] = [single_spaced(value)]
    if record is not None:
        yield record

"""Names of people that one text lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

_INITIALS = re.compile(r"(?:[^\W\d_a-zß-ÿ][. -]{0,2}){1,4}\Z")
_CONJUNCTION = re.compile(r",?\s+(?:&|and)\s+")


def initials_apart(cells: Iterable[str]) -> bool:
    """Whether commas also part family names from initials, as in ``Doe, J., Roe, R.``, in most of the cells that have any."""
    listed = [_pieces(cell) for cell in cells if "," in cell]
    paired = sum(len(some) % 2 == 0 and all(map(_INITIALS.match, some[1::2])) for some in listed)
    return bool(listed) and paired > 0.8 * len(listed)


def pairs(cell: str) -> list[str]:
    """Names of a cell in which commas part family names from initials, and names from each other."""
    names: list[str] = []
    for piece in _pieces(cell):
        if names and "," not in names[-1] and _INITIALS.match(piece):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return names


def _pieces(cell: str) -> list[str]:
    return [piece for part in _CONJUNCTION.sub(",", cell).split(",") if (piece := part.strip())]

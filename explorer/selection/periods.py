"""Spans of time as a query writes them: ``year:2010``, ``year:2010..2020``, ``year:>=2010``, ``year:2010-05``.

A month is counted from the year 0: that of May 2010 is 2010 · 12 + 4.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TIME = r"(\d{4})(?:-(0?[1-9]|1[0-2])(?!\d))?"
_ONE = re.compile(_TIME)
_COMPARED = re.compile(rf"(<=|>=|<|>|=){_TIME}")
_RANGE = re.compile(rf"(?:{_TIME})?(?:\.\.|[-–:/](?=\d{{4}}))(?:{_TIME})?")
_BEGUN = re.compile(r"(?<!\w)[-+]?(?:year|years|published):([\d.<>=:/–-]*)\Z", re.IGNORECASE)


class Span(NamedTuple):
    """Months of which the first and the last are counted in; None where it has no end."""

    first: int | None
    last: int | None


def span_of(text: str) -> Span | None:
    """The span that a text says; None where it says none.

    Parameters
    ----------
    text : str
        A year or a month, two of them with ``..`` between them of which one may be left out, or one that others are compared with.

    Examples
    --------
    >>> span_of("2010") == span_of("2010..2010") == span_of("2010-01..2010-12")
    True
    >>> span_of(">2010") == span_of("2011.."), span_of("<=2010-05").last - span_of("..2010").last
    (True, -7)
    >>> span_of("2010-2020") == span_of("2010..2020"), span_of("201"), span_of(".."), span_of("2010-13")
    (True, None, None, None)
    """
    if one := _ONE.fullmatch(text):
        return Span(_first(*one.groups()), _last(*one.groups()))
    if compared := _COMPARED.fullmatch(text):
        sign, year, month = compared.groups()
        first, last = _first(year, month), _last(year, month)
        return {
            "=": Span(first, last),
            ">": Span(last + 1, None),
            ">=": Span(first, None),
            "<": Span(None, first - 1),
            "<=": Span(None, last),
        }[sign]
    ends = _RANGE.fullmatch(text)
    if ends is None or not (ends[1] or ends[3]):
        return None
    return Span(_first(ends[1], ends[2]) if ends[1] else None, _last(ends[3], ends[4]) if ends[3] else None)


def _first(year: str, month: str | None) -> int:
    return int(year) * 12 + (int(month) - 1 if month else 0)


def _last(year: str, month: str | None) -> int:
    return int(year) * 12 + (int(month) - 1 if month else 11)


def span_text(first: tuple[int, int | None] | None, last: tuple[int, int | None] | None) -> str:
    """The text of a span by its first and last year or month, as short as it can be said.

    Parameters
    ----------
    first, last : tuple of (int, int or None) or None
        Year and month, without a month for the whole year; None where the span has no end.

    Examples
    --------
    >>> span_text((2010, 1), (2020, 12)), span_text((2010, 3), None), span_text((2011, None), (2011, None))
    ('2010..2020', '>=2010-03', '2011')
    """
    low = "" if first is None else _text(first[0], None if first[1] == 1 else first[1])
    high = "" if last is None else _text(last[0], None if last[1] == 12 else last[1])
    if low and high and (len(low) > 4) != (len(high) > 4) and low[:4] == high[:4]:
        # One of both is a year whose other end is meant: 2010..2010-05 is January to May.
        low, high = _text(first[0], first[1] or 1), _text(last[0], last[1] or 12)  # type: ignore[index]
    if not (low and high):
        # Not 2010.., which before a full stop would read as if more came.
        return f">={low}" if low else f"<={high}"
    return low if low == high else f"{low}..{high}"


def _text(year: int, month: int | None) -> str:
    return f"{year:04d}" if month is None else f"{year:04d}-{month:02d}"


def without_begun(text: str) -> str:
    """A query that is typed without a year at its end that is not written whole yet.

    Examples
    --------
    >>> without_begun("moss year:20"), without_begun("moss year:2010..20"), without_begun("moss year:2010")
    ('moss ', 'moss ', 'moss year:2010')
    """
    found = _BEGUN.search(text)
    return text[: found.start()] if found and span_of(found[1]) is None else text

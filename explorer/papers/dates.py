"""Dates as bibliographies write them, read as far as they are known.

Never further: ``7/8/2024`` is the seventh of August to some and the eighth of July to others, so only its year is known.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

PRECISIONS = ("year", "month", "day")

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january janv janvier januar enero gennaio januari",
            "feb february fev fevrier février februar febrero febbraio februari",
            "mar march mars märz maerz marzo maart",
            "apr april avr avril abril aprile",
            "may mai mayo maggio mei",
            "jun june juin juni junio giugno",
            "jul july juil juillet juli julio luglio",
            "aug august aout août agosto augustus",
            "sep sept september septembre septiembre settembre",
            "oct october okt oktober octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec december dez dezember decembre décembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\s*(\d{4})(?:[-/.](\d{1,2})?(?:[-/.](\d{1,2})?)?)?(?:[-/.]|[T ]\d\d?:.*|Z)?\s*\Z", re.DOTALL)
_COMPACT = re.compile(r"\s*((?:1[5-9]|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?\s*\Z")
_NUMBERS_FIRST = re.compile(r"\s*(?:(\d{1,2})[-/. ])?(\d{1,2})[-/. ](\d{4})(?:[ T].*)?\s*\Z")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th)?(?![\d:])")


def month_number(text: str) -> int | None:
    """Number of the month that a word, or a number, names: ``3``, ``Mar.``, ``März``."""
    word = text.strip().rstrip(".").lower()
    return int(word) if word.isdecimal() and 1 <= int(word) <= 12 else _MONTHS.get(word)


@lru_cache(maxsize=65_536)
def parse_date(text: str) -> tuple[date, str] | None:
    """Read a date as far as it is known.

    Parameters
    ----------
    text : str
        ``2024``, ``2024-03``, ``2024/03/11``, ``2014//``, ``20240311``, ``1996 Jul 9``, ``FEB 2011``, ``Nov. 16, 2004``,
        ``28 July 2020``, ``2015 Nov-Dec``, ``Mon, 2 Apr 2007 19:18:42 GMT``, ``3/2017``, ``c1999``, ``[1999?]``, ISO with a time.

    Returns
    -------
    tuple of (date, str) or None
        First day of the period and its precision; None when there is no year in the text.
    """
    match = _ISO.match(text) or _COMPACT.match(text)
    if match is not None:
        return _made(*match.groups())
    match = _NUMBERS_FIRST.match(text)
    if match is not None:
        first, second, year = match.groups()
        if first is None:
            return _made(year, second, None)
        if int(first) > 12 >= int(second):
            return _made(year, second, first)
        if int(second) > 12 >= int(first):
            return _made(year, first, second)
        return _made(year, first, first) if first == second else _made(year, None, None)
    found = _YEAR.search(text)
    return None if found is None else _worded(text, found)


def _worded(text: str, found: re.Match[str]) -> tuple[date, str] | None:
    """Read a date whose month is a word; of a range of months the first."""
    words = [(match, month) for match in _WORD.finditer(text) if (month := _MONTHS.get(match.group().lower()))]
    if not words or (words[0][0].start() > found.end() + 12):
        return _made(found.group(), None, None)
    rest = text[: found.start()] + " " * 4 + text[found.end() :]
    ranged = len({month for _, month in words}) > 1
    near = rest[max(0, words[0][0].start() - 6) : words[-1][0].end() + 6]
    days = [] if ranged else [int(day) for day in _DAY.findall(near) if 1 <= int(day) <= 31]
    return _made(found.group(), str(words[0][1]), str(days[0]) if days else None)


def _made(year: str, month: str | None, day: str | None) -> tuple[date, str] | None:
    """Build the date from the parts that can be, the finest last."""
    numbers = (int(year), int(month or 0), int(day or 0) if month else 0)
    for known in (2, 1, 0) if numbers[1] and numbers[2] else (1, 0) if numbers[1] else (0,):
        try:
            return date(numbers[0], numbers[1] if known else 1, numbers[2] if known == 2 else 1), PRECISIONS[known]
        except ValueError:
            continue
    return None


@lru_cache(maxsize=65_536)
def finest(*texts: str | None) -> str | None:
    """Choose among the dates of one record: the first one's year, as finely as any of them has it.

    Returns
    -------
    str or None
        ISO text of the known part. A text without a year (``Jun 3``) is completed by the year of the first.
    """
    given = [text for text in texts if text]
    parsed = [found for text in given if (found := parse_date(text))]
    if not parsed:
        return None
    year = parsed[0][0].year
    for text in given:
        if parse_date(text) is None and (found := parse_date(f"{text} {year:04d}")):
            parsed.append(found)
    best = max((found for found in parsed if found[0].year == year), key=lambda found: PRECISIONS.index(found[1]))
    return best[0].isoformat()[: (4, 7, 10)[PRECISIONS.index(best[1])]]

"""Dates of publication as databases limit searches by them, in our language: ``PUBYEAR > 2010`` is ``year:>=2011``.

What is known of a paper here is its month at best: of days the months are taken, and that is told.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace

from explorer.selection.periods import span_of, span_text
from explorer.selection.syntax import All, Either, Node, Not, Phrase, Word, leaves_of, parts_of

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_NAMED = "|".join(f"{name}[a-z]*" for name in _MONTHS)
_DATE = (
    rf"\"?(?:(?:{_NAMED})\.?\s+\d{{4}}|\d{{4}}(?:[/-]\d{{1,2}}){{1,2}}(?!\d)|\d{{1,2}}[/-]\d{{1,2}}[/-]\d{{4}}"
    r"|\d{12}|\d{8}|\d{6}|\d{4}|current|present|now|\*)\"?"
)
_TAG = r"(?:\s*\[[^\]]*\])?"
_BETWEEN = re.compile(rf"({_DATE})?{_TAG}\s*(?:\s-|-|–|:|/|\.\.|\bto\b|\band\b)\s*({_DATE})?{_TAG}", re.IGNORECASE)
_COMPARED = re.compile(rf"(>=|<=|>|<|=|\bAFT\b|\bBEF\b|\bIS\b)\s*({_DATE})", re.IGNORECASE)
_ONE = re.compile(rf"({_DATE}){_TAG}", re.IGNORECASE)

_LIMIT = re.compile(
    r"(?P<pubmed>(?=.*\[\s*(?:dp|pdat|ppdat|date - publication|publication date)\s*\]\s*\)?\s*\Z))"
    r"|(?P<scopus>PUBYEAR\b)|(?P<listed>(?:LIMIT-TO|EXCLUDE)\s*\(\s*PUBYEAR\s*,)"
    r"|(?:PY|DOP|Timespan|YEAR PUBLISHED)\s*[=:]|(?:YR|PD)\s*\((?=[^()]*\))|(?:DT|PY)\s+(?=[\d(\"])"
    r"|\[(?=[\d-]+\]/py)|\[\s*(?:E-)?Publication Date\s*:|(?:year_cluster|submittedDate)\s*:"
    r"|with\s[^\n]*?publication (?:date|year)\s*:?\s*(?:between|from)?"
    r"|Limiters\s?-(?P<before>[^\n]*?)(?:Published Date|Publication Year|Publication Date|Date Published)\s*:"
    r"|\"?(?:Publication ?|Published )?(?:Year|Date)\"?\s*:",
    re.IGNORECASE,
)
_OVID = re.compile(r"\byr\s*=\s*(\"[^\"]*\"|[\d-]+(?:current)?)", re.IGNORECASE)
_AROUND = " ()[]\"'"

Day = tuple[int, int | None, int | None]


def published(text: str) -> tuple[Node | None, str]:
    """The part of a query that a limit stands for, and what of it has no equal.

    Parameters
    ----------
    text : str
        As the database writes it.

    Returns
    -------
    (Node or None, str)
        None where it limits something else than the date of publication.

    Examples
    --------
    >>> from explorer.selection.syntax import written
    >>> limits = ("PUBYEAR > 2010", "PY=(2010-2020)", "DT 20100101-20201231", '("2010/03/15"[dp] : "3000"[dp])')
    >>> for node, rest in map(published, limits):
    ...     print(written(node), *filter(None, [rest]))
    year:>=2011
    year:2010..2020
    year:2010..2020
    year:>=2010-03 days: whole months are taken
    >>> published("LA=(English)")
    (None, '')
    """
    begun = _LIMIT.match(text.strip())
    if begun is None:
        return None, ""
    rest = text.strip()[begun.end() :]
    if begun["scopus"]:
        return dates_of(rest)
    if begun["pubmed"] is not None:
        return dates_of(re.sub(r"\[[^\]]*\]", "", rest).strip(" ()"))
    rest, *behind = re.split(r"[;,](?=\s*[A-Za-z])|\)\s*\Z|\]/py", rest.strip(), maxsplit=1)
    rest = rest.strip().lstrip("([").rstrip(")].")
    others = [begun["before"] or "", *behind]
    if re.search(r"\bor\b", rest, re.IGNORECASE):
        found = [dates_of(part) for part in re.split(r"\bor\b", rest, flags=re.IGNORECASE)]
        nodes = [node for node, _ in found if node is not None]
        return (Either(tuple(nodes)), found[0][1]) if len(nodes) == len(found) else (None, "")
    node, days = dates_of(rest)
    days = "; ".join(filter(None, (part.strip(" ;,-)") for part in (*others, days))))
    excluded = begun["listed"] and begun["listed"].upper().startswith("EXCLUDE")
    return (Not(node) if excluded and node is not None else node), days


def limit_of_ovid(text: str) -> tuple[Node | None, str]:
    """What Ovid's ``limit 1 to …`` says of years, and the rest of it.

    Examples
    --------
    >>> from explorer.selection.syntax import written
    >>> node, rest = limit_of_ovid('(english language and yr="2000 -Current")')
    >>> written(node), rest
    ('year:>=2000', 'english language')
    """
    found = _OVID.search(text)
    node = dates_of(found[1].strip(_AROUND))[0] if found else None
    if found is None or node is None:
        return None, text
    rest = re.sub(
        r"\band\s*(?=\)|\Z)|(?<=\()\s*and\b|\A\s*and\b", "", text[: found.start()] + text[found.end() :], flags=re.IGNORECASE
    )
    return node, " ".join(re.sub(r"\band\s+and\b", "and", rest).strip(_AROUND).split())


def as_dates(node: Node) -> Node | None:
    """A part whose words are years and dates, as ``(2010 or 2011*)`` before a field of dates; None where one is none.

    Examples
    --------
    >>> from explorer.selection.syntax import written
    >>> written(as_dates(Either((Word("2010"), Word("2011", prefix=True), Phrase("2012/05")))))
    'year:2010 OR year:2011 OR year:2012-05'
    """
    if isinstance(node, Word | Phrase):
        found, _ = dates_of(node.text.rstrip("*"))
        return found
    parts = [as_dates(part) for part in parts_of(node)]
    kept = [part for part in parts if part is not None]
    if len(kept) < len(parts) or not leaves_of(node):
        return None
    if isinstance(node, All | Either):
        return replace(node, parts=tuple(kept))
    return Not(kept[0]) if isinstance(node, Not) else None


def dates_of(text: str) -> tuple[Node | None, str]:
    """What dates stand for, two of which are ends of a span, or one with what it is compared by.

    Examples
    --------
    >>> from explorer.selection.syntax import written
    >>> [written(dates_of(text)[0]) for text in ("2010-06 to *", "< 2015-07-01", "<2015-07-02")]
    ['year:>=2010-06', 'year:<=2015-06', 'year:<=2015-07']
    """
    plain = text.strip()
    if compared := _COMPARED.fullmatch(plain):
        sign, (day, days) = compared[1].upper(), _day(compared[2])
        if day is None:
            return None, ""
        sign = {"AFT": ">", "BEF": "<", "IS": "="}.get(sign, sign)
        whole = span_text(day[:2], day[:2])
        if "=" not in sign and day[2] is not None and day[2] == (1 if sign == "<" else _last(day)):
            day, days = (*day[:2], None), False
        elif "=" not in sign and day[2] is not None:
            # After a day may be in its month.
            sign += "="
        spans = {"=": whole, ">=": span_text(day[:2], None), "<=": span_text(None, day[:2])}
        days = days and not (day[2] == 1 if ">" in sign else _is_end(day))
        return _node(spans.get(sign) or _next(sign, day), days)
    if one := _ONE.fullmatch(plain):
        day, days = _day(one[1])
        return _node(span_text(day[:2], day[:2]), days) if day is not None else (None, "")
    ends = _BETWEEN.fullmatch(plain)
    if ends is None or not (ends[1] or ends[2]):
        return None, ""
    (first, early), (last, late) = (_day(end or "*") for end in ends.groups())
    if first is None and last is None:
        return None, ""
    if last is not None and (last[0] >= _NEVER or _is_end(last)):
        late = False
    if last is not None and last[0] >= _NEVER:
        last = None
    if first is not None and first[2] == 1:
        early = False
    return _node(span_text(first[:2] if first else None, last[:2] if last else None), early or late)


_NEVER = 2100
"""PubMed writes 3000 for a span without an end."""


def _node(text: str, days: bool) -> tuple[Node | None, str]:
    return (Word(text, "year"), "days: whole months are taken" if days else "") if span_of(text) else (None, "")


def _next(sign: str, day: Day) -> str:
    """A span without the year or the month that it begins or ends before."""
    year, month, _ = day
    step = 1 if sign == ">" else -1
    if month is None or month == (12 if step > 0 else 1):
        text = f"{year + step:04d}"
    else:
        place = year * 12 + month - 1 + step
        text = f"{place // 12:04d}-{place % 12 + 1:02d}"
    return f">={text}" if sign == ">" else f"<={text}"


def _last(day: Day) -> int:
    """The last day of its month."""
    return monthrange(max(day[0], 1), day[1] or 12)[1]


def _is_end(day: Day) -> bool:
    return day[1] is None or day[2] is None or day[2] == _last(day)


def _day(text: str) -> tuple[Day | None, bool]:
    """Year, month and day of a date, as far as it has them, and whether it has a day; None where it stands for no end."""
    plain = text.strip(_AROUND).lower()
    if named := re.fullmatch(rf"({_NAMED})\.?\s+(\d{{4}})", plain):
        return (int(named[2]), _MONTHS[named[1][:3]], None), False
    if turned := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", plain):
        month, number = int(turned[1]), int(turned[2])
        # The day stands first where the other cannot be one.
        return _checked(int(turned[3]), *((number, month) if month > 12 else (month, number)))
    if run := re.fullmatch(r"(\d{4})(\d{2})?(\d{2})?(?:\d{4})?", plain):
        return _checked(*(int(part) if part else None for part in run.groups()))  # type: ignore[arg-type]
    if parted := re.fullmatch(r"(\d{4})[/-](\d{1,2})(?:[/-](\d{1,2}))?", plain):
        return _checked(*(int(part) if part else None for part in parted.groups()))  # type: ignore[arg-type]
    return None, False


def _checked(year: int, month: int | None, day: int | None) -> tuple[Day | None, bool]:
    if month is None or not 1 <= month <= 12:
        return (year, None, None), False
    if day is None or not 1 <= day <= monthrange(max(year, 1), month)[1]:
        return (year, month, None), False
    return (year, month, day), True

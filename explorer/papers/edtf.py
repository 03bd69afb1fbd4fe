"""Dates that say more than a day, a month or a year: ranges, seasons, dates that are doubtful or approximate.

Specification: *Extended Date/Time Format* (https://www.loc.gov/standards/datetime/), levels 0 to 2 as biblatex uses them. A paper
table holds the first day of the period that is known; a column `edtf` beside it keeps what that leaves out: ``2004-06~``,
``2004-06/2004-08``, ``2004-21`` (spring), ``199X``.
"""

from __future__ import annotations

import re

from explorer.memory import remembered

SEASONS = ("spring", "summer", "autumn", "winter")
"""Of the numbers 21 to 24."""

_SEASON_NAMES = {
    name: 21 + place
    for place, names in enumerate(
        (
            "spring frühjahr frühling fruehjahr fruehling printemps primavera lente voorjaar forår vår wiosna весна 春季 春 봄",
            "summer sommer été ete verano verão verao estate estiu zomer sommar lato лето 夏季 夏 여름",
            "autumn fall herbst automne otoño outono autunno tardor herfst efterår høst höst jesień осень 秋季 秋 가을",
            "winter hiver invierno inverno hivern vinter zima зима 冬季 冬 겨울",
        )
    )
    for name in names.split()
}
_DATE = r"[?~%]?(?:Y-?\d{5,}|-?\d{5}|-?[0-9Xu]{4}(?:-[?~%]?[0-9Xu]{2}(?:-[?~%]?[0-9Xu]{2})?)?)[?~%]?(?:T[\d:.+Z-]*)?"
_EDTF = re.compile(rf"({_DATE})?(?:(/)({_DATE}|\.\.|)|)\Z|(\.\.)/({_DATE})\Z")
_MARKED = re.compile(r"[?~%]")
_WITHOUT_ZERO = re.compile(r"(?<=\d)-(?=\d(?!\d))")
_PART = re.compile(r"(-?)(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@remembered(65_536)
def read_edtf(text: str) -> str | None:
    """Return the date in EDTF, if it is written so and says more than ``2004``, ``2004-06`` or ``2004-06-11`` do.

    Older ways are brought into today's: ``199u`` and ``1990?~`` of the draft of 2012, an open end written as nothing.
    """
    given = text.strip()
    if "/" in given:
        # A range of days without their zeros, as CSL's raw dates have it; by itself such a date is read elsewhere.
        given = _WITHOUT_ZERO.sub("-0", given)
    match = _EDTF.match(given.replace("?~", "%").replace("~?", "%"))
    if match is None or not given:
        return None
    found = match.string.replace("u", "X")
    found = re.sub(r"T[\d:.+Z-]*", "", found)
    if found[0] == "/":
        found = f"..{found}"
    if found[-1] == "/":
        found += ".."
    ends = [end for end in found.split("/") if end != ".."]
    if not ends or not all(map(_possible, ends)):
        return None
    if "/" in found and len(ends) == 2 and ends[0] == ends[1]:
        found = ends[0]
    return None if _PART.fullmatch(found) and known_part(found) == found else found


def _possible(end: str) -> bool:
    bare = _MARKED.sub("", end)
    if "X" in bare or bare.lstrip("Y-")[4:5].isdigit():
        return True
    match = _PART.fullmatch(bare)
    if match is None:
        return False
    month, day = int(match.group(3) or 1), int(match.group(4) or 1)
    return (1 <= month <= 12 and 1 <= day <= 31) or (21 <= month <= 41 and match.group(4) is None)


def known_part(edtf: str) -> str | None:
    """ISO text of the beginning of a date in EDTF, as far as it is known: of ``2004-06~/2004-08`` it is ``2004-06``.

    Of an open beginning it is the end; of a season its year; None where not even the year is known, or it is before our era.
    """
    ends = [end for end in edtf.split("/") if end not in ("", "..")]
    if not ends:
        return None
    year, *rest = _MARKED.sub("", ends[0]).split("-") if ends[0][:1] != "-" else ("",)
    if not (len(year) == 4 and year.isdecimal() and year != "0000"):
        return None
    month, day = [*rest, "", ""][:2]
    if not month.isdecimal() or not 1 <= int(month) <= 12:
        return year
    return f"{year}-{month}-{day}" if day.isdecimal() else f"{year}-{month}"


def about(edtf: str) -> bool:
    """Whether a date in EDTF is approximate or doubtful."""
    return _MARKED.search(edtf) is not None


def season_number(text: str) -> int | None:
    """Number of the season a word names in EDTF: 21 for ``Spring``, ``printemps``, ``春季``."""
    return _SEASON_NAMES.get(text.strip(" .,").casefold())

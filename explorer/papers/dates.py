"""Dates as bibliographies write them, read as far as they are known.

Never further: ``7/8/2024`` is the seventh of August to some and the eighth of July to others, so only its year is known. With dots
the day is first wherever they are used (CLDR), as in ``7.8.2024``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from explorer.memory import remembered
from explorer.papers.edtf import known_part, read_edtf, season_number

PRECISIONS = ("year", "month", "day")

# Names and their abbreviations as Unicode's CLDR has them for 29 languages, folded; what means two months in two of them (the
# listopad of Zagreb is October, that of Prague November) or is a short word of another language is left out.
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "ene enero gen gener gennaio ian ianuarie jan janner janeiro januar januara januari january janv janvier "
            "leden ledna oca ocak sij sijecanj sijecnja sty styczen stycznia tammi tammikuu tammikuuta ιαν "
            "ιανουαριοσ ιανουαριου січ січень січня янв январь января яну януари јан јануар "
            "يناير جانفي ינואר มกราคม",
            "feb febbr febbraio febr febrer febrero feber februar februara februari februarie february fev fevereiro "
            "fevr fevrier helmi helmikuu helmikuuta lut lutego luty subat uno unor unora velj veljaca veljace φεβ "
            "φεβρουαριοσ φεβρουαριου лют лютии лютого феб фебруар фев февр февраль февраля февруари "
            "فبراير شباط فيفري פברואר กุมภาพันธ์",
            "bre brezen brezna maalis maaliskuu maaliskuuta maart maerz mar marc marca march marcius marco marec "
            "maret mars mart martie marts marz marzec marzo mrt ozu ozujak ozujka μαρ μαρτιοσ μαρτιου бер "
            "березень березня мар март марта "
            "مارس اذار מרס מרץ มีนาคม",
            "abr abril apr april aprila aprile aprilie aprilis avr avril dub duben dubna d’abril huhti huhtikuu "
            "huhtikuuta kwi kwiecien kwietnia nis nisan tra travanj travnja απρ απριλιοσ απριλιου апр апрель "
            "апреля април квіт квітень квітня "
            "ابريل نيسان افريل אפריל เมษายน",
            "kve kveten kvetna mag maggio mai maig maio maj maja majus may mayis mayo mei svi svibanj svibnja "
            "touko toukokuu toukokuuta μαι μαιοσ μαιου маи мая мај трав травень травня "
            "مايو ايار ماي מאי พฤษภาคม",
            "cerven cervna cvn cze czerwca czerwiec giu giugno haz haziran iun iunie juin jun juna june junho "
            "juni junij junio junius juny kesa kesakuu kesakuuta lipanj lipnja ιουν ιουνιοσ ιουνιου июн июнь июня "
            "черв червень червня юни јун "
            "يونيو حزيران جوان יוני มิถุนายน",
            "cervence cervenec cvc heina heinakuu heinakuuta iul iulie juil juillet jul jula julho juli julij "
            "julio juliol julius july lipca lipiec lug luglio srpanj srpnja tem temmuz ιουλ ιουλιοσ ιουλιου июл "
            "июль июля лип липень липня юли јул "
            "يوليو تموز جويلية יולי กรกฎาคม",
            "ag ago agost agosto agu agustos agustus aout aug august augusta augusti augustus augusztus avg "
            "avgust elo elokuu elokuuta kol kolovoz kolovoza sierpien sierpnia srpen srpna αυγ αυγουστοσ "
            "αυγουστου авг август августа серп серпень серпня "
            "اغسطس اب اوت אוגוסט สิงหาคม",
            "eyl eylul ruj rujan rujna sep sept september septembra septembre septembrie septiembre set setembre "
            "setembro settembre syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesnia zar zari σεπ "
            "σεπτεμβριοσ σεπτεμβριου вер вересень вересня сент сентябрь сентября сеп септембар септември "
            "سبتمبر ايلول ספטמבר กันยายน",
            "eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktober oktobra ott "
            "ottobre out outubro paz pazdziernik pazdziernika rij rijen rijna οκτ οκτωβριοσ οκτωβριου жовт "
            "жовтень жовтня окт октобар октомври октябрь октября "
            "اكتوبر אוקטובר ตุลาคม",
            "kas kasim listopadu marras marraskuu marraskuuta noiembrie nov november novembra novembre novembro "
            "noviembre stu studeni studenoga νοε νοεμβριοσ νοεμβριου лист листопад листопада нов новембар ное "
            "ноември нояб ноябрь ноября "
            "نوفمبر נובמבר พฤศจิกายน",
            "aralik dec december decembra decembre decembrie des desember desembre dez dezember dezembro dic "
            "dicembre diciembre gru grudnia grudzien joulu joulukuu joulukuuta prosinac prosinca prosince "
            "prosinec δεκ δεκεμβριοσ δεκεμβριου груд грудень грудня дек декабрь декабря декември дец децембар "
            "ديسمبر דצמבר ธันวาคม",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(
    r"\s*(?!9999)(\d{4})(?:(?:[-/.]|\. )(\d{1,2})?(?:(?:[-/.]|\. )(\d{1,2})?)?)?(?:[-/.]|[T ]\d\d?:.*|\s+[(\[].*|Z)?\s*\Z",
    re.DOTALL,
)
_COMPACT = re.compile(r"\s*((?:1[5-9]|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?\s*\Z")
_OF_RIS = re.compile(r"\s*(\d{4})/(\d{1,2})?/(\d{1,2})?/\s*(\S.*)\Z")
_NUMBERS_FIRST = re.compile(r"\s*(?:(\d{1,2})[-/. ])?(\d{1,2})[-/. ](\d{4})(?:[ T].*)?\s*\Z")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})(?:[ T].*)?\s*\Z")
_SHORT_YEAR = re.compile(r"\s*(\d{1,2})[- ]([^\W\d_]{3,9})\.?[- ](\d\d)\s*\Z")
"""As spreadsheets write a day (``15-Mar-12``)."""
_MONTH_AND_SHORT_YEAR = re.compile(r"\s*([^\W\d_]{3,9})\.?-(\d\d)\s*\Z")
"""As they write a month (``Mar-12``)."""
_THIS_CENTURY = 69
"""Years of two figures below it are of this century, as POSIX has it."""
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
# The vowels of Thai and the points of Hebrew are no letters to Python.
_WORD = re.compile(r"(?:[^\W\d_]|[\u05b0-\u05c7\u0e31-\u0e3a\u0e47-\u0e4e])+")
_DAY = re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th|er|º|ª)?(?![\d:])")
_COUNTED = re.compile(
    r"(?:\D{0,4}?)(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日号號일])?)?|(\d{1,2})\s*[月월]|tháng\s+(\d{1,2})\Z",
    re.IGNORECASE,
)
_ERA = re.compile(r"\s*(民國|民国|令和|平成|昭和|大正|明治)\s*(元|\d{1,3})\s*年?")
_ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""The year before the first of each."""
_SAID_SO = re.compile(
    r"\A\W*(?:circa|c\.\s*a\.|ca?\.?|approx(?:imately|\.)?|about|um|vers|hacia|около|约|約)\s+(?=\[?\d{4})", re.I
)
_YEAR_RANGE = re.compile(r"\s*((?:1[4-9]|20)\d\d)\s*[-–—/]+\s*((?:1[4-9]|20)\d\d)\s*\Z")
_DOUBTED = re.compile(r"\s*\[?\s*((?:1[4-9]|20)\d\d(?:-\d\d(?:-\d\d)?)?)\s*\?\s*\]?\s*\Z")
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TENS = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")


_VIETNAMESE = re.compile(r"(?:(?:ngày\s+)?(\d{1,2})\s+)?tháng\s+(\d{1,2})[\s,/]+(?:năm\s+)?(\d{4})", re.IGNORECASE)
_BUDDHIST = re.compile(r"(?<!\d)2[4-6]\d\d(?!\d)")
"""A year of Thailand, whose calendar is 543 years ahead."""


def _folded(word: str) -> str:
    """A word without case and accents."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    # What combines with a letter of Thai is a vowel or a tone.
    return "".join(letter for letter in apart if not unicodedata.combining(letter) or "\u0e00" < letter < "\u0e80")


def _counted(text: str) -> str:
    """Text with the numerals of Chinese, and the years of eras, in figures: ``二〇一四年十二月`` becomes ``2014年12月``."""
    if text.isascii():
        return text
    text = _TENS.sub(lambda match: f"{match.group(1) or '一'}{match.group(2) or '〇'}", text).translate(_NUMERALS)
    return _ERA.sub(lambda match: f"{_ERAS[match.group(1)] + (1 if match.group(2) == '元' else int(match.group(2)))}年", text)


@remembered(4096)
def month_number(text: str) -> int | None:
    """Number of the month that a word, or a number, names in one of 29 languages: ``3``, ``Mar.``, ``März``, ``марта``, ``3月``."""
    word = _folded(text.strip().rstrip("."))
    if word in _MONTHS:
        return _MONTHS[word]
    counted = _COUNTED.fullmatch(_counted(text.strip()))
    number = (counted.group(4) or counted.group(5) or "") if counted else word
    return int(number) if number.isdecimal() and 1 <= int(number) <= 12 else None


@remembered(65_536)
def parse_date(text: str) -> tuple[date, str] | None:
    """Read a date as far as it is known.

    Parameters
    ----------
    text : str
        ``2024``, ``2024-03``, ``2024/03/11``, ``2014//``, ``20240311``, ``1996 Jul 9``, ``FEB 2011``, ``Nov. 16, 2004``,
        ``28 July 2020``, ``2015 Nov-Dec``, ``Mon, 2 Apr 2007 19:18:42 GMT``, ``3/2017``, ``c1999``, ``[1999?]``, ISO with a time, ``5.3.2011``,
        ``15 de marzo de 2014``, ``2014年3月15日``, ``平成26年``; of EDTF the beginning (see `edtf`).

    Returns
    -------
    tuple of (date, str) or None
        First day of the period and its precision; None when there is no year in the text.
    """
    match = _ISO.match(text) or _COMPACT.match(text) or _OF_RIS.match(text)
    if match is not None:
        return _made(*match.groups()[:3])
    match = _DAY_FIRST.match(text)
    if match is not None and int(match[1]) <= 31 and int(match[2]) <= 12:
        return _made(match[3], match[2], match[1])
    match = _SHORT_YEAR.match(text)
    if match is not None and (month := _month_named(match[2])) is not None:
        return _made(_in_full(match[3]), str(month), match[1])
    match = _MONTH_AND_SHORT_YEAR.match(text)
    if match is not None and (month := _month_named(match[1])) is not None:
        return _made(_in_full(match[2]), str(month), None)
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
    if "\u0e00" < max(text, default="") < "\u0e80":
        text = _BUDDHIST.sub(lambda match: str(int(match.group()) - 543), text)
    if (named := _VIETNAMESE.search(text)) is not None:
        return _made(named.group(3), named.group(2), named.group(1))
    if not text.isascii() and (counted := _COUNTED.match(_counted(text))) and counted.group(1):
        return _made(*counted.groups()[:3])
    if (extended := read_edtf(text)) is not None:
        known = known_part(extended)
        return None if known is None else parse_date(known)
    found = _YEAR.search(text)
    return None if found is None else _worded(text, found)


def _in_full(year: str) -> str:
    """A year of two figures with its century."""
    return str(int(year) + (2000 if int(year) < _THIS_CENTURY else 1900))


def _month_named(word: str) -> int | None:
    folded = _folded(word)
    # Hebrew writes "in March" as one word.
    return _MONTHS.get(folded) or (_MONTHS.get(folded[1:]) if folded[:1] == "ב" else None)


def _worded(text: str, found: re.Match[str]) -> tuple[date, str] | None:
    """Read a date whose month is a word; of a range of months the first."""
    words = [(match, month) for match in _WORD.finditer(text) if (month := _month_named(match.group()))]
    if not words or (words[0][0].start() > found.end() + 12):
        return _made(found.group(), None, None)
    rest = text[: found.start()] + " " * 4 + text[found.end() :]
    ranged = len({month for _, month in words}) > 1
    near = rest[max(0, words[0][0].start() - 8) : words[-1][0].end() + 6]
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


@remembered(4096)
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
        # Beside a year of its own, what looks like a month and a short year is a day.
        short = _MONTH_AND_SHORT_YEAR.match(text)
        known = parse_date(text)
        if (known is None or (short and known[0].year != year)) and (found := parse_date(f"{text} {year:04d}")):
            parsed.append(found)
    best = max((found for found in parsed if found[0].year == year), key=lambda found: PRECISIONS.index(found[1]))
    return _iso(best)


def _iso(parsed: tuple[date, str]) -> str:
    """ISO text of the known part."""
    return parsed[0].isoformat()[: (4, 7, 10)[PRECISIONS.index(parsed[1])]]


@remembered(65_536)
def edtf_of(text: str) -> str | None:
    """What a date in words says beyond its beginning, in EDTF; None where it says no more, or is no date.

    Parameters
    ----------
    text : str
        EDTF, or as bibliographies write it: ``ca. 1999``, ``[1999?]``, ``2004-2006``, ``Spring 2004``, ``2015 Nov-Dec``,
        ``2004///Summer``.
    """
    if text.isdecimal() or not text.strip():
        return None
    # RIS ends a year with slashes.
    if text.rstrip()[-1] != "/" and (found := read_edtf(text)) is not None:
        return found
    if (slashed := _OF_RIS.match(text)) and (found := read_edtf(slashed.group(4))) is not None:
        return found
    if ranged := _YEAR_RANGE.match(text):
        first, last = ranged.groups()
        return f"{first}/{last}" if first < last else None
    if doubted := _DOUBTED.match(text):
        return f"{doubted.group(1)}?"
    if said := _SAID_SO.match(text):
        parsed = parse_date(text[said.end() :])
        return None if parsed is None else f"{_iso(parsed)}~"
    year = _YEAR.search(text)
    if year is None:
        return None
    words = _WORD.findall(text)
    seasons = {number for word in words if (number := season_number(word))}
    months = [number for word in words if (number := month_number(word)) and not word.isdecimal()]
    if len(seasons) == 1 and not months:
        return f"{year.group()}-{seasons.pop()}"
    if (
        len(months) == 2
        and months[0] < months[1]
        and len(_YEAR.findall(text)) == 1
        and not re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
    ):
        return f"{year.group()}-{months[0]:02d}/{year.group()}-{months[1]:02d}"
    return None


def extended(known: str | None, texts: Iterable[str]) -> str | None:
    """What the dates of one record say beyond `known`, which `finest` chose among them, in EDTF.

    A text without a year (``Nov-Dec``) is completed by the year that is known.
    """
    if known is None:
        return next((found for text in texts if (found := edtf_of(text)) and known_part(found) is None), None)
    for text in texts:
        found = edtf_of(text)
        if found is None and not _YEAR.search(text):
            found = edtf_of(f"{text} {known[:4]}")
        if found is not None and known_part(found) == known:
            return found
    return None

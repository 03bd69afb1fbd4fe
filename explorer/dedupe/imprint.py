"""Where a record was printed: venue, volume, issue, pages, and the kind of work; evidence for and against being one paper."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.identifiers import PREPRINT_DOI, codes, columns_named, identifiers, mapped, texts
from explorer.dedupe.scratch import Scratch
from explorer.dedupe.titles import number
from explorer.memory import remembered
from explorer.papers.dates import month_number
from explorer.text.analysis import folded

Numbers = npt.NDArray[np.int64]

UNKNOWN, ARTICLE, CONFERENCE, BOOK, CHAPTER, THESIS, REPORT, PREPRINT, DATA, PATENT, TRIAL, NOTICE = range(12)
"""Kinds of works, as far as they tell records apart."""

_KINDS = (
    (
        NOTICE,
        r"erratum|corrigend|^correct|correction$|retract|withdraw|expressionofconcern|comment$|^reply|^response|^addend|publishersnote"
        r"|^errat[ao]|^berichtig|^rectific|勘误|勘誤|更正|撤稿|訂正|正誤|정오|정정|철회|исправлен|опечатк|ретрак",
    ),
    (PREPRINT, r"preprint|postedcontent|^unpb|unpublished|manuscript"),
    (
        CONFERENCE,
        r"^(?:inproceedings|cpaper|conf|paperconference|proceedings?(?:article|paper)|conference\w*|meetingabstract|abstract)$",
    ),
    (CHAPTER, r"chapter|incollection|inbook|booksection|bookpart|^e?chap"),
    (THESIS, r"thesis|dissertation|^thes$"),
    (BOOK, r"book|monograph|^mvbook|^proceedings$"),
    (REPORT, r"report|^rprt|govdoc|workingpaper|standard"),
    (DATA, r"dataset|software|^data$|computerprogram|^comp$"),
    (PATENT, r"patent|^pat$"),
    (TRIAL, r"trialregist|clinicaltrial(?:record|s?gov)|registryentry"),
    (ARTICLE, r"^article$|^jour$|journal|^review(?:article)?$|^research-?article|^ejour|^letter$|^editorial$"),
)
PREPRINT_VENUE = (
    r"(?i)\b(?:\w*arxiv|biorxiv|medrxiv|chemrxiv|techrxiv|ssrn|preprints?(?:\.org)?|research square|corr|osf|zenodo|hal|repec|"
    r"nber)\b"
)
"""Venues that are servers of preprints (RE2)."""
_MEETING = re.compile(
    r"\b(?:conference|symposium|workshop|congress|meeting|conf|symp|colloquium|kongress|tagung|congreso|congresso|congres)\b"
)
_SMALL = frozenset(
    "the of and in on for a an de la le les des du et der die das und fur für y el los e do da dos di del".split()
)


KIND_COLUMNS = (
    "entrytype", "documenttype", "itemtype", "publicationtype", "typeofreference", "dt", "pt", "type", "m3", "genre", "typeofwork", "worktype",
    "articletype", "recordtype", "subtype",
)  # fmt: skip
"""Names (see `key`) of the columns that say what kind of work a record is; where the first says nothing the next one does."""


class Imprint:
    """What says where the records of a table were printed.

    Attributes
    ----------
    kind : array of int64, shape (rows,)
        One of the kinds of works above.
    preprint : array of int64, shape (rows,)
        1 for preprints, 0 for what was published, -1 where a record does not tell.
    volume, issue, page, last : array of int64, shape (rows,)
        Numbers; 0 where a record bears none. `page` is the first one, `last` the last.
    edition : array of int64, shape (rows,)
        Which edition of a book it is; 0 where it does not say.
    venue : array of int64, shape (rows,)
        A number for each venue, as an index of `venues` plus 1; 0 where there is none.
    venues : list of str
        As given.
    """

    def __init__(self, table: pa.Table, doi: pa.Array, arxiv: pa.Array) -> None:
        rows = table.num_rows
        venue = table.column("venue").combine_chunks()
        coded = venue.dictionary_encode()
        self.venues: list[str] = coded.dictionary.to_pylist()
        self.venue = codes(venue)
        self.volume = _first_number(table, ("volume", "vl"), rows)
        self.issue = _first_number(table, ("number", "issue", "is"), rows)
        self.page = _first_number(table, ("startpage", "sp", "bp", "pages", "pg", "firstpage"), rows)
        self.last = _last_pages(table, self.page)
        early = pc.or_(
            pc.fill_null(pc.match_substring_regex(doi, PREPRINT_DOI), False),
            pc.fill_null(pc.match_substring_regex(venue, PREPRINT_VENUE), False),
        ).to_numpy(zero_copy_only=False)
        placed = np.asarray(pc.or_(pc.is_valid(doi), pc.is_valid(venue)))
        self.kind = self._kinds(table, rows)
        early |= (self.kind == PREPRINT) & ~placed
        self.preprint = np.where(early, 1, np.where(placed, 0, np.where(np.asarray(pc.is_valid(arxiv)), 1, -1)))
        # Repositories have data, programs and theses too, which are nobody's preprints.
        own = np.isin(self.kind, [THESIS, DATA, PATENT, TRIAL, NOTICE])
        self.preprint[own & early] = -1
        self.kind[(self.preprint == 1) & ~own] = PREPRINT
        self.edition = _editions(table, self.kind)

    def _kinds(self, table: pa.Table, rows: int) -> Numbers:
        kinds = np.zeros(rows, np.int64)
        for name in columns_named(table, KIND_COLUMNS):
            column = texts(table.column(name))
            if column is not None:
                given = np.array([int(kind or 0) for kind in mapped(column, _kind_named)], np.int64)
                # A notice in a journal is a journal article in another column.
                kinds = np.where((kinds == UNKNOWN) | (given == NOTICE), given, kinds)
        meetings = np.array([0, *(_is_meeting(name) for name in self.venues)], bool)[self.venue]
        return np.where(meetings & ((kinds == ARTICLE) | (kinds == UNKNOWN)), CONFERENCE, kinds)

    def venues_differ(self, low: int, high: int) -> bool:
        """Whether two records bear venues that are not one name in full and abbreviated."""
        one, other = int(self.venue[low]), int(self.venue[high])
        if not one or not other or one == other:
            return False
        return not same_venue(*sorted((self.venues[one - 1], self.venues[other - 1])))


class Imprints(Imprint):
    """What says where the records of a large table were printed, put together some at a time.

    Parameters
    ----------
    rows : int
    scratch : Scratch
        Where it lies.
    """

    def __init__(self, rows: int, scratch: Scratch) -> None:
        self.venues = []
        self._numbers: dict[str, int] = {}
        for name in _NUMBERS:
            setattr(self, name, scratch.zeros(rows, np.int64))

    def put(self, start: int, some: Imprint) -> None:
        """Take what is known of the records from a row on."""
        for venue in some.venues:
            if venue not in self._numbers:
                self._numbers[venue] = len(self._numbers) + 1
                self.venues.append(venue)
        numbers = np.array([0, *(self._numbers[venue] for venue in some.venues)], np.int64)
        for name in _NUMBERS:
            values = getattr(some, name)
            getattr(self, name)[start : start + len(values)] = numbers[values] if name == "venue" else values


_NUMBERS = ("kind", "preprint", "volume", "issue", "page", "last", "edition", "venue")


def preprints(table: pa.Table) -> Numbers:
    """What `Imprint.preprint` says of each record."""
    found = identifiers(table)
    return Imprint(table, found["DOI"], found["arXiv id"]).preprint


def _kind_named(text: str) -> str | None:
    name = re.sub(r"[\W\d_]+", "", text.lower())
    return next((str(kind) for kind, pattern in _KINDS if re.search(pattern, name)), None)


def _is_meeting(venue: str) -> bool:
    name = venue.lower()
    return _MEETING.search(name) is not None and not name.startswith(("journal", "annals", "bulletin"))


def _first_number(table: pa.Table, names: tuple[str, ...], rows: int) -> Numbers:
    found = np.zeros(rows, np.int64)
    for name in columns_named(table, names):
        values = texts(table.column(name))
        if values is None or values.null_count == rows:
            continue
        text = pc.struct_field(pc.extract_regex(values, r"^[^\d]{0,12}?(?P<id>\d{1,9})"), "id")
        numbers = pc.fill_null(text.cast(pa.int64()), 0).to_numpy()
        found = np.where(found == 0, numbers, found)
    return found


def _editions(table: pa.Table, kind: Numbers) -> Numbers:
    """The edition of each record: in figures, or its first word in letters (``2nd ed.``, ``Second edition``).

    Of an article the field holds the day on which it came out online (EndNote's ``ET``).
    """
    found = np.zeros(len(kind), np.int64)
    for name in columns_named(table, ("edition", "et")):
        values = texts(table.column(name))
        if values is not None and values.null_count < len(kind):
            given = np.array([int(edition or 0) for edition in mapped(values, _edition)], np.int64)
            found = np.where(found == 0, given, found)
    found[~np.isin(kind, [UNKNOWN, BOOK, CHAPTER, REPORT])] = 0
    return found


_ORDINALS = {
    2: "zweite deuxieme seconde segunda seconda tweede второе",
    3: "dritte troisieme tercera terza terceira derde третье",
    4: "vierte quatrieme cuarta quarta vierde четвертое",
    5: "funfte cinquieme quinta vijfde пятое",
    6: "sechste sixieme sexta sesta zesde шестое",
}
"""The word before *edition* in German, French, Spanish, Italian, Portuguese, Dutch and Russian, without accents."""
_EDITION_NUMBERS = {word: value for value, said in _ORDINALS.items() for word in said.split()}
_EASTERN_EDITION = re.compile(r"第([一二三四五六七八九])版")
_DATED = re.compile(r"\d\W{0,2}[-/.]\W{0,2}\d|\d\s*[年月日년월일]|e-?pub|ahead of|online", re.IGNORECASE)


def _edition(text: str) -> str | None:
    """A year is of a printing, and what stands with a month is a day."""
    words = re.findall(r"[^\W\d_]+", folded(text))
    if _DATED.search(text) or any(map(month_number, words)):
        return None
    eastern = _EASTERN_EDITION.search(text)
    figures = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
    if eastern or figures or not words:
        told = "一二三四五六七八九".index(eastern[1]) + 1 if eastern else int(figures.group()) if figures else None
    else:
        told = _EDITION_NUMBERS.get(words[0], number(words[0]))
    return str(told) if told else None


_PAGES = r"^[^\d]{0,12}?\d{1,9}\s*[-\x{2010}-\x{2015}]{1,3}\s*[A-Za-z]?(?P<id>\d{1,9})\s*$"


def _last_pages(table: pa.Table, first: Numbers) -> Numbers:
    """The last page of each record, in full (``1024-31`` ends on 1031); 0 where it is not told."""
    found = _first_number(table, ("endpage", "ep", "lastpage"), len(first))
    for name in columns_named(table, ("pages", "pg")):
        values = texts(table.column(name))
        if values is None or values.null_count == len(first):
            continue
        ends = pc.struct_field(pc.extract_regex(values, _PAGES), "id")
        numbers = pc.fill_null(ends.cast(pa.int64()), 0).to_numpy()
        found = np.where(found == 0, numbers, found)
    # Digits that the last page has in common with the first are left out by many.
    for row in np.flatnonzero((found > 0) & (found < first)).tolist():
        digits = 10 ** len(str(found[row]))
        found[row] += first[row] - first[row] % digits
    return found


def _words(venue: str) -> list[str]:
    name = re.sub(r"\([^)]*\)|&amp;|&", " ", folded(venue))
    return [word for word in re.findall(r"[^\W_]+", name) if word not in _SMALL]


@remembered(100_000)
def same_venue(first: str, second: str) -> bool:
    """Whether two names may be those of one venue: in full, abbreviated, as initials, with a place or a subtitle."""
    one, other = sorted((_words(first), _words(second)), key=len)
    if not one or one == other or "".join(one) == "".join(other):
        return True
    if _within(one, other) or _within(other, one):
        return True
    initials = "".join(word[0] for word in other)
    return any(len(word) >= 3 and (word in initials or initials.endswith(word)) for word in one) and len(one) <= 2


def _within(short: list[str], long: list[str]) -> bool:
    """Whether each word of one name abbreviates a word of another one, in their order."""
    place = 0
    for word in short:
        while place < len(long) and not _abbreviates(word, long[place]):
            place += 1
        if place == len(long):
            return False
        place += 1
    return True


def _abbreviates(short: str, long: str) -> bool:
    if long.startswith(short):
        return True
    if not short or short[0] != long[0] or len(short) < 3:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)

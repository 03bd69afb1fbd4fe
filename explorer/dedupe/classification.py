"""What becomes of pairs: the evidence is weighed, and what bars a merge is looked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from explorer.dedupe import evidence as ev
from explorer.dedupe import imprint, titles
from explorer.dedupe.blocking import Rows
from explorer.dedupe.candidates import ClosePairs, Mask, kinds_of
from explorer.dedupe.evidence import SAME
from explorer.dedupe.identifiers import ARCHIVES
from explorer.dedupe.levels import Agreement
from explorer.dedupe.people import relatives
from explorer.dedupe.records import Records
from explorer.dedupe.titles import other_languages

_FEW = 500

_WHOLE = 250
"""Letters from which on the beginning of an abstract stands for the whole."""

_HEADING = re.compile(r"^\W*(?:abstract|summary)\W+", re.I)

_PERIODIC = (
    r"\b(?:annual|yearly|monthly|weekly|quarterly|biennial|reports?|statistics|standards?|guidelines?|proceedings|conference|congress|symposium|"
    r"workshop|meeting|abstracts|newsletter|bulletin|program(?:me)?|updates?|recommendations?|survey|census|outlook|yearbook|minutes|issue|series|"
    r"discussion)\b"
)
"""Words of titles that come again and again without names, or are said by several (RE2)."""

_EACH_YEAR = (
    r"\b(?:annual|yearly|monthly|weekly|quarterly|biennial|biannual) (?:\w+ ){0,2}(?:reports?|reviews?|meetings?|statistics|surveys?|bulletin|"
    r"summary|updates?|proceedings|accounts|index|register)\b|\b(?:yearbook|almanac|jahresbericht|jahrbuch|rapport annuel|annuaire|"
    r"(?:informe|memoria|anuario|relatorio) anual|relazione annuale|annuario|jaarverslag|jaarboek|arsredovisning|годовой отчет|ежегодник)\b"
    r"|年度报告|年度報告|年报|年報|年鉴|年鑑|白皮书|白書|연차보고서|연감|백서"
)
"""Titles of what comes each year, in folded letters (RE2)."""


@dataclass(frozen=True)
class Classification:
    """What becomes of pairs.

    Attributes
    ----------
    score : array of float64
    same, versions, apart : array of bool
        Whether a pair is merged, is of two versions of a work, is two papers for certain.
    bar : array of int64
        What keeps a pair from being merged: an index of `_bars`, 0 where nothing does.
    """

    score: npt.NDArray[np.float64]
    same: Mask
    versions: Mask
    apart: Mask
    bar: npt.NDArray[np.int64]


NOTICE, PLACE, MEETING, WORDS = (
    "one is a notice about a paper",
    "volume, issue or pages differ",
    "a conference paper and a journal article",
    "words of the title differ",
)
_BARS = (
    NOTICE,
    PLACE,
    "other kinds of works",
    MEETING,
    WORDS,
    "what follows in one title may be another part or report",
    "a title that many works have",
    "authors differ",
    "years differ",
    "a report of another year",
    "venues differ",
    "too little is known",
    "editions differ",
    "given names differ",
)


def bars_of(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """What may keep a pair from being merged; the first is empty: nothing."""
    return ("", *(f"other {kind}" for kind in kinds), *_BARS)


def classified(records: Records, close: ClosePairs, found: Agreement, several: Mask) -> Classification:
    """Weigh the evidence of pairs, and look for what bars a merge; `several` is of all pairs, as `agreements` tells it."""
    pairs = _Pairs(records, close, found, several)
    number_of = {name: number for number, name in enumerate(bars_of(kinds_of(records)))}
    bar = np.zeros(len(close.low), np.int64)
    # What is said of a pair is the first of its bars.
    for name, where in reversed(pairs.bars().items()):
        bar[where & ~pairs.shared] = number_of[name]
    # A shared identifier outweighs what is only missing or spelt otherwise.
    unlike, chapters = _unlike(records, close, found)
    bar[pairs.shared & unlike] = number_of[WORDS]
    bar[pairs.shared & pairs.printed_apart & (found.title == ev.TITLE_OF_A_KIND)] = number_of[PLACE]
    bar[pairs.shared & pairs.notices] = number_of[NOTICE]
    bar = np.where(pairs.clash, close.other, bar)
    score = ev.probabilities(found.levels)
    score[pairs.shared] = np.where(unlike[pairs.shared], 0.5, 1.0)
    score[pairs.shared & chapters] = 0.0
    same = (bar == 0) & (score >= SAME)
    score[pairs.notices & ~pairs.shared] = 0.0
    # Other identifiers, and a title of a word or two, are shown only where all else is the same.
    score[pairs.clash & ~pairs.shared & (score < SAME)] = 0.0
    bare = (found.title == ev.TITLE_SHORT) | (found.title == ev.TITLE_OF_A_KIND)
    score[bare & ~pairs.shared & (score <= 0.5)] = 0.0
    versions = (pairs.preprints | (pairs.meeting & (bar == number_of[MEETING]))) & (same | (score >= SAME))
    apart = pairs.apart() | (pairs.shared & chapters)
    return Classification(score, same, versions, apart & ~same, bar)


def _mask(values: npt.ArrayLike) -> Mask:
    """Comparisons of whole numbers, whose type the stubs of numpy leave open."""
    return np.asarray(values, bool)


class _Pairs:
    """What holds of pairs, a mask a statement; each is worked out once, when it is first asked for.

    Parameters
    ----------
    records : Records
    close : ClosePairs
    found : Agreement
    several : array of bool
        Whether works of several people have a title, by its number.
    """

    def __init__(self, records: Records, close: ClosePairs, found: Agreement, several: Mask) -> None:
        self._records, self._close, self._found, self._several = records, close, found, several
        self._low, self._high = close.low, close.high
        self._place = records.imprint
        self._short_or_of_a_kind = (found.title == ev.TITLE_SHORT, found.title == ev.TITLE_OF_A_KIND)

    def bars(self) -> dict[str, Mask]:
        """What keeps pairs that share no identifier from being merged, by its name; what is said first stands first."""
        return {
            NOTICE: self.notices,
            PLACE: self.printed_apart,
            MEETING: self.meeting,
            "other kinds of works": self.works,
            "editions differ": self.editions,
            WORDS: ~self.accounted,
            "what follows in one title may be another part or report": self._unsure_end(),
            "a title that many works have": self._common_title(),
            "authors differ": self._other_people(),
            "given names differ": self.namesakes,
            "years differ": self._years(),
            "a report of another year": self._yearly(),
            "venues differ": self.venues,
            "too little is known": self._unproven() | self._bare(),
        }

    def apart(self) -> Mask:
        """Two papers for certain: a third record, which knows less, joins no two that are told apart by what it lacks."""
        far = (self._found.year == ev.YEAR_FAR) & ~self.told
        turned = (self._found.title == ev.TITLE_TURNED) & ~self.shared
        apart = self.printed_apart | self.works | self.signs | self.editions | self.namesakes | self.of_each_year | far
        return _mask((apart & ~self.shared) | self.clash | self.notices | turned)

    # Identifiers

    @cached_property
    def shared(self) -> Mask:
        """They bear one identifier."""
        return self._close.shared > 0

    @cached_property
    def clash(self) -> Mask:
        """They bear different identifiers of one kind."""
        return (self._close.other > 0) & ~_deposited_again(self._records, self._close, self._found)

    # Titles and abstracts

    @cached_property
    def _long(self) -> Mask:
        """Both titles are of some length."""
        long_titles = self._records.long_titles(5, 30)
        return long_titles[self._low] & long_titles[self._high]

    @cached_property
    def alike(self) -> Mask:
        """Authors and year are the same, and the titles long."""
        return _mask((self._found.authors == ev.AUTHORS_SAME) & (self._found.year == ev.YEAR_SAME) & self._long)

    @cached_property
    def _people(self) -> Mask:
        return self._found.authors <= ev.AUTHORS_MOST

    @cached_property
    def _placed(self) -> Mask:
        """They were printed on one stretch of pages, which no two articles are."""
        return _mask(self._found.pages == ev.PAGES_WHOLE)

    @cached_property
    def identical(self) -> Mask:
        """The abstracts are one text, where titles are unlike enough for that to count."""
        found = self._found
        unsure = np.isin(found.title, [ev.TITLE_MOVED, ev.TITLE_DOUBT, ev.TITLE_NEAR, ev.TITLE_ALIKE])
        by_them = self._people & (found.year <= ev.YEAR_NEXT) & unsure
        asked = (found.ended | by_them) & (found.abstract == ev.ABSTRACT_SAME) & ~self.shared & ~self.clash
        return _identical(self._records, self._low, self._high, asked)

    @cached_property
    def _accounted_by_words(self) -> Mask:
        """Each word of both titles is accounted for, whatever the abstracts go on to say."""
        found = self._found
        accounted = (found.title <= ev.TITLE_SUBTITLE) | self.identical
        # Neighbours change places by a slip: in a title of some length, where all else is the same.
        accounted &= (found.title != ev.TITLE_MOVED) | self.alike | (found.abstract <= ev.ABSTRACT_NEAR)
        # A title may be changed by more than slips.
        return accounted | (self._placed & self._people & (found.title <= ev.TITLE_CHANGED))

    @cached_property
    def told(self) -> Mask:
        """The abstracts say the same, to their ends."""
        found = self._found
        told: Mask = found.abstract <= ev.ABSTRACT_NEAR
        asked = told & self._accounted_by_words & ~self.shared & ~self.clash
        asked &= (found.authors == ev.AUTHORS_UNKNOWN) | (found.title > ev.TITLE_FORM)
        return told & ~_told_otherwise(self._records, self._low, self._high, asked)

    @cached_property
    def _accounted_but_signs(self) -> Mask:
        turned = self._found.title == ev.TITLE_TURNED
        return _mask(self._accounted_by_words | (self._placed & self._people & self.told & turned))

    @cached_property
    def signs(self) -> Mask:
        """The titles differ in a sign, as *CD4+* and *CD4-* do."""
        signs = self._records.signs
        differ = titles.signs_differ(signs[self._low], signs[self._high])
        return self._accounted_but_signs & ~self.told & ~self.clash & differ

    @cached_property
    def accounted(self) -> Mask:
        """Each word and each sign of both titles is accounted for, which tells most of all."""
        return self._accounted_but_signs & ~self.signs

    def _unsure_end(self) -> Mask:
        """What follows in one title, or what the abstracts say, may be of another work."""
        found = self._found
        # Databases leave out subtitles; a subtitle may also tell of another side of the matter.
        told_subtitle = self.alike & ~found.aspect & ~found.marked
        unsure = (found.title == ev.TITLE_SUBTITLE) & ~self.told & ~self._printed_alike & ~told_subtitle
        unsure |= found.marked & found.ended & ~self.identical
        # Titles that are not word for word the same, and abstracts that are not.
        other = (found.abstract == ev.ABSTRACT_ALIKE) | (found.abstract == ev.ABSTRACT_OTHER)
        return _mask((unsure | ((found.title >= ev.TITLE_FORM) & other)) & ~self._placed)

    def _common_title(self) -> Mask:
        short, of_a_kind = self._short_or_of_a_kind
        return _mask(((short & (self._found.authors != ev.AUTHORS_SAME)) | of_a_kind) & ~self.told & ~self._printed_alike)

    # Where they were printed, and as what

    @cached_property
    def notices(self) -> Mask:
        """One is a notice about a paper, and the other is none."""
        notice, kind = self._records.notice, self._place.kind == imprint.NOTICE
        return _mask((notice[self._low] != notice[self._high]) | (kind[self._low] != kind[self._high]))

    @cached_property
    def printed_apart(self) -> Mask:
        """Volume, issue or pages differ."""
        return _mask(self._found.pages == ev.PAGES_OTHER)

    @cached_property
    def _printed_alike(self) -> Mask:
        return self._found.pages <= ev.PAGES_SAME

    @cached_property
    def editions(self) -> Mask:
        """Both name their edition, and these differ."""
        one, other = self._place.edition[self._low], self._place.edition[self._high]
        return _mask((one != other) & (one > 0) & (other > 0))

    @cached_property
    def preprints(self) -> Mask:
        """One is a preprint, and the other is known to be none."""
        one, other = self._place.preprint[self._low], self._place.preprint[self._high]
        return _mask((one != other) & (one >= 0) & (other >= 0))

    @cached_property
    def venues(self) -> Mask:
        """Both venues are known, and differ."""
        low, high, venue = self._low, self._high, self._place.venue
        differ = np.zeros(len(low), bool)
        asked = self.accounted & ~self.preprints & ~self._printed_alike & ~self.shared
        asked &= (venue[low] != venue[high]) & (venue[low] > 0) & (venue[high] > 0)
        for number in np.flatnonzero(asked).tolist():
            differ[number] = self._place.venues_differ(int(low[number]), int(high[number]))
        return differ

    @cached_property
    def works(self) -> Mask:
        """They are of two kinds of works, and no venue says otherwise."""
        venue = self._place.venue
        works = _other_works(self._records, self._low, self._high) & ~self._printed_alike
        return _mask(works & (self.venues | (venue[self._low] == 0) | (venue[self._high] == 0) | self.shared))

    @cached_property
    def meeting(self) -> Mask:
        """One is a conference paper, the other a journal article."""
        both, kind = [imprint.ARTICLE, imprint.CONFERENCE], self._place.kind
        return self.works & np.isin(kind[self._low], both) & np.isin(kind[self._high], both)

    # People and years

    @cached_property
    def _some(self) -> Mask:
        """A long title of one year, and some of its authors: the others were misspelt or left out."""
        found, notice = self._found, self._records.notice
        some = (found.authors == ev.AUTHORS_SOME) & (found.title == ev.TITLE_SAME) & (found.year == ev.YEAR_SAME) & self._long
        # Comments on one paper have one title.
        return _mask(some & (self._printed_alike | ~(notice[self._low] & notice[self._high])))

    def _other_people(self) -> Mask:
        authors = self._found.authors
        return _mask((authors == ev.AUTHORS_OTHERS) | ((authors == ev.AUTHORS_SOME) & ~self.told & ~self._some))

    @cached_property
    def namesakes(self) -> Mask:
        """Authors are of the same family names and other given names."""
        # Initials do not count, but where all that is known of two papers is a short title.
        few = (self._found.authors == ev.AUTHORS_SAME) & self._short_or_of_a_kind[0] & ~self.shared & ~self.clash
        asked = (self._some | few) & ~self.told & ~self._printed_alike
        return _relatives(self._records, self._low, self._high, asked)

    def _years(self) -> Mask:
        year = self._found.year
        return _mask((year == ev.YEAR_FAR) | ((year == ev.YEAR_NEAR) & ~self.told & ~self._printed_alike))

    @cached_property
    def of_each_year(self) -> Mask:
        """Titles of what comes each year, of two years."""
        found = _of_each_year(self._records, self._low, self._high, self.accounted)
        return found & ~self.told & ~self._printed_alike

    def _yearly(self) -> Mask:
        bodies, authors = self._records.bodies, self._records.authors
        # A body has a report of the same title each year.
        both = bodies[authors[self._low]] & bodies[authors[self._high]] if len(bodies) else np.zeros(len(self._low), bool)
        return _mask((both & (self._found.year != ev.YEAR_SAME) & ~self.told & ~self._printed_alike) | self.of_each_year)

    def _unproven(self) -> Mask:
        return ~(self._people | self._some | self.told | self._printed_alike) & ~self._nameless

    @cached_property
    def _nameless(self) -> Mask:
        """Neither people nor abstracts can be compared."""
        return _mask((self._found.authors == ev.AUTHORS_UNKNOWN) & (self._found.abstract == ev.ABSTRACT_UNKNOWN))

    def _bare(self) -> Mask:
        """Titles are all there is, and do not tell enough."""
        records, found, low, high = self._records, self._found, self._low, self._high
        bare = self._nameless & ~self._printed_alike
        # Columns and news come without names each time; a record that lost its names meets one that has them.
        named = records.named[low] | records.named[high] | (records.abstract[low] >= 0) | (records.abstract[high] >= 0)
        common = self._several[records.title[low]] | self._several[records.title[high]]
        said = named & ~records.notice[low] & ~common
        bare &= ~((found.year == ev.YEAR_SAME) & (found.title == ev.TITLE_SAME) & self._long & said)
        # Of a longer one neither the year nor each letter matters, if it is not one that comes again.
        bare[_told_by_title(records, low, high, found, bare & said)] = False
        return bare


def _deposited_again(records: Records, close: ClosePairs, found: Agreement) -> Mask:
    """Whether two records have other numbers of an archive, and all else says that they are one paper."""
    archives = [number for number, kind in enumerate(kinds_of(records), 1) if kind in ARCHIVES]
    asked = np.isin(close.other, archives)
    alike = (found.title <= ev.TITLE_FORM) & (found.authors == ev.AUTHORS_SAME) & (found.year <= ev.YEAR_NEXT)
    alike &= found.abstract == ev.ABSTRACT_SAME
    return asked & ((close.shared > 0) | _identical(records, close.low, close.high, asked & alike & (close.shared == 0)))


def _relatives(records: Records, low: Rows, high: Rows, asked: Mask) -> Mask:
    """Whether most authors of two records are of one family name and other given names, one by one."""
    found = np.zeros(len(low), bool)
    authors = records.table.column("authors")
    for place in np.flatnonzero(asked).tolist():
        one, other = (authors[int(row)].as_py() for row in (low[place], high[place]))
        if one != other and len(one) == len(other):
            found[place] = 2 * sum(map(relatives, one, other)) > len(one)
    return found


def _of_each_year(records: Records, low: Rows, high: Rows, asked: Mask) -> Mask:
    """Whether titles are of what comes each year, and the years are known to differ."""
    found = np.zeros(len(low), bool)
    places = np.flatnonzero(
        asked & (records.year[low] != records.year[high]) & (records.year[low] > 0) & (records.year[high] > 0)
    )
    found[places] = np.asarray(pc.match_substring_regex(records.folded.take(pa.array(low[places])), _EACH_YEAR))
    return found


def _told_by_title(records: Records, low: Rows, high: Rows, found: Agreement, asked: Mask) -> Rows:
    """Places of the pairs asked for whose titles are so long that they need no names, and do not come again each year."""
    title, year = found.title, found.year
    close = np.where(title == ev.TITLE_SAME, (year <= ev.YEAR_NEXT) | (year == ev.YEAR_UNKNOWN), year == ev.YEAR_SAME)
    places = np.flatnonzero(asked & (found.length == ev.LENGTH_LONG) & (title <= ev.TITLE_CUT) & close)
    again = pc.match_substring_regex(records.folded.take(pa.array(low[places])), _PERIODIC)
    long_ones: Rows = places[~np.asarray(again)]
    return long_ones


def _identical(records: Records, low: Rows, high: Rows, needed: Mask) -> Mask:
    """Whether two abstracts are one text, or one of them as far as it goes."""
    found = np.zeros(len(low), bool)
    for place, shorter, longer in _abstracts_of(records, low, high, needed):
        found[place] = len(shorter) >= _WHOLE and longer.startswith(shorter)
    return found


def _abstracts_of(records: Records, low: Rows, high: Rows, needed: Mask) -> Iterator[tuple[int, str, str]]:
    """Places of the pairs asked for, and their abstracts without headings and a mark that they were cut off, the shorter first."""
    abstracts = records.table.column("abstract")
    places = np.flatnonzero(needed)
    for start in range(0, len(places), _FEW):
        some = places[start : start + _FEW]
        ones, others = low[some].tolist(), high[some].tolist()
        texts = {row: _bare(abstracts[row].as_py()) for row in {*ones, *others}}
        for place, one, other in zip(some.tolist(), ones, others, strict=True):
            shorter, longer = texts[one], texts[other]
            yield (place, shorter, longer) if len(shorter) <= len(longer) else (place, longer, shorter)


def _bare(abstract: str) -> str:
    heading = _HEADING.match(abstract)
    return (abstract[heading.end() :] if heading else abstract).rstrip(" .…")


def _told_otherwise(records: Records, low: Rows, high: Rows, needed: Mask) -> Mask:
    """Whether abstracts that begin alike go on otherwise, or with other numbers, as those of a review and its update do."""
    found = np.zeros(len(low), bool)
    for place, shorter, longer in _abstracts_of(records, low, high, needed):
        if longer.startswith(shorter):
            continue
        first, second = (re.sub(r"[^\w]+", " ", text).casefold().split() for text in (shorter, longer))
        second = second[: len(first) + len(first) // 20 + 5]
        numbers = Counter(word for word in first if word.isdecimal())
        missing = numbers - Counter(word for word in second if word.isdecimal())
        found[place] = missing.total() > 0.1 * numbers.total() or fuzz.ratio(" ".join(first), " ".join(second)) < 90
    return found


def _other_works(records: Records, low: Rows, high: Rows) -> Mask:
    """Whether both kinds of works are known, and are not one."""
    one, other = records.imprint.kind[low], records.imprint.kind[high]
    loose = {imprint.UNKNOWN, imprint.PREPRINT, imprint.NOTICE}
    known = ~np.isin(one, list(loose)) & ~np.isin(other, list(loose))
    # Proceedings are books whose chapters are papers.
    papers = np.isin(one, [imprint.CONFERENCE, imprint.CHAPTER]) & np.isin(other, [imprint.CONFERENCE, imprint.CHAPTER])
    found: Mask = known & (one != other) & ~papers
    return found


def _unlike(records: Records, close: ClosePairs, found: Agreement) -> tuple[Mask, Mask]:
    """Whether two records that share an identifier are two works all the same, and whether they are chapters of one book.

    Template DOIs and slips of copying stand on unlike works; chapters bear the DOI of their book.
    """
    unlike, chapters = np.zeros(len(close.low), bool), np.zeros(len(close.low), bool)
    title, authors, abstract, pages, book = found.title, found.authors, found.abstract, found.pages, records.book
    empty = (records.title[close.low] == 0) | (records.title[close.high] == 0)
    told = abstract <= ev.ABSTRACT_NEAR
    changed = (title >= ev.TITLE_NEAR) & ~empty & ~told & (close.shared > 0)
    # The first chapter begins at page 1; what has no volume either is no article that waits for its pages.
    first, loose = records.imprint.page, np.maximum(records.imprint.volume, records.imprint.issue) <= 0
    begun = (np.minimum(first[close.low], first[close.high]) > 0) & (first[close.low] != first[close.high])
    begun &= loose[close.low] & loose[close.high]
    chapters |= changed & (book[close.low] | book[close.high] | (pages == ev.PAGES_OTHER) | begun)
    unlike |= changed & ((title == ev.TITLE_TURNED) | (authors == ev.AUTHORS_OTHERS)) | chapters
    # No book gives its PMID to its chapters.
    sure = np.zeros(len(close.low), bool)
    for kind, values in records.identifiers.items():
        if kind != "DOI":
            sure |= (values[close.low] > 0) & (values[close.low] == values[close.high])
    for place in np.flatnonzero(changed & ~unlike & ~sure & (title == ev.TITLE_OTHER)).tolist():
        said = sorted(records.folded[int(row)].as_py() for row in (close.low[place], close.high[place]))
        unlike[place] = not (authors[place] <= ev.AUTHORS_MOST and other_languages(*said))
    return unlike, chapters

"""What becomes of pairs: the evidence is weighed, and what bars a merge is looked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

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
class Verdict:
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


_BARS = (
    "one is a notice about a paper",
    "volume, issue or pages differ",
    "other kinds of works",
    "a conference paper and a journal article",
    "words of the title differ",
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


def judged(records: Records, close: ClosePairs, found: Agreement, several: Mask) -> Verdict:
    """Weigh the evidence of pairs, and look for what bars a merge; `several` is of all pairs, as `agreements` tells it."""
    low, high = close.low, close.high
    levels = found.levels
    title, authors, year, abstract, pages = found.title, found.authors, found.year, found.abstract, found.pages
    shared, clash = close.shared > 0, close.other > 0
    clash &= ~_deposited_again(records, close, found)
    place = records.imprint
    # What holds of titles, most of all: each word accounted for.
    accounted = title <= ev.TITLE_SUBTITLE
    told = abstract <= ev.ABSTRACT_NEAR
    people = authors <= ev.AUTHORS_MOST
    free = ~shared & ~clash
    by_them = people & (year <= ev.YEAR_NEXT) & np.isin(title, [ev.TITLE_MOVED, ev.TITLE_DOUBT, ev.TITLE_NEAR, ev.TITLE_ALIKE])
    identical = _identical(records, low, high, (found.ended | by_them) & (abstract == ev.ABSTRACT_SAME) & free)
    accounted |= identical
    # Neighbours change places by a slip: in a title of some length, where all else is the same.
    whole_titles = records.long_titles(5, 30)
    long_titles = whole_titles[low] & whole_titles[high]
    alike = (authors == ev.AUTHORS_SAME) & (year == ev.YEAR_SAME) & long_titles
    accounted &= (title != ev.TITLE_MOVED) | alike | told
    # No two articles have one stretch of pages, and a title may be changed by more than slips.
    placed = pages == ev.PAGES_WHOLE
    accounted |= placed & people & (title <= ev.TITLE_CHANGED)
    needed = told & accounted & ~shared & ~clash & ((authors == ev.AUTHORS_UNKNOWN) | (title > ev.TITLE_FORM))
    told &= ~_told_otherwise(records, low, high, needed)
    accounted |= placed & people & told & (title == ev.TITLE_TURNED)
    signs = accounted & ~told & ~clash & titles.signs_differ(records.signs[low], records.signs[high])
    accounted &= ~signs
    notices = (records.notice[low] != records.notice[high]) | (
        (place.kind[low] == imprint.NOTICE) != (place.kind[high] == imprint.NOTICE)
    )
    printed_apart = pages == ev.PAGES_OTHER
    printed_alike = pages <= ev.PAGES_SAME
    works = _other_works(records, low, high) & ~printed_alike
    editions = (place.edition[low] != place.edition[high]) & (place.edition[low] > 0) & (place.edition[high] > 0)
    preprints = (place.preprint[low] != place.preprint[high]) & (place.preprint[low] >= 0) & (place.preprint[high] >= 0)
    # A long title of one year, and some of its authors: the others were misspelt or left out.
    some = (authors == ev.AUTHORS_SOME) & (title == ev.TITLE_SAME) & (year == ev.YEAR_SAME) & long_titles
    # Comments on one paper have one title.
    some &= printed_alike | ~(records.notice[low] & records.notice[high])
    # Initials do not count, but where all that is known of two papers is a short title.
    few = (authors == ev.AUTHORS_SAME) & (title == ev.TITLE_SHORT) & ~shared & ~clash
    namesakes = _relatives(records, low, high, (some | few) & ~told & ~printed_alike)
    unproven = ~(people | some | told | printed_alike) & ~((authors == ev.AUTHORS_UNKNOWN) & (abstract == ev.ABSTRACT_UNKNOWN))
    bare = (authors == ev.AUTHORS_UNKNOWN) & (abstract == ev.ABSTRACT_UNKNOWN) & ~printed_alike
    # Columns and news come without names each time; a record that lost its names meets one that has them.
    named = records.named[low] | records.named[high] | (records.abstract[low] >= 0) | (records.abstract[high] >= 0)
    said = named & ~records.notice[low] & ~(several[records.title[low]] | several[records.title[high]])
    bare &= ~((year == ev.YEAR_SAME) & (title == ev.TITLE_SAME) & long_titles & said)
    # Of a longer one neither the year nor each letter matters, if it is not one that comes again.
    bare[_told_by_title(records, low, high, levels, bare & said)] = False
    # A body has a report of the same title each year.
    bodies = (
        records.bodies[records.authors[low]] & records.bodies[records.authors[high]]
        if len(records.bodies)
        else np.zeros(len(low), bool)
    )
    of_each_year = _of_each_year(records, low, high, accounted) & ~told & ~printed_alike
    yearly = (bodies & (year != ev.YEAR_SAME) & ~told & ~printed_alike) | of_each_year
    # Databases leave out subtitles; a subtitle may also tell of another side of the matter.
    told_subtitle = alike & ~found.aspect & ~found.marked
    unsure_end = ((title == ev.TITLE_SUBTITLE) & ~told & ~printed_alike & ~told_subtitle) | (
        found.marked & found.ended & ~identical
    )
    unsure_end &= ~placed
    # Titles that are not word for word the same, and abstracts that are not.
    unsure_end |= (title >= ev.TITLE_FORM) & ((abstract == ev.ABSTRACT_ALIKE) | (abstract == ev.ABSTRACT_OTHER)) & ~placed
    short = ((title == ev.TITLE_SHORT) & (authors != ev.AUTHORS_SAME) & ~told & ~printed_alike) | (
        title == ev.TITLE_OF_A_KIND
    ) & ~told & ~printed_alike
    years = (year == ev.YEAR_FAR) | ((year == ev.YEAR_NEAR) & ~told & ~printed_alike)
    venues = np.zeros(len(low), bool)
    ask = np.flatnonzero(
        accounted
        & ~preprints
        & ~printed_alike
        & ~shared
        & (place.venue[low] != place.venue[high])
        & (place.venue[low] > 0)
        & (place.venue[high] > 0)
    )
    for number in ask.tolist():
        venues[number] = place.venues_differ(int(low[number]), int(high[number]))
    works &= venues | (place.venue[low] == 0) | (place.venue[high] == 0) | shared
    number_of = {name: number for number, name in enumerate(bars_of(kinds_of(records)))}
    bar = np.zeros(len(low), np.int64)
    both_kinds = {imprint.ARTICLE, imprint.CONFERENCE}
    meeting = works & np.isin(place.kind[low], list(both_kinds)) & np.isin(place.kind[high], list(both_kinds))
    for name, where in reversed(
        (
            ("one is a notice about a paper", notices),
            ("volume, issue or pages differ", printed_apart),
            ("a conference paper and a journal article", meeting),
            ("other kinds of works", works),
            ("editions differ", editions),
            ("words of the title differ", ~accounted),
            ("what follows in one title may be another part or report", unsure_end),
            ("a title that many works have", short),
            ("authors differ", (authors == ev.AUTHORS_OTHERS) | ((authors == ev.AUTHORS_SOME) & ~told & ~some)),
            ("given names differ", namesakes),
            ("years differ", years),
            ("a report of another year", yearly),
            ("venues differ", venues),
            ("too little is known", unproven | bare),
        )
    ):
        bar[where & ~shared] = number_of[name]
    score = ev.probabilities(levels)
    # A shared identifier outweighs what is only missing or spelt otherwise.
    unlike, chapters = _unlike(records, close, found)
    score[shared] = np.where(unlike[shared], 0.5, 1.0)
    score[shared & chapters] = 0.0
    bar[shared & unlike] = number_of["words of the title differ"]
    bar[shared & printed_apart & (title == ev.TITLE_OF_A_KIND)] = number_of["volume, issue or pages differ"]
    bar[shared & notices] = number_of["one is a notice about a paper"]
    bar = np.where(clash, close.other, bar)
    same = (bar == 0) & (score >= SAME)
    score[notices & ~shared] = 0.0
    # Other identifiers, and a title of a word or two, are shown only where all else is the same.
    score[clash & ~shared & (score < SAME)] = 0.0
    score[((title == ev.TITLE_SHORT) | (title == ev.TITLE_OF_A_KIND)) & ~shared & (score <= 0.5)] = 0.0
    versions = preprints | (meeting & (bar == number_of["a conference paper and a journal article"]))
    versions &= same | (score >= SAME)
    turned = (title == ev.TITLE_TURNED) & ~shared
    # A third record, which knows less, joins no two that are told apart by what it lacks.
    apart = printed_apart | works | signs | editions | namesakes | of_each_year | ((year == ev.YEAR_FAR) & ~told)
    apart = (apart & ~shared) | clash | notices | turned | (shared & chapters)
    return Verdict(score, same, versions, apart & ~same, bar)


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


def _told_by_title(records: Records, low: Rows, high: Rows, levels: dict[str, npt.NDArray[np.int64]], asked: Mask) -> Rows:
    """Places of the pairs asked for whose titles are so long that they need no names, and do not come again each year."""
    title, year = levels["title"], levels["year"]
    close = np.where(title == ev.TITLE_SAME, (year <= ev.YEAR_NEXT) | (year == ev.YEAR_UNKNOWN), year == ev.YEAR_SAME)
    places = np.flatnonzero(asked & (levels["length"] == ev.LENGTH_LONG) & (title <= ev.TITLE_CUT) & close)
    again = pc.match_substring_regex(records.folded.take(pa.array(low[places])), _PERIODIC)
    found: Rows = places[~np.asarray(again)]
    return found


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

"""How far the fields of two records agree: titles word by word, names, years, abstracts, and where they were printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from explorer.dedupe import evidence as ev
from explorer.dedupe import imprint, titles
from explorer.dedupe.blocking import Rows, hashed
from explorer.dedupe.candidates import ClosePairs, Mask
from explorer.dedupe.evidence import LEVELS
from explorer.dedupe.people import People, together
from explorer.dedupe.records import Records
from explorer.dedupe.scratch import KnownPairs, PackedPairs
from explorer.executors import in_threads
from explorer.papers.schema import TEXT

_CHUNK = 10_000
_OFTEN = 2_000
_AT_ONCE = 5_000
_TOGETHER = 8

_LETTERS_OF_NAMES = 4_000_000
"""Letters of lists of names that are looked at together."""

_ATTESTED = 20_000
"""Distinct words in the titles of a table from which a word that no other title has is taken for misspelt."""

_LETTERED = 2_000
"""Words that several titles have from which it tells something that three letters follow each other in none of them."""

_LONG_WORD, _KNOWN_WORD = 9, 10
"""Letters of a word, and titles that have it, from which one that differs in two places, and that no other title has, is a slip of it."""

_COMMONER = 300
"""How many times as often as its slips a word stands in titles: common words are misspelt more than once."""

_LONG_TITLE, _LONG_TITLE_WORDS = 45, 7
"""Letters and words from which on no two works have one title by chance: in 50,000 of arXiv two authors had the same of 40 letters."""


@dataclass(frozen=True)
class Agreement:
    """Levels of agreement of pairs.

    Attributes
    ----------
    title, authors, year, abstract, pages, length : array of int64
        Indices of `LEVELS`.
    ended : array of bool
        Whether one title goes on where the other one ends, and all else is accounted for.
    marked, aspect : array of bool
        Whether the end that one title lacks says which part or report it is, and which side of its matter it tells of.
    """

    title: npt.NDArray[np.int64]
    authors: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    abstract: npt.NDArray[np.int64]
    pages: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    ended: Mask
    marked: Mask
    aspect: Mask

    @property
    def levels(self) -> dict[str, npt.NDArray[np.int64]]:
        """The levels of each field of `LEVELS`."""
        return {field: getattr(self, field) for field in LEVELS}


def agreements(
    records: Records, close: PackedPairs[ClosePairs], progress: Callable[[float], None] = lambda part: None
) -> tuple[PackedPairs[Agreement], Mask]:
    """Compare pairs field by field; tells too which titles, by their numbers, works of several people have."""
    several = np.zeros(records.table.num_rows + 1, bool)
    titles_of, authors_of = _TitleLevels(records), _AuthorLevels(records)
    long_titles = records.long_titles(_LONG_TITLE_WORDS, _LONG_TITLE)
    found: PackedPairs[Agreement] = PackedPairs(Agreement, records.scratch)

    def beside_titles(pairs: ClosePairs) -> tuple[ClosePairs, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return pairs, authors_of(pairs.low, pairs.high), _abstract_levels(records, pairs.low, pairs.high)

    for number, (pairs, authors, abstract) in enumerate(in_threads(beside_titles, close, threads=1)):
        low, high = pairs.low, pairs.high
        title, ended, marked, aspect = titles_of(pairs, abstract, _part_of(progress, number, len(close)))
        years = ev.year_levels(records.year[low], records.year[high])
        whole = long_titles[low] & long_titles[high] & (title <= ev.TITLE_SUBTITLE)
        length = np.where(whole, ev.LENGTH_LONG, ev.LENGTH_UNKNOWN)
        pages = _page_levels(records, low, high)
        found.add(Agreement(title, authors, years, abstract, pages, length, ended, marked, aspect))
        several[records.title[low[(title <= ev.TITLE_SHORT) & (authors == ev.AUTHORS_OTHERS)]]] = True
    several[0] = False
    return found, several


def _part_of(progress: Callable[[float], None], number: int, parts: int) -> Callable[[float], None]:
    """What is told the part done of one of several parts."""
    return lambda part: progress((number + part) / parts)


class _AuthorLevels:
    """Levels of agreement of lists of names."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lengths: Rows = records.scratch.kept(pc.binary_length(records.names).to_numpy())
        self._known = KnownPairs(records.table.num_rows, records.scratch, level=np.int8)

    def __call__(self, low: Rows, high: Rows) -> npt.NDArray[np.int64]:
        """Levels of pairs of rows; each pair of distinct lists is looked at once, as far as it is known still."""
        records = self._records
        one, other = records.authors[low], records.authors[high]
        first, second = np.minimum(one, other), np.maximum(one, other)
        keys, back = np.unique(first * np.int64(max(len(records.names), 1)) + second, return_inverse=True)
        levels = np.zeros(len(keys), np.int64)
        known, before = self._known.get(keys)
        levels[known] = before["level"]
        levels[~known] = self._compared(keys[~known])
        self._known.put(keys[~known], level=levels[~known])
        return levels[back]

    def _compared(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Levels of pairs of distinct lists, each given as a number."""
        names = self._records.names
        size = max(len(names), 1)
        first, second = keys // size, keys % size
        levels = np.zeros(len(keys), np.int64)
        for some in together(self._lengths[first] + self._lengths[second], _LETTERS_OF_NAMES):
            listed, back = np.unique(np.concatenate([first[some], second[some]]), return_inverse=True)
            one, other = np.split(back, 2)
            levels[some] = People(names.take(pa.array(listed))).levels(one, other)
        return levels


def _abstract_levels(records: Records, low: Rows, high: Rows) -> npt.NDArray[np.int64]:
    one, other = records.abstract[low], records.abstract[high]
    levels = np.full(len(low), ev.ABSTRACT_UNKNOWN, np.int64)
    if not len(records.long_abstracts):
        return levels
    known = (one >= 0) & (other >= 0)
    known &= records.long_abstracts[one] & records.long_abstracts[other]
    levels[known & (one == other)] = ev.ABSTRACT_SAME
    unlike = np.flatnonzero(known & (one != other))
    if not len(unlike):
        return levels
    size = np.int64(len(records.abstracts))
    first, second = np.minimum(one, other)[unlike], np.maximum(one, other)[unlike]
    keys, back = np.unique(first * size + second, return_inverse=True)
    least, likeness = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.float32)
    # Some at a time: many pairs have texts of their own.
    for start in range(0, len(keys), _CHUNK):
        part = slice(start, start + _CHUNK)
        left, right = (records.abstracts.take(pa.array(of)).to_pylist() for of in (keys[part] // size, keys[part] % size))
        shared = [min(len(a), len(b)) for a, b in zip(left, right, strict=True)]
        least[part] = shared
        likeness[part] = process.cpdist(
            [text[:n] for text, n in zip(left, shared, strict=True)],
            [text[:n] for text, n in zip(right, shared, strict=True)],
            scorer=fuzz.ratio,
            score_cutoff=60,
            dtype=np.float32,
        )
    steps = [likeness >= 97, likeness >= 90, likeness >= 70]
    found = np.select(steps, [ev.ABSTRACT_SAME, ev.ABSTRACT_NEAR, ev.ABSTRACT_ALIKE], ev.ABSTRACT_OTHER)
    levels[unlike] = np.where(least >= 40, found, ev.ABSTRACT_UNKNOWN)[back]
    return levels


def _page_levels(records: Records, low: Rows, high: Rows) -> npt.NDArray[np.int64]:
    """Level of agreement of volume, issue and first page; a paper that begins at page 1 may not have got its pages yet."""
    place = records.imprint

    def differ(values: npt.NDArray[np.int64], least: int) -> Mask:
        one, other = values[low], values[high]
        found: Mask = (one >= least) & (other >= least) & (one != other)
        return found

    # Some give the year as the volume.
    volumes = differ(np.where((place.volume >= 1900) & (place.volume <= 2100), 0, place.volume), 1)
    pages = differ(place.page, 2)
    issues = differ(place.issue, 1) & ~((place.page[low] > 1) & (place.page[low] == place.page[high]))
    same = (place.page[low] > 1) & (place.page[low] == place.page[high]) & ~volumes
    apart = volumes | pages | issues
    apart[_of_a_meeting_and_a_journal(records, low, high, apart)] = False
    whole = _one_stretch(records, low, high, same & ~apart)
    return np.select([apart, whole, same], [ev.PAGES_OTHER, ev.PAGES_WHOLE, ev.PAGES_SAME], ev.PAGES_UNKNOWN)


def _of_a_meeting_and_a_journal(records: Records, low: Rows, high: Rows, asked: Mask) -> Rows:
    """Places of the pairs asked for that were printed twice by nature: at a conference, and in a journal of another name."""
    place = records.imprint
    one, other = place.kind[low], place.kind[high]
    both = ((one == imprint.CONFERENCE) & (other == imprint.ARTICLE)) | (
        (one == imprint.ARTICLE) & (other == imprint.CONFERENCE)
    )
    places = np.flatnonzero(asked & both)
    differ = [place.venues_differ(int(low[pair]), int(high[pair])) for pair in places.tolist()]
    found: Rows = places[np.array(differ, bool)]
    return found


def _one_stretch(records: Records, low: Rows, high: Rows, pages: Mask) -> Mask:
    """Whether two records of the same first page stand in one volume of one venue, on the same three pages or more.

    Abstracts of a meeting share a page, and two of them by the same people are alike; a stretch of pages is one article's.
    """
    place = records.imprint
    found = (
        pages
        & (place.venue[low] > 0)
        & (place.venue[high] > 0)
        & (place.volume[low] > 0)
        & (place.volume[low] == place.volume[high])
    )
    found &= (place.last[low] == place.last[high]) & (place.last[low] >= place.page[low] + 2)
    for number in np.flatnonzero(found & (place.venue[low] != place.venue[high])).tolist():
        found[number] = not place.venues_differ(int(low[number]), int(high[number]))
    whole: Mask = found
    return whole


_Doubts = tuple[tuple[str, str, bool], ...]
"""Pairs of words of which one may be misspelt, and whether they differ in two places."""

_LEVEL_OF = {
    titles.FORM: ev.TITLE_FORM,
    titles.SLIP: ev.TITLE_SLIP,
    titles.MOVED: ev.TITLE_MOVED,
    titles.CUT: ev.TITLE_CUT,
    titles.TURNED: ev.TITLE_TURNED,
}
"""Level of what `titles.compare_titles` finds."""


class _TitleLevels:
    """Levels of agreement of titles, word by word."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._texts = records.folded
        self._text = records.text
        self._known = KnownPairs(records.table.num_rows, records.scratch, level=np.int8, marked=np.bool_, aspect=np.bool_)

    @cached_property
    def _words(self) -> _Words:
        return _Words(self._records)

    def __call__(
        self, close: ClosePairs, abstract: npt.NDArray[np.int64], progress: Callable[[float], None]
    ) -> tuple[npt.NDArray[np.int64], Mask, Mask, Mask]:
        """Levels of pairs, and what `Agreement` calls `ended`, `marked` and `aspect`."""
        records = self._records
        low, high, ratio = close.low, close.high, close.ratio
        marked, ended, aspect = (np.zeros(len(low), bool) for _ in range(3))
        one, other = records.title[low], records.title[high]
        equal = (one == other) & (one > 0)
        steps = [ratio >= 0.92, ratio >= 0.8, ratio >= 0.6]
        levels = np.select(steps, [ev.TITLE_NEAR, ev.TITLE_ALIKE, ev.TITLE_CHANGED], ev.TITLE_OTHER)
        levels[(one == 0) | (other == 0)] = ev.TITLE_CHANGED
        levels[equal] = self._of_one_title(self._text[low[equal]])
        alike = np.flatnonzero(~equal & (one > 0) & (other > 0) & ((ratio >= 0.7) | (close.cut >= 0.85)))
        if not len(alike):
            return levels, ended, marked, aspect
        first, second = self._text[low[alike]], self._text[high[alike]]
        turned = first > second
        first, second = np.where(turned, second, first), np.where(turned, first, second)
        keys, back = np.unique(first * np.int64(len(self._texts)) + second, return_inverse=True)
        compared, marks, sides, doubted = self._compared(keys, progress)
        level = compared[back]
        marked[alike], aspect[alike] = marks[back], sides[back]
        for code, found in _LEVEL_OF.items():
            # What is not alike at all has other numbers too.
            levels[alike[(level == code) & ((code != titles.TURNED) | (ratio[alike] >= 0.6))]] = found
        ended[alike] = (level == titles.CUT) | (level == titles.SUBTITLE)
        subtitles = alike[level == titles.SUBTITLE]
        levels[subtitles] = _subtitle_levels(records, low[subtitles], high[subtitles], levels[subtitles])
        if doubted:
            doubtful = np.zeros(len(keys), bool)
            doubtful[list(doubted)] = True
            some = np.flatnonzero(doubtful[back])
            doubts = [doubted[pair] for pair in back[some].tolist()]
            places = alike[some]
            verdicts = _settled(records, self._words, low[places], high[places], turned[some], doubts, abstract[places])
            # Of a title that was cut off, too, each word there is must be accounted for.
            worst = np.where(verdicts == ev.TITLE_SLIP, levels[places], np.maximum(levels[places], verdicts))
            levels[places] = np.where(ended[places], worst, verdicts)
            ended[places] &= verdicts == ev.TITLE_SLIP
        # Words that changed places: by a slip, or to say something else (parents of children, children of parents).
        moved = close.turned & (levels > ev.TITLE_NEAR)
        levels[moved] = ev.TITLE_NEAR
        return levels, ended, marked, aspect

    def _of_one_title(self, numbers: Rows) -> npt.NDArray[np.int64]:
        """Levels of pairs that have one title, each given by the number of its words."""
        own, back = np.unique(numbers, return_inverse=True)
        kinds = (_kind_of_title(folded) for folded in self._texts.take(pa.array(own)).to_pylist())
        levels: npt.NDArray[np.int64] = np.fromiter(kinds, np.int64, len(own))[back]
        return levels

    def _compared(
        self, keys: npt.NDArray[np.int64], progress: Callable[[float], None]
    ) -> tuple[npt.NDArray[np.int64], Mask, Mask, dict[int, _Doubts]]:
        """What `titles.compare_titles` says of pairs of distinct titles, as far as it is known still; doubts by the place of the pair."""
        compared, marks, sides = np.zeros(len(keys), np.int64), np.zeros(len(keys), bool), np.zeros(len(keys), bool)
        seen, before = self._known.get(keys)
        compared[seen], marks[seen], sides[seen] = before["level"], before["marked"], before["aspect"]
        doubted: dict[int, _Doubts] = {}
        unknown = np.flatnonzero(~seen)
        for done, (number, (left, right)) in enumerate(zip(unknown.tolist(), self._texts_of(keys[unknown]), strict=True)):
            if done % _OFTEN == 0:
                progress(done / len(unknown))
            comparison = titles.compare_titles(left, right)
            compared[number], marks[number], sides[number] = comparison.level, comparison.marked, comparison.aspect
            if comparison.doubts:
                doubted[number] = comparison.doubts
        # Those with words in doubt are compared again: their words would take more room than all else.
        sure = ~seen
        sure[list(doubted)] = False
        self._known.put(keys[sure], level=compared[sure], marked=marks[sure], aspect=sides[sure])
        return compared, marks, sides, doubted

    def _texts_of(self, keys: npt.NDArray[np.int64]) -> Iterator[tuple[str, str]]:
        """The two titles of each pair of distinct ones, given as a number; few of them lie in memory at once."""
        texts = self._texts
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            left, right = (texts.take(pa.array(of)).to_pylist() for of in (some // len(texts), some % len(texts)))
            yield from zip(left, right, strict=True)


def _kind_of_title(folded: str) -> int:
    if folded in ev.OF_A_KIND:
        return ev.TITLE_OF_A_KIND
    letters = len(folded)
    long_enough = letters >= 20 and folded.count(" ") >= 2 if folded.isascii() else letters >= 8
    return ev.TITLE_SAME if long_enough else ev.TITLE_SHORT


def _subtitle_levels(records: Records, low: Rows, high: Rows, levels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Levels of pairs of which one title goes on where the other ends, with a whole word."""
    given = records.table.column("title")
    found = levels.copy()
    for place, (one, other) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        shorter, longer = (one, other) if records.lengths[one] < records.lengths[other] else (other, one)
        if records.cut[shorter]:
            found[place] = ev.TITLE_CUT
        elif titles.has_subtitle(given[longer].as_py(), records.titles[shorter].as_py()):
            found[place] = ev.TITLE_SUBTITLE
        else:
            found[place] = ev.TITLE_NEAR
    return found


def _settled(
    records: Records,
    words: _Words,
    low: Rows,
    high: Rows,
    turned: Mask,
    doubts: list[_Doubts],
    abstract: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Levels of titles of which all but some doubts is accounted for: decides which of two words is misspelt, or that both are words.

    A word that many titles have is one, and one that no other title has, while others have its neighbour, is a slip of it. So is one
    that the abstracts lack, where they are the same and have its neighbour; one that is rare beside a neighbour that is very common; and
    one of three letters in a row that no other word has.
    """
    words.know({word for some in doubts for one, other, _ in some for word in (*one.split(), *other.split())})
    abstracts = records.table.column("abstract")
    verdicts = np.zeros(len(low), np.int64)
    for number, (some, backwards) in enumerate(zip(doubts, turned.tolist(), strict=True)):
        told = abstract[number] <= ev.ABSTRACT_NEAR
        if told:
            row, another = (high[number], low[number]) if backwards else (low[number], high[number])
            mine, theirs = (abstracts[int(place)].as_py().lower() for place in (row, another))
        verdict = ev.TITLE_SLIP
        for one, other, two in some:
            found = ev.TITLE_DOUBT
            if told:
                right, left = _has_word(mine, one), _has_word(theirs, other)
                if right and left:
                    found = ev.TITLE_NEAR
                elif (right and not _has_word(theirs, other)) or (left and not _has_word(mine, one)):
                    rarely = min(words.count(one), words.count(other))
                    found = ev.TITLE_SLIP if rarely <= 1 or abstract[number] == ev.ABSTRACT_SAME else ev.TITLE_DOUBT
            if found == ev.TITLE_DOUBT and words.slip(one, other, two):
                found = ev.TITLE_SLIP
            verdict = max(verdict, found)
        verdicts[number] = verdict
    return verdicts


def _has_word(text: str, word: str) -> bool:
    """Whether a text has a word that is not a part of another one."""
    place = text.find(word)
    while place >= 0:
        end = place + len(word)
        if not text[place - 1 : place].isalnum() and not text[end : end + 1].isalnum():
            return True
        place = text.find(word, place + 1)
    return False


class _Words:
    """The words of all titles of a table: how many titles have some of them, and which letters follow each other in them."""

    def __init__(self, records: Records) -> None:
        listed = _counted(records.folded)
        values = listed.column("words")
        self._counts: dict[str, int] = {}
        self._distinct = len(values)
        # By their numbers, so that a few are found without a look at all.
        codes = np.concatenate([hashed(part) for part in values.chunks] or [np.empty(0, np.int64)])
        order = np.argsort(codes)
        self._codes: Rows = records.scratch.kept(codes[order])
        self._titles: Rows = records.scratch.kept(listed.column("counts").to_numpy()[order])
        # What no other title has may be misspelt.
        several = values.filter(pc.greater(listed.column("counts"), 1)).combine_chunks()
        self._several = len(several)
        joined = pc.binary_join(
            pa.ListArray.from_arrays(pa.array([0, len(several)], pa.int32()), several), pa.scalar(" ", TEXT)
        )
        letters = _LETTERS[np.frombuffer(f" {joined[0].as_py()} ".encode(), np.uint8)]
        self._threes = np.bincount(_threes(letters), minlength=_BASE**3)

    def know(self, wanted: set[str]) -> None:
        """Look up some words: those that are asked about next."""
        words = list(wanted)
        codes = hashed(pa.array(words, TEXT))
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        counts = np.where(self._codes[places] == codes, self._titles[places], 0)
        self._counts = dict(zip(words, counts.tolist(), strict=True))

    def count(self, text: str) -> int:
        """How many titles have a word; of several, the rarest."""
        return min(self._counts.get(word, 0) for word in text.split())

    def slip(self, one: str, other: str, two: bool) -> bool:
        """Whether one of two words that differ by one letter, or by two, is a slip of the other one for certain."""
        wrong, right = sorted((one, other), key=lambda text: (self.count(text), text))
        often, rarely = self.count(right), self.count(wrong)
        if any(word in titles.NEGATIONS for word in (one, other)):
            return False
        if often >= _COMMONER * max(rarely, 1) and len(wrong) > 1:
            return True
        if rarely > 1:
            return False
        if self._distinct >= _ATTESTED and often >= (_KNOWN_WORD if two else 2) and (not two or len(right) >= _LONG_WORD):
            return True
        odd, even = self._strange(wrong), self._strange(right)
        return self._several >= _LETTERED and odd != even and (odd or often == rarely)

    def _strange(self, text: str) -> bool:
        """Whether three letters in a row, or two at an end, stand in no word that several titles have, but this one."""
        if not (text.isascii() and text.replace(" ", "").isalpha()):
            return False
        for word in text.split():
            mine = _threes(_LETTERS[np.frombuffer(f" {word} ".encode(), np.uint8)])
            own = self._counts.get(word, 0) > 1
            if len(mine) > 2 and any(self._threes[code] <= own * int(np.sum(mine == code)) for code in mine.tolist()):
                return True
        return False


def _counted(folded: pa.Array) -> pa.Table:
    """Each word of some titles, and how often they have it."""
    listed = pa.table({"words": pa.nulls(0, TEXT), "counts": pa.nulls(0, pa.int64())})
    parts = []
    for start in range(0, len(folded), _AT_ONCE):
        some = pc.value_counts(pc.split_pattern(folded.slice(start, _AT_ONCE), " ").flatten())
        parts.append(pa.table({"words": some.field("values"), "counts": some.field("counts")}))
        if len(parts) == _TOGETHER or start + _AT_ONCE >= len(folded):
            sums = pa.concat_tables([listed, *parts]).group_by("words", use_threads=False).aggregate([("counts", "sum")])
            listed, parts = sums.rename_columns({"counts_sum": "counts"}), []
    return listed


_BASE = 28
_LETTERS = np.full(256, _BASE - 1, np.int64)
_LETTERS[[*b" abcdefghijklmnopqrstuvwxyz"]] = np.arange(_BASE - 1)
"""Letters as numbers: a space is 0, and what is no letter is the last one."""


def _threes(letters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each three letters in a row, as a number."""
    return (letters[:-2] * _BASE + letters[1:-1]) * _BASE + letters[2:]

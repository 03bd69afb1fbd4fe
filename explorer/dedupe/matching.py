"""Pairs of records that are, or may be, one paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from explorer.dedupe import evidence as ev
from explorer.dedupe import imprint, titles
from explorer.dedupe.blocking import Rows, candidate_pairs, hashed
from explorer.dedupe.evidence import LEVELS, LIKELY, SAME
from explorer.dedupe.identifiers import ARCHIVES
from explorer.dedupe.people import People, relatives, together
from explorer.dedupe.records import Records
from explorer.dedupe.scratch import KnownPairs, PackedPairs
from explorer.papers.schema import TEXT

_CHUNK = 10_000

_OFTEN = 2_000
_AT_ONCE = 5_000
_FEW = 500
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

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


MOST_LIKELY = 100_000
"""Pairs that are left to the reader at most: more nobody decides, and titles that differ by a number each would be as many as they like."""

_HELD = 250_000
"""Likely pairs from which on those that are too many are let go."""


@dataclass(frozen=True)
class Matches:
    """Pairs of rows that are, or may be, one paper; sorted by falling score, then by ids.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    score : array of float64
        Probability that both are one paper, 0 to 1.
    same : array of bool
        Whether the pair is merged; the others are for the reader to decide.
    relation : array of {"same", "version", "likely"}
        "version": one work in two versions, such as a preprint and its publication.
    reason : array of int64
        What spoke for it, and what barred it: an index of `reasons`.
    reasons : array of str
    closeness : array of int64
        2 where an identifier is shared, 1 where the titles are the same, else 0.
    shorter : array of int64
        The row whose title is taken for the beginning of the other one, -1 where there is none.
    apart : tuple of two arrays of int64
        Rows of the pairs that were looked at and are two papers for certain, of those of which something may be joined: each row is one
        of a pair that is merged, or one that a rule joins.
    unlisted : int
        How many more pairs are likely; of those the surest `MOST_LIKELY` are here.
    """

    low: Rows
    high: Rows
    score: npt.NDArray[np.float64]
    same: Mask
    relation: Texts
    reason: npt.NDArray[np.int64]
    reasons: Texts
    closeness: npt.NDArray[np.int64]
    shorter: Rows
    apart: tuple[Rows, Rows]
    unlisted: int


def match(
    records: Records,
    *,
    ruled: Iterable[int] = (),
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> Matches:
    """Find the pairs of rows that are, or may be, one paper.

    Titles that are all but the same give some fifty pairs a record. They are looked at some at a time, in three rounds, for a verdict
    hangs on what is known of other pairs; in between what is known of them lies compressed.

    Parameters
    ----------
    records : Records
    ruled : iterable of int
        Rows that a rule joins with others, whatever is found.
    first_new : int
        Rows before this one have met each other already; pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the search.
    """
    close = close_pairs(records, first_new=first_new, progress=lambda part: progress(0.6 * part))
    found, several = agreements(records, close, progress=lambda part: progress(0.6 + 0.35 * part))
    listed = _Listed(records)
    verdicts = PackedPairs(Verdict, records.scratch)
    joined = np.zeros(records.table.num_rows, bool)
    joined[list(ruled)] = True
    for number, (pairs, agreed) in enumerate(zip(close, found, strict=True)):
        progress(0.95 + 0.05 * number / len(close))
        verdict = judged(records, pairs, agreed, several)
        listed.add(pairs, agreed, verdict)
        verdicts.add(verdict)
        joined[pairs.low[verdict.same]] = joined[pairs.high[verdict.same]] = True
    apart = [np.empty((2, 0), np.int64)]
    for pairs, verdict in zip(close, verdicts, strict=True):
        where = verdict.apart & joined[pairs.low] & joined[pairs.high]
        apart.append(np.array([pairs.low[where], pairs.high[where]]))
    progress(1.0)
    low, high = np.concatenate(apart, axis=1)
    return listed.matches((low, high))


_LISTED = {
    "low": np.int64,
    "high": np.int64,
    "score": np.float64,
    "same": np.bool_,
    "versions": np.bool_,
    "reason": np.int64,
    "closeness": np.int64,
    "shorter": np.int64,
}
"""What is kept of each pair that is merged or likely."""


class _Listed:
    """The pairs that are merged, and the surest of those that are likely."""

    def __init__(self, records: Records) -> None:
        ids = records.table.column("id")
        self._rank: Rows = records.scratch.zeros(len(ids), np.int64)
        self._rank[pc.sort_indices(ids).to_numpy()] = np.arange(len(ids))
        self._lengths = records.lengths
        self._kinds = kinds_of(records)
        self._parts: list[dict[str, npt.NDArray[Any]]] = [{name: np.empty(0, kind) for name, kind in _LISTED.items()}]
        self._held = 0
        self._unlisted = 0

    def add(self, close: ClosePairs, found: Agreement, verdict: Verdict) -> None:
        """Take what is merged and what is likely of some pairs."""
        kept = np.flatnonzero(verdict.same | (verdict.score >= LIKELY))
        low, high = close.low[kept], close.high[kept]
        ended = found.ended[kept] & (close.shared[kept] == 0)
        part = {
            "low": low,
            "high": high,
            "score": verdict.score[kept],
            "same": verdict.same[kept],
            "versions": verdict.versions[kept],
            "reason": _reason_codes(self._kinds, close, found, verdict, kept),
            "closeness": np.where(close.shared[kept] > 0, 2, (found.title[kept] <= ev.TITLE_SHORT).astype(np.int64)),
            "shorter": np.where(ended, np.where(self._lengths[low] < self._lengths[high], low, high), -1),
        }
        self._parts.append(part)
        self._held += int(np.count_nonzero(~part["same"]))
        if self._held > _HELD:
            self._parts = [self._surest()]
            self._held = MOST_LIKELY

    def _surest(self) -> dict[str, npt.NDArray[Any]]:
        """What was taken, sorted, and without the likely pairs that are too many."""
        pairs = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        one, other = self._rank[pairs["low"]], self._rank[pairs["high"]]
        order = np.lexsort((np.maximum(one, other), np.minimum(one, other), -pairs["score"]))
        same = pairs["same"][order]
        kept = order[same | (np.cumsum(~same) <= MOST_LIKELY)]
        self._unlisted += len(order) - len(kept)
        return {name: values[kept] for name, values in pairs.items()}

    def matches(self, apart: tuple[Rows, Rows]) -> Matches:
        """All that was taken, with the pairs that are two papers for certain."""
        pairs = self._surest()
        relation = np.where(pairs["versions"], "version", np.where(pairs["same"], "same", "likely")).astype(object)
        codes, reason = np.unique(pairs["reason"], return_inverse=True)
        return Matches(
            pairs["low"],
            pairs["high"],
            pairs["score"],
            pairs["same"],
            relation,
            reason,
            _reasons(self._kinds, codes),
            pairs["closeness"],
            pairs["shorter"],
            apart,
            self._unlisted,
        )


@dataclass(frozen=True)
class ClosePairs:
    """Pairs of rows alike enough to be looked at field by field.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    ratio, cut : array of float32
        Likeness of the titles, and of their common length where one is cut off; 0 to 1.
    turned : array of bool
        Whether the titles have the same letters in another order.
    shared, other : array of int64
        The first kind of identifier that both have the same of, and that both have different ones of: an index of `kinds_of` plus 1,
        0 where there is none. Of archives only where there is no other kind.
    """

    low: Rows
    high: Rows
    ratio: npt.NDArray[np.float32]
    cut: npt.NDArray[np.float32]
    turned: Mask
    shared: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]


def kinds_of(records: Records) -> tuple[str, ...]:
    """The kinds of identifiers that two records may share, or have different ones of."""
    return *records.identifiers, "trial number", "ISBN"


def close_pairs(
    records: Records, *, first_new: int = 0, progress: Callable[[float], None] = lambda part: None
) -> PackedPairs[ClosePairs]:
    """Find pairs that share an identifier, or a block and much of the title or the abstract; loads their rows."""
    table = records.table
    rows = np.int64(max(table.num_rows, 1))
    likeness = _Likeness(records)
    identifiers = [values for values in records.identifiers.values() if values.any()]
    blocks = (records.blocks, identifiers, records.ordered, records.scratch)
    kept: PackedPairs[ClosePairs] = PackedPairs(ClosePairs, records.scratch)
    touched = np.zeros(table.num_rows, bool)
    for code in candidate_pairs(*blocks, first_new, lambda part: progress(0.3 * part)):
        low, high = np.divmod(code, rows)
        progress(0.3 + 0.5 * int(low[0]) / int(rows))
        pairs = likeness.close(low, high)
        kept.add(pairs)
        touched[pairs.low] = touched[pairs.high] = True
    progress(0.8)
    records.load(np.flatnonzero(touched), lambda part: progress(0.8 + 0.2 * part))
    return kept


class _Likeness:
    """What tells which pairs of rows are worth a closer look."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._titles = _Titles(records)

    def close(self, low: Rows, high: Rows) -> ClosePairs:
        """Those of some pairs that are alike enough to be looked at field by field."""
        records, letters, beginning = self._records, self._records.letters, self._records.beginning
        shared, other = np.zeros(len(low), np.int64), np.zeros(len(low), np.int64)
        for number, values in reversed(list(enumerate(records.identifiers.values(), 1))):
            one, two = values[low], values[high]
            both = (one > 0) & (two > 0)
            shared[both & (one == two)] = number
            other[both & (one != two)] = number
        ratio, cut = self._titles.similarity(low, high)
        turned = (letters[low] == letters[high]) & (letters[low] > 0) & (ratio < 1)
        # Where both abstracts start with the same hundred bytes, a changed title is worth a look.
        begun = (beginning[low] == beginning[high]) & (beginning[low] > 0)
        alike = (shared > 0) | (ratio >= 0.7) | (cut >= 0.85) | turned | begun
        low, high, shared, other = low[alike], high[alike], shared[alike], other[alike]
        kinds = kinds_of(records)
        archives = {kinds.index(kind) + 1 for kind in ARCHIVES if kind in kinds}
        for kind, sets, same_kind in (("trial number", records.trials, _registry), ("ISBN", records.isbns, lambda number: "")):
            for place in _both_in(sets, low, high, records.table.num_rows):
                if _differ(sets[int(low[place])], sets[int(high[place])], same_kind) and not (kind == "ISBN" and shared[place]):
                    known = int(other[place])
                    other[place] = known if known and known not in archives else kinds.index(kind) + 1
        return ClosePairs(low, high, ratio[alike], cut[alike], turned[alike], shared, other)


def _both_in(sets: dict[int, frozenset[str]], low: Rows, high: Rows, rows: int) -> list[int]:
    has = np.zeros(rows, bool)
    has[list(sets)] = True
    places: list[int] = np.flatnonzero(has[low] & has[high]).tolist()
    return places


def _registry(number: str) -> str:
    return number.rstrip("0123456789")[:5]


def _differ(first: frozenset[str], second: frozenset[str], kind: Callable[[str], str]) -> bool:
    """Whether two records bear other numbers of one registry, and none in common."""
    return first.isdisjoint(second) and not {kind(number) for number in first}.isdisjoint({kind(number) for number in second})


class _Titles:
    """Distinct titles, and how like each other they are."""

    def __init__(self, records: Records) -> None:
        self._title = records.title
        self._texts = records.titles
        self._lengths = records.lengths
        self._known = KnownPairs(len(self._title), records.scratch, ratio=np.float32, cut=np.float32)

    def similarity(self, low: Rows, high: Rows) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Indel similarity of each pair of titles, and that of their common length where one is cut off; 0 to 1.

        Each pair of distinct titles is looked at once, as far as it is known still.
        """
        one, other = self._title[low], self._title[high]
        ratio = np.zeros(len(low), np.float32)
        cut = np.zeros(len(low), np.float32)
        equal = (one == other) & (one > 0)
        ratio[equal] = 1.0
        unlike = np.flatnonzero(~equal & (one > 0) & (other > 0))
        if not len(unlike):
            return ratio, cut
        texts = self._texts
        first, second = one[unlike] - 1, other[unlike] - 1
        first, second = np.minimum(first, second), np.maximum(first, second)
        keys, back = np.unique(first * np.int64(len(texts)) + second, return_inverse=True)
        likeness, heads = np.zeros(len(keys), np.float32), np.zeros(len(keys), np.float32)
        known, before = self._known.get(keys)
        likeness[known], heads[known] = before["ratio"], before["cut"]
        likeness[~known], heads[~known] = self._compared(keys[~known])
        self._known.put(keys[~known], ratio=likeness[~known], cut=heads[~known])
        ratio[unlike], cut[unlike] = likeness[back], heads[back]
        return ratio, cut

    def _compared(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The two similarities of pairs of distinct titles, each given as a number."""
        texts = self._texts
        first, second = keys // len(texts), keys % len(texts)
        shorter = np.minimum(self._lengths[first], self._lengths[second])
        ends = (shorter >= 8) & (shorter <= 0.95 * np.maximum(self._lengths[first], self._lengths[second]))
        likeness, heads = np.zeros(len(keys), np.float32), np.zeros(len(keys), np.float32)
        for start in range(0, len(keys), _CHUNK):
            part = slice(start, start + _CHUNK)
            left, right = texts.take(pa.array(first[part])).to_pylist(), texts.take(pa.array(second[part])).to_pylist()
            likeness[part] = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=60, dtype=np.float32) / 100
            some = np.flatnonzero(ends[part])
            if len(some):
                least = shorter[part].tolist()
                heads[start + some] = (
                    process.cpdist(
                        [left[i][: least[i]] for i in some.tolist()],
                        [right[i][: least[i]] for i in some.tolist()],
                        scorer=fuzz.ratio,
                        score_cutoff=80,
                        dtype=np.float32,
                    )
                    / 100
                )
        return likeness, heads


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
    for number, pairs in enumerate(close):
        low, high = pairs.low, pairs.high
        authors = authors_of(low, high)
        abstract = _abstract_levels(records, low, high)
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
        texts, text = self._texts, self._text
        own, back = np.unique(text[low[equal]], return_inverse=True)
        kinds = (_kind_of_title(folded) for folded in texts.take(pa.array(own)).to_pylist())
        levels[equal] = np.fromiter(kinds, np.int64, len(own))[back]
        alike = np.flatnonzero(~equal & (one > 0) & (other > 0) & ((ratio >= 0.7) | (close.cut >= 0.85)))
        if not len(alike):
            return levels, ended, marked, aspect
        first, second = text[low[alike]], text[high[alike]]
        turned = first > second
        first, second = np.where(turned, second, first), np.where(turned, first, second)
        keys, back = np.unique(first * np.int64(len(texts)) + second, return_inverse=True)
        compared, marks, sides = np.zeros(len(keys), np.int64), np.zeros(len(keys), bool), np.zeros(len(keys), bool)
        seen, before = self._known.get(keys)
        compared[seen], marks[seen], sides[seen] = before["level"], before["marked"], before["aspect"]
        doubted: dict[int, tuple[tuple[str, str, bool], ...]] = {}
        unknown = np.flatnonzero(~seen)
        for done, (number, (left, right)) in enumerate(zip(unknown.tolist(), self._texts_of(keys[unknown]), strict=True)):
            if done % _OFTEN == 0:
                progress(done / len(unknown))
            comparison = titles.compare_titles(left, right)
            compared[number], marks[number], sides[number] = comparison.level, comparison.marked, comparison.aspect
            if comparison.doubts:
                doubted[number] = comparison.doubts
        # Those with words in doubt are compared again: their words would take more room than all else.
        sure = np.ones(len(keys), bool)
        sure[list(doubted)] = False
        sure &= ~seen
        self._known.put(keys[sure], level=compared[sure], marked=marks[sure], aspect=sides[sure])
        level = compared[back]
        marked[alike], aspect[alike] = marks[back], sides[back]
        known = {
            titles.FORM: ev.TITLE_FORM,
            titles.SLIP: ev.TITLE_SLIP,
            titles.MOVED: ev.TITLE_MOVED,
            titles.CUT: ev.TITLE_CUT,
            titles.TURNED: ev.TITLE_TURNED,
        }
        for code, found in known.items():
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
    doubts: list[tuple[tuple[str, str, bool], ...]],
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


def _bars(kinds: tuple[str, ...]) -> tuple[str, ...]:
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
    number_of = {name: number for number, name in enumerate(_bars(kinds_of(records)))}
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


_FUNCTION_WORDS = {
    "en": "the of and in for with on from to by its an is are",
    "fr": "le la les des du et une dans aux sur pour un",
    "de": "der die das und von im zur fur bei mit eine des den",
    "es": "los del las el y una en con para por la un",
    "pt": "os as da do dos das em uma com para e na no",
    "it": "il gli della di nel delle dei e un una lo degli",
    "nl": "het een van de en voor met op bij",
    "pl": "w i z na do oraz dla",
    "ru": "в и на с по для из о при",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}


@lru_cache(maxsize=10_000)
def other_languages(first: str, second: str) -> bool:
    """Whether two folded titles are in two languages, as a title and its translation are."""
    left, right = ("".join(letter for letter in text if letter.isalpha()) for text in (first, second))
    if not left or not right:
        return False
    if left.isascii() != right.isascii() and min(sum(map(str.isascii, text)) / len(text) for text in (left, right)) < 0.5:
        return True

    def spoken(text: str) -> str:
        counts = {language: sum(word in words for word in text.split()) for language, words in _WORDS_OF.items()}
        best = max(counts, key=lambda language: counts[language])
        return best if counts[best] and list(counts.values()).count(counts[best]) == 1 else ""

    return bool(spoken(first)) and bool(spoken(second)) and spoken(first) != spoken(second)


_REASONED = tuple(field for field in LEVELS if field != "length")
"""Fields that are named in a reason."""


def _reason_sizes(kinds: tuple[str, ...]) -> tuple[int, ...]:
    """How many values each part of a reason's number has."""
    return len(kinds) + 1, len(_bars(kinds)), 101, *(len(LEVELS[field]) for field in _REASONED)


def _reason_codes(
    kinds: tuple[str, ...], close: ClosePairs, found: Agreement, verdict: Verdict, kept: Rows
) -> npt.NDArray[np.int64]:
    """A number for what spoke for each pair, and what barred it; `_reasons` puts it into words."""
    percent = np.rint(np.maximum(close.ratio, 0)[kept] * 100).astype(np.int64)
    levels = found.levels
    parts = [close.shared[kept], verdict.bar[kept], percent, *(levels[field][kept] for field in _REASONED)]
    code = np.zeros(len(kept), np.int64)
    for values, size in zip(parts, _reason_sizes(kinds), strict=True):
        code = code * size + values
    return code


def _reasons(kinds: tuple[str, ...], codes: npt.NDArray[np.int64]) -> Texts:
    """Say which fields spoke for pairs, and what barred them."""
    bars = _bars(kinds)
    said = []
    for shared, bar, likeness, *levels in zip(
        *(values.tolist() for values in np.unravel_index(codes, _reason_sizes(kinds))), strict=True
    ):
        named: dict[str, Any] = {field: LEVELS[field][level] for field, level in zip(_REASONED, levels, strict=True)}
        if shared:
            text = f"same {kinds[shared - 1]}"
        else:
            text = f"title {named['title']} ({likeness}%)"
            text += "".join(f", {field} {named[field]}" for field in list(named)[1:] if named[field] != "unknown")
        said.append(text + (f", but {bars[bar]}" if bar else ""))
    return np.array(said, object)

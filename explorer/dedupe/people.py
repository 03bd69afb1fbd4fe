"""How alike two lists of names are: many pairs of lists at once, each pair of words that occurs in them looked at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from explorer.dedupe import evidence as ev
from explorer.papers.author_names import parse_name
from explorer.papers.schema import TEXT
from explorer.text.analysis import folded

Rows = npt.NDArray[np.int64]

_NO_NAMES = ("al", "et", "others")

_TOGETHER = 50_000
"""Pairs of words that are looked at together."""

_COUNTED = 10_000
"""Words whose letters are counted together."""

_LONG = 20_000
"""Pairs of words from which on two lists, as those of collaborations are, are compared by themselves."""


_MISSPELT = 60
"""Likeness in percent from which one name may be the other one misspelt."""

_INITIALS = re.compile(r".{1,2}|[b-df-hj-np-tv-xz]{3,4}")
"""Letters that may be initials, and not a given name in full."""


class People:
    """Lists of names as sets of words of two letters or more: initials and the order of names do not count.

    Parameters
    ----------
    names : Array of large_string
        Folded, each list as one text.
    """

    def __init__(self, names: pa.Array) -> None:
        listed = pc.split_pattern(names, " ")
        coded = listed.flatten().dictionary_encode()
        words = coded.dictionary
        order = pc.sort_indices(words).to_numpy()
        kept = pc.and_(pc.greater(pc.utf8_length(words), 1), pc.invert(pc.is_in(words, pa.array(_NO_NAMES, words.type))))
        number = np.empty(len(words), np.int64)
        number[order] = np.arange(len(words))
        code = coded.indices.to_numpy()
        of = np.repeat(np.arange(len(names)), pc.list_value_length(listed).to_numpy())
        chosen = np.asarray(kept)[code]
        self._many = np.int64(max(len(words), 1))
        # The words of each list, sorted, all lists behind each other.
        self._ordered = np.unique(of[chosen] * self._many + number[code[chosen]])
        self._words = self._ordered % self._many
        self._starts = np.searchsorted(self._ordered // self._many, np.arange(len(names) + 1))
        self._sizes = np.diff(self._starts)
        self._texts = words.take(pa.array(order))
        self._letters = pc.utf8_length(self._texts).to_numpy().astype(np.int64)

    def words(self, number: int) -> frozenset[str]:
        """The words of one list."""
        return frozenset(self._texts.take(pa.array(self._words[self._starts[number] : self._starts[number + 1]])).to_pylist())

    def levels(self, first: Rows, second: Rows) -> npt.NDArray[np.int64]:
        """What `evidence.people_level` says of pairs of lists, given by their numbers."""
        turned = self._sizes[first] > self._sizes[second]
        few, more = np.where(turned, second, first), np.where(turned, first, second)
        fewer = self._sizes[few]
        common = np.zeros(len(few), np.int64)
        for some in together(fewer, _TOGETHER):
            common[some] = self._in_common(few[some], more[some])
        share = common / np.maximum(fewer, 1)
        levels = np.where(fewer == 0, ev.AUTHORS_UNKNOWN, ev.AUTHORS_SAME)
        # Most lists have all words in common; the others are looked at word by word.
        unsure = np.flatnonzero((fewer > 0) & (share < ev.SAME_PEOPLE))
        sizes = fewer[unsure] * self._sizes[more[unsure]]
        for place in unsure[sizes > _LONG].tolist():
            levels[place] = ev.people_level(self.words(int(first[place])), self.words(int(second[place])))
        unsure, sizes = unsure[sizes <= _LONG], sizes[sizes <= _LONG]
        for part in together(sizes, _TOGETHER):
            places = unsure[part]
            levels[places] = self._by_words(few[places], more[places], share[places])
        return levels

    def _in_common(self, few: Rows, more: Rows) -> Rows:
        """How many words of one list are in another one."""
        sizes = self._sizes[few]
        pair = np.repeat(np.arange(len(few)), sizes)
        place = np.arange(len(pair)) + np.repeat(self._starts[few] - (np.cumsum(sizes) - sizes), sizes)
        wanted = more[pair] * self._many + self._words[place]
        at = np.minimum(np.searchsorted(self._ordered, wanted), len(self._ordered) - 1)
        found: Rows = np.bincount(pair[self._ordered[at] == wanted], minlength=len(few))
        return found

    def _by_words(self, few: Rows, more: Rows, share: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Levels of pairs of lists of which one has words that the other lacks; `share` is that of the words in common."""
        fewer, others = self._sizes[few], self._sizes[more]
        # Each word of the shorter list beside each of the longer one.
        own = np.repeat(np.arange(len(few)), fewer)
        begin = np.repeat(self._starts[few] - (np.cumsum(fewer) - fewer), fewer) + np.arange(len(own))
        word = np.repeat(np.arange(len(own)), others[own])
        pair = own[word]
        times = others[own]
        place = np.arange(len(word)) - np.repeat(np.cumsum(times) - times, times)
        one, other = self._words[begin[word]], self._words[self._starts[more][pair] + place]
        has = np.zeros(len(own), bool)
        has[word[one == other]] = True
        left, right = self._letters[one], self._letters[other]
        # A misspelt name is still that name; of lists without any common name a name that is alike says that they may be.
        misspelt = (left > 4) & (right > 4) & ~has[word]
        alike = (share[pair] == 0) & (left > 2)
        asked = np.flatnonzero((misspelt & _may_reach(80, np.minimum(left, right), left + right)) | alike)
        keys, back = np.unique(one[asked] * self._many + other[asked], return_inverse=True)
        ratio = self._ratios_of_words(keys // self._many, keys % self._many)[back]
        near = np.zeros(len(own), bool)
        near[word[asked[(ratio >= 80) & misspelt[asked]]]] = True
        share = share + 0.9 * np.bincount(own[near], minlength=len(few)) / fewer
        resembling = np.zeros(len(few), bool)
        resembling[pair[asked[(ratio >= 65) & alike[asked]]]] = True
        steps = [share >= ev.SAME_PEOPLE, share >= 0.6, (share > 0) | resembling]
        levels = np.select(steps, [ev.AUTHORS_SAME, ev.AUTHORS_MOST, ev.AUTHORS_SOME], ev.AUTHORS_OTHERS)
        doubtful = np.flatnonzero(share < 0.6)
        whole = _ratios(self._joined(few[doubtful]), self._joined(more[doubtful]), 86)
        levels[doubtful[whole >= 86]] = ev.AUTHORS_MOST
        return levels

    def _ratios_of_words(self, one: Rows, other: Rows) -> npt.NDArray[np.float64]:
        """The similarity of pairs of words, 0 where it is below 65."""
        # No more letters are common in their order than in any.
        common = np.minimum(self._bags[one], self._bags[other]).sum(axis=1, dtype=np.int64)
        near = np.flatnonzero(_may_reach(65, common, self._letters[one] + self._letters[other]))
        found = np.zeros(len(one))
        left, right = (self._texts.take(pa.array(numbers[near])).to_pylist() for numbers in (one, other))
        found[near] = _ratios(left, right, 65)
        return found

    @cached_property
    def _bags(self) -> npt.NDArray[np.uint16]:
        """How often each word has each letter, and what is none of a to z."""
        offsets = np.frombuffer(self._texts.buffers()[1], np.int64)[: len(self._texts) + 1]
        letters = np.frombuffer(self._texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]] - np.uint8(ord("a"))
        bags = np.zeros((len(self._texts), 27), np.uint16)
        # Some words at a time: counts come in eight bytes each.
        for start in range(0, len(bags), _COUNTED):
            some = bags[start : start + _COUNTED]
            edges = offsets[start : start + len(some) + 1] - offsets[0]
            word = np.repeat(np.arange(len(some)), np.diff(edges))
            mine = letters[edges[0] : edges[-1]]
            plain = mine < 26
            counts = np.bincount(word[plain] * 27 + mine[plain], minlength=some.size).reshape(some.shape)
            counts[:, 26] = self._letters[start : start + len(some)] - counts.sum(axis=1)
            np.minimum(counts, np.iinfo(np.uint16).max, out=some, casting="unsafe")
        return bags

    def _joined(self, numbers: Rows) -> list[str]:
        """The words of some lists in one text each, in their order."""
        sizes = self._sizes[numbers]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(ends[-1]) + np.repeat(self._starts[numbers] - ends[:-1], sizes)
        words = self._texts.take(pa.array(self._words[places]))
        joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), words), pa.scalar(" ", TEXT))
        found: list[str] = joined.to_pylist()
        return found


def relatives(first: str, second: str) -> bool:
    """Whether two names are of two people of one family name: each has a given name, and they are not alike.

    A given name may stand behind an initial (``J. Adam``), or be the middle one (``Adam``, ``John Adam``). Where the family names
    are not the same, it is not known which of the words they are, and what both names have stands for one.
    """
    parsed = [parse_name(name) for name in (first, second)]
    if any(name.literal for name in parsed):
        return False
    given, family = (
        [_folded(text) for text in texts] for texts in zip(*((name.given, name.last) for name in parsed), strict=True)
    )
    if not set(family[0]) & set(family[1]):
        whole = [_folded(name) for name in (first, second)]
        common = {word for word in whole[0] if len(word) > 1} & set(whole[1])
        given = [[word for word in words if word not in common] for words in whole] if common else [[], []]
    one, other = given
    if not one or not other or one[0] in other or other[0] in one:
        return False
    if _INITIALS.fullmatch(one[0]) or _INITIALS.fullmatch(other[0]):
        return one[0][0] != other[0][0]
    # Shortened, as Max is, or in one word (Shan-Guang, Shanguang).
    if one[0].startswith(other[0]) or other[0].startswith(one[0]):
        return False
    return fuzz.ratio(one[0], other[0]) <= _MISSPELT


def _folded(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", folded(text))


def _may_reach(least: float, common: Rows, letters: Rows) -> npt.NDArray[np.bool_]:
    """Whether two texts that have at most so many letters in common, and so many together, may be as similar as that."""
    found: npt.NDArray[np.bool_] = 200 * common >= (least - 0.01) * letters
    return found


def _ratios(first: list[str], second: list[str], least: float) -> npt.NDArray[np.float64]:
    if not first:
        return np.empty(0)
    found: npt.NDArray[np.float64] = process.cpdist(first, second, scorer=fuzz.ratio, score_cutoff=least, dtype=np.float64)
    return found


def together(sizes: Rows, most: int) -> Iterator[slice]:
    """Slices of some values in turn, of which none has sizes that add up to much more than `most`."""
    edges = np.flatnonzero(np.diff(np.cumsum(sizes) // most, prepend=-1))
    for start, stop in pairwise([0, *edges[edges > 0].tolist(), len(sizes)]):
        yield slice(start, stop)

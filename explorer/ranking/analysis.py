"""Analysis: text to index terms, the same for papers and queries.

`analyse` is stateless, so an index built yesterday and a query typed today always agree.  What it does, in order:
LaTeX and accents folded to plain letters, lower case, words and numbers, English stop words out, Snowball (Porter2)
stems, British spelling folded onto American, and hyphenated compounds kept whole *beside* their parts
(``p-adic`` gives ``adic`` and ``padic``), so that "timesharing", "time-sharing" and "time sharing" meet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
import pyarrow as pa
import Stemmer
from numpy.typing import NDArray

from explorer.text.analysis import without_accents
from explorer.text.pieces import numbers_of, pieces_of
from explorer.text.stopwords import FUNCTION_WORDS

# A LaTeX accent takes its letter with it (\"o, \'{e}); any other command leaves its name (\alpha -> alpha).
_ACCENT = re.compile(r"\\[\"'`^~=.uvHcdbkrt]\s*\{?\\?([A-Za-z])\}?(?![a-z])|\\[\"'`^~=.]\{?\\?([A-Za-z])\}?")
_MATH = re.compile(r"[{}$\\^]")
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
    "rho sigma sigma tau upsilon phi chi psi omega"
)
_LETTERS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013", "-")
    | {"\u00ad": "", "\u00b5": "mu"}
    | {chr(0x3B1 + i): name for i, name in enumerate(_GREEK.split())}
    | {chr(0x391 + i): name for i, name in enumerate(_GREEK.split()) if i != 17}
)

# Folded after stemming, so one rule covers every inflection.  A rule may touch a word that is not British
# ("exercis" -> "exerciz"): harmless, because index and query are folded alike.
_BRITISH = (
    (re.compile(r"(?<=..)our(?=$|it|abl)"), "or"),
    (re.compile(r"(?<=...)is$"), "iz"),
    (re.compile(r"lyz$"), "lys"),
    (re.compile(r"aemi"), "emi"),
    (re.compile(r"^haem(?=[ao])"), "hem"),
    (re.compile(r"^(o)(?=estr|edem|esoph)"), ""),
    (re.compile(r"paed"), "ped"),
    (re.compile(r"^foet(?=[aiou]|$)"), "fet"),
    (re.compile(r"anaesth"), "anesth"),
    (re.compile(r"gynaec"), "gynec"),
)
_RESPELT = {
    "center": "centr",
    "fiber": "fibr",
    "meter": "metr",
    "liter": "litr",
    "catalog": "catalogu",
    "dialog": "dialogu",
    "analog": "analogu",
    "defens": "defenc",
    "programm": "program",
    "grey": "gray",
    "disk": "disc",
}

_stemmer = Stemmer.Stemmer("english")
_stemmer.maxCacheSize = 0  # `_terms` keeps the results; a second cache would only double the memory


def fold(text: str) -> str:
    r"""Lower-case `text` with LaTeX commands and accents reduced to plain letters.

    Examples
    --------
    >>> fold(r"Schr\"odinger's na\"ive $\alpha$-decay")
    'schrodinger naive   alpha -decay'
    """
    if "\\" in text or "$" in text:
        text = _ACCENT.sub(lambda m: m.group(1) or m.group(2), text)
        text = _MATH.sub(" ", text)
    if not text.isascii():
        text = without_accents(text.translate(_LETTERS))
    text = text.lower()
    return _POSSESSIVE.sub("", text) if "'" in text or "\u2019" in text else text


def stem(word: str) -> str:
    """Return the Snowball English stem of a folded `word`, British spelling folded onto American."""
    stemmed: str = _stemmer.stemWord(word)
    # One word of eight has any of this, and what has none fits no rule.
    if "our" in stemmed or "ae" in stemmed or "oe" in stemmed or stemmed.endswith(("is", "lyz")):
        for pattern, american in _BRITISH:
            stemmed = pattern.sub(american, stemmed)
    return _RESPELT.get(stemmed, stemmed)


_KEPT = 1 << 19
"""Words whose terms are kept."""


@lru_cache(maxsize=_KEPT)
def _terms(word: str) -> tuple[str, ...]:
    """Return the index terms of one folded word, which may be a hyphenated compound."""
    parts = word.split("-")
    terms = tuple(stem(p) for p in parts if len(p) > 1 and p not in FUNCTION_WORDS)
    if len(parts) > 1:
        whole = "".join(parts)
        if len(whole) <= 32:  # longer chains are sentences glued by a damaged export
            terms += (stem(whole),)
    return terms


def analyse(text: str) -> list[str]:
    """Return the index terms of `text`, in order of appearance.

    Single letters and digits carry no meaning on their own and are left out, but live on in compounds.

    Examples
    --------
    >>> analyse("Modelling of the time-sharing behaviours")
    ['model', 'time', 'share', 'timeshar', 'behavior']

    Notes
    -----
    Stemmer: M. F. Porter, "Snowball: A language for stemming algorithms", 2001 (English, "Porter2").
    """
    return [term for word in _WORD.findall(fold(text)) for term in _terms(word)]


_APART = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789-" else 32 for code in range(256))
"""Blanks in place of all that no word has."""


class Numbering(dict[bytes, tuple[int, ...]]):
    """Numbers of the index terms of each piece of folded text without blanks, found when it is first met.

    Parameters
    ----------
    vocabulary : dict of str to int
        Term to its number; a term that it does not have gets the next one.

    Examples
    --------
    >>> vocabulary = {}
    >>> numbers, lengths = Numbering(vocabulary).of_all(["Modelling of the", "time-sharing"])
    >>> numbers.tolist(), lengths.tolist(), vocabulary
    ([0, 1, 2, 3], [1, 3], {'model': 0, 'time': 1, 'share': 2, 'timeshar': 3})
    """

    def __init__(self, vocabulary: dict[str, int]) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def of_all(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The numbers of the terms that `analyse` gives of some texts, one text behind the other, and how many each has.

        Of some thousand texts together each piece is looked up once, however often they have it: of one by one that takes three times as long.
        """
        # To blank and to split takes half the time of an expression; what hyphens stand without a word is seen once a piece.
        pieces, ends = pieces_of(list(map(fold, texts)), _APART)
        coded = pieces.dictionary_encode()
        found = list(map(self.__getitem__, coded.dictionary.cast(pa.large_binary()).to_pylist()))
        numbers, sizes = numbers_of(found, coded.indices.to_numpy())
        return numbers, np.diff(np.concatenate([[0], sizes.cumsum()])[ends])

    def __missing__(self, piece: bytes) -> tuple[int, ...]:
        number, text = self._vocabulary.setdefault, piece.decode()
        # Not by the cache, which would keep the same words once more.
        if text.isalnum():
            # Nearly all are one word without a hyphen.
            known = len(text) > 1 and text not in FUNCTION_WORDS
            found: tuple[int, ...] = (number(stem(text), len(self._vocabulary)),) if known else ()
        else:
            terms = chain.from_iterable(map(_terms.__wrapped__, _WORD.findall(text)))
            found = tuple(number(term, len(self._vocabulary)) for term in terms)
        if len(self) >= _KEPT:
            self.clear()
        self[piece] = found
        return found


def forget() -> None:
    """Let go of the words met so far: those of a whole corpus take a process some hundred megabytes."""
    _terms.cache_clear()


def spelling(text: str) -> dict[str, str]:
    """Return the index terms of `text` with the word that first gave each, folded.

    Examples
    --------
    >>> spelling("Modelling behaviours")
    {'model': 'modelling', 'behavior': 'behaviours'}
    """
    found: dict[str, str] = {}
    for word in _WORD.findall(fold(text)):
        for part in (*word.split("-"), word):
            for term in _terms(part):
                found.setdefault(term, part)
    return found

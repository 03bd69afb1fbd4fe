"""How one word stands to another in two titles: another form of it, a slip of the pen, or a word of its own.

Titles of different papers often differ in one word only (hypo-/hyperthyroidism, men/women, part I/part II), and so do the titles
of one paper that was typed twice. What is no form of a word and no slip is another word, in any script; the lists here hold
closed classes only: numbers, prefixes, endings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import OSA

Relation = Literal["form", "slip", "doubt", "other"]

_KEPT = 200_000
"""Words that are remembered."""

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_NUMBERS: dict[str, int] = {word: value for value, word in enumerate([*_UNITS.split(), "nineteen"])}
_NUMBERS |= {word: value for value, word in enumerate(_ORDINALS.split())}
_NUMBERS |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
_ROMAN = re.compile(r"(?=[ivxlc])(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

# Greek and Latin prefixes, and English ones: two words that differ in one of them are opposites, or of another measure.
# fmt: off
_PREFIXES = frozenset((
    "", "a", "ab", "ac", "ad", "af", "al", "allo", "an", "ante", "antero", "anti", "ap", "apo", "auto", "back", "bi", "brady", "brachy",
    "cata", "cis", "co", "col", "com", "con", "contra", "cor", "counter", "de", "deca", "deci", "demi", "dextro", "di", "dia", "dif",
    "dis", "down", "dys", "ec", "ecto", "ef", "em", "en", "endo", "ento", "epi", "equi", "eso", "eth", "eu", "ex", "exo", "extra",
    "fore", "giga", "hemi", "hept", "hepta", "hetero", "hex", "hexa", "holo", "homeo", "homo", "hyper", "hyp", "hypo", "il", "im", "in",
    "infra",
    "inter", "intra", "intro", "ir", "iso", "kilo", "laevo", "lepto", "levo", "macro", "mal", "mega", "mes", "meso", "meta", "meth",
    "micro", "mid", "milli", "mini", "mis", "mono", "mult", "multi", "nano", "neo", "no", "non", "ob", "octa", "off", "oligo", "omni", "on",
    "ortho", "out", "over", "pachy", "pan", "para", "penta", "per", "peri", "pico", "poly", "post", "postero", "pre", "pro", "proto",
    "pseudo", "quadr", "quadri", "quasi", "quin", "re", "retro", "self", "semi", "sub", "super", "supra", "sur", "sy", "syl", "sym", "syn",
    "sys", "tachy", "tele", "tetra", "trans", "tri", "ultra", "un", "under", "uni", "up", "without", "with", "xeno",
))
_ENDINGS = frozenset((
    "al", "an", "ane", "ant", "ary", "ase", "ate", "atic", "ation", "ative", "ator", "ed", "ee", "en", "ene", "ent", "er", "ful", "gram",
    "graph",
    "ia", "ian", "ic", "ics", "ide", "idine", "ies", "il", "in", "ine", "ing", "ion", "ism", "ist", "ite", "itic", "itis", "ity", "ive", "izer",
    "less", "log", "logy", "ment", "ness", "ol", "olol", "oma", "on", "one", "or", "ory", "ose", "osis", "otic", "ous", "pathy",
    "phagia", "phasia", "phobia", "philia", "plasia", "plegia", "paresis", "ship", "tion", "tomy", "stomy", "ectomy", "um", "us", "yl", "yne",
))
# fmt: on

_FIGURE = re.compile(r"\d")
_SCANNED = re.compile(r"(?=.{5,}\Z)[a-z]+(?:[01][a-z]+)+")
"""Letters that character recognition took for a naught or a one (*m0de1s*)."""
_UMLAUT = re.compile("([aou])e")
"""A German ä, ö or ü where it is written as two letters; folded it is the first of them."""
_FORMS = (
    (re.compile(r"(?<=[a-z]{2})(?:'?s|es)$"), ""),
    (re.compile(r"ies$"), "y"),
    (re.compile(r"ys(?=[ei][rsdn]?|ing|ation)"), "yz"),
    (re.compile(r"is(?=e[sdr]?$|ing$|ation|able)"), "iz"),
    (re.compile(r"our(?=s?$|al|ed|ing|able|ful|ite|less)"), "or"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"[ao]e"), "e"),
    (re.compile(r"ue(?=[^aeiou])"), "u"),
    (re.compile(r"(?<=[aeiou])ll(?=ed|ing|er|or)"), "l"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"ph(?=[aeiou])"), "f"),
)
_ABBREVIATED = {
    "vs": "versus", "v": "versus", "dept": "department", "intl": "international", "st": "saint", "w": "with", "approx": "approximately",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "kappa": "κ", "lambda": "λ", "mu": "μ", "sigma": "σ",
    "omega": "ω", "und": "and", "et": "and", "y": "and", "e": "and",
}  # fmt: skip


@lru_cache(maxsize=_KEPT)
def number(word: str) -> int | None:
    """The value of a word that is a number in figures, words or Roman numerals; None for other words."""
    if word.isdecimal():
        return int(word[:12])
    if word in _NUMBERS:
        return _NUMBERS[word]
    if (ordinal := re.fullmatch(r"(\d{1,12})(?:st|nd|rd|th)", word)) is not None:
        return int(ordinal[1])
    if len(word) <= 7 and _ROMAN.fullmatch(word):
        values = [_ROMAN_VALUES[letter] for letter in word]
        return sum(-value if value < behind else value for value, behind in pairwise([*values, 0]))
    return None


def counts(word: str) -> bool:
    """Whether a word says which one of several: a number, a year, a word with a figure in it."""
    return number(word) is not None or not (word.isalpha() or _FIGURE.search(word) is None or _SCANNED.fullmatch(word))


@lru_cache(maxsize=_KEPT)
def form(word: str) -> str:
    """A word in the form that its plural and its American spelling share; for comparison only, no word of any language."""
    word = _ABBREVIATED.get(word, word)
    if not word.isascii() or len(word) < 4 or counts(word):
        return word
    for pattern, replacement in _FORMS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=_KEPT)
def relation(first: str, second: str) -> Relation:
    """How two words that differ stand to each other; symmetric.

    Parameters
    ----------
    first, second : str
        Folded words, or pieces of text without spaces.

    Returns
    -------
    {"form", "slip", "doubt", "other"}
        form: plural, spelling, abbreviation, the same number, ä as ae. slip: a letter doubled or two exchanged, which makes no other word.
        doubt: one letter differs, as it does in a slip, and as it does in nitrate and nitrite. other: two words.
    """
    if form(first) == form(second) or (
        min(len(first), len(second)) > 5 and _UMLAUT.sub(r"\1", first) == _UMLAUT.sub(r"\1", second)
    ):
        return "form"
    one, other = number(first), number(second)
    if one is not None or other is not None:
        # A single letter is rather a variable than a Roman numeral.
        return "form" if one == other and not any(len(word) == 1 and word.isalpha() for word in (first, second)) else "other"
    # Character recognition takes an o for a naught, and an l for a one.
    if first.translate(_SEEN) == second.translate(_SEEN) and len(first) >= 3 and _mostly_letters(first, second):
        return "slip" if len(first) >= 5 else "doubt"
    if counts(first) or counts(second):
        return "other"
    shorter, longer = sorted((len(first), len(second)))
    # Two single letters are two variables; where a script has no capitals, a letter is a syllable, a word or a root.
    if (
        longer < 2
        or first.upper() == first
        or second.upper() == second
        or not (first.isalpha() and second.isalpha())
        or OSA.distance(first, second, score_cutoff=1) > 1
    ):
        return "other"
    if shorter >= 5 and first[0] == second[0] and _repeats(first, second):
        return "slip"
    return "other" if _affixes(first, second) else "doubt"


_SEEN = str.maketrans("01", "ol")


def _mostly_letters(first: str, second: str) -> bool:
    """Whether one of two words has none but letters, and the other a figure or two among many."""
    return (first.isalpha() or second.isalpha()) and sum(map(str.isdecimal, first + second)) <= max(len(first) // 4, 1)


def _affixes(first: str, second: str) -> bool:
    """Whether two words are one stem with other prefixes or other endings."""
    length = min(len(first), len(second))
    tail = next((count for count in range(length) if first[-1 - count] != second[-1 - count]), length)
    for count in range(tail, 2, -1):
        if first[:-count] in _PREFIXES and second[:-count] in _PREFIXES:
            return True
    head = next((count for count in range(length) if first[count] != second[count]), length)
    for count in range(head, max(head - 6, 2), -1):
        one, other = first[count:], second[count:]
        # An ending that lost its last letter is no other one.
        if one in _ENDINGS and other in _ENDINGS and not one.startswith(other) and not other.startswith(one):
            return True
    return False


def _repeats(first: str, second: str) -> bool:
    """Whether a letter is doubled in one of two words, or two neighbours changed places inside it."""
    if len(first) == len(second):
        return sorted(first) == sorted(second) and first[-1] == second[-1]
    shorter, longer = sorted((first, second), key=len)
    return any(longer[at] == longer[at + 1] and longer[:at] + longer[at + 1 :] == shorter for at in range(len(shorter)))


def two_slips(first: str, second: str) -> bool:
    """Whether two long words differ by two letters in two places; two in one place are a part of a word: -on-, -olon-."""
    shorter, longer = sorted((len(first), len(second)))
    if (
        longer < 7
        or OSA.distance(first, second, score_cutoff=2) > 2
        or counts(first)
        or counts(second)
        or first.upper() == first
    ):
        return False
    head = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    tail = next((at for at in range(shorter - head) if first[-1 - at] != second[-1 - at]), shorter - head)
    return longer - head - tail > 2 and not _affixes(first, second)

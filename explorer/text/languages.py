"""The language of a text, by its small words, and which of its words say nothing of any subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import filterfalse

from explorer.text.stopwords import FUNCTION_WORDS

_ENOUGH = 5
"""A text is English where one of so many of its words is a function word: two of five are in running text, one of four in titles."""

_AS_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

_LEAST = 2
"""Small words of another language that tell it."""

_BESIDE, _SHARE = 4, 0.05
"""Small words, and their share, that tell another language beside English, as of a record with two abstracts."""


_SUBJECTS = frozenset("bill cry fire mill mine thick thin".split())
"""Words of the list of function words that are none: it was gathered from one collection (Nothman, Qin and Yurchak 2018)."""

_NOT_ENGLISH = frozenset("con de un".split())

ENGLISH = FUNCTION_WORDS - _SUBJECTS - _NOT_ENGLISH
"""Function words of English."""

WITHIN_NAMES = frozenset(
    "against and as at between by for from in into of on or over per through to under via with without".split()
)
"""Words among them that stand within a name; an article does only after one of them."""

BEFORE_PREDICATES = frozenset(
    "also are be been being can cannot could he i is it may might must not she should they was we were who will would".split()
)
"""Words among them after which something is said of a subject: *is available*, *we show*. A name hardly ever follows them."""

BEFORE_VERBS = frozenset(("to", "that", "which"))
"""Words among them that a verb follows often: *to inhibit growth*, *which inhibit growth*."""

IN_CLAUSES = frozenset(
    "ist sind war waren wird werden wurde wurden kann können est sont était étaient peut peuvent qui es son era eran fue fueron "
    "puede pueden que é são foi foram pode podem è sono erano fu può possono che zijn wordt worden werd kan kunnen är var blir "
    "blev er bliver jest są był była było je jsou sú byl byla bol este sunt és són ovat oli volt adalah это есть был была было "
    "были является являются который которая которое которые є був була були е са беше".split()
)
"""Forms of *to be*, *to become* and *can*, and relative pronouns, of other languages: they make a clause of what would be a name."""

POINTING = frozenset(
    "this these our dieser diese dieses diesem diesen unser unsere ce cet cette ces notre nos este esta estos estas nuestro "
    "nuestra estes nosso nossa questo questa questi queste nostro nostra deze dit onze".split()
)
"""Words, of English and others, that point back at what was said, or at what the paper does: *this method*, *our results*."""

JOINING = frozenset("and or und oder et ou".split())
"""Words, of English and others, between two that may have one noun behind them: *slow and fast earthquakes*."""

BEFORE_OBJECTS = frozenset("about among as between for into of on than that to toward towards upon whether with".split())
"""Words among them that say what a word before them is of: *number of*, *based on*, *relationship between*."""

IN_NO_NAMES = frozenset(
    "albeit amidst concerning despite let notwithstanding ones regarding respectively unlike versus vs whilst".split()
)
"""Words of grammar that are not among them, and that names begin or end with as little: *let G be a group*, *old ones*, *versus placebo*."""

AUXILIARIES = frozenset("did does doing having ought shall".split())
"""Forms of auxiliary verbs that are not among them."""

AFTER_PARTICIPLES = (BEFORE_OBJECTS | WITHIN_NAMES) - {"and", "or"}
"""Prepositions, after which a participle says what is done to the word before it: *curve defined over*, *method used in*."""

IN_NAMES = frozenset("bottom first four front full interest side system third three top two".split())
"""Words among them that names begin or end with, such as *immune system*, *side effects*, *third person*, though they tell of no subject."""


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """The languages, but for English, that have a word among their function words."""
    from stop_words import AVAILABLE_LANGUAGES, get_stop_words

    found: dict[str, list[str]] = {}
    for language in sorted(AVAILABLE_LANGUAGES):
        if language != "english":
            words = {word.lower() for word in get_stop_words(language)}
            # Where umlauts are written as two letters, in texts of old databases.
            words |= {word.translate(_AS_TWO_LETTERS) for word in words}
            for word in words:
                found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


@cache
def foreign_function_words() -> frozenset[str]:
    """Function words of languages other than English that are none of English.

    Examples
    --------
    >>> "und" in foreign_function_words(), "in" in foreign_function_words()
    (True, False)
    """
    return frozenset(_languages_of()) - ENGLISH


@cache
def _function_words(language: str) -> frozenset[str]:
    return ENGLISH | {word for word, languages in _languages_of().items() if language in languages}


def function_words_of(words: Sequence[str]) -> frozenset[str]:
    """The function words of the language that a text is written in.

    Parameters
    ----------
    words : sequence of str
        Words of the text in lower case.

    Returns
    -------
    frozenset of str
        Those of English, and those of the other language whose function words the text has most of, if it has more of them.

    Notes
    -----
    Small words tell languages apart (Grefenstette 1995, Comparing two language identification schemes). Each text is asked by itself:
    German *die* and *war* are words of papers in English.

    Examples
    --------
    >>> "die" in function_words_of("die wirkung der strahlung auf die zelle".split())
    True
    >>> "die" in function_words_of("why cells die of radiation and how".split())
    False
    """
    return parted(words)[1]


def parted(words: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The words of a text but for its function words, and what `function_words_of` gives.

    Parameters
    ----------
    words : sequence of str
        Words of the text in lower case.

    Returns
    -------
    rest : list of str
    function_words : frozenset of str

    Examples
    --------
    >>> parted("why cells die of radiation and how".split())[0]
    ['cells', 'die', 'radiation']
    """
    rest = list(filterfalse(ENGLISH.__contains__, words))
    empty = _function_words_beside(words, rest)
    return rest if empty is ENGLISH else [word for word in rest if word not in empty], empty


def is_english(words: int, english: int, foreign: int) -> bool:
    """Whether a text has too few function words of other languages for any one language: so it is with nearly every text in English.

    Parameters
    ----------
    words : int
        Words of the text.
    english, foreign : int
        Those of them that are function words of English, and of other languages only.
    """
    return foreign < _least(words, english)


def _least(words: int, english: int) -> float:
    """Small words of one other language that tell it."""
    return max(_BESIDE, _SHARE * words) if _ENOUGH * english >= words else max(_LEAST, english + 1)


def _function_words_beside(words: Sequence[str], rest: Sequence[str]) -> frozenset[str]:
    """Function words of the language of words, of which the rest are none of English."""
    seen = len(words) - len(rest)
    small = list(filter(foreign_function_words().__contains__, rest))
    if is_english(len(words), seen, len(small)):
        return ENGLISH
    least = _least(len(words), seen)
    known = _languages_of()
    hits = Counter(language for word in small for language in known[word])
    most = max(hits.values())
    if most < least:
        return ENGLISH
    # Languages that a few words cannot tell apart, as Spanish and Catalan, share their smallest ones.
    return ENGLISH.union(*(_function_words(name) for name, count in hits.items() if count == most))

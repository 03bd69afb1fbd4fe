"""Names of topics: a phrase that a topic's papers use and that few others do."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, chain, pairwise
from operator import add
from typing import NamedTuple

import numpy as np

from explorer.text.analysis import without_particle
from explorer.text.languages import (
    AFTER_PARTICIPLES,
    BEFORE_OBJECTS,
    BEFORE_PREDICATES,
    BEFORE_VERBS,
    ENGLISH,
    IN_CLAUSES,
    IN_NAMES,
    IN_NO_NAMES,
    JOINING,
    POINTING,
    WITHIN_NAMES,
    function_words_of,
)
from explorer.topics.acronyms import acronyms_of
from explorer.topics.terms import (
    ELIDED,
    LONGEST_STRING,
    TITLE_END,
    cleaned,
    is_unspaced,
    pieces_of,
    terms_of,
    units_of,
    word_key,
)

OTHER = "other"
"""Label of papers that fit no topic, such as those without any text."""

_READ, _READ_IN_ALL = 60, 1_200
"""Papers of each topic that are read for its name, and of all topics together."""

_NEAREST = 3
"""Papers that are read for a topic on which no paper lies most."""

_TITLE = 100
"""Characters of a text that are taken for its title, where it does not say how far that goes."""

_LONGEST = 5
"""Words of a name."""

_LONGEST_STRING = 8
"""Characters of a name in a script without spaces."""

_SHORTLIST = 60
"""Phrases of a topic that are looked at closely."""

_PART_OF = 0.5
"""A phrase is part of a longer one, and no name, where so many of its papers have that."""

_FITTING = 0.2
"""How far a phrase can be a name at least for what it holds to be left to it: *inhibit enzyme decay* leaves *enzyme decay* its papers."""

_ADDED = 0.5
"""What a longer phrase must say beyond one that it holds, as a share of what a word of the topic is worth."""

_LENGTH, _MOST_WORDS = 0.9, 2.5
"""Power of the worth of a phrase's words, added up, and how much of them counts: two words say more than one, five no more than three."""

_FIRST, _HALVED = 0.8, 5
"""What the first of a topic's words counts in a name, and the place at which a word counts half of that."""

_LEAST_ENDS = 0.25
"""Share of the times, in all papers, that no other word follows a phrase which may be a name."""

_CODE, _SIGN = re.compile(r"[^\W\d_]\d{1,2}|[ivx]{2,5}"), 0.3
"""A letter with a figure and a Roman number, which are codes of classifications and parts of names, and how far they name anything alone."""

_FIXED = 0.5
"""Share of the places of either half of a phrase, parted by a small word, from which on they are one name."""

_BOUND = 0.5
"""Share of the ends of a phrase up to which a preposition may follow, beyond which what it is of is missing from it, as from *lack* and
*number*; and of its places up to which *in* or *with* may go before, beyond which that is missing, as from *vitro* and *high probability*, or
what verbs follow, *to* and *which*."""

_SHELL, _USUAL_SHELL, _SHELL_PRIOR = 0.05, 0.02, 5.0
"""Part of the places of a word up to which *this*, *these* or *our* may go before: beyond it the word points back at what was said, as
*method*, *problem* and *approach* do (shell nouns: Schmid 2000), and names no subject; what is usual, and places that say so beforehand."""

_TITLED, _PRIOR = 0.5, 3.0
"""Power of how often a phrase that papers have is in their titles, beside other phrases, and papers that say beforehand that it is as usual."""

_AT_END = 5
"""What a form counts that is at an end, beside one that is not."""

_MOST_LIFT = 20.0
"""Beyond it a phrase is no surer a name: what few papers say, none of the others may say by chance."""

_LEAST_COVERAGE = 0.1
"""Part of the papers that have a name at least."""

_LEAST_LIFT = 1.5
"""How much commoner than elsewhere a phrase is that names a topic."""

_SECOND, _SECOND_WORD = 0.2, 0.4
"""A second phrase completes a name of one word if it scores so much of the first; if it is a word too, it must score more."""

_BESIDE = 0.5
"""A phrase of several words completes a name rather than a word that comes before it if it scores so much of that."""

_PHRASE = 0.7
"""A phrase of several words goes before a single one, which names more than the topic, if it scores so much of it, and if titles have it or
not even the word: a method that abstracts of a subject name, *phase transition* of *seizures*, completes its name."""

_OFTEN_WITHIN = 1 / 3
"""Part of the papers with a word that must have a phrase which is taken in its place."""

_NEARLY = 0.6
"""Part of the best score that a phrase must have to be taken instead, where another topic is called by that."""

_GENITIVES = ("'s", "’s")
"""Endings of a word that what it owns follows: *Alzheimer's* disease."""

_STEM, _ENDING = 5, 3
"""Letters at the beginning that two forms of a word share at least, and letters of an ending at most."""

_BREAK = re.compile(
    "(?:(?<!\\d)\\.|(?<=\\d)\\.(?!\\d)"
    '|[\x1e,;:!?()\\[\\]{}"“”„«»‹›$\\\\/=<>|~^+*#%…·•¿¡。、，；：？！（）「」『』《》【】])+|\\s[-–—]+\\s|--+|—'
)
_UNELIDED = r"\d[\w.]*(?:-\w+)*|[^\W\d_][^\W_]*(?:[-’'][^\W_]+)*|_"
_OPEN, _CLOSE = "⟨", "⟩"
_ARGUED = rf"[^\W\d_]{{2,4}}{_OPEN}\S+?{_CLOSE}"
_TOKEN = re.compile(rf"{ELIDED}(?= )|{_ARGUED}|{_UNELIDED}", re.IGNORECASE)
_PLAIN_TOKEN = re.compile(rf"{_ARGUED}|{_UNELIDED}")
_ARGUMENT = re.compile(r"\b([A-Z][A-Za-z]{1,3})\(((?!s\))(?:\d?[A-Za-z]|[A-Z][a-z]|\d{1,2}|[IVX]{2,4})(?:,\s?\w{1,2})?)\)")
"""What belongs, in brackets right behind it, to a short name with a capital: *SU(2)*, *CAT(0)*, *SL(2,R)*, *NaI(Tl)*; not *LLM(s)*."""

_SHOWN = str.maketrans({_OPEN: "(", _CLOSE: ")", "‚": ","})
_ELISION = re.compile(r"(['’]) ")
_AFTER_FIGURE = re.compile(r"(\d[\d.,]*)[\s-]?%?\s?([^\W\d_]+)\b")
_SHORT_UNIT, _LONGEST_POWER = 3, 6

_PARTICIPLE = re.compile(r"\w{2,}[^\We]ed")
"""A word that is cut off from what follows if a preposition does; not *speed*, *seed* and *need*."""

_DEFINED = re.compile(r"\s*\(\s*[^\W\d_]*[A-Z][\w-]*\s*\)")
"""An acronym in brackets, as after what it stands for."""

_FIGURES = 4
"""Different figures before a longer word that make it a unit: *24 weeks*, but *type 1 diabetes* and *type 2 diabetes*."""

_MOSTLY = 0.5
"""Share of the places of a unit in which it follows a figure."""

_MOST_WITHIN = 2
"""Words within a name that are no terms."""

_ARTICLES = frozenset(("the", "a", "an"))
_DETERMINERS = _ARTICLES | frozenset(("our", "their", "its", "this", "these", "those", "his", "her"))
_NO_PART = frozenset(("_", "a", "i"))
_SHOUTED = 0.2
"""Share of the places in which a word must have small letters to be no acronym."""

_ALSO = 0.4
"""A form is written often if it is in so many places beside that which is written most."""

_MARK = "_"
"""What an acronym in brackets leaves."""

_TITLE_CASE = 0.6
"""Share of the words of a sentence with a capital above which its capitals tell nothing."""


class Stands(NamedTuple):
    """How a phrase stands in texts.

    Attributes
    ----------
    seen : int
        Times that it is there.
    alone : int
        Times that it is by itself, with no other term right before and no other word right after.
    ends : int
        Times that no other word is right after: an adjective and a gerund are hardly ever at an end.
    predicates : int
        Times that it is said of something, *is freely available*, or is what somebody does, *we evaluate*.
    bound : int
        Times that it is at an end, but a preposition says what it is of: *lack of*, *based on*, *relationship between*.
    within, along : int
        Times that it is right after *in*, and right after *with*: what always is, is half of an adverb, as of *in vitro* and *with high
        probability*.
    verbal : int
        Times that it is right after *to*, *that* or *which*: what always is, begins with a verb.
    pointed : int
        Times that it is right after *this*, *these* or *our*.
    joined : int
        Times that it is at an end before *and* or *or*, which tells half as much: *slow and fast networks*.
    """

    seen: int
    alone: int
    ends: int
    predicates: int
    bound: int = 0
    within: int = 0
    along: int = 0
    verbal: int = 0
    pointed: int = 0
    joined: int = 0

    def plus(self, other: Stands) -> Stands:
        """Both together."""
        return Stands(*map(add, self, other))


def _tokens(text: str) -> list[str]:
    """Words and figures of a text; an article that lost its vowel is one, where a space was set after it."""
    found: list[str] = (_TOKEN if "' " in text or "’ " in text else _PLAIN_TOKEN).findall(text)
    return found


def _with_arguments(text: str) -> str:
    """A text in which what belongs to a name in brackets is no break: *SU(2)*."""
    if "(" not in text:
        return text
    return _ARGUMENT.sub(lambda found: f"{found[1]}{_OPEN}{found[2].replace(', ', ',').replace(',', '‚')}{_CLOSE}", text)


def _head(key: str) -> str:
    """A word without what belongs to it in brackets, as it is a term."""
    return key.partition(_OPEN)[0]


@cache
def _small_words(function_words: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Words of grammar beside the function words of a language, and those of both that no name begins or ends with."""
    small = function_words | IN_NO_NAMES
    return small, small - IN_NAMES


class _Candidate(NamedTuple):
    """A phrase that may name a topic, how well it does, and whether a title of the topic's papers has it."""

    phrase: str
    score: float
    titled: bool


def phrases_of(text: str, worth: Mapping[str, float], among: Set[str] | None = None) -> dict[str, Stands]:
    """What a text may be called: runs of one to five words between punctuation that begin and end with a term of some worth.

    Parameters
    ----------
    text : str
        As `explorer.topics.terms.cleaned` gives it.
    worth : mapping of str to float
        What terms are worth, by their keys (see `explorer.topics.terms.word_key`).
    among : set of str, optional
        Keys of which each phrase has one; but for strings.

    Returns
    -------
    dict of str to Stands
        In lower case, brackets that belong to a word as ``⟨⟩``. A phrase may end with one letter or one figure, as *vitamin d* does, and
        has one word within that is no term, or two small ones. In a script without spaces they are strings of two to eight characters.
    """
    found: dict[str, Stands] = {}
    small, grammar = _small_words(function_words_of(text.lower().split()))

    def note(phrase: str, begins: bool, ends: bool, predicate: bool = False, after: str = "", then: str = "") -> None:
        before = found.get(phrase)
        told = after == "in", after == "with", after in BEFORE_VERBS, after in POINTING
        here = Stands(1, begins and ends, ends, predicate, ends and then in BEFORE_OBJECTS, *told, ends and then in JOINING)
        found[phrase] = before.plus(here) if before else here

    for part in _BREAK.split(_with_arguments(text)):
        tokens = _tokens(part)
        words = [token.lower() for token in tokens]
        if not part.isascii():
            words = [without_particle(word) for word in words]
        keys = list(map(word_key, words))
        whole = keys if _OPEN not in part else list(map(_head, keys))
        unspaced = is_unspaced(part)
        if not words or (among is not None and among.isdisjoint(whole) and not unspaced):
            continue
        # A term may lose so much that what is left is a small word: the key of *theses* is that of *the*.
        heads = ["" if word in grammar else head for head, word in zip(whole, words, strict=True)]
        asked = [among is None or head in among for head in heads]
        good = [key in worth or word in IN_NAMES for key, word in zip(heads, words, strict=True)] + [False]
        # What another word follows is not at its end yet, and what an article follows is a verb.
        ends = [
            after in small and after not in IN_NAMES and (after not in _DETERMINERS or token[0].isupper())
            for after, token in zip(words[1:], tokens[1:], strict=True)
        ] + [True]
        # *Algorithm based* on, *curve defined* over, and *associated with* what: neither begins nor ends a name.
        cut = [
            after in AFTER_PARTICIPLES and _PARTICIPLE.fullmatch(word) is not None
            for word, after in zip(words, [*words[1:], ""], strict=True)
        ]
        for at, first in enumerate(words):
            if unspaced and is_unspaced(first):
                for string in _strings(first, worth):
                    note(string, True, True)
            # What *non* is before, in several languages, is what the text is not about: *negative* of *non negative*.
            if not good[at] or True not in asked[at : at + _LONGEST] or (at and words[at - 1] == "non"):
                continue
            free = at == 0 or not good[at - 1]
            said = at > 0 and words[at - 1] in BEFORE_PREDICATES
            after = words[at - 1] if at else ""
            gap, wanted = 0, False
            for end in range(at, min(at + _LONGEST, len(words))):
                # *Vitamin D*, *type 2*: the letter or figure belongs to what it follows; a small letter is a word, as *e* and *y* are.
                tail = (
                    end > at
                    and good[end - 1]
                    and len(words[end]) == 1
                    and tokens[end] not in _NO_PART
                    and not tokens[end].islower()
                )
                wanted = wanted or asked[end]
                # The same word twice is the end of a title and the beginning of what follows it.
                if end > at and heads[end - 1] and keys[end] == keys[end - 1]:
                    break
                if end > at and cut[at]:
                    break
                # What *using* ends goes on with what is used, as a genitive does with what is owned.
                if wanted and (good[end] or tail) and not cut[end] and not f" {words[end]}".endswith((*_GENITIVES, " using")):
                    note(" ".join(words[at : end + 1]), free, ends[end], said, after, "".join(words[end + 1 : end + 2]))
                gap = 0 if good[end] else gap + 1
                # A small word with a capital begins a sentence, also after a title without a full stop.
                if gap > _MOST_WITHIN or (
                    gap and not tail and (tokens[end][0].isupper() or not _joins(words[end - 1 : end + 1], small))
                ):
                    break
    return found


def units(texts: Iterable[str]) -> set[str]:
    """Units of measurement: words that stand right after a figure in most places; and the powers of short ones.

    Those of four letters and more stand after several figures: others may be subjects, as in *type 2 diabetes*.

    Examples
    --------
    >>> sorted(units(["20 mg of iron", "5 mg kg-1 or 3 doses of iron in 70 kg"]))
    ['kg', 'kg-1', 'mg']
    """
    texts = list(texts)
    after: defaultdict[str, Counter[str]] = defaultdict(Counter)
    times, pairs = Counter[str](), Counter[tuple[str, str]]()
    for text in texts:
        for figure, word in _AFTER_FIGURE.findall(text):
            after[word.lower()][figure.rstrip(".,")] += 1
        words = [token.lower() for token in _tokens(text)]
        times.update(words)
        pairs.update(pair for pair in pairwise(words) if _is_power(pair[1]))
    found = {
        word
        for word, figures in after.items()
        if word not in ENGLISH
        and (len(word) <= _SHORT_UNIT or len(figures) >= _FIGURES)
        and figures.total() > _MOSTLY * times[word]
    }
    # The power of a unit, and what stands after a unit: *mg kg-1*.
    after_unit = Counter[str]()
    for (before, word), count in pairs.items():
        after_unit[word] += count if before in found or before[0].isdigit() else 0
    return found | {
        word
        for word in times
        if _is_power(word) and (word.rpartition("-")[0] in found or after_unit[word] > _MOSTLY * times[word])
    }


def _is_power(word: str) -> bool:
    """Whether a word is written as the power of a unit may be: *kg-1*."""
    return len(word) <= _LONGEST_POWER and word[-1].isdigit() and "-" in word


def _joins(words: Sequence[str], small: Set[str]) -> bool:
    """Whether the last of two words may stand within a name: of those of English only prepositions may, and articles after them.

    Of those of another language, which are `small`, all may but what makes a clause.
    """
    before, word = words
    if word in IN_CLAUSES and word in small:
        return False
    return word not in ENGLISH or word in WITHIN_NAMES or (word in _ARTICLES and before in WITHIN_NAMES)


def _strings(run: str, worth: Mapping[str, float]) -> Iterator[str]:
    """Strings of a run of characters that begin and end with a word."""
    begins, ends = set[int](), set[int]()
    bounds = [0, *accumulate(map(len, units_of(run)))]
    for place, at in enumerate(bounds[:-1]):
        for end in bounds[place + 1 : place + 1 + LONGEST_STRING]:
            if run[at:end] in worth:
                begins.add(at)
                ends.add(end)
    for at in begins:
        yield from (run[at:end] for end in ends if at + 2 <= end and (end <= at + _LONGEST_STRING or run[at:end] in worth))


def name_topics(
    texts: Sequence[str], places: np.ndarray, words: Sequence[Sequence[str]], worth: Mapping[str, float]
) -> tuple[list[str], list[list[str]]]:
    """Name topics by what their papers say.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper, in an order that depends on their content alone.
    places : ndarray, shape (n_papers, n_topics)
        Part of each paper that lies on each topic.
    words : sequence of sequence of str
        The ten words of each topic, best first.
    worth : mapping of str to float
        Terms that a phrase may begin and end with, and their weights.

    Returns
    -------
    labels : list of str, length n_topics
        All different; none says what another says, but for an ending or the order of its words.
    phrases : list of list of str
        Up to five phrases of each topic, best first.

    Notes
    -----
    Of each topic 60 of the papers that lie on it most are read, fewer where there are more than twenty topics: the surest, the least
    sure and those between, as a name is to hold for all. Phrases that differ by an ending are one. A phrase scores by coverage (the
    part of the papers that has it, those that have it in their title three times), times the logarithm of its lift over the papers read
    for the other topics, times what its words are worth beside the topic's own, times how often of all times it stands by itself, and
    more the nearer two of its words are to the first of the topic's; it must stand in three papers, or two where ten were read or
    fewer. What half of the papers have as part of a longer phrase is no name (nested terms: Frantzi, Ananiadou and Mima 2000).

    All papers that were read tell whether a phrase can be a name: at the end of what is said together, as adjectives and gerunds hardly
    ever are; seldom what is said of something (*is freely available*) or done (*we evaluate*); not mostly before a preposition that
    says what it is of (*lack of*, *relationship between*) nor after *in* (*in vitro*); and in titles, which name subjects, as often as
    the other phrases that papers have. A phrase of several words goes before a word that scores not much more, and a name of one word
    is completed by a second phrase. Topics choose in the order of their best scores.
    """
    worth = {word_key(word): weight for word, weight in sorted(worth.items(), key=lambda item: (item[1], item[0]))}
    most = max(20, min(_READ, _READ_IN_ALL // max(places.shape[1], 1)))
    # Papers on no topic are none of any.
    own = np.where(places.sum(axis=1) + places.max(axis=1) >= 1, places.argmax(axis=1), -1)
    mine = [_typical(places[:, topic], own == topic, most) for topic in range(places.shape[1])]
    # An acronym and what it stands for are one phrase.
    said = {row: _with_arguments(cleaned(texts[row], elided="{} ")) for row in sorted({row for rows in mine for row in rows})}
    long = acronyms_of(said.values())
    measured = set(map(word_key, units(said.values())))
    worth = {key: weight for key, weight in worth.items() if key not in measured}
    heavy = [_heavy(topic, long) for topic in words]
    read = _Read.of(said, worth, long, {key for topic in heavy for key in topic})
    ranked = [_ranked(read, rows, heavy[topic], worth, long) for topic, rows in enumerate(mine)]
    labels = _labels(ranked, words, long)
    shown = _spellings(list(said.values()), {part for parts in labels for part in parts})
    named = [_written(", ".join(shown[part] for part in parts)) for parts in labels]
    for at, label in enumerate(named):
        further = [_written(candidate.phrase) for candidate in ranked[at]] + list(words[at])
        named[at] = distinct_label(label, further, {*named[:at], "", OTHER})
    return named, [[_written(candidate.phrase) for candidate in candidates[:5]] for candidates in ranked]


def distinct_label(label: str, further: Iterable[str], taken: Collection[str]) -> str:
    """A label that no other topic has: with the first further phrase or word that makes it one, else with a number.

    Parameters
    ----------
    label : str
    further : iterable of str
        What else its papers say, best first.
    taken : collection of str
        Labels of other topics.

    Examples
    --------
    >>> distinct_label("reasoning", ["reasoning", "chain of thought"], {"reasoning"})
    'reasoning, chain of thought'
    >>> distinct_label("reasoning", [], {"reasoning", "reasoning (2)"})
    'reasoning (3)'
    """
    if label not in taken:
        return label
    said = set(label.casefold().split())
    with_more = (f"{label}, {phrase}" if label else phrase for phrase in further if not set(phrase.casefold().split()) <= said)
    numbered = (f"{label or OTHER} ({number})" for number in range(2, len(taken) + 3))
    return next(longer for longer in chain(with_more, numbered) if longer not in taken)


def _written(name: str) -> str:
    """A name as texts write it: articles that lost a vowel joined, and brackets that belong to a word."""
    return _ELISION.sub(r"\1", name).translate(_SHOWN)


def _typical(places: np.ndarray, own: np.ndarray, most: int) -> list[int]:
    """Rows of papers that stand for a topic: all that lie on it most, or so many of them, the surest and the least sure alike."""
    mine = np.flatnonzero(own) if own.any() else np.argsort(-places, kind="stable")[:_NEAREST]
    mine = mine[np.argsort(-places[mine], kind="stable")]
    return [int(row) for row in mine[np.linspace(0, len(mine) - 1, min(most, len(mine))).astype(int)]]


@dataclass(frozen=True)
class _Read:
    """The phrases of papers that were read, by what they have in common but for an ending.

    Attributes
    ----------
    told : dict of int to dict of str to Stands
        For each row the keys of its phrases, and how they stand there.
    titled : dict of int to set of str
        For each row the keys of those in its title.
    forms : dict of str to dict of str to int
        How each key is written, and in how many papers.
    everywhere : Counter
        Papers that have each key.
    in_titles : Counter
        Papers that have it in their title.
    stands : dict of str to Stands
        How each key stands in all of them.
    """

    told: dict[int, dict[str, Stands]]
    titled: dict[int, set[str]]
    forms: dict[str, dict[str, int]]
    everywhere: Counter[str]
    in_titles: Counter[str]
    stands: dict[str, Stands]

    @cached_property
    def usual(self) -> float:
        """Part of the papers that have a phrase which have it in their title, of all phrases together."""
        return self.in_titles.total() / max(self.everywhere.total(), 1)

    def nameable(self, key: str) -> float:
        """How far a phrase can be a name, 0 to 1, by how all papers write it; see the notes of `name_topics`."""
        stands = self.stands[key]
        if (stands.ends - stands.joined / 2 + 0.5) / (stands.seen - stands.joined / 2 + 1) < _LEAST_ENDS:
            return 0.0
        expected = self.usual * (self.everywhere[key] + _PRIOR)
        titled = (self.in_titles[key] + _PRIOR * self.usual) / max(expected, 1e-9)
        said = stands.predicates / (stands.seen + 1)
        # *Large number* is as wanting as *number*, but *gamma function of a sum* is one of the gamma functions.
        last = self.stands.get(key.rpartition(" ")[2], stands)
        bound = last.bound / (last.ends + 1)
        adverb = max(stands.within, stands.along, stands.verbal) / (stands.seen + 1)
        sign = _SIGN if _CODE.fullmatch(key) else 1.0
        whole = min((1 - bound) / (1 - _BOUND), 1.0) * min((1 - adverb) / (1 - _BOUND), 1.0)
        shell = (stands.pointed + _USUAL_SHELL * _SHELL_PRIOR) / (stands.seen + _SHELL_PRIOR) if " " not in key else 0.0
        subject = min(_SHELL / shell, 1.0) if shell else 1.0
        return float(min(titled, 1.0) ** _TITLED * (1 - said) ** 2 * whole**2 * subject**2 * sign)

    def fixed(self, key: str) -> float:
        """How far small words within a phrase belong to it, 0 to 1: *internet of things* is one thing, *impact of heat* is two."""
        parts: list[list[str]] = [[]]
        for word in key.split():
            if word in ENGLISH and word not in JOINING:
                parts.append([])
            else:
                parts[-1].append(word)
        places = [self.stands[part].seen for part in map(" ".join, parts) if part in self.stands]
        return min(self.stands[key].seen / min(places) / _FIXED, 1.0) if len(parts) > 1 and places else 1.0

    @classmethod
    def of(cls, said: Mapping[int, str], worth: Mapping[str, float], long: Mapping[str, str], among: Set[str]) -> _Read:
        """Read papers for phrases with a word, by its key, among some; acronyms count as what they stand for."""
        among = among | {word_key(short) for short, full in long.items() if not among.isdisjoint(map(word_key, full.split()))}
        told: dict[int, dict[str, Stands]] = {}
        titled: dict[int, set[str]] = {}
        forms: defaultdict[str, dict[str, int]] = defaultdict(dict)
        everywhere, in_titles = Counter[str](), Counter[str]()
        every: dict[str, Stands] = {}
        for row, text in said.items():
            keys: dict[str, Stands] = {}
            for phrase, stands in phrases_of(text, worth, among).items():
                form = long.get(phrase, phrase)
                key = phrase_key(form)
                # An adjective and a noun may have one key, *pharmacokinetic* and *pharmacokinetics*: the noun is at ends.
                written = forms[key]
                written[form] = written.get(form, 0) + (_AT_END if stands.ends else 1)
                before = keys.get(key)
                keys[key] = before.plus(stands) if before else stands
            told[row] = keys
            for key, stands in keys.items():
                before = every.get(key)
                every[key] = before.plus(stands) if before else stands
            everywhere.update(keys.keys())
            titled[row] = {
                phrase_key(long.get(phrase, phrase)) for phrase in phrases_of(_title_of(text), worth, among)
            } & keys.keys()
            in_titles.update(titled[row])
        return cls(told, titled, dict(forms), everywhere, in_titles, every)


def _title_of(text: str) -> str:
    """The title that a text begins with, or so many of its characters, where it does not say how far that goes, or has none."""
    title, end, rest = text.partition(TITLE_END)
    return title if end and title.strip() else (rest or text)[:_TITLE]


def phrase_key(phrase: str) -> str:
    """What a phrase has in common with its other forms: its words without the endings of a plural, in one spelling.

    Examples
    --------
    >>> phrase_key("tumours"), phrase_key("tumor"), phrase_key("neural networks"), phrase_key("states of bodies")
    ('tumor', 'tumor', 'neural network', 'state of body')
    """
    return " ".join(map(word_key, phrase.split()))


def _ranked(
    read: _Read, rows: Sequence[int], heavy: Mapping[str, float], worth: Mapping[str, float], long: Mapping[str, str]
) -> list[_Candidate]:
    """Phrases of a topic, best first; none is part of one before it, or holds one."""
    papers, others = len(rows), len(read.told) - len(rows)
    least = 3 if papers > 10 else 2 if papers > 1 else 1
    here = Counter(key for row in rows for key in read.told[row])
    seen, alone = Counter[str](), Counter[str]()
    for row in rows:
        for key, stands in read.told[row].items():
            seen[key] += stands.seen
            alone[key] += stands.alone
    titled = Counter(key for row in rows for key in read.titled[row])
    typical = float(np.median([worth[key] for key in heavy if key in worth] or [1.0])) or 1.0
    value = dict.fromkeys(IN_NAMES, _ADDED) | {key: min(weight / typical, 1.0) for key, weight in worth.items()}
    scores: dict[str, float] = {}
    fits: dict[str, float] = {}
    for key, count in here.items():
        parts = list(map(_head, key.split()))
        if count < max(least, _LEAST_COVERAGE * papers) or not any(part in heavy for part in parts):
            continue
        elsewhere = (read.everywhere[key] - count + 0.5) / (others + 1)
        lift = (count / papers) / elsewhere
        if lift <= _LEAST_LIFT:
            continue
        length = len(parts[0]) / 2 if is_unspaced(key) else sum(value.get(part, 0.0) for part in parts)
        if len(parts) == 1 and not is_unspaced(key):
            # A word that is worth little is anything's, *problem*, while in a phrase it is part of a name.
            length *= length
        free = (alone[key] + 0.5) / (seen[key] + 1)
        told = 1 - math.prod(1 - weight for weight in sorted((heavy.get(part, 0.0) for part in parts), reverse=True)[:2])
        surprise = math.log(min(lift, _MOST_LIFT) / _LEAST_LIFT)
        fits[key] = read.nameable(key) * read.fixed(key)
        if fits[key] > 0:
            share = (count + 2 * titled[key]) / papers
            scores[key] = share * surprise * min(length, _MOST_WORDS) ** _LENGTH * told * free * fits[key]
    order = sorted(scores, key=lambda key: (-scores[key], key))[:_SHORTLIST]
    whole = [key for key in order if fits[key] >= _FITTING and read.fixed(key) == 1]
    chosen: list[tuple[str, float]] = []
    for key in order:
        if _is_part(key, whole, here, value):
            continue
        within = next((at for at, (other, _) in enumerate(chosen) if _same(key, other, long)), None)
        if within is None:
            chosen.append((key, scores[key]))
        elif _completes(key, chosen[within][0], scores, here):
            chosen[within] = (key, scores[key])
        if len(chosen) == 12:
            break
    return [
        _Candidate(min(read.forms[key], key=lambda form: (-read.forms[key][form], form)), score, titled[key] > 0)
        for key, score in chosen
    ]


def _completes(key: str, word: str, scores: Mapping[str, float], here: Mapping[str, int]) -> bool:
    """Whether a phrase names what a word in it stands for: as *phylogenetic tree* does, where *tree* is said of that alone."""
    return (
        not is_unspaced(key)
        and len(word.split()) == 1
        and word in key.split()
        and scores[key] >= _PHRASE * scores[word]
        and here[key] >= _OFTEN_WITHIN * here[word]
    )


def _is_part(key: str, others: Iterable[str], here: Mapping[str, int], value: Mapping[str, float]) -> bool:
    """Whether most papers that have a phrase have it as part of a longer one, which says more."""
    return any(
        _PART_OF * here[key] <= here[other] and _added(key, other, value) >= _ADDED for other in others if len(other) > len(key)
    )


def _added(key: str, other: str, value: Mapping[str, float]) -> float:
    """What the words are worth that a phrase has beyond another one that it holds; nothing where it does not hold it."""
    if is_unspaced(key):
        return float(key in other)
    if f" {key} " not in f" {other} ":
        return 0.0
    rest = f" {other} ".replace(f" {key} ", " ", 1).split()
    return sum(1.0 if len(part) == 1 else value.get(_head(part), 0.0) for part in rest)


def _heavy(words: Sequence[str], long: Mapping[str, str]) -> dict[str, float]:
    """How much the words of a topic count in its name, the first ones most; those that an acronym stands for as it does."""
    heavy: dict[str, float] = {}
    for place, word in enumerate(words):
        for part in (word, *long.get(word, "").split()):
            key = word_key(part)
            heavy[key] = max(heavy.get(key, 0.0), _FIRST / (1 + place / _HALVED))
    return heavy


def _content(phrase: str, long: Mapping[str, str]) -> list[str]:
    """Words that a phrase says something with, in the singular and with acronyms spelt out; strings without spaces as they are."""
    words = [_head(part) for word in phrase.split() for part in re.split("[ -]", long.get(word, word))]
    return [word_key(word) for word in words if word not in ENGLISH] or words


def _same(one: str, other: str, long: Mapping[str, str]) -> bool:
    """Whether two phrases share a word, but for its ending, spelt out or not."""
    return any(_alike(a, b) for a in _content(one, long) for b in _content(other, long))


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: *medical* and *medicine*, *image* and *imaging*, but not *transfer* and *transformer*."""
    if is_unspaced(one) or is_unspaced(other):
        return one in other or other in one
    if one.removesuffix("e") == other.removesuffix("ing") or other.removesuffix("e") == one.removesuffix("ing"):
        return True
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    longest, shortest = max(len(one), len(other)), min(len(one), len(other))
    # One may be all of the stem of the other, *sort* of *sorting*, where two that go on differently share more.
    return one == other or (shared >= min(_STEM, max(shortest, _STEM - 1)) and longest - shared <= _ENDING)


def _labels(ranked: Sequence[Sequence[_Candidate]], words: Sequence[Sequence[str]], long: Mapping[str, str]) -> list[list[str]]:
    """The phrases of each topic's name: the topics with the best ones choose first."""
    labels: list[list[str]] = [[] for _ in ranked]
    taken: list[frozenset[str]] = []
    for topic in sorted(range(len(ranked)), key=lambda at: (-max((one.score for one in ranked[at]), default=0.0), at)):
        # Where no phrase is left that others are not called by, words of the topic are.
        rest = (_Candidate(word, 1.0 if not ranked[topic] else 0.0, False) for word in words[topic])
        candidates = [*ranked[topic], *rest]
        labels[topic] = _name(candidates, taken, long)
        taken.append(_says(labels[topic], long))
    return labels


def _says(parts: Sequence[str], long: Mapping[str, str]) -> frozenset[str]:
    return frozenset(word for part in parts for word in _content(part, long))


def _name(candidates: Sequence[_Candidate], taken: Sequence[frozenset[str]], long: Mapping[str, str]) -> list[str]:
    """The best name that no other topic has, if it is not much worse than the best; else the best of what shares no word with that.

    Where nothing of that names the topic, both.
    """
    best: list[str] = []
    if candidates and _is_short(candidates[0].phrase):
        asked = candidates[0].titled
        first = next((at for at, one in enumerate(candidates) if not _is_short(one.phrase) and (one.titled or not asked)), 0)
    else:
        first = 0
    if first and candidates[first].score >= _PHRASE * candidates[0].score:
        candidates = [candidates[first], *candidates[:first], *candidates[first + 1 :]]
    for phrase, score, _ in candidates:
        if score < _NEARLY * candidates[0].score:
            break
        parts = [phrase]
        if _is_short(phrase):
            more = [
                (other, value)
                for other, value, _ in candidates
                if value >= (_SECOND_WORD if _is_short(other) else _SECOND) * score and not _same(phrase, other, long)
            ]
            # Of the others too a phrase says more than a word.
            whole = [other for other, value in more if not _is_short(other) and value >= _BESIDE * more[0][1]]
            parts += [*whole, *(other for other, _ in more)][:1]
        if not any(_says(parts, long) <= other for other in taken):
            return parts
        best = best or parts
    if _says(best, long) in taken:
        rest = [one for one in candidates if not any(_same(one.phrase, part, long) for part in best)]
        if rest and rest[0].score >= _SECOND * candidates[0].score > 0:
            return _name(rest, taken, long)
        best += [one.phrase for one in rest[:1]]
    return best


def _is_short(phrase: str) -> bool:
    """Whether a phrase is one word, which wants a second."""
    return len(phrase) <= 2 if is_unspaced(phrase) else " " not in phrase


def _spellings(texts: Sequence[str], phrases: set[str]) -> dict[str, str]:
    """How each phrase is written most within a sentence, as a whole or, where it never is, word by word.

    What begins a sentence, and what stands in a title in which nearly every word has a capital, tells only of capitals inside a word,
    such as those of *LLMs*. A phrase before its acronym in brackets has the capitals of that: *Markov Decision Process (MDP)*. Where
    nothing else is told, letters are small.
    """
    by_first: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for phrase in phrases:
        words = tuple(phrase.split())
        for part in {words, *((word,) for word in words)}:
            by_first[part[:1][0] if part else ""].add(part)
    forms: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    defined: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for text in texts:
        for sentence in pieces_of(_DEFINED.sub(f" {_MARK} ", text)):
            tokens = _tokens(sentence)
            letters = [token for token in tokens[1:] if token[0].isalpha() and token.lower() not in ENGLISH]
            told = sum(word[0].isupper() for word in letters) < _TITLE_CASE * len(letters)
            shouted = sum(word.isupper() for word in letters) > _TITLE_CASE * len(letters)
            low = [token.lower() for token in tokens]
            for at, first in enumerate(low):
                for part in by_first.get(first, ()):
                    here = tokens[at : at + len(part)]
                    if tuple(low[at : at + len(part)]) == part and (
                        (told and at) or (not shouted and any(map(_has_capitals_inside, here)) and len(part) == 1)
                    ):
                        to = defined if len(part) > 1 and _MARK in tokens[at + len(part) : at + len(part) + 1] else forms
                        to[part][" ".join(here)] += 1
    shown = {part: _form(counts) for part, counts in (defined | forms).items()}
    return {
        phrase: shown.get(tuple(phrase.split())) or " ".join(shown.get((word,), word) for word in phrase.split())
        for phrase in phrases
    }


def _form(counts: Counter[str]) -> str:
    """The form with the fewest capitals of those that are written often; one all in capitals only if hardly any other is, as an acronym."""
    small = Counter({form: count for form, count in counts.items() if not form.isupper()})
    counts = small if _SHOUTED * counts.total() <= small.total() else counts
    often = _ALSO * max(counts.values())
    return min(
        (form for form, count in counts.items() if count >= often),
        key=lambda form: (sum(map(str.isupper, form)), -counts[form], form.swapcase()),
    )


def _has_capitals_inside(word: str) -> bool:
    return any(part[1:] != part[1:].lower() for part in word.split("-"))


def telling_sentence(text: str, words: Sequence[str]) -> str:
    """The sentence of a text that has the most of a topic's words; the first of several."""
    # Full stops of Chinese and Japanese are followed by no space.
    sentences = [part.strip() for part in re.split(rf"(?<=[.!?؟।])\s+|(?<=[。！？])|{TITLE_END}", text) if part.strip()]
    wanted = set(map(word_key, words))
    return max(sentences, key=lambda sentence: len(wanted & set(map(word_key, terms_of(sentence)))), default="")

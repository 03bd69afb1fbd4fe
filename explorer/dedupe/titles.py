"""What tells two titles apart: nothing, a slip, a lost end, another word.

A title is compared word by word. Each word of one that the other lacks must be accounted for: as another form of a word there, as
a slip of the pen, as an article, as the end that an exporter cut off. What is not accounted for makes another title, however small
it is: one letter turns a title around as easily as it misspells it.

Titles of different papers often differ in one word only (hypo-/hyperthyroidism, men/women, part I/part II), and so do the titles
of one paper that was typed twice. What is no form of a word and no slip is another word, in any script; the lists here hold
closed classes only: numbers, prefixes, endings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from explorer.memory import remembered
from explorer.text.analysis import spread

Relation = Literal["form", "slip", "doubt", "other"]

_WORDS_KEPT = 200_000
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


@lru_cache(maxsize=_WORDS_KEPT)
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


@lru_cache(maxsize=_WORDS_KEPT)
def form(word: str) -> str:
    """A word in the form that its plural and its American spelling share; for comparison only, no word of any language."""
    word = _ABBREVIATED.get(word, word)
    if not word.isascii() or len(word) < 4 or counts(word):
        return word
    for pattern, replacement in _FORMS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=_WORDS_KEPT)
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


SAME, FORM, SLIP, MOVED, CUT, SUBTITLE, DOUBT, CHANGED, TURNED, OTHER = range(10)
"""Levels of agreement, the closest first. FORM: plurals, spellings, articles. SLIP: certainly misspelt, or a preposition lost. MOVED: two
neighbours changed places. CUT: one lost its end. SUBTITLE: one lacks the last part. DOUBT: misspelt, or another word by one letter.
CHANGED: words are replaced, added or left out. TURNED: numbers, prefixes or words that are known differ. OTHER: not alike."""


class Comparison(NamedTuple):
    """How two titles that differ stand to each other."""

    level: int
    doubts: tuple[tuple[str, str, bool], ...] = ()
    """Pairs of words that may be slips, of the first and the second title, and whether two letters differ; all else is accounted for.
    Where a space was lost or put in, one of a pair is several words."""
    marked: bool = False
    """Whether the end that one of them lacks says which part, number or report it is."""
    aspect: bool = False
    """Whether the end that one of them lacks says which side of its matter it tells of: theory, examples, results."""


_ARTICLES = frozenset(
    "a an the le la les l un une der die das ein eine el los las lo il gli o os as uma um de het een den det en et".split()
)
_LEADING = _ARTICLES | {"on"}
NEGATIONS = frozenset(
    "no not non without sans sin sem senza ohne nicht kein nie bez не без нет ikke uten inte utan zonder niet".split()
)
_MARKS = re.compile(
    r"(?:part|parts|teil|partie|parte|deel|del|chapter|chapitre|capitulo|kapitel|volume|vol|no|nr|section|supplement\w*|appendix|"
    r"annex|addend\w+|errat\w+|corrig\w+|correct\w+|retract\w+|withdraw\w*|repl(?:y|ies)|respon[sd]\w*|rejoinder|comment\w*|protocol\w*|"
    r"rationale|design|pilot|feasibility|follow|followup|update[ds]?|interim|preliminary|extended|abridged|summary|abstract|poster|"
    r"discussion|editorial|letter|review|note|revisited|continued|again|further|новый|часть|том|глава|protocole|protokoll?|"
    r"antwort|erwiderung|respuesta|resposta|reponse|risposta|kommentar|komment\w*|commentaire|comentario|"
    r"[上中下续續前后後篇编編卷部章一二三四五六七八九十])"
)
_ASPECTS = re.compile(
    r"(?:theor\w*|experiment\w*|applications?|examples?|proofs?|numerical|algorithm\w*|results?|outcomes?|sub(?:study|groups?|analys[ie]s)|"
    r"secondary|post|posthoc|ancillary|companion|tutorial|introduction|conclusions?|lessons|methods?|data|dataset|software|code|baseline|"
    r"analys[ie]s|progress|status|news|perspectives?)"
)
_LINKS = _ARTICLES | frozenset(
    "of and in for to on at by as from und im zu zur zum von vom du des et dans sur pour en para por del della di per na dos das do van voor "
    "met op".split()
)
"""Words that hold others together, and that a slip may lose; none that says no, and none that is a letter but an article."""
_SHORTEST, _SHORTEST_UNSPACED = 20, 8
_TITLES_KEPT = 20_000
"""Words at the ends of titles of which it is remembered what they say."""


_ROMAN_LETTERS = {"i": "1", "v": "5", "x": "10"}
_ROMAN_WITHIN, _ROMAN_LAST = tuple(f" {letter} " for letter in _ROMAN_LETTERS), tuple(f" {letter}" for letter in _ROMAN_LETTERS)
_NUMBERED = re.compile(
    r"\b(?P<part>parts?|teil|partie|parte|deel|del|volume|vol|band|tome|tomo|chapter|kapitel|часть|том|глава) (?P<numeral>[ivx])\b"
    r"|\b(?P<kind>book|phase|stage|type|class|grade|group|level|series|section|session|study|experiment|paper) (?P<figure>[ivx])(?= )"
)
"""What is counted. A title that was cut off may end on a letter behind the words of the second row."""


def words(folded: str) -> list[str]:
    """Words of a folded title; each character of Chinese and Japanese is one.

    A Roman numeral of one letter is a figure behind what is counted: elsewhere it is rather a variable.
    """
    if any(letter in folded for letter in _ROMAN_WITHIN) or folded.endswith(_ROMAN_LAST):
        folded = _NUMBERED.sub(lambda match: f"{match[1] or match[3]} {_ROMAN_LETTERS[match[2] or match[4]]}", folded)
    return folded.split() if folded.isascii() else spread(folded).split()


def compare_titles(first: str, second: str) -> Comparison:
    """Compare two folded titles that are not the same; symmetric, but for the order in the pairs of doubts."""
    if second < first:
        # Of several alignments that cost the same, which one is taken hangs on the order.
        turned = _compared(second, first)
        return (
            turned._replace(doubts=tuple((one, other, two) for other, one, two in turned.doubts)) if turned.doubts else turned
        )
    return _compared(first, second)


def _compared(first: str, second: str) -> Comparison:
    left, right = words(first), words(second)
    ends = _cut_off(left, right)
    if ends is not None:
        return ends
    level, doubts = _differences(left, right)
    return Comparison(level, tuple(doubts) if level == DOUBT else ())


def _differences(left: Sequence[str], right: Sequence[str]) -> tuple[int, list[tuple[str, str, bool]]]:
    """Level and doubts of two lists of words, looked at where they differ."""
    start = 0
    fewer = min(len(left), len(right))
    while start < fewer and left[start] == right[start]:
        start += 1
    stop = 0
    while stop < fewer - start and left[-1 - stop] == right[-1 - stop]:
        stop += 1
    some, others = left[start : len(left) - stop], right[start : len(right) - stop]
    short = len(some) <= 1 or len(others) <= 1 or len(some) == len(others) == 2
    blocks = [(some, others)] if short else _aligned(some, others)
    level, doubts, moved = FORM, [], False
    for number, (one, other) in enumerate(blocks):
        found, unsure = _block(one, other, leading=start == 0 and number == 0)
        level = max(level, found)
        moved |= found == MOVED
        doubts += unsure
    # Words that changed places beside words that may be others: too much at once.
    return (CHANGED if moved and level == DOUBT else level), doubts


def _aligned(left: Sequence[str], right: Sequence[str]) -> list[tuple[Sequence[str], Sequence[str]]]:
    """The stretches in which two lists of words differ; a word on the other side of its neighbour is one stretch with it."""
    blocks: list[tuple[int, int, int, int]] = []
    for step in Levenshtein.opcodes(left, right):
        if step.tag == "equal":
            continue
        if blocks and blocks[-1][1] == step.src_start and blocks[-1][3] == step.dest_start:
            blocks[-1] = (blocks[-1][0], step.src_end, blocks[-1][2], step.dest_end)
        else:
            blocks.append((step.src_start, step.src_end, step.dest_start, step.dest_end))
    joined: list[tuple[int, int, int, int]] = []
    for a, b, c, d in blocks:
        if joined and joined[-1][1] + 1 == a and joined[-1][3] + 1 == c:
            start, end, first, last = joined[-1]
            gone, come = left[start:end] or right[first:last], left[a:b] or right[c:d]
            if (
                (end == start) != (last == first)
                and (a == b) != (c == d)
                and gone == come
                and len(gone) == 1
                and (end == start) != (a == b)
            ):
                joined[-1] = (start, b, first, d)
                continue
        joined.append((a, b, c, d))
    return [(left[a:b], right[c:d]) for a, b, c, d in joined]


def _block(left: Sequence[str], right: Sequence[str], *, leading: bool) -> tuple[int, list[tuple[str, str, bool]]]:
    """Level and doubts of a stretch in which two titles differ."""
    small = _LEADING if leading else _ARTICLES
    if len(left) != len(right):
        one, other = "".join(left), "".join(right)
        if one == other:
            return FORM, []
        bare, others = [w for w in left if w not in small], [w for w in right if w not in small]
        if bare == others:
            return FORM, []
        if [w for w in left if w not in _LINKS] == [w for w in right if w not in _LINKS]:
            return SLIP, []
        # A space lost or put in by a slip.
        joined, unsure = _pair(one, other)
        if min(len(one), len(other)) >= 5 and joined < CHANGED:
            return joined, [(" ".join(left), " ".join(right), two) for _, _, two in unsure]
        if len(bare) != len(others):
            return _added([*left, *right]), []
        left, right = bare, others
    elif "".join(left) == "".join(right):
        return FORM, []
    elif len(left) == 2 and left[0] == right[1] and left[1] == right[0]:
        said = any(counts(word) or word in NEGATIONS or len(word) < 3 for word in left)
        return TURNED if said else MOVED, []
    level, doubts = FORM, []
    for one, other in zip(left, right, strict=True):
        if one == other:
            continue
        found, unsure = _pair(one, other)
        level = max(level, found)
        doubts += unsure
    if level >= CHANGED and len(left) > 1:
        one, other = "".join(left), "".join(right)
        if len(one) == len(other) and one[0] == other[0] and relation(one, other) == "slip":
            return SLIP, []
    return level, doubts


def _pair(one: str, other: str) -> tuple[int, list[tuple[str, str, bool]]]:
    """Level of two words that differ."""
    found = relation(*sorted((one, other)))
    if found == "form":
        return FORM, []
    if found == "slip":
        return SLIP, []
    if found == "doubt":
        return DOUBT, [(one, other, False)]
    if two_slips(*sorted((one, other))):
        return DOUBT, [(one, other, True)]
    return _added((one, other)), []


def _added(words: Sequence[str]) -> int:
    """Level of words that only one title has."""
    return TURNED if any(counts(word) or word in NEGATIONS for word in words) else CHANGED


def _without_article(words: Sequence[str]) -> Sequence[str]:
    return words[1:] if len(words) > 1 and words[0] in _LEADING else words


def _cut_off(left: Sequence[str], right: Sequence[str]) -> Comparison | None:
    """Compare a title with one that goes on where it ends; None where neither does."""
    left, right = _without_article(left), _without_article(right)
    length, most = len("".join(left)), len("".join(right))
    turned = length > most
    shorter, longer = left, right
    if turned:
        shorter, longer, length, most = right, left, most, length
    if length > 0.95 * most or len(shorter) < 3:
        return None
    if length < (_SHORTEST if shorter[-1].isascii() else _SHORTEST_UNSPACED):
        return None
    taken, end = 0, 0
    while end < len(longer) and taken < length:
        taken += len(longer[end])
        end += 1
    if taken > length + len(longer[end - 1]) - 1 or end < 2:
        return None
    last, whole = shorter[-1], longer[end - 1]
    head = whole[: len(whole) - (taken - length)]
    if taken > length and last != head and fuzz.ratio(last, head) < 60:
        # A slip before it may have moved the end by a letter.
        if end >= 2 and longer[end - 2].startswith(last):
            end, whole, head = end - 1, longer[end - 2], last
        else:
            return None
    cut = taken > length and whole not in (head, last)
    if not cut and end == len(longer):
        return None
    if cut:
        level, doubts = _differences(shorter[:-1], longer[: end - 1])
    else:
        level, doubts = _differences(shorter, longer[:end])
    if level >= CHANGED or level == MOVED:
        return None
    tail = longer[end - 1 :] if cut else longer[end:]
    said = [_said_by(word) for word in tail]
    marked = any(mark for mark, _ in said)
    if turned:
        doubts = [(other, one, two) for one, other, two in doubts]
    return Comparison(CUT if cut else SUBTITLE, tuple(doubts), marked, not cut and any(aspect for _, aspect in said))


@lru_cache(maxsize=_TITLES_KEPT)
def _said_by(word: str) -> tuple[bool, bool]:
    """Whether a word at the end of a title says which part or report it is, and which side of its matter it tells of."""
    marked = counts(word) or word in NEGATIONS or _MARKS.fullmatch(word) is not None
    return marked, _ASPECTS.fullmatch(word) is not None


# Words that only a notice has, in any place; folded. One alternation, so that a column is searched in one pass.
_ANYWHERE = (
    r"errat(?:um|a)|corrigend(?:um|a)|fe de erratas?|fe de errores|errata corrige|expressions? of concern|expresion de preocupacion|"
    r"expressao de preocupacao|expression de preoccupation|authors? reply|authors? respon[sc]e|reply (?:from|by|of) the authors?|"
    r"respuesta de los? autor(?:es)?|resposta (?:do|da|dos|das) autor\w*|reponse (?:de l |des |de )auteurs?|antwort der autoren|"
    r"publisher s? ?note|publishers note|editors? note|editorial expression|retraction notice|notice of retraction|retraction note|"
    r"author correction|publisher correction|(?:study|trial|review|analysis|research|survey|project) protocol|protocol (?:of|for) (?:an?|the)|"
    r"rationale and design|design and rationale|"
    r"vol(?:ume)? \d+ (?:no? \d+ |iss(?:ue)? \d+ )?(?:pg?|pp?|pages?|art)? ?\w?\d+\w? (?:19|20)\d\d|"
    r"berichtigung|rectificatif|rettifica|ritrattazione|sprostowanie|rattelse|rettelse|duzeltme|oprava|opravy|oikaisu|korjaus|"
    r"исправлени[ея]|опечатк[аи]|поправк[аи]|ретракция|ретрагирован\w*|отзыв статьи|διορθωση|ανακληση|تصحيح|تصويب|"
    r"勘误|勘誤|更正|撤稿|撤回|撤销|關切聲明|关注声明|关切声明|表达关注|訂正|正誤表|정오표|정정|철회"
)
_BEFORE = (
    r"(?:a |an |the |on |author s |authors |in )?(?:re|reply|replies|response|responses|comments?|commentary|corrections?|corrected|"
    r"correction notice|"
    r"retraction|retracted|withdrawal|withdrawn|removed|removal|addend(?:um|a)|rejoinder|remarks?|discussion|notice|letter|invited comment\w*|"
    r"protocol|study protocol|"
    r"protocole|protokoll|protocolo|protocollo|korrektur|korrigend\w+|korrektion|antwort|erwiderung|stellungnahme|kommentar\w*|nachtrag|"
    r"reponse|commentaires?|retractation|correccion|retractacion|retractada|respuesta|replica|comentarios?|adenda|adendo|correcao|retratacao|"
    r"resposta|risposta|commento|commenti|correctie|rectificatie|reactie|antwoord|naschrift|terugtrekking|replik|svar|odpowiedz|komentarz|"
    r"wycofanie|ответ|комментари[йи]|отзыв|протокол|yanit|yorum|geri cekme|vastaus|سحب|رد|تعليق)"
    r"(?: (?:to|on|of|from|notice|article|for|au|aux|a|al|sur|su|zu|zum|zur|op|till|til|do|na|на|по|к)\b| )"
)
_BELONGING = (
    r"(?:(?:research |raw |source |replication |supplement(?:ary|al) |supporting )?"
    r"(?:data|code|software|scripts?|dataset|information|materials?|files?|package|figures?|tables?|"
    r"slides|video|appendix)|supplement|supplementary|additional file \d+) "
    r"(?:and (?:data|code|scripts?|materials?) )?(?:from|for|to|of) "
)
"""What belongs to a paper, and bears its title."""
_NOTICE = rf"(?:^|\s)(?:{_ANYWHERE})(?:\s|$)|^{_BEFORE}|^{_BELONGING}"
_UNSPACED_NOTICE = (
    r"勘误|勘誤|更正|撤稿|撤回|撤销|關切聲明|关注声明|关切声明|表达关注|訂正|正誤表|정오표|정정|철회|回复|回復|答复|答復"
)
_BRACKETED = (
    r"(?i)[(\[（【][^()\[\]（）【】]{0,40}(?:errat|corrig|correct|rectif|retract|retirad|withdraw|repl(?:y|ies)|respon|comment|protoc|protok|concern|"
    r"addend|kommentar|antwort|risposta|respuesta|resposta|réponse|réplica|ответ|испр|勘|更正|撤|回复|答|訂正|정정)[^()\[\]（）【】]{0,60}[)\]）】](?:<[^<>]*>|[\s.])*$|"
    r"[:.—–-]\s*(?:the |an? )?(?:author[s'’]{0,3} )?(?:reply|replies|response|comments?|commentary|rejoinder|corrections?|retraction|"
    r"protocol|study protocol|addend(?:um|a)|errat(?:um|a)|corrigend(?:um|a)|"
    r"réponse|réplica|respuesta|resposta|risposta|antwort|erwiderung|ответ|комментарий)"
    r"(?: (?:to|on|from|by|à|a|al|auf|von) [^:.?!]{1,60})?(?:<[^<>]*>|[\s.)\]])*$"
)


def notices(titles: pa.Array, folded: pa.Array) -> pa.BooleanArray:
    """Whether each title speaks of a notice about a paper: an erratum, a retraction, a reply, a protocol.

    Titles of papers on such things speak of them too; it counts where one of two titles does and the other does not.

    Parameters
    ----------
    titles, folded : Array of large_string
        As given, and folded.
    """
    titles = pc.fill_null(titles, "")
    found = pc.or_(pc.match_substring_regex(folded, _NOTICE), pc.match_substring_regex(titles, _BRACKETED))
    return pc.or_(found, pc.match_substring_regex(folded, _UNSPACED_NOTICE))


def withdrawn(folded: pa.Array) -> pa.BooleanArray:
    """Whether each folded title says that the paper itself was retracted or withdrawn."""
    return pc.match_substring_regex(folded, r"^(?:retracted|withdrawn|removed|retractada|retirado)\b")


_SIGNED = (
    r"[+\x{ff0b}\x{207a}\x{208a}\x{2212}\x{207b}\x{208b}\x{b1}\x{2264}\x{2265}#\x{266f}]|[<>]\s*\d|&[lg]t;\s*\d"
    r"|[\pL\d)][-\x{2010}-\x{2013}](?:[\s/.,:;)\]]|$)|(?:^|[^\pL\d])\pL\s?[-\x{2013}]\s?\d|[({^>]\s*[-\x{2010}-\x{2013}]\s*[)}$<\s]"
    r"|(?:^|[\s(])[-\x{2010}-\x{2013}]\d|[)}]\s?[-\x{2013}]\s?\d"
)
"""What may be a sign that folding leaves out (RE2)."""
_SIGN = re.compile(
    r"(?P<plusplus>(?<![^\W_])[CFGJcfgj]\+\+(?![^\W\d_]))|(?P<sharp>(?<![^\W_])[A-GJa-gj][#\u266f])"
    r"|(?P<both>\u00b1|\+\s?/\s?[-\u2010-\u2013\u2212])|(?P<plus>[+\uff0b\u207a\u208a]+)"
    r"|(?P<minus>[\u2212\u207b\u208b]|\(\s*[-\u2010-\u2013]\s*\)|(?<=[^\W_])[-\u2010-\u2013](?=[\s/.,:;)\]]|\Z)"
    r"|(?<=\b[^\W\d_])\s?[-\u2013]\s?(?=\d)|(?<=\))\s?[-\u2013]\s?(?=\d)|(?<![^\s(])[-\u2010-\u2013](?=\d))|(?P<less>[<\u2264](?=\s*\d)|\u2264)|(?P<more>[>\u2265](?=\s*\d)|\u2265)"
)
_UNSEEN = re.compile(r"</?[A-Za-z][^<>]{0,60}>|[${}]|[\^_](?=\{?[-+\u2212])")
"""Tags, and what LaTeX raises signs by."""
_SIGNS = ("plus", "minus", "both", "less", "more")
_LANGUAGES = ("plusplus", "sharp")
_MOST_SIGNS, _MOST_LANGUAGES = 16, 3
_BITS_OF_SIGNS = 3 * _MOST_SIGNS


def signs(titles: pa.Array) -> npt.NDArray[np.int64]:
    """The signs of each title, of which its words know nothing: ``CD4+``, ``n - 1``, ``> 65 years``, ``C++``.

    They are digits of a number, three bits each; above them stand the marks of programming languages and keys (``C#``), two bits each.
    0 where there is none.
    """
    found = np.zeros(len(titles), np.int64)
    for row in np.flatnonzero(pc.fill_null(pc.match_substring_regex(titles, _SIGNED), False).to_numpy(zero_copy_only=False)):
        told = [
            (match.lastgroup, match.group())
            for match in _SIGN.finditer(re.sub(r"[\^_]", " ", _UNSEEN.sub("", unescape(titles[int(row)].as_py()))))
        ]
        said = [_SIGNS.index(name) for name, text in told if name in _SIGNS for _ in range(len(text) if name == "plus" else 1)]
        named = [_LANGUAGES.index(name) for name, _ in told if name in _LANGUAGES]
        code = 0
        for number in reversed(named[:_MOST_LANGUAGES]):
            code = code * 4 + number + 1
        code <<= _BITS_OF_SIGNS
        for place, number in enumerate(said[:_MOST_SIGNS]):
            code += number + 1 << 3 * place
        found[row] = code
    return found


def signs_differ(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether titles of the same words have other signs at one place; where one of them lost its signs, nothing is known.

    The names of programming languages never lose theirs.
    """
    below = (1 << _BITS_OF_SIGNS) - 1
    one, other = first & below, second & below
    # As many signs: the highest bits of both are in the same three.
    as_many = np.ones(len(first), bool)
    unlike = np.flatnonzero(one != other)
    for place in range(_MOST_SIGNS):
        as_many[unlike] &= (one[unlike] >> 3 * place > 0) == (other[unlike] >> 3 * place > 0)
    found: npt.NDArray[np.bool_] = (first >> _BITS_OF_SIGNS != second >> _BITS_OF_SIGNS) | ((one != other) & as_many)
    return found


def cut_marks(titles: pa.Array) -> pa.BooleanArray:
    """Whether each title ends as a title does that was cut off: with dots, in a word, or with a word that others must follow."""
    ends = (
        r"(?:\.\.\.|…|\pL-|[:,(\[]|\s(?i:of|the|and|an|for|with|from|by|in|et|des|du|und|der|die|mit|zur))\s*(?:<[^<>]*>)?\s*$"
    )
    return pc.match_substring_regex(pc.fill_null(titles, ""), ends)


_SEPARATOR = re.compile(r"\s*[:.?!;|：。？！；]\s*|\s+[-–—]+\s+|\s*[–—]{1,3}\s*")


def has_subtitle(title: str, head: str) -> bool:
    """Whether a title has a mark that parts a subtitle where its first words, given squeezed, end."""
    letters = 0
    wanted = len(head)
    for place, letter in enumerate(title):
        if letters >= wanted:
            return _SEPARATOR.match(title, place) is not None
        letters += letter.isalnum()
    return False


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


@remembered(10_000)
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

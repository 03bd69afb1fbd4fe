"""Terms of texts for the topic model, and what each is worth: learnt from the corpus, in whatever language it is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from hashlib import blake2b
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.text.analysis import without_particle
from explorer.text.languages import ENGLISH, parted
from explorer.text.markup import plain_latex
from explorer.text.word_forms import word_forms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_WORD = re.compile(r"(?<![\\\w])[^\W\d_](?:[^\W_]+(?:[-’'][^\W_]+)*|(?:[-’'][^\W_]+)+)(?!\w)")
ASCII_WORD = re.compile(r"(?<![\\0-9a-z_])[a-z](?:[0-9a-z]+(?:[-'][0-9a-z]+)*|(?:[-'][0-9a-z]+)+)(?![0-9a-z_])")
"""The same in small letters of ASCII, which are told apart faster."""

_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|\b(?:arxiv|doi):\s?\S+|(?<!\S)@?[^\s@]+@\S[^\s.]*\.\S+"
    r"|(?<![\w-])(?<![\w-]\.)[\w-]+(?:\.[\w-]+)*\.(?:(?:ac|co)\.[a-z]{2}|com|org|net|io|edu|gov|ai|co)\b(?:/\S*)?",
    re.I,
)
"""Addresses of pages, papers and people. Each is looked for from where it begins alone: a text of thousands of signs without a blank is one."""

_FILE = r"\.(?:bat|bib|cfg|conf|cpp|csv|dll|docx?|exe|gz|html?|ini|ipynb|jar|json|log|pdf|png|py|sh|sql|tar|tex|toml|txt|xlsx?|xml|ya?ml|zip)\b"
_FILE_NAME = re.compile(rf"(?<![\w.+/\\~-])[~.]{{0,2}}(?:[\w+-]*[\\/])*[\w+-]+(?:\.[\w+-]+)*{_FILE}(?![\w-])", re.I)
"""A file by its name, with the folders before it: *src/main.py*. Of endings those that no program is called by, as *Node.js* is."""

_IS_FILE = re.compile(_FILE, re.I)
_PATH = re.compile(r"(?<![\w/.)])(?:~|\.{1,2})?/[\w.+-]+(?:/[\w.+-]+)+/?")
"""Folders from the root on: */usr/share/doc*; *and/or* is none."""

_ELEMENT = re.compile(r"</?[A-Za-z!?][^<>]{0,80}>")
_COMMAND = re.compile(r"\\(?:(?:begin|end|cite[a-z]*|ref|eqref|label|footnotemark)\*?(?:\[[^\]]*\])*\{[^{}]*\}|[A-Za-z]+)")
_ACCENT = re.compile(r"""\\["'`^~=.]\{?\\?[A-Za-z]""")
_FORMULA = re.compile(r"\$(?<!\\\$)\$?(?=[^\s$])([^$]++)(?<![\s\\])\$\$?(?!\d)|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
"""Mathematics; between dollars by pandoc's rule, which tells it from amounts of money. Each way begins with a character to be looked for."""

_LETTER = re.compile(r"\\?([A-Za-z]+)")
_GROUP = re.compile(
    r"\{?(?:\\(?:math|text)?(?:rm|bf|it|sf|frak)\s*|\\operatorname\s*)?\{?([A-Za-z]{2,4})\}*\(((?!s\))\w{1,2}(?:,\s?\w{1,2})?)\)"
)
"""A formula that is a name of letters and what belongs to it: *SU(2)*."""

_INDEX = re.compile(r"[_^]\{?(\w+)\}?")

_CITED = re.compile(r"\bet\.? al\b\.?")
_HYPHEN = re.compile(r"(?<=\w)[\u2010\u2011\u2013](?=\w)|(?<=\w)\u00ad(?=\w)")
_VOWELS = "aeiouyhàáâèéêëìíîïòóôùúûœæ"
ELIDED = "(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|dell|nell|sull|all|dall|quell|un)['’]"
_ELIDED = re.compile(f"{ELIDED}(?=[{_VOWELS}])", re.IGNORECASE)
"""A French or Italian article or preposition that has lost its vowel before a word that begins with one."""

_MAYBE_ELIDED = re.compile(f"['’][{_VOWELS}]", re.IGNORECASE)
"""What every such article has at its end, and few English texts have."""

_RUN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_KATAKANA = re.compile("[\u30a0-\u30fa\u30fc-\u30ff]+")
"""Japanese letters of words from other languages, but for the dot between two of them: a run of them is cut nowhere."""

LONGEST_STRING = 6
"""Characters of a word of a script without spaces that is looked for."""

_WITHIN = 0.7
"""A string of characters is part of a word, and none, where so many of its occurrences go on, or begin, with the same character."""

_GRAMMAR = re.compile(r"[\u3040-\u309f的了和与與及或是在之]")
"""Characters that no Chinese or Japanese term begins with: the syllables of Japanese grammar, and Chinese particles."""

_LEARNT_ON = 6_000
"""Papers that the worth of terms is learnt on: enough for terms that stand in one paper of a thousand."""

_FEW = 20
"""Papers below which nothing can be learnt of terms but how many papers have them."""

_SHORT = 0.25
"""Terms of a paper without an abstract, as a share of those of a long one."""

_DIMENSIONS = 50
_FULL = 0.3
"""Likeness of its papers from which a term is worth all it can be."""


def accented(text: str) -> str:
    r"""A text whose accents are letters, where LaTeX writes them: half a name is no word.

    Examples
    --------
    >>> accented(r'Schr\"odinger operators')
    'Schrödinger operators'
    """
    return plain_latex(text) if "\\" in text and _ACCENT.search(text) else text


def cleaned(text: str, *, elided: str = "") -> str:
    r"""A text without what holds no words: addresses, elements of HTML, commands and formulas of LaTeX; its letters composed.

    What a formula is part of stays a word, if it is a letter or an index. In the place of an article that has lost its vowel (*l'analyse*)
    comes `elided`, in which ``{}`` is what it was.

    Examples
    --------
    >>> cleaned(r"$k$-means of CO$_2$ &amp; <i>Drosophila</i>, $x^2+1$ at https://github.com/a/b")
    'k-means of CO2 &  Drosophila ,  ;  at  '
    """
    if (
        "://" in text
        or "www." in text
        or "@" in text
        or ".com" in text
        or ".org" in text
        or ".io" in text
        or ".edu" in text
        or ".ac." in text
        or "Xiv:" in text
        or "doi:" in text
    ):
        text = _ADDRESS.sub(" ", text)
    if _IS_FILE.search(text):
        text = _FILE_NAME.sub(" ", text)
    if " /" in text or "./" in text or "~/" in text or "(/" in text:
        text = _PATH.sub(" ", text)
    if "&" in text:
        # Twice: what was escaped is escaped again on many a way.
        text = unescape(unescape(text))
    if "<" in text:
        text = _ELEMENT.sub(" ", text)
    if "$" in text or "\\(" in text or "\\[" in text:
        text = _FORMULA.sub(_left_of_a_formula, text)
    if "\\" in text:
        text = _COMMAND.sub(" ", accented(text))
    if "et al" in text or "et. al" in text:
        text = _CITED.sub(" ; ", text)
    if not text.isascii():
        text = _HYPHEN.sub(lambda found: "" if found[0] == "\u00ad" else "-", unicodedata.normalize("NFC", text))
    if ("'" in text or "’" in text) and _MAYBE_ELIDED.search(text):
        text = _ELIDED.sub(lambda found: found[0] if _is_in_a_word(found) else elided.format(found[0]), text)
    return text


def _left_of_a_formula(found: re.Match[str]) -> str:
    """What a formula leaves, if it is not the end of a phrase.

    A letter that a hyphen joins to a word (*$k$-means*), an index of a word (*CO$_2$*), a name with what belongs to it in brackets (*$SU(2)$*).
    """
    text, inside = found.string, found[1] or ""
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if before.isalnum() and (index := _INDEX.fullmatch(inside)):
        return index[1]
    if name := _GROUP.fullmatch(inside):
        return f"{name[1]}({name[2]})"
    return letter[1] if "-" in (before, after) and (letter := _LETTER.fullmatch(inside)) else " ; "


def _is_in_a_word(found: re.Match[str]) -> bool:
    """Whether what was found is the end of a longer word: *isn't* has no elided *n*."""
    before = found.string[found.start() - 1 : found.start()]
    return before.isalnum() or before == "-"


def words_of(text: str) -> list[str]:
    r"""Words of a text in lower case: no addresses, no markup, no numbers; pairs of characters where a script has no spaces.

    Examples
    --------
    >>> words_of("Code: https://github.com/a/b; graph-based LLMs, x_1 and \\alpha")
    ['code', 'graph-based', 'llms', 'and']
    >>> words_of("L'analyse d'images")
    ['analyse', 'images']
    """
    found = cleaned_words(cleaned(text))
    return [part for word in found for part in _pairs(word)] if any(map(_UNSPACED.search, found)) else found


def cleaned_words(text: str) -> list[str]:
    """Words of a cleaned text in lower case; of a script without spaces its runs."""
    plain = text.isascii()
    text = text.lower()
    found: list[str] = (ASCII_WORD if plain else _WORD).findall(text)
    if "'s" in text or "’s" in text:
        found = [word[:-2] if word.endswith(("'s", "’s")) else word for word in found]
    return found if plain or not _HANGUL.search(text) else [without_particle(word) for word in found]


def is_unspaced(text: str) -> bool:
    """Whether a text has characters of Chinese or Japanese, which write no spaces between words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def _pairs(word: str) -> list[str]:
    """A word, or the pairs of characters of one in a script without spaces (Nie, Gao, Zhang and Zhou 2000)."""
    if not _UNSPACED.search(word):
        return [word]
    return [run[at : at + 2] for run in _RUN.findall(word) for at in range(max(len(run) - 1, 1))]


def terms_of(text: str) -> list[str]:
    """Words of a text that may be terms of a topic: none of the function words of its language.

    Of a script without spaces every string of two to six characters is one: a vocabulary tells those that are words.

    Examples
    --------
    >>> terms_of("The adsorption of CO2 on thin films"), terms_of("El cáncer de mama"), terms_of("深度学")
    (['adsorption', 'co2', 'thin', 'films'], ['cáncer', 'mama'], ['深度', '深度学', '度学'])
    """
    return terms_of_cleaned(cleaned(text))


def terms_of_cleaned(text: str) -> list[str]:
    """What `terms_of` gives, of a text that went through `cleaned`."""
    found, _ = parted_words(text)
    if is_unspaced(text):
        return [part for word in found for part in (strings_of(word, 2) if _UNSPACED.search(word) else (word,))]
    return found


def parted_words(text: str) -> tuple[list[str], Set[str]]:
    """Words of a cleaned text but for function words, and its function words of a language that is not English."""
    words = cleaned_words(text)
    rest, empty = parted(words)
    foreign: Set[str] = frozenset() if empty is ENGLISH else empty.intersection(words) - ENGLISH
    return rest, foreign


def strings_of(word: str, shortest: int, longest: int = LONGEST_STRING) -> Iterator[str]:
    """Strings of characters in the runs of a word in a script without spaces; runs of katakana are whole, however long."""
    for run in _RUN.findall(word):
        parts = units_of(run)
        for at in range(len(parts)):
            string = ""
            for part in parts[at:]:
                string += part
                if len(string) > longest and string != part:
                    break
                if len(string) >= shortest:
                    yield string


def units_of(run: str) -> list[str]:
    """What a run of a script without spaces is made of: characters, and runs of katakana as one.

    Examples
    --------
    >>> units_of("深層ネットワーク")
    ['深', '層', 'ネットワーク']
    """
    found = list[str]()
    at = 0
    for katakana in _KATAKANA.finditer(run):
        found += [*run[at : katakana.start()], katakana[0]]
        at = katakana.end()
    return [*found, *run[at:]]


def lexicon(texts: Iterable[str]) -> frozenset[str]:
    """Words of scripts without spaces, as the texts show them.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    frozenset of str
        Strings of two to six characters that neither begin nor end with a character of grammar, and that stand between changing
        characters. A run of katakana is one character here.

    Notes
    -----
    Accessor variety (Feng, Chen, Deng and Zheng 2004): where one character follows, or goes before, nearly always, the string is
    part of a longer word.

    Examples
    --------
    >>> sorted(lexicon(["深度学习方法", "基于深度学习的研究", "一种深度学习模型", "强化学习", "学习率"]))
    ['学习', '深度学习']
    """
    seen = Counter[str]()
    for text in texts:
        if not text.isascii():
            seen.update(string for run in _RUN.findall(text) for string in strings_of(run, 1, LONGEST_STRING + 1))
    most_after, most_before = Counter[str](), Counter[str]()
    for string, count in seen.items():
        parts = units_of(string)
        if len(parts) > 1:
            before, after = string.removesuffix(parts[-1]), string.removeprefix(parts[0])
            most_after[before] = max(most_after[before], count)
            most_before[after] = max(most_before[after], count)
    return frozenset(
        string
        for string, count in seen.items()
        if len(string) > 1
        and (len(string) <= LONGEST_STRING or _KATAKANA.fullmatch(string))
        and count > 1
        and max(most_after[string], most_before[string]) < _WITHIN * count
        and not _GRAMMAR.match(string[0])
        and not _GRAMMAR.match(string[-1])
    )


_NO_PLURALS = frozenset("means news".split())
_BARE_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=65_536)
def word_key(word: str) -> str:
    """What the forms of a word have in common: singular, plural and genitive, British and American spelling.

    Plurals are those of Harman (1991, How effective is suffixing?), and those that `explorer.text.word_forms` knows.

    Examples
    --------
    >>> word_key("tumours") == word_key("tumor"), word_key("analyses") == word_key("analysis"), word_key("news")
    (True, True, 'news')
    """
    word = word.removesuffix("'s").removesuffix("’s") or word
    one = _singular(word)
    # Of the plural too, as a rule may know that only: *lattices* could be of a *lattex*, as *lattice* could not.
    forms = {form for start in {one, _plural(one), _stem(word)} for form in word_forms(start)}
    return min(map(_stem, forms), key=lambda form: (len(form), form))


def _singular(word: str) -> str:
    if len(word) <= 3 or word in _NO_PLURALS:
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith(("xes", "sses", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("us", "ss", "is")) else word


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in _BARE_VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _stem(word: str) -> str:
    """The singular, of which *ses* tells no *e*: *phases* and *gases* alike, so that *phase* loses more than a plural has."""
    shorter = word[:-2] if word.endswith("ses") and len(word) > 4 else _singular(word)
    return word if shorter == word else _stem(shorter)


TITLE_END = "\x1e"
"""Between the title and the abstract of a paper, where its text is known to have both: a space for all that reads words."""

_SPACES = " \t\n\r\f\v"
"""What a piece of text does not end with; the end of a title stays."""

_END = re.compile(r"[.!?:]\s+|—\s*|[。！？：]")
_ASIDE = re.compile(r"(?<=[.!?] )\((?![cC]\))(?:[^()]|\([^()]*\)){1,200}\)\s+")
"""A bracket after the end of a sentence, which is a piece by itself: *(c) 2021 A Press*."""

_LINE = re.compile(r"(?<=[\n\x1e])[^\n\x1e]{1,40}(?=\n)")
"""A short line between others, or right after a title: a heading, as sections of an abstract have. Lines that are broken for their
length are longer."""

_NOTICE = re.compile(r"(?<!Crown)\s(?=(?:Crown )?(?:Copyright\s*)?(?:©|(?:\([cC]\)|Copyright)\s*(?:19|20)\d\d\b))")
"""What comes before a note of who owns the text, which is a piece also where no full stop goes before."""

_OWNED = re.compile(
    r"\W*(?:crown )?(?:copyright ?)?(?:©|\(c\) ?(?:19|20)\d\d)|\W*(?:crown )?copyright(?: (?:19|20)\d\d|\W*$)"
    r"|.*\b(?:all rights reserved|open[- ]access article (?:distributed )?under)",
    re.I,
)
"""Such a note, which says nothing of a subject also where one paper alone has it."""

_SIGNS = "©", "ights reserved", "opyright", "access article", "(c) ", "(C) "
"""What every text with such a note has, and few others, which are looked through faster."""

_SMALL = "(?:An|As|At|By|For|From|In|It|Let|Of|On|Our|The|There|These|This|To|We|With) "
_BEGINS = re.compile(f"(?<=[^\\W_]) (?={_SMALL})")
"""A small word with a capital begins a sentence, also where what is before it has no full stop: a title, a heading."""

_HEADED = re.compile(f"(?:[A-Z][\\w-]* (?:(?:and|of|the) )?){{1,3}}(?={_SMALL})")
_LONGEST_PIECE = 200
_OFTEN = 0.002
"""Share of the papers that must say the same."""

_SAID_BY = 3
_NO_LETTERS = str.maketrans(dict.fromkeys("0123456789.,:;!?()[]{}-–—。，：；！？（）©®™*/&'\"", ""))


def without_boilerplate(texts: Sequence[str]) -> list[str]:
    """Texts without what several of them say word for word: headings of structured abstracts, notes of publishers.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    list of str
        What stands between two ends of a sentence, or before a colon, is left out where three texts or more, and one of five
        hundred, have it, whatever its figures, and where it says who owns the text; but the first such piece of each text, which is
        its title, stays.

    Examples
    --------
    >>> said = [f"{word} heal. Methods: we count {word}. (C) 201{at} A Press. All rights reserved."
    ...         for at, word in enumerate(["Cells", "Mice", "Plants"])]
    >>> without_boilerplate(said)[0]
    'Cells heal. we count Cells.'
    """
    # The same paper twice says nothing twice.
    different = sorted(set(texts[:_LEARNT_ON]))
    users, longest = Counter[str](), dict[str, int]()
    pieces = {text: pieces_of(text) for text in different}
    keys = {piece: _said(piece) for there in pieces.values() for piece in there[1:] if len(piece) <= _LONGEST_PIECE}
    for text in different:
        said = {keys[piece]: len(piece) for piece in pieces[text][1:] if len(piece) <= _LONGEST_PIECE}
        users.update(said.keys())
        longest |= said
    least = max(_SAID_BY, _OFTEN * len(different))
    often = {key for key, count in users.items() if count >= least and key}
    # Figures may be longer elsewhere; long pieces need not be looked at.
    most = 10 + max((longest[key] for key in often), default=0)
    found = []
    for text in texts:
        there = pieces.get(text) or pieces_of(text)
        owned = any(sign in text for sign in _SIGNS)
        kept = [
            piece
            for at, piece in enumerate(there)
            if at == 0
            or not ((owned and _OWNED.match(piece)) or (len(piece) <= most and (keys.get(piece) or _said(piece)) in often))
        ]
        found.append(" ".join(kept) if len(kept) < len(there) else text)
    return found


def pieces_of(text: str) -> list[str]:
    """Sentences of a text, and headings before them.

    Examples
    --------
    >>> pieces_of("Cells heal Methods: we counted them. Results The cells healed.")
    ['Cells heal Methods:', 'we counted them.', 'Results', 'The cells healed.']
    """
    lines: list[int] = []
    if "\n" in text:
        lines = [end for found in _LINE.finditer(text) for end in (found.start(), found.end() + 1)]
        text = text.replace("\n", " ")
    ends = [found.end() for found in _END.finditer(text)]
    if TITLE_END in text:
        lines.append(text.index(TITLE_END) + 1)
    if ". (" in text:
        lines += [found.end() for found in _ASIDE.finditer(text)]
    if "©" in text or "(c)" in text or "(C)" in text or "Copyright" in text:
        lines += [found.end() for found in _NOTICE.finditer(text)]
    if lines:
        ends = sorted({*ends, *lines})
    pieces = [text[a:b].rstrip(_SPACES) for a, b in pairwise([0, *ends, len(text)]) if a < b]
    if not pieces:
        return []
    # Only the first has a title before it, if it is not said where that ends; others may begin with a heading.
    found = pieces[:1] if TITLE_END in text else _BEGINS.split(pieces[0])
    for piece in pieces[1:]:
        heading = _HEADED.match(piece)
        found += [piece[: heading.end() - 1], piece[heading.end() :]] if heading else [piece]
    return found


def _said(piece: str) -> str:
    """What a piece of text says, without figures and signs."""
    return " ".join(piece.translate(_NO_LETTERS).lower().split())


def least_papers(papers: int) -> int:
    """Papers that must have a term for the model to use it: 1 of less than 20, 2 of a hundred, 8 of 1,600, 28 of 20,000."""
    return 1 if papers < _FEW else max(2, round(0.2 * papers**0.5))


def content_keys(rows: Iterable[bytes]) -> np.ndarray:
    """A number for the content of each row, uint64: what has the same content has the same number, in whatever order it comes."""
    # Not as numbers of Python, of which each takes five times as much.
    found = bytearray()
    for row in rows:
        found += blake2b(row, digest_size=8).digest()
    return np.frombuffer(found, "<u8").astype(np.uint64, copy=False)


def text_keys(texts: Iterable[str]) -> np.ndarray:
    """The same of texts; where a title ends is no content."""
    return content_keys(text.replace(TITLE_END, " ").encode("utf-8", "surrogatepass") for text in texts)


def term_weights(counts: csr_matrix) -> np.ndarray:
    """What each term is worth for telling topics apart, learnt from the corpus.

    A term is worth something if the papers that have it are like one another in their other terms, beyond what papers drawn at
    random are. Words of any language that stand anywhere, *the*, *propose*, *however*, are worth nothing; so is what every
    paper of a corpus has, such as the word it was searched with.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Inverse document frequency (Spärck Jones 1972), times the fourth root of the likeness, 0 to 1.

    Notes
    -----
    Likeness is the mean inner product of pairs of the papers that have the term, in the space of the first 50 singular vectors
    of TF-IDF, less the mean of papers with an abstract or of those without, and without the term's own part, as a share of the papers'
    variance. It is found twice, the second time with
    the weights of the first. A term of few papers, of which little can be known, is given the benefit of half a standard error.
    """
    # The same papers whatever their number: the first ones in the order of content.
    counts = counts[:_LEARNT_ON].tocsr()
    papers = counts.shape[0]
    users = np.bincount(counts.indices, minlength=counts.shape[1]).astype(float)
    rarity = np.log((papers + 1) / np.maximum(users, 0.5))
    if papers < _FEW or min(counts.shape) < 3:
        return np.where(users > 0, rarity, 0.0)
    weights = np.where(users > 0, rarity, 0.0)
    likeness = np.ones(len(users))
    for _ in range(2):
        likeness = _likeness(counts, users, weights)
        weights = rarity * np.sqrt(likeness)
    doubt = 0.5 / np.sqrt(np.maximum(users * (users - 1) / 2, 1))
    worth = np.clip((likeness + doubt) / _FULL, 0.0, 1.0)
    return np.where(users > 0, rarity * worth**0.25, 0.0)


def evened(counts: csr_matrix, weights: np.ndarray) -> np.ndarray:
    """Weights in which the rarity of a term counts by its root: what few papers have decides less of the topics.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)
    weights : ndarray of float64, shape (n_terms,)
        As `term_weights` gives them.
    """
    users = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((counts.shape[0] + 1) / np.maximum(users, 0.5))
    found: np.ndarray = weights / np.sqrt(rarity)
    return found


def _likeness(counts: csr_matrix, users: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How like each other the papers of each term are; see `term_weights`."""
    from sklearn.utils.extmath import randomized_svd

    weighted = weigh(counts, weights)
    papers = counts.shape[0]
    dimensions = max(1, min(_DIMENSIONS, min(counts.shape) - 1, papers // 4))
    _, _, vectors = randomized_svd(weighted, dimensions, n_iter=3, random_state=0)
    places = weighted @ vectors.T
    places = places - _means(places, np.diff(counts.indptr))
    square = (places**2).sum(axis=1)
    has = counts.copy()
    has.data = np.ones_like(has.data)
    own = np.asarray(weighted.sum(axis=0)).ravel()
    sums = has.T @ places - own[:, None] * vectors.T
    # Squared length of each paper without the term: |p - x v|² = |p|² - 2 x p·v + x² |v|²; of all with it x p added up, times v.
    mixed = ((weighted.T @ places) * vectors.T).sum(axis=1)
    own_square = np.bincount(weighted.indices, weighted.data**2, len(users)) * (vectors**2).sum(axis=0)
    squares = has.T @ square - 2 * mixed + own_square
    pairs = (sums**2).sum(axis=1) - squares
    mean = pairs / np.maximum(users * (users - 1), 1)
    found: np.ndarray = np.where(users > 1, np.clip(mean / max(square.mean(), 1e-12), 0, 1), 0.0)
    return found


def _means(places: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """For each paper the mean place of the papers like it: of those with an abstract, or of those with a title only.

    All that have an abstract share the words of abstracts, and would be like one another by *propose* and *results*.
    """
    means = np.tile(places.mean(axis=0), (len(places), 1))
    short = lengths < _SHORT * np.quantile(lengths, 0.95)
    if min(short.sum(), (~short).sum()) >= _FEW:
        for group in (short, ~short):
            means[group] = places[group].mean(axis=0)
    return means


def weigh(counts: csr_matrix, weights: np.ndarray) -> csr_matrix:
    """Counts as rows of unit length: the logarithm of each count plus one, times the weight of its term."""
    from sklearn.preprocessing import normalize

    weighted: Any = counts.copy()
    weighted.data = np.log1p(weighted.data) * weights[weighted.indices]
    rows: csr_matrix = normalize(weighted, copy=False)
    return rows

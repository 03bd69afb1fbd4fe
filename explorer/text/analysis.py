"""Text as it is analysed and as it is shown."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Any

from explorer.text.markup import plain_latex, plain_markup

Segments = list[tuple[str, int]]
"""Text cut into (piece, 1 if it matched the query else 0)."""

_WINDOW = 260

_UNSPACED = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f]"
)
"""Characters of Chinese and Japanese, which write no spaces between words, and of Korean, which glues particles to them."""

_UNSPACED_RUN = re.compile(f"{_UNSPACED.pattern}+")

_CLAUSES = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\u1780-\u17d3"
"""Letters and signs of Thai, Lao, Burmese and Khmer, which write blanks between clauses only."""

_CLAUSE_RUN = re.compile(f"[{_CLAUSES}]+")

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
"""Soft hyphens, joiners, marks of direction and the like: nobody types them, and they would cut a word in two."""

_MARKS = re.compile("[\u0300-\u036f]")
"""Accents that are no part of a letter even when composed (NFKC)."""

_CLUSTER = re.compile("(?s).[\u0300-\u036f\u1160-\u11ff\u3099\u309a\uff9e\uff9f]*")
"""A character with those that may become one with it."""

_STRETCH = re.compile(f"(?:[\\x00-\\x7f](?![^\\x00-\\x7f]))+|{_CLUSTER.pattern.removeprefix('(?s)')}", re.DOTALL)
"""Letters of ASCII in a row with no other letter right after one of them, which may become one with it; or one such cluster."""

_BEFORE = str.maketrans({"\u2122": " ", "\u2120": " "})
"""A trade mark, which NFKC would spell as letters of the word before it."""


def _folded_letters() -> dict[int, str]:
    """Letters that the index writes otherwise, beside what its own folding of Latin letters does."""
    found = {"\u0130": "I", "\u0451": "\u0435", "\u0401": "\u0415", "\u03c2": "\u03c3"}
    for code in (*range(0x370, 0x400), *range(0x1F00, 0x2000)):
        plain = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        if plain != chr(code) and plain.isalpha():
            found[chr(code)] = plain
    return str.maketrans(found)


_FOLDED = _folded_letters()
"""Dotted I, which lower case would make two characters; Russian yo; Greek accents and final sigma."""

FILLER = "\ua4d3"
"""A word that takes a place and is not indexed: it keeps the values of one field from being near each other."""

_PARTICLES = (
    "으로써 으로서 이라는 에서의 에서는 으로의 로부터 으로 에서 에게 까지 부터 처럼 보다 라는 이나 이란 "
    "로서 로써 하고 한테 께서 조차 마저 에는 와의 과의 "
    "을 를 이 가 은 는 의 에 와 과 로 도 만 나 란"
).split()
"""Korean particles, longest first; they follow a noun without a blank (Sohn 1999, The Korean Language, ch. 8)."""


_CYRILLIC = re.compile("[\u0400-\u052f\u1c80-\u1c8f\u1d2b\u1d78\u2de0-\u2dff\ua640-\ua69f]")
"""Letters of Russian and its neighbours, as `spread` leaves them."""


def is_stemmed_as_russian(text: str) -> bool:
    """Whether a text that went through `spread` has a word that the Russian stemmer changes; a letter of a formula is none."""
    if text.isascii() or not _CYRILLIC.search(text):
        return False
    whole, without = analyzer("english").analyze(text), analyzer("english", russian=False).analyze(text)
    return bool(whole != without)


@cache
def analyzer(name: str, *, russian: bool = True) -> Any:
    """The tantivy analysers of the index; texts go through `spread` before.

    Parameters
    ----------
    name : {"english", "words", "names", "exact"}
        english: lower case, accents folded, stop words removed, Snowball stems, of Russian words too (no letter of the one is one
        of the other); words: the same without stems, for wildcards and completion; names: lower case, accents folded; exact: the
        whole value in lower case.
    russian : bool
        False where the Russian stemmer, which takes a third of the time, would change no word.
    """
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    if name == "exact":
        return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.lowercase()).build()
    # Fillers first: there are many, and folding one costs most, as it is no letter of ASCII.
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.custom_stopword([FILLER]))
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    if name in ("english", "words"):
        builder = builder.filter(Filter.stopword("english"))
    if name == "english":
        builder = builder.filter(Filter.stemmer("english"))
        builder = builder.filter(Filter.stemmer("russian")) if russian else builder
    return builder.build()


_PROBE = (
    "Universities generalising analyses of the reward-modelling, organization's skies and dying running flies; nationally "
    "Möller naïve café Straße ﬁne İstanbul e\u0301tude co\u00adoperation H₂O ｱﾕ ＤＮＡ 深度学习の研究 딥러닝을 нейронные сети ёлка δεδομένα "
    "p(x)-Laplacian C++ don't x2 2024 " + "w" * 70
)
"""Invented words at which analysers of different versions differ."""


@cache
def fingerprint() -> str:
    """What the analysers make of a few hard words, as 16 hexadecimal digits: an index is read with those it was written with."""
    found = [tokens(_PROBE, name) for name in ("english", "words", "names", "exact")]
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def tokens(text: str, name: str) -> list[tuple[int, str]]:
    """Position and term of every token of `text` under an analyser; removed stop words leave gaps in the positions."""
    text = text if name == "exact" else spread(text)
    return [(token.position, token.text) for token in analyzer(name).pre_tokenize(text).tokens]


def spread(text: str) -> str:
    """Text as the index takes it: its letters in one form (NFKC), and what writes no spaces set apart.

    Each Chinese, Japanese or Korean character is a word of its own: several in a row are then found as a phrase is. No dictionary
    knows every term of a field, and one that missed a word would hide its papers.
    """
    if text.isascii():
        return text
    return _UNSPACED.sub(r" \g<0> ", normal(text))


def normal(text: str) -> str:
    """Letters in one form (NFKC: full and half width, ligatures, decomposed accents), without what cannot be seen."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_BEFORE))
    return _MARKS.sub("", plain).translate(_FOLDED)


def unspaced(text: str) -> list[str]:
    """The runs of Chinese, Japanese and Korean characters in a text."""
    return [] if text.isascii() else _UNSPACED_RUN.findall(normal(text))


def is_unspaced(text: str) -> bool:
    """Whether most letters of a text are of a script that writes no blanks between words (Korean, which glues particles, as well)."""
    if text.isascii():
        return False
    letters = [*_UNSPACED.findall(text), *filter(str.isalpha, "".join(_CLAUSE_RUN.findall(text)))]
    return 2 * len(letters) > sum(map(str.isalpha, text))


def paired(text: str) -> str:
    """Text in which every two characters that stand together are a word, as most words of scripts without blanks have two.

    In Chinese, Japanese and Korean these are characters, in Thai, Lao, Burmese and Khmer a consonant with the signs around it.
    """
    plain = _CLAUSE_RUN.sub(lambda run: _pairs_of(_consonant().findall(run[0])), normal(text))
    return _UNSPACED_RUN.sub(lambda run: _pairs_of(run[0]), plain)


def _pairs_of(characters: Sequence[str]) -> str:
    return f" {' '.join(map(''.join, pairwise(characters))) or ''.join(characters)} "


@cache
def word_pattern() -> str:
    r"""Regular expression of a word: letters and digits, and the signs that are written on them.

    Vowels of Hindi, Bengali or Tamil, points of Arabic and Hebrew, accents that no letter is composed with: Python's ``\w`` has none
    of them, and would cut a word at each.
    """
    return rf"\w[\w{_signs()}]*"


def written(text: str) -> list[str]:
    """Words of a text as the index takes its letters, whole (see `word_pattern`)."""
    return re.findall(word_pattern(), normal(text))


def has_signs(word: str) -> bool:
    """Whether a word has signs that the analysers of the index do not take for letters, or is of a script without blanks but Chinese.

    Such a word, of Hindi or Thai, is several terms of the index or one with what stands around it.
    """
    return not word.isascii() and re.search(f"[{_signs()}]|[{_CLAUSES}]", word) is not None


@cache
def _signs() -> str:
    """Combining marks (Mn, Mc) as ranges of a regular expression, up to the last script of India; beyond are variants of Chinese ones."""
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code)) in ("Mn", "Mc")]
    starts = [code for code, before in zip(marks, [0, *marks], strict=False) if code != before + 1]
    ends = [code for code, after in zip(marks, [*marks[1:], 0], strict=False) if after != code + 1]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


@cache
def _consonant() -> re.Pattern[str]:
    """A letter of Thai, Lao, Burmese or Khmer with the vowels before, around and after it, and the letters below it."""
    letter = f"(?![{_signs()}])[{_CLAUSES}]"
    return re.compile(
        f"[\u0e40-\u0e44\u0ec0-\u0ec4]?{letter}(?:[\u1039\u17d2]{letter}|[{_signs()}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3])*"
        f"|[{_CLAUSES}]"
    )


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile(f"{_consonant().pattern}|{word_pattern()}")


def words_of(text: str) -> list[str]:
    """Words of a text in one form: small letters, composed, one for each character of a script that writes no blanks between words."""
    return _any_word().findall(spread(text).casefold())


def is_character(word: str) -> bool:
    """Whether a word of `words_of` is a character of a script that writes no blanks between words."""
    return not word.isascii() and (_UNSPACED_RUN.match(word) or _CLAUSE_RUN.match(word)) is not None


def composed(text: str) -> str:
    """Text with its letters composed (NFC), without what cannot be seen and would cut a word in two."""
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def without_particle(word: str) -> str:
    """A Korean word without the particle glued to it; any other as it is. At least two syllables stay."""
    if word.isascii() or not "\uac00" <= (word := normal(word))[-1:] <= "\ud7a3":
        return word
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2 and "\uac00" <= word[-len(particle) - 1] <= "\ud7a3":
            return word[: -len(particle)]
    return word


_KNOWN_BEGINNING = re.compile(r"[a-z0-9](?![*?{])")
"""Regular expressions of which the first letter is known."""


@dataclass(frozen=True)
class Terms:
    """What a query looks for in running text, for highlighting."""

    stems: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    """Regular expressions that a whole folded word fits."""
    runs: tuple[str, ...] = ()
    """Chinese, Japanese and Korean, which match wherever they stand."""

    def fits(self, word: str) -> bool:
        """Whether a folded word fits one of the patterns."""
        return any(re.fullmatch(pattern, word) for pattern in self.patterns)

    @cached_property
    def beginnings(self) -> str:
        """Letters and digits that words in ASCII begin with if they match; empty where a pattern may begin with any.

        Stemmers change how a word ends.
        """
        known = all(_KNOWN_BEGINNING.match(pattern) and "|" not in pattern for pattern in self.patterns)
        begin = {word[0] for word in (*self.stems, *self.patterns)} if known else set()
        return "".join(sorted(letter for letter in begin if letter.isascii()))


def readable(text: str | None) -> str:
    """LaTeX and HTML left in a title or an abstract as plain text, as far as it can be read (``S$^{2}$FT``: ``S²FT``)."""
    if not text:
        return ""
    plain = " ".join(plain_latex(plain_markup(text)).split())
    return plain or text


def highlight(text: str, terms: Terms) -> Segments:
    """Cut text at the words that match.

    Parameters
    ----------
    text : str
        Text as shown (see `readable`).
    terms : Terms
        Stems and patterns looked for.

    Returns
    -------
    list of (str, int)
        The pieces joined are `text`; 1 marks a match.
    """
    return _pieces(text, _spans(text, terms), 0, len(text))


def _pieces(text: str, spans: list[tuple[int, int]], first: int, last: int) -> Segments:
    """The part of a text from `first` to `last`, cut at the spans that begin in it."""
    pieces: Segments = []
    end = first
    for start, stop in spans:
        if not first <= start < last:
            continue
        if start > end:
            pieces.append((text[end:start], 0))
        pieces.append((text[start : min(stop, last)], 1))
        end = min(stop, last)
    if end < last:
        pieces.append((text[end:last], 0))
    return pieces


def snippet(text: str, terms: Terms, width: int = _WINDOW) -> Segments:
    """The part of `text`, at most about `width` characters, that holds the most different matches; else its beginning."""
    spans = _spans(text, terms)
    start = 0
    if spans and len(text) > width:
        best = -1
        for first, _ in spans:
            inside = {text[a:b].lower() for a, b in spans if first <= a and b <= first + width - 40}
            if len(inside) > best:
                best, start = len(inside), first
        # At a word, if one begins near; a text without blanks, as Chinese ones are, is cut anywhere.
        near = text.rfind(" ", start - 40, start - 20) + 1 or start - 30
        start = 0 if start < width // 3 else near
    stop = len(text) if start + width >= len(text) else max(text.rfind(" ", start, start + width), start + width // 2)
    # Words are told apart once: that is what takes the time of a page.
    pieces = _pieces(text, spans, start, stop)
    if start:
        pieces.insert(0, ("… ", 0))
    if stop < len(text):
        pieces.append((" …", 0))
    return pieces


def _spans(text: str, terms: Terms) -> list[tuple[int, int]]:
    """Start and end of what matches in `text`."""
    placed = _Placed(text)
    found = []
    for run in terms.runs:
        # Set apart as the text is, so that a run is found over a blank too, as the index finds it.
        found += [placed.span(m.start(), m.end()) for m in re.finditer(r"\s*".join(map(re.escape, run)), placed.plain)]
    if terms.stems or terms.patterns:
        found += [placed.span(*place) for place in _matching(placed.plain, terms)]
    return _apart(found) if terms.runs else found


class _Placed:
    """`spread` of a text, and where in the text a part of it stands.

    Only what matches is looked up: letter by letter for a whole abstract this would take most of the time of a page.
    """

    def __init__(self, text: str) -> None:
        self.plain = text
        self._at: list[int] = []
        self._pieces: list[tuple[int, int, bool]] = []
        if text.isascii():
            return
        pieces: list[str] = []
        length = 0
        for match in _STRETCH.finditer(text):
            piece = match.group()
            plain = piece.isascii()
            piece = piece if plain else spread(piece)
            self._at.append(length)
            self._pieces.append((match.start(), match.end(), plain))
            length += len(piece)
            pieces.append(piece)
        self.plain = "".join(pieces)

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Start and end in the text of a part of `plain`."""
        if not self._at:
            return start, stop
        at, (first, _, plain) = self._piece(start)
        begin = first + start - at if plain else first
        at, (first, last, plain) = self._piece(stop - 1)
        return begin, first + stop - at if plain else last

    def _piece(self, place: int) -> tuple[int, tuple[int, int, bool]]:
        number = bisect_right(self._at, place) - 1
        # Pieces of which nothing is left, as invisible signs, begin where the next one does.
        return self._at[number], self._pieces[number]


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that meet joined."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _matching(text: str, terms: Terms) -> Iterator[tuple[int, int]]:
    """Places of the words that match, of a text as the index takes it."""
    if terms.beginnings and _PLAIN.fullmatch(text):
        # Only words that begin as one looked for are analysed: that takes a tenth of the time, and most of that of a page.
        for match in _words_beginning(terms.beginnings).finditer(text):
            stem, word = _analysed(match.group())
            if stem in terms.stems or (terms.patterns and word and terms.fits(word)):
                yield match.span()
    else:
        for stemmed, word in _pairs(text, bool(terms.patterns)):
            if stemmed.text in terms.stems or (word and terms.fits(word)):
                yield stemmed.char_offset_from, stemmed.char_offset_to


_PLAIN = re.compile("[\\x00-\u024f\u0370-\u03ff\u2000-\u206f\u2190-\u22ff]*")
"""Latin and Greek letters and common signs, of which regular expressions and tantivy tell words apart alike."""


@lru_cache(maxsize=256)
def _words_beginning(letters: str) -> re.Pattern[str]:
    """Words of such a text that begin with one of some letters, or with one that may be folded into it."""
    # The letters first, for which a text is gone through fastest; what stands before them is looked at after.
    first = f"[{letters}{letters.upper()}\u0080-\u024f\u0370-\u03ff]"
    return re.compile(f"{first}(?<=[^\\W_])(?<![^\\W_].)[^\\W_]*", re.DOTALL)


@lru_cache(maxsize=20_000)
def _analysed(word: str) -> tuple[str | None, str]:
    """Stem of one word, and the word as wildcards find it; None and nothing of a stop word."""
    for stemmed, plain in _pairs(word, True):
        return stemmed.text, plain
    return None, ""


def _pairs(text: str, with_words: bool) -> Sequence[tuple[Any, str]]:
    stemmed = analyzer("english").pre_tokenize(text).tokens
    if not with_words:
        return [(token, "") for token in stemmed]
    # The two analysers differ in the stemmer only, so their tokens pair up one by one.
    return [(token, word.text) for token, word in zip(stemmed, analyzer("words").pre_tokenize(text).tokens, strict=True)]


def without_accents(text: str) -> str:
    """Letters without what stands on or under them, in their plainest form (NFKD).

    Examples
    --------
    >>> without_accents("Schrödinger’s ﬁrst Ångström")
    'Schrodinger’s first Angstrom'
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def folded(text: str) -> str:
    """Lower case without accents."""
    return without_accents(text.lower())


def joined(names: Collection[str], most: int = 3) -> str:
    """Names in a row, the first `most` of them (``A, B, C and 5 more``); no line ends within what is said of the rest."""
    shown = list(names)[:most]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and\N{NO-BREAK SPACE}{rest:,}\N{NO-BREAK SPACE}more" if rest > 0 else "")


def as_written(stems: list[str], text: str) -> list[str]:
    """Stems as the words that `text` writes them with."""
    words: dict[str, str] = {}
    plain = readable(text)
    for token in analyzer("english").pre_tokenize(plain).tokens:
        words.setdefault(token.text, plain[token.char_offset_from : token.char_offset_to].lower())
    return [words.get(stem, stem) for stem in stems]

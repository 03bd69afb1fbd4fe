"""Text as it is analysed and as it is shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer.text.markup import plain_latex, plain_markup

Segments = list[tuple[str, int]]
"""Text cut into (piece, 1 if it matched the query else 0)."""

_WINDOW = 260

_UNSPACED = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f]"
)
"""Characters of Chinese and Japanese, which write no spaces between words."""


@cache
def analyzer(name: str) -> Any:
    """The tantivy analysers of the index.

    Parameters
    ----------
    name : {"english", "words", "names", "exact"}
        english: lower case, accents folded, stop words removed, Snowball stems; words: the same without stems, for prefixes
        and completion; names: lower case, accents folded; exact: the whole value in lower case.
    """
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    if name == "exact":
        return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.lowercase()).build()
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    builder = builder.filter(Filter.ascii_fold())
    if name in ("english", "words"):
        builder = builder.filter(Filter.stopword("english"))
    if name == "english":
        builder = builder.filter(Filter.stemmer("english"))
    return builder.build()


def tokens(text: str, name: str) -> list[tuple[int, str]]:
    """Position and term of every token of `text` under an analyser; removed stop words leave gaps in the positions."""
    return [(token.position, token.text) for token in analyzer(name).pre_tokenize(spread(text)).tokens]


def spread(text: str) -> str:
    """Set each Chinese or Japanese character apart, as a word of its own: several in a row are then found as a phrase is.

    No dictionary knows every term of a field, and one that missed a word would hide its papers.
    """
    return text if text.isascii() else _UNSPACED.sub(r" \g<0> ", text)


def unspaced(text: str) -> list[str]:
    """The runs of Chinese and Japanese characters in a text."""
    return [] if text.isascii() else re.findall(f"{_UNSPACED.pattern}+", text)


@dataclass(frozen=True)
class Terms:
    """What a query looks for in running text, for highlighting."""

    stems: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    """Chinese and Japanese, which match wherever they stand."""


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
        Stems and prefixes looked for.

    Returns
    -------
    list of (str, int)
        The pieces joined are `text`; 1 marks a match.
    """
    spans = _spans(text, terms)
    pieces: Segments = []
    end = 0
    for start, stop in spans:
        if start > end:
            pieces.append((text[end:start], 0))
        pieces.append((text[start:stop], 1))
        end = stop
    if end < len(text):
        pieces.append((text[end:], 0))
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
    cut = text[start:stop]
    pieces = highlight(cut, terms)
    if start:
        pieces.insert(0, ("… ", 0))
    if stop < len(text):
        pieces.append((" …", 0))
    return pieces


def _spans(text: str, terms: Terms) -> list[tuple[int, int]]:
    """Start and end of what matches in `text`."""
    found = [(match.start(), match.end()) for run in terms.runs for match in re.finditer(re.escape(run), text)]
    if terms.stems or terms.prefixes:
        origin = _origins(text)
        for stemmed, word in _pairs(spread(text), bool(terms.prefixes)):
            if stemmed.text in terms.stems or (word and word.startswith(terms.prefixes)):
                found.append((origin[stemmed.char_offset_from], origin[stemmed.char_offset_to - 1] + 1))
    return _apart(found) if terms.runs else found


def _origins(text: str) -> Sequence[int]:
    """Where each character of a `spread` text was."""
    if text.isascii() or not _UNSPACED.search(text):
        return range(len(text))
    return [place for place, character in enumerate(text) for _ in range(3 if _UNSPACED.match(character) else 1)]


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that meet joined."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _pairs(text: str, with_words: bool) -> Sequence[tuple[Any, str]]:
    stemmed = analyzer("english").pre_tokenize(text).tokens
    if not with_words:
        return [(token, "") for token in stemmed]
    # The two analysers differ in the stemmer only, so their tokens pair up one by one.
    return [(token, word.text) for token, word in zip(stemmed, analyzer("words").pre_tokenize(text).tokens, strict=True)]


def folded(text: str) -> str:
    """Lower case without accents, as the index folds words."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def joined(names: Collection[str], most: int = 3) -> str:
    """Names in a row, the first `most` of them (``A, B, C and 5 more``)."""
    shown = list(names)[:most]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def as_written(stems: list[str], text: str) -> list[str]:
    """Stems as the words that `text` writes them with."""
    words: dict[str, str] = {}
    plain = readable(text)
    for token in analyzer("english").pre_tokenize(plain).tokens:
        words.setdefault(token.text, plain[token.char_offset_from : token.char_offset_to].lower())
    return [words.get(stem, stem) for stem in stems]

"""Text as it is analysed and as it is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer.markup import plain_latex, plain_markup

Segments = list[tuple[str, int]]
"""Text cut into (piece, 1 if it matched the query else 0)."""

_WINDOW = 260


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
    return [(token.position, token.text) for token in analyzer(name).pre_tokenize(text).tokens]


@dataclass(frozen=True)
class Terms:
    """What a query looks for in running text, for highlighting."""

    stems: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()


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
    """Start and end of the words of `text` that match."""
    if not terms.stems and not terms.prefixes:
        return []
    found = []
    for stemmed, word in _pairs(text, bool(terms.prefixes)):
        if stemmed.text in terms.stems or (word and word.startswith(terms.prefixes)):
            found.append((stemmed.char_offset_from, stemmed.char_offset_to))
    return found


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

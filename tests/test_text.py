"""Highlights and snippets: the pieces are the text, and the marks are on the words that match."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import oracles
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.text.analysis import Segments, Terms, highlight, joined, readable, snippet, tokens, unspaced

_text = st.lists(
    st.one_of(
        st.sampled_from(oracles.WORDS),
        st.sampled_from(
            ["😀", "👩‍👩‍👧", "$\\alpha$", "—", "naïve.", "(graph)", "\n", "e\u0301", "½", "<b>models</b>", "\u202e", "x" * 70]
        ),
        st.text(alphabet="abé深 -.,'😀\u0301", max_size=6),
    ),
    max_size=40,
).map(" ".join)
_spaced_words = st.sampled_from([word for word in oracles.WORDS if not unspaced(word)])
_terms = st.builds(
    lambda words, prefixes: Terms(
        frozenset(term for word in words for _, term in tokens(word, "english")),
        tuple(f"{re.escape(term)}.*" for word in prefixes for _, term in tokens(word[:3], "names")[-1:]),
    ),
    st.lists(_spaced_words, max_size=4),
    st.lists(_spaced_words, max_size=2),
)


def words_of(text: str) -> list[tuple[int, int]]:
    """Start and end of the runs of letters and digits, of scripts that write spaces; an accent goes with the letter before it."""
    found: list[tuple[int, int]] = []
    for at, letter in enumerate(text):
        goes_on = bool(found) and found[-1][1] == at
        if (letter.isalnum() and not unspaced(letter)) or (unicodedata.combining(letter) and goes_on):
            found.append((found.pop()[0] if goes_on else at, at + 1))
    return found


def wanted(word: str, terms: Terms) -> bool:
    """Whether one word is to be marked."""
    plain = [term for _, term in tokens(word, "words")]
    return any(term in terms.stems for _, term in tokens(word, "english")) or bool(
        terms.patterns and plain and any(plain[0].startswith(p.removesuffix(".*")) for p in terms.patterns)
    )


def marks(pieces: Segments) -> list[tuple[int, int]]:
    """Start and end of what is marked."""
    found, at = [], 0
    for piece, hit in pieces:
        if hit:
            found.append((at, at + len(piece)))
        at += len(piece)
    return found


@settings(max_examples=examples(500), deadline=None)
@given(_text, _terms)
def test_pieces_are_the_text_and_marks_are_the_words_that_match(text: str, terms: Terms) -> None:
    pieces = highlight(text, terms)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    assert marks(pieces) == [(a, b) for a, b in words_of(text) if wanted(text[a:b], terms)]


@settings(max_examples=examples(200), deadline=None)
@given(st.text(), _terms, st.text("深度学a", min_size=1, max_size=3))
def test_pieces_of_any_text_are_the_text(text: str, terms: Terms, run: str) -> None:
    assert "".join(piece for piece, _ in highlight(text, replace(terms, runs=(run,)))) == text


@given(st.text("深度学a ", max_size=30), st.text("深度学", min_size=1, max_size=3))
def test_unspaced_marks_are_all_that_match(text: str, run: str) -> None:
    pieces = highlight(text, Terms(runs=(run,)))
    assert "".join(piece for piece, _ in pieces) == text
    assert not any(run in piece for piece, hit in pieces if not hit)
    # A blank between two characters parts no words.
    assert all(run in piece.replace(" ", "") for piece, hit in pieces if hit)


@pytest.mark.parametrize(
    ("text", "stem", "marked"),
    [
        ("Two models", "model", ["models"]),
        ("😀 modèle", "model", ["modèle"]),
        ("Modelling 深度models", "model", ["Modelling", "models"]),
        ("naïve Bayes", "naiv", ["naïve"]),
        ("no match", "model", []),
        ("ﬁne-tuning", "fine", ["ﬁne"]),
    ],
)
def test_marks(text: str, stem: str, marked: list[str]) -> None:
    assert [piece for piece, hit in highlight(text, Terms(frozenset({stem}))) if hit] == marked


@settings(max_examples=examples(500), deadline=None)
@given(_text, _terms, st.integers(200, 400))
def test_a_snippet_is_a_part_of_the_text_of_bounded_length(text: str, terms: Terms, width: int) -> None:
    pieces = list(snippet(text, terms, width))
    before = pieces.pop(0) if pieces and pieces[0] == ("… ", 0) else None
    after = pieces.pop() if pieces and pieces[-1] == (" …", 0) else None
    part = "".join(piece for piece, _ in pieces)
    assert part in text
    assert len(part) <= width
    assert before or text.startswith(part)
    if len(text) <= width:
        assert (part, after) == (text, None)
    if any(wanted(text[a:b], terms) for a, b in words_of(text)):
        assert any(hit for _, hit in pieces)


def test_a_snippet_of_a_text_without_blanks_shows_the_match() -> None:
    text = "深" * 19 + "," + ("度" * 19 + ",") * 30 + "学习," + ("方" * 19 + ",") * 30
    assert ("学习", 1) in snippet(text, Terms(runs=("学习",)))


def test_a_snippet_shows_where_most_different_words_meet() -> None:
    text = "alpha " + "x " * 300 + "beta and gamma meet alpha here " + "y " * 300
    found = snippet(text, Terms(frozenset({"alpha", "beta", "gamma"})))
    assert [piece for piece, hit in found if hit] == ["beta", "gamma", "alpha"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (None, ""),
        ("", ""),
        (r"$\textit{Labor Space}$: a map", "Labor Space: a map"),
        ("S$^{2}$FT", "S²FT"),
        (r"{\'E}tude of \& and 5\%", "Étude of & and 5%"),
        ("a &lt;b&gt; &amp; c", "a & c"),
        ("p < 0.05 and $5", "p < 0.05 and $5"),
        ("<script>alert(1)</script>x", "x"),
    ],
)
def test_markup_reads_as_text(text: str | None, plain: str) -> None:
    assert readable(text) == plain


@given(st.text())
def test_readable_never_fails_nor_empties_a_title(text: str) -> None:
    assert bool(readable(text)) == bool(text)


def test_names_in_a_row() -> None:
    assert joined([]) == ""
    assert joined(["A", "B", "C"]) == "A, B, C"
    assert joined(list("ABCDE")) == "A, B, C and\N{NO-BREAK SPACE}2\N{NO-BREAK SPACE}more"


def test_words_are_told_apart_alike_whether_all_are_analysed_or_few() -> None:
    """A pattern that may begin with any letter has every word analysed, as texts in other scripts have."""
    letters = [chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000]
    texts = [f"graph{c}graphs {c}graph {c}raph g{c}raph gr{c} _graph_ GRAPHS{c}" for c in letters]
    for terms in (Terms(frozenset({"graph", "e"})), Terms(frozenset({"o"}), ("gr.*", "s[a-z]*"))):
        all_analysed = replace(terms, patterns=(*terms.patterns, "[z]zz"))
        assert terms.beginnings
        assert not all_analysed.beginnings
        assert [highlight(text, terms) for text in texts] == [highlight(text, all_analysed) for text in texts]

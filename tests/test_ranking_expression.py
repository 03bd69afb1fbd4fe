"""The grammar of concept arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import ExpressionError
from explorer.selection.expression import KINDS, Expression, Operand, Term, parse

names = st.text(min_size=1, max_size=12).filter(lambda s: s.strip() != "")
operands = st.builds(Operand, st.sampled_from(("words", *KINDS)), names)
weights = st.integers(-400, 400).filter(bool).map(lambda n: n / 100)
expressions = st.lists(st.builds(Term, weights, operands), min_size=1, max_size=5).map(lambda t: Expression(tuple(t)))


@given(expressions)
def test_printed_expression_parses_to_itself(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@given(expressions)
def test_canonical_form_is_final(expression: Expression) -> None:
    once = expression.canonical()
    assert once.canonical() == once
    assert once == Expression(tuple(reversed(expression.terms))).canonical() or len(expression.terms) > 2
    assert once == Expression(expression.terms + expression.terms[:1] + (_negated(expression.terms[0]),)).canonical()


def _negated(term: Term) -> Term:
    return Term(-term.weight, term.operand)


@given(st.text(max_size=40))
def test_any_text_parses_or_points_at_a_character(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.position <= len(text)
        assert error.text == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('2*"chain of thought" + robotics - "few-shot"', "2*chain of thought + robotics - few-shot"),
        ("arithmetic+vision -benchmark", "arithmetic + vision - benchmark"),
        ("-a + b", "-a + b"),
        ("few-shot learning - gpt-4", "few-shot learning - gpt-4"),
        ('paper:2401.00001 + set:"my list" − topic:3', 'paper:"2401.00001" + set:"my list" - topic:"3"'),
        (".5*a + 0.25 × b", "0.5*a + 0.25*b"),
    ],
)
def test_examples(text: str, printed: str) -> None:
    assert str(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "nothing to rank by"),
        ("a + ", 4, "missing at the end"),
        ("a + + b", 4, "expected a word"),
        ('a + "b', 4, "never closed"),
        ('a "b"', 2, "expected + or -"),
        ("a * b", 2, "expected + or -"),
        ('""', 0, "nothing between"),
        ("paper: x", 6, "name of a paper is missing"),
    ],
)
def test_errors_point_at_the_character(text: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionError, match=words.replace("+", r"\+")) as caught:
        parse(text)
    assert caught.value.position == position


def test_a_minus_a_is_neutral() -> None:
    assert parse("b + a - a").canonical() == parse("b").canonical()
    assert parse("a - a").canonical().terms == ()

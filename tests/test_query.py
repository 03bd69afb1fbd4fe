"""The query language: what it parses to, where its errors point, and that nothing else ever happens."""

from __future__ import annotations

import oracles
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import QueryError
from explorer.selection import syntax
from explorer.selection.query import FIELD_NAMES, HELP, All, Either, Node, Not, Phrase, Word, parse


def shape(node: Node | None) -> object:
    """A syntax tree without its positions."""
    match node:
        case Word(text, field, prefix):
            return f"{field}:{text}{'*' * prefix}"
        case Phrase(text, field):
            return f'{field}:"{text}"'
        case Not(part):
            return ("not", shape(part))
        case All(parts):
            return ("all", *map(shape, parts))
        case Either(parts):
            return ("or", *map(shape, parts))
    return None


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" \t\n\u3000 ", None),
        ("a", ":a"),
        ("a b", ("all", ":a", ":b")),
        ("a AND b", ("all", ":a", ":b")),
        ("a and b", ("all", ":a", ":and", ":b")),
        ("a OR b", ("or", ":a", ":b")),
        ("a b OR c d", ("or", ("all", ":a", ":b"), ("all", ":c", ":d"))),
        ("a (b OR c)", ("all", ":a", ("or", ":b", ":c"))),
        ("a -b", ("all", ":a", ("not", ":b"))),
        ("a NOT b", ("all", ":a", ("not", ":b"))),
        ("--a", ("not", ("not", ":a"))),
        ("-(a OR b)", ("not", ("or", ":a", ":b"))),
        ("NOT NOT a", ("not", ("not", ":a"))),
        ("a - b", ("all", ":a", ":-", ":b")),
        ("pre-training", ":pre-training"),
        ('"a b"', ':"a b"'),
        ('""', ':""'),
        ('a"b"c', ("all", ":a", ':"b"', ":c")),
        ('a OR"b"', ("or", ":a", ':"b"')),
        ("(a)(b)", ("all", ":a", ":b")),
        ("author:lee", "authors:lee"),
        ("AUTHOR:lee", "authors:lee"),
        ('title:"a b"', 'title:"a b"'),
        ("-keyword:x", ("not", "keywords:x")),
        ("arithm*", ":arithm*"),
        ("title:arithm**", "title:arithm*"),
        ("a*b", ":a*b"),
        ("BERT: pre", ("all", ":BERT:", ":pre")),
        ("C++ ::", ("all", ":C++", ":::")),
        ("ORacle NOTE ANDy", ("all", ":ORacle", ":NOTE", ":ANDy")),
        ("-", ":-"),
    ],
)
def test_grammar(text: str, tree: object) -> None:
    assert shape(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ('say "hello', 4, "quotation mark is not closed"),
        ('say title:"hello', 10, "quotation mark is not closed"),
        ("(a OR b", 0, "not closed"),
        ("a (b", 2, "not closed"),
        ("a (", 2, "not closed"),
        ("a)", 1, "no opening"),
        (")", 0, "no opening"),
        ("a () b", 2, "nothing between"),
        ("OR a", 0, "OR needs something before"),
        ("AND", 0, "AND needs something before"),
        ("a OR", 2, "OR needs something after"),
        ("a  OR ", 3, "OR needs something after"),
        ("ORb OR", 4, "OR needs something after"),
        ("a AND", 2, "AND needs something after"),
        ("a AND AND b", 6, "AND needs something before"),
        ("a OR OR b", 5, "OR needs something before"),
        ("a NOT", 2, "NOT needs something after"),
        ("(a NOT )", 3, "NOT needs something after"),
        ("a -)", 2, "NOT needs something after"),
        ("a title:)", 2, "nothing after this field"),
        ("*", 0, "beginning of a word"),
        ("a title:-*", 2, "beginning of a word"),
    ],
)
def test_errors_point_at_the_place(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match=says.replace("?", r"\?")) as raised:
        parse(text)
    assert (raised.value.position, raised.value.query) == (position, text)


def test_nesting_is_bounded() -> None:
    assert parse("(" * 40 + "a" + ")" * 40) is not None
    for text in ("(" * 5000 + "a" + ")" * 5000, "-" * 5000 + "a", "NOT " * 5000 + "a", "-(" * 3000 + "a" + ")" * 3000):
        with pytest.raises(QueryError, match="nests deeper"):
            parse(text)


@settings(max_examples=examples(1500), deadline=500)
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                ['"', "(", ")", "-", "*", ":", " ", "OR", "AND", "NOT", "title:", "x:", "a", "é", "😀", "\n", "\x00"]
            ),
            max_size=30,
        ).map("".join),
        st.lists(st.sampled_from(['"a"', "(", ")", "-", "a*", "OR", "AND", "NOT", "title:", "title:a", "b"]), max_size=14).map(
            " ".join
        ),
    )
)
def test_any_text_parses_or_is_a_query_error_within_it(text: str) -> None:
    try:
        parse(text)
    except QueryError as error:
        assert 0 <= error.position < len(text)
        assert str(error)


_tree = st.recursive(
    st.one_of(
        st.builds(
            Word, st.sampled_from(["a", "pre-training", "ÉT", "c++"]), st.sampled_from(["", *FIELD_NAMES]), st.booleans()
        ),
        st.builds(Phrase, st.sampled_from(["", "a b", "OR", "(x)", "-y*"]), st.sampled_from(["", *FIELD_NAMES])),
    ),
    lambda part: st.one_of(
        part.map(Not),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
    ),
    max_leaves=12,
)


def written(node: Node) -> str:
    """A tree as a query, every part of several in parentheses."""
    match node:
        case Word(text, field, prefix):
            return f"{_prefix(field)}{text}{'*' * prefix}"
        case Phrase(text, field):
            return f'{_prefix(field)}"{text}"'
        case Not(part):
            return f"NOT {written(part)}"
        case All(parts):
            return f"({' AND '.join(map(written, parts))})"
        case Either(parts):
            return f"({' OR '.join(map(written, parts))})"


def _prefix(field: str) -> str:
    return f"{FIELD_NAMES[field][0]}:" if field else ""


@given(_tree)
def test_a_written_tree_reads_back(node: Node) -> None:
    assert shape(parse(written(node))) == shape(node)


@given(oracles.queries)
def test_well_formed_queries_parse_whatever_the_spaces(query: str) -> None:
    assert shape(parse(f"  {query}\n")) == shape(parse(query))
    assert shape(parse(f"({query})")) == shape(parse(query))


def test_the_examples_of_the_help_parse() -> None:
    for _, _, example in HELP:
        assert parse(example) is not None
    named = {name for names in FIELD_NAMES.values() for name in names}
    for name in named:
        assert isinstance(parse(f"{name}:x"), Word)


def test_an_error_in_what_was_read_as_another_search_points_into_what_was_typed() -> None:
    for text in ("!«", "!(heart", "heart !«failure"):
        with pytest.raises(QueryError) as caught:
            parse(text)
        assert caught.value.query == text
        assert 0 <= caught.value.position < len(text)


def test_what_stands_together_in_one_field_is_written_so() -> None:
    """Fields before brackets stand before each word, which may then be in either: that is another query."""
    together = All((Word("heart", "", False, 0), Word("failure", "", False, 0)))
    node = syntax.over(("title", "abstract"), together)
    text = syntax.written(node)
    papers = [("heart", "failure"), ("heart failure", ""), ("", "failure of hearts heart")]

    def holds(node: Node, paper: tuple[str, str]) -> bool:
        if isinstance(node, Word):
            return node.text in paper[("title", "abstract").index(node.field)].split()
        assert isinstance(node, All | Either)
        return (all if isinstance(node, All) else any)(holds(part, paper) for part in node.parts)

    read = parse(text)
    assert read is not None
    assert [holds(read, paper) for paper in papers] == [False, True, True]
    assert [holds(node, paper) for paper in papers] == [False, True, True]
    assert syntax.written(syntax.over(("title", "abstract"), Word("heart", "", False, 0))) == "title,abstract:heart"

"""The selection as a value: to a URL and back, to Python, to a sentence; and what it refuses."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any
from urllib.parse import parse_qsl

import oracles
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import Selection, SelectionError
from explorer.selection.address import passed_over
from explorer.selection.fields import FILTERS, OBJECTIVES, SORTS, STEERS

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_years = st.tuples(st.none() | st.integers(1, 9999), st.none() | st.integers(1, 9999)).map(
    lambda pair: tuple(sorted(pair)) if None not in pair else pair
)
_month = st.builds("{:04d}-{:02d}".format, st.integers(0, 9999), st.integers(1, 12))
_months = st.tuples(st.none() | _month, st.none() | _month).map(lambda pair: tuple(sorted(pair)) if None not in pair else pair)
_values = st.lists(_text, max_size=4).map(tuple)
_pole = st.text(st.characters(exclude_categories=["Cs", "Z", "C"], exclude_characters="↔"), min_size=1, max_size=8)
_place = st.none() | st.floats(-99, 99)
_places = st.tuples(_place, _place).map(lambda pair: tuple(sorted(pair)) if None not in pair else pair)
any_selection = st.builds(
    Selection,
    rank=_text,
    like=_values,
    unlike=_values,
    axes=st.lists(st.tuples(_pole, _pole), max_size=2).map(tuple),
    x=_places,
    y=_places,
    prefer=st.dictionaries(st.sampled_from(list(OBJECTIVES)), st.floats(-1e6, 1e6)),
    query=_text,
    years=_years,
    months=_months,
    topics=_values,
    venues=_values,
    authors=_values,
    keywords=_values,
    has_code=st.none() | st.booleans(),
    sort=st.sampled_from(list(SORTS)),
)


@settings(max_examples=examples(200), deadline=None)
@given(any_selection)
def test_to_a_url_and_back(selection: Selection) -> None:
    url = selection.to_url()
    assert Selection.from_url(url) == selection
    assert Selection.from_url("?" + url) == selection
    assert passed_over(f"{url}&corpus=0123") == ""
    assert Selection.from_url(url + "&token=secret&utm_source=x" if url else "token=secret") == selection
    assert url.isascii()
    assert " " not in url


@settings(max_examples=examples(200), deadline=None)
@given(any_selection)
def test_to_python_and_back(selection: Selection) -> None:
    program = selection.to_python("folder")
    opened: list[str] = []

    class Fake:
        def select(self, given_selection: Selection) -> Selection:
            return given_selection

    names: dict[str, Any] = {}
    source = program.replace("import explorer\n", "")
    exec(
        source,
        {"explorer": type("M", (), {"Selection": Selection, "open_corpus": lambda f: opened.append(f) or Fake()})},
        names,
    )
    assert names["papers"] == selection
    assert opened == ["folder"]


@settings(max_examples=examples(200), deadline=None)
@given(any_selection)
def test_a_selection_is_a_value(selection: Selection) -> None:
    same = Selection(**{field.name: getattr(selection, field.name) for field in fields(selection)})
    assert same == selection
    assert hash(same) == hash(selection)
    assert same.with_({}) == selection
    for row, _ in selection.active():
        assert selection.without(row.field) != selection
        assert row.field not in {other.field for other, _ in selection.without(row.field).active()}
    with pytest.raises(FrozenInstanceError):
        selection.query = "x"  # type: ignore[misc]


@settings(max_examples=examples(200), deadline=None)
@given(any_selection, st.integers(0, 10), st.integers(0, 10))
def test_the_sentence_names_every_filter(selection: Selection, shown: int, more: int) -> None:
    sentence = selection.describe(shown, shown + more)
    assert sentence.startswith(f"{shown} of {shown + more} papers" if more else f"{shown} paper")
    for row, value in selection.active():
        said = [value] if row.kind == "text" else value if row.kind == "values" else []
        assert all(f"‘{item}’" in sentence for item in said)
        for end in value if row.kind == "range" else ():
            assert end is None or (f"{end:g}" if row.field in ("x", "y") else str(end)) in sentence
    assert ("code" in sentence.split("‘")[0]) <= True
    if selection.has_code is not None:
        assert ("with code" if selection.has_code else "without code") in sentence


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        (Selection(), "all papers"),
        (Selection(topics=("chain of thought",), years=(2023, None)), "papers, topic ‘chain of thought’, since 2023"),
        (Selection(years=(2020, 2020)), "papers, in 2020"),
        (Selection(years=(None, 2020)), "papers, until 2020"),
        (Selection(months=("2020-01", "2020-03")), "papers, 2020-01 to 2020-03"),
        (Selection(query="a b", sort="upvotes"), "papers, matching ‘a b’, most upvotes"),
        (Selection(venues=("ICLR", "ACL"), has_code=False), "papers, venue ‘ICLR’ or ‘ACL’, without code"),
    ],
)
def test_sentences(selection: Selection, sentence: str) -> None:
    assert selection.describe() == sentence


def test_counts_in_the_sentence() -> None:
    assert Selection().describe(1) == "1 paper"
    assert Selection().describe(88, 88) == "88 papers"
    assert Selection().describe(1, 88) == "1 of 88 papers"
    assert Selection().describe(1234) == "1,234 papers"


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": None},
        {"query": 3},
        {"query": "x" * 100_001},
        {"query": "\ud800"},
        {"years": 2024},
        {"years": (2024,)},
        {"years": ("2024", None)},
        {"years": (2024.0, None)},
        {"years": (True, None)},
        {"years": (2024, 2023)},
        {"years": (0, None)},
        {"years": (None, 10_000)},
        {"months": ("2024-13", None)},
        {"months": ("2024-3", None)},
        {"months": ("2024-03\n", None)},
        {"months": ("2024-05", "2024-03")},
        {"months": (202403, None)},
        {"topics": "reasoning"},
        {"topics": None},
        {"topics": 5},
        {"topics": (1,)},
        {"authors": [["x"]]},
        {"rank": 3},
        {"rank": "x" * 2001},
        {"like": "2401.00001"},
        {"axes": "theory"},
        {"axes": (("theory",),)},
        {"axes": (("theory", "experiment"),) * 3},
        {"axes": (("", "experiment"),)},
        {"axes": (("a ↔ b", "c"),)},
        {"axes": ((1, 2),)},
        {"x": (1, 0)},
        {"x": (float("nan"), None)},
        {"y": ("low", None)},
        {"prefer": {"speed": 1}},
        {"prefer": {"recency": float("inf")}},
        {"prefer": {"recency": "much"}},
        {"prefer": 3},
        {"keywords": ("\ud800",)},
        {"has_code": 1},
        {"has_code": "yes"},
        {"sort": "random"},
        {"sort": None},
        {"sort": []},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SelectionError):
        Selection(**wrong)
    with pytest.raises(SelectionError):
        Selection().with_(wrong)


def test_unknown_fields_are_refused_by_name() -> None:
    with pytest.raises(SelectionError, match="no field 'colour'"):
        Selection().with_({"colour": 1})


@pytest.mark.parametrize(
    "url",
    [
        "years=x",
        "years=2024..2020",
        "years=..99999",
        "months=2024",
        "code=maybe",
        "sort=best",
        "q=" + "x" * 100_001,
        "axis=theory",
        "axis=a↔b&x=left..right",
        "prefer=recency",
        "prefer=recency:much",
        "&".join(["topic=a"] * 6000),
    ],
)
def test_addresses_that_cannot_be_are_refused(url: str) -> None:
    with pytest.raises(SelectionError):
        Selection.from_url(url)


@given(st.text(st.sampled_from("abq=&?;%+.yearsmonthtopicod0123456789-é\x00"), max_size=60))
def test_any_address_is_a_selection_or_refused(url: str) -> None:
    try:
        selection = Selection.from_url(url)
    except SelectionError:
        return
    assert Selection.from_url(selection.to_url()) == selection


def test_addresses_written_by_hand() -> None:
    assert Selection.from_url("q=graph+neural&years=2020&topic=a%2Cb&topic=c&code=yes") == Selection(
        query="graph neural", years=(2020, 2020), topics=("a,b", "c"), has_code=True
    )
    assert Selection.from_url("years=..2020&months=2019-05..") == Selection(years=(None, 2020), months=("2019-05", None))


def test_equal_selections_are_written_alike() -> None:
    assert Selection(query=" a\n b ") == Selection(query="a b")
    assert Selection(topics=("a", "b", "a")) == Selection(topics=("a", "b"))
    assert Selection().with_({"topics": ["a"], "years": [2020, None]}) == Selection(topics=("a",), years=(2020, None))
    assert Selection().to_url() == ""


def test_every_field_filters_or_sorts() -> None:
    assert {row.field for row in FILTERS + STEERS} | {"sort", "mode"} == {field.name for field in fields(Selection)}
    rows = FILTERS + STEERS
    assert len({row.parameter for row in rows}) == len(rows)
    filters = Selection("q", (1, 2), ("0001-01", "0001-02"), ("t",), ("v",), ("a",), ("k",), False)
    filters = filters.with_({"tags": ("g",), "marks": ("starred",)})
    steers = {
        "rank": "c",
        "like": ("i",),
        "unlike": ("j",),
        "axes": (("l", "h"),) * 2,
        "x": (0, 1),
        "y": (0, 1),
        "sort": "title",
        "mode": "any",
        "columns": (("c", "1"),),
        "exclude": (("venues", "w"),),
    }
    whole = filters.with_({**steers, "prefer": {"upvotes": 1}})
    assert list(dict.fromkeys(name for name, _ in parse_qsl(whole.to_url()))) == [row.parameter for row in rows] + [
        "mode",
        "sort",
    ]


@settings(max_examples=examples(25), deadline=None)
@given(data=st.data())
def test_the_snippet_gives_the_same_table(
    data: st.DataObject, corpora: list[tuple[explorer.Corpus, list[oracles.Paper]]]
) -> None:
    corpus, _ = data.draw(st.sampled_from(corpora))
    selection = data.draw(oracles.selections(corpus.topics.labels))
    names: dict[str, Any] = {}
    exec(selection.to_python(str(corpus.folder)), names)
    expected = corpus.select(selection)
    assert names["papers"].equals(expected)
    assert corpus.select(Selection.from_url(selection.to_url())).equals(expected)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("yeers=2020..&q=vision", ["‘yeers’ (did you mean ‘years’?)"]),
        ("query=vision", ["‘query’ (did you mean ‘q’?)"]),
        ("?topics=a&topics=b", ["‘topics’ (did you mean ‘topic’?)"]),
        ("has_code=yes", ["‘has_code’ (did you mean ‘code’?)"]),
        ("srot=title", ["‘srot’ (did you mean ‘sort’?)"]),
        ("Institution=MIT", ["‘Institution’ (a column is asked for as ‘col=institution:…’)"]),
        ("whatever=1&yeers=2020", ["‘whatever’ and ‘yeers’ (did you mean ‘years’?)"]),
        ("a1=&b2=&c3=&d4=&e5=", ["‘a1’, ‘b2’, ‘c3’ and 2 more"]),
        ("x" * 5000 + "=1", ["‘" + "x" * 39 + "…’"]),
        # Of Voila, JupyterLab and JupyterHub, and of what counts visits.
        ("token=secret&voila-theme=dark&template=lab&theme=dark&reset&kernel_name=python3&_xsrf=1&jupyterhub-user=me", []),
        ("utm_source=a&utm_campaign=b&gclid=1&fbclid=2&msclkid=3&mc_eid=4&ref=here", []),
        # Of the page's charts, where there are none.
        ("chart=by:month&q=vision", []),
        ("=1&&", []),
    ],
)
def test_what_is_passed_over_in_an_address_is_named(query: str, named: list[str]) -> None:
    said = passed_over(query, ["institution"])
    assert said == "".join(f"Not known, so passed over in the address: {part}." for part in named)

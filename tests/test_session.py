"""The session: one observable, with undo, ticks and options that are checked."""

from __future__ import annotations

from typing import Any

import oracles
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets import TraitError

from explorer import Corpus, QueryError, Selection, SelectionError
from explorer.dashboard.session import Session

Corpora = list[tuple[Corpus, list[oracles.Paper]]]


@pytest.fixture(scope="module")
def corpus(corpora: Corpora) -> Corpus:
    return corpora[3][0]


_steps = st.lists(
    st.one_of(
        st.sampled_from(["undo", "redo"]),
        st.builds(lambda word: {"query": word}, st.sampled_from(["", "graph", '"', "model"])),
        st.builds(lambda year: {"years": [year, None]}, st.none() | st.integers(2019, 2024)),
        st.builds(lambda sort: {"sort": sort}, st.sampled_from(["title", "newest", "worst"])),
    ),
    max_size=25,
)


@settings(max_examples=examples(60), deadline=None)
@given(steps=_steps)
def test_undo_and_redo_walk_a_list(steps: list[Any], corpus: Corpus) -> None:
    session = Session(corpus)
    history, at = [Selection()], 0
    for step in steps:
        if step == "undo":
            session.undo()
            at = max(at - 1, 0)
        elif step == "redo":
            session.redo()
            at = min(at + 1, len(history) - 1)
        else:
            try:
                session.change(step)
            except (QueryError, SelectionError):
                assert step in ({"query": '"'}, {"sort": "worst"})
            else:
                if session.selection != history[at]:
                    history = [*history[: at + 1], session.selection]
                    at += 1
        assert session.selection == history[at]
        assert session.results.selection == history[at]
        assert (session.can_undo, session.can_redo) == (at > 0, at < len(history) - 1)


def test_only_so_many_steps_are_kept(corpus: Corpus) -> None:
    session = Session(corpus)
    for year in range(1, 150):
        session.change({"years": [year, None]})
    for _ in range(200):
        session.undo()
    assert session.selection.years == (49, None)


def test_a_change_is_told_once_and_no_change_is_not(corpus: Corpus) -> None:
    session, told = Session(corpus), []
    session.observe(lambda change: told.append((change.new, session.results.selection)), names="selection")
    session.change({"query": "graph"})
    session.change({"query": " graph "})
    session.change({})
    assert told == [(Selection(query="graph"), Selection(query="graph"))]


def test_setting_the_trait_from_a_cell(corpus: Corpus) -> None:
    session = Session(corpus)
    session.selection = Selection(query="graph")
    assert session.results.selection == Selection(query="graph")
    assert session.can_undo
    before = session.results
    with pytest.raises(QueryError):
        session.selection = Selection(query='"')
    with pytest.raises(TraitError):
        session.selection = "graph"
    assert (session.selection, session.results) == (Selection(query="graph"), before)


def test_a_new_selection_starts_at_the_first_page(corpus: Corpus) -> None:
    session = Session(corpus)
    session.page = 1
    session.change({"query": "graph"})
    assert session.page == 0


def test_an_error_points_into_the_query_as_it_was_typed(corpus: Corpus) -> None:
    with pytest.raises(QueryError) as raised:
        Session(corpus).change({"query": '  a   "b'})
    assert raised.value.position == 6


@pytest.mark.parametrize("row", [-1, 10**6, 1.0, True, None, "1"])
def test_rows_that_are_none_are_refused(row: Any, corpus: Corpus) -> None:
    session = Session(corpus)
    with pytest.raises(SelectionError):
        session.tick([row], True)
    if row is not None:
        with pytest.raises(SelectionError):
            session.open(row)
    assert (session.ticked, session.opened) == (frozenset(), None)


def test_ticks_stay_when_the_selection_changes(corpus: Corpus) -> None:
    session = Session(corpus)
    session.tick([1, 2, 3], True)
    session.change({"query": "graph"})
    session.tick([2], False)
    assert session.ticked == {1, 3}


@pytest.mark.parametrize(("option", "value"), [("share", "yes"), ("by", "week"), ("colour", True), ("by", None)])
def test_options_that_are_none_are_refused(option: str, value: Any, corpus: Corpus) -> None:
    session = Session(corpus)
    before = session.chart_options
    with pytest.raises(SelectionError):
        session.set_chart(option, value)
    assert session.chart_options == before


def test_cumulative_and_share_stand_in_place_of_each_other(corpus):
    session = Session(corpus)
    shown = [("share", False), ("cumulative", True), ("share", False), ("cumulative", True), ("share", True)]
    states = []
    for option, value in shown:
        session.set_chart(option, value)
        states.append((session.chart_options["share"], session.chart_options["cumulative"]))
    assert states == [(False, False), (False, True), (False, False), (False, True), (True, False)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, ""),
        ({"cumulative": True, "by": "month"}, "chart=cumulative:yes&chart=by:month"),
        ({"share": False, "lines": True}, "chart=share:no&chart=lines:yes"),
        ({"shape": "treemap", "within": ""}, "chart=within:&chart=shape:treemap"),
        ({"by": "venues", "within": "t1"}, "chart=by:venues&chart=within:t1"),
    ],
)
def test_options_of_the_charts_go_into_an_address_and_back(options: dict[str, Any], said: str, corpus: Corpus) -> None:
    one, other = Session(corpus), Session(corpus)
    for option, value in options.items():
        one.set_chart(option, value)
    assert one.charts_in_url() == said
    other.set_chart("shape", "sunburst")
    # As at first where nothing is said, whatever was drawn before.
    assert other.take_charts(f"q=vision&{said}") == []
    assert other.chart_options == one.chart_options


def test_what_no_chart_has_is_passed_over_in_an_address(corpus: Corpus) -> None:
    session = Session(corpus)
    assert session.take_charts("chart=by:week&chart=lines:yes&chart=within:t99&chart=x&chart=") == [
        "chart=by:week",
        "chart=within:t99",
        "chart=x",
    ]
    assert session.charts_in_url() == "chart=lines:yes"


@pytest.mark.parametrize(
    ("dates", "by"),
    [
        (["2000-01", "2024-01"], "year"),
        (["2023-01", "2024-01"], "month"),
        (["2021-01", "2024-01"], "quarter"),
        (["2023", "2024"], "year"),
        ([None, None], "month"),
    ],
)
def test_the_period_that_suits_the_dates(dates: list[str | None], by: str, tmp_path: Any) -> None:
    corpus = Corpus.from_papers(pd.DataFrame({"title": ["a", "b"], "published": pd.Series(dates, dtype=object)}), tmp_path)
    assert Session(corpus).chart_options["by"] == by

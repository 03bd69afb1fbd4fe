"""Places of papers on axes as the page draws them: against pandas and the places that `Corpus.axis` gives."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import numpy as np
import oracles
import pandas as pd
import plotly.graph_objects as go
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import ConceptError, Corpus, Dashboard, Selection, SelectionError
from explorer.dashboard import figures as charts
from explorer.dashboard.views import axes as axis_views

Corpora = list[tuple[Corpus, list[oracles.Paper]]]
FIRST, SECOND = ("graph", "vision"), ("reward", "speech")
DTYPES = {"f4": np.float32, "i4": np.int32}


@pytest.fixture(scope="module")
def corpus(corpora: Corpora) -> Corpus:
    return corpora[-1][0]


def plain(view: Any) -> Any:
    """As the page gets it, checked by plotly."""
    made = json.loads(json.dumps(view, allow_nan=False))
    if made["chart"]:
        go.Figure(made["chart"]["figure"])
    return made


def array(written: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(written["bdata"]), DTYPES[written["dtype"]])


def places(corpus: Corpus, poles: tuple[str, str]) -> pd.Series:
    axis = corpus.axis(*poles)
    return pd.Series(axis["place"].to_numpy(), index=axis["id"])


def shown(corpus: Corpus, **fields: Any) -> list[str]:
    return list(corpus.select(Selection(**fields))["id"])


def test_without_an_axis_there_is_nothing(corpus: Corpus) -> None:
    assert plain(axis_views.axes(corpus.results(Selection()), "topic")) == {
        "axes": [],
        "colours": [],
        "colour": "",
        "chart": None,
        "suggested": axis_views.suggested(corpus.snapshot),
        "columns": [],
    }


def test_a_suggested_axis_parts_the_corpus(corpus: Corpus) -> None:
    poles = axis_views.suggested(corpus.snapshot)
    assert poles is not None
    assert all(any(pole in label for label in corpus.topics.labels) for pole in poles)
    axis = corpus.ranker.axis_between(*poles)
    assert axis.separation > 0.9
    # Both ends have papers, and not one paper alone.
    assert min(np.count_nonzero(axis.place < -0.5), np.count_nonzero(axis.place > 0.5)) > len(corpus) / 20


def test_without_two_topics_no_axis_is_suggested(tmp_path: Any) -> None:
    for titles in ([], ["Adding numbers"]):
        frame = pd.DataFrame({"title": pd.Series(titles, dtype="str")})
        assert axis_views.suggested(Corpus.from_papers(frame, tmp_path / str(len(titles))).snapshot) is None


@pytest.mark.parametrize("colour", ["none", "topic"])
@pytest.mark.parametrize("x", [(None, None), (-0.5, 0.5), (None, -0.25), (0.25, None)])
def test_a_histogram_counts_what_passes_the_other_filters(corpus: Corpus, colour: str, x: tuple[Any, Any]) -> None:
    selection = Selection(axes=(FIRST,), x=x, years=(2020, 2023))
    view = plain(axis_views.axes(corpus.results(selection), colour))
    place = places(corpus, FIRST)[shown(corpus, years=(2020, 2023))]
    bars = view["chart"]["figure"]["data"]
    middles, width = np.array(bars[0]["x"]), bars[0]["width"]
    edges = np.append(middles - width / 2, middles[-1] + width / 2)
    counted = np.sum([bar["y"] for bar in bars], axis=0)
    expected = pd.cut(place, edges, right=False).value_counts(sort=False).to_numpy()
    assert counted.tolist() == expected.tolist()
    assert counted.sum() == len(place) > len(shown(corpus, axes=(FIRST,), x=x, years=(2020, 2023))) * (x != (None, None))
    for bar in bars:
        inside = [opacity == 1 for opacity in bar["marker"]["opacity"]]
        assert inside == [(x[0] is None or m >= x[0]) and (x[1] is None or m <= x[1]) for m in middles]
    assert [row[:2] for row in view["chart"]["table"]["rows"]] == [
        [pytest.approx(a, abs=0.001), pytest.approx(b, abs=0.001)] for a, b in pairwise(edges)
    ]
    if colour == "topic":
        topics = pd.Series(corpus.papers["topic"].to_numpy(), index=corpus.papers["id"])[place.index]
        assert {
            bar["name"]: sum(bar["y"]) for bar in bars if "…" not in bar["name"] and "topics" not in bar["name"]
        }.items() <= (topics.value_counts().to_dict().items())


def test_the_bins_hold_every_paper_whatever_is_filtered(corpus: Corpus) -> None:
    place = corpus.axis(*FIRST)["place"]
    spans = {
        tuple(axis_views.axes(corpus.results(Selection(axes=(FIRST,), query=query)), "none")["axes"][0]["span"])
        for query in ("", "graph", "nowhere")
    }
    [(low, high)] = spans
    assert low <= place.min()
    assert place.max() < high


@pytest.mark.parametrize("colour", list(axis_views.COLOURS))
def test_a_scatter_plot_draws_each_paper_once_where_it_is(corpus: Corpus, colour: str) -> None:
    selection = Selection(query="graph OR vision OR model", axes=(FIRST, SECOND), x=(-0.5, 1), y=(None, 0.5))
    view = plain(axis_views.axes(corpus.results(selection), colour))
    assert view["colour"] == colour
    x, y = (places(corpus, poles) for poles in (FIRST, SECOND))
    ids = corpus.papers["id"].to_numpy()
    inside = set(shown(corpus, query=selection.query, axes=(FIRST, SECOND), x=(-0.5, 1), y=(None, 0.5)))
    drawn: dict[str, str] = {}
    for trace in view["chart"]["figure"]["data"]:
        rows = array(trace["customdata"])
        np.testing.assert_array_equal(array(trace["x"]), x[ids[rows]])
        np.testing.assert_array_equal(array(trace["y"]), y[ids[rows]])
        assert not drawn.keys() & set(ids[rows])
        drawn |= dict.fromkeys(ids[rows], trace["name"])
    assert set(drawn) == set(shown(corpus, query=selection.query))
    assert {id_ for id_, name in drawn.items() if name != "Outside"} == inside
    assert 0 < len(inside) < len(drawn)
    listed = [row[1:] for row in view["chart"]["table"]["rows"]]
    order = shown(corpus, query=selection.query, axes=(FIRST, SECOND), x=(-0.5, 1), y=(None, 0.5))[: axis_views.LISTED]
    assert listed == [[pytest.approx(x[id_], abs=0.006), pytest.approx(y[id_], abs=0.006)] for id_ in order]


@pytest.mark.parametrize(("colour", "column"), [("year", "year"), ("upvotes", "upvotes")])
def test_numbers_colour_papers_and_what_is_unknown_is_said(corpus: Corpus, colour: str, column: str) -> None:
    view = plain(axis_views.axes(corpus.results(Selection(axes=(FIRST, SECOND))), colour))
    traces = {trace["name"]: trace for trace in view["chart"]["figure"]["data"]}
    known = traces[axis_views.COLOURS[colour]]
    values = corpus.papers[column]
    np.testing.assert_array_equal(array(known["marker"]["color"]), values.iloc[array(known["customdata"])].astype("float32"))
    unknown = array(traces["Unknown"]["customdata"])
    assert unknown.tolist() == np.flatnonzero(values.isna()).tolist()
    assert f"{len(unknown):,} without" in view["chart"]["note"]


def test_of_many_papers_a_sample_is_drawn_over_the_density_of_all(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axis_views, "MOST_DRAWN", 40)
    view = plain(axis_views.axes(corpus.results(Selection(axes=(FIRST, SECOND))), "none"))
    density, points = view["chart"]["figure"]["data"]
    assert np.expm1(array(density["z"])).sum() == pytest.approx(len(corpus), rel=1e-4)
    assert len(array(points["x"])) == 40
    assert "40 of 300 drawn" in view["chart"]["note"]


@settings(max_examples=examples(50), deadline=None)
@given(rows=st.sets(st.integers(0, 10**6), max_size=200), most=st.integers(1, 200), data=st.data())
def test_a_sample_is_stable(rows: set[int], most: int, data: st.DataObject) -> None:
    every = np.array(sorted(rows), np.int64)
    found = axis_views.sample(every, most)
    assert len(found) == min(most, len(every))
    assert set(found.tolist()) <= rows
    fewer = np.array(sorted(data.draw(st.sets(st.sampled_from(sorted(rows))))) if rows else [], np.int64)
    assert set(found.tolist()) & set(fewer.tolist()) <= set(axis_views.sample(fewer, most).tolist())


def test_a_sample_is_even() -> None:
    found = axis_views.sample(np.arange(100_000), 5000)
    parts = np.bincount(found // 10_000)
    assert parts.min() > 450
    assert parts.max() < 550


def test_the_card_says_the_words_and_how_well_the_axis_parts(corpus: Corpus) -> None:
    [axis] = plain(axis_views.axes(corpus.results(Selection(axes=(FIRST,), x=(0, 1))), "none"))["axes"]
    table = corpus.axis(*FIRST)
    assert axis["separation"] == pytest.approx(table.attrs["separation"], abs=0.001)
    assert len(axis["low_terms"]) <= len(table.attrs["low_terms"])
    assert (axis["low"], axis["high"], axis["within"]) == (*FIRST, [0, 1])
    assert any(word.startswith("graph") for word in axis["low_terms"])
    assert any(word.startswith("vision") for word in axis["high_terms"])
    assert axis["weak"] == (table.attrs["separation"] < 0.75)


def test_a_pole_may_be_a_topic_a_paper_or_a_set(corpus: Corpus) -> None:
    topic, other = corpus.papers["topic"].value_counts().index[:2]
    places = corpus.axis(f'topic:"{topic}"', f'topic:"{other}"')
    means = places["place"].groupby(corpus.papers["topic"].to_numpy()).mean()
    assert means[topic] < means[other]
    ids = list(corpus.papers["id"][:3])
    corpus.library.save_set("three", ids, replace=True)
    by_set = corpus.axis("set:three", f"paper:{corpus.papers['id'].iloc[5]}")
    assert by_set["place"][:3].max() < by_set["place"][5]
    with pytest.raises(ConceptError, match="more than one"):
        corpus.axis(f'topic:"{topic}" + graph', "vision")
    with pytest.raises(ConceptError, match="nowhere"):
        corpus.axis("topic:nowhere", "vision")


# By messages


def send(board: Dashboard, kind: str, **content: Any) -> dict[str, Any]:
    board._received(board, {"kind": kind, "seq": board.summary["seq"] + 1, **content}, [])
    return dict(board.status)


def test_axes_are_drawn_filtered_and_removed_by_messages(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    assert board.axes["chart"] is None
    send(board, "set", changes={"axes": [list(FIRST), list(SECOND)]})
    assert [axis["low"] for axis in board.axes["axes"]] == ["graph", "reward"]
    send(board, "set", changes={"x": [-0.5, 0.5], "y": [None, 1]})
    assert board.summary["shown"] == len(shown(corpus, axes=(FIRST, SECOND), x=(-0.5, 0.5), y=(None, 1)))
    assert [chip["label"] for chip in board.summary["chips"]][:2] == [
        "From -0.5 to 0.5 on graph ↔ vision",
        "At 1 or less on reward ↔ speech",
    ]
    assert "from -0.5 to 0.5 on graph ↔ vision" in board.summary["sentence"]
    assert Selection.from_url(board.summary["url"]) == board.session.selection
    send(board, "axis_colour", value="year")
    assert board.axes["colour"] == "year"
    before = board.axes
    assert send(board, "axis_colour", value="nothing")["level"] == "error"
    assert send(board, "set", changes={"axes": [["zzyzx", "vision"]]})["level"] == "error"
    assert board.axes == before
    assert board.session.selection.axes == (FIRST, SECOND)
    send(board, "set", changes={"axes": []})
    assert board.axes["chart"] is None
    assert board.summary["shown"] == len(corpus)
    send(board, "undo")
    assert board.axes == before


def test_a_point_says_its_paper(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    heard: list[dict[str, Any]] = []
    board.send = lambda content, buffers=None: heard.append(content)  # type: ignore[method-assign]
    board._received(board, {"kind": "axis_point", "seq": 1, "row": 3}, [])
    board._received(board, {"kind": "axis_point", "seq": 2, "row": 10**9}, [])
    [answer] = heard
    assert answer["kind"] == "axis_point"
    assert answer["title"] == (corpus.papers["title"].iloc[3] or "Untitled")


def test_arrays_arrive_as_they_were() -> None:
    for values in (np.array([1.5, -2], np.float32), np.array([[1, 2, 3], [4, 5, 6]], np.int32)):
        written = charts.typed(values)
        np.testing.assert_array_equal(array(written), values.ravel())
        assert written.get("shape") == (None if values.ndim == 1 else "2, 3")


def test_places_are_exported(corpus: Corpus) -> None:
    table = corpus.select(Selection(query="graph", axes=(FIRST, SECOND)))
    for column, poles in (("x", FIRST), ("y", SECOND)):
        np.testing.assert_array_equal(table[column], places(corpus, poles)[table["id"]])


# Columns of the reader's own


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, pd.DataFrame]:
    """Sixty papers with a number, a date and whole numbers, some of them missing."""
    random = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "id": [f"p{number}" for number in range(60)],
            "title": [f"{'moss and lichen' if number % 2 else 'tides and salt'}, part {number}" for number in range(60)],
            "my_score": np.where(random.random(60) < 0.2, np.nan, random.normal(5, 40, 60).round(3)),
            "seen_on": [None if number % 7 == 0 else f"{2001 + number % 20}-0{1 + number % 9}-15" for number in range(60)],
            "pages_read": random.permutation(60) * 3,
        }
    )
    return Corpus.from_papers(table, tmp_path_factory.mktemp("owned") / "c"), table


def test_a_column_is_an_axis_with_its_own_unit(owned: tuple[Corpus, pd.DataFrame]) -> None:
    corpus, table = owned
    for low, high in ((None, 3.0), (-10.0, 30.0), (12.5, None)):
        selection = Selection(axes=("columns.my_score",), x=(low, high))
        found = corpus.select(selection)
        wanted = table["my_score"].between(-np.inf if low is None else low, np.inf if high is None else high)
        assert set(found["id"]) == set(table["id"][wanted])
        assert Selection.from_url(selection.to_url()) == selection
    assert not Selection(axes=("columns.my_score",)).by_meaning
    assert Selection(axes=("columns.my_score",), x=(2, None)).describe() == "papers, at 2 or more on my score, along ‘my score’"
    scope: dict[str, Any] = {}
    written = Selection(axes=(("columns.my_score",), ("moss", "tides"))).to_python(str(corpus.folder))
    exec(written, scope)
    assert len(scope["papers"]) == 60


def test_the_bins_of_a_column_hold_its_papers(owned: tuple[Corpus, pd.DataFrame]) -> None:
    corpus, table = owned
    for key, numbers in (("my_score", table["my_score"]), ("pages_read", table["pages_read"].astype(float))):
        view = plain(axis_views.axes(corpus.results(Selection(axes=(f"columns.{key}",))), "none"))
        [axis] = view["axes"]
        low, high = axis["span"]
        assert low <= numbers.min() <= numbers.max() < high
        rows = view["chart"]["table"]["rows"]
        assert sum(count for _, _, count in rows) == numbers.notna().sum()
        for start, end, count in rows:
            assert count == ((numbers >= start - 1e-6) & (numbers < end - 1e-6)).sum()
        lacking = int(numbers.isna().sum())
        assert (f"{lacking} papers have no" in axis["caveat"]) == (lacking > 1)


def test_a_date_is_drawn_in_years(owned: tuple[Corpus, pd.DataFrame]) -> None:
    corpus, table = owned
    dates = pd.to_datetime(table["seen_on"])
    years = dates.dt.year + (dates.dt.day_of_year - 1) / np.where(dates.dt.is_leap_year, 366, 365)
    selection = Selection(axes=("columns.seen_on", "columns.my_score"), x=(2005, 2012.5))
    frame = corpus.select(selection)
    there = years.between(2005, 2012.5)
    assert set(frame["id"]) == set(table["id"][there])
    assert frame.set_index("id")["x"].to_dict() == pytest.approx(years.set_axis(table["id"])[frame["id"]].to_dict(), abs=1e-3)
    view = plain(axis_views.axes(corpus.results(selection.without("x")), "topic"))
    both = years.notna() & table["my_score"].notna()
    points = [trace for trace in view["chart"]["figure"]["data"] if "customdata" in trace]
    assert sum(len(array(trace["x"])) for trace in points) == both.sum()
    assert f"{(~both).sum()} without a place on both axes left out" in view["chart"]["note"]


@pytest.mark.parametrize(
    "axes", [("columns.none_such",), ("columns.",), ("score",), (("columns.my_score", "a", "b"),), "columns.my_score"]
)
def test_a_column_that_cannot_be_an_axis_is_said(owned: tuple[Corpus, pd.DataFrame], axes: Any) -> None:
    with pytest.raises(SelectionError):
        owned[0].select(Selection(axes=axes))

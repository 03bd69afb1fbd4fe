"""Columns of the reader's own: what they hold, and papers filtered, found, ordered and counted by them, beside plain pandas."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from earlier import unlist
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import Corpus, Selection
from explorer.dashboard.views import page
from explorer.dashboard.views.menus import menus
from explorer.dedupe.merges import Change
from explorer.errors import QueryError, SelectionError
from explorer.papers.own_columns import bounds, own_columns
from explorer.papers.schema import to_table
from explorer.store.own_columns import INDEX

ROWS = 120
PLACES = ("MIT", "ETH Zürich", "New York University", None)


def table() -> pd.DataFrame:
    chance = np.random.default_rng(7)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(chance.integers(0, 700, ROWS), "D")
    return pd.DataFrame(
        {
            "title": [f"Study {row} of {'planets' if row % 3 else 'rewards'}" for row in range(ROWS)],
            "id": [f"p{row}" for row in range(ROWS)],
            "My Label": chance.choice(["in", "out", "may be"], ROWS),
            "institution": chance.choice(np.array(PLACES, object), ROWS),
            "score2": np.where(chance.random(ROWS) < 0.1, np.nan, np.round(chance.random(ROWS), 2)),
            "label_included": chance.integers(0, 2, ROWS),
            "citations": chance.integers(0, 900, ROWS),
            "added": days,
            "when": days.strftime("%Y-%m-%d"),
            "parts": [["x", "y"][: 1 + row % 2] for row in range(ROWS)],
            "checked": chance.random(ROWS) < 0.5,
            "run": "one",
            "code2": [f"c{row}" for row in range(ROWS)],
            "notes": [
                f"A long remark about this very paper, number {row}, that nobody would filter by, ever, at all."
                for row in range(ROWS)
            ],
        }
    )


def test_a_vector_is_kept_and_not_offered_nor_what_formats_note_for_themselves() -> None:
    vectors = [np.array([row / 3, -1.5, 0.25], "float32") for row in range(3)]
    papers = pd.DataFrame(
        {"title": list("abc"), "embedding": vectors, "edtf": ["1850~"] * 3, "title_latex": list("xyz"), "run": [1, 2, 2]}
    )
    kept = to_table(papers)
    assert [column.key for column in own_columns(kept)] == ["run"]
    assert kept.column("embedding")[1].as_py() == pytest.approx([1 / 3, -1.5, 0.25])


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return table()


@pytest.fixture(scope="module")
def corpus(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus.from_papers(frame, tmp_path_factory.mktemp("own") / "corpus", n_topics=2)


def ids(corpus: Corpus, selection: Selection | str) -> set[str]:
    return set(corpus.select(selection)["id"])


def test_kinds_follow_from_the_values(corpus: Corpus) -> None:
    found = {key: stored.column.kind for key, stored in corpus.snapshot.columns.by_key.items()}
    assert found == {
        "my_label": "values",
        "institution": "values",
        "score2": "number",
        "label_included": "values",
        "citations": "number",
        "added": "date",
        "when": "date",
        "parts": "values",
        "checked": "values",
        "run": "values",
        "code2": "values",
    }
    # Constant and unique ones last.
    assert list(found)[-2:] == ["run", "code2"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("institution:mit", lambda f: f["institution"] == "MIT"),
        ('institution:"new york"', lambda f: f["institution"] == "New York University"),
        ("institution:zurich", lambda f: f["institution"] == "ETH Zürich"),
        ("institution:univ*", lambda f: f["institution"] == "New York University"),
        ("INSTITUTION:mit planets", lambda f: (f["institution"] == "MIT") & f["title"].str.contains("planets")),
        ("institution:mit OR rewards", lambda f: (f["institution"] == "MIT") | f["title"].str.contains("rewards")),
        ("-institution:mit", lambda f: f["institution"] != "MIT"),
        ("my_label:(in OR out)", lambda f: f["My Label"].isin(["in", "out"])),
        ("score2:>0.5", lambda f: f["score2"] > 0.5),
        ("score2:>=0.5", lambda f: f["score2"] >= 0.5),
        ("score2:<0.5", lambda f: f["score2"] < 0.5),
        ("score2:<=0.5", lambda f: f["score2"] <= 0.5),
        ("score2:0.2..0.4", lambda f: f["score2"].between(0.2, 0.4)),
        ("score2:0.5", lambda f: f["score2"] == 0.5),
        ("label_included:1", lambda f: f["label_included"] == 1),
        ("label_included:>0", lambda f: f["label_included"] > 0),
        ("citations:100..", lambda f: f["citations"] >= 100),
        ("added:2023", lambda f: f["added"].dt.year == 2023),
        ("added:>2023-06", lambda f: f["added"] >= "2023-07-01"),
        ("when:2023-03..2023-05-15", lambda f: f["added"].between("2023-03-01", "2023-05-15")),
        ("parts:y", lambda f: f["parts"].map(lambda parts: "y" in parts)),
        ("checked:yes", lambda f: f["checked"]),
    ],
)
def test_a_query_finds_what_pandas_finds(corpus: Corpus, frame: pd.DataFrame, query: str, wanted: Any) -> None:
    expected = set(frame.loc[wanted(frame).fillna(False).astype(bool), "id"])
    assert expected
    assert ids(corpus, query) == expected


@settings(max_examples=examples(60), deadline=None)
@given(
    places=st.lists(st.sampled_from(["MIT", "ETH Zürich", "nowhere"]), max_size=2),
    out=st.lists(st.sampled_from(["MIT", "New York University"]), max_size=1),
    low=st.none() | st.floats(0, 1).map(lambda number: round(number, 2)),
    label=st.sampled_from(["", "in", "out"]),
)
def test_filters_and_counts_are_those_of_pandas(
    corpus: Corpus, frame: pd.DataFrame, places: list[str], out: list[str], low: float | None, label: str
) -> None:
    columns: dict[str, Any] = {"institution": places, "my_label": [label] if label else []}
    if low is not None:
        columns["score2"] = (low, None)
    selection = Selection(columns=columns, exclude={"institution": out})
    assert Selection.from_url(selection.to_url()) == selection
    masks = {
        "institution": frame["institution"].isin(places) if places else pd.Series(True, frame.index),
        "my_label": frame["My Label"] == label if label else pd.Series(True, frame.index),
        "score2": frame["score2"] >= low if low is not None else pd.Series(True, frame.index),
    }
    masks["institution"] &= ~frame["institution"].isin(out)
    results = corpus.results(selection)
    assert set(results.table()["id"].to_pylist()) == set(
        frame.loc[masks["institution"] & masks["my_label"] & masks["score2"], "id"]
    )
    counted = frame[masks["my_label"] & masks["score2"]]["institution"].value_counts()
    facet = corpus.snapshot.facet("columns.institution")
    found = dict(zip(facet.values.to_pylist(), results.counts("columns.institution").tolist(), strict=True))
    assert {name: count for name, count in found.items() if count} == counted.to_dict()
    known = frame[masks["institution"] & masks["my_label"]]["score2"].dropna()
    assert results.counts("columns.score2").sum() == len(known)


def test_steps_hold_the_papers_that_their_labels_say(corpus: Corpus, frame: pd.DataFrame) -> None:
    stored = corpus.snapshot.columns["score2"]
    counts = corpus.results(Selection()).counts("columns.score2")
    steps = [float(step) for step in stored.steps]
    edges = [*steps, steps[-1] + stored.reach]
    expected = [
        int(((frame["score2"] > low - 1e-6) & (frame["score2"] < high - 1e-6)).sum()) for low, high in itertools.pairwise(edges)
    ]
    assert counts.tolist() == expected
    months = corpus.snapshot.columns["added"]
    by_month = frame["added"].dt.strftime("%Y-%m").value_counts()
    got = dict(zip(months.steps, corpus.results(Selection()).counts("columns.added").tolist(), strict=True))
    assert {month: count for month, count in got.items() if count} == by_month.to_dict()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.31..", [0.31, None]),
        ("..0.333", [None, 0.333]),
        ("0.311..0.312", [0.311, 0.312]),
        ("0.25..0.5", [None, None]),
        ("", [None, None]),
    ],
)
def test_ends_within_a_step_are_told_as_they_were_written(corpus: Corpus, text: str, written: list[float | None]) -> None:
    stored = corpus.snapshot.columns["score2"]
    assert {0.25, 0.5 - stored.reach} <= {float(step) for step in stored.steps}
    results = corpus.results(Selection(columns=(("score2", text),) if text else ()))
    assert page.steps(results, stored)["written"] == written
    assert page.steps(results, corpus.snapshot.columns["added"])["written"] == [None, None]


def test_a_long_text_that_comes_again_is_a_name_to_filter_by() -> None:
    long = [
        f"Department of Theoretical and Applied Hydrology of the University of Somewhere near the Lake, Campus {n}"
        for n in range(5)
    ]
    remarks = [f"{name}; this remark stands beside paper {row} and no other" for row, name in enumerate(long * 8)]
    whole = [text * 4 for text in long] * 8
    papers = pd.DataFrame({"title": list(map(str, range(40))), "department": long * 8, "remark": remarks, "whole": whole})
    assert [(column.key, column.kind) for column in own_columns(to_table(papers))] == [("department", "values")]


@pytest.mark.parametrize(
    ("key", "name"), [("score2", "score2"), ("citations", "citations"), ("added", "added"), ("my_label", "My Label")]
)
def test_an_order_is_that_of_pandas(corpus: Corpus, frame: pd.DataFrame, key: str, name: str) -> None:
    for end, ascending in ((":up", True), ("", False)):
        found = corpus.select(Selection(sort=f"columns.{key}{end}"))["id"].to_list()
        expected = frame.sort_values(name, ascending=ascending, kind="stable", na_position="last")["id"].to_list()
        assert found == expected


def test_an_order_is_called_by_what_it_goes_by(corpus: Corpus) -> None:
    called = dict(menus(corpus.snapshot)["sorts"])
    assert [called["columns.my_label:up"], called["columns.my_label"]] == ["My Label", "My Label, Z to A"]
    # Few numbers are values to tick, and an order of numbers all the same.
    labels = called["columns.label_included:up"], called["columns.label_included"]
    assert labels == ("Label included, smallest first", "Label included, largest first")
    assert called["columns.added"].endswith(", newest first")


def test_the_selection_says_them_in_every_form(corpus: Corpus) -> None:
    selection = Selection(
        columns={"institution": ["MIT", "ETH Zürich"], "score2": (0.5, None)},
        exclude={"venues": ["Nature"]},
        sort="columns.score2",
    )
    assert (
        selection.describe()
        == "papers, institution ‘MIT’ or ‘ETH Zürich’, score2 0.5 or more, without venue ‘Nature’, by score2"
    )
    names: dict[str, Any] = {}
    exec(selection.to_python(str(corpus.folder)), names)
    assert names["papers"].equals(corpus.select(selection))
    with pytest.raises(SelectionError, match="no column “nothing”"):
        corpus.select(Selection(columns={"nothing": ["x"]}))
    with pytest.raises(SelectionError, match="is no value of score2"):
        corpus.select(Selection(columns={"score2": "many"}))
    with pytest.raises(QueryError, match="Did you mean institution:") as raised:
        corpus.select("planets institut:mit")
    assert raised.value.position == 8
    for text in ("see http://x.org", "autor:lee"):
        with pytest.raises(QueryError, match="not a field"):
            corpus.select(text)


def test_the_page_draws_another_column_when_it_is_chosen(corpus: Corpus) -> None:
    board = explorer.explore(corpus)
    assert board.charts[-1]["title"] == "My Label"
    board._received(board, {"kind": "chart", "seq": 1, "option": "column", "value": "score2"}, [])
    assert board.status["level"] != "error"
    assert (board.charts[-1]["name"], board.charts[-1]["title"]) == ("own", "Score2")
    assert board.charts[-1]["pick"]["field"] == "columns.score2"
    board.close()


def unpacked(array: Any) -> np.ndarray:
    """An array as plotly takes it: typed, in base64."""
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]) if isinstance(array, dict) else np.array(array)


def test_they_colour_papers_on_axes(corpus: Corpus, frame: pd.DataFrame) -> None:
    from explorer.dashboard.views.axes import axes

    results = corpus.results(Selection(axes=(("planets", "rewards"), ("study", "rewards"))))
    for colour, name in (("columns.my_label", "My Label"), ("columns.score2", "score2")):
        view = axes(results, colour)
        assert view["colour"] == colour
        assert [colour, corpus.snapshot.columns[colour.removeprefix("columns.")].column.label] in view["colours"]
        drawn = view["chart"]["figure"]["data"]
        sizes = {trace["name"]: len(unpacked(trace["customdata"])) for trace in drawn if trace.get("customdata") is not None}
        if name == "My Label":
            assert sizes == frame[name].value_counts().to_dict()
        else:
            assert sizes == {"Score2": int(frame[name].notna().sum()), "Unknown": int(frame[name].isna().sum())}


def test_their_values_and_names_complete_a_query(corpus: Corpus) -> None:
    assert corpus.complete("insti")[0].text == "institution:"
    assert [row.text for row in corpus.complete("institution:ne")] == ['"New York University"']
    assert [row.text for row in corpus.complete('institution:"new y')] == ['"New York University"']
    assert corpus.complete("planets rewards institution:ne") == []


def test_a_corpus_of_an_earlier_version_has_them_too(frame: pd.DataFrame, tmp_path: Path) -> None:
    corpus = Corpus.from_papers(frame, tmp_path / "corpus", n_topics=2)
    expected = ids(corpus, "institution:mit score2:>0.3")
    for path in corpus.snapshot.generation.glob("columns.*"):
        path.unlink()
    unlist(tmp_path / "corpus")
    again = explorer.open_corpus(tmp_path / "corpus")
    assert not (again.snapshot.generation / INDEX).exists()
    assert ids(again, "institution:mit score2:>0.3") == expected
    assert list(again.snapshot.columns.by_key) == list(corpus.snapshot.columns.by_key)


def test_papers_that_come_later_have_them(frame: pd.DataFrame, tmp_path: Path) -> None:
    corpus = Corpus.from_papers(frame[:80], tmp_path / "corpus", n_topics=2)
    grown = corpus.changed(Change(to_table(frame[80:])))
    assert ids(grown, "institution:mit") == set(frame.loc[frame["institution"] == "MIT", "id"])
    assert len(grown.snapshot.columns["score2"].order) == ROWS


def test_text_that_is_numbers_or_dates_is_taken_as_such() -> None:
    papers = pd.DataFrame(
        {
            "title": list("abcd"),
            "points": ["1.5", "2", "", "-3e2"],
            "stars2": ["1", "2", "2", "5"],
            "seen": ["2024-01-02", "2024-02", "2024-03-04", ""],
            "mixed": ["1", "two", "3", "4"],
            "nested": [[{"a": 1}], [], [], []],
        }
    )
    found = {column.key: column.kind for column in own_columns(to_table(papers))}
    assert found == {"points": "number", "stars2": "values", "seen": "date", "mixed": "values"}


@pytest.mark.parametrize(
    ("text", "kind", "ends"),
    [
        ("..", "number", (-np.inf, np.inf)),
        ("-1..1", "number", (-1, 1)),
        ("=2", "number", (2, 2)),
        ("<2024", "date", (-np.inf, np.nextafter(19723.0, -np.inf))),
        (">=2024-01-01", "date", (19723.0, np.inf)),
        ("soon", "date", None),
        ("nan", "number", None),
        ("1..x", "number", None),
    ],
)
def test_ends_of_ranges(text: str, kind: str, ends: tuple[float, float] | None) -> None:
    assert bounds(text, kind) == ends

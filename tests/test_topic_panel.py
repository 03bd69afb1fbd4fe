"""The topic panel: its counts against plain loops, its periods and what is said of them, its intervals against published ones."""

from __future__ import annotations

import datetime
import json
from typing import Any

import numpy as np
import oracles
import pandas as pd
import pytest

from explorer import Corpus, Selection, plot_topics
from explorer.dashboard.figures import SERIES, SYMBOLS, mark_of
from explorer.dashboard.views import topics as views
from explorer.topics.periods import partial_period

Corpora = list[tuple[Corpus, list[oracles.Paper]]]


def panel(corpus: Corpus, selection: Selection, **options: Any) -> Any:
    return json.loads(json.dumps(views.topics(corpus.results(selection), **options), allow_nan=False))


def period(published: str, by: str) -> str | None:
    """The period of a date as text, or None where it is too coarse."""
    if by == "year":
        return published[:4]
    if len(published) < 7:
        return None
    return published[:7] if by == "month" else f"{published[:4]}-Q{(int(published[5:7]) + 2) // 3}"


@pytest.mark.parametrize("by", ["year", "quarter", "month"])
@pytest.mark.parametrize("selection", [Selection(), Selection(query="graph"), Selection(years=(2021, 2023), has_code=True)])
def test_counts_are_those_of_a_plain_loop(corpora: Corpora, by: str, selection: Selection) -> None:
    corpus, papers = corpora[-1]
    chosen = selection.with_({"topics": (corpus.topics.labels[0],)})
    view = panel(corpus, chosen, by=by)
    counts = oracles.count(chosen, papers, "topics")
    everything = oracles.count(Selection(), papers, "topics")
    assert {row["value"]: row["papers"] for row in view["rows"] if row["papers"]} == dict(counts)
    assert {row["value"]: row["all"] for row in view["rows"] if row["all"]} == dict(everything)
    assert view["shown"] == sum(counts.values())
    assert view["total"] == len(papers)
    assert [row["papers"] for row in view["rows"]] == sorted((row["papers"] for row in view["rows"]), reverse=True)
    assert [row["value"] for row in view["rows"] if row["on"]] == [corpus.topics.labels[0]]
    # Neither the topics nor the time that are chosen here change the course that is drawn.
    others = selection.without("years")
    grid: dict[tuple[str, str], int] = {}
    for paper in papers:
        at = period(paper["published"], by) if paper["published"] else None
        if at is not None and oracles.passes(others, paper):
            grid[paper["topic"], at] = grid.get((paper["topic"], at), 0) + 1
    labels = [item["label"] for item in view["periods"]]
    drawn = {(row["value"], label): n for row in view["rows"] for label, n in zip(labels, row["counts"], strict=True) if n}
    assert drawn == {key: n for key, n in grid.items() if key[1] in labels}
    assert [item["papers"] for item in view["periods"]] == [
        sum(row["counts"][i] for row in view["rows"]) for i in range(len(labels))
    ]
    for row in view["rows"]:
        for n, low, high, item in zip(row["counts"], row["low"], row["high"], view["periods"], strict=True):
            assert 0 <= low <= (10_000 * n / item["papers"] if item["papers"] else 10_000) <= high <= 10_000


@pytest.mark.parametrize("by", ["year", "month"])
def test_cumulative_counts_are_those_of_the_frame(corpora: Corpora, by: str) -> None:
    corpus, _ = corpora[-1]
    shown = Selection(query="graph", years=(2021, 2023))
    view = panel(corpus, shown, by=by, cumulative=True)
    frame = corpus.topics.frequency(by=by, selection="graph").pivot(index="label", columns="period", values="cumulative")
    names = [item["label"] for item in view["periods"]]
    assert {row["value"]: row["counts"] for row in view["rows"]} == frame[names].T.to_dict("list")
    assert (view["cumulative"], view["share"], view["top"]) == (True, False, frame[names].to_numpy().max())
    assert [item["papers"] for item in view["periods"]] == frame[names].sum().tolist()
    plain = panel(corpus, shown, by=by)
    assert [row["rise"] for row in view["rows"]] == [row["rise"] for row in plain["rows"]]
    # Its lines and the picture draw the same; values of a facet follow no time.
    label = view["rows"][0]["value"]
    lines = panel(corpus, shown.with_({"topics": (label,)}), by=by, cumulative=True, lines=True)["lines"]
    assert [cell for _, cell in lines["table"]["rows"]] == view["rows"][0]["counts"]
    figure = plot_topics(corpus, shown, by=by, cumulative=True)
    assert [list(row) for row in figure.data[1].z] == [row["counts"] for row in view["rows"]]
    assert figure.data[1].colorbar.title.text == f"papers up to each {by}"
    by_venue = panel(corpus, shown, by="venues", cumulative=True)
    assert (by_venue["cumulative"], by_venue["share"]) == (False, True)


def test_a_picture_says_what_lies_before_its_first_column() -> None:
    dates = ["1990-03-05"] + [f"{year}-{month:02d}-10" for year in range(2000, 2016) for month in range(1, 13)] * 2
    corpus = Corpus.from_papers(pd.DataFrame({"title": [f"graph number {at}" for at in range(len(dates))], "date": dates}))
    view = panel(corpus, Selection(), by="month")
    first = view["periods"][0]["label"]
    said = f"Left out of the periods: {sum(date[:7] < first for date in dates)} before {first}."
    assert first == "2001-01" and view["notes"] == [said]
    assert views.still_chart(view)["note"].endswith(said)
    assert [note.text for note in plot_topics(corpus, by="month").layout.annotations] == [said]
    assert not plot_topics(corpus, by="month", cumulative=True).layout.annotations
    assert plot_topics(corpus, by="month", cumulative=True).data[1].z[0][0] == sum(date[:7] <= first for date in dates)


def test_lines_mark_bursts_and_those_that_are_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(5)
    places = np.repeat(np.arange(20), 60)
    word = np.where((draw.random(len(places)) < np.where((places >= 9) & (places < 12), 0.5, 0.08)), "moss", "planets")
    rows = [
        (f"{said} {said} number {at}", f"{2000 + year}-06-01") for at, (said, year) in enumerate(zip(word, places, strict=True))
    ]
    corpus = Corpus.from_papers(pd.DataFrame(rows, columns=["title", "date"]), n_topics=2)
    found = corpus.topics.trends(by="year").set_index("label")
    (label,) = [name for name in found.index if "moss" in name.lower()]
    assert found.loc[label, "significant_bursts"] == [("2009", "2011")]
    lines = panel(corpus, Selection(topics=(label,)), lines=True)["lines"]
    cells = dict(lines["table"]["rows"])
    assert [year for year, cell in cells.items() if cell.endswith(", burst")] == ["2009", "2010", "2011"]
    (marks,) = [trace for trace in lines["figure"]["data"] if trace["mode"] == "markers"]
    assert (marks["x"], marks["opacity"], lines["note"]) == (["2009", "2010", "2011"], 1, "Large marks: a burst.")
    chance = views.Grid(np.array([[1, 1, 5, 1, 1, 1], [9, 9, 5, 9, 9, 9]]), 2000, [""] * 6, 0)
    assert views._bursts(chance, [1, 0]) == [{}, {2: False}]
    # Of so many periods that it would take long none is marked, and that is said.
    monkeypatch.setattr(views, "_ASSESSED", 39)
    lines = panel(corpus, Selection(topics=(label,)), lines=True)["lines"]
    assert not [trace for trace in lines["figure"]["data"] if trace["mode"] == "markers"]
    assert "corpus.topics.trends()" in lines["note"]
    assert not panel(corpus, Selection(topics=(label,)), lines=True, cumulative=True)["lines"]["note"]


def test_a_mark_stays_whatever_is_filtered(corpora: Corpora) -> None:
    corpus, papers = corpora[-1]
    first = {row["value"]: row["place"] for row in panel(corpus, Selection())["rows"]}
    sizes = oracles.count(Selection(), papers, "topics")
    assert [sizes[value] for value in sorted(first, key=first.__getitem__)] == sorted(sizes.values(), reverse=True)
    for selection in (Selection(query="graph"), Selection(years=(2022, None)), Selection(topics=(corpus.topics.labels[1],))):
        assert {row["value"]: row["place"] for row in panel(corpus, selection)["rows"]} == first


def test_forty_topics_have_forty_marks() -> None:
    assert len({(mark["color"], mark["symbol"]) for mark in map(mark_of, range(len(SERIES) * len(SYMBOLS)))}) == 40


def test_intervals_are_those_of_wilson(corpora: Corpora) -> None:
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3: 15 of 148.
    from explorer.topics.trends import wilson

    low, high = wilson(np.array([81, 15]), np.array([263, 148]))
    assert low.round(4).tolist() == [0.2553, 0.0624]
    assert high.round(4).tolist() == [0.3662, 0.1605]


def test_a_rise_is_that_of_newcombe() -> None:
    # Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10: 56/70 - 48/80.
    counts = np.array([[48, 56], [32, 14]])
    rise, fall = views.rises(views.Grid(counts, 2020, ["", ""], 0))
    assert rise is not None
    assert fall is not None
    assert (rise["by"], rise["low"], rise["high"]) == (0.2, 0.0524, 0.3339)
    assert (fall["low"], fall["high"]) == (-0.3339, -0.0524)


def test_a_rise_looks_at_finished_periods_only() -> None:
    counts = np.array([[10, 10, 90], [10, 10, 0]])
    (first, _) = views.rises(views.Grid(counts, 2020, ["", "", "unfinished"], 0))
    assert first is not None
    assert first["by"] == 0
    assert views.rises(views.Grid(counts[:, :2], 2020, ["", "unfinished"], 0)) == [None, None]


MADE = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("end", "by", "made", "expected"),
    [
        (datetime.date(2025, 12, 30), "year", MADE, None),
        (datetime.date(2025, 6, 30), "year", MADE, 2025),  # papers end in the middle
        (datetime.date(2026, 3, 30), "quarter", MADE, None),  # the quarter is over
        (datetime.date(2026, 3, 30), "year", MADE, 2026),  # the year is not
        (datetime.date(2026, 3, 8), "month", MADE, 2026 * 12 + 2),
        (datetime.date(2026, 11, 18), "month", MADE, 2026 * 12 + 10),
        (datetime.date(2027, 1, 5), "year", MADE, 2026),  # dated ahead of its time
        (None, "year", MADE, 2026),
        (None, "year", None, None),
    ],
)
def test_what_is_unfinished(end: datetime.date | None, by: str, made: datetime.date | None, expected: int | None) -> None:
    months = np.repeat(np.arange(2024 * 12, end.year * 12 + end.month), 40) if end else np.array([], int)
    assert views.unfinished_period(months, end, by, made) == expected


def test_few_papers_tell_no_early_end() -> None:
    # Two papers by the end of September: a silent quarter happens half of the time.
    months = np.array([2025 * 12, 2025 * 12 + 8])
    assert views.unfinished_period(months, datetime.date(2025, 9, 30), "year", MADE) is None


@pytest.mark.parametrize(
    ("begin", "by", "expected"),
    [
        (datetime.date(2024, 1, 3), "year", None),
        (datetime.date(2024, 8, 14), "year", 2024),  # as arXiv begins
        (datetime.date(2024, 8, 14), "quarter", 2024 * 4 + 2),
        (datetime.date(2024, 8, 14), "month", 2024 * 12 + 7),
        (datetime.date(2024, 10, 1), "quarter", None),
        (datetime.date(9999, 12, 31), "year", 9999),
        (None, "year", None),
    ],
)
def test_a_first_period_that_is_covered_in_part(begin: datetime.date | None, by: str, expected: int | None) -> None:
    months = np.repeat(begin.year * 12 + np.arange(begin.month - 1, 12), 40) if begin else np.array([], int)
    assert partial_period(months, begin, by) == expected
    # One paper may be so late by chance.
    assert partial_period(months[:1], datetime.date(2024, 6, 1), "year") is None


def test_a_few_papers_far_from_all_others_do_not_press_them_together() -> None:
    years = np.repeat(np.arange(2000, 2020), 50)
    totals = np.bincount(np.append(years, [1687, 1752, 2099]) - 1687)
    asked = {
        Selection(): (2000, 2019),
        Selection(years=(2005, None)): (2000, 2019),
        Selection(years=(None, 1800)): (1840, 2019),
        # What is asked for is in sight, and nothing beyond it for that.
        Selection(years=(1990, None)): (1990, 2019),
        Selection(years=(None, 2050)): (2000, 2050),
        Selection(months=("1990-01", None)): (1990, 2019),
    }
    for selection, expected in asked.items():
        start, end = views.periods_in_sight(totals, 1687, "year", selection)
        assert (1687 + start, 1687 + end - 1) == expected
    # Twelve papers are not so many that one of them would not count, and a course that thins out is a course.
    assert views.periods_in_sight(np.bincount([0] + [300] * 11), 1700, "year", Selection()) == (121, 301)
    assert views.periods_in_sight(np.arange(100), 1900, "year", Selection()) == (0, 100)
    assert views.periods_in_sight(np.zeros(0, int), 0, "year", Selection()) == (0, 0)


def test_periods_say_why_they_tell_little(tmp_path: Any) -> None:
    dates = (
        ["2018-11-20"] * 30
        + ["2019"] * 30
        + ["2019-03"] * 12
        + [f"2020-{m:02d}-15" for m in range(1, 13)] * 12
        + ["2021-01-20"] * 30
    )
    papers = pd.DataFrame({"title": [f"paper about graphs number {i}" for i in range(len(dates))], "published": dates})
    corpus = Corpus.from_papers(papers, tmp_path)
    states = {item["label"]: item["state"] for item in panel(corpus, Selection(), by="month")["periods"]}
    assert states["2019-03"] == states["2019-05"] == "coarse"
    assert states["2020-06"] == ""
    by_year = [item["state"] for item in panel(corpus, Selection(), by="year")["periods"]]
    assert (by_year[0], by_year[-1]) == ("partial", "unfinished")
    assert panel(corpus, Selection(), by="month")["notes"] == ["Left out of the periods: 30 dated to the year only."]
    few = panel(corpus, Selection(query="number 45"), by="year")["periods"]
    assert all(item["state"] for item in few)


def test_lines_say_how_sure_they_are_and_draw_nothing_where_no_papers_are(tmp_path: Any) -> None:
    # Papers of 2001, 2002 and 2005; those of 2050 are still to come.
    years = [2001] * 20 + [2002] * 20 + [2005] * 20
    titles = [("lattice sums", "harbour seals")[i % 2] + f" {i}" for i in range(60)]
    papers = pd.DataFrame({"title": titles, "year": years})
    later = papers[:20].assign(year=2050, title=papers["title"][:20] + " again")
    corpus = Corpus.from_papers(pd.concat([papers, later]), tmp_path, n_topics=2)
    lines = panel(corpus, Selection(topics=tuple(corpus.topics.labels[:1]), years=(2001, 2050)), lines=True)["lines"]
    rows = dict(lines["table"]["rows"])
    frequency = corpus.topics.frequency().set_index(["label", "period"]).loc[corpus.topics.labels[0]]
    share, low, high = frequency.loc["2002", ["share", "low", "high"]]
    assert rows["2002"] == f"{share:.0%} ({low:.0%} to {high:.0%})".replace("%", " %")
    assert rows["2003"] is None
    assert "2050, unfinished" in rows
    band = next(trace for trace in lines["figure"]["data"] if trace["meta"].get("band"))
    assert band["x"] == ["2001", "2002", "2002", "2001", None, "2005", "2005", None, "2050", "2050"]


def test_lines_are_of_the_chosen_topics(corpora: Corpora) -> None:
    corpus, _ = corpora[-1]
    assert panel(corpus, Selection())["lines"] is None
    assert panel(corpus, Selection(), lines=True)["lines"]["bare"]
    labels = tuple(corpus.topics.labels[:2])
    lines = panel(corpus, Selection(topics=labels), lines=True)["lines"]
    assert lines["table"]["columns"] == ["Year", *labels]
    named = [trace for trace in lines["figure"]["data"] if not trace["meta"].get("band")]
    assert [trace["customdata"][0] for trace in named] == [["topics", label] for label in labels]
    # Also where a period has no papers, and a band none there.
    view = panel(corpus, Selection(topics=labels))
    assert lines["figure"]["layout"]["xaxis"]["categoryarray"] == [item["label"] for item in view["periods"]]
    # Intervals are in the picture, but those of periods that tell little go beyond it.
    drawn = [row for row in view["rows"] if row["value"] in labels]
    sure = [row["high"][at] / 10000 for row in drawn for at, item in enumerate(view["periods"]) if not item["state"]]
    most = max(row["counts"][at] / (item["papers"] or 1) for row in drawn for at, item in enumerate(view["periods"]))
    bottom, top = lines["figure"]["layout"]["yaxis"]["range"]
    assert bottom == 0
    assert max([most, *sure]) <= top < 1.2 * max([most, *sure], default=1) + 1e-3
    rows = {row["value"]: row for row in view["rows"]}
    assert [trace["meta"]["place"] for trace in named] == [rows[label]["place"] for label in labels]


@pytest.mark.parametrize("size", [0, 1, 3])
def test_corpora_of_few_papers_have_a_panel(size: int, corpora: Corpora) -> None:
    corpus, _ = next(item for item in corpora if len(item[1]) == size)
    for by in ("year", "month"):
        assert panel(corpus, Selection(), by=by, lines=True)["total"] == size
    assert views.picture(corpus.results(Selection()))["figure"]["data"]


def test_a_picture_is_a_figure_that_plotly_takes(corpora: Corpora) -> None:
    import plotly.graph_objects as go

    corpus, _ = corpora[-1]
    figure = go.Figure(views.picture(corpus.results(Selection()))["figure"])
    bars, heat = figure.data
    view = panel(corpus, Selection())
    assert list(bars.x) == [row["papers"] for row in view["rows"]]
    assert len(heat.z) == len(view["rows"])
    labels = tuple(corpus.topics.labels[:2])
    assert go.Figure(panel(corpus, Selection(topics=labels), lines=True)["lines"]["figure"]).data


def test_topics_are_told_apart_by_what_the_papers_have(tmp_path: Any) -> None:
    papers = pd.DataFrame(
        {
            "title": [f"{'graphs and nodes' if i % 3 else 'soil and fungi'} number {i}" for i in range(60)],
            "year": 2020,
            "Fach": ["Mathe", "Bio"] * 30,
            # Two papers begin on the same page; that tells no topics apart.
            "Pages": [f"{max(i, 1)}-{max(i, 1) + 9}" for i in range(60)],
        }
    )
    corpus = Corpus.from_papers(papers, tmp_path, n_topics=2)
    choices = panel(corpus, Selection())["choices"]
    assert corpus.snapshot.columns["pages"].column.telling
    assert choices[3:] == [["keywords", "Key phrase"], ["columns.fach", "Fach"]]
    # An address may ask for what this corpus has not.
    assert ["venues", "Venue"] in panel(corpus, Selection(), by="venues")["choices"]
    assert ["columns.pages", "Pages"] in panel(corpus, Selection(), by="columns.pages")["choices"]
    view = panel(corpus, Selection(), by="columns.fach")
    labels = [item["label"] for item in view["periods"]]
    counted = {row["value"]: dict(zip(labels, row["counts"], strict=True)) for row in view["rows"]}
    expected = pd.crosstab(corpus.papers["topic"], corpus.papers["Fach"])
    assert counted == {topic: expected.loc[topic].to_dict() for topic in counted} and len(counted) == 2
    # What a column of the reader's own is called stays as it is written.
    assert "of a Fach’s papers" in views.still_chart(view)["note"]

"""Still pictures of figures: what they show, and that nothing in them can run."""

from __future__ import annotations

import base64
import math
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.dashboard.drawing import PAGE, data_address, svg
from explorer.dashboard.figures import Points, counts_json, histogram_json, lines_json, scatter_json
from explorer.dashboard.views import topics

_SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script><img src=x onerror="alert(2)">'


def parsed(picture: str) -> ElementTree.Element:
    """A picture, which has to be well-formed XML."""
    return ElementTree.fromstring(picture)


def texts(picture: str) -> list[str]:
    return ["".join(node.itertext()) for node in parsed(picture).iter(f"{_SVG}text")]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=15))
def test_bars_are_as_long_as_their_counts(counts: list[int]) -> None:
    names = [f"topic {place}" for place in range(len(counts))]
    picture = svg(counts_json(names, names, counts, [], "topics"))
    bars = [float(node.get("width", "nan")) for node in parsed(picture).iter(f"{_SVG}rect")][1:]  # The first is the ground.
    most = max(counts)
    for bar, count in zip(bars, counts, strict=True):
        expected = max(bars) * count / most if most else 0.5
        assert bar == pytest.approx(max(expected, 0.5), abs=0.6)
    assert [text for text in texts(picture) if text in {f"{count:,}" for count in counts}] == [f"{count:,}" for count in counts]


def test_long_names_that_begin_alike_are_told_apart() -> None:
    place = "Department of Theoretical and Applied Hydrology of the University of Somewhere, Campus "
    names = [place + "North", place + "South", "Institute of A", "Laboratory of the Department of Slow and Quiet Things"]
    told = counts_json(names, names, [4, 3, 2, 1], [], "columns.place")["layout"]["yaxis"]["ticktext"]
    assert len(set(told)) == len(names) and max(map(len, told)) <= 37
    assert told == [
        "Department of … Campus North",
        "Department of … Campus South",
        "Institute of A",
        "Laboratory of the Department of …",
    ]


def test_lines_of_topics_keep_the_order_of_the_years_and_name_each_topic_once() -> None:
    # Nothing is known of 2003 and 2004; 2006 is still to come.
    periods = [str(year) for year in range(2001, 2007)]
    values, low, high = [0.5, 0.2, None, None, 0.4, 0.6], [[0.1] * 6], [[0.9] * 6]
    states = [""] * 5 + ["unfinished"]
    picture = svg(lines_json(periods, ["tides"], [values], np.array(low), np.array(high), [0], states))
    at = {"".join(node.itertext()): float(node.get("x", "nan")) for node in parsed(picture).iter(f"{_SVG}text")}
    assert [at[year] for year in periods] == sorted(at[year] for year in periods)
    band = next(node.get("d", "") for node in parsed(picture).iter(f"{_SVG}path"))
    assert band.count("M") == 2  # 2001 and 2002 are one area, 2005 and 2006 another
    both = svg(lines_json(periods, ["tides", "bells"], [values] * 2, np.array(low * 2), np.array(high * 2), [0, 1], states))
    assert [texts(both).count(name) for name in ("tides", "bells")] == [1, 1]


def test_lines_go_through_their_points() -> None:
    grid = np.array([[0, 4, 8], [8, 0, 2]])
    figure = lines_json(["2020", "2021", "2022"], ["a", "b"], grid.tolist(), None, None, [0, 1], [""] * 3)
    picture = svg(figure, legend=False)
    paths = [node.get("d", "") for node in parsed(picture).iter(f"{_SVG}path")]
    points = [[tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)] for path in paths]
    assert len(points) == 2
    flat = {(place, int(grid[line, place])): point for line, row in enumerate(points) for place, point in enumerate(row)}
    # Equal counts stand at one height, larger ones above, in proportion; periods stand at equal distances.
    zero, eight = flat[0, 0][1], flat[2, 8][1]
    assert flat[1, 0][1] == zero
    assert flat[0, 8][1] == eight
    assert flat[1, 4][1] == pytest.approx((zero + eight) / 2, abs=0.02)
    assert flat[1, 4][0] - flat[0, 0][0] == pytest.approx(flat[2, 8][0] - flat[1, 4][0], abs=0.02)
    assert [text for text in texts(picture) if text.startswith("20")] == ["2020", "2021", "2022"]


def test_a_share_of_an_empty_period_is_a_gap() -> None:
    figure = lines_json(list("abcd"), ["one"], [[1.0, None, 1.0, 0.5]], None, None, [0], [""] * 4)
    [path] = parsed(svg(figure)).iter(f"{_SVG}path")
    assert [step[0] for step in re.findall(r"[ML][^ML]+", path.get("d", ""))] == ["M", "M", "L"]


def test_stacked_bars_stand_on_each_other() -> None:
    grid = np.array([[1, 2], [3, 4]])
    picture = svg(histogram_json(np.array([0.0, 1.0, 2.0]), ["a", "b"], grid, (None, None), ("low", "high"), [0, 1]))
    bars = [
        {name: float(node.get(name, "nan")) for name in ("x", "y", "height")} for node in parsed(picture).iter(f"{_SVG}rect")
    ][1:]
    for low, high in ((bars[0], bars[2]), (bars[1], bars[3])):
        assert low["x"] == high["x"]
        assert high["y"] + high["height"] == pytest.approx(low["y"], abs=0.05)
    assert bars[3]["height"] == pytest.approx(4 * bars[0]["height"], abs=0.1)
    assert {"← low", "high →"} <= set(texts(picture))


def scatter(papers: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, papers)).astype(np.float32)
    rows = np.arange(papers)
    found = Points("all", x, y, rows, "#2f6fb2")
    spans = ((float(x.min()), float(x.max())), (float(y.min()), float(y.max())))
    return scatter_json([found], spans, ((None, None), (None, None)), (("a", "b"), ("c", "d")), None)


def test_typed_arrays_are_read_and_many_points_are_thinned() -> None:
    few = list(parsed(svg(scatter(50))).iter(f"{_SVG}circle"))
    assert len(few) == 50
    places = np.array([float(node.get("cx", "nan")) for node in few])
    data = np.frombuffer(base64.b64decode(scatter(50)["data"][0]["x"]["bdata"]), np.float32)
    assert np.corrcoef(places, data)[0, 1] == pytest.approx(1, abs=1e-5)
    assert len(svg(scatter(50_000))) < 100_000


def test_a_heat_map_is_as_dark_as_its_cells() -> None:
    cells = [[1.0, 2.0], [4.0, None]]
    trace = {"type": "heatmap", "x": ["2020", "2021"], "y": ["a", "b"], "z": cells}
    picture = svg({"data": [trace], "layout": {"yaxis": {"autorange": "reversed"}}})
    dark = [float(node.get("opacity", "nan")) for node in parsed(picture).iter(f"{_SVG}rect") if node.get("opacity")]
    assert len(dark) == 3
    assert dark == sorted(dark)
    assert {"2020", "2021", "a", "b"} <= set(texts(picture))


def test_a_panel_of_topics_is_bars_with_their_course_beside_them() -> None:
    panel = topics.topics(explorer.open_corpus().results(explorer.Selection(query="reasoning")))
    chart = topics.still_chart(panel, most=3)
    boxes = [(node, float(node.get("x", "nan"))) for node in parsed(svg(chart["figure"])).iter(f"{_SVG}rect")][1:]
    middle = 0.6 * 560
    bars = [float(node.get("width", "nan")) for node, x in boxes if x < middle]
    cells = [float(node.get("opacity", "nan")) for node, x in boxes if x > middle]
    counts = [row["papers"] for row in panel["rows"][:3]]
    assert bars == pytest.approx([bars[0] * count / counts[0] for count in counts], abs=0.6)
    totals = [period["papers"] for period in panel["periods"]]
    shares = [count / total for row in panel["rows"][:3] for count, total in zip(row["counts"], totals, strict=True) if total]
    assert cells == pytest.approx([0.06 + 0.94 * min(share / panel["top"], 1) for share in shares], abs=0.006)
    more, scale, unfinished = chart["note"].split(". ")
    assert more == f"{len(panel['rows']) - 3} more"
    assert f"{panel['top']:.0%}" in scale
    assert unfinished == f"{panel['periods'][-1]['label']} is unfinished."
    assert topics.still_chart({**panel, "rows": []})["figure"] is None


@pytest.mark.parametrize("palette", [PAGE])
def test_labels_of_strangers_are_text(palette: Any) -> None:
    figures = (
        counts_json([HOSTILE], [HOSTILE], [1], [], "topics"),
        lines_json(["2020", "2021", "2022"], [HOSTILE, HOSTILE], [[1, 1, 1]] * 2, None, None, [0, 1], [""] * 3),
        histogram_json(np.array([0.0, 1.0]), [HOSTILE, "b"], np.ones((2, 1), int), (None, None), (HOSTILE, HOSTILE), [0, 1]),
        {"data": [{"type": "heatmap", "x": [HOSTILE], "y": [HOSTILE], "z": [[1]]}], "layout": {}},
    )
    for figure in figures:
        picture = svg(figure, palette=palette, label=HOSTILE)
        names = {node.tag.removeprefix(_SVG) for node in parsed(picture).iter()}
        assert names <= {"svg", "title", "text", "rect", "path", "circle", "g", "line"}
        assert not any(name.startswith("on") or "href" in name for node in parsed(picture).iter() for name in node.keys())  # noqa: SIM118
        assert "<script" not in picture
        assert any("alert" in text or "script" in text for text in texts(picture))


def test_nothing_to_draw_is_no_picture() -> None:
    assert svg({"data": [], "layout": {}}) == ""
    assert svg(counts_json([], [], [], [], "topics")) == ""
    assert svg(lines_json([], [], [], None, None, [], [])) == ""
    assert svg({"data": [{"type": "heatmap", "x": ["a"], "y": ["b"], "z": [[math.nan]]}], "layout": {}}) == ""


def test_the_address_of_a_picture_holds_it() -> None:
    picture = svg(counts_json(["ä"], ["ä"], [1], [], "topics"))
    kind, data = data_address(picture).split(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(data).decode() == picture

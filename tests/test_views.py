"""What the page shows: plain JSON, one page at a time, the same numbers as the results, and only safe addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, Selection
from explorer.corpus.opening import open_files
from explorer.dashboard.figures import counts_json, lines_json
from explorer.dashboard.views import page as views
from explorer.dashboard.views import topics
from explorer.dashboard.views.page import empty_runs

Corpora = list[tuple[Corpus, list[oracles.Paper]]]


def plain(value: Any) -> Any:
    """Through JSON and back, without the numbers that JSON has no word for."""
    return json.loads(json.dumps(value, allow_nan=False))


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_every_view_is_plain_json_and_says_what_the_results_say(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    selection = data.draw(oracles.selections(corpus.topics.labels))
    results = corpus.results(selection)
    texts = {
        field: (data.draw(st.sampled_from(["", "e", "graph", "(", "深"])), data.draw(st.integers(-1, 3)))
        for field in ("authors", "topics")
    }
    summary = plain(views.summary(results))
    assert (summary["shown"], summary["total"]) == (results.shown, len(papers))
    assert Selection.from_url(summary["url"]) == selection
    assert bool(summary["loosen"]) <= (results.shown == 0)
    for choice in summary["loosen"]:
        assert corpus.results(selection.with_(choice["changes"])).shown == choice["shown"] > 0
    removed = selection
    for chip in summary["chips"]:
        old = getattr(removed, chip["field"])
        removed = (
            removed.with_({chip["field"]: [v for v in old if plain(v) != chip["value"]]})
            if isinstance(old, tuple) and chip["value"] in [list(v) if isinstance(v, tuple) else v for v in old]
            else removed.without(chip["field"])
        )
    assert not list(removed.active())
    for panel in plain(views.panels(results, texts)):
        if panel["kind"] != "values" or panel["name"] == "has_code":
            continue
        counts = oracles.count(selection, papers, panel["name"])
        most = views.FACET_PAGE + panel["page"] * views.FACET_MORE
        ahead = sum(row["on"] or row["out"] for row in panel["rows"])
        assert min(panel["values"], most) <= len(panel["rows"]) <= most + ahead
        assert panel["more"] == max(panel["values"] - most, 0)
        for row in panel["rows"]:
            assert row["count"] == counts[row["value"]] <= panel["max"]
            assert row["on"] == (row["value"] in getattr(selection, panel["name"]))
            assert row["out"] == ((panel["name"], row["value"]) in selection.exclude)
            assert panel["text"].lower() in row["value"].lower()
    share, by = data.draw(st.booleans()), data.draw(st.sampled_from(["year", "quarter", "month"]))
    for chart in plain([*views.keyword_chart(results), topics.topics(results, share=share, by=by, lines=True)["lines"]]):
        assert chart["title"]
        assert chart["description"].endswith(".")
        assert all(len(row) == len(chart["table"]["columns"]) for row in chart["table"]["rows"])
    page = plain(views.page(results, data.draw(st.integers(-3, 30)), frozenset({0}), 0))
    assert len(page["rows"]) <= views.PAGE
    assert 0 <= page["page"] < page["pages"] == max(1, -(-results.shown // views.PAGE))
    assert [row["row"] for row in page["rows"]] == results.rows().tolist()[page["page"] * views.PAGE :][: views.PAGE]


def test_every_paper_can_be_read(corpora: Corpora) -> None:
    corpus, papers = corpora[3]
    results = corpus.results(Selection(query="graph", sort="title"))
    rows = results.rows().tolist()
    for row, paper in enumerate(papers):
        view = plain(views.reader(results, row))
        assert "".join(text for text, _ in view["abstract"]) == views.readable(paper["abstract"])
        assert view["authors"] == [oracles.SHOWN.get(name, name) for name in paper["authors"] or []]
        assert ["extra", paper["extra"]] in view["extra"]
        assert view["place"] == (f"{rows.index(row) + 1} of {len(rows)}" if row in rows else "not among the papers shown")
        assert row not in [other["row"] for other in view["similar"]]
        assert all(link["url"].startswith(("https://", "http://")) for link in view["links"])


HOSTILE = "<img src=x onerror=alert(1)>"


def test_hostile_papers(tmp_path: Any) -> None:
    frame = pd.DataFrame(
        {
            "title": [HOSTILE, "$\\textit{Labor Space}$", "{{{" * 2000, None],
            "abstract": ["</script><script>alert(1)</script> text", "x" * 200_000, "a\u202eb\x07", None],
            "authors": [[HOSTILE, None, ""], None, ["A" * 10_000], []],
            "url": ["javascript:alert(1)", " JAVASCRIPT:x", "data:text/html,x", "//evil.example"],
            "code_url": ["vbscript:x", "file:///etc/passwd", "HTTPS://ok.example", "http://ok.example"],
            "doi": ['10.1000/"onmouseover=', None, None, None],
            "venue": [HOSTILE] * 4,
            "keywords": [[HOSTILE, "%{x}<b>"], None, None, None],
            "published": ["2024", None, "0001", "9999-12-31"],
            "nested": [{"a": 1}, None, None, None],
            "number": [float("inf"), float("nan"), 1.0, None],
        }
    )
    corpus = Corpus.from_papers(frame, tmp_path)
    results = corpus.results(Selection())
    for row in range(4):
        view = plain(views.reader(results, row))
        assert all(link["url"].lower().startswith(("https://", "http://")) for link in view["links"])
        assert {link["url"] for link in view["links"]} <= {
            'https://doi.org/10.1000/"onmouseover=',
            "https://doi.org/10.1000/",
            "HTTPS://ok.example",
            "http://ok.example",
        }
        assert view["title"]
    page = plain(views.page(results, 0, frozenset(), None))
    assert len(page["rows"]) == 4
    assert all(len("".join(text for text, _ in row["snippet"])) < 400 for row in page["rows"])
    plain(views.panels(results, {}))
    for chart in plain(views.keyword_chart(results)):
        assert chart["figure"]["data"]


def test_charts_carry_what_a_click_needs(corpora: Corpora) -> None:
    corpus, papers = corpora[-1]
    word = oracles.count(Selection(), papers, "keywords").most_common(1)[0][0]
    selection = Selection(keywords=(word,), years=(2020, None))
    (chart,) = plain(views.keyword_chart(corpus.results(selection)))
    counts = oracles.count(selection, papers, "keywords")
    (bars,) = chart["figure"]["data"]
    assert bars["customdata"] == [["keywords", value] for value in chart["pick"]["values"]]
    assert dict(chart["table"]["rows"]) == dict(counts.most_common(views.BARS))
    assert [opacity == 1 for opacity in bars["marker"]["opacity"]] == [value == word for value in chart["pick"]["values"]]


def test_the_chart_says_what_it_leaves_out(corpora: Corpora) -> None:
    corpus, papers = corpora[-1]
    (note,) = topics.topics(corpus.results(Selection()), by="month")["notes"]
    undated = sum(paper["published"] is None for paper in papers)
    coarse = sum(paper["published"] is not None and len(paper["published"]) == 4 for paper in papers)
    assert f"{undated} without a date" in note
    assert f"{coarse} dated to the year only" in note


@pytest.mark.parametrize("size", [0, 1, 3])
def test_corpora_of_few_papers_have_every_view(size: int, corpora: Corpora) -> None:
    corpus, _ = next(item for item in corpora if len(item[1]) == size)
    results = corpus.results(Selection())
    plain(
        [
            views.summary(results),
            views.panels(results, {}),
            views.keyword_chart(results),
            topics.topics(results),
            views.page(results, 0, frozenset(), None),
        ]
    )


def test_dates_as_far_as_they_are_known() -> None:
    day = pd.Timestamp("2024-03-11")
    assert [views.date_text(day, precision) for precision in ("year", "month", "day", None)] == [
        "2024",
        "Mar 2024",
        "11 Mar 2024",
        "",
    ]
    assert views.date_text(None, None) == ""


def test_no_tick_of_a_count_stands_between_two_counts() -> None:
    def ticks(most: int) -> list[dict[str, Any]]:
        bars = counts_json(["a", "b"], ["a", "b"], [most, 1], [], "topics")
        lines = lines_json(["2020", "2021"], ["a"], [[most, 1]], None, None, [0], ["", ""])
        return [bars["layout"]["xaxis"], lines["layout"]["yaxis"]]

    assert [axis.get("dtick") for axis in ticks(2)] == [1, 1]
    assert [(axis.get("dtick"), axis["nticks"]) for axis in ticks(500)] == [(None, 5), (None, 5)]


def test_one_old_book_does_not_press_the_years_of_all_others_together(tmp_path: Path) -> None:
    dates = ["1687"] + [f"{1990 + i % 20}-0{1 + i % 9}" for i in range(60)]
    papers = pd.DataFrame({"title": [f"Counting lamps {i}" for i in range(61)], "published": dates})
    corpus = Corpus.from_papers(papers, tmp_path / "c")
    years = views.years(corpus.results(Selection()))
    assert [year for year, _ in years["bars"]] == [1687, *range(1990, 2010)]
    assert years["gaps"] == [[1688, 1989]]
    assert years["months"]["bars"][0][0] == "1990-01"
    # What is left out goes by the corpus, so that no filter moves the handles.
    some = views.years(corpus.results(Selection(years=(1995, 1997), query="12")))
    assert [year for year, _ in some["bars"]] == [year for year, _ in years["bars"]]


@given(st.lists(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), max_size=120).map(lambda part: [1, *part, 1]))
def test_runs_that_are_left_out_have_no_papers_and_are_long(papers: list[int]) -> None:
    runs = empty_runs(np.array(papers))
    for start, end in runs:
        assert end - start >= 10
        assert not any(papers[start:end])
        assert papers[start - 1]
        assert papers[end]
    assert runs == sorted(set(runs))


def test_papers_without_dates_have_no_years_to_choose(tmp_path: Path) -> None:
    file = tmp_path / "lamps.csv"
    pd.DataFrame({"title": ["Counting lamps", "Oil for lamps", "Wicks", "Light of stars"]}).to_csv(file, index=False)
    corpus = open_files([file])
    years = views.years(corpus.results(Selection()))
    assert (years["bars"], years["months"], years["undated"]) == ([], None, 4)

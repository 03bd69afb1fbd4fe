"""The first view that the server draws: what a kernel would send, and nothing of a stranger's text that could run."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.widgets import widget
from lxml import html as pages
from test_server import ask, serving

import explorer
from explorer import Corpus, Selection
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.explore import addressed
from explorer.dashboard.widget import Dashboard
from explorer.server.first_view import BONES, FirstView, written

HOSTILE = "</script><script>alert(1)</script>"
DRAWN = (
    "summary",
    "facets",
    "charts",
    "papers",
    "selection",
    "status",
    "axes",
    "preference",
    "sorts",
    "exports",
    "help",
    "reader",
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return explorer.open_corpus()


@pytest.fixture(scope="module")
def view(corpus: Corpus) -> FirstView:
    """One that waits: what a page does without its view is asked for where it is meant."""
    return FirstView(corpus, "/below/", patience=120)


def values(text: str) -> dict[str, Any]:
    """The values that the page's own code reads."""
    [script] = pages.fromstring(f"<div>{text}</div>").xpath("//script[@id='lx-first-view']")
    found: dict[str, Any] = json.loads(script.text)
    return found


@pytest.mark.parametrize("query", ["", "q=vision", "years=2023..&sort=title", "q=vision&code=yes&token=x"])
def test_it_is_what_a_kernel_would_send(query: str, view: FirstView, corpus: Corpus) -> None:
    told = values(view.html(query))
    deployment = Deployment(served=True, assets="/below/lx/", address=query)
    theirs = Dashboard(corpus, Selection.from_url(query), deployment=deployment)
    for name in DRAWN:
        assert told[name] == json.loads(json.dumps(theirs.get_state([name])[name])), name
    assert told["assets"]["plotly_url"].startswith("/below/lx/plotly.min.js")
    assert not {name for name in told if name.startswith("_")}
    theirs.close()


def test_counts_charts_and_papers_stand_in_the_html(view: FirstView, corpus: Corpus) -> None:
    page = pages.fromstring(f"<div>{view.html('q=vision')}</div>")
    shown = corpus.select("vision")
    assert page.find(".//h2").text == f"{len(shown)} of 88 papers, matching ‘vision’"
    assert [title.text for title in page.findall(".//ol/li/h3")] == list(shown["title"][:8])
    [figure] = page.iter("figure")
    drawn = [text.text_content() for text in figure.find("svg").iter("text")]
    counts = shown["topic"].value_counts()
    assert sorted(text for text in drawn if text.isdigit() and len(text) < 4) == sorted(map(str, counts))
    rail = " ".join(page.find_class("lx-boot-rail")[0].text_content().split())
    venues = shown["venue"].value_counts()
    assert f"{venues.index[0]} {venues.iloc[0]}" in rail


@pytest.mark.parametrize(
    "query", ["q=%22", "years=abc", "rank=vision", "sort=preference&prefer=recency", "corpus=papers-1", "like=x"]
)
def test_what_only_a_kernel_can_show_or_refuse_is_left_to_it(query: str, view: FirstView) -> None:
    assert view.html(query) == ""


def test_titles_of_strangers_cannot_end_an_element(tmp_path: Path) -> None:
    papers = pd.DataFrame(
        {
            "title": [HOSTILE, f"x {HOSTILE}"],
            "authors": [[HOSTILE], ["<!--"]],
            "keywords": [[HOSTILE], ["<b>"]],
            "year": [2020, 2021],
        }
    )
    text = FirstView(Corpus.from_papers(papers, tmp_path / "corpus"), "/").html("")
    assert "alert" in text
    page = pages.fromstring(f"<div>{text}</div>")
    scripts = list(page.iter("script"))
    assert len(scripts) == 2
    assert json.loads(scripts[0].text)["papers"]["rows"]
    assert scripts[1].text.startswith("import(new URL(")
    assert not list(page.iter("b"))
    assert "<script>alert" not in text


def filled(view: FirstView, parts: list[str], query: str = "") -> list[str]:
    """A page that comes in parts, with its first view."""

    async def come() -> AsyncIterator[str]:
        for part in parts:
            yield part

    async def all_of_it() -> list[str]:
        return [part async for part in view.into(come(), query)]

    return asyncio.run(all_of_it())


def test_a_page_without_bones_stays_as_it_is(view: FirstView) -> None:
    assert "".join(filled(view, ["<p>Another", " page</p>"])) == "<p>Another page</p>"
    start, end = BONES
    bare = f"{start}bones{end}"
    assert "".join(filled(view, [bare], "q=%22")) == bare
    assert "".join(filled(view, [f"<p>{start}cut off"])) == f"<p>{start}cut off"


def test_a_page_does_not_wait_for_a_view_that_takes_long(corpus: Corpus) -> None:
    view = FirstView(corpus, "/below/", patience=0)
    bare = "bones".join(BONES)
    assert "".join(filled(view, [f"<p>{bare}</p>"])) == f"<p>{bare}</p>"


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.integers(0, 60), max_size=8))
def test_a_page_is_filled_whatever_parts_it_comes_in(view: FirstView, cuts: list[int]) -> None:
    start, end = BONES
    page = f"<body>{start}bones{end}</body>"
    places = [0, *sorted(min(cut, len(page)) for cut in cuts), len(page)]
    parts = [page[one:other] for one, other in pairwise(places)]
    assert "".join(filled(view, parts)) == f"<body>{view.html('')}</body>"


def test_what_comes_before_the_bones_is_sent_as_it_comes(view: FirstView) -> None:
    head = "<head>" + "x" * 40
    [first, *others] = filled(view, [head, f"{BONES[0]}bones", BONES[1]])
    assert first == head[: -len(BONES[0]) + 1]
    assert others


def test_a_page_whose_kernel_is_started_for_it_has_its_first_view(tmp_path: Path) -> None:
    """Before the kernel, which takes its time; Voila then gives the page in many parts."""
    with serving(tmp_path, "--kernels-ready", "0") as port:
        body, until = ask(port, "/")[2], time.monotonic() + 60
        # On a machine that does much else the first page may have to open without.
        while BONES[0].encode() in body and time.monotonic() < until:
            body = ask(port, "/")[2]
    assert 0 < body.index(b'id="lx-first-view"') < body.index(b"dataset.kernelId = ")
    assert BONES[0].encode() not in body


def test_papers_added_since_are_shown(tmp_path: Path) -> None:
    papers = pd.DataFrame({"title": ["One paper", "Another paper"], "year": [2020, 2021]})
    corpus = Corpus.from_papers(papers, tmp_path / "corpus")
    view = FirstView(corpus, "/")
    assert values(view.html(""))["summary"]["total"] == 2
    assert not corpus.snapshot.superseded
    corpus.add(pd.DataFrame({"title": ["A third, which is new"], "year": [2022]}))
    assert corpus.snapshot.superseded
    assert values(view.html(""))["summary"]["total"] == 3


def test_a_kernel_started_in_advance_catches_up_on_arrival(tmp_path: Path) -> None:
    papers = pd.DataFrame({"title": ["One paper", "Another paper"], "year": [2020, 2021]})
    corpus = Corpus.from_papers(papers, tmp_path / "corpus")
    early = Deployment.from_environment({"VOILA_PREHEAT": "True", "QUERY_STRING": "q=one"})
    assert early.served
    assert early.early
    assert early.address == ""
    board = addressed(corpus, early)
    assert board.assets["early"]
    # Meanwhile another dashboard of the reader marks a paper as read, and papers are added.
    corpus.library.mark_read(corpus.papers["id"][0], True)
    board._received(board, {"kind": "arrive", "seq": 1, "url": ""}, [])
    assert [row["read"] for row in board.papers["rows"]].count(True) == 1
    assert board.summary["seq"] == 1
    corpus.add(pd.DataFrame({"title": ["A third paper, which is new"], "year": [2022]}))
    board._received(board, {"kind": "arrive", "seq": 2, "url": "q=third"}, [])
    assert (board.summary["shown"], board.summary["total"], board.summary["seq"]) == (1, 3, 2)
    assert not board.summary["can_undo"]
    # What the page was drawn from is what the kernel shows, so that nothing is drawn anew.
    drawn = values(FirstView(corpus, "/").html("q=third"))
    for name in DRAWN:
        mine, theirs = drawn[name], json.loads(json.dumps(board.get_state([name])[name]))
        assert {**mine, "seq": 0} == {**theirs, "seq": 0} if name in ("summary", "status") else mine == theirs, name
    # Also what it says of the address.
    board._received(board, {"kind": "arrive", "seq": 3, "url": "q=third&yeers=2022..&token=x"}, [])
    assert "‘yeers’" in board.status["text"]
    assert "‘years’" in board.status["text"]
    assert "token" not in board.status["text"]
    assert board.status["text"] == values(FirstView(corpus, "/").html("q=third&yeers=2022.."))["status"]["text"]
    board._received(board, {"kind": "url", "seq": 4, "url": "q=third"}, [])
    assert (board.status["level"], board.status["text"]) == ("ready", "")
    board._received(board, {"kind": "arrive", "seq": 5, "url": "q=%22"}, [])
    assert board.status["level"] == "error"
    assert board.summary["seq"] == 5
    board.close()


def test_what_is_written_is_ascii_safe_where_a_script_could_end() -> None:
    state = {
        "papers": {"rows": []},
        "charts": [],
        "facets": [],
        "topics": {"rows": [], "notes": []},
        "summary": {"sentence": "a < b & c"},
        "odd": "<!--<script>\u2028",
    }
    text = written(state)
    assert "a &lt; b &amp; c" in text
    assert values(text) == state
    assert "<!--" not in text


def test_a_first_view_leaves_no_widget_behind(corpus: Corpus) -> None:
    view = FirstView(corpus, "/")
    before = set(widget._instances)
    assert view.html("q=vision")
    assert set(widget._instances) == before

"""What fits: titles without blanks, names in other scripts, corpora without dates, and the bar above them, in every size."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Open, tab
from .driver import Board
from .servers import Server

LONG = "Supercalifragilisticexpialidocious" * 6
BARS = 20


@pytest.fixture(scope="package")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers that are hard to draw."""
    papers = [
        {"title": "دراسة في التعلم الآلي", "authors": ["محمد علي"], "date": "2020-01-05", "venue": "Acta"},
        {"title": LONG, "authors": ["Ada Moss"], "date": "2019-03-01", "abstract": f"Of {LONG}."},
        {"title": f"{LONG} again", "authors": ["Ada Moss"], "date": "2019-03-02"},
    ]
    papers += [
        {
            "title": f"Lake number {n}",
            "abstract": "Fish of a lake.",
            "date": "2021-04-02",
            "keywords": [f"keyword number {n % BARS}"],
        }
        for n in range(60)
    ]
    path = tmp_path_factory.mktemp("odd") / "odd.json"
    path.write_text(json.dumps(papers, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="package")
def undated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers without dates, in a packed file."""
    path = tmp_path_factory.mktemp("undated") / "lakes.jsonl.gz"
    lines = [json.dumps({"title": f"Lake {n} of fish", "abstract": f"Nets and ponds {n}."}) for n in range(30)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


@pytest.fixture(scope="module")
def odd_tab(browser: Browser, voila: Callable[..., Server], odd: Path) -> Iterator[Board]:
    with tab(browser, voila(odd)) as board:
        yield board


@pytest.fixture
def odd_board(odd_tab: Board) -> Board:
    """A page on those papers that stays open."""
    return odd_tab.as_at_first(63)


@pytest.mark.slow
def test_a_title_without_blanks_is_not_cut_off(odd_board: Board) -> None:
    board = odd_board
    board.search("again")
    cut = """(node) => [...node.querySelectorAll(".lx-title, .lx-topic")].filter((part) =>
        part.getBoundingClientRect().right > node.getBoundingClientRect().right + 1).length"""
    expect(board.titles).to_have_count(1)
    for width in (1440, 390):
        board.sized(width, 900)
        assert board.root.locator(".lx-paper").first.evaluate(cut) == 0, width
        names = board.root.locator(".lx-frame .lx-topic-name")
        assert 0 < max(names.evaluate_all("(all) => all.map((name) => name.clientHeight)")) <= 60, width


def test_names_in_arabic_leave_the_date_in_its_place(odd_board: Board) -> None:
    board = odd_board
    board.search("author:محمد")
    expect(board.titles).to_have_count(1)
    parts = board.root.locator(".lx-paper .lx-meta :is(bdi, .lx-date)")
    expect(parts).to_have_text(["محمد علي", "Acta", "5 Jan 2020"])
    lefts = parts.evaluate_all("(all) => all.map((part) => part.getBoundingClientRect().left)")
    assert lefts == sorted(lefts)


def test_the_bar_is_as_high_at_every_count(odd_board: Board) -> None:
    board = odd_board
    row, count = board.root.locator(".lx-bar-row"), board.root.locator(".lx-count")
    few = count.inner_html()
    outside = """(row) => [...row.querySelectorAll("button, select, input")].filter((part) => part.offsetWidth &&
        (part.getBoundingClientRect().right > innerWidth || part.getBoundingClientRect().left < 0)).length"""
    for width in (1440, 1280, 1100, 720, 390):
        board.sized(width, 800)
        before = row.evaluate("(row) => row.clientHeight")
        # As many papers as a large corpus has.
        count.evaluate("(node) => { node.innerHTML = '<strong>588,092</strong> of 588,092 papers'; }")
        assert row.evaluate("(row) => row.clientHeight") == before, width
        assert row.evaluate(outside) == 0, width
        assert 0 < before <= (60 if width > 1024 else 110 if width > 480 else 150), width
        count.evaluate("(node, few) => { node.innerHTML = few; }", few)


def test_tabs_and_buttons_of_the_charts_do_not_overlap(odd_board: Board) -> None:
    board = odd_board.sized(390, 844)
    if board.button("Show the charts").is_visible():
        board.button("Show the charts").click()
    head = board.root.locator(".lx-charts .lx-card-head").first
    boxes = [head.locator(part).first.bounding_box() for part in (".lx-tabs", ".lx-actions")]
    tabs, actions = (box for box in boxes if box)
    assert actions["y"] >= tabs["y"] + tabs["height"] - 1 or actions["x"] >= tabs["x"] + tabs["width"]


def test_bars_have_a_line_for_each_name(odd_board: Board) -> None:
    board = odd_board
    board.root.get_by_role("tab", name="Keywords").click()
    labels = board.root.locator(".lx-charts .ytick text:visible")
    expect(labels.first).to_be_visible()
    tops = sorted(labels.evaluate_all("(all) => all.map((label) => label.getBoundingClientRect().top)"))
    assert len(tops) > 10
    assert min(after - before for before, after in pairwise(tops)) >= 14


@pytest.mark.slow
def test_a_corpus_without_dates_says_so(open_voila: Open, undated: Path) -> None:
    board = open_voila(undated)
    expect(board.root.locator(".lx-frame .lx-topics")).to_contain_text("No paper shown has a date")
    expect(board.root.locator(".lx-brand")).to_contain_text(re.compile(r"lakes$"))
    # There are no periods to compare: it begins with topics.
    board.root.get_by_role("button", name="Compare", exact=True).click()
    beside = board.root.get_by_role("dialog", name="Compare")
    expect(beside.get_by_role("button", name="Two topics")).to_have_attribute("aria-pressed", "true")
    expect(beside.get_by_role("button", name="Two periods")).to_be_disabled()


def test_screening_closes_the_reader(odd_board: Board) -> None:
    board = odd_board
    board.titles.first.click()
    expect(board.reader).to_be_visible()
    board.button("Screen").click()
    expect(board.root.get_by_role("heading", name="Screen papers for a review")).to_be_visible()
    expect(board.reader).to_be_hidden()

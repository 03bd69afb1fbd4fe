"""Ways to read a query, typing, columns of the reader's own and filter panels, as a person uses them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, expect

from explorer import Selection
from explorer.corpus.opening import open_files

from .conftest import Open, tab
from .driver import Board, place_of
from .servers import Server

SHIFTS = """() => {
  window.lxShifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      window.lxShifts.push([entry.value, entry.sources.map((source) => String(source.node?.className ?? source.node?.nodeName))]);
  }).observe({ type: "layout-shift", buffered: false });
}"""


def picture(board: Board, name: str) -> None:
    """Keep a picture, where a folder for them is named."""
    if folder := os.environ.get("LITEXPLORER_PICTURES"):
        board.page.screenshot(path=str(Path(folder) / f"{name}.png"))


def table_of(rows: int = 60) -> pd.DataFrame:
    """Papers with columns of every kind, in invented, neutral text."""
    places = [
        "Massachusetts Institute of Technology, Department of A",
        "Massachusetts Institute of Technology, Department of B",
        "ETH",
    ]
    return pd.DataFrame(
        {
            "title": [f"Study {row} of {'planets around stars' if row % 2 else 'reward models'}" for row in range(rows)],
            "abstract": ["orbits and light curves" if row % 2 else "training with preferences" for row in range(rows)],
            "year": [2000 + row % 20 for row in range(rows)],
            "my_label": [("in", "out", "maybe")[row % 3] for row in range(rows)],
            "institution": [places[row % 3] for row in range(rows)],
            "score2": [row / rows for row in range(rows)],
            "citations": [37 * row for row in range(rows)],
            "label_included": [row % 2 for row in range(rows)],
            "added": [f"2024-{1 + row % 12:02}-03" for row in range(rows)],
            "run": "one",
            "key2": [f"k{row}" for row in range(rows)],
        }
    )


@pytest.fixture(scope="package")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "own.csv"
    table_of().to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def own_tab(browser: Browser, voila: Callable[..., Server], own: Path) -> Iterator[Board]:
    with tab(browser, voila(own)) as board:
        yield board


@pytest.fixture
def own_board(own_tab: Board) -> Board:
    """A page that stays open, on papers with columns of their reader's own."""
    return own_tab.as_at_first(60)


def mode(board: Board) -> Locator:
    return board.root.get_by_label("How the search is read")


def test_the_way_a_query_is_read_is_chosen_beside_the_box(kept_board: Board, corpus: Any) -> None:
    board = kept_board
    query = "reasoning about numbers with vision"
    board.search(query)
    every = len(corpus.select(Selection(query=query)))
    board.shows(every)
    for name, key in (("Any words", "any"), ("By meaning", "meaning")):
        mode(board).select_option(label=name)
        selection = Selection(query=query, mode=key)
        board.shows(len(corpus.select(selection)))
        expect(board.page).to_have_url(re.compile(rf"mode={key}"))
        expect(board.sentence).to_contain_text({"any": "by any of its words", "meaning": "by meaning"}[key])
        expect(board.titles.first).to_have_text(corpus.select(selection)["title"].iloc[0])
    # The cut-off is said: with a number and a score, below and where the list ends.
    for place in (".lx-status", ".lx-ends"):
        expect(board.root.locator(place)).to_contain_text("at least a quarter of the best score")
    picture(board, "meaning-1440")


def test_few_papers_with_all_words_have_more_by_meaning_below(kept_board: Board, corpus: Any) -> None:
    board = kept_board
    query = "multimodal arithmetic reasoning benchmark speech"
    assert len(corpus.select(Selection(query=query))) < 3
    board.search(query)
    beyond = board.root.get_by_role("region", name="Beyond all words")
    expect(beyond).to_be_visible()
    expect(beyond).to_contain_text("every word of your search. By meaning")
    assert beyond.get_by_role("listitem").count() > 0
    picture(board, "beyond-1440")
    beyond.get_by_role("button", name=re.compile("Show all .* by meaning")).click()
    expect(mode(board)).to_have_value("meaning")
    board.shows(len(corpus.select(Selection(query=query, mode="meaning"))))
    expect(beyond).to_be_hidden()


@pytest.mark.slow
def test_nothing_jumps_while_a_query_is_typed(kept_board: Board) -> None:
    board = kept_board
    board.box.focus()
    board.page.evaluate(SHIFTS)
    shown = []
    for letter in '"chain of thought" (reason OR author:':
        board.box.press(" " if letter == " " else letter)
        board.page.wait_for_timeout(250)
        shown.append(board.papers())
        expect(board.error).to_be_hidden()
    assert min(shown) > 0
    expect(board.box).to_have_value('"chain of thought" (reason OR author:')
    shifts = board.page.evaluate("window.lxShifts")
    assert sum(value for value, _ in shifts) < 0.02, sorted(shifts)[-6:]


def test_the_last_word_is_a_beginning_until_it_is_ended(kept_board: Board, corpus: Any) -> None:
    board = kept_board
    board.box.press_sequentially("arithm", delay=30)
    board.shows(len(corpus.select("arithm*")))
    expect(board.chips.first).to_have_text("Matching ‘arithm…’")
    expect(board.box).to_have_value("arithm")
    board.box.press("Enter")
    board.shows(len(corpus.select("arithm")))
    board.search('"chain of')
    expect(board.error).to_contain_text("not closed")


def test_who_went_on_writing_is_left_there_by_what_was_asked_for_before(kept_board: Board) -> None:
    board = kept_board
    onward = "document.querySelector('.lx-query').focus();"
    board.titles.last.evaluate(
        "title => { title.focus(); title.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true })); "
        + onward
        + " }"
    )
    expect(board.root.locator(".lx-place")).to_contain_text("26")
    expect(board.box).to_be_focused()
    board.titles.first.evaluate("title => { title.focus(); title.click(); " + onward + " }")
    expect(board.reader).to_be_visible()
    expect(board.box).to_be_focused()
    # Who did not go on has the focus where it was asked for.
    board.titles.nth(1).evaluate("title => { title.focus(); title.click(); }")
    expect(board.reader.get_by_role("heading", name=board.titles.nth(1).inner_text())).to_be_focused()


def test_a_column_of_ones_own_is_a_facet_an_order_a_field_and_a_chart(own_board: Board, own: Path) -> None:
    board, corpus = own_board, open_files([own])
    panel = board.panel("Institution")
    expect(panel.get_by_role("checkbox")).to_have_count(3)
    panel.get_by_text("ETH").click()
    board.shows(20)
    expect(board.page).to_have_url(re.compile(r"col=institution%3AETH"))
    board.box.fill("score2:>0.5")
    board.shows(len(corpus.select(Selection(query="score2:>0.5", columns={"institution": ["ETH"]}))))
    picture(board, "own-1440")
    board.button("Clear all").click()
    panel = board.panel("Score2")
    panel.get_by_role("textbox", name="From score2").fill("0.5")
    panel.get_by_role("textbox", name="From score2").press("Enter")
    board.shows(len(corpus.select(Selection(columns={"score2": (0.5, None)}))))
    board.root.get_by_label("Sort by").select_option(label="Score2, largest first")
    expect(board.titles.first).to_have_text(corpus.select(Selection(sort="columns.score2"))["title"].iloc[0])
    board.root.get_by_role("tab", name="My label").click()
    chart = board.root.get_by_role("tabpanel", name="My label")
    expect(chart.locator(".barlayer .point").first).to_be_visible()
    chart.get_by_label("Column").select_option(label="Label included")
    expect(board.root.get_by_role("tab", name="Label included")).to_be_visible()
    picture(board, "own-chart-1440")
    # A chart is as high as what it shows needs, and what chooses it stays in sight.
    frame = board.root.locator(".lx-tabpanel:visible .lx-plot-frame")
    low = place_of(frame)["height"]
    column = board.root.get_by_label("Column", exact=True)
    assert place_of(column)["y"] < place_of(frame)["y"]
    column.select_option(label="Score2")
    expect(board.root.get_by_role("tab", name="Score2")).to_be_visible()
    expect(frame.locator(".barlayer .point")).to_have_count(20)
    assert place_of(frame)["height"] > low + 100
    column.select_option(label="Label included")
    expect(frame.locator(".barlayer .point")).to_have_count(2)
    assert place_of(frame)["height"] == low
    expect(board.error).to_be_hidden()
    # Constant and unique columns are offered last.
    rail = board.root.locator(".lx-rail .lx-fold > span:first-child").all_text_contents()
    assert set(rail[-2:]) == {"Run", "Key2"}


def test_a_range_of_numbers_ends_where_it_is_written(own_board: Board) -> None:
    board = own_board
    panel = board.panel("Citations")
    low, high = (panel.get_by_label(f"{end} citations").and_(panel.locator("input")) for end in ("From", "To"))
    # The last step goes on to its end, of which all 60 papers are.
    expect(low).to_have_value("0")
    assert int(high.input_value()) >= 37 * 59
    low.fill("100")
    low.press("Enter")
    board.shows(sum(37 * row >= 100 for row in range(60)))
    expect(low).to_have_value("100")
    expect(board.chips.first).to_have_text("Citations 100 or more")
    high.fill("1001")
    high.press("Enter")
    board.shows(sum(100 <= 37 * row <= 1001 for row in range(60)))
    expect(high).to_have_value("1001")
    # What is undone is undone in the box that has the cursor, too.
    board.page.go_back()
    board.shows(sum(37 * row >= 100 for row in range(60)))
    expect(high).to_be_focused()
    expect(high).not_to_have_value("1001")
    board.page.go_forward()
    expect(high).to_have_value("1001")
    # A handle that is moved ends the step again; an end that is emptied is open.
    low.fill("")
    low.press("Enter")
    board.shows(sum(37 * row <= 1001 for row in range(60)))
    panel.get_by_role("slider", name="To citations").press("ArrowLeft")
    expect(high).not_to_have_value("1001")
    board.answered()
    board.shows(sum(37 * row <= int(high.input_value()) for row in range(60)))


def test_a_value_is_excluded_and_shown_again(own_board: Board) -> None:
    board = own_board
    panel = board.panel("My label")
    panel.get_by_text("maybe").hover()
    panel.get_by_role("button", name="Exclude maybe").click()
    board.shows(40)
    expect(board.chips.first).to_have_text("Without my label ‘maybe’")
    panel.get_by_text("out", exact=True).click(modifiers=["Alt"])
    board.shows(20)
    panel.get_by_role("button", name="Show maybe again").click()
    board.shows(40)


def test_long_names_are_cut_in_the_middle(own_board: Board) -> None:
    panel = own_board.panel("Institution")
    tails = panel.locator(".lx-value-tail")
    expect(tails).to_have_count(2)
    for tail in tails.all():
        assert tail.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    assert {text[-1] for text in tails.all_text_contents()} == {"A", "B"}


def test_a_facet_scrolls_to_more_of_its_values(kept_board: Board) -> None:
    board = kept_board
    panel = board.panel("Author")
    values = panel.get_by_role("checkbox")
    before = values.count()
    first = panel.locator(".lx-value-label").first
    name = first.get_attribute("title") or ""
    expect(panel.get_by_role("button", name=re.compile("more values"))).to_be_visible()
    panel.locator(".lx-values").hover()
    board.page.mouse.wheel(0, 600)
    expect(values.nth(before)).to_be_attached()
    picture(board, "facets-1440")
    # Short again once a value was looked for, it has more again.
    for text in ("Zhang", ""):
        panel.get_by_role("textbox", name="Find in author").fill(text)
        expect(values.nth(before)).not_to_be_attached()
    # As many may be there of what was looked for.
    expect(first).to_have_attribute("title", name)
    expect(values).to_have_count(before)
    panel.locator(".lx-values").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    expect(values.nth(before)).to_be_attached()


@pytest.mark.parametrize("width", [1440, 390])
def test_all_of_it_fits(open_voila: Open, own: Path, width: int) -> None:
    """In a window that was made so narrow, and in one that opened so."""
    board = open_voila(own, viewport={"width": width, "height": 844})
    board.search("planets rewards")
    for size in ((1440, 900), (1024, 768), (390, 844)) if width == 1440 else ((390, 844),):
        board.sized(*size)
        expect(board.root.get_by_role("region", name="Beyond all words")).to_be_visible()
        for scheme in ("light", "dark"):
            board.coloured(scheme)
            assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (size, scheme)
            picture(board, f"fits-{size[0]}-{scheme}")

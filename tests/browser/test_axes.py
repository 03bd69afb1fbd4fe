"""Axes, preferences and the reading list, as a person uses them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from explorer import Corpus, Selection
from explorer.dashboard.views.page import title_of

from . import test_accessibility as accessibility
from .conftest import Open
from .driver import Board

FIRST, SECOND = ("reasoning", "vision"), ("theory", "benchmark")


def card(board: Board) -> Locator:
    return board.root.locator(".lx-axes")


def draw(board: Board, *axes: tuple[str, str]) -> None:
    """Write the poles as a person does, who presses Enter in the last box."""
    fold = board.button(re.compile("^Axes"))
    if fold.get_attribute("aria-expanded") == "false":
        fold.click()
    for which, poles in zip(("first", "second"), axes, strict=False):
        if which == "second" and board.button("Add a second axis").is_visible():
            board.button("Add a second axis").click()
        for end, words in zip(("From", "To"), poles, strict=True):
            box = board.root.get_by_role("combobox", name=f"{end} pole of the {which} axis")
            box.fill(words)
            box.press("Escape")  # Completions would lie over what comes next.
    box.press("Enter")
    expect(card(board).locator(".lx-drawn")).to_be_visible()
    expect(card(board).locator(".lx-chart-title")).to_have_text(" by ".join(" ↔ ".join(poles) for poles in axes))


def drag(board: Board, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw over the chart, from and to fractions of its width and height."""
    plot = card(board).locator(".lx-plot .nsewdrag")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    board.page.mouse.move(*points[0])
    board.page.mouse.down()
    board.page.mouse.move(*points[1], steps=8)
    board.page.mouse.up()


def selected(board: Board) -> Selection:
    """The selection that the address says."""
    return Selection.from_url(board.page.url.partition("?")[2])


def shown(corpus: Corpus, selection: Selection) -> int:
    return corpus.results(selection).shown


def test_a_histogram_is_drawn_chosen_from_undone_and_reloaded(voila_board: Board, corpus: Corpus) -> None:
    board = voila_board
    draw(board, FIRST)
    assert card(board).locator(".barlayer .point").count() > 8
    expect(card(board)).to_contain_text(re.compile(r"Puts \d+ of 100 pairs of papers"))
    expect(card(board)).to_contain_text("read it as a warning when it is low")
    drag(board, (0.02, 0.3), (0.45, 0.5))
    expect(board.chips.first).to_have_text(re.compile(r"^(From|At) .* on reasoning ↔ vision$"))
    selection = selected(board)
    assert selection.axes == (FIRST,)
    assert selection.x != (None, None)
    board.shows(shown(corpus, selection))
    assert 0 < board.papers() < 88
    board.button("Undo").click()
    board.shows(88)
    low = board.root.get_by_role("spinbutton", name="From place on reasoning ↔ vision")
    low.fill("-0.25")
    low.press("Enter")
    board.shows(shown(corpus, Selection(axes=(FIRST,), x=(-0.25, None))))
    expect(board.chips.first).to_have_text("At -0.25 or more on reasoning ↔ vision")
    board.page.reload()
    board.wait()
    board.shows(shown(corpus, Selection(axes=(FIRST,), x=(-0.25, None))))
    expect(low).to_have_value("-0.25")
    expect(card(board).locator(".lx-drawn")).to_be_visible()
    board.button("Remove At -0.25 or more on reasoning ↔ vision").click()
    board.shows(88)
    board.button("Remove Along ‘reasoning ↔ vision’").click()
    expect(card(board).locator(".lx-plot-frame")).to_be_hidden()

    # Two axes in the same page.
    draw(board, FIRST, SECOND)
    plot = card(board).locator(".lx-plot")
    plot.scroll_into_view_if_needed()
    # Where plotly drew one paper that stands apart from the others.
    x, y = plot.evaluate(
        """plot => {
            const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            const all = plot._fullData.flatMap(trace => Array.from(trace.x, (x, i) => [box.x + xaxis.l2p(x), box.y + yaxis.l2p(trace.y[i])]));
            const apart = point => Math.min(...all.filter(other => other !== point).map(other => Math.hypot(other[0] - point[0], other[1] - point[1])));
            return all.toSorted((a, b) => apart(b) - apart(a))[0];
        }"""
    )
    board.page.mouse.move(x + 2, y)
    board.page.mouse.move(x, y)
    said = card(board).locator(".lx-axes-point")
    expect(said).to_contain_text("·")
    title = (said.text_content() or "").rpartition(" · ")[0]
    board.page.mouse.click(x, y)
    expect(board.reader.locator(".lx-reader-title")).to_have_text(title)


@pytest.mark.slow
def test_a_scatter_plot_filters_and_is_filtered(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    draw(board, FIRST, SECOND)
    drag(board, (0.1, 0.02), (0.6, 0.6))
    expect(board.chips).to_have_count(3)
    narrowed = board.papers()
    assert 0 < narrowed < 88
    board.panel("Code").get_by_role("checkbox", name="with code", exact=False).first.check()
    expect(board.chips).to_have_count(4)
    drawn = card(board).locator(".lx-plot").evaluate("plot => plot._fullData.map(trace => [trace.name, trace.x.length])")
    assert sum(count for _, count in drawn) == shown(corpus, Selection(has_code=True))
    assert sum(count for name, count in drawn if name != "Outside") == board.papers() < narrowed
    colour = board.root.get_by_role("combobox", name="Colour")
    colour.select_option("Year")
    expect(card(board).locator(".colorbar, .infolayer [class^=cb]").first).to_be_visible()
    card(board).get_by_role("button", name="Table of").click()
    rows = card(board).get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(min(board.papers(), 50))


def test_sliders_rank_and_mark_the_front(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    board.search("reasoning")
    board.root.get_by_role("combobox", name="Sort by").select_option("preference")
    panel = board.root.get_by_role("group", name="Preference")
    expect(panel.get_by_role("slider", name="Upvotes")).to_be_disabled()
    expect(panel).to_contain_text("No paper here has upvotes.")
    recency, code = (panel.get_by_role("slider", name=name) for name in ("Recency", "Has code"))
    for slider, value in ((recency, "1"), (code, "-0.75"), (panel.get_by_role("slider", name="Relevance"), "0.5")):
        slider.fill(value)
    direction = {"recency": 1, "code": -0.75, "relevance": 0.5}
    results = corpus.results(Selection(query="reasoning", prefer=direction, sort="preference"))
    titles = [
        title_of(title) for title in corpus.snapshot.take(results.rows(), results.scores(results.rows()))["title"].to_pylist()
    ]
    expect(board.titles).to_have_text(titles[:25])
    assert results.front is not None
    expect(panel).to_contain_text(f"{len(results.front.rows)} papers that no other beats")
    best = {title_of(corpus.snapshot.record(int(row), ["title"])["title"]) for row in results.front.rows}
    marked = board.root.locator(".lx-paper").filter(has=board.page.locator(".lx-best")).locator(".lx-title")
    expect(marked).to_have_text([title for title in titles[:25] if title in best])
    expect(board.sentence).to_contain_text("preferring relevance +0.37, recency +0.74, has code -0.56")
    assert selected(board) == results.selection
    recency.press("ArrowLeft")
    expect(recency).to_have_value("0.95")
    panel.get_by_role("button", name="Reset").click()
    expect(recency).to_have_value("0")
    expect(marked).to_have_count(0)


@pytest.mark.slow
def test_what_is_read_is_marked_and_moves_what_is_new(voila_board: Board) -> None:
    board = voila_board
    board.root.get_by_role("combobox", name="Sort by").select_option("preference")
    novelty = board.root.get_by_role("slider", name="New to me")
    # Other tests, which share the reader's library, may have marked papers.
    board.root.locator(".lx-paper:not(.lx-was-read) .lx-title").first.click()
    read = board.reader.get_by_role("button", name="Mark as read")
    expect(read).to_have_attribute("aria-pressed", "false")
    try:
        board.page.keyboard.press("m")
        expect(read).to_have_attribute("aria-pressed", "true")
        expect(board.root.locator(".lx-open.lx-was-read")).to_have_count(1)
        novelty.fill("1")
        # The address changes with the order; before that another title is clicked than the one that was read.
        expect(board.page).to_have_url(re.compile(r"prefer=novelty(%3A|:)1"))
        first = board.titles.first.text_content() or ""
        board.titles.first.click()
        expect(board.reader.locator(".lx-reader-title")).to_have_text(first)
        board.page.keyboard.press("m")
        # What was newest to the reader is so no longer.
        expect(board.titles.first).not_to_have_text(first)
        board.page.reload()
        board.wait()
        expect(board.titles.first).not_to_have_text(first)
    finally:
        board.root.get_by_role("combobox", name="Sort by").select_option("title")
        while board.root.locator(".lx-was-read .lx-title").count():
            board.root.locator(".lx-was-read .lx-title").first.click()
            expect(read).to_have_attribute("aria-pressed", "true")
            board.page.keyboard.press("m")
            expect(read).to_have_attribute("aria-pressed", "false")


@pytest.mark.slow
def test_axes_and_preferences_are_accessible(open_voila: Open) -> None:
    query = "axis=reasoning+%E2%86%94+vision&axis=theory+%E2%86%94+benchmark&x=-1..1&q=reasoning&prefer=recency:1&prefer=code:1&sort=preference"
    board = open_voila(query=query)
    expect(card(board).locator(".lx-drawn")).to_be_visible()
    expect(board.root.locator(".lx-best").first).to_be_attached()
    assert accessibility.faults(board, accessibility.RULES) == []
    board.page.emulate_media(color_scheme="dark")
    board.page.set_viewport_size({"width": 400, "height": 900})
    assert accessibility.faults(board, accessibility.COLOURS) == []
    assert board.root.evaluate("node => node.scrollWidth <= node.clientWidth")

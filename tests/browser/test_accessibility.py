"""The dashboard's states under axe-core's rules for WCAG 2.2 A and AA; in JupyterLab within its own element."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.resources import files

import pytest
from playwright.sync_api import expect

from .conftest import Open
from .driver import Board

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
"""All that light and dark differ in."""


def faults(board: Board, rules: dict[str, object] = RULES) -> list[str]:
    """Run axe-core, out of the installed package; it tells each rule broken and where."""
    page = board.page
    if not page.evaluate("'axe' in window"):
        # With an AMD loader on the page, as Lab has, axe-core would register there.
        script = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        page.evaluate(f"(() => {{ const define = undefined, module = undefined; {script} }})()")
    within = "document" if board.voila else "document.querySelector('.lx-app:not([data-gone])')"
    # Of rules that are kept one place each is told: to name them all would take most of the time.
    found = page.evaluate(f"runOnly => axe.run({within}, {{ runOnly, resultTypes: ['violations'] }})", rules)
    assert found["passes"], "axe-core found nothing to check"
    return [
        f"{fault['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def faults_in_both(board: Board) -> list[str]:
    """Those in light colours, and those of dark ones; the page is left light."""
    found = faults(board, RULES)
    found += [f"dark: {fault}" for fault in faults(board.coloured("dark"), COLOURS)]
    board.coloured("light")
    return found


def initial(board: Board) -> None:
    """The page as it opens."""


def unfolded(board: Board) -> None:
    """With every filter panel open."""
    for label in ("Venue", "Author", "Code"):
        board.panel(label)


def filtered(board: Board) -> None:
    """With marks in the list, chips, and faded bars."""
    board.search("reasoning")
    expect(board.chips).to_have_count(1)  # A bar that is drawn anew under the pointer is not clicked.
    board.click_bar(0)
    expect(board.chips).to_have_count(2)


def reading(board: Board) -> None:
    """With a paper open."""
    board.titles.nth(1).click()
    expect(board.reader).to_be_visible()


def menu(board: Board) -> None:
    """With the menu open."""
    board.button("Export").click()
    expect(board.root.get_by_role("dialog")).to_be_visible()


def help_(board: Board) -> None:
    """With the help open."""
    board.button("Search help and keys").click()
    expect(board.root.get_by_role("dialog")).to_be_visible()


def tables(board: Board) -> None:
    """With the charts as tables."""
    board.click_bar(0)
    expect(board.chips).to_have_count(1)
    board.button("Lines").click()
    for title in ("Topics", "Topics over time"):
        board.button(f"Table of {title}").click()
    expect(board.root.get_by_role("table")).to_have_count(2)


def empty(board: Board) -> None:
    """Without a result."""
    board.search("reasoning author:nobody")
    board.shows(0)


def error(board: Board) -> None:
    """With a query that cannot be read."""
    board.search('"chain of')
    expect(board.error).to_be_visible()


def ticked(board: Board) -> None:
    """With ticked papers."""
    board.root.locator(".lx-tick").first.check()
    expect(board.root.locator(".lx-ticked")).to_contain_text("1 ticked")


def rail(board: Board) -> None:
    """With the filters over a narrow page."""
    board.root.get_by_role("button", name="Filters").first.click()
    expect(board.root.get_by_role("complementary", name="Filters")).to_be_visible()


def folded(board: Board) -> None:
    """With the charts folded, the papers in one line each, and the charts back again afterwards."""
    board.button("Compact").click()
    board.button("Fold the charts").click()
    board.button("Show the charts").click()


STATES = (initial, unfolded, filtered, reading, menu, help_, tables, empty, error, ticked, folded)
IN_LAB = (filtered, reading, menu, tables)
"""Those with most on the page: their rules are the page's, what Lab brings is its colours, letters and headings."""


def start_again(board: Board) -> None:
    """Go back to the page as it opens; a reload would start another kernel."""
    board.box.focus()
    for _ in range(3):  # What lies on top closes first.
        board.page.keyboard.press("Escape")
    board.as_charts_and_list_open()
    for name in ("Untick all", "Clear all"):
        board.button(name).evaluate_all("buttons => buttons.forEach((button) => button.click())")
    board.search("")
    board.shows(88)
    for gone in (
        board.chips,
        board.root.get_by_role("dialog"),
        board.root.locator(".lx-ticked > *"),
        board.reader,
        board.error,
    ):
        expect(gone.filter(visible=True)).to_have_count(0)
    board.answered()


def check_states(
    board: Board, states: Sequence[Callable[[Board], None]], check: Callable[[Board], list[str]] = faults_in_both
) -> None:
    """Check states, each from the page as it opens; all faults are told at once."""
    told = []
    for state in states:
        state(board)
        told += [f"{state.__name__}: {fault}" for fault in check(board)]
        start_again(board)
    assert not told, "\n".join(told)


def test_page(kept_board: Board) -> None:
    check_states(kept_board, STATES)


@pytest.mark.slow
def test_narrow_page_that_opens_dark(open_voila: Open) -> None:
    board = open_voila(viewport={"width": 1024, "height": 768}, color_scheme="dark")
    check_states(board, (initial, reading, error, rail), faults)


@pytest.mark.slow
def test_cell_in_lab(lab_board: Board) -> None:
    # Lab has colours of its own, which do not follow the system's.
    check_states(lab_board, IN_LAB, faults)


@pytest.mark.slow
def test_every_state_of_a_cell_in_lab(lab_board: Board) -> None:
    check_states(lab_board, [state for state in STATES if state not in IN_LAB], faults)


def test_topics_say_their_figures(lab_board: Board) -> None:
    board = lab_board
    first = board.topic(0)
    expect(first).to_have_attribute("title", re.compile(r"\d+ papers, \d+(\.\d)? % of the 88 papers here, .*95 %|Too few"))
    first.click()
    board.button("Lines").click()
    picture = board.chart("Topics").get_by_role("img")
    # As the browser tells it to a screen reader.
    expect(picture.first).to_have_accessible_name(re.compile(r"^Line chart of the share of papers per year .*intervals"))


STOP = """() => {
    const at = document.activeElement, { width, height } = at.getBoundingClientRect();
    const name = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.title || "";
    return at === document.body ? null : [name, width * height, at.className];
}"""
"""What has the focus: its name, its size in square pixels, its class."""


def test_everything_is_reached_by_tab(voila_board: Board) -> None:
    """Walks the page by Tab: each stop is visible, named, and none is a trap."""
    page = voila_board.page
    names = []
    page.evaluate("document.body.focus()")
    for _ in range(150):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        assert stop[0].strip(), stop
        assert stop[1] > 0, stop
        names.append(stop[0].strip())
    assert "Search papers" in names
    assert "From year" in names
    assert any(name.startswith("Table of") for name in names)
    # A list of values is one stop, whatever it holds.
    assert sum(name.startswith("Exclude ") for name in names) == 0


def test_arrows_go_through_a_filter(kept_board: Board) -> None:
    board = kept_board
    venue = board.panel("Venue")
    names = venue.locator(".lx-value-label").evaluate_all("labels => labels.map(label => label.title)")
    venue.get_by_role("textbox").focus()
    for key in ("Tab", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight"):
        board.page.keyboard.press(key)
    left_out = venue.get_by_role("button", name=f"Exclude {names[1]}")
    expect(left_out).to_be_focused()
    board.page.keyboard.press("Enter")
    expect(board.chips).to_have_text([re.compile(re.escape(names[1]))])
    # Focus stays on the same control of the list that was drawn again.
    expect(venue.get_by_role("button", name=f"Show {names[1]} again")).to_be_focused()
    board.page.keyboard.press("ArrowLeft")
    board.page.keyboard.press("Home")
    board.page.keyboard.press("Space")
    expect(board.chips.filter(has_text=names[0])).to_have_count(1)

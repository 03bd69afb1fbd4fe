"""What a notebook keeps of a dashboard, and what a cell can do with one."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from ipywidgets import embed
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect

from explorer import Corpus, Selection
from explorer.corpus.opening import default_corpus
from explorer.dashboard.widget import Dashboard

from .conftest import Open, run_notebook, watched
from .driver import DRAWN_WITHIN, Board
from .servers import Server

MOST = 200_000
"""Bytes of a saved picture at most."""


def pictures(notebook: Path) -> list[str]:
    """The pictures in a saved notebook."""
    outputs = [output for cell in nbformat.read(notebook, 4).cells for output in cell.get("outputs", [])]
    return [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]


def saved(board: Board, shows: str) -> Path:
    """Save the notebook, again until its picture shows a text: it is drawn a moment after the change."""
    path = board.notebook
    assert path is not None
    for _ in range(40):
        board.page.get_by_role("menuitem", name="File", exact=True).click()
        board.page.get_by_role("menuitem", name=re.compile("^Save Notebook(?! As)")).click()
        board.page.wait_for_timeout(500)
        if any(shows in picture for picture in pictures(path)):
            return path
    raise AssertionError(f"No picture of {path} shows {shows!r}: {[picture[:300] for picture in pictures(path)]}")


def test_a_saved_notebook_shows_what_was_shown(open_lab: Open, corpus: Corpus) -> None:
    board = open_lab()
    picture = board.page.locator(".lx-picture")
    expect(picture).to_have_count(1)
    expect(picture).to_be_hidden()
    board.search("vision")
    count = len(corpus.select("vision"))
    board.shows(count)
    path = saved(board, f"{count} of 88 papers, matching ‘vision’")
    [kept] = pictures(path)
    assert len(kept.encode()) < MOST
    assert kept.count("<tr>") == 1 + min(10, count)
    # What nbconvert makes of it, in a browser that may run no script.
    converted = HTMLExporter().from_filename(path)[0]
    context = board.page.context.browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.set_content(converted)
        sentence = page.get_by_text("matching ‘vision’").first
        expect(sentence).to_be_visible()
        for image in page.locator(".jp-RenderedHTMLCommon img").all():
            assert image.evaluate("image => image.naturalWidth") > 100
        assert page.locator("table tbody tr").count() >= min(10, count)
    finally:
        context.close()


@pytest.mark.slow
def test_a_notebook_that_is_opened_again_shows_the_picture(
    browser: Browser, lab: Callable[..., Server], open_lab: Open, corpus: Corpus
) -> None:
    board = open_lab()
    board.search("vision")
    path = saved(board, "matching ‘vision’")
    # As somebody else gets it: not trusted, so that JupyterLab cleans what it shows.
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"].pop("widgets", None)
    other = path.with_name(f"from-elsewhere-{time.monotonic_ns()}.ipynb")
    other.write_text(json.dumps(notebook), encoding="utf-8")
    server = lab()
    with watched(browser, server.host, viewport={"width": 1760, "height": 1100}) as (page, watch):
        page.goto(f"{server.url}lab/tree/{other.name}?reset")
        picture = page.locator(".lx-picture").first
        expect(picture).to_be_visible(timeout=DRAWN_WITHIN)
        expect(picture).to_contain_text("matching ‘vision’")
        expect(picture.locator("tbody tr")).to_have_count(min(10, len(corpus.select(Selection(query="vision")))))
        images = picture.locator("img")
        assert images.count() >= 2
        wide: list[Any] = [image.evaluate("image => image.naturalWidth") for image in images.all()]
        assert all(width > 100 for width in wide)
        watch.faults = [fault for fault in watch.faults if "model not found" not in fault and "widget" not in fault]


def drawn_without_kernel(browser: Browser, board: Dashboard) -> Page:
    """A page of a dashboard's state, as `ipywidgets.embed`, or nbconvert with the widgets' state, has the html manager draw it."""
    state = embed.dependency_state([board], drop_defaults=False)[board.model_id]["state"]
    traits = {name: value for name, value in state.items() if name not in ("_esm", "_css")}
    page = browser.new_page()
    page.set_content(f"<!doctype html><style>{state['_css']}</style><div id=view class=jupyter-widgets-disconnected></div>")
    page.evaluate(
        """async ([traits, code]) => {
            const widget = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
            const model = { get: (name) => traits[name], set() {}, save_changes() {}, send() {}, on() {}, off() {} };
            widget.default.render({ model, el: document.getElementById("view") });
        }""",
        [traits, state["_esm"]],
    )
    return page


def test_a_page_of_the_saved_state_says_that_no_kernel_answers(browser: Browser) -> None:
    board = Dashboard(default_corpus(), Selection(query="vision"))
    page = drawn_without_kernel(browser, board)
    try:
        expect(page.locator(".lx-count strong")).to_have_text(str(len(board.to_frame())))
        expect(page.locator(".lx-paper").first).to_be_visible()
        expect(page.locator(".lx-alert", has_text="connection to the kernel is lost")).to_be_visible()
    finally:
        page.close()


def test_a_corpus_without_papers_says_so(browser: Browser, tmp_path: Path) -> None:
    board = Dashboard(Corpus.from_papers(pd.DataFrame(columns=["title"]), tmp_path / "corpus"))
    page = drawn_without_kernel(browser, board)
    try:
        expect(page.locator(".lx-empty")).to_contain_text("There are no papers yet.")
        # Nothing is drawn over time where there is none.
        expect(page.get_by_role("group", name="Sort the topics by")).to_be_visible()
        expect(page.get_by_role("group", name="Period", exact=True)).to_have_count(0)
        page.locator(".lx-empty").get_by_role("button", name="Add papers").click()
        expect(page.get_by_role("dialog", name="Add papers")).to_be_visible()
    finally:
        page.close()


@pytest.mark.slow
def test_many_papers_are_opened_while_the_notebook_goes_on(
    browser: Browser, lab: Callable[..., Server], tmp_path: Path
) -> None:
    words = ("graphs", "planets", "rewards", "vision", "speech", "merging", "arithmetic")
    papers = pd.DataFrame(
        {
            "title": [f"On {words[number % 7]} and {words[number % 5]}, part {number}" for number in range(3000)],
            "abstract": [f"We look at {words[number % 7]} by way of {words[number % 3]}. " * 20 for number in range(3000)],
            "year": [2000 + number % 25 for number in range(3000)],
        }
    )
    file = tmp_path / "many.csv"
    papers.to_csv(file, index=False)
    server = lab(file)
    with watched(browser, server.host, viewport={"width": 1760, "height": 1100}) as (page, watch):
        page.goto(f"{server.url}lab/tree/many.ipynb?reset")
        expect(page.get_by_role("button", name="Python 3 (ipykernel) | Idle")).to_be_visible(timeout=DRAWN_WITHIN)
        run_notebook(page)
        board = Board(page, server, watch, voila=False)
        opening = board.root.locator(".lx-opening")
        expect(opening).to_be_visible(timeout=DRAWN_WITHIN)
        expect(opening).to_contain_text("Opening many.csv")
        # The cell is done, and the kernel answers.
        expect(page.get_by_role("button", name="Python 3 (ipykernel) | Idle")).to_be_visible(timeout=DRAWN_WITHIN)
        # What would be done with no papers cannot be pressed.
        inert = board.root.locator(".lx-bar [inert]")
        for name in ("Saved", "Screen", "Daily", "Subscribe", "Add papers", "Export"):
            expect(inert.filter(has_text=name)).to_have_count(1)
        # A search for papers that do not come leaves what is said of them.
        board.search("rewards")
        opening.get_by_role("button", name="Stop").click()
        expect(opening).to_be_hidden()
        expect(board.error).to_contain_text("Run the cell again", timeout=DRAWN_WITHIN)
        run_notebook(page)
        # What is searched for before the papers are there is found once they are.
        expect(opening).to_be_visible(timeout=DRAWN_WITHIN)
        board.search("planets")
        expect(opening).to_be_hidden(timeout=DRAWN_WITHIN)
        board.shows(int((papers["title"] + papers["abstract"]).str.contains("planets").sum()))
        expect(inert).to_have_count(0)
        expect(board.box).to_have_value("planets")
        board.search("")
        board.shows(3000)


@pytest.mark.slow
def test_charts_follow_the_theme_of_lab(lab_board: Board) -> None:
    page = lab_board.page

    def choose(theme: str) -> None:
        page.locator(".lm-MenuBar-item", has_text=re.compile("^Settings$")).click()
        page.locator(".lm-Menu-item", has_text=re.compile("^Theme")).hover()
        page.locator(".lm-Menu-item", has_text=re.compile(f"^{theme}$")).click()

    lab_board.root.get_by_role("tab", name="Key phrases").click()
    text = lab_board.root.locator(".lx-drawn .ytick text").first
    expect(text).to_be_visible(timeout=DRAWN_WITHIN)
    light = text.evaluate("node => getComputedStyle(node).fill")
    try:
        choose("JupyterLab Dark")
        expect(page.locator('body[data-jp-theme-light="false"]')).to_have_count(1)
        expect(text).not_to_have_css("fill", light)
    finally:
        choose("JupyterLab Light")
    expect(text).to_have_css("fill", light)


def test_a_dashboard_shares_no_id_with_another_of_its_notebook(lab_board: Board) -> None:
    # Each has its code for itself: what counted them there began at one in each.
    first = lab_board.box.get_attribute("id")
    run_notebook(lab_board.page)
    lab_board.wait()
    assert lab_board.box.get_attribute("id") != first

"""A page before its kernel is there, and the moment at which the kernel takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Corpus, Selection

from .conftest import watched
from .driver import DRAWN_WITHIN, Board
from .servers import Server

_SHIFTS = """
window.lxShifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.lxShifts.push(entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""

_OTHER = """
const Known = URL;
let first = true;
window.URL = class extends Known {
  constructor(address, ...base) {
    super(first && /app\\.js\\?v=/.test(address) ? address.replace(/v=\\w+/, "v=other") : address, ...base);
    if (/app\\.js/.test(address)) first = false;
  }
};
"""
"""The first to ask for the page's code gets another version than the next."""


@contextmanager
def held(server: Server) -> Iterator[None]:
    """Keep the server's kernels from running."""
    kernels = server.kernels()
    assert kernels
    for kernel in kernels:
        kernel.suspend()
    try:
        yield
    finally:
        for kernel in kernels:
            kernel.resume()


def prepared(page: Page, server: Server) -> None:
    """Have a kernel be ready: a page takes it, and the server starts another."""
    for _ in range(600):
        if server.kernels():
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(3000)


def test_the_first_view_needs_no_kernel(browser: Browser, voila: Callable[..., Server], corpus: Corpus) -> None:
    server = voila()
    found = corpus.select("vision")
    with watched(browser, server.host) as (page, watch):
        prepared(page, server)
        page.add_init_script(_SHIFTS)
        with held(server):
            page.goto(f"{server.url}?q=vision", wait_until="commit")
            board = Board(page, server, watch, voila=True)
            board.shows(len(found))
            expect(board.titles).to_have_text(list(found["title"]))
            expect(board.sentence).to_have_text(f"{len(found)} of 88 papers, matching ‘vision’")
            expect(board.box).to_have_value("vision")
            expect(board.root.locator(".lx-topic-rows > *").first).to_be_visible()
            expect(board.root.locator(".lx-plot-wait:visible")).to_have_count(0)
            assert page.evaluate("window.Plotly") is None
            board.titles.first.evaluate("title => { title.dataset.mark = 'same'; }")
        expect(page.locator("html[data-kernel]")).to_have_count(1, timeout=DRAWN_WITHIN)
        # Taken over in place: the same elements, none of which has moved.
        expect(board.root.locator("[data-mark=same]")).to_have_count(1)
        assert sum(page.evaluate("window.lxShifts")) < 0.001
        expect(board.titles).to_have_text(list(found["title"]))
        assert page.url.endswith("?q=vision")
        board.search("reward")
        board.shows(len(corpus.select("reward")))


def test_what_is_done_before_the_kernel_is_there_is_done_in_order(
    browser: Browser, voila: Callable[..., Server], corpus: Corpus
) -> None:
    server = voila()
    with watched(browser, server.host) as (page, watch):
        prepared(page, server)
        with held(server):
            page.goto(server.url, wait_until="commit")
            board = Board(page, server, watch, voila=True)
            board.shows(88)
            board.search("language")
            venue = board.panel("Venue").locator(".lx-value-label").first.text_content() or ""
            board.panel("Venue").get_by_role("checkbox").first.check()
            board.titles.nth(1).click()
            board.root.get_by_label("Sort by").select_option("title")
            opened = board.titles.nth(1).text_content()
        expect(page.locator("html[data-kernel]")).to_have_count(1, timeout=DRAWN_WITHIN)
        expected = Selection(query="language", venues=(venue,), sort="title")
        board.shows(len(corpus.select(expected)))
        expect(board.titles).to_have_text(list(corpus.select(expected)["title"])[:25])
        # The paper that was open is the one that was clicked, though the list has changed since.
        expect(board.reader.get_by_role("heading", level=2)).to_have_text(opened or "")
        board.button("Undo").click()
        board.shows(len(corpus.select(Selection(query="language", venues=(venue,)))))


@pytest.mark.slow
def test_a_first_view_of_another_version_goes_when_the_kernel_comes(browser: Browser, voila: Callable[..., Server]) -> None:
    """As where the package was brought up to date while its server ran: what draws the first view is then not what the kernel sends."""
    server = voila()
    with watched(browser, server.host) as (page, watch):
        page.add_init_script(_OTHER)
        page.goto(server.url)
        board = Board(page, server, watch, voila=True).wait()
        assert (
            page.evaluate("performance.getEntriesByType('resource').filter((one) => one.name.includes('app.js')).length") == 2
        )
        expect(page.locator(".lx-app")).to_have_count(1)
        board.search("vision")
        expect(board.sentence).to_contain_text("matching ‘vision’")


@pytest.mark.slow
def test_plotly_is_fetched_when_a_chart_needs_it(browser: Browser, voila: Callable[..., Server]) -> None:
    server = voila()
    with watched(browser, server.host) as (page, watch):
        page.goto(server.url, wait_until="commit")
        board = Board(page, server, watch, voila=True)
        expect(board.root.locator(".lx-topic-rows > *").first).to_be_visible(timeout=DRAWN_WITHIN)
        assert page.evaluate("window.Plotly") is None
        board.root.get_by_role("tab", name="Key phrases").click()
        expect(board.root.locator(".lx-drawn .barlayer .point").first).to_be_visible(timeout=DRAWN_WITHIN)
        expect(page.locator("html[data-kernel]")).to_have_count(1, timeout=DRAWN_WITHIN)


@pytest.mark.slow
def test_an_address_that_only_a_kernel_can_show_opens_as_ever(
    browser: Browser, voila: Callable[..., Server], corpus: Corpus
) -> None:
    server = voila()
    with watched(browser, server.host) as (page, watch):
        page.goto(f"{server.url}?rank=vision")
        board = Board(page, server, watch, voila=True).wait()
        board.shows(len(corpus.select(Selection(rank="vision"))))
        expect(board.titles).to_have_text(list(corpus.select(Selection(rank="vision"))["title"])[:25])
    with watched(browser, server.host) as (page, watch):
        page.goto(f"{server.url}?q=%22")
        board = Board(page, server, watch, voila=True).wait()
        expect(board.error).to_be_visible()
        board.shows(88)

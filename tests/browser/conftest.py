"""Servers, a browser, and dashboards that are watched while a test uses them."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from longest_first import longest_first
from playwright.sync_api import Browser, Page, expect, sync_playwright

from explorer import Corpus
from explorer.corpus.opening import open_files

from . import coverage, servers
from .driver import DRAWN_WITHIN, Board, Watch
from .find import ARGUMENTS, executable
from .servers import Server

HERE = Path(__file__).parent
WIDE = {"width": 1440, "height": 900}
LAB = {"width": 1760, "height": 1100}
"""Lab's side bar and margins leave the dashboard as much room as a page of its own has."""

expect.set_options(timeout=15_000)  # ms; beside other work on two cores

Open = Callable[..., Board]
COPIES = count(1)
"""Numbers of the copies of notebooks."""
LONGEST = ("test_dashboard", "test_seeing", "test_typing", "test_accessibility", "test_intake", "test_topics", "test_screening")
"""Files that take longest, longest first."""
FAR = """
(() => {
    const later = setTimeout, Near = WebSocket;
    window.WebSocket = class extends Near {
        send(data) {
            later(() => this.readyState === Near.OPEN && super.send(data), MILLISECONDS);
        }
        set onmessage(told) {
            this.told = told;
            super.onmessage = (event) => later(() => this.told?.(event), MILLISECONDS);
        }
    };
})();
"""
"""What makes a page's kernel far away: each message takes so long, in the order in which they were sent. In the page, for it keeps the
clock of the machine where a test stops that of the page."""
AT_ONCE = 3
"""Servers that run on at a time, beside that of the sample: each keeps some 300 MB, with the kernel that it has ready."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            item.add_marker("browser")
    longest_first(items, HERE, LONGEST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was run of the page's code, where that was measured."""
    for line in coverage.report():
        terminalreporter.write_line(line)


@pytest.fixture(scope="package", autouse=True)
def tidy_when_stopped() -> Iterator[None]:
    """End the servers and kernels also when the run is terminated, as a cancelled job is."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    path = executable(windows=False)
    if path is None:
        pytest.fail("No Chromium was found. Run: python tests/browser/find.py --install")
    # Ends with the package: while it runs, no other test could run an event loop of its own.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def voila(cache: Path) -> Iterator[Callable[..., Server]]:
    """`voila(*files)` is a server on those papers, started when first asked for; it ends when others have been asked for since."""
    with ExitStack() as running:
        started: dict[tuple[Path, ...], tuple[Server, ExitStack]] = {}

        def of(*files: Path) -> Server:
            found = started.pop(files, None)
            if found is None:
                own = running.enter_context(ExitStack())
                found = own.enter_context(servers.voila(*files)), own
            started[files] = found  # As the one asked for last.
            if len(others := [key for key in started if key]) > AT_ONCE:
                started.pop(others[0])[1].close()
            return found[0]

        yield of


@pytest.fixture(scope="package")
def corpus(cache: Path, sample: Path) -> Corpus:
    """The sample, as the servers hold it."""
    return open_files([sample])


@pytest.fixture(scope="package")
def real_page(shared_data: Path) -> Path:
    """The page the sample was made from; tests skip without it."""
    path = shared_data / "hf_page" / "arithmetic.txt"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    return path


@pytest.fixture(scope="package")
def lab(cache: Path) -> Iterator[Callable[..., Server]]:
    """`lab(*files)` is a JupyterLab with notebooks on those papers, started when first asked for."""
    with ExitStack() as running:
        started: dict[tuple[Path, ...], Server] = {}

        def of(*files: Path) -> Server:
            if files not in started:
                started[files] = running.enter_context(servers.lab(*files))
            return started[files]

        yield of


@contextmanager
def watched(browser: Browser, host: str, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """A page in a context of its own; on leaving it must have made no fault."""
    context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
    if away := os.environ.get("LITEXPLORER_FAR"):
        context.add_init_script(FAR.replace("MILLISECONDS", str(int(away))))
    # A page is there only with its papers, for which a kernel may have to start.
    context.set_default_navigation_timeout(DRAWN_WITHIN)
    page = context.new_page()
    watch = Watch(page, host)
    try:
        with coverage.measured(page):
            yield page, watch
        assert not watch.faults
    finally:
        # Closing alone would not tell Voila to end the page's kernel; leaving the page does.
        if not page.is_closed():
            page.goto("about:blank")
        context.close()


@pytest.fixture
def open_voila(browser: Browser, voila: Callable[..., Server]) -> Iterator[Open]:
    """`open_voila(*files, query="", **context_options)` is a dashboard on a page of its own."""
    with ExitStack() as pages:

        def opened(*files: Path, query: str = "", **options: Any) -> Board:
            server = voila(*files)
            page, watch = pages.enter_context(watched(browser, server.host, **options))
            page.goto(server.url + (f"?{query}" if query else ""))
            return Board(page, server, watch, voila=True).wait()

        yield opened


def run_notebook(page: Page) -> None:
    """Run all cells; the dashboard that stands is marked, so that the new one can be told from it."""
    page.evaluate("document.querySelectorAll('.lx-app').forEach((old) => old.dataset.gone = '')")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def open_notebook(page: Page, server: Server, name: str, watch: Watch) -> Board:
    """Open a copy of a notebook in Lab and run it."""
    # What one test saves, Lab would find changed on disk where another has the same notebook open.
    original = server.folder / f"{name}.ipynb"
    notebook = original.with_name(f"{name}-{next(COPIES)}.ipynb")
    shutil.copyfile(original, notebook)
    # Lab would open the notebooks of pages before, too.
    page.goto(f"{server.url}lab/tree/{notebook.name}?reset")
    # Lab runs nothing, and says nothing, while the notebook has no kernel yet.
    expect(page.get_by_role("button", name="Python 3 (ipykernel) | Idle")).to_be_visible(timeout=DRAWN_WITHIN)
    run_notebook(page)
    board = Board(page, server, watch, voila=False, notebook=notebook).wait()
    board.root.scroll_into_view_if_needed()
    return board


@pytest.fixture
def open_lab(browser: Browser, lab: Callable[..., Server]) -> Iterator[Open]:
    """`open_lab(*files, **context_options)` is a dashboard in a notebook of its own."""
    with ExitStack() as pages:

        def opened(*files: Path, **options: Any) -> Board:
            server = lab(*files)
            page, watch = pages.enter_context(watched(browser, server.host, **{"viewport": LAB, **options}))
            return open_notebook(page, server, files[-1].stem if files else "explorer", watch)

        yield opened


@pytest.fixture(scope="package")
def lab_tab(browser: Browser, lab: Callable[..., Server]) -> Iterator[Board]:
    """A notebook that stays open: Lab takes seconds to open, running its cells again does not."""
    server = lab()
    with watched(browser, server.host, viewport=LAB) as (page, watch):
        yield open_notebook(page, server, "explorer", watch)


@pytest.fixture
def lab_board(lab_tab: Board) -> Iterator[Board]:
    """A fresh dashboard in the open notebook."""
    run_notebook(lab_tab.page)
    lab_tab.wait()
    lab_tab.root.scroll_into_view_if_needed()
    lab_tab.watch.sets = 0
    yield lab_tab
    faults, lab_tab.watch.faults = lab_tab.watch.faults, []
    assert not faults


@pytest.fixture
def voila_board(open_voila: Open) -> Board:
    """A dashboard on the sample, as a page."""
    return open_voila()


@contextmanager
def tab(browser: Browser, server: Server) -> Iterator[Board]:
    """A page that stays open, for a kernel takes seconds to start; tests that leave it as it was share it (`Board.as_at_first`)."""
    with watched(browser, server.host) as (page, watch):
        page.goto(server.url)
        yield Board(page, server, watch, voila=True).wait()


@pytest.fixture(scope="package")
def voila_tab(browser: Browser, voila: Callable[..., Server]) -> Iterator[Board]:
    """A page on the sample that stays open."""
    with tab(browser, voila()) as board:
        yield board


@pytest.fixture
def kept_board(voila_tab: Board) -> Iterator[Board]:
    """The page on the sample that stays open, as it was at first; for what loads no page, stops no clock and keeps nothing."""
    yield voila_tab.coloured("light").as_at_first(88)
    faults, voila_tab.watch.faults = voila_tab.watch.faults, []
    assert not faults


@pytest.fixture(params=["voila", pytest.param("lab", marks=pytest.mark.slow)])
def board(request: pytest.FixtureRequest) -> Board:
    """A dashboard on the sample, as a page and in Lab.

    For what the one around it can differ in: keys, the focus, places and sizes, files saved, forms, what charts are drawn with. What
    is only asked of the kernel and shown goes through the same code in both: `lab_board` does, at a third of the cost. In Lab it is
    among the slow ones: `either_board` and `lab_board` are asked there each time.
    """
    found: Board = request.getfixturevalue(f"{request.param}_board")
    return found


@pytest.fixture(params=["kept", "lab"])
def either_board(request: pytest.FixtureRequest) -> Board:
    """As `board`, the page being the one that stays open: for what loads no page, stops no clock and keeps nothing."""
    found: Board = request.getfixturevalue(f"{request.param}_board")
    return found

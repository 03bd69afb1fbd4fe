"""A dashboard on a page, as a person meets it: what can be done, and what can be read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import ConsoleMessage, Download, Error, Frame, Locator, Page, Request, WebSocket, expect

from .servers import Server

DRAWN_WITHIN = 60_000
"""Milliseconds to the first chart: a kernel has to start, beside other work on two cores."""


def place_of(locator: Locator) -> dict[str, float]:
    """Where an element is: `x`, `y`, `width`, `height`. A redraw may put another in its place meanwhile; then that one is asked."""
    while True:
        expect(locator).to_be_visible()
        found = locator.bounding_box()
        if found:
            return dict(found)


class Watch:
    """What a page did that it must not do, and what it said to its kernel."""

    def __init__(self, page: Page, host: str) -> None:
        self._host = host
        self.faults: list[str] = []
        self.sets = 0
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("request", self._request)
        page.on("websocket", self._websocket)
        page.on("framenavigated", self._loaded_again)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _loaded_again(self, frame: Frame) -> None:
        # A page that was late for its widgets, on a full machine, mends that by loading itself again; one that does not has failed.
        if frame.parent_frame is None:
            self.faults[:] = [fault for fault in self.faults if "widget model not found" not in fault]

    def _page_error(self, error: Error) -> None:
        self.faults.append(f"page error: {error}")

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _address(self, url: str) -> None:
        if not url.startswith(("blob:", "data:")) and url.split("/")[2] != self._host:
            self.faults.append(f"outside request: {url}")

    def _websocket(self, socket: WebSocket) -> None:
        self._address(socket.url)
        socket.on("framesent", self._sent)

    def _sent(self, payload: bytes | str) -> None:
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload
        self.sets += '"kind":"set"' in text


class Board:
    """One dashboard.

    Attributes
    ----------
    page : Page
    root : Locator
        The dashboard's own element.
    server : Server
    watch : Watch
    voila : bool
        Whether it is the whole page, and not a cell's output.
    notebook : Path or None
        The notebook whose cell it is.
    """

    def __init__(self, page: Page, server: Server, watch: Watch, *, voila: bool, notebook: Path | None = None) -> None:
        self.page, self.server, self.watch, self.voila, self.notebook = page, server, watch, voila, notebook
        self.root = page.locator(".lx-app:not([data-gone])")

    def wait(self) -> Board:
        """Wait until it stands, its kernel answers and its charts are drawn; where they do not, the end of the server's log is told."""
        try:
            expect(self.root.locator(".lx-topic-rows > *").first).to_be_attached(timeout=DRAWN_WITHIN)
            if self.voila:
                expect(self.page.locator("html[data-kernel]")).to_have_count(1, timeout=DRAWN_WITHIN)
            # A chart without anything to draw is not drawn.
            expect(self.root.locator(".lx-plot-wait:visible")).to_have_count(0, timeout=DRAWN_WITHIN)
        except AssertionError as error:
            # Whether a kernel ended and was started again, without its dashboard, is said there only.
            error.add_note(self.server.log.read_text(errors="replace")[-2000:])
            error.add_note("\n".join(self.watch.faults))
            raise
        return self

    def sized(self, width: int, height: int) -> Board:
        """As when its window is made so large; a page of its own for each size would cost a kernel each."""
        self.page.set_viewport_size({"width": width, "height": height})
        # What observes sizes hears of a new one in the frame after that in which it is laid out.
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    def as_at_first(self, papers: int) -> Board:
        """Without what was typed, chosen, ticked, ordered or opened here before; a page of its own for each test would cost a kernel each."""
        self.sized(1440, 900)
        self.box.focus()
        for _ in range(3):
            self.page.keyboard.press("Escape")
        self.as_charts_and_list_open()
        # What is typed above a list of values narrows it.
        self.root.get_by_role("textbox", name=re.compile("^Find in ")).evaluate_all(
            "boxes => boxes.filter((box) => box.value).forEach((box) => { box.value = ''; box.dispatchEvent(new Event('input')); })"
        )
        self.search("")
        self.root.get_by_label("How the search is read").select_option(index=0)
        for name in ("Clear", "Clear all", "Untick all"):
            # One may go with the click before it, while a mouse would still be on its way there.
            self.button(name).filter(visible=True).evaluate_all("buttons => buttons.forEach((button) => button.click())")
        self.root.get_by_label("Sort by").select_option("relevance")
        for gone in (
            self.chips,
            self.error,
            self.root.locator(".lx-concept"),
            self.root.locator(".lx-ticked > *"),
            self.reader,
        ):
            expect(gone.filter(visible=True)).to_have_count(0)
        self.shows(papers)
        self.answered()
        # What scrolls is within the page.
        self.page.evaluate(
            "() => [window, ...document.querySelectorAll('.lx-main, .lx-rail')].forEach((node) => node.scrollTo(0, 0))"
        )
        self.watch.sets = 0
        return self

    def as_charts_and_list_open(self) -> None:
        """Charts instead of their tables, no lines, papers with their abstracts."""
        for name in (re.compile("^Table of"), "Lines", "Compact"):
            pressed = self.root.get_by_role("button", name=name, pressed=True)
            for left in range(pressed.count() - 1, -1, -1):
                pressed.first.click()
                expect(pressed).to_have_count(left)

    def coloured(self, scheme: Literal["light", "dark"]) -> Board:
        """As when the system's colours change."""
        self.page.emulate_media(color_scheme=scheme)
        # The charts hear of it, and are drawn in the next frame.
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    @contextmanager
    def clock_stands(self) -> Iterator[Callable[[int], None]]:
        """No time passes on the page but the milliseconds that it is told to run for, however busy the machine is."""
        self.page.clock.install()
        self.page.clock.pause_at(self.page.evaluate("Date.now()") + 1000)
        try:
            yield self.page.clock.run_for
        finally:
            self.page.clock.resume()

    # Reading

    @property
    def box(self) -> Locator:
        """The search box."""
        return self.root.get_by_role("combobox", name="Search papers")

    @property
    def titles(self) -> Locator:
        """Titles in the list, which are buttons."""
        return self.root.locator(".lx-paper .lx-title")

    @property
    def chips(self) -> Locator:
        """What is filtered by."""
        return self.root.locator(".lx-chip-label")

    @property
    def said(self) -> Locator:
        """The line that says what was done."""
        return self.root.locator(".lx-status[role=status]")

    @property
    def error(self) -> Locator:
        """The line that says what went wrong."""
        return self.root.locator(".lx-alert[role=alert]").first

    @property
    def reader(self) -> Locator:
        """The drawer with one paper."""
        return self.root.locator(".lx-reader")

    @property
    def sentence(self) -> Locator:
        """The selection in words."""
        return self.root.locator(".lx-sentence")

    def shows(self, papers: int) -> None:
        """Wait for the number of papers shown."""
        expect(self.root.locator(".lx-count strong")).to_have_text(f"{papers:,}")

    def answered(self) -> None:
        """Wait until no change is unanswered: what is done before joins the one before it."""
        expect(self.root.locator("[data-busy]")).to_have_count(0)

    def papers(self) -> int:
        """The number of papers shown."""
        return int((self.root.locator(".lx-count strong").text_content() or "").replace(",", ""))

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button by its accessible name."""
        return self.root.get_by_role("button", name=name, exact=True)

    def panel(self, label: str) -> Locator:
        """A filter panel, unfolded."""
        title = self.page.locator(".lx-fold").filter(has_text=re.compile(rf"^{label}"))
        panel = self.root.locator(".lx-facet").filter(has=title)
        fold = panel.locator(".lx-fold")
        if fold.get_attribute("aria-expanded") == "false":
            fold.click()
        return panel

    def chart(self, title: str) -> Locator:
        """A chart's card."""
        return self.root.locator(".lx-card").filter(has_text=re.compile(rf"^{title}"))

    # Doing

    def search(self, text: str) -> None:
        """Write a query and press Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    def enter(self, text: str) -> None:
        """Write a query and press Enter before anything of it is searched while it is typed."""
        self.box.evaluate(
            """(box, text) => {
                box.value = text;
                box.dispatchEvent(new Event("input", { bubbles: true }));
                box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
            }""",
            text,
        )

    @property
    def topics(self) -> Locator:
        """The rows of the topic panel."""
        return self.root.locator(".lx-frame .lx-topic-row")

    def topic(self, place: int) -> Locator:
        """A topic of the panel: the button that filters by it."""
        return self.topics.nth(place).locator(".lx-topic-button")

    def click_bar(self, place: int) -> str:
        """Click a topic with the mouse, and say how the panel names it."""
        name = self.topic(place).locator(".lx-topic-name").text_content() or ""
        self.topic(place).click()
        return name

    def download(self, label: str, folder: Path, *, ticked: bool = False) -> list[Path]:
        """Export by the menu; the file that the browser saved, or those of the archive it is."""
        self.button("Export").click()
        if ticked:
            self.root.get_by_role("checkbox", name=re.compile("^Only the")).check()
        saved = self.saved(lambda: self.root.get_by_role("button", name=re.compile(f"^{label}")).click(), folder)
        if saved[0].suffix != ".zip":
            return saved
        with zipfile.ZipFile(saved[0]) as archive:
            return [Path(archive.extract(name, folder)) for name in archive.namelist()]

    def saved(self, action: Callable[[], None], folder: Path, files: int = 1) -> list[Path]:
        """Files that the browser saves when something is done."""
        arrived: list[Download] = []

        def complete(download: Download) -> bool:
            arrived.append(download)
            return len(arrived) == files

        with self.page.expect_download(complete):
            action()
        paths = [folder / download.suggested_filename for download in arrived]
        for download, path in zip(arrived, paths, strict=True):
            download.save_as(path)
        return paths

"""A new user's first hour, step by step in Chromium: how long each step takes until the page shows it, and a picture of each.

``python -m benchmarks.first_hour --pictures FOLDER FILE …``; without files on the sample, otherwise on them or on a corpus folder. What
is searched for comes from the papers themselves: two words of the first title. A step that cannot be done ends the run with its name,
and so do an error in the page's console and a request to another machine. ``--width``, ``--height`` and ``--dark`` choose the window.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from benchmarks import report
from tests.browser import servers
from tests.browser.driver import Board, Watch
from tests.browser.find import ARGUMENTS, executable

PATIENCE = 60_000
"""Milliseconds for what a step brings."""

Step = tuple[str, Callable[[], object]]


def first_hour(board: Board, folder: Path) -> Iterator[Step]:
    """The steps, in the order in which they are done; each ends when the page shows what it is for."""
    page, root = board.page, board.root
    everything = board.papers()
    words = re.findall(r"[A-Za-z]{4,}", board.titles.first.text_content() or "")[:2]
    query = " ".join(words).lower()

    def dialog(name: str) -> None:
        expect(root.get_by_role("dialog", name=re.compile(name)).first).to_be_visible()

    def away() -> None:
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)

    def by(name: str) -> None:
        root.locator(".lx-bar-row").get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def searched() -> None:
        board.search(query)
        expect(board.sentence).to_contain_text(f"matching ‘{query}’")

    def meant(mode: str) -> None:
        root.locator(".lx-mode").select_option(mode)
        said = {"any": "by any of its words", "meaning": "by meaning", "all": "’"}[mode]
        expect(board.sentence).to_have_text(re.compile(f"{said}$"))

    def all_again() -> None:
        root.get_by_role("button", name="Clear all", exact=True).click()
        board.shows(everything)

    def by_topic() -> None:
        if root.get_by_role("button", name="Show the charts").is_visible():
            root.get_by_role("button", name="Show the charts").click()
        board.topic(0).click()
        expect(board.chips).to_have_count(1)

    def opened() -> None:
        board.titles.nth(1).click()
        expect(board.reader).to_be_visible()
        expect(board.reader.locator(".lx-reader-title")).not_to_be_empty()

    def more_like_it() -> None:
        board.reader.get_by_role("button", name="More like this").click()
        expect(board.sentence).to_contain_text("more like")

    def why() -> None:
        root.get_by_role("button", name=re.compile("^Why")).first.click()
        expect(root.locator(".lx-reasons-table").first).to_be_visible()

    def closed() -> None:
        page.keyboard.press("Escape")
        expect(board.reader.filter(visible=True)).to_have_count(0)

    def ticked() -> None:
        for place in range(3):
            root.locator(".lx-paper .lx-tick").nth(place).check()
            expect(root.locator(".lx-ticked")).to_contain_text(f"{place + 1} ticked")

    def exported() -> None:
        [saved] = board.download("BibTeX", folder, ticked=True)
        assert saved.read_text(encoding="utf-8").count("\n@") + 1 >= 3

    def printed() -> None:
        page.evaluate("window.print = () => { window.printed = true; }")
        board.button("Export").click()
        root.get_by_role("button", name=re.compile("^Print or PDF")).click()
        page.wait_for_function("window.printed")

    def saved() -> None:
        by("Saved")
        root.get_by_label("Save what is shown as").fill("first hour")
        root.get_by_role("button", name=re.compile("^(Save|Replace)$")).click()
        expect(root.locator(".lx-saved-name", has_text="first hour")).to_be_visible()

    def forgotten() -> None:
        root.locator(".lx-saved-row", has_text="first hour").get_by_role(
            "button", name=re.compile("^(Delete|Remove|Forget)")
        ).click()
        expect(root.locator(".lx-saved-name", has_text="first hour")).to_have_count(0)
        page.keyboard.press("Escape")

    def undone() -> None:
        before = board.sentence.text_content() or ""
        board.button("Undo").click()
        expect(board.sentence).not_to_have_text(before)

    def added() -> None:
        file = folder / "mine.csv"
        file.write_text("title,year\nA paper of my own about first hours,2024\n", encoding="utf-8")
        by("Add")
        with page.expect_file_chooser() as chooser:
            root.get_by_role("button", name="Choose files").click()
        chooser.value.set_files(file)
        expect(root.locator(".lx-intake-body .lx-sentence").filter(visible=True)).to_contain_text("1 record")
        away()

    def screening() -> None:
        by("Screen")
        expect(root.get_by_role("heading", name="Screen papers for a review")).to_be_visible()
        by("Screen")
        expect(root.locator(".lx-screen:visible")).to_have_count(0)

    yield "search for two words", searched
    yield "any of them", lambda: meant("any")
    yield "by meaning", lambda: meant("meaning")
    yield "all of them again", lambda: meant("all")
    yield "clear", all_again
    yield "a topic", by_topic
    yield "open a paper", opened
    yield "more like it", more_like_it
    yield "close it", closed
    yield "why it is there", why
    yield "tick three", ticked
    yield "export them", exported
    yield "a report to print", printed
    yield "save the search", saved
    yield "forget it", forgotten
    yield "undo", undone
    if root.locator(
        ".lx-ledger-summary button"
    ).count():  # Where every record became a paper as it is, there is nothing to tell.
        yield "what became of the records", lambda: (root.locator(".lx-ledger-summary button").click(), dialog("What became"))
        yield "close that", away
    yield "the papers of a day", lambda: (by("Daily"), dialog("Daily papers"))
    yield "close the day", away
    yield "review a file of one's own", added
    yield "begin to screen", screening
    yield "a word that nobody wrote", lambda: (board.search("xyzzyx"), board.shows(0))
    yield (
        "the way back",
        lambda: (root.get_by_role("button", name=re.compile("^Show all|^Clear all")).last.click(), board.shows(everything)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="where to keep a picture of each step (default: none)")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as scratch, servers.voila(*options.files) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        page = browser.new_page(
            viewport={"width": options.width, "height": options.height},
            color_scheme="dark" if options.dark else "light",
            reduced_motion="reduce",
        )
        watch = Watch(page, server.host)
        began = time.perf_counter()
        page.goto(server.url)
        board = Board(page, server, watch, voila=True).wait()
        rows = [["0", "the page, its charts and its kernel", f"{time.perf_counter() - began:.2f}"]]
        report.heading(f"A first hour, {board.papers():,} papers, {options.width} × {options.height} px", [])
        for number, (name, do) in enumerate(first_hour(board, Path(scratch)), 1):
            began = time.perf_counter()
            try:
                do()
                if watch.faults:
                    raise AssertionError(watch.faults[0])
            except Exception as error:
                raise SystemExit(f"Step {number}, {name}: {str(error)[:600]}") from error
            finally:
                if options.pictures:
                    options.pictures.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=options.pictures / f"{number:02} {name}.png")
            rows.append([str(number), name, f"{time.perf_counter() - began:.2f}"])
        report.table(["step", "what", "seconds, with the clicks"], rows)
        page.goto("about:blank")
        browser.close()


if __name__ == "__main__":
    main()

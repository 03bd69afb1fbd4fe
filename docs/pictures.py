"""Draw the README's pictures on the bundled sample: ``python docs/pictures.py``, or ``make pictures``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser.driver import Board, Watch  # noqa: E402
from browser.find import ARGUMENTS, executable  # noqa: E402
from browser.servers import Server, voila  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 400_000
"""Bytes; a repository keeps every version of a picture."""


def opened(browser: Browser, server: Server, width: int, scheme: str, shown: str = "") -> Board:
    """A dashboard on a page of its own, at rest; `shown` is what its address asks for."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{server.url}?{shown}")
    board = Board(page, server, Watch(page, server.host), voila=True).wait()
    page.evaluate("document.fonts.ready")
    return board


def close(board: Board) -> None:
    """Leave the page, which ends its kernel, and close it."""
    board.page.goto("about:blank")
    board.page.close()


def save(board: Board, name: str) -> None:
    """Save what is seen."""
    path = FOLDER / f"{name}.png"
    board.page.screenshot(path=path)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes; at most {LARGEST:,} are wanted.")
    print(path.relative_to(ROOT))


def main() -> None:
    """Draw all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with voila() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for name, width, scheme in (("light", 1440, "light"), ("dark", 1440, "dark"), ("narrow", 1024, "light")):
            board = opened(browser, server, width, scheme)
            save(board, name)
            close(board)
        board = opened(browser, server, 1440, "light")
        board.search("arithmetic reasoning")
        expect(board.chips).to_have_count(1)
        board.titles.first.click()
        expect(board.reader).to_be_visible()
        board.page.mouse.move(0, 899)
        save(board, "reader")
        close(board)
        board = opened(browser, server, 1440, "light", "rank=reasoning+%2B+vision+-+benchmark")
        expect(board.root.get_by_role("heading", name="Ranked by", exact=True)).to_be_visible()
        board.titles.first.scroll_into_view_if_needed()
        save(board, "concepts")
        close(board)
        board = opened(browser, server, 1440, "light", "axis=language↔vision&axis=reasoning↔quantization")
        card = board.root.get_by_role("heading", name="Axes", exact=True)
        card.scroll_into_view_if_needed()
        card.evaluate("node => node.scrollIntoView({ block: 'start' })")
        board.page.wait_for_timeout(1500)  # ms, for the points to be drawn
        save(board, "axes")
        close(board)
        browser.close()


if __name__ == "__main__":
    main()

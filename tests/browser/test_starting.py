"""A page that cannot start says why, and its button leads to the dashboard once the reason is gone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from explorer import build_corpus

from .conftest import Open
from .driver import DRAWN_WITHIN, Board, Watch
from .test_dashboard import NONE_READY


@pytest.mark.slow
def test_a_folder_that_is_gone_is_named_and_a_reload_succeeds_when_it_is_back(
    open_voila: Open, sample: Path, tmp_path: Path
) -> None:
    folder, away = tmp_path / "corpus", tmp_path / "away"
    build_corpus(sample, folder=folder)
    board = open_voila(folder, *NONE_READY)
    folder.rename(away)
    board.page.reload()
    failed = board.page.locator(".lx-boot-failed[role=alert]")
    expect(failed).to_be_visible(timeout=DRAWN_WITHIN)
    expect(failed).to_contain_text(str(folder))
    expect(failed).to_contain_text("no corpus")
    board.page.screenshot(path=tmp_path / "failed.png")
    away.rename(folder)
    board.watch.faults.clear()
    failed.get_by_role("button", name="Reload").click()
    board.wait()
    board.shows(88)


@pytest.mark.slow
def test_a_kernel_that_ends_while_it_starts_is_said(browser: Browser, open_voila: Open, sample: Path) -> None:
    """As where the system ends it for want of memory."""
    board = open_voila(sample, *NONE_READY)
    known = set(board.server.kernels())
    page = browser.new_page()
    page.goto(board.server.url, wait_until="commit")
    deadline = time.monotonic() + 60
    while not (new := set(board.server.kernels()) - known):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for kernel in new:
        kernel.kill()
    failed = page.locator(".lx-boot-failed[role=alert]")
    expect(failed).to_be_visible(timeout=DRAWN_WITHIN)
    expect(failed).to_contain_text("its process ended")
    failed.get_by_role("button", name="Reload").click()
    Board(page, board.server, Watch(page, board.server.host), voila=True).wait()
    page.close()


LATE = """
const loads = Number(sessionStorage.getItem("loads") ?? 0) + 1;
sessionStorage.setItem("loads", loads);
if (loads <= MOST) {
  window.WebSocket = class extends EventTarget { send() {} close() {} };
  addEventListener("DOMContentLoaded", () => {
    const node = document.createElement("div");
    node.className = "jupyter-widgets";
    node.textContent = "Error displaying widget: model not found";
    document.getElementById("rendered_cells").append(node);
  });
}
"""
"""On the first loads of a page its kernel is not heard, and it says what Jupyter's renderer says where a widget was not fetched."""


@pytest.mark.slow
def test_a_page_that_was_too_late_for_its_widgets_is_loaded_again_once(
    browser: Browser, open_voila: Open, sample: Path
) -> None:
    server = open_voila(sample, *NONE_READY).server
    page = browser.new_page()
    page.add_init_script(LATE.replace("MOST", "1"))
    page.goto(server.url)
    Board(page, server, Watch(page, server.host), voila=True).wait()
    assert page.evaluate("sessionStorage.getItem('loads')") == "2"
    page.close()
    page = browser.new_page()
    page.add_init_script(LATE.replace("MOST", "9"))
    page.goto(server.url)
    expect(page.locator(".lx-boot-failed[role=alert]")).to_contain_text("not fetched in time", timeout=DRAWN_WITHIN)
    assert page.evaluate("sessionStorage.getItem('loads')") == "2"
    page.close()

"""Search as you type, saved searches and comparisons, as a person uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from explorer import Corpus, Selection

from .driver import Board
from .test_accessibility import RULES, faults


@pytest.fixture(autouse=True)
def empty_library(corpus: Corpus) -> Iterator[None]:
    """Searches saved by one test are not there for the next."""
    yield
    for saved in corpus.library.searches():
        corpus.library.delete(saved.name)


def options(board: Board) -> Locator:
    """Completions in the list."""
    return board.root.get_by_role("listbox", name="Completions").get_by_role("option")


def type_in(board: Board, text: str) -> None:
    """Type as a person does, and wait for the completions."""
    board.box.fill("")
    board.box.press_sequentially(text, delay=20)
    expect(options(board).first).to_be_visible()


def test_arrow_and_enter_take_a_word(either_board: Board, corpus: Corpus) -> None:
    board = either_board
    type_in(board, "arith")
    expect(board.box).to_have_attribute("aria-expanded", "true")
    expect(options(board).first).to_contain_text("arithmetic")
    assert board.box.get_attribute("aria-activedescendant") is None
    board.box.press("ArrowDown")
    expect(options(board).first).to_have_attribute("aria-selected", "true")
    expect(board.box).to_have_attribute("aria-activedescendant", options(board).first.get_attribute("id") or "")
    board.box.press("ArrowUp")
    assert board.box.get_attribute("aria-activedescendant") is None
    board.box.press("ArrowDown")
    board.box.press("Enter")
    expect(board.box).to_have_value("arithmetic ")
    expect(options(board)).to_have_count(0)
    expect(board.box).to_have_attribute("aria-expanded", "false")
    board.shows(len(corpus.select(Selection(query="arithmetic"))))
    expect(board.box).to_be_focused()


def test_tab_takes_what_is_chosen_and_else_goes_on(kept_board: Board) -> None:
    board = kept_board
    type_in(board, "reasoning author:jos")
    board.box.press("ArrowDown")
    name = options(board).first.locator(".lx-completion-text").text_content()
    board.box.press("Tab")
    expect(board.box).to_have_value(f'reasoning author:"{name}" ')
    expect(board.box).to_be_focused()
    type_in(board, "arith")
    board.box.press("Tab")
    expect(board.box).not_to_be_focused()
    expect(options(board)).to_have_count(0)


def test_a_click_takes_a_completion_in_the_middle(lab_board: Board) -> None:
    board = lab_board
    board.box.fill("rewa model")
    for _ in range(6):
        board.box.press("ArrowLeft")
    board.box.press_sequentially("r")
    expect(options(board).first).to_be_visible()
    # The list may still be that of the text before, and its answer on its way.
    reward = options(board).filter(has_text=re.compile("^reward"))
    expect(reward).to_be_visible()
    board.page.wait_for_timeout(300)  # ms; a reader looks before clicking
    reward.click()
    expect(board.box).to_have_value("reward model")
    expect(board.box).to_be_focused()


def test_escape_closes_the_list_and_keeps_the_text(either_board: Board) -> None:
    board = either_board
    type_in(board, "arith")
    board.box.press("Escape")
    expect(options(board)).to_have_count(0)
    expect(board.box).to_have_value("arith")
    expect(board.box).to_be_focused()
    board.box.press("Alt+ArrowDown")
    expect(options(board).first).to_be_visible()
    board.box.press("Enter")
    expect(options(board)).to_have_count(0)
    expect(board.box).to_have_value("arith")


def test_keys_of_the_page_stay(kept_board: Board) -> None:
    board = kept_board
    board.titles.first.focus()
    board.page.keyboard.press("/")
    expect(board.box).to_be_focused()
    board.box.press_sequentially("a/b?j")
    expect(board.box).to_have_value("a/b?j")
    board.box.fill("")
    board.shows(88)
    expect(options(board)).to_have_count(0)
    board.box.press("ArrowDown")
    expect(board.titles.first).to_be_focused()


def test_arrow_down_goes_to_the_papers_that_were_asked_for(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    kernels = board.server.kernels()
    try:
        for kernel in kernels:
            kernel.suspend()
        board.box.fill("arithmetic")
        board.box.press("ArrowDown")
        expect(board.box).to_be_focused()
    finally:
        for kernel in kernels:
            kernel.resume()
    board.shows(len(corpus.select(Selection(query="arithmetic"))))
    expect(board.titles.first).to_be_focused()


def test_old_answers_are_dropped(kept_board: Board) -> None:
    board = kept_board
    kernels = board.server.kernels()
    try:
        for kernel in kernels:
            kernel.suspend()
        for letter in "arith":
            board.box.press_sequentially(letter)
            board.page.wait_for_timeout(120)
    finally:
        for kernel in kernels:
            kernel.resume()
    expect(options(board).first).to_contain_text("arithmetic")
    assert all((text or "").startswith("arith") for text in options(board).locator(".lx-completion-text").all_text_contents())


def test_did_you_mean(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    board.search("arithmatic")
    board.shows(0)
    board.root.locator(".lx-empty").get_by_role("button", name="arithmetic", exact=True).click()
    expect(board.box).to_have_value("arithmetic")
    board.shows(len(corpus.select(Selection(query="arithmetic"))))
    board.search('reward OR "chian of thuoght"')
    board.root.locator(".lx-bar").get_by_role("button", name='reward OR "chain of thought"').click()
    board.shows(len(corpus.select(Selection(query='reward OR "chain of thought"'))))
    expect(board.root.locator(".lx-meant")).to_be_hidden()


def save(board: Board, name: str) -> None:
    board.button("Saved").click()
    board.root.get_by_label("Save what is shown as").fill(name)
    board.root.get_by_role("button", name="Save", exact=True).click()
    expect(board.button(name)).to_be_visible()


def test_save_run_rename_delete(board: Board, corpus: Corpus) -> None:
    shown = len(corpus.select(Selection(query="reward")))
    board.search("reward")
    board.shows(shown)
    save(board, "<b>Rewards</b>")
    board.page.keyboard.press("Escape")
    expect(board.button("Saved")).to_be_focused()
    board.search("")
    board.shows(88)
    board.button("Saved").click()
    board.button("<b>Rewards</b>").click()
    board.shows(shown)
    expect(board.box).to_have_value("reward")
    board.button("Saved").click()
    board.button("Rename <b>Rewards</b>").click()
    board.root.get_by_label("New name of <b>Rewards</b>").fill("Rewards")
    board.root.get_by_label("New name of <b>Rewards</b>").press("Enter")
    expect(board.button("Rewards")).to_be_visible()
    assert [saved.name for saved in corpus.library.searches()] == ["Rewards"]
    board.root.get_by_label("Save what is shown as").fill("Rewards")
    expect(board.root.get_by_role("button", name="Replace", exact=True)).to_be_visible()
    board.button("Delete Rewards").click()
    expect(board.root.locator(".lx-saved-row")).to_have_count(0)
    assert corpus.library.searches() == []


def test_compare_with_a_saved_search(lab_board: Board, corpus: Corpus, tmp_path: Path) -> None:
    board = lab_board
    board.search("reward")
    expect(board.sentence).to_contain_text("matching ‘reward’")
    save(board, "Rewards")
    board.page.keyboard.press("Escape")
    board.search("model")
    expect(board.sentence).to_contain_text("matching ‘model’")
    board.button("Saved").click()
    board.button("Compare with Rewards").click()
    counts = corpus.compare(Selection(query="reward"), Selection(query="model")).attrs["counts"]
    strip = board.root.get_by_role("group", name="Comparison")
    expect(strip).to_contain_text(f"{counts['new']} new, {counts['gone']} gone, {counts['shared']} shared against ‘Rewards’")
    strip.get_by_role("button", name=re.compile("^New")).click()
    expect(board.root.locator(".lx-place")).to_contain_text(f"of {counts['new']}")
    strip.get_by_role("button", name=re.compile("^Gone")).click()
    expect(board.titles).to_have_count(counts["gone"])
    strip.get_by_role("button", name="All shown").click()
    expect(board.root.locator(".lx-place")).to_contain_text(f"of {board.papers()}")
    strip.get_by_role("button", name="End the comparison").click()
    expect(strip).to_be_hidden()


def test_what_is_new_since_a_date(voila_board: Board, corpus: Corpus) -> None:
    from explorer import compare_dates

    board = voila_board
    board.button("Saved").click()
    board.root.get_by_label("What is new since the end of").fill("soon")
    board.page.keyboard.press("Enter")
    expect(board.error).to_contain_text("no date")
    board.button("Saved").click()
    board.root.get_by_label("What is new since the end of").fill("2023")
    board.page.keyboard.press("Enter")
    counts = compare_dates(corpus.results(Selection()), "2023", "9999").attrs["counts"]
    expect(board.root.get_by_role("group", name="Comparison")).to_contain_text(
        f"{counts['new']} new, 0 gone, {counts['shared']} shared"
    )


def test_it_fits(kept_board: Board) -> None:
    board = kept_board
    for width in (1440, 1024, 420):
        board.sized(width, 900)
        for element in (
            lambda: type_in(board, "author:l"),
            lambda: (board.page.keyboard.press("Escape"), board.button("Saved").click()),
        ):
            element()
            overlay = board.root.locator(".lx-completions:visible, .lx-popover-saved:visible")
            box = overlay.bounding_box()
            assert box is not None
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
        assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        board.page.keyboard.press("Escape")
        expect(board.root.locator(".lx-popover-saved")).to_be_hidden()


@pytest.mark.slow
def test_nothing_to_fault(board: Board) -> None:
    type_in(board, "wei")
    board.box.press("ArrowDown")
    assert faults(board, RULES) == []
    board.search("arithmatic")
    expect(board.root.locator(".lx-meant-empty")).to_be_visible()
    assert faults(board, RULES) == []
    board.search('reward OR "chian of thuoght"')
    expect(board.root.locator(".lx-meant")).to_be_visible()
    save(board, "Rewards")
    board.button("Rename Rewards").click()
    assert faults(board, RULES) == []
    board.button("Compare with Rewards").click()
    expect(board.root.get_by_role("group", name="Comparison")).to_be_visible()
    assert faults(board, RULES) == []

"""Stars, tags, notes and what is unread, as a person uses them, and two dashboards on one library."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from explorer import Corpus

from .conftest import Open
from .driver import Board
from .test_accessibility import RULES, faults


@pytest.fixture(autouse=True)
def empty_library(corpus: Corpus) -> Iterator[None]:
    """What one test marked is not there for the next."""
    yield
    library = corpus.library
    for noun in ("stars", "tags", "notes", "reads"):
        marks = library.marks[noun]
        for mark in marks.all():
            marks.take([mark.id], mark.name)
    for saved in library.sets():
        library.delete_set(saved.name)


def ids(corpus: Corpus, titles: list[str]) -> list[str]:
    """Ids of papers by their titles, which the sample has once each."""
    by_title = dict(zip(corpus.papers["title"], corpus.papers["id"], strict=True))
    return [by_title[title] for title in titles]


def test_star_tag_note_and_find_again(board: Board, corpus: Corpus) -> None:
    library = corpus.library
    titles = [board.titles.nth(place).text_content() or "" for place in (0, 1)]
    board.button(f"Star {titles[0]}").click()
    expect(board.button(f"Star {titles[0]}")).to_have_attribute("aria-pressed", "true")
    board.titles.nth(1).click()
    expect(board.reader).to_be_visible()
    board.page.keyboard.press("s")
    expect(board.reader.get_by_role("button", name="Starred")).to_be_visible()
    board.page.keyboard.press("t")
    board.page.keyboard.type("to cite")
    board.page.keyboard.press("Enter")
    expect(board.reader.get_by_role("button", name="to cite", exact=True)).to_be_visible()
    expect(board.reader.get_by_role("combobox", name="Add a tag (t)")).to_be_focused()
    note = board.reader.get_by_role("textbox", name="Note")
    note.press_sequentially("Compares budgets; read the appendix.", delay=10)
    expect(board.reader.locator(".lx-note-state")).to_have_text("Saved")
    expect(note).to_be_focused()
    expect(note).to_have_value("Compares budgets; read the appendix.")
    starred = ids(corpus, titles)
    assert sorted(library.stars["id"]) == sorted(starred)
    assert library.tags[["id", "tag"]].to_numpy().tolist() == [[starred[1], "to cite"]]
    assert library.notes["note"].tolist() == ["Compares budgets; read the appendix."]
    # By the search box, by the panels.
    board.search('is:starred -tag:"to cite"')
    board.shows(1)
    expect(board.titles).to_have_text(titles[0])
    board.search("note:budget")
    board.shows(1)
    expect(board.titles).to_have_text(titles[1])
    board.search("")
    board.shows(len(corpus))
    board.panel("Mine").get_by_role("checkbox", name=re.compile("^starred")).check()
    board.shows(2)
    board.panel("Tag").get_by_role("checkbox", name=re.compile("^to cite")).check()
    board.shows(1)


def test_unread_follows_what_was_read(voila_board: Board, corpus: Corpus) -> None:
    board = voila_board
    board.titles.first.click()
    read = board.reader.get_by_role("button", name="Mark as read")
    expect(read).to_have_attribute("aria-pressed", "false")
    board.page.keyboard.press("m")
    expect(read).to_have_attribute("aria-pressed", "true")
    board.search("is:unread")
    board.shows(len(corpus) - 1)
    board.page.keyboard.press("Escape")
    board.root.locator(".lx-sentence").click()
    board.page.keyboard.press("u")
    board.shows(len(corpus))
    assert corpus.library.reads() == ()


def test_two_dashboards_lose_nothing_and_see_each_other(open_voila: Open, corpus: Corpus) -> None:
    one, other = open_voila(), open_voila()
    title = one.titles.first.text_content() or ""
    for board in (one, other):
        board.titles.first.click()
        expect(board.reader).to_be_visible()
    one.button(f"Star {title}").click()
    # Nobody touches the other one.
    expect(other.button(f"Star {title}")).to_have_attribute("aria-pressed", "true")
    # Both write at once.
    notes = [board.reader.get_by_role("textbox", name="Note") for board in (one, other)]
    notes[0].fill("From the left.")
    notes[1].fill("From the right.")
    for board in (one, other):
        expect(board.reader.locator(".lx-note-state")).to_have_text("Saved")
    expect(notes[0]).to_have_value(re.compile(r"From the left\.[\s\S]*From the right\.|From the right\.[\s\S]*From the left\."))
    expect(notes[1]).to_have_value(notes[0].input_value())
    assert corpus.library.note_of(*ids(corpus, [title])) == notes[0].input_value()


def test_tick_tag_and_put_on_a_list(voila_board: Board, corpus: Corpus) -> None:
    board = voila_board
    for place in (0, 2):
        board.root.locator(".lx-tick").nth(place).check()
    board.button("Tag…").click()
    board.root.get_by_label("Tag the ticked papers", exact=True).fill("method")
    board.page.keyboard.press("Enter")
    expect(board.root.locator(".lx-paper .lx-own-tag")).to_have_text(["method", "method"])
    board.button("Tag…").click()
    board.root.get_by_label("Add to a list", exact=True).fill("picks of the week")
    board.page.keyboard.press("Enter")
    expect(board.root.locator(".lx-status")).to_have_text("The list “picks of the week” has 2 papers.")
    board.search("= tag:method")
    expect(board.sentence).to_contain_text("tag:method")
    assert corpus.library.members("picks of the week") == [mark.id for mark in corpus.library.marks["tags"].all()]


@pytest.mark.slow
def test_it_is_accessible(voila_board: Board) -> None:
    voila_board.titles.first.click()
    voila_board.button("Star").click()
    expect(voila_board.reader.get_by_role("button", name="Starred")).to_be_visible()
    assert faults(voila_board, RULES) == []

"""Concept arithmetic, likeness and reasons, as a person uses them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from explorer import Corpus, Selection
from explorer.dashboard.views.page import title_of

from .conftest import Open
from .driver import Board
from .test_accessibility import COLOURS, RULES, faults

RANK = "arithmetic + vision - benchmark"


@pytest.fixture(autouse=True)
def empty_library(corpus: Corpus) -> Iterator[None]:
    """Sets saved by one test are not there for the next."""
    yield
    for saved in corpus.library.sets():
        corpus.library.delete_set(saved.name)


def concepts(board: Board) -> Locator:
    """The concepts in their bar."""
    return board.root.locator(".lx-concept")


def lists(board: Board, corpus: Corpus, selection: Selection) -> None:
    """Wait until the list begins as the selection does."""
    expect(board.titles).to_have_text([title_of(title) for title in corpus.select(selection)["title"].tolist()[:25]])


def rank(board: Board, corpus: Corpus, expression: str = RANK) -> None:
    """Write an expression into the search box."""
    board.search(f"= {expression}")
    lists(board, corpus, Selection(rank=expression))


def test_an_expression_moves_into_its_bar_and_ranks(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    before = board.titles.first.text_content()
    rank(board, corpus)
    assert board.titles.first.text_content() != before
    expect(concepts(board)).to_have_count(3)
    expect(board.box).to_have_value("")
    expect(board.root.locator(".lx-parts")).to_have_count(25)
    expect(board.root.locator(".lx-parts").first).to_have_accessible_name(
        re.compile(
            r"^Against the average paper: arithmetic [+−]\d+\.\d, vision [+−]\d+\.\d, not benchmark [+−]\d+\.\d; in all [+−]\d+\.\d$"
        )
    )
    expect(board.root.locator(".lx-parts-legend")).to_contain_text("not benchmark")
    expect(board.sentence).to_contain_text(RANK)
    # A slider, by the keyboard.
    slider = board.root.get_by_role("slider", name="Weight of vision")
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End"):
        board.page.keyboard.press(key)
    lists(board, corpus, Selection(rank="arithmetic + 3*vision - benchmark"))
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "3 times, added")
    # A sign turned, a concept removed, another added; the search filters beside it.
    board.root.get_by_role("button", name="vision: added, press to subtract").click()
    lists(board, corpus, Selection(rank="arithmetic - 3*vision - benchmark"))
    board.button("Remove vision").click()
    lists(board, corpus, Selection(rank="arithmetic - benchmark"))
    expect(concepts(board)).to_have_count(2)
    add = board.root.get_by_role("combobox", name="Add a concept")
    add.fill("- 2*reasoning")
    add.press("Enter")
    lists(board, corpus, Selection(rank="arithmetic - benchmark - 2*reasoning"))
    expect(add).to_have_value("")
    board.search("model")
    lists(board, corpus, Selection(query="model", rank="arithmetic - benchmark - 2*reasoning"))
    board.root.locator(".lx-concepts").get_by_role("button", name="Clear").click()
    lists(board, corpus, Selection(query="model"))
    expect(concepts(board)).to_have_count(0)
    board.button("Undo").click()
    expect(concepts(board)).to_have_count(3)


def test_the_address_holds_the_concepts(open_voila: Open, corpus: Corpus) -> None:
    board = open_voila(query=Selection(rank=RANK, query="model").to_url())
    lists(board, corpus, Selection(rank=RANK, query="model"))
    expect(concepts(board)).to_have_count(3)
    rank_now = board.root.get_by_role("slider", name="Weight of arithmetic")
    rank_now.press("Home")
    lists(board, corpus, Selection(rank="0*arithmetic + vision - benchmark", query="model"))
    board.page.wait_for_url("**/*rank=0*arithmetic*")
    expect(board.root.locator(".lx-concept-amount").first).to_have_text("0×")


def test_errors_point_at_the_character_and_words_unknown_are_said(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    rank(board, corpus)
    board.search("= arithmetic + * vision")
    expect(board.error).to_contain_text("Expected a word or phrase")
    expect(board.error.locator("mark")).to_have_text("*")
    expect(board.box).to_have_value("= arithmetic + * vision")
    expect(concepts(board)).to_have_count(3)
    lists(board, corpus, Selection(rank=RANK))
    board.search("= xyzzyx")
    expect(board.error).to_contain_text("xyzzyx")
    board.search("= arithmetic + vision xyzzyx")
    expect(board.error).to_be_hidden()
    expect(concepts(board).nth(1)).to_contain_text("“xyzzyx” is in no paper")
    # Sorted otherwise, the bar says so and leads back.
    board.root.get_by_label("Sort by").select_option("Title, A to Z")
    board.root.get_by_role("button", name="rank by these instead").click()
    lists(board, corpus, Selection(rank="arithmetic + vision xyzzyx"))


def test_concepts_are_completed(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    board.box.press_sequentially("= arith", delay=20)
    options = board.root.get_by_role("listbox", name="Completions").get_by_role("option")
    expect(options.first).to_contain_text("arithmetic")
    board.box.press("ArrowDown")
    board.box.press("Enter")
    expect(board.box).to_have_value("= arithmetic ")
    board.box.press("Enter")
    lists(board, corpus, Selection(rank="arithmetic"))
    add = board.root.get_by_role("combobox", name="Add a concept")
    add.press_sequentially(corpus.topics.labels[0][:9], delay=20)
    topic = board.root.get_by_role("listbox", name="Ways to go on").get_by_role("option", name=corpus.topics.labels[0])
    topic.click()
    add.press("Enter")
    lists(board, corpus, Selection(rank=f'arithmetic + topic:"{corpus.topics.labels[0]}"'))


def test_more_like_and_less_like_from_ticks_and_the_reader(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    ids = corpus.select(Selection())["id"].tolist()
    titles = [title_of(title) for title in corpus.select(Selection())["title"]]
    ticks = board.root.locator(".lx-tick")
    ticks.nth(0).check()
    ticks.nth(1).check()
    board.button("More like these").click()
    like = Selection(like=tuple(sorted(ids[:2], key=corpus.table.column("id").to_pylist().index)))
    lists(board, corpus, like)
    expect(board.chips).to_have_count(2)
    expect(board.chips.filter(has_text=titles[0])).to_have_text(f"More like: {titles[0]}")
    less = corpus.select(like).iloc[2]
    # Ticks last.
    board.button("Untick all").click()
    ticks.nth(2).check()
    board.button("Less like these").click()
    lists(board, corpus, like.with_({"unlike": [less["id"]]}))
    expect(board.root.locator(".lx-status")).to_have_text("More like 2 papers, less like 1 paper.")
    board.button(f"Remove More like: {titles[0]}").click()
    expect(board.chips).to_have_count(2)
    left = like.with_({"like": ids[1:2], "unlike": [less["id"]]})
    lists(board, corpus, left)
    title = title_of(corpus.select(left)["title"].iloc[1])
    board.titles.nth(1).click()
    expect(board.reader.locator(".lx-reader-title")).to_have_text(title)
    board.button("More like this").click()
    expect(board.chips.first).to_have_text(f"More like: {title}")
    board.button("Add as concept").click()
    expect(concepts(board)).to_have_count(1)
    expect(concepts(board)).to_contain_text(title[:20])
    expect(board.chips).to_have_count(0)


def test_ticked_papers_become_a_concept_that_is_kept(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    board.root.locator(".lx-tick").nth(0).check()
    board.button("As concept…").click()
    expect(board.root.get_by_label("Name of the set")).to_be_focused()
    board.page.keyboard.type("to read")
    board.page.keyboard.press("Enter")
    expect(concepts(board)).to_contain_text("to read")
    assert [saved.name for saved in corpus.library.sets()] == ["to read"]
    lists(board, corpus, Selection(rank='set:"to read"'))
    board.root.locator(".lx-concepts").get_by_role("button", name="Clear").click()
    board.root.locator(".lx-saved-button").click()
    board.root.get_by_role("button", name="As concept: to read").click()
    expect(concepts(board)).to_have_count(1)
    board.topics.get_by_role("button", name=re.compile("^Add the topic")).first.focus()
    board.page.keyboard.press("Enter")
    expect(concepts(board)).to_have_count(2)
    board.root.locator(".lx-saved-button").click()
    board.button("Delete the set to read").click()
    expect(board.root.get_by_role("button", name="As concept: to read")).to_have_count(0)


def test_why_and_the_order_by_meaning(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    expect(board.root.locator(".lx-why")).to_have_count(0)
    board.search("reasoning model")
    why = board.root.locator(".lx-why").first
    why.press("Enter")
    reasons = board.root.locator(".lx-reasons tbody tr")
    expect(reasons.first).to_be_visible()
    expect(board.root.locator(".lx-reasons")).to_contain_text("BM25")
    expect(why).to_have_attribute("aria-expanded", "true")
    expect(why).to_be_focused()
    shown = [float((cell or "").replace("−", "-")) for cell in board.root.locator(".lx-reasons .lx-amount").all_text_contents()]
    best = corpus.select(Selection(query="reasoning model"))["score"].iloc[0]
    assert sum(shown) == pytest.approx(float(best), abs=0.05)
    board.root.get_by_label("Sort by").select_option("Best match by meaning")
    lists(board, corpus, Selection(query="reasoning model", sort="hybrid"))
    board.root.locator(".lx-why").nth(1).click()
    expect(board.root.locator(".lx-reasons").last).to_contain_text("meaning")
    board.root.locator(".lx-why").nth(1).click()
    sorts = board.root.get_by_label("Sort by").locator("option").all_text_contents()
    assert sorts[:2] == ["Best match", "Best match by meaning"]


def test_help_shows_the_grammar_and_its_examples_rank(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    board.button("Search help and keys").click()
    expect(board.root.get_by_role("table", name="Ranking by concepts")).to_be_visible()
    board.root.get_by_role("button", name=f"Search for = {RANK}").click()
    lists(board, corpus, Selection(rank=RANK))


@pytest.mark.slow
def test_a_large_corpus_is_prepared_while_the_page_is_used(open_voila: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Opened with concepts in the address: the page comes first, then what they take; it can be stopped, and asked for again."""
    words = ["graph", "vision", "tree", "model", "proof", "robot", "speech", "number"]
    file = tmp_path_factory.mktemp("large") / "large.jsonl"
    rows = (
        {"title": f"{words[i % 8]} {words[i * 5 % 7]} {i}", "abstract": " ".join(words[i % k] for k in range(1, 9))}
        for i in range(5200)
    )
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    board = open_voila(file, query="rank=graph+-+vision")
    board.page.wait_for_url("**/*rank=graph*")
    expect(concepts(board)).to_have_count(2, timeout=60_000)
    expect(board.root.locator(".lx-preparing", has_text="ranking")).to_be_hidden()
    board.shows(5200)
    expect(board.root.locator(".lx-parts")).to_have_count(25)


@pytest.mark.slow
def test_accessible(kept_board: Board, corpus: Corpus) -> None:
    board, page = kept_board, kept_board.page
    wide = page.viewport_size
    rank(board, corpus)
    board.root.locator(".lx-why").first.click()
    expect(board.root.locator(".lx-reasons tbody tr").first).to_be_visible()
    board.root.locator(".lx-tick").nth(1).check()
    board.button("As concept…").click()
    assert faults(board, RULES) == []
    page.keyboard.press("Escape")
    page.emulate_media(color_scheme="dark")
    assert faults(board, COLOURS) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 400, "height": 800})
    assert faults(board, RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(wide)  # type: ignore[arg-type]

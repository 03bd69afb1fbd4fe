"""What a person does with the dashboard, in Voila and in JupyterLab."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from explorer import Corpus, Selection
from explorer.corpus.opening import open_files
from explorer.dashboard.views.page import title_of

from .conftest import Open
from .driver import Board, place_of


def expected_titles(corpus: Corpus, selection: Selection) -> list[str]:
    """Titles of a selection as the list shows them."""
    return [title_of(title) for title in corpus.select(selection)["title"]]


# Search


def test_search_shows_the_hits_marked(either_board: Board, corpus: Corpus) -> None:
    board = either_board
    board.search("reward model")
    found = expected_titles(corpus, Selection(query="reward model"))
    board.shows(len(found))
    expect(board.titles).to_have_text(found[:25])
    expect(board.sentence).to_contain_text("matching ‘reward model’")
    marks = {mark.lower() for mark in board.root.locator(".lx-paper mark").all_text_contents()}
    assert any(mark.startswith("reward") for mark in marks)
    assert all(mark.startswith(("reward", "model")) for mark in marks)


def test_broken_query_keeps_the_result_and_points_at_the_character(lab_board: Board) -> None:
    board = lab_board
    board.search("reasoning")
    expect(board.sentence).to_contain_text("matching ‘reasoning’")
    shown, titles = board.papers(), board.titles.all_text_contents()
    for query, at in (('reasoning "chain of', 10), ("(vision", 0), ("reasoning auhtor:lee", 10), ("vision AND", 7)):
        board.enter(query)
        expect(board.error.locator(".lx-where")).to_have_text(query)
        expect(board.error.locator("mark")).to_have_text(query[at])
        assert board.error.locator(".lx-where").evaluate("node => node.firstChild.textContent") == query[:at]
        board.shows(shown)
        expect(board.titles).to_have_text(titles)
        expect(board.box).to_have_value(query)
    # Taking the rest away again is enough.
    board.search("reasoning")
    expect(board.error).to_be_hidden()
    board.shows(shown)


def test_typing_never_queues(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    kernels = board.server.kernels()
    text = "chain of thoughts"
    try:
        for kernel in kernels:
            kernel.suspend()  # The slowest kernel there is.
        for start in range(0, len(text), 3):
            board.box.press_sequentially(text[start : start + 3])
            board.page.wait_for_timeout(200)  # Longer than the pause in typing after which a query is sent.
    finally:
        for kernel in kernels:
            kernel.resume()
    board.shows(len(corpus.select(Selection(query=text))))
    expect(board.box).to_have_value(text)
    # The one that was under way when the kernel stopped, and the newest.
    assert board.watch.sets == 2


def test_fast_typing_is_answered_once(board: Board, corpus: Corpus) -> None:
    text = "chain of thoughts"
    with board.clock_stands() as run_for:
        for letter in text:
            board.box.press_sequentially(letter)
            run_for(100)  # Less than the pause in typing after which a query is sent.
        assert board.watch.sets == 0
    board.shows(len(corpus.select(Selection(query=text))))
    expect(board.box).to_have_value(text)
    assert board.watch.sets == 1


# One thing after the other


def test_what_is_typed_comes_before_what_is_clicked_next(voila_board: Board, corpus: Corpus) -> None:
    board = voila_board
    with board.clock_stands() as run_for:
        board.box.fill("arithmetic")
        board.topic(0).click()
        run_for(50)  # Less than the pause after which what was typed is sent.
        expect(board.chips).to_have_count(2)
    topic = (board.chips.nth(1).text_content() or "").removeprefix("Topic: ")
    assert board.watch.sets == 2
    board.shows(len(corpus.select(Selection(query="arithmetic", topics=(topic,)))))
    board.button("Undo").click()
    expect(board.chips).to_have_count(1)
    expect(board.box).to_have_value("arithmetic")
    board.shows(len(corpus.select(Selection(query="arithmetic"))))


def test_undo_takes_back_what_was_done_before_it(kept_board: Board, corpus: Corpus) -> None:
    board = kept_board
    boxes = board.topics.locator(".lx-topic-button")
    names = board.topics.locator(".lx-topic-name")
    kernels = board.server.kernels()
    first, third = names.nth(0).text_content() or "", names.nth(2).text_content() or ""
    try:
        for kernel in kernels:
            kernel.suspend()
        boxes.nth(0).click()
        boxes.nth(1).click()
        expect(board.root.locator(".lx-busy")).to_be_visible()
        # As if something else had made it possible before.
        board.button("Undo").evaluate("(button) => { button.disabled = false; button.click(); }")
        boxes.nth(2).click()
    finally:
        for kernel in kernels:
            kernel.resume()
    expect(board.chips).to_have_text([f"Topic: {first}", f"Topic: {third}"])
    board.shows(len(corpus.select(Selection(topics=(first, third)))))


def test_an_answer_between_press_and_release_swallows_no_click(kept_board: Board) -> None:
    board = kept_board
    kernels = board.server.kernels()
    target = board.titles.nth(1)
    title = target.text_content() or ""
    box = target.bounding_box()
    assert box is not None
    try:
        for kernel in kernels:
            kernel.suspend()
        board.root.get_by_label("Sort by").select_option("title")
        # As after typing: the press takes the focus from the box.
        board.box.focus()
        board.page.mouse.move(box["x"] + 10, box["y"] + 10)
        board.page.mouse.down()
        expect(board.root.locator(".lx-busy")).to_be_visible()
    finally:
        for kernel in kernels:
            kernel.resume()
    expect(board.root.locator(".lx-busy")).to_have_count(0)
    board.page.mouse.up()
    expect(board.reader.get_by_role("heading", level=2)).to_have_text(title)
    expect(board.titles.nth(1)).not_to_have_text(title)


def test_charts_stay_where_they_are(either_board: Board) -> None:
    board = either_board

    def place() -> tuple[float, float]:
        box = board.chart("Topics").bounding_box()
        assert box is not None
        return box["x"], box["y"]

    before = place()
    board.search("arithmatic OR vector")
    expect(board.root.locator(".lx-meant")).to_be_visible()
    expect(board.chips).to_have_count(1)
    assert place() == before


# Filters


def test_topics_filter(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    topic = corpus.topics.labels[int(pd.Series(corpus.topics.codes).value_counts().index[0])]
    board.click_bar(0)
    expect(board.chips).to_have_text([f"Topic: {topic}"])
    board.shows(len(corpus.select(Selection(topics=(topic,)))))
    expect(board.topic(0)).to_have_attribute("aria-pressed", "true")
    other = board.click_bar(1)
    board.shows(len(corpus.select(Selection(topics=(topic, other)))))
    # The rows of both stand out, the others are faded.
    expect(board.topics.nth(1)).not_to_have_class(re.compile("lx-faded"))
    expect(board.topics.nth(2)).to_have_class(re.compile("lx-faded"))
    board.click_bar(0)
    expect(board.chips).to_have_text([f"Topic: {other}"])


@pytest.mark.slow
def test_bar_of_a_keyword_filters(open_voila: Open, keyworded: Path) -> None:
    board = open_voila(keyworded)
    board.root.get_by_role("tab", name="Keywords").click()
    pick = board.root.get_by_role("tabpanel", name="Keywords")
    expect(pick.locator(".barlayer .point")).to_have_count(2)
    box = pick.locator(".barlayer .point path").first.bounding_box()
    assert box is not None
    board.page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    expect(pick.locator(".hoverlayer .hovertext")).to_be_visible()
    board.page.mouse.down()
    board.page.mouse.up()
    expect(board.chips).to_have_text(["Keyword: shared"])


def test_year_range(either_board: Board, corpus: Corpus) -> None:
    board = either_board
    panel = board.panel("Year")
    low, high = panel.get_by_role("slider", name="From year"), panel.get_by_role("slider", name="To year")
    low.press("ArrowRight")
    low.press("ArrowRight")
    since = corpus.snapshot.year_span[0] + 2
    board.shows(len(corpus.select(Selection(years=(since, None)))))
    expect(low).to_have_attribute("aria-valuetext", str(since))
    expect(board.chips).to_have_text([f"Since {since}"])
    high.press("ArrowLeft")
    until = corpus.snapshot.year_span[1] - 1
    board.shows(len(corpus.select(Selection(years=(since, until)))))
    box = panel.get_by_role("spinbutton", name="From year")
    expect(box).to_have_value(str(since))
    box.fill("2023")
    box.press("Enter")
    board.shows(len(corpus.select(Selection(years=(2023, until)))))
    expect(low).to_have_attribute("aria-valuetext", "2023")
    panel.get_by_role("spinbutton", name="To year").fill("2023")
    panel.get_by_role("spinbutton", name="To year").press("Tab")
    board.shows(len(corpus.select(Selection(years=(2023, 2023)))))
    low.press("Home")
    high.press("End")
    board.shows(88)
    expect(board.chips).to_have_count(0)


def test_year_handle_is_dragged(kept_board: Board, corpus: Corpus) -> None:
    handle = kept_board.panel("Year").get_by_role("slider", name="From year")
    start, track = handle.bounding_box(), kept_board.root.locator(".lx-track").first.bounding_box()
    assert start is not None
    assert track is not None
    kept_board.page.mouse.move(start["x"] + 12, start["y"] + 12)
    kept_board.page.mouse.down()
    kept_board.page.mouse.move(track["x"] + track["width"] * 0.5, start["y"] + 12, steps=6)
    kept_board.page.mouse.up()
    first, last = corpus.snapshot.year_span
    since = first + round((last - first + 1) * 0.5)
    expect(kept_board.chips).to_have_text([f"Since {since}"])
    kept_board.shows(len(corpus.select(Selection(years=(since, None)))))


def test_chips_clear_undo_and_redo(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    undo, redo = board.button("Undo"), board.button("Redo")
    expect(undo).to_be_disabled()
    board.search("arithmetic")
    one = len(corpus.select(Selection(query="arithmetic")))
    board.shows(one)
    board.panel("Code").get_by_role("checkbox", name="with code", exact=False).first.check()
    both = len(corpus.select(Selection(query="arithmetic", has_code=True)))
    board.shows(both)
    expect(board.chips).to_have_text(["Matching ‘arithmetic’", "With code"])
    undo.click()
    board.shows(one)
    redo.click()
    board.shows(both)
    expect(redo).to_be_disabled()
    board.button("Remove Matching ‘arithmetic’").click()
    board.shows(len(corpus.select(Selection(has_code=True))))
    expect(board.box).to_have_value("")
    board.button("Clear all").click()
    board.shows(88)
    expect(board.chips).to_have_count(0)
    undo.click()
    expect(board.chips).to_have_text(["With code"])
    undo.click()
    expect(board.box).to_have_value("arithmetic")


def test_long_panel_is_searched_and_scrolled(kept_board: Board, corpus: Corpus) -> None:
    panel = kept_board.panel("Author")
    labels = panel.locator(".lx-value-label")
    first, few = labels.first.text_content(), labels.count()
    panel.locator(".lx-values").evaluate("node => { node.scrollTop = node.scrollHeight; }")
    expect(labels.nth(few)).to_be_attached()
    expect(labels.first).to_have_text(first or "")
    panel.get_by_role("textbox", name="Find in author").fill("haoxiang")
    expect(panel.locator(".lx-value-label")).to_have_text(["Haoxiang Wang"])
    panel.get_by_role("checkbox").check()
    kept_board.shows(len(corpus.select(Selection(authors=("Haoxiang Wang",)))))


def test_empty_result_says_what_to_loosen(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    board.search("haoxiang")
    board.shows(len(corpus.select(Selection(query="haoxiang"))))
    box = board.panel("Year").get_by_role("spinbutton", name="To year")
    box.fill("2018")
    box.press("Enter")
    board.shows(0)
    expect(board.root.get_by_text("No paper matches all of this.")).to_be_visible()
    ways = board.root.locator(".lx-empty .lx-loosen button")
    expect(ways.first).to_contain_text("without")
    board.root.get_by_role("button", name=re.compile("^without year")).click()
    board.shows(len(corpus.select(Selection(query="haoxiang"))))
    expect(board.box).to_have_value("haoxiang")
    # With one filter there is one way, and the topics keep their place and their columns.
    place = place_of(board.topics.last)
    board.search("haoxiang zzzyx")
    board.shows(0)
    expect(board.root.get_by_text("No paper matches this search.")).to_be_visible()
    now = place_of(board.topics.last)
    assert (now["x"], now["y"], now["height"]) == (place["x"], place["y"], place["height"])
    ways.get_by_text("Show all 88 papers").click()
    board.shows(88)


# The list and the reader


def test_list_is_paged_and_sorted(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    board.root.get_by_label("Sort by").select_option("title")
    titles = expected_titles(corpus, Selection(sort="title"))
    expect(board.titles).to_have_text(titles[:25])
    for start in (25, 50, 75):
        board.button("Next page").click()
        expect(board.titles).to_have_text(titles[start : start + 25])
    expect(board.button("Next page")).to_be_disabled()
    expect(board.root.locator(".lx-place")).to_have_text("76–88 of 88")
    board.button("Previous page").click()
    expect(board.titles).to_have_text(titles[50:75])
    board.root.get_by_label("Sort by").select_option("oldest")
    expect(board.titles).to_have_text(expected_titles(corpus, Selection(sort="oldest"))[:25])


def test_paper_opens_by_mouse(either_board: Board, corpus: Corpus) -> None:
    board = either_board
    second = corpus.select(Selection()).iloc[1]
    board.titles.nth(1).click()
    expect(board.reader.get_by_role("heading", level=2)).to_have_text(title_of(second["title"]))
    expect(board.reader).to_contain_text("2 of 88")
    for author in second["authors"]:
        expect(board.reader.get_by_role("button", name=author, exact=True)).to_be_visible()
    links = board.reader.get_by_role("link")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert f"https://arxiv.org/abs/{second['arxiv_id']}" in addresses
    assert all(link.get_attribute("rel") == "noopener noreferrer" for link in links.all())
    board.button("Close the paper (Esc)").click()
    expect(board.reader).to_be_hidden()
    expect(board.titles.nth(1)).to_be_focused()


def test_similar_paper_opens(lab_board: Board) -> None:
    board = lab_board
    board.titles.first.click()
    similar = board.reader.locator(".lx-similar button").first
    title = similar.text_content() or ""
    similar.click()
    expect(board.reader.get_by_role("heading", level=2)).to_have_text(title)


def test_author_in_the_reader_filters(kept_board: Board, corpus: Corpus) -> None:
    author = corpus.select(Selection())["authors"].iloc[0][0]
    kept_board.titles.first.click()
    kept_board.reader.get_by_role("button", name=author, exact=True).click()
    expect(kept_board.chips).to_have_text([f"Author: {author}"])
    kept_board.shows(len(corpus.select(Selection(authors=(author,)))))
    expect(kept_board.reader).to_be_visible()


def test_keys(either_board: Board) -> None:
    board = either_board
    keys = board.page.keyboard
    board.titles.first.focus()
    keys.press("j")
    expect(board.titles.nth(1)).to_be_focused()
    keys.press("j")
    keys.press("k")
    expect(board.titles.nth(1)).to_be_focused()
    title = board.titles.nth(1).text_content() or ""
    keys.press("Enter")
    heading = board.reader.get_by_role("heading", level=2)
    expect(heading).to_have_text(title)
    expect(heading).to_be_focused()
    keys.press("j")
    expect(heading).to_have_text(board.titles.nth(2).text_content() or "")
    keys.press("Escape")
    expect(board.reader).to_be_hidden()
    expect(board.titles.nth(2)).to_be_focused()
    keys.press("/")
    expect(board.box).to_be_focused()
    keys.type("j/k?")
    expect(board.box).to_have_value("j/k?")


def test_j_walks_on_to_the_next_page(kept_board: Board) -> None:
    kept_board.titles.last.focus()
    kept_board.page.keyboard.press("j")
    expect(kept_board.root.locator(".lx-place")).to_have_text("26–50 of 88")
    expect(kept_board.titles.first).to_be_focused()
    kept_board.page.keyboard.press("k")
    expect(kept_board.root.locator(".lx-place")).to_have_text("1–25 of 88")
    expect(kept_board.titles.last).to_be_focused()


def test_question_mark_shows_the_help(either_board: Board) -> None:
    board = either_board
    board.titles.first.focus()
    board.page.keyboard.press("?")
    help_ = board.root.get_by_role("dialog", name="Search help and keys")
    expect(help_).to_be_visible()
    expect(help_).to_contain_text("next, previous paper")
    board.page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    expect(
        board.box.or_(board.button("Search help and keys")).or_(board.titles.first).and_(board.page.locator(":focus"))
    ).to_have_count(1)
    board.button("Search help and keys").click()
    board.button('Search for "chain of thought"').click()
    expect(board.box).to_have_value('"chain of thought"')
    expect(board.sentence).to_contain_text("chain of thought")


def test_mathematics_reads_as_text(kept_board: Board) -> None:
    kept_board.search('"structured sparsity"')
    expect(kept_board.titles.first).to_contain_text("S²FT: Efficient")
    kept_board.search("title:labor")
    expect(kept_board.titles.first).to_contain_text("Labor Space: A Unifying")
    kept_board.titles.first.click()
    expect(kept_board.reader.get_by_role("heading", level=2)).to_contain_text("Labor Space: A Unifying")
    assert not re.search(r"[$\\{}]", kept_board.root.locator(".lx-list").inner_text())


# Charts


def test_topics_have_a_table_twin(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    card = board.chart("Topics")
    card.get_by_role("button", name="Table of Topics").click()
    table = card.get_by_role("table", name="Topics")
    counts = pd.Series([corpus.topics.labels[int(code)] for code in corpus.topics.codes]).value_counts()
    expect(table.locator("tbody tr")).to_have_count(len(counts))
    expect(table.locator("tbody tr").first).to_contain_text(str(int(counts.iloc[0])))
    expect(table.get_by_role("columnheader")).to_have_count(4 + 10)
    table.get_by_role("button", name=str(counts.index[0])).click()
    expect(board.chips).to_have_text([f"Topic: {counts.index[0]}"])
    card.get_by_role("button", name="Table of Topics").click()
    expect(board.topics).to_have_count(len(counts))


def test_periods_and_shares(lab_board: Board) -> None:
    board = lab_board
    card = board.chart("Topics")
    expect(card.get_by_role("button", name="Share")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="Table of Topics").click()
    # All topics are in the table, so the shares of a year make a whole; they are written in whole percent.
    expect(card.get_by_role("columnheader", name="2023", exact=True)).to_be_visible()
    at = card.get_by_role("columnheader").all_text_contents().index("2023")
    cells = [row.locator("td").nth(at - 1).text_content() or "" for row in card.locator("tbody tr").all()]
    assert sum(float(cell.removesuffix(" %")) for cell in cells) == pytest.approx(100, abs=4)
    card.get_by_role("button", name="Papers", exact=True).click()
    expect(card.get_by_role("button", name="Papers", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(card.locator("tbody tr").first.locator("td").nth(at - 1)).to_have_text(re.compile(r"^\d+$"))
    card.get_by_role("button", name="Month", exact=True).click()
    expect(card.get_by_role("columnheader", name="2024-05", exact=True)).to_be_attached()
    card.get_by_role("button", name="Year", exact=True).click()
    expect(card.get_by_role("columnheader", name="2024-05", exact=True)).to_have_count(0)


def heat(board: Board, row: int) -> dict[str, float]:
    """Where the strip of a topic lies on the screen."""
    strip = board.topics.nth(row).locator(".lx-heat")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    return dict(box)


def test_a_cell_leads_to_its_papers_and_a_range_to_its_years(either_board: Board, corpus: Corpus) -> None:
    board = either_board
    first, last = corpus.snapshot.year_span
    years = last - first + 1
    name = board.topic(0).locator(".lx-topic-name").text_content() or ""
    box = heat(board, 0)
    at = years - 3  # the period in which most are, short of the unfinished one
    board.page.mouse.move(box["x"] + box["width"] * (at + 0.5) / years, box["y"] + 8)
    tip = board.root.locator(".lx-tip")
    expect(tip).to_contain_text(re.compile(rf"^{first + at} \d+ of \d+ papers?, .* \(95 %: .* to .* %\)"))
    told = int(re.findall(r"\d+", tip.text_content() or "")[1])
    board.page.mouse.down()
    board.page.mouse.up()
    expect(board.chips).to_have_count(2)
    year = first + at
    board.shows(told)
    assert told == len(corpus.select(Selection(topics=(name,), years=(year, year))))
    board.button("Clear all").click()
    board.shows(88)
    box = heat(board, 1)
    board.page.mouse.move(box["x"] + box["width"] * (years - 3.5) / years, box["y"] + 8)
    board.page.mouse.down()
    board.page.mouse.move(box["x"] + box["width"] * (years - 1.5) / years, box["y"] + 9, steps=6)
    expect(board.root.locator(".lx-brushed")).to_have_text(f"{last - 3} to {last - 1}")
    board.page.mouse.up()
    expect(board.chips).to_have_count(1)
    board.shows(len(corpus.select(Selection(years=(last - 3, last - 1)))))
    # The panel goes on to show all years, what is out of the range paler.
    expect(board.root.locator(".lx-topic-axis")).to_contain_text(f"papersshareof all{first}")
    expect(board.root.locator(".lx-hatch-outside").first).to_be_attached()


def test_alt_and_click_leaves_a_topic_out(lab_board: Board, corpus: Corpus) -> None:
    board = lab_board
    name = board.topic(1).locator(".lx-topic-name").text_content() or ""
    board.topic(1).click(modifiers=["Alt"])
    others = tuple(label for label in set(corpus.topics.labels) if label != name)
    board.shows(len(corpus.select(Selection(topics=others))))
    expect(board.root.locator(".lx-topic", has_text=name)).to_have_count(0)


def test_topics_are_sorted_as_asked(lab_board: Board) -> None:
    board = lab_board
    names = board.topics.locator(".lx-topic-name")
    by_size = names.all_text_contents()
    board.chart("Topics").get_by_role("button", name="Name", exact=True).click()
    expect(names).to_have_text(sorted(by_size, key=str.lower))
    board.chart("Topics").get_by_role("button", name="Rise", exact=True).click()
    expect(names).not_to_have_text(sorted(by_size, key=str.lower))
    assert sorted(names.all_text_contents()) == sorted(by_size)
    board.chart("Topics").get_by_role("button", name="Size", exact=True).click()
    expect(names).to_have_text(by_size)


def test_a_topic_keeps_its_mark(lab_board: Board) -> None:
    board = lab_board
    marks = "rows => Object.fromEntries(rows.map((row) => [row.dataset.value, row.querySelector('.lx-mark').outerHTML]))"
    before = board.topics.evaluate_all(marks)
    assert len(set(before.values())) == len(before)
    board.search("vision OR benchmark")
    expect(board.chips).to_have_count(1)
    assert board.topics.evaluate_all(marks) == before
    # At one moment: the list may be drawn anew between two looks.
    listed = board.root.locator(".lx-paper .lx-topic").first
    mark, name = listed.evaluate("node => [node.querySelector('.lx-mark').outerHTML, node.textContent]")
    assert mark == before[name]


def test_lines_of_the_chosen_topics(either_board: Board) -> None:
    board = either_board
    board.button("Lines").click()
    hint = board.root.locator(".lx-lines-hint")
    expect(hint).to_contain_text("Choose two to five topics")
    names = [board.click_bar(0), board.click_bar(1)]
    expect(board.chips).to_have_count(2)
    expect(board.root.locator(".lx-lines .lx-series")).to_have_count(2)
    assert all(name.startswith((shown or "").split(" …")[0]) for name, shown in
               zip(names, board.root.locator(".lx-lines .lx-series > :last-child").all_text_contents(), strict=True))  # fmt: skip
    expect(board.root.locator(".lx-lines .scatterlayer .trace").first).to_be_attached()
    expect(hint).to_be_hidden()


def test_chart_is_saved_as_a_picture(either_board: Board, tmp_path: Path) -> None:
    board = either_board
    card = board.chart("Topics")
    [png] = board.saved(lambda: card.get_by_role("button", name="Save this chart as PNG").click(), tmp_path)
    assert png.suffix == ".png"
    data = png.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20]) == 2000
    [svg] = board.saved(lambda: card.get_by_role("button", name="Save this chart as SVG").click(), tmp_path)
    assert "Topics" in svg.read_text(encoding="utf-8")


# Files out


def test_csv_holds_what_is_shown(either_board: Board, corpus: Corpus, tmp_path: Path) -> None:
    board = either_board
    board.search("reasoning OR vision")
    board.root.get_by_label("Sort by").select_option("oldest")
    selection = Selection(query="reasoning OR vision", sort="oldest")
    expected = corpus.select(selection)
    expect(board.titles).to_have_text([title_of(title) for title in expected["title"]][:25])
    table, manifest = board.download("CSV", tmp_path)
    assert table.name == "papers-reasoning-or-vision.csv"
    saved = pd.read_csv(table, dtype=str)
    assert saved["id"].tolist() == expected["id"].tolist()
    assert saved["title"].tolist() == expected["title"].tolist()
    told = json.loads(manifest.read_text(encoding="utf-8"))
    assert manifest.name == f"{table.name}.manifest.json"
    assert told["papers"] == told["shown"] == len(expected)
    assert told["total"] == 88
    assert Selection.from_url(told["url"]) == selection
    assert told["corpus"]["content_hash"] == corpus.manifest["content_hash"]
    expect(board.said).to_have_text(f"{len(expected)} papers exported to {table.name}.zip.")


def test_other_formats_hold_what_is_shown(kept_board: Board, corpus: Corpus, tmp_path: Path) -> None:
    kept_board.search("reward")
    expected = corpus.select(Selection(query="reward"))
    kept_board.shows(len(expected))
    [excel] = kept_board.download("Excel", tmp_path)
    [parquet] = kept_board.download("Parquet", tmp_path)
    lines, manifest = kept_board.download("JSON lines", tmp_path)
    saved = {
        "Excel": pd.read_excel(excel, dtype=str, engine="openpyxl"),
        "Parquet": pd.read_parquet(parquet),
        "JSON lines": pd.read_json(lines, lines=True, dtype=False),
    }
    for label, frame in saved.items():
        assert frame["id"].tolist() == expected["id"].tolist(), label
        assert frame["title"].tolist() == expected["title"].tolist(), label
    assert any(b"q=reward" in value for value in pq.read_schema(parquet).metadata.values())
    about = pd.read_excel(excel, sheet_name=1, header=None, dtype=str, engine="openpyxl")
    assert about.isin(["q=reward"]).any(axis=None)
    assert json.loads(manifest.read_text(encoding="utf-8"))["url"] == "q=reward"


def test_references_are_exported_and_the_status_line_says_what_they_cannot_hold(kept_board: Board, tmp_path: Path) -> None:
    kept_board.search("reward")
    expect(kept_board.sentence).to_contain_text("matching")
    shown = kept_board.papers()
    for label, mark in (
        ("BibTeX", "@"),
        ("RIS", "TY  - "),
        ("CSL-JSON", '"title"'),
        ("Markdown", "1. "),
        ("LaTeX", "\\toprule"),
    ):
        [references] = kept_board.download(label, tmp_path)
        text = references.read_text(encoding="utf-8")
        assert mark in text
        assert '"url": "q=reward"' in text
        lost = '"lost": []' not in text
        status = f"{shown} papers exported to {references.name}."
        if lost:
            status += " Its manifest names what the format cannot hold."
        expect(kept_board.root.locator(".lx-status")).to_have_text(status)
        assert bool(lost) == (label not in ("BibTeX", "RIS"))


def test_only_ticked_papers_are_exported(lab_board: Board, corpus: Corpus, tmp_path: Path) -> None:
    board = lab_board
    expected = corpus.select(Selection())
    for place in (0, 3):
        board.root.locator(".lx-tick").nth(place).check()
    expect(board.root.locator(".lx-ticked")).to_contain_text("2 ticked")
    # They stay ticked where the list no longer shows them.
    board.search("labor")
    board.shows(len(corpus.select(Selection(query="labor"))))
    table, manifest = board.download("CSV", tmp_path, ticked=True)
    assert sorted(pd.read_csv(table, dtype=str)["id"]) == sorted(expected["id"].iloc[[0, 3]])
    told = json.loads(manifest.read_text(encoding="utf-8"))
    assert told["ticked_only"]
    assert told["papers"] == 2
    board.button("Untick all").click()
    expect(board.root.locator(".lx-ticked")).not_to_contain_text("ticked")


def test_python_and_link_are_copied(open_voila: Open, corpus: Corpus) -> None:
    board = open_voila(query="q=reward", permissions=["clipboard-read", "clipboard-write"])
    board.button("Export").click()
    board.root.get_by_role("button", name=re.compile("^Copy as Python")).click()
    expect(board.said).to_contain_text("Copied the Python code")
    code = board.page.evaluate("navigator.clipboard.readText()")
    names: dict[str, object] = {}
    exec(code, names)
    assert names["papers"]["id"].tolist() == corpus.select(Selection(query="reward"))["id"].tolist()  # type: ignore[index]
    board.button("Export").click()
    board.root.get_by_role("button", name=re.compile("^Copy link")).click()
    expect(board.said).to_contain_text("Copied the link")
    assert board.page.evaluate("navigator.clipboard.readText()") == f"{board.server.url}?q=reward"


# State


def test_address_follows_and_reloads(voila_board: Board, corpus: Corpus) -> None:
    board = voila_board
    board.search('"chain of thought" -vision')
    board.panel("Year").get_by_role("slider", name="From year").press("End")
    board.panel("Year").get_by_role("slider", name="From year").press("ArrowLeft")
    board.root.get_by_label("Sort by").select_option("newest")
    last = corpus.snapshot.year_span[1]
    selection = Selection(query='"chain of thought" -vision', years=(last - 1, None), sort="newest")
    board.page.wait_for_url(lambda url: Selection.from_url(urlsplit(url).query) == selection)
    titles = expected_titles(corpus, selection)
    expect(board.titles).to_have_text(titles)
    board.page.reload()
    board.wait()
    expect(board.titles).to_have_text(titles)
    expect(board.box).to_have_value('"chain of thought" -vision')
    expect(board.root.get_by_label("Sort by")).to_have_value("newest")
    expect(board.chips).to_have_count(2)


def test_the_address_has_the_choices_of_the_charts(voila_board: Board) -> None:
    board = voila_board
    cumulative = board.button("Cumulative")
    cumulative.click()
    board.page.wait_for_url("**/*chart=cumulative:yes")
    shape = board.root.get_by_label("Draw the topics as")
    shape.select_option("treemap")
    board.page.wait_for_url("**/*chart=cumulative:yes&chart=shape:treemap")
    board.page.go_back()
    expect(shape).to_have_value("rows")
    board.page.reload()
    board.wait()
    expect(cumulative).to_have_attribute("aria-pressed", "true")
    board.page.go_back()
    expect(cumulative).to_have_attribute("aria-pressed", "false")
    expect(board.button("Share")).to_have_attribute("aria-pressed", "true")


def test_back_and_forward_step_through_the_selections(voila_board: Board) -> None:
    board = voila_board
    board.click_bar(0)
    expect(board.chips).to_have_count(1)
    topic = board.papers()
    label = board.chips.text_content() or ""
    with board.clock_stands() as run_for:
        # Each letter is searched before the next is typed; together they are one step, as no long pause is between them.
        board.box.press_sequentially("m")
        for letters in ("mo", "mod", "mode", "model"):
            board.box.press_sequentially(letters[-1])
            run_for(200)
            expect(board.chips).to_have_text([f"Matching ‘{letters}…’", label])
        both = board.papers()
        assert 0 < both < topic
        # After a long one the next is a step of its own.
        run_for(2000)
        board.box.press_sequentially(" ta")
        run_for(200)
        expect(board.chips).to_have_text(["Matching ‘model ta…’", label])
    board.page.go_back()
    board.shows(both)
    # What was searched while it was typed ends in the beginning of a word.
    expect(board.box).to_have_value("model…")
    board.page.go_back()
    board.shows(topic)
    expect(board.box).to_have_value("")
    board.page.go_back()
    board.shows(88)
    expect(board.chips).to_have_count(0)
    board.page.go_forward()
    board.shows(topic)
    board.page.go_forward()
    board.shows(both)


@pytest.mark.parametrize("query", ["years=abc", "q=%28vision"])
def test_address_that_cannot_be_says_so(open_voila: Open, query: str) -> None:
    board = open_voila(query=query)
    expect(board.error).to_be_visible()
    board.shows(88)


NONE_READY = (Path("--kernels-ready"), Path("0"))
"""Options of a server whose kernels are those of its pages."""


def test_kernel_that_died_is_told(open_voila: Open) -> None:
    board = open_voila(*NONE_READY)
    for kernel in board.server.kernels():
        kernel.kill()
    lost = board.root.locator(".lx-alert", has_text="kernel")
    expect(lost).to_be_visible(timeout=40_000)
    # The papers stay readable.
    expect(board.titles).to_have_count(25)
    board.watch.faults.clear()
    lost.get_by_role("button", name="Reload").click()
    board.wait()
    expect(board.root.locator(".lx-alert:visible")).to_have_count(0)


def test_leaving_the_page_ends_its_kernel(open_voila: Open) -> None:
    board = open_voila(*NONE_READY)
    kernel = board.server.kernels()[-1]
    board.page.goto("about:blank")
    kernel.wait(timeout=30)
    assert not kernel.is_running()


def test_narrow_page_folds_the_rail_away(open_voila: Open) -> None:
    board = open_voila(viewport={"width": 1024, "height": 768})
    rail = board.root.get_by_role("complementary", name="Filters")
    opener = board.root.get_by_role("button", name=re.compile("^Filters"))
    expect(rail).to_be_hidden()
    opener.click()
    expect(rail).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    rail.get_by_role("checkbox").first.check()
    expect(board.chips).to_have_count(1)
    board.page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(opener).to_be_focused()
    assert board.page.evaluate("document.documentElement.scrollWidth") <= 1024


# Titles by strangers

HOSTILE = (
    "=HYPERLINK('http://example.org','click')",
    "<img src=x onerror=window.__ran=1>An image",
    "<script>window.__ran=1</script>A script",
    "<svg onload=window.__ran=1>A picture",
    "{{constructor.constructor('window.__ran=1')()}}",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "$\\href{javascript:window.__ran=1}{link}$ in mathematics",
    "</script><script>window.__ran=1</script>",
    "-2+3+cmd",
    "%{customdata} <b>bold</b> & co",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers whose every text tries to run."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.jsonl"
    papers = [
        {
            "id": f"h{place}",
            "title": text,
            "abstract": f"{text} again, with words about attacks number{place}.",
            "authors": [text, "Ann Author"],
            "keywords": [text],
            "venue": text,
            "published": f"2024-0{place % 9 + 1}",
            "url": "javascript:window.__ran=1",
            "code_url": "https://example.org/code",
            "note": text,
        }
        for place, text in enumerate(HOSTILE)
    ]
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def keyworded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few papers with keywords, which the sample lacks."""
    path = tmp_path_factory.mktemp("keyworded") / "keyworded.csv"
    rows = [("a", "First paper on graphs", "shared"), ("b", "Second paper on trees", "shared; rare"), ("c", "Third", "")]
    pd.DataFrame(rows, columns=["id", "title", "keywords"]).to_csv(path, index=False)
    return path


def test_nothing_in_a_record_runs(open_voila: Open, hostile: Path, tmp_path: Path) -> None:
    board = open_voila(hostile)
    board.shows(len(HOSTILE))
    for label in ("Venue", "Author", "Keyword"):
        board.panel(label)
    board.root.get_by_role("tab", name="Keywords").click()
    for place in range(len(HOSTILE)):
        board.titles.nth(place).click()
        expect(board.reader.get_by_role("heading", level=2)).to_have_text(board.titles.nth(place).text_content() or "")
        assert not [
            link for link in board.reader.get_by_role("link").all() if "javascript" in (link.get_attribute("href") or "")
        ]
    # An opened paper lies over the charts.
    board.page.keyboard.press("Escape")
    expect(board.reader).to_be_hidden()
    board.root.get_by_role("tab", name="Topics").click()
    board.click_bar(0)
    board.panel("Venue").get_by_role("checkbox").nth(1).check()
    expect(board.chips).to_have_count(2)
    board.button("Clear all").click()
    board.search("attacks")
    board.shows(len(HOSTILE))
    assert board.page.evaluate("window.__ran") is None
    assert board.root.locator("img, script, iframe, svg[onload], [onerror]").count() == 0
    [table, _] = board.download("CSV", tmp_path)
    frame = pd.read_csv(table, dtype=str, keep_default_na=False)
    assert not frame.map(lambda cell: cell.startswith(("=", "+", "-", "@", "\t", "\r"))).to_numpy().any()


# The real page, as a whole session


@pytest.mark.parametrize("place", ["voila", pytest.param("lab", marks=pytest.mark.slow)])
def test_session_on_the_real_page(place: str, request: pytest.FixtureRequest, real_page: Path, tmp_path: Path) -> None:
    board: Board = request.getfixturevalue(f"open_{place}")(real_page)
    real = open_files([real_page])
    board.shows(88)
    board.search("arithmetic")
    board.shows(len(real.select(Selection(query="arithmetic"))))
    board.click_bar(0)
    expect(board.chips).to_have_count(2)
    topic = (board.chips.nth(1).text_content() or "").removeprefix("Topic: ")
    both = Selection(query="arithmetic", topics=(topic,))
    board.shows(len(real.select(both)))
    board.button("Undo").click()
    board.shows(len(real.select(Selection(query="arithmetic"))))
    board.button("Redo").click()
    board.shows(len(real.select(both)))
    expect(board.titles).to_have_text(expected_titles(real, both)[:25])
    board.titles.first.click()
    expect(board.reader.locator(".lx-abstract")).not_to_be_empty()
    board.page.keyboard.press("Escape")
    table, _ = board.download("CSV", tmp_path)
    assert pd.read_csv(table, dtype=str)["id"].tolist() == real.select(both)["id"].tolist()
    if place == "voila":
        board.page.reload()
        board.wait()
        board.shows(len(real.select(both)))
        expect(board.chips).to_have_count(2)

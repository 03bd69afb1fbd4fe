"""The topics as a reader works on them: changed, undone, kept through a refit and an update, and why not on a read-only server."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, expect

from explorer import Corpus, open_corpus

from .conftest import Open
from .driver import Board
from .test_accessibility import RULES, faults, faults_in_both

THEMES = {
    "moss": "moss lichen fern spores damp bark",
    "tides": "tides estuary salt currents harbour moon",
    "bells": "bells bronze casting tuning tower peal",
    "clocks": "clocks pendulum escapement gears springs brass",
}


def invented(first: int, count: int) -> pd.DataFrame:
    """Papers on four themes by turns, each of words of its own and a few that all share."""
    rows = []
    for number in range(first, first + count):
        theme = list(THEMES)[number % 4]
        words = THEMES[theme].split()
        said = " ".join(words[(number // 4 + step) % len(words)] for step in range(4))
        rows.append(
            {
                "id": f"p{number}",
                "title": f"{theme} and {said}, study {number} of many",
                "abstract": f"We measure {theme}, {said}, over a season of study {number}.",
                "year": 2015 + number % 8,
                "my_score": round(number / 7, 3) if number % 9 else None,
                "seen_on": f"20{10 + number % 10}-0{1 + number % 9}-11",
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture
def themed(tmp_path: Path) -> Path:
    """A corpus of forty-eight invented papers, in a folder of its own."""
    return Corpus.from_papers(invented(0, 48), tmp_path / "themed").folder


def names(board: Board) -> list[str]:
    return board.topics.locator(".lx-topic-name").all_text_contents()


def row(board: Board, name: str) -> Locator:
    return board.topics.filter(has=board.page.locator(".lx-topic-name", has_text=re.compile(f"^{re.escape(name)}$")))


def look(board: Board, name: str) -> Locator:
    """The dialog of a topic, opened by the keyboard: from its name by two steps of Tab."""
    # One that was open closes when its change is answered, and gives the focus back.
    expect(board.page.locator("dialog[open]")).to_have_count(0)
    row(board, name).locator(".lx-topic-button").focus()
    board.page.keyboard.press("Tab")
    board.page.keyboard.press("Tab")
    expect(row(board, name).locator(".lx-topic-menu")).to_be_focused()
    board.page.keyboard.press("Enter")
    shown = board.root.get_by_role("dialog", name=name, exact=True)
    expect(shown.get_by_role("heading", name="Change it")).to_be_visible()
    return shown


def edits(board: Board) -> Locator:
    board.root.get_by_role("button", name=re.compile(r"^Edits( \(\d+\))?$")).click()
    shown = board.root.get_by_role("dialog", name="Edits of the topics")
    expect(shown.locator(".lx-topic-seed, .lx-topic-edit-body > .lx-quiet").first).to_be_visible()
    return shown


def test_topics_are_changed_undone_and_kept(open_voila: Open, themed: Path) -> None:
    board = open_voila(themed, permissions=["clipboard-read", "clipboard-write"])
    board.shows(48)
    first, second, third, *_ = names(board)
    sizes = {name: int(row(board, name).locator(".lx-topic-count").text_content() or "") for name in (first, second, third)}

    # Renamed by the keyboard alone; what was selected by the old name follows, at the same address.
    board.topic(0).click()
    board.shows(sizes[first])
    shown = look(board, first)
    assert not faults(board, RULES)
    if picture := os.environ.get("LITEXPLORER_PICTURES"):
        board.page.screenshot(path=f"{picture}/topic-light.png")
    shown.get_by_label("Name", exact=True).fill("My own name")
    board.page.keyboard.press("Enter")
    expect(shown).to_be_hidden()
    expect(row(board, "My own name").locator(".lx-topic-menu")).to_be_focused()
    expect(board.chips).to_have_text(["Topic: My own name"])
    board.shows(sizes[first])
    expect(board.page).to_have_url(re.compile(r"\?topic=My\+own\+name$"))
    board.button("Clear all").click()

    # A name that another topic has is refused in the dialog, which stays.
    shown = look(board, second)
    shown.get_by_label("Name", exact=True).fill("My own name")
    shown.get_by_role("button", name="Rename").click()
    expect(shown.get_by_role("alert")).to_contain_text("Another topic is called")
    # Merged, the counts add up.
    shown.get_by_label("Merge into it").select_option(label=f"{third} ({sizes[third]})")
    shown.get_by_role("button", name="Merge").click()
    expect(row(board, third)).to_have_count(0)
    expect(row(board, second).locator(".lx-topic-count")).to_have_text(str(sizes[second] + sizes[third]))
    # Divided again, the parts take its place; the focus has somewhere to be.
    look(board, second).get_by_role("button", name="Split").click()
    expect(row(board, second)).to_have_count(0)
    expect(board.root.locator("[data-key=topic-log]")).to_be_focused()

    # A topic of words and of ticked papers.
    board.root.locator(".lx-paper input[type=checkbox]").first.check()
    shown = edits(board)
    expect(shown.locator(".lx-topic-log li")).to_have_count(3)
    shown.get_by_label("Name", exact=True).fill("Brass things")
    shown.get_by_label("Of papers with").fill("brass, bronze")
    shown.get_by_role("button", name="Make it").click()
    expect(shown.locator(".lx-topic-log li")).to_have_count(4)
    papers = invented(0, 48)
    brass = int((papers["title"] + papers["abstract"]).str.contains("brass|bronze").sum())
    made = int(row(board, "Brass things").locator(".lx-topic-count").text_content() or "")
    assert made in (brass, brass + 1)  # The ticked paper may be one of them.
    assert not faults(board, RULES)
    shown.get_by_role("button", name="Copy").click()
    copied = board.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(
        r"corpus\.topics\.rename\('t\d', 'My own name'\)\ncorpus\.topics\.merge\('t\d', 't\d'\)\n"
        r"corpus\.topics\.split\('t\d', 2\)\ncorpus\.topics\.seed\('Brass things', words=\['brass', 'bronze'\], papers=\['p\d+'\]\)",
        copied,
    )
    # Undone out of order: the split goes, what came before and after stays.
    shown.get_by_role("button", name=re.compile("^Undo: .* split into")).click()
    expect(shown.locator(".lx-topic-log li")).to_have_count(3)
    board.page.keyboard.press("Escape")
    expect(row(board, second)).to_have_count(1)
    expect(row(board, "Brass things")).to_have_count(1)

    # A paper is moved out of the reader.
    board.titles.first.click()
    board.reader.get_by_role("button", name="Move to another topic").click()
    moving = board.root.get_by_role("dialog", name="Move the paper to another topic")
    own = moving.locator("option", has_text=re.compile("^My own name")).get_attribute("value")
    moving.get_by_label("Its topic").select_option(own)
    moving.get_by_role("button", name="Move", exact=True).click()
    expect(board.reader.locator(".lx-word-topic")).to_have_text("My own name")
    expect(board.reader.get_by_role("button", name="Move to another topic")).to_be_focused()
    board.page.keyboard.press("Escape")

    # Pinned, hidden.
    look(board, "My own name").get_by_role("button", name="Pin").click()
    look(board, "Brass things").get_by_role("button", name="Hide").click()
    expect(row(board, "Brass things")).to_have_count(0)
    expect(board.root.locator(".lx-topics .lx-chart-note", has_text="1 topic hidden")).to_be_visible()
    kept = sorted(names(board))

    # The page that is loaded again shows the same at the same address; topics that are found again, and papers that come, keep it.
    board.page.reload()
    board.wait()
    assert sorted(names(board)) == kept
    corpus = open_corpus(themed)
    grown = corpus.refit().add(invented(48, 8))
    assert grown.folder == corpus.folder
    board.page.reload()
    board.wait()
    board.shows(56)
    expect(row(board, "My own name")).to_have_count(1)
    shown = edits(board)
    expect(shown.locator(".lx-topic-log li")).to_have_count(6)
    expect(shown.get_by_role("button", name=re.compile("^Undo"))).to_have_count(6)
    shown.get_by_role("button", name=re.compile("^Undo: .*Brass things.* hidden")).click()
    expect(row(board, "Brass things")).to_have_count(1)
    board.page.keyboard.press("Escape")
    look(board, "Brass things").get_by_role("button", name="Delete").click()
    expect(row(board, "Brass things")).to_have_count(0)
    # Another that edits the folder meanwhile loses nothing.
    other = open_corpus(themed)
    other.topics.seed("Salt", words=["salt"])
    look(board, "My own name").get_by_label("Name", exact=True).fill("Again")
    board.page.keyboard.press("Enter")
    expect(row(board, "Again")).to_have_count(1)
    expect(row(board, "Salt")).to_have_count(1)


def test_topics_are_looked_into_and_compared(open_voila: Open, themed: Path) -> None:
    corpus = open_corpus(themed)
    board = open_voila(themed)
    board.shows(len(corpus))
    summary = corpus.topics.summary()
    name = next(label for label, papers in zip(summary["label"], summary["papers"], strict=True) if papers >= 12)
    parts = corpus.topics.parts(name)
    shown = look(board, name)
    shown.get_by_role("button", name="Look into its parts").click()
    expect(board.root.get_by_role("button", name="All topics")).to_be_focused()
    expect(board.root.locator(".lx-topic-crumbs strong")).to_have_text(name)
    assert sorted(names(board)) == sorted(parts["label"])
    # A part is chosen as a topic is, and has an address.
    label, papers = parts["label"].iloc[0], int(parts["papers"].iloc[0])
    row(board, label).locator(".lx-topic-button").click()
    board.shows(papers)
    expect(board.chips).to_have_text([f"Topic: {name} › {label}"])
    board.page.reload()
    board.wait()
    board.shows(papers)
    expect(board.root.locator(".lx-topic-crumbs strong")).to_have_text(name)
    # The same as areas, by the keyboard too.
    for shape in ("Treemap", "Sunburst", "Icicle"):
        board.root.get_by_label("Draw the topics as").select_option(shape)
        expect(board.root.locator(".lx-tree .lx-drawn")).to_have_attribute(
            "aria-label", f"{shape} of papers per part of a topic, {len(parts)} areas."
        )
        expect(board.root.locator(f".lx-tree .{shape.lower()}layer .slice").first).to_be_visible()
        # A tree has neither periods nor an order to choose.
        expect(board.button("Cumulative").or_(board.button("Rise")).filter(visible=True)).to_have_count(0)
        if picture := os.environ.get("LITEXPLORER_PICTURES"):
            board.page.screenshot(path=f"{picture}/{shape.lower()}.png")
    board.root.get_by_role("button", name="Table of Topics as a tree").click()
    lines = board.root.locator(".lx-tree .lx-twin tbody tr").all_inner_texts()
    for label, papers in zip(parts["label"], parts["papers"], strict=True):
        assert any(label in line and str(papers) in re.findall(r"\d+", line) for line in lines), (label, papers, lines)
    assert not faults_in_both(board)
    board.root.get_by_label("Draw the topics as").select_option("Rows")
    board.root.get_by_role("button", name="All topics").click()
    expect(row(board, name).locator(".lx-topic-button")).to_be_focused()
    board.button("Clear all").click()
    board.shows(len(corpus))

    # Two periods: each count leads to its papers.
    board.root.get_by_role("button", name="Compare", exact=True).click()
    beside = board.root.get_by_role("dialog", name="Compare")
    expect(beside.locator("tbody tr").first).to_be_visible()
    low, high = (int(beside.get_by_label(f"First period, {end}").input_value()) for end in ("from", "to"))
    if picture := os.environ.get("LITEXPLORER_PICTURES"):
        board.page.screenshot(path=f"{picture}/compare.png")
    assert not faults_in_both(board)
    years = corpus.papers["published"].dt.year
    expected = int(((corpus.papers["topic"] == name) & years.between(low, high)).sum())
    beside.locator("tbody tr").filter(has_text=name).get_by_role("button").first.click()
    board.shows(expected)
    expect(beside).to_be_hidden()
    # Two topics, by their keywords; two selections.
    board.root.get_by_role("button", name="Compare", exact=True).press("Enter")
    # Of papers of two years at most they are months, which stand in a line on a telephone too.
    expect(beside.locator("input")).to_have_count(4)
    board.sized(390, 844)
    tops = beside.locator("input").evaluate_all(
        "(nodes) => (nodes.forEach((node) => (node.type = 'month', node.className = 'lx-box')), nodes.map((node) => node.offsetTop))"
    )
    assert tops[0] == tops[1] < tops[2] == tops[3]
    board.sized(1440, 900)
    beside.get_by_role("button", name="Two topics").click()
    expect(beside.locator("thead")).to_contain_text("Key phrase")
    beside.get_by_role("button", name="Two selections").click()
    expect(beside.locator("thead")).to_contain_text("all other papers")
    board.page.keyboard.press("Escape")
    expect(board.root.locator("[data-key=topic-compare]")).to_be_focused()


@pytest.mark.slow
def test_own_columns_are_axes_and_marks_are_completed_and_learnt_from(open_voila: Open, themed: Path) -> None:
    board = open_voila(themed)
    corpus = open_corpus(themed)
    board.shows(len(corpus))

    # A column is an axis, at an address, and a range of it filters.
    axes = board.root.locator(".lx-axes")
    board.button(re.compile("^Axes")).click()
    axes.get_by_role("combobox", name="First axis", exact=True).select_option("My score")
    expect(axes.locator(".lx-chart-title")).to_have_text("My score")
    expect(axes.locator(".lx-drawn")).to_be_visible()
    expect(axes.get_by_role("combobox", name="From pole of the first axis")).to_be_hidden()
    scores = corpus.papers["my_score"].astype(float)
    axes.get_by_label("From place on My score").fill("2.5")
    axes.get_by_label("From place on My score").press("Enter")
    board.shows(int((scores >= 2.5).sum()))
    expect(board.page).to_have_url(re.compile(r"axis=columns\.my_score"))
    axes.get_by_role("button", name="Add a second axis").press("Enter")
    expect(axes.get_by_role("combobox", name="Second axis", exact=True)).to_be_focused()
    axes.get_by_role("combobox", name="Second axis", exact=True).select_option("Seen on")
    expect(axes.locator(".lx-chart-title")).to_have_text("My score by Seen on")
    assert not faults(board, RULES)
    if picture := os.environ.get("LITEXPLORER_PICTURES"):
        axes.scroll_into_view_if_needed()
        board.page.screenshot(path=f"{picture}/own-axes.png")
    board.page.reload()
    board.wait()
    expect(axes.locator(".lx-chart-title")).to_have_text("My score by Seen on")
    axes.get_by_role("button", name="Remove", exact=True).click()
    board.shows(len(corpus))

    # Nothing to learn from yet: a few papers are picked to begin with.
    board.root.locator(".lx-feed-button").first.click()
    shown = board.root.get_by_role("dialog", name="Daily papers")
    shown.get_by_role("button", name="Recommended").click()
    picks = shown.locator(".lx-recommended-picks input")
    expect(picks.first).to_be_visible()
    picks.first.check()
    shown.get_by_role("button", name="Recommend from these").click()
    expect(shown.locator(".lx-recommended")).to_contain_text("Learnt from 1 paper")
    expect(shown.locator(".lx-recommended-row").first.locator(".lx-recommended-terms li").first).to_be_visible()
    expect(shown.locator(".lx-recommended-row")).to_have_count(30)
    shown.get_by_role("button", name="Pick others").click()
    expect(picks.first).not_to_be_checked()
    board.page.keyboard.press("Escape")

    # A star and a tag are learnt from; what has one is not recommended.
    title = board.titles.first.text_content() or ""
    board.button(f"Star {title}").click()
    expect(board.button(f"Star {title}")).to_have_attribute("aria-pressed", "true")
    board.titles.nth(1).click()
    expect(board.reader.get_by_role("combobox", name="Add a tag (t)")).to_be_visible()
    board.page.keyboard.press("t")
    board.page.keyboard.type("slow things")
    board.page.keyboard.press("Enter")
    expect(board.reader.get_by_role("button", name="slow things", exact=True)).to_be_visible()
    board.page.keyboard.press("Escape")
    board.page.keyboard.press("Escape")
    board.root.locator(".lx-feed-button").first.click()
    expect(shown.locator(".lx-recommended")).to_contain_text("Learnt from 2 papers")
    listed = shown.locator(".lx-feed-title").all_text_contents()
    assert title not in listed
    for scheme in ("light", "dark"):
        board.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert not faults(board, RULES)
        if picture:
            board.page.screenshot(path=f"{picture}/recommended-{scheme}.png")
    # One that is starred there is learnt from at once, and goes.
    shown.get_by_role("button", name=f"Star {listed[0]}").click()
    expect(shown.locator(".lx-recommended")).to_contain_text("Learnt from 3 papers")
    assert listed[0] not in shown.locator(".lx-feed-title").all_text_contents()
    board.page.keyboard.press("Escape")

    # After the name of a field of one's own the box offers what there is.
    board.box.press_sequentially("tag:", delay=60)
    offered = board.root.get_by_role("listbox", name="Completions").get_by_role("option")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("slow things")
    board.box.press("ArrowDown")
    board.box.press("Enter")
    expect(board.box).to_have_value(re.compile('^tag:"slow things" ?$'))
    board.shows(1)


@pytest.mark.slow
def test_a_read_only_server_says_why_nothing_changes(open_voila: Open) -> None:
    board = open_voila(Path("--read-only"))
    shown = look(board, names(board)[0])
    expect(shown).to_contain_text("started read-only")
    expect(shown.get_by_role("button", name="Rename")).to_have_count(0)
    assert not faults_in_both(board)
    if picture := os.environ.get("LITEXPLORER_PICTURES"):
        board.page.screenshot(path=f"{picture}/topic-closed.png")
    board.page.keyboard.press("Escape")
    shown = edits(board)
    expect(shown).to_contain_text("started read-only")
    expect(shown.get_by_role("button", name="Make it")).to_have_count(0)
    board.page.keyboard.press("Escape")

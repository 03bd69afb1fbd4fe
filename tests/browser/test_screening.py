"""The Screen mode, by the keyboard alone; two reviewers in two browsers."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect

from explorer import Corpus, Screening
from explorer.corpus.opening import open_files
from explorer.dashboard.views.page import title_of

from .conftest import WIDE, Open, watched
from .driver import DRAWN_WITHIN, Board, place_of
from .servers import Server
from .test_accessibility import RULES, faults

KEYS = {"v": "include", "x": "exclude", "m": "maybe"}


def title(board: Board) -> Locator:
    """The title of the record that is to be decided."""
    return board.root.locator(".lx-screen-record-title")


def tab_to(board: Board, target: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus."""
    for _ in range(200):
        if target.evaluate("node => node === document.activeElement"):
            return
        board.page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {target}")


def press(board: Board, name: str, key: str = "Tab") -> None:
    """Reach a button by Tab, and press it."""
    tab_to(board, board.root.get_by_role("button", name=re.compile(rf"^{name}")).first, key)
    board.page.keyboard.press("Enter")


def begin(board: Board, name: str, reviewer: str, criteria: str = "", votes: str = "") -> None:
    """Begin a review, or go on with it."""
    press(board, "Screen")
    tab_to(board, board.root.get_by_label("You are"))
    board.page.keyboard.press("Control+a")
    board.page.keyboard.type(reviewer)
    going = board.root.get_by_role("button", name=name, exact=True)
    if going.count():
        going.focus()
        board.page.keyboard.press("Enter")
    else:
        tab_to(board, board.root.get_by_label("Name of the review"))
        board.page.keyboard.press("Control+a")
        board.page.keyboard.type(name)
        tab_to(board, board.root.get_by_label("Criteria, one a line"))
        board.page.keyboard.type(criteria)
        if votes:
            tab_to(board, board.root.get_by_label("Each record is decided by"))
            board.page.keyboard.type(votes)
        press(board, "Begin")
    expect(title(board)).to_be_visible()


def decide(board: Board, key: str) -> str:
    """Press a key of a decision and wait for the next record; the title of the one decided."""
    before = title(board).text_content() or ""
    board.page.keyboard.press(key)
    expect(title(board)).not_to_have_text(before)
    return before


def decided(corpus: Corpus, name: str, reviewer: str) -> dict[str, str]:
    """Labels by title, as another process finds them."""
    labels = Screening(corpus, name=name, reviewer=reviewer).labels
    mine = labels[labels["reviewer"] == reviewer]
    return {title_of(name): label for name, label in mine[["title", "label"]].itertuples(index=False, name=None)}


@pytest.fixture
def board(voila_board: Board) -> Board:
    """As a page."""
    return voila_board


def test_a_review_by_the_keyboard(board: Board, corpus: Corpus, tmp_path: Path) -> None:
    begin(board, "keys", "ann", "task vectors\nmathematical reasoning")
    # Criteria beside the record, their words in its text in the same colours.
    expect(board.root.locator(".lx-screen-criteria mark")).to_have_text(["task vectors", "mathematical reasoning"])
    expect(board.root.locator(".lx-screen-record mark.lx-criterion-1").first).to_be_visible()
    include = board.root.get_by_role("button", name="Include")
    place = place_of(include)
    seen = {decide(board, key): label for key, label in (("v", "include"), ("x", "exclude"), ("m", "maybe"), ("x", "exclude"))}
    assert decided(corpus, "keys", "ann") == seen
    # The buttons are where they were, however long the record is.
    assert place_of(include) == place
    # The focus is in the review, where Space and Page Down scroll; and who has scrolled down sees the next title.
    expect(board.root.locator(".lx-screen-title")).to_be_focused()
    board.root.locator(".lx-screen-links").evaluate("node => node.scrollIntoView({ block: 'start' })")
    expect(title(board)).not_to_be_in_viewport()
    seen[decide(board, "x")] = "exclude"
    expect(title(board)).to_be_in_viewport(ratio=1)
    # What was learnt is marked, and named beside the record.
    expect(board.root.locator(".lx-screen-why li").first).to_be_visible()
    # A reason by its number.
    before = title(board).text_content()
    board.page.keyboard.press("Shift+X")
    expect(board.root.get_by_role("group", name="Reasons for exclusion")).to_be_visible()
    board.page.keyboard.press("Escape")
    expect(board.root.get_by_role("group", name="Reasons for exclusion")).to_have_count(0)
    board.page.keyboard.press("Shift+X")
    board.page.keyboard.press("2")
    expect(title(board)).not_to_have_text(before or "")
    labels = Screening(corpus, name="keys", reviewer="ann").labels
    assert labels["reason"].iloc[-1] == "wrong intervention"
    # Undo brings its paper back.
    board.page.keyboard.press("z")
    expect(title(board)).to_have_text(before or "")
    assert decided(corpus, "keys", "ann") == seen
    decide(board, "v")
    # What was left at maybe is decided otherwise.
    tab_to(board, board.root.locator(".lx-screen-maybes summary"))
    board.page.keyboard.press("Enter")
    tab_to(board, board.root.locator(".lx-screen-maybes button"))
    board.page.keyboard.press("Enter")
    expect(board.root.get_by_text("You decided: maybe")).to_be_visible()
    decide(board, "v")
    assert "maybe" not in decided(corpus, "keys", "ann").values()
    # An earlier decision is found by its words and its label, opened, and changed.
    changed = next(name for name, label in seen.items() if label == "exclude")
    press(board, "Decisions")
    tab_to(board, board.root.get_by_label("With these words"))
    board.page.keyboard.type(changed)
    board.page.keyboard.press("Enter")
    rows = board.root.locator(".lx-screen-decided li")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Excluded")
    tab_to(board, rows.get_by_role("button"))
    board.page.keyboard.press("Enter")
    expect(board.root.get_by_text("You decided: exclude")).to_be_visible()
    decide(board, "v")
    assert decided(corpus, "keys", "ann")[changed] == "include"
    # What is searched for meanwhile is a key away, though its list is below the record.
    board.search("reasoning")
    press(board, "Go to the")
    expect(board.root.locator(".lx-paper.lx-current:focus-within")).to_be_in_viewport()


def choose_before(board: Board, review: str, button: str, file: FilePayload) -> None:
    """In the form that begins a review of ann's, choose a file."""
    press(board, "Screen")
    board.root.get_by_label("You are").fill("ann")
    board.root.get_by_label("Name of the review").fill(review)
    with board.page.expect_file_chooser() as chooser:
        press(board, button)
    chooser.value.set_files(file)
    expect(board.root.get_by_role("button", name=file["name"])).to_be_visible()


@pytest.mark.slow
def test_a_file_of_known_papers_is_taken_where_it_is_dropped(board: Board, corpus: Corpus) -> None:
    known = corpus.papers["title"].iloc[:3].tolist()
    text = "".join(f"TY  - JOUR\nTI  - {name}\nER  - \n" for name in [*known[:2], "A paper that is not there"])
    ris = "application/x-research-info-systems"
    choose_before(board, "known papers", "Choose a file", {"name": "known.ris", "mimeType": ris, "buffer": text.encode()})
    press(board, "Begin")
    seeds = board.root.locator(".lx-screen-seeds")
    seeds.locator("summary").click()
    expect(seeds).to_contain_text("3 papers of known.ris: 2 included now, 1 not in this review.")
    expect(seeds.get_by_role("listitem")).to_have_text(["A paper that is not there"])
    # Dropped here, a file brings no papers into the corpus.
    seeds.locator(".lx-screen-known").evaluate(
        """(node, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "titles.txt"));
            node.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        "\n".join(known),
    )
    expect(seeds).to_contain_text("3 papers of titles.txt: 1 included now, 2 decided before, which stays.")
    expect(board.root.locator("dialog[open]")).to_have_count(0)
    expect(title(board)).to_be_visible()
    labels = Screening(corpus, name="known papers", reviewer="ann").labels
    assert labels[["title", "label", "how"]].to_numpy().tolist() == [
        [known[0], "include", "known.ris"],
        [known[1], "include", "known.ris"],
        [known[2], "include", "titles.txt"],
    ]


def test_decisions_of_a_file_are_shown_before_they_are_taken(board: Board, corpus: Corpus) -> None:
    titles = corpus.papers["title"].iloc[:3].tolist()
    words = ["Included", "Excluded", "Maybe"]
    rows = [f'"{name}","RAYYAN-INCLUSION: {{""Bo""=>""{word}""}}"' for name, word in zip(titles, words, strict=True)]
    # More than one part.
    text = "\n".join(
        ["title,notes", *rows, '"Nowhere","RAYYAN-INCLUSION: {""Bo""=>""Included""}"', '"' + "x" * (4 << 20) + '",']
    )
    decisions = "Choose a file: A file of decisions"
    choose_before(board, "elsewhere", decisions, {"name": "rayyan.csv", "mimeType": "text/csv", "buffer": text.encode()})
    press(board, "Begin")
    told = board.root.get_by_role("group", name="Decisions of rayyan.csv")
    expect(told).to_be_in_viewport(timeout=DRAWN_WITHIN)
    expect(told).to_contain_text("rayyan.csv tells of 3 records of this review.")
    expect(told).to_contain_text("Titles and abstracts: 1 included, 1 excluded, 1 maybe. 1 record of it was not found")
    assert Screening(corpus, name="elsewhere", reviewer="ann").labels.empty
    press(board, "Take them over")
    expect(told).to_have_count(0)
    expect(board.root.locator(".lx-screen-aside")).to_contain_text("3 of 88: 1 included, 1 excluded, 1 maybe.")
    expect(title(board)).to_be_visible()
    labels = Screening(corpus, name="elsewhere", reviewer="ann").labels
    assert labels[["title", "label", "how"]].to_numpy().tolist() == [
        [name, label, "rayyan.csv"] for name, label in zip(titles, ("include", "exclude", "maybe"), strict=True)
    ]


@pytest.mark.slow
def test_a_record_that_is_not_in_sight_is_shown_and_not_decided(board: Board, corpus: Corpus) -> None:
    begin(board, "sight", "ann")
    seen = {decide(board, "v"): "include"}
    before = title(board).text_content() or ""
    reasons = board.root.get_by_role("group", name="Reasons for exclusion")

    def shown_by(key: str) -> None:
        # Down to the list, or to the end of the review, which is in sight then while the record is not.
        for place in (board.titles.last, board.root.locator(".lx-screen-files")):
            place.evaluate("node => node.scrollIntoView({ block: 'start' })")
            expect(board.root.locator(".lx-screen-record")).not_to_be_in_viewport()
            board.page.keyboard.press(key)
            expect(title(board)).to_be_in_viewport(ratio=1)
            expect(title(board)).to_have_text(before)

    board.sized(1440, 500)
    for key in ("v", "x", "X", "m", "z"):
        shown_by(key)
        expect(reasons).to_have_count(0)
    board.page.keyboard.press("Shift+X")
    expect(reasons).to_be_visible()
    shown_by("2")
    assert decided(corpus, "sight", "ann") == seen
    seen[decide(board, "2")] = "exclude"
    assert decided(corpus, "sight", "ann") == seen


@pytest.mark.slow
def test_what_is_written_stays_where_it_is_written_when_the_review_goes_on(board: Board, corpus: Corpus) -> None:
    begin(board, "writing", "ann")
    team = board.root.get_by_role("progressbar", name="Records screened")

    def goes_on(count: int) -> None:
        """Decide elsewhere, about a record that is not shown."""
        review = Screening(corpus, name="writing", reviewer="ann")
        titles = dict(corpus.papers[["id", "title"]].itertuples(index=False, name=None))
        decided_of = set(review.labels["id"])
        review.label(next(id_ for id_ in titles if id_ not in decided_of and title_of(titles[id_]) != before), "maybe")
        expect(team).to_have_attribute("aria-valuenow", str(count))

    before = title(board).text_content() or ""
    board.root.locator(".lx-screen-settings summary").click()
    box = board.root.get_by_label("Criteria, one a line")
    box.focus()
    board.page.keyboard.type("vxm merging")
    board.page.keyboard.press("Home")
    goes_on(1)
    expect(box).to_be_focused()
    board.page.keyboard.type("z")
    expect(box).to_have_value("zvxm merging")
    # What nobody wrote into is as it is by now.
    Screening(corpus, name="writing", reviewer="ann").change(reasons=["too old"])
    expect(board.root.get_by_label("Reasons, one a line")).to_have_value("too old")
    expect(box).to_have_value("zvxm merging")
    expect(box).to_be_focused()
    board.root.get_by_role("button", name=re.compile("^with a reason")).click()
    other = board.root.get_by_label("Another reason")
    other.fill("in a language that none of us reads")
    goes_on(2)
    expect(other).to_be_focused()
    expect(other).to_have_value("in a language that none of us reads")
    # Who presses Enter goes on by keys at once.
    board.page.keyboard.press("Enter")
    expect(title(board)).not_to_have_text(before)
    seen = {before: "exclude", decide(board, "v"): "include"}
    expect(box).to_have_value("zvxm merging")
    labels = Screening(corpus, name="writing", reviewer="ann").labels
    assert sorted(labels["label"]) == ["exclude", "include", "maybe", "maybe"]
    assert "in a language that none of us reads" in set(labels["reason"])
    assert decided(corpus, "writing", "ann").items() >= seen.items()


@pytest.mark.slow
def test_keys_are_those_of_what_has_the_focus(board: Board, corpus: Corpus) -> None:
    begin(board, "focus", "ann")
    before = title(board).text_content() or ""
    # In the search box letters are letters, and the search goes on while screening.
    board.page.keyboard.press("/")
    board.page.keyboard.type("vxm merging")
    expect(board.box).to_have_value("vxm merging")
    board.page.keyboard.press("Control+a")
    board.page.keyboard.type("merging")
    board.page.keyboard.press("Enter")
    expect(board.root.locator(".lx-count strong")).not_to_have_text("88")
    expect(title(board)).to_have_text(before)
    # A paper that was found is decided about.
    tab_to(board, board.titles.first)
    board.page.keyboard.press("Enter")
    expect(board.reader).to_be_visible()
    board.page.keyboard.press("m")
    expect(title(board)).to_have_text(before)
    found = board.reader.locator(".lx-reader-title").text_content() or ""
    press(board, "Decide about the open paper")
    expect(title(board)).to_have_text(found)
    board.page.keyboard.press("v")
    expect(title(board)).not_to_have_text(found)
    assert decided(corpus, "focus", "ann") == {found: "include"}
    # Its full text was not to be had.
    press(board, "Full texts")
    expect(title(board)).to_have_text(found)
    board.page.keyboard.press("x")
    board.page.keyboard.press("0")
    expect(title(board)).to_have_count(0)
    assert Screening(corpus, name="focus", reviewer="ann").labels["reason"].to_list() == ["", "full text not retrieved"]


@pytest.mark.slow
def test_a_missing_abstract_is_filled_in(open_voila: Open, tmp_path: Path) -> None:
    path = tmp_path / "papers.csv"
    pd.DataFrame({"title": [f"A trial of walking number {n}" for n in range(6)], "abstract": [None] * 6, "year": 2020}).to_csv(
        path
    )
    board = open_voila(path)
    begin(board, "fill", "ann")
    shown = title(board).text_content()
    tab_to(board, board.root.locator(".lx-screen-fill summary"))
    board.page.keyboard.press("Enter")
    board.page.keyboard.press("Tab")
    board.page.keyboard.type("Walking improved mood; v x m are letters here.")
    board.page.keyboard.press("Tab")
    board.page.keyboard.press("Enter")
    expect(board.root.locator(".lx-screen-abstract")).to_contain_text("Walking improved mood; v x m are letters here.")
    expect(title(board)).to_have_text(shown or "")
    decide(board, "v")
    # Who writes while the next record is on its way does not see at once that the box has gone, and decides nothing about it.
    before = title(board).text_content() or ""
    board.root.evaluate(
        """root => {
            root.querySelector("[data-key=exclude]").click();
            root.querySelector(".lx-screen-fill").open = true;
            root.querySelector(".lx-screen-fill textarea").focus();
        }"""
    )
    expect(title(board)).not_to_have_text(before)
    there = title(board).text_content() or ""
    board.page.keyboard.type("vxmz")
    expect(title(board)).to_have_text(there)
    corpus = open_files([path])
    assert list(decided(corpus, "fill", "ann").values()) == ["include", "exclude"]


def test_flow_and_files_are_saved(lab_board: Board, corpus: Corpus, tmp_path: Path) -> None:
    board = lab_board
    begin(board, "files", "ann")
    seen = {decide(board, key): KEYS[key] for key in "vxxv"}
    [csv] = board.saved(lambda: press(board, "Save the review as CSV"), tmp_path)
    table = pd.read_csv(csv)
    kept = table.dropna(subset=["label_included"])
    assert dict(zip(map(title_of, kept["title"]), kept["screening_label"], strict=True)) == seen
    # It stands above what was pressed last.
    press(board, "PRISMA flow", "Shift+Tab")
    image = board.root.get_by_role("img", name=re.compile("PRISMA 2020 flow diagram"))
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    [svg] = board.saved(lambda: press(board, "Save as SVG"), tmp_path)
    texts = " ".join("".join(node.itertext()) for node in ElementTree.parse(svg).getroot().iter()).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "Records identified (n = 88)" in texts
    assert "Records excluded (n = 2)" in texts
    review = Screening(corpus, name="files", reviewer="ann")
    assert review.prisma().columns[0].sought == 2


@pytest.mark.slow
def test_what_is_known_is_drawn_and_conflicts_have_a_heading(board: Board, corpus: Corpus) -> None:
    begin(board, "known", "ann")
    # Before a record was read nothing is claimed.
    press(board, "When to stop", "Shift+Tab")
    expect(board.root.locator(".lx-screen-stop")).to_contain_text("Decide about some records first.")
    expect(board.root.locator(".lx-screen-verdict")).to_have_count(0)
    press(board, "Read", "Shift+Tab")
    expect(board.root.locator(".lx-screen-aside")).to_contain_text("Recall so far: not enough is known yet.")
    for key in "vxxv":
        decide(board, key)
    labels = Screening(corpus, name="known", reviewer="bob").labels
    Screening(corpus, name="known", reviewer="bob").label(labels["id"].iloc[0], "exclude")
    decide(board, "x")
    press(board, "When to stop", "Shift+Tab")
    caption = board.root.locator(".lx-screen-figure figcaption")
    expect(caption).to_contain_text(f"against records read (up to {len(corpus)})")
    known = Screening(corpus, name="known", reviewer="ann").stopping()
    expect(caption).to_contain_text(f"(up to {known.relevant.high:.0f})")
    expect(board.root.locator(".lx-facts")).to_contain_text("Chance that the target is reached")
    # One vote each was asked for, and two read one record all the same.
    press(board, "Reviewers", "Shift+Tab")
    expect(board.root.get_by_role("heading", name="Conflicts: 1")).to_be_visible()
    expect(board.root.locator(".lx-screen-conflicts li")).to_have_count(1)
    # Who resolves one goes on with the next; what was made of it is there to be changed.
    bob = Screening(corpus, name="known", reviewer="bob")
    bob.label(labels["id"].iloc[1], "include")
    press(board, "Reviewers", "Shift+Tab")
    expect(board.root.get_by_role("heading", name="Conflicts: 2")).to_be_visible()
    include = board.root.locator(".lx-screen-conflicts").first.get_by_role("button", name=re.compile("^Include"))
    tab_to(board, include.first)
    board.page.keyboard.press("Enter")
    expect(board.root.get_by_role("heading", name="Conflicts: 1")).to_be_visible()
    expect(include.first).to_be_focused()
    tab_to(board, board.root.locator(".lx-screen-resolved summary"))
    board.page.keyboard.press("Enter")
    tab_to(board, board.root.locator(".lx-screen-resolved").get_by_role("button", name=re.compile("^Exclude")))
    board.page.keyboard.press("Enter")
    expect(board.root.locator(".lx-screen-resolved")).to_contain_text("resolved: exclude")


@pytest.mark.slow
def test_votes_that_nobody_is_left_to_give_are_asked_of_another(board: Board, corpus: Corpus) -> None:
    begin(board, "left", "ann", votes="two")
    seen = {decide(board, key) for key in "vxx"}
    Screening(corpus, name="left", reviewer="bo").leave()
    press(board, "Reviewers", "Shift+Tab")
    stranded = board.root.locator(".lx-screen-stranded")
    expect(stranded).to_contain_text("3 records await a vote that nobody here can give.")
    tab_to(board, board.root.get_by_label("Ask another reviewer"))
    board.page.keyboard.type("cy")
    board.page.keyboard.press("Enter")
    expect(stranded).to_have_count(0)
    cy = Screening(corpus, name="left", reviewer="cy")
    assert {title_of(text) for text in cy.awaiting()["title"]} == seen
    cy.leave()
    # Who looks again sees that cy has gone.
    press(board, "Read", "Shift+Tab")
    press(board, "Reviewers")
    press(board, "Let one vote be enough")
    expect(stranded).to_have_count(0)
    expect(board.said).to_contain_text("each record is decided by 1")
    assert Screening(corpus, name="left", reviewer="ann").state.votes_needed == 1


@pytest.mark.slow
def test_nothing_is_out_of_reach(voila_board: Board) -> None:
    board = voila_board
    begin(board, "reach", "ann", "task vectors\nreasoning")
    decide(board, "v")
    decide(board, "x")
    for view in ("Read", "Reviewers", "When to stop", "PRISMA flow"):
        board.sized(1440, 844).coloured("light")
        press(board, view)
        expect(board.root.get_by_role("button", name=view, exact=True)).to_have_attribute("aria-pressed", "true")
        for width, scheme in ((1440, "light"), (1024, "dark"), (390, "dark")):
            board.sized(width, 844).coloured(scheme)
            assert faults(board, RULES) == [], (view, width)
            assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (view, width)


def answered(board: Board, before: str) -> bool:
    """Wait until a decision is answered; whether it was the last one."""
    deadline = time.monotonic() + DRAWN_WITHIN / 1000
    while time.monotonic() < deadline:
        # At once: between two questions the last record may go.
        shown = title(board).all_text_contents()
        if not shown:
            return True
        if shown[0] != before:
            return False
        board.page.wait_for_timeout(20)
    raise AssertionError(f"no answer to the decision about {before!r}")


@pytest.mark.slow
@pytest.mark.timeout(1800)  # Three hundred decisions one after another, and six pages.
def test_two_reviewers_in_two_browsers_with_kills(browser: Browser, voila: Callable[..., Server], tmp_path: Path) -> None:
    """Three hundred decisions on one library; kernels are killed on the way; nothing is lost, nothing doubled."""
    path = tmp_path / "papers.csv"
    pd.DataFrame(
        {
            "title": [
                f"A trial of walking and mood in adults number {n}" if n % 5 else f"Surgery of bones, case {n}"
                for n in range(150)
            ],
            "abstract": [f"Walking, mood and number {n}." if n % 5 else f"Bones and number {n}." for n in range(150)],
            "year": 2020,
        }
    ).to_csv(path, index=False)
    corpus = open_files([path])
    server = voila(path)
    said: dict[str, list[str]] = {"ann": [], "bo": []}

    def opened(pages: ExitStack, killed: bool) -> dict[str, Board]:
        boards = {}
        for who in said:
            page, watch = pages.enter_context(watched(browser, server.host, viewport=WIDE))
            if killed:
                # That the kernel is gone is said in the browser's console; forgotten just before the page is left.
                pages.callback(watch.faults.clear)
            page.goto(server.url)
            boards[who] = Board(page, server, watch, voila=True).wait()
            begin(boards[who], "two", who, "walking", "two")
        return boards

    for kill_after in (40, 70, None):
        with ExitStack() as pages:
            boards = opened(pages, kill_after is not None)
            done = dict.fromkeys(said, False)
            steps = 0
            while not all(done.values()) and (kill_after is None or steps < kill_after):
                for who, board in boards.items():
                    if done[who]:
                        continue
                    before = title(board).text_content() or ""
                    said[who].append(before)
                    board.page.keyboard.press("x" if before.startswith("Surgery") else "v")
                    done[who] = answered(board, before)
                steps += 1
            if kill_after is not None:
                # In the middle of a decision.
                for board in boards.values():
                    said_last = title(board).text_content() or ""
                    board.page.keyboard.press("x" if said_last.startswith("Surgery") else "v")
                for kernel in server.kernels():
                    kernel.kill()
    with sqlite3.connect(corpus.library.path) as file:
        acts = pd.read_sql("SELECT reader, paper FROM screening WHERE review = 'two' AND act = 'label'", file)
    assert len(acts) == 300
    assert not acts.duplicated().any()
    for who in said:
        found = decided(corpus, "two", who)
        assert len(found) == 150
        assert set(said[who]) <= set(found)
        assert all((label == "exclude") == name.startswith("Surgery") for name, label in found.items())

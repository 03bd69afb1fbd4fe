"""Papers that come in by the dashboard: picked or dropped, reviewed, corrected, taken over or cancelled."""

from __future__ import annotations

import base64
import csv
import random
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, expect

from explorer import build_corpus, import_papers, open_corpus

from .conftest import Open
from .driver import Board
from .test_accessibility import RULES, faults, faults_in_both
from .test_dashboard import NONE_READY

MANY = 3000
"""Papers that take some seconds to be built in."""

BIB = """@article{rings, title={The rings of a distant planet}, author={Ito, Aya}, year={2021}, doi={10.1234/rings}}
@article{rings2, title={The rings of a distant planet}, author={Ito, Aya}, year={2021}, doi={10.1234/RINGS}}
@article{soil, title={Soil and its fungi}, author={Moreau, Luc}, year={2019}}
"""
CSV = "Headline,Writers,Released\nInland tides,Ann Lee,2020\nWhale song,Bo Kim,2018\n"


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    path = tmp_path / "refs.bib"
    path.write_text(BIB, encoding="utf-8")
    return path


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def panel(board: Board) -> Locator:
    return board.root.get_by_role("dialog", name=re.compile("^(Add papers|Review|Building|Reading|Receiving|Fetching)"))


def pick(board: Board, *files: Path, within: float = 15_000) -> Locator:
    """Open the panel, choose files, and wait for their review."""
    board.button("Add papers").click()
    with board.page.expect_file_chooser() as chooser:
        panel(board).get_by_role("button", name="Choose files").click()
    chooser.value.set_files(files)
    shown = panel(board)
    expect(shown.locator(".lx-sentence")).to_be_visible(timeout=within)
    return shown


def drop(board: Board, name: str, data: bytes) -> None:
    """Drop a file on the middle of the dashboard, after dragging it over."""
    target = board.root.locator(".lx-main")
    transfer = board.page.evaluate_handle(
        """([name, data]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], name));
            return transfer;
        }""",
        [name, base64.b64encode(data).decode()],
    )
    target.dispatch_event("dragover", {"dataTransfer": transfer})
    expect(board.root.get_by_text("Drop files to add their papers")).to_be_visible()
    target.dispatch_event("drop", {"dataTransfer": transfer})


@pytest.mark.slow
def test_two_files_become_a_corpus(board: Board, bib: Path, odd: Path, tmp_path: Path) -> None:
    shown = pick(board, bib, odd)
    expect(shown.locator(".lx-sentence")).to_have_text("4 records read: 2 accepted, 1 rejected, 1 merged.")
    expect(shown.get_by_role("row")).to_have_count(2)
    expect(shown.get_by_role("row").nth(1)).to_contain_text("no title column")
    if board.voila:
        assert not faults(board, RULES)
    # The column of titles is told, and the file read again.
    for column, field in (("Headline", "title"), ("Writers", "authors"), ("Released", "year")):
        shown.get_by_label(f"{column} is").select_option(field)
    shown.locator(".lx-file[open]").get_by_role("button", name="Read again").click()
    expect(shown.locator(".lx-sentence")).to_have_text("5 records read: 4 accepted, 1 merged.")
    [ledger] = board.saved(lambda: shown.get_by_role("button", name=re.compile("ledger")).click(), tmp_path)
    with ledger.open(encoding="utf-8-sig", newline="") as file:
        assert [(row["action"], row["source"]) for row in csv.DictReader(file)] == [("merged", "refs.bib")]
    shown.get_by_role("button", name=re.compile("^Keep both")).click()
    expect(shown.locator(".lx-sentence")).to_have_text("5 records read: 5 accepted.")
    shown.get_by_role("button", name="Merge again").click()
    expect(shown.locator(".lx-sentence")).to_have_text("5 records read: 4 accepted, 1 merged.")
    shown.get_by_role("button", name="Start a new corpus of 4").click()
    board.shows(4)
    expect(board.root.locator("dialog[open]")).to_have_count(0)
    expect(board.root.locator(".lx-status")).to_contain_text("Started a corpus of 4 papers from refs.bib and 1 more.")
    expect(board.button("Add papers")).to_be_focused()
    board.search("whale song")
    expect(board.titles).to_have_text(["Whale song"])
    if board.voila:
        # A reload shows the same papers. Few hits are followed by a question for other spellings, which a page that is being
        # left could not send.
        board.page.wait_for_timeout(1000)
        board.page.reload()
        board.wait()
        expect(board.titles).to_have_text(["Whale song"])
        assert "corpus=papers-" in board.page.url


def test_add_to_the_corpus_under_the_same_filters(open_voila: Open, bib: Path, sample: Path, tmp_path: Path) -> None:
    # A server of its own: its plain address shows what was added from then on.
    own = tmp_path / "own.jsonl"
    own.write_bytes(sample.read_bytes())
    board = open_voila(own)
    board.search("planet OR reasoning")
    expect(board.sentence).to_contain_text("matching")
    before = board.papers()
    board.root.locator(".lx-paper input").first.check()
    expect(board.root.locator(".lx-ticked")).to_be_visible()
    shown = pick(board, bib, sample)
    expect(shown.get_by_text("88 papers already in this corpus.")).to_be_visible()
    shown.get_by_role("button", name="Add 2 papers to this corpus").click()
    board.shows(before + 1)
    expect(board.root.locator(".lx-count")).to_contain_text("of 90 papers")
    expect(board.box).to_have_value("planet OR reasoning")
    expect(board.root.locator(".lx-paper input:checked")).to_have_count(1)
    expect(board.root.locator(".lx-status")).to_contain_text("Added 2 papers from refs.bib and 1 more. 88 were there already.")


def test_drop(either_board: Board) -> None:
    board = either_board
    drop(board, "dropped.bib", BIB.encode())
    expect(panel(board).locator(".lx-sentence")).to_have_text("3 records read: 2 accepted, 1 merged.")
    board.page.keyboard.press("Escape")
    expect(board.root.locator("dialog[open]")).to_have_count(0)
    # What is under review waits behind its button.
    review = board.button("Review papers")
    expect(review).to_be_focused()
    if board.voila:
        # Its name beneath its icon is read on its own ground, too.
        board.sized(1024, 800)
        colours = review.locator("span").first.evaluate_all(
            "nodes => nodes.flatMap((node) => [node, node.parentElement]).map((node) => getComputedStyle(node).color)"
        )
        assert len(set(colours)) == 1
    review.click()
    panel(board).get_by_role("button", name="Cancel").click()
    expect(panel(board).get_by_role("button", name="Choose files")).to_be_visible()
    board.page.keyboard.press("Escape")
    board.shows(88)


def test_broken_file_says_why(voila_board: Board, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 xl/ not a workbook")
    shown = pick(voila_board, broken)
    expect(shown.get_by_role("row").nth(1)).to_contain_text("broken.xlsx")
    expect(shown.get_by_role("row").nth(1)).to_contain_text(re.compile("damaged|not a readable"))
    for name in ("Nothing new for this corpus", "Start a new corpus"):
        expect(shown.get_by_role("button", name=name)).to_be_disabled()
    assert not faults(voila_board, RULES)


def test_large_file_in_parts_can_be_cancelled(kept_board: Board, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_text("id,title,abstract\n" + "".join(f"W{row},Case {row},{'measured words ' * 68}\n" for row in range(30_000)))
    assert large.stat().st_size > 30_000_000
    board = kept_board
    board.button("Add papers").click()
    panel(board).locator("input[type=file][multiple]").or_(board.root.locator("input[type=file][multiple]")).set_input_files(
        large
    )
    expect(panel(board).get_by_role("progressbar")).to_be_visible()
    # The dashboard answers meanwhile.
    board.page.keyboard.press("Escape")
    board.search("reasoning")
    expect(board.sentence).to_contain_text("matching ‘reasoning’")
    board.button(re.compile("Reading|Review")).click()
    panel(board).get_by_role("button", name="Cancel").click()
    expect(panel(board).get_by_role("button", name="Choose files")).to_be_visible()
    assert board.papers() < 88


def test_fetch_that_fails_says_why(voila_board: Board) -> None:
    voila_board.button("Add papers").click()
    form = panel(voila_board)
    # The one service that is asked on this machine only; it does not run here.
    form.get_by_label("Service").select_option("zotero")
    form.get_by_label("Search for").fill("rings")
    form.get_by_role("button", name="Fetch").click()
    expect(form.get_by_role("alert")).to_contain_text("Zotero")
    expect(form.get_by_label("Search for")).to_have_value("rings")
    assert not faults(voila_board, RULES)


def test_panel_is_accessible(kept_board: Board) -> None:
    board = kept_board
    board.button("Add papers").click()
    expect(panel(board)).to_be_visible()
    assert not faults_in_both(board)
    expect(panel(board).get_by_role("heading", name="Add papers")).to_be_focused()
    board.page.keyboard.press("Escape")
    expect(board.button("Add papers")).to_be_focused()


def test_read_only_server_takes_nothing(open_voila: Open) -> None:
    board = open_voila(Path("--read-only"))
    expect(board.button("Add papers")).to_have_count(0)
    expect(board.button("Export")).to_be_visible()


@pytest.mark.slow
def test_a_page_asks_before_it_is_left_with_papers_on_their_way(open_voila: Open, sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    build_corpus(sample, folder=folder)
    many = tmp_path / "many.csv"
    words = random.Random(1)
    titles = (" ".join("".join(words.choices("aeioubdgklmnprst", k=7)) for _ in range(5)) for _ in range(MANY))
    many.write_text("title,year\n" + "".join(f"{title},2020\n" for title in titles))
    board = open_voila(folder, *NONE_READY)
    shown = pick(board, many, within=60_000)
    add = shown.get_by_role("button", name=re.compile("to this corpus$"))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    board.page.once("dialog", stay)
    board.page.close(run_before_unload=True)
    expect(add).to_be_visible()
    board.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    # The kernel is there still, and takes them over.
    assert len(board.server.kernels()) == 1
    before = len(open_corpus(folder))
    add.click()
    expect(board.root.get_by_role("button", name=re.compile("^Building"))).to_be_attached()
    board.page.once("dialog", lambda dialog: dialog.accept())
    with board.page.expect_event("close"):
        board.page.close(run_before_unload=True)
    deadline = time.monotonic() + 60
    while len(open_corpus(folder)) == before:
        assert time.monotonic() < deadline, "what was being built in is lost"
        time.sleep(0.2)
    assert len(open_corpus(folder)) > before + MANY / 2


def test_a_page_is_told_that_its_folder_changed_and_shows_it(open_voila: Open, bib: Path, sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    build_corpus(sample, folder=folder)
    boards = [open_voila(folder) for _ in range(3)]
    papers = boards[0].papers()
    open_corpus(folder).add(import_papers(bib))
    for board in boards:
        growth = board.root.locator(".lx-growth")
        expect(growth).to_contain_text("The corpus was changed elsewhere", timeout=30_000)
        growth.get_by_role("button", name="Show it").click()
        board.shows(papers + 2)
        expect(growth).to_be_hidden()

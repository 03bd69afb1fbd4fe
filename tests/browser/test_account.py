"""What became of every record of the files that are served: one sentence, and a table behind it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Open
from .test_accessibility import RULES, faults, faults_in_both

TABLE = (
    "id,title,authors,year\n"
    "none,too,many,2020,a,b,c\n"
    "b1,The rings of a distant planet,Aya Ito,2021\n"
    "b2,Tides of an inland sea,Ann Lee,2020\n"
    'b3,"Moss in the dark,Cy Young,2018\n'
)
SENTENCE = "4 records read: 3 accepted (1 repaired), 1 rejected."


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "refs.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--read-only",)], ids=["open", "read-only"])
def test_a_rejected_record_is_found_and_saved(options: tuple[str, ...], table: Path, open_voila: Open, tmp_path: Path) -> None:
    board = open_voila(table, *map(Path, options))
    board.shows(3)
    button = board.button(SENTENCE)
    button.focus()
    board.page.keyboard.press("Enter")
    shown = board.root.get_by_role("dialog", name="What became of every record")
    expect(shown.get_by_role("heading")).to_be_focused()
    expect(shown.locator(".lx-sentence")).to_have_text(SENTENCE)
    expect(shown.get_by_role("row")).to_have_count(2)
    expect(shown.get_by_role("row").nth(1)).to_contain_text("refs.csv, line 2")
    assert not faults_in_both(board)
    shown.get_by_role("button", name="Repaired 1").click()
    expect(shown.get_by_role("row").nth(1)).to_contain_text("the row ends after 2 of 4 cells")
    # Keys of the page beneath are left alone.
    shown.get_by_role("heading").focus()
    board.page.keyboard.press("j")
    expect(shown.get_by_role("heading")).to_be_focused()
    [saved] = board.saved(lambda: shown.get_by_role("button", name=re.compile("ledger")).click(), tmp_path)
    with saved.open(encoding="utf-8", newline="") as file:
        assert [(row["action"], row["line"]) for row in csv.DictReader(file)] == [("rejected", "2"), ("repaired", "5")]
    board.page.keyboard.press("Escape")
    expect(board.root.locator("dialog[open]")).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.slow
def test_a_corpus_without_notes_says_so_in_a_sentence(open_voila: Open, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("id,title,year\na,A fen,2020\nb,A moor,2021\n")
    board = open_voila(path)
    expect(board.root.locator(".lx-ledger-summary")).to_have_text("2 records read: 2 accepted.")
    expect(board.root.locator(".lx-ledger-summary button")).to_have_count(0)


LIKELY = (
    "id,title,authors,year\n"
    "t1,Tides of an inland sea in winter,Ann Lee,2020\n"
    "t2,Tides of an inland sea in winter,,\n"
    "r1,The rings of a distant planet,Aya Ito,2021\n"
    "r2,The rings of a distant planet,Bo Ode,2021\n"
    "m1,Moss in the dark,Cy Young,2018\n"
)


def test_likely_pairs_are_decided_in_the_page_and_taken_back(open_voila: Open, tmp_path: Path) -> None:
    path = tmp_path / "likely.csv"
    path.write_text(LIKELY)
    board = open_voila(path)
    board.shows(5)
    shown = board.root.get_by_role("dialog", name="What became of every record")

    def opened() -> None:
        board.root.locator(".lx-ledger-summary button").click()
        expect(shown.locator(".lx-sentence")).to_be_visible()

    opened()
    pairs = shown.locator(".lx-pairs li")
    expect(pairs).to_have_count(2)
    expect(pairs.first).to_contain_text("too little is known")
    assert not faults(board, RULES)
    pairs.filter(has_text="rings").get_by_role("button", name="Two papers").click()
    expect(board.root.locator(".lx-status")).to_contain_text("are two papers from now on")
    board.shows(5)
    opened()
    expect(pairs).to_have_count(1)
    pairs.get_by_role("button", name="One paper").click()
    expect(board.root.locator(".lx-status")).to_contain_text("are one paper from now on")
    board.shows(4)
    opened()
    expect(pairs).to_have_count(0)

"""A paper that was merged says so, and is split where papers may come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Open
from .test_accessibility import RULES, faults

PREPRINT = "TY  - JOUR\nTI  - The rings of a distant planet\nAU  - Ito, Aya\nPY  - 2020\nUR  - https://arxiv.org/abs/2001.00001\nER  -\n"
ARTICLE = "title,authors,year,doi,venue\nThe rings of a distant planet,Aya Ito,2021,10.1234/rings,Planets\nSoil and its fungi,Luc Moreau,2019,,\n"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    (folder / "a.ris").write_text(PREPRINT)
    (folder / "b.csv").write_text(ARTICLE)
    return folder / "a.ris", folder / "b.csv"


def test_a_merged_paper_says_so_and_is_split(open_voila: Open, two: tuple[Path, Path]) -> None:
    board = open_voila(*two)
    board.shows(2)
    board.titles.get_by_text("The rings of a distant planet").click()
    expect(board.reader).to_contain_text("Merged from 2 records")
    expect(board.reader).to_contain_text("a.ris, record 1; b.csv, record 1")
    links = board.reader.locator(".lx-origin a")
    assert {link.get_attribute("href") for link in links.all()} == {
        "https://doi.org/10.1234/rings",
        "https://arxiv.org/abs/2001.00001",
    }
    assert not faults(board, RULES)
    board.reader.get_by_role("button", name="Split into 2 papers").click()
    board.shows(3)
    expect(board.root.locator(".lx-status")).to_contain_text("was split")
    # The paper stays open, as one record again.
    expect(board.reader).to_be_visible()
    expect(board.reader).not_to_contain_text("Merged from")
    board.page.reload()
    board.wait()
    board.shows(3)

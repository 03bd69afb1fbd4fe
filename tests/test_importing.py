"""The one way in: the same file gives the same papers, merges and ledger, whichever way it comes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_intake import Visitor

import explorer
from explorer import Corpus, open_corpus
from explorer.cli.main import main
from explorer.corpus.opening import open_files

ENTRY = "@article{{{key}, title = {{{title}}}, author = {{{author}}}, year = {{{year}}}, doi = {{{doi}}}, journal = {{{journal}}}}}\n"
ROWS = (
    ("a1", "Counting the feathers of birds", "Roe, Ann and Poe, Bob", "2020", "10.5555/a", "Birds"),
    ("a2", "Counting the Feathers of Birds.", "Roe, A. and Poe, B.", "2020", "https://doi.org/10.5555/A", "J. Birds"),
    ("a3", "Counting the feathers of birds", "Roe, Ann and Poe, Bob", "2020", "10.48550/arXiv.2001.00001", "arXiv"),
    ("b1", "Weighing apples in autumn", "Doe, Cy", "2019", "10.5555/b", "Fruit"),
    ("b2", "Weighing apples in autumn", "Doe, Cy", "2019", "", "Fruit"),
    ("c1", "A note on pears", "Moe, Di", "2018", "", ""),
    ("c2", "A note on pears", "Noe, Ed", "2008", "", ""),
)
NAMES = ("key", "title", "author", "year", "doi", "journal")
OTHER = "title,year,authors\nSomething else entirely about rivers,2001,Zoe Zed\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Seven entries of four papers, and one that cannot be read."""
    path = tmp_path / "refs.bib"
    path.write_text("".join(ENTRY.format(**dict(zip(NAMES, row, strict=True))) for row in ROWS) + "@article{d}\n")
    return path


def built(file: Path, folder: Path, *options: str) -> Corpus:
    assert main(["build", str(file), "-o", str(folder), *options]) == 0
    return open_corpus(folder)


ROUTES: dict[str, Callable[[Path, Path], Corpus]] = {
    "import_papers": lambda file, folder: Corpus.from_papers(explorer.import_papers(file), folder),
    "explore a file": lambda file, folder: explorer.explore(file).corpus,
    "explore what was imported": lambda file, folder: explorer.explore(explorer.import_papers(file)).corpus,
    "build": lambda file, folder: built(file, folder),
    "build in parts": lambda file, folder: built(file, folder, "--parts", "2"),
}


def told(corpus: Corpus, without: frozenset[str] = frozenset()) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Any]]:
    """Papers, merges and notes, but for papers that were there before, and what the topics of a corpus say."""
    table = corpus.table.drop_columns([name for name in ("topic", "keywords") if name in corpus.table.column_names])
    papers = sorted((row for row in table.to_pylist() if row["id"] not in without), key=lambda row: str(row["id"]))
    return papers, corpus.merges.to_dict("records"), corpus.ledger.notes


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_gives_what_serving_the_file_gives(route: str, file: Path, tmp_path: Path) -> None:
    served = open_files([file])
    assert served.ledger.counts() == {"read": 8, "accepted": 4, "repaired": 0, "rejected": 1, "merged": 3}
    assert told(ROUTES[route](file, tmp_path / "corpus")) == told(served)


def test_a_table_of_its_records_gives_the_same_papers(file: Path) -> None:
    """What could not be read is not in it; nor is where a record stood."""
    served, shown = open_files([file]), explorer.explore(explorer.read_papers(file)).corpus
    assert told(shown)[0] == told(served)[0]
    of_merges = ["paper", "members", "relation", "score", "reason"]
    assert shown.merges[of_merges].to_dict("records") == served.merges[of_merges].to_dict("records")
    assert shown.ledger.counts() == {"read": 7, "accepted": 4, "repaired": 0, "rejected": 0, "merged": 3}


def test_what_is_added_is_the_same_by_command_and_by_the_dashboard(file: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(OTHER)
    before = built(tmp_path / "other.csv", tmp_path / "updated")
    shutil.copytree(tmp_path / "updated", tmp_path / "shown")
    assert main(["update", str(tmp_path / "updated"), str(file)]) == 0
    visitor = Visitor(open_corpus(tmp_path / "shown"))
    visitor.review(refs__bib=file.read_bytes())
    visitor.intake.accept("add")
    visitor.until("done")
    visitor.settle()
    updated, shown = open_corpus(tmp_path / "updated"), open_corpus(tmp_path / "shown")
    assert told(updated) == told(shown)
    assert len(updated) == 5
    there = frozenset(before.table.column("id").to_pylist())
    papers, merges, notes = told(updated, there)
    served = told(open_files([file]))
    assert (papers, merges) == served[:2]
    assert [note for note in notes if note.source == "refs.bib"] == served[2]

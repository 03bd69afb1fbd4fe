"""What changed a corpus from the page can be taken back, and the plain address of a server shows what was added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from explorer import Corpus, Dashboard
from explorer.corpus.opening import default_corpus, keep_added, open_files
from explorer.dashboard.deployment import Deployment
from explorer.errors import ReadError


def send(board: Dashboard, kind: str, **content: Any) -> None:
    board._received(board, {"kind": kind, "seq": board.summary["seq"] + 1, **content}, content.pop("buffers", []))
    board.incoming.join(60)


def add(board: Dashboard, data: bytes) -> None:
    send(board, "intake_begin", files=[{"id": "a", "name": "more.csv", "size": len(data)}])
    send(board, "intake_chunk", id="a", part=0, buffers=[data])
    send(board, "intake_read")
    assert board.intake["phase"] == "review"
    send(board, "intake_accept", how="add")
    assert board.intake["phase"] == "done"


MORE = b"title,year\nTides of an inland sea,2020\nA grammar of whale song,2018\n"


@pytest.fixture
def file(cache: Any, tmp_path: Path) -> Path:
    path = tmp_path / "refs.csv"
    pd.DataFrame({"title": [f"Paper {word}" for word in ("one", "two", "three")], "year": [2020, 2021, 2022]}).to_csv(path)
    return path


def served(corpus: Corpus, folder: Path) -> Dashboard:
    return Dashboard(corpus, deployment=Deployment(served=True, corpus=str(folder)))


def test_an_addition_to_a_served_file(file: Path) -> None:
    first = open_files([file])
    board = served(first, first.folder)
    add(board, MORE)
    assert board.summary["total"] == 5
    text = board.intake["message"]
    assert text.startswith("Added 2 papers from more.csv.")
    assert str(board.session.corpus.folder) in text
    assert "your files stay as they are" in text
    # The plain address shows them, also after a restart; the file itself is what it was.
    again = default_corpus(str(first.folder))
    assert len(again) == 5
    assert len(open_files([file])) == 3
    # A second addition, from a page that was opened at the plain address.
    board = served(again, first.folder)
    assert "corpus=" not in board.summary["url"]
    add(board, b"title\nSoil and its fungi\n")
    assert len(default_corpus(str(first.folder))) == 6
    send(board, "intake_undo")
    assert board.summary["total"] == 5
    assert board.status["text"] == "Taken back: added 1 paper from more.csv."
    assert board.intake["undo"] == ""
    assert len(default_corpus(str(first.folder))) == 5


def test_the_first_addition_taken_back_leaves_the_file(file: Path) -> None:
    first = open_files([file])
    board = served(first, first.folder)
    add(board, MORE)
    send(board, "intake_close")
    assert board.intake["undo"].startswith("Added 2 papers")
    send(board, "intake_undo")
    assert board.summary["total"] == 3
    assert len(default_corpus(str(first.folder))) == 3
    with pytest.raises(ReadError, match="no change"):
        board.incoming.undo()


def test_a_folder_takes_its_papers_in(tmp_path: Path, cache: Any) -> None:
    corpus = Corpus.from_papers(pd.DataFrame({"title": ["One", "Two"]}), tmp_path / "corpus")
    board = served(corpus, corpus.folder)
    add(board, MORE)
    assert f"They are kept in {corpus.folder}." in board.intake["message"]
    assert len(default_corpus(str(corpus.folder))) == 4
    send(board, "intake_undo")
    assert board.summary["total"] == len(default_corpus(str(corpus.folder))) == 2


def test_a_split_is_taken_back(tmp_path: Path, cache: Any) -> None:
    first = tmp_path / "a.bib"
    first.write_text("@article{a, title={The rings of a distant planet}, author={Ito, Aya}, year={2021}, doi={10.1234/rings}}")
    second = tmp_path / "b.bib"
    second.write_text("@article{b, title={The rings of a distant planet}, author={Ito, A.}, year={2021}, doi={10.1234/rings}}")
    corpus = open_files([first, second])
    assert len(corpus) == 1
    board = served(corpus, corpus.folder)
    send(board, "intake_split", paper=corpus.table.column("id")[0].as_py())
    assert board.summary["total"] == 2
    send(board, "intake_undo")
    assert board.summary["total"] == 1
    assert len(open_files([first, second])) == 1


def test_a_name_from_elsewhere_is_not_followed(file: Path, cache: Any, tmp_path: Path) -> None:
    first = open_files([file])
    keep_added(str(first.folder), tmp_path)
    assert len(default_corpus(str(first.folder))) == 3
    (first.folder.parent / f"{first.folder.name}.added").write_text("../../etc")
    assert len(default_corpus(str(first.folder))) == 3

"""Papers that a cell opens a dashboard on, in the background of a notebook that goes on."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import explorer
from explorer import Corpus, CorpusError, ReadError, Selection
from explorer.dashboard.opening import FEW, many, watched
from explorer.dashboard.widget import Dashboard

PAPERS = pd.DataFrame({"title": ["One paper", "Another paper", "A third one"], "year": [2020, 2021, 2022]})


@pytest.fixture
def nothing(tmp_path: Path) -> Corpus:
    return Corpus.from_papers(PAPERS.iloc[:0], tmp_path / "nothing")


@pytest.mark.parametrize("given", [PAPERS, ["a.bib", "b.bib"], 5])
def test_what_is_no_path_is_told_from_files_and_folders(given: Any, tmp_path: Path) -> None:
    said = f"not by a {type(given).__name__}.*Corpus.from_papers"
    for read in (explorer.read_papers, lambda file: explorer.build_corpus(file, folder=tmp_path / "c")):
        with pytest.raises(ReadError, match=said):
            read(given)
    with pytest.raises(CorpusError, match=said):
        explorer.open_corpus(given)
    assert not list(tmp_path.iterdir())


def test_a_cell_goes_on_while_papers_are_opened_and_waits_where_it_needs_them(nothing: Corpus, tmp_path: Path) -> None:
    let, states = threading.Event(), []

    def open_(say: Any) -> Corpus:
        say("Finding topics", 0.4)
        let.wait(20)
        return Corpus.from_papers(PAPERS, tmp_path / "papers")

    async def cells() -> None:
        board = Dashboard(nothing, Selection(query="paper"), opening=(open_, "three papers"))
        board.observe(lambda change: states.append(change.new), names="opening")
        await asyncio.sleep(0.3)  # Another cell.
        assert board.opening == {"title": "three papers", "stage": "Finding topics", "part": 0.4}
        assert board.summary["total"] == 0
        let.set()
        # This cell holds the loop: the papers come all the same.
        assert len(board.corpus) == 3
        assert list(board.to_frame()["title"]) == list(board.corpus.select("paper")["title"])
        assert board.selection == Selection(query="paper")
        assert (board.summary["shown"], board.summary["total"], board.summary["can_undo"]) == (2, 3, False)
        assert board.opening is None
        await asyncio.sleep(0)
        assert board.summary["url"] == "q=paper"
        board.close()

    asyncio.run(cells())
    assert states[-1] is None


def test_it_opens_by_itself(nothing: Corpus, tmp_path: Path) -> None:
    async def cells() -> None:
        board = Dashboard(nothing, opening=(lambda say: Corpus.from_papers(PAPERS, tmp_path / "papers"), "three"))
        for _ in range(200):
            await asyncio.sleep(0.05)
            if board.opening is None:
                break
        assert board.summary["total"] == 3
        board.selection = "third"
        assert board.summary["shown"] == 1
        board.close()

    asyncio.run(cells())


def test_it_stops_and_says_what_to_do(nothing: Corpus) -> None:
    begun = threading.Event()

    def open_(say: Any) -> Corpus:
        while True:
            say("Finding topics", 0.4)
            begun.set()

    async def cells() -> None:
        board = Dashboard(nothing, opening=(open_, "many"))
        await asyncio.to_thread(begun.wait, 20)
        board._received(board, {"kind": "stop_opening", "seq": 1}, [])
        assert board.opening is None or board.opening["stage"] == "Stopping"
        with pytest.raises(CorpusError, match="Run the cell again"):
            board.wait()
        assert board.opening is None
        assert board.status["level"] == "error"
        with pytest.raises(CorpusError):
            board.to_frame()
        board.close()

    asyncio.run(cells())


def test_what_goes_wrong_is_said(nothing: Corpus) -> None:
    def open_(say: Any) -> Corpus:
        raise ReadError("No paper could be read.")

    async def cells() -> None:
        board = Dashboard(nothing, opening=(open_, "many"))
        with pytest.raises(CorpusError, match="No paper could be read"):
            _ = board.corpus
        assert "No paper could be read" in board.status["text"]
        board.close()

    asyncio.run(cells())


def test_a_query_that_cannot_be_read_shows_the_papers(nothing: Corpus, tmp_path: Path) -> None:
    async def cells() -> None:
        opening = (lambda say: Corpus.from_papers(PAPERS, tmp_path / "papers"), "three")
        board = Dashboard(nothing, Selection(query='"'), opening=opening)
        assert len(board.corpus) == 3
        assert board.status["level"] == "error"
        assert board.summary["shown"] == 3
        board.close()

    asyncio.run(cells())


def test_a_watched_notebook_comes_back_at_once_and_a_program_waits(
    monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path
) -> None:
    papers = pd.DataFrame({"title": [f"Paper {number} on subject {number % 7}" for number in range(FEW + 1)]})
    papers.attrs["name"] = "My papers"

    async def cell() -> tuple[int, str]:
        board = explorer.explore(papers)
        title = "" if board.opening is None else board.opening["title"]
        papers_at_once = board.summary["total"]
        assert len(board.corpus) == FEW + 1
        assert board.summary["name"] == "My papers"
        board.close()
        return papers_at_once, title

    for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)
    assert not watched()
    monkeypatch.setenv("JPY_SESSION_NAME", "/notebook.ipynb")
    assert watched()
    assert asyncio.run(cell()) == (0, "My papers")
    # There by now, but a frame is only known again once it was read.
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert asyncio.run(cell()) == (FEW + 1, "")
    board = explorer.explore(papers, "subject", wait=True)
    assert board.selection == Selection(query="subject")
    board.close()


def test_few_papers_are_not_many(tmp_path: Path) -> None:
    assert not many(PAPERS)
    assert not many(pa.table({"title": ["a"]}))
    assert many(pa.table({"title": ["a"] * (FEW + 1)}))
    assert not many(tmp_path / "missing.bib")
    (tmp_path / "large.bib").write_bytes(b" " * 1000 * (FEW + 1))
    assert many(str(tmp_path / "large.bib"))


@pytest.mark.parametrize("papers", [3, [1, 2], object(), {"title": ["a"]}])
def test_what_is_no_papers_is_refused_and_what_is_taken_is_named(papers: Any) -> None:
    with pytest.raises(ReadError, match="Give a DataFrame, a corpus"):
        explorer.explore(papers)

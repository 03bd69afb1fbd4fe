"""Dashboards are told that their corpus was changed elsewhere, and can go on with it; what they do upon it succeeds."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from explorer import Corpus, ReadError
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.widget import Dashboard

TITLES = ["Graphs of networks", "Soil and its fungi", "Rings of a planet"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Corpus.from_papers(pd.DataFrame({"title": TITLES, "year": [2020, 2021, 2022]}), tmp_path / "corpus")
    return tmp_path / "corpus"


def add(folder: Path, title: str) -> None:
    """Add a paper, as another dashboard or ``litexplorer update`` does."""
    Corpus(folder).add(pd.DataFrame({"title": [title], "year": [2023]}))


def send(board: Dashboard, kind: str, **fields: Any) -> None:
    board._received(board, {"kind": kind, "seq": 1, **fields}, [])


def test_three_dashboards_are_told_and_follow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.dashboard.widget._FOLLOW", 0.05)
    monkeypatch.setattr("explorer.dashboard.widget._LOOK", 0.1)

    async def watch() -> None:
        ways = (Deployment(), Deployment(served=True, corpus=str(folder)), Deployment(served=True, read_only=True))
        boards = [Dashboard(Corpus(folder), deployment=way) for way in ways]
        send(boards[0], "set", changes={"years": [2022, None]})
        await asyncio.sleep(0.5)
        assert [board.intake["newer"] for board in boards] == [""] * 3
        add(folder, "Moons of another planet")
        for _ in range(200):
            if all(board.intake["newer"] for board in boards):
                break
            await asyncio.sleep(0.05)
        for board in boards:
            assert board.intake["newer"] == "The corpus was changed elsewhere: 4 papers by now, 3 here."
            assert board.summary["total"] == 3
            send(board, "intake_follow")
            assert board.summary["total"] == 4
            assert board.intake["newer"] == ""
        assert boards[0].summary["shown"] == 2, "the filter stays"
        await asyncio.sleep(0.5)
        assert [board.intake["newer"] for board in boards] == [""] * 3
        # A page that comes to a kernel which was told of a change is shown that change, and told of none.
        add(folder, "A comet")
        for _ in range(200):
            if boards[1].intake["newer"]:
                break
            await asyncio.sleep(0.05)
        assert boards[1].intake["newer"] == "The corpus was changed elsewhere: 5 papers by now, 4 here."
        send(boards[1], "arrive", url="")
        assert (boards[1].summary["total"], boards[1].intake["newer"]) == (5, "")
        for board in boards:
            board.close()

    asyncio.run(watch())


def test_what_is_done_upon_an_older_one_succeeds_and_undoes_nothing_of_others(folder: Path) -> None:
    board = Dashboard(Corpus(folder))
    add(folder, "Moons of another planet")
    ids = board.session.corpus.table.column("id").to_pylist()
    send(board, "intake_decide", first=ids[0], second=ids[1], same=True)
    board.incoming.join()
    assert board.status["level"] != "error"
    assert board.summary["total"] == 3, "one paper came, two became one"
    assert len(Corpus(folder)) == 3
    add(folder, "Dust between the planets")
    with pytest.raises(ReadError, match="changed elsewhere"):
        board.incoming.undo()
    assert len(Corpus(folder)) == 4

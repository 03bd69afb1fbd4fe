"""The first selection by meaning on a large corpus: prepared in a thread, applied afterwards, stoppable; nothing waits."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oracles
import pyarrow as pa
import pytest
from built import Built

from explorer import Corpus, Dashboard, Selection
from explorer.dashboard import preparation
from explorer.errors import CorpusError
from explorer.jobs import PREPARING, preparing
from explorer.search.ranker import Ranker
from explorer.store.build import Progress

RANKED = Selection(rank="graph - model")


class Gate:
    """Holds a corpus's preparation until it is opened, or fails it."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.begun = 0
        self.failure: Exception | None = None


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every corpus counts as large, and its preparation waits."""
    made = Gate()
    really = Ranker.prepare_meaning

    def prepare(self: Ranker, progress: Progress) -> None:
        made.begun += 1
        while not made.opened.wait(0.01):
            progress("vectors", 0.25)
        if made.failure is not None:
            raise made.failure
        really(self, progress)

    monkeypatch.setattr(preparation, "SMALL", 0)
    monkeypatch.setattr(Ranker, "prepare_meaning", prepare)
    return made


def build(folder: Path) -> Corpus:
    return Corpus.from_papers(pa.Table.from_pylist(oracles.random_papers(7, 40)), folder)


@pytest.fixture
def corpus(tmp_path: Path, built: Built) -> Corpus:
    return built(build, tmp_path / "corpus")


def test_every_stage_is_named_and_the_bar_only_grows(corpus: Corpus) -> None:
    stages: list[str] = []
    said: list[tuple[str, float]] = []
    shown = preparing(lambda label, part: said.append((label, part or 0.0)))

    def progress(stage: str, part: float) -> None:
        stages.append(stage)
        shown(stage, part)

    corpus.ranker.prepare_meaning(progress)
    assert set(stages) == set(PREPARING)
    parts = [part for _, part in said]
    assert parts == sorted(parts)
    assert parts[0] == 0
    assert parts[-1] == 1


@pytest.fixture
def board(corpus: Corpus, gate: Gate) -> Iterator[Dashboard]:
    made = Dashboard(corpus)
    yield made
    gate.opened.set()
    made.close()
    made.preparing.join(10)


def send(board: Dashboard, kind: str, **content: Any) -> dict[str, Any]:
    send.seq = getattr(send, "seq", 0) + 1  # type: ignore[attr-defined]
    board._received(board, {"kind": kind, "seq": send.seq, **content}, [])  # type: ignore[attr-defined]
    assert board.status["seq"] == send.seq  # type: ignore[attr-defined]
    return dict(board.status)


def finish(board: Dashboard, gate: Gate) -> None:
    gate.opened.set()
    board.preparing.join(30)


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": "graph - model"},
        {"like": ["p3"]},
        {"query": "graph", "sort": "hybrid"},
        {"axes": [["graph", "model"]]},
    ],
)
def test_a_change_waits_and_is_applied(board: Dashboard, gate: Gate, changes: dict[str, Any]) -> None:
    if "like" in changes:
        changes = {"like": [board.session.corpus.table.column("id")[3].as_py()]}
    assert send(board, "set", changes=changes)["level"] == "ready"
    assert board.session.selection == Selection()
    assert board.preparation is not None
    # The page goes on meanwhile.
    assert send(board, "set", changes={"years": [2020, None]})["level"] == "ready"
    assert board.session.selection == Selection(years=(2020, None))
    finish(board, gate)
    assert board.preparation is None
    assert board.session.selection == Selection(years=(2020, None)).with_(changes)
    assert board.summary["shown"] == board.session.results.shown
    assert gate.begun == 1
    # From now on nothing waits.
    send(board, "undo")
    send(board, "redo")
    assert board.session.selection.by_meaning
    assert gate.begun == 1


def test_of_several_changes_the_last_is_applied(board: Dashboard, gate: Gate) -> None:
    send(board, "set", changes={"rank": "graph"})
    send(board, "set", changes={"rank": "model"})
    finish(board, gate)
    assert board.session.selection.rank == "model"
    assert gate.begun == 1


def test_stopped_it_drops_the_change(board: Dashboard, gate: Gate) -> None:
    send(board, "set", changes={"rank": "graph"})
    assert send(board, "stop_preparing")["level"] == "ready"
    assert board.preparation is None
    board.preparing.join(10)
    assert board.session.selection == Selection()
    assert not board.session.corpus.ranker.meaning_ready
    # It can be asked for again.
    send(board, "set", changes={"rank": "model"})
    finish(board, gate)
    assert board.session.selection.rank == "model"


def test_a_failure_is_said_and_changes_nothing(board: Dashboard, gate: Gate) -> None:
    gate.failure = CorpusError("The disk is full.")
    send(board, "set", changes={"rank": "graph"})
    finish(board, gate)
    assert (board.status["level"], board.status["text"]) == ("error", "The disk is full.")
    assert board.preparation is None
    assert board.session.selection == Selection()


def test_an_error_of_the_change_is_said_after_it(board: Dashboard, gate: Gate) -> None:
    send(board, "set", changes={"rank": "xyzzyx"})
    finish(board, gate)
    assert board.status["level"] == "error"
    assert "xyzzyx" in board.status["text"]
    assert board.session.selection == Selection()


def test_undo_and_redo_wait_and_lose_no_step(corpus: Corpus, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Dashboard(corpus)
    gate.opened.set()
    board.session.selection = RANKED
    board.session.selection = Selection(query="graph")
    # As after the corpus has grown: what was prepared is that of the one before.
    gate.opened.clear()
    monkeypatch.setattr(Ranker, "meaning_ready", property(lambda _: gate.opened.is_set()))
    send(board, "undo")
    assert board.session.selection == Selection(query="graph")
    assert board.summary["can_undo"]
    finish(board, gate)
    assert board.session.selection == RANKED
    assert board.summary["can_redo"]
    board.close()


@pytest.mark.parametrize("url", ["rank=graph+-+model&sort=title", "axis=graph↔model&x=0..", "q=graph&sort=hybrid"])
def test_a_page_that_opens_with_it_is_drawn_first(corpus: Corpus, gate: Gate, url: str) -> None:
    wanted = Selection.from_url(url)
    board = Dashboard(corpus, wanted)
    assert board.session.selection == preparation.by_words(wanted)
    assert not board.session.selection.by_meaning
    assert board.preparation is not None
    # The page asks for its address too.
    send(board, "url", url=url)
    finish(board, gate)
    assert board.session.selection == wanted
    assert gate.begun == 1
    board.close()


SEARCH = {"query": "graph", "years": [2020, None]}
SEARCHED = Selection(query="graph", years=(2020, None))


@pytest.mark.parametrize("kind", ["url", "arrive"])
def test_what_is_searched_for_while_an_address_waits_is_not_overwritten_by_it(board: Dashboard, gate: Gate, kind: str) -> None:
    send(board, kind, url=RANKED.to_url())
    assert board.preparation is not None
    send(board, "set", changes=SEARCH)
    finish(board, gate)
    assert board.session.selection == SEARCHED
    send(board, "undo")
    assert board.session.selection == Selection()


def test_what_is_searched_for_once_papers_are_opened_is_not_overwritten_by_what_a_cell_wanted(
    corpus: Corpus, gate: Gate, tmp_path: Path
) -> None:
    nothing = Corpus.from_papers(corpus.table.slice(0, 0), tmp_path / "nothing")
    for search in (None, SEARCH):
        board = Dashboard(nothing, RANKED, opening=(lambda say: Corpus(corpus.folder), "papers"))
        board.opener.join()
        assert (board.summary["total"], board.session.selection) == (40, Selection())
        if search:
            send(board, "set", changes=search)
        finish(board, gate)
        assert board.session.selection == (SEARCHED if search else RANKED)
        # What was there before the reader did anything is nothing to go back to.
        assert board.summary["can_undo"] is bool(search)
        board.close()
        gate.opened.clear()
        shutil.rmtree(corpus.ranker._meaning_folder)


def test_what_is_searched_for_when_papers_came_in_is_not_overwritten_by_what_was_shown(
    corpus: Corpus, gate: Gate, tmp_path: Path
) -> None:
    larger = Corpus.from_papers(pa.Table.from_pylist(oracles.random_papers(7, 60)), tmp_path / "larger")
    gate.opened.set()
    board = Dashboard(corpus)
    board.session.selection = RANKED
    gate.opened.clear()
    board._arrived(larger, True, "Added 20 papers.")
    assert (board.summary["total"], board.session.selection) == (60, Selection())
    send(board, "set", changes=SEARCH)
    finish(board, gate)
    assert board.session.selection == SEARCHED
    assert board.status["text"] == "Added 20 papers."
    board.close()


def test_a_cell_waits(board: Dashboard, gate: Gate) -> None:
    gate.opened.set()
    board.session.selection = RANKED
    assert board.session.results.ordering is not None
    assert board.preparation is None


def test_small_corpora_are_done_at_once(corpus: Corpus) -> None:
    board = Dashboard(corpus, RANKED)
    assert board.session.selection == RANKED
    send(board, "set", changes={"rank": "model"})
    assert board.session.selection.rank == "model"
    assert board.preparation is None
    board.close()

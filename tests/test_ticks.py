"""Ticks: they last, they can be listed alone, and a page that was loaded again sets them anew."""

from __future__ import annotations

from typing import Any

import pytest

from explorer import Corpus, Dashboard, Selection, open_corpus


@pytest.fixture
def corpus(cache: Any) -> Corpus:
    return open_corpus()


def send(board: Dashboard, kind: str, **content: Any) -> dict[str, Any]:
    board._received(board, {"kind": kind, "seq": board.summary["seq"] + 1, **content}, [])
    status: dict[str, Any] = board.status
    return status


def rows(board: Dashboard) -> list[int]:
    return [row["row"] for row in board.papers["rows"]]


def test_ticks_last_while_the_list_changes(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    first, second = rows(board)[:2]
    for row in (first, second):
        send(board, "tick", row=row, on=True)
    for change in ({"query": "vision"}, {"query": "", "sort": "title"}):
        send(board, "set", changes=change)
        assert board.papers["ticked"] == 2
    send(board, "like_ticked", less=False)
    assert board.papers["ticked"] == 2
    assert set(board.papers["ticks"]) == {corpus.table.column("id")[row].as_py() for row in (first, second)}


def test_a_page_that_is_loaded_again_ticks_what_was_ticked(corpus: Corpus) -> None:
    before = Dashboard(corpus)
    for row in (4, 20, 7):
        send(before, "tick", row=row, on=True)
    after = Dashboard(corpus)
    assert send(after, "tick_ids", ids=[*before.papers["ticks"], "gone", 7])["level"] == "ready"
    assert after.session.ticked == frozenset({4, 7, 20})
    assert send(after, "tick_ids", ids="abc")["level"] == "error"


def test_only_the_ticked_are_listed(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    assert send(board, "show_ticked", on=True)["level"] == "error"
    order = board.session.results.rows().tolist()
    for row in (order[40], order[3], order[60]):
        send(board, "tick", row=row, on=True)
    send(board, "show_ticked", on=True)
    assert rows(board) == [order[3], order[40], order[60]]
    assert (board.papers["listed"], board.papers["only_ticked"]) == (3, True)
    send(board, "tick", row=order[40], on=False)
    assert rows(board) == [order[3], order[60]]
    # What is asked for next is asked of all papers.
    send(board, "set", changes={"query": "model"})
    assert not board.papers["only_ticked"]
    assert board.papers["listed"] == len(corpus.select(Selection(query="model")))
    send(board, "show_ticked", on=True)
    send(board, "untick_all")
    assert not board.papers["only_ticked"]
    assert board.papers["listed"] == board.summary["shown"]


def test_ticks_go_with_papers_into_a_larger_corpus(corpus: Corpus) -> None:
    import pandas as pd

    board = Dashboard(corpus)
    send(board, "tick", row=11, on=True)
    id_ = corpus.table.column("id")[11].as_py()
    board.show_corpus(corpus.add(pd.DataFrame({"title": ["A paper about nothing else"]})), Selection())
    [row] = board.session.ticked
    assert board.session.id_of(row) == id_

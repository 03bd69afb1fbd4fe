"""What was read: kept in the library, marked on the page, and what novelty is measured against."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from exported import export_bytes

import explorer
from explorer import Corpus, Dashboard, LibraryError, Selection
from explorer.corpus.opening import default_corpus
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.handlers import HANDLERS

NOVEL = Selection(prefer={"novelty": 1}, sort="preference")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its terms and vectors."""
    corpus = Corpus.from_papers(default_corpus().table, tmp_path_factory.mktemp("built") / "corpus")
    assert len(corpus.ranker.meaning.vectors) == len(corpus)
    return corpus.folder


@pytest.fixture
def corpus(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """The sample in a folder of its own, with a library of its own: wherever a corpus lies, it has that of its papers."""
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    return Corpus(shutil.copytree(built, tmp_path / "corpus"))


def send(board: Dashboard, kind: str, **content: Any) -> dict[str, Any]:
    board._received(board, {"kind": kind, "seq": board.summary["seq"] + 1, **content}, [])
    return dict(board.status)


def farthest(corpus: Corpus, read: list[int]) -> np.ndarray:
    vectors = np.asarray(corpus.ranker.meaning.vectors, np.float64)
    return 1 - np.array([max(float(vector @ vectors[row]) for row in read) for vector in vectors])


def test_novelty_is_the_distance_from_the_nearest_paper_read(corpus: Corpus) -> None:
    ids = corpus.table.column("id").to_pylist()
    assert np.isnan(corpus.ranker.novelty(())).all()
    for read in ([3], [3, 7], [3, 7, 40, 41], [7, 40], list(range(30))):
        np.testing.assert_allclose(corpus.ranker.novelty(tuple(ids[row] for row in read)), farthest(corpus, read), atol=1e-5)
    assert np.isnan(corpus.ranker.novelty(("nobody's",))).all()


def test_what_was_read_is_kept_and_forgotten(corpus: Corpus) -> None:
    assert corpus.library.reads() == ()
    assert not corpus.library.path.exists()
    corpus.library.mark_read("b", True)
    corpus.library.mark_read("a", True)
    corpus.library.mark_read("b", True)
    assert Corpus(corpus.folder).read_papers == ("b", "a")
    corpus.library.mark_read("b", False)
    assert Corpus(corpus.folder).read_papers == ("a",)
    corpus.library.save("kept", Selection())
    assert [saved.name for saved in corpus.library.searches()] == ["kept"]


def test_a_library_of_an_earlier_version_learns_to_keep_it(corpus: Corpus) -> None:
    corpus.library.save("first", Selection())
    assert corpus.library.reads() == ()
    corpus.library.mark_read("a", True)
    assert corpus.library.reads() == ("a",)


def test_marking_orders_anew_and_is_seen(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    send(board, "set", changes={"prefer": [["novelty", 1]], "sort": "preference"})
    row = board.papers["rows"][0]["row"]
    send(board, "open", row=row)
    assert not board.reader["read"]
    assert send(board, "read", row=row, on=True)["level"] == "ready"
    assert board.reader["read"]
    assert board.preference["read"] == 1
    listed = board.session.results.rows().tolist()
    assert listed[-1] == row
    np.testing.assert_array_equal(listed, np.lexsort((np.arange(len(corpus)), -corpus.ranker.novelty(board.session.read))))
    assert [paper["id"] for paper in explorer.open_corpus(corpus.folder).select(NOVEL).to_dict("records")] == [
        corpus.table.column("id")[other].as_py() for other in listed
    ]
    send(board, "read", row=row, on=False)
    assert not board.reader["read"]
    assert corpus.library.reads() == ()


def test_a_paper_is_read_only_by_the_act_of_its_reader(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    row = board.papers["rows"][0]["row"]
    send(board, "open", row=row)
    assert board.reader is not None
    assert not board.reader["read"]
    assert "was_open" not in HANDLERS


def test_readers_of_one_server_do_not_read_for_each_other(corpus: Corpus) -> None:
    ids = corpus.table.column("id").to_pylist()
    corpus.library.mark_read(ids[0], True)
    server = Deployment(read_only=True)
    one, other = (Dashboard(corpus, deployment=server) for _ in range(2))
    assert not any(row["read"] for row in one.papers["rows"])
    first, second = (row["row"] for row in one.papers["rows"][:2])
    send(one, "read", row=first, on=True)
    send(other, "read", row=second, on=True)
    third = Dashboard(corpus, deployment=server)
    for board, rows in ((one, {first}), (other, {second}), (third, set())):
        send(board, "page", page=0)
        assert {row["row"] for row in board.papers["rows"] if row["read"]} == rows
        send(board, "set", changes={"prefer": [["novelty", 1]], "sort": "preference"})
        assert board.session.read == tuple(ids[row] for row in rows)
        assert board.preference["read"] == len(rows)
    assert corpus.library.reads() == (ids[0],)


def test_dashboards_of_one_reader_share_what_was_read(corpus: Corpus) -> None:
    one, other = Dashboard(corpus), Dashboard(corpus)
    first, second = (row["row"] for row in one.papers["rows"][:2])
    send(one, "read", row=first, on=True)
    send(other, "read", row=second, on=True)
    assert {row["row"] for row in other.papers["rows"] if row["read"]} == {first, second}
    assert len(corpus.read_papers) == 2


@pytest.mark.parametrize("row", [-1, 10**9, True, None, "0", 1.5])
def test_rows_that_cannot_be_are_refused(corpus: Corpus, row: Any) -> None:
    board = Dashboard(corpus)
    assert send(board, "read", row=row, on=True)["level"] == "error"
    assert corpus.read_papers == ()


def test_a_library_that_cannot_be_written_says_so(corpus: Corpus) -> None:
    corpus.library.path.parent.parent.mkdir(parents=True, exist_ok=True)
    corpus.library.path.parent.write_text("a file, where its folder should be")
    with pytest.raises(LibraryError, match=re.escape(str(corpus.library.path.parent))):
        corpus.library.mark_read("a", True)


def test_a_damaged_library_reads_as_nothing_and_marking_says_so(corpus: Corpus) -> None:
    corpus.library.path.parent.mkdir(parents=True)
    corpus.library.path.write_bytes(b"no database" * 1000)
    board = Dashboard(corpus)
    assert corpus.read_papers == ()
    assert "cannot be read" in send(board, "read", row=0, on=True)["text"]
    assert not board.papers["rows"][0]["read"]


def test_an_export_by_novelty_says_what_was_read(corpus: Corpus) -> None:
    corpus.library.mark_read(corpus.table.column("id")[0].as_py(), True)

    def manifest(selection: Selection) -> dict[str, object]:
        [file], _ = export_bytes(corpus.results(selection), "json")
        return dict(json.loads(file.data)[0]["custom"]["literature-explorer-manifest"])

    assert manifest(NOVEL)["read"] == list(corpus.read_papers)
    assert "read" not in manifest(Selection())
    assert "corpus.read_papers" in NOVEL.to_python()
    assert "read_papers" not in Selection(prefer={"recency": 1}, sort="preference").to_python()


def test_another_corpus_has_its_own(corpus: Corpus, tmp_path: Path) -> None:
    other = Corpus.from_papers(pa.table({"id": ["x"], "title": ["graph"]}), tmp_path / "other")
    board = Dashboard(corpus)
    send(board, "read", row=0, on=True)
    board.show_corpus(other, Selection())
    assert not board.papers["rows"][0]["read"]
    send(board, "read", row=0, on=True)
    assert (len(corpus.library.reads()), other.library.reads()) == (1, ("x",))

"""Saved searches: what is saved comes back, whoever else writes, and whatever the file holds."""

from __future__ import annotations

import multiprocessing
import sqlite3
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer import Corpus, LibraryError, QueryError, Selection, SelectionError
from explorer.corpus.opening import open_files
from explorer.disk import data_folder
from explorer.library.library import LONGEST_NAME, Library

PAPERS = pa.table({"id": ["a", "b", "ü/\n\"'", "d"], "title": ["reward", "reward model", "model", "graph"]})


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.from_papers(PAPERS, tmp_path / "corpus")


@pytest.fixture
def library(corpus: Corpus, tmp_path: Path) -> Library:
    return Library(corpus.ranker, tmp_path / "data")


def test_saved_listed_run_renamed_deleted(library: Library, corpus: Corpus) -> None:
    assert library.searches() == []
    assert not library.path.exists()
    selection = Selection(query="reward", sort="title")
    saved = library.save("  Reward\n models ", selection)
    assert (saved.name, saved.papers, saved.content_hash) == ("Reward models", 2, corpus.manifest["content_hash"])
    assert saved.selection == selection
    library.save("all", Selection())
    assert [item.name for item in library.searches()] == ["all", "Reward models"]
    assert library.get("Reward models") == saved
    assert library.ids("Reward models") == corpus.select(selection)["id"].tolist()
    assert library.ids("all") == corpus.select(Selection())["id"].tolist()
    assert library.run("Reward models").selection == selection
    library.rename("Reward models", "rm")
    library.rename("rm", "rm")
    library.delete("all")
    assert [item.name for item in library.searches()] == ["rm"]


def test_a_name_is_taken_until_it_is_replaced(library: Library) -> None:
    library.save("x", Selection(query="reward"))
    library.save("y", Selection())
    with pytest.raises(LibraryError, match="already"):
        library.save("x", Selection())
    with pytest.raises(LibraryError, match="already"):
        library.rename("x", "y")
    assert library.get("x").url == "q=reward"
    assert library.save("x", Selection(), replace=True) == library.get("x")
    assert len(library.searches()) == 2


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * (LONGEST_NAME + 1), "a\x00b", "\ud800", "a\u202eb"])
def test_names_that_cannot_be(library: Library, name: str) -> None:
    with pytest.raises(LibraryError):
        library.save(name, Selection())
    assert library.searches() == []


def test_what_is_not_there(library: Library) -> None:
    library.save("x", Selection())
    for action in (library.get, library.ids, library.delete, library.run, lambda name: library.rename(name, "z")):
        with pytest.raises(LibraryError, match="no saved search"):
            action("nope")
    with pytest.raises(QueryError):
        library.save("bad", Selection(query='"reward'))
    assert [item.name for item in library.searches()] == ["x"]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4),
    query=st.text(alphabet="reward model\"'%&=", max_size=12),
)
def test_any_name_and_query_come_back(names: list[str], query: str, library: Library) -> None:
    for item in library.searches():
        library.delete(item.name)
    kept = {}
    for name in names:
        try:
            saved = library.save(name, Selection(query=query), replace=True)
        except (LibraryError, QueryError):
            continue
        kept[saved.name] = saved
    assert {item.name: item for item in library.searches()} == kept
    for saved in kept.values():
        assert saved.selection == Selection(query=query)
        assert len(library.ids(saved.name)) == saved.papers


def _write(folder: Path, home: Path, who: int) -> None:
    library = Library(Corpus(folder).ranker, home)
    for number in range(15):
        library.save(f"{who}-{number}", Selection(query="reward"))
        library.save("shared", Selection(query="model"), replace=True)
        library.rename(f"{who}-{number}", f"{who}-{number} done")
        library.searches()


def test_several_write_at_once(corpus: Corpus, tmp_path: Path) -> None:
    home = tmp_path / "data"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(corpus.folder, home, who)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    names = {item.name for item in Library(corpus.ranker, home).searches()}
    assert names == {"shared", *(f"{who}-{number} done" for who in range(3) for number in range(15))}


def test_then_and_now(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(PAPERS, tmp_path / "corpus")
    saved = corpus.library.save("r", Selection(query="reward"))
    larger = corpus.add(pa.table({"id": ["e"], "title": ["rewards"]}))
    assert larger.library.get("r") == saved
    assert saved.content_hash != larger.manifest["content_hash"]
    found = larger.compare(saved, saved)
    assert dict(zip(found["id"], found["status"], strict=True)) == {"a": "shared", "b": "shared", "e": "new"}
    smaller = Corpus.from_papers(PAPERS.slice(1, 1), tmp_path / "corpus")
    found = smaller.compare(saved, saved)
    assert dict(zip(found["id"], found["status"], strict=True)) == {"b": "shared", "a": "gone"}
    assert found.loc[found["id"] == "a", "title"].isna().all()


def test_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "given"))
    before = sorted(path.name for path in corpus.folder.rglob("*"))
    corpus.library.save("x", Selection())
    assert corpus.library.path.is_relative_to(tmp_path / "given")
    assert sorted(path.name for path in corpus.folder.rglob("*")) == before
    monkeypatch.delenv("LITEXPLORER_DATA_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder() == tmp_path / "xdg" / "literature-explorer"
    # A new export of the same file keeps its searches; another file has its own.
    file, other = tmp_path / "refs.csv", tmp_path / "other.csv"
    file.write_text("title\nreward\n")
    other.write_text("title\nreward\n")
    first = open_files([file])
    file.write_text("title\nreward\nmodel\n")
    assert open_files([file]).folder != first.folder
    assert open_files([file]).library.path == first.library.path
    assert open_files([other]).library.path != first.library.path


def test_a_file_that_is_none_of_ours(library: Library) -> None:
    library.path.parent.mkdir(parents=True)
    library.path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for action in (library.searches, lambda: library.save("x", Selection()), lambda: library.get("x")):
        with pytest.raises(LibraryError, match="Move the file away"):
            action()


def test_a_later_version_and_damaged_rows(library: Library) -> None:
    library.save("x", Selection())
    with sqlite3.connect(library.path) as file:
        for data in (b"no zip", zlib.compress(b'{"a": 1}'), zlib.compress(b"[1, 2]"), zlib.compress(b"[" * 200_000)):
            file.execute("UPDATE searches SET ids = ?", (data,))
            file.commit()
            with pytest.raises(LibraryError, match="damaged"):
                library.ids("x")
        file.execute("UPDATE searches SET url = 'years=soon'")
        file.commit()
        with pytest.raises(SelectionError):
            _ = library.searches()[0].selection
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(LibraryError, match="later version"):
        library.searches()


def test_a_folder_that_cannot_be_written(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="LITEXPLORER_DATA_HOME"):
        Library(corpus.ranker, tmp_path / "file").save("x", Selection())

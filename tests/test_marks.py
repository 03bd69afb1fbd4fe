"""The reader's library: its file and migrations, stars, tags, notes, papers read, what of it can be asked, several readers."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from built import Built
from examples import examples
from exported import export_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from library_files import FILES

from explorer import Corpus, Dashboard, Selection
from explorer.cli.main import main
from explorer.errors import ConceptError, LibraryError, QueryError, SelectionError
from explorer.library.database import SCRIPTS, Database, Noun
from explorer.library.exchange import export_library, import_library
from explorer.library.library import Library
from explorer.library.marks import both
from explorer.library.readers import reader_name
from explorer.library.visits import Visits, fingerprints
from explorer.selection.query import parse
from explorer.selection.syntax import written

PAPERS = pa.table(
    {
        "id": ["a", "b", "c", "d", "e"],
        "title": ["reward", "reward model", "model", "graph", "vision of a robot"],
        "published": ["2022", "2023-05", "2024-01-09", None, "2024"],
    }
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "home"))
    for name in ("LITEXPLORER_READER", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


def build(folder: Path) -> Corpus:
    return Corpus.from_papers(PAPERS, folder)


@pytest.fixture
def corpus(home: Path, tmp_path: Path, built: Built) -> Corpus:
    return built(build, tmp_path / "corpus")


@pytest.fixture
def library(corpus: Corpus) -> Library:
    return corpus.library


def ids(corpus: Corpus, query: str | Selection) -> list[str]:
    return sorted(corpus.select(query)["id"])


# The file


@pytest.mark.parametrize("commit", FILES)
def test_a_file_of_each_earlier_version_is_taken_over(commit: str, corpus: Corpus, home: Path) -> None:
    """It lies where versions before looked for it: by the path of the folder."""
    import hashlib

    key = hashlib.sha256(str(corpus.folder.resolve()).encode()).hexdigest()[:16]
    before = home / "corpora" / key / "library.sqlite"
    before.parent.mkdir(parents=True)
    version, dumps = FILES[commit]
    with closing(sqlite3.connect(before)) as file:
        file.executescript("PRAGMA journal_mode = WAL;" + "".join(dumps) + f"PRAGMA user_version = {version};")
    library = corpus.library
    assert sorted(saved.name for saved in library.searches()) == ["Models, any", "rewards"]
    assert library.ids("rewards") == ["a", "b"]
    assert library.get("Models, any").selection == Selection(query="model")
    has = "".join(dumps)
    assert library.reads() == (("c", "a") if "reads" in has else ())
    assert [saved.name for saved in library.sets()] == (["picks"] if "sets" in has else [])
    if "sets" in has:
        assert library.members("picks") == ["d", "a"]
    library.star("d")
    library.mark_read("b")
    assert library.reads() == (("c", "a", "b") if "reads" in has else ("b",))
    with closing(sqlite3.connect(library.path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(SCRIPTS),)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not [name for name in tables if name.endswith("_before")]
    # The one before stays as it was, for a version before that still runs.
    with closing(sqlite3.connect(before)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (version,)


def test_what_was_kept_before_readers_had_names_is_of_who_opens_it_first(corpus: Corpus) -> None:
    path = corpus.library.path
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as file:
        file.executescript("".join(FILES["f61a58b"][1]) + "PRAGMA user_version = 1;")
    ann, bo = (Library(corpus.ranker, reader=name) for name in ("ann", "bo"))
    assert (ann.reads(), ann.members("picks")) == (("c", "a"), ["d", "a"])
    assert len(ann.searches()) == 2
    assert (bo.reads(), bo.sets(), bo.searches()) == ((), [], [])


def test_a_noun_is_migrated_script_by_script(tmp_path: Path) -> None:
    first = Noun("shelves", ("CREATE TABLE shelves (reader TEXT, name TEXT) STRICT; INSERT INTO shelves VALUES ('x', 'a;b')",))
    second = Noun("shelves", (*first.scripts, "ALTER TABLE shelves ADD COLUMN place TEXT; UPDATE shelves SET place = reader()"))
    database = Database(tmp_path / "library.sqlite", "ann")
    names = lambda file: file.execute("SELECT * FROM shelves").fetchall()  # noqa: E731
    assert database.read(first, names, "nothing") == "nothing"
    assert not (tmp_path / "library.sqlite").exists()
    with database.writing(first) as file:
        file.execute("INSERT INTO shelves VALUES ('ann', 'b')")
    assert database.read(second, names, []) == [("x", "a;b", "ann"), ("ann", "b", "ann")]
    # One that a later version has taken further is left alone.
    with pytest.raises(LibraryError, match="later version"):
        database.read(first, names, [])
    database.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    first = Noun("shelves", ("CREATE TABLE shelves (name TEXT) STRICT",))
    broken = Noun("shelves", (*first.scripts, "ALTER TABLE shelves RENAME TO gone; CREATE TABLE wrong ("))
    database = Database(tmp_path / "library.sqlite")
    with database.writing(first) as file:
        file.execute("INSERT INTO shelves VALUES ('kept')")
    with pytest.raises(LibraryError):
        database.read(broken, lambda file: None, None)
    assert database.read(first, lambda file: file.execute("SELECT * FROM shelves").fetchall(), []) == [("kept",)]
    database.close()


def test_it_is_its_owners_alone(library: Library) -> None:
    library.star("a")
    if sys.platform != "win32":
        for path in library.path.parent.glob("library.sqlite*"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
        assert stat.S_IMODE(library.path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_moved_away_is_made_anew(library: Library) -> None:
    library.star("a")
    library.path.rename(library.path.with_name("away.sqlite"))
    for left in ("library.sqlite-wal", "library.sqlite-shm"):
        library.path.with_name(left).unlink(missing_ok=True)
    assert len(library.stars) == 0
    library.star("b")
    assert library.stars["id"].tolist() == ["b"]


def test_it_follows_the_corpus(library: Library, corpus: Corpus, tmp_path: Path) -> None:
    """Whether the folder is moved, papers are added, or it is built anew from other papers."""
    library.star("a")
    library.save("rewards", Selection(query="reward"))
    library.database.close()
    moved = tmp_path / "elsewhere" / "papers"
    moved.parent.mkdir()
    shutil.move(corpus.folder, moved)
    found = Corpus(moved)
    assert found.library.stars["id"].tolist() == ["a"]
    larger = found.add(pa.table({"id": ["f"], "title": ["rewards of play"]}))
    assert [saved.name for saved in larger.library.searches()] == ["rewards"]
    shutil.move(moved, tmp_path / "again")
    grown = Corpus(tmp_path / "again")
    assert grown.library.stars["id"].tolist() == ["a"]
    rebuilt = Corpus.from_papers(PAPERS.slice(2), tmp_path / "again")
    assert rebuilt.library.path == library.path
    assert rebuilt.library.stars["title"].isna().all()
    other = Corpus.from_papers(PAPERS.slice(1), tmp_path / "other")
    assert other.library.path != library.path


# Marks


def test_star_tag_note_read(library: Library) -> None:
    assert (library.star("a", "b"), library.star("b", "c"), library.unstar("a", "d")) == (2, 1, 1)
    assert library.stars["id"].tolist() == ["b", "c"]
    assert library.stars["title"].tolist() == ["reward model", "model"]
    assert str(library.stars["at"].dtype).startswith("datetime64")
    assert (library.tag("a", "  to   cite "), library.tag(["a", "b"], "method")) == (1, 2)
    assert library.tags_of("a") == ["method", "to cite"]
    assert library.untag("a", "method") == 1
    assert library.tags[["id", "tag"]].to_numpy().tolist() == [["a", "to cite"], ["b", "method"]]
    assert library.note("a", " First. ") == library.note_of("a") == "First."
    assert library.note("a", "Second.") == "Second."
    assert library.notes["note"].tolist() == ["Second."]
    library.note("a", "  ")
    assert len(library.notes) == 0
    library.mark_read("c")
    library.mark_read("a")
    library.mark_read("c")
    assert (library.reads(), library.read["id"].tolist()) == (("c", "a"), ["c", "a"])


@pytest.mark.parametrize("wrong", ["", " ", "x" * 61, 'a "b"', "a\x00b"])
def test_tags_that_cannot_be(library: Library, wrong: str) -> None:
    with pytest.raises(LibraryError):
        library.tag("a", wrong)
    assert len(library.tags) == 0


def test_papers_that_are_not_there_and_notes_too_long(library: Library) -> None:
    for act in (lambda: library.star("a", "z"), lambda: library.tag("z", "t"), lambda: library.note("z", "n")):
        with pytest.raises(LibraryError, match="no paper 'z'"):
            act()
    with pytest.raises(LibraryError, match="at most"):
        library.note("a", "x" * 100_001)
    assert len(library.stars) == 0


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("star"), st.sampled_from("abc"), st.booleans()),
        st.tuples(st.just("tag"), st.sampled_from("abc"), st.sampled_from(["x", "y"]), st.booleans()),
        st.tuples(st.just("note"), st.sampled_from("abc"), st.sampled_from(["", "one", "two"])),
        st.tuples(st.just("read"), st.sampled_from("abc"), st.booleans()),
        st.tuples(st.just("undo")),
        st.tuples(st.just("redo")),
    ),
    max_size=12,
)


@settings(max_examples=examples(25), deadline=None)
@given(acts=ACTS)
def test_every_act_can_be_undone_and_done_again(acts: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Against a model: states in a list, with a place in it."""
    corpus = Corpus.from_papers(PAPERS, tmp_path_factory.getbasetemp() / "undo")
    library = Library(corpus.ranker, tmp_path_factory.mktemp("undo"), reader="ann")

    def state() -> Any:
        tags = sorted((mark.id, mark.name) for mark in library.marks["tags"].all())
        notes = sorted((mark.id, mark.text) for mark in library.marks["notes"].all())
        stars = sorted(mark.id for mark in library.marks["stars"].all())
        return tags, notes, stars, sorted(library.reads())

    states, at = [state()], 0
    for kind, *rest in acts:
        if kind in ("undo", "redo"):
            there = at > 0 if kind == "undo" else at + 1 < len(states)
            if there:
                getattr(library, kind)()
                at += 1 if kind == "redo" else -1
            else:
                with pytest.raises(LibraryError, match="nothing to"):
                    getattr(library, kind)()
        else:
            if kind == "star":
                (library.star if rest[1] else library.unstar)(rest[0])
            elif kind == "tag":
                (library.tag if rest[2] else library.untag)(rest[0], rest[1])
            elif kind == "note":
                library.note(*rest)
            else:
                library.mark_read(*rest)
            if state() != states[at]:
                del states[at + 1 :]
                states.append(state())
                at += 1
        assert state() == states[at]
    library.database.close()


def test_what_another_window_changed_since_is_not_undone(corpus: Corpus, library: Library) -> None:
    other = Library(corpus.ranker)
    library.note("a", "mine")
    with other.database.writing(other.marks["notes"].noun) as file:
        file.execute("UPDATE notes SET text = 'theirs'")
    with pytest.raises(LibraryError, match="changed again since"):
        library.undo()
    assert library.note_of("a") == "theirs"
    assert Library(corpus.ranker, reader="bo").note_of("a") == ""


LINE = st.text(alphabet="abc", min_size=3, max_size=3)


@given(
    before=st.lists(LINE, max_size=2), one=st.lists(LINE, min_size=1, max_size=2), other=st.lists(LINE, min_size=1, max_size=2)
)
def test_two_who_add_to_a_note_lose_nothing(before: list[str], one: list[str], other: list[str]) -> None:
    texts = ["\n".join(lines) for lines in (before, [*before, *one], [*before, *other])]
    whole = both(texts[0], texts[1], texts[2]).split()
    for line in (*one, *other):
        assert line in whole


def test_a_note_written_in_two_windows(corpus: Corpus, library: Library) -> None:
    other = Library(corpus.ranker)
    library.note("a", "Read.", before="")
    assert library.note("a", "Read. Twice.", before="Read.") == "Read. Twice."
    assert other.note("a", "Read. Cite it.", before="Read.") == "Read. Twice.\nCite it."
    # Who deletes a text that has grown since has not seen all of it.
    assert library.note("a", "", before="Read. Twice.") == "Read. Twice.\nCite it."
    assert library.note("a", "", before="Read. Twice.\nCite it.") == ""


# What can be asked


def marked(library: Library) -> None:
    library.star("a", "e")
    library.tag(["a", "b"], "method")
    library.tag(["b", "c"], "in review")
    library.note("b", "Compares budgets of models; see the appendix.")
    library.note("d", "Unsere Übersicht")
    library.mark_read("a")
    library.save_set("picks", ["c", "d"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag:method", "ab"),
        ("tag:METHOD", "ab"),
        ("tag:meth*", "ab"),
        ("tag:m?thod", "ab"),
        ("tag:meth", ""),
        ('tag:"in review"', "bc"),
        ('tag:"In  Review"', "bc"),
        ("tag:nothing", ""),
        ("note:budget", "b"),
        ("note:budgets", "b"),
        ("note:+budget", ""),
        ("note:+budgets", "b"),
        ('note:"budgets of models"', "b"),
        ('note:"models of budgets"', ""),
        ("note:append*", "b"),
        ("note:übersicht", "d"),
        ("is:starred", "ae"),
        ("is:unread", "bcde"),
        ("is:read", "a"),
        ("is:noted", "bd"),
        ("is:tagged", "abc"),
        ("is:new", ""),
        ("is:star", "ae"),
        ("is:unr…", "bcde"),
        ("tag:meth…", "ab"),
        ("note:append…", "b"),
        ("set:picks", "cd"),
        ("is:starred is:unread", "e"),
        ("is:starred OR tag:method", "abe"),
        ("-tag:method", "cde"),
        ("NOT (tag:method OR is:starred)", "cd"),
        ("reward tag:method", "ab"),
        ("reward -is:read", "b"),
        ("graph OR is:starred", "ade"),
        ("model (is:noted OR vision)", "b"),
        ("title,tag:method", "ab"),
        ("tag:(method OR nothing)", "ab"),
    ],
)
def test_a_query_asks_for_the_readers_own(corpus: Corpus, library: Library, query: str, expected: str) -> None:
    marked(library)
    assert ids(corpus, query) == list(expected)
    node = parse(query)
    assert node is not None
    assert ids(corpus, written(node)) == list(expected)
    assert sorted(corpus.search(query, limit=None)["id"]) == list(expected)


def test_a_query_that_cannot_be(corpus: Corpus, library: Library) -> None:
    with pytest.raises(QueryError, match="no mark of a paper") as raised:
        corpus.select("reward is:stared")
    assert raised.value.position == 7
    with pytest.raises(LibraryError, match="no saved set"):
        corpus.select("set:nope")
    with pytest.raises(QueryError, match="nothing stands near"):
        corpus.select("tag:a NEAR/2 tag:b")


def test_what_is_the_readers_own_adds_nothing_to_a_score(corpus: Corpus, library: Library) -> None:
    marked(library)
    plain, own = corpus.select("reward OR model"), corpus.select("(reward OR model) is:unread")
    scores = dict(zip(plain["id"], plain["score"], strict=True))
    assert dict(zip(own["id"], own["score"], strict=True)) == {id_: scores[id_] for id_ in ("b", "c")}
    # Without a word the newest come first.
    assert corpus.select("is:starred")["id"].tolist() == [id_ for id_ in corpus.select(Selection())["id"] if id_ in "ae"]
    found = corpus.explain("reward tag:method", "b")
    assert found["contribution"].sum() == pytest.approx(scores_of(corpus, "reward tag:method")["b"], abs=1e-4)


def scores_of(corpus: Corpus, query: str) -> dict[str, float]:
    found = corpus.select(query)
    return dict(zip(found["id"], found["score"], strict=True))


def test_facets_and_filters(corpus: Corpus, library: Library) -> None:
    assert corpus.results(Selection()).facet("marks").size == 0
    marked(library)
    results = corpus.results(Selection(query="reward OR model OR graph"))
    assert dict(zip(results.facet("tags").values.to_pylist(), results.counts("tags").tolist(), strict=True)) == {
        "in review": 2,
        "method": 2,
    }
    counts = dict(zip(results.facet("marks").values.to_pylist(), results.counts("marks").tolist(), strict=True))
    assert counts == {"unread": 3, "tagged": 3, "noted": 2, "starred": 1, "read": 1}
    # Each is counted under all filters but its own.
    chosen = corpus.results(Selection(tags=("method",), marks=("starred",)))
    assert ids(corpus, chosen.selection) == ["a"]
    assert dict(zip(chosen.facet("tags").values.to_pylist(), chosen.counts("tags").tolist(), strict=True)) == {
        "in review": 0,
        "method": 1,
    }
    selection = Selection(tags=("method", "in review"), marks=("unread",))
    assert Selection.from_url(selection.to_url()) == selection
    assert ids(corpus, selection) == ["b", "c"]
    assert selection.describe() == "papers, tag ‘method’ or ‘in review’, unread"
    with pytest.raises(SelectionError, match="no mark"):
        Selection(marks=("shiny",))


def test_tags_are_concepts(sample_corpus: Corpus) -> None:
    corpus, library = sample_corpus, sample_corpus.library
    by_date = corpus.select(Selection(sort="newest"))["id"].tolist()
    library.tag(by_date[:4], "method")
    library.tag(by_date[6:9], "old")
    whole = corpus.rank("tag:method - tag:old")
    assert list(whole.columns[3:]) == ["tag:method", "tag:old"]
    as_sets = {"m": by_date[:4], "o": by_date[6:9]}
    for name, papers in as_sets.items():
        library.save_set(name, papers)
    np.testing.assert_array_equal(whole["score"], corpus.rank("set:m - set:o")["score"])
    assert corpus.select(Selection(rank="tag:method - tag:old"))["id"].tolist() == whole["id"].tolist()
    # Another window's changes count too.
    Library(corpus.ranker).tag(by_date[10:12], "method")
    other = Library(Corpus(corpus.folder).ranker)
    other.untag(by_date[:2], "method")
    library.save_set("m", [*by_date[2:4], *by_date[10:12]], replace=True)
    np.testing.assert_array_equal(corpus.rank("tag:method - tag:old")["score"], corpus.rank("set:m - set:o")["score"])
    with pytest.raises(ConceptError, match="has the tag"):
        corpus.rank("tag:nothing")


@pytest.fixture
def sample_corpus(home: Path, sample: Path) -> Corpus:
    from explorer.corpus.opening import open_files

    return open_files([sample])


def test_columns_of_exports(corpus: Corpus, library: Library) -> None:
    marked(library)
    results = corpus.results(Selection(sort="title"))

    def rows(**options: bool) -> dict[str, dict[str, Any]]:
        import io
        import zipfile

        [file], _ = export_bytes(results, "jsonl", **options)
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".jsonl"))
            return {row["id"]: row for row in map(json.loads, archive.read(name).splitlines())}

    assert not {"starred", "my_tags", "my_note", "read"} & set(rows()["b"])
    found = rows(marks=True)
    own = {name: {id_: row.get(name) for id_, row in found.items()} for name in ("starred", "read", "my_tags", "my_note")}
    assert {id_ for id_, on in own["starred"].items() if on} == {"a", "e"}
    assert {id_ for id_, on in own["read"].items() if on} == {"a"}
    assert own["my_tags"]["b"] == ["in review", "method"]
    assert not own["my_tags"]["e"]
    assert own["my_note"]["b"].startswith("Compares budgets")
    for form in ("csv", "xlsx", "bib", "ris", "json", "parquet", "md"):
        [file], papers = export_bytes(results, form, marks=True)
        assert papers == 5
        assert file.data


def test_nothing_of_a_reader_sits_on_the_snapshot(corpus: Corpus, library: Library) -> None:
    """Two readers on one snapshot, each with a ranker and a library of their own."""
    other = Corpus(corpus.snapshot)
    other.__dict__["library"] = Library(other.ranker, reader="bo")
    marked(library)
    other.library.tag("e", "method")
    assert ids(corpus, "tag:method") == ["a", "b"]
    assert ids(other, "tag:method") == ["e"]
    assert ids(corpus, "tag:method") == ["a", "b"]


# Several readers


def test_the_readers_name(home: Path, monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    assert reader_name({"JUPYTERHUB_USER": "ann", "LITEXPLORER_READER": " Bo  Li "}) == "Bo Li"
    with pytest.raises(LibraryError):
        reader_name({"LITEXPLORER_READER": "x" * 81})
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    Corpus(corpus.folder).library.star("a")
    monkeypatch.setenv("JUPYTERHUB_USER", "bo")
    assert len(Corpus(corpus.folder).library.stars) == 0
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    assert Corpus(corpus.folder).library.stars["id"].tolist() == ["a"]


def test_private_unless_shared(corpus: Corpus) -> None:
    ann, bo, cy = (Library(corpus.ranker, reader=name) for name in ("ann", "bo", "cy"))
    marked(ann)
    assert len(bo.shared) == 0
    with pytest.raises(LibraryError, match="no saved set"):
        bo.members("picks")
    ann.share("stars")
    ann.share("tag", "in review")
    ann.share("note", "d")
    ann.share("set", "picks")
    rows = bo.shared[["reader", "kind", "name", "id", "text"]].to_numpy().tolist()
    assert rows == [
        ["ann", "note", "", "d", "Unsere Übersicht"],
        ["ann", "set", "picks", "c", ""],
        ["ann", "set", "picks", "d", ""],
        ["ann", "stars", "", "a", ""],
        ["ann", "stars", "", "e", ""],
        ["ann", "tag", "in review", "b", ""],
        ["ann", "tag", "in review", "c", ""],
    ]
    assert len(ann.shared) == 0
    # A curator's picks go by their name; where two readers share one, by whose it is.
    assert bo.members("picks") == bo.members("ann: picks") == ["c", "d"]
    cy.save_set("picks", ["a"])
    cy.share("set", "picks")
    with pytest.raises(LibraryError, match="Say whose"):
        bo.members("picks")
    assert (bo.members("cy: picks"), cy.members("picks"), ann.members("picks")) == (["a"], ["a"], ["c", "d"])
    ann.rename_set("picks", "picks of the week")
    assert bo.members("ann: picks of the week") == ["c", "d"]
    for kind, name in (("stars", ""), ("tag", "in review"), ("note", "d"), ("set", "picks of the week")):
        ann.unshare(kind, name)
    assert set(bo.shared["reader"]) == {"cy"}
    with pytest.raises(LibraryError, match="needs a name"):
        Library(corpus.ranker, reader="").share("stars")
    with pytest.raises(LibraryError, match="cannot be shared"):
        ann.share("reads")


def test_a_deleted_set_is_not_shared_again_by_another_of_its_name(corpus: Corpus) -> None:
    ann, bo = (Library(corpus.ranker, reader=name) for name in ("ann", "bo"))
    ann.save_set("picks", ["a"])
    ann.share("set", "picks")
    ann.delete_set("picks")
    ann.save_set("picks", ["b"])
    assert len(bo.shared) == 0


# Visits


def test_new_since_the_last_visit(corpus: Corpus, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(f"2026-04-{day:02}T{hour}:00:00.000000+00:00" for day in range(1, 9) for hour in ("09", "12"))
    monkeypatch.setattr("explorer.library.visits.now", lambda: next(clock))
    assert library.visit() is None
    assert ids(corpus, "is:new") == []
    larger = corpus.add(pa.table({"id": ["f"], "title": ["reward of play"]}))
    assert larger.library.visit().at.startswith("2026-04-01T09")
    assert ids(larger, "is:new") == ["f"]
    # The page that is loaded again is the same visit.
    monkeypatch.setattr("explorer.library.visits.now", lambda: "2026-04-01T12:20:00.000000+00:00")
    again = Corpus(larger.folder)
    again.library.visit()
    assert ids(again, Selection(marks=("new",))) == ["f"]
    board, heard = Dashboard(again), []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append(content))
    board._received(board, {"kind": "day", "seq": 1}, [])
    assert [answer["new"] for answer in heard] == [1]
    board.close()
    monkeypatch.setattr("explorer.library.visits.now", lambda: "2026-04-02T09:00:00.000000+00:00")
    later = Corpus(larger.folder)
    assert later.library.look_back() == later.library.visit()
    assert ids(later, "is:new") == []
    assert len(later.library.visits()) == 3
    assert len(Library(larger.ranker, reader="bo").visits()) == 0


def test_fingerprints_tell_ids_apart_whatever_chunks_they_lie_in() -> None:
    texts = [f"24{a:02}.{b:05}" for a, b in itertools.product(range(20), range(500))] + ["", "\0", "\0\0", "a", "aa", "ä"]
    whole = fingerprints(pa.chunked_array([texts], pa.large_string()))
    assert len(set(whole.tolist())) == len(texts)
    parts = pa.chunked_array([texts[:7], [], texts[7:]], pa.large_string())
    np.testing.assert_array_equal(fingerprints(parts), whole)
    np.testing.assert_array_equal(fingerprints(parts.slice(3)), whole[3:])
    assert len(fingerprints(pa.chunked_array([[]], pa.large_string()))) == 0


def test_only_corpora_of_the_last_visits_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = Visits(Database(tmp_path / "library.sqlite", "ann"))
    column = pa.chunked_array([["a"]], pa.large_string())
    for day in range(1, 10):
        monkeypatch.setattr("explorer.library.visits.now", lambda day=day: f"2026-04-{day:02}T09:00:00.000000+00:00")
        visits.visit(f"hash-{day}", column)
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as file:
        assert sorted(file.execute("SELECT content_hash FROM corpora_seen")) == [("hash-7",), ("hash-8",), ("hash-9",)]
    visits.database.close()


# Out and in


def test_export_and_import(corpus: Corpus, library: Library) -> None:
    marked(library)
    library.save("rewards", Selection(query="reward"))
    made = library.subscriptions.add("new", "reward", without=["survey"], cadence="weekly", cap=5, address="ann@example.org")
    data = export_library(library)
    assert made.token not in data.decode()
    bo = Library(corpus.ranker, reader="bo")
    assert import_library(bo, data) == {
        "stars": 2, "tags": 4, "notes": 2, "reads": 1, "sets": 1, "searches": 1, "shares": 0, "subscriptions": 1
    }  # fmt: skip
    for noun in ("stars", "tags", "notes", "reads"):
        assert bo.marks[noun].all() == library.marks[noun].all()
    assert bo.members("picks") == ["c", "d"]
    assert (bo.get("rewards").url, bo.ids("rewards")) == ("q=reward", ["a", "b"])
    assert set(import_library(bo, data).values()) == {0}
    strip = lambda text: {name: rows for name, rows in json.loads(text).items() if name not in ("reader", "at")}  # noqa: E731
    again = strip(export_library(bo))
    for rows in (*again["sets"], *again["searches"], *(before := strip(data))["sets"], *before["searches"]):
        rows.pop("saved_at")
    assert again == before


def test_importing_takes_nothing_away(corpus: Corpus) -> None:
    ann, bo = (Library(corpus.ranker, reader=name) for name in ("ann", "bo"))
    marked(ann)
    bo.note("b", "Mine.")
    bo.save_set("picks", ["a"])
    import_library(bo, export_library(ann))
    assert "Mine." in bo.note_of("b")
    assert "Compares budgets" in bo.note_of("b")
    assert (bo.members("picks"), bo.members("picks (2)")) == (["a"], ["c", "d"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"format": "literature-explorer library", "version": 99}',
        b'{"format": "literature-explorer library", "version": 1, "stars": {}}',
        b'{"format": "literature-explorer library", "version": 1, "stars": [{"id": "a"}], "tags": [{"id": 5, "tag": "x"}]}',
        b'{"format": "literature-explorer library", "version": 1, "stars": [{"id": "a"}], "tags": [{"id": "a", "tag": ""}]}',
        b'{"format": "literature-explorer library", "version": 1, "stars": [{"id": "a"}], "sets": [{"name": "x", "ids": null}]}',
        b'{"format": "literature-explorer library", "version": 1, "stars": [{"id": "a"}], "searches": [{"name": "x"}]}',
    ],
)
def test_what_cannot_be_imported_changes_nothing(library: Library, data: bytes) -> None:
    with pytest.raises(LibraryError):
        import_library(library, data)
    assert len(library.stars) == 0


def test_the_command(corpus: Corpus, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder, out = str(corpus.folder), str(tmp_path / "library.json")
    for words in (
        ["star", folder, "a", "b"],
        ["tag", folder, "method", "a"],
        ["note", folder, "a", "Read twice."],
        ["list", folder, "picks", "a", "c"],
        ["share", folder, "set", "picks", "--reader", "ann"],
        ["unstar", folder, "b"],
        ["undo", folder],
        ["export", folder, "-o", out],
        ["import", folder, out, "--reader", "ann"],
    ):
        assert main(["library", *words]) == 0, words
    capsys.readouterr()
    assert main(["library", "show", folder, "--reader", "ann"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1:] == [
        "reader: ann", "starred: 2", "tagged: 1", "noted: 1", "read: 0", "tags: method", "list: picks (2)", "shared: set picks"
    ]  # fmt: skip
    assert main(["library", "star", folder, "nope"]) == 1
    assert main(["library", "import", folder, str(tmp_path / "nope.json")]) == 1
    assert main(["export", folder, "-o", str(tmp_path / "out.csv"), "--tag", "method", "--marks"]) == 0
    assert "Read twice." in (tmp_path / "out.csv").read_text(encoding="utf-8")


# Several processes


def _write_notes(folder: Path, home: Path, who: int, number: int) -> None:
    library = Library(Corpus(folder).ranker, home, reader="ann")
    for place in range(number):
        library.note("abcde"[place % 5], f"{who}-{place}", before="")
        library.tag("abcde"[place % 5], f"{who}-{place}")
        library.add_to_set("shelf", "abcde"[(who + place) % 5])


def test_what_several_processes_write_is_all_there(corpus: Corpus, tmp_path: Path) -> None:
    """Also in one note: each writes without having seen the others' lines."""
    home = tmp_path / "shared"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_notes, args=(corpus.folder, home, who, 20)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    library = Library(corpus.ranker, home, reader="ann")
    lines = [line for text in library.notes["note"] for line in text.split()]
    assert sorted(lines) == sorted(f"{who}-{place}" for who in range(3) for place in range(20))
    assert len(library.tags) == 60
    assert sorted(library.members("shelf")) == list("abcde")


WRITER = """
import sys
from pathlib import Path
from explorer import Corpus
from explorer.library.library import Library
library = Library(Corpus(Path(sys.argv[1])).ranker, Path(sys.argv[2]), reader="ann")
for number in range(10_000):
    library.tag(["a", "b"], f"{number}")
    library.note("c", f"{number}")
    print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_at_any_write_what_was_said_to_be_saved_is(corpus: Corpus, tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    home = tmp_path / "killed"
    for lines in (1, 2, 5, 9):
        before = len(Library(corpus.ranker, home, reader="ann").tags) // 2
        with subprocess.Popen(
            [sys.executable, str(script), str(corpus.folder), str(home)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if int(line) == before + lines or int(line) == lines:
                    os.kill(process.pid, signal.SIGKILL)
                    break
            said = int(line)
        library = Library(corpus.ranker, home, reader="ann")
        numbers = [int(tag) for tag in library.tags["tag"]]
        # An act on two papers is there whole or not at all.
        assert sorted(numbers) == sorted([*set(numbers)] * 2)
        assert set(numbers) >= set(range(said + 1))
        assert int(library.note_of("c")) >= said
        with closing(sqlite3.connect(library.path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        library.database.close()


# The page


def send(board: Dashboard, kind: str, **content: Any) -> str:
    board._received(board, {"kind": kind, "seq": 1, **content}, [])
    return str(board.status["text"])


def test_marks_on_the_page(corpus: Corpus, library: Library) -> None:
    board = Dashboard(corpus)
    try:
        heard: list[dict[str, Any]] = []
        board.send = lambda content, buffers=None: heard.append(content)  # type: ignore[method-assign]
        row = {id_: place for place, id_ in enumerate(corpus.table.column("id").to_pylist())}
        assert send(board, "star", row=row["a"], on=True) == "Starred this paper."
        send(board, "tag", row=row["a"], name="method", on=True)
        send(board, "open", row=row["a"])
        send(board, "note", row=row["a"], text="Read twice.", before="")
        assert heard[-1] == {"seq": 1, "kind": "noted", "row": row["a"], "text": "Read twice.", "problem": ""}
        assert board.reader is not None
        assert board.reader["marks"] == {"starred": True, "new": False, "tags": ["method"], "note": "Read twice.", "others": []}
        shown = {paper["row"]: paper["marks"] for paper in board.papers["rows"]}
        assert shown[row["a"]] == {"starred": True, "noted": True, "new": False, "tags": ["method"], "others": []}
        assert shown[row["b"]]["tags"] == []
        assert [panel["name"] for panel in board.facets][-2:] == ["tags", "marks"]
        send(board, "set", changes={"query": "is:starred"})
        assert board.summary["shown"] == 1
        # What the list asks for follows at once, but a note that is being written moves nothing.
        assert send(board, "undo_mark") == "Took back the last note."
        send(board, "undo_mark")
        assert send(board, "undo_mark") == "Took back the last star."
        assert board.summary["shown"] == 0
        assert "nothing to undo" in send(board, "undo_mark")
        assert board.status["level"] == "error"
        send(board, "clear")
        assert "No paper is ticked" in send(board, "star", row=None, on=True)
        for id_ in "bc":
            send(board, "tick", row=row[id_], on=True)
        assert send(board, "tag", row=None, name="both", on=True) == "Tagged “both”: 2 papers."
        assert send(board, "add_to_set", name="picks") == "The list “picks” has 2 papers."
        assert board.saved["sets"][0]["name"] == "picks"
        for wrong in (
            {"kind": "star", "row": 99, "on": True},
            {"kind": "star", "row": "a", "on": True},
            {"kind": "tag", "row": 0, "name": "", "on": True},
            {"kind": "tag", "row": 0, "name": 5, "on": True},
            {"kind": "note", "row": 0, "text": 5, "before": ""},
            {"kind": "share", "of": "everything", "name": "", "on": True},
        ):
            send(board, **wrong)
            assert board.status["level"] == "error", wrong
    finally:
        board.close()


def test_a_read_only_page_shows_and_keeps_nothing_of_its_owner(
    corpus: Corpus, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(library)
    monkeypatch.setenv("LITEXPLORER_READ_ONLY", "1")
    board = Dashboard(Corpus(corpus.folder))
    try:
        assert board.marks == {"writable": False, "reader": "", "tags": [], "shared": [], "problem": ""}
        assert {json.dumps(paper["marks"]) for paper in board.papers["rows"]} == {
            json.dumps({"starred": False, "noted": False, "new": False, "tags": [], "others": []})
        }
        assert "read-only" in send(board, "star", row=0, on=True)
        send(board, "set", changes={"query": "is:starred"})
        assert board.summary["shown"] == 0
        assert "tags" not in [panel["name"] for panel in board.facets]
    finally:
        board.close()
    assert len(library.stars) == 2


def test_what_another_window_did_is_noticed(corpus: Corpus, library: Library) -> None:
    import asyncio

    async def follow() -> None:
        board = Dashboard(corpus)
        try:
            send(board, "set", changes={"query": "is:starred"})
            assert board.summary["shown"] == 0
            Library(Corpus(corpus.folder).ranker).star("a", "b")
            for _ in range(60):
                await asyncio.sleep(0.1)
                if board.summary["shown"]:
                    break
            assert board.summary["shown"] == 2
        finally:
            board.close()

    asyncio.run(follow())


def test_a_page_that_stays_open_is_a_visit(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr("explorer.dashboard.widget._VISIT", 0.0)

    async def stay() -> None:
        board = Dashboard(corpus)
        for _ in range(60):
            await asyncio.sleep(0.1)
            if corpus.library.visits():
                break
        board.close()

    asyncio.run(stay())
    assert len(corpus.library.visits()) == 1
    monkeypatch.setattr("explorer.library.visits.now", lambda: "2027-04-01T09:00:00.000000+00:00")
    larger = corpus.add(pa.table({"id": ["f"], "title": ["reward of play"]}))
    board = Dashboard(larger)
    try:
        assert [paper["row"] for paper in board.papers["rows"] if paper["marks"]["new"]] == [5]
        send(board, "set", changes={"marks": ["new"]})
        assert board.summary["shown"] == 1
    finally:
        board.close()

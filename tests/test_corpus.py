"""The corpus as users hold it: search, select, similar papers, and what opening one costs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pandas as pd
import pytest
from earlier import unlist
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import Corpus, CorpusError, QueryError, ReadError, Selection, SelectionError
from explorer.corpus.opening import open_files
from explorer.papers.schema import FIELDS

Corpora = list[tuple[Corpus, list[oracles.Paper]]]


@pytest.fixture(scope="module")
def bundled(sample: Path) -> Corpus:
    return open_files([sample])


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_select_gives_the_papers_of_the_oracle_in_the_schema(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    selection = data.draw(oracles.selections(corpus.topics.labels))
    frame = corpus.select(selection)
    assert list(frame.columns[: len(FIELDS)]) == list(FIELDS)
    assert list(frame.columns[-2:]) == ["topic", "score"]
    assert sorted(frame["id"]) == sorted(paper["id"] for paper in papers if oracles.passes(selection, paper))
    assert (frame["score"].notna() == bool(selection.query)).all()
    by_id = {paper["id"]: paper for paper in papers}
    for row in frame.astype(object).itertuples():
        assert row.topic == by_id[row.id]["topic"]
        assert row.extra == by_id[row.id]["extra"]


def test_search_ranks_and_limits(bundled: Corpus) -> None:
    whole = bundled.search("arithmetic transformers", limit=None)
    assert whole["score"].is_monotonic_decreasing
    assert len(whole) > 5
    for limit in (0, 1, 5, len(whole), 1000):
        assert bundled.search("arithmetic transformers", limit=limit).equals(whole.head(limit))
    title = bundled.table.column("title")[17].as_py()
    assert bundled.search(title, natural=True, limit=1)["title"].tolist() == [title]


@pytest.mark.parametrize("natural", [False, True])
def test_search_refuses_what_cannot_be(natural: bool, bundled: Corpus) -> None:
    with pytest.raises(SelectionError, match="limit"):
        bundled.search("x", limit=-1, natural=natural)
    with pytest.raises(SelectionError, match="no search mode"):
        bundled.search("x", mode="magic", natural=natural)


def test_natural_text_may_hold_anything(bundled: Corpus) -> None:
    expected = bundled.search("arithmetic", limit=None)
    assert len(expected) > 5
    for text in ('NOT "', "((", "author:", "", " ", "the", "😀", "a" * 5000, "x OR"):
        alone = bundled.search(text, natural=True, limit=None)
        assert alone["score"].is_monotonic_decreasing
        if alone.empty:  # Then it adds nothing to a word, either.
            assert bundled.search(f"arithmetic {text}", natural=True, limit=None)["id"].equals(expected["id"])
    with pytest.raises(QueryError):
        bundled.search('"')


def test_natural_ties_are_in_the_order_of_the_table(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(pd.DataFrame({"title": ["same words"] * 40, "id": [f"{i:02d}" for i in range(40)]}), tmp_path)
    assert corpus.search("same words", natural=True, limit=5)["id"].tolist() == ["00", "01", "02", "03", "04"]
    assert corpus.search("same words", limit=5)["id"].tolist() == ["00", "01", "02", "03", "04"]


def test_similar_papers_share_words_and_leave_out_the_paper_itself(bundled: Corpus) -> None:
    ids = bundled.papers["id"]
    for row in range(0, 88, 8):
        found = bundled.similar(ids[row], 5)
        assert ids[row] not in set(found["id"])
        assert len(found) <= 5
        assert found["id"].is_unique
        assert list(found["title"]) == list(bundled.papers.set_index("id").loc[found["id"], "title"])
        own = " ".join(str(bundled.table.column(name)[row].as_py()) for name in ("title", "abstract")).lower()
        assert all(word in own for words in found["words"] for word in words)
    assert any(len(bundled.similar(id_)) for id_ in ids[:10])


def test_papers_are_alike_by_phrases_that_both_have(bundled: Corpus) -> None:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    told = 0
    for row in range(40):
        text = " ".join(bundled.table.column(name)[row].as_py() or "" for name in ("title", "abstract"))
        for id_, phrases in bundled.similar(bundled.papers["id"][row], limit=4)[["id", "words"]].itertuples(index=False):
            other = int(bundled.snapshot.rows_known((id_,))[0])
            theirs = " ".join(bundled.table.column(name)[other].as_py() or "" for name in ("title", "abstract"))
            told += len(phrases)
            assert len(phrases) <= 3
            for phrase in phrases:
                words = phrase.lower().split()
                assert all(word in text.lower() and word in theirs.lower() for word in words), phrase
                assert not {words[0], words[-1]} & ENGLISH_STOP_WORDS
    assert told > 40


def test_papers_that_bring_a_topic_or_a_score_are_as_good_as_others(tmp_path: Path) -> None:
    """Exports have both; what is exported must come in again, and go out again."""
    first = Corpus.from_papers(pd.DataFrame({"title": ["a graph", "a tree"]}), tmp_path / "a")
    explorer.to_parquet(first.select(Selection(query="graph OR tree")), tmp_path / "out.parquet")
    second = open_files([tmp_path / "out.parquet"])
    frame = second.select(Selection(query="graph"))
    assert frame.columns.is_unique
    assert second.papers.columns.is_unique
    explorer.to_json_lines(frame, tmp_path / "again.jsonl")
    assert json.loads((tmp_path / "again.jsonl").read_text())["title"] == "a graph"


def test_the_same_papers_are_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_CACHE", str(tmp_path))
    frame = pd.DataFrame({"title": ["a", "b"]})
    first, second = Corpus.from_papers(frame), Corpus.from_papers(frame.copy())
    assert first.folder == second.folder
    assert first.manifest == second.manifest
    assert Corpus.from_papers(pd.DataFrame({"title": ["a", "c"]})).folder != first.folder
    file = tmp_path / "papers.csv"
    file.write_text("title\na\n")
    again = open_files([file])
    assert open_files([file]).manifest == again.manifest
    file.write_text("title\nb\n")
    assert open_files([file]).folder != again.folder
    # What was damaged in the cache is built again.
    (again.folder / "manifest.json").write_text("{")
    file.write_text("title\na\n")
    assert len(open_files([file])) == 1


def test_what_was_imported_brings_its_merges_and_its_ledger(tmp_path: Path) -> None:
    """As the same file does, when it is opened."""
    file = tmp_path / "refs.bib"
    entry = "@article{{{key}, title = {{Adding numbers}}, author = {{Lee, Ann}}, year = {{2024}}, doi = {{10.5555/1}}}}\n"
    file.write_text(entry.format(key="a") + entry.format(key="b") + "@article{c}\n")
    imported = explorer.import_papers(file)
    made, opened = explorer.Corpus.from_papers(imported, tmp_path / "corpus"), open_files([file])
    assert made.ledger.notes == opened.ledger.notes == imported.ledger.notes
    assert made.ledger.counts() == {"read": 3, "accepted": 1, "repaired": 0, "rejected": 1, "merged": 1}
    assert made.merges.to_dict("records") == opened.merges.to_dict("records")
    assert len(made.merges) == 1
    table = explorer.Corpus.from_papers(imported.papers, tmp_path / "table")
    assert (len(table.merges), table.ledger.counts()["read"]) == (0, 1)


@pytest.mark.parametrize("papers", [[{"title": "Adding numbers"}], {"title": ["Adding numbers"]}, "refs.bib", None])
def test_what_is_no_table_is_refused_in_words(papers: Any, tmp_path: Path) -> None:
    with pytest.raises(explorer.SchemaError, match=r"pandas\.DataFrame or a pyarrow\.Table, not a \w+\. Make one of it\."):
        explorer.Corpus.from_papers(papers, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_the_input_is_not_changed(tmp_path: Path) -> None:
    frame = pd.DataFrame({"title": ["a", "b"], "authors": [["x"], ["y"]], "n": [1, 2]}, index=[3, 3])
    before = frame.copy(deep=True)
    Corpus.from_papers(frame, tmp_path)
    pd.testing.assert_frame_equal(frame, before)


def test_a_stopped_build_leaves_nothing(tmp_path: Path) -> None:
    def stop(stage: str, part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Corpus.from_papers(pd.DataFrame({"title": ["a"]}), tmp_path / "c", progress=stop)
    with pytest.raises(CorpusError, match="no corpus"):
        explorer.open_corpus(tmp_path / "c")


def test_threads_share_a_corpus(bundled: Corpus) -> None:
    expected = bundled.search("arithmetic", limit=None)
    wrong: list[object] = []

    def work() -> None:
        for word in ("arithmetic", "vision", "reasoning"):
            found = bundled.search("arithmetic", limit=None)
            bundled.results(Selection(query=word)).counts("topics")
            if not found.equals(expected):
                wrong.append(word)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_unknown_facets_are_refused(bundled: Corpus) -> None:
    with pytest.raises(SelectionError, match="no facet"):
        bundled.snapshot.facet("colours")


def test_a_corpus_says_what_it_is(bundled: Corpus) -> None:
    assert repr(bundled).endswith("88 papers)")
    assert len(bundled) == 88
    assert bundled.manifest["made"]["ledger"]["accepted"] == 88


def run(program: str, **more: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **more})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("kept", [True, False], ids=["with a ledger", "of an earlier version"])
def test_the_dashboard_opens_without_pandas_and_other_heavy_modules(bundled: Corpus, tmp_path: Path, kept: bool) -> None:
    """Importing pandas or scikit-learn alone takes longer than everything else until the first chart."""
    program = """
import sys, explorer
board = explorer.explore()
board.session.change({"query": "arithmetic", "years": [2020, None]})
print(*sorted({name.split(".")[0] for name in sys.modules} & {"pandas", "sklearn", "scipy", "rapidfuzz", "voila", "jupyterlab", "matplotlib"}))
"""
    folder = Path(shutil.copytree(bundled.folder, tmp_path / "corpus"))
    accounts = list(folder.rglob("ledger.*.arrow"))
    assert accounts
    if not kept:
        for path in accounts:
            path.unlink()
        unlist(folder)
    assert run(program, LITEXPLORER_CORPUS=str(folder)).strip() == ""


@pytest.mark.parametrize(
    "papers",
    [
        None,
        pd.DataFrame(
            {"title": ["Arithmetic of lattices", "Lattices, and their arithmetic"], "authors": [["Ada Abel"], ["Bo Bell"]]}
        ),
    ],
)
def test_looking_at_papers_loads_no_pandas(bundled: Corpus, tmp_path: Path, papers: pd.DataFrame | None) -> None:
    """Nor scikit-learn and scipy; also where no paper has a venue, a date or keywords."""
    corpus = bundled if papers is None else Corpus.from_papers(papers, tmp_path / "corpus")
    program = """
import sys, explorer
board = explorer.explore()
messages = [
    {"kind": "set", "changes": {"query": "arith"}}, {"kind": "complete", "text": "arith", "at": 5}, {"kind": "open", "row": 1},
    {"kind": "star", "row": 1, "on": True}, {"kind": "tag", "row": 1, "name": "later", "on": True}, {"kind": "open", "row": None},
    {"kind": "facet", "facet": "authors", "text": "a"}, {"kind": "tick", "row": 1, "on": True}, {"kind": "set", "changes": {"sort": "newest"}},
    {"kind": "page", "page": 1}, {"kind": "undo"}, {"kind": "set", "changes": {"query": ""}},
]
for number, message in enumerate(messages, 1):
    board._received(board, {"seq": number, **message}, [])
    assert board.status["level"] != "error", (message, board.status)
print(*sorted({name.split(".")[0] for name in sys.modules} & {"pandas", "sklearn", "scipy"}))
"""
    told = run(program, LITEXPLORER_CORPUS=str(corpus.folder), LITEXPLORER_DATA_HOME=str(tmp_path / "library"))
    assert told.strip() == ""


def test_a_reading_list_loads_no_pandas_either(bundled: Corpus, tmp_path: Path) -> None:
    read = bundled.table["id"][3].as_py()
    mark = f"import explorer; explorer.explore().session.corpus.library.mark_read({read!r}, True)"
    run(mark, LITEXPLORER_DATA_HOME=str(tmp_path))
    program = """
import sys, explorer
board = explorer.explore()
print(board.session.corpus.snapshot.rows_known(board.session.corpus.read_papers).tolist(), "pandas" in sys.modules)
"""
    assert run(program, LITEXPLORER_DATA_HOME=str(tmp_path)).strip() == "[3] False"


def test_the_server_names_the_corpus_to_open(bundled: Corpus, tmp_path: Path) -> None:
    Corpus.from_papers(pd.DataFrame({"title": ["only"]}), tmp_path)
    program = "import explorer; print(explorer.explore().summary['total'])"
    assert run(program, LITEXPLORER_CORPUS=str(tmp_path)).strip() == "1"
    assert run(program).strip() == "88"


def test_totals_are_those_of_the_whole_corpus(corpora: Corpora) -> None:
    for corpus, papers in corpora:
        for field in ("topics", "authors", "keywords", "venues", "has_code", "years", "months"):
            expected = sum(len(oracles.values_of(paper, field)) for paper in papers)
            assert int(np.sum(corpus.snapshot.totals(field))) == expected


def test_a_folder_and_a_pattern_are_known_by_what_is_in_them(tmp_path: Path, cache: Path) -> None:
    for place, title in (("a", "Sheep"), ("b", "Goats")):
        (tmp_path / place / "refs").mkdir(parents=True)
        (tmp_path / place / "refs" / "x.csv").write_text(f"title,year\n{title},2020\n")
    for inside in ("refs", "refs/*.csv"):
        titles = [open_files([tmp_path / place / inside]).table.column("title").to_pylist() for place in ("a", "b")]
        assert titles == [["Sheep"], ["Goats"]]
        before = open_files([tmp_path / "a" / inside])
        (tmp_path / "a" / "refs" / "y.csv").write_text(f"title,year\nCows for {inside},2020\n")
        assert len(open_files([tmp_path / "a" / inside])) == 2
        (tmp_path / "a" / "refs" / "y.csv").unlink()
        assert open_files([tmp_path / "a" / inside]).folder == before.folder


def test_files_without_a_paper_open_nothing(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(bytes(range(256)))
    with pytest.raises(ReadError, match=r"photo\.jpg: the file is of no format"):
        open_files([tmp_path / "photo.jpg"])

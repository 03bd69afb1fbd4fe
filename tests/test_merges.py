"""Merges stay with the corpus: listed after a restart, taken back at any time, and not made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import oracles
import pyarrow as pa
import pytest
from two_files import build, write_files

from explorer import Corpus, CorpusError, Selection, import_papers, open_corpus, read_papers
from explorer.cli.main import main
from explorer.dedupe.deduplication import Rules
from explorer.sources.formats.registry import read_files
from explorer.store.generations import read_manifest


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path)


@pytest.fixture
def folder(files: tuple[Path, Path], tmp_path: Path) -> Path:
    return build(files, tmp_path / "c")


def titles(corpus: Corpus) -> list[str]:
    return sorted(corpus.table.column("title").to_pylist())


def test_import_merges_and_says_where_each_record_came_from(files: tuple[Path, Path]) -> None:
    found = import_papers(*files)
    assert (found.ledger.read, found.ledger.accepted, found.ledger.rejected, found.ledger.merged) == (5, 3, 1, 1)
    assert len(found.papers) == 3
    note = next(note for note in found.ledger.notes if note.action == "merged")
    row = found.merges.frame().iloc[0]
    assert list(row["records"]) == ["a.ris, record 1", "b.csv, record 2"]
    assert (note.source, note.record) in {("a.ris", 1), ("b.csv", 2)}
    assert dict(row["given_by"])["abstract"] == "b1"
    assert import_papers(*files, keep_duplicates=True).ledger.merged == 0
    assert len(read_papers(*files)) == 4


def test_merges_outlive_a_restart_and_are_taken_back(folder: Path, files: tuple[Path, Path]) -> None:
    corpus = open_corpus(folder)
    assert len(corpus) == 3
    paper = corpus.merges["paper"][0]
    read = {row["title"]: row for row in read_files(*files).table.to_pylist()}
    before = corpus.topics.codes.copy()
    apart = corpus.split(paper)
    assert len(corpus) == 3, "who has it open goes on seeing it"
    again = open_corpus(folder)
    assert titles(again) == sorted([*read, "The rings of a distant planet"])
    assert again.merges.empty
    # Each record stands as it was, word for word.
    got = sorted((r for r in again.table.to_pylist()), key=lambda r: r["id"])
    want = sorted((r for r in read_files(*files).table.to_pylist()), key=lambda r: r["id"])
    assert [{k: r[k] for k in want[0]} for r in got] == want
    assert np.array_equal(apart.topics.codes[1:3], before[1:3])
    assert apart.results(Selection(query="seen")).shown == 1
    assert apart.results(Selection(query="rings")).shown == 2
    assert len(apart.rules.never) == 1
    with pytest.raises(CorpusError, match="Nothing was merged"):
        again.split(paper)


def test_what_was_split_is_not_merged_again(folder: Path, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert main(["merges", str(folder), "--undo", open_corpus(folder).merges["paper"][0]]) == 0
    for given in (files[:1], files[1:], files):
        assert main(["update", str(folder), *map(str, given)]) == 0
        assert len(open_corpus(folder)) == 4
        assert open_corpus(folder).merges.empty
    assert main(["build", *map(str, files), "-o", str(folder)]) == 0
    assert len(open_corpus(folder)) == 4, "a build keeps the rules of the corpus it replaces"


def test_a_later_record_betters_the_paper_and_can_be_taken_out(files: tuple[Path, Path], tmp_path: Path) -> None:
    corpus = Corpus.from_papers(read_papers(files[0]), tmp_path / "c")
    row = corpus.table.column("title").to_pylist().index("The rings of a distant planet")
    before = corpus.table.to_pylist()
    larger = corpus.add(read_files(files[1]))
    assert titles(larger) == ["Soil and its fungi", "The rings of a distant planet", "Tides of an inland sea"]
    paper = larger.table.to_pylist()[row]
    assert (paper["abstract"], paper["venue"], paper["id"]) == ("Rings were seen around it.", "Planets", before[row]["id"])
    # The index, the facets and the topics follow.
    assert larger.results(Selection(query="seen")).rows().tolist() == [row]
    assert larger.results(Selection(venues=("Planets",))).rows().tolist() == [row]
    apart = larger.split(paper["id"])
    assert [{k: r[k] for k in before[0]} for r in apart.table.slice(0, 2).to_pylist()] == before
    assert len(apart) == 4
    assert apart.results(Selection(query="seen")).rows().tolist() == [3]
    # The same file once more brings nothing, and is no change.
    assert larger.add(read_files(files[1])).manifest["generation"] != ""
    assert open_corpus(tmp_path / "c").add(read_files(files[1])).manifest == read_manifest(tmp_path / "c")


def test_preprint_and_publication_become_one_paper_that_names_both(tmp_path: Path) -> None:
    one = {"id": "pre", "title": "Sparse attention for long documents", "authors": ["Ada Byron"], "arxiv_id": "2001.00001"}
    other = {"id": "pub", "title": one["title"], "authors": ["Byron, Ada"], "doi": "10.1000/a1", "venue": "Annals of Examples"}
    for first, second in ((one, other), (other, one)):
        folder = tmp_path / first["id"]
        corpus = Corpus.from_papers(pa.Table.from_pylist([first]), folder).add(pa.Table.from_pylist([second]))
        assert len(corpus) == 1
        paper = corpus.table.to_pylist()[0]
        assert (paper["id"], paper["doi"], paper["arxiv_id"]) == (first["id"], "10.1000/a1", "2001.00001")
        assert set(paper["versions"]) == {"doi:10.1000/a1", "arxiv:2001.00001"}
        assert corpus.merges["relation"].tolist() == ["version"]
        assert len(corpus.split(first["id"])) == 2


def test_rules_decide_what_is_merged_when_it_comes_in(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(pa.table({"id": ["a"], "title": ["A fen"], "doi": ["10.1000/a1"]}), tmp_path / "c")
    corpus = corpus.decide(Rules().never_merge("a", "b").always_merge("a", "c"))
    assert open_corpus(tmp_path / "c").rules == corpus.rules
    larger = corpus.add(pa.table({"id": ["b", "c"], "title": ["A fen", "Quite another name"], "doi": ["10.1000/a1", None]}))
    assert larger.table.column("id").to_pylist() == ["a", "b"]
    assert sorted(larger.merges["members"][0]) == ["a", "c"]


def test_merges_of_many_papers_keep_the_oracle(tmp_path: Path) -> None:
    """Rows that are replaced are found as a corpus built from the same table would find them."""
    rows = [{**row, "id": f"r{n}", "title": f"{row['title']} {n}"} for n, row in enumerate(oracles.random_papers(3, 40))]
    corpus = Corpus.from_papers(pa.Table.from_pylist(rows), tmp_path / "c", n_topics=3)
    came = [{"id": f"r{n}", "title": rows[n]["title"], "abstract": f"zebra word{n} " * 40} for n in (0, 7, 39)]
    larger = corpus.add(pa.Table.from_pylist([*came, {"id": "new", "title": "Something new"}]))
    assert len(larger) == 41
    fresh = Corpus.from_papers(larger.table, tmp_path / "fresh", n_topics=3)
    for query in ("zebra", "word7", "graph", "attention OR reward", "NOT model"):
        one, other = (c.results(Selection(query=query)).mask for c in (larger, fresh))
        assert np.array_equal(one, other), query
    assert larger.results(Selection(query="zebra")).shown == 3


def test_ids_that_are_taken_by_a_merged_record_are_not_given_twice(folder: Path) -> None:
    corpus = open_corpus(folder)
    merge = corpus.merges.iloc[0]
    hidden = next(name for name in merge["members"] if name != merge["paper"])
    larger = corpus.add(pa.table({"id": [hidden], "title": ["A grammar of whale song"]}))
    assert f"{hidden}-2" in larger.table.column("id").to_pylist()
    ids = larger.split(merge["paper"]).table.column("id").to_pylist()
    assert len(set(ids)) == len(ids) == 5


def test_papers_come_to_a_corpus_of_none(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(pa.table({"title": pa.nulls(0, pa.string())}), tmp_path / "c")
    larger = corpus.add(pa.table({"title": ["A fen", "A fen"], "venue": ["Bogs", None], "authors": ["Ann Lee", "Ann Lee"]}))
    assert len(larger) == 1
    assert larger.results(Selection(venues=("Bogs",))).shown == 1


def test_papers_are_known_by_identifiers_or_titles_among_many(tmp_path: Path) -> None:
    """A corpus of more than fifty papers for each that comes is not compared whole."""
    rows = [{**row, "id": f"r{n}", "doi": f"10.5000/{n}"} for n, row in enumerate(oracles.random_papers(3, 160))]
    rows[40] |= {"title": "On the rings of a distant planet", "authors": ["Ito, Aya"], "venue": None, "doi": None}
    rows[150] |= {"title": "Soil and its fungi", "authors": ["Moreau, Luc"], "venue": None}
    corpus = Corpus.from_papers(pa.Table.from_pylist(rows), tmp_path / "c", n_topics=3)
    came = [
        {"title": "Quite another name", "authors": None, "venue": None, "doi": None},
        {"title": "ON THE RINGS OF A DISTANT PLANET", "authors": ["Ito, A."], "venue": "Planets", "doi": None},
        {"title": "Les champignons du sol", "authors": ["Moreau, L."], "venue": "Planets", "doi": "10.5000/150"},
    ]
    larger = corpus.add(pa.Table.from_pylist(came))
    assert sorted(larger.merges["paper"]) == ["r150", "r40"]
    assert sorted(larger.results(Selection(venues=("Planets",))).rows().tolist()) == [40, 150]


def test_a_further_column_of_another_type_is_no_fault(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(pa.table({"title": ["A fen"], "cited": [3]}), tmp_path / "c")
    larger = corpus.add(pa.table({"title": ["A moor", "A heath"], "cited": ["many", "4"]}))
    assert larger.table.column("cited").to_pylist() == [3, None, None]
    assert larger.table.column("cited_text").to_pylist() == [None, "many", "4"]
    assert len(open_corpus(tmp_path / "c")) == 3


def test_the_command_lists_them(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["merges", str(folder)]) == 0
    assert "a.ris, record 1" in capsys.readouterr().out
    assert main(["merges", str(folder), "-o", str(tmp_path / "m.csv")]) == 0
    assert (tmp_path / "m.csv").read_text(encoding="utf-8-sig").startswith("paper,relation,score,reason,records,members")
    assert main(["merges", str(folder), "--undo", "nothing"]) == 1
    assert "Nothing was merged" in capsys.readouterr().err


def test_refit_and_stale_topics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = pa.Table.from_pylist(oracles.random_papers(1, 60))
    corpus = Corpus.from_papers(table, tmp_path / "c")
    assert not corpus.snapshot.topics_stale
    came = pa.table({"id": [f"n{n}" for n in range(20)], "title": [f"Zebra stripes of kind {n}" for n in range(20)]})
    larger = corpus.add(came, keep_duplicates=True)
    assert larger.snapshot.topics_stale
    assert "20 of 80 papers (25%)" in larger.snapshot.stale_sentence
    assert main(["refit", str(tmp_path / "c")]) == 0
    fresh = open_corpus(tmp_path / "c")
    assert not fresh.snapshot.topics_stale
    assert fresh.table.equals(larger.table)
    whole = Corpus.from_papers(larger.table, tmp_path / "whole")
    assert fresh.topics.labels == whole.topics.labels
    assert np.array_equal(fresh.topics.codes, whole.topics.codes)
    assert fresh.manifest["made"]["added"] == larger.manifest["made"]["added"]

"""Papers taken out, and changes taken back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import explorer
from explorer.cli.main import main
from explorer.errors import CorpusError

TITLES = ["Adding numbers", "Counting apples", "Weighing pears", "Painting fences"]


def built(folder: Path) -> explorer.Corpus:
    records = pd.DataFrame({"title": [*TITLES, "Adding Numbers"], "doi": ["10.5555/1", None, None, None, "10.5555/1"]})
    came = explorer.import_papers(records)
    return explorer.Corpus.from_papers(came.papers, folder, merges=came.merges, ledger=came.ledger)


def id_of(corpus: explorer.Corpus, title: str) -> str:
    (found,) = corpus.papers["id"][corpus.papers["title"] == title]
    return str(found)


def test_a_removed_paper_is_found_nowhere_and_accounted_for(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    smaller = corpus.remove(id_of(corpus, "Counting apples"))
    again = explorer.open_corpus(tmp_path / "c")
    for shown in (smaller, again):
        assert sorted(shown.papers["title"]) == sorted(set(TITLES) - {"Counting apples"})
        assert shown.select("apples").empty
        counts = shown.ledger.counts()
        assert (counts["read"], counts["accepted"], counts["rejected"], counts["merged"]) == (5, 3, 1, 1)
    note = again.ledger.notes[-1]
    assert (note.action, note.before, note.reason) == ("rejected", "Counting apples", "the reader removed it")
    assert len(again.merges) == 1, "other papers keep their merges"


def test_a_merged_paper_goes_with_its_merge(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    merged = corpus.merges["paper"].iloc[0]
    smaller = corpus.remove([merged])
    assert len(smaller) == 3
    assert smaller.merges.empty


def test_ids_that_are_not_there_change_nothing(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    for ids in ([id_of(corpus, "Counting apples"), "nobody"], []):
        with pytest.raises(CorpusError, match="nothing was removed"):
            corpus.remove(ids)
    assert len(explorer.open_corpus(tmp_path / "c")) == 4


def added(corpus: explorer.Corpus) -> explorer.Corpus:
    return corpus.add(pd.DataFrame({"title": ["Drawing maps", "Counting apples"], "abstract": [None, "By hand."]}))


def removed(corpus: explorer.Corpus) -> explorer.Corpus:
    return corpus.remove(id_of(corpus, "Weighing pears"))


def split(corpus: explorer.Corpus) -> explorer.Corpus:
    return corpus.split(corpus.merges["paper"].iloc[0])


def refitted(corpus: explorer.Corpus) -> explorer.Corpus:
    return corpus.refit(3)


def told(corpus: explorer.Corpus) -> tuple[object, ...]:
    """All that a reader sees of a corpus."""
    return (
        corpus.table.to_pydict(),
        corpus.topics.codes.tolist(),
        corpus.ledger.counts(),
        corpus.snapshot.merged.history.to_pydict(),
        corpus.topics.labels,
        corpus.rules,
    )


@pytest.mark.parametrize("change", [added, removed, split, refitted])
def test_a_change_is_taken_back_whole_and_can_be_had_again(change, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    before = told(built(tmp_path / "c"))
    after = told(change(explorer.open_corpus(tmp_path / "c")))
    assert after != before
    assert told(explorer.open_corpus(tmp_path / "c").undo()) == before
    assert told(explorer.open_corpus(tmp_path / "c")) == before
    assert told(explorer.open_corpus(tmp_path / "c").undo()) == after


def test_only_the_last_change_is_kept(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nothing to take back"):
        built(tmp_path / "c").undo()
    removed(added(explorer.open_corpus(tmp_path / "c")))
    assert len(list((tmp_path / "c").glob("g-*"))) == 2
    built(tmp_path / "c")
    assert len(list((tmp_path / "c").glob("g-*"))) == 1


def test_a_corpus_of_the_cache_goes_back_to_the_one_it_grew_from() -> None:
    corpus = explorer.Corpus.from_papers(pd.DataFrame({"title": TITLES}))
    assert added(corpus).undo().folder == corpus.folder
    assert removed(corpus).undo().folder == corpus.folder


def test_the_command_line_removes_and_takes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "c")
    apples = id_of(built(tmp_path / "c"), "Counting apples")
    assert main(["remove", folder, "--query", "apples", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"{apples}\tCounting apples\n"
    assert main(["remove", folder, apples]) == 0
    assert "1 removed, 3 papers left" in capsys.readouterr().err
    assert main(["undo", folder]) == 0
    assert "4 papers, as before the last change (3)" in capsys.readouterr().err
    assert main(["remove", folder]) == 1
    assert main(["remove", folder, "nobody"]) == 1


@pytest.mark.parametrize("cached", [False, True], ids=["a folder", "the cache"])
def test_what_the_reader_put_on_papers_outlives_each_change(
    cached: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    records = pd.DataFrame({"title": [*TITLES, f"Sorting {tmp_path.name}"]})
    corpus = explorer.Corpus.from_papers(records, None if cached else tmp_path / "c")
    kept = id_of(corpus, "Painting fences")
    corpus.library.star(kept)
    smaller = corpus.remove(id_of(corpus, "Weighing pears"))
    pair = id_of(smaller, "Adding numbers"), id_of(smaller, "Counting apples")
    for changed in (smaller, smaller.decide(smaller.rules.always_merge(*pair)), smaller.refit(2)):
        assert changed.library.stars["id"].tolist() == [kept]

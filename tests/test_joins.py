"""Papers that the reader says are one: merged from all their records, accounted for, taken back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import explorer
from explorer.cli.main import main

RECORDS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d", "e"],
        "title": ["Adding numbers", "Adding numbers", "On the adding of numbers", "Counting apples", "Apple counts"],
        "doi": ["10.5555/1", "10.5555/1", None, None, None],
        "abstract": [None, "How to add.", None, "By hand.", None],
        "venue": [None, None, "Sums", None, "Fruit"],
    }
)


def built(folder: Path) -> explorer.Corpus:
    came = explorer.import_papers(RECORDS)
    assert len(came.papers) == 4
    return explorer.Corpus.from_papers(came.papers, folder, merges=came.merges, ledger=came.ledger)


def ids(corpus: explorer.Corpus) -> dict[str, str]:
    return dict(zip(corpus.papers["title"], corpus.papers["id"], strict=True))


def test_a_paper_is_merged_from_the_records_of_both(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    named = ids(corpus)
    joined = corpus.decide(corpus.rules.always_merge(named["Adding numbers"], named["On the adding of numbers"]))
    assert len(joined) == 3
    [merge] = joined.merges.to_dict("records")
    assert sorted(merge["members"]) == ["a", "b", "c"]
    [paper] = joined.papers[joined.papers["id"] == merge["paper"]].to_dict("records")
    assert (paper["abstract"], paper["venue"], paper["doi"]) == ("How to add.", "Sums", "10.5555/1")
    counts = joined.ledger.counts()
    assert (counts["read"], counts["accepted"], counts["merged"]) == (5, 3, 2)
    assert sorted(note.after for note in joined.ledger.notes if note.action == "merged") == [merge["paper"]] * 2
    assert len(joined.select("adding")) == 1


def test_it_is_taken_back_into_its_records(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    named = ids(corpus)
    joined = corpus.decide(corpus.rules.always_merge(named["Adding numbers"], named["On the adding of numbers"]))
    apart = joined.split(joined.merges["paper"].iloc[0])
    assert sorted(apart.papers["id"]) == ["a", "b", "c", "d", "e"]
    assert apart.ledger.counts()["accepted"] == 5
    assert apart.merges.empty
    back = apart.undo()
    assert len(back) == 3


def test_chains_and_several_pairs_at_once(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    rules = corpus.rules.always_merge("b", "c").always_merge("d", "e")
    joined = corpus.decide(rules)
    assert sorted(map(sorted, joined.merges["members"])) == [["a", "b", "c"], ["d", "e"]]
    chain = built(tmp_path / "chain")
    rules = chain.rules.always_merge("a", "c").always_merge("c", "d")
    assert sorted(map(sorted, chain.decide(rules).merges["members"])) == [["a", "b", "c", "d"]]


def test_rules_about_records_that_are_not_there_change_no_paper(tmp_path: Path) -> None:
    corpus = built(tmp_path / "c")
    decided = corpus.decide(corpus.rules.always_merge("d", "nobody").always_merge("a", "b"))
    assert sorted(decided.papers["id"]) == sorted(corpus.papers["id"])
    assert ("d", "nobody") in decided.rules.always


def test_the_command_line_joins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(built(tmp_path / "c").folder)
    assert main(["merges", folder, "--always", "d", "e"]) == 0
    assert "1 merged, 3 papers" in capsys.readouterr().err
    assert len(explorer.open_corpus(folder)) == 3

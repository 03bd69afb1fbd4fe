"""A corpus whose words were indexed by other analysers is noticed, and indexed again by what changes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import Corpus
from explorer.cli.main import main
from explorer.corpus.opening import open_files
from explorer.dashboard.explore import explore
from explorer.text import analysis
from explorer.text.analysis import analyzer, is_stemmed_as_russian, spread

TITLES = ["Universities of the lake", "Analyses of fish", "Нейронные сети", "딥러닝을 이용한 검출"]


def _corpus(folder: Path) -> Corpus:
    return Corpus.from_papers(pd.DataFrame({"id": list("abcd"), "title": TITLES}), folder)


def _say(folder: Path, analysers: str | None) -> None:
    """Let the manifest say that others indexed the words; None as versions before did, who said nothing."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["made"].pop("analysers")
    if analysers is not None:
        manifest["made"]["analysers"] = analysers
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_what_is_built_opens_without_a_word(tmp_path: Path) -> None:
    _corpus(tmp_path / "c")
    opened = explorer.open_corpus(tmp_path / "c")
    assert not opened.snapshot.indexed_otherwise
    assert opened.snapshot.index_sentence == ""


@pytest.mark.parametrize(("analysers", "says"), [(None, "by an earlier version"), ("0" * 16, "with other analysers")])
def test_other_analysers_are_noticed_and_the_corpus_still_opens(
    tmp_path: Path, analysers: str | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "c"
    _corpus(folder)
    _say(folder, analysers)
    with pytest.warns(UserWarning, match=says) as warned:
        opened = explorer.open_corpus(folder)
    assert f"litexplorer refit {folder}" in str(warned[0].message)
    assert len(opened.search("universities")) == 1
    assert main(["search", str(folder), "universities"]) == 0
    assert says in capsys.readouterr().err
    assert says in explore(Corpus(folder)).status["text"]


@pytest.mark.parametrize("change", ["refit", "add"])
def test_what_changes_a_corpus_indexes_it_again(tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "c"
    # As an earlier version indexed: Korean in words as they stand between blanks.
    with monkeypatch.context() as patched:
        patched.setattr("explorer.store.fulltext.spread", lambda text: text)
        _corpus(folder)
    _say(folder, None)
    assert len(Corpus(folder).search("딥러닝")) == 0
    if change == "refit":
        with pytest.warns(UserWarning, match="by an earlier version"):
            assert main(["refit", str(folder)]) == 0
    else:
        Corpus(folder).add(pd.DataFrame({"id": ["e"], "title": ["A pond"]}))
    opened = explorer.open_corpus(folder)
    assert opened.search("딥러닝")["id"].tolist() == ["d"]
    assert len(opened.search("pond")) == (change == "add")


def test_a_corpus_in_the_cache_is_indexed_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "papers.csv").write_text("title\n" + "\n".join(TITLES), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("explorer.store.fulltext.spread", lambda text: text)
        folder = open_files([tmp_path / "papers.csv"]).folder
    _say(folder, "0" * 16)
    again = open_files([tmp_path / "papers.csv"])
    assert again.folder == folder
    assert not again.snapshot.indexed_otherwise
    assert len(again.search("딥러닝")) == 1


def test_another_stemmer_has_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(text: str, name: str) -> list[tuple[int, str]]:
        return [(at, term.removesuffix("i")) for at, term in before(text, name)]

    before: Any = analysis.tokens
    own = analysis.fingerprint()
    monkeypatch.setattr(analysis, "tokens", other)
    assert analysis.fingerprint.__wrapped__() != own


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60))
@settings(max_examples=examples(400), deadline=None)
def test_where_no_word_is_russian_the_russian_stemmer_changes_nothing(text: str) -> None:
    plain = spread(text)
    with_it, without = (
        [token.text for token in analyzer("english", russian=russian).pre_tokenize(plain).tokens] for russian in (True, False)
    )
    assert (with_it != without) == is_stemmed_as_russian(plain)


@pytest.mark.parametrize(
    ("text", "expected"), [("нейронные сети", True), ("СЕТЯМИ", True), ("the group Ш of rings", False), ("δεδομένα", False)]
)
def test_russian_is_told_from_a_letter_of_a_formula(text: str, expected: bool) -> None:
    assert is_stemmed_as_russian(spread(text)) == expected


def test_one_russian_paper_among_others_is_found_by_its_stems(tmp_path: Path) -> None:
    papers = pd.DataFrame({"title": ["Rings and groups"] * 3, "abstract": ["", "Нейронные сети в физике", ""]})
    corpus = Corpus.from_papers(papers.assign(id=list("abc")), tmp_path / "c")
    assert corpus.select("нейронных сетей")["id"].to_list() == ["b"]

"""What ranking by meaning needs, made with progress and kept beside the corpus."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from built import Built
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus
from explorer.cli.main import main
from explorer.corpus.opening import default_corpus
from explorer.ranking.arrays import MEMORY
from explorer.ranking.meaning import Meaning
from explorer.ranking.tokens import Tokens


def build(folder: Path) -> Corpus:
    return Corpus.from_papers(default_corpus().papers.head(300), folder)


@pytest.fixture
def corpus(tmp_path: Path, built: Built) -> Corpus:
    return built(build, tmp_path / "corpus")


class Stop(Exception):
    pass


@pytest.mark.parametrize("reports", range(4))
def test_a_stop_leaves_nothing_half(corpus: Corpus, reports: int) -> None:
    before = sorted(path.name for path in corpus.snapshot.generation.iterdir())
    said: list[str] = []

    def progress(stage: str, part: float) -> None:
        assert 0 <= part <= 1
        said.append(stage)
        if len(said) > reports:
            raise Stop

    with pytest.raises(Stop):
        corpus.ranker.prepare_meaning(progress)
    assert sorted(path.name for path in corpus.snapshot.generation.iterdir()) == before
    assert not corpus.ranker.meaning_ready
    corpus.ranker.prepare_meaning()
    assert corpus.ranker.meaning_ready
    assert len(corpus.rank("reasoning", limit=5)) == 5


def test_a_meaning_made_before_is_opened(corpus: Corpus) -> None:
    corpus.ranker.prepare_meaning()
    said: list[str] = []
    again = Corpus(corpus.folder)
    again.ranker.prepare_meaning(lambda stage, part: said.append(stage))
    assert said == []
    assert again.rank("reasoning").equals(corpus.rank("reasoning"))


def test_making_it_twice_gives_the_same_bits(corpus: Corpus, tmp_path: Path) -> None:
    again = Corpus.from_papers(default_corpus().papers.head(300), tmp_path / "again")
    for made in (corpus, again):
        made.ranker.prepare_meaning()
    files = sorted(path.name for path in corpus.ranker._meaning_folder.iterdir())
    assert files == sorted(path.name for path in again.ranker._meaning_folder.iterdir())
    for name in files:
        assert (corpus.ranker._meaning_folder / name).read_bytes() == (again.ranker._meaning_folder / name).read_bytes()


@pytest.mark.parametrize("block", [7, pytest.param(64, marks=pytest.mark.slow)])
def test_what_is_made_in_files_a_few_papers_at_a_time_is_what_is_made_in_memory(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Built, block: int
) -> None:
    again = built(build, tmp_path / "again")
    again.ranker.prepare_meaning()
    for name, value in (("meaning._MAPPED", 1), ("tokens._READ", 100), ("terms._BLOCK", block)):
        monkeypatch.setattr(f"explorer.ranking.{name}", value)
    for name, value in (("features._FITTED", block), ("features._POSTINGS", 50)):
        monkeypatch.setattr(f"explorer.ranking.{name}", value)
    corpus.ranker.prepare_meaning()
    one, other = corpus.ranker._meaning_folder, again.ranker._meaning_folder
    assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in other.iterdir())
    for path in one.glob("*.npy"):
        made, expected = np.load(path), np.load(other / path.name)
        assert made.dtype == expected.dtype
        if made.dtype.kind == "f":
            # Sums of some papers at a time have other last digits.
            np.testing.assert_allclose(made, expected, rtol=1e-4, atol=1e-6)
        else:
            np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize("mapped", [1, 20_000])
@pytest.mark.parametrize("part", [1, 7, 299])
def test_what_is_read_part_by_part_is_what_is_read_at_once(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int, mapped: int
) -> None:
    monkeypatch.setattr("explorer.ranking.meaning._MAPPED", mapped)
    Meaning.make(corpus.table, tmp_path / "at once", progress=lambda stage, part: None)
    monkeypatch.setattr("explorer.ranking.meaning._PART", part)
    told: list[tuple[str, float]] = []
    Meaning.make(corpus.table, tmp_path / "in parts", progress=lambda *said: told.append(said))
    once, parts = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("at once", "in parts"))
    assert once == parts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["at once", "corpus", "in parts"]
    terms = [done for stage, done in told if stage == "terms"]
    assert terms == sorted(terms)


def random_tokens(texts: list[str]) -> Tokens:
    return Tokens.read([(text, f"{text} again") for text in texts], place=MEMORY)


@given(st.lists(st.text("abc ", max_size=8), max_size=12), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_papers_that_are_taken_are_those_that_are_read_alone(texts: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(texts)))
    some = data.draw(st.lists(st.sampled_from(range(len(texts))), max_size=14)) if texts else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ranking.tokens._TAKEN", data.draw(st.integers(1, 5)))
        patch.setattr("explorer.ranking.tokens._READ", 2)
        whole = Tokens.joined([random_tokens(texts[:cut]), random_tokens(texts[cut:])], place=MEMORY)
        taken = whole.taken(np.array(some, np.int64), place=MEMORY)
    for found, expected in ((whole, random_tokens(texts)), (taken, random_tokens([texts[row] for row in some]))):
        assert list(found.terms) == list(expected.terms)
        assert found.numbers[:].tolist() == expected.numbers[:].tolist()
        assert found.lengths.tolist() == expected.lengths.tolist()
        assert found.title_lengths.tolist() == expected.title_lengths.tolist()


@pytest.mark.parametrize("written", ["made", "link"])
def test_what_is_made_in_files_stays_however_the_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("explorer.ranking.meaning._MAPPED", 1)
    Corpus.from_papers(default_corpus().papers.head(60), tmp_path / "made")
    Path("link").symlink_to(tmp_path / "made")
    corpus = Corpus(Path(written))
    corpus.ranker.prepare_meaning()
    assert Corpus(tmp_path / "made").ranker.meaning_ready


def test_papers_that_all_say_the_same_can_be_ranked(tmp_path: Path) -> None:
    titles = [f"Annual report of monitoring station {number} on air quality" for number in range(100, 116)]
    corpus = Corpus.from_papers(pd.DataFrame({"title": titles}), tmp_path / "alike")
    assert corpus.rank("air quality of station 107", limit=1)["title"].to_list() == [titles[7]]


def test_a_folder_that_cannot_be_written_keeps_it_in_memory(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> str:
        raise PermissionError

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    corpus.ranker.prepare_meaning()
    assert corpus.ranker.meaning_ready
    assert not Corpus(corpus.folder).ranker.meaning_ready
    assert len(corpus.rank("reasoning", limit=3)) == 3


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_where_nothing_may_be_written_none_is_made_for_others(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refuse(*args: object, **kwargs: object) -> str:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    folder = corpus.ranker._meaning_folder
    Meaning.make(corpus.snapshot.table, folder, progress=lambda stage, part: None)
    assert not folder.exists()


@pytest.mark.parametrize("mapped", [1, 1_000])
def test_a_full_disk_is_said_by_who_makes_it_for_others(corpus: Corpus, monkeypatch: pytest.MonkeyPatch, mapped: int) -> None:
    def refuse(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.ranking.meaning._MAPPED", mapped)
    monkeypatch.setattr("explorer.ranking.meaning.record_files", refuse)
    folder = corpus.ranker._meaning_folder
    before = sorted(path.name for path in folder.parent.iterdir())
    with pytest.raises(OSError, match="No space left"):
        Meaning.make(corpus.snapshot.table, folder, progress=lambda stage, part: None)
    assert sorted(path.name for path in folder.parent.iterdir()) == before
    # Who asks has an answer all the same.
    assert len(corpus.rank("reasoning", limit=3)) == 3


@pytest.mark.parametrize("leave_out", [False, True])
def test_build_makes_it_last_unless_told_not_to(tmp_path: Path, leave_out: bool) -> None:
    file = tmp_path / "papers.csv"
    default_corpus().papers[["title", "abstract"]].head(60).to_csv(file, index=False)
    assert main(["build", str(file), "-o", str(tmp_path / "made"), *(["--no-concepts"] if leave_out else [])]) == 0
    assert Corpus(tmp_path / "made").ranker.meaning_ready is not leave_out


def test_update_renews_it_where_it_was(tmp_path: Path) -> None:
    papers = default_corpus().papers[["title", "abstract"]]
    for name, part in (("a.csv", papers.head(40)), ("b.csv", papers.iloc[40:70])):
        part.to_csv(tmp_path / name, index=False)
    assert main(["build", str(tmp_path / "a.csv"), "-o", str(tmp_path / "made")]) == 0
    assert main(["update", str(tmp_path / "made"), str(tmp_path / "b.csv")]) == 0
    larger = Corpus(tmp_path / "made")
    assert larger.ranker.meaning_ready
    assert len(larger.rank("reasoning")) == 70

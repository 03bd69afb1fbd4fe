"""What ranking by meaning needs, made with progress and kept beside the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import Corpus
from explorer.opening import default_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.from_papers(default_corpus().papers.head(300), tmp_path / "corpus")


class Stop(Exception):
    pass


@pytest.mark.parametrize("reports", range(4))
def test_a_stop_leaves_nothing_half(corpus: Corpus, reports: int) -> None:
    before = sorted(path.name for path in corpus._generation.iterdir())
    said: list[str] = []

    def progress(stage: str, part: float) -> None:
        assert 0 <= part <= 1
        said.append(stage)
        if len(said) > reports:
            raise Stop

    with pytest.raises(Stop):
        corpus.prepare_meaning(progress)
    assert sorted(path.name for path in corpus._generation.iterdir()) == before
    assert not corpus.meaning_ready
    corpus.prepare_meaning()
    assert corpus.meaning_ready
    assert len(corpus.rank("reasoning", limit=5)) == 5


def test_a_meaning_made_before_is_opened(corpus: Corpus) -> None:
    corpus.prepare_meaning()
    said: list[str] = []
    again = Corpus(corpus.folder)
    again.prepare_meaning(lambda stage, part: said.append(stage))
    assert said == []
    assert again.rank("reasoning").equals(corpus.rank("reasoning"))

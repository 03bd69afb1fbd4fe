"""Embedders behind the one protocol: real ones where their package is there, and any class that follows it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explorer import Corpus, EmbedderError
from explorer.ranking.embedders import Model2Vec, SentenceTransformers, WordLlama, vectors_of

PAPERS = pd.DataFrame(
    {
        "title": ["Felines at home", "Dogs in the city", "Bridges of steel", "Soil and rain", "Loans and banks", ""],
        "abstract": ["cats sleep", "dogs bark", "steel beams carry load", "soil holds water", None, "cats and dogs"],
    }
)
SUBJECTS = {"cat": 0, "felines": 0, "cats": 0, "kitten": 0, "dogs": 1, "puppy": 1, "steel": 2, "soil": 3, "banks": 4}


class Subjects:
    """Counts of a few words, by subject: knows that a kitten is a cat."""

    def __init__(self) -> None:
        self.fitted = 0

    def fit(self, texts: Sequence[str]) -> Subjects:
        self.fitted += 1
        return self

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 5), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                if word in SUBJECTS:
                    row[SUBJECTS[word]] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an embedder opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.from_papers(PAPERS, tmp_path / "corpus")


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_a_search_finds_what_only_the_embedder_knows(corpus: Corpus, mode: str) -> None:
    embedder = Subjects()
    assert corpus.search("kitten", mode=mode, natural=True).empty
    found = corpus.search("kitten", mode=mode, natural=True, embedder=embedder)
    assert found["title"].iloc[0] == "Felines at home"
    corpus.search("puppy", mode=mode, natural=True, embedder=embedder)
    assert embedder.fitted == 1
    for paper, score in zip(found["id"], found["score"], strict=True):
        reasons = corpus.explain("kitten", paper, mode=mode, natural=True, embedder=embedder)
        assert reasons["contribution"].sum() == pytest.approx(float(score), rel=1e-4, abs=1e-5)


def test_the_semantic_score_is_the_cosine(corpus: Corpus) -> None:
    found = corpus.search("cats dogs dogs", mode="semantic", natural=True, embedder=Subjects()).set_index("title")["score"]
    assert found["Felines at home"] == pytest.approx(1 / 5**0.5, abs=1e-6)
    assert found["Dogs in the city"] == pytest.approx(2 / 5**0.5, abs=1e-6)
    assert set(found.index.dropna()) == {"Felines at home", "Dogs in the city"}


def test_vectors_of_a_named_embedder_are_kept(corpus: Corpus) -> None:
    first, second = Subjects(), Subjects()
    first.key = second.key = "subjects"  # type: ignore[attr-defined]
    before = corpus.search("puppy", mode="semantic", natural=True, embedder=first)
    after = Corpus(corpus.folder).search("puppy", mode="semantic", natural=True, embedder=second)
    assert (first.fitted, second.fitted) == (1, 0)
    pd.testing.assert_frame_equal(before, after)


def test_vectors_that_are_written_when_the_work_is_stopped_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Subjects()
    embedder.key = "subjects"  # type: ignore[attr-defined]

    def stopped(file: Any, vectors: np.ndarray) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(np, "save", stopped)
        with pytest.raises(KeyboardInterrupt):
            vectors_of(embedder, ["cats"], tmp_path)
    assert list(tmp_path.iterdir()) == []
    made = vectors_of(embedder, ["cats"], tmp_path)
    [kept] = tmp_path.iterdir()
    assert np.load(kept).tolist() == made.tolist()


def test_an_embedder_that_gives_too_few_rows_is_refused(corpus: Corpus) -> None:
    class Short(Subjects):
        def transform(self, texts: Sequence[str]) -> np.ndarray:
            return super().transform(texts)[:-1]

    with pytest.raises(EmbedderError, match="Short gave"):
        corpus.search("cats", mode="hybrid", natural=True, embedder=Short())


@pytest.mark.parametrize("kind", [Model2Vec, SentenceTransformers])
def test_a_missing_model_is_no_download(kind: type, tmp_path: Path, offline: None) -> None:
    with pytest.raises(EmbedderError, match="no folder"):
        kind(tmp_path / "minishlab" / "potion-base-8M")


@pytest.mark.parametrize(
    ("package", "make"),
    [
        ("model2vec", lambda folder: Model2Vec(folder)),
        ("sentence_transformers", lambda folder: SentenceTransformers(folder)),
        ("wordllama", lambda folder: WordLlama()),
    ],
)
def test_a_missing_package_says_how_to_install_it(
    package: str, make: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EmbedderError, match=f"pip install 'literature-explorer\\[{package.replace('_', '-')}\\]'"):
        make(tmp_path)


def test_model2vec_from_a_folder(corpus: Corpus, tmp_path: Path, offline: None) -> None:
    model2vec = pytest.importorskip("model2vec")
    tokenizers = pytest.importorskip("tokenizers")
    words = {"[UNK]": 0} | {word: i + 1 for i, word in enumerate(SUBJECTS)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    vectors = np.zeros((len(words), 5), np.float32)
    for word, subject in SUBJECTS.items():
        vectors[words[word], subject] = 1
    model2vec.StaticModel(vectors, tokenizer).save_pretrained(tmp_path / "model")
    embedder = Model2Vec(tmp_path / "model")
    found = corpus.search("kitten", mode="semantic", natural=True, embedder=embedder)
    expected = corpus.search("kitten", mode="semantic", natural=True, embedder=Subjects())
    assert list(found["id"]) == list(expected["id"])
    np.testing.assert_allclose(found["score"], expected["score"], atol=1e-6)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmbedderError, match="no model of model2vec"):
        Model2Vec(tmp_path / "empty")


def test_wordllama_knows_words_that_the_corpus_has_not(corpus: Corpus, offline: None) -> None:
    pytest.importorskip("wordllama")
    found = corpus.search("kitten", mode="hybrid", natural=True, embedder=WordLlama())
    assert "cats" in f"{found['title'].iloc[0]} {found['abstract'].iloc[0]}"
    vectors = WordLlama().transform(["a kitten", "", "steel"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1)[[0, 2]], 1, atol=1e-5)

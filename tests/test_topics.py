"""Topics: every paper has one, and the same papers have the same ones on every run.

`TopicModel` follows scikit-learn's conventions (parameters are stored, learned attributes end in ``_``) but is no scikit-learn
estimator: it takes texts, and `parametrize_with_checks` hands over matrices of numbers only.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import oracles
import pytest

from explorer import Corpus, TopicModel, read_papers
from explorer.topics.model import OTHER, suggested_topics

THEMES = (
    "graph neural network message passing node edge",
    "speech recognition acoustic phoneme transcription audio",
    "protein folding structure residue molecule enzyme",
    "robot grasp manipulation arm gripper policy",
)


def themed(count: int, seed: int = 0) -> tuple[list[str], list[int]]:
    draw = np.random.default_rng(seed)
    which = [i % len(THEMES) for i in range(count)]
    return [" ".join(draw.choice(THEMES[theme].split(), 12)) for theme in which], which


def test_papers_of_one_theme_have_one_topic() -> None:
    texts, which = themed(80)
    model = TopicModel(4).fit(texts)
    codes, share = model.transform(texts)
    pairs = set(zip(which, codes.tolist(), strict=True))
    assert len(pairs) == 4
    assert len({code for _, code in pairs}) == 4
    assert (share > 0.5).mean() > 0.9
    for theme, code in pairs:
        assert set(model.words_[code][:6]) <= set(THEMES[theme].split())
        assert set(model.labels_[code].replace(",", "").split()) & set(THEMES[theme].split())


def test_the_shapes_of_what_is_learned() -> None:
    texts, _ = themed(60)
    model = TopicModel(3).fit(texts)
    assert model.factors_.shape == (3, len(model.vocabulary_))
    assert len(model.labels_) == 4
    assert model.labels_[-1] == OTHER
    assert len(set(model.labels_)) == 4
    assert [len(words) for words in model.words_] == [10, 10, 10]
    codes, share = model.transform(texts)
    assert (codes.shape, codes.dtype, share.shape, share.dtype) == ((60,), np.int32, (60,), np.float32)
    assert ((share >= 0) & (share <= 1)).all()


def test_init_only_stores_and_fit_returns_itself() -> None:
    model = TopicModel(5, seed=3, sample=10)
    assert vars(model) == {"n_topics": 5, "seed": 3, "sample": 10}
    texts, _ = themed(30)
    given = list(texts)
    assert model.fit(texts) is model
    assert texts == given
    assert {name for name in inspect.signature(TopicModel).parameters} == {"n_topics", "seed", "sample"}


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["", " "],
        ["the of and"],
        ["graph"],
        ["graph", "graph"],
        ["graph", ""],
        ["graph network", "speech audio", "protein"],
        ["same words here exactly"] * 3,
        ["same words here exactly"] * 100,
        [""] * 100,
        ["123 456"] * 30,
        ["深度学习 模型", "딥러닝", "😀 😀"],
        ["x" * 100_000],
        ["word " * 100_000, "other"],
    ],
    ids=lambda texts: f"{len(texts)} of {texts[0][:12] if texts else ''}",
)
def test_corpora_too_small_or_too_plain(texts: list[str]) -> None:
    model = TopicModel().fit(texts)
    codes, share = model.transform(texts)
    assert len(codes) == len(share) == len(texts)
    assert all(0 <= code < len(model.labels_) for code in codes)
    assert np.isfinite(share).all()
    assert len(set(model.labels_)) == len(model.labels_)
    assert len(set(codes[[text == texts[0] for text in texts]].tolist())) <= 1 if texts else True


def test_texts_without_a_known_word_are_other() -> None:
    texts, _ = themed(40)
    model = TopicModel(4).fit(texts)
    codes, share = model.transform(["", "zebra xylophone", texts[0]])
    assert [model.labels_[code] == OTHER for code in codes] == [True, True, False]
    assert share[:2].tolist() == [0, 0]


@pytest.mark.parametrize("papers", [0, 1, 2, 3, 10, 88, 1000, 100_000, 10**7])
def test_the_number_of_topics(papers: int) -> None:
    assert 1 <= suggested_topics(papers) <= 30
    assert suggested_topics(papers) <= max(1, papers)


def test_a_model_is_fitted_on_a_sample_of_a_large_corpus() -> None:
    texts, which = themed(400)
    model = TopicModel(4, sample=100).fit(texts)
    codes, _ = model.transform(texts)
    assert len(set(zip(which, codes.tolist(), strict=True))) == 4


PROGRAM = """
import hashlib, sys
from explorer import TopicModel, read_papers
papers = read_papers(sys.argv[1])
texts = [f"{p.title} {p.abstract}" for p in papers.itertuples()]
model = TopicModel().fit(texts)
codes, share = model.transform(texts)
digest = hashlib.sha256()
for part in (model.factors_.tobytes(), codes.tobytes(), share.tobytes(), repr(model.labels_).encode(), repr(model.words_).encode()):
    digest.update(part)
print(digest.hexdigest())
"""


def test_two_processes_find_the_same_topics_bit_for_bit(sample: Path) -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(sample)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].strip()) == 64


def test_two_builds_give_the_same_topics_scores_and_orders(sample: Path, tmp_path: Path) -> None:
    papers = read_papers(sample)
    first, second = (Corpus.from_papers(papers, tmp_path / name) for name in "ab")
    assert first.topics.labels == second.topics.labels
    assert np.array_equal(first.topics.codes, second.topics.codes)
    assert np.array_equal(first.topics.share, second.topics.share)
    for query in ("arithmetic", "vision OR language model", "reason*"):
        assert first.search(query, limit=None).equals(second.search(query, limit=None))
    assert first.search("small models that add numbers", natural=True).equals(
        second.search("small models that add numbers", natural=True)
    )


def test_every_paper_of_the_sample_has_a_topic_that_says_something(sample: Path, tmp_path: Path) -> None:
    corpus = Corpus.from_papers(read_papers(sample), tmp_path / "c")
    papers = corpus.papers
    assert papers["topic"].notna().all()
    assert (papers["topic"] != OTHER).all()
    assert papers["topic"].value_counts().max() < 45
    summary = corpus.topics.summary()
    assert summary["papers"].sum() == 88
    assert summary["papers"].is_monotonic_decreasing
    assert (
        dict(zip(summary["topic"], summary["papers"], strict=True)).items() >= papers["topic"].value_counts().to_dict().items()
    )


def test_corpora_of_few_papers(corpora: list[tuple[Corpus, list[oracles.Paper]]]) -> None:
    for corpus, papers in corpora:
        assert len(corpus.topics.codes) == len(papers)
        assert corpus.topics.summary()["papers"].sum() == len(papers)


def test_the_stored_model_places_papers_as_the_fitted_one(tmp_path: Path) -> None:
    texts, _ = themed(50)
    model = TopicModel(4).fit(texts)
    model.save(tmp_path / "m.npz")
    again = TopicModel.load(tmp_path / "m.npz", model.labels_)
    for a, b in zip(model.transform(texts), again.transform(texts), strict=True):
        assert np.array_equal(a, b)
    assert hashlib.sha256(again.factors_.tobytes()).digest() == hashlib.sha256(model.factors_.tobytes()).digest()

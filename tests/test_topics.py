"""Topics: every paper has a distribution over them, and the same papers have the same ones on every run, in any order."""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pandas as pd
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import normalized_mutual_info_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from explorer import Corpus, CorpusError, TopicError, TopicModel, read_papers
from explorer.topics.acronyms import acronyms_of
from explorer.topics.factors import _best, telling_words
from explorer.topics.labels import name_topics
from explorer.topics.model import OTHER, suggested_topics
from explorer.topics.stability import agreement
from explorer.topics.term_counts import TermCounter, count_terms
from explorer.topics.terms import TITLE_END, content_keys, term_weights, terms_of, words_of

TEXTS = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]

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
    places = model.transform(texts)
    codes, share = places.argmax(axis=1), places.max(axis=1)
    pairs = set(zip(which, codes.tolist(), strict=True))
    assert len(pairs) == 4
    assert len({code for _, code in pairs}) == 4
    assert (share > 0.5).mean() > 0.9
    for theme, code in pairs:
        assert set(model.words_[code][:6]) <= set(THEMES[theme].split())
        assert set(model.labels_[code].replace(",", "").split()) & set(THEMES[theme].split())


@parametrize_with_checks([TopicModel(2)])
def test_it_is_an_estimator_as_scikit_learn_has_them(estimator: TopicModel, check: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        (TopicModel("x"), TEXTS, "n_topics is 'x'; it must be a number of topics"),
        (TopicModel(0), TEXTS, "n_topics is 0"),
        (TopicModel(2.5), TEXTS, "n_topics is 2.5"),
        (TopicModel(2, sample=0), TEXTS, "sample is 0; it must be a number of papers"),
        (TopicModel(2, seed="x"), TEXTS, "seed is 'x'"),
        (TopicModel(2), pd.DataFrame({"title": TEXTS}), r"was given a table.*papers\['title'\]"),
        (TopicModel(2), "one text", "was given a str"),
        (TopicModel(2), None, "was given None"),
        (TopicModel(2), {"a": "b"}, "was given a dict"),
        (TopicModel(2), [*TEXTS, None], "number 4 is missing; give '' for a paper without one"),
        (TopicModel(2), pd.Series([*TEXTS, float("nan")]), "number 4 is missing"),
        (TopicModel(2), [*TEXTS, b"x"], "number 4 is b'x', which is no text"),
        (TopicModel(2), [["adding"], ["stars"]], "was given lists of words"),
        (TopicModel(2), np.array([[text] for text in TEXTS]), "texts in 2 dimensions"),
    ],
)
def test_what_a_model_cannot_be_fitted_to_is_said(model: TopicModel, given: Any, said: str) -> None:
    for call in (model.fit, model.fit_transform):
        with pytest.raises(TopicError, match=said):
            call(given)


def test_texts_may_be_of_any_kind_that_has_them_in_order() -> None:
    expected = TopicModel(2).fit(TEXTS)
    for kind in (pd.Series(TEXTS, [5, 6, 7, 8]), np.array(TEXTS), pa.array(TEXTS), tuple(TEXTS), (text for text in TEXTS)):
        assert np.array_equal(TopicModel(2).fit(kind).factors_, expected.factors_)


def test_what_a_model_cannot_place_save_or_load_is_said(tmp_path: Path) -> None:
    model = TopicModel(2).fit(TEXTS)
    with pytest.raises(TopicError, match="was given 3 columns"):
        model.transform(np.ones((2, 3)))
    # A build says of what the disk refuses that the corpus is untouched.
    with pytest.raises(OSError, match="No such file"):
        model.save(tmp_path / "none" / "topics.npz")
    (tmp_path / "other").write_text("no model")
    for path in (tmp_path / "absent", tmp_path / "other"):
        with pytest.raises(CorpusError, match="cannot be read"):
            TopicModel.load(path, model.labels_)
    model.save(tmp_path / "topics.npz")
    with pytest.raises(CorpusError, match="2 topics and other, and was given 1 labels"):
        TopicModel.load(tmp_path / "topics.npz", ["one"])


def test_the_shapes_of_what_is_learned() -> None:
    texts, _ = themed(60)
    model = TopicModel(3).fit(texts)
    assert model.factors_.shape == (3, len(model.vocabulary_))
    assert len(model.labels_) == 4
    assert model.labels_[-1] == OTHER
    assert len(set(model.labels_)) == 4
    assert [len(words) for words in model.words_] == [10, 10, 10]
    places = model.transform(texts)
    assert (places.shape, places.dtype) == ((60, 4), np.float64)
    assert ((places >= 0) & (places <= 1)).all()
    assert np.allclose(places.sum(axis=1), 1)
    assert np.array_equal(model.predict(texts), places.argmax(axis=1))
    assert model.predict(texts).dtype == np.int32
    assert [row.sum() for row in model.factors_] == pytest.approx([1, 1, 1])
    assert ((model.stability_ >= 0) & (model.stability_ <= 1)).all()


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
    places = model.transform(texts)
    codes = places.argmax(axis=1)
    assert places.shape == (len(texts), len(model.labels_))
    assert np.isfinite(places).all()
    assert np.allclose(places.sum(axis=1), 1)
    assert len(set(model.labels_)) == len(model.labels_)
    assert len(set(codes[[text == texts[0] for text in texts]].tolist())) <= 1 if texts else True


def test_texts_without_a_known_word_are_other() -> None:
    texts, _ = themed(40)
    model = TopicModel(4).fit(texts)
    places = model.transform(["", "zebra xylophone", texts[0]])
    assert [model.labels_[code] == OTHER for code in places.argmax(axis=1)] == [True, True, False]
    assert places[:2].tolist() == [[0, 0, 0, 0, 1]] * 2


@pytest.mark.parametrize("papers", [0, 1, 2, 3, 10, 88, 1000, 100_000, 10**7])
def test_the_number_of_topics(papers: int) -> None:
    assert 1 <= suggested_topics(papers) <= 30
    assert suggested_topics(papers) <= max(1, papers)


@pytest.mark.parametrize("sample", [20_000, 150])
def test_learning_and_placing_at_once_gives_what_placing_gives(sample: int) -> None:
    """Also of papers that say the same, which are learnt from without it, and of those that were not learnt from."""
    texts, _ = themed(200)
    notes = [f"{text}. Published by the robot press of audio." if at % 3 else text for at, text in enumerate(texts)]
    model = TopicModel(4, sample=sample)
    placed = model.fit_transform(notes)
    assert placed.tobytes() == model.transform(notes).tobytes()
    assert placed.tobytes() == TopicModel(4, sample=sample).fit(notes).transform(notes).tobytes()


def test_terms_are_counted_as_scikit_learn_counts_them() -> None:
    texts = [*themed(60)[0], "", "深度学习方法 基于深度学习的研究", "die wirkung der strahlung auf die zelle und die kerne"]
    counts, vocabulary = count_terms(texts)
    oracle = CountVectorizer(analyzer=terms_of, vocabulary=vocabulary.tolist()).fit_transform(texts)
    assert sorted(set(vocabulary)) == vocabulary.tolist()
    assert (counts.toarray()[:60] == oracle.toarray()[:60]).all()
    again, same = count_terms(texts, vocabulary.tolist())
    assert (again.toarray() == oracle.toarray()).all()
    assert same.tolist() == vocabulary.tolist()


_PIECES = [
    "cells",
    "cell's",
    "graph-based",
    "die",
    "und",
    "der",
    "und",
    "zelle",
    "the",
    "of",
    "x",
    "2d",
    "co2",
    "CELLS",
    "x_1",
    "é",
    "深度学习",
]


@pytest.mark.parametrize("kept", [3, 1000])
@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(_PIECES), st.sampled_from([" ", " ", "-", "--", "'", "_", "\\", ", ", ".", "\x7f", "\n"])
            ),
            max_size=12,
        ),
        max_size=3,
    )
)
def test_known_terms_are_those_of_all_terms(kept: int, texts: list[list[tuple[str, str]]]) -> None:
    """Whatever texts stand beside a text, and of pieces that were forgotten too."""
    written = ["".join(piece + between for piece, between in parts) for parts in texts]
    vocabulary = sorted({*terms_of(" ".join(_PIECES)), "die", "x", "cell", "based"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.topics.term_counts._KEPT", kept)
        counter = TermCounter(vocabulary)
        found = [counter.counts(some).toarray().tolist() for some in (written, written[1:])]
    expected = [[terms_of(text).count(word) for word in vocabulary] for text in written]
    assert found == [expected, expected[1:]]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=12), st.integers(1, 5))
def test_the_best_words_are_the_first_of_all_in_order(pairs: list[tuple[int, int]], count: int) -> None:
    scores, commonness = np.array(pairs, float).T
    expected = sorted(range(len(pairs)), key=lambda at: (-scores[at], -commonness[at], at))[:count]
    assert _best(scores, commonness, count).tolist() == expected


def test_words_by_lift_are_common_in_a_topic_and_rare_elsewhere() -> None:
    #           both   own  seldom  other
    counts = csr_matrix([[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1], [1, 0, 0, 1], [1, 0, 0, 1]])
    places = np.repeat(np.eye(2), 3, axis=0)
    factors = np.array([[9.0, 1, 1, 0], [0, 0, 0, 1]])
    names = np.array(["both", "own", "seldom", "other"])
    # By hand: own is in 3 papers, twice as common as in all: 3 ** .5 * log 2; seldom in 1: log 2; both as common as in all: 0.
    assert telling_words(counts, places, factors, names, 3, by_lift=True) == [
        ["own", "seldom", "both"],
        ["other", "both", "own"],
    ]
    assert telling_words(counts, places, factors, names, 3)[0][0] == "both"


def test_a_model_is_fitted_on_a_sample_of_a_large_corpus() -> None:
    texts, which = themed(400)
    model = TopicModel(4, sample=100).fit(texts)
    codes = model.predict(texts)
    assert len(set(zip(which, codes.tolist(), strict=True))) == 4


PROGRAM = """
import hashlib, sys
from explorer import TopicModel, read_papers
papers = read_papers(sys.argv[1])
texts = [f"{p.title} {p.abstract}" for p in papers.itertuples()]
if sys.argv[2] == "reversed":
    texts.reverse()
model = TopicModel().fit(texts)
places = model.transform(sorted(texts))
digest = hashlib.sha256()
for part in (model.factors_.tobytes(), places.tobytes(), repr(model.labels_).encode(), repr(model.words_).encode()):
    digest.update(part)
print(digest.hexdigest())
"""


def test_hash_seeds_threads_and_the_order_of_the_file_change_no_bit(sample: Path) -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(sample), order],
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads, order in (("1", "1", "as it is"), ("2", "2", "reversed"))
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
    assert list(summary.columns)[:6] == ["topic", "label", "papers", "words", "phrases", "stability"]
    assert summary["papers"].sum() == 88
    assert summary["papers"].is_monotonic_decreasing
    assert (
        dict(zip(summary["label"], summary["papers"], strict=True)).items() >= papers["topic"].value_counts().to_dict().items()
    )
    known = summary[summary["topic"] != "none"]
    assert known["topic"].str.fullmatch(r"t\d+").all()
    assert (known["words"].map(len) == 10).all()
    assert known["stability"].between(0, 1).all()


def test_papers_without_title_and_abstract_have_the_topics_of_their_keywords(tmp_path: Path) -> None:
    said = [["graph theory", "vertex colouring"], ["protein folding", "amino acids"]]
    titles = ["Of graphs and their colouring"] + [""] * 39
    papers = pd.DataFrame({"id": [f"p{i}" for i in range(40)], "title": titles, "keywords": [said[i % 2] for i in range(40)]})
    corpus = Corpus.from_papers(papers, tmp_path / "c", n_topics=2)
    assert corpus.topics.snapshot.texts_of([1]) == [f"protein folding; amino acids{TITLE_END}"]
    assert corpus.topics.snapshot.texts_of([0]) == [f"Of graphs and their colouring{TITLE_END}"]
    codes = np.asarray(corpus.topics.codes)[1:]
    assert len({*codes[::2]}) == len({*codes[1::2]}) == 1
    assert codes[0] != codes[1]


def test_corpora_of_few_papers(corpora: list[tuple[Corpus, list[oracles.Paper]]]) -> None:
    for corpus, papers in corpora:
        assert len(corpus.topics.codes) == len(papers)
        assert corpus.topics.summary()["papers"].sum() == len(papers)


def test_the_stored_model_places_papers_as_the_fitted_one(tmp_path: Path) -> None:
    texts, _ = themed(50)
    model = TopicModel(4).fit(texts)
    model.save(tmp_path / "m.npz")
    again = TopicModel.load(tmp_path / "m.npz", model.labels_)
    assert np.array_equal(model.transform(texts), again.transform(texts))
    assert hashlib.sha256(again.factors_.tobytes()).digest() == hashlib.sha256(model.factors_.tobytes()).digest()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Code at https://github.com/a/b or www.x.org/y, mail a.b@c.de", ["code", "at", "or", "mail"]),
        ("see github.com/lab/code and project.io", ["see", "and"]),
        (r"\alpha-decay of <i>Drosophila</i> &amp; x_1, 3D", ["decay", "of", "drosophila"]),
        ("state-of-the-art LLMs' don't", ["state-of-the-art", "llms", "don't"]),
        ("深度学习", ["深度", "度学", "学习"]),
        ("Bradford's law, Parkinson’s, it isn't", ["bradford", "law", "parkinson", "it", "isn't"]),
        (r"Schr\"odinger and Poincar\'{e}", ["schrödinger", "and", "poincaré"]),
        ("Überprüfung der Größe", ["überprüfung", "der", "größe"]),
        ("U\u0308ber", ["über"]),
        ("", []),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_words_that_stand_anywhere_are_worth_nothing_in_any_language() -> None:
    """Words of two themes in a language that nobody has, and others drawn from all alike."""
    draw = np.random.default_rng(3)
    themes = [[f"{name}{letter}x" for letter in "abcdefghijkl"] for name in ("ru", "zo")]
    anywhere = [f"qua{letter}m" for letter in "abcdefghijkl"]
    texts = [" ".join([*draw.choice(themes[i % 2], 8), *draw.choice(anywhere, 8)]) for i in range(300)]
    counts, vocabulary = count_terms(texts)
    weights = dict(zip(vocabulary.tolist(), term_weights(counts), strict=True))
    assert min(weights[word] for theme in themes for word in theme) > 1.4 * max(weights[word] for word in anywhere)


def test_keys_go_by_content() -> None:
    keys = content_keys([b"a", b"b", b"a"])
    assert keys[0] == keys[2] != keys[1]


def test_the_number_is_chosen_where_it_is_not_given() -> None:
    texts, _ = themed(200)
    model = TopicModel().fit(texts)
    chosen = max(model.curve_, key=lambda row: row["score"])["topics"]
    # Those on which no paper lies most are left out.
    assert 4 <= len(model.words_) <= chosen
    assert set(model.predict(texts)) >= set(range(len(model.words_)))
    assert len(TopicModel(chosen).fit(texts).words_) == len(model.words_)
    assert TopicModel(3).fit(texts).curve_ == []


@pytest.mark.parametrize(
    ("papers", "topics", "nearest"),
    [(1200, 14, 15), pytest.param(2000, 30, 30, marks=pytest.mark.slow), pytest.param(4000, 45, 48, marks=pytest.mark.slow)],
)
def test_as_many_topics_are_chosen_as_there_are(papers: int, topics: int, nearest: int) -> None:
    """A quarter of a text is of the 25 words of its topic, the first of which are common, the rest of 300 words that all share."""
    draw = np.random.default_rng(1)
    words = ["".join(draw.choice(list("abcdefghilmnoprstu"), 9)) for _ in range(topics * 25 + 300)]
    shares = 1 / np.arange(1, 26)
    texts = []
    for paper in range(papers):
        own = draw.choice(25, size=10, p=shares / shares.sum()) + paper % topics * 25
        texts.append(" ".join(words[i] for i in draw.permutation([*own, *draw.integers(topics * 25, len(words), 30)])))
    model = TopicModel().fit(texts)
    assert nearest in [row["topics"] for row in model.curve_]
    assert len(model.words_) == nearest


@pytest.mark.parametrize("wanted", [None, 5])
def test_papers_that_all_say_the_same_have_one_topic(wanted: int | None) -> None:
    texts = [f"Note {at} on graphene. Graphene is a sheet of carbon. We study its electrons." for at in range(60)]
    model = TopicModel(wanted).fit(texts)
    places = model.transform(texts)
    assert len(model.words_) == len(model.stability_) == len(model.labels_) - 1 == 1
    assert set(places.argmax(axis=1)) == {0}
    assert model.prior_.sum() == pytest.approx(1)
    assert (model.fit_transform(texts) == places).all()
    # Beside papers on something else it is one of two.
    mixed = texts + [f"Report {at} on tides. Tides follow the moon over the sea." for at in range(60)]
    found = TopicModel(wanted).fit(mixed)
    assert sorted(np.bincount(found.predict(mixed))) == [60, 60]


def test_what_fits_nowhere_is_of_none() -> None:
    """Texts of words drawn from all themes alike fit none; those of one theme fit it."""
    texts, _ = themed(400)
    model = TopicModel(4).fit(texts)
    assert (model.predict(texts) < 4).all()
    draw = np.random.default_rng(5)
    every = " ".join(THEMES).split()
    mixed = [" ".join(draw.permutation(every)) for _ in range(50)]
    assert (model.predict(mixed) == 4).mean() > 0.9


def test_many_papers_give_the_themes_they_were_made_of_in_any_order() -> None:
    """Above the size of ensembles the start is another; there too each theme is a topic, whatever the order of the papers."""
    texts, themes = themed(3_200)
    model = TopicModel(4).fit(texts)
    codes = model.predict(texts)
    assert normalized_mutual_info_score(themes, codes) > 0.95
    again = TopicModel(4).fit(texts[::-1])
    assert (again.factors_ == model.factors_).all()
    assert again.labels_ == model.labels_


@pytest.mark.parametrize(
    ("texts", "short", "long"),
    [
        (["Large language models (LLMs) reason."], "llm", "large language models"),
        (
            ["A large language model (LLM) reasons.", "Large language models (LLMs).", "Large language models (LLMs)"],
            "llms",
            "large language models",
        ),
        (["We use chain-of-thought (CoT) prompts"], "cot", "chain-of-thought"),
        (["magnetic resonance imaging (MRI)"], "mri", "magnetic resonance imaging"),
        (["the hypothalamic pituitary adrenal axis response (HPA)"], "hpa", None),
        (["as shown before (See)"], "see", None),
        (["principal component analysis (PCA)", "patient controlled analgesia (PCA)"], "pca", None),
        (["no bracket"], "llm", None),
        # A plural of an acronym that is a word of its own.
        (["Multi-agent systems (MAS) learn.", "The mass of stars.", "A MAS learns."], "mass", None),
        (["Multi-agent systems (MAS) learn.", "The mass of stars.", "A MAS learns."], "mas", "multi-agent systems"),
        (["Computed axial tomography (CAT).", "A cat sat.", "The cat sat.", "Another cat."], "cat", None),
    ],
)
def test_what_acronyms_stand_for(texts: list[str], short: str, long: str | None) -> None:
    assert acronyms_of(texts).get(short) == long
    assert acronyms_of(reversed(texts)).get(short) == long


def test_an_acronym_and_what_it_stands_for_are_one_phrase() -> None:
    one = ["Large language models (LLMs) answer.", "LLMs answer.", "An LLM answers.", "Large language models answer."]
    other = ["Stars shine.", "Stars and planets.", "Planets shine.", "Stars of planets."]
    places = np.repeat(np.eye(2), 4, axis=0)
    worth = dict.fromkeys(("large", "language", "models", "llms", "llm", "stars", "planets", "shine"), 1.0)
    labels, phrases = name_topics([*one, *other], places, [["llms", "language", "models"], ["stars", "planets"]], worth)
    assert labels[0] == "large language models"
    assert not {"llm", "llms"} & set(phrases[0])


def test_a_model_that_is_fitted_again_is_as_a_new_one() -> None:
    draw = np.random.default_rng(8)
    first = draw.poisson(0.4, (80, 30))
    second = draw.poisson(np.where(np.arange(30) % 2 == np.arange(60)[:, None] % 2, 3.0, 0.2))
    again = TopicModel(2).fit(first).fit(second)
    fresh = TopicModel(2).fit(second)
    assert (again.factors_ == fresh.factors_).all()
    assert (again.transform(second) == fresh.transform(second)).all()


def test_topics_of_many_papers_come_back_as_often_as_models_of_samples_find_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against models fitted to nine tenths of the papers, for themes of which two have half of their words in common."""
    monkeypatch.setattr("explorer.topics.factors._ENSEMBLE_TO", 500)
    draw = np.random.default_rng(5)
    themes = np.full((4, 120), 0.2)
    for at, start in enumerate((0, 20, 40, 50)):
        themes[at, start : start + 20] += np.linspace(4, 1, 20)
    counts = draw.poisson(np.array([themes[i % 4] for i in range(900)]) / 3).astype(float)
    model = TopicModel(4).fit(counts)
    assert len(model.words_) == 4
    again = [TopicModel(4).fit(counts[draw.random(len(counts)) < 0.9]).words_ for _ in range(3)]
    found = np.mean([agreement(model.words_, words)[1] for words in again], axis=0)
    assert model.stability_ == pytest.approx(found, abs=0.2)
    # What papers do not tell apart is one topic, of which less comes back.
    noise = TopicModel(4).fit(draw.poisson(0.5, (900, 120)).astype(float))
    assert len(noise.words_) == 1
    assert model.stability_.mean() > 1.3 * noise.stability_.mean()


def test_words_of_refined_topics_are_of_papers_that_lay_there_before_too() -> None:
    counts = np.zeros((600, 22))
    counts[:300, :9] = counts[300:, 10:20] = 1
    # Both are said on the first topic alone: one by more papers, which came to it from the other.
    counts[:30, 20] = counts[100:120, 21] = 1
    model = TopicModel(2)
    model.weights_, model.vocabulary_ = np.ones(22), np.array([f"w{at:02}" for at in range(22)])
    placed = np.repeat([[0.98, 0.02], [0.02, 0.98]], 300, axis=0)
    start = placed.copy()
    start[:30] = [0.0, 1.0]
    first, second = model._lifted(csr_matrix(counts), placed, start)
    assert first == [*(f"w{at:02}" for at in range(9)), "w21"]
    assert second == [f"w{at:02}" for at in range(10, 20)]
    assert "w20" in model._lifted(csr_matrix(counts), placed, placed)[0]

"""Key phrases out of the text: against counting by hand, with progress and without, and stopped at every report."""

from __future__ import annotations

import math
import random
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from explorer.text.keyphrases import candidates, learn_phrases
from explorer.text.stopwords import FILLER

WORDS = (
    "neural",
    "network",
    "networks",
    "of",
    "the",
    "and",
    "in",
    "propose",
    "x",
    "ai",
    "graph",
    "théorème",
    "state-of-the-art",
)
SIGNS = (" ", " ", " ", ", ", ". ", " - ", "--", "\n", " (", ") ", "/", " 12 ", "’")
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SIGNS)), max_size=14).map(
    lambda parts: "".join(word + sign for word, sign in parts)
)


class Stop(Exception):
    pass


def by_hand(text: str) -> list[str]:
    """Every window of one to three words that may be a phrase, by the rules as they are written down."""

    def empty(word: str) -> bool:
        return len(word) == 1 or word in ENGLISH_STOP_WORDS or word in FILLER

    found = []
    for part in re.split(r"[.,;:!?()\[\]{}\"“”$\\/]+|\s[-–—]\s|--", text.lower()):
        words = re.findall(r"[^\W\d_][\w’'-]*[^\W_]|[^\W\d_]", part)
        windows = [words[start:end] for start in range(len(words)) for end in range(start + 1, start + 4) if end <= len(words)]
        for window in windows:
            ends_well = not empty(window[0]) and not empty(window[-1])
            if ends_well and (len(window) > 1 or len(window[0]) >= 4):
                inner = window[1:-1]
                if not [word for word in inner if empty(word) and word not in ("of", "in", "for", "to", "and", "the")]:
                    found.append(" ".join(window))
    return found


@given(texts)
def test_candidates_are_those_found_by_hand(text: str) -> None:
    assert list(candidates(text)) == by_hand(text)


@given(st.lists(texts, max_size=20))
def test_phrases_stand_in_two_papers_and_weigh_what_they_should(papers: list[str]) -> None:
    learnt = learn_phrases(papers)
    counts = Counter(phrase for text in papers for phrase in set(by_hand(text)))
    known = {phrase: count for phrase, count in counts.items() if count >= 2}
    assert learnt.phrases.to_pylist() == sorted(known)
    for phrase, weight in zip(learnt.phrases.to_pylist(), learnt.weight.tolist(), strict=True):
        assert weight == pytest.approx(math.log((1 + len(papers)) / (1 + known[phrase])) * len(phrase.split()))


def test_progress_rises_and_changes_nothing() -> None:
    papers = [f"Graph networks of kind{row % 7}. Sparse attention in case{row % 5}" for row in range(1500)]
    learning: list[float] = []
    choosing: list[float] = []
    plain, told = learn_phrases(papers), learn_phrases(papers, learning.append)
    assert told.phrases.equals(plain.phrases)
    assert told.spelling.equals(plain.spelling)
    assert told.weight.tolist() == plain.weight.tolist()
    assert told.of(papers, choosing.append).equals(plain.of(papers))
    for parts in (learning, choosing):
        assert parts == sorted(parts)
        assert len(set(parts)) > 5
        assert 0 <= parts[0] <= parts[-1] <= 1
    for work, reports in ((lambda say: learn_phrases(papers, say), learning), (lambda say: plain.of(papers, say), choosing)):
        for last in range(len(reports)):
            left = iter(range(last))

            def stop(part: float, left=left) -> None:
                if next(left, None) is None:
                    raise Stop

            with pytest.raises(Stop):
                work(stop)


@pytest.mark.parametrize("most", [1, 30, 400])
def test_the_commonest_phrases_are_those_that_scikit_learn_keeps(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(most)
    papers = [" ".join(draw.choices([f"word{letter}" for letter in "abcdefghij"], k=30)) for _ in range(200)]
    monkeypatch.setattr("explorer.text.keyphrases._KNOWN", most)
    peer = CountVectorizer(analyzer=by_hand, min_df=2, max_features=most)
    counts = peer.fit_transform(papers)
    learnt = learn_phrases(papers)
    assert len(learnt.phrases) == most
    assert learnt.phrases.to_pylist() == peer.get_feature_names_out().tolist()
    lengths = [len(name.split()) for name in peer.get_feature_names_out()]
    assert learnt.weight == pytest.approx(np.log(201 / (1 + np.bincount(counts.indices))) * lengths)

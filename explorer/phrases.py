"""Key phrases out of running text, for papers that came without keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from explorer.schema import TEXTS
from explorer.topic_model import FILLER

PER_PAPER = 5
"""Phrases a paper at most."""

_LONGEST = 3
_SAMPLE = 20_000
_CHUNK = 10_000
_KNOWN = 20_000
_WORD = re.compile(r"[^\W\d_][\w’'-]*[^\W_]|[^\W\d_]")
_BREAK = re.compile(r"[.,;:!?()\[\]{}\"“”$\\/]+|\s[-–—]\s|--")
_INNER = frozenset(("of", "in", "for", "to", "and", "the"))


def key_phrases(texts: Sequence[str]) -> pa.Array:
    """Choose the phrases that tell each paper apart and that other papers use too.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper.

    Returns
    -------
    pyarrow.Array of lists of text, length n_papers
        At most `PER_PAPER` phrases a paper, heaviest first; none for papers without text.

    Notes
    -----
    Candidates are runs of one to three words between punctuation that neither begin nor end with a stop word, as in RAKE (Rose
    et al. 2010, section 1.2). A phrase must stand in two papers or more; its weight is TF-IDF times its number of words, and
    a phrase within a heavier one is left out. The vocabulary is learnt on at most 20,000 papers, evenly spaced.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    count = len(texts)
    step = max(1, -(-count // _SAMPLE))
    least = 2 if count < 1000 else 3 if count < 10_000 else 5
    counter = CountVectorizer(analyzer=candidates, min_df=least, max_features=_KNOWN)
    try:
        known = counter.fit_transform([texts[i] for i in range(0, count, step)])
    except ValueError:
        # scikit-learn's way to say that no phrase stands in enough papers.
        return pa.array([None] * count, TEXTS)
    names = counter.get_feature_names_out()
    papers = np.bincount(known.indices, minlength=len(names))
    spelling = _spellings(names, papers)
    weight = np.log((1 + known.shape[0]) / (1 + papers)) * np.array([1 + name.count(" ") for name in names])
    chosen: list[list[str] | None] = []
    for start in range(0, count, _CHUNK):
        counts = counter.transform([texts[i] for i in range(start, min(start + _CHUNK, count))])
        scores = counts.data * weight[counts.indices]
        for first, last in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
            order = np.lexsort((counts.indices[first:last], -scores[first:last]))
            chosen.append(_distinct(spelling[counts.indices[first:last][order]]) or None)
    return pa.array(chosen, TEXTS)


def _spellings(names: np.ndarray, papers: np.ndarray) -> np.ndarray:
    """For each phrase the commoner of its singular and its plural."""
    place = {name: i for i, name in enumerate(names)}
    spelling = names.copy()
    for name, i in place.items():
        plural = place.get(f"{name}s")
        if plural is not None:
            spelling[[i, plural]] = names[i if papers[i] > papers[plural] else plural]
    return spelling


def candidates(text: str) -> Iterator[str]:
    """Runs of one to three words that can be phrases, in lower case."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    for part in _BREAK.split(text.lower()):
        words = _WORD.findall(part)
        for start, first in enumerate(words):
            if _empty(first, ENGLISH_STOP_WORDS):
                continue
            for size in range(1, _LONGEST + 1):
                run = words[start : start + size]
                if len(run) < size or (size == 1 and len(first) < 4):
                    continue
                inner = run[1:-1]
                if not _empty(run[-1], ENGLISH_STOP_WORDS) and all(
                    w in _INNER or not _empty(w, ENGLISH_STOP_WORDS) for w in inner
                ):
                    yield " ".join(run)


def _empty(word: str, stop_words: frozenset[str]) -> bool:
    return len(word) < 2 or word in stop_words or word in FILLER


def _distinct(names: Sequence[str]) -> list[str]:
    """The first phrases none of which is part of another, or the same but for its ending."""
    chosen: list[str] = []
    for name in names:
        padded = f" {name} "
        if not any(
            padded in f" {other} " or f" {other} " in padded or other.rstrip("s") == name.rstrip("s") for other in chosen
        ):
            chosen.append(str(name))
        if len(chosen) == PER_PAPER:
            break
    return chosen

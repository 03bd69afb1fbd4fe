"""Terms that come up before a topic is told by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from explorer.text.languages import function_words_of
from explorer.topics.terms import TITLE_END, without_boilerplate, words_of

if TYPE_CHECKING:
    import pandas as pd


def emerging_terms(
    texts: Sequence[str], newer: np.ndarray, known: set[str], *, least: int = 5, level: float = 0.05
) -> pd.DataFrame:
    """Terms of newer texts that are commoner there than in older ones.

    Parameters
    ----------
    texts : sequence of str
    newer : ndarray of bool, shape (n_texts,)
    known : set of str
        Words that are not looked for.
    least : int
        Newer texts that must have a term.
    level : float
        Share of false discoveries that is let in, over all terms that enough texts have.

    Returns
    -------
    DataFrame
        One row a term, the surest first: `term`, and what `explorer.topics.relations.compared` gives. What several texts say word for word
        is not read, but for their titles. A word is left out where a
        phrase with it is among them and most of the texts with the word have the phrase.

    Examples
    --------
    >>> texts = ["old work on stars"] * 20 + ["new work on gravitational waves"] * 20
    >>> emerging_terms(texts, np.arange(40) >= 20, set())["term"].tolist()
    ['gravitational waves']
    """
    from sklearn.feature_extraction.text import CountVectorizer

    from explorer.topics.relations import compared, odds_frame, with_intervals

    def terms(text: str) -> Iterator[str]:
        empty = function_words_of(words_of(text)) | {"new"}
        # No term begins in the title and ends in the abstract.
        for words in map(words_of, text.split(TITLE_END)):
            yield from (word for word in words if word not in empty)
            yield from (f"{a} {b}" for a, b in pairwise(words) if a not in empty and b not in empty)

    newer = np.asarray(newer, bool)
    nothing = compared(np.zeros(0, int), np.zeros(0, int), (1, 1))
    nothing.insert(0, "term", [])
    if not newer.any() or newer.all():
        return nothing
    counter = CountVectorizer(analyzer=terms, binary=True, min_df=min(least, len(texts)))
    try:
        # A note that a publisher puts under its papers from some year on is no news.
        has = counter.fit_transform(without_boilerplate(texts))
    except ValueError:
        return nothing
    names = counter.get_feature_names_out()
    after = np.asarray(has[newer].sum(axis=0)).ravel().astype(int)
    before = np.asarray(has[~newer].sum(axis=0)).ravel().astype(int)
    totals = (int((~newer).sum()), int(newer.sum()))
    frame = odds_frame(before, after, totals)
    frame.insert(0, "term", names)
    frame = frame[(frame["q"] <= level) & (frame["odds"] > 1) & (frame["after"] >= least)]
    frame = frame[np.array([not (set(term.split()) & known) for term in frame["term"]], bool)]
    frame = frame.sort_values(["q", "after", "term"], ascending=[True, False, True], kind="stable")
    counts = dict(zip(frame["term"], frame["after"], strict=True))
    phrases = [term for term in counts if " " in term]
    within = {word for phrase in phrases for word in phrase.split() if word in counts and counts[phrase] > counts[word] / 2}
    return with_intervals(frame[~frame["term"].isin(within)].reset_index(drop=True), totals)

"""Terms that come up before a topic is told by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from explorer.text.languages import function_words_of
from explorer.topics.terms import TITLE_END, without_boilerplate, words_of

if TYPE_CHECKING:
    import pandas as pd

_BETWEEN = re.compile(rf"{TITLE_END}|[.,;:!?)\]](?=\s)|(?<=\s)[(\[]")


def emerging_terms(
    texts: Sequence[str], newer: np.ndarray, known: set[str], *, least: int = 5, level: float = 0.05
) -> pd.DataFrame:
    """Terms of newer texts that are commoner there than in older ones.

    Parameters
    ----------
    texts : sequence of str
    newer : ndarray of bool, shape (n_texts,)
    known : set of str
        Words that are not looked for; with another word that is mostly said beside it, one of them makes a term.
    least : int
        Newer texts that must have a term.
    level : float
        Share of false discoveries that is let in, over all terms that enough texts have.

    Returns
    -------
    DataFrame
        One row a term, in the order of `low`, how much commoner it has become at least: `term`, and what
        `explorer.topics.relations.compared` gives. What several texts say word for word is not read, but for their titles. A word is left
        out where a phrase with it is among them and most of the texts with the word have the phrase.

    Notes
    -----
    By how sure they are, what papers of some years say more of whatever they are about (*propose*, *outperforms*) would come before all that
    is new: there are many of it, and it is hardly twice as common.

    Examples
    --------
    >>> texts = ["old work on stars"] * 20 + ["new work on gravitational waves"] * 20
    >>> emerging_terms(texts, np.arange(40) >= 20, set())["term"].tolist()
    ['gravitational waves']
    """
    from sklearn.feature_extraction.text import CountVectorizer

    from explorer.topics.relations import compared, odds_frame, with_intervals

    def terms(text: str) -> Iterator[str]:
        # No term begins in the title and ends in the abstract, nor in one clause and ends in the next, or in brackets.
        said = [words_of(part) for part in _BETWEEN.split(text)]
        empty = function_words_of([word for words in said for word in words]) | {"new"}
        for words in said:
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
    papers = dict(zip(names, after.tolist(), strict=True))
    new = {phrase: set(words) - known for phrase in frame["term"] if len(words := phrase.split()) > 1}
    within = {word for phrase, words in new.items() for word in words if papers[phrase] > papers[word] / 2}
    # Of what a word makes with a topic's, it is the word that is new: *contrastive* of *contrastive learning*, but not *using* of *using deep*.
    told = {
        phrase
        for phrase, words in new.items()
        if len(words) < 2 and not any(papers[phrase] > papers[word] / 2 for word in words)
    }
    frame = frame[~frame["term"].isin(within | known | told)]
    return with_intervals(frame, totals).sort_values(["low", "term"], ascending=[False, True], kind="stable", ignore_index=True)

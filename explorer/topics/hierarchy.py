"""Parts of a topic: its own papers factorised again, when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.topics.factors import factorise, telling_words
from explorer.topics.labels import name_topics
from explorer.topics.term_counts import count_terms
from explorer.topics.terms import term_weights, text_keys, without_boilerplate

_READ = 2_000
"""Papers of a topic that its parts are learnt from."""


@dataclass(frozen=True)
class Part:
    """A part of a topic.

    Attributes
    ----------
    label : str
    words : list of str
        Up to thirty, best first.
    weights : list of float
        What each word counts when a paper is placed on a part.
    """

    label: str
    words: list[str]
    weights: list[float]


def parts_of(texts: Sequence[str], number: int) -> list[Part]:
    """Divide a topic.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each of its papers.
    number : int
        Parts that are wanted.

    Returns
    -------
    list of Part
        The largest first; fewer where the papers have no more to tell, and none where they cannot be divided.

    Notes
    -----
    Non-negative factorisation of the topic's share of the document-term matrix (Kuang and Park 2013). What its terms are worth is
    learnt on these papers alone, so that what all of them have divides nothing.
    """
    from threadpoolctl import threadpool_limits

    keys = text_keys(texts)
    order = np.argsort(keys, kind="stable")[:_READ]
    chosen = without_boilerplate([texts[int(row)] for row in order])
    counts, vocabulary = count_terms(chosen)
    if number < 2 or len(chosen) < 2 * number or counts.shape[1] < number:
        return []
    with threadpool_limits(1):
        weights = term_weights(counts)
        placed, factors = factorise(counts, weights, keys[order], number)
        size = np.bincount(placed.argmax(axis=1), minlength=number)
        kept = [int(i) for i in np.argsort(-size, kind="stable") if size[i]]
        placed, factors = placed[:, kept], factors[kept]
        words = telling_words(counts, placed, factors, vocabulary, 30)
    worth = dict(zip(vocabulary.tolist(), weights.tolist(), strict=True))
    labels, _ = name_topics(chosen, placed, [topic[:10] for topic in words], {w: v for w, v in worth.items() if v > 0})
    if placed.shape[1] < 2:
        return []
    return [
        Part(label, topic, [round(1 / (1 + place / 5), 6) for place in range(len(topic))])
        for label, topic in zip(labels, words, strict=True)
    ]

"""Names of topics: a phrase that a topic's papers use and that few others do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.topics.acronyms import acronyms_of
from explorer.topics.terms import accented, words_of

OTHER = "other"
"""Label of papers that fit no topic, such as those without any text."""

_READ = 60
"""Papers of each topic that are read for its name."""

_TITLE = 100
"""Characters of a text that are taken for its title."""

_BREAK = re.compile(r"[.,;:!?()\[\]{}\"“”$\\/=<>|]+|\s[-–—]\s|--")
_PIECE = re.compile(r"[^\W\d_](?:[^\W_]|[-’'](?=[^\W_]))+|[^\W\d_]")


def phrases_of(text: str, worth: Mapping[str, float]) -> set[str]:
    """Runs of one to three words between punctuation that begin and end with a term of some worth, in lower case."""
    found: set[str] = set()
    for part in _BREAK.split(text.lower()):
        words = _PIECE.findall(part)
        good = [word in worth for word in words] + [False, False]
        for at, first in enumerate(words):
            if not good[at]:
                continue
            found.add(first)
            if good[at + 1]:
                found.add(f"{first} {words[at + 1]}")
            if good[at + 2]:
                found.add(f"{first} {words[at + 1]} {words[at + 2]}")
    return found


def name_topics(
    texts: Sequence[str], places: np.ndarray, words: Sequence[Sequence[str]], worth: Mapping[str, float]
) -> tuple[list[str], list[list[str]]]:
    """Name topics by what their papers say.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper, in an order that depends on their content alone.
    places : ndarray, shape (n_papers, n_topics)
        Part of each paper that lies on each topic.
    words : sequence of sequence of str
        The ten words of each topic, best first.
    worth : mapping of str to float
        Terms that a phrase may begin and end with, and their weights.

    Returns
    -------
    labels : list of str, length n_topics
        All different.
    phrases : list of list of str
        Up to five phrases of each topic, best first.

    Notes
    -----
    Of each topic the 60 papers that lie on it most are read. A phrase scores by coverage (the part of them that has it, those
    that have it in their title twice), times the logarithm of its lift over the papers read for the other topics, times its
    number of words and the root of what the best of them is worth, and more if they are the topic's first words; it must stand in three
    papers, or two where ten were read or fewer. One-word names are completed by a second phrase.
    """
    heaviest = [np.argsort(-places[:, topic], kind="stable")[:_READ] for topic in range(places.shape[1])]
    mine = [[int(row) for row in rows if places[row, topic] >= 0.3] for topic, rows in enumerate(heaviest)]
    mine = [rows or [int(row) for row in near[:3]] for rows, near in zip(mine, heaviest, strict=True)]
    read = sorted({row for rows in mine for row in rows})
    # An acronym and what it stands for are one phrase.
    said = {row: accented(texts[row]) for row in read}
    long = acronyms_of(said.values())
    told = {row: _spelt_out(phrases_of(text, worth), long) for row, text in said.items()}
    everywhere = Counter(phrase for found in told.values() for phrase in found)
    # What stands in a title counts twice: texts begin with theirs.
    titles = {row: _spelt_out(phrases_of(text[:_TITLE], worth), long) for row, text in said.items()}
    ranked = [
        _ranked(
            Counter(phrase for row in rows for phrase in told[row]),
            Counter(phrase for row in rows for phrase in titles[row]),
            len(rows),
            everywhere,
            len(told),
            _heavy(words[topic], long),
            worth,
            long,
        )
        for topic, rows in enumerate(mine)
    ]
    labels: list[str] = []
    for topic, candidates in enumerate(ranked):
        labels.append(_label(candidates, list(words[topic]), labels, long))
    shown = _spellings(list(said.values()), {part for label in labels for part in label.split(", ")})
    labels = [", ".join(shown.get(part, part) for part in label.split(", ")) for label in labels]
    return labels, [list(candidates[:5]) for candidates in ranked]


def _ranked(
    here: Counter[str],
    titled: Counter[str],
    papers: int,
    everywhere: Counter[str],
    all_papers: int,
    heavy: Mapping[str, float],
    worth: Mapping[str, float],
    long: Mapping[str, str],
) -> list[str]:
    """Phrases of a topic, best first; none is part of one before it, or holds one."""
    least = 3 if papers > 10 else 2 if papers > 3 else 1
    scores: dict[str, float] = {}
    for phrase, count in here.items():
        parts = phrase.split()
        if count < least or not any(part in heavy for part in parts):
            continue
        elsewhere = (everywhere[phrase] - count + 0.5) / (all_papers - papers + 1)
        lift = (count / papers) / elsewhere
        if lift > 1:
            known = [worth[part] for part in parts if part in worth]
            told = max(heavy.get(part, 0.0) for part in parts) * max(known, default=0.0) ** 0.5
            scores[phrase] = (count + titled[phrase]) / papers * np.log(lift) * len(parts) * told
    chosen: list[str] = []
    for phrase in sorted(scores, key=lambda phrase: (-scores[phrase], phrase)):
        if not any(_same(phrase, other, long) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == 12:
            break
    return chosen


def _spelt_out(phrases: set[str], long: Mapping[str, str]) -> set[str]:
    return {long.get(phrase, phrase) for phrase in phrases}


def _heavy(words: Sequence[str], long: Mapping[str, str]) -> dict[str, float]:
    """How much the words of a topic count in its name, the first ones most; those that an acronym stands for as it does."""
    heavy = {word: 1 / (1 + place / 20) for place, word in enumerate(words)}
    for word in words:
        for part in long.get(word, "").split():
            heavy[part] = max(heavy.get(part, 0.0), heavy[word])
    return heavy


def _same(one: str, other: str, long: Mapping[str, str]) -> bool:
    """Whether two phrases say the same, but for an ending, or one holds a word of the other, spelt out or not."""
    one, other = (" ".join(long.get(word, word) for word in phrase.split()) for phrase in (one, other))
    return any(a[:5] == b[:5] or a.rstrip("s") == b.rstrip("s") for a in one.split() for b in other.split())


def _label(candidates: Sequence[str], words: Sequence[str], taken: Sequence[str], long: Mapping[str, str]) -> str:
    parts = list(candidates[:1]) or list(words[:1])
    more = [phrase for phrase in [*candidates[1:], *words] if not any(_same(phrase, part, long) for part in parts)]
    if parts and len(parts[0].split()) == 1 and more:
        parts.append(more.pop(0))
    label = ", ".join(parts) or OTHER + " ·"
    while label in taken and more:
        label = f"{label}, {more.pop(0)}"
    while label in taken or label == OTHER:
        label += " ·"
    return label


def _spellings(texts: Sequence[str], phrases: set[str]) -> dict[str, str]:
    """How each phrase is written most: small letters, but for what is written in capitals inside a word, such as ``LLMs``."""
    wanted = {word for phrase in phrases for word in phrase.split()}
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for piece in _PIECE.findall(text):
            if (low := piece.lower()) in wanted:
                forms[low][piece] += 1
    shown = {}
    for word, counts in forms.items():
        form = min(counts, key=lambda form: (-counts[form], form))
        shown[word] = form if any(letter.isupper() for letter in form[1:]) else word
    return {phrase: " ".join(shown.get(word, word) for word in phrase.split()) for phrase in phrases}


def central_papers(places: np.ndarray, topic: int, count: int = 3) -> list[int]:
    """Rows of the papers that lie on a topic most."""
    return [int(row) for row in np.argsort(-places[:, topic], kind="stable")[:count] if places[row, topic] > 0]


def telling_sentence(text: str, words: Sequence[str]) -> str:
    """The sentence of a text that has the most of a topic's words; the first of several."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]
    wanted = set(words)
    return max(sentences, key=lambda sentence: len(wanted & set(words_of(sentence))), default="")

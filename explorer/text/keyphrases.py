"""Key phrases out of running text, for papers that came without keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from explorer.papers.schema import TEXTS
from explorer.text.stopwords import FILLER, FUNCTION_WORDS

PER_PAPER = 5
"""Phrases a paper at most."""

_LAST = 0.1
"""Share by which a corpus may grow before its phrases are learnt anew: what a paper costs then stays that of ten."""

_SAMPLE = 20_000
_CHUNK = 10_000
_OFTEN = 200
_KNOWN = 20_000
_WORD = re.compile(r"[^\W\d_][\w’'-]*[^\W_]|[^\W\d_]")
_BREAK = re.compile(r"[.,;:!?()\[\]{}\"“”$\\/]+|\s[-–—]\s|--")
_EMPTY = FUNCTION_WORDS | FILLER
_INNER = frozenset(("of", "in", "for", "to", "and", "the"))


@dataclass(frozen=True)
class KeyPhrases:
    """The phrases that papers are told apart by.

    Attributes
    ----------
    phrases : pyarrow.Array of large_string
        Candidates that enough papers have.
    spelling : pyarrow.Array of large_string
        How each is shown: the commoner of its singular and its plural.
    weight : ndarray of float64
        Inverse document frequency times the number of words.
    papers : int
        Papers they were learnt from.
    """

    phrases: pa.Array
    spelling: pa.Array
    weight: np.ndarray
    papers: int

    def of(self, texts: Sequence[str], progress: Callable[[float], None] = lambda part: None) -> pa.Array:
        """Choose the phrases of some papers.

        Parameters
        ----------
        texts : sequence of str
            Title and abstract of each paper.
        progress : callable
            Called with the part done, 0 to 1; an exception it raises stops the work.

        Returns
        -------
        pyarrow.Array of lists of text, length n_papers
            At most `PER_PAPER` phrases a paper, heaviest first; null for papers without any.
        """
        count = len(texts)
        if not len(self.phrases):
            # A dashboard that waits for its papers stands on a corpus without any, and must be there at once.
            return pa.array([None] * count, TEXTS)
        from sklearn.feature_extraction.text import CountVectorizer

        counter = CountVectorizer(analyzer=candidates, vocabulary=self.phrases.to_pylist())
        spelling = np.array(self.spelling.to_pylist(), object)
        chosen: list[list[str] | None] = []
        for start in range(0, count, _CHUNK):
            counts = counter.transform(
                _told(texts, range(start, min(start + _CHUNK, count)), lambda row: progress(row / count))
            )
            scores = counts.data * self.weight[counts.indices]
            for first, last in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
                order = np.lexsort((counts.indices[first:last], -scores[first:last]))
                chosen.append(_distinct(spelling[counts.indices[first:last][order]]) or None)
        return pa.array(chosen, TEXTS)

    def serve(self, papers: int) -> bool:
        """Whether they are still good for a corpus of so many papers."""
        return papers <= self.papers * (1 + _LAST)

    def save(self, path: Path) -> None:
        """Write them as an Arrow file."""
        table = pa.table({"phrase": self.phrases, "spelling": self.spelling, "weight": self.weight})
        table = table.replace_schema_metadata({"papers": str(self.papers)})
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    @classmethod
    def load(cls, path: Path) -> KeyPhrases:
        """Read what `save` wrote."""
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
        phrases, spelling, weight = (column.combine_chunks() for column in table.columns)
        return cls(phrases, spelling, weight.to_numpy(), int(table.schema.metadata[b"papers"]))


def learn_phrases(texts: Sequence[str], progress: Callable[[float], None] = lambda part: None) -> KeyPhrases:
    """Learn the phrases that tell each paper apart and that other papers use too.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the work.

    Notes
    -----
    Candidates are runs of one to three words between punctuation that neither begin nor end with a stop word, as in RAKE (Rose
    et al. 2010, section 1.2). A phrase must stand in two papers or more; its weight is TF-IDF times its number of words, and
    a phrase within a heavier one is left out. The vocabulary is learnt on at most 20,000 papers, evenly spaced.
    """
    count = len(texts)
    step = max(1, -(-count // _SAMPLE))
    least = 2 if count < 1000 else 3 if count < 10_000 else 5
    rows = range(0, count, step)
    uses: Counter[str] = Counter()
    users: Counter[str] = Counter()
    for text in _told(texts, rows, lambda row: progress(row / count)):
        found = list(candidates(text))
        uses.update(found)
        users.update(set(found))
    names = np.array(sorted(name for name, papers in users.items() if papers >= least), object)
    if len(names) > _KNOWN:
        names = names[np.sort(np.argsort(-np.array([uses[name] for name in names]))[:_KNOWN])]
    progress(1.0)
    papers = np.array([users[name] for name in names], np.int64)
    weight = np.log((1 + len(rows)) / (1 + papers)) * np.array([1 + name.count(" ") for name in names])
    spelling = pa.array(_spellings(names, papers), pa.large_string())
    return KeyPhrases(pa.array(names, pa.large_string()), spelling, weight, count)


def _spellings(names: np.ndarray, papers: np.ndarray) -> np.ndarray:
    """For each phrase the commoner of its singular and its plural."""
    place = {name: i for i, name in enumerate(names)}
    spelling = names.copy()
    for name, i in place.items():
        plural = place.get(f"{name}s")
        if plural is not None:
            spelling[[i, plural]] = names[i if papers[i] > papers[plural] else plural]
    return spelling


def _told(texts: Sequence[str], rows: Iterable[int], progress: Callable[[int], None]) -> Iterator[str]:
    """Texts of some rows, with word of the row that their reader has come to."""
    for number, row in enumerate(rows):
        if number % _OFTEN == 0:
            progress(row)
        yield texts[row]


def candidates(text: str) -> Iterator[str]:
    """Runs of one to three words that can be phrases, in lower case."""
    for part in _BREAK.split(text.lower()):
        words = _WORD.findall(part)
        full = [len(word) > 1 and word not in _EMPTY for word in words] + [False, False]
        for start, first in enumerate(words):
            if not full[start]:
                continue
            if len(first) > 3:
                yield first
            if full[start + 1]:
                yield f"{first} {words[start + 1]}"
            if full[start + 2] and (full[start + 1] or words[start + 1] in _INNER):
                yield f"{first} {words[start + 1]} {words[start + 2]}"


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

"""Topics: non-negative matrix factorisation of TF-IDF, seeded; every paper gets one topic."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from explorer.facets import Facet
from explorer.trends import count_grid, frequency_frame, period_index

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

OTHER = "other"
"""Label of papers that share no word with the vocabulary, such as those without any text."""

FILLER = frozenset(
    """
    able accordingly additionally address aim aims analysis approach approaches based better case code consider considered
    corresponding demonstrate demonstrates different discuss discussed effective et al existing experiment experimental
    experiments extensive finally following framework furthermore general given good high however improve improved improves
    improving including introduce introduces investigate known large leading low main make method methods new novel number
    obtain obtained obtaining order outperforms paper particular perform performance possible present presented presents
    problem problems propose proposed proposes prove provide provides recent recently recent related report respectively
    result results second set show showing shown shows significant significantly simple single small specific state study
    studied studies super task tasks term terms three two type understanding use used uses using various way ways well work
    works one first also can may many several important found find within without large-scale
    """.split()
)
"""Words that nearly every abstract has, whatever it is about."""

_WORD = r"(?u)(?<![\\\w])[^\W\d_][\w-]{2,}"
_SAMPLE = 20_000
_CHUNK = 10_000
_VOCABULARY = 10_000


def suggested_topics(papers: int) -> int:
    """Number of topics for a corpus of a size: about 8 for a hundred papers, 19 for a thousand, at most 30."""
    return max(1, min(30, round(1.7 * papers**0.35), papers // 3 + 1))


class TopicModel:
    """Topics of a corpus by non-negative matrix factorisation (Lee & Seung 1999) of TF-IDF weights.

    Parameters
    ----------
    n_topics : int, optional
        By default `suggested_topics` of the number of papers.
    seed : int
        The same texts and seed give the same topics.
    sample : int
        The factors are fitted on at most so many papers, drawn with `seed`; all papers are then placed on them.

    Attributes
    ----------
    vocabulary_ : ndarray of str, shape (n_words,)
    factors_ : ndarray of float64, shape (n_topics, n_words)
    labels_ : list of str, length n_topics + 1
        The last is `OTHER`.
    words_ : list of list of str
        The ten heaviest words of each topic.
    """

    def __init__(self, n_topics: int | None = None, *, seed: int = 0, sample: int = _SAMPLE) -> None:
        self.n_topics = n_topics
        self.seed = seed
        self.sample = sample

    def fit(self, texts: Sequence[str]) -> TopicModel:
        """Learn the topics.

        Parameters
        ----------
        texts : sequence of str
            Title and abstract of each paper.
        """
        from sklearn.decomposition import NMF
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfTransformer

        count = len(texts)
        if count > self.sample:
            chosen = np.sort(np.random.default_rng(self.seed).choice(count, self.sample, replace=False))
            texts = [texts[int(i)] for i in chosen]
        self._counter = CountVectorizer(
            token_pattern=_WORD,
            strip_accents="unicode",
            stop_words=sorted(ENGLISH_STOP_WORDS | FILLER),
            min_df=1 if len(texts) < 20 else 2 if len(texts) < 2000 else 5,
            max_df=1.0 if len(texts) < 20 else 0.5,
            max_features=_VOCABULARY,
            dtype=np.float32,
        )
        try:
            counts = self._counter.fit_transform(texts)
        except ValueError:
            # scikit-learn's way to say that no word is left: no texts, or nothing but stop words.
            self.vocabulary_ = np.array([], dtype=object)
            self.factors_ = np.zeros((0, 0))
            self.words_: list[list[str]] = []
            self.labels_ = [OTHER]
            return self
        self.vocabulary_ = self._counter.get_feature_names_out()
        self._weights = TfidfTransformer(sublinear_tf=True)
        weighted = self._weights.fit_transform(counts)
        wanted = self.n_topics or suggested_topics(count)
        k = max(1, min(wanted, *weighted.shape))
        init = "nndsvda" if k < min(weighted.shape) else "random"
        self._nmf = NMF(k, init=init, random_state=self.seed, max_iter=150, tol=1e-3)
        with warnings.catch_warnings():
            # Stopping after max_iter is meant: later rounds move the factors by less than their labels show.
            warnings.simplefilter("ignore", ConvergenceWarning)
            loads = self._nmf.fit_transform(weighted)
        self.factors_ = self._nmf.components_
        self.words_ = [[str(self.vocabulary_[i]) for i in np.argsort(-row, kind="stable")[:10]] for row in self.factors_]
        self.labels_ = [*_labels(self.words_, loads, texts), OTHER]
        return self

    def transform(self, texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Place papers on the topics.

        Returns
        -------
        codes : ndarray of int32, shape (n_papers,)
            The heaviest topic of each paper; ``n_topics`` (the code of `OTHER`) where a paper has none of the words.
        share : ndarray of float32, shape (n_papers,)
            Part of the paper's weight that lies on it, 0 to 1.
        """
        texts = list(texts)
        other = len(self.labels_) - 1
        if other == 0 or not texts:
            return np.full(len(texts), other, np.int32), np.zeros(len(texts), np.float32)
        weighted: csr_matrix = self._weights.transform(self._counter.transform(texts))
        loads = np.asarray(self._nmf.transform(weighted), np.float64)
        total = loads.sum(axis=1)
        codes = np.where(total > 0, loads.argmax(axis=1), other).astype(np.int32)
        share = np.divide(loads.max(axis=1), total, out=np.zeros(len(texts)), where=total > 0)
        return codes, share.astype(np.float32)


def _labels(words: list[list[str]], loads: np.ndarray, texts: Sequence[str]) -> list[str]:
    """Name each topic by its heaviest words; words that stand together in its papers become one phrase."""
    labels: list[str] = []
    for topic, heavy in enumerate(words):
        nearest = np.argsort(-loads[:, topic], kind="stable")[:200]
        phrases = _phrases([texts[int(i)] for i in nearest if loads[i, topic] > 0], set(heavy))
        parts: list[str] = []
        for word in heavy:
            part = phrases.get(word, word)
            # Words with the same first letters (model, models, modelling) say the same twice.
            covered = any(a[:5] == b[:5] for known in parts for a in known.split() for b in part.split())
            if not covered:
                parts.append(part)
            if len(parts) == 3:
                break
        label = ", ".join(parts)
        while label in labels:
            label += " ·"
        labels.append(label)
    return labels


def _phrases(texts: Sequence[str], heavy: set[str]) -> dict[str, str]:
    """For each heavy word, the two- or three-word phrase it mostly stands in, if there is one.

    A phrase counts if it begins and ends with heavy words and makes up 40 % of the uses of its rarer end.
    """
    uses: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        run = [token.strip(".,;:()[]'\"").lower() for token in text.split()]
        uses.update(word for word in run if word in heavy)
        pairs.update(f"{a} {b}" for a, b in zip(run, run[1:], strict=False) if a in heavy and b in heavy and a != b)
        pairs.update(
            f"{a} {b} {c}"
            for a, b, c in zip(run, run[1:], run[2:], strict=False)
            if a in heavy and c in heavy and b in ("of", "in", "and", "to") and a != c
        )
    found: dict[str, str] = {}
    for phrase, count in pairs.most_common():
        ends = phrase.split()
        if count >= max(3, 0.4 * min(uses[ends[0]], uses[ends[-1]])):
            for end in (ends[0], ends[-1]):
                found.setdefault(end, phrase)
    return found


@dataclass(frozen=True)
class TopicTable:
    """What is stored of the topics.

    Attributes
    ----------
    labels : list of str
        Text of each topic code.
    words : list of list of str
        Heaviest words of each topic; empty for `OTHER`.
    seed : int
    method : str
    """

    labels: list[str]
    words: list[list[str]]
    seed: int
    method: str


class Topics:
    """Topics of the papers of a corpus.

    Attributes
    ----------
    table : TopicTable
    codes : ndarray of int32, shape (n_papers,)
    share : ndarray of float32, shape (n_papers,)
        See `TopicModel.transform`.
    """

    def __init__(self, table: TopicTable, codes: np.ndarray, share: np.ndarray, months: np.ndarray, precision: np.ndarray) -> None:
        self.table = table
        self.codes = codes
        self.share = share
        self._months = months
        self._precision = precision

    @property
    def labels(self) -> list[str]:
        """Text of each topic code."""
        return self.table.labels

    def frequency(self, *, by: str = "year", rows: np.ndarray | None = None) -> pd.DataFrame:
        """Papers per topic and period, as `explorer.topic_frequency` gives them.

        Parameters
        ----------
        by : {"year", "quarter", "month"}
        rows : ndarray of int, optional
            Rows of the papers to count; all by default.
        """
        chosen = slice(None) if rows is None else rows
        return frequency_frame(self.codes[chosen], self.labels, self._months[chosen], self._precision[chosen], by)

    def grid(self, by: str = "year", mask: np.ndarray | None = None) -> tuple[np.ndarray, int]:
        """Papers per topic and period over a mask, from its first dated period to its last.

        Returns
        -------
        grid : ndarray of int64, shape (n_topics, n_periods)
        first : int
            The first period, counted from year 0 (see `trends.period_index`).
        """
        months, precision, codes = (
            (part if mask is None else part[mask]) for part in (self._months, self._precision, self.codes)
        )
        periods = period_index(months, precision, by)
        dated = periods[periods >= 0]
        first = int(dated.min()) if len(dated) else 0
        count = int(dated.max()) - first + 1 if len(dated) else 0
        return count_grid(codes, periods, len(self.labels), first, count), first

    def summary(self) -> pd.DataFrame:
        """One row a topic: `topic` (label), `papers` (count), `words` (its heaviest words)."""
        import pandas as pd

        counts = np.bincount(self.codes, minlength=len(self.labels))
        frame = pd.DataFrame({"topic": self.labels, "papers": counts, "words": [", ".join(w) for w in self.table.words]})
        return frame.sort_values("papers", ascending=False, kind="stable", ignore_index=True)


def build_topics(
    texts: Sequence[str], folder: Path, *, n_topics: int | None = None, seed: int = 0, progress: Callable[[float], None] = lambda part: None
) -> dict[str, Any]:
    """Fit topics and write ``topics.json``, ``topics.share.npy`` and the facet of topics into a folder.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper; sliced in chunks, so it may be lazy.
    progress : callable
        Called with the part done, 0 to 1.

    Returns
    -------
    dict
        What the manifest says of them.
    """
    model = TopicModel(n_topics, seed=seed).fit(texts)
    progress(0.5)
    codes = np.empty(len(texts), np.int32)
    share = np.empty(len(texts), np.float32)
    for start in range(0, len(texts), _CHUNK):
        chunk = [texts[i] for i in range(start, min(start + _CHUNK, len(texts)))]
        codes[start : start + len(chunk)], share[start : start + len(chunk)] = model.transform(chunk)
        progress(0.5 + 0.5 * (start + len(chunk)) / len(texts))
    method = "NMF on TF-IDF (scikit-learn)"
    table = TopicTable(model.labels_, [*model.words_, []], seed, method)
    (folder / "topics.json").write_text(json.dumps(asdict(table), ensure_ascii=False), encoding="utf-8")
    np.save(folder / "topics.share.npy", share)
    rows = np.arange(len(texts), dtype=np.int32)
    starts = np.arange(len(texts) + 1, dtype=np.int64)
    Facet(pa.array(table.labels, pa.large_string()), codes, starts, rows).save(folder, "topics")
    return {"topics": len(model.words_), "method": method, "seed": seed, "fitted_on": min(len(texts), model.sample)}


def load_topics(folder: Path, months: np.ndarray, precision: np.ndarray) -> Topics:
    """Open the topics of a corpus folder."""
    table = TopicTable(**json.loads((folder / "topics.json").read_text(encoding="utf-8")))
    codes, share = (np.load(folder / f"topics.{part}.npy", mmap_mode="r") for part in ("codes", "share"))
    return Topics(table, codes, share, months, precision)

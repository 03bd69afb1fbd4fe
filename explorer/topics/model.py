"""The topic model: non-negative matrix factorisation of TF-IDF, seeded; every paper gets one topic."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

from explorer.text.stopwords import FILLER

OTHER = "other"
"""Label of papers that share no word with the vocabulary, such as those without any text."""

_WORD = r"(?u)(?<![\\\w])[^\W\d_][\w-]{2,}"
_SAMPLE = 20_000
_VOCABULARY = 10_000
_ROUNDS = 150
_TOLERANCE = 1e-3


def suggested_topics(papers: int) -> int:
    """Number of topics for a corpus of a size: about 8 for a hundred papers, 19 for a thousand, at most 30."""
    return max(1, min(30, round(1.7 * math.pow(papers, 0.35)), papers // 3 + 1))


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
    idf_ : ndarray of float64, shape (n_words,)
    factors_ : ndarray of float64, shape (n_topics, n_words)
    labels_ : list of str, length n_topics + 1
        The last is `OTHER`.
    words_ : list of list of str
        The ten heaviest words of each topic.

    Examples
    --------
    >>> import explorer
    >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
    >>> model = explorer.TopicModel(2).fit(texts)
    >>> model.factors_.shape == (2, len(model.vocabulary_))
    True
    >>> codes, share = model.transform(texts)
    >>> len(codes), bool(codes[2] == codes[3])
    (4, True)
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

        Returns
        -------
        TopicModel
            This one, fitted. Texts without a word give no topics but `OTHER`.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> explorer.TopicModel(2).fit(texts).labels_[-1]
        'other'
        """
        from sklearn.decomposition import NMF
        from sklearn.exceptions import ConvergenceWarning

        count = len(texts)
        if count > self.sample:
            chosen = np.sort(np.random.default_rng(self.seed).choice(count, self.sample, replace=False))
            texts = [texts[int(i)] for i in chosen]
        counter = _counter(
            min_df=1 if len(texts) < 20 else 2 if len(texts) < 2000 else 5,
            max_df=1.0 if len(texts) < 20 else 0.5,
            max_features=_VOCABULARY,
        )
        try:
            counts = counter.fit_transform(texts)
        except ValueError:
            # scikit-learn's way to say that no word is left: no texts, or nothing but stop words.
            counts = None
        if counts is None:
            self.vocabulary_, self.idf_, self.factors_ = np.array([], dtype="U1"), np.zeros(0), np.zeros((0, 0))
            self.words_: list[list[str]] = []
            self.labels_ = [OTHER]
            return self
        self.vocabulary_ = counter.get_feature_names_out().astype(str)
        # Smoothed as in scikit-learn: a word of all papers still weighs something.
        papers = np.bincount(counts.indices, minlength=counts.shape[1])
        self.idf_ = np.log((1 + counts.shape[0]) / (1 + papers)) + 1
        weighted = self._weighted(counts)
        k = max(1, min(self.n_topics or suggested_topics(count), *weighted.shape))
        init = "nndsvda" if k < min(weighted.shape) else "random"
        nmf = NMF(k, init=init, random_state=self.seed, max_iter=_ROUNDS, tol=_TOLERANCE)
        # A fit without an error, as of a few short texts, has a rest of minus nothing, whose root scikit-learn takes.
        with warnings.catch_warnings(), np.errstate(invalid="ignore"):
            # Stopping after max_iter is meant: later rounds move the factors by less than their labels show.
            warnings.simplefilter("ignore", ConvergenceWarning)
            loads = nmf.fit_transform(weighted)
        self.factors_ = nmf.components_
        self.words_ = [[str(self.vocabulary_[i]) for i in np.argsort(-row, kind="stable")[:10]] for row in self.factors_]
        self.labels_ = [*_labels(self.words_, loads, texts), OTHER]
        return self

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        """Counts of words as TF-IDF rows of unit length, with logarithmic term frequency."""
        from sklearn.preprocessing import normalize

        weighted = counts.copy()
        weighted.data = (np.log(weighted.data) + 1) * self.idf_[weighted.indices]
        return normalize(weighted, copy=False)

    def transform(self, texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Place papers on the topics.

        Parameters
        ----------
        texts : iterable of str
            Title and abstract of each paper.

        Returns
        -------
        codes : ndarray of int32, shape (n_papers,)
            The heaviest topic of each paper; ``n_topics`` (the code of `OTHER`) where a paper has none of the words.
        share : ndarray of float32, shape (n_papers,)
            Part of the paper's weight that lies on it, 0 to 1.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> codes, share = explorer.TopicModel(2).fit(texts).transform(["stars", "nothing known"])
        >>> codes[1].item()  # no word of any topic: `OTHER`
        2
        """
        texts = list(texts)
        other = len(self.labels_) - 1
        if other == 0 or not texts:
            return np.full(len(texts), other, np.int32), np.zeros(len(texts), np.float32)
        from sklearn.decomposition import non_negative_factorization
        from sklearn.exceptions import ConvergenceWarning

        weighted = self._weighted(_counter(vocabulary=self.vocabulary_).transform(texts))
        with warnings.catch_warnings(), np.errstate(invalid="ignore"):
            warnings.simplefilter("ignore", ConvergenceWarning)
            loads, _, _ = non_negative_factorization(
                weighted,
                H=self.factors_,
                n_components=len(self.factors_),
                update_H=False,
                max_iter=_ROUNDS,
                tol=_TOLERANCE,
                random_state=self.seed,
            )
        total = loads.sum(axis=1)
        codes = np.where(total > 0, loads.argmax(axis=1), other).astype(np.int32)
        share = np.divide(loads.max(axis=1), total, out=np.zeros(len(texts)), where=total > 0)
        return codes, share.astype(np.float32)

    def save(self, path: Path) -> None:
        """Write what `transform` needs into an ``.npz`` file.

        Parameters
        ----------
        path : Path
            Replaced if it is there.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> import tempfile
        >>> from pathlib import Path
        >>> file = Path(tempfile.mkdtemp()) / "topics.npz"
        >>> explorer.TopicModel(2).fit(texts).save(file)
        >>> file.exists()
        True
        """
        np.savez(path, vocabulary=self.vocabulary_, idf=self.idf_, factors=self.factors_, seed=self.seed)

    @classmethod
    def load(cls, path: Path, labels: list[str]) -> TopicModel:
        """Open a saved model; `labels` are those of its topics, `OTHER` the last.

        Parameters
        ----------
        path : Path
            As `save` wrote it.
        labels : list of str, length n_topics + 1

        Returns
        -------
        TopicModel
            Ready to `transform`.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> import tempfile
        >>> from pathlib import Path
        >>> model = explorer.TopicModel(2).fit(texts)
        >>> model.save(file := Path(tempfile.mkdtemp()) / "topics.npz")
        >>> again = explorer.TopicModel.load(file, model.labels_)
        >>> bool((again.transform(texts)[0] == model.transform(texts)[0]).all())
        True
        """
        with np.load(path, allow_pickle=False) as parts:
            model = cls(len(labels) - 1, seed=int(parts["seed"]))
            model.vocabulary_, model.idf_, model.factors_ = parts["vocabulary"], parts["idf"], parts["factors"]
        model.labels_ = labels
        return model


def _counter(**options: Any) -> Any:
    """A counter of words as the model takes them."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    stop_words = sorted(ENGLISH_STOP_WORDS | FILLER)
    return CountVectorizer(token_pattern=_WORD, strip_accents="unicode", stop_words=stop_words, dtype=np.float64, **options)


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
        pairs.update(f"{a} {b}" for a, b in pairwise(run) if a in heavy and b in heavy and a != b)
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

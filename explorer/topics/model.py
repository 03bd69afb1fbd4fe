"""The topic model: non-negative factors of weighted terms, the same from the same papers whatever their order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from explorer.errors import CorpusError, TopicError
from explorer.topics.arguments import texts_of, whole
from explorer.topics.factors import factorise, factorise_samples, factors_of, telling_words, turned_factors
from explorer.topics.labels import OTHER, name_topics
from explorer.topics.stability import WordsIn, choose_number, topic_stability
from explorer.topics.term_counts import count_terms
from explorer.topics.terms import content_keys, term_weights, text_keys, without_boilerplate

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["OTHER", "TopicModel", "suggested_topics"]

_SAMPLE = 20_000
_VOCABULARY = 10_000
_REFINED_FROM = 200
"""Papers a topic from which the topics are refined by expectation maximisation: there is enough to learn a likelihood from."""

_REFINEMENTS, _SAMPLE_REFINEMENTS = 25, 10
"""Rounds of expectation maximisation, and of that of samples, in which as many topics come back after ten."""

_TRIED_REFINEMENTS = 2
"""The same where numbers of topics are tried: which comes back and hangs together best hardly changes after that."""

_SHRINK = 0.3
_TEMPER = 0.2
_REFINED_TEMPER = 0.15
"""While topics are refined, papers are placed less surely: what is learnt from many then parts the known groups better."""

_STARTED = 0.7
"""Power of where refined topics started, beside where they came to, in the places that their words are found from: the start comes
back more often."""

_LENGTH = 60.0
_NONE = 0.1
"""How likely it is beforehand that a paper is of no topic. A convention; with it texts of words drawn at random are of none."""


class _Read(NamedTuple):
    """What topics are learnt from.

    Attributes
    ----------
    scale : float
        Of the weights.
    has, turned : csr_matrix
        The words that papers have (see `_presence`), by papers and by words.
    background : ndarray of float64
        How likely each word is in all papers.
    """

    scale: float
    has: csr_matrix
    turned: csr_matrix
    background: np.ndarray


def _presence(counts: csr_matrix, weights: np.ndarray) -> csr_matrix:
    """Which words a paper has, as their weights, so that a paper of the corpus has about 60 in all, and others by the root of theirs.

    The words of a long text follow from each other: it is not as much surer than a title as it is longer. With weights added up, papers
    without an abstract would all go to the largest topic.
    """
    has = counts.astype(np.float32)
    has.data = weights[has.indices].astype(np.float32)
    total = np.asarray(has.sum(axis=1), np.float64).ravel()
    by_root = np.sqrt(_LENGTH / np.maximum(total, 1e-9)).astype(np.float32)
    has.data *= np.repeat(by_root, np.diff(has.indptr))
    return has


def suggested_topics(papers: int) -> int:
    """Number of topics for a corpus of a size: about 8 for a hundred papers, 19 for a thousand, at most 30."""
    return max(1, min(30, round(1.7 * math.pow(papers, 0.35)), papers // 3 + 1))


class TopicModel(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Topics of a corpus: non-negative matrix factorisation of terms weighed by what the corpus shows of them.

    Parameters
    ----------
    n_topics : int, optional
        By default chosen by stability and coherence around `suggested_topics` of the number of papers (see `curve_`). Fewer are found
        where the papers tell no more apart.
    seed : int
        Kept in what is saved. Nothing in the model is drawn: samples go by the content of the papers.
    sample : int
        The topics are learnt from at most so many papers; all papers are then placed on them.

    Attributes
    ----------
    vocabulary_ : ndarray of str, shape (n_words,)
    weights_ : ndarray of float64, shape (n_words,)
        What each word is worth (see `explorer.topics.terms.term_weights`).
    factors_ : ndarray of float64, shape (n_topics, n_words)
        How likely a word of a topic is each word.
    prior_ : ndarray of float64, shape (n_topics + 1,)
        Part of the papers' weight on each topic, and the one that `OTHER` is given.
    labels_ : list of str, length n_topics + 1
        The last is `OTHER`.
    words_ : list of list of str
        The ten words of each topic that its papers have, and that few others do; best first.
    phrases_ : list of list of str
        Up to five phrases of each topic.
    stability_ : ndarray of float64, shape (n_topics,)
        How often each topic comes back over samples of the papers, 0 to 1 (see `explorer.topics.stability.topic_stability`).
    curve_ : list of dict
        Where the number was chosen: `topics`, `stability`, `coherence` and `score` of each number that was tried.
    n_features_in_ : int
        Number of columns, where it was fitted to a matrix.

    Notes
    -----
    The start is NMF (Lee and Seung 1999). Up to 3,000 papers it is made of twenty factorisations of samples of 80 %, each with its
    deterministic start (Boutsidis and Gallopoulos 2008), whose topics are factorised again (Belford, Mac Namee and Greene 2018);
    the samples are drawn by the content of the papers. From there on it starts from singular vectors turned by varimax (Rohe and
    Zeng 2023). Factors become likelihoods of words by one step of maximisation, or, where there are 200 papers a topic, by 25
    rounds of expectation maximisation of a mixture of multinomials (Nigam et al. 2000) whose word probabilities are shrunk towards
    the corpus; which is NMF under the Kullback-Leibler divergence with one topic a paper. A paper's distribution is the tempered
    posterior of the topics and of the corpus as a whole, which stands for none.

    Examples
    --------
    >>> import explorer
    >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
    >>> model = explorer.TopicModel(2).fit(texts)
    >>> model.factors_.shape == (2, len(model.vocabulary_))
    True
    >>> codes = model.predict(texts)
    >>> len(codes), bool(codes[2] == codes[3])
    (4, True)
    """

    def __init__(self, n_topics: int | None = None, *, seed: int = 0, sample: int = _SAMPLE) -> None:
        self.n_topics = n_topics
        self.seed = seed
        self.sample = sample

    def fit(self, texts: Any, y: Any = None) -> Self:
        """Learn the topics.

        Parameters
        ----------
        texts : sequence of str, or matrix of shape (n_papers, n_terms)
            Title and abstract of each paper; or how often each has each term, not negative.
        y : None
            Not used.

        Returns
        -------
        TopicModel
            This one, fitted. Texts without a word give no topics but `OTHER`.

        Raises
        ------
        TopicError
            `texts` are neither texts nor a matrix, one is missing, or a parameter of the model is none.
        ValueError
            A matrix is none of counts.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> explorer.TopicModel(2).fit(texts).labels_[-1]
        'other'
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            # Sums in another order would give other last digits, and other topics now and then.
            if (given := texts_of(texts, "TopicModel.fit")) is not None:
                self._fit_texts(given)
                return self
            self._check_parameters()
            counts, keys = self._counts(texts, reset=True)
            order = np.argsort(keys, kind="stable")[: self.sample]
            return self._fit(counts[order], keys[order], np.array([f"x{i}" for i in range(counts.shape[1])]), None, len(keys))

    def _check_parameters(self) -> None:
        """Raise `TopicError` for one that is none; scikit-learn wants them taken as they are until something is fitted."""
        if self.n_topics is not None:
            whole(self.n_topics, "n_topics", "a number of topics, 1 or more, or None to have it chosen", 1, text=False)
        whole(self.sample, "sample", "a number of papers to learn from, 1 or more", 1, text=False)
        whole(self.seed, "seed", "a whole number", text=False)

    def _fit_texts(self, texts: Sequence[str]) -> tuple[np.ndarray, list[str], csr_matrix, np.ndarray]:
        """Learn from texts: rows of those that were read, what was read of them, its counts, and the terms of the columns."""
        self._check_parameters()
        keys = text_keys(texts)
        order = np.argsort(keys, kind="stable")[: self.sample]
        chosen = without_boilerplate([texts[int(i)] for i in order])
        counts, vocabulary = count_terms(chosen)
        self._fit(counts, keys[order], vocabulary, chosen, len(texts))
        return order, chosen, counts, vocabulary

    def _counts(self, matrix: Any, *, reset: bool) -> tuple[csr_matrix, np.ndarray]:
        """A matrix of counts as it is checked by scikit-learn, and a key of the content of each row."""
        from scipy.sparse import csr_matrix

        checked = validate_data(self, matrix, accept_sparse="csr", dtype=np.float64, reset=reset, ensure_min_samples=1)
        counts = csr_matrix(checked)
        if counts.nnz and counts.data.min() < 0:
            raise ValueError("Negative values in data passed to TopicModel: counts of terms are zero or more.")
        counts.sum_duplicates()
        counts.eliminate_zeros()
        rows = (counts.indices[a:b].tobytes() + counts.data[a:b].tobytes() for a, b in pairwise(counts.indptr))
        return counts, content_keys(rows)

    def _fit(
        self, counts: csr_matrix, keys: np.ndarray, vocabulary: np.ndarray, texts: Sequence[str] | None, papers: int
    ) -> Self:
        """Learn from counts in the order of content."""
        self.curve_: list[dict[str, float]] = []
        weights = term_weights(counts) if counts.shape[1] else np.zeros(0)
        if texts is not None:
            worth = np.bincount(counts.indices, minlength=counts.shape[1]) * weights**2
            kept = np.sort(np.argsort(-worth, kind="stable")[:_VOCABULARY])
            kept = kept[weights[kept] > 0]
            counts, weights, vocabulary = counts[:, kept].tocsr(), weights[kept], vocabulary[kept]
        self.vocabulary_, self.weights_ = vocabulary, weights
        if not counts.nnz or not weights.any():
            width = len(vocabulary)
            self.factors_, self.prior_, self.background_ = np.zeros((0, width)), np.ones(1), np.zeros(width)
            self.stability_ = np.zeros(0)
            self.words_: list[list[str]] = []
            self.phrases_: list[list[str]] = []
            self.labels_ = [OTHER]
            return self
        number = self.n_topics
        if number is None:
            number = suggested_topics(papers)
            if texts is not None and counts.shape[0] >= 60:
                number, self.curve_ = self._choose_number(counts, keys, number)
        number = max(1, min(number, *counts.shape))
        turned = turned_factors(counts, weights, number)
        places, factors = factorise(counts, weights, keys, number, turned=turned)
        refined = counts.shape[0] >= _REFINED_FROM * number
        self._learn(self._read(counts), places, _REFINEMENTS if refined else 1)
        self._order_and_name(counts, places, None if refined else factors, texts)
        samples = factorise_samples(counts, weights, keys, number, turned)
        self.stability_ = topic_stability(
            self.words_, (self._words_of(counts[rows], there, None if refined else own) for rows, there, own in samples)
        )
        return self

    def _choose_number(self, counts: csr_matrix, keys: np.ndarray, around: int) -> tuple[int, list[dict[str, float]]]:
        """The number of topics whose words come back and hang together best, found nearly as the model finds them."""
        columns = {word: at for at, word in enumerate(self.vocabulary_.tolist())}

        def refined(topics: int) -> bool:
            return bool(counts.shape[0] >= _REFINED_FROM * topics)

        def words_of(rows: np.ndarray) -> WordsIn:
            chosen = counts[rows]
            read = self._read(chosen)

            def words_in(places: np.ndarray, factors: np.ndarray) -> list[list[int]]:
                if refined(places.shape[1]):
                    places = self._refined(read, places, _TRIED_REFINEMENTS)
                    words = telling_words(chosen, places, factors, self.vocabulary_, by_lift=True)
                else:
                    words = telling_words(chosen, places, factors, self.vocabulary_)
                return [[columns[word] for word in topic] for topic in words]

            return words_in

        return choose_number(counts, self.weights_, keys, around, words_of, lambda topics: 0 if refined(topics) else 1)

    def _words_of(self, counts: csr_matrix, places: np.ndarray, factors: np.ndarray | None) -> list[list[str]]:
        """Words of the topics of a sample, found as those of all papers are; those of refined topics without factors."""
        if factors is not None:
            return telling_words(counts, places, factors, self.vocabulary_)
        return self._lifted(counts, self._refined(self._read(counts), places, _SAMPLE_REFINEMENTS), places)

    def _lifted(self, counts: csr_matrix, placed: np.ndarray, start: np.ndarray) -> list[list[str]]:
        """Words of refined topics: of the papers that lay on each before and lie on it now, so that they come back over samples."""
        both = placed ** (1 - _STARTED) * start**_STARTED
        return telling_words(counts, both, factors_of(counts, self.weights_, both), self.vocabulary_, by_lift=True)

    def _refined(self, read: _Read, places: np.ndarray, rounds: int) -> np.ndarray:
        """Parts of some papers on topics after so many rounds of expectation maximisation on them alone."""
        sample = TopicModel(places.shape[1])
        sample.weights_ = self.weights_
        sample._learn(read, places, rounds)
        return sample._posterior(read.has)[:, :-1]

    def _read(self, counts: csr_matrix) -> _Read:
        """What is learnt from some papers."""
        every = float(self.weights_[counts.indices].sum())
        scale = _LENGTH * counts.shape[0] / every if every > 0 else 1.0
        has = _presence(counts, scale * self.weights_)
        background = np.asarray(has.sum(axis=0), np.float64).ravel()
        return _Read(scale, has, has.T.tocsr(), background / background.sum())

    def _learn(self, read: _Read, places: np.ndarray, rounds: int) -> None:
        """Likelihoods of words from the parts of papers on topics, and, in further rounds, from those that follow from them."""
        # Of these papers, also where the same model was fitted to others before.
        self.scale_, has, turned, self.background_ = read
        places = places.astype(np.float32)
        for at in range(rounds):
            factors = (turned @ places).T.astype(np.float64)
            factors += _SHRINK * factors.sum(axis=1, keepdims=True) * self.background_
            self.factors_ = factors / np.maximum(factors.sum(axis=1, keepdims=True), 1e-12)
            prior = places.mean(axis=0, dtype=np.float64) + 1e-9
            self.prior_ = np.append(prior / prior.sum() * (1 - _NONE), _NONE)
            if at < rounds - 1:
                found = self._posterior(has, _REFINED_TEMPER)[:, :-1]
                places = (found / np.maximum(found.sum(axis=1, keepdims=True), 1e-12)).astype(np.float32)

    def _presence(self, counts: csr_matrix) -> csr_matrix:
        """`_presence` of papers as it was learnt."""
        return _presence(counts, self.scale_ * self.weights_)

    def _posterior(self, has: csr_matrix, temper: float = _TEMPER) -> np.ndarray:
        """How likely each topic is for each paper, and none of them; see the notes of the class."""
        every = np.vstack([self.factors_, self.background_])
        logs = np.log(np.maximum(every, 1e-12)).T.astype(np.float32)
        found: np.ndarray = temper * (has @ np.ascontiguousarray(logs)).astype(np.float64) + np.log(self.prior_)
        found -= found.max(axis=1, keepdims=True)
        found = np.exp(found)
        found /= found.sum(axis=1, keepdims=True)
        # A paper without a known word is of no topic at all.
        found[np.diff(has.indptr) == 0] = np.append(np.zeros(len(self.factors_)), 1.0)
        return found

    def _order_and_name(
        self, counts: csr_matrix, start: np.ndarray, factors: np.ndarray | None, texts: Sequence[str] | None
    ) -> None:
        """Bring the topics in the order of their size, and say what each is about; of refined ones without factors."""
        placed = self._posterior(self._presence(counts))
        size = np.bincount(placed.argmax(axis=1), minlength=placed.shape[1])[:-1]
        order = np.lexsort((-placed[:, :-1].sum(axis=0), -size))
        if size.any():
            # One on which no paper lies most is no topic: papers that all say the same have one, whatever number was tried.
            order = order[size[order] > 0]
        left_out = len(order) < len(size)
        self.factors_ = self.factors_[order]
        prior = self.prior_[:-1][order]
        self.prior_ = np.append(prior / prior.sum() * (1 - _NONE) if left_out else prior, _NONE)
        placed = self._posterior(self._presence(counts)) if left_out else placed[:, [*order, len(order)]]
        if factors is None:
            self.words_ = self._lifted(counts, placed[:, :-1], start[:, order])
        else:
            self.words_ = telling_words(counts, placed[:, :-1], factors[order], self.vocabulary_)
        if texts is None:
            self.labels_ = [*(f"topic {number}" for number in range(1, len(order) + 1)), OTHER]
            self.phrases_ = [[] for _ in order]
            return
        worth = dict(zip(self.vocabulary_.tolist(), self.weights_.tolist(), strict=True))
        labels, self.phrases_ = name_topics(texts, placed[:, :-1], self.words_, worth)
        self.labels_ = [*labels, OTHER]

    def fit_transform(self, texts: Any, y: Any = None) -> np.ndarray:
        """Learn the topics and place the same papers on them, which reads each text once where `fit` and `transform` read it twice.

        Parameters
        ----------
        texts : sequence of str, or matrix of shape (n_papers, n_terms)
            As `fit` takes them.
        y : None
            Not used.

        Returns
        -------
        ndarray of float64, shape (n_papers, n_topics + 1)
            Bit for bit what `transform` gives of the same papers.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> model = explorer.TopicModel(2)
        >>> bool((model.fit_transform(texts) == model.transform(texts)).all())
        True
        """
        from scipy.sparse import vstack
        from threadpoolctl import threadpool_limits

        given = texts_of(texts, "TopicModel.fit_transform")
        if given is None:
            return self.fit(texts).transform(texts)
        texts = list(given)
        with threadpool_limits(1):
            order, chosen, counts, vocabulary = self._fit_texts(texts)
            if not len(self.factors_):
                return self.transform(texts)
            # Boilerplate is left out of what is learnt from only: a text that has some is counted again.
            whole = [at for at, row in enumerate(order) if chosen[at] == texts[row]]
            known = counts[whole][:, np.searchsorted(vocabulary, self.vocabulary_)]
            rest = np.setdiff1d(np.arange(len(texts)), order[whole])
            again, _ = count_terms([texts[row] for row in rest], self.vocabulary_.tolist())
            every = vstack([known, again], format="csr")[np.argsort(np.concatenate([order[whole], rest]), kind="stable")]
            return self._posterior(self._presence(every))

    def transform(self, texts: Any) -> np.ndarray:
        """Place papers on the topics.

        Parameters
        ----------
        texts : sequence of str, or matrix of shape (n_papers, n_terms)
            As `fit` takes them.

        Returns
        -------
        ndarray of float64, shape (n_papers, n_topics + 1)
            Distribution of each paper over the topics; each row sums to 1. The last column is `OTHER`: how likely it is that the
            paper is of none of them. It is 1 for papers without a word that the model knows.

        Raises
        ------
        TopicError
            `texts` are neither texts nor a matrix, one is missing, or a matrix has other columns than the model has terms.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> places = explorer.TopicModel(2).fit(texts).transform(["stars", "nothing known"])
        >>> places[1].tolist()  # no word of any topic: `OTHER`
        [0.0, 0.0, 1.0]
        """
        check_is_fitted(self, "factors_")
        given = texts_of(texts, "TopicModel.transform")
        if given is not None:
            texts = list(given)
            if not texts or not len(self.factors_):
                return np.eye(1, len(self.factors_) + 1, len(self.factors_)).repeat(len(texts), axis=0)
            counts, _ = count_terms(texts, self.vocabulary_.tolist())
        else:
            counts, _ = self._counts(texts, reset=False)
            if counts.shape[1] != len(self.vocabulary_):
                known = f"{len(self.vocabulary_):,} terms, was given {counts.shape[1]:,} columns"
                raise TopicError(
                    f"This model, fitted to texts that have {known}. Give it texts, or one column a term of vocabulary_."
                )
        return self.transform_counts(counts)

    def transform_counts(self, counts: csr_matrix) -> np.ndarray:
        """Place papers whose terms were counted: what `transform` gives of their texts.

        Parameters
        ----------
        counts : csr_matrix of float64, shape (n_papers, n_words)
            How often each paper has each word of `vocabulary_`, as `explorer.topics.term_counts.TermCounter` counts them.

        Returns
        -------
        ndarray of float64, shape (n_papers, n_topics + 1)
            As `transform` gives it.

        Examples
        --------
        >>> import explorer
        >>> from explorer.topics.term_counts import TermCounter
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> model = explorer.TopicModel(2).fit(texts)
        >>> counts = TermCounter(model.vocabulary_.tolist()).counts(texts)
        >>> bool((model.transform_counts(counts) == model.transform(texts)).all())
        True
        """
        from threadpoolctl import threadpool_limits

        check_is_fitted(self, "factors_")
        if not counts.shape[0] or not len(self.factors_):
            return np.eye(1, len(self.factors_) + 1, len(self.factors_)).repeat(counts.shape[0], axis=0)
        with threadpool_limits(1):
            return self._posterior(self._presence(counts))

    def predict(self, texts: Any) -> np.ndarray:
        """The likeliest topic of each paper; ``n_topics``, the code of `OTHER`, where it is likeliest that there is none.

        Parameters
        ----------
        texts : sequence of str, or matrix of shape (n_papers, n_terms)
            As `fit` takes them.

        Returns
        -------
        ndarray of int32, shape (n_papers,)

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> explorer.TopicModel(2).fit(texts).predict(["nothing known"]).tolist()
        [2]
        """
        found: np.ndarray = self.transform(texts).argmax(axis=1).astype(np.int32)
        return found

    @property
    def _n_features_out(self) -> int:
        return len(self.factors_) + 1

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns of `transform`: the labels.

        Parameters
        ----------
        input_features : None
            Not used.

        Returns
        -------
        ndarray of str, shape (n_topics + 1,)

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> explorer.TopicModel(2).fit(texts).get_feature_names_out()[-1]
        'other'
        """
        check_is_fitted(self, "factors_")
        return np.asarray(self.labels_, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.string = True
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = ["float64"]
        return tags

    def save(self, path: Path) -> None:
        """Write what `transform` needs into an ``.npz`` file.

        Parameters
        ----------
        path : Path
            Replaced if it is there.

        Raises
        ------
        OSError
            The file cannot be written.

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
        check_is_fitted(self, "factors_")
        parts = {name: getattr(self, f"{name}_") for name in ("vocabulary", "weights", "factors", "prior", "background")}
        np.savez(path, **parts, scale=getattr(self, "scale_", 1.0), seed=self.seed)

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

        Raises
        ------
        CorpusError
            An earlier version wrote the file, it cannot be read, or it has another number of topics than `labels`.

        Examples
        --------
        >>> import explorer
        >>> texts = ["adding numbers by hand", "numbers and digits", "stars and planets", "planets orbit stars"]
        >>> import tempfile
        >>> from pathlib import Path
        >>> model = explorer.TopicModel(2).fit(texts)
        >>> model.save(file := Path(tempfile.mkdtemp()) / "topics.npz")
        >>> again = explorer.TopicModel.load(file, model.labels_)
        >>> bool((again.transform(texts) == model.transform(texts)).all())
        True
        """
        try:
            read = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            said = error.strerror if isinstance(error, OSError) and error.strerror else "it was not written by TopicModel.save"
            raise CorpusError(f"The topic model {path} cannot be read: {said}.") from error
        with read as parts:
            if "background" not in parts:
                raise CorpusError(
                    f"An earlier version found the topics of {path.parent.parent}. Find them again: litexplorer refit"
                )
            model = cls(len(labels) - 1, seed=int(parts["seed"]))
            for name in ("vocabulary", "weights", "factors", "prior", "background"):
                setattr(model, f"{name}_", parts[name])
            model.scale_ = float(parts["scale"])
        if len(labels) != len(model.prior_):
            raise CorpusError(f"{path} has {len(model.prior_) - 1} topics and {OTHER}, and was given {len(labels)} labels.")
        model.labels_ = labels
        return model

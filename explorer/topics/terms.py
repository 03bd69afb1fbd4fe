"""Terms of texts for the topic model, and what each is worth: learnt from the corpus, in whatever language it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.text.markup import plain_latex

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_WORD = re.compile(r"(?<![\\\w])[^\W\d_](?:[^\W_]|[-’'](?=[^\W_]))+(?!\w)")
_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|edu|gov|ai|co)\b(?:/\S*)?", re.I
)
_MARKUP = re.compile(r"\\[A-Za-z]+|<[^<>]{1,80}>|&\w+;")
_ACCENT = re.compile(r"""\\["'`^~=.]\{?\\?[A-Za-z]""")
_RUN = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]+")
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]")

_LEARNT_ON = 6_000
"""Papers that the worth of terms is learnt on: enough for terms that stand in one paper of a thousand."""

_FEW = 20
"""Papers below which nothing can be learnt of terms but how many papers have them."""

_DIMENSIONS = 50
_FULL = 0.3
"""Likeness of its papers from which a term is worth all it can be."""


def accented(text: str) -> str:
    r"""A text whose accents are letters, where LaTeX writes them: half a name is no word.

    Examples
    --------
    >>> accented(r'Schr\"odinger operators')
    'Schrödinger operators'
    """
    return plain_latex(text) if "\\" in text and _ACCENT.search(text) else text


def words_of(text: str) -> list[str]:
    r"""Words of a text in lower case: no addresses, no markup, no numbers; pairs of characters where a script has no spaces.

    Examples
    --------
    >>> words_of("Code: https://github.com/a/b; graph-based LLMs, x_1 and \\alpha")
    ['code', 'graph-based', 'llms', 'and']
    """
    if "://" in text or "www." in text or "@" in text or ".com" in text or ".org" in text or ".io" in text:
        text = _ADDRESS.sub(" ", text)
    if "\\" in text or "<" in text or "&" in text:
        text = accented(text)
        text = _MARKUP.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    found = _WORD.findall(text.lower())
    if "'s" in text or "’s" in text:
        found = [word[:-2] if word.endswith(("'s", "’s")) else word for word in found]
    return [part for word in found for part in _parts(word)] if _UNSPACED.search(text) else found


def _parts(word: str) -> list[str]:
    """A word, or the pairs of characters of one in a script without spaces (Nie, Gao, Zhang and Zhou 2000)."""
    if not _UNSPACED.search(word):
        return [word]
    return [run[at : at + 2] for run in _RUN.findall(word) for at in range(max(len(run) - 1, 1))]


def count_terms(texts: Iterable[str], vocabulary: Sequence[str] | None = None) -> tuple[csr_matrix, np.ndarray]:
    """Count the words of texts.

    Parameters
    ----------
    texts : iterable of str
    vocabulary : sequence of str, optional
        Words to count; by default those of the texts that at least `least_papers` of them have.

    Returns
    -------
    counts : csr_matrix of float64, shape (n_texts, n_words)
    vocabulary : ndarray of str, shape (n_words,)
        Sorted.
    """
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    if vocabulary is not None:
        counter = CountVectorizer(analyzer=words_of, vocabulary=vocabulary, dtype=np.float64)
        return counter.transform(texts), np.asarray(vocabulary)
    texts = list(texts)
    counter = CountVectorizer(analyzer=words_of, dtype=np.float64)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:
        # scikit-learn's way to say that there is no word: no texts, or nothing but numbers.
        return csr_matrix((len(texts), 0)), np.array([], dtype="U1")
    names = counter.get_feature_names_out()
    papers = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero((papers >= least_papers(len(texts))) & ~np.isin(names, sorted(ENGLISH_STOP_WORDS)))
    return counts[:, kept].tocsr(), names[kept].astype(str)


def least_papers(papers: int) -> int:
    """Papers that must have a term for the model to use it: 1 of less than 20, 2 of a hundred, 8 of 1,600, 28 of 20,000."""
    return 1 if papers < _FEW else max(2, round(0.2 * papers**0.5))


def content_keys(rows: Iterable[bytes]) -> np.ndarray:
    """A number for the content of each row, uint64: what has the same content has the same number, in whatever order it comes."""
    return np.array([int.from_bytes(blake2b(row, digest_size=8).digest(), "little") for row in rows], np.uint64)


def term_weights(counts: csr_matrix) -> np.ndarray:
    """What each term is worth for telling topics apart, learnt from the corpus.

    A term is worth something if the papers that have it are like one another in their other terms, beyond what papers drawn at
    random are. Words of any language that stand anywhere, *the*, *propose*, *however*, are worth nothing; so is what every
    paper of a corpus has, such as the word it was searched with.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        Inverse document frequency (Spärck Jones 1972), times the fourth root of the likeness, 0 to 1.

    Notes
    -----
    Likeness is the mean inner product of pairs of the papers that have the term, in the space of the first 50 singular vectors
    of TF-IDF, centred, without the term's own part, as a share of the papers' variance. It is found twice, the second time with
    the weights of the first. A term of few papers, of which little can be known, is given the benefit of half a standard error.
    """
    # The same papers whatever their number: the first ones in the order of content.
    counts = counts[:_LEARNT_ON].tocsr()
    papers = counts.shape[0]
    users = np.bincount(counts.indices, minlength=counts.shape[1]).astype(float)
    rarity = np.log((papers + 1) / np.maximum(users, 0.5))
    if papers < _FEW or min(counts.shape) < 3:
        return np.where(users > 0, rarity, 0.0)
    weights = np.where(users > 0, rarity, 0.0)
    likeness = np.ones(len(users))
    for _ in range(2):
        likeness = _likeness(counts, users, weights)
        weights = rarity * np.sqrt(likeness)
    doubt = 0.5 / np.sqrt(np.maximum(users * (users - 1) / 2, 1))
    worth = np.clip((likeness + doubt) / _FULL, 0.0, 1.0)
    return np.where(users > 0, rarity * worth**0.25, 0.0)


def evened(counts: csr_matrix, weights: np.ndarray) -> np.ndarray:
    """Weights in which the rarity of a term counts by its root: what few papers have decides less of the topics.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)
    weights : ndarray of float64, shape (n_terms,)
        As `term_weights` gives them.
    """
    users = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((counts.shape[0] + 1) / np.maximum(users, 0.5))
    found: np.ndarray = weights / np.sqrt(rarity)
    return found


def _likeness(counts: csr_matrix, users: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How like each other the papers of each term are; see `term_weights`."""
    from sklearn.utils.extmath import randomized_svd

    weighted = weigh(counts, weights)
    papers = counts.shape[0]
    dimensions = max(1, min(_DIMENSIONS, min(counts.shape) - 1, papers // 4))
    _, _, vectors = randomized_svd(weighted, dimensions, n_iter=3, random_state=0)
    places = weighted @ vectors.T
    places = places - places.mean(axis=0)
    square = (places**2).sum(axis=1)
    has = counts.copy()
    has.data = np.ones_like(has.data)
    own = np.asarray(weighted.sum(axis=0)).ravel()
    sums = has.T @ places - own[:, None] * vectors.T
    # Squared length of each paper without the term: |p - x v|² = |p|² - 2 x p·v + x² |v|².
    product = np.empty(weighted.nnz)
    rows = np.repeat(np.arange(papers), np.diff(weighted.indptr))
    for start in range(0, weighted.nnz, 200_000):
        part = slice(start, start + 200_000)
        product[part] = np.einsum("ij,ij->i", places[rows[part]], vectors.T[weighted.indices[part]])
    mixed = np.bincount(weighted.indices, weighted.data * product, len(users))
    own_square = np.bincount(weighted.indices, weighted.data**2, len(users)) * (vectors**2).sum(axis=0)
    squares = has.T @ square - 2 * mixed + own_square
    pairs = (sums**2).sum(axis=1) - squares
    mean = pairs / np.maximum(users * (users - 1), 1)
    found: np.ndarray = np.where(users > 1, np.clip(mean / max(square.mean(), 1e-12), 0, 1), 0.0)
    return found


def weigh(counts: csr_matrix, weights: np.ndarray) -> csr_matrix:
    """Counts as rows of unit length: the logarithm of each count plus one, times the weight of its term."""
    from sklearn.preprocessing import normalize

    weighted: Any = counts.copy()
    weighted.data = np.log1p(weighted.data) * weights[weighted.indices]
    return normalize(weighted, copy=False)

"""Term index: BM25 over all papers, and the words of any paper, as memory-mapped arrays.

Two views of the same corpus lie side by side.  *Postings* (term to papers) answer `scores` for every paper at once;
the *forward* view (paper to its terms, in order) lets a re-ranker look at a few hundred candidates: their bigrams,
their character n-grams, their TF-IDF vectors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.ranking.analysis import analyse
from explorer.ranking.arrays import APART, MEMORY, Pieces, Place, ShortNumbers, save_array
from explorer.ranking.tokens import Tokens
from explorer.ranking.vocabulary import Terms, Vocabulary

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_ARRAYS = ("indptr", "saturation", "starts", "title_lengths", "idf")
_BLOCK = 20_000
"""Papers whose postings are made at once."""

QUANTA = 255.0
"""What one is in saturated term frequencies."""


class TermIndex:
    """BM25 index over a title and a body field.

    Parameters
    ----------
    k1 : float
        Saturation of the term frequency, >= 0.
    b : float
        Length normalisation, 0 to 1.
    title_weight : int
        How many occurrences in the body one occurrence in the title is worth.
    analyser : callable
        Text to terms; the default is shared with the queries.

    Attributes
    ----------
    vocabulary_ : mapping of str to int
        Term to its number, in order of first appearance.
    terms_ : sequence of str
        Term of each number.
    idf_ : ndarray of float32, shape (n_terms,)
    indptr_ : ndarray of int64, shape (n_terms + 1,)
        Where the postings of a term start in `gaps_` and `saturation_`.
    gaps_ : ShortNumbers or ndarray of int32, shape (n_postings,)
        The first paper of each term, and how far each further one is from that before it (see `papers`). As an array, where an earlier
        version wrote the index, the papers themselves.
    saturation_ : ndarray of uint8, shape (n_postings,)
        ``tf / (tf + K)`` in 1/255: one byte a posting costs less than 0.2 % of a score.
    starts_ : ndarray of int64, shape (n_papers + 1,)
    tokens_ : ShortNumbers or ndarray of int32, shape (n_tokens,)
        The terms of every paper in order, title first.
    title_lengths_ : ndarray of uint16, shape (n_papers,)

    Notes
    -----
    BM25 with the non-negative idf of Lucene: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework:
    BM25 and Beyond", FnTIR 3(4), 2009, eq. 3.15; X. H. Lù, "BM25S", arXiv:2407.03618, on eager scoring.  Fields are
    combined by adding weighted term frequencies before saturation (same survey, section 3.6).
    """

    def __init__(
        self,
        *,
        k1: float = 1.2,
        b: float = 0.75,
        title_weight: int = 2,
        analyser: Callable[[str], list[str]] = analyse,
    ) -> None:
        self.k1 = k1
        self.b = b
        self.title_weight = title_weight
        self.analyser = analyser

    def fit(self, titles: Iterable[str], bodies: Iterable[str], *, place: Place = MEMORY) -> TermIndex:
        """Index papers given as parallel titles and bodies (abstracts); either may be empty strings.

        What grows with the papers is made in `place`, some thousand of them at a time.
        """
        vocabulary: dict[str, int] = {}
        papers = zip(titles, bodies, strict=True)
        tokens = Tokens.read(papers, place=place, vocabulary=vocabulary, analyser=self.analyser)
        return self._index(tokens, vocabulary, place)

    def fit_tokens(self, tokens: Tokens, *, place: Place = MEMORY) -> TermIndex:
        """Index papers that were read before: what `fit` gives of them."""
        return self._index(tokens, Vocabulary(Terms.of(tokens.terms)), place)

    def _index(self, tokens: Tokens, vocabulary: Mapping[str, int], place: Place) -> TermIndex:
        self.vocabulary_, self.terms_ = vocabulary, tokens.terms
        self.starts_ = np.concatenate([[0], np.cumsum(tokens.lengths)])
        self.tokens_: ShortNumbers | Ints = tokens.numbers
        self.title_lengths_ = tokens.title_lengths
        self._invert(place)
        rarity = (self.n_papers - self.df_ + 0.5) / (self.df_ + 0.5)
        self.idf_: Floats = np.log1p(rarity).astype(np.float32)
        return self

    def _invert(self, place: Place) -> None:
        """Make the postings: first how many there are of each term, then each block of papers behind those before it."""
        blocks = [np.arange(start, min(start + _BLOCK, self.n_papers)) for start in range(0, self.n_papers, _BLOCK)]
        df = np.zeros(len(self.terms_), np.int64)
        total = 0.0
        for block in blocks:
            counts = self.counts(block)
            df += np.bincount(counts.indices, minlength=len(df))
            # Whole numbers: the sum is the same in whatever order it is taken.
            total += float(counts.data.sum(dtype=np.float64))
        mean = total / self.n_papers if self.n_papers else 0.0
        self.indptr_ = np.concatenate([[0], np.cumsum(df)])
        gaps = place.empty("terms_gaps_short", (int(self.indptr_[-1]),), np.uint16)
        places, values, latest = Pieces(np.int64), Pieces(np.int32), np.zeros(len(df), np.int32)
        self.saturation_ = place.empty("terms_saturation", (int(self.indptr_[-1]),), np.uint8)
        following = self.indptr_[:-1].copy()
        for block in blocks:
            counts = self.counts(block)
            lengths = np.asarray(counts.sum(axis=1)).ravel()
            norm = self.k1 * (1 - self.b + self.b * lengths / max(mean, 1e-9))
            by_term = counts.tocsc()
            papers = np.diff(by_term.indptr)
            at = np.arange(by_term.nnz) + np.repeat(following - by_term.indptr[:-1], papers)
            some = np.flatnonzero(papers)
            heads, ends = by_term.indptr[some], by_term.indptr[some + 1] - 1
            rows = (by_term.indices + block[0]).astype(np.int32)
            gap = np.diff(rows, prepend=np.int32(0))
            gap[heads] = rows[heads] - latest[some]
            latest[some] = rows[ends]
            gaps[at] = np.minimum(gap, APART)
            apart = np.flatnonzero(gap >= APART)
            places.append(at[apart])
            values.append(gap[apart])
            self.saturation_[at] = np.rint(QUANTA * by_term.data / (by_term.data + norm[by_term.indices])).astype(np.uint8)
            following += papers
        # Each block has come with its places of all terms.
        order = np.argsort(places.whole())
        self.gaps_: ShortNumbers | Ints = ShortNumbers(gaps, places.whole()[order], values.whole()[order])

    def papers(self, term: int) -> NDArray[np.integer]:
        """Rows of the papers that have a term, ascending."""
        gaps = self.gaps_[self.indptr_[term] : self.indptr_[term + 1]]
        # In the type that numpy looks places up by.
        return gaps.cumsum(dtype=np.intp) if isinstance(self.gaps_, ShortNumbers) else gaps

    def papers_of(self, terms: NDArray[np.integer]) -> Ints:
        """Rows of the papers that have each of some terms, term after term."""
        lengths = self.df_[terms]
        ends = np.cumsum(lengths)
        gaps = self.gaps_[np.arange(ends[-1]) + np.repeat(self.indptr_[terms] - (ends - lengths), lengths)]
        if not isinstance(self.gaps_, ShortNumbers):
            return gaps
        sums = np.concatenate([[0], np.cumsum(gaps, dtype=np.int64)])
        rows: Ints = (sums[1:] - np.repeat(sums[ends - lengths], lengths)).astype(np.int32)
        return rows

    @property
    def df_(self) -> NDArray[np.int64]:
        """Papers that have each term: int64, shape (n_terms,)."""
        papers: NDArray[np.int64] = np.diff(self.indptr_)
        return papers

    @property
    def n_papers(self) -> int:
        """Papers in the index."""
        return len(self.title_lengths_)

    def save(self, folder: Path) -> None:
        """Write the index as ``.npy`` arrays into an existing `folder`."""
        for name in _ARRAYS:
            save_array(folder / f"terms_{name}.npy", getattr(self, f"{name}_"))
        for name in ("gaps", "tokens"):
            numbers = getattr(self, f"{name}_")
            assert isinstance(numbers, ShortNumbers), "an index that is saved was made here"
            numbers.save(folder, f"terms_{name}")
        Terms.of(self.terms_).save(folder)
        about = {"k1": self.k1, "b": self.b, "title_weight": self.title_weight}
        (folder / "terms.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, *, analyser: Callable[[str], list[str]] = analyse) -> TermIndex:
        """Open an index written by `save`; arrays stay on disk and are paged in as queries touch them."""
        about = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        index = cls(k1=about["k1"], b=about["b"], title_weight=about["title_weight"], analyser=analyser)
        index.terms_ = terms = Terms.open(folder)
        index.vocabulary_ = Vocabulary(terms)
        for name in _ARRAYS:
            setattr(index, f"{name}_", np.load(folder / f"terms_{name}.npy", mmap_mode="r"))
        for name, before in (("gaps", "rows"), ("tokens", "tokens")):
            # Until 0.2 both were plain arrays, and the papers not told by their distances.
            plain = folder / f"terms_{before}.npy"
            numbers = np.load(plain, mmap_mode="r") if plain.exists() else ShortNumbers.open(folder, f"terms_{name}")
            setattr(index, f"{name}_", numbers)
        return index

    def counts(self, rows: NDArray[np.integer]) -> sparse.csr_matrix:
        """Weighted term frequencies of some papers: float32 CSR, shape (len(rows), n_terms), indices sorted."""
        starts, lengths = self.starts_[rows], self.starts_[rows + 1] - self.starts_[rows]
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        offsets = np.arange(indptr[-1]) - np.repeat(indptr[:-1], lengths)
        indices = self.tokens_[np.repeat(starts, lengths) + offsets]
        in_title = offsets < np.repeat(self.title_lengths_[rows], lengths)
        data = np.where(in_title, np.float32(self.title_weight), np.float32(1))
        shape = (len(rows), len(self.vocabulary_))
        matrix = sparse.csr_matrix((data, indices, indptr), shape=shape)
        matrix.sum_duplicates()
        return matrix

    def words(self, row: int) -> Ints:
        """Return the term numbers of one paper in order, title first."""
        found: Ints = self.tokens_[self.starts_[row] : self.starts_[row + 1]]
        return found

    def weigh(self, text: str) -> dict[int, float]:
        """Return term number to weight for a plain-text query; words the corpus has never seen are left out."""
        weights: dict[int, float] = {}
        for term in self.analyser(text):
            number = self.vocabulary_.get(term)
            if number is not None:
                weights[number] = weights.get(number, 0.0) + 1.0
        return weights

    def unknown(self, text: str) -> list[str]:
        """Return the terms of `text` that occur in no paper, in order, each once."""
        return list(dict.fromkeys(t for t in self.analyser(text) if t not in self.vocabulary_))

    def scores(self, query: str | Mapping[int, float]) -> Floats:
        """BM25 of every paper for a query: float32, shape (n_papers,), 0 where no term occurs."""
        weights = self.weigh(query) if isinstance(query, str) else query
        total = np.zeros(self.n_papers, dtype=np.float32)
        for term, weight in weights.items():
            span = slice(self.indptr_[term], self.indptr_[term + 1])
            gain = np.float32(weight * self.idf_[term] / QUANTA)
            # A paper occurs once in a term's postings, so fancy in-place addition is safe and beats np.add.at.
            total[self.papers(term)] += gain * self.saturation_[span]
        return total

    def contributions(self, row: int, weights: Mapping[int, float]) -> dict[str, float]:
        """Return what every query term adds to the BM25 score of one paper, largest first; terms it lacks left out."""
        parts: dict[str, float] = {}
        for term, weight in weights.items():
            span = slice(self.indptr_[term], self.indptr_[term + 1])
            papers = self.papers(term)
            at = int(np.searchsorted(papers, row))
            if at < len(papers) and papers[at] == row:
                saturation = float(self.saturation_[span.start + at]) / QUANTA
                parts[self.terms_[term]] = float(weight * self.idf_[term]) * saturation
        return dict(sorted(parts.items(), key=lambda part: -part[1]))

    def tfidf(self, rows: NDArray[np.integer]) -> sparse.csr_matrix:
        """Unit-length ``(1 + log tf) * idf`` rows of some papers: float32 CSR, shape (len(rows), n_terms)."""
        matrix = self.counts(rows)
        matrix.data = (1 + np.log(matrix.data)) * self.idf_[matrix.indices]
        return unit_rows(matrix)

    def tfidf_of(self, weights: Mapping[int, float]) -> sparse.csr_matrix:
        """Return the unit-length TF-IDF row of a weighted query: float32 CSR, shape (1, n_terms)."""
        terms = np.fromiter(weights, dtype=np.int32, count=len(weights))
        data = np.fromiter(weights.values(), dtype=np.float32, count=len(weights))
        row = sparse.csr_matrix(
            (np.log2(1 + data) * self.idf_[terms], terms, [0, len(terms)]), shape=(1, len(self.vocabulary_))
        )
        return unit_rows(row)


def unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return a sparse matrix with every row scaled to Euclidean length one (empty rows stay zero)."""
    squares = np.add.reduceat(np.append(matrix.data, 0) ** 2, matrix.indptr[:-1]) if matrix.shape[0] else np.zeros(0)
    lengths = np.sqrt(np.where(np.diff(matrix.indptr) > 0, squares, 1))
    scale = np.repeat(1 / np.maximum(lengths, 1e-12), np.diff(matrix.indptr))
    return sparse.csr_matrix(((matrix.data * scale).astype(np.float32), matrix.indices, matrix.indptr), matrix.shape)


def top(scores: Floats, k: int) -> NDArray[np.int64]:
    """Return the positions of the `k` largest scores, best first; equal scores by position, so runs agree."""
    k = min(k, len(scores))
    if k == 0:
        return np.zeros(0, dtype=np.int64)
    bound = np.partition(scores, len(scores) - k)[len(scores) - k]
    above = np.flatnonzero(scores > bound)
    level = np.flatnonzero(scores == bound)[: k - len(above)]
    found = np.concatenate([above, level])
    order: NDArray[np.int64] = found[np.lexsort((found, -scores[found]))]
    return order

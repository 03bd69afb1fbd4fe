"""What to read next, learnt from what a reader starred, tagged and read in this corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload
from weakref import WeakKeyDictionary

import numpy as np

from explorer.errors import FeedError
from explorer.feed.daily import organisations
from explorer.topics.labels import OTHER

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

    from explorer.library.library import Library
    from explorer.ranking.recommender import Block
    from explorer.ranking.terms import TermIndex
    from explorer.search.ranker import Ranker

PRIORS = {"words": 1.0, "vectors": 1.0, "authors": 0.3, "keywords": 0.3, "venues": 0.3, "organisations": 0.5}
"""How much each kind of feature counts before anything is known of a reader: what a paper says before whom it is by."""

_REASONS = 5
_AT_ONCE = 1 << 14
_BINS = 22
_LABELS = {"words": "", "authors": "by ", "keywords": "keyword ", "venues": "in ", "organisations": "from "}


@dataclass(frozen=True, eq=False)
class Features:
    """What papers are recommended by.

    Attributes
    ----------
    blocks : dict of str to csr_matrix or ndarray, shape (n_papers, n_features)
        Rows of length one, or empty.
    names : dict of str to sequence
        What each column of a sparse block stands for: a text; of words, the term, or the two terms of a pair.
    """

    blocks: dict[str, Block]
    names: dict[str, Sequence[Any]]


_KEPT: WeakKeyDictionary[Ranker, Features] = WeakKeyDictionary()


def features(ranker: Ranker) -> Features:
    """Words, vectors, authors, keywords, venues and organisations of the papers; kept as long as the ranker is."""
    if ranker not in _KEPT:
        _KEPT[ranker] = _features(ranker)
    return _KEPT[ranker]


def _features(ranker: Ranker) -> Features:
    snapshot, meaning = ranker.snapshot, ranker.meaning
    words, pairs = word_features(meaning.index)
    blocks: dict[str, Block] = {"words": words}
    names: dict[str, Sequence[Any]] = {"words": pairs}
    vectors = np.array(meaning.vectors, np.float32)
    placed = np.asarray(vectors.any(axis=1))
    if placed.any():
        # What all papers have in common would count for every one of them; the rest decides. In place, for vectors of many are large.
        vectors -= vectors.sum(axis=0, dtype=np.float64).astype(np.float32) / np.float32(placed.sum())
        vectors[~placed] = 0
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        vectors /= np.where(lengths > 0, lengths, 1)[:, None]
        blocks["vectors"] = vectors
    for name in ("authors", "keywords", "venues"):
        facet = snapshot.facet(name)
        values = facet.values.to_pylist()
        blocks[name], names[name] = (
            _incidence(np.asarray(facet.rows), np.asarray(facet.codes), len(snapshot), len(values)),
            values,
        )
    sources = organisations(snapshot)
    known = {name: code for code, name in enumerate(sorted({name for name in sources if name}))}
    there = [(row, known[name]) for row, name in enumerate(sources) if name]
    held, codes = (np.array(part, np.int64) for part in zip(*there, strict=True)) if there else (np.zeros(0, np.int64),) * 2
    blocks["organisations"], names["organisations"] = _incidence(held, codes, len(snapshot), len(known)), list(known)
    return Features({name: block for name, block in blocks.items() if block.shape[1] and _shared(block)}, names)


class _Words(Sequence[tuple[str, ...]]):
    """What each column of `word_features` stands for: the terms, then pairs of them; read when asked, for few ever are."""

    def __init__(self, terms: Sequence[str], pairs: np.ndarray) -> None:
        self._terms = terms
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._terms) + len(self._pairs)

    @overload
    def __getitem__(self, column: int) -> tuple[str, ...]: ...

    @overload
    def __getitem__(self, column: slice) -> list[tuple[str, ...]]: ...

    def __getitem__(self, column: Any) -> Any:
        if isinstance(column, slice):
            return [self[place] for place in range(*column.indices(len(self)))]
        if column < len(self._terms):
            return (self._terms[column],)
        first, second = divmod(int(self._pairs[column - len(self._terms)]), len(self._terms))
        return self._terms[first], self._terms[second]


def word_features(index: TermIndex) -> tuple[sparse.csr_matrix, Sequence[tuple[str, ...]]]:
    """Words, and pairs of words that stand beside each other, of every paper, weighted by TF-IDF.

    Papers are looked at some thousands at a time: beside the matrix itself little memory is taken.

    Returns
    -------
    matrix : csr_matrix of float32, shape (n_papers, n_terms + n_pairs)
        Rows of length one.
    terms : sequence of tuple of str
        One or two terms a column.
    """
    from scipy import sparse

    from explorer.ranking.terms import unit_rows

    papers, least = index.n_papers, max(2, index.n_papers // 10_000)
    # Most pairs are those of one paper. A pair is counted in one of some millions of bins, with others at times: none that is
    # frequent enough is missed, and few others are carried on to where all are told apart.
    bins = np.zeros(1 << _BINS, np.int32)
    for _, pairs, _ in _pairs(index):
        bins += np.bincount(_bin(pairs), minlength=len(bins)).astype(np.int32)
    kept: list[tuple[np.ndarray, ...]] = []
    for rows, pairs, counts in _pairs(index):
        frequent = bins[_bin(pairs)] >= least
        kept.append((rows[frequent], pairs[frequent], counts[frequent]))
    del bins
    rows, pairs, counts = (np.concatenate(parts) for parts in zip(*kept, strict=True)) if kept else (np.zeros(0, np.int64),) * 3
    del kept
    kinds, columns = np.unique(pairs, return_inverse=True)
    often = np.bincount(columns, minlength=len(kinds))
    chosen = (often >= least) & (often <= papers / 2)
    there = chosen[columns]
    columns = (np.cumsum(chosen) - 1)[columns[there]]
    kinds, often = kinds[chosen], often[chosen]
    rarity = np.log1p((papers - often + 0.5) / (often + 0.5)).astype(np.float32)
    weights = ((1 + np.log(counts[there].astype(np.float32))) * rarity[columns]).astype(np.float32)
    double = sparse.csr_matrix((weights, (rows[there], columns)), shape=(papers, len(kinds)))
    del rows, pairs, counts, columns, weights
    blocks = []
    for start in range(0, papers, _AT_ONCE):
        single = index.counts(np.arange(start, min(start + _AT_ONCE, papers)))
        single.data = (1 + np.log(single.data)) * index.idf_[single.indices]
        blocks.append(unit_rows(sparse.hstack([single, double[start : start + _AT_ONCE]], format="csr", dtype=np.float32)))
    nothing = sparse.csr_matrix((0, len(index.terms_))).astype(np.float32)
    both = sparse.vstack(blocks, format="csr") if blocks else nothing
    return both, _Words(index.terms_, kinds)


def _pairs(index: TermIndex) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pairs of words that stand beside each other, some thousand papers at a time: rows, pairs in order, how often.

    A pair does not reach from one paper into the next, nor from a title into its abstract.
    """
    terms, starts, titles = len(index.terms_), np.asarray(index.starts_), np.asarray(index.title_lengths_, np.int64)
    for start in range(0, index.n_papers, _AT_ONCE):
        stop = min(start + _AT_ONCE, index.n_papers)
        tokens = np.asarray(index.tokens_[starts[start] : starts[stop]], np.int64)
        owner = np.repeat(np.arange(stop - start), np.diff(starts[start : stop + 1]))
        beside = owner[:-1] == owner[1:]
        begins, ends = starts[start:stop] - starts[start], starts[start + 1 : stop + 1] - starts[start]
        abstracts = (begins + titles[start:stop])[(titles[start:stop] > 0) & (begins + titles[start:stop] < ends)]
        beside[abstracts - 1] = False
        # Row and pair in one number: 14 bits for the row leave 49, enough for the square of 23 million terms.
        found, counts = np.unique((owner[:-1] * terms**2 + tokens[:-1] * terms + tokens[1:])[beside], return_counts=True)
        rows, pairs = np.divmod(found, max(terms, 1) ** 2)
        yield rows + start, pairs, counts


def _bin(pairs: np.ndarray) -> np.ndarray:
    """The bin that a pair is counted in (Fibonacci hashing; D. Knuth, "The Art of Computer Programming" 3, 6.4)."""
    return np.asarray((pairs.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _BINS), np.int64)


def _incidence(rows: np.ndarray, codes: np.ndarray, papers: int, values: int) -> sparse.csr_matrix:
    """Which papers have which values, the rarer the heavier, rows of length one; values of one paper tell nothing."""
    from scipy import sparse

    from explorer.ranking.terms import unit_rows

    often = np.bincount(codes, minlength=values)
    weights = np.where(often > 1, np.log((papers + 1) / np.maximum(often, 1)), 0).astype(np.float32)
    matrix = sparse.csr_matrix((weights[codes], (rows, codes)), shape=(papers, values))
    matrix.eliminate_zeros()
    return unit_rows(matrix)


def _shared(block: Block) -> bool:
    return bool(block.nnz) if hasattr(block, "nnz") else True


def recommend(
    ranker: Ranker,
    liked: Iterable[str],
    *,
    disliked: Iterable[str] = (),
    seen: Iterable[str] = (),
    among: np.ndarray | None = None,
    limit: int | None = 50,
) -> pd.DataFrame:
    """Papers to read next.

    Parameters
    ----------
    liked : iterable of str
        Ids of papers that were starred or tagged, or chosen to begin with; those that the corpus has not are left out.
    disliked : iterable of str
        Ids of papers to lead away from.
    seen : iterable of str
        Ids of papers that were read. Where nothing is liked, they are learnt from.
    among : ndarray of int, optional
        Rows of the papers to choose from; all by default.
    limit : int, optional
        Papers at most.

    Returns
    -------
    DataFrame
        Best first, equal scores by id: `id`, `title`, `score` (standard deviations above the mean of the papers that were not
        pointed at), `reason`
        (text: what made most of it), `terms` (list of (text, part of the score)). Never a paper that was liked, disliked or
        seen. Its `attrs` hold `learnt_from` (number of papers) and `weights` (how much each kind of feature counts).

    Raises
    ------
    FeedError
        Nothing is liked or read that the corpus has.

    Notes
    -----
    See `explorer.ranking.recommender`.
    """
    import pandas as pd

    from explorer.ranking.recommender import Recommender

    snapshot = ranker.snapshot
    wanted, unwanted, read = (snapshot.rows_known(list(dict.fromkeys(ids))) for ids in (liked, disliked, seen))
    wanted = np.setdiff1d(wanted, unwanted)
    learnt = wanted if len(wanted) else np.setdiff1d(read, unwanted)
    if not len(learnt):
        raise FeedError("There is nothing to learn from. Star, tag or read a paper, or choose some to begin with.")
    known = features(ranker)
    model = Recommender(priors=PRIORS).fit(known.blocks, learnt, unwanted, read)
    hidden = np.concatenate([wanted, unwanted, read])
    rows = np.setdiff1d(np.arange(len(snapshot)) if among is None else np.asarray(among), hidden)
    ids = {row: snapshot.table.column("id")[row].as_py() for row in _nearest(model.scores_, rows, limit)}
    best = sorted(ids, key=lambda row: (-round(float(model.scores_[row]), 6), ids[row]))[:limit]
    terms = [_terms(known, model.contributions(known.blocks, row), ranker, row) for row in best]
    frame = pd.DataFrame(
        {
            "id": [ids[row] for row in best],
            "title": [snapshot.table.column("title")[row].as_py() for row in best],
            "score": model.scores_[best] if best else np.zeros(0, np.float32),
            "reason": [_reason(row) for row in terms],
            "terms": terms,
        }
    )
    frame.attrs.update(learnt_from=len(learnt), weights={name: round(value, 4) for name, value in model.weights_.items()})
    return frame


def for_reader(library: Library, like: Iterable[str] = (), *, limit: int | None = 50) -> pd.DataFrame:
    """Papers to read next, learnt from what the reader starred, tagged and read.

    Parameters
    ----------
    like : iterable of str
        Ids of papers to begin with, as if they had a star.
    limit : int, optional
        Papers at most.

    Returns
    -------
    DataFrame
        Best first, equal scores by id: `id`, `title`, `score` (standard deviations above the mean of the papers that the reader
        did not point at), `reason` (text), `terms` (list of (text, part of the score)). Never a paper that was starred, tagged
        or read. Its `attrs` hold `learnt_from` (number of papers) and `weights` (how much each kind of feature counts).

    Raises
    ------
    FeedError
        Nothing was starred, tagged or read, and no paper is given to begin with.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> first = corpus.papers["id"].iloc[0]
    >>> found = corpus.recommend([first], limit=3)
    >>> found.columns.to_list()
    ['id', 'title', 'score', 'reason', 'terms']
    >>> first in set(found["id"])
    False
    """
    given = list(like)
    liked = [*library.stars["id"], *library.tags["id"], *given]
    return recommend(library.ranker, liked, seen=library.reads(), limit=limit)


def _nearest(scores: np.ndarray, rows: np.ndarray, limit: int | None) -> list[int]:
    """The best rows, and all that score about like the last of them."""
    if limit is None or limit >= len(rows):
        return [int(row) for row in rows]
    if limit <= 0:
        return []
    least = np.partition(scores[rows], len(rows) - limit)[len(rows) - limit]
    return [int(row) for row in rows[scores[rows] >= least - 1e-5]]


def _terms(known: Features, parts: dict[tuple[str, int], float], ranker: Ranker, row: int) -> list[tuple[str, float]]:
    """What made most of a score, in words as they are written; a pair of words takes the place of each of the two."""
    topics = ranker.snapshot.topics
    told: list[tuple[str, float]] = []
    covered: set[str] = set()
    ordered = sorted(((value, kind, column) for (kind, column), value in parts.items() if value > 0), reverse=True)
    for value, kind, column in ordered[: 4 * _REASONS]:
        if column < 0:
            topic = topics.labels[int(topics.codes[row])]
            text = "alike in meaning" if topic == OTHER else f"alike in meaning ({topic})"
        elif kind == "words":
            words = known.names[kind][column]
            if covered.issuperset(words):
                continue
            covered.update(words)
            text = " ".join(ranker.meaning.written(list(words)))
        else:
            text = f"{_LABELS[kind]}{known.names[kind][column]}"
        told.append((text, round(float(value), 3)))
    return told[:_REASONS]


def _reason(terms: list[tuple[str, float]]) -> str:
    return f"like yours: {', '.join(text for text, _ in terms)}" if terms else "not unlike what you like"

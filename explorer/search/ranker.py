"""A corpus that ranks by meaning: concepts, likeness, axes, and what the reader has not seen yet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import ConceptError
from explorer.papers.schema import to_frame
from explorer.selection.expression import Operand
from explorer.store.build import Progress, no_progress
from explorer.store.caches import Recent
from explorer.store.snapshot import OpenedCorpus

if TYPE_CHECKING:
    import pandas as pd

    from explorer.ranking.axes import Axis
    from explorer.ranking.hybrid import HybridRanker
    from explorer.ranking.meaning import Meaning
    from explorer.ranking.vectors import Embedder

Value = TypeVar("Value")

_AT_ONCE = 16
"""Papers read that all others are compared with in one product; their cosines take room."""


class RankedCorpus(OpenedCorpus):
    """What a corpus can rank by beyond words. Terms and vectors are made when first asked for."""

    @cached_property
    def meaning(self) -> Meaning:
        """Terms and vectors of the corpus: made at first use, unless `prepare_meaning` did so before, and kept beside it."""
        return self._meaning(no_progress)

    def prepare_meaning(self, progress: Progress = no_progress) -> None:
        """Make `meaning` if it is not there yet, about half a minute for 100,000 papers.

        Parameters
        ----------
        progress : callable
            Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and leaves nothing.
        """
        if "meaning" not in self.__dict__:
            self.__dict__["meaning"] = self._meaning(progress)

    def _meaning(self, progress: Progress) -> Meaning:
        from explorer.ranking.meaning import Meaning

        return Meaning(self.table, self._meaning_folder, self._rows_of, progress=progress)

    @property
    def _meaning_folder(self) -> Path:
        # The number changes with what is kept there, so that a folder of another version is left alone and not misread.
        return Path(self._generation / "meaning-3")

    @property
    def meaning_ready(self) -> bool:
        """Whether `meaning` opens at once: it was made before, or is held already."""
        return "meaning" in self.__dict__ or self._meaning_folder.is_dir()

    def ranker(self, embedder: Embedder | None = None) -> HybridRanker:
        """Hybrid ranking with the vectors of an embedder, by default those that LSA fits on the corpus.

        Vectors are made when an embedder is first used. One with a `key`, as those of `explorer.ranking.embedders` have, leaves
        them beside the corpus; one without is asked again by the next process.

        Raises
        ------
        EmbedderError
            It gives another number of rows than there are papers.
        """
        if embedder is None:
            return self.meaning.ranker
        # The embedder is kept with its ranker, so that no other object can come to have its id.
        return self._embedded.get(id(embedder), lambda: (embedder, self._with_vectors(embedder)))[1]

    @cached_property
    def _embedded(self) -> Recent:
        return Recent(2)

    def _with_vectors(self, embedder: Embedder) -> HybridRanker:
        from explorer.ranking.embedders import encoder, vectors_of
        from explorer.ranking.hybrid import HybridRanker

        titles, abstracts = (self.table.column(name).to_pylist() for name in ("title", "abstract"))
        texts = [f"{title or ''}\n{abstract or ''}".strip() for title, abstract in zip(titles, abstracts, strict=True)]
        vectors = vectors_of(embedder, texts, self._generation)
        return HybridRanker(self.meaning.index, encoder(embedder), vectors, acronyms=self.meaning.acronyms)

    def kept_ordering(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What orders papers, computed once for the last 16 keys."""
        return self._kept_orderings.get(key, make)

    @cached_property
    def _kept_orderings(self) -> Recent:
        return Recent(16)

    def forget_concept(self, operand: Operand) -> None:
        """Drop what is kept of a concept whose papers have changed."""
        if "meaning" in self.__dict__:
            self.meaning.arithmetic.forget(operand)
        self.__dict__.pop("_kept_orderings", None)

    def likeness(self, like: Sequence[str], unlike: Sequence[str] = ()) -> np.ndarray:
        """Likeness of every paper to some papers, and unlikeness to others.

        Parameters
        ----------
        like, unlike : sequence of str
            Ids.

        Returns
        -------
        ndarray of float32, shape (n_papers,)
            Larger is more alike; the papers given come lowest, so that the list begins with others.

        Raises
        ------
        ConceptError
            An id is not in the corpus.

        Notes
        -----
        J. Rocchio, "Relevance Feedback in Information Retrieval", 1971.
        """
        from explorer.ranking.similar import more_like

        wanted, unwanted = (self.rows_with(ids) for ids in (like, unlike))
        scores = more_like(self.meaning.index, self.meaning.vectors, wanted.tolist(), unwanted.tolist())
        given = np.concatenate([wanted, unwanted])
        scores[given] = scores.min() - 1
        return scores

    def rows_with(self, ids: Sequence[str]) -> np.ndarray:
        """Rows of the papers of some ids.

        Raises
        ------
        ConceptError
            An id is not in the corpus.
        """
        found = [self._rows_of(Operand("paper", id_)) for id_ in ids]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def axis_between(self, low: str, high: str) -> Axis:
        """The fitted axis between two poles; the last few are kept. `axis` gives it as a table."""
        return self.kept_ordering(("axis", low, high), lambda: self.meaning.axis(low, high))

    def axis_mask(self, low: str, high: str, places: tuple[float | None, float | None]) -> np.ndarray:
        """Papers whose place on an axis is between two, as a boolean array of shape (n_papers,)."""
        place = self.axis_between(low, high).place
        least, most = places
        mask = np.ones(len(place), bool) if least is None else place >= np.float32(least)
        return mask if most is None else mask & (place <= np.float32(most))

    @property
    def read_papers(self) -> tuple[str, ...]:
        """Ids of the papers that the reader has read, the first read first; `novelty` is measured against them."""
        if self._read_papers is None:
            self._read_papers = self._kept_reads()
        return self._read_papers

    @read_papers.setter
    def read_papers(self, ids: Iterable[str]) -> None:
        """Take others for read; each counts once."""
        self._read_papers = tuple(dict.fromkeys(ids))

    def _kept_reads(self) -> tuple[str, ...]:
        return ()

    _read_papers: tuple[str, ...] | None = None
    _nearest: tuple[tuple[str, ...], np.ndarray] | None = None

    def novelty(self) -> np.ndarray:
        """How far every paper is from those that were read.

        It depends on the reading list (`read_papers`), which is the reader's own and no part of a `Selection`: the same
        selection gives another order to one who has read other papers.

        Returns
        -------
        ndarray of float32, shape (n_papers,)
            One less the largest cosine with a paper read, 0 to 2; NaN where none was read.
        """
        read = self.read_papers
        rows = self.rows_known(read)
        if not len(rows):
            return np.full(len(self), np.nan, np.float32)
        vectors = self.meaning.vectors
        nearest = np.full(len(self), -1, np.float32)
        if self._nearest is not None and read[: len(self._nearest[0])] == self._nearest[0]:
            # One paper more was read: only it is compared.
            rows, nearest = self.rows_known(read[len(self._nearest[0]) :]), self._nearest[1].copy()
        for part in range(0, len(rows), _AT_ONCE):
            np.maximum(nearest, (vectors @ vectors[rows[part : part + _AT_ONCE]].T).max(axis=1), out=nearest)
        self._nearest = read, nearest
        return np.asarray(1 - nearest, np.float32)

    def rows_known(self, ids: Sequence[str]) -> np.ndarray:
        """Rows of the papers of some ids, in the order of the table; ids that the corpus has not are left out."""
        if not ids:
            return np.empty(0, np.int64)
        # Not by `pa.array` and `to_numpy`, which import pandas: a page that shows what was read asks for this when it opens.
        data = [id_.encode() for id_ in ids]
        starts = np.cumsum([0, *map(len, data)], dtype=np.int64)
        buffers = [None, pa.py_buffer(starts), pa.py_buffer(b"".join(data))]
        wanted = pa.Array.from_buffers(pa.large_string(), len(data), buffers)
        return np.array(pc.indices_nonzero(pc.is_in(self.table.column("id"), value_set=wanted)).to_pylist(), np.int64)

    def _rows_of(self, operand: Operand) -> np.ndarray:
        """Rows of the papers behind an operand of an expression."""
        if operand.kind == "topic" and operand.name in self.topics.labels:
            return np.flatnonzero(self.topics.codes == self.topics.labels.index(operand.name))
        if operand.kind == "paper":
            found = pc.indices_nonzero(pc.equal(self.table.column("id"), operand.name)).to_pylist()
            if found:
                return np.array(found, np.int64)
        raise ConceptError(f"The corpus has no {operand.kind} {operand.name!r}. Look it up in the dashboard, or use words.")

    def rank(self, expression: str, *, limit: int | None = None) -> pd.DataFrame:
        """Rank every paper by arithmetic over concepts, such as ``arithmetic + vision - benchmark``.

        Parameters
        ----------
        expression : str
            Words, ``"phrases"``, ``paper:ID``, ``set:NAME`` or ``topic:"LABEL"``, added and subtracted, with weights (``2*vision``); the
            grammar is in `explorer.selection.expression`.
        limit : int, optional
            Number of papers at most.

        Returns
        -------
        DataFrame
            Best first: `id`, `title`, `score` (log-probability, at most 0), and one column a concept with its part of the
            score; the parts add up to it.

        Raises
        ------
        ExpressionError
            The expression does not parse; `position` is the character it points at.
        ConceptError
            No paper, or every paper, shows one of the concepts.

        Notes
        -----
        A product of experts (Hinton 1999): added concepts multiply their probability, subtracted ones that of their absence; see
        `explorer.ranking.arithmetic`.
        """
        import pandas as pd

        ranking = self.meaning.arithmetic.rank(expression)
        rows = ranking.best(limit)
        table = _taken(self.table.select(["id", "title"]), rows)
        parts = {str(operand): part[rows] for operand, part in ranking.parts.items()}
        frame = to_frame(table).assign(score=ranking.scores[rows])
        return pd.concat([frame, pd.DataFrame(parts, index=frame.index)], axis=1)

    def axis(self, low: str, high: str) -> pd.DataFrame:
        """Place every paper between two poles, such as ``theory`` and ``experiment``.

        Parameters
        ----------
        low, high : str
            A few words each, or ``topic:"LABEL"``, ``paper:ID``, ``set:NAME``.

        Returns
        -------
        DataFrame
            In the order of the table: `id`, `title`, `place` (standard deviations, negative towards `low`). Its `attrs` hold
            `low_terms` and `high_terms` (what speaks for each end) and `separation` (cross-validated area under the ROC curve
            over the papers of the poles: .5 is chance, 1 perfect).

        Raises
        ------
        ConceptError
            A pole has no papers of its own.

        Notes
        -----
        After SemAxis (An, Kwak and Ahn, arXiv:1806.05521), fitted as a classifier of the poles' papers.
        """
        axis = self.axis_between(low, high)
        frame = to_frame(self.table.select(["id", "title"])).assign(place=axis.place)
        frame.attrs.update(low_terms=axis.low_terms, high_terms=axis.high_terms, separation=axis.separation)
        return frame


def _taken(table: pa.Table, rows: np.ndarray) -> pa.Table:
    """Some rows of a table. Arrow copies a column together before it takes from it, which a few rows are not worth."""
    if len(rows) > 1000:
        return table.take(pa.array(rows))
    columns = [[table.column(name)[row].as_py() for row in rows.tolist()] for name in table.column_names]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, table.schema, strict=True)], table.schema)

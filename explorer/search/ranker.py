"""What a corpus can rank by beyond words: concepts, likeness, axes, and what a reader has not seen yet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import ConceptError, LibraryError, SelectionError
from explorer.memory import MEGABYTE, Cache, give_back
from explorer.papers.rows import rows_where
from explorer.papers.schema import to_frame
from explorer.search.making import LARGE, Beside, home, make
from explorer.search.own_marks import Nothing, Own, asks_own, own_hits
from explorer.selection.expression import Operand, parse
from explorer.selection.syntax import COLUMN, Node, Phrase
from explorer.store.build import Progress, no_progress
from explorer.store.fulltext import Hits
from explorer.store.snapshot import Snapshot

if TYPE_CHECKING:
    import pandas as pd

    from explorer.ranking.axes import Axis
    from explorer.ranking.hybrid import HybridRanker
    from explorer.ranking.meaning import Meaning
    from explorer.ranking.vectors import Embedder

Value = TypeVar("Value")

_AT_ONCE = 16
"""Papers read that all others are compared with in one product; their cosines take room."""


def _no_sets(name: str) -> Sequence[str]:
    raise LibraryError(f"There is no saved set “{name}”: this corpus was opened without a library.")


class Ranker:
    """Ranks the papers of a snapshot. Terms and vectors are made when first asked for.

    Parameters
    ----------
    snapshot : Snapshot
    members : callable
        Gives the ids of the papers that a reader's ``set:NAME`` stands for; raises `LibraryError` where there is none. What is
        fitted on them is kept, so that a ranker is one reader's.
    own : callable, optional
        Gives what the reader put on papers; by default nothing.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        members: Callable[[str], Sequence[str]] = _no_sets,
        own: Callable[[], Own] | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._members = members
        self._own = (lambda: Nothing(len(snapshot))) if own is None else own
        self._own_rows: dict[Operand, bytes] = {}
        self._embedded: list[tuple[Embedder, HybridRanker]] = []
        self._orderings = Cache(24 * MEGABYTE)
        self._worked = False
        self._nearest: tuple[tuple[str, ...], np.ndarray] | None = None

    @property
    def own(self) -> Own:
        """What the reader put on papers: stars, tags, notes, papers read, sets."""
        return self._own()

    def conceal(self) -> None:
        """Ask for the reader's own no longer, as on a server where everybody would see that of its owner."""
        self._own = lambda: Nothing(len(self.snapshot))

    def hits(self, node: Node) -> Hits:
        """All hits of a query, those of the reader's own tags, notes and sets too."""
        # The library of another account, which cannot be read, keeps nobody from searching.
        return own_hits(self.snapshot, self.own, node) if asks_own(node) else self.snapshot.hits(node)

    @cached_property
    def meaning(self) -> Meaning:
        """Terms and vectors of the corpus: made at first use, unless `prepare_meaning` did so before, and kept beside it."""
        return self._meaning(no_progress)

    def prepare_meaning(self, progress: Progress = no_progress) -> None:
        """Make `meaning` if it is not there yet, about half a minute for 100,000 papers; or wait for another process that does.

        Parameters
        ----------
        progress : callable
            Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and leaves nothing.

        Raises
        ------
        CorpusError
            It could not be made: memory or the disk was full.
        """
        if "meaning" not in self.__dict__:
            self.__dict__["meaning"] = self._meaning(progress)

    def take_meaning(self, beside: Beside, progress: Progress = no_progress) -> None:
        """Have what `meaning` takes from a build that had it made; without a word where it was not.

        Parameters
        ----------
        beside : Beside
        progress : callable
            As `prepare_meaning` takes it.
        """
        beside.end(self._meaning_folder, progress)

    def have_meaning_made(self, progress: Progress = no_progress) -> None:
        """Have what `meaning` takes made by a process of its own, as for readers to come; nothing of it is opened here.

        Raises
        ------
        CorpusError
            It could not be made.
        """
        make(self.snapshot.generation, self._meaning_folder, progress)

    @property
    def meaning_outdated(self) -> bool:
        """Whether an earlier version made what ranking by meaning takes, and this one has to make it anew."""
        return not self.meaning_ready and any(self.snapshot.generation.glob("meaning-*"))

    def _meaning(self, progress: Progress) -> Meaning:
        from explorer.ranking.meaning import Meaning

        folder = self._meaning_folder
        if len(self.snapshot) >= LARGE:
            make(self.snapshot.generation, folder, progress)
        return Meaning(self.snapshot.table, folder, self._rows_of, progress=progress)

    @property
    def _meaning_folder(self) -> Path:
        # The number changes with what is kept there, so that a folder of another version is left alone and not misread.
        made: Path = self.snapshot.generation / "meaning-4"
        return made if made.is_dir() else home(self.snapshot.generation) / made.name

    @property
    def meaning_ready(self) -> bool:
        """Whether `meaning` opens at once: it was made before, or is held already."""
        return "meaning" in self.__dict__ or self._meaning_folder.is_dir()

    def hybrid(self, embedder: Embedder | None = None) -> HybridRanker:
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
        for known, ranker in self._embedded:
            if known is embedder:
                return ranker
        ranker = self._with_vectors(embedder)
        # Their vectors are mapped where the embedder has a key; two are enough to compare them.
        self._embedded = [*self._embedded[-1:], (embedder, ranker)]
        return ranker

    def _with_vectors(self, embedder: Embedder) -> HybridRanker:
        from explorer.ranking.embedders import encoder, vectors_of
        from explorer.ranking.hybrid import HybridRanker

        titles, abstracts = (self.snapshot.table.column(name).to_pylist() for name in ("title", "abstract"))
        texts = [f"{title or ''}\n{abstract or ''}".strip() for title, abstract in zip(titles, abstracts, strict=True)]
        vectors = vectors_of(embedder, texts, self.snapshot.generation)
        return HybridRanker(self.meaning.index, encoder(embedder), vectors, acronyms=self.meaning.acronyms)

    def kept(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What orders papers, computed once as long as there is room for it."""
        return self._orderings.get(key, lambda: self._made(make))

    def _made(self, make: Callable[[], Value]) -> Value:
        made = make()
        self._worked = "meaning" in self.__dict__ and len(self.snapshot) >= LARGE
        return made

    def rest(self) -> None:
        """Give back the memory that looking at every word of every paper took, if that was done since; for the end of an answer."""
        if self._worked:
            self._worked = False
            give_back(self._meaning_folder)

    def forget_concept(self, operand: Operand) -> None:
        """Drop what is kept of a concept whose papers have changed."""
        if "meaning" in self.__dict__:
            self.meaning.arithmetic.forget(operand)
        self._orderings.clear()

    def notice(self, operands: Iterable[Operand]) -> None:
        """Drop what is kept of the sets and tags among some operands whose papers have changed, here or in another window."""
        for operand in operands:
            if operand.kind not in ("set", "tag"):
                continue
            try:
                rows = self._rows_of(operand).tobytes()
            except (ConceptError, LibraryError):
                rows = b""
            if self._own_rows.get(operand, rows) != rows:
                self.forget_concept(operand)
            self._own_rows[operand] = rows

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
        return self.kept(("axis", low, high), lambda: self.meaning.axis(low, high))

    def axis_of(self, axis: tuple[str, ...]) -> Axis:
        """An axis of a selection: between two poles, or a column of numbers or dates.

        Raises
        ------
        ConceptError
            A pole has no papers of its own.
        SelectionError
            There is no such column.
        """
        return self.axis_between(*axis) if len(axis) == 2 else self.kept(("axis", axis[0]), lambda: self._column_axis(axis[0]))

    def _column_axis(self, field: str) -> Axis:
        from explorer.ranking.axes import Axis

        known = self.snapshot.columns.by_key
        stored = known.get(field.removeprefix(COLUMN))
        if stored is None or stored.numbers is None:
            choices = ", ".join(one.column.field for one in known.values() if one.numbers is not None)
            raise SelectionError(f"{field} is no column of numbers or dates. Such columns: {choices or 'none'}.")
        numbers = np.asarray(stored.numbers, np.float64)
        place = years_of(numbers) if stored.column.kind == "date" else numbers
        return Axis(stored.column.label, "", place.astype(np.float32), [], [], float("nan"))

    def axis_mask(self, axis: tuple[str, ...], places: tuple[float | None, float | None]) -> np.ndarray:
        """Papers whose place on an axis is between two, as a boolean array of shape (n_papers,); those without a place are not."""
        place = self.axis_of(axis).place
        least, most = places
        mask = ~np.isnan(place)
        if least is not None:
            mask &= place >= np.float32(least)
        return mask if most is None else mask & (place <= np.float32(most))

    def novelty(self, read: tuple[str, ...]) -> np.ndarray:
        """How far every paper is from those that were read.

        Parameters
        ----------
        read : tuple of str
            Ids of the papers, the first read first. They are the reader's own and no part of a `Selection`: the same selection
            gives another order to one who has read other papers.

        Returns
        -------
        ndarray of float32, shape (n_papers,)
            One less the largest cosine with a paper read, 0 to 2; NaN where none was read.
        """
        rows = self.snapshot.rows_known(read)
        if not len(rows):
            return np.full(len(self.snapshot), np.nan, np.float32)
        vectors = self.meaning.vectors
        nearest = np.full(len(self.snapshot), -1, np.float32)
        if self._nearest is not None and read[: len(self._nearest[0])] == self._nearest[0]:
            # One paper more was read: only it is compared.
            rows, nearest = self.snapshot.rows_known(read[len(self._nearest[0]) :]), self._nearest[1].copy()
        for part in range(0, len(rows), _AT_ONCE):
            np.maximum(nearest, (vectors @ vectors[rows[part : part + _AT_ONCE]].T).max(axis=1), out=nearest)
        self._nearest = read, nearest
        return np.asarray(1 - nearest, np.float32)

    def _rows_of(self, operand: Operand) -> np.ndarray:
        """Rows of the papers behind an operand of an expression."""
        topics, ids = self.snapshot.topics, self.snapshot.table.column("id")
        if operand.kind == "set":
            return self._rows_of_set(operand.name)
        if operand.kind == "tag":
            return self._rows_of_tag(operand.name)
        if operand.kind == "topic":
            [name] = topics.former.get(operand.name, (operand.name,))
            if name in topics.labels:
                return np.flatnonzero(topics.codes == topics.labels.index(name))
        if operand.kind == "paper":
            found = rows_where(pc.equal(ids, operand.name)).to_pylist()
            if found:
                return np.array(found, np.int64)
        raise ConceptError(f"The corpus has no {operand.kind} {operand.name!r}. Look it up in the dashboard, or use words.")

    def _rows_of_set(self, name: str) -> np.ndarray:
        found = self.snapshot.rows_known(self._members(name))
        if not len(found):
            raise ConceptError(f"None of the papers of the set “{name}” is in the corpus any more. Use another concept.")
        return found

    def _rows_of_tag(self, name: str) -> np.ndarray:
        found = np.flatnonzero(self.own.mask(Phrase(name, "tag")))
        if not len(found):
            raise ConceptError(f"No paper of the corpus has the tag “{name}”. Tag some, or use another concept.")
        return found

    def rank(self, expression: str, *, limit: int | None = None) -> pd.DataFrame:
        """Rank every paper by arithmetic over concepts, such as ``arithmetic + vision - benchmark``.

        Parameters
        ----------
        expression : str
            Words, ``"phrases"``, ``paper:ID``, ``set:NAME``, ``tag:NAME`` or ``topic:"LABEL"``, added and subtracted, with weights
            (``2*vision``); the grammar is in `explorer.selection.expression`.
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

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ranked = corpus.rank("arithmetic + vision - benchmark", limit=3)
        >>> ranked.columns.to_list()
        ['id', 'title', 'score', 'arithmetic', 'vision', 'benchmark']
        """
        import pandas as pd

        self.notice(term.operand for term in parse(expression).terms)
        ranking = self.meaning.arithmetic.rank(expression)
        rows = ranking.best(limit)
        table = _taken(self.snapshot.table.select(["id", "title"]), rows)
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

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> places = corpus.axis("theory", "experiment")
        >>> places.columns.to_list()
        ['id', 'title', 'place']
        >>> 0 <= places.attrs["separation"] <= 1
        True
        """
        axis = self.axis_between(low, high)
        frame = to_frame(self.snapshot.table.select(["id", "title"])).assign(place=axis.place)
        frame.attrs.update(low_terms=axis.low_terms, high_terms=axis.high_terms, separation=axis.separation)
        return frame


def years_of(days: np.ndarray) -> np.ndarray:
    """Days since 1970 as years with their fraction; NaN stays.

    Examples
    --------
    >>> years_of(np.array([0.0, 181.0, 18262.0])).round(2).tolist()
    [1970.0, 1970.5, 2020.0]
    """
    known = ~np.isnan(days)
    found = np.full(len(days), np.nan)
    date = days[known].astype(np.int64).astype("datetime64[D]")
    year = date.astype("datetime64[Y]")
    first, after = year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]")
    found[known] = year.astype(np.int64) + 1970 + (date - first) / (after - first)
    return found


def _taken(table: pa.Table, rows: np.ndarray) -> pa.Table:
    """Some rows of a table. Arrow copies a column together before it takes from it, which a few rows are not worth."""
    if len(rows) > 1000:
        return table.take(pa.array(rows))
    columns = [[table.column(name)[row].as_py() for row in rows.tolist()] for name in table.column_names]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, table.schema, strict=True)], table.schema)

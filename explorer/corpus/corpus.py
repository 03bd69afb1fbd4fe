"""The corpus: papers, full text, facets and topics, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.corpus.growth import GrowingCorpus
from explorer.dedupe.merges import Change, Merges
from explorer.errors import ConceptError, LibraryError, SelectionError
from explorer.papers.schema import to_frame, to_table
from explorer.search.explain import by_meaning, ranked, reasons
from explorer.search.results import Results
from explorer.selection.expression import Operand
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.store.build import Progress, cache_folder, content_hash, no_progress, write_corpus
from explorer.store.extend import change_digest
from explorer.store.fulltext import leaves
from explorer.text.analysis import as_written, tokens

if TYPE_CHECKING:
    import pandas as pd

    from explorer.dedupe.deduplication import Rules
    from explorer.library.library import Library, SavedSearch
    from explorer.papers.ledger import Ledger
    from explorer.ranking.vectors import Embedder
    from explorer.search.completion import Completion


MODES = ("bm25", "hybrid", "semantic")
"""Ways to rank a search: by words, by words and vectors and the best papers themselves, by vectors alone."""


class Corpus(GrowingCorpus):
    """A corpus and what can be asked of it. Make one with `from_papers` or `open_corpus`.

    Attributes
    ----------
    folder : Path
    manifest : dict
        Format version, content hash, number of papers, how it was made.
    table : pyarrow.Table
        The papers, in the schema.
    keywords_derived : bool
        Whether no paper came with keywords, and the facet of keywords holds key phrases from the text.
    index : TextIndex
    topics : Topics
    merged : Merges
        What was merged into which paper.
    rules : Rules
        Pairs of records that the reader wants merged always, or never.
    ledger : Ledger
        What became of every record that came in.
    """

    @classmethod
    def from_papers(
        cls,
        papers: pd.DataFrame | pa.Table,
        folder: str | PathLike[str] | None = None,
        *,
        n_topics: int | None = None,
        made: dict[str, Any] | None = None,
        merges: Merges | None = None,
        rules: Rules | None = None,
        ledger: Ledger | None = None,
        progress: Progress = no_progress,
    ) -> Corpus:
        """Build a corpus from a paper table.

        Parameters
        ----------
        papers : DataFrame or pyarrow.Table
            See `explorer.validate`; not changed.
        folder : path, optional
            By default a folder in the cache named after the content, so that the same papers are built once.
        n_topics : int, optional
            By default `topics.suggested_topics` of their number.
        merges : Merges, optional
            What was merged into the papers, as `Import.merges` gives it.
        rules : Rules, optional
            Pairs of records that the reader wants merged always, or never; by default those of a corpus in the folder.
        ledger : Ledger, optional
            What became of the records that the papers were made from, as `Import.ledger` gives it; by default each paper is a
            record that was accepted.
        progress : callable, optional
            Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the build and leaves nothing.

        Raises
        ------
        SchemaError
            The table has no title column or one of a wrong type.
        CorpusError
            The folder holds something else or cannot be written; or the ledger is of another number of papers.
        """
        table = to_table(papers)
        digest = content_hash(table)
        if folder is None and (
            rules is not None or (merges is not None and len(merges)) or (ledger is not None and ledger.notes)
        ):
            digest = change_digest("papers", Change(table, merges=merges, rules=rules, ledger=ledger))
        target = Path(folder) if folder is not None else cache_folder() / f"papers-{digest}-{n_topics or 'auto'}"
        if folder is None and (kept := cls.if_whole(target)) is not None:
            return kept
        write_corpus(table, target, made=made, n_topics=n_topics, merges=merges, rules=rules, ledger=ledger, progress=progress)
        return cls(target)

    def __repr__(self) -> str:
        return f"Corpus({str(self.folder)!r}, {len(self):,} papers)"

    @cached_property
    def papers(self) -> pd.DataFrame:
        """The papers as a DataFrame in the schema, memory-mapped, with their `topic`."""
        return to_frame(self._with_topic(self.table, np.asarray(self.topics.codes)))

    def _with_topic(self, table: pa.Table, codes: np.ndarray) -> pa.Table:
        labels = pa.array(self.topics.labels, pa.large_string())
        return _with_column(
            table, "topic", pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), labels).cast(labels.type)
        )

    # What a selection shows

    def results(self, selection: Selection) -> Results:
        """The papers of a selection, their order and their counts."""
        return Results(self, selection)

    def select(self, selection: Selection) -> pd.DataFrame:
        """The papers of a selection, in its order.

        Returns
        -------
        DataFrame
            The columns of the paper table, `topic`, `score` (BM25, or what else orders them; missing without either), for
            concepts and preferences one column ``part: NAME`` each, which add up to the score, and the places on the axes, if
            there are any, as `x` and `y`.

        Raises
        ------
        QueryError
            The query is malformed.
        """
        return to_frame(self.results(selection).table())

    def take(self, rows: np.ndarray, scores: np.ndarray, more: Mapping[str, np.ndarray] | None = None) -> pa.Table:
        """Papers of some rows, in their order, with `topic`, `score` and further columns of numbers."""
        mask = np.zeros(len(self), bool)
        mask[rows] = True
        place = np.cumsum(mask) - 1
        # Filtering first keeps `take` from gathering the text of the whole corpus into one buffer.
        found = self.table.filter(pa.array(mask)).combine_chunks().take(pa.array(place[rows]))
        found = self._with_topic(found, np.asarray(self.topics.codes[rows]))
        for name, values in {"score": scores, **(more or {})}.items():
            found = _with_column(found, name, pa.array(values, pa.float32(), from_pandas=True))
        return found

    def search(
        self,
        query: str,
        *,
        mode: str = "bm25",
        natural: bool = False,
        limit: int | None = 50,
        embedder: Embedder | None = None,
    ) -> pd.DataFrame:
        """Rank papers by a query.

        Parameters
        ----------
        query : str
            In the language of `explorer.selection.query`, or plain text with `natural`.
        mode : {"bm25", "hybrid", "semantic"}
            How to rank: by words; by words, vectors and the best papers themselves; by vectors alone.
        natural : bool
            Take the query as plain text: any of its words may match, nothing is an operator.
        limit : int or None
            Number of papers at most.
        embedder : Embedder, optional
            Where the vectors come from (see `explorer.ranking.embedders`); by default LSA, fitted on the corpus.

        Returns
        -------
        DataFrame
            As `select` gives, best first.

        Raises
        ------
        QueryError
            The query is malformed.
        SelectionError
            There is no such mode, or the limit is negative.
        EmbedderError
            The embedder gives what cannot be used.
        """
        if limit is not None and limit < 0:
            raise SelectionError(f"The limit is {limit}; it must be 0 or more, or None for all.")
        if mode not in MODES:
            raise SelectionError(f"There is no search mode {mode!r}. Modes: {', '.join(MODES)}.")
        if mode != "bm25":
            return self._by_meaning(query, mode, natural, limit, embedder)
        if natural:
            hits = self.index.natural(query, limit or len(self))
            best = np.lexsort((hits.rows, -hits.scores))[:limit]
            return to_frame(self.take(hits.rows[best], hits.scores[best]))
        results = self.results(Selection(query=query))
        rows = results.rows(0, limit)
        return to_frame(self.take(rows, results.scores(rows)))

    def why(self, row: int, selection: Selection) -> list[tuple[str, float]]:
        """What each part adds to the score that a selection shows for a paper, largest first (see `explorer.search.explain`)."""
        return reasons(self, row, selection)

    def explain(
        self, query: str, id_: str, *, mode: str = "bm25", natural: bool = False, embedder: Embedder | None = None
    ) -> pd.DataFrame:
        """Say why a paper stands where a search puts it.

        Parameters
        ----------
        query, mode, natural, embedder
            As for `search`.
        id_ : str
            The paper.

        Returns
        -------
        DataFrame
            Largest first: `reason` and its `contribution`; the contributions add up to the score. No rows where the paper is
            not a hit.

        Raises
        ------
        QueryError, SelectionError, EmbedderError
            As `search`.
        ConceptError
            The id is not in the corpus.
        """
        import pandas as pd

        if mode not in MODES:
            raise SelectionError(f"There is no search mode {mode!r}. Modes: {', '.join(MODES)}.")
        row = int(self.rows_with([id_])[0])
        if mode == "bm25" and natural:
            found = ranked(self.index.natural_contributions(query, row))
        elif mode == "bm25":
            found = self.why(row, Selection(query=query))
        else:
            node = None if natural else parse(query)
            text = query if node is None else " ".join(leaf.text for leaf in leaves(node))
            matches = node is None or self.index.matches(node, row)
            found = by_meaning(self.ranker(embedder), self.table, row, text, mode) if matches else []
        return pd.DataFrame(found, columns=["reason", "contribution"]).astype({"reason": "str", "contribution": "float64"})

    def _by_meaning(self, query: str, mode: str, natural: bool, limit: int | None, embedder: Embedder | None) -> pd.DataFrame:
        node = None if natural else parse(query)
        text = query if natural else " ".join(leaf.text for leaf in leaves(node))
        ranker = self.ranker(embedder)
        scores = ranker.scores(text) if mode == "hybrid" else ranker.cosines(text)
        rows = np.flatnonzero(scores > 0) if node is None else np.sort(self.index.hits(node).rows)
        best = rows[np.lexsort((rows, -scores[rows]))][:limit]
        return to_frame(self.take(best, scores[best]))

    def similar(self, row: int, limit: int = 8) -> list[tuple[int, list[str]]]:
        """Papers nearest to one by their rare words.

        Returns
        -------
        list of (int, list of str)
            Row, and up to four of the shared stems, rarest first.
        """
        title, abstract = (self.table.column(name)[row].as_py() or "" for name in ("title", "abstract"))
        hits = self.index.similar(title, abstract, limit + 1)
        own = {term for _, term in tokens(f"{title} {abstract}", "english") if len(term) > 2 and not term.isdigit()}
        found = []
        for other in hits.rows[np.lexsort((hits.rows, -hits.scores))]:
            if other == row:
                continue
            text = " ".join(self.table.column(name)[int(other)].as_py() or "" for name in ("title", "abstract"))
            shared = own & {term for _, term in tokens(text, "english")}
            rare = sorted(shared, key=lambda term: (self.index.rarity(term), term))
            found.append((int(other), as_written(rare[:4], f"{title} {abstract}")))
        return found[:limit]

    # While a query is being written

    def complete(self, text: str, at: int | None = None) -> list[Completion]:
        """Ways to go on with the word of a query under the cursor (see `explorer.search.completion`)."""
        from explorer.search.completion import complete

        return complete(self, text, at)

    def suggest(self, query: str) -> str | None:
        """A query with few hits as it may have been meant; None if it seems to be written right (see `explorer.search.completion`)."""
        from explorer.search.completion import suggest

        return suggest(self, query)

    def _rows_of(self, operand: Operand) -> np.ndarray:
        if operand.kind != "set":
            return super()._rows_of(operand)
        ids = pa.array(self.library.members(operand.name), self.table.schema.field("id").type)
        found = np.flatnonzero(pc.is_in(self.table.column("id"), value_set=ids).to_numpy())
        if not len(found):
            raise ConceptError(
                f"None of the papers of the set “{operand.name}” is in the corpus any more. Use another concept."
            )
        return found

    # Now and then

    @cached_property
    def library(self) -> Library:
        """The searches and sets of papers that the reader saved for this corpus."""
        from explorer.library.library import Library

        return Library(self)

    def _kept_reads(self) -> tuple[str, ...]:
        try:
            return self.library.reads()
        except LibraryError:
            # What is wrong with the file is said where the saved searches stand, and where it is written.
            return ()

    def compare(self, before: Selection | SavedSearch, after: Selection | SavedSearch) -> pd.DataFrame:
        """Papers that are new in the second selection, gone from the first, or in both.

        Parameters
        ----------
        before, after : Selection or SavedSearch
            A saved search as `before` stands for the papers it gave when it was saved, as `after` for those it gives now.

        Returns
        -------
        DataFrame
            As `explorer.search.comparison.compare` gives.
        """
        import pandas as pd

        from explorer.library.library import SavedSearch
        from explorer.search.comparison import compare

        then: Results | pd.DataFrame
        if isinstance(before, SavedSearch):
            ids = pd.DataFrame({"id": self.library.ids(before.name)}, dtype="object")
            now = pd.DataFrame({name: self.table.column(name).to_pylist() for name in ("id", "title")}, dtype="object")
            then = ids.merge(now, on="id", how="left")
        else:
            then = self.results(before)
        return compare(then, self.results(after.selection if isinstance(after, SavedSearch) else after))


def _with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """Add a column, in place of one of that name that the papers brought, as those of an earlier export do."""
    return (table.drop_columns([name]) if name in table.column_names else table).append_column(name, values)

"""The corpus that users hold: a snapshot and a ranker of it, the reader's library, and growth, behind one front."""

from __future__ import annotations

from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

from explorer.corpus import growth, saved
from explorer.corpus.card import card
from explorer.corpus.documented import Handed, documented_by, moved
from explorer.corpus.topics import CorpusTopics
from explorer.dedupe.merges import Change, Merges
from explorer.feed import daily, recommend, trending
from explorer.papers.schema import to_frame
from explorer.search import completion, explain, ranked_search, similar
from explorer.search.ranker import Ranker
from explorer.search.results import Results
from explorer.selection.selection import Selection
from explorer.store.build import Progress, no_progress
from explorer.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from explorer.dedupe.rules import Rules
    from explorer.library.library import Library, SavedSearch
    from explorer.papers.ledger import Ledger
    from explorer.ranking.vectors import Embedder
    from explorer.sources.formats.registry import Import


class Corpus:
    """A corpus and what can be asked of it. Make one with `from_papers` or `open_corpus`.

    Attributes
    ----------
    snapshot, ranker, library : Snapshot, Ranker, Library
        The generation that is shown, frozen; what ranks it beyond words; what belongs to the reader.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> corpus.select("vision")["title"].size
    5
    """

    def __init__(self, folder: str | PathLike[str] | Snapshot) -> None:
        self._show(folder if isinstance(folder, Snapshot) else Snapshot(folder))

    def _show(self, snapshot: Snapshot) -> None:
        """Show another generation of the same papers."""
        vars(self).clear()
        self.snapshot, self.ranker = snapshot, Ranker(snapshot, lambda n: self.library.members(n), lambda: self.library.own)

    @classmethod
    @documented_by(growth.build)
    def from_papers(
        cls,
        papers: pd.DataFrame | pa.Table | Import,
        folder: str | PathLike[str] | None = None,
        *,
        n_topics: int | None = None,
        made: dict[str, Any] | None = None,
        merges: Merges | None = None,
        rules: Rules | None = None,
        ledger: Ledger | None = None,
        progress: Progress = no_progress,
    ) -> Self:
        return cls(
            growth.build(
                papers, folder, n_topics=n_topics, made=made, merges=merges, rules=rules, ledger=ledger, progress=progress
            )
        )

    def __len__(self) -> int:
        return len(self.snapshot)

    def __repr__(self) -> str:
        return f"Corpus({str(self.folder)!r}, {len(self):,} papers)"

    _repr_html_ = card
    folder: Handed[Path] = Handed("snapshot.folder", "Path of the corpus folder.")
    manifest: Handed[dict[str, Any]] = Handed("snapshot.manifest", "Format version, content hash, papers, how it was made.")
    table: Handed[pa.Table] = Handed(
        "snapshot.table.whole", "The papers in the schema, memory-mapped but for abstracts that are packed."
    )
    ledger: Handed[Ledger] = Handed("snapshot.ledger", str(Snapshot.ledger.__doc__))
    rules: Handed[Rules] = Handed("snapshot.rules", "Pairs of records that are merged always, or never.")

    @cached_property
    def papers(self) -> pd.DataFrame:
        """The papers as a DataFrame in the schema, memory-mapped, with their `topic`."""
        return to_frame(self.snapshot.with_topic(self.table, self.snapshot.topics.codes))

    @property
    def topics(self) -> CorpusTopics:
        """What the papers are about: labels, words, the topic of each paper; and changes of the topics."""
        return CorpusTopics(self)

    @property
    @documented_by(Merges.frame)
    def merges(self) -> pd.DataFrame:
        return self.snapshot.merged.frame()

    @property
    @documented_by(Merges.undecided)
    def likely(self) -> pd.DataFrame:
        return self.snapshot.merged.undecided(self.rules)

    # What can be asked

    @documented_by(Results, without=("ranker",))
    def results(self, selection: Selection, read: tuple[str, ...] | None = None) -> Results:
        if read is None:
            read = self.read_papers if selection.weighs_novelty else ()
        return Results(self.ranker, selection, read)

    @documented_by(ranked_search.select)
    def select(self, selection: Selection | str) -> pd.DataFrame:
        return ranked_search.select(self.results(Selection.of(selection)))

    @documented_by(ranked_search.search)
    def search(
        self,
        query: str,
        *,
        mode: str = "bm25",
        natural: bool = False,
        limit: int | None = 50,
        embedder: Embedder | None = None,
    ) -> pd.DataFrame:
        return ranked_search.search(self.ranker, query, mode=mode, natural=natural, limit=limit, embedder=embedder)

    @documented_by(explain.why, without=("ranker", "read"))
    def why(self, id_: str, selection: Selection | str) -> list[tuple[str, float]]:
        chosen = Selection.of(selection)
        return explain.why(self.ranker, id_, chosen, self.read_papers if chosen.weighs_novelty else ())

    @documented_by(explain.explain)
    def explain(
        self, query: str, id_: str, *, mode: str = "bm25", natural: bool = False, embedder: Embedder | None = None
    ) -> pd.DataFrame:
        return explain.explain(self.ranker, query, id_, mode=mode, natural=natural, embedder=embedder)

    @documented_by(Ranker.rank)
    def rank(self, expression: str, *, limit: int | None = None) -> pd.DataFrame:
        return self.ranker.rank(expression, limit=limit)

    @documented_by(Ranker.axis)
    def axis(self, low: str, high: str) -> pd.DataFrame:
        return self.ranker.axis(low, high)

    @documented_by(similar.similar_papers, without=("snapshot",))
    def similar(self, id_: str, limit: int = 8) -> pd.DataFrame:
        return similar.similar_papers(self.snapshot, id_, limit)

    @documented_by(completion.complete, without=("snapshot", "limit", "own"))
    def complete(self, text: str, at: int | None = None) -> list[completion.Completion]:
        return completion.complete(self.snapshot, text, at, own=self.ranker.own)

    @documented_by(completion.suggest, without=("snapshot",))
    def suggest(self, query: str) -> str | None:
        return completion.suggest(self.snapshot, query)

    # What belongs to the reader

    @cached_property
    def library(self) -> Library:
        """The searches and sets of papers that the reader saved for this corpus, and the papers read."""
        from explorer.library.library import Library

        return Library(self.ranker)

    @property
    @documented_by(saved.read_papers)
    def read_papers(self) -> tuple[str, ...]:
        return saved.read_papers(self.library)

    @documented_by(saved.compare)
    def compare(self, before: Selection | SavedSearch, after: Selection | SavedSearch) -> pd.DataFrame:
        return saved.compare(self.library, before, after)

    # What is new

    @documented_by(daily.daily, without=("snapshot",))
    def daily(self, day: str | date | None = None) -> pd.DataFrame:
        return daily.daily(self.snapshot, day)

    @documented_by(trending.trending, without=("counts", "weights"))
    def trending(self, day: str | date | None = None, *, limit: int | None = None) -> pd.DataFrame:
        return trending.trending(self.snapshot, day, limit=limit)

    @documented_by(recommend.for_reader)
    def recommend(self, like: Iterable[str] = (), *, limit: int | None = 50) -> pd.DataFrame:
        return recommend.for_reader(self.library, like, limit=limit)

    # How it changes: each gives another object, and this one goes on showing the papers before

    @documented_by(growth.addition)
    def add(
        self,
        papers: pd.DataFrame | pa.Table | Import,
        *,
        keep_duplicates: bool = False,
        made: dict[str, Any] | None = None,
        progress: Progress = no_progress,
    ) -> Self:
        change = growth.addition(self.snapshot, papers, keep_duplicates=keep_duplicates, progress=progress)
        return self.changed(change, made=made, progress=progress)

    @documented_by(growth.separation)
    def split(self, paper: str, *, progress: Progress = no_progress) -> Self:
        return self.changed(growth.separation(self.snapshot, paper), step="split", made={"paper": paper}, progress=progress)

    @documented_by(growth.decided, without=("snapshot",))
    def decide(self, rules: Rules, *, progress: Progress = no_progress) -> Self:
        return type(self)(growth.decided(self.snapshot, rules, progress))

    @documented_by(growth.refitted)
    def refit(self, n_topics: int | None = None, *, progress: Progress = no_progress) -> Self:
        return type(self)(growth.refitted(self.snapshot, n_topics, progress))

    @documented_by(growth.removal, without=("snapshot",))
    def remove(self, papers: Sequence[str] | str, *, progress: Progress = no_progress) -> Self:
        return type(self)(growth.removal(self.snapshot, papers, progress))

    @documented_by(growth.undone)
    def undo(self) -> Self:
        return type(self)(growth.undone(self.snapshot))

    @documented_by(growth.changed)
    def changed(
        self, change: Change, *, step: str = "added", made: dict[str, Any] | None = None, progress: Progress = no_progress
    ) -> Self:
        snapshot = self.snapshot
        # A corpus of the cache is that of its files or papers, and no other; the ledger of a folder takes what came in vain too.
        if not change and (snapshot.cached_name is not None or not snapshot.accounts.lacks(change.ledger)):
            return self
        return type(self)(growth.changed(self.snapshot, change, step=step, made=made, progress=progress))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return moved(self, name, ("snapshot", "ranker"))

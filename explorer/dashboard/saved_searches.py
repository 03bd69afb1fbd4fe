"""What a reader keeps beside the selection: saved searches and sets of papers, and what the papers shown are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dashboard.views.chips import titles_of
from explorer.errors import ExplorerError, LibraryError, SelectionError
from explorer.library.library import Library, SavedSearch
from explorer.search.comparison import last_day, published_by
from explorer.search.results import Results
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    from explorer.dashboard.session import Session

PARTS = ("all", "new", "gone")
"""Which papers of a comparison the list shows: those shown anyway, those new among them, or those gone."""


@dataclass(frozen=True)
class Base:
    """What the papers shown are compared with.

    Attributes
    ----------
    label : str
        It in words.
    papers : callable
        Gives, for the results shown, a mask over the papers of the corpus and how many more papers are not in the corpus.
    takes : Selection, optional
        What is run for it, which may take what the corpus has yet to make.
    """

    label: str
    papers: Callable[[Results], tuple[np.ndarray, int]]
    takes: Selection | None = None


class SavedSearches:
    """The saved searches and sets of a session's corpus, and what its papers are compared with.

    Parameters
    ----------
    session : Session
    writable : bool
        Whether searches may be saved and deleted.
    """

    def __init__(self, session: Session, *, writable: bool = True) -> None:
        self.session = session
        self.writable = writable
        self.base: Base | None = None
        self.part = "all"
        self._new: dict[tuple[str, str, str], int] = {}

    @property
    def library(self) -> Library:
        """Of the corpus that is shown."""
        return self.session.corpus.library

    # What the page shows

    def saved(self) -> dict[str, Any]:
        """The saved searches as plain values, or why there are none."""
        try:
            rows, problem = [self._row(saved) for saved in self.library.searches()], ""
            sets = self._sets()
        except LibraryError as error:
            rows, sets, problem = [], [], str(error)
        return {"rows": rows, "sets": sets, "problem": problem, "writable": self.writable}

    def _sets(self) -> list[dict[str, Any]]:
        """The reader's sets, then those that others share, which go by the reader's name too."""
        own, others = self.library.sets(), self.library.shared_sets() if self.writable else []
        reader = self.library.reader
        return [
            {
                "name": row.name if row.reader == reader else f"{row.reader}: {row.name}",
                "papers": row.papers,
                "date": row.saved_at[:10],
                "own": row.reader == reader,
            }
            for row in (*own, *others)
        ]

    def names(self) -> list[tuple[str, int]]:
        """Names of the saved sets and searches with their papers, as a concept may be made of each."""
        try:
            sets, searches = self._sets(), self.library.searches()
            return [*((row["name"], row["papers"]) for row in sets), *((row.name, row.papers) for row in searches)]
        except LibraryError:
            return []

    def _row(self, saved: SavedSearch) -> dict[str, Any]:
        try:
            chosen = saved.selection.with_topics(self.session.corpus.snapshot.topics.former)
            titles = titles_of(self.session.corpus.snapshot, (*chosen.like, *chosen.unlike))
            sentence = chosen.describe(saved.papers, titles=titles)
        except SelectionError as error:
            sentence = str(error)
        return {
            "name": saved.name,
            "sentence": sentence,
            "date": saved.saved_at[:10],
            "changed": saved.content_hash != self.session.corpus.manifest["content_hash"],
            "new": self._new.get(self._state(saved)),
        }

    def _state(self, saved: SavedSearch) -> tuple[str, str, str]:
        """A search, and the corpus that it is asked of."""
        return saved.name, saved.saved_at, self.session.corpus.manifest["content_hash"]

    def count_new(self) -> None:
        """Count for each search what it finds now and did not give when it was saved, where the corpus has changed since.

        A search by meaning is left out: it may take what the corpus has yet to make.
        """
        here = self.session.corpus.manifest["content_hash"]
        for saved in self.library.searches():
            if saved.content_hash == here or self._state(saved) in self._new:
                continue
            try:
                chosen = saved.selection
                if chosen.mode == "meaning":
                    continue
                results = Results(self.session.results.ranker, chosen, self.session.results.read)
                then, _ = _Kept(pa.array(self.library.ids(saved.name), pa.large_string()))(results)
                self._new[self._state(saved)] = int(np.count_nonzero(results.mask & ~then))
            except ExplorerError:
                # What is wrong with it is said where it is run.
                continue

    def comparison(self) -> dict[str, Any] | None:
        """The numbers of the comparison in force; None without one."""
        if self.base is None:
            return None
        then, missing = self.base.papers(self.session.results)
        now = self.session.results.mask
        return {
            "label": self.base.label,
            "new": int(np.count_nonzero(now & ~then)),
            "gone": int(np.count_nonzero(then & ~now)) + missing,
            "shared": int(np.count_nonzero(then & now)),
            "missing": missing,
            "part": self.part,
        }

    def rows(self) -> np.ndarray | None:
        """Rows that the list shows instead of all those of the selection, in its order; None for all."""
        if self.base is None or self.part == "all":
            return None
        results = self.session.results
        then, _ = self.base.papers(results)
        if self.part == "new":
            rows = results.rows()
            return np.asarray(rows[~then[rows]])
        # Those gone have no place in the order of a search that does not find them.
        order = results.snapshot.order("newest")
        return np.asarray(order[(then & ~results.mask)[order]])

    # What the reader does

    def save(self, name: str, *, replace: bool) -> str:
        """Save what is shown under a name."""
        self.check_writable()
        saved = self.library.save(name, self.session.results, replace=replace)
        return f"Saved “{saved.name}”."

    def delete(self, name: str) -> str:
        """Forget a saved search."""
        self.check_writable()
        self.library.delete(name)
        return f"Deleted “{name}”."

    def rename(self, name: str, to: str) -> str:
        """Give a saved search another name."""
        self.check_writable()
        self.library.rename(name, to)
        return f"“{name}” is now “{' '.join(to.split())}”."

    def save_set(self, name: str, *, replace: bool) -> str:
        """Save the ticked papers as a set."""
        self.check_writable()
        ids = self.session.corpus.snapshot.table.column("id")
        saved = self.library.save_set(name, [ids[row].as_py() for row in sorted(self.session.ticked)], replace=replace)
        return f"Saved the set “{saved.name}” of {saved.papers:,} paper{'' if saved.papers == 1 else 's'}."

    def delete_set(self, name: str) -> str:
        """Forget a saved set."""
        self.check_writable()
        self.library.delete_set(name)
        return f"Deleted the set “{name}”."

    def check_writable(self) -> None:
        """Raise `LibraryError` where nothing may be saved."""
        if not self.writable:
            raise LibraryError("What is saved cannot be changed here: the server was started read-only.")

    def get(self, name: str, *, changes: bool) -> tuple[Selection, Base | None, str]:
        """A saved search, and what to compare it with: if the corpus has changed since, or on request, what it gave when it was saved.

        Returns
        -------
        tuple of (Selection, Base or None, str)
            Its selection, the base, and a sentence where the corpus has changed.
        """
        saved = self.library.get(name)
        changed = saved.content_hash != self.session.corpus.manifest["content_hash"]
        base = self.base_of({"saved": name, "then": True}) if changes or changed else None
        return saved.selection, base, "The corpus has changed since this search was saved." if changed else ""

    def beside(self, base: Base | None) -> None:
        """Compare what is shown, now and as it changes, with a base; None ends the comparison."""
        if base is not None:
            # What cannot be computed fails here, before it is in force.
            base.papers(self.session.results)
        self.base, self.part = base, "all"

    def show(self, part: str) -> None:
        """Show all papers of the selection, or those new or gone."""
        if part not in PARTS:
            raise SelectionError(f"A comparison has no part {part!r}. Parts: {', '.join(PARTS)}.")
        self.part = part
        self.session.page = 0

    def base_of(self, given: Mapping[str, Any]) -> Base:
        """What a page wants compared.

        Parameters
        ----------
        given : mapping
            ``{"saved": name, "then": True}`` for the papers a search gave when it was saved, without `then` for those it gives
            now; ``{"url": query}`` for another selection; ``{"date": "2024-03"}`` for the papers of the same selection that
            were published by then.
        """
        if "saved" in given:
            saved = self.library.get(str(given["saved"]))
            if given.get("then"):
                ids = pa.array(self.library.ids(saved.name), pa.large_string())
                return Base(f"‘{saved.name}’ as saved on {saved.saved_at[:10]}", _Kept(ids))
            return Base(f"‘{saved.name}’", _selected(saved.selection), saved.selection)
        if "url" in given:
            selection = Selection.from_url(str(given["url"]))
            return Base(selection.describe(), _selected(selection), selection)
        date = " ".join(str(given["date"]).split())
        last_day(date)
        return Base(f"what was published by {date}", lambda results: (results.mask & published_by(results, date), 0))


def _selected(selection: Selection) -> Callable[[Results], tuple[np.ndarray, int]]:
    return lambda results: (Results(results.ranker, selection, results.read).mask, 0)


class _Kept:
    """Papers by their ids, looked up once a corpus."""

    def __init__(self, ids: pa.Array) -> None:
        self._ids = ids
        self._found: tuple[str, np.ndarray] | None = None

    def __call__(self, results: Results) -> tuple[np.ndarray, int]:
        snapshot = results.snapshot
        if self._found is None or self._found[0] != snapshot.manifest["content_hash"]:
            there = snapshot.table.column("id").combine_chunks().cast(pa.large_string())
            mask = pc.is_in(there, value_set=self._ids).to_numpy(zero_copy_only=False)
            self._found = snapshot.manifest["content_hash"], mask
        mask = self._found[1]
        return mask, len(self._ids) - int(np.count_nonzero(mask))

"""What a reader keeps beside the selection: saved searches and sets of papers, and what the papers shown are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dashboard.relevance_feedback import add_operand
from explorer.errors import LibraryError, SelectionError
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
    """

    label: str
    papers: Callable[[Results], tuple[np.ndarray, int]]


class Desk:
    """The saved searches of a session's corpus, and its comparison.

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

    @property
    def library(self) -> Library:
        """Of the corpus that is shown."""
        return self.session.corpus.library

    # What the page shows

    def saved(self) -> dict[str, Any]:
        """The saved searches as plain values, or why there are none."""
        try:
            rows, problem = [self._row(saved) for saved in self.library.searches()], ""
            sets = [{"name": row.name, "papers": row.papers, "date": row.saved_at[:10]} for row in self.library.sets()]
        except LibraryError as error:
            rows, sets, problem = [], [], str(error)
        return {"rows": rows, "sets": sets, "problem": problem, "writable": self.writable}

    def _row(self, saved: SavedSearch) -> dict[str, Any]:
        try:
            sentence = saved.selection.describe(saved.papers)
        except SelectionError as error:
            sentence = str(error)
        return {
            "name": saved.name,
            "sentence": sentence,
            "date": saved.saved_at[:10],
            "changed": saved.content_hash != self.session.corpus.manifest["content_hash"],
        }

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
        order = results.corpus.order("newest")
        return np.asarray(order[(then & ~results.mask)[order]])

    # What the reader does

    def save(self, name: str, *, replace: bool) -> str:
        """Save what is shown under a name."""
        self._check_writable()
        saved = self.library.save(name, self.session.results, replace=replace)
        return f"Saved “{saved.name}”."

    def delete(self, name: str) -> str:
        """Forget a saved search."""
        self._check_writable()
        self.library.delete(name)
        return f"Deleted “{name}”."

    def rename(self, name: str, to: str) -> str:
        """Give a saved search another name."""
        self._check_writable()
        self.library.rename(name, to)
        return f"“{name}” is now “{' '.join(to.split())}”."

    def save_set(self, name: str, *, replace: bool) -> str:
        """Save the ticked papers as a set."""
        self._check_writable()
        ids = self.session.corpus.table.column("id")
        saved = self.library.save_set(name, [ids[row].as_py() for row in sorted(self.session.ticked)], replace=replace)
        return f"Saved the set “{saved.name}” of {saved.papers:,} paper{'' if saved.papers == 1 else 's'}."

    def set_as_concept(self, name: str, *, replace: bool) -> str:
        """Save the ticked papers as a set and rank by it too."""
        # Before anything is saved, for what waits is done again from its beginning.
        self.session.check_ready(Selection(rank="set"))
        said = self.save_set(name, replace=replace)
        add_operand(self.session, "set", " ".join(name.split()))
        self.session.ticked = frozenset()
        return said

    def delete_set(self, name: str) -> str:
        """Forget a saved set."""
        self._check_writable()
        self.library.delete_set(name)
        return f"Deleted the set “{name}”."

    def _check_writable(self) -> None:
        if not self.writable:
            raise LibraryError("What is saved cannot be changed here: the server was started read-only.")

    def run(self, name: str, *, changes: bool) -> str:
        """Show a saved search; if the corpus has changed since, or on request, beside what it gave when it was saved."""
        saved = self.library.get(name)
        selection = saved.selection
        changed = saved.content_hash != self.session.corpus.manifest["content_hash"]
        base = self._base({"saved": name, "then": True}) if changes or changed else None
        self.session.show(selection)
        self.base, self.part = base, "all"
        return "The corpus has changed since this search was saved." if changed else ""

    def compare(self, with_: Mapping[str, Any] | None) -> None:
        """Compare what is shown, now and as it changes.

        Parameters
        ----------
        with_ : mapping or None
            ``{"saved": name, "then": True}`` for the papers a search gave when it was saved, without `then` for those it gives
            now; ``{"url": query}`` for another selection; ``{"date": "2024-03"}`` for the papers of the same selection that
            were published by then; None to end the comparison.
        """
        base = None if with_ is None else self._base(with_)
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

    def _base(self, with_: Mapping[str, Any]) -> Base:
        if "saved" in with_:
            saved = self.library.get(str(with_["saved"]))
            if with_.get("then"):
                ids = pa.array(self.library.ids(saved.name), pa.large_string())
                return Base(f"‘{saved.name}’ as saved on {saved.saved_at[:10]}", _Kept(ids))
            self.session.check_ready(saved.selection)
            return Base(f"‘{saved.name}’", _selected(saved.selection))
        if "url" in with_:
            selection = Selection.from_url(str(with_["url"]))
            self.session.check_ready(selection)
            return Base(selection.describe(), _selected(selection))
        date = " ".join(str(with_["date"]).split())
        last_day(date)
        return Base(f"what was published by {date}", lambda results: (results.mask & published_by(results, date), 0))


def _selected(selection: Selection) -> Callable[[Results], tuple[np.ndarray, int]]:
    return lambda results: (results.corpus.results(selection).mask, 0)


class _Kept:
    """Papers by their ids, looked up once a corpus."""

    def __init__(self, ids: pa.Array) -> None:
        self._ids = ids
        self._found: tuple[str, np.ndarray] | None = None

    def __call__(self, results: Results) -> tuple[np.ndarray, int]:
        corpus = results.corpus
        if self._found is None or self._found[0] != corpus.manifest["content_hash"]:
            there = corpus.table.column("id").combine_chunks().cast(pa.large_string())
            mask = pc.is_in(there, value_set=self._ids).to_numpy(zero_copy_only=False)
            self._found = corpus.manifest["content_hash"], mask
        mask = self._found[1]
        return mask, len(self._ids) - int(np.count_nonzero(mask))


MESSAGES: dict[str, Callable[[Desk, dict[str, Any]], str | None]] = {
    "saved": lambda desk, content: None,
    "save_search": lambda desk, content: desk.save(str(content["name"]), replace=bool(content.get("replace"))),
    "delete_search": lambda desk, content: desk.delete(str(content["name"])),
    "rename_search": lambda desk, content: desk.rename(str(content["name"]), str(content["to"])),
    "set_as_concept": lambda desk, content: desk.set_as_concept(str(content["name"]), replace=bool(content.get("replace"))),
    "delete_set": lambda desk, content: desk.delete_set(str(content["name"])),
    "run_search": lambda desk, content: desk.run(str(content["name"]), changes=bool(content.get("changes"))),
    "compare": lambda desk, content: desk.compare(content["with"]),
    "compare_show": lambda desk, content: desk.show(str(content["part"])),
}
"""What a page may ask of it."""

"""The library of a corpus as one reader holds it: one method for each thing that can be done, frames of what is there.

It lies in the reader's own data folder, one SQLite file a corpus, for the corpus itself may be shared and read-only. Several
dashboards, processes and readers may use one file at once (`explorer.library.database`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import LibraryError
from explorer.library.database import Database
from explorer.library.marks import READS, STARS, TAGS, Mark, Marks, Undone, tidy_tag, undo
from explorer.library.names import LONGEST_NAME, missing
from explorer.library.notes import NOTES, write_note
from explorer.library.own import OwnMarks
from explorer.library.place import library_path
from explorer.library.readers import reader_name, tidy_reader
from explorer.library.saved_searches import SavedSearch, SavedSearches
from explorer.library.sets import SavedSet, Sets
from explorer.library.sharing import share, shared
from explorer.library.subscriptions import Subscriptions
from explorer.library.visits import Visit, Visits
from explorer.papers.html_table import html_table
from explorer.search.comparison import compare
from explorer.search.results import Results
from explorer.selection.expression import Operand
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from explorer.search.ranker import Ranker

__all__ = ["LONGEST_NAME", "Library", "SavedSearch", "SavedSet"]

MARKS = (STARS, TAGS, NOTES, READS)
"""The nouns that are marks on papers."""


class Library:
    """Stars, tags, notes, papers read, sets, saved searches and visits of one reader of a corpus.

    Parameters
    ----------
    ranker : Ranker
        Of the corpus; it forgets what it fitted on a set or tag that changes. A corpus has its own library, whatever is added to
        it and wherever its folder stands. Corpora that were made from plain files in the cache share one by the names of the
        files, so that a new export of a bibliography still has its searches.
    folder : Path, optional
        Data folder, by default `data_folder()`. Several readers may be given the same.
    reader : str, optional
        Name of the reader, by default as `reader_name` finds it.

    Notes
    -----
    Reading makes no file. Every method raises `LibraryError` where the file cannot be read or written. Papers are named by id; an
    id that the corpus does not have is refused where it is given a mark, and kept where it had one before.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> id_ = corpus.papers["id"][0]
    >>> corpus.library.star(id_)
    1
    >>> corpus.library.stars["id"].tolist() == [id_]
    True
    >>> corpus.library.undo().noun
    'stars'
    >>> len(corpus.library.stars)
    0
    """

    def __init__(self, ranker: Ranker, folder: Path | None = None, reader: str | None = None) -> None:
        self.ranker = ranker
        self.path = library_path(ranker.snapshot, folder)
        self.database = Database(self.path, reader_name() if reader is None else tidy_reader(reader))
        self.marks = {noun.name: Marks(self.database, noun) for noun in MARKS}
        self._searches = SavedSearches(self.database)
        self._sets = Sets(self.database)
        self._visits = Visits(self.database)
        self.since: Visit | None = None

    @cached_property
    def own(self) -> OwnMarks:
        """The marks as masks and facets, for the search."""
        return OwnMarks(
            self.ranker.snapshot,
            self.database,
            marks=lambda noun: self.marks[noun].all(),
            members=self.members,
            new=lambda: self.new,
            shared=self.shared_marks,
            sets=lambda: [(row.name, row.papers) for row in self.sets()],
        )

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What the reader wants to be told of."""
        return Subscriptions(self.database, self.ranker.snapshot)

    @property
    def reader(self) -> str:
        """Whose stars, tags and notes these are; empty where the reader has no name."""
        return self.database.reader

    # Marks on papers

    def star(self, *ids: str) -> int:
        """Star papers. Returns how many had no star before."""
        return self.marks["stars"].put(self._there(ids))

    def unstar(self, *ids: str) -> int:
        """Take the star off papers. Returns how many had one."""
        return self.marks["stars"].take(ids)

    def tag(self, ids: str | Iterable[str], name: str) -> int:
        """Give one or several papers a tag. Returns how many had it not before."""
        changed = self.marks["tags"].put(self._there(_several(ids)), tidy_tag(name))
        self._changed(tidy_tag(name), kind="tag")
        return changed

    def untag(self, ids: str | Iterable[str], name: str) -> int:
        """Take a tag off one or several papers. Returns how many had it."""
        changed = self.marks["tags"].take(_several(ids), name)
        self._changed(name, kind="tag")
        return changed

    def note(self, id_: str, text: str, *, before: str | None = None) -> str:
        """Write the note of a paper, in place of the one it had; an empty one is none.

        Parameters
        ----------
        id_ : str
        text : str
        before : str, optional
            The text that the writer began from. Where another window has changed it since, both changes are kept.

        Returns
        -------
        str
            The note as it stands now.
        """
        return write_note(self.marks["notes"], self._there([id_])[0], text, before)

    def note_of(self, id_: str) -> str:
        """The note of a paper; empty where it has none."""
        return next((mark.text for mark in self.marks["notes"].of(id_)), "")

    def tags_of(self, id_: str) -> list[str]:
        """The tags of a paper, by name."""
        return [mark.name for mark in self.marks["tags"].of(id_)]

    def mark_read(self, id_: str, read: bool = True) -> None:
        """Keep that a paper was read, or forget it."""
        self.marks["reads"].put([id_]) if read else self.marks["reads"].take([id_])

    def reads(self) -> tuple[str, ...]:
        """Ids of the papers that were read, the first read first."""
        return tuple(mark.id for mark in self.marks["reads"].all())

    def undo(self) -> Undone:
        """Take the last change of stars, tags, notes or papers read back.

        Raises
        ------
        LibraryError
            There is none, or what it changed was changed again since, in another window.
        """
        return self._undone(undo(self.database, MARKS))

    def redo(self) -> Undone:
        """Do again what was undone last. Raises as `undo` does."""
        return self._undone(undo(self.database, MARKS, redo=True))

    @property
    def stars(self) -> pd.DataFrame:
        """The papers with a star, the first starred first: `id`, `title` (missing where the corpus has it no more), `at` (UTC)."""
        return self._frame(self.marks["stars"].all(), {})

    @property
    def tags(self) -> pd.DataFrame:
        """The tags, one row a paper and tag: `id`, `title`, `tag`, `at` (UTC)."""
        return self._frame(self.marks["tags"].all(), {"tag": "name"})

    @property
    def notes(self) -> pd.DataFrame:
        """The notes: `id`, `title`, `note`, `at` (UTC, when it was last changed)."""
        return self._frame(self.marks["notes"].all(), {"note": "text"})

    @property
    def read(self) -> pd.DataFrame:
        """The papers read, the first read first: `id`, `title`, `at` (UTC)."""
        return self._frame(self.marks["reads"].all(), {})

    def _frame(self, marks: list[Mark], more: dict[str, str]) -> pd.DataFrame:
        import pandas as pd

        ids = [mark.id for mark in marks]
        titles = self._titles(ids)
        columns: dict[str, Any] = {"id": ids, "title": [titles.get(id_) for id_ in ids]}
        columns |= {column: [getattr(mark, of) for mark in marks] for column, of in more.items()}
        at = pd.to_datetime([mark.at for mark in marks], utc=True, format="ISO8601")
        return pd.DataFrame(columns, dtype="object").assign(at=at)

    def _titles(self, ids: Sequence[str]) -> dict[str, str]:
        rows = self.ranker.snapshot.rows_known(tuple(set(ids)))
        table = self.ranker.snapshot.table.select(["id", "title"]).take(rows)
        return dict(zip(*(table.column(name).to_pylist() for name in ("id", "title")), strict=True))

    def ids_of(self, rows: Sequence[int]) -> list[str]:
        """Ids of the papers in some rows of the corpus."""
        ids = self.ranker.snapshot.table.column("id")
        return [ids[row].as_py() for row in rows]

    def _there(self, ids: Iterable[str]) -> list[str]:
        """The ids, if the corpus has them all."""
        given = list(ids)
        known = self.ranker.snapshot.rows_known(given)
        if len(known) < len(set(given)):
            there = set(self.ranker.snapshot.table.column("id").take(known).to_pylist())
            unknown = next(id_ for id_ in given if id_ not in there)
            raise LibraryError(f"The corpus has no paper {unknown!r}. Look up its id in the table: corpus.papers.")
        return given

    # Saved searches

    def _repr_html_(self) -> str:
        searches, sets = self.searches(), self.sets()
        rows = [
            *(["search", saved.name, saved.papers, saved.saved_at[:10]] for saved in searches),
            *(["set", saved.name, saved.papers, saved.saved_at[:10]] for saved in sets),
        ]
        caption = f"{len(searches)} saved searches, {len(sets)} sets, {len(self.reads()):,} papers read"
        return html_table(caption, ["Kind", "Name", "Papers", "Saved"], rows)

    def searches(self) -> list[SavedSearch]:
        """All saved searches of the reader, the latest first."""
        return self._searches.all()

    def get(self, name: str) -> SavedSearch:
        """One saved search. Raises `LibraryError` if there is none of that name."""
        return self._searches.get(name, self._whose("search", name))

    def ids(self, name: str) -> list[str]:
        """Ids of the papers that a search gave when it was saved, in their order."""
        return self._searches.ids(name, self._whose("search", name))

    def save(self, name: str, selection: Selection | Results, *, replace: bool = False) -> SavedSearch:
        """Save a search with the papers it gives now.

        Raises
        ------
        LibraryError
            The name cannot be, or is taken and `replace` is not set.
        QueryError
            The query is malformed.
        """
        results = selection if isinstance(selection, Results) else self._results(selection)
        ids = results.snapshot.table.column("id").combine_chunks().take(results.rows()).to_pylist()
        hashed = results.snapshot.manifest["content_hash"]
        saved = self._searches.save(name, results.selection.to_url(), hashed, ids, replace=replace)
        self._changed(saved.name)
        return saved

    def take_search(self, name: str, url: str, content_hash: str, ids: Sequence[str]) -> SavedSearch:
        """Keep a search that was saved elsewhere, with the papers it gave there. Raises as `save` does."""
        saved = self._searches.save(name, url, content_hash, ids)
        self._changed(saved.name)
        return saved

    def rename(self, name: str, to: str) -> None:
        """Give a saved search another name. Raises `LibraryError` if there is none, or the new name cannot be or is taken."""
        self._searches.rename(name, to)
        self._changed(name, to)

    def delete(self, name: str) -> None:
        """Forget a saved search. Raises `LibraryError` if there is none of that name."""
        self._searches.delete(name)
        self._changed(name)

    def run(self, name: str) -> Results:
        """What a saved search gives now."""
        return self._results(self.get(name).selection)

    def compare(self, before: Selection | SavedSearch, after: Selection | SavedSearch) -> pd.DataFrame:
        """Papers that are new in the second selection, gone from the first, or in both.

        Parameters
        ----------
        before, after : Selection or SavedSearch
            A saved search as `before` stands for the papers it gave when it was saved, as `after` for those it gives now.

        Returns
        -------
        DataFrame
            As `explorer.compare` gives.
        """
        import pandas as pd

        then: Results | pd.DataFrame
        if isinstance(before, SavedSearch):
            ids = pd.DataFrame({"id": self._searches.ids(before.name, before.reader)}, dtype="object")
            table = self.ranker.snapshot.table
            now = pd.DataFrame({name: table.column(name).to_pylist() for name in ("id", "title")}, dtype="object")
            then = ids.merge(now, on="id", how="left")
        else:
            then = self._results(before)
        return compare(then, self._results(after.selection if isinstance(after, SavedSearch) else after))

    def _results(self, selection: Selection) -> Results:
        return Results(self.ranker, selection, self.reads() if selection.weighs_novelty else ())

    # Sets of papers

    def sets(self) -> list[SavedSet]:
        """All saved sets of the reader, the latest first."""
        return self._sets.all()

    def save_set(self, name: str, ids: Sequence[str], *, replace: bool = False) -> SavedSet:
        """Save a set of papers, which ``set:NAME`` then stands for in a query and in an expression over concepts.

        Raises
        ------
        LibraryError
            There are no papers, or the name cannot be, or a search has it, or a set has it and `replace` is not set.
        """
        saved = self._sets.save(name, ids, replace=replace)
        self._changed(saved.name)
        return saved

    def add_to_set(self, name: str, *ids: str) -> SavedSet:
        """Add papers to a set, which is made if there is none; two windows that add at once lose nothing."""
        given = self._there(ids)
        saved = self._sets.edit(name, lambda there: [*there, *given])
        self._changed(saved.name)
        return saved

    def take_from_set(self, name: str, *ids: str) -> SavedSet:
        """Take papers out of a set. Raises `LibraryError` where none would be left."""
        saved = self._sets.edit(name, lambda there: [id_ for id_ in there if id_ not in ids])
        self._changed(saved.name)
        return saved

    def rename_set(self, name: str, to: str) -> None:
        """Give a set another name. Raises `LibraryError` if there is none, or the new name cannot be or is taken."""
        self._sets.rename(name, to)
        self._changed(name, to)

    def delete_set(self, name: str) -> None:
        """Forget a saved set. Raises `LibraryError` if there is none of that name."""
        self._sets.delete(name)
        self._changed(name)

    def members(self, name: str) -> list[str]:
        """Ids of the papers that ``set:NAME`` stands for: those of a saved set, or those a search gave when it was saved.

        Another reader's that is shared goes by its name too, or, where several readers have one, by ``READER: NAME``.

        Raises
        ------
        LibraryError
            There is neither.
        """
        own = self._sets.ids(name)
        if own is not None:
            return own
        try:
            return self._searches.ids(name)
        except LibraryError:
            pass
        for kind in ("set", "search"):
            for reader, title in self._shared_as(kind, name):
                found = self._sets.ids(title, reader) if kind == "set" else self._searches.ids(title, reader)
                if found is not None:
                    return found
        raise missing(name, "set or search")

    # What readers show each other

    def share(self, kind: str, name: str = "") -> None:
        """Show something to the other readers of this library: private is all that is not shared.

        Parameters
        ----------
        kind : {"stars", "tag", "note", "set", "search"}
        name : str
            Of the tag, set or search; for a note the id of its paper; none for stars, which are shared all together.

        Raises
        ------
        LibraryError
            There is no such kind, or the reader has no name by which others would know it.
        """
        share(self.database, kind, name)

    def unshare(self, kind: str, name: str = "") -> None:
        """Show it no longer. Raises as `share` does."""
        share(self.database, kind, name, on=False)

    @property
    def sharing(self) -> list[tuple[str, str]]:
        """What this reader shares: kind and name."""
        return [(kind, name) for _, kind, name in shared(self.database, own=True)]

    @property
    def shared(self) -> pd.DataFrame:
        """What other readers share, one row a paper: `reader`, `kind`, `name`, `id`, `title`, `text` (of a note), `at` (UTC)."""
        import pandas as pd

        rows = self.shared_marks()
        titles = self._titles([row["id"] for row in rows])
        columns = ("reader", "kind", "name", "id", "title", "text", "at")
        found = [{**row, "title": titles.get(row["id"])} for row in rows]
        frame = pd.DataFrame(found, columns=columns, dtype="object")
        return frame.assign(at=pd.to_datetime(frame["at"], utc=True, format="ISO8601"))

    def shared_marks(self) -> list[dict[str, str]]:
        """What other readers share, one a paper: reader, kind, name, id, text and at, in the order of these."""
        found = []
        for reader, kind, name in shared(self.database):
            if kind == "set":
                found += [(reader, kind, name, id_, "", "") for id_ in self._sets.ids(name, reader) or ()]
            elif kind == "search":
                found += [(reader, kind, name, id_, "", "") for id_ in self._searches.ids(name, reader)]
            else:
                marks = self.marks[kind if kind == "stars" else f"{kind}s"].all(reader)
                marks = [mark for mark in marks if kind == "stars" or name == (mark.name if kind == "tag" else mark.id)]
                found += [(reader, kind, mark.name, mark.id, mark.text, mark.at) for mark in marks]
        return [dict(zip(("reader", "kind", "name", "id", "text", "at"), row, strict=True)) for row in found]

    def shared_sets(self) -> list[SavedSet]:
        """Sets that other readers share, by reader and name."""
        found = []
        for reader, kind, name in shared(self.database):
            if kind == "set":
                found += [saved for saved in self._sets.all(reader) if saved.name == name]
        return found

    def _shared_as(self, kind: str, name: str) -> list[tuple[str, str]]:
        """Reader and name of what is shared under a name; more than one reader's only by ``READER: NAME``."""
        rows = [(reader, title) for reader, of, title in shared(self.database) if of == kind]
        plain = [row for row in rows if row[1] == name]
        if len(plain) > 1:
            raise LibraryError(
                f"Several readers share “{name}”. Say whose: " + ", ".join(f"“{reader}: {name}”" for reader, _ in plain) + "."
            )
        return plain or [row for row in rows if f"{row[0]}: {row[1]}" == name]

    def _whose(self, kind: str, name: str) -> str | None:
        """Reader whose saved search a name means: another's only where this reader has none."""
        if any(saved.name == name for saved in self._searches.all()):
            return None
        found = [row for row in self._shared_as(kind, name) if row[1] == name]
        return found[0][0] if found else None

    # Visits

    def visit(self) -> Visit | None:
        """Note that the reader is here. Returns the visit before, since which papers are new (``is:new``); None at the first."""
        snapshot = self.ranker.snapshot
        self.__dict__.pop("new", None)
        self.since = self._visits.visit(snapshot.manifest["content_hash"], snapshot.table.column("id"))
        return self.since

    def look_back(self) -> Visit | None:
        """As `visit`, but leaves no trace: a page that is open for a moment only is no visit."""
        self.__dict__.pop("new", None)
        self.since = self._visits.before()
        return self.since

    def visits(self) -> list[Visit]:
        """The reader's visits, the first one first."""
        return self._visits.all()

    @cached_property
    def new(self) -> np.ndarray:
        """Papers that came since the visit before, as a boolean array of shape (n_papers,)."""
        snapshot = self.ranker.snapshot
        return self._visits.new(self.since, snapshot.manifest["content_hash"], snapshot.table.column("id"))

    # What depends on it

    def _undone(self, done: Undone) -> Undone:
        if done.noun == "tags":
            self._changed(*done.names, kind="tag")
        return done

    def forget_concepts(self) -> None:
        """Drop what the ranker fitted on sets and tags, any of which may have changed."""
        self._changed(*(saved.name for saved in self.sets()), *(saved.name for saved in self.searches()))
        self._changed(*{mark.name for mark in self.marks["tags"].all()}, kind="tag")

    def _changed(self, *names: str, kind: str = "set") -> None:
        for name in names:
            self.ranker.forget_concept(Operand(kind, name))  # type: ignore[arg-type]


def _several(ids: str | Iterable[str]) -> list[str]:
    return [ids] if isinstance(ids, str) else list(ids)

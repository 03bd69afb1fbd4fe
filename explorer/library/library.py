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
from explorer.library.database import Database, library_path
from explorer.library.marks import NOTES, READS, STARS, TAGS, Mark, Marks, Undone, tidy_tag, undo, write_note
from explorer.library.own_marks import OwnMarks
from explorer.library.readers import reader_name, tidy_reader
from explorer.library.saved import LONGEST_NAME, SavedSearch, SavedSearches, SavedSet, Sets, missing
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
        """Star papers.

        Parameters
        ----------
        *ids : str
            Of papers.

        Returns
        -------
        int
            How many had no star before.

        Raises
        ------
        LibraryError
            The corpus has no such paper.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.star(ids[0], ids[1]), library.star(ids[1])
        (2, 0)
        >>> library.unstar(ids[0], ids[1])
        2
        """
        return self.marks["stars"].put(self._there(ids))

    def unstar(self, *ids: str) -> int:
        """Take the star off papers.

        Parameters
        ----------
        *ids : str
            Of papers.

        Returns
        -------
        int
            How many had one.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.unstar(ids[5])
        0
        """
        return self.marks["stars"].take(ids)

    def tag(self, ids: str | Iterable[str], name: str) -> int:
        """Give one or several papers a tag.

        Parameters
        ----------
        ids : str or iterable of str
            Of papers.
        name : str
            Of the tag.

        Returns
        -------
        int
            How many had it not before.

        Raises
        ------
        LibraryError
            The corpus has no such paper, or the name cannot be.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.tag(ids[:3], "to discuss")
        3
        >>> len(corpus.select('tag:"to discuss"'))
        3
        >>> library.untag(ids[:3], "to discuss")
        3
        """
        changed = self.marks["tags"].put(self._there(_several(ids)), tidy_tag(name))
        self._changed(tidy_tag(name), kind="tag")
        return changed

    def untag(self, ids: str | Iterable[str], name: str) -> int:
        """Take a tag off one or several papers.

        Parameters
        ----------
        ids : str or iterable of str
            Of papers.
        name : str
            Of the tag.

        Returns
        -------
        int
            How many had it.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.untag(ids[0], "nobody's")
        0
        """
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

        Raises
        ------
        LibraryError
            The corpus has no such paper.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.note(ids[0], "Reports error bars.")
        'Reports error bars.'
        >>> library.note(ids[0], "")
        ''
        """
        return write_note(self.marks["notes"], self._there([id_])[0], text, before)

    def note_of(self, id_: str) -> str:
        """The note of a paper.

        Parameters
        ----------
        id_ : str

        Returns
        -------
        str
            Empty where it has none.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.note_of(ids[5])
        ''
        """
        return next((mark.text for mark in self.marks["notes"].of(id_)), "")

    def tags_of(self, id_: str) -> list[str]:
        """The tags of a paper.

        Parameters
        ----------
        id_ : str

        Returns
        -------
        list of str
            By name.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.tag(ids[6], "one of them")
        1
        >>> library.tags_of(ids[6])
        ['one of them']
        >>> library.untag(ids[6], "one of them")
        1
        """
        return [mark.name for mark in self.marks["tags"].of(id_)]

    def mark_read(self, id_: str, read: bool = True) -> None:
        """Keep that a paper was read, or forget it.

        Parameters
        ----------
        id_ : str
        read : bool
            False forgets it.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.mark_read(ids[7])
        >>> library.reads() == (ids[7],)
        True
        >>> library.mark_read(ids[7], False)
        """
        self.marks["reads"].put([id_]) if read else self.marks["reads"].take([id_])

    def reads(self) -> tuple[str, ...]:
        """Ids of the papers that were read.

        Returns
        -------
        tuple of str
            The first read first.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.reads()
        ()
        """
        return tuple(mark.id for mark in self.marks["reads"].all())

    def undo(self) -> Undone:
        """Take the last change of stars, tags, notes or papers read back.

        Returns
        -------
        Undone
            `noun` ("stars", "tags", "notes" or "reads"), `papers` (how many it changed), `names` (of tags).

        Raises
        ------
        LibraryError
            There is none, or what it changed was changed again since, in another window.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.star(ids[8])
        1
        >>> library.undo().noun, len(library.stars)
        ('stars', 0)
        """
        return self._undone(undo(self.database, MARKS))

    def redo(self) -> Undone:
        """Do again what was undone last.

        Returns
        -------
        Undone
            As `undo` gives it.

        Raises
        ------
        LibraryError
            Nothing was undone, or what it changed was changed again since, in another window.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.star(ids[9])
        1
        >>> undone = library.undo()
        >>> library.redo().noun, library.unstar(ids[9])
        ('stars', 1)
        """
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
        """Ids of the papers in some rows of the corpus.

        Parameters
        ----------
        rows : sequence of int

        Returns
        -------
        list of str
            In the order of `rows`.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.ids_of([2, 0]) == [ids[2], ids[0]]
        True
        """
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
        """All saved searches of the reader.

        Returns
        -------
        list of SavedSearch
            The latest first: `name`, `url`, `selection`, `papers` (their number), `saved_at` (UTC).

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("all on vision", explorer.Selection(query="vision"))
        >>> [one.name for one in library.searches()]
        ['all on vision']
        >>> library.delete("all on vision")
        """
        return self._searches.all()

    def get(self, name: str) -> SavedSearch:
        """One saved search. Another reader's that is shared goes by its name too.

        Parameters
        ----------
        name : str

        Returns
        -------
        SavedSearch

        Raises
        ------
        LibraryError
            There is none of that name.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("one of mine", explorer.Selection(query="vision"))
        >>> library.get("one of mine").papers == len(corpus.select("vision"))
        True
        >>> library.delete("one of mine")
        """
        return self._searches.get(name, self._whose("search", name))

    def ids(self, name: str) -> list[str]:
        """Ids of the papers that a search gave when it was saved.

        Parameters
        ----------
        name : str

        Returns
        -------
        list of str
            In their order.

        Raises
        ------
        LibraryError
            There is none of that name.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("its papers", explorer.Selection(query="vision"))
        >>> library.ids("its papers") == corpus.select("vision")["id"].to_list()
        True
        >>> library.delete("its papers")
        """
        return self._searches.ids(name, self._whose("search", name))

    def save(self, name: str, selection: Selection | Results, *, replace: bool = False) -> SavedSearch:
        """Save a search with the papers it gives now.

        Parameters
        ----------
        name : str
        selection : Selection or Results
        replace : bool
            Whether a search of that name is written over.

        Returns
        -------
        SavedSearch

        Raises
        ------
        LibraryError
            The name cannot be, or is taken and `replace` is not set.
        QueryError
            The query is malformed.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("on vision", explorer.Selection(query="vision"))
        >>> saved.papers, len(library.run("on vision").rows())
        (5, 5)
        >>> library.delete("on vision")
        """
        results = selection if isinstance(selection, Results) else self._results(selection)
        ids = results.snapshot.table.column("id").combine_chunks().take(results.rows()).to_pylist()
        hashed = results.snapshot.manifest["content_hash"]
        saved = self._searches.save(name, results.selection.to_url(), hashed, ids, replace=replace)
        self._changed(saved.name)
        return saved

    def take_search(self, name: str, url: str, content_hash: str, ids: Sequence[str]) -> SavedSearch:
        """Keep a search that was saved elsewhere, with the papers it gave there.

        Parameters
        ----------
        name : str
        url : str
            The selection, as `Selection.to_url` gives it.
        content_hash : str
            Of the corpus that it was saved with.
        ids : sequence of str
            Of the papers it gave, in their order.

        Returns
        -------
        SavedSearch

        Raises
        ------
        LibraryError
            The name cannot be, or is taken.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.take_search("a colleague's", "q=vision", "of their corpus", ids[:2]).papers
        2
        >>> library.delete("a colleague's")
        """
        saved = self._searches.save(name, url, content_hash, ids)
        self._changed(saved.name)
        return saved

    def rename(self, name: str, to: str) -> None:
        """Give a saved search another name.

        Parameters
        ----------
        name, to : str

        Raises
        ------
        LibraryError
            There is none of that name, or the new name cannot be or is taken.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("before", explorer.Selection(query="vision"))
        >>> library.rename("before", "after")
        >>> library.get("after").papers
        5
        >>> library.delete("after")
        """
        self._searches.rename(name, to)
        self._changed(name, to)

    def delete(self, name: str) -> None:
        """Forget a saved search.

        Parameters
        ----------
        name : str

        Raises
        ------
        LibraryError
            There is none of that name.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("for an hour", explorer.Selection(query="vision"))
        >>> library.delete("for an hour")
        >>> library.searches()
        []
        """
        self._searches.delete(name)
        self._changed(name)

    def run(self, name: str) -> Results:
        """What a saved search gives now.

        Parameters
        ----------
        name : str

        Returns
        -------
        Results
            Its papers as a frame: ``corpus.select(library.get(name).selection)``.

        Raises
        ------
        LibraryError
            There is none of that name.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save("again", explorer.Selection(query="vision"))
        >>> library.run("again").shown
        5
        >>> library.delete("again")
        """
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

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> one, other = (explorer.Selection(query=query) for query in ("vision", "vision language"))
        >>> library.compare(one, other).attrs["counts"]
        {'new': 0, 'gone': 2, 'shared': 3}
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
        """All saved sets of the reader.

        Returns
        -------
        list of SavedSet
            The latest first: `name`, `papers` (their number), `saved_at` (UTC).

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.sets()
        []
        """
        return self._sets.all()

    def save_set(self, name: str, ids: Sequence[str], *, replace: bool = False) -> SavedSet:
        """Save a set of papers, which ``set:NAME`` then stands for in a query and in an expression over concepts.

        Parameters
        ----------
        name : str
        ids : sequence of str
        replace : bool
            Whether a set of that name is written over.

        Returns
        -------
        SavedSet

        Raises
        ------
        LibraryError
            There are no papers, or the name cannot be, or a search has it, or a set has it and `replace` is not set.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.save_set("benchmarks", ids[:4]).papers
        4
        >>> len(corpus.select("set:benchmarks"))
        4
        >>> library.delete_set("benchmarks")
        """
        saved = self._sets.save(name, ids, replace=replace)
        self._changed(saved.name)
        return saved

    def add_to_set(self, name: str, *ids: str) -> SavedSet:
        """Add papers to a set, which is made if there is none; two windows that add at once lose nothing.

        Parameters
        ----------
        name : str
            Of the set.
        *ids : str
            Of papers.

        Returns
        -------
        SavedSet

        Raises
        ------
        LibraryError
            The corpus has no such paper, or the name cannot be.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.add_to_set("growing", ids[0]).papers, library.add_to_set("growing", ids[1]).papers
        (1, 2)
        >>> library.delete_set("growing")
        """
        given = self._there(ids)
        saved = self._sets.edit(name, lambda there: [*there, *given])
        self._changed(saved.name)
        return saved

    def take_from_set(self, name: str, *ids: str) -> SavedSet:
        """Take papers out of a set.

        Parameters
        ----------
        name : str
            Of the set.
        *ids : str
            Of papers.

        Returns
        -------
        SavedSet

        Raises
        ------
        LibraryError
            None would be left, or there is no such set.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save_set("shrinking", ids[:3])
        >>> library.take_from_set("shrinking", ids[0]).papers
        2
        >>> library.delete_set("shrinking")
        """
        saved = self._sets.edit(name, lambda there: [id_ for id_ in there if id_ not in ids])
        self._changed(saved.name)
        return saved

    def rename_set(self, name: str, to: str) -> None:
        """Give a set another name.

        Parameters
        ----------
        name, to : str

        Raises
        ------
        LibraryError
            There is none of that name, or the new name cannot be or is taken.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save_set("old", ids[:3])
        >>> library.rename_set("old", "young")
        >>> library.delete_set("young")
        """
        self._sets.rename(name, to)
        self._changed(name, to)

    def delete_set(self, name: str) -> None:
        """Forget a saved set.

        Parameters
        ----------
        name : str

        Raises
        ------
        LibraryError
            There is none of that name.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save_set("short", ids[:3])
        >>> library.delete_set("short")
        >>> library.sets()
        []
        """
        self._sets.delete(name)
        self._changed(name)

    def members(self, name: str) -> list[str]:
        """Ids of the papers that ``set:NAME`` stands for: those of a saved set, or those a search gave when it was saved.

        Parameters
        ----------
        name : str
            Another reader's that is shared goes by its name too, or, where several readers have one, by ``READER: NAME``.

        Returns
        -------
        list of str

        Raises
        ------
        LibraryError
            There is neither.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> saved = library.save_set("two of them", ids[:2])
        >>> library.members("two of them") == ids[:2]
        True
        >>> library.delete_set("two of them")
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

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> saved = ann.save_set("to read", corpus.papers["id"].to_list()[:2])
        >>> ann.share("set", "to read")
        >>> bo.shared[["reader", "kind", "name"]].drop_duplicates().to_dict("records")
        [{'reader': 'ann', 'kind': 'set', 'name': 'to read'}]
        """
        share(self.database, kind, name)

    def unshare(self, kind: str, name: str = "") -> None:
        """Show it no longer.

        Parameters
        ----------
        kind : {"stars", "tag", "note", "set", "search"}
        name : str
            Of the tag, set or search; for a note the id of its paper; none for stars, which are shared all together.

        Raises
        ------
        LibraryError
            There is no such kind, or the reader has no name.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> ann.share("stars")
        >>> ann.unshare("stars")
        >>> ann.sharing
        []
        """
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
        """What other readers share; `shared` is the table of it.

        Returns
        -------
        list of dict of str to str
            One a paper: `reader`, `kind`, `name`, `id`, `text` and `at`, in the order of these.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> starred = ann.star(corpus.papers["id"][0])
        >>> ann.share("stars")
        >>> [(row["reader"], row["kind"]) for row in bo.shared_marks()]
        [('ann', 'stars')]
        """
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
        """Sets that other readers share.

        Returns
        -------
        list of SavedSet
            By reader and name.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> saved = ann.save_set("to read", corpus.papers["id"].to_list()[:2])
        >>> ann.share("set", "to read")
        >>> [one.name for one in bo.shared_sets()]
        ['to read']
        """
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
        """Note that the reader is here.

        Returns
        -------
        Visit or None
            The visit before, since which papers are new (``is:new``); None at the first.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> ann.visit() is None, len(ann.visits())
        (True, 1)
        """
        snapshot = self.ranker.snapshot
        self.__dict__.pop("new", None)
        self.since = self._visits.visit(snapshot.manifest["content_hash"], snapshot.table.column("id"))
        return self.since

    def look_back(self) -> Visit | None:
        """As `visit`, but leaves no trace: a page that is open for a moment only is no visit.

        Returns
        -------
        Visit or None
            The last visit; None before the first.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> ann.look_back() is None, ann.visits()
        (True, [])
        """
        self.__dict__.pop("new", None)
        self.since = self._visits.before()
        return self.since

    def visits(self) -> list[Visit]:
        """The reader's visits.

        Returns
        -------
        list of Visit
            The first one first.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> import explorer
        >>> from explorer.library.library import Library
        >>> corpus, folder = explorer.open_corpus(), Path(mkdtemp())
        >>> ann, bo = (Library(corpus.ranker, folder, name) for name in ("ann", "bo"))
        >>> first = ann.visit()
        >>> len(ann.visits()), bo.visits()
        (1, [])
        """
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
        """Drop what the ranker fitted on sets and tags, any of which may have changed, as another process wrote.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> library, ids = corpus.library, corpus.papers["id"].to_list()
        >>> library.forget_concepts()
        """
        self._changed(*(saved.name for saved in self.sets()), *(saved.name for saved in self.searches()))
        self._changed(*{mark.name for mark in self.marks["tags"].all()}, kind="tag")

    def _changed(self, *names: str, kind: str = "set") -> None:
        for name in names:
            self.ranker.forget_concept(Operand(kind, name))  # type: ignore[arg-type]


def _several(ids: str | Iterable[str]) -> list[str]:
    return [ids] if isinstance(ids, str) else list(ids)

"""Saved searches: a selection under a name, with the papers it gave when it was saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.errors import LibraryError
from explorer.library.database import Database, now
from explorer.library.ids import packed, unpacked
from explorer.library.names import SEARCHES, SETS, check_free, missing, tidy_name
from explorer.library.sharing import SHARES, forget_share, rename_share
from explorer.selection.selection import Selection

_COLUMNS = "name, url, saved_at, content_hash, papers, reader"


@dataclass(frozen=True)
class SavedSearch:
    """A selection under a name, and what the corpus was when it was saved."""

    name: str
    url: str
    """The selection as the dashboard's address says it."""
    saved_at: str
    """UTC, ISO 8601, to the second."""
    content_hash: str
    """Of the corpus then."""
    papers: int
    """Papers it gave then."""
    reader: str = ""
    """Whose it is."""

    @property
    def selection(self) -> Selection:
        """The selection. Raises `SelectionError` where it was saved by a version that knew other filters."""
        return Selection.from_url(self.url)


class SavedSearches:
    """The saved searches of a reader.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> list[SavedSearch]:
        """The reader's searches, the latest first."""
        ask = f"SELECT {_COLUMNS} FROM searches WHERE reader = ? ORDER BY saved_at DESC, rowid DESC"  # noqa: S608
        given = (self.database.reader,)
        return self.database.read(SEARCHES, lambda file: [SavedSearch(*row) for row in file.execute(ask, given)], [])

    def get(self, name: str, reader: str | None = None) -> SavedSearch:
        """One search of a reader, by default this one. Raises `LibraryError` if there is none of that name."""
        ask = f"SELECT {_COLUMNS} FROM searches WHERE reader = ? AND name = ?"  # noqa: S608  (a constant)
        given = self.database.reader if reader is None else reader, name
        row = self.database.read(SEARCHES, lambda file: file.execute(ask, given).fetchone(), None)
        if row is None:
            raise missing(name)
        return SavedSearch(*row)

    def ids(self, name: str, reader: str | None = None) -> list[str]:
        """Ids of the papers that a search gave when it was saved, in their order."""
        ask = "SELECT ids FROM searches WHERE reader = ? AND name = ?"
        given = self.database.reader if reader is None else reader, name
        row = self.database.read(SEARCHES, lambda file: file.execute(ask, given).fetchone(), None)
        if row is None:
            raise missing(name)
        return unpacked(row[0], self.database.path)

    def save(self, name: str, url: str, content_hash: str, ids: Sequence[str], *, replace: bool = False) -> SavedSearch:
        """Save a search. Raises `LibraryError` if the name cannot be, or is taken and `replace` is not set."""
        reader = self.database.reader
        saved = SavedSearch(tidy_name(name), url, now()[:19] + "+00:00", content_hash, len(ids), reader)
        row = (reader, saved.name, saved.url, saved.saved_at, saved.content_hash, saved.papers, packed(ids))
        verb = "INSERT OR REPLACE" if replace else "INSERT OR IGNORE"
        with self.database.writing(SEARCHES, SETS) as file:
            check_free(file, reader, "sets", saved.name)
            if not file.execute(f"{verb} INTO searches VALUES (?, ?, ?, ?, ?, ?, ?)", row).rowcount:
                raise LibraryError(f"There is a saved search “{saved.name}” already. Choose another name, or replace it.")
        return saved

    def rename(self, name: str, to: str) -> None:
        """Give a search another name. Raises `LibraryError` if there is none, or the new name cannot be or is taken."""
        reader, new = self.database.reader, tidy_name(to)
        with self.database.writing(SEARCHES, SETS, SHARES) as file:
            check_free(file, reader, "sets", new)
            if new != name:
                check_free(file, reader, "searches", new)
            if not file.execute("UPDATE searches SET name = ? WHERE reader = ? AND name = ?", (new, reader, name)).rowcount:
                raise missing(name)
            rename_share(file, reader, "search", name, new)

    def delete(self, name: str) -> None:
        """Forget a search. Raises `LibraryError` if there is none of that name."""
        reader = self.database.reader
        with self.database.writing(SEARCHES, SHARES) as file:
            if not file.execute("DELETE FROM searches WHERE reader = ? AND name = ?", (reader, name)).rowcount:
                raise missing(name)
            forget_share(file, reader, "search", name)

"""Sets of papers under a name; a concept may be made of one (``set:NAME``), and a curator's picks are one that is shared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.errors import LibraryError
from explorer.library.database import Database, now
from explorer.library.ids import packed, unpacked
from explorer.library.names import SEARCHES, SETS, check_free, missing, tidy_name
from explorer.library.sharing import SHARES, forget_share, rename_share


@dataclass(frozen=True)
class SavedSet:
    """Papers under a name; a concept may be made of them (``set:NAME``)."""

    name: str
    saved_at: str
    """UTC, ISO 8601, to the second."""
    papers: int
    reader: str = ""
    """Whose it is."""


class Sets:
    """The sets of a reader.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self, reader: str | None = None) -> list[SavedSet]:
        """The sets of a reader, by default this one's, the latest first."""
        ask = "SELECT name, saved_at, papers, reader FROM sets WHERE reader = ? ORDER BY saved_at DESC, rowid DESC"
        given = (self.database.reader if reader is None else reader,)
        return self.database.read(SETS, lambda file: [SavedSet(*row) for row in file.execute(ask, given)], [])

    def ids(self, name: str, reader: str | None = None) -> list[str] | None:
        """Ids of the papers of a set of a reader, by default this one; None where there is none."""
        ask = "SELECT ids FROM sets WHERE reader = ? AND name = ?"
        given = self.database.reader if reader is None else reader, name
        row = self.database.read(SETS, lambda file: file.execute(ask, given).fetchone(), None)
        return None if row is None else unpacked(row[0], self.database.path)

    def save(self, name: str, ids: Sequence[str], *, replace: bool = False) -> SavedSet:
        """Save a set. Raises `LibraryError` if it has no papers, or the name cannot be or is taken and `replace` is not set."""
        kept = list(dict.fromkeys(ids))
        if not kept:
            raise LibraryError("A set needs a paper. Tick some papers first.")
        reader, tidy = self.database.reader, tidy_name(name)
        with self.database.writing(SETS, SEARCHES) as file:
            check_free(file, reader, "searches", tidy)
            if not replace and _ids(file, reader, tidy) is not None:
                raise LibraryError(f"There is a saved set “{tidy}” already. Choose another name, or replace it.")
            return _write(file, reader, tidy, kept)

    def edit(self, name: str, change: Callable[[list[str]], list[str]]) -> SavedSet:
        """Change the papers of a set, a new one if there is none of the name, in one transaction.

        Raises
        ------
        LibraryError
            No paper is left, or the name cannot be or a search has it.
        """
        reader, tidy = self.database.reader, tidy_name(name)
        with self.database.writing(SETS, SEARCHES) as file:
            check_free(file, reader, "searches", tidy)
            data = _ids(file, reader, tidy)
            there = [] if data is None else unpacked(data, self.database.path)
            kept = list(dict.fromkeys(change(there)))
            if not kept:
                raise LibraryError(f"The set “{tidy}” would have no paper left. Delete the set instead.")
            return _write(file, reader, tidy, kept)

    def rename(self, name: str, to: str) -> None:
        """Give a set another name. Raises `LibraryError` if there is none, or the new name cannot be or is taken."""
        reader, new = self.database.reader, tidy_name(to)
        with self.database.writing(SETS, SEARCHES, SHARES) as file:
            check_free(file, reader, "searches", new)
            if new != name:
                check_free(file, reader, "sets", new)
            if not file.execute("UPDATE sets SET name = ? WHERE reader = ? AND name = ?", (new, reader, name)).rowcount:
                raise missing(name, "set")
            rename_share(file, reader, "set", name, new)

    def delete(self, name: str) -> None:
        """Forget a set. Raises `LibraryError` if there is none of that name."""
        reader = self.database.reader
        with self.database.writing(SETS, SHARES) as file:
            if not file.execute("DELETE FROM sets WHERE reader = ? AND name = ?", (reader, name)).rowcount:
                raise missing(name, "set")
            forget_share(file, reader, "set", name)


def _ids(file: sqlite3.Connection, reader: str, name: str) -> bytes | None:
    row = file.execute("SELECT ids FROM sets WHERE reader = ? AND name = ?", (reader, name)).fetchone()
    return row[0] if row else None


def _write(file: sqlite3.Connection, reader: str, name: str, ids: list[str]) -> SavedSet:
    saved = SavedSet(name, now()[:19] + "+00:00", len(ids), reader)
    row = (saved.reader, saved.name, saved.saved_at, saved.papers, packed(ids))
    file.execute("INSERT OR REPLACE INTO sets VALUES (?, ?, ?, ?, ?)", row)
    return saved

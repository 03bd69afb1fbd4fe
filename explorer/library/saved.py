"""What is saved under a name: searches, with the papers they gave then, and sets of papers. One name stands for one of them.

A concept may be made of either (``set:NAME``, which says no more), and a curator's picks are a set that is shared. Ids of papers stand in
the file as compressed JSON, read back with care.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.database import Database, Noun, now
from explorer.library.sharing import SHARES, forget_share, rename_share
from explorer.selection.selection import Selection

LONGEST_NAME = 120
"""Characters of a name at most."""

SEARCHES = Noun(
    "searches",
    (
        """
        CREATE TABLE searches (
            name TEXT PRIMARY KEY, url TEXT NOT NULL, saved_at TEXT NOT NULL, content_hash TEXT NOT NULL,
            papers INTEGER NOT NULL, ids BLOB NOT NULL
        ) STRICT
        """,
        """
        ALTER TABLE searches RENAME TO searches_before;
        CREATE TABLE searches (
            reader TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, saved_at TEXT NOT NULL, content_hash TEXT NOT NULL,
            papers INTEGER NOT NULL, ids BLOB NOT NULL, PRIMARY KEY (reader, name)
        ) STRICT;
        INSERT INTO searches SELECT reader(), name, url, saved_at, content_hash, papers, ids FROM searches_before ORDER BY rowid;
        DROP TABLE searches_before
        """,
    ),
)

SETS = Noun(
    "sets",
    (
        "CREATE TABLE sets (name TEXT PRIMARY KEY, saved_at TEXT NOT NULL, papers INTEGER NOT NULL, ids BLOB NOT NULL) STRICT",
        """
        ALTER TABLE sets RENAME TO sets_before;
        CREATE TABLE sets (
            reader TEXT NOT NULL, name TEXT NOT NULL, saved_at TEXT NOT NULL, papers INTEGER NOT NULL, ids BLOB NOT NULL,
            PRIMARY KEY (reader, name)
        ) STRICT;
        INSERT INTO sets SELECT reader(), name, saved_at, papers, ids FROM sets_before ORDER BY rowid;
        DROP TABLE sets_before
        """,
    ),
)


def tidy_name(name: str) -> str:
    """A name with single blanks. Raises `LibraryError` where it cannot be one."""
    tidy = " ".join(str(name).split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise LibraryError(f"What is saved needs a name of 1 to {LONGEST_NAME} characters.")
    return tidy


def check_free(file: sqlite3.Connection, reader: str, table: str, name: str) -> None:
    """Raise `LibraryError` where a reader has a set, or a search, of a name."""
    if file.execute(f"SELECT 1 FROM {table} WHERE reader = ? AND name = ?", (reader, name)).fetchone():  # noqa: S608
        kind = "set" if table == "sets" else "search"
        raise LibraryError(f"There is a saved {kind} “{name}” already. Choose another name.")


def missing(name: str, kind: str = "search") -> LibraryError:
    """That nothing is saved under a name."""
    said = f"There is no saved {kind} “{str(name)[:LONGEST_NAME]}”. It may have been deleted in another window."
    return LibraryError(said)


_MOST_INFLATED = 512_000_000
"""Bytes of ids at most; a damaged file may say it holds more."""


def packed(ids: Sequence[str]) -> bytes:
    """Ids as the file keeps them."""
    return zlib.compress(json.dumps(list(ids), ensure_ascii=False).encode(), 1)


def unpacked(data: bytes, path: Path) -> list[str]:
    """Ids that the file keeps. Raises `LibraryError` where they are damaged."""
    try:
        inflate = zlib.decompressobj()
        ids = json.loads(inflate.decompress(data, _MOST_INFLATED))
    except (zlib.error, ValueError, RecursionError) as error:
        raise LibraryError(f"A saved search in {path} is damaged ({error}). Delete it and save it again.") from error
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise LibraryError(f"A saved search in {path} is damaged (no list of ids). Delete it and save it again.")
    return ids


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

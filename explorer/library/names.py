"""What has a name, sets and saved searches: one name stands for one of them, for ``set:NAME`` says no more."""

from __future__ import annotations

import sqlite3

from explorer.errors import LibraryError
from explorer.library.database import Noun

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

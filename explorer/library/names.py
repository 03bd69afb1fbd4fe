"""What has a name, sets and saved searches: their tables, their names, and the ids of their papers.

One name stands for one of them, for ``set:NAME`` says no more. Ids are kept as compressed JSON, and read back with care.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.database import Noun

LONGEST_NAME = 120
"""Characters of a name at most."""

_MOST_INFLATED = 512_000_000
"""Bytes of ids at most; a damaged file may say it holds more."""

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

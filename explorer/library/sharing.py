"""What readers of one library show each other: nothing, unless it is shared."""

from __future__ import annotations

import sqlite3

from explorer.errors import LibraryError
from explorer.library.database import Database, Noun, now

SHARES = Noun(
    "shares",
    (
        """
        CREATE TABLE shares (
            reader TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (reader, kind, name)
        ) STRICT
        """,
    ),
)

KINDS = {
    "stars": "all stars",
    "tag": "the papers of a tag",
    "note": "the note of a paper, by its id",
    "set": "a set of papers",
    "search": "a saved search",
}
"""What can be shared, each by name but stars."""


def share(database: Database, kind: str, name: str = "", on: bool = True) -> None:
    """Share something of the reader's with the other readers of the library, or share it no longer.

    Raises
    ------
    LibraryError
        There is no such kind, or the reader has no name by which others would know what is shared.
    """
    if kind not in KINDS:
        raise LibraryError(f"{kind!r} cannot be shared. What can: {', '.join(KINDS)}.")
    if on and not database.reader:
        raise LibraryError("A reader needs a name to share something. Start again with --reader NAME.")
    if bool(name) == (kind == "stars"):
        raise LibraryError("Stars are shared all together; a tag, a note, a set or a search by its name.")
    with database.writing(SHARES) as file:
        if on:
            file.execute("INSERT OR IGNORE INTO shares VALUES (?, ?, ?, ?)", (database.reader, kind, name, now()))
        else:
            forget_share(file, database.reader, kind, name)


def forget_share(file: sqlite3.Connection, reader: str, kind: str, name: str) -> None:
    """Share something no longer, within a transaction on `SHARES`."""
    file.execute("DELETE FROM shares WHERE reader = ? AND kind = ? AND name = ?", (reader, kind, name))


def rename_share(file: sqlite3.Connection, reader: str, kind: str, name: str, to: str) -> None:
    """What is shared has another name, within a transaction on `SHARES`."""
    file.execute("UPDATE OR REPLACE shares SET name = ? WHERE reader = ? AND kind = ? AND name = ?", (to, reader, kind, name))


def shared(database: Database, *, own: bool = False) -> list[tuple[str, str, str]]:
    """What other readers share (or, `own`, this one): reader, kind and name, by these."""
    ask = "SELECT reader, kind, name FROM shares WHERE (reader = ?) = ? ORDER BY reader, kind, name"
    return database.read(SHARES, lambda file: file.execute(ask, (database.reader, own)).fetchall(), [])

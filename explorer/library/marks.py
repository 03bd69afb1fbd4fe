"""What a reader puts on papers: stars, tags, notes, that they were read. One row each, and each change can be undone.

Two windows that write a note at once lose nothing of each other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from explorer.errors import LibraryError
from explorer.library.database import Database, Noun, now

MOST_ACTS = 1_000
"""Changes of a reader that can be undone at most."""

ACTS = Noun(
    "acts",
    (
        """
        CREATE TABLE acts (
            number INTEGER PRIMARY KEY AUTOINCREMENT, act INTEGER NOT NULL, reader TEXT NOT NULL,
            noun TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
            before_text TEXT, before_at TEXT, after_text TEXT, after_at TEXT, undone INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX acts_of ON acts (reader, undone, number)
        """,
    ),
)
"""Each change with what stood before and after, null where there was no mark; one act on several papers is several rows."""

COLUMNS = """
    reader TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', at TEXT NOT NULL,
    PRIMARY KEY (reader, id, name)
"""
"""Of the table of every kind of mark."""

STARS = Noun("stars", (f"CREATE TABLE stars ({COLUMNS}) STRICT",))
"""Papers that a reader wants to find again."""

READS = Noun(
    "reads",
    (
        "CREATE TABLE reads (id TEXT PRIMARY KEY, read_at TEXT NOT NULL) STRICT",
        f"""
        ALTER TABLE reads RENAME TO reads_before;
        CREATE TABLE reads ({COLUMNS}) STRICT;
        INSERT INTO reads (reader, id, at) SELECT reader(), id, read_at FROM reads_before ORDER BY rowid;
        DROP TABLE reads_before
        """,  # noqa: S608  (a constant)
    ),
)
"""Papers read, the first read first; novelty is measured against them."""

TAGS = Noun("tags", (f"CREATE TABLE tags ({COLUMNS}) STRICT; CREATE INDEX tags_of ON tags (reader, name)",))
"""Short names that a reader gives papers, to find them together."""

LONGEST_TAG = 60
"""Characters of a tag at most."""

State = tuple[str, str] | None
"""Text and time of a mark; None where there is none."""


class Mark(NamedTuple):
    """One mark of a paper."""

    id: str
    name: str
    """The tag; empty for other marks."""
    text: str
    """The note; empty for other marks."""
    at: str
    """When it was made or last changed: UTC, ISO 8601."""


class Marks:
    """The marks of one kind.

    Parameters
    ----------
    database : Database
    noun : Noun
        Its table has the columns `COLUMNS`.
    """

    def __init__(self, database: Database, noun: Noun) -> None:
        self.database = database
        self.noun = noun

    def all(self, reader: str | None = None) -> list[Mark]:
        """All marks of a reader, by default of the one whose library it is, the first made first."""
        ask = f"SELECT id, name, text, at FROM {self.noun.name} WHERE reader = ? ORDER BY rowid"  # noqa: S608  (a constant)
        who = self.database.reader if reader is None else reader
        return self.database.read(self.noun, lambda file: [Mark(*row) for row in file.execute(ask, (who,))], [])

    def of(self, id_: str) -> list[Mark]:
        """The reader's marks of one paper, by name."""
        ask = f"SELECT id, name, text, at FROM {self.noun.name} WHERE reader = ? AND id = ? ORDER BY name"  # noqa: S608
        given = self.database.reader, id_
        return self.database.read(self.noun, lambda file: [Mark(*row) for row in file.execute(ask, given)], [])

    def put(self, ids: Iterable[str], name: str = "", text: str = "") -> int:
        """Put a mark on papers; one that stands there already stays, unless it has another text. Returns how many changed."""
        at = now()
        with self.database.writing(self.noun, ACTS) as file:
            return self.change(file, [(id_, name, (text, at)) for id_ in dict.fromkeys(ids)])

    def take(self, ids: Iterable[str], name: str = "") -> int:
        """Take a mark off papers. Returns how many had it."""
        with self.database.writing(self.noun, ACTS) as file:
            return self.change(file, [(id_, name, None) for id_ in dict.fromkeys(ids)])

    def change(self, file: sqlite3.Connection, wanted: list[tuple[str, str, State]]) -> int:
        """Within a transaction, bring marks (id, name) to their states as one act. Returns how many changed."""
        changed = []
        for id_, name, after in wanted:
            before = state(file, self.noun.name, self.database.reader, id_, name)
            if (before is None) != (after is None) or (before and after and before[0] != after[0]):
                bring(file, self.noun.name, self.database.reader, id_, name, after)
                changed.append((self.noun.name, id_, name, before, after))
        record(file, self.database.reader, changed)
        return len(changed)


def tidy_tag(name: str) -> str:
    """A tag with single blanks. Raises `LibraryError` where it cannot be one: empty, long, with signs that are not printed or quotes."""
    tidy = " ".join(str(name).split())
    if not tidy or len(tidy) > LONGEST_TAG or not tidy.isprintable() or '"' in tidy:
        raise LibraryError(
            f"A tag has 1 to {LONGEST_TAG} characters and no quotation marks; “{tidy[:LONGEST_TAG]}” cannot be one."
        )
    return tidy


def state(file: sqlite3.Connection, noun: str, reader: str, id_: str, name: str) -> State:
    """What stands there within a transaction."""
    ask = f"SELECT text, at FROM {noun} WHERE reader = ? AND id = ? AND name = ?"  # noqa: S608  (a constant)
    return file.execute(ask, (reader, id_, name)).fetchone()  # type: ignore[no-any-return]


def bring(file: sqlite3.Connection, noun: str, reader: str, id_: str, name: str, to: State) -> None:
    """Bring a mark to a state within a transaction."""
    if to is None:
        file.execute(f"DELETE FROM {noun} WHERE reader = ? AND id = ? AND name = ?", (reader, id_, name))  # noqa: S608
        return
    file.execute(
        f"INSERT INTO {noun} (reader, id, name, text, at) VALUES (?, ?, ?, ?, ?) "  # noqa: S608
        "ON CONFLICT DO UPDATE SET text = excluded.text, at = excluded.at",
        (reader, id_, name, *to),
    )


def record(file: sqlite3.Connection, reader: str, changes: list[tuple[str, str, str, State, State]]) -> None:
    """Keep an act (noun, id, name, before, after) within a transaction; what had been undone cannot be done again after it."""
    if not changes:
        return
    file.execute("DELETE FROM acts WHERE reader = ? AND undone", (reader,))
    row = file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'acts'").fetchone()
    act = (row[0] if row else 0) + 1
    file.executemany(
        "INSERT INTO acts (act, reader, noun, id, name, before_text, before_at, after_text, after_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (act, reader, noun, id_, name, *(before or (None, None)), *(after or (None, None)))
            for noun, id_, name, before, after in changes
        ],
    )
    if act % 64 < len(changes):
        file.execute(
            "DELETE FROM acts WHERE reader = ? AND act < (SELECT min(act) FROM "
            "(SELECT DISTINCT act FROM acts WHERE reader = ? ORDER BY act DESC LIMIT ?))",
            (reader, reader, MOST_ACTS),
        )


class Undone(NamedTuple):
    """An act that was undone, or done again."""

    noun: str
    papers: int
    names: tuple[str, ...]


def undo(database: Database, nouns: Iterable[Noun], *, redo: bool = False) -> Undone:
    """Take the reader's last act back, or with `redo` the last one taken back forth again.

    Raises
    ------
    LibraryError
        There is none, or what it changed was changed again since, in another window or by another program.
    """
    which, when = ("undone", "ASC") if redo else ("NOT undone", "DESC")
    reader = database.reader
    with database.writing(ACTS, *nouns) as file:
        last = file.execute(
            f"SELECT act FROM acts WHERE reader = ? AND {which} ORDER BY number {when} LIMIT 1",  # noqa: S608
            (reader,),
        ).fetchone()
        if last is None:
            raise LibraryError(f"There is nothing to {'do again' if redo else 'undo'} in the library.")
        rows = file.execute(
            "SELECT noun, id, name, before_text, before_at, after_text, after_at FROM acts WHERE act = ? ORDER BY number", last
        ).fetchall()
        for noun, id_, name, *states in rows:
            before, after = (None if at is None else (text, at) for text, at in (states[:2], states[2:]))
            there, to = (before, after) if redo else (after, before)
            found = state(file, noun, reader, id_, name)
            if (found and found[0]) != (there and there[0]):
                raise LibraryError(f"The {noun} of {id_} were changed again since. Change them by hand.")
            bring(file, noun, reader, id_, name, to)
        file.execute("UPDATE acts SET undone = ? WHERE act = ?", (int(not redo), *last))
    return Undone(rows[0][0], len({row[1] for row in rows}), tuple(dict.fromkeys(row[2] for row in rows if row[2])))


LONGEST = 100_000
"""Characters of a note at most."""

NOTES = Noun("notes", (f"CREATE TABLE notes ({COLUMNS}) STRICT",))


def write_note(notes: Marks, id_: str, text: str, before: str | None = None) -> str:
    """Write the note of a paper; an empty one is none.

    Parameters
    ----------
    notes : Marks
        Of `NOTES`.
    id_ : str
    text : str
    before : str, optional
        The text that the writer began from. Where another window has changed it since, both changes are kept (`both`).

    Returns
    -------
    str
        The note as it stands now.

    Raises
    ------
    LibraryError
        It is too long, or has characters that cannot be stored.
    """
    text = text.strip()
    if len(text) > LONGEST or "\0" in text:
        raise LibraryError(
            f"A note has at most {LONGEST:,} characters; this one has {len(text):,}. Keep it in a file of its own."
        )
    with notes.database.writing(NOTES, ACTS) as file:
        there = next((mark.text for mark in notes.of(id_)), "")
        if before is not None and there != before.strip():
            text = both(before.strip(), there, text)
        notes.change(file, [(id_, "", (text, now()) if text else None)])
    return text


def both(before: str, there: str, text: str) -> str:
    r"""What two windows made of a note that was `before`: one added after the other, or the one after the other.

    Examples
    --------
    >>> both("Read.", "Read. Twice.", "Read. Cite it.")
    'Read. Twice.\nCite it.'
    >>> both("Read.", "Reread.", "Cite it.")
    'Reread.\n\nCite it.'
    """
    if text in ("", before):
        return there
    if text.startswith(there):
        return text
    if before and text.startswith(before):
        return f"{there}\n{text[len(before) :].strip()}"
    return f"{there}\n\n{text}".strip()

"""A reader's saved searches, the papers each gave when it was saved, saved sets of papers, and which papers were read.

They are kept in the reader's own data folder, one SQLite file a corpus, for the corpus itself may be shared and read-only.
Several dashboards may write at once (write-ahead log; each action is one transaction on a connection of its own).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from explorer.disk import cache_folder, data_folder
from explorer.errors import LibraryError
from explorer.papers.html_table import html_table
from explorer.search.comparison import compare
from explorer.search.results import Results
from explorer.selection.expression import Operand
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from explorer.search.ranker import Ranker
    from explorer.store.snapshot import Snapshot

LONGEST_NAME = 120
"""Characters of a name at most."""

_VERSION = 1
_WAIT = 10.0
"""Seconds to wait for another dashboard that is writing."""

_MOST_INFLATED = 512_000_000
"""Bytes of ids at most; a damaged file may say it holds more."""

_TABLE = """
CREATE TABLE IF NOT EXISTS searches (
    name TEXT PRIMARY KEY, url TEXT NOT NULL, saved_at TEXT NOT NULL, content_hash TEXT NOT NULL,
    papers INTEGER NOT NULL, ids BLOB NOT NULL
) STRICT
"""
_COLUMNS = "name, url, saved_at, content_hash, papers"

_SETS = """
CREATE TABLE IF NOT EXISTS sets (
    name TEXT PRIMARY KEY, saved_at TEXT NOT NULL, papers INTEGER NOT NULL, ids BLOB NOT NULL
) STRICT
"""

_READS = "CREATE TABLE IF NOT EXISTS reads (id TEXT PRIMARY KEY, read_at TEXT NOT NULL) STRICT"

Value = TypeVar("Value")


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

    @property
    def selection(self) -> Selection:
        """The selection. Raises `SelectionError` where it was saved by a version that knew other filters."""
        return Selection.from_url(self.url)


@dataclass(frozen=True)
class SavedSet:
    """Papers under a name; a concept may be made of them (``set:NAME``)."""

    name: str
    saved_at: str
    """UTC, ISO 8601, to the second."""
    papers: int


class Library:
    """The searches and sets saved, and the papers read, of one corpus.

    Parameters
    ----------
    ranker : Ranker
        Of the corpus; it forgets what it fitted on a set that changes. A corpus folder has its own library, whatever is added to
        it. Corpora that were made from plain files in the cache share one by the names of the files, so that a new export of a
        bibliography still has its searches.
    folder : Path, optional
        Data folder, by default `data_folder()`.

    Notes
    -----
    Reading makes no file. Every method raises `LibraryError` where the file cannot be read or written.
    """

    def __init__(self, ranker: Ranker, folder: Path | None = None) -> None:
        self.ranker = ranker
        self.path = (folder or data_folder()) / "corpora" / _key(ranker.snapshot) / "library.sqlite"

    def _repr_html_(self) -> str:
        searches, sets = self.searches(), self.sets()
        rows = [
            *(["search", saved.name, saved.papers, saved.saved_at[:10]] for saved in searches),
            *(["set", saved.name, saved.papers, saved.saved_at[:10]] for saved in sets),
        ]
        caption = f"{len(searches)} saved searches, {len(sets)} sets, {len(self.reads()):,} papers read"
        return html_table(caption, ["Kind", "Name", "Papers", "Saved"], rows)

    def searches(self) -> list[SavedSearch]:
        """All saved searches, the latest first."""
        return self._read(
            lambda file: [
                SavedSearch(*row)
                for row in file.execute(
                    f"SELECT {_COLUMNS} FROM searches ORDER BY saved_at DESC, rowid DESC"  # noqa: S608  (a constant)
                )
            ],
            [],
        )

    def get(self, name: str) -> SavedSearch:
        """One saved search. Raises `LibraryError` if there is none of that name."""
        row = self._read(
            lambda file: file.execute(f"SELECT {_COLUMNS} FROM searches WHERE name = ?", (name,)).fetchone(),  # noqa: S608
            None,
        )
        if row is None:
            raise self._missing(name)
        return SavedSearch(*row)

    def ids(self, name: str) -> list[str]:
        """Ids of the papers that a search gave when it was saved, in their order."""
        row = self._read(lambda file: file.execute("SELECT ids FROM searches WHERE name = ?", (name,)).fetchone(), None)
        if row is None:
            raise self._missing(name)
        return _unpacked(row[0], self.path)

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
        saved = SavedSearch(
            name=_name(name),
            url=results.selection.to_url(),
            saved_at=datetime.now(UTC).isoformat(timespec="seconds"),
            content_hash=results.snapshot.manifest["content_hash"],
            papers=len(ids),
        )
        row = (saved.name, saved.url, saved.saved_at, saved.content_hash, saved.papers, _packed(ids))
        verb = "INSERT OR REPLACE" if replace else "INSERT OR IGNORE"
        with self._writing() as file:
            self._check_free(file, "sets", saved.name)
            if not file.execute(f"{verb} INTO searches ({_COLUMNS}, ids) VALUES (?, ?, ?, ?, ?, ?)", row).rowcount:
                raise LibraryError(f"There is a saved search “{saved.name}” already. Choose another name, or replace it.")
        self._changed(saved.name)
        return saved

    def rename(self, name: str, to: str) -> None:
        """Give a saved search another name. Raises `LibraryError` if there is none, or the new name cannot be or is taken."""
        new = _name(to)
        with self._writing() as file:
            self._check_free(file, "sets", new)
            if new != name and file.execute("SELECT 1 FROM searches WHERE name = ?", (new,)).fetchone():
                raise LibraryError(f"There is a saved search “{new}” already. Choose another name.")
            if not file.execute("UPDATE searches SET name = ? WHERE name = ?", (new, name)).rowcount:
                raise self._missing(name)
        self._changed(name, new)

    def delete(self, name: str) -> None:
        """Forget a saved search. Raises `LibraryError` if there is none of that name."""
        with self._writing() as file:
            if not file.execute("DELETE FROM searches WHERE name = ?", (name,)).rowcount:
                raise self._missing(name)
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
            ids = pd.DataFrame({"id": self.ids(before.name)}, dtype="object")
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
        """All saved sets, the latest first."""
        ask = "SELECT name, saved_at, papers FROM sets ORDER BY saved_at DESC, rowid DESC"
        return self._read(lambda file: [SavedSet(*row) for row in file.execute(ask)] if _has(file, "sets") else [], [])

    def save_set(self, name: str, ids: Sequence[str], *, replace: bool = False) -> SavedSet:
        """Save a set of papers, which ``set:NAME`` then stands for in an expression over concepts.

        Raises
        ------
        LibraryError
            There are no papers, or the name cannot be, or a search has it, or a set has it and `replace` is not set.
        """
        kept = list(dict.fromkeys(ids))
        if not kept:
            raise LibraryError("A set needs a paper. Tick some papers first.")
        saved = SavedSet(_name(name), datetime.now(UTC).isoformat(timespec="seconds"), len(kept))
        verb = "INSERT OR REPLACE" if replace else "INSERT OR IGNORE"
        with self._writing() as file:
            file.execute(_SETS)
            self._check_free(file, "searches", saved.name)
            row = (saved.name, saved.saved_at, saved.papers, _packed(kept))
            if not file.execute(f"{verb} INTO sets (name, saved_at, papers, ids) VALUES (?, ?, ?, ?)", row).rowcount:
                raise LibraryError(f"There is a saved set “{saved.name}” already. Choose another name, or replace it.")
        self._changed(saved.name)
        return saved

    def delete_set(self, name: str) -> None:
        """Forget a saved set. Raises `LibraryError` if there is none of that name."""
        with self._writing() as file:
            if not _has(file, "sets") or not file.execute("DELETE FROM sets WHERE name = ?", (name,)).rowcount:
                raise self._missing(name, "set")
        self._changed(name)

    def members(self, name: str) -> list[str]:
        """Ids of the papers that ``set:NAME`` stands for: those of a saved set, or those a search gave when it was saved.

        Raises
        ------
        LibraryError
            There is neither.
        """
        ask = "SELECT ids FROM sets WHERE name = ?"
        row = self._read(lambda file: file.execute(ask, (name,)).fetchone() if _has(file, "sets") else None, None)
        if row is not None:
            return _unpacked(row[0], self.path)
        try:
            return self.ids(name)
        except LibraryError as error:
            raise self._missing(name, "set or search") from error

    def reads(self) -> tuple[str, ...]:
        """Ids of the papers that were read, the first read first."""
        ask = "SELECT id FROM reads ORDER BY rowid"
        return self._read(lambda file: tuple(id_ for (id_,) in file.execute(ask)) if _has(file, "reads") else (), ())

    def mark_read(self, id_: str, read: bool) -> None:
        """Keep that a paper was read, or forget it."""
        with self._writing() as file:
            file.execute(_READS)
            if read:
                row = (id_, datetime.now(UTC).isoformat(timespec="seconds"))
                file.execute("INSERT OR IGNORE INTO reads (id, read_at) VALUES (?, ?)", row)
            else:
                file.execute("DELETE FROM reads WHERE id = ?", (id_,))

    def _check_free(self, file: sqlite3.Connection, table: str, name: str) -> None:
        """A name stands for one thing only, for ``set:NAME`` says no more."""
        if table == "sets" and not _has(file, "sets"):
            return
        if file.execute(f"SELECT 1 FROM {table} WHERE name = ?", (name,)).fetchone():  # noqa: S608  (a constant)
            kind = "set" if table == "sets" else "search"
            raise LibraryError(f"There is a saved {kind} “{name}” already. Choose another name.")

    def _changed(self, *names: str) -> None:
        for name in names:
            self.ranker.forget_concept(Operand("set", name))

    def _missing(self, name: str, kind: str = "search") -> LibraryError:
        return LibraryError(
            f"There is no saved {kind} “{str(name)[:LONGEST_NAME]}”. It may have been deleted in another window."
        )

    def _read(self, ask: Callable[[sqlite3.Connection], Value], otherwise: Value) -> Value:
        if not self.path.exists():
            return otherwise
        with self._said(), closing(self._open()) as file:
            return ask(file)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within a transaction that no other writer can come between."""
        with self._said():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as file, file:
                file.execute("BEGIN IMMEDIATE")
                yield file

    def _open(self) -> sqlite3.Connection:
        # Turning the write-ahead log on does not wait for others as statements do.
        deadline = time.monotonic() + _WAIT
        while True:
            file = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
            try:
                self._prepare(file)
            except sqlite3.OperationalError as error:
                file.close()
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            except BaseException:
                file.close()
                raise
            else:
                return file

    def _prepare(self, file: sqlite3.Connection) -> None:
        [version] = file.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise LibraryError(
                f"{self.path} was written by a later version of this program. Update it to see the saved searches."
            )
        if version < _VERSION:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute(_TABLE)
            file.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeError) as error:
            raise LibraryError(
                f"The saved searches in {self.path} cannot be read or written ({error}). Move the file away to start anew."
            ) from error
        except OSError as error:
            raise LibraryError(
                f"{self.path.parent} cannot be written ({error.strerror}). Set LITEXPLORER_DATA_HOME to a folder that can."
            ) from error


def _key(snapshot: Snapshot) -> str:
    folder = snapshot.folder.resolve()
    made = snapshot.manifest.get("made", {})
    named = json.dumps(made["files"]) if folder.parent == cache_folder().resolve() and made.get("files") else str(folder)
    return hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest()[:16]


def _has(file: sqlite3.Connection, table: str) -> bool:
    """Files of earlier versions have no tables of sets and reads, which are made when the first is saved."""
    return file.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def _name(name: str) -> str:
    tidy = " ".join(str(name).split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise LibraryError(f"What is saved needs a name of 1 to {LONGEST_NAME} characters.")
    return tidy


def _packed(ids: list[str]) -> bytes:
    return zlib.compress(json.dumps(ids, ensure_ascii=False).encode(), 1)


def _unpacked(data: bytes, path: Path) -> list[str]:
    try:
        inflate = zlib.decompressobj()
        ids = json.loads(inflate.decompress(data, _MOST_INFLATED))
    except (zlib.error, ValueError, RecursionError) as error:
        raise LibraryError(f"A saved search in {path} is damaged ({error}). Delete it and save it again.") from error
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise LibraryError(f"A saved search in {path} is damaged (no list of ids). Delete it and save it again.")
    return ids

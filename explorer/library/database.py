"""What readers made, in one SQLite file: where it lies, how it is opened, migrated, written by several processes at once, and read.

The library of a corpus lies by what the corpus is, not where its folder stands, so that it follows when that is moved.

The file has a write-ahead log: readers never wait, and one transaction is written whole or not at all, at whatever instant a
process is killed. Writers queue for the lock of the folder first, which the system hands on in turn, for SQLite itself has them
try again after pauses that grow, and some wait long.

How a noun keeps its table here. Each noun (stars, tags, notes, …, in whatever room) names its tables once, in the module that
it stands in, as numbered scripts::

    SUBSCRIPTIONS = Noun("subscriptions", (
        "CREATE TABLE subscriptions (reader TEXT NOT NULL, name TEXT NOT NULL, …, PRIMARY KEY (reader, name)) STRICT",
    ))

and asks and writes through the library's database, which every reader of the corpus shares::

    database.read(SUBSCRIPTIONS, lambda file: file.execute("SELECT … WHERE reader = ?", (database.reader,)).fetchall(), [])
    with database.writing(SUBSCRIPTIONS) as file:      # one transaction, alone
        file.execute("INSERT INTO subscriptions …")

- A script is never changed once it was released; what changes is one more script at the end. It may hold several statements, runs
  within the transaction of the first write, and may call ``reader()``, the name of who opened the file, to whom what was kept before
  readers had names belongs.
- Table ``nouns`` says how many scripts of each noun were run. A noun that nobody wrote yet has no table, and reads as nothing: reading
  makes no file and no table. ``PRAGMA user_version`` counts what all nouns stand on (`SCRIPTS`).
- Every table has a column `reader`; whose rows are shown is the noun's affair. Papers are named by id.
- A noun that shall be exported and imported says how in `explorer.library.exchange`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from explorer.disk import cache_folder, data_folder, flush
from explorer.errors import LibraryError
from explorer.store.generations import locked

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

Value = TypeVar("Value")

SCRIPTS = (
    # 1 and 2: files before, in which searches and, in some, sets and reads had tables, and no reader had a name.
    "",
    "",
    """
    CREATE TABLE IF NOT EXISTS nouns (name TEXT PRIMARY KEY, scripts INTEGER NOT NULL) STRICT;
    INSERT OR IGNORE INTO nouns SELECT name, 1 FROM sqlite_master WHERE type = 'table' AND name IN ('searches', 'sets', 'reads')
    """,
)
"""What all nouns stand on; ``PRAGMA user_version`` says how many of these were run."""

_WAIT = 10.0
"""Seconds to wait for another process that is writing."""

_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Noun:
    """What keeps tables in the file.

    Attributes
    ----------
    name : str
        What it is called, once for all.
    scripts : tuple of str
        SQL, one string a version.
    """

    name: str
    scripts: tuple[str, ...]


def now() -> str:
    """The time as the file says it: UTC, ISO 8601, to the microsecond, so that what is done in turn stands in turn."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Database:
    """The file, and the reader whose it is opened for.

    Parameters
    ----------
    path : Path
        Of the file; its folder is made with the first write. Who makes it alone can read it.
    reader : str
        Name of the reader; empty for the one who has none.

    Notes
    -----
    One connection is kept for all threads of a process, and another opened where the file was moved away or the process forked.
    Every method raises `LibraryError` where the file cannot be read or written.
    """

    def __init__(self, path: Path, reader: str = "") -> None:
        self.path = path
        self.reader = reader
        self._guard = threading.RLock()
        self._file: sqlite3.Connection | None = None
        self._opened: tuple[int, int, int] | None = None
        self._writes = 0

    def read(self, noun: Noun, ask: Callable[[sqlite3.Connection], Value], otherwise: Value) -> Value:
        """What a noun answers; `otherwise` where there is no file, or the noun has no table in it yet."""
        with self._guard, self._said():
            file = self._connection(make=False)
            if file is None or not self._prepared(file, noun):
                return otherwise
            return ask(file)

    @contextlib.contextmanager
    def writing(self, *nouns: Noun) -> Iterator[sqlite3.Connection]:
        """A transaction in which no other writer can come between; what is raised within takes it back.

        Parameters
        ----------
        *nouns : Noun
            Whose tables are written or asked in it.
        """
        with self._guard, self._said():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._connection(make=True)
            assert file is not None
            if file.in_transaction:
                # Within another write of this thread, whose transaction it becomes part of.
                self._migrate(file, nouns)
                yield file
                return
            with locked(self.path.parent):
                file.execute("BEGIN IMMEDIATE")
                try:
                    self._migrate(file, nouns)
                    yield file
                except BaseException:
                    file.execute("ROLLBACK")
                    raise
                file.execute("COMMIT")
            self._writes += 1
            with contextlib.suppress(FileNotFoundError):
                # On the disk before it is said to be saved; not by SQLite, which would keep the others waiting meanwhile.
                flush(self.path.with_name(f"{self.path.name}-wal"))

    def version(self) -> tuple[object, ...]:
        """A value that differs as soon as anybody wrote, in this process or another."""
        with self._guard, self._said():
            file = self._connection(make=False)
            if file is None:
                return ()
            return (self._opened, file.execute("PRAGMA data_version").fetchone()[0], self._writes)

    def close(self) -> None:
        """Let go of the file; it is opened again where it is asked."""
        with self._guard:
            if self._file is not None and self._opened is not None and self._opened[0] == os.getpid():
                self._file.close()
            self._file, self._opened = None, None

    # Opening

    def _connection(self, *, make: bool) -> sqlite3.Connection | None:
        there = self._identity()
        if self._file is not None and self._opened != there:
            self.close()
        if self._file is None:
            if there is None and not make:
                return None
            self._file = self._open()
            self._opened = self._identity()
        return self._file

    def _identity(self) -> tuple[int, int, int] | None:
        """The process and the file behind the path: a file that was moved away and made anew is another."""
        try:
            status = os.stat(self.path)  # noqa: PTH116  (five times as fast, and asked at every step)
        except FileNotFoundError:
            return None
        return os.getpid(), status.st_dev, status.st_ino

    def _open(self) -> sqlite3.Connection:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))
        # Turning the write-ahead log on does not wait for others as statements do.
        deadline = time.monotonic() + _WAIT
        while True:
            file = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            try:
                self._found(file)
            except sqlite3.OperationalError as error:
                file.close()
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            except BaseException:
                file.close()
                raise
            else:
                weakref.finalize(self, _close, file, os.getpid())
                return file

    def _found(self, file: sqlite3.Connection) -> None:
        if self._version(file) == 0:
            file.execute("PRAGMA journal_mode = WAL")
        # What was committed is flushed by `writing`, where it keeps nobody waiting.
        file.execute("PRAGMA synchronous = NORMAL")
        file.create_function("reader", 0, lambda: self.reader)

    # Migrating

    def _prepared(self, file: sqlite3.Connection, noun: Noun) -> bool:
        """Whether a noun has its tables; those of an earlier version are brought to where they are today."""
        version = self._version(file)
        if 0 < version < len(SCRIPTS):
            with self.writing(noun):
                return True
        run = self._scripts_run(file, noun) if version else 0
        if 0 < run < len(noun.scripts):
            with self.writing(noun):
                pass
        return run > 0

    def _version(self, file: sqlite3.Connection) -> int:
        """Asked each time: a later version of the program may have come by while this one runs."""
        version = int(file.execute("PRAGMA user_version").fetchone()[0])
        if version > len(SCRIPTS):
            raise LibraryError(f"{self.path} was written by a later version of this program. Update it to see what is saved.")
        return version

    def _scripts_run(self, file: sqlite3.Connection, noun: Noun) -> int:
        row = file.execute("SELECT scripts FROM nouns WHERE name = ?", (noun.name,)).fetchone()
        run = row[0] if row else 0
        if run > len(noun.scripts):
            raise LibraryError(
                f"The {noun.name} in {self.path} were written by a later version of this program. Update it to see them."
            )
        return int(run)

    def _migrate(self, file: sqlite3.Connection, nouns: tuple[Noun, ...]) -> None:
        """Run within a transaction what the file has not seen yet."""
        version = self._version(file)
        for script in SCRIPTS[version:]:
            _run(file, script)
        if version < len(SCRIPTS):
            file.execute(f"PRAGMA user_version = {len(SCRIPTS)}")
            if version:
                # Files of 0.1 were as readable as the system makes files.
                self.path.chmod(_OWNER_ONLY)
        for noun in nouns:
            run = self._scripts_run(file, noun)
            for script in noun.scripts[run:]:
                _run(file, script)
            if run < len(noun.scripts):
                file.execute("INSERT OR REPLACE INTO nouns VALUES (?, ?)", (noun.name, len(noun.scripts)))

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeError) as error:
            raise LibraryError(
                f"What is saved in {self.path} cannot be read or written ({error}). Move the file away to start anew."
            ) from error
        except OSError as error:
            raise LibraryError(
                f"{self.path.parent} cannot be written ({error.strerror}). Set LITEXPLORER_DATA_HOME to a folder that can."
            ) from error


def _close(file: sqlite3.Connection, process: int) -> None:
    # A connection is of the process that opened it; in one that forked from it, closing would take the other's locks.
    if os.getpid() == process:
        file.close()


def _run(file: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script; `executescript` would end the transaction."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                file.execute(statement)
            statement = ""


FILE = "library.sqlite"


def library_path(snapshot: Snapshot, folder: Path | None = None) -> Path:
    """The library file of a corpus.

    A corpus is known by the content of the first generation in its folder, whatever was added or built there later. Corpora made
    from plain files in the cache share one library by the names of the files, so that a new export of a bibliography still has
    its searches.

    Parameters
    ----------
    snapshot : Snapshot
    folder : Path, optional
        Data folder, by default `data_folder()`.
    """
    home = (folder or data_folder()) / "corpora"
    files = snapshot.manifest.get("made", {}).get("files")
    where = snapshot.folder.resolve()
    if where.parent == cache_folder().resolve() and files:
        return home / _key(json.dumps(files)) / FILE
    made = snapshot.manifest.get("made", {})
    path = home / _key(f"corpus {made.get('first', snapshot.manifest['content_hash'])}") / FILE
    # Until 0.1 it was known by where its folder stands.
    before = home / _key(str(where)) / FILE
    with contextlib.suppress(PermissionError):
        if not path.exists() and before.exists() and not _copied(before, path):
            return before
    return path


def _copied(before: Path, path: Path) -> bool:
    """Copy a library whole, its write-ahead log included; of two processes that do so at once, the first one's copy stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=".library.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            with closing(sqlite3.connect(before)) as source, closing(sqlite3.connect(temporary)) as target:
                source.backup(target)
            with contextlib.suppress(FileExistsError):
                # Not renamed, which would replace what another process has begun to write.
                os.link(temporary, path)
            flush(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except (OSError, sqlite3.Error):
        # A folder that cannot be written, or a damaged file, of which is said when it is read.
        return False
    return True


def _key(named: str) -> str:
    return hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest()[:16]

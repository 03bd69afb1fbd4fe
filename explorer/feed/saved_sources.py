"""Sources that a corpus is kept up from: files and folders that grow, lists of a day, searches of a web service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from explorer.errors import FeedError
from explorer.library.database import Database, Noun
from explorer.sources.services.registry import SERVICES
from explorer.sources.source import files_of

FILES = "files"
MOST_DAYS = 31
"""Days of a list that are caught up with at once."""

_COLUMNS = "reader, number, service, query, daily, most, seen"

SOURCES = Noun(
    "sources",
    (
        """
        CREATE TABLE sources (
            reader TEXT NOT NULL, number INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, query TEXT NOT NULL, daily INTEGER NOT NULL,
            most INTEGER NOT NULL, seen TEXT NOT NULL
        ) STRICT
        """,
    ),
)


@dataclass(frozen=True)
class SavedSource:
    """Where new papers of a corpus come from.

    Attributes
    ----------
    number : int
    service : str
        ``files``, or the name of a web service.
    query : str
        A file, a folder or a pattern; or what the service is asked.
    daily : bool
        Whether the service lists the papers of each day, and is asked for the days since the last.
    most : int
        Papers asked for at once.
    seen : str
        Of files, size and time of each that was taken, as JSON; of lists, the last day that was.
    """

    number: int
    service: str
    query: str
    daily: bool
    most: int
    seen: str = ""

    @property
    def sentence(self) -> str:
        """It in words."""
        if self.service == FILES:
            return f"files: {self.query}"
        asked = "the papers of each day" if self.daily else self.query or "everything"
        return f"{self.service}: {asked}, {self.most:,} at most"

    def new_files(self) -> tuple[list[Path], str]:
        """Files that came or changed since they were last taken, and what is to be kept as seen once they are."""
        before = json.loads(self.seen) if self.seen else {}
        now = {}
        for path in files_of(Path(self.query)):
            status = path.stat()
            now[str(path)] = [status.st_size, status.st_mtime_ns]
        return [Path(name) for name, held in now.items() if before.get(name) != held], json.dumps(now)

    def new_days(self, today: date) -> list[date]:
        """Days of a list since the last that was taken, that one again, for a list goes on to grow until its day is over."""
        first = date.fromisoformat(self.seen) if self.seen else today
        first = max(first, today - timedelta(MOST_DAYS - 1))
        return [first + timedelta(step) for step in range((today - first).days + 1)]


class SavedSources:
    """The sources that a corpus is kept up from; they are the corpus's, whichever reader named them.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> list[SavedSource]:
        """All of them, the first named first."""
        ask = f"SELECT {_COLUMNS} FROM sources ORDER BY number"  # noqa: S608  (a constant)

        def read(rows: list[tuple[str, int, str, str, int, int, str]]) -> list[SavedSource]:
            return [
                SavedSource(number, service, query, bool(daily), most, seen)
                for _, number, service, query, daily, most, seen in rows
            ]

        return self.database.read(SOURCES, lambda file: read(file.execute(ask).fetchall()), [])

    def add(self, service: str, query: str = "", *, daily: bool = False, most: int = 100) -> SavedSource:
        """Name a source.

        Raises
        ------
        FeedError
            There is no such service; it lists no days; it is named already.
        """
        known = next((row for row in SERVICES if row.name == service), None)
        if service == FILES:
            query = str(Path(query).absolute()) if query else ""
        elif known is None:
            names = ", ".join([FILES, *(row.name for row in SERVICES)])
            raise FeedError(f"There is no source {service[:40]!r}. Sources: {names}.")
        elif daily and not known.lists:
            raise FeedError(f"{known.label} lists no papers of a day. Hugging Face (hf) does.")
        if not daily and not query and not (known and known.whole):
            raise FeedError("Say which file, folder or search the papers come from.")
        with self.database.writing(SOURCES) as file:
            there = "SELECT 1 FROM sources WHERE service = ? AND query = ? AND daily = ?"
            if file.execute(there, (service, query, int(daily))).fetchone():
                raise FeedError("That source is named already; `litexplorer sources CORPUS` lists them.")
            values = (self.database.reader, service, query, int(daily), most)
            row = file.execute(
                "INSERT INTO sources (reader, service, query, daily, most, seen) VALUES (?, ?, ?, ?, ?, '')", values
            )
            return SavedSource(int(row.lastrowid or 0), service, query, daily, most)

    def delete(self, number: int) -> None:
        """Forget a source. Raises `FeedError` if there is none of that number."""
        with self.database.writing(SOURCES) as file:
            gone = file.execute("DELETE FROM sources WHERE number = ?", (number,)).rowcount
        if not gone:
            raise FeedError(f"There is no source number {number}; `litexplorer sources CORPUS` lists them.")

    def saw(self, number: int, seen: str) -> None:
        """Keep how far a source was taken, once its papers are in the corpus."""
        with self.database.writing(SOURCES) as file:
            file.execute("UPDATE sources SET seen = ? WHERE number = ?", (seen, number))

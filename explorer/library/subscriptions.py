"""Subscriptions: what a reader wants to be told of, how often, how much at most, and the address it is sent to."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from explorer.errors import FeedError, SelectionError
from explorer.library.arrivals import ARRIVALS, register
from explorer.library.database import Database, Noun, now
from explorer.selection.selection import Selection
from explorer.store.appearances import appearances

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def checked_address(text: str) -> str:
    """A bare address, such as ``ann@example.org``.

    Raises
    ------
    FeedError
        It is none, or has what could pass for more than one: a line end, a comma, a name.
    """
    tidy = str(text).strip()
    name, _, host = tidy.rpartition("@")
    if not name.isascii() or len(tidy) > 254 or len(name) > 64:
        raise FeedError(f"{tidy[:60]!r} is no address that mail can be sent to. Give one such as ann@example.org.")
    try:
        plain = f"{name}@{host if host.isascii() else host.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise FeedError(f"{tidy[:60]!r} is no address that mail can be sent to. Give one such as ann@example.org.") from error
    if not _ADDRESS.fullmatch(plain):
        raise FeedError(f"{tidy[:60]!r} is no address that mail can be sent to. Give one such as ann@example.org.")
    return plain


CADENCES = ("daily", "weekly")

DEFAULT_CAP = 20
"""Papers an issue tells of at most, unless the reader says otherwise."""

LARGEST_CAP = 500
_LONGEST_NAME = 120
_COLUMNS = "reader, name, url, without, cadence, cap, address, bibtex, token, made_at, since, arrival, last, last_at"

SUBSCRIPTIONS = Noun(
    "subscriptions",
    (
        """
        CREATE TABLE subscriptions (
            reader TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, without TEXT NOT NULL, cadence TEXT NOT NULL,
            cap INTEGER NOT NULL, address TEXT NOT NULL, bibtex INTEGER NOT NULL, token TEXT NOT NULL UNIQUE, made_at TEXT NOT NULL,
            since TEXT NOT NULL, arrival INTEGER NOT NULL, last TEXT NOT NULL, last_at TEXT NOT NULL, PRIMARY KEY (reader, name)
        ) STRICT
        """,
    ),
)


@dataclass(frozen=True)
class Subscription:
    """What a reader wants to be told of.

    Attributes
    ----------
    reader, name : str
    url : str
        The selection as the dashboard's address says it: a search, topics, authors, tags, concepts, a set of papers, a preference.
    without : tuple of str
        Words and phrases; papers that have one of them are left out.
    cadence : {"daily", "weekly"}
    cap : int
        Papers an issue tells of at most; the others wait for the next.
    address : str
        Where it is sent; empty for a reader who takes files or a feed.
    bibtex : bool
        Whether the papers are attached.
    token : str
        By which the subscriber ends it, without being asked who it is.
    since : str
        Day from which papers count that the corpus had when it was made.
    arrival : int
        Papers that came to the corpus after this number are new.
    last : str
        Day of the last issue, ISO 8601; empty before the first.
    last_at : str
        Day on the clock when that was made.
    """

    reader: str
    name: str
    url: str
    without: tuple[str, ...]
    cadence: str
    cap: int
    address: str
    bibtex: bool
    token: str
    made_at: str
    since: str
    arrival: int
    last: str = ""
    last_at: str = ""

    def __repr__(self) -> str:
        return f"Subscription({self.name!r}, {self.url!r}, {self.cadence}, {self.cap} at most)"

    @property
    def selection(self) -> Selection:
        """The selection. Raises `SelectionError` where it was saved by a version that knew other filters."""
        return Selection.from_url(self.url)

    @property
    def subscriber(self) -> str:
        """Who gets it: the address, else the reader. Nobody is sent a paper twice, in whatever subscription."""
        return self.address.lower() if self.address else f"reader:{self.reader}"

    @property
    def sentence(self) -> str:
        """What it asks for, in words."""
        said = self.selection.describe()
        return f"{said}, without {', '.join(f'‘{word}’' for word in self.without)}" if self.without else said

    def due(self, day: date, today: date) -> bool:
        """Whether an issue may be made: one a day, or one a week, by the day of the papers or by the clock."""
        if not self.last:
            return True
        if self.cadence == "weekly":
            return _week(day) > _week(_day(self.last)) or _week(today) > _week(_day(self.last_at))
        return day > _day(self.last) or today > _day(self.last_at)


class Subscriptions:
    """The subscriptions of a reader.

    Parameters
    ----------
    database : Database
        Of the reader's library.
    snapshot : Snapshot
        Of the corpus.
    """

    def __init__(self, database: Database, snapshot: Snapshot) -> None:
        self.database = database
        self.snapshot = snapshot

    def all(self) -> list[Subscription]:
        """The reader's subscriptions, the first one first."""
        return [row for row in self.everybodys() if row.reader == self.database.reader]

    def everybodys(self) -> list[Subscription]:
        """The subscriptions of all readers, by subscriber and in the order in which they were made."""
        ask = f"SELECT {_COLUMNS} FROM subscriptions ORDER BY reader, rowid"  # noqa: S608  (a constant)
        return self.database.read(SUBSCRIPTIONS, lambda file: [self._today(_row(row)) for row in file.execute(ask)], [])

    def _today(self, row: Subscription) -> Subscription:
        """A subscription with topics called as they are by now."""
        with suppress(SelectionError):
            if "topic" in row.url:
                return replace(row, url=row.selection.with_topics(self.snapshot.topics.former).to_url())
        return row

    def get(self, name: str) -> Subscription:
        """One of them. Raises `FeedError` if there is none of that name."""
        found = next((row for row in self.all() if row.name == name), None)
        if found is None:
            raise _missing(name)
        return found

    def add(
        self,
        name: str,
        selection: Selection | str = "",
        *,
        without: Sequence[str] = (),
        cadence: str = "daily",
        cap: int = DEFAULT_CAP,
        address: str = "",
        bibtex: bool = False,
        since: date | None = None,
        replace: bool = False,
    ) -> Subscription:
        """Subscribe.

        Its first issue has the papers of the last day, or week, that the corpus has; from then on what comes to the corpus.

        Parameters
        ----------
        name : str
            What the reader calls it.
        selection : Selection or str
            A text is a query; an empty one wants all papers.
        without : sequence of str
            Words and phrases that keep papers out.
        cadence : {"daily", "weekly"}
        cap : int
            Papers an issue tells of at most, 1 to `LARGEST_CAP`.
        address : str
            Where it is sent, if anywhere.
        bibtex : bool
            Attach the papers.
        since : date, optional
            Day from which papers that the corpus has count as new.
        replace : bool
            Change one of that name; what was sent before is not sent again.

        Raises
        ------
        FeedError
            The name is taken, or a value cannot be.
        QueryError, ExpressionError, SelectionError
            The selection cannot be run.
        """
        tidy = " ".join(str(name).split())
        if not tidy or len(tidy) > _LONGEST_NAME or not tidy.isprintable():
            raise FeedError(f"A subscription needs a name of 1 to {_LONGEST_NAME} characters.")
        chosen = Selection.of(selection)
        _ = chosen.parsed, chosen.expression
        if cadence not in CADENCES:
            raise FeedError(f"A subscription is {' or '.join(CADENCES)}, not {str(cadence)[:20]!r}.")
        if isinstance(cap, bool) or not isinstance(cap, int) or not 1 <= cap <= LARGEST_CAP:
            raise FeedError(f"The most papers of an issue must be a number from 1 to {LARGEST_CAP}.")
        minus = tuple(dict.fromkeys(clean for word in without if (clean := " ".join(str(word).split()))))
        to = checked_address(address) if address else ""
        span = appearances(self.snapshot).span
        if since is None and span is not None:
            since = span[1] - timedelta(6 if cadence == "weekly" else 0)
        first = since.isoformat() if since else ""
        with self.database.writing(SUBSCRIPTIONS, ARRIVALS) as file:
            ask = f"SELECT {_COLUMNS} FROM subscriptions WHERE reader = ? AND name = ?"  # noqa: S608
            before = file.execute(ask, (self.database.reader, tidy)).fetchone()
            if before is not None and not replace:
                raise FeedError(f"There is a subscription “{tidy}” already. Choose another name, or replace it.")
            arrival = register(file, self.snapshot)
            old = _row(before) if before is not None else None
            made = Subscription(
                self.database.reader, tidy, chosen.to_url(), minus, cadence, cap, to, bool(bibtex),
                old.token if old else secrets.token_urlsafe(24), old.made_at if old else now(), old.since if old else first,
                old.arrival if old else arrival, old.last if old else "", old.last_at if old else "",
            )  # fmt: skip
            minus_text = json.dumps(minus, ensure_ascii=False)
            values = [getattr(made, column) for column in _COLUMNS.split(", ")]
            values[_COLUMNS.split(", ").index("without")] = minus_text
            values[_COLUMNS.split(", ").index("bibtex")] = int(made.bibtex)
            marks = ", ".join("?" * len(values))
            file.execute(f"INSERT OR REPLACE INTO subscriptions ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608
        return made

    def delete(self, name: str) -> None:
        """End a subscription. Raises `FeedError` if there is none of that name."""
        with self.database.writing(SUBSCRIPTIONS) as file:
            gone = file.execute(
                "DELETE FROM subscriptions WHERE reader = ? AND name = ?", (self.database.reader, name)
            ).rowcount
        if not gone:
            raise _missing(name)

    def unsubscribe(self, token: str) -> int:
        """End all subscriptions of the subscriber whose token it is; returns how many, zero where nobody has it."""
        with self.database.writing(SUBSCRIPTIONS) as file:
            rows = [_row(row) for row in file.execute(f"SELECT {_COLUMNS} FROM subscriptions")]  # noqa: S608
            asked = str(token).encode()
            owner = next((row.subscriber for row in rows if secrets.compare_digest(row.token.encode(), asked)), None)
            ended = [row for row in rows if row.subscriber == owner]
            for row in ended:
                file.execute("DELETE FROM subscriptions WHERE reader = ? AND name = ?", (row.reader, row.name))
        return len(ended)


def made_issue(file: sqlite3.Connection, subscription: Subscription, day: date, today: date) -> None:
    """Note within a transaction that an issue was made of a subscription, or that there was nothing to make one of."""
    last = max(subscription.last, day.isoformat())
    file.execute(
        "UPDATE subscriptions SET last = ?, last_at = ?, arrival = max(arrival, ?), since = ? WHERE token = ?",
        (last, today.isoformat(), subscription.arrival, subscription.since, subscription.token),
    )


def _row(row: tuple[object, ...]) -> Subscription:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values |= {"without": tuple(json.loads(str(values["without"]))), "bibtex": bool(values["bibtex"])}
    return Subscription(**values)  # type: ignore[arg-type]


def _missing(name: str) -> FeedError:
    return FeedError(f"There is no subscription “{str(name)[:_LONGEST_NAME]}”. It may have been ended in another window.")


def _day(text: str) -> date:
    return date.fromisoformat(text) if text else date.min


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]

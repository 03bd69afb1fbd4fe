"""The digest: what is new for each subscriber since the last issue, made once and delivered until it is taken.

What was told to whom is a ledger, and each step is a transaction of the one file that holds it:

1. *Register*: papers that came to the corpus get their number.
2. *Make*: the papers of an issue go into the ledger together with the message itself, as it will be sent. A paper stands there once
   a subscriber, so that a second process that makes the same issue finds it made.
3. *Deliver*: a message that was made is handed over until it is taken, always the same bytes under the same Message-ID, and then marked.

Killed between any two steps and run again, nobody gets a paper twice and none is lost: what was registered waits to be told, what was
made waits to be delivered. A file is written whole under a name of the issue's, so that writing it again changes nothing. Of a mail
server whose answer was not seen any more nobody can know whether it took the message; it is sent again, and a mailbox knows it by its
Message-ID.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from explorer.disk import write_whole
from explorer.errors import ExplorerError, FeedError
from explorer.feed.issue import Issue, Item, Section, items_of, keys_of
from explorer.feed.mail import RefusedError
from explorer.feed.matching import Percolator
from explorer.feed.message import Message, message_of
from explorer.library.arrivals import ARRIVALS, numbers, register
from explorer.library.database import Noun, now
from explorer.library.library import Library
from explorer.library.subscriptions import SUBSCRIPTIONS, Subscription, Subscriptions, made_issue
from explorer.search.ranker import Ranker
from explorer.store.appearances import appearances

Deliver = Callable[[Message], None]

ISSUES = Noun(
    "issues",
    (
        """
        CREATE TABLE issues (
            reader TEXT NOT NULL, id TEXT PRIMARY KEY, subscriber TEXT NOT NULL, sender TEXT NOT NULL, address TEXT NOT NULL, day TEXT NOT NULL,
            made_at TEXT NOT NULL, papers INTEGER NOT NULL, message BLOB NOT NULL, state TEXT NOT NULL, sent_at TEXT NOT NULL,
            problem TEXT NOT NULL
        ) STRICT;
        CREATE INDEX issues_waiting ON issues (state);
        CREATE TABLE told (
            reader TEXT NOT NULL, subscriber TEXT NOT NULL, key TEXT NOT NULL, issue TEXT NOT NULL, PRIMARY KEY (subscriber, key)
        ) STRICT, WITHOUT ROWID
        """,
    ),
)
"""`told` is the ledger: a paper stands in it once a subscriber, under each of its keys."""

_BATCH = 100
"""Issues of one transaction: each has to reach the disk."""

NOBODY = "digest@localhost"
"""Sender of messages that are only written as files."""


@dataclass(frozen=True)
class Setting:
    """What all issues of a run have in common."""

    sender: str = NOBODY
    name: str = "Literature Explorer"
    link: str = ""
    """Address of the dashboard."""
    unsubscribe: str = ""
    """Address of a page that ends subscriptions, with ``{token}``."""
    curator: str = ""


@dataclass(frozen=True)
class Draft:
    """An issue before it is in the ledger."""

    issue: Issue
    subscriptions: tuple[Subscription, ...]
    """All that were looked at for it, also those without a paper, as they are once it is made."""

    @property
    def subscriber(self) -> str:
        """Who gets it."""
        return self.subscriptions[0].subscriber

    @property
    def address(self) -> str:
        """Where it goes; empty for files and feeds only."""
        return self.subscriptions[0].address


@dataclass
class Outcome:
    """What a run did."""

    made: int = 0
    papers: int = 0
    delivered: int = 0
    refused: int = 0
    waiting: int = 0
    """Messages that could not be delivered yet."""
    problems: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """It in words."""
        issues = f"{self.made:,} issue{'' if self.made == 1 else 's'}"
        said = f"{issues} made, {self.papers:,} paper{'' if self.papers == 1 else 's'}; {self.delivered:,} delivered"
        if self.refused:
            said += f", {self.refused:,} refused"
        return f"{said}, {self.waiting:,} waiting" if self.waiting else said


class Digest:
    """The digest of a corpus, for all readers of its library.

    Parameters
    ----------
    library : Library
        Of any of its readers: the file is one.
    setting : Setting
    today : date, optional
        The day on the clock.
    """

    def __init__(self, library: Library, setting: Setting | None = None, *, today: date | None = None) -> None:
        self.library = library
        self.ranker = library.ranker
        self.snapshot = library.ranker.snapshot
        self.database = library.database
        self.setting = setting or Setting()
        self.today = today or date.today()
        self._rankers: dict[str, Ranker] = {library.reader: library.ranker}
        self._described: dict[int, Item] = {}

    @property
    def day(self) -> date:
        """Day of an issue that is made now: the last on which papers of the corpus appeared, which is none to come."""
        span = appearances(self.snapshot).span
        return min(span[1], self.today) if span else self.today

    # Drafting

    def drafts(
        self, day: date | None = None, *, only: Sequence[Subscription] | None = None, due: bool = True
    ) -> tuple[list[Draft], list[str]]:
        """What would be sent, one draft a subscriber, without writing anything.

        Parameters
        ----------
        day : date, optional
            Papers that appeared later are left out.
        only : sequence of Subscription, optional
            By default those of all readers.
        due : bool
            Leave out subscriptions whose day has not come.

        Returns
        -------
        drafts : list of Draft
            Those without papers too.
        problems : list of str
            What kept a subscription from being run, which is the reader's to mend.
        """
        at = day or self.day
        wanted = Subscriptions(self.database, self.snapshot).everybodys() if only is None else list(only)
        wanted = [row for row in wanted if not due or row.due(at, self.today)]
        if not wanted:
            return [], []
        came = numbers(self.database, self.snapshot, min(row.arrival for row in wanted))
        days = appearances(self.snapshot).days
        passed = np.isnat(days) | (days <= np.datetime64(at, "D"))
        since = np.datetime64(min((row.since for row in wanted if row.since), default="9999-12-31"), "D")
        rows = np.flatnonzero(passed & ((came > 0) | (days >= since)))
        problems: list[str] = []
        by_subscriber: dict[str, list[Subscription]] = {}
        for row in wanted:
            by_subscriber.setdefault(row.subscriber, []).append(row)
        percolator = Percolator(self.ranker, rows)
        keys = _keys(percolator)
        told = self._told(by_subscriber)
        drafts = []
        for subscriber, rows_of in by_subscriber.items():
            known = told.get(subscriber, frozenset())
            free = np.array([not (known and any(key in known for key in own)) for own in keys], bool)
            sections, complete = self._sections(percolator, rows_of, free, came[rows], days[rows], problems)
            after = [self._looked_at(row, came, days, passed) if row in complete else row for row in rows_of]
            drafts.append(Draft(self._issue(sections, rows_of, at), tuple(after)))
        return drafts, problems

    def _looked_at(self, row: Subscription, came: np.ndarray, days: np.ndarray, passed: np.ndarray) -> Subscription:
        """A subscription all of whose papers were told: what it was looked at with is not looked at again."""
        later = came[~passed & (came > row.arrival)]
        arrival = max(row.arrival, int(later.min()) - 1 if len(later) else int(came.max(initial=0)))
        kept = bool(row.since) and bool((~passed & (days >= np.datetime64(row.since, "D"))).any())
        return replace(row, arrival=arrival, since=row.since if kept else "")

    def _sections(
        self,
        percolator: Percolator,
        rows: Sequence[Subscription],
        free: np.ndarray,
        came: np.ndarray,
        days: np.ndarray,
        problems: list[str],
    ) -> tuple[list[Section], set[Subscription]]:
        """What is new for each subscription of a subscriber, and which of these have nothing left for the next issue."""
        sections, complete = [], set()
        for row in rows:
            ranker = self._ranker_of(row.reader)
            try:
                selection = row.selection
                found = percolator.match(selection, without=row.without, ranker=ranker).places
                fresh = came > row.arrival
                if row.since:
                    fresh = fresh | (days >= np.datetime64(row.since, "D"))
                found = found[(free & fresh)[found]]
                chosen = found[: row.cap]
                reasons = percolator.reasons(selection, chosen.tolist(), ranker=ranker)
            except ExplorerError as error:
                problems.append(f"The subscription “{row.name}” could not be run: {error}")
                continue
            # A paper is told once a subscriber, in the first section that wants it.
            free[chosen] = False
            items = items_of(self.snapshot, percolator.rows[chosen].tolist(), reasons, self._described)
            if items:
                sections.append(Section(row.name, row.sentence, tuple(items), len(found) - len(chosen)))
            if len(chosen) == len(found):
                complete.add(row)
        return sections, complete

    def _issue(self, sections: Sequence[Section], rows: Sequence[Subscription], at: date) -> Issue:
        count = sum(len(section.items) for section in sections)
        name = sections[0].name if len(sections) == 1 else f"{len(sections)} subscriptions"
        title = f"{count:,} new paper{'' if count == 1 else 's'} · {name}" if sections else "Nothing new"
        often = "every week" if all(row.cadence == "weekly" for row in rows) else "every day"
        footer = (
            f"You get this {often} that has something new, because you subscribed to {_listed([row.name for row in rows])}.",
        )
        setting = self.setting
        return Issue(
            title, at, tuple(sections), corpus=self.snapshot.name, link=setting.link, curator=setting.curator, footer=footer
        )

    def _ranker_of(self, reader: str) -> Ranker:
        """A ranker that knows the sets of a reader."""
        if reader not in self._rankers:
            ranker = Ranker(self.snapshot, lambda name: other.members(name), lambda: other.own)
            other = Library(ranker, self.library.path.parents[2], reader)
            self._rankers[reader] = ranker
        return self._rankers[reader]

    def _told(self, subscribers: Iterable[str]) -> dict[str, frozenset[str]]:
        def ask(file: sqlite3.Connection) -> dict[str, frozenset[str]]:
            find = "SELECT key FROM told WHERE subscriber = ?"
            return {name: frozenset(key for (key,) in file.execute(find, (name,))) for name in subscribers}

        return self.database.read(ISSUES, ask, {})

    def feed(self, day: date | None = None, *, days: int = 14, name: str | None = None) -> list[Issue]:
        """What the reader's subscriptions wanted of late, an issue a day, the latest first, whether it was sent or not.

        Parameters
        ----------
        day : date, optional
            The last day; by default that of an issue made now.
        days : int
            How many days back.
        name : str, optional
            Only the subscription of that name.
        """
        at = day or self.day
        own = self.library.subscriptions.all() if name is None else [self.library.subscriptions.get(name)]
        found = appearances(self.snapshot)
        rows = found.between(at - timedelta(days - 1), at)
        issues: dict[date, list[Section]] = {}
        told: set[int] = set()
        percolator = Percolator(self.ranker, rows)
        for row in own:
            selection = row.selection
            by_day: dict[date, list[int]] = {}
            for place in percolator.match(selection, without=row.without).places.tolist():
                if place not in told:
                    told.add(place)
                    by_day.setdefault(found.days[rows[place]].item(), []).append(place)
            for on, places in by_day.items():
                reasons = percolator.reasons(selection, places)
                items = items_of(self.snapshot, percolator.rows[places].tolist(), reasons, self._described)
                issues.setdefault(on, []).append(Section(row.name, row.sentence, tuple(items)))
        return [Issue(self.snapshot.name, on, tuple(issues[on])) for on in sorted(issues, reverse=True)]

    # Making and delivering

    def run(self, deliver: Deliver | None, day: date | None = None, *, addressed: bool = False) -> Outcome:
        """Register what came, make the issues that are due, and deliver what waits.

        Parameters
        ----------
        deliver : callable or None
            Takes a message; raises `FeedError` where it cannot now, `RefusedError` where it never will. None makes the issues only.
        day : date, optional
            As of `drafts`.
        addressed : bool
            Deliver only what has an address; the rest waits for a run that writes files.
        """
        outcome = Outcome()
        with self.database.writing(ARRIVALS, SUBSCRIPTIONS, ISSUES) as file:
            register(file, self.snapshot)
        at = day or self.day
        drafts, outcome.problems = self.drafts(at)
        for start in range(0, len(drafts), _BATCH):
            self._make(drafts[start : start + _BATCH], at, outcome)
        if deliver is not None:
            self.deliver(deliver, outcome, addressed=addressed)
        return outcome

    def _make(self, drafts: Sequence[Draft], at: date, outcome: Outcome) -> None:
        """Put some issues into the ledger, in one transaction."""
        made = [(draft, self.message(draft) if draft.issue.items else None) for draft in drafts]
        with self.database.writing(SUBSCRIPTIONS, ISSUES) as file:
            for draft, message in made:
                keys = list(dict.fromkeys(key for item in draft.issue.items for key in item.keys))
                if _any_told(file, draft.subscriber, keys):
                    # Another process told some of it meanwhile; the next run drafts the rest.
                    continue
                for row in draft.subscriptions:
                    made_issue(file, row, at, self.today)
                if message is None:
                    continue
                reader, papers = draft.subscriptions[0].reader, len(draft.issue.items)
                told = [(reader, draft.subscriber, key, message.id) for key in keys]
                file.executemany("INSERT INTO told (reader, subscriber, key, issue) VALUES (?, ?, ?, ?)", told)
                row_of = (
                    reader,
                    message.id,
                    draft.subscriber,
                    message.sender,
                    draft.address,
                    at.isoformat(),
                    now(),
                    papers,
                    message.data,
                )
                file.execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'made', '', '')", row_of)
                outcome.made += 1
                outcome.papers += papers

    def message(self, draft: Draft) -> Message:
        """A draft as it would be sent."""
        first = draft.subscriptions[0]
        bibtex = self._bibtex(draft.issue.items) if any(row.bibtex for row in draft.subscriptions) else b""
        return message_of(
            draft.issue,
            sender=self.setting.sender,
            recipient=draft.address or NOBODY,
            token=first.token,
            unsubscribe=self.setting.unsubscribe,
            name=self.setting.name,
            bibtex=bibtex,
            subscriber=draft.subscriber,
        )

    def _bibtex(self, items: Sequence[Item]) -> bytes:
        from explorer.sources.formats.bibtex.bibtex import to_bibtex

        rows = self.snapshot.rows_known([item.id for item in items])
        return bytes(to_bibtex(self.snapshot.table.take(pa.array(rows))))

    def waiting(self, *, addressed: bool = False) -> list[Message]:
        """Messages that were made and not delivered, the first made first; on request those alone that have an address."""
        only = " AND address != ''" if addressed else ""
        ask = f"SELECT id, sender, address, message FROM issues WHERE state = 'made'{only} ORDER BY made_at, id"  # noqa: S608

        def read(file: sqlite3.Connection) -> list[Message]:
            return [Message(id_, sender, to or NOBODY, data) for id_, sender, to, data in file.execute(ask)]

        return self.database.read(ISSUES, read, [])

    def deliver(self, deliver: Deliver, outcome: Outcome | None = None, *, addressed: bool = False) -> Outcome:
        """Hand over what waits; a message that was taken, or refused for good, is marked at once."""
        outcome = outcome or Outcome()
        for message in self.waiting(addressed=addressed):
            try:
                deliver(message)
            except RefusedError as error:
                self._mark(message, "refused", str(error))
                outcome.refused += 1
                outcome.problems.append(str(error))
            except FeedError as error:
                outcome.waiting += 1
                outcome.problems.append(str(error))
                self._mark(message, "made", str(error))
            else:
                self._mark(message, "sent", "")
                outcome.delivered += 1
        outcome.problems = list(dict.fromkeys(outcome.problems))
        return outcome

    def _mark(self, message: Message, state: str, problem: str) -> None:
        sent = now() if state == "sent" else ""
        with self.database.writing(ISSUES) as file:
            file.execute(
                "UPDATE issues SET state = ?, sent_at = ?, problem = ? WHERE id = ?", (state, sent, problem, message.id)
            )


def into_folder(folder: Path) -> Deliver:
    """Deliver into a folder: one file ``.eml`` an issue, named after its day and number."""

    def deliver(message: Message) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / f"{message.id}.eml", message.data)
        except OSError as error:
            raise FeedError(f"{folder} cannot be written ({error.strerror}). Choose another folder.") from error

    return deliver


def _keys(percolator: Percolator) -> list[tuple[str, ...]]:
    """By what each paper of the day is known again."""
    table = percolator.snapshot.table.select(["id", "doi", "arxiv_id"])
    table = table.take(pa.array(percolator.rows)) if len(percolator.rows) else table.slice(0, 0)
    columns = [table.column(name).to_pylist() for name in table.column_names]
    return [keys_of({"id": id_, "doi": doi, "arxiv_id": arxiv}) for id_, doi, arxiv in zip(*columns, strict=True)]


def _any_told(file: sqlite3.Connection, subscriber: str, keys: Sequence[str]) -> bool:
    find = "SELECT 1 FROM told WHERE subscriber = ? AND key = ?"
    return any(file.execute(find, (subscriber, key)).fetchone() for key in keys)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"

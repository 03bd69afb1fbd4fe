"""What is new, on the page: papers by the day with a calendar, what trends, and the subscriptions with the next issue of one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.dashboard import messages as m
from explorer.errors import ExplorerError, FeedError, LibraryError
from explorer.feed.daily import STARS, calendar, daily, facts_of
from explorer.feed.digest import Digest
from explorer.feed.periods import period_around, period_of
from explorer.feed.trending import WEIGHTS, rising_topics, trending
from explorer.library.subscriptions import DEFAULT_CAP, Subscription
from explorer.papers.author_names import display
from explorer.selection.selection import Selection
from explorer.store.appearances import appearances
from explorer.text.analysis import joined, readable

if TYPE_CHECKING:
    from explorer.dashboard.saved_searches import SavedSearches
    from explorer.dashboard.session import Session
    from explorer.store.snapshot import Snapshot

ORDERS = {"upvotes": "Most upvotes", "newest": "Newest first", "trending": "Trending"}
"""Orders of a day's papers, and what they are called; a corpus without upvotes has the newest first instead."""

_UNCOUNTED = "These papers came without votes, comments and stars, so that no paper can trend: the newest are first."
_MOST = 100
_ANY = 2**62
"""Number of an arrival that is still to come."""


class Page(Protocol):
    """What is used of the page."""

    session: Session
    searches: SavedSearches

    def answer(self, message: m.Message, answer: dict[str, Any]) -> None:
        """Answer a question."""


def show_day(page: Page, message: m.DayMessage) -> None:
    """Answer which papers appeared on a day, in a week or in a month."""
    snapshot = page.session.corpus.snapshot
    found = appearances(snapshot)
    voted = bool(np.isfinite(snapshot.upvotes).any())
    offered = ("upvotes" if voted else "newest", "trending")
    order = message.get("order", offered[0])
    if order not in ORDERS:
        raise FeedError(f"There is no order {order!r} of a day. Orders: {', '.join(ORDERS)}.")
    if order not in offered:
        order = offered[0]
    last = found.span[1] if found.span else date.today()
    period = period_of(message.get("period") or last)
    if kind := message.get("by"):
        # Another kind of period around the day that is shown; the last one that has papers, where the day is none of it.
        around = min(max(period.first, found.span[0]), last) if found.span else period.first
        period = period_around(min(period.last, around) if kind == "day" else period.first, kind)
    frame = daily(snapshot, period.name)
    beside = frame.attrs
    at = min(period.last, last)
    counted = _counted(snapshot)
    if order == "trending" and counted:
        # As of the last day of the period that is known; a longer period is looked at as a whole.
        frame = trending(snapshot, at, weights=replace(WEIGHTS, window=max(WEIGHTS.window, (at - period.first).days + 1)))
    elif order in ("newest", "trending"):
        frame = frame.sort_values(["day", "id"], ascending=[False, True], ignore_index=True)
    rows = rows_of(snapshot, frame.head(_MOST).to_dict("records"))
    page.answer(
        message,
        {
            "kind": "day",
            "period": period.name,
            "by": period.kind,
            "order": order,
            "orders": [[name, ORDERS[name]] for name in offered],
            "before": beside["before"],
            "after": beside["after"],
            "papers": len(frame),
            "rows": rows,
            "days": [{"day": day.isoformat(), "papers": count} for day, count in calendar(snapshot, period.first)]
            if found.span
            else [],
            "rising": [_rising(row) for row in rising_topics(snapshot, at)] if order == "trending" else [],
            "weights": (str(WEIGHTS) if counted else _UNCOUNTED) if order == "trending" else "",
            "new": page.session.corpus.results(Selection(marks=("new",))).shown,
        },
    )


def _counted(snapshot: Snapshot) -> bool:
    """Whether any paper came with what a trend is told from."""
    there = [name for name in ("upvotes", "comments", *STARS) if name in snapshot.table.column_names]
    return any(snapshot.table.column(name).null_count < len(snapshot) for name in there)


def rows_of(snapshot: Snapshot, records: Sequence[Mapping[Hashable, Any]]) -> list[dict[str, Any]]:
    """Papers of a feed as the page lists them: `row`, `title`, `about`, `reason`; of each record `id` and `reason` are used."""
    places = snapshot.rows_known([record["id"] for record in records])
    ids = snapshot.table.column("id")
    row_of = {ids[int(row)].as_py(): int(row) for row in places}
    rows = [row_of[record["id"]] for record in records]
    found = []
    for record, row, fact in zip(records, rows, facts_of(snapshot, np.asarray(rows, np.int64)), strict=True):
        about = [joined([display(name) for name in fact["authors"]]), fact["organization"]]
        if fact["submitted_by"]:
            about.append(f"submitted by {fact['submitted_by']}")
        about += [_count(fact[name], name) for name in ("upvotes", "comments", "stars")]
        found.append(
            {
                "row": row,
                "title": readable(fact["title"]) or "Untitled",
                "about": "\N{NO-BREAK SPACE}· ".join(part for part in about if part),
                "reason": record["reason"],
            }
        )
    return found


def _count(value: int | None, name: str) -> str:
    return "" if value is None else f"{value:,} {name if value != 1 else name[:-1]}"


def _rising(row: dict[str, Any]) -> str:
    ratio = "new" if row["ratio"] == float("inf") else f"{row['ratio']:.1f} times its share before"
    return f"{row['topic']}: {row['papers']} papers, {ratio} (at least {row['low']:.1f} times)"


def show_subscriptions(page: Page, message: m.SubscriptionsMessage) -> None:
    """Answer what the reader is subscribed to, and what the next issue of what is shown would have in it."""
    _answer(page, message, message)


def subscribe(page: Page, message: m.SubscribeMessage) -> str:
    """Subscribe to what is shown."""
    page.searches.check_writable()
    made = page.session.corpus.library.subscriptions.add(
        message["name"],
        page.session.selection,
        without=_words(message.get("without", "")),
        cadence=message.get("cadence", "daily"),
        cap=message.get("cap", DEFAULT_CAP),
        address=message.get("address", ""),
        bibtex=message.get("bibtex", False),
        replace=message.get("replace", False),
    )
    _answer(page, message, message)
    return f"Subscribed to “{made.name}”. `litexplorer digest` sends what is new."


def end_subscription(page: Page, message: m.NameMessage) -> str:
    """End a subscription."""
    page.searches.check_writable()
    page.session.corpus.library.subscriptions.delete(message["name"])
    _answer(page, message, {})
    return f"Ended “{message['name']}”."


def _answer(page: Page, message: m.Message, wanted: Any) -> None:
    corpus, writable = page.session.corpus, page.searches.writable
    rows: list[dict[str, Any]] = []
    problem = ""
    if writable:
        # What the server's owner subscribed to is nobody else's to see.
        try:
            rows = [_subscription(row) for row in corpus.library.subscriptions.all()]
        except LibraryError as error:
            problem = str(error)
    issue = None
    try:
        issue = _preview(page, wanted)
    except ExplorerError as error:
        problem = problem or str(error)
    said = page.session.selection.describe()
    page.answer(
        message,
        {"kind": "subscriptions", "rows": rows, "sentence": said, "writable": writable, "issue": issue, "problem": problem},
    )


def _subscription(row: Subscription) -> dict[str, Any]:
    try:
        sentence = row.sentence
    except ExplorerError as error:
        sentence = str(error)
    shown = {"name": row.name, "sentence": sentence, "cadence": row.cadence, "cap": row.cap, "address": row.address}
    return {**shown, "bibtex": row.bibtex}


def _preview(page: Page, wanted: Any) -> dict[str, Any]:
    """The next issue of what is shown: what the last day, or week, of the corpus has of it."""
    corpus = page.session.corpus
    span = appearances(corpus.snapshot).span
    cadence = "weekly" if wanted.get("cadence") == "weekly" else "daily"
    since = (span[1] - timedelta(6 if cadence == "weekly" else 0)).isoformat() if span else ""
    cap = wanted.get("cap", DEFAULT_CAP)
    row = Subscription(
        corpus.library.reader if page.searches.writable else "", "preview", page.session.selection.to_url(), _words(wanted.get("without", "")),
        cadence, max(1, min(int(cap), _MOST)), "preview@localhost", False, "", "", since, _ANY,
    )  # fmt: skip
    [draft], problems = Digest(corpus.library).drafts(only=[row], due=False)
    if problems:
        raise FeedError(problems[0].partition(": ")[2])
    sections = draft.issue.sections
    return {
        "day": draft.issue.day.isoformat(),
        "papers": [{"title": item.title, "reason": "; ".join(item.reasons)} for item in draft.issue.items],
        "waiting": sum(section.waiting for section in sections),
    }


def _words(text: str) -> tuple[str, ...]:
    """Words and phrases between commas."""
    return tuple(word.strip() for word in text[:2000].split(",") if word.strip())

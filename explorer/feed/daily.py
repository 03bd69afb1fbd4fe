"""Papers by the day on which they appeared, and the calendar of those days.

A paper appears when a source lists it, which is later than it was written: a list of a day names that day with each of its papers.
Where no source says it, the paper's own date stands for it, if it is known to the day; the reason of each row says which.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.feed.periods import Period, period_around, period_of
from explorer.papers.rows import gathered
from explorer.store.appearances import Appearances, appearances

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot

SUBMITTED_BY = ("submitted_by", "submittedOnDailyBy", "submittedBy", "submitted_on_daily_by")
ORGANISATION = ("organization", "organisation", "institution", "institution_tag", "affiliation")
STARS = ("stars", "githubStars", "github_stars")
"""Columns that hold who submitted a paper to the list, where it comes from, and the stars of its repository."""

_NOBODY = frozenset(("", "unknown", "none", "null", "n/a"))


def daily(snapshot: Snapshot, day: str | date | None = None) -> pd.DataFrame:
    """Papers that appeared on a day, in a week or in a month.

    Parameters
    ----------
    day : str or date, optional
        A day (``2026-06-12``), a week (``2026-W24``) or a month (``2026-06``); by default the last day on which papers appeared.

    Returns
    -------
    DataFrame
        Most upvotes first, then by id: `id`, `title`, `authors`, `day` (date), `topic`, `submitted_by`, `organization`, `upvotes`, `comments`,
        `stars` (counts as the source gave them, missing where it gave none), `reason` (text: what the day is known by). Its
        `attrs` hold `period`, and `before` and `after`, the nearest periods of that kind that have papers, or None.

    Raises
    ------
    FeedError
        It is no day, week or month.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Counting"], "daily": ["2026-06-12", "2026-06-11"], "upvotes": [3, 4]})
    >>> corpus = explorer.Corpus.from_papers(papers)
    >>> corpus.daily("2026-06-12")[["title", "upvotes", "reason"]].to_dict("records")
    [{'title': 'Adding numbers', 'upvotes': 3, 'reason': 'listed on 2026-06-12'}]
    >>> corpus.daily("2026-W24")["title"].to_list()
    ['Counting', 'Adding numbers']
    """
    import pandas as pd

    found = appearances(snapshot)
    span = found.span
    period = period_of(day) if day is not None else period_around(span[1], "day") if span else period_around(date.min, "day")
    rows = found.between(period.first, period.last)
    facts = facts_of(snapshot, rows)
    frame = pd.DataFrame(
        {
            "id": [fact["id"] for fact in facts],
            "title": [fact["title"] for fact in facts],
            "authors": [fact["authors"] for fact in facts],
            "day": [found.days[row].item() for row in rows],
            "topic": [fact["topic"] for fact in facts],
            "submitted_by": [fact["submitted_by"] for fact in facts],
            "organization": [fact["organization"] for fact in facts],
            **{name: pd.array([fact[name] for fact in facts], dtype="Int64") for name in ("upvotes", "comments", "stars")},
            "reason": [_reason(found, row) for row in rows],
        }
    )
    frame = frame.sort_values(["upvotes", "id"], ascending=[False, True], na_position="last", ignore_index=True)
    before, after = _beside(found, period)
    frame.attrs.update(period=period.name, before=before, after=after)
    return frame


def _reason(found: Appearances, row: int) -> str:
    return f"{'listed on' if found.listed[row] else 'dated'} {found.days[row].item()}"


def _beside(found: Appearances, period: Period) -> tuple[str | None, str | None]:
    """Names of the nearest periods of that kind, before and after, that have papers."""
    known = found.days[~np.isnat(found.days)]
    earlier = known[known < np.datetime64(period.first, "D")]
    later = known[known > np.datetime64(period.last, "D")]
    return (
        period_around(earlier.max().item(), period.kind).name if len(earlier) else None,
        period_around(later.min().item(), period.kind).name if len(later) else None,
    )


def calendar(snapshot: Snapshot, month: str | date | None = None) -> list[tuple[date, int]]:
    """The days of a month with the number of papers that appeared on each, zero where there were none.

    Parameters
    ----------
    month : str or date, optional
        Any day, week or month: the month that its first day is in; by default that of the last day with papers.
    """
    found = appearances(snapshot)
    if month is None:
        if found.span is None:
            return []
        month = found.span[1]
    shown = period_around(period_of(month).first, "month")
    days = found.days[found.between(shown.first, shown.last)]
    counts = np.bincount((days - np.datetime64(shown.first, "D")).astype(int), minlength=(shown.last - shown.first).days + 1)
    return [(shown.first + timedelta(number), int(count)) for number, count in enumerate(counts)]


def facts_of(snapshot: Snapshot, rows: np.ndarray) -> list[dict[str, Any]]:
    """What a feed says of some papers.

    Returns
    -------
    list of dict
        In the order of `rows`: `id`, `title`, `abstract`, `authors` (list), `published` (datetime or None), `precision`, `venue`, `url`, `doi`,
        `arxiv_id`, `code_url`, `upvotes`, `comments`, `stars` (int or None), `topic`, `organization`, `submitted_by` (text or None).
    """
    names = "id title abstract authors published precision venue url doi arxiv_id code_url upvotes comments".split()
    there = snapshot.table.column_names
    more = [name for name in (*SUBMITTED_BY, *ORGANISATION, *STARS, "hf_url", "arxiv_url") if name in there]
    table = snapshot.table.select([*names, *more])
    labels, codes = snapshot.topics.labels, snapshot.topics.codes
    table = gathered(table, rows)
    found = []
    for row, record in zip(rows.tolist(), table.to_pylist(), strict=True):
        fact = {name: record[name] for name in names}
        fact["authors"] = list(fact["authors"] or [])
        fact["url"] = fact["url"] or record.get("hf_url") or record.get("arxiv_url")
        fact["topic"] = labels[int(codes[row])]
        fact["organization"] = _first(record, ORGANISATION)
        fact["submitted_by"] = _first(record, SUBMITTED_BY)
        fact["stars"] = _stars(record)
        found.append(fact)
    return found


COUNTED = ("upvotes", "comments", "stars")


def counts_of(snapshot: Snapshot, rows: np.ndarray) -> dict[str, np.ndarray]:
    """What was counted of some papers, as the corpus holds it: arrays of float64 in the order of `rows`, NaN where nothing was."""
    there = [name for name in ("upvotes", "comments", *STARS) if name in snapshot.table.column_names]
    found = []
    for record in gathered(snapshot.table.select(there), rows).to_pylist():
        counted = (record.get("upvotes"), record.get("comments"), _stars(record))
        found.append([np.nan if value is None else float(value) for value in counted])
    return dict(zip(COUNTED, np.array(found, float).reshape(-1, len(COUNTED)).T, strict=True))


def _stars(record: dict[str, Any]) -> int | None:
    return next((int(record[name]) for name in STARS if _is_count(record.get(name))), None)


def organisations(snapshot: Snapshot) -> list[str | None]:
    """Where each paper comes from, as its source says it; None where it does not."""
    columns = [snapshot.table.column(name).to_pylist() for name in ORGANISATION if name in snapshot.table.column_names]
    return [next((name for value in values if (name := _name(value))), None) for values in zip(*columns, strict=True)] or [
        None
    ] * len(snapshot)


def _first(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for column in names if (name := _name(record.get(column)))), None)


def _name(value: Any) -> str | None:
    """A name out of a text, which may be an object in JSON that has one."""
    if not isinstance(value, str):
        return None
    if value.startswith("{"):
        try:
            held = json.loads(value)
        except ValueError:
            held = {}
        value = held.get("fullname") or held.get("name") or "" if isinstance(held, dict) else ""
    tidy = re.sub(r"\s+", " ", str(value)).strip()
    return None if tidy.lower() in _NOBODY else tidy


def _is_count(value: Any) -> bool:
    if isinstance(value, str):
        return value.isdigit()
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value and value >= 0

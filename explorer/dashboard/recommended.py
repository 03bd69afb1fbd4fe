"""What to read next, on the page: learnt from what the reader starred, tagged and read, or from a few papers picked to begin with."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.dashboard import messages as m
from explorer.dashboard.feed import rows_of
from explorer.errors import ExplorerError, FeedError
from explorer.feed.recommend import for_reader, recommend
from explorer.selection.selection import Selection
from explorer.text.analysis import readable
from explorer.topics.edits import NONE

if TYPE_CHECKING:
    from explorer.dashboard.saved_searches import SavedSearches
    from explorer.dashboard.session import Session
    from explorer.store.snapshot import Snapshot

_MOST = 30
_PICKS = 12
"""Topics of which a paper is offered to begin with."""

_MOST_SEEDS = 500


class Page(Protocol):
    """What is used of the page."""

    session: Session
    searches: SavedSearches

    def answer(self, message: m.Message, answer: dict[str, Any]) -> None:
        """Answer a question."""


def show_recommended(page: Page, message: m.RecommendMessage) -> Generator[Selection, None, str | None]:
    """Answer what to read next, each paper with what made it; or papers to begin with, where there is nothing to learn from."""
    # It takes the terms and vectors of the corpus, as a ranking by a set does.
    yield Selection(rank="set")
    session, corpus = page.session, page.session.corpus
    rows = [*(sorted(session.ticked) if message.get("ticked") else []), *message.get("rows", [])][:_MOST_SEEDS]
    like = [session.id_of(row) for row in rows]
    found: list[dict[str, Any]] = []
    learnt, problem = 0, ""
    try:
        # What the server's owner starred is nobody else's to see.
        frame = (
            for_reader(corpus.library, like, limit=_MOST)
            if page.searches.writable
            else recommend(corpus.ranker, like, limit=_MOST)
        )
        learnt = int(frame.attrs["learnt_from"])
        terms = [_parts(row) for row in frame["terms"]]
        found = [
            {**row, "terms": made} for row, made in zip(rows_of(corpus.snapshot, frame.to_dict("records")), terms, strict=True)
        ]
    except FeedError:
        # Nothing to learn from yet: the papers to begin with say what to do.
        pass
    except ExplorerError as error:
        problem = str(error)
    page.answer(
        message,
        {
            "kind": "recommended",
            "rows": found,
            "learnt": learnt,
            "picked": len(like),
            "picks": [] if learnt else picks(corpus.snapshot),
            "ticked": len(session.ticked),
            "writable": page.searches.writable,
            "problem": problem,
        },
    )
    return None


def _parts(terms: list[tuple[str, float]]) -> list[dict[str, Any]]:
    """What made a score, each as a part of the largest, 0 to 1."""
    most = max((part for _, part in terms), default=0.0) or 1.0
    return [{"text": readable(text), "part": round(part / most, 3)} for text, part in terms]


def picks(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The surest paper of each of the largest topics, to begin with: `row`, `title`, `topic`."""
    topics = snapshot.topics
    codes, share, totals = np.asarray(topics.codes), np.asarray(topics.share), snapshot.totals("topics")
    found = []
    for code in np.argsort(-totals, kind="stable").tolist():
        if not totals[code] or topics.table.ids[code] == NONE or topics.table.ids[code] in topics.table.hidden:
            continue
        rows = np.flatnonzero(codes == code)
        row = int(rows[np.argmax(share[rows])])
        title = readable(snapshot.record(row, ["title"])["title"]) or "Untitled"
        found.append({"row": row, "title": title, "topic": readable(topics.labels[code])})
    return found[:_PICKS]

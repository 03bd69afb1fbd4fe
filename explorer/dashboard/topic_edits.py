"""Changes of the topics on the page: one topic looked at, edits, their log, and undo; the corpus keeps them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.dashboard import messages as m
from explorer.dashboard.preparation import lacking, shown_later
from explorer.errors import ExplorerError, TopicError
from explorer.jobs import import_aside
from explorer.selection.selection import Selection
from explorer.text.analysis import readable
from explorer.topics.edits import NONE, followed

if TYPE_CHECKING:
    from explorer.dashboard.intake.intake import Intake
    from explorer.dashboard.session import Session
    from explorer.store.snapshot import Snapshot
    from explorer.store.topics import Topics

READ_ONLY = (
    "The topics cannot be changed here: the server was started read-only, so that all its readers see the same. "
    "Open the papers in a notebook or on a server of your own to change them there."
)
_BUSY = "Papers are on their way into the corpus. Change the topics once they are there."
_LONGEST = 200
"""Characters of a name, or of words between commas."""

_MOST_PARTS = 12
"""Parts that a topic is divided into at most."""

_CENTRAL = 3

_DIVIDES = "sklearn.decomposition"
"""Module that the parts of a topic are found by; it takes longer to import than to use."""

Steps = Generator[Selection, None, str | None]


class Page(Protocol):
    """What is used of the page."""

    session: Session
    incoming: Intake

    def answer(self, message: m.Message, answer: dict[str, Any]) -> None:
        """Answer a question."""

    def follow_topics(self, before: Snapshot) -> Selection:
        """Show the topics as the corpus has them now; gives the selection that follows them."""


def show_topic(page: Page, message: m.TopicMessage) -> None:
    """Answer what a topic is: its words, its surest papers, and how often it comes back."""
    snapshot = page.session.corpus.snapshot
    topics = snapshot.topics
    code = topics.code(message["topic"])
    table = topics.table
    rows = np.flatnonzero(np.asarray(topics.codes) == code)
    sure = np.asarray(topics.share)[rows]
    central = rows[np.argsort(-sure, kind="stable")[:_CENTRAL]] if table.ids[code] != NONE else rows[:_CENTRAL]
    page.answer(
        message,
        {
            "kind": "topic",
            "topic": table.ids[code],
            "label": readable(table.labels[code]),
            "words": table.words[code],
            "stability": table.stability[code],
            "papers": len(rows),
            "sure": round(float(sure.mean()), 3) if len(rows) else None,
            "pinned": table.ids[code] in table.pinned,
            "hidden": table.ids[code] in table.hidden,
            "central": [
                {"row": int(row), "title": readable(snapshot.record(int(row), ["title"])["title"]) or "Untitled"}
                for row in central
            ],
            "none": table.ids[code] == NONE,
        },
    )
    # While its card is read: to look into its parts, or to split it, would wait seconds for that alone.
    import_aside(_DIVIDES)


def show_log(page: Page, message: m.PlainMessage) -> None:
    """Answer the log of edits, as sentences and as Python."""
    _answer_log(page, message)


def _answer_log(page: Page, message: m.Message) -> None:
    topics, allowed = page.session.corpus.topics, page.incoming.state["allowed"]
    rows = [{"edit": said, "problem": reason} for said, reason in topics.told()]
    page.answer(
        message,
        {
            "kind": "topic_log",
            "rows": rows,
            "python": topics.as_python(),
            "ticked": len(page.session.ticked),
            "problem": "" if allowed else READ_ONLY,
        },
    )


def edit_topic(page: Page, message: m.TopicEditMessage) -> Steps:
    """Change a topic: what is selected by it follows."""
    action = message["action"]

    def act() -> str:
        if action not in _ACTS:
            raise TopicError(f"There is no change {action!r} of topics. Changes: {', '.join(_ACTS)}.")
        return _ACTS[action](page, message)

    return _changed(page, message, act)


def undo_edit(page: Page, message: m.TopicUndoMessage) -> Steps:
    """Take an edit back; those after it are done again without it."""

    def act() -> str:
        page.session.corpus.topics.undo(message["number"])
        return "Took the change of the topics back."

    return _changed(page, message, act)


def _changed(page: Page, message: Any, act: Callable[[], str]) -> Steps:
    """Do it, show it, and say where it cannot be done; the answer tells the dialog, which hides the status line."""
    corpus = page.session.corpus
    before, problem, said = corpus.snapshot, "", None
    try:
        if not page.incoming.state["allowed"]:
            raise TopicError(READ_ONLY)
        page.incoming.check_free(_BUSY)
        said = act()
    except ExplorerError as error:
        problem = str(error)
    selection = page.session.selection
    if corpus.snapshot is not before:
        page.incoming.forget_undo()
        selection = page.follow_topics(before)
    page.answer(message, {"kind": "topic_edited", "problem": problem})
    if not problem or corpus.snapshot is not before:
        # What was refused changed nothing, and what was typed stays to be mended: the log would be drawn over it.
        _answer_log(page, message)
    if lacking(corpus, selection):
        yield from shown_later(page.session, selection, joined=True)
    return said


def _label(page: Page, topic: str) -> str:
    topics = page.session.corpus.snapshot.topics
    return readable(topics.labels[topics.code(topic)])


def _rename(page: Page, message: Any) -> str:
    before, after = _label(page, message["topic"]), " ".join(str(message.get("label", ""))[:_LONGEST].split())
    page.session.corpus.topics.rename(message["topic"], after)
    return f"“{before}” is called “{after}” now."


def _merge(page: Page, message: Any) -> str:
    others = [str(other) for other in message.get("others", [])]
    named = [_label(page, other) for other in others]
    page.session.corpus.topics.merge(message["topic"], *others)
    return f"Merged {' and '.join(f'“{name}”' for name in named)} into “{_label(page, message['topic'])}”."


def _split(page: Page, message: Any) -> str:
    number, label = message.get("number", 2), _label(page, message["topic"])
    if not 2 <= number <= _MOST_PARTS:
        raise TopicError(f"A topic is divided into 2 to {_MOST_PARTS} parts, not {number}.")
    page.session.corpus.topics.split(message["topic"], number)
    return f"Split “{label}” into {number}."


def _pin(page: Page, message: Any) -> str:
    page.session.corpus.topics.pin(message["topic"])
    return f"“{_label(page, message['topic'])}” keeps its papers."


def _hide(page: Page, message: Any) -> str:
    page.session.corpus.topics.hide(message["topic"])
    return f"Hid “{_label(page, message['topic'])}”; the edits have it, and undo it."


def _delete(page: Page, message: Any) -> str:
    label = _label(page, message["topic"])
    page.session.corpus.topics.delete(message["topic"])
    return f"Deleted “{label}”; its papers went to the topics that are the next likeliest."


def _seed(page: Page, message: Any) -> str:
    session = page.session
    label = " ".join(str(message.get("label", ""))[:_LONGEST].split())
    words = [word for part in str(message.get("words", ""))[:_LONGEST].split(",") if (word := " ".join(part.split()))]
    papers = [session.id_of(row) for row in sorted(session.ticked)] if message.get("ticked") else []
    if not label:
        raise TopicError("A topic needs a name of at least one letter.")
    if label in session.corpus.topics.labels:
        raise TopicError(f"Another topic is called {label!r}. Choose another name.")
    topic = session.corpus.topics.seed(label, words=words, papers=papers)
    return f"Made the topic “{label}” of {len(session.corpus.topics.papers(topic)):,} papers."


def _move(page: Page, message: Any) -> str:
    session = page.session
    session.corpus.topics.move(session.id_of(message.get("row")), message["topic"])
    return f"Moved the paper to “{_label(page, message['topic'])}”."


_ACTS: dict[str, Callable[[Page, Any], str]] = {
    "rename": _rename,
    "merge": _merge,
    "split": _split,
    "pin": _pin,
    "hide": _hide,
    "delete": _delete,
    "seed": _seed,
    "move": _move,
}


def names_of(before: Topics, after: Topics) -> dict[str, tuple[str, ...]]:
    """What has become of each label of topics of the same papers."""
    parts = [(topics.table.ids, topics.labels, np.asarray(topics.codes)) for topics in (before, after)]
    return followed(parts[0], parts[1])

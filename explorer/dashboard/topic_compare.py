"""Two periods, two topics or two selections beside each other on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.dashboard import messages as m
from explorer.errors import ExplorerError, SelectionError
from explorer.selection.selection import Selection
from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.dashboard.session import Session

KINDS = ("periods", "topics", "selections")
FIELDS = ("topics", "keywords", "venues", "authors")
SHOWN, ALL = "", "*"
"""Names of what is shown and of all other papers, among those of saved searches."""

_LEVEL = 0.05
"""Share of false discoveries that is let in."""

_MOST = 40


class Page(Protocol):
    """What is used of the page."""

    session: Session

    def answer(self, message: m.Message, answer: dict[str, Any]) -> None:
        """Answer a question."""


def show_comparison(page: Page, message: m.TopicCompareMessage) -> None:
    """Answer which topics, or values of another facet, are commoner in one of two selections than in the other."""
    try:
        found = {**_compared(page.session, message), "problem": ""}
    except ExplorerError as error:
        found = {"rows": [], "names": ["", ""], "papers": [0, 0], "both": 0, "python": "", "problem": str(error)}
    years = page.session.corpus.snapshot.year_span
    middle = _middle_year(page.session)
    page.answer(message, {"kind": "topic_compare", "years": [*years], "middle": middle, "of": message["of"], **found})


def _middle_year(session: Session) -> int:
    """The last year of the earlier half of the papers."""
    snapshot = session.corpus.snapshot
    dated = np.sort(snapshot.months[np.asarray(snapshot.precision > 0)] // 12)
    if not len(dated):
        return 0
    middle, last = int(dated[(len(dated) - 1) // 2]), int(dated[-1])
    return middle if middle < last else max(int(dated[0]), last - 1)


def _compared(session: Session, message: m.TopicCompareMessage) -> dict[str, Any]:
    field = message["of"]
    if field not in FIELDS:
        raise SelectionError(f"{field!r} cannot be compared. Choices: {', '.join(FIELDS)}.")
    sides = [_side(session, message["by"], message[end]) for end in ("before", "after")]
    one, other = (selection for _, selection in sides)
    if one == other:
        raise SelectionError("Both sides are the same papers. Choose two that differ.")
    if one is None:
        raise SelectionError("All other papers are other than what stands first. Choose them second.")
    frame = session.corpus.topics.compare(one, other, field=field)
    if empty := [name for (name, _), size in zip(sides, frame.attrs["papers"], strict=True) if not size]:
        also = " that the other side has not too" if frame.attrs["both"] else ""
        raise SelectionError(f"There is no paper in {' and '.join(empty)}{also}: there is nothing to compare with.")
    frame = frame[frame["before"] + frame["after"] > 0]
    change = (frame["share_after"] - frame["share_before"]).abs()
    frame = frame.assign(change=change).sort_values(["change"], ascending=False, kind="stable").head(_MOST)
    names = frame["label"] if field == "topics" else frame["value"]
    rows = []
    for name, row in zip(names, frame.to_dict("records"), strict=True):
        sure = ("after" if row["odds"] > 1 else "before") if row["q"] <= _LEVEL else ""
        rows.append(
            {
                "value": name,
                "label": readable(name),
                "papers": [int(row["before"]), int(row["after"])],
                "shares": [round(float(row["share_before"]), 4), round(float(row["share_after"]), 4)],
                "odds": [_bound(row[name]) for name in ("odds", "low", "high")],
                "sure": sure,
                "urls": [None if side is None else side.with_({field: (name,)}).to_url() for side in (one, other)],
            }
        )
    folder = str(session.corpus.folder)
    sizes = frame.attrs["papers"]
    return {
        "rows": rows,
        "names": [name for name, _ in sides],
        "papers": [int(size) for size in sizes],
        "both": int(frame.attrs["both"]),
        "python": (
            f"import explorer\n\ncorpus = explorer.open_corpus({folder!r})\n"
            f"corpus.topics.compare(\n{_written(one)}{'' if other is None else _written(other)}    field={field!r},\n)\n"
        ),
    }


def _bound(odds: float) -> float | None:
    """Odds as they are told; None where the papers do not bound them."""
    return float(f"{odds:.3g}") if 0 < odds < np.inf else None


def _written(selection: Selection) -> str:
    """The filters of a selection, as an argument; what orders it does not matter here."""
    given = ", ".join(f"{row.field}={value!r}" for row, value in selection.active())
    return f"    explorer.Selection({given}),\n"


def _side(session: Session, by: str, given: Any) -> tuple[str, Selection | None]:
    """One side of a comparison with its name: years, a topic, what is shown or a saved search; None for all other papers."""
    shown = session.selection
    if by == "periods":
        first, last = given
        chosen = replace(shown, months=(None, None)).with_({"years": (first, last), "topics": ()})
        return f"{first} to {last}" if first != last else str(first), chosen
    if by == "topics":
        topics = session.corpus.snapshot.topics
        label = topics.labels[topics.code(str(given))]
        return readable(label), shown.with_({"topics": (label,)})
    if by != "selections":
        raise SelectionError(f"There is no comparison by {by!r}. Choices: {', '.join(KINDS)}.")
    if given == SHOWN:
        return "what is shown", shown
    if given == ALL:
        return "all other papers", None
    return f"“{given}”", session.corpus.library.get(str(given)).selection

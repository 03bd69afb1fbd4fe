"""Two periods, two topics or two selections beside each other on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.corpus.topics import of_values
from explorer.dashboard import messages as m
from explorer.dashboard.session import natural_period
from explorer.errors import ExplorerError, SelectionError
from explorer.jobs import import_aside
from explorer.selection.selection import Selection
from explorer.text.analysis import readable
from explorer.topics.trends import period_index, period_label

if TYPE_CHECKING:
    from explorer.dashboard.session import Session
    from explorer.store.snapshot import Snapshot

KINDS = ("periods", "topics", "selections")
SHOWN, ALL = "", "*"
"""Names of what is shown and of all other papers, among those of saved searches."""

_LEVEL = 0.05
"""Share of false discoveries that is let in."""

_MOST = 40

_TESTS = "scipy.stats"
"""Module that differences are tested by; it takes longer to import than to use."""


class Page(Protocol):
    """What is used of the page."""

    session: Session

    def answer(self, message: m.Message, answer: dict[str, Any]) -> None:
        """Answer a question."""


def show_comparison(page: Page, message: m.TopicCompareMessage) -> None:
    """Answer which topics, or values of another facet, are commoner in one of two selections than in the other."""
    # A page asks once before the dialog is open, when its button is pointed at: to compare would wait seconds for that alone.
    import_aside(_TESTS)
    try:
        found = {**_compared(page.session, message), "problem": ""}
    except ExplorerError as error:
        found = {"rows": [], "names": ["", ""], "papers": [0, 0], "both": 0, "python": "", "problem": str(error)}
    page.answer(
        message, {"kind": "topic_compare", "halves": _halves(page.session.corpus.snapshot), "of": message["of"], **found}
    )


def _halves(snapshot: Snapshot) -> list[list[int | str]]:
    """First and last period of the earlier half of the papers, and of the later: years, or months where all are of two years at most.

    None where there are not two periods.
    """
    by = "month" if natural_period(snapshot) == "month" else "year"
    periods = np.sort(period_index(snapshot.months, snapshot.precision, by))
    periods = periods[periods >= 0]
    if not len(periods) or periods[0] == periods[-1]:
        return []
    first, last = int(periods[0]), int(periods[-1])
    middle = min(int(periods[(len(periods) - 1) // 2]), last - 1)
    return [
        [period if by == "year" else period_label(period, by) for period in half]
        for half in ((first, middle), (middle + 1, last))
    ]


def _compared(session: Session, message: m.TopicCompareMessage) -> dict[str, Any]:
    field = message["of"]
    if field not in (known := ["topics", *session.corpus.snapshot.dividing()]):
        raise SelectionError(f"{field!r} cannot be compared. Choices: {', '.join(known)}.")
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
    charts = session.charts_in_url()
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
                "urls": [
                    None if side is None else f"{_with(side, field, name).to_url()}&{charts}".rstrip("&")
                    for side in (one, other)
                ],
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


def _with(side: Selection, field: str, value: str) -> Selection:
    """The papers of a side that have a value."""
    return of_values(side, (value,) if field == "topics" else side.topics, field, (value,))


def _bound(odds: float) -> float | None:
    """Odds as they are told; None where the papers do not bound them."""
    return float(f"{odds:.3g}") if 0 < odds < np.inf else None


def _written(selection: Selection) -> str:
    """The filters of a selection, as an argument; what orders it does not matter here."""
    given = ", ".join(f"{row.field}={value!r}" for row, value in selection.active())
    return f"    explorer.Selection({given}),\n"


def _side(session: Session, by: str, given: Any) -> tuple[str, Selection | None]:
    """One side of a comparison with its name: years or months, a topic, what is shown or a saved search; None for all other papers."""
    shown = session.selection
    if by == "periods":
        first, last = given
        field = "months" if isinstance(first, str) else "years"
        chosen = replace(shown, years=(None, None), months=(None, None)).with_({field: (first, last), "topics": ()})
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

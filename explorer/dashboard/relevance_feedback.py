"""What orders the list of a session beside words: concepts that are added, papers that it shall be more or less like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.dashboard.session import Session
from explorer.dashboard.views.concepts import plus
from explorer.errors import SelectionError
from explorer.selection.expression import Expression, Operand, Term, parse


def add_concept(session: Session, text: str) -> None:
    """Rank by the expression in force and further terms, such as ``vision`` or ``- benchmark``.

    Raises
    ------
    ExpressionError
        The text does not parse; it points into the text.
    ConceptError
        No paper, or every paper, shows the concept.
    """
    _rank(session, parse(text))


def add_operand(session: Session, kind: str, name: str) -> None:
    """Rank by the expression in force and a topic, a saved set or search, or a paper by its id."""
    if kind not in ("topic", "set", "paper"):
        raise SelectionError(f"There is no kind of concept {kind!r}.")
    _rank(session, Expression((Term(1.0, Operand(kind, name)),)))  # type: ignore[arg-type]


def add_paper(session: Session, row: Any) -> None:
    """Rank by the expression in force and a paper."""
    add_operand(session, "paper", _ids(session, [row])[0])


def _rank(session: Session, more: Expression) -> None:
    selection = session.selection
    # What the list was like says nothing beside concepts; undo brings it back.
    changes: dict[str, Any] = {"rank": plus(selection.rank, more), "like": (), "unlike": ()}
    session.change({**changes, "sort": _by_match(session)})


def more_like(session: Session, rows: list[Any] | None, *, less: bool) -> str:
    """Rank by likeness to some papers, or by unlikeness to them as well; by default the ticked ones, which are then unticked.

    Raises
    ------
    SelectionError
        No paper is ticked; or `less` is wanted before there is a paper to be like.
    """
    selection = session.selection
    ids = _ids(session, sorted(session.ticked) if rows is None else rows)
    if not ids:
        raise SelectionError("No paper is ticked. Tick some in the list first.")
    # A paper is on one side only.
    like = tuple(id_ for id_ in selection.like if id_ not in ids) if less else ids
    unlike = ids if less else tuple(id_ for id_ in selection.unlike if id_ not in ids)
    if not like:
        raise SelectionError("Unlikeness alone orders nothing. Choose papers that the list shall be more like first.")
    session.change({"like": like, "unlike": unlike, "rank": "", "sort": _by_match(session)})
    if rows is None:
        session.ticked = frozenset()
    return f"More like {_papers(like)}{f', less like {_papers(unlike)}' if unlike else ''}."


def _papers(ids: tuple[str, ...]) -> str:
    return f"{len(ids):,} paper{'' if len(ids) == 1 else 's'}"


def _by_match(session: Session) -> str:
    """The order in which concepts and likeness count."""
    return session.selection.sort if session.selection.sort == "preference" else "relevance"


def _ids(session: Session, rows: list[Any]) -> tuple[str, ...]:
    for row in rows:
        session.check(row)
    return tuple(session.corpus.table.column("id")[row].as_py() for row in rows)


MESSAGES: dict[str, Callable[[Session, dict[str, Any]], str | None]] = {
    "add_concept": lambda session, content: add_concept(session, str(content["text"])[:2000]),
    "add_operand": lambda session, content: add_operand(session, str(content["of"]), str(content["name"])),
    "add_paper": lambda session, content: add_paper(session, content["row"]),
    "like_ticked": lambda session, content: more_like(session, None, less=bool(content["less"])),
    "like_paper": lambda session, content: more_like(session, [content["row"]], less=False),
}
"""What a page may ask of it."""

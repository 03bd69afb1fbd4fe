"""What orders the list of a session beside words: concepts that are added, papers that it shall be more or less like."""

from __future__ import annotations

from typing import Any

from explorer.dashboard.session import Session
from explorer.dashboard.views.concepts import plus
from explorer.errors import SelectionError
from explorer.selection.expression import Expression, Operand, Term, parse
from explorer.selection.selection import Selection

_KINDS = ("topic", "set", "paper")


def with_concept(session: Session, text: str) -> Selection:
    """The selection in force, ranked by further terms too, such as ``vision`` or ``- benchmark``.

    Raises
    ------
    ExpressionError
        The text does not parse; it points into the text.
    """
    return _ranked(session, parse(text))


def with_operand(session: Session, kind: str, name: str) -> Selection:
    """The selection in force, ranked by a topic, a saved set or search, or a paper by its id too."""
    if kind not in _KINDS:
        raise SelectionError(f"There is no kind of concept {kind!r}.")
    return _ranked(session, Expression((Term(1.0, Operand(kind, name)),)))  # type: ignore[arg-type]


def _ranked(session: Session, more: Expression) -> Selection:
    selection = session.selection
    # What the list was like says nothing beside concepts; undo brings it back.
    changes: dict[str, Any] = {"rank": plus(selection.expression, more), "like": (), "unlike": ()}
    return session.changed({**changes, "sort": _by_match(selection)})


def more_like(session: Session, rows: list[Any], *, less: bool) -> Selection:
    """The selection in force, ranked by likeness to some papers, or by unlikeness to them as well.

    Raises
    ------
    SelectionError
        There is no paper; or `less` is wanted before there is a paper to be like.
    """
    selection = session.selection
    ids = tuple(session.id_of(row) for row in rows)
    if not ids:
        raise SelectionError("No paper is ticked. Tick some in the list first.")
    # A paper is on one side only.
    like = tuple(id_ for id_ in selection.like if id_ not in ids) if less else ids
    unlike = ids if less else tuple(id_ for id_ in selection.unlike if id_ not in ids)
    if not like:
        raise SelectionError("Unlikeness alone orders nothing. Choose papers that the list shall be more like first.")
    return session.changed({"like": like, "unlike": unlike, "rank": "", "sort": _by_match(selection)})


def likeness_sentence(selection: Selection) -> str:
    """Say what the list is like."""
    less = f", less like {_papers(selection.unlike)}" if selection.unlike else ""
    return f"More like {_papers(selection.like)}{less}."


def _papers(ids: tuple[str, ...]) -> str:
    return f"{len(ids):,} paper{'' if len(ids) == 1 else 's'}"


def _by_match(selection: Selection) -> str:
    """The order in which concepts and likeness count."""
    return selection.sort if selection.sort == "preference" else "relevance"

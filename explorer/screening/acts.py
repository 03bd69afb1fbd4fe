"""Acts for the log of a review, of decisions that were made elsewhere or before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from explorer.errors import ScreeningError
from explorer.screening.given import check_label, check_stage
from explorer.screening.labels import Label, State

Act = dict[str, Any]


def prior_acts(
    labels: Iterable[tuple[str, Label, str]], stage: int, how: str, *, state: State, rows: Mapping[str, int],
    moved: Mapping[str, str], review: str,
) -> list[Act]:  # fmt: skip
    """Decisions from before; those that hold already are left out.

    Parameters
    ----------
    labels : iterable of tuple of (str, str, str)
        Id, label and reason of each.
    stage : int
    how : str
        Where they are from.
    state : State
    rows : mapping of str to int
        Its keys are the ids of the records there are.
    moved : mapping of str to str
        Ids of records that were merged, and of the papers that they are in.
    review : str
        Its name.

    Raises
    ------
    ScreeningError
        The review has no such record, stage or label.
    """
    check_stage(stage)
    given: dict[str, tuple[Label, str]] = {}
    every = list(labels) if isinstance(labels, Iterable) else [None]
    if not all(isinstance(one, (tuple, list)) and len(one) == 3 for one in every):
        raise ScreeningError("Decisions from before are a list of id, label and reason: [('p1', 'exclude', 'wrong outcome')].")
    for id_, label, reason in every:
        name = moved.get(str(id_), str(id_))
        if name not in rows:
            raise ScreeningError(f"The review {review!r} has no record {name[:80]!r}, which shall be labelled {label!r}.")
        check_label(label, reason, 1)
        given[name] = label, reason
    return [
        {"act": "prior", "stage": stage, "paper": name, "label": label, "reason": reason, "said": {"how": str(how)}}
        for name, (label, reason) in given.items()
        if (before := state.priors[stage].get(name)) is None or (before.label, before.reason) != (label, reason)
    ]


def vote_acts(votes: Iterable[Any], how: str, state: State) -> Iterator[Act]:
    """What reviewers decided elsewhere, by name; what they decide here stays, and what is in force already is not told again."""
    for row in votes:
        mine = state.vote(row.stage, row.id, row.reviewer)
        if mine is None or (mine.taken and mine[:2] != (row.label, row.reason)):
            yield _act("vote", row, {"how": str(how), "who": row.reviewer} | _told(row, "at", "alone"))


def resolution_acts(resolved: Iterable[Any], how: str, state: State) -> Iterator[Act]:
    """How conflicts were resolved elsewhere; how they are resolved here stays."""
    for row in resolved:
        holds = state.settled[row.stage].get(row.id)
        if not holds or (holds[-1].taken and holds[-1][:2] != (row.label, row.reason)):
            who = {"who": row.reviewer} if row.reviewer else {}
            yield _act("resolution", row, {"how": str(how)} | who | _told(row, "at"))


def _act(act: str, row: Any, said: Act) -> Act:
    return {"act": act, "stage": row.stage, "paper": row.id, "label": row.label, "reason": row.reason, "said": said}


def _told(row: Any, *names: str) -> Act:
    return {name: told for name in names if (told := getattr(row, name))}


def together(priors: list[Act]) -> list[Act]:
    """Decisions from before as one act, which one undo takes back."""
    return [
        {**act, "target": -1} if place else {**act, "said": {**act["said"], "together": len(priors)}}
        for place, act in enumerate(priors)
    ]

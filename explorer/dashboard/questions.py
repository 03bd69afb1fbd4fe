"""What a page asks without changing what is shown: completions, spellings, why a paper stands where it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.dashboard.intake.review import account
from explorer.dashboard.session import Session
from explorer.dashboard.views.axes import point
from explorer.dashboard.views.concepts import why
from explorer.search.concept_completion import complete_concept

Answer = dict[str, Any]
_LONGEST = 2000


def _completions(session: Session, content: dict[str, Any]) -> Answer:
    text, at = str(content["text"])[:_LONGEST], int(content["at"])
    ways = complete_concept(session.corpus, text, at) if content.get("concepts") else session.corpus.complete(text, at)
    return {"kind": "completions", "rows": [vars(way) for way in ways]}


def _suggestion(session: Session, content: dict[str, Any]) -> Answer:
    return {"kind": "suggestion", "text": session.corpus.suggest(str(content["text"])[:_LONGEST])}


def _why(session: Session, content: dict[str, Any]) -> Answer:
    session.check(content["row"])
    return {"kind": "why", **why(session.results, content["row"])}


def _axis_point(session: Session, content: dict[str, Any]) -> Answer:
    session.check(content["row"])
    return {"kind": "axis_point", **point(session.results, content["row"])}


MESSAGES: dict[str, Callable[[Session, dict[str, Any]], Answer]] = {
    "complete": _completions,
    "suggest": _suggestion,
    "why": _why,
    "axis_point": _axis_point,
    "ledger": lambda session, content: {"kind": "ledger", **account(session.corpus.accounts)},
}
"""What a page may ask, and its answer."""

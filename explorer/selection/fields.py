"""The fields of a selection as tables: how each is called, checked, written to an address and said in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from explorer.selection.syntax import COLUMN

SORTS = {
    "relevance": "Best match",
    "hybrid": "Best match by meaning",
    "preference": "By preference",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "upvotes": "Most upvotes",
    "title": "Title, A to Z",
}
"""Orders of the list and what they are called. ``hybrid`` ranks the papers found by words and by vectors."""

STORED_SORTS = ("newest", "oldest", "upvotes", "title")
"""Orders that a corpus knows before anything is asked."""

MODES = {"all": "All words", "any": "Any words", "meaning": "By meaning"}
"""Ways to read a query and what they are called: every word must occur; one of the words must; the papers nearest in meaning."""

OBJECTIVES = {
    "relevance": "Relevance",
    "recency": "Recency",
    "upvotes": "Upvotes",
    "novelty": "New to me",
    "code": "Has code",
}
"""What a preference may weigh and how it is called."""

BETWEEN = " ↔ "
"""Stands between the poles of an axis, in the address and in words."""

Range = tuple[Any, Any]


class Filter(NamedTuple):
    """One field of the selection that filters: how it is called, checked, written to a URL and said in words."""

    field: str
    label: str
    parameter: str
    """Name in the URL query."""
    kind: str
    """``text``, ``range``, ``values``, ``flag``, ``axes``, ``weights`` or ``pairs``."""
    sentence: Callable[[Any], str]


def _range_sentence(value: Range) -> str:
    low, high = value
    if low is not None and low == high:
        return f"in {low}"
    if high is None:
        return f"since {low}"
    return f"until {high}" if low is None else f"{low} to {high}"


RANGE = re.compile(r"(?=.*[^.])(-?[\dTe:+.-]*?)\.\.(-?[\dTe:+.-]*)", re.IGNORECASE)
"""A range of numbers or dates as text, such as ``0.5..1``, ``..3`` or ``2024-01..``; both ends are included."""


def _columns_sentence(pairs: tuple[tuple[str, str], ...]) -> str:
    named: dict[str, list[str]] = {}
    for column, text in pairs:
        match = RANGE.fullmatch(text)
        named.setdefault(column, []).append(_ends_sentence(*match.groups()) if match else f"‘{text}’")
    return ", ".join(f"{column.replace('_', ' ')} {' or '.join(said)}" for column, said in named.items())


def _ends_sentence(low: str, high: str) -> str:
    if not high:
        return f"{low} or more"
    return f"from {low} to {high}" if low else f"{high} or less"


def _exclude_sentence(pairs: tuple[tuple[str, str], ...]) -> str:
    labels = {row.field: row.label.lower() for row in FILTERS}
    return "without " + " or ".join(f"{labels.get(field, field.replace('_', ' '))} ‘{value}’" for field, value in pairs)


def _values_sentence(label: str) -> Callable[[tuple[str, ...]], str]:
    return lambda values: f"{label} " + " or ".join(f"‘{value}’" for value in values)


def _papers_sentence(label: str) -> Callable[[tuple[str, ...]], str]:
    return lambda ids: f"{label} " + (f"‘{ids[0]}’" if len(ids) == 1 else f"{len(ids)} papers")


def _place_sentence(which: str) -> Callable[[Range], str]:
    def sentence(value: Range) -> str:
        low, high = value
        if high is None:
            return f"at {low:g} or more on the {which} axis"
        return f"at {high:g} or less on the {which} axis" if low is None else f"from {low:g} to {high:g} on the {which} axis"

    return sentence


def _weights_sentence(weights: tuple[tuple[str, float], ...]) -> str:
    return "preferring " + ", ".join(f"{OBJECTIVES[name].lower()} {weight:+.2f}" for name, weight in weights)


def axis_name(axis: tuple[str, ...]) -> str:
    """An axis in words: its poles, or the column that it is."""
    return axis[0].removeprefix(COLUMN).replace("_", " ") if len(axis) == 1 else BETWEEN.join(axis)


FILTERS: tuple[Filter, ...] = (
    Filter("query", "Search", "q", "text", lambda value: f"matching ‘{value}’"),
    Filter("topics", "Topic", "topic", "values", _values_sentence("topic")),
    Filter("venues", "Venue", "venue", "values", _values_sentence("venue")),
    Filter("authors", "Author", "author", "values", _values_sentence("author")),
    Filter("keywords", "Keyword", "keyword", "values", _values_sentence("keyword")),
    Filter("tags", "Tag", "tag", "values", _values_sentence("tag")),
    Filter("marks", "Mine", "mark", "values", lambda value: " or ".join(value)),
    Filter("has_code", "Code", "code", "flag", lambda value: "with code" if value else "without code"),
    Filter("years", "Year", "years", "range", _range_sentence),
    Filter("months", "Month", "months", "range", _range_sentence),
    Filter("columns", "Column", "col", "pairs", _columns_sentence),
    Filter("exclude", "Not", "not", "pairs", _exclude_sentence),
    Filter("x", "First axis", "x", "range", _place_sentence("first")),
    Filter("y", "Second axis", "y", "range", _place_sentence("second")),
)
"""Every filter, in the order in which the sentence names them."""

STEERS: tuple[Filter, ...] = (
    Filter("rank", "Concepts", "rank", "text", lambda value: f"ranked by ‘{value}’"),
    Filter("like", "More like", "like", "values", _papers_sentence("more like")),
    Filter("unlike", "Less like", "unlike", "values", _papers_sentence("less like")),
    Filter("axes", "Axis", "axis", "axes", lambda value: "along " + " and ".join(f"‘{axis_name(axis)}’" for axis in value)),
    Filter("prefer", "Preference", "prefer", "weights", _weights_sentence),
)
"""What orders or places papers without leaving any out."""

VALUE_FIELDS = ("topics", "venues", "authors", "keywords", "tags", "marks")
"""Fields that hold values of a facet; one of these may be excluded too."""

PAPERS = ("like", "unlike")
"""Fields that hold ids of papers; people know these by their titles."""

NOTHING: Range = (None, None)

"""What the reader, and others who share theirs, put on the papers shown, as plain values."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from explorer.dashboard.views.page import own_facets, values
from explorer.errors import LibraryError
from explorer.search.own_marks import OWN_FACETS

if TYPE_CHECKING:
    from explorer.library.library import Library
    from explorer.search.results import Results

NONE: dict[str, Any] = {"starred": False, "noted": False, "new": False, "tags": [], "others": []}
"""Of a paper that nobody marked."""

_MOST = 3
"""Readers named beside a paper of the list."""


def of_rows(library: Library | None, rows: list[int]) -> list[dict[str, Any]]:
    """Marks of some papers: `starred`, `noted`, `new` (bool), `tags` (by name), `others` (what other readers show, in words).

    Parameters
    ----------
    library : Library or None
        None where the reader keeps nothing.
    rows : list of int
    """
    if library is None:
        return [dict(NONE) for _ in rows]
    try:
        ids = library.ids_of(rows)
        others = library.own.others()
        found = library.own.of_rows(rows)
    except LibraryError:
        return [dict(NONE) for _ in rows]
    return [
        {**marks, "others": [_in_words(row) for row in others.get(id_, ())][:_MOST]}
        for marks, id_ in zip(found, ids, strict=True)
    ]


def of_paper(library: Library | None, row: int) -> dict[str, Any]:
    """As `of_rows`, for the open paper: with its `note`, and the notes that other readers show."""
    [marks] = of_rows(library, [row])
    note, others = "", []
    if library is not None:
        with contextlib.suppress(LibraryError):
            [id_] = library.ids_of([row])
            note = library.note_of(id_)
            others = [
                {"reader": other["reader"], "text": other["text"] or _in_words(other)}
                for other in library.own.others().get(id_, ())
            ]
    return {**{name: marks[name] for name in ("starred", "tags", "new")}, "note": note, "others": others}


def _in_words(row: dict[str, str]) -> str:
    reader, name = row["reader"], row["name"]
    return {
        "stars": f"starred by {reader}",
        "tag": f"tagged “{name}” by {reader}",
        "note": f"noted by {reader}",
        "set": f"in “{name}” by {reader}",
        "search": f"in “{name}” by {reader}",
    }[row["kind"]]


def with_own(results: Results, panels: list[dict[str, Any]], state: dict[str, tuple[str, int]]) -> list[dict[str, Any]]:
    """Filter panels with those of the reader's own marks anew."""
    others = [panel for panel in panels if panel["name"] not in OWN_FACETS]
    own = [values(results, field, *state.get(field, ("", 0))) for field in own_facets(results) if results.facet(field).size]
    at = len(others) - (bool(others) and others[-1]["name"] == "has_code")
    return [*others[:at], *own, *others[at:]]

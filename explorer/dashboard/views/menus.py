"""What a page offers whatever it shows: the help, the orders of the list, the ways to export."""

from __future__ import annotations

from typing import Any

from explorer.export.export import FORMATS
from explorer.selection.expression import HELP as CONCEPT_HELP
from explorer.selection.fields import SORTS
from explorer.selection.query import HELP


def menus() -> dict[str, Any]:
    """The three as plain JSON values: `help` (tables of syntax, meaning, example), `sorts` (key, label), `exports`."""
    tables = (("Searching", HELP), ("Ranking by concepts", CONCEPT_HELP))
    names = ("syntax", "meaning", "example")
    return {
        "help": [{"title": title, "rows": [dict(zip(names, row, strict=True)) for row in rows]} for title, rows in tables],
        "sorts": [list(row) for row in SORTS.items()],
        "exports": [{"format": form.name, "label": form.label, "note": form.note} for form in FORMATS],
    }

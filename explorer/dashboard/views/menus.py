"""What a page offers whatever it shows: the help, the orders of the list, the ways to export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.export.export import FORMATS
from explorer.selection.expression import HELP as CONCEPT_HELP
from explorer.selection.fields import MODES, SORTS
from explorer.selection.query import HELP

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot


def menus(snapshot: Snapshot) -> dict[str, Any]:
    """As plain JSON values: `help` (tables of syntax, meaning, example), `sorts` and `modes` (key, label), `exports`.

    A column of the reader's own is an order too, where it parts the papers; upvotes are one where a paper has some.
    """
    own = [stored for stored in snapshot.columns.by_key.values() if stored.column.telling]
    ways = {
        "values": ("", ", Z to A"),
        "number": (", smallest first", ", largest first"),
        "date": (", oldest first", ", newest first"),
    }
    votes = snapshot.table.column("upvotes")
    sorts = [list(row) for row in SORTS.items() if row[0] != "upvotes" or votes.null_count < len(votes)]
    for stored in own:
        column = stored.column
        up, down = ways["number" if stored.counts else column.kind]
        sorts += [[f"{column.field}{end}", f"{column.label}{way}"] for end, way in (((":up"), up), ("", down))]
    tables = (("Searching", HELP), ("Ranking by concepts", CONCEPT_HELP))
    names = ("syntax", "meaning", "example")
    return {
        "help": [{"title": title, "rows": [dict(zip(names, row, strict=True)) for row in rows]} for title, rows in tables],
        "sorts": sorts,
        "modes": [list(row) for row in MODES.items()],
        "exports": [{"format": form.name, "label": form.label, "note": form.note} for form in FORMATS],
    }

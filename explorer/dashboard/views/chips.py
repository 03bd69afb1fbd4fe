"""What filters and steers the list, as chips that a page can take away one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from explorer.selection.fields import PAPERS
from explorer.selection.selection import Selection
from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

ELSEWHERE = ("rank",)
"""Fields that have a place of their own on the page."""


def chips(selection: Selection, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """One chip a filter, and one a value where a filter has several: `field`, `value`, `label`.

    Parameters
    ----------
    selection : Selection
    titles : mapping
        Titles of papers by their ids, as `titles_of` gives them.
    """
    found = []
    for row, value in selection.given():
        if row.field in ELSEWHERE:
            continue
        if row.kind == "values":
            named = titles if row.field in PAPERS else {}
            found += [{"field": row.field, "value": item, "label": f"{row.label}: {named.get(item, item)}"} for item in value]
        elif row.kind == "pairs":
            found += [{"field": row.field, "value": list(pair), "label": _upper(row.sentence((pair,)))} for pair in value]
        else:
            said = selection.say(row, value)
            found.append({"field": row.field, "value": value, "label": _upper(said)})
    return found


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def titles_of(snapshot: Snapshot, ids: Sequence[str]) -> dict[str, str]:
    """Readable titles of the papers of some ids; those that the corpus has not are left out."""
    if not ids:
        return {}
    among = pc.is_in(snapshot.table.column("id"), value_set=pa.array(ids, snapshot.table.schema.field("id").type))
    papers = snapshot.table.select(["id", "title"]).filter(among).to_pylist()
    return {paper["id"]: readable(paper["title"]) or "Untitled" for paper in papers}

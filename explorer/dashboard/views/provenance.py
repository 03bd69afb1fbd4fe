"""Where a paper comes from, as the page shows it: its versions, and the records it was merged from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from explorer.dedupe.merges import origin_text

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

View = dict[str, Any]

_RESOLVERS = {"doi": ("DOI", "https://doi.org/"), "arxiv": ("arXiv", "https://arxiv.org/abs/")}
_DERIVED = ("id", "precision", "year")


def versions(paper: dict[str, Any]) -> list[View]:
    """The versions of a work, such as its preprint and its publication; without an address where one is known by its id only."""
    found = []
    for name in paper.get("versions") or []:
        kind, _, rest = name.partition(":")
        label, resolver = _RESOLVERS.get(kind, ("", ""))
        address = f"{resolver}{quote(rest, safe='/')}" if label else ""
        found.append({"label": f"{label} {rest}" if label else name, "url": address})
    return found


def merged(snapshot: Snapshot, paper: str) -> View | None:
    """What was merged into a paper, and which record gave which value; None where it is one record.

    Returns
    -------
    dict or None
        `paper` (id), `records` (where each came from), `relation`, `reason`, and `gave`: of each record, `record` and `fields`.
    """
    found = snapshot.merged.of(paper)
    if found is None:
        return None
    row, records = found
    origins = zip(*(records.column(name).to_pylist() for name in ("id", "merge_source", "merge_record")), strict=True)
    where = {name: origin_text(source, number) for name, source, number in origins}
    gave: dict[str, list[str]] = {}
    for field, giver in row["given_by"]:
        if field not in _DERIVED:
            names = "; ".join(where.get(name, name) for name in giver.split("; "))
            gave.setdefault(names, []).append(field.replace("_", " "))
    return {
        "paper": paper,
        "records": list(where.values()),
        "relation": row["relation"],
        "reason": row["reason"],
        "gave": [{"record": record, "fields": ", ".join(fields)} for record, fields in gave.items()],
    }

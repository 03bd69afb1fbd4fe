"""What the records of a paper note beside their fields, as a reviewer sees it: without the markup and the decisions that stand there."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

NOTE = "Screening decisions: "
"""How the note begins in which we keep decisions."""
NOTES = ("note", "notes", "Note", "Notes")
COVIDENCE = re.compile(r"Exclusion reason:\s*([^;\n]+)", re.IGNORECASE)
_RAYYAN_FIELD = re.compile(r"RAYYAN-|USER-NOTES:")
_RAYYAN_NOTES = re.compile(r'"([^"]*)"\s*=>\s*\[([^\]]*)\]')
_QUOTED = re.compile(r'"([^"]*)"')
_TOLD = re.compile(r"(?:Title and abstract|Full text): (?:include|exclude|maybe)\b")
"""What `to_ris` says of a decision in words."""
_BESIDE = ("research_notes", "annote", "annotation")
"""Further columns in which reference managers keep what a reader noted."""
_LONGEST_NOTE, _MOST_NOTES = 2_000, 20


def notes_of(snapshot: Snapshot, id_: str) -> list[str]:
    """What the records that a paper was made from note of it, each text once.

    Decisions that stand there are left out: `read_labels` takes them over, and while it is blind they would tell of others' votes.

    Parameters
    ----------
    snapshot : Snapshot
    id_ : str
        Of a paper.
    """
    row = pc.index(snapshot.table.column("id"), id_).as_py()
    merged = snapshot.merged.records
    records = merged.filter(pc.equal(merged.column("merge_paper"), id_)).to_pylist() if merged.num_rows else []
    found: list[str] = []
    for record in (*snapshot.table.slice(row, 1).to_pylist(), *records):
        beside = [str(record[name]) for name in _BESIDE if record.get(name)]
        for line in "\n".join([notes_text(record), *beside]).split("\n"):
            found += filter(None, map(_plain_note, line.split(" | ") if _RAYYAN_FIELD.match(line.strip()) else [line]))
    return [note[:_LONGEST_NOTE] for note in dict.fromkeys(found)][:_MOST_NOTES]


def _plain_note(text: str) -> str:
    """A note as a reader would say it; empty where it tells of a decision."""
    # As much of it as is shown at most: hostile text holds up nothing.
    tidy = " ".join(text[: 2 * _LONGEST_NOTE].split())
    if (
        tidy.startswith((NOTE, "ASReview_", "RAYYAN-INCLUSION", "RAYYAN-EXCLUSION"))
        or _TOLD.match(tidy)
        or COVIDENCE.match(tidy)
    ):
        return ""
    if tidy.startswith("RAYYAN-LABELS:"):
        return f"Labels: {', '.join(part.strip() for part in tidy.partition(':')[2].split(','))}"
    if tidy.startswith("USER-NOTES:"):
        said = [f"{who}: {', '.join(_QUOTED.findall(notes))}" for who, notes in _RAYYAN_NOTES.findall(tidy)]
        return "; ".join(said) or tidy
    return readable(tidy)


def notes_text(paper: Mapping[str, Any]) -> str:
    """The notes of a record as lines, without the markup in which a reference manager keeps them."""
    notes = "\n".join(str(paper[name]) for name in NOTES if paper.get(name))
    # Ours stand to the letter.
    if NOTE in notes or ("<" not in notes and "&" not in notes):
        return notes
    return html.unescape(re.sub(r"</?(?:p|div|br)\b[^<>]*>", "\n", notes))

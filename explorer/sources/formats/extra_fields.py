"""What several formats have beside the schema, under one name whichever of them brought it: editors and notes.

A book, or another work that appears by itself, without authors is its editors': readers put them into `authors`, where people look
for them, and into `editors`, by which writers know them for what they are. Notes hold what people decided about a paper (ASReview,
Rayyan): one a line in `note`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from explorer.papers.author_names import split_names
from explorer.sources.formats.cells import cell_list
from explorer.sources.formats.kinds import kind_of

EDITORS = ("editors", "editor", "Editors", "Editor")
"""Columns of editors; a reader writes the first."""

NOTES = ("note", "notes", "Note", "Notes")
"""Columns of notes; a reader writes the first."""

_LABELS = ("asreview_label", "label_included", "included")
"""Columns of decisions, 1 or 0."""

_BY_AUTHORS = frozenset(("article", "inproceedings", "incollection", "unpublished", "phdthesis", "patent"))
"""Kinds whose editors are those of what they appeared in."""


class Credits(NamedTuple):
    """Who made a work, as a format that tells the two apart has them."""

    authors: Sequence[str]
    editors: Sequence[str]


def editors_text(names: Sequence[str]) -> str | None:
    """One text for the column of editors: names between semicolons, as JSON where one holds a semicolon; None without any."""
    if any(";" in name or name[:1] == "[" for name in names):
        return json.dumps(list(names), ensure_ascii=False)
    return "; ".join(names) or None


def with_editors(authors: Sequence[str] | None, editors: Sequence[str] | None, *, alone: bool) -> dict[str, Any]:
    """`authors` and `editors` of a record; a work that stands `alone` and has no authors shows its editors."""
    return {
        "authors": authors or (editors if alone else None) or None,
        **({"editors": editors_text(editors)} if editors else {}),
    }


def people(paper: Mapping[str, Any]) -> Credits:
    """Authors and editors of a paper; names that are shown as authors but are the editors' are theirs alone."""
    authors = paper["authors"] or ()
    given = next((paper[name] for name in EDITORS if paper.get(name)), None)
    if isinstance(given, str):
        editors = cell_list(given) if ";" in given or given[:1] == "[" else split_names(given)
    else:
        editors = [str(name) for name in given or ()]
    if editors and list(authors) == editors and kind_of(paper).bibtex not in _BY_AUTHORS:
        return Credits((), editors)
    return Credits(authors, editors)


_NUMBERED = re.compile(r"(?:\A|(?<=\s))(PMID|PMCID|DOI|ISBN):[ \t]*(\S+)(?=\s|\Z)", re.IGNORECASE)


def numbers_in(note: object) -> dict[str, str]:
    """Identifiers that a note has a line for, or is made of: where Zotero and others keep those that an item has no field for.

    Returns
    -------
    dict
        Of the columns `pmid`, `pmcid`, `doi` and `isbn` those that are told. What a sentence names is none of them.
    """
    if not isinstance(note, str) or ":" not in note:
        return {}
    found: dict[str, str] = {}
    lines = note.split("\n")
    for line in [*lines, note] if len(lines) > 1 else lines:
        pairs = _NUMBERED.findall(line)
        if pairs and not _NUMBERED.sub("", line).strip():
            found = {name.lower(): value for name, value in pairs} | found
    digits = re.compile(r"\d{1,9}")
    return {name: value for name, value in found.items() if name != "pmid" or digits.fullmatch(value)}


def notes_of(paper: Mapping[str, Any]) -> list[str]:
    """Notes about a paper, each once; a decision of ASReview is the note that its RIS files have for it."""
    found = [str(paper[name]) for name in NOTES if paper.get(name)]
    notes = [line for text in found for line in text.split("\n") if line.strip()]
    label = next((str(paper[name]) for name in _LABELS if paper.get(name) is not None), "")
    if label in ("1", "0", "1.0", "0.0") and not any(note.startswith("ASReview_") for note in notes):
        notes.append("ASReview_relevant" if label[0] == "1" else "ASReview_irrelevant")
    return list(dict.fromkeys(notes))

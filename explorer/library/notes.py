"""Notes: what a reader wrote about a paper. Two windows that write at once lose nothing of each other."""

from __future__ import annotations

from explorer.errors import LibraryError
from explorer.library.database import Noun, now
from explorer.library.marks import ACTS, COLUMNS, Marks

LONGEST = 100_000
"""Characters of a note at most."""

NOTES = Noun("notes", (f"CREATE TABLE notes ({COLUMNS}) STRICT",))


def write_note(notes: Marks, id_: str, text: str, before: str | None = None) -> str:
    """Write the note of a paper; an empty one is none.

    Parameters
    ----------
    notes : Marks
        Of `NOTES`.
    id_ : str
    text : str
    before : str, optional
        The text that the writer began from. Where another window has changed it since, both changes are kept (`both`).

    Returns
    -------
    str
        The note as it stands now.

    Raises
    ------
    LibraryError
        It is too long, or has characters that cannot be stored.
    """
    text = text.strip()
    if len(text) > LONGEST or "\0" in text:
        raise LibraryError(
            f"A note has at most {LONGEST:,} characters; this one has {len(text):,}. Keep it in a file of its own."
        )
    with notes.database.writing(NOTES, ACTS) as file:
        there = next((mark.text for mark in notes.of(id_)), "")
        if before is not None and there != before.strip():
            text = both(before.strip(), there, text)
        notes.change(file, [(id_, "", (text, now()) if text else None)])
    return text


def both(before: str, there: str, text: str) -> str:
    r"""What two windows made of a note that was `before`: one added after the other, or the one after the other.

    Examples
    --------
    >>> both("Read.", "Read. Twice.", "Read. Cite it.")
    'Read. Twice.\nCite it.'
    >>> both("Read.", "Reread.", "Cite it.")
    'Reread.\n\nCite it.'
    """
    if text in ("", before):
        return there
    if text.startswith(there):
        return text
    if before and text.startswith(before):
        return f"{there}\n{text[len(before) :].strip()}"
    return f"{there}\n\n{text}".strip()

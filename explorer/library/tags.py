"""Tags: short names that a reader gives papers, to find them together."""

from __future__ import annotations

from explorer.errors import LibraryError
from explorer.library.database import Noun
from explorer.library.marks import COLUMNS

LONGEST = 60
"""Characters of a tag at most."""

TAGS = Noun("tags", (f"CREATE TABLE tags ({COLUMNS}) STRICT; CREATE INDEX tags_of ON tags (reader, name)",))


def tidy_tag(name: str) -> str:
    """A tag with single blanks. Raises `LibraryError` where it cannot be one: empty, long, with signs that are not printed or quotes."""
    tidy = " ".join(str(name).split())
    if not tidy or len(tidy) > LONGEST or not tidy.isprintable() or '"' in tidy:
        raise LibraryError(f"A tag has 1 to {LONGEST} characters and no quotation marks; “{tidy[:LONGEST]}” cannot be one.")
    return tidy

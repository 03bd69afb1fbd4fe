"""The corpus and the selection that a command names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.progress import Progress

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.selection.selection import Selection


def open_given(files: Sequence[str], *, keep_duplicates: bool = False) -> Corpus:
    """Open a corpus folder, or files of papers."""
    from explorer.corpus.opening import open_files

    corpus = open_files(files, keep_duplicates=keep_duplicates, progress=Progress())
    if said := corpus.snapshot.index_sentence:
        print(said, file=sys.stderr)
    return corpus


def query_part(url: str) -> str:
    """The query part of an address, or what stands for one."""
    return url.partition("?")[2] if "?" in url else url


def selection_of(url: str) -> Selection:
    """The selection that an address says; what it says besides goes to the standard error."""
    from explorer.selection.address import passed_over
    from explorer.selection.selection import Selection

    query = query_part(url)
    if said := passed_over(query):
        print(said, file=sys.stderr)
    return Selection.from_url(query)


def text_of(value: object) -> str | None:
    """A text, or None for a value that is missing."""
    return value if isinstance(value, str) else None

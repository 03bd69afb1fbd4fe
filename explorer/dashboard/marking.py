"""What a reader does to papers on the page: stars, tags, notes, lists, and what of it is shared."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from explorer.errors import LibraryError, SelectionError
from explorer.library.library import Library

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.dashboard.session import Session

_NOUNS = {"stars": "star", "tags": "tag", "notes": "note", "reads": "mark as read"}


def read_by(corpus: Corpus, reader: str | None) -> None:
    """Have a corpus's library be that of a reader; None leaves it that of whom it finds itself."""
    if reader is not None and corpus.library.reader != reader:
        corpus.library = Library(corpus.ranker, reader=reader)


class Marking:
    """The marks on the papers of a session's corpus.

    Parameters
    ----------
    session : Session
    writable : bool
        Whether anything may be marked.
    """

    def __init__(self, session: Session, *, writable: bool = True) -> None:
        self.session = session
        self.writable = writable

    @property
    def library(self) -> Library:
        """Of the corpus that is shown."""
        return self.session.corpus.library

    @property
    def kept(self) -> Library | None:
        """The library; None where everybody would see that of the server's owner."""
        return self.library if self.writable else None

    def state(self) -> dict[str, Any]:
        """What the page needs to know: whether it may mark, who reads, the reader's tags, what is shared, or what is wrong."""
        if not self.writable:
            return {"writable": False, "reader": "", "tags": [], "shared": [], "problem": ""}
        try:
            tags = self.library.own.facet("tags")
            names = [value.as_py() for value in tags.values]
            shared = [f"{kind}:{name}" for kind, name in self.library.sharing]
            reader, problem = self.library.reader, ""
        except LibraryError as error:
            names, shared, reader, problem = [], [], "", str(error)
        return {"writable": self.writable, "reader": reader, "tags": names, "shared": shared, "problem": problem}

    def look_back(self) -> None:
        """Find the visit before, since which papers are new; without a library nothing is."""
        if self.writable:
            with contextlib.suppress(LibraryError):
                self.library.look_back()

    def visit(self) -> None:
        """Note that the reader is here; what cannot be written is said where something is marked."""
        if self.writable:
            with contextlib.suppress(LibraryError):
                since = self.library.since
                self.library.visit()
                # What was new when the page opened stays new while it is open.
                self.library.since = since

    def star(self, row: int | None, on: bool) -> str:
        """Star a paper, or the ticked ones where `row` is None; or take the star off."""
        ids = self._ids(row)
        changed = self.library.star(*ids) if on else self.library.unstar(*ids)
        return _said(f"{'Starred' if on else 'Took the star off'}", changed, row)

    def tag(self, row: int | None, name: str, on: bool) -> str:
        """Tag a paper, or the ticked ones where `row` is None; or take the tag off."""
        ids = self._ids(row)
        changed = self.library.tag(ids, name) if on else self.library.untag(ids, name)
        tidy = " ".join(name.split())
        return _said(f"Tagged “{tidy}”:" if on else f"Took the tag “{tidy}” off", changed, row)

    def note(self, row: int, text: str, before: str) -> str:
        """Write the note of a paper; returns it as it stands, with what another window wrote meanwhile."""
        return self.library.note(self._ids(row)[0], text, before=before)

    def add_to_set(self, name: str) -> str:
        """Add the ticked papers to a set, which is made if there is none."""
        saved = self.library.add_to_set(name, *self._ids(None))
        return f"The list “{saved.name}” has {saved.papers:,} paper{'' if saved.papers == 1 else 's'}."

    def share(self, kind: str, name: str, on: bool) -> str:
        """Show something to the other readers of the library, or no longer."""
        self._check()
        (self.library.share if on else self.library.unshare)(kind, name)
        return f"The other readers of this library {'see' if on else 'no longer see'} your {_NOUNS.get(kind, kind)}{name and f' “{name}”'}."

    def undo(self) -> str:
        """Take the last change back."""
        self._check()
        undone = self.library.undo()
        noun = _NOUNS[undone.noun]
        return f"Took back the last {noun}{(undone.names and f' “{undone.names[0]}”') or ''}{_of(undone.papers)}."

    def _ids(self, row: int | None) -> list[str]:
        self._check()
        if row is not None:
            return [self.session.id_of(row)]
        if not self.session.ticked:
            raise SelectionError("No paper is ticked. Tick some in the list first.")
        ids = self.session.corpus.snapshot.table.column("id")
        return [ids[ticked].as_py() for ticked in sorted(self.session.ticked)]

    def _check(self) -> None:
        if not self.writable:
            raise LibraryError("Nothing can be marked here: the server was started read-only.")


def _said(what: str, papers: int, row: int | None) -> str:
    return f"{what} this paper." if row is not None else f"{what}{_of(papers) or ' one paper'}."


def _of(papers: int) -> str:
    return "" if papers == 1 else f" {papers:,} papers"

"""Which papers a reader has read, kept in the reader's library where it may be written, else for the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.dashboard.session import Session


class ReadingList:
    """The papers read of a session's corpus.

    Parameters
    ----------
    session : Session
    writable : bool
        Whether they are kept in the library.
    """

    def __init__(self, session: Session, *, writable: bool) -> None:
        self.session = session
        self.writable = writable

    def again(self) -> None:
        """Read from the library what was marked since, in another dashboard of the same reader."""
        if self.writable:
            self.session.take_reads(self.session.corpus.read_papers, reorder=True)

    def mark(self, row: int, read: bool, *, reorder: bool) -> None:
        """Keep that a paper was read, or forget it.

        Parameters
        ----------
        row : int
        read : bool
        reorder : bool
            Whether an order that depends on it follows at once, and not only with the next change of the selection.

        Raises
        ------
        SelectionError
            There is no such row.
        LibraryError
            It cannot be written.
        """
        id_ = self.session.id_of(row)
        if self.writable:
            library = self.session.corpus.library
            library.mark_read(id_, read)
            # What was marked in another dashboard of the same reader counts too.
            self.session.take_reads(library.reads(), reorder=reorder)
        else:
            others = tuple(other for other in self.session.read if other != id_)
            self.session.take_reads((*others, id_) if read else others, reorder=reorder)

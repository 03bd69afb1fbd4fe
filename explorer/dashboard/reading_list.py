"""Which papers a reader has read, kept in the reader's library where it may be written, else for the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.corpus.corpus import Corpus

if TYPE_CHECKING:
    from explorer.dashboard.session import Session


class Reading:
    """The papers read of a session's corpus.

    Parameters
    ----------
    session : Session
    writable : bool
        Whether they are kept in the library; a server for many readers keeps them for the session, and knows none at first.
    """

    def __init__(self, session: Session, *, writable: bool) -> None:
        self.session = session
        self.writable = writable
        self._begun: Corpus | None = None
        self._rows: tuple[tuple[str, ...], frozenset[int]] = (), frozenset()

    @property
    def _corpus(self) -> Corpus:
        corpus = self.session.corpus
        if self._begun is not corpus:
            self._begun, self._rows = corpus, ((), frozenset())
            if not self.writable:
                corpus.read_papers = ()
        return corpus

    @property
    def rows(self) -> frozenset[int]:
        """Their rows."""
        corpus = self._corpus
        if self._rows[0] != corpus.read_papers:
            self._rows = corpus.read_papers, frozenset(corpus.rows_known(corpus.read_papers).tolist())
        return self._rows[1]

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
        id_, corpus = self.session.id_of(row), self._corpus
        if self.writable:
            corpus.library.mark_read(id_, read)
        others = [other for other in corpus.read_papers if other != id_]
        corpus.read_papers = [*others, id_] if read else others
        if reorder and self.session.selection.weighs_novelty:
            self.session.refresh()

    def marked(self, page: dict[str, Any]) -> dict[str, Any]:
        """A page of the list with what was read, and what no other paper beats."""
        read, front = self.rows, self.session.results.front
        best = set() if front is None else set(front.rows.tolist())
        rows = [{**row, "read": row["row"] in read, "best": row["row"] in best} for row in page["rows"]]
        return {**page, "rows": rows}

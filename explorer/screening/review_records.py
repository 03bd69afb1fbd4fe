"""The records of a review, by their ids: what they say, which of them were merged, and which say nearly the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ScreeningError
from explorer.screening.labels import TELLING, State
from explorer.text.analysis import is_character, words_of

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot


class Texts:
    """Titles and abstracts of a snapshot, by row, unpacked when they are first asked for: of 100,000 records that takes seconds."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._table = snapshot.table

    @cached_property
    def titles(self) -> list[str | None]:
        """All titles."""
        found: list[str | None] = self._table.column("title").to_pylist()
        return found

    @cached_property
    def abstracts(self) -> list[str | None]:
        """All abstracts."""
        found: list[str | None] = self._table.column("abstract").to_pylist()
        return found

    def abstract(self, row: int) -> str | None:
        """That of one row, alone where not all are unpacked."""
        if "abstracts" in self.__dict__:
            return self.abstracts[row]
        [found] = self._table.select(["abstract"]).slice(row, 1).to_pylist()
        text: str | None = found["abstract"]
        return text


class ReviewRecords:
    """The records that the searches of a review brought, as far as the corpus holds them.

    Parameters
    ----------
    snapshot : Snapshot
        The generation of the corpus that is reviewed.
    state : State
        Of the review, whose searches are looked at anew whenever there are more.
    review : str
        Its name.

    Attributes
    ----------
    texts : Texts
        By row of the paper table.
    table_ids : list of str
        Ids of all papers of the corpus, in the order of the table.
    table_row : dict of str to int
        Row of each of them.
    moved : dict of str to str
        Ids of records that were merged, and of the papers of the corpus that they are in.
    """

    def __init__(self, snapshot: Snapshot, state: State, review: str) -> None:
        self._state, self._review = state, review
        self.texts = Texts(snapshot)
        self.table_ids = [str(id_) for id_ in snapshot.table.column("id").to_pylist()]
        self.table_row = {id_: row for row, id_ in enumerate(self.table_ids)}
        history = snapshot.merged.history
        self.moved: dict[str, str] = {
            member: paper
            for paper, members in zip(*(history.column(name).to_pylist() for name in ("paper", "members")), strict=True)
            for member in members or ()
            if member not in self.table_row and paper in self.table_row
        }
        self._mapped_for = -1
        self._alike_for = -1

    @property
    def ids(self) -> list[str]:
        """Ids of the records, in the order of the searches that brought them; never changed, only made anew."""
        self._map()
        return self._ids

    @property
    def row(self) -> dict[str, int]:
        """Place of each record in `ids`."""
        self._map()
        return self._row

    @property
    def search_of(self) -> NDArray[np.int64]:
        """Number, from 0, of the search that first brought each record: shape (n_records,)."""
        self._map()
        return self._search_of

    def _map(self) -> None:
        if self._mapped_for == len(self._state.searches):
            return
        first: dict[str, int] = {}
        for number, search in enumerate(self._state.searches):
            for id_ in search.ids:
                if (paper := self.moved.get(id_, id_)) in self.table_row:
                    first.setdefault(paper, number)
        self._ids: list[str] = list(first)
        self._search_of = np.fromiter(first.values(), np.int64, len(first))
        self._row = {id_: row for row, id_ in enumerate(self._ids)}
        self._mapped_for = len(self._state.searches)

    def known_of(self, state: State) -> int:
        """Records that a state of the review before this one knows: of `ids`, the first so many."""
        ids = self.ids
        if len(state.searches) == len(self._state.searches):
            return len(ids)
        known = {self.moved.get(id_, id_) for search in state.searches for id_ in search.ids}
        return sum(id_ in known for id_ in ids)

    def name(self, id_: Any) -> str:
        """Id of the record that an id, or a paper, means. Raises `ScreeningError` where the review has none such."""
        if id_ is None:
            raise ScreeningError("No record is given: `next` gives none where every one is decided.")
        given = str(id_ if isinstance(id_, str) else getattr(id_, "id", id_))
        name: str = self.moved.get(given, given)
        if name not in self.row:
            raise ScreeningError(f"The review {self._review!r} has no record {name[:80]!r}. Its ids are those of the corpus.")
        return name

    def title(self, id_: str) -> str:
        """Title of a paper of the corpus; empty where it has none."""
        return self.texts.titles[self.table_row[id_]] or ""

    def abstract(self, id_: str) -> str:
        """Abstract of a paper of the corpus, one that was filled in before its own; empty where there is none."""
        return self._state.abstracts.get(id_) or self.texts.abstract(self.table_row[id_]) or ""

    def alike(self, id_: str) -> list[str]:
        """Ids of the records that say nearly the same as one of the review (see `Screening.alike`)."""
        return [other for other in self._groups.get(self._key(id_), ()) if other != id_ and self._same_abstract(id_, other)]

    @property
    def _groups(self) -> Mapping[str, list[str]]:
        """Records of the same words in the title."""
        self._map()
        if self._alike_for != self._mapped_for:
            groups: dict[str, list[str]] = {}
            for other in self._ids:
                if key := self._key(other):
                    groups.setdefault(key, []).append(other)
            self._alike = {key: members for key, members in groups.items() if len(members) > 1}
            self._alike_for = self._mapped_for
        return self._alike

    def _key(self, id_: str) -> str:
        words = words_of(self.title(id_))
        # Two characters of a language that writes no spaces are about a word.
        return " ".join(words) if sum(0.5 if is_character(word) else 1 for word in words) >= TELLING else ""

    def _same_abstract(self, first: str, second: str) -> bool:
        one, other = (words_of(self.texts.abstract(self.table_row[id_]) or "") for id_ in (first, second))
        return not one or not other or one == other

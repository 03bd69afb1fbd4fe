"""What the reader put on the papers of a snapshot, as masks and facets: what `explorer.search.own_marks` asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from explorer.errors import QueryError
from explorer.search.own_marks import facet_of
from explorer.selection.syntax import MARKS, WILDCARDS, Phrase, Word
from explorer.text.analysis import tokens

if TYPE_CHECKING:
    from explorer.library.database import Database
    from explorer.library.marks import Mark
    from explorer.store.facets import Facet
    from explorer.store.snapshot import Snapshot


class OwnMarks:
    """A reader's marks on the papers of a snapshot; what is computed is kept until somebody changes something.

    Parameters
    ----------
    snapshot : Snapshot
    database : Database
    marks : callable
        Gives the reader's marks of a noun: stars, tags, notes or reads.
    members : callable
        Gives the ids of the papers of a set by its name.
    new : callable
        Gives the papers that came since the last visit, as a boolean array of shape (n_papers,).
    shared : callable
        Gives what other readers show, one a paper.
    sets : callable
        Gives the names of the reader's sets, with their papers.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        database: Database,
        *,
        marks: Callable[[str], list[Mark]],
        members: Callable[[str], list[str]],
        new: Callable[[], np.ndarray],
        shared: Callable[[], list[dict[str, str]]],
        sets: Callable[[], list[tuple[str, int]]] = list,
    ) -> None:
        self._snapshot = snapshot
        self._database = database
        self._marks = marks
        self._members = members
        self._new = new
        self._shared = shared
        self._sets = sets
        self._others: dict[str, list[dict[str, str]]] | None = None
        self._papers = len(snapshot)
        self._version: Hashable = None
        self._kept: dict[Hashable, np.ndarray] = {}
        self._facets: dict[str, Facet] = {}
        self._notes: dict[str, tuple[str, list[str]]] = {}

    def version(self) -> Hashable:
        """A value that differs once anything was changed, in this process or another."""
        return self._database.version()

    def rows(self, mark: str) -> np.ndarray:
        """Rows of the papers with one of `MARKS`, in the order of the table."""
        return self._rows(mark, lambda: self._find(mark))

    def tagged(self) -> dict[str, np.ndarray]:
        """Rows of the papers of each tag, in the order of the table."""
        ids: dict[str, list[str]] = {}
        for mark in self._marks("tags"):
            ids.setdefault(mark.name, []).append(mark.id)
        return {name: self._rows(("tag", name), partial(self._known, some)) for name, some in ids.items()}

    def mask(self, leaf: Word | Phrase) -> np.ndarray:
        """Papers that a part of a query means.

        Parameters
        ----------
        leaf : Word or Phrase
            Its field is tag, note, is or set.

        Raises
        ------
        QueryError
            There is no such mark.
        LibraryError
            There is no such set, or the library cannot be read.
        """
        mask = np.zeros(self._papers, bool)
        if leaf.field == "is":
            asked = leaf.text.lower()
            # The beginning of one is enough, as it is while it is typed.
            meant = [asked] if asked in MARKS else [mark for mark in MARKS if mark.startswith(asked)]
            if not meant:
                raise QueryError(f"“is:{leaf.text}” is no mark of a paper. Marks: {', '.join(MARKS)}.", leaf.position)
            for mark in meant:
                mask[self.rows(mark)] = True
        elif leaf.field == "tag":
            fits = _fitting(leaf)
            for name, rows in self.tagged().items():
                if fits(name):
                    mask[rows] = True
        elif leaf.field == "set":
            mask[self._known(self._members(leaf.text))] = True
        else:
            ids = [mark.id for mark in self._marks("notes") if self._says(mark.id, mark.text, leaf)]
            mask[self._known(ids)] = True
        return mask

    def facet(self, field: str) -> Facet:
        """The facet of tags, or of the marks that some paper has."""
        self._notice()
        if field not in self._facets:
            values = self.tagged() if field == "tags" else {mark: self.rows(mark) for mark in MARKS}
            if field == "marks" and not any(len(rows) for mark, rows in values.items() if mark != "unread"):
                # All are unread, which says nothing.
                values = {}
            some = [(name, rows) for name, rows in values.items() if len(rows)]
            self._facets[field] = facet_of(some, self._papers)
        return self._facets[field]

    def of_rows(self, rows: list[int]) -> list[dict[str, Any]]:
        """What the reader put on some papers: `starred`, `noted`, `new` (bool) and `tags` (list of text, by name) of each."""
        wanted = np.array(rows, np.int64)
        having = {mark: np.isin(wanted, self.rows(mark)).tolist() for mark in ("starred", "noted", "new")}
        tagged = [(name, set(some.tolist())) for name, some in sorted(self.tagged().items())]
        return [
            {**{mark: having[mark][at] for mark in having}, "tags": [name for name, some in tagged if row in some]}
            for at, row in enumerate(rows)
        ]

    def others(self) -> dict[str, list[dict[str, str]]]:
        """What other readers show of each paper, by its id."""
        self._notice()
        if self._others is None:
            self._others = {}
            for row in self._shared():
                self._others.setdefault(row["id"], []).append(row)
        return self._others

    def columns(self, ids: list[str]) -> dict[str, pa.Array]:
        """What the reader put on some papers, as columns of a table.

        Parameters
        ----------
        ids : list of str, length n

        Returns
        -------
        dict of str to pyarrow.Array, each of length n
            `starred` and `read` (bool), `my_tags` (lists of text, by name; empty without any) and `my_note` (text; null without one).
        """
        starred, read = ({mark.id for mark in self._marks(noun)} for noun in ("stars", "reads"))
        tags: dict[str, list[str]] = {}
        for mark in sorted(self._marks("tags"), key=lambda mark: mark.name):
            tags.setdefault(mark.id, []).append(mark.name)
        notes = {mark.id: mark.text for mark in self._marks("notes")}
        return {
            "starred": pa.array([id_ in starred for id_ in ids], pa.bool_()),
            "read": pa.array([id_ in read for id_ in ids], pa.bool_()),
            "my_tags": pa.array([tags.get(id_, []) for id_ in ids], pa.list_(pa.large_string())),
            "my_note": pa.array([notes.get(id_) for id_ in ids], pa.large_string()),
        }

    def values(self, field: str) -> list[tuple[str, int]]:
        """What a field of the query may ask for, with the papers of this corpus that have it.

        Parameters
        ----------
        field : {"tag", "note", "is", "set"}

        Returns
        -------
        list of (str, int)
            Tags, words of notes or sets, the commonest first, ties by name; marks in their own order.
        """
        if field == "is":
            return [(mark, len(self.rows(mark))) for mark in MARKS]
        if field == "tag":
            found = [(name, len(rows)) for name, rows in self.tagged().items()]
        elif field == "set":
            found = self._sets()
        else:
            papers: dict[str, set[str]] = {}
            for mark in self._marks("notes"):
                for _, word in tokens(mark.text, "names"):
                    papers.setdefault(word, set()).add(mark.id)
            found = [(word, len(ids)) for word, ids in papers.items()]
        return sorted(found, key=lambda value: (-value[1], value[0]))

    def _find(self, mark: str) -> np.ndarray:
        if mark == "new":
            return np.flatnonzero(self._new())
        if mark == "unread":
            unread = np.ones(self._papers, bool)
            unread[self.rows("read")] = False
            # In a large corpus they are nearly all papers.
            return np.flatnonzero(unread).astype(np.int32)
        noun = {"starred": "stars", "read": "reads", "noted": "notes", "tagged": "tags"}[mark]
        return self._known([found.id for found in self._marks(noun)])

    def _known(self, ids: list[str]) -> np.ndarray:
        return self._snapshot.rows_known(ids)

    def _rows(self, key: Hashable, find: Callable[[], np.ndarray]) -> np.ndarray:
        self._notice()
        if key not in self._kept:
            self._kept[key] = find()
        return self._kept[key]

    def _notice(self) -> None:
        """Forget what was computed before somebody changed something."""
        version = self.version()
        if version != self._version:
            self._version, self._kept, self._facets, self._others = version, {}, {}, None

    def _says(self, id_: str, text: str, leaf: Word | Phrase) -> bool:
        wild = _wild(leaf)
        if wild is not None:
            return any(wild.fullmatch(word) for _, word in tokens(text, "names"))
        if leaf.exact:
            return _in_a_row([word for _, word in tokens(leaf.text, "names")], [word for _, word in tokens(text, "names")])
        kept = self._notes.get(id_)
        if kept is None or kept[0] != text:
            kept = self._notes[id_] = text, [term for _, term in tokens(text, "english")]
        return _in_a_row([term for _, term in tokens(leaf.text, "english")], kept[1])


def _in_a_row(wanted: list[str], said: list[str]) -> bool:
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))


def _fitting(leaf: Word | Phrase) -> Callable[[str], bool]:
    """Whether a tag is the one that a part of a query names, in any case."""
    wild = _wild(leaf)
    if wild is not None:
        return lambda name: wild.fullmatch(name.casefold()) is not None
    wanted = " ".join(leaf.text.casefold().split())
    return lambda name: name.casefold() == wanted


def _wild(leaf: Word | Phrase) -> re.Pattern[str] | None:
    """A word with wildcards; None without."""
    text = leaf.text.casefold() + ("*" if isinstance(leaf, Word) and leaf.prefix else "")
    if isinstance(leaf, Phrase) or not any(sign in text for sign in WILDCARDS):
        return None
    signs = dict(zip(WILDCARDS, (".*", ".", ".?"), strict=True))
    return re.compile("".join(signs.get(character, re.escape(character)) for character in text))

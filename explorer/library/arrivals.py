"""When papers came to the corpus: a number each, which grows with every look that finds new ones.

A paper that comes again under another id (a preprint with its DOI, two records merged) is known by any of its ids, its DOI or its
arXiv id, and has arrived before.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.library.database import Database, Noun
from explorer.papers.schema import TEXT

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

ARRIVALS = Noun(
    "arrivals",
    (
        """
        CREATE TABLE arrivals (key TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX arrivals_in_turn ON arrivals (number)
        """,
    ),
)


_NOTED: WeakKeyDictionary[Snapshot, dict[str, int]] = WeakKeyDictionary()
"""Library files in which all papers of a snapshot were found, with the last number there: nothing is ever struck out."""


def register(file: sqlite3.Connection, snapshot: Snapshot) -> int:
    """Note within a transaction which papers of a corpus are new; returns the number of the last that came.

    Papers that come together have one number. The first look finds all papers, under number 1.
    """
    fresh = _unnoted(file, snapshot)
    file.executemany("INSERT OR IGNORE INTO arrivals VALUES (?, ?)", fresh)
    return int(file.execute("SELECT coalesce(max(number), 0) FROM arrivals").fetchone()[0])


def _unnoted(file: sqlite3.Connection, snapshot: Snapshot) -> list[tuple[str, int]]:
    """Keys of the papers that were not noted, and the number that each has or gets."""
    before = int(file.execute("SELECT coalesce(max(number), 0) FROM arrivals").fetchone()[0])
    path = str(file.execute("PRAGMA database_list").fetchone()[2])
    seen = _NOTED.setdefault(snapshot, {})
    if path and 0 < seen.get(path, 0) <= before:
        return []
    rows = _unknown(file, snapshot)
    if not len(rows):
        # Kept only of what others wrote down: what this transaction writes may yet be taken back.
        seen[path] = before
        return []
    find = "SELECT min(number) FROM arrivals WHERE key IN (?, ?, ?)"
    table = snapshot.table.select(["id", "doi", "arxiv_id"]).take(pa.array(rows))
    number, fresh = before + 1, []
    for id_, doi, arxiv in zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True):
        keys = [f"id:{id_}", *([f"doi:{doi}"] if doi else []), *([f"arxiv:{arxiv}"] if arxiv else [])]
        known = file.execute(find, (keys * 3)[:3]).fetchone()[0]
        fresh += [(key, known or number) for key in keys]
    return fresh


def _unknown(file: sqlite3.Connection, snapshot: Snapshot) -> np.ndarray:
    """Rows whose id was not noted."""
    known = pa.array(
        [key.removeprefix("id:") for (key,) in file.execute("SELECT key FROM arrivals WHERE key >= 'id:' AND key < 'id;'")],
        TEXT,
    )
    there = pc.is_in(snapshot.table.column("id"), value_set=known)
    return np.flatnonzero(~np.asarray(there.to_numpy()).astype(bool))


def numbers(database: Database, snapshot: Snapshot, after: int) -> np.ndarray:
    """The number under which each paper came, where that is larger than `after`; 0 for the others.

    Papers that nobody noted yet, as an update has just brought them, have the number that they will get.

    Returns
    -------
    ndarray of int64, shape (n_papers,)
    """
    ask = "SELECT key, number FROM arrivals WHERE number > ? AND key >= 'id:' AND key < 'id;'"

    def noted(file: sqlite3.Connection) -> list[tuple[str, int]]:
        to_come = [(key, number) for key, number in _unnoted(file, snapshot) if number > after and key.startswith("id:")]
        return [*file.execute(ask, (after,)).fetchall(), *to_come]

    rows: list[tuple[str, int]] = database.read(ARRIVALS, noted, [])
    found = np.zeros(len(snapshot), np.int64)
    if rows:
        came = {key.removeprefix("id:"): number for key, number in rows}
        places = snapshot.rows_known(list(came))
        ids = snapshot.table.column("id")
        found[places] = [came[ids[int(row)].as_py()] for row in places]
    return found

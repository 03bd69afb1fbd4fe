"""Visits: when a reader was here, and which papers the corpus had then; papers that came since are new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from explorer.errors import LibraryError
from explorer.library.database import Database, Noun, now

if TYPE_CHECKING:
    import pyarrow as pa

VISITS = Noun(
    "visits",
    (
        """
        CREATE TABLE visits (
            number INTEGER PRIMARY KEY AUTOINCREMENT, reader TEXT NOT NULL, at TEXT NOT NULL, until TEXT NOT NULL,
            content_hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX visits_of ON visits (reader, number);
        CREATE TABLE corpora_seen (content_hash TEXT PRIMARY KEY, marks BLOB NOT NULL) STRICT
        """,
    ),
)
"""A visit names the corpus by its content; what papers that had is kept once, as long as somebody's last visits name it."""

SAME_VISIT = timedelta(minutes=30)
"""Who comes back sooner goes on with the same visit: a page that is loaded again takes no mark away."""

_KEPT = 3
"""Visits of a reader whose corpora are kept."""


class Visit(NamedTuple):
    """One visit."""

    at: str
    """When it began: UTC, ISO 8601."""
    until: str
    """When the reader was last seen in it."""
    content_hash: str
    """Of the corpus that was seen last in it."""


class Visits:
    """The visits of a reader.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> list[Visit]:
        """The reader's visits, the first one first."""
        ask = "SELECT at, until, content_hash FROM visits WHERE reader = ? ORDER BY number"
        given = (self.database.reader,)
        return self.database.read(VISITS, lambda file: [Visit(*row) for row in file.execute(ask, given)], [])

    def before(self) -> Visit | None:
        """The visit that what is new is told against: the one before this; None where there was none."""
        last = self.all()[-2:]
        goes_on = bool(last) and _time(now()) - _time(last[-1].until) < SAME_VISIT
        if goes_on:
            last = last[:-1]
        return last[-1] if last else None

    def visit(self, content_hash: str, ids: pa.ChunkedArray) -> Visit | None:
        """Note that the reader is here and sees a corpus; what it is compared with is the visit before, None at the first."""
        at, reader = now(), self.database.reader
        with self.database.writing(VISITS) as file:
            rows = file.execute(
                "SELECT number, at, until, content_hash FROM visits WHERE reader = ? ORDER BY number DESC LIMIT 2", (reader,)
            ).fetchall()
            if not file.execute("SELECT 1 FROM corpora_seen WHERE content_hash = ?", (content_hash,)).fetchone():
                data = fingerprints(ids).tobytes()
                file.execute("INSERT INTO corpora_seen VALUES (?, ?)", (content_hash, data))
            goes_on = bool(rows) and _time(at) - _time(rows[0][2]) < SAME_VISIT
            if goes_on:
                file.execute("UPDATE visits SET until = ?, content_hash = ? WHERE number = ?", (at, content_hash, rows[0][0]))
                rows = rows[1:]
            else:
                given = (reader, at, at, content_hash)
                file.execute("INSERT INTO visits (reader, at, until, content_hash) VALUES (?, ?, ?, ?)", given)
            file.execute(
                "DELETE FROM corpora_seen WHERE content_hash NOT IN (SELECT content_hash FROM (SELECT content_hash, "
                "row_number() OVER (PARTITION BY reader ORDER BY number DESC) AS place FROM visits) WHERE place <= ?)",
                (_KEPT,),
            )
        return Visit(*rows[0][1:]) if rows else None

    def new(self, since: Visit | None, content_hash: str, ids: pa.ChunkedArray) -> np.ndarray:
        """Papers that came since a visit, as a boolean array of shape (n_papers,); none where it is the first, or is not known any more."""
        if since is None or since.content_hash == content_hash:
            return np.zeros(len(ids), bool)
        ask = "SELECT marks FROM corpora_seen WHERE content_hash = ?"
        row = self.database.read(VISITS, lambda file: file.execute(ask, (since.content_hash,)).fetchone(), None)
        if row is None:
            return np.zeros(len(ids), bool)
        if len(row[0]) % 8:
            raise LibraryError(f"The visits in {self.database.path} are damaged. Move the file away to start anew.")
        return ~np.isin(fingerprints(ids), np.frombuffer(row[0], "<u8"))


def fingerprints(ids: pa.ChunkedArray) -> np.ndarray:
    """A number of 64 bits for each id, the same on every machine.

    Parameters
    ----------
    ids : pyarrow.ChunkedArray of large_string

    Returns
    -------
    ndarray of uint64, shape (n_papers,)

    Notes
    -----
    Multilinear hashing (Carter & Wegman 1979, "Universal classes of hash functions"): the sum of the bytes, each times a random
    odd number of its place, and of the length, mixed by the finaliser of MurmurHash3. Among a hundred thousand ids two collide in
    one corpus of four billion.
    """
    import pyarrow as pa

    array = ids.combine_chunks().cast(pa.large_string())
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    if not len(array):
        return np.empty(0, "<u8")
    _, offsets, data = array.buffers()
    starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    text = np.frombuffer(data, np.uint8)[starts[0] : starts[-1]] if data is not None else np.empty(0, np.uint8)
    starts = starts - starts[0]
    lengths = np.diff(starts)
    longest = int(lengths.max(initial=0))
    factors = np.random.PCG64(20_260_401).random_raw(longest + 1) | np.uint64(1)
    places = np.arange(len(text)) - np.repeat(starts[:-1], lengths)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum((text.astype(np.uint64) + np.uint64(1)) * factors[places])])
    found = sums[starts[1:]] - sums[starts[:-1]] + lengths.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53), (33, 1)):
        found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(found, "<u8")


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

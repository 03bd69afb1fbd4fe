"""Papers read, the first read first; novelty is measured against them."""

from __future__ import annotations

from explorer.library.database import Noun
from explorer.library.marks import COLUMNS

READS = Noun(
    "reads",
    (
        "CREATE TABLE reads (id TEXT PRIMARY KEY, read_at TEXT NOT NULL) STRICT",
        f"""
        ALTER TABLE reads RENAME TO reads_before;
        CREATE TABLE reads ({COLUMNS}) STRICT;
        INSERT INTO reads (reader, id, at) SELECT reader(), id, read_at FROM reads_before ORDER BY rowid;
        DROP TABLE reads_before
        """,  # noqa: S608  (a constant)
    ),
)

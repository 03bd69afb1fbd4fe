"""Library files as earlier versions of the program made them, dumped as SQL: the commit, what it says its version is, its tables.

Each was made by that commit's own code on a corpus of four papers (a "reward", b "reward model", c "model", d "graph"): the searches
"rewards" and "Models, any" were saved, then, where it could, papers c and a marked as read and the set "picks" of d and a saved.
"""

from __future__ import annotations

SEARCHES = """
CREATE TABLE searches (
    name TEXT PRIMARY KEY, url TEXT NOT NULL, saved_at TEXT NOT NULL, content_hash TEXT NOT NULL,
    papers INTEGER NOT NULL, ids BLOB NOT NULL
) STRICT;
INSERT INTO "searches" VALUES('rewards','q=reward','2026-11-27T18:36:39+00:00','762eba142f0eddcc',2,
    X'78018B564A54D251504A528A05000CB70250');
INSERT INTO "searches" VALUES('Models, any','q=model','2026-11-27T18:36:39+00:00','762eba142f0eddcc',2,
    X'78018B564A56D251504A528A05000CC70252');
"""

READS = """
CREATE TABLE reads (id TEXT PRIMARY KEY, read_at TEXT NOT NULL) STRICT;
INSERT INTO "reads" VALUES('c','2026-11-27T18:36:51+00:00');
INSERT INTO "reads" VALUES('a','2026-11-27T18:36:51+00:00');
"""

SETS = """
CREATE TABLE sets (
    name TEXT PRIMARY KEY, saved_at TEXT NOT NULL, papers INTEGER NOT NULL, ids BLOB NOT NULL
) STRICT;
INSERT INTO "sets" VALUES('picks','2026-11-27T18:36:58+00:00',2,X'78018B564A51D251504A548A05000CCC0252');
"""

FILES: dict[str, tuple[int, tuple[str, ...]]] = {
    "3d538f6": (1, (SEARCHES,)),
    "b124491": (2, (READS, SEARCHES)),
    "83a1958": (1, (SEARCHES, SETS)),
    "f61a58b": (1, (READS, SEARCHES, SETS)),
}
"""By commit: ``PRAGMA user_version``, and the dumps of the tables."""

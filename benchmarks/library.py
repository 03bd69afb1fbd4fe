"""The reader's library: notes written by several processes at once, and writers killed at random instants.

``python -m benchmarks.library`` has 8 processes write 10,000 notes into one library and counts that none is lost; peers write the same
notes into SQLite files of their own, as they are usually set up: with a write-ahead log, where a process that finds the file locked tries
again after SQLite's pauses (``busy_timeout``), and with the rollback journal that is SQLite's default. Every commit is flushed to the disk
on all sides. ``--kills 100`` instead kills a process that stars, tags and notes with SIGKILL at so many random instants, and looks each
time that what had been said to be saved is there, whole, and the file sound.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks import report

WRITERS, NOTES = 8, 10_000
PAPERS = 500

_OURS = """
import json, sys, time
from pathlib import Path
from explorer import Corpus
from explorer.library.library import Library
who, number = int(sys.argv[3]), int(sys.argv[4])
library = Library(Corpus(Path(sys.argv[1])).ranker, Path(sys.argv[2]), reader=f"reader {who}")
library.note("p0", "first")
print("ready", flush=True)
sys.stdin.readline()
took = []
for place in range(number):
    start = time.perf_counter()
    library.note(f"p{place % 500}", f"note {who}-{place} " + "word " * 20)
    took.append(time.perf_counter() - start)
print(json.dumps(took), flush=True)
"""

_PEER = """
import json, sqlite3, sys, time
who, number, journal = int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
file = sqlite3.connect(sys.argv[2], timeout=60, isolation_level=None)
file.execute("PRAGMA synchronous = FULL")
print("ready", flush=True)
sys.stdin.readline()
took = []
for place in range(number):
    start = time.perf_counter()
    file.execute("BEGIN IMMEDIATE")
    row = f"reader {who}", f"p{place % 500}", f"note {who}-{place} " + "word " * 20, ""
    file.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", row)
    file.execute("COMMIT")
    took.append(time.perf_counter() - start)
print(json.dumps(took), flush=True)
"""

_WRITER = """
import sys
from pathlib import Path
from explorer import Corpus
from explorer.library.library import Library
library = Library(Corpus(Path(sys.argv[1])).ranker, Path(sys.argv[2]), reader="ann")
first = int(sys.argv[3])
print("ready", flush=True)
for number in range(first, first + 100_000):
    library.tag(["p1", "p2", "p3"], f"{number}")
    library.note("p4", f"{number}")
    print(number, flush=True)
"""


def corpus(folder: Path) -> Path:
    """A small corpus: what is written to a library does not depend on its size."""
    import pyarrow as pa

    from explorer import Corpus

    ids = [f"p{number}" for number in range(PAPERS)]
    papers = pa.table({"id": ids, "title": [f"reward model {number}" for number in range(PAPERS)]})
    return Path(Corpus.from_papers(papers, folder / "corpus").folder)


def run(script: str, arguments: list[str], more: list[str], writers: int, each: int) -> tuple[list[float], float]:
    """Seconds of every write of all processes, which begin together, and of the whole."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, *arguments, str(who), str(each), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in range(writers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    start = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    took: list[float] = []
    for process in processes:
        assert process.stdout is not None
        took += json.loads(process.stdout.readline())
    whole = time.perf_counter() - start
    for process in processes:
        process.communicate()
    return took, whole


def write(writers: int, notes: int) -> int:
    """Have all engines write; returns how many notes ours lost."""
    each = notes // writers
    conditions = (
        report.versions(),
        f"SQLite {sqlite3.sqlite_version}; {writers} processes, {each * writers:,} notes, one commit each, flushed (synchronous = FULL)",
        "ours also keeps what stood before, for undo, and looks up the note that another window may have written",
    )
    report.heading("Notes written by several processes", conditions)
    rows, medians = [], {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        papers = corpus(folder)
        engines: dict[str, tuple[list[float], float]] = {}
        engines["ours"] = run(_OURS, [str(papers), str(folder / "data")], [], writers, each)
        [path] = (folder / "data").rglob("library.sqlite")
        with closing(sqlite3.connect(path)) as file:
            kept = dict(file.execute("SELECT reader || ' ' || id, text FROM notes").fetchall())
            acts = file.execute("SELECT count(*) FROM acts").fetchone()[0]
        # The last that each process wrote of each paper.
        expected = {
            f"reader {who} p{place % PAPERS}": f"note {who}-{place} " + "word " * 20
            for who in range(writers)
            for place in range(each)
        }
        lost = sum(kept.get(key) != text.strip() for key, text in expected.items())
        for name, journal in (
            ("SQLite, write-ahead log, busy_timeout", "WAL"),
            ("SQLite, rollback journal, busy_timeout", "DELETE"),
        ):
            peer = folder / f"{journal}.sqlite"
            with closing(sqlite3.connect(peer)) as file:
                file.execute(f"PRAGMA journal_mode = {journal}")
                file.execute("CREATE TABLE notes (reader TEXT, id TEXT, text TEXT, at TEXT, PRIMARY KEY (reader, id)) STRICT")
            engines[name] = run(_PEER, ["", str(peer)], [journal], writers, each)
        for name, (took, whole) in engines.items():
            medians[name] = report.p95(took)
            rows.append(
                [
                    name,
                    *(f"{1e3 * value:.1f} ms" for value in (report.median(took), report.p95(took), max(took))),
                    f"{len(took) / whole:,.0f}",
                    f"{medians[name] / medians['ours']:.2f}",
                ]
            )
        report.table(["engine", "median", "p95", "longest", "notes a second", "p95, its / ours"], rows)
        print(f"Lost: {lost} of {len(expected):,} last texts; {acts:,} changes can be undone.\n")
    return lost


def kill(kills: int, seed: int) -> int:
    """Kill a writer again and again; returns how often something was wrong."""
    from explorer import Corpus
    from explorer.library.library import Library

    draw = random.Random(seed)
    report.heading("Writers killed at random instants", (report.versions(), f"{kills} kills, seed {seed}"))
    wrong = 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # The last number that was said to be saved, by whichever process: one that is killed before its first write says none.
        papers, first, said = corpus(folder), 0, -1
        for _ in range(kills):
            with subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(papers), str(folder / "data"), str(first)],
                stdout=subprocess.PIPE,
                text=True,
            ) as process:
                assert process.stdout is not None
                process.stdout.readline()
                time.sleep(draw.uniform(0, 0.15))
                os.kill(process.pid, signal.SIGKILL)
                lines = [line for line in process.stdout.read().split("\n")[:-1] if line]
            said = int(lines[-1]) if lines else said
            library = Library(Corpus(papers).ranker, folder / "data", reader="ann")
            numbers = [int(mark.name) for mark in library.marks["tags"].all()]
            note = int(library.note_of("p4") or -1)
            with closing(sqlite3.connect(library.path)) as file:
                sound = file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            whole = sorted(numbers) == sorted([*set(numbers)] * 3)
            kept = {
                "unsound": sound,
                "torn": whole,
                "lost tags": set(range(said + 1)) <= set(numbers),
                "lost note": said <= note,
            }
            if faults := [fault for fault, good in kept.items() if not good]:
                wrong += 1
                print(f"{', '.join(faults)}: {said} was said, the note is {note}, tags go to {max(numbers, default=-1)}")
            first = max([said, note, *numbers]) + 1
            library.database.close()
    print(
        f"{kills} kills, {first:,} acts on three papers and as many notes; {wrong} times something was lost, torn or unsound.\n"
    )
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--writers", type=int, default=WRITERS, help="processes")
    parser.add_argument("--notes", type=int, default=NOTES, help="notes of all together")
    parser.add_argument("--kills", type=int, help="kill a writer so often instead")
    parser.add_argument("--seed", type=int, default=1, help="of the instants")
    options = parser.parse_args()
    wrong = write(options.writers, options.notes) if options.kills is None else kill(options.kills, options.seed)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

"""How fast files become papers, with the parsers that others use beside it in the same run.

``python -m benchmarks.ingest`` needs the real data (LITEXPLORER_DATA, else ../shared/data beside the checkout). Times are seconds
of processor (every candidate is one thread that waits for nothing), the best of `REPEATS` rounds in which the candidates take
turns. Ours always ends in conforming tables, with LaTeX made readable, dates parsed and a ledger; the peers end in their own
objects. The arXiv snapshot is its first 200 records repeated with other ids; it is read in a process of its own for each size, so
that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.data import data_folder
from benchmarks.report import heading, table, versions
from explorer.papers.ledger import Ledger
from explorer.sources.formats.registry import read_batches
from explorer.sources.source import Source

REPEATS = 3
DATA = data_folder()
SNAPSHOTS = (100_000, 400_000)
"""Records of the two snapshots whose memory is compared."""


def ours(name: str, data: bytes) -> Callable[[], int]:
    """Read into conforming tables; gives the number of papers."""
    return lambda: sum(part.num_rows for part in read_batches(Source(name, data=data), Ledger()))


def best_of(candidates: dict[str, Callable[[], int]], repeats: int) -> dict[str, tuple[float, int]]:
    """Shortest time and count of each candidate; they take turns, so that a busy moment hits all of them."""
    best: dict[str, tuple[float, int]] = {}
    for _ in range(repeats):
        for name, run in candidates.items():
            start = time.process_time()
            count = run()
            taken = time.process_time() - start
            if name not in best or taken < best[name][0]:
                best[name] = (taken, count)
    return best


def report(results: dict[str, tuple[float, int]]) -> None:
    """Print times, rates, and what each candidate takes for each second of ours."""
    own = next(iter(results.values()))[0]
    rows = [
        [name, f"{taken:.2f}", f"{count:,}", f"{count / taken:,.0f}", f"{own / taken:.2f}"]
        for name, (taken, count) in results.items()
    ]
    table(["reader", "seconds", "records", "records/s", "ours / its"], rows)


def bibtex(repeats: int) -> None:
    """The concatenation of publishers' entries, against bibtexparser and pybtex.

    pybtex stops at the first entry whose braces do not balance, so it is measured on those that bibtexparser reads.
    """
    import bibtexparser
    import pybtex.errors
    from pybtex.database import parse_string

    logging.disable(logging.WARNING)
    pybtex.errors.set_strict_mode(False)
    with gzip.open(DATA / "bibliography" / "conference_35k.bib.gz") as file:
        data = file.read()
    text = data.decode("utf-8", errors="replace")
    sound = "\n\n".join(str(entry.raw) for entry in bibtexparser.parse_string(text).entries)

    def with_pybtex() -> int:
        with pybtex.errors.capture():
            return len(parse_string(sound, "bibtex").entries)

    heading("BibTeX: 35,382 entries as they are", [versions("bibtexparser"), f"best of {repeats}"])
    whole = {"Literature Explorer": ours("x.bib", data), "bibtexparser": lambda: len(bibtexparser.parse_string(text).entries)}
    report(best_of(whole, repeats))
    heading("BibTeX: the entries that bibtexparser reads", [versions("bibtexparser", "pybtex"), f"best of {repeats}"])
    part = {
        "Literature Explorer": ours("x.bib", sound.encode()),
        "bibtexparser": lambda: len(bibtexparser.parse_string(sound).entries),
        "pybtex": with_pybtex,
    }
    report(best_of(part, repeats))


def ris(repeats: int) -> None:
    """A Zotero export repeated with other ids, against rispy."""
    import rispy

    text = (DATA / "bibliography" / "biblio_files" / "asreview" / "baseline_zotero.ris").read_text(encoding="utf-8-sig")
    whole = "\n".join(text.replace("\nER  -", f"\nID  - copy{number}\nER  -") for number in range(100))
    candidates = {
        "Literature Explorer": ours("x.ris", whole.encode()),
        "rispy": lambda: len(rispy.loads(whole)),
    }
    heading("RIS: 10,000 records", [versions("rispy"), f"best of {repeats}"])
    report(best_of(candidates, repeats))


def snapshot(count: int, path: Path) -> None:
    """Write an arXiv snapshot of `count` records."""
    sample = DATA / "arxiv" / "arxiv-metadata-oai-snapshot.sample.json"
    records = [json.loads(line) for line in sample.read_text(encoding="utf-8").splitlines()]

    def lines() -> Iterator[str]:
        for number in range(count):
            record = records[number % len(records)]
            yield json.dumps({**record, "id": f"{number // 90_000 + 801:04d}.{number % 9_000 + 1:04d}"}) + "\n"

    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines())


def stream(path: Path) -> None:
    """Read a snapshot, and print its records, seconds and peak of memory in MB."""
    ledger = Ledger()
    start = time.process_time()
    count = sum(part.num_rows for part in read_batches(Source(path.name, path=path), ledger))
    taken = time.process_time() - start
    # What the system counts for a process on its own starts with the peak of the process that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([count, taken, peak]))


def arxiv(repeats: int) -> None:
    """The arXiv snapshot at two sizes: rate, and memory that does not grow."""
    heading("arXiv snapshot, streamed", [versions("orjson", "pyarrow"), f"best of {repeats}, each in a process of its own"])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in SNAPSHOTS:
            path = Path(folder) / f"snapshot-{count}.json"
            snapshot(count, path)
            command = [sys.executable, "-m", "benchmarks.ingest", "--stream", str(path)]
            runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(repeats)]
            records, taken, _ = min(runs, key=lambda run: run[1])
            peak = max(run[2] for run in runs)
            rows.append(
                [f"{count:,}", f"{path.stat().st_size / 1e6:,.0f}", f"{taken:.1f}", f"{records / taken:,.0f}", f"{peak:,.0f}"]
            )
    table(["records", "file, MB", "seconds", "records/s", "peak memory, MB"], rows)


def main() -> None:
    """Run all, or only what is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="bibtex, ris, arxiv; all of them without a name")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--stream", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.stream is not None:
        stream(told.stream)
        return
    parts = {"bibtex": bibtex, "ris": ris, "arxiv": arxiv}
    for name in told.what or parts:
        parts[name](told.repeats)


if __name__ == "__main__":
    main()

"""How fast files become papers, with the parsers that others use beside it in the same run.

``python -m benchmarks.ingest`` takes BibTeX as it is published (``bibliography/conference_35k.bib.gz`` of the data, or ``--bibtex
FILE``), and arXiv's papers (see `benchmarks.data`) for RIS and for the snapshot; every record is another paper. The RIS file is
written by rispy, the peer. The snapshot is arXiv's own with ``--snapshot``, else written in its form from the sample.

Times are seconds of processor (every candidate is one thread that waits for nothing), the best of `REPEATS` rounds in which the
candidates take turns. Ours always ends in conforming tables, with LaTeX made readable, dates parsed and a ledger; the peers end in
their own objects. The snapshot is read in a process of its own for each size, so that its peak of memory is its own.
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
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.data import SOURCES, Record, arguments, arxiv_sample, data_folder
from benchmarks.report import heading, table, versions
from explorer.papers.ledger import Ledger
from explorer.sources.formats.registry import read_batches
from explorer.sources.source import Source

REPEATS = 3
RIS_RECORDS = 10_000
SNAPSHOTS = (25_000, 100_000)
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


def bibtex(path: Path, repeats: int) -> None:
    """A file of entries as they are published, against bibtexparser and pybtex.

    pybtex stops at the first entry whose braces do not balance, so it is measured on those that bibtexparser reads.
    """
    import bibtexparser
    import pybtex.errors
    from pybtex.database import parse_string

    if not path.exists():
        print(f"BibTeX left out: there is no {path}. {SOURCES['bibtex']}\n")
        return
    logging.disable(logging.WARNING)
    pybtex.errors.set_strict_mode(False)
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    text = data.decode("utf-8", errors="replace")
    sound = "\n\n".join(str(entry.raw) for entry in bibtexparser.parse_string(text).entries)

    def with_pybtex() -> int:
        with pybtex.errors.capture():
            return len(parse_string(sound, "bibtex").entries)

    conditions = [versions("bibtexparser", "pybtex"), f"best of {repeats}", SOURCES["bibtex"]]
    heading(f"BibTeX: {path.name} as it is", conditions)
    whole = {"Literature Explorer": ours("x.bib", data), "bibtexparser": lambda: len(bibtexparser.parse_string(text).entries)}
    report(best_of(whole, repeats))
    heading(f"BibTeX: the entries of {path.name} that bibtexparser reads", conditions)
    part = {
        "Literature Explorer": ours("x.bib", sound.encode()),
        "bibtexparser": lambda: len(bibtexparser.parse_string(sound).entries),
        "pybtex": with_pybtex,
    }
    report(best_of(part, repeats))


def ris(papers: Iterable[Record], repeats: int) -> None:
    """Papers of arXiv as rispy writes them, each once, against rispy."""
    import rispy

    entries = [
        {
            "type_of_reference": "JOUR",
            "id": paper["id"],
            "title": paper["title"],
            "abstract": paper["abstract"],
            "authors": [", ".join(reversed(name.rsplit(" ", 1))) for name in paper["authors"]],
            "year": str(paper["published"].year),
            "date": paper["published"].strftime("%Y/%m/%d/"),
            "secondary_title": paper["venue"],
            "keywords": paper["keywords"],
            "urls": [paper["url"]],
            **({"doi": paper["doi"]} if paper["doi"] else {}),
        }
        for paper in islice(papers, RIS_RECORDS)
    ]
    whole = rispy.dumps(entries)
    candidates = {
        "Literature Explorer": ours("x.ris", whole.encode()),
        "rispy": lambda: len(rispy.loads(whole)),
    }
    heading(f"RIS: {len(entries):,} records", [versions("rispy"), f"best of {repeats}", SOURCES["arxiv"]])
    report(best_of(candidates, repeats))


def snapshot_lines(papers: Iterable[Record]) -> Iterator[str]:
    """Records in the form of arXiv's metadata snapshot, one JSON object a line."""
    for paper in papers:
        names = [name.rsplit(" ", 1) for name in paper["authors"]]
        yield (
            json.dumps(
                {
                    "id": paper["id"],
                    "submitter": paper["authors"][0] if paper["authors"] else None,
                    "authors": ", ".join(paper["authors"]),
                    "title": paper["title"],
                    "comments": None,
                    "journal-ref": None,
                    "doi": paper["doi"],
                    "report-no": None,
                    "categories": " ".join(paper["keywords"]),
                    "license": None,
                    "abstract": f"  {paper['abstract']}\n",
                    "versions": [{"version": "v1", "created": paper["published"].strftime("%a, %d %b %Y 12:00:00 GMT")}],
                    "update_date": str(paper["published"]),
                    "authors_parsed": [[name[-1], name[0] if len(name) > 1 else "", ""] for name in names],
                }
            )
            + "\n"
        )


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


def arxiv(papers: list[Record], given: str | None, repeats: int) -> None:
    """The arXiv snapshot at two sizes: rate, and memory that does not grow."""
    conditions = [versions("orjson", "pyarrow"), f"best of {repeats}, each in a process of its own", SOURCES["arxiv"]]
    heading("arXiv snapshot, streamed", conditions)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in SNAPSHOTS:
            path = Path(folder) / f"snapshot-{count}.json"
            with path.open("w", encoding="utf-8") as file:
                if given is None:
                    file.writelines(snapshot_lines(papers[:count]))
                else:
                    with Path(given).open(encoding="utf-8") as whole:
                        file.writelines(islice(whole, count))
            command = [sys.executable, "-m", "benchmarks.ingest", "--stream", str(path)]
            runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(repeats)]
            records, taken, _ = min(runs, key=lambda run: run[1])
            peak = max(run[2] for run in runs)
            size = path.stat().st_size / 1e6
            rows.append([f"{records:,}", f"{size:,.0f}", f"{taken:.1f}", f"{records / taken:,.0f}", f"{peak:,.0f}"])
    table(["records", "file, MB", "seconds", "records/s", "peak memory, MB"], rows)


def main() -> None:
    """Run all, or only what is named."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", help="bibtex, ris, arxiv; all of them without a name")
    parser.add_argument("--bibtex", metavar="FILE", help="entries to read (default: those of the data)")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--stream", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream is not None:
        stream(options.stream)
        return
    wanted = options.what or ["bibtex", "ris", "arxiv"]
    if "bibtex" in wanted:
        given = options.bibtex or data_folder(options.data) / "bibliography" / "conference_35k.bib.gz"
        bibtex(Path(given), options.repeats)
    if {"ris", "arxiv"} & {*wanted}:
        papers = arxiv_sample(options.data, options.snapshot)
        if "ris" in wanted:
            ris(papers, options.repeats)
        if "arxiv" in wanted:
            arxiv(papers, options.snapshot, options.repeats)


if __name__ == "__main__":
    main()

"""Opening a built corpus: time to the first answer in a fresh process, and the memory that each further process adds.

``python -m benchmarks.open --papers 588000``. The first answer is what the dashboard shows first: counts, charts and the first
page of all papers; then a query is answered too, and once more with a filter. Memory is the proportional set size (PSS) that
the system tells of a process: a page that several processes share counts once, divided among them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from benchmarks import report
from benchmarks.corpus import built
from benchmarks.data import SOURCES, arguments

_CHILD = """
import json, sys, time
start = time.perf_counter()
from explorer import Corpus
from explorer.dashboard.session import Session
from explorer.dashboard.views import page as views
from explorer.dashboard.views.topics import topics
imported = time.perf_counter()
session = Session(Corpus(sys.argv[1]))
def show():
    results = session.results
    options = {name: value for name, value in session.chart_options.items() if name != "column"}
    json.dumps([views.summary(results), views.panels(results, session.facet_state), topics(results, **options),
                views.keyword_chart(results), views.page(results, 0, frozenset(), None)])
show()
first = time.perf_counter()
session.change({"query": "quantum field"})
show()
queried = time.perf_counter()
session.change({"years": (2010, None)})
show()
print(json.dumps([imported - start, first - imported, queried - first, time.perf_counter() - queried]), flush=True)
sys.stdin.read()
"""


class Reader:
    """A process that opened the corpus, answered, and stays open until it is told to end."""

    def __init__(self, folder: Path) -> None:
        start = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        output: IO[str] = self._process.stdout  # type: ignore[assignment]
        line = output.readline()
        self.whole = time.perf_counter() - start
        self.imports, self.first, self.query, self.filter = json.loads(line)
        self.started = self.whole - self.query - self.filter
        """Seconds from starting the interpreter to the first answer."""

    def pss(self) -> float:
        """Proportional set size in MB; not a number where the system does not tell it."""
        rollup = Path(f"/proc/{self._process.pid}/smaps_rollup")
        if not rollup.exists():
            return float("nan")
        lines = {name: value for name, _, value in (line.partition(":") for line in rollup.read_text().splitlines())}
        return int(lines["Pss"].split()[0]) / 1e3

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], 588_000)
    parser.add_argument("--processes", type=int, default=5, metavar="N", help="processes open at the same time (default: 5)")
    options = parser.parse_args()
    folder = built(options.papers, options.data, options.snapshot)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    conditions = [
        report.versions("tantivy", "numpy", "pyarrow"),
        f"corpus folder of {size:,.0f} MB, in the page cache after the first process",
        f"{options.processes} processes, each opened while those before it stay open",
        SOURCES["arxiv"],
    ]
    report.heading(f"Opening, {options.papers:,} papers", conditions)
    readers: list[Reader] = []
    sums: list[float] = []
    try:
        for _ in range(options.processes):
            readers.append(Reader(folder))
            sums.append(sum(reader.pss() for reader in readers))
    finally:
        for reader in readers:
            reader.close()
    rows: list[list[Any]] = [
        ["interpreter start to first answer", *_three([reader.started for reader in readers])],
        ["of it, opening and first answer", *_three([reader.first for reader in readers])],
        ["first query after it", *_three([reader.query for reader in readers])],
        ["first filter after it", *_three([reader.filter for reader in readers])],
    ]
    report.table(["seconds", "first process", "median of the others", "longest of the others"], rows)
    added = [after - before for before, after in pairwise(sums)]
    memory = [
        ["first process", report.number(sums[0])],
        ["each further process adds, median", report.number(report.median(added))],
    ]
    report.table(["memory (PSS)", "MB"], [*memory, ["each further process adds, most", report.number(max(added))]])


def _three(values: list[float]) -> list[str]:
    rest = values[1:] or values
    return [f"{values[0]:.2f}", f"{report.median(rest):.2f}", f"{max(rest):.2f}"]


if __name__ == "__main__":
    main()

"""Readers who rank by concepts for the first time at once: how long each waits, and what memory each then holds; two builds in turn.

``python -m benchmarks.first_use --before CHECKOUT --papers 100000 --readers 20``. The other checkout runs in this environment. Each
reader is a process of its own that opens a dashboard on the corpus, as a kernel does, and has shown its first page. All are told to go at
once: each handles the page's message that ranks by an expression of concepts, and serialises what it would send. Expressions
differ from reader to reader. Then each ranks by three more, and its memory is read while all are still there:

- its own: unique set size (USS), what would be free if it ended;
- mapped: resident size less that, pages of files and libraries that processes share;
- proportional size (PSS): shared pages divided among those who share them; the sum over readers is what they take together.

Each build opens the corpus that it made; the other one makes its own if it does not read that of this checkout.

``--fresh N`` then removes what ranking takes, and lets N readers come: what has to be made is made while they wait.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import psutil

from benchmarks import report
from benchmarks.corpus import built
from benchmarks.data import SOURCES, arguments, prepared

ROOT = Path(__file__).parent.parent

EXPRESSIONS = (
    "learning + image - benchmark", "quantum + gravity", "galaxy - cluster", "graph + random - matrix", "laser + plasma",
    "neutrino - mass", "black hole + entropy", "protein + folding - simulation", "network + epidemic", "superconductivity - magnetic",
    "language + translation", "stochastic + finance", "topology + insulator - spin", "star + planet - orbit", "prime + number",
    "speech + recognition", "polymer - solution", "dark matter + halo", "game + equilibrium", "cosmic ray - energy",
)  # fmt: skip

_READER = """
import json, sys, time
from explorer import Dashboard, open_corpus
board = Dashboard(open_corpus(sys.argv[1]))
changed = set()
board.observe(lambda change: changed.add(change["name"]))
def ask(number, expression):
    changed.clear()
    # Where it has to be made or waited for, a page is told of it while a thread of the kernel does this.
    corpus = board.session.corpus
    (corpus.prepare_meaning if hasattr(corpus, "prepare_meaning") else corpus.ranker.prepare_meaning)()
    board._received(board, {"kind": "set", "seq": number, "changes": {"rank": expression}}, [])
    assert board.status["level"] != "error", board.status
    json.dumps({name: getattr(board, name) for name in changed}, default=str)
    return [str(row["title"]) for row in board.papers["rows"]]
print("ready", flush=True)
for number, line in enumerate(sys.stdin, 1):
    started, used = time.perf_counter(), time.process_time()
    found = ask(number, line.strip())
    print(json.dumps([time.perf_counter() - started, time.process_time() - used, found]), flush=True)
"""


class Reader:
    """A process with a dashboard.

    Attributes
    ----------
    found : list of (float, float, list of str)
        Of each expression: seconds, seconds of the processor, and titles of the papers of the first page.
    """

    def __init__(self, checkout: Path, corpus: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(checkout), "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _READER, str(corpus)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=checkout,
        )  # fmt: skip
        self.found: list[tuple[float, float, list[str]]] = []

    def _line(self) -> str:
        output: IO[str] = self._process.stdout  # type: ignore[assignment]
        line = output.readline()
        if not line:
            raise SystemExit("A reader ended before it answered.")
        return line

    def ready(self) -> None:
        """Wait until the dashboard is there."""
        self._line()

    def ask(self, expression: str) -> None:
        """Send the message that ranks by an expression."""
        assert self._process.stdin is not None
        self._process.stdin.write(expression + "\n")
        self._process.stdin.flush()

    def answer(self) -> None:
        """Take the answer."""
        self.found.append(tuple(json.loads(self._line())))

    def memory(self) -> tuple[float, float, float]:
        """Own, mapped and proportional size in MB."""
        size = psutil.Process(self._process.pid).memory_full_info()
        return size.uss / 1e6, (size.rss - size.uss) / 1e6, size.pss / 1e6

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


_OPEN = """
import sys
from explorer import open_corpus
open_corpus(sys.argv[1])
"""

_BUILD = """
import sys
from explorer import Corpus, read_papers
Corpus.from_papers(read_papers(sys.argv[1]), sys.argv[2])
"""


def corpus_of(checkout: Path, corpus: Path, papers: int, options: argparse.Namespace) -> Path:
    """The corpus folder if that build opens it, otherwise one of the same papers that it made, kept in the cache folder."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}

    def run(program: str, *arguments: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments], env=environment, cwd=checkout, stderr=subprocess.DEVNULL
        ).returncode

    if run(_OPEN, str(corpus)) == 0:
        return corpus
    own = corpus.with_name(f"{corpus.name}-{checkout.name}")
    if run(_OPEN, str(own)) != 0:
        print(f"Building a corpus of {papers:,} papers by {checkout} …", file=sys.stderr)
        if run(_BUILD, str(prepared(papers, options.data, options.snapshot)), str(own)) != 0:
            raise SystemExit(f"The build in {checkout} opens no corpus of this one, and could not make one of its own.")
    return own


def crowd(checkout: Path, corpus: Path, count: int, further: int = 3) -> dict[str, Any]:
    """Let readers come, rank at once, and say what they waited and held."""
    readers: list[Reader] = []
    try:
        for _ in range(count):
            # One after another, as people come; what is measured begins when all are there.
            readers.append(Reader(checkout, corpus))
            readers[-1].ready()
        opened = [reader.memory() for reader in readers]
        began = time.perf_counter()
        for number, reader in enumerate(readers):
            reader.ask(EXPRESSIONS[number % len(EXPRESSIONS)])
        for reader in readers:
            reader.answer()
        whole = time.perf_counter() - began
        for turn in range(1, further + 1):
            for number, reader in enumerate(readers):
                reader.ask(EXPRESSIONS[(number + 7 * turn) % len(EXPRESSIONS)])
                reader.answer()
        memory = [reader.memory() for reader in readers]
    finally:
        for reader in readers:
            reader.close()
    return {
        "waits": [reader.found[0][0] for reader in readers],
        "processor": [reader.found[0][1] for reader in readers],
        "later": [seconds for reader in readers for seconds, *_ in reader.found[1:]],
        "whole": whole,
        "opened": opened,
        "memory": memory,
        "pages": [page for reader in readers for *_, page in reader.found],
    }


def shown(name: str, found: dict[str, Any]) -> list[str]:
    """Row of the table of a crowd."""
    own, mapped, proportional = (report.median([size[i] for size in found["memory"]]) for i in range(3))
    opened = report.median([size[0] for size in found["opened"]])
    figures = (report.median(found["waits"]), report.p95(found["waits"]), report.median(found["processor"]))
    later = report.median(found["later"])
    return [name, *map(report.number, (*figures, 1000 * later, opened, own, mapped, proportional))]


HEAD = ["build", "first ranking, median s", "p95 s", "of the processor s", "further ones, median ms"]
HEAD += ["own before, MB", "own, MB", "mapped, MB", "PSS, MB"]


def grown(found: dict[str, Any]) -> float:
    """Own memory beyond that of the first page, median of the readers."""
    return report.median([after[0] - before[0] for after, before in zip(found["memory"], found["opened"], strict=True)])


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], 100_000)
    parser.add_argument("--before", type=Path, required=True, metavar="CHECKOUT")
    parser.add_argument("--readers", type=int, default=20, metavar="N")
    parser.add_argument("--rounds", type=int, default=2, metavar="N")
    parser.add_argument(
        "--fresh", type=int, default=0, metavar="N", help="readers who come before anything was made (default: none)"
    )
    options = parser.parse_args()
    corpus = built(options.papers, options.data, options.snapshot)
    builds = {"before": options.before.resolve(), "now": ROOT}
    corpora = {name: corpus_of(checkout, corpus, options.papers, options) for name, checkout in builds.items()}
    for name, checkout in builds.items():
        # What was made is there, and in the page cache.
        crowd(checkout, corpora[name], 1, 0)
    conditions = [
        report.versions("numpy", "scipy", "scikit-learn", "pyarrow"),
        f"{options.readers} readers at once, {options.rounds} rounds in turn",
        SOURCES["arxiv"],
    ]
    report.heading(f"First use by many, {options.papers:,} papers", conditions)
    rounds: list[dict[str, dict[str, Any]]] = []
    for _ in range(options.rounds):
        rounds.append({name: crowd(checkout, corpora[name], options.readers) for name, checkout in builds.items()})
        report.table(HEAD, [shown(name, found) for name, found in rounds[-1].items()])
    for name, of in (
        ("wait, p95", lambda found: report.p95(found["waits"])),
        ("processor of the first ranking", lambda found: report.median(found["processor"])),
        ("own memory", lambda found: report.median([size[0] for size in found["memory"]])),
        ("own memory beyond that of the first page", grown),
        ("mapped memory", lambda found: report.median([size[1] for size in found["memory"]])),
        ("all readers together (PSS)", lambda found: sum(size[2] for size in found["memory"])),
    ):  # fmt: skip
        ratios = [of(found["now"]) / of(found["before"]) for found in rounds]
        print(f"- {name}, now / before: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    pages = [(a, b) for found in rounds for a, b in zip(found["before"]["pages"], found["now"]["pages"], strict=True)]
    shared = [len(set(a) & set(b)) / max(len(a), 1) for a, b in pages]
    print(f"- of the papers of a first page, the same in both builds: {sum(shared) / len(shared):.1%}\n")
    if options.fresh:
        rows = []
        for name, checkout in builds.items():
            for folder in corpora[name].glob("g-*/meaning-*"):
                shutil.rmtree(folder)
            rows.append(shown(name, crowd(checkout, corpora[name], options.fresh, 0)))
        print(f"{options.fresh} readers before anything was made:\n")
        report.table(HEAD, rows)


if __name__ == "__main__":
    main()

"""Files to a corpus, and a corpus asked: at once, in parts, in processes, by the workers of a Dask cluster, and by a build before.

``python -m benchmarks.parts --papers 60000 [--before CHECKOUT] [--ways WAYS]``. Each build is the command ``litexplorer build``,
concepts included but with ``--no-concepts``, in a process of its own. With ``--place FOLDER`` what was built and measured stays
there, so that a long run can be done way by way. Its memory is told twice, as the system has it every 50 ms: what is resident,
pages of mapped files included, which the system takes back when it needs them; and the part of it that is no file's (anonymous),
which it cannot. Processes that a build starts count with it; the workers of Dask, which stand for other machines, do not, nor does
their processor's time. With ``--before``, another checkout builds the same file in the same run. Then 60 selections are asked of the
corpus, and every answer is compared with that of one process that asks at once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.data import arguments, prepared
from benchmarks.report import heading, median, number, p95, table

ROOT = Path(__file__).parent.parent
EVERY = 0.05

BEFORE, ONE, TURN, PROCESSES = "the build before", "this one, one part", "in parts, in turn", "in parts, two processes"
WAYS = (BEFORE, ONE, TURN, PROCESSES, "Dask, 1 worker", "Dask, 2 workers")

_QUERIES = """
import json, sys, time
import explorer
from explorer.corpus.building import asked_by, connected
from explorer.executors import Processes

def main():
    how, folder = sys.argv[1], sys.argv[2]
    started = time.perf_counter()
    if how == "at once":
        corpus = explorer.open_corpus(folder)
    elif how.startswith("processes"):
        corpus = explorer.open_corpus(folder, processes=2)
    else:
        from pathlib import Path
        corpus = asked_by(Path(folder), connected(how))
    opened = time.perf_counter() - started
    words = ["quantum", "galaxy", "neural", "lattice", "graph", "spin", "learning", "matter", "field", "random"]
    queries = words + [f"{a} OR {b}" for a, b in zip(words, words[1:])] + [f"{a} AND model" for a in words]
    queries += ["the method", '"dark matter"', '"neural network"', "NOT quantum", "mode*", "title:theory"]
    queries += [f"{a} NOT {b}" for a, b in zip(words, words[2:])] + [f"({a} OR {b}) AND theory" for a, b in zip(words, words[3:])]
    corpus.results(explorer.Selection(query="first")).rows(0, 20)
    asked, answers = [], []
    for query in queries:
        started = time.perf_counter()
        results = corpus.results(explorer.Selection(query=query))
        rows = results.rows(0, 50)
        counts = [results.counts(name).tolist() for name in ("topics", "venues", "keywords", "years")]
        asked.append(time.perf_counter() - started)
        answers.append([rows.tolist(), results.scores(rows).tolist(), counts])
    print(json.dumps({"opened": opened, "asked": asked, "answers": answers}))

if __name__ == "__main__":
    main()
"""


def measured(command: list[str], checkout: Path) -> dict[str, float]:
    """Seconds on the clock and of the processor, and the most memory in MB, of a command and the processes it starts."""
    import psutil

    environment = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, env=environment, cwd=checkout, stderr=subprocess.PIPE, text=True)
    resident = anonymous = 0
    while process.poll() is None:
        sums = [0, 0]
        with contextlib.suppress(psutil.Error):
            for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                with contextlib.suppress(psutil.Error, OSError):
                    lines = Path(f"/proc/{one.pid}/status").read_text().splitlines()
                    told = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "RssAnon"))}
                    sums[0] += int(told.get("VmRSS", 0))
                    sums[1] += int(told.get("RssAnon", 0))
        resident, anonymous = max(resident, sums[0]), max(anonymous, sums[1])
        time.sleep(EVERY)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {process.stderr.read() if process.stderr else ''}")
    return {"seconds": seconds, "processor": busy, "resident": resident / 1024, "anonymous": anonymous / 1024}


def built(source: Path, folder: Path, checkout: Path, *options: str) -> dict[str, float]:
    """Build a corpus with a checkout; `disk` is in MB."""
    found = measured([sys.executable, "-m", "explorer.cli", "build", str(source), "-o", str(folder), *options], checkout)
    found["disk"] = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    found["load"] = os.getloadavg()[0]
    return found


def asked(how: str, folder: Path) -> dict[str, Any]:
    """Ask the selections of a corpus, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as place:
        # A file, for processes of Python look for the program that started them.
        program = Path(place) / "ask.py"
        program.write_text(_QUERIES, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(program), how, str(folder)], env=environment, capture_output=True, text=True, check=True
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """A scheduler and workers of one thread each, in processes of their own on the loopback address."""
    import distributed

    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{some.getsockname()[1]}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    begin = [sys.executable, "-m", "dask"]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder)]
    commands = [[*begin, "scheduler", "--host", address, "--no-dashboard"], *[[*begin, "worker", address, *options]] * workers]
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, **quiet) for command in commands]  # type: ignore[call-overload]
    try:
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


def measure(
    way: str, source: Path, folder: Path, options: argparse.Namespace
) -> tuple[dict[str, float], dict[str, dict[str, Any]]]:
    """Build in one way, and ask what was built; answers by how it was asked."""
    place = folder / way.replace(" ", "-").replace(",", "")
    size = ("--part-size", str(options.part_size))
    more = ("--no-concepts",) if options.no_concepts else ()
    if way == BEFORE:
        return built(source, place, options.before.resolve(), *more), {}
    if way == ONE:
        return built(source, place, ROOT, *more), {"at once": asked("at once", place)}
    if way == TURN:
        return built(source, place, ROOT, *size, *more), {"at once, built in parts": asked("at once", place)}
    if way == PROCESSES:
        return built(source, place, ROOT, *size, "--processes", "2", *more), {"two processes": asked("processes", place)}
    with cluster(int(way.split()[1]), folder) as address:
        found = built(source, place, ROOT, *size, "--scheduler", address, *more)
        return found, {way: asked(address, place)}


def main() -> None:
    parser: argparse.ArgumentParser = arguments((__doc__ or "").splitlines()[0], 60_000)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="another checkout, which builds the same papers")
    parser.add_argument("--part-size", type=int, default=15_000, metavar="N")
    parser.add_argument("--ways", default=";".join(WAYS), metavar="WAYS", help=f"of {'; '.join(WAYS)} (default: all)")
    parser.add_argument("--no-concepts", action="store_true")
    parser.add_argument("--place", type=Path, metavar="FOLDER", help="where what is built and measured stays")
    options = parser.parse_args()
    source = prepared(options.papers, options.data, options.snapshot)
    heading(
        f"Parts: {options.papers:,} papers",
        [f"parts of {options.part_size:,} papers; OMP_NUM_THREADS=1; Arrow IPC on a local disk"],
    )
    with contextlib.ExitStack() as stack:
        folder = options.place or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="litexplorer-parts-")))
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / "measured.json"
        builds: dict[str, dict[str, float]] = {}
        questions: dict[str, dict[str, Any]] = {}
        if kept.exists():
            builds, questions = json.loads(kept.read_text(encoding="utf-8"))
        for way in map(str.strip, options.ways.split(";")):
            if way in builds or (way == BEFORE and not options.before):
                continue
            builds[way], answers = measure(way, source, folder, options)
            questions |= answers
            kept.write_text(json.dumps([builds, questions]), encoding="utf-8")
        first = builds.get(BEFORE) or next(iter(builds.values()))
        table(
            [
                "build",
                "seconds",
                "ratio",
                "of processor",
                "ratio",
                "resident MB",
                "ratio",
                "anonymous MB",
                "ratio",
                "disk MB",
                "ratio",
                "load",
            ],
            [
                [
                    name,
                    number(found["seconds"]),
                    f"{found['seconds'] / first['seconds']:.2f}",
                    number(found["processor"]),
                    f"{found['processor'] / first['processor']:.2f}",
                    f"{found['resident']:.0f}",
                    f"{found['resident'] / first['resident']:.2f}",
                    f"{found['anonymous']:.0f}",
                    f"{found['anonymous'] / first['anonymous']:.2f}",
                    f"{found['disk']:.0f}",
                    f"{found['disk'] / first['disk']:.2f}",
                    f"{found['load']:.0f}",
                ]
                for name, found in builds.items()
            ],
        )
        expected = questions.get("at once")
        if expected is None:
            return
        rows = []
        for name, found in questions.items():
            same = sum(one == other for one, other in zip(found["answers"], expected["answers"]))
            rows.append(
                [
                    name,
                    f"{1e3 * median(found['asked']):.1f} ms",
                    f"{1e3 * p95(found['asked']):.1f} ms",
                    f"{p95(found['asked']) / p95(expected['asked']):.2f}",
                    f"{found['opened']:.2f} s",
                    f"{same} of {len(expected['answers'])}",
                ]
            )
        table(["asked", "median", "p95", "p95, ratio", "opened in", "same answers"], rows)


if __name__ == "__main__":
    main()

"""A server with a bound on its memory, and more readers than it has room for: who is let in, how soon they are answered, what it takes.

``python -m benchmarks.reach CORPUS [--readers 40] [--within 60] [--memory 2000] [--visits 0]``. CORPUS is what ``litexplorer serve`` takes.
Readers come one after the other, without browsers, over HTTP and the line to their kernels; each that is let in changes query and years
as long as the run lasts, with a pause of a second, and is asked of how long the answer takes; each that is not must be told so at once.
Memory is the proportional size of the server and all kernels. With ``--visits`` so many readers come and go one by one afterwards, and
the growth of the server alone is told.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.report import heading, number, p95, table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from visitors import Visitor  # noqa: E402  (the tests' own readers)

_WORDS = "graph neural quantum galaxy matter topology network spin lattice random field vision language".split()
_PERIOD = 0.5


@dataclass
class Seen:
    """What happened."""

    inside: int = 0
    told: int = 0
    lost: int = 0
    answers: list[float] = field(default_factory=list)
    peak: int = 0


async def come(port: int, after: float, until: float, seen: Seen) -> None:
    """Come after some seconds; work until the end, or be told that there is no room."""
    await asyncio.sleep(after)
    try:
        async with Visitor(port) as reader:
            if reader.status == 503 and b"ahead of you" in reader.body:
                seen.told += 1
                return
            await reader.connect()
            seen.inside += 1
            turn = 0
            while time.monotonic() < until:
                turn += 1
                changes = {"query": _WORDS[turn % len(_WORDS)], "years": [1995 + turn % 15, None]}
                started = time.perf_counter()
                await reader.ask("set", changes=changes)
                seen.answers.append(time.perf_counter() - started)
                await asyncio.sleep(1)
    except (AssertionError, OSError) as error:
        print(f"A reader was lost: {error!r}", file=sys.stderr)
        seen.lost += 1


async def watch(server: psutil.Process, seen: Seen) -> None:
    """Note the memory that the server and its kernels take together."""
    while True:
        sizes = 0
        for process in [server, *server.children(recursive=True)]:
            try:
                found = process.memory_full_info()
                sizes += getattr(found, "pss", found.rss)
            except psutil.Error:
                continue
        seen.peak = max(seen.peak, sizes)
        await asyncio.sleep(_PERIOD)


async def reach(port: int, server: psutil.Process, readers: int, within: float) -> Seen:
    """Have the readers come, and stay as long again."""
    seen, until = Seen(), time.monotonic() + 2 * within
    watching = asyncio.create_task(watch(server, seen))
    await asyncio.gather(*(come(port, within * place / readers, until, seen) for place in range(readers)))
    watching.cancel()
    return seen


async def visits(port: int, server: psutil.Process, count: int) -> float:
    """Bytes by which the server grows for each of some visits, the first ten left out, which fill its caches."""
    sizes = []
    for _ in range(count + 10):
        async with Visitor(port) as reader:
            await reader.connect()
            await reader.ask("set", changes={"query": "vision"})
        await asyncio.sleep(_PERIOD)
        sizes.append(server.memory_info().rss)
    return (sizes[-1] - sizes[9]) / count


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--readers", type=int, default=40)
    parser.add_argument("--within", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--memory", type=int, default=2000, metavar="MB")
    parser.add_argument("--visits", type=int, default=0)
    options = parser.parse_args(arguments)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "explorer.cli", "serve", options.corpus, "--no-browser", "--port", str(port)]
    child = subprocess.Popen(
        [*command, "--memory", str(options.memory / 1000)], cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    )
    try:
        server = psutil.Process(child.pid)
        while child.poll() is None:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        heading(
            "Reach of a server",
            [f"{options.readers} readers within {options.within:.0f} s on {options.corpus}, {options.memory:,} MB for all"],
        )
        seen = asyncio.run(reach(port, server, options.readers, options.within))
        rows = [
            ["let in", str(seen.inside)],
            ["told that there is no room", str(seen.told)],
            ["lost", str(seen.lost)],
            ["answers", str(len(seen.answers))],
            ["p95 of an answer, ms", number(1000 * p95(seen.answers)) if seen.answers else "none"],
            ["most memory, MB", number(seen.peak / 1e6)],
        ]
        if options.visits:
            grown = asyncio.run(visits(port, server, options.visits))
            rows.append([f"growth of the server a visit, over {options.visits}, KB", number(grown / 1024)])
        table(["", ""], rows)
        return int(child.poll() is not None)
    finally:
        child.terminate()
        child.wait(60)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

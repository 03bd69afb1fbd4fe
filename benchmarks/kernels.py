"""What a reader costs a server: kernels that are forked, beside kernels that start by themselves as Jupyter's do.

``python -m benchmarks.kernels CORPUS [--readers 4] [--rounds 3]``. CORPUS is what ``litexplorer serve`` takes; no kernel is kept ready.
Readers come one after the other, over HTTP and the line to their kernels, without browsers, and each asks five queries; in each round a server
of either kind is started. Told are the medians of all readers but the first of each server, who waits for what the others find: from
coming to the dashboard of one's own kernel, the processor's time of the server and all below it for that, and, when all are there and
have asked, the memory of all above that of the server before the first, pages that processes share counted once, for each reader.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from benchmarks.reach import Visitor
from benchmarks.report import heading, number, table
from benchmarks.startup import free_port, server

WAYS = {"forked": "literature-explorer", "by themselves": "local-provisioner"}
"""How kernels start, and the name of Jupyter's provisioner for it."""

_QUERIES = ("graph", "neural network", "title:galaxy", "quantum OR spin", "lattice")


def processes(port: int) -> Iterator[psutil.Process]:
    """A server, and all below it."""
    [found] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
    yield found
    yield from found.children(recursive=True)


def spent(port: int) -> float:
    """Seconds of the processor, those of processes that ended included."""
    seconds = 0.0
    for process in processes(port):
        with contextlib.suppress(psutil.Error):
            used = process.cpu_times()
            seconds += used.user + used.system + used.children_user + used.children_system
    return seconds


def taken(port: int) -> int:
    """Bytes of memory."""
    return sum(process.memory_full_info().pss for process in processes(port))


async def visited(port: int, readers: int) -> list[tuple[float, float, float]]:
    """Seconds until the dashboard is there, of the processor's for it, and bytes of memory above the server, for each reader but the first."""
    before, came = taken(port), []
    async with contextlib.AsyncExitStack() as inside:
        for _ in range(readers):
            used, started = spent(port), time.perf_counter()
            reader = await inside.enter_async_context(Visitor(port))
            await reader.connect()
            took = time.perf_counter() - started
            came.append((took, spent(port) - used))
            for query in _QUERIES:
                await reader.ask("set", changes={"query": query})
        each = (taken(port) - before) / readers
    return [(took, used, each) for took, used in came[1:]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    seen: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        for way in list(WAYS) * options.rounds:
            port = free_port()
            command = [
                sys.executable,
                "-m",
                "explorer.cli",
                "serve",
                options.corpus,
                "--no-browser",
                "--port",
                str(port),
                "--kernels-ready",
                "0",
            ]
            os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = WAYS[way]
            with server(command, port, Path(folder) / f"{port}.log"):
                seen[way] += asyncio.run(visited(port, options.readers))
    load = os.getloadavg()[0]
    heading(
        "What a reader costs a server",
        [f"{options.readers} readers of {options.corpus}, {options.rounds} rounds of both, load {load:.1f}"],
    )
    columns = {way: [median(column) for column in zip(*found, strict=True)] for way, found in seen.items()}
    rows = []
    for place, (name, scale) in enumerate(
        [("to the dashboard, ms", 1e3), ("processor, s", 1), ("memory of each reader, MB", 1e-6)]
    ):
        ours, alone = (columns[way][place] for way in WAYS)
        rows.append([name, number(ours * scale), number(alone * scale), f"{ours / alone:.2f}"])
    table(["", *WAYS, "ratio"], rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

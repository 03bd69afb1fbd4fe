"""A server with a bound on its memory, and more readers than it has room for: who is let in, how soon they are answered, what it takes.

``python -m benchmarks.reach CORPUS [--readers 40] [--within 60] [--memory 2000] [--visits 0]``. CORPUS is what ``litexplorer serve`` takes.
Readers come one after the other, without browsers, over HTTP and the line to their kernels; each that is let in changes query and years
as long as the run lasts, with a pause of a second, and is asked of how long the answer takes; each that is not must be told so at once.
Memory is the proportional size of the server and all kernels. Where this process may make a memory control group of Linux (of either
version; root, or a delegated one), the server is held to the bound by the system itself, which ends processes beyond it, and is told
nothing of it: it must find the bound. Elsewhere it is told, with ``--memory``, and held by nobody but itself. With ``--visits`` so many
readers come and go one by one afterwards, and the growth of the server alone is told.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from benchmarks.report import heading, number, p95, table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from visitors import Visitor  # noqa: E402  (the tests' own readers)

_WORDS = "graph neural quantum galaxy matter topology network spin lattice random field vision language".split()
_PERIOD = 0.5
_TICKET = re.compile(rb'var ticket = "([^"]+)"')


@dataclass
class Seen:
    """What happened."""

    inside: int = 0
    lost: int = 0
    answers: list[tuple[float, float]] = field(default_factory=list)
    """When each was there, and how long it took."""
    opened: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    peak: int = 0


async def come(port: int, after: float, until: float, seen: Seen) -> None:
    """Come after some seconds and work until the end; where there is no room, wait for it as the page does that says so."""
    await asyncio.sleep(after)
    try:
        cookie = ""
        while time.monotonic() < until:
            started = time.perf_counter()
            async with Visitor(port, cookie=cookie) as reader:
                if reader.status == 200:
                    await reader.connect()
                    seen.opened.append(time.perf_counter() - started)
                    seen.inside += 1
                    await work(reader, until, seen)
                    return
                ticket = _TICKET.search(reader.body)
                assert reader.status == 503, f"status {reader.status}"
                assert ticket
                if not cookie:
                    seen.told.append(time.perf_counter() - started)
                cookie = f"lx-ticket={ticket[1].decode()}"
                await turn(reader, ticket[1].decode(), until)
    except (AssertionError, OSError) as error:
        print(f"A reader was lost: {error!r}", file=sys.stderr)
        seen.lost += 1


@contextlib.contextmanager
def held(limit: int) -> Iterator[Path | None]:
    """A memory control group of Linux of its own, in which so many bytes may be used; None where none may be made."""
    for root, name in ((Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"), (Path("/sys/fs/cgroup"), "memory.max")):
        group = root / f"litexplorer-reach-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            try:
                (group / name).write_text(str(limit))
            except OSError:
                continue
            yield group
            return
        finally:
            _end(group)
    yield None


def _end(group: Path) -> None:
    """Remove a control group, and end what still runs in it."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            for process in (group / "cgroup.procs").read_text().split():
                os.kill(int(process), signal.SIGKILL)
        with contextlib.suppress(OSError):
            group.rmdir()
        if not group.exists():
            return
        time.sleep(0.1)


def killed(group: Path) -> int:
    """Processes that the system ended because a control group was full."""
    for name in ("memory.oom_control", "memory.events"):
        with contextlib.suppress(OSError):
            lines = (group / name).read_text().splitlines()
            return next((int(line.split()[1]) for line in lines if line.split()[0] == "oom_kill"), 0)
    return 0


async def turn(reader: Visitor, ticket: str, until: float) -> None:
    """Wait until the server says that there is room, or until the end."""
    while time.monotonic() < until:
        await asyncio.sleep(2)
        if json.loads((await reader.fetch(f"/lx/queue?ticket={ticket}")).body)["admitted"]:
            return


async def work(reader: Visitor, until: float, seen: Seen) -> None:
    """Change query and years, with a pause of a second."""
    number = 0
    while time.monotonic() < until:
        number += 1
        changes = {"query": _WORDS[number % len(_WORDS)], "years": [1995 + number % 15, None]}
        started = time.perf_counter()
        await reader.ask("set", changes=changes)
        seen.answers.append((time.monotonic(), time.perf_counter() - started))
        await asyncio.sleep(1)


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
        cookie = ""
        while True:
            async with Visitor(port, cookie=cookie) as reader:
                if reader.kernel:
                    await reader.connect()
                    await reader.ask("set", changes={"query": "vision"})
                    break
                # Those who came before are only just leaving.
                ticket = _TICKET.search(reader.body)
                assert ticket
                cookie = f"lx-ticket={ticket[1].decode()}"
                await turn(reader, ticket[1].decode(), time.monotonic() + 60)
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
    with held(options.memory * 1_000_000) as group:
        return _run(options, port, group)


def _run(options: argparse.Namespace, port: int, group: Path | None) -> int:
    """Serve, in a control group if there is one; send the readers, and say what happened."""
    command = [sys.executable, "-m", "explorer.cli", "serve", options.corpus, "--no-browser", "--port", str(port)]
    if group is None:
        command += ["--memory", str(options.memory / 1000)]
    else:
        # It enters the group before it becomes the server, so that all it takes is counted.
        command = ["sh", "-c", 'echo $$ > "$0"; exec "$@"', str(group / "cgroup.procs"), *command]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    try:
        server = psutil.Process(child.pid)
        while child.poll() is None:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        bound = "held by a control group" if group is not None else "told to the server"
        heading(
            "Reach of a server",
            [f"{options.readers} readers within {options.within:.0f} s on {options.corpus}, {options.memory:,} MB, {bound}"],
        )
        began = time.monotonic()
        seen = asyncio.run(reach(port, server, options.readers, options.within))
        coming = [took for at, took in seen.answers if at - began < options.within]
        then = [took for at, took in seen.answers if at - began >= options.within]
        rows = [
            ["let in", str(seen.inside)],
            ["told that there is no room", str(len(seen.told))],
            ["lost", str(seen.lost)],
            ["p95 from coming to being told, ms", _milliseconds(seen.told)],
            ["p95 from coming to a kernel's dashboard, ms", _milliseconds(seen.opened)],
            ["answers", str(len(seen.answers))],
            ["median and p95 of an answer while they come, ms", f"{_milliseconds(coming, 0.5)}, {_milliseconds(coming)}"],
            ["median and p95 of an answer afterwards, ms", f"{_milliseconds(then, 0.5)}, {_milliseconds(then)}"],
            ["load of the machine at the end", f"{os.getloadavg()[0]:.1f}"],
            ["most memory, MB", number(seen.peak / 1e6)],
        ]
        if group is not None:
            rows.append(["processes that the system ended", str(killed(group))])
        table(["", ""], rows)
        if options.visits:
            grown = asyncio.run(visits(port, server, options.visits))
            table(["", ""], [[f"growth of the server a visit, over {options.visits}, KB", number(grown / 1024)]])
        return int(child.poll() is not None)
    finally:
        child.terminate()
        child.wait(60)


def _milliseconds(seconds: list[float], part: float = 0.95) -> str:
    if not seconds:
        return "none"
    return number(1000 * (median(seconds) if part == 0.5 else p95(seconds)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

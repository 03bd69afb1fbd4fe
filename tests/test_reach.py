"""A server that many come to: who has no room is told and comes in later, nobody is lost, and visits leave nothing behind.

``python -m benchmarks.reach`` is the large form of it: forty readers on 100,000 papers, in 2 GB that the system itself holds it to.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import psutil
import pytest
from test_server import serving
from visitors import Visitor

TICKET = re.compile(rb'var ticket = "([^"]+)"')
MEMORY = 700_000_000
"""Bytes for a server and two or three dashboards."""

READERS = 8
VISITS, FIRST = 200, 20
"""Visits that are measured, and those before them, which fill what is kept."""

MOST_GROWTH = 5 * 1024
REST = 75
"""Seconds after which Jupyter has let go of what a page that was closed had: it waits a minute for the page to come back."""


def server_at(port: int) -> psutil.Process:
    [server] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
    return server


def held(server: psutil.Process) -> int:
    """Bytes of a server and all its kernels, what they share counted once."""
    sizes = 0
    for process in [server, *server.children(recursive=True)]:
        try:
            sizes += process.memory_full_info().pss
        except psutil.Error:
            continue
    return sizes


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_more_readers_than_there_is_room_for(tmp_path: Path) -> None:
    """Each works, leaves, and makes room for one who waits; all come in at last, and never more than there is room for."""
    peak, inside, most, told, done = 0, 0, 0, 0, 0

    async def read(port: int, place: int) -> None:
        nonlocal inside, most, told, done
        await asyncio.sleep(place / 4)
        cookie = ""
        while True:
            async with Visitor(port, cookie=cookie) as reader:
                if reader.status == 200:
                    inside, most = inside + 1, max(most, inside + 1)
                    await reader.connect()
                    for word in ("vision", "merging", "reward"):
                        assert (await reader.ask("set", changes={"query": word}))["level"] == "ready"
                    done, inside = done + 1, inside - 1
                    return
                found = TICKET.search(reader.body)
                assert found, reader.body[:500]
                assert b"ahead of you" in reader.body
                told += not cookie
                ticket = found[1].decode()
                cookie = f"lx-ticket={ticket}"
                while not json.loads((await reader.fetch(f"/lx/queue?ticket={ticket}")).body)["admitted"]:
                    await asyncio.sleep(1)

    async def watch(server: psutil.Process) -> None:
        nonlocal peak
        while True:
            peak = max(peak, await asyncio.to_thread(held, server))
            await asyncio.sleep(0.5)

    async def come(port: int) -> None:
        watching = asyncio.create_task(watch(server_at(port)))
        await asyncio.gather(*(read(port, place) for place in range(READERS)))
        watching.cancel()

    with serving(tmp_path, "--memory", str(MEMORY / 1e9), "--kernels-ready", "0") as port:
        asyncio.run(come(port))
        assert server_at(port).is_running()
    assert done == READERS
    assert told > 0
    assert 0 < most < READERS
    assert peak < MEMORY


async def visited(port: int, visits: int) -> int:
    """The bytes of a server that so many more came to and left, a while afterwards."""
    for _ in range(visits):
        async with Visitor(port) as reader:
            await reader.connect()
            await reader.ask("set", changes={"query": "vision"})
        await asyncio.sleep(0.2)
    await asyncio.sleep(REST)
    return int(server_at(port).memory_info().rss)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_visits_leave_nothing_in_the_server(tmp_path: Path) -> None:
    with serving(tmp_path, "--kernels-ready", "1") as port:
        before = asyncio.run(visited(port, FIRST))
        after = asyncio.run(visited(port, VISITS))
    assert (after - before) / VISITS < MOST_GROWTH

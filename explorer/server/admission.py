"""Who is let in: as many dashboards as memory, file descriptors and a number allow, and a queue for the others."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from explorer.server.forked import FORKING

DASHBOARD_BYTES = 160_000_000
"""What a dashboard is taken to need before it is there: the proportional size of one on 100,000 papers once it was used."""

DESCRIPTORS = 13
"""File descriptors of the server that a dashboard takes: pipes, sockets to its kernel, and the page's."""

_SPARE_DESCRIPTORS = 64
_KEPT_FREE = 48
"""Descriptors that connections leave for dashboards, and for files that are opened for a moment; of few an eighth."""

_SHARE = 0.8
"""Of the memory there is, for the server and its dashboards."""

_YOUNG = 60.0
"""Seconds for which a process that started is taken to have still to grow to what a dashboard needs."""

_PERIOD = 1.0
"""Seconds for which what was measured is taken for what is: to add up the pages of a process takes milliseconds."""

_SILENT = 15.0
"""Seconds after which a page that waits and does not ask any more has left the queue."""


@dataclass(frozen=True)
class Decision:
    """Whether a page may start.

    Attributes
    ----------
    admitted : bool
    ticket : str
        By which the page that waits asks again; empty once it is in.
    ahead : int
        Pages that come before it.
    reason : str
        What is short, said to the reader.
    """

    admitted: bool
    ticket: str = ""
    ahead: int = 0
    reason: str = ""


@dataclass
class Admission:
    """The bound on dashboards, and the queue before it.

    Attributes
    ----------
    most : int
        Dashboards at one time.
    memory : int
        Bytes that the server and its dashboards may take together.
    sizes : callable
        Gives the bytes of the server, and of each of its dashboards.
    clock : callable
        Gives seconds.
    free : callable
        Gives the file descriptors of the server that are free.
    """

    most: int
    memory: int
    sizes: Callable[[], tuple[int, Sequence[int]]]
    clock: Callable[[], float] = time.monotonic
    free: Callable[[], int] = lambda: 1 << 20
    _waiting: dict[str, float] = field(default_factory=dict)
    """When each ticket asked last, in the order in which they came."""
    _measured: tuple[int, Sequence[int]] = (0, ())
    _measured_at: float = float("-inf")
    _measuring: asyncio.Future[tuple[int, Sequence[int]]] | None = None

    async def measure(self) -> None:
        """Measure in a thread, before it is asked for a place: those inside are answered meanwhile, however many wait."""
        if self._is_fresh():
            return
        if self._measuring is None:
            self._measuring = asyncio.get_running_loop().run_in_executor(None, self.sizes)
            self._measuring.add_done_callback(self._note)
        await asyncio.wait([self._measuring])

    def _note(self, measuring: asyncio.Future[tuple[int, Sequence[int]]]) -> None:
        self._measuring = None
        if not measuring.cancelled() and measuring.exception() is None:
            self._measured, self._measured_at = measuring.result(), self.clock()

    def _is_fresh(self) -> bool:
        return self.clock() - self._measured_at < _PERIOD

    def ask(self, running: int, ticket: str = "") -> Decision:
        """Ask for a place.

        Parameters
        ----------
        running : int
            Dashboards that run or are being started.
        ticket : str
            As given before; one that is not known goes to the end.
        """
        now = self.clock()
        self._waiting = {name: asked for name, asked in self._waiting.items() if now - asked < _SILENT or name == ticket}
        known = ticket in self._waiting
        places = list(self._waiting)
        ahead = places.index(ticket) if known else len(places)
        free, reason = self._room(running)
        if ahead < free:
            self._waiting.pop(ticket, None)
            return Decision(True)
        name = ticket if known else secrets.token_urlsafe(12)
        self._waiting[name] = now
        return Decision(False, name, ahead, reason)

    def ready(self, running: int, ticket: str) -> Decision:
        """Ask whether a page that waits would be let in now; its place is kept."""
        now = self.clock()
        if ticket not in self._waiting:
            return Decision(True)
        self._waiting[ticket] = now
        ahead = [name for name, asked in self._waiting.items() if now - asked < _SILENT].index(ticket)
        free, reason = self._room(running)
        return Decision(ahead < free, ticket, ahead, reason)

    def _room(self, running: int) -> tuple[int, str]:
        """Places that are free, and what is short if there are none."""
        if not self._is_fresh():
            self._measured, self._measured_at = self.sizes(), self.clock()
        own, dashboards = self._measured
        each = max(DASHBOARD_BYTES, sum(dashboards) // len(dashboards) if dashboards else 0)
        # Those that are being started hold no memory yet.
        coming = max(0, running - len(dashboards))
        taken = own + sum(dashboards) + coming * each
        by_memory = (self.memory - taken) // each
        if running == 0:
            # One reader is always let in: nobody could ever come otherwise.
            by_memory = max(1, by_memory)
        room = {
            "as many dashboards are open as this server allows": self.most - running,
            "its memory is in use": by_memory,
            # Connections that pages keep open take some too, and are given up after a while.
            "its connections are in use": self.free() // DESCRIPTORS - coming,
        }
        short = min(room, key=lambda reason: room[reason])
        return max(0, room[short]), short


def memory_there() -> int:
    """Bytes of memory for the server and its dashboards: a share of the machine's, or of what a control group leaves it."""
    return int(_SHARE * min([psutil.virtual_memory().total, *control_group_bounds()]))


def control_group_bounds(root: Path = Path("/")) -> list[int]:
    """Bounds that Linux control groups set on this process: its own group's and those of the groups around it, of either version."""
    folders = [root / "sys/fs/cgroup", root / "sys/fs/cgroup/memory"]
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if not controllers or "memory" in controllers.split(","):
            base = folders[1 if controllers else 0]
            inner = base / group.lstrip("/")
            # In a container the group's name may be that of outside; then only the outermost is to be seen.
            folders += [inner, *inner.parents[: len(inner.relative_to(base).parts)]]
    found = []
    for path in [folder / name for folder in folders for name in ("memory.max", "memory.limit_in_bytes")]:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        # Version 2 says "max" where there is no bound, version 1 a number beyond all memory.
        if text.isdecimal():
            found.append(int(text))
    return found


def default_number(memory: int) -> int:
    """Dashboards that memory and file descriptors have room for."""
    return max(1, min(memory // DASHBOARD_BYTES, most_by_descriptors()))


def most_by_descriptors() -> int:
    """Dashboards that file descriptors have room for; one at least."""
    return max(1, (descriptors() - _SPARE_DESCRIPTORS) // DESCRIPTORS)


def descriptors() -> int:
    """File descriptors this process may have open."""
    if sys.platform == "win32":
        return 8192
    import resource

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1 << 20 if soft == resource.RLIM_INFINITY else int(soft)


def kept_free() -> int:
    """File descriptors that connections leave free."""
    return min(_KEPT_FREE, descriptors() // 8)


def free_descriptors() -> int:
    """File descriptors that this process has for dashboards still."""
    if sys.platform == "win32":
        return 1 << 20
    return descriptors() - int(psutil.Process().num_fds()) - kept_free() // 2


def raise_descriptors() -> None:
    """Raise the soft bound on file descriptors to the hard one, which any process may."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def sizes() -> tuple[int, list[int]]:
    """Bytes of the server and of each dashboard below it: proportional, a page shared by several counted once, where the system tells.

    The proportional size counts a page shared by several processes once, so it is what another dashboard costs. The process that
    kernels are forked from is counted with the server.
    """
    server, dashboards = _processes()
    return sum(map(_size, server)), [size for child in dashboards if (size := _size(child))]


def expected_sizes() -> tuple[int, list[int]]:
    """As `sizes`, of what each process below will need: one that started only now has still to grow."""
    (server, dashboards), below = _processes(), []
    for child in dashboards:
        if size := _size(child):
            is_young = time.time() - child.create_time() < _YOUNG
            below.append(max(size, DASHBOARD_BYTES) if is_young else size)
    return sum(map(_size, server)), below


def _processes() -> tuple[list[psutil.Process], list[psutil.Process]]:
    own = psutil.Process()
    below = own.children(recursive=True)
    return [own, *(child for child in below if child.pid == FORKING.pid)], [
        child for child in below if child.pid != FORKING.pid
    ]


def _size(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.rss))

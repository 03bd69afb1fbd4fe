"""Kernels that are kept ready: one that ended, or was started again without its dashboard, is never given to a page."""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, cast

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

STARTED: ContextVar[list[str] | None] = ContextVar("started", default=None)
"""Takes the id of the kernel that is started for a page, before Voila tells it to anybody."""

_PATIENCE, _PAUSE = 0.5, 0.05
"""Seconds for which an answer of a kernel's heart is waited for, and between two looks whether it has come or its process has gone."""

_ENDED_FIRST = "500"
"""How much sooner than others the system ends a kernel, from -1000 to 1000 (proc(5))."""


class Kernels(AsyncMappingKernelManager):
    """Kernels of pages, and those that wait for one; knows which are still the processes that were started."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._processes: dict[str, int] = {}

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]  # asynchronous there too
        """Start a kernel; gives its id."""
        kernel_id: str = await super().start_kernel(**options)
        self._processes = {known: pid for known, pid in self._processes.items() if known in self}
        self._processes[kernel_id] = process = cast(Any, self.get_kernel(kernel_id)).provisioner.pid
        # Jupyter starts one that ended again by itself, without its dashboard, and tells nobody.
        self.add_restart_callback(kernel_id, partial(self.say_ended, kernel_id))
        # Where memory is out, Linux shall end a dashboard, and not the server of all.
        with contextlib.suppress(OSError):
            Path(f"/proc/{process}/oom_score_adj").write_text(_ENDED_FIRST)
        if options.get("env", {}).get("VOILA_PREHEAT") == "False" and (started := STARTED.get()) is not None:
            started.append(kernel_id)
        return kernel_id

    def say_ended(self, kernel_id: str) -> None:
        """Say in the log, once, that the process of a kernel ended by itself."""
        if (process := self._processes.pop(kernel_id, None)) is not None:
            self.log.error("The process %d of a dashboard ended by itself; the system may have been out of memory.", process)

    async def ended(self, kernel_id: str) -> bool:
        """Whether the process of a kernel is there no more, though Jupyter may have started another in its place."""
        if kernel_id not in self:
            return True
        kernel = cast(Any, self.get_kernel(kernel_id))
        return not await kernel.is_alive() or kernel.provisioner.pid != self._processes.get(kernel_id)

    async def lives(self, kernel_id: str) -> bool:
        """Whether a kernel runs, and is the one that was started: Jupyter starts one that ended again, without what it had run."""
        if await self.ended(kernel_id):
            return False
        kernel = cast(Any, self.get_kernel(kernel_id))
        # One that is being ended is there still for some milliseconds, but answers no more. One that stays is late, or was paused.
        answered = asyncio.Event()
        heart = kernel.connect_hb()
        heart.on_recv(lambda parts: answered.set())
        try:
            heart.send(b"ping")
            until = time.monotonic() + _PATIENCE
            while time.monotonic() < until:
                if await self.ended(kernel_id):
                    return False
                if answered.is_set():
                    return True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(answered.wait(), _PAUSE)
        finally:
            # The stream has still to hear that there is no more to hear.
            heart.stop_on_recv()
            asyncio.get_running_loop().call_later(_PAUSE, heart.close, 0)
        return True


def waiting(kernels: Any) -> set[str]:
    """Kernels that were started before anybody came, and that nobody has taken yet."""
    pools = getattr(kernels, "_pools", {})
    tasks = [task for pool in pools.values() for task in pool if task.done() and not task.cancelled() and not task.exception()]
    return {task.result()["kernel_id"] for task in tasks}


async def replace_dead(kernels: Any) -> None:
    """Take those that wait and do not live any more out of Voila's pools, and start others for them."""
    for notebook, pool in getattr(kernels, "_pools", {}).items():
        for task in [task for task in pool if task.done()]:
            failed = task.cancelled() or task.exception() is not None
            kernel_id = None if failed else task.result()["kernel_id"]
            if kernel_id is not None and await kernels.lives(kernel_id):
                continue
            # A page may have taken it meanwhile.
            if task in pool:
                pool.remove(task)
                if kernel_id in kernels:
                    kernels.say_ended(kernel_id)
                    # What is left of one that ended cannot be spoken to.
                    with contextlib.suppress(Exception):
                        await kernels.shutdown_kernel(kernel_id, now=True)
        kernels.fill_if_needed(delay=0, notebook_name=notebook)

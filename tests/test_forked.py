"""Kernels that are forked: each is as one that was started by itself, and none outlives the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from test_admission import kernels_below, until

from explorer.server import forked
from explorer.server.forked import FORKING, PROVISIONER, Forked, Forking, forkable, is_registered

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere kernels start by themselves")


@pytest.fixture(scope="module", autouse=True)
def named() -> Iterator[None]:
    """Have Jupyter fork all kernels that are started here, whatever was asked for in this process before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", PROVISIONER)
        KernelProvisionerFactory.clear_instance()
        yield
    KernelProvisionerFactory.clear_instance()


@contextlib.asynccontextmanager
async def running(**options: Any) -> AsyncIterator[tuple[AsyncKernelManager, Callable[[str], Any]]]:
    """A kernel, and `asked(expression)` for what an expression is there."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(**options)
    client = manager.client()
    # Of a kernel that is gone its heartbeat would open one socket after another, till there are no more.
    client.start_channels(hb=False)
    await client.wait_for_ready(timeout=60)

    async def asked(expression: str) -> str:
        reply = await client._async_execute_interactive(
            "", user_expressions={"asked": expression}, output_hook=lambda message: None, timeout=60
        )
        found = reply["content"]["user_expressions"]["asked"]
        return str(found["data"]["text/plain"] if found["status"] == "ok" else found["ename"])

    try:
        yield manager, asked
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def test_it_has_its_own_environment_and_folder_and_what_it_needs(tmp_path: Path) -> None:
    async def told() -> None:
        environment = {name: value for name, value in os.environ.items() if name != "LITEXPLORER_CACHE"} | {"LX_TRIAL": "seen"}
        async with running(env=environment, cwd=str(tmp_path)) as (manager, asked):
            assert isinstance(manager.provisioner.process, Forked)
            assert await asked("__import__('os').environ.get('LX_TRIAL')") == "'seen'"
            assert await asked("__import__('os').environ.get('LITEXPLORER_CACHE')") == "None"
            assert await asked("__import__('os').getcwd()") == repr(str(tmp_path))
            assert await asked("'explorer.dashboard.widget' in __import__('sys').modules") == "True"
            # As the server and its other kernels do not have: a session of its own.
            assert await asked("__import__('os').getsid(0) == __import__('os').getpid()") == "True"
            assert psutil.Process(manager.provisioner.pid).name() == f"kernel-{manager.kernel_id[:8]}"

    asyncio.run(told())


def test_it_is_interrupted_ended_and_started_again() -> None:
    async def told() -> None:
        async with running() as (manager, asked):
            waits = asyncio.create_task(asked("__import__('time').sleep(60)"))
            await asyncio.sleep(0.5)
            await manager.interrupt_kernel()
            assert await waits == "KeyboardInterrupt"
            first = manager.provisioner.pid
            os.kill(first, signal.SIGKILL)
            while await manager.is_alive():
                await asyncio.sleep(0.05)
            await manager.restart_kernel(now=True)
            assert await manager.is_alive()
            assert manager.provisioner.pid != first

    asyncio.run(told())


def test_where_the_process_that_forks_has_gone_another_is_started() -> None:
    async def told() -> None:
        async with running() as (manager, _):
            # Of no number psutil makes this process.
            assert FORKING.pid
            gone, kernel = psutil.Process(FORKING.pid), psutil.Process(manager.provisioner.pid)
            gone.kill()
            # Nobody could say of it when it ends.
            assert kernel.wait(20) is None
            assert not await manager.is_alive()
        async with running() as (manager, asked):
            assert FORKING.pid != gone.pid
            assert await asked("1 + 1") == "2"

    asyncio.run(told())


def test_where_nothing_can_be_forked_it_starts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Forking):
        def fork(self, *asked: object) -> int:
            raise ConnectionError("no more processes")

    async def told() -> None:
        monkeypatch.setattr(forked, "FORKING", Broken())
        async with running() as (manager, asked):
            assert isinstance(manager.provisioner.process, subprocess.Popen)
            assert await asked("1 + 1") == "2"

    asyncio.run(told())


def test_where_the_system_lets_it_fork_no_more_its_kernels_live_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And the next one starts by itself: see above."""
    (tmp_path / "full.py").write_text(
        "import os, sys\n\n\ndef fork():\n    raise BlockingIOError('too many')\n\n\nos.fork = fork\n"
        "from explorer.server.kernel_process import main\n\nmain(int(sys.argv[1]))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(forked, "_PARENT", "full")
    forking = Forking()
    for _ in range(2):
        with pytest.raises(ValueError, match="too many"):
            forking.fork("kernel", [], {}, None)
    assert forking._process is not None
    assert forking._socket is not None
    assert forking._process.poll() is None
    # It ends with the server.
    forking._socket.close()
    assert forking._process.wait(20) == 0


def test_where_the_system_does_not_say_when_it_ends_it_starts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(pid: int) -> int:
        raise PermissionError

    assert is_registered()
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "kernel.json"]
    assert forkable(command) == ["-f", "kernel.json"]
    monkeypatch.setattr(os, "pidfd_open", forbidden)
    forked._can_watch.cache_clear()
    assert forkable(command) is None
    forked._can_watch.cache_clear()


def test_a_server_that_is_killed_leaves_no_kernel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "explorer.cli", "serve", "--no-browser", "--port", "0", "--kernels-ready", "1"]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log) as started:
        server = psutil.Process(started.pid)
        until(lambda: len(kernels_below(server)) == 1)
        below = server.children(recursive=True)
        time.sleep(1)
        started.kill()
        _, alive = psutil.wait_procs(below, timeout=20)
    assert not alive

"""A real Dask cluster for tests: a scheduler and workers in processes of their own, on the loopback address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

distributed = pytest.importorskip("distributed", reason="needs Dask: pip install literature-explorer[dask]")


class Cluster:
    """A scheduler, and workers of one thread each that are started and killed by number."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as some:
            some.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{some.getsockname()[1]}"
        self._folder = folder
        here = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
        self._environment = {
            **os.environ,
            "PYTHONPATH": here,
            "OMP_NUM_THREADS": "1",
            "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
        }
        self._scheduler = self._run("scheduler", "--host", self.address, "--no-dashboard")
        self._workers: list[subprocess.Popen[bytes]] = []

    def _run(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", "dask", kind, *options]
        with (self._folder / f"{kind}-{time.time_ns()}.log").open("wb") as log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, cwd=self._folder)

    def worker(self) -> None:
        options = [
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
            "--local-directory",
            str(self._folder),
        ]
        self._workers.append(self._run("worker", self.address, *options))

    def kill(self) -> None:
        """Kill the worker that was started first of those that live."""
        process = self._workers.pop(0)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in [*self._workers, self._scheduler]:
            process.kill()
            process.wait()
        self._workers = []

    @contextmanager
    def client(self, workers: int) -> Iterator[Any]:
        """A client, once so many workers are there."""
        while len(self._workers) < workers:
            self.worker()
        while len(self._workers) > workers:
            self.kill()
        with distributed.Client(self.address, timeout=60, set_as_default=False) as client:
            until(lambda: len(client.nthreads()) == workers)
            yield client


def until(said: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not said():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)

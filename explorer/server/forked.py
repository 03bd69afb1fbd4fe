"""Kernels that are forked from a process which has imported what they need, where the system is Linux."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from threading import Event, Lock
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

PROVISIONER = "literature-explorer"
"""Name under which Jupyter finds `ForkedKernel`, as the package's metadata say."""

_UNKNOWN = 1
"""What is told as the exit status of a process that ended: the system tells that of children alone."""

_PARENT = "explorer.server.kernel_process"
"""Module that runs in the process which forks."""


class ForkedKernel(LocalProvisioner):
    """Starts a kernel by forking where its command and the system allow it, and otherwise as Jupyter does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command."""
        arguments = forkable(cmd)
        if arguments is None or not kwargs.keys() <= {"env", "cwd", "kernel_id", "extra_arguments"}:
            return await super().launch_kernel(cmd, **kwargs)
        environment = kwargs.get("env") or dict(os.environ)
        folder = kwargs.get("cwd")
        try:
            # Till the first has imported what it needs, that takes two seconds, in which others are served.
            name = f"kernel-{self.kernel_id}"
            pid = await asyncio.to_thread(FORKING.fork, name, arguments, environment, folder and str(folder))
        except (OSError, ValueError) as error:
            if FORKING.ended.is_set():
                raise
            self.log.warning("No kernel could be forked (%s); it is started by itself.", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast(Any, Forked(pid))
        self.pid = self.pgid = pid
        self.cwd = folder or Path.cwd()
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and the processes of its own, while it runs: of one that ended the number is free for others."""
        if self.process and self.process.poll() is None:
            await super().send_signal(signum)


class Forked:
    """A process that is no child of this one, in the form of `subprocess.Popen` that Jupyter asks of it."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._handle, self.returncode = None, _UNKNOWN

    def poll(self) -> int | None:
        """None while it runs; of one that ended nobody here is told how."""
        return self._ended(0)

    def wait(self) -> int | None:
        """Wait for its end."""
        return self._ended(None)

    def _ended(self, milliseconds: int | None) -> int | None:
        if self._handle is not None:
            looked = select.poll()
            looked.register(self._handle, select.POLLIN)
            if looked.poll(milliseconds):
                os.close(self._handle)
                self._handle, self.returncode = None, _UNKNOWN
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal while it runs."""
        if self.poll() is None and self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)


class Forking:
    """The process that kernels are forked from, started when first asked for, and again where it is there no more.

    Attributes
    ----------
    ended : threading.Event
        Set while no kernel is wanted any more.
    """

    def __init__(self) -> None:
        self.ended = Event()
        self._lock = Lock()
        self._forked = False
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that forks; None before the first kernel."""
        return self._process.pid if self._process else None

    def fork(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], folder: str | None) -> int:
        """Fork a kernel; gives its process.

        Parameters
        ----------
        name : str
            Of the process, as far as the system shows it: 15 characters on Linux.
        arguments : sequence of str
            As ``python -m ipykernel_launcher`` gets them.
        environment : mapping
            All variables of the kernel's environment.
        folder : str or None
            Folder to run in; None for the server's.

        Raises
        ------
        OSError
            No process could be started, or the one that forks ended meanwhile.
        ValueError
            The system let it fork no other.
        """
        asked = {"name": name, "arguments": list(arguments), "environment": dict(environment), "folder": folder}
        with self._lock:
            server = self._running()
            server.sendall(json.dumps(asked).encode() + b"\n")
            with server.makefile("rb") as answers:
                answer = answers.readline()
        if not answer:
            raise ConnectionError("the process that they are forked from ended")
        if not answer.strip().isdigit():
            raise ValueError(answer.decode().strip())
        self._forked = True
        return int(answer)

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Leave nothing that starts for a server which ends here, however it does."""
        try:
            yield
        finally:
            self.end()
            self.ended.clear()

    def end(self) -> None:
        """Fork no more kernels; those that run go on till they are told to end, for which it stays."""
        self.ended.set()
        self._end_what_starts()

    def _end_what_starts(self) -> None:
        # One that still imports what kernels need would fork what it was asked for when it is there, after the server.
        if self._process is not None and not self._forked:
            self._process.kill()

    def _running(self) -> socket.socket:
        if self.ended.is_set():
            raise ConnectionError("the server ends")
        if self._process is None or self._socket is None or self._process.poll() is not None:
            if self._socket is not None:
                self._socket.close()
            self._socket, theirs = socket.socketpair()
            with theirs:
                command = [sys.executable, "-m", _PARENT, str(theirs.fileno())]
                # A session of its own: what interrupts the server from the terminal is not for it, not while it starts either.
                self._process = subprocess.Popen(  # noqa: S603  (this interpreter, on a module of ours)
                    command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True
                )
                self._forked = False
            if self.ended.is_set():  # Since it was asked above, by another thread.
                self._end_what_starts()
        return self._socket


FORKING = Forking()
"""Of this server."""


def is_registered() -> bool:
    """Whether Jupyter finds `ForkedKernel`: not where a checkout has become newer than what was installed of it."""
    return PROVISIONER in entry_points(group="jupyter_client.kernel_provisioners").names


@cache
def _can_watch() -> bool:
    """Whether the system tells when a process ends that is no child: Linux from 5.3 on, where no sandbox forbids it."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def forkable(command: Sequence[str]) -> list[str] | None:
    """What a kernel's command gives to ipykernel, where a process that was forked here can do the same; else None.

    Examples
    --------
    >>> import sys
    >>> forkable([sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "kernel.json"])
    ['-f', 'kernel.json']
    >>> forkable(["/opt/other/bin/python", "-m", "ipykernel_launcher", "-f", "kernel.json"])
    """
    if not _can_watch() or not command or command[0] != sys.executable:
        return None
    for at, (flag, module) in enumerate(pairwise(command)):
        if (flag, module) == ("-m", "ipykernel_launcher"):
            return list(command[at + 2 :])
    return None

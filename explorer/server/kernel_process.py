"""The process that kernels of dashboards are forked from: what each needs is imported there once, and lies in memory once.

It takes requests from the server, one line of JSON each, and answers with the number of the process that is the kernel. It ends with the
server, and kernels end with it: that is what ipykernel does where its parent goes.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

from ipykernel import kernelapp

import explorer


def main(descriptor: int) -> None:
    """Fork a kernel for each request until the server closes its end.

    Parameters
    ----------
    descriptor : int
        File descriptor of the socket to the server.
    """
    server = socket.socket(fileno=descriptor)
    # What a notebook imports when it asks for a dashboard; a name of the package's is imported when it is looked up.
    _ = explorer.explore
    # Kernels that ended need nobody to ask for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # A kernel that looked through these for what nobody holds would copy them.
    gc.collect()
    gc.freeze()
    # Threads are there that Python warns of from 3.12 on: those of BLAS and of the memory of Arrow, which look after themselves.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    for line in server.makefile("r", encoding="utf-8"):
        try:
            process = os.fork()
        except OSError as error:
            # With this process all kernels that it forked would end.
            server.sendall(f"{error}\n".encode())
            continue
        if not process:
            os.close(server.detach())
            become_kernel(**json.loads(line))
            return
        server.sendall(f"{process}\n".encode())


def become_kernel(name: str, arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    """Be a kernel until it is told to end.

    Parameters
    ----------
    name : str
        Of its process; Linux shows 15 characters of it.
    arguments : list of str
        As ``python -m ipykernel_launcher`` gets them.
    environment : dict
        All variables of the kernel's environment.
    folder : str or None
        Folder to run in; None for the server's.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # As Jupyter starts them: what interrupts a kernel reaches the processes of its own, and no other.
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    # Its command is that of all; what `ps` and `top` show beside tells which it is.
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name, encoding="utf-8")
    if folder:
        os.chdir(folder)
    # What these would have seen when they were imported in a kernel: ipykernel with whom to end, ipywidgets a kernel to answer pages of.
    sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={os.getppid()}", "--ext=ipywidgets"]
    launch: Any = kernelapp.launch_new_instance
    launch()


if __name__ == "__main__":
    main(int(sys.argv[1]))

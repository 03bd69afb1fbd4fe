"""The two servers a dashboard runs in, as subprocesses that are gone when their block ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

ROOT = Path(__file__).parent.parent.parent
STARTED_WITHIN = 180
"""Seconds; a cold disk and a busy machine make a server slow to start."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    process: psutil.Process
    log: Path

    @property
    def folder(self) -> Path:
        """Where JupyterLab finds its notebooks."""
        return Path(self.process.cwd()) / "work"

    @property
    def host(self) -> str:
        """Host and port, as in its addresses."""
        return self.url.split("/")[2]

    def kernels(self) -> list[psutil.Process]:
        """Processes of its kernels."""
        found = []
        for child in self.process.children(recursive=True):
            try:
                if child.name().startswith("kernel-") or "ipykernel_launcher" in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.Error:  # It ended in between.
                continue
        return found


@contextmanager
def voila(*files: str | Path, options: Sequence[str] = ()) -> Iterator[Server]:
    """``litexplorer serve`` on files of papers, on the sample without one."""
    with _folder() as folder:
        port = _free_port()
        command = ["serve", *map(str, files), "--no-browser", "--port", str(port), *options]
        with _running([_script("litexplorer"), *command], folder, port) as server:
            yield server


@contextmanager
def lab(*files: Path) -> Iterator[Server]:
    """JupyterLab on a folder with the notebook; for each file of papers a copy that explores it, named after the file."""
    with _folder() as folder:
        port = _free_port()
        notebook = (ROOT / "notebooks" / "explorer.ipynb").read_text(encoding="utf-8")
        (folder / "work").mkdir()
        (folder / "work" / "explorer.ipynb").write_text(notebook, encoding="utf-8")
        for file in files:
            call = f"explorer.explore({str(file)!r})".replace("\\", "\\\\").replace('"', '\\"')
            (folder / "work" / f"{file.stem}.ipynb").write_text(
                notebook.replace('"explorer.explore()"', f'"{call}"'), encoding="utf-8"
            )
        # Lab would ask its makers for news.
        disabled = folder / "config" / "labconfig" / "page_config.json"
        disabled.parent.mkdir(parents=True)
        disabled.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
        command = ["lab", "--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.root_dir={folder / 'work'}"]
        with _running([_script("jupyter"), *command, "--IdentityProvider.token="], folder, port) as server:
            yield server


def _script(name: str) -> str:
    """A command of the environment that runs this, whether or not it is on the path."""
    return str(Path(sysconfig.get_path("scripts")) / name)


@contextmanager
def _folder() -> Iterator[Path]:
    # A kernel that is killed may still be writing its connection file away.
    with TemporaryDirectory(prefix="litexplorer-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(folder: Path) -> dict[str, str]:
    """The environment without what tests set for themselves and without the settings of the user's own Jupyter."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHONWARN", "JUPYTER"))}
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    return {**kept, **{name: str(folder / value) for name, value in own.items()}}


@contextmanager
def _running(command: Sequence[str], folder: Path, port: int) -> Iterator[Server]:
    log = folder / "server.log"
    with log.open("wb") as output:
        # An installed server runs from any folder; so does this one.
        popen = subprocess.Popen(command, cwd=folder, env=_environment(folder), stdout=output, stderr=output)
    try:
        _wait_until_open(popen, port, log)
        yield Server(f"http://localhost:{port}/", psutil.Process(popen.pid), log)
    finally:
        _end(popen)


def _wait_until_open(popen: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while popen.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{' '.join(popen.args)} did not start:\n{log.read_text(errors='replace')[-3000:]}")  # type: ignore[arg-type]


def _end(popen: subprocess.Popen[bytes]) -> None:
    """End a server and its kernels, which run in sessions of their own and would outlive it."""
    try:
        children = psutil.Process(popen.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    popen.terminate()
    try:
        popen.wait(10)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(children, timeout=5)

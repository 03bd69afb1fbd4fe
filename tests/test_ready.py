"""Kernels that are kept ready: a page never gets one that died, or that was started again without its dashboard."""

from __future__ import annotations

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from test_admission import kernels, told, until
from test_server import ask, serving


def ready(port: int) -> psutil.Process:
    """The kernel that waits, once it does."""
    until(lambda: len(kernels(port)) == 1)
    [kernel] = kernels(port)
    # Its dashboard is there when it rests: starting, it computes.
    until(lambda: kernel.cpu_percent(0.5) < 2 and kernel.cpu_times().user > 0.1)
    return kernel


def kernel_of_page(port: int) -> str:
    """Id of the kernel that a page was given."""
    status, _, body = ask(port, "/")
    found = re.search(rb'dataset.kernelId = "([^"]+)"', body)
    assert status == 200
    assert found
    return found[1].decode()


def runs(port: int, kernel_id: str) -> psutil.Process | None:
    """The process of a kernel; its name begins with it."""
    return next((process for process in kernels(port) if kernel_id[:8] in told(process)), None)


@pytest.mark.parametrize("after", [0.0, pytest.param(6.0, marks=pytest.mark.slow)])
def test_one_that_died_is_not_given_to_a_page(after: float, tmp_path: Path) -> None:
    """At once, and when Jupyter has started it again by itself, under the same id and empty."""
    with serving(tmp_path, "--kernels-ready", "1") as port:
        died = ready(port)
        before = told(died)
        died.kill()
        time.sleep(after)
        given = kernel_of_page(port)
        process = runs(port, given)
        assert process is not None
        assert given[:8] not in before
        assert process.is_running()
        # Whoever looks after the server reads of it.
        assert f"process {died.pid} of a dashboard ended by itself" in (tmp_path / f"{port}.log").read_text()


@pytest.mark.parametrize("share", [pytest.param(0.15, marks=pytest.mark.slow), 0.6])
def test_where_one_dies_while_a_page_waits_for_it_the_page_says_what_to_do(share: float, tmp_path: Path) -> None:
    """Before it can be spoken to, and when it runs the notebook: when it has taken a share of what one took that lived."""
    with serving(tmp_path, "--kernels-ready", "1") as port, ThreadPoolExecutor() as pool:
        until(lambda: len(kernels(port)) == 1)
        [lived] = kernels(port)
        assert ask(port, "/")[0] == 200
        whole = lived.cpu_times().user
        until(lambda: len(kernels(port)) == 2)
        [kernel] = [kernel for kernel in kernels(port) if kernel != lived]
        page = pool.submit(ask, port, "/")
        until(lambda: kernel.cpu_times().user > share * whole)
        kernel.kill()
        status, _, body = page.result()
    assert status == 200
    said = body.decode()
    # One that had ended before the page took it is not given at all.
    assert "close a dashboard that is open, or try again" in said or "vnd.jupyter.widget-view+json" in said
    assert "An exception occurred" not in said


def test_one_that_lives_is_given_and_another_started(tmp_path: Path) -> None:
    with serving(tmp_path, "--kernels-ready", "1") as port:
        waited = ready(port)
        assert runs(port, kernel_of_page(port)) == waited
        until(lambda: len(kernels(port)) == 2)
        if sys.platform == "linux":
            # Written just after it was started.
            until(lambda: {Path(f"/proc/{kernel.pid}/oom_score_adj").read_text() for kernel in kernels(port)} == {"500\n"})
        ready_again = [kernel for kernel in kernels(port) if kernel != waited]
        until(lambda: ready_again[0].cpu_times().user > 0.1)
        # Whoever started it reads in the terminal what matters, and no warning about what is as it should be.
        said = (tmp_path / f"{port}.log").read_text()
        assert not [line for line in said.splitlines() if "WARNING" in line or "ping" in line]

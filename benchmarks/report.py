"""How the benchmarks say what they measured: conditions, and tables in markdown."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np


def machine() -> str:
    """Processor, cores in reach, memory, load and system."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [model, f"{cores} cores"]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        parts.append(f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB")
    if hasattr(os, "getloadavg"):
        parts.append(f"load at the start {os.getloadavg()[0]:.1f}")
    return ", ".join([*parts, f"{platform.system()} {platform.release()}", f"Python {sys.version.split()[0]}"])


def versions(*names: str) -> str:
    """Versions of some distributions; those that are not installed are left out."""
    found = []
    for name in ("literature-explorer", *names):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def heading(title: str, conditions: Sequence[str]) -> None:
    """Print the head of a benchmark: its title and its conditions, one line each."""
    print(f"\n## {title}\n")
    for line in (machine(), *conditions):
        print(f"- {line}")
    print(flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; all columns but the first are numbers and stand to the right."""
    print("| " + " | ".join(head) + " |")
    print("|---|" + "---:|" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def number(value: float) -> str:
    """Three figures that matter."""
    if not np.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def median(values: Sequence[float]) -> float:
    """Median; not a number of nothing."""
    return float(np.median(values)) if len(values) else float("nan")


def p95(values: Sequence[float]) -> float:
    """95th percentile; not a number of nothing."""
    return float(np.percentile(values, 95)) if len(values) else float("nan")

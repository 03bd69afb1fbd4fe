"""Which lines of the page's code the browser ran, as Chromium counts them; measured where LITEXPLORER_PAGE_COVERAGE is set."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

from explorer.dashboard import frontend

MEASURED = bool(os.environ.get("LITEXPLORER_PAGE_COVERAGE"))

_ran = bytearray()
"""For each character of the script whether any page ran it."""


@contextmanager
def measured(page: Page) -> Iterator[None]:
    """Count what a page runs until it is left."""
    if not MEASURED:
        yield
        return
    profiler = page.context.new_cdp_session(page)
    profiler.send("Profiler.enable")
    profiler.send("Profiler.startPreciseCoverage", {"callCount": False, "detailed": True})
    yield
    for script in profiler.send("Profiler.takePreciseCoverage")["result"]:
        add(script)


def add(script: dict[str, Any]) -> None:
    """Add what was run of a script, if it is ours: another would not have its length."""
    ranges = [part for function in script["functions"] for part in function["ranges"]]
    length = len(frontend.script())
    if max((part["endOffset"] for part in ranges), default=0) != length:
        return
    ran = bytearray(length)
    # A range within another says more of its part.
    for part in sorted(ranges, key=lambda part: (part["startOffset"], -part["endOffset"])):
        start, end = part["startOffset"], part["endOffset"]
        ran[start:end] = bytes([bool(part["count"])]) * (end - start)
    _ran[:] = bytes(map(max, ran, _ran)) if _ran else ran


def report() -> list[str]:
    """One line a module, the least covered first, with the functions that nobody called; empty where nothing was measured."""
    if not _ran:
        return []
    text = frontend.script()
    starts = [(found.start(), found[1]) for found in re.finditer(r"^const \$(\w+) = \(\(\) => \{$", text, re.MULTILINE)]
    last = text.rindex("\n})();\n") + 7
    rows = []
    for (start, name), (end, _) in zip([*starts, (last, "app")], [*starts[1:], (last, ""), (len(text), "")], strict=True):
        lines = [found.start(1) for found in re.finditer(r"^\s*(\S)", text[start:end], re.MULTILINE)]
        hits = sum(_ran[start + place] for place in lines)
        idle = [
            found[1]
            for found in re.finditer(r"function\*? (\w+)\([^\n]*\{\n\s*", text[start:end])
            if not _ran[start + found.end()]
        ]
        rows.append((hits / len(lines), name, hits, len(lines), idle))
    rows.sort()
    total = sum(row[2] for row in rows), sum(row[3] for row in rows)
    table = [f"{name + '.js':<24}{100 * share:>5.1f} %  {', '.join(idle)}".rstrip() for share, name, _, _, idle in rows]
    return [*table, f"{'all':<24}{100 * total[0] / total[1]:>5.1f} % of {total[1]} lines"]

"""How many examples a property is tried on: a third of them before each change, all where there is time (``make test-slow``)."""

from __future__ import annotations

import os

ALL = bool(os.environ.get("LITEXPLORER_ALL_EXAMPLES"))


def examples(number: int) -> int:
    """So many of a number of examples, and ten at least."""
    return number if ALL else max(min(number, 10), number // 3)

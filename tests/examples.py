"""How many examples a property is tried on: a third of them before each change, all where there is time (``make test-slow``)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

ALL = bool(os.environ.get("LITEXPLORER_ALL_EXAMPLES"))


def some(values: Sequence[Any], number: int) -> Sequence[Any]:
    """Each third of the values, which ones by a number; all where there is time."""
    return values if ALL else values[number % 3 :: 3]


def examples(number: int) -> int:
    """So many of a number of examples, and ten at least."""
    return number if ALL else max(min(number, 10), number // 3)

"""What the front of a corpus hands on: docstrings of the rooms behind it, and names that moved there."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., object])


def documented_by(source: object, *, without: Sequence[str] = ()) -> Callable[[Method], Method]:
    """Give a method the docstring of the function that does its work, without the parameters that the method fills in."""

    def decorate(method: Method) -> Method:
        text = source.__doc__
        for name in without:
            # An entry goes on as far as its lines are further in.
            text = text and re.sub(rf"^( +){name}( : .*)?\n(\1 +.*\n)*", "", text, flags=re.MULTILINE)
        method.__doc__ = text
        return method

    return decorate


def moved(front: object, name: str, rooms: Sequence[str]) -> Any:
    """What was asked of the front itself until 0.1, from the room that has it now, with a warning.

    Raises
    ------
    AttributeError
        No room has it.
    """
    if not name.startswith("_") and name not in rooms:
        for room in rooms:
            holder = getattr(front, room)
            if hasattr(type(holder), name) or name in vars(holder):
                said = f"{type(front).__name__}.{name} is {type(front).__name__}.{room}.{name} now."
                warnings.warn(said, DeprecationWarning, stacklevel=3)
                return getattr(holder, name)
    raise AttributeError(f"{type(front).__name__!r} object has no attribute {name!r}")

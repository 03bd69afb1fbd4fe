"""What the front of a corpus hands on: docstrings of the rooms behind it, and names that moved there."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Generic, NoReturn, Self, TypeVar, overload

Method = TypeVar("Method", bound=Callable[..., object])
T = TypeVar("T")


class Handed(Generic[T]):
    """What a room behind the front has, read through the front.

    Parameters
    ----------
    path : str
        Where it is, such as ``snapshot.folder``.
    doc : str
    """

    def __init__(self, path: str, doc: str) -> None:
        self._get = attrgetter(path)
        self._path, self.__doc__ = path, doc

    @overload
    def __get__(self, front: None, owner: type) -> Self: ...

    @overload
    def __get__(self, front: object, owner: type) -> T: ...

    def __get__(self, front: object | None, owner: type) -> Self | T:
        found: T | Self = self if front is None else self._get(front)
        return found

    def __set__(self, front: object, value: object) -> NoReturn:
        raise AttributeError(f"{type(front).__name__} hands on {self._path}; it cannot be set.")


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

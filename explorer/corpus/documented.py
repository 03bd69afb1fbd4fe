"""Docstrings handed on: the front of a corpus says what the room behind it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Method = TypeVar("Method", bound=Callable[..., object])


def documented_by(source: object) -> Callable[[Method], Method]:
    """Give a method the docstring of the function that does its work."""

    def decorate(method: Method) -> Method:
        method.__doc__ = source.__doc__
        return method

    return decorate

"""What is given to topics, checked: numbers, rates, periods, texts. Each error says what was given and what to give."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence, Sized
from numbers import Real
from typing import Any

import numpy as np

from explorer.errors import TopicError

_TEXTS = "Give a text a paper, such as [f'{title}. {abstract}', …]"
_OF_TABLE = "papers['title'] + '. ' + papers['abstract'].fillna('')"


def whole(value: object, name: str, what: str, least: int | None = None, *, text: bool = True) -> int:
    """A whole number that was given.

    Parameters
    ----------
    value : object
    name, what : str
        What it is called, and what it must be, for the message.
    least : int, optional
        The smallest that may be given.
    text : bool
        Whether it may be written as text.

    Raises
    ------
    TopicError
        It is none, or less than `least`.
    """
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        found = operator.index(int(value) if text and isinstance(value, str) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TopicError(f"{name} is {value!r}; it must be {what}.") from None
    if least is not None and found < least:
        raise TopicError(f"{name} is {found}; it must be {what}.")
    return found


def rate(level: object) -> float:
    """A rate of false discoveries that was given.

    Raises
    ------
    TopicError
        It is none.
    """
    if not isinstance(level, int | float) or not 0 <= level <= 1:
        raise TopicError(f"level is {level!r}; it must be a share of false discoveries, 0 to 1, such as 0.05.")
    return float(level)


def texts_of(given: Any, name: str) -> Sequence[str] | None:
    """Texts that a model was given; None for a matrix of counts, which scikit-learn checks.

    Parameters
    ----------
    given : object
    name : str
        Of the call, for the message.

    Raises
    ------
    TopicError
        It is neither texts nor a matrix, or a text of it is missing.
    """
    if hasattr(given, "columns") and hasattr(given, "dtypes"):
        if not len(given.columns) or any(dtype.kind not in "biufc" for dtype in given.dtypes):
            raise TopicError(f"{name} was given a table. {_TEXTS}; of a table of papers: {_OF_TABLE}.")
        return None
    if hasattr(given, "toarray") or getattr(given, "ndim", 1) != 1 or _is_numbers(given):
        if getattr(getattr(given, "dtype", None), "kind", "") in "TUS":
            raise TopicError(f"{name} was given texts in {given.ndim} dimensions. {_TEXTS}, or counts of terms as a matrix.")
        return None
    if not isinstance(given, Iterable) and hasattr(given, "__array__"):
        return None
    if isinstance(given, str | bytes | Mapping | set | frozenset) or not isinstance(given, Iterable):
        shown = repr(given) if given is None or isinstance(given, Real) else f"a {type(given).__name__}"
        raise TopicError(f"{name} was given {shown}. {_TEXTS}, or counts of terms as a matrix.")
    # Read a few at a time, for there may be more than fit into memory; what an Arrow array gives are no texts.
    lazy: Any = given if hasattr(given, "__getitem__") and hasattr(given, "__len__") and not hasattr(given, "dtype") else ()
    if not isinstance(lazy, list | tuple) and len(lazy) and isinstance(lazy[0], str):
        found: Sequence[str] = lazy
        return found
    values = given.to_pylist() if hasattr(given, "to_pylist") else list(given)
    if values and all(isinstance(value, Sized) and not isinstance(value, str | bytes | Mapping) for value in values):
        if any(isinstance(part, str) for value in values for part in value):
            raise TopicError(f"{name} was given lists of words. {_TEXTS}.")
        return None
    for at, value in enumerate(values):
        if not isinstance(value, str):
            missing = value is None or value != value or type(value).__name__ in ("NAType", "NaTType")
            told = "missing; give '' for a paper without one" if missing else f"{value!r:.60}, which is no text"
            raise TopicError(f"Of what {name} was given, number {at} is {told}. {_TEXTS}.")
    return values


def _is_numbers(given: Any) -> bool:
    """Whether values in one dimension are an array of numbers, which scikit-learn says that it wants in two."""
    return isinstance(given, np.ndarray) and given.dtype.kind in "biufc" and given.size > 0

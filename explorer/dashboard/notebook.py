"""A dashboard as the output of a notebook's cell: the widget, and beside it the still picture that is saved with the notebook."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

QUIET = 1.5
"""Seconds without a change after which the picture is drawn anew: never while somebody types or drags."""

Draw = Callable[[], dict[str, Any]]


class CellPicture:
    """The picture in a cell's output, kept up to date.

    It is an output of its own, for an output that is sent again is drawn again, the widget in it too. Where the widget stands, the
    page hides the picture.

    Parameters
    ----------
    draw : callable
        Gives the picture as a bundle, ``{media type: text}``.

    Attributes
    ----------
    name : str
        Class of the picture's outermost element, another for each dashboard.
    """

    def __init__(self, draw: Draw) -> None:
        self.name = f"lx-picture-{uuid.uuid4().hex[:12]}"
        self._draw = draw
        self._handle: Any = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def show(self) -> None:
        """Put the picture into the output of the cell that runs."""
        from IPython.display import display

        self._handle = display(self._draw(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        with suppress(RuntimeError):  # Without a loop nobody changes what is shown once the cell has run.
            self._loop = asyncio.get_running_loop()

    def renew(self) -> None:
        """Draw the picture anew, once nothing has changed for a while."""
        if self._handle is not None and self._loop is not None:
            # Messages of a widget may be handled in another thread than cells are (a subshell of the kernel).
            self._loop.call_soon_threadsafe(self._plan)

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(QUIET, self._renew)

    def _renew(self) -> None:
        self._timer = None
        if self._handle is not None:
            self._handle.update(self._draw(), raw=True)

    def close(self) -> None:
        """Draw it no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._handle = self._timer = None

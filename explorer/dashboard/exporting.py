"""Exports: written to a file in parts, those of many papers in a thread, with how far that is and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.dashboard.downloads import Downloads
from explorer.dashboard.screening import ReviewFile
from explorer.errors import ExportError, SelectionError
from explorer.export.export import Export, exported
from explorer.jobs import ShownWork

SMALL = 5000
"""Papers; fewer take a moment, in which nobody needs to be told how far it is."""


class Exporting(ShownWork):
    """Writes one export at a time, and gives its file to the page; the stage is the file's name.

    Parameters
    ----------
    downloads : Downloads
    post, tell : callable
        As of `ShownWork`.
    said : callable
        Called with a level and a sentence when an export of many papers has ended.
    """

    def __init__(
        self,
        downloads: Downloads,
        post: Callable[[Callable[[], None]], None],
        *,
        tell: Callable[[], None],
        said: Callable[[str, str], None],
    ) -> None:
        super().__init__(post, tell)
        self._downloads, self._said = downloads, said

    def begin(self, export: Export | ReviewFile, small: int = SMALL) -> str | None:
        """Write an export; returns what is said of a small one, of fewer papers, which is written at once.

        Raises
        ------
        SelectionError
            Another is being written.
        ExportError
            The file cannot be written.
        """
        if self.state is not None:
            raise SelectionError(f"{self.state['stage']} is still being written. Wait for it, or stop it.")
        if export.papers < small:
            return self._given(export, *self._written(export, lambda part: None))
        self._progressed(export.name, None)
        self._worker.start(
            lambda say, stop: self._written(export, lambda part: say(export.name, part)),
            lambda written: self._done(export, *written),
        )
        return None

    def stop(self) -> None:
        """Stop the export that is being written."""
        self._worker.stop()

    def close(self) -> None:
        """Stop, and take no outcome."""
        self._worker.drop()

    def _written(self, export: Export | ReviewFile, progress: Callable[[float], None]) -> tuple[Any, tuple[str, ...]]:
        try:
            file = self._downloads.begin()
            try:
                return file, export.write(file, progress)
            except BaseException:
                self._downloads.drop(file)
                raise
        except OSError as error:
            raise ExportError(f"{export.name} cannot be written: {error.strerror or error}. Nothing was exported.") from error

    def _given(self, export: Export | ReviewFile, file: Any, lost: tuple[str, ...]) -> str:
        self._downloads.give(file, export.name, export.media_type)
        return exported(export.name, export.papers, lost)

    def _done(self, export: Export | ReviewFile, file: Any, lost: tuple[str, ...]) -> None:
        self._end("info", self._given(export, file, lost))

    def _stopped(self) -> None:
        self._end("info", "Stopped; nothing was exported.")

    def _failed(self, reason: str) -> None:
        self._end("error", reason)

    def _end(self, level: str, text: str) -> None:
        self._show(None)
        self._said(level, text)

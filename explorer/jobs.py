"""Work that takes time: done in a thread, its progress and outcome handed to the thread that asked; the stages it is told in."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, TypeVar

from explorer.errors import ExplorerError

T = TypeVar("T")
Say = Callable[[str, float | None], None]
"""Called with what is done now and the part of it that is done, 0 to 1, or None where that is unknown."""

_OFTEN = 0.1
"""Seconds between two reports of one stage."""


class Stopped(Exception):
    """The work was stopped."""


def import_aside(name: str) -> None:
    """Import a module in a thread, so that who needs it next waits less.

    Parameters
    ----------
    name : str
        With dots. One that is imported already costs nothing.
    """
    if name not in sys.modules:
        threading.Thread(target=import_module, args=(name,), name="explorer-import", daemon=True).start()


class Job:
    """One piece of work."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.thread: threading.Thread | None = None


class Worker:
    """Does one job at a time.

    Parameters
    ----------
    post : callable
        ``post(step)`` has `step()` called in the thread that owns the worker; called from the thread of the job.
    progress : callable
        Called there as ``progress(stage, part)``.
    stopped : callable
        Called there once a job that was asked to stop has stopped.
    failed : callable
        Called there with a sentence when a job failed.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        *,
        progress: Say,
        stopped: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        self._post, self._progress, self._stopped, self._failed = post, progress, stopped, failed
        self._job: Job | None = None
        self._threads: list[threading.Thread] = []
        self._listing = threading.Lock()

    def start(
        self,
        work: Callable[[Say, threading.Event], T],
        done: Callable[[T], None],
        left: Callable[[], None] = lambda: None,
    ) -> None:
        """Run ``work(say, stop)`` in a thread, then ``done(result)`` in the owner's.

        Parameters
        ----------
        work : callable
            `say` reports progress and, once the job shall stop, raises `Stopped`.
        done : callable
        left : callable
            Called in the thread at the end of a job that was stopped or dropped.
        """
        job = Job()

        def run() -> None:
            outcome = self._outcome(job, work, done)
            if job.stop.is_set():
                left()
            with suppress(RuntimeError):  # The kernel ends, and its loop with it.
                self._post(lambda: self._finish(job, outcome))

        self._job = job
        job.thread = threading.Thread(target=run, name="explorer-worker", daemon=True)
        # One job may start another before its own thread is listed; and only what was started can be waited for.
        with self._listing:
            job.thread.start()
            self._threads = [thread for thread in self._threads if thread.is_alive()] + [job.thread]

    def _outcome(self, job: Job, work: Callable[[Say, threading.Event], T], done: Callable[[T], None]) -> Callable[[], None]:
        try:
            result = work(self._say(job), job.stop)
        except Stopped:
            return self._stopped
        except ExplorerError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001  (a fault must reach the reader, who sees no log)
            reason = f"Something broke: {type(error).__name__}: {error}. Nothing was changed."
        else:
            return lambda: done(result)
        return lambda: self._failed(reason)

    def _say(self, job: Job) -> Say:
        said = ("", 0.0)

        def say(stage: str, part: float | None) -> None:
            nonlocal said
            if job.stop.is_set():
                raise Stopped
            now = time.monotonic()
            if stage != said[0] or now - said[1] >= _OFTEN:
                said = (stage, now)
                self._post(lambda: self._report(job, stage, part))

        return say

    def _report(self, job: Job, stage: str, part: float | None) -> None:
        if self._job is job and not job.stop.is_set():
            self._progress(stage, part)

    def _finish(self, job: Job, outcome: Callable[[], None]) -> None:
        if self._job is job:
            self._job = None
            outcome()

    def stop(self) -> None:
        """Ask the job to stop; its outcome tells whether it did."""
        if self._job is not None:
            self._job.stop.set()

    def drop(self) -> None:
        """Ask the job to stop, and take no outcome of it."""
        self.stop()
        self._job = None

    def join(self, timeout: float | None = None) -> None:
        """Wait for the threads of all jobs, dropped ones and those that they started too."""
        waited: set[threading.Thread] = set()
        while True:
            with self._listing:
                left = [thread for thread in self._threads if thread not in waited]
            if not left:
                return
            for thread in left:
                thread.join(timeout)
            waited.update(left)


class ShownWork:
    """Work in a thread, of which a page shows how far it is.

    Parameters
    ----------
    post : callable
        ``post(step)`` has `step()` called where messages are handled.
    tell : callable
        Called whenever `state` changed.

    Attributes
    ----------
    state : dict or None
        `stage` in words and `part` (0 to 1, or None where it is unknown) of what is under way; None where nothing is.
    """

    def __init__(self, post: Callable[[Callable[[], None]], None], tell: Callable[[], None]) -> None:
        self.state: dict[str, Any] | None = None
        self._tell = tell
        self._worker = Worker(post, progress=self._progressed, stopped=self._stopped, failed=self._failed)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the thread."""
        self._worker.join(timeout)

    def _progressed(self, stage: str, part: float | None) -> None:
        self._show({"stage": stage, "part": part})

    def _show(self, state: dict[str, Any] | None) -> None:
        self.state = state
        self._tell()

    def _stopped(self) -> None:
        raise NotImplementedError

    def _failed(self, reason: str) -> None:
        raise NotImplementedError


Stages = Mapping[str, tuple[str, float, float]]
"""What each stage is called, and the parts of the whole at which it starts and ends."""

BUILDING: Stages = {
    "papers": ("Writing the papers", 0.0, 0.05),
    "facets": ("Counting authors, venues and keywords", 0.05, 0.1),
    "index": ("Indexing the full text", 0.1, 0.35),
    "topics": ("Finding topics", 0.35, 0.95),
    "flush": ("Finishing", 0.95, 1.0),
}
"""Of a build."""

PREPARING: Stages = {
    "terms": ("reading the words", 0.0, 0.75),
    "vectors": ("learning what they mean", 0.75, 0.94),
    "concepts": ("learning which go together", 0.94, 0.97),
    "flush": ("writing it down", 0.97, 1.0),
}
"""Of what ranking by meaning takes; within a sentence."""


def building(say: Say) -> Callable[[str, float], None]:
    """Progress of a build, for a reader."""
    return _staged(BUILDING, say)


def preparing(say: Say) -> Callable[[str, float], None]:
    """Progress of what ranking by meaning takes, for a reader."""
    return _staged(PREPARING, say)


def _staged(stages: Stages, say: Say) -> Callable[[str, float], None]:
    def progress(stage: str, part: float) -> None:
        label, start, end = stages[stage]
        say(label, start + (end - start) * part)

    return progress

"""Where the parts of a work are done: in turn, in processes, or by the workers of a Dask cluster. The outcome does not tell which.

A work is a function of a module, and its tasks are plain values that travel. What it makes of papers it writes into files, so
that little travels; done twice, as after the death of a worker, it leaves what it leaves when it is done once.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from explorer.errors import CorpusError

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[float], None]
Work = Callable[[Task, Progress], Result]
"""Does one task; called with it and with what is told the part of it that is done, 0 to 1."""

DEATHS = 3
"""Times in a row that workers may die before a work is given up."""

_BEAT = 0.2
"""Seconds after which who waits looks whether the work shall stop."""

_SILENCE = 10.0
"""Seconds without a connection after which a scheduler is given up."""

_FRESH = 5.0
"""Seconds for which it is taken for known which workers there are."""

_LIMITED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Of a process among others: with a thread for each core of its own they would wait for each other."""


def unheard(part: float) -> None:
    """What a work is told by that is done elsewhere: nobody hears it."""


class Executor(Protocol):
    """Does the parts of a work."""

    @property
    def workers(self) -> int:
        """How many parts are done at the same time."""

    def map(
        self, work: Callable[[Task, Progress], Result], tasks: Sequence[Task], progress: Progress = unheard
    ) -> Iterator[tuple[int, Result]]:
        """Do a work on every task.

        Parameters
        ----------
        work : callable
            A function of a module (see `Work`).
        tasks : sequence
            Values that can be pickled.
        progress : callable
            Called with the part of all tasks that is done, 0 to 1, time and again; an exception it raises stops the work.

        Yields
        ------
        int, object
            Number of the task, and what came of it, as each is done. Who stops asking stops the work.

        Raises
        ------
        CorpusError
            Workers died again and again, or cannot be reached.
        """


class Aside:
    """A work that others do, waited for by a thread while its caller goes on.

    Parameters
    ----------
    work : callable
        Called in the thread, with what it tells the part done, 0 to 1.

    Examples
    --------
    >>> heard = []
    >>> with Aside(lambda told: told(1.0)) as aside:
    ...     aside.end(heard.append)
    >>> heard[-1]
    1.0
    """

    def __init__(self, work: Callable[[Progress], None]) -> None:
        self._part, self._left = 0.0, threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), name="explorer-aside", daemon=True)

    def _run(self, work: Callable[[Progress], None]) -> None:
        try:
            work(self._told)
        except BaseException as failure:  # noqa: BLE001  (raised where it is waited for)
            self._failure = failure

    def _told(self, part: float) -> None:
        if self._left.is_set():
            raise _Left
        self._part = part

    def __enter__(self) -> Aside:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._left.set()
        self._thread.join()

    def end(self, progress: Progress) -> None:
        """Wait for the end of the work.

        Parameters
        ----------
        progress : callable
            Called with the part done, 0 to 1, time and again; an exception it raises ends the wait, and the work.

        Raises
        ------
        Exception
            What the work raised.
        """
        while True:
            progress(self._part)
            if not self._thread.is_alive():
                break
            self._thread.join(_BEAT)
        if self._failure is not None:
            raise self._failure


def in_threads(work: Callable[[Task], Result], tasks: Iterable[Task], threads: int = 2) -> Iterator[Result]:
    """Do tasks in other threads, a little ahead of who takes what comes of them.

    For work that mostly waits for libraries which let other threads run meanwhile; it must not change what others look at.

    Parameters
    ----------
    work : callable
    tasks : iterable
    threads : int
        With one, each task is done after the one before. More than two wait for each other wherever Python runs.

    Yields
    ------
    object
        What came of each task, in their order. Who stops asking stops the work, and waits for what is being done.

    Examples
    --------
    >>> list(in_threads(len, ["one", "three"]))
    [3, 5]
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="explorer-ahead") as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                ahead.append(pool.submit(work, task))
                if len(ahead) > threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for left in ahead:
                left.cancel()


class _Left(Exception):
    """Nobody waits for the work any more."""


class InTurn:
    """One part after another, in this process: the least memory."""

    workers = 1

    def map(
        self, work: Callable[[Task, Progress], Result], tasks: Sequence[Task], progress: Progress = unheard
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.map`."""
        for number, task in enumerate(tasks):
            yield number, work(task, lambda part, number=number: progress((number + part) / len(tasks)))  # type: ignore[misc]


class Processes:
    """In processes of this machine, which are started at the first work and kept for the next.

    Parameters
    ----------
    workers : int
        How many.

    Raises
    ------
    CorpusError
        There are none.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise CorpusError(f"{workers} processes do no work. Name one or more.")
        self.workers = workers
        self._pool: Any = None
        self._lock = threading.Lock()

    def map(
        self, work: Callable[[Task, Progress], Result], tasks: Sequence[Task], progress: Progress = unheard
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.map`."""
        from concurrent.futures import FIRST_COMPLETED, wait
        from concurrent.futures.process import BrokenProcessPool

        left = dict(enumerate(tasks))
        deaths = 0
        pool = None
        while left:
            running: dict[Any, int] = {}
            try:
                pool = self._started()
                for number, task in left.items():
                    running[pool.submit(work, task, unheard)] = number
                while running:
                    done = wait(running, timeout=_BEAT, return_when=FIRST_COMPLETED).done
                    progress((len(tasks) - len(left)) / len(tasks))
                    for future in done:
                        result = future.result()
                        number = running.pop(future)
                        del left[number]
                        deaths = 0
                        yield number, result
            except BrokenProcessPool:
                # All that was under way is done again, in new processes; what was handed on is not.
                running.clear()
                self._close(pool)
                deaths += 1
                if deaths == DEATHS:
                    raise CorpusError(_died(sorted(left), len(tasks))) from None
            finally:
                busy = [future for future in running if not future.cancel() and not future.done()]
                if busy:
                    # What nobody waits for would go on writing.
                    self.close()

    def _started(self) -> Any:
        with self._lock:
            if self._pool is None:
                import multiprocessing
                from concurrent.futures import ProcessPoolExecutor

                # Not forked: another thread may hold a lock, which nobody would ever let go of in the copy.
                pool = ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"), initializer=_one_thread)
                self._pool = pool
                self._end = weakref.finalize(self, _ended, pool)
            return self._pool

    def close(self) -> None:
        """End the processes; the next work starts others."""
        self._close(self._pool)

    def _close(self, pool: Any) -> None:
        # Two works may be under way: the processes that one of them has started again are not those that died.
        with self._lock:
            if pool is not None and self._pool is pool:
                self._pool = None
                self._end()


def _one_thread() -> None:
    os.environ.update(dict.fromkeys(_LIMITED, "1"))


def _ended(pool: Any) -> None:
    """End the processes of a pool without waiting for what they are at."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


class OnDask:
    """By the workers of a `dask.distributed` cluster, which reach the corpus under the path that it has here.

    Parameters
    ----------
    client : distributed.Client
        Stays the caller's, who closes it.
    same : callable, optional
        A function of a module that gives what must be on every worker as it is here; the versions of packages, for example.

    Raises
    ------
    CorpusError
        There is no worker, or one of them differs in what must be the same.
    """

    def __init__(self, client: Any, same: Callable[[], Mapping[str, str]] = dict) -> None:
        self._client = client
        self.address = str(client.scheduler.address)
        self._same = same
        self._known: dict[str, int] = {}
        self._looked = float("-inf")
        self._check()

    def close(self) -> None:
        """Close the connection, where it was made for this work alone."""
        self._client.close()

    @property
    def workers(self) -> int:
        """Threads of all workers, each of which does a part."""
        return max(1, sum(self._threads().values()))

    def _threads(self) -> dict[str, int]:
        """Threads of each worker, as of some seconds ago at most: to ask the scheduler before each work would double its time."""
        now = time.monotonic()
        # Where there is no connection now, asking would wait for a minute; `map` waits for it, and says so in the end.
        if now - self._looked > _FRESH and self._client.status == "running":
            try:
                self._known = {str(worker): int(threads) for worker, threads in self._client.nthreads().items()}
            except OSError as error:
                raise CorpusError(self._unreached(type(error).__name__)) from error
            self._looked = now
        return self._known

    def _check(self) -> None:
        try:
            found = self._client.run(self._same)
        except Exception as error:
            raise CorpusError(
                f"The workers of {self.address} cannot do what is asked ({type(error).__name__}: {error}). "
                "Install the same version of Literature Explorer on each, and start them again."
            ) from error
        if not found:
            raise CorpusError(f"The scheduler at {self.address} has no worker. Start some: dask worker {self.address}")
        here = self._same()
        for worker, there in sorted(found.items()):
            unlike = [
                f"{name} {there.get(name, '(none)')} and not {here[name]}" for name in here if there.get(name) != here[name]
            ]
            if unlike:
                raise CorpusError(
                    f"The worker {worker} has {', '.join(unlike)}, so that its results could differ. Install the same versions."
                )

    def map(
        self, work: Callable[[Task, Progress], Result], tasks: Sequence[Task], progress: Progress = unheard
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.map`. A part goes to the worker that has its files open, where that one is free."""
        from concurrent.futures import CancelledError

        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        left: dict[Any, int] = {}
        done: SimpleQueue[Any] = SimpleQueue()
        heard = time.monotonic()
        try:
            addresses = sorted(self._threads())
            for number, task in enumerate(tasks):
                where = [addresses[number % len(addresses)]] if addresses else None
                future = self._client.submit(work, task, unheard, pure=False, workers=where, allow_other_workers=True)
                left[future] = number
                future.add_done_callback(done.put)
            while left:
                with contextlib.suppress(Empty):
                    future = done.get(timeout=_BEAT)
                    number = left[future]
                    result = future.result()
                    del left[future]
                    yield number, result
                if self._client.status == "running":
                    heard = time.monotonic()
                elif time.monotonic() - heard > _SILENCE:
                    raise CorpusError(self._unreached(self._client.status))
                progress(1 - len(left) / len(tasks))
        except KilledWorker as error:
            raise CorpusError(_died(sorted(left.values()), len(tasks))) from error
        except (CancelledError, CommClosedError) as error:
            raise CorpusError(self._unreached(type(error).__name__)) from error
        finally:
            if left and self._client.status == "running":
                self._client.cancel(list(left), force=True)

    def _unreached(self, why: str) -> str:
        return f"The scheduler at {self.address} does not answer ({why}). See that it runs, and do it again."


def _died(numbers: Sequence[int], count: int) -> str:
    some = ", ".join(str(number + 1) for number in numbers[:3])
    return (
        f"Workers died {DEATHS} times in a row at part {some} of {count}; they may lack memory. "
        "Make the parts smaller (--part-size), or give the workers more."
    )

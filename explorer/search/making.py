"""Terms and vectors of a large corpus, made once for all who open it: in a process of its own, while the others wait.

``python -m explorer.search.making GENERATION FOLDER`` is that process. It takes gigabytes for a while, which a dashboard that made
them itself would keep for good; and it says on its output how far it has come.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.disk import cache_folder
from explorer.errors import CorpusError
from explorer.executors import Aside
from explorer.papers.paper_table import PaperTable
from explorer.papers.rows import rows_of
from explorer.papers.spool import open_spool
from explorer.store.build import Progress
from explorer.store.paper_files import read_table
from explorer.store.parts import Part, Plan

if TYPE_CHECKING:
    from explorer.ranking.text_parts import TextParts

LARGE = 5_000
"""Papers from which it takes a process of its own; fewer take some seconds."""

MOST = 200_000
"""Papers up to which they are made while one process builds the rest of a corpus: of more, both take more memory than either may."""

_OF = "generation"
"""File in a folder of the cache that says which generation it was made of."""

_TEXTS = ["title", "abstract"]

_COMPARED = 10_000
"""Papers that are compared at once with the records that they were."""

_LOOK = 0.1
"""Seconds after which one who waits looks again."""


def home(generation: Path) -> Path:
    """The folder for what is made of a generation: itself, or one in the cache where it is somebody else's and cannot be written."""
    return generation if os.access(generation, os.W_OK) else cache_folder() / "meaning" / generation.name


def make(generation: Path, folder: Path, progress: Progress) -> None:
    """See that a generation has its terms and vectors in a folder: have them made, or wait for another process that makes them.

    Where that folder cannot be written either nothing happens, and who asks makes them in memory.

    Parameters
    ----------
    generation : Path
    folder : Path
        Within the generation's `home`.
    progress : callable
        Called as ``progress(stage, part)`` again and again, also while another process makes them; an exception it raises ends the
        wait, and the making if it is ours. Nothing is left then; whoever waits too begins again.

    Raises
    ------
    CorpusError
        They could not be made.
    """
    if folder.is_dir():
        return
    told, lock = ("terms", 0.0), folder.parent / f".{folder.name}.lock"
    try:
        if folder.parent != generation:
            _enter_cache(generation, folder.parent)
        lock.touch()
    except OSError:
        return
    while not folder.is_dir():
        with _turn(lock) as file:
            if file is None:
                told = _read(lock) or told
                progress(*told)
                time.sleep(_LOOK)
            elif not folder.is_dir():
                # Of a maker that was killed: while this one has its turn no other is at work.
                _remove_left(folder)
                try:
                    _have_made(generation, folder, file, progress)
                finally:
                    _remove_left(folder)
                if not folder.is_dir():
                    return


def _remove_left(folder: Path) -> None:
    for left in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left, ignore_errors=True)


def _enter_cache(generation: Path, folder: Path) -> None:
    """Make the folder of a generation in the cache, and remove those of generations that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _OF).write_text(str(generation.resolve()), encoding="utf-8")
    for other in folder.parent.iterdir():
        with contextlib.suppress(OSError):
            if not Path((other / _OF).read_text(encoding="utf-8")).is_dir():
                shutil.rmtree(other)


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[IO[bytes] | None]:
    """The open file of a lock for as long as it is held; None where another process holds it. The system frees that of one that ends."""
    with path.open("ab") as file:
        with contextlib.suppress(OSError):
            # Whoever may write the corpus may have it made.
            path.chmod(0o666)
        try:
            if sys.platform == "win32":
                import msvcrt

                file.seek(1 << 20)  # others read the beginning, which a lock would keep them from
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            yield None
        except OSError:
            # File systems without locks, as some network drives are, do without: two may then make the same.
            yield file
        else:
            yield file


def _read(path: Path) -> tuple[str, float] | None:
    """How far the process that holds the lock has come."""
    with contextlib.suppress(OSError, ValueError):
        stage, part = path.read_text(encoding="utf-8").split()
        return stage, float(part)
    return None


def _maker(generation: Path, folder: Path, *read: Path) -> subprocess.Popen[str]:
    """A process that makes them, of the texts that a folder tells of (see `TextParts`), and says on its output how far it has come."""
    home = str(Path(__file__).parents[2])
    search = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "explorer.search.making", str(generation), str(folder), *map(str, read)]
    return subprocess.Popen(  # noqa: S603  (this interpreter, on folders of ours)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": search},
    )  # fmt: skip


def _have_made(generation: Path, folder: Path, lock: IO[bytes], progress: Progress) -> None:
    with _maker(generation, folder) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            for line in process.stdout:
                lock.truncate(0)
                lock.write(line.encode())
                lock.flush()
                stage, part = line.split()
                progress(stage, float(part))
        except BaseException:
            # It ends by itself, and takes what is half away, when nobody reads what it says.
            process.stdout.close()
            process.wait()
            raise
        said = process.stderr.read().strip().rpartition("\n")[2]
    if process.returncode and not folder.is_dir():
        reason = said or f"its process ended by signal {-process.returncode}"
        raise CorpusError(
            f"What ranking by concepts takes could not be made: {reason}. Free some memory or disk, and ask again."
        )


class Beside:
    """Terms and vectors that a process of its own makes while a build goes on with the rest of a generation.

    Where several work on the parts of a corpus, they read the texts of the records while it is looked for duplicates among them: of
    those that are no paper, or become one with other words, what was read is left out.

    Parameters
    ----------
    place : Path
        A folder on the disk of the corpus, in which they lie until the generation is in force.
    """

    def __init__(self, place: Path) -> None:
        self._place, self._made = place, place / "meaning"
        self._process: subprocess.Popen[str] | None = None
        self._told = ("terms", 0.0)
        self._readers: list[threading.Thread] = []
        self._reading = contextlib.ExitStack()
        self._aside: Aside | None = None
        self._records: pa.Table | None = None
        self._folders: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._reading.__exit__(kind, error, trace)
        if self._process is not None:
            with self._process as process:
                process.kill()
                for reader in self._readers:
                    reader.join()

    def read(self, spool: Path, plan: Plan) -> None:
        """Begin to read the texts of the records in the folder of a spool, where several work and they are not few."""
        records = open_spool(spool)
        if plan.executor.workers > 1 and records.num_rows >= LARGE:
            self._records = records
            self._aside = self._reading.enter_context(Aside(lambda told: self._read(str(spool), plan, told)))

    def _read(self, spool: str, plan: Plan, told: Callable[[float], None]) -> None:
        tasks = [(part, str(self._place)) for part in plan.parts(Path(spool), len(self._records or ()))]
        done = dict(plan.executor.map(read_records, tasks, told))
        self._folders = [Path(done[number]) for number in range(len(tasks))]

    def begin(self, generation: Path, rows: NDArray[np.int64] | None, progress: Progress) -> None:
        """Begin with the papers of a generation, whose files are written, unless they are few, or there is one processor.

        Where nobody has read the texts, those of many papers wait for the end of the build, for it is asked for little memory.

        Parameters
        ----------
        generation : Path
        rows : ndarray of int64, shape (n_papers,), optional
            The record that each paper was, by its row in the spool that `read` was given; that of the same row by default.
        progress : callable
            Called as ``progress("terms", part)`` while the texts are read; an exception it raises stops that.
        """
        papers = read_table(generation)
        if len(papers) < LARGE or (len(papers) > MOST and self._aside is None) or (os.cpu_count() or 1) == 1:
            return
        read: list[Path] = []
        if self._aside is not None:
            self._aside.end(lambda part: progress("terms", part))
            read = [Path(tempfile.mkdtemp(prefix="texts-", dir=self._place))]
            self._texts_of(papers, np.arange(len(papers)) if rows is None else rows, progress).save(read[0])
        self._process = process = _maker(generation, self._made, *read)
        # Both are read to their ends, so that it never waits; and when this process is killed, it hears that nobody reads.
        self._readers = [threading.Thread(target=hear, args=(process,), daemon=True) for hear in (self._hear, _overhear)]
        for reader in self._readers:
            reader.start()

    def _texts_of(self, papers: PaperTable, rows: NDArray[np.int64], progress: Progress) -> TextParts:
        """The texts of papers: those of the records that they were, and what else merging gave some of them."""
        from explorer.ranking.text_parts import TextParts, read_part

        records = self._records
        assert records is not None
        other = [np.empty(0, np.int64)]
        for first in range(0, len(papers), _COMPARED):
            some = rows[first : first + _COMPARED]
            mine = papers.slice(first, len(some)).select(_TEXTS)
            theirs = rows_of(records.select(_TEXTS).slice(int(some[0]), int(some[-1] - some[0]) + 1), some - some[0])
            pairs = ((pc.fill_null(table.column(name), "") for table in (mine, theirs)) for name in _TEXTS)
            other.append(first + np.flatnonzero(~np.asarray(pc.and_(*(pc.equal(*pair) for pair in pairs)))))
        merged = np.concatenate(other)
        places = rows.copy()
        places[merged] = records.num_rows + np.arange(len(merged))
        folders = [*self._folders]
        if len(merged):
            folders.append(Path(tempfile.mkdtemp(prefix="read-", dir=self._place)))
            read_part(papers, merged, folders[-1], lambda part: progress("terms", part))
        return TextParts(folders, None if np.array_equal(places, np.arange(records.num_rows)) else places)

    def _hear(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            stage, part = line.split()
            self._told = stage, float(part)

    def end(self, folder: Path, progress: Progress) -> None:
        """Wait for them, and move them to where they belong. What could not be made here is made when it is asked for.

        Parameters
        ----------
        folder : Path
            Within the generation, which is in force now.
        progress : callable
            Called as ``progress(stage, part)`` again and again; an exception it raises ends the wait.
        """
        while self._process is not None and self._process.poll() is None:
            progress(*self._told)
            time.sleep(_LOOK)
        # Who opened the corpus meanwhile may have had them made.
        with contextlib.suppress(OSError):
            self._made.rename(folder)


def read_records(task: tuple[Part, str], told: Callable[[float], None]) -> str:
    """Read the texts of a part of the records in a spool, into a folder of its own within another; returns it."""
    from explorer.ranking.text_parts import read_part

    part, place = task
    # Another that is half read may lie there, of a worker that died.
    folder = Path(tempfile.mkdtemp(prefix="read-", dir=place))
    read_part(open_spool(Path(part.generation)), np.arange(part.first, part.stop), folder, told)
    return str(folder)


def _overhear(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    process.stderr.read()


def main(generation: str, folder: str, *read: str) -> None:
    """Make them, telling how far it has come."""
    from explorer.ranking.meaning import Meaning
    from explorer.ranking.text_parts import TextParts

    def tell(stage: str, part: float) -> None:
        sys.stdout.write(f"{stage} {part:.4f}\n")
        sys.stdout.flush()

    if hasattr(os, "nice"):
        # Who reads comes before who waits.
        os.nice(5)
    texts = TextParts.open(Path(read[0])) if read else None
    Meaning.make(read_table(Path(generation)), Path(folder), progress=tell, read=texts)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BrokenPipeError:
        # Nobody wants them any more. What Python would flush at its end has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)

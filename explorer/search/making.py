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
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from explorer.disk import cache_folder
from explorer.errors import CorpusError
from explorer.store.build import Progress
from explorer.store.paper_files import read_table

LARGE = 5_000
"""Papers from which it takes a process of its own; fewer take some seconds."""

MOST = 200_000
"""Papers up to which they are made while a corpus is built: of more, both together would take more memory than either may."""

_OF = "generation"
"""File in a folder of the cache that says which generation it was made of."""

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


def _maker(generation: Path, folder: Path) -> subprocess.Popen[str]:
    """A process that makes them, and says on its output how far it has come."""
    home = str(Path(__file__).parents[2])
    search = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "explorer.search.making", str(generation), str(folder)]
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

    Parameters
    ----------
    place : Path
        A folder on the disk of the corpus, in which they lie until the generation is in force.
    """

    def __init__(self, place: Path) -> None:
        self._made = place / "meaning"
        self._process: subprocess.Popen[str] | None = None
        self._told = ("terms", 0.0)
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            with self._process as process:
                process.kill()
                for reader in self._readers:
                    reader.join()

    def begin(self, generation: Path) -> None:
        """Begin with the papers of a generation, whose files are written, unless they are few or many, or there is one processor."""
        if LARGE <= read_table(generation).num_rows <= MOST and (os.cpu_count() or 1) > 1:
            self._process = process = _maker(generation, self._made)
            # Both are read to their ends, so that it never waits; and when this process is killed, it hears that nobody reads.
            self._readers = [threading.Thread(target=read, args=(process,), daemon=True) for read in (self._hear, _overhear)]
            for reader in self._readers:
                reader.start()

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


def _overhear(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    process.stderr.read()


def main(generation: str, folder: str) -> None:
    """Make them, telling how far it has come."""
    from explorer.ranking.meaning import Meaning

    def tell(stage: str, part: float) -> None:
        sys.stdout.write(f"{stage} {part:.4f}\n")
        sys.stdout.flush()

    if hasattr(os, "nice"):
        # Who reads comes before who waits.
        os.nice(5)
    Meaning.make(read_table(Path(generation)), Path(folder), progress=tell)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BrokenPipeError:
        # Nobody wants them any more. What Python would flush at its end has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)

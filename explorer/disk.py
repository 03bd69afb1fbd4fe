"""The disk of this machine: where caches and what readers made are kept, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import IO, BinaryIO

from platformdirs import user_cache_path, user_data_path

from explorer.errors import ExportError

NAME = "literature-explorer"

TEMPORARY = "litexplorer-"
"""How the names of our folders in the system's temporary folder begin."""


def cache_folder() -> Path:
    """Where what can be made again is kept: `LITEXPLORER_CACHE`, else the user's cache folder."""
    given = os.environ.get("LITEXPLORER_CACHE")
    return Path(given) if given else user_cache_path(NAME, appauthor=False)


def data_folder() -> Path:
    """Where what a reader made is kept: `LITEXPLORER_DATA_HOME`, else the user's data folder."""
    given = os.environ.get("LITEXPLORER_DATA_HOME")
    if given:
        return Path(given)
    # Where versions before kept it on every system; what a reader made there is not left behind.
    before = Path.home() / ".local" / "share" / NAME
    return before if before.is_dir() and not os.environ.get("XDG_DATA_HOME") else user_data_path(NAME, appauthor=False)


def is_corpus(folder: Path) -> bool:
    """Whether a folder is that of a corpus; not of one that may not be looked into, of which nobody knows."""
    return os.path.isfile(folder / "manifest.json") and any(folder.glob("g-*-*"))  # noqa: PTH113  (`Path.is_file` raises)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, flush it, and rename it: the old file or the new one is there, never half.

    Raises
    ------
    OSError
        The folder cannot be written; what was there stays.
    """
    with written_whole(path) as (file,):
        file.write(data)


def deliver(data: bytes, path: str | PathLike[str] | None) -> bytes:
    """Write `data` to `path`, if one is given, and return it. The file is complete or absent, whatever happens meanwhile.

    Raises
    ------
    ExportError
        The folder cannot be written to.
    """
    if path is None:
        return data
    try:
        write_whole(Path(path), data)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}. Choose another folder.") from error
    return data


@contextlib.contextmanager
def written_whole(*paths: Path) -> Iterator[tuple[BinaryIO, ...]]:
    """Have files of one folder written under temporary names; at the end they take their own, unless something went wrong.

    Of several files the later ones speak of the first. They are withdrawn before it changes, and come after it: whatever ends the
    process in between, none stands beside a first one that it does not speak of.

    Yields
    ------
    files : tuple of file
        To be written; they can be read as well.

    Raises
    ------
    OSError
        The folder cannot be written; what was there stays.
    """
    # A link is written through, not replaced.
    targets = [Path(os.path.realpath(path)) for path in paths]
    modes = [target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask() for target in targets]
    remove_left(targets[0].parent, f".{targets[0].name}.")
    with contextlib.ExitStack() as opened:
        files = [opened.enter_context(_held(target)) for target in targets]
        yield tuple(file for file, _ in files)
        for (file, temporary), mode in zip(files, modes, strict=True):
            file.flush()
            os.fsync(file.fileno())
            # A temporary file is its owner's; this one is as readable as the one before, or as any other new file.
            temporary.chmod(mode)
        # Windows renames no open file.
        for file, _ in files:
            file.close()
        for target in reversed(targets[1:]):
            target.unlink(missing_ok=True)
        for (_, temporary), target in zip(files, targets, strict=True):
            temporary.replace(target)
    flush(targets[0].parent)


_LEFT = ".lx-part"
"""How the names of files end that are being written; whoever writes one holds its lock."""


@contextlib.contextmanager
def _held(target: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new temporary file beside another, locked while it is open; gone in the end if it still has its name."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=_LEFT, dir=target.parent)
        file, temporary = os.fdopen(handle, "w+b"), Path(name)
        lock(file)
        # Before it was locked it may have been taken for a leftover.
        if temporary.exists():
            break
        file.close()
    try:
        with file:
            yield file, temporary
    finally:
        temporary.unlink(missing_ok=True)


def remove_left(folder: Path, start: str) -> None:
    """Remove what a process that ended was writing into a folder, under names that start so; what another still writes stays."""
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if path.name.startswith(start) and path.name.endswith(_LEFT):
                with contextlib.suppress(OSError), path.open("r+b") as file:
                    if lock(file, wait=False):
                        path.unlink()


class HeldFolder:
    """A new folder that goes when it is closed; where its process was killed, when the next of such a name is made.

    Parameters
    ----------
    start : str
        How its name begins.
    parent : Path, optional
        Where it is made; by default the system's temporary folder.

    Attributes
    ----------
    path : Path
    """

    def __init__(self, start: str, parent: Path | None = None) -> None:
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        with contextlib.suppress(OSError):
            for left in [path for path in parent.iterdir() if path.name.startswith(start)]:
                if not is_held(left):
                    shutil.rmtree(left, ignore_errors=True)
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=start, dir=parent))
            with contextlib.suppress(FileNotFoundError):
                self._held = hold(self.path)
                break

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it; once more does no harm."""
        self._held.close()
        shutil.rmtree(self.path, ignore_errors=True)


HELD = "held.lock"
"""In a folder that a process works in: locked while it does."""


def hold(folder: Path) -> IO[bytes]:
    """Say that this process works in a folder, until what is returned is closed.

    Raises
    ------
    FileNotFoundError
        It was taken for a leftover meanwhile.
    """
    file = (folder / HELD).open("ab")
    lock(file)
    if (folder / HELD).exists():
        return file
    file.close()
    raise FileNotFoundError(folder)


def is_held(folder: Path) -> bool:
    """Whether a living process may still work in a folder; one that never said so, nobody knows of."""
    try:
        with (folder / HELD).open("r+b") as file:
            return not lock(file, wait=False)
    except OSError:
        # An earlier version made it, or somebody else.
        return True


def lock(file: IO[bytes], *, wait: bool = True) -> bool:
    """Lock an open file until it is closed or the process ends, which the system sees to; whether that could be done.

    A number of a process may come again, in a container at once; a lock does not outlive its process.
    """
    # File systems without locks, as some network drives are, do without.
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return True
    return False


def flush(path: Path) -> None:
    """Make sure a file, or the entries of a folder, are on the disk, where the system can."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(PermissionError, IsADirectoryError):
        handle = os.open(path, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_to_others(path: Path) -> None:
    """Make a file or folder as readable as any other new one; libraries that write by temporary files keep them to their owner."""
    with contextlib.suppress(OSError):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~_umask())


FILES = "files.json"
"""In a folder of files that nothing writes into any more: the size and the hash of each, by its path there."""

_AT_OPENING = 8_000_000
"""Bytes of the smallest files of a folder that are hashed whenever it is opened, in some ten milliseconds: all files of a small one."""


def record_files(folder: Path, before: Path | None = None) -> None:
    """Write `FILES` for a folder.

    Parameters
    ----------
    folder : Path
    before : Path, optional
        A folder with which it shares files by hard links; those are not read again.
    """
    known = {}
    if before is not None:
        with contextlib.suppress(OSError, ValueError):
            for name, told in json.loads((before / FILES).read_text(encoding="utf-8")).items():
                with contextlib.suppress(OSError):
                    found = (before / name).stat()
                    known[found.st_dev, found.st_ino] = told
    recorded = {}
    for path in _recorded(folder):
        found = path.stat()
        told = known.get((found.st_dev, found.st_ino)) if found.st_ino else None
        recorded[path.relative_to(folder).as_posix()] = told or [found.st_size, _hash(path)]
    (folder / FILES).write_text(json.dumps(recorded, indent=0), encoding="utf-8")


def damaged_files(
    folder: Path, *, whole: bool, progress: Callable[[float], None] = lambda part: None
) -> Iterator[tuple[str, str]]:
    """Find files that are not as they were written.

    Parameters
    ----------
    folder : Path
    whole : bool
        Hash every file; otherwise only the smallest are, `_AT_OPENING` bytes of them, and of the others the size is compared.
    progress : callable
        Called with the part done, 0 to 1.

    Yields
    ------
    name, what : str
        Path in the folder, and what is wrong with it. Nothing for a folder without `FILES`, as earlier versions wrote them.
    """
    if not (folder / FILES).exists():
        return
    try:
        recorded = {
            str(name): (int(size), str(digest)) for name, (size, digest) in json.loads((folder / FILES).read_bytes()).items()
        }
    except (ValueError, AttributeError, TypeError):
        yield FILES, "is not as it was written"
        return
    total, done = max(1, sum(size for size, _ in recorded.values())), 0
    for name, (size, digest) in sorted(recorded.items(), key=lambda told: told[1][0]):
        try:
            if (folder / name).stat().st_size != size:
                yield name, f"has {(folder / name).stat().st_size:,} bytes instead of {size:,}"
            elif (whole or done + size <= _AT_OPENING) and _hash(folder / name) != digest:
                yield name, "is not as it was written"
        except OSError as error:
            yield name, f"cannot be read ({error.strerror or error})"
        done += size
        progress(done / total)


def seal(folder: Path, *said: str) -> str:
    """The hash of `FILES` of a folder, and of what else is said of it, by which either is known to be as it was written.

    Raises
    ------
    OSError
        There is no such file, or it cannot be read.
    """
    hashed = hashlib.blake2b((folder / FILES).read_bytes(), digest_size=16)
    for text in said:
        hashed.update(b"\0" + text.encode())
    return hashed.hexdigest()


def _recorded(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.suffix != ".lock" and path.name != FILES:
            yield path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _umask() -> int:
    # The system tells it only by setting another.
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""The disk of this machine: where caches and what readers made are kept, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

NAME = "literature-explorer"


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


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, flush it, and rename it: the old file or the new one is there, never half.

    Raises
    ------
    OSError
        The folder cannot be written; what was there stays.
    """
    # A link is written through, not replaced.
    target = Path(os.path.realpath(path))
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp keeps files to their owner; this one is as readable as the one before, or as any other new file.
        temporary.chmod(mode if mode is not None else 0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    flush(target.parent)


def flush(path: Path) -> None:
    """Make sure a file, or the entries of a folder, are on the disk, where the system can."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(PermissionError, IsADirectoryError):
        handle = os.open(path, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    # The system tells it only by setting another.
    mask = os.umask(0)
    os.umask(mask)
    return mask

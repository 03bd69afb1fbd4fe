"""The files that a path stands for: a file, a folder with all files below it, or a pattern."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import ReadError


def files_of(path: Path) -> list[Path]:
    """Files that a path stands for, in a fixed order.

    Parameters
    ----------
    path : Path
        A file; a folder, where files in hidden folders and hidden files are left out; a pattern such as ``exports/**/*.ris``.

    Raises
    ------
    ReadError
        There is nothing of that name, it may not be looked at, or the folder has no file.
    """
    try:
        return _files_of(path)
    except PermissionError as error:
        raise ReadError(f"{path} may not be read: the system refuses {error.filename}. Change its permissions.") from error


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        inside = sorted(_below(path))
        if not inside:
            raise ReadError(f"{path} is a folder without files.")
        return inside
    if path.is_file():
        return [path]
    if path.exists():
        # A pipe without a writer would be waited for.
        raise ReadError(f"{path} is no file but a pipe, a socket or a device. Save what it gives to a file.")
    found = [match for match in _matches(path) if match.is_file()]
    if not found:
        raise ReadError(f"{path} does not exist. Check the path.")
    return found


def _below(folder: Path) -> Iterator[Path]:
    """Files below a folder, and folders there that cannot be looked into, which reading them says."""
    closed: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path
    yield from closed


def _matches(pattern: Path) -> list[Path]:
    """Files and folders that a pattern stands for."""
    steps = [place for place, part in enumerate(pattern.parts) if any(mark in part for mark in "*?[")]
    if not steps:
        return []
    return sorted(Path(*pattern.parts[: steps[0]]).glob(str(Path(*pattern.parts[steps[0] :]))))

"""The files that a path stands for: a file, a folder with all files below it, or a pattern."""

from __future__ import annotations

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
        There is nothing of that name, or the folder has no file.
    """
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts[-2:]))
        if not inside:
            raise ReadError(f"{path} is a folder without files.")
        return inside
    if path.exists():
        return [path]
    found = [match for match in _matches(path) if match.is_file()]
    if not found:
        raise ReadError(f"{path} does not exist. Check the path.")
    return found


def _matches(pattern: Path) -> list[Path]:
    """Files and folders that a pattern stands for."""
    steps = [place for place, part in enumerate(pattern.parts) if any(mark in part for mark in "*?[")]
    if not steps:
        return []
    return sorted(Path(*pattern.parts[: steps[0]]).glob(str(Path(*pattern.parts[steps[0] :]))))

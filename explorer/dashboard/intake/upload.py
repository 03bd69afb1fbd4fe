"""Files that a page sends in parts: kept in a temporary folder until they are read.

A page can send anything: what it announces and what it sends is checked here, and a name never becomes a path.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.disk import TEMPORARY, HeldFolder
from explorer.errors import ReadError

if TYPE_CHECKING:
    from explorer.sources.source import Source

CHUNK = 4 << 20
"""Bytes of each part of a file but its last."""

LARGEST = 512 << 20
"""Most bytes of all files together."""

MOST_FILES = 200

_LONGEST_NAME = 160


@dataclass
class _File:
    name: str
    size: int
    path: Path
    parts: int = 0
    """Parts that have come."""

    @property
    def received(self) -> int:
        return min(self.parts * CHUNK, self.size)


class Upload:
    """Files on their way.

    Parameters
    ----------
    files : sequence of mapping
        What the page announces: `id` (text), `name` (text), `size` (bytes).

    Raises
    ------
    ReadError
        There are too many files, or they are too large.
    ValueError
        The announcement is malformed.
    """

    def __init__(self, files: Sequence[Mapping[str, Any]]) -> None:
        if not isinstance(files, list) or not files:
            raise ValueError("no files")
        if len(files) > MOST_FILES:
            raise ReadError(f"{len(files):,} files are more than the {MOST_FILES} taken at once. Put them into one .zip file.")
        announced = [_checked(file) for file in files]
        if len({key for key, _, _ in announced}) < len(announced):
            raise ValueError("two files of one id")
        self.total = sum(size for _, _, size in announced)
        if self.total > LARGEST:
            raise ReadError(
                f"The files have {self.total >> 20:,} MB together; a page takes {LARGEST >> 20} MB. "
                "Use the command line for more: litexplorer build FILE -o DIR"
            )
        self._held = HeldFolder(f"{TEMPORARY}intake-")
        self.folder = self._held.path
        self._files: dict[str, _File] = {}
        taken: set[str] = set()
        for number, (key, name, size) in enumerate(announced):
            self._files[key] = _File(_distinct(name, taken), size, self.folder / str(number))
            self._files[key].path.touch()

    @property
    def received(self) -> int:
        """Bytes that have come."""
        return sum(file.received for file in self._files.values())

    @property
    def complete(self) -> bool:
        """Whether every byte has come."""
        return self.received == self.total

    @property
    def names(self) -> list[str]:
        """What the files are called; no two are called the same."""
        return [file.name for file in self._files.values()]

    def take(self, key: object, part: object, data: bytes | memoryview) -> None:
        """Keep the next part of a file.

        Raises
        ------
        ValueError
            No such file was announced, the part is not the next one, or it has another length than it must have.
        ReadError
            The disk is full or cannot be written.
        """
        file = self._files.get(key) if isinstance(key, str) else None
        if file is None:
            raise ValueError("a file that was not announced")
        if isinstance(part, bool) or part != file.parts:
            raise ValueError("a part out of turn")
        data = memoryview(data).cast("B")
        if not data.nbytes or data.nbytes != min(CHUNK, file.size - file.received):
            raise ValueError("a part of a wrong length")
        try:
            with file.path.open("ab") as out:
                out.write(data)
        except OSError as error:
            raise ReadError(f"{file.name} cannot be kept while it arrives: {error.strerror}. Free some space.") from error
        file.parts += 1

    def sources(self, told: Mapping[str, Mapping[str, Any]]) -> list[Source]:
        """What the readers take; `told` holds the corrections of some, by name."""
        from explorer.sources.source import Source

        return [Source(file.name, path=file.path, **told.get(file.name, {})) for file in self._files.values()]

    def close(self) -> None:
        """Remove the files; once more does no harm."""
        self._held.close()


def _checked(file: Any) -> tuple[str, str, int]:
    """Id, name and size as announced."""
    if not isinstance(file, Mapping):
        raise ValueError("an announcement that is none")
    key, name, size = (file.get(part) for part in ("id", "name", "size"))
    if not isinstance(key, str) or not key or not isinstance(name, str) or isinstance(size, bool) or not isinstance(size, int):
        raise ValueError("an announcement without id, name or size")
    if size < 0:
        raise ValueError("a file of less than nothing")
    return key, base_name(name), size


def base_name(name: str) -> str:
    """The last part of a name, fit to be shown: it goes into messages and the ledger, never into a path."""
    base = re.split(r"[/\\]", name)[-1].encode(errors="replace").decode()
    shown = "".join(char for char in base if unicodedata.category(char)[0] != "C").strip()
    # The end is kept: the suffix helps to tell the format.
    return shown[-_LONGEST_NAME:] if shown.strip(". ") else "file"


def _distinct(name: str, taken: set[str]) -> str:
    """A name that no other file has; the suffix, which tells the format, stays."""
    stem, dot, suffix = name.rpartition(".")
    stem, ending = (stem, dot + suffix) if stem else (name, "")
    number, fresh = 2, name
    while fresh in taken:
        fresh, number = f"{stem} ({number}){ending}", number + 1
    taken.add(fresh)
    return fresh

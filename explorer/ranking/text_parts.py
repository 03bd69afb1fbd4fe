"""Texts of papers that were read part by part, before or after it was known which of them a corpus holds; joined for its index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explorer.memory import give_back
from explorer.ranking.acronyms import definitions
from explorer.ranking.analysis import forget
from explorer.ranking.arrays import Folder, Place
from explorer.ranking.tokens import Tokens

_BATCH = 5_000
"""Papers whose texts lie in memory at once."""

_LONG_FORMS = "long_forms.json"
"""File of a part: the acronyms that its papers write out."""

_ABOUT, _PLACES = "parts.json", "places.npy"


@dataclass(frozen=True)
class TextParts:
    """What was read of some papers.

    Attributes
    ----------
    folders : sequence of Path
        As `read_part` filled them.
    places : ndarray of int64, shape (n_papers,), optional
        The papers of the corpus by their places among those that were read, one part behind the other; all of them by default.
    """

    folders: Sequence[Path]
    places: NDArray[np.int64] | None = None

    def tokens(self, place: Place, scratch: Path) -> Tokens:
        """Tokens of the papers of the corpus, made in a place; what is needed meanwhile lies in an existing folder."""
        parts = [Tokens.open(folder) for folder in self.folders]
        if self.places is None:
            return Tokens.joined(parts, place=place)
        return Tokens.joined(parts, place=Folder(scratch)).taken(self.places, place=place)

    def definitions(self) -> Iterator[list[tuple[str, str]]]:
        """What `acronyms.definitions` says of each paper of the corpus that has any, in their order."""
        ends = np.cumsum([len(np.load(folder / "lengths.npy", mmap_mode="r")) for folder in self.folders])
        # Of all parts at once they would lie in memory, the more the more papers there are. Papers that merging changed come from the last.
        read = lru_cache(2)(_definitions_in)
        papers = int(ends[-1]) if self.places is None else len(self.places)
        for first in range(0, papers, _BATCH):
            last = min(first + _BATCH, papers)
            places = np.arange(first, last) if self.places is None else self.places[first:last]
            numbers = np.searchsorted(ends, places, side="right")
            for number, place in zip(numbers.tolist(), places.tolist(), strict=True):
                start = int(ends[number - 1]) if number else 0
                if pairs := read(self.folders[number]).get(place - start):
                    yield pairs

    def save(self, folder: Path) -> None:
        """Write down which they are, into an existing folder."""
        if self.places is not None:
            np.save(folder / _PLACES, self.places)
        (folder / _ABOUT).write_text(json.dumps([str(part) for part in self.folders]), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `save` wrote."""
        folders = [Path(part) for part in json.loads((folder / _ABOUT).read_text(encoding="utf-8"))]
        return cls(folders, np.load(folder / _PLACES) if (folder / _PLACES).exists() else None)


def _definitions_in(folder: Path) -> dict[int, list[tuple[str, str]]]:
    """What `acronyms.definitions` says of each paper of a part that has any, by its row there."""
    _, written = json.loads((folder / _LONG_FORMS).read_text(encoding="utf-8"))
    return {row: [(short, long) for short, long in pairs] for row, pairs in written}


def read_part(table: pa.Table, rows: NDArray[np.int64], folder: Path, progress: Callable[[float], None]) -> None:
    """Read some papers into a folder.

    Parameters
    ----------
    table : pyarrow.Table
        Papers in the schema.
    rows : ndarray of int64
        Those that are read.
    folder : Path
        An existing, empty one.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the work.
    """
    texts = table.select(["title", "abstract"])
    written: list[tuple[int, list[tuple[str, str]]]] = []

    def papers() -> Iterator[tuple[str, str]]:
        for first in range(0, len(rows), _BATCH):
            progress(first / len(rows))
            some = rows[first : first + _BATCH]
            in_a_row = int(some[-1] - some[0]) == len(some) - 1
            part = texts.slice(int(some[0]), len(some)) if in_a_row else texts.take(pa.array(some))
            columns = (part.column(name).to_pylist() for name in ("title", "abstract"))
            for row, (title, abstract) in enumerate(zip(*columns, strict=True), first):
                paper = title or "", abstract or ""
                if found := definitions(as_text(*paper)):
                    written.append((row, found))
                yield paper

    Tokens.read(papers(), place=Folder(folder)).save(folder)
    (folder / _LONG_FORMS).write_text(json.dumps([len(rows), written], ensure_ascii=False), encoding="utf-8")
    forget()
    give_back()


def as_text(title: str, abstract: str) -> str:
    """Title and abstract as one text, in which acronyms are looked for."""
    return f"{title}. {abstract}"

"""The papers of a generation, in files of some thousand that are mapped into memory."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from explorer.errors import CorpusError
from explorer.papers.schema import FIELDS

_FILE = 65_536
"""Papers a file."""


class Texts:
    """Title and abstract of each paper, joined when asked for."""

    def __init__(self, table: pa.Table) -> None:
        # Left in the chunks they are in: put together, the text of all papers would lie in memory.
        self._titles, self._abstracts = (table.column(name) for name in ("title", "abstract"))

    def __len__(self) -> int:
        return len(self._titles)

    def __getitem__(self, row: int) -> str:
        return f"{self._titles[row].as_py() or ''} {self._abstracts[row].as_py() or ''}"


def write_papers(table: pa.Table, target: Path, number: int = 0) -> None:
    """Write papers as files, from a number on. There are several, so that a paper which is replaced costs one of them."""
    for start in range(0, max(table.num_rows, 1), _FILE):
        write_file(table.slice(start, _FILE), target / f"papers.{number + start // _FILE}.arrow")


def write_file(table: pa.Table, path: Path) -> None:
    """Write one file of papers."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        # In one piece, whatever pieces it came in.
        writer.write_table(table.combine_chunks(), max_chunksize=_FILE)


def read_table(generation: Path) -> pa.Table:
    """Open the papers of a generation memory-mapped.

    Raises
    ------
    CorpusError
        A file is missing or damaged.
    """
    parts: list[pa.Table] = []
    number = 0
    while not parts or (generation / f"papers.{number}.arrow").exists():
        path = generation / f"papers.{number}.arrow"
        parts.append(read_file(path))
        number += 1
    table = pa.concat_tables(parts, promote_options="permissive") if len(parts) > 1 else parts[0]
    names = set(table.column_names)
    if any(name not in names or table.schema.field(name).type != kind for name, kind in FIELDS.items()):
        raise CorpusError(f"{generation} does not have the columns of a paper table. Build the corpus again.")
    return table


def read_file(path: Path) -> pa.Table:
    """Open one file of papers memory-mapped. Raises as `read_table` does."""
    try:
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise CorpusError(f"{path} is missing or damaged ({error}). Build the corpus again.") from error

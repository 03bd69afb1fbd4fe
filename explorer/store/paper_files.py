"""The papers of a generation, in files of some thousand that are mapped into memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from explorer.errors import CorpusError
from explorer.papers.paper_table import PACKED, STORED, THREADS, Packing, PaperTable, learn_packing, packed, stored_alike
from explorer.papers.schema import FIELDS
from explorer.topics.terms import TITLE_END

DICTIONARY = "papers.dictionary"
"""File of what abstracts are packed by; a generation whose abstracts are not packed has none."""

FILE = 65_536
"""Papers a file."""

_TOGETHER = 1_000
"""Papers whose texts are read at once by who reads all."""


class Texts:
    """Title and abstract of each paper, joined when asked for, by what says where the title ends; of one that has neither, its keywords."""

    def __init__(self, table: pa.Table | PaperTable) -> None:
        # Left in the chunks they are in: put together, the text of all papers would lie in memory.
        self._titles, self._abstracts, self._keywords = (table.column(name) for name in ("title", "abstract", "keywords"))

    def __len__(self) -> int:
        return len(self._titles)

    def __getitem__(self, row: int) -> str:
        title, abstract = self._titles[row].as_py(), self._abstracts[row].as_py()
        return f"{title or ('' if abstract else self._said(row))}{TITLE_END}{abstract or ''}"

    def __iter__(self) -> Iterator[str]:
        # Who reads all has them some at a time, which takes a tenth of the time of one by one.
        for start in range(0, len(self), _TOGETHER):
            titles, abstracts = (column.slice(start, _TOGETHER).to_pylist() for column in (self._titles, self._abstracts))
            for row, (title, abstract) in enumerate(zip(titles, abstracts, strict=True), start):
                yield f"{title or ('' if abstract else self._said(row))}{TITLE_END}{abstract or ''}"

    def _said(self, row: int) -> str:
        """Keywords of a paper as a text, none of which goes on in the next."""
        return "; ".join(self._keywords[row].as_py() or ())


def write_papers(table: pa.Table, target: Path, number: int = 0) -> None:
    """Write papers as files, from a number on. There are several, so that a paper which is replaced costs one of them.

    Abstracts are packed as those are that the folder has already; where it has none, by what is learnt from these.
    """
    packing = packing_for(table, target)
    for start in range(0, max(table.num_rows, 1), FILE):
        write_file(table.slice(start, FILE), target / f"papers.{number + start // FILE}.arrow", packing)


def packing_for(table: pa.Table, target: Path) -> Packing | None:
    """How abstracts are packed in a folder; what is learnt for that from papers, where it has none, is kept there."""
    packing = read_packing(target)
    if packing is None and (packing := learn_packing(table)) is not None:
        (target / DICTIONARY).write_bytes(packing.dictionary)
    return packing


def write_file(table: pa.Table, path: Path, packing: Packing | None, threads: int = THREADS) -> None:
    """Write one file of papers, its abstracts packed, by so many threads, where they are not yet."""
    if packing is not None and table.schema.field(PACKED).type != STORED:
        table = packed(table, packing, threads)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        # In one piece, whatever pieces it came in.
        writer.write_table(table.combine_chunks(), max_chunksize=FILE)


def read_packing(generation: Path) -> Packing | None:
    """How the abstracts of a generation are packed; None where they are not."""
    try:
        return Packing((generation / DICTIONARY).read_bytes())
    except FileNotFoundError:
        return None


def read_table(generation: Path) -> PaperTable:
    """Open the papers of a generation memory-mapped.

    Raises
    ------
    CorpusError
        A file is missing or damaged.
    """
    packing = read_packing(generation)
    parts: list[pa.Table] = []
    number = 0
    while not parts or (generation / f"papers.{number}.arrow").exists():
        parts.append(read_file(generation / f"papers.{number}.arrow"))
        number += 1
    try:
        if packing is not None:
            # Files of an earlier version, which packed none, may stand beside those that came since.
            parts = [stored_alike(part) for part in parts]
        table = PaperTable(pa.concat_tables(parts, promote_options="permissive") if len(parts) > 1 else parts[0], packing)
        schema = table.schema
    except (pa.ArrowInvalid, KeyError) as error:
        raise CorpusError(
            f"The files of papers in {generation} do not fit together ({error}). Build the corpus again."
        ) from error
    if any(name not in schema.names or schema.field(name).type != kind for name, kind in FIELDS.items()):
        raise CorpusError(f"{generation} does not have the columns of a paper table. Build the corpus again.")
    return table


def read_file(path: Path) -> pa.Table:
    """Open one file of papers memory-mapped, as it is stored. Raises as `read_table` does."""
    try:
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise CorpusError(f"{path} is missing or damaged ({error}). Build the corpus again.") from error

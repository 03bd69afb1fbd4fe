"""Papers on their way: written to the disk as they come, and opened memory-mapped as one table."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa

from explorer.errors import CorpusError
from explorer.papers.rows import rows_of
from explorer.papers.schema import FIELDS

_ROWS = 10_000
"""Papers whose text lies in memory at once."""


class Spool:
    """Tables that are written one after another, and read as one.

    Parameters
    ----------
    folder : Path
        An empty one; whoever made it removes it, once the table is not needed any more.

    Attributes
    ----------
    folder : Path

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pyarrow as pa
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     spool = Spool(Path(folder))
    ...     spool.write(pa.table({"title": ["Adding numbers"]}))
    ...     spool.write(pa.table({"title": ["Counting apples"]}))
    ...     spool.table().num_rows
    2
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: list[Path] = []
        self._writer: Any = None
        self._schema: pa.Schema | None = None

    @classmethod
    def within(cls, folder: Path) -> Spool:
        """A spool in a folder of its own within another."""
        return cls(Path(tempfile.mkdtemp(prefix="s-", dir=folder)))

    def write(self, table: pa.Table) -> None:
        """Write a table; one of other columns begins a file of its own."""
        if self._writer is None or self._schema != table.schema:
            self._end()
            path = self.folder / f"{len(self._files)}.arrow"
            self._files.append(path)
            self._schema = table.schema
            self._writer = pa.ipc.new_file(str(path), table.schema)
        self._writer.write_table(table, max_chunksize=_ROWS)

    def table(self) -> pa.Table:
        """All that was written, memory-mapped; an empty paper table where nothing was."""
        self._end()
        # Arrow keeps what it let go for what comes next, which is less.
        pa.default_memory_pool().release_unused()
        return open_spool(self.folder)

    def _end(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()


def open_spool(folder: Path) -> pa.Table:
    """What was written into the folder of a spool, memory-mapped; an empty paper table where nothing was."""
    parts = []
    for path in sorted(folder.glob("*.arrow"), key=lambda path: int(path.stem)):
        with pa.memory_map(str(path)) as file:
            parts.append(pa.ipc.open_file(file).read_all())
    if not parts:
        return pa.table({name: pa.nulls(0, kind) for name, kind in FIELDS.items()})
    return pa.concat_tables(parts, promote_options="permissive") if len(parts) > 1 else parts[0]


def in_batches(table: pa.Table, rows: np.ndarray) -> Iterator[pa.Table]:
    """Rows of a large table in an order that is all but that of the table, some thousand at a time.

    Parameters
    ----------
    table : pyarrow.Table
    rows : ndarray of int64
    """
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        # By runs that lie close in the table, so that no more of it than that is looked at.
        far = np.flatnonzero(np.abs(np.diff(some)) > _ROWS) + 1
        if len(far) > _ROWS // 10:
            yield rows_of(table, some)
            continue
        pieces = []
        for run in np.split(some, far):
            first = int(run.min())
            pieces.append(table.slice(first, int(run.max()) - first + 1).take(pa.array(run - first)))
        yield pa.concat_tables(pieces)


@contextlib.contextmanager
def spools(beside: Path) -> Iterator[Path]:
    """A folder for spools on the disk of another folder, removed at the end; those that dead processes left are removed first.

    Parameters
    ----------
    beside : Path
        What is being made; it need not be there yet, but the folder it shall lie in.

    Yields
    ------
    Path

    Raises
    ------
    CorpusError
        The disk cannot be written.
    """
    import psutil

    parent, begin = beside.resolve().parent, f".{beside.name}.spool-"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = parent / f"{begin}{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    except OSError as error:
        raise CorpusError(f"{parent} cannot be written: {error.strerror}. Choose another folder.") from error
    for old in parent.glob(f"{begin}*"):
        number = old.name.removeprefix(begin)
        if number.isdigit() and int(number) != os.getpid() and not psutil.pid_exists(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

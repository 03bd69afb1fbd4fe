"""A corpus on disk: atomic writes, memory-mapped reads.

::

    corpus/
    ├── manifest.json          format version, content hash, how it was made; names the generation in force
    └── g-<content hash>-<n>/  one generation
        ├── papers.arrow       the paper table (Arrow IPC, uncompressed, so that it maps)
        ├── index/             tantivy
        ├── <facet>.*          codes and values of each facet
        ├── topics.*           labels and codes
        └── dates.npy, *.order.npy

A build writes a new generation beside the one in force, flushes it to disk, and then replaces ``manifest.json`` by one atomic
rename. Killed at any moment, the old manifest names the whole old generation or the new one names the whole new one. What an
interrupted build left behind is removed by the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import CorpusError
from explorer.facets import code_facet
from explorer.index import build_index
from explorer.schema import FIELDS, PRECISIONS
from explorer.topics import build_topics

FORMAT = 1
"""Version of the folder's layout; another version is built anew."""

FACETS = {"venues": "venue", "authors": "authors", "keywords": "keywords"}
"""Facets that are coded from a column of the paper table."""

Progress = Callable[[str, float], None]
"""Called with a stage's name and the part of it that is done, 0 to 1. An exception it raises stops the build."""


def _silent(stage: str, part: float) -> None:
    return None


def content_hash(table: pa.Table) -> str:
    """SHA-256 over names, types and values of a table, as 16 hexadecimal digits; the chunks it is in do not matter."""
    digest = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name)
        digest.update(f"{name}\0{column.type}\0".encode())
        for start in range(0, len(column), 65_536):
            part = column.slice(start, 65_536)
            sink = pa.BufferOutputStream()
            whole = pa.table({name: pa.concat_arrays(part.chunks) if part.num_chunks != 1 else part.chunk(0)})
            with pa.ipc.new_stream(sink, whole.schema) as writer:
                writer.write_table(whole)
            digest.update(sink.getvalue())
    return digest.hexdigest()[:16]


class _Texts:
    """Title and abstract of each paper, joined when asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._titles, self._abstracts = (table.column(name).combine_chunks() for name in ("title", "abstract"))

    def __len__(self) -> int:
        return len(self._titles)

    def __getitem__(self, row: int) -> str:
        return f"{self._titles[row].as_py() or ''} {self._abstracts[row].as_py() or ''}"


def write_corpus(
    table: pa.Table,
    folder: Path,
    *,
    made: dict[str, Any] | None = None,
    n_topics: int | None = None,
    progress: Progress = _silent,
) -> dict[str, Any]:
    """Build a corpus folder from a paper table.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema (see `schema.to_table`).
    folder : Path
        Made if it is missing; a corpus in it is replaced at the end, all at once.
    made : dict, optional
        What the manifest shall say of the input: file names, ledger counts.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        The folder holds something else, or cannot be written.
    """
    manifest_path = folder / "manifest.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = [p.name for p in folder.iterdir() if not p.name.startswith(("g-", "manifest.json"))]
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error
    if strangers and not manifest_path.exists():
        raise CorpusError(f"{folder} holds other files ({', '.join(strangers[:3])}). Choose an empty or a new folder.")
    before = _generation_in_force(folder)
    digest = content_hash(table)
    generation = _fresh(folder, digest)
    target = folder / generation
    try:
        target.mkdir()
        topics = _write_generation(table, target, n_topics, progress)
        manifest = {
            "format": FORMAT,
            "generation": generation,
            "content_hash": digest,
            "papers": table.num_rows,
            "made": {"at": datetime.now(UTC).isoformat(timespec="seconds"), "versions": versions(), "topics": topics, **(made or {})},
        }
        write_atomically(manifest_path, json.dumps(manifest, indent=1, ensure_ascii=False).encode())
        (target / "builder").unlink()
    except BaseException as error:
        shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            raise CorpusError(f"{folder} cannot be written: {error.strerror}. The corpus before it is untouched.") from error
        raise
    for old in folder.glob("g-*"):
        # A process that still has the generation before open keeps its memory maps; on Windows it stays until the next build.
        if old.name != generation and (old.name == before or not _being_written(old)):
            shutil.rmtree(old, ignore_errors=True)
    return manifest


def _generation_in_force(folder: Path) -> str | None:
    try:
        return str(read_manifest(folder)["generation"])
    except CorpusError:
        # Nothing there, or nothing that can be read: the build replaces it.
        return None


def _fresh(folder: Path, digest: str) -> str:
    number = 1
    while (folder / f"g-{digest}-{number}").exists():
        number += 1
    return f"g-{digest}-{number}"


def _being_written(generation: Path) -> bool:
    """Whether another living build may still be at work in an unnamed generation (it left its process number)."""
    try:
        os.kill(int((generation / "builder").read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def _write_generation(table: pa.Table, target: Path, n_topics: int | None, progress: Progress) -> dict[str, Any]:
    (target / "builder").write_text(str(os.getpid()))
    progress("papers", 0.0)
    with pa.OSFile(str(target / "papers.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=65_536)
    progress("facets", 0.0)
    for name, column in FACETS.items():
        code_facet(table.column(column)).save(target, name)
    _write_dates(table, target)
    np.save(target / "has_code.npy", pc.is_valid(table.column("code_url")).to_numpy())
    progress("index", 0.0)
    (target / "index").mkdir()
    build_index(table, target / "index", lambda part: progress("index", part))
    progress("topics", 0.0)
    topics = build_topics(_Texts(table), target, n_topics=n_topics, progress=lambda part: progress("topics", part))  # type: ignore[arg-type]
    progress("flush", 0.0)
    for path in [*target.rglob("*"), target]:
        _flush(path)
    progress("flush", 1.0)
    return topics


def _write_dates(table: pa.Table, target: Path) -> None:
    """Months, precisions and the orders of the list."""
    published = table.column("published")
    days = pc.fill_null(published.cast(pa.int64()), 0).to_numpy() // 86_400
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    known = {name: code for code, name in enumerate(PRECISIONS, start=1)}
    precision = np.array([known.get(p, 0) for p in table.column("precision").to_pylist()], np.int8)
    precision[~pc.is_valid(published).to_numpy()] = 0
    np.save(target / "dates.npy", np.where(precision > 0, months, 0).astype(np.int32))
    np.save(target / "precision.npy", precision)
    rows = np.arange(table.num_rows)
    undated = precision == 0
    np.save(target / "newest.order.npy", np.lexsort((rows, -days, undated)).astype(np.int32))
    np.save(target / "oldest.order.npy", np.lexsort((rows, days, undated)).astype(np.int32))
    votes = pc.fill_null(table.column("upvotes"), -1).to_numpy()
    np.save(target / "upvotes.order.npy", np.lexsort((rows, -days, -votes.astype(np.int64))).astype(np.int32))
    titles = pc.replace_substring_regex(pc.utf8_lower(pc.fill_null(table.column("title"), "\uffff")), r"^[^\p{L}\p{N}]+", "")
    ranked = pc.sort_indices(pa.table({"title": titles, "row": pa.array(rows)}), [("title", "ascending"), ("row", "ascending")])
    np.save(target / "title.order.npy", ranked.to_numpy().astype(np.int32))


def _flush(path: Path) -> None:
    """Make sure a file or a folder's entries are on the disk."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(PermissionError, IsADirectoryError):
        handle = os.open(path, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, flush it, and rename it: the old file or the new one is there, never half."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush(path.parent)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check the manifest of a corpus folder.

    Raises
    ------
    CorpusError
        There is no corpus, it is damaged, or it is of another format version.
    """
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(f"{folder} is no corpus. Make one with: litexplorer build FILE -o {folder}") from error
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} cannot be read ({error}). Build the corpus again.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise CorpusError(f"{folder} is of corpus format {found}, and this version reads {FORMAT}. Build it again.")
    if not (folder / str(manifest.get("generation"))).is_dir():
        raise CorpusError(f"{folder} lacks its generation {manifest.get('generation')}. Build the corpus again.")
    return manifest


def read_table(path: Path) -> pa.Table:
    """Open an Arrow IPC file memory-mapped.

    Raises
    ------
    CorpusError
        The file is missing or damaged.
    """
    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise CorpusError(f"{path} is missing or damaged ({error}). Build the corpus again.") from error
    if any(table.schema.field(name).type != kind for name, kind in FIELDS.items()):
        raise CorpusError(f"{path} does not have the columns of a paper table. Build the corpus again.")
    return table


def versions() -> dict[str, str]:
    """Versions of this package and of what it stands on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("literature-explorer", "pandas", "pyarrow", "tantivy", "scikit-learn", "numpy"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def cache_folder() -> Path:
    """Where corpora made from plain files are kept: `LITEXPLORER_CACHE`, else the user's cache folder."""
    if given := os.environ.get("LITEXPLORER_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or (
        os.environ.get("LOCALAPPDATA") if os.name == "nt" else str(Path.home() / ".cache")
    )
    return Path(base or Path.home()) / "literature-explorer"


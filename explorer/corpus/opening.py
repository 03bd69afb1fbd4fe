"""Opening papers, whatever they are in: a corpus folder, plain files, the bundled sample."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from explorer.corpus.corpus import Corpus
from explorer.corpus.growth import CACHED
from explorer.errors import CorpusError, ReadError
from explorer.sources.files import files_of
from explorer.store.build import Progress, cache_folder, no_progress, write_corpus
from explorer.store.generations import FORMAT


def open_cached(name: str) -> Corpus:
    """Open a corpus in the cache.

    Raises
    ------
    CorpusError
        There is none of that name.
    """
    if not CACHED.fullmatch(name):
        raise CorpusError(f"There is no corpus {name[:40]!r} here. Add its papers again.")
    try:
        return Corpus(cache_folder() / name)
    except CorpusError as error:
        raise CorpusError(f"The corpus {name} is not here any more. Add its papers again.") from error


def open_corpus(folder: str | PathLike[str]) -> Corpus:
    """Open a corpus folder, memory-mapped.

    Raises
    ------
    CorpusError
        There is no corpus, it is damaged, or it is of another format version.
    """
    return Corpus(folder)


def default_corpus() -> Corpus:
    """The corpus that `LITEXPLORER_CORPUS` names (the server sets it), else the bundled sample.

    Raises
    ------
    CorpusError
        The folder named holds no corpus.
    """
    if named := os.environ.get("LITEXPLORER_CORPUS"):
        return Corpus(named)
    return open_files([bundled("data", "arithmetic.jsonl")])


def bundled(folder: str, name: str) -> Path:
    """A file that ships with the package: within it when installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / folder / name
    return inside if inside.exists() else package.parent / folder / name


def open_files(
    files: Iterable[str | PathLike[str]], *, keep_duplicates: bool = False, progress: Progress = no_progress
) -> Corpus:
    """Open a corpus folder, or build one from plain files in the cache, keyed by their content.

    Records that are one paper are merged, unless `keep_duplicates` is set.

    Raises
    ------
    ReadError
        A file cannot be read as papers, or none has a paper and something was rejected.
    CorpusError
        A corpus folder cannot be opened.
    """
    paths = [Path(file) for file in files]
    if len(paths) == 1 and (paths[0] / "manifest.json").exists():
        return Corpus(paths[0])
    target = cache_folder() / f"files-{_files_hash(paths, keep_duplicates)}"
    if (kept := Corpus.if_whole(target)) is not None:
        return kept
    # Needed for a build only: with it come the readers of every format.
    from explorer.sources.importing import import_papers

    imported = import_papers(*paths, keep_duplicates=keep_duplicates)
    if not imported.table.num_rows and (rejected := [n for n in imported.ledger.notes if n.action == "rejected"]):
        raise ReadError(f"No paper could be read. {rejected[0].source}: {rejected[0].reason}.")
    made = {
        "name": paths[0].stem if len(paths) == 1 else f"{paths[0].stem} and {len(paths) - 1} more",
        "files": [path.name for path in paths],
        "ledger": imported.ledger.counts(),
    }
    write_corpus(imported.table, target, made=made, merges=imported.merges, ledger=imported.ledger, progress=progress)
    return Corpus(target)


def _files_hash(paths: list[Path], keep_duplicates: bool) -> str:
    digest = hashlib.sha256(f"format {FORMAT}, {'all records' if keep_duplicates else 'merged'}".encode())
    for path in paths:
        for found in files_of(path):
            # The records of a folder are named after the places of their files in it.
            digest.update(f"\0{found.relative_to(path) if path.is_dir() else found.name}\0".encode())
            with found.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]

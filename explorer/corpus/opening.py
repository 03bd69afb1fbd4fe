"""Opening papers, whatever they are in: a corpus folder, plain files, the bundled sample."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.corpus.building import asked_by, connected, what_must_agree
from explorer.corpus.corpus import Corpus
from explorer.corpus.growth import opened
from explorer.dedupe.merges import Change
from explorer.disk import cache_folder, write_whole
from explorer.errors import CorpusError, ReadError
from explorer.executors import OnDask, Processes
from explorer.sources.source import files_of
from explorer.store.build import Progress, no_progress, write_corpus
from explorer.store.extend import change_digest
from explorer.store.fetched import fetch_corpus, is_address
from explorer.store.generations import FORMAT
from explorer.store.snapshot import CACHED

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from distributed import Client

    from explorer.sources.formats.registry import Import


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


def open_corpus(
    folder: str | PathLike[str] | None = None, *, client: Client | None = None, processes: int | None = None
) -> Corpus:
    """Open a corpus folder, memory-mapped.

    Where its words were indexed by other analysers, so that some searches find less, a warning says what to do.

    Parameters
    ----------
    folder : path, optional
        As `litexplorer build` or `Corpus.from_papers` made it; by default the bundled sample. Or the address of one, such as
        ``s3://bucket/corpus``, which is fetched into the cache first and cannot be changed.
    client : distributed.Client, optional
        Has the full text asked part by part by the workers of a Dask cluster, which reach the folder under the same path. The
        answers are the same.
    processes : int, optional
        Has it asked by so many processes of this machine.

    Returns
    -------
    Corpus

    Raises
    ------
    CorpusError
        There is no corpus, it is damaged, of another format version, or cannot be fetched; or the cluster has no worker, or one that differs
        from this machine.

    Examples
    --------
    >>> import explorer
    >>> len(explorer.open_corpus())
    88
    """
    if client is not None or processes is not None:
        executor = Processes(processes) if processes is not None else OnDask(client, what_must_agree)
        corpus = asked_by(default_corpus().folder if folder is None else _folder_at(folder), executor)
    else:
        corpus = default_corpus() if folder is None else asked_by(_folder_at(folder), None)
    if said := corpus.snapshot.index_sentence:
        warnings.warn(said, stacklevel=2)
    return corpus


def _folder_at(place: str | PathLike[str]) -> Path:
    """The folder of a corpus: the one that is named, or the copy of the corpus at an address."""
    given: object = place
    if not isinstance(given, str | PathLike):
        told = f"A corpus is named by its folder, not by a {type(given).__name__}."
        raise CorpusError(f"{told} Of a table of papers one is made by Corpus.from_papers.")
    return fetch_corpus(str(place)) if is_address(place) else Path(place)


def default_corpus(folder: str | None = None, scheduler: str | None = None) -> Corpus:
    """The corpus that a server was started with, with what its readers added to it, else the bundled sample.

    The workers of a `scheduler` are asked for its parts.

    Raises
    ------
    CorpusError
        The folder holds no corpus.
    """
    if not folder:
        return open_files([bundled("data", "arithmetic.jsonl")])
    if scheduler:
        return asked_by(_added_to(Path(folder)), connected(scheduler))
    kept = opened(_added_to(Path(folder)))
    return Corpus(folder) if kept is None else Corpus(kept)


def keep_added(first: str, shown: Path) -> None:
    """Have the plain address of a server show a corpus: its own one with papers added, or its own one again.

    Parameters
    ----------
    first : str
        Folder of the corpus that the server was started with. Papers that are added to files of the cache make another corpus
        there; those that are added to a folder stand in it, and there is nothing to keep.
    shown : Path
        Folder of the corpus to show.
    """
    folder = Path(first)
    path = cache_folder() / f"{folder.name}.added"
    if not CACHED.fullmatch(folder.name) or folder.resolve().parent != cache_folder().resolve():
        return
    if shown.resolve() == folder.resolve():
        path.unlink(missing_ok=True)
    elif shown.resolve().parent == folder.resolve().parent:
        write_whole(path, shown.name.encode())


def _added_to(folder: Path) -> Path:
    """The corpus that `keep_added` told of; the folder itself without one."""
    path = cache_folder() / f"{folder.name}.added"
    name = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    return cache_folder() / name if CACHED.fullmatch(name) else folder


def current(corpus: Corpus, first: str | None) -> Corpus:
    """What the plain address of a server shows by now: the same object where that is the corpus given.

    Parameters
    ----------
    corpus : Corpus
        Opened before.
    first : str or None
        Folder of the corpus that the server was started with.
    """
    folder = corpus.folder if first is None else _added_to(Path(first))
    if folder.resolve() == corpus.folder.resolve():
        return Corpus(corpus.folder) if corpus.snapshot.superseded else corpus
    kept = opened(folder)
    return corpus if kept is None else Corpus(kept)


def bundled(folder: str, name: str) -> Path:
    """A file that ships with the package: within it when installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / folder / name
    return inside if inside.exists() else package.parent / folder / name


def open_files(
    files: Iterable[str | PathLike[str]],
    *,
    keep_duplicates: bool = False,
    progress: Progress = no_progress,
    merging: Callable[[float], None] = lambda part: None,
) -> Corpus:
    """Open a corpus folder, or that at an address, or build one from plain files in the cache, keyed by their content.

    Records that are one paper are merged, unless `keep_duplicates` is set; `merging` is called with the part of that that is done.

    Raises
    ------
    ReadError
        A file cannot be read as papers, or none has a paper and something was rejected.
    CorpusError
        A corpus folder cannot be opened, or not be fetched.
    """
    files = [*files]
    if len(files) == 1 and is_address(files[0]):
        return Corpus(fetch_corpus(str(files[0]), lambda part: progress("fetch", part)))
    paths = [Path(file) for file in files]
    if len(paths) == 1 and (paths[0] / "manifest.json").exists():
        return Corpus(paths[0])
    target = cache_folder() / f"files-{_files_hash(paths, keep_duplicates)}"
    if (kept := opened(target)) is not None:
        return Corpus(kept)
    first = _bare(paths[0])
    name = first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"
    return _built(paths, target, {"name": name, "files": [path.name for path in paths]}, keep_duplicates, progress, merging)


def _bare(path: Path) -> str:
    """A file's name without its suffix, and without that of its compression."""
    packed = path.suffix.lower() in (".gz", ".xz", ".bz2", ".zst")
    return (Path(path.stem).stem if packed else path.stem) or path.name


def open_papers(
    papers: pd.DataFrame | pa.Table | Import,
    *,
    keep_duplicates: bool = False,
    name: str = "",
    progress: Progress = no_progress,
    merging: Callable[[float], None] = lambda part: None,
) -> Corpus:
    """Build a corpus in the cache from a table of records, or from what was read, as `open_files` does from files.

    It is called `name`, by default "papers".

    Raises
    ------
    SchemaError
        The table has no title column or one of a wrong type.
    """
    from explorer.sources.importing import as_read

    read = as_read(papers)
    how = "all records" if keep_duplicates else "merged"
    kind = f"papers, {how}" + (f", {name}" if name else "")
    digest = change_digest(kind, Change(read.table, merges=read.merges, ledger=read.ledger))
    target = cache_folder() / f"papers-{digest}-auto"
    if (kept := opened(target)) is not None:
        return Corpus(kept)
    return _built([read], target, {"name": name or "papers"}, keep_duplicates, progress, merging)


def _built(
    given: list[Any],
    target: Path,
    made: dict[str, Any],
    keep_duplicates: bool,
    progress: Progress,
    merging: Callable[[float], None],
) -> Corpus:
    # Needed for a build only: with it come the readers of every format.
    from explorer.sources.importing import import_papers

    imported = import_papers(*given, keep_duplicates=keep_duplicates, progress=merging)
    if not imported.table.num_rows and (none := [n for n in imported.ledger.notes if n.action in ("rejected", "empty")]):
        raise ReadError(f"No paper could be read. {none[0].source}: {none[0].reason}.")
    made = {**made, "ledger": imported.ledger.counts()}
    write_corpus(imported.table, target, made=made, merges=imported.merges, ledger=imported.ledger, progress=progress)
    return Corpus(target)


def _files_hash(paths: list[Path], keep_duplicates: bool) -> str:
    # Corpora that were made before records were counted by their files are made anew.
    digest = hashlib.sha256(f"format {FORMAT}, by source, {'all records' if keep_duplicates else 'merged'}".encode())
    for path in paths:
        for found in files_of(path):
            # The records of a folder are named after the places of their files in it.
            digest.update(f"\0{found.relative_to(path) if path.is_dir() else found.name}\0".encode())
            with found.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]

"""Building and asking a corpus in parts: who does the work, and files to a folder with little memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.corpus.corpus import Corpus
from explorer.errors import CorpusError, ReadError
from explorer.executors import Executor, InTurn, OnDask, Processes
from explorer.papers.spool import Spool, spools
from explorer.store.build import Progress, no_progress, rules_in, write_corpus
from explorer.store.fetched import is_address
from explorer.store.generations import check_free, software_versions
from explorer.store.parts import PART, Plan, ask_by
from explorer.text.analysis import fingerprint

if TYPE_CHECKING:
    from distributed import Client

_WAIT = 10
"""Seconds in which a scheduler must answer."""


def build_corpus(
    *files: str | PathLike[str],
    folder: str | PathLike[str],
    part_size: int = PART,
    processes: int = 1,
    client: Client | None = None,
    keep_duplicates: bool = False,
    n_topics: int | None = None,
    progress: Progress = no_progress,
) -> Corpus:
    r"""Build a corpus folder from files of papers, whose text never lies in memory as a whole.

    The corpus is the same however large its parts are and whoever works on them, and the same that `import_papers` and
    `Corpus.from_papers` give.

    Parameters
    ----------
    *files : str or path
        Files, folders, globs, archives of any known format, as `import_papers` takes them.
    folder : str or path
        Made if it is missing; a corpus in it is replaced at the end, all at once, and its rules hold on.
    part_size : int
        Papers a part. Smaller parts take less memory at a time, and can be shared by more workers.
    processes : int
        How many parts are worked on at the same time on this machine, each in a process. In a script this wants
        ``if __name__ == "__main__":``, as all processes of Python do.
    client : distributed.Client, optional
        Has the parts worked on by the workers of a Dask cluster instead, which reach the folder under the same path.
    keep_duplicates : bool
        Leave records that are one paper as they are.
    n_topics : int, optional
        By default from the number of papers.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the build and leaves nothing.

    Returns
    -------
    Corpus

    Raises
    ------
    ReadError
        A file cannot be read as papers, or none has a paper.
    CorpusError
        The folder holds something else or cannot be written; or workers died, cannot be reached, or differ from this machine.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import explorer
    >>> file = Path(tempfile.mkdtemp()) / "papers.csv"
    >>> _ = file.write_text("title,year\nAdding numbers,2024\nCounting apples,2025\n")
    >>> corpus = explorer.build_corpus(file, folder=file.parent / "corpus", part_size=1)
    >>> corpus.papers["title"].to_list()
    ['Adding numbers', 'Counting apples']
    """
    from explorer.dedupe.rules import Rules, parse_rules
    from explorer.sources.formats.registry import read_files
    from explorer.sources.importing import merged

    target = folder_of(folder)
    with working(processes=processes, client=client) as executor, spools(target) as spooled:
        plan = Plan(part_size, executor)
        progress("reading", 0.0)
        imported = read_files(*files, spool=Spool.within(spooled))
        spool = None
        if not keep_duplicates:
            kept = rules_in(target)
            rules = parse_rules(kept, str(target)) if kept else Rules()
            told = lambda part: progress("merging", part)  # noqa: E731
            taking = Spool.within(spooled)
            spool, imported = taking.folder, merged(imported, rules, progress=told, spool=lambda: taking)[0]
        if not imported.table.num_rows:
            raise ReadError("No paper was read, and no corpus was made. The ledger of import_papers says why.")
        made = {"name": target.name, "files": [Path(file).name for file in files], "ledger": imported.ledger.counts()}
        write_corpus(
            imported.table,
            target,
            made=made,
            n_topics=n_topics,
            merges=imported.merges,
            ledger=imported.ledger,
            plan=plan,
            progress=progress,
            spool=spool,
        )
        return asked_by(target, executor if client is not None else None)


def asked_by(folder: Path, executor: Executor | None) -> Corpus:
    """Open a corpus folder and have it asked, part by part, by an executor; without one by this process, at once."""
    ask_by(folder, executor)
    return Corpus(folder)


def folder_of(path: str | PathLike[str]) -> Path:
    """A folder of this machine. Raises `CorpusError` for an address, and where something else is there, before anything is read."""
    if is_address(path):
        raise CorpusError(f"{path} is an address, and corpora are built in folders. Build one, and copy the folder there.")
    check_free(Path(path))
    return Path(path)


@contextlib.contextmanager
def working(*, processes: int = 1, client: Client | None = None, scheduler: str | None = None) -> Iterator[Executor]:
    """Who works on the parts meanwhile: a cluster, processes, or this process.

    Parameters
    ----------
    processes : int
    client : distributed.Client, optional
        Stays the caller's.
    scheduler : str, optional
        Address of a scheduler, to which a connection is made.
    """
    if scheduler is not None:
        executor = connected(scheduler)
        try:
            yield executor
        finally:
            executor.close()
    elif client is not None:
        yield OnDask(client, what_must_agree)
    elif processes != 1:
        pool = Processes(processes)
        try:
            yield pool
        finally:
            pool.close()
    else:
        yield InTurn()


def connected(scheduler: str) -> OnDask:
    """The cluster of a scheduler.

    Raises
    ------
    CorpusError
        Dask is not installed, nobody answers, or a worker differs from this machine.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise CorpusError("Work on a cluster takes Dask: pip install literature-explorer[dask]") from error
    try:
        client: Any = Client(scheduler, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise CorpusError(
            f"No scheduler answers at {scheduler} ({type(error).__name__}). Start one with: dask scheduler; it prints its address."
        ) from error
    try:
        return OnDask(client, what_must_agree)
    except BaseException:
        client.close()
        raise


def what_must_agree() -> dict[str, str]:
    """What must be on every worker as it is here, for results to be the same: versions, and how words are analysed."""
    found = {name: version for name, version in software_versions().items() if name in _AGREEING}
    return {**found, "analysers": fingerprint()}


_AGREEING = ("literature-explorer", "pyarrow", "tantivy", "scikit-learn", "numpy")

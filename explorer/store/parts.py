"""A corpus in parts: runs of its papers, each indexed, placed on the topics and asked for itself, by whatever executor.

What one part makes of its papers does not depend on the others, and what is put together does not depend on the number of parts:
the segments of all indexes become one index, in which the frequencies of words are those of the whole; codes of facets and places
of topics stand one behind the other.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import CorpusError
from explorer.executors import Executor, InTurn, Progress
from explorer.memory import give_back
from explorer.papers.spool import open_spool
from explorer.selection.syntax import Node
from explorer.store.fulltext import Hits, TextIndex, build_index, join_indexes, keep_frequent
from explorer.store.paper_files import FILE, Texts, packing_for, read_packing, read_table, write_file
from explorer.store.topics import Places, place_papers

PART = 200_000
"""Papers a part holds at most, unless it is told otherwise: some minutes of work, and some hundred megabytes of memory."""

_HEAP = 128_000_000
"""Bytes of papers that are indexed at once where a corpus has several parts."""

_INDEX = ".index-"
"""Begins the names of the folders in which the indexes of parts are made."""


@dataclass(frozen=True)
class Part:
    """A run of the papers of a generation.

    Attributes
    ----------
    generation : str
        Folder of its files, as it is called on every machine.
    number : int
        From 0.
    first, stop : int
        Rows of its first paper, and of the first one behind it.
    """

    generation: str
    number: int
    first: int
    stop: int


@dataclass(frozen=True)
class Plan:
    """How a corpus is worked on.

    Attributes
    ----------
    size : int
        Papers a part.
    executor : Executor
    """

    size: int = PART
    executor: Executor = field(default_factory=InTurn)

    def __post_init__(self) -> None:
        if self.size < 1:
            raise CorpusError(f"A part of {self.size} papers holds none. Name one or more; {PART:,} is usual.")

    def parts(self, generation: Path, papers: int) -> list[Part]:
        """The parts of a generation of so many papers; at least one."""
        starts = range(0, max(papers, 1), self.size)
        return [Part(str(generation), number, first, min(first + self.size, papers)) for number, first in enumerate(starts)]

    @property
    def threads(self) -> int:
        """By how many threads a part is worked on: by one where several parts are at a time."""
        return 2 if self.executor.workers == 1 else 1

    def whole(self, papers: int) -> bool:
        """Whether a corpus is worked on at once, here, as one part."""
        return papers <= self.size and isinstance(self.executor, InTurn)


def write_parts(spool: Path, generation: Path, plan: Plan, progress: Progress) -> None:
    """Write the papers in the folder of a spool as `write_papers` does, file by file."""
    papers = open_spool(spool)
    packing_for(papers, generation)
    files = replace(plan, size=FILE).parts(generation, papers.num_rows)
    for _ in plan.executor.map(write_part, [(str(spool), file, plan.threads) for file in files], progress):
        pass


def write_part(task: tuple[str, Part, int], told: Progress) -> None:
    """Write the papers of some rows of a spool as the file of their number, in a folder of its own first: two may be at it."""
    spool, part, threads = task
    generation = Path(part.generation)
    made = Path(tempfile.mkdtemp(prefix="papers-", dir=spool)) / f"papers.{part.number}.arrow"
    write_file(open_spool(Path(spool)).slice(part.first, part.stop - part.first), made, read_packing(generation), threads)
    made.replace(generation / made.name)
    give_back()


def index_parts(generation: Path, papers: int, plan: Plan, progress: Progress) -> None:
    """Index the papers of a generation, part by part, into its folder ``index``."""
    parts = plan.parts(generation, papers)
    made: dict[int, str] = {}
    try:
        made.update(plan.executor.map(index_part, [(part, plan.threads) for part in parts], progress))
        join_indexes([generation / made[part.number] for part in parts], generation / "index")
        keep_frequent(generation / "index", papers)
        give_back()
    finally:
        # Those of workers that died, too.
        for left in generation.glob(f"{_INDEX}*"):
            shutil.rmtree(left, ignore_errors=True)


def index_part(task: tuple[Part, int], told: Progress) -> str:
    """Index one part, by so many threads, into a folder of its own in the generation; returns the folder's name."""
    part, threads = task
    generation = Path(part.generation)
    table = read_table(generation).between(part.first, part.stop)
    folder = Path(tempfile.mkdtemp(prefix=f"{_INDEX}{part.number}-", dir=generation))
    build_index(table, folder, rows=range(part.first, part.stop), heap=_HEAP, threads=threads, progress=told)
    give_back()
    return folder.name


def place_parts(generation: Path, papers: int, plan: Plan, labels: list[str], progress: Progress) -> Places:
    """Place the papers of a generation on its topics, part by part."""
    tasks = [(part, labels) for part in plan.parts(generation, papers)]
    found = dict(plan.executor.map(place_part, tasks, progress))
    codes, sure, second = (np.concatenate([found[number][which] for number in range(len(tasks))]) for which in range(3))
    return codes, sure, second


def place_part(task: tuple[Part, list[str]], told: Progress) -> Places:
    """Place the papers of one part on the topics of its generation, which have some labels."""
    part, labels = task
    generation = Path(part.generation)
    texts: Any = Texts(read_table(generation).between(part.first, part.stop))
    found = place_papers(generation, labels, texts, told)
    give_back()
    return found


_ASKED: weakref.WeakValueDictionary[Path, Executor] = weakref.WeakValueDictionary()
"""Executors that ask the corpora of some folders. Whoever opened one so holds its executor, and so does what is opened of it."""


def ask_by(folder: Path, executor: Executor | None) -> None:
    """Have the corpus of a folder, and what becomes of it there, asked by an executor from the next opening on; None ends that."""
    if executor is None:
        _ASKED.pop(folder.resolve(), None)
    else:
        _ASKED[folder.resolve()] = executor


def executor_of(folder: Path) -> Executor | None:
    """Who asks the corpus of a folder, where `ask_by` told it."""
    return _ASKED.get(folder.resolve())


class PartedIndex(TextIndex):
    """The full text of a generation, of which each worker of an executor is asked for a part.

    There are as many parts as workers, however many the corpus was built in: each looks up the words of a query once.

    Parameters
    ----------
    generation : Path
    papers : int
    executor : Executor
    """

    def __init__(self, generation: Path, papers: int, executor: Executor) -> None:
        super().__init__(generation / "index")
        self._generation, self._papers, self._executor = generation, papers, executor

    def _shares(self) -> list[Part]:
        size = max(1, -(-self._papers // self._executor.workers))
        return Plan(size, self._executor).parts(self._generation, self._papers)

    def hits(self, node: Node) -> Hits:
        """See `TextIndex.hits`."""
        # What cannot be asked is said here, before it goes to many.
        self._build(node)
        shares = self._shares()
        found = dict(self._executor.map(hits_of_share, [(share, node) for share in shares]))
        return Hits(*(np.concatenate([found[share.number][which] for share in shares]) for which in range(2)))

    def mask(self, node: Node, papers: int) -> np.ndarray:
        """See `TextIndex.mask`."""
        mask = np.zeros(papers, bool)
        mask[self.hits(node).rows] = True
        return mask

    def leading(self, node: Node, limit: int) -> tuple[Hits, bool]:
        """See `TextIndex.leading`; workers hand over all their hits at once."""
        return self.hits(node), True


def hits_of_share(task: tuple[Part, Node], told: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Rows and scores of the papers of a share that match a query; words count as they do in the whole corpus."""
    share, node = task
    hits = _opened(share.generation).hits_between(node, share.first, share.stop)
    return hits.rows, hits.scores


@lru_cache(maxsize=4)
def _opened(generation: str) -> TextIndex:
    """The index of a generation, which stays open in a worker."""
    return TextIndex(Path(generation) / "index")

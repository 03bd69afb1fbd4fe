"""Whatever changes a corpus may be ended at any moment: the corpus before it is there or the one after it, whole, and it can be done again.

Each change is ended before every second of its steps on the disk, and at moments in between, in which some files are written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import oracles
import pyarrow as pa
import pytest
from test_store import check_answers

from explorer import Corpus, open_corpus
from explorer.papers.schema import to_table
from explorer.store.build import write_corpus

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(os.name == "nt", reason="forks are Unix's"),
]

MOMENTS = 12
"""Moments at which a change is ended whatever it is at."""

STRIDE = 2
"""Of so many steps on the disk one is where a change is ended."""

AGAIN = 4
"""After how many ends the change is made again: each takes as long as all else."""

WORKER = """
import json, os, queue, signal, sys
from pathlib import Path
import sklearn.decomposition, tantivy
from explorer import open_corpus
from explorer.cli.main import main
from explorer.cli import update, remove, refit, undo
from explorer.dashboard.intake.intake import Intake

def intake(folder, file):
    steps, shown = queue.Queue(), []
    corpus = open_corpus(folder)
    mine = Intake(corpus, tell=lambda: None, arrived=lambda *given: shown.append(given), post=steps.put)
    data = Path(file).read_bytes()
    mine.begin([{"id": "a", "name": Path(file).name, "size": len(data)}])
    mine.take("a", 0, memoryview(data))
    mine.read()
    while mine.phase != "review":
        steps.get(timeout=60)()
    mine.accept("add")
    while not shown:
        steps.get(timeout=60)()
    mine.close()
    return 0

def end_at(step, folder):
    left = step
    def count(event, arguments):
        nonlocal left
        writes = event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.truncate") or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        if writes and any(folder in str(given) for given in arguments[:2]):
            left -= 1
            if left == 0:
                os._exit(9)
    sys.addaudithook(count)

print("ready", flush=True)
for line in sys.stdin:
    told = json.loads(line)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if told["step"]:
            end_at(told["step"], told["folder"])
        if told["after"]:
            signal.setitimer(signal.ITIMER_PROF, told["after"])
        name, *given = told["change"]
        status = intake(*given) if name == "intake" else main([name, *given])
        os._exit(status)
    _, status, used = os.wait4(child, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime]), flush=True)
"""


class Changes:
    """A process that has imported all it needs, and forks a child for each change, so that the child can be ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            # Threads do not survive a fork.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def __call__(self, folder: Path, *change: str, step: int = 0, after: float = 0.0) -> tuple[int, float]:
        """Make a change, ended before a step on the disk or after some seconds of the processor; tells the status and the seconds it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"folder": str(folder), "change": change, "step": step, "after": after}), file=self._process.stdin)
        status, seconds = json.loads(self._process.stdout.readline())
        return status, seconds

    def close(self) -> None:
        """End it."""
        self._process.communicate("")


@pytest.fixture(scope="module")
def changes() -> Iterator[Changes]:
    worker = Changes()
    yield worker
    worker.close()


def shape(folder: Path) -> list[str]:
    """What lies in a corpus folder, whatever its generations are called."""
    return sorted("g" if path.name.startswith("g-") else path.name for path in folder.iterdir())


def ranks(corpus: Corpus) -> bool:
    """Whether what ranking by meaning takes is there; whether it is or not, it ranks."""
    ready = corpus.ranker.meaning_ready
    assert len(corpus.rank("vision", limit=3)) == 3
    return ready


@pytest.mark.parametrize("name", ["update", "intake", "remove", "refit", "undo"])
def test_a_change_that_is_ended_at_any_moment(name: str, changes: Changes, tmp_path: Path) -> None:
    before = tmp_path / "before"
    papers = oracles.random_papers(1, 40)
    write_corpus(to_table(pa.Table.from_pylist(papers)), before)
    new = tmp_path / "new.csv"
    new.write_text("id,title,year\nn1,Vision of a distant planet,2021\nn2,Soil and its fungi,2019\n")
    if name == "undo":
        assert changes(before, "update", str(before), str(new))[0] == 0
    open_corpus(before).ranker.prepare_meaning()
    given = {"update": [str(new)], "intake": [str(new)], "remove": [str(papers[0]["id"])]}.get(name, [])

    def made(copy: str, *, step: int = 0, after: float = 0.0) -> tuple[Path, int, float]:
        folder = tmp_path / copy
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        return folder, *changes(folder, name, str(folder), *given, step=step, after=after)

    after, status, seconds = made("after")
    assert status == 0
    tables = [open_corpus(folder).table.combine_chunks() for folder in (before, after)]
    assert name == "refit" or not tables[0].equals(tables[1])
    expected, ready = shape(after), ranks(open_corpus(after))
    in_force = open_corpus(before).manifest["generation"]
    seen = set()

    def whole(folder: Path) -> bool:
        """Whether the corpus is the changed one; it answers as that, or as the one before."""
        corpus = open_corpus(folder)
        changed = bool(corpus.manifest["generation"] != in_force)
        check_answers(corpus, tables[changed])
        return changed

    def look(folder: Path, status: int, *, again: bool) -> None:
        changed = whole(folder)
        seen.add((changed, status == 0))
        if not changed:
            assert ranks(open_corpus(folder)), "what was there before is lost"
        if not again:
            return
        if not changed or name == "update":
            assert changes(folder, name, str(folder), *given)[0] == 0
        assert whole(folder)
        assert ranks(open_corpus(folder)) >= ready or not changed
        if not changed:
            assert shape(folder) == expected, "what the ended process left is there"

    for step in range(1, 1000, STRIDE):
        folder, status, _ = made("ended", step=step)
        look(folder, status, again=step % (STRIDE * AGAIN) == 1)
        if status == 0:
            break
        assert status == 9
    assert step > 5
    for moment in range(MOMENTS):
        folder, status, _ = made("ended", after=seconds * (moment + 0.5) / MOMENTS)
        look(folder, status, again=moment % AGAIN == 0)
    assert {(False, False), (True, True)} <= seen

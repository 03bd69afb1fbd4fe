"""What ranking by meaning takes is made once, by a process of its own, for all who wait for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import oracles
import pandas as pd
import psutil
import pyarrow as pa
import pytest
from built import Built

from explorer import Corpus
from explorer.cli.main import main
from explorer.errors import CorpusError
from explorer.papers.schema import to_frame
from explorer.ranking.meaning import Meaning
from explorer.search import making, ranker

_WAIT = """
import sys
from explorer import open_corpus
from explorer.search import making, ranker
ranker.LARGE = 0
really = making._have_made
def told(*arguments):
    print("made")
    really(*arguments)
making._have_made = told
corpus = open_corpus(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(corpus.rank("vision + model - graph", limit=5)["id"].to_list(), flush=True)
"""


class Stop(Exception):
    pass


def build(folder: Path) -> Corpus:
    return Corpus.from_papers(pa.Table.from_pylist(oracles.random_papers(3, 400)), folder)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Built) -> Corpus:
    """Counts as large."""
    monkeypatch.setattr(ranker, "LARGE", 0)
    return built(build, tmp_path / "corpus")


def left(corpus: Corpus) -> list[str]:
    return [path.name for path in corpus.snapshot.generation.iterdir() if "meaning" in path.name and path.suffix != ".lock"]


def test_readers_who_come_at_once_have_it_made_once(corpus: Corpus) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _WAIT, str(corpus.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    said = []
    for reader in readers:
        assert reader.stdin is not None
        reader.stdin.write("\n")
        reader.stdin.flush()
    for reader in readers:
        said.append(reader.communicate()[0].splitlines())
    assert sorted(len(lines) for lines in said) == [1, 1, 1, 2]
    assert {lines[-1] for lines in said} == {str(corpus.rank("vision + model - graph", limit=5)["id"].to_list())}
    assert left(corpus) == ["meaning-4"]


def test_a_process_of_its_own_makes_the_same_bits(corpus: Corpus, tmp_path: Path) -> None:
    stages: list[str] = []
    corpus.ranker.prepare_meaning(lambda stage, part: stages.append(stage))
    assert list(dict.fromkeys(stages)) == ["terms", "vectors", "concepts", "flush"]
    Meaning.make(corpus.table, tmp_path / "here", progress=lambda stage, part: None)
    made = {path.name: path.read_bytes() for path in (corpus.snapshot.generation / "meaning-4").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}


def test_a_stop_ends_the_process_and_leaves_nothing(corpus: Corpus) -> None:
    def stop(stage: str, part: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        corpus.ranker.prepare_meaning(stop)
    assert left(corpus) == []
    assert not [child for child in psutil.Process().children() if "explorer.search.making" in child.cmdline()]
    corpus.ranker.prepare_meaning()
    assert left(corpus) == ["meaning-4"]


def test_who_waits_hears_how_far_it_is_and_takes_over_from_one_who_stops(corpus: Corpus) -> None:
    generation = corpus.snapshot.generation
    heard: list[tuple[str, float]] = []
    with making._turn(generation / ".meaning-4.lock") as held:
        assert held is not None
        held.write(b"vectors 0.5000\n")
        held.flush()
        waiting = threading.Thread(
            target=making.make, args=(generation, generation / "meaning-4", lambda *said: heard.append(said)), daemon=True
        )
        waiting.start()
        while len(heard) < 2:
            time.sleep(0.01)
        assert set(heard) == {("vectors", 0.5)}
    waiting.join()
    assert left(corpus) == ["meaning-4"]
    assert heard[-1] == ("flush", 1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_process_that_is_killed_is_said_and_what_it_left_goes(corpus: Corpus) -> None:
    (corpus.snapshot.generation / ".meaning-4-left").mkdir()

    def kill(stage: str, part: float) -> None:
        for child in psutil.Process().children():
            if "explorer.search.making" in child.cmdline():
                os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(CorpusError, match=r"ended by signal 9.*ask again"):
        corpus.ranker.prepare_meaning(kill)
    assert left(corpus) == []
    corpus.ranker.prepare_meaning()
    assert len(corpus.rank("vision", limit=3)) == 3


def test_of_a_corpus_that_cannot_be_written_it_is_kept_in_the_cache(
    corpus: Corpus, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != corpus.snapshot.generation and really(path, mode))
    gone = cache / "meaning" / "g-gone"
    gone.mkdir(parents=True)
    (gone / "generation").write_text(str(cache / "nowhere"))
    assert len(corpus.rank("vision", limit=3)) == 3
    assert left(corpus) == []
    assert (cache / "meaning" / corpus.snapshot.generation.name / "meaning-4").is_dir()
    assert not gone.exists()
    assert Corpus(corpus.folder).ranker.meaning_ready


def test_where_nothing_can_be_written_papers_are_ranked_from_memory(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    assert len(corpus.rank("vision", limit=3)) == 3
    assert left(corpus) == []


def test_where_the_process_may_not_write_papers_are_ranked_from_memory(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As where a lock is there that may be written, in a folder that may not."""
    (tmp_path / "refused.py").write_text(
        "import errno, runpy, sys, tempfile\n"
        "def refuse(*args, **kwargs):\n"
        "    raise OSError(errno.EACCES, 'Permission denied')\n"
        "tempfile.mkdtemp = refuse\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_module('explorer.search.making', run_name='__main__')\n"
    )

    def refused(generation: Path, folder: Path) -> subprocess.Popen[str]:
        command = [sys.executable, str(tmp_path / "refused.py"), "making", str(generation), str(folder)]
        home = str(Path(making.__file__).parents[2])
        env = {**os.environ, "PYTHONPATH": home}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)

    monkeypatch.setattr(making, "_maker", refused)
    with monkeypatch.context() as here:
        here.setattr("tempfile.mkdtemp", lambda *args, **kwargs: (_ for _ in ()).throw(PermissionError()))
        assert len(corpus.rank("vision", limit=3)) == 3
    assert left(corpus) == []


def test_vectors_of_an_earlier_version_are_left_alone_and_made_anew(corpus: Corpus) -> None:
    (corpus.snapshot.generation / "meaning-3").mkdir()
    assert not corpus.ranker.meaning_ready
    assert len(corpus.rank("vision", limit=3)) == 3
    assert sorted(left(corpus)) == ["meaning-3", "meaning-4"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Papers that count as many."""
    monkeypatch.setattr(making, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    path = tmp_path / "papers.csv"
    to_frame(pa.Table.from_pylist(oracles.random_papers(3, 100))).to_csv(path, index=False)
    return path


def makers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "explorer.search.making" in child.cmdline()]


@pytest.mark.parametrize("parts", [[], pytest.param(["--parts", "3", "--processes", "2"], marks=pytest.mark.slow)])
def test_a_build_has_it_made_beside_the_rest(file: Path, monkeypatch: pytest.MonkeyPatch, parts: list[str]) -> None:
    def stop(*made: object) -> None:
        raise Stop

    # Whatever is made after the build is made by one of these.
    monkeypatch.setattr(making, "_have_made", stop)
    monkeypatch.setattr(Meaning, "_make", stop)
    assert main(["build", str(file), "-o", str(file.parent / "corpus"), *parts]) == 0
    monkeypatch.undo()
    corpus = Corpus(file.parent / "corpus")
    Meaning.make(corpus.table, file.parent / "here", progress=lambda stage, part: None)
    made = {path.name: path.read_bytes() for path in (corpus.snapshot.generation / "meaning-4").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (file.parent / "here").iterdir()}
    assert main(["check", str(corpus.folder)]) == 0
    assert not makers()


@pytest.mark.parametrize("options", [[], pytest.param(["--keep-duplicates"], marks=pytest.mark.slow)])
def test_texts_that_are_read_before_records_are_merged_are_those_of_the_papers(file: Path, options: list[str]) -> None:
    records = oracles.random_papers(5, 90)
    frame = to_frame(pa.Table.from_pylist(records)).assign(doi=[f"10.5555/{number}" for number in range(90)])
    # Some are there once more: with an abstract that the other lacks, or without the one that it has.
    again = frame.iloc[::3].assign(abstract=[None if number % 2 else f"told again by number {number}" for number in range(30)])
    frame.loc[frame.index[::6], "abstract"] = None
    frame = pd.concat([frame, again]).sample(frac=1, random_state=1).assign(id=[f"r{number}" for number in range(120)])
    frame.to_csv(file, index=False)
    parts = ["--parts", "5", "--processes", "2"]
    assert main(["build", str(file), "-o", str(file.parent / "corpus"), *parts, *options]) == 0
    corpus = Corpus(file.parent / "corpus")
    assert len(corpus) == (120 if options else 90)
    Meaning.make(corpus.table, file.parent / "here", progress=lambda stage, part: None)
    made = {path.name: path.read_bytes() for path in (corpus.snapshot.generation / "meaning-4").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (file.parent / "here").iterdir()}


@pytest.mark.parametrize("parts", [[], ["--parts", "3", "--processes", "2"]])
def test_a_build_that_is_stopped_stops_what_is_made_beside_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, parts: list[str]
) -> None:
    begun: list[psutil.Process] = []

    def stop(*arguments: object, **options: object) -> None:
        begun.extend(makers())
        raise Stop

    monkeypatch.setattr("explorer.store.build.build_topics", stop)
    with pytest.raises(Stop):
        main(["build", str(file), "-o", str(file.parent / "corpus"), *parts])
    assert len(begun) == 1
    assert not makers()
    assert [path.name for path in file.parent.iterdir()] == ["papers.csv"]


def test_what_could_not_be_made_beside_a_build_is_made_after_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(generation: Path, folder: Path, *read: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "print('terms 0.5', flush=True); raise SystemExit('no memory')"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    monkeypatch.setattr(making, "_maker", failing)
    assert main(["build", str(file), "-o", str(file.parent / "corpus")]) == 0
    assert left(Corpus(file.parent / "corpus")) == ["meaning-4"]

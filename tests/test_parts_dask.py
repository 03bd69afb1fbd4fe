"""Parts worked on by the workers of a real Dask cluster: a scheduler and workers in processes of their own, on the loopback address."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import oracles
import pyarrow as pa
import pytest
from dask_cluster import Cluster, until
from test_parts import built, files_of, packs  # noqa: F401  (packs is asked for by nobody: it holds for the module)

import explorer
from explorer import Corpus, CorpusError, QueryError
from explorer.cli.main import main
from explorer.corpus.building import asked_by, connected, working
from explorer.executors import OnDask
from explorer.papers.schema import to_table
from explorer.store.build import write_corpus
from explorer.store.paper_files import DICTIONARY
from explorer.store.parts import PartedIndex, Plan

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills workers by signal"),
    # A worker that is killed leaves connections behind, of which Dask tells by warnings.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

PAPERS = 60
QUERIES = ("model OR reward", "NOT graph", "mod*", '"reward model"', "graph", "title:model", "author:Lee", "zzzz")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def papers() -> list[oracles.Paper]:
    return oracles.random_papers(15, PAPERS)


@pytest.fixture(scope="module")
def whole(papers: list[oracles.Paper], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return built(papers, tmp_path_factory.mktemp("whole") / "c", Plan())


def slowly(number: int, told: Callable[[float], None]) -> int:
    time.sleep(0.4)
    return number


def refuses(number: int, told: Callable[[float], None]) -> int:
    raise QueryError("not this one", 7, "query")


def dies(number: int, told: Callable[[float], None]) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def process_number() -> dict[str, str]:
    return {"process": str(os.getpid())}


@pytest.mark.parametrize("workers", [2, *(pytest.param(number, marks=pytest.mark.slow) for number in (1, 4))])
def test_the_same_corpus_and_the_same_answers(
    workers: int, papers: list[oracles.Paper], whole: Corpus, cluster: Cluster, tmp_path: Path
) -> None:
    with cluster.client(workers) as client:
        built(papers, tmp_path / "c", Plan(15, OnDask(client)))
        corpus = explorer.open_corpus(tmp_path / "c", client=client)
        assert isinstance(corpus.snapshot.index, PartedIndex)
        assert files_of(corpus) == files_of(whole)
        assert DICTIONARY in files_of(corpus)
        for query in QUERIES:
            assert corpus.select(query).equals(whole.select(query)), query


def test_the_way_from_files(cluster: Cluster, tmp_path: Path) -> None:
    source = tmp_path / "papers.csv"
    source.write_text(
        "title,year\n" + "".join(f"Paper number {n} of many,20{n % 20:02d}\n" for n in range(40)), encoding="utf-8"
    )
    one = explorer.build_corpus(source, folder=tmp_path / "one", n_topics=2)
    with cluster.client(2) as client:
        corpus = explorer.build_corpus(source, folder=tmp_path / "many", part_size=14, client=client, n_topics=2)
        assert isinstance(corpus.snapshot.index, PartedIndex)
        assert files_of(corpus) == files_of(one)
    command = ["build", str(source), "-o", str(tmp_path / "told"), "--parts", "3", "--no-concepts", "--topics", "2"]
    assert main([*command, "--scheduler", cluster.address]) == 0
    assert files_of(Corpus(tmp_path / "told")) == files_of(one)


def test_a_worker_that_is_killed_in_a_build(
    papers: list[oracles.Paper], whole: Corpus, cluster: Cluster, tmp_path: Path
) -> None:
    """Its parts are done by the other, and nothing half-written is left."""
    stages: list[str] = []
    killed = threading.Event()

    def progress(stage: str, part: float) -> None:
        stages.append(stage)
        if stage == "index" and part > 0.2 and not killed.is_set():
            killed.set()
            cluster.kill()

    with cluster.client(2) as client:
        table = to_table(pa.Table.from_pylist(papers))
        write_corpus(table, tmp_path / "c", n_topics=4, plan=Plan(10, OnDask(client)), progress=progress)
    assert killed.is_set()
    corpus = Corpus(tmp_path / "c")
    assert files_of(corpus) == files_of(whole)
    assert not [path.name for path in corpus.snapshot.generation.rglob(".index-*")]
    for query in QUERIES:
        assert corpus.select(query).equals(whole.select(query)), query


@pytest.mark.slow
def test_a_worker_that_is_killed_among_two_hundred_interactions(
    papers: list[oracles.Paper], whole: Corpus, cluster: Cluster, tmp_path: Path
) -> None:
    built(papers, tmp_path / "c", Plan(40))
    with cluster.client(2) as client:
        corpus = explorer.open_corpus(tmp_path / "c", client=client)
        asked = [f"({query}) OR graph{number}" for number in range(25) for query in QUERIES]
        assert len(asked) == 200
        for number, query in enumerate(asked):
            if number == 100:
                cluster.kill()
            found = corpus.results(explorer.Selection(query=query))
            expected = whole.results(explorer.Selection(query=query))
            assert found.rows().tolist() == expected.rows().tolist(), query
            assert found.scores(found.rows()).tolist() == expected.scores(expected.rows()).tolist(), query
        until(lambda: len(client.nthreads()) == 1)


def test_work_goes_to_all_and_stops(cluster: Cluster) -> None:
    class Stop(Exception):
        pass

    def stop(part: float) -> None:
        if part >= 0.25:
            raise Stop

    with cluster.client(2) as client:
        executor = OnDask(client)
        assert executor.workers == 2
        assert dict(executor.map(slowly, list(range(4)))) == {n: n for n in range(4)}
        done: list[int] = []
        with pytest.raises(Stop):
            done.extend(number for number, _ in executor.map(slowly, list(range(20)), stop))
        assert len(done) < 20
        with pytest.raises(QueryError, match="not this one") as caught:
            list(executor.map(refuses, [1]))
        assert caught.value.position == 7


def test_a_part_that_kills_every_worker_is_given_up(cluster: Cluster) -> None:
    with cluster.client(4) as client, pytest.raises(CorpusError, match="may lack memory"):
        list(OnDask(client).map(dies, [1]))
    for _ in range(4):
        cluster.kill()


def test_workers_that_differ_are_refused(cluster: Cluster) -> None:
    with cluster.client(1) as client, pytest.raises(CorpusError, match=r"has process \d+ and not"):
        OnDask(client, process_number)


def test_a_scheduler_without_workers(cluster: Cluster, tmp_path: Path, whole: Corpus) -> None:
    with cluster.client(0) as client, pytest.raises(CorpusError, match="has no worker"):
        explorer.open_corpus(whole.folder, client=client)


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("explorer.corpus.building._WAIT", 1)
    with pytest.raises(CorpusError, match="No scheduler answers"):
        connected("tcp://127.0.0.1:9")
    source = tmp_path / "papers.csv"
    source.write_text("title\nPaper\n", encoding="utf-8")
    assert main(["build", str(source), "-o", str(tmp_path / "c"), "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "dask scheduler" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_a_scheduler_that_ends(papers: list[oracles.Paper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked then says so, and the corpus is opened again without it."""
    monkeypatch.setattr("explorer.executors._SILENCE", 1.0)
    own = Cluster(tmp_path)
    built(papers, tmp_path / "c", Plan())
    try:
        with own.client(1) as client:
            corpus = explorer.open_corpus(tmp_path / "c", client=client)
            assert len(corpus.select("model"))
            own.end()
            with pytest.raises(CorpusError, match="does not answer"):
                corpus.select("reward")
            assert len(explorer.open_corpus(tmp_path / "c").select("reward"))
    finally:
        own.end()


def test_a_dashboard_asks_the_workers(
    papers: list[oracles.Paper], whole: Corpus, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the kernels of ``litexplorer serve --scheduler`` do: by what they find in the environment."""
    built(papers, tmp_path / "c", Plan(40))
    with cluster.client(2):
        monkeypatch.setenv("LITEXPLORER_CORPUS", str(tmp_path / "c"))
        monkeypatch.setenv("LITEXPLORER_SCHEDULER", cluster.address)
        board = explorer.explore(selection="model OR reward")
        index = board.corpus.snapshot.index
        assert isinstance(index, PartedIndex)
        assert board.to_frame().equals(whole.select("model OR reward"))
        index._executor.close()


def test_a_connection_is_closed_after_the_work(cluster: Cluster) -> None:
    with cluster.client(1), working(scheduler=cluster.address) as executor:
        assert dict(executor.map(slowly, [5])) == {0: 5}
    assert isinstance(executor, OnDask)
    assert executor._client.status == "closed"


def test_another_opening_asks_here_again(papers: list[oracles.Paper], cluster: Cluster, tmp_path: Path) -> None:
    built(papers, tmp_path / "c", Plan())
    with cluster.client(1) as client:
        asked = explorer.open_corpus(tmp_path / "c", client=client)
        assert isinstance(asked.snapshot.index, PartedIndex)
        assert not isinstance(explorer.open_corpus(tmp_path / "c").snapshot.index, PartedIndex)
        assert isinstance(asked_by(tmp_path / "c", OnDask(client)).snapshot.index, PartedIndex)

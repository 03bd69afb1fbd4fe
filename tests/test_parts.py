"""A corpus in parts, against one that is built and asked at once: the same files, the same answers, bit for bit."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import Corpus, CorpusError, QueryError, ReadError, Selection
from explorer.cli.main import main
from explorer.corpus.building import asked_by
from explorer.executors import DEATHS, Aside, InTurn, Processes, in_threads, unheard
from explorer.papers.rows import rows_of
from explorer.papers.schema import to_table
from explorer.papers.spool import Spool, in_batches, spools
from explorer.selection.query import parse
from explorer.store.build import write_corpus
from explorer.store.facets import code_facet, join_facets
from explorer.store.paper_files import DICTIONARY
from explorer.store.parts import PART, PartedIndex, Plan

PAPERS = 120
PARTS = (3, 8)
FIELDS = ("topics", "venues", "authors", "keywords", "has_code", "years", "months", "columns.extra")


class Eight(InTurn):
    """Asks eight shares, one after another."""

    workers = 8


def files_of(corpus: Corpus) -> dict[str, bytes]:
    """The files of a generation but those of the full text, whose segments bear names that chance gives."""
    folder = corpus.snapshot.generation
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "files.json" and path.parent.name != "index"
    }


def built(papers: list[oracles.Paper], folder: Path, plan: Plan) -> Corpus:
    # A number of topics that is told is not looked for, which would take most of the time.
    write_corpus(to_table(pa.Table.from_pylist(papers)), folder, n_topics=4, plan=plan)
    return Corpus(folder)


@pytest.fixture(scope="module", autouse=True)
def packs() -> Iterator[None]:
    """Abstracts are packed as those of a large corpus are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.papers.paper_table.LEAST", 50)
        yield


@pytest.fixture(scope="module")
def eight() -> Eight:
    return Eight()


@pytest.fixture(scope="module")
def papers() -> list[oracles.Paper]:
    return oracles.random_papers(15, PAPERS)


@pytest.fixture(scope="module")
def whole(papers: list[oracles.Paper], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Built and asked at once."""
    return built(papers, tmp_path_factory.mktemp("whole") / "c", Plan())


@pytest.fixture(scope="module")
def in_parts(papers: list[oracles.Paper], eight: Eight, tmp_path_factory: pytest.TempPathFactory) -> list[Corpus]:
    """Built in parts; the first is asked at once, the others part by part."""
    made = []
    for count in PARTS:
        folder = tmp_path_factory.mktemp("parts") / "c"
        corpus = built(papers, folder, Plan(-(-PAPERS // count)))
        made.append(corpus if count == PARTS[0] else asked_by(folder, eight))
    return made


# Building -----------------------------------------------------------------------------------------------------------------


def test_what_is_built_does_not_depend_on_the_parts(whole: Corpus, in_parts: list[Corpus]) -> None:
    expected = files_of(whole)
    assert {"papers.0.arrow", DICTIONARY, "topics.base.npy", "authors.codes.npy", "title.order.npy"} <= set(expected)
    for corpus in in_parts:
        assert files_of(corpus) == expected
        assert corpus.manifest["content_hash"] == whole.manifest["content_hash"]
        assert not list(corpus.snapshot.generation.glob(".index-*"))


def test_an_index_of_parts_holds_each_paper_once(in_parts: list[Corpus]) -> None:
    for corpus in in_parts:
        rows = corpus.snapshot.index.hits(parse("NOT zzzz")).rows
        assert np.array_equal(np.sort(rows), np.arange(PAPERS))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_few_papers_in_many_parts(count: int, eight: Eight, tmp_path: Path) -> None:
    papers = oracles.random_papers(3, count)
    table = to_table(pa.Table.from_pylist(papers) if papers else pa.table({"title": pa.nulls(0, pa.string())}))
    write_corpus(table, tmp_path / "one", n_topics=2)
    write_corpus(table, tmp_path / "many", n_topics=2, plan=Plan(3))
    one, many = Corpus(tmp_path / "one"), asked_by(tmp_path / "many", eight)
    assert files_of(one) == files_of(many)
    assert one.select("NOT zzzz").equals(many.select("NOT zzzz"))


@pytest.mark.parametrize("size", [0, -3])
def test_a_part_holds_a_paper(size: int) -> None:
    with pytest.raises(CorpusError, match="200,000 is usual"):
        Plan(size)


@settings(max_examples=examples(60), deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(0, 60), cuts=st.lists(st.integers(0, 60), max_size=5))
def test_a_facet_is_the_same_in_pieces(seed: int, count: int, cuts: list[int]) -> None:
    papers = oracles.random_papers(seed, count)
    for name, kind in (("keywords", pa.list_(pa.large_string())), ("venue", pa.large_string())):
        column = pa.chunked_array([pa.array([paper[name] for paper in papers], kind)])
        edges = sorted({0, count, *(min(cut, count) for cut in cuts)})
        pieces = [code_facet(column.slice(a, b - a)) for a, b in itertools.pairwise(edges)] or [code_facet(column)]
        joined, expected = join_facets(pieces), code_facet(column)
        assert joined.values.to_pylist() == expected.values.to_pylist()
        for part in ("codes", "starts", "rows"):
            assert np.array_equal(getattr(joined, part), getattr(expected, part)), part
            assert getattr(joined, part).dtype == getattr(expected, part).dtype


# Asking -------------------------------------------------------------------------------------------------------------------


@settings(max_examples=examples(30), deadline=None)
@given(data=st.data())
def test_selections_have_the_same_answers(data: st.DataObject, whole: Corpus, in_parts: list[Corpus]) -> None:
    selection = data.draw(oracles.selections(whole.topics.labels))
    expected = whole.results(selection)
    table, counts = expected.table(), {field: expected.counts(field) for field in FIELDS}
    for corpus in in_parts:
        found = corpus.results(selection)
        assert found.table().equals(table)
        assert np.array_equal(found.scores(found.rows()), expected.scores(expected.rows()), equal_nan=True)
        for field, count in counts.items():
            assert np.array_equal(found.counts(field), count), field
        rows = expected.rows_without("")
        parts, one = corpus.topics.snapshot, whole.topics.snapshot
        assert parts.frequency(by="month", rows=rows).equals(one.frequency(by="month", rows=rows))


ORDERS = (
    Selection(query="reward OR model", sort="hybrid"),
    Selection(query="graph model", mode="any"),
    Selection(query="reward model", mode="meaning"),
    Selection(rank="reward + model"),
    Selection(rank="model - graph", query="NOT zzzz"),
    Selection(query="model", sort="preference", prefer=(("relevance", 1.0), ("recency", 0.5), ("upvotes", 2.0))),
    Selection(axes=(("model", "graph"),), query="NOT zzzz"),
)


def test_rankings_have_the_same_answers(whole: Corpus, in_parts: list[Corpus]) -> None:
    words = set(" ".join(str(text) for text in whole.papers["abstract"].dropna()).lower().split())
    assert {"reward", "model", "graph"} <= words
    for selection in ORDERS:
        expected = whole.select(selection)
        assert len(expected)
        for corpus in in_parts:
            assert corpus.select(selection).equals(expected), selection
    ids = whole.papers["id"].to_list()
    for corpus in in_parts:
        for mode in ("bm25", "hybrid", "semantic"):
            assert corpus.search("reward models of graphs", mode=mode, natural=True, limit=9).equals(
                whole.search("reward models of graphs", mode=mode, natural=True, limit=9)
            )
        for id_ in ids[:: PAPERS // 9]:
            assert corpus.similar(id_).equals(whole.similar(id_))
            assert corpus.why(id_, "model OR reward") == whole.why(id_, "model OR reward")
        assert corpus.rank("reward + graph", limit=20).equals(whole.rank("reward + graph", limit=20))
        assert corpus.axis("model", "graph").equals(whole.axis("model", "graph"))
        assert corpus.topics.trends().equals(whole.topics.trends())


def test_completion_and_spelling_are_the_same(whole: Corpus, in_parts: list[Corpus]) -> None:
    texts = ("re", "mod", "author:l", "venue:", "keywords:g", "rewrad", "modle", "grpah model", "has:", "title:re")
    for corpus in in_parts:
        for text in texts:
            assert corpus.complete(text) == whole.complete(text), text
            assert corpus.suggest(text) == whole.suggest(text), text


def exported(corpus: Corpus, path: Path) -> dict[str, bytes]:
    """What the command writes, taken out of its archive, but for when it was written, when the corpus was built, and where."""
    options = ["--query", "model OR reward", "--years", "2020..", "--sort", "relevance", "--analysis"]
    assert main(["export", str(corpus.folder), "-o", str(path), *options]) == 0
    files = {"": path.read_bytes()}
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    files = {name: data.replace(str(corpus.folder).encode(), b"folder") for name, data in files.items()}
    return {name: re.sub(rb"20\d\d-\d\d-\d\dT[\d:]+(?:\+00:00|Z)?", b"then", data) for name, data in files.items()}


@pytest.mark.parametrize("suffix", [".bib", ".ris", ".json", ".csv", ".jsonl"])
def test_exports_are_the_same(suffix: str, whole: Corpus, in_parts: list[Corpus], tmp_path: Path) -> None:
    expected = exported(whole, tmp_path / f"out{suffix}")
    assert b"model" in b"".join(expected.values())
    for corpus in in_parts:
        assert exported(corpus, tmp_path / f"out{suffix}") == expected


def test_a_malformed_query_says_so(in_parts: list[Corpus]) -> None:
    with pytest.raises(QueryError):
        in_parts[1].select('"a* b* c* d*" NEAR/9 ("*')


# Changing -----------------------------------------------------------------------------------------------------------------


def test_what_becomes_of_it_is_the_same(papers: list[oracles.Paper], eight: Eight, tmp_path: Path) -> None:
    """Papers added, removed and merged, topics found again and changed, each taken back."""
    one = built(papers[:100], tmp_path / "one", Plan())
    built(papers[:100], tmp_path / "many", Plan(30))
    many = asked_by(tmp_path / "many", eight)
    twin = {**papers[5], "id": "twin", "doi": "10.5555/twin", "title": "A title that no other paper here bears at all"}
    more = pa.Table.from_pylist([*papers[100:140], twin, {**twin, "id": "twin-2"}])
    steps: list[Callable[[Corpus], Corpus]] = [
        lambda corpus: corpus.add(more),
        lambda corpus: corpus.remove([papers[3]["id"], papers[110]["id"]]),
        lambda corpus: corpus.refit(3),
        lambda corpus: corpus.undo(),
        lambda corpus: corpus.decide(corpus.rules.always_merge(papers[10]["id"], papers[90]["id"])),
        lambda corpus: corpus.split(corpus.merges["paper"].iloc[0]),
    ]
    for number, step in enumerate(steps):
        one, many = step(one), step(many)
        assert isinstance(many.snapshot.index, PartedIndex), number
        assert len(one) == len(many)
        assert files_of(one).keys() == files_of(many).keys()
        assert {n: d for n, d in files_of(one).items() if not n.startswith(("ledger", "merges"))} == {
            n: d for n, d in files_of(many).items() if not n.startswith(("ledger", "merges"))
        }, number
        assert one.select("model OR reward OR title").equals(many.select("model OR reward OR title")), number
        assert one.merges.equals(many.merges)


# Streaming ----------------------------------------------------------------------------------------------------------------


def write_csv(papers: list[oracles.Paper], path: Path) -> Path:
    names = ["id", "title", "abstract", "authors", "published", "venue", "keywords", "doi", "extra"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for paper in papers:
            row = {name: paper[name] or "" for name in names}
            writer.writerow({**row, "authors": "; ".join(row["authors"]), "keywords": "; ".join(row["keywords"])})
    return path


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of papers of which some stand in several, with other columns, and some in no part of the same number."""
    folder = tmp_path_factory.mktemp("sources")
    draw = random.Random(4)
    titles = [" ".join(draw.choices(oracles.WORDS[:12], k=5)) + f" number {number} of many" for number in range(90)]
    some = [
        {**paper, "title": title, "doi": f"10.5555/{number}", "extra": str(number % 7)}
        for number, (paper, title) in enumerate(zip(oracles.random_papers(8, 90), titles, strict=True))
    ]
    first, second = some[:70], [{**paper, "id": f"other-{paper['id']}", "abstract": None} for paper in some[40:]]
    third = [{"title": paper["title"], "doi": paper["doi"], "note": "seen"} for paper in some[:10]]
    path = folder / "c.jsonl"
    path.write_text("".join(json.dumps(paper) + "\n" for paper in third), encoding="utf-8")
    return [write_csv(first, folder / "a.csv"), write_csv(second, folder / "b.csv"), path]


@pytest.mark.parametrize("size", [PART, 31])
def test_files_become_what_import_papers_makes_of_them(size: int, sources: list[Path], tmp_path: Path) -> None:
    imported = explorer.import_papers(*sources)
    assert len(imported.merges) == 40  # the papers that stand in two files or in all three
    expected = Corpus.from_papers(imported.papers, tmp_path / "one", merges=imported.merges, ledger=imported.ledger, n_topics=3)
    corpus = explorer.build_corpus(*sources, folder=tmp_path / "many", part_size=size, n_topics=3)
    assert len(corpus) == 90
    assert corpus.table.equals(expected.table)
    assert corpus.merges.equals(expected.merges)
    assert corpus.likely.equals(expected.likely)
    assert corpus.ledger.entries.equals(expected.ledger.entries)
    assert files_of(corpus) == files_of(expected)
    assert [path.name for path in tmp_path.iterdir() if "spool" in path.name] == []


class Told(InTurn):
    """Keeps the names of the works it was given."""

    def __init__(self) -> None:
        self.works: list[str] = []

    def map(self, work: Any, tasks: Any, progress: Any = unheard) -> Any:
        self.works += [work.__name__] * len(tasks)
        return super().map(work, tasks, progress)


@pytest.mark.parametrize("command", [False, True])
def test_who_works_on_the_parts_writes_the_papers(
    command: bool, sources: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("paper_files", "parts"):
        monkeypatch.setattr(f"explorer.store.{module}.FILE", 40)
    one = explorer.build_corpus(*sources, folder=tmp_path / "one", n_topics=2)
    told = Told()
    monkeypatch.setattr("explorer.corpus.building.working", lambda **given: nullcontext(told))
    options = ["--no-concepts", "--topics", "2", "--part-size", "50"]
    if command:
        assert main(["build", *map(str, sources), "-o", str(tmp_path / "many"), *options]) == 0
    else:
        explorer.build_corpus(*sources, folder=tmp_path / "many", n_topics=2, part_size=50)
    assert told.works == [*["write_part"] * 3, *["index_part"] * 2, *["place_part"] * 2]
    assert files_of(Corpus(tmp_path / "many")) == files_of(one)
    assert {"papers.2.arrow", DICTIONARY} <= set(files_of(one))


def test_all_records_are_kept_on_demand(sources: list[Path], tmp_path: Path) -> None:
    corpus = explorer.build_corpus(*sources, folder=tmp_path / "c", part_size=50, keep_duplicates=True, n_topics=3)
    assert len(corpus) == 70 + 50 + 10
    assert corpus.papers["id"].is_unique


def test_rules_hold_on(sources: list[Path], tmp_path: Path) -> None:
    corpus = explorer.build_corpus(*sources, folder=tmp_path / "c", n_topics=3)
    members = corpus.merges["members"].iloc[0]
    corpus.decide(corpus.rules.never_merge(*members))
    again = explorer.build_corpus(*sources, folder=tmp_path / "c", part_size=40, n_topics=3)
    assert again.rules.never
    assert len(again) > len(corpus)


def test_the_text_of_the_papers_does_not_lie_in_memory(tmp_path: Path) -> None:
    """What Arrow holds while papers are read and merged into spools, against what holds their text."""
    from explorer.sources.formats.registry import read_files
    from explorer.sources.importing import merged

    draw = random.Random(1)
    words = [f"word{number}" for number in range(5_000)]
    source = tmp_path / "papers.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for number in range(6_000):
            record = {"title": " ".join(draw.choices(words, k=9)), "abstract": " ".join(draw.choices(words, k=600))}
            file.write(json.dumps({**record, "id": str(number)}) + "\n")
    text = source.stat().st_size
    before, most = pa.total_allocated_bytes(), 0

    def told(part: float) -> None:
        nonlocal most
        most = max(most, pa.total_allocated_bytes() - before)

    with spools(tmp_path / "c") as folder:
        read = read_files(source, spool=Spool.within(folder))
        found = merged(read, explorer.Rules(), progress=told, spool=lambda: Spool.within(folder))[0]
        told(1.0)
        assert found.table.num_rows == 6_000
        assert most < text / 3
    # In memory it does, or the test would show nothing.
    whole = read_files(source)
    assert pa.total_allocated_bytes() - before > 0.7 * text
    assert whole.table.num_rows == 6_000


@settings(max_examples=examples(60), deadline=None)
@given(rows=st.lists(st.integers(0, 299), max_size=200), ascending=st.booleans(), batch=st.sampled_from([3, 40, 1000]))
def test_rows_are_taken_in_batches(rows: list[int], ascending: bool, batch: int) -> None:
    import explorer.papers.spool as module

    chosen = np.array(sorted(set(rows)) if ascending else rows, np.int64)
    pieces = [
        pa.table({"n": range(start, start + 50), "t": [f"t{n}" for n in range(start, start + 50)]})
        for start in range(0, 300, 50)
    ]
    table = pa.concat_tables(pieces)
    expected = table.take(pa.array(chosen)).to_pylist()
    kept, module._ROWS = module._ROWS, batch
    try:
        found = [row for part in in_batches(table, chosen) for row in part.to_pylist()]
    finally:
        module._ROWS = kept
    assert found == expected
    assert rows_of(table, chosen).to_pylist() == expected


def test_spools_are_removed_whatever_happens(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f".c.spool-{dead.pid}"
    left.mkdir()
    living = tmp_path / f".c.spool-{os.getppid()}"
    living.mkdir()
    with pytest.raises(ReadError), spools(tmp_path / "c") as folder:
        explorer.read_papers(folder / "nothing.bib")
    assert [path.name for path in tmp_path.iterdir()] == [living.name]


def test_no_paper_is_no_corpus(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("title\n", encoding="utf-8")
    with pytest.raises(ReadError, match="no corpus was made"):
        explorer.build_corpus(empty, folder=tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("path", ["s3://bucket/corpus", "gs://bucket/c"])
def test_an_address_is_no_folder_to_build_in(path: str, sources: list[Path]) -> None:
    with pytest.raises(CorpusError, match="Build one, and copy the folder there"):
        explorer.build_corpus(*sources, folder=path)


# The command line ---------------------------------------------------------------------------------------------------------


def test_the_command_builds_in_parts(sources: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in sources]
    assert main(["build", *files, "-o", str(tmp_path / "one"), "--no-concepts", "--topics", "3"]) == 0
    assert main(["build", *files, "-o", str(tmp_path / "size"), "--no-concepts", "--topics", "3", "--part-size", "40"]) == 0
    assert main(["build", *files, "-o", str(tmp_path / "number"), "--no-concepts", "--topics", "3", "--parts", "3"]) == 0
    one, size, number = (Corpus(tmp_path / name) for name in ("one", "size", "number"))
    assert files_of(one) == files_of(size) == files_of(number)
    assert "90 papers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--part-size", "0"], "200,000 is usual"),
        (["--parts", "0"], "Name one or more"),
        (["--processes", "0"], "Name one or more"),
    ],
)
def test_the_command_says_what_cannot_be(
    options: list[str], says: str, sources: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(sources[0]), "-o", str(tmp_path / "c"), *options]) == 1
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# Executors ----------------------------------------------------------------------------------------------------------------


def doubled(number: int, told: Callable[[float], None]) -> int:
    told(0.5)
    return 2 * number


def refuses(number: int, told: Callable[[float], None]) -> int:
    raise QueryError("not this one", 7, "query")


def dies(task: tuple[str, int, int], told: Callable[[float], None]) -> int:
    """Kills its own process as often as it is told to."""
    folder, number, times = task
    marks = list(Path(folder).glob(f"{number}-*"))
    if len(marks) < times:
        (Path(folder) / f"{number}-{time.time_ns()}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def waits(task: str, told: Callable[[float], None]) -> None:
    Path(task, f"begun-{time.time_ns()}").touch()
    time.sleep(60)
    Path(task, "ended").touch()


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    pool = Processes(2)
    yield pool
    pool.close()


class Stop(Exception):
    pass


def test_work_in_turn_tells_how_far_it_is() -> None:
    heard: list[float] = []
    assert dict(InTurn().map(doubled, [5, 6], heard.append)) == {0: 10, 1: 12}
    assert heard == [0.25, 0.75]


def test_work_in_processes(processes: Processes) -> None:
    assert dict(processes.map(doubled, list(range(7)))) == {n: 2 * n for n in range(7)}
    with pytest.raises(QueryError, match="not this one") as caught:
        list(processes.map(refuses, [1]))
    assert (caught.value.position, caught.value.query) == (7, "query")


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_the_work_of_a_process_that_dies_is_done_by_another(processes: Processes, tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number, number % 2) for number in range(4)]
    assert dict(processes.map(dies, tasks)) == {n: n for n in range(4)}
    with pytest.raises(CorpusError, match="may lack memory"):
        list(processes.map(dies, [(str(tmp_path), 9, DEATHS + 5)]))
    assert dict(processes.map(doubled, [3])) == {0: 6}


def test_work_in_processes_stops(processes: Processes, tmp_path: Path) -> None:
    def stop(part: float) -> None:
        if list(tmp_path.glob("begun-*")):
            raise Stop

    with pytest.raises(Stop):
        list(processes.map(waits, [str(tmp_path)] * 4, stop))
    assert not (tmp_path / "ended").exists()
    assert dict(processes.map(doubled, [3])) == {0: 6}


def test_processes_build_and_ask(papers: list[oracles.Paper], whole: Corpus, processes: Processes, tmp_path: Path) -> None:
    built(papers, tmp_path / "c", Plan(40, processes))
    corpus = asked_by(tmp_path / "c", processes)
    assert files_of(corpus) == {name: data for name, data in files_of(whole).items() if not name.startswith("meaning")}
    for query in ("model OR reward", "NOT graph", "mod*", '"reward model"'):
        assert corpus.select(query).equals(whole.select(query))
        assert corpus.snapshot.count_hits(parse(query)) == len(whole.select(query))
    opened = explorer.open_corpus(tmp_path / "c", processes=1)
    assert isinstance(opened.snapshot.index, PartedIndex)
    assert opened.select("model").equals(whole.select("model"))


def test_a_build_in_processes_that_is_stopped_leaves_nothing(
    papers: list[oracles.Paper], processes: Processes, tmp_path: Path
) -> None:
    def stop(stage: str, part: float) -> None:
        if stage == "index":
            raise Stop

    table = to_table(pa.Table.from_pylist(papers))
    with pytest.raises(Stop):
        write_corpus(table, tmp_path / "c", plan=Plan(20, processes), progress=stop)
    assert list(tmp_path.iterdir()) == []


def fails(told: object) -> None:
    raise CorpusError("It cannot be indexed.")


def test_what_fails_aside_is_said_where_it_is_waited_for() -> None:
    with pytest.raises(CorpusError, match="cannot be indexed"), Aside(fails) as aside:
        aside.end(lambda part: None)


def test_work_aside_ends_with_its_caller() -> None:
    begun, stopped = threading.Event(), threading.Event()

    def work(told: Callable[[float], None]) -> None:
        try:
            while True:
                told(0.5)
                begun.set()
        finally:
            stopped.set()

    with Aside(work):
        begun.wait()
    assert stopped.is_set()


def test_two_works_survive_the_death_of_one_worker(processes: Processes, tmp_path: Path) -> None:
    found: list[dict[int, int]] = []
    with Aside(lambda told: found.append(dict(processes.map(doubled, range(50), told)))) as aside:
        assert dict(processes.map(dies, [(str(tmp_path), 7, 1)])) == {0: 7}
        aside.end(lambda part: None)
    assert found == [{number: 2 * number for number in range(50)}]


@pytest.mark.parametrize("threads", [1, 2])
def test_what_threads_make_comes_in_order_and_not_far_ahead(threads: int) -> None:
    begun: list[int] = []

    def work(task: int) -> int:
        begun.append(task)
        time.sleep(0.002 * (task % 3))
        return task * task

    taken = []
    for found in in_threads(work, range(40), threads):
        taken.append(found)
        assert len(begun) <= len(taken) + threads + 1
    assert taken == [task * task for task in range(40)]


def test_who_stops_asking_threads_stops_them_and_hears_what_failed() -> None:
    begun: list[int] = []

    def work(task: int) -> int:
        begun.append(task)
        if task == 5:
            raise CorpusError("the fifth")
        return task

    with pytest.raises(CorpusError, match="the fifth"):
        list(in_threads(work, range(1000)))
    assert len(begun) < 10
    begun.clear()
    asked = in_threads(work, itertools.repeat(1))
    assert next(asked) == 1
    asked.close()
    done = len(begun)
    time.sleep(0.05)
    assert len(begun) == done <= 4
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("explorer-ahead")]

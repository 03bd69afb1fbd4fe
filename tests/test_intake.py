from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replay import Fault, Replay

from explorer import Corpus, import_papers, open_corpus, read_papers
from explorer.cli.main import main
from explorer.dashboard.intake.intake import BUSY, Intake
from explorer.dashboard.intake.upload import CHUNK, MOST_FILES, Upload
from explorer.disk import HELD
from explorer.errors import ReadError
from explorer.papers.schema import FIELDS
from explorer.sources import services
from explorer.sources.services.registry import SERVICES

BIB = b"""@article{new1, title={The rings of a distant planet}, author={Ito, Aya}, year={2021}, doi={10.1234/rings}}
@article{new2, title={Soil and its fungi}, author={Moreau, Luc}, year={2019}}
"""
CSV = b"Headline,Writers,Released\nTides of an inland sea,Ann Lee,2020\nA grammar of whale song,Bo Kim,2018\n"


class Visitor:
    """An intake in the thread of a test, which runs its steps when it waits."""

    def __init__(self, corpus: Corpus) -> None:
        self.steps: queue.Queue[Callable[[], None]] = queue.Queue()
        self.states: list[dict[str, Any]] = []
        self.shown: list[tuple[Corpus, bool, str]] = []
        self.threads: set[int] = set()
        self.intake = Intake(
            corpus,
            tell=self._tell,
            arrived=lambda corpus, grown, said: self.shown.append((corpus, grown, said)),
            post=self.steps.put,
        )

    def _tell(self) -> None:
        self.threads.add(threading.get_ident())
        self.states.append(self.intake.state)

    @property
    def state(self) -> dict[str, Any]:
        return self.intake.state

    def send(self, **files: bytes) -> None:
        names = {str(number): name.replace("__", ".") for number, name in enumerate(files)}
        data = dict(zip(names, files.values(), strict=True))
        self.intake.begin([{"id": key, "name": names[key], "size": len(data[key])} for key in data])
        for key, content in data.items():
            for part in range(-(-len(content) // CHUNK)):
                self.intake.take(key, part, memoryview(content[part * CHUNK : (part + 1) * CHUNK]))

    def step(self, timeout: float = 60) -> None:
        self.steps.get(timeout=timeout)()

    def until(self, *phases: str) -> dict[str, Any]:
        deadline = time.monotonic() + 120
        while self.intake.phase not in phases:
            assert time.monotonic() < deadline, self.state
            assert self.intake.phase in (*BUSY, *phases), self.state
            self.step()
        return self.state

    def review(self, **files: bytes) -> dict[str, Any]:
        self.send(**files)
        self.intake.read()
        found: dict[str, Any] = self.until("review")["review"]
        return found

    def settle(self) -> None:
        self.intake.join()
        while not self.steps.empty():
            self.step()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept while they arrive."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("LITEXPLORER_CACHE", str(folder))
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    folder = tmp_path_factory.mktemp("small") / "corpus"
    Corpus.from_papers(read_papers(sample).head(30), folder, n_topics=3)
    return folder


@pytest.fixture
def corpus(tmp_path: Path, small: Path) -> Corpus:
    import shutil

    return open_corpus(shutil.copytree(small, tmp_path / "corpus"))


@pytest.fixture
def visitor(corpus: Corpus, temporary: Path, own_cache: Path) -> Iterator[Visitor]:
    made = Visitor(corpus)
    yield made
    made.intake.cancel()
    made.settle()
    assert made.threads <= {threading.get_ident()}


def everything(*folders: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()}


# The way through


def test_review_accounts_for_every_record(visitor: Visitor) -> None:
    review = visitor.review(a__bib=BIB, b__csv=CSV.replace(b"Headline", b"Title") + b"one,two,three,four\n")
    assert review["sentence"] == "5 records read: 4 accepted, 1 rejected."
    assert (review["additions"], review["papers"], review["there"]) == (4, 4, 0)
    assert review["counts"] == {"rejected": 1, "merged": 0, "likely": 0, "repaired": 0, "empty": 0}
    assert [entry["source"] for entry in review["entries"]] == ["b.csv"]
    assert [(file["name"], file["format"]) for file in review["files"]] == [("a.bib", "BibTeX"), ("b.csv", "CSV or TSV")]
    rows = list(csv.DictReader(io.StringIO(visitor.intake.ledger_csv().decode())))
    assert [row["action"] for row in rows] == ["rejected"]


def test_add_keeps_the_corpus_and_what_it_has(visitor: Visitor, corpus: Corpus, sample: Path, temporary: Path) -> None:
    known = sample.read_bytes()
    review = visitor.review(sample__jsonl=b"\n".join(known.splitlines()[:31]), a__bib=BIB)
    assert review["there"] == 30
    assert review["additions"] == 3
    assert review["papers"] == 33
    visitor.intake.accept("add")
    visitor.until("done")
    larger, grown, sentence = visitor.shown[0]
    assert grown
    assert larger.folder == corpus.folder
    assert len(larger) == 33
    assert larger.table.select(corpus.table.column_names).slice(0, 30).equals(corpus.table)
    assert "3 papers" in sentence
    assert "30 were there already" in sentence
    assert larger.manifest["made"]["added"][0]["ledger"]["merged"] == 30
    assert not list(temporary.iterdir())
    assert visitor.intake.ledger_csv().count(b"merged") == 30
    visitor.intake.close()
    assert visitor.state["phase"] == "idle"


def test_a_large_corpus_is_compared_by_its_index(visitor: Visitor, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.store.arrivals._FEW", 0)
    lines = [json.loads(line) for line in sample.read_bytes().splitlines()[:33]]
    # Other ids and no identifiers: only titles and authors tell them.
    changed = [{"title": line["title"].upper(), "authors": line["authors"], "published": line["published"]} for line in lines]
    review = visitor.review(other__jsonl="\n".join(map(json.dumps, changed)).encode())
    assert (review["there"], review["additions"]) == (30, 3)


def test_new_corpus_stands_in_the_cache(visitor: Visitor, corpus: Corpus, own_cache: Path) -> None:
    before = everything(corpus.folder)
    visitor.review(a__bib=BIB)
    visitor.intake.accept("new")
    visitor.until("done")
    fresh, grown, _ = visitor.shown[0]
    assert not grown
    assert fresh.folder.parent == own_cache
    assert fresh.snapshot.cached_name
    assert fresh.manifest["made"]["name"] == "a.bib"
    assert sorted(fresh.papers["id"]) == ["new1", "new2"]
    assert everything(corpus.folder) == before
    # What grows in the cache gets a folder of its own, since folders there are named after their content.
    visitor.review(b__csv=CSV.replace(b"Headline", b"Title"))
    visitor.intake.accept("add")
    visitor.until("done")
    assert len(visitor.shown[1][0]) == 4
    assert len(Corpus(fresh.folder)) == 2


def test_columns_that_are_not_known_can_be_said(visitor: Visitor) -> None:
    # Titles of one or two words are not known by their looks either.
    review = visitor.review(
        b__csv=CSV.replace(b"Tides of an inland sea", b"Tides").replace(b"A grammar of whale song", b"Whales")
    )
    assert review["papers"] == 0
    assert "no title column" in review["entries"][0]["reason"]
    assert [name for name, _ in review["files"][0]["columns"]] == ["Headline", "Writers", "Released"]
    assert review["fields"] == list(FIELDS)
    visitor.intake.correct("b.csv", {"Headline": "title", "Writers": "authors", "Released": "year"})
    review = visitor.until("review")["review"]
    assert review["sentence"] == "2 records read: 2 accepted."
    assert dict(review["files"][0]["columns"]) == {"Headline": "title", "Writers": "authors", "Released": "year"}
    visitor.intake.accept("new")
    visitor.until("done")
    papers = visitor.shown[0][0].papers
    assert sorted(papers["year"]) == [2018, 2020]
    assert [list(names) for names in papers.sort_values("title")["authors"]] == [["Ann Lee"], ["Bo Kim"]]


def test_an_encoding_that_is_not_sure_is_chosen_by_how_a_line_reads(visitor: Visitor) -> None:
    review = visitor.review(b__csv="title,year\nErdős,2014\n".encode("cp1250"))
    [file] = review["files"]
    readings = {encoding: preview for encoding, _, preview in file["readings"]}
    assert readings["cp1250"] == "Erdős,2014"
    assert set(readings) <= set(review["encodings"])
    assert any("not sure" in entry["reason"] for entry in review["entries"])
    other = next(encoding for encoding in readings if encoding != file["encoding"])
    visitor.intake.correct("b.csv", {}, None, other)
    [file] = visitor.until("review")["review"]["files"]
    assert (file["encoding"], file["readings"]) == (other, [])


@pytest.mark.parametrize(
    ("columns", "delimiter", "encoding", "said"),
    [
        ({"Headline": "nonsense"}, None, None, "no field"),
        ({"Headline": "title", "Writers": "title"}, None, None, "Two columns"),
        ({}, "x", None, "delimiter"),
        ({}, None, "nonsense", "no encoding"),
        ([], None, None, "by name"),
    ],
)
def test_corrections_that_cannot_be(visitor: Visitor, columns: Any, delimiter: Any, encoding: Any, said: str) -> None:
    visitor.review(b__csv=CSV)
    with pytest.raises(ReadError, match=said):
        visitor.intake.correct("b.csv", columns, delimiter, encoding)
    with pytest.raises(ReadError, match="no file"):
        visitor.intake.correct("../b.csv", {})
    assert visitor.state["phase"] == "review"


def test_merges_can_be_refused(visitor: Visitor, sample: Path) -> None:
    twice = (
        BIB
        + b"\n}\n@article{again, title={The rings of a distant planet}, author={Ito, Aya}, year={2021}, doi={10.1234/RINGS}}"
    )
    review = visitor.review(a__bib=twice, known__jsonl=sample.read_bytes().splitlines()[0])
    merges = [entry for entry in review["entries"] if entry["action"] == "merged"]
    assert len(merges) == 2
    assert {entry["source"] for entry in merges} == {"a.bib", "known.jsonl"}
    assert all(entry["before"] for entry in merges)
    for kept, entry in enumerate(merges, start=1):
        visitor.intake.keep(entry["source"], entry["record"], entry["after"])
        assert visitor.until("review")["review"]["counts"]["merged"] == 2 - kept
        assert visitor.state["review"]["apart"] == kept
    visitor.intake.keep(None, None, None)
    assert visitor.until("review")["review"]["counts"]["merged"] == 2
    with pytest.raises(ReadError, match="no such merge"):
        visitor.intake.keep("a.bib", 1, "nothing")
    visitor.intake.keep(merges[0]["source"], merges[0]["record"], merges[0]["after"])
    visitor.until("review")
    visitor.intake.accept("add")
    visitor.until("done")
    assert len(visitor.shown[0][0]) == 30 + visitor.shown[0][0].manifest["made"]["added"][0]["ledger"]["accepted"]


def test_a_merge_of_the_corpus_is_taken_back(visitor: Visitor, corpus: Corpus) -> None:
    title = corpus.table.column("title")[0].as_py()
    key = corpus.table.column("id")[0].as_py()
    review = visitor.review(a__csv=f'id,title,doi\n{key},"{title}",10.1234/x\n'.encode())
    assert (review["additions"], review["there"], review["bettered"], review["changes"]) == (0, 1, 1, True)
    visitor.intake.accept("add")
    visitor.until("done")
    larger = visitor.shown[-1][0]
    assert larger.table.column("doi")[0].as_py() == "10.1234/x"
    assert "1 was there already, of which 1 got a better value" in visitor.shown[-1][2]
    visitor.intake.split(key)
    visitor.until("idle")
    assert len(visitor.shown[-1][0]) == 31
    assert open_corpus(corpus.folder).merges.empty
    visitor.intake.refit()
    visitor.until("idle")
    assert visitor.shown[-1][0].snapshot.added_since == 0
    visitor.intake.split("nothing")
    assert "Nothing was merged" in visitor.until("failed")["message"]
    visitor.intake.state["allowed"] = False
    for step in (visitor.intake.refit, lambda: visitor.intake.split(key)):
        with pytest.raises(ReadError, match="takes no papers in"):
            step()


def test_what_is_kept_apart_stays_apart(visitor: Visitor, corpus: Corpus, sample: Path) -> None:
    known = sample.read_bytes().splitlines()[0]
    entry = next(e for e in visitor.review(a__jsonl=known)["entries"] if e["action"] == "merged")
    visitor.intake.keep(entry["source"], entry["record"], entry["after"])
    visitor.until("review")
    visitor.intake.accept("add")
    visitor.until("done")
    assert len(open_corpus(corpus.folder)) == 31
    assert len(open_corpus(corpus.folder).rules.never) == 1


def test_same_key_of_another_paper_is_not_lost(visitor: Visitor, corpus: Corpus) -> None:
    key = corpus.table.column("id")[0].as_py()
    review = visitor.review(a__csv=f"id,title,year\n{key},Quite another thing,1999\n".encode())
    assert review["additions"] == 1
    assert review["counts"]["repaired"] == 1
    visitor.intake.accept("add")
    visitor.until("done")
    assert f"{key}-2" in set(visitor.shown[0][0].papers["id"])


def test_papers_added_elsewhere_meanwhile_count_as_known(visitor: Visitor, corpus: Corpus, tmp_path: Path) -> None:
    review = visitor.review(a__bib=BIB)
    (tmp_path / "a.bib").write_bytes(BIB)
    Corpus(corpus.folder).add(read_papers(tmp_path / "a.bib").head(1))
    visitor.intake.accept("add")
    visitor.until("done")
    assert review["additions"] == 2
    assert len(visitor.shown[0][0]) == 32
    assert "Added 1 paper from a.bib. 1 was there already." in visitor.shown[0][2]


def test_a_broken_file_says_why_and_the_others_are_read(visitor: Visitor) -> None:
    review = visitor.review(a__bib=BIB, b__parquet=b"PAR1 nothing else", c__txt=b"", d__gz=b"\x1f\x8b\x08 broken")
    reasons = {entry["source"]: entry["reason"] for entry in review["entries"] if entry["source"] != "a.bib"}
    assert set(reasons) == {"b.parquet", "c.txt", "d.gz"}
    assert all(reasons.values())
    assert review["papers"] == 2
    assert {file["name"] for file in review["files"]} == {"a.bib", "b.parquet", "c.txt", "d.gz"}


def test_nothing_to_take_over(visitor: Visitor, sample: Path) -> None:
    visitor.review(empty__txt=b"")
    for how in ("add", "new"):
        with pytest.raises(ReadError, match="paper"):
            visitor.intake.accept(how)
    with pytest.raises(ValueError, match="way"):
        visitor.intake.accept("both")
    assert visitor.state["phase"] == "review"


def test_thirty_megabytes(visitor: Visitor, temporary: Path) -> None:
    count = 30_000
    lines = [f"W{row},A study of case {row},{'measured words ' * 68},{1990 + row % 30}" for row in range(count)]
    data = ("id,title,abstract,year\n" + "\n".join(lines)).encode()
    assert len(data) > 30_000_000
    visitor.send(big__csv=data)
    assert sum(path.stat().st_size for path in temporary.rglob("*") if path.is_file()) == len(data)
    visitor.intake.read()
    visitor.until("reading")
    visitor.step()
    visitor.intake.cancel()
    assert visitor.state["phase"] == "idle"
    visitor.settle()
    assert not list(temporary.iterdir())


def test_the_comparison_says_how_far_it_is(visitor: Visitor) -> None:
    visitor.review(a__bib=BIB)
    compared = [state["part"] for state in visitor.states if state["stage"] == "Looking for papers that are there already"]
    assert compared
    assert all(0 <= part <= 1 for part in compared)


# Cancelled


@pytest.mark.parametrize("phase", ["receiving", "reading", "review", "building"])
def test_cancel_leaves_nothing(
    visitor: Visitor, corpus: Corpus, temporary: Path, own_cache: Path, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(corpus.folder)
    for how in ("add", "new"):
        reached = threading.Event()
        go = threading.Event()
        if phase in ("reading", "building"):
            from explorer.dashboard.intake import intake
            from explorer.sources.formats import registry as formats

            module, name = (formats, "read_sources") if phase == "reading" else (intake, "building")
            real = getattr(module, name)

            def held(*given: Any, real: Any = real, reached: Any = reached, go: Any = go, **named: Any) -> Any:
                reached.set()
                assert go.wait(60)
                return real(*given, **named)

            monkeypatch.setattr(module, name, held)
        visitor.send(a__bib=BIB)
        if phase != "receiving":
            visitor.intake.read()
        if phase in ("review", "building"):
            visitor.until("review")
        if phase == "building":
            visitor.intake.accept(how)
        if phase in ("reading", "building"):
            assert reached.wait(60)
        visitor.intake.cancel()
        go.set()
        monkeypatch.undo()
        monkeypatch.setenv("LITEXPLORER_CACHE", str(own_cache))
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        visitor.settle()
        assert visitor.state["phase"] == "idle"
        assert not list(temporary.iterdir())
        assert everything(corpus.folder) == before
        assert not own_cache.exists() or not list(own_cache.iterdir())
        assert not visitor.shown


@pytest.mark.parametrize("stage", ["papers", "facets", "index", "topics", "flush"])
@pytest.mark.parametrize("how", ["add", "new"])
def test_cancel_at_each_stage_of_a_build(
    visitor: Visitor, corpus: Corpus, own_cache: Path, how: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.dashboard.intake import intake as module

    before = everything(corpus.folder)
    real = module.building

    def stopping(say: Any) -> Any:
        inner = real(say)

        def progress(name: str, part: float) -> None:
            if name == stage:
                visitor.intake._worker.stop()
            inner(name, part)

        return progress

    monkeypatch.setattr(module, "building", stopping)
    visitor.review(a__bib=BIB)
    visitor.intake.accept(how)
    visitor.until("idle")
    assert everything(corpus.folder) == before
    assert not own_cache.exists() or not list(own_cache.iterdir())


def test_a_build_that_fails_can_be_tried_again(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    visitor.review(a__bib=BIB)
    with monkeypatch.context() as patch:
        patch.setattr("explorer.store.extend.write_papers", full)
        visitor.intake.accept("add")
        state = visitor.until("review", "failed")
    assert "No space left" in state["message"]
    assert state["review"]["additions"] == 2
    visitor.intake.accept("add")
    visitor.until("done")


def test_a_fault_is_told(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    def broken(*given: Any, **named: Any) -> None:
        raise ZeroDivisionError("never")

    monkeypatch.setattr("explorer.sources.formats.registry.read_sources", broken)
    visitor.send(a__bib=BIB)
    visitor.intake.read()
    assert "ZeroDivisionError" in visitor.until("failed")["message"]
    assert not list(temporary.iterdir())


# Fetched


ENTRY = (
    "<entry><id>http://arxiv.org/abs/{id}v1</id><title>{title}</title><summary>{title}, told at length.</summary>"
    "<published>2021-03-04T00:00:00Z</published><author><name>{author}</name></author></entry>"
)
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
    "<opensearch:totalResults>2</opensearch:totalResults>"
    + ENTRY.format(id="2103.00001", title="The rings of a distant planet", author="Aya Ito")
    + ENTRY.format(id="1903.00002", title="Soil and its fungi", author="Luc Moreau")
    + "</feed>"
)


@pytest.fixture
def arxiv(monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> Iterator[Replay]:
    """arXiv on the loopback address: the client, the parser and the thread are those of the product."""
    service = Replay("id_list", "sortBy", "sortOrder", "start", "max_results")
    with contextlib.suppress(AssertionError), service:
        service.add("/query?search_query=rings", FEED.encode())
        fetch = partial(services.fetch_arxiv, base=service.base)
        monkeypatch.setattr("explorer.sources.services.fetch_arxiv", fetch)
        yield service


def test_fetch(visitor: Visitor, arxiv: Replay) -> None:
    assert {"name", "label", "hint", "whole", "lists"} == set(visitor.state["services"][0])
    visitor.intake.fetch("arxiv", " rings ", 20)
    review = visitor.until("review")["review"]
    [(_, asked, _)] = arxiv.requests
    assert (asked["search_query"], asked["max_results"]) == ("rings", "20")
    assert review["name"] == "arXiv: rings"
    assert review["additions"] == 2
    assert {state["stage"] for state in visitor.states if state["phase"] == "fetching"} >= {
        "Asking arXiv",
        "2 of 2 papers from arXiv",
    }
    with pytest.raises(ReadError, match="read again"):
        visitor.intake.correct("found.bib", {})
    visitor.intake.accept("new")
    visitor.until("done")
    made = visitor.shown[0][0]
    assert made.manifest["made"]["name"] == "arXiv: rings"
    assert made.table.column("arxiv_id").to_pylist() == ["2103.00001", "1903.00002"]


def test_fetch_cancelled(visitor: Visitor, arxiv: Replay) -> None:
    arxiv.faults.append(Fault(silence=60))
    visitor.intake.fetch("arxiv", "rings", 20)
    while not arxiv.requests:
        time.sleep(0.01)
    visitor.intake.cancel()
    assert visitor.state["phase"] == "idle"
    visitor.settle()
    assert visitor.state["phase"] == "idle"
    assert visitor.shown == []


def test_fetch_that_fails_says_why(visitor: Visitor, arxiv: Replay) -> None:
    arxiv.faults.append(Fault(status=400, body=b"no such search"))
    visitor.intake.fetch("arxiv", "rings", 20)
    assert "arXiv" in visitor.until("failed")["message"]


@pytest.mark.parametrize(
    ("service", "query", "limit", "said"),
    [("nothing", "x", 1, "no service"), ("arxiv", " ", 1, "search for"), ("arxiv", 1, 1, "search for"),
     ("arxiv", "x", 0, "from 1"), ("arxiv", "x", True, "from 1"), ("arxiv", "x", "1", "from 1"),
     ("arxiv", "x" * 2000, 1, "1,000")],
)  # fmt: skip
def test_fetches_that_cannot_be(visitor: Visitor, service: Any, query: Any, limit: Any, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        visitor.intake.fetch(service, query, limit)
    assert visitor.state["phase"] == "idle"


def test_each_service_has_its_function() -> None:
    assert {row.function for row in SERVICES} == {name for name in services.__all__ if name.startswith("fetch_")}


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (["hf", "arithmetic"], {"query": "arithmetic"}),
        (["hf", "--daily", "2026-06-12"], {"query": None, "daily": "2026-06-12"}),
        (["hf", "--daily", "latest"], {"query": None, "daily": True}),
        (["hf", "--trending"], {"query": None, "trending": True}),
        (["zotero", "--library", "users/7"], {"query": None, "library": "users/7", "api_key": "key"}),
    ],
)
def test_what_a_fetch_asks_for(
    options: list[str], asked: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "found.bib").write_bytes(BIB)
    calls: list[dict[str, Any]] = []

    def answered(query: str | None, *, limit: int, client: Any, **more: Any) -> Any:
        calls.append({"query": query, **more})
        return import_papers(tmp_path / "found.bib")

    monkeypatch.setenv("ZOTERO_API_KEY", "key")
    for name in ("fetch_hugging_face", "fetch_zotero"):
        monkeypatch.setattr(f"explorer.sources.services.{name}", answered)
    assert main(["fetch", *options, "-o", str(tmp_path / "made")]) == 0
    assert calls == [asked]
    assert len(open_corpus(tmp_path / "made")) == 2


@pytest.mark.parametrize(
    "options",
    [
        ["arxiv", "--trending"],
        ["hf", "--trending", "--daily", "latest"],
        ["hf", "words", "--trending"],
        ["hf"],
        ["arxiv", "x", "--library", "users/7"],
    ],
)
def test_a_fetch_that_cannot_be_says_so(options: list[str], tmp_path: Path) -> None:
    assert main(["fetch", *options, "-o", str(tmp_path / "made")]) == 1
    assert not (tmp_path / "made").exists()


def test_fetch_on_the_command_line(arxiv: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for said in ("2 papers", "0 papers added, 2 in all. 2 were there already."):
        assert main(["fetch", "arxiv", "rings", "-o", str(tmp_path / "made"), "--limit", "7"]) == 0
        assert said in capsys.readouterr().err
    assert {asked["max_results"] for _, asked, _ in arxiv.requests} == {"7"}
    assert open_corpus(tmp_path / "made").manifest["made"]["files"] == ["arXiv"]
    assert main(["fetch", "nothing", "x", "-o", str(tmp_path / "other")]) == 1
    assert "no service" in capsys.readouterr().err


# In the dashboard


def test_messages_and_the_thread_take_turns(corpus: Corpus, own_cache: Path, temporary: Path) -> None:
    from explorer.dashboard.widget import Dashboard

    async def run() -> None:
        board = Dashboard(corpus)
        threads: set[int] = set()
        board.observe(lambda change: threads.add(threading.get_ident()), names=["intake", "summary", "status"])
        observed: list[Any] = []
        board.session.observe(observed.append, names="selection")
        seq = iter(range(1, 100))

        def send(kind: str, buffers: list[Any] | None = None, **content: Any) -> None:
            board._received(board, {"kind": kind, "seq": next(seq), **content}, buffers)

        async def until(phase: str) -> None:
            for _ in range(6000):
                if board.intake["phase"] == phase:
                    return
                await asyncio.sleep(0.01)
            raise AssertionError(board.intake)

        send("tick", row=0, on=True)
        send("intake_begin", files=[{"id": "0", "name": "a.bib", "size": len(BIB)}])
        send("intake_chunk", [memoryview(BIB)], id="0", part=0)
        assert board.intake["got"] == ["0", 0]
        send("intake_read")
        await until("review")
        send("intake_accept", how="nothing")
        assert board.status["level"] == "error"
        send("intake_accept", how="new")
        await until("done")
        assert board.summary["total"] == 2
        assert board.papers["ticked"] == 0
        assert board.status["level"] == "info"
        assert board.summary["url"] == f"corpus={board.session.corpus.snapshot.cached_name}"
        fresh, address = board.session.corpus, board.summary["url"]
        send("set", changes={"query": "fungi"})
        assert board.summary["shown"] == 1
        assert observed
        assert board.summary["url"] == f"q=fungi&{address}"
        # An address names the corpus; one that is not there is told, and nothing else is opened by it.
        other = Dashboard(corpus)
        for bad in ("corpus=papers-0123456789abcdef-auto", "corpus=../corpus", "corpus=%2Fetc"):
            other._received(other, {"kind": "url", "seq": 1, "url": bad}, None)
            assert other.status["level"] == "error"
            assert other.session.corpus is corpus
        other._received(other, {"kind": "url", "seq": 2, "url": f"q=fungi&{address}"}, None)
        assert other.session.corpus.folder == fresh.folder
        assert other.summary["shown"] == 1
        send("intake_begin", files=[{"id": "0", "name": "a.bib", "size": len(BIB)}])
        send("intake_chunk", [], id="0", part=0)
        assert board.status["level"] == "error"
        board.close()
        assert board.intake["phase"] == "idle"
        assert threads == {threading.get_ident()}
        other.close()

    asyncio.run(run())
    assert not list(temporary.iterdir())


def test_read_only_refuses_messages(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.dashboard.widget import Dashboard

    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv("LITEXPLORER_READ_ONLY", "1")
    board = Dashboard(corpus)
    assert not board.intake["allowed"]
    for message in (
        {"kind": "intake_begin", "files": [FILE]},
        {"kind": "intake_fetch", "service": "arxiv", "query": "x", "limit": 1},
    ):
        board._received(board, {"seq": 1, **message}, None)
        assert board.status["level"] == "error"
        assert "no papers" in board.status["text"]
        assert board.intake["phase"] == "idle"
    board.close()


# What a page must not do


FILE = {"id": "0", "name": "a.bib", "size": 3}


@pytest.mark.parametrize(
    "files",
    [None, [], {}, "a", [1], [{**FILE, "size": -1}], [{**FILE, "size": True}], [{**FILE, "size": 1.5}], [{**FILE, "id": 0}],
     [{**FILE, "name": None}], [{"id": "0"}], [FILE, FILE]],
)  # fmt: skip
def test_announcements_that_cannot_be(visitor: Visitor, files: Any, temporary: Path) -> None:
    with pytest.raises(ValueError, match=r"."):
        visitor.intake.begin(files)
    assert visitor.state["phase"] == "idle"
    assert not list(temporary.iterdir())


def test_too_much(visitor: Visitor) -> None:
    with pytest.raises(ReadError, match=r"litexplorer build"):
        visitor.intake.begin([{**FILE, "size": 1 << 40}])
    with pytest.raises(ReadError, match=r"\.zip"):
        visitor.intake.begin([{**FILE, "id": str(number)} for number in range(MOST_FILES + 1)])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x.bib", "/etc/x.bib", "..", ".", "", "a\x00b.bib", "x" * 999 + ".bib", "\ud800.bib"]
)
def test_names_are_never_paths(name: str, temporary: Path) -> None:
    upload = Upload([{**FILE, "name": name}, {**FILE, "id": "1", "name": name}])
    upload.take("0", 0, b"abc")
    assert sorted(path.name for path in upload.folder.iterdir()) == ["0", "1", HELD]
    first, second = upload.names
    assert first != second
    assert not set(first) & set("/\\\x00")
    assert first not in ("", ".", "..")
    assert len(first) <= 160
    first.encode()
    upload.close()
    upload.close()
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("key", "part", "data"),
    [("1", 0, b"abc"), (None, 0, b"abc"), ([], 0, b"abc"), ("0", 1, b"abc"), ("0", -1, b"abc"), ("0", "0", b"abc"),
     ("0", False, b"abc"), ("0", 0, b"ab"), ("0", 0, b"abcd"), ("0", 0, b""), ("0", 0, None)],
)  # fmt: skip
def test_a_wrong_part_ends_the_whole(visitor: Visitor, key: Any, part: Any, data: Any, temporary: Path) -> None:
    visitor.intake.begin([FILE])
    visitor.intake.take(key, part, data)
    assert visitor.state["phase"] == "failed"
    assert "Reload" in visitor.state["message"]
    assert not list(temporary.iterdir())
    visitor.intake.take("0", 0, b"abc")
    visitor.intake.read()
    assert visitor.state["phase"] == "failed"


def test_less_than_announced(visitor: Visitor) -> None:
    visitor.intake.begin([FILE])
    visitor.intake.read()
    assert visitor.state["phase"] == "failed"


def test_one_thing_at_a_time(visitor: Visitor) -> None:
    visitor.intake.begin([FILE])
    with pytest.raises(ReadError, match="Finish or cancel"):
        visitor.intake.begin([FILE])
    with pytest.raises(ReadError, match="under review"):
        visitor.intake.accept("add")
    with pytest.raises(ReadError, match="read again"):
        visitor.intake.correct("a.bib", {})
    with pytest.raises(ReadError, match="under review"):
        visitor.intake.keep("a.bib", 1, "x")
    with pytest.raises(ReadError, match="no ledger"):
        visitor.intake.ledger_csv()


def test_read_only_takes_nothing(corpus: Corpus) -> None:
    intake = Intake(corpus, tell=lambda: None, arrived=lambda *_: None, post=lambda step: step(), allowed=False)
    assert intake.state["services"] == []
    for act in (lambda: intake.begin([FILE]), lambda: intake.fetch("arxiv", "x", 1)):
        with pytest.raises(ReadError, match="no papers"):
            act()


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
    wrong=st.none() | st.tuples(st.sampled_from(["part", "id", "length"]), st.integers(0, 20)),
)
def test_parts_in_any_order_of_files_arrive_whole(
    sizes: list[int], order: Any, wrong: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.dashboard.intake.upload.CHUNK", 7)
    data = {str(number): bytes(order.randrange(256) for _ in range(size)) for number, size in enumerate(sizes)}
    upload = Upload([{"id": key, "name": f"{key}.bib", "size": len(content)} for key, content in data.items()])
    try:
        waiting = [
            [(key, part, content[part * 7 : part * 7 + 7]) for part in range(-(-len(content) // 7))]
            for key, content in data.items()
        ]
        sent = 0
        while any(waiting):
            key, part, chunk = order.choice([parts for parts in waiting if parts]).pop(0)
            if wrong is not None and wrong[1] == sent:
                kind = wrong[0]
                with pytest.raises(ValueError, match=r"part|announced"):
                    upload.take(key + "x" * (kind == "id"), part + (kind == "part"), chunk + b"." * (kind == "length"))
            upload.take(key, part, chunk)
            sent += 1
        assert upload.complete
        assert upload.received == upload.total == sum(sizes)
        for source, content in zip(upload.sources({}), data.values(), strict=True):
            assert source.path is not None
            assert source.path.read_bytes() == content
    finally:
        upload.close()
    assert not upload.folder.exists()

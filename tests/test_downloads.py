"""Files on their way to the browser: they take no memory while nobody reads them, and each goes once to its own reader."""

from __future__ import annotations

import asyncio
import csv
import http.client
import io
import json
import os
import re
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pytest
from test_server import serving
from visitors import Visitor

from explorer import Corpus, Dashboard
from explorer.dashboard import downloads as module
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.downloads import MOST, SENT_AHEAD, TOKEN, Downloads
from explorer.dashboard.exporting import SMALL
from explorer.server.downloads import KEPT, sweep

Sent = list[tuple[dict[str, Any], list[Any]]]


@pytest.fixture
def sent() -> Sent:
    return []


def given(downloads: Downloads, name: str, data: bytes) -> None:
    file = downloads.begin()
    file.write(data)
    downloads.give(file, name, "text/csv")


def test_a_page_that_reads_nothing_is_sent_two_parts(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 1000)
    downloads = Downloads(None, "", "", lambda head, buffers: sent.append((head, buffers)))
    data = os.urandom(9500)
    given(downloads, "a.csv", data)
    assert len(sent) == SENT_AHEAD
    for _ in range(50):
        downloads.send_next(sent[0][0]["id"])
    assert [head["part"] for head, _ in sent] == list(range(10))
    assert [head["last"] for head, _ in sent] == [False] * 9 + [True]
    assert b"".join(part for _, (part,) in sent) == data
    downloads.send_next("no file")
    downloads.close()


def test_of_files_that_nobody_reads_a_few_are_kept(sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 10)
    downloads = Downloads(None, "", "", lambda head, buffers: sent.append((head, buffers)))
    for number in range(MOST + 2):
        given(downloads, f"{number}.csv", bytes(100))
    ids = [head["id"] for head, _ in sent[::SENT_AHEAD]]
    sent.clear()
    for id_ in ids:
        downloads.send_next(id_)
    assert [head["name"] for head, _ in sent] == [f"{number}.csv" for number in range(2, MOST + 2)]
    downloads.close()

    laid = Downloads(tmp_path, "/lx/file/", "", lambda head, buffers: sent.append((head, buffers)))
    sent.clear()
    for number in range(MOST + 2):
        given(laid, f"{number}.csv", b"x")
    assert {path.name for path in tmp_path.iterdir()} == {
        name + end for head, _ in sent[2:] for name in [head["url"].rpartition("/")[2]] for end in ("", ".json")
    }
    assert all(TOKEN.fullmatch(head["url"].removeprefix("/lx/file/")) for head, _ in sent)
    assert os.name == "nt" or all(path.stat().st_mode & 0o77 == 0 for path in tmp_path.iterdir())
    laid.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_given_leaves_nothing(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path, "", "", lambda head, buffers: None)
    file = downloads.begin()
    file.write(b"half")
    downloads.drop(file)
    assert list(tmp_path.iterdir()) == []


def test_files_that_nobody_fetched_go_after_a_while(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("x")
    (tmp_path / "new").write_text("x")
    then = time.time()
    os.utime(tmp_path / "old", (then - KEPT - 1, then - KEPT - 1))
    sweep(tmp_path, then)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


# An export of many papers


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    words = "graph model reward vision token space matrix kernel".split()
    titles = [f"{words[n % 8]} {words[n // 8 % 8]} {n}" for n in range(SMALL + 500)]
    table = pa.table({"id": [f"p{n}" for n in range(len(titles))], "title": titles, "abstract": [f"{t} again" for t in titles]})
    return Corpus.from_papers(table, tmp_path_factory.mktemp("many") / "corpus")


def page(corpus: Corpus, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Dashboard, Sent]:
    board = Dashboard(corpus, deployment=Deployment(served=True, assets="/lx/", downloads=str(folder)))
    heard: Sent = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append((content, buffers)))
    return board, heard


def test_an_export_of_many_papers_is_written_meanwhile(many: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read() -> None:
        board, heard = page(many, tmp_path, monkeypatch)
        told: list[Any] = []
        board.observe(lambda change: told.append(change["new"]), names="exporting")
        board._received(board, {"kind": "export", "seq": 1, "format": "csv"}, [])
        assert board.exporting["stage"] == "papers.csv.zip"
        board._received(board, {"kind": "export", "seq": 2, "format": "bib"}, [])
        assert "still being written" in board.status["text"]
        board._received(board, {"kind": "set", "seq": 3, "changes": {"query": "graph"}}, [])
        assert board.summary["seq"] == 3
        while board.exporting is not None:
            await asyncio.sleep(0.01)
        assert board.status["text"].startswith(f"{len(many):,} papers exported to papers.csv.zip.")
        assert {state["part"] for state in told if state} > {None}
        [(head, _)] = heard
        with zipfile.ZipFile(tmp_path / head["url"].removeprefix("/lx/file/")) as archive:
            rows = list(csv.DictReader(io.StringIO(archive.read("papers.csv").decode("utf-8-sig"))))
        # What was shown when it was asked for.
        assert [row["id"] for row in rows] == many.select("")["id"].tolist()
        board.close()

    asyncio.run(read())


def test_an_export_can_be_stopped(many: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stop() -> None:
        board, heard = page(many, tmp_path, monkeypatch)
        board._received(board, {"kind": "export", "seq": 1, "format": "html"}, [])
        board._received(board, {"kind": "stop_export", "seq": 2}, [])
        while board.exporting is not None:
            await asyncio.sleep(0.01)
        assert board.status["text"] == "Stopped; nothing was exported."
        assert heard == []
        assert list(tmp_path.iterdir()) == []
        board._received(board, {"kind": "export", "seq": 3, "format": "html"}, [])
        while board.exporting is not None:
            await asyncio.sleep(0.01)
        assert len(heard) == 1
        board.close()

    asyncio.run(stop())


# On a server


def tables_in(data: bytes) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(archive.namelist()[0]).decode("utf-8-sig"))))


def test_a_file_is_fetched_once_by_its_own_reader(tmp_path: Path) -> None:
    (tmp_path / "readers").write_text("ann open-sesame-ann\nbob open-sesame-bob\n")

    async def read(port: int) -> None:
        async with (
            Visitor(port, "/?token=open-sesame-ann") as ann,
            Visitor(port, "/?token=open-sesame-bob") as bob,
        ):
            await ann.connect()
            said = await ann.ask("export", format="csv")
            assert "88 papers exported" in said["text"], said
            while not ann.answers:
                await ann.hear()
            address = ann.answers[0]["url"]
            assert re.fullmatch(r"/lx/file/[\w-]{43}", address)
            assert (await bob.fetch(address)).code == 404
            stranger = await AsyncStranger(port).fetch(address)
            assert stranger.code in (302, 403)
            answer = await ann.fetch(address)
            assert answer.code == 200
            assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''papers.csv.zip"
            assert len(tables_in(answer.body)) == 88
            assert (await ann.fetch(address)).code == 404, "it was fetched already"
            assert (await ann.fetch("/lx/file/" + "x" * 43)).code == 404
            assert (await ann.fetch("/lx/file/..%2F..%2Fetc%2Fpasswd")).code in (403, 404)

    with serving(tmp_path, "--readers", str(tmp_path / "readers")) as port:
        asyncio.run(read(port))


class AsyncStranger(Visitor):
    """Somebody without a token."""

    async def fetch(self, path: str, **options: Any) -> Any:
        return await super().fetch(path, follow_redirects=False, **options)


@pytest.mark.slow
def test_an_export_that_nobody_reads_takes_no_memory_of_the_server(tmp_path: Path) -> None:
    """Twenty exports of some megabytes each, none of them fetched, and one of which the first bytes are read."""
    words = " ".join(["graph"] * 400)
    with (tmp_path / "papers.jsonl").open("w") as file:
        for number in range(3000):
            file.write(json.dumps({"id": f"p{number}", "title": f"Paper {number}", "abstract": f"{number} {words}"}) + "\n")

    async def ask(port: int, server: psutil.Process) -> None:
        async with Visitor(port) as reader:
            await reader.connect()
            await reader.ask("export", format="bib")
            before = server.memory_info().rss
            for _ in range(20):
                assert "3,000 papers" in (await reader.ask("export", format="bib"))["text"]
            assert len(reader.answers) >= 20
            assert server.memory_info().rss - before < 40_000_000
            address = reader.answers[-1]["url"]
            line = http.client.HTTPConnection("localhost", port)
            line.request("GET", address, headers={"Cookie": reader.cookie})
            answer = line.getresponse()
            assert answer.status == 200
            assert int(answer.headers["Content-Length"]) > 7_000_000
            assert len(answer.read(1000)) == 1000
            # It can be used by others meanwhile.
            assert (await reader.ask("set", changes={"query": "graph"}))["level"] == "ready"
            assert server.memory_info().rss - before < 40_000_000
            line.close()

    with serving(tmp_path, "papers.jsonl", "--kernels-ready", "0") as port:
        [server] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
        asyncio.run(ask(port, server))
    assert not [path for path in Path(tempfile.gettempdir()).glob("litexplorer-*/*.part") if path.stat().st_uid == os.getuid()]

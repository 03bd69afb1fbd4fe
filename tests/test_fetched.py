"""A corpus at an address: fetched whole or not at all, compared with what is listed of it, and not changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import explorer
from explorer.cli.main import main
from explorer.errors import CorpusError
from explorer.store.fetched import fetch_corpus

fsspec = pytest.importorskip("fsspec")

PAPERS = pd.DataFrame({"title": ["Adding numbers", "Counting apples", "Numbers of stars"], "year": [2023, 2024, 2025]})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = explorer.Corpus.from_papers(PAPERS, tmp_path / "corpus")
    corpus.ranker.prepare_meaning()
    return tmp_path / "corpus"


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    memory = fsspec.filesystem("memory")
    memory.put(str(folder), "/bucket/corpus", recursive=True)
    yield "memory://bucket/corpus"
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.suffix == ".npy"}


def test_a_fetched_corpus_is_that_which_lies_there(folder: Path, address: str) -> None:
    here, there = explorer.open_corpus(folder), explorer.open_corpus(address)
    assert contents(there.snapshot.generation) == contents(here.snapshot.generation)
    assert contents(there.snapshot.generation)
    assert there.select("numbers")["title"].to_list() == here.select("numbers")["title"].to_list()
    assert there.ranker.meaning_ready
    assert there.rank("stars").equals(here.rank("stars"))


def test_it_is_fetched_once_and_again_when_it_changes(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    memory = fsspec.filesystem("memory")
    for name in ("open", "cat_file"):
        opened = getattr(type(memory), name)

        def noted(self: object, path: str, *args: object, opened: Any = opened, **kwargs: object) -> object:
            asked.append(path)
            return opened(self, path, *args, **kwargs)

        monkeypatch.setattr(type(memory), name, noted)
    copy = fetch_corpus(address)
    assert len(asked) > 10
    asked.clear()
    assert fetch_corpus(address) == copy
    assert [path.rpartition("/")[2] for path in asked] == ["manifest.json"]
    before = explorer.open_corpus(address)
    explorer.Corpus.from_papers(PAPERS.assign(title=["One", "Two", "Three"]), folder)
    memory.rm("/bucket/corpus", recursive=True)
    memory.put(str(folder), "/bucket/corpus", recursive=True)
    assert explorer.open_corpus(address).papers["title"].to_list() == ["One", "Two", "Three"]
    assert before.papers["title"].to_list() == PAPERS["title"].to_list()
    assert sum(path.name.startswith("g-") for path in copy.iterdir()) == 1


@pytest.mark.parametrize("name", ["has_code.npy", "papers.0.arrow"])
@pytest.mark.parametrize("how", ["shorter", "another bit"])
def test_a_file_that_came_otherwise_is_said_and_leaves_the_copy_before(
    folder: Path, address: str, cache: Path, name: str, how: str
) -> None:
    memory = fsspec.filesystem("memory")
    fetch_corpus(address)
    explorer.Corpus.from_papers(PAPERS.assign(title=["One", "Two", "Three"]), folder)
    generation = explorer.open_corpus(folder).snapshot.generation
    path = generation / name
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged[:-1] if how == "shorter" else damaged)
    copy = fetch_corpus(address)
    memory.rm("/bucket/corpus", recursive=True)
    memory.put(str(folder), "/bucket/corpus", recursive=True)
    with pytest.raises(CorpusError, match=f"the file {name} "):
        explorer.open_corpus(address)
    assert explorer.Corpus(copy).papers["title"].to_list() == PAPERS["title"].to_list()
    assert not list(copy.glob(".fetching-*"))


def test_a_copy_is_not_changed(address: str, tmp_path: Path) -> None:
    copy = explorer.open_corpus(address)
    with pytest.raises(CorpusError, match=f"a copy of {address}"):
        explorer.Corpus.from_papers(PAPERS, copy.folder)
    (tmp_path / "more.csv").write_text("title,year\nA fourth,2026\n")
    assert main(["update", str(copy.folder), str(tmp_path / "more.csv")]) != 0
    assert len(explorer.open_corpus(address)) == 3


def test_names_that_lead_elsewhere_are_refused(folder: Path, tmp_path: Path) -> None:
    generation = explorer.open_corpus(folder).snapshot.generation
    listed = (generation / "files.json").read_text()
    (generation / "files.json").write_text(listed.replace('"dates.npy"', '"../../../dates.npy"'))
    with pytest.raises(CorpusError, match="lists a file"):
        fetch_corpus(folder.as_uri())
    (generation / "files.json").write_text(listed)
    manifest = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(manifest.replace(generation.name, f"../{generation.name}"))
    with pytest.raises(CorpusError, match="no corpus has"):
        fetch_corpus(folder.as_uri())


def test_what_is_not_there_or_not_known_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is no corpus"):
        explorer.open_corpus("memory://nothing/here")
    with pytest.raises(CorpusError, match="cannot be opened"):
        explorer.open_corpus("nowhere-at-all://bucket/corpus")


def test_commands_take_an_address(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", folder.as_uri(), "stars"]) == 0
    assert "Numbers of stars" in capsys.readouterr().out
    shutil.rmtree(folder)
    with pytest.raises(CorpusError, match="is no corpus"):
        explorer.open_corpus(folder.as_uri())

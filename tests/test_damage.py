"""Files of a corpus that are not as they were written: said when it is opened, or by `litexplorer check`; never other answers."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import oracles
import pyarrow as pa
import pytest

from explorer import open_corpus
from explorer.cli.main import main
from explorer.disk import damaged_files, record_files
from explorer.errors import CorpusError
from explorer.papers.schema import to_table
from explorer.store.build import write_corpus


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "c"
    write_corpus(to_table(pa.Table.from_pylist(oracles.random_papers(3, 60))), folder)
    open_corpus(folder).ranker.prepare_meaning()
    return folder


def files(folder: Path) -> list[Path]:
    (generation,) = folder.glob("g-*")
    return sorted(
        path for path in generation.rglob("*") if path.is_file() and path.suffix != ".lock" and not path.name.startswith(".")
    )


@pytest.mark.parametrize("damage", ["one bit", "zeros", "cut", "longer", "gone"])
def test_whatever_happens_to_a_file_is_found(
    damage: str, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = random.Random(damage)
    for number, original in enumerate(files(whole)):
        data = original.read_bytes()
        if original.name == "files.json" or (damage in ("one bit", "zeros", "cut") and not data.strip(b"\0")):
            continue
        folder = tmp_path / f"{number}"
        shutil.copytree(whole, folder)
        path = folder / original.relative_to(whole)
        place = drawn.randrange(len(data)) if data else 0
        if damage == "gone":
            path.unlink()
        else:
            flipped = bytes([data[place] ^ 1 << drawn.randrange(8)]) if data else b""
            path.write_bytes(
                {
                    "one bit": data[:place] + flipped + data[place + 1 :],
                    "zeros": bytes(len(data)),
                    "cut": data[:place],
                    "longer": data + b"x",
                }[damage]
            )
        assert main(["check", str(folder)]) == 1, path
        said = capsys.readouterr().err
        assert (path.name in said or path.parent.name in said) and ("litexplorer build" in said or "remove that folder" in said)
        shutil.rmtree(folder)


def test_a_whole_corpus_is_said_to_be_whole(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(whole)]) == 0
    assert "as they were written" in capsys.readouterr().err


def test_little_files_are_looked_at_when_it_is_opened(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    (path,) = folder.glob("g-*/dates.npy")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=r"dates\.npy is not as it was written.*litexplorer check"):
        open_corpus(folder)


def test_a_changed_corpus_records_its_files_too(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "c")
    larger = open_corpus(tmp_path / "c").add(pa.table({"title": ["Entirely new"], "abstract": ["Never seen."]}))
    assert list(damaged_files(larger.snapshot.generation, whole=True)) == []
    with (larger.snapshot.generation / "papers.0.arrow").open("r+b") as file:
        file.write(b"damaged")
    assert main(["check", str(tmp_path / "c")]) == 1


def test_shared_files_are_not_read_again_and_changed_ones_are(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / "a").write_bytes(b"a")
    record_files(first)
    (second / "a").hardlink_to(first / "a")
    (second / "b").write_bytes(b"b")
    # What is the same file was the same when it was recorded.
    (first / "a").write_bytes(b"c")
    record_files(second, first)
    assert [name for name, _ in damaged_files(second, whole=True)] == ["a"]

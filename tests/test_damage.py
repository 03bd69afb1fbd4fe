"""Files of a corpus that are not as they were written: said when it is opened, or by `litexplorer check`; never other answers."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

import oracles
import pyarrow as pa
import pytest
from test_server import serving

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


@pytest.mark.parametrize(
    "damage",
    [
        "one bit",
        pytest.param("zeros", marks=pytest.mark.slow),
        pytest.param("cut", marks=pytest.mark.slow),
        pytest.param("longer", marks=pytest.mark.slow),
        "gone",
    ],
)
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


def test_the_list_of_files_and_the_manifest_hold_each_other(whole: Path, tmp_path: Path) -> None:
    """Each byte of the list, and what the manifest names a corpus by; by it, what readers keep of the corpus is found."""
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    [listed] = folder.glob("g-*/files.json")
    manifest = folder / "manifest.json"
    for path, at in ((listed, 40), (manifest, manifest.read_bytes().index(b'"first": "') + 12)):
        data = path.read_bytes()
        path.write_bytes(data[:at] + (b"1" if data[at : at + 1] == b"0" else b"0") + data[at + 1 :])
        with pytest.raises(CorpusError, match=r"files\.json or manifest\.json is not as it was written"):
            open_corpus(folder)
        assert main(["check", str(folder)]) == 1
        path.write_bytes(data)
    listed.unlink()
    with pytest.raises(CorpusError, match=r"files\.json cannot be read"):
        open_corpus(folder)
    assert main(["check", str(folder)]) == 1


@pytest.mark.parametrize("part", [b"{", b"[]", b'{"format": 2}'])
def test_a_manifest_that_says_too_little_is_said(
    part: bytes, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    (folder / "manifest.json").write_bytes(part)
    with pytest.raises(CorpusError, match="Build"):
        open_corpus(folder)
    assert main(["check", str(folder)]) != 0
    assert "Build" in capsys.readouterr().err


def test_what_ranks_by_meaning_is_looked_at_before_it_ranks(whole: Path, tmp_path: Path) -> None:
    """Each of its files, with one bit flipped: said with its name; made again, and the same, once its folder is removed."""
    expected = open_corpus(whole).rank("reward").to_csv()
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    for path in sorted(folder.glob("g-*/meaning-*/*")):
        data = path.read_bytes()
        if data and path.name != "files.json":
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            with pytest.raises(CorpusError, match=rf"{path.name} is not as it was written\. Remove the folder .*meaning"):
                open_corpus(folder).rank("reward")
            path.write_bytes(data)
    [meaning] = folder.glob("g-*/meaning-*")
    shutil.rmtree(meaning)
    assert open_corpus(folder).rank("reward").to_csv() == expected


def test_a_served_corpus_is_looked_at_whole(whole: Path, tmp_path: Path) -> None:
    """A large file, of which only the size is compared when it is opened: the server says so once it serves."""
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    [generation] = folder.glob("g-*")
    [listed] = generation.glob("files.json")
    # Larger than what is hashed at opening, and of no use to it.
    with (generation / "large").open("wb") as file:
        file.truncate(9_000_000)
    record_files(generation)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["seal"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "large" in listed.read_text()
    with (generation / "large").open("r+b") as file:
        file.write(b"x")
    assert len(open_corpus(folder)) == manifest["papers"]
    with serving(tmp_path, str(folder), "--kernels-ready", "0") as port:
        log = tmp_path / f"{port}.log"
        for _ in range(600):
            if "may be wrong" in log.read_text():
                break
            time.sleep(0.1)
        assert f"{generation.name}/large is not as it was written, and what is shown may be wrong" in log.read_text()
        assert f"litexplorer check {folder}" in log.read_text()

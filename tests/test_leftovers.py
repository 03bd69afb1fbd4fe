"""What a process that was killed had on the disk goes when the next of its kind begins; what a living one has stays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from explorer import open_corpus
from explorer.dashboard.intake.upload import Upload
from explorer.disk import HeldFolder, written_whole
from explorer.papers.schema import to_table
from explorer.store.build import write_corpus

FILES = [{"id": "1", "name": "a.bib", "size": 3}]


@contextmanager
def another(program: str, *arguments: str | Path, temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that does something, says so, and lives on until it is killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", f"import sys, time\n{program}\nprint('done', flush=True)\ntime.sleep(600)", *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "done\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


UPLOAD = f"from explorer.dashboard.intake.upload import Upload\nupload = Upload({FILES})"
FILE = """
from pathlib import Path
from explorer.disk import written_whole
writing = written_whole(Path(sys.argv[1]), Path(sys.argv[1] + ".json"))
for file in writing.__enter__():
    file.write(b"half")
"""
BUILD = """
import threading
from pathlib import Path
import pyarrow as pa
from explorer.papers.schema import to_table
from explorer.store.build import write_corpus
reached = threading.Event()
def stay(stage, part):
    if stage == "index":
        reached.set()
        time.sleep(600)
table = pa.table({"id": ["a"], "title": ["A title"]})
from explorer.papers.schema import to_table
threading.Thread(target=write_corpus, args=(to_table(table), Path(sys.argv[1])), kwargs={"progress": stay}, daemon=True).start()
reached.wait()
"""


def test_folders_of_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with another(UPLOAD, temporary=tmp_path):
        [theirs] = tmp_path.iterdir()
        ours = Upload(FILES)
        assert set(tmp_path.iterdir()) == {theirs, ours.folder}
    # Another process may have its number by now.
    later = Upload(FILES)
    assert set(tmp_path.iterdir()) == {ours.folder, later.folder}
    for upload in (ours, later):
        upload.close()
        upload.close()
    assert list(tmp_path.iterdir()) == []


def test_half_written_files(tmp_path: Path) -> None:
    target, beside = tmp_path / "t.csv", tmp_path / "t.csv.json"
    with another(FILE, target, temporary=tmp_path):
        theirs = set(tmp_path.iterdir())
        assert len(theirs) == 2
        with written_whole(target, beside) as (file, other):
            file.write(b"whole")
            other.write(b"too")
        assert set(tmp_path.iterdir()) == {*theirs, target, beside}
    (tmp_path / ".t.csv.mine").touch()
    with written_whole(target, beside) as (file, other):
        file.write(b"again")
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "t.csv.json", ".t.csv.mine"}
    assert (target.read_bytes(), beside.read_bytes()) == (b"again", b"")


def test_generations(tmp_path: Path) -> None:
    from explorer.papers.schema import to_table

    folder = tmp_path / "corpus"
    papers = to_table(pa.table({"id": ["b"], "title": ["Another title"]}))
    with another(BUILD, folder, temporary=tmp_path):
        [theirs] = folder.glob("g-*")
        write_corpus(papers, folder)
        assert theirs in set(folder.glob("g-*"))
        assert len(list(folder.glob("g-*"))) == 2
    write_corpus(papers, folder)
    [kept] = folder.glob("g-*")
    assert kept != theirs
    assert sorted(path.name for path in folder.iterdir() if path != kept) == [".lock", "manifest.json"]


def test_a_folder_that_somebody_else_removed(tmp_path: Path) -> None:
    held = HeldFolder("litexplorer-x-", tmp_path)
    held.close()
    held.close()
    (tmp_path / "litexplorer-x-of-a-stranger").mkdir()
    with HeldFolder("litexplorer-x-", tmp_path) as path:
        assert path.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["litexplorer-x-of-a-stranger"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_of_updates_at_once_the_losers_say_what_happened(tmp_path: Path) -> None:
    """Each ends with its papers in the corpus, or says that another came first; started again alone it succeeds."""
    folder = tmp_path / "corpus"
    write_corpus(to_table(pa.table({"id": ["a"], "title": ["A title of its own"]})), folder)
    files = [tmp_path / f"{number}.csv" for number in range(3)]
    for number, file in enumerate(files):
        file.write_text(f"title,year\nPaper of words {chr(97 + number) * 8},{2000 + number}\n")
    lost = 0
    for _ in range(3):
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "explorer.cli", "update", str(folder), str(file)], stderr=subprocess.PIPE, text=True
            )
            for file in files
        ]
        for process in started:
            said = process.communicate(timeout=120)[1]
            if process.returncode:
                lost += 1
                assert "was changed by somebody else meanwhile" in said, said
                assert "cannot be written" not in said
        for file in files:
            subprocess.run(
                [sys.executable, "-m", "explorer.cli", "update", str(folder), str(file)], check=True, capture_output=True
            )
        assert len(open_corpus(folder)) == 1 + len(files)
        write_corpus(to_table(pa.table({"id": ["a"], "title": ["A title of its own"]})), folder)
    assert lost, "they were never at it at once"

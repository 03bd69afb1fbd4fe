"""No file hangs a reader, crashes it, or fills the memory."""

from __future__ import annotations

import gzip
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from examples import examples
from fuzz.nasty_files import NASTY
from fuzz.seeds import SEEDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.sources.formats.registry import FORMATS, read_files
from explorer.sources.source import Source

SECONDS = 20.0
"""A bomb has to be refused within this, on a busy machine."""

_GROWN = 1200
"""MB of memory that reading 100 MB may add."""

_fuzzed = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))


REFUSED = {
    "laughs.xml",
    "laughs-in-utf-16.xml",
    "outside-entity.xml",
    "bomb.bib.gz",
    "bomb.bib.xz",
    "bomb.zip",
    "bomb.xlsx",
    "one-line.bib",
    "deep.json",
    "deep.yml",
    "laughs.yml",
}
"""Files of which nothing is read."""


@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_files_end_soon_and_small_and_bombs_are_refused_in_words(name: str) -> None:
    data = NASTY[name]()
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        result = read_files(Source(name, data=data))
    except ReadError as error:
        assert name.split(".")[0] in str(error)
    else:
        assert name not in REFUSED
        assert result.ledger.read == result.ledger.accepted + result.ledger.rejected
    assert time.monotonic() - start < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < _GROWN


def test_what_is_to_be_refused_is_among_them() -> None:
    assert set(NASTY) >= REFUSED


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.LABEL)
@_fuzzed
@given(data=st.data())
def test_readers_take_any_bytes(form: object, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS[form.__name__.rpartition(".")[2]]))  # type: ignore[attr-defined]
    noise = data.draw(st.binary(max_size=200))
    cut, place = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))
    mixed = data.draw(st.sampled_from([noise, seed[:cut] + noise + seed[cut:], seed[:cut] + seed[place:], seed * 2 + noise]))
    ledger = Ledger()
    try:
        rows = sum(table.num_rows for table in form.read(Source("x", data=mixed), ledger))  # type: ignore[attr-defined]
    except ReadError:
        return
    ledger.check(rows)


def test_every_reader_has_seeds_that_it_reads() -> None:
    for form in FORMATS:
        for seed in SEEDS[form.__name__.rpartition(".")[2]]:  # type: ignore[attr-defined]
            assert sum(t.num_rows for t in form.read(Source("x", data=seed), Ledger())), form.LABEL


def test_the_fuzzer_runs() -> None:
    pytest.importorskip("atheris")
    run = subprocess.run(
        [sys.executable, "-m", "fuzz.readers", "--reader", "archive", "-runs=200"],
        capture_output=True,
        cwd=__file__.rpartition("/")[0],
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode(errors="replace")[-2000:]


@pytest.mark.parametrize(
    ("name", "data", "action"),
    [
        ("nothing.json", b"[]", "empty"),
        ("headers.csv", b"title,year,doi\n", "empty"),
        ("page.bib", b"<!DOCTYPE html><html><body>Not found</body></html>", "rejected"),
        ("blank.ris", b"\n\n", "rejected"),
        (
            "picture.bib",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89" + bytes(range(256)),
            "rejected",
        ),
    ],
)
def test_a_file_without_a_record_is_in_the_ledger(name: str, data: bytes, action: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "papers.csv").write_bytes(b"title\nAdding numbers\n")
    found = read_files(tmp_path)
    assert len(found.papers) == 1
    assert [(note.source, note.action) for note in found.ledger.notes] == [(name, action)]


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="the system has no owners of folders")
def test_a_folder_that_may_not_be_looked_into_is_in_the_ledger(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "hidden.csv").write_bytes(b"title\nNobody reads this\n")
    (tmp_path / "papers.csv").write_bytes(b"title\nAdding numbers\n")
    # Root may look into all folders; who is nobody then need not get through those above.
    script = (
        "import os, sys; from explorer import import_papers; import explorer.sources.formats.registry;"
        "found = import_papers(sys.argv[1] + '/papers.csv');"
        "os.chdir(sys.argv[1]); os.geteuid() == 0 and os.setuid(65534); found = import_papers('.');"
        "print(len(found.papers), [(note.source.rpartition('/')[2], note.action) for note in found.ledger.notes])\n"
        "try: import_papers('closed/hidden.csv')\n"
        # Later Pythons do not tell what may not be looked at from what is not there.
        "except explorer.ReadError as error: print('may not be read' in str(error) or 'does not exist' in str(error))"
    )
    tmp_path.chmod(0o755)
    closed.chmod(0)
    try:
        run = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    finally:
        closed.chmod(0o700)
    assert run.stdout.splitlines() == ["1 [('closed', 'rejected')]", "True"], run.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "papers.csv")
    with pytest.raises(ReadError, match="no file but a pipe"):
        read_files(tmp_path / "papers.csv")


def test_half_a_surrogate_pair_in_a_name_costs_that_character(tmp_path: Path) -> None:
    for name, data in (
        ("whole.json", b'[{"title": "Adding numbers", "no\\ud800te": "x"}]'),
        ("lines.jsonl", b'{"title": "Adding numbers", "no\\ud800te": "x"}\n{"title": "Counting apples"}\n'),
    ):
        (tmp_path / name).write_bytes(data)
        assert "no?te" in read_files(tmp_path / name).papers.columns


def test_a_cell_far_out_in_a_sheet_is_said(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["ZZ900000"] = "title", "Adding numbers", "far"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(ReadError, match="a cell far out, in column ZZ or row 900,000"):
        read_files(tmp_path / "far.xlsx")


_LIMITED = """
import resource, sys
import explorer
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    result = explorer.import_papers(sys.argv[1])
except explorer.ReadError as error:
    print(error)
else:
    print(result.ledger.accepted, "accepted")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""

MB = 1 << 20
HEAVY: dict[str, tuple[object, str, int]] = {
    # What it holds, what is said of it, and the megabytes that reading it may take.
    "zeros.bib.gz": (lambda: gzip.compress(bytes(1000 * MB), 1), "unpacks to more than 150 times", 300),
    "again.bib.gz": (lambda: gzip.compress(b"@misc{a, title={x}}\n" * (20 * MB), 6), "unpacks to more than 150 times", 300),
    "twice.bib.gz.gz": (lambda: gzip.compress(gzip.compress(b"@misc{a, title={x}}\n")), "1 accepted", 300),
    "value.json": (lambda: b'[{"title": "' + b"x" * (100 * MB) + b'"}]', "a value of more than 16 MiB", 600),
    "quote.csv": (lambda: b"title,abstract\n" + b'a,"b\n' * 450_000, "accepted", 1000),
    "columns.csv": (
        lambda: (
            b"title,"
            + b",".join(b"c%d" % n for n in range(5000))
            + b"\n"
            + b"".join(b"t%d,%s\n" % (n, b"1," * 4999 + b"1") for n in range(20))
        ),
        "20 accepted",
        500,
    ),
    "alike.json": (
        lambda: (
            b"["
            + b",".join(
                b'{"title": "Annual survey of the coastal station number %d and its instruments", "year": 2020}' % n
                for n in range(60_000)
            )
            + b"]"
        ),
        "60000 accepted",
        600,
    ),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux, which says how much memory a process took")
@pytest.mark.parametrize("name", HEAVY)
def test_heavy_files_take_bounded_memory(name: str, tmp_path: Path) -> None:
    make, said, most = HEAVY[name]
    path = tmp_path / name
    path.write_bytes(make())  # type: ignore[operator]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(path)], capture_output=True, text=True, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)),
    )  # fmt: skip
    answer, grown = done.stdout.strip().rsplit("\n", 1)
    assert said in answer, done.stderr
    assert int(grown) < most

"""The corpus folder: whole before, whole after, whatever happens in between."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import oracles
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, CorpusError, Selection, open_corpus
from explorer.dedupe.merges import Change
from explorer.disk import cache_folder, write_whole
from explorer.papers.paper_table import content_hash
from explorer.papers.schema import FIELDS, to_table
from explorer.store.build import write_corpus
from explorer.store.extend import extend_corpus
from explorer.store.generations import read_manifest


def papers(seed: int, count: int) -> pa.Table:
    return to_table(pa.Table.from_pylist(oracles.random_papers(seed, count)))


def check_whole(folder: Path, *allowed: pa.Table) -> pa.Table:
    """Open a corpus and ask it everything; its papers must be one of the tables allowed. Returns that table."""
    corpus = open_corpus(folder)
    hashes = {content_hash(table): table for table in allowed}
    assert corpus.manifest["content_hash"] in hashes
    table = hashes[corpus.manifest["content_hash"]]
    check_answers(corpus, table)
    return table


def check_answers(corpus: Corpus, table: pa.Table) -> None:
    """Ask a corpus everything, which must be that of a table."""
    assert corpus.table.equals(table)
    assert len(corpus) == table.num_rows == corpus.manifest["papers"]
    for sort in ("newest", "oldest", "upvotes", "title"):
        assert sorted(corpus.results(Selection(sort=sort)).rows().tolist()) == list(range(table.num_rows))
    records = table.to_pylist()
    dated = sum(paper["published"] is not None for paper in records)
    expected = {"topics": len(records), "has_code": len(records), "years": dated}
    for field in ("venues", "authors", "keywords"):
        expected[field] = sum(len(oracles.values_of(paper, field)) for paper in records)
    assert {field: int(corpus.results(Selection()).counts(field).sum()) for field in expected} == expected
    assert corpus.results(Selection()).counts("months").sum() <= dated  # Some are dated by the year only.
    assert corpus.results(Selection(query="NOT zzz")).shown == table.num_rows
    assert corpus.topics.summary()["papers"].sum() == table.num_rows


BUILDER = """
import os, sys, pyarrow.feather
from pathlib import Path
from explorer.store.build import write_corpus
import sklearn.decomposition, tantivy
tables = [pyarrow.feather.read_table(path) for path in sys.argv[2:]]
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        for number in line.split():
            write_corpus(tables[int(number)], Path(sys.argv[1]))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Builder:
    """A process that has imported all it needs, and forks a child for each build, so that the child can be killed."""

    def __init__(self, folder: Path, *tables: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(folder), *map(str, tables)],
            # Threads do not survive a fork.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self._read() == "ready"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def start(self, *tables: int) -> int:
        """Build tables one after the other in a child; returns its process number."""
        assert self._process.stdin is not None
        print(*tables, file=self._process.stdin)
        return int(self._read())

    def wait(self) -> int:
        """Exit status of the child."""
        return int(self._read())

    def __enter__(self) -> Builder:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("")


def saved(table: pa.Table, path: Path) -> Path:
    pyarrow.feather.write_feather(table, path)
    return path


@pytest.mark.skipif(os.name == "nt", reason="forks are Unix's")
def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    old, new = papers(1, 40), papers(2, 150)
    folder = tmp_path / "c"
    draw, seen = random.Random(0), []
    with Builder(folder, saved(old, tmp_path / "old.arrow"), saved(new, tmp_path / "new.arrow")) as builder:
        begin = time.monotonic()
        builder.start(1)
        assert builder.wait() == 0
        # How long a build takes here and now.
        whole = time.monotonic() - begin
        builder.start(0)
        assert builder.wait() == 0
        for attempt in range(9):
            child = builder.start(1)
            time.sleep(whole * (attempt / 8 + draw.uniform(0, 0.1)))
            # The last is let through; another may be done before its time.
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL if attempt < 8 else 0)
            builder.wait()
            seen.append(check_whole(folder, old, new).num_rows)
            if seen[-1] == 150:
                builder.start(0)
                assert builder.wait() == 0
        assert seen[0] == 40
        assert seen[-1] == 150
    assert len(list(folder.glob("g-*"))) == 1, "what killed builds left behind is gone"


def test_a_first_build_killed_at_its_last_step_can_be_built_again(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    (folder / "g-0123456789abcdef-1").mkdir(parents=True)
    (folder / "g-0123456789abcdef-1" / "builder").write_text("999999999")
    (folder / ".manifest.json.999999999").write_text("{")
    write_corpus(papers(1, 5), folder)
    check_whole(folder, papers(1, 5))
    assert len(list(folder.glob("g-*"))) == 1


@pytest.mark.parametrize("stage", ["papers", "facets", "index", "topics", "flush"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_a_build_that_is_stopped_leaves_nothing(stage: str, stop: type[BaseException], tmp_path: Path) -> None:
    old = papers(1, 10)
    write_corpus(old, tmp_path)

    def progress(name: str, part: float) -> None:
        if name == stage:
            raise stop

    with pytest.raises(stop):
        write_corpus(papers(2, 20), tmp_path, progress=progress)
    check_whole(tmp_path, old)
    assert len(list(tmp_path.glob("g-*"))) == 1


def test_a_stop_after_the_rename_keeps_the_new_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's entries are flushed after the rename; a stop there must not remove what the manifest names."""
    from explorer import disk

    new, real = papers(2, 20), disk.flush

    def stopped(path: Path) -> None:
        if path == tmp_path and (tmp_path / "manifest.json").exists() and read_manifest(tmp_path)["papers"] == 20:
            raise KeyboardInterrupt
        real(path)

    write_corpus(papers(1, 10), tmp_path)
    monkeypatch.setattr(disk, "flush", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_corpus(new, tmp_path)
    check_whole(tmp_path, new)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="forks are Unix's")
def test_builders_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    first, second = papers(1, 30), papers(2, 30)
    paths = saved(first, tmp_path / "a.arrow"), saved(second, tmp_path / "b.arrow")
    with Builder(folder, *paths) as one, Builder(folder, *paths) as two:
        one.start(0, 1, 0, 1)
        two.start(0, 0, 0, 1)
        time.sleep(0.3)
        looks = 0
        while looks < 5:
            try:
                check_whole(folder, first, second)
            except CorpusError as error:
                assert "is no corpus" in str(error), "before the first build is done"
            looks += 1
        assert (one.wait(), two.wait()) == (0, 0)
    check_whole(folder, second)
    assert len(list(folder.glob("g-*"))) == 1


def test_the_manifest_is_replaced_and_not_written_into(tmp_path: Path) -> None:
    """A second name of the old file keeps the old text; a write in place would change it, and could be seen half done."""
    write_corpus(papers(1, 5), tmp_path / "c")
    os.link(tmp_path / "c" / "manifest.json", tmp_path / "old")
    before = (tmp_path / "old").read_bytes()
    write_corpus(papers(2, 5), tmp_path / "c")
    assert (tmp_path / "old").read_bytes() == before
    check_whole(tmp_path / "c", papers(2, 5))


@pytest.mark.skipif(os.name == "nt", reason="flock is Unix's")
@pytest.mark.parametrize("stage", ["papers", "flush"])
def test_generations_come_and_go_one_builder_at_a_time(stage: str, tmp_path: Path) -> None:
    """While somebody else holds the lock, nothing is put in force or removed."""
    import fcntl

    old, new = papers(1, 5), papers(2, 6)
    write_corpus(old, tmp_path)
    reached = threading.Event()
    with (tmp_path / ".lock").open("ab") as lock:

        def progress(name: str, part: float) -> None:
            if name == "flush":
                fcntl.flock(lock, fcntl.LOCK_EX)
                reached.set()

        if stage == "papers":
            fcntl.flock(lock, fcntl.LOCK_EX)
            reached.set()
        builder = threading.Thread(
            target=write_corpus, args=(new, tmp_path), kwargs={"progress": progress if stage == "flush" else print}
        )
        builder.start()
        assert reached.wait(30)
        builder.join(0.5)
        assert builder.is_alive()
        check_whole(tmp_path, old)
        assert len(list(tmp_path.glob("g-*"))) == (1 if stage == "papers" else 2)
        fcntl.flock(lock, fcntl.LOCK_UN)
        builder.join(60)
    check_whole(tmp_path, new)
    assert len(list(tmp_path.glob("g-*"))) == 1


def test_an_open_corpus_outlives_a_rebuild(tmp_path: Path) -> None:
    old = papers(1, 60)
    write_corpus(old, tmp_path)
    corpus = open_corpus(tmp_path)
    write_corpus(papers(2, 10), tmp_path)
    assert corpus.table.equals(old)
    for selection in (Selection(query="graph"), Selection(sort="title"), Selection(authors=("Lee",)), Selection(has_code=True)):
        assert len(corpus.select(selection)) == corpus.results(selection).shown
        for field in ("topics", "venues", "keywords", "years"):
            corpus.results(selection).counts(field)
    assert corpus.topics.frequency()["papers"].sum() == sum(day is not None for day in old["published"].to_pylist())
    corpus.similar(corpus.papers["id"][0])


def test_additions_leave_the_papers_that_are_there(tmp_path: Path) -> None:
    old, new = papers(1, 60), papers(2, 25)
    write_corpus(old, tmp_path)
    first = open_corpus(tmp_path)
    labels = list(first.topics.codes)
    extend_corpus(Change(new), tmp_path)
    corpus = open_corpus(tmp_path)
    assert corpus.table.to_pylist() == [*old.to_pylist(), *new.to_pylist()]
    assert list(corpus.topics.codes[:60]) == labels
    whole = [*oracles.random_papers(1, 60), *oracles.random_papers(2, 25)]
    for query in ("graph", "attention OR reward", '"graph neural"', "NOT model", "author:lee"):
        node = oracles.parse(query)
        expected = [row for row, paper in enumerate(whole) if oracles.matches(node, paper)]
        assert np.flatnonzero(corpus.results(Selection(query=query)).mask).tolist() == expected
    assert first.results(Selection(query="graph")).shown <= 60
    assert len(corpus.manifest["made"]["added"]) == 1
    with pytest.raises(CorpusError, match="no corpus"):
        extend_corpus(Change(new), tmp_path / "nothing")


def test_the_manifest_says_how_it_was_made(tmp_path: Path) -> None:
    table = papers(1, 10)
    manifest = write_corpus(table, tmp_path, made={"name": "mine", "files": ["a.csv"]})
    assert manifest == json.loads((tmp_path / "manifest.json").read_text()) == read_manifest(tmp_path)
    assert manifest["papers"] == 10
    assert manifest["content_hash"] == content_hash(table)
    made = manifest["made"]
    assert made["name"] == "mine"
    assert pd.Timestamp(made["at"]).tzinfo is not None
    assert {"literature-explorer", "tantivy", "pyarrow"} <= set(made["versions"])
    assert made["topics"]["seed"] == 0


@pytest.mark.parametrize("names", [["notes.txt"], ["manifest.json"], ["manifest.json", "g-photos/1.jpg"], ["g-photos/1.jpg"]])
def test_other_peoples_folders_are_left_alone(names: list[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"name": "a web page"}')
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CorpusError, match="holds other files"):
        write_corpus(papers(1, 3), tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert all(path.read_text() == '{"name": "a web page"}' for path in before if path.is_file())


def test_notes_in_a_corpus_folder_stay(tmp_path: Path) -> None:
    write_corpus(papers(1, 3), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "g-mine").mkdir()
    write_corpus(papers(2, 3), tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "g-mine").is_dir()
    check_whole(tmp_path, papers(2, 3))


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusError):
        write_corpus(papers(1, 3), tmp_path / "file")
    with pytest.raises(CorpusError):
        open_corpus(tmp_path / "file")


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "no corpus"),
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("\x00\xff", "cannot be read"),
        ("[]", "format"),
        ("null", "format"),
        ('{"format": 999}', "format 999"),
        ('{"format": FORMAT}', r"not as it was written \(generation, content_hash, papers, made\)"),
        ('{"format": FORMAT, "generation": "g-1"}', r"not as it was written \(content_hash, papers, made\)"),
        ('{"format": FORMAT, "generation": "g-1", "content_hash": "0", "papers": 3, "made": {}}', "lacks its generation g-1"),
    ],
)
def test_manifests_that_are_wrong(manifest: str | None, says: str, tmp_path: Path) -> None:
    version = write_corpus(papers(1, 3), tmp_path)["format"]
    if manifest is None:
        (tmp_path / "manifest.json").unlink()
    else:
        (tmp_path / "manifest.json").write_text(manifest.replace("FORMAT", str(version)), encoding="latin-1")
    with pytest.raises(CorpusError, match=says):
        open_corpus(tmp_path)
    write_corpus(papers(2, 3), tmp_path)
    check_whole(tmp_path, papers(2, 3))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "c"
    write_corpus(papers(1, 50), folder)
    return folder


def damaged_files() -> list[str]:
    """Kinds of files of a generation, by pattern."""
    return [
        "papers*.arrow", "dates.npy", "precision.npy", "has_code.npy", "newest.order.npy", "title.order.npy", "authors.codes.npy",
        "authors.starts.npy", "authors.rows.npy", "authors.values.arrow", "topics.json", "topics.share.npy", "topics.codes.npy",
        "index/meta.json",
    ]  # fmt: skip


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "garbage"])
@pytest.mark.parametrize("pattern", damaged_files())
def test_damaged_files_are_named(pattern: str, damage: str, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    (path,) = next(folder.glob("g-*")).glob(pattern)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(
            {"empty": b"", "half": data[: len(data) // 2], "garbage": bytes(random.Random(1).randbytes(len(data)))}[damage]
        )
    with pytest.raises(CorpusError, match=r"(?s)Build .*again"):
        open_corpus(folder)


def test_damaged_index_files(whole: Path, tmp_path: Path) -> None:
    """A file of the index that is missing or cut short is a `CorpusError`, at the latest at the first query."""
    names = [path.name for path in next(whole.glob("g-*/index")).iterdir() if path.suffix not in (".json", ".lock")]
    assert names
    for name in names:
        for damage in ("missing", "half"):
            folder = tmp_path / f"{name}-{damage}"
            shutil.copytree(whole, folder)
            (path,) = folder.glob(f"g-*/index/{name}")
            data = path.read_bytes()
            path.unlink()
            if damage == "half":
                path.write_bytes(data[: len(data) // 2])
            with pytest.raises(CorpusError):
                open_corpus(folder).search("graph")


def test_files_of_two_builds_are_refused(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    shutil.copytree(whole, folder)
    write_corpus(papers(9, 20), tmp_path / "other")
    for name in ("dates.npy", "title.order.npy"):
        shutil.copy(next((tmp_path / "other").glob(f"g-*/{name}")), next(folder.glob("g-*")) / name)
    with pytest.raises(CorpusError):
        open_corpus(folder)


@pytest.mark.skipif(os.name == "nt", reason="modes of files are Unix's")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """As an ordinary user; the superuser may write anywhere."""
    write_corpus(papers(1, 20), tmp_path / "c")
    program = f"""
import os, sys
from pathlib import Path
from explorer import CorpusError, open_corpus
from explorer.store.build import write_corpus
folder = Path({str(tmp_path / "c")!r})
# Python itself may lie where that user cannot look: whatever is to be imported is, first.
before = len(open_corpus(folder).search("graph"))
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
corpus = open_corpus(folder)
try:
    write_corpus(corpus.table, folder)
except CorpusError as error:
    sys.exit(0 if "cannot be written" in str(error) and len(open_corpus(folder).search("graph")) == before > 0 else 2)
sys.exit(1)
"""
    # The path down to the folder must be open to that user.
    for parent in (tmp_path, *tmp_path.parents):
        if parent.owner() == Path.home().owner() and parent != Path("/tmp") and str(parent).startswith("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    for path in [tmp_path / "c", *(tmp_path / "c").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd="/")
    for path in [tmp_path / "c", *(path for path in (tmp_path / "c").rglob("*") if path.is_dir())]:
        path.chmod(0o755)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="limits are Unix's")
@pytest.mark.parametrize(
    ("stage", "limit"),
    [
        ("papers", 0),
        ("facets", 3_000),
        ("index", 100),
        ("index", 30_000),
        pytest.param("topics", 3_000, marks=pytest.mark.slow),
        ("flush", 100),
    ],
)
def test_a_full_disk_leaves_the_old_corpus(stage: str, limit: int, tmp_path: Path) -> None:
    """From a stage on files may not grow beyond a limit, which fails writes as a full disk does."""
    old, new = papers(1, 5), papers(2, 2000)
    write_corpus(old, tmp_path)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def progress(name: str, part: float) -> None:
        if name == stage:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))

    try:
        with pytest.raises(CorpusError, match="cannot be written") as raised:
            write_corpus(new, tmp_path, progress=progress)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert "untouched" in str(raised.value)
    assert "None" not in str(raised.value)
    check_whole(tmp_path, old)
    assert len(list(tmp_path.glob("g-*"))) == 1


def test_an_atomic_write_leaves_the_old_file_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=examples(50), deadline=None)
@given(st.integers(0, 3), st.lists(st.integers(0, 40), max_size=4), st.integers(0, 39))
def test_the_content_hash_is_of_the_content(seed: int, cuts: list[int], row: int) -> None:
    table = papers(seed, 40)
    digest = content_hash(table)
    ends = [0, *sorted(cuts), 40]
    assert content_hash(pa.concat_tables(table.slice(a, b - a) for a, b in itertools.pairwise(ends))) == digest
    assert content_hash(table.take(pa.array(range(40)))) == digest
    assert content_hash(to_table(table.to_pandas(types_mapper=pd.ArrowDtype))) == digest
    other = table.slice(0, row).to_pylist() + table.slice(row + 1).to_pylist()
    assert content_hash(pa.Table.from_pylist(other, table.schema)) != digest
    assert content_hash(table.rename_columns([*table.column_names[:-1], "renamed"])) != digest


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)), st.data())
def test_the_content_hash_of_text_is_that_of_one_array(values: list[str | None], data: st.DataObject) -> None:
    """However the text lies in memory, the hash is that of Arrow's stream of one array that begins with it and ends with it."""
    array = pa.array(["before", None, *values, "after"], pa.large_string())[2:-1]
    cut = data.draw(st.integers(0, len(values)))
    table = pa.table({"x": pa.chunked_array([array[:cut], array[cut:]], pa.large_string())})
    stream = pa.BufferOutputStream()
    whole = pa.table({"x": pa.array(values, pa.large_string())})
    with pa.ipc.new_stream(stream, whole.schema) as writer:
        if values:
            writer.write_table(whole)
    body = stream.getvalue().to_pybytes() if values else b""
    assert content_hash(table) == hashlib.sha256(b"x\0large_string\0" + body).hexdigest()[:16]


def test_what_lies_under_a_null_does_not_count() -> None:
    clean = pa.table({"x": pa.array([1, None], pa.int32())})
    bits = pa.py_buffer(b"\x01")
    dirty = pa.table({"x": pa.Array.from_buffers(pa.int32(), 2, [bits, pa.py_buffer(np.array([1, 77], np.int32).tobytes())])})
    assert dirty.equals(clean)
    assert content_hash(dirty) == content_hash(clean)


def test_where_corpora_of_plain_files_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LITEXPLORER_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("LITEXPLORER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache_folder() == tmp_path / "x" / "literature-explorer"


def test_the_papers_are_read_from_the_map_and_not_copied(tmp_path: Path) -> None:
    write_corpus(papers(1, 50), tmp_path)
    before = pa.total_allocated_bytes()
    corpus = Corpus(tmp_path)
    assert set(FIELDS) <= set(corpus.table.column_names)
    assert pa.total_allocated_bytes() - before < 4096


@pytest.mark.skipif(os.name == "nt", reason="modes of files are Unix's")
def test_who_may_read_the_folder_may_read_every_file(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write_corpus(papers(1, 20), tmp_path / "c")
        open_corpus(tmp_path / "c").add(papers(5, 3))
    finally:
        os.umask(mask)
    files = [path for path in (tmp_path / "c").rglob("*") if path.is_file() and path.suffix != ".lock" and path.name != ".lock"]
    assert files
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o644"}

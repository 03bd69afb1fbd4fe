"""Exports: exactly what is shown, in every format, with how it was made."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import oracles
import pandas as pd
import pyarrow.parquet as pq
import pytest
from exported import export_bytes

from explorer import Corpus, ExportError, Selection, import_papers, to_csl_json
from explorer.export.export import FORMATS, export_file, file_stem
from explorer.papers.paper_table import content_hash
from explorer.sources.formats import registry as formats
from explorer.sources.source import Source
from explorer.text.markup import unicode_maths

Corpora = list[tuple[Corpus, list[oracles.Paper]]]
SELECTION = Selection(query="graph OR model", years=(2020, None), sort="title")


@pytest.fixture(scope="module")
def corpus(corpora: Corpora) -> Corpus:
    return corpora[-1][0]


def manifest_in(form: str, files: list[Any]) -> dict[str, Any]:
    """The manifest of an export, wherever its format keeps it."""
    [file] = files
    if form == "parquet":
        return dict(json.loads(pq.read_schema(io.BytesIO(file.data)).metadata[b"manifest"]))
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(file.data))["manifest"]
        return {row[0].value: row[1].value for row in sheet.iter_rows()}
    if form in ("csv", "tsv", "jsonl"):
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            table, manifest = archive.namelist()
            assert (f"{table}.zip", manifest) == (file.name, f"{table}.manifest.json")
            return dict(json.loads(archive.read(manifest)))
    text = file.data.decode("utf-8")
    if form == "json":
        return dict(json.loads(text)[0]["custom"]["literature-explorer-manifest"])
    if form == "tex":
        return dict(json.loads("".join(line[2:] for line in text.splitlines() if line.startswith("% "))))
    mark, end = {
        "bib": ("@comment{literature-explorer-manifest ", "}\n\n"),
        "ris": ("Manifest: ", "\r\n"),
        "md": ("<!-- literature-explorer-manifest ", " -->"),
        "html": ('id="literature-explorer-manifest">', "</script>"),
    }[form]
    return dict(json.loads(text.partition(mark)[2].partition(end)[0]))


def table_in(file: Any) -> bytes:
    """The table of an export, out of its archive where it is in one."""
    if not file.name.endswith(".zip"):
        return bytes(file.data)
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        return archive.read(archive.namelist()[0])


WHOLE = ("csv", "tsv", "xlsx", "jsonl", "parquet")
"""Formats that hold every column."""


@pytest.mark.parametrize("form", WHOLE)
def test_what_is_shown_reads_back_in_its_order(form: str, corpus: Corpus) -> None:
    results = corpus.results(SELECTION)
    files, count = export_bytes(results, form, analysis=True)
    shown = corpus.select(SELECTION)
    assert count == len(shown) == results.shown > 10
    assert files[0].name == f"papers-graph-or-model.{form}" + (".zip" if form in ("csv", "tsv", "jsonl") else "")
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(files[0].data))["papers"]
        header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        titles = [row[header.index("title")] for row in rows]
        assert [title or None for title in titles] == [None if title is pd.NA else title for title in shown["title"]]
        assert [row[header.index("id")] for row in rows] == shown["id"].tolist()
        return
    again = import_papers(Source(files[0].name, data=files[0].data))
    assert again.ledger.rejected == 0
    papers = again.papers
    for column in (
        "id",
        "title",
        "abstract",
        "published",
        "precision",
        "year",
        "venue",
        "doi",
        "arxiv_id",
        "code_url",
        "upvotes",
        "topic",
        "extra",
    ):
        ours, theirs = (frame[column].astype(object).where(frame[column].notna(), None).tolist() for frame in (shown, papers))
        if column == "venue":
            ours = [value.strip() or None if value else None for value in ours]
        assert theirs == ours, column
    for column in ("authors", "keywords"):
        ours, theirs = (
            [[item.strip() for item in items] if items is not None and items is not pd.NA else [] for items in frame[column]]
            for frame in (shown, papers)
        )
        assert theirs == ours, column


@pytest.mark.parametrize("form", ["bib", "ris", "json"])
def test_references_read_back(form: str, corpus: Corpus) -> None:
    [data], count = export_bytes(corpus.results(SELECTION), form)
    again = import_papers(Source(data.name, data=data.data), keep_duplicates=True)
    shown = corpus.select(SELECTION)
    assert (again.ledger.rejected, count) == (0, len(shown))
    for column in ("id", "title", "doi", "year"):
        ours, theirs = (frame[column].astype(object).where(frame[column].notna(), None) for frame in (shown, again.papers))
        ours, theirs = ([unicode_maths(" ".join(str(value).split())) for value in values] for values in (ours, theirs))
        assert theirs == ours, column


@pytest.mark.parametrize(("form", "mark"), [("md", "1. "), ("html", "<li"), ("tex", "\\toprule")])
def test_lists_of_references_name_every_paper(form: str, mark: str, tmp_path: Path) -> None:
    titles = ["Sheep & goats", "On *stars*", "Plain"]
    frame = pd.DataFrame({"title": titles, "year": [2001, 2002, 2003], "abstract": ["a", "b", None]})
    files, count = export_bytes(Corpus.from_papers(frame, tmp_path / "c").results(Selection()), form)
    text = files[0].data.decode()
    assert count == 3
    assert mark in text
    for word in ("Sheep", "goats", "stars", "Plain", "2001", "2002", "2003"):
        assert word in text
    assert any("abstract" in line for line in files[0].lost)
    assert manifest_in(form, files)["lost"] == list(files[0].lost)


def test_losses_are_told_where_they_happen(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"title": ["a", "b"], "abstract": ["x" * 40_000, "y"], "my rating": [1, 2], "marks": [["x"], ["y", "z"]]}
    )
    results = Corpus.from_papers(frame, tmp_path / "c").results(Selection())
    [book], _ = export_bytes(results, "xlsx")
    assert any("abstract of 1 paper" in line for line in book.lost)
    assert "abstract of 1 paper" in str(manifest_in("xlsx", [book])["lost"])
    [ris], _ = export_bytes(results, "ris")
    assert any(line.startswith("my rating: ") for line in ris.lost)
    assert manifest_in("ris", [ris])["lost"] == list(ris.lost)
    [table], _ = export_bytes(results, "csv")
    assert any(line.startswith("marks: ") for line in table.lost)
    [lines], _ = export_bytes(results, "jsonl")
    assert (lines.lost, manifest_in("jsonl", [lines])["lost"]) == ((), [])


@pytest.mark.parametrize("form", [form.name for form in FORMATS])
def test_the_manifest_says_how_it_was_made(form: str, corpus: Corpus) -> None:
    results = corpus.results(SELECTION)
    files, count = export_bytes(results, form)
    manifest = manifest_in(form, files)
    assert set(manifest) >= {
        "sentence", "selection", "url", "python", "papers", "shown", "total", "ticked_only", "content_hash", "corpus", "versions", "at",
    }  # fmt: skip
    assert manifest["sentence"] == SELECTION.describe(count, len(corpus))
    assert Selection.from_url(manifest["url"]) == SELECTION
    assert str(manifest["papers"]) == str(manifest["shown"]) == str(count)
    assert str(manifest["total"]) == str(len(corpus))
    given = results.table().select(corpus.table.column_names)
    assert manifest["content_hash"] == content_hash(given)
    assert abs((pd.Timestamp(manifest["at"]) - pd.Timestamp.now("UTC")).total_seconds()) < 60
    assert corpus.manifest["content_hash"] in str(manifest["corpus"])
    assert "literature-explorer" in str(manifest["versions"])


@pytest.mark.parametrize("form", [form.name for form in FORMATS])
def test_a_manifest_is_passed_over_by_readers(form: str, corpus: Corpus) -> None:
    # What a query holds shall end no comment, start no entry and close no element.
    hostile = Selection(query='"@article{x," OR "--> </script>" OR model', years=(2020, None), sort="title")
    files, count = export_bytes(corpus.results(hostile), form)
    if form in ("md", "html", "tex"):
        assert manifest_in(form, files)["papers"] == count
        return
    again = import_papers(Source(files[0].name, data=files[0].data), keep_duplicates=True)
    assert (again.ledger.read, again.ledger.rejected) == (count, 0)
    assert "manifest" not in " ".join(again.table.column_names)


@pytest.mark.parametrize("form", WHOLE)
def test_what_was_computed_goes_out_only_when_asked(form: str, corpus: Corpus) -> None:
    results = corpus.results(SELECTION)
    computed = set(results.table().column_names) - set(corpus.table.column_names)
    assert {"topic", "score"} <= computed
    for analysis in (False, True):
        [file], _ = export_bytes(results, form, analysis=analysis)
        if form == "parquet":
            names = set(pq.read_schema(io.BytesIO(file.data)).names)
        elif form == "xlsx":
            names = {cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(file.data))["papers"].iter_rows())}
        elif form == "jsonl":
            names = {name for line in table_in(file).splitlines() for name in json.loads(line)}
        else:
            names = set(table_in(file).decode("utf-8-sig").splitlines()[0].split("\t" if form == "tsv" else ","))
        assert (computed & names == computed) == analysis, analysis
        assert bool(computed & names) == analysis


def test_ticked_papers_only(corpus: Corpus) -> None:
    results = corpus.results(SELECTION)
    rows = results.rows().tolist()
    hidden = next(row for row in range(len(corpus)) if row not in rows)
    files, count = export_bytes(results, "jsonl", only={rows[5], rows[1], hidden})
    assert count == 3
    ids = corpus.table.column("id")
    assert [json.loads(line)["id"] for line in table_in(files[0]).splitlines()] == [
        ids[row].as_py() for row in (rows[1], rows[5], hidden)
    ]
    manifest = manifest_in("jsonl", files)
    assert (manifest["ticked_only"], manifest["papers"], manifest["shown"]) == (True, 3, len(rows))


def test_an_export_of_nothing(corpus: Corpus) -> None:
    for form in FORMATS:
        files, count = export_bytes(corpus.results(Selection(query="zzzzz")), form.name)
        assert count == 0
        assert manifest_in(form.name, files)["papers"] in (0, "0") if form.name != "json" else json.loads(files[0].data) == []


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1"]


def test_formulas_do_not_run(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"title": [f"{text} x" for text in FORMULAS], "venue": FORMULAS, "authors": [[text] for text in FORMULAS]}
    )
    results = Corpus.from_papers(frame, tmp_path / "c").results(Selection())
    [csv_file], _ = export_bytes(results, "csv")
    for row in csv.reader(io.StringIO(table_in(csv_file).decode("utf-8-sig"), newline="")):
        assert not [cell for cell in row if cell.strip()[:1] in ("=", "+", "-", "@", "＝")]
    (book,), _ = export_bytes(results, "xlsx")
    for sheet in openpyxl.load_workbook(io.BytesIO(book.data)):
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    again = import_papers(Source(csv_file.name, data=csv_file.data)).papers
    assert again["title"].tolist() == results.table().column("title").to_pylist()


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_written_by_its_suffix(form: Any, corpus: Corpus, tmp_path: Path) -> None:
    target = tmp_path / f"out{form.suffix}"
    count, _ = export_file(corpus.results(SELECTION), target)
    assert count == corpus.results(SELECTION).shown
    expected = [f"out{form.suffix}"] + ([] if form.holds_manifest else [f"out{form.suffix}.manifest.json"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)


def test_the_name_asked_for_is_the_name_written(corpus: Corpus, tmp_path: Path) -> None:
    for name in ("OUT.CSV", "a.b.csv", "Übersicht 2.jsonl"):
        export_file(corpus.results(SELECTION), tmp_path / name)
        assert (tmp_path / name).exists(), name


def test_a_failed_write_leaves_the_old_file(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError, match="No space left"):
        export_file(corpus.results(SELECTION), target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["out", "out.doc", "missing/out.csv", "folder.csv"])
def test_files_that_cannot_be(name: str, corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ExportError):
        export_file(corpus.results(SELECTION), tmp_path / name)


def test_formats_that_are_none(corpus: Corpus) -> None:
    with pytest.raises(ExportError, match="no export format 'pdf'"):
        export_bytes(corpus.results(SELECTION), "pdf")


@pytest.mark.parametrize(
    ("query", "stem"),
    [
        ("", "papers"),
        ("reward model", "papers-reward-model"),
        ('"../../etc/passwd" OR x', "papers-etc-passwd-or-x"),
        ("深度", "papers"),
    ],
)
def test_names_of_files(query: str, stem: str) -> None:
    assert file_stem(Selection(query=query)) == stem


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_what_is_written_in_batches_is_what_is_written_at_once(
    form: Any, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of seven papers, against one of them all; the writers' own against what they give for a table in memory."""
    results = corpus.results(SELECTION)
    monkeypatch.setattr("explorer.export.export.datetime", Noon)
    whole, parts = (), ()
    for rows in (10_000, 7):
        monkeypatch.setattr("explorer.papers.paper_table.ROWS", rows)
        [file], _ = export_bytes(results, form.name, analysis=True)
        whole, parts = parts, (file.name, file.lost, content_of(form.name, file.data))
    assert parts == whole
    assert results.shown > 14


class Noon:
    """A clock that stands."""

    @staticmethod
    def now(zone: Any) -> Any:
        return pd.Timestamp("2024-05-06 12:00", tz=zone)


def content_of(form: str, data: bytes) -> Any:
    """What a file says, where it also says when it was made or how it was parted."""
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return [[[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()] for sheet in book]
    if form == "parquet":
        table = pq.read_table(io.BytesIO(data))
        return table.schema.metadata, table.to_pylist()
    return data


@pytest.mark.parametrize("analysis", [False, True])
def test_the_hash_in_the_manifest_is_that_of_the_table(analysis: bool, corpus: Corpus) -> None:
    results = corpus.results(SELECTION)
    [file], _ = export_bytes(results, "parquet", analysis=analysis)
    table = results.table()
    table = table if analysis else table.select([name for name in table.column_names if name in corpus.table.column_names])
    assert manifest_in("parquet", [file])["content_hash"] == content_hash(table)


_KILLED = """
import os, sys
from pathlib import Path
import explorer
from explorer.export.export import export_file
corpus = explorer.open_corpus(sys.argv[1])
results = corpus.results(explorer.Selection(query=sys.argv[3]))
left = int(sys.argv[4])
def count(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.chmod", "open") and sys.argv[2] in str(arguments[0]):
        left -= 1
        if left == 0:
            os._exit(9)
sys.addaudithook(count)
export_file(results, Path(sys.argv[2]) / "t.csv")
print("done")
"""


@pytest.mark.slow
def test_no_table_stands_beside_the_manifest_of_another(corpus: Corpus, tmp_path: Path) -> None:
    """The process is ended before each step on the disk in turn; what is there is the old pair, the new one, or without manifest."""
    for query in ("graph", "model"):
        export_file(corpus.results(Selection(query=query)), tmp_path / f"{query}.csv")
    new = (tmp_path / "model.csv").read_bytes()
    steps, seen = 0, set()
    while True:
        steps += 1
        folder = tmp_path / f"killed{steps}"
        folder.mkdir()
        export_file(corpus.results(Selection(query="graph")), folder / "t.csv")
        old, old_manifest = (path.read_bytes() for path in (folder / "t.csv", folder / "t.csv.manifest.json"))
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(corpus.folder), str(folder), "model", str(steps)],
            capture_output=True,
            text=True,
        )
        table, manifest = folder / "t.csv", folder / "t.csv.manifest.json"
        if table.read_bytes() == old:
            assert not manifest.exists() or manifest.read_bytes() == old_manifest
        else:
            assert table.read_bytes() == new
            assert not manifest.exists() or json.loads(manifest.read_bytes())["selection"]["query"] == "model"
        seen.add((table.read_bytes() == new, manifest.exists()))
        # The next export removes what this one left.
        export_file(corpus.results(Selection(query="graph")), table)
        assert sorted(path.name for path in folder.iterdir()) == ["t.csv", "t.csv.manifest.json"]
        if done.stdout:
            break
        assert done.returncode == 9, done.stderr
    assert {(False, True), (True, True)} <= seen
    assert steps > 5


def test_reports_and_theses_keep_their_number_and_what_they_are() -> None:
    """CSL has ``number`` and ``genre`` for them; ``issue`` is that of a journal."""
    bib = (
        "@techreport{r, title={Peat}, author={Moss, Ida}, institution={Bog Inst}, number={TR-7}, type={White paper}, year=2002}\n"
        "@mastersthesis{m, title={Fens}, author={Moss, Ida}, school={Bog U}, year=2003}\n"
        "@article{a, title={Mires}, author={Moss, Ida}, journal={Bogs}, number={3}, year=2004}\n"
    )
    table = formats.read_files(Source("a.bib", data=bib.encode())).table
    written = to_csl_json(table)
    assert [[item.get(key) for key in ("type", "number", "issue", "genre")] for item in json.loads(written)] == [
        ["report", "TR-7", None, "White paper"],
        ["thesis", None, None, "Master's thesis"],
        ["article-journal", None, "3", None],
    ]
    back = formats.read_files(Source("a.json", data=written)).table
    for name in ("entry_type", "number", "type", "venue"):
        assert back.column(name).to_pylist() == table.column(name).to_pylist(), name
    # As Zotero writes them.
    other = (
        b'[{"id": "z", "type": "report", "title": "Moor", "genre": "Memo", "number": "12", "issued": {"date-parts": [[2005]]}}]'
    )
    (found,) = formats.read_files(Source("z.json", data=other)).table.to_pylist()
    assert (found["number"], found["type"]) == ("12", "Memo")

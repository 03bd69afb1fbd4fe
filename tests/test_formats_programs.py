"""Other programs open what we write: pandoc our BibTeX and CSL-JSON, LibreOffice our Excel and CSV."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from explorer.papers.schema import to_table
from explorer.sources.formats.bibtex.bibtex import to_bibtex
from explorer.sources.formats.json.csl_json import to_csl_json
from explorer.sources.formats.tables.delimited import to_csv
from explorer.sources.formats.tables.excel import to_excel
from explorer.sources.formats.tagged.ris import to_ris

_PAPERS = to_table(
    pa.table(
        {
            "id": ["a", "b", "c"],
            "title": ["=HYPERLINK(\"http://x.org\")", "50 % of {braces} & $dollars$ _under_ ^hat^ ~ \\x", "Ünïcode 字 <i>"],
            "authors": [["Smith, John", "Ludwig van Beethoven"], ["Barnes and Noble"], ["Erdős, P."]],
            "published": ["2024-03", "1999", "2020-01-31"],
            "venue": ["Journal of X", "Proceedings of Y", None],
            "keywords": [["a, b", "c"], None, ["-1+1"]],
            "doi": ["10.1000/a_b", None, None],
        }
    )
)  # fmt: skip


def _pandoc() -> str:
    found = shutil.which("pandoc")
    if found is None:
        pypandoc = pytest.importorskip("pypandoc", reason="needs pandoc, or pypandoc_binary from PyPI")
        try:
            found = pypandoc.get_pandoc_path()
        except OSError:
            pytest.skip("needs pandoc, or pypandoc_binary from PyPI")
    return str(found)


_KINDS = {
    # Kind in CSL: what others call it, RIS first.
    "article-journal": "JOUR; article; article-journal; Journal Article; review-article",
    "paper-conference": "CPAPER; inproceedings; paper-conference; proceedings-article; Conference Paper; Proceedings Paper",
    "book": "BOOK; book; monograph; Edited Book",
    "chapter": "CHAP; incollection; chapter; book-chapter; Book Section; inbook",
    "thesis": "THES; phdthesis; thesis; dissertation; mastersthesis",
    "report": "RPRT; techreport; report; Government Document",
    "dataset": "DATA; dataset",
    "patent": "PAT; patent",
    "webpage": "ELEC; online; webpage; Web Page",
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_kind_of_work_is_the_same_kind_in_every_format(kind: str) -> None:
    names = _KINDS[kind].split("; ")
    columns = {"id": [f"k{n}" for n in range(len(names))], "title": ["T"] * len(names), "venue": ["Somewhere"] * len(names)}
    papers = to_table(pa.table({**columns, "entry_type": names}))
    house = "publisher" if kind in ("book", "thesis", "report") else "container-title"
    for form, data in (("bibtex", to_bibtex(papers)), ("biblatex", to_bibtex(papers)), ("csljson", to_csl_json(papers))):
        run = subprocess.run([_pandoc(), "-f", form, "-t", "csljson"], input=data, capture_output=True, check=True)
        items = json.loads(run.stdout)
        assert [item["type"] for item in items] == [kind] * len(names), form
        assert [item.get(house) for item in items] == ["Somewhere"] * len(names), form
    kinds = [line[6:] for line in to_ris(papers).decode().splitlines() if line.startswith("TY  - ")]
    assert kinds == [names[0]] * len(names)


@pytest.mark.parametrize(
    ("data", "kind"), [(to_bibtex(_PAPERS), "bibtex"), (to_bibtex(_PAPERS), "biblatex"), (to_csl_json(_PAPERS), "csljson")]
)
def test_pandoc_opens_what_we_write(data: bytes, kind: str) -> None:
    run = subprocess.run([_pandoc(), "-f", kind, "-t", "csljson"], input=data, capture_output=True, check=True)
    assert run.stderr == b""
    items = {item["id"]: item for item in json.loads(run.stdout)}
    assert set(items) == {"a", "b", "c"}
    assert items["a"]["author"][0] == {"family": "Smith", "given": "John"}
    assert items["a"]["author"][1]["family"].endswith("Beethoven")
    assert items["a"]["issued"]["date-parts"] == [[2024, 3]]
    assert items["a"]["DOI"] == "10.1000/a_b"
    assert items["a"]["container-title"] == "Journal of X"
    assert len(items["b"]["author"]) == 1
    if kind != "csljson":
        title = items["b"]["title"].replace('<span class="nocase">', "").replace("</span>", "")
        assert title.lower() == "50 % of {braces} & $dollars$ _under_ ^hat^ ~ \\x"


@pytest.mark.parametrize(("data", "name"), [(to_excel(_PAPERS), "x.xlsx"), (to_csv(_PAPERS), "x.csv")])
def test_libreoffice_opens_what_we_write_and_runs_no_formula(data: bytes, name: str, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("needs LibreOffice (libreoffice-calc)")
    source = tmp_path / name
    source.write_bytes(data)
    filters = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        filters,
        "--outdir",
        str(tmp_path / "out"),
    ]
    if name.endswith(".csv"):
        command += ["--infilter=CSV:44,34,76,1,,0,false,false"]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    found = next((tmp_path / "out").glob("*.csv"))
    rows = list(csv.DictReader(found.read_text(encoding="utf-8").splitlines()))
    titles = [row["title"].removeprefix("'") for row in rows]
    assert titles == _PAPERS.column("title").to_pylist()
    assert rows[2]["keywords"].removeprefix("'") == "-1+1"

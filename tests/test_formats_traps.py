"""Files that other readers stumble over: encodings, line ends, damage, odd names and packings; all made for these tests."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from explorer.errors import ReadError
from explorer.papers.schema import to_table
from explorer.sources.formats.registry import Import, read_files
from explorer.sources.formats.tables.parquet import to_parquet
from explorer.sources.source import Source

# One record in each format of text, with title "Zählung der Schafe" and author "Müller, Jörg", of 2021.
RECORDS = {
    "BibTeX": "@article{k1,\n  title = {Zählung der Schafe},\n  author = {Müller, Jörg},\n  year = {2021}\n}\n",
    "RIS": "TY  - JOUR\nTI  - Zählung der Schafe\nAU  - Müller, Jörg\nPY  - 2021\nER  - \n",
    "MEDLINE (nbib)": "PMID- 12345678\nTI  - Zählung der Schafe\nFAU - Müller, Jörg\nDP  - 2021\n",
    "Web of Science (tagged)": "FN Clarivate\nVR 1.0\nPT J\nAU Müller, Jörg\nTI Zählung der Schafe\nPY 2021\nER\n\nEF\n",
    "Refer (EndNote import)": "%0 Journal Article\n%T Zählung der Schafe\n%A Müller, Jörg\n%D 2021\n",
    "Ovid": "<1. >\nTI  - Zählung der Schafe\nAU  - Müller, Jörg\nYR  - 2021\n",
    "CSV or TSV": 'title,authors,year\nZählung der Schafe,"Müller, Jörg",2021\n',
    "CSL-JSON": '[{"type": "book", "title": "Zählung der Schafe", "author": [{"family": "Müller", "given": "Jörg"}],'
    ' "issued": {"date-parts": [["2021"]]}}]\n',
    "EndNote XML": "<xml><records><record><contributors><authors><author>Müller, Jörg</author></authors></contributors>"
    "<titles><title>Zählung der Schafe</title></titles><dates><year>2021</year></dates></record></records></xml>\n",
}


def _import(data: str | bytes, name: str = "x", **options: Any) -> Import:
    result = read_files(Source(name, data=data.encode() if isinstance(data, str) else data), **options)
    ledger = result.ledger
    assert ledger.read == ledger.accepted + ledger.rejected + ledger.merged
    assert ledger.accepted == result.table.num_rows
    return result


def _is_the_sheep(result: Import, label: str) -> None:
    assert result.table.num_rows == 1, result.ledger.notes
    paper = result.table.to_pylist()[0]
    assert (paper["title"], paper["authors"], paper["year"]) == ("Zählung der Schafe", ["Müller, Jörg"], 2021)
    assert [finding.format for finding in result.ledger.findings] == [label]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("label", RECORDS)
def test_encodings_of_each_format(label: str, encoding: str) -> None:
    text = RECORDS[label]
    if label == "EndNote XML" and encoding in ("cp1252", "latin-1"):
        text = f'<?xml version="1.0" encoding="{encoding}"?>{text}'
    _is_the_sheep(_import(text.encode(encoding)), label)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n", "  \n"])
@pytest.mark.parametrize("label", RECORDS)
def test_line_ends_of_each_format(label: str, end: str) -> None:
    if end == "\n\n" and label in ("MEDLINE (nbib)", "Refer (EndNote import)"):
        pytest.skip("a blank line is how these formats part records")
    _is_the_sheep(_import(RECORDS[label].replace("\n", end)), label)


@pytest.mark.parametrize("name", ["x", "x.txt", "x.csv", "x.bib", "x.ris", "x.json", "x.xml", "x.xlsx", "X.PDF"])
@pytest.mark.parametrize("label", RECORDS)
def test_a_wrong_suffix_does_not_matter(label: str, name: str) -> None:
    _is_the_sheep(_import(RECORDS[label], name), label)


@pytest.mark.parametrize("label", RECORDS)
def test_blank_lines_and_spaces_around_do_not_matter(label: str) -> None:
    _is_the_sheep(_import("\n \n\n" + RECORDS[label] + "\n\n  \n"), label)


def test_gbk_is_found() -> None:
    text = "TY  - JOUR\nTI  - 关于羊的计数的研究\nAU  - 王, 小明\nPY  - 2021\nER  - \n"
    assert _import(text.encode("gbk")).table.column("title").to_pylist() == ["关于羊的计数的研究"]


@pytest.mark.parametrize(
    ("text", "titles", "repaired", "rejected"),
    [
        ("@article{a, title = {A}, year = 2001\n@article{b, title = {B}}", ["A", "B"], 1, 0),
        ("@article{a title = {A}, year = 2001}\n@article{b, title = {B} year = {2002}}", ["A", "B"], 2, 0),
        ('@article{a, title = "A {"} B", year = 2001}', ["A \" B"], 0, 0),
        ("@article{a, title = {A}}\n@article{a, title = {B}}\n@article{A, title = {C}}", ["A", "B", "C"], 1, 0),
        ("@article{a, title = {A}, crossref = {b}}\n@book{b, title = {B}, crossref = {a}}", ["A", "B"], 0, 0),
        ("@article{a, title = {A}, crossref = {a}}\n@article{c, title = {C}, crossref = {gone}}", ["A", "C"], 1, 0),
        ("@string{x = y}\n@string{y = x}\n@article{a, title = {A}, journal = x # y}", ["A"], 0, 0),
        ("@ARTICLE{a, TITLE={A}, Year={in press}, month = 13}", ["A"], 1, 0),
        ("@article{a, title = {A}, year = {20011}}", ["A"], 1, 0),
        ("@comment{@article{z, title = {Z}}}\n@preamble{\"x\"}\n% @article{y, title = {Y}}\n@article{a, title = {A}}", ["A"], 0, 0),
        ("@article(a, title = {A}, note = {b) c})", ["A"], 0, 0),
        ("@article{a,\n}\n@misc{b, title = {B}}", ["B"], 0, 1),
    ],
)  # fmt: skip
def test_damaged_bibtex(text: str, titles: list[str], repaired: int, rejected: int) -> None:
    result = _import(text, "x.bib")
    assert [title for title in result.table.column("title").to_pylist() if title not in ("Y",)] == titles
    assert len(set(result.table.column("id").to_pylist())) == result.table.num_rows
    assert (result.ledger.repaired, result.ledger.rejected) == (repaired, rejected), result.ledger.notes


def test_an_entry_without_a_key_gives_nothing_to_others() -> None:
    text = (
        "@book{, title = {Nets}, publisher = {Mill}, author = {Pond, Lily}, year = 1972, volume = 9}\n@article{f, title = {Future}}\n"
        "@book{whole, title = {Waters}}\n@incollection{part, title = {Mud}, crossref = {whole}}\n@misc{g, title = {Gate}, crossref = {}}"
    )
    found = {row["title"]: row for row in _import(text, "x.bib").table.to_pylist()}
    assert found["Mud"]["venue"] == "Waters"
    assert not any(
        found[title][name] for title in ("Future", "Gate") for name in ("venue", "authors", "year", "volume", "publisher")
    )


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("TY  - JOUR\nTI  - A\nTY  - JOUR\nTI  - B\nER  - ", ["A", "B"]),
        ("TY  - JOUR\nTI  - A\nER  -\nTY  - JOUR\nTI  - B", ["A", "B"]),
        ("TI  - A\nER  - \nTI  - B\nER  - \n", ["A", "B"]),
        ("\n\n1.\nTY  - JOUR\nTI  - A\nER  - \n\n\n2.\nTY  - JOUR\nTI  - B\nER  - \n\n", ["A", "B"]),
        ("TY  - JOUR\nT1  - A\nN2  - One ER  - two\nER  - text goes on\nTY  - JOUR\nT1  - B\nER  - ", ["A", "B"]),
        ("TY  - JOUR\nTI  - A\nPY  - n.d.\nER  - \nTY  - JOUR\nTI  - B\nPY  - 0000///\nER  - ", ["A", "B"]),
        ("TY  -  JOUR\nTI  -   A \nER  -\t\nTY\t- JOUR\nTI\t- B\nER\t- ", ["A", "B"]),
    ],
)
def test_damaged_ris(text: str, titles: list[str]) -> None:
    assert _import(text, "x.ris").table.column("title").to_pylist() == titles


def test_lines_of_records_are_told() -> None:
    text = "\nTY  - JOUR\nTI  - A\nER  - \n\n\nTY  - JOUR\nXX  - B\nER  - \nTY  - JOUR\nTI  - C\n"
    notes = _import(text, "x.ris").ledger.notes
    assert [note.line for note in notes if "TY line" in note.reason] == [10]


def test_quoted_line_breaks_and_ragged_rows() -> None:
    result = _import('title,abstract,year\r\n"A","two\r\nlines, and ""quotes""",2001\r\nB\r\nC,x,2003,too,many\r\n', "x.csv")
    assert result.table.column("title").to_pylist() == ["A", "B"]
    assert result.table.column("abstract").to_pylist()[0].split() == ["two", "lines,", "and", '"quotes"']
    assert (result.ledger.repaired, result.ledger.rejected) == (1, 1)


@pytest.mark.parametrize("data", [b"", b" \r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["x.csv", "x.bib", "x.ris", "x.json", "x.xml", "x.parquet", "x.xlsx", "x"])
def test_empty_files_are_one_rejected_record(data: bytes, name: str) -> None:
    ledger = _import(data, name).ledger
    assert (ledger.read, ledger.rejected) == (1, 1)


@pytest.mark.parametrize("text", ["title,authors,year\n", "title\tauthors\tyear", "[]", "<records></records>"])
def test_a_file_without_records_gives_none(text: str) -> None:
    result = _import(text)
    assert (result.table.num_rows, result.ledger.accepted) == (0, 0)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_packings_of_every_format(tmp_path: Path) -> None:
    files = {f"{number}": text.encode() for number, text in enumerate(RECORDS.values())}
    inner = _zipped(files)
    outer = _zipped(
        {
            "a/inner.zip": inner,
            "b.bib.gz": gzip.compress(RECORDS["BibTeX"].encode()),
            "__MACOSX/x": b"x",
            "notes.pdf": b"%PDF-1.7\0",
        }
    )
    result = _import(outer, "outer.zip")
    assert (result.ledger.accepted, result.ledger.rejected) == (len(RECORDS) + 1, 1)
    assert set(result.table.column("title").to_pylist()) == {"Zählung der Schafe"}
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.zip").write_bytes(inner)
    (tmp_path / "t.tsv.xz").write_bytes(
        lzma.compress(RECORDS["CSV or TSV"].replace(",", "\t").replace("\t Jörg", ", Jörg").encode())
    )
    (tmp_path / "r.ris").write_text(RECORDS["RIS"], encoding="utf-8")
    assert read_files(tmp_path).ledger.accepted == len(RECORDS) + 2
    assert read_files(tmp_path / "**" / "*.zip").ledger.accepted == len(RECORDS)
    assert read_files(tmp_path / "*.xz").table.column("authors").to_pylist() == [["Müller, Jörg"]]


def test_archives_in_archives_share_one_bound() -> None:
    packed = _zipped({"a.csv": b" " * (40 << 20)})
    with pytest.raises(ReadError, match="times its size"):
        _import(_zipped({f"{number}.zip": packed for number in range(40)}), "many.zip")


@pytest.mark.parametrize("name", ["", "/", "./"])
def test_a_member_without_a_name_is_passed_over(name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
        archive.writestr("b.bib", RECORDS["BibTeX"])
    found = _import(packed.getvalue(), "x.zip")
    assert found.table.num_rows == found.ledger.read == 1


def test_a_parquet_file_with_a_broken_name_of_a_column() -> None:
    data = to_parquet(to_table(pa.table({"title": ["A"], "remarks": ["x"]}))).replace(b"remarks", b"r\xd2marks")
    with pytest.raises(ReadError, match="not a readable Parquet file"):
        _import(data, "x.parquet")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.ris", "tx  - JOUR\nNothing here\n"), ("a.nbib", "no tag at all\n"), ("a.enw", "a line\nand another\n")],
)
def test_a_file_without_a_record_is_not_passed_over_in_silence(name: str, text: str) -> None:
    ledger = read_files(Source(name, data=text.encode())).ledger
    assert (ledger.read, ledger.accepted, ledger.rejected) == (1, 0, 1)
    assert ledger.notes[0].before.startswith(text[:10])

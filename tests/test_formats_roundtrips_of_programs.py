"""What comes in goes out: records made for these tests, through our readers and writers and those of other programs."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from explorer.papers.dates import edtf_of, month_number, parse_date
from explorer.papers.edtf import known_part, read_edtf
from explorer.papers.schema import to_table
from explorer.sources.formats.bibtex.bibtex import to_bibtex
from explorer.sources.formats.json.csl_json import to_csl_json
from explorer.sources.formats.registry import Import, read_files
from explorer.sources.formats.tables.delimited import to_csv
from explorer.sources.formats.tables.excel import to_excel
from explorer.sources.formats.tagged.ris import to_ris
from explorer.sources.source import Source
from explorer.text.markup import latex_of, plain_latex

BIB = r"""
@incollection{mud, title = {Mud and {BERT} at $\alpha_1$}, crossref = {delta}, pages = {100--110}, author = {Pond, Lily and {Marsh Trust}}}
@set{both, entryset = {mud, delta}}
@book{delta, title = {Deltas}, editor = {Roe, Jr., Sam and van der Berg, Jan}, xdata = {house}, year = 2004, month = jun,
  date = {2004-06~}, edition = {2nd}, isbn = {978-1-4822-9999-9}, language = {english}, crossref = {waters},
  url = {https://example.org/a;b=1; https://example.org/second}, doi = {10.1000/x_(1)}, note = {kept by hand}}
@mvbook{waters, title = {All Waters}}
@xdata{house, publisher = {Example Press}, address = {Bonn}}
@inproceedings{silt, author = {Pond, Lily}, title = {Silt}, booktitle = {Proceedings of Silt}, year = 2019, volume = 3, number = 2}
"""


def _read(text: str | bytes, name: str) -> Import:
    return read_files(Source(name, data=text.encode() if isinstance(text, str) else text))


def _papers(text: str | bytes, name: str) -> dict[str, dict[str, Any]]:
    return {paper["title"]: paper for paper in _read(text, name).table.to_pylist()}


# Reading


def test_entries_take_what_they_lack_from_others_in_any_order() -> None:
    found = _papers(BIB, "x.bib")
    assert list(found) == ["Mud and BERT at α₁", "Deltas", "All Waters", "Silt"]
    part, book = found["Mud and BERT at α₁"], found["Deltas"]
    assert (part["venue"], part["publisher"], part["year"], part["maintitle"]) == (
        "Deltas",
        "Example Press",
        2004,
        "All Waters",
    )
    assert (part["editors"], part["authors"]) == ("Roe, Jr., Sam; van der Berg, Jan", ["Pond, Lily", "{Marsh Trust}"])
    assert (part["doi"], part["url"], part["entryset"], book["entryset"]) == (None, None, "both", "both")
    assert book["authors"] == ["Roe, Jr., Sam", "van der Berg, Jan"]


def test_a_part_takes_its_authors_from_a_book_of_authors() -> None:
    text = "@inbook{c, title = {C}, crossref = {b}}\n@book{b, title = {B}, crossref = {a}, author = {Pond, Lily}}\n@book{a, title = {A}, crossref = {c}, year = 1999}"
    found = _papers(text, "x.bib")
    assert (found["C"]["authors"], found["C"]["venue"], found["C"]["year"]) == (["Pond, Lily"], "B", 1999)
    assert _read("@misc{x, title = {T}, xdata = {gone, x}}", "x.bib").ledger.repaired == 1


@pytest.mark.parametrize(
    ("journal", "venue"),
    [(r"{\mnras}", "Monthly Notices of the Royal Astronomical Society"), (r"{\apjl\ }", "The Astrophysical Journal Letters"),
     ("cacm", "Communications of the ACM"), (r"{\prd}", "Physical Review D"), (r"{\unknown}", "unknown"), ("{mnras}", "mnras")],
)  # fmt: skip
def test_journals_that_are_macros(journal: str, venue: str) -> None:
    assert _papers(f"@article{{a, title = {{T}}, journal = {journal}}}", "x.bib")["T"]["venue"] == venue


@pytest.mark.parametrize("language", "en de fr es it pt ca nl sv da nb fi pl cs sk sl hu ro tr ru uk bg el id ar he th".split())
def test_months_are_those_of_the_common_locale_data(language: str) -> None:
    locale = pytest.importorskip("babel").Locale.parse(language)
    for context in ("format", "stand-alone"):
        for month, name in locale.months[context]["wide"].items():
            # October in Zagreb, November in Prague and Warsaw.
            if not name.startswith("listopad"):
                assert month_number(re.split("[ ’]", name)[-1]) == month, name


@pytest.mark.parametrize(
    ("text", "day"),
    [("15 tháng 3 năm 2014", "2014-03-15"), ("tháng 3/2014", "2014-03"), ("15 มีนาคม 2557", "2014-03-15"), ("15 مارس 2014", "2014-03-15"), ("15 במרץ 2014", "2014-03-15"),
     ("201403", "2014-03"), ("20140315", "2014-03-15"), ("15 de marzo de 2014", "2014-03-15"), ("2014年3月15日", "2014-03-15"), ("二〇一四年十二月", "2014-12"), ("平成26年3月", "2014-03"), ("1er août 2019", "2019-08-01"),
     ("март 2014", "2014-03"), ("2014년 3월", "2014-03"), ("2004/06/02/ca.", "2004-06-02"), ("2004-06~", "2004-06"), ("2004-21", "2004"), ("7/8/2024", "2024")],
)  # fmt: skip
def test_dates_of_many_languages(text: str, day: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found[0].isoformat()[: {"year": 4, "month": 7, "day": 10}[found[1]]] == day


@pytest.mark.parametrize(
    ("date", "day"), [("2014/03", "2014-03"), ("2014/03/15", "2014-03-15"), ("201403", "2014-03"), ("2014/2016", "2014"), ("2014-03/2014-05", "2014-03")]
)  # fmt: skip
def test_dates_of_bibtex_that_are_no_ranges(date: str, day: str) -> None:
    paper = _papers(f"@article{{a, title = {{T}}, date = {{{date}}}}}", "x.bib")["T"]
    assert paper["published"].isoformat()[: {"year": 4, "month": 7, "day": 10}[paper["precision"]]] == day


@pytest.mark.parametrize(
    ("text", "edtf", "known"),
    [("2004-06~", "2004-06~", "2004-06"), ("2004-06?/2004-09", "2004-06?/2004-09", "2004-06"), ("/2004", "../2004", "2004"), ("199u", "199X", None),
     ("1990?~", "1990%", "1990"), ("2004-06-XX", "2004-06-XX", "2004-06"), ("-0044", "-0044", None), ("2004-22", "2004-22", "2004")],
)  # fmt: skip
def test_extended_dates(text: str, edtf: str, known: str | None) -> None:
    assert (read_edtf(text), known_part(edtf), read_edtf(edtf)) == (edtf, known, edtf)


@pytest.mark.parametrize("text", ["2004", "2004-06", "2004-06-11", "2004-13", "2004-06-11T10:00:00", "june", "2004/06", ""])
def test_plain_dates_say_no_more(text: str) -> None:
    assert read_edtf(text) is None


@pytest.mark.parametrize(
    ("text", "edtf"),
    [("ca. 1999", "1999~"), ("[1999?]", "1999?"), ("2004-2006", "2004/2006"), ("printemps 2004", "2004-21"), ("2015 Nov-Dec", "2015-11/2015-12"),
     ("c1999", None), ("2014/", None), ("11 Nov 2015", None)],
)  # fmt: skip
def test_words_that_say_more_than_a_date(text: str, edtf: str | None) -> None:
    assert edtf_of(text) == edtf


@pytest.mark.parametrize(
    "line",
    [
        "IL  - 6 was high",
        "ER  - positive ponds",
        "PY  - thon code for ponds",
        "IS  - a matter of time and space",
        "TY  - ped by hand",
        "UR  - gent need",
    ],
)
def test_wrapped_text_that_looks_like_a_tag(line: str) -> None:
    text = f"TY  - JOUR\nTI  - A\nAB  - The mud was measured and\n{line}\nKW  - mud\nPY  - 2001\nER  - \nTY  - JOUR\nTI  - B\nER  - \n"
    result = _read(text, "x.ris")
    first, second = result.table.to_pylist()
    assert first["abstract"] == f"The mud was measured and {' '.join(line.split())}"
    assert (first["year"], first["keywords"], second["title"], result.ledger.notes) == (2001, ["mud"], "B", [])


def test_tags_after_an_abstract_stay_tags() -> None:
    text = "TY  - JOUR\nAB  - The mud was measured and\nAU  - van der Berg, Jan\nVL  - 3\nXX  - Y\nTI  - A\nDO  - 10.1000/a\nER  - \n"
    [paper] = _read(text, "x.ris").table.to_pylist()
    assert (paper["authors"], paper["volume"], paper["XX"], paper["doi"]) == (["van der Berg, Jan"], "3", "Y", "10.1000/a")


def test_one_space_is_a_tag_only_where_the_record_began_so() -> None:
    narrow = "TY - JOUR\nTI - A\nAB - mud\nPB - lead\nER - \n"
    wide = "TY  - JOUR\nTI  - A\nAB  - mud\nPB - lead\nER  - \n"
    assert _papers(narrow, "x.ris")["A"]["publisher"] == "lead"
    assert _papers(wide, "x.ris")["A"]["abstract"] == "mud PB - lead"


def test_lines_between_records_are_told_and_left_out() -> None:
    text = "TY  - JOUR\nTI  - A\nER  - \nC1  - Database: Ponds\nSearch:\n1  mud\n2. \nTY  - JOUR\nTI  - B\nER  - \n"
    result = _read(text, "x.ris")
    assert (result.table.column("title").to_pylist(), result.ledger.rejected) == (["A", "B"], 0)
    assert [(note.record, note.line, note.before) for note in result.ledger.notes] == [(1, 4, "Database: Ponds")]


@pytest.mark.parametrize(("name", "tag", "end"), [("x.ris", "UR  - ", "\nER  - "), ("x.enw", "%U ", "")])
def test_addresses_with_semicolons(name: str, tag: str, end: str) -> None:
    head = "TY  - JOUR\nTI  - A\n" if name == "x.ris" else "%0 Journal Article\n%T A\n"
    [paper] = _read(f"{head}{tag}https://example.org/a;id=1?b=2; https://example.org/c<d>e{end}", name).table.to_pylist()
    assert (paper["url"], paper["further_urls"]) == ("https://example.org/a;id=1?b=2", "https://example.org/c<d>e")


# Writing


@pytest.mark.parametrize("form", ["bib", "ris", "json"])
def test_what_comes_in_goes_out(form: str) -> None:
    write = {"bib": to_bibtex, "ris": to_ris, "json": to_csl_json}[form]
    given = _read(BIB, "x.bib")
    again = _papers(write(given.table), f"x.{form}")
    for paper in given.table.to_pylist():
        found = again[paper["title"]]
        for name in (
            "authors",
            "editors",
            "edtf",
            "published",
            "venue",
            "publisher",
            "edition",
            "isbn",
            "note",
            "pages",
            "url",
            "further_urls",
            "doi",
            "language",
        ):
            wanted = paper[name]
            if form == "ris" and name in ("authors", "editors") and wanted:
                wanted = (
                    [n.replace("Roe, Jr., Sam", "Roe, Sam, Jr.") for n in wanted]
                    if name == "authors"
                    else wanted.replace("Roe, Jr., Sam", "Roe, Sam, Jr.")
                )
            assert found.get(name) == wanted, (paper["title"], name)


def test_bibtex_has_editors_protection_formulas_and_ranges() -> None:
    text = to_bibtex(_read(BIB, "x.bib").table).decode()
    assert "editor = {Roe, Jr., Sam and van der Berg, Jan}" in text
    assert r"title = {Mud and {BERT} at $\alpha_1$}" in text
    assert "pages = {100--110}" in text
    assert "date = {2004-06~}" in text
    assert "author = {Roe" not in text
    assert to_bibtex(_read(text, "x.bib").table).decode() == text


def test_decisions_survive_tables_and_ris() -> None:
    notes = 'RAYYAN-INCLUSION: {"Ada"=>"Included"}'
    rows = f'title,year,notes,asreview_label\r\nMud,2001,"{notes.replace(chr(34), chr(34) * 2)}",1\r\nSilt,2002,,0\r\n'
    text = to_ris(_read(rows, "x.csv").table).decode()
    assert f"N1  - {notes}\r\n" in text
    assert (text.count("N1  - ASReview_relevant"), text.count("N1  - ASReview_irrelevant")) == (1, 1)
    assert _papers(text, "x.ris")["Mud"]["note"] == f"{notes}\nASReview_relevant"


@pytest.mark.parametrize(
    "title", ["CO₂ ≤ α", "x² → y", "p≤0.05", "BERT and mRNA", "GROWTH", "Ελληνική", "ℝ³", "{BERT} & α", "costs $5", "10⁻³5"]
)
def test_latex_of_any_text_reads_back(title: str) -> None:
    assert plain_latex(latex_of(title, protect=True)) == title


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Peat at 5 °C and 25°C", "Peat at 5 °{C} and 25°{C}"),
        ("H₂O and CO₂ of bogs", "{H$_{2}$O} and {{CO}$_{2}$} of bogs"),
        ("Ca²⁺ in x² fens", "{Ca$^{2+}$} in x$^{2}$ fens"),
    ],
)
def test_symbols_keep_their_capitals(title: str, written: str) -> None:
    """Styles make titles small: °c and h₂o are something else."""
    assert latex_of(title, protect=True) == written
    assert plain_latex(written) == title


def test_keys_of_names_in_other_scripts() -> None:
    rows = 'title,authors,year\n湖泊芦苇研究,王小明,2021\nРост камыша,"Иванов, И.",2020\n'
    text = to_bibtex(_read(rows, "x.csv").table).decode()
    assert "{wang2021hu" in text
    assert "{ivanov2020rost" in text


def test_csv_starts_with_a_mark_and_reads_back() -> None:
    data = to_csv(_read(BIB, "x.bib").table)
    assert data[:3] == b"\xef\xbb\xbf"
    assert next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[:2] == ["id", "title"]
    assert list(_papers(data, "x.csv")) == list(_papers(BIB, "x.bib"))


@pytest.mark.parametrize(
    ("columns", "kind"),
    [("Proceedings of the 3rd Workshop on Mud,", "inproceedings"), ("Proceedings of the National Academy of Sciences,", "article"), ("Congreso de Lodo,", "inproceedings"),
     ("Mud Letters,Journal Article; Review", "article"), ("Mud Days,Proceedings Paper; Early Access", "inproceedings")],
)  # fmt: skip
def test_kinds_are_told_from_types_and_venues(columns: str, kind: str) -> None:
    text = to_bibtex(_read(f"title,year,venue,entry_type\nMud,2001,{columns}\n", "x.csv").table).decode()
    assert f"@{kind}{{" in text


# Other programs


def test_pybtex_reads_people_and_fields() -> None:
    database = pytest.importorskip("pybtex.database", reason="needs pybtex")
    entries = database.parse_bytes(to_bibtex(_read(BIB, "x.bib").table), "bibtex").entries
    book = entries["delta"]
    assert [str(person) for person in book.persons["editor"]] == ["Roe, Jr., Sam", "van der Berg, Jan"]
    assert "author" not in book.persons
    assert entries["silt"].type == "inproceedings"
    assert entries["mud"].fields["title"] == r"Mud and {BERT} at $\alpha_1$"


def test_bibtexparser_reads_every_entry() -> None:
    bibtexparser = pytest.importorskip("bibtexparser", reason="needs bibtexparser")
    library = bibtexparser.parse_string(to_bibtex(_read(BIB, "x.bib").table).decode())
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == ["mud", "delta", "waters", "silt"]


def test_rispy_reads_notes_editors_and_pages() -> None:
    rispy = pytest.importorskip("rispy", reason="needs rispy")
    mud, delta, *_ = rispy.loads(to_ris(_read(BIB, "x.bib").table).decode())
    assert (mud["start_page"], mud["end_page"], mud["secondary_authors"]) == (
        "100",
        "110",
        ["Roe, Sam, Jr.", "van der Berg, Jan"],
    )
    assert (delta["notes"], delta["publisher"]) == (["kept by hand"], "Example Press")
    # It takes every semicolon for the end of an address.
    assert ";".join(delta["urls"]) == "https://example.org/a;b=1;https://example.org/second"


def test_pandoc_reads_editors_dates_and_bodies() -> None:
    pandoc = shutil.which("pandoc")
    if pandoc is None:
        pandoc = str(pytest.importorskip("pypandoc", reason="needs pandoc").get_pandoc_path())
    table = _read(BIB, "x.bib").table
    for form, data in (("biblatex", to_bibtex(table)), ("csljson", to_csl_json(table))):
        run = subprocess.run([pandoc, "-f", form, "-t", "csljson"], input=data, capture_output=True, check=True)
        items = {item["id"]: item for item in json.loads(run.stdout)}
        assert items["delta"]["editor"][0] == {"family": "Roe", "given": "Sam", "suffix": "Jr."}, form
        assert "author" not in items["delta"], form
        assert items["delta"]["publisher"] == "Example Press", form
        assert items["mud"]["author"][1] == {"literal": "Marsh Trust"}, form
        assert items["mud"]["page"].replace("–", "-") == "100-110", form
        assert items["silt"]["type"] == "paper-conference", form


def test_biber_accepts_what_we_write(tmp_path: Path) -> None:
    biber = shutil.which("biber")
    if biber is None:
        pytest.skip("needs biber")
    (tmp_path / "x.bib").write_bytes(to_bibtex(_read(BIB, "x.bib").table))
    run = subprocess.run(
        [biber, "--tool", "--validate-datamodel", "x.bib"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported")  # `custom` holds the manifest
def test_citeproc_formats_what_we_write() -> None:
    source = pytest.importorskip("citeproc.source.json", reason="needs citeproc-py")
    items = source.CiteProcJSON(json.loads(to_csl_json(_read(BIB, "x.bib").table)))
    assert [name.family for name in items["delta"]["editor"]] == ["Roe", "Berg"]
    assert (items["delta"]["issued"].year, items["silt"]["type"]) == (2004, "paper-conference")


def test_libreoffice_opens_our_tables_and_what_it_saves_reads_back(tmp_path: Path) -> None:
    """Names that look like numbers, formulas, quotes and lines; in a workbook saved again as another one, and in CSV."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    table = to_table(
        pd.DataFrame(
            {
                "title": ["湖泊芦苇与 Müller 的研究", "=1+1 reeds", 'Reeds; a "quote",\nand a line'],
                "authors": [["王, 小明", "Müller, Karin"], ["Roe, Sam"], ["Lopez, Ana", "Meyer, Karl T."]],
                "published": ["2021-03-05", "2020", "2019-02"],
                "doi": ["10.1234/a", "10.1234/b", "10.1234/c"],
                "pmid": ["31934719", "00123", "7"],
                "pages": ["1-2", "100-110", "e12"],
                "accession": ["12345678901234567890", "3", "4"],
            }
        )
    )
    (tmp_path / "book.xlsx").write_bytes(to_excel(table))
    (tmp_path / "text.csv").write_bytes(to_csv(table))
    saved = tmp_path / "saved"
    for name, form, *options in (("book.xlsx", "ods"), ("text.csv", "xlsx", "--infilter=CSV:44,34,76,1")):
        command = [office, "--headless", "--norestore", f"-env:UserInstallation=file://{tmp_path}/profile", *options]
        subprocess.run([*command, "--convert-to", form, "--outdir", saved, tmp_path / name], capture_output=True, check=True)
    book = read_files(saved / "book.ods").table
    assert book.drop_columns(["source"]).to_pylist() == table.drop_columns(["source"]).to_pylist()
    # Cells of a text say not that they are text: digits of long numbers and leading zeros are the program's loss.
    text = read_files(saved / "text.xlsx").table
    for field in ("title", "authors", "published", "precision", "doi", "pages"):
        found, given = text.column(field).to_pylist(), table.column(field).to_pylist()
        assert found == given or (field == "title" and found[1] == "'=1+1 reeds"), field


def test_signs_that_latex_does_not_print_are_escaped_in_titles() -> None:
    written = to_bibtex(
        _read(r"@article{a, title = {Growth of 50% of {BERT} & co in \emph{lakes} \& ponds}}", "x.bib").table
    ).decode()
    assert r"title = {Growth of 50\% of {BERT} \& co in \emph{lakes} \& ponds}" in written
    assert _papers(written, "y.bib").keys() == {"Growth of 50% of BERT & co in lakes & ponds"}

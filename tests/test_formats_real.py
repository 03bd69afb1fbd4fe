"""Readers on real exports and on the trap files of other tools."""

from __future__ import annotations

import csv
import lzma
import re
import sys
from pathlib import Path

import pytest
from acceptance.import_cases import compare

from explorer.sources.formats.registry import read_files, read_papers

_SHARE = 0.98
"""Fields of the import cases that are as expected; what differs is listed by ``tests/acceptance/import_cases.py``."""


def _files(folder: Path) -> list[Path]:
    return [
        p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.endswith(".expected.json") and p.stat().st_size < 5_000_000
    ]


def test_every_bibliography_reads_and_every_record_is_accounted_for(shared_data: Path) -> None:
    files = _files(shared_data / "bibliography")
    assert len(files) > 150
    for file in files:
        result = read_files(file)
        ledger = result.ledger
        assert ledger.read == ledger.accepted + ledger.rejected + ledger.merged, file
        assert ledger.accepted == result.table.num_rows, file


def test_a_folder_reads_as_its_files_do(shared_data: Path) -> None:
    folder = shared_data / "bibliography" / "biblio_files" / "asreview"
    whole = read_files(folder).ledger
    parts = [read_files(file).ledger for file in _files(folder)]
    assert whole.read == sum(part.read for part in parts)
    assert whole.accepted == sum(part.accepted for part in parts)
    assert {finding.source for finding in whole.findings} == {file.name for file in _files(folder)}


def test_import_cases_are_as_another_program_expects(shared_data: Path) -> None:
    results = [d for _, _, d in compare(shared_data / "bibliography" / "zotero_import_cases") if d is None or d.expected]
    assert sum(d is None for d in results) >= _SHARE * len(results)


def test_services_answers_read_as_they_were_recorded(shared_data: Path) -> None:
    api = shared_data / "api"
    for file, count in (
        (api / "crossref" / "10.2196_22081.json", 1), (api / "semantic_scholar" / "search_transformer.json", 5),
        (api / "arxiv_atom" / "arxiv_transformer.atom.xml", 5), (api / "pubmed" / "efetch.xml", 5),
    ):  # fmt: skip
        papers = read_papers(file)
        assert len(papers) == count
        assert papers["title"].notna().all()
        assert papers["authors"].notna().all()
    assert read_files(api / "openalex" / "synergy_Sep_2021_works.zip").ledger.rejected == 0


def test_hugging_face_days_keep_what_nests(shared_data: Path) -> None:
    papers = read_papers(next((shared_data / "hf_api").glob("*.json")))
    assert len(papers) == 30
    for name in ("title", "abstract", "authors", "published", "upvotes", "arxiv_id"):
        assert papers[name].notna().all(), name
    assert papers["code_url"].notna().any()
    assert papers["keywords"].notna().any()


def test_identifiers_that_went_through_floats_are_noticed(shared_data: Path) -> None:
    file = shared_data / "arxiv" / "raw_sample_cs.DL_2020.tsv.xz"
    with lzma.open(file, "rt", encoding="utf-8", newline="") as text:
        given = [row["arxiv_id"] for row in csv.DictReader(text, delimiter="\t")]
    damaged = [i for i in given if not re.fullmatch(r"\d{4}\.\d{4,5}|[a-z-]+/\d{7}", i)]
    assert (len(damaged), len(given)) == (766, 2_986)
    result = read_files(file)
    notes = {note.record: note for note in result.ledger.notes if note.field == "arxiv_id"}
    assert set(damaged) <= {note.before for note in notes.values()}
    found = result.table.column("arxiv_id").to_pylist()
    assert all(float(i) == pytest.approx(float(given[row]), abs=1e-8) for row, i in enumerate(found) if "/" not in given[row])
    assert len(set(found)) == len(found)
    # A number of four digits since 2015 lost its last zero, which its form alone does not tell.
    short = {i for i in given if re.fullmatch(r"(?:1[5-9]|2\d)\d\d\.\d{4}", i)}
    assert {note.before for note in notes.values()} == set(damaged) | short
    assert "comments_text" in result.table.column_names


def test_the_snapshot_reads_categories_dates_and_remarks(shared_data: Path) -> None:
    papers = read_papers(shared_data / "arxiv" / "arxiv-metadata-oai-snapshot.sample.json")
    assert len(papers) == 200
    first = papers.iloc[0]
    assert list(first["keywords"]) == ["hep-ph"]
    assert str(first["published"])[:10] == "2007-04-02"
    assert first["authors"][0] == "C. Balázs"
    assert first["note"].startswith("37 pages")
    assert papers["comments"].isna().all()


@pytest.mark.slow
def test_nothing_is_left_out_of_the_publishers_entries(shared_data: Path) -> None:
    ledger = read_files(shared_data / "bibliography" / "conference_35k.bib.gz").ledger
    assert (ledger.read, ledger.rejected) == (35_382, 0)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))

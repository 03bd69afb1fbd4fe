"""The bundled papers: true facts, and summaries in our own words."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

import explorer


@pytest.fixture(scope="module")
def records(sample: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in sample.read_text(encoding="utf-8").splitlines()]


def test_there_are_88_papers_and_all_are_accepted(sample: Path) -> None:
    found = explorer.import_papers(sample)
    assert (found.ledger.read, found.ledger.accepted, found.ledger.notes) == (88, 88, [])
    assert found.papers["title"].is_unique


def test_the_facts_are_those_of_the_page(sample: Path, shared_data: Path) -> None:
    with (shared_data / "hf_page" / "facts.csv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    papers = explorer.read_papers(sample)
    assert len(papers) == len(facts) == 88
    for fact, paper in zip(facts, papers.astype(object).where(papers.notna(), None).itertuples(), strict=True):
        assert paper.title == fact["title"]
        assert (paper.arxiv_id or "") == fact["arxiv_id"]
        month = paper.published.isoformat()[:7] if paper.published is not None else ""
        assert month == fact["published"][:7]
        assert paper.precision == ("month" if month else None)
        assert list(paper.authors if paper.authors is not None else []) == [
            name for name in fact["authors"].split("; ") if name
        ]
        assert (paper.code_url or "") == fact["code_url"]
        # Remarks stand in parentheses; a doubtful second venue and the number of a volume are no part of the name either.
        venue = re.sub(r"; ICLR \(year not .*|( \d{1,3})?\s*\([^)]*\)", "", fact["venue"]).strip()
        assert (paper.venue or "") == venue
        assert paper.url == (f"https://arxiv.org/abs/{fact['arxiv_id']}" if fact["arxiv_id"] else None)


def test_summaries_have_50_to_90_words(records: list[dict[str, object]]) -> None:
    lengths = {str(record["id"]): len(str(record["abstract"]).split()) for record in records}
    assert {name: length for name, length in lengths.items() if not 50 <= length <= 90} == {}


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return set(zip(*(words[i:] for i in range(length)), strict=False))


def test_no_summary_shares_a_run_of_8_words_with_the_page(records: list[dict[str, object]], shared_data: Path) -> None:
    page = (shared_data / "hf_page" / "arithmetic.txt").read_text(encoding="utf-8")
    theirs = runs(page)
    assert len(theirs) > 10_000
    shared = {str(record["id"]): sorted(runs(str(record["abstract"])) & theirs) for record in records}
    assert {name: found for name, found in shared.items() if found} == {}


def test_nothing_but_facts_and_summaries_is_bundled(records: list[dict[str, object]]) -> None:
    assert {name for record in records for name in record} <= {
        "id", "title", "abstract", "authors", "published", "venue", "url", "arxiv_id", "code_url", "source", "doi",
    }  # fmt: skip
    assert all(str(record.get("code_url", "https://")).startswith("https://") for record in records)

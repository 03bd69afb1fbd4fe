"""Crossref's XML answers (UNIXREF): journal articles, conference papers, books, preprints, dissertations, reports, datasets.

Specification: Crossref, *UNIXREF query output format* (https://www.crossref.org/documentation/retrieve-metadata/xml-api/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.identifiers import normal_arxiv_id
from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import Element, family_first, find, find_all, papers, sniff_root, text_at, text_of
from explorer.sources.source import Source, tables

LABEL = "Crossref XML"
SUFFIXES: tuple[str, ...] = ()

_WORKS = (
    ("journal/journal_article", "journal/journal_metadata", "full_title"),
    ("conference/conference_paper", "conference/proceedings_metadata", "proceedings_title"),
    ("conference/conference_paper", "conference/proceedings_series_metadata", "proceedings_title"),
    ("book/content_item", "book/book_metadata", "titles/title"),
    ("book/content_item", "book/book_series_metadata", "titles/title"),
    ("book/content_item", "book/book_set_metadata", "titles/title"),
    ("book/book_metadata", "book/book_metadata", ""),
    ("book/book_series_metadata", "book/book_series_metadata", ""),
    ("book/book_set_metadata", "book/book_set_metadata", ""),
    ("posted_content", "posted_content", ""),
    ("dissertation", "dissertation", ""),
    ("report-paper/report-paper_metadata", "report-paper/report-paper_metadata", ""),
    ("report-paper/report-paper_series_metadata", "report-paper/report-paper_series_metadata", ""),
    ("database/dataset", "database/database_metadata", "titles/title"),
    ("standard/standard_metadata", "standard/standard_metadata", ""),
    ("peer_review", "peer_review", ""),
    ("sa_component/component_list/component", "sa_component", ""),
    ("conference/proceedings_metadata", "conference/proceedings_metadata", "proceedings_title"),
)


def sniff(head: bytes) -> bool:
    """Whether the root element is Crossref's."""
    return sniff_root(head, "doi_records", "doi_record", "crossref_result", "crossref")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(papers(source, ledger, _fields, "doi_record", "query"), source, ledger)


def _fields(record: Element) -> Mapping[str, Any]:
    root = next((found for found in record.iter("{*}crossref")), record)
    error = next(root.iter("{*}error"), None)
    if error is not None and len(root) <= 1:
        return {}
    for work_path, around_path, container in _WORKS:
        work, around = find(root, work_path), find(root, around_path)
        if work is not None and around is not None:
            return _work(work, around, container)
    return {}


def _work(work: Element, around: Element, container: str) -> Mapping[str, Any]:
    title = text_at(work, "titles/title", "proceedings_title")
    subtitle = text_at(work, "titles/subtitle")
    house = text_at(around, "publisher/publisher_name", "institution/institution_name", "group_title")
    house = house or text_at(work, "institution/institution_name", "publisher/publisher_name")
    venue = text_at(around, container) if container and around is not work else None
    address = text_at(work, "doi_data/resource")
    doi = text_at(work, "doi_data/doi")
    return {
        "title": f"{title.rstrip(' :')}: {subtitle}" if title and subtitle and subtitle not in title else title,
        "authors": _people(work, "author")
        or (_people(around, "author") or _people(around, "editor") if around is work else []),
        "abstract": _abstract(work),
        "venue": venue or house,
        "published": _date(work) or _date(around) or _date(find(around.getparent(), "journal_issue")),
        "doi": doi,
        "arxiv_id": normal_arxiv_id(doi.lower().replace("10.48550/arxiv.", "arxiv:"))
        if doi and "/arxiv." in doi.lower()
        else None,
        "url": address,
        "keywords": [text for found in find_all(work, "keyword") if (text := text_of(found))],
        "publisher": house,
        "volume": text_at(around.getparent(), "journal_issue/journal_volume/volume") or text_at(around, "volume"),
        "number": text_at(around.getparent(), "journal_issue/issue"),
        "pages": "-".join(text for name in ("first_page", "last_page") if (text := text_at(work, f"pages/{name}"))),
        "issn": text_at(around, "issn"),
        "isbn": text_at(around, "isbn"),
        "source": "Crossref",
    }


def _people(element: Element, role: str) -> list[str]:
    people = [*find_all(element, "contributors/person_name"), *find_all(element, "contributors/organization")]
    names = []
    for person in sorted(people, key=lambda p: p.sourceline or 0):
        if person.get("contributor_role", "author") != role:
            continue
        name = family_first(text_at(person, "surname"), text_at(person, "given_name"), text_at(person, "suffix"))
        if name := name or text_of(person):
            names.append(name)
    if not names:
        direct = [*find_all(element, "person_name")]
        names = [
            n for p in direct if (n := family_first(text_at(p, "surname"), text_at(p, "given_name"), text_at(p, "suffix")))
        ]
    return names


def _abstract(work: Element) -> str | None:
    found = find_all(work, "abstract")
    return next((text for element in found if (text := text_of(element))), None)


def _date(element: Element | None) -> str | None:
    """Date of publication; of several the one in print, since that is what is cited, else the first."""
    if element is None:
        return None
    dates = [
        d
        for name in ("publication_date", "posted_date", "approval_date", "completion_date", "database_date/publication_date")
        for d in find_all(element, name)
    ]
    dates.sort(key=lambda d: d.get("media_type") != "print")
    for date in dates:
        year, month, day = (text_at(date, name) for name in ("year", "month", "day"))
        if year:
            usable = [part for part in (month, day if month else None) if part and part.isdigit() and int(part)]
            return "-".join([year, *(f"{int(part):02d}" for part in usable)])
    return None

"""Europe PMC's search results. Specification: https://europepmc.org/RestfulWebService, "Search" (``resultType`` lite and core)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked, split_names
from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, mapping, mappings, read_as, texts
from explorer.sources.source import Source
from explorer.text.markup import plain_markup

LABEL = "Europe PMC JSON"
SUFFIXES: tuple[str, ...] = ()


def sniff(head: bytes) -> bool:
    """Whether the wrapper of an answer, or fields of a result that no other service has, stand at the start."""
    return head_names(head, r'"resultList"\s*:\s*\{') or head_names(
        head, r'"authorString"\s*:', r'"(?:pubYear|journalInfo|firstPublicationDate)"\s*:'
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the results of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger, records_in)


def records_in(answer: Mapping[str, Any]) -> list[Any]:
    """Results of an answer; a result that is a file of its own is one."""
    found = mapping(answer.get("resultList")).get("result")
    return found if isinstance(found, list) else [mapping(answer.get("result")) or answer]


def fields(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a result."""
    issue = mapping(result.get("journalInfo"))
    journal = mapping(issue.get("journal"))
    book = mapping(result.get("bookOrReportDetails"))
    title, abstract = result.get("title"), result.get("abstractText")
    addresses = mappings(mapping(result.get("fullTextUrlList")).get("fullTextUrl"))
    headings = [item.get("descriptorName") for item in mappings(mapping(result.get("meshHeadingList")).get("meshHeading"))]
    identity, origin = result.get("id"), result.get("source")
    return {
        "title": plain_markup(title).removesuffix(".") if isinstance(title, str) else None,
        "abstract": plain_markup(abstract) if isinstance(abstract, str) else None,
        "authors": _authors(result),
        "published": finest(
            *map(
                _date,
                (
                    issue.get("dateOfPublication"),
                    result.get("pubYear"),
                    issue.get("yearOfPublication"),
                    result.get("firstPublicationDate"),
                ),
            )
        ),
        "venue": journal.get("title") or result.get("journalTitle") or book.get("publisher"),
        "keywords": list(dict.fromkeys([*texts(mapping(result.get("keywordList")).get("keyword")), *texts(headings)])),
        "url": f"https://europepmc.org/article/{origin}/{identity}"
        if origin and identity
        else next((item.get("url") for item in addresses), None),
        "doi": result.get("doi"),
        "source": "Europe PMC",
        "pmid": result.get("pmid"),
        "pmcid": result.get("pmcid"),
        "entry_type": "preprint" if origin == "PPR" else _kind(result),
        "volume": issue.get("volume") or result.get("journalVolume"),
        "number": issue.get("issue") or result.get("issue"),
        "pages": result.get("pageInfo"),
        "issn": journal.get("issn") or journal.get("essn") or next(iter(str(result.get("journalIssn") or "").split(";")), None),
        "isbn": book.get("isbn13") or book.get("isbn10"),
        "publisher": book.get("publisher"),
        "language": result.get("language"),
        "cited_by_count": result.get("citedByCount"),
    }


def _date(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and value else None


def _authors(result: Mapping[str, Any]) -> list[str]:
    """Full names where they are told, else the text of the names."""
    names = []
    for person in mappings(mapping(result.get("authorList")).get("author")):
        given = person.get("firstName") or person.get("initials")
        parts = [part for part in (person.get("lastName"), given) if isinstance(part, str) and part]
        names.append(marked(str(person.get("collectiveName") or "")) or ", ".join(parts) or person.get("fullName"))
    listed = result.get("authorString")
    return texts(names) or (split_names(listed.removesuffix(".")) if isinstance(listed, str) else [])


def _kind(result: Mapping[str, Any]) -> str | None:
    kinds = texts(mapping(result.get("pubTypeList")).get("pubType")) or str(result.get("pubType") or "").split("; ")
    return next(
        (kind for kind in kinds if kind.lower() not in ("research-article", "research support, non-u.s. gov't")),
        kinds[0] or None,
    )

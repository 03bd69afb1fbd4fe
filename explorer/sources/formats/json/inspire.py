"""INSPIRE's literature records.

Specification: https://github.com/inspirehep/rest-api-doc, https://inspire-schemas.readthedocs.io/en/latest/schemas/records/hep.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked
from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, mapping, mappings, read_as
from explorer.sources.source import Source
from explorer.text.markup import plain_markup

LABEL = "INSPIRE JSON"
SUFFIXES: tuple[str, ...] = ()


def sniff(head: bytes) -> bool:
    """Whether fields of a record that only INSPIRE has stand at the start."""
    return head_names(
        head,
        r'"(?:titles|authors|arxiv_eprints|publication_info)"\s*:\s*\[',
        r'"(?:control_number|inspire_categories|arxiv_eprints|earliest_date|_collections)"\s*:',
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger, records_in)


def records_in(answer: Mapping[str, Any]) -> list[Any]:
    """Records of an answer; one that is a file of its own is one."""
    found = mapping(answer.get("hits")).get("hits")
    return found if isinstance(found, list) else [answer]


def fields(hit: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a record."""
    record = mapping(hit.get("metadata")) or hit
    title = next(iter(mappings(record.get("titles"))), {})
    place = next((p for p in mappings(record.get("publication_info")) if p.get("journal_title") or p.get("year")), {})
    imprint = next(iter(mappings(record.get("imprints"))), {})
    thesis = mapping(record.get("thesis_info"))
    eprint = next(iter(mappings(record.get("arxiv_eprints"))), {})
    number = record.get("control_number") or hit.get("id")
    whole, subtitle = _text(title.get("title")), _text(title.get("subtitle"))
    ends = [str(place[name]) for name in ("page_start", "page_end") if place.get(name)]
    universities = [item.get("name") for item in mappings(thesis.get("institutions"))]
    dates = [
        str(place["year"]) if place.get("year") else None,
        imprint.get("date"),
        thesis.get("date"),
        record.get("preprint_date"),
    ]
    return {
        "id": f"inspire:{number}" if number else None,
        "title": f"{whole}: {subtitle}" if whole and subtitle else whole,
        "abstract": next((text for item in mappings(record.get("abstracts")) if (text := _text(item.get("value")))), None),
        "authors": _authors(record),
        "editor": "; ".join(_people(record, editors=True)),
        "published": finest(*[date for date in (*dates, record.get("earliest_date")) if isinstance(date, str)]),
        "venue": place.get("journal_title") or next(iter(universities), None) or imprint.get("publisher"),
        "keywords": list(dict.fromkeys(str(item["value"]) for item in mappings(record.get("keywords")) if item.get("value"))),
        "url": f"https://inspirehep.net/literature/{number}" if number else None,
        "doi": next((item.get("value") for item in mappings(record.get("dois"))), None),
        "arxiv_id": eprint.get("value"),
        "source": "INSPIRE",
        "entry_type": _kind(record),
        "volume": place.get("journal_volume"),
        "number": place.get("journal_issue"),
        "pages": "-".join(dict.fromkeys(ends)) or place.get("artid"),
        "publisher": imprint.get("publisher"),
        "isbn": next((item.get("value") for item in mappings(record.get("isbns"))), None),
        "cited_by_count": record.get("citation_count"),
    }


def _text(value: Any) -> str | None:
    return plain_markup(value) or None if isinstance(value, str) else None


def _authors(record: Mapping[str, Any]) -> list[str]:
    """People who wrote, else collaborations and other bodies, else editors."""
    bodies = [f"{item['value']} Collaboration" for item in mappings(record.get("collaborations")) if item.get("value")]
    corporate = record.get("corporate_author")
    bodies += [marked(str(name)) for name in (corporate if isinstance(corporate, list) else []) if name]
    return _people(record, editors=False) or bodies or _people(record, editors=True)


def _people(record: Mapping[str, Any], *, editors: bool) -> list[str]:
    return [
        str(item["full_name"])
        for item in mappings(record.get("authors"))
        if item.get("full_name") and ("editor" in (item.get("inspire_roles") or ())) == editors
    ]


def _kind(record: Mapping[str, Any]) -> str | None:
    kinds = record.get("document_type")
    kind = next(iter(kinds), None) if isinstance(kinds, list) else kinds
    return (
        {"conference paper": "inproceedings", "book chapter": "chapter", "thesis": "thesis"}.get(kind, kind)
        if isinstance(kind, str)
        else None
    )

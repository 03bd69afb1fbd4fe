"""The Cochrane Library's citation export as text: ``Record #1 of 2``, then tags with a colon (``TI: Title``).

No specification is published; the tags are those of the export (https://www.cochranelibrary.com, "Export selected citations", plain text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import split_names
from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable
from explorer.sources.source import Source, decode, tables

LABEL = "Cochrane (text)"
SUFFIXES: tuple[str, ...] = ()

_START = re.compile(r"\s*Record #\d+ of \d+\s*\Z")
_SNIFF = re.compile(r"\A\s*(?:[^\n]*\n){0,5}?Record #\d+ of \d+\s*\n\s*[A-Z]{2,4}: ")
_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}):(?:[ \t]+(.*))?\Z", re.DOTALL)
_EXTRA = {"volume": "VL", "number": "NO", "pages": "PG", "language": "LA", "publisher": "PB", "issn": "SN", "isbn": "BN", "entry_type": "PT",
          "accession": "ID"}  # fmt: skip
_USED = frozenset("ID AU TI SO JN YR VL NO PG PM PT KY DOI AB US UR LA PB SN BN ED CC".split())


def sniff(head: bytes) -> bool:
    """Whether one of the first lines numbers a record, and a tag follows."""
    return _SNIFF.match(decode(head)) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(accounted(_records(source.text()), source, ledger, _fields, ""), source, ledger)


def _records(text: str) -> Iterator[Tagged]:
    record: Tagged | None = None
    tag = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if _START.match(line):
            if record is not None:
                yield record
            record, tag = Tagged(number, text=line.strip()), ""
            continue
        if record is None or not line.strip():
            continue
        match = _TAG.match(line.rstrip())
        if match is not None:
            tag = match.group(1)
            record.add(tag, (match.group(2) or "").strip())
        elif tag:
            record.extend(tag, line.strip())
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    pmid = re.search(r"(?:PUBMED|PMID)\D*(\d+)", record.first("PM") or "")
    return {
        "title": readable(record.first("TI")),
        "authors": [name for text in record.lines("AU") for name in split_names(text)],
        "abstract": readable("\n".join(record.lines("AB"))),
        "venue": readable(record.first("SO", "JN")),
        "published": record.date("YR"),
        "keywords": [word.replace("*", "") for word in record.parts("KY")],
        "doi": record.doi("DOI", "US"),
        "url": record.url("US", "UR"),
        "source": "Cochrane Library",
        "pmid": pmid.group(1) if pmid else None,
        "editor": "; ".join(record.lines("ED")),
        **{name: record.first(tag) for name, tag in _EXTRA.items()},
        **record.rest(_USED),
    }

"""Web of Science, tagged: two-letter tags, continuation lines indented by three, ``PT`` … ``ER``, ``EF`` at the end.

Specification: Clarivate, *Web of Science Core Collection Field Tags*
(https://webofscience.help.clarivate.com/en-us/Content/export-records.html). Dialects met: ISI Export Format, Inspec, BIOSIS,
CABI, Derwent patents, KCI; records without ``ER``. The tab-delimited export is read as a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked
from explorer.papers.ledger import Ledger
from explorer.sources.formats.record_fields import editors_text
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable, without_references
from explorer.sources.source import Source, decode, tables

LABEL = "Web of Science (tagged)"
SUFFIXES: tuple[str, ...] = (".ciw", ".isi", ".wos")

_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?\Z", re.DOTALL)
_SNIFF = re.compile(r"\A\s*(?:FN |PT [A-Z]\s*$)", re.MULTILINE)
_TABLE = re.compile(r"\A\s*PT\t")
_FILE_TAGS = frozenset(("FN", "VR", "EF"))
_EXTRA = {"volume": "VL", "number": "IS", "publisher": "PU", "issn": "SN", "language": "LA", "entry_type": "DT", "pmid": "PM"}
_USED = frozenset(
    "PT AU AF TI SO CT PU PY PD EA AB DE ID DI D2 UT VL IS BP EP AR LA DT SN PM ER BA BE BF CA PA PI C1 RP CR".split()
)


def sniff(head: bytes) -> bool:
    """Whether the text starts with the file's header or a record."""
    text = decode(head)
    return _SNIFF.search(text) is not None and _TABLE.match(text) is None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records; one without its ``ER`` line is read and noted as repaired."""
    ending = "the record has no ER line at its end"
    yield from tables(accounted(_records(source.text()), source, ledger, _fields, ending), source, ledger)


def _records(text: str) -> Iterator[Tagged]:
    record: Tagged | None = None
    tag = ""
    for number, line in enumerate(text.split("\n"), start=1):
        match = _TAG.match(line.rstrip()) if line[:1] > " " else None
        if match is None:
            if record is not None and tag and line.strip():
                record.extend(tag, line.strip())
            continue
        tag, value = match.group(1), (match.group(2) or "").strip()
        if tag in _FILE_TAGS:
            tag = ""
            continue
        if tag == "ER" or (tag == "PT" and record is not None):
            if record is not None:
                record.complete = tag == "ER"
                yield record
            record = None
            if tag == "ER":
                tag = ""
                continue
        if record is None:
            record = Tagged(number, complete=False)
        record.add(tag, value)
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    year = record.first("PY")
    title = (record.first("TI") or "").rstrip(".")
    # A plus sign stands for pages that follow elsewhere in the issue.
    pages = "-".join(dict.fromkeys(record.all("BP")[:1] + record.all("EP")[:1])).replace("-+", "+")
    return {
        "id": record.first("UT"),
        "title": readable(record.first("TI", "SO" if record.first("PT") == "B" else "TI")),
        "authors": _authors(record),
        "editors": editors_text(record.lines("BE")),
        "abstract": readable(record.first("AB")),
        "venue": readable(next((text for text in record.all("SO", "CT", "PU", "AE") if text.rstrip(".") != title), None)),
        "published": record.date("PY", "PD", "EA") if year else record.date("PD", "DG") or record.date("EA"),
        "keywords": [word for tag in ("DE", "ID") for word in _joined(record, tag)],
        "doi": record.doi("DI", "D2"),
        "source": "Web of Science",
        "pages": pages or record.first("AR", "PS"),
        "article_number": record.first("AR") if pages else None,
        "references": len(record.lines("CR")) or None,
        **{name: record.first(tag) for name, tag in _EXTRA.items()},
        **record.rest(_USED),
    }


def _authors(record: Tagged) -> list[str]:
    """People, and the group that they wrote as or with; bodies that a book is by (IEEE, of its proceedings) where there is nobody else."""
    people = record.lines("AF") or record.lines("AU") or record.lines("BF", "BA")
    groups = [marked(name) for name in record.parts("CA") or ([] if people else record.parts("GP"))]
    return [*people, *(name for name in groups if name not in people)]


def _joined(record: Tagged, tag: str) -> list[str]:
    """Keywords, which run on across lines and are separated by semicolons."""
    text = without_references(record.first(tag) or "")
    return [word for part in re.split(r";|/ ", text) if (word := part.strip().rstrip("/"))]

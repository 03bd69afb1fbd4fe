"""Refer, also BibIX and EndNote import: ``%T Title``, records separated by blank lines.

Specification: Lesk, *Some Applications of Inverted Indexes on the UNIX System* (1978); EndNote's additions
(https://en.wikipedia.org/wiki/Refer_(software)). Dialects met: ``.enw`` of Google Scholar and libraries, bepress ``.enl``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked
from explorer.papers.identifiers import normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.formats.record_fields import with_editors
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable
from explorer.sources.source import Source, decode, tables

LABEL = "Refer (EndNote import)"
SUFFIXES: tuple[str, ...] = (".enw", ".enl", ".refer", ".bibix")

_TAG = re.compile(r"%([0-9A-Z!@#$~^&*()+|<>?\[\]=;:])(?: (.*))?\Z", re.DOTALL)
_SNIFF = re.compile(r"\A\s*%[0AT](?: \S|\s*$)", re.MULTILINE)
_WHOLE_WORKS = frozenset(("book", "edited book", "thesis", "report", "serial"))
_EXTRA = {"entry_type": "0", "volume": "V", "number": "N", "pages": "P", "publisher": "I", "issn": "@", "place": "C", "edition": "7",
          "work_type": "9", "note": "Z", "language": "G"}  # fmt: skip
_USED = frozenset("0ATBJDVNPIC8XKUR@FEM79ZG")


def sniff(head: bytes) -> bool:
    """Whether the text starts with a type, an author or a title."""
    return _SNIFF.search(decode(head)) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(accounted(_records(source.text()), source, ledger, _fields, ""), source, ledger)


def _records(text: str) -> Iterator[Tagged]:
    record: Tagged | None = None
    tag = ""
    blank = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            blank = True
            continue
        match = _TAG.match(line.rstrip())
        if match is None:
            # An abstract may hold a blank line: only a tag after one starts a record.
            if record is not None and tag:
                record.extend(tag, line.strip())
            blank = False
            continue
        tag = match.group(1)
        if record is not None and (blank or (tag == "0" and record.fields.keys() - {"0"})):
            yield record
            record = None
        if record is None:
            record = Tagged(number)
        record.add(tag, (match.group(2) or "").strip())
        blank = False
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    whole = (record.first("0") or "").lower() in _WHOLE_WORKS
    container = record.first("I", "B", "J") if whole else record.first("J", "B", "S", "I")
    label = record.first("F")
    return {
        "id": label if label and not label.isdigit() else None,
        "title": readable(record.first("T", "B" if whole else "T", "!")),
        **with_editors(_names(record.lines("A")), _names(record.lines("E")), alone=whole),
        "abstract": readable(record.first("X")),
        "venue": readable(container),
        "published": record.date("D", "8"),
        "keywords": record.parts("K"),
        "doi": record.doi("R") or next((normal_doi(u) for u in record.all("U", "M") if "doi.org/" in u), None),
        "arxiv_id": record.arxiv_id("U", "J", "R"),
        "url": record.url("U"),
        "further_urls": record.further_urls("U"),
        **{name: record.first(tag) for name, tag in _EXTRA.items()},
        **{f"%{tag}": text for tag, text in record.rest(_USED).items()},
    }


def _names(lines: list[str]) -> list[str]:
    """Names; EndNote ends that of a body with a comma, so that it is not taken for a person's."""
    return [marked(name[:-1]) if name.endswith(",") and "," not in name[:-1] else name for name in lines]

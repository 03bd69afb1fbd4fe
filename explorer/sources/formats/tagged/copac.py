"""Copac and Biblioscape: tags before the text (``TI- Title``, ``--TI-- Title``), no tag to start a record.

No specification is published; the tags are those of the programs' exports. Records end at a blank line (Copac) or a line of
dashes (Biblioscape).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable
from explorer.sources.source import Source, decode, tables

LABEL = "Copac or Biblioscape"
SUFFIXES: tuple[str, ...] = ()

_TAG = re.compile(r"(?:--([A-Z]{2})-- ?|([A-Z]{2})- )(.*)\Z", re.DOTALL)
_SNIFF = re.compile(r"\A\s*(?:--[A-Z]{2}-- |[A-Z]{2}- \S)")
_USED = frozenset("TI ST AU AB SE PU PY YP KW UR RT VL NB PS PE DO".split())


def sniff(head: bytes) -> bool:
    """Whether the text starts with a tag of either kind."""
    return _SNIFF.match(decode(head)) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(accounted(_records(source.text()), source, ledger, _fields, ""), source, ledger)


def _records(text: str) -> Iterator[Tagged]:
    record: Tagged | None = None
    tag = ""
    dashed = text.lstrip().startswith("--")
    for number, line in enumerate(text.split("\n"), start=1):
        ended = re.fullmatch(r"-{5,}\s*", line) if dashed else not line.strip()
        if ended:
            if record is not None:
                yield record
            record = None
            continue
        match = _TAG.match(line)
        if match is not None:
            tag = match.group(1) or match.group(2)
            record = record or Tagged(number)
            record.add(tag, match.group(3).strip())
        elif record is not None and line.strip():
            record.extend(tag, line.strip())
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    title = record.first("TI", "ST")
    return {
        "title": readable(title),
        "authors": record.parts("AU"),
        "abstract": readable(record.first("AB")),
        "venue": readable(record.first("ST") if record.first("TI") else None) or readable(record.first("SE", "PU", "PB")),
        "published": record.date("PY", "YP"),
        "keywords": record.parts("KW"),
        "doi": record.doi("DO"),
        "url": record.url("UR", "UP"),
        "entry_type": record.first("RT", "DT"),
        "volume": record.first("VL"),
        "number": record.first("NB"),
        "pages": "-".join(record.all("PS")[:1] + record.all("PE")[:1]),
        **record.rest(_USED),
    }

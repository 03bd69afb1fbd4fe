"""RefWorks, tagged: two-letter tags and a space (``T1 Title``), ``RT`` before each record, a blank line after it.

Specification: *RefWorks Tagged Format* (https://www.refworks.com/refworks/help/RefWorks_Tagged_Format.htm). Dialects met: RefWorks,
and the "RefWorks" export of CNKI and Wanfang (all authors in one ``A1``, some tags in small letters).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import split_names
from explorer.papers.ledger import Ledger
from explorer.sources.formats.kinds import named
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable
from explorer.sources.source import Source, decode, tables

LABEL = "RefWorks (tagged)"
SUFFIXES: tuple[str, ...] = (".refworks",)

_TAGS = frozenset(
    "RT SR ID A1 A2 A3 A4 A5 A6 T1 T2 T3 JF JO YR FD VO IS SP OP K1 AB NO ED PB PP AD AN LA CL SF OT LK DO CN DB DS IP RD ST SN WT UL U1"
    " U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 OL CR PMID PMCID SL LL FL CT RP".split()
)
_SHORT = frozenset("SR ID YR FD VO IS SP OP SN LK DO".split())
"""Tags whose text is never several lines."""

_TAG = re.compile(r"([A-Za-z][A-Za-z0-9]{1,4})(?:[ \t]+(.*))?\Z", re.DOTALL)
_SNIFF = re.compile(r"\A\s*(?:[^\n]*\n){0,3}?RT [A-Z][^\n]*\n(?:[^\n]*\n){0,12}?(?:SR|ID|A1|T1|JF)[ \n]")
_EXTRA = {"volume": "VO", "number": "IS", "publisher": "PB", "place": "PP", "issn": "SN", "language": "LA", "pmid": "PMID", "pmcid": "PMCID",
          "edition": "ED", "note": "NO"}  # fmt: skip
_USED = frozenset("RT SR ID A1 A2 T1 T2 JF JO YR FD VO IS SP OP K1 AB NO ED PB PP LA LK UL DO DB DS SN PMID PMCID".split())


def sniff(head: bytes) -> bool:
    """Whether one of the first lines is a type, and tags that only RefWorks has follow."""
    return _SNIFF.match(decode(head)) is not None


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
        match = _TAG.match(line.rstrip()) if line[0] > " " else None
        found = match.group(1).upper() if match else ""
        # CNKI writes "vo"; in running text a word in small letters is no tag.
        if match is None or found not in _TAGS or not (match.group(1).isupper() or tag in _SHORT):
            if record is not None and tag:
                record.extend(tag, line.strip())
            blank = False
            continue
        # An abstract may hold a blank line: only a type, or an identifier, starts a record.
        if record is not None and (found == "RT" or (blank and found in ("SR", "ID", "A1", "T1") and found in record.fields)):
            yield record
            record = None
        if record is None:
            record = Tagged(number)
        tag, blank = found, False
        record.add(tag, (match.group(2) or "").strip())
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    kind = named(record.first("RT"))
    whole = kind is not None and kind.house
    authors = [name for text in record.all("A1") for name in split_names(text)]
    editors = [name for text in record.all("A2") for name in split_names(text)]
    title = record.first("T1", "T2")
    venues = record.all("PB", "JF", "T2", "JO") if whole else record.all("JF", "T2", "JO", "PB")
    return {
        "id": record.first("ID"),
        "title": readable(title),
        "authors": authors or editors,
        "editor": "; ".join(editors),
        "abstract": readable("\n".join(record.lines("AB"))),
        "venue": readable(next((venue for venue in venues if venue != title), None)),
        "published": record.date("YR", "FD"),
        "keywords": record.parts("K1"),
        "doi": record.doi("DO", "LK"),
        "arxiv_id": record.arxiv_id("LK", "UL", "JF"),
        "url": record.url("LK", "UL"),
        "source": record.first("DS", "DB"),
        "entry_type": record.first("RT"),
        "pages": _pages(record),
        **{name: record.first(tag) for name, tag in _EXTRA.items()},
        **record.rest(_USED),
    }


def _pages(record: Tagged) -> str:
    """Pages; CNKI writes both ends where the last one belongs."""
    ends = [page for tag in ("SP", "OP") if (page := record.first(tag))]
    return ends[-1] if "-" in "".join(ends[1:]) else "-".join(dict.fromkeys(ends))

"""Ovid: ``<1. >`` before each record, then tags (``TI  - Title``) or names of fields with indented text under them.

Specification: none is published; the fields are described in Ovid's database guides
(https://ospguides.ovid.com). Dialects met: BIOSIS, Zoological Record, PsycINFO, Journals@Ovid, Books@Ovid, tags with one or two
spaces, "complete reference" with names of fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable
from explorer.sources.source import Source, decode, tables

LABEL = "Ovid"
SUFFIXES: tuple[str, ...] = (".ovd", ".cgi")

_START = re.compile(r"\s*<\s*(\d+)\s*\.?\s*>\s*\Z")
_SNIFF = re.compile(r"\A\s*<\s*\d+\s*\.?\s*>\s*$", re.MULTILINE)
_TAG = re.compile(r"([A-Z][A-Z0-9]{1,5})\s{1,2}- ?(.*)", re.DOTALL)
_NAMES = {
    "title": "TI", "author": "AU", "authors": "AU", "author/editor": "AU", "abstract": "AB", "source": "SO", "doi number": "DI",
    "digital object identifier": "DI", "doi": "DI", "year of publication": "YR", "publication year": "YR", "keywords": "KW",
    "keyword heading": "KW", "key concepts": "ID", "subject headings": "MH", "mesh subject headings": "MH", "issn": "IS",
    "language": "LG", "publisher": "PB", "book title": "BT", "accession number": "AN", "unique identifier": "UI",
    "publication type": "PT", "journal name": "JN", "institution": "IN", "url": "XL", "database": "DB", "editor": "ED",
}  # fmt: skip
_DATE_IN_SOURCE = re.compile(
    r"[\s.,(]*((?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec|Spring|Summer|Fall|Autumn|Winter)[a-z]*[ ./-]*)+"
    r"(?:\d{1,2}(?:-\d{1,2})?,? )?)?((?:1[5-9]|20)\d\d)",
)
_EXTRA = {"entry_type": "PT", "publisher": "PB", "language": "LG", "issn": "IS", "accession": "AN"}
_ROLE = re.compile(r"\s*\[[^\]]*\]")
_KIND = re.compile(r"\s*\[[A-Z][A-Za-z &,/-]*\]\.?\s*\Z")
_IN_BOOK = re.compile(r"\[Ed[^\]]*\]\.\s*(?:\((?:1[5-9]|20)\d\d\)\.\s*)?(.+?)\.(?:\s|:|\Z)")
_DEGREES = re.compile(
    r",?\s+(?:Ph\.?\s?D|M\.?D|M\.?S|M\.?A|M\.?P\.?H|B\.?S|R\.?N|F[A-Z]{3,}|D\.?O|Dr\.?P\.?H)\b\.?(?:[,;]?\s*[A-Z][\w.]*)*.*\Z|\s+[\d,*+†‡]+\Z"
)
_USED = frozenset("TI AU ED AB SO JN DI YR DP KW DE ID MH SH IS LG PB PU PT AN XL UR DB BT VN OJ PY".split())


def sniff(head: bytes) -> bool:
    """Whether the text starts with the number of a record in angle brackets."""
    return _SNIFF.search(decode(head)) is not None


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
        match = None if line[0] == " " else _TAG.match(line)
        name = _NAMES.get(line.strip().lower()) if line[0] != " " else None
        if match is not None:
            tag = match.group(1)
            record.add(tag, match.group(2).strip())
        elif name is not None or (line[0] != " " and tag.islower()):
            tag = name or line.strip().lower()
            record.add(tag, "")
        elif tag:
            record.extend(tag, line.strip())
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    journal, day = _source(record.first("SO") or "")
    title = readable(record.first("TI", "BT"))
    return {
        # Ovid ends every title with a full stop, and may add the kind of article in brackets.
        "title": re.sub(r"(?<!\.)\.\Z", "", _KIND.sub("", title)) if title else None,
        "authors": [_bare(name) for name in _names(record)],
        "abstract": readable(record.first("AB")),
        "venue": readable(_venue(record, journal)),
        "published": finest(record.first("YR", "PY", "DP"), day, record.first("DP", "DG")),
        "keywords": [_bare_keyword(word) for word in record.parts("KW", "DE", "MH", "SH")],
        "doi": record.doi("DI", "DO"),
        "url": record.url("XL", "UR"),
        "source": record.first("DB"),
        **{name: record.first(tag) for name, tag in _EXTRA.items()},
        **{tag: text for tag, text in record.rest(_USED).items() if len(tag) < 4},
    }


def _venue(record: Tagged, journal: str | None) -> str | None:
    """Journal, book, university or publisher."""
    book = _IN_BOOK.search(record.first("SO") or "")
    if book is not None:
        return book.group(1)
    if re.search(r"dissertation|thesis", record.first("PT", "DT") or "", re.I) and (place := record.first("IN")):
        return place.rsplit(": ", 1)[-1]
    house = record.first("PB", "PU")
    return record.first("JN", "OJ") or journal or (house.split(",")[0] if house else None)


def _names(record: Tagged) -> list[str]:
    tag = "AU" if record.first("AU") else "ED"
    names = [name for line in record.lines(tag) for name in re.split(r";\s+", _ROLE.sub("", line)) if name]
    # The list may end with a full stop, which is none of the last one's initials where the others have none.
    if len(names) > 1 and not any("." in name for name in names[:-1]):
        names[-1] = names[-1].removesuffix(".")
    return names


def _bare(name: str) -> str:
    """Name without roles in brackets, degrees and marks of affiliation."""
    return _DEGREES.sub("", _ROLE.sub("", name)).strip(" ,;")


def _bare_keyword(word: str) -> str:
    return word.replace("*", "").strip()


def _source(text: str) -> tuple[str | None, str | None]:
    """Journal and date of a source line, such as ``Acta Biologica August 2011;43(8):647-653``."""
    found = _DATE_IN_SOURCE.search(text)
    day = "".join(part or "" for part in found.groups()) if found else None
    cut = re.split(r"\.\s+(?:Vol\.|\d)|\.\s{2,}|\s+Vol\.|\.\s*\Z", text[: found.start()] if found else text, maxsplit=1)[0]
    return cut.strip(" .,;") or None, day

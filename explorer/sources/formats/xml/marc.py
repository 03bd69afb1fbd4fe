"""MARC 21, in ISO 2709 and in XML.

Specifications: Library of Congress, *MARC 21 Format for Bibliographic Data* (https://www.loc.gov/marc/bibliographic/) and
*MARCXML* (https://www.loc.gov/standards/marcxml/); ISO 2709.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.identifiers import normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import Element, find_all, papers, sniff_root, text_of
from explorer.sources.source import Source, decode, tables
from explorer.text.markup import single_spaced

LABEL = "MARC 21"
SUFFIXES: tuple[str, ...] = (".mrc", ".marc", ".marcxml")

_LEADER = re.compile(rb"\d{5}[a-z ][a-z ][a-z ][a-z \d].22\d{5}")
_ENDS = " /:;,.="

Fields = list[tuple[str, dict[str, list[str]]]]
"""Tag and subfields of each field, in order."""


def sniff(head: bytes) -> bool:
    """Whether a leader, or a collection in XML, stands at the start."""
    if _LEADER.match(head.lstrip()) is not None:
        return True
    return sniff_root(head, "collection", "record") and b"loc.gov/MARC21" in head


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    if source.head().lstrip()[:1] == b"<":
        yield from tables(papers(source, ledger, lambda record: _fields(_from_xml(record)), "record"), source, ledger)
    else:
        yield from tables(_binary(source, ledger), source, ledger)


def _binary(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    data = source.bytes()
    # One record is too short to tell.
    encoding = source.judge(data)
    chunks = [chunk.lstrip(b"\r\n") for chunk in data.split(b"\x1d")]
    for number, chunk in enumerate((chunk for chunk in chunks if chunk.strip(b"\x1a \r\n")), start=1):
        fields = {name: value for name, value in _fields(_from_iso2709(chunk, encoding)).items() if value not in (None, "", [])}
        if fields:
            yield number, None, fields
        else:
            ledger.reject(source.name, number, "the record's directory cannot be read", text=decode(chunk[:300], encoding))


def _from_iso2709(record: bytes, encoding: str | None) -> Fields:
    """Fields by the record's directory: tag, length and place of each in twelve digits."""
    if not record[12:17].isdigit():
        return []
    base = int(record[12:17])
    directory = record[24 : base - 1]
    fields: Fields = []
    for start in range(0, len(directory) - 11, 12):
        entry = directory[start : start + 12]
        if not entry[3:].isdigit():
            continue
        place = base + int(entry[7:])
        content = decode(record[place : place + int(entry[3:7]) - 1], encoding)
        subfields: dict[str, list[str]] = {}
        for part in content.split("\x1f")[1:]:
            subfields.setdefault(part[:1], []).append(single_spaced(part[1:]))
        fields.append((entry[:3].decode(errors="replace"), subfields or {"": [content]}))
    return fields


def _from_xml(record: Element) -> Fields:
    fields: Fields = [(e.get("tag") or "", {"": [e.text or ""]}) for e in find_all(record, "controlfield")]
    for element in find_all(record, "datafield"):
        subfields: dict[str, list[str]] = {}
        for part in find_all(element, "subfield"):
            subfields.setdefault(part.get("code") or "", []).append(text_of(part) or "")
        fields.append((element.get("tag") or "", subfields))
    return fields


def _fields(record: Fields) -> Mapping[str, Any]:
    title = [_trimmed(text) for code in "abnp" for text in _all(record, "245", code)[:1]]
    authors = [_name(text) for tag in ("100", "110", "111", "700", "710") for text in _all(record, tag, "a")]
    control = next((sub[""][0] for tag, sub in record if tag == "008" and sub.get("")), "")
    year = re.search(r"\d{4}", " ".join(_all(record, "260", "c") + _all(record, "264", "c")) + " " + control[7:11])
    return {
        "title": ": ".join(text for text in title if text),
        "authors": list(dict.fromkeys(name for name in authors if name)),
        "abstract": " ".join(_all(record, "520", "a")),
        "venue": next(map(_trimmed, _all(record, "773", "t") + _all(record, "260", "b") + _all(record, "264", "b")), None),
        "published": year.group() if year else None,
        "keywords": list(dict.fromkeys(_trimmed(text) for tag in ("650", "651", "653") for text in _all(record, tag, "a"))),
        "doi": next((doi for text in _all(record, "024", "a") if (doi := normal_doi(text))), None),
        "url": next(iter(_all(record, "856", "u")), None),
        "isbn": next((text.split(" ")[0] for text in _all(record, "020", "a")), None),
        "publisher": next(map(_trimmed, _all(record, "260", "b") + _all(record, "264", "b")), None),
    }


def _all(record: Fields, tag: str, code: str) -> list[str]:
    return [text for found, subfields in record if found == tag for text in subfields.get(code, ()) if text]


def _trimmed(text: str) -> str:
    """Text without the punctuation that card catalogues put between its parts."""
    return text.strip(_ENDS).strip()


def _name(text: str) -> str:
    text = text.strip(" ,;:")
    return text if re.search(r"\b[A-Z]\.\Z", text) else text.rstrip(".")

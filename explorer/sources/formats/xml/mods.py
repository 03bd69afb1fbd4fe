"""MODS, the Library of Congress's metadata object description schema.

Specification: https://www.loc.gov/standards/mods/userguide/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.record_fields import editors_text
from explorer.sources.formats.xml.xml_tree import (
    Element,
    family_first,
    find_all,
    papers,
    sniff_root,
    text_at,
    text_of,
    texts_at,
)
from explorer.sources.source import Source, tables

LABEL = "MODS"
SUFFIXES: tuple[str, ...] = (".mods",)

_LIFE = re.compile(r"(?:ca?\. ?)?\d{4}")
_EDITORS = frozenset(("editor", "edt"))
_AUTHORS = frozenset(("author", "aut", "creator", "cre", ""))


def sniff(head: bytes) -> bool:
    """Whether the root element is a record or a collection of them."""
    return sniff_root(head, "mods", "modsCollection")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(papers(source, ledger, _fields, "mods"), source, ledger)


def _fields(record: Element) -> Mapping[str, Any]:
    host = next((item for item in find_all(record, "relatedItem") if item.get("type") in ("host", "series")), None)
    identifiers = {e.get("type", ""): text_of(e) for e in find_all(record, "identifier")}
    dates = texts_at(record, "originInfo/dateIssued") + texts_at(record, "originInfo/copyrightDate")
    dates += texts_at(record, "originInfo/dateCreated")
    if host is not None:
        dates = texts_at(host, "part/date") + dates + texts_at(host, "originInfo/dateIssued")
    subjects = [text for name in ("topic", "geographic", "temporal") for text in texts_at(record, f"subject/{name}")]
    return {
        "title": _title(record),
        "authors": _names(record, _AUTHORS) or _names(record, None),
        "editors": editors_text(_names(record, _EDITORS)),
        "abstract": text_at(record, "abstract"),
        "venue": (_title(host) if host is not None else None) or text_at(record, "originInfo/publisher"),
        "published": finest(*dates, *texts_at(record, "part/date")),
        "keywords": list(dict.fromkeys(subjects)),
        "doi": identifiers.get("doi"),
        "url": text_at(record, "location/url") or identifiers.get("uri"),
        "publisher": text_at(record, "originInfo/publisher"),
        "language": text_at(record, "language/languageTerm"),
        "isbn": identifiers.get("isbn"),
        "entry_type": text_at(record, "genre", "typeOfResource"),
    }


def _title(element: Element) -> str | None:
    infos = sorted(find_all(element, "titleInfo"), key=lambda info: info.get("type") is not None)
    for info in infos:
        title, rest = text_at(info, "title"), text_at(info, "subTitle")
        if title:
            article = text_at(info, "nonSort")
            colon = " " if title.endswith(":") else ": "
            return f"{article + ' ' if article else ''}{title}{colon + rest if rest else ''}"
    return None


def _names(record: Element, roles: frozenset[str] | None) -> list[str]:
    names = []
    for name in find_all(record, "name"):
        found = {text.lower().strip(".") for text in texts_at(name, "role/roleTerm")} or {""}
        if roles is not None and found.isdisjoint(roles):
            continue
        parts = {part.get("type"): text_of(part) for part in find_all(name, "namePart")}
        # A body is named by its parts, the widest first; years of a life may stand among them.
        plain = [text for part in find_all(name, "namePart") if part.get("type") is None and (text := text_of(part))]
        whole = family_first(parts.get("family"), parts.get("given")) or " ".join(t for t in plain if not _LIFE.match(t))
        if whole:
            names.append(whole)
    return names

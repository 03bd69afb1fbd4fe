"""dblp's search for publications. Specification: https://dblp.org/faq/How+to+use+the+dblp+search+API.html."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import pyarrow as pa

from explorer.papers.identifiers import normal_arxiv_id
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, mapping, read_as, texts
from explorer.sources.source import Source
from explorer.text.markup import plain_markup

LABEL = "dblp JSON"
SUFFIXES: tuple[str, ...] = ()

_NAMESAKE = re.compile(r" \d{4}\Z")
_KINDS = {
    "Journal Articles": "article", "Conference and Workshop Papers": "inproceedings", "Books and Theses": "book", "Editorship": "proceedings",
    "Parts in Books or Collections": "incollection", "Informal and Other Publications": "preprint", "Reference Works": "incollection",
    "Data and Artifacts": "dataset",
}  # fmt: skip


def sniff(head: bytes) -> bool:
    """Whether the wrapper of an answer, and a hit or an address of dblp, stand at the start."""
    return head_names(head, r'"hits"\s*:\s*\{', r'"(?:@total|@score)"\s*:') or head_names(
        head, r'"https?://dblp\.(?:org|uni-trier\.de)/rec/', r'"info"\s*:'
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the hits of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger, records_in)


def records_in(answer: Mapping[str, Any]) -> list[Any]:
    """Hits of an answer; a single one stands without a list."""
    hits = mapping(mapping(answer.get("result")).get("hits") or answer.get("hits"))
    found = hits.get("hit")
    return found if isinstance(found, list) else [found] if isinstance(found, Mapping) else [] if hits else [answer]


def fields(hit: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a hit."""
    info = mapping(hit.get("info")) or hit
    title, key = info.get("title"), info.get("key")
    addresses = texts(info.get("ee"))
    venue, volume = texts(info.get("venue")), info.get("volume")
    preprint = venue[:1] == ["CoRR"]
    arxiv = normal_arxiv_id(str(volume).removeprefix("abs/")) if preprint and volume else None
    kind = info.get("type")
    people = mapping(info.get("authors")).get("author")
    return {
        "id": f"dblp:{key}" if key else None,
        # dblp ends every title with a full stop.
        "title": plain_markup(title).removesuffix(".") if isinstance(title, str) else None,
        "authors": [_name(person) for person in (people if isinstance(people, list) else [people]) if person],
        "published": info.get("year"),
        "venue": " / ".join(map(unescape, venue)),
        "url": addresses[0] if addresses else info.get("url"),
        "doi": info.get("doi"),
        "arxiv_id": arxiv
        or next(
            (
                found
                for url in addresses
                if "arxiv" in url and (found := normal_arxiv_id(url.replace("10.48550/arXiv.", "arxiv:")))
            ),
            None,
        ),
        "source": "dblp",
        "entry_type": "preprint" if preprint else _KINDS.get(kind, kind) if isinstance(kind, str) else None,
        "volume": volume,
        "number": info.get("number"),
        "pages": info.get("pages"),
        "publisher": info.get("publisher"),
    }


def _name(person: Any) -> str:
    """Name of an author without the number by which dblp tells namesakes apart."""
    name = person.get("text") if isinstance(person, Mapping) else person
    return _NAMESAKE.sub("", unescape(str(name or "")))

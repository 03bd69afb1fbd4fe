"""RDF/XML of Zotero, BIBO, Dublin Core and schema.org.

Specifications: https://www.w3.org/TR/rdf-syntax-grammar/, https://www.dublincore.org/specifications/bibo/, https://schema.org.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.papers.identifiers import normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.formats.record_fields import editors_text
from explorer.sources.formats.xml.xml_tree import Element, elements, family_first, sniff_root, text_at, text_of, texts_at
from explorer.sources.source import Source, tables
from explorer.text.markup import single_spaced

LABEL = "RDF"
SUFFIXES: tuple[str, ...] = (".rdf",)

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_CONTAINERS = frozenset(
    ("Journal", "Periodical", "Person", "Organization", "Collection", "Memo", "Attachment", "Seq", "Series")
)
_MOST = 50_000


def sniff(head: bytes) -> bool:
    """Whether the root element is ``rdf:RDF``."""
    return sniff_root(head, "RDF")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the described works: nodes with a title that are no journal, person or attachment.

    Raises
    ------
    ReadError
        There are more than 50,000 nodes; they refer to each other and are kept together in memory.
    """
    yield from tables(_papers(source, ledger), source, ledger)


def _papers(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    number = 0
    for root in elements(source, ledger, "RDF"):
        nodes = list(root)
        if len(nodes) > _MOST:
            raise ReadError(f"{source.name} describes more than {_MOST:,} things. Export BibTeX or CSL-JSON instead.")
        described = {str(key): node for node in nodes for name in ("about", "nodeID", "ID") if (key := node.get(_RDF + name))}
        hosts = {node: host for node in nodes if (host := _host(node, described)) is not None}
        holding = Counter(hosts.values())
        for node in nodes:
            kind = _local(node.tag)
            title = text_at(node, "title", "name")
            if not title or kind in _CONTAINERS:
                continue
            number += 1
            host = hosts.get(node)
            found = _fields(node, title, described, host, alone=holding[host] == 1)
            yield number, node.sourceline, {k: v for k, v in found.items() if v not in (None, "", [])}


def _host(node: Element, described: Mapping[str, Element]) -> Element | None:
    """Node of the journal or book that a node is part of."""
    return next(
        (found for part in node if _local(part.tag) == "isPartOf" and (found := _target(part, described)) is not None), None
    )


def _fields(
    node: Element, title: str, described: Mapping[str, Element], host: Element | None, *, alone: bool
) -> Mapping[str, Any]:
    """Fields of a work; `alone` says that no other one is part of its host."""
    identifiers = [
        text
        for part in node
        if _local(part.tag) in ("identifier", "doi") and (text := single_spaced("".join(map(str, part.itertext()))))
    ]
    # Zotero has the number of an article, and what its journal counts, on the journal, of which it then writes one for each article.
    inherited = texts_at(host, "identifier") if host is not None and _local(host.tag) in ("Journal", "Periodical") else []
    numbered = any(text.startswith("ISSN ") for text in inherited) or (
        host is not None and text_at(host, "issn", "eissn", "eIssn")
    )
    # Beside an ISSN another DOI than one of Zotero's writing is the journal's own.
    lent = [text for text in inherited if alone and (text.startswith("DOI ") or not numbered)]
    numbers = [node, *([host] if host is not None else [])]
    return {
        "title": title,
        "authors": [
            name
            for part in node
            if _local(part.tag) in ("authors", "creator", "author", "authorList")
            for name in _names(part, described)
        ],
        "abstract": text_at(node, "abstract", "description"),
        "venue": (text_at(host, "title", "name") if host is not None else None) or text_at(node, "publisher"),
        "published": text_at(node, "date", "datePublished", "issued", "dateSubmitted", "created"),
        "keywords": [text for part in node if _local(part.tag) in ("subject", "keywords") and (text := text_of(part) or "")],
        "doi": next((doi for text in [*identifiers, *lent] if (doi := normal_doi(text))), None),
        **{
            name: next((told for where in numbers if (told := text_at(where, *paths))), None)
            for name, paths in (("volume", ("volume",)), ("number", ("number", "issue")))
        },
        "pages": text_at(node, "pages"),
        "issn": next((text[5:] for text in [*inherited, *identifiers] if text.startswith("ISSN ")), None),
        "isbn": next((text[5:] for text in [*identifiers, *inherited] if text.startswith("ISBN ")), None),
        "editors": editors_text([name for part in node if _local(part.tag) == "editors" for name in _names(part, described)]),
        "url": next((text for text in identifiers if "://" in text), None) or text_at(node, "url", "codeRepository"),
        "entry_type": _local(node.tag),
    }


def _local(tag: Any) -> str:
    return str(tag).rsplit("}", 1)[-1]


def _target(part: Element, described: Mapping[str, Element]) -> Element | None:
    """Node a property stands for: the one within it, or the one it refers to."""
    if len(part):
        return part[0]
    key = part.get(_RDF + "resource") or part.get(_RDF + "nodeID")
    return described.get(key) if key else None


def _names(part: Element, described: Mapping[str, Element]) -> Iterator[str]:
    people = [e for e in part.iter() if _local(e.tag) in ("Person", "Organization")]
    target = _target(part, described)
    if not people and target is not None:
        people = [target]
    for person in people:
        family, given = (
            text_at(person, "surname", "familyName", "family_name"),
            text_at(person, "givenName", "givenname", "firstName"),
        )
        if name := family_first(family, given) or text_at(person, "name"):
            yield name
    if not people and (text := text_of(part)):
        yield text

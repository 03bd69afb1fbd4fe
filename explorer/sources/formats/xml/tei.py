"""TEI as GROBID writes it: the header of a paper, and its references.

Specification: *TEI P5 Guidelines*, ``biblStruct`` (https://tei-c.org/release/doc/tei-p5-doc/en/html/ref-biblStruct.html); GROBID's use of
it (https://grobid.readthedocs.io/en/latest/TEI-encoding-of-results/). The paper comes first, where the header tells its title; each
reference names it in ``cited_by``. Lists of references without a header, as other programs write them, are read the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import (
    Element,
    elements,
    family_first,
    find,
    find_all,
    sniff_root,
    text_at,
    text_of,
    texts_at,
)
from explorer.sources.source import Source, tables

LABEL = "TEI (GROBID)"
SUFFIXES: tuple[str, ...] = (".tei",)

_TITLE_LEVELS = ("a", "m", "u", "j", "s")


def sniff(head: bytes) -> bool:
    """Whether the root element is that of a TEI document, or a list of its references."""
    return sniff_root(head, "TEI", "teiCorpus", "listBibl")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the paper and its references."""
    yield from tables(_records(source, ledger), source, ledger)


def _records(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    citing, number = "", 0
    for element in elements(source, ledger, "teiHeader", "biblStruct"):
        head = element.tag.rpartition("}")[2] == "teiHeader"
        found = _header(element) if head else {**_reference(element), "cited_by": citing}
        fields = {name: value for name, value in found.items() if value}
        if head:
            citing = str(fields.get("title") or "")
            if not citing:
                # GROBID writes an empty header before references alone.
                continue
        number += 1
        if fields.keys() - {"cited_by"}:
            yield number, element.sourceline, fields
        else:
            ledger.reject(
                source.name,
                number,
                "the record has no field that is known",
                line=element.sourceline,
                text=text_of(element) or "",
            )


def _header(header: Element) -> Mapping[str, Any]:
    """Fields of the paper itself."""
    whole = find(header, "fileDesc/sourceDesc/biblStruct")
    fields = dict(_reference(whole)) if whole is not None else {}
    title = text_at(header, "fileDesc/titleStmt/title")
    abstract = find(header, "profileDesc/abstract")
    paragraphs = [text for part in (abstract.iter("{*}p") if abstract is not None else ()) if (text := text_of(part))]
    keywords = find(header, "profileDesc/textClass/keywords")
    words = [text for part in (keywords.iter("{*}term") if keywords is not None else ()) if (text := text_of(part))]
    if not words and keywords is not None and (text := text_of(keywords)):
        words = [word.strip() for word in text.replace(";", ",").split(",") if word.strip()]
    return {
        **fields,
        "title": title or fields.get("title"),
        "abstract": "\n".join(paragraphs) or text_of(abstract),
        "keywords": words,
        "published": fields.get("published") or _date(find(header, "fileDesc/publicationStmt/date")),
        "publisher": fields.get("publisher") or text_at(header, "fileDesc/publicationStmt/publisher"),
    }


def _reference(record: Element) -> Mapping[str, Any]:
    inner, outer = find(record, "analytic"), find(record, "monogr")
    title = _title(inner) if inner is not None else None
    book = _title(outer) if outer is not None else None
    identifiers = {
        (e.get("type") or "").lower(): text_of(e)
        for path in ("analytic/idno", "monogr/idno", "idno")
        for e in find_all(record, path)
    }
    addresses = [
        target for path in ("analytic/ptr", "monogr/ptr", "ptr") for e in find_all(record, path) if (target := e.get("target"))
    ]
    imprint = find(outer, "imprint") if outer is not None else None
    places = {(e.get("unit") or e.get("type") or ""): e for e in find_all(imprint, "biblScope")} if imprint is not None else {}
    if outer is not None:
        places = {**{(e.get("unit") or e.get("type") or ""): e for e in find_all(outer, "biblScope")}, **places}
    publisher = text_at(outer, "imprint/publisher", "publisher") if outer is not None else None
    editors = [name for e in find_all(record, "monogr/editor") if (name := _name(e))]
    return {
        "title": title or book or _raw(record),
        "authors": _authors(record) or editors,
        "editor": "; ".join(editors),
        "published": _published(record, imprint),
        "venue": (book if title else None) or text_at(record, "monogr/meeting", "series/title") or publisher,
        "doi": identifiers.get("doi"),
        "arxiv_id": identifiers.get("arxiv"),
        "pmid": identifiers.get("pmid"),
        "pmcid": identifiers.get("pmcid"),
        "issn": identifiers.get("issn"),
        "isbn": identifiers.get("isbn"),
        "url": next((target for target in addresses if target.startswith("http")), None),
        "publisher": publisher,
        "volume": _extent(places.get("volume")),
        "number": _extent(places.get("issue")),
        "pages": _extent(places.get("page") if "page" in places else places.get("pp")),
        "raw_reference": _raw(record) if title or book else None,
    }


def _title(level: Element) -> str | None:
    """Main title of a level, the work's own before that of its series."""
    titles = find_all(level, "title")
    ranked = sorted(
        titles,
        key=lambda e: (
            e.get("type") not in (None, "main"),
            _TITLE_LEVELS.index(e.get("level")) if e.get("level") in _TITLE_LEVELS else 0,
        ),
    )
    return next((text for title in ranked if (text := text_of(title))), None)


def _raw(record: Element) -> str | None:
    """The reference as it stands in the paper."""
    return next((text_of(note) for note in find_all(record, "note") if note.get("type") == "raw_reference"), None)


def _authors(record: Element) -> list[str]:
    for path in ("analytic/author", "monogr/author", "author"):
        if names := [name for author in find_all(record, path) if (name := _name(author))]:
            return names
    return []


def _name(author: Element) -> str | None:
    person = find(author, "persName")
    if person is None and find(author, "surname") is not None:
        # Zotero and others leave out the element around the parts of a name.
        person = author
    if person is None:
        # An author of whom only the affiliation was found is none.
        return text_at(author, "orgName", "name") or (text_of(author) if len(author) == 0 else None)
    given = " ".join([*texts_at(person, "forename")]) or None
    return family_first(" ".join(texts_at(person, "surname")) or None, given, text_at(person, "genName")) or text_of(person)


def _published(record: Element, imprint: Element | None) -> str | None:
    dates = find_all(imprint, "date") if imprint is not None else []
    dates += find_all(record, "monogr/date") + find_all(record, "analytic/date")
    ranked = sorted(dates, key=lambda e: e.get("type") not in ("published", None))
    return next((found for date in ranked if (found := _date(date))), None)


def _date(date: Element | None) -> str | None:
    return None if date is None else date.get("when") or text_of(date)


def _extent(scope: Element | None) -> str | None:
    if scope is None:
        return None
    ends = [end for name in ("from", "to") if (end := scope.get(name))]
    return "-".join(dict.fromkeys(ends)) or text_of(scope)

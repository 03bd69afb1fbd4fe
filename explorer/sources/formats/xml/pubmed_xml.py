"""PubMed XML: articles and books.

Specification: National Library of Medicine, *PubMed DTD* (https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/250101/). Structured
abstracts keep their labels; a structured date beats a ``MedlineDate``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked
from explorer.papers.column_names import PLACEHOLDER
from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import (
    Element,
    family_first,
    find,
    find_all,
    papers,
    sniff_root,
    text_at,
    text_of,
    texts_at,
)
from explorer.sources.source import Source, tables

LABEL = "PubMed XML"
SUFFIXES: tuple[str, ...] = ()

_SMALL = frozenset(
    "a an the of in on at by for from to and or nor but as with de du des la le les et und der die das für".split()
)
_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet")


def sniff(head: bytes) -> bool:
    """Whether the root element is a set of articles or books."""
    return sniff_root(head, *_ROOTS)


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the articles and books."""
    yield from tables(papers(source, ledger, fields, "PubmedArticle", "PubmedBookArticle", "MedlineCitation"), source, ledger)


def fields(record: Element) -> Mapping[str, Any]:
    """Fields of an article, a book or a citation."""
    citation = find(record, "MedlineCitation")
    book = find(record, "BookDocument")
    if book is not None:
        return _book(book)
    citation = citation if citation is not None else record
    article = find(citation, "Article")
    if article is None:
        pmid = text_at(citation, "PMID")
        return {"pmid": pmid} if pmid else {}
    title, own_title = text_at(article, "ArticleTitle"), text_at(article, "VernacularTitle")
    if title is None or PLACEHOLDER.fullmatch(title):
        title, own_title = own_title, None
    keywords = [*texts_at(citation, "KeywordList/Keyword"), *texts_at(citation, "MeshHeadingList/MeshHeading/DescriptorName")]
    return {
        # NLM ends every title with a full stop.
        "title": (title or "").removesuffix("."),
        "authors": _authors(article, "AuthorList/Author"),
        "abstract": _abstract(find(article, "Abstract")),
        "venue": _journal(text_at(article, "Journal/Title")) or text_at(citation, "MedlineJournalInfo/MedlineTA"),
        "published": _date(find(article, "Journal/JournalIssue/PubDate")) or _date(find(article, "ArticleDate")),
        "keywords": list(dict.fromkeys(keywords)),
        "doi": _identifier(article, "ELocationID", "EIdType")
        or _identifier(record, "PubmedData/ArticleIdList/ArticleId", "IdType"),
        "pmid": text_at(citation, "PMID"),
        "pmcid": _identifier(record, "PubmedData/ArticleIdList/ArticleId", "IdType", kind="pmc"),
        "TT": own_title,
        "volume": text_at(article, "Journal/JournalIssue/Volume"),
        "number": text_at(article, "Journal/JournalIssue/Issue"),
        "pages": text_at(article, "Pagination/MedlinePgn"),
        "issn": text_at(article, "Journal/ISSN"),
        "language": text_at(article, "Language"),
        "source": "PubMed",
    }


def _journal(title: str | None) -> str | None:
    """Title of a journal as it writes itself: NLM puts words in lower case and a place behind."""
    if title is None:
        return None
    bare = re.sub(r"\s*\([^()]*\)\Z", "", title) or title
    words = bare.split(" ")
    return " ".join(w if w in _SMALL or not w.islower() else w[:1].upper() + w[1:] for w in words)


def _book(document: Element) -> Mapping[str, Any]:
    title = text_at(document, "ArticleTitle")
    book = text_at(document, "Book/BookTitle")
    accession = _identifier(document, "ArticleIdList/ArticleId", "IdType", kind="bookaccession")
    return {
        "title": title or book,
        "authors": _authors(document, "AuthorList/Author") or _authors(document, "Book/AuthorList/Author"),
        "abstract": _abstract(find(document, "Abstract")),
        "venue": book if title else text_at(document, "Book/Publisher/PublisherName"),
        "published": _date(find(document, "Book/PubDate")) or _date(find(document, "ContributionDate")),
        "doi": _identifier(document, "ArticleIdList/ArticleId", "IdType"),
        "keywords": texts_at(document, "KeywordList/Keyword"),
        "url": f"https://www.ncbi.nlm.nih.gov/books/{accession}/" if accession else None,
        "pmid": text_at(document, "PMID"),
        "publisher": text_at(document, "Book/Publisher/PublisherName"),
        "isbn": text_at(document, "Book/Isbn"),
        "language": text_at(document, "Language"),
        "source": "PubMed",
    }


def _authors(element: Element, path: str) -> list[str]:
    names = []
    for author in find_all(element, path):
        given = text_at(author, "ForeName") or text_at(author, "Initials")
        name = family_first(text_at(author, "LastName"), given, text_at(author, "Suffix")) or marked(
            text_at(author, "CollectiveName") or ""
        )
        if name and (author.getparent().get("Type") or "authors").lower() != "editors":
            names.append(name)
    return names


def _abstract(abstract: Element | None) -> str | None:
    if abstract is None:
        return None
    parts = []
    for part in find_all(abstract, "AbstractText"):
        text, label = text_of(part), part.get("Label")
        if text:
            parts.append(f"{label}: {text}" if label else text)
    return "\n".join(parts) or None


def _date(element: Element | None) -> str | None:
    if element is None:
        return None
    year, month, day = (text_at(element, name) for name in ("Year", "Month", "Day"))
    if year is None:
        return finest(text_at(element, "MedlineDate"))
    if month and month.isdigit():
        return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day and day.isdigit() else "")
    return finest(f"{year} {month or ''} {day or ''}", year)


def _identifier(element: Element, path: str, attribute: str, kind: str = "doi") -> str | None:
    return next((text_of(found) for found in find_all(element, path) if found.get(attribute) == kind), None)

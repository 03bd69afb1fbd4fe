"""What the columns of other programs are called, and which field of the schema each one is."""

from __future__ import annotations

import re
from collections.abc import Iterable

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "paper id", "key", "record id", "uid", "ut (unique wos id)", "ut unique wos id", "ut", "lens id", "publication id",
           "openalex id", "paperid"),
    "title": ("title", "primary title", "article title", "document title", "item title", "display name", "ti", "titles",
              "original title", "publication name"),
    "abstract": ("abstract", "summary", "abstract note", "notes abstract", "ab", "abstracts", "description"),
    "authors": ("author full names", "authors", "author", "author/s", "creators", "author names", "first authors",
                "author text", "authorships.author.display name", "af", "au", "author(s)"),
    "published": ("published", "date", "publication date", "date published", "published at", "publishedat", "update date", "month",
                  "issue date", "online date", "pubdate", "date of publication", "cover date", "created", "published month", "pd"),
    "precision": ("precision",),
    "year": ("year", "publication year", "pub year", "pubyear", "publication date (year)", "date of publication (year)", "py", "yr",
             "published year"),
    "venue": ("venue", "journal", "source title", "publication title", "journal/book", "journal title", "booktitle", "book title",
              "journal ref", "pubtitle", "secondary title", "journal name", "primary location.source.display name", "so",
              "conference title", "proceedings title", "publication"),
    "keywords": ("keywords", "author keywords", "tags", "ai keywords", "categories", "manual tags", "index keywords", "de",
                 "mesh terms", "subject terms", "subjects", "ieee terms", "fields of study"),
    "url": ("url", "link", "urls", "pdf link", "source urls", "external url", "dimensions url", "openurl link", "open url link",
            "document url", "documenturl", "article url", "articleurl", "plink", "full text url", "fulltexturl"),
    "doi": ("doi", "item doi", "digitalobjectidentifier", "digital object identifier", "doi link", "di"),
    "arxiv_id": ("arxiv id", "arxiv", "arxivid"),
    "code_url": ("code url", "code", "github", "githubrepo", "github repo", "github url"),
    "upvotes": ("upvotes", "votes", "likes"),
    "comments": ("comments", "numcomments", "num comments", "n comments"),
    "source": ("source", "database"),
}  # fmt: skip

PLACEHOLDER = re.compile(r"\[No [a-z ]{1,30} (?:available|listed)\]")
"""What databases write where there is nothing: ``[No abstract available]`` (Scopus), ``[No authors listed]`` (PubMed)."""

_FOLDED = re.compile(r"[\s_-]+")


def columns_to_fields(names: Iterable[str]) -> dict[str, str]:
    """Map the column names of a file to the fields of the schema.

    Parameters
    ----------
    names : iterable of str
        Column names as they stand in the file.

    Returns
    -------
    dict
        ``{column: field}`` for the columns that are recognised; the first synonym in `SYNONYMS` wins.
    """
    found: dict[str, str] = {}
    for field, columns in candidates(names).items():
        first = next((name for name in columns if name not in found), None)
        if first is not None:
            found[first] = field
    return found


def candidates(names: Iterable[str]) -> dict[str, list[str]]:
    """Columns that are called like each field, in the order of `SYNONYMS`; of columns of one name, the first."""
    folded = {_FOLDED.sub(" ", name.strip("\ufeff \t").lower()): name for name in reversed(list(names))}
    return {field: [folded[synonym] for synonym in synonyms if synonym in folded] for field, synonyms in SYNONYMS.items()}

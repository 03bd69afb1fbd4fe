"""Kinds of works: what a format that is written calls what another one called otherwise.

BibTeX: Patashnik, *BibTeXing* (1988), section 3.1, and biblatex's manual, section 2.1, for what it lacks; RIS: the specification's reference
types; CSL: the types of https://docs.citationstyles.org/en/stable/specification.html (appendix III).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """Names of a kind of work."""

    bibtex: str
    ris: str
    csl: str
    house: bool = False
    """Whether it appears by itself, so that its venue is who brought it out."""


_ARTICLE = Kind("article", "JOUR", "article-journal")
_PAPER = Kind("inproceedings", "CPAPER", "paper-conference")
_PREPRINT = Kind("misc", "UNPB", "article")
_OTHER = Kind("misc", "GEN", "document")

# What exporters and services call them, without case, spaces, hyphens and digits; the first kind that has a name is meant by it.
_NAMES = {
    _ARTICLE: "article jour articlejournal journalarticle ejour review letter editorial reviewarticle electronicarticle",
    Kind("article", "NEWS", "article-newspaper"): "news articlenewspaper newspaperarticle",
    Kind("article", "MGZN", "article-magazine"): "mgzn articlemagazine magazinearticle articleinaperiodical",
    _PAPER: "inproceedings cpaper paperconference conferencepaper conference conf conferenceproceedings proceedingspaper proceedingsarticle",
    Kind("book", "BOOK", "book", house=True): "book monograph ebook edbook editedbook electronicbook collection mvbook",
    Kind("proceedings", "CONF", "book", house=True): "proceedings",
    Kind("incollection", "CHAP", "chapter"): "incollection chap chapter inbook booksection bookchapter bookpart echap electronicbooksection",
    Kind("phdthesis", "THES", "thesis", house=True): "phdthesis thes thesis dissertation mastersthesis",
    Kind("techreport", "RPRT", "report", house=True): "techreport rprt report govdoc governmentdocument technicalreport",
    _PREPRINT: "preprint postedcontent unpb",
    Kind("unpublished", "UNPB", "manuscript"): "unpublished manuscript unpd unpublishedwork manscpt",
    Kind("dataset", "DATA", "dataset"): "dataset data aggr dbase aggregateddatabase onlinedatabase",
    Kind("software", "COMP", "software"): "software comp computerprogram",
    Kind("online", "ELEC", "webpage"): "online elec webpage web blog website internetsite documentfrominternetsite",
    Kind("patent", "PAT", "patent"): "patent pat",
    _OTHER: "misc gen document generic other",
}  # fmt: skip
_KINDS = {name: kind for kind, names in reversed(_NAMES.items()) for name in names.split()}


_MEETING = re.compile(
    r"proceedings|\bproc\.|conference|workshop|symposium|congress|konferenz|tagung|conférence|colloque|congrès|conferencia"
    r"|congreso|conferência|congresso|convegno|конференц|симпозиум|会议|會議|大会|学術講演会"
)
# Proceedings of academies and societies are journals.
_JOURNAL = re.compile(
    r"^(?:the )?(?:proceedings|proc\.) (?:of the )?(?:national academy|nat|royal|r\. ?soc|london|american mathematical|edinburgh|ieee$|acm on"
    r"|vldb|institution of|nutrition society|aristotelian|zoological society|entomological|geologists)|^journal|journal of"
)


def named(entry_type: object) -> Kind | None:
    """The kind that a record's type names, whatever format it is from; None where it is not known."""
    if not isinstance(entry_type, str):
        return None
    # PubMed and Web of Science give several.
    names = (entry_type, *re.split(r"[;|\n]", entry_type)[:8])
    return next((kind for name in names if (kind := _KINDS.get(re.sub(r"[^a-z]+", "", name.lower())))), None)


def kind_of(paper: Mapping[str, Any]) -> Kind:
    """The kind of a paper: what its type names, else what its venue speaks for."""
    kind = named(paper.get("entry_type"))
    venue = (paper["venue"] or "").lower()
    placed = bool(venue) and not venue.startswith("arxiv")
    # CSL and OpenAlex call preprints articles, BibTeX calls them anything.
    if kind in (_ARTICLE, _OTHER) and paper["arxiv_id"] and not placed:
        return _PREPRINT
    if kind is not None:
        return kind
    if _MEETING.search(venue) and not _JOURNAL.search(venue):
        return _PAPER
    return _ARTICLE if placed else _PREPRINT if venue or paper["arxiv_id"] else _OTHER


def by_house(paper: Mapping[str, Any]) -> bool:
    """Whether the venue of a paper is who brought it out, and no other publisher is named beside."""
    return bool(paper["venue"]) and kind_of(paper).house and (paper.get("publisher") or paper["venue"]) == paper["venue"]

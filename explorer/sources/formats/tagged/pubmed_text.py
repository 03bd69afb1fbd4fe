"""PubMed's "Abstract (text)" and "Summary (text)": records in paragraphs, numbered ``1.``, or one paragraph each, numbered ``1:``.

Specification: National Library of Medicine, *PubMed User Guide*, "Save citations to a file"
(https://pubmed.ncbi.nlm.nih.gov/help/#save-citations). The parts have no tags; they are known by their order and by how they begin:
source line, title, authors, affiliations, abstract, rights, identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import split_names
from explorer.papers.dates import finest
from explorer.papers.identifiers import normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.source import Source, decode, tables
from explorer.text.markup import plain_markup, single_spaced

LABEL = "PubMed (text)"
SUFFIXES: tuple[str, ...] = ()

_START = re.compile(r"(\d+)(?:\. |: )(?=\S)")
_ABSTRACT_FORM = re.compile(r"\A\s*1\. (?:[^\n]+\n)?[^\n]*\b(?:1[89]|20)\d\d\b")
_SUMMARY_FORM = re.compile(r"\A\s*1: [^\n]+\n")
_PMID = re.compile(r"^PMID: ?(\d+)|\bPMID: ?(\d+)", re.MULTILINE)
_PMCID = re.compile(r"\bPMCID: ?(PMC\d+)")
_DOI = re.compile(r"\bdoi: ?(\S+)", re.IGNORECASE)
_DATE = r"(?:1[89]|20)\d\d(?:[ -][A-Z][a-z]{2,}(?:[-/][A-Z][a-z]{2,})?)?(?: \d{1,2}(?:-\d{1,2})?)?"
_SOURCE = re.compile(rf"(?P<venue>[^\n]*?)\.?\s+(?P<date>{_DATE})\s*(?P<rest>[;:.].*|\Z)", re.DOTALL)
_PLACE = re.compile(r";\s*(?P<volume>[^():;.]*?)\s*(?:\((?P<number>[^)]*)\))?(?::\s*(?P<pages>[^.]*))?\.")
_ENDS = re.compile(
    r"(?:DOI|PMID|PMCID|ISBN|ISSN): ?\S|Conflict of interest|©|Copyright|\(c\) ?(?:19|20)\d\d|Author information:|Collaborators:|"
    r"(?:Comment (?:in|on)|Erratum (?:in|for)|Update (?:in|of)|Republished (?:in|from)|Retraction (?:in|of)"
    r"|Expression of concern (?:in|for))\b"
    r"|Published by |Publisher:|\[Indexed for|Republished in",
    re.IGNORECASE,
)
_KIND = re.compile(r"\[(?:Article|Book) in [^\]]+\]\.?\s*\Z", re.IGNORECASE)
_MARKS = re.compile(r"(?:\(\d+\)|\(#\)|[†‡*§])+")
_NAME = re.compile(r"(?:[^\W\d_][\w.'’ʼ-]*\s+){1,6}[^\W\d_a-z][A-Z]{0,4}(?:\s+(?:Jr|Sr|2nd|3rd|II|III|IV))?\Z")


def sniff(head: bytes) -> bool:
    """Whether the text starts with a source line or a reference numbered 1, and a PMID follows."""
    text = decode(head).lstrip("\ufeff")
    return (_ABSTRACT_FORM.match(text) or _SUMMARY_FORM.match(text)) is not None and _PMID.search(text) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(_records(source.text(), source, ledger), source, ledger)


def _records(text: str, source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    summaries = _SUMMARY_FORM.match(text.lstrip("\ufeff")) is not None
    for number, (line, record) in enumerate(_numbered(text), start=1):
        found = _summary(record) if summaries else _abstract(record)
        fields = {name: value for name, value in found.items() if value}
        if fields.keys() - {"source"}:
            yield number, line, fields
        else:
            ledger.reject(source.name, number, "the record has no field that is known", line=line, text=record)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each record: those that begin with the next number, after a blank line."""
    lines: list[str] = []
    start, expected, blank = 1, 1, True
    for number, line in enumerate(text.split("\n"), start=1):
        match = _START.match(line.lstrip("\ufeff")) if blank else None
        if match is not None and int(match.group(1)[:9]) == expected:
            if lines:
                yield start, "\n".join(lines).strip("\n")
            lines, start, expected = [line.lstrip("\ufeff")[match.end() :]], number, expected + 1
        elif expected > 1:
            lines.append(line)
        blank = not line.strip()
    if lines:
        yield start, "\n".join(lines).strip("\n")


def _abstract(record: str) -> Mapping[str, Any]:
    """Fields of a record in paragraphs."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", record) if part.strip()]
    fields = _placed(single_spaced(paragraphs[0])) if paragraphs else {}
    rest = paragraphs[1:]
    if rest and not _ENDS.match(rest[0]):
        title = _KIND.sub("", single_spaced(plain_markup(rest.pop(0)))).strip()
        fields["title"] = title.removesuffix(".").strip("[]") if title.startswith("[") else title.removesuffix(".")
    if rest and _KIND.match(rest[0]):
        rest.pop(0)
    if rest and (names := _authors(rest[0])):
        fields["authors"] = names
        rest.pop(0)
    body: list[str] = []
    for part in rest:
        if _ENDS.match(part):
            # What stands below the identifiers is no abstract any more.
            if re.match(r"(?:DOI|PMID|PMCID): ?\S", part):
                break
            continue
        body.append(single_spaced(plain_markup(part)))
    fields["abstract"] = "\n".join(body)
    return {**fields, **_identifiers(record)}


def _authors(paragraph: str) -> list[str]:
    # Groups stand behind a semicolon; people are parted by commas.
    parts = _MARKS.sub("", single_spaced(paragraph)).rstrip(".").split(";")
    names = [name for part in parts for name in split_names(part)]
    alike = sum(bool(_NAME.match(name)) for name in names)
    return names if alike > 0.5 * len(names) else []


def _summary(record: str) -> Mapping[str, Any]:
    """Fields of a reference: authors, title and source, each ended by a full stop."""
    text = single_spaced(plain_markup(record))
    first, stop, rest = text.partition(". ")
    names = _authors(first) if stop else []
    titled = rest if names else text
    # Of the places at which the journal may begin the last one before a date is meant.
    date = _DATED.search(titled)
    ends = list(_SENTENCE.finditer(titled, 0, date.start() + 1)) if date else []
    title, place = (titled[: ends[-1].start() + 1], titled[ends[-1].end() :]) if ends else (titled, "")
    title = title.strip()
    return {
        **(_placed(place) if place else {}),
        "title": title.removesuffix(".").strip("[]") if title[:1] == "[" else title.removesuffix("."),
        "authors": names,
        **_identifiers(record),
    }


_DATED = re.compile(r"\.\s+(?:1[89]|20)\d\d\b(?=[^.]{0,25}[;:.])")
_SENTENCE = re.compile(r"[.?!\]]\s+(?=[^\W\d_a-z])")


def _placed(text: str) -> dict[str, Any]:
    """Journal, date and place of a source line, such as ``J Lake Stud. 2014 Mar;25(3):105-12. doi: …``."""
    match = _SOURCE.match(text)
    if match is None:
        return {"source": "PubMed"}
    place = _PLACE.match(match.group("rest"))
    return {
        "venue": match.group("venue").strip(" ."),
        "published": finest(match.group("date")),
        **({name: value.strip() for name, value in place.groupdict().items() if value} if place else {}),
        "source": "PubMed",
    }


def _identifiers(record: str) -> dict[str, Any]:
    doi, pmid, pmcid = _DOI.search(record), _PMID.search(record), _PMCID.search(record)
    return {
        "doi": normal_doi(doi.group(1)) if doi else None,
        "pmid": (pmid.group(1) or pmid.group(2)) if pmid else None,
        "pmcid": pmcid.group(1) if pmcid else None,
    }

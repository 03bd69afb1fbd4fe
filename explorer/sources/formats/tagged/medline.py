"""MEDLINE, the format of PubMed's ``.nbib`` files: ``PMID- 8692918``, continuation lines indented by six.

Specification: National Library of Medicine, *MEDLINE/PubMed Data Element (Field) Descriptions*
(https://www.nlm.nih.gov/bsd/mms/medlineelements.html). Dialects met: PubMed, ERIC (``OWN - ERIC``, the DOI as an address).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked
from explorer.papers.column_names import PLACEHOLDER
from explorer.papers.identifiers import normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.formats.record_fields import editors_text
from explorer.sources.formats.tagged.tagged import Tagged, accounted, readable
from explorer.sources.source import Source, decode, tables

LABEL = "MEDLINE (nbib)"
SUFFIXES: tuple[str, ...] = (".nbib", ".medline")

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3})\s{0,2}- ?(.*)", re.DOTALL)
_SNIFF = re.compile(r"\A\s*(?:PMID ?- ?\d+|OWN - )", re.MULTILINE)
_NOT_SUBJECTS = frozenset(("Humans", "Animals", "Male", "Female"))
_EXTRA = {"pmid": "PMID", "volume": "VI", "number": "IP", "pages": "PG", "language": "LA", "place": "PL", "pmcid": "PMC"}
_USED = frozenset(
    "PMID TI BTI AB FAU AU CN FED ED JT TA DP DEP LID AID MH OT OTO VI IP PG LA PL PMC IS ISSN SO PB CTI URL OWN OID".split()
)


def sniff(head: bytes) -> bool:
    """Whether the text starts with an identifier line."""
    return _SNIFF.search(decode(head)) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(accounted(_records(source.text()), source, ledger, _fields, ""), source, ledger)


def _records(text: str) -> Iterator[Tagged]:
    record: Tagged | None = None
    tag = ""
    after_blank = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            after_blank = True
            continue
        match = None if line.startswith("   ") else _TAG.match(line)
        if match is None:
            if record is not None and tag:
                record.extend(tag, line.strip())
            after_blank = False
            continue
        tag = match.group(1)
        if record is not None and (tag == "PMID" or after_blank):
            yield record
            record = None
        if record is None:
            record = Tagged(number)
        record.add(tag, match.group(2).strip())
        after_blank = False
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    headings = [heading.replace("*", "") for heading in record.all("MH")]
    identifiers = [value for value in record.all("LID", "AID") if value.endswith("[doi]")] or record.all("AID", "LID", "SO")
    editors = record.all("FED") or record.all("ED")
    chapter = bool(record.first("BTI") and record.first("TI"))
    return {
        "title": readable(_title(record)),
        "authors": [*(record.all("FAU") or record.all("AU")), *map(marked, record.all("CN"))] or editors,
        "editors": editors_text(editors),
        "abstract": readable(record.first("AB", "OAB")),
        "venue": readable(_university(record) or (record.first("BTI") if chapter else record.first("JT", "TA", "CTI", "PB"))),
        "published": record.date("DP", "DEP"),
        "keywords": list(dict.fromkeys([*record.parts("OT"), *(h for h in headings if h not in _NOT_SUBJECTS)])),
        "doi": next((doi for value in identifiers if (doi := normal_doi(value))), None),
        "url": record.url("URL", "LID"),
        "source": "ERIC" if record.first("OWN") == "ERIC" else "PubMed",
        "publisher": record.first("PB"),
        "issn": next((value.split(" ")[0] for value in record.all("IS", "ISSN")), None),
        **{name: record.first(tag) for name, tag in _EXTRA.items()},
        **record.rest(_USED),
    }


def _title(record: Tagged) -> str | None:
    """The first title that is one: PubMed says of some articles that there is none in English."""
    titles = (record.first(tag) for tag in ("TI", "BTI", "TT", "CTI"))
    return next((title for title in titles if title and not PLACEHOLDER.fullmatch(title)), None)


def _university(record: Tagged) -> str | None:
    """University of a thesis, as ERIC gives it: ``Ph.D. Dissertation, Drexel University``."""
    match = re.fullmatch(r".*(?:Dissertation|Thesis), (.+)", record.first("SO") or "")
    return match.group(1) if match else None

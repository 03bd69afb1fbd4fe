"""RIS: ``TY  - JOUR`` … ``ER  -``.

Specification: Research Information Systems, *RIS Format Specifications*
(https://en.wikipedia.org/wiki/RIS_(file_format)). Dialects met: EndNote (keywords on continuation lines, dates without a
year), Zotero, Mendeley, Reference Manager (``A1``, ``T1``, ``N2``), Embase, Ovid, ProQuest (long lines before the tag), Cochrane
and IEEE (``JA``, ``Y1`` in words), Scopus (``C3`` for proceedings), Web of Science, RefWorks (``TY - JOUR`` with one space),
records without ``TY`` or ``ER``, numbers between records, byte order marks.

What RIS cannot hold: white space is single spaces, and columns beyond the schema that RIS has no tag for are left out. Our own
records say ``DP  - Literature Explorer`` and are read to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.formats.source import Source, decode, tables
from explorer.formats.tagged import Tagged, accounted, readable
from explorer.formats.target import deliver, known_dates
from explorer.identifiers import normal_doi
from explorer.ledger import Ledger
from explorer.markup import has_plain_spaces, single_spaced
from explorer.schema import FIELDS, to_table

if TYPE_CHECKING:
    import pandas as pd

LABEL = "RIS"
SUFFIXES: tuple[str, ...] = (".ris",)

_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9])(  ?|\t)-(?:[ \t]|$)(.*)", re.DOTALL)
_END = re.compile(r"\nER  -[ \t]*(?:\n|\Z)")
_SNIFF = re.compile(r"^\s{0,3}TY {0,2}- ?\w+|^ER {0,2}- *$", re.MULTILINE)
_KNOWN = frozenset(
    "TY ER A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP ED EP ET ID IS J1 J2 JA JF JO KW"
    " L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RI RN RP SE SN SP ST T1 T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2".split()
)
_STARTS = {f"{tag}  - ": tag for tag in _KNOWN - {"ER"}}
"""How a line within a record starts by the specification, and its tag."""
_MARK = "Literature Explorer"
# Works that a house brings out by themselves; whatever is none of the kinds named here appears in something.
_BY_HOUSES = frozenset(
    "BOOK EBOOK EDBOOK CLSWK SER THES RPRT GOVDOC STAND COMP MAP DATA DBASE AGGR ANCIENT EQUA GRNT SOUND MUSIC VIDEO MPCT MULTI"
    " ADVS ART CHART FIGURE PAT HEAR MANSCPT PAMP UNBILL UNPD SLIDE ICOMM PCOMM".split()
)
_ON_SITES = frozenset(("WEB", "ELEC", "BLOG"))
_IN_CONFERENCES = frozenset(("CONF", "CPAPER"))
_IN_BOOKS = frozenset("CHAP ECHAP DICT ENCYC".split())
# Without an author these are the work of their editors, sponsors or performers.
_BY_OTHERS = frozenset("BOOK EDBOOK EBOOK CONF SER BILL ADVS".split())
_EXTRA = {"entry_type": "TY", "volume": "VL", "number": "IS", "publisher": "PB", "issn": "SN", "language": "LA", "place": "CY"}
_USED = frozenset("TY TI T1 CT AU A1 AB N2 JF JO JA J1 J2 T2 BT C3 PB KW DO DI PY Y1 DA UR L1 L2 LK ID DP SP EP AN ER".split())
_NAMES = {"VO": "volume", "VL": "volume", "IS": "number", "SN": "issn", "LA": "language", "CY": "place", "DB": "source"}


def sniff(head: bytes) -> bool:
    """Whether a line starts or ends a record."""
    return _SNIFF.search(decode(head)) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records; a record without its ``TY`` or ``ER`` line is read and noted as repaired."""
    ending = "the record has no TY line at its start or no ER line at its end"
    yield from tables(accounted(_records(source.text()), source, ledger, _fields, ending), source, ledger)


def _records(text: str) -> Iterator[Tagged]:
    """Split into records: those that are laid out as the specification says in one step each, the others line by line."""
    start, number = 0, 1
    while start < len(text):
        if text[start] == "\n":
            start, number = start + 1, number + 1
            continue
        # Searching for a fixed text is several times as fast as for a pattern.
        place, last = start - 1, None
        while last is None and (place := text.find("\nER  -", place + 1)) >= 0:
            last = _END.match(text, place)
        end = last.end() if last is not None else len(text)
        record = _laid_out(text[start:place], number) if last is not None else None
        if record is not None:
            yield record
        else:
            yield from _dialect(text[start:end], number)
        number += text.count("\n", start, end)
        start = end


def _laid_out(text: str, number: int) -> Tagged | None:
    """Record of which every line is as the specification says, from its ``TY`` line on; None if one is not."""
    if not text.startswith("TY  - "):
        return None
    lines = text.split("\n")
    fields: dict[str, list[str]] = {}
    # Of two spaces in a row each line has those behind its tag.
    tidy = text.count("  ") == len(lines) and has_plain_spaces(text)
    try:
        for line in lines:
            tag = _STARTS[line[:6]]
            value = line[6:].strip()
            if not tidy and ("  " in value or not value.isprintable()):
                value = single_spaced(value)
            if tag in fields:
                fields[tag].append(value)
            else:
                fields[tag] = [value]
    except KeyError:
        return None
    return Tagged(number, fields) if len(fields["TY"]) == 1 else None


def _dialect(text: str, first: int) -> Iterator[Tagged]:
    """Split into records; tolerate what dialects do to the lines between them. `first` is the number of the first line."""
    record: Tagged | None = None
    fields: dict[str, list[str]] = {}
    tag = ""
    for number, line in enumerate(text.split("\n"), start=first):
        # Nearly every line is laid out as the specification says.
        if line[2:6] == "  - " and line[:2] in _KNOWN:
            tag, value = line[:2], line[6:]
        elif not line:
            continue
        else:
            match = _TAG.match(line)
            # One space before the dash is also how running text looks; there the tag has to be a known one.
            if match is None or (match.group(2) != "  " and match.group(1) not in _KNOWN):
                if record is not None and tag and (more := line.strip()):
                    record.extend(tag, more)
                continue
            tag, value = match.group(1), match.group(3)
        if record is not None and tag in fields and tag != "TY":
            record.add(tag, value)
        elif tag == "ER":
            if record is not None:
                record.complete = "TY" in fields
                yield record
            record, fields, tag = None, {}, ""
        else:
            if record is not None and tag == "TY":
                yield record
                record = None
            if record is None:
                record = Tagged(number, complete=False)
                fields = record.fields
            fields[tag] = [single_spaced(value)]
    if record is not None:
        yield record


def _fields(record: Tagged) -> Mapping[str, Any]:
    if _MARK in record.fields.get("DP", ()):
        return _own(record)
    kind = (record.first("TY") or "").upper()
    identity, accession = record.first("ID"), record.first("AN")
    first, last = record.first("SP"), record.first("EP")
    fields: dict[str, Any] = {
        **record.rest(_USED, _NAMES),
        "title": readable(record.first("TI", "T1", "CT", *(() if kind in _IN_BOOKS else ("BT",)), "ST")),
        "authors": record.lines("AU", "A1") or (record.lines("A2", "ED") if kind in _BY_OTHERS else None),
        "abstract": readable(record.first("AB", "N2")),
        "venue": readable(_venue(record, kind)),
        "keywords": record.parts("KW"),
        "published": record.date("PY", "Y1", "DA"),
        "doi": record.doi("DO", "DI", "L3") or _stray_doi(record),
        "arxiv_id": record.arxiv_id("AN", "UR", "M1", "JO", "T2"),
        "url": record.url("UR", "L2", "LK", "L1"),
        "entry_type": kind,
        "publisher": record.first("PB"),
        "pages": f"{first}-{last}" if first and last and first != last else first or last or "",
    }
    if identity and not identity.isdigit():
        fields["id"] = identity
    if accession and accession.isdigit() and re.search(r"medline|pubmed", f"{record.first('DB', 'DP')}", re.I):
        fields["pmid"] = accession
    elif accession:
        fields["accession"] = accession
    return fields


def _venue(record: Tagged, kind: str) -> str | None:
    """Where it appeared: the container, or the publisher of a work of its own."""
    if kind in _IN_CONFERENCES:
        # Reference Manager keeps fields RIS has no tag for in notes, behind their labels.
        labelled = (note[19:].strip() for note in record.all("N1") if note.startswith("Proceedings Title:"))
        return record.first("C3", "T2", "BT", "JF", "JO") or next(labelled, None) or record.first("T3", "PB")
    if kind in ("BILL", "STAT"):
        return record.first("T2", "CY", "PB")
    if kind in _IN_BOOKS:
        return record.first("T2", "BT", "JF", "PB")
    if kind in ("CASE", "LEGAL"):
        # EndNote's layout of these keeps the reporter, in which a decision is printed, among the names.
        return record.first("A2", "PB", "T2")
    if kind in _BY_HOUSES:
        return record.first("PB", "T2", "JF", "JO", "T3")
    if kind in _ON_SITES:
        # EndNote's layout of these has the name of the site as that of a periodical, and a series beside it.
        return record.first("JF", "JO", "JA", "J2", "J1", "T2", "BT", "PB")
    return record.first("JF", "T2", "JO", "JA", "J2", "J1", "C3", "BT", "PB")


def _stray_doi(record: Tagged) -> str | None:
    """DOI that a dialect keeps in a note or an address; a note has to be nothing but it."""
    for value in record.all("M3", "N1", "AN"):
        if doi := normal_doi(value):
            bare = re.sub(r"^(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)", "", value, flags=re.I)
            if bare.lower().rstrip(".") == doi:
                return doi
    return next((doi for value in record.all("UR", "L2") if "doi.org/" in value and (doi := normal_doi(value))), None)


def _own(record: Tagged) -> Mapping[str, Any]:
    """Fields of a record that `to_ris` wrote."""
    counts = dict(item.split("=", 1) for item in record.all("C7") if "=" in item)
    extra = {name: record.first(tag) for name, tag in _EXTRA.items() if name != "entry_type"}
    return {
        "id": record.first("ID"), "title": record.first("TI"), "abstract": record.first("AB"), "authors": record.all("AU"),
        "published": record.first("DA"), "venue": record.first("T2"), "keywords": record.all("KW"), "url": record.first("UR"),
        "doi": record.first("DO"), "arxiv_id": record.first("AN"), "code_url": record.first("L3"),
        "upvotes": counts.get("upvotes"), "comments": counts.get("comments"), "source": record.first("DB"),
        "entry_type": record.first("TY"), "pages": record.first("SP"), **extra,
    }  # fmt: skip


def to_ris(papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, ledger: Ledger | None = None) -> bytes:
    """Write papers as RIS.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    ledger : Ledger, optional
        Takes what RIS cannot hold: columns it has no tag for.

    Returns
    -------
    bytes
        UTF-8, lines that end in CRLF, as the specification asks.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.
    """
    table = to_table(papers)
    kept = {name: tag for name, tag in {**_EXTRA, "pages": "SP"}.items() if name in table.column_names}
    for name in table.column_names:
        if name not in FIELDS and name not in kept and ledger is not None:
            ledger.lose("RIS", 0, name, "", "", "RIS has no tag for this column")
    dates = known_dates(table)
    lines: list[str] = []
    for row, paper in enumerate(table.to_pylist()):
        lines.append(f"TY  - {_type(paper)}")
        values: list[tuple[str, Any]] = [("ID", paper["id"]), ("TI", paper["title"])]
        values += [("AU", name) for name in paper["authors"] or ()]
        values += [("PY", f"{paper['year']:04d}" if paper["year"] is not None else None), ("DA", _slashed(dates[row]))]
        values += [("T2", paper["venue"]), ("AB", paper["abstract"]), *(("KW", word) for word in paper["keywords"] or ())]
        values += [("DO", paper["doi"]), ("UR", paper["url"]), ("L3", paper["code_url"]), ("DB", paper["source"])]
        values += [("AN", f"arXiv:{paper['arxiv_id']}" if paper["arxiv_id"] else None)]
        values += [("C7", f"{name}={paper[name]}") for name in ("upvotes", "comments") if paper[name] is not None]
        values += [(tag, paper[name]) for name, tag in kept.items() if name != "entry_type"]
        lines += [f"{tag}  - {text}" for tag, value in values if value is not None and (text := single_spaced(str(value)))]
        lines += [f"DP  - {_MARK}", "ER  - ", ""]
    return deliver("".join(f"{line}\r\n" for line in lines).encode(), path)


def _type(paper: Mapping[str, Any]) -> str:
    """Type of reference: the one that was read, else a preprint, a paper of a conference or of a journal."""
    given = paper.get("entry_type")
    if isinstance(given, str) and re.fullmatch(r"[A-Z]{3,8}", given):
        return given
    venue = (paper["venue"] or "").lower()
    if re.search(r"proceedings|conference|workshop|symposium", venue):
        return "CPAPER"
    return "JOUR" if venue and not venue.startswith("arxiv") else "UNPB" if paper["arxiv_id"] else "GEN"


def _slashed(day: str | None) -> str | None:
    """RIS writes ``2024/03//`` for a month of a year."""
    return None if day is None else "/".join([*day.split("-"), "", ""][:3]) + "/"

"""RIS: ``TY  - JOUR`` … ``ER  -``.

Specification: Research Information Systems, *RIS Format Specifications*
(https://en.wikipedia.org/wiki/RIS_(file_format)). Dialects met: EndNote (keywords on continuation lines, dates without a
year), Zotero, Mendeley, Reference Manager (``A1``, ``T1``, ``N2``), Embase, Ovid, ProQuest (long lines before the tag), Cochrane
and IEEE (``JA``, ``Y1`` in words), Scopus (``C3`` for proceedings), Web of Science, RefWorks (``TY - JOUR`` with one space),
records without ``TY`` or ``ER``, numbers and stray lines between records, wrapped text that looks like a tag (see `ris_lines`), all
authors in one ``AU``, byte order marks.

What RIS cannot hold: white space is single spaces, names are written family name first, and columns beyond the schema that RIS has no tag
for are left out. Our own records say ``DP  - Literature Explorer`` and are read to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.disk import deliver
from explorer.papers.author_names import display, family_first, marked, parse_name
from explorer.papers.edtf import SEASONS
from explorer.papers.identifiers import normal_doi
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS, TEXT
from explorer.sources.formats.kinds import by_house, kind_of
from explorer.sources.formats.record_fields import (
    EDITORS,
    NOTES,
    cell_list,
    editors_text,
    extended_dates,
    known_dates,
    notes_of,
    numbers_in,
    people,
)
from explorer.sources.formats.tagged.ris_lines import ODD_TYPE, TAGS, Records, blocks, split, types_within, usual
from explorer.sources.formats.tagged.tag_table import TagTable, mapped, readables
from explorer.sources.source import Source, accepted, decode
from explorer.text.markup import single_spaced, unicode_maths

if TYPE_CHECKING:
    import pandas as pd

LABEL = "RIS"
SUFFIXES: tuple[str, ...] = (".ris",)

_SNIFF = re.compile(r"^\s{0,3}TY {0,2}- ?\w+|^ER {0,2}- *$", re.MULTILINE)
_MARK = "Literature Explorer"
# Works that a house brings out by themselves; whatever is none of the kinds named here appears in something.
_BY_HOUSES = frozenset(
    "BOOK EBOOK EDBOOK CLSWK SER THES RPRT GOVDOC STAND COMP MAP DATA DBASE AGGR ANCIENT EQUA GRNT SOUND MUSIC VIDEO MPCT MULTI"
    " ADVS ART CHART FIGURE PAT HEAR MANSCPT PAMP UNBILL UNPD SLIDE ICOMM PCOMM".split()
)
_ON_SITES = frozenset(("WEB", "ELEC", "BLOG"))
_IN_CONFERENCES = frozenset(("CONF", "CPAPER"))
_IN_BOOKS = frozenset("CHAP ECHAP DICT ENCYC".split())
_CONTAINERS = {
    frozenset(("BILL", "STAT")): ("T2", "CY", "PB"),
    _IN_BOOKS: ("T2", "BT", "JF", "PB"),
    # EndNote's layout of these keeps the reporter, in which a decision is printed, among the names.
    frozenset(("CASE", "LEGAL")): ("A2", "PB", "T2"),
    _BY_HOUSES: ("PB", "T2", "JF", "JO", "T3"),
    # EndNote's layout of these has the name of the site as that of a periodical, and a series beside it.
    _ON_SITES: ("JF", "JO", "JA", "J2", "J1", "T2", "BT", "PB"),
}
"""Tags that say where works of some kinds appeared."""
# Without an author these are the work of their editors, sponsors or performers.
_BY_OTHERS = frozenset("BOOK EDBOOK EBOOK CONF SER BILL ADVS RPRT GEN".split())
# Second names of these are no editors, but sponsors, reporters, performers, owners of a patent.
_WITHOUT_EDITORS = frozenset("ADVS BILL CASE HEAR LEGAL MPCT MUSIC PAT SOUND STAT VIDEO".split())
# EndNote's layout of these has the editors of a series as second names, and their own as third.
_OF_SERIES = frozenset("BOOK EBOOK".split())
_NAMES = {
    "VO": "volume", "VL": "volume", "IS": "number", "LA": "language", "CY": "place", "DB": "source", "ET": "edition", "N1": "note",
    "T3": "series", "AD": "affiliation", "ST": "shorttitle",
}  # fmt: skip
"""Columns that tags are kept in."""
_USED = frozenset(
    "TY TI T1 CT AU A1 A2 A3 ED AB N2 JF JO JA J1 J2 T2 BT C3 PB KW DO DI PY Y1 DA UR L1 L2 LK ID DP SP EP SN AN ER".split()
)
_ADDRESSES = ("UR", "L2", "LK", "L1")
_WRITTEN = {
    "volume": "VL", "number": "IS", "publisher": "PB", "language": "LA", "langid": "LA", "place": "CY", "address": "CY", "location": "CY",
    "edition": "ET", "series": "T3", "affiliation": "AD", "shorttitle": "ST", "isbn": "SN", "issn": "SN",
}  # fmt: skip
"""Tags that columns are written in; the first of the columns that one paper has for a tag, but of both numbers."""
_LISTED = frozenset(("AD", "SN"))
"""Tags that may come again."""
_NOTED = ("accession", "edtf", "pmcid", "pmid")
"""Columns that stand in custom fields, for which RIS has no tag, or one that may be another's."""
_ELSEWHERE = frozenset(
    ("entry_type", "pages", "title_latex", "further_urls", "series_editors", "A2", "A3", *EDITORS, *NOTES, *_NOTED, *_WRITTEN)
)
_ISBN = r"(?:^|[^0-9])(?:97[89][- ]?)?(?:[0-9][- ]?){9}[0-9Xx](?:[^0-9]|$)"


def sniff(head: bytes) -> bool:
    """Whether a line starts or ends a record."""
    text = decode(head)
    return _SNIFF.search(text) is not None or ODD_TYPE.search(text) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records; a record without its ``TY`` or ``ER`` line is read and noted as repaired."""
    done, line = 0, 1
    data = usual(source.utf8())
    within = types_within(data)
    for block in blocks(data, source.name):
        records = split(block, line, within=within)
        for before, place, text in records.stray:
            ledger.repair(source.name, done + before, "", text, "", "lines between records are left out", line=place)
        if records.table.count:
            yield from _accounted(records, done, source, ledger)
        done, line = done + records.table.count, line + block.count(b"\n")


def _accounted(records: Records, done: int, source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Turn records into a table of the schema, and reject those without any field; `done` is the number of records before."""
    table = records.table
    own = np.zeros(table.count, bool)
    marks = table.places("DP")
    own[table.records[marks[pc.equal(table.texts(marks), _MARK).to_numpy(zero_copy_only=False)]]] = True
    given = _own_fields(table) if own.all() else _fields(table)
    if own.any() and not own.all():
        both = pa.concat_tables(
            [_fields(table.of_records(~own)), _own_fields(table.of_records(own))], promote_options="default"
        )
        given = both.take(pa.array(np.argsort(np.argsort(own, kind="stable"))))
    empty = ~np.logical_or.reduce([_has_text(given.column(name)) for name in given.column_names if name != "entry_type"])
    for row in np.flatnonzero(empty).tolist():
        shown = "; ".join(table.tags_of(row))
        reason = "the record has no field that is known"
        ledger.reject(source.name, done + row + 1, reason, line=int(records.lines[row]), text=shown)
    for row in np.flatnonzero(~records.complete & ~empty).tolist():
        reason = "the record has no TY line at its start or no ER line at its end"
        ledger.repair(source.name, done + row + 1, "", "", "", reason, line=int(records.lines[row]))
    rows = np.flatnonzero(~empty)
    if len(rows):
        places = list(zip((done + rows + 1).tolist(), records.lines[rows].tolist(), strict=True))
        yield accepted(given.filter(pa.array(~empty)) if empty.any() else given, places, source, ledger)


def _has_text(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    size = pc.list_value_length(column) if pa.types.is_list(column.type) else pc.binary_length(column)
    found: NDArray[np.bool_] = pc.fill_null(pc.greater(size, 0), False).to_numpy()
    return found


def _fields(table: TagTable) -> pa.Table:
    """Fields of the schema, and others, of each record."""
    kinds = pc.fill_null(pc.utf8_upper(table.text("TY")), "")
    first, last, identity, accession = table.text("SP"), table.text("EP"), table.text("ID"), table.text("AN")
    title = _else(table.first("TI", "T1", "CT"), np.where(_among(kinds, _IN_BOOKS), -1, table.first("BT")), table.first("ST"))
    named = table.first("AU", "A1")
    editors, more = _editors(table, kinds)
    # What names there are without an author; nothing for other kinds.
    alone = (named < 0) & _among(kinds, _BY_OTHERS)
    others = np.concatenate([editors, table.places("A2")[_among(kinds, _WITHOUT_EDITORS)[table.records[table.places("A2")]]]])
    others = others[alone[table.records[others]]]
    # Some dialects give the first author under the other tag: the order is that of the lines.
    names = np.concatenate([np.sort(table.places("AU", "A1")), others])
    doi = table.doi("DO", "DI", "L3")
    registered = pc.and_(pc.utf8_is_digit(accession), pc.match_substring_regex(table.text("DB", "DP"), "(?i)medline|pubmed"))
    registered = pc.fill_null(registered, False)
    published, edtf = _dates(table)
    url, further = table.urls(*_ADDRESSES)
    abstract, second = _abstracts(table)
    fields = {
        **table.rest(_USED, _NAMES),
        **more,
        **_serial_numbers(table),
        "title": readables(table.texts(title)),
        "authors": table.names(names[np.argsort(table.records[names], kind="stable")]),
        "abstract": readables(abstract),
        "N2": second,
        "venue": readables(_venues(table, kinds)),
        "keywords": table.parts("KW"),
        "published": published,
        "edtf": edtf,
        "doi": pc.coalesce(doi, _stray_dois(table, doi.is_null().to_numpy(zero_copy_only=False))),
        "arxiv_id": table.arxiv_id("AN", "UR", "M1", "JO", "T2"),
        "url": url,
        "further_urls": further,
        "entry_type": _types(table, kinds),
        "publisher": table.text("PB"),
        "pages": _pages(first, last),
        "id": pc.if_else(pc.utf8_is_digit(identity), None, identity),
        "pmid": pc.coalesce(pc.if_else(registered, accession, None), _noted_pmids(table)),
        "accession": pc.if_else(registered, None, accession),
    }
    return pa.table({name: column for name, column in fields.items() if name in FIELDS or column.null_count < table.count})


_WHOLE_DAY = r"^\d{4}/\d{1,2}/\d{1,2}/?$"


def _dates(table: TagTable) -> tuple[pa.Array, pa.Array]:
    """Date of each record, and what it says more in EDTF.

    Publishers' sites give a day under both tags: the older one is then that on which the article came out online, and the one that
    the specification has for dates that of its issue.
    """
    published, edtf = table.dates("PY", "Y1", "DA")
    if not len(table.places("Y1")) or not len(table.places("DA")):
        return published, edtf
    online, issued = table.text("Y1"), table.text("DA")
    both = pc.and_(pc.match_substring_regex(online, _WHOLE_DAY), pc.match_substring_regex(issued, _WHOLE_DAY))
    both = pc.fill_null(both, False)
    return pc.if_else(both, issued, published), pc.if_else(both, pa.scalar(None, TEXT), edtf)


def _abstracts(table: TagTable) -> tuple[pa.Array, pa.Array]:
    """The abstract of each record, all of its paragraphs; and another one beside it, as in a second language."""
    places = table.places("AB")
    text, more = table.text("AB", "N2"), table.text("N2")
    if len(places) and np.bincount(table.records[places], minlength=table.count).max() > 1:
        # A paragraph that stands twice is one.
        whole = [
            " ".join(dict.fromkeys(some)) or None
            for some in table.lists(table.texts(places), table.records[places]).to_pylist()
        ]
        text = pc.coalesce(pa.array(whole, TEXT), text)
    return text, pc.if_else(pc.equal(text, more), None, more)


_MASTER = "(?i)master|magist|\\bm\\.? ?(?:sc|a|phil|eng)\\b|diplom"


def _types(table: TagTable, kinds: pa.Array) -> pa.Array:
    """The type of each record; RIS has one for all theses, and says which in words."""
    kept = pc.if_else(pc.equal(kinds, ""), None, kinds)
    if not _among(kinds, frozenset(("THES",))).any():
        return kept
    master = pc.fill_null(pc.match_substring_regex(table.text("M3"), _MASTER), False)
    return pc.if_else(pc.and_(pc.equal(kinds, "THES"), master), pa.scalar("mastersthesis", TEXT), kept)


def _pages(first: pa.Array, last: pa.Array) -> pa.Array:
    """Pages between the first and the last one; either tag may have both."""
    both = pc.binary_join_element_wise(first, last, pa.scalar("-", TEXT))
    pages = pc.coalesce(pc.if_else(pc.equal(first, last), first, both), first, last)
    odd = pc.and_(pc.match_substring_regex(both, "[-–—].+[-–—]"), pc.is_valid(both))
    return mapped(pages, odd, _range)


def _range(pages: str) -> str:
    """``101-110`` of ``101-110-110`` and of ``101-101-110``; other texts stay."""
    parts = re.split("[-–—]+", pages)
    return "-".join(dict.fromkeys(parts)) if len(parts) == 3 and len(set(parts)) == 2 and parts[0] != parts[2] else pages


def _editors(table: TagTable, kinds: pa.Array) -> tuple[NDArray[np.int64], dict[str, pa.Array]]:
    """Places of the editors of each record; and the columns of these, of the editors of its series, and of other second names."""
    found = {tag: table.places(tag) for tag in ("A2", "A3", "ED")}
    if not any(map(len, found.values())):
        return np.empty(0, np.int64), {}
    none, whole = _among(kinds, _WITHOUT_EDITORS), _among(kinds, _OF_SERIES)
    has = {tag: np.bincount(table.records[places], minlength=table.count) > 0 for tag, places in found.items()}
    told = whole & (has["A3"] | has["ED"])

    def of(masks: dict[str, NDArray[np.bool_]]) -> NDArray[np.int64]:
        places = np.concatenate([found[tag][mask[table.records[found[tag]]]] for tag, mask in masks.items()])
        return places[np.argsort(table.records[places], kind="stable")]

    editors = of({"ED": np.ones(table.count, bool), "A2": ~none & ~told, "A3": whole})
    columns = {"editors": editors, "series_editors": of({"A2": told, "A3": ~whole & ~none})}
    more = {
        name: pa.array([editors_text(some) for some in table.names(places).to_pylist()], TEXT)
        for name, places in columns.items()
    }
    for tag in ("A2", "A3"):
        joined = pc.binary_join(table.lines(of({tag: none})), pa.scalar("\n", TEXT))
        more[tag] = pc.if_else(pc.equal(joined, ""), None, joined)
    return editors, more


def _serial_numbers(table: TagTable) -> dict[str, pa.Array]:
    """The numbers of a book and of a periodical, for which RIS has one tag."""
    places = table.places("SN")
    if not len(places):
        return {}
    book = pc.match_substring_regex(table.texts(places), _ISBN).to_numpy(zero_copy_only=False)
    joined = {
        name: pc.binary_join(table.lines(places[mask]), pa.scalar("\n", TEXT))
        for name, mask in (("isbn", book), ("issn", ~book))
    }
    return {name: pc.if_else(pc.equal(texts, ""), None, texts) for name, texts in joined.items()}


def _else(*places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first place of each record that is one."""
    chosen = places[0]
    for more in places[1:]:
        chosen = np.where(chosen < 0, more, chosen)
    return chosen


def _among(kinds: pa.Array, wanted: frozenset[str]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_in(kinds, value_set=pa.array(sorted(wanted), TEXT)).to_numpy(zero_copy_only=False)
    return found


def _venues(table: TagTable, kinds: pa.Array) -> pa.Array:
    """Where each appeared: the container, or the publisher of a work of its own."""
    places = table.first("JF", "T2", "JO", "JA", "J2", "J1", "C3", "BT", "SO", "PB")
    for wanted, tags in _CONTAINERS.items():
        if (mine := _among(kinds, wanted)).any():
            places = np.where(mine, table.first(*tags), places)
    venues = table.texts(places)
    if not (meetings := _among(kinds, _IN_CONFERENCES)).any():
        return venues
    # Reference Manager keeps fields RIS has no tag for in notes, behind their labels.
    notes = table.places("N1")
    labelled = pc.extract_regex(table.texts(notes), "^Proceedings Title: *(?P<title>.+)")
    proceedings = table.found(notes, pc.struct_field(labelled, "title"))
    named = pc.coalesce(table.text("C3", "T2", "BT", "JF", "JO"), proceedings, table.text("T3", "PB"))
    return pc.if_else(pa.array(meetings), named, venues)


def _stray_dois(table: TagTable, unknown: NDArray[np.bool_]) -> pa.Array:
    """DOIs that a dialect keeps in a note or an address, for the records that are `unknown` to have one elsewhere."""

    def found(tags: tuple[str, ...], mark: str, function: Callable[[str], str | None]) -> pa.Array:
        places = table.places(*tags)
        places = places[unknown[table.records[places]]]
        texts = table.texts(places)
        wanted = pc.match_substring(texts, mark)
        return table.found(places, mapped(pc.if_else(wanted, texts, None), wanted, function))

    return pc.coalesce(found(("M3", "N1", "AN"), "10.", _only_doi), found(("UR", "L2"), "doi.org/", normal_doi))


def _noted_pmids(table: TagTable) -> pa.Array:
    """PMIDs that a note is made of, as Zotero writes what it has no field for."""
    places = table.places("N1")
    texts = table.values.take(pa.array(places))
    wanted = pc.match_substring(texts, "PMID:")
    return table.found(places, mapped(pc.if_else(wanted, texts, None), wanted, lambda text: numbers_in(text).get("pmid")))


def _only_doi(text: str) -> str | None:
    """The DOI that is all there is of a text."""
    doi = normal_doi(text)
    bare = re.sub(r"^(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)", "", text, flags=re.I)
    return doi if bare.lower().rstrip(".") == doi else None


def _own_fields(table: TagTable) -> pa.Table:
    """Fields of records that `to_ris` wrote."""
    table = _literals_marked(table)
    places = table.places("C7")
    notes = table.texts(places)

    def noted(name: str) -> pa.Array:
        return table.found(places, pc.struct_field(pc.extract_regex(notes, f"^{name}=(?P<count>.+)"), "count"))

    def every(tag: str) -> pa.Array:
        places = table.places(tag)
        return table.lists(table.texts(places), table.records[places])

    tags = {
        "id": "ID", "title": "TI", "abstract": "AB", "published": "DA", "url": "UR", "doi": "DO", "code_url": "L3", "source": "DB",
        "volume": "VL", "publisher": "PB", "language": "LA", "place": "CY",
    }  # fmt: skip
    first, last, accession = table.text("SP"), table.text("EP"), table.text("AN")
    _, further = table.urls("UR")
    fields = {
        **table.rest(_OWN, _NAMES),
        **_serial_numbers(table),
        **{name: table.text(tag) for name, tag in tags.items()},
        **{name: noted(name) for name in (*_NOTED, "upvotes", "comments")},
        "entry_type": _types(table, pc.fill_null(table.text("TY"), "")),
        "arxiv_id": pc.if_else(pc.starts_with(accession, "arXiv:"), accession, None),
        "venue": pc.if_else(pc.fill_null(pc.equal(noted("venue"), "PB"), False), table.text("PB"), table.text("T2")),
        "pages": pc.coalesce(pc.binary_join_element_wise(first, last, pa.scalar("-", TEXT)), first),
        "keywords": every("KW"),
        "further_urls": further,
    }
    editors, more = _editors(table, pc.fill_null(pc.utf8_upper(table.text("TY")), ""))
    fields |= more
    # An edited work has no authors of its own.
    edited = pc.fill_null(pc.equal(noted("authors"), "ED"), False)
    makers = np.concatenate([table.places("AU"), editors[edited.to_numpy(zero_copy_only=False)[table.records[editors]]]])
    makers = makers[np.argsort(table.records[makers], kind="stable")]
    fields["authors"] = table.lists(_bodies_marked(table.texts(makers)), table.records[makers])
    return pa.table({name: column for name, column in fields.items() if name in FIELDS or column.null_count < table.count})


def _literals_marked(table: TagTable) -> TagTable:
    """The table with names in braces that have a comma and are noted to be bodies'."""
    places = table.places("C7")
    places = places[_literal(table.values.take(pa.array(places)))]
    if not len(places):
        return table
    noted = {(int(table.records[place]), table.values[place].as_py().removeprefix(_LITERAL)) for place in places}
    values = table.values.to_pylist()
    for place in table.places("AU", "A2", "A3", "ED"):
        if (int(table.records[place]), values[place]) in noted:
            values[place] = f"{{{values[place]}}}"
    return replace(table, values=pa.array(values, table.values.type))


_LITERAL = "literal="


def _literal(notes: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(pc.starts_with(notes, _LITERAL), False).to_numpy(zero_copy_only=False), bool)


def _bodies_marked(names: pa.Array) -> pa.Array:
    """Names as the table keeps them: a body's, which ends in a comma here, in braces."""
    return mapped(names, pc.match_substring_regex(names, "^[^,]+,$"), lambda name: marked(name[:-1]) or name)


_OWN = frozenset("TY ID TI AU A2 A3 ED PY DA T2 PB AB KW DO UR L3 DB AN C7 SP EP SN VL LA CY DP ER".split())
_PER_TAG = frozenset(TAGS) - _OWN - _NAMES.keys()
"""Tags that nothing else is written in: a column of such a name is written under it."""


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

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> explorer.to_ris(papers).decode().splitlines()[2:4]
    ['TI  - Adding numbers', 'AU  - Lee, Ann']
    """
    return deliver(b"".join(ris_parts(PaperBatches.of(papers), ledger)), path)


def ris_parts(papers: PaperBatches, ledger: Ledger | None = None) -> Iterator[bytes]:
    """What `to_ris` gives, a batch of papers at a time."""
    tagged = [name for name in papers.column_names if name in _PER_TAG]
    kept = [name for name in _WRITTEN if name in papers.column_names]
    for name in papers.column_names:
        if name not in FIELDS and name not in _ELSEWHERE and name not in tagged and ledger is not None:
            ledger.lose("RIS", 0, name, "", "", "RIS has no tag for this column")
    for table in papers:
        rows = zip(table.to_pylist(), known_dates(table), extended_dates(table), strict=True)
        lines = [line for row in rows for line in _record(*row, tagged, kept)]
        yield "".join(f"{line}\r\n" for line in lines).encode()


def _record(
    paper: Mapping[str, Any], day: str | None, extended: str | None, tagged: Sequence[str], kept: Sequence[str]
) -> list[str]:
    """Lines of one paper."""
    values: list[tuple[str, Any]] = [("ID", paper["id"]), ("TI", _readable(paper["title"]))]
    makers, housed, kind = people(paper), by_house(paper), _type(paper)
    values += [("AU", ris_name(name)) for name in makers.authors]
    values += [("ED" if kind_of(paper).house else "A2", ris_name(name)) for name in makers.editors]
    series = cell_list(str(paper.get("series_editors") or ""))
    values += [("A2" if kind in _OF_SERIES else "A3", ris_name(name)) for name in series]
    values += [
        (tag, line) for tag in ("A2", "A3") for line in str(paper.get(tag) or "").split("\n") if kind in _WITHOUT_EDITORS
    ]
    values += [
        ("PY", f"{paper['year']:04d}" if paper["year"] is not None else None),
        ("DA", _slashed(day, extended)),
    ]
    values += [
        ("PB" if housed else "T2", _readable(paper["venue"])),
        *(("KW", word) for word in paper["keywords"] or ()),
    ]
    addresses = [paper["url"], *str(paper.get("further_urls") or "").split()]
    values += [
        ("DO", paper["doi"]),
        *(("UR", address) for address in addresses),
        ("L3", paper["code_url"]),
        ("DB", paper["source"]),
    ]
    number = f"arXiv:{paper['arxiv_id']}" if paper["arxiv_id"] else paper.get("accession") or paper.get("pmid")
    values += [("AN", number), *_paged(paper.get("pages"))]
    written = {tag for tag, value in values if value}
    for name in kept:
        tag, text = _WRITTEN[name], str(paper[name] or "")
        if text and (tag not in written or tag == "SN"):
            values += [(tag, line) for line in (text.split("\n") if tag in _LISTED else [text])]
            written.add(tag)
    values += [(name, line) for name in tagged for line in str(paper[name] or "").split("\n")]
    if paper.get("entry_type") == "mastersthesis" and not paper.get("M3"):
        values.append(("M3", "Master's thesis"))
    noted = {name: paper.get(name) for name in ("upvotes", "comments", *_NOTED)}
    noted |= {"edtf": extended, "venue": "PB" if housed else None}
    literal = [name for name in (*makers.authors, *makers.editors, *series) if name[:1] == "{" and "," in name]
    noted["authors"] = "ED" if paper["authors"] and not makers.authors else None
    values += [("C7", f"{name}={value}") for name, value in noted.items() if value is not None]
    # For who reads this again.
    values += [("C7", f"{_LITERAL}{ris_name(name)}") for name in dict.fromkeys(literal)]
    # Below an abstract a line might be taken for more of it.
    values += [*(("N1", note) for note in notes_of(paper)), ("AB", _readable(paper["abstract"]))]
    lines = [f"TY  - {kind}"]
    lines += [f"{tag}  - {text}" for tag, value in values if value is not None and (text := single_spaced(str(value)))]
    return [*lines, f"DP  - {_MARK}", "ER  - ", ""]


def _readable(text: str | None) -> str | None:
    return None if text is None else unicode_maths(text)


def ris_name(name: str) -> str:
    """A name with its family name first; that of a body which its words do not tell ends in a comma, as EndNote has it.

    A body whose name has a comma is written as it is called: nothing in RIS would tell it from a person.
    """
    line = single_spaced(name)
    written = family_first(line)
    if line[:1] == "{" and "," in written:
        return written
    if display(written) == display(line) and written:
        return f"{written}," if line[:1] == "{" and "," not in written and parse_name(written).family else written
    return line


def _paged(pages: Any) -> list[tuple[str, str]]:
    """First and last page; whatever is no range stands in the tag of the first."""
    if not pages:
        return []
    ends = re.fullmatch(r"\s*([^\s–—,;-]+)\s*[-–—]+\s*([^\s–—,;-]+)\s*", str(pages))
    return [("SP", str(pages))] if ends is None else [("SP", ends.group(1)), ("EP", ends.group(2))]


def _type(paper: Mapping[str, Any]) -> str:
    """Type of reference: the one that was read where it is one of RIS, else that of its kind."""
    given = paper.get("entry_type")
    return given if isinstance(given, str) and re.fullmatch(r"[A-Z]{3,8}", given) else kind_of(paper).ris


def _slashed(day: str | None, extended: str | None) -> str | None:
    """RIS writes ``2024/03//`` for a month of a year, and after the last slash what else there is to say."""
    if day is None:
        return extended
    said = ""
    if extended:
        season = re.fullmatch(r"\d{4}-2([1-4])[?~%]?", extended)
        said = SEASONS[int(season.group(1)) - 1].capitalize() if season else extended
    return "/".join([*day.split("-"), "", ""][:3]) + f"/{said}"

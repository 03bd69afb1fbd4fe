"""What the tables of text share (CSV, TSV, Excel): finding the header, naming its columns, reading their cells.

Exports met: Scopus, Web of Science (also tab-delimited, with two-letter columns), PubMed, IEEE Xplore, Springer (names of authors
run together), Lens, Dimensions (a line above the header), Embase, ASReview and other tools of systematic reviews (lists in
Python's notation), OpenAlex, Zotero, Retraction Watch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from explorer.errors import ReadError
from explorer.papers.author_names import initials_apart, pairs
from explorer.papers.column_names import PLACEHOLDER, candidates, columns_to_fields
from explorer.papers.dates import finest, month_number, parse_date
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, TEXTS
from explorer.sources.formats.tagged.tagged import readable
from explorer.sources.formats.target import cell_list
from explorer.sources.source import Source
from explorer.text.markup import plain_markup, single_spaced

HEADER_WITHIN = 20
"""Rows among which the header is looked for."""

_SAMPLE = 1000
_MOST_NUMBERED = 1000
"""Columns beyond which those of one name are not told apart: no table of papers has as many, and each costs."""

_HOUSED = frozenset(("publisher", "volume", "issn"))
# The names of other columns are too loose for these: the title of a paper, and what it is known by.
_ONE = ("id", "title")
_DAYS = frozenset(("day", "published day"))
# What the other formats bring too: under one name a merge and an export to BibTeX or RIS know it. Codes are Web of Science's.
_FURTHER = {
    alias: name
    for name, aliases in {
        "volume": ("volume", "journal volume", "VL"),
        "number": ("number", "issue", "issue number", "journal issue", "IS"),
        "pages": ("pages",),
        "first page": ("start page", "page start", "first page", "BP"),
        "last page": ("end page", "page end", "last page", "EP"),
        "publisher": ("publisher", "PU"),
        "issn": ("issn", "issns", "SN"),
        "isbn": ("isbn", "isbns"),
        "language": ("language", "language of original document", "LA"),
        "pmid": ("pmid", "pubmed id", "medline pmid", "PM"),
        "pmcid": ("pmcid",),
    }.items()
    for alias in aliases
}
_REFERENCE = re.compile(r"&#?\w+;")
_IDENTIFIER = re.compile(r"\s*\(\d{6,}\)")
_SHORT_NAME = re.compile(r"[^\W\d_][\w'’ .-]* [A-Z]{1,4}\.?\Z")
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<!\bLe)(?<!\bDi)(?=[A-ZÀ-Þ][a-zà-ÿ.])")

Row = tuple[int, list[str]]
Split = Callable[[str], list[str]]


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes
    ----------
    names : list of str
        Columns in order.
    fields : dict
        Fields of the schema they are taken for.
    own : bool
        Whether this package wrote the table; its cells are then read to the letter.
    others : dict
        Further columns that are called like a field, in order of preference: taken where the cell of the preferred one is empty.
    """

    names: list[str]
    fields: dict[str, str]
    own: bool
    others: dict[str, str]


def header_of(cells: Sequence[str], told: Mapping[str, str | None] | None = None) -> Header | None:
    """Take a row for a header, if a column of it is the title.

    Parameters
    ----------
    told : mapping, optional
        Fields the user names for columns; these come before what the names suggest.
    """
    names = _distinct([cell.strip().strip("\ufeff") for cell in cells])
    told = {name: field for name, field in (told or {}).items() if name in names}
    taken = {field for field in told.values() if field}
    # Web of Science has keywords under this name, and its identifier under the other.
    keyed = {"ID"}.intersection(names) if "UT" in names else set()
    guessed = columns_to_fields(name for name in names if name and name not in told and name not in keyed)
    fields = {name: field for name, field in guessed.items() if field not in taken}
    fields.update({name: field for name, field in told.items() if field})
    if "title" not in fields.values():
        return None
    own = names[: len(FIELDS)] == list(FIELDS)
    if not own and "venue" not in fields.values() and not _HOUSED.isdisjoint(name.lower() for name in names):
        # Where publishers or volumes stand beside it, the source of a paper is its journal and not a database.
        fields.update({name: "venue" for name, field in guessed.items() if field == "source" and name in fields})
    free = [name for name in names if name and name not in told and name not in fields]
    others = {name: field for field, columns in candidates(free).items() if field not in _ONE for name in columns}
    others.update(dict.fromkeys(keyed - told.keys(), "keywords"))
    return Header(names, fields, own, others)


def _distinct(names: list[str]) -> list[str]:
    """Number the columns that are called like an earlier one, which keeps its name; those without a name have none."""
    if len(set(names)) == len(names) or len(names) > _MOST_NUMBERED:
        return names
    found: list[str] = []
    taken, seen, counts = set(names), {""}, dict.fromkeys(names, 1)
    for name in names:
        fresh = name
        while name and (fresh in seen or (fresh != name and fresh in taken)):
            counts[name] += 1
            fresh = f"{name}_{counts[name]}"
        seen.add(fresh)
        found.append(fresh)
    return found


def find_header(rows: Iterator[Row], source: Source, ledger: Ledger) -> Header:
    """Read rows up to and including the header, and note in the ledger what its columns are taken for.

    Raises
    ------
    ReadError
        None of the first rows has a title column, or a column or field that was told is not there.
    """
    unknown = [field for field in (source.columns or {}).values() if field and field not in FIELDS]
    if unknown:
        raise ReadError(f"{unknown[0]!r} is no field of the schema. The fields are: {', '.join(FIELDS)}.")
    finding = ledger.finding(source.name)
    first: list[str] = []
    for _, cells in islice(rows, HEADER_WITHIN):
        header = header_of(cells, source.columns)
        if header is not None:
            finding.header, finding.columns = list(header.names), dict(header.fields)
            return header
        first = first or [cell.strip() for cell in cells]
    # Without a title column nothing can be read, but the reader can say which column it is.
    finding.header, finding.columns = first, columns_to_fields(name for name in first if name)
    shown = ", ".join(first[:12]) or "none"
    raise ReadError(
        f"{source.name} has no title column (its columns: {shown}). Name the one that holds titles: "
        "columns={'…': 'title'}, or --column …=title on the command line."
    )


def records(
    rows: Iterator[Row], header: Header, source: Source, ledger: Ledger, *, after: int = 0
) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    """Turn rows below the header into records; rows with more cells than the header has columns are rejected.

    `after` is the number of records that came from the same source before.
    """
    sample = list(islice(rows, _SAMPLE))
    taken = {**header.fields, **header.others}
    splits = {name: _splitter(name, field, sample, header) for name, field in taken.items() if FIELDS[field] == TEXTS}
    width = len(header.names)
    for number, (line, cells) in enumerate(chain(sample, rows), start=after + 1):
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            ledger.reject(source.name, number, f"{len(cells)} cells under {width} columns", line=line, text=" | ".join(cells))
            continue
        if len(cells) < width:
            missing = header.names[len(cells)]
            ledger.repair(source.name, number, missing, "", "", f"the row ends after {len(cells)} of {width} cells", line=line)
        named = zip(header.names, cells, strict=False)
        given = {name or f"column {place}": cell for place, (name, cell) in enumerate(named, start=1) if cell}
        record = _own(given) if header.own else _record(given, header, splits)
        if record:
            yield number, line, record
        else:
            ledger.reject(source.name, number, "the row has no cell that is known", line=line, text=" | ".join(cells))


def _own(given: Mapping[str, str]) -> dict[str, Any]:
    return {name: cell_list(cell) if FIELDS.get(name) == TEXTS else cell for name, cell in given.items()}


def _record(given: Mapping[str, str], header: Header, splits: Mapping[str, Split]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, cell in given.items():
        field = header.fields.get(name)
        text = cell.strip()
        if not text or (field is not None and PLACEHOLDER.fullmatch(text)):
            continue
        if field is None:
            # A name the schema would recognise is kept apart from the column that was taken for that field.
            own = f"{name}_text" if columns_to_fields([name]) else name
            shared = _FURTHER.get(name) or _FURTHER.get(name.lower(), own)
            record[own if shared in record else shared] = text
        else:
            record[field] = _value(text, name, field, splits)
    for name, field in header.others.items():
        if field not in record and (text := given.get(name, "").strip()):
            record[field] = _value(text, name, field, splits)
    if "pages" not in record and "first page" in record:
        ends = (record.pop("first page"), record.pop("last page", None))
        record["pages"] = "-".join(dict.fromkeys(filter(None, ends)))
    if "published" in record and "year" in record:
        day = _with_day(record["year"], record["published"], given)
        record["published"] = finest(_year(record["year"]), day) or record["published"]
    return {name: value for name, value in record.items() if value}


def _value(text: str, name: str, field: str, splits: Mapping[str, Split]) -> Any:
    if name in splits:
        return splits[name](text)
    if field == "title":
        return readable(single_spaced(text))
    return plain_markup(text) if field == "abstract" else text


def _with_day(year: str, published: str, given: Mapping[str, str]) -> str:
    """Date out of columns of its own for year, month and day; `published` as it is where it is no month."""
    day = next((cell.strip() for name, cell in given.items() if name.lower() in _DAYS), "")
    month = month_number(published) if day.isdecimal() else None
    return published if month is None else f"{year}-{month:02d}-{day}"


def _year(text: str) -> str | None:
    return text if parse_date(text) else None


def _splitter(name: str, field: str, sample: Iterable[Row], header: Header) -> Split:
    """How the cells of a column hold several names or words, judged from the first rows."""
    place = header.names.index(name)
    cells = [cells[place] for _, cells in sample if len(cells) > place and cells[place].strip()]
    plain = [_REFERENCE.sub("", cell) for cell in cells]
    separated = _separator(plain, names=field == "authors")

    def split(cell: str) -> list[str]:
        if cell[0] == "[" and cell[-1] == "]" and (items := _literal(cell)) is not None:
            return items
        text = plain_markup(cell)
        if field == "authors" and separated == _COMMA.split and text.count(".") == 1 and text[-1] == ".":
            # PubMed ends its list of names with a full stop.
            text = text[:-1]
        parts = separated(text) if separated is not None else [text]
        stripped = (_IDENTIFIER.sub("", part).strip(" ,;").removesuffix(" et al.") for part in parts)
        return [part for part in stripped if part]

    return split


_SEMICOLON, _BAR, _LINE, _AND, _AND_COMMA, _COMMA = (
    re.compile(p) for p in (r"\s*;\s*", r"\s*\|\s*", r"\s*\n\s*", r",?\s+and\s+", r",?\s+and\s+|,\s+", r"\s*,\s*(?![^()]*\))")
)


def _separator(cells: list[str], *, names: bool) -> Split | None:
    for mark, pattern in ((";", _SEMICOLON), ("|", _BAR), ("\n", _LINE)):
        if any(mark in cell for cell in cells):
            return pattern.split
    if not names:
        return _COMMA.split
    if initials_apart(cells):
        return pairs
    if any(" and " in cell for cell in cells):
        people = [person for cell in cells for person in _AND.split(cell)]
        inverted = sum(person.count(",") == 1 for person in people) > 0.8 * len(people)
        return (_AND if inverted or _family_first(cells) else _AND_COMMA).split
    if _family_first(cells):
        return None
    if any("," in cell for cell in cells):
        # Embase separates ``Liu R., Adler D.G.`` as PubMed does ``Lim SM, Lau Y``.
        return _COMMA.split
    glued = sum(bool(_GLUED.search(cell)) for cell in cells)
    return _GLUED.split if glued > 0.3 * max(len(cells), 1) else None


def _family_first(cells: list[str]) -> bool:
    """Whether cells hold one ``Family, Given`` each, and not several names."""
    with_comma = [cell for cell in cells if "," in cell]
    one = sum(
        cell.count(",") == 1 and " " not in cell.split(",")[0].strip() and not _SHORT_NAME.match(cell.split(",")[0].strip())
        for cell in with_comma
    )
    return bool(with_comma) and one > 0.8 * len(with_comma)


def _literal(cell: str) -> list[str] | None:
    """Items of a list in JSON's or Python's notation."""
    try:
        items = ast.literal_eval(cell) if len(cell) < 100_000 else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return [str(item).strip() for item in items if str(item).strip()] if isinstance(items, list) else None

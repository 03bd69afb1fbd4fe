"""What the tables of text share (CSV, TSV, Excel): finding the header, naming its columns, reading their cells.

Exports met: Scopus, Web of Science (also tab-delimited, with two-letter columns), PubMed, IEEE Xplore, Springer (names of authors
run together), Lens, Dimensions (a line above the header), Embase (journal, year and pages in one cell; a row a field), RefWorks, Publish
or Perish, Google Patents, ClinicalTrials.gov, ICTRP, CNKI, Wanfang, Rayyan, Covidence, abstrackr, ASReview and other tools of
systematic reviews (lists in Python's notation), Colandr, EBSCO, OpenAlex, Zotero, Notion, Retraction Watch.
`column_names` knows what they call their columns, and `values` what the columns hold that nobody knows by name.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any

from explorer.errors import ReadError
from explorer.papers.author_names import name_splitter, split_names
from explorer.papers.column_names import PLACEHOLDER, candidates, columns_to_fields, further_columns, is_remarks
from explorer.papers.dates import finest, month_number, parse_date
from explorer.papers.identifiers import whole_number
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, TEXTS
from explorer.sources.formats.record_fields import cell_list, numbers_in
from explorer.sources.formats.tables.values import fields_by_values, names_databases
from explorer.sources.formats.tagged.tagged import readable, without_references
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
_DAYS = frozenset(("day", "published day", "publication day", "pub day"))
# Web of Science's codes for further columns, which are words in small letters.
_CODES = {
    "VL": "volume", "IS": "number", "BP": "first page", "EP": "last page", "PU": "publisher", "SN": "issn", "LA": "language", "PM": "pmid",
    "BE": "editor",
}  # fmt: skip
_WHOLE = frozenset(("volume", "number", "first page", "last page", "pmid", "pages"))
"""Further columns whose numbers a program may have written as fractions: ``31934719.0``."""

_JUDGED = 200
"""Rows by which a column without a name that is known is judged."""

_SOURCE_LINE = re.compile(
    r"(?P<venue>[^()]{2,200}?) \((?P<year>(?:19|20)\d\d)\)(?: (?P<volume>[\w.-]+)?(?::(?P<number>[^()]{1,40}?))?)?"
    r"(?: \((?P<pages>[^()]{1,30})\))?\.(?:[^:]{0,40})?(?: ?Date of Publication: (?P<date>.{4,40}))?"
)
_MORE_THAN_LISTED = re.compile(
    r"\b(?:and|others|al)\b|\.\.|[&{(|\n/@\d*†‡§%]|[^\x00-\u024f]|\s(?:y|e|i|et|und|och|og|ve)\s", re.IGNORECASE
)
"""What tells that a list of names has more than names and semicolons."""

_REFERENCE = re.compile(r"&#?\w+;")
# Scopus puts its number of a person behind the name, Espacenet the country.
_IDENTIFIER = re.compile(r"\s*(?:\(\d{6,}\)|\[[A-Z]{2}\])")
_ABBREVIATED = re.compile(r"\b[A-Z]\.\s*[,;|\n]")
_LIST_END = re.compile(r"(?:[^\s.,;][^.,;]* [^.,;]+,\s*)*[^\s.,;][^.,;]* [A-Z]{1,3}\.")
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<!\bLe)(?<!\bDi)(?=[A-ZÀ-Þ][a-zà-ÿ.])")

Row = tuple[int, list[str]]
Split = Callable[[str], list[str]]


class NoTitleError(ReadError):
    """No column of a table is the title; `columns` are those that it has."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.columns = columns
        super().__init__(
            f"{name} has no title column (its columns: {', '.join(columns[:12]) or 'none'}). Name the one that holds titles: "
            "columns={'…': 'title'}, or --column …=title on the command line."
        )


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes
    ----------
    names : list of str
        Columns in order; those of a table without a header are called ``column 1`` and so on.
    fields : dict
        Fields of the schema they are taken for.
    own : bool
        Whether this package wrote the table; its cells are then read to the letter.
    others : dict
        Further columns that are called like a field, in order of preference: taken where the cell of the preferred one is empty.
    further : dict
        Columns beyond the schema under the name they have in other formats too.
    people : tuple of tuple of str
        Columns of an author each: one of the whole name, or those of the family name and the given name.
    """

    names: list[str]
    fields: dict[str, str]
    own: bool
    others: dict[str, str]
    further: dict[str, str] = field(default_factory=dict)
    people: tuple[tuple[str, ...], ...] = ()


def header_of(cells: Sequence[str], told: Mapping[str, str | None] | None = None) -> Header | None:
    """Take a row for a header, if a column of it is the title.

    Parameters
    ----------
    told : mapping, optional
        Fields the user names for columns; these come before what the names suggest.
    """
    header = _header(cells, told)
    return header if "title" in header.fields.values() else None


def _header(cells: Sequence[str], told: Mapping[str, str | None] | None) -> Header:
    names = _distinct([cell.strip().strip("\ufeff") for cell in cells])
    told = {name: field for name, field in (told or {}).items() if name in names}
    taken = {field for field in told.values() if field}
    # Web of Science has keywords under this name, and its identifier under the other.
    keyed = {"ID"}.intersection(names) if "UT" in names else set()
    guessed = columns_to_fields(name for name in names if name and name not in told and name not in keyed)
    fields = {name: field for name, field in guessed.items() if field not in taken}
    fields.update({name: field for name, field in told.items() if field})
    own = names[: len(FIELDS)] == list(FIELDS)
    further = {**further_columns(name for name in names if name), **{n: c for n, c in _CODES.items() if n in names}}
    if not own and "venue" not in fields.values() and not _HOUSED.isdisjoint(further.values()):
        # Where publishers or volumes stand beside it, the source of a paper is its journal and not a database.
        fields.update({name: "venue" for name, field in guessed.items() if field == "source" and name in fields})
    if "publicationName" in names and {"title", "venue"}.intersection(fields.values()) == {"title"}:
        # Beside a title this is what Scopus calls a journal; elsewhere it is the title of a patent.
        fields.setdefault("publicationName", "venue")
    free = [name for name in names if name and name not in told and name not in fields]
    others = {
        name: field
        for field, columns in candidates(free).items()
        if field not in _ONE or (field == "title" and field in fields.values())
        for name in columns
        # Only what is surely called a title stands in for one.
        if field != "title" or name.casefold().endswith(("title", "题名", "标题"))
    }
    others.update(dict.fromkeys(keyed - told.keys(), "keywords"))
    people = () if own or "authors" in told.values() else _people(names)
    if people:
        # Names that stand apart are put together; none of them is the list.
        apart = {name for columns in people for name in columns}
        fields = {name: field for name, field in fields.items() if name not in apart}
        others = {name: field for name, field in others.items() if name not in apart}
        people = () if "authors" in fields.values() else people
    return Header(names, fields, own, others, further, people)


_NUMBERED = re.compile(r"(?:author|autor|auteur|verfasser|creator|au|作者)(?:s? ?name)?[ _#.-]*0*(\d{1,2})", re.IGNORECASE)
_PART = re.compile(
    r"(?:(?:first |lead |main )?authors?(?:'s)?[ _-]*(\d{1,2})?[ _-]*)?(?:(last|family|sur)|(first|given|fore))[ _-]*names?[ _-]*(\d{1,2})?",
    re.IGNORECASE,
)


def _people(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Columns of an author each, in the order of their numbers; nothing where fewer than two columns are so called."""
    whole = {int(match.group(1)): (name,) for name in names if (match := _NUMBERED.fullmatch(name.strip()))}
    if len(whole) > 1:
        return tuple(whole[number] for number in sorted(whole))
    parts: dict[int, dict[bool, str]] = {}
    for name in names:
        if match := _PART.fullmatch(name.strip()):
            parts.setdefault(int(match.group(1) or match.group(4) or 0), {})[match.group(2) is not None] = name
    return tuple((both[True], both[False]) for _, both in sorted(parts.items()) if len(both) == 2)


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


def turned(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of a table that has a row for each field of a record (Embase, "fields by row") as a row for each record; others as they are.

    Such a file names the field in the first cell of each row, and starts each record with the same field; the other cells are its values.
    """
    first = list(islice(rows, HEADER_WITHIN))
    labels = [cells[0].strip() for _, cells in first]
    known = columns_to_fields(dict.fromkeys(labels))
    beside = columns_to_fields(first[0][1][1:]) if first else {}
    if len(known) < 3 or "title" not in known.values() or beside or not all(len(cells) > 1 for _, cells in first):
        yield from chain(first, rows)
        return
    gathered: list[tuple[int, dict[str, str]]] = []
    for line, cells in chain(first, rows):
        label, *values = (cell.strip() for cell in cells)
        if label == labels[0] or not gathered:
            gathered.append((line, {}))
        gathered[-1][1][label] = "; ".join(filter(None, values))
    names = list(dict.fromkeys(name for _, record in gathered for name in record))
    yield 0, names
    for line, record in gathered:
        yield line, [record.get(name, "") for name in names]


def find_header(rows: Iterator[Row], source: Source, ledger: Ledger) -> tuple[Header, Iterator[Row]]:
    """Find the header of a table, and note in the ledger what its columns are taken for: by their names, else by their values.

    Returns
    -------
    tuple of (Header, iterator)
        The header, and the rows below it.

    Raises
    ------
    ReadError
        No column is the title, or a column or field that was told is not there.
    """
    unknown = [field for field in (source.columns or {}).values() if field and field not in FIELDS]
    if unknown:
        raise ReadError(f"{unknown[0]!r} is no field of the schema. The fields are: {', '.join(FIELDS)}.")
    finding = ledger.finding(source.name)
    first = list(islice(rows, HEADER_WITHIN + _JUDGED))
    named = ((place, header_of(cells, source.columns)) for place, (_, cells) in enumerate(first[:HEADER_WITHIN]))
    place, header = next(((place, header) for place, header in named if header is not None), (-1, None))
    if header is None:
        place = _likeliest(first)
        header = _header(first[place][1], source.columns) if first else Header([], {}, False, {})
        below = [cells for _, cells in first[place + 1 :]]
        if first and _is_data(first[place][1], below):
            header, place = _header([f"column {n}" for n in range(1, len(first[place][1]) + 1)], source.columns), place - 1
    if not header.own:
        header, finding.by_values = _with_values(header, [cells for _, cells in first[place + 1 :]], source)
    finding.header, finding.columns = list(header.names), dict(header.fields)
    if "title" in header.fields.values():
        return header, chain(first[place + 1 :], rows)
    # Without a title column nothing can be read, but the reader can say which column it is.
    raise NoTitleError(source.name, header.names)


def _likeliest(rows: Sequence[Row]) -> int:
    """Place of the row that is the header where no name is known: the first that has as many cells as most rows have."""
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not widths:
        return 0
    width = widths.most_common(1)[0][0]
    return next((place for place, (_, cells) in enumerate(rows[:HEADER_WITHIN]) if len(cells) == width), 0)


def _is_data(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row that no name is known in is no header, but the first of a table without one."""
    beside = {
        str(place): [row[place].strip() for row in below if len(row) > place and row[place].strip()]
        for place in range(len(cells))
    }
    alike = fields_by_values(beside, _PATTERNED)
    return any(fields_by_values({"": [cells[int(place)].strip()]}, {field}) for place, field in alike.items())


_PATTERNED = frozenset(("doi", "arxiv_id", "url", "year", "published"))
"""Fields whose values have a form that no name of a column has."""


def _with_values(header: Header, rows: Sequence[Sequence[str]], source: Source) -> tuple[Header, list[str]]:
    """The header with fields that are taken by their values, and the columns they are taken from."""
    fields, others = dict(header.fields), dict(header.others)
    told = source.columns or {}

    def values(name: str) -> list[str]:
        place = header.names.index(name)
        return [text for cells in rows if len(cells) > place and (text := cells[place].strip())]

    sources = [name for name, field in fields.items() if field == "source" and name not in told]
    if sources and "venue" not in fields.values() and not names_databases(values(sources[0])):
        fields[sources[0]] = "venue"
    if len(fields) > 2 and "title" in fields.values():
        # Beside columns that are known others have values alike: the DOI of a retraction, the addresses of authors.
        return replace(header, fields=fields), []
    missing = _BY_VALUES - {*fields.values(), *(("year", "published") if {"year", "published"} & set(fields.values()) else ())}
    taken = {*fields, *told, *others, *header.further}
    free = [name for name in header.names if name and name not in taken and not is_remarks(name)]
    found = fields_by_values({name: values(name) for name in free}, missing)
    # A text alone, with nothing beside it that a paper has, is no title.
    if "title" in found.values() and len(found) + len(fields) < 2:
        found = {}
    fields.update(found)
    return replace(header, fields=fields), list(found)


_BY_VALUES = _PATTERNED | {"title", "abstract", "authors"}


def records(
    rows: Iterator[Row], header: Header, source: Source, ledger: Ledger, *, after: int = 0
) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    """Turn rows below the header into records; rows with more cells than the header has columns are rejected.

    `after` is the number of records that came from the same source before.
    """
    sample = list(islice(rows, _SAMPLE))
    taken = {**header.fields, **header.others}
    splits = {name: _splitter(name, field, sample, header) for name, field in taken.items() if FIELDS[field] == TEXTS}
    # A name the schema would recognise is kept apart from the column that was taken for that field.
    own = {name: f"{name}_text" for name in header.names if name not in header.fields and columns_to_fields([name])}
    width = len(header.names)
    unnamed = [place for place, name in enumerate(header.names) if _UNNAMED.fullmatch(name) and name not in taken]
    numbering = {place for place in unnamed if _numbers_rows(sample, place)}
    # Tables that were joined have their header again.
    below = (
        row for row in chain(sample, rows) if row[1][:1] != header.names[:1] or [c.strip() for c in row[1]] != header.names
    )
    for number, (line, cells) in enumerate(below, start=after + 1):
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            ledger.reject(source.name, number, f"{len(cells)} cells under {width} columns", line=line, text=" | ".join(cells))
            continue
        if len(cells) < width:
            missing = header.names[len(cells)]
            ledger.repair(source.name, number, missing, "", "", f"the row ends after {len(cells)} of {width} cells", line=line)
        named = enumerate(zip(header.names, cells, strict=False))
        given = {name or f"column {place + 1}": cell for place, (name, cell) in named if cell and place not in numbering}
        record = _own(given) if header.own else _record(given, header, splits, own)
        if record:
            yield number, line, record
        else:
            ledger.reject(source.name, number, "the row has no cell that is known", line=line, text=" | ".join(cells))


_UNNAMED = re.compile(r"(?:Unnamed: \d+)?")
"""Name of a column that has none, or of one that pandas read and wrote again."""


def _numbers_rows(rows: Sequence[Row], place: int) -> bool:
    """Whether a column numbers the rows from 0 or 1 on, as pandas writes the index of a frame; which tells nothing of a paper."""
    cells = [cells[place].strip() if len(cells) > place else "" for _, cells in rows]
    return len(cells) > 1 and cells in ([str(row + start) for row in range(len(cells))] for start in (0, 1))


def _own(given: Mapping[str, str]) -> dict[str, Any]:
    return {name: cell_list(cell) if FIELDS.get(name) == TEXTS else cell for name, cell in given.items()}


def _record(given: Mapping[str, str], header: Header, splits: Mapping[str, Split], own: Mapping[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, cell in given.items():
        field = header.fields.get(name)
        text = cell.strip()
        if not text or (field is not None and PLACEHOLDER.fullmatch(text)):
            continue
        if field is None:
            kept = own.get(name, name)
            shared = header.further.get(name, kept)
            if shared in _WHOLE:
                text = whole_number(text) or text
            record[kept if shared in record else shared] = text
        else:
            record[field] = _value(text, name, field, splits)
            if name in header.further:
                record[header.further[name]] = text
    for name, field in header.others.items():
        if field not in record and (text := given.get(name, "").strip()):
            record[field] = _value(text, name, field, splits)
    for name, value in numbers_in(given.get("Extra")).items():
        record.setdefault(name, value)
    if "pages" not in record and "first page" in record:
        # Publish or Perish writes a zero for what it does not know.
        ends = (page for name in ("first page", "last page") if (page := record.pop(name, None)) not in (None, "0"))
        record["pages"] = "-".join(dict.fromkeys(ends))
    if "published" in record and "year" in record:
        day = _with_day(record["year"], record["published"], given)
        record["published"] = finest(_year(record["year"]), day) or record["published"]
    line = _SOURCE_LINE.fullmatch(record["venue"]) if " (" in record.get("venue", "") else None
    if line is not None and (line.group("volume") or line.group("date")):
        # Embase has journal, year, volume, issue and pages in one cell.
        day = line.group("date")
        record.setdefault("published", finest(line.group("year"), day))
        record.update({name: line.group(name) for name in ("venue", "volume", "number", "pages") if line.group(name)})
    if header.people and (names := [name for columns in header.people for name in _joined(columns, given)]):
        record["authors"] = names
        for name in chain(*header.people):
            record.pop(own.get(name, name), None)
    if "authors" not in record and "editor" in record:
        record["authors"] = split_names(plain_markup(record["editor"]))
    if "venue" not in record and "publisher" in record:
        record["venue"] = record["publisher"]
    return {name: value for name, value in record.items() if value}


def _joined(columns: Sequence[str], given: Mapping[str, str]) -> list[str]:
    """A name out of its columns, or as many as each of them has between semicolons."""
    cells = [plain_markup(given.get(name, "")).strip(" ,;") for name in columns]
    lists = [[part.strip() for part in cell.split(";")] for cell in cells]
    if len({len(parts) for parts in lists}) > 1:
        lists = [[cell] for cell in cells]
    return [name for parts in zip(*lists, strict=True) if (name := ", ".join(filter(None, parts)))]


def _value(text: str, name: str, field: str, splits: Mapping[str, Split]) -> Any:
    if name in splits:
        return splits[name](text)
    if field == "title":
        return readable(single_spaced(text))
    if field == "published" and _SERIAL.fullmatch(text):
        return (date(1899, 12, 30) + timedelta(days=int(text[:5]))).isoformat()
    return plain_markup(text) if field == "abstract" else without_references(text) if field == "venue" else text


_SERIAL = re.compile(r"(?:2\d|3\d|4\d|5[0-4])\d{3}(?:[.,]\d+)?")
"""A day as spreadsheets count them, from 1900 on, where its cell has lost its format: October 1954 to July 2050."""


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
    names = field == "authors"
    # Initials with full stops before a separator: then that at the end is the last one's.
    abbreviated = any(_ABBREVIATED.search(cell) for cell in plain)
    separated = _glued(plain) or name_splitter(plain) if names else _separator(plain)

    def split(cell: str) -> list[str]:
        if cell[0] == "[" and cell[-1] == "]" and (items := _literal(cell)) is not None:
            return items
        text = plain_markup(cell)
        if names and "., " in text and (several := _with_initials_first(text)):
            return several
        if names and not abbreviated and len(text) < 10_000 and _LIST_END.fullmatch(text):
            # PubMed ends its list of names with a full stop.
            text = text[:-1]
        if "(" in text or "[" in text:
            text = _IDENTIFIER.sub("", text)
        plain = names and ";" in text and _MORE_THAN_LISTED.search(text) is None
        # Most lists have nothing but semicolons, and there are many.
        stripped = (part.strip(" ,;") for part in (text.split(";") if plain else separated(text)))
        return [part for part in stripped if part]

    return split


_INITIALS_FIRST = re.compile(r"([^\W\d_])(?:\.?-?[^\W\d_])*\., ([^,;]+), ([^,;]+)")


def _with_initials_first(text: str) -> list[str]:
    """Names that have their initials before family and given name, as Scopus writes them since 2025; none where one has not."""
    parts = [part for part in map(str.strip, text.split(";")) if part]
    found = [_INITIALS_FIRST.fullmatch(part) for part in parts]
    told = any(match is not None and match[3].strip()[:1] == match[1] for match in found)
    if not told or any(match is None and part.count(",") > 1 for match, part in zip(found, parts, strict=True)):
        return []
    return [part if match is None else f"{match[2]}, {match[3]}" for match, part in zip(found, parts, strict=True)]


_PERCENT = re.compile(r"(?<=[\u3400-\u9fff])%(?=[\u3400-\u9fffA-Za-z])")
"""Wanfang's mark between names and between words."""
_WIDE, _BAR, _LINE, _COMMA = (
    re.compile(p) for p in (r"\s*[;；]\s*", r"\s*\|\s*", r"\s*\n\s*", r"\s*[,，、]\s*(?![^()（）]*[)）])")
)


def _separator(cells: list[str]) -> Split:
    """How the words of a column are listed: by the mark that is surest among those it has."""
    if any(_PERCENT.search(cell) for cell in cells):
        return _PERCENT.split
    for mark, pattern in ((";", _WIDE), ("；", _WIDE), ("|", _BAR), ("\n", _LINE)):
        if any(mark in cell for cell in cells):
            return lambda cell: (
                pattern.split(cell) if pattern.search(cell) or ("，" not in cell and "、" not in cell) else _COMMA.split(cell)
            )
    return _COMMA.split


def _glued(cells: list[str]) -> Split | None:
    """Where names run together without anything between them, as Springer lists them: at capitals after small letters."""
    if any(mark in cell for cell in cells for mark in ";|\n,，、；") or any(" and " in cell for cell in cells):
        return None
    glued = sum(bool(_GLUED.search(cell)) for cell in cells)
    return _GLUED.split if glued > 0.3 * max(len(cells), 1) else None


def _literal(cell: str) -> list[str] | None:
    """Items of a list in JSON's or Python's notation."""
    import json

    try:
        items = ast.literal_eval(cell) if len(cell) < 100_000 else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        try:
            items = json.loads(cell)
        except (ValueError, RecursionError):
            return None
    if not isinstance(items, list):
        return None
    # Rows of a service's answer, as pandas writes them.
    plain = (_called(item) if isinstance(item, dict) else item for item in items)
    return [text for item in plain if (text := str(item).strip())]


def _called(item: Mapping[str, Any]) -> Any:
    """Name of an item, which may stand in an object of its own (OpenAlex's ``author``)."""
    inner: Mapping[str, Any] = next((item[key] for key in _PERSON if isinstance(item.get(key), dict)), {})
    return next((one[key] for one in (item, inner) for key in _CALLED if one.get(key)), "") or item.get("raw_author_name") or ""


_PERSON = ("author", "person", "creator")
_CALLED = ("name", "fullname", "full_name", "fullName", "display_name", "authname", "literal", "term", "keyword")
"""Under what services name an author or a keyword."""

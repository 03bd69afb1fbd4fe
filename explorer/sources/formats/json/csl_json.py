"""CSL-JSON, the data of citation processors.

Specification: *Citation Style Language 1.0.2*, appendix IV, and its schema (https://github.com/citation-style-language/schema).
Dialects met: pandoc, Zotero, Mendeley, DOI content negotiation (titles as lists), years as text.

What CSL-JSON cannot hold as such (names as they were written, counts, addresses of code, columns beyond the schema) goes into
``custom``, which the schema leaves to programs, and is read back from there: nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.disk import deliver
from explorer.papers.author_names import marked, parse_name
from explorer.papers.dates import edtf_of
from explorer.papers.edtf import about, known_part, read_edtf, season_number
from explorer.papers.identifiers import normal_arxiv_id
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS
from explorer.sources.formats.json.json_records import head_names, read_as
from explorer.sources.formats.kinds import by_house, kind_of
from explorer.sources.formats.record_fields import (
    EDITORS,
    NOTES,
    extended_dates,
    known_dates,
    notes_of,
    numbers_in,
    people,
    with_editors,
)
from explorer.sources.source import Source
from explorer.text.markup import plain_markup, unicode_maths

if TYPE_CHECKING:
    import pandas as pd

LABEL = "CSL-JSON"
SUFFIXES: tuple[str, ...] = (".csljson",)

_OWN = "literature-explorer"
_DASH = re.compile(r"\s*[–—]\s*|(?<=\d)--+(?=\d)")
_EXTRA = {"volume": "volume", "number": "issue", "pages": "page", "publisher": "publisher", "issn": "ISSN", "isbn": "ISBN",
          "language": "language", "pmid": "PMID", "pmcid": "PMCID", "note": "note", "edition": "edition", "series": "collection-title",
          "place": "publisher-place"}  # fmt: skip
_NUMBERED = frozenset(("report", "patent", "standard", "thesis", "manuscript", "bill", "legislation", "regulation"))
"""Types that have a number and a genre of their own, where others have an issue."""
_GENRES = {"mastersthesis": "Master's thesis", "phdthesis": "PhD thesis"}
"""Kinds of BibTeX that say what CSL keeps beside the type."""
_INSTEAD = {"language": ("langid",), "place": ("address", "location"), "note": NOTES[1:]}
"""Columns that are written where the one of `_EXTRA` is empty."""
_PLACED = frozenset(
    (*_EXTRA, *EDITORS, *NOTES, "entry_type", "edtf", "title_latex", *(name for names in _INSTEAD.values() for name in names))
)


def sniff(head: bytes) -> bool:
    """Whether an object at the start has a type and a field that only CSL has."""
    return head_names(
        head,
        r'"type"\s*:\s*"',
        r'"(?:issued|container-title|citation-key|given|date-parts|publisher-place|literature-explorer)"\s*:',
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the items."""
    yield from read_as(fields, source, ledger)


def fields(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Turn an item into fields of the schema."""
    title, subtitle, abstract = _text(item.get("title")), _text(item.get("subtitle")), item.get("abstract")
    identity = item.get("id") or item.get("citation-key")
    keywords = item.get("keyword")
    url = _text(item.get("URL"))
    number = str(item.get("number") or item.get("archive_location") or "")
    fields: dict[str, Any] = {
        "id": str(identity) if identity not in (None, "") else None,
        "title": f"{title}: {subtitle}" if title and subtitle else title,
        "abstract": plain_markup(abstract) if isinstance(abstract, str) else None,
        **with_editors(names_of(item.get("author")), names_of(item.get("editor")), alone=item.get("type") not in _PARTS),
        "published": date_of(item.get("issued")),
        "edtf": extended_date_of(item.get("issued")),
        "venue": _text(item.get("container-title"))
        or _text(item.get("event-title"))
        or _text(item.get("publisher"))
        or _text(item.get("collection-title")),
        "keywords": [part.strip() for part in re.split("[;,]", keywords) if part.strip()]
        if isinstance(keywords, str)
        else keywords,
        "url": url,
        "doi": _text(item.get("DOI")),
        "arxiv_id": normal_arxiv_id(number) if "arxiv" in number.lower() else None,
        "source": _text(item.get("source")),
        "entry_type": item.get("type"),
        **{name: _text(item.get(key)) for name, key in _EXTRA.items()},
    }
    if item.get("type") in _NUMBERED:
        fields["number"] = fields["number"] or (None if fields["arxiv_id"] else _text(item.get("number")))
        fields |= {"type": genre} if (genre := _text(item.get("genre"))) else {}
    for name, value in numbers_in(fields["note"]).items():
        fields[name] = fields.get(name) or value
    custom = item.get("custom")
    own = custom.get(_OWN) if isinstance(custom, Mapping) else None
    return {**fields, **own} if isinstance(own, Mapping) else fields


def _text(value: Any) -> str | None:
    item = value[0] if isinstance(value, list) and value else value
    return plain_markup(item).strip() or None if isinstance(item, str) else None if item in (None, [], {}) else str(item)


def names_of(people: Any) -> list[str]:
    """Names as ``Family, Given``; a ``literal`` as it is.

    Particles stand with the part they belong to: ``van der Berg, Jan`` and ``Beethoven, Ludwig van``.
    """
    names = []
    for person in people if isinstance(people, list) else [people] if isinstance(people, Mapping) else ():
        if not isinstance(person, Mapping):
            names.append(str(person))
            continue
        family = " ".join(str(person[key]) for key in ("non-dropping-particle", "family") if person.get(key))
        given = " ".join(str(person[key]) for key in ("given", "dropping-particle") if person.get(key))
        parts = [family, given, str(person.get("suffix") or "")]
        body = person.get("literal") or person.get("name")
        whole = marked(plain_markup(str(body))) if body else plain_markup(", ".join(part for part in parts if part))
        if whole:
            names.append(whole)
    return names


def date_of(value: Any) -> str | None:
    """Text of a CSL date as far as it is known: ``date-parts``, else its raw or literal form."""
    if isinstance(value, (str, int)):
        return str(value)
    value = _whole_date(value)
    if not isinstance(value, Mapping):
        return None
    parts = _date_parts(value)
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        found = [str(part).strip() for part in parts[0][:3]]
        numbers = [int(part) for part in found if part.lstrip("-").isdigit()]
        if numbers and numbers[0] > 0:
            return "-".join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:] if number > 0)])
    raw = value.get("raw") or value.get("literal")
    return str(raw) if raw else None


_PARTS_OF_DATES = ("year", "month", "day")


def _whole_date(value: Any) -> Any:
    """A date as the schema has it, where a program wrote it as a list of dates or of numbers, or its parts by their names.

    Older versions of pandoc did, and pandoc's own YAML may still.
    """
    if isinstance(value, Mapping):
        return {**value, "date-parts": [_named_parts(value)]} if value.get("year") else value
    if not isinstance(value, list):
        return value
    dates = [part for part in value if isinstance(part, Mapping)]
    if not dates:
        return {"date-parts": value if any(isinstance(part, list) for part in value) else [value]}
    parts = [found if isinstance(found := _date_parts(date), list) else _named_parts(date) for date in dates]
    return {**dates[0], "date-parts": [part[0] if part and isinstance(part[0], list) else part for part in parts if part]}


def _named_parts(date: Mapping[str, Any]) -> list[Any]:
    return [date[name] for name in _PARTS_OF_DATES if date.get(name)]


def _date_parts(value: Mapping[str, Any]) -> Any:
    """The parts of a date; some libraries spell the name as their language has to."""
    return value.get("date-parts") or value.get("date_parts")


def extended_date_of(value: Any) -> str | None:
    """What a CSL date says beyond its beginning, in EDTF: a range, a season, that it is about right."""
    if isinstance(value, str):
        return edtf_of(value)
    value = _whole_date(value)
    if not isinstance(value, Mapping):
        return None
    parts = _date_parts(value)
    if not isinstance(parts, list):
        raw = value.get("raw") or value.get("literal")
        return edtf_of(raw) if isinstance(raw, str) else None
    ends = [text for part in parts[:2] if (text := date_of({"date-parts": [part]}))]
    season = str(value.get("season") or "")
    if len(ends) == 1 and len(ends[0]) == 4 and (number := int(season) if season.isdecimal() else season_number(season)):
        ends[0] += f"-{number if number > 20 else 20 + number}"
    mark = "~" if value.get("circa") else ""
    return read_edtf("/".join(f"{end}{mark}" for end in ends))


def to_csl_json(
    papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, ledger: Ledger | None = None
) -> bytes:
    """Write papers as CSL-JSON.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    ledger : Ledger, optional
        Takes what other programs will not see, since it stands in ``custom``.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Notes
    -----
    https://docs.citationstyles.org/en/stable/specification.html

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> import json
    >>> json.loads(explorer.to_csl_json(papers))[0]["author"]
    [{'family': 'Lee', 'given': 'Ann'}]
    """
    return deliver(b"".join(csl_json_parts(PaperBatches.of(papers), ledger)), path)


def csl_json_parts(papers: PaperBatches, ledger: Ledger | None = None) -> Iterator[bytes]:
    """What `to_csl_json` gives, a batch of papers at a time."""
    for name in papers.column_names:
        if ledger is not None and (name in ("code_url", "upvotes", "comments") or (name not in FIELDS and name not in _PLACED)):
            if name in FIELDS and not papers.given(name):
                continue
            ledger.lose("CSL-JSON", 0, name, "", "", "kept in `custom`, which other programs do not show")
    before = b"["
    for table in papers:
        items = [_item(*row) for row in zip(table.to_pylist(), known_dates(table), extended_dates(table), strict=True)]
        if before == b"[":
            # By this a reader knows even a list of bare titles for what it is.
            items[0].setdefault("custom", {_OWN: {}})
        yield before + b",".join(map(indented, items))
        before = b","
    yield b"[]\n" if before == b"[" else b"\n]\n"


def indented(item: Mapping[str, Any]) -> bytes:
    """An item as it stands in a list that is indented."""
    import orjson

    # No text holds a line end of its own: JSON writes those as escapes.
    return b"\n  " + orjson.dumps(item, default=str, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n  ")


def _item(paper: Mapping[str, Any], day: str | None, extended: str | None) -> dict[str, Any]:
    exact = {name: value for name, value in paper.items() if value is not None}
    # The spelling of a title in LaTeX is BibTeX's affair.
    for derived in ("year", "precision", "title_latex"):
        exact.pop(derived, None)
    makers = people(paper)
    kind = _type(paper)
    notes = "\n".join(notes_of(paper))
    if day is not None:
        exact["published"] = day
    item = {
        "id": paper["id"],
        "type": kind,
        "title": _readable(paper["title"]),
        "author": [_person(name) for name in makers.authors],
        "editor": [_person(name) for name in makers.editors],
        "issued": _issued(day, extended),
        "publisher" if by_house(paper) else "container-title": _readable(paper["venue"]),
        "abstract": _readable(paper["abstract"]),
        "keyword": ", ".join(paper["keywords"] or ()),
        "DOI": paper["doi"],
        "URL": paper["url"],
        "source": paper["source"],
        "number": f"arXiv:{paper['arxiv_id']}" if paper["arxiv_id"] else None,
        **{
            key: str(value)
            for name, key in _EXTRA.items()
            if (value := _first(paper, name, *_INSTEAD.get(name, ()))) is not None
        },
        "note": notes,
    }
    if kind in _NUMBERED:
        item["genre"] = _first(paper, "type", "work_type") or _GENRES.get(str(paper.get("entry_type")))
        if not item["number"]:
            item["number"] = item.pop("issue", None)
    if item.get("page"):
        item["page"] = _DASH.sub("-", item["page"])
    item = {key: value for key, value in item.items() if value not in (None, "", [])}
    # Whatever our own reader would not read back the same from the standard fields is added to the letter.
    read_back = {name: value for name, value in fields(item).items() if value not in (None, "", [])}
    hidden = {name: value for name, value in exact.items() if read_back.get(name) != value}
    invented = {name: None for name in read_back if (name in FIELDS or name == "type") and name not in exact}
    if hidden or invented:
        item["custom"] = {_OWN: {**hidden, **invented}}
    return item


def _type(paper: Mapping[str, Any]) -> str:
    given = paper.get("entry_type")
    return given if isinstance(given, str) and given in _TYPES else kind_of(paper).csl


_PARTS = frozenset(("article-journal", "chapter", "paper-conference", "entry", "entry-dictionary", "entry-encyclopedia"))
"""Types whose editors are those of what they appeared in."""

# Types of CSL 1.0.2, but for "article": other formats have that word for what CSL calls "article-journal".
_TYPES = frozenset(
    "article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset document entry entry-dictionary"
    " entry-encyclopedia event figure graphic hearing interview legal_case legislation manuscript map motion_picture musical_score pamphlet"
    " paper-conference patent performance periodical personal_communication post post-weblog regulation report review review-book software song"
    " speech standard thesis treaty webpage".split()
)


def _first(paper: Mapping[str, Any], *names: str) -> Any:
    return next((paper[name] for name in names if paper.get(name) not in (None, "")), None)


def _readable(text: str | None) -> str | None:
    return None if text is None else unicode_maths(text)


def _issued(day: str | None, extended: str | None) -> dict[str, Any] | None:
    """A date as CSL has it; one that its parts cannot say stands as it is."""
    if extended is None:
        return {"date-parts": [_numbers(day)]} if day else None
    ends = extended.split("/")
    season = re.fullmatch(r"(\d{4})-2([1-4])[?~%]?", extended)
    said: dict[str, Any] = {"date-parts": [[int(season.group(1))]], "season": int(season.group(2))} if season else {}
    if not season and all(known_part(end) for end in ends):
        said = {"date-parts": [_numbers(known_part(end)) for end in ends]}
    return {**said, "circa": True} if said and about(extended) else said or {"literal": extended}


def _numbers(day: str | None) -> list[int]:
    return [int(part) for part in (day or "").split("-")]


def _person(name: str) -> dict[str, str]:
    """Parts of a name; all of it where it is a body's, or one word."""
    found = parse_name(name)
    if found.literal or not found.family:
        return {"literal": found.literal or name}
    parts = {"family": found.family, "given": found.given, "non-dropping-particle": found.particle, "suffix": found.suffix}
    return {key: part for key, part in parts.items() if part}

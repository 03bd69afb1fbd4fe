r"""BibTeX and BibLaTeX.

Specifications: Patashnik, *BibTeXing* (1988); Lehman et al., *The biblatex Package*
(https://ctan.org/pkg/biblatex). Dialects met: BibTeX and BibLaTeX names of fields, JabRef, Zotero, Mendeley, Scopus, Web of
Science, ACM, dblp, Google Scholar, MathSciNet, INSPIRE; ``crossref``; strings and ``#``; damaged entries (see `bibtex_syntax`).

What BibTeX cannot hold: white space is single spaces. Everything else is written, columns beyond the schema as fields of their
name; a column whose name no field can have is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.papers.column_names import PLACEHOLDER
from explorer.papers.dates import month_number, parse_date
from explorer.papers.identifiers import normal_arxiv_id, normal_doi
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, to_table
from explorer.sources.formats.bibtex.bibtex_syntax import MONTHS, Entry, entries
from explorer.sources.formats.bibtex.citation_key import citation_keys
from explorer.sources.formats.kinds import kind_of, named
from explorer.sources.formats.target import deliver, known_dates
from explorer.sources.source import Source, decode, tables
from explorer.text.markup import plain_latex, plain_markup, to_latex

if TYPE_CHECKING:
    import pandas as pd

LABEL = "BibTeX"
SUFFIXES: tuple[str, ...] = (".bib", ".bibtex", ".biblatex")

_SNIFF = re.compile(r"^[ \t]*@\s*(?:%[^\n]*\s*)?[A-Za-z][\w-]*\s*(?:%[^\n]*\s*)?[{(]", re.MULTILINE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_CHARACTER_REFERENCE = re.compile(r"&#?\w+;")
_SEMICOLON, _COMMA = re.compile(";"), re.compile(",")
_SPACES = re.compile(r"\s+")
_LESS, _GREATER = (
    re.compile(rf"\{{\\{command}(?:\{{\}})?\}}|\\{command}(?:\{{\}}|(?![A-Za-z]))") for command in ("textless", "textgreater")
)
_ARXIV_IN_JOURNAL = re.compile(
    r"arxiv[:\s.]*(?:preprint)?[:\s]*(?:arxiv:)?\s*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.I
)
_VERBATIM = frozenset(("url", "doi", "eprint", "file", "link", "pdf", "codeurl", "paperid", "ee", "howpublished"))
_CONTAINERS = ("fjournal", "journal", "journaltitle", "booktitle", "maintitle", "eventtitle")
_HOUSES = ("publisher", "school", "institution", "organization", "university", "howpublished", "series")
_INHERITED = frozenset(
    ("booktitle", "year", "date", "month", "publisher", "journal", "journaltitle", "editor", "series", "volume", "organization")
)
_USED = frozenset(
    "title subtitle author abstract keywords keyword author_keywords url doi eprint archiveprefix eprinttype date year month day"
    " crossref paperid codeurl upvotes numcomments source database journal journaltitle booktitle".split()
)
# Columns of the schema live in these fields; a column of one of these names beside the schema would be read as another.
_RESERVED = _USED | frozenset(FIELDS) | frozenset(("entry_type", "key", "xdata", "fjournal", "maintitle", "eventtitle"))
_TYPES = frozenset(
    "article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis proceedings techreport unpublished"
    " bookinbook collection dataset inreference mvbook mvcollection mvproceedings mvreference online patent periodical reference report set"
    " software suppbook suppcollection suppperiodical thesis".split()
)
"""Types that BibTeX or biblatex has."""
_WITHIN_BOOKS = frozenset(("inproceedings", "conference", "incollection", "inbook", "bookinbook", "suppbook"))
_HOUSE_OF = {
    **dict.fromkeys(("book", "mvbook", "proceedings", "collection"), "publisher"),
    **dict.fromkeys(("phdthesis", "mastersthesis", "thesis"), "school"),
    **dict.fromkeys(("techreport", "report"), "institution"),
}
_CHAIN = 16
"""Entries that a chain of ``crossref`` is followed through."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+.:-]*\Z")


def sniff(head: bytes) -> bool:
    """Whether a line starts an entry."""
    text = decode(head)
    return text.lstrip()[:1] not in ("[", "{", "<") and _SNIFF.search(text) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the entries; damaged ones are read as far as they can be, and noted."""
    yield from tables(_papers(source, ledger), source, ledger)


def _papers(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    found = list(entries(source.text()))
    if any("crossref" in entry.fields for entry in found):
        _inherit(found, source, ledger)
    for number, entry in enumerate(found, start=1):
        record = record_of(entry)
        if not record:
            reason = "the entry has no field that can be read"
            ledger.reject(source.name, number, reason, line=entry.line, text=entry.text or f"@{entry.kind}{{{entry.key}}}")
            continue
        for problem in entry.problems:
            ledger.repair(source.name, number, "", "", "", problem, line=entry.line)
        yield number, entry.line, record


def _inherit(found: list[Entry], source: Source, ledger: Ledger) -> None:
    """Give entries what they lack from the entry they name in ``crossref``; follow chains, stop at cycles."""
    by_key: dict[str, Entry] = {}
    for entry in found:
        by_key.setdefault(entry.key.lower(), entry)
    for number, entry in enumerate(found, start=1):
        seen = {entry.key.lower()}
        parent = entry.fields.get("crossref", "").strip().lower()
        while parent and parent not in seen and len(seen) < _CHAIN:
            seen.add(parent)
            other = by_key.get(parent)
            if other is None:
                ledger.repair(
                    source.name, number, "venue", parent, "", "the entry it refers to is not in the file", line=entry.line
                )
                break
            for name, value in other.fields.items():
                if name in _INHERITED:
                    entry.fields.setdefault(name, value)
            if "title" in other.fields and other.kind != "article":
                entry.fields.setdefault("booktitle", other.fields["title"])
            parent = other.fields.get("crossref", "").strip().lower()


def record_of(entry: Entry) -> Mapping[str, Any]:
    """Turn an entry into fields of the schema, and its other fields as they are called; empty where nothing can be read."""
    raw = entry.fields
    get = raw.get
    record: dict[str, Any] = {}
    title = _text(get("title"))
    if (subtitle := get("subtitle")) and title:
        title = f"{title.rstrip(':')}: {_text(subtitle)}"
    record["title"] = title
    record["authors"] = _names(get("author") or (get("editor") if entry.kind in _WITHOUT_AUTHOR else None))
    record["abstract"] = _text(get("abstract"))
    record["venue"] = _venue(entry)
    record["published"] = _date(raw)
    words = get("author_keywords") or get("keywords") or get("keyword")
    if words and "unique-id" in raw:
        # Web of Science has braces of its own around every value.
        words = words.strip().removeprefix("{").removesuffix("}")
    record["keywords"] = _keywords(words)
    if get("author_keywords") and get("keywords"):
        # Scopus gives the terms of its index under the usual name.
        record["index_keywords"] = _text(get("keywords"))
    url = _verbatim(get("url") or get("link") or _address(get("howpublished")) or get("ee"))
    record["url"] = url
    doi = _verbatim(get("doi"))
    record["doi"] = normal_doi(doi) if doi else (normal_doi(url) if url and "doi.org/" in url else None)
    record["arxiv_id"] = _arxiv_id(raw)
    for field, name in (("code_url", "codeurl"), ("upvotes", "upvotes"), ("comments", "numcomments"), ("source", "source")):
        if name in raw:
            record[field] = _verbatim(raw[name]) if field == "code_url" else _text(raw[name])
    for name, value in raw.items():
        if name not in _USED and name not in FIELDS:
            record[name] = _verbatim(value) if name in _VERBATIM else _text(value)
    kept = {name: value for name, value in record.items() if value}
    if kept or "paperid" in raw:
        kept["id"] = _verbatim(get("paperid")) or (plain_latex(entry.key) if "{" in entry.key else entry.key)
        kept["entry_type"] = entry.kind
    return kept


_WITHOUT_AUTHOR = frozenset(("book", "proceedings", "collection", "mvbook", "mvcollection", "mvproceedings", "periodical"))


def _text(raw: str | None) -> str | None:
    if raw is None:
        return None
    if "\\textless" in raw:
        # Mendeley and Zotero write the brackets of HTML so; we write them otherwise.
        raw = _GREATER.sub(">", _LESS.sub("<", raw))
    return plain_latex(plain_markup(raw) if "<" in raw or "&" in raw else raw)


def _verbatim(raw: str | None) -> str | None:
    """Value of a field that is not LaTeX, but that many write as if it were."""
    if not raw:
        return None
    if "\\" in raw or "{" in raw:
        return plain_latex(raw.replace("\\url", ""))
    return _SPACES.sub(" ", raw).strip()


def _address(raw: str | None) -> str | None:
    return raw if raw and "://" in raw else None


def _names(raw: str | None) -> list[str] | None:
    """Names between ``and``, or semicolons where there is no ``and``; one within braces does not part them. ``and others`` is no name."""
    if not raw:
        return None
    parts = _split_outside_braces(raw, _AND) if "{" in raw else _AND.split(plain_latex(raw))
    if len(parts) == 1 and ";" in raw and not _CHARACTER_REFERENCE.search(raw):
        # BibTeX knows no list but that of ``and``, yet exporters of other lists write this.
        parts = [name for name in map(str.strip, _split_outside_braces(raw, _SEMICOLON)) if name]
        return [text for name in parts if (text := plain_latex(name))] or None
    # Within braces a name is as it stands.
    parts = [_from_parts(part) if "=" in part and part.lstrip()[:1] != "{" else part for part in parts]
    names = [plain_latex(name) for name in parts] if "{" in raw else parts
    return [
        name for name in names if name and (name.lower() != "others" or "{others}" in raw) and not PLACEHOLDER.fullmatch(name)
    ] or None


def _from_parts(name: str) -> str:
    """Name out of BibLaTeX's extended format: ``family=Fontaine, given=Jean, prefix=de, useprefix=true``."""
    pairs = [part.partition("=") for part in name.split(",")]
    parts = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
    if not parts.get("family") or not _NAME_PARTS.issuperset(key.partition("-")[0] for key in parts):
        return name
    family = " ".join(filter(None, (parts.get("prefix"), parts["family"])))
    return ", ".join(filter(None, (family, parts.get("suffix"), parts.get("given"))))


_NAME_PARTS = frozenset(("family", "given", "prefix", "suffix", "useprefix", "id", "juniorcomma"))


def _split_outside_braces(raw: str, separator: re.Pattern[str]) -> list[str]:
    parts: list[str] = []
    start = depth = counted = 0
    for match in separator.finditer(raw):
        depth += raw.count("{", counted, match.start()) - raw.count("}", counted, match.start())
        counted = match.start()
        if depth <= 0:
            parts.append(raw[start : match.start()])
            start = match.end()
    return [*parts, raw[start:]]


def _keywords(raw: str | None) -> list[str] | None:
    if not raw:
        return None
    if "{" in raw:
        parts = _split_outside_braces(raw, _SEMICOLON)
        parts = parts if len(parts) > 1 else _split_outside_braces(raw, _COMMA)
    else:
        parts = raw.split(";" if ";" in raw else ",")
    return [text for part in parts if (text := _text(part))] or None


def _venue(entry: Entry) -> str | None:
    raw = entry.fields
    order = (*_HOUSES, *_CONTAINERS) if entry.kind in _WITHOUT_AUTHOR else (*_CONTAINERS, *_HOUSES)
    return next(
        (
            text
            for name in order
            if (value := raw.get(name)) and not (name == "howpublished" and "://" in value) and (text := _text(value))
        ),
        None,
    )


def _date(raw: Mapping[str, str]) -> str | None:
    """Date as far as the fields tell it, as text that `parse_date` reads; ranges give their start."""
    if date := raw.get("date"):
        return plain_latex(date).split("/")[0] if re.match(r"\s*\d{4}", date) else plain_latex(date)
    year = plain_latex(raw.get("year", ""))
    month, day = plain_latex(raw.get("month", "")), plain_latex(raw.get("day", ""))
    if not year or not month:
        return year or None
    number = month_number(month)
    if number is not None:
        text = f"{year}-{number:02d}-{day}" if day.isdecimal() else f"{year}-{number:02d}"
    else:
        text = f"{day} {month} {year}" if not re.search(r"\d", month) else f"{month} {year}"
    return text if parse_date(text) else year


def _arxiv_id(raw: Mapping[str, str]) -> str | None:
    eprint = _verbatim(raw.get("eprint"))
    kind = (raw.get("archiveprefix") or raw.get("eprinttype") or "").lower()
    if eprint and (kind == "arxiv" or not kind) and (found := normal_arxiv_id(eprint)):
        return found
    for name in ("journal", "url", "volume", "note", "howpublished"):
        value = raw.get(name, "")
        if "arxiv" in value.lower():
            match = _ARXIV_IN_JOURNAL.search(value)
            if match or "arxiv.org" in value:
                return match.group(1) if match else normal_arxiv_id(value)
        elif name == "volume" and value.startswith("abs/"):
            return normal_arxiv_id(value)
    return None


def to_bibtex(
    papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, ledger: Ledger | None = None
) -> bytes:
    """Write papers as BibTeX.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    ledger : Ledger, optional
        Takes what BibTeX cannot hold: columns whose names no field can have.

    Returns
    -------
    bytes
        UTF-8. The key of an entry is the paper's id where that can be one, else made from author, year and title (see
        `citation_keys`); the id is then kept in the field ``paperid``.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.
    """
    table = to_table(papers)
    extra: dict[str, str] = {}
    for name in table.column_names:
        field = name.lower()
        if name in FIELDS or name == "entry_type":
            continue
        if _NAME.match(name) and field not in _RESERVED and field not in extra.values():
            extra[name] = field
        elif ledger is not None:
            ledger.lose("BibTeX", 0, name, "", "", "no field of an entry can have this column's name")
    keys, dates = citation_keys(table), known_dates(table)
    lines: list[str] = []
    for row, paper in enumerate(table.to_pylist()):
        written = dict(_written(paper, dates[row], keys[row]))
        lines += [f"@{_kind(paper)}{{{keys[row]},", *(f"  {name} = {value}," for name, value in written.items())]
        more = {f: name for name, f in extra.items() if paper[name] is not None and f not in written}
        lines += [f"  {f} = {{{to_latex(_plain(paper[name]))}}}," for f, name in more.items()]
        lines += ["}", ""]
    return deliver("\n".join(lines).encode(), path)


def _kind(paper: Mapping[str, Any]) -> str:
    given = paper.get("entry_type")
    own = isinstance(given, str) and (given in _TYPES or (named(given) is None and re.fullmatch(r"[a-z]{3,20}", given)))
    return str(given) if own and given not in ("comment", "string", "preamble") else kind_of(paper).bibtex


def _written(paper: Mapping[str, Any], day: str | None, key: str) -> Iterator[tuple[str, str]]:
    """Fields and their values with delimiters."""
    kind = _kind(paper)
    year, month, date = [*(day or "").split("-"), "", ""][:3]
    house = _HOUSE_OF.get(kind)
    # A house that the record names besides is read before this one.
    if house and any((paper.get(name) or paper["venue"]) != paper["venue"] for name in _HOUSES):
        house = None
    container = house or ("booktitle" if kind in _WITHIN_BOOKS else "journal")
    texts = (("title", paper["title"]), (container, paper["venue"]), ("abstract", paper["abstract"]))
    if paper["authors"]:
        yield (
            "author",
            "{" + " and ".join(_protected(name, r"\band\b|;|=|\A\s*others\s*\Z|,.*,.*,") for name in paper["authors"]) + "}",
        )
    yield from ((name, f"{{{to_latex(text)}}}") for name, text in texts if text)
    if year:
        yield "year", f"{{{year}}}"
    if month:
        yield "month", list(MONTHS)[int(month) - 1]
    if date:
        yield "day", f"{{{int(date)}}}"
    if paper["keywords"]:
        yield "keywords", "{" + ", ".join(_protected(word, "[,;]") for word in paper["keywords"]) + "}"
    if paper["arxiv_id"]:
        yield "eprint", f"{{{paper['arxiv_id']}}}"
        yield "archiveprefix", "{arXiv}"
    verbatim = (("doi", paper["doi"]), ("url", paper["url"]), ("codeurl", paper["code_url"]))
    yield from ((name, f"{{{_raw(text)}}}") for name, text in verbatim if text)
    counts = (("upvotes", paper["upvotes"]), ("numcomments", paper["comments"]), ("source", paper["source"]))
    yield from ((name, f"{{{to_latex(str(value))}}}") for name, value in counts if value is not None and value != "")
    if key != paper["id"]:
        yield "paperid", f"{{{_raw(paper['id'])}}}"


def _protected(text: str, separators: str) -> str:
    """LaTeX of an item of a list, in braces where it would be taken for several."""
    return f"{{{to_latex(text)}}}" if re.search(separators, text, re.IGNORECASE) else to_latex(text)


def _raw(text: str) -> str:
    return to_latex(text) if re.search(r"[\\{}]", text) else _SPACES.sub(" ", text).strip()


def _plain(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)

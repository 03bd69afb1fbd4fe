r"""BibTeX and BibLaTeX.

Specifications: Patashnik, *BibTeXing* (1988); Lehman et al., *The biblatex Package*
(https://ctan.org/pkg/biblatex). Dialects met: BibTeX and BibLaTeX names of fields, JabRef, Zotero, Mendeley, Scopus, Web of
Science, ACM, dblp, Google Scholar, MathSciNet, INSPIRE; ``crossref``, ``xdata`` and ``@set``;
strings and ``#``; damaged entries (see `entries`); macros for journals (see `journal_macros`); dates in EDTF.

A title whose braces or formulas plain text cannot hold is kept in `title_latex` as well, and written from there.

What BibTeX cannot hold: white space is single spaces, and names are written in BibTeX's form. Everything else is written, columns beyond
the schema as fields of their name; a column whose name no field can have is left out.

A paper is written under the key to cite it by, which is the same in every export.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.disk import deliver
from explorer.memory import remembered
from explorer.papers.author_names import bibtex_name, display, is_body, marked, parse_name, several_names, split_names
from explorer.papers.column_names import PLACEHOLDER
from explorer.papers.dates import edtf_of, month_number, parse_date
from explorer.papers.edtf import known_part, read_edtf
from explorer.papers.identifiers import addresses, normal_arxiv_id, normal_doi
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS
from explorer.sources.formats.bibtex.entries import MONTHS, Entry, entries, has_links, resolve
from explorer.sources.formats.bibtex.journal_macros import journal_of
from explorer.sources.formats.kinds import kind_of, named
from explorer.sources.formats.record_fields import (
    EDITORS,
    NOTES,
    Credits,
    editors_text,
    extended_dates,
    known_dates,
    notes_of,
    numbers_in,
    people,
)
from explorer.sources.source import Source, decode, tables
from explorer.text.analysis import without_accents
from explorer.text.markup import latex_of, plain_latex, plain_markup, single_spaced, to_latex

if TYPE_CHECKING:
    import pandas as pd

LABEL = "BibTeX"
SUFFIXES: tuple[str, ...] = (".bib", ".bibtex", ".biblatex")

_SNIFF = re.compile(r"^[ \t]*@\s*(?:%[^\n]*\s*)?[A-Za-z][\w-]*\s*(?:%[^\n]*\s*)?[{(]", re.MULTILINE)
_AND = re.compile(r"\s+and(?:\s+and)*(?:\s+|\Z)|\A\s*(?-i:and)\s+", re.IGNORECASE)
_CHARACTER_REFERENCE = re.compile(r"&#?\w+;")
# What is written here has a backslash before its ampersand, and stays.
_OF_HTML = re.compile(r"(?<!\\)&#?\w+;")
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
_USED = frozenset(
    "title subtitle author editor abstract keywords keyword author_keywords url doi eprint archiveprefix eprinttype date year month day"
    " crossref xdata paperid codeurl upvotes numcomments source database journal journaltitle booktitle".split()
)
# Columns of the schema live in these fields; a column of one of these names beside the schema would be read as another.
_RESERVED = _USED - {"eprint", "eprinttype"} | frozenset(FIELDS) | frozenset(("entry_type", "key", "fjournal"))
_WRITTEN_APART = frozenset(("entry_type", "title_latex", "edtf", "pages", "place", *EDITORS, *NOTES))
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
    lacking: list[tuple[Entry, str]] = []
    if has_links(found):
        found = resolve(found, lambda entry, key: lacking.append((entry, key)))
    numbers = {id(entry): number for number, entry in enumerate(found, start=1)} if lacking else {}
    for entry, key in lacking:
        if (place := numbers.get(id(entry))) is not None:
            reason = "the entry it refers to is not in the file"
            ledger.repair(source.name, place, "venue", key, "", reason, line=entry.line)
    for number, entry in enumerate(found, start=1):
        record = record_of(entry)
        if not record:
            reason = "the entry has no field that can be read"
            ledger.reject(source.name, number, reason, line=entry.line, text=entry.text or f"@{entry.kind}{{{entry.key}}}")
            continue
        for problem in entry.problems:
            ledger.repair(source.name, number, "", "", "", problem, line=entry.line)
        yield number, entry.line, record


def record_of(entry: Entry) -> Mapping[str, Any]:
    """Turn an entry into fields of the schema, and its other fields as they are called; empty where nothing can be read."""
    raw = entry.fields
    get = raw.get
    record: dict[str, Any] = {}
    title = _text(get("title"))
    if (subtitle := get("subtitle")) and title:
        title = f"{title.rstrip(':')}: {_text(subtitle)}"
    elif title and _PROTECTING.search(raw["title"]) and (kept_latex := single_spaced(raw["title"])) != title:
        record["title_latex"] = kept_latex
    record["title"] = title
    authors, editors = _names(get("author")), _names(get("editor"))
    record["authors"] = authors or (editors if entry.kind not in _BY_AUTHORS else None)
    if editors:
        record["editors"] = editors_text(editors)
    record["abstract"] = _text(get("abstract"))
    record["venue"] = _venue(entry)
    record["published"] = _date(raw)
    if not get("date") and (year := _text(get("year"))) and _is_state(year):
        # biblatex has a field of its own for it.
        record["pubstate"] = get("pubstate") or year
    if (extended := _extended_date(raw)) is not None:
        record["edtf"] = extended
    words = get("author_keywords") or get("keywords") or get("keyword")
    if words and "unique-id" in raw:
        # Web of Science has braces of its own around every value.
        words = words.strip().removeprefix("{").removesuffix("}")
    record["keywords"] = _keywords(words)
    if get("author_keywords") and get("keywords"):
        # Scopus gives the terms of its index under the usual name.
        record["index_keywords"] = _text(get("keywords"))
    url = _verbatim(get("url") or get("link") or _address(get("howpublished")) or get("ee"))
    if url and ("," in url or ";" in url or " " in url) and len(several := addresses(url)) > 1:
        url, record["further_urls"] = several[0], " ".join(several[1:])
    record["url"] = url
    doi = _verbatim(get("doi"))
    record["doi"] = normal_doi(doi) if doi else (normal_doi(url) if url and "doi.org/" in url else None)
    record["arxiv_id"] = _arxiv_id(raw)
    if (eprint := _verbatim(get("eprint"))) and record["arxiv_id"] is None:
        # Another archive's number; those of PubMed have columns that other formats bring too.
        archive = get("eprinttype") or get("archiveprefix") or ""
        known = {"pmid": "pmid", "pubmed": "pmid", "pmcid": "pmcid", "pmc": "pmcid"}.get(archive.strip().lower())
        record |= {known: eprint} if known and known not in raw else {"eprint": eprint, "eprinttype": _text(archive)}
    for field, name in (("code_url", "codeurl"), ("upvotes", "upvotes"), ("comments", "numcomments"), ("source", "source")):
        if name in raw:
            record[field] = _verbatim(raw[name]) if field == "code_url" else _text(raw[name])
    for name, value in raw.items():
        if name not in _USED and name not in FIELDS:
            record[name] = _verbatim(value) if name in _VERBATIM else _text(value)
    # What Zotero keeps in a note stands there line by line.
    note = get("note") or ""
    for name, value in numbers_in(note if "\n" in note else record.get("note")).items():
        record[name] = record.get(name) or value
    if "pages" in record and "–" in (record["pages"] or ""):
        record["pages"] = _DASH.sub("-", record["pages"])
    kept = {name: value for name, value in record.items() if value}
    if kept or "paperid" in raw:
        kept["id"] = _verbatim(get("paperid")) or (plain_latex(entry.key) if "{" in entry.key else entry.key)
        kept["entry_type"] = entry.kind
    return kept


_WITHOUT_AUTHOR = frozenset(("book", "proceedings", "collection", "mvbook", "mvcollection", "mvproceedings", "periodical"))
_BY_AUTHORS = frozenset(
    "article inproceedings conference incollection inbook bookinbook suppbook suppcollection suppperiodical inreference phdthesis"
    " mastersthesis thesis unpublished patent".split()
)
"""Types whose editors are those of what they appeared in."""
_STATE = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*\.?")


def _is_state(year: str) -> bool:
    """Whether a word stands for the year of what has none yet: in press, forthcoming, to appear."""
    return 6 <= len(year) <= 40 and _STATE.fullmatch(year) is not None and parse_date(year) is None


_PROTECTING = re.compile(r"(?<!\\['\"`^~=.cuvHtdbkr])\{(?!\\)|\$")
_YEAR_END = re.compile(r"(?<=\d)[\s.,]+\Z")
_DASH = re.compile(r"\s*[–—]\s*")
_PAGES = re.compile(r"[\w.:]+(?:\s*[-–—]+\s*[\w.:]+)?(?:\s*[,;]\s*[\w.:]+(?:\s*[-–—]+\s*[\w.:]+)?)*")
_PAGE_RANGE = re.compile(r"\s*[-–—]+\s*")


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
        # A tie is no blank within an address, and its accent no letter's.
        raw = _TILDE.sub(r"\\textasciitilde{}", raw) if "~" in raw and "://" in raw else raw
        raw = _ESCAPED_AGAIN.sub(r"\\\1", _HREF.sub(r"\1", raw))
        return plain_latex(raw.replace("\\url", ""))
    return _SPACES.sub(" ", _ENCLOSED.sub(r"\1", raw)).strip()


_ENCLOSED = re.compile(r"\A\s*<([a-z]+://[^<>\s]+)>\s*\Z")
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{[^{}]*\}")
_ESCAPED_AGAIN = re.compile(r"(?<!\\)\\{2,}+([_%&#])")
_TILDE = re.compile(r"(?:\\(?=~))?~(?:\{\})?")


def _address(raw: str | None) -> str | None:
    return raw if raw and "://" in raw else None


def _names(raw: str | None) -> list[str] | None:
    """Names between ``and``, or semicolons where there is no ``and``; one within braces does not part them. ``and others`` is no name."""
    if not raw:
        return None
    raw = _without_outer_braces(_referred(raw))
    parts = _split_outside_braces(raw, _AND) if "{" in raw else _AND.split(plain_latex(raw))
    if len(parts) == 1 and ";" in raw and not _CHARACTER_REFERENCE.search(raw):
        # BibTeX knows no list but that of ``and``, yet exporters of other lists write this.
        parts = [name for name in map(str.strip, _split_outside_braces(raw, _SEMICOLON)) if name]
        return [text for name in parts if (text := _name(name))] or None
    # Within braces a name is as it stands.
    parts = [_from_parts(part) if "=" in part and part.lstrip()[:1] != "{" else part for part in parts]
    names = [_name(name) for name in parts] if "{" in raw else parts
    if _MAY_LIST.search(raw) or not raw.isascii():
        # A semicolon beside ``and`` is part of a name.
        names = [
            one
            for part, name in zip(parts, names, strict=True)
            for one in (
                split_names(name)
                if ";" not in part
                and several_names(name)
                and not _MARK_IN_BRACES.search(part)
                and not _WHOLE_IN_BRACES.fullmatch(part)
                else [name]
            )
        ]
    return [
        name
        for name in names
        if (name.strip(" ,") or (name and "{" in raw))
        and (name.rstrip(" ,").lower() != "others" or "{others}" in raw)
        and not _ET_AL.fullmatch(name.strip("{}"))
        and not PLACEHOLDER.fullmatch(name)
    ] or None


_ET_AL = re.compile(r"et\.? ?al\.?", re.IGNORECASE)
_MAY_LIST = re.compile(r"[,&|]|\bet\.? ?al\b|\.{3}")
_MARK_IN_BRACES = re.compile(r"\{[^{}]*[,&，、；؛،]")
_WHOLE_IN_BRACES = re.compile(r"\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}\s*\Z")


def _name(raw: str) -> str:
    """A name as text; one that is all within braces is a body's."""
    return marked(plain_latex(raw)) if "{" in raw and " " in raw.strip() and _WHOLE_IN_BRACES.match(raw) else plain_latex(raw)


def _without_outer_braces(raw: str) -> str:
    """A list of people that an exporter has put into braces as a whole; a body may have an ``and`` in its name, but no comma on each side."""
    if raw[:1] != "{" or not _WHOLE_IN_BRACES.fullmatch(raw) or is_body(plain_latex(raw)):
        return raw
    inner = raw.strip()[1:-1]
    names = _split_outside_braces(inner, _AND)
    return inner if len(names) > 1 and all(_INVERTED.fullmatch(name) for name in names) else raw


_INVERTED = re.compile(r"\s*[^,]+,[^,]+(?:,[^,]+)?")


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


def _referred(raw: str) -> str:
    """A value with the characters that HTML's references to them mean, whose semicolons would part lists."""
    return _OF_HTML.sub(lambda match: unescape(match.group()), raw) if "&" in raw else raw


def _keywords(raw: str | None) -> list[str] | None:
    if not raw:
        return None
    raw = _referred(raw)
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
            if (value := raw.get(name))
            and not (name == "howpublished" and "://" in value)
            and (text := _text(journal_of(value) if "\\" in value else value))
        ),
        None,
    )


def _date(raw: Mapping[str, str]) -> str | None:
    """Date as far as the fields tell it, as text that `parse_date` reads; ranges give their start."""
    if date := raw.get("date"):
        if (extended := read_edtf(date)) is not None:
            return known_part(extended)
        text = plain_latex(date)
        # "2014/03" is a month, and no range.
        return text.split("/")[0] if re.match(r"\s*\d{4}(?!/(?:0?[1-9]|1[0-2])(?:/\d\d?)?\s*\Z)", text) else text
    year = _YEAR_END.sub("", plain_latex(raw.get("year", "")))
    month, day = plain_latex(raw.get("month", "")), plain_latex(raw.get("day", ""))
    if not year or not month:
        return year or None
    number = month_number(month)
    if number is not None:
        text = f"{year}-{number:02d}-{day}" if day.isdecimal() else f"{year}-{number:02d}"
    else:
        text = f"{day} {month} {year}" if not re.search(r"\d", month) else f"{month} {year}"
    return text if parse_date(text) else year


def _extended_date(raw: Mapping[str, str]) -> str | None:
    """What the date says beyond its beginning, in EDTF."""
    if date := raw.get("date"):
        return None if date.isdecimal() else read_edtf(date) or edtf_of(plain_latex(date))
    year, month = raw.get("year", ""), raw.get("month", "")
    if month and not month.isalnum() and (year := plain_latex(year)).isdecimal() and month_number(month) is None:
        return edtf_of(f"{plain_latex(month)} {year}")
    return None if year.isdecimal() or not year else edtf_of(plain_latex(year))


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

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> print(explorer.to_bibtex(papers).decode().splitlines()[1])
      author = {Lee, Ann},
    """
    return deliver(b"".join(bibtex_parts(PaperBatches.of(papers), ledger)), path)


def bibtex_parts(papers: PaperBatches, ledger: Ledger | None = None) -> Iterator[bytes]:
    """What `to_bibtex` gives, a batch of papers at a time."""
    extra: dict[str, str] = {}
    for name in papers.column_names:
        field = name.lower()
        if name in FIELDS or name in _WRITTEN_APART:
            continue
        if _NAME.match(name) and field not in _RESERVED and field not in extra.values():
            extra[name] = field
        elif ledger is not None:
            ledger.lose("BibTeX", 0, name, "", "", "no field of an entry can have this column's name")
    keys = iter(citation_keys(papers))
    between = ""
    for table in papers:
        lines: list[str] = []
        for paper, day, extended in zip(table.to_pylist(), known_dates(table), extended_dates(table), strict=True):
            key = next(keys)
            written = dict(_written(paper, day, extended, key))
            lines += [f"@{_kind(paper)}{{{key},", *(f"  {name} = {value}," for name, value in written.items())]
            more = {f: name for name, f in extra.items() if paper[name] is not None and f not in written}
            lines += [f"  {f} = {{{_further(f, paper[name])}}}," for f, name in more.items()]
            lines += ["}", ""]
        yield (between + "\n".join(lines)).encode()
        between = "\n"


def _further(field: str, value: Any) -> str:
    text = _plain(value)
    return _raw(text) if field in _VERBATIM or field == "further_urls" else latex_of(text, protect=field in _TITLES)


_TITLES = frozenset(("booktitle", "series", "maintitle", "shorttitle"))


def _kind(paper: Mapping[str, Any]) -> str:
    given = paper.get("entry_type")
    own = isinstance(given, str) and (given in _TYPES or (named(given) is None and re.fullmatch(r"[a-z]{3,20}", given)))
    return str(given) if own and given not in ("comment", "string", "preamble") else kind_of(paper).bibtex


def _written(paper: Mapping[str, Any], day: str | None, extended: str | None, key: str) -> Iterator[tuple[str, str]]:
    """Fields and their values with delimiters."""
    makers = people(paper)
    kind = _kind(paper)
    year, month, date = [*(day or "").split("-"), "", ""][:3]
    house = _HOUSE_OF.get(kind)
    # A house that the record names besides is read before this one.
    if house and any((paper.get(name) or paper["venue"]) != paper["venue"] for name in _HOUSES[: _HOUSES.index(house)]):
        house = None
    container = house or ("booktitle" if kind in _WITHIN_BOOKS else "journal")
    if container == "journal" and kind in _HOUSE_OF and not paper.get("series"):
        container = "series"
    for role in Credits._fields:
        if names := getattr(makers, role):
            yield role.removesuffix("s"), "{" + " and ".join(map(_written_name, names)) + "}"
    if paper["title"]:
        yield "title", f"{{{_written_title(paper)}}}"
    texts = ((container, paper["venue"]), ("abstract", paper["abstract"]))
    yield from ((name, f"{{{latex_of(text)}}}") for name, text in texts if text)
    if year:
        yield "year", f"{{{year}}}"
    if month:
        yield "month", list(MONTHS)[int(month) - 1]
    if date:
        yield "day", f"{{{int(date)}}}"
    if extended:
        yield "date", f"{{{extended}}}"
    if paper.get("pages"):
        yield "pages", f"{{{_written_pages(str(paper['pages']))}}}"
    if notes := notes_of(paper):
        yield "note", f"{{{latex_of('; '.join(notes))}}}"
    if paper.get("place") and not paper.get("address"):
        yield "address", f"{{{latex_of(str(paper['place']))}}}"
    if paper["keywords"]:
        yield "keywords", "{" + ", ".join(_protected(word, "[,;]") for word in paper["keywords"]) + "}"
    if paper["arxiv_id"]:
        yield "eprint", f"{{{paper['arxiv_id']}}}"
        yield "archiveprefix", "{arXiv}"
        if paper.get("eprint"):
            # An entry has one of them, and biblatex goes by this field.
            yield "eprinttype", "{arxiv}"
            number = ":".join(str(part) for part in (paper.get("eprinttype"), paper["eprint"]) if part)
            yield "othereprint", f"{{{_raw(number)}}}"
    verbatim = (("doi", paper["doi"]), ("url", paper["url"]), ("codeurl", paper["code_url"]))
    yield from ((name, f"{{{_raw(text)}}}") for name, text in verbatim if text)
    counts = (("upvotes", paper["upvotes"]), ("numcomments", paper["comments"]), ("source", paper["source"]))
    yield from ((name, f"{{{to_latex(str(value))}}}") for name, value in counts if value is not None and value != "")
    if key != paper["id"]:
        yield "paperid", f"{{{_raw(paper['id'])}}}"


@remembered(65_536)
def _written_name(name: str) -> str:
    """A name in BibTeX's form; in braces, where that would be read as another."""
    written = bibtex_name(name, to_latex)
    again = _names(written)
    return (
        written
        if again and len(again) == 1 and display(again[0]) == display(name)
        else f"{{{to_latex(display(name) or name)}}}"
    )


def _written_title(paper: Mapping[str, Any]) -> str:
    """The title as it was in LaTeX, if that is still its text, or as LaTeX that keeps its formulas and capitals."""
    own, title = paper.get("title_latex"), single_spaced(paper["title"])
    if isinstance(own, str) and _text(own) == title and _counts(own):
        # Scopus and others write these signs bare, which LaTeX does not print.
        escaped = re.sub(r"(?<!\\)([%&#])", r"\\\1", own)
        return escaped if _text(escaped) == title else own
    return latex_of(title, protect=True)


def _written_pages(pages: str) -> str:
    """Pages with two hyphens in each range, as BibTeX has them."""
    return _PAGE_RANGE.sub("--", pages) if _PAGES.fullmatch(pages) else to_latex(pages)


def _counts(text: str) -> bool:
    """Whether the braces of a text balance as BibTeX counts them, escaped or not."""
    depth = 0
    for mark in re.findall(r"[{}]", text):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _protected(text: str, separators: str) -> str:
    """LaTeX of an item of a list, in braces where it would be taken for several."""
    return f"{{{to_latex(text)}}}" if re.search(separators, text, re.IGNORECASE) else to_latex(text)


def _raw(text: str) -> str:
    return to_latex(text) if re.search(r"[\\{}]", text) else _SPACES.sub(" ", text).strip()


def _plain(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


# Mendeley writes `Müller2020`, and ACM a DOI.
_KEY = re.compile(r"(?:[^\W\d_]|10\.\d{4,9}/)[\w:.+/-]*\Z")
_MADE = re.compile(r"(?:doi:|arxiv:|p-[0-9a-f]{12})")
_WORD = re.compile(r"[a-z0-9]+")
_TITLE_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PAIRS = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,2}|[^\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_SMALL = frozenset(
    "a an the on in of for and or to with from by at as is are do does can how what why when der die das le la les".split()
)


def citation_keys(papers: PaperBatches) -> list[str]:
    """Make one key a paper.

    Parameters
    ----------
    papers : PaperBatches

    Returns
    -------
    list of str
        The id where it can be a key and was not made by this package (it is then the key the user's own file had); else the
        family name of the first author, the year and the first word of the title that means something
        (``vaswani2017attention``, ``wang2021hupo``), in ASCII. Papers that share such a key get four characters of a hash of their ids, so that
        a key depends on no order.
    """
    made: list[str] = []
    given: list[bool] = []
    for table in papers.select(["id", "authors", "year", "title"]):
        for paper in table.to_pylist():
            given.append(bool(_KEY.match(paper["id"]) and not _MADE.match(paper["id"])))
            made.append(paper["id"] if given[-1] else _made(paper))
    # BibTeX compares keys without regard to case.
    count = Counter(key.lower() for key in made)
    ids = (id_ for table in papers.select(["id"]) for id_ in table.column("id").to_pylist())
    keys = [
        key if own or count[key.lower()] == 1 else f"{key}-{hashlib.blake2b(id_.encode(), digest_size=2).hexdigest()}"
        for key, own, id_ in zip(made, given, ids, strict=True)
    ]
    return keys if len({key.lower() for key in keys}) == len(keys) else _told_apart(keys)


def _told_apart(keys: list[str]) -> list[str]:
    seen: set[str] = set()
    result = []
    for key in keys:
        number, fresh = 1, key
        while fresh.lower() in seen:
            number += 1
            fresh = f"{key}-{number}"
        seen.add(fresh.lower())
        result.append(fresh)
    return result


def _made(paper: Mapping[str, Any]) -> str:
    first = parse_name((paper["authors"] or [""])[0])
    name = "".join(_WORD.findall(_ascii(first.family or _first_word(first.literal)))) or "anon"
    words = (_ascii(word) for word in _words(paper["title"] or ""))
    word = next((word for word in words if word and word not in _SMALL and not word.isdigit()), "untitled")
    year = f"{paper['year']:04d}" if paper["year"] is not None else ""
    return f"{name if name[0].isalpha() else 'x' + name}{year}{word}"[:60]


def _first_word(body: str) -> str:
    """The word a body is known by; of a name in Chinese or Japanese without a blank, the family name or what stands for it."""
    if _HAN.match(body):
        return body[:1] if len(body) < 4 else body[:2]
    return next((word for word in body.split(" ") if _ascii(word) not in _SMALL), body)


def _words(title: str) -> list[str]:
    """Words of a title; where Chinese or Japanese runs on, two characters are one."""
    return [part for word in _TITLE_WORD.findall(title) for part in (_PAIRS.findall(word) if _HAN.search(word) else [word])]


def _ascii(text: str) -> str:
    """Letters of any script in small ASCII: ``Müller`` is ``muller``, ``王`` ``wang``, ``Иванов`` ``ivanov``."""
    spelled = text if text.isascii() else _transliterated(text)
    return "".join(_WORD.findall(spelled.lower()))


def _transliterated(text: str) -> str:
    from anyascii import anyascii

    return anyascii(unicodedata.normalize("NFC", without_accents(text)))

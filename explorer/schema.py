"""The paper table: the only place column names and types are written.

A paper table is a DataFrame (every column Arrow-backed) with the columns of `FIELDS`, in that order, followed by whatever
other columns the input brought. Inside the package it travels as a `pyarrow.Table` of the same schema, which opens
memory-mapped and costs no import of pandas.

============ ============== =================================================================
column       type           meaning
============ ============== =================================================================
id           string         unique within the table
title        string
abstract     string
authors      list of string as given, one name an item
published    timestamp[s]   first day of the period that is known
precision    string         how much of `published` is known: "year", "month" or "day"
year         int16          year of `published`
venue        string         journal, conference or publisher
keywords     list of string
url          string
doi          string         lower case, without a resolver
arxiv_id     string         without version
code_url     string
upvotes      int32
comments     int32
source       string         where the record was read
============ ============== =================================================================

Only `id` is never null.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dates import PRECISIONS, parse_date
from explorer.errors import SchemaError

if TYPE_CHECKING:
    import pandas as pd

TEXT = pa.large_string()
TEXTS = pa.list_(pa.large_string())

FIELDS: dict[str, pa.DataType] = {
    "id": TEXT,
    "title": TEXT,
    "abstract": TEXT,
    "authors": TEXTS,
    "published": pa.timestamp("s"),
    "precision": pa.string(),
    "year": pa.int16(),
    "venue": TEXT,
    "keywords": TEXTS,
    "url": TEXT,
    "doi": TEXT,
    "arxiv_id": TEXT,
    "code_url": TEXT,
    "upvotes": pa.int32(),
    "comments": pa.int32(),
    "source": TEXT,
}

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "paper id", "key", "record id", "uid", "ut (unique wos id)", "ut unique wos id", "ut", "lens id", "publication id",
           "openalex id", "paperid"),
    "title": ("title", "primary title", "article title", "document title", "item title", "display name", "ti", "titles",
              "original title", "publication name"),
    "abstract": ("abstract", "summary", "abstract note", "notes abstract", "ab", "abstracts", "description"),
    "authors": ("author full names", "authors", "author", "author/s", "creators", "author names", "first authors",
                "authorships.author.display name", "af", "au"),
    "published": ("published", "date", "publication date", "date published", "published at", "publishedat", "update date", "month",
                  "issue date", "online date", "pubdate", "date of publication", "cover date"),
    "precision": ("precision",),
    "year": ("year", "publication year", "pub year", "pubyear", "publication date (year)", "date of publication (year)", "py", "yr"),
    "venue": ("venue", "journal", "source title", "publication title", "journal/book", "journal title", "booktitle", "book title",
              "journal ref", "pubtitle", "secondary title", "journal name", "primary location.source.display name", "so",
              "conference title", "proceedings title", "publication"),
    "keywords": ("keywords", "author keywords", "tags", "ai keywords", "categories", "manual tags", "index keywords", "de",
                 "mesh terms", "subject terms", "subjects", "ieee terms", "fields of study"),
    "url": ("url", "link", "urls", "pdf link", "source urls", "external url", "dimensions url", "openurl link", "open url link",
            "document url"),
    "doi": ("doi", "item doi", "digitalobjectidentifier", "digital object identifier", "doi link", "di"),
    "arxiv_id": ("arxiv id", "arxiv", "arxivid"),
    "code_url": ("code url", "code", "github", "githubrepo", "github repo", "github url"),
    "upvotes": ("upvotes", "votes", "likes"),
    "comments": ("comments", "numcomments", "num comments", "n comments"),
    "source": ("source", "database"),
}  # fmt: skip

ARXIV_ID = re.compile(r"(?:arxiv[:./]|abs/|pdf/|^)\s*((?:\d{4}\.\d{4,5})|(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?", re.I)
DOI = re.compile(r"(10\.\d{4,9}(?:\.\d+)*/\S+)", re.I)
# What follows a DOI in running text or an address is no part of it; brackets that it opens itself are.
_DOI_END = re.compile(r"[\s\"{}|\\^`]|</|&lt;|[?&](?:amp;)?(?:issn|isbn|nosfx|url|utm_|casa_token)[^/]*$", re.I)
_DOI_TRAILING = frozenset(".,;:)]>'\u2019\u201d")
_OPENING = {")": "(", "]": "[", ">": "<"}
_FOLDED = re.compile(r"[\s_-]+")


def columns_to_fields(names: Iterable[str]) -> dict[str, str]:
    """Map the column names of a file to the fields of the schema.

    Parameters
    ----------
    names : iterable of str
        Column names as they stand in the file.

    Returns
    -------
    dict
        ``{column: field}`` for the columns that are recognised; the first synonym in `SYNONYMS` wins.
    """
    folded = {_FOLDED.sub(" ", name.strip("\ufeff \t").lower()): name for name in reversed(list(names))}
    found: dict[str, str] = {}
    for field, synonyms in SYNONYMS.items():
        for synonym in synonyms:
            if synonym in folded and folded[synonym] not in found:
                found[folded[synonym]] = field
                break
    return found


def normal_doi(text: str) -> str | None:
    """Return the bare, lower-case DOI in `text`, or None (``https://doi.org/10.1000/ABC.`` gives ``10.1000/abc``)."""
    match = DOI.search(text)
    if match is None:
        return None
    doi = _DOI_END.split(match.group(1), maxsplit=1)[0]
    while doi[-1:] in _DOI_TRAILING and (doi[-1] not in ")]>" or doi.count(doi[-1]) > doi.count(_OPENING[doi[-1]])):
        doi = doi[:-1]
    return doi.lower() or None


def normal_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier in `text` without its version, or None."""
    match = ARXIV_ID.search(text.strip())
    return match.group(1) if match else None


def conform(table: pa.Table, note: Callable[[int, str, str, str, str], None] | None = None) -> pa.Table:
    """Bring a table of any column names and types into the schema.

    Parameters
    ----------
    table : pyarrow.Table
        One row a record. Columns are recognised by name (see `SYNONYMS`); the others are kept as they are.
    note : callable, optional
        Called as ``note(row, field, before, after, reason)`` for each value that had to be changed or dropped.

    Returns
    -------
    pyarrow.Table
        The fields of `FIELDS` in order, then the other columns. `id` may still be null: see `assign_ids`.
    """
    report = note or (lambda row, field, before, after, reason: None)
    mapping = columns_to_fields(table.column_names)
    by_field = {field: table.column(name) for name, field in mapping.items()}
    rows = table.num_rows
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    for field, kind in FIELDS.items():
        given = by_field.get(field)
        if given is None:
            columns[field] = pa.nulls(rows, kind)
        elif given.type == kind:
            columns[field] = given
        elif kind == TEXT:
            columns[field] = _as_text(given)
        elif kind == TEXTS:
            columns[field] = _as_texts(given, names=field == "authors")
        elif field in ("year", "upvotes", "comments"):
            columns[field] = _as_whole_numbers(given, kind, field, report)
        elif field == "precision":
            columns[field] = _as_text(given).cast(pa.string())
    _date_columns(columns, by_field.get("published"), rows, report)
    if columns["arxiv_id"].null_count == rows:
        columns["arxiv_id"] = _arxiv_ids_in(columns["url"])
    columns["doi"] = _normalised(columns["doi"], normal_doi, "doi", "no DOI in it", report)
    columns["arxiv_id"] = _normalised(columns["arxiv_id"], normal_arxiv_id, "arxiv_id", "no arXiv id in it", report)
    extra = {name: table.column(name) for name in table.column_names if name not in mapping and name not in FIELDS}
    return pa.table({**{field: columns[field] for field in FIELDS}, **extra})


def _arxiv_ids_in(urls: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Identifiers out of ``arxiv.org`` addresses, null for other addresses."""
    found = pc.extract_regex(urls, r"arxiv\.org/(?:abs|pdf)/(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})")
    return pc.struct_field(found, "id").cast(TEXT)


def _as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cast to text, trimmed; empty text is null."""
    if pa.types.is_nested(values.type):
        values = pa.chunked_array([pa.array([None if v is None else str(v) for v in values.to_pylist()], TEXT)])
    trimmed = pc.utf8_trim_whitespace(values.cast(TEXT))
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed)


def _as_texts(values: pa.ChunkedArray, *, names: bool) -> pa.ChunkedArray:
    """Cast to lists of text; a text is split at the separator its column uses."""
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        if pa.types.is_nested(values.type.value_type):
            return pa.chunked_array([pa.array([_names_of(value) for value in values.to_pylist()], TEXTS)])
        return values.cast(TEXTS)
    text = _as_text(values)
    if pc.any(pc.match_substring_regex(text, r"[;|\n]")).as_py():
        split = pc.split_pattern_regex(text, r"\s*[;|\n]\s*")
    elif names and pc.any(pc.match_substring(text, " and ")).as_py():
        split = pc.split_pattern_regex(text, r"\s+and\s+|,\s+and\s+")
    elif names and _family_first(text):
        split = pc.split_pattern(text, "\x00")
    else:
        split = pc.split_pattern_regex(text, r"\s*,\s*")
    return split.cast(TEXTS)


def _names_of(value: list[Any] | None) -> list[str] | None:
    """Names out of a list of objects, as web APIs give them (``[{"name": …}]``)."""
    if value is None:
        return None
    names = [item if isinstance(item, str) else (item or {}).get("name") for item in value]
    return [str(name) for name in names if name]


def _family_first(text: pa.ChunkedArray) -> bool:
    """Whether a column of names without a semicolon holds one ``Family, Given`` a cell and not a list of names.

    In a list of names most pieces between commas have two words or more; in ``Family, Given`` the first has one.
    """
    sample = [value for value in text.slice(0, 1000).to_pylist() if value and "," in value]
    single = sum(value.count(",") == 1 and " " not in value.split(",")[0].strip() for value in sample)
    return bool(sample) and single > 0.8 * len(sample)


def _as_whole_numbers(
    values: pa.ChunkedArray, kind: pa.DataType, field: str, report: Callable[[int, str, str, str, str], None]
) -> pa.ChunkedArray:
    """Cast to whole numbers; what is none becomes null and is reported."""
    if pa.types.is_integer(values.type) or pa.types.is_null(values.type):
        try:
            return values.cast(kind)
        except pa.ArrowInvalid:
            pass
    limit = np.iinfo(kind.to_pandas_dtype()).max
    whole: list[int | None] = []
    for row, value in enumerate(values.to_pylist()):
        if value is None or str(value).strip() in ("", "nan", "None", "null"):
            whole.append(None)
            continue
        match = re.match(r"\s*(-?\d+)(?:\.0*)?\s*$", str(value)) or (
            re.search(r"\b(1[5-9]\d\d|20\d\d)\b", str(value)) if field == "year" else None
        )
        number = int(match.group(1)) if match else None
        if number is None or abs(number) > limit:
            report(row, field, str(value), "", "not a whole number")
            number = None
        whole.append(number)
    return pa.chunked_array([pa.array(whole, kind)])


def _date_columns(
    columns: dict[str, pa.ChunkedArray | pa.Array],
    given: pa.ChunkedArray | None,
    rows: int,
    report: Callable[[int, str, str, str, str], None],
) -> None:
    """Fill `published`, `precision` and `year` from each other; `published` wins where they differ."""
    if given is not None and not pa.types.is_temporal(given.type):
        coded = _as_text(given).combine_chunks().dictionary_encode()
        parsed = [parse_date(text) for text in coded.dictionary.to_pylist()]
        for text, found in zip(coded.dictionary.to_pylist(), parsed, strict=True):
            if found is None:
                for row in np.flatnonzero(pc.equal(coded.cast(TEXT), text).to_numpy(zero_copy_only=False)):
                    report(int(row), "published", text, "", "not a date")
        days = pa.array([found[0] if found else None for found in parsed], pa.date32()).cast(FIELDS["published"])
        precision = pa.array([found[1] if found else None for found in parsed], pa.string())
        columns["published"] = days.take(coded.indices)
        columns["precision"] = precision.take(coded.indices)
    elif given is not None:
        columns["published"] = given.cast(pa.date32()).cast(FIELDS["published"]) if rows else given.cast(FIELDS["published"])
        columns["precision"] = pc.if_else(
            pc.is_valid(columns["published"]), pc.coalesce(columns["precision"], pa.scalar("day")), pa.scalar(None, pa.string())
        )
    year = pa.array(columns["year"].to_pylist(), pa.int16()) if pc.is_valid(columns["year"]).to_numpy(False).any() else None
    if year is not None:
        years = [None if y is None or not 1 <= y <= 9999 else date(y, 1, 1) for y in year.to_pylist()]
        from_year = pa.array(years, pa.date32()).cast(FIELDS["published"])
        known = pc.is_valid(columns["published"])
        precision = pc.if_else(pc.is_valid(from_year), pa.scalar("year"), pa.scalar(None, pa.string()))
        columns["precision"] = pc.if_else(known, columns["precision"], precision)
        columns["published"] = pc.if_else(known, columns["published"], from_year)
    columns["year"] = pc.year(columns["published"]).cast(pa.int16())


def _normalised(
    values: pa.ChunkedArray | pa.Array,
    normal: Callable[[str], str | None],
    field: str,
    reason: str,
    report: Callable[[int, str, str, str, str], None],
) -> pa.ChunkedArray | pa.Array:
    """Bring identifiers into their bare form; what holds none becomes null and is reported."""
    if values.null_count == len(values):
        return values
    result: list[str | None] = []
    for row, value in enumerate(values.to_pylist()):
        bare = normal(value) if value else None
        if value and bare is None:
            report(row, field, value, "", reason)
        result.append(bare)
    return pa.array(result, TEXT)


def assign_ids(table: pa.Table, note: Callable[[int, str, str, str, str], None] | None = None) -> pa.Table:
    """Give every row of a conforming table an id of its own.

    A missing id is made from the DOI or the arXiv id, else from a hash of title, year and authors, so that reading the same
    file twice gives the same ids. An id that stands twice gets a numbered ending, and `note` is called.
    """
    given = table.column("id").to_pylist()
    missing = [row for row, value in enumerate(given) if not value]
    if missing:
        some = table.take(pa.array(missing, pa.int64())).select(["doi", "arxiv_id", "title", "year", "authors"]).to_pylist()
        for row, record in zip(missing, some, strict=True):
            given[row] = _made_id(record)
    seen: dict[str, int] = {}
    taken = set(given) if len(set(given)) < len(given) else None
    if taken is not None:
        for row, value in enumerate(given):
            count = seen.get(value, 0) + 1
            seen[value] = count
            if count > 1:
                fresh = f"{value}-{count}"
                while fresh in taken:
                    count += 1
                    fresh = f"{value}-{count}"
                seen[value] = count
                taken.add(fresh)
                if note is not None:
                    note(row, "id", value, fresh, "the id stands on another record too")
                given[row] = fresh
    return table.set_column(table.column_names.index("id"), "id", pa.array(given, TEXT))


def _made_id(record: Mapping[str, Any]) -> str:
    if record["doi"]:
        return f"doi:{record['doi']}"
    if record["arxiv_id"]:
        return f"arxiv:{record['arxiv_id']}"
    text = "\n".join([record["title"] or "", str(record["year"] or ""), *(record["authors"] or [])])
    return "p-" + hashlib.blake2b(text.casefold().encode(errors="surrogatepass"), digest_size=6).hexdigest()


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Show a table as a DataFrame without copying: every column stays in Arrow memory."""
    import pandas as pd

    return table.to_pandas(types_mapper=pd.ArrowDtype)


def to_table(papers: pd.DataFrame | pa.Table) -> pa.Table:
    """Validate a paper table and return it as a conforming `pyarrow.Table` with ids.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        Needs `title`. Every other field of the schema may be missing; columns of other names are kept.

    Raises
    ------
    SchemaError
        There is no `title` column, or a column cannot be read as its type.
    """
    if not isinstance(papers, pa.Table):
        try:
            papers = pa.Table.from_pandas(papers, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            raise SchemaError(f"The table has a column that holds mixed types: {error}. Convert it to one type.") from error
    if "title" not in columns_to_fields(papers.column_names).values():
        names = ", ".join(map(str, papers.column_names)) or "none"
        raise SchemaError(f"The table has no title column (its columns: {names}). Rename the one that holds titles to 'title'.")
    if papers.column_names[: len(FIELDS)] == list(FIELDS) and not papers.column("id").null_count:
        types = [papers.schema.field(name).type for name in FIELDS]
        if types == list(FIELDS.values()) and len(pc.unique(papers.column("id"))) == papers.num_rows:
            return papers.replace_schema_metadata(None)
    try:
        return assign_ids(conform(papers)).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SchemaError(f"A column cannot be read as its type: {error}.") from error


def validate(papers: pd.DataFrame) -> pd.DataFrame:
    """Return `papers` in the schema: fields in order and type, ids unique, other columns kept. The input is not changed.

    Raises
    ------
    SchemaError
        There is no `title` column, or a column cannot be read as its type.
    """
    return to_frame(to_table(papers))

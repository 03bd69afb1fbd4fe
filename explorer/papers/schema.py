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
import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.errors import SchemaError
from explorer.papers.author_names import name_splitter, split_names
from explorer.papers.column_names import FURTHER, NOTHING, PLACEHOLDER, columns_to_fields
from explorer.papers.dates import PRECISIONS, parse_date
from explorer.papers.identifiers import BARE, arxiv_id_from_number, first_address, normal_arxiv_id, normal_doi, whole_number
from explorer.papers.rows import rows_where

if TYPE_CHECKING:
    import pandas as pd

TEXT = pa.large_string()
TEXTS = pa.list_(pa.large_string())

_NO_PERIOD = -(2**63)
"""What pandas keeps for a period that is missing."""

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


_COUNTS = ("upvotes", "comments")

_TO_THE_LETTER = ("id", "title")
"""Texts in which a word for nothing may be one that somebody chose."""


def conform(table: pa.Table, note: Callable[[int, str, str, str, str], None] | None = None) -> pa.Table:
    """Bring a table of any column names and types into the schema.

    Parameters
    ----------
    table : pyarrow.Table
        One row a record; columns are recognised by name, the others kept.
    note : callable, optional
        Called as ``note(row, field, before, after, reason)`` for each value that had to be changed or dropped.

    Returns
    -------
    pyarrow.Table
        The fields of `FIELDS` in order, then the other columns. `id` may still be null: see `assign_ids`.
    """
    report = note or (lambda row, field, before, after, reason: None)
    table = _distinct_names(_periods_as_text(table))
    mapping = columns_to_fields(table.column_names)
    mapping = {name: field for name, field in mapping.items() if field not in _COUNTS or _is_count(table.column(name))}
    if "url" not in mapping.values() and (name := next((n for n in table.column_names if _is_entry_id(table, n)), None)):
        mapping[name] = "url"
    by_field = {field: table.column(name) for name, field in mapping.items()}
    rows = table.num_rows
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    for field, kind in FIELDS.items():
        given = by_field.get(field)
        if given is None:
            columns[field] = pa.nulls(rows, kind)
        elif kind == TEXT:
            if field == "id" and pa.types.is_floating(given.type):
                _note_rounded(given, field, report)
            text = _as_text(given)
            columns[field] = text if field in _TO_THE_LETTER else _without_placeholders(text)
        elif kind == TEXTS:
            columns[field] = _without_sole_placeholders(_without_blanks(_as_texts(given, names=field == "authors")))
        elif given.type == kind:
            columns[field] = given
        elif field in ("year", "upvotes", "comments"):
            columns[field] = _as_whole_numbers(given, kind, field, report)
        elif field == "precision":
            columns[field] = _as_text(given).cast(pa.string())
    _date_columns(columns, by_field.get("published"), rows, report)
    if columns["arxiv_id"].null_count:
        columns["arxiv_id"] = pc.coalesce(columns["arxiv_id"], _arxiv_ids_in(columns["url"]))
    columns["url"] = _normalised(columns["url"], first_address, "url", "the first address is kept", report)
    columns["doi"] = _normalised(columns["doi"], normal_doi, "doi", "no DOI in it", report)
    if columns["doi"].null_count:
        # Of each record by itself: what it is read as does not depend on those that are read with it.
        columns["doi"] = _with_dois_in(columns["doi"], columns["url"])
    if columns["arxiv_id"].null_count and pc.any(pc.starts_with(columns["doi"], _ARXIV_DOI)).as_py():
        columns["arxiv_id"] = pc.coalesce(columns["arxiv_id"], _arxiv_ids_of(columns["doi"]))
    columns["arxiv_id"] = _normalised(columns["arxiv_id"], normal_arxiv_id, "arxiv_id", "no arXiv id in it", report)
    extra = {
        f"{name}_text" if name in FIELDS else name: as_named(name, _further(name, table.column(name)), report)
        for name in table.column_names
        if name not in mapping
    }
    return pa.table({**{field: columns[field] for field in FIELDS}, **extra})


def as_named(
    name: str, values: pa.ChunkedArray, report: Callable[[int, str, str, str, str], None] = lambda *told: None
) -> pa.ChunkedArray:
    """A column beyond the schema: names made of digits are text, whole numbers have no fraction.

    Where a value is missing, pandas and others turn whole numbers into floats; a text then ends in ``.0``.
    """
    kind = values.type
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        # Arrow takes no rows of them.
        return values.cast(TEXT if pa.types.is_string_view(kind) else pa.large_binary())
    if pa.types.is_nested(kind) or pa.types.is_temporal(kind):
        return _sayable(values, name, report)
    if not _NAMES_OF_DIGITS.search(name):
        return _without_fractions(values) if pa.types.is_floating(kind) else values
    if pa.types.is_floating(kind):
        _note_rounded(values, name, report)
        values = _without_fractions(values)
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        values = values.cast(TEXT)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        values = _with_fractions_restored(name, values, report)
    else:
        return values
    return _as_pmids(name, values, report) if _PMIDS.search(name) else values


def _with_fractions_restored(
    name: str, values: pa.ChunkedArray, report: Callable[[int, str, str, str, str], None]
) -> pa.ChunkedArray:
    broken = pc.fill_null(pc.match_substring_regex(values, r"^\d+(?:\.0+|\.\d+[eE]\+?\d{1,2})$"), False)
    given = pc.and_(pc.is_valid(values), pc.not_equal(values, ""))
    # "Version 2.0" is a number of its own: only a column that holds nothing else went through floats. A PMID has no fraction.
    whole = pc.sum(broken).as_py() == pc.sum(given).as_py() or _PMIDS.search(name) is not None
    if not whole or not pc.any(broken).as_py():
        return values
    texts = values.to_pylist()
    for row in rows_where(broken).to_pylist():
        if restored := whole_number(texts[row]):
            report(row, name, texts[row], restored, "it was taken for a number, and is restored")
            texts[row] = restored
    return pa.chunked_array([pa.array(texts, values.type)])


def _as_pmids(name: str, values: pa.ChunkedArray, report: Callable[[int, str, str, str, str], None]) -> pa.ChunkedArray:
    """PMIDs without the address that stands around them or that Embase writes behind; abstrackr writes 0 where there is none."""
    other = pc.fill_null(pc.match_substring_regex(values, r"^(?:0|\d{1,9} +\(.*\)|https?://\S+[/=]\d{1,9}/?)$"), False)
    if not pc.any(other).as_py():
        return values
    texts = values.to_pylist()
    for row in rows_where(other).to_pylist():
        number = re.split("[/=]", texts[row].partition(" ")[0].rstrip("/"))[-1]
        known = number != "0"
        report(row, name, texts[row], number if known else "", "only the number is kept" if known else "no PMID is 0")
        texts[row] = number if known else None
    return pa.chunked_array([pa.array(texts, values.type)])


_EXACT = 2.0**53


def _note_rounded(values: pa.ChunkedArray, name: str, report: Callable[[int, str, str, str, str], None]) -> None:
    """Note floats that stand for names and have more digits than a float keeps."""
    values = values.cast(pa.float64())
    beyond = pc.and_(pc.greater_equal(values, _EXACT), pc.is_finite(values))
    for row in rows_where(beyond).to_pylist():
        told = f"{values[row].as_py():.0f}"
        report(
            row,
            name,
            told,
            told,
            "a float keeps 15 digits of a number, so that the last of these may be others; keep it as text",
        )


def needs_whole_column(name: str, kind: pa.DataType) -> bool:
    """Whether `as_named` has to see all values of a column beyond the schema to say what they are written as."""
    texts = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(pa.types.is_floating(kind) or (texts and _NAMES_OF_DIGITS.search(name)))


_PMIDS = re.compile(r"(?:\A|[\W_])pmid\Z|\A(?:pubmed|med)[\W_]*\w*id\Z", re.IGNORECASE)
_NAMES_OF_DIGITS = re.compile(
    r"(?:\A|[\W_])(?:id|pmid|pmcid|pmc|isbns?|issns?|volume|vol|issue|number|no|pages?|accession|uid|eid|nct)\Z|[a-z]I[Dd]\Z|\A(?:pubmed|med)\w*id\Z",
    re.IGNORECASE,
)


def _digits(value: Any) -> Any:
    """A number in a column of texts and numbers as text, without the fraction that a float gave it."""
    if isinstance(value, float):
        return None if value != value else str(int(value)) if value.is_integer() else str(value)
    return str(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else value


def _without_fractions(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floats as integers where all are whole; those that are not a number are missing."""
    if pa.types.is_float16(values.type):
        # Arrow has no arithmetic for them.
        values = values.cast(pa.float32())
    numbers = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    if numbers.null_count == len(numbers) or not pc.all(pc.equal(numbers, pc.trunc(numbers))).as_py():
        return values
    try:
        return numbers.cast(pa.int64())
    except pa.ArrowInvalid:
        # Beyond 2**53 a float has lost digits, beyond 2**63 an integer has no place for them.
        digits = [
            None if value is None else str(int(value)) if abs(value) < float("inf") else None for value in numbers.to_pylist()
        ]
        return pa.chunked_array([pa.array(digits, TEXT)])


def _periods_as_text(table: pa.Table) -> pa.Table:
    """Columns of pandas periods as ISO text (``2024``, ``2024-03``); as numbers they would count from 1970 on."""
    for place, field in enumerate(table.schema):
        kind, said = field.type, field.metadata or {}
        if isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "pandas.period":
            how, numbers = kind.__arrow_ext_serialize__(), table.column(place).cast(kind.storage_type)
        elif said.get(b"ARROW:extension:name") == b"pandas.period":
            # Read from a file before pandas was imported, which is when Arrow learns of the type.
            how, numbers = said[b"ARROW:extension:metadata"], table.column(place)
        else:
            continue
        import pandas as pd

        known = [number for number in numbers.to_pylist() if number is not None and number > _NO_PERIOD]
        # pandas-stubs 3.1 lacks `from_ordinals`, which pandas has since 2.2.
        periods = pd.PeriodIndex.from_ordinals(known, freq=json.loads(how)["freq"])  # type: ignore[attr-defined]
        texts = iter(periods.astype(str).str.replace("Q", "-Q"))
        values = [None if number is None or number <= _NO_PERIOD else next(texts) for number in numbers.to_pylist()]
        table = table.set_column(place, field.name, pa.array(values, TEXT))
    return table


def _distinct_names(table: pa.Table) -> pa.Table:
    """Number the columns that share their name with an earlier one; the first keeps it."""
    names: list[str] = []
    for name in table.column_names:
        number, fresh = 2, name
        while fresh in names:
            fresh, number = f"{name}_{number}", number + 1
        names.append(fresh)
    return table.rename_columns(names) if names != table.column_names else table


def _is_count(values: pa.ChunkedArray) -> bool:
    """Whether a column named like a count holds numbers; arXiv's ``comments`` are remarks."""
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return True
    given = [value for value in values.slice(0, 1000).to_pylist() if value]
    return not given or sum(value.strip().replace(".", "", 1).replace("-", "", 1).isdigit() for value in given) >= 0.5 * len(
        given
    )


def _is_entry_id(table: pa.Table, name: str) -> bool:
    """Whether a column is what programs for arXiv call an address; elsewhere it is a number."""
    if name.casefold().replace("_", " ") != "entry id":
        return False
    values = table.column(name)
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    return text and bool(pc.any(pc.match_substring(values, "arxiv.org/abs/")).as_py())


def _arxiv_ids_in(urls: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Identifiers out of ``arxiv.org`` addresses, null for other addresses."""
    found = pc.extract_regex(urls, r"arxiv\.org/(?:abs|pdf)/(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:\D|$)")
    return pc.struct_field(found, "id").cast(TEXT)


_ARXIV_DOI = "10.48550/arxiv."


def _arxiv_ids_of(dois: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Identifiers out of the DOIs that arXiv registers for its papers, null for other DOIs."""
    found = pc.extract_regex(dois, r"^10\.48550/arxiv\.(?P<id>\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?$")
    return pc.struct_field(found, "id").cast(TEXT)


def _with_dois_in(dois: pa.ChunkedArray, urls: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """DOIs, and where there is none that of an address of the resolver."""
    resolved = pc.match_substring_regex(urls, r"(?i)^https?://(?:dx\.)?doi\.org/10\.")
    wanted = pc.and_(pc.fill_null(resolved, False), pc.is_null(dois))
    rows = rows_where(wanted)
    if not len(rows):
        return dois
    found = {row: normal_doi(url) for row, url in zip(rows.to_pylist(), urls.filter(wanted).to_pylist(), strict=True)}
    return pa.array([found.get(row, doi) for row, doi in enumerate(dois.to_pylist())], TEXT)


def _as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cast to text, trimmed; empty text is null, and a whole number has no fraction."""
    if pa.types.is_floating(values.type):
        values = _without_fractions(values)
    if pa.types.is_nested(values.type):
        values = pa.chunked_array([pa.array([None if v is None else str(v) for v in _sayable(values, "").to_pylist()], TEXT)])
    trimmed = pc.utf8_trim_whitespace(values.cast(TEXT))
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed)


_LONGEST_PLACEHOLDER = 60
"""Bytes."""


def _says_nothing(texts: pa.ChunkedArray | pa.Array) -> NDArray[np.bool_] | None:
    """Which texts stand for a value that is missing; None where no text does."""
    short = pc.fill_null(pc.less_equal(pc.binary_length(texts), _LONGEST_PLACEHOLDER), False)
    # Not taken by their rows, for which Arrow copies the whole of a column in pieces.
    coded = texts.filter(short)
    coded = (coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded).dictionary_encode()
    words = [code for code, word in enumerate(coded.dictionary.to_pylist()) if word in NOTHING or PLACEHOLDER.fullmatch(word)]
    if not words:
        return None
    found: NDArray[np.bool_] = short.to_numpy(zero_copy_only=False).copy()
    found[found] = np.isin(coded.indices.to_numpy(), words)
    return found


def _without_placeholders(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without those that stand for a missing value."""
    found = _says_nothing(texts)
    return texts if found is None else pc.if_else(pa.array(found), pa.scalar(None, texts.type), texts)


def _without_sole_placeholders(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Lists without those whose only item stands for a missing value: among others, ``NA`` may be somebody."""
    lists = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if not (sole := pc.fill_null(pc.equal(pc.list_value_length(lists), 1), False).to_numpy(zero_copy_only=False)).any():
        return values
    found = _says_nothing(lists.filter(pa.array(sole)).flatten())
    if found is None:
        return values
    sole[np.flatnonzero(sole)[~found]] = False
    return pc.if_else(pa.array(sole), pa.scalar(None, lists.type), lists)


def _further(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column beyond the schema; what other formats have under its name too says nothing where those would."""
    if name not in FURTHER or not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return values
    return _without_placeholders(values)


def _as_texts(values: pa.ChunkedArray, *, names: bool) -> pa.ChunkedArray:
    """Cast to lists of text; a text is split at the separator its column uses."""
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        if pa.types.is_nested(values.type.value_type):
            return pa.chunked_array([pa.array([_names_of(value) for value in values.to_pylist()], TEXTS)])
        return values.cast(TEXTS)
    text = _as_text(values)
    if names:
        return _as_names(text)
    marked = pc.fill_null(pc.match_substring_regex(text, r"[;；|\n]"), False)
    listed = pc.and_not(pc.fill_null(pc.match_substring_regex(text, "[,，、]"), False), marked)
    # A column of semicolons has its commas within items; elsewhere a stray semicolon splits its own cell only.
    if (pc.sum(marked).as_py() or 0) < (pc.sum(listed).as_py() or 0):
        text = pc.if_else(marked, text, pc.replace_substring_regex(text, r"\s*[,，、]\s*", ";"))
    return pc.split_pattern_regex(text, r"\s*[;；|\n]\s*").cast(TEXTS)


def _as_names(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Split the names that texts list."""
    split = name_splitter(cell for cell in text.slice(0, 1000).to_pylist() if cell)
    odd = pc.match_substring_regex(text, r"[；、，؛،…&{@*†‡§\d]|\.{3}|\s(?:and|et|y|e|i|und|och|og|ve|и)\s|等\s*$|\s/\s")
    plain = pc.and_(pc.invert(odd), pc.or_(pc.match_substring_regex(text, r"[;|\n]"), pc.invert(pc.match_substring(text, ","))))
    if split is split_names and pc.all(pc.fill_null(plain, True)).as_py() is not False:
        return pc.split_pattern_regex(text, r"\s*[;|\n]\s*").cast(TEXTS)
    return pa.chunked_array([pa.array([None if cell is None else split(cell) for cell in text.to_pylist()], TEXTS)])


def _without_blanks(values: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Trim the items of lists, and leave out those that are null or empty."""
    lists = values.combine_chunks()
    given = pc.list_flatten(lists)
    items = pc.utf8_trim_whitespace(given)
    good = pc.fill_null(pc.not_equal(items, ""), False).to_numpy(zero_copy_only=False)
    if good.all() and not values.null_count and pc.min(pc.list_value_length(lists)).as_py() != 0 and items.equals(given):
        return values
    kept = np.bincount(pc.list_parent_indices(lists).to_numpy()[good], minlength=len(lists))
    ends = pa.array(np.concatenate([[0], np.cumsum(kept)]), pa.int32())
    empty = pa.array(kept == 0)
    return pa.ListArray.from_arrays(ends, items.filter(pa.array(good)), type=TEXTS, mask=empty)


def _names_of(value: list[Any] | None) -> list[str] | None:
    """Names out of a list of objects, as web APIs give them (``[{"name": …}]``)."""
    names = None if value is None else [item.get("name") if isinstance(item, Mapping) else item for item in value]
    return None if names is None else [str(name) for name in names if name]


_LONGEST_NUMBER = 30
"""Characters: more than any column holds."""


def _as_whole_numbers(
    values: pa.ChunkedArray, kind: pa.DataType, field: str, report: Callable[[int, str, str, str, str], None]
) -> pa.ChunkedArray:
    """Cast to whole numbers; what is none becomes null and is reported."""
    if pa.types.is_integer(values.type) or pa.types.is_null(values.type):
        try:
            return values.cast(kind)
        except pa.ArrowInvalid:
            pass
    limits = np.iinfo(kind.to_pandas_dtype())
    whole: list[int | None] = []
    for row, value in enumerate(values.to_pylist()):
        if value is None or not (told := str(value).strip()) or told in NOTHING:
            whole.append(None)
            continue
        match = re.match(r"\s*(-?\d+)(?:\.0*)?\s*$", str(value)) or (
            re.search(r"(?<![\d.])(1[5-9]\d\d|20\d\d)(?!\d)", str(value)) if field == "year" else None
        )
        # Python refuses to read a number of thousands of digits.
        number = int(match.group(1)) if match and len(match.group(1)) < _LONGEST_NUMBER else None
        if match is None and field == "year" and not str(value).isascii() and (counted := parse_date(str(value)[:100])):
            # Of a reign, as 平成28年.
            number = counted[0].year
        if number is None or not limits.min <= number <= limits.max:
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
        coded = _without_placeholders(_as_text(given)).combine_chunks().dictionary_encode()
        texts = coded.dictionary.to_pylist()
        parsed = [parse_date(text) for text in texts]
        codes = pc.fill_null(coded.indices, -1).to_numpy()
        for bad in np.flatnonzero(np.isin(codes, [code for code, found in enumerate(parsed) if found is None])):
            report(int(bad), "published", texts[codes[bad]], "", "not a date")
        days = pa.array([found[0] if found else None for found in parsed], pa.date32()).cast(FIELDS["published"])
        precision = pa.array([found[1] if found else None for found in parsed], pa.string())
        columns["published"] = days.take(coded.indices)
        columns["precision"] = precision.take(coded.indices)
    elif given is not None:
        given = _sayable(given, "published", report)
        columns["published"] = given.cast(pa.date32()).cast(FIELDS["published"]) if rows else given.cast(FIELDS["published"])
        known = pc.and_(pc.is_valid(columns["published"]), pc.is_in(columns["precision"], value_set=pa.array(PRECISIONS)))
        precision = pc.if_else(known, columns["precision"], pa.scalar("day"))
        columns["precision"] = pc.if_else(pc.is_valid(columns["published"]), precision, pa.scalar(None, pa.string()))
    year = pa.array(columns["year"].to_pylist(), pa.int16()) if pc.is_valid(columns["year"]).to_numpy(False).any() else None
    if year is not None:
        dated = pc.year(columns["published"])
        for row, (given_year, found_year) in enumerate(zip(year.to_pylist(), dated.to_pylist(), strict=True)):
            if given_year is not None and not 1 <= given_year <= 9999:
                report(row, "year", str(given_year), "", "not a year from 1 to 9999")
            elif given_year is not None and found_year is not None and given_year != found_year:
                report(row, "year", str(given_year), str(found_year), "the date says another year")
        years = [None if y is None or not 1 <= y <= 9999 else date(y, 1, 1) for y in year.to_pylist()]
        from_year = pa.array(years, pa.date32()).cast(FIELDS["published"])
        known = pc.is_valid(columns["published"])
        precision = pc.if_else(pc.is_valid(from_year), pa.scalar("year"), pa.scalar(None, pa.string()))
        columns["precision"] = pc.if_else(known, columns["precision"], precision)
        columns["published"] = pc.if_else(known, columns["published"], from_year)
    columns["precision"] = pc.if_else(pc.is_valid(columns["published"]), columns["precision"], pa.scalar(None, pa.string()))
    columns["year"] = pc.year(columns["published"]).cast(pa.int16())


def _sayable(
    values: pa.ChunkedArray, field: str, report: Callable[[int, str, str, str, str], None] = lambda *told: None
) -> pa.ChunkedArray:
    """Times and nested values that Python can hold; one that it cannot is missing, or no format could write the paper."""
    kind = values.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        try:
            pa.scalar(0, kind).as_py()
        except (ValueError, LookupError):
            report(0, field, kind.tz, "UTC", "no time zone that is known here")
            values = values.cast(pa.timestamp(kind.unit))
    if _is_calendar(kind):
        return _in_calendar(values, field, report)
    try:
        values.to_pylist()
    except (OverflowError, ValueError, LookupError):
        kept = []
        for row, value in enumerate(values):
            try:
                kept.append(value.as_py())
            except (OverflowError, ValueError, LookupError) as error:
                kept.append(None)
                report(row, field, str(kind), "", f"not a value that can be written ({error})")
        return pa.chunked_array([pa.array(kept, kind)])
    return values


def _is_calendar(kind: pa.DataType) -> bool:
    """Whether a type says days: hours of no day, and spans of time, are temporal too."""
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def _in_calendar(
    values: pa.ChunkedArray, field: str, report: Callable[[int, str, str, str, str], None] = lambda *told: None
) -> pa.ChunkedArray:
    """Days from year 1 to 9999; Arrow's go on for millions of years, which neither Python nor any format written here can say."""
    kind = values.type
    days = values.cast(pa.timestamp(kind.unit)) if pa.types.is_timestamp(kind) else values
    seconds_in = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
    per_day = 1 if kind == pa.date32() else 86_400 * (10**3 if kind == pa.date64() else seconds_in[kind.unit])
    counted = days.cast(pa.int32() if kind == pa.date32() else pa.int64())
    first, last = ((day - date(1970, 1, 1)).days * per_day for day in (date.min, date.max))
    bounds = np.iinfo(np.int32 if kind == pa.date32() else np.int64)
    low, high = max(first, bounds.min), min(last + per_day - 1, bounds.max)
    beyond = pc.fill_null(pc.or_(pc.less(counted, low), pc.greater(counted, high)), False)
    if not pc.any(beyond).as_py():
        return values
    for row in rows_where(beyond).to_pylist():
        report(row, field, f"{counted[row].as_py() // per_day} days from 1970-01-01", "", "not a day of the years 1 to 9999")
    return pc.if_else(beyond, pa.scalar(None, kind), values)


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
    lowered = pc.ascii_lower(values) if field == "doi" else values
    bare = pc.fill_null(pc.match_substring_regex(lowered, BARE[field]), True).to_numpy(zero_copy_only=False)
    if bare.all():
        return lowered
    result: list[str | None] = lowered.to_pylist()
    for row in map(int, np.flatnonzero(~bare)):
        value = values[row].as_py()
        found = normal(value)
        if found is None:
            found = arxiv_id_from_number(value) if field == "arxiv_id" else None
            report(row, field, value, found or "", "it was taken for a number, and is restored" if found else reason)
        elif field == "url" and found != value:
            report(row, field, value, found, reason)
        result[row] = found
    return pa.array(result, TEXT)


def assign_ids(table: pa.Table, note: Callable[[int, str, str, str, str], None] | None = None) -> pa.Table:
    """Give every row of a conforming table an id of its own.

    A missing id is made from the DOI or the arXiv id, else from a hash of title, year and authors, so that reading the same
    file twice gives the same ids. An id that stands twice gets a numbered ending, and `note` is called.
    """
    given = table.column("id").to_pylist()
    missing = [row for row, value in enumerate(given) if not value]
    if missing:
        some = table.select(["doi", "arxiv_id", "title", "year", "authors"]).take(pa.array(missing, pa.int64())).to_pylist()
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

    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def to_table(papers: pd.DataFrame | pa.Table) -> pa.Table:
    """Validate a paper table and return it as a conforming `pyarrow.Table` with ids.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        Needs `title`. Every other field of the schema may be missing; columns of other names are kept.

    Raises
    ------
    SchemaError
        It is no table of these kinds, there is no `title` column, or a column cannot be read as its type.
    """
    if not isinstance(papers, pa.Table):
        # Who has a DataFrame has imported pandas.
        pandas = sys.modules.get("pandas")
        if pandas is None or not isinstance(papers, pandas.DataFrame):
            kind = f"{type(papers).__module__}.{type(papers).__qualname__}".removeprefix("builtins.")
            raise SchemaError(f"Papers are a pandas.DataFrame or a pyarrow.Table, not a {kind}. Make one of it.")
        if not papers.columns.is_unique:
            twice = ", ".join(map(str, papers.columns[papers.columns.duplicated()].unique()))
            raise SchemaError(f"The table has more than one column of the same name ({twice}). Rename them.")
        mixed = [
            name
            for name, kind in papers.dtypes.items()
            if str(kind) == "object" and isinstance(name, str) and _NAMES_OF_DIGITS.search(name)
        ]
        if mixed:
            papers = papers.assign(**{name: papers[name].map(_digits) for name in mixed})
        try:
            papers = pa.Table.from_pandas(papers, preserve_index=False)
        except UnicodeEncodeError as error:
            raise SchemaError(
                f"The table has text that is no Unicode ({error.reason}: {error.object[:40]!r}). Mend it."
            ) from error
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            raise SchemaError(f"The table has a column that holds mixed types: {error}. Convert it to one type.") from error
    if "title" not in columns_to_fields(papers.column_names).values():
        names = ", ".join(map(str, papers.column_names)) or "none"
        raise SchemaError(f"The table has no title column (its columns: {names}). Rename the one that holds titles to 'title'.")
    if papers.column_names[: len(FIELDS)] == list(FIELDS) and not papers.column("id").null_count:
        types = [papers.schema.field(name).type for name in FIELDS]
        dates = papers.column("published")
        in_calendar = types == list(FIELDS.values()) and _in_calendar(dates, "published") is dates
        if in_calendar and len(pc.unique(papers.column("id"))) == papers.num_rows:
            extra = {name: as_named(name, papers.column(name)) for name in papers.column_names[len(FIELDS) :]}
            return pa.table({**{name: papers.column(name) for name in FIELDS}, **extra})
    try:
        return assign_ids(conform(papers)).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SchemaError(f"A column cannot be read as its type: {error}.") from error


def validate(papers: pd.DataFrame) -> pd.DataFrame:
    """Return `papers` in the schema: fields in order and type, ids unique, other columns kept. The input is not changed.

    Parameters
    ----------
    papers : DataFrame
        Needs `title` (text). Dates may be years, months or days, as text, numbers or times.

    Returns
    -------
    DataFrame
        The columns of `explorer.papers.schema.FIELDS` (`id`, `title`, `abstract`, `authors`, `published`, `precision`, `year` …), then
        the others; every column is Arrow-backed. A paper without an id is given one, which its content decides.

    Raises
    ------
    SchemaError
        There is no `title` column, or a column cannot be read as its type.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> explorer.validate(papers)[["title", "precision", "year"]].to_dict("records")
    [{'title': 'Adding numbers', 'precision': 'year', 'year': 2024}]
    """
    return to_frame(to_table(papers))

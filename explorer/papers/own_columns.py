"""Columns of the reader's own: what each holds, and so how papers can be filtered, sorted and drawn by it.

An `OwnColumn` is the one value that selection, store, search and page share. Its kind follows from the values, not from the name:
numbers and dates make ranges, everything else of few words makes values. Text that is parsed (``"0.5"``, ``"2024-03-01"``) counts
as what it says where all of a column says so.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.dates import parse_date
from explorer.papers.schema import FIELDS, TEXT, TEXTS

MADE = ("topic", "score", "versions", "pmid", "edtf", "title_latex")
"""Columns that a corpus makes itself, or keeps for a purpose of its own."""

FEW = 12
"""Whole numbers of so many different values at most are values, as labels and ratings are; of more they are a range."""

LONG = 80
"""Characters; text longer than that on average is to be read, not to be filtered by, unless it comes again and again."""

LONGEST = 300
"""Characters; names of institutions with all their departments are no longer on average."""

OFTEN = 4
"""Papers that a long text has on average where it is the name of something."""

_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_DATE = r"^\s*\d{4}-\d{2}(-\d{2}([T ][\d:.+-]*Z?)?)?\s*$"


@dataclass(frozen=True)
class OwnColumn:
    """A column beyond the schema.

    Attributes
    ----------
    name : str
        Of the column in the paper table.
    key : str
        What it is called in queries, addresses and selections: its name in small letters, with ``_`` for all other signs.
    kind : {"values", "number", "date"}
        Values are ticked, numbers and dates are ranges.
    papers : int
        Papers that have a value.
    distinct : int
        Different values.

    Examples
    --------
    >>> OwnColumn("My Label", "my_label", "values", papers=9, distinct=3).telling
    True
    """

    name: str
    key: str
    kind: str
    papers: int
    distinct: int

    @property
    def label(self) -> str:
        """How the page calls it."""
        text = " ".join(re.sub(r"[_\s]+", " ", self.name).split())
        return text[:1].upper() + text[1:]

    @property
    def telling(self) -> bool:
        """Whether its values part the papers: it is neither constant, nor another text for every paper."""
        return self.distinct > 1 and (self.kind != "values" or self.distinct < self.papers)

    @property
    def field(self) -> str:
        """What it is called among the facets."""
        return f"columns.{self.key}"

    def as_json(self) -> dict[str, Any]:
        """Its attributes; `OwnColumn(**…)` reads them back."""
        return asdict(self)


def own_columns(table: pa.Table) -> list[OwnColumn]:
    """The columns of a paper table beyond the schema that can be filtered by; those that part the papers first.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": list("abc"), "run": "one", "my label": ["in", "out", "in"], "score2": [0.1, 0.25, 0.9]})
    >>> from explorer.papers.schema import to_table
    >>> [(column.key, column.kind) for column in own_columns(to_table(papers))]
    [('my_label', 'values'), ('score2', 'number'), ('run', 'values')]
    """
    found: list[OwnColumn] = []
    taken: set[str] = set()
    for name in table.column_names:
        if name in FIELDS or name in MADE or name.startswith("part: "):
            continue
        column = table.column(name)
        kind = _kind(column)
        if kind is None:
            continue
        values = as_texts(column) if kind == "values" else as_numbers(column, kind)
        given, distinct = _counted(values)
        if not given:
            continue
        key = plain = re.sub(r"\W+", "_", name.lower()).strip("_") or "column"
        number = 2
        while key in taken:
            key, number = f"{plain}_{number}", number + 1
        taken.add(key)
        found.append(OwnColumn(name, key, kind, given, distinct))
    return sorted(found, key=lambda column: not column.telling)


def _counted(values: pa.ChunkedArray | np.ndarray) -> tuple[int, int]:
    """Papers that have a value, and different values."""
    if isinstance(values, np.ndarray):
        known = values[~np.isnan(values)]
        return len(known), len(np.unique(known))
    flat = pc.list_flatten(values) if pa.types.is_list(values.type) else values
    empty = pc.equal(pc.list_value_length(values), 0) if pa.types.is_list(values.type) else pc.equal(values, "")
    given = pc.sum(pc.invert(pc.fill_null(empty, True))).as_py() or 0
    return given, pc.count_distinct(flat, mode="only_valid").as_py()


def _kind(column: pa.ChunkedArray) -> str | None:
    """What a column holds; None for what is no value, such as records within records and long text."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if column.null_count == len(column):
        return None
    if pa.types.is_boolean(kind):
        return "values"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "date"
    if pa.types.is_integer(kind):
        return "values" if pc.count_distinct(column, mode="only_valid").as_py() <= FEW else "number"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        # A list of fractions is a vector of the paper, such as an embedding: each number of it is another one in every paper.
        unsaid = (pa.types.is_nested, pa.types.is_binary, pa.types.is_floating)
        return None if any(is_so(kind.value_type) for is_so in unsaid) else "values"
    return _kind_of_text(column.cast(TEXT)) if _is_text(kind) else None


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _kind_of_text(column: pa.ChunkedArray) -> str | None:
    given = column.filter(pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False))
    if not len(given):
        return None
    for kind, pattern in (("number", _NUMBER), ("date", _DATE)):
        if (
            pc.all(pc.match_substring_regex(given.slice(0, 100), pattern)).as_py()
            and pc.all(pc.match_substring_regex(given, pattern)).as_py()
        ):
            few = kind == "number" and pc.count_distinct(given).as_py() <= FEW
            return "values" if few and not pc.any(pc.match_substring(given, ".")).as_py() else kind
    length = pc.mean(pc.utf8_length(given)).as_py() or 0
    named = length <= LONG or (length <= LONGEST and OFTEN * pc.count_distinct(given).as_py() <= len(given))
    return "values" if named else None


def as_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values of a column as text, or as lists of text: yes and no, numbers without needless digits."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_texts(column.cast(kind.value_type))
    if pa.types.is_large_list(kind):
        column, kind = column.cast(pa.list_(kind.value_type)), pa.list_(kind.value_type)
    if pa.types.is_list(kind):
        if _is_text(kind.value_type):
            return column.cast(TEXTS)
        texts = [None if value is None else [_text(item) for item in value if item is not None] for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, TEXTS)])
    if pa.types.is_boolean(kind):
        return pc.if_else(column, pa.scalar("yes", TEXT), pa.scalar("no", TEXT))
    return pc.utf8_trim_whitespace(column.cast(TEXT))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def as_numbers(column: pa.ChunkedArray, kind: str) -> np.ndarray:
    """The values of a column of numbers, or its dates as days since 1970: float64, shape (n_papers,), NaN where there is none."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if kind == "date":
        return _days(column)
    if _is_text(column.type):
        trimmed = pc.utf8_ltrim(pc.utf8_trim_whitespace(column.cast(TEXT)), "+")
        column = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed)
    numbers = np.asarray(pc.fill_null(column.cast(pa.float64(), safe=False), float("nan")).to_numpy(), np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _days(column: pa.ChunkedArray) -> np.ndarray:
    if _is_text(column.type):
        coded = column.cast(TEXT).combine_chunks().dictionary_encode()
        days = np.array([_day(text) for text in coded.dictionary.to_pylist()] or [np.nan], np.float64)
        codes = pc.fill_null(coded.indices, -1).to_numpy()
        return np.where(codes >= 0, days[codes], np.nan)
    seconds = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
    return np.floor(np.asarray(pc.fill_null(seconds.cast(pa.float64()), float("nan")).to_numpy(), np.float64) / 86_400)


def _day(text: str | None) -> float:
    found = parse_date((text or "").strip()[:10])
    return float(np.datetime64(found[0], "D").astype(np.int64)) if found else float("nan")


def bounds(text: str, kind: str) -> tuple[float, float] | None:
    """The ends of a range as `as_numbers` counts: ``0.5..1``, ``..3``, ``>0.5``, ``<=2024-03``, or one number, day, month or year.

    Returns
    -------
    (float, float) or None
        Both included; infinite where open; None for what is no number or date.

    Examples
    --------
    >>> bounds("0.5..1", "number"), bounds("2", "number"), bounds("..3", "number"), bounds("many", "number")
    ((0.5, 1.0), (2.0, 2.0), (-inf, 3.0), None)
    >>> bounds("2024-02", "date") == bounds("2024-02-01..2024-02-29", "date")
    True
    """
    text = text.strip()
    match = re.match(r"(>=|<=|>|<|=)", text)
    if match:
        ends = _ends(text[match.end() :].strip(), kind)
        if ends is None:
            return None
        low, high = ends
        return {
            ">": (float(np.nextafter(high, np.inf)), np.inf),
            ">=": (low, np.inf),
            "<": (-np.inf, float(np.nextafter(low, -np.inf))),
            "<=": (-np.inf, high),
            "=": ends,
        }[match.group()]
    first, dots, last = text.partition("..")
    if not dots:
        return _ends(text, kind)
    low_ends, high_ends = (_ends(end.strip(), kind) if end.strip() else (-np.inf, np.inf) for end in (first, last))
    return None if low_ends is None or high_ends is None else (low_ends[0], high_ends[1])


def _ends(text: str, kind: str) -> tuple[float, float] | None:
    """A number twice, or the first and the last day of a period."""
    if kind == "number":
        try:
            number = float(text)
        except ValueError:
            return None
        return (number, number) if np.isfinite(number) else None
    found = parse_date(text)
    if found is None:
        return None
    unit = {"year": "Y", "month": "M", "day": "D"}[found[1]]
    first = np.datetime64(found[0], "D")
    last = (first.astype(f"datetime64[{unit}]") + 1).astype("datetime64[D]") - 1
    return float(first.astype(np.int64)), float(last.astype(np.int64))

"""Hypothesis strategies for paper tables, with text as nasty as files have it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from explorer.papers.identifiers import normal_doi
from explorer.papers.schema import FIELDS, TEXTS, assign_ids, conform
from explorer.sources.encoding import SUSPECT

NASTY = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@x", "'=1", "'", "''quoted''", "``x''", "--", "---", "\\", "{", "}", "{}", "}{", "$", "$$", "$x$",
    "%", "#", "_", "^", "~", "&", "&amp;", "&lt;i&gt;", "<i>x</i>", "<r>x</r>", "<unk>", "</script>", "a and b", "and", "others", ";", ",",
    "|", "a; b", "[1]", "[]", '["a"]', "TY  - JOUR", "ER  - ", "\nER  - \n", "\r\n", "\n", "\r", "\t", " ", "  ", "\u00a0", "\u2028",
    "\u0085", "\x0b", "\x00", "\x1f", "\x7f", "\ufeff", "\ufffe", "\uffff", "\u202e", "e\u0301", "é", "ß", "İ", "𝔘", "😀", "字", "_x0041_",
    "_x005F_", "\\textbf{x}", "\\'e", '{\\"o}', "@article{x,", "},", "% comment", "http://x.org/?a=1&b={2}", '"', '""', "NaN", "null", "1e5",
    "0704.0001", "2024-01-01", "\\relax", "1^{th}", "-- --", "\x1d", "\x1c",
)  # fmt: skip

_characters = st.characters(exclude_categories=["Cs"])
text = st.one_of(
    # What looks as if it had been decoded wrongly is restored (test_encodings).
    st.text(_characters, min_size=1, max_size=12).filter(lambda text: not re.search(SUSPECT, text)),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=4).map("".join),
    st.lists(st.sampled_from((*NASTY, "a", "Word", " ")), min_size=1, max_size=6).map(" ".join),
)


@st.composite
def _dates(draw: st.DrawFn) -> tuple[date | None, str | None]:
    # A year of 9999 is what databases write for a paper in press.
    day = draw(st.none() | st.dates(date(1, 1, 1), date(9998, 12, 31)))
    if day is None:
        return None, None
    precision = draw(st.sampled_from(["year", "month", "day"]))
    return day.replace(month=day.month if precision != "year" else 1, day=day.day if precision == "day" else 1), precision


_dois = (
    st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=8)
    .map(lambda end: f"10.1000/{end.lower()}")
    .filter(lambda doi: normal_doi(doi) == doi)
)
_arxiv_ids = st.sampled_from(["0704.0001", "1412.9999", "2401.00010", "hep-th/9901001", "math.AG/0601001"])
_counts = st.none() | st.integers(-(2**31), 2**31 - 1)


@st.composite
def papers(draw: st.DrawFn) -> dict[str, Any]:
    """One paper in the schema."""
    day, precision = draw(_dates())
    listed = st.none() | st.lists(text, min_size=1, max_size=4)
    return {
        "id": draw(text), "title": draw(st.none() | text), "abstract": draw(st.none() | text), "authors": draw(listed),
        "published": day, "precision": precision, "year": day.year if day else None, "venue": draw(st.none() | text),
        "keywords": draw(listed), "url": draw(st.none() | text), "doi": draw(st.none() | _dois),
        "arxiv_id": draw(st.none() | _arxiv_ids), "code_url": draw(st.none() | text), "upvotes": draw(_counts),
        "comments": draw(_counts), "source": draw(st.none() | text),
    }  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """A conforming table of a few papers with ids of their own."""
    found = draw(st.lists(papers(), min_size=1, max_size=4, unique_by=lambda paper: " ".join(paper["id"].split()).lower()))
    return table_of(found)


def table_of(found: list[dict[str, Any]]) -> pa.Table:
    """Build a conforming table from papers."""
    columns = {}
    for name, kind in FIELDS.items():
        values = [paper.get(name) for paper in found]
        columns[name] = pa.array(values, pa.date32()).cast(kind) if name == "published" else pa.array(values, kind)
    return assign_ids(conform(pa.table(columns))).combine_chunks()


def with_single_spaces(table: pa.Table) -> pa.Table:
    """The same table with white space as formats of lines keep it: single spaces, no empty text, and none that then says nothing."""
    columns = {}
    for name, kind in FIELDS.items():
        values = table.column(name).to_pylist()
        if kind == TEXTS:
            spaced = [[text for item in items or () if (text := " ".join(item.split()))] or None for items in values]
            columns[name] = pa.array(spaced, kind)
        elif pa.types.is_large_string(kind):
            columns[name] = pa.array([None if value is None else " ".join(value.split()) or None for value in values], kind)
        else:
            columns[name] = table.column(name)
    return conform(pa.table(columns))

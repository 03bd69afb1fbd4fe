"""The paper table: whatever comes in, what comes out has the columns, types and ids it says."""

from __future__ import annotations

import datetime as dt
import string
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import SchemaError, validate
from explorer.papers.column_names import columns_to_fields
from explorer.papers.identifiers import normal_arxiv_id, normal_doi
from explorer.papers.rows import rows_where
from explorer.papers.schema import FIELDS, conform, parse_date, to_frame, to_table
from explorer.sources.formats.registry import read_files
from explorer.sources.source import Source

NOW = dt.datetime(2024, 3, 11, 23, 30)
_label = st.text(st.sampled_from("ab Ωé;,|{}\n\t"), max_size=8)
_records = st.lists(
    st.fixed_dictionaries(
        {"title": st.none() | _label},
        optional={
            "id": st.none() | st.sampled_from(["a", "b", "a-2", " "]),
            "abstract": st.none() | _label,
            "authors": st.none() | st.lists(st.none() | _label, max_size=3),
            "published": st.none() | st.sampled_from(["2024", "2024-03", "2024-03-11", "2024-02-30", "soon", "", "0000"]),
            "year": st.none() | st.integers(-50, 20_000),
            "precision": st.none() | st.sampled_from(["day", "year", "decade", ""]),
            "keywords": st.none() | st.lists(st.none() | _label, max_size=3),
            "doi": st.none() | st.sampled_from(["10.1000/A.", "https://doi.org/10.1000/b", "no doi", ""]),
            "arxiv_id": st.none() | st.sampled_from(["2401.00001v2", "hep-th/9901001", "x"]),
            "upvotes": st.none() | st.integers(-5, 2**40),
            "mood": st.none() | st.text(max_size=4),
        },
    ),
    min_size=1,
    max_size=8,
)


def check(table: pa.Table) -> None:
    """What every paper table keeps."""
    assert table.column_names[: len(FIELDS)] == list(FIELDS)
    assert {name: table.schema.field(name).type for name in FIELDS} == FIELDS
    ids = table.column("id").to_pylist()
    assert None not in ids
    assert len(set(ids)) == len(ids)
    for paper in table.select(list(FIELDS)).to_pylist():
        assert (paper["published"] is None) == (paper["precision"] is None) == (paper["year"] is None)
        assert paper["precision"] in (None, "year", "month", "day")
        if paper["published"] is not None:
            assert paper["year"] == paper["published"].year
            first = {"year": (1, 1), "month": (paper["published"].month, 1)}.get(paper["precision"])
            assert first is None or (paper["published"].month, paper["published"].day) == first
        for name in ("authors", "keywords"):
            assert all(item.strip() for item in paper[name] or ())
        for name in ("title", "abstract", "venue", "url", "doi", "code_url", "source"):
            assert paper[name] is None or paper[name].strip()


@settings(max_examples=examples(150), deadline=None)
@given(_records)
def test_whatever_comes_in_conforms_and_is_accounted_for(records: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for record in records for name in record))
    table = pa.table({name: pa.array([record.get(name) for record in records]) for name in names})
    notes: list[tuple[int, str, str, str, str]] = []
    conformed = conform(table, lambda *note: notes.append(note))
    result = to_table(table)
    check(result)
    assert result.num_rows == len(records)
    assert to_table(result).equals(result), "a table that conforms stays as it is"
    noted = {(row, field) for row, field, *_ in notes}
    for row, (record, paper) in enumerate(zip(records, conformed.to_pylist(), strict=True)):
        if record.get("published") in ("2024-02-30", "soon", "0000"):
            assert (
                paper["published"] is None
                or paper["year"] == record.get("year")
                or (row, "published") in noted
                or (record["published"] == "2024-02-30")
            )
        if record.get("year") is not None and record["year"] != paper["year"]:
            assert (row, "year") in noted, "a year that is changed or dropped is said"
        if record.get("doi") == "no doi":
            assert paper["doi"] is None
            assert (row, "doi") in noted
        if (record.get("upvotes") or 0) > 2**31:
            assert paper["upvotes"] is None
            assert (row, "upvotes") in noted
    if "mood" in names:
        assert result.column("mood").to_pylist() == [record.get("mood") for record in records]


FRAMES = {
    "objects": lambda: pd.DataFrame({"title": pd.Series(["a", None], dtype=object), "authors": [["x"], None]}),
    "pandas strings": lambda: pd.DataFrame(
        {"title": pd.array(["a", pd.NA], dtype="string"), "year": pd.array([2024, None], "Int64")}
    ),
    "arrow": lambda: pd.DataFrame({"title": pd.array(["a", None], dtype=pd.ArrowDtype(pa.string()))}),
    "arrow large": lambda: pd.DataFrame({"title": pd.array(["a", ""], dtype=pd.ArrowDtype(pa.large_string()))}),
    "categories": lambda: pd.DataFrame({"title": pd.Categorical(["a", "b"]), "venue": pd.Categorical(["ICLR", None])}),
    "floats": lambda: pd.DataFrame({"title": ["a", "b"], "year": [2024.0, np.nan], "upvotes": [np.nan, 3.0]}),
    "numpy lists": lambda: pd.DataFrame({"title": ["a", "b"], "authors": [np.array(["x", "y"]), np.array([], dtype=object)]}),
    "nanoseconds": lambda: pd.DataFrame({"title": ["a"], "published": pd.to_datetime(["2024-03-11"]).astype("datetime64[ns]")}),
    "time zone": lambda: pd.DataFrame({"title": ["a"], "published": [pd.Timestamp(NOW, tz="America/New_York")]}),
    "dates": lambda: pd.DataFrame({"title": ["a"], "published": [dt.date(2024, 3, 11)]}),
    "bad precision": lambda: pd.DataFrame({"title": ["a"], "published": [pd.Timestamp(NOW)], "precision": ["decade"]}),
    "own index": lambda: pd.DataFrame({"title": ["a", "b"]}, index=[7, 7]),
    "no rows": lambda: pd.DataFrame({"title": []}),
    "numbers as titles": lambda: pd.DataFrame({"title": [1, 2], 0: ["x", "y"]}),
    "authors with gaps": lambda: pd.DataFrame({"title": ["a"], "authors": [["x", None, " "]]}),
    "blank code": lambda: pd.DataFrame({"title": ["a", "b"], "code_url": ["", "  "]}),
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_every_kind(name: str) -> None:
    papers = FRAMES[name]()
    before = papers.copy(deep=True)
    result = validate(papers)
    check(to_table(result))
    assert len(result) == len(papers)
    assert all(isinstance(kind, pd.ArrowDtype) for kind in result.dtypes[: len(FIELDS)])
    pd.testing.assert_frame_equal(papers, before)


def test_the_values_of_these_frames() -> None:
    def value(name: str, column: str) -> list[Any]:
        return to_table(FRAMES[name]()).column(column).to_pylist()

    assert value("categories", "venue") == ["ICLR", None]
    assert value("floats", "year") == [2024, None]
    assert value("floats", "upvotes") == [None, 3]
    assert [names or None for names in value("numpy lists", "authors")] == [["x", "y"], None]
    assert value("time zone", "published")[0].month == 3
    assert value("bad precision", "precision") == ["day"]
    assert value("authors with gaps", "authors") == [["x"]]
    assert value("blank code", "code_url") == [None, None]


@pytest.mark.parametrize(
    ("papers", "says"),
    [
        (pd.DataFrame({"name": ["a"]}), "no title column"),
        (pd.DataFrame(), "no title column"),
        (pd.DataFrame({"title": ["a", 3]}), "mixed types"),
        (pd.DataFrame({"title": ["a"], "x": [object()]}), "mixed types"),
        (pd.DataFrame([["a", "b"]], columns=["title", "title"]), "title"),
        (pd.DataFrame({"title": pd.Series(["a\ud800"], dtype=object)}), "Unicode"),
        (pd.DataFrame({"title": [b"\xff"]}), "cannot be read as its type"),
        (pd.DataFrame({"title": ["a"], "published": [pd.Timedelta(days=3)]}), "cannot be read as its type"),
    ],
)
def test_tables_that_cannot_be_papers_say_why(papers: pd.DataFrame, says: str) -> None:
    with pytest.raises(SchemaError, match=says):
        validate(papers)


def test_frames_are_shown_without_a_copy_and_come_back_as_they_went() -> None:
    table = to_table(pd.DataFrame({"title": ["a", "b"], "authors": [["x", "y"], None], "extra": [1.5, None]}))
    frame = to_frame(table)
    assert to_table(frame).equals(table)
    assert to_table(frame[frame["title"] == "b"]).column("title").to_pylist() == ["b"]


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "b", "", None]), min_size=1, max_size=12))
def test_ids_are_unique_and_the_first_keeps_its_own(ids: list[str | None]) -> None:
    table = to_table(pa.table({"title": [f"t{i}" for i in range(len(ids))], "id": pa.array(ids, pa.string())}))
    check(table)
    given_ids, made = [value or None for value in ids], table.column("id").to_pylist()
    for row, value in enumerate(given_ids):
        if value is not None and value not in given_ids[:row]:
            assert made[row] == value


def test_made_ids_do_not_depend_on_the_reading() -> None:
    papers = pd.DataFrame(
        {"title": ["A title", "A title", "Other"], "doi": [None, None, "10.1000/X"], "authors": [["Á"], ["B"], None]}
    )
    first, second = validate(papers).id.tolist(), validate(papers.iloc[::-1]).id.tolist()[::-1]
    assert first == second
    assert first[2] == "doi:10.1000/x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ("2024-01-01", "year")),
        ("2024-03", ("2024-03-01", "month")),
        ("2024/3/9", ("2024-03-09", "day")),
        (" 2024-03-11T10:00:00Z", ("2024-03-11", "day")),
        ("2024-00-00", ("2024-01-01", "year")),
        ("2024-02-30", ("2024-02-01", "month")),
        ("0000", None),
        ("", None),
        ("soon", None),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(text: str, expected: tuple[str, str] | None) -> None:
    found = parse_date(text)
    assert (None if found is None else (found[0].isoformat(), found[1])) == expected


@given(st.dates(min_value=dt.date(1500, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_every_iso_date_is_read(day: dt.date) -> None:
    assert parse_date(day.isoformat()) == (day, "day")
    assert parse_date(day.isoformat()[:7]) == (day.replace(day=1), "month")
    assert parse_date(day.isoformat()[:4]) == (day.replace(month=1, day=1), "year")


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or found[1] in ("year", "month", "day")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/ABC.", "10.1000/abc"),
        ("doi:10.1016/S0140-6736(05)66912-7", "10.1016/s0140-6736(05)66912-7"),
        ("(10.1000/x)", "10.1000/x"),
        ("10.48550/arXiv.2401.00001", "10.48550/arxiv.2401.00001"),
        ("11.1000/abc", None),
        ("", None),
    ],
)
def test_dois(text: str, expected: str | None) -> None:
    assert normal_doi(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2401.00001", "2401.00001"),
        ("2401.00001v12", "2401.00001"),
        ("arXiv:0704.0001", "0704.0001"),
        ("https://arxiv.org/abs/2401.00001v2", "2401.00001"),
        ("https://arxiv.org/pdf/hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136", "math.GT/0309136"),
        ("12.34", None),
        ("see 2401", None),
    ],
)
def test_arxiv_ids(text: str, expected: str | None) -> None:
    assert normal_arxiv_id(text) == expected


@given(st.text(string.ascii_letters + string.digits + "./()<>;:-_ ", max_size=20))
def test_normal_forms_are_normal(text: str) -> None:
    for normal, given_text in ((normal_doi, f"10.1000/{text}"), (normal_arxiv_id, f"arXiv:2401.00001{text}")):
        once = normal(given_text)
        assert once is None or normal(once) == once


def test_an_arxiv_address_gives_the_identifier() -> None:
    table = to_table(
        pa.table({"title": ["a", "b"], "url": ["https://arxiv.org/abs/2401.00001v1", "https://example.org/2401.00002"]})
    )
    assert table.column("arxiv_id").to_pylist() == ["2401.00001", None]


def test_columns_are_recognised_by_their_usual_names() -> None:
    names = ["Title", "Authors", "Source Title", "Publication Year", "DOI", "Author Keywords", "Mood"]
    assert columns_to_fields(names) == dict(zip(names, ["title", "authors", "venue", "year", "doi", "keywords"], strict=False))


def test_many_dates_that_are_none_take_no_time() -> None:
    rows = 40_000
    notes: list[Any] = []
    table = pa.table({"title": ["t"] * rows, "published": [f"when {i} comes" for i in range(rows)]})
    conform(table, lambda *note: notes.append(note))
    assert len(notes) == sum(parse_date(f"when {i} comes") is None for i in range(rows)) > rows // 2


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["Doe, J., Roe, R. M."], [["Doe, J.", "Roe, R. M."]]),
        (["Doe, J., and Roe, R.", "Poe, E. A."], [["Doe, J.", "Roe, R."], ["Poe, E. A."]]),
        (["Jane Doe, Richard Roe"], [["Jane Doe", "Richard Roe"]]),
        (["Doe, Jane; Roe, Richard"], [["Doe, Jane", "Roe, Richard"]]),
        (["Doe, J.; Roe, R.", "Poe, E."], [["Doe, J.", "Roe, R."], ["Poe, E."]]),
    ],
)
def test_names_in_a_frame_are_parted_as_those_in_a_file(cells: list[str], names: list[list[str]]) -> None:
    table = to_table(pa.table({"title": ["t"] * len(cells), "authors": cells}))
    assert table.column("authors").to_pylist() == names
    file = "title\tauthors\n" + "".join(f"t\t{cell}\n" for cell in cells)
    assert read_files(Source("x.tsv", data=file.encode())).table.column("authors").to_pylist() == names


@pytest.mark.parametrize(
    ("freq", "texts", "expected", "precision"),
    [
        ("Y", ["2024", None, "1969"], [dt.date(2024, 1, 1), None, dt.date(1969, 1, 1)], "year"),
        ("M", ["2024-03", None, "1969-12"], [dt.date(2024, 3, 1), None, dt.date(1969, 12, 1)], "month"),
        ("D", ["2024-03-11", None, "1969-12-31"], [dt.date(2024, 3, 11), None, dt.date(1969, 12, 31)], "day"),
        ("Q", ["2024Q1", None, "1969Q4"], [dt.date(2024, 1, 1), None, dt.date(1969, 1, 1)], "year"),
    ],
)
@pytest.mark.parametrize("column", ["published", "year"])
def test_pandas_periods_are_dates(
    tmp_path: Path, column: str, freq: str, texts: list[str | None], expected: list[dt.date | None], precision: str
) -> None:
    frame = pd.DataFrame({"title": ["a", "b", "c"], column: pd.PeriodIndex(texts, freq=freq)})
    frame.to_parquet(tmp_path / "papers.parquet")
    for papers in (validate(frame), explorer.import_papers(tmp_path / "papers.parquet").papers):
        days = [None if value is pd.NaT or value is pd.NA else value.date() for value in papers["published"]]
        wanted = [day if day is None or column == "published" else day.replace(month=1, day=1) for day in expected]
        assert days == wanted
        assert [value for value in papers["precision"] if isinstance(value, str)] == [
            "year" if column == "year" else precision
        ] * 2
        assert [None if value is pd.NA else int(value) for value in papers["year"]] == [day and day.year for day in wanted]


@given(st.lists(st.lists(st.none() | st.booleans(), max_size=4), max_size=4))
def test_rows_of_a_mask_in_any_number_of_chunks(chunks: list[list[bool | None]]) -> None:
    mask = pa.chunked_array(chunks, pa.bool_())
    expected = [row for row, value in enumerate(value for chunk in chunks for value in chunk) if value]
    assert rows_where(mask).to_pylist() == rows_where(mask.combine_chunks()).to_pylist() == expected


def test_items_are_trimmed_whether_or_not_a_list_is_missing() -> None:
    table = pa.table({"title": ["A", "B"], "keywords": pa.array([["ice "], ["-"]])})
    once = conform(table)
    assert once.column("keywords").to_pylist() == [["ice"], None]
    assert conform(once).column("keywords").to_pylist() == [["ice"], None]

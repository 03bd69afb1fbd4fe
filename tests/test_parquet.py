"""Parquet files, ours and others'."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import oracles
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer import Import, ReadError, import_papers, read_papers, to_parquet
from explorer.papers.schema import to_table
from explorer.sources.source import Source


def read(table: pa.Table) -> Import:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    found = import_papers(Source("papers.parquet", data=buffer.getvalue()))
    assert found.ledger.read == found.ledger.accepted + found.ledger.rejected == table.num_rows == len(found.papers)
    return found


def test_what_is_written_reads_back_to_the_letter() -> None:
    table = to_table(pa.Table.from_pylist(oracles.random_papers(3, 50)))
    again = import_papers(Source("p.parquet", data=to_parquet(table))).table
    assert again.equals(table)


def test_the_manifest_is_in_the_metadata() -> None:
    data = to_parquet(to_table(pa.table({"title": ["a"]})), manifest={"url": "q=é"})
    assert json.loads(pq.read_schema(io.BytesIO(data)).metadata[b"manifest"]) == {"url": "q=é"}


def test_columns_of_other_types() -> None:
    found = read(
        pa.table(
            {
                "Title": pa.array(["a", "b"]).dictionary_encode(),
                "Authors": pa.array([["x", None], []], pa.large_list(pa.string())),
                "date": pa.array([dt.datetime(2024, 3, 11, 23), None], pa.timestamp("ns", tz="UTC")),
                "likes": pa.array(["7", "many"]),
                "score": pa.array([1.5, None]),
                "nested": pa.array([{"a": 1}, None]),
            }
        )
    )
    papers = found.papers
    assert papers["title"].tolist() == ["a", "b"]
    assert [list(names) if isinstance(names, list) else [] for names in papers["authors"]] == [["x"], []]
    assert papers["published"].iloc[0].date() == dt.date(2024, 3, 11)
    assert papers["precision"].iloc[0] == "day"
    assert [(note.record, note.field, note.before) for note in found.ledger.notes if note.field == "upvotes"] in (
        [(2, "upvotes", "many")],
        [],
    )
    assert "nested" in papers.columns


def test_repairs_name_the_record_beyond_the_first_batch() -> None:
    rows = 70_000
    found = read(
        pa.table({"title": ["t"] * rows, "id": [f"i{i}" for i in range(rows)], "doi": [None] * (rows - 1) + ["asked for"]})
    )
    assert [(note.record, note.field) for note in found.ledger.notes] == [(rows, "doi")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PAR1" + b"\0" * 100 + b"PAR1", "not a readable Parquet"),
        (b"PAR1", "not a readable Parquet"),
    ],
)
def test_damaged_files(data: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        read_papers(Source("papers.parquet", data=data))


def test_files_cut_short_anywhere() -> None:
    whole = to_parquet(to_table(pa.Table.from_pylist(oracles.random_papers(1, 20))))
    for length in range(4, len(whole), max(1, len(whole) // 40)):
        with pytest.raises(ReadError):
            read_papers(Source("papers.parquet", data=whole[:length]))


def test_files_without_titles() -> None:
    with pytest.raises(ReadError, match="no title column"):
        read(pa.table({"name": ["a"]}))


def test_a_column_of_a_type_no_field_can_take_is_a_read_error_or_null() -> None:
    table = pa.table({"title": ["a"], "published": pa.array([dt.time(3)])})
    with pytest.raises(ReadError):
        read(table)


@pytest.mark.slow
def test_the_real_sample(shared_data: Path) -> None:
    path = shared_data / "arxiv" / "arxiv_100k.parquet"
    file = pq.ParquetFile(path)
    found = import_papers(path, keep_duplicates=True)
    assert found.ledger.read == found.ledger.accepted == file.metadata.num_rows
    assert found.table.column("title").null_count == 0

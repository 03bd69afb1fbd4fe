"""Columns of every kind that a Parquet file may hold: what is taken opens again and can be written in every format."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import explorer

FAR = 10**7  # days: the year 29349

KINDS = {
    "days": pa.array([FAR, 1, None], pa.int32()).cast(pa.date32()),
    "milliseconds": pa.array([FAR * 86_400_000, 0, None], pa.date64()),
    "seconds": pa.array([10**15, 0, None], pa.timestamp("s")),
    "before year 1": pa.array([-(10**15), 0, None], pa.timestamp("s")),
    "microseconds in a zone": pa.array([9 * 10**18, 0, None], pa.timestamp("us", "Europe/Paris")),
    "an unknown zone": pa.array([1, 0, None], pa.timestamp("us", "Mars/Olympus")),
    "spans": pa.array([2**62, 0, None], pa.duration("s")),
    "hours": pa.array([1, 0, None], pa.time64("ns")),
    "decimals": pa.array([Decimal("9" * 30), None, Decimal("1.5")]),
    "bytes": pa.array([b"\xff\x00", b"a", None]),
    "records": pa.array([{"a": 1, "b": "x"}, None, {"a": 2, "b": None}]),
    "maps": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "lists of days": pa.array([[FAR], None, []], pa.list_(pa.int32())).cast(pa.list_(pa.date32())),
    "codes": pa.array(["a", "b", None]).dictionary_encode(),
    "nothing": pa.nulls(3),
    "large numbers": pa.array([2**64 - 1, 0, None], pa.uint64()),
    "no numbers": pa.array([float("nan"), float("inf"), None]),
    "views": pa.array(["a", None, "b"], pa.string_view()),
}
NO_DAYS = {"spans", "hours", "bytes"}
"""What is refused as a date of publication."""

WRITERS: dict[str, Callable[..., object]] = {name: getattr(explorer, name) for name in dir(explorer) if name.startswith("to_")}


def table(name: str, column: pa.Array) -> pa.Table:
    titles = ["Reward models of vision", "Arithmetic of tasks", "Graphs and more"]
    return pa.table({"title": titles, "abstract": ["Pixels.", "Sums.", ""], name: column})


@pytest.mark.parametrize("name", ["mine", "published"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_taken_opens_again_and_is_written(kind: str, name: str, tmp_path: Path) -> None:
    pq.write_table(table(name, KINDS[kind]), tmp_path / "kinds.parquet")
    if name == "published" and kind in NO_DAYS:
        with pytest.raises(explorer.ReadError):
            explorer.import_papers(tmp_path / "kinds.parquet")
        return
    imported = explorer.import_papers(tmp_path / "kinds.parquet")
    explorer.Corpus.from_papers(imported.papers, tmp_path / "corpus")
    corpus = explorer.open_corpus(tmp_path / "corpus")
    assert sorted(corpus.papers["title"]) == sorted(table(name, KINDS[kind])["title"].to_pylist())
    assert corpus.select("vision")["title"].tolist() == ["Reward models of vision"]
    for number, (writer, write) in enumerate(WRITERS.items()):
        written = tmp_path / f"{number}"
        write(corpus.papers, written)
        if writer in ("to_excel", "to_parquet"):
            titles = (
                pd.read_excel(written, engine="openpyxl")["title"]
                if writer == "to_excel"
                else pq.read_table(written)["title"].to_pylist()
            )
            assert sorted(titles) == sorted(corpus.papers["title"]), writer
        else:
            text = written.read_text(encoding="utf-8")
            assert [title for title in corpus.papers["title"] if title not in text] == [], writer


@pytest.mark.parametrize("kind", ["days", "milliseconds", "seconds", "before year 1"])
def test_a_day_that_no_calendar_has_is_missing_and_noted(kind: str, tmp_path: Path) -> None:
    pq.write_table(table("published", KINDS[kind]), tmp_path / "far.parquet")
    imported = explorer.import_papers(tmp_path / "far.parquet")
    assert imported.papers["year"].isna().tolist() == [True, False, True]
    notes = [(entry.record, entry.field) for entry in imported.ledger.notes]
    assert notes == [(1, "published")]


def test_a_table_in_the_schema_is_held_to_the_same_days(tmp_path: Path) -> None:
    papers = explorer.validate(explorer.open_corpus().papers.head(2)[["title", "abstract"]])
    far = pa.Table.from_pandas(papers, preserve_index=False)
    far = far.set_column(far.column_names.index("published"), "published", pa.array([10**15, 0], pa.timestamp("s")))
    assert explorer.Corpus.from_papers(far, tmp_path / "corpus").papers["published"].isna().tolist() == [True, False]

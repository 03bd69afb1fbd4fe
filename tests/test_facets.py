"""Facet counts against counting one paper after the other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.facets import Facet, code_facet, facet_counts

_value = st.none() | st.sampled_from(["a", "b", " b", "é", "", "  ", "Z", "深"])
_single = st.lists(_value, max_size=30).map(lambda values: pa.chunked_array([pa.array(values, pa.large_string())]))
_lists = st.lists(st.none() | st.lists(_value, max_size=4), max_size=30).map(
    lambda values: pa.chunked_array([pa.array(values, pa.list_(pa.large_string()))])
)


def values_of(cell: object) -> set[str]:
    items = cell if isinstance(cell, list) else [cell]
    return {item.strip() for item in items if item and item.strip()}


@settings(max_examples=300, deadline=None)
@given(st.one_of(_single, _lists), st.data())
def test_counts_masks_and_values(column: pa.ChunkedArray, data: st.DataObject) -> None:
    facet = code_facet(column)
    cells = [values_of(cell) for cell in column.to_pylist()]
    whole = Counter(value for cell in cells for value in cell)
    assert facet.values.to_pylist() == sorted(whole, key=lambda value: (-whole[value], value.encode()))
    assert [set(facet.of(row)) for row in range(len(cells))] == cells
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells))), bool)
    expected = Counter(value for cell, shown in zip(cells, mask, strict=True) if shown for value in cell)
    for rows in (None, np.flatnonzero(mask)):
        counts = facet.counts(mask, rows)
        assert counts.tolist() == [expected[value] for value in facet.values.to_pylist()]
    assert facet_counts(column, mask) == dict(expected)
    chosen = tuple(data.draw(st.sets(st.sampled_from(["a", "b", "é", "nobody's", ""]))))
    assert facet.mask(chosen).tolist() == [bool(cell & set(chosen)) for cell in cells]


@pytest.mark.parametrize(
    "column", [pa.chunked_array([], pa.large_string()), pa.chunked_array([pa.nulls(3, pa.large_string())])]
)
def test_columns_without_a_value(column: pa.ChunkedArray) -> None:
    facet = code_facet(column)
    assert facet.size == 0
    assert facet.counts().tolist() == []
    assert facet.mask(("a",)).tolist() == [False] * len(column)
    assert facet.code("a") == -1


@given(_single)
@settings(max_examples=50, deadline=None)
def test_single_values(column: pa.ChunkedArray) -> None:
    facet = code_facet(column)
    named = [facet.values[code].as_py() if code >= 0 else None for code in facet.single()]
    assert named == [(value or "").strip() or None for value in column.to_pylist()]


def test_saved_and_loaded_unchanged(tmp_path: Path) -> None:
    facet = code_facet(pa.chunked_array([pa.array([["a", "b"], None, ["b"]], pa.list_(pa.large_string()))]))
    facet.save(tmp_path, "x")
    again = Facet.load(tmp_path, "x")
    assert again.values.to_pylist() == facet.values.to_pylist()
    for part in ("codes", "starts", "rows"):
        assert np.array_equal(getattr(again, part), getattr(facet, part))


def test_chunks_do_not_matter() -> None:
    values = ["a", "b", "a", None, "c"] * 20
    whole = code_facet(pa.chunked_array([pa.array(values, pa.large_string())]))
    parts = code_facet(pa.chunked_array([pa.array(values[i : i + 7], pa.large_string()) for i in range(0, len(values), 7)]))
    assert np.array_equal(whole.codes, parts.codes)
    assert whole.values.equals(parts.values)

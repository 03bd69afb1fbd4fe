"""Facet counts against counting one paper after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.dashboard.views import page
from explorer.store import facets
from explorer.store.facets import Facet, code_facet, extend_facet, sort_words

_value = st.none() | st.sampled_from(["a", "b", " b", "é", "", "  ", "Z", "深", "b a", "a É"])
_single = st.lists(_value, max_size=30).map(lambda values: pa.chunked_array([pa.array(values, pa.large_string())]))
_lists = st.lists(st.none() | st.lists(_value, max_size=4), max_size=30).map(
    lambda values: pa.chunked_array([pa.array(values, pa.list_(pa.large_string()))])
)


def values_of(cell: object) -> set[str]:
    items = cell if isinstance(cell, list) else [cell]
    return {item.strip() for item in items if item and item.strip()}


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux says which pages of a file are at hand")
def test_pages_of_a_file_are_at_hand_when_they_were_fetched(tmp_path: Path) -> None:
    code_facet(pa.chunked_array([pa.array([["a", "b"]] * 200_000)])).save(tmp_path, "authors")
    facet = Facet.load(tmp_path, "authors")

    def at_hand(part: str) -> int:
        lines = Path("/proc/self/smaps").read_text().splitlines()
        at = next(place for place, line in enumerate(lines) if line.endswith(str(tmp_path / f"authors.{part}.npy")))
        return next(int(line.split()[1]) for line in lines[at:] if line.startswith("Rss:"))

    before = {part: at_hand(part) for part in ("codes", "starts", "rows")}
    facet.fetch()
    for part in before:
        assert at_hand(part) >= (tmp_path / f"authors.{part}.npy").stat().st_size // 1024 > 2 * before[part]


@pytest.mark.parametrize("together", [1, 7, 2**15])
@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(column=st.one_of(_single, _lists), data=st.data())
def test_counts_masks_and_values(
    together: int, column: pa.ChunkedArray, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "_SOME", together)
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


def test_a_value_is_told_from_many_of_its_length() -> None:
    values = [f"{one}é{other}" for one in "abc" for other in "xyz0123456"]
    facet = code_facet(pa.chunked_array([pa.array(["before", *values, "bé"], pa.large_string())]))
    for known in (facet, replace(facet, values=facet.values.slice(3))):
        told = known.values.to_pylist()
        assert [known.code(value) for value in told] == list(range(len(told)))
        assert {known.code(value) for value in ("aéw", "a", "", "aéx ", "ééé")} == {-1}


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.integers(0, 4), max_size=40), st.integers(1, 6), st.booleans())
def test_the_largest_counts(counts: list[int], most: int, some: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "_SOME", 2)
        codes = [code for code, count in enumerate(counts) if count and (not some or code % 3)]
        found = page.largest(np.array(counts, int), most, np.array(codes, int) if some else None)
    assert found.tolist() == sorted(codes, key=lambda code: (-counts[code], code))[:most]


@given(_single)
@settings(max_examples=examples(50), deadline=None)
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


def test_values_of_a_paper_stay_as_it_gives_them() -> None:
    facet = code_facet(pa.chunked_array([pa.array([["b"], ["c", "a", "b", "c"]], pa.list_(pa.large_string()))]))
    assert facet.of(1) == ["c", "a", "b"]


@settings(max_examples=examples(400), deadline=None)
@given(st.one_of(st.tuples(_single, _single), st.tuples(_lists, _lists)), st.data())
def test_extending_is_coding_the_whole(columns: tuple[pa.ChunkedArray, pa.ChunkedArray], data: st.DataObject) -> None:
    before, new = columns
    places = st.integers(0, max(len(before) - 1, 0))
    most = min(len(before), len(new))
    replaced = data.draw(st.lists(places, max_size=most, unique=True)) if most else []
    rows = np.array([*replaced, *range(len(before), len(before) + len(new) - len(replaced))], np.int64)
    cells, papers = before.to_pylist(), len(before) + len(new) - len(replaced)
    cells += [None] * (papers - len(cells))
    for row, cell in zip(rows.tolist(), new.to_pylist(), strict=True):
        cells[row] = cell
    whole = code_facet(pa.chunked_array([pa.array(cells, before.type)]))
    old = code_facet(before)
    facet, rank = extend_facet(old, code_facet(new), rows, papers)
    assert facet.values.equals(whole.values)
    for part in ("codes", "starts", "rows"):
        one, other = getattr(facet, part), getattr(whole, part)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()
    named = {value: code for code, value in enumerate(whole.values.to_pylist())}
    assert rank[: old.size].tolist() == [named.get(value, -1) for value in old.values.to_pylist()]
    words = sort_words(old.values).extended(facet.values, rank, old.size)
    fresh = sort_words(whole.values)
    assert words.keys.tolist() == fresh.keys.tolist()
    assert sorted(zip(words.keys, words.codes, strict=True)) == sorted(zip(fresh.keys, fresh.codes, strict=True))

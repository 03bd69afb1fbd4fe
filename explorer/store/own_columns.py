"""Columns of the reader's own in a corpus: values as facets, numbers and dates as arrays, each beside the papers.

::

    columns.json              what the columns are (`explorer.papers.own_columns.OwnColumn`), in the order of the page
    columns.KEY.*             codes and values of each facet, and their words
    columns.KEY.numbers.npy   numbers, or days since 1970

A generation that an earlier version built lacks them; they are then made from the papers when they are first asked for.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import SelectionError
from explorer.papers.own_columns import FEW, OwnColumn, as_numbers, as_texts, bounds, own_columns
from explorer.papers.rows import rows_where
from explorer.selection.syntax import WILDCARDS, Phrase, Word
from explorer.store.facets import Facet, Prefixes, code_facet, mapped, sort_words

INDEX = "columns.json"
"""File that says which columns there are."""

_SLACK = 1e-9
"""Of a step; 0.3 / 0.1 is a hair less than 3."""

_MONTHS_UP_TO = 3653
"""Days; dates that span more go by years."""

MOST_BINS = 40
"""Steps of the range of a column of numbers at most."""


@dataclass(frozen=True, eq=False)
class StoredColumn:
    """A column with its values.

    Attributes
    ----------
    column : OwnColumn
    facet : Facet or None
        Of a column of values.
    words : Prefixes or None
        The words of its values.
    numbers : ndarray of float64, shape (n_papers,), or None
        Of a column of numbers or dates; NaN where a paper has none.
    """

    column: OwnColumn
    facet: Facet | None = None
    words: Prefixes | None = None
    numbers: np.ndarray | None = None

    @classmethod
    def of(cls, column: OwnColumn, table: pa.Table) -> StoredColumn:
        """Made from the papers."""
        given = table.column(column.name)
        if column.kind == "values":
            facet = code_facet(as_texts(given))
            return cls(column, facet, sort_words(facet.values))
        return cls(column, numbers=as_numbers(given, column.kind))

    def save(self, folder: Path) -> None:
        """Write its arrays into a folder."""
        if self.numbers is not None:
            np.save(folder / f"{self.column.field}.numbers.npy", self.numbers)
            return
        assert self.facet is not None
        assert self.words is not None
        self.facet.save(folder, self.column.field)
        self.words.save(folder, self.column.field)

    @classmethod
    def load(cls, folder: Path, column: OwnColumn) -> StoredColumn:
        """Open its arrays memory-mapped."""
        if column.kind != "values":
            return cls(column, numbers=mapped(folder / f"{column.field}.numbers.npy"))
        return cls(column, Facet.load(folder, column.field), Prefixes.load(folder, column.field))

    @cached_property
    def counts(self) -> list[float] | None:
        """What its values stand for where they are few and all numbers, such as 0 and 1; None for others."""
        if self.facet is None or self.facet.size > FEW:
            return None
        ends = [bounds(text, "number") for text in self.facet.values.to_pylist()]
        return [end[0] for end in ends if end is not None] if all(ends) else None

    @cached_property
    def order(self) -> np.ndarray:
        """Places of the papers from the smallest value on, float64; papers without one have NaN. Values go by their text."""
        if self.numbers is not None:
            return self.numbers
        assert self.facet is not None
        rank = np.empty(self.facet.size + 1, np.float64)
        if self.counts is not None:
            rank[:-1] = self.counts
        else:
            rank[pc.sort_indices(pc.utf8_lower(self.facet.values)).to_numpy()] = np.arange(self.facet.size)
        rank[-1] = np.nan
        # Of several values of a paper, the first that it gives.
        first = np.full(len(self.facet.starts) - 1, -1, np.int64)
        first[self.facet.rows[::-1]] = self.facet.codes[::-1]
        return rank[first]

    def mask(self, chosen: tuple[str, ...]) -> np.ndarray:
        """Papers that have one of the values chosen, or a number in one of the ranges: bool, shape (n_papers,)."""
        if self.facet is not None:
            return self.facet.mask(chosen)
        assert self.numbers is not None
        found = np.zeros(len(self.numbers), bool)
        for text in chosen:
            ends = bounds(text, self.column.kind)
            if ends is None:
                what = "a range of dates, such as 2024-01.." if self.column.kind == "date" else "a range, such as 0.5..1"
                raise SelectionError(f"“{text}” is no value of {self.column.key}; write {what}.")
            found |= (self.numbers >= ends[0]) & (self.numbers <= ends[1])
        return found

    def matching(self, leaf: Word | Phrase) -> np.ndarray:
        """Papers that a word or phrase of a query finds in the column: bool, shape (n_papers,).

        Values are found by their words, next to each other, as venues are; numbers and dates by what they are compared with.
        """
        if self.facet is None:
            return self.mask((leaf.text,))
        assert self.words is not None
        codes = self._codes(leaf)
        wanted = np.zeros(self.facet.size, bool)
        wanted[codes] = True
        mask = np.zeros(len(self.facet.starts) - 1, bool)
        mask[self.facet.rows[wanted[self.facet.codes]]] = True
        return mask

    def _codes(self, leaf: Word | Phrase) -> list[int]:
        assert self.facet is not None
        assert self.words is not None
        ends = bounds(leaf.text, "number") if re.match(r"[<>=]|[-+\d.]*\.\.", leaf.text) else None
        if ends is not None:
            # Few whole numbers are values, and compared as numbers all the same.
            numbers = [bounds(text, "number") for text in self.facet.values.to_pylist()]
            return [code for code, one in enumerate(numbers) if one is not None and ends[0] <= one[0] <= ends[1]]
        prefix = isinstance(leaf, Word) and leaf.prefix
        if any(sign in leaf.text for sign in WILDCARDS):
            pattern = "".join({"*": r"\w*", "?": r"\w", "$": r"\w?"}.get(c, re.escape(c)) for c in leaf.text)
            end = "" if prefix else r"\b"
            found = pc.match_substring_regex(self.facet.values, rf"(?i)\b{pattern}{end}")
            return [int(code) for code in rows_where(found).to_pylist()]
        return self.words.find(self.facet.values, leaf.text if prefix else f"{leaf.text} ", max(self.facet.size, 1))

    @cached_property
    def steps(self) -> list[float] | list[str]:
        """Steps of the range, ascending: lower ends of numbers, or months or years of dates as text.

        Whole numbers that lie close have a step each; others have steps of a round width. Dates go by months, by years where
        they span more than ten.
        """
        assert self.numbers is not None
        known = self.numbers[~np.isnan(self.numbers)]
        if not len(known):
            return []
        if self.column.kind == "date":
            unit, first = self._unit, int(self._periods(known.min()))
            periods = np.arange(first, int(self._periods(known.max())) + 1).astype(f"datetime64[{unit}]")
            return [str(period) for period in periods]
        width, first = self._width, int(np.floor(known.min() / self._width + _SLACK))
        return [
            float(f"{(first + place) * width:.12g}") for place in range(int(np.floor(known.max() / width + _SLACK)) - first + 1)
        ]

    @cached_property
    def binned(self) -> Facet:
        """Papers by the steps of a range, whose values are the ranges as `mask` takes them, ascending."""
        assert self.numbers is not None
        known = np.flatnonzero(self._places >= 0)
        if self.column.kind == "date":
            values = list(map(str, self.steps))
        else:
            ends = np.array(self.steps, float) + self.reach
            # A range has its upper end, a step has not: where that is a paper's number, the step ends at its own largest.
            own = np.array(self.steps, float)
            np.maximum.at(own, self._places[known], self.numbers[known])
            ends = np.where(np.isin(ends.round(12), self.numbers.round(12)), own, ends)
            spans = zip(self.steps, ends.tolist(), strict=True)
            values = [f"{low:.12g}" if low == high else f"{low:.12g}..{high:.12g}" for low, high in spans]
        starts = np.concatenate([[0], np.cumsum(self._places >= 0)])
        return Facet(pa.array(values, pa.large_string()), self._places[known].astype(np.int32), starts, known.astype(np.int32))

    @cached_property
    def _width(self) -> float:
        assert self.numbers is not None
        known = self.numbers[~np.isnan(self.numbers)]
        width = _round_width(float(known.max() - known.min()) / MOST_BINS)
        return 1.0 if width < 1 and np.array_equal(known, np.floor(known)) else width

    @cached_property
    def reach(self) -> float:
        """How far a step of numbers goes beyond its lower end; whole numbers end one before the next step."""
        assert self.numbers is not None
        known = self.numbers[~np.isnan(self.numbers)]
        return self._width - 1 if self._width >= 1 and np.array_equal(known, np.floor(known)) else self._width

    @cached_property
    def _unit(self) -> str:
        assert self.numbers is not None
        return "Y" if np.nanmax(self.numbers) - np.nanmin(self.numbers) > _MONTHS_UP_TO else "M"

    def _periods(self, days: np.ndarray) -> np.ndarray:
        return np.asarray(days).astype(np.int64).astype("datetime64[D]").astype(f"datetime64[{self._unit}]").astype(np.int64)

    @cached_property
    def _places(self) -> np.ndarray:
        """Step of each paper, -1 where it has no value."""
        assert self.numbers is not None
        found = np.full(len(self.numbers), -1, np.int16)
        known = np.flatnonzero(~np.isnan(self.numbers))
        if len(known):
            values = self.numbers[known]
            whole = (
                self._periods(values)
                if self.column.kind == "date"
                else np.floor(values / self._width + _SLACK).astype(np.int64)
            )
            found[known] = whole - whole.min()
        return found

    def histogram(self, rows: np.ndarray | slice) -> np.ndarray:
        """Papers of some rows in each step of the range: int64, shape (n_steps,)."""
        return np.bincount(self._places[rows] + 1, minlength=len(self.steps) + 1)[1:]


def _round_width(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below a number."""
    if least <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9)))


def write_columns_of(table: pa.Table, folder: Path) -> None:
    """Write the columns of the reader's own into a generation."""
    found = own_columns(table)
    for column in found:
        StoredColumn.of(column, table).save(folder)
    (folder / INDEX).write_text(json.dumps([column.as_json() for column in found], ensure_ascii=False), encoding="utf-8")


class StoredColumns:
    """The columns of the reader's own of one generation, by their keys.

    Parameters
    ----------
    table : pyarrow.Table
        The papers.
    folder : Path
        The generation. Its files are mapped at once; where an earlier version wrote none, they are made when asked for.
    """

    def __init__(self, table: pa.Table, folder: Path) -> None:
        self._table = table
        self._stored: dict[str, StoredColumn] | None = None
        if (folder / INDEX).exists():
            given = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            self._stored = {one["key"]: StoredColumn.load(folder, OwnColumn(**one)) for one in given}

    @cached_property
    def by_key(self) -> dict[str, StoredColumn]:
        """The columns by key, in the order of the page."""
        if self._stored is not None:
            return self._stored
        return {column.key: StoredColumn.of(column, self._table) for column in own_columns(self._table)}

    def __getitem__(self, key: str) -> StoredColumn:
        if key not in self.by_key:
            names = ", ".join(self.by_key) or "none"
            raise SelectionError(f"The papers have no column “{key}” to filter by. Columns: {names}.")
        return self.by_key[key]

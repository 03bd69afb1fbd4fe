"""An opened generation of a corpus: what is on the disk, mapped into memory, and the masks and counts taken from it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merges import load_merges
from explorer.errors import CorpusError, SelectionError
from explorer.selection.fields import STORED_SORTS
from explorer.selection.query import parse
from explorer.store.build import FACETS, RULES, read_table
from explorer.store.caches import Recent
from explorer.store.facets import Facet, mapped
from explorer.store.fulltext import Hits, TextIndex
from explorer.store.generations import read_manifest
from explorer.store.ledgers import load_accounts
from explorer.store.prefixes import Prefixes, sort_words
from explorer.store.topics import Topics, load_topics
from explorer.topics.trends import MONTH

STALE = 0.1
"""Share of papers that came after the topics were found from which these count as stale. A convention: a tenth of the papers
can bring in a topic of its own, where there are ten or more."""


class OpenedCorpus:
    """A corpus folder, opened memory-mapped; several processes share its pages.

    Attributes
    ----------
    folder : Path
    manifest : dict
        Format version, content hash, number of papers, how it was made.
    table : pyarrow.Table
        The papers, in the schema.
    keywords_derived : bool
        Whether no paper came with keywords, and the facet of keywords holds key phrases from the text.
    index : TextIndex
    topics : Topics
    merged : Merges
        What was merged into which paper.
    accounts : Accounts
        What became of the records that came in.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.folder = Path(folder)
        while True:
            self.manifest = read_manifest(self.folder)
            self._generation = self.folder / self.manifest["generation"]
            try:
                self._open()
                break
            except (OSError, EOFError, ValueError, TypeError, KeyError, CorpusError) as error:
                # A build that finished in between removes the generation that was in force before.
                if self._generation.name == read_manifest(self.folder)["generation"]:
                    raise CorpusError(f"{self.folder} is damaged ({error}). Build the corpus again.") from error
        self._hits = Recent(32)
        self._masks = Recent(64)
        self._totals = Recent(16)

    def _open(self) -> None:
        """Map every file at once, for a later build removes those of this generation."""
        self.table = read_table(self._generation)
        self.index = TextIndex(self._generation / "index")
        self.months = self._array("dates")
        self.precision = self._array("precision")
        self.has_code = self._array("has_code")
        self.keywords_derived = (self._generation / "keywords.derived").exists()
        self._orders = {name: self._array(f"{name}.order") for name in STORED_SORTS}
        self._facets = {name: Facet.load(self._generation, name) for name in ("topics", *FACETS)}
        self._prefixes = {name: Prefixes.load(self._generation, name) for name in FACETS}
        self.topics: Topics = load_topics(self._generation, self.months, self.precision)
        self.merged = load_merges(self._generation)
        self.accounts = load_accounts(self._generation)
        rules = self._generation / RULES
        self.rules_file = rules.read_bytes() if rules.exists() else b""
        columns = (self.table, self.months, self.precision, self.has_code, self.topics.codes, *self._orders.values())
        if {len(self), *map(len, columns), *(len(facet.starts) - 1 for facet in self._facets.values())} != {len(self)}:
            raise CorpusError(f"the files in {self._generation} are not of one build")

    def _array(self, name: str) -> np.ndarray:
        return mapped(self._generation / f"{name}.npy")

    def __len__(self) -> int:
        return int(self.manifest["papers"])

    @property
    def added_since(self) -> int:
        """Papers that came after the topics were found, and were placed on them."""
        return int(self.manifest["made"]["topics"].get("added_since", 0))

    @property
    def topics_stale(self) -> bool:
        """Whether so many papers came since that the topics should be found anew."""
        return self.added_since > STALE * len(self)

    @property
    def stale_sentence(self) -> str:
        """Say how many papers came since; empty where none did."""
        if not self.added_since:
            return ""
        share = self.added_since / len(self)
        came = f"{self.added_since:,} of {len(self):,} papers ({share:.0%}) came after the topics were found"
        return f"{came}{'; the topics may be stale.' if self.topics_stale else '.'}"

    def hits(self, query: str) -> Hits:
        """All hits of a query that is not empty; the last 32 queries are kept."""
        node = parse(query)
        assert node is not None
        return self._hits.get(query, lambda: self.index.hits(node))

    def mask(self, field: str, value: Any) -> np.ndarray:
        """Papers that pass one filter, as a boolean array; the last 64 are kept."""
        return self._masks.get((field, value), lambda: self._mask(field, value))

    def _mask(self, field: str, value: Any) -> np.ndarray:
        if field == "query":
            mask = np.zeros(len(self), bool)
            mask[self.hits(value).rows] = True
            return mask
        if field == "has_code":
            return np.asarray(self.has_code == value)
        if field in ("years", "months"):
            unit, number = (12, int) if field == "years" else (1, _month_number)
            periods = self.months // unit
            mask = np.asarray(self.precision >= (1 if field == "years" else MONTH))
            low, high = value
            if low is not None:
                mask &= periods >= number(low)
            if high is not None:
                mask &= periods <= number(high)
            return mask
        return self.facet(field).mask(value)

    def facet(self, field: str) -> Facet:
        """A facet of values: topics, venues, authors or keywords."""
        if field not in self._facets:
            raise SelectionError(f"There is no facet {field!r}. Facets: {', '.join(self._facets)}.")
        return self._facets[field]

    def prefixes(self, field: str) -> Prefixes:
        """The words of a facet's values, sorted: venues, authors or keywords."""
        kept = self._prefixes.get(field)
        if kept is None:
            # Built by an earlier version, which did not write them.
            kept = self._prefixes[field] = sort_words(self.facet(field).values)
        return kept

    def totals(self, field: str) -> np.ndarray:
        """Papers per value of a facet over the whole corpus."""
        return self._totals.get(("totals", field), lambda: self.count(field))

    def count(self, field: str, mask: np.ndarray | None = None, rows: np.ndarray | None = None) -> np.ndarray:
        """Papers per value of a facet over a mask and the rows in it, or over all (see `Results.counts`)."""
        chosen = slice(None) if rows is None else rows
        if field == "has_code":
            return np.bincount(self.has_code[chosen], minlength=2)
        if field in ("years", "months"):
            unit = 12 if field == "years" else 1
            known = self.precision[chosen] >= (1 if field == "years" else MONTH)
            months = self.months[chosen].compress(known)
            first, last = self.year_span
            return np.bincount(months // unit - first * (12 // unit), minlength=(last - first + 1) * (12 // unit))
        return self.facet(field).counts(mask, rows)

    @cached_property
    def year_span(self) -> tuple[int, int]:
        """First and last year of the dated papers; (0, 0) where none has a date."""
        dated = self.months[np.asarray(self.precision > 0)]
        return (int(dated.min()) // 12, int(dated.max()) // 12) if len(dated) else (0, 0)

    @cached_property
    def upvotes(self) -> np.ndarray:
        """Upvotes of the papers, float32; NaN where they are unknown."""
        known = pc.fill_null(self.table.column("upvotes").cast(pa.float32()), float("nan"))
        return np.asarray(known.to_numpy(), np.float32)

    def order(self, name: str) -> np.ndarray:
        """All rows in one of the orders newest, oldest, upvotes, title."""
        return self._orders[name]

    def places(self, name: str) -> np.ndarray:
        """Place of each row in one of the orders."""

        def invert() -> np.ndarray:
            order = self.order(name)
            found = np.empty(len(order), np.int32)
            found[order] = np.arange(len(order), dtype=np.int32)
            return found

        return self._totals.get(("places", name), invert)

    def record(self, row: int, names: Iterable[str]) -> dict[str, Any]:
        """Some columns of one paper."""
        return {name: self.table.column(name)[row].as_py() for name in names}


def _month_number(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1

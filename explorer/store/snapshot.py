"""A snapshot: one generation of a corpus, mapped into memory, and the hits, masks and counts taken from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merges import load_merges
from explorer.disk import cache_folder
from explorer.errors import CorpusError, SelectionError
from explorer.memory import MEGABYTE, Cache, Value
from explorer.papers.author_names import display, family_first
from explorer.papers.rows import gathered, rows_where
from explorer.selection.fields import STORED_SORTS
from explorer.selection.periods import span_of
from explorer.selection.query import Node, check_fields
from explorer.selection.syntax import COLUMN, DATE_FIELD_NAMES, All, Either, Not, Word, by_table, leaves_of
from explorer.store.build import ANALYSERS, FACETS, RULES
from explorer.store.facets import Facet, Prefixes, mapped, sort_words
from explorer.store.fulltext import Hits, TextIndex
from explorer.store.generations import damaged, read_manifest
from explorer.store.ledgers import load_accounts
from explorer.store.own_columns import StoredColumns
from explorer.store.paper_files import Texts, read_table
from explorer.store.parts import PartedIndex, executor_of
from explorer.store.topics import Topics, load_topics
from explorer.text.analysis import fingerprint
from explorer.topics.periods import first_day, last_day, partial_period, unfinished_period
from explorer.topics.trends import MONTH, YEAR

if TYPE_CHECKING:
    from explorer.dedupe.rules import Rules
    from explorer.papers.ledger import Ledger

STALE = 0.1
"""Share of papers that came after the topics were found from which these count as stale. A convention: a tenth of the papers
can bring in a topic of its own, where there are ten or more."""


LEADING = 1000
"""Hits of a query whose scores are asked for where it may have no more: many pages of them, also where other filters leave one in ten."""

FIRST = 200
"""Hits whose scores are asked for at first where there are many more: half the work, and some pages of them."""

MOST = 2 / 3
"""Part of the papers from which on those that a selection leaves out are counted sooner than those that it shows."""

_LATEST = 50
"""Papers among which the latest or earliest date is looked for: within a month those known to the day may stand before or after the others."""

CACHED = re.compile(r"(?:files|papers|grown)-[0-9a-f]{16}(?:-(?:auto|\d+))?")
"""Names of the folders of corpora in the cache."""


class Snapshot:
    """One generation of a corpus folder, opened memory-mapped; several processes share its pages.

    Nothing in it changes once it is open, so that all dashboards of a process may share it; what is kept of what was asked gives
    the same answers to everybody.

    Attributes
    ----------
    folder : Path
    manifest : dict
        Format version, content hash, number of papers, how it was made.
    table : PaperTable
        The papers, in the schema.
    keywords_derived : bool
        Whether no paper came with keywords, and the facet of keywords holds key phrases from the text.
    index : TextIndex
    topics : Topics
    merged : Merges
        What was merged into which paper.
    accounts : Accounts
        What became of the records that came in.
    columns : StoredColumns
        The columns of the reader's own, by their keys.
    generation : Path
        Folder of the files.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.folder = Path(folder)
        while True:
            self.manifest = read_manifest(self.folder)
            self.generation = self.folder / self.manifest["generation"]
            try:
                self._open()
                break
            except (OSError, EOFError, ValueError, TypeError, KeyError, CorpusError) as error:
                # A build that finished in between removes the generation that was in force before.
                if self.generation.name == read_manifest(self.folder)["generation"]:
                    raise CorpusError(
                        f"{self.folder} is damaged ({error}). Build the corpus again, or see what is left: litexplorer check {self.folder}"
                    ) from error
        self._hits = Cache(64 * MEGABYTE)
        self._leading = Cache(2 * MEGABYTE)
        self._masks = Cache(48 * MEGABYTE)
        self._totals = Cache(32 * MEGABYTE)

    def _open(self) -> None:
        """Map every file at once, for a later build removes those of this generation."""
        for name, what in damaged(self.folder, self.manifest, whole=False):
            raise CorpusError(f"{name} {what}")
        self.table = read_table(self.generation)
        executor = executor_of(self.folder)
        self.index = (
            TextIndex(self.generation / "index") if executor is None else PartedIndex(self.generation, len(self), executor)
        )
        self.months = self._array("dates")
        self.precision = self._array("precision")
        self.has_code = self._array("has_code")
        self.keywords_derived = (self.generation / "keywords.derived").exists()
        self._orders = {name: self._array(f"{name}.order") for name in STORED_SORTS}
        self._facets = {name: Facet.load(self.generation, name) for name in ("topics", *FACETS)}
        self._prefixes = {name: Prefixes.load(self.generation, name) for name in FACETS}
        self.columns = StoredColumns(self.table, self.generation)
        self.topics: Topics = load_topics(self.generation, self.months, self.precision, self._texts, self.unfinished)
        self.merged = load_merges(self.generation)
        self.accounts = load_accounts(self.generation)
        rules = self.generation / RULES
        self.rules_file = rules.read_bytes() if rules.exists() else b""
        columns: tuple[Any, ...] = (
            self.table,
            self.months,
            self.precision,
            self.has_code,
            self.topics.codes,
            *self._orders.values(),
        )
        if {len(self), *map(len, columns), *(len(facet.starts) - 1 for facet in self._facets.values())} != {len(self)}:
            raise CorpusError(f"the files in {self.generation} are not of one build")

    def _texts(self, rows: Iterable[int]) -> list[str]:
        texts = Texts(self.table)
        return [texts[int(row)] for row in rows]

    def _array(self, name: str) -> np.ndarray:
        return mapped(self.generation / f"{name}.npy")

    def __len__(self) -> int:
        return int(self.manifest["papers"])

    @property
    def superseded(self) -> bool:
        """Whether the folder has come to a later generation since; this one stays as it is."""
        try:
            return bool(read_manifest(self.folder)["generation"] != self.generation.name)
        except CorpusError:
            return False

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

    @property
    def indexed_otherwise(self) -> bool:
        """Whether the full text was indexed with other analysers than those of today: some words then find nothing."""
        return bool(self.manifest["made"].get(ANALYSERS) != fingerprint())

    @property
    def index_sentence(self) -> str:
        """Say that the full text was indexed otherwise, and what to do; empty where it was not."""
        if not self.indexed_otherwise:
            return ""
        made = self.manifest["made"].get("versions", {}).get("tantivy")
        by = f"with other analysers (tantivy {made})" if ANALYSERS in self.manifest["made"] else "by an earlier version"
        return (
            f"The words of {self.folder} were indexed {by}, and some searches find less than they should. "
            f"Index them again: litexplorer refit {self.folder}"
        )

    def hits(self, node: Node) -> Hits:
        """All hits of a query; those of the last queries are kept.

        Raises
        ------
        QueryError
            It names a field that is none.
        """
        return self._hits.get(node, lambda: self._found(node))

    def leading(self, node: Node, limit: int) -> tuple[Hits, bool] | None:
        """The best hits of a query of words, and whether these are all; None where only all of them tell which are the best.

        Most pages show nothing else: a word that a third of the papers have costs as much as its hits, one by one. Dates and columns
        are asked of the table, and papers with beginnings of words score alike.
        """
        if not _scored_by_index(node):
            return None
        return self._leading.get((node, limit), lambda: self.index.leading(node, limit))

    def led(self, node: Node) -> tuple[Hits, bool] | None:
        """What `leading` has given of a query before, and is kept."""
        found: tuple[Hits, bool] | None = self._leading.look((node, LEADING)) or self._leading.look((node, FIRST))
        return found

    def hits_among(self, node: Node, rows: np.ndarray) -> Hits | None:
        """The hits of a query of words, which some papers all are; None where they cannot be told from their ids, or not by the index."""
        # Beside papers that must be there, a part that every other paper matches would lose its score.
        if not _scored_by_index(node) or _leaves_out(node):
            return None
        hits = self.index.hits_among(node, gathered(self.table.select(["id"]), rows).column("id").to_pylist())
        asked = np.isin(hits.rows, rows)
        return Hits(hits.rows[asked], hits.scores[asked]) if np.count_nonzero(asked) == len(rows) else None

    def _found_by(self, node: Node) -> np.ndarray:
        """The papers that a query finds, as a boolean array; their scores may not be needed."""
        if _scored_by_index(node) and (common := self.index.common_mask(node, len(self))) is not None:
            return common
        led = self.leading(node, LEADING)
        if led is not None and not led[1]:
            return self.index.mask(node, len(self))
        mask = np.zeros(len(self), bool)
        mask[(self.hits(node) if led is None else led[0]).rows] = True
        return mask

    def check(self, node: Node | None) -> None:
        """See that each field a query names is one here. Raises `QueryError` where it is not."""
        if node is not None and any(leaf.field.startswith(COLUMN) for leaf in leaves_of(node)):
            check_fields(node, self.columns.by_key)

    def _found(self, node: Node) -> Hits:
        if not any(by_table(leaf.field) for leaf in leaves_of(node)):
            return self.index.hits(node)
        self.check(node)
        mask, scores = self._matched(node)
        rows = np.flatnonzero(mask).astype(np.int32)
        return Hits(rows, scores[rows])

    def _matched(self, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Papers that a part of a query finds and their scores, of all papers; dates and columns filter, and score nothing."""
        scores = np.zeros(len(self), np.float32)
        if not any(by_table(leaf.field) for leaf in leaves_of(node)):
            mask, hits = np.zeros(len(self), bool), self.index.hits(node)
            mask[hits.rows], scores[hits.rows] = True, hits.scores
            return mask, scores
        if isinstance(node, Not):
            return ~self._matched(node.part)[0], scores
        if isinstance(node, All | Either):
            found = [self._matched(part) for part in self._together(node)]
            masks = np.array([mask for mask, _ in found])
            mask = np.asarray(masks.all(axis=0) if isinstance(node, All) else masks.any(axis=0))
            return mask, np.where(mask, np.sum([part for _, part in found], axis=0), 0).astype(np.float32)
        leaf = leaves_of(node)[0]
        if leaf.field in DATE_FIELD_NAMES:
            return self._published(leaf.text), scores
        return self.columns[leaf.field.removeprefix(COLUMN)].matching(leaf), scores

    def _published(self, text: str) -> np.ndarray:
        """Papers that were published in a span of time; one of which the year alone is known, where the span has a part of that year."""
        span = span_of(text)
        assert span is not None, "parsing refuses what is no span"
        by_month = self.precision >= MONTH
        first = np.where(by_month, self.months, self.months // 12 * 12)
        mask = np.asarray(self.precision > 0)
        if span.first is not None:
            mask &= np.where(by_month, first, first + 11) >= span.first
        return mask if span.last is None else mask & (first <= span.last)

    @staticmethod
    def _together(node: All | Either) -> list[Node]:
        """The parts of a node, those without dates and columns as one, so that they are run at once."""
        plain = tuple(part for part in node.parts if not any(by_table(leaf.field) for leaf in leaves_of(part)))
        rest: list[Node] = [part for part in node.parts if part not in plain]
        return [*([plain[0] if len(plain) == 1 else type(node)(plain)] if plain else []), *rest]

    def count_hits(self, node: Node) -> int:
        """Number of papers that a query finds."""
        if any(by_table(leaf.field) for leaf in leaves_of(node)):
            return len(self.hits(node).rows)
        return self.index.count(node)

    def mask(self, field: str, value: Any) -> np.ndarray:
        """Papers that pass one filter, as a boolean array; the last ones are kept. The value of a query is its syntax tree."""
        return self._masks.get((field, value), lambda: self._mask(field, value))

    def _mask(self, field: str, value: Any) -> np.ndarray:
        if field.startswith(COLUMN):
            return self.columns[field.removeprefix(COLUMN)].mask(value)
        if field == "query":
            return self._found_by(value)
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
        if field == "authors":
            # However a name is written, by who chose it or by who built the corpus.
            value = tuple(dict.fromkeys(form for name in value for form in (name, display(name), family_first(name))))
        if field == "topics":
            # By the name that a topic had before, too, as in an address or a saved search of then.
            value = tuple(dict.fromkeys(new for label in value for new in self.topics.former.get(label, (label,))))
        mask = self.facet(field).mask(value)
        if field == "topics":
            # A part of a topic is found when asked for, and is no value of the facet.
            for rows in filter(lambda found: found is not None, map(self.topics.rows_of_part, value)):
                mask = mask.copy()
                mask[rows] = True
        return mask

    def facet(self, field: str) -> Facet:
        """A facet of values: topics, venues, authors, keywords, or ``columns.KEY``."""
        if not isinstance(field, str):
            raise SelectionError(f"A facet is named by a text, such as 'venues', not {field!r}.")
        if field.startswith(COLUMN):
            own = self.columns[field.removeprefix(COLUMN)].facet
            if own is None:
                raise SelectionError(
                    f"{field.removeprefix(COLUMN)} is a range of numbers or dates, and has no values to tick or count."
                )
            return own
        if field not in self._facets:
            more = (COLUMN + key for key, column in self.columns.by_key.items() if column.facet is not None)
            raise SelectionError(f"There is no facet {field!r}. Facets: {', '.join([*self._facets, *more])}.")
        return self._facets[field]

    def divided_by(self, field: str) -> tuple[Facet, bool]:
        """A facet by which papers are told apart, or the steps of a column of numbers or dates; and whether it is these.

        Raises
        ------
        SelectionError
            There is no such facet.
        """
        own = self.columns.by_key.get(field.removeprefix(COLUMN)) if field.startswith(COLUMN) else None
        return (self.facet(field), False) if own is None or own.facet is not None else (own.binned, True)

    def dividing(self) -> list[str]:
        """Facets by which papers are told apart, but for their topics."""
        return [*(name for name in self._facets if name != "topics"), *(COLUMN + key for key in self.columns.by_key)]

    def fetch(self) -> None:
        """Have at hand what counts of facets are made from (see `Facet.fetch`), while nobody waits."""
        for facet in self._facets.values():
            facet.fetch()

    def prefixes(self, field: str) -> Prefixes:
        """The words of a facet's values, sorted: venues, authors or keywords."""
        kept = self._prefixes.get(field)
        if kept is None:
            # Built by an earlier version, which did not write them.
            kept = self._prefixes[field] = sort_words(self.facet(field).values)
        return kept

    def totals(self, field: str) -> np.ndarray:
        """Papers per value of a facet over the whole corpus, int32: of a million authors they are kept."""
        return self._totals.get(("totals", field), lambda: self.count(field).astype(np.int32))

    def count(self, field: str, mask: np.ndarray | None = None, rows: np.ndarray | None = None) -> np.ndarray:
        """Papers per value of a facet over a mask and the rows in it, or over all (see `Results.counts`)."""
        chosen = slice(None) if rows is None else rows
        if field.startswith(COLUMN) and (own := self.columns[field.removeprefix(COLUMN)]).numbers is not None:
            return own.histogram(chosen)
        if field == "has_code":
            return np.bincount(self.has_code[chosen], minlength=2)
        if field in ("years", "months"):
            unit = 12 if field == "years" else 1
            known = self.precision[chosen] >= (1 if field == "years" else MONTH)
            months = self.months[chosen].compress(known)
            first, last = self.year_span
            return np.bincount(months // unit - first * (12 // unit), minlength=(last - first + 1) * (12 // unit))
        if mask is not None and rows is not None and len(rows) > MOST * len(mask):
            left_out = self.facet(field).counts(~mask)
            found: np.ndarray = np.subtract(self.totals(field), left_out, out=left_out)
            return found
        return self.facet(field).counts(mask, rows)

    @cached_property
    def year_span(self) -> tuple[int, int]:
        """First and last year of the dated papers; (0, 0) where none has a date."""
        dated = self.months[np.asarray(self.precision > 0)]
        return (int(dated.min()) // 12, int(dated.max()) // 12) if len(dated) else (0, 0)

    @cached_property
    def undated(self) -> int:
        """Number of papers without a date."""
        return int(np.count_nonzero(self.precision == 0))

    @cached_property
    def upvotes(self) -> np.ndarray:
        """Upvotes of the papers, float32; NaN where they are unknown."""
        known = pc.fill_null(self.table.column("upvotes").cast(pa.float32()), float("nan"))
        return np.asarray(known.to_numpy(), np.float32)

    def unfinished(self, by: str) -> int | None:
        """The last period, where papers of it are still to come (see `unfinished_period`)."""
        at = str(self.manifest["made"].get("at", ""))[:10]
        made = date.fromisoformat(at) if len(at) == 10 else None
        order = self.order("newest")
        late = order[np.flatnonzero(np.asarray(self.precision[order]) >= MONTH)[:_LATEST]].tolist()
        ends = [last_day(*self.record(row, ("published", "precision")).values()) for row in late]
        months = np.asarray(self.months[np.asarray(self.precision) >= MONTH])
        return unfinished_period(months, max(ends, default=None), by, made)

    def partial(self, by: str) -> int | None:
        """The first period, where the papers cover only the end of it (see `partial_period`).

        None too where papers dated to the year alone may lie at its beginning.
        """
        order = self.order("oldest")
        early = order[np.flatnonzero(np.asarray(self.precision[order]) >= MONTH)[:_LATEST]].tolist()
        begin = min((first_day(*self.record(row, ("published", "precision")).values()) for row in early), default=None)
        precision, months = np.asarray(self.precision), np.asarray(self.months)
        if begin is None or (months[precision == YEAR] // 12 <= begin.year).any():
            return None
        return partial_period(months[precision >= MONTH], begin, by)

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

    def records(self, rows: np.ndarray, names: Sequence[str]) -> list[dict[str, Any]]:
        """Some columns of some papers, in their order."""
        found: list[dict[str, Any]] = gathered(self.table.select(names), rows).to_pylist()
        return found

    def kept(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What follows from the corpus alone, whoever asks and whatever for: computed once."""
        return self._totals.get(key, make)

    # Papers by their rows and ids

    def with_topic(self, table: pa.Table, codes: np.ndarray) -> pa.Table:
        """A table of papers with the label of each one's topic, in place of a column `topic` that it brought."""
        return with_column(table, "topic", self._labelled(codes))

    def topic_labels(self, rows: np.ndarray) -> pa.Array:
        """The label of the topic of each of some papers."""
        return self._labelled(np.asarray(self.topics.codes[rows]))

    def _labelled(self, codes: np.ndarray) -> pa.Array:
        labels = pa.array(self.topics.labels, pa.large_string())
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), labels).cast(labels.type)

    def take(self, rows: np.ndarray, scores: np.ndarray, more: Mapping[str, np.ndarray] | None = None) -> pa.Table:
        """Papers of some rows, in their order, with `topic`, `score` and further columns of numbers."""
        found = self.table.take(pa.array(rows, pa.int64()))
        found = self.with_topic(found, np.asarray(self.topics.codes[rows]))
        for name, values in {"score": scores, **(more or {})}.items():
            found = with_column(found, name, pa.array(values, pa.float32(), from_pandas=True))
        return found

    def rows_known(self, ids: Sequence[str]) -> np.ndarray:
        """Rows of the papers of some ids, in the order of the table; ids that the corpus has not are left out."""
        if not ids:
            return np.empty(0, np.int64)
        # Not by `pa.array` and `to_numpy`, which import pandas: a page that shows what was read asks for this when it opens.
        data = [id_.encode() for id_ in ids]
        starts = np.cumsum([0, *map(len, data)], dtype=np.int64)
        buffers = [None, pa.py_buffer(starts), pa.py_buffer(b"".join(data))]
        wanted = pa.Array.from_buffers(pa.large_string(), len(data), buffers)
        return np.array(rows_where(pc.is_in(self.table.column("id"), value_set=wanted)).to_pylist(), np.int64)

    # What became of the records

    @cached_property
    def rules(self) -> Rules:
        """Pairs of records that the reader wants merged always, or never."""
        from explorer.dedupe.rules import Rules, parse_rules

        return parse_rules(self.rules_file, str(self.folder)) if self.rules_file else Rules()

    @property
    def ledger(self) -> Ledger:
        """What became of every record that the papers were made from.

        Returns
        -------
        Ledger
            Its counts are those of all imports; `accepted` is the number of papers, less those that an earlier version took in.
            `entries` is a DataFrame with one row a note: `source` (file or service), `line` and `record` (from 1), `action`
            ("rejected", "merged", "repaired"; "empty" of a source without records), `field`, `before`, `after` (for a merge, the id of
            the paper), `reason`.
            A merge that was taken back is not in it, `findings` is empty, and so are the counts of an import that brought
            nothing new.

        Raises
        ------
        CorpusError
            An earlier version made the corpus, and kept none.
        """
        if not self.accounts.parts:
            raise CorpusError(
                f"{self.folder} has no ledger: an earlier version made it. "
                f"Build it again from its files: litexplorer build FILE -o {self.folder}"
            )
        return self.accounts.ledger()

    @cached_property
    def ledger_sentence(self) -> str:
        """What became of the records, in words."""
        return self.accounts.sentence(len(self))

    @property
    def name(self) -> str:
        """What the corpus is called."""
        return str(self.manifest["made"].get("name") or self.folder.name)

    @property
    def cached_name(self) -> str | None:
        """Name of the folder where it is one of the cache; None for a corpus elsewhere."""
        inside = self.folder.resolve().parent == cache_folder().resolve()
        return self.folder.name if inside and CACHED.fullmatch(self.folder.name) else None


def _scored_by_index(node: Node) -> bool:
    """Whether the index scores what a query finds, and not all of it alike: dates and columns are asked of the table."""
    found = leaves_of(node)
    return not any(by_table(leaf.field) for leaf in found) and not all(isinstance(leaf, Word) and leaf.prefix for leaf in found)


def _leaves_out(node: Node) -> bool:
    """Whether some part of a query only leaves papers out, so that all others match it."""
    if isinstance(node, Not):
        return True
    if not isinstance(node, All | Either):
        return False
    asked = [part for part in node.parts if not (isinstance(node, All) and isinstance(part, Not))]
    return not asked or any(map(_leaves_out, asked))


def with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """A table with a column, in place of one of that name that the papers brought, as those of an earlier export do."""
    return (table.drop_columns([name]) if name in table.column_names else table).append_column(name, values)


def _month_number(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1

"""Full text of the papers: a tantivy index whose hits are rows of the paper table."""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import math
import os
import re
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tantivy

from explorer.errors import CorpusError, QueryError
from explorer.memory import remembered
from explorer.papers.author_names import family_and_given, is_initials, particle_moved
from explorer.selection.syntax import All, Either, Near, Node, Not, Phrase, Word, changed, over, parts_of, written
from explorer.store import postings
from explorer.store.postings import Beginnings, FrequentWords
from explorer.store.word_shapes import Shape, Spot, apart, beside, merged_words, pattern_of, shapes_of
from explorer.text.analysis import FILLER, Terms, analyzer, is_stemmed_as_russian, spread, tokens, unspaced, without_particle
from explorer.text.word_forms import letters_and_figures, may_be_two, parted_name, spellings, umlauts, word_forms

ANALYZERS = {
    "title": "english",
    "abstract": "english",
    "authors": "names",
    "keywords": "english",
    "venue": "names",
    "ids": "exact",
}
"""Analyser of each searchable field."""

EVERYWHERE = ("title", "abstract", "authors", "keywords")
"""Fields that a word without a field name is looked for in."""

_WORDS = {
    "title": "title_words",
    "abstract": "abstract_words",
    "authors": "authors",
    "keywords": "keyword_words",
    "venue": "venue",
}
IDS = ("id", "doi", "arxiv_id", "pmid")
"""Columns that hold what a paper is known by; the last is not in every table."""

_FILLERS = 15
_APART = f"{FILLER} " * _FILLERS
"""Stands before an author or a keyword, so that words of two are not near each other."""

_HEAP = 256_000_000
_LEAST_HEAP = 30_000_000
"""Bytes that papers may take before they are written; tantivy refuses less than 15 MB."""

_META, _MANAGED = "meta.json", ".managed.json"
"""tantivy's lists of an index: its segments, and the files that it made."""

_MOST_PHRASES = 4_000
"""Phrases that one part of a query may stand for."""

_ALTERNATIVES = 12
"""Phrases that are looked for one by one, each with its own score; more become alternatives at a place."""

_TEXTS = ("title", "abstract")
_HALF = 3
"""Letters that each half of a word written as two must have."""

_EVERY_WORD = 1_000_000
_LAST = 2**31
"""A row that no paper has."""

_POSITIONS = "does not have positions"
_TOO_MANY = "exceeded max expansions"
_TOO_LONG = "exceeds size limit"
"""What tantivy says of a phrase in a field without positions, of wildcards that too many words fit, and of a long word's pattern."""

_MANY = 24
"""Where tantivy has to hand over more than one part in so many of the papers for a beginning, it is seen whether others are fewer."""

_RARE, _FEW = 40, 8
"""A word that one part in so many of the papers has is rare; what is beside it is found by few, whose scores are soon there."""

_SURELY_TAKEN = 200
"""Characters of a pattern that has fewer states than tantivy takes, which are a thousand, whatever it says."""


@dataclass(frozen=True)
class Hits:
    """Papers that match a query, in no particular order.

    Attributes
    ----------
    rows : ndarray of int32, shape (n_hits,)
    scores : ndarray of float32, shape (n_hits,)
        BM25 (Robertson & Zaragoza 2009, k1 = 1.2, b = 0.75), summed over fields.
    """

    rows: np.ndarray
    scores: np.ndarray


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for field, name in ANALYZERS.items():
        builder.add_text_field(field, tokenizer_name=name, index_option="basic" if name == "exact" else "position")
    for field in ("title_words", "abstract_words", "keyword_words"):
        builder.add_text_field(field, tokenizer_name="words", index_option="position")
    # An integer and not an unsigned field: the Python binding hands over signed numbers, at which the latter panics.
    builder.add_integer_field("row", fast=True)
    return builder.build()


def _register(index: Any, *, russian: bool = True) -> None:
    for name in ("english", "words", "names", "exact"):
        index.register_tokenizer(name, analyzer(name, russian=russian))


def _has_russian(table: pa.Table) -> bool:
    """Whether a title, an abstract or a keyword has a word that the Russian stemmer changes."""
    for batch in table.select(["title", "abstract", "keywords"]).to_batches(max_chunksize=1_000):
        titles, abstracts, keywords = (column.to_pylist() for column in batch.columns)
        texts = itertools.chain(titles, abstracts, itertools.chain.from_iterable(some or () for some in keywords))
        # Nearly all there is is spelled in ASCII.
        if any(is_stemmed_as_russian(spread(text)) for text in texts if text and not text.isascii()):
            return True
    return False


class _as_os_errors:  # noqa: N801  (a statement, and cheap enough for every paper)
    """tantivy says with a ValueError that the disk is full."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError):
            raise OSError(f"the full-text index: {error}") from error


def build_index(
    table: pa.Table,
    folder: Path,
    *,
    rows: Iterable[int] | None = None,
    held: int = 0,
    heap: int = _HEAP,
    threads: int = 2,
    progress: Callable[[float], None] = lambda part: None,
) -> None:
    """Index a paper table into `folder`, which must exist and be empty, or hold the index of `held` rows.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema.
    rows : iterable of int, optional
        Row number of each paper, which becomes the hit; counted from 0 by default. One below `held` is replaced.
    held : int
        Rows that the index holds, 0 to `held`.
    heap : int
        Bytes that what is indexed may take before it is written.
    threads : int
        Each writes segments of its own.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the work.
    """
    with _as_os_errors():
        index = tantivy.Index.open(str(folder)) if held else tantivy.Index(_schema(), str(folder))
        _register(index, russian=_has_russian(table))
    _fill(
        index,
        table,
        rows=range(table.num_rows) if rows is None else rows,
        held=held,
        heap=heap,
        threads=threads,
        progress=progress,
    )


def _fill(
    index: Any, table: pa.Table, *, rows: Iterable[int], held: int, heap: int, threads: int, progress: Callable[[float], None]
) -> None:
    """Put the papers of a table into an opened index."""
    with _as_os_errors():
        writer = index.writer(heap, threads)
    fields = ["title", "abstract", "authors", "keywords", "venue", *(name for name in IDS if name in table.column_names)]
    numbers, done = iter(rows), 0
    for batch in table.select(fields).to_batches(max_chunksize=1_000):
        for title, abstract, authors, keywords, venue, *ids in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            row = int(next(numbers))
            if row < held:
                this = tantivy.Query.range_query(index.schema, "row", tantivy.FieldType.Integer, row, row)
                with _as_os_errors():
                    writer.delete_documents_by_query(this)
            document = tantivy.Document(row=row)
            for field, text in (("title", title), ("abstract", abstract)):
                if text:
                    plain = spread(text)
                    document.add_text(field, plain)
                    document.add_text(f"{field}_words", plain)
            for author in authors or ():
                for order in _orders(author):
                    document.add_text("authors", _APART + spread(order))
            for keyword in keywords or ():
                plain = _APART + spread(keyword)
                document.add_text("keywords", plain)
                document.add_text("keyword_words", plain)
            if venue:
                document.add_text("venue", spread(venue))
            for value in ids:
                if value:
                    document.add_text("ids", str(value))
            with _as_os_errors():
                writer.add_document(document)
        done += batch.num_rows
        try:
            progress(done / max(table.num_rows, 1))
        except BaseException:
            writer.wait_merging_threads()  # They would go on writing into a folder that is being removed.
            raise
    with _as_os_errors():
        writer.commit()
        writer.wait_merging_threads()


def join_indexes(folders: Sequence[Path], target: Path) -> None:
    """Make one index of several, whose papers have different rows: their segments stand side by side, and none is written anew.

    Parameters
    ----------
    folders : sequence of Path
        As `build_index` wrote them, in the order of their rows. Their files are moved.
    target : Path
        Folder of the whole, which is made.
    """
    target.mkdir()
    metas = [json.loads((folder / _META).read_text(encoding="utf-8")) for folder in folders]
    managed: set[str] = set()
    for folder in folders:
        managed |= set(json.loads((folder / _MANAGED).read_text(encoding="utf-8")))
        for path in folder.iterdir():
            if path.name not in (_META, _MANAGED) and path.suffix != ".lock":
                path.replace(target / path.name)
    whole = {
        **metas[0],
        "segments": [segment for meta in metas for segment in meta["segments"]],
        "opstamp": max(meta["opstamp"] for meta in metas),
    }
    (target / _MANAGED).write_text(json.dumps(sorted(managed)), encoding="utf-8")
    (target / _META).write_text(json.dumps(whole), encoding="utf-8")


def keep_frequent(folder: Path, papers: int) -> None:
    """Keep which papers have the commonest words beside an index of so many papers, so that `TextIndex.mask` need not ask for them."""
    if papers >= postings.LEAST_PAPERS:
        index = TextIndex(folder)
        common = index.commonest(postings.MOST_WORDS, math.ceil(papers * postings.FREQUENT_SHARE))
        terms = dict.fromkeys(term for _, term in common)
        others = [(field, term) for term in terms for field in postings.FREQUENT_FIELDS if (field, term) not in common]
        postings.write_frequent(folder, index.state, papers, ((word, index.rows_of(*word)) for word in (*common, *others)))
        # Opened anew, with the commonest words.
        index = TextIndex(folder)
        postings.write_beginnings(
            folder, index.state, papers, index.common_beginnings(math.ceil(papers * postings.BEGINNING_SHARE))
        )


class TextIndex:
    """An opened index. Opening maps files into memory and reads next to nothing."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index.open(str(folder))
        except ValueError:
            if os.access(folder, os.W_OK):
                raise
            # tantivy locks what it reads, for which it writes a file; a folder of links stands for one that cannot be written.
            links = tempfile.mkdtemp(prefix="litexplorer-")
            weakref.finalize(self, shutil.rmtree, links, ignore_errors=True)
            for path in (path for path in folder.resolve().iterdir() if path.suffix != ".lock"):
                (Path(links) / path.name).symlink_to(path)
            self._index = tantivy.Index.open(links)
        self._take(self._index)
        self.state = (folder / _META).read_text(encoding="utf-8")
        self._frequent = FrequentWords.load(folder, self.state)
        self._beginnings = Beginnings.load(folder, self.state)

    @classmethod
    def in_memory(cls, table: pa.Table) -> TextIndex:
        """An index of a few papers that never touches the disk; hits are their places in the table."""
        index = tantivy.Index(_schema())
        _register(index)
        _fill(index, table, rows=range(table.num_rows), held=0, heap=_LEAST_HEAP, threads=1, progress=lambda part: None)
        index.reload()
        made = cls.__new__(cls)
        made._take(index)
        made.state, made._frequent = "", FrequentWords(np.empty((0, 0), np.uint8), {}, 0)
        made._beginnings = Beginnings(np.empty(0, np.uint8), {}, 0)
        return made

    def _take(self, index: Any) -> None:
        self._index = index
        _register(index)
        self._schema = index.schema
        self._searcher = index.searcher()
        self._kept_forms: dict[tuple[str, str], tuple[str, ...]] = {}
        self._kept_halves: dict[str, tuple[str, ...]] = {}
        self._begun: tuple[Node, np.ndarray] | None = None
        self._typed: dict[str, tuple[str, np.ndarray]] = {}
        self._beside: tuple[Node, Hits | None] | None = None
        self._rare: tuple[Node, Hits | None] | None = None

    def hits(self, node: Node) -> Hits:
        """All papers that a parsed query matches."""
        if self._takes_all(node):
            return Hits(np.arange(self._frequent.papers, dtype=np.int32), np.zeros(self._frequent.papers, np.float32))
        if (scores := self._begun_scores(node)) is not None:
            return _scored(scores)
        if (hits := self._beside_begun(node)) is not None:
            return hits
        return self._run(self._build(node), self._searcher.num_docs)

    def mask(self, node: Node, papers: int) -> np.ndarray:
        """Which of so many papers a parsed query matches, as a boolean array: half the work of `hits`, of common words next to none."""
        if (found := self.common_mask(node, papers)) is not None:
            return found
        mask = np.zeros(papers, bool)
        mask[self._rows(self._build(node))] = True
        return mask

    def common_mask(self, node: Node, papers: int) -> np.ndarray | None:
        """`mask`, where it is put together from what is kept of the commonest words; None where tantivy is asked."""
        return self._of_frequent(node) if papers == self._frequent.papers else None

    def _of_frequent(self, node: Node) -> np.ndarray | None:
        """The papers that match, from those of the commonest words; None where tantivy has few to hand over, or has to be asked anyway."""
        if isinstance(node, Not):
            found = self._of_frequent(node.part)
            return None if found is None else ~found
        if isinstance(node, All):
            common: list[np.ndarray] = []
            # Beginnings of words take longest.
            for part in sorted(node.parts, key=lambda part: isinstance(part, Word) and part.prefix):
                # What all parts share with a rare one is soon handed over.
                if (found := self._of_frequent(part)) is None:
                    return None
                common.append(found)
            return np.asarray(np.logical_and.reduce(common))
        if isinstance(node, Either):
            if (scores := self._begun_scores(node)) is not None:
                return np.asarray(scores > 0)
            masks = [self._of_frequent(part) for part in node.parts]
            known = [mask for mask in masks if mask is not None]
            if not known:
                return None
            # A rare word beside a common one adds its few papers.
            known += [
                self.mask(part, self._frequent.papers) for part, mask in zip(node.parts, masks, strict=True) if mask is None
            ]
            return np.asarray(np.logical_or.reduce(known))
        if self._takes_all(node):
            return np.ones(self._frequent.papers, bool)
        if says_nothing(node):
            return None
        if (fields := self._beginning(node)) is not None:
            return np.asarray(fields > 0)
        parts = self._parts(node)
        words = [part for part in parts if isinstance(part, tuple) and part in self._frequent]
        if not words:
            return None
        mask = self._frequent.mask(words)
        if rest := [self._query(part) for part in parts if part not in words]:
            mask[self._rows(tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in rest]))] = True
        return mask

    def _beginning(self, node: Node) -> np.ndarray | None:
        """In how many fields each paper has a word with a beginning, uint8; None where that is not all that is asked, or tantivy is.

        Each field adds one to the score, as a regular expression does.
        """
        if not isinstance(node, Word) or not node.prefix or not self._frequent.papers or says_nothing(node):
            return None
        begun = self._begun
        if begun and begun[0] == node:
            return begun[1]
        begins = {field: _begin(inside, field) for field, inside in in_fields(node)}
        if not all(begins.values()):
            return None
        fields = np.zeros(self._frequent.papers, np.uint8)
        for field, begin in begins.items():
            mask = self._beginning_in(field, begin)
            # The next letter that is typed leaves some of these papers.
            self._typed[field] = begin, np.packbits(mask)
            fields += mask
        # Asked for once more as soon as the papers are put into order.
        self._begun = node, fields
        return fields

    def _beginning_in(self, field: str, begin: str) -> np.ndarray:
        """The papers that have a word with a beginning in a field, as a boolean array.

        What has a stem has one of its words: where all of them have the beginning, the papers of the stem are among those. Of the other
        words tantivy has to hand over no more than the papers that have none of these; or, where the letters before were asked for last,
        those that are no more among the papers of these, if they are fewer.
        """
        papers = self._frequent.papers
        if (field, begin) in self._beginnings:
            return self._beginnings.mask(field, begin)
        stems = self._stems_of(field, begin)
        mask = self._frequent.mask((field, stem) for stem in stems) if stems else np.zeros(papers, bool)
        rest = self._without(field, begin, stems)
        before, packed = self._typed.get(field, ("", None))
        if packed is None or not before or not begin.startswith(before):
            mask[self._rows(rest)] = True
            return mask
        # A paper counts once for each word here, which takes next to no time.
        most = sum(count for _, count in self._searcher.terms_with_prefix(_WORDS[field], begin, limit=_EVERY_WORD))
        if most - sum(self._searcher.doc_freq(field, stem) for stem in stems) > papers // _MANY:
            shorter = np.unpackbits(packed, count=papers).view(bool)
            count = int(self._searcher.search(rest, limit=1, count=True).count)
            if np.count_nonzero(shorter) - np.count_nonzero(mask) - count < count:
                shorter[self._rows(self._no_more(field, before, begin))] = False
                return shorter
        mask[self._rows(rest)] = True
        return mask

    def _no_more(self, field: str, before: str, begin: str) -> Any:
        """The papers that have a word with a beginning, and none with a longer one."""
        words = [tantivy.Query.regex_query(self._schema, _WORDS[field], f"{letters}.*") for letters in (before, begin)]
        return tantivy.Query.boolean_query(list(zip((tantivy.Occur.Must, tantivy.Occur.MustNot), words, strict=True)))

    def _beginning_among(self, node: Word, among: Node) -> np.ndarray | None:
        """`_beginning`, of no other papers than the few that a query finds."""
        if says_nothing(node):
            return None
        begins = {field: _begin(inside, field) for field, inside in in_fields(node)}
        if not all(begins.values()):
            return None
        fields = np.zeros(self._frequent.papers, np.uint8)
        others = (tantivy.Occur.Must, self._build(among))
        for field, begin in begins.items():
            if (field, begin) in self._beginnings:
                fields += self._beginnings.mask(field, begin)
            else:
                both = [(tantivy.Occur.Must, self._without(field, begin, [])), others]
                fields[self._rows(tantivy.Query.boolean_query(both))] += 1
        return fields

    def _without(self, field: str, begin: str, stems: list[str]) -> Any:
        """The papers that have a word with a beginning in a field, and none of some stems."""
        words = tantivy.Query.regex_query(self._schema, _WORDS[field], f"{begin}.*")
        if not stems:
            return words
        others = tantivy.Query.term_set_query(self._schema, field, stems)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, words), (tantivy.Occur.MustNot, others)])

    def common_beginnings(self, least: int) -> Iterator[tuple[str, str, np.ndarray]]:
        """Field, letters and papers of the beginnings of which tantivy would have to hand over so many papers."""
        for field, lengths in postings.BEGINNING_LETTERS.items():
            papers: Counter[str] = Counter()
            for word, count in self._searcher.terms_with_prefix(_WORDS[field], "", limit=_EVERY_WORD):
                for length in lengths:
                    if len(word) >= length and word[:length].isalnum():
                        papers[word[:length]] += count
            # No more papers than occurrences.
            for begin in sorted(begin for begin, most in papers.items() if most >= least):
                rest = self._without(field, begin, self._stems_of(field, begin))
                if self._searcher.search(rest, limit=1, count=True).count >= least:
                    yield field, begin, self._beginning_in(field, begin)

    def _begun_scores(self, node: Node, among: Node | None = None) -> np.ndarray | None:
        """Scores of all papers for the beginning of a word, or for any of it and a rare word; None for other queries.

        A word that is still typed is both, and tantivy would put together all words with the beginning once more, to score most papers
        alike. With `among`, the scores of the papers that it finds are right, and no others.
        """
        if isinstance(node, Word):
            fields = self._beginning(node) if among is None else self._beginning_among(node, among)
            return None if fields is None else fields.astype(np.float32)
        if not isinstance(node, Either) or len(node.parts) != 2 or not self._frequent.papers:
            return None
        word, begun = node.parts
        if not isinstance(word, Word) or word.prefix or not isinstance(begun, Word) or not begun.prefix or says_nothing(word):
            return None
        rare = self._rare
        if rare is None or rare[0] != word:
            # The best papers have a common one, and tantivy finds them soon.
            rare = word, self._scored_within(word) if self.count(word) <= self._frequent.papers // _RARE else None
            self._rare = rare
        hits = rare[1]
        if hits is None or (fields := self._beginning(begun) if among is None else self._beginning_among(begun, among)) is None:
            return None
        scores = fields.astype(np.float32)
        scores[hits.rows] += hits.scores
        return scores

    def _beside_begun(self, node: Node) -> Hits | None:
        """The papers of a query of two parts, of which the second is scored as `_begun_scores` says; None for other queries."""
        if not isinstance(node, All) or len(node.parts) != 2 or not self._frequent.papers:
            return None
        first, last = node.parts
        if isinstance(first, Not) or isinstance(last, Not):
            return None
        if self._takes_all(first):
            scores = self._begun_scores(last)
            return None if scores is None else _scored(scores)
        if not isinstance(last, Either) and not (isinstance(last, Word) and last.prefix):
            return None
        beside = self._beside
        if beside is None or beside[0] != first:
            # Kept while the word behind it is typed.
            few = self.count(first) <= self._frequent.papers // _FEW
            beside = first, self._scored_within(first) if few else None
            self._beside = beside
        hits = beside[1]
        if hits is None:
            return None
        few = len(hits.rows) <= self._frequent.papers // _RARE
        if (scores := self._begun_scores(last, first if few else None)) is None:
            return None
        found = scores[hits.rows]
        both = found > 0
        return Hits(hits.rows[both], hits.scores[both] + found[both])

    def _scored_within(self, node: Node) -> Hits:
        """The hits of a part of a query, scored as within it: tantivy adds up what is asked for alone in another order."""
        return self._run(tantivy.Query.boolean_query([(tantivy.Occur.Should, self._build(node))]), self._searcher.num_docs)

    def _takes_all(self, node: Node) -> bool:
        """Whether a part of a query is known to match every paper, of those for which the commonest words are kept."""
        return self._frequent.papers > 0 and isinstance(node, Word | Phrase | Near) and says_nothing(node)

    def _stems_of(self, field: str, begin: str) -> list[str]:
        """The commonest stems of a field all whose words have a beginning."""
        if _WORDS[field] == field:
            return []
        return [stem for stem in self._frequent.terms(field) if stem.startswith(begin) and self._all_begin(field, stem, begin)]

    def _all_begin(self, field: str, stem: str, begin: str) -> bool:
        """Whether all words of a stem are known to have a beginning."""
        # A stem shares its beginning with its words but for the last letters. Where those count, the words are looked at, if they are few.
        shared = stem[:-2]
        return shared.startswith(begin) or (
            len(shared) >= _HALF and all(word.startswith(begin) for word in self._forms(field, stem))
        )

    def _rows(self, query: Any) -> np.ndarray:
        """Rows of all papers that a query matches, in no particular order."""
        with _uncollected():
            try:
                # By the number itself: each hit brings its row along, and none has to be scored.
                found = self._searcher.search(
                    query, limit=max(self._searcher.num_docs, 1), count=False, order_by_field="row"
                ).hits
            except ValueError as error:
                raise _as_error_of_ours(error) from error
            rows = np.fromiter(map(itemgetter(0), found), np.int32, len(found))
            del found
        return rows

    def rows_of(self, field: str, term: str) -> np.ndarray:
        """Rows of all papers with a term in a field."""
        return self._rows(tantivy.Query.term_query(self._schema, field, term))

    def commonest(self, most: int, least: int) -> list[tuple[str, str]]:
        """Fields and terms that most papers have, each at least so many papers."""
        found = [
            (papers, field, term)
            for field in postings.FREQUENT_FIELDS
            for term, papers in self._searcher.terms_with_prefix(field, "", limit=most)
            if papers >= least
        ]
        return [(field, term) for _, field, term in sorted(found, key=lambda word: (-word[0], *word[1:]))[:most]]

    def leading(self, node: Node, limit: int) -> tuple[Hits, bool]:
        """The best hits of a parsed query, and whether these are all.

        Parameters
        ----------
        node : Node
        limit : int
            Hits at most.

        Returns
        -------
        hits : Hits
            Best first, as `hits` scores them. Of those that score like the last either all or none are among them.
        all : bool
        """
        if self._takes_all(node):
            return self.hits(node), True
        if (scores := self._begun_scores(node)) is not None:
            return _best_of(scores, limit)
        if (hits := self._beside_begun(node)) is not None:
            return hits, True
        hits = self._run(self._build(node), limit)
        if len(hits.rows) < limit:
            return hits, True
        sure = hits.scores > hits.scores[-1]
        return Hits(hits.rows[sure], hits.scores[sure]), False

    def hits_among(self, node: Node, ids: Sequence[str]) -> Hits:
        """The papers of some ids that a parsed query matches, scored as `hits` scores them.

        Papers with another id that is one of these may be among them, and one whose id the index folds in a way of its own may be missing.
        """
        only = tantivy.Query.term_set_query(self._schema, "ids", [id_.lower() for id_ in ids])
        both = [(tantivy.Occur.Must, self._build(node)), (tantivy.Occur.Must, tantivy.Query.const_score_query(only, 0.0))]
        return self._run(tantivy.Query.boolean_query(both), 2 * len(ids))

    def hits_between(self, node: Node, first: int, stop: int) -> Hits:
        """The papers of the rows from `first` to before `stop` that a parsed query matches; their scores are those of `hits`."""
        return self._run(self._between(node, first, stop), max(stop - first, 1))

    def _between(self, node: Node, first: int, stop: int) -> Any:
        # By what is left out: beside rows that must be there, a query that every paper matches would lose its score.
        others = [
            (tantivy.Occur.MustNot, tantivy.Query.range_query(self._schema, "row", tantivy.FieldType.Integer, low, high))
            for low, high in ((0, first - 1), (stop, _LAST))
            if low <= high
        ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, self._build(node)), *others])

    def natural(self, text: str, limit: int, fields: Sequence[str] = EVERYWHERE) -> Hits:
        """The best papers for plain text: any of its words, no operators; and all that score like the last of them."""
        parts = [(tantivy.Occur.Should, query) for _, _, query in self._any_of(text, fields)]
        return self._best(tantivy.Query.boolean_query(parts), limit)

    def _any_of(self, text: str, fields: Sequence[str] = EVERYWHERE) -> Iterator[tuple[str, str, Any]]:
        """Field, term and query of every word of plain text in every field."""
        for field in fields:
            for row in _rows(tokens(text, ANALYZERS[field])):
                yield field, "".join(term for _, term in row), self._row(field, row)

    def contributions(self, node: Node, row: int) -> dict[str, float]:
        """What each word of a query, in each field, adds to the score of one paper; empty if the query does not match it.

        The parts add up to the score that `hits` gives, but for the rounding of float32.
        """
        if not self.matches(node, row):
            return {}
        if isinstance(node, Not):
            return {"not excluded": 1.0}
        found: dict[str, float] = {}
        if isinstance(node, All | Either):
            # Among others that must match, a part that excludes adds nothing.
            parts = node.parts if isinstance(node, Either) else [part for part in node.parts if not isinstance(part, Not)]
            for inner in parts:
                for label, value in self.contributions(inner, row).items():
                    found[label] = found.get(label, 0.0) + value
            return found
        for field, inside in in_fields(node):
            part = self._score(self._leaf(inside), row)
            if part:
                found[f"{_label(node)} ({field})"] = part
        return found

    def matches(self, node: Node, row: int) -> bool:
        """Whether a parsed query matches one paper."""
        return self._score(self._build(node), row) is not None

    def natural_contributions(self, text: str, row: int) -> dict[str, float]:
        """As `contributions`, for plain text: the parts of the score that `natural` gives."""
        found: dict[str, float] = {}
        for field, term, query in self._any_of(text):
            value = self._score(query, row)
            if value:
                label = f"{term} ({field})"
                found[label] = found.get(label, 0.0) + value
        return found

    def _score(self, query: Any, row: int) -> float | None:
        """Score of one paper for a query; None if it does not match."""
        only = tantivy.Query.range_query(self._schema, "row", tantivy.FieldType.Integer, row, row)
        both = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(only, 0.0))]
        scores = self._run(tantivy.Query.boolean_query(both), 1).scores
        return float(scores[0]) if len(scores) else None

    def similar(self, title: str, abstract: str, limit: int) -> Hits:
        """The papers nearest to a text by its rarest words (tantivy's more-like-this)."""
        common = max(5, int(self._searcher.num_docs * 0.1))
        parts = []
        for field, text, often in (("title", title, 1), ("abstract", abstract, 1)):
            if text:
                query = tantivy.Query.more_like_this_document_fields_query(
                    self._schema,
                    {field: [spread(text)]},
                    min_doc_frequency=2,
                    max_doc_frequency=common,
                    min_term_frequency=often,
                    max_query_terms=25,
                )
                parts.append((tantivy.Occur.Should, query))
        return self._best(tantivy.Query.boolean_query(parts), limit)

    def rarity(self, term: str) -> int:
        """Number of papers whose abstract holds a stem."""
        return int(self._searcher.doc_freq("abstract", term))

    def _best(self, query: Any, limit: int) -> Hits:
        """The best hits, and all that score like the last of them: tantivy takes any of those, and another on another run."""
        asked = limit + 16
        while True:
            hits = self._run(query, asked)
            if len(hits.rows) < asked or hits.scores[-1] < hits.scores[max(limit, 1) - 1]:
                best = hits.scores >= hits.scores[:limit].min(initial=np.inf)
                return Hits(hits.rows[best], hits.scores[best])
            asked *= 4

    def count(self, node: Node) -> int:
        """Number of papers that a parsed query matches."""
        try:
            found: Any = self._searcher.search(self._build(node), limit=1, count=True)
        except ValueError as error:
            raise _as_error_of_ours(error) from error
        return int(found.count)

    def words(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Words of a field that begin with a folded prefix, with the number of papers that have them, most first.

        For ids, which hold no words, whole ids.
        """
        found: list[tuple[str, int]] = self._searcher.terms_with_prefix(_WORDS.get(field, field), prefix, limit=limit)
        return found

    def frequency(self, field: str, word: str) -> int:
        """Number of papers with a folded word, not its other forms, in a field."""
        return int(self._searcher.doc_freq(_WORDS[field], word))

    def near(self, field: str, word: str, distance: int, limit: int) -> np.ndarray:
        """Rows of some papers with a word in a field that is at most `distance` edits (of letters, swaps count one) away."""
        query = tantivy.Query.fuzzy_term_query(
            self._schema, _WORDS[field], word, distance=distance, transposition_cost_one=True
        )
        return self._run(query, limit).rows

    def _run(self, query: Any, limit: int) -> Hits:
        with _uncollected():
            try:
                found = self._searcher.search(query, limit=max(limit, 1), count=False).hits
                rows = self._searcher.fast_field_values("row", list(map(itemgetter(1), found))) if found else []
            except ValueError as error:
                raise _as_error_of_ours(error) from error
            hits = Hits(np.array(rows, np.int32), np.fromiter(map(itemgetter(0), found), np.float32, len(found)))
            # Gone before cycles are looked for again.
            del found, rows
        return hits

    def _build(self, node: Node) -> Any:
        if isinstance(node, Word | Phrase | Near):
            return self._leaf(node)
        if isinstance(node, Not):
            return tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, tantivy.Query.all_query()), (tantivy.Occur.MustNot, self._build(node.part))]
            )
        if isinstance(node, Either):
            return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._build(part)) for part in node.parts])
        parts = [
            (tantivy.Occur.MustNot, self._build(part.part))
            if isinstance(part, Not)
            else (tantivy.Occur.Must, self._build(part))
            for part in node.parts
        ]
        if all(isinstance(part, Not) for part in node.parts):
            parts.append((tantivy.Occur.Must, tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)))
        return tantivy.Query.boolean_query(parts)

    def _leaf(self, node: Word | Phrase | Near) -> Any:
        if says_nothing(node):
            # Nothing but stop words or signs: like the small words of a title, it excludes no paper.
            return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
        parts = [self._query(part) for part in self._parts(node)]
        if not parts:
            # Stop words in the one field that drops them.
            return tantivy.Query.empty_query()
        return parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])

    def _parts(self, node: Word | Phrase | Near) -> list[Any]:
        """What a word, phrase or pair asks for, any of it: the field and term of a single word, a query of anything else."""
        return [part for field, inside in in_fields(node) for part in self._in_field(inside, field)]

    def _query(self, part: Any) -> Any:
        return tantivy.Query.term_query(self._schema, *part) if isinstance(part, tuple) else part

    def _in_field(self, node: Node, field: str) -> Iterator[Any]:
        if field == "ids":
            assert isinstance(node, Word | Phrase)
            text = node.text + ("*" if isinstance(node, Word) and node.prefix else "")
            pattern = pattern_of(text.lower())
            if pattern is None:
                yield tantivy.Query.term_query(self._schema, field, text.lower(), index_option="basic")
            else:
                yield tantivy.Query.regex_query(self._schema, field, pattern)
            return
        if isinstance(node, Near) and (pair := _two_places(node, field)) is not None and self._apart(field, *pair):
            # Two words at most so far apart: tantivy's slop counts the words between, in one order at a time.
            for places in (pair, pair[::-1]):
                yield from self._phrases(field, list(enumerate(places)), slop=node.between)
            return
        found = [*_shapes(node, field), *self._in_two_words(node, field)]
        if len(found) > _MOST_PHRASES:
            raise QueryError("This part of the query stands for too many phrases. Let fewer words stand between, or use AND.")
        for shape in found:
            if shape.spots:
                yield from self._shape(field, shape)

    def _shape(self, field: str, shape: Shape) -> Iterator[Any]:
        """The queries for words at their places: by terms where all are, else by the words as they are written."""
        first = min(shape.spots)
        yield from self._phrases(field, [(place - first, spot) for place, spot in sorted(shape.spots.items())])

    def _phrases(self, field: str, places: list[tuple[int, Spot]], slop: int = 0) -> Iterator[Any]:
        if not any(spot.patterns for _, spot in places) or _WORDS[field] == field:
            index = field
        else:
            index = _WORDS[field]
            places = [(place, self._as_words(field, spot)) for place, spot in places]
        if len(places) == 1 and not places[0][1].patterns and len(places[0][1].terms) <= _ALTERNATIVES:
            # A word, as most of a query is.
            for term in places[0][1].terms:
                yield index, term
            return
        if all(not spot.patterns for _, spot in places) and math.prod(len(spot.terms) for _, spot in places) <= _ALTERNATIVES:
            for terms in itertools.product(*(spot.terms for _, spot in places)):
                yield self._row(index, [(place, term) for (place, _), term in zip(places, terms, strict=True)], slop)
            return
        if any(not spot.pattern for _, spot in places):
            return
        if len(places) == 1:
            spot = places[0][1]
            if not spot.patterns and not self._takes(index, spot.pattern):
                yield tantivy.Query.term_set_query(self._schema, index, list(spot.terms))
                return
            try:
                yield tantivy.Query.regex_query(self._schema, index, spot.pattern)
            except ValueError as error:
                raise _as_error_of_ours(error) from error
            return
        # A word whose spellings are too much for the index is looked for as it is written.
        rows: list[str | tuple[int, str]] = [
            (place, spot.pattern if spot.patterns or self._takes(index, spot.pattern) else re.escape(spot.terms[0]))
            for place, spot in places
        ]
        yield tantivy.Query.regex_phrase_query(self._schema, index, rows, slop=slop)

    def _takes(self, index: str, pattern: str) -> bool:
        """Whether the index takes a pattern; those of long words with many spellings are too large for it."""
        if len(pattern) <= _SURELY_TAKEN:
            return True
        try:
            tantivy.Query.regex_query(self._schema, index, pattern)
        except ValueError:
            return False
        return True

    def _in_two_words(self, node: Node, field: str) -> tuple[Shape, ...]:
        """A word that is typed as one where the papers write it as two, as in *zeroshot* for *zero-shot* and *zero shot*."""
        if ANALYZERS.get(field) != "english" or not isinstance(node, Word | Phrase) or node.exact:
            return ()
        if isinstance(node, Word) and node.prefix:
            return ()
        word = node.text.lower()
        letters, figures = letters_and_figures(word)
        if len(letters) < 2 * _HALF or not (figures or may_be_two(word)):
            return ()
        if word not in self._kept_halves:
            self._kept_halves[word] = self._halves(letters, figures)
        return tuple(shapes_of(parts, _stems) for parts in self._kept_halves[word])

    def _halves(self, letters: str, figures: str) -> tuple[str, ...]:
        """How a word is written in two at least as often as in one, with the figures at its end apart and not; nothing where it is not.

        Whether *notable* may be *not able* is for the papers to say: what stands in them more often is meant.
        """
        if (own := stem_of(letters + figures)) == "":
            return ()
        whole = sum(self._searcher.doc_freq(field, own) for field in _TEXTS)
        best: tuple[str, ...] = ()
        most = max(whole, 1) - 1
        for place in range(_HALF, len(letters) - _HALF + 1):
            one, two = letters[:place], letters[place:]
            forms = (f"{one} {two} {figures}", f"{one} {two}{figures}") if figures else (f"{one} {two}",)
            together = sum(self._together([stem_of(part) for part in form.split()], most) for form in forms)
            if together > most:
                best, most = forms, together
        return best

    def _together(self, stems: list[str], least: int) -> int:
        """How many titles and abstracts have some stems in a row; 0 where one of them is too rare for more than `least`."""
        if not all(stems) or min(sum(self._searcher.doc_freq(field, stem) for field in _TEXTS) for stem in stems) <= least:
            return 0
        phrases = (tantivy.Query.phrase_query(self._schema, field, list(enumerate(stems))) for field in _TEXTS)
        return sum(int(self._searcher.search(phrase, limit=1, count=True).count) for phrase in phrases)

    def _apart(self, field: str, one: Spot, other: Spot) -> bool:
        """Whether no word of a field can be at both of two places."""
        if one.patterns or other.patterns:
            one, other = self._as_words(field, one), self._as_words(field, other)
        return apart(one, other)

    def _as_words(self, field: str, spot: Spot) -> Spot:
        """A place at which words stand as they are written, for one at which stems do."""
        words = dict.fromkeys(word for term in spot.terms for word in self._forms(field, term))
        # A pattern without a sign is a word.
        words |= dict.fromkeys(pattern for pattern in spot.patterns if pattern.isalnum())
        patterns = tuple(pattern for pattern in spot.patterns if not pattern.isalnum())
        return Spot((), (*map(re.escape, words), *patterns)) if patterns else Spot(tuple(words))

    def _forms(self, field: str, stem: str) -> tuple[str, ...]:
        """The words of a field that have a stem."""
        if (field, stem) not in self._kept_forms:
            # A stem shares its beginning with its words but for the last letters (happi: happy; di: dying).
            begin = stem[: max(len(stem) - 2, 1)]
            words = [word for word, _ in self._searcher.terms_with_prefix(_WORDS[field], begin, limit=_EVERY_WORD)]
            self._kept_forms[field, stem] = tuple(word for word in words if stem_of(word) == stem)
        return self._kept_forms[field, stem]

    def _row(self, field: str, found: Sequence[tuple[int, str]], slop: int = 0) -> Any:
        """Tokens in a row, gaps where stop words were."""
        if len(found) == 1:
            return tantivy.Query.term_query(self._schema, field, found[0][1])
        first = found[0][0]
        return tantivy.Query.phrase_query(
            self._schema, field, [(position - first, term) for position, term in found], slop=slop
        )

    def terms_of(self, node: Node | None) -> Terms:
        """What a query looks for in titles and abstracts, for highlighting."""
        stems: set[str] = set()
        patterns: dict[str, None] = {}
        runs: list[str] = []
        for leaf in leaves(node):
            if leaf.field not in ("", "title", "abstract", "keywords"):
                continue
            text = without_particle(leaf.text) if isinstance(leaf, Word) and not leaf.exact else leaf.text
            runs += unspaced(text)
            for shape in (*_shapes(leaf, "title"), *self._in_two_words(leaf, "title")):
                for spot in shape.spots.values():
                    stems.update(spot.terms)
                    patterns |= dict.fromkeys(spot.patterns)
        return Terms(frozenset(stem for stem in stems if not unspaced(stem)), tuple(patterns), tuple(runs))


def _scored(scores: np.ndarray) -> Hits:
    """The papers that have a score."""
    # Of numbers it takes many times as long as of what is true.
    rows = np.flatnonzero(scores > 0).astype(np.int32)
    return Hits(rows, scores[rows])


def _best_of(scores: np.ndarray, limit: int) -> tuple[Hits, bool]:
    """At least so many papers with the best scores, most of which are small whole numbers, and whether these are all."""
    matched = np.count_nonzero(scores > 0)
    for least in range(len(EVERYWHERE), 0, -1):
        best = scores >= least
        found = np.count_nonzero(best)
        if found >= limit:
            rows = np.flatnonzero(best).astype(np.int32)
            return Hits(rows, scores[rows]), found == matched
    return _scored(scores), True


def _begin(node: Node, field: str) -> str:
    """What the words that are looked for in a field begin with; empty where more than that is asked of them."""
    shapes = _shapes(node, field) if field in _WORDS else []
    if len(shapes) != 1 or list(shapes[0].spots) != [0] or shapes[0].spots[0].terms:
        return ""
    begin, *more = shapes[0].spots[0].patterns
    return begin[:-2] if not more and begin.endswith(".*") and begin[:-2].isalnum() else ""


def in_fields(node: Word | Phrase | Near) -> list[tuple[str, Word | Phrase | Near]]:
    """A part of a query in each of the fields that it is looked for in."""
    named = next(iter(leaves(node))).field
    if named:
        return [(named, node)]
    return [(field, _within(node, field)) for field in EVERYWHERE]


def _within(node: Word | Phrase | Near, field: str) -> Word | Phrase | Near:
    """The same in one field. Not by `dataclasses.replace`, which takes longer than all else that is done for a word."""
    if isinstance(node, Word):
        return Word(node.text, field, node.prefix, node.position, node.exact)
    if isinstance(node, Phrase):
        return Phrase(node.text, field, node.position, node.exact)
    return over((field,), node)  # type: ignore[return-value]


def _label(node: Word | Phrase | Near) -> str:
    if isinstance(node, Near):
        return written(changed(node, lambda leaf: replace(leaf, field="")))
    return f"{node.text}{'*' if isinstance(node, Word) and node.prefix else ''}"


def _as_error_of_ours(error: ValueError) -> Exception:
    if _TOO_LONG in str(error).lower():
        return QueryError("A word of this query is too long to be looked for. Shorten it.")
    if _TOO_MANY in str(error).lower():
        return QueryError("Too many words fit a wildcard of this phrase. Write more letters of them.")
    if _POSITIONS in str(error).lower():
        return CorpusError(
            "This corpus was built by an earlier version, which cannot find wildcards in phrases. Build it again."
        )
    return CorpusError(f"The full-text index is damaged ({error}). Build the corpus again.")


@remembered(65_536)
def _orders(author: str) -> tuple[str, ...]:
    """A name as it is written and, where that differs, with the family name first."""
    whole = " ".join(filter(None, family_and_given(author)))
    return (author,) if whole.split() == author.replace(",", " ").split() else (author, whole)


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """The stem of one folded word; empty for a stop word."""
    found = tokens(word, "english")
    return found[0][1] if found else ""


def _stems(word: str) -> tuple[str, ...]:
    """The stems of a folded word and of its irregular forms; none for a stop word."""
    own = stem_of(word)
    forms = (*word_forms(word), *umlauts(word, name=False))
    return tuple(dict.fromkeys((own, *(stem for form in forms if (stem := stem_of(form)))))) if own else ()


def _itself(word: str) -> tuple[str, ...]:
    return (word,)


def _name(word: str) -> tuple[str, ...]:
    """A folded word of a name, and how else it may be written."""
    return (word, *umlauts(word, name=True))


def _itself_unless_small(word: str) -> tuple[str, ...]:
    """A folded word; nothing for a stop word."""
    return (word,) if tokens(word, "words") else ()


def _shapes(node: Node, field: str, *, beside_others: bool = False) -> list[Shape]:
    """The rows of words that a part of a query may be in one field: words, phrases, alternatives, parts near each other.

    A phrase `beside_others` is no name, whose initials would stand for too many words.
    """
    if isinstance(node, Near):
        between = min(node.between, _FILLERS) if field in ("authors", "keywords") else node.between
        first, second = (_shapes(part, field, beside_others=True) for part in (node.first, node.second))
        return beside(first, second, between, node.ordered, _MOST_PHRASES)
    if isinstance(node, Either):
        return merged_words([shape for part in node.parts for shape in _shapes(part, field, beside_others=beside_others)])
    assert isinstance(node, Word | Phrase)
    if field == "authors" and isinstance(node, Phrase) and not beside_others:
        return _name_shapes(node)
    text = node.text + ("*" if isinstance(node, Word) and node.prefix else "")
    kind = "name" if field == "authors" and not node.exact else ANALYZERS[field]
    return list(_leaf_shapes(text, isinstance(node, Word), node.exact, kind))


@lru_cache(maxsize=8192)
def _leaf_shapes(text: str, is_word: bool, exact: bool, kind: str) -> tuple[Shape, ...]:
    """The rows of words that a word or a phrase may be; the same in every field of one kind: of one analyser, or of names of persons."""
    stemmed = kind == "english"
    if is_word and not exact:
        text = without_particle(text)
    terms = _name if kind == "name" else _itself if not stemmed else _itself_unless_small if exact else _stems
    # A question mark after the last word may be a question's: the word itself is meant too.
    asks = not exact and text.endswith("?") and not text.endswith("??")
    found = [shapes_of(text.rstrip("?") if asks else text, terms, by_pattern=stemmed and exact)]
    if asks and is_word and found[0].spots:
        found.append(shapes_of(text, terms))
    if not exact and found[0].spots:
        others = [*_phrase_spellings(text), *(parted_name(text) if kind == "name" and is_word else ())]
        # Where one part is a stop word, the other alone would be looked for.
        small = found[0].length - len(found[0].spots)
        found += [shape for shape in (shapes_of(other, terms) for other in others) if shape.length - len(shape.spots) == small]
    return tuple(merged_words(found))


def _phrase_spellings(text: str) -> list[str]:
    """A word, or words in a row, with each of them spelt otherwise: *self-supervised learning* as *selfsupervised learning*."""
    ways = [(word, *spellings(word)) for word in text.split()]
    if math.prod(map(len, ways)) > _ALTERNATIVES:
        # One word at a time: more would be too many phrases.
        return [" ".join([*words, way, *others]) for words, (_, *rest), others in _each_among(ways) for way in rest]
    return [" ".join(words) for words in itertools.product(*ways)][1:]


def _each_among(ways: Sequence[tuple[str, ...]]) -> Iterator[tuple[list[str], tuple[str, ...], list[str]]]:
    """Each word's spellings, with the words before it and behind it as they were typed."""
    typed = [way[0] for way in ways]
    for place, way in enumerate(ways):
        yield typed[:place], way, typed[place + 1 :]


def _two_places(node: Near, field: str) -> tuple[Spot, Spot] | None:
    """The two places of words near each other in any order, where each is one word."""
    if node.ordered or isinstance(node.first, Near) or isinstance(node.second, Near) or field in ("authors", "keywords"):
        return None
    first, second = _shapes(node.first, field), _shapes(node.second, field)
    beside(first, second, 0, True, _MOST_PHRASES)
    if len(first) != 1 or len(second) != 1 or any(len(s.spots) != 1 or s.length != 1 for s in (*first, *second)):
        return None
    return first[0].spots[0], second[0].spots[0]


def _name_shapes(node: Phrase) -> list[Shape]:
    """A person's name in either order; initials stand for the names that begin so."""
    # "smith j", "Smith J*": initials stand for the names that begin so anyhow.
    text = re.sub(r"(?<=[\s,])(?:(\w{1,3})\*|([a-z]))\Z", lambda match: (match[1] or match[2]).upper(), node.text)
    node = replace(node, text=text)
    family, given = family_and_given(text)
    if node.exact:
        return [shapes_of(node.text if not given or "," not in node.text else f"{family} {given}", _itself)]
    families = (family, *spellings(family), *parted_name(family))
    found = [] if "," in node.text and given else [shapes_of(node.text, _name)]
    begun = [
        [word] if not is_initials(word) else [f"{letter}*" for letter in word if letter.isalpha()] for word in given.split()
    ]
    for names in ([given], [name for some in begun for name in some]):
        for one in families:
            shape = shapes_of(" ".join((one, *filter(None, names))), _name, least=1)
            if shape not in found:
                found.append(shape)
    if moved := particle_moved(text):
        found.append(shapes_of(moved, _name))
    return found


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: hits come one by one, a hundred thousand of them, and looking among them takes as long as they do."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _rows(found: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    """Tokens one by one; Chinese and Japanese characters, which say little alone, in overlapping pairs."""
    paired = -1
    for place, (at, term) in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else (-1, "")
        if unspaced(term) and unspaced(following[1]) and following[0] == at + 1:
            yield found[place : place + 2]
            paired = place + 1
        elif place != paired:
            yield found[place : place + 1]


def says_nothing(node: Word | Phrase | Near) -> bool:
    """Whether a part of a query has no word but stop words, in fields that drop those."""
    if isinstance(node, Near):
        return not all(shape.spots for shape in _shapes(node, next(iter(leaves(node))).field or "title"))
    # An id, a tag or the value of a column is no text, of which small words would be left out.
    if node.field == "ids" or (node.field and node.field not in ANALYZERS):
        return not node.text.strip()
    return not all(shape.spots for shape in _shapes(node, node.field or "title"))


def leaves(node: Node | None) -> Iterator[Word | Phrase]:
    """The words and phrases that a query asks for (not those it excludes)."""
    if isinstance(node, Word | Phrase):
        yield node
    elif isinstance(node, All | Either | Near):
        for part in parts_of(node):
            yield from leaves(part)

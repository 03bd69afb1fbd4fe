"""Records in the forms that are compared: folded text, identifiers, names without their spellings, where they were printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from explorer.dedupe.blocking import (
    KINDS_OF_BLOCKS,
    Codes,
    Rows,
    block_codes,
    fold,
    fold_and_squeeze,
    hashed,
    letters_of,
    squeeze,
)
from explorer.dedupe.identifiers import KINDS, identifiers, isbns, numbered_by_pubmed, trials
from explorer.dedupe.imprint import BOOK, CHAPTER, Imprint, Imprints
from explorer.dedupe.scratch import Scratch
from explorer.dedupe.titles import cut_marks, notices, signs
from explorer.executors import in_threads
from explorer.papers.schema import TEXT

_MEDLINE = r"[a-z][ ,]+[A-Z]{1,4}$|^et al\.?$"
_EASTERN = r"^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}々ー]+[ ,，\x{3000}]+[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}々ー]+$"
_ABSTRACT, _HEAD = 300, 100

_BESIDE_TITLE, _OF_TITLE = 60, 85
"""Letters that the abstract of a notice has beside the title at most to tell nothing, and likeness in percent from which it holds the title."""

_BATCH = 10_000
_HEADINGS = r"^(?:abstract|summary|background|introduction|objectives?|purpose|aims?|importance|context)"
"""RE2."""

_BOOK_DOI = r"97[89]\d{10}|97[89]-[\d-]{13}"
"""RE2."""

_BODIES = re.compile(
    r"\b(?:associations?|society|societies|group|committee|college|academy|organi[sz]ation|institutes?|federation|council|ministry|department|agency|"
    r"collaboration|collaborative|collaborators|consortium|network|foundation|force|panel|bureau|office|university|cent(?:er|re)|inc|ltd|gmbh|"
    r"observatory|museum|librar(?:y|ies)|hospital|authority|administration|parliament|police|pharma\w*|league|union|commission|investigators|board|asociacion|sociedad|societe|gesellschaft|verband|associazione|associacao)\b"
)


_LABEL = (
    r"(?i)\s*[\[(](?:(?:(?:article|text|published)? ?in )?(?:english|spanish|german|french|italian|portuguese|chinese|japanese|korean|russian"
    r"|polish|turkish|dutch|czech|hungarian|swedish|norwegian|danish|persian|arabic|hebrew|ukrainian)"
    r"|(?:(?:journal|original|research|review|full|scientific|regular|original research|peer[- ]reviewed|published|accepted) )?"
    r"(?:article|paper|manuscript)|preprint|review|report|clinical report|cover story|original research|in press|article in press"
    r"|e-?pub ahead of print|ahead of print|online first|open access)[\])]\.?\s*$"
)
"""What aggregators write behind a title: the language of a paper whose title was translated, the kind of a record (RE2).

A protocol, an abstract or a letter is another work.
"""


_ARRAYS = ("letters", "words", "lengths", "notice", "cut", "year", "beginning", "of_book", "signs")
"""What `_Forms` and `Records` call alike: an array each."""


class _Forms:
    """Some thousand records in the forms that are compared; see `Records` for what is not told here.

    Parameters
    ----------
    part : pyarrow.Table
    of_pubmed : array of bool, shape (rows,)
        What `numbered_by_pubmed` says of them.
    """

    def __init__(self, part: pa.Table, of_pubmed: npt.NDArray[np.bool_]) -> None:
        given = pc.replace_substring_regex(part.column("title").combine_chunks(), _LABEL, "")
        self.folded = fold(given)
        self.titles = squeeze(self.folded)
        self.letters = letters_of(self.folded)
        self.words = pc.count_substring(self.folded, " ").to_numpy() + 1
        self.lengths = pc.utf8_length(self.titles).to_numpy()
        self.notice = np.asarray(notices(given, self.folded))
        self.cut = np.asarray(cut_marks(given))
        self.year = pc.fill_null(part.column("year"), 0).to_numpy()
        abstracts = part.column("abstract")
        self.blocks = list(block_codes(self.titles, self.letters, abstracts, part.column("authors")))
        heads = pc.binary_slice(abstracts.cast(pa.large_binary()), 0, _HEAD)
        whole = np.asarray(pc.fill_null(pc.equal(pc.binary_length(heads), _HEAD), False))
        self.beginning = np.where(whole, hashed(heads), 0)
        found = identifiers(part, of_pubmed)
        self.numbers = {kind: hashed(values) for kind, values in found.items()}
        self.of_book = np.asarray(pc.fill_null(pc.match_substring_regex(found["DOI"], _BOOK_DOI), False))
        self.imprint = Imprint(part, found["DOI"], found["arXiv id"])
        self.trials, self.registered = trials(part)
        self.signs = signs(given)
        self.isbns = isbns(part)


class Records:
    """The columns of a paper table in the forms that are compared.

    Parameters
    ----------
    table : pyarrow.Table
        Its texts are looked at some thousand records at a time.
    scratch : Scratch
        Where what is known of each record lies.

    Attributes
    ----------
    folded, titles : Array of large_string, shape (rows,)
        Titles as words, and without spaces.
    ordered : array of int64, shape (rows,)
        The rows by title without spaces, then by id.
    title : array of int64, shape (rows,)
        A number for each distinct title without spaces: one of the rows that have it, and one more; 0 where there is none.
    text : array of int64, shape (rows,)
        For each distinct title as words, one of the rows that have it.
    letters : array of uint64, shape (rows,)
        What `letters_of` says of the titles.
    words, lengths : array of int64, shape (rows,)
        Words of each title, and its letters, spaces not counted.
    blocks : list of arrays of uint64, shape (rows,)
        What `block_codes` says.
    beginning : array of int64, shape (rows,)
        A number for the first hundred bytes of each abstract; 0 where it is shorter.
    identifiers : dict of str to array of int64
        For each kind, a number for each distinct identifier; 0 where a record bears none.
    trials, isbns : dict of int to frozenset of str
        Registry numbers and ISBNs of the rows that bear some.
    signs : array of int64, shape (rows,)
        What `titles.signs` says of each title.
    notice, cut, of_book : array of bool, shape (rows,)
        Whether the title speaks of a notice about a paper, whether it ends as one that was cut off, and whether the DOI has an ISBN.
    year : array of int64, shape (rows,)
        0 where it is not known.
    imprint : Imprint
    """

    def __init__(
        self, table: pa.Table, scratch: Scratch | None = None, progress: Callable[[float], None] = lambda part: None
    ) -> None:
        self.table = table
        self.scratch = scratch or Scratch()
        rows, zeros = table.num_rows, self.scratch.zeros
        folded, titles = self.scratch.texts(), self.scratch.texts()
        self.letters: Codes = zeros(rows, np.uint64)
        self.words: Rows = zeros(rows, np.int64)
        self.lengths: Rows = zeros(rows, np.int64)
        self.blocks: list[Codes] = [zeros(rows, np.uint64) for _ in range(KINDS_OF_BLOCKS)]
        self.beginning: Rows = zeros(rows, np.int64)
        self.notice, self.cut, self.of_book = (zeros(rows, np.bool_) for _ in range(3))
        self.year: Rows = zeros(rows, np.int64)
        self.trials: dict[int, frozenset[str]] = {}
        self.isbns: dict[int, frozenset[str]] = {}
        self.signs: Rows = zeros(rows, np.int64)
        self.imprint = Imprints(rows, self.scratch)
        numbers: dict[str, Rows] = {kind: zeros(rows, np.int64) for kind in KINDS[:2]}
        entries: set[int] = set()
        of_pubmed = numbered_by_pubmed(table)
        starts = range(0, rows, _BATCH)
        made = in_threads(lambda start: _Forms(table.slice(start, _BATCH), of_pubmed[start : start + _BATCH]), starts)
        for start, forms in zip(starts, made, strict=True):
            progress(start / rows)
            some = slice(start, min(start + _BATCH, rows))
            folded.add(forms.folded)
            titles.add(forms.titles)
            for name in _ARRAYS:
                getattr(self, name)[some] = getattr(forms, name)
            for values, codes in zip(self.blocks, forms.blocks, strict=True):
                values[some] = codes
            for kind, found in forms.numbers.items():
                if kind not in numbers:
                    numbers[kind] = zeros(rows, np.int64)
                numbers[kind][some] = found
            self.imprint.put(start, forms.imprint)
            self.trials |= {start + row: values for row, values in forms.trials.items()}
            entries |= {start + row for row in forms.registered}
            self.isbns |= {start + row: values for row, values in forms.isbns.items()}
        self.folded, self.titles = folded.whole(), titles.whole()
        self.identifiers = {kind: numbers[kind] for kind in KINDS if kind in numbers}
        if entries:
            self.identifiers["trial number"] = zeros(rows, np.int64)
            chosen = sorted(entries)
            self.identifiers["trial number"][chosen] = hashed(pa.array([min(self.trials[row]) for row in chosen], TEXT))
        self._number_titles()

    def _number_titles(self) -> None:
        """Fill `ordered`, `title` and `text`: titles in their order stand beside those that are the same."""
        rows = self.table.num_rows
        # By title and id, so that records of one title meet, and the pairs do not depend on the order of the rows.
        keys = pa.table({"title": self.titles, "id": self.table.column("id")})
        sorted_ = pc.sort_indices(keys, sort_keys=[("title", "ascending"), ("id", "ascending")]).to_numpy()
        self.ordered: Rows = self.scratch.kept(sorted_.astype(np.int64))
        self.title: Rows = self.scratch.zeros(rows, np.int64)
        self.text: Rows = self.scratch.zeros(rows, np.int64)
        first, last, others = 0, None, [np.empty(0, np.int64)]
        for start in range(0, rows, _BATCH):
            mine = self.ordered[start : start + _BATCH]
            titles = self.titles.take(pa.array(mine))
            begins = np.ones(len(mine), bool)
            begins[1:] = np.asarray(pc.not_equal(titles[1:], titles[:-1]))
            begins[0] = titles[0] != last
            last = titles[-1]
            # The first row of each title stands for it; that of the batch before goes on.
            heads = np.concatenate([[first], mine[begins]])[np.cumsum(begins)]
            first = int(heads[-1])
            self.title[mine] = np.where(self.lengths[mine] > 0, heads + 1, 0)
            self.text[mine] = heads
            unlike = pc.not_equal(self.folded.take(pa.array(mine)), self.folded.take(pa.array(heads)))
            others.append(mine[np.asarray(unlike)])
        # Titles that differ in their spaces alone.
        unlike = np.concatenate(others)
        coded = self.folded.take(pa.array(unlike)).dictionary_encode().indices.to_numpy()
        _, firsts = np.unique(coded, return_index=True)
        self.text[unlike] = unlike[firsts[coded]]

    def load(self, rows: Rows, progress: Callable[[float], None] = lambda part: None) -> None:
        """Fill `authors` and `abstract` for the rows that are compared closely; `progress` hears of the part done, 0 to 1."""
        zeros = self.scratch.zeros
        names, heads = self.scratch.texts(), self.scratch.texts()
        chosen = self.table.select(["authors", "abstract"])
        listed, told = zeros(len(rows), np.int64), zeros(len(rows), np.int64)
        self.long_abstracts: npt.NDArray[np.bool_] = zeros(len(rows), np.bool_)
        self.bodies: npt.NDArray[np.bool_] = zeros(len(rows), np.bool_)
        self.named: npt.NDArray[np.bool_] = zeros(self.table.num_rows, np.bool_)
        # A slice of the table at a time: taken at once, its whole text would be copied first.
        edges = np.searchsorted(rows, np.arange(0, self.table.num_rows + _BATCH, _BATCH))
        for number, (first, last) in enumerate(pairwise(edges.tolist())):
            progress(number / len(edges))
            start = number * _BATCH
            taken = chosen.slice(start, _BATCH).take(pa.array(rows[first:last] - start))
            people = fold(joined_names(taken.column("authors").combine_chunks()))
            names.add(people)
            listed[first:last] = hashed(people)
            self.named[rows[first:last]] = np.asarray(pc.greater(pc.binary_length(people), 0))
            self.bodies[first:last] = np.asarray(pc.match_substring_regex(people, _BODIES.pattern))
            given = pc.utf8_slice_codeunits(taken.column("abstract"), 0, _ABSTRACT).combine_chunks()
            told[first:last] = np.where(np.asarray(pc.is_valid(given)), hashed(given), -1)
            self.long_abstracts[first:last] = np.asarray(pc.fill_null(pc.greater_equal(pc.utf8_length(given), 50), False))
            # Without spaces and a heading.
            bare = pc.replace_substring_regex(fold_and_squeeze(given), _HEADINGS, "", max_replacements=1)
            heads.add(bare)
            self._leave_out_notices(bare, rows[first:last], self.long_abstracts[first:last])
        self.names, self.abstracts = names.whole(), heads.whole()
        self.authors: Rows = zeros(self.table.num_rows, np.int64)
        self.authors[rows] = _first_equal(listed)
        self.abstract: Rows = zeros(self.table.num_rows, np.int64)
        self.abstract[:] = -1
        self.abstract[rows] = np.where(told >= 0, _first_equal(told), -1)

    def _leave_out_notices(self, abstracts: pa.Array, rows: Rows, told: npt.NDArray[np.bool_]) -> None:
        """Say of abstracts of notices that hold little but the title (``Comment on …``) that they tell nothing; each without spaces."""
        letters = pc.utf8_length(abstracts).to_numpy()
        for place in np.flatnonzero(told & self.notice[rows] & (letters <= self.lengths[rows] + _BESIDE_TITLE)).tolist():
            title = self.titles[int(rows[place])].as_py()
            told[place] = fuzz.partial_ratio(title, abstracts[place].as_py(), score_cutoff=_OF_TITLE) == 0

    @cached_property
    def book(self) -> npt.NDArray[np.bool_]:
        """Whether each record is of a book or a chapter, by its DOI, its kind or an ISBN."""
        found: npt.NDArray[np.bool_] = self.of_book | np.isin(self.imprint.kind, [BOOK, CHAPTER])
        found[list(self.isbns)] = True
        return found

    def long_titles(self, words: int, letters: int) -> npt.NDArray[np.bool_]:
        """Whether each title has so many words and letters."""
        return (self.words >= words) & (self.lengths >= letters)


def _first_equal(values: Rows) -> Rows:
    """For each value the place of the first that is equal."""
    _, first, back = np.unique(values, return_index=True, return_inverse=True)
    found: Rows = first[back]
    return found


def joined_names(authors: pa.ListArray) -> pa.Array:
    """All names of each record in one text; joined initials that MEDLINE puts behind each name (``Smith JB``) are left out."""
    flat = pc.fill_null(authors.flatten(), "")
    lengths = pc.fill_null(pc.list_value_length(authors), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    fits = np.asarray(pc.or_(pc.match_substring_regex(flat, _MEDLINE), pc.equal(flat, "")))
    before = np.concatenate([[0], np.cumsum(fits)])
    medline = np.repeat(before[offsets[1:]] - before[offsets[:-1]] == lengths, lengths)
    if medline.any():
        bare = pc.replace_substring_regex(flat, r"([a-z])[ ,]+[A-Z]{1,4}$", r"\1")
        flat = pc.if_else(pa.array(medline), bare, flat)
    # Between the parts of an Eastern name some write a space or a comma, others nothing; a part alone may be one letter.
    eastern = pc.match_substring_regex(flat, _EASTERN)
    if pc.any(eastern).as_py():
        flat = pc.if_else(eastern, pc.replace_substring_regex(flat, r"[ ,，\x{3000}]+", ""), flat)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat), pa.scalar(" ", TEXT))

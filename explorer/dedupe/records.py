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

from explorer.dedupe.blocking import Rows, fold, squeeze
from explorer.dedupe.identifiers import codes, identifiers, isbns, trials
from explorer.dedupe.imprint import BOOK, CHAPTER, Imprint
from explorer.dedupe.titles import cut_marks, notices
from explorer.papers.schema import TEXT

_MEDLINE = r"[a-z][ ,]+[A-Z]{1,4}$|^et al\.?$"
_EASTERN = r"^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}々ー]+[ ,，\x{3000}]+[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}々ー]+$"
_ABSTRACT = 300
_PEOPLE = 50_000
"""Lists of names whose words are kept."""

_BATCH = 20_000
_HEADINGS = r"^(?:abstract|summary|background|introduction|objectives?|purpose|aims?|importance|context)"
"""RE2."""

_BOOK_DOI = r"97[89]\d{10}|97[89]-[\d-]{13}"
"""RE2."""

_NO_NAMES = frozenset(("al", "et", "others"))
_BODIES = re.compile(
    r"\b(?:associations?|society|societies|group|committee|college|academy|organi[sz]ation|institutes?|federation|council|ministry|department|agency|"
    r"collaboration|collaborative|collaborators|consortium|network|foundation|force|panel|bureau|office|university|cent(?:er|re)|inc|ltd|gmbh|"
    r"pharma\w*|league|union|commission|investigators|board|asociacion|sociedad|societe|gesellschaft|verband|associazione|associacao)\b"
)


_LABEL = (
    r"(?i)\s*[\[(](?:(?:(?:article|text|published) in )?(?:english|spanish|german|french|italian|portuguese|chinese|japanese|korean|russian"
    r"|polish|turkish|dutch|czech|hungarian|swedish|norwegian|danish|persian|arabic|hebrew|ukrainian)"
    r"|(?:(?:journal|original|research|review|full|scientific|regular|original research|peer[- ]reviewed|published|accepted) )?"
    r"(?:article|paper|manuscript)|preprint|review|report|clinical report|cover story|original research|in press|article in press"
    r"|e-?pub ahead of print|ahead of print|online first|open access)[\])]\.?\s*$"
)
"""What aggregators write behind a title: the language of a paper whose title was translated, the kind of a record (RE2).

A protocol, an abstract or a letter is another work.
"""


class Records:
    """The columns of a paper table in the forms that are compared.

    Attributes
    ----------
    folded, titles : Array of large_string, shape (rows,)
        Titles as words, and without spaces.
    title : array of int64, shape (rows,)
        A number for each distinct title without spaces, from 1; 0 where there is none.
    identifiers : dict of str to array of int64
        For each kind, a number for each distinct identifier; 0 where a record bears none.
    trials, isbns : dict of int to frozenset of str
        Registry numbers and ISBNs of the rows that bear some.
    notice, cut : array of bool, shape (rows,)
        Whether the title speaks of a notice about a paper, and whether it ends as one that was cut off.
    year : array of int64, shape (rows,)
        0 where it is not known.
    imprint : Imprint
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        titles = pc.replace_substring_regex(table.column("title").combine_chunks(), _LABEL, "")
        self.folded = fold(titles)
        self.titles = squeeze(self.folded)
        self.title = codes(self.titles)
        found = identifiers(table)
        self.arxiv_id: pa.Array = found["arXiv id"]
        self.doi: pa.Array = found["DOI"]
        self.identifiers = {kind: codes(values) for kind, values in found.items()}
        self.trials, self.entries = trials(table)
        if self.entries:
            numbers = [min(self.trials[row]) if row in self.entries else None for row in range(table.num_rows)]
            self.identifiers["trial number"] = codes(pa.array(numbers, TEXT))
        self.isbns = isbns(table)
        self.notice = np.asarray(notices(titles, self.folded))
        self.cut = np.asarray(cut_marks(titles))
        self.year: npt.NDArray[np.int64] = pc.fill_null(table.column("year"), 0).to_numpy().astype(np.int64)
        self.imprint = Imprint(table, self.doi, self.arxiv_id)
        self._people: dict[int, frozenset[str]] = {}

    def load(self, rows: Rows, progress: Callable[[float], None] = lambda part: None) -> None:
        """Fill `authors` and `abstract` for the rows that are compared closely; `progress` hears of the part done, 0 to 1."""
        names: list[pa.Array] = []
        heads: list[pa.Array] = []
        chosen = self.table.select(["authors", "abstract"])
        # A slice of the table at a time: taken at once, its whole text would be copied first.
        edges = np.searchsorted(rows, np.arange(0, self.table.num_rows + _BATCH, _BATCH))
        for number, (first, last) in enumerate(pairwise(edges.tolist())):
            progress(number / len(edges))
            start = number * _BATCH
            taken = chosen.slice(start, _BATCH).take(pa.array(rows[first:last] - start))
            names.append(fold(joined_names(taken.column("authors").combine_chunks())))
            heads.append(pc.utf8_slice_codeunits(taken.column("abstract"), 0, _ABSTRACT).combine_chunks())
        self._names = pa.concat_arrays(names or [pa.nulls(0, TEXT)]).dictionary_encode()
        self._heads = pa.concat_arrays(heads or [pa.nulls(0, TEXT)]).dictionary_encode()
        self.authors = np.zeros(self.table.num_rows, np.int64)
        self.authors[rows] = self._names.indices.to_numpy()
        self.named = np.zeros(self.table.num_rows, bool)
        self.named[rows] = np.asarray(pc.greater(pc.utf8_length(self._names.dictionary), 0))[self.authors[rows]]
        self.abstract = np.full(self.table.num_rows, -1, np.int64)
        self.abstract[rows] = pc.fill_null(self._heads.indices, -1).to_numpy(zero_copy_only=False)

    @property
    def names(self) -> pa.Array:
        """All names of each distinct list of authors that was loaded, folded."""
        return self._names.dictionary

    @cached_property
    def abstracts(self) -> pa.Array:
        """First letters of each distinct abstract that was loaded, folded, without spaces and a heading."""
        return pc.replace_substring_regex(squeeze(fold(self._heads.dictionary)), _HEADINGS, "", max_replacements=1)

    @cached_property
    def long_abstracts(self) -> npt.NDArray[np.bool_]:
        """Whether each distinct abstract that was loaded is long enough to tell something."""
        return np.asarray(pc.greater_equal(pc.utf8_length(self._heads.dictionary), 50))

    @cached_property
    def _sizes(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return pc.count_substring(self.folded, " ").to_numpy() + 1, pc.utf8_length(self.titles).to_numpy()

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Letters of each title, spaces not counted."""
        return self._sizes[1]

    @cached_property
    def book(self) -> npt.NDArray[np.bool_]:
        """Whether each record is of a book or a chapter, by its DOI, its kind or an ISBN."""
        found = np.asarray(pc.fill_null(pc.match_substring_regex(self.doi, _BOOK_DOI), False))
        found |= np.isin(self.imprint.kind, [BOOK, CHAPTER])
        found[list(self.isbns)] = True
        return found

    def long_titles(self, words: int, letters: int) -> npt.NDArray[np.bool_]:
        """Whether each title has so many words and letters."""
        counted, length = self._sizes
        return (counted >= words) & (length >= letters)

    def people(self, authors: int) -> frozenset[str]:
        """Words of two letters or more in a list of names, by its number: initials and the order of names do not count."""
        found = self._people.get(authors)
        if found is None:
            # Pairs come by their first record, so that its names, and few others, are asked for again.
            if len(self._people) >= _PEOPLE:
                self._people.clear()
            found = frozenset(w for w in self.names[authors].as_py().split() if len(w) > 1) - _NO_NAMES
            self._people[authors] = found
        return found

    @cached_property
    def bodies(self) -> npt.NDArray[np.bool_]:
        """Whether each distinct list of authors names a society, a group or a company."""
        return np.asarray(pc.match_substring_regex(self._names.dictionary, _BODIES.pattern))


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

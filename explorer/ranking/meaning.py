"""What ranking by meaning needs of a corpus: made when first asked for, kept beside the generation it belongs to."""

from __future__ import annotations

import errno
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from explorer.disk import HeldFolder, damaged_files, open_to_others, record_files
from explorer.errors import ConceptError, CorpusError
from explorer.memory import give_back
from explorer.ranking.acronyms import Acronyms
from explorer.ranking.analysis import forget, spelling
from explorer.ranking.arithmetic import Arithmetic
from explorer.ranking.arrays import MEMORY, Folder, Place
from explorer.ranking.axes import Axis, fit_axis
from explorer.ranking.concepts import ConceptSpace
from explorer.ranking.features import Features
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.terms import TermIndex
from explorer.ranking.text_parts import TextParts, as_text, read_part
from explorer.ranking.vectors import LSA, RoundedVectors
from explorer.selection.expression import KINDS, Operand, parse

Floats = NDArray[np.float32]
LEADING = 64
"""Dimensions by which every paper is compared; the best are compared by all."""

Resolve = Callable[[Operand], NDArray[np.int64]]
Progress = Callable[[str, float], None]

_BATCH = 5_000
_MAPPED = 20_000
"""Papers from which what is made of them is made in mapped files, and not in memory."""

_PART = 100_000
"""Papers whose words lie in memory at once while they are read."""

_WITNESSES = 3
"""Papers looked at for how a term is written."""


class Meaning:
    """Terms and vectors of a corpus, and what ranks by them.

    Parameters
    ----------
    table : pyarrow.Table
        The papers, in the schema.
    folder : Path
        Where the arrays are kept. They are made if it is missing (about half a minute for 100,000 papers), under another name
        first, so that a killed process leaves nothing half; where the folder cannot be written they stay in memory.
    resolve : callable
        Rows of the papers behind an operand of kind paper, set or topic.
    progress : callable
        Called as ``progress(stage, part)`` while they are made; an exception it raises stops that, and leaves nothing.

    Raises
    ------
    CorpusError
        A file of the folder is not as it was written.
    """

    def __init__(self, table: pa.Table, folder: Path, resolve: Resolve, *, progress: Progress) -> None:
        self._table = table
        self._resolve = resolve
        if not folder.is_dir():
            self._make(folder, progress)
            progress("flush", 1.0)
        if folder.is_dir():
            # What was made is let go for its copy on the disk, which is mapped, and shared with other processes.
            self._open(folder)

    @classmethod
    def make(cls, table: pa.Table, folder: Path, *, progress: Progress, read: TextParts | None = None) -> None:
        """Make the folder of a corpus, for others to open.

        Where nothing may be written none is made, and who asks makes it all in memory.

        Parameters
        ----------
        table, folder, progress
            As those of the class.
        read : TextParts, optional
            The texts of the papers, where they were read before.

        Raises
        ------
        OSError
            It cannot be written though it may, as on a full disk.
        """
        made = cls.__new__(cls)
        made._table = table
        try:
            made._keep(folder, progress, read)
        except OSError as error:
            may_not = isinstance(error, PermissionError) or error.errno == errno.EROFS
            # Another process may have been first.
            if not may_not and not folder.is_dir():
                raise
        progress("flush", 1.0)

    def _open(self, folder: Path) -> None:
        again = f"Remove the folder {folder}, and it is made again."
        for name, what in damaged_files(folder, whole=False):
            raise CorpusError(f"{folder / name} {what}. {again}")
        try:
            self.index, self.lsa, self.features = TermIndex.open(folder), LSA.open(folder), Features.open(folder)
            self.vectors, self.acronyms = RoundedVectors.open(folder), Acronyms.open(folder)
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise CorpusError(f"What ranking by meaning takes is damaged ({error}). {again}") from error

    def _make(self, folder: Path, progress: Progress) -> None:
        """Make everything, and keep it in a folder where one can be written."""
        try:
            self._keep(folder, progress)
        except OSError:
            # Another process was first, or the disk is full.
            if not folder.is_dir() and not self._is_fitted:
                self._fit(MEMORY, progress, None, None)

    @property
    def _is_fitted(self) -> bool:
        """Whether memory holds it all, as it does of a small corpus: nothing is begun again then where the disk is full."""
        return self._table.num_rows < _MAPPED and "features" in self.__dict__

    def _keep(self, folder: Path, progress: Progress, read: TextParts | None = None) -> None:
        papers, begin = self._table.num_rows, f".{folder.name}-"
        held = HeldFolder(begin, folder.parent)
        made, scratch = held.path, None
        try:
            if read is not None or papers > _PART:
                scratch = Path(tempfile.mkdtemp(prefix=begin, dir=folder.parent))
            self._fit(Folder(made) if papers >= _MAPPED else MEMORY, progress, read, scratch)
            progress("flush", 0.0)
            for part in (self.index, self.lsa, self.vectors, self.features, self.acronyms):
                part.save(made)
            record_files(made)
            open_to_others(made)
            made.rename(folder)
        finally:
            held.close()
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)

    def _fit(self, place: Place, progress: Progress, read: TextParts | None, scratch: Path | None) -> None:
        # In one thread, products are the same bits whatever the machine has.
        with threadpool_limits(1, user_api="blas"):
            if scratch is not None:
                parts = read or self._read(scratch, progress)
                self.index = TermIndex().fit_tokens(parts.tokens(place, scratch), place=place)
                self.acronyms = Acronyms.of_definitions(parts.definitions())
            else:
                told = _told(self._texts("title"), self._table.num_rows, progress)
                self.index = TermIndex().fit(told, self._texts("abstract"), place=place)
                self.acronyms = Acronyms.learn(map(as_text, self._texts("title"), self._texts("abstract")))
            give_back()
            progress("vectors", 0.0)
            self.lsa = LSA().fit_index(self.index)
            progress("vectors", 0.5)
            shape = self.index.n_papers, self.lsa.projection_.shape[1]
            self.vectors = RoundedVectors.of_blocks(self.lsa.projected(self.index), *shape, LEADING, place)
            give_back()
            progress("concepts", 0.0)
            self.features = Features().fit(self.index, place=place)
        forget()

    def _read(self, folder: Path, progress: Progress) -> TextParts:
        """Read the papers part by part into folders of a folder; all at once, each of their words would lie in memory."""
        found, papers = [], self._table.num_rows
        for number, start in enumerate(range(0, papers, _PART)):
            part = folder / str(number)
            part.mkdir()
            rows = np.arange(start, min(start + _PART, papers))
            told = lambda done, rows=rows: progress("terms", (rows[0] + len(rows) * done) / papers)  # noqa: E731
            read_part(self._table, rows, part, told)
            found.append(part)
        return TextParts(found)

    def _texts(self, name: str) -> Iterator[str]:
        """Texts of a column, a few thousand in memory at a time."""
        column = self._table.column(name)
        for start in range(0, len(column), _BATCH):
            for text in column.slice(start, _BATCH).to_pylist():
                yield text or ""

    @cached_property
    def ranker(self) -> HybridRanker:
        """Hybrid ranking of plain text."""
        return HybridRanker(self.index, self.lsa.encoder(self.index), self.vectors, acronyms=self.acronyms)

    @cached_property
    def space(self) -> ConceptSpace:
        """Concepts of the corpus."""
        return ConceptSpace(self.index, self.ranker, self.features)

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """Expressions over concepts; fitted ones are kept."""
        return Arithmetic(self.space, resolve=self._resolve)

    def semantic(self, text: str) -> Floats:
        """Cosine of every paper with a text: float32, shape (n_papers,)."""
        return self.ranker.cosines(text)

    def axis(self, low: str, high: str) -> Axis:
        """The axis between two poles.

        Parameters
        ----------
        low, high : str
            Words, or one ``paper:ID``, ``set:NAME`` or ``topic:"LABEL"``, as in an expression.

        Raises
        ------
        ExpressionError
            Such a pole does not parse.
        ConceptError
            A pole has no papers of its own, or is more than one paper, set or topic.
        """
        axis = fit_axis(self.space, self._pole(low), self._pole(high))
        low_terms, high_terms = self.written(axis.low_terms), self.written(axis.high_terms)
        return replace(axis, low=low, high=high, low_terms=low_terms, high_terms=high_terms)

    def _pole(self, pole: str) -> str | NDArray[np.int64]:
        if not pole.lstrip().startswith(tuple(f"{kind}:" for kind in KINDS)):
            if not self.index.weigh(pole):
                raise ConceptError(f"No paper has a word of the pole {pole!r}. Choose other words.")
            return pole
        terms = parse(pole).terms
        if len(terms) > 1 or terms[0].weight != 1:
            raise ConceptError(f"The pole {pole} is more than one topic, paper or set. Save the papers as a set, and use that.")
        return self._resolve(terms[0].operand)

    def written(self, terms: list[str]) -> list[str]:
        """Terms as papers that have them write them, most often."""
        words = []
        for term in terms:
            number = self.index.vocabulary_[term]
            rows = self.index.papers(number)[:_WITNESSES]
            found: Counter[str] = Counter()
            for name, row in itertools.product(("title", "abstract"), rows.tolist()):
                written = spelling(self._table.column(name)[row].as_py() or "")
                found.update([written[term]] if term in written else [])
            words.append(found.most_common(1)[0][0] if found else term)
        return words


def _told(texts: Iterator[str], count: int, progress: Progress) -> Iterator[str]:
    """Texts, with word of how far their reader has come."""
    for number, text in enumerate(texts):
        if number % 1000 == 0:
            progress("terms", number / count)
        yield text

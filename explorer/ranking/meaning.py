"""What ranking by meaning needs of a corpus: made when first asked for, kept beside the generation it belongs to."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explorer.errors import ConceptError
from explorer.ranking.acronyms import Acronyms
from explorer.ranking.arithmetic import Arithmetic
from explorer.ranking.axes import Axis, fit_axis
from explorer.ranking.concepts import ConceptSpace
from explorer.ranking.expression import Operand, parse
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.terms import TermIndex
from explorer.ranking.vectors import LSA, Scan

Floats = NDArray[np.float32]
_OPERAND = re.compile(r"(topic|paper|set):")
LEADING = 64
"""Dimensions by which every paper is compared; the best are compared by all."""

Resolve = Callable[[Operand], NDArray[np.int64]]
Progress = Callable[[str, float], None]


class Meaning:
    """Terms and vectors of a corpus, and what ranks by them.

    Parameters
    ----------
    table : pyarrow.Table
        The papers, in the schema.
    folder : Path
        Where the arrays are kept. They are made if it is missing (about a minute for 100,000 papers), under another name
        first, so that a killed process leaves nothing half; where the folder cannot be written they stay in memory.
    resolve : callable
        Rows of the papers behind an operand of kind paper, set or topic.
    progress : callable
        Called as ``progress(stage, part)`` while they are made; an exception it raises stops that, and leaves nothing.
    """

    def __init__(self, table: pa.Table, folder: Path, resolve: Resolve, *, progress: Progress) -> None:
        self._resolve = resolve
        if folder.is_dir():
            self.index, self.lsa = TermIndex.open(folder), LSA.open(folder)
            self.vectors: Floats = np.load(folder / "lsa_vectors.npy", mmap_mode="r")
            self.scan, self.acronyms = Scan.open(folder), Acronyms.open(folder)
            return
        titles, abstracts = ([text or "" for text in table.column(name).to_pylist()] for name in ("title", "abstract"))
        self.index = TermIndex().fit(_told(titles, "terms", progress), abstracts)
        progress("vectors", 0.0)
        self.lsa = LSA().fit_index(self.index)
        progress("vectors", 0.5)
        self.vectors = self.lsa.project_index(self.index)
        self.scan = Scan.of(self.vectors, LEADING)
        self.acronyms = Acronyms.learn(map("{}. {}".format, titles, abstracts))
        progress("flush", 0.0)
        self._keep(folder)
        progress("flush", 1.0)

    def _keep(self, folder: Path) -> None:
        try:
            made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        except OSError:
            return
        try:
            self.index.save(made)
            self.lsa.save(made)
            np.save(made / "lsa_vectors.npy", self.vectors)
            self.scan.save(made)
            self.acronyms.save(made)
            os.chmod(made, 0o755)  # noqa: PTH101, S103  (mkdtemp keeps it to its owner; the corpus is shared)
            made.rename(folder)
        except OSError:
            # Another process was first, or the disk is full: what is in memory serves.
            shutil.rmtree(made, ignore_errors=True)

    @cached_property
    def ranker(self) -> HybridRanker:
        """Hybrid ranking of plain text."""
        return HybridRanker(self.index, self.lsa.encoder(self.index), self.vectors, scan=self.scan, acronyms=self.acronyms)

    @cached_property
    def space(self) -> ConceptSpace:
        """Concepts of the corpus."""
        return ConceptSpace(self.index, self.ranker)

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """Expressions over concepts; fitted ones are kept."""
        return Arithmetic(self.space, resolve=self._resolve)

    def semantic(self, text: str) -> Floats:
        """Cosine of every paper with a text: float32, shape (n_papers,)."""
        return self.ranker.cosines(text)

    def axis(self, low: str, high: str) -> Axis:
        """The axis between two poles, each a few words, or ``topic:"LABEL"``, ``paper:ID``, ``set:NAME``.

        Raises
        ------
        ExpressionError
            Such a pole does not parse.
        ConceptError
            A pole has no papers of its own.
        """
        return fit_axis(self.space, self._pole(low), self._pole(high))

    def _pole(self, text: str) -> str | NDArray[np.int64]:
        if _OPERAND.match(text):
            terms = parse(text).terms
            if len(terms) != 1 or terms[0].weight != 1:
                raise ConceptError(
                    f"The pole {text} is more than one topic, paper or set. Save the papers as a set, and use that."
                )
            return self._resolve(terms[0].operand)
        if not self.index.weigh(text):
            raise ConceptError(f"No paper has a word of the pole {text!r}. Choose other words.")
        return text


def _told(texts: Sequence[str], stage: str, progress: Progress) -> Iterator[str]:
    """Texts, with word of how far their reader has come."""
    for number, text in enumerate(texts):
        if number % 1000 == 0:
            progress(stage, number / len(texts))
        yield text

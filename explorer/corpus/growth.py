"""How a corpus changes: papers added, merges taken back, topics found anew; each by a new generation."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merges import Change, fitted
from explorer.errors import CorpusError
from explorer.papers.schema import to_table
from explorer.search.ranker import RankedCorpus
from explorer.store.build import Progress, cache_folder, no_progress
from explorer.store.extend import change_digest, extend_corpus, refit_corpus

if TYPE_CHECKING:
    import pandas as pd

    from explorer.dedupe.deduplication import Rules
    from explorer.papers.ledger import Ledger
    from explorer.sources.formats.registry import Import

CACHED = re.compile(r"(?:files|papers|grown)-[0-9a-f]{16}(?:-(?:auto|\d+))?")


class GrowingCorpus(RankedCorpus):
    """A corpus that can be changed. Each change gives another object; this one goes on showing the papers before."""

    @classmethod
    def if_whole(cls, folder: Path) -> Self | None:
        """The corpus of a folder, or None where there is none that can be opened."""
        try:
            return cls(folder)
        except CorpusError:
            return None

    @property
    def merges(self) -> pd.DataFrame:
        """What was merged into what.

        Returns
        -------
        DataFrame
            One row a merge: `paper` (id), `members` (ids of the records), `relation` ("same", or "version" such as a preprint
            and its publication), `score` (the lowest of the pairs that joined it, 0 to 1), `reason`, `given_by` (map of field
            to the id of the record that gave its value), `records` (file and number of each record).
        """
        return self.merged.frame()

    @property
    def likely(self) -> pd.DataFrame:
        """Pairs of papers that are likely one and were not merged; `decide` with rules takes them off.

        Returns
        -------
        DataFrame
            One row a pair: `first`, `second` (ids), `first_title`, `second_title`, `score` (0 to 1), `relation` ("likely", or "version"
            such as a conference paper and the article that came of it), `reason`.
        """
        return self.merged.undecided(self.rules)

    @property
    def ledger(self) -> Ledger:
        """What became of every record that the papers were made from.

        Returns
        -------
        Ledger
            Its counts are those of all imports; `accepted` is the number of papers, less those that an earlier version took in.
            `entries` is a DataFrame with one row a note: `source` (file or service), `line` and `record` (from 1), `action`
            ("rejected", "merged", "repaired"), `field`, `before`, `after` (for a merge, the id of the paper), `reason`.
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
    def rules(self) -> Rules:
        """Pairs of records that the reader wants merged always, or never."""
        from explorer.dedupe.rules import Rules, parse_rules

        return parse_rules(self.rules_file, str(self.folder)) if self.rules_file else Rules()

    def add(
        self,
        papers: pd.DataFrame | pa.Table | Import,
        *,
        keep_duplicates: bool = False,
        made: dict[str, Any] | None = None,
        progress: Progress = no_progress,
    ) -> Self:
        """Add papers to the folder, which costs about what the new papers cost; this object goes on showing the old ones.

        Papers that the corpus has are merged into it, field by field; `merges` lists that, and `split` takes it back.
        A corpus in the cache, whose folder is named after its content, stays as it is: the larger one gets a folder of its own.

        Parameters
        ----------
        papers : DataFrame, pyarrow.Table or Import
            As they were read.
        keep_duplicates : bool
            Add all but those whose id the corpus has.

        Returns
        -------
        Corpus
            The corpus with them; this one if they bring nothing.

        Raises
        ------
        SchemaError, CorpusError
            As `from_papers`; the folder then stays as it was.
        """
        from explorer.papers.ledger import Ledger
        from explorer.sources.formats.registry import Import
        from explorer.store.arrivals import compare

        if isinstance(papers, Import):
            came = papers
        else:
            table = to_table(papers)
            came = Import(table, Ledger(read=table.num_rows, accepted=table.num_rows))
        if keep_duplicates:
            known = pc.is_in(came.table.column("id"), value_set=self.table.column("id").combine_chunks())
            new = fitted(came.table.filter(pc.invert(known)), self.table.schema)
            ledger = replace(came.ledger, notes=list(came.ledger.notes))
            there = came.table.select(["id", "title"]).filter(known).to_pydict()
            for row, id_, title in zip(pc.indices_nonzero(known).to_pylist(), *there.values(), strict=True):
                ledger.merge(*came.origin(row), id_, "in the corpus already: the same id", text=title or "")
            return self.changed(Change(new, ledger=ledger), made=made, progress=progress)
        return self.changed(compare(came, self, frozenset(), progress).change, made=made, progress=progress)

    def split(self, paper: str, *, progress: Progress = no_progress) -> Self:
        """Take a merge back: its records stand as they were, and a rule keeps them apart from now on.

        Parameters
        ----------
        paper : str
            Id of the merged paper, as in `merges`.

        Returns
        -------
        Corpus
            The corpus without the merge.

        Raises
        ------
        CorpusError
            Nothing was merged into the paper, or the folder cannot be written; it then stays as it was.
        """
        from explorer.store.joins import split

        return self.changed(split(self, paper), step="split", made={"paper": paper}, progress=progress)

    def decide(self, rules: Rules) -> Self:
        """Keep other rules, by which papers are merged, or kept apart, when they come in."""
        return self.changed(Change(self.table.slice(0, 0), rules=rules), step="decided", made=None)

    def refit(self, n_topics: int | None = None, *, progress: Progress = no_progress) -> Self:
        """Find the topics anew, from all papers that the corpus has by now; see `topics_stale`."""
        target = self.folder
        if self.cached_name is not None and not self.cached_name.startswith("files-"):
            target = cache_folder() / f"grown-{hashlib.sha256(f'{self.folder.name} {n_topics}'.encode()).hexdigest()[:16]}"
        refit_corpus(self.folder, into=target, n_topics=n_topics, progress=progress)
        return type(self)(target)

    def changed(
        self,
        change: Change,
        *,
        step: str = "added",
        made: dict[str, Any] | None = None,
        progress: Progress = no_progress,
    ) -> Self:
        """The corpus after a change, such as `arrivals.compare` gives; this one if it changes nothing."""
        if not change:
            return self
        target = self.folder
        # What a reader decides about files shall hold when they are opened again; the papers stay those of the files.
        if self.cached_name is not None and (step == "added" or not self.cached_name.startswith("files-")):
            target = cache_folder() / f"grown-{change_digest(self.manifest['content_hash'], change)}"
            if (kept := self.if_whole(target)) is not None:
                return kept
        extend_corpus(change, self.folder, into=target, made=made, step=step, progress=progress)
        return type(self)(target)

    @property
    def cached_name(self) -> str | None:
        """Name by which `open_cached` finds the corpus; None for one outside of the cache."""
        inside = self.folder.resolve().parent == cache_folder().resolve()
        return self.folder.name if inside and CACHED.fullmatch(self.folder.name) else None

"""How a corpus changes: papers added, merges taken back, topics found anew; each by a new generation."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merges import Change, Merges, fitted
from explorer.disk import cache_folder
from explorer.errors import CorpusError
from explorer.papers.paper_table import content_hash
from explorer.papers.rows import rows_where
from explorer.store.build import Progress, no_progress, write_corpus
from explorer.store.extend import (
    change_digest,
    edit_corpus,
    extend_corpus,
    index_again,
    join_papers,
    refit_corpus,
    remove_papers,
)
from explorer.store.generations import restore
from explorer.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from explorer.dedupe.rules import Rules
    from explorer.papers.ledger import Ledger
    from explorer.sources.formats.registry import Import
    from explorer.topics.edits import TopicEdit


def build(
    papers: pd.DataFrame | pa.Table | Import,
    folder: str | PathLike[str] | None = None,
    *,
    n_topics: int | None = None,
    made: dict[str, Any] | None = None,
    merges: Merges | None = None,
    rules: Rules | None = None,
    ledger: Ledger | None = None,
    progress: Progress = no_progress,
) -> Snapshot:
    """Build a corpus from a paper table as it is; `explore` merges duplicates first, as `import_papers` does.

    Parameters
    ----------
    papers : DataFrame, pyarrow.Table or Import
        See `explorer.validate`; not changed. What `import_papers` gave brings its merges and its ledger along.
    folder : path, optional
        By default a folder in the cache named after the content, so that the same papers are built once.
    n_topics : int, optional
        By default from their number.
    made : dict, optional
        What the manifest shall say of the input: a name, names of files, counts of the ledger.
    merges : Merges, optional
        What was merged into the papers, as `Import.merges` gives it; by default those of an `Import`.
    rules : Rules, optional
        Pairs of records that the reader wants merged always, or never; by default those of a corpus in the folder.
    ledger : Ledger, optional
        What became of the records that the papers were made from, as `Import.ledger` gives it; by default that of an `Import`,
        else each paper is a record that was accepted.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the build and leaves nothing.

    Returns
    -------
    Corpus
        Opened from the folder.

    Raises
    ------
    SchemaError
        It is no table, or one without a title column or with one of a wrong type.
    CorpusError
        The folder holds something else or cannot be written; or the ledger is of another number of papers.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> corpus = explorer.Corpus.from_papers(papers)
    >>> corpus.papers["title"].to_list()
    ['Adding numbers']
    """
    from explorer.sources.importing import as_read

    came = as_read(papers)
    table = came.table
    merges = came.merges if merges is None else merges
    ledger = came.ledger if ledger is None else ledger
    told = rules is not None or len(merges) or ledger.notes or ledger.sources
    if folder is None:
        change = Change(table, merges=merges, rules=rules, ledger=ledger)
        digest = change_digest("papers", change) if told else content_hash(table)
        folder = cache_folder() / f"papers-{digest}-{n_topics or 'auto'}"
        if (kept := opened(folder)) is not None:
            return kept
    target = Path(folder)
    write_corpus(table, target, made=made, n_topics=n_topics, merges=merges, rules=rules, ledger=ledger, progress=progress)
    return Snapshot(target)


def addition(
    snapshot: Snapshot,
    papers: pd.DataFrame | pa.Table | Import,
    *,
    keep_duplicates: bool = False,
    progress: Progress = no_progress,
) -> Change:
    """Add papers to the folder, which costs about what the new papers cost; this object goes on showing the old ones.

    Papers that the corpus has are merged into it, field by field; `merges` lists that, and `split` takes it back.
    A corpus in the cache, whose folder is named after its content, stays as it is: the larger one gets a folder of its own.

    Parameters
    ----------
    papers : DataFrame, pyarrow.Table or Import
        As they were read.
    keep_duplicates : bool
        Add all but those whose id the corpus has.
    made : dict, optional
        What the manifest says of what came: a name, names of files.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and changes nothing.

    Returns
    -------
    Corpus
        The corpus with them; this one if they bring nothing.

    Raises
    ------
    SchemaError, CorpusError
        As `from_papers`; the folder then stays as it was.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> corpus = explorer.Corpus.from_papers(papers)
    >>> more = pd.DataFrame({"title": ["Adding numbers", "Counting apples"], "authors": [["Lee, Ann"], None], "year": [2024, 2025]})
    >>> corpus.add(more, keep_duplicates=True).papers["title"].to_list()
    ['Adding numbers', 'Counting apples']
    """
    from explorer.sources.importing import as_read
    from explorer.store.arrivals import match_arrivals

    came = as_read(papers)
    if not keep_duplicates:
        return match_arrivals(came, snapshot, frozenset(), progress).change
    known = pc.is_in(came.table.column("id"), value_set=snapshot.table.column("id").combine_chunks())
    new = fitted(came.table.filter(pc.invert(known)), snapshot.table.schema)
    ledger = replace(came.ledger, notes=list(came.ledger.notes))
    there = came.table.select(["id", "title"]).filter(known).to_pydict()
    for row, id_, title in zip(rows_where(known).to_pylist(), *there.values(), strict=True):
        ledger.merge(*came.origin(row), id_, "in the corpus already: the same id", text=title or "")
    return Change(new, ledger=ledger)


def separation(snapshot: Snapshot, paper: str) -> Change:
    """Take a merge back: its records stand as they were, and a rule keeps them apart from now on.

    Parameters
    ----------
    paper : str
        Id of the merged paper, as in `merges`.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and changes nothing.

    Returns
    -------
    Corpus
        The corpus without the merge.

    Raises
    ------
    CorpusError
        Nothing was merged into the paper, or the folder cannot be written; it then stays as it was.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> came = explorer.import_papers(papers)
    >>> corpus = explorer.Corpus.from_papers(came.papers, merges=came.merges, ledger=came.ledger)
    >>> len(corpus)
    1
    >>> len(corpus.split(corpus.merges["paper"].iloc[0]))
    2
    """
    from explorer.store.joins import split

    return split(snapshot, paper)


def changed(snapshot: Snapshot, change: Change, *, step: str, made: dict[str, Any] | None, progress: Progress) -> Path:
    """The corpus after a change; this one if it changes nothing.

    Parameters
    ----------
    change : Change
        Papers that come and go, merges, rules and ledger (see `explorer.dedupe.merges`).
    step : {"added", "split", "decided"}
        What the manifest calls it.
    made : dict, optional
        What the manifest says of it besides.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and changes nothing.

    Returns
    -------
    Corpus

    Raises
    ------
    CorpusError
        The folder cannot be written; it then stays as it was.

    Examples
    --------
    >>> import explorer
    >>> from explorer.dedupe.merges import Change
    >>> corpus = explorer.open_corpus()
    >>> corpus.changed(Change(corpus.table.slice(0, 0))) is corpus
    True
    """
    # What a reader decides about files shall hold when they are opened again, and so changes their corpus in the cache in place.
    # Papers that are added make another one, for a folder of the cache is named after its content.
    target = snapshot.folder
    name = snapshot.cached_name
    if name is not None and (step == "added" or not name.startswith("files-")):
        target = cache_folder() / f"grown-{change_digest(snapshot.manifest['content_hash'], change)}"
        if opened(target) is not None:
            return target
    extend_corpus(change, snapshot.folder, into=target, made=made, step=step, progress=progress)
    return target


def refitted(snapshot: Snapshot, n_topics: int | None, progress: Progress) -> Path:
    """Find the topics anew, from all papers that the corpus has by now.

    Parameters
    ----------
    n_topics : int, optional
        By default from the number of papers.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and changes nothing.

    Returns
    -------
    Corpus
        The same papers under the new topics.

    Raises
    ------
    CorpusError
        The folder cannot be written.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
    >>> len(corpus.refit(4).topics.labels)  # the last is for papers without any
    5
    """
    target = _grown(snapshot, "topics", n_topics)
    refit_corpus(snapshot.folder, into=target, n_topics=n_topics, progress=progress)
    return target


def topics_edited(snapshot: Snapshot, log: Sequence[TopicEdit]) -> Snapshot:
    """The same papers with another log of changes of their topics, in a generation of its own."""
    # The same table shall give the same corpus the next time; what is changed of it goes on in a folder of its own.
    cached = snapshot.cached_name
    target = _grown(snapshot, "edits") if cached is not None and cached.startswith("papers-") else snapshot.folder
    edit_corpus(log, snapshot.folder, into=target)
    return Snapshot(target)


def removal(snapshot: Snapshot, papers: Sequence[str], progress: Progress) -> Path:
    """Take papers out; the others are built anew, topics included, and the ledger notes what was removed.

    Parameters
    ----------
    papers : sequence of str
        Ids.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and changes nothing.

    Returns
    -------
    Corpus
        The corpus without them; `undo` takes it back.

    Raises
    ------
    CorpusError
        The corpus has none of that id, or the folder cannot be written; it then stays as it was.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> corpus = explorer.Corpus.from_papers(pd.DataFrame({"title": ["Adding numbers", "Counting apples"]}))
    >>> corpus.remove(corpus.papers["id"].iloc[0]).papers["title"].to_list()
    ['Counting apples']
    """
    ids = [papers] if isinstance(papers, str) else list(papers)
    target = _grown(snapshot, "removed", sorted(ids))
    if target == snapshot.folder or opened(target) is None:
        remove_papers(ids, snapshot.folder, into=target, progress=progress)
    return target


def undone(snapshot: Snapshot) -> Path:
    """Take the last change of the folder back: an addition, a removal, a split, a decision or a refit. Undone again, it holds.

    Returns
    -------
    Corpus
        The corpus as it was before.

    Raises
    ------
    CorpusError
        Nothing was changed since it was built, or the corpus before is gone.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> corpus = explorer.Corpus.from_papers(pd.DataFrame({"title": ["Adding numbers"]}))
    >>> larger = corpus.add(pd.DataFrame({"title": ["Counting apples"]}))
    >>> len(larger), len(larger.undo())
    (2, 1)
    """
    before = snapshot.manifest["made"].get("grown_from")
    if snapshot.cached_name is not None and before and "before" not in snapshot.manifest:
        if opened(cache_folder() / before) is None:
            raise CorpusError(f"The corpus that {snapshot.folder} was grown from is gone from the cache. Open its files again.")
        return cache_folder() / str(before)
    restore(snapshot.folder)
    return snapshot.folder


def decided(snapshot: Snapshot, rules: Rules, progress: Progress) -> Path:
    """Keep other rules; papers of the corpus that they newly say are one become one, and `undo` or `split` takes that back.

    Parameters
    ----------
    rules : Rules
        They take the place of those that the corpus has.
    progress : callable, optional
        Called as ``progress(stage, part)``, part from 0 to 1; an exception it raises stops the work and changes nothing.

    Returns
    -------
    Corpus
        The rules hold for what comes, too. Joining papers of it costs what building it costs.

    Raises
    ------
    CorpusError
        The folder cannot be written.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> corpus = explorer.Corpus.from_papers(papers)
    >>> first, second = corpus.papers["id"]
    >>> corpus.decide(corpus.rules.never_merge(first, second)).rules.never == {(first, second)}
    True
    >>> len(corpus.decide(corpus.rules.always_merge(first, second)))
    1
    """
    papers = set(snapshot.table.column("id").to_pylist())
    records = snapshot.merged.records
    holder = dict(zip(records.column("id").to_pylist(), records.column("merge_paper").to_pylist(), strict=True))
    pairs = [
        (first, second)
        for both in sorted(rules.always - snapshot.rules.always)
        for first, second in [[name if name in papers else holder.get(name) for name in both]]
        if first is not None and second is not None and first != second
    ]
    if not pairs:
        change = Change(snapshot.table.slice(0, 0), rules=rules)
        return changed(snapshot, change, step="decided", made=None, progress=progress)
    target = _grown(snapshot, "joined", pairs)
    if target == snapshot.folder or opened(target) is None:
        join_papers(pairs, rules, snapshot.folder, into=target, progress=progress)
    return target


def _grown(snapshot: Snapshot, *what: object) -> Path:
    """Where a changed corpus lies: in its folder, but for one of the cache whose folder is named after its content."""
    name = snapshot.cached_name
    if name is None or name.startswith("files-"):
        return snapshot.folder
    told = hashlib.sha256(repr((name, snapshot.generation.name, *what)).encode()).hexdigest()[:16]
    return cache_folder() / f"grown-{told}"


def opened(folder: Path) -> Snapshot | None:
    """The corpus of a folder in the cache, or None where there is none that can be opened."""
    try:
        kept = Snapshot(folder)
    except CorpusError:
        return None
    if kept.indexed_otherwise:
        # Nobody is asked about a cache; where it cannot be written, searches find less.
        with contextlib.suppress(CorpusError):
            index_again(folder)
            kept = Snapshot(folder)
    return kept

"""Corpus folders that a command makes or adds to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.progress import Progress
from explorer.cli.reading import made_of, tell_ledger

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.sources.formats.registry import Import
    from explorer.store.parts import Plan


def write_folder(
    folder: str,
    imported: Import,
    made: dict[str, object],
    topics: int | None,
    plan: Plan | None = None,
    written: Callable[[Path], None] = lambda generation: None,
    spool: Path | None = None,
) -> None:
    """Build a corpus folder, as `write_corpus` does, and say so."""
    from explorer.store.build import write_corpus

    made = {"name": Path(folder).name, **made}
    manifest = write_corpus(
        imported.table,
        Path(folder),
        made=made,
        n_topics=topics,
        merges=imported.merges,
        ledger=imported.ledger,
        plan=plan,
        progress=Progress(),
        written=written,
        spool=spool,
    )
    print(f"{folder}: {manifest['papers']:,} papers, {manifest['made']['topics']['topics']} topics", file=sys.stderr)


def add_read(corpus: Corpus, read: Import, files: Sequence[str], options: argparse.Namespace, **more: object) -> None:
    """Add what was read to a corpus, and say so."""
    from explorer.store.arrivals import match_arrivals, unplaced_sentence
    from explorer.store.extend import RANKED

    progress = Progress()
    # A command that was killed may have left a corpus that had it before.
    prepared = corpus.ranker.meaning_ready or RANKED in corpus.manifest["made"]
    if options.keep_duplicates:
        tell_ledger(read.ledger, options.ledger)
        larger = corpus.add(read, keep_duplicates=True, made={**made_of(files, read.ledger), **more}, progress=progress)
        said = ""
    else:
        arrivals = match_arrivals(read, corpus.snapshot, frozenset(), progress)
        ledger = arrivals.additions.ledger
        tell_ledger(ledger, options.ledger)
        larger = corpus.changed(arrivals.change, made={**made_of(files, ledger), **more}, progress=progress)
        said = arrivals.sentence
    if prepared:
        # It belongs to the papers there were; who had it shall not wait for it in the dashboard.
        larger.ranker.prepare_meaning(progress)
    said += unplaced_sentence(corpus.snapshot, larger.snapshot)
    added = len(larger) - len(corpus)
    print(f"{larger.folder}: {added:,} paper{'' if added == 1 else 's'} added, {len(larger):,} in all.{said}", file=sys.stderr)
    if larger.snapshot.topics_stale:
        print(f"{larger.snapshot.stale_sentence} Run: litexplorer refit {larger.folder}", file=sys.stderr)

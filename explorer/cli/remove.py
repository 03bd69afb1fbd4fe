"""``litexplorer remove``: papers taken out of a corpus."""

from __future__ import annotations

import argparse
import sys

from explorer.cli.progress import Progress

HELP = "take papers out of a corpus"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")
    command.add_argument("papers", metavar="ID", nargs="*", help="ids of the papers, as `litexplorer search` prints them")
    command.add_argument("--query", help="remove the papers that this search finds")
    command.add_argument("--dry-run", action="store_true", help="say what would be removed")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus
    from explorer.errors import CorpusError

    corpus = open_corpus(options.corpus)
    ids = list(dict.fromkeys([*options.papers, *(corpus.select(options.query)["id"] if options.query else ())]))
    if not ids:
        raise CorpusError("No paper is meant: give ids, or a --query that finds some.")
    if options.dry_run:
        titles = dict(zip(*corpus.snapshot.table.select(["id", "title"]).to_pydict().values(), strict=True))
        for id_ in ids:
            print(f"{id_}\t{titles.get(id_, '(not here)')}")
        return 0
    smaller = corpus.remove(ids, progress=Progress())
    said = f"{smaller.folder}: {len(corpus) - len(smaller):,} removed, {len(smaller):,} papers left."
    print(f"{said} Taken back by: litexplorer undo {smaller.folder}", file=sys.stderr)
    return 0

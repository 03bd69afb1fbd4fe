"""``litexplorer update``: add papers to a corpus folder, from files or from where it is kept up from."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import date
from typing import TYPE_CHECKING

from explorer.cli.reading import add_corrections, read_given
from explorer.cli.writing import add_read
from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.feed.saved_sources import SavedSource, SavedSources

HELP = "add papers to a corpus folder, from files or from its saved sources"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")
    command.add_argument("files", nargs="*", metavar="FILE", help="(default: what is new in the sources of the corpus)")
    command.add_argument("--keep-duplicates", action="store_true", help="add all records whose id is new")
    command.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")
    add_corrections(command)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus
    from explorer.feed.saved_sources import SavedSources

    corpus = open_corpus(options.corpus)
    if options.files:
        add_read(corpus, read_given(options), options.files, options)
        return 0
    sources = SavedSources(corpus.library.database)
    if not sources.all():
        print(
            f"No file is given, and no source is saved. Save one: litexplorer sources {options.corpus} --add …", file=sys.stderr
        )
        return 1
    failed = 0
    for source in sources.all():
        try:
            _take(open_corpus(options.corpus), sources, source, options)
        except ExplorerError as error:
            # A service that is down keeps nothing from the others.
            print(f"litexplorer: {source.sentence}: {error}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _take(corpus: Corpus, sources: SavedSources, source: SavedSource, options: argparse.Namespace) -> None:
    """Add what is new in a source, and then keep how far it was taken: a step that is repeated finds the papers there."""
    from explorer.dashboard.deployment import Deployment
    from explorer.feed.saved_sources import FILES
    from explorer.sources.services.registry import question

    if source.service == FILES:
        files, seen = source.new_files()
        if files:
            options.files = [str(path) for path in files]
            add_read(corpus, read_given(options), options.files, options)
            sources.saw(source.number, seen)
        else:
            print(f"{source.sentence}: nothing new", file=sys.stderr)
        return
    keys = Deployment.from_environment().keys
    for day in source.new_days(date.today()) if source.daily else [None]:
        lists = {"daily": day.isoformat()} if day else {}
        ask, label = question(source.service, source.query, source.most, keys=keys, **lists)
        found = ask(lambda stage, part: print(stage, file=sys.stderr), threading.Event())
        if found.table.num_rows or found.ledger.notes:
            add_read(corpus, found, [label], options, query=source.query or (day.isoformat() if day else ""))
            corpus = type(corpus)(corpus.folder)
        if day:
            sources.saw(source.number, day.isoformat())

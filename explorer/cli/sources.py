"""``litexplorer sources``: where new papers of a corpus come from."""

from __future__ import annotations

import argparse
import sys

HELP = "list where new papers of a corpus come from; add or forget a source"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder")
    action = command.add_mutually_exclusive_group()
    action.add_argument(
        "--add", nargs="+", metavar=("SERVICE", "QUERY"), help="files PATH; or hf, arxiv, openalex … and what to ask it"
    )
    action.add_argument("--forget", type=int, metavar="NUMBER")
    command.add_argument("--daily", action="store_true", help="hf: the papers of each day since the last update")
    command.add_argument("--limit", type=int, default=100, help="papers at most, each time (default: 100)")
    command.set_defaults(wrong=command.error)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus
    from explorer.feed.saved_sources import SavedSources

    sources = SavedSources(open_corpus(options.corpus).library.database)
    if options.add is not None:
        service, *query = options.add
        made = sources.add(service, " ".join(query), daily=options.daily, most=options.limit)
        print(f"{made.number}\t{made.sentence}", file=sys.stderr)
    elif options.forget is not None:
        sources.delete(options.forget)
    elif options.daily:
        options.wrong("--daily says how --add SERVICE is asked: give it too")
    else:
        for row in sources.all():
            print(f"{row.number}\t{row.sentence}")
    return 0

"""``litexplorer saved``: saved searches."""

from __future__ import annotations

import argparse
import sys

from explorer.cli.corpora import open_given, selection_of, text_of

HELP = "list saved searches; save, run, rename or delete one"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    action = command.add_mutually_exclusive_group()
    action.add_argument("--save", metavar="NAME", help="save the selection that --url says")
    action.add_argument("--run", dest="run_name", metavar="NAME", help="print the papers it gives now")
    action.add_argument("--rename", nargs=2, metavar=("NAME", "TO"))
    action.add_argument("--delete", metavar="NAME")
    command.add_argument("--url", default="", help="selection as the dashboard's address says it")
    command.add_argument("--replace", action="store_true", help="with --save: in place of one of that name")
    command.set_defaults(wrong=command.error)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.dashboard.views.page import title_of

    corpus = open_given([options.corpus])
    library = corpus.library
    if options.save is not None:
        kept = library.save(options.save, selection_of(options.url), replace=options.replace)
        print(f"Saved “{kept.name}”: {kept.papers:,} papers", file=sys.stderr)
    elif options.run_name is not None:
        found = corpus.select(library.get(options.run_name).selection)
        for paper in found[["id", "title"]].itertuples(index=False):
            print(f"{paper.id}  {title_of(text_of(paper.title))}")
    elif options.rename is not None:
        library.rename(*options.rename)
    elif options.delete is not None:
        library.delete(options.delete)
    elif options.url:
        options.wrong("--url says what --save NAME saves: give it too")
    else:
        for kept in library.searches():
            print(f"{kept.name}\t{kept.papers}\t{kept.saved_at}\t{kept.url}")
    return 0

"""``litexplorer ledger``: what became of every record."""

from __future__ import annotations

import argparse
import sys

from explorer.cli.progress import Progress

HELP = "say what became of every record: accepted, repaired, rejected or merged"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    command.add_argument("-o", "--output", metavar="CSV", help="write the notes; default: print one line a note")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_files
    from explorer.dashboard.intake.review import notes_csv
    from explorer.disk import deliver

    corpus = open_files([options.corpus], progress=Progress())
    print(corpus.snapshot.accounts.sentence(len(corpus)), file=sys.stderr)
    if options.output:
        deliver(notes_csv(corpus.snapshot.accounts.entries()), options.output)
        return 0
    for note in corpus.snapshot.accounts.entries():
        print(note.place, note.action, note.field, note.before, note.after, note.reason, sep="\t")
    return 0

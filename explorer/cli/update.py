"""``litexplorer update``: add papers to a corpus folder."""

from __future__ import annotations

import argparse

from explorer.cli.reading import add_corrections, read_given
from explorer.cli.writing import add_read

HELP = "add papers to a corpus folder"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--keep-duplicates", action="store_true", help="add all records whose id is new")
    command.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")
    add_corrections(command)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus

    corpus = open_corpus(options.corpus)
    add_read(corpus, read_given(options), options.files, options)
    return 0

"""``litexplorer refit``: topics anew."""

from __future__ import annotations

import argparse
import sys

from explorer.cli.progress import Progress

HELP = "find the topics of a corpus folder anew, from all papers it has by now"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")
    command.add_argument("--topics", type=int, metavar="N", help="number of topics (default: by the number of papers)")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus

    corpus = open_corpus(options.corpus).refit(options.topics, progress=Progress())
    print(f"{corpus.folder}: {len(corpus.topics.labels) - 1} topics of {len(corpus):,} papers", file=sys.stderr)
    return 0

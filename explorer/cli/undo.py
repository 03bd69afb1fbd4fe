"""``litexplorer undo``: the last change of a corpus taken back."""

from __future__ import annotations

import argparse
import sys

HELP = "take the last change of a corpus back: an addition, a removal, a split, a decision, a refit"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus

    corpus = open_corpus(options.corpus)
    before = corpus.undo()
    said = f"{before.folder}: {len(before):,} papers, as before the last change ({len(corpus):,})."
    print(f"{said} Run it again to have the change back.", file=sys.stderr)
    return 0

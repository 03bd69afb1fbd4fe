"""``litexplorer build``: make a corpus folder from files."""

from __future__ import annotations

import argparse

from explorer.cli.progress import Progress
from explorer.cli.reading import add_corrections, made_of, merged_by_rules, read_given, tell_ledger
from explorer.cli.writing import write_folder
from explorer.errors import ReadError

HELP = "make a corpus folder from files of papers"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="corpus folder; one that is there is replaced whole"
    )
    command.add_argument("--keep-duplicates", action="store_true", help="leave records that are one paper as they are")
    command.add_argument("--topics", type=int, metavar="N", help="number of topics (default: by the number of papers)")
    command.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")
    command.add_argument(
        "--no-concepts", action="store_true", help="leave out what ranking by concepts needs; made when first asked for then"
    )
    add_corrections(command)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    imported = merged_by_rules(read_given(options), options)
    tell_ledger(imported.ledger, options.ledger)
    if not imported.table.num_rows:
        # A corpus that is there would be replaced by an empty one.
        raise ReadError("No paper was read, and no corpus was made. The lines above say why.")
    write_folder(options.output, imported, made_of(options.files, imported.ledger), options.topics)
    if not options.no_concepts:
        from explorer.corpus.opening import open_corpus

        open_corpus(options.output).ranker.prepare_meaning(Progress())
    return 0

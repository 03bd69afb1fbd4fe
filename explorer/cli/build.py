"""``litexplorer build``: make a corpus folder from files."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from functools import partial

from explorer.cli.progress import Progress
from explorer.cli.reading import add_corrections, made_of, merged_by_rules, read_given, tell_ledger
from explorer.cli.writing import write_folder
from explorer.errors import CorpusError, ReadError

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
    parts = command.add_mutually_exclusive_group()
    parts.add_argument("--part-size", type=int, metavar="N", help="papers a part that is worked on at once (default: 200,000)")
    parts.add_argument("--parts", type=int, metavar="N", help="number of parts, in place of their size")
    workers = command.add_mutually_exclusive_group()
    workers.add_argument("--processes", type=int, default=1, metavar="N", help="parts that are worked on at the same time")
    workers.add_argument(
        "--scheduler", metavar="ADDRESS", help="have the workers of a Dask cluster work on the parts; they see the same folders"
    )
    add_corrections(command)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.building import folder_of, working
    from explorer.papers.spool import Spool, spools
    from explorer.search.making import Beside
    from explorer.store.parts import PART, Plan

    if options.parts is not None and options.parts < 1:
        raise CorpusError(f"--parts {options.parts} is no number of parts. Name one or more.")
    target = folder_of(options.output)
    with (
        working(processes=options.processes, scheduler=options.scheduler) as executor,
        spools(target) as folder,
        Beside(folder) as beside,
    ):
        plan = Plan(PART if options.part_size is None else options.part_size, executor)
        spool = Spool.within(folder)
        read = read_given(options, spool)
        if options.parts is not None:
            plan = replace(plan, size=max(1, math.ceil(read.table.num_rows / options.parts)))
        if not options.no_concepts:
            beside.read(spool.folder, plan)
        taking = Spool.within(folder)
        imported, rows = merged_by_rules(read, options, lambda: taking)
        tell_ledger(imported.ledger, options.ledger)
        papers = imported.table.num_rows
        if not papers:
            # A corpus that is there would be replaced by an empty one.
            raise ReadError("No paper was read, and no corpus was made. The lines above say why.")
        if options.parts is not None:
            plan = replace(plan, size=math.ceil(papers / options.parts))
        made = made_of(options.files, imported.ledger)
        write = partial(write_folder, options.output, imported, made, options.topics, plan)
        write = partial(write, spool=None if options.keep_duplicates else taking.folder)
        if options.no_concepts:
            write()
            return 0
        write(written=lambda generation: beside.begin(generation, rows, Progress()))
        from explorer.corpus.opening import open_corpus

        ranker = open_corpus(options.output).ranker
        ranker.take_meaning(beside, Progress())
    ranker.prepare_meaning(Progress())
    return 0

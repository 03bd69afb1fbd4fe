"""``litexplorer merges``: what was merged into what, and taking a merge back."""

from __future__ import annotations

import argparse
import sys

from explorer.cli.progress import Progress

HELP = "list what was merged into what; take a merge back"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")
    command.add_argument("--undo", metavar="ID", help="id of the merged paper: its records stand again, and are kept apart")
    command.add_argument("--never", nargs=2, metavar=("ID", "ID"), help="never merge two records")
    command.add_argument("--always", nargs=2, metavar=("ID", "ID"), help="merge two records, now or when they come in")
    command.add_argument("-o", "--output", metavar="CSV", help="write the table; default: print one line a merge")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus
    from explorer.disk import deliver
    from explorer.sources.formats.tables.delimited import write_rows

    corpus = open_corpus(options.corpus)
    if options.undo is not None:
        larger = corpus.split(options.undo, progress=Progress())
        print(f"{larger.folder}: {options.undo} was split; {len(larger):,} papers.", file=sys.stderr)
    elif options.never or options.always:
        rules = corpus.rules.never_merge(*options.never) if options.never else corpus.rules.always_merge(*options.always)
        after = corpus.decide(rules, progress=Progress())
        if len(after) < len(corpus):
            print(f"{after.folder}: {len(corpus) - len(after):,} merged, {len(after):,} papers.", file=sys.stderr)
        known = {*corpus.snapshot.table.column("id").to_pylist(), *corpus.snapshot.merged.records.column("id").to_pylist()}
        for name in (name for name in options.never or options.always if name not in known):
            print(f"There is no record {name!r} here yet; the rule holds once it comes in.", file=sys.stderr)
        print(f"{corpus.folder}: {len(rules.never):,} pairs never merged, {len(rules.always):,} always.", file=sys.stderr)
    else:
        rows = [
            (
                row["paper"],
                row["relation"],
                f"{row['score']:.3f}",
                row["reason"],
                "; ".join(row["records"]),
                "; ".join(row["members"]),
            )
            for row in corpus.merges.to_dict("records")
        ]
        if options.output:
            deliver(write_rows(("paper", "relation", "score", "reason", "records", "members"), rows), options.output)
        else:
            for paper, relation, _, reason, records, _ in rows:
                print(f"{paper}\t{relation}\t{records}\t{reason}")
    return 0

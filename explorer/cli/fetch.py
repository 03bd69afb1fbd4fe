"""``litexplorer fetch``: papers from a web service."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from explorer.cli.reading import made_of, merged_by_rules, tell_ledger
from explorer.cli.writing import add_read, write_folder

HELP = "make a corpus folder from what a web service finds"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("service", metavar="SERVICE", help="hf, arxiv, openalex, crossref, semantic-scholar, pubmed or zotero")
    command.add_argument("query", metavar="QUERY", nargs="?", default="", help="as the service understands it")
    command.add_argument("--daily", metavar="DATE", help="hf: papers of a day (2026-06-12), week (2026-W24) or month (2026-06)")
    command.add_argument("--trending", action="store_true", help="hf: papers that are much voted for now")
    command.add_argument(
        "--library", metavar="ID", help="zotero: users/12345 or groups/12345 at zotero.org; ZOTERO_API_KEY holds the key"
    )
    command.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="corpus folder; papers are added to one that is there"
    )
    command.add_argument("--limit", type=int, default=100, help="papers at most (default: 100)")
    command.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.building import folder_of
    from explorer.corpus.opening import open_corpus
    from explorer.dashboard.deployment import Deployment
    from explorer.sources.services.registry import question

    folder_of(options.output)
    lists = {"daily": options.daily, "trending": options.trending, "library": options.library}
    ask, label = question(options.service, options.query, options.limit, keys=Deployment.from_environment().keys, **lists)
    found = ask(lambda stage, part: print(stage, file=sys.stderr), threading.Event())
    asked = {"query": options.query or options.daily or "trending"}
    options.keep_duplicates = False
    if (Path(options.output) / "manifest.json").exists():
        add_read(open_corpus(options.output), found, [label], options, **asked)
        return 0
    papers, _ = merged_by_rules(found, options)
    tell_ledger(papers.ledger, options.ledger)
    if papers.table.num_rows:
        write_folder(options.output, papers, {**made_of([label], papers.ledger), **asked}, None)
    else:
        other = "another day" if options.daily else "other words"
        print(f"{label} found nothing; no corpus was made. Try {other}.", file=sys.stderr)
    return 0

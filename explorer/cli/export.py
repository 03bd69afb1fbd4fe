"""``litexplorer export``: the papers of a selection as a file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from explorer.cli.corpora import open_given, selection_of

if TYPE_CHECKING:
    from explorer.selection.selection import Selection

HELP = "write the papers of a selection to a file"

_SUFFIXES = "its suffix says the format: .bib, .ris, .json (CSL), .csv, .tsv, .xlsx, .jsonl, .parquet, .md, .html or .tex"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    command.add_argument("-o", "--output", required=True, metavar="FILE", help=_SUFFIXES)
    command.add_argument("--query", default="", help="in the query language of the search box")
    command.add_argument("--years", metavar="A..B", help="first and last year; either may be left out")
    command.add_argument("--months", metavar="A..B", help="first and last month as YYYY-MM")
    for name in ("topic", "venue", "author", "keyword", "tag", "mark"):
        command.add_argument(f"--{name}", action="append", default=[], help="may be given several times: any of them")
    command.add_argument("--code", choices=("yes", "no"), help="with or without a code link")
    command.add_argument(
        "--mode",
        choices=("all", "any", "meaning"),
        default="all",
        help="papers with all words of the query, with any, or near in meaning",
    )
    command.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="KEY:VALUE",
        help="a column of your own, its value or a range such as score:0.5..1; several of one column: any of them",
    )
    command.add_argument(
        "--exclude", action="append", default=[], metavar="FIELD:VALUE", help="papers without a value, such as venues:Nature"
    )
    command.add_argument("--rank", metavar="EXPR", help='rank by concepts, such as "arithmetic + vision - benchmark"')
    command.add_argument(
        "--sort", default="relevance", help="relevance, hybrid, preference, newest, oldest, upvotes, title or columns.KEY"
    )
    command.add_argument("--analysis", action="store_true", help="add topic, scores and places on axes")
    command.add_argument("--marks", action="store_true", help="add what you starred, read, tagged and noted")
    command.add_argument(
        "--without-abstracts", action="store_true", help="leave the abstracts out, as in a bibliography to cite from"
    )
    command.add_argument("--url", help="selection as the dashboard's address says it, instead of the options above")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.export.export import export_file

    selection = _selection(options)
    corpus = open_given([options.corpus])
    papers, lost = export_file(
        corpus.results(selection),
        options.output,
        analysis=options.analysis,
        marks=options.marks,
        abstracts=not options.without_abstracts,
    )
    print(f"{options.output}: {selection.describe(papers, len(corpus))}", file=sys.stderr)
    if lost:
        print("The format cannot hold:", *lost, sep="\n  ", file=sys.stderr)
    return 0


def _selection(options: argparse.Namespace) -> Selection:
    """The selection that the options say; they are read as the dashboard's address is."""
    from urllib.parse import urlencode

    from explorer.selection.selection import Selection

    if options.url is not None:
        return selection_of(options.url)
    pairs = [
        ("q", options.query),
        ("rank", options.rank),
        ("years", options.years),
        ("months", options.months),
        ("code", options.code),
    ]
    pairs += [
        (name, value) for name in ("topic", "venue", "author", "keyword", "tag", "mark") for value in getattr(options, name)
    ]
    pairs += [("col", value) for value in options.column] + [("not", value) for value in options.exclude]
    pairs += [("mode", options.mode), ("sort", options.sort)]
    return Selection.from_url(urlencode([(name, value) for name, value in pairs if value]))

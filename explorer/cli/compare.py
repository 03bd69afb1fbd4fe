"""``litexplorer compare``: two searches, or two dates."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from explorer.cli.corpora import open_given, selection_of, text_of

if TYPE_CHECKING:
    from explorer.library.library import SavedSearch
    from explorer.selection.selection import Selection

HELP = "compare two searches, or two dates: new, gone, shared"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    command.add_argument(
        "--a", metavar="SEARCH", help="before: a selection as the dashboard's address says it, or @NAME of a saved"
    )
    command.add_argument("--b", metavar="SEARCH", help="after: likewise; default: --a as it is now, else all papers")
    command.add_argument(
        "--dates", nargs=2, metavar=("BEFORE", "AFTER"), help="what --a held at two dates, such as 2023 2024-06"
    )
    command.add_argument("-o", "--output", metavar="CSV", help="write the table; default: print what is new and gone")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.dashboard.views.page import title_of
    from explorer.search.comparison import compare_dates
    from explorer.selection.selection import Selection
    from explorer.sources.formats.tables.delimited import to_csv

    corpus = open_given([options.corpus])

    def search(text: str | None) -> Selection | SavedSearch:
        if text is not None and text.startswith("@"):
            return corpus.library.get(text[1:])
        return selection_of(text or "")

    before = search(options.a)
    if options.dates:
        found = compare_dates(corpus.results(before if isinstance(before, Selection) else before.selection), *options.dates)
    else:
        found = corpus.compare(before, before if options.b is None and options.a is not None else search(options.b))
    counts = found.attrs["counts"]
    if options.output:
        to_csv(found.astype({"status": "str"}), options.output)
    else:
        for paper in found[found["status"] != "shared"].itertuples(index=False):
            print(f"{paper.status}\t{paper.id}\t{title_of(text_of(paper.title))}")
    print(f"{counts['new']:,} new, {counts['gone']:,} gone, {counts['shared']:,} shared", file=sys.stderr)
    return 0

"""``litexplorer search``: the best papers for a query."""

from __future__ import annotations

import argparse
import json
import sys

from explorer.cli.corpora import open_given, text_of

HELP = "print the best papers for a query"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    command.add_argument("query", nargs="?", help="in the query language of the search box")
    command.add_argument(
        "--mode",
        choices=("bm25", "hybrid", "semantic", "any", "meaning"),
        default="bm25",
        help="rank papers with all words by words (bm25), or by meaning too (hybrid, semantic); or take papers with any of the "
        "words, or those near in meaning",
    )
    command.add_argument(
        "--rank", default="", metavar="EXPR", help='rank by concepts, such as "arithmetic + vision - benchmark"'
    )
    command.add_argument("--limit", type=int, default=20)
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(wrong=command.error)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    import pandas as pd

    from explorer.dashboard.views.page import date_text, title_of
    from explorer.papers.schema import to_frame
    from explorer.selection.selection import Selection

    if options.rank and options.mode in ("hybrid", "semantic"):
        options.wrong(f"--rank gives the order, and so does --mode {options.mode}: choose one of them")
    if not options.rank and options.query is None:
        options.wrong("nothing to search for: give a query, or concepts with --rank")
    corpus = open_given([options.corpus])
    if said := str(Selection(query=options.query or "").translation):
        print(said, file=sys.stderr)
    if options.rank or options.mode in ("any", "meaning"):
        mode = options.mode if options.mode in ("any", "meaning") else "all"
        results = corpus.results(Selection(query=options.query or "", rank=options.rank, mode=mode))
        if results.cutoff is not None:
            print(results.cutoff, file=sys.stderr)
        rows = results.rows(0, max(options.limit, 0))
        found = to_frame(corpus.snapshot.take(rows, results.scores(rows)))
    else:
        found = corpus.search(options.query, mode=options.mode, limit=options.limit)
    for paper in found[["id", "title", "authors", "published", "precision", "score"]].to_dict("records"):
        date = date_text(paper["published"], text_of(paper["precision"]))
        # Without a query there is nothing to score.
        score = 0.0 if pd.isna(paper["score"]) else float(paper["score"])
        if options.json:
            print(
                json.dumps(
                    {"id": paper["id"], "title": text_of(paper["title"]), "date": date, "score": score}, ensure_ascii=False
                )
            )
        else:
            print(f"{score:7.2f}  {paper['id']}  {title_of(text_of(paper['title']))}{f' ({date})' if date else ''}")
    return 0

"""The command line: what it does mirrors the API."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.curation import Progress, add_parsers
from explorer.errors import ExplorerError, ExpressionError, QueryError

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.library.library import SavedSearch
    from explorer.selection.selection import Selection

_PREPARED = 20_000
"""Papers of plain files up to which `serve` makes what ranking by concepts needs before it serves: some seconds."""


_SUFFIXES = "its suffix says the format: .bib, .ris, .json (CSL), .csv, .tsv, .xlsx, .jsonl, .parquet, .md, .html or .tex"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status (0 done, 1 said why not, 130 stopped)."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        # What is still in the buffer may meet a closed pipe too.
        sys.stdout.flush()
        return status
    except QueryError as error:
        print(f"litexplorer: {error}", file=sys.stderr)
        print(f"  {error.query}\n  {' ' * error.position}^", file=sys.stderr)
        return 1
    except ExpressionError as error:
        print(f"litexplorer: {error.message}", file=sys.stderr)
        print(f"  {error.text}\n  {' ' * error.position}^", file=sys.stderr)
        return 1
    except ExplorerError as error:
        print(f"litexplorer: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlitexplorer: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output went away (`| head`); Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    from importlib.metadata import version

    parser = argparse.ArgumentParser(prog="litexplorer", description="Explore a pile of papers.")
    parser.add_argument("--version", action="version", version=version("literature-explorer"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add_parsers(commands)

    serve = commands.add_parser("serve", help="serve the dashboard")
    serve.add_argument("files", nargs="*", metavar="FILE", help="files of papers or a corpus folder (default: the sample)")
    serve.add_argument("--keep-duplicates", action="store_true", help="leave records that are one paper as they are")
    serve.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8866, help="0 takes any that is free (default: 8866)")
    serve.add_argument("--token", help="what browsers must know to be let in, as ?token=…")
    serve.add_argument(
        "--cull-after", type=int, default=600, metavar="SECONDS", help="end kernels of closed pages (default: 600)"
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument("--read-only", action="store_true", help="readers of the dashboard can add no papers")
    serve.set_defaults(run=_serve)

    search = commands.add_parser("search", help="print the best papers for a query")
    search.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    search.add_argument("query", nargs="?", help="in the query language of the search box")
    search.add_argument(
        "--mode", choices=("bm25", "hybrid", "semantic"), default="bm25", help="rank by words, or by meaning too"
    )
    search.add_argument(
        "--rank", default="", metavar="EXPR", help='rank by concepts, such as "arithmetic + vision - benchmark"'
    )
    search.add_argument("--limit", type=int, default=20)
    search.add_argument("--json", action="store_true", help="one JSON object a line")
    search.set_defaults(run=_search, wrong=search.error)

    export = commands.add_parser("export", help="write the papers of a selection to a file")
    export.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    export.add_argument("-o", "--output", required=True, metavar="FILE", help=_SUFFIXES)
    export.add_argument("--query", default="", help="in the query language of the search box")
    export.add_argument("--years", metavar="A..B", help="first and last year; either may be left out")
    export.add_argument("--months", metavar="A..B", help="first and last month as YYYY-MM")
    for name in ("topic", "venue", "author", "keyword"):
        export.add_argument(f"--{name}", action="append", default=[], help="may be given several times: any of them")
    export.add_argument("--code", choices=("yes", "no"), help="with or without a code link")
    export.add_argument("--rank", metavar="EXPR", help='rank by concepts, such as "arithmetic + vision - benchmark"')
    export.add_argument("--sort", default="relevance", help="relevance, hybrid, preference, newest, oldest, upvotes or title")
    export.add_argument("--url", help="selection as the dashboard's address says it, instead of the options above")
    export.set_defaults(run=_export)

    saved = commands.add_parser("saved", help="list saved searches; save, run, rename or delete one")
    saved.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    action = saved.add_mutually_exclusive_group()
    action.add_argument("--save", metavar="NAME", help="save the selection that --url says")
    action.add_argument("--run", dest="run_name", metavar="NAME", help="print the papers it gives now")
    action.add_argument("--rename", nargs=2, metavar=("NAME", "TO"))
    action.add_argument("--delete", metavar="NAME")
    saved.add_argument("--url", default="", help="selection as the dashboard's address says it")
    saved.add_argument("--replace", action="store_true", help="with --save: in place of one of that name")
    saved.set_defaults(run=_saved)

    compare = commands.add_parser("compare", help="compare two searches, or two dates: new, gone, shared")
    compare.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    compare.add_argument(
        "--a", metavar="SEARCH", help="before: a selection as the dashboard's address says it, or @NAME of a saved"
    )
    compare.add_argument("--b", metavar="SEARCH", help="after: likewise; default: --a as it is now, else all papers")
    compare.add_argument(
        "--dates", nargs=2, metavar=("BEFORE", "AFTER"), help="what --a held at two dates, such as 2023 2024-06"
    )
    compare.add_argument("-o", "--output", metavar="CSV", help="write the table; default: print what is new and gone")
    compare.set_defaults(run=_compare)
    return parser


def _serve(options: argparse.Namespace) -> int:
    from explorer.corpus.opening import default_corpus
    from explorer.server.server import main_url, serve

    corpus = _open(options.files, keep_duplicates=options.keep_duplicates) if options.files else default_corpus()
    if options.files and corpus.snapshot.cached_name and len(corpus) <= _PREPARED and not corpus.ranker.meaning_ready:
        corpus.ranker.prepare_meaning(Progress())

    if rejected := corpus.snapshot.accounts.counts["rejected"]:
        say = f"{rejected:,} record{' was' if rejected == 1 else 's were'} rejected"
        print(f"{say}; the dashboard says why, and so does: litexplorer ledger {corpus.folder}", file=sys.stderr)

    def ready(port: int) -> None:
        address = main_url(options.ip, port, options.token)
        print(f"Serving {len(corpus):,} papers at {address} (Ctrl+C stops)", file=sys.stderr, flush=True)

    serve(
        corpus,
        ip=options.ip,
        port=options.port,
        token=options.token,
        cull_after=options.cull_after,
        browser=not options.no_browser,
        read_only=options.read_only,
        ready=ready,
    )
    return 0


def _search(options: argparse.Namespace) -> int:
    import pandas as pd

    from explorer.dashboard.views.page import date_text, title_of
    from explorer.papers.schema import to_frame
    from explorer.selection.selection import Selection

    if options.rank and options.mode != "bm25":
        options.wrong(f"--rank gives the order, and so does --mode {options.mode}: choose one of them")
    if not options.rank and options.query is None:
        options.wrong("nothing to search for: give a query, or concepts with --rank")
    corpus = _open([options.corpus])
    if said := str(Selection(query=options.query or "").translation):
        print(said, file=sys.stderr)
    if options.rank:
        results = corpus.results(Selection(query=options.query or "", rank=options.rank))
        rows = results.rows(0, max(options.limit, 0))
        found = to_frame(corpus.snapshot.take(rows, results.scores(rows)))
    else:
        found = corpus.search(options.query, mode=options.mode, limit=options.limit)
    for paper in found[["id", "title", "authors", "published", "precision", "score"]].itertuples(index=False):
        date = date_text(paper.published, _text(paper.precision))
        # Without a query there is nothing to score.
        score = 0.0 if paper.score is pd.NA else float(paper.score)
        if options.json:
            print(json.dumps({"id": paper.id, "title": _text(paper.title), "date": date, "score": score}, ensure_ascii=False))
        else:
            print(f"{score:7.2f}  {paper.id}  {title_of(_text(paper.title))}{f' ({date})' if date else ''}")
    return 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _export(options: argparse.Namespace) -> int:
    from explorer.export.export import export_file

    selection = _selection(options)
    corpus = _open([options.corpus])
    papers, lost = export_file(corpus.results(selection), options.output)
    print(f"{options.output}: {selection.describe(papers, len(corpus))}", file=sys.stderr)
    if lost:
        print("The format cannot hold:", *lost, sep="\n  ", file=sys.stderr)
    return 0


def _saved(options: argparse.Namespace) -> int:
    from explorer.dashboard.views.page import title_of
    from explorer.selection.selection import Selection

    corpus = _open([options.corpus])
    library = corpus.library
    if options.save is not None:
        kept = library.save(options.save, Selection.from_url(_query_part(options.url)), replace=options.replace)
        print(f"Saved “{kept.name}”: {kept.papers:,} papers", file=sys.stderr)
    elif options.run_name is not None:
        found = corpus.select(library.get(options.run_name).selection)
        for paper in found[["id", "title"]].itertuples(index=False):
            print(f"{paper.id}  {title_of(_text(paper.title))}")
    elif options.rename is not None:
        library.rename(*options.rename)
    elif options.delete is not None:
        library.delete(options.delete)
    else:
        for kept in library.searches():
            print(f"{kept.name}\t{kept.papers}\t{kept.saved_at}\t{kept.url}")
    return 0


def _compare(options: argparse.Namespace) -> int:
    from explorer.dashboard.views.page import title_of
    from explorer.search.comparison import compare_dates
    from explorer.selection.selection import Selection
    from explorer.sources.formats.tables.delimited import to_csv

    corpus = _open([options.corpus])

    def search(text: str | None) -> Selection | SavedSearch:
        if text is not None and text.startswith("@"):
            return corpus.library.get(text[1:])
        return Selection.from_url(_query_part(text or ""))

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
            print(f"{paper.status}\t{paper.id}\t{title_of(_text(paper.title))}")
    print(f"{counts['new']:,} new, {counts['gone']:,} gone, {counts['shared']:,} shared", file=sys.stderr)
    return 0


def _query_part(url: str) -> str:
    return url.partition("?")[2] if "?" in url else url


def _selection(options: argparse.Namespace) -> Selection:
    """The selection that the options say; they are read as the dashboard's address is."""
    from urllib.parse import urlencode

    from explorer.selection.selection import Selection

    if options.url is not None:
        return Selection.from_url(_query_part(options.url))
    pairs = [
        ("q", options.query),
        ("rank", options.rank),
        ("years", options.years),
        ("months", options.months),
        ("code", options.code),
    ]
    pairs += [(name, value) for name in ("topic", "venue", "author", "keyword") for value in getattr(options, name)]
    return Selection.from_url(urlencode([(name, value) for name, value in [*pairs, ("sort", options.sort)] if value]))


def _open(files: Sequence[str], *, keep_duplicates: bool = False) -> Corpus:
    from explorer.corpus.opening import open_files

    corpus = open_files(files, keep_duplicates=keep_duplicates, progress=Progress())
    if said := corpus.snapshot.index_sentence:
        print(said, file=sys.stderr)
    return corpus

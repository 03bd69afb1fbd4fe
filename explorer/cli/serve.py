"""``litexplorer serve``: the dashboard as a server."""

from __future__ import annotations

import argparse
import sys

from explorer.cli.corpora import open_given
from explorer.cli.progress import Progress

HELP = "serve the dashboard"

_PREPARED = 20_000
"""Papers of plain files up to which what ranking by concepts needs is made before serving: some seconds."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("files", nargs="*", metavar="FILE", help="files of papers or a corpus folder (default: the sample)")
    command.add_argument("--keep-duplicates", action="store_true", help="leave records that are one paper as they are")
    command.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: this machine only)")
    command.add_argument("--port", type=int, default=8866, help="0 takes any that is free (default: 8866)")
    command.add_argument("--token", help="what browsers must know to be let in, as ?token=…")
    command.add_argument(
        "--cull-after", type=int, default=600, metavar="SECONDS", help="end kernels of closed pages (default: 600)"
    )
    command.add_argument(
        "--kernels-ready", type=int, default=1, metavar="N", help="kernels to start before anybody comes (default: 1)"
    )
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.add_argument("--read-only", action="store_true", help="readers of the dashboard can add no papers")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import default_corpus
    from explorer.server.server import main_url, serve

    corpus = open_given(options.files, keep_duplicates=options.keep_duplicates) if options.files else default_corpus()
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
        kernels_ready=max(options.kernels_ready, 0),
        ready=ready,
    )
    return 0

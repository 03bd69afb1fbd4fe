"""``litexplorer serve``: the dashboard as a server."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.corpora import open_given
from explorer.cli.progress import Progress
from explorer.errors import CorpusError, ServerError
from explorer.library.readers import tidy_reader

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus

HELP = "serve the dashboard"

_PREPARED = 20_000
"""Papers of plain files up to which what ranking by concepts needs is made before serving: some seconds."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("files", nargs="*", metavar="FILE", help="files of papers or a corpus folder (default: the sample)")
    command.add_argument("--keep-duplicates", action="store_true", help="leave records that are one paper as they are")
    command.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: this machine only)")
    command.add_argument("--port", type=int, default=8866, help="0 takes any that is free (default: 8866)")
    command.add_argument(
        "--token", help="what browsers must know to be let in, as ?token=…; other users see it in the process list"
    )
    command.add_argument(
        "--token-file", metavar="FILE", help="read the token from a file; without both, from LITEXPLORER_TOKEN"
    )
    command.add_argument(
        "--readers", metavar="FILE", help="readers with a token each, a line a reader: the name, a blank, the token"
    )
    command.add_argument("--reader", metavar="NAME", help="whose stars, tags and notes are kept, where no token says so")
    command.add_argument(
        "--cull-after", type=int, default=600, metavar="SECONDS", help="end kernels of closed pages (default: 600)"
    )
    command.add_argument(
        "--kernels-ready", type=int, default=1, metavar="N", help="kernels to start before anybody comes (default: 1)"
    )
    command.add_argument("--max-dashboards", type=int, metavar="N", help="open at one time; others wait (default: by memory)")
    command.add_argument("--memory", type=float, metavar="GB", help="for the server and its dashboards (default: 80 %% of all)")
    command.add_argument(
        "--scheduler", metavar="ADDRESS", help="have the workers of a Dask cluster search the parts of a corpus folder"
    )
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.add_argument("--read-only", action="store_true", help="readers of the dashboard can add no papers")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.server.server import main_url, serve

    if options.memory is not None and not options.memory > 0:
        raise ServerError(f"--memory {options.memory:g} leaves nothing. Give gigabytes for the server and its dashboards.")
    token = _token(options)
    readers = _readers(options)
    reader = None if options.reader is None else tidy_reader(options.reader)
    if token is None and not readers and not _is_loopback(options.ip):
        say = f"Whoever reaches {options.ip} can read these papers{'' if options.read_only else ' and add some'}"
        print(f"{say}: give a token (LITEXPLORER_TOKEN or --token-file).", file=sys.stderr)
    corpus = _opened(options)
    plain = bool(options.files and corpus.snapshot.cached_name and not corpus.ranker.meaning_ready)
    if plain and len(corpus) <= _PREPARED:
        corpus.ranker.prepare_meaning(Progress())

    if rejected := corpus.snapshot.accounts.counts["rejected"]:
        say = f"{rejected:,} record{' was' if rejected == 1 else 's were'} rejected"
        print(f"{say}; the dashboard says why, and so does: litexplorer ledger {corpus.folder}", file=sys.stderr)

    def ready(port: int) -> None:
        # A terminal is the reader's own; a log is read by others.
        address = main_url(options.ip, port, token if sys.stderr.isatty() else None)
        papers = f"{len(corpus):,} paper{'' if len(corpus) == 1 else 's'}"
        print(f"Serving {papers} at {address} (Ctrl+C stops)", file=sys.stderr, flush=True)
        threading.Thread(target=_check, args=(corpus,), name="check", daemon=True).start()
        if corpus.ranker.meaning_outdated or (plain and not corpus.ranker.meaning_ready):
            # Whoever ranks before it is done waits for it, with all others.
            threading.Thread(target=_prepare, args=(corpus,), name="meaning", daemon=True).start()

    serve(
        corpus,
        ip=options.ip,
        port=options.port,
        token=token,
        readers=readers,
        reader=reader,
        cull_after=options.cull_after,
        browser=not options.no_browser,
        read_only=options.read_only,
        kernels_ready=max(options.kernels_ready, 0),
        max_dashboards=options.max_dashboards,
        scheduler=options.scheduler,
        memory=None if options.memory is None else int(options.memory * 1e9),
        ready=ready,
    )
    return 0


def _opened(options: argparse.Namespace) -> Corpus:
    """The corpus to serve, asked by a cluster where one is named."""
    from explorer.corpus.building import asked_by, connected
    from explorer.corpus.opening import default_corpus

    corpus = open_given(options.files, keep_duplicates=options.keep_duplicates) if options.files else default_corpus()
    return corpus if options.scheduler is None else asked_by(corpus.folder, connected(options.scheduler))


def _check(corpus: Corpus) -> None:
    """Say which files of the corpus are not as they were written; of large ones only the size is compared when it is opened."""
    from explorer.store.generations import damaged

    for name, what in damaged(corpus.folder, corpus.manifest, whole=True):
        say = f"{corpus.manifest['generation']}/{name} {what}, and what is shown may be wrong. See what to do"
        print(f"{say}: litexplorer check {corpus.folder}", file=sys.stderr, flush=True)


def _prepare(corpus: Corpus) -> None:
    """Have what ranking by concepts takes made, and say where that cannot be; readers are told when they ask for it."""
    try:
        corpus.ranker.have_meaning_made()
    except CorpusError as error:
        print(error, file=sys.stderr)


def _token(options: argparse.Namespace) -> str | None:
    """The token, by whatever way it was given.

    Raises
    ------
    ServerError
        Its file cannot be read.
    """
    if options.token is not None:
        return str(options.token)
    if options.token_file is not None:
        try:
            return Path(options.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ServerError(f"The token cannot be read from {options.token_file}: {reason}.") from error
    # The kernels, where readers run what they like, inherit the environment.
    return os.environ.pop("LITEXPLORER_TOKEN", None)


def _readers(options: argparse.Namespace) -> dict[str, str]:
    """Readers with their tokens. Raises `ServerError` where the file cannot be read, or is not one of readers."""
    from explorer.server.identity import parse_readers

    if options.readers is None:
        return {}
    try:
        return parse_readers(Path(options.readers).read_text(encoding="utf-8"), options.readers)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ServerError(f"The readers cannot be read from {options.readers}: {reason}.") from error


def _is_loopback(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"

"""``litexplorer subscriptions``: what readers want to be told of."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from explorer.cli.corpora import selection_of

HELP = "list subscriptions; make or end one"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder")
    action = command.add_mutually_exclusive_group()
    action.add_argument("--add", metavar="NAME", help="subscribe to what --query or --url says")
    action.add_argument("--end", metavar="NAME", help="end one of yours")
    action.add_argument("--unsubscribe", metavar="TOKEN", help="end those of the subscriber whose token it is")
    command.add_argument("--query", default="", help="in the query language of the search box; none for all papers")
    command.add_argument("--url", help="selection as the dashboard's address says it, instead of --query")
    command.add_argument(
        "--without", action="append", default=[], metavar="WORDS", help="leave out papers with a word or phrase"
    )
    command.add_argument("--weekly", action="store_true", help="once a week (default: once a day)")
    command.add_argument("--cap", type=int, default=20, metavar="N", help="papers of an issue at most (default: 20)")
    command.add_argument("--mail", default="", metavar="ADDRESS", help="where it is sent (default: files and feeds only)")
    command.add_argument("--bibtex", action="store_true", help="attach the papers")
    command.add_argument("--since", metavar="DAY", help="begin with papers of the corpus that appeared from then on")
    command.add_argument("--replace", action="store_true", help="with --add: in place of one of that name")
    command.set_defaults(wrong=command.error)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus
    from explorer.feed.periods import period_of

    subscriptions = open_corpus(options.corpus).library.subscriptions
    if options.add is not None:
        given = options.query if options.url is None else selection_of(options.url)
        since: date | None = period_of(options.since).first if options.since else None
        made = subscriptions.add(
            options.add,
            given,
            without=options.without,
            cadence="weekly" if options.weekly else "daily",
            cap=options.cap,
            address=options.mail,
            bibtex=options.bibtex,
            since=since,
            replace=options.replace,
        )
        print(f"Subscribed “{made.name}”: {made.sentence}, {made.cadence}, {made.cap} at most", file=sys.stderr)
    elif options.end is not None:
        subscriptions.delete(options.end)
        print(f"Ended “{options.end}”", file=sys.stderr)
    elif options.unsubscribe is not None:
        ended = subscriptions.unsubscribe(options.unsubscribe)
        print(f"Ended {ended} subscription{'' if ended == 1 else 's'}", file=sys.stderr)
    elif options.query or options.url is not None or options.without or options.mail or options.since:
        options.wrong("--query, --url, --without, --mail and --since say what --add NAME subscribes to: give it too")
    else:
        for row in subscriptions.all():
            print(f"{row.name}\t{row.cadence}\t{row.cap}\t{row.address or '-'}\t{row.sentence}")
    return 0

"""``litexplorer digest``: what is new for each subscription, written, shown or sent."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.feed.digest import Digest, Setting

HELP = "make the digest of what is new, and send it, write it as files, or show it"

LINK, UNSUBSCRIBE = "LITEXPLORER_URL", "LITEXPLORER_UNSUBSCRIBE_URL"
"""Environment variables: the address of the dashboard, and that of a page that ends subscriptions, with ``{token}``."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS", help="corpus folder")
    way = command.add_mutually_exclusive_group()
    way.add_argument("--send", action="store_true", help="send by the mail server that LITEXPLORER_SMTP_HOST names")
    way.add_argument("--eml", metavar="FOLDER", help="write one message a file")
    way.add_argument("--preview", action="store_true", help="show the next issues in the browser; nothing is sent or noted")
    way.add_argument("--dry-run", action="store_true", help="say what would be sent; nothing is sent or noted")
    command.add_argument("--atom", metavar="FILE", help="write a feed of what is wanted: .atom or .xml, or .json for JSON Feed")
    command.add_argument("--days", type=int, default=14, metavar="N", help="of the feed (default: 14)")
    command.add_argument("--day", help="leave out papers that appeared later (default: the last day of the corpus)")
    command.add_argument(
        "--name", metavar="NAME", help="only the subscription of that name; with --preview, --dry-run and --atom"
    )
    command.add_argument("--from", dest="sender", default="", metavar="ADDRESS", help="sender (default: LITEXPLORER_SMTP_FROM)")
    command.add_argument("--by", default="", metavar="NAME", help="whose picks they are, as the head of an issue says")
    command.add_argument("-o", "--output", metavar="FOLDER", help="with --preview: where the pages are written")
    command.set_defaults(wrong=command.error)


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.corpus.opening import open_corpus
    from explorer.feed.digest import Digest
    from explorer.feed.periods import period_of

    if options.name and not (options.preview or options.dry_run or options.atom):
        options.wrong("--name is for --preview, --dry-run and --atom: what is sent is sent to everybody")
    if not (options.send or options.eml or options.preview or options.dry_run or options.atom):
        options.wrong("say what becomes of it: --send, --eml FOLDER, --preview, --dry-run or --atom FILE")
    corpus = open_corpus(options.corpus)
    digest = Digest(corpus.library, _setting(options))
    day = period_of(options.day).last if options.day else None
    status = 0
    if options.atom:
        _write_feed(digest, options, day)
    if options.preview or options.dry_run:
        _show(digest, options, day)
    elif options.send or options.eml:
        status = _deliver(digest, options, day)
    return status


def _setting(options: argparse.Namespace) -> Setting:
    from explorer.feed.digest import NOBODY, Setting
    from explorer.feed.mail import SENDER
    from explorer.library.subscriptions import checked_address

    sender = options.sender or os.environ.get(SENDER, "")
    return Setting(
        sender=checked_address(sender) if sender else NOBODY,
        link=os.environ.get(LINK, ""),
        unsubscribe=os.environ.get(UNSUBSCRIBE, ""),
        curator=options.by,
    )


def _deliver(digest: Digest, options: argparse.Namespace, day: date | None) -> int:
    from explorer.errors import FeedError
    from explorer.feed.digest import NOBODY, into_folder
    from explorer.feed.mail import SENDER, Server, post

    if options.eml:
        outcome = digest.run(into_folder(Path(options.eml)), day)
    else:
        if digest.setting.sender == NOBODY:
            raise FeedError(f"Messages need a sender. Give --from ADDRESS, or set {SENDER}.")
        # A server that cannot be is said before anything is made.
        with post(Server.from_environment()) as opened:
            outcome = digest.run(opened.send, day, addressed=True)
    print(outcome.sentence, file=sys.stderr)
    for problem in outcome.problems:
        print(f"  {problem}", file=sys.stderr)
    return 1 if outcome.waiting or outcome.refused else 0


def _show(digest: Digest, options: argparse.Namespace, day: date | None) -> None:
    import tempfile

    from explorer.feed.page import html_of

    chosen = None if not options.name else [digest.library.subscriptions.get(options.name)]
    drafts, problems = digest.drafts(day, only=chosen, due=chosen is None)
    full = [draft for draft in drafts if draft.issue.items]
    for draft in full:
        print(f"{draft.address or draft.subscriber}\t{draft.issue.title}")
        if options.dry_run:
            for item in draft.issue.items:
                print(f"  {item.id}  {item.title}  ({'; '.join(item.reasons)})")
    for problem in problems:
        print(problem, file=sys.stderr)
    if not full:
        print("Nothing is new.", file=sys.stderr)
    if options.preview and full:
        folder = Path(options.output or tempfile.mkdtemp(prefix="litexplorer-digest-"))
        folder.mkdir(parents=True, exist_ok=True)
        for number, draft in enumerate(full, start=1):
            page = folder / f"issue-{number}.html"
            page.write_text(html_of(draft.issue), encoding="utf-8")
            print(page, file=sys.stderr)
            if not options.output:
                webbrowser.open(page.as_uri())


def _write_feed(digest: Digest, options: argparse.Namespace, day: date | None) -> None:
    from explorer.disk import write_whole
    from explorer.feed.atom import to_atom, to_json_feed

    path = Path(options.atom)
    issues = digest.feed(day, days=options.days, name=options.name)
    write = to_json_feed if path.suffix == ".json" else to_atom
    title = f"{digest.snapshot.name}: {options.name}" if options.name else digest.snapshot.name
    write_whole(path, write(issues, title=title))
    print(f"{path}: {sum(len(issue.items) for issue in issues):,} papers", file=sys.stderr)

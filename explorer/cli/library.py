"""``litexplorer library``: what a reader keeps of a corpus, out and in, and what of it others see."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.corpora import open_given

if TYPE_CHECKING:
    from explorer.library.library import Library

HELP = "stars, tags, notes, papers read, lists: show, export, import, mark, share"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    acts = command.add_subparsers(dest="act", required=True, metavar="ACT")
    add = _adder(acts)
    add("show", "say what the library holds and where its file is")
    add("export", "write the library as JSON").add_argument("-o", "--output", metavar="FILE", help="by default the screen")
    add("import", "add an exported library").add_argument("file", metavar="FILE", help="as export wrote it; - reads the input")
    for name, said in (("star", "star papers"), ("unstar", "take the star off papers")):
        add(name, said).add_argument("ids", nargs="+", metavar="ID", help="ids of papers")
    for name, said in (("tag", "give papers a tag"), ("untag", "take a tag off papers")):
        act = add(name, said)
        act.add_argument("name", metavar="TAG")
        act.add_argument("ids", nargs="+", metavar="ID", help="ids of papers")
    note = add("note", "write the note of a paper")
    note.add_argument("id", metavar="ID", help="id of the paper")
    note.add_argument("text", metavar="TEXT", help="the note; an empty one is none; - reads it from the input")
    put = add("list", "put papers on a list")
    put.add_argument("name", metavar="NAME")
    put.add_argument("ids", nargs="+", metavar="ID", help="ids of papers")
    for name, said in (("share", "show something to the other readers of the library"), ("unshare", "show it no longer")):
        act = add(name, said)
        act.add_argument("kind", choices=("stars", "tag", "note", "set", "search"))
        act.add_argument(
            "name", nargs="?", default="", metavar="NAME", help="of the tag, set or search; the id of a note's paper"
        )
    add("undo", "take the last star, tag, note or mark as read back")


def _adder(acts: argparse._SubParsersAction[argparse.ArgumentParser]):  # type: ignore[no-untyped-def]
    def add(name: str, said: str) -> argparse.ArgumentParser:
        act = acts.add_parser(name, help=said, description=said)
        act.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
        act.add_argument(
            "--reader", metavar="NAME", help="whose library; by default yours: LITEXPLORER_READER or JUPYTERHUB_USER"
        )
        return act

    return add


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.library.library import Library

    library = Library(open_given([options.corpus]).ranker, reader=options.reader)
    print(_done(library, options), file=sys.stdout if options.act in ("show", "export") else sys.stderr, end="")
    return 0


def _done(library: Library, options: argparse.Namespace) -> str:
    """Do what was asked; returns what to print."""
    if options.act == "show":
        return _shown(library)
    if options.act == "export":
        return _exported(library, options.output)
    if options.act == "import":
        return _imported(library, options.file)
    if options.act in ("star", "unstar"):
        changed = (library.star if options.act == "star" else library.unstar)(*options.ids)
        return f"{changed} changed\n"
    if options.act in ("tag", "untag"):
        changed = (library.tag if options.act == "tag" else library.untag)(options.ids, options.name)
        return f"{changed} changed\n"
    if options.act == "note":
        text = sys.stdin.read() if options.text == "-" else options.text
        return f"{len(library.note(options.id, text)):,} characters\n"
    if options.act == "list":
        saved = library.add_to_set(options.name, *options.ids)
        return f"“{saved.name}”: {saved.papers:,} papers\n"
    if options.act == "undo":
        undone = library.undo()
        return f"{undone.noun} of {undone.papers:,} papers as before\n"
    (library.share if options.act == "share" else library.unshare)(options.kind, options.name)
    return "".join(f"shared: {kind} {name}\n" for kind, name in library.sharing) or "nothing is shared\n"


def _shown(library: Library) -> str:
    tags = {mark.name for mark in library.marks["tags"].all()}
    counts = {
        "starred": len(library.marks["stars"].all()),
        "tagged": len({mark.id for mark in library.marks["tags"].all()}),
        "noted": len(library.marks["notes"].all()),
        "read": len(library.reads()),
    }
    lines = [
        str(library.path),
        f"reader: {library.reader or '(no name)'}",
        *(f"{name}: {count:,}" for name, count in counts.items()),
    ]
    lines += [f"tags: {', '.join(sorted(tags))}"] * bool(tags)
    lines += [f"list: {row.name} ({row.papers:,})" for row in library.sets()]
    lines += [f"search: {row.name} ({row.papers:,})" for row in library.searches()]
    lines += [f"shared: {kind} {name}".rstrip() for kind, name in library.sharing]
    lines += [f"list of {row.reader}: {row.name} ({row.papers:,})" for row in library.shared_sets()]
    return "\n".join([*lines, ""])


def _exported(library: Library, output: str | None) -> str:
    from explorer.disk import deliver
    from explorer.library.exchange import export_library

    data = export_library(library)
    if output is None:
        return data.decode()
    deliver(data, Path(output))
    return f"{output}\n"


def _imported(library: Library, file: str) -> str:
    from explorer.errors import ReadError
    from explorer.library.exchange import import_library

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ReadError(f"{file} cannot be read: {error.strerror}.") from error
    return "".join(f"{name}: {count:,} added\n" for name, count in import_library(library, data).items())

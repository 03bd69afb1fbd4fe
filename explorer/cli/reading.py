"""The records that a command names, read and told of."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.progress import Progress
from explorer.errors import ReadError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.papers.ledger import Ledger
    from explorer.papers.spool import Spool
    from explorer.sources.formats.registry import Import


def add_corrections(command: argparse.ArgumentParser) -> None:
    """Options that correct how tables are taken."""
    command.add_argument(
        "--column", action="append", default=[], metavar="NAME=FIELD", help="what a column of a table is, such as Titel=title"
    )
    command.add_argument("--delimiter", metavar="CHAR", help="between the columns of tables: one character, or tab")
    command.add_argument("--encoding", metavar="NAME", help="of the files, such as cp1252")


def read_given(options: argparse.Namespace, spool: Spool | None = None) -> Import:
    """Read the files, each record for itself, into a spool or memory. Raises `ReadError` for a correction that cannot be."""
    from explorer.sources.formats.registry import read_files

    told = [pair.rpartition("=") for pair in options.column]
    if wrong := next((pair for pair, (name, mark, _) in zip(options.column, told, strict=True) if not (name and mark)), None):
        raise ReadError(f"--column {wrong!r} must be NAME=FIELD, such as Titel=title; NAME= leaves a column as it is.")
    columns = {name: field or None for name, _, field in told}
    delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
    if delimiter is not None and len(delimiter) != 1:
        raise ReadError(f"--delimiter {delimiter!r} must be one character, or tab.")
    return read_files(*options.files, columns=columns or None, delimiter=delimiter, encoding=options.encoding, spool=spool)


def merged_by_rules(
    read: Import, options: argparse.Namespace, spool: Callable[[], Spool] | None = None
) -> tuple[Import, NDArray[np.int64] | None]:
    """Merge records that are one paper, by the rules of the corpus that is replaced, into a spool or memory.

    Gives the row of `read` at which each paper stands too; None where that is its own.
    """
    from explorer.dedupe.rules import Rules, parse_rules
    from explorer.sources.importing import merged
    from explorer.store.build import rules_in

    if options.keep_duplicates:
        return read, None
    kept = rules_in(Path(options.output))
    rules = parse_rules(kept, options.output) if kept else Rules()
    progress = Progress()
    found, rows, _ = merged(read, rules, progress=lambda part: progress("merging", part), spool=spool)
    progress.end()
    return found, rows


def tell_ledger(ledger: Ledger, path: str | None) -> None:
    """Say what became of the records, or write it to a file."""
    from explorer.disk import deliver

    print(ledger.sentence(), file=sys.stderr)
    if path:
        deliver(ledger.entries.to_csv(index=False).encode(), path)
        return
    for note in ledger.notes[:5]:
        print(f"  {note.place}: {' '.join(filter(None, (note.action, note.field)))}: {note.reason}", file=sys.stderr)
    if len(ledger.notes) > 5:
        print(f"  and {len(ledger.notes) - 5:,} more; --ledger FILE.csv writes them all", file=sys.stderr)


def made_of(files: Sequence[str], ledger: Ledger) -> dict[str, object]:
    """What the manifest says of the files."""
    return {"files": [Path(file).name for file in files], "ledger": ledger.counts()}

"""What came in, as the page shows it before it is taken over; and how the reader corrects it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import ReadError
from explorer.papers.ledger import Entry, Finding, Ledger
from explorer.papers.rows import rows_where
from explorer.papers.schema import FIELDS
from explorer.sources.charsets import CANDIDATES
from explorer.store.ledgers import Accounts

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.store.arrivals import Arrivals

SHOWN = {"rejected": 80, "merged": 60, "likely": 60, "repaired": 60, "empty": 40}
"""Entries shown of each kind, the gravest first; the file of the ledger has all."""

ENCODINGS = ("utf-8", "utf-16", *CANDIDATES, "latin-1", "gbk", "shift_jis", "big5", "euc-kr")
"""Encodings a reader may choose."""

_PAIRS = 60
_COLUMNS = 60
_FILES = 40


def review_of(arrivals: Arrivals, *, name: str, files: Sequence[str], apart: int) -> dict[str, Any]:
    """What the page shows: counts, entries of the ledger, how each file was taken.

    Parameters
    ----------
    arrivals : Arrivals
    name : str
        What all of it is called.
    files : sequence of str
        Names of the files that came; those of no known format have no finding.
    apart : int
        Merges the reader does not want.
    """
    ledger = arrivals.additions.ledger
    return {
        "name": name,
        "sentence": ledger.sentence(),
        "additions": arrivals.additions.table.num_rows,
        "papers": arrivals.papers.table.num_rows,
        "there": arrivals.there,
        "bettered": arrivals.bettered,
        "changes": bool(arrivals.change),
        "apart": apart,
        "counts": {kind: sum(note.action == kind for note in ledger.notes) for kind in SHOWN},
        "entries": _entries(ledger),
        "files": _files(ledger, files),
        "fields": list(FIELDS),
        "delimiters": list(delimiters()),
        "encodings": list(ENCODINGS),
    }


def account(accounts: Accounts) -> dict[str, Any]:
    """What the page shows of the ledger that a corpus keeps: `counts` and `entries`, as `review` gives them."""
    notes, counts = accounts.notes, {}
    shown = np.zeros(notes.num_rows, bool)
    for kind, most in SHOWN.items():
        rows = rows_where(pc.equal(notes.column("action"), kind)).to_numpy()
        counts[kind] = len(rows)
        shown[rows[:most]] = True
    few = notes.filter(pa.array(shown)).to_pylist()
    return {"counts": counts, "entries": [_entry(note) for kind in SHOWN for note in few if note["action"] == kind]}


def likely(corpus: Corpus) -> dict[str, Any]:
    """What the page shows of the pairs to decide: `undecided` (their number) and the surest `pairs`, with columns of `LIKELY`."""
    found = corpus.likely.sort_values(["score", "first", "second"], ascending=[False, True, True])
    named = ["first", "second", "first_title", "second_title", "score", "relation", "reason"]
    return {"undecided": len(found), "pairs": found[named].head(_PAIRS).to_dict("records")}


def notes_csv(notes: Iterable[Entry]) -> bytes:
    """Notes of a ledger as CSV, with the columns of `ledger.Entry`."""
    from explorer.sources.formats.tables.delimited import write_rows

    return write_rows(Entry._fields, notes)


def delimiters() -> tuple[str, ...]:
    """What a reader may choose between the columns of a table."""
    # The readers are loaded with the first papers that come in, not with the page.
    from explorer.sources.formats.tables.delimited import DELIMITERS

    return DELIMITERS


def _entries(ledger: Ledger) -> list[dict[str, Any]]:
    shown = []
    for kind, most in SHOWN.items():
        notes = (note for note in ledger.notes if note.action == kind)
        for note, _ in zip(notes, range(most), strict=False):
            shown.append(_entry(note._asdict()))
    return shown


def _entry(note: dict[str, Any]) -> dict[str, Any]:
    return {**note, "before": note["before"][:200], "after": note["after"][:200], "reason": note["reason"][:300]}


def _files(ledger: Ledger, files: Sequence[str]) -> list[dict[str, Any]]:
    found = [_taken(finding) for finding in ledger.findings]
    known = {finding.source for finding in ledger.findings}
    # The members of an archive are found under its name.
    unknown = [name for name in files if not any(source == name or source.startswith(f"{name}/") for source in known)]
    return (
        found
        + [{"name": name, "format": "", "columns": [], "encoding": "", "readings": [], "delimiter": ""} for name in unknown]
    )[:_FILES]


def _taken(finding: Finding) -> dict[str, Any]:
    columns = [[name, finding.columns.get(name, "")] for name in finding.header if name]
    return {
        "name": finding.source,
        "format": finding.format,
        "encoding": finding.encoding,
        "readings": [list(way) for way in finding.readings],
        "delimiter": finding.delimiter,
        # Two columns of one name cannot be told apart.
        "columns": [pair for place, pair in enumerate(columns) if pair not in columns[:place]][:_COLUMNS],
    }


def corrections(columns: Any, delimiter: Any, encoding: Any) -> dict[str, Any]:
    """How a source shall be taken, as the arguments of `Source`.

    Raises
    ------
    ReadError
        A field, delimiter or encoding is unknown, or two columns are taken for one field.
    """
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for name in columns):
        raise ReadError("The columns must be given by name.")
    fields = {name: field or None for name, field in columns.items()}
    unknown = [field for field in fields.values() if field is not None and field not in FIELDS]
    if unknown:
        raise ReadError(f"{unknown[0]!r} is no field of the schema. The fields are: {', '.join(FIELDS)}.")
    taken = [field for field in fields.values() if field]
    twice = sorted({field for field in taken if taken.count(field) > 1})
    if twice:
        raise ReadError(f"Two columns are taken for {twice[0]}. Choose one of them.")
    if delimiter is not None and delimiter not in delimiters():
        raise ReadError("The delimiter must be a comma, a semicolon, a tab or a bar.")
    if encoding is not None and encoding not in ENCODINGS:
        raise ReadError(f"There is no encoding {encoding!r} to choose. There are: {', '.join(ENCODINGS)}.")
    return {"columns": fields, "delimiter": delimiter, "encoding": encoding}

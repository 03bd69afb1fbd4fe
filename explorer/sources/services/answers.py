"""From the pages of a service to papers and a ledger that accounts for every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from explorer.errors import ServiceError
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, assign_ids
from explorer.sources.formats.json.json_records import MALFORMED, NOT_AS_SAID
from explorer.sources.formats.registry import Import
from explorer.sources.services.client import Client, Interrupted
from explorer.sources.source import Source, tables

Record = dict[str, Any]

NOT_A_PAPER = "not a paper"
"""Name under which a parser gives the reason why a record is none; such a record is rejected."""


@dataclass(frozen=True)
class Answer:
    """One page of a service.

    Attributes
    ----------
    records : list of dict
        Fields of the schema, or other names, to values.
    total : int or None
        Records that the service has in all.
    next : str or None
        Cursor of the next page.
    """

    records: list[Record]
    total: int | None = None
    next: str | None = None


def each(items: Iterable[Any], read: Callable[[Any], Mapping[str, Any]]) -> list[Record]:
    """Turn the items of a page into records; one that is not as the service describes them is no paper, and costs no other.

    Raises
    ------
    TypeError, ValueError, AttributeError, LookupError
        None of the items is: the page is something else.
    """
    records: list[Record] = []
    wrong: list[Exception] = []
    for item in items:
        try:
            records.append(dict(read(item)))
        except MALFORMED as error:
            wrong.append(error)
            records.append({NOT_A_PAPER: f"{NOT_AS_SAID} ({error})"})
    if wrong and len(wrong) == len(records):
        raise wrong[0]
    return records


def gather(name: str, key: str, pages: Iterator[Answer], client: Client, limit: int | None, *, none: str = "") -> Import:
    """Put the records of some pages into one paper table.

    Parameters
    ----------
    name : str
        What the ledger calls the service.
    key : str
        Column that tells its records apart; a record that comes twice, as when a list shifts between two pages, is merged.
    pages : iterator of Answer
        A page is asked for only when the ones before it do not suffice.
    limit : int or None
        Most records to take.
    none : str
        What the ledger says where there is no record.

    Raises
    ------
    ServiceError
        As the service raises it; the limit is below 1.
    """
    if limit is not None and limit < 1:
        raise ServiceError(f"A limit of {limit} asks {name} for nothing. Give 1 or more.")
    ledger = Ledger()
    kept: list[tuple[int, None, Record]] = []
    again: list[tuple[int, int]] = []
    row_of: dict[Any, int] = {}
    read = 0
    try:
        for page in pages:
            for record in page.records[: None if limit is None else limit - read]:
                read += 1
                reason = record.pop(NOT_A_PAPER, None) or (None if record.get("title") else "it has no title")
                if reason:
                    ledger.reject(name, read, reason, text=str(record.get(key) or ""))
                elif record.get(key) in row_of:
                    again.append((read, row_of[record[key]]))
                else:
                    if record.get(key):
                        row_of[record[key]] = len(kept)
                    kept.append((read, None, {field: value for field, value in record.items() if value not in (None, "", [])}))
            if client.progress is not None:
                known = [count for count in (page.total, limit) if count is not None]
                client.progress(read, max(min(known), read) if page.total is not None else None)
            if limit is not None and read >= limit:
                break
        if not read:
            ledger.empty(name, none or "it has no record of what was asked for")
    except Interrupted:
        pass
    parts = list(tables(iter(kept), Source(name, data=b""), ledger))
    whole = (
        pa.concat_tables(parts, promote_options="permissive")
        if parts
        else pa.table({n: pa.nulls(0, k) for n, k in FIELDS.items()})
    )

    def note(row: int, field: str, before: str, after: str, reason: str) -> None:
        ledger.repair(name, kept[row][0], field, before, after, reason)

    table = assign_ids(whole, note)
    ids = table.column("id").to_pylist()
    for number, row in again:
        ledger.accept()
        ledger.merge(name, number, ids[row], "the service gave it twice")
    ledger.check(table.num_rows)
    ledger.count_sources(name, Counter(table.column("source").to_pylist()), ledger.read)
    return Import(table, ledger)

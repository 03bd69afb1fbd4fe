"""JSON: an array of objects, an object that holds one, or one object a line (JSON lines).

Specification: RFC 8259, https://jsonlines.org. Also takes the answers of the Hugging Face ``daily_papers`` endpoint, whose
fields nest under ``paper``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.formats.source import Source, decode, tables
from explorer.formats.target import deliver, known_dates
from explorer.ledger import Ledger
from explorer.schema import columns_to_fields, to_table

if TYPE_CHECKING:
    import pandas as pd

LABEL = "JSON or JSON lines"
SUFFIXES = (".json", ".jsonl", ".ndjson")


def sniff(head: bytes) -> bool:
    """Whether the text starts as an array or an object."""
    return decode(head).lstrip("\ufeff \t\r\n")[:1] in ("[", "{")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the objects; what is no object, or a line that does not parse, is rejected with its line.

    Raises
    ------
    ReadError
        The file is neither JSON nor JSON lines.
    """
    yield from tables(_objects(source, ledger), source, ledger)


def _objects(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    whole = _whole(source)
    items = ((None, item, "") for item in whole) if whole is not None else _lines(source)
    for number, (line, item, problem) in enumerate(items, start=1):
        if not isinstance(item, Mapping):
            ledger.reject(source.name, number, problem or "not an object", line=line, text=str(item))
            continue
        record = _flat(item)
        if not record:
            ledger.reject(source.name, number, "an object without a field", line=line)
            continue
        yield number, line, record


def _whole(source: Source) -> list[Any] | None:
    """The records of a file that is one JSON value; None when it is JSON lines."""
    head = decode(source.head()).lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        try:
            first = json.loads(head.split("\n", 1)[0])
        except ValueError:
            first = None
        if isinstance(first, dict) and "\n" in head.rstrip():
            return None
        if isinstance(first, dict) and not any(_records_in(first)):
            return [first]
    try:
        value = json.loads(source.text().lstrip("\ufeff"))
    except RecursionError as error:
        raise ReadError(f"{source.name} nests its JSON too deeply to be papers.") from error
    except ValueError as error:
        if head.startswith("["):
            raise ReadError(f"{source.name} is not valid JSON: {error}. Export it again, or as JSON lines.") from error
        return None
    if isinstance(value, dict):
        return next(_records_in(value), [value])
    if not isinstance(value, list):
        raise ReadError(f"{source.name} holds no list of papers.")
    return value


def _records_in(value: dict[str, Any]) -> Iterator[list[Any]]:
    """Lists of objects directly within an object, as services wrap their answers."""
    return (v for v in value.values() if isinstance(v, list) and v and all(isinstance(item, dict) for item in v) and "title" not in value)


def _lines(source: Source) -> Iterator[tuple[int, Any, str]]:
    with source.open() as file:
        for line, raw in enumerate(file, start=1):
            text = decode(raw) if line == 1 else raw.decode("utf-8", errors="replace")
            if not text.strip("\ufeff \t\r\n"):
                continue
            try:
                yield line, json.loads(text.lstrip("\ufeff")), ""
            except (ValueError, RecursionError) as error:
                yield line, text.strip(), f"the line is not JSON: {error}"


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the fields of a nested ``paper`` to the top; the inner value wins, it is the paper's own."""
    inner = item.get("paper")
    record = {**item, **inner} if isinstance(inner, Mapping) else dict(item)
    record.pop("paper", None)
    if isinstance(inner, Mapping) and "arxiv_id" not in record:
        record["arxiv_id"] = inner.get("id")
    fields = columns_to_fields(record)
    known = {fields.get(name, name): value for name, value in record.items() if value not in (None, "", [], {})}
    return {
        name: value if name in fields.values() or not isinstance(value, (dict, list)) else json.dumps(value, ensure_ascii=False)
        for name, value in known.items()
    }


def to_json_lines(papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None) -> bytes:
    """Write papers as JSON lines: one object a paper, without its missing values; dates as long as they are known.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table. Values JSON has no type for are written as text.
    path : str or path, optional
        File to write; without it, only the bytes are returned.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.
    """
    import orjson

    table = to_table(papers)
    table = table.set_column(table.column_names.index("published"), "published", pa.array(known_dates(table), pa.string()))
    lines = bytearray()
    for batch in table.to_batches(max_chunksize=10_000):
        for record in batch.to_pylist():
            present = {name: value for name, value in record.items() if value is not None}
            lines += orjson.dumps(present, default=str, option=orjson.OPT_APPEND_NEWLINE)
    return deliver(bytes(lines), path)

"""CSL in YAML: the ``references`` of pandoc's metadata, or a list of items.

Specification: pandoc's *User's Guide*, "Specifying bibliographic data" (https://pandoc.org/MANUAL.html#specifying-bibliographic-data); the
items are those of CSL-JSON. Titles are in pandoc's Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS
from explorer.sources.formats.json import csl_json
from explorer.sources.formats.json.json_records import MALFORMED, NOT_AS_SAID
from explorer.sources.formats.yaml.yaml_records import documents
from explorer.sources.source import Source, decode, tables

LABEL = "CSL YAML"
SUFFIXES: tuple[str, ...] = (".yaml",)

_SNIFF = re.compile(
    r"\A(?:\s*(?:#[^\n]*|---)?\n)*(?:[^\n]*\n){0,40}?(?:references:\s*\n)?[ \t]*- (?:id|type|title|author|abstract|DOI|citation-key):",
    re.DOTALL,
)
_ITEM = re.compile(r"^[ \t]*(?:- )?(?:issued|container-title|type|author|DOI|accessed):", re.MULTILINE)
_SPAN = re.compile(r"\[([^\[\]]*)\]\{[^{}]*\}")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2}|_)(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*])")
_INDEX = re.compile(r"(?<!\\)([~^])(\S{1,12}?)\1")
_ESCAPED = re.compile(r"\\([*_~^\[\]'\"$#@<>\\])")


def sniff(head: bytes) -> bool:
    """Whether a list at the start holds items that have a field of CSL."""
    text = decode(head).lstrip("\ufeff")
    return (
        text[:1] not in ("{", "[", "<", "@", "%") and _SNIFF.match(text) is not None and len(_ITEM.findall(text[:16_384])) > 1
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the items.

    Raises
    ------
    ReadError
        The file is no YAML.
    """
    yield from tables(_records(source, ledger), source, ledger)


def _records(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    found = (item for document in documents(source) for item in _items(document))
    for number, item in enumerate(found, start=1):
        try:
            fields = {name: value for name, value in csl_json.fields(_plain(item)).items() if value}
        except MALFORMED as error:
            ledger.reject(source.name, number, f"{NOT_AS_SAID} ({error})", text=_shown(item))
            continue
        if fields.keys() & (FIELDS.keys() - {"id"}):
            yield number, None, fields
        else:
            ledger.reject(source.name, number, "an item without a field that is known", text=_shown(item))


def _items(document: Any) -> list[Any]:
    inner = document.get("references") if isinstance(document, dict) and "references" in document else document
    return inner if isinstance(inner, list) else [inner]


def _shown(item: Any) -> str:
    """What a reader of the ledger finds an item by; the whole of it may refer to itself."""
    return item if isinstance(item, str) else "; ".join(map(str, item)) if isinstance(item, dict) else ""


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item whose texts are without Markdown; a date in words is read as such."""
    plain = {name: _text(value) if isinstance(value, str) and name in _MARKED else value for name, value in item.items()}
    if isinstance(issued := item.get("issued"), str):
        plain["issued"] = {"raw": issued}
    return plain


_MARKED = ("title", "container-title", "abstract", "publisher", "event-title", "collection-title", "note")


def _text(text: str) -> str:
    text = _EMPHASIS.sub(r"\2", _SPAN.sub(r"\1", text))
    return _ESCAPED.sub(r"\1", _INDEX.sub(r"\2", text))

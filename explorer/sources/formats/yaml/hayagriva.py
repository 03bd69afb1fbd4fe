"""Hayagriva, the bibliographies of Typst: a mapping of keys to entries, each within its parents.

Specification: https://github.com/typst/hayagriva/blob/main/docs/file-format.md. Dialects met: dates to the year, month or day,
identifiers under ``serial-number`` or, formerly, on their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import MALFORMED, NOT_AS_SAID
from explorer.sources.formats.yaml.yaml_records import documents
from explorer.sources.source import Source, decode, tables

LABEL = "Hayagriva YAML"
SUFFIXES: tuple[str, ...] = (".yml",)

_SNIFF = re.compile(
    r"\A(?:\s*(?:#[^\n]*|---)?\n)*(?:\"[^\"\n]+\"|'[^'\n]+'|[^\s#\-\"'{}\[\]@%<,][^\n:{}\[\]]*):\s*(?:#[^\n]*)?\n(?:\s*\n)*[ \t]+[a-z-]+:"
)
_FIELD = re.compile(r"^[ \t]+(?:type:\s*[\"']?[A-Za-z]+[\"']?|title:|parent:|author:)", re.MULTILINE)
_HOUSED = frozenset(("book", "report", "thesis", "proceedings", "anthology", "reference"))
_EXTRA = {"language": "language", "note": "note", "edition": "edition", "genre": "genre", "archive": "archive"}


def sniff(head: bytes) -> bool:
    """Whether the text starts with a key alone on its line, and fields of an entry indented under it."""
    text = decode(head).lstrip("\ufeff")
    return _SNIFF.match(text) is not None and len(_FIELD.findall(text[:8192])) > 1


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the entries.

    Raises
    ------
    ReadError
        The file is no YAML.
    """
    yield from tables(_records(source, ledger), source, ledger)


def _records(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    number = 0
    for document in documents(source):
        for key, entry in document.items() if isinstance(document, dict) else (("", document),):
            number += 1
            try:
                fields = {name: value for name, value in _fields(str(key), entry).items() if value}
            except MALFORMED as error:
                ledger.reject(source.name, number, f"{NOT_AS_SAID} ({error})", text=str(key))
                continue
            # Settings of other programs have addresses and dates too.
            if fields.keys() & {"title", "authors", "doi"}:
                yield number, None, fields
            else:
                ledger.reject(source.name, number, "the entry has no field that is known", text=str(key))


def _fields(key: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    parents = list(_parents(entry))
    around = [entry, *parents]
    serial = [_serial(one) for one in around]
    kind = str(entry.get("type") or "").lower()
    title = _text(entry.get("title"))
    place = next((text for parent in parents if (text := _text(parent.get("title")))), None)
    house = next(
        (text for one in around if (text := _text(one.get("publisher"), "name") or _text(one.get("organization")))), None
    )
    editors = next((names for one in around if (names := _names(one.get("editor")))), [])
    return {
        "id": key,
        "title": title or place,
        "authors": _names(entry.get("author")) or next((n for p in parents if (n := _names(p.get("author")))), []) or editors,
        "editor": "; ".join(editors),
        "abstract": _text(entry.get("abstract")),
        "published": _first(around, "date"),
        "venue": (place if title else None) or house,
        "url": next((url for one in around if (url := _text(one.get("url")))), None),
        # A journal's identifiers are not the paper's, but for the number of a series.
        "doi": serial[0].get("doi") or _text(entry.get("doi")),
        "arxiv_id": serial[0].get("arxiv"),
        "pmid": serial[0].get("pmid"),
        "pmcid": serial[0].get("pmcid"),
        "isbn": next((one["isbn"] for one in serial if one.get("isbn")), None) or _first(around, "isbn"),
        "issn": next((one["issn"] for one in serial if one.get("issn")), None) or _first(around, "issn"),
        "entry_type": kind if kind in _HOUSED or not parents else _kind(kind, parents[0]),
        "volume": _first(around, "volume"),
        "number": _first(around, "issue"),
        "pages": _first(around, "page-range"),
        "publisher": house,
        **{name: _first(around[:1], field) for name, field in _EXTRA.items()},
    }


def _kind(kind: str, parent: Mapping[str, Any]) -> str:
    """Kind of an entry by what it is in: an article in proceedings is a conference paper."""
    around = str(parent.get("type") or "").lower()
    return {"proceedings": "inproceedings", "conference": "inproceedings"}.get(around, kind)


def _parents(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What an entry is in, and what that is in, nearest first."""
    level: list[Mapping[str, Any]] = [entry]
    for _ in range(4):
        given = [one.get("parent") for one in level]
        every = [parent for some in given for parent in (some if isinstance(some, list) else [some])]
        level = [parent for parent in every[:20] if isinstance(parent, Mapping)]
        yield from level


def _serial(entry: Mapping[str, Any]) -> dict[str, str]:
    given = entry.get("serial-number")
    return (
        {str(name).lower(): value for name, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    )


def _first(around: list[Mapping[str, Any]], field: str) -> str | None:
    return next((text for one in around if (text := _text(one.get(field)))), None)


def _text(value: Any, field: str = "value") -> str | None:
    """A text, or that of a field that is told in parts; braces keep the case of what stands in them."""
    inner = value.get(field) if isinstance(value, dict) else value
    return inner.replace("{", "").replace("}", "").strip() or None if isinstance(inner, str) else None


def _names(value: Any) -> list[str]:
    people = value if isinstance(value, list) else [value]
    return [name for person in people if (name := _name(person))]


def _name(person: Any) -> str | None:
    if not isinstance(person, dict):
        return _text(person)
    family = " ".join(filter(None, (_text(person.get("prefix")), _text(person.get("name")))))
    return ", ".join(filter(None, (family, _text(person.get("given-name")), _text(person.get("suffix"))))) or None

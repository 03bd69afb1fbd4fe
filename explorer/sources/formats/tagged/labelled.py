"""What the formats share whose lines start with a label in words: ``{Title}: …`` (NoteExpress), ``Title-题名: …`` (CNKI)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from explorer.papers.author_names import split_names
from explorer.papers.column_names import columns_to_fields, further_columns
from explorer.papers.dates import finest
from explorer.sources.formats.tagged.tagged import Tagged, readable

_NUMBERED = re.compile(r"\[[\d,，; ]*\]")
"""Numbers of affiliations behind names."""

_WORDS = re.compile(r"\s*[;；,，、|]+\s*|\s{2,}")


def records(text: str, label: re.Pattern[str], start: str) -> Iterator[Tagged]:
    """Yield records; the label that starts one, or one that the record has already after a blank line, begins the next.

    Parameters
    ----------
    label : Pattern
        Matches a line that starts with a label; its first group is the label, its second the text.
    start : str
        Label that starts a record.
    """
    record: Tagged | None = None
    tag = ""
    blank = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            blank = True
            continue
        match = label.match(line.strip("\ufeff \t"))
        if match is None:
            if record is not None and tag:
                record.extend(tag, line.strip())
            blank = False
            continue
        tag = match.group(1).strip()
        if record is not None and (tag == start or (blank and tag in record.fields)) and record.fields.keys() - {start}:
            yield record
            record = None
        if record is None:
            record = Tagged(number)
        record.add(tag, match.group(2).strip())
        blank = False
    if record is not None:
        yield record


def fields(record: Tagged, names: Mapping[str, str]) -> dict[str, Any]:
    """Fields of a record by the names of its labels, in any language that columns of tables are known in.

    Parameters
    ----------
    names : mapping
        Fields or further columns that labels of this format are called otherwise for.
    """
    known = {**further_columns(record.fields), **columns_to_fields(record.fields), **names}
    tags: dict[str, list[str]] = {}
    for label, name in known.items():
        tags.setdefault(name, []).append(label)

    def first(name: str) -> str | None:
        return record.first(*tags.get(name, ()))

    def listed(name: str) -> list[str]:
        return [text for label in tags.get(name, ())[:1] for text in record.all(label)]

    title = first("title")
    found = {
        "id": first("id"),
        "title": readable(title),
        "authors": [name for text in listed("authors") for name in split_names(_NUMBERED.sub("", text))],
        "abstract": readable("\n".join(record.lines(*tags.get("abstract", ())))),
        "venue": readable(first("venue") or first("publisher")),
        "published": finest(first("year"), first("published")),
        "keywords": [word for text in listed("keywords") for word in _WORDS.split(text) if word],
        "doi": record.doi(*tags.get("doi", ()), *tags.get("url", ())),
        "url": record.url(*tags.get("url", ())),
        "source": first("source"),
    }
    ends = [page for name in ("first page", "last page") if (page := first(name))]
    further = {
        name: first(name)
        for name in tags
        if name not in found and name not in ("year", "first page", "last page", "entry_type")
    }
    further["pages"] = first("pages") or "-".join(dict.fromkeys(ends))
    return {**found, **further, "entry_type": first("entry_type"), **record.rest(frozenset(known))}

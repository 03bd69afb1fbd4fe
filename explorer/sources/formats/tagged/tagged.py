"""What the tagged formats share: lines that start with a tag, lines that continue them, and the fields they are taken for.

`tag_table.TagTable` takes the same fields from thousands of records at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from explorer.papers.dates import finest
from explorer.papers.identifiers import addresses, normal_arxiv_id, normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.source import Source
from explorer.text.markup import plain_markup, single_spaced


@dataclass(slots=True)
class Tagged:
    """One record as it stands in the file."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    """Values of each tag in order; a value's continuation lines are kept apart by line ends, and each line is single-spaced."""
    complete: bool = True
    """Whether the record ended as its format says."""
    text: str = ""
    """What a reader of the ledger needs to find the record by, where it has no field."""
    _extended: list[str] | None = None
    _lines: list[str] = field(default_factory=list)

    def add(self, tag: str, value: str) -> None:
        """Add a value of one line."""
        self.close()
        self.fields.setdefault(tag, []).append(single_spaced(value))

    def extend(self, tag: str, line: str) -> None:
        """Continue the last value of a tag."""
        values = self.fields.get(tag)
        if values is None:
            return
        if values is not self._extended:
            self.close()
            self._extended, self._lines = values, values[-1:]
        self._lines.append(single_spaced(line))

    def close(self) -> None:
        """Put the lines of a continued value together; joined one by one they would take a time that grows with their square."""
        if self._extended is not None:
            self._extended[-1] = "\n".join(filter(None, self._lines))
            self._extended, self._lines = None, []

    def first(self, *tags: str) -> str | None:
        """Text of the first of `tags` that has one, on one line."""
        fields = self.fields
        for tag in tags:
            if tag in fields:
                for value in fields[tag]:
                    if value:
                        return value.replace("\n", " ")
        return None

    def all(self, *tags: str) -> list[str]:
        """Texts of all values of `tags`, each on one line, without empty ones."""
        fields = self.fields
        return [without_references(value).replace("\n", " ") for tag in tags if tag in fields for value in fields[tag] if value]

    def lines(self, *tags: str) -> list[str]:
        """Every line of every value of `tags`, without empty ones."""
        return list(filter(None, "\n".join(self._values(tags)).split("\n")))

    def parts(self, *tags: str) -> list[str]:
        """Every item of `tags`, one or several a line, separated by semicolons."""
        whole = ";".join(self._values(tags)).replace("\n", ";")
        return list(dict.fromkeys([part for item in whole.split(";") if (part := item.strip())]))

    def _values(self, tags: tuple[str, ...]) -> list[str]:
        fields = self.fields
        return [without_references(value) for tag in tags if tag in fields for value in fields[tag]]

    def doi(self, *tags: str) -> str | None:
        """First DOI in the values of `tags`."""
        for tag in tags:
            for value in self.fields.get(tag, ()):
                if doi := normal_doi(value):
                    return doi
        return None

    def url(self, *tags: str) -> str | None:
        """First address in the values of `tags`."""
        return next((address for tag in tags for value in self.fields.get(tag, ()) for address in addresses(value)), None)

    def further_urls(self, *tags: str) -> str | None:
        """The other addresses in the values of `tags`, between spaces."""
        every = dict.fromkeys(address for tag in tags for value in self.fields.get(tag, ()) for address in addresses(value))
        return " ".join(list(every)[1:]) or None

    def arxiv_id(self, *tags: str) -> str | None:
        """First arXiv identifier in values of `tags` that name arXiv."""
        for tag in tags:
            for value in self.fields.get(tag, ()):
                if ("rxiv" in value or "RXIV" in value) and (found := normal_arxiv_id(value)):
                    return found
        return None

    def date(self, *tags: str) -> str | None:
        """Date of the first of `tags` that has one, as finely as the others agree."""
        return finest(*self.all(*tags))

    def rest(self, used: frozenset[str], names: Mapping[str, str] | None = None) -> dict[str, str]:
        """Tags that no field of the schema was made from, one text each, under the names that `names` has for them."""
        named = names or {}
        return {
            named.get(tag, tag): values[0] if len(values) == 1 else "\n".join(values)
            for tag, values in self.fields.items()
            if tag not in used
        }


_REFERENCE = re.compile(r"&#?\w+;")


def without_references(text: str) -> str:
    """Text with the characters that HTML's references to them mean, whose semicolons would part lists."""
    return _REFERENCE.sub(lambda match: unescape(match.group()), text) if "&" in text else text


def readable(text: str | None) -> str | None:
    """Text that is one line, without its HTML, or None."""
    if not text:
        return None
    return (single_spaced(plain_markup(text)) or None) if "<" in text or "&" in text else text


def accounted(
    records: Iterator[Tagged], source: Source, ledger: Ledger, read: Callable[[Tagged], Mapping[str, Any]], ending: str
) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    """Number the records, turn each into fields, and reject those without any.

    Parameters
    ----------
    read : callable
        Turns a record into fields of the schema.
    ending : str
        What an incomplete record lacks, for the ledger.
    """
    for number, record in enumerate(records, start=1):
        record.close()
        fields = read(record)
        if not any(fields.values()):
            shown = record.text or "; ".join(record.fields)
            ledger.reject(source.name, number, "the record has no field that is known", line=record.line, text=shown)
            continue
        if not record.complete:
            ledger.repair(source.name, number, "", "", "", ending, line=record.line)
        yield number, record.line, fields

"""What the tagged formats share: lines that start with a tag, lines that continue them, and the fields they are taken for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.dates import finest
from explorer.formats.source import Source
from explorer.ledger import Ledger
from explorer.markup import plain_markup
from explorer.schema import normal_arxiv_id, normal_doi

_SPACES = re.compile(r"\s+")
_URL = re.compile(r"(?:https?|ftp)://[^\s;<>\"]+", re.I)
_PARTS = re.compile(r"\s*[;\n]\s*")


@dataclass
class Tagged:
    """One record as it stands in the file."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    """Values of each tag in order; a value's continuation lines are kept apart by line ends."""
    complete: bool = True
    """Whether the record ended as its format says."""
    text: str = ""
    """What a reader of the ledger needs to find the record by, where it has no field."""

    def add(self, tag: str, value: str) -> None:
        """Add a value."""
        self.fields.setdefault(tag, []).append(value)

    def extend(self, tag: str, line: str) -> None:
        """Continue the last value of a tag."""
        values = self.fields.get(tag)
        if values:
            values[-1] = f"{values[-1]}\n{line}" if values[-1] else line

    def first(self, *tags: str) -> str | None:
        """Text of the first of `tags` that has one, on one line."""
        for tag in tags:
            for value in self.fields.get(tag, ()):
                if text := one_line(value):
                    return text
        return None

    def all(self, *tags: str) -> list[str]:
        """Texts of all values of `tags`, each on one line, without empty ones."""
        return [text for tag in tags for value in self.fields.get(tag, ()) if (text := one_line(value))]

    def lines(self, *tags: str) -> list[str]:
        """Every line of every value of `tags`, without empty ones."""
        return [
            text for tag in tags for value in self.fields.get(tag, ()) for line in value.split("\n") if (text := one_line(line))
        ]

    def parts(self, *tags: str) -> list[str]:
        """Every item of `tags`, one or several a line, separated by semicolons."""
        found = (part for tag in tags for value in self.fields.get(tag, ()) for part in _PARTS.split(value))
        return list(dict.fromkeys(text for part in found if (text := one_line(part))))

    def doi(self, *tags: str) -> str | None:
        """First DOI in the values of `tags`."""
        return next((doi for tag in tags for value in self.fields.get(tag, ()) if (doi := normal_doi(value))), None)

    def url(self, *tags: str) -> str | None:
        """First address in the values of `tags`."""
        return next(
            (match.group() for tag in tags for value in self.fields.get(tag, ()) if (match := _URL.search(value))), None
        )

    def arxiv_id(self, *tags: str) -> str | None:
        """First arXiv identifier in values of `tags` that name arXiv."""
        values = (value for tag in tags for value in self.fields.get(tag, ()) if "arxiv" in value.lower())
        return next((found for value in values if (found := normal_arxiv_id(value))), None)

    def date(self, *tags: str) -> str | None:
        """Date of the first of `tags` that has one, as finely as the others agree."""
        return finest(*self.all(*tags))

    def rest(self, used: frozenset[str]) -> dict[str, str]:
        """Tags that no field of the schema was made from, one text each."""
        return {tag: "\n".join(texts) for tag in self.fields if tag not in used and (texts := self.all(tag))}


def one_line(text: str) -> str:
    """Text without line ends and repeated or outer white space."""
    return _SPACES.sub(" ", text).strip()


def readable(text: str | None) -> str | None:
    """One line of text without HTML, or None."""
    return (one_line(plain_markup(text)) or None) if text else None


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
        fields = {name: value for name, value in read(record).items() if value not in (None, "", [])}
        if not fields:
            shown = record.text or "; ".join(record.fields)
            ledger.reject(source.name, number, "the record has no field that is known", line=record.line, text=shown)
            continue
        if not record.complete:
            ledger.repair(source.name, number, "", "", "", ending, line=record.line)
        yield number, record.line, fields

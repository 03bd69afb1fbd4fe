"""The ledger of an import: what became of every input record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

Action = Literal["repaired", "rejected", "merged", "likely", "lost"]


class Entry(NamedTuple):
    """One thing that happened to one record."""

    source: str
    """Name of the file or service."""
    line: int | None
    """Line of the source where the record starts, from 1; None where a format has no lines."""
    record: int
    """Number of the record in its source, from 1."""
    action: Action
    field: str
    """Column of the schema, or empty when the whole record is meant."""
    before: str
    after: str
    """New value; for a merge, the id of the paper the record went into; for a likely one, that of the other paper."""
    reason: str


class Reading(NamedTuple):
    """One way to read a text whose encoding is not told."""

    encoding: str
    """Name that Python knows."""
    sureness: float
    """From 0 to 1; those of all ways to read a text add up to 1."""
    preview: str
    """A line of the text so read."""


@dataclass
class Finding:
    """How a source was taken, so that its reader can see it and correct it."""

    source: str
    """Name of the file or service."""
    format: str
    encoding: str = ""
    """Empty where the format is not text."""
    sureness: float = 1.0
    """How sure the encoding is, from 0 to 1; 1 where it was told, or is Unicode."""
    readings: list[Reading] = field(default_factory=list)
    """Ways to read the text to choose from, the likeliest first; empty where the encoding is sure."""
    delimiter: str = ""
    """Empty where the format is no table of text."""
    columns: dict[str, str] = field(default_factory=dict)
    """Fields of the schema the columns of a table were taken for, ``{column: field}``."""
    by_values: list[str] = field(default_factory=list)
    """Those of `columns` whose names told nothing, and which were taken for their field by what their values look like."""
    header: list[str] = field(default_factory=list)
    """All columns of a table, in order; empty where the format is none."""


@dataclass
class Ledger:
    """What became of every input record: ``read == accepted + rejected + merged``, always.

    Attributes
    ----------
    read, accepted, rejected, merged : int
        Counts of records.
    notes : list of Entry
        What was repaired, rejected, merged or is likely another paper too, and why; on the way out, what the format could not hold (lost).
    """

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    merged: int = 0
    notes: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """How each source was taken: format, encoding, delimiter, columns."""

    @property
    def repaired(self) -> int:
        """Number of records with at least one repair."""
        return len({(note.source, note.record) for note in self.notes if note.action == "repaired"})

    @property
    def entries(self) -> pd.DataFrame:
        """The notes as a table with the columns of `Entry`."""
        import pandas as pd

        # A line that is not known would turn the others into fractions.
        return pd.DataFrame(self.notes, columns=list(Entry._fields)).astype({"line": "Int64", "record": "Int64"})

    def accept(self, count: int = 1) -> None:
        """Count records that were read and taken over."""
        self.read += count
        self.accepted += count

    def reject(self, source: str, record: int, reason: str, *, line: int | None = None, text: str = "") -> None:
        """Count and note a record that could not be taken over."""
        self.read += 1
        self.rejected += 1
        self.notes.append(Entry(source, line, record, "rejected", "", text[:300], "", reason))

    def repair(
        self, source: str, record: int, name: str, before: str, after: str, reason: str, *, line: int | None = None
    ) -> None:
        """Note that a value of an accepted record was changed."""
        self.notes.append(Entry(source, line, record, "repaired", name, before[:300], after[:300], reason))

    def merge(self, source: str, record: int, into: str, reason: str, *, line: int | None = None, text: str = "") -> None:
        """Note that an accepted record went into another paper; `text` says which it was."""
        self.accepted -= 1
        self.merged += 1
        self.notes.append(Entry(source, line, record, "merged", "", text[:300], into, reason))

    def doubt(self, source: str, record: int, other: str, reason: str, *, text: str = "") -> None:
        """Note that an accepted record may be another paper too, which the reader decides; `text` says which record it is."""
        self.notes.append(Entry(source, None, record, "likely", "", text[:300], other, reason))

    def lose(self, target: str, record: int, name: str, before: str, after: str, reason: str) -> None:
        """Note that a value, or a part of it, has no place in the format that is written; `record` is 0 for all papers."""
        self.notes.append(Entry(target, None, record, "lost", name, before[:300], after[:300], reason))

    def add(self, other: Ledger) -> None:
        """Take over the counts and notes of another ledger."""
        self.read += other.read
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.merged += other.merged
        self.notes.extend(other.notes)
        self.findings.extend(other.findings)

    def finding(self, source: str) -> Finding:
        """The latest finding about a source, made if there is none."""
        for found in reversed(self.findings):
            if found.source == source:
                return found
        self.findings.append(Finding(source, ""))
        return self.findings[-1]

    def check(self, papers: int) -> None:
        """Assert that no record is unaccounted for, `papers` being the rows of the resulting table."""
        assert self.read == self.accepted + self.rejected + self.merged, self.sentence()
        assert self.accepted == papers, f"{papers} papers, but {self.accepted} accepted"

    def counts(self) -> dict[str, int]:
        """The counts by name, as a manifest keeps them."""
        return {name: getattr(self, name) for name in ("read", "accepted", "repaired", "rejected", "merged")}

    def sentence(self) -> str:
        """Say the counts in words, such as "91 records read: 88 accepted (2 repaired), 3 rejected"."""
        return sentence(self.counts())


def sentence(counts: Mapping[str, int]) -> str:
    """Say counts in words, as `Ledger.sentence` does."""
    read, repaired = counts["read"], counts["repaired"]
    parts = [f"{counts['accepted']:,} accepted" + (f" ({repaired:,} repaired)" if repaired else "")]
    parts += [f"{counts[word]:,} {word}" for word in ("rejected", "merged") if counts[word]]
    return f"{read:,} record{'' if read == 1 else 's'} read: {', '.join(parts)}."

"""The ledger of an import: what became of every input record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from explorer.papers.html_table import html_table

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 10
"""Notes that a notebook shows."""

Action = Literal["repaired", "rejected", "merged", "likely", "lost", "empty"]


class Entry(NamedTuple):
    """One thing that happened to one record."""

    source: str
    """Name of the file or service."""
    line: int | None
    """Line of the source where the record starts, from 1; None where a format has no lines."""
    record: int
    """Number of the record in its source, from 1; 0 where a paper was removed later, and where all papers or the source are meant."""
    action: Action
    field: str
    """Column of the schema, or empty when the whole record is meant."""
    before: str
    after: str
    """New value; for a merge, the id of the paper the record went into; for a likely one, that of the other paper."""
    reason: str

    @property
    def place(self) -> str:
        """Where it happened, in words."""
        if self.line:
            return f"{self.source}, line {self.line}"
        return f"{self.source}, record {self.record}" if self.record else self.source


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
        What was repaired, rejected, merged or is likely another paper too, and why; sources that held no record (empty); on the way out,
        what the format could not hold (lost).

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> ledger = explorer.import_papers(papers).ledger
    >>> ledger.sentence()
    '2 records read: 1 accepted, 1 merged.'
    >>> ledger.entries["action"].to_list()
    ['merged']
    """

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    merged: int = 0
    notes: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """How each source was taken: format, encoding, delimiter, columns."""
    sources: dict[str, int] = field(default_factory=dict)
    """Records read by where they are from: the database that a record names, else the file or service; what is not counted here is from
    a table that says nothing."""

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

    def _repr_html_(self) -> str:
        names = ("source", "record", "action", "field", "before", "after", "reason")
        rows = [[getattr(note, name) for name in names] for note in self.notes[:_SHOWN]]
        left = len(self.notes) - len(rows)
        return html_table(self.sentence(), names, rows, more=f"{left:,} more in entries." if left else "")

    def accept(self, count: int = 1) -> None:
        """Count records that were read and taken over.

        Parameters
        ----------
        count : int
            Records.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.accept(3)
        >>> ledger.sentence()
        '3 records read: 3 accepted.'
        """
        self.read += count
        self.accepted += count

    def count_sources(self, source: str, named: Mapping[str | None, int], read: int) -> None:
        """Count records that were read, accepted or not, by where they are from.

        Parameters
        ----------
        source : str
            Name of the file or service.
        named : mapping of str or None to int
            Accepted records by the database that they name; those under None name none.
        read : int
            Records that were read in all; those left over are the file's or service's.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.count_sources("refs.ris", {"Embase": 1, None: 1}, read=3)
        >>> ledger.sources
        {'Embase': 1, 'refs.ris': 2}
        """
        for name, count in named.items():
            if name:
                self.sources[name] = self.sources.get(name, 0) + count
                read -= count
        if read:
            self.sources[source] = self.sources.get(source, 0) + read

    def reject(self, source: str, record: int, reason: str, *, line: int | None = None, text: str = "") -> None:
        """Count and note a record that could not be taken over.

        Parameters
        ----------
        source : str
            Name of the file or service.
        record : int
            Number of the record in its source, from 1.
        reason : str
            Said to the reader.
        line : int, optional
            Line where the record starts, from 1.
        text : str
            What the record says; its first 300 characters are kept.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.reject("refs.csv", 4, "no title", line=5)
        >>> ledger.sentence()
        '1 record read: 0 accepted, 1 rejected.'
        """
        self.read += 1
        self.rejected += 1
        self.notes.append(Entry(source, line, record, "rejected", "", text[:300], "", reason))

    def empty(self, source: str, reason: str) -> None:
        """Note that a source holds no record, as a day without papers does: nothing was rejected.

        Parameters
        ----------
        source : str
            Name of the file or service.
        reason : str
            Said to the reader.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.empty("2026-01-04.json", "no record is in the file")
        >>> ledger.sentence()
        '0 records read: 0 accepted. 1 source held none.'
        """
        self.notes.append(Entry(source, None, 0, "empty", "", "", "", reason))

    def repair(
        self, source: str, record: int, name: str, before: str, after: str, reason: str, *, line: int | None = None
    ) -> None:
        """Note that a value of an accepted record was changed.

        Parameters
        ----------
        source : str
            Name of the file or service.
        record : int
            Number of the record in its source, from 1.
        name : str
            Column of the schema.
        before, after : str
            The value as it was and as it is; 300 characters of each are kept.
        reason : str
            Said to the reader.
        line : int, optional
            Line where the record starts, from 1.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.accept()
        >>> ledger.repair("refs.csv", 1, "doi", "doi:10.5555/1", "10.5555/1", "prefix taken off")
        >>> ledger.sentence()
        '1 record read: 1 accepted (1 repaired).'
        """
        self.notes.append(Entry(source, line, record, "repaired", name, before[:300], after[:300], reason))

    def merge(self, source: str, record: int, into: str, reason: str, *, line: int | None = None, text: str = "") -> None:
        """Note that an accepted record went into another paper; `text` says which it was.

        Parameters
        ----------
        source : str
            Name of the file or service.
        record : int
            Number of the record in its source, from 1.
        into : str
            Id of the paper.
        reason : str
            Said to the reader.
        line : int, optional
            Line where the record starts, from 1.
        text : str
            What the record says; its first 300 characters are kept.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.accept(2)
        >>> ledger.merge("refs.csv", 2, "lee2024", "same DOI")
        >>> ledger.sentence()
        '2 records read: 1 accepted, 1 merged.'
        """
        self.accepted -= 1
        self.merged += 1
        self.notes.append(Entry(source, line, record, "merged", "", text[:300], into, reason))

    def merge_all(self, merged: Iterable[tuple[str, int, str, str]]) -> None:
        """Note that accepted records went into other papers, each as `merge` does.

        Parameters
        ----------
        merged : iterable of tuple of (str, int, str, str)
            Source, record, paper and reason of each.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.accept(3)
        >>> ledger.merge_all([("refs.csv", 2, "lee2024", "same DOI"), ("refs.csv", 3, "lee2024", "same DOI")])
        >>> ledger.sentence()
        '3 records read: 1 accepted, 2 merged.'
        """
        before = len(self.notes)
        self.notes += [Entry(source, None, record, "merged", "", "", into, reason) for source, record, into, reason in merged]
        self.accepted -= len(self.notes) - before
        self.merged += len(self.notes) - before

    def remove(self, source: str, id_: str, *, text: str = "") -> None:
        """Note that the reader took an accepted record out again.

        Parameters
        ----------
        source : str
            Name of the file or service that the paper came from.
        id_ : str
            Id of the paper.
        text : str
            What the record says; its first 300 characters are kept.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.accept(2)
        >>> ledger.remove("refs.csv", "lee2024")
        >>> ledger.sentence()
        '2 records read: 1 accepted, 1 rejected.'
        """
        self.accepted -= 1
        self.rejected += 1
        self.notes.append(Entry(source, None, 0, "rejected", "", text[:300], id_, "the reader removed it"))

    def doubt(self, source: str, record: int, other: str, reason: str, *, text: str = "") -> None:
        """Note that an accepted record may be another paper too, which the reader decides; `text` says which record it is.

        Parameters
        ----------
        source : str
            Name of the file or service.
        record : int
            Number of the record in its source, from 1.
        other : str
            Id of the other paper.
        reason : str
            Said to the reader.
        text : str
            What the record says; its first 300 characters are kept.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.accept(2)
        >>> ledger.doubt("refs.csv", 2, "lee2024", "same title, other year")
        >>> ledger.entries["action"].to_list()
        ['likely']
        """
        self.notes.append(Entry(source, None, record, "likely", "", text[:300], other, reason))

    def lose(self, target: str, record: int, name: str, before: str, after: str, reason: str) -> None:
        """Note that a value, or a part of it, has no place in the format that is written; `record` is 0 for all papers.

        Parameters
        ----------
        target : str
            Name of the format.
        record : int
            Number of the paper, from 1; 0 for all.
        name : str
            Column.
        before, after : str
            The value as it was and as it is written; 300 characters of each are kept.
        reason : str
            Said to the reader.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.lose("RIS", 0, "upvotes", "12", "", "RIS has no tag for it")
        >>> ledger.entries["field"].to_list()
        ['upvotes']
        """
        self.notes.append(Entry(target, None, record, "lost", name, before[:300], after[:300], reason))

    def add(self, other: Ledger) -> None:
        """Take over the counts and notes of another ledger.

        Parameters
        ----------
        other : Ledger
            Not changed.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> other = explorer.Ledger(read=2, accepted=2)
        >>> ledger.add(other)
        >>> ledger.accepted
        2
        """
        self.read += other.read
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.merged += other.merged
        self.notes.extend(other.notes)
        self.findings.extend(other.findings)
        self.sources = dict(Counter(self.sources) + Counter(other.sources))

    def finding(self, source: str) -> Finding:
        """The latest finding about a source, made if there is none.

        Parameters
        ----------
        source : str
            Name of the file or service.

        Returns
        -------
        Finding
            Format, encoding, delimiter and columns, as they were taken.

        Examples
        --------
        >>> import explorer
        >>> ledger = explorer.Ledger()
        >>> ledger.finding("refs.csv").delimiter = ";"
        >>> ledger.finding("refs.csv").delimiter
        ';'
        """
        for found in reversed(self.findings):
            if found.source == source:
                return found
        self.findings.append(Finding(source, ""))
        return self.findings[-1]

    def check(self, papers: int) -> None:
        """Assert that no record is unaccounted for, `papers` being the rows of the resulting table.

        Parameters
        ----------
        papers : int
            Rows of the resulting table.

        Raises
        ------
        AssertionError
            The counts do not add up, which is a fault of the reader of a format.

        Examples
        --------
        >>> import explorer
        >>> explorer.Ledger(read=3, accepted=2, rejected=1).check(2)
        """
        assert self.read == self.accepted + self.rejected + self.merged, self.sentence()
        assert self.accepted == papers, f"{papers} papers, but {self.accepted} accepted"

    def counts(self) -> dict[str, int]:
        """The counts by name, as a manifest keeps them.

        Returns
        -------
        dict of str to int
            `read`, `accepted`, `repaired`, `rejected`, `merged`, in numbers of records.

        Examples
        --------
        >>> import explorer
        >>> explorer.Ledger(read=3, accepted=2, rejected=1).counts()
        {'read': 3, 'accepted': 2, 'repaired': 0, 'rejected': 1, 'merged': 0}
        """
        return {name: getattr(self, name) for name in ("read", "accepted", "repaired", "rejected", "merged")}

    def sentence(self) -> str:
        """Say the counts in words, such as "91 records read: 88 accepted (2 repaired), 3 rejected".

        Returns
        -------
        str

        Examples
        --------
        >>> import explorer
        >>> explorer.Ledger(read=3, accepted=2, rejected=1).sentence()
        '3 records read: 2 accepted, 1 rejected.'
        """
        return sentence(self.counts(), sum(note.action == "empty" for note in self.notes))


def sentence(counts: Mapping[str, int], empty: int = 0) -> str:
    """Say counts in words, as `Ledger.sentence` does, and how many sources held no record."""
    read, repaired = counts["read"], counts["repaired"]
    parts = [f"{counts['accepted']:,} accepted" + (f" ({repaired:,} repaired)" if repaired else "")]
    parts += [f"{counts[word]:,} {word}" for word in ("rejected", "merged") if counts[word]]
    none = f" {empty:,} source{'s' * (empty != 1)} held none." * bool(empty)
    return f"{read:,} record{'' if read == 1 else 's'} read: {', '.join(parts)}.{none}"

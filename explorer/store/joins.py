"""What becomes of a paper of a corpus that another record of it came for, or that a merge is taken back of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.deduplication import merge_duplicates
from explorer.dedupe.imprint import preprints
from explorer.dedupe.merges import HISTORY, ORIGIN, Change, Merges
from explorer.dedupe.merging import merge, version_names
from explorer.dedupe.rules import Rules
from explorer.errors import CorpusError
from explorer.papers.ledger import Entry, Ledger
from explorer.papers.rows import rows_of
from explorer.papers.schema import TEXT, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from explorer.store.snapshot import Snapshot

_BATCH = 1_000


@dataclass(frozen=True)
class Match:
    """A paper that the corpus has: where, why, its records there, and those that came and are not there word for word."""

    place: int
    paper: str
    relation: str
    score: float
    reason: str
    there: list[dict[str, Any]]
    fresh: list[dict[str, Any]]


def records_of(
    merges: Merges, papers: pa.Table, progress: Callable[[float], None] = lambda part: None
) -> dict[str, list[dict[str, Any]]]:
    """The records that each of some papers was merged from; itself where it is one record. With the fields of `ORIGIN`.

    `progress` is called with the part done, 0 to 1; an exception it raises stops the work.
    """
    names = papers.column("id").to_pylist()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for record in merges.of_papers(names).records.to_pylist():
        found[record["merge_paper"]].append(record)
    rows = (row for batch in papers.to_batches(max_chunksize=_BATCH) for row in batch.to_pylist())
    for number, (name, record) in enumerate(zip(names, rows, strict=True)):
        if number % _BATCH == 0:
            progress(number / len(names))
        if not found[name]:
            found[name].append({**record, "merge_paper": name, "merge_source": record["source"], "merge_record": None})
    return found


def into_corpus(
    snapshot: Snapshot, matches: list[Match], came: pa.Schema, another: Callable[[str], str | None]
) -> tuple[np.ndarray, pa.Table | None, Merges | None]:
    """Merge records into papers of a snapshot, field by field.

    Parameters
    ----------
    snapshot : Snapshot
        Not changed.
    matches : list of Match
        Those whose `fresh` is empty change nothing.
    came : pyarrow.Schema
        Of the table that the fresh records are from.
    another : callable
        Gives the id that a record takes whose own is taken, None where it is not.

    Returns
    -------
    tuple of (array of int64, Table or None, Merges or None)
        Rows of the corpus whose paper changes, those papers, and all merges of the corpus; None where there is nothing.
    """
    by_paper: dict[str, list[Match]] = {}
    for match in sorted(matches, key=lambda match: match.place):
        if match.fresh:
            by_paper.setdefault(match.paper, []).append(match)
    if not by_paper:
        return np.empty(0, np.int64), None, None
    records: list[dict[str, Any]] = []
    for paper, some in by_paper.items():
        fresh = [{**record, "id": another(record["id"]) or record["id"]} for match in some for record in match.fresh]
        records += [{**record, "merge_paper": paper} for record in [*some[0].there, *fresh]]
    kept = [snapshot.merged.records.schema, snapshot.table.schema, came, pa.schema(list(ORIGIN.items()))]
    schema = pa.unify_schemas(kept, promote_options="permissive")
    table = pa.Table.from_pylist(records, schema)
    fields = [name for name in schema.names if name not in ORIGIN]
    # They came paper by paper.
    sizes = [len(list(members)) for _, members in groupby(records, key=lambda record: record["merge_paper"])]
    merged = merge(table.select(fields), sizes, preprints(table))
    values, given_by = merged.papers.to_pylist(), merged.given_by.to_pylist()
    ranked = table.select(["id", "doi", "arxiv_id"]).take(pa.array(merged.ranked)).to_pylist()
    has = dict(zip(by_paper, rows_of(snapshot.table, [some[0].place for some in by_paper.values()]).to_pylist(), strict=True))
    rows, papers, history = [], [], []
    stop = 0
    for number, (paper, some) in enumerate(by_paper.items()):
        start, stop = stop, stop + sizes[number]
        members = ranked[start:stop]
        before = snapshot.merged.of(paper)
        value = {**values[number], "id": paper}
        known = [before[0]] if before else []
        relations = {*(match.relation for match in some), *(row["relation"] for row in known)}
        if "version" in relations:
            value["versions"] = version_names(members)
        history.append(
            {
                "paper": paper,
                "members": [record["id"] for record in members],
                "relation": "version" if "version" in relations else "same",
                "score": min([*(row["score"] for row in known), *(match.score for match in some)]),
                "reason": "; ".join(dict.fromkeys([*(row["reason"] for row in known), *(match.reason for match in some)])),
                "given_by": given_by[number],
            }
        )
        if any(has[paper].get(name) != given and given not in (None, "", []) for name, given in value.items()):
            rows.append(some[0].place)
            papers.append(value)
    merges = snapshot.merged.without(list(by_paper)).joined(Merges(pa.Table.from_pylist(history, HISTORY), table))
    paper_schema = pa.schema([schema.field(name) for name in fields])
    if "versions" not in fields and any("versions" in paper for paper in papers):
        paper_schema = paper_schema.append(pa.field("versions", TEXTS))
    return np.array(rows, np.int64), pa.Table.from_pylist(papers, paper_schema) if papers else None, merges


def split(snapshot: Snapshot, paper: str) -> Change:
    """What a corpus becomes when a merge is taken back: its records stand as they were, and a rule keeps them apart.

    Raises
    ------
    CorpusError
        Nothing was merged into the paper.
    """
    found = snapshot.merged.of(paper)
    if found is None:
        raise CorpusError(f"Nothing was merged into a paper {paper!r} here. `merges` lists the merges under `paper`.")
    records = found[1]
    place = pc.index(snapshot.table.column("id"), paper).as_py()
    ids = records.column("id").to_pylist()
    # The paper's own record stands in its place again, the others at the end.
    own = pa.array([name == paper for name in ids])
    others = records.select(list(ORIGIN)).filter(pc.invert(own)).to_pydict()
    records = records.drop_columns(list(ORIGIN))
    change = Change(records.filter(pc.invert(own)), np.array([place], np.int64), records.filter(own))
    merges, rules = snapshot.merged.without([paper]), snapshot.rules.never_merge(*ids)
    unmerged = tuple(zip(*others.values(), strict=True))
    return replace(change, merges=merges, rules=rules, upon=snapshot.manifest["generation"], unmerged=unmerged)


def joined(
    table: pa.Table, merges: Merges, ledger: Ledger, pairs: Iterable[tuple[str, str]]
) -> tuple[pa.Table, Merges, Ledger, int]:
    """Papers, merges and ledger once pairs of papers are one each, and how many papers are gone.

    The paper is merged anew from all the records that its parts were merged from, so that taking it back gives these.
    """
    groups = _groups(pairs)
    schema = pa.schema([*table.schema, *ORIGIN.items()])
    names = table.column("id").to_pylist()
    place_of = {name: place for place, name in enumerate(names)}
    stays = np.ones(len(names), bool)
    new: list[tuple[int, pa.Table]] = []
    for group in groups:
        where = sorted(place_of[name] for name in group)
        members = [names[place] for place in where]
        records = records_of(merges, table.take(pa.array(where)))
        each = pa.Table.from_pylist([record for name in members for record in records[name]], schema)
        plain = each.drop_columns(list(ORIGIN)).select(table.column_names)
        found = merge_duplicates(plain, rules=Rules().always_merge(*plain.column("id").to_pylist()))
        [history] = found.history.to_pylist()
        kept = found.absorbed.column("merge_row")
        absorbed = each.take(kept)
        paper = pa.array([history["paper"]] * each.num_rows, TEXT)
        absorbed = absorbed.set_column(absorbed.column_names.index("merge_paper"), "merge_paper", paper)
        # The notes of the ledger say it so, and are found by it when this is taken back.
        source = pc.fill_null(absorbed.column("merge_source"), "")
        absorbed = absorbed.set_column(absorbed.column_names.index("merge_source"), "merge_source", source)
        merges = merges.without(members).joined(Merges(found.history, absorbed))
        stays[where[1:]] = False
        new.append((where[0], found.table.select(table.column_names)))
        titles, own = absorbed.column("title").to_pylist(), absorbed.column("id").to_pylist()
        notes = [note for note in ledger.notes if note.action != "merged" or note.after not in members]
        sources = zip(*(absorbed.column(name).to_pylist() for name in ("merge_source", "merge_record")), strict=True)
        for title, name, (source, record) in zip(titles, own, sources, strict=True):
            if name != history["paper"]:
                notes.append(Entry(source, None, record, "merged", "", title or "", history["paper"], "the reader says so"))
        gone = len(where) - 1
        ledger = replace(ledger, accepted=ledger.accepted - gone, merged=ledger.merged + gone, notes=notes)
    order = np.flatnonzero(stays)
    both = pa.concat_tables([table, *(paper for _, paper in new)], promote_options="permissive")
    places = np.arange(len(names))
    places[[place for place, _ in new]] = len(names) + np.arange(len(new))
    rows = pa.array(places[order])
    left = pa.table({name: both.column(name).take(rows) for name in both.column_names})
    return left, merges, ledger, int((~stays).sum())


def _groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The papers that pairs join, those of a chain together."""
    groups: list[set[str]] = []
    for both in pairs:
        touched = [group for group in groups if group & set(both)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(both).union(*touched))
    return groups

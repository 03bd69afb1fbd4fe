"""What becomes of a paper of a corpus that another record of it came for, or that a merge is taken back of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merging import by_worth, merge, versions
from explorer.dedupe.records import Records
from explorer.errors import CorpusError
from explorer.merges import HISTORY, ORIGIN, Change, Merges
from explorer.schema import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.arrivals import Match
    from explorer.growing import GrowingCorpus


def records_of(merges: Merges, paper: pa.Table) -> pa.Table:
    """The records that a paper was merged from; itself where it is one record. With the columns of `ORIGIN`.

    Parameters
    ----------
    merges : Merges
    paper : pyarrow.Table
        One row.
    """
    found = merges.of(paper.column("id")[0].as_py())
    if found is not None:
        return found[1]
    origin = {"merge_paper": paper.column("id"), "merge_source": paper.column("source")}
    for name, kind in ORIGIN.items():
        paper = paper.append_column(name, origin.get(name, pa.nulls(1, kind)))
    return paper


def into_corpus(
    corpus: GrowingCorpus, matches: list[Match], another: Callable[[str], str | None]
) -> tuple[np.ndarray, pa.Table | None, Merges | None]:
    """Merge records into papers of a corpus, field by field.

    Parameters
    ----------
    corpus : GrowingCorpus
        Not changed.
    matches : list of Match
        Those whose `fresh` is empty change nothing.
    another : callable
        Gives the id that a record takes whose own is taken, None where it is not.

    Returns
    -------
    tuple of (array of int64, Table or None, Merges or None)
        Rows of the corpus whose paper changes, those papers, and all merges of the corpus; None where there is nothing.
    """
    by_place: dict[int, list[Match]] = {}
    for match in matches:
        if match.fresh.num_rows:
            by_place.setdefault(match.place, []).append(match)
    if not by_place:
        return np.empty(0, np.int64), None, None
    places = sorted(by_place)
    parts = []
    for place in places:
        row = corpus.table.slice(place, 1)
        parts.append(_renamed(records_of(corpus.merged, row), row.column("id")[0].as_py(), lambda name: None))
        parts += [_renamed(match.fresh, match.paper, another) for match in by_place[place]]
    records = pa.concat_tables(parts, promote_options="permissive")
    seen = Records(records)
    members: dict[str, list[tuple[dict[str, Any], bool | None]]] = {}
    for place, record in enumerate(records.drop_columns(list(ORIGIN)).to_pylist()):
        members.setdefault(records.column("merge_paper")[place].as_py(), []).append((record, seen.preprint(place)))
    rows, papers, history = [], [], []
    for place in places:
        paper = by_place[place][0].paper
        before = corpus.merged.of(paper)
        ranked = by_worth(*zip(*members[paper], strict=True))
        value, giver = merge(ranked)
        value["id"] = paper
        came = by_place[place]
        known = (before[0],) if before else ()
        if any(relation == "version" for relation in (*(m.relation for m in came), *(row["relation"] for row in known))):
            value["versions"] = versions(ranked)
        reasons = dict.fromkeys([*(row["reason"] for row in known), *(match.reason for match in came)])
        history.append(
            {
                "paper": paper,
                "members": [record["id"] for record in ranked],
                "relation": "version" if value.get("versions") else "same",
                "score": min([*(row["score"] for row in known), *(match.score for match in came)]),
                "reason": "; ".join(reasons),
                "given_by": list(giver.items()),
            }
        )
        has = corpus.table.slice(place, 1).to_pylist()[0]
        if any(has.get(name) != given and given not in (None, "", []) for name, given in value.items()):
            rows.append(place)
            papers.append(value)
    names = [row["paper"] for row in history]
    merges = corpus.merged.without(names).joined(Merges(pa.Table.from_pylist(history, HISTORY), records))
    schema = records.drop_columns(list(ORIGIN)).schema
    if "versions" not in schema.names and any("versions" in paper for paper in papers):
        schema = schema.append(pa.field("versions", pa.list_(TEXT)))
    replaced = pa.Table.from_pylist(papers, schema) if papers else None
    return np.array(rows, np.int64), replaced, merges


def _renamed(records: pa.Table, paper: str, another: Callable[[str], str | None]) -> pa.Table:
    """Records that belong to a paper from now on, under ids that nothing else has."""
    ids = [another(name) or name for name in records.column("id").to_pylist()]
    for name, values in (("id", ids), ("merge_paper", [paper] * len(ids))):
        records = records.set_column(records.column_names.index(name), name, pa.array(values, TEXT))
    return records


def split(corpus: GrowingCorpus, paper: str) -> Change:
    """What a corpus becomes when a merge is taken back: its records stand as they were, and a rule keeps them apart.

    Raises
    ------
    CorpusError
        Nothing was merged into the paper.
    """
    found = corpus.merged.of(paper)
    if found is None:
        raise CorpusError(f"Nothing was merged into a paper {paper!r} here. `merges` lists the merges under `paper`.")
    records = found[1]
    place = pc.index(corpus.table.column("id"), paper).as_py()
    ids = records.column("id").to_pylist()
    # The paper's own record stands in its place again, the others at the end.
    own = pa.array([name == paper for name in ids])
    records = records.drop_columns(list(ORIGIN))
    change = Change(records.filter(pc.invert(own)), np.array([place], np.int64), records.filter(own))
    merges, rules = corpus.merged.without([paper]), corpus.rules.never_merge(*ids)
    return replace(change, merges=merges, rules=rules, upon=corpus.manifest["generation"])

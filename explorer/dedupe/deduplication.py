"""Duplicates: find them, merge them field by field, and take any merge back.

Two records are the same, likely the same, or different. They are the same by DOI, arXiv id or PMID, or by title, authors, year and
abstract where nothing speaks against it; two identifiers of one kind always do. What is likely is never merged by itself: the
reader decides. A merge keeps the better value of each field and says which record gave it; a preprint and its publication become one
paper that names both in `versions`. The records that were merged are kept as they were, so that each merge can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.clusters import clusters
from explorer.dedupe.identifiers import ARCHIVES
from explorer.dedupe.matching import Matches, match
from explorer.dedupe.merges import HISTORY, LIKELY
from explorer.dedupe.merging import NEEDED, merge, version_names
from explorer.dedupe.records import Records
from explorer.dedupe.rules import Rules, pair, read_rules, write_rules
from explorer.dedupe.scratch import Scratch
from explorer.errors import SchemaError
from explorer.papers.ledger import Entry, Ledger
from explorer.papers.rows import rows_of, rows_where
from explorer.papers.schema import TEXT, TEXTS, to_frame, to_table
from explorer.papers.spool import Spool, in_batches

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Deduplicated", "Rules", "find_duplicates", "merge_duplicates", "read_rules", "undo", "write_rules"]

_GROUPS = 1_000
"""Merges made at once; bounds the memory that Python objects take, and the wait of who stops them."""


@dataclass(frozen=True)
class Deduplicated:
    """Papers after merging, and all that is needed to take any merge back.

    Attributes
    ----------
    table : pyarrow.Table
        One row a paper; `versions` (list of string) names the versions of a work where there are several.
    ledger : Ledger
        What became of every record.
    history : pyarrow.Table
        One row a merge: `paper` (id), `members` (ids of the records), `relation` ("same" or "version"), `score` (the lowest
        of the pairs that joined it, 0 to 1), `reason`, `given_by` (map of field to the id of the record that gave its value).
    absorbed : pyarrow.Table
        The merged records as they were, with `merge_paper` (id of the paper) and `merge_row` (row in the input).
    rows : array of int64, shape (papers,)
        Row in the input at which each paper stands.
    base : Ledger
        The ledger before merging.
    undecided : pyarrow.Table
        The pairs of `likely`, with `row` and `source` of the record that the ledger speaks of.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> merged = explorer.merge_duplicates(papers)
    >>> merged.ledger.sentence()
    '2 records read: 1 accepted, 1 merged.'
    >>> merged.merges["relation"].to_list()
    ['same']
    """

    table: pa.Table
    ledger: Ledger
    history: pa.Table
    absorbed: pa.Table
    rows: npt.NDArray[np.int64]
    base: Ledger
    undecided: pa.Table

    @property
    def papers(self) -> pd.DataFrame:
        """The papers as a DataFrame in the schema."""
        return to_frame(self.table)

    @property
    def merges(self) -> pd.DataFrame:
        """The merges as a DataFrame with the columns of `HISTORY`."""
        return to_frame(self.history)

    @property
    def likely(self) -> pd.DataFrame:
        """Pairs of papers that are likely one, for the reader to decide by `Rules`; a DataFrame with the columns of `LIKELY`."""
        return to_frame(self.undecided.select(LIKELY.names))


def find_duplicates(
    papers: pd.DataFrame | pa.Table,
    *,
    rules: Rules | None = None,
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> pd.DataFrame:
    """Find the pairs of records that are, or may be, one paper.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        Needs `title`; a `pmid` column is used where there is one.
    rules : Rules, optional
        Pairs that the reader has decided.
    first_new : int
        Rows before this one have met each other already: pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the search.

    Returns
    -------
    DataFrame
        One row a pair, the surest first: `first`, `second` (ids), `score` (probability that they are one paper, 0 to 1),
        `relation` ("same"; "version", such as a preprint and its publication; "likely"), `reason`, `cluster` (number of the paper the
        pair belongs to, from 0; null where it is not merged).

    Raises
    ------
    SchemaError
        There is no `title` column.

    Notes
    -----
    After Fellegi and Sunter (1969): each field weighs for or against a pair by how often it agrees among records that are one paper
    and among those that are not; see `explorer.dedupe.evidence`.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> explorer.find_duplicates(papers)[["relation", "cluster"]].to_dict("records")
    [{'relation': 'same', 'cluster': 0}]
    """
    import pandas as pd

    table = to_table(papers)
    _, matches, roots = _group(table, rules or Rules(), first_new, progress, Scratch())
    together = roots[matches.low] == roots[matches.high]
    number = np.full(table.num_rows, -1, np.int64)
    named = list(dict.fromkeys(roots[matches.low[together]].tolist()))
    number[named] = np.arange(len(named))
    first, second = _named(table, matches)
    # What a rule joins, or keeps from being joined, is no longer likely, or no longer the same.
    relation = np.where(
        together & (matches.relation == "likely"),
        "same",
        np.where(~together & (matches.relation == "same"), "likely", matches.relation),
    )
    return pd.DataFrame(
        {
            "first": first.to_pandas(),
            "second": second.to_pandas(),
            "score": matches.score,
            "relation": relation,
            "reason": matches.reasons[matches.reason],
            "cluster": pd.array(np.where(together, number[roots[matches.low]], -1), dtype="Int64").copy(),
        }
    ).assign(cluster=lambda frame: frame["cluster"].mask(~together))


def merge_duplicates(
    papers: pd.DataFrame | pa.Table,
    *,
    rules: Rules | None = None,
    ledger: Ledger | None = None,
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> Deduplicated:
    """Merge the records that are one paper. The input is not changed.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        Needs `title`.
    rules : Rules, optional
        Pairs to merge always, or never.
    ledger : Ledger, optional
        That of the import the papers come from; a ledger that accepts each row when left out.
    first_new : int
        Rows before this one have met each other already.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the work.

    Returns
    -------
    Deduplicated
        `papers`, `ledger`, `merges` and `likely`, and what takes a merge back.

    Raises
    ------
    SchemaError
        There is no `title` column.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> merged = explorer.merge_duplicates(papers)
    >>> len(papers), len(merged.papers)
    (2, 1)
    """
    return merge_records(to_table(papers), rules or Rules(), ledger, progress, first_new=first_new)


def merge_records(
    table: pa.Table,
    rules: Rules,
    ledger: Ledger | None,
    progress: Callable[[float], None] = lambda part: None,
    spool: Callable[[], Spool] | None = None,
    *,
    first_new: int = 0,
) -> Deduplicated:
    """As `merge_duplicates`, of a table in the schema; `spool` gives what takes the papers that come of it, if not memory."""
    base = ledger if ledger is not None else Ledger(read=table.num_rows, accepted=table.num_rows)
    taking = spool() if spool is not None else None
    with Scratch(taking.folder if taking is not None else None) as scratch:
        records, matches, roots = _group(table, rules, first_new, lambda part: progress(0.8 * part), scratch)
        if matches.unlisted:
            listed = int(np.count_nonzero(~matches.same))
            said = (
                f"of {listed + matches.unlisted:,} pairs of records that are likely one paper the surest {listed:,} are listed"
            )
            base = replace(base, notes=[*base.notes, Entry("papers", None, 0, "likely", "", "", "", said)])
        # All but the first of each paper, and those first ones: most records are a paper of their own.
        others = np.flatnonzero(roots != np.arange(table.num_rows))
        members = np.union1d(others, roots[others])
        order = members[np.argsort(roots[members], kind="stable")]
        starts = np.flatnonzero(np.diff(roots[order], prepend=-1))
        groups = np.split(order, starts[1:]) if len(order) else []
        # One column at a time, here and below: the texts of all records need not lie in memory twice.
        absorbed = pa.table([_values(table, name, order) for name in table.column_names], schema=table.schema)
        why = _why(groups, matches, table.num_rows)
        early = records.imprint.preprint[order]
        merged, history = _merge_groups(absorbed, groups, why, early, lambda part: progress(0.8 + 0.2 * part))
    sizes = np.array([len(group) for group in groups], np.int64)
    keeper = history.column("paper").combine_chunks().take(pa.array(np.repeat(np.arange(len(groups)), sizes)))
    merged_rows = order[pc.equal(absorbed.column("id"), keeper).to_numpy()]
    stays = np.ones(table.num_rows, bool)
    stays[order] = False
    stays[merged_rows] = True
    rows = np.flatnonzero(stays)
    places = rows.copy()
    places[np.searchsorted(rows, merged_rows)] = table.num_rows + np.arange(len(merged_rows))
    whole = pa.concat_tables([table, *merged], promote_options="default")
    if taking is None:
        result = pa.table([_values(whole, name, places) for name in whole.column_names], schema=whole.schema)
    else:
        with taking:
            for batch in in_batches(whole, places):
                taking.write(batch)
            result = taking.table() if len(places) else whole
    absorbed = absorbed.append_column("merge_paper", keeper).append_column("merge_row", pa.array(order))
    undecided = _undecided(table, matches, roots, rules, absorbed, result)
    return _accounted(result, history, absorbed, rows, base, undecided)


def undo(result: Deduplicated, paper: str) -> Deduplicated:
    """Take one merge back: its records stand again as they were, where they were.

    ``rules.never_merge(*members)``, with the merge's `members`, keeps them apart from now on.

    Parameters
    ----------
    result : Deduplicated
        Not changed.
    paper : str
        Id of the merged paper, as in `Deduplicated.merges`.

    Raises
    ------
    SchemaError
        No merge led to this paper.
    """
    mine = pc.equal(result.history.column("paper"), paper)
    if not pc.any(mine).as_py():
        raise SchemaError(f"No merge led to the paper {paper!r}. Choose one of the ids under `paper` in `merges`.")
    back = result.absorbed.filter(pc.equal(result.absorbed.column("merge_paper"), paper))
    left = result.absorbed.filter(pc.not_equal(result.absorbed.column("merge_paper"), paper))
    history = result.history.filter(pc.invert(mine))
    stays = pc.not_equal(result.table.column("id"), paper)
    rows = np.concatenate([result.rows[stays.to_numpy()], back.column("merge_row").to_numpy()])
    sequence = np.argsort(rows)
    others = result.table.filter(stays)
    if "versions" not in back.column_names and "version" not in history.column("relation").to_pylist():
        others = others.select([name for name in others.column_names if name != "versions"])
    whole = pa.concat_tables([others, back.drop_columns(["merge_paper", "merge_row"])], promote_options="default")
    return _accounted(whole.take(pa.array(sequence)), history, left, rows[sequence], result.base, result.undecided)


def _group(
    table: pa.Table, rules: Rules, first_new: int, progress: Callable[[float], None], scratch: Scratch
) -> tuple[Records, Matches, npt.NDArray[np.int64]]:
    progress(0.0)
    records = Records(table, scratch, lambda part: progress(0.2 * part))
    named = _rows_named(table, {name for pairs in (*rules.always, *rules.never) for name in pairs})
    always = {name for pairs in rules.always for name in pairs}
    ruled = [row for row, name in named if name in always]
    matches = match(records, ruled=ruled, first_new=first_new, progress=lambda part: progress(0.2 + 0.8 * part))
    progress(1.0)
    row_of = {name: row for row, name in named}
    one_each = {kind: values for kind, values in records.identifiers.items() if kind not in ARCHIVES}
    return records, matches, clusters(matches, table.num_rows, row_of, rules, one_each)


def _rows_named(table: pa.Table, names: Collection[str]) -> list[tuple[int, str]]:
    """Rows whose ids are some of these, and those ids."""
    if not names:
        return []
    ids = table.column("id")
    rows = rows_where(pc.is_in(ids, value_set=pa.array(sorted(names), ids.type)))
    return list(zip(rows.to_pylist(), _values(table, "id", rows.to_numpy()).to_pylist(), strict=True))


def _values(table: pa.Table, name: str, rows: npt.NDArray[Any]) -> pa.Array:
    """Values of a column at some rows; the whole column need not lie in memory."""
    return _whole(rows_of(table.select([name]), rows).column(name))


def _merge_groups(
    absorbed: pa.Table,
    groups: list[npt.NDArray[np.int64]],
    why: list[tuple[float, str, str]],
    early: npt.NDArray[np.int64],
    progress: Callable[[float], None],
) -> tuple[list[pa.Table], pa.Table]:
    """Merge each group; returns tables of the merged papers, and the history. `early` tells which records are preprints."""
    schema = absorbed.schema
    if "versions" not in schema.names and any(relation == "version" for _, relation, _ in why):
        schema = schema.append(pa.field("versions", TEXTS))
    # A column that no record fills costs as much as one that all do.
    filled = [name for name in absorbed.column_names if name in NEEDED or absorbed.column(name).null_count < len(absorbed)]
    absorbed = absorbed.select(filled)
    history: list[pa.Table] = [HISTORY.empty_table()]
    parts: list[pa.Table] = []
    start = 0
    for first in range(0, len(groups), _GROUPS):
        progress(first / len(groups))
        sizes = np.array([len(group) for group in groups[first : first + _GROUPS]], np.int64)
        members = absorbed.slice(start, int(sizes.sum()))
        merged = merge(members, sizes, early[start : start + len(members)])
        start += len(members)
        scores, relations, reasons = zip(*why[first : first + _GROUPS], strict=True)
        columns = {name: merged.papers.column(name) for name in filled}
        if "version" in relations:
            columns["versions"] = _with_versions(columns.get("versions"), members, merged.ranked, sizes, relations)
        parts.append(pa.table([columns.get(field.name, pa.nulls(len(sizes), field.type)) for field in schema], schema=schema))
        ends = pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int32())
        names = _whole(members.column("id")).cast(TEXT).take(pa.array(merged.ranked))
        given: dict[str, Any] = {"relation": relations, "score": scores, "reason": reasons, "given_by": merged.given_by}
        given |= {"paper": names.take(ends[:-1]), "members": pa.ListArray.from_arrays(ends, names)}
        history.append(pa.table(given, schema=HISTORY))
    return parts, pa.concat_tables(history)


def _with_versions(
    before: pa.ChunkedArray | None,
    members: pa.Table,
    ranked: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
    relations: Sequence[str],
) -> pa.Array:
    """The names of the versions of some papers, in which their records are several."""
    rows = members.select(["id", "doi", "arxiv_id"]).take(pa.array(ranked)).to_pylist()
    told = before.to_pylist() if before is not None else [None] * len(sizes)
    ends = np.cumsum(sizes).tolist()
    for place, (end, size, relation) in enumerate(zip(ends, sizes.tolist(), relations, strict=True)):
        if relation == "version":
            told[place] = version_names(rows[end - size : end])
    return pa.array(told, before.type if before is not None else TEXTS)


def _why(groups: list[npt.NDArray[np.int64]], matches: Matches, rows: int) -> list[tuple[float, str, str]]:
    """Lowest score, relation and reasons of each group; a group without a matched pair was joined by a rule."""
    group_of = np.full(rows, -1, np.int64)
    if groups:
        group_of[np.concatenate(groups)] = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    within = np.flatnonzero((group_of[matches.low] >= 0) & (group_of[matches.low] == group_of[matches.high]) & matches.same)
    mine = group_of[matches.low[within]]
    lowest = np.ones(len(groups))
    np.minimum.at(lowest, mine, matches.score[within])
    versions = np.zeros(len(groups), bool)
    versions[mine[matches.relation[within] == "version"]] = True
    # The first pairs are the surest, and a reason is given once.
    _, first = np.unique(mine * np.int64(max(len(matches.reasons), 1)) + matches.reason[within], return_index=True)
    said: list[list[str]] = [[] for _ in groups]
    for place in np.sort(first).tolist():
        some = said[mine[place]]
        if len(some) < 3:
            some.append(matches.reasons[matches.reason[within[place]]])
    return [
        (score, "version" if version else "same", "; ".join(some) or "a rule of the reader's")
        for score, version, some in zip(lowest.tolist(), versions.tolist(), said, strict=True)
    ]


def _named(table: pa.Table, matches: Matches) -> tuple[pa.Array, pa.Array]:
    """Ids of both records of each pair, the smaller first."""
    low, high = _values(table, "id", matches.low), _values(table, "id", matches.high)
    turned = pc.greater(low, high)
    return pc.if_else(turned, high, low), pc.if_else(turned, low, high)


def _undecided(
    table: pa.Table,
    matches: Matches,
    roots: npt.NDArray[np.int64],
    rules: Rules,
    absorbed: pa.Table,
    result: pa.Table,
) -> pa.Table:
    """The pairs of papers that are likely one and not merged, the surest first, each once; what a rule decides is left out.

    With `row`, the row in the input of the record that the ledger speaks of, and its `source`.
    """
    places = np.flatnonzero(roots[matches.low] != roots[matches.high])
    low, high = matches.low[places], matches.high[places]
    one, other = _papers_of(table, absorbed, low), _papers_of(table, absorbed, high)
    turned = pc.greater(one, other)
    first, second = pc.if_else(turned, other, one), pc.if_else(turned, one, other)
    reason = matches.reasons[matches.reason[places]] + np.where(
        matches.same[places], ", but one of them resembles another paper too", ""
    )
    found = pa.table(
        {
            "first": first,
            "second": second,
            "score": matches.score[places],
            "relation": pa.array(np.where(matches.relation[places] == "version", "version", "likely"), pa.string()),
            "reason": pa.array(reason.tolist(), TEXT),
            "row": pc.if_else(turned, pa.array(low), pa.array(high)),
        }
    )
    pairs = zip(first.to_pylist(), second.to_pylist(), strict=True)
    seen: set[tuple[str, str]] = set(rules.never)
    if rules.never:
        seen |= {pair(*names) for names in _spread(rules, table, absorbed)}
    kept = [not (names in seen or seen.add(names)) for names in pairs]  # type: ignore[func-returns-value]
    found = found.filter(pa.array(kept, pa.bool_()))
    wanted = pc.unique(pa.concat_arrays([_whole(found.column(name)) for name in ("first", "second")]))
    shown = rows_of(result.select(["id", "title"]), rows_where(pc.is_in(result.column("id"), value_set=wanted)).to_numpy())
    names = _whole(shown.column("id"))
    for place, name in enumerate(("first", "second")):
        titles = shown.column("title").take(pc.index_in(found.column(name), value_set=names))
        found = found.add_column(2 + place, f"{name}_title", titles.cast(TEXT))
    return found.append_column("source", _values(table, "source", found.column("row").to_numpy()))


def _whole(values: pa.ChunkedArray) -> pa.Array:
    """A column as one array, copied only where it is several."""
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def _papers_of(table: pa.Table, absorbed: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Array:
    """Ids of the papers that hold some records."""
    found = _values(table, "id", rows)
    if not len(absorbed):
        return found
    merged = absorbed.column("merge_row").to_numpy()
    order = np.argsort(merged)
    place = np.minimum(np.searchsorted(merged, rows, sorter=order), len(merged) - 1)
    place = order[place]
    papers = absorbed.column("merge_paper").take(pa.array(place)).combine_chunks()
    return pc.if_else(pa.array(merged[place] == rows), papers, found)


def _spread(rules: Rules, table: pa.Table, absorbed: pa.Table) -> list[tuple[str, str]]:
    """The papers that hold the records which a rule keeps apart."""
    named = _rows_named(table, {name for pairs in rules.never for name in pairs})
    papers = _papers_of(table, absorbed, np.array([row for row, _ in named], np.int64)).to_pylist()
    paper_of = {name: paper for (_, name), paper in zip(named, papers, strict=True)}
    return [(paper_of[one], paper_of[other]) for one, other in rules.never if one in paper_of and other in paper_of]


def _accounted(
    table: pa.Table, history: pa.Table, absorbed: pa.Table, rows: npt.NDArray[np.int64], base: Ledger, undecided: pa.Table
) -> Deduplicated:
    """Put a result together and write its merges, and the pairs to decide, into a copy of the base ledger."""
    ledger = replace(base, notes=list(base.notes))
    reasons = dict(zip(history.column("paper").to_pylist(), history.column("reason").to_pylist(), strict=True))
    columns = [absorbed.column(name).to_pylist() for name in ("id", "source", "merge_paper", "merge_row")]
    ledger.merge_all(
        (source or "papers", row + 1, paper, reasons[paper])
        for name, source, paper, row in zip(*columns, strict=True)
        if name != paper
    )
    names = ("row", "second_title", "first", "source", "reason")
    for row, title, other, source, reason in zip(*(undecided.column(name).to_pylist() for name in names), strict=True):
        ledger.doubt(source or "papers", row + 1, other, reason, text=title or "")
    ledger.check(table.num_rows)
    return Deduplicated(table, ledger, history, absorbed, rows, base, undecided)

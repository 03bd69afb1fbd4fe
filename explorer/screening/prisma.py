"""The PRISMA 2020 flow of a review, which follows the data: every number is counted from the ledger, the merges and the log.

Specification: Page et al. (2021), *The PRISMA 2020 statement*, BMJ 372:n71, figure 1 and its template for updated reviews. Each search has a
column of its own, as a living review needs it. "Records excluded" has the reasons of the first stage too, where reviewers gave any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from explorer.disk import write_whole
from explorer.errors import ExportError
from explorer.screening.labels import NOT_RETRIEVED, STAGES, State

if TYPE_CHECKING:
    import pandas as pd

    from explorer.papers.ledger import Entry
    from explorer.store.snapshot import Snapshot

UNNAMED = "source not named"
NO_REASON = "no reason given"
APART = "merges taken back"


@dataclass
class Column:
    """The flow of the records that one search brought."""

    title: str
    at: str
    """When the records came to the review, UTC."""
    identified: dict[str, int]
    """Records by source: the database that the record names, else its file or service; `APART`, where a merge was taken back since the
    search before."""
    duplicates: int
    unreadable: int
    """Records that could not be read as papers."""
    records: int
    """Records to screen."""
    screened: int
    """Those about which all votes are in and nothing is disputed."""
    pending: dict[str, int]
    """The others: "not screened yet", "await a second vote", "maybe", "in conflict"."""
    excluded: dict[str, int]
    """By reason."""
    sought: int
    not_retrieved: int
    assessed: int
    pending_reports: int
    excluded_reports: dict[str, int]
    """By reason."""
    included: int


@dataclass
class Flow:
    """Numbers of a review.

    Attributes
    ----------
    columns : list of Column
        One a search.
    notes : list of str
        Where numbers do not reconcile, and why; empty where all do.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> flow = explorer.Screening(corpus, name="another doctest's").prisma()
    >>> flow.columns[0].records == len(corpus)
    True
    """

    columns: list[Column] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def included(self) -> int:
        """Reports included over all searches."""
        return sum(column.included for column in self.columns)

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers: `search`, `phase`, `box`, `what` (source or reason, or empty for the box itself), `n`."""
        import pandas as pd

        rows = [
            (column.title, phase, box, what, n)
            for column in self.columns
            for phase, boxes in _boxes(column)
            for box, n, parts in boxes
            for what, n in [("", n), *parts.items()]
        ]
        return pd.DataFrame(rows, columns=["search", "phase", "box", "what", "n"])

    def svg(self, *, width: int | None = None) -> str:
        """The diagram as SVG.

        Parameters
        ----------
        width : int, optional
            Pixels that there are. Searches without room beside each other stand below each other, and what was removed stands below what
            went on where it has no room beside it. By default each search stands beside the one before.

        Returns
        -------
        str

        Examples
        --------
        >>> import explorer
        >>> flow = explorer.Screening(explorer.open_corpus(), name="drawn").prisma()
        >>> flow.svg().startswith("<svg")
        True
        """
        return _drawn(self, width)

    def _repr_svg_(self) -> str:
        return self.svg()

    def to_svg(self, path: str | PathLike[str]) -> None:
        """Write the diagram as SVG.

        Parameters
        ----------
        path : path

        Raises
        ------
        ExportError
            The file cannot be written.

        Examples
        --------
        >>> import explorer
        >>> flow = explorer.Screening(explorer.open_corpus(), name="written").prisma()
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "flow.svg"
        >>> flow.to_svg(path)
        >>> path.exists()
        True
        """
        try:
            write_whole(Path(path), self.svg().encode())
        except OSError as error:
            raise ExportError(f"{path} cannot be written ({error.strerror}).") from error


def identified(snapshot: Snapshot) -> dict[str, Any]:
    """What the ledger and the merges of a corpus say of the records that it was made from.

    Returns
    -------
    dict
        `sources` (records by source), `read`, `rejected`, `merged`, `papers`, and `kept`, whether a ledger was kept.
    """
    accounts = snapshot.accounts
    counts, kept = accounts.counts, bool(accounts.parts)
    told = accounts.sources
    if kept and sum(told.values()) == counts["read"]:
        sources = Counter(told)
        rejected, merged = counts["rejected"], counts["merged"]
    else:
        sources, rejected, merged = _told_by_records(snapshot)
        _name_files(sources, told)
    shown: Counter[str] = Counter()
    for name, count in sources.items():
        # A file may be called anything, and what no picture can hold is in none.
        shown["".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)] += count
    return {
        "sources": dict(sorted(shown.items())),
        "read": counts["read"] if kept else len(snapshot) + merged,
        "rejected": rejected,
        "merged": merged,
        "papers": len(snapshot),
        "kept": kept,
    }


def _name_files(sources: Counter[str], told: Mapping[str, int]) -> None:
    """Name the files of those records of which the ledger says them, where it does not say them of all."""
    for name, count in told.items():
        rest = count - sources[name]
        # Of a database that records name all are there; what a name has beyond that stands among those that name none.
        if rest > 0 and (moved := min(rest, sources[UNNAMED])):
            sources[name] += moved
            sources[UNNAMED] -= moved
    if not sources[UNNAMED]:
        del sources[UNNAMED]


def _told_by_records(snapshot: Snapshot) -> tuple[Counter[str], int, int]:
    """Records by the source that they name, and how many were rejected and merged, where the ledger does not count them by source."""
    accounts, merges = snapshot.accounts, snapshot.merged
    sources: Counter[str] = Counter(value or UNNAMED for value in snapshot.table.column("source").to_pylist())
    # Of papers that name no database only what befell them is told by file: a part of a file's records would pass for all of them.
    unnamed, named = UNNAMED in sources, frozenset(sources)

    def source_of(entry: Entry) -> str:
        return entry.source if entry.source and (entry.source in named or not unnamed) else UNNAMED

    kept = bool(accounts.parts)
    databases = {
        (source, record): database
        for source, record, database in zip(
            *(merges.records.column(name).to_pylist() for name in ("merge_source", "merge_record", "source")), strict=True
        )
    }
    if kept:
        rejected = merged = 0
        for entry in accounts.entries():
            if entry.action == "merged":
                merged += 1
                sources[databases.get((entry.source, entry.record)) or source_of(entry)] += 1
            elif entry.action == "rejected":
                rejected += 1
                sources[source_of(entry)] += 1
    else:
        rejected, merged = 0, sum(max(0, len(members) - 1) for members in merges.history.column("members").to_pylist())
        if merged:
            sources[UNNAMED] += merged
    return sources, rejected, merged


def flow(state: State, snapshot: Snapshot, moved: Mapping[str, str]) -> Flow:
    """Count the flow.

    Parameters
    ----------
    state : State
        What is in force.
    snapshot : Snapshot
        The corpus as it is now.
    moved : mapping
        Ids of records that were merged since, and of the papers they are in now.
    """
    found = Flow()
    for stage, name in STAGES.items():
        if state.alone and any(state.hidden(stage, paper) for paper in state.votes[stage]):
            of = " of what was not seen before" if state.shown[stage] else ""
            found.notes.append(f"By {name} the decisions of {state.alone} alone are counted{of} until all reviewers are done.")
    there = set(snapshot.table.column("id").to_pylist())
    seen: set[str] = set()
    before: Mapping[str, Any] = {"sources": {}, "read": 0, "rejected": 0, "merged": 0}
    for search in state.searches:
        now = search.sources
        sources = {
            name: count
            for name in dict.fromkeys((*now["sources"], *before["sources"]))
            if (count := now["sources"].get(name, 0) - before["sources"].get(name, 0))
        }
        read, rejected, merged = (now[name] - before[name] for name in ("read", "rejected", "merged"))
        if merged < 0:
            # They were read for an earlier search, and counted among its duplicates.
            sources, read, merged = {**sources, APART: -merged}, read - merged, 0
        before = now
        own: list[str] = []
        gone = joined = 0
        for id_ in search.ids:
            name = moved.get(id_, id_)
            if name not in there:
                gone += 1
            elif name in seen:
                joined += 1
            else:
                seen.add(name)
                own.append(name)
        column = _column(state, own)
        column.title, column.at = search.title, search.at
        column.identified, column.duplicates, column.unreadable = sources, merged + joined, rejected
        found.columns.append(column)
        found.notes += _differences(column, read, joined, gone, kept=bool(now["kept"]))
    return found


def _differences(column: Column, read: int, joined: int, gone: int, *, kept: bool) -> Iterator[str]:
    """Say where the numbers of a column do not add up."""
    title, total = column.title, sum(column.identified.values())
    if any(count < 0 for count in column.identified.values()):
        yield (
            f"{title}: merges were taken back, or records renamed their source, since the search before, so that some sources"
            " have fewer records than they had."
        )
    if apart := column.identified.get(APART):
        yield f"{title}: {_records(apart)} of merges taken back stood among the duplicates of an earlier search."
    if not kept:
        yield f"{title}: no ledger was kept when the corpus was made, so that records read and left out then are not counted."
    elif total != read:
        yield f"{title}: the ledger read {_records(read)}, the sources add up to {total:,}."
    left = total - column.duplicates - column.unreadable
    if left != column.records + gone:
        yield (
            f"{title}: {_records(total)} less {column.duplicates:,} duplicates and {column.unreadable:,} that could not be read leave"
            f" {left:,}, and the review has {column.records + gone:,}."
        )
    if joined:
        yield f"{title}: {_records(joined)} merged with others since the search are counted as duplicates."
    if gone:
        yield f"{title}: {_records(gone)} {'is' if gone == 1 else 'are'} not in the corpus any more, and counted nowhere below."
    if column.pending:
        parts = ", ".join(f"{count:,} {what}" for what, count in column.pending.items())
        yield f"{title}: screening goes on; {parts}."
    if column.pending_reports:
        are = "full text is" if column.pending_reports == 1 else "full texts are"
        yield f"{title}: {column.pending_reports:,} {are} not assessed yet."


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"


_PENDING = {"open": "not screened yet", "awaits": "await a second vote", "maybe": "maybe", "conflict": "in conflict"}


def _column(state: State, ids: list[str]) -> Column:
    pending: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    sought = not_retrieved = waiting = included = 0
    for id_ in ids:
        verdict, decision = state.verdict(1, id_)
        if verdict == "exclude":
            excluded[(decision.reason if decision else "") or NO_REASON] += 1
        elif verdict != "include":
            pending[_PENDING[verdict]] += 1
        else:
            sought += 1
            second, why = state.verdict(2, id_)
            if second == "include":
                included += 1
            elif second == "exclude" and why is not None and why.reason == NOT_RETRIEVED:
                not_retrieved += 1
            elif second == "exclude":
                reasons[(why.reason if why else "") or NO_REASON] += 1
            else:
                waiting += 1
    screened = sought + sum(excluded.values())
    return Column(
        "", "", {}, 0, 0, len(ids), screened, _by_count(pending), _by_count(excluded), sought, not_retrieved,
        included + sum(reasons.values()), waiting, _by_count(reasons), included,
    )  # fmt: skip


def _by_count(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


Box = tuple[str, int, dict[str, int]]


def _boxes(column: Column) -> list[tuple[str, list[Box]]]:
    """The boxes of a column by phase: each one of the way down, followed by the one beside it."""
    removed = {"duplicates": column.duplicates, "could not be read": column.unreadable}
    reported = {"not assessed yet": column.pending_reports} if column.pending_reports else {}
    return [
        (
            "Identification",
            [
                ("Records identified", sum(column.identified.values()), column.identified),
                ("Records removed before screening", sum(removed.values()), removed),
            ],
        ),
        (
            "Screening",
            [
                ("Records screened", column.screened, column.pending),
                ("Records excluded", sum(column.excluded.values()), column.excluded),
                ("Reports sought for retrieval", column.sought, {}),
                ("Reports not retrieved", column.not_retrieved, {}),
                ("Reports assessed for eligibility", column.assessed, reported),
                ("Reports excluded", sum(column.excluded_reports.values()), column.excluded_reports),
            ],
        ),
        ("Included", [("Reports included", column.included, {})]),
    ]


class _Place(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class _Form(NamedTuple):
    """How the boxes of a search stand: what leaves it beside the way down, or below, where there is no room."""

    beside: bool
    width: int
    """Pixels of a search."""
    gap: int
    """Pixels between lines of boxes."""

    def line(self, box: int) -> int:
        """The line of boxes on which one stands, by its number on the way down."""
        return box // 2 if self.beside else box

    def indent(self, box: int) -> int:
        """Pixels from the left edge of the search."""
        return box % 2 * (_WIDE + _APART if self.beside else _APART)


_WIDE, _APART, _LINE, _PAD, _PHASE, _MOST_LINES = 246, 34, 16, 9, 34, 9
_LEFT = _PHASE + 14
"""Where the first search begins."""
_BETWEEN = 44
"""Pixels between searches."""
_BESIDE = _Form(True, 2 * _WIDE + _APART, 30)
_BELOW = _Form(False, _WIDE + _APART, 18)
_STEM = 12
"""Where the way down runs before the boxes that stand below."""


def _lines(box: Box) -> list[str]:
    name, count, parts = box
    lines = wrap(f"{name} {_n(count)}", 36)
    listed = list(parts.items())
    shown = listed if len(listed) <= _MOST_LINES else listed[: _MOST_LINES - 1]
    for what, n in shown:
        lines += wrap(f"{what} {_n(n)}", 34, initial_indent="  ", subsequent_indent="    ", break_long_words=True)
    if len(shown) < len(listed):
        rest = listed[len(shown) :]
        lines.append(f"  {len(rest)} others {_n(sum(n for _, n in rest))}")
    return lines


def _n(count: int) -> str:
    """A number as the statement writes it, in one piece: its blanks break no line."""
    return f"(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{count:,})"


def _drawn(flow: Flow, room: int | None) -> str:
    """Draw the searches beside each other, as many as have room, and the total below."""
    count = max(1, len(flow.columns))
    form = _BESIDE if room is None or _width(_BESIDE, count) <= room else _BELOW
    while count > 1 and room is not None and _width(form, count) > room:
        count -= 1
    width, y = _width(form, count), 0
    parts: list[str] = []
    for first in range(0, len(flow.columns), count):
        drawn, y = _searches(flow.columns[first : first + count], y, form)
        parts += drawn
    if len(flow.columns) > 1:
        total = wrap(f"Reports included in the review, over all searches {_n(flow.included)}", (width - _LEFT) // 7)
        at = _Place(_LEFT, y, width - _LEFT - 8, 2 * _PAD + len(total) * _LINE)
        parts += _box(at, total)
        if len(flow.columns) == count:
            down = _WIDE // 2 if form.beside else _STEM
            places = [_LEFT + number * (form.width + _BETWEEN) + down for number in range(count)]
            parts += [_arrow(x, y - form.gap, x, y) for x in places]
        y += at.height + 30
    for note in flow.notes:
        for line in wrap(note, (width - _LEFT) // 6):
            parts.append(f'<text x="{_LEFT}" y="{y}" class="note">{escape(line)}</text>')
            y += _LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 8}" viewBox="0 0 {width} {y + 8}" role="img"'
        ' font-family="Arial, Helvetica, sans-serif" font-size="12">'
        "<title>PRISMA 2020 flow diagram</title><style>.box{fill:#fff;stroke:#333}.phase{fill:#d9e4ec}.name{font-weight:700;text-anchor:middle}"
        ".head{font-size:14px;font-weight:700;text-anchor:middle}.when{fill:#555;text-anchor:middle}.note{fill:#555;font-size:11px}"
        ".way{stroke:#333;fill:none;marker-end:url(#tip)}</style>"
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#333"/>'
        f'</marker></defs><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _width(form: _Form, count: int) -> int:
    """Pixels that so many searches take."""
    return _LEFT + count * (form.width + _BETWEEN) - _BETWEEN + 8


def _searches(columns: list[Column], top: int, form: _Form) -> tuple[list[str], int]:
    """Draw some searches beside each other, their boxes on common lines; and where what stands below them begins."""
    boxed = [[box for _, boxes in _boxes(column) for box in boxes] for column in columns]
    phases = [(phase, len(boxes)) for phase, boxes in _boxes(columns[0])]
    heights = [0] * (form.line(len(boxed[0]) - 1) + 1)
    for boxes in boxed:
        for number, box in enumerate(boxes):
            line = form.line(number)
            heights[line] = max(heights[line], len(_lines(box)) * _LINE + 2 * _PAD)
    done, spans = 0, []
    for phase, count in phases:
        first, last = form.line(done), form.line(done + count - 1)
        done += count
        spans.append((phase, first, last))
        if first == last:
            # Its name stands upright beside that line.
            heights[first] = max(heights[first], 14 + 7 * len(phase))
    tops, y = [], top + 58
    for height in heights:
        tops.append(y)
        y += height + form.gap
    parts: list[str] = []
    for phase, first, last in spans:
        parts += _phase(phase, tops[first], tops[last] + heights[last] - tops[first])
    for place, (column, boxes) in enumerate(zip(columns, boxed, strict=True)):
        left = _LEFT + place * (form.width + _BETWEEN)
        middle = left + form.width // 2
        parts.append(f'<text x="{middle}" y="{top + 26}" class="head">{escape(_short(column.title, form.width // 8))}</text>')
        parts.append(f'<text x="{middle}" y="{top + 44}" class="when">{escape(column.at[:10])}</text>')
        for number, box in enumerate(boxes):
            line = form.line(number)
            at = _Place(left + form.indent(number), tops[line], _WIDE, heights[line])
            parts += _box(at, _lines(box))
            if number % 2:
                start = at.x - _APART if form.beside else left + _STEM
                parts.append(_arrow(start, at.y + at.height // 2, at.x, at.y + at.height // 2))
            elif number:
                x = at.x + _WIDE // 2 if form.beside else left + _STEM
                above = form.line(number - 2)
                parts.append(_arrow(x, tops[above] + heights[above], x, at.y))
    return parts, y


def _short(title: str, longest: int) -> str:
    return title if len(title) <= longest else f"{title[: longest - 1]}…"


def _phase(name: str, y: int, height: int) -> list[str]:
    x, middle = 8, y + height // 2
    return [
        f'<rect x="{x}" y="{y}" width="{_PHASE - 8}" height="{height}" rx="4" class="phase"/>',
        f'<text x="{x + 17}" y="{middle}" transform="rotate(-90 {x + 17} {middle})" class="name">{name}</text>',
    ]


def _box(at: _Place, lines: list[str]) -> list[str]:
    found = [f'<rect x="{at.x}" y="{at.y}" width="{at.width}" height="{at.height}" class="box"/>']
    for place, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        x, y = at.x + 10 + indent * 4, at.y + _PAD + 12 + place * _LINE
        found.append(f'<text x="{x}" y="{y}">{escape(line.lstrip())}</text>')
    return found


def _arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<path d="M{x1} {y1}L{x2} {y2}" class="way"/>'

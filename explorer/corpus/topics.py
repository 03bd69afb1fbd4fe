"""The topics of a corpus as a reader works on them: what a snapshot says of them, and changes that are kept in a log."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.corpus import growth
from explorer.errors import SchemaError, TopicError
from explorer.selection.syntax import COLUMN
from explorer.store.topics import LEAST, NEXT, PARTS
from explorer.topics.arguments import rate, whole
from explorer.topics.edits import NONE, TopicEdit
from explorer.topics.trends import PERIODS, UNDATED, YEAR, period_label

if TYPE_CHECKING:
    import pandas as pd

    from explorer.search.ranker import Ranker
    from explorer.selection.selection import Selection
    from explorer.store.snapshot import Snapshot
    from explorer.store.topics import Topics


_ENOUGH = 5
"""Papers that must have a value for anything to be said of it."""

_MOST = 200
"""Values of a facet that are looked at."""


_READ = 20_000
"""Papers whose texts are read for new terms."""

_NEWER = 4
"""One of so many papers is new, where no year is given that tells new ones."""

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


def _parts_wanted(number: object) -> int:
    return whole(number, "number", "a number of parts, 2 or more", 2)


def _texts(given: object, name: str, what: str) -> list[str]:
    """Texts that were given: one, several, or a column of a table."""
    import pandas as pd

    values = given["id"] if isinstance(given, pd.DataFrame) and "id" in given else [given] if isinstance(given, str) else given
    if isinstance(values, pd.DataFrame) or not isinstance(values, Iterable):
        raise TopicError(f"{name} is of type {type(given).__name__}; it must be {what}.")
    found = list(dict.fromkeys(values))
    if wrong := [value for value in found if not isinstance(value, str)]:
        raise TopicError(f"{name} has {wrong[0]!r}; it must be {what}.")
    return found


def _nothing_to_compare(periods: np.ndarray, newer: np.ndarray, since: str, by: str) -> str:
    """Why no term can be told to emerge, and what to do; empty where newer papers can be compared with older ones."""
    if not len(periods) and by == "month":
        return "No date of a paper tells its month, so no term can be told to be new by months. Give since a year."
    if not len(periods):
        return "No paper has a date, so no term can be told to be new. Add papers with their years."
    first, last = int(periods.min()), int(periods.max())
    if first == last:
        return f"All {len(periods):,} dated papers are of {period_label(first, by)}, so none is older or newer. Add papers of other {by}s."
    if newer.all() or not newer.any():
        side = f"before {since}" if newer.all() else f"of {since} or later"
        begin, second, end = (period_label(period, by) for period in (first, first + 1, last))
        told = second + f" to {end}" * (last > first + 1)
        return f"No paper that was read is {side}: they are of {begin} to {end}. Give since a {by} between them: {told}."
    return ""


def _newest_part(periods: np.ndarray) -> int:
    """The first period since which a quarter of the papers are, or fewer, but not after the newest one; they come newest first."""
    return min(int(periods[len(periods) // _NEWER]) + 1, int(periods[0]))


def _since(given: object) -> tuple[int, str]:
    """A year, or a month such as ``2026-03``, counted from year 0, and which of the two it is."""
    if isinstance(given, str) and _MONTH.fullmatch(given):
        return int(given[:4]) * 12 + int(given[5:]) - 1, "month"
    return whole(given, "since", "a year, such as 2024, or a month, such as 2024-03"), "year"


def of_values(selection: Selection, topics: tuple[str, ...], field: str, values: tuple[str, ...]) -> Selection:
    """A selection with other topics, and other values of a facet or of a column of the reader's own."""
    changes: dict[str, Any] = {field: values}
    if field.startswith(COLUMN):
        key = field.removeprefix(COLUMN)
        others = (pair for pair in selection.columns if pair[0] != key)
        changes = {"columns": (*others, *((key, value) for value in values))}
    return selection.with_({**changes, "topics": topics})


class Shown(Protocol):
    """What shows a snapshot, and can show another: a `Corpus`."""

    snapshot: Snapshot
    ranker: Ranker

    def _show(self, snapshot: Snapshot) -> None:
        """Show another generation of the same papers."""


class CorpusTopics:
    """Topics of a corpus: `summary`, `frequency`, `trends`, `tree` and the rest of `explorer.store.topics.Topics`, and edits.

    An edit changes what the corpus shows at once, and is written into its folder as one entry of a log. The log is replayed when
    papers come, and when the topics are found again; each entry can be undone by itself.

    Examples
    --------
    >>> import explorer
    >>> papers = explorer.open_corpus().papers.drop(columns="topic")
    >>> corpus = explorer.Corpus.from_papers(papers)
    >>> corpus.topics.rename("t1", "counting")
    >>> corpus.topics.edits["edit"].to_list()
    ['t1 is called counting']
    >>> print(corpus.topics.as_python())
    corpus.topics.rename('t1', 'counting')
    >>> corpus.topics.undo()
    >>> len(corpus.topics.edits)
    0
    """

    def __init__(self, corpus: Shown) -> None:
        self._corpus = corpus

    @property
    def snapshot(self) -> Topics:
        """The topics that are shown, frozen."""
        return self._corpus.snapshot.topics

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return getattr(self._corpus.snapshot.topics, name)
        except AttributeError:
            there = ", ".join(known for known in dir(self) if not known.startswith("_"))
            raise AttributeError(f"The topics of a corpus have no {name!r}. They have: {there}.", name=name, obj=self) from None

    def _repr_html_(self) -> str:
        return self.snapshot._repr_html_()

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.snapshot)})

    # What the topics are, of all papers or of a selection

    def summary(self, *, selection: Selection | str | None = None) -> pd.DataFrame:
        """What the topics are.

        Parameters
        ----------
        selection : Selection or str, optional
            Papers to count; all by default.

        Returns
        -------
        DataFrame
            One row a topic, the largest first: `topic` (id), `label`, `papers` (count), `words` (list of up to ten, best
            first), `phrases` (list), `stability` (0 to 1, how often it comes back over samples of the papers; missing where it
            was not measured), `sure` (mean over its papers of how likely they are of it), `distinct` (1 less the likeness of its
            words to the nearest topic's), `hidden`, `pinned`. The papers of no topic are the row ``none``.

        Raises
        ------
        SelectionError, QueryError
            The selection is none.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> int(corpus.topics.summary(selection="vision")["papers"].sum())
        5
        """
        return self.snapshot.summary(self._rows(selection))

    def frequency(self, *, by: str = "year", selection: Selection | str | None = None) -> pd.DataFrame:
        """Papers per topic and period, as `explorer.topic_frequency` counts them, or per topic and value of a facet.

        Parameters
        ----------
        by : {"year", "quarter", "month", "venues", "authors", "keywords"} or ``columns.NAME``, a column of your own
        selection : Selection or str, optional
            Papers to count; all by default.

        Returns
        -------
        DataFrame
            One row a (period, topic), zero-filled: `period`, `topic` (id), `label`, `papers`, `share`, `low`, `high`, `cumulative`
            (papers up to then), `finished` (False for a period that went on after the newest paper of the corpus, and for those after it).
            By a facet one row a (value, topic): `value`, the commonest first, `topic`, `label`, `papers`, `share` (of the papers with the
            value, 0 to 1), `low`, `high` (its 95 % interval). At most the 200 commonest values;
            ``attrs["left_out"]`` counts the others, ``attrs["without"]`` the papers that have no value. A paper counts under each of its
            values.

        Raises
        ------
        SchemaError
            There is no such period or facet.
        SelectionError, QueryError
            The selection is none.

        Notes
        -----
        Intervals are Wilson's (1927) score intervals.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> int(corpus.topics.frequency(by="month", selection="vision")["papers"].sum())
        5
        >>> corpus.topics.frequency(by="authors").columns.to_list()
        ['value', 'topic', 'label', 'papers', 'share', 'low', 'high']
        """
        rows = self._rows(selection)
        if isinstance(by, str) and by in PERIODS:
            return self.snapshot.frequency(by=by, rows=rows)
        from explorer.topics.trends import count_by_value, value_frame

        snapshot = self._corpus.snapshot
        if by not in (known := snapshot.dividing()):
            raise SchemaError(f"There is no {by!r} to count by. Periods: {', '.join(PERIODS)}. Facets: {', '.join(known)}.")
        facet, ordered = snapshot.divided_by(by)
        codes = np.asarray(self.snapshot.codes)
        inside = np.ones(len(codes), bool) if rows is None else np.isin(np.arange(len(codes)), rows)
        found = count_by_value(codes, len(self.labels), facet, inside, most=_MOST, ordered=ordered)
        return value_frame(found, self.snapshot.table.ids, self.labels)

    def tree(
        self, *, depth: int = 2, number: int = PARTS, least: int = LEAST, selection: Selection | str | None = None
    ) -> pd.DataFrame:
        """The topics as a tree: the corpus, its topics, and their parts.

        Parameters
        ----------
        depth : {1, 2}
            Topics alone, or with their parts, which are found when asked for.
        number : int
            Parts of each topic, two or more.
        least : int
            Papers from which a topic is divided.
        selection : Selection or str, optional
            Papers to count; all by default.

        Returns
        -------
        DataFrame
            One row a node, parents before children: `topic` (id; ``all`` is the corpus), `parent` (id; empty for the root), `level`
            (0 to 2), `label`, `papers`, `words`. The papers of the topics add up to the corpus, those of the parts to their topic.

        Raises
        ------
        TopicError
            There is no such depth, or `number` or `least` is no number.
        SelectionError, QueryError
            The selection is none.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> tree = corpus.topics.tree(depth=1)
        >>> int(tree.loc[tree["level"] == 1, "papers"].sum())
        88
        """
        if depth not in (1, 2):
            raise TopicError(f"There is no depth {depth!r}. Depths: 1 (topics alone), 2 (with their parts).")
        least = whole(least, "least", "a number of papers")
        return self.snapshot.tree(depth=depth, number=_parts_wanted(number), least=least, rows=self._rows(selection))

    def parts(self, topic: str, number: int = PARTS) -> pd.DataFrame:
        """Divide a topic, as `split` would, without changing it.

        Parameters
        ----------
        topic : str
            Id or label.
        number : int
            Parts that are wanted, two or more.

        Returns
        -------
        DataFrame
            One row a part: `topic` (id, such as ``t3.1``), `parent`, `label`, `papers`, `words`; none where it cannot be divided.
            Of three parts each is chosen by the labels: ``corpus.select(explorer.Selection(topics=("TOPIC › PART",)))``.

        Raises
        ------
        TopicError
            There is no such topic, or `number` is no number of parts.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> parts = corpus.topics.parts("t1", 2)
        >>> int(parts["papers"].sum()) == len(corpus.topics.papers("t1"))
        True
        """
        return self.snapshot.parts(topic, _parts_wanted(number))

    # What goes with what, and what changes, of topics and of every other facet

    def trends(
        self, *, by: str | None = None, field: str = "topics", selection: Selection | str | None = None, level: float = 0.05
    ) -> pd.DataFrame:
        """Which topics, or values of another facet, rise, fall, burst and change, as shares of the papers of each period.

        Parameters
        ----------
        by : {"year", "quarter", "month", "week", "day"}, optional
            By default years where four of them have papers, else the first shorter period of which eight have and to which half of the
            papers are dated; ``attrs["by"]`` says which. Papers whose date is coarser are left out and counted in
            ``attrs["too_coarse"]``, those without one in ``attrs["undated"]``. ``attrs["unfinished"]`` is the period that goes on after
            the newest paper.
        field : {"topics", "venues", "authors", "keywords"} or ``columns.NAME``, a column of your own
        selection : Selection or str, optional
            Papers to count; all by default.
        level : float
            Share of false discoveries that is let in.

        Returns
        -------
        DataFrame
            One row a topic: `topic` (id), `label`, and what `explorer.topics.trends.trend_frame` gives; for another facet one row a
            value that five papers have or more, the commonest first, with `value` in their place.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> set(corpus.topics.trends()["label"]) <= set(corpus.topics.labels)
        True
        """
        level, rows = rate(level), self._rows(selection)
        from explorer.topics.trends import coarseness, count_grid, testable_period, trend_frame

        snapshot = self._corpus.snapshot
        inside = np.ones(len(snapshot), bool) if rows is None else np.isin(np.arange(len(snapshot)), rows)
        dated_here = inside & (np.asarray(snapshot.precision) > UNDATED)
        by = testable_period(lambda by: self._periods(by)[dated_here]) if by is None else by
        periods = np.where(inside, self._periods(by), -1)
        dated = periods[periods >= 0]
        first, count = (int(dated.min()), int(dated.max() - dated.min() + 1)) if len(dated) else (0, 0)
        totals = np.bincount(dated - first, minlength=count)
        if field == "topics":
            grid = count_grid(np.asarray(self.snapshot.codes), periods, len(self.labels), first, count)
            frame = trend_frame(grid, totals, first, by, level=level)
            frame.insert(0, "topic", self.snapshot.table.ids)
            frame.insert(1, "label", self.labels)
        else:
            facet, _ = snapshot.divided_by(field)
            grid = count_grid(np.asarray(facet.codes), periods[np.asarray(facet.rows)], facet.size, first, count)
            enough = np.flatnonzero(grid.sum(axis=1) >= _ENOUGH)[:_MOST]
            frame = trend_frame(grid[enough], totals, first, by, level=level)
            frame.insert(0, "value", [facet.values[int(code)].as_py() for code in enough])
        frame.attrs.update(coarseness(snapshot.precision[inside], by), by=by, unfinished=self._unfinished(by, periods))
        return frame

    def _periods(self, by: str) -> np.ndarray:
        """The period of each paper, weeks and days too; -1 where its date is missing or coarser."""
        from explorer.topics.trends import SHORT, period_index, short_period_index

        snapshot = self._corpus.snapshot
        if by in SHORT:
            return short_period_index(snapshot.table.column("published").to_numpy(), snapshot.precision, by)
        if by not in PERIODS:
            raise SchemaError(f"There is no period {by!r}. Periods of trends: {', '.join((*PERIODS, *SHORT))}.")
        return period_index(snapshot.months, snapshot.precision, by)

    def _unfinished(self, by: str, periods: np.ndarray) -> str:
        """The period that goes on after the newest paper; of weeks and days that in which the corpus was made."""
        from explorer.topics.trends import SHORT

        if by not in SHORT:
            return self.snapshot.unfinished(by)
        at = str(self._corpus.snapshot.manifest["made"].get("at", ""))[:10]
        if len(at) != 10:
            return ""
        made = (datetime.date.fromisoformat(at).toordinal() - 1) // SHORT[by]
        return period_label(made, by) if made <= periods.max(initial=-1) else ""

    def compare(self, before: Selection | str, after: Selection | str | None = None, *, field: str = "topics") -> pd.DataFrame:
        """Shares of the topics, or of the values of another facet, in two selections: two periods, two venues, two topics.

        Parameters
        ----------
        before : Selection or str
        after : Selection or str, optional
            By default all other papers. Papers that are in both are left out of both, and counted in ``attrs["both"]``.
        field : {"topics", "venues", "authors", "keywords"} or ``columns.NAME``, a column of your own

        Returns
        -------
        DataFrame
            One row a topic: `topic` (id), `label`, and what `explorer.topics.relations.compared` gives; for another facet one row a
            value that five of the papers have or more, at most the 200 commonest, with `value` in their place. ``attrs["papers"]``
            has the papers of each.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> frame = corpus.topics.compare("vision")
        >>> frame.attrs["papers"], frame.attrs["both"]
        ((5, 83), 0)
        """
        from explorer.selection.selection import Selection
        from explorer.topics.relations import compared

        one = self._rows(Selection.of(before))
        other = np.setdiff1d(np.arange(len(self._corpus.snapshot)), one) if after is None else self._rows(after)
        both = np.intersect1d(one, other)
        parts = [np.setdiff1d(part, both) for part in (one, other)]
        sizes = (len(parts[0]), len(parts[1]))
        if field == "topics":
            codes, size = np.asarray(self.snapshot.codes), len(self.snapshot.labels)
            counts = [np.bincount(codes[part], minlength=size) for part in parts]
            frame = compared(counts[0], counts[1], sizes)
            frame.insert(0, "topic", self.snapshot.table.ids)
            frame.insert(1, "label", self.snapshot.labels)
        else:
            facet, ordered = self._corpus.snapshot.divided_by(field)
            counts = []
            for part in parts:
                inside = np.zeros(len(self._corpus.snapshot), bool)
                inside[part] = True
                counts.append(np.bincount(facet.codes[inside[facet.rows]], minlength=facet.size))
            total = counts[0] + counts[1]
            order = np.arange(len(total)) if ordered else np.lexsort((np.arange(len(total)), -total))[:_MOST]
            order = order[total[order] >= _ENOUGH]
            frame = compared(counts[0][order], counts[1][order], sizes)
            frame.insert(0, "value", [facet.values[int(code)].as_py() for code in order])
        frame.attrs["both"] = len(both)
        frame.attrs["papers"] = sizes
        return frame

    def relations(self, field: str = "venues", *, selection: Selection | str | None = None) -> pd.DataFrame:
        """Which topics go with which values of a facet, against what chance would give.

        Parameters
        ----------
        field : {"topics", "venues", "authors", "keywords"} or ``columns.NAME``, a column of your own
            With ``"topics"``, the topic that is the next likeliest for each paper; a topic is never its own, and no such pair is expected.
        selection : Selection or str, optional
            Papers to count, under all its filters but those of topics and of the field; all by default.

        Returns
        -------
        DataFrame
            One row a pair, the surest first: `topic` (id), `label`, `value`, `papers`, `expected`, `ratio`, `p`, `q`, `selection` (gives the
            papers of the pair: ``corpus.select(row.selection)``). At most the 200 commonest values that five papers have or more.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> corpus.topics.relations("authors").columns.to_list()
        ['topic', 'label', 'value', 'papers', 'expected', 'ratio', 'p', 'q', 'selection']
        """
        from explorer.selection.selection import Selection
        from explorer.topics.relations import next_likeliest_frame, relation_frame

        snapshot = self._corpus.snapshot
        facet = None if field == "topics" else snapshot.divided_by(field)[0]
        among = of_values(Selection() if selection is None else Selection.of(selection), (), field, ())
        codes, size = np.asarray(self.snapshot.codes), len(self.snapshot.labels)
        inside = np.zeros(len(codes), bool)
        inside[self._rows(among)] = True
        if facet is None:
            of, at, many = np.asarray(self.snapshot.second), np.arange(len(codes)), size
        else:
            of, at, many = np.asarray(facet.codes), np.asarray(facet.rows), facet.size
        kept = inside[at]
        of, at = of[kept], at[kept]
        counts = np.bincount(of, minlength=many)
        chosen = np.arange(size) if facet is None else np.flatnonzero(counts >= _ENOUGH)[:_MOST]
        place = np.full(len(counts), -1)
        place[chosen] = np.arange(len(chosen))
        known = place[of] >= 0
        cells = codes[at[known]] * len(chosen) + place[of[known]]
        pairs = np.bincount(cells, minlength=size * len(chosen)).reshape(size, len(chosen))
        one = np.bincount(codes[inside], minlength=size)
        frame = next_likeliest_frame(pairs) if facet is None else relation_frame(pairs, one, counts[chosen], int(inside.sum()))
        names = self.snapshot.labels if facet is None else [facet.values[int(code)].as_py() for code in chosen]
        topics, others = frame.pop("one").to_numpy(), frame.pop("other").to_numpy()
        frame.insert(0, "topic", [self.snapshot.table.ids[code] for code in topics])
        frame.insert(1, "label", [self.snapshot.labels[code] for code in topics])
        frame.insert(2, "value", [names[code] for code in others])
        selections = [
            of_values(among, (f"{label}{NEXT}{value}",), field, ())
            if field == "topics"
            else of_values(among, (label,), field, (value,))
            for label, value in zip(frame["label"], frame["value"], strict=True)
        ]
        frame.insert(len(frame.columns), "selection", selections)
        frame = frame[frame["expected"] > 0]
        return frame.sort_values(["q", "papers"], ascending=[True, False], kind="stable", ignore_index=True)

    def emerging(self, *, since: int | str | None = None, least: int = 5, level: float = 0.05) -> pd.DataFrame:
        """Terms that are commoner since a year or a month than before, and that no topic is told by yet.

        Parameters
        ----------
        since : int or str, optional
            First year of the newer papers, or first month, such as ``"2026-03"``; by default the first year since which a quarter of the dated
            papers are, or fewer, but not after the newest year, which may have more. Where it has more than half of them, as where all are of
            one year, the first such month.
        least : int
            Newer papers that must have a term.
        level : float
            Share of false discoveries that is let in.

        Returns
        -------
        DataFrame
            One row a term of one or two words, first what is at least so many times as common as before: `term`, `before`, `after`
            (papers), `share_before`, `share_after`, `odds`, `low` (which orders them), `high`, `p`, `q`. At most 20,000 papers are read, the
            newest; where all of those are newer ones, half as many of them, and of the newest before. ``attrs["since"]`` is the year, or the
            month as a text, None without dated papers; papers whose date is coarser are left out and counted in ``attrs["too_coarse"]``.
            ``attrs["note"]`` says, as a warning does, where there is nothing to compare: no dated papers, or all of them on one side.
            It is empty otherwise.

        Raises
        ------
        TopicError
            `since` is no year or month, `least` no number, or `level` no rate.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> frame = corpus.topics.emerging(since=2024, level=1.0)
        >>> bool((frame["share_after"] > frame["share_before"]).all())
        True
        """
        from explorer.topics.emerging import emerging_terms

        snapshot = self._corpus.snapshot
        order = np.asarray(snapshot.order("newest"))
        precision = np.asarray(snapshot.precision)[order]
        dated, by = order[precision > UNDATED], "year"
        months = np.asarray(snapshot.months)[dated]
        start = None
        if since is not None:
            start, by = _since(since)
        elif len(dated):
            start = _newest_part(months[:_READ] // 12)
            if (months // 12 >= start).sum() > len(dated) / 2 and (precision > YEAR).sum() > len(dated) / 2:
                start, by = _newest_part(np.asarray(snapshot.months)[order[precision > YEAR]]), "month"
        if by == "month":
            dated = order[precision > YEAR]
        periods = np.asarray(snapshot.months)[dated] // (12 // PERIODS[by])
        chosen = np.arange(min(len(dated), _READ))
        if start is not None and len(dated) > _READ and periods[_READ - 1] >= start:
            # The newer ones alone are more than are read.
            chosen = np.concatenate([np.arange(_READ // 2), np.flatnonzero(periods < start)[: _READ // 2]])
        rows, periods = dated[chosen], periods[chosen]
        newer = periods >= start if start is not None else np.zeros(0, bool)
        told = None if start is None else start if by == "year" else period_label(start, by)
        note = _nothing_to_compare(periods, newer, str(told), by)
        if note:
            warnings.warn(note, stacklevel=2)
        known = {word for topic in self.snapshot.table.words for word in topic}
        least = whole(least, "least", "a number of papers")
        found = emerging_terms(self.snapshot.texts_of(rows), newer, known, least=max(least, 1), level=rate(level))
        found.attrs.update(since=told, note=note, too_coarse=int((precision > UNDATED).sum()) - len(dated))
        return found

    def coverage(self, field: str = "keywords") -> dict[str, float]:
        """How much of the themes of the field the corpus shows, by its keywords or key phrases.

        Parameters
        ----------
        field : {"keywords", "venues", "authors"} or ``columns.NAME``

        Returns
        -------
        dict
            As `explorer.topics.stability.coverage` gives it, with what it assumes, and `papers`, those that have a theme.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> known = corpus.topics.coverage()
        >>> known["low"] <= known["coverage"] <= known["high"]
        True
        """
        from explorer.topics.stability import coverage

        snapshot = self._corpus.snapshot
        return coverage(snapshot.totals(field)) | {"papers": float(len(np.unique(snapshot.facet(field).rows)))}

    def central(self, topic: str, count: int = 3) -> pd.DataFrame:
        """The papers that are the surest of a topic, and the sentence of each that tells of it.

        Parameters
        ----------
        topic : str
            Id or label.
        count : int

        Returns
        -------
        DataFrame
            `id`, `title`, `sure` (0 to 1), `sentence`.

        Raises
        ------
        TopicError
            There is no such topic.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> len(corpus.topics.central(corpus.topics.labels[0], 2))
        2
        """
        import pandas as pd

        from explorer.topics.labels import telling_sentence

        count = max(whole(count, "count", "a number of papers"), 0)
        code = self.snapshot.code(topic)
        rows = np.flatnonzero(np.asarray(self.snapshot.codes) == code)
        sure = np.asarray(self.snapshot.share)[rows]
        words = self.snapshot.table.words[code]
        texts = dict(zip(rows.tolist(), self.snapshot.texts_of(rows), strict=True)) if len(rows) <= 500 else {}
        best = rows[np.argsort(-sure, kind="stable")]
        if texts:
            from explorer.topics.terms import terms_of, word_key

            # Of those that are equally sure, the ones that have the most of its words.
            having = np.array([len({*map(word_key, words)} & {*map(word_key, terms_of(texts[int(row)]))}) for row in best])
            best = best[np.lexsort((-having, -np.round(sure[np.argsort(-sure, kind="stable")], 2)))]
        best = best[:count]
        snapshot = self._corpus.snapshot
        records = [snapshot.record(int(row), ("id", "title")) for row in best]
        sentences = [telling_sentence(text, words) for text in self.snapshot.texts_of(best)]
        frame = pd.DataFrame(records, columns=["id", "title"])
        frame["sure"] = np.asarray(self.snapshot.share)[best]
        frame["sentence"] = sentences
        return frame

    def _rows(self, selection: Selection | str | None) -> Any:
        """Rows of a selection; None where there is none."""
        if selection is None:
            return None
        from explorer.search.results import Results
        from explorer.selection.selection import Selection

        return np.flatnonzero(Results(self._corpus.ranker, Selection.of(selection), ()).mask)

    # Changes

    def rename(self, topic: str, label: str) -> None:
        """Give a topic another name.

        Parameters
        ----------
        topic : str
            Its id, such as ``t3``, or its label.
        label : str
            A name that no other topic has.

        Raises
        ------
        TopicError
            There is no such topic, or the name is taken.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.rename("t1", "sums")
        >>> corpus.topics.undo()
        """
        label = self._name(label, topic)
        self._do(TopicEdit("rename", self._id(topic), {"label": label}))

    def merge(self, topic: str | Sequence[str], *others: str) -> None:
        """Make several topics one, under the id and the label of the first.

        Parameters
        ----------
        topic, *others : str
            Ids or labels; or all in one list.

        Raises
        ------
        TopicError
            There is no such topic, or fewer than two are named.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> before = len(corpus.topics.labels)
        >>> corpus.topics.merge("t1", "t2")
        >>> before - len(corpus.topics.labels)
        1
        >>> corpus.topics.undo()
        """
        named = [name for given in (topic, *others) for name in (given if isinstance(given, list | tuple) else (given,))]
        if len(named) < 2:
            raise TopicError("Name two topics or more to merge, the one that stays first.")
        first, *rest = map(self._id, named)
        self._do(TopicEdit("merge", first, {"others": rest}))

    def split(self, topic: str, number: int = 2) -> None:
        """Divide a topic into parts, which become topics (see `parts`); their ids are ``t3.1``, ``t3.2`` and so on.

        Parameters
        ----------
        topic : str
            Id or label.
        number : int
            Parts, two or more.

        Raises
        ------
        TopicError
            There is no such topic, or its papers tell no parts apart.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> before = len(corpus.topics.labels)
        >>> corpus.topics.split("t1")
        >>> len(corpus.topics.labels) - before
        1
        >>> corpus.topics.undo()
        """
        from explorer.topics.hierarchy import parts_of
        from explorer.topics.labels import distinct_label

        number, id_ = _parts_wanted(number), self._id(topic)
        rows = np.flatnonzero(np.asarray(self.snapshot.codes) == self.snapshot.code(id_))
        found = parts_of(self.snapshot.texts_of(rows), number) if id_ != NONE else []
        if not found:
            name = self.labels[self.snapshot.code(id_)]
            many = "its one paper tells" if len(rows) == 1 else f"its {len(rows):,} papers tell"
            raise TopicError(f"“{name}” cannot be divided into {number}: {many} no such parts apart.")
        parts: list[dict[str, Any]] = []
        for at, part in enumerate(found, 1):
            # Called as it is shown: the name of the topic is its own until the parts have taken its place.
            label = distinct_label(part.label, part.words[:10], [*self.labels, *(other["label"] for other in parts)])
            parts.append({"id": f"{id_}.{at}", "label": label, "words": part.words, "weights": part.weights})
        self._do(TopicEdit("split", id_, {"parts": parts}))

    def pin(self, topic: str) -> None:
        """Keep a topic, its name and its papers as they are now, also when topics are found again; papers that come may join it.

        Parameters
        ----------
        topic : str
            Id or label.

        Raises
        ------
        TopicError
            There is no such topic, or it is ``none``.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.pin("t1")
        >>> corpus.topics.undo()
        """
        code = self.snapshot.code(topic)
        table = self.snapshot.table
        if table.ids[code] == NONE:
            raise TopicError("The papers of no topic are none to keep. Seed a topic with them.")
        told = {"label": table.labels[code], "words": table.words[code], "papers": self.papers(topic)}
        details = {**told, "among": len(self._corpus.snapshot)}
        self._do(TopicEdit("pin", table.ids[code], details))

    def seed(self, label: str, *, words: Sequence[str] = (), papers: Sequence[str] | pd.DataFrame = ()) -> str:
        """Make a topic of words or papers of the reader's.

        Parameters
        ----------
        label : str
            Its name.
        words : sequence of str
            Words and phrases. Papers that have one of them, of three or more that have two, are of the topic.
        papers : sequence of str, or DataFrame
            Ids of papers that are of it, or papers as ``corpus.select`` gives them.

        Returns
        -------
        str
            Id of the topic: ``s1``, ``s2`` and so on.

        Raises
        ------
        TopicError
            No paper has the words, there is no such paper, none is named, or the name is taken.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.seed("seeing", words=["vision", "image", "visual"])
        's1'
        >>> corpus.topics.undo()
        """
        used = [int(edit.topic[1:]) for edit in self.snapshot.log if edit.action == "seed"]
        id_ = f"s{max(used, default=0) + 1}"
        given = [
            _texts(words, "words", "a list of words"),
            _texts(papers, "papers", "a list of ids, or papers as select gives them"),
        ]
        told = {"label": self._name(label), "words": [word for word in given[0] if word.strip()], "papers": given[1]}
        if not (told["words"] or told["papers"]):
            raise TopicError("A topic is made of words or papers. Name some: seed(label, words=[…], papers=[…]).")
        if unknown := [paper for paper in told["papers"] if not self._has(paper)]:
            raise TopicError(f"There is no paper {', '.join(map(repr, unknown))}. Papers are named by their id.")
        self._do(TopicEdit("seed", id_, told))
        return id_

    def move(self, paper: str, topic: str) -> None:
        """Say of what topic a paper is.

        Parameters
        ----------
        paper : str
            Id of a paper.
        topic : str
            Id or label; ``none`` for no topic.

        Raises
        ------
        TopicError
            There is no such topic or paper.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> paper = corpus.topics.papers("t1")[0]
        >>> corpus.topics.move(paper, "t2")
        >>> paper in corpus.topics.papers("t2")
        True
        >>> corpus.topics.undo()
        """
        if not isinstance(paper, str):
            raise TopicError(f"There is no paper {paper!r}. Papers are named by their id, a text.")
        self._do(TopicEdit("move", self._id(topic), {"paper": paper}))

    def hide(self, topic: str) -> None:
        """Leave a topic out of charts; its papers stay on it.

        Parameters
        ----------
        topic : str
            Id or label.

        Raises
        ------
        TopicError
            There is no such topic.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.hide("t1")
        >>> corpus.topics.undo()
        """
        self._do(TopicEdit("hide", self._id(topic)))

    def delete(self, topic: str) -> None:
        """Give up a topic: each of its papers goes to the one that is the next likeliest for it, or to none.

        Parameters
        ----------
        topic : str
            Id or label.

        Raises
        ------
        TopicError
            There is no such topic.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> papers = corpus.topics.papers("t1")
        >>> corpus.topics.delete("t1")
        >>> corpus.topics.undo()
        >>> corpus.topics.papers("t1") == papers
        True
        """
        self._do(TopicEdit("delete", self._id(topic)))

    def undo(self, number: int | None = None) -> None:
        """Take a change back, the last one or any other; those after it are done again without it.

        Parameters
        ----------
        number : int, optional
            As in `edits`, from 1; the last one by default.

        Raises
        ------
        TopicError
            There is no such change.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.rename("t1", "sums")
        >>> corpus.topics.rename("t2", "proofs")
        >>> corpus.topics.undo(1)
        >>> corpus.topics.edits["edit"].to_list()
        ['t2 is called proofs']
        >>> corpus.topics.undo()
        """
        self.catch_up()
        log = self.snapshot.log
        at = len(log) if number is None else whole(number, "number", "that of a change in edits")
        if not 1 <= at <= len(log):
            raise TopicError(f"There is no change {at or ''} to undo: the log has {len(log)}.".replace("  ", " "))
        self._keep([*log[: at - 1], *log[at:]])

    # What was changed

    @property
    def edits(self) -> pd.DataFrame:
        """The log of changes.

        Returns
        -------
        DataFrame
            One row a change, the first one first: `number` (from 1, for `undo`), `action`, `topic` (id), `edit` (in words), `python`,
            `applied`, and `reason` where it could not be, as after a refit that finds other topics.
        """
        import pandas as pd

        log = self.snapshot.log
        reasons = self._replayed(log) if log else []
        return pd.DataFrame(
            {
                "number": np.arange(1, len(log) + 1),
                "action": [edit.action for edit in log],
                "topic": [edit.topic for edit in log],
                "edit": [edit.sentence() for edit in log],
                "python": [edit.code() for edit in log],
                "applied": [not reason for reason in reasons],
                "reason": reasons,
            }
        )

    def told(self) -> list[tuple[str, str]]:
        """The log of changes in words, each with why it could not be done; empty where it was.

        Returns
        -------
        list of tuple of (str, str)

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> label = corpus.topics.labels[0]
        >>> corpus.topics.rename(label, "counting")
        >>> corpus.topics.told() == [(f"“{label}” is called “counting”", "")]
        True
        >>> corpus.topics.undo()
        """
        from explorer.store.topics import sentences_of

        log = self.snapshot.log
        if not log:
            return []
        return list(zip(sentences_of(log, self._corpus.snapshot.generation), self._replayed(log), strict=True))

    def as_python(self) -> str:
        """The log of changes as a program.

        Returns
        -------
        str
            One line a change, of a variable ``corpus``.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.rename("t1", "sums")
        >>> corpus.topics.as_python()
        "corpus.topics.rename('t1', 'sums')"
        >>> corpus.topics.undo()
        """
        return "\n".join(edit.code() for edit in self.snapshot.log)

    def papers(self, topic: str) -> list[str]:
        """Ids of the papers of a topic, in the order of the corpus.

        Parameters
        ----------
        topic : str
            Id or label.

        Returns
        -------
        list of str

        Raises
        ------
        TopicError
            There is no such topic.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> label = corpus.topics.labels[0]
        >>> set(corpus.topics.papers(label)) == set(corpus.select(explorer.Selection(topics=(label,)))["id"])
        True
        """
        rows = np.flatnonzero(np.asarray(self.snapshot.codes) == self.snapshot.code(topic))
        found: list[str] = self._corpus.snapshot.table.column("id").take(rows).to_pylist()
        return found

    def _name(self, label: str, topic: str | None = None) -> str:
        """A name for a topic, or for a new one: not empty, none that another has, nor the id of another."""
        if not isinstance(label, str):
            raise TopicError(f"A name is a text, not {label!r}.")
        label = " ".join(label.split())
        if not label:
            raise TopicError("A topic needs a name of at least one letter.")
        # What is said of a topic by its id would be said of two.
        others = dict(zip(self.labels, self.table.ids, strict=True)) | {id_: id_ for id_ in self.table.ids}
        if label in others and (topic is None or others[label] != self._id(topic)):
            raise TopicError(f"Another topic is called {label!r}. Merge the two, or choose another name.")
        return label

    def _has(self, paper: str) -> bool:
        import pyarrow.compute as pc

        return isinstance(paper, str) and bool(pc.index(self._corpus.snapshot.table.column("id"), paper).as_py() >= 0)

    def _id(self, topic: str) -> str:
        return self.snapshot.table.ids[self.snapshot.code(topic)]

    def catch_up(self) -> None:
        """Show what was changed of the topics in the folder meanwhile, so that a change by another hand is not lost under this one.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.Corpus.from_papers(explorer.open_corpus().papers.drop(columns="topic"))
        >>> corpus.topics.catch_up()
        """
        if self._corpus.snapshot.superseded:
            latest = type(self._corpus.snapshot)(self._corpus.snapshot.folder)
            if latest.table.column("id") == self._corpus.snapshot.table.column("id"):
                self._corpus._show(latest)

    def _do(self, edit: TopicEdit) -> None:
        self.catch_up()
        log = [*self.snapshot.log, edit]
        if reason := self._replayed(log)[-1]:
            raise TopicError(reason)
        self._keep(log)

    def _replayed(self, log: Sequence[TopicEdit]) -> list[str]:
        from explorer.store.topics import reasons_of

        snapshot = self._corpus.snapshot
        return reasons_of(log, snapshot.generation, snapshot.table.column("id"), self.snapshot.texts_of)

    def _keep(self, log: Sequence[TopicEdit]) -> None:
        self._corpus._show(growth.topics_edited(self._corpus.snapshot, log))

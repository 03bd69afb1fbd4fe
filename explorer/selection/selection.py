"""The selection: one small frozen value that says what is shown. It prints as a URL, as Python and as a sentence."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from explorer.errors import ExpressionError, SelectionError
from explorer.selection import expression as concepts
from explorer.selection import query as queries
from explorer.selection.dialects import LINE_END, Translation, has_lines, translate
from explorer.selection.fields import (
    BETWEEN,
    FILTERS,
    MODES,
    NOTHING,
    OBJECTIVES,
    PAPERS,
    SORTS,
    STEERS,
    Filter,
    Range,
    axis_name,
)
from explorer.selection.syntax import COLUMN, MARKS

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_KEY = re.compile(r"\w+")
_COLUMN_SORT = re.compile(r"columns\.(\w+)(:up)?")
_WORDS = ("mode", "sort")
"""Fields that hold one word, and stand at the end of an address."""
_LONGEST = 2000
_LONGEST_QUERY = 100_000
"""Search strategies of systematic reviews have tens of thousands of characters."""
_MOST_VALUES = 5000


@dataclass(frozen=True)
class Selection:
    """What is shown: a query, filters and an order. Filters of different fields all hold; values of one field are either-or.

    Parameters
    ----------
    query : str
        In the language of `explorer.selection.query`.
    years : (int or None, int or None)
        First and last year, both included; None is open.
    months : (str or None, str or None)
        First and last month as ``YYYY-MM``, both included. Papers whose date is known to the year only are left out.
    topics, venues, authors, keywords : tuple of str
    tags, marks : tuple of str
        What the reader put on papers: names of tags; ``starred``, ``unread``, ``read``, ``noted``, ``tagged``, ``new``.
    has_code : bool or None
        With a code link, without one, or either.
    rank : str
        Arithmetic over concepts, such as ``arithmetic + vision - benchmark`` (the grammar is in `explorer.selection.expression`).
        The best match is then the paper that shows the concepts best.
    like, unlike : tuple of str
        Ids of papers; the best match is then the paper most like the former and least like the latter (Rocchio 1971). Papers
        in `unlike` alone say nothing. `rank` goes before.
    axes : tuple of (str, str) or (str,)
        At most two axes, each from one pole to the other; a pole is a few words, or ``topic:"LABEL"``, ``paper:ID``,
        ``set:NAME``. Or one of your own columns of numbers or dates: ``columns.KEY``.
    x, y : (float or None, float or None)
        Places on the first and the second axis, in standard deviations, of a column in its own unit (of dates in years, such as
        2021.5); both ends included; without the axis they are dropped.
    prefer : tuple of (str, float), or mapping
        Direction over `OBJECTIVES`, brought to length one; used by the order ``preference``.
    sort : str
        A key of `SORTS`, or ``columns.KEY`` for a column of the reader's own, largest or last first, with ``:up`` the other
        way round. Without anything to match, relevance is newest first; without a preference, preference is relevance.
    mode : {"all", "any", "meaning"}
        How the query is read: papers with all of its words; with any of them, best first; those nearest in meaning, as far as
        `explorer.search.query_modes` cuts them off.
    columns : tuple of (str, str), or mapping
        Columns of the reader's own by their keys: a value, or a range as text (``0.5..1``, ``2024-01..``). A mapping may hold
        lists of values, and tuples of two ends, of which None is open. Values of one column are either-or.
    exclude : tuple of (str, str), or mapping
        Values that no paper shown has, by the field (``venues``) or the key of the column.

    Raises
    ------
    SelectionError
        A value is of the wrong kind. Values that no paper has are allowed and match nothing.

    Examples
    --------
    >>> import explorer
    >>> selection = explorer.Selection(query="reward model", years=(2023, None))
    >>> selection.describe()
    'papers, matching ‘reward model’, since 2023'
    >>> selection == explorer.Selection.from_url(selection.to_url())
    True
    """

    query: str = ""
    years: tuple[int | None, int | None] = (None, None)
    months: tuple[str | None, str | None] = (None, None)
    topics: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    has_code: bool | None = None
    rank: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    axes: tuple[tuple[str, ...], ...] = ()
    x: tuple[float | None, float | None] = (None, None)
    y: tuple[float | None, float | None] = (None, None)
    prefer: tuple[tuple[str, float], ...] = ()
    sort: str = "relevance"
    tags: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    mode: str = "all"
    columns: tuple[tuple[str, str], ...] = ()
    exclude: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for name, called, most in (("query", "query", _LONGEST_QUERY), ("rank", "expression over concepts", _LONGEST)):
            text = getattr(self, name)
            if not isinstance(text, str) or len(text) > most or not _is_text(text):
                raise SelectionError(f"The {called} must be text of at most {most} characters.")
            object.__setattr__(self, name, _tidy(text))
        for name in ("topics", "venues", "authors", "keywords", "tags", "marks", "like", "unlike"):
            object.__setattr__(self, name, _values(name, getattr(self, name)))
        object.__setattr__(self, "years", _years(self.years))
        object.__setattr__(self, "months", _months(self.months))
        object.__setattr__(self, "axes", _axes(self.axes))
        for place, name in enumerate(("x", "y")):
            given = _places(name, getattr(self, name))
            object.__setattr__(self, name, given if len(self.axes) > place else NOTHING)
        object.__setattr__(self, "prefer", _weights(self.prefer))
        if self.has_code is not None and not isinstance(self.has_code, bool):
            raise SelectionError(f"has_code is {self.has_code!r}; it must be True, False or None.")
        unknown = [mark for mark in self.marks if mark not in MARKS]
        if unknown:
            raise SelectionError(f"There is no mark {unknown[0]!r}. Marks: {', '.join(MARKS)}.")
        if not isinstance(self.sort, str) or not (self.sort in SORTS or _COLUMN_SORT.fullmatch(self.sort)):
            raise SelectionError(f"There is no order {self.sort!r}. Orders: {', '.join(SORTS)}, columns.KEY.")
        if not isinstance(self.mode, str) or self.mode not in MODES:
            raise SelectionError(f"A query cannot be read by {self.mode!r}. Choices: {', '.join(MODES)}.")
        object.__setattr__(self, "columns", _pairs("columns", self.columns))
        object.__setattr__(self, "exclude", _pairs("exclude", self.exclude))

    @classmethod
    def of(cls, given: Selection | str) -> Selection:
        """A selection as it is; a text is a query.

        Parameters
        ----------
        given : Selection or str

        Returns
        -------
        Selection

        Raises
        ------
        SelectionError
            It is neither.

        Examples
        --------
        >>> import explorer
        >>> explorer.Selection.of("reward model") == explorer.Selection(query="reward model")
        True
        """
        if isinstance(given, str):
            return cls(query=given)
        if isinstance(given, Selection):
            return given
        raise SelectionError(f"A selection is a Selection or a query as text, not {type(given).__name__}.")

    @cached_property
    def translation(self) -> Translation:
        """The query in our language, and what it was read as. Raises `QueryError` where it cannot be read."""
        return translate(self.query)

    @cached_property
    def parsed(self) -> queries.Node | None:
        """Syntax tree of the query; None for an empty one. Raises `QueryError` where it is malformed."""
        return queries.parse_translated(self.translation.query)

    @cached_property
    def expression(self) -> concepts.Expression | None:
        """The arithmetic over concepts; None where there is none. Raises `ExpressionError` where it does not parse."""
        return concepts.parse(self.rank) if self.rank else None

    def active(self) -> Iterator[tuple[Filter, Any]]:
        """The filters that are set, with their values.

        Yields
        ------
        (Filter, value)
            Row of `FILTERS`, and the value of its field.

        Examples
        --------
        >>> import explorer
        >>> [(row.field, value) for row, value in explorer.Selection(years=(2023, None), rank="vision").active()]
        [('years', (2023, None))]
        """
        return self._set(FILTERS)

    def given(self) -> Iterator[tuple[Filter, Any]]:
        """The filters that are set, and what orders or places the papers, with their values.

        Yields
        ------
        (Filter, value)
            Row of `FILTERS` or `STEERS`, and the value of its field.

        Examples
        --------
        >>> import explorer
        >>> [(row.field, value) for row, value in explorer.Selection(years=(2023, None), rank="vision").given()]
        [('years', (2023, None)), ('rank', 'vision')]
        """
        return self._set(FILTERS + STEERS)

    def _set(self, rows: tuple[Filter, ...]) -> Iterator[tuple[Filter, Any]]:
        for row in rows:
            value = getattr(self, row.field)
            if value not in ("", (), NOTHING, None):
                yield row, value

    def say(self, row: Filter, value: Any) -> str:
        """One of its fields in words; a place is said with the axis it is on.

        Parameters
        ----------
        row : Filter
            As `given` yields it.
        value : object
            Value of its field.

        Returns
        -------
        str

        Examples
        --------
        >>> import explorer
        >>> selection = explorer.Selection(axes=(("theory", "experiment"),), x=(0, None))
        >>> [selection.say(row, value) for row, value in selection.given()]
        ['at 0 or more on theory ↔ experiment', 'along ‘theory ↔ experiment’']
        """
        said = row.sentence(value)
        if row.field == "query" and self.mode != "all":
            said = f"{said} {'by any of its words' if self.mode == 'any' else 'by meaning'}"
        if row.field in ("x", "y"):
            place = "xy".index(row.field)
            said = said.replace(f"the {('first', 'second')[place]} axis", axis_name(self.axes[place]))
        return said

    @property
    def operands(self) -> tuple[concepts.Operand, ...]:
        """What its expression and its axes refer to, as far as they parse."""
        found = [] if self.expression is None else [term.operand for term in self.expression.terms]
        for pole in (pole for axis in self.axes for pole in axis if ":" in pole):
            with contextlib.suppress(ExpressionError):
                found += [term.operand for term in concepts.parse(pole).terms]
        return tuple(found)

    @property
    def by_meaning(self) -> bool:
        """Whether showing it takes the terms and vectors of the corpus (`Corpus.meaning`)."""
        between = any(len(axis) > 1 for axis in self.axes)
        return bool(self.rank or self.like or between or self.weighs_novelty or self._ranks_by_meaning)

    @property
    def _ranks_by_meaning(self) -> bool:
        return bool(self.query) and (self.sort == "hybrid" or self.mode == "meaning")

    @property
    def sort_column(self) -> tuple[str, bool] | None:
        """Key of the column that orders the papers, and whether its smallest values come first; None for other orders."""
        match = _COLUMN_SORT.fullmatch(self.sort)
        return (match.group(1), match.group(2) is not None) if match else None

    @property
    def weighs_novelty(self) -> bool:
        """Whether its order depends on what the reader has read."""
        return self.sort == "preference" and any(name == "novelty" for name, _ in self.prefer)

    def with_(self, changes: Mapping[str, Any]) -> Selection:
        """A selection with some fields changed; lists become tuples.

        Parameters
        ----------
        changes : mapping
            New values by name of the field.

        Returns
        -------
        Selection
            Another object; this one stays as it is.

        Raises
        ------
        SelectionError
            A field is unknown or a value of the wrong kind.

        Examples
        --------
        >>> import explorer
        >>> explorer.Selection(query="vision").with_({"years": [2023, None]}).describe()
        'papers, matching ‘vision’, since 2023'
        """
        if not isinstance(changes, Mapping):
            raise SelectionError(f"Changes must be a mapping of fields to values, not {type(changes).__name__}.")
        known = {row.name for row in fields(self)}
        for name in changes:
            if name not in known:
                raise SelectionError(f"A selection has no field {name!r}. Fields: {', '.join(sorted(known))}.")
        values: dict[str, Any] = {name: _tuples(v) for name, v in changes.items()}
        return replace(self, **values)

    def with_topics(self, names: Mapping[str, Sequence[str]]) -> Selection:
        """The same selection once topics are called otherwise, were merged or divided.

        Parameters
        ----------
        names : mapping of str to sequence of str
            For each label those in its place; a label that has none in its place is left out, others stay.

        Returns
        -------
        Selection
            Another object; this one stays as it is.

        Examples
        --------
        >>> import explorer
        >>> chosen = explorer.Selection(topics=("a", "b"), rank='topic:"a" - vision')
        >>> chosen.with_topics({"a": ("sums",), "b": ()}).to_url()
        'topic=sums&rank=topic%3Asums+-+vision'
        """
        topics = tuple(new for label in self.topics for new in names.get(label, (label,)))
        exclude = tuple(
            (field, new)
            for field, label in self.exclude
            for new in (names.get(label, (label,)) if field == "topics" else (label,))
        )
        one = {
            written: str(concepts.Operand("topic", new[0]))
            for label, new in names.items()
            if len(new) == 1 and new[0] != label
            for written in {str(concepts.Operand("topic", label)), f'topic:"{label}"'}
        }
        # All at once, so that two labels can change places.
        named = re.compile("|".join(f"{re.escape(written)}(?!\\S)" for written in one) or r"(?!)")

        def said(text: str) -> str:
            return named.sub(lambda hit: one[hit[0]], text)

        axes = tuple(tuple(said(pole) for pole in axis) for axis in self.axes)
        return replace(self, topics=topics, exclude=exclude, rank=said(self.rank), axes=axes)

    def without(self, field: str) -> Selection:
        """A selection with one field as it is by default.

        Parameters
        ----------
        field : str

        Returns
        -------
        Selection
            Another object; this one stays as it is.

        Examples
        --------
        >>> import explorer
        >>> explorer.Selection(query="vision", years=(2023, None)).without("query").describe()
        'papers, since 2023'
        """
        return replace(self, **{field: getattr(Selection(), field)})

    def to_url(self) -> str:
        """URL query without the question mark; empty for the default selection.

        Returns
        -------
        str
            Percent-encoded; `from_url` reads it back.

        Examples
        --------
        >>> import explorer
        >>> explorer.Selection(query="reward model", years=(2023, None)).to_url()
        'q=reward+model&years=2023..'
        """
        pairs: list[tuple[str, str]] = []
        for row, value in self.given():
            if row.kind == "values":
                pairs += [(row.parameter, item) for item in value]
            elif row.kind == "pairs":
                pairs += [(row.parameter, f"{name}:{text}") for name, text in value]
            elif row.kind == "axes":
                pairs += [(row.parameter, BETWEEN.join(axis)) for axis in value]
            elif row.kind == "weights":
                pairs += [(row.parameter, f"{name}:{weight}") for name, weight in value]
            elif row.kind == "range":
                pairs.append((row.parameter, "..".join("" if end is None else str(end) for end in value)))
            elif row.kind == "flag":
                pairs.append((row.parameter, "yes" if value else "no"))
            else:
                pairs.append((row.parameter, value))
        pairs += [(name, getattr(self, name)) for name in _WORDS if getattr(self, name) != getattr(Selection(), name)]
        return urlencode(pairs)

    @classmethod
    def from_url(cls, query: str) -> Selection:
        """Read a URL query, with or without its question mark; parameters of other programs are ignored.

        Parameters
        ----------
        query : str
            As `to_url` writes it.

        Returns
        -------
        Selection

        Raises
        ------
        SelectionError
            A parameter of ours has a value that cannot be.

        Examples
        --------
        >>> import explorer
        >>> explorer.Selection.from_url("?q=reward+model&years=2023..").years
        (2023, None)
        """
        rows = {row.parameter: row for row in FILTERS + STEERS}
        found: dict[str, Any] = {}
        try:
            pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST_VALUES)
        except ValueError as error:
            raise SelectionError(f"The address has more than {_MOST_VALUES:,} values. Choose fewer.") from error
        for name, value in pairs:
            row = rows.get(name)
            if name in _WORDS:
                found[name] = value
            elif row is None:
                continue
            elif row.kind == "values":
                found[row.field] = (*found.get(row.field, ()), value)
            elif row.kind == "pairs":
                found[row.field] = (*found.get(row.field, ()), tuple(value.split(":", 1)))
            elif row.kind == "axes":
                found[row.field] = (*found.get(row.field, ()), tuple(value.split(BETWEEN.strip())))
            elif row.kind == "weights":
                found[row.field] = (*found.get(row.field, ()), tuple(value.split(":")))
            elif row.kind == "range":
                found[row.field] = _parse_range(row.field, value)
            elif row.kind == "flag":
                if value not in ("yes", "no"):
                    raise SelectionError(f"code={value} in the address must be code=yes or code=no.")
                found[row.field] = value == "yes"
            else:
                found[row.field] = value
        return cls(**found)

    def to_python(self, corpus: str = "corpus/") -> str:
        """Python that reproduces the table; `corpus` is the folder it opens.

        Parameters
        ----------
        corpus : str
            Path of the corpus folder.

        Returns
        -------
        str
            Lines that run.

        Examples
        --------
        >>> import explorer
        >>> print(explorer.Selection(query="reward model").to_python().splitlines()[-3])
        papers = corpus.select(explorer.Selection(
        """
        given = [f"{row.name}={value!r}" for row in fields(self) if (value := getattr(self, row.name)) != row.default]
        lines = "".join(f"\n    {item}," for item in given)
        # The reading list is the reader's own, and no part of a selection.
        note = "# Novelty is measured against the papers you have read: corpus.read_papers\n" if self.weighs_novelty else ""
        inner = f"{lines}\n" if given else ""
        return (
            "import explorer\n\n"
            f"corpus = explorer.open_corpus({corpus!r})\n"
            f"{note}papers = corpus.select(explorer.Selection({inner}))\n"
        )

    def describe(self, shown: int | None = None, total: int | None = None, titles: Mapping[str, str] | None = None) -> str:
        """Say the selection in words, such as ``88 papers, topic ‘chain of thought’, since 2023``.

        Parameters
        ----------
        shown, total : int, optional
            Numbers of papers; without them none is said.
        titles : mapping, optional
            Titles by the id of the paper, which stand in place of ids.

        Returns
        -------
        str

        Examples
        --------
        >>> import explorer
        >>> explorer.Selection(years=(2023, None)).describe(shown=36, total=88)
        '36 of 88 papers, since 2023'
        """
        head = "papers" if shown is None else f"{shown:,} paper{'' if shown == 1 else 's'}"
        if total is not None and shown != total:
            head = f"{shown:,} of {total:,} papers"
        named = {field: tuple((titles or {}).get(id_, id_) for id_ in getattr(self, field)) for field in PAPERS}
        parts = [self.say(row, named.get(row.field, value)) for row, value in self.given()]
        if self.sort != "relevance":
            parts.append(_sort_sentence(self))
        return ", ".join([head, *parts]) if parts or shown is not None else "all papers"


def _sort_sentence(selection: Selection) -> str:
    if selection.sort_column is None:
        return SORTS[selection.sort].lower()
    key, up = selection.sort_column
    return f"by {key.replace('_', ' ')}{', smallest first' if up else ''}"


def _tidy(text: str) -> str:
    """Text with single blanks; the lines of a search that combines them stay lines."""
    whole = text.replace(LINE_END, "\n")
    if has_lines(whole):
        return f" {LINE_END} ".join(filter(None, (" ".join(line.split()) for line in whole.splitlines())))
    return " ".join(whole.split())


def _values(name: str, values: Any) -> tuple[str, ...]:
    try:
        given = () if isinstance(values, str) else tuple(sorted(values) if isinstance(values, set | frozenset) else values)
    except TypeError:
        given = (None,)
    if isinstance(values, str) or not all(isinstance(value, str) and _is_text(value) for value in given):
        raise SelectionError(f"{name} is {values!r}; it must be a tuple of text, such as {name}=('this', 'that').")
    return tuple(dict.fromkeys(given))


def _pairs(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    wrong = SelectionError(
        f"{name} is {value!r}; it must be like (('institution', 'MIT'),) or {{'institution': ['MIT'], 'score': (0.5, None)}}."
    )
    try:
        given = (
            [pair for key, held in value.items() for pair in _held(key, held)] if isinstance(value, Mapping) else list(value)
        )
        found = tuple((key, text) for key, text in given)
    except (TypeError, ValueError) as error:
        raise wrong from error
    parts = [part for pair in found for part in pair]
    if not all(isinstance(part, str) and _is_text(part) for part in parts) or not all(_KEY.fullmatch(key) for key, _ in found):
        raise wrong
    return tuple(dict.fromkeys(found))


def _held(key: str, held: Any) -> list[tuple[str, str]]:
    """What a mapping holds of a column: a value, several, or the two ends of a range."""
    if isinstance(held, str | bool | int | float):
        return [(key, value_text(held))]
    ends = sorted(held) if isinstance(held, set | frozenset) else list(held)
    if isinstance(held, tuple) and len(ends) == 2 and not all(isinstance(end, str) for end in ends):
        return [(key, "..".join("" if end is None else value_text(end) for end in ends))]
    return [(key, value_text(end)) for end in ends]


def value_text(value: Any) -> str:
    """A value of a column as text: a yes or no, a number without needless digits, or the text itself."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _tuples(value: Any) -> Any:
    """Lists, as JSON has them, as tuples."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _axes(value: Any) -> tuple[tuple[str, ...], ...]:
    wrong = SelectionError(
        f"axes is {value!r}; it must be one or two pairs of poles, such as (('theory', 'experiment'),), or columns of numbers or dates, "
        f"such as ('columns.score',). A pole is a few words, and holds no {BETWEEN.strip()}."
    )
    try:
        given = [(axis,) if isinstance(axis, str) else tuple(axis) for axis in value]
        found = tuple(tuple(" ".join(pole.split()) for pole in axis) for axis in given)
    except (TypeError, ValueError, AttributeError) as error:
        raise wrong from error
    poles = [pole for axis in found for pole in axis]
    columns = [axis[0] for axis in found if len(axis) == 1]
    if (
        isinstance(value, str)
        or len(found) > 2
        or any(len(axis) not in (1, 2) for axis in found)
        or not all(name.startswith(COLUMN) and _KEY.fullmatch(name.removeprefix(COLUMN)) for name in columns)
        or not all(pole and len(pole) <= _LONGEST and _is_text(pole) and BETWEEN.strip() not in pole for pole in poles)
    ):
        raise wrong
    return found


def _places(name: str, value: Any) -> tuple[float | None, float | None]:
    ends = _pair(name, value)
    for end in ends:
        if end is not None and (isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end)):
            raise SelectionError(f"{name} holds {end!r}; a place on an axis is a number of standard deviations, or None.")
    # Thousandths are finer than any pixel, and keep the address short; adding 0 makes -0.0 plain.
    low, high = (None if end is None else round(float(end), 3) + 0.0 for end in ends)
    if low is not None and high is not None and low > high:
        raise SelectionError(f"{name} runs backwards: {low} to {high}.")
    return low, high


def _weights(value: Any) -> tuple[tuple[str, float], ...]:
    try:
        found = {name: float(weight) for name, weight in (value.items() if isinstance(value, Mapping) else value)}
    except (TypeError, ValueError) as error:
        raise SelectionError(f"prefer is {value!r}; it must be like (('recency', 0.8), ('upvotes', 0.6)).") from error
    for name, weight in found.items():
        if name not in OBJECTIVES:
            raise SelectionError(f"There is no objective {name!r}. Objectives: {', '.join(OBJECTIVES)}.")
        if not math.isfinite(weight):
            raise SelectionError(f"The weight of {name} is {weight!r}; it must be a number, such as 0.5.")
    largest = max((abs(weight) for weight in found.values()), default=0.0)
    if not largest:
        return ()
    # Divided by the largest first: products of the smallest numbers there are lose their digits.
    ratios = {name: weight / largest for name, weight in found.items()}
    length = math.hypot(*ratios.values())
    # Rounded weights are a hair off length one; they stay as they are, so that reading them again changes nothing.
    whole = found if abs(largest * length - 1) < 0.001 else {name: ratio / length for name, ratio in ratios.items()}
    rounded = {name: round(whole[name], 4) + 0.0 for name in OBJECTIVES if name in whole}
    return tuple((name, weight) for name, weight in rounded.items() if weight)


def _is_text(value: str) -> bool:
    """Whether text can be stored and sent; halves of surrogate pairs, which a browser may send, cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _years(value: Any) -> tuple[int | None, int | None]:
    low, high = _pair("years", value)
    for year in (low, high):
        if year is not None and (isinstance(year, bool) or not isinstance(year, int) or not 1 <= year <= 9999):
            raise SelectionError(f"years holds {year!r}; a year is a whole number from 1 to 9999, or None.")
    if low is not None and high is not None and low > high:
        raise SelectionError(f"years runs backwards: {low} to {high}.")
    return low, high


def _months(value: Any) -> tuple[str | None, str | None]:
    low, high = _pair("months", value)
    for month in (low, high):
        if month is not None and (not isinstance(month, str) or not _MONTH.fullmatch(month)):
            raise SelectionError(f"months holds {month!r}; a month is text such as '2024-03', or None.")
    if low is not None and high is not None and low > high:
        raise SelectionError(f"months runs backwards: {low} to {high}.")
    return low, high


def _pair(name: str, value: Any) -> Range:
    if value is None:
        return NOTHING
    try:
        low, high = value
    except (TypeError, ValueError) as error:
        raise SelectionError(f"{name} must be a pair (first, last); None is open.") from error
    return low, high


def _parse_range(field: str, text: str) -> Range:
    low, dots, high = text.partition("..")
    ends: list[Any] = [low or None, (high or None) if dots else (low or None)]
    if field == "years":
        try:
            ends = [None if end is None else int(end) for end in ends]
        except ValueError as error:
            raise SelectionError(f"years={text} in the address must be like years=2019..2023.") from error
    elif field in ("x", "y"):
        try:
            ends = [None if end is None else float(end) for end in ends]
        except ValueError as error:
            raise SelectionError(f"{field}={text} in the address must be like {field}=-1.5..0.5.") from error
    return ends[0], ends[1]

"""The selection: one small frozen value that says what is shown. It prints as a URL, as Python and as a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from explorer.errors import SelectionError

SORTS = {
    "relevance": "Best match",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "upvotes": "Most upvotes",
    "title": "Title, A to Z",
}
"""Orders of the list and what they are called."""

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_LONGEST = 2000
_MOST_VALUES = 5000

Range = tuple[Any, Any]


class Filter(NamedTuple):
    """One field of the selection that filters: how it is called, checked, written to a URL and said in words."""

    field: str
    label: str
    parameter: str
    """Name in the URL query."""
    kind: str
    """``text``, ``range``, ``values`` or ``flag``."""
    sentence: Callable[[Any], str]


def _range_sentence(value: Range) -> str:
    low, high = value
    if low is not None and low == high:
        return f"in {low}"
    if high is None:
        return f"since {low}"
    return f"until {high}" if low is None else f"{low} to {high}"


def _values_sentence(label: str) -> Callable[[tuple[str, ...]], str]:
    return lambda values: f"{label} " + " or ".join(f"‘{value}’" for value in values)


FILTERS: tuple[Filter, ...] = (
    Filter("query", "Search", "q", "text", lambda value: f"matching ‘{value}’"),
    Filter("topics", "Topic", "topic", "values", _values_sentence("topic")),
    Filter("venues", "Venue", "venue", "values", _values_sentence("venue")),
    Filter("authors", "Author", "author", "values", _values_sentence("author")),
    Filter("keywords", "Keyword", "keyword", "values", _values_sentence("keyword")),
    Filter("has_code", "Code", "code", "flag", lambda value: "with code" if value else "without code"),
    Filter("years", "Year", "years", "range", _range_sentence),
    Filter("months", "Month", "months", "range", _range_sentence),
)
"""Every filter, in the order in which the sentence names them."""

NOTHING: Range = (None, None)


@dataclass(frozen=True)
class Selection:
    """What is shown: a query, filters and an order. Filters of different fields all hold; values of one field are either-or.

    Parameters
    ----------
    query : str
        In the language of `explorer.query`.
    years : (int or None, int or None)
        First and last year, both included; None is open.
    months : (str or None, str or None)
        First and last month as ``YYYY-MM``, both included. Papers whose date is known to the year only are left out.
    topics, venues, authors, keywords : tuple of str
    has_code : bool or None
        With a code link, without one, or either.
    sort : str
        A key of `SORTS`. Without a query, relevance is newest first.

    Raises
    ------
    SelectionError
        A value is of the wrong kind. Values that no paper has are allowed and match nothing.
    """

    query: str = ""
    years: tuple[int | None, int | None] = (None, None)
    months: tuple[str | None, str | None] = (None, None)
    topics: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    has_code: bool | None = None
    sort: str = "relevance"

    def __post_init__(self) -> None:
        if not isinstance(self.query, str) or len(self.query) > _LONGEST or not _is_text(self.query):
            raise SelectionError(f"The query must be text of at most {_LONGEST} characters.")
        object.__setattr__(self, "query", " ".join(self.query.split()))
        for name in ("topics", "venues", "authors", "keywords"):
            object.__setattr__(self, name, _values(name, getattr(self, name)))
        object.__setattr__(self, "years", _years(self.years))
        object.__setattr__(self, "months", _months(self.months))
        if self.has_code is not None and not isinstance(self.has_code, bool):
            raise SelectionError(f"has_code is {self.has_code!r}; it must be True, False or None.")
        if not isinstance(self.sort, str) or self.sort not in SORTS:
            raise SelectionError(f"There is no order {self.sort!r}. Orders: {', '.join(SORTS)}.")

    def active(self) -> Iterator[tuple[Filter, Any]]:
        """The filters that are set, with their values."""
        for row in FILTERS:
            value = getattr(self, row.field)
            if value not in ("", (), NOTHING, None):
                yield row, value

    def with_(self, changes: Mapping[str, Any]) -> Selection:
        """A selection with some fields changed; lists become tuples.

        Raises
        ------
        SelectionError
            A field is unknown or a value of the wrong kind.
        """
        if not isinstance(changes, Mapping):
            raise SelectionError(f"Changes must be a mapping of fields to values, not {type(changes).__name__}.")
        known = {row.name for row in fields(self)}
        for name in changes:
            if name not in known:
                raise SelectionError(f"A selection has no field {name!r}. Fields: {', '.join(sorted(known))}.")
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in changes.items()}
        return replace(self, **values)

    def without(self, field: str) -> Selection:
        """A selection with one field as it is by default."""
        return replace(self, **{field: getattr(Selection(), field)})

    def to_url(self) -> str:
        """URL query without the question mark; empty for the default selection."""
        pairs: list[tuple[str, str]] = []
        for row, value in self.active():
            if row.kind == "values":
                pairs += [(row.parameter, item) for item in value]
            elif row.kind == "range":
                pairs.append((row.parameter, "..".join("" if end is None else str(end) for end in value)))
            elif row.kind == "flag":
                pairs.append((row.parameter, "yes" if value else "no"))
            else:
                pairs.append((row.parameter, value))
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        return urlencode(pairs)

    @classmethod
    def from_url(cls, query: str) -> Selection:
        """Read a URL query, with or without its question mark; parameters of other programs are ignored.

        Raises
        ------
        SelectionError
            A parameter of ours has a value that cannot be.
        """
        rows = {row.parameter: row for row in FILTERS}
        found: dict[str, Any] = {}
        try:
            pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST_VALUES)
        except ValueError as error:
            raise SelectionError(f"The address has more than {_MOST_VALUES:,} values. Choose fewer.") from error
        for name, value in pairs:
            row = rows.get(name)
            if name == "sort":
                found["sort"] = value
            elif row is None:
                continue
            elif row.kind == "values":
                found[row.field] = (*found.get(row.field, ()), value)
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
        """Python that reproduces the table; `corpus` is the folder it opens."""
        given = [
            f"{row.name}={getattr(self, row.name)!r}"
            for row in fields(self)
            if getattr(self, row.name) != getattr(Selection(), row.name)
        ]
        lines = "".join(f"\n    {item}," for item in given)
        inner = f"{lines}\n" if given else ""
        return (
            "import explorer\n\n"
            f"corpus = explorer.open_corpus({corpus!r})\n"
            f"papers = corpus.select(explorer.Selection({inner}))\n"
        )

    def describe(self, shown: int | None = None, total: int | None = None) -> str:
        """Say the selection in words, such as ``88 papers, topic ‘chain of thought’, since 2023``."""
        head = "papers" if shown is None else f"{shown:,} paper{'' if shown == 1 else 's'}"
        if total is not None and shown != total:
            head = f"{shown:,} of {total:,} papers"
        parts = [row.sentence(value) for row, value in self.active()]
        if self.sort != "relevance":
            parts.append(SORTS[self.sort].lower())
        return ", ".join([head, *parts])


def _values(name: str, values: Any) -> tuple[str, ...]:
    try:
        given = () if isinstance(values, str) else tuple(sorted(values) if isinstance(values, set | frozenset) else values)
    except TypeError:
        given = (None,)
    if isinstance(values, str) or not all(isinstance(value, str) and _is_text(value) for value in given):
        raise SelectionError(f"{name} is {values!r}; it must be a tuple of text, such as {name}=('this', 'that').")
    return tuple(dict.fromkeys(given))


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
    return ends[0], ends[1]

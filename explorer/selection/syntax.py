"""The syntax tree of a query, and how it is written down again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from explorer.errors import QueryError

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "abstract": ("abstract",),
    "authors": ("author", "authors"),
    "keywords": ("keyword", "keywords"),
    "venue": ("venue", "journal"),
    "ids": ("id", "doi", "arxiv", "pmid"),
}

OWN_FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "tag": ("tag", "tags"),
    "note": ("note", "notes"),
    "is": ("is",),
    "set": ("set",),
}
"""Fields that ask for what the reader put on papers; the library answers, not the corpus."""

DATE_FIELD_NAMES: dict[str, tuple[str, ...]] = {"year": ("year", "years", "published")}
"""The field that asks when a paper was published; the dates of the papers answer, not the full text."""

MARKS = ("starred", "unread", "read", "noted", "tagged", "new")
"""What ``is:`` may ask."""

WILDCARDS = "*?$"
"""Any number of letters; exactly one; one or none."""

BEGUN = "…"
"""Stands after a word that may go on: the word in any form, or words that begin so."""

COLUMN = "columns."
"""Stands before the key of a column of the reader's own where a field is named."""

RANKED = ("", "title", "abstract", "keywords")
"""Fields that hold text, by which papers may be ranked; what is looked for in others filters, however a query is read."""


def by_table(field: str) -> bool:
    """Whether what is looked for in a field is answered by the table of papers, as a filter, and not by the full text."""
    return field in DATE_FIELD_NAMES or field.startswith(COLUMN)


FURTHEST = 50
"""Words that may stand between two parts at most; more is next to "in the same text"."""


_SINGLE = re.compile(r"(?<!\w)[‘‚‛‹]([^‘’‚‛‹›\"\s][^‘’‚‛‹›\"\n]*\s[^‘’‚‛‹›\"\n]*)[’‘›‹](?!\w)")


def with_double_quotes(text: str) -> str:
    """A phrase between single quotation marks that are no apostrophes, between double ones; every character stays in its place.

    Examples
    --------
    >>> with_double_quotes("‘machine learning’ and Alzheimer’s"), with_double_quotes("‹deep learning›")
    ('"machine learning" and Alzheimer’s', '"deep learning"')
    """
    return _SINGLE.sub(r'"\1"', text)


@dataclass(frozen=True)
class Word:
    """A word, or a prefix of one, in one field or in all; wildcards in it stand for other letters."""

    text: str
    field: str = ""
    prefix: bool = False
    position: int = 0
    exact: bool = False
    """Whether its other forms (plurals, spellings) do not count."""


@dataclass(frozen=True)
class Phrase:
    """Words next to each other; wildcards in them stand for other letters."""

    text: str
    field: str = ""
    position: int = 0
    exact: bool = False


@dataclass(frozen=True)
class Near:
    """Two parts in one text, with at most so many words between them.

    The parts are words, phrases, alternatives of these or parts near each other. One that lies in a gap of the other has no word
    between them.
    """

    first: Node
    second: Node
    between: int
    ordered: bool = False
    """Whether the first must come first."""
    position: int = 0


@dataclass(frozen=True)
class Not:
    """Papers that the part does not match."""

    part: Node


@dataclass(frozen=True)
class All:
    """Papers that every part matches."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """Papers that some part matches."""

    parts: tuple[Node, ...]


Node = Word | Phrase | Near | Not | All | Either


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes a node is made of."""
    if isinstance(node, All | Either):
        return node.parts
    if isinstance(node, Near):
        return node.first, node.second
    return (node.part,) if isinstance(node, Not) else ()


def changed(node: Node, change: Callable[[Word | Phrase], Node]) -> Node:
    """The tree with each word and phrase replaced."""
    if isinstance(node, Word | Phrase):
        return change(node)
    if isinstance(node, Near):
        return replace(node, first=changed(node.first, change), second=changed(node.second, change))
    if isinstance(node, Not):
        return Not(changed(node.part, change))
    return type(node)(tuple(changed(part, change) for part in node.parts))


def leaves_of(node: Node) -> list[Word | Phrase]:
    """All words and phrases, those that are excluded too."""
    return [node] if isinstance(node, Word | Phrase) else [leaf for part in parts_of(node) for leaf in leaves_of(part)]


def over(fields: tuple[str, ...], node: Node) -> Node:
    """The same in any of several fields."""
    found = tuple(changed(node, partial(replace, field=field)) for field in fields)
    return found[0] if len(found) == 1 else Either(found)


def in_fields(node: Node) -> Node:
    """The tree with leaves of several fields, which have commas between them, as alternatives of one field each."""
    if isinstance(node, Word | Phrase):
        return over(tuple(node.field.split(",")), node) if "," in node.field else node
    if isinstance(node, Near):
        return _near_in_fields(node)
    if isinstance(node, Not):
        return Not(in_fields(node.part))
    return type(node)(tuple(map(in_fields, node.parts)))


def _near_in_fields(node: Near) -> Node:
    fields = {leaf.field for leaf in leaves_of(node)} - {""}
    if len(fields) > 1:
        raise QueryError("Words near each other stand in one text: both sides must have the same fields.", node.position)
    if any(COLUMN in names for names in fields):
        raise QueryError("The value of a column is no text: nothing stands near in it. Use AND.", node.position)
    if any(name in DATE_FIELD_NAMES for names in fields for name in names.split(",")):
        raise QueryError("A year is no text: nothing stands near in it. Use AND.", node.position)
    if any("ids" in names for names in fields):
        raise QueryError("An id is one value: nothing stands near in it. Use AND.", node.position)
    if any(name in OWN_FIELD_NAMES for names in fields for name in names.split(",")):
        raise QueryError("Tags, notes and sets are no text of a paper: nothing stands near in them. Use AND.", node.position)
    if not can_be_near(node):
        raise QueryError(
            "Only words, phrases and alternatives of these (a OR b) can be near each other. Use AND outside of it.",
            node.position,
        )
    # A side without a field stands where the other does.
    return over(tuple(fields.pop().split(",")), node) if fields else node


def can_be_near(node: Node) -> bool:
    """Whether a part may stand beside NEAR."""
    if isinstance(node, Either):
        return all(map(can_be_near, node.parts))
    if isinstance(node, Near):
        return can_be_near(node.first) and can_be_near(node.second)
    return isinstance(node, Word | Phrase)


def written(node: Node) -> str:
    """A tree in the query language; `explorer.selection.query.parse` reads it back."""
    match node:
        case Word(text, field, prefix, _, exact):
            return f"{_field(field)}{'+' * exact}{text}{'*' * prefix}"
        case Phrase(text, field, _, exact):
            return f'{_field(field)}{"+" * exact}"{text}"'
        case Near(first, second, between, ordered):
            return f"{_inner(first)} {'PRE' if ordered else 'NEAR'}/{between} {_inner(second)}"
        case Not(part):
            return f"NOT {_inner(part)}"
        case All(parts):
            return " AND ".join(map(_inner, parts))
        case Either(parts):
            return _shared_field(parts) or " OR ".join(map(_inner, parts))


def _inner(node: Node) -> str:
    text = written(node)
    one = isinstance(node, Word | Phrase) or (isinstance(node, Either) and bool(_shared_field(node.parts)))
    return text if one else f"({text})"


def _shared_field(parts: tuple[Node, ...]) -> str:
    """``title,abstract:word`` for the same in several fields; empty for other alternatives."""
    fields = []
    for part in parts:
        found = {leaf.field for leaf in leaves_of(part)}
        if len(found) != 1:
            return ""
        fields.append(found.pop())
    plain = {changed(part, lambda leaf: replace(leaf, field="")) for part in parts}
    if len(plain) != 1 or len(set(fields)) != len(fields) or "" in fields:
        return ""
    node = plain.pop()
    if not can_be_near(node):
        # Fields before brackets stand before each word: all of "title,abstract:(a b)" may be in either, and need not be in one.
        return ""
    text = written(node) if isinstance(node, Word | Phrase) else f"({written(node)})"
    return f"{','.join(map(_name, fields))}:{text}"


def _field(field: str) -> str:
    return f"{_name(field)}:" if field else ""


def _name(field: str) -> str:
    return (
        field.removeprefix(COLUMN) if field.startswith(COLUMN) else (FIELD_NAMES | OWN_FIELD_NAMES | DATE_FIELD_NAMES)[field][0]
    )


def ranked_and_required(node: Node | None) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The parts of a query that papers may be ranked by, and those that filter in any case.

    Exclusions filter, and so does what is looked for in a field that holds no text, such as authors.

    Examples
    --------
    >>> from explorer.selection.query import parse
    >>> ranked, required = ranked_and_required(parse('planets "other stars" author:lee -review'))
    >>> [written(part) for part in ranked], [written(part) for part in required]
    (['planets', '"other stars"'], ['author:lee', 'NOT review'])
    """
    parts = () if node is None else node.parts if isinstance(node, All) else (node,)
    ranked = tuple(p for p in parts if not _excludes(p) and any(leaf.field in RANKED for leaf in leaves_of(p)))
    return ranked, tuple(part for part in parts if part not in ranked)


def _excludes(node: Node) -> bool:
    return isinstance(node, Not) or any(map(_excludes, parts_of(node)))


def without_columns(node: Node | None) -> Node | None:
    """The tree without what is looked for in dates and in columns of the reader's own; None where nothing is left."""
    if node is None or (isinstance(node, Word | Phrase) and by_table(node.field)):
        return None
    if isinstance(node, Not):
        return node if without_columns(node.part) == node.part else None
    if isinstance(node, All | Either):
        kept = tuple(part for part in map(without_columns, node.parts) if part is not None)
        return None if not kept else kept[0] if len(kept) == 1 else type(node)(kept)
    return node

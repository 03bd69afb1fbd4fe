"""The query language: text -> syntax tree, with errors that point at the character.

::

    query  = either
    either = all { "OR" all }
    all    = not { ["AND"] not }
    not    = ("NOT" | "-") not | atom
    atom   = "(" either ")" | [field ":"] (phrase | word)
    phrase = '"' … '"'
    word   = characters up to white space, a quote or a parenthesis; a final "*" makes it a prefix

Words next to each other must all match. Operators are upper case, so that *and* in a pasted title is a word. A colon makes a
field only directly before its text, so that *BERT: pre-training* is two words.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from explorer.errors import QueryError

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "abstract": ("abstract",),
    "authors": ("author", "authors"),
    "keywords": ("keyword", "keywords", "tag"),
    "venue": ("venue", "journal"),
    "ids": ("id", "doi", "arxiv"),
}

HELP: tuple[tuple[str, str, str], ...] = (
    ("words", "papers with all of the words, in any form", "arithmetic reasoning"),
    ('"a phrase"', "words next to each other", '"chain of thought"'),
    ("field:word", "in one field: title, abstract, author, keyword, venue, id, doi, arxiv", "author:lee"),
    ("prefix*", "words that begin so", "arithm*"),
    ("OR", "either", "vision OR robotics"),
    ("-word, NOT word", "papers without it", 'arithmetic -"task arithmetic"'),
    ("( )", "grouping", "(vision OR speech) benchmark"),
)
"""Syntax, meaning and an example of each feature; the dashboard and the documentation show it."""

_NAMES = {alias: name for name, aliases in FIELD_NAMES.items() for alias in aliases}
_FIELD = re.compile(r"(\w+):(?=[^\s:])")
_WORD = re.compile(r'[^\s()"]+')


@dataclass(frozen=True)
class Word:
    """A word, or a prefix of one, in one field or in all."""

    text: str
    field: str = ""
    prefix: bool = False
    position: int = 0


@dataclass(frozen=True)
class Phrase:
    """Words next to each other."""

    text: str
    field: str = ""
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


Node = Word | Phrase | Not | All | Either

_DEEPEST = 50


def parse(text: str) -> Node | None:
    """Parse a query.

    Returns
    -------
    Node or None
        None for an empty query, which matches every paper.

    Raises
    ------
    QueryError
        The query is malformed; `position` is the character it points at.
    """
    parser = _Parser(text)
    if parser.at_end():
        return None
    try:
        node = parser.either(0)
        if not parser.at_end():
            raise QueryError("This closing parenthesis has no opening one.", parser.here)
    except QueryError as error:
        error.query = text
        raise
    return node


class _Parser:
    """Recursive descent over the query; `here` is the next character to read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.here = 0

    def at_end(self) -> bool:
        while self.here < len(self.text) and self.text[self.here].isspace():
            self.here += 1
        return self.here >= len(self.text)

    def keyword(self, *words: str) -> str | None:
        """Take one of the operator words if it stands here."""
        if self.at_end():
            return None
        match = _WORD.match(self.text, self.here)
        if match is None or match.group() not in words:
            return None
        self.here = match.end()
        return match.group()

    def either(self, depth: int) -> Node:
        parts = [self.all(depth)]
        while (start := self.here, self.keyword("OR"))[1]:
            parts.append(self.operand("OR", start, depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def operand(self, operator: str, start: int, depth: int) -> Node:
        if self.at_end() or self.text[self.here] == ")":
            at = self.text.find(operator, start)
            raise QueryError(f"{operator} needs something after it. To search for the word itself, write it in lower case.", at)
        return self.all(depth)

    def all(self, depth: int) -> Node:
        parts = [self.negation(depth)]
        while not self.at_end() and self.text[self.here] != ")":
            mark = self.here
            if self.keyword("OR"):
                self.here = mark
                break
            if self.keyword("AND") and (self.at_end() or self.text[self.here] == ")"):
                raise QueryError("AND needs something after it. To search for the word itself, write it in lower case.", mark)
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def negation(self, depth: int) -> Node:
        self.at_end()
        start = self.here
        operator = self.keyword("AND", "OR")
        if operator:
            raise QueryError(
                f"{operator} needs something before it. To search for the word itself, write it in lower case.", start
            )
        minus = self.text[start] == "-" and start + 1 < len(self.text) and not self.text[start + 1].isspace()
        if minus:
            self.here += 1
        if minus or self.keyword("NOT"):
            if self.at_end() or self.text[self.here] == ")":
                raise QueryError("NOT needs something after it. To search for the word itself, write it in lower case.", start)
            return Not(self.negation(depth + 1) if depth < _DEEPEST else self.too_deep())
        return self.atom(depth)

    def too_deep(self) -> Node:
        raise QueryError(f"The query nests deeper than {_DEEPEST} levels. Write it with fewer parentheses.", self.here)

    def atom(self, depth: int) -> Node:
        start = self.here
        if self.text[start] == "(":
            if depth >= _DEEPEST:
                self.too_deep()
            self.here += 1
            if self.at_end():
                raise QueryError("This parenthesis is not closed.", start)
            if self.text[self.here] == ")":
                raise QueryError("There is nothing between these parentheses.", start)
            node = self.either(depth + 1)
            if self.at_end() or self.text[self.here] != ")":
                raise QueryError("This parenthesis is not closed.", start)
            self.here += 1
            return node
        if self.text[start] == ")":
            raise QueryError("This closing parenthesis has no opening one.", start)
        field = self.field()
        if self.text[self.here] == '"':
            return self.phrase(field, start)
        return self.word(field, start)

    def field(self) -> str:
        match = _FIELD.match(self.text, self.here)
        if match is None:
            return ""
        name = match.group(1).lower()
        if name not in _NAMES:
            close = difflib.get_close_matches(name, _NAMES, n=1)
            meant = f" Did you mean {close[0]}:?" if close else ""
            raise QueryError(
                f"“{match.group(1)}” is not a field.{meant} Fields: title, abstract, author, keyword, venue, id, doi, arxiv. "
                "To search for the text itself, put it in quotes.",
                self.here,
            )
        self.here = match.end()
        return _NAMES[name]

    def phrase(self, field: str, start: int) -> Node:
        opening = self.here
        end = self.text.find('"', opening + 1)
        if end < 0:
            raise QueryError("This quotation mark is not closed.", opening)
        self.here = end + 1
        return Phrase(self.text[opening + 1 : end], field, start)

    def word(self, field: str, start: int) -> Node:
        match = _WORD.match(self.text, self.here)
        if match is None:
            raise QueryError("There is nothing after this field name. Write the word directly after the colon.", start)
        self.here = match.end()
        text = match.group()
        prefix = text.endswith("*")
        if prefix and not any(c.isalnum() for c in text):
            raise QueryError("A * needs the beginning of a word before it, such as arithm*.", start)
        return Word(text.rstrip("*") if prefix else text, field, prefix, start)

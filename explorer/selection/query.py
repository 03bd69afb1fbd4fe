"""The query language: text -> syntax tree, with errors that point at the character.

::

    query  = either
    either = all { "OR" all }
    all    = not { ["AND"] not }
    not    = ("NOT" | "-") not | near
    near   = atom { ("NEAR/n" | "PRE/n") atom }
    atom   = [fields ":"] ("(" either ")" | ["+"] (phrase | word))
    fields = field { "," field }    (a name that is no field is the key of a column of the reader's own)
    phrase = '"' … '"'
    word   = characters up to white space, a quote or a parenthesis that opens a group

Words next to each other must all match. Operators are upper case, so that *and* in a pasted title is a word. A colon makes a
field only directly before its text, so that *BERT: pre-training* is two words. A parenthesis directly after a letter that is
closed before the next blank belongs to the word, and a hyphen directly after a parenthesis or a quote is one, so that
*p(x)-Laplacian* and *Fe(II)-dependent* are words.

``*`` stands for any letters, ``?`` for one, ``$`` for one or none, within, before and after words and in phrases. A ``?`` after a
word may be a question's, and leaves the word itself found. ``+`` before a word or phrase leaves out its other forms.
A word that ends in ``…`` is that word or the beginning of one, as the last word is while it is typed.
``year:2010..2020`` asks when a paper was published (`explorer.selection.periods`).
``a NEAR/3 b``: at most three words between the two, in any order; ``a PRE/3 b``: in this order.

Curly and angle quotes are quotes. What other databases write is translated first (`explorer.selection.dialects`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import replace

from explorer.errors import QueryError
from explorer.selection.dialects import LINE_END, translate
from explorer.selection.periods import span_of, without_begun
from explorer.selection.syntax import (
    BEGUN,
    COLUMN,
    DATE_FIELD_NAMES,
    FIELD_NAMES,
    FURTHEST,
    OWN_FIELD_NAMES,
    WILDCARDS,
    All,
    Either,
    Near,
    Node,
    Not,
    Phrase,
    Word,
    in_fields,
    leaves_of,
    with_double_quotes,
    written,
)

__all__ = ["FIELD_NAMES", "HELP", "All", "Either", "Near", "Node", "Not", "Phrase", "Word", "parse", "written"]

HELP: tuple[tuple[str, str, str], ...] = (
    ("words", "papers with all of the words, in any form", "arithmetic reasoning"),
    ('"a phrase"', "words next to each other", '"chain of thought"'),
    ("field:word", "in one field: title, abstract, author, keyword, venue, id, doi, arxiv, pmid", "author:lee"),
    (
        "year:2010..2020",
        "published then: a year, a month (2010-05), a range open at either end (2010..), or >, >=, <, <=",
        "year:>=2020",
    ),
    ("tag:word, note:word", "what you tagged or noted", "tag:method"),
    ("is:starred", "your own marks: starred, unread, read, noted, tagged, new; set:name for a set", "is:unread"),
    ("field,field:( )", "all of a group in some fields", "title,abstract:(vision OR speech)"),
    ("arithm*, *metic", "words that begin or end so, in phrases too", '"graph neur*"'),
    ("wom?n, tumo$r", "? is one letter, $ one or none", "summari?e"),
    ("+word", "only as it is written, not in its other forms", "+reasoning"),
    ("a NEAR/3 b", "at most three words between them; PRE/3 in this order", "language NEAR/2 model"),
    ("column:value", "in a column of your own; numbers and dates by >, >=, <, <= or a..b", "score:>0.5"),
    ("OR", "either", "vision OR robotics"),
    ("-word, NOT word", "papers without it", 'arithmetic -"task arithmetic"'),
    ("( )", "grouping", "(vision OR speech) benchmark"),
    ("other databases", "searches of PubMed, Ovid, Scopus, Web of Science and others as they are", "TITLE-ABS-KEY(arithmetic)"),
)
"""Syntax, meaning and an example of each feature; the dashboard and the documentation show it."""

_NAMES = {alias: name for name, aliases in (FIELD_NAMES | OWN_FIELD_NAMES | DATE_FIELD_NAMES).items() for alias in aliases}
_FIELD = re.compile(r"(\w+(?:,\w+)*):(?=[^\s:])")
_WORD = re.compile(r'[^\s()"]+')
_GLUED = re.compile(r'\([^\s()"]*\)[^\s()"]*')
_NEAR = re.compile(r"(NEAR|PRE)/([0-9]{1,4})", re.IGNORECASE)
_SIGNS = str.maketrans(dict.fromkeys("“”„‟«»＂❝❞〝〞〟″「」『』", '"') | {LINE_END: " "})

_OPERATOR = re.compile(r"AND|OR|NOT|(?:NEAR|PRE)(?:/\d*)?")
_COMPARED = re.compile(r"[<>=]|[-\d.]*\.\.|\d+(\.\d+)?\Z|\d{4}-\d")
"""A number, which is no beginning of another, and what compares or ranges."""

_FIELD_OR_SIGN = re.compile(r"[-+]*(?:\w+(?:,\w+)*:)?[-+]*")
_WAITS = re.compile(
    r"(?:(?<!\S)|(?<=[()\"]))(?:AND|OR|NOT|(?:NEAR|PRE)(?:/\d*)?|[-+]|[-+]?\w+(?:,\w+)*,?:|\w+(?:,\w+)*:(?=\())\Z|\(\Z"
)

_DEEPEST = 50
_MOST_NAMED = 12
_SHORTEST = 2
_TELLING = 3


def parse(text: str) -> Node | None:
    """Parse a query, in our language or another database's.

    Returns
    -------
    Node or None
        None for an empty query, which matches every paper.

    Raises
    ------
    QueryError
        The query is malformed; `position` is the character it points at.
    """
    read = translate(text)
    try:
        return parse_translated(read.query)
    except QueryError as error:
        if read.dialect:
            # What was read stands elsewhere in what was written, where its sign does, if at all.
            sign = read.query[error.position : error.position + 1]
            error.query, error.position = text, max(text.find(sign), 0) if sign else 0
        raise


def check_fields(node: Node | None, columns: Collection[str] = ()) -> None:
    """See that each field a query names is one.

    Parameters
    ----------
    node : Node or None
    columns : collection of str
        Keys of the columns of the reader's own that the corpus has.

    Raises
    ------
    QueryError
        A field is unknown; `position` is the character where it stands.
    """
    for leaf in leaves_of(node) if node is not None else ():
        key = leaf.field.removeprefix(COLUMN)
        if key == leaf.field or key in columns:
            continue
        close = difflib.get_close_matches(key, [*_NAMES, *columns], n=1)
        meant = f" Did you mean {close[0]}:?" if close else ""
        own = "".join(f", {name}" for name in list(columns)[:_MOST_NAMED])
        raise QueryError(
            f"“{key}” is not a field.{meant} Fields: title, abstract, author, keyword, venue, year, id, "
            f"doi, arxiv, pmid{own}. To search for the text itself, put it in quotes.",
            leaf.position,
        )


def as_typed(text: str) -> str:
    """A query that is still being typed as one that can be run: its last word is the beginning of one until a blank.

    What is open in it is closed, and an operator or a field without anything after it is left out, as is a word of one letter.

    Parameters
    ----------
    text : str
        The search box with the cursor at its end.

    Returns
    -------
    str
        In the query language; the text as it is where it is another database's, or cannot be made whole.

    Examples
    --------
    >>> [as_typed(text) for text in ("reward mod", "reward model ", '"chain of tho', "vision (speech OR", "author:", "a vision r")]
    ['reward mod…', 'reward model', '"chain of tho…"', 'vision (speech)', '', 'a vision']
    """
    try:
        if translate(text).dialect:
            return text
    except QueryError:
        return text
    kept = without_begun(with_double_quotes(text).translate(_SIGNS))
    within = kept.count('"') % 2 == 1
    last = re.search(r'[^\s"]*\Z' if within else r'[^\s()"]*\Z', kept)
    assert last is not None
    word = last.group()
    named = _FIELD_OR_SIGN.match(word)
    bare = word[named.end() :] if named and not within else word
    if bare and bare.isascii() and len(bare.strip("-+")) < _SHORTEST:
        # One letter says nothing; alone it would find every paper, or none.
        kept = kept[: last.start()]
    elif bare and bare[-1].isalnum() and not _OPERATOR.fullmatch(bare) and not _COMPARED.match(bare):
        kept += BEGUN
    kept = _whole(kept, within)
    try:
        parse_translated(kept)
    except QueryError:
        return text
    return kept


def _whole(text: str, within: bool) -> str:
    """Close the quotation mark and the parentheses that are open, and leave out what waits for something after it."""
    if within:
        opening = text.rindex('"')
        text = f'{text.rstrip()}"' if text[opening + 1 :].strip() else text[:opening]
    while True:
        before = text = text.rstrip()
        text = _WAITS.sub("", text)
        if text == before:
            break
    depth = 0
    quoted = False
    for sign in text:
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign == "(") - (sign == ")")
    return text + ")" * depth


def parse_translated(text: str) -> Node | None:
    """Parse a query in our language. Returns and raises as `parse` does."""
    parser = _Parser(text)
    if parser.at_end():
        return None
    try:
        node = parser.either(0)
        if not parser.at_end():
            raise QueryError("This closing parenthesis has no opening one.", parser.here)
        return in_fields(node)
    except QueryError as error:
        error.query = parser.written
        raise


class _Parser:
    """Recursive descent over the query; `here` is the next character to read."""

    def __init__(self, text: str) -> None:
        self.written = text
        self.text = with_double_quotes(text).translate(_SIGNS)
        self.here = 0
        self.within = ""
        """Fields of the group that is read, with commas; a leaf keeps them so until the whole tree stands."""

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
        self.something_after(operator, self.text.find(operator, start))
        return self.all(depth)

    def something_after(self, operator: str, at: int) -> None:
        if self.at_end() or self.text[self.here] == ")":
            raise QueryError(f"{operator} needs something after it. To search for the word itself, write it in lower case.", at)

    def all(self, depth: int) -> Node:
        parts = [self.negation(depth)]
        while not self.at_end() and self.text[self.here] != ")":
            mark = self.here
            if self.keyword("OR"):
                self.here = mark
                break
            if self.keyword("AND"):
                self.something_after("AND", mark)
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def negation(self, depth: int) -> Node:
        self.at_end()
        start = self.here
        operator = self.keyword("AND", "OR") or self.nearness()
        if operator:
            raise QueryError(
                f"{operator} needs something before it. To search for the word itself, write it in lower case.", start
            )
        if self.excludes(start):
            self.here += 1
        elif not self.keyword("NOT"):
            return self.near(depth)
        self.something_after("NOT", start)
        return Not(self.negation(depth + 1) if depth < _DEEPEST else self.too_deep())

    def excludes(self, start: int) -> bool:
        """Whether a hyphen here means NOT: before something, and not glued to what comes before."""
        glued = start > 0 and self.text[start - 1] in ')"'
        return self.text[start] == "-" and not glued and start + 1 < len(self.text) and not self.text[start + 1].isspace()

    def nearness(self) -> str | None:
        """Take an operator of nearness if one stands here."""
        if self.at_end():
            return None
        match = _WORD.match(self.text, self.here)
        if match is None or not _NEAR.fullmatch(match.group()):
            return None
        self.here = match.end()
        return match.group()

    def near(self, depth: int) -> Node:
        node, level = self.atom(depth), depth
        while (start := self.here, operator := self.nearness())[1]:
            assert operator is not None
            at = self.text.find(operator, start)
            level += 1
            if level > _DEEPEST:
                self.too_deep()
            self.something_after(operator, at)
            kind, number = operator.split("/")
            if int(number) > FURTHEST:
                raise QueryError(f"At most {FURTHEST} words may stand between two others. Use AND for papers with both.", at)
            node = Near(node, self.atom(depth), int(number), kind.upper() == "PRE", at)
        return node

    def too_deep(self) -> Node:
        raise QueryError(f"The query nests deeper than {_DEEPEST} levels. Write it with fewer parentheses.", self.here)

    def atom(self, depth: int) -> Node:
        start = self.here
        if self.text[start] == ")":
            raise QueryError("This closing parenthesis has no opening one.", start)
        field = self.field()
        if self.text[self.here] == "(":
            outside, self.within = self.within, field or self.within
            node = self.group(depth)
            self.within = outside
            return node
        field = field or self.within
        exact = self.exactly()
        if self.text[self.here] == '"':
            return self.phrase(field, start, exact)
        return self.word(field, start, exact)

    def group(self, depth: int) -> Node:
        start = self.here
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

    def field(self) -> str:
        match = _FIELD.match(self.text, self.here)
        if match is None:
            return ""
        names = [name.lower() for name in match.group(1).split(",")]
        self.here = match.end()
        return ",".join(dict.fromkeys(_NAMES.get(name, f"{COLUMN}{name}") for name in names))

    def exactly(self) -> bool:
        """Take a plus that stands before a word or a phrase."""
        after = self.text[self.here + 1 : self.here + 2]
        if self.text[self.here] == "+" and (after.isalnum() or (after and after in f'"{WILDCARDS}')):
            self.here += 1
            return True
        return False

    def phrase(self, field: str, start: int, exact: bool) -> Node:
        opening = self.here
        end = self.text.find('"', opening + 1)
        if end < 0:
            raise QueryError("This quotation mark is not closed.", opening)
        self.here = end + 1
        text = self.written[opening + 1 : end]
        if text.endswith(BEGUN) and text.strip(f"{BEGUN} "):
            whole = Phrase(text.rstrip(BEGUN), field, start, exact)
            return Either((whole, replace(whole, text=f"{whole.text}*")))
        self.check_date(field, text, opening)
        return Phrase(text, field, start, exact)

    def check_date(self, field: str, text: str, start: int) -> None:
        """See that what is asked of a date is one."""
        if not DATE_FIELD_NAMES.keys().isdisjoint(field.split(",")) and span_of(text) is None:
            raise QueryError(
                f"“{text}” is no year. Write year:2010, year:2010..2020, year:>=2010, or year:2010-05 for a month.", start
            )

    def word(self, field: str, start: int, exact: bool) -> Node:
        match = _WORD.match(self.text, self.here)
        if match is None:
            raise QueryError("There is nothing after this field name. Write the word directly after the colon.", start)
        end = match.end()
        while self.text[end - 1].isalnum() and (more := _GLUED.match(self.text, end)):
            end = more.end()
        text = self.text[self.here : end]
        self.here = end
        if text.endswith(BEGUN) and text.strip(BEGUN):
            whole = Word(text.rstrip(BEGUN), field, False, start, exact)
            # Two letters begin tens of thousands of words of abstracts; those of titles tell as much, sooner.
            short = not field and whole.text.isascii() and len(whole.text) < _TELLING
            return Either((whole, replace(whole, prefix=True, field="title" if short else field)))
        prefix = text.endswith("*")
        if any(c in WILDCARDS for c in text) and "*" in text and not any(c.isalnum() for c in text):
            raise QueryError("A * needs the beginning of a word before it, such as arithm*, or the end of one after it.", start)
        self.check_date(field, text, start)
        return Word(text.rstrip("*") if prefix else text, field, prefix, start, exact)

"""One search in another database's language -> our syntax tree.

Cut into pieces (`_Cutter`), words next to each other joined, then read by the order in which the database takes its operators. A
part that says nothing of words (a date, a language) has no node: what is around it stays, and it is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate

from explorer.errors import QueryError
from explorer.selection.dialects.databases import Dialect
from explorer.selection.dialects.dates import as_dates, published
from explorer.selection.syntax import FURTHEST, All, Either, Near, Node, Not, Phrase, Word, can_be_near, changed, leaves_of

OPEN = "?"
"""Field of a leaf that has none yet."""

_OPERATOR = re.compile(r"(?:and\s+not|andnot|and|or|not)(?=[\s()\"“']|$)", re.I)
_NEAR = re.compile(r"(near|onear|next|adj|pre|w|n|p)\s?/?\s?(\d{1,3})?(?=[\s()\"“'{]|$)", re.I)
_WORD = re.compile(r"[^\s()\"]+")
_OTHER_LINE = re.compile(
    r"(?:#|(?:and|or)/\s?|\{(?:and|or) #?)(?P<number>\d{1,3})(?:\s?[-–,]\s?#?\d{1,3})*(?:\s?\}|/(?:and|or))?", re.I
)
"""What stands for another line where nothing else stands beside it."""
_SOME_LETTERS = re.compile(r"\[\*(\d)\]")
"""At most so many letters, as ProQuest writes it."""
_LINK = r"d[dm]_\w+"
"""A subheading of a drug or of a disease, as Embase writes it behind a heading."""
_FREQUENCY = re.compile(r"/\s*freq\s*=\s*\d+", re.I)


@dataclass
class Piece:
    """One piece of a search: ``(``, ``)``, ``and``, ``or``, ``not``, ``near``, ``prefix``, ``suffix``, ``word``, ``node``, ``nothing``."""

    kind: str
    text: str
    at: int
    node: Node | None = None
    near: tuple[int, bool] = (0, False)
    limits: bool = False
    """Whether it is a limit to dates."""


@dataclass
class Reading:
    """What was read, and what was left out of it."""

    dialect: Dialect
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, what: str) -> None:
        """Name something that has no equal here, once."""
        plain = " ".join(what.split())
        if plain and plain not in self.left_out:
            self.left_out.append(plain)


References = Callable[[str, int], "tuple[Node | None, int] | None"]
"""Reads a reference to another line at a place of a text: its node and where it ends."""


def read(text: str, reading: Reading, references: References | None = None) -> Node | None:
    """Read one search.

    Returns
    -------
    Node or None
        Leaves without a field have `OPEN`; None where nothing is left.

    Raises
    ------
    QueryError
        Parentheses or quotes do not close, or an operator lacks a side; `position` is in `text`.
    """
    pieces = _joined(_Cutter(text, reading, references).pieces(), reading)
    pieces, limits = _parted(pieces, reading.dialect)
    parser = _Parser(pieces, reading, len(text))
    node = parser.level(0)
    if parser.here < len(pieces):
        raise QueryError("This closing parenthesis has no opening one.", pieces[parser.here].at)
    return _all([node, *limits])


def _parted(pieces: list[Piece], dialect: Dialect) -> tuple[list[Piece], list[Node | None]]:
    """The limits to dates that a search ends with, apart from it where its NOT would take them with what it excludes."""
    if not dialect.order or dialect.order[-1] != "not":
        return pieces, []
    limits: list[Node | None] = []
    depths = list(accumulate((piece.kind == "(") - (piece.kind == ")") for piece in pieces))
    if not any(piece.kind == "or" and not depth for piece, depth in zip(pieces, depths, strict=True)):
        while len(pieces) > 2 and pieces[-1].limits and pieces[-2].kind == "and":
            limits.insert(0, pieces[-1].node)
            pieces = pieces[:-2]
    return pieces, limits


# Pieces


class _Cutter:
    """Cuts a search into pieces. Each of its readers gives the place where what begins at a place ends, or None where it is not its own."""

    def __init__(self, text: str, reading: Reading, references: References | None) -> None:
        self._text, self._reading, self._dialect, self._references = text, reading, reading.dialect, references
        self._found: list[Piece] = []
        self._fields: list[bool] = []
        """For each open parenthesis whether a field stands before it or before one around it."""

    def pieces(self) -> list[Piece]:
        """All pieces. Raises `QueryError` where a quotation mark is not closed."""
        # What stands first is tried first: a suffix may begin with a blank, an operator looks like a word.
        readers = (
            self._suffix,
            self._blank,
            self._limit,
            self._reference,
            self._heading,
            self._parenthesis,
            self._note,
            self._operator,
            self._near,
            self._prefix,
            self._quoted,
            self._word,
        )
        at = 0
        while at < len(self._text):
            at = next(end for read in readers if (end := read(at)) is not None)
        return self._found

    @property
    def _after_operand(self) -> bool:
        return bool(self._found) and self._found[-1].kind in (")", "word", "node", "suffix", "nothing")

    def _take(
        self,
        kind: str,
        text: str,
        at: int,
        node: Node | None = None,
        *,
        near: tuple[int, bool] = (0, False),
        limits: bool = False,
    ) -> int:
        self._found.append(Piece(kind, text, at, node, near, limits))
        return at + len(text)

    def _suffix(self, at: int) -> int | None:
        text, dialect = self._text, self._dialect
        begins = not (at and text[at].isspace() and text[at - 1].isspace())
        if not (dialect.suffix and self._after_operand and begins and (match := dialect.suffix.match(text, at))):
            return None
        name = next(group for group in match.groups() if group is not None)
        if dialect.limit and dialect.limit.match(text, at + len(match.group()) - len(match.group().lstrip())):
            name = "?"
        if frequency := _FREQUENCY.search(match.group()):
            self._reading.leave_out(frequency.group())
        self._take("suffix", name, at)
        return match.end()

    def _blank(self, at: int) -> int | None:
        return at + 1 if self._text[at].isspace() or self._text[at] in ",;" else None

    def _limit(self, at: int) -> int | None:
        match = self._dialect.limit.match(self._text, at) if self._dialect.limit else None
        if match is None or match.group().count("(") != match.group().count(")"):
            return None
        dates, rest = published(match.group())
        self._reading.leave_out(match.group() if dates is None else rest)
        return self._take("nothing" if dates is None else "node", match.group(), at, dates, limits=dates is not None)

    def _reference(self, at: int) -> int | None:
        if not (self._references and (reference := self._references(self._text, at))):
            return None
        node, end = reference
        return self._take("nothing" if node is None else "node", self._text[at:end], at, node)

    def _heading(self, at: int) -> int | None:
        match = self._dialect.heading.match(self._text, at) if self._dialect.heading else None
        return self._take("node", match.group(), at, _heading(match, self._reading)) if match else None

    def _parenthesis(self, at: int) -> int | None:
        character = self._text[at]
        if character not in "()":
            return None
        if character == "(":
            self._fields.append(any(self._fields[-1:]) or (bool(self._found) and self._found[-1].kind == "prefix"))
        elif self._fields:
            self._fields.pop()
        return self._take(character, character, at)

    def _note(self, at: int) -> int | None:
        """Brackets of an editor's note, as ``[mp=title, abstract]``, which are passed over."""
        if self._text[at] not in "[]":
            return None
        end = self._text.find("]", at)
        return end + 1 if self._text[at] == "[" and end >= 0 else at + 1

    def _operator(self, at: int) -> int | None:
        if match := _OPERATOR.match(self._text, at):
            word = " ".join(match.group().lower().split())
            return self._take("not" if word in ("and not", "andnot") else word, match.group(), at)
        if self._dialect.same and self._after_operand and (match := self._dialect.same.match(self._text, at)):
            return self._take("and", match.group(), at)
        return None

    def _near(self, at: int) -> int | None:
        match = _NEAR.match(self._text, at)
        near = _nearness(match, self._dialect) if match else None
        return self._take("near", match.group(), at, near=near) if match and near and self._after_operand else None

    def _prefix(self, at: int) -> int | None:
        dialect = self._dialect
        match = dialect.prefix.match(self._text, at) if dialect.prefix else None
        if match is None or not _is_field(match.group(1), dialect):
            return None
        if dialect.name == "EBSCO" and _is_word(match, self._found, any(self._fields[-1:]), dialect):
            return None
        self._take("prefix", match.group(1), at)
        return match.end()

    def _quoted(self, at: int) -> int | None:
        text, dialect, character = self._text, self._dialect, self._text[at]
        closing = next((pair[1] for pair in ('""', *dialect.quotes) if character == pair[0]), None)
        if not closing or (character == "'" and text[at - 1 : at].isalnum()):
            return None
        end = text.find(closing, at + 1)
        if end >= 0:
            exact = dialect.exact_phrases or character == "{"
            return self._take("node", text[at : end + 1], at, leaf(text[at + 1 : end], dialect, exact=exact, quoted=True))
        if character == '"':
            raise QueryError("This quotation mark is not closed.", at)
        return None

    def _word(self, at: int) -> int:
        return self._take("word", self._text[at : _word_end(self._text, at, self._dialect)], at)


def _is_field(name: str, dialect: Dialect) -> bool:
    return all(part in dialect.fields for part in _names(name))


def _is_word(match: re.Match[str], found: list[Piece], in_field: bool, dialect: Dialect) -> bool:
    """Whether what may be a field of EBSCO is a word: ``ID``, ``DE`` and ``SO`` are, before an operator, and beside words that have a field."""
    text, end = match.string, match.end()
    end += len(text[end:]) - len(text[end:].lstrip())
    if (found and text[end : end + 1] in ("", ")")) or _OPERATOR.match(text, end):
        return True
    if found and (near := _NEAR.match(text, end)) and _nearness(near, dialect):
        return True
    return text[end : end + 1] not in ("(", '"', "“") and (in_field or (bool(found) and found[-1].kind == "word"))


def _names(name: str) -> list[str]:
    bare = (re.sub(rf"\.(?:exact|explode)|/(?:mj|{_LINK})", "", part.strip().lower()) for part in name.split(","))
    return [re.sub(rf"\A{_LINK}\Z", "de", part) for part in bare]


def _word_end(text: str, at: int, dialect: Dialect) -> int:
    """End of a word: before a blank, a parenthesis, a quote, or a field that is glued to it."""
    end = at + 1
    while end < len(text):
        character = text[end]
        if character.isspace() or character in ')"' or (character == "(" and not text[end - 1].isalnum()):
            break
        if character == "(":
            # As in p(x): what closes before the next blank is of the word.
            match = re.compile(r"\([^\s()\"]*\)").match(text, end)
            if match is None or dialect.prefix:
                break
            end = match.end()
            continue
        if character == "[" and dialect.name == "ProQuest" and (match := _SOME_LETTERS.match(text, end)):
            end = match.end()
            continue
        if character == "[" or (dialect.suffix and dialect.suffix.match(text, end)):
            break
        end += 1
    return end


def _nearness(match: re.Match[str], dialect: Dialect) -> tuple[int, bool] | None:
    """How many words may stand between, and whether the order counts; None where this is no operator of the database."""
    kind, number = match.group(1).lower(), match.group(2)
    rule = (dialect.near or {}).get(kind)
    if rule is None:
        return None
    if len(kind) == 1 and (number is None or (dialect.name != "EBSCO" and "/" not in match.group())):
        return None
    if kind == "adj" and number is None:
        return 0, True
    less, default, ordered = rule
    if number is None:
        return None if default is None else (max(default - less, 0), ordered)
    return max(int(number) - less, 0), ordered


# Leaves


def leaf(text: str, dialect: Dialect, *, exact: bool, quoted: bool = False) -> Node | None:
    """A word or a phrase with its wildcards as ours; None where it holds neither a letter nor a digit."""
    plain = " ".join(_wildcards(text, dialect).replace('"', " ").split())
    plain = plain.strip(".,;:") if not quoted else plain
    if not any(map(str.isalnum, plain)):
        return None
    if quoted or " " in plain or not re.fullmatch(r"[\w*?$.'’/+&-]+", plain) or plain[0] in "-+":
        return Phrase(plain, OPEN, 0, exact)
    prefix = plain.endswith("*")
    bare = plain.rstrip("*") if prefix else plain
    wild = any(sign in bare for sign in "*?$")
    return Word(bare, OPEN, prefix, 0, (exact and not (prefix and not wild)) or wild)


def _wildcards(text: str, dialect: Dialect) -> str:
    signs = dialect.wildcards or {}
    if dialect.name == "ProQuest":
        text = _SOME_LETTERS.sub(lambda m: "$" * int(m.group(1)), text)
        return re.sub(r"(?<=\w)\*(?=\w)|(?<=\w)\*|\*(?=\w)", "*", text)
    if dialect.name == "Ovid":
        # A number limits how many letters a truncation stands for.
        limited = re.sub(r"(?<=\w)[*$:](\d)(?!\w)", lambda m: "\x00" * int(m.group(1)), text)
        return re.sub(
            r"(?<=\w)[*$#?]+|(?<=\w):(?!\S)|[*$#?]+(?=\w)", lambda m: "".join(signs.get(c, c) for c in m.group()), limited
        ).replace("\x00", "$")
    if "#" in signs or "$" in signs or "?" in signs:
        text = re.sub(r"(?<=\w)[*?#$]+|[*?#$]+(?=\w)", lambda m: "".join(signs.get(c, "") for c in m.group()), text)
    return text


def _heading(match: re.Match[str], reading: Reading) -> Node | None:
    groups = match.groupdict()
    text = (groups.get("text") or groups.get("text2") or "").strip().strip('"').strip()
    return heading(
        text,
        reading,
        explode=bool(groups.get("explode")) or (groups.get("text2") is not None and not groups.get("focus2")),
        focus=(bool(groups.get("focus")) and reading.dialect.name == "Ovid") or bool(groups.get("major")),
        rest=(groups.get("rest") or groups.get("rest2") or "").strip(),
    )


def heading(text: str, reading: Reading, *, explode: bool = False, focus: bool = False, rest: str = "") -> Node | None:
    """A subject heading as a phrase in the keywords, where readers' files hold them."""
    text, plus, _ = text.partition("+")
    text, slash, qualifier = text.partition("/")
    text = text.strip().lstrip("*").strip()
    if explode or plus:
        reading.leave_out(f"the narrower headings of “{text}”")
    if focus:
        reading.leave_out(f"that “{text}” is a main heading")
    if rest or slash:
        reading.leave_out(f"the subheadings of “{text}” ({(rest or qualifier).strip().lstrip('/')})")
    if not any(map(str.isalnum, text)):
        return None
    return Phrase(text.replace('"', " "), "keywords", 0, True)


def in_field(node: Node | None, name: str, reading: Reading, shown: str) -> Node | None:
    """A part with the field that stands before or after it; None, and named, where we have no such field."""
    dialect = reading.dialect
    proximity = re.fullmatch(r"(.*?)\s*:\s*~(\d+)", name) if dialect.name == "PubMed" else None
    if proximity:
        name = proximity.group(1)
    if node is not None and not dialect.dates.isdisjoint(_names(name)) and (dates := as_dates(node)) is not None:
        return dates
    fields: list[str] = []
    everywhere = False
    for part in _names(name):
        ours = dialect.fields.get(part)
        if ours is None:
            reading.leave_out(shown if len(_names(name)) == 1 else f"the field {part}")
            continue
        everywhere = everywhere or not ours
        fields += ours
    if node is None or (not fields and not everywhere):
        return None
    if proximity:
        node = _words_near(node, int(proximity.group(2)), reading)
    if fields and set(fields) == {"keywords"} and isinstance(node, Phrase | Word) and _is_heading(name, dialect):
        text = node.text + "*" * (isinstance(node, Word) and node.prefix)
        if "*" in text.lstrip("*"):
            return replace(node, field="keywords")
        lower = name.lower()
        explode = (
            (dialect.name == "PubMed" and "noexp" not in lower)
            or "explode" in lower
            or "/exp" in lower
            or lower.startswith("exp")
        )
        links = ", ".join(re.findall(_LINK, lower)) if dialect.name == "Embase" else ""
        focus = lower.startswith(("mj", "mm")) or any(mark in lower for mark in ("majr", "major", "/mj"))
        return heading(text, reading, explode=explode, focus=focus, rest=links)
    whole = "" if everywhere else ",".join(dict.fromkeys(fields))
    if whole == "authors":
        # Names have no other forms than their own, and initials stand for the names that begin so.
        node = changed(node, lambda found: _named(found, dialect) if isinstance(found, Phrase) else found)
    return changed(node, lambda found: replace(found, field=whole) if found.field == OPEN else found)


def _named(phrase: Phrase, dialect: Dialect) -> Phrase:
    """A phrase that is a name; Ovid writes initials in small letters as well."""
    text = phrase.text
    if dialect.name == "Ovid":
        text = re.sub(r"(?<=\s)[a-z]{1,3}(?=\*?\Z)", lambda match: match.group().upper(), text)
    return replace(phrase, text=text, exact=False)


def _is_heading(name: str, dialect: Dialect) -> bool:
    lower = name.lower()
    return (
        lower.startswith(("mesh", "mh", "majr", "mjmesh", "mainsubject", "mm", "index"))
        or (dialect.name == "Embase" and not lower.startswith("kw"))
        or ".exact" in lower
    )


def _words_near(node: Node, between: int, reading: Reading) -> Node:
    """PubMed's ``"some words"[tiab:~3]``: in any order, so many words between."""
    if not isinstance(node, Phrase) or len(node.text.split()) < 2:
        return node
    words = node.text.split()
    if len(words) > 2:
        reading.leave_out(
            f"that all the words of “{node.text}” together are at most {between} words apart: each is, from the next"
        )
    found: Node = Word(words[0], OPEN, False, 0, True)
    for word in words[1:]:
        found = Near(found, Word(word, OPEN, False, 0, True), min(between, FURTHEST))
    return found


# Joining and reading


def _joined(pieces: list[Piece], reading: Reading) -> list[Piece]:
    """Words next to each other as one node, fields that stand after something applied to it."""
    dialect = reading.dialect
    found: list[Piece] = []
    names = _of_authors(pieces, dialect)
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind != "word":
            found.append(piece)
            place += 1
            continue
        end = place
        while end < len(pieces) and pieces[end].kind == "word":
            end += 1
        run = pieces[place:end]
        tagged = end < len(pieces) and pieces[end].kind == "suffix"
        exact = dialect.exact_words or (dialect.name == "PubMed" and tagged)
        if not tagged and (other := _OTHER_LINE.fullmatch(" ".join(word.text for word in run))):
            shown = f"#{other['number']}" if "#" in piece.text or "#" in run[-1].text else other["number"]
            raise QueryError(f"Line {shown} is not here. Paste the lines that this one combines as well.", piece.at)
        if len(run) > 1 and (dialect.adjacent == "phrase" or place in names or (dialect.name == "PubMed" and tagged)):
            node = leaf(" ".join(word.text for word in run), dialect, exact=exact)
        else:
            nodes = [node for word in run if (node := leaf(word.text, dialect, exact=exact))]
            node = All(tuple(nodes)) if len(nodes) > 1 else nodes[0] if nodes else None
        text = " ".join(word.text for word in run)
        if node is None:
            reading.leave_out(text)
        found.append(Piece("node" if node is not None else "nothing", text, piece.at, node))
        place = end
    return found


def _of_authors(pieces: list[Piece], dialect: Dialect) -> set[int]:
    """Places of pieces under a field of authors that stands before them: words in a row are a name there, as in ``AU=(Lee A* OR Roe S)``."""
    found: set[int] = set()
    for place, piece in enumerate(pieces):
        if piece.kind != "prefix" or any(dialect.fields.get(name) != ("authors",) for name in _names(piece.text)):
            continue
        depth = 0
        for at in range(place + 1, len(pieces)):
            depth += (pieces[at].kind == "(") - (pieces[at].kind == ")")
            if depth <= 0 and pieces[at].kind != "word":
                break
            found.add(at)
    return found


def _all(parts: list[Node | None]) -> Node | None:
    kept = [part for part in parts if part is not None]
    flat = [inner for part in kept for inner in (part.parts if isinstance(part, All) else (part,))]
    return All(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def _either(parts: list[Node | None]) -> Node | None:
    kept = [part for part in parts if part is not None]
    flat = [inner for part in kept for inner in (part.parts if isinstance(part, Either) else (part,))]
    return Either(tuple(dict.fromkeys(flat))) if len(flat) > 1 else flat[0] if flat else None


def _together(operator: str, parts: list[Node | None]) -> Node | None:
    """Parts by one operator; without any there is one part."""
    return parts[0] if not operator else _either(parts) if operator == "or" else _all(parts)


_DEEPEST = 60
_NEAREST = 30
"""Operators of nearness in a row, each of which takes what stands before it as one side."""


class _Parser:
    """Recursive descent by the order of a database's operators."""

    def __init__(self, pieces: list[Piece], reading: Reading, end: int) -> None:
        self.pieces = pieces
        self.reading = reading
        self.here = 0
        self.end = end
        self.depth = 0

    def peek(self) -> str:
        return self.pieces[self.here].kind if self.here < len(self.pieces) else ""

    def operator(self) -> str:
        """The operator that stands here; ``and`` where two operands meet without one."""
        kind = self.peek()
        if kind in ("and", "or", "not", "near"):
            return kind
        return "and" if kind in ("(", "node", "nothing", "prefix") else ""

    def take(self) -> Piece | None:
        """Take the operator, if one is written."""
        if self.peek() not in ("and", "or", "not", "near"):
            return None
        self.here += 1
        if self.peek() == "not" and self.pieces[self.here - 1].kind == "and":
            self.here += 1
            return self.pieces[self.here - 1]
        return self.pieces[self.here - 1]

    def level(self, number: int) -> Node | None:
        order = self.reading.dialect.order
        if not order:
            return self.left_to_right()
        if number == len(order):
            return self.atom()
        mine = order[len(order) - 1 - number]
        return self.folded(lambda: self.level(number + 1), lambda: self._is(mine))

    def _is(self, operator: str) -> bool:
        found = self.operator()
        if (
            found == "and"
            and self.peek() == "and"
            and self.here + 1 < len(self.pieces)
            and self.pieces[self.here + 1].kind == "not"
        ):
            found = "not"
        return found == operator

    def left_to_right(self) -> Node | None:
        return self.folded(self.atom, lambda: bool(self.operator()))

    def folded(self, operand: Callable[[], Node | None], goes_on: Callable[[], bool]) -> Node | None:
        """Operands with their operators, from left to right; those in a row by one operator are put together at once."""
        parts, operator = [operand()], ""
        while goes_on():
            piece = self.take()
            kind = piece.kind if piece else "and"
            right = operand()
            if kind in ("not", "near"):
                left = _together(operator, parts)
                if kind == "not":
                    parts = [_all([left, Not(right) if right is not None else None])]
                elif piece is not None and left is not None and right is not None:
                    parts = [self.near(left, piece, right)]
                else:
                    parts = [_all([left, right])]
                operator = ""
            elif operator in ("", kind):
                parts.append(right)
                operator = kind
            else:
                parts, operator = [_together(operator, parts), right], kind
        return _together(operator, parts)

    def near(self, left: Node, piece: Piece, right: Node) -> Node | None:
        between, ordered = piece.near
        inner, depth = left, 0
        while isinstance(inner, Near):
            inner, depth = inner.first, depth + 1
        if depth > _NEAREST:
            raise QueryError(f"More than {_NEAREST} operators of nearness stand in a row. Write it with fewer.", piece.at)
        fields = {found.field for found in (*leaves_of(left), *leaves_of(right))} - {OPEN}
        # Words in a row that stand for all of them, in a database that takes them so, are near as a phrase is.
        left, right = _as_phrase(left), _as_phrase(right)
        if between > FURTHEST or not (can_be_near(left) and can_be_near(right)) or len(fields) > 1 or "ids" in fields:
            self.reading.leave_out(f"{' '.join(piece.text.split())} (both are wanted, near or not)")
            return _all([left, right])
        if fields:
            # A side without a field stands where the other does.
            left, right = (changed(side, lambda found: replace(found, field=min(fields))) for side in (left, right))
        return Near(left, right, between, ordered)

    def atom(self) -> Node | None:
        node = self.primary()
        while self.peek() == "suffix":
            piece = self.pieces[self.here]
            before = self.pieces[self.here - 1].text
            self.here += 1
            mark = {"PubMed": "[{}]", "Ovid": ".{}."}.get(self.reading.dialect.name, ":{}")
            shown = f"{before if before != ')' else '(…)'}{mark.format(piece.text)}"
            node = in_field(node, piece.text, self.reading, shown)
        return node

    def primary(self) -> Node | None:
        kind = self.peek()
        if kind == "":
            raise QueryError("The search ends after an operator: something must follow it.", max(self.end - 1, 0))
        piece = self.pieces[self.here]
        if kind in ("node", "nothing"):
            self.here += 1
            return piece.node
        if kind == "prefix":
            self.here += 1
            if self.peek() in ("", ")"):
                raise QueryError(f"There is nothing after {piece.text}.", piece.at)
            self.deeper(piece)
            node = in_field(self.primary(), piece.text, self.reading, f"the field {piece.text}")
            self.depth -= 1
            return node
        if kind == "(":
            return self.group(piece)
        if kind == "not":
            self.here += 1
            self.deeper(piece)
            node = self.atom()
            self.depth -= 1
            return Not(node) if node is not None else None
        if kind in ("and", "or", "near"):
            raise QueryError(f"{piece.text.strip()} needs something before it.", piece.at)
        raise QueryError("This closing parenthesis has no opening one." if kind == ")" else "This is out of place.", piece.at)

    def deeper(self, piece: Piece) -> None:
        """Go one level down, if there are not too many above."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise QueryError(f"The query nests deeper than {_DEEPEST} levels. Write it with fewer parentheses.", piece.at)

    def group(self, opening: Piece) -> Node | None:
        self.here += 1
        self.deeper(opening)
        if self.peek() == ")":
            raise QueryError("There is nothing between these parentheses.", opening.at)
        node = self.level(0)
        if self.peek() != ")":
            raise QueryError("This parenthesis is not closed.", opening.at)
        self.here += 1
        self.depth -= 1
        return node


def _as_phrase(node: Node) -> Node:
    if isinstance(node, Either):
        return Either(tuple(map(_as_phrase, node.parts)))
    words = node.parts if isinstance(node, All) else ()
    if words and all(isinstance(word, Word) for word in words):
        text = " ".join(f"{word.text}{'*' * word.prefix}" for word in words if isinstance(word, Word))
        return Phrase(text, leaves_of(node)[0].field, 0, any(word.exact for word in words if isinstance(word, Word)))
    return node

"""The expression language of concept arithmetic, and its canonical form.

Grammar::

    expression = [sign] term { sign term } ;
    sign       = "+" | "-" | "−" ;
    term       = [ number ( "*" | "×" ) ] concept ;
    concept    = '"' any text '"' | kind ":" name | words ;
    kind       = "paper" | "set" | "tag" | "topic" ;
    name       = '"' any text '"' | word ;
    words      = word { word } ;                 (* neighbouring words are one phrase *)
    number     = digits [ "." digits ] | "." digits ;

A minus sign between letters is a hyphen ("few-shot" is one word); to subtract, put a space before it.  Inside quotes
a backslash keeps the next character as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from explorer.errors import ExpressionError

Kind = Literal["words", "paper", "set", "tag", "topic"]
KINDS: tuple[Kind, ...] = ("paper", "set", "tag", "topic")

HELP: tuple[tuple[str, str, str], ...] = (
    ("= a + b", "papers that show both concepts come first, whatever is searched for", "= arithmetic + vision"),
    ("- c", "those that show this one come last; a blank before the minus", "= arithmetic + vision - benchmark"),
    ("2*a", "counts twice as much", "= 2*reasoning - vision"),
    ('few words, "quoted"', "neighbouring words are one concept", '= "chain of thought" + robotics'),
    ('topic:"…", tag:…, set:…, paper:…', "a topic, your tag, a saved set or search, or one paper as a concept", ""),
)
"""Syntax, meaning and an example of each feature, after the equals sign that begins an expression in the search box."""

_NUMBER = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*[*×]")
_WORD = re.compile(r"[^\s\"+*×−:\-](?:[^\s\"+*×−:\-]|[-:](?=[^\s\"+*×−:\-]))*")
_PLAIN = re.compile(r"[^\W\d]\w*(?:-\w+)*(?: [^\W\d]\w*(?:-\w+)*)*", re.UNICODE)


@dataclass(frozen=True, order=True)
class Operand:
    """What a term refers to: words, or a paper, set or topic by name."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        prefix = "" if self.kind == "words" else f"{self.kind}:"
        plain = _PLAIN.fullmatch(self.name) and (self.kind == "words" or " " not in self.name)
        if plain:
            return prefix + self.name
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'{prefix}"{escaped}"'


@dataclass(frozen=True)
class Term:
    """One operand and its weight; negative to subtract."""

    weight: float
    operand: Operand


@dataclass(frozen=True)
class Expression:
    """A weighted sum of operands, as written; `canonical` is the form to compare and to print."""

    terms: tuple[Term, ...]

    def canonical(self) -> Expression:
        """Return the sum with equal operands merged, zeros dropped, added before subtracted, then by name."""
        sums: dict[Operand, float] = {}
        for term in self.terms:
            sums[term.operand] = sums.get(term.operand, 0.0) + term.weight
        kept = [Term(round(w, 12), o) for o, w in sums.items() if abs(w) > 1e-12]
        return Expression(tuple(sorted(kept, key=lambda t: (t.weight < 0, t.operand))))

    def __str__(self) -> str:
        parts = []
        for term in self.terms:
            sign = "-" if term.weight < 0 else "+"
            size = abs(term.weight)
            factor = "" if size == 1 else f"{_decimal(size)}*"
            parts.append((sign, f"{factor}{term.operand}"))
        if not parts:
            return ""
        (sign, first), rest = parts[0], parts[1:]
        return ("-" if sign == "-" else "") + first + "".join(f" {s} {t}" for s, t in rest)


def _decimal(number: float) -> str:
    """Print a positive weight without an exponent, which the grammar has not."""
    return f"{number:.12f}".rstrip("0").rstrip(".")


def parse(text: str) -> Expression:
    """Parse an expression.

    Examples
    --------
    >>> str(parse('2*"chain of thought" + robotics - few-shot'))
    '2*chain of thought + robotics - few-shot'

    Raises
    ------
    ExpressionError
        With the position of the character at fault.
    """
    return _Parser(text).expression()


class _Parser:
    """Recursive descent over one string; `at` is the next character to read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, message: str, position: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, self.at if position is None else position)

    def peek(self) -> str:
        """Skip blanks; return the next character, or an empty string at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def expression(self) -> Expression:
        if not self.peek():
            raise self.fail("nothing to rank by; write a word, such as arithmetic + vision")
        terms: list[Term] = []
        while self.peek():
            sign = 1.0
            if self.peek() in "+-−":
                sign = 1.0 if self.peek() == "+" else -1.0
                self.at += 1
            elif terms:
                raise self.fail('expected + or - here; put a phrase with signs in it in "quotes"')
            terms.append(self.term(sign))
        return Expression(tuple(terms))

    def term(self, sign: float) -> Term:
        self.peek()
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
        return Term(sign * float(number[1]) if number else sign, self.operand())

    def operand(self) -> Operand:
        char = self.peek()
        if not char:
            raise self.fail("a word or phrase is missing at the end")
        if char == '"':
            return Operand("words", self.quoted())
        for kind in KINDS:
            if self.text.startswith(f"{kind}:", self.at):
                self.at += len(kind) + 1
                return Operand(kind, self.name(kind))
        return Operand("words", self.words())

    def name(self, kind: Kind) -> str:
        if self.text[self.at : self.at + 1] == '"':
            return self.quoted()
        word = _WORD.match(self.text, self.at)
        if not word:
            raise self.fail(f"the name of a {kind} is missing after {kind}:")
        self.at = word.end()
        return word[0]

    def words(self) -> str:
        found: list[str] = []
        while self.peek() and (word := _WORD.match(self.text, self.at)):
            if any(self.text.startswith(f"{kind}:", self.at) for kind in KINDS):
                break
            found.append(word[0])
            self.at = word.end()
        if not found:
            raise self.fail(f"expected a word or phrase, found {self.text[self.at]!r}")
        return " ".join(found)

    def quoted(self) -> str:
        start = self.at
        characters: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                if not "".join(characters).strip():
                    raise self.fail("nothing between these quotes", start)
                return "".join(characters)
            if char == "\\" and self.at + 1 < len(self.text):
                self.at += 1
                char = self.text[self.at]
            characters.append(char)
            self.at += 1
        raise self.fail('this quote is never closed; add a second "', start)

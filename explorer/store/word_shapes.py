"""Words at places: what a phrase, a wildcard or words near each other look like in a text, whatever index finds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from explorer.errors import QueryError
from explorer.text.analysis import analyzer, normal, spread

# Letters of a script that nobody mixes with another stand in for wildcards while a text is cut into words.
_STAND_INS = {"*": "\ua4d0", "?": "\ua4d1", "$": "\ua4d2"}
_REGEX = {"\ua4d0": ".*", "\ua4d1": ".", "\ua4d2": ".?"}
_WILD = re.compile("[\ua4d0-\ua4d2]")
_BESIDE = re.compile(r"(?<=\w)[*?$]+|[*?$]+(?=\w)")
_CHUNK = re.compile(r"\S+")
_UNSPACED_WILD = re.compile(
    "(?<=[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3])[\ua4d0-\ua4d2]+|[\ua4d0-\ua4d2]+(?=[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3])"
)


_LEAST = 2
"""Letters that a word with wildcards must have where other words stand beside it: fewer fit too many words to look at."""


@dataclass(frozen=True)
class Spot:
    """What may stand at one place: terms of the index, and regular expressions that a folded word fits."""

    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def pattern(self) -> str:
        """All of it as one regular expression; empty where nothing may stand there."""
        options = list(dict.fromkeys((*map(re.escape, self.terms), *self.patterns)))
        return options[0] if len(options) == 1 else f"({'|'.join(options)})" if options else ""


@dataclass(frozen=True)
class Shape:
    """Words in a row: what stands at which place, and how many places they take; stop words leave places free.

    Attributes
    ----------
    spots : mapping of int to Spot
    length : int
    gaps : frozenset of int
        Places between parts that are near each other, at which another word may be.
    """

    spots: Mapping[int, Spot] = field(default_factory=dict)
    length: int = 0
    gaps: frozenset[int] = frozenset()


def with_stand_ins(text: str) -> str:
    """Text with letters for its wildcards: those beside a letter or a digit.

    Dollar signs that begin a word, or stand in more than one place of it, are LaTeX or money.
    """

    def mark(chunk: re.Match[str]) -> str:
        word = chunk.group()
        dollars = len(re.findall(r"\$+", word)) == 1 and not word.startswith("$")
        found = _BESIDE.sub(lambda m: "".join(_STAND_INS[c] if c != "$" or dollars else c for c in m.group()), word)
        return _UNSPACED_WILD.sub("", found)

    return _CHUNK.sub(mark, normal(text)) if any(c in text for c in "*?$＊？＄") else text


def shapes_of(text: str, terms: Callable[[str], tuple[str, ...]], *, by_pattern: bool = False, least: int = _LEAST) -> Shape:
    """The words of a text as a shape.

    Parameters
    ----------
    text : str
    terms : callable
        Terms of the index for a folded word; none for a stop word.
    by_pattern : bool
        Whether words are to be found as they are written.
    least : int
        Letters that a word with wildcards must have beside others.
    """
    spots: dict[int, Spot] = {}
    found = analyzer("names").pre_tokenize(spread(with_stand_ins(text))).tokens
    for token in found:
        if _WILD.search(token.text):
            if not _WILD.sub("", token.text):
                continue
            plain = _WILD.sub("", token.text)
            if len(found) > 1 and len(plain) < least:
                # As in C*-algebra: a letter's words are too many, and it is seldom a wildcard.
                spots |= {token.position: Spot(kept)} if (kept := terms(plain)) else {}
                continue
            pattern = "".join(_REGEX.get(c, re.escape(c)) for c in token.text)
            spots[token.position] = Spot((), (pattern,))
        elif kept := terms(token.text):
            spots[token.position] = Spot((), tuple(map(re.escape, kept))) if by_pattern else Spot(kept)
    return Shape(spots, found[-1].position + 1 if found else 0)


def pattern_of(text: str) -> str | None:
    """A whole value with wildcards as a regular expression; None without one."""
    marked = "".join(_STAND_INS[c] if c == "*" else c for c in text)
    return "".join(_REGEX.get(c, re.escape(c)) for c in marked) if marked != text else None


def merged_words(shapes: Iterable[Shape]) -> list[Shape]:
    """Shapes, those of one word joined into one with alternatives, each once."""
    kept: list[Shape] = []
    terms: dict[str, None] = {}
    patterns: dict[str, None] = {}
    for shape in shapes:
        if shape.length == 1 and 0 in shape.spots:
            terms |= dict.fromkeys(shape.spots[0].terms)
            patterns |= dict.fromkeys(shape.spots[0].patterns)
        elif shape not in kept:
            kept.append(shape)
    return [Shape({0: Spot(tuple(terms), tuple(patterns))}, 1), *kept] if terms or patterns else kept


def beside(some: list[Shape], others: list[Shape], between: int, ordered: bool, most: int) -> list[Shape]:
    """Each of some shapes with each of others, in all the ways in which at most so many words stand between them."""
    found = []
    if any(_fits_too_many(spot) for shape in (*some, *others) for spot in shape.spots.values()):
        raise QueryError("Too many words fit a wildcard that stands near another word. Write more letters of it.")
    for one in some:
        for other in others:
            if not one.spots or not other.spots:
                # Stop words say nothing, and so are near to anything.
                found.append(one if one.spots else other)
                continue
            starts = [one.length + gap for gap in range(between + 1)]
            if not ordered:
                starts += [-other.length - gap for gap in range(between + 1)]
                starts += [s for s in sorted(one.gaps) if one.gaps.issuperset(range(s, s + other.length))]
                starts += [-s for s in sorted(other.gaps) if other.gaps.issuperset(range(s, s + one.length))]
            found += [_joined(one, other, start) for start in starts]
            if len(found) > most:
                raise QueryError(
                    "This part of the query stands for too many phrases. Let fewer words stand between, or use AND."
                )
    return list({(tuple(sorted(s.spots.items(), key=lambda item: item[0])), s.length, s.gaps): s for s in found}.values())


def _fits_too_many(spot: Spot) -> bool:
    return any(len(re.sub(r"\.[*?]?", "", pattern)) < _LEAST for pattern in spot.patterns if not pattern.isalnum())


def apart(one: Spot, other: Spot) -> bool:
    """Whether no word is at both places for certain."""
    if any(pattern.startswith(".") for pattern in (*one.patterns, *other.patterns)):
        return False
    heads = [
        [(term, True) for term in spot.terms] + [(re.split(r"\.", pattern)[0], pattern.isalnum()) for pattern in spot.patterns]
        for spot in (one, other)
    ]
    return not any(
        a == b or (not whole_b and a.startswith(b)) or (not whole_a and b.startswith(a))
        for a, whole_a in heads[0]
        for b, whole_b in heads[1]
    )


def _joined(one: Shape, other: Shape, start: int) -> Shape:
    shift = min(0, start)
    spots = {place - shift: spot for place, spot in one.spots.items()}
    spots |= {place + start - shift: spot for place, spot in other.spots.items()}
    length = max(one.length, start + other.length) - shift
    full = {p - shift for p in range(one.length) if p not in one.gaps}
    full |= {p + start - shift for p in range(other.length) if p not in other.gaps}
    return Shape(spots, length, frozenset(range(length)) - full)

"""Searches in numbered lines, of which later ones combine earlier ones: ``3. 1 or 2``, ``#3 #1 OR #2``, ``or/1-2``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import QueryError
from explorer.selection.dialects.databases import Dialect
from explorer.selection.dialects.dates import limit_of_ovid
from explorer.selection.dialects.grammar import Reading, References, read
from explorer.selection.syntax import All, Either, Node

_LINE = re.compile(r"^[ \t]*(?:(?P<mark>#|S|L)(?:(?<=#) )?)?(?P<number>\d{1,3})(?P<after>[.):]|\s)[ \t]*(?P<text>\S.*?)[ \t]*$")
_COUNT = re.compile(
    r"(?:\s*\(\s*\d[\d,. ]*\)|\t+\s*\d[\d,. ]*(?:\t+\d{1,2}:\d\d(?::\d\d)?)?|\s+results?\s*[=:]?\s*\d[\d,]*)\s*$", re.I
)
_BARE_COUNT = re.compile(r"(?<!\band)(?<!\bor)(?<!\bnot)\s+\d{1,3}(?:,?\d{3})*\s*$", re.I)
"""Number of hits after a line of EBSCO's history, where every reference has an S before it."""
_COUNT_OF_EBSCO = re.compile(r"(?<![A-Z]{2})\s+\(\s*\d[\d,]*\)\s*$|" + _BARE_COUNT.pattern, re.I)
_COMBINED = re.compile(r"(?P<kind>and|or)\s?/\s?(?P<list>\d{1,3}(?:\s?[-–,]\s?\d{1,3})*)(?!\d)", re.I)
_BRACED = re.compile(r"\{\s*(?P<kind>and|or)\s+(?P<list>#?\d{1,3}(?:\s?[-–,]\s?#?\d{1,3})*)\s*\}", re.I)
_HASHES = re.compile(r"(?P<list>#\d{1,3}\s?[-–]\s?#?\d{1,3})(?:/(?P<kind>or|and))?", re.I)
_ONE = re.compile(r"(?P<mark>#|S|L)?(?P<number>\d{1,3})(?![\w.])(?=\s*(?:$|\)|\s(?:and|or|not)\b|/))", re.I)
_MARKED = re.compile(r"(?:# ?|S|L)(?P<number>\d{1,3})(?!\w)")
_COMBINATION = re.compile(r"(?:\d{1,3}|and|or|not|[\s()])+", re.I)
_LIMIT = re.compile(
    r"(?:limit\s+#?(?P<one>\d{1,3})\s+to\s+(?P<what>.+)|remove duplicates from\s+(?P<two>\d{1,3}))$", re.I | re.S
)
_OPERATOR_BEFORE = re.compile(r"(?:^|\(|\b(?:and|or|not))\s*$", re.I)


@dataclass(frozen=True)
class Line:
    """One numbered line; `at` is where its text begins in the whole."""

    number: int
    text: str
    at: int


def lines_of(text: str) -> list[Line]:
    """The numbered lines of a search; none where it has fewer than two, or none combines others.

    A line without a number goes on with the one before. Numbers must grow, or fall, by one, so that a paragraph that begins with a number is
    no line.
    """
    found: list[Line] = []
    at, step = 0, 0
    for row in text.split("\n"):
        match = _LINE.match(row)
        number = int(match.group("number")) if match else 0
        if match and found and not step and abs(number - found[-1].number) == 1:
            # A history is also printed with the newest line first.
            step = number - found[-1].number
        count = _COUNT_OF_EBSCO if match and match.group("mark") in ("S", "s") else _COUNT
        follows = number == found[-1].number + step and bool(step) if found else True
        if match and follows and not _is_combination_alone(match, found):
            found.append(Line(number, count.sub("", match.group("text")), at + match.start("text")))
        elif found and row.strip():
            last = found.pop()
            rest = (_COUNT_OF_EBSCO if text.lstrip()[:1] in "Ss" else _COUNT).sub("", row.strip())
            found.append(Line(last.number, f"{last.text} {rest}", last.at))
        elif row.strip():
            return []
        at += len(row) + 1
    if len(found) < 2:
        return _on_one_row(text)
    if all(_BARE_COUNT.search(line.text) for line in found):
        # As the Cochrane Library prints them, behind the combinations too.
        found = [Line(line.number, _BARE_COUNT.sub("", line.text), line.at) for line in found]
    return sorted(found, key=lambda line: line.number)


def _is_combination_alone(match: re.Match[str], found: list[Line]) -> bool:
    """Whether a row such as ``1 or 2`` goes on with the line before, and begins none."""
    return (
        match.group("after").isspace()
        and bool(found)
        and re.match(r"(?:and|or|not)\b(?!\s?/)", match.group("text"), re.I) is not None
    )


def _on_one_row(text: str) -> list[Line]:
    """Lines whose breaks were lost on the way (``#1 … #2 … #3 #1 OR #2``): each number is one more than the last."""
    start = re.match(r"\s*(#|S)?(\d{1,3})([.)]?)\s+", text)
    if "\n" in text.strip() or start is None or not (start.group(1) or start.group(3)):
        return []
    mark, after = re.escape(start.group(1) or ""), re.escape(start.group(3))
    found = []
    number, begin = int(start.group(2)), start.end()
    while True:
        following = next(
            (m for m in re.finditer(rf"(?:(?<=\s)|(?<=\.)|(?<=/)){mark}{number + 1}{after}\s+(?=\S)", text[begin:])
             if not _OPERATOR_BEFORE.search(text[: begin + m.start()])),
            None,
        )  # fmt: skip
        end = begin + following.start() if following else len(text)
        found.append(Line(number, text[begin:end].strip(), begin))
        if following is None:
            return found if len(found) > 1 else []
        number, begin = number + 1, begin + following.end()


def read_lines(
    lines: list[Line], dialect: Dialect, reading: Reading, shown: Mapping[int, list[str]] | None = None
) -> Node | None:
    """The last line, with the lines that it combines.

    Parameters
    ----------
    lines : list of Line
    dialect : Dialect
    reading : Reading
    shown : mapping, optional
        What else was left out of each line.

    Raises
    ------
    QueryError
        A line cannot be read, or one refers to a line that is not there; `position` is in the whole text.
    """
    known: dict[int, Node | None] = {}
    taken: dict[int, set[int]] = {}
    notes: dict[int, list[str]] = {}
    for line in lines:
        used: set[int] = set()
        mine = Reading(dialect, list((shown or {}).get(line.number, ())))
        try:
            known[line.number] = _read_line(line, known, used, mine)
        except QueryError as error:
            raise QueryError(
                f"Line {line.number}: {error}", min(line.at + error.position, line.at + len(line.text) - 1)
            ) from error
        taken[line.number], notes[line.number] = used, mine.left_out
    last = lines[-1].number
    reached, waiting = {last}, [last]
    while waiting:
        new = taken[waiting.pop()] - reached
        reached |= new
        waiting += new
    for line in lines:
        if line.number in reached:
            for note in notes[line.number]:
                reading.leave_out(note)
    unused = [str(line.number) for line in lines if line.number not in reached]
    if unused:
        reading.leave_out(f"line{'s' * (len(unused) > 1)} {', '.join(unused)} (not part of the last line)")
    return known[last]


def _read_line(line: Line, known: dict[int, Node | None], used: set[int], reading: Reading) -> Node | None:
    text = line.text
    if match := _LIMIT.match(text):
        number = int(match.group("one") or match.group("two"))
        dates, rest = limit_of_ovid(match.group("what")) if match.group("what") else (None, "")
        if rest or dates is None:
            reading.leave_out(f"limit to {rest}" if rest else "the removal of duplicates")
        node = _of(number, known, used, 0)
        return All((node, dates)) if node is not None and dates is not None else node or dates
    return read(text, reading, _references(known, used))


def _of(number: int, known: dict[int, Node | None], used: set[int], at: int) -> Node | None:
    if number not in known:
        raise QueryError(f"There is no line {number} before it.", at)
    used.add(number)
    return known[number]


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        found += range(ends[0], ends[-1] + 1)
    return found


def _references(known: dict[int, Node | None], used: set[int]) -> References:
    def references(text: str, at: int) -> tuple[Node | None, int] | None:
        for pattern in (_BRACED, _COMBINED, _HASHES):
            if match := pattern.match(text, at):
                kind = (match.groupdict().get("kind") or "or").lower()
                nodes = [node for number in _numbers(match.group("list")) if (node := _of(number, known, used, at)) is not None]
                if not nodes:
                    return None, match.end()
                whole: Node = nodes[0] if len(nodes) == 1 else Either(tuple(nodes)) if kind == "or" else All(tuple(nodes))
                return whole, match.end()
        match = _MARKED.match(text, at) or _ONE.match(text, at)
        if match is None or not _OPERATOR_BEFORE.search(text[:at]):
            return None
        number = int(match.group("number"))
        if number not in known and not _MARKED.match(text, at) and not _COMBINATION.fullmatch(text):
            return None
        return _of(number, known, used, at), match.end()

    return references

"""The text of a Hugging Face Papers page, as copied from a browser: header lines, then a title and its abstract in turn.

Met so far: ``Subscribe`` glued to the first title, Windows line ends, a title without an abstract (its neighbour in the copy
was cut off), lines of votes and author counts between papers. The page has no ids, authors or years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.source import Source, decode, tables

LABEL = "Hugging Face Papers page"
# Any text could be taken for titles and abstracts.
SUFFIXES: tuple[str, ...] = ()

_HEADER = re.compile(
    r"""^(?:new|daily\ papers|trending\ papers|papers|subscribe|upvote|submitted\ by|view\ all\ papers
        |get\ trending\ papers\ in\ your\ email\ inbox.*|by\s*AK\ and\ the\ research\ community
        |(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\ \d{1,2}(?:,?\ \d{4})?
        |[\d,.]+k?|·?\s*\d+\ authors?|[\d,]+\ papers?\ found.*)$""",
    re.IGNORECASE | re.VERBOSE,
)
_MARK = re.compile(
    r"^\s*(?:get trending papers in your email inbox.*|by\s*AK and the research community)\s*$", re.IGNORECASE | re.MULTILINE
)
_GLUED = re.compile(r"^Subscribe(?=[\w$\"'“‘(\[])")


def sniff(head: bytes) -> bool:
    """Whether a line near the top is one of those by which the page is known."""
    return _MARK.search(decode(head)[:2000]) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield one table of the page's papers; `source` column: the name of the page."""
    yield from tables(_papers(source, ledger), source, ledger)


def _papers(source: Source, ledger: Ledger) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    number = 0
    title: tuple[int, str] | None = None
    abstract: list[str] = []

    def finished(line: int, text: str) -> tuple[int, int, dict[str, Any]]:
        nonlocal number
        number += 1
        bare = _GLUED.sub("", text)
        if bare != text:
            ledger.repair(source.name, number, "title", text, bare, "the page's Subscribe button was glued to it", line=line)
        if not abstract:
            ledger.repair(source.name, number, "abstract", "", "", "the page has no abstract for it", line=line)
        return number, line, {"title": bare, "abstract": " ".join(abstract) or None, "source": "Hugging Face Papers"}

    for line, raw in enumerate(source.text().split("\n"), start=1):
        text = " ".join(raw.split())
        if not text or _HEADER.match(text):
            continue
        if _is_abstract(text):
            if title is not None:
                abstract.append(text)
            else:
                number += 1
                ledger.reject(source.name, number, "an abstract without a title before it", line=line, text=text)
            continue
        if title is not None:
            yield finished(*title)
            abstract = []
        title = (line, text)
    if title is not None:
        yield finished(*title)


def _is_abstract(text: str) -> bool:
    """An abstract is running text: long, or of several sentences that end in a full stop."""
    return len(text) > 300 or (text.endswith((".", "!", "?", ")")) and len(text.split()) > 25)

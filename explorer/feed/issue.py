"""An issue of a digest, as values: what it holds before it becomes a message, a page or a feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.feed.daily import facts_of
from explorer.papers.author_names import display
from explorer.store.appearances import appearances
from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot


@dataclass(frozen=True)
class Item:
    """A paper in an issue. All texts are plain: what was markup in a source is read as text."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    day: str = ""
    """On which it appeared, ISO 8601; empty where it is not known."""
    venue: str = ""
    url: str = ""
    """http or https; empty where the source gave no other."""
    code_url: str = ""
    abstract: str = ""
    topic: str = ""
    organization: str = ""
    upvotes: int | None = None
    reasons: tuple[str, ...] = ()
    """Why it is here, a sentence each."""
    keys: tuple[str, ...] = ()
    """By what it is known again: its id, DOI and arXiv id."""


@dataclass(frozen=True)
class Section:
    """What is new for one subscription."""

    name: str
    sentence: str
    """What the subscription asks for, in words."""
    items: tuple[Item, ...] = ()
    waiting: int = 0
    """Papers over the cap, which wait for the next issue."""


@dataclass(frozen=True)
class Issue:
    """What one subscriber is told at once."""

    title: str
    day: date
    sections: tuple[Section, ...]
    corpus: str = ""
    """What the corpus is called."""
    link: str = ""
    """Address of the dashboard; empty where there is none."""
    curator: str = ""
    """Whose picks they are."""
    footer: tuple[str, ...] = field(default=())
    """Lines at the end: why the reader gets this."""

    @property
    def items(self) -> tuple[Item, ...]:
        """All papers, in order."""
        return tuple(item for section in self.sections for item in section.items)


def items_of(
    snapshot: Snapshot, rows: Sequence[int], reasons: Sequence[Sequence[str]], known: dict[int, Item] | None = None
) -> list[Item]:
    """Papers of a snapshot as items, each with its reasons.

    Parameters
    ----------
    snapshot : Snapshot
    rows : sequence of int
    reasons : sequence of sequence of str
        Of each.
    known : dict of int to Item, optional
        Papers that were described before, by row; what is described now is added, for one paper may be told to thousands.
    """
    known = {} if known is None else known
    days = appearances(snapshot).days
    new = [row for row in dict.fromkeys(rows) if row not in known]
    for row, fact in zip(new, facts_of(snapshot, np.asarray(new, np.int64)) if new else [], strict=True):
        known[row] = Item(
            id=fact["id"],
            title=_line(readable(fact["title"] or "")) or "Untitled",
            authors=tuple(_line(display(name)) for name in fact["authors"]),
            day="" if np.isnat(days[row]) else str(days[row]),
            venue=_line(readable(fact["venue"] or "")),
            url=_address(fact["url"]) or _resolved(fact),
            code_url=_address(fact["code_url"]),
            abstract=_line(readable(fact["abstract"] or "")),
            topic=_line(fact["topic"] or ""),
            organization=_line(fact["organization"] or ""),
            upvotes=fact["upvotes"],
            keys=keys_of(fact),
        )
    return [replace(known[row], reasons=tuple(map(_line, why))) for row, why in zip(rows, reasons, strict=True)]


def keys_of(fact: dict[str, Any]) -> tuple[str, ...]:
    """By what a paper is known again, under another id too: ``id:…``, ``doi:…``, ``arxiv:…``."""
    keys = [f"id:{fact['id']}"]
    if fact["doi"]:
        keys.append(f"doi:{fact['doi']}")
    if fact["arxiv_id"]:
        keys.append(f"arxiv:{fact['arxiv_id']}")
    return tuple(keys)


def _line(text: str) -> str:
    """One line without control characters, which could end a header or a line of a message, or turn its direction round."""
    return " ".join("".join(char if char.isprintable() else " " for char in text if char not in _TURNING).split())


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def _address(text: str | None) -> str:
    """An address that a mail client may open, or nothing."""
    tidy = (text or "").strip()
    good = tidy.lower().startswith(("https://", "http://")) and not any(char.isspace() or ord(char) < 33 for char in tidy)
    return tidy if good else ""


def _resolved(fact: dict[str, Any]) -> str:
    if fact["doi"]:
        return f"https://doi.org/{fact['doi']}"
    return f"https://arxiv.org/abs/{fact['arxiv_id']}" if fact["arxiv_id"] else ""

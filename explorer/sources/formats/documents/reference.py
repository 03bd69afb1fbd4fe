"""What a written list of references shows of a paper, whatever the markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.papers.author_names import display
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS

if TYPE_CHECKING:
    pass

_SPACES = re.compile(r"\s+")
_SAFE_URL = re.compile(r"(?:https?|ftp)://[^\s\x00-\x1f]+\Z", re.IGNORECASE)
_SHOWN = ("title", "authors", "published", "precision", "year", "venue", "url", "doi", "arxiv_id")


@dataclass(frozen=True)
class Reference:
    """A paper as it is shown; every text is one line, and empty where nothing is known."""

    id: str
    title: str
    names: str
    year: str
    venue: str
    url: str
    """Address of the paper: its DOI, its arXiv page, or its own; only of the web."""
    abstract: str


References = Iterable[Reference]


def references(
    papers: PaperBatches, target: str, ledger: Ledger | None, *, abstracts: bool = False, most_names: int = 6
) -> Iterator[Reference]:
    """Bring papers into the form they are shown in, one after the other.

    Parameters
    ----------
    target : str
        Format that is written, for the ledger.
    ledger : Ledger, optional
        Takes the columns that are left out, and the papers whose list of authors is cut.
    abstracts : bool
        Keep the abstracts.
    most_names : int
        Names that are shown; of more, the first and "et al.".
    """
    kept = {*_SHOWN, "id", *(("abstract",) if abstracts else ())}
    if ledger is not None:
        for name in papers.column_names:
            if name not in kept and papers.given(name):
                ledger.lose(target, 0, name, "", "", "a list of references does not show this column")
    shown = (paper for table in papers.select([name for name in FIELDS if name in kept]) for paper in table.to_pylist())
    for row, paper in enumerate(shown, start=1):
        authors = [display(_line(name)) for name in paper["authors"] or ()]
        names = "; ".join(authors) if any("," in name for name in authors) else ", ".join(authors)
        if len(authors) > most_names:
            names = f"{authors[0]} et al."
            if ledger is not None:
                ledger.lose(target, row, "authors", "; ".join(authors), names, f"more than {most_names} authors are not shown")
        yield Reference(
            paper["id"], _line(paper["title"]) or "Untitled", names, str(paper["year"] or ""), _line(paper["venue"]),
            _address(paper["doi"], paper["arxiv_id"], paper["url"]), _line(paper["abstract"]) if abstracts else "",
        )  # fmt: skip


def _line(text: str | None) -> str:
    return _SPACES.sub(" ", text).strip() if text else ""


def _address(doi: str | None, arxiv_id: str | None, url: str | None) -> str:
    given = f"https://doi.org/{doi}" if doi else f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else (url or "").strip()
    return given if _SAFE_URL.match(given) else ""

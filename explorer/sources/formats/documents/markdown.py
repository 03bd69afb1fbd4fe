"""A list of papers in Markdown, for notes, issues and mails. Written only. Specification: https://spec.commonmark.org."""

from __future__ import annotations

import re
from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING

import pyarrow as pa

from explorer.disk import deliver
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.sources.formats.documents.reference import References, references

if TYPE_CHECKING:
    import pandas as pd

LABEL = "Markdown"

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~$^&]|(?<=\A)[-+=]|(?<=\A)\d+(?=[.)])|(?<![\w])@(?=\w)")
_SPECIAL_IN_URL = {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C", '"': "%22"}


def to_markdown(
    papers: pd.DataFrame | pa.Table,
    path: str | PathLike[str] | None = None,
    *,
    abstracts: bool = False,
    ledger: Ledger | None = None,
) -> bytes:
    """Write papers as a numbered list in Markdown: authors, year, linked title, venue.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    abstracts : bool
        Add the abstracts, as quotations.
    ledger : Ledger, optional
        Takes what is left out.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> print(explorer.to_markdown(papers).decode().strip())
    1. Ann Lee (2024) **Adding numbers**.
    """
    return deliver(b"".join(markdown_parts(PaperBatches.of(papers), ledger, abstracts=abstracts)), path)


def markdown_parts(papers: PaperBatches, ledger: Ledger | None = None, *, abstracts: bool = False) -> Iterator[bytes]:
    """What `to_markdown` gives, a paper at a time."""
    return (item.encode() for item in _items(references(papers, LABEL, ledger, abstracts=abstracts)))


def _items(found: References) -> Iterator[str]:
    for number, paper in enumerate(found, start=1):
        title = _escaped(paper.title)
        linked = f"[{title}]({_address(paper.url)})" if paper.url else title
        parts = [_escaped(paper.names), f"({paper.year})" if paper.year else "", f"**{linked}**."]
        text = " ".join(part for part in parts if part)
        text += f" *{_escaped(paper.venue)}*." if paper.venue else ""
        yield f"{number}. {text}\n" + (f"\n   > {_escaped(paper.abstract)}\n\n" if paper.abstract else "")


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, and that becomes neither markup nor a mention."""
    return _SPECIAL.sub(lambda match: "\\" + match.group() if not match.group().isalnum() else match.group() + "\\", text)


def _address(url: str) -> str:
    return "".join(_SPECIAL_IN_URL.get(character, character) for character in url)

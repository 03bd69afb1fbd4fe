"""A list of papers as a page of HTML that needs nothing else. Written only. Specification: https://html.spec.whatwg.org."""

from __future__ import annotations

import html
from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING

import pyarrow as pa

from explorer.disk import deliver
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.sources.formats.documents.reference import Reference, references

if TYPE_CHECKING:
    import pandas as pd

LABEL = "HTML"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
li {{ margin-block: 1rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<ol>
{items}
</ol>
</main>
</body>
</html>
"""


def to_html(
    papers: pd.DataFrame | pa.Table,
    path: str | PathLike[str] | None = None,
    *,
    title: str = "Papers",
    abstracts: bool = False,
    ledger: Ledger | None = None,
) -> bytes:
    """Write papers as a page of HTML.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    title : str
        Title and heading of the page.
    abstracts : bool
        Add the abstracts.
    ledger : Ledger, optional
        Takes what is left out.

    Returns
    -------
    bytes
        UTF-8. Text is escaped, and addresses are of the web: nothing in a paper runs.

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
    >>> "Adding numbers" in explorer.to_html(papers).decode()
    True
    """
    return deliver(b"".join(html_parts(PaperBatches.of(papers), ledger, title=title, abstracts=abstracts)), path)


def html_parts(
    papers: PaperBatches, ledger: Ledger | None = None, *, title: str = "Papers", abstracts: bool = False
) -> Iterator[bytes]:
    """What `to_html` gives, a paper at a time."""
    before, after = (part.format(title=_escaped(title)).encode() for part in _PAGE.split("{items}"))
    yield before
    for number, paper in enumerate(references(papers, LABEL, ledger, abstracts=abstracts)):
        yield (("\n" if number else "") + _item(paper)).encode()
    yield after


def _item(paper: Reference) -> str:
    title = f"<cite>{_escaped(paper.title)}</cite>"
    linked = f'<a href="{_escaped(paper.url)}">{title}</a>' if paper.url else title
    parts = [
        _escaped(paper.names),
        f"({paper.year})" if paper.year else "",
        f"{linked}.",
        f"{_escaped(paper.venue)}." if paper.venue else "",
    ]
    abstract = f"<p>{_escaped(paper.abstract)}</p>" if paper.abstract else ""
    return f'<li id="{_escaped(paper.id)}">{" ".join(part for part in parts if part)}{abstract}</li>'


def _escaped(text: str) -> str:
    """Text without characters that a page may not hold (https://infra.spec.whatwg.org/#control)."""
    kept = "".join(c for c in text if c >= " " and not "\x7f" <= c <= "\x9f") if not text.isprintable() else text
    return html.escape(kept)

r"""A table of papers in LaTeX, with rules of the booktabs package. Written only.

Specification: https://ctan.org/pkg/booktabs. ``\usepackage{booktabs,hyperref}`` is all the document needs; with pdfTeX, characters
beyond its encodings want LuaTeX or XeTeX.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING

import pyarrow as pa

from explorer.disk import deliver
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.sources.formats.documents.reference import references
from explorer.text.markup import to_latex

if TYPE_CHECKING:
    import pandas as pd

LABEL = "LaTeX"

_ADDRESS = str.maketrans(
    {"%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "{": "\\%7B", "}": "\\%7D", "\\": "\\%5C", "~": "\\%7E", "^": "\\%5E"}
)
_COLUMNS = r"@{}p{0.24\linewidth}rp{0.44\linewidth}p{0.2\linewidth}@{}"


def to_latex_table(
    papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, ledger: Ledger | None = None
) -> bytes:
    r"""Write papers as a LaTeX table of authors, year, linked title and venue.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    ledger : Ledger, optional
        Takes what is left out.

    Returns
    -------
    bytes
        UTF-8; the table needs the packages booktabs and hyperref.

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
    >>> print(explorer.to_latex_table(papers).decode().splitlines()[4])
    Ann Lee & 2024 & Adding numbers &  \\
    """
    return deliver(b"".join(latex_parts(PaperBatches.of(papers), ledger)), path)


def latex_parts(papers: PaperBatches, ledger: Ledger | None = None) -> Iterator[bytes]:
    """What `to_latex_table` gives, a row at a time."""
    top = [rf"\begin{{tabular}}{{{_COLUMNS}}}", r"\toprule", r"Authors & Year & Title & Venue \\", r"\midrule"]
    yield "".join(f"{line}\n" for line in top).encode()
    for paper in references(papers, LABEL, ledger, most_names=3):
        title = _cell(paper.title)
        linked = rf"\href{{{paper.url.translate(_ADDRESS)}}}{{{title}}}" if paper.url else title
        yield f"{_cell(paper.names)} & {paper.year} & {linked} & {_cell(paper.venue)} \\\\\n".encode()
    yield b"\\bottomrule\n\\end{tabular}\n"


def _cell(text: str) -> str:
    """Escaped text; a bracket at its start would be taken for an argument of the row before."""
    kept = "".join(c for c in text if c >= " " and c != "\x7f")
    escaped = to_latex(kept)
    return "{}" + escaped if escaped[:1] in ("[", "*") else escaped

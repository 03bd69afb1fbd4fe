"""A table of a few rows as HTML for a notebook's output. All text is escaped: titles and reasons are written by strangers."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

_LONGEST = 200
"""Characters of a cell."""

_CELL = "text-align:left;vertical-align:top"
_NUMBER = "text-align:right;vertical-align:top"


def html_table(caption: str, columns: Sequence[str] = (), rows: Iterable[Sequence[object]] = (), *, more: str = "") -> str:
    """A caption and a table below it.

    Parameters
    ----------
    caption : str
    columns : sequence of str
        Heads of the columns.
    rows : iterable of sequence
        Numbers stand right and are grouped; None is an empty cell.
    more : str
        Said below, such as how many rows are left out.

    Examples
    --------
    >>> html_table("a < b", ["n"], [[1000]]).count("&lt;"), "1,000" in html_table("", ["n"], [[1000]])
    (1, True)
    """
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    heads = "".join(f'<th style="{_CELL}">{html.escape(name)}</th>' for name in columns)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if body else ""
    return f"<div><p><strong>{html.escape(caption)}</strong></p>{table}{f'<p>{html.escape(more)}</p>' if more else ''}</div>"


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td style="{_NUMBER}">{value:,}</td>'
    text = "" if value is None else str(value)
    return f'<td style="{_CELL}">{html.escape(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")}</td>'

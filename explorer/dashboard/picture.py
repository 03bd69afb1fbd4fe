"""A still picture of what a dashboard shows: the sentence, the charts and the first papers, as HTML and as plain text.

It stands beside the dashboard in the output of a notebook's cell, so that a notebook that was saved, converted or published shows what was
seen. Charts are images of SVG in the address: what cleans HTML (JupyterLab in a notebook that is not trusted, GitHub) drops SVG that
stands in it, and lets images pass.
"""

from __future__ import annotations

import asyncio
import html
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from explorer.dashboard.drawing import data_address, svg
from explorer.dashboard.views.page import View, links
from explorer.search.results import Results

PAPERS = 10
"""Papers in the table."""

LARGEST = 190_000
"""Bytes of a picture at most; a chart that would not fit is left out, and its table says that."""

_SIZE = (560, 300)
_LINE = 26
_CELL = "text-align:left;vertical-align:top;padding:4px 10px 4px 0"


def still(results: Results, summary: View, charts: list[View], papers: View, *, name: str = "lx-picture") -> str:
    """Draw what is shown as HTML that runs nothing and loads nothing.

    Parameters
    ----------
    results : Results
    summary, papers : dict
        As `views.page.summary` and `views.page.page` give them.
    charts : list of dict
        As the `views` give them.
    name : str
        Class of the outermost element, by which a page that is alive hides it.

    Returns
    -------
    str
        Under `LARGEST` bytes. All text of papers is escaped.

    Examples
    --------
    >>> import explorer
    >>> from explorer.dashboard.views import page
    >>> results = explorer.open_corpus().results(explorer.Selection(query="vision"))
    >>> picture = still(results, page.summary(results), page.keyword_chart(results), page.page(results, 0, frozenset(), None))
    >>> picture.count("<img"), picture.count("<tr>"), "5 of 88 papers" in picture
    (1, 6, True)
    """
    table = _table(results, summary, papers)
    drawn: list[str] = []
    left = LARGEST - len(table.encode())
    for chart in charts:
        figure = _figure(chart)
        if len(figure.encode()) < left:
            drawn.append(figure)
            left -= len(figure.encode())
    head = f"<p><strong>{html.escape(summary['sentence'][:2000])}</strong></p>"
    return f'<div class="{html.escape(name)}">{head}{"".join(drawn)}{table}</div>'


def _figure(chart: View) -> str:
    width, height = chart.get("size") or _size(chart)
    picture = svg(chart["figure"], width=width, height=height) if chart.get("figure") else ""
    if not picture:
        return ""
    note = f"<figcaption>{html.escape(chart['note'])}</figcaption>" if chart.get("note") else ""
    address, told = data_address(picture), html.escape(chart["description"])
    return (
        '<figure style="display:inline-block;vertical-align:top;margin:0 16px 12px 0;max-width:100%">'
        f"<strong>{html.escape(chart['title'])}</strong>"
        f'<br><img alt="{told}" width="{width}" height="{height}" style="max-width:100%;height:auto" src="{address}">{note}</figure>'
    )


def _size(chart: View) -> tuple[int, int]:
    """Width and height in pixels: bars that lie take a line each, and two of them do not fill a picture."""
    first: View = next(iter((chart.get("figure") or {}).get("data", ())), {})
    width, height = _SIZE
    return (width, min(height, _LINE * max(len(first["y"]), 1) + 12)) if first.get("orientation") == "h" else (width, height)


def _table(results: Results, summary: View, papers: View) -> str:
    rows = []
    for paper in papers["rows"][:PAPERS]:
        cells = (_linked(results, paper), paper["authors"], paper["venue"], paper["date"], paper["topic"])
        written = [cells[0], *(html.escape(str(cell or "")[:300]) for cell in cells[1:])]
        rows.append("<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in written) + "</tr>")
    if not rows:
        return ""
    names = "".join(f'<th style="{_CELL}">{name}</th>' for name in ("Title", "Authors", "Venue", "Date", "Topic"))
    more = papers["listed"] - papers["page"] * papers["per_page"] - len(rows)
    rest = f"<p>and {more:,} more</p>" if more > 0 else ""
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table>{rest}"


def _linked(results: Results, paper: View) -> str:
    title = html.escape(title_text(paper)[:500])
    found = links(results.snapshot.record(paper["row"], ("arxiv_id", "doi", "url", "code_url")))
    return f'<a href="{html.escape(found[0]["url"])}">{title}</a>' if found else title


def title_text(paper: View) -> str:
    """The title of a paper of the list, whose matches are marked, as one text."""
    return "".join(part for part, _ in paper["title"])


def plain(summary: View, papers: View) -> str:
    r"""What is shown, as text for what shows neither widgets nor HTML.

    Examples
    --------
    >>> import explorer
    >>> from explorer.dashboard.views import page
    >>> results = explorer.open_corpus().results(explorer.Selection(query="vision"))
    >>> plain(page.summary(results), page.page(results, 0, frozenset(), None)).count("\n")
    6
    """
    lines: list[Any] = [summary["sentence"], ""]
    for place, paper in enumerate(papers["rows"][:PAPERS], papers["page"] * papers["per_page"] + 1):
        lines.append(f"{place}. {title_text(paper)}" + (f" ({paper['date']})" if paper["date"] else ""))
    return "\n".join(lines)


QUIET = 1.5
"""Seconds without a change after which the picture is drawn anew: never while somebody types or drags."""

Draw = Callable[[], dict[str, Any]]


class CellPicture:
    """The picture in a cell's output, kept up to date.

    It is an output of its own, for an output that is sent again is drawn again, the widget in it too. Where the widget stands, the
    page hides the picture.

    Parameters
    ----------
    draw : callable
        Gives the picture as a bundle, ``{media type: text}``.

    Attributes
    ----------
    name : str
        Class of the picture's outermost element, another for each dashboard.
    """

    def __init__(self, draw: Draw) -> None:
        self.name = f"lx-picture-{uuid.uuid4().hex[:12]}"
        self._draw = draw
        self._handle: Any = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def show(self) -> None:
        """Put the picture into the output of the cell that runs."""
        from IPython.display import display

        self._handle = display(self._draw(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        with suppress(RuntimeError):  # Without a loop nobody changes what is shown once the cell has run.
            self._loop = asyncio.get_running_loop()

    def renew(self) -> None:
        """Draw the picture anew, once nothing has changed for a while."""
        if self._handle is not None and self._loop is not None:
            # Messages of a widget may be handled in another thread than cells are (a subshell of the kernel).
            self._loop.call_soon_threadsafe(self._plan)

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(QUIET, self._renew)

    def _renew(self) -> None:
        self._timer = None
        if self._handle is not None:
            self._handle.update(self._draw(), raw=True)

    def close(self) -> None:
        """Draw it no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._handle = self._timer = None

"""The first view of an address, drawn by the server before a kernel runs: counts, charts and papers in the page's HTML.

It is what a dashboard in a kernel would send, made by the same `Dashboard` with nobody connected: its values stand in the page
as JSON, of which the page's own code draws itself at once, and as HTML, which is there before any code runs. The kernel's
dashboard takes over where the page stands.
"""

from __future__ import annotations

import asyncio
import html
import json
import logging
import os
from collections.abc import AsyncIterable, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import current
from explorer.dashboard import frontend
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.drawing import PAGE, svg
from explorer.dashboard.explore import addressed
from explorer.dashboard.picture import title_text
from explorer.dashboard.views import topics
from explorer.dashboard.widget import Dashboard
from explorer.errors import ExplorerError
from explorer.library.readers import BY_TOKEN
from explorer.selection.selection import Selection

BONES = ("<!--lx-bones-->", "<!--/lx-bones-->")
"""What stands around the part of the template that a first view takes the place of."""

PATIENCE = 1.5
"""Seconds; a machine that takes longer for a view has a kernel there as soon."""

LISTED = 8
"""Papers in the HTML; the page's own code draws the others as soon as it runs."""

# Fetched by the name under which the kernel's widget asks for it, so that both get the one module.
_BEGIN = "<script>import(new URL({script}, location.origin).href).then((page) => page.default.begin());</script>"

_log = logging.getLogger(__name__)


class FirstView:
    """Draws first views of a corpus.

    Parameters
    ----------
    corpus : Corpus
    base_url : str
        Address below which the server answers.
    patience : float
        Seconds that a page waits for its first view at most; without it the page opens as an empty one.
    """

    def __init__(self, corpus: Corpus, base_url: str, *, patience: float = PATIENCE) -> None:
        self._corpus, self._base_url, self._patience = corpus, base_url, patience
        self._first = str(corpus.folder)
        self._begin = _BEGIN.format(script=json.dumps(f"{base_url}lx/app.js?v={frontend.version()}"))
        # One thread: pages that open at once wait for each other some milliseconds, and a corpus is opened again by one.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="first-view")

    def warm(self) -> None:
        """Draw the view that most begin with, so that no visitor waits for what is read once."""
        self._thread.submit(self.html, "")

    async def into(self, parts: AsyncIterable[str], query: str, reader: str = "") -> AsyncIterator[str]:
        """A page, part by part, with the first view of an address in place of its bones; as it is where there is no view.

        Voila gives a page whole where a kernel was ready, and in the template's pieces where one is started for it.
        """
        # Drawn while the kernel starts.
        drawn = asyncio.get_running_loop().run_in_executor(self._thread, self.html, query, reader)
        start, end = BONES
        held, passed = "", False
        async for part in parts:
            if passed:
                yield part
                continue
            held += part
            if (place := held.find(start)) < 0:
                # Its end may be the beginning of the mark.
                place = max(0, len(held) - len(start) + 1)
            if place:
                yield held[:place]
                held = held[place:]
            if not held.startswith(start) or end not in held:
                continue
            bones, rest = held[: held.index(end) + len(end)], held[held.index(end) + len(end) :]
            try:
                view = await asyncio.wait_for(drawn, self._patience)
            except TimeoutError:
                view = ""
            passed, held = True, ""
            yield (view or bones) + rest
        if held:
            yield held

    def html(self, query: str, reader: str = "") -> str:
        """The first view of the query part of an address; empty where only a kernel can draw it, or say what is wrong."""
        try:
            state = self.state(query, reader)
        except ExplorerError:
            return ""
        except Exception:  # noqa: BLE001  (a fault here must not keep the page from its kernel)
            _log.exception("No first view of %r", query[:200])
            return ""
        return "" if state is None else written(state) + self._begin

    def state(self, query: str, reader: str = "") -> dict[str, Any] | None:
        """The values that the page is drawn from, by trait; None where they take a kernel.

        Raises
        ------
        ExplorerError
            The address says what cannot be shown.
        """
        # What ranks by meaning takes hundreds of megabytes, which the server shall not hold.
        if Selection.from_url(query).by_meaning or "corpus=" in query:
            return None
        self._corpus = current(self._corpus, self._first)
        told = {
            "SERVER_SOFTWARE": "voila/",
            "VOILA_BASE_URL": self._base_url,
            "QUERY_STRING": query,
            "LITEXPLORER_ASSETS": "served",
            BY_TOKEN: reader,
        }
        board = addressed(self._corpus, Deployment.from_environment({**os.environ, **told}))
        try:
            if board.status["level"] == "error":
                return None
            state: dict[str, Any] = board.get_state(_drawn())
            return state
        finally:
            # A widget of its own, which ipywidgets would keep for ever.
            board.layout.close()
            board.close()


@cache
def _drawn() -> tuple[str, ...]:
    """Traits that the page is drawn from."""
    return tuple(name for name in Dashboard.class_own_traits(sync=True) if not name.startswith("_"))


def written(state: dict[str, Any]) -> str:
    """The values of a page as its HTML: to be read and seen at once, and to be drawn from."""
    papers = state["papers"]
    panel = topics.still_chart(state["topics"])
    width, height = panel["size"]
    described = panel["description"]
    drawn = svg(panel["figure"], width=width, height=height, palette=PAGE, label=described) if panel["figure"] else ""
    items = "".join(_paper(paper) for paper in papers["rows"][:LISTED])
    facets = "".join(_facet(facet) for facet in state["facets"] if facet["kind"] == "values" and facet["rows"])
    # Within a script element only "<" could end it.
    values = json.dumps(state, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return (
        f'<div class="lx-boot-rail" aria-hidden="true">{facets}</div>'
        '<main class="lx-boot-main lx-boot-drawn" aria-label="Papers">'
        f'<figure class="lx-boot-card"><figcaption>Topics</figcaption>{drawn}</figure>'
        f'<div><h2 class="lx-boot-sentence">{html.escape(state["summary"]["sentence"])}</h2>'
        f'<ol class="lx-boot-card lx-boot-list">{items}</ol></div></main>'
        f'<script id="lx-first-view" type="application/json">{values}</script>'
    )


def _paper(paper: dict[str, Any]) -> str:
    parts = (paper["authors"], paper["venue"], paper["date"])
    said = " · ".join(f"<bdi>{html.escape(part)}</bdi>" for part in parts if part)
    return f"<li><h3>{html.escape(title_text(paper))}</h3><p>{said}</p></li>"


def _facet(facet: dict[str, Any]) -> str:
    rows = "".join(f"<p><span>{html.escape(row['label'])}</span> {row['count']:,}</p>" for row in facet["rows"])
    return f"<h3>{html.escape(facet['label'])}</h3>{rows}"

"""The web services a reader may ask from the dashboard and the command line, by name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from explorer.errors import ReadError
from explorer.formats import Import

MOST = 5_000
"""Most papers fetched at once from the dashboard."""

Say = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Service:
    """A web service: its name in messages, what readers call it, what a query may be, and the function that asks it."""

    name: str
    label: str
    hint: str
    function: str


SERVICES = (
    Service("hf", "Hugging Face Papers", "words, such as arithmetic reasoning", "fetch_hugging_face"),
    Service("arxiv", "arXiv", 'words, or ti:"reward model" AND cat:cs.LG', "fetch_arxiv"),
    Service("openalex", "OpenAlex", "words in titles, abstracts and full texts", "fetch_openalex"),
    Service("crossref", "Crossref", "words in the bibliographic record", "fetch_crossref"),
    Service("semantic-scholar", "Semantic Scholar", "words in titles and abstracts", "fetch_semantic_scholar"),
    Service("pubmed", "PubMed", "words, or asthma[mesh] AND 2024[dp]", "fetch_pubmed"),
    Service("zotero", "Zotero on this computer", "words in titles, names and years", "fetch_zotero"),
)


def services() -> list[dict[str, str]]:
    """What the page offers: `name`, `label` and `hint` of each service."""
    if find_spec("explorer.services") is None:
        return []
    return [{"name": row.name, "label": row.label, "hint": row.hint} for row in SERVICES]


def question(name: Any, query: Any, limit: Any) -> tuple[Callable[[Say, threading.Event], Import], str]:
    """Make a function that asks a service, and give the service's label.

    Returns
    -------
    ask : callable
        ``ask(say, stop)`` fetches; `say` is called as ``say(sentence, part)``; once `stop` is set it ends with what came.
    label : str

    Raises
    ------
    ReadError
        There is no such service, the query is empty, or the limit is out of bounds.
    """
    chosen = next((row for row in SERVICES if row.name == name), None)
    if chosen is None or not services():
        raise ReadError(f"There is no service {name!r}.")
    if not isinstance(query, str) or not query.strip() or len(query) > 1000:
        raise ReadError(f"Write what {chosen.label} shall search for.")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise ReadError(f"The number of papers must be from 1 to {MOST:,}.")

    def ask(say: Say, stop: threading.Event) -> Import:
        package = import_module("explorer.services")

        def progress(records: int, total: int | None) -> None:
            wanted = min(limit, total) if total else limit
            say(f"{records:,} of {wanted:,} papers from {chosen.label}", records / max(wanted, 1))

        client = package.Client(progress=progress, stop=stop)
        found: Import = getattr(package, chosen.function)(query.strip(), limit=limit, client=client)
        return found

    return ask, chosen.label

"""The web services a reader may ask from the dashboard and the command line, by name."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from explorer.errors import ReadError
from explorer.jobs import Say

if TYPE_CHECKING:
    from explorer.sources.formats.registry import Import

MOST = 5_000
"""Most papers fetched at once."""


class Ask(Protocol):
    """Asks a service: `say` hears of the progress; once `stop` is set it ends with what came."""

    def __call__(self, say: Say, stop: threading.Event) -> Import:
        """Raises ServiceError where the service fails."""


@dataclass(frozen=True)
class Service:
    """A web service."""

    name: str
    """In messages and on the command line."""
    label: str
    hint: str
    """What a query may be."""
    function: str
    """Of `explorer.sources.services`."""
    whole: bool = False
    """Whether it gives everything when asked for nothing."""
    lists: bool = False
    """Whether it lists the papers of a day, a week or a month, and those that trend."""
    key: str = ""
    """Environment variable that may hold the key with which it serves faster or more."""


SERVICES = (
    Service("hf", "Hugging Face Papers", "words, such as arithmetic reasoning", "fetch_hugging_face", lists=True),
    Service("arxiv", "arXiv", 'words, or ti:"reward model" AND cat:cs.LG', "fetch_arxiv"),
    Service("openalex", "OpenAlex", "words in titles, abstracts and full texts", "fetch_openalex", key="OPENALEX_API_KEY"),
    Service("crossref", "Crossref", "words in the bibliographic record", "fetch_crossref"),
    Service(
        "semantic-scholar", "Semantic Scholar", "words in titles and abstracts", "fetch_semantic_scholar", key="S2_API_KEY"
    ),
    Service("pubmed", "PubMed", "words, or asthma[mesh] AND 2024[dp]", "fetch_pubmed", key="NCBI_API_KEY"),
    Service("zotero", "Zotero on this computer", "words in titles, names and years; empty for all", "fetch_zotero", whole=True),
)


KEYS = ("ZOTERO_API_KEY", *(row.key for row in SERVICES if row.key))
"""Environment variables that may hold keys of services."""


def services() -> list[dict[str, Any]]:
    """What the page offers: `name`, `label`, `hint`, `whole` and `lists` of each service."""
    names = ("name", "label", "hint", "whole", "lists")
    return [{name: getattr(row, name) for name in names} for row in SERVICES]


def question(
    name: Any,
    query: Any,
    limit: Any,
    *,
    daily: Any = None,
    trending: Any = False,
    library: str | None = None,
    keys: Mapping[str, str],
) -> tuple[Ask, str]:
    """Make a function that asks a service, and give the service's label.

    `daily` (a day, week or month, or "latest") and `trending` stand in place of a query, for a service that has such lists.
    `library` (``users/12345`` or ``groups/12345``) is a Zotero library at zotero.org. `keys` holds the keys of services by the names
    in `KEYS`.

    Raises
    ------
    ReadError
        There is no such service, the query is empty, or the limit is out of bounds.
    """
    chosen = next((row for row in SERVICES if row.name == name), None)
    if chosen is None:
        raise ReadError(f"There is no service {name!r}. Services: {', '.join(row.name for row in SERVICES)}.")
    lists: dict[str, Any] = {}
    if daily or trending:
        if not chosen.lists:
            raise ReadError(f"{chosen.label} has no list of a day, and none of what trends. Hugging Face (hf) has.")
        if daily and trending:
            raise ReadError("Ask for the papers of a day or for those that trend, not for both.")
        lists = {"trending": True} if trending else {"daily": True if daily == "latest" else str(daily)[:20]}
        if query:
            raise ReadError(f"{chosen.label} searches all papers or lists some; leave out the query or the list.")
    elif not isinstance(query, str) or not (query.strip() or chosen.whole) or len(query) > 1000:
        raise ReadError(f"Write what {chosen.label} shall search for, in at most 1,000 characters.")
    if library is not None:
        if chosen.name != "zotero":
            raise ReadError(f"{chosen.label} has no libraries. Zotero (zotero) has.")
        lists |= {"library": library, "api_key": keys.get("ZOTERO_API_KEY")}
    if chosen.key and (given := keys.get(chosen.key)):
        lists |= {"api_key": given}
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise ReadError(f"The number of papers must be from 1 to {MOST:,}.")

    def ask(say: Say, stop: threading.Event) -> Import:
        from explorer.sources import services as package

        def progress(records: int, total: int | None) -> None:
            wanted = min(limit, total) if total else limit
            say(f"{min(records, wanted):,} of {wanted:,} papers from {chosen.label}", min(1.0, records / max(wanted, 1)))

        client = package.Client(progress=progress, stop=stop)
        found: Import = getattr(package, chosen.function)((query or "").strip() or None, limit=limit, client=client, **lists)
        return found

    return ask, chosen.label

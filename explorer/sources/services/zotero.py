"""Zotero: the library of the program on this computer, or one at zotero.org.

Specification: *Zotero Web API v3* (https://www.zotero.org/support/dev/web_api/v3/basics); the program answers the same requests
at ``localhost:23119`` once it is allowed to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from explorer.errors import ServiceError
from explorer.sources.formats.registry import Import
from explorer.sources.formats.xml.xml_tree import family_first
from explorer.sources.services.answers import NOT_A_PAPER, Answer, Record, each, gather
from explorer.sources.services.client import Client, Endpoint, Params, Request
from explorer.text.markup import plain_markup

LOCAL = "http://localhost:23119/api"
WEB = "https://api.zotero.org"
NAME = "Zotero"

_PAGE = 100
_VENUES = ("publicationTitle", "proceedingsTitle", "conferenceName", "bookTitle", "repository", "university", "publisher")
_APART = {"attachment", "note", "annotation"}
_ARXIV = re.compile(r"arxiv[.:\s]*(?:org/(?:abs|pdf)/)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}))", re.I)


def fetch_zotero(
    query: str | None = None,
    *,
    library: str | None = None,
    collection: str | None = None,
    api_key: str | None = None,
    limit: int | None = None,
    base: str | None = None,
    client: Client | None = None,
) -> Import:
    """Fetch the items of a Zotero library.

    Parameters
    ----------
    query : str, optional
        Words to search for in titles, names and years.
    library : str, optional
        ``users/12345`` or ``groups/12345`` at zotero.org; without it, the program on this computer is asked.
    collection : str, optional
        Key of a collection, as in its address.
    api_key : str, optional
        Key to a private library (https://www.zotero.org/settings/keys).
    limit : int, optional
        Most items to fetch; all when left out.
    base : str, optional
        Address of the API.
    client : Client, optional
        Time-outs, cache, progress and stop. The program on this computer is always asked afresh.

    Returns
    -------
    Import
        Beside the schema: `zotero_key`, `entry_type`, `volume`, `number`, `pages`, `issn`, `isbn`, `language`, `note`.
        Attachments and notes are rejected in the ledger.

    Raises
    ------
    ServiceError
        The library's name is malformed, or the service fails.

    Notes
    -----
    https://www.zotero.org/support/dev/web_api/v3/basics

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_zotero(library="groups/12345")  # doctest: +SKIP
    """
    if library is not None and not re.fullmatch(r"(?:users|groups)/\d+", library):
        raise ServiceError(f"{library!r} names no Zotero library. Write users/12345 or groups/12345.")
    here = "Start Zotero and, in Settings, Advanced, allow other applications on this computer to communicate with it."
    service = Endpoint(NAME, (base or (WEB if library else LOCAL)).rstrip("/"))
    if library is None:
        service = Endpoint(NAME, service.base, advice=here)
    client = client or Client()
    pages = _pages(service, client, query, library or "users/0", collection, api_key, limit, cached=library is not None)
    return gather(NAME, "zotero_key", pages, client, limit)


def _pages(
    service: Endpoint,
    client: Client,
    query: str | None,
    library: str,
    collection: str | None,
    api_key: str | None,
    limit: int | None,
    *,
    cached: bool,
) -> Iterator[Answer]:
    path = f"/{library}/collections/{collection}/items/top" if collection else f"/{library}/items/top"
    size = min(limit or _PAGE, _PAGE)
    start = 0
    while True:
        asked: Params = {"format": "json", "v": 3, "q": query, "limit": size, "start": start}
        answer = client.get(service, Request(path, asked, secret_headers={"Zotero-API-Key": api_key}, cached=cached), _answer)
        yield answer
        start += size
        if len(answer.records) < size:
            return


def _answer(data: bytes) -> Answer:
    return Answer(parse(data))


def parse(data: bytes) -> list[Record]:
    """Read a list of items.

    Raises
    ------
    ValueError
        It is no list of items in JSON.
    """
    items = json.loads(data)
    if not isinstance(items, list):
        raise ValueError("not a list of items")
    return each(items, _item)


def _item(item: dict[str, Any]) -> Record:
    data = item["data"]
    kind = data.get("itemType")
    if kind in _APART:
        return {"zotero_key": item.get("key"), NOT_A_PAPER: f"it is an {kind}" if kind != "note" else "it is a note"}
    title, abstract = data.get("title") or data.get("caseName") or data.get("nameOfAct"), data.get("abstractNote")
    known = " ".join(str(data.get(name) or "") for name in ("archiveID", "url", "extra", "DOI"))
    arxiv_id = _ARXIV.search(known)
    return {
        "title": plain_markup(title) if title else None,
        "abstract": plain_markup(abstract) if abstract else None,
        "authors": _authors(data.get("creators") or []),
        "published": (item.get("meta") or {}).get("parsedDate") or data.get("date"),
        "venue": next((data[name] for name in _VENUES if data.get(name)), None),
        "keywords": [tag["tag"] for tag in data.get("tags") or [] if tag.get("tag")],
        "url": data.get("url"),
        "doi": data.get("DOI"),
        "arxiv_id": arxiv_id.group(1) if arxiv_id else None,
        "source": NAME,
        "zotero_key": item.get("key"),
        "entry_type": kind,
        "volume": data.get("volume"),
        "number": data.get("issue"),
        "pages": data.get("pages"),
        "issn": data.get("ISSN"),
        "isbn": data.get("ISBN"),
        "language": data.get("language"),
        "note": data.get("extra"),
    }


def _authors(creators: list[dict[str, Any]]) -> list[str]:
    """Names of the authors; of the other creators where there is no author, as with edited books and films."""
    names = [
        (creator.get("creatorType"), family_first(creator.get("lastName"), creator.get("firstName")) or creator.get("name"))
        for creator in creators
    ]
    authors = [name for kind, name in names if kind == "author" and name]
    return authors or [name for _, name in names if name]

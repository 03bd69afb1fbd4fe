"""Crossref works.

Specification: https://api.crossref.org/swagger-ui and *REST API documentation*
(https://www.crossref.org/documentation/retrieve-metadata/rest-api/). A cursor lives for five minutes and may stay the same
from page to page, so that of several pages none is taken from the cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from explorer.errors import ServiceError
from explorer.papers.identifiers import normal_doi
from explorer.sources.formats.json.crossref import fields
from explorer.sources.formats.registry import Import
from explorer.sources.services.answers import NOT_A_PAPER, Answer, Record, each, gather
from explorer.sources.services.client import Client, Endpoint, Request

BASE = "https://api.crossref.org"
NAME = "Crossref"

_PAGE = 200


def fetch_crossref(
    query: str | None = None,
    *,
    dois: Sequence[str] = (),
    filters: str | None = None,
    limit: int = 100,
    base: str = BASE,
    client: Client | None = None,
) -> Import:
    """Fetch works from Crossref.

    Parameters
    ----------
    query : str, optional
        Words to search for.
    dois : sequence of str
        DOIs, one request each; those that Crossref does not know are rejected in the ledger.
    filters : str, optional
        In Crossref's own syntax, such as ``from-pub-date:2024,type:journal-article``.
    limit : int
        Most works to fetch.
    base : str
        Address of the API.
    client : Client, optional
        Time-outs, cache, progress and stop; its `email` gets the polite, faster service.

    Returns
    -------
    Import
        Beside the schema: `entry_type`, `publisher`, `volume`, `number`, `pages`, `issn`, `language`, `cited_by_count`,
        `versions` (DOIs of the preprint or the publication).

    Raises
    ------
    ServiceError
        Neither a query nor DOIs are given, or the service fails.

    Notes
    -----
    https://www.crossref.org/documentation/retrieve-metadata/rest-api/

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_crossref("reward model", filters="from-pub-date:2024", limit=20)  # doctest: +SKIP
    """
    if not query and not dois and not filters:
        raise ServiceError("Give Crossref a query, filters or DOIs.")
    client = client or Client()
    service = Endpoint(NAME, base.rstrip("/"), interval=0.1 if client.email else 0.2)
    if dois:
        return gather(NAME, "doi", _by_doi(service, client, list(dois)), client, max(limit, len(dois)))
    return gather(NAME, "doi", _by_query(service, client, query, filters, limit), client, limit)


def _by_query(service: Endpoint, client: Client, query: str | None, filters: str | None, limit: int) -> Iterator[Answer]:
    size = min(limit, _PAGE)
    cursor, read = "*", 0
    while True:
        asked = {"query": query, "filter": filters, "rows": size, "cursor": cursor, "mailto": client.email}
        answer = client.get(service, Request("/works", asked, cached=limit <= size), _answer)
        yield answer
        read += len(answer.records)
        # The next cursor may be the same text: the service remembers how far it was read.
        if not answer.records or read >= (answer.total or 0) or not answer.next:
            return
        cursor = answer.next


def _by_doi(service: Endpoint, client: Client, dois: list[str]) -> Iterator[Answer]:
    for given in dois:
        doi = normal_doi(given)
        lacks = {"doi": given, NOT_A_PAPER: f"{given} is no DOI" if doi is None else f"Crossref does not know {doi}"}
        records: list[Record] = [lacks]
        if doi is not None:
            try:
                records = client.get(service, Request(f"/works/{quote(doi, safe='')}", {"mailto": client.email}), parse)
            except ServiceError as error:
                if error.status != 404:
                    raise
        yield Answer(records, len(dois))


def _answer(data: bytes) -> Answer:
    message = json.loads(data)["message"]
    return Answer(parse(data), message.get("total-results"), message.get("next-cursor"))


def parse(data: bytes) -> list[Record]:
    """Read an answer of ``/works`` or ``/works/{doi}``.

    Raises
    ------
    ValueError
        It is neither in JSON.
    """
    message = json.loads(data)["message"]
    return each(message.get("items", [message]), fields)

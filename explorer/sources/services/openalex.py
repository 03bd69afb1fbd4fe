"""OpenAlex works.

Specification: https://developers.openalex.org (works, paging, authentication): 100 works a page. With a key the cursor is
followed; without one the service answers by page number only, and for 10,000 works.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from explorer.sources.formats.json.openalex import fields
from explorer.sources.formats.registry import Import
from explorer.sources.services.answers import Answer, Record, each, gather
from explorer.sources.services.client import Client, Endpoint, Request

BASE = "https://api.openalex.org"
NAME = "OpenAlex"

_PAGE = 100
_MOST_WITHOUT_KEY = 10_000


def fetch_openalex(
    query: str | None = None,
    *,
    filters: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    api_key: str | None = None,
    base: str = BASE,
    client: Client | None = None,
) -> Import:
    """Fetch works from OpenAlex.

    Parameters
    ----------
    query : str, optional
        Words to search for in titles, abstracts and full texts.
    filters : str, optional
        In OpenAlex's own syntax, such as ``publication_year:2024,type:article``.
    sort : str, optional
        Such as ``cited_by_count:desc``; by relevance where there is a query.
    limit : int
        Most works to fetch.
    api_key : str, optional
        OpenAlex's key; without one the service gives little a day.
    base : str
        Address of the API.
    client : Client, optional
        Time-outs, cache, progress and stop.

    Returns
    -------
    Import
        `id` is OpenAlex's. Beside the schema: `pmid`, `entry_type`, `cited_by_count`, `volume`, `number`,
        `pages`, `language`, `retracted`.

    Raises
    ------
    ServiceError
        The service fails.

    Notes
    -----
    https://docs.openalex.org

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_openalex("reward model", filters="publication_year:2024", limit=20)  # doctest: +SKIP
    """
    service = Endpoint(NAME, base.rstrip("/"), interval=0.1)
    client = client or Client()
    return gather(NAME, "id", _pages(service, client, query, filters, sort, limit, api_key), client, limit)


def _pages(
    service: Endpoint, client: Client, query: str | None, filters: str | None, sort: str | None, limit: int, api_key: str | None
) -> Iterator[Answer]:
    size = min(limit, _PAGE)
    asked: dict[str, str | int | None] = {
        "search": query,
        "filter": filters,
        "sort": sort,
        "per_page": size,
        "mailto": client.email,
    }
    cursor, page = "*", 1
    while True:
        place: dict[str, str | int | None] = {"cursor": cursor} if api_key else {"page": page}
        answer = client.get(service, Request("/works", asked | place, {"api_key": api_key}), _answer)
        yield answer
        if not answer.records or (api_key and answer.next in (None, cursor)):
            return
        cursor, page = answer.next or "", page + 1
        if not api_key and ((page - 1) * size >= (answer.total or 0) or page * size > _MOST_WITHOUT_KEY):
            return


def _answer(data: bytes) -> Answer:
    value = json.loads(data)
    return Answer(parse(data), value["meta"].get("count"), value["meta"].get("next_cursor"))


def parse(data: bytes) -> list[Record]:
    """Read works: an answer of ``/works``, a list of works, or one work.

    Raises
    ------
    ValueError
        It is none of these in JSON.
    """
    value = json.loads(data)
    works = value if isinstance(value, list) else value.get("results", [value])
    return each(works, fields)

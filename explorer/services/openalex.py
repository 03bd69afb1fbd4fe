"""OpenAlex works.

Specification: https://developers.openalex.org (works, paging, authentication): 100 works a page. With a key the cursor is
followed; without one the service answers by page number only, and for 10,000 works.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from explorer.formats import Import
from explorer.markup import plain_markup
from explorer.services.answers import Answer, Record, gather
from explorer.services.client import Client, Request, Service

BASE = "https://api.openalex.org"
NAME = "OpenAlex"

_PAGE = 100
_MOST_WITHOUT_KEY = 10_000
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/([\w.-]+(?:/\d{7})?)", re.I)


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
        `id` is OpenAlex's. Beside the schema: `pmid`, `type`, `cited_by`, `volume`, `number`, `pages`, `language`, `retracted`.

    Raises
    ------
    ServiceError
        The service fails.
    """
    service = Service(NAME, base.rstrip("/"), interval=0.1)
    client = client or Client()
    return gather(NAME, "id", _pages(service, client, query, filters, sort, limit, api_key), client, limit)


def _pages(
    service: Service, client: Client, query: str | None, filters: str | None, sort: str | None, limit: int, api_key: str | None
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
    return [_work(work) for work in works]


def _work(work: dict[str, Any]) -> Record:
    place = work.get("primary_location") or {}
    venue = place.get("source") or work.get("host_venue") or {}
    identifiers = work.get("ids") or {}
    volume = work.get("biblio") or {}
    title = work.get("title") or work.get("display_name")
    return {
        "id": (work.get("id") or "").rsplit("/", 1)[-1] or None,
        "title": plain_markup(title) if title else None,
        "abstract": abstract_of(work.get("abstract_inverted_index")),
        "authors": [name for one in work.get("authorships") or [] if (name := (one.get("author") or {}).get("display_name"))],
        "published": _published(work),
        "venue": venue.get("display_name"),
        "keywords": _keywords(work),
        "url": place.get("landing_page_url") or work.get("doi") or work.get("id"),
        "doi": work.get("doi") or identifiers.get("doi"),
        "arxiv_id": _arxiv_id(work),
        "source": NAME,
        "pmid": (identifiers.get("pmid") or "").rstrip("/").rsplit("/", 1)[-1] or None,
        "type": work.get("type"),
        "cited_by": work.get("cited_by_count"),
        "volume": volume.get("volume"),
        "number": volume.get("issue"),
        "pages": "-".join(page for page in (volume.get("first_page"), volume.get("last_page")) if page),
        "language": work.get("language"),
        "retracted": work.get("is_retracted") or None,
    }


def abstract_of(index: dict[str, list[int]] | None) -> str | None:
    """Put an abstract together from OpenAlex's inverted index, which maps each word to its places, from 0."""
    if not index:
        return None
    placed = sorted((place, word) for word, places in index.items() for place in places)
    return plain_markup(" ".join(word for _, word in placed)) or None


def _published(work: dict[str, Any]) -> str | None:
    day: str | None = work.get("publication_date")
    year = work.get("publication_year")
    # OpenAlex writes the first of January where it knows the year only.
    if day is None or day.endswith("-01-01"):
        return str(year or (day or "")[:4]) or None
    return day


def _keywords(work: dict[str, Any]) -> list[str]:
    """Keywords; for older answers, the concepts below the broadest that OpenAlex was surer of than not."""
    for name in ("keywords", "topics"):
        found = [item["display_name"] for item in work.get(name) or [] if isinstance(item, dict) and item.get("display_name")]
        if found:
            return found
    return [
        concept["display_name"]
        for concept in work.get("concepts") or []
        if concept.get("level", 0) > 0 and float(concept.get("score") or 0) >= 0.5 and concept.get("display_name")
    ]


def _arxiv_id(work: dict[str, Any]) -> str | None:
    places = [work.get("primary_location") or {}, *(work.get("locations") or [])]
    links = (place.get("landing_page_url") or "" for place in places)
    return next((match.group(1) for link in links if (match := _ARXIV.search(link))), None)

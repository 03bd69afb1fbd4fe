"""Semantic Scholar's Academic Graph.

Specification: https://api.semanticscholar.org/api-docs/graph (paper relevance search and bulk search): one request a second
with a key, a shared and smaller rate without. Up to 1,000 papers come by relevance; beyond,
the bulk search gives them unranked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from explorer.sources.formats.registry import Import
from explorer.sources.services.answers import Answer, Record, each, gather
from explorer.sources.services.client import Client, Endpoint, Request

BASE = "https://api.semanticscholar.org/graph/v1"
NAME = "Semantic Scholar"

_PAGE = 100
_RANKED = 1000
_ASKED = "title,abstract,authors,year,publicationDate,venue,externalIds,url,citationCount,s2FieldsOfStudy"


def fetch_semantic_scholar(
    query: str,
    *,
    year: str | None = None,
    limit: int = 100,
    api_key: str | None = None,
    base: str = BASE,
    client: Client | None = None,
) -> Import:
    """Fetch papers from Semantic Scholar.

    Parameters
    ----------
    query : str
        Words to search for.
    year : str, optional
        A year or a range: ``2024``, ``2019-2024``, ``2019-``.
    limit : int
        Most papers to fetch; above 1,000 they are not ranked.
    api_key : str, optional
        Semantic Scholar's key, for a rate of one's own.
    base : str
        Address of the API.
    client : Client, optional
        Time-outs, cache, progress and stop.

    Returns
    -------
    Import
        Beside the schema: `semantic_scholar_id`, `pmid`, `cited_by_count`.

    Raises
    ------
    ServiceError
        The service fails.

    Notes
    -----
    https://api.semanticscholar.org/api-docs/graph

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_semantic_scholar("reward model", year="2024-", limit=20)  # doctest: +SKIP
    """
    service = Endpoint(
        NAME,
        base.rstrip("/"),
        interval=1.0 if api_key else 3.0,
        advice="Check the network connection, or fetch from OpenAlex, which has most of its papers.",
    )
    client = client or Client()
    return gather(NAME, "semantic_scholar_id", _pages(service, client, query, year, limit, api_key), client, limit)


def _pages(
    service: Endpoint, client: Client, query: str, year: str | None, limit: int, api_key: str | None
) -> Iterator[Answer]:
    ranked = limit <= _RANKED
    asked: dict[str, str | int | None] = {"query": query, "year": year, "fields": _ASKED}
    path = "/paper/search" if ranked else "/paper/search/bulk"
    place: dict[str, str | int | None] = {"limit": min(limit, _PAGE), "offset": 0} if ranked else {}
    while True:
        answer = client.get(service, Request(path, asked | place, secret_headers={"x-api-key": api_key}), _answer)
        yield answer
        if answer.next is None or not answer.records:
            return
        place |= {"offset" if ranked else "token": answer.next}


def _answer(data: bytes) -> Answer:
    value = json.loads(data)
    following = value.get("token") or value.get("next")
    return Answer(parse(data), value.get("total"), str(following) if following else None)


def parse(data: bytes) -> list[Record]:
    """Read an answer of a search.

    Raises
    ------
    ValueError
        It is none in JSON.
    """
    value = json.loads(data)
    # A search without a result has no list at all.
    return each(value["data"] if value.get("total") != 0 else value.get("data") or [], _paper)


def _paper(paper: dict[str, Any]) -> Record:
    ids = paper.get("externalIds") or {}
    return {
        "title": paper.get("title"),
        "abstract": paper.get("abstract"),
        "authors": [author["name"] for author in paper.get("authors") or [] if author.get("name")],
        "published": paper.get("publicationDate") or paper.get("year"),
        "venue": paper.get("venue"),
        "keywords": list(
            dict.fromkeys(field["category"] for field in paper.get("s2FieldsOfStudy") or [] if field.get("category"))
        ),
        "url": paper.get("url"),
        "doi": ids.get("DOI"),
        "arxiv_id": ids.get("ArXiv"),
        "source": NAME,
        "semantic_scholar_id": paper.get("paperId"),
        "pmid": ids.get("PubMed"),
        "cited_by_count": paper.get("citationCount"),
    }

"""Hugging Face Papers: search, the papers of a day, week or month, and those that trend.

Specification: https://huggingface.co/docs/hub/api and the hub's ``/.well-known/openapi.json``. The raw JSON is read: the client
library leaves `ai_keywords` and `githubRepo` out of lists and turns no upvotes into none at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from explorer.errors import ServiceError
from explorer.sources.formats.registry import Import
from explorer.sources.services.answers import NOT_A_PAPER, Answer, Record, each, gather
from explorer.sources.services.client import Client, Endpoint, Request

BASE = "https://huggingface.co/api"
NAME = "Hugging Face"

_PAGE = 100
_SEARCH = 120
_PERIODS = {r"\d{4}-\d\d-\d\d": "date", r"\d{4}-W\d\d": "week", r"\d{4}-\d\d": "month"}


def fetch_hugging_face(
    query: str | None = None,
    *,
    daily: str | date | bool | None = None,
    trending: bool = False,
    limit: int = 100,
    base: str = BASE,
    client: Client | None = None,
) -> Import:
    """Fetch papers from Hugging Face.

    Parameters
    ----------
    query : str, optional
        Words to search for; the service gives at most 120 papers for them.
    daily : str, date or True, optional
        Papers of a day (``2026-06-12``), a week (``2026-W24``) or a month (``2026-06``); True for the latest.
    trending : bool
        Papers that are much voted for now.
    limit : int
        Most papers to fetch.
    base : str
        Address of the API.
    client : Client, optional
        Time-outs, cache, progress and stop.

    Returns
    -------
    Import
        Beside the schema: `organization`, `project_page`, `daily` (day on which the paper was listed), `submitted_by`, `stars` (of the
        repository), `ai_summary`.

    Raises
    ------
    ServiceError
        Not exactly one of `query`, `daily` and `trending` is given; or the service fails.

    Notes
    -----
    https://huggingface.co/docs/hub/api

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_hugging_face(daily="2026-06-12")  # doctest: +SKIP
    """
    if sum((bool(query), bool(daily), trending)) != 1:
        raise ServiceError("Give Hugging Face one of: a query, daily, or trending.")
    service = Endpoint(NAME, base.rstrip("/"), interval=0.2)
    client = client or Client()
    pages = _pages(service, client, query, daily, trending, limit)
    listed = f"no paper is listed for {daily}" if daily and daily is not True else ""
    return gather(NAME, "arxiv_id", pages, client, limit, none=listed)


def _pages(
    service: Endpoint, client: Client, query: str | None, daily: str | date | bool | None, trending: bool, limit: int
) -> Iterator[Answer]:
    if query:
        yield client.get(service, Request("/papers/search", {"q": query, "limit": min(limit, _SEARCH)}), _answer)
        return
    asked: dict[str, str | int | None] = {"limit": min(limit, _PAGE), "sort": "trending" if trending else None}
    if daily and daily is not True:
        asked |= {_period(str(daily)): str(daily)}
    page = 0
    while True:
        answer = client.get(service, Request("/daily_papers", asked | {"p": page or None}), _answer)
        yield answer
        page += 1
        if len(answer.records) < min(limit, _PAGE):
            return


def _period(text: str) -> str:
    for pattern, name in _PERIODS.items():
        if re.fullmatch(pattern, text):
            return name
    raise ServiceError(f"{text!r} is no day (2026-06-12), week (2026-W24) or month (2026-06).")


def _answer(data: bytes) -> Answer:
    return Answer(parse(data))


def parse(data: bytes) -> list[Record]:
    """Read an answer of ``daily_papers`` or ``papers/search``.

    Raises
    ------
    ValueError
        It is not a list of papers in JSON.
    """
    items = json.loads(data)
    if not isinstance(items, list):
        raise ValueError("not a list of papers")
    return each(items, _paper)


def _paper(item: dict[str, Any]) -> Record:
    paper: dict[str, Any] = item.get("paper") or {}
    number = paper.get("id")
    if not number:
        return {NOT_A_PAPER: "it has no paper in it"}
    organization = paper.get("organization") or item.get("organization") or {}
    submitter = paper.get("submittedOnDailyBy") or item.get("submittedBy") or {}
    return {
        "title": _line(paper.get("title") or item.get("title")),
        "abstract": _line(paper.get("summary") or item.get("summary")),
        "authors": [author["name"] for author in paper.get("authors") or [] if author.get("name") and not author.get("hidden")],
        # The outer date is that of the listing, in another time zone; the paper's own is the inner one.
        "published": (paper.get("publishedAt") or item.get("publishedAt") or "")[:10],
        "keywords": paper.get("ai_keywords"),
        "url": f"https://huggingface.co/papers/{number}",
        "arxiv_id": number,
        "code_url": paper.get("githubRepo"),
        "upvotes": paper.get("upvotes"),
        "comments": item.get("numComments"),
        "source": NAME,
        "organization": organization.get("fullname") or organization.get("name"),
        "project_page": paper.get("projectPage"),
        "daily": (paper.get("submittedOnDailyAt") or "")[:10],
        "submitted_by": submitter.get("fullname") or submitter.get("name"),
        "stars": paper.get("githubStars"),
        "ai_summary": paper.get("ai_summary"),
    }


def _line(text: str | None) -> str | None:
    return " ".join(text.split()) if text else None

"""arXiv's search API.

Specification: *arXiv API User's Manual* (https://info.arxiv.org/help/api/user-manual.html): at most one request in three
seconds, 2,000 results a page. The service now and then sends an empty page in the middle of a list: it is asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from explorer.errors import ServiceError
from explorer.papers.identifiers import normal_arxiv_id
from explorer.papers.ledger import Ledger
from explorer.sources.formats.registry import Import
from explorer.sources.formats.xml import arxiv_atom
from explorer.sources.formats.xml.xml_tree import papers
from explorer.sources.services.answers import NOT_A_PAPER, Answer, Record, gather
from explorer.sources.services.client import Client, Endpoint, Params, Request, said_in
from explorer.sources.source import Source

BASE = "https://export.arxiv.org/api"
NAME = "arXiv"
SORTS = ("relevance", "submittedDate", "lastUpdatedDate")

_PAGE = 100
_TOTAL = re.compile(rb"<opensearch:totalResults[^>]*>(\d+)<")


def fetch_arxiv(
    query: str | None = None,
    *,
    ids: Sequence[str] = (),
    sort: str = "relevance",
    start: int = 0,
    limit: int = 100,
    base: str = BASE,
    client: Client | None = None,
) -> Import:
    """Fetch papers from arXiv.

    Parameters
    ----------
    query : str, optional
        In arXiv's own syntax, such as ``ti:"reward model" AND cat:cs.LG``.
    ids : sequence of str
        arXiv identifiers, with or without a version; those that arXiv does not know are rejected in the ledger.
    sort : {"relevance", "submittedDate", "lastUpdatedDate"}
        The highest, or latest, come first.
    start : int
        Results to pass over, from 0.
    limit : int
        Most papers to fetch.
    base : str
        Address of the API.
    client : Client, optional
        Time-outs, cache, progress and stop.

    Returns
    -------
    Import
        `papers`, one row a paper, and `ledger`.

    Raises
    ------
    ServiceError
        Neither a query nor ids are given, the sort is unknown, or the service fails.

    Notes
    -----
    https://info.arxiv.org/help/api/user-manual.html

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_arxiv('ti:"reward model"', limit=20)  # doctest: +SKIP
    """
    if not query and not ids:
        raise ServiceError("Give arXiv a query or ids.")
    if sort not in SORTS:
        raise ServiceError(f"arXiv does not sort by {sort!r}. Choose one of {', '.join(SORTS)}.")
    service = Endpoint(NAME, base.rstrip("/"), interval=3.0)
    client = client or Client()
    if ids:
        return gather(NAME, "arxiv_id", _by_ids(service, client, query, list(ids), sort), client, max(limit, len(ids)))
    return gather(NAME, "arxiv_id", _by_query(service, client, query or "", sort, start, limit), client, limit)


def _by_query(service: Endpoint, client: Client, query: str, sort: str, start: int, limit: int) -> Iterator[Answer]:
    size = min(limit, _PAGE)
    while True:
        answer = client.get(service, _request(query, [], sort, start, size), _reader(start))
        yield answer
        start += size
        if start >= (answer.total or 0):
            return


def _by_ids(service: Endpoint, client: Client, query: str | None, ids: list[str], sort: str) -> Iterator[Answer]:
    for first in range(0, len(ids), _PAGE):
        some = ids[first : first + _PAGE]
        found = client.get(service, _request(query or "", some, sort, 0, _PAGE), _reader(None)).records
        known = {normal_arxiv_id(record.get("arxiv_id") or "") for record in found}
        missing = [name for name in some if normal_arxiv_id(name) not in known]
        lacks = [{"arxiv_id": name, NOT_A_PAPER: f"arXiv gave no paper for {name}"} for name in missing]
        yield Answer([*found, *lacks], total=len(ids))


def _request(query: str, ids: list[str], sort: str, start: int, size: int) -> Request:
    asked: Params = {"search_query": query, "id_list": ",".join(ids), "sortBy": sort}
    return Request("/query", {**asked, "sortOrder": "descending", "start": start, "max_results": size})


def _reader(start: int | None) -> Callable[[bytes], Answer]:
    def read(data: bytes) -> Answer:
        records = parse(data)
        found = _TOTAL.search(data)
        total = int(found.group(1)) if found else None
        if start is not None and not records and total and start < total:
            raise ValueError("an empty page in the middle of the list")
        return Answer(records, total)

    return read


def parse(data: bytes) -> list[Record]:
    """Read an Atom feed.

    Raises
    ------
    ValueError
        The feed is not whole.
    ServiceError
        The feed holds arXiv's error message instead of papers.
    """
    if not data.rstrip().endswith(b"</feed>"):
        raise ValueError("the feed is cut off")
    if b"/api/errors" in data:
        raise ServiceError(f"arXiv refused the query: {said_in(data)}. Check the query.")
    return [dict(fields) for _, _, fields in papers(Source(NAME, data=data), Ledger(), arxiv_atom.fields, "entry")]

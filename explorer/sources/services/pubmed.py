"""PubMed, through NCBI's E-utilities: ``esearch`` finds identifiers, ``efetch`` gives the articles.

Specification: Sayers, *E-utilities In-Depth* (https://www.ncbi.nlm.nih.gov/books/NBK25499/): three requests a second, ten with
a key; at most 10,000 results a search.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from explorer.errors import ServiceError
from explorer.papers.ledger import Ledger
from explorer.sources.formats.registry import Import
from explorer.sources.formats.xml import pubmed_xml
from explorer.sources.formats.xml.xml_tree import papers
from explorer.sources.services.answers import NOT_A_PAPER, Answer, Record, gather
from explorer.sources.services.client import Client, Endpoint, Params, Request
from explorer.sources.source import Source

BASE = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
NAME = "PubMed"

_MOST = 10_000
_PAGE = 200


def fetch_pubmed(
    query: str,
    *,
    sort: str = "relevance",
    limit: int = 100,
    api_key: str | None = None,
    base: str = BASE,
    client: Client | None = None,
) -> Import:
    """Fetch articles from PubMed.

    Parameters
    ----------
    query : str
        In PubMed's own syntax, such as ``asthma[mesh] AND 2024[dp]``.
    sort : str
        ``relevance``, ``pub_date``, ``Author`` or ``JournalName``.
    limit : int
        Most articles to fetch; PubMed gives at most 10,000 a query.
    api_key : str, optional
        NCBI's key, for a higher rate.
    base : str
        Address of the E-utilities.
    client : Client, optional
        Time-outs, cache, progress and stop.

    Returns
    -------
    Import
        Beside the schema: `pmid`, `volume`, `number`, `pages`, `issn`, `language`.

    Raises
    ------
    ServiceError
        The service fails.

    Notes
    -----
    https://www.ncbi.nlm.nih.gov/books/NBK25501/

    Examples
    --------
    >>> import explorer
    >>> came = explorer.fetch_pubmed("asthma[mesh] AND 2024[dp]", limit=20)  # doctest: +SKIP
    """
    service = Endpoint(NAME, base.rstrip("/"), interval=0.1 if api_key else 0.34)
    client = client or Client()
    return gather(NAME, "pmid", _pages(service, client, query, sort, limit, api_key), client, limit)


def _pages(service: Endpoint, client: Client, query: str, sort: str, limit: int, api_key: str | None) -> Iterator[Answer]:
    common: Params = {"db": "pubmed", "tool": "literature-explorer", "email": client.email}
    secret = {"api_key": api_key}
    asked: Params = {"term": query, "sort": sort, "retmax": min(limit, _MOST), "retmode": "json"}
    ids, total = client.get(service, Request("/esearch.fcgi", {**common, **asked}, secret), parse_search)
    if not ids:
        yield Answer([], total)
    for first in range(0, len(ids), _PAGE):
        some = ids[first : first + _PAGE]
        found = client.get(service, Request("/efetch.fcgi", {**common, "id": ",".join(some), "retmode": "xml"}, secret), parse)
        known = {record.get("pmid") for record in found}
        lacks = [{"pmid": pmid, NOT_A_PAPER: f"PubMed gave no article for {pmid}"} for pmid in some if pmid not in known]
        yield Answer([*found, *lacks], total)


def parse_search(data: bytes) -> tuple[list[str], int]:
    """Read an answer of ``esearch``: PubMed identifiers, and how many there are in all.

    Raises
    ------
    ServiceError
        PubMed could not read the query.
    ValueError
        The answer is not whole.
    """
    result = json.loads(data)["esearchresult"]
    if "ERROR" in result:
        raise ServiceError(f"PubMed refused the query: {result['ERROR']}. Check the query.")
    return [str(pmid) for pmid in result["idlist"]], int(result["count"])


def parse(data: bytes) -> list[Record]:
    """Read an answer of ``efetch``.

    Raises
    ------
    ValueError
        The XML is not whole.
    """
    if not data.rstrip().endswith((b"</PubmedArticleSet>", b"</PubmedBookArticleSet>")):
        raise ValueError("the XML is cut off")
    found = papers(Source(NAME, data=data), Ledger(), pubmed_xml.fields, "PubmedArticle", "PubmedBookArticle")
    return [dict(fields) for _, _, fields in found]

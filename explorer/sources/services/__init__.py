"""Web services: one API a module, its parser apart from the client that asks.

A service module has a ``fetch_…`` function, which gives an `Import`, and ``parse(data: bytes) -> list[dict]``, which does not
touch the network. Nothing is asked unless a ``fetch_…`` function is called.
"""

from explorer.sources.services.arxiv import fetch_arxiv
from explorer.sources.services.client import Client
from explorer.sources.services.crossref import fetch_crossref
from explorer.sources.services.hugging_face import fetch_hugging_face
from explorer.sources.services.openalex import fetch_openalex
from explorer.sources.services.pubmed import fetch_pubmed
from explorer.sources.services.semantic_scholar import fetch_semantic_scholar
from explorer.sources.services.zotero import fetch_zotero

__all__ = [
    "Client",
    "fetch_arxiv",
    "fetch_crossref",
    "fetch_hugging_face",
    "fetch_openalex",
    "fetch_pubmed",
    "fetch_semantic_scholar",
    "fetch_zotero",
]

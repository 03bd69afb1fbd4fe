"""Literature Explorer: from any pile of papers to a live dashboard.

The names below are the public ones. They are imported when first used, so that a dashboard does not pay for what it does not
show.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.comparison import compare, compare_dates
    from explorer.corpus import Corpus
    from explorer.dashboard import Dashboard
    from explorer.dedupe.deduplication import Deduplicated, Rules, find_duplicates, merge_duplicates
    from explorer.errors import (
        ConceptError,
        CorpusError,
        EmbedderError,
        ExplorerError,
        ExportError,
        ExpressionError,
        LibraryError,
        QueryError,
        ReadError,
        SchemaError,
        SelectionError,
        ServerError,
        ServiceError,
    )
    from explorer.launch import explore
    from explorer.opening import open_corpus
    from explorer.papers.ledger import Ledger
    from explorer.papers.schema import validate
    from explorer.selection import Selection
    from explorer.sources.formats.bibtex.bibtex import to_bibtex
    from explorer.sources.formats.documents.html import to_html
    from explorer.sources.formats.documents.latex import to_latex_table
    from explorer.sources.formats.documents.markdown import to_markdown
    from explorer.sources.formats.json.csl_json import to_csl_json
    from explorer.sources.formats.json.json_records import to_json_lines
    from explorer.sources.formats.registry import Import, read_papers
    from explorer.sources.formats.tables.delimited import to_csv, to_tsv
    from explorer.sources.formats.tables.excel import to_excel
    from explorer.sources.formats.tables.parquet import to_parquet
    from explorer.sources.formats.tagged.ris import to_ris
    from explorer.sources.importing import import_papers
    from explorer.sources.services import (
        fetch_arxiv,
        fetch_crossref,
        fetch_hugging_face,
        fetch_openalex,
        fetch_pubmed,
        fetch_semantic_scholar,
        fetch_zotero,
    )
    from explorer.topic_model import TopicModel
    from explorer.trends import topic_frequency

_HOMES = {
    "ConceptError": "errors",
    "Corpus": "corpus",
    "CorpusError": "errors",
    "Dashboard": "dashboard",
    "Deduplicated": "dedupe",
    "EmbedderError": "errors",
    "ExplorerError": "errors",
    "ExportError": "errors",
    "ExpressionError": "errors",
    "Import": "formats",
    "Ledger": "ledger",
    "LibraryError": "errors",
    "QueryError": "errors",
    "ReadError": "errors",
    "Rules": "dedupe",
    "SchemaError": "errors",
    "Selection": "selection",
    "SelectionError": "errors",
    "ServerError": "errors",
    "ServiceError": "errors",
    "TopicModel": "topic_model",
    "compare": "comparison",
    "compare_dates": "comparison",
    "explore": "launch",
    "fetch_arxiv": "services.arxiv",
    "fetch_crossref": "services.crossref",
    "fetch_hugging_face": "services.hugging_face",
    "fetch_openalex": "services.openalex",
    "fetch_pubmed": "services.pubmed",
    "fetch_semantic_scholar": "services.semantic_scholar",
    "fetch_zotero": "services.zotero",
    "find_duplicates": "dedupe",
    "import_papers": "imports",
    "merge_duplicates": "dedupe",
    "open_corpus": "opening",
    "read_papers": "formats",
    "to_bibtex": "formats.bibtex",
    "to_csl_json": "formats.csl_json",
    "to_csv": "formats.delimited",
    "to_excel": "formats.excel",
    "to_html": "formats.html",
    "to_json_lines": "formats.json_records",
    "to_latex_table": "formats.latex",
    "to_markdown": "formats.markdown",
    "to_parquet": "formats.parquet",
    "to_ris": "formats.ris",
    "to_tsv": "formats.delimited",
    "topic_frequency": "trends",
    "validate": "schema",
}

__all__ = [
    "ConceptError",
    "Corpus",
    "CorpusError",
    "Dashboard",
    "Deduplicated",
    "EmbedderError",
    "ExplorerError",
    "ExportError",
    "ExpressionError",
    "Import",
    "Ledger",
    "LibraryError",
    "QueryError",
    "ReadError",
    "Rules",
    "SchemaError",
    "Selection",
    "SelectionError",
    "ServerError",
    "ServiceError",
    "TopicModel",
    "compare",
    "compare_dates",
    "explore",
    "fetch_arxiv",
    "fetch_crossref",
    "fetch_hugging_face",
    "fetch_openalex",
    "fetch_pubmed",
    "fetch_semantic_scholar",
    "fetch_zotero",
    "find_duplicates",
    "import_papers",
    "merge_duplicates",
    "open_corpus",
    "read_papers",
    "to_bibtex",
    "to_csl_json",
    "to_csv",
    "to_excel",
    "to_html",
    "to_json_lines",
    "to_latex_table",
    "to_markdown",
    "to_parquet",
    "to_ris",
    "to_tsv",
    "topic_frequency",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"explorer.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

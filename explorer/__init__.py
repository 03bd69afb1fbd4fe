"""Literature Explorer: from any pile of papers to a live dashboard.

The names below are the public ones. They are imported when first used, so that a dashboard does not pay for what it does not
show.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.corpus.building import build_corpus
    from explorer.corpus.corpus import Corpus
    from explorer.corpus.opening import open_corpus
    from explorer.dashboard.explore import explore
    from explorer.dashboard.plots import plot_axes, plot_column, plot_keywords, plot_topics, plot_trends
    from explorer.dashboard.topic_plots import plot_relations, plot_topic_number, plot_topic_tree
    from explorer.dashboard.widget import Dashboard
    from explorer.dedupe.deduplication import Deduplicated, Rules, find_duplicates, merge_duplicates
    from explorer.errors import (
        ConceptError,
        CorpusError,
        EmbedderError,
        ExplorerError,
        ExportError,
        ExpressionError,
        FeedError,
        LibraryError,
        QueryError,
        ReadError,
        SchemaError,
        ScreeningError,
        SelectionError,
        ServerError,
        ServiceError,
        TopicError,
    )
    from explorer.papers.ledger import Ledger
    from explorer.papers.schema import validate
    from explorer.screening.screening import Screening
    from explorer.screening.simulate import simulate_screening
    from explorer.search.comparison import compare, compare_dates
    from explorer.selection.selection import Selection
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
    from explorer.topics.model import TopicModel
    from explorer.topics.trends import topic_frequency

_HOMES = {
    "ConceptError": "errors",
    "Corpus": "corpus.corpus",
    "CorpusError": "errors",
    "Dashboard": "dashboard.widget",
    "Deduplicated": "dedupe.deduplication",
    "EmbedderError": "errors",
    "ExplorerError": "errors",
    "ExportError": "errors",
    "ExpressionError": "errors",
    "FeedError": "errors",
    "Import": "sources.formats.registry",
    "Ledger": "papers.ledger",
    "LibraryError": "errors",
    "QueryError": "errors",
    "ReadError": "errors",
    "Rules": "dedupe.deduplication",
    "SchemaError": "errors",
    "Screening": "screening.screening",
    "ScreeningError": "errors",
    "Selection": "selection.selection",
    "SelectionError": "errors",
    "ServerError": "errors",
    "ServiceError": "errors",
    "TopicError": "errors",
    "TopicModel": "topics.model",
    "build_corpus": "corpus.building",
    "compare": "search.comparison",
    "compare_dates": "search.comparison",
    "explore": "dashboard.explore",
    "fetch_arxiv": "sources.services",
    "fetch_crossref": "sources.services",
    "fetch_hugging_face": "sources.services",
    "fetch_openalex": "sources.services",
    "fetch_pubmed": "sources.services",
    "fetch_semantic_scholar": "sources.services",
    "fetch_zotero": "sources.services",
    "find_duplicates": "dedupe.deduplication",
    "import_papers": "sources.importing",
    "merge_duplicates": "dedupe.deduplication",
    "open_corpus": "corpus.opening",
    "plot_axes": "dashboard.plots",
    "plot_column": "dashboard.plots",
    "plot_keywords": "dashboard.plots",
    "plot_relations": "dashboard.topic_plots",
    "plot_topic_number": "dashboard.topic_plots",
    "plot_topic_tree": "dashboard.topic_plots",
    "plot_topics": "dashboard.plots",
    "plot_trends": "dashboard.plots",
    "read_papers": "sources.formats.registry",
    "simulate_screening": "screening.simulate",
    "to_bibtex": "sources.formats.bibtex.bibtex",
    "to_csl_json": "sources.formats.json.csl_json",
    "to_csv": "sources.formats.tables.delimited",
    "to_excel": "sources.formats.tables.excel",
    "to_html": "sources.formats.documents.html",
    "to_json_lines": "sources.formats.json.json_records",
    "to_latex_table": "sources.formats.documents.latex",
    "to_markdown": "sources.formats.documents.markdown",
    "to_parquet": "sources.formats.tables.parquet",
    "to_ris": "sources.formats.tagged.ris",
    "to_tsv": "sources.formats.tables.delimited",
    "topic_frequency": "topics.trends",
    "validate": "papers.schema",
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
    "FeedError",
    "Import",
    "Ledger",
    "LibraryError",
    "QueryError",
    "ReadError",
    "Rules",
    "SchemaError",
    "Screening",
    "ScreeningError",
    "Selection",
    "SelectionError",
    "ServerError",
    "ServiceError",
    "TopicError",
    "TopicModel",
    "build_corpus",
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
    "plot_axes",
    "plot_column",
    "plot_keywords",
    "plot_relations",
    "plot_topic_number",
    "plot_topic_tree",
    "plot_topics",
    "plot_trends",
    "read_papers",
    "simulate_screening",
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

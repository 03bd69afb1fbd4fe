"""PubMed's document summaries, as ESummary answers. Specification: https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.ESummary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.column_names import PLACEHOLDER
from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, mappings, read_as, texts
from explorer.sources.source import Source
from explorer.text.markup import plain_markup

LABEL = "PubMed summary JSON"
SUFFIXES: tuple[str, ...] = ()


def sniff(head: bytes) -> bool:
    """Whether the wrapper of an answer, or fields of a summary, stand at the start."""
    return head_names(head, r'"type"\s*:\s*"esummary"') or head_names(
        head, r'"uid"\s*:', r'"(?:sortpubdate|fulljournalname|elocationid)"\s*:'
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the summaries of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger, records_in)


def records_in(answer: Mapping[str, Any]) -> list[Any]:
    """Summaries of an answer in the order asked for; it holds them by their identifiers."""
    result = answer.get("result")
    if not isinstance(result, Mapping):
        return [answer]
    listed = result.get("uids")
    order = [uid for uid in listed if isinstance(uid, str)] if isinstance(listed, list) else []
    return [result.get(uid) for uid in order] or [item for item in result.values() if isinstance(item, Mapping)]


def fields(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a summary; PubMed answers with an error in place of one that it has not."""
    if summary.get("error"):
        return {}
    identifiers = {str(item.get("idtype")): item.get("value") for item in mappings(summary.get("articleids"))}
    title, book = summary.get("title"), summary.get("booktitle")
    pmid = summary.get("uid") or identifiers.get("pubmed")
    people = [item for item in mappings(summary.get("authors")) if item.get("authtype") not in ("Editor", "EditorCollab")]
    dates = [date for name in ("pubdate", "epubdate") if isinstance(date := summary.get(name), str)]
    return {
        # NLM ends every title with a full stop; that of a translation stands in brackets.
        "title": _title(title) or _title(summary.get("vernaculartitle")) or _title(book),
        "authors": texts([item.get("name") for item in people or mappings(summary.get("authors"))]),
        "published": finest(*dates) or summary.get("sortpubdate"),
        "venue": summary.get("fulljournalname") or summary.get("source") or (book if title else summary.get("publishername")),
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        "doi": identifiers.get("doi") or summary.get("elocationid"),
        "pmid": pmid,
        "pmcid": identifiers.get("pmc"),
        "source": "PubMed",
        "entry_type": next((kind for kind in texts(summary.get("pubtype"))), None),
        "volume": summary.get("volume"),
        "number": summary.get("issue"),
        "pages": summary.get("pages"),
        "issn": summary.get("issn") or summary.get("essn"),
        "language": next(iter(texts(summary.get("lang"))), None),
        "publisher": summary.get("publishername"),
    }


def _title(value: Any) -> str | None:
    text = plain_markup(value).strip() if isinstance(value, str) else ""
    if PLACEHOLDER.fullmatch(text):
        return None
    return text.removesuffix(".").removeprefix("[").removesuffix("]") if text[:1] == "[" else text.removesuffix(".") or None

"""arXiv's metadata snapshot: JSON lines, gigabytes of them, read one by one.

Specification: https://www.kaggle.com/datasets/Cornell-University/arxiv. ``categories`` are separated by spaces, ``comments``
are remarks of the authors, ``authors_parsed`` holds family name, given name and suffix; the first of ``versions`` dates the paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import MALFORMED, head_names, read_as
from explorer.sources.source import Source
from explorer.text.markup import plain_latex

LABEL = "arXiv metadata snapshot"
SUFFIXES: tuple[str, ...] = ()

_MONTHS = {
    name: f"{number:02d}" for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}


def sniff(head: bytes) -> bool:
    """Whether the first object has the snapshot's fields."""
    return head_names(head[:32_768], r'"categories"\s*:\s*"', r'"(?:authors_parsed|journal-ref|update_date)"\s*:')


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of at most 4,096 papers; memory does not grow with the file."""
    yield from read_as(_fields, source, ledger)


def _fields(item: Mapping[str, Any]) -> Mapping[str, Any]:
    get = item.get
    identity = get("id")
    doi = get("doi")
    return {
        "id": f"arxiv:{identity}" if identity else None,
        "title": plain_latex(get("title") or ""),
        "abstract": plain_latex(get("abstract") or ""),
        "authors": _authors(item),
        "published": _first_version(get("versions")) or get("update_date"),
        "venue": get("journal-ref"),
        "keywords": (get("categories") or "").split(),
        "url": f"https://arxiv.org/abs/{identity}" if identity else None,
        "doi": doi.split()[0] if isinstance(doi, str) and doi.strip() else None,
        "arxiv_id": identity,
        "note": get("comments"),
        "source": "arXiv",
        "submitter": get("submitter"),
        "report-no": get("report-no"),
        "license": get("license"),
        "update_date": get("update_date"),
    }


def _authors(item: Mapping[str, Any]) -> list[str]:
    """The names that are parsed, or those in the text where none are."""
    parsed = item.get("authors_parsed")
    if isinstance(parsed, list):
        try:
            return _names(parsed)
        except MALFORMED:
            pass
    return _listed(item.get("authors"))


def _names(parsed: list[Any]) -> list[str]:
    names = []
    for parts in parsed:
        family, given, suffix = parts if len(parts) == 3 else (*parts, "", "", "")[:3]
        name = f"{given} {family} {suffix}" if suffix else f"{given} {family}" if given else family
        names.append(plain_latex(name) if "\\" in name or "{" in name or "~" in name or suffix else name)
    return names


def _listed(authors: Any) -> list[str]:
    return (
        [name for name in plain_latex(authors).replace(" and ", ", ").split(", ") if name] if isinstance(authors, str) else []
    )


def _first_version(versions: Any) -> str | None:
    """Day of the first version, which is given as ``Mon, 2 Apr 2007 19:18:42 GMT``."""
    try:
        _, day, month, year, *_ = versions[0]["created"].split(" ")
        return f"{year}-{_MONTHS[month]}-{day:0>2}"
    except (TypeError, KeyError, IndexError, ValueError, AttributeError):
        return None

"""Which identifiers the records of a table bear, by kind: two of one kind are two papers, whatever the titles say.

Identifiers stand in columns of many names, in addresses and notes, and in the ids of files that services wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.identifiers import normal_doi
from explorer.papers.rows import rows_where
from explorer.papers.schema import FIELDS, TEXT

Codes = npt.NDArray[np.int64]

KINDS = (
    "DOI",
    "arXiv id",
    "PMID",
    "PMCID",
    "OpenAlex id",
    "Web of Science id",
    "Scopus id",
    "ERIC number",
    "Embase id",
    "Lens id",
    "JSTOR number",
    "HAL id",
    "SSRN number",
    "OpenReview id",
)
"""Kinds of which a record bears one."""

ARCHIVES = frozenset(("JSTOR number", "HAL id", "SSRN number", "OpenReview id"))
"""Kinds of which one paper may have several: it was deposited again. They tell two papers apart where nothing says that they are one."""

_NAMES = {
    "PMID": {"pmid", "pubmedid", "medlinepmid", "pm", "medlineid", "pubmed", "pubmednumber", "pubmedpmid"},
    "PMCID": {"pmcid", "pmc", "pubmedcentralid"},
    "OpenAlex id": {"openalex", "openalexid", "openalexwork", "openalexworkid"},
    "Web of Science id": {"ut", "uniquewosid", "utuniquewosid", "uniqueid", "wosid", "accession", "accessionnumber", "an"},
    "Scopus id": {"eid", "scopuseid", "scopusid"},
    "ERIC number": {"ericnumber", "ericid", "ericnum", "accession", "accessionnumber", "an"},
    "Embase id": {"embaseaccessionid", "embaseid", "luiid", "accession", "accessionnumber", "an"},
    "Lens id": {"lensid"},
    "JSTOR number": {"jstor", "jstorid"},
    "HAL id": {"halid", "eprint"},
    "SSRN number": {"ssrn", "ssrnid"},
    "OpenReview id": {"openreview", "openreviewid"},
}  # fmt: skip
_PATTERNS = {
    "PMID": r"(?i)^\s*(?:pmid:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/|MEDLINE:\s*)?0*(?P<id>[1-9]\d{0,8})(?:\.0+)?/?\s*$",
    "PMCID": r"(?i)^\s*(?:pmcid:?\s*|https?://\S*/)?(?:PMC)?0*(?P<id>[1-9]\d{1,8})(?:\.\d+)?/?\s*$",
    "OpenAlex id": r"(?i)^\s*(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?(?P<id>W\d{4,12})\s*$",
    "Web of Science id": r"^\s*(?:WOS|ISI):(?P<id>[A-Z0-9]{15})\s*$",
    "Scopus id": r"^\s*2-s2\.0-(?P<id>\d{8,11})\s*$",
    "ERIC number": r"^\s*(?P<id>E[DJ]\d{6,7})\s*$",
    "Embase id": r"^\s*(?P<id>L\d{6,12})\s*$",
    "Lens id": r"(?i)^\s*(?P<id>\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX])\s*$",
    "JSTOR number": r"(?i)^\s*(?:https?://(?:www\.)?jstor\.org/stable/)?(?:pdf/)?(?:10\.2307/)?(?P<id>\d{4,12})(?:\.pdf)?\s*$",
    "HAL id": r"(?i)^\s*(?:https?://[\w.-]+/)?(?P<id>[a-z][a-z0-9]{1,9}[-_]\d{8})(?:v\d+)?\s*$",
    "SSRN number": r"(?i)^\s*(?:https?://\S*(?:abstract=|abstract_id=))?(?P<id>\d{4,9})\s*$",
    "OpenReview id": r"^\s*(?P<id>[\w-]{8,14})\s*$",
}
_EPRINTS = {
    "PMID": "pubmed|pmid",
    "PMCID": "pmc(?:id)?",
    "JSTOR number": "jstor",
    "HAL id": "hal",
    "SSRN number": "ssrn",
    "OpenReview id": "openreview",
}
"""What BibLaTeX's `eprinttype` says of an `eprint` that is one of a kind (RE2)."""
_ADDRESSES = {
    "PMID": r"(?i)^https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(?P<id>[1-9]\d{0,8})/?(?:[?#].*)?$",
    "PMCID": r"(?i)/pmc/articles/PMC(?P<id>[1-9]\d{1,8})(?:\D|$)",
    "OpenAlex id": r"(?i)^https?://(?:api\.)?openalex\.org/(?:works/)?(?P<id>W\d{4,12})$",
    "Web of Science id": r"(?i)webofscience\.com/\S*/WOS:(?P<id>[A-Z0-9]{15})(?:\W|$)",
    "Scopus id": r"(?i)^https?://www\.scopus\.com/\S*[?&]eid=2-s2\.0-(?P<id>\d{8,11})(?:\D|$)",
    "ERIC number": r"(?i)^https?://(?:www\.)?eric\.ed\.gov/\?id=(?P<id>E[DJ]\d{6,7})(?:\W|$)",
    "Embase id": r"(?i)^https?://www\.embase\.com/\S*[?&]id=(?P<id>L\d{6,12})(?:\W|$)",
    "Lens id": r"(?i)^https?://(?:www\.|link\.)?lens\.org/(?P<id>\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX])(?:\W|$)",
    "JSTOR number": r"(?i)^https?://(?:www\.)?jstor\.org/stable/(?:pdf/|10\.2307/)?(?P<id>\d{4,12})(?:\W|$)",
    "HAL id": r"(?i)^https?://(?:hal[\w-]*\.[\w.-]+|[\w.-]*(?:\.hal\.science|archives-ouvertes\.fr))/(?P<id>[a-z][a-z0-9]{1,9}[-_]\d{8})(?:v\d+)?(?:\W|$)",
    "SSRN number": r"(?i)^https?://(?:papers\.)?ssrn\.com/(?:abstract=|sol3/papers\.cfm\?abstract_id=)(?P<id>\d{4,9})(?:\D|$)",
    "OpenReview id": r"(?i)^https?://openreview\.net/(?:forum|pdf)\?id=(?P<id>[\w-]{8,14})(?:\W|$)",
}
_CASED = frozenset(("OpenReview id",))
"""Kinds in which a capital is another letter."""
_IN_IDS = frozenset(("OpenAlex id", "Web of Science id", "ERIC number", "Lens id"))
"""Kinds whose form tells them from other ids of records."""

_NOTES = ("note", "notes", "n1", "extra", "annote")
_NOTED = {
    "PMID": r"(?im)^\s*PMID:?\s*0*(?P<id>[1-9]\d{3,8})\s*(?:$|[;,.\[]|PMCID)",
    "PMCID": r"(?im)^\s*PMCID:?\s*PMC(?P<id>[1-9]\d{3,8})\s*(?:$|[;,.\[]|PMID)",
}
"""How reference managers keep in a note what a format has no field for: on a line of its own (RE2)."""
PREPRINT_DOI = (
    r"^10\.(?:48550/|1101/\d|64898/|26434/|21203/|31234/|31219/|31222/|31235/|20944/|2139/ssrn|36227/|22541/|5281/zenodo|51094/|"
    r"32942/|35542/|55458/|12688/|33774/|14293/)"
)
"""DOIs that servers of preprints give out (RE2)."""

REGISTRY = (
    r"(?i)\b(?:NCT\s?\d{8}|ISRCTN\s?\d{8}|ChiCTR-?[A-Z0-9-]*\d{6,12}|ACTRN\s?\d{14}|EUCTR\d{4}-\d{6}-\d{2}|EudraCT\s*(?:no\.?|number:?)?\s*\d{4}-\d{6}-\d{2}|"
    r"DRKS\s?\d{8}|(?:JPRN-)?(?:UMIN\s?\d{9}|jRCTs?\d{9,12}|JapicCTI-?\d{6})|CTRI/\d{4}/\d{2,3}/\d{6}|KCT\d{7}|IRCT\d{8,16}N?\d{0,3}|"
    r"PACTR\d{13,18}|SLCTR/\d{4}/\d{3}|TCTR\d{11}|RBR-?[a-z0-9]{6,8}|RPCEC\d{8}|NTR\s?\d{2,5}|NL-OMON\d{3,7}|PER-\d{3}-\d{2}|"
    r"LBCTR\d{10}|ITMCTR\d{8,12}|CRD\s?\d{11}|CN-\d{8}|2\d{3}-5\d{5}-\d{2}-\d{2})\b"
)
"""Numbers of the registries of the WHO's platform, of PROSPERO, CENTRAL and the EU (RE2)."""

_REGISTRY = re.compile(REGISTRY)
_REGISTRY_HOST = (
    r"(?i)clinicaltrials\.gov|isrctn\.|anzctr\.|chictr\.|trialsearch\.who|clinicaltrialsregister\.eu|euclinicaltrials|drks\.de|prospero|"
    r"umin\.ac|jrct\.|ctri\.nic|irct\.|pactr\.|ensaiosclinicos|cris\.nih\.go\.kr|onderzoekmetmensen"
)
_NO_PLACE_OF_NUMBERS = frozenset(("title", "abstract", "authors", "keywords", "venue", "doi", "arxiv_id", "code_url", "source"))
_PLACES = re.compile(
    r"^(?:id|url|note|n1|notes|extra|annote|howpublished|accession|an|number|reportnumber|secondaryids?|m1|c\d|u\d|l\d|doi|eprint|archiveid|recordid|"
    r".*(?:trial|registr|nct|studyid|otherids?).*)$"
)


def key(name: str) -> str:
    """A column's name without case, spaces and marks."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def columns_named(table: pa.Table, names: Iterable[str]) -> list[str]:
    """Columns of a table whose `key` is one of some names."""
    wanted = set(names)
    return [name for name in table.column_names if key(name) in wanted]


def texts(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column as text; whole numbers of floats without their fraction; None where it holds no single values."""
    if pa.types.is_floating(values.type):
        values = pc.cast(pc.if_else(pc.equal(values, pc.floor(values)), values, None), pa.int64(), safe=False)
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_large_string(values.type) or pa.types.is_string(values.type) or pa.types.is_integer(values.type):
        return values.cast(TEXT)
    if pa.types.is_null(values.type):
        return None
    return None


def _extracted(values: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    return pc.struct_field(pc.extract_regex(values, pattern), "id").cast(TEXT)


def identifiers(table: pa.Table, of_pubmed: npt.NDArray[np.bool_] | None = None) -> dict[str, pa.Array]:
    """The identifiers of each record, null where it bears none.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema, with any further columns.
    of_pubmed : array of bool, shape (rows,), optional
        What `numbered_by_pubmed` says of these records, if they are some of a larger table.

    Returns
    -------
    dict of str to Array of large_string
        For DOI, arXiv id, and those of `KINDS` that some record bears, one value a row, in its normal form.
    """
    rows = table.num_rows
    given = table.column("doi")
    dois = pa.array(mapped(given, normal_doi), TEXT)
    arxiv = _arxiv_ids(table, dois)
    # An arXiv DOI is an arXiv id in other words.
    dois = pc.if_else(pc.fill_null(pc.starts_with(dois, "10.48550/arxiv."), False), None, dois)
    found: dict[str, pa.Array] = {"DOI": dois, "arXiv id": arxiv}
    if of_pubmed is None:
        of_pubmed = numbered_by_pubmed(table)
    ids, urls = table.column("id"), table.column("url")
    for kind in KINDS[2:]:
        parts: list[pa.ChunkedArray | pa.Array] = []
        for name in columns_named(table, _NAMES[kind]):
            if (column := texts(table.column(name))) is not None:
                parts.append(_extracted(column, _PATTERNS[kind]))
        if kind in _EPRINTS:
            parts += _eprints(table, kind)
        if urls.null_count < rows:
            parts.append(_extracted(urls, _ADDRESSES[kind]))
        if kind in _NOTED:
            for name in columns_named(table, _NOTES):
                if (column := texts(table.column(name))) is not None:
                    parts.append(_extracted(column, _NOTED[kind]))
        if kind == "PMID":
            parts.append(pc.if_else(pa.array(of_pubmed), _whole(_own_ids(table, ids)[-1]), pa.scalar(None, TEXT)))
        for values in _own_ids(table, ids):
            parts.append(_extracted(values, _PATTERNS[kind] if kind in _IN_IDS else _ADDRESSES[kind]))
        values = _whole(pc.coalesce(*parts))
        if values.null_count < rows:
            found[kind] = values if kind in _CASED else pc.utf8_lower(values)
    return found


def _eprints(table: pa.Table, kind: str) -> list[pa.ChunkedArray]:
    """What `eprint` holds where the column beside it says that it is an identifier of a kind."""
    found = []
    for place in columns_named(table, ("eprint",)):
        for name in columns_named(table, ("eprinttype", "archiveprefix")):
            values, types = texts(table.column(place)), texts(table.column(name))
            if values is not None and types is not None:
                of_kind = pc.match_substring_regex(types, rf"(?i)^\s*(?:{_EPRINTS[kind]})\s*$")
                found.append(_extracted(pc.if_else(of_kind, values, pa.scalar(None, TEXT)), _PATTERNS[kind]))
    return found


def _own_ids(table: pa.Table, ids: pa.ChunkedArray) -> list[pa.ChunkedArray]:
    return [ids, *([table.column("record_id")] if "record_id" in table.column_names else [])]


def numbered_by_pubmed(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether the id of each record is PubMed's: its source's all are numbers of that size, far too sparse to count records."""
    kept = np.zeros(table.num_rows, bool)
    ids = table.column("record_id" if "record_id" in table.column_names else "id")
    numeric = pc.match_substring_regex(ids, r"^[1-9]\d{4,7}$")
    if not pc.any(numeric).as_py():
        return kept
    sources = pc.fill_null(table.column("source"), "").combine_chunks().dictionary_encode()
    codes = sources.indices.to_numpy(zero_copy_only=False)
    mask = _whole(numeric).to_numpy(zero_copy_only=False)
    values = np.zeros(table.num_rows, np.int64)
    values[mask] = pc.cast(ids.filter(numeric), pa.int64()).to_numpy()
    for code in range(len(sources.dictionary)):
        mine = codes == code
        some = values[mine & mask]
        if len(some) >= 10 and mask[mine].all() and some.max() < 60_000_000 and np.ptp(some) > 50 * len(some):
            kept |= mine
    return kept


def _whole(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def mapped(values: pa.ChunkedArray, function: Callable[[str], str | None]) -> list[str | None]:
    """A function of each value that is not null, called once a distinct value."""
    coded = _whole(values).dictionary_encode()
    known = [function(value) if value else None for value in coded.dictionary.to_pylist()]
    indices = coded.indices.to_pylist()
    return [None if index is None else known[index] for index in indices]


def _arxiv_ids(table: pa.Table, dois: pa.Array) -> pa.Array:
    pattern = r"arxiv\.org/(?:abs|pdf)/(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})"
    bare = pc.replace_substring_regex(table.column("arxiv_id"), r"^(?i:arxiv:)?\s*(\S*?)(?:v\d+)?\s*$", r"\1")
    bare = pc.if_else(pc.equal(bare, ""), pa.scalar(None, TEXT), bare)
    registered = _extracted(pa.chunked_array([dois]), r"^10\.48550/arxiv\.(?P<id>.+?)(?:v\d+)?$")
    return _whole(pc.utf8_lower(pc.coalesce(bare, _extracted(table.column("url"), pattern), registered)))


def trials(table: pa.Table) -> tuple[dict[int, frozenset[str]], frozenset[int]]:
    """Registry numbers of the records that bear some, by row, and the rows that are entries of a registry themselves.

    Numbers in an abstract or a title speak of a trial; those in other fields are the record's.
    """
    found: dict[int, frozenset[str]] = {}
    for name in table.column_names:
        if name in _NO_PLACE_OF_NUMBERS or not (name in ("id", "url") or _PLACES.fullmatch(key(name))):
            continue
        values = texts(table.column(name))
        if values is None or values.null_count == len(values):
            continue
        rows = rows_where(pc.fill_null(pc.match_substring_regex(values, REGISTRY), False))
        for row, value in zip(rows.to_pylist(), values.take(rows).to_pylist(), strict=True):
            numbers = frozenset(re.sub(r"[^A-Z0-9]", "", number.upper()) for number in _REGISTRY.findall(value))
            found[row] = found.get(row, frozenset()) | numbers
    if not found:
        return {}, frozenset()
    hosts = pc.fill_null(pc.match_substring_regex(table.column("url"), _REGISTRY_HOST), False)
    entries = set(rows_where(hosts).to_pylist()) | {
        row for row, name in zip(found, _whole(table.column("id")).take(pa.array(found)).to_pylist(), strict=True)
        if _REGISTRY.fullmatch(name)
    }  # fmt: skip
    return found, frozenset(entries & set(found))


def isbns(table: pa.Table) -> dict[int, frozenset[str]]:
    """ISBNs of the records that bear some, by row, as ISBN-13 without the check digit."""
    found: dict[int, frozenset[str]] = {}
    for name in columns_named(table, ("isbn", "bn", "isbn13", "isbn10", "isbns", "eisbn", "printisbn", "electronicisbn")):
        values = texts(table.column(name))
        if values is None:
            continue
        for row in rows_where(pc.fill_null(pc.is_valid(values), False)).to_pylist():
            numbers = frozenset(_isbns_in(values[row].as_py()))
            if numbers:
                found[row] = found.get(row, frozenset()) | numbers
    return found


def _isbns_in(text: str) -> list[str]:
    numbers = (re.sub(r"[^0-9Xx]", "", part) for part in re.findall(r"(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx]", text))
    return [("978" + number[:9]) if len(number) == 10 else number[:12] for number in numbers if len(number) in (10, 13)]


def codes(values: pa.Array) -> Codes:
    """A number from 1 for each distinct value, 0 for null and empty ones."""
    coded = values.dictionary_encode()
    numbers = pc.fill_null(coded.indices, -1).cast(pa.int64()).to_numpy(zero_copy_only=False) + 1
    empty = pc.fill_null(pc.equal(values, ""), True).to_numpy(zero_copy_only=False)
    return np.where(empty, 0, numbers)


def comparable(table: pa.Table) -> pa.Table:
    """The columns of a table that records are compared by, so that it can stand below another one.

    Those of the schema, those that hold further evidence, as text, and `record_id`, the ids: who puts two tables together gives
    them others.
    """
    wanted = set().union(*_NAMES.values()) | EVIDENCE
    extra = {
        name: column
        for name in table.column_names
        if name not in FIELDS and (key(name) in wanted or _PLACES.fullmatch(key(name)))
        if (column := texts(table.column(name))) is not None
    }
    chosen = table.select(list(FIELDS))
    for name, column in {**extra, "record_id": table.column("id")}.items():
        chosen = chosen.append_column(name, column)
    return chosen


EVIDENCE = frozenset(
    (
        "endpage", "ep", "lastpage", "eprinttype", "archiveprefix", "m3",
        "volume", "vl", "pages", "pg", "startpage", "sp", "bp", "number", "issue", "is", "entrytype", "type", "pt", "dt", "documenttype",
        "itemtype", "typeofreference", "publicationtype", "isbn", "bn", "isbn13", "isbn10", "isbns", "eisbn", "printisbn", "electronicisbn",
        "chapter", "edition", "et", "issn", "recordid", "booktitle", "genre", "typeofwork", "worktype", "articletype", "recordtype", "subtype",
    )
)  # fmt: skip
"""Names (see `key`) of the columns that hold evidence beside identifiers."""

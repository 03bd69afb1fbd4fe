"""JSON: an array of objects, an object that holds one, or one object a line (JSON lines).

Specification: RFC 8259, https://jsonlines.org. Objects are read by the names of their fields; those of Hugging Face's
``daily_papers`` nest under ``paper``. Semantic Scholar, ERIC, PLOS, Scopus, IEEE Xplore, ADS, HAL, DOAJ, DataCite, Springer, Zotero and
scholarly are taken as they come: fields within one object more, names with a prefix (``dc:title``) or Solr's endings (``title_s``), and
people, titles and identifiers in objects. The dialects with a module of their own (CSL-JSON, OpenAlex, Crossref, the arXiv snapshot)
share `objects` and `read_as`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.papers.author_names import marked
from explorer.papers.batches import PaperBatches
from explorer.papers.column_names import columns_to_fields
from explorer.papers.dates import month_number
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS
from explorer.sources.encoding import encoding_of, is_utf8
from explorer.sources.formats.shared import editors_text, numbers_in
from explorer.sources.formats.target import deliver, known_dates
from explorer.sources.source import LINE, Source, decode, tables
from explorer.text.markup import plain_markup, single_spaced

if TYPE_CHECKING:
    import pandas as pd

LABEL = "JSON or JSON lines"
SUFFIXES: tuple[str, ...] = (".json", ".jsonl", ".ndjson")

Fields = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Records = Callable[[dict[str, Any]], list[Any]]

_BLANK = "\ufeff \t\r\n"
_WRAPPERS = (("message", "items"), ("response", "docs"), ("results",), ("data",), ("papers",), ("items",), ("records",))
_UNREADABLE = "\ud800"
_LONG_NUMBER = re.compile(rb"[:,\[]\s*-?\d{19}")
_ROUNDED = float(2**63)
"""orjson makes floats of whole numbers from here on, which loses their last digits; the standard parser does not."""


MALFORMED = (TypeError, ValueError, AttributeError, LookupError)
"""What reading an object raises whose parts are of other types than those its source says they are."""

NOT_AS_SAID = "a part of it is of another type than such records have"


def sniff(head: bytes) -> bool:
    """Whether the text starts as an array or an object."""
    return decode(head).lstrip(_BLANK)[:1] in ("[", "{")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the objects; what is no object, or a line that does not parse, is rejected with its line.

    Raises
    ------
    ReadError
        The file is neither JSON nor JSON lines.
    """
    yield from read_as(_flat, source, ledger)


def read_as(fields: Fields, source: Source, ledger: Ledger, records_in: Records | None = None) -> Iterator[pa.Table]:
    """Yield tables of the objects of a source, each turned into fields of the schema by `fields`.

    Parameters
    ----------
    records_in : callable, optional
        Takes the object that a file is to the records in it, where they do not stand in a list as other services have them.
    """

    def records() -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
        for number, line, item, problem in objects(source, records_in):
            if not isinstance(item, Mapping):
                ledger.reject(source.name, number, problem or "not an object", line=line, text=str(item))
                continue
            try:
                record = {name: value for name, value in fields(item).items() if value or value == 0}
            except MALFORMED as error:
                ledger.reject(source.name, number, f"{NOT_AS_SAID} ({error})", line=line, text=str(item)[:300])
                continue
            if not FIELDS.keys().isdisjoint(record):
                yield number, line, record
            else:
                ledger.reject(source.name, number, "an object without a field that is known", line=line, text=str(item)[:300])

    yield from tables(records(), source, ledger)


def objects(source: Source, records_in: Records | None = None) -> Iterator[tuple[int, int | None, Any, str]]:
    """Yield number, line, value and problem of each record; values of JSON lines one by one, whatever the file's size.

    Raises
    ------
    ReadError
        The file is neither JSON nor JSON lines, nests too deeply, or has a line beyond `LINE`.
    """
    if _is_lines(source):
        yield from _lines(source)
        return
    value = _whole(source, records_in or _records_in)
    # Each record is let go of once it was taken: what Python makes of a file is several times its size.
    value.reverse()
    for number in range(1, len(value) + 1):
        yield number, None, value.pop(), ""


def _is_lines(source: Source) -> bool:
    """Whether the first line is an object of its own and a second line follows."""
    data = source.head()
    head = decode(data, source.encoding).lstrip(_BLANK)
    first, ended, rest = head.partition("\n")
    if not first.startswith("{"):
        return False
    if ended:
        # A first line that only looks like an object is rejected alone, not the file with it.
        whole = first.rstrip().endswith("}") or isinstance(_parsed(first), dict)
        return whole and rest.lstrip()[:1] == "{"
    if len(data) < 65_536:
        return False
    # A first record longer than the head: see whether its line is an object.
    with source.open() as file:
        line = file.readline(LINE + 1)
        more = bool(file.read(1))
    return more and len(line) <= LINE and isinstance(_parsed(decode(line)), dict)


def _parsed(text: str) -> Any:
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _UNREADABLE


def _whole(source: Source, records_in: Records) -> list[Any]:
    """Records of a file that is one JSON value."""
    import json

    import orjson

    data = source.bytes()
    _check_values(data, source.name)
    text: bytes | str = data
    if encoding := source.judge(data):
        text = decode(data, encoding)
    try:
        value = orjson.loads(text)
        if _LONG_NUMBER.search(text.encode(errors="replace") if isinstance(text, str) else text):
            value = json.loads(decode(data, encoding), object_pairs_hook=_object)
    except orjson.JSONDecodeError as error:
        # The standard parser takes what orjson is too strict for: NaN, half surrogates.
        try:
            value = json.loads(decode(data, encoding), object_pairs_hook=_object) if len(data) < 64 << 20 else None
        except RecursionError:
            raise ReadError(f"{source.name} nests its JSON too deeply to be papers.") from error
        except ValueError:
            value = _concatenated(decode(data, encoding)) if len(data) < 64 << 20 else None
        if value is None:
            raise ReadError(f"{source.name} is not valid JSON: {error}. Export it again, or as JSON lines.") from error
    if isinstance(value, dict):
        return records_in(value)
    if not isinstance(value, list):
        raise ReadError(f"{source.name} holds no list of papers.")
    return value


def _concatenated(text: str) -> list[Any] | None:
    """Records of several lists or objects one after the other, as joined files have them; None where they are none."""
    import json

    reader, place = json.JSONDecoder(object_pairs_hook=_object), 0
    found: list[Any] = []
    while place < len(text):
        if text[place] in "\ufeff \t\r\n,":
            place += 1
            continue
        try:
            value, place = reader.raw_decode(text, place)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict | list):
            return None
        found += value if isinstance(value, list) else [value]
    return found or None


def _check_values(data: bytes, name: str) -> None:
    """Refuse a text that no record has. Raises `ReadError`."""
    for start in range(0, len(data) - LINE, LINE):
        if data.find(b'"', start, start + LINE) < 0:
            raise ReadError(f"{name} has a value of more than {LINE >> 20} MiB; that is no list of papers.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names Arrow can hold: no half of a surrogate pair."""
    return {name.encode("utf-8", errors="replace").decode(): value for name, value in pairs}


def _records_in(value: dict[str, Any]) -> list[Any]:
    """Records within an object: where services put them, else in the one list of objects it has, else the object itself."""
    for path in _WRAPPERS:
        inner: Any = value
        for step in path:
            inner = inner.get(step) if isinstance(inner, dict) else None
        if isinstance(inner, list) and all(isinstance(item, dict) for item in inner):
            return inner
    if isinstance(value.get("message"), dict):
        return [value["message"]]
    titled = any(name.lower() in ("title", "display_name") for name in value)
    if not titled and (within := _titled_list(value, 3)):
        return within
    lists = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(item, dict) for item in v)]
    return lists[0] if len(lists) == 1 and not titled else [value]


def _titled_list(value: dict[str, Any], depth: int) -> list[Any] | None:
    """The first list of objects with a title that stands within objects of `value`, `depth` deep."""
    for inner in value.values():
        if (
            isinstance(inner, list)
            and inner
            and all(isinstance(item, dict) and _is_titled(_plainly_named(item)) for item in inner)
        ):
            return inner
    inner_objects = (inner for inner in value.values() if depth and isinstance(inner, dict))
    return next((found for inner in inner_objects if (found := _titled_list(inner, depth - 1))), None)


def _lines(source: Source) -> Iterator[tuple[int, int | None, Any, str]]:
    import json

    import orjson

    encoding = source.found_encoding()
    told = None if encoding == "utf-8" else encoding
    wide = encoding.startswith(("utf-16", "utf-32"))
    number = 0
    with source.open() as file:
        stream: Iterator[bytes] = (
            iter(decode(source.bytes(), encoding).encode().splitlines()) if wide else _bounded(file, source)
        )
        for line, raw in enumerate(stream, start=1):
            text = raw.strip(b"\xef\xbb\xbf \t\r\n") if line == 1 else raw.strip()
            if not text:
                continue
            number += 1
            try:
                value = orjson.loads(text)
                if isinstance(value, dict) and any(type(found) is float and abs(found) >= _ROUNDED for found in value.values()):
                    value = json.loads(text, object_pairs_hook=_object)
                yield number, line, value, ""
                continue
            except orjson.JSONDecodeError as error:
                problem = f"the line is not JSON: {error}"
            # One line tells its encoding, if it does, for those after it too.
            told = told or (None if is_utf8(text) else encoding_of(text))
            decoded = text.decode(errors="replace") if is_utf8(text) else decode(text, told)
            try:
                yield number, line, json.loads(decoded, object_pairs_hook=_object), ""
            except (ValueError, RecursionError):
                yield number, line, decoded, problem


def _bounded(file: Any, source: Source) -> Iterator[bytes]:
    while line := file.readline(LINE + 1):
        if len(line) > LINE:
            raise ReadError(f"{source.name} has a line of more than {LINE >> 20} MiB; that is no list of papers.")
        yield line


def _flat(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring the fields of an object within to the top, the inner value before the outer, and name them by the schema."""
    inner = item.get("paper")
    record = {**item, **inner} if isinstance(inner, Mapping) else dict(item)
    record.pop("paper", None)
    if isinstance(inner, Mapping) and "arxiv_id" not in record:
        record["arxiv_id"] = inner.get("id")
    record = _plainly_named(record)
    if not _is_titled(record):
        name = next((name for name in _WITHIN if isinstance(record.get(name), Mapping) and _is_titled(record[name])), None)
        if name is None and record.get("itemType", mapping(record.get("data")).get("itemType")) in _APART:
            return {}
        if name is not None:
            record = {**record, **_plainly_named(record.pop(name))}
    _told_apart(record)
    for name, identifier in (record.get("externalIds") or {}).items() if isinstance(record.get("externalIds"), Mapping) else ():
        record.setdefault({"ArXiv": "arxiv_id", "DOI": "doi", "PubMed": "pmid"}.get(name, f"{name.lower()}_id"), identifier)
    journal = record.get("journal")
    if isinstance(journal, Mapping):
        # Semantic Scholar has a venue too, which is empty for many.
        record["journal"] = journal.get("name") or journal.get("title")
        for part in ("volume", "number", "pages"):
            record.setdefault(part, journal.get(part))
    for schema_name, name in _SERVICE_NAMES:
        if schema_name not in record and record.get(name):
            record[schema_name] = record[name]
    # What `to_json_lines` wrote is read to the letter.
    own = next(iter(record), "") == "id" and ("precision" in record or "published" not in record)
    fields = columns_to_fields(record)
    known = {fields.get(name, name): value for name, value in record.items() if value not in (None, "", [], {})}
    return {name: value if own and name in FIELDS else _value(name, value) for name, value in known.items()}


_WITHIN = ("bib", "bibjson", "attributes", "data", "_source", "metadata", "fields", "record", "article", "work")
"""Under what services put the fields of a record: scholarly, DOAJ, DataCite, Zotero, Elasticsearch and others."""
_APART = frozenset(("note", "attachment", "annotation"))
"""Items of Zotero that are no papers."""
_PREFIX = re.compile(r"(?:dc|dcterms|prism|bibo|schema|foaf|oai_dc):")
_SOLR = re.compile(r"_(?:s|t|ss|txt|tdate|i|dt|en_s|fr_s)\Z")

# Services whose names of fields are no synonyms elsewhere.
_SERVICE_NAMES = (("id", "paperId"), ("published", "publicationDate"), ("authors", "author_display"), ("title", "title_display"),
                  ("keywords", "subject"), ("arxiv_id", "arxivId"), ("published", "coverDate"), ("published", "producedDate"),
                  ("authors", "authFullName"), ("keywords", "authkeywords"), ("doi", "doiId"), ("url", "uri"), ("venue", "pub"),
                  ("pmid", "pubmed-id"), ("number", "issueIdentifier"), ("pages", "pageRange"), ("pages", "page"), ("year", "pub_year"),
                  ("url", "pub_url"), ("year", "publicationYear"), ("keywords", "index_terms"),
                  ("venue", "ParentTitle"))  # fmt: skip


def _is_titled(record: Mapping[str, Any]) -> bool:
    """Whether an object has a title."""
    return any(
        record.get(name) for name in ("title", "titles", "display_name", "title_display", "Title", "dc:title", "title_s")
    )


def _plainly_named(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without the prefixes of its names, and without the endings that Solr has for types where its title has one."""
    solr = any(name in record for name in ("title_s", "title_t", "title_ss"))
    if not solr and not any(":" in name for name in record):
        return dict(record)
    plain: dict[str, Any] = {}
    for name, value in record.items():
        short = _PREFIX.sub("", name)
        plain.setdefault(_SOLR.sub("", short) if solr else short, value)
    return plain


def _told_apart(record: dict[str, Any]) -> None:
    """Give fields of their own to what a record has in lists of objects of several kinds, and to a journal beside its title."""
    for name, value in numbers_in(record.get("extra")).items():
        record.setdefault(name, value)
    if record.get("title") and isinstance(venue := record.get("publicationName"), str):
        # Elsewhere it is the title of a patent.
        record.pop("publicationName")
        record.setdefault("venue", venue)
    if isinstance(titles := record.get("titles"), list) and (title := _first(titles, "title")) and "title" not in record:
        record["title"] = title
    if isinstance(texts_of := record.get("descriptions"), list) and "abstract" not in record:
        record["abstract"] = _first(
            [item for item in mappings(texts_of) if item.get("descriptionType") == "Abstract"], "description"
        )
        record.setdefault("venue", mapping(record.get("container")).get("title") or record.get("publisher"))
    if isinstance(dates := record.get("dates"), list):
        told = {str(item.get("dateType")): item.get("date") for item in mappings(dates)}
        record.setdefault("published", told.get("Issued") or told.get("Available"))
    creators = record.get("creators")
    if isinstance(creators, list) and any("creatorType" in item for item in mappings(creators)):
        roles = {"author": "authors", "editor": "editors"}
        people = [(roles.get(item["creatorType"]), _item(item)) for item in mappings(creators) if "creatorType" in item]
        authors, editors = ([name for role, name in people if role == wanted and name] for wanted in roles.values())
        record["authors"] = authors or [name for _, name in people if name]
        record |= {"editors": editors_text(editors)} if editors else {}
        record.pop("creators")
        record.setdefault("venue", next((record[name] for name in _CONTAINERS if record.get(name)), None))
    kinds = {"doi": "doi", "pmid": "pmid", "arxiv": "arxiv_id"}
    given = record.get("identifier") if "identifier" in record else record.get("identifiers")
    for one in given if isinstance(given, list) else []:
        parts = mapping(one)
        words = str(one).partition(":")
        kind = parts.get("type") or parts.get("identifierType") if parts else words[0]
        worth = parts.get("id") or parts.get("identifier") or parts.get("value") if parts else words[2]
        if worth and (field := kinds.get(str(kind).lower())):
            record.setdefault(field, worth)
    year, named = (next((name for name in record if name.lower() == wanted), "") for wanted in ("year", "month"))
    if named and (month := month_number(str(record[named]))) and str(record.get(year, "")).isdecimal():
        record.setdefault("published", f"{record[year]}-{month:02d}")
        record.pop(named)
    if "startingPage" in record or "start_page" in record:
        ends = (record.get("startingPage") or record.get("start_page"), record.get("endingPage") or record.get("end_page"))
        record.setdefault("pages", "-".join(dict.fromkeys(str(end) for end in ends if end)))


_CONTAINERS = ("publicationTitle", "proceedingsTitle", "bookTitle", "conferenceName", "repository", "university", "publisher")


def _first(items: list[Any], name: str) -> str | None:
    """The first text of that name in objects of a list, or the first text in it."""
    found = (item.get(name) if isinstance(item, Mapping) else item for item in items)
    return next((text for text in found if isinstance(text, str) and text), None)


def _value(name: str, value: Any) -> Any:
    if name in ("title", "abstract", "venue"):
        text = " ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(text, Mapping):
            text = text.get("name") or text.get("value")
        return (
            single_spaced(plain_markup(text))
            if isinstance(text, str) and name == "title"
            else (plain_markup(text) if isinstance(text, str) and name != "venue" else text)
        )
    if name in ("authors", "keywords") and isinstance(value, Mapping):
        value = _listed(value)
    if name in ("authors", "keywords") and isinstance(value, list):
        return [_item(item) for item in value]
    if name in ("url", "doi", "number", "pages") and isinstance(value, list):
        first = next(iter(value), None)
        if isinstance(first, Mapping):
            first = next((first[key] for key in ("value", "url", "href", "URL") if first.get(key)), None)
        return None if first is None else str(first)
    if name == "code_url" or FIELDS.get(name) == pa.large_string():
        return value if isinstance(value, str) else str(value)
    if isinstance(value, (dict, list)):
        import json

        # The standard writer takes every number; orjson stops at 64 bits.
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def _listed(value: Mapping[str, Any]) -> list[Any]:
    """Items of all lists within an object (``{"authors": [...]}``); of one without a list, itself."""
    lists = [
        inner if isinstance(inner, list) else _listed(inner) for inner in value.values() if isinstance(inner, list | Mapping)
    ]
    return [item for some in lists for item in some] or [value]


_WHOLE = ("name", "display_name", "full_name", "fullName", "fullname", "authname", "creatorName", "creator", "author", "keyword",
          "term", "literal", "tag", "subject", "raw_author_name", "label", "value")  # fmt: skip
_GIVEN = (
    "given",
    "first",
    "firstName",
    "first_name",
    "given_name",
    "givenName",
    "given-name",
    "given-names",
    "forename",
    "firstname",
)
_FAMILY = (
    "family",
    "last",
    "lastName",
    "last_name",
    "family_name",
    "familyName",
    "family-name",
    "family-names",
    "surname",
    "lastname",
)


def _item(item: Any) -> str | None:
    """Text of an item; web APIs wrap names in objects of several kinds."""
    if isinstance(item, Mapping):
        whole, given, family = (
            next((str(item[key]) for key in keys if isinstance(item.get(key), str | int) and item[key]), None)
            for keys in (_WHOLE, _GIVEN, _FAMILY)
        )
        if family and given and ("name" not in item or "creatorType" in item):
            return f"{family}, {given}"
        if whole and (item.get("nameType") == "Organizational" or "creatorType" in item):
            return marked(whole)
        known = whole or ", ".join(part for part in (family, given) if part)
        return known or next((value for key, value in item.items() if "name" in key.lower() and isinstance(value, str)), None)
    return None if item is None else str(item)


def to_json_lines(papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None) -> bytes:
    """Write papers as JSON lines: one object a paper, without its missing values; dates as long as they are known.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table. Values JSON has no type for are written as text.
    path : str or path, optional
        File to write; without it, only the bytes are returned.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> import json
    >>> json.loads(explorer.to_json_lines(papers))["title"]
    'Adding numbers'
    """
    return deliver(b"".join(json_lines_parts(PaperBatches.of(papers))), path)


def json_lines_parts(papers: PaperBatches) -> Iterator[bytes]:
    """What `to_json_lines` gives, a batch of papers at a time."""
    import orjson

    place = papers.column_names.index("published")
    for table in papers:
        lines = bytearray()
        for record in table.set_column(place, "published", pa.array(known_dates(table), pa.string())).to_pylist():
            present = {name: value for name, value in record.items() if value is not None}
            lines += orjson.dumps(present, default=str, option=orjson.OPT_APPEND_NEWLINE)
        yield bytes(lines)


def mapping(value: Any) -> Mapping[str, Any]:
    """The object that a value is; an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list, or the one that stands there alone."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def texts(value: Any) -> list[str]:
    """The texts in a list, or the one that stands there alone."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item]


def head_names(head: bytes, *patterns: str) -> bool:
    """Whether the start of a JSON text has every one of `patterns` (regular expressions)."""
    text = decode(head)
    return text.lstrip(_BLANK)[:1] in ("[", "{") and all(re.search(pattern, text) for pattern in patterns)

"""JSON: an array of objects, an object that holds one, or one object a line (JSON lines).

Specification: RFC 8259, https://jsonlines.org. Objects are read by the names of their fields; those of Hugging Face's
``daily_papers`` nest under ``paper``. Semantic Scholar, ERIC, PLOS, Scopus, IEEE Xplore, ADS, HAL, DOAJ, DataCite, Springer, Lens, Dimensions,
Unpaywall, Zotero and scholarly are taken as they come: fields within one object more, names with a prefix (``dc:title``) or Solr's
endings (``title_s``), people, titles and identifiers in objects, records by their keys. The dialects with a module of their own
(CSL-JSON, OpenAlex, Crossref, the arXiv snapshot) share `objects` and `read_as`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.disk import deliver
from explorer.errors import ReadError
from explorer.papers.author_names import marked
from explorer.papers.column_names import columns_to_fields
from explorer.papers.dates import month_number
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS
from explorer.sources.encoding import encoding_of, is_utf8
from explorer.sources.formats.record_fields import editors_text, known_dates, numbers_in
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
    if _is_titled(_plainly_named(value)) or any(name.lower() in ("title", "display_name") for name in value):
        return [value]
    lists = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(item, dict) for item in v)]
    if len(lists) == 1:
        return lists[0]
    if keyed := next((some for one in (value, *map(value.get, _KEYED)) if (some := _by_key(one))), None):
        return keyed
    # What is called otherwise than a title elsewhere may be one, beside other fields of a paper; its lists are then its own.
    known = set(columns_to_fields(value).values())
    return [value] if "title" in known and not known.isdisjoint(_OF_A_PAPER) else _titled_lists(value) or [value]


_KEYED = ("items", "references", "papers", "results", "records", "entries")
"""Where programs keep records by their keys."""


def _by_key(value: Any) -> list[Any]:
    """The records of an object that holds them by their keys or numbers; none where it is anything else."""
    inner = mapping(value)
    keyed = inner and _APART_FROM.isdisjoint(inner) and all(_is_titled(_plainly_named(mapping(one))) for one in inner.values())
    return list(inner.values()) if keyed else []


_OF_A_PAPER = ("authors", "published", "year", "doi")


def _titled_lists(value: dict[str, Any]) -> list[Any]:
    """The objects of lists that have titles, of all such lists at the least depth within `value` that has any."""
    level = [value]
    for _ in range(4):
        inner = [found for one in level for found in one.values()]
        lists = [
            some
            for some in inner
            if isinstance(some, list)
            and some
            and all(isinstance(item, dict) and _is_titled(_plainly_named(item)) for item in some)
        ]
        if lists:
            return [item for some in lists for item in some]
        # What has a title is a paper, and what it lists are its references.
        level = [one for one in inner if isinstance(one, dict) and not _is_titled(_plainly_named(one))]
    return []


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
    record = _unwrapped(_plainly_named(record))
    if str(record.get("itemType", mapping(record.get("data")).get("itemType"))) in _APART:
        return {}
    # What `to_json_lines` wrote is read to the letter.
    ours = next(iter(record), "") == "id" and "precision" in record
    if not ours:
        _told_apart(record)
    for name, identifier in (record.get("externalIds") or {}).items() if isinstance(record.get("externalIds"), Mapping) else ():
        record.setdefault({"ArXiv": "arxiv_id", "DOI": "doi", "PubMed": "pmid"}.get(name, f"{name.lower()}_id"), identifier)
    journal = record.get("journal")
    if isinstance(journal, Mapping):
        # Semantic Scholar has a venue too, which is empty for many.
        record["journal"] = journal.get("name") or journal.get("title")
        for part in ("volume", "number", "pages"):
            record.setdefault(part, journal.get(part))
    if isinstance(named := record.get("publicationVenue"), Mapping):
        _fill(record, "venue", named.get("name"))
    if isinstance(source := record.get("source"), Mapping) and source.get("title"):
        # Lens has the journal under the name that others have for a database.
        _fill(record, "venue", record.pop("source")["title"])
    for schema_name, name in _SERVICE_NAMES:
        if schema_name not in record and record.get(name):
            record[schema_name] = record[name]
    for schema_name, name in () if ours else _LOOSE_NAMES:
        if (value := record.get(name)) and (name != "uri" or "://" in str(value)):
            _fill(record, schema_name, value)
    own = ours or (next(iter(record), "") == "id" and "published" not in record)
    told = {name: value for name, value in record.items() if not _is_nothing(value)}
    fields = _meant(told)
    known = {fields.get(name, name): value for name, value in told.items()}
    return {
        name: value if own and name in FIELDS and _is_plain(value) else _value(name, value) for name, value in known.items()
    }


def _is_plain(value: Any) -> bool:
    """Whether a value holds no objects, as a field of a paper table never does."""
    return not isinstance(value, Mapping) and not (isinstance(value, list) and any(isinstance(one, Mapping) for one in value))


_WITHIN = ("bib", "bibjson", "attributes", "data", "_source", "metadata", "fields", "record", "article", "work", "citingPaper",
           "citedPaper")  # fmt: skip
"""Under what services put the fields of a record: scholarly, DOAJ, DataCite, Zotero, Elasticsearch, Semantic Scholar and others."""
_APART_FROM = frozenset((*_WITHIN, "paper"))
"""Names within an object that are none of a record."""
_APART = frozenset(("note", "attachment", "annotation"))
"""Items of Zotero that are no papers."""
_PREFIX = re.compile(r"(?:dc|dcterms|prism|bibo|schema|foaf|oai_dc):")
_SOLR = re.compile(r"_(?:s|t|ss|txt|tdate|i|dt|en_s|fr_s)\Z")

# Services whose names of fields are no synonyms elsewhere.
_SERVICE_NAMES = (("id", "paperId"), ("published", "publicationDate"), ("authors", "author_display"), ("title", "title_display"),
                  ("keywords", "subject"), ("arxiv_id", "arxivId"))  # fmt: skip
_LOOSE_NAMES = (("published", "coverDate"), ("published", "producedDate"), ("authors", "authFullName"), ("keywords", "authkeywords"),
                ("doi", "doiId"), ("url", "uri"), ("venue", "pub"), ("pmid", "pubmed-id"), ("number", "issueIdentifier"),
                ("pages", "pageRange"), ("pages", "page"), ("year", "pub_year"), ("url", "pub_url"), ("year", "publicationYear"),
                ("authors", "z_authors"), ("published", "date_published"), ("year", "year_published"),
                ("keywords", "index_terms"), ("venue", "ParentTitle"))  # fmt: skip
"""Those that may mean something else: taken where no other name stands for the field."""


def _is_nothing(value: Any) -> bool:
    """Whether a field has no value; zero is one."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def _fill(record: dict[str, Any], field: str, value: Any) -> None:
    """Give a record a field that none of its names with a value stands for."""
    if _is_nothing(value) or not _is_nothing(record.get(field)):
        return
    if field not in FIELDS or field not in _meant(record).values():
        record[field] = value


def _meant(record: Mapping[str, Any]) -> Mapping[str, str]:
    """Fields that the names of a record with a value stand for."""
    return _fields_of(tuple(name for name, value in record.items() if not _is_nothing(value)))


@lru_cache(maxsize=1024)
def _fields_of(names: tuple[str, ...]) -> Mapping[str, str]:
    # The records of a file have much the same names.
    return MappingProxyType(columns_to_fields(names))


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """A record without the object, or two, that its fields stand in."""
    for _ in range(2):
        if _is_titled(record):
            break
        name = next((name for name in _WITHIN if _holds_title(record.get(name))), None)
        if name is None:
            break
        inner = _plainly_named(record.pop(name))
        record = {**record, **inner}
    return record


def _holds_title(value: Any) -> bool:
    """Whether a value is an object with a title, or with such an object."""
    inner = _plainly_named(mapping(value))
    return _is_titled(inner) or any(_is_titled(_plainly_named(mapping(inner.get(name)))) for name in _WITHIN)


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
    if not plain.get("author"):
        # Elsewhere than in Dublin Core who created a record may be another.
        plain |= {"authors": record["dc:creator"]} if record.get("dc:creator") and not plain.get("authors") else {}
    return plain


def _told_apart(record: dict[str, Any]) -> None:
    """Give fields of their own to what a record has in lists of objects of several kinds, and to a journal beside its title."""
    if isinstance(titles := record.get("titles"), list):
        record["title"] = record.get("title") or _first(titles, "title")
    if record.get("title") and isinstance(venue := record.get("publicationName"), str):
        # Elsewhere it is the title of a patent.
        _fill(record, "venue", venue)
        if record.get("venue") == venue:
            record.pop("publicationName")
    if isinstance(texts_of := record.get("descriptions"), list):
        told = [item for item in mappings(texts_of) if item.get("descriptionType") == "Abstract"]
        _fill(record, "abstract", _first(told, "description"))
    if isinstance(titles, list):
        _fill(record, "venue", mapping(record.get("container")).get("title") or record.get("publisher"))
    _take_creators(record)
    _take_identifiers(record)
    _take_dates(record)
    if "startingPage" in record or "start_page" in record:
        ends = (record.get("startingPage") or record.get("start_page"), record.get("endingPage") or record.get("end_page"))
        _fill(record, "pages", "-".join(dict.fromkeys(str(end) for end in ends if end)))


def _take_creators(record: dict[str, Any]) -> None:
    """Authors and editors out of Zotero's list of all people, which stays where it has others; and what it calls the container."""
    creators = record.get("creators")
    if not isinstance(creators, list) or not (
        "itemType" in record or any("creatorType" in item for item in mappings(creators))
    ):
        return
    roles = {"author": "authors", "editor": "editors"}
    people = [(roles.get(item["creatorType"]), _item(item)) for item in mappings(creators) if "creatorType" in item]
    authors, editors = ([name for role, name in people if role == wanted and name] for wanted in roles.values())
    record["authors"] = authors or [name for _, name in people if name]
    record |= {"editors": editors_text(editors)} if editors else {}
    if all(role for role, _ in people):
        record.pop("creators")
    _fill(record, "venue", next((record[name] for name in _CONTAINERS if record.get(name)), None))


def _take_identifiers(record: dict[str, Any]) -> None:
    """Numbers out of a list of them, and out of Zotero's field for what has none."""
    kinds = {"doi": "doi", "pmid": "pmid", "arxiv": "arxiv_id"}
    given = next((record[name] for name in ("identifier", "identifiers", "external_ids") if name in record), None)
    for one in given if isinstance(given, list) else []:
        parts = mapping(one)
        words = str(one).partition(":")
        kind = parts.get("type") or parts.get("identifierType") if parts else words[0]
        worth = parts.get("id") or parts.get("identifier") or parts.get("value") if parts else words[2]
        if worth and (field := kinds.get(str(kind).lower())):
            _fill(record, field, worth)
    for name, value in numbers_in(record.get("extra")).items():
        _fill(record, name, value)


_OF_THE_RECORD = frozenset(("created", "registered", "updated"))
"""Dates of what describes a paper."""


def _take_dates(record: dict[str, Any]) -> None:
    """The date out of a list of several kinds of them (DataCite), or put together of year, month and day."""
    kinds = {str(item.get("dateType")): item.get("date") for item in mappings(record.get("dates") or [])}
    issued = kinds.get("Issued") or kinds.get("Available")
    year, month, day = (next((name for name in record if name.lower() == part), "") for part in ("year", "month", "day"))
    if not issued and not month:
        return
    dated = next((name for name, field in _meant(record).items() if field == "published"), None)
    if issued and (dated is None or dated in _OF_THE_RECORD or str(issued).startswith(str(record[dated]))):
        record["published"] = issued
    elif dated in (None, month) and (number := month_number(str(record[month]))) and str(record.get(year, "")).isdecimal():
        days = str(record.get(day, ""))
        record["published"] = f"{record[year]}-{number:02d}" + (f"-{days:0>2}" if days.isdecimal() else "")
        record.pop(month)


_CONTAINERS = ("publicationTitle", "proceedingsTitle", "bookTitle", "encyclopediaTitle", "dictionaryTitle", "websiteTitle", "blogTitle",
               "conferenceName", "repository", "university", "institution", "publisher")  # fmt: skip


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
        found = [
            next((item[key] for key in ("value", "url", "href", "URL") if item.get(key)), None)
            if isinstance(item, Mapping)
            else item
            for item in value
        ]
        # The table takes the first of several addresses or numbers, and says so.
        return ("; " if name in ("url", "doi") else ", ").join(str(item) for item in found if not _is_nothing(item)) or None
    if name == "code_url" or FIELDS.get(name) == pa.large_string():
        return value if isinstance(value, str) else str(value)
    if isinstance(value, (dict, list)):
        import json

        # The standard writer takes every number; orjson stops at 64 bits.
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


_DEEPEST = 4


def _listed(value: Mapping[str, Any]) -> list[Any]:
    """Items of all lists within an object (``{"authors": [...]}``); of one that is an item itself, itself."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        objects = [one for one in level if isinstance(one, Mapping)]
        named = [one for one in objects if any(isinstance(one.get(key), str) for key in (*_WHOLE, *_GIVEN, *_FAMILY))]
        if items := named or [item for one in level if isinstance(one, list) for item in one]:
            return items
        level = [inner for one in objects for inner in one.values()]
    return [value] if any("name" in key.lower() for key in value) else [one for one in value.values() if isinstance(one, str)]


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

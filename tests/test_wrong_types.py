"""A value of another type than its place has costs no more than its own record, wherever in a record it stands."""

from __future__ import annotations

import copy
import datetime
import decimal
import io
import json
from collections.abc import Callable, Iterator
from itertools import chain, product
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from examples import some
from fuzz.seeds import SEEDS
from lxml import etree

from explorer.errors import ExplorerError, ReadError
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, to_table
from explorer.sources.formats.registry import FORMATS, read_files
from explorer.sources.services import crossref, hugging_face, openalex, semantic_scholar, zotero
from explorer.sources.services.answers import NOT_A_PAPER
from explorer.sources.source import Source

READERS = {form.__name__.rpartition(".")[2]: form for form in FORMATS}  # type: ignore[attr-defined]
VALUES = [
    None, 0, -1, 1.5, True, "", "x", [], {}, [1], ["x"], [[]], [None], {"a": 1}, [{}], [{"a": [1]}], 10**30, "\ud800",
]  # fmt: skip


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a value of JSON."""
    yield place
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*place, key))


def changed(whole: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    whole = copy.deepcopy(whole)
    part = whole
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return whole


def objects(name: str) -> Iterator[Any]:
    for seed in SEEDS[name]:
        text = seed.decode()
        try:
            yield json.loads(text)
        except ValueError:
            yield json.loads(text.splitlines()[0])


@pytest.mark.parametrize(
    "name",
    [
        "json_records",
        "csl_json",
        "openalex",
        "crossref",
        "arxiv_snapshot",
        "europe_pmc",
        "biorxiv",
        "dblp",
        "inspire",
        "pubmed_summary",
        "mendeley",
    ],
)
def test_readers_of_json(name: str) -> None:
    for whole in objects(name):
        for number, place in enumerate(places(whole)):
            for value in some(VALUES, number):
                ledger = Ledger()
                data = json.dumps(changed(whole, place, value)).encode()
                try:
                    rows = sum(table.num_rows for table in READERS[name].read(Source("x.json", data=data), ledger))
                except ReadError:
                    continue
                ledger.check(rows)


@pytest.mark.parametrize("name", ["hayagriva", "csl_yaml"])
def test_readers_of_yaml(name: str) -> None:
    for whole in (document for seed in SEEDS[name] for document in yaml.load_all(seed, Loader=yaml.BaseLoader)):
        for number, place in enumerate(places(whole)):
            for value in some(VALUES, number):
                ledger = Ledger()
                # JSON without half surrogates is YAML.
                data = json.dumps(changed(whole, place, value)).replace("\\ud800", "?").encode()
                rows = sum(table.num_rows for table in READERS[name].read(Source("x.yaml", data=data), ledger))
                ledger.check(rows)


def altered(xml: bytes) -> Iterator[bytes]:
    """XML in which one element was left out, emptied, filled, doubled, put into itself, or had its attributes taken or changed."""
    count = sum(isinstance(element.tag, str) for element in etree.fromstring(xml).iter())
    for place, change in product(range(count), range(7)):
        root = etree.fromstring(xml)
        element = [element for element in root.iter() if isinstance(element.tag, str)][place]
        parent = element.getparent()
        if change == 0 and parent is not None:
            parent.remove(element)
        elif change == 1:
            element.clear(keep_tail=True)
        elif change == 2:
            element.clear(keep_tail=True)
            element.text = "x"
        elif change == 3 and parent is not None:
            parent.append(copy.deepcopy(element))
        elif change == 4:
            element.attrib.clear()
        elif change == 5:
            element.attrib.update(dict.fromkeys(element.attrib, "\u00b2 "))
        elif change == 6:
            element.append(etree.Comment("c"))
            element.append(copy.deepcopy(element))
        yield etree.tostring(root, encoding="utf-8")


def is_xml(data: bytes) -> bool:
    try:
        return etree.fromstring(data) is not None
    except etree.XMLSyntaxError:
        return False


@pytest.mark.parametrize("name", [name for name, seeds in SEEDS.items() if any(map(is_xml, seeds))])
def test_readers_of_xml(name: str) -> None:
    for data in chain.from_iterable(altered(seed) for seed in SEEDS[name] if is_xml(seed)):
        ledger = Ledger()
        try:
            rows = sum(table.num_rows for table in READERS[name].read(Source("x.xml", data=data), ledger))
        except ReadError:
            continue
        ledger.check(rows)


def test_a_wrong_record_costs_no_other() -> None:
    good = {
        "id": "2001.00001",
        "title": "Good",
        "categories": "cs.DL",
        "update_date": "2020-01-01",
        "authors_parsed": [["A", "B", ""]],
    }
    lines = [good, {**good, "title": ["Bad"], "categories": 5}, {**good, "authors_parsed": [7.5], "authors": "C D and E F"}]
    found = read_files(Source("x.json", data="\n".join(map(json.dumps, lines)).encode()))
    assert found.table.column("title").to_pylist() == ["Good", "Good"]
    assert found.table.column("authors").to_pylist() == [["B A"], ["C D", "E F"]]
    (note,) = [note for note in found.ledger.notes if note.action == "rejected"]
    assert (note.record, note.line) == (2, 2)
    assert "another type" in note.reason


ITEMS: list[tuple[Any, Any, Callable[[list[Any]], Any]]] = [
    (hugging_face, {"paper": {"id": "2001.00001", "title": "T", "authors": [{"name": "A"}], "summary": "s", "upvotes": 1}, "numComments": 2}, list),
    (semantic_scholar, {"title": "T", "authors": [{"name": "A"}], "externalIds": {"DOI": "10.1000/x"}, "year": 2020}, lambda items: {"total": 2, "data": items}),
    (openalex, {"id": "W1", "title": "T", "authorships": [{"author": {"display_name": "A"}}], "concepts": [{"display_name": "c", "score": 0.5}], "locations": [{"landing_page_url": "http://x.org"}]}, lambda items: {"meta": {"count": 2}, "results": items}),
    (crossref, {"DOI": "10.1000/x", "title": ["T"], "author": [{"family": "A", "given": "B"}], "relation": {"has-preprint": [{"id": "10.1000/y"}]}}, lambda items: {"message": {"total-results": 2, "items": items}}),
    (zotero, {"key": "A", "data": {"itemType": "journalArticle", "title": "T", "creators": [{"creatorType": "author", "lastName": "A", "firstName": "B"}], "tags": [{"tag": "t"}]}, "meta": {}}, list),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "item", "page"), ITEMS, ids=[service.__name__.rpartition(".")[2] for service, _, _ in ITEMS]
)
def test_answers_of_services(service: Any, item: Any, page: Callable[[list[Any]], Any]) -> None:
    for number, place in enumerate(places(item)):
        for value in some(VALUES, number):
            records = service.parse(json.dumps(page([changed(item, place, value), item])).encode())
            assert len(records) == 2
            assert records[1]["title"] == "T"
            assert NOT_A_PAPER not in records[1]


COLUMNS: dict[str, pa.Array] = {
    "null": pa.nulls(2), "bool": pa.array([True, None]), "int64": pa.array([2020, -(2**60)]), "uint64": pa.array([2**64 - 1, None], pa.uint64()),
    "float": pa.array([2020.0, float("inf")]), "half": pa.array([1.0, None]).cast(pa.float16()), "decimal": pa.array([decimal.Decimal("1.25"), None]),
    "text": pa.array(["a; b", "\x00"]), "view": pa.array(["x", None]).cast(pa.string_view()), "bytes": pa.array([b"a", b"\xff"]),
    "dictionary": pa.array(["a", "b"]).dictionary_encode(), "numbers": pa.array([1, 2]).dictionary_encode(), "date": pa.array([datetime.date(2020, 1, 1), None]),
    "zoned": pa.array([datetime.datetime(2020, 1, 1), None], pa.timestamp("us", tz="Asia/Tokyo")), "time": pa.array([datetime.time(1, 2), None]),
    "duration": pa.array([datetime.timedelta(1), None]), "list": pa.array([["a", "b"], None]), "large list": pa.array([["a"], [None]], pa.large_list(pa.string())),
    "integers": pa.array([[1, 2], []]), "nested": pa.array([[["a"]], [[]]]), "structs": pa.array([[{"name": "x"}], [{"name": None}]]),
    "fixed": pa.array([["a", "b"], ["c", "d"]], pa.list_(pa.string(), 2)), "struct": pa.array([{"name": "x"}, None]),
    "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())), "nothing": pa.array([[None], []]), "raw": pa.array([[b"\xff"], []]),
}  # fmt: skip


@pytest.mark.parametrize("column", [*FIELDS, "extra"])
@pytest.mark.parametrize("kind", COLUMNS)
def test_columns(kind: str, column: str) -> None:
    table = pa.table({"title": ["t", "u"], "x": [1, 2], **{column: COLUMNS[kind]}})
    try:
        assert to_table(table).num_rows == 2
    except ExplorerError as error:
        assert (kind in ("bytes", "raw")) or (kind in ("time", "duration") and column == "published"), error
    buffer = io.BytesIO()
    try:
        pq.write_table(table, buffer)
    except pa.ArrowNotImplementedError:
        pytest.skip("Parquet has no such type")
    try:
        found = read_files(Source("x.parquet", data=buffer.getvalue()))
        found.ledger.check(found.table.num_rows)
    except ExplorerError as error:
        assert (kind in ("bytes", "raw")) or (kind in ("time", "duration") and column == "published"), error

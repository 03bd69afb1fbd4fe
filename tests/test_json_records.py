"""JSON and JSON lines, whole, broken and nested."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Import, ReadError, import_papers, read_papers, to_json_lines
from explorer.sources.encoding import SUSPECT
from explorer.sources.source import Source


def read(data: str | bytes, name: str = "papers.jsonl") -> Import:
    found = import_papers(Source(name, data=data.encode() if isinstance(data, str) else data))
    ledger = found.ledger
    assert ledger.read == ledger.accepted + ledger.rejected + ledger.merged
    assert ledger.accepted == len(found.papers)
    return found


PAPERS = [{"title": "A", "year": 2024, "authors": ["x", "y"]}, {"title": "B", "mood": "good"}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PAPERS),
        json.dumps(PAPERS, indent=2),
        "\ufeff" + json.dumps(PAPERS),
        "\n".join(map(json.dumps, PAPERS)),
        "\r\n".join(map(json.dumps, PAPERS)) + "\r\n",
        "\n\n" + "\n\n".join(map(json.dumps, PAPERS)),
        json.dumps({"results": PAPERS, "count": 2}),
        json.dumps([{"paper": paper} for paper in PAPERS]),
    ],
)
def test_every_way_to_write_a_list(text: str) -> None:
    found = read(text)
    assert found.papers["title"].tolist() == ["A", "B"]
    assert list(found.papers["authors"].iloc[0]) == ["x", "y"]
    assert found.papers["mood"].tolist() == [pd.NA, "good"]
    assert found.ledger.notes == []


def test_one_object_is_one_paper() -> None:
    assert read('{"title": "A"}').papers["title"].tolist() == ["A"]
    assert read('{\n "title": "A",\n "tags": ["x"]\n}').papers["title"].tolist() == ["A"]


def test_broken_lines_are_rejected_one_by_one() -> None:
    found = read('{"title": "A"}\n{"title": "B"\nnonsense\n[1, 2]\n3\nnull\n{}\n{"title": "C"}\n')
    assert found.papers["title"].tolist() == ["A", "C"]
    assert [(note.action, note.line) for note in found.ledger.notes] == [("rejected", line) for line in range(2, 8)]
    assert found.ledger.notes[1].before == "nonsense"


def test_items_that_are_no_objects_are_rejected() -> None:
    found = read('[{"title": "A"}, 3, "x", null, [], {}]')
    assert (found.ledger.accepted, found.ledger.rejected) == (1, 5)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"[{]", "JSON"),
        (b'[{"title": "A"}', "JSON"),
        (b"[" * 100_000, "JSON|deep"),
        (b'{"a":' * 100_000, "."),
    ],
)
def test_files_that_hold_no_papers(data: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=f"(?i){says}"):
        read_papers(Source("papers.json", data=data))


def test_wrong_types_become_text_or_are_noted() -> None:
    found = read(
        '{"title": 5, "year": "2024", "authors": "A; B", "upvotes": "many", "keywords": [1, null, "x"], "venue": {"name": "ICLR"}}\n'
        '{"title": ["a", "b"], "year": [2024], "abstract": true, "authors": [{"name": "Ada"}, null, {"x": 1}], "upvotes": 1e400}\n'
    )
    papers = found.papers
    assert papers["title"].iloc[0] == "5"
    assert papers["venue"].iloc[0] == "ICLR"
    assert [list(names) for names in papers["authors"]] == [["A", "B"], ["Ada"]]
    assert list(papers["keywords"].iloc[0]) == ["1", "x"]
    # A column that holds words is no count; it stays beside the empty one.
    assert papers["upvotes"].isna().all()
    assert papers["upvotes_text"].iloc[0] == "many"


def test_a_text_of_names_is_split_at_its_separator() -> None:
    assert [
        list(names)
        for names in read('{"title": "a", "authors": "Ada; Bob"}\n{"title": "b", "authors": "Cy"}\n').papers["authors"]
    ] == [
        ["Ada", "Bob"],
        ["Cy"],
    ]


def test_numbers_beyond_64_bits_stop_nothing() -> None:
    found = read(
        '{"title": "a", "year": [-9223372036854775809], "upvotes": 99999999999999999999, "x": {"y": 99999999999999999999}}\n{"title": "b"}\n'
    )
    assert found.papers["title"].tolist() == ["a", "b"]
    assert json.loads(found.papers["x"].iloc[0])["y"] == 99999999999999999999


def test_half_a_surrogate_pair_does_not_stop_the_reading() -> None:
    papers = read('{"title": "a \\ud800 b"}\n{"title": "c"}\n').papers
    assert len(papers) == 2
    assert papers["title"].iloc[0].encode()


def test_a_field_of_ten_megabytes() -> None:
    found = read(json.dumps({"title": "a", "abstract": "x" * 10_000_000}) + '\n{"title": "b"}\n')
    assert found.papers["abstract"].str.len().iloc[0] == 10_000_000
    assert len(found.papers) == 2


def test_the_answer_of_the_daily_papers_endpoint(shared_data: Path) -> None:
    (path,) = (shared_data / "hf_api").glob("api_daily_papers_*.json")
    raw = json.loads(path.read_bytes())
    papers = read(path.read_bytes(), path.name).papers
    assert papers["title"].tolist() == [item["paper"]["title"] for item in raw]
    assert papers["arxiv_id"].tolist() == [item["paper"]["id"] for item in raw]
    assert papers["upvotes"].tolist() == [item["paper"]["upvotes"] for item in raw]
    assert [len(names) for names in papers["authors"]] == [len(item["paper"]["authors"]) for item in raw]


def test_files_of_daily_papers(shared_data: Path) -> None:
    for path in sorted((shared_data / "hf_daily").glob("*.json")):
        raw = json.loads(path.read_bytes())["papers"]
        if raw:
            assert read(path.read_bytes(), path.name).papers["title"].tolist() == [item["title"] for item in raw]


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=4), part, max_size=3),
    max_leaves=6,
)
_names = st.sampled_from(
    ["title", "authors", "year", "published", "upvotes", "keywords", "doi", "id", "paper", "venue", "url", "x", ""]
)


@settings(max_examples=examples(120), deadline=None)
@given(st.lists(st.dictionaries(_names, _json, max_size=5), min_size=1, max_size=4), st.booleans())
def test_any_objects_are_read_or_rejected(records: list[dict[str, Any]], lines: bool) -> None:
    text = "\n".join(json.dumps(record) for record in records) if lines else json.dumps(records)
    try:
        found = read(text, "papers.jsonl" if lines else "papers.json")
    except ReadError:
        return
    # A lone object may wrap a list of records of its own.
    if len(records) > 1 or not lines:
        assert found.ledger.read == len(records)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": st.text(min_size=1, max_size=6).filter(lambda text: text.strip() and not re.search(SUSPECT, text)),
                "extra": st.text(max_size=5),
            }
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_reads_back(papers: list[dict[str, str]]) -> None:
    frame = pd.DataFrame(papers)
    data = to_json_lines(frame)
    assert [json.loads(line)["title"].strip() for line in data.decode().split("\n")[:-1]] == [
        paper["title"].strip() for paper in papers
    ]
    again = read(data)
    assert not [note for note in again.ledger.notes if note.action == "rejected"]
    assert [title.strip() for title in again.papers["title"]] == [paper["title"].strip() for paper in papers]


def test_numbers_beyond_64_bits_keep_their_digits() -> None:
    ids = [2**53 + 1, 2**63 + 1, 123456789012345678901]
    papers = [{"title": letter, "id": number} for letter, number in zip("ABC", ids, strict=True)]
    for text in (json.dumps(papers), "\n".join(map(json.dumps, papers)), json.dumps({"results": papers}, indent=1)):
        found = read(text)
        assert found.papers["id"].tolist() == list(map(str, ids))

"""Comma- and tab-separated values, as programs and people write them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Import, ReadError, import_papers, read_papers, to_csv, to_tsv
from explorer.sources.source import Source


def read(text: str | bytes, name: str = "papers.csv") -> Import:
    found = import_papers(Source(name, data=text.encode() if isinstance(text, str) else text))
    ledger = found.ledger
    assert ledger.read == ledger.accepted + ledger.rejected + ledger.merged
    assert ledger.accepted == len(found.papers)
    return found


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_delimiters_and_line_ends(mark: str, end: str, before: str) -> None:
    lines = [["Title", "Year", "Venue"], [f'"A{mark} B"', "2024", "ICLR"], ["Ünï", "", ""]]
    found = read(before + end.join(mark.join(cells) for cells in lines) + end)
    assert found.papers["title"].tolist() == [" ".join(f"A{mark} B".split()), "Ünï"]
    assert found.papers["year"].tolist() == [2024, pd.NA]
    assert found.papers["venue"].tolist() == ["ICLR", pd.NA]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    papers = read("title,venue\nÉtude naïve,Café\nPlain,Zürich\n".encode(encoding)).papers
    assert papers["title"].tolist() == ["Étude naïve", "Plain"]
    assert papers["venue"].tolist() == ["Café", "Zürich"]


def test_rows_of_other_lengths_are_repaired_or_rejected_with_their_line() -> None:
    found = read('title,venue,year\n"two\nlines",x,2020\nshort\nlong,x,2021,"more",y\nfine,x,2022,,\n\n,,\nlast,x,2023\n')
    assert [title.split()[-1] for title in found.papers["title"]] == ["lines", "short", "fine", "last"]
    notes = {(note.action, note.line) for note in found.ledger.notes}
    assert ("rejected", 5) in notes
    assert ("repaired", 4) in notes
    (rejected,) = [note for note in found.ledger.notes if note.action == "rejected"]
    assert "more" in rejected.before


def test_a_value_that_cannot_be_is_noted_with_its_line() -> None:
    found = read("title,year,doi\na,soon,10.1000/x\nb,2024,nothing\n")
    assert [(note.line, note.field, note.before) for note in found.ledger.notes] == [(2, "year", "soon"), (3, "doi", "nothing")]
    assert found.ledger.repaired == 2


def test_columns_that_are_not_known_survive() -> None:
    papers = read("title,My Rating,color\na,5,red\nb,,\n").papers
    assert papers["My Rating"].tolist() == ["5", pd.NA]
    assert papers["color"].tolist() == ["red", pd.NA]


def test_lists_of_names() -> None:
    assert [list(names) for names in read('title,authors\na,"Lee, K.; Li, M."\nb,"Ada"\n').papers["authors"]] == [
        ["Lee, K.", "Li, M."],
        ["Ada"],
    ]
    assert [list(names) for names in read('title,authors\na,"Ada Lovelace, Grace Hopper"\n').papers["authors"]] == [
        ["Ada Lovelace", "Grace Hopper"]
    ]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Doe, J., Roe, R.A.", ["Doe, J.", "Roe, R.A."]),
        ("Doe, J., van der Poe, P.-Q. and O'Neil, B", ["Doe, J.", "van der Poe, P.-Q.", "O'Neil, B"]),
        ("Doe, J., Roe, R., & Poe, P.", ["Doe, J.", "Roe, R.", "Poe, P."]),
        ("LI, X, HU, J", ["LI, X", "HU, J"]),
        ("Doe, J. & Roe, R.", ["Doe, J.", "Roe, R."]),
        ("Li, Wei, Zhang, Jun", ["Li, Wei", "Zhang, Jun"]),
        ("Lim SM, Lau Y", ["Lim SM", "Lau Y"]),
    ],
)
def test_commas_may_part_names_from_initials(cell: str, names: list[str]) -> None:
    assert [list(found) for found in read(f'title,authors\na,"{cell}"\n').papers["authors"]] == [names]


def test_a_group_among_people_is_one_name() -> None:
    people = "".join(f'{n},"Doe, J., Roe, R."\n' for n in range(9))
    assert list(read(f'title,authors\na,"Doe, J., WHO Group, Roe, R."\n{people}').papers["authors"][0]) == [
        "Doe, J.",
        "WHO Group",
        "Roe, R.",
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty|title"),
        (b"a,b,c\n1,2,3\n", "title"),
        (b"\x00\x01\x02\xff" * 50, "title|format|known"),
    ],
)
def test_files_that_hold_no_papers(data: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=f"(?i){says}"):
        read_papers(Source("papers.csv", data=data))


def test_a_header_without_rows() -> None:
    assert len(read("title,year\n").papers) == 0


def test_a_field_of_ten_megabytes() -> None:
    text = "word " * 2_000_000
    found = read(f'title,abstract\n"a","{text}"\nb,c\n')
    assert len(found.papers) == 2
    assert len(found.papers["abstract"].iloc[0]) == len(text.strip())


def test_a_quotation_mark_that_is_never_closed_hides_no_record() -> None:
    found = read('title,venue\nc,"y, z"\n"two\nlines",x\n\na,x\n"b,x\nd,x\ne,x')
    assert [" ".join(title.split()) for title in found.papers["title"]] == ["c", "two lines", "a", "b", "d", "e"]
    assert found.papers["venue"].tolist() == ["y, z", "x", "x", "x", "x", "x"]
    assert [(note.line, note.before) for note in found.ledger.notes] == [(7, '"b,x')]
    whole = read('title,venue\na,x\nb,"two\nlines"')
    assert (whole.ledger.read, whole.ledger.notes) == (2, [])


def test_quotation_marks_without_number_cost_no_more_than_the_file_is_long() -> None:
    rows = 400
    found = read("title,venue\n" + "".join(f'"a{row} x\n' if row % 2 else f'b{row},"y" z"\n' for row in range(rows)) + '"')
    assert found.ledger.read == found.ledger.accepted + found.ledger.rejected
    text = " ".join(str(value) for value in found.papers[["title", "venue"]].to_numpy().ravel())
    assert all(f"{letter}{row}" in text for row in range(rows) for letter in ("a" if row % 2 else "b"))


def test_columns_of_one_name_and_of_none_keep_their_cells() -> None:
    [paper] = read("Title,,Title,Keywords,Keywords,Title_2\nA,n,B,x,y,C\n").table.to_pylist()
    given = {name: paper[name] for name in ("title", "keywords", "Title_2", "Title_3", "Keywords_2", "column 2")}
    assert given == {"title": "A", "keywords": ["x"], "Title_2": "C", "Title_3": "B", "Keywords_2": "y", "column 2": "n"}


_cell = st.text(st.sampled_from("ab ,;|\t\n\"'=+-@é深😀"), max_size=8)
_papers = st.lists(
    st.fixed_dictionaries(
        {
            "title": _cell.filter(str.strip),
            "abstract": st.none() | _cell.filter(str.strip),
            "authors": st.none() | st.lists(_cell.map(str.strip).filter(bool), min_size=1, max_size=3),
            "published": st.none() | st.sampled_from(["2024", "2024-03", "2024-03-11"]),
            "upvotes": st.none() | st.integers(0, 10_000),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=examples(60), deadline=None)
@given(_papers)
def test_what_is_written_reads_back(papers: list[dict[str, Any]]) -> None:
    frame = import_papers(Source("p.jsonl", data="\n".join(pd.Series(papers).map(_json)).encode())).papers
    for write, name in ((to_csv, "out.csv"), (to_tsv, "out.tsv")):
        data = write(frame)
        again = read(data, name)
        assert not [note for note in again.ledger.notes if note.action == "rejected"]
        for column in ("title", "abstract", "authors", "published", "precision", "upvotes", "id"):
            assert _plain(again.papers[column]) == _plain(frame[column]), column


def _json(paper: dict[str, Any]) -> str:
    import json

    return json.dumps(paper)


def _plain(column: pd.Series) -> list[Any]:
    """Values without their white space at the ends, which readers trim."""
    return [
        None if value is pd.NA or value is None else value.strip() if isinstance(value, str) else value
        for value in map(_listed, column)
    ]


def _listed(value: Any) -> Any:
    return [item.strip() for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(st.text(st.sampled_from("=+-@\t\r'a1 ＝"), min_size=1, max_size=6))
def test_no_cell_starts_like_a_formula(text: str) -> None:
    data = to_csv(pd.DataFrame({"title": ["t"], "abstract": [text], "note": [text]}))
    for row in csv.reader(io.StringIO(data.decode(), newline="")):
        for cell in row:
            assert cell[:1] not in ("\t", "\r"), row
            assert cell.strip()[:1] not in ("=", "+", "-", "@", "＝"), row

"""Write, then read, is the identity on the schema, apart from what each format's module says it cannot hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pyarrow as pa
import pytest
from examples import examples
from hypothesis import HealthCheck, assume, given, settings
from paper_tables import table_of, tables, with_single_spaces

from explorer.papers.author_names import display
from explorer.papers.ledger import Ledger
from explorer.papers.schema import FIELDS, conform
from explorer.sources.encoding import SUSPECT
from explorer.sources.formats.bibtex.bibtex import to_bibtex
from explorer.sources.formats.json.csl_json import to_csl_json
from explorer.sources.formats.json.json_records import to_json_lines
from explorer.sources.formats.registry import read_files
from explorer.sources.formats.tables.delimited import to_csv, to_tsv
from explorer.sources.formats.tables.excel import CELL, to_excel
from explorer.sources.formats.tables.parquet import to_parquet
from explorer.sources.formats.tagged.ris import to_ris
from explorer.sources.source import Source
from explorer.text.markup import unicode_maths

Writer = Callable[[pa.Table], bytes]
_slow = settings(max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck))


def _assume_decoded(table: pa.Table) -> None:
    """Leave aside texts that look as if they had been decoded wrongly: those are restored when they are read."""
    assume(not re.search(SUSPECT, json.dumps(table.to_pylist(), default=str, ensure_ascii=False)))


def _read_back(data: bytes, name: str) -> pa.Table:
    result = read_files(Source(name, data=data))
    assert result.ledger.read == result.ledger.accepted + result.ledger.rejected + result.ledger.merged
    return result.table.select(list(FIELDS)).combine_chunks()


def _assert_same(found: pa.Table, wanted: pa.Table) -> None:
    assert found.num_rows == wanted.num_rows
    for name in FIELDS:
        assert found.column(name).to_pylist() == wanted.column(name).to_pylist(), name
        assert found.column(name).type == wanted.column(name).type, name


@pytest.mark.parametrize(
    ("write", "name"),
    [(to_csv, "x.csv"), (to_tsv, "x.tsv"), (to_json_lines, "x.jsonl"), (to_parquet, "x.parquet"), (to_csl_json, "x.json")],
    ids=["csv", "tsv", "json lines", "parquet", "csl-json"],
)
@_slow
@given(table=tables())
def test_to_the_letter(write: Writer, name: str, table: pa.Table) -> None:
    _assume_decoded(table)
    _assert_same(_read_back(write(table), name), table)


@_slow
@given(table=tables())
def test_excel_but_for_two_noncharacters(table: pa.Table) -> None:
    _assume_decoded(table)
    dropped = {0xFFFE: None, 0xFFFF: None}
    papers = table.to_pylist()
    for paper in papers:
        for name, value in paper.items():
            if isinstance(value, str):
                paper[name] = value.translate(dropped) or None
            elif isinstance(value, list):
                paper[name] = [item.translate(dropped) for item in value]
                assume(all(paper[name]))
        assume(paper["id"])
    assume(len({paper["id"] for paper in papers}) == len(papers))
    _assert_same(_read_back(to_excel(table), "x.xlsx"), table_of(papers))


def _by_display(table: pa.Table) -> pa.Table:
    """The same table with names as they are shown, whichever of their forms they have."""
    shown = [
        None if names is None else [" ".join((display(name) or name).strip("{}").split()) for name in names]
        for names in table.column("authors").to_pylist()
    ]
    # What is shown of a name may be what stands for none.
    return conform(table.set_column(table.column_names.index("authors"), "authors", pa.array(shown, FIELDS["authors"])))


@pytest.mark.parametrize(("write", "name"), [(to_bibtex, "x.bib"), (to_ris, "x.ris")], ids=["bibtex", "ris"])
@_slow
@given(table=tables())
def test_but_for_white_space_and_the_form_of_names(write: Writer, name: str, table: pa.Table) -> None:
    _assume_decoded(table)
    wanted = with_single_spaces(table)
    assume(all(wanted.column("id").to_pylist()))
    # A formula that stands in a text as LaTeX is written as one, and read as its characters.
    # Braces are how the table marks the name of a body.
    assume(not any(set("{}") & set(name) for paper in table.to_pylist() for name in paper["authors"] or ()))
    texts = [paper[field] or "" for paper in table.to_pylist() for field in ("title", "abstract", "venue")]
    assume(texts == [unicode_maths(text) for text in texts])
    _assert_same(_by_display(_read_back(write(table), name)), _by_display(wanted))


def test_excel_cuts_what_a_cell_cannot_hold_and_says_so() -> None:
    names = [f"Author Number {number}" for number in range(4000)]
    table = table_of([{"id": "a", "title": "t" * (CELL + 5), "authors": names, "abstract": "😀" * CELL}])
    ledger = Ledger()
    found = _read_back(to_excel(table, ledger=ledger), "x.xlsx")
    assert {note.field for note in ledger.notes} == {"title", "authors", "abstract"}
    assert all(note.action == "lost" for note in ledger.notes)
    assert found.column("title")[0].as_py() == "t" * CELL
    assert found.column("abstract")[0].as_py() == "😀" * (CELL // 2)
    kept = found.column("authors")[0].as_py()
    assert kept == names[: len(kept)]
    assert len(kept) > 1500


@pytest.mark.parametrize("write", [to_bibtex, to_ris, to_csl_json])
def test_columns_without_a_place_are_named(write: Callable[..., bytes]) -> None:
    table = table_of([{"id": "a", "title": "T"}]).append_column("My column!", pa.array(["x"]))
    ledger = Ledger()
    write(table, ledger=ledger)
    assert [note.field for note in ledger.notes if note.action == "lost"] == ["My column!"]

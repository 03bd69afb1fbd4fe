"""RIS by columns, against one line after the other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

import explorer
from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged import ris, ris_lines
from explorer.sources.source import Source

KNOWN = {*ris_lines.TAGS, "ER", "DOI"}
TAG = re.compile(r"\s{0,3}(DOI|[A-Z][A-Z0-9])(  ?|\t)-(?:[ \t]|$)(.*)")


def by_line(text: str) -> list[tuple[int, bool, dict[str, list[str]]]]:
    """Line, completeness, and values of each tag of every record; a continued value has its lines apart."""
    found: list[tuple[int, bool, dict[str, list[list[str]]]]] = []
    fields: dict[str, list[list[str]]] | None = None
    start, tag, narrow = 0, "", True
    within = types_within(text)
    for number, line in enumerate(text.split("\n"), start=1):
        match = TAG.match(line)
        if match is None or (match.group(2) != "  " and match.group(1) not in (KNOWN if narrow else ("TY", "ER"))):
            if fields is not None:
                fields[tag][-1].append(line)
            continue
        tag = match.group(1)[:2]
        if tag == "TY":
            narrow = match.group(2) != "  "
        if tag == "ER" and not match.group(3).strip(" \t"):
            narrow = True
        if fields is not None and tag in (("ER",) if within else ("TY", "ER")):
            found.append((start, tag == "ER" and "TY" in fields, fields | ({"ER": []} if tag == "ER" else {})))
            fields = None
        if tag != "ER":
            if fields is None:
                fields, start = {}, number
            fields.setdefault(tag, []).append([match.group(3)])
    if fields is not None:
        found.append((start, False, fields))
    # Without a type, an end and a title it is no record.
    found = [(line, whole, fields) for line, whole, fields in found if "TY" in fields or "ER" in fields or "TI" in fields]
    for _, _, fields in found:
        fields.pop("ER", None)
    return [
        (line, whole, {tag: ["\n".join(filter(None, (" ".join(part.split()) for part in value))) for value in values] for tag, values in fields.items()})
        for line, whole, fields in found
    ]  # fmt: skip


def types_within(text: str) -> bool:
    """Whether the first record has its type behind its title or its names, and no second title behind that."""
    lines = (re.match(r"[ \t]{0,3}(..)(?:  ?|\t)-([ \t].*|)$", line) for line in text.split("\n"))
    found = [(match.group(1), match.group(2).strip(" \t")) for match in lines if match]
    tags = [tag for tag, value in found if tag == "TY" or bool(value) == (tag != "ER")]
    record = tags[: tags.index("ER")] if "ER" in tags else []
    if record.count("TY") != 1:
        return False
    before, after = record[: record.index("TY")], record[record.index("TY") + 1 :]
    titles = ({"TI", "T1"}.intersection(some) for some in (before, after))
    return not {"TI", "T1", "AU", "A1"}.isdisjoint(before) and not all(titles)


def by_column(text: str) -> list[tuple[int, bool, dict[str, list[str]]]]:
    done = ris_lines.split(text.encode(), 1, within=ris_lines.types_within(text.encode()))
    records: list[dict[str, list[str]]] = [{} for _ in range(done.table.count)]
    for value, code, record in zip(done.table.values.to_pylist(), done.table.codes, done.table.records, strict=True):
        records[record].setdefault(done.table.tags[code], []).append(value)
    return list(zip(done.lines.tolist(), done.complete.tolist(), records, strict=True))


VALUES = st.text(st.sampled_from("ab<&; -\t\u00a0\u3000é\x00"), max_size=6)
TAGS = st.sampled_from(["TY", "ER", "AU", "TI", "KW", "ZZ", "Q1", "DOI"])
LINES = st.one_of(
    st.builds("{}  - {}".format, TAGS, VALUES),
    st.builds("{}{}-{}{}".format, TAGS, st.sampled_from([" ", "  ", "\t"]), st.sampled_from(["", " ", "\t"]), VALUES),
    st.builds("{}{}  - {}".format, st.sampled_from([" ", "   ", "    ", "\u00a0", "1."]), TAGS, VALUES),
    st.sampled_from(["", "ER  - ", "ER  -", "TY  - JOUR", "ER  - end", " ", "1."]),
    VALUES,
)


@settings(deadline=None, max_examples=examples(400))
@given(st.lists(LINES, max_size=14).map("\n".join))
def test_records_are_those_of_reading_line_by_line(text: str) -> None:
    assert by_column(text) == by_line(text)


@settings(deadline=None)
@example(["AU  - a", "TY  - ", "ER  - ", "TY  - ", "TI  - b", "ER  - "], 9)
@example(["TY  - ", "ER  - ", "TI - ", ";"], 1)
@example(["TY  - ", "ER  - ", "AU - ", ";"], 1)
@given(st.lists(LINES, max_size=20), st.integers(1, 40))
def test_where_a_file_is_cut_into_blocks_makes_no_difference(lines: list[str], size: int) -> None:
    data = "\n".join(lines).encode()

    def papers() -> tuple[list[dict[str, object]], list[tuple[object, ...]], Ledger]:
        ledger = Ledger()
        rows = [row for table in ris.read(Source("x", data=data), ledger) for row in table.to_pylist()]
        ledger.check(len(rows))
        kept = [{name: value for name, value in row.items() if value} for row in rows]
        return kept, sorted(map(tuple, ledger.notes), key=repr), ledger

    whole, notes, _ = papers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ris_lines, "_BLOCK", size)
        cut, cut_notes, _ = papers()
    assert cut == whole
    assert cut_notes == notes


def test_fields_come_from_the_first_tag_that_has_text_whatever_its_place() -> None:
    data = (
        b"TY  - JOUR\nT2  - B\nJF  - A\nAU  - \nA1  - X\nAU  - Y\nKW  - a; b\nKW  - b;c\nVL  - 1\nVO  - 2\nN1  - p\nN1  - q\nER  - \n"
        b"TY  - CHAP\nBT  - Book\nT2  - Other\nTI  - t\nER  - \n"
        b"TY  - BOOK\nED  - E\nBT  - Book\nPB  - House\nER  - \n"
    )
    (table,) = ris.read(Source("x", data=data), Ledger())
    article, chapter, book = table.to_pylist()
    assert (article["venue"], article["authors"], article["keywords"]) == ("A", ["X", "Y"], ["a", "b", "c"])
    assert (article["volume"], article["note"]) == ("2", "p\nq")
    assert (chapter["venue"], chapter["title"]) == ("Other", "t")
    assert (book["title"], book["authors"], book["venue"]) == ("Book", ["E"], "House")


def test_own_and_other_records_keep_their_order() -> None:
    own = "TY  - JOUR\nTI  - own {0}\nDA  - 2024/03//\nC7  - upvotes=7\nDP  - Literature Explorer\nER  - \n"
    other = "TY  - JOUR\nTI  - other {0}\nPY  - 2020\nER  - \n"
    data = "".join((own if number % 3 else other).format(number) for number in range(10)).encode()
    (table,) = ris.read(Source("x", data=data), Ledger())
    assert table.column("title").to_pylist() == [f"{'own' if number % 3 else 'other'} {number}" for number in range(10)]
    assert table.column("upvotes").to_pylist() == [7 if number % 3 else None for number in range(10)]
    assert np.array_equal(table.column("year").to_pylist(), [2024 if number % 3 else 2020 for number in range(10)])


def test_a_record_without_an_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ris_lines, "_BLOCK", 10)
    monkeypatch.setattr(ris_lines, "_RECORD", 100)
    with pytest.raises(ReadError, match="record of more than"):
        list(ris.read(Source("x", data=b"TY  - JOUR\n" + b"\n" * 200), Ledger()))
    records = b"TY  - JOUR\nTI  - x\n" * 20
    assert sum(table.num_rows for table in ris.read(Source("x", data=records), Ledger())) == 20


def test_a_record_of_which_only_the_type_is_known_is_no_paper() -> None:
    ledger = Ledger()
    (table,) = ris.read(Source("x", data=b"TY  - JOUR\nER  - \nTY  - BOOK\nTI  - t\nER  - \n"), ledger)
    assert table.column("title").to_pylist() == ["t"]
    assert [(note.action, note.record, note.line) for note in ledger.notes] == [("rejected", 1, 1)]


def test_bodies_whose_names_have_commas_are_written_without_braces_and_read_again_as_bodies(tmp_path: Path) -> None:
    names = ["{van Gogh, Vincent}", "Smith, John", "{Aurora Borealis}", "{World Lake, Second Office}"]
    papers = pd.DataFrame(
        {"title": ["One", "Two"], "authors": [names, ["van Gogh, Vincent"]], "editors": ["{Aurora, Borealis}", None]}
    )
    path = tmp_path / "bodies.ris"
    written = explorer.to_ris(papers, path).decode()
    assert "{" not in written
    assert "AU  - van Gogh, Vincent\r\n" in written
    again = explorer.read_papers(path)
    # The person of the same name in another record stays one.
    assert [list(some) for some in again["authors"]] == [names, ["van Gogh, Vincent"]]
    assert again["editors"].to_list()[0] == "{Aurora, Borealis}"

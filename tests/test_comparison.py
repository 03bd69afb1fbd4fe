"""New, gone and shared, against plain sets; dates against going through the papers."""

from __future__ import annotations

import calendar
import datetime as dt

import oracles
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, SchemaError, Selection, SelectionError, compare, compare_dates
from explorer.search.comparison import last_day

Corpora = list[tuple[Corpus, list[oracles.Paper]]]
IDS = st.lists(st.text(min_size=1, max_size=3), max_size=12)


@settings(deadline=None)
@given(a=IDS, b=IDS)
def test_frames_against_sets(a: list[str], b: list[str]) -> None:
    found = compare(pd.DataFrame({"id": a}, dtype="object"), pd.DataFrame({"id": b, "title": b}, dtype="object"))
    expected = [(item, "shared" if item in a else "new") for item in dict.fromkeys(b)]
    expected += [(item, "gone") for item in dict.fromkeys(a) if item not in b]
    assert list(zip(found["id"], found["status"], strict=True)) == expected
    counts = {"new": len(set(b) - set(a)), "gone": len(set(a) - set(b)), "shared": len(set(a) & set(b))}
    assert found.attrs["counts"] == counts
    for row in found.itertuples():
        firsts = list(dict.fromkeys(a)), list(dict.fromkeys(b))
        for place, ids in ((row.before, firsts[0]), (row.after, firsts[1])):
            assert (ids.index(row.id) + 1 == place) if row.id in ids else place is pd.NA
        assert row.title == row.id if row.id in b else pd.isna(row.title)


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_selections_against_the_oracle(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    a, b = (data.draw(oracles.selections(corpus.topics.labels)) for _ in range(2))
    sides = [{paper["id"] for paper in papers if oracles.passes(selection, paper)} for selection in (a, b)]
    found = corpus.compare(a, b)
    groups = {status: set(rows["id"]) for status, rows in found.groupby("status", observed=False)}
    assert groups == {"new": sides[1] - sides[0], "gone": sides[0] - sides[1], "shared": sides[0] & sides[1]}
    turned = corpus.compare(b, a).attrs["counts"]
    assert turned == {**found.attrs["counts"], "new": found.attrs["counts"]["gone"], "gone": found.attrs["counts"]["new"]}
    same = corpus.compare(a, a).attrs["counts"]
    assert (same["new"], same["gone"], same["shared"]) == (0, 0, len(sides[0]))


def ends(date: str) -> dt.date:
    parts = [int(part) for part in date.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return dt.date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


DATES = st.one_of(
    st.integers(2018, 2025).map(str),
    st.tuples(st.integers(2018, 2025), st.integers(1, 12)).map(lambda d: f"{d[0]}-{d[1]:02d}"),
    st.dates(dt.date(2018, 1, 1), dt.date(2025, 12, 31)).map(str),
)


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data(), before=DATES, after=DATES)
def test_dates_against_the_oracle(data: st.DataObject, before: str, after: str, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    before, after = sorted((before, after), key=ends)
    found = compare_dates(corpus.results(Selection()), before, after)
    known = {paper["id"]: ends(paper["published"]) for paper in papers if paper["published"]}
    old = {item for item, date in known.items() if date <= ends(before)}
    new = {item for item, date in known.items() if ends(before) < date <= ends(after)}
    assert set(found.loc[found["status"] == "new", "id"]) == new
    assert set(found.loc[found["status"] == "shared", "id"]) == old
    assert found.attrs["counts"]["gone"] == 0
    assert found.attrs["undated"] == len(papers) - len(known)


@given(date=DATES)
def test_last_day(date: str) -> None:
    assert str(last_day(date)) == str(ends(date))


@pytest.mark.parametrize(
    "date", ["", "soon", "2023-13", "2023-02-30", "2023-2", "0000", "20230101", "2023-01-01T00", "−5", "٢٠٢٣x", None]
)
def test_no_date(date: str) -> None:
    with pytest.raises(SelectionError, match="no date"):
        last_day(date)


def test_what_cannot_be_compared(corpora: Corpora) -> None:
    with pytest.raises(SchemaError, match="'id'"):
        compare(pd.DataFrame({"title": ["a"]}), pd.DataFrame({"id": ["a"]}))
    for missing in (None, ""):
        with pytest.raises(SchemaError, match="row 1"):
            compare(pd.DataFrame({"id": ["a", missing]}), pd.DataFrame({"id": ["a"]}))
    with pytest.raises(SelectionError, match="later"):
        compare_dates(corpora[-1][0].results(Selection()), "2024", "2023-05")

"""What a selection shows, against going through the papers one by one."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pandas as pd
import pyarrow.parquet as pq
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, QueryError, Selection
from explorer.memory import Cache
from explorer.papers.author_names import display
from explorer.search import results as results_module
from explorer.search.results import Results
from explorer.store import snapshot as snapshot_module

Corpora = list[tuple[Corpus, list[oracles.Paper]]]
FACETS = ("topics", "venues", "authors", "keywords", "has_code", "years", "months")


def named_counts(results: Results, field: str) -> dict[Any, int]:
    """Counts of a facet by value, without zeros."""
    counts = results.counts(field).tolist()
    if field == "has_code":
        names: list[Any] = [False, True]
    elif field == "years":
        names = list(range(results.snapshot.year_span[0], results.snapshot.year_span[1] + 1))
    elif field == "months":
        first, last = results.snapshot.year_span
        names = [f"{year:04d}-{month:02d}" for year in range(first, last + 1) for month in range(1, 13)]
    else:
        names = results.snapshot.facet(field).values.to_pylist()
    assert len(names) == len(counts)
    return {name: count for name, count in zip(names, counts, strict=True) if count}


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_papers_and_counts_of_random_selections(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    selection = data.draw(oracles.selections(corpus.topics.labels))
    results = corpus.results(selection)
    expected = [row for row, paper in enumerate(papers) if oracles.passes(selection, paper)]
    assert np.flatnonzero(results.mask).tolist() == expected
    assert results.shown == len(expected)
    assert sorted(results.rows().tolist()) == expected
    for field in data.draw(st.permutations(FACETS)):
        assert named_counts(results, field) == dict(oracles.count(selection, papers, field)), field


@settings(max_examples=examples(50), deadline=None)
@given(data=st.data())
def test_the_first_pages_are_those_of_all_hits(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora[2:]))
    selection = replace(data.draw(oracles.selections(corpus.topics.labels)), sort="relevance", query=data.draw(oracles.queries))
    node, stop = selection.parsed, data.draw(st.integers(1, 6))
    if node is None:
        return
    hits = corpus.snapshot.index.hits(node)
    score = dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))
    shown = [row for row in score if oracles.passes(selection, papers[row])]
    expected = sorted(shown, key=lambda row: (-score[row], row))
    with pytest.MonkeyPatch.context() as patch:
        # As if these few papers were many.
        for module in (results_module, snapshot_module):
            patch.setattr(module, "LEADING", 4)
            patch.setattr(module, "FIRST", 2)
        # And as if to ask for one by its id took no time, or much.
        patch.setattr(results_module, "BY_ID", data.draw(st.sampled_from((0, 12, 1000))))
        for kept in (corpus.snapshot._masks, corpus.snapshot._hits, corpus.snapshot._leading):
            kept.clear()
        results = Results(corpus.ranker, selection)
        assert results.rows(0, stop).tolist() == expected[:stop]
        assert results.scores(np.array(expected[:stop], int)).tolist() == [score[row] for row in expected[:stop]]
        assert results.rows().tolist() == expected
        corpus.snapshot._masks.clear()


@settings(max_examples=examples(50), deadline=None)
@given(data=st.data())
def test_the_order_of_filters_never_matters(data: st.DataObject, corpora: Corpora) -> None:
    corpus, _ = data.draw(st.sampled_from(corpora))
    wanted = data.draw(oracles.selections(corpus.topics.labels))
    whole = corpus.results(wanted)
    selection = Selection()
    for name in data.draw(st.permutations([field.name for field in fields(Selection)])):
        selection = selection.with_({name: getattr(wanted, name)})
        corpus.results(selection).counts("topics")
    results = corpus.results(selection)
    assert results.rows().tolist() == whole.rows().tolist()
    for field in FACETS:
        assert np.array_equal(results.counts(field), whole.counts(field))


def expected_order(selection: Selection, papers: list[oracles.Paper], rows: list[int]) -> list[int]:
    """Rows in the order of a selection that does not sort by relevance."""

    def day(row: int) -> int | None:
        text = papers[row]["published"]
        return None if text is None else int((text + "-01-01")[:10].replace("-", ""))

    def title(row: int) -> str:
        text = (papers[row]["title"] or "\uffff").lower()
        return "".join(itertools.dropwhile(lambda c: unicodedata.category(c)[0] not in "LN", text))

    orders = {
        "newest": lambda row: (day(row) is None, -(day(row) or 0), row),
        "oldest": lambda row: (day(row) is None, day(row) or 0, row),
        "title": lambda row: (title(row).encode(), row),
    }
    return sorted(rows, key=orders["newest" if selection.sort == "relevance" else selection.sort])


@settings(max_examples=examples(75), deadline=None)
@given(data=st.data())
def test_orders_and_pages(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    selection = data.draw(oracles.selections(corpus.topics.labels))
    results = corpus.results(selection)
    rows = results.rows().tolist()
    size = data.draw(st.integers(1, 30))
    pages = [corpus.results(selection).rows(start, start + size).tolist() for start in range(0, max(len(rows), 1), size)]
    assert [row for page in pages for row in page] == rows
    if selection.sort == "upvotes":
        votes = [-1 if papers[row]["upvotes"] is None else papers[row]["upvotes"] for row in rows]
        assert votes == sorted(votes, reverse=True)
    elif selection.sort == "relevance" and selection.query:
        scores = results.scores(np.array(rows, int))
        assert all((a, -r) >= (b, -s) for (a, r), (b, s) in itertools.pairwise(zip(scores, rows, strict=True)))
        hits = corpus.snapshot.index.hits(results._node)
        assert (
            dict(zip(rows, scores.tolist(), strict=True)).items()
            <= dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True)).items()
        )
    else:
        assert rows == expected_order(selection, papers, rows)


@settings(max_examples=examples(50), deadline=None)
@given(data=st.data())
def test_which_filter_to_loosen(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora))
    selection = data.draw(oracles.selections(corpus.topics.labels))
    expected = {
        row.field: sum(oracles.passes(replace(selection, **{row.field: getattr(Selection(), row.field)}), p) for p in papers)
        for row, _ in selection.active()
    }
    found = corpus.results(selection).loosened(99)
    assert {field: count for field, _, count in found} == {field: count for field, count in expected.items() if count}
    assert [count for *_, count in found] == sorted((count for *_, count in found), reverse=True)
    assert all(getattr(selection, field) == value for field, value, _ in found)


def test_a_table_of_ticked_papers_only(corpora: Corpora) -> None:
    corpus, _ = corpora[3]
    results = corpus.results(Selection(years=(2022, None), sort="title"))
    shown = results.rows().tolist()
    hidden = next(row for row in range(len(corpus)) if row not in shown)
    table = results.table([shown[3], hidden, shown[0], shown[0]])
    ids = corpus.table.column("id")
    assert table.column("id").to_pylist() == [ids[row].as_py() for row in (shown[0], shown[3], hidden)]
    assert results.table([]).num_rows == 0


def test_a_broken_query_is_refused_before_anything_is_shown(corpora: Corpora) -> None:
    with pytest.raises(QueryError):
        corpora[3][0].results(Selection(query='"'))


def test_a_cache_holds_so_many_bytes_and_forgets_what_was_used_longest_ago() -> None:
    cache, made = Cache(2 * 800), []

    def value(key: str, numbers: int = 100) -> np.ndarray:
        made.append(key)
        return np.zeros(numbers)

    for key in "abacab":
        cache.get(key, lambda key=key: value(key))
    assert made == ["a", "b", "c", "b"]
    # What does not fit is made each time, and costs nothing else its place.
    assert [len(cache.get("large", lambda: value("large", 300))) for _ in range(2)] == [300, 300]
    assert made[4:] == ["large", "large"]
    cache.get("b", lambda: value("b"))
    assert made[6:] == []


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, pd.DataFrame]:
    table = next(pq.ParquetFile(shared_data / "arxiv" / "arxiv_100k.parquet").iter_batches(batch_size=2000))
    corpus = Corpus.from_papers(table.to_pandas(), tmp_path_factory.mktemp("real") / "c")
    lists = {name: [items or [] for items in corpus.table.column(name).to_pylist()] for name in ("authors", "keywords")}
    lists["authors"] = [[display(name) for name in names] for names in lists["authors"]]
    return corpus, corpus.papers.assign(**{name: pd.Series(items, dtype=object) for name, items in lists.items()})


def _oracle_mask(frame: pd.DataFrame, selection: Selection, but: str) -> pd.Series:
    """Filters in plain pandas."""
    keep = pd.Series(True, index=frame.index)
    published = frame["published"].astype("datetime64[s]")
    known = frame["precision"].isin(["month", "day"]).astype(bool)
    if but != "years":
        low, high = selection.years
        year = published.dt.year
        keep &= (low is None or year >= low) & (high is None or year <= high) if (low, high) != (None, None) else True
    if but != "months" and selection.months != (None, None):
        low, high = selection.months
        month = published.dt.strftime("%Y-%m")
        keep &= known & (low is None or month >= low) & (high is None or month <= high)
    for field, column in (("topics", "topic"), ("venues", "venue")):
        chosen = getattr(selection, field)
        if but != field and chosen:
            keep &= frame[column].isin(chosen).fillna(False).astype(bool)
    for field in ("authors", "keywords"):
        chosen = set(getattr(selection, field))
        if but != field and chosen:
            keep &= frame[field].map(lambda items, chosen=chosen: bool(chosen & set(items)))
    if but != "has_code" and selection.has_code is not None:
        keep &= frame["code_url"].notna() == selection.has_code
    if but != "query" and selection.query:
        text = (frame["title"].fillna("") + " " + frame["abstract"].fillna("")).astype(object).str.lower()
        for word in set(selection.query.split()) - {"of"}:
            keep &= text.map(lambda value, word=word: word in re.split(r"[\W_]+", value))
    return keep


def test_counts_of_the_real_sample(real: tuple[Corpus, pd.DataFrame]) -> None:
    corpus, frame = real
    draw = np.random.default_rng(0)
    months = sorted(frame["published"].astype("datetime64[s]").dt.strftime("%Y-%m").unique())
    tops = {
        field: [value for value in corpus.snapshot.facet(field).values.to_pylist()[:6]]
        for field in ("topics", "venues", "authors", "keywords")
    }
    first, last = corpus.snapshot.year_span
    for _ in range(40):
        selection = Selection(
            # Words that no stem changes and that no other word has for its stem.
            query=str(draw.choice(["", "", "quantum", "of quantum", "magnetic"])),
            years=tuple(sorted(int(year) for year in draw.integers(first, last + 1, 2)))
            if draw.random() < 0.5
            else (None, None),
            months=tuple(sorted(map(str, draw.choice(months, 2)))) if draw.random() < 0.3 else (None, None),
            has_code=[None, None, False][draw.integers(3)],
            **{
                field: tuple(str(value) for value in draw.choice(values, 2)) if values and draw.random() < 0.3 else ()
                for field, values in tops.items()
            },
        )
        results = corpus.results(selection)
        whole = _oracle_mask(frame, selection, "")
        if selection.query:
            # The oracle knows no stems; what it finds is found.
            assert not (whole & ~results.mask).any()
            continue
        assert np.array_equal(results.mask, whole)
        for field in ("topics", "venues", "authors", "keywords", "years"):
            part = frame[_oracle_mask(frame, selection, field)]
            if field == "years":
                expected = part["published"].astype("datetime64[s]").dt.year.value_counts().to_dict()
            elif field in ("authors", "keywords"):
                expected = Counter(value for items in part[field] for value in {item.strip() for item in items} - {""})
            else:
                expected = part[{"topics": "topic", "venues": "venue"}[field]].value_counts().to_dict()
            assert named_counts(results, field) == {
                str(k) if field != "years" else int(k): int(v) for k, v in expected.items()
            }, field

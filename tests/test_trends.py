"""Topic frequency over time, against pandas and against Wilson's own formula."""

from __future__ import annotations

import datetime
import math
import random

import numpy as np
import oracles
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, SchemaError, Selection, topic_frequency
from explorer.topics.significance import linear_trends
from explorer.topics.trends import DAY, MONTH, UNDATED, YEAR, coarseness, count_grid, period_index, period_label, wilson

COLUMNS = ["period", "topic", "papers", "share", "low", "high"]


def frame(rows: list[tuple[str, str | None, str | None]]) -> pd.DataFrame:
    """Papers of (topic, date, precision)."""
    return pd.DataFrame(
        {
            "topic": pd.Series([topic for topic, *_ in rows], dtype=object),
            "published": pd.Series(pd.to_datetime([date for _, date, _ in rows]).astype("datetime64[s]")),
            "precision": pd.Series([precision for *_, precision in rows], dtype=object),
        }
    )


def test_a_small_table_by_hand() -> None:
    papers = frame([("a", "2020-05-01", "day"), ("a", "2022-01-01", "year"), ("b", "2022-07-01", "month"), ("b", None, None)])
    found = topic_frequency(papers)
    assert list(found.columns) == COLUMNS
    assert found[["period", "topic", "papers"]].to_numpy().tolist() == [
        ["2020", "a", 1], ["2020", "b", 0], ["2021", "a", 0], ["2021", "b", 0], ["2022", "a", 1], ["2022", "b", 1],
    ]  # fmt: skip
    assert found["share"].fillna(-1).tolist() == [1, 0, -1, -1, 0.5, 0.5]
    assert found.attrs == {"undated": 1, "too_coarse": 0}
    assert topic_frequency(papers, by="month").attrs == {"undated": 1, "too_coarse": 1}
    assert topic_frequency(papers, by="quarter")["period"].unique().tolist()[:2] == ["2020-Q2", "2020-Q3"]


_rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "é"]),
        st.dates(min_value=pd.Timestamp("1890-01-01").date(), max_value=pd.Timestamp("1894-12-31").date()).map(str),
        st.sampled_from(["year", "month", "day", None]),
    ),
    max_size=40,
)


@settings(max_examples=examples(60), deadline=None)
@given(_rows, st.sampled_from(["year", "quarter", "month"]))
def test_counts_are_those_of_pandas(rows: list[tuple[str, str, str | None]], by: str) -> None:
    papers = frame([(topic, date if precision else None, precision) for topic, date, precision in rows])
    before = papers.copy(deep=True)
    found = topic_frequency(papers, by=by)
    pd.testing.assert_frame_equal(papers, before)
    fine = papers[papers["precision"].isin(["year", "month", "day"] if by == "year" else ["month", "day"])]
    periods = fine["published"].dt.to_period({"year": "Y", "quarter": "Q", "month": "M"}[by])
    expected = fine.groupby([periods, "topic"]).size()
    filled = {(row.period, row.topic): row.papers for row in found.itertuples()}
    names = {period: str(period).replace("Q", "-Q") if by == "quarter" else str(period) for period in periods.unique()}
    assert {key: n for key, n in filled.items() if n} == {(names[p], topic): n for (p, topic), n in expected.items()}
    whole = pd.period_range(periods.min(), periods.max(), freq=periods.dt.freq) if len(fine) else []
    assert len(filled) == len(found) == len(whole) * papers["topic"].nunique()
    assert found.attrs["undated"] == int(papers["published"].isna().sum())
    assert found.attrs["too_coarse"] == len(papers) - len(fine) - found.attrs["undated"]
    shares = found.groupby("period", sort=False)["share"].sum(min_count=1)
    assert all(math.isclose(share, 1) for share in shares.dropna())
    assert (found["low"] <= found["share"].fillna(1) + 1e-12).all()
    assert (found["high"] >= found["share"].fillna(0) - 1e-12).all()


def wilson_root(count: int, total: int) -> tuple[float, float]:
    """The two proportions p whose score test gives z: roots of (count/total - p)² = z² p (1 - p) / total (Wilson 1927)."""
    z2 = 1.959963984540054**2
    a, b, c = 1 + z2 / total, -(2 * count / total + z2 / total), (count / total) ** 2
    root = math.sqrt(max(b * b - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@given(st.integers(1, 100_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_solves_its_equation(pair: tuple[int, int]) -> None:
    low, high = wilson(np.array([pair[0]]), np.array([pair[1]]))
    expected = wilson_root(*pair)
    assert low[0] == pytest.approx(max(expected[0], 0), abs=1e-9)
    assert high[0] == pytest.approx(min(expected[1], 1), abs=1e-9)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_published_values(count: int, total: int, low: float, high: float) -> None:
    found = wilson(np.array([count]), np.array([total]))
    assert (round(float(found[0][0]), 4), round(float(found[1][0]), 4)) == (low, high)


def test_wilson_of_nothing_is_everything() -> None:
    low, high = wilson(np.array([0]), np.array([0]))
    assert (low[0], high[0]) == (0, 1)


@given(st.integers(1, 9999), st.integers(1, 12), st.sampled_from([UNDATED, YEAR, MONTH, DAY]))
def test_periods_and_their_names(year: int, month: int, precision: int) -> None:
    months, codes = np.array([12 * year + month - 1], np.int32), np.array([precision], np.int8)
    for by, name in (
        ("year", f"{year:04d}"),
        ("quarter", f"{year:04d}-Q{(month + 2) // 3}"),
        ("month", f"{year:04d}-{month:02d}"),
    ):
        (period,) = period_index(months, codes, by)
        known = precision >= (YEAR if by == "year" else MONTH)
        assert (period_label(period, by) if period >= 0 else None) == (name if known else None)


def test_the_grid_counts_what_is_in_range() -> None:
    draw = random.Random(0)
    codes, periods = np.array([draw.randint(-1, 3) for _ in range(500)]), np.array([draw.randint(-1, 9) for _ in range(500)])
    grid = count_grid(codes, periods, 4, 2, 5)
    for value in range(4):
        for i in range(5):
            assert grid[value, i] == sum((codes == value) & (periods == 2 + i))


def test_what_a_series_leaves_out() -> None:
    precision = np.array([UNDATED, YEAR, YEAR, MONTH, DAY], np.int8)
    assert coarseness(precision, "year") == {"undated": 1, "too_coarse": 0}
    assert coarseness(precision, "quarter") == {"undated": 1, "too_coarse": 2}


@pytest.mark.parametrize("by", ["week", "", None])
def test_periods_that_are_none_are_refused(by: str) -> None:
    with pytest.raises(SchemaError, match="no period"):
        topic_frequency(frame([("a", "2020-01-01", "day")]), by=by)


@pytest.mark.parametrize("column", ["topic", "published", "precision"])
def test_missing_columns_are_named(column: str) -> None:
    with pytest.raises(SchemaError, match=column):
        topic_frequency(frame([("a", "2020-01-01", "day")]).drop(columns=column))


@pytest.mark.parametrize("by", ["year", "quarter", "month"])
def test_a_corpus_counts_as_its_table_does(by: str, corpora: list[tuple[Corpus, list[oracles.Paper]]]) -> None:
    for corpus, _ in corpora:
        ours, theirs = corpus.topics.frequency(by=by), topic_frequency(corpus.select(Selection()), by=by)
        named = dict(zip(corpus.topics.table.ids, corpus.topics.labels, strict=True))
        assert (ours["topic"].map(named) == ours["label"]).all()
        ours = ours.drop(columns="topic").rename(columns={"label": "topic"})
        assert ours.attrs == theirs.attrs
        used = theirs["topic"].unique()
        same = ours[ours["topic"].isin(used)].sort_values(["period", "topic"], ignore_index=True)
        same = same[list(theirs.columns)]  # Those of a corpus say more: what came so far, and what is not over.
        pd.testing.assert_frame_equal(same, theirs.sort_values(["period", "topic"], ignore_index=True), check_dtype=False)
        assert not ours[~ours["topic"].isin(used)]["papers"].any()
        grid, first = corpus.topics.grid(by)
        assert grid.sum() == theirs["papers"].sum()
        assert [period_label(first + i, by) for i in range(grid.shape[1])] == list(dict.fromkeys(theirs["period"]))


def test_periods_after_the_one_that_goes_on_are_not_finished_either() -> None:
    """An issue to come is dated ahead: its year is no more finished than this one."""
    this = datetime.datetime.now(datetime.UTC).year
    years = [this - 3] * 12 + [this] * 4 + [this + 2] * 4
    papers = pd.DataFrame(
        {"title": [f"Stars {at} and planets" for at in range(20)], "date": [f"{year}-01-15" for year in years]}
    )
    found = Corpus.from_papers(papers).topics
    told = found.frequency().groupby("period")["finished"].first()
    assert told.to_dict() == {str(year): year < this for year in range(this - 3, this + 3)}
    assert found.unfinished() == str(this)


def test_trends_of_a_quarter_are_tested_over_its_weeks() -> None:
    days = pd.date_range("2025-12-29", periods=84).strftime("%Y-%m-%d")
    rows = [
        (day, "rising" if at % 8 <= week // 2 else "steady")
        for week in range(12)
        for day in days[7 * week : 7 * week + 7]
        for at in range(8)
    ]
    papers = pd.DataFrame(rows, columns=["published", "keywords"])
    papers["title"] = [f"graph number {at} of planets" for at in range(len(rows))]
    corpus = Corpus.from_papers(papers)
    found = corpus.topics.trends(field="keywords")
    assert (found.attrs["by"], found.attrs["unfinished"], found.attrs["too_coarse"]) == ("week", "", 0)
    told = found.set_index("value")
    assert told["trend"].to_dict() == {"rising": "rising", "steady": "falling"}
    weeks = pd.to_datetime(papers["published"]).dt.isocalendar()
    grid = pd.crosstab(papers["keywords"], weeks["year"] * 100 + weeks["week"])
    assert grid.shape == (2, 12) and grid.columns[0] == 202601
    assert told["slope"].to_dict() == pytest.approx(
        dict(zip(grid.index, linear_trends(grid.to_numpy(), grid.sum().to_numpy())["slope"], strict=True))
    )
    assert set(corpus.topics.trends(by="day", field="keywords")["trend"]) == {"rising", "falling"}
    assert set(corpus.topics.trends(by="year", field="keywords")["trend"]) == {"unknown"}
    with pytest.raises(SchemaError, match=r"no period 'decade'.*week, day"):
        corpus.topics.trends(by="decade")
    # Dates that are known to the month allow no weeks.
    monthly = Corpus.from_papers(papers.assign(published=papers["published"].str[:7]))
    assert monthly.topics.trends(field="keywords").attrs["by"] == "month"


@pytest.mark.parametrize("dates", [["2016"] * 20, [""] * 20, [str(2001 + at) for at in range(12)] * 2])
def test_a_period_that_no_paper_is_near_is_not_said_to_go_on(dates: list[str]) -> None:
    papers = pd.DataFrame({"title": [f"Stars {at} and planets" for at in range(len(dates))], "date": dates})
    found = Corpus.from_papers(papers).topics
    assert found.unfinished() == found.trends().attrs["unfinished"] == ""
    assert found.frequency()["finished"].all()

"""Tests of trends against scipy, statsmodels' formulas by hand, and simulated corpora."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from explorer.topics.bursts import Burst, assess_bursts, burst_chances, bursts, change_points
from explorer.topics.emerging import emerging_terms
from explorer.topics.relations import compared, next_likeliest_frame, relation_frame
from explorer.topics.significance import false_discovery_rates, linear_trends, over_represented
from explorer.topics.stability import agreement, coherence, coverage
from explorer.topics.trends import trend_frame


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_discovery_rates_are_those_of_scipy(p: list[float]) -> None:
    assert false_discovery_rates(np.array(p)) == pytest.approx(stats.false_discovery_control(p))


def test_what_was_not_tested_stays_out() -> None:
    found = false_discovery_rates(np.array([[0.01, np.nan], [0.5, 0.02]]))
    expected = stats.false_discovery_control([0.01, 0.5, 0.02])
    assert found[[0, 1, 1], [0, 0, 1]] == pytest.approx(expected)
    assert np.isnan(found[0, 1])


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(1, 30))
def test_mid_p_by_adding_up(both: int, one: int, other: int, rest: int) -> None:
    n, of, papers = both + one + other + rest, both + one, both + other
    ways = [math.comb(of, k) * math.comb(n - of, papers - k) for k in range(min(of, papers) + 1)]
    upper = (sum(ways[both + 1 :]) + ways[both] / 2) / sum(ways)
    lower = (sum(ways[:both]) + ways[both] / 2) / sum(ways)
    (found,) = over_represented(np.array([both]), np.array([of]), np.array([papers]), n)
    assert found == pytest.approx(min(1, 2 * min(upper, lower)), abs=1e-9)


def test_the_trend_test_is_that_of_cochran_and_armitage_where_nothing_is_dispersed() -> None:
    counts, totals = np.array([[10, 12, 14, 16, 18]]), np.array([100] * 5)
    time, share = np.arange(5), counts.sum() / totals.sum()
    score = (time * (counts[0] - totals * share)).sum()
    variance = share * (1 - share) * ((totals * time**2).sum() - (totals * time).sum() ** 2 / totals.sum())
    found = linear_trends(counts, totals)
    assert found["p"][0] == pytest.approx(2 * stats.norm.sf(abs(score / math.sqrt(variance))), rel=1e-3)
    assert found["slope"][0] > 0
    assert found["low"][0] < found["slope"][0] < found["high"][0]


def test_the_interval_of_a_slope_says_what_its_test_says() -> None:
    draw = np.random.default_rng(3)
    for periods in (4, 6, 12):
        totals = draw.integers(20, 90, periods)
        found = linear_trends(draw.binomial(totals, np.linspace(0.1, 0.3, periods), (200, periods)), totals)
        assert ((found["p"] < 0.05) == (found["low"] * found["high"] > 0)).all()
        assert 0 < (found["p"] < 0.05).sum() < 200


def test_the_rate_of_false_trends_is_nominal_also_where_counts_come_in_waves() -> None:
    draw = np.random.default_rng(1)
    totals = np.array([80, 90, 100, 120, 150, 160, 200, 220, 240, 260])
    plain = draw.binomial(totals, 0.1, (2000, 10))
    waves = draw.binomial(totals, draw.beta(3, 27, (2000, 10)))
    for grid in (plain, waves):
        assert 0.02 < (linear_trends(grid, totals)["p"] < 0.05).mean() < 0.07
    rising = draw.binomial(totals, np.linspace(0.05, 0.2, 10), (500, 10))
    assert (linear_trends(rising, totals)["p"] < 0.05).mean() > 0.95


def test_too_little_is_not_tested() -> None:
    assert np.isnan(
        linear_trends(np.array([[1, 1, 1, 1], [9, 9, 9, 9], [10, 10, 10, 10]]), np.array([10] * 4))["p"][[0, 2]]
    ).all()
    assert np.isnan(linear_trends(np.array([[5, 5, 5]]), np.array([10] * 3))["p"]).all()


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12)), min_size=2, max_size=9))
def test_bursts_are_the_cheapest_sequence_of_states(series: list[tuple[int, int]]) -> None:
    counts, totals = np.array([c for c, _ in series]), np.array([c + r for c, r in series])
    if not counts.sum() or counts.sum() == totals.sum():
        assert bursts(counts, totals) == []
        return
    base = counts.sum() / totals.sum()
    rates = (base, min(2 * base, (1 + base) / 2))

    def price(states: tuple[int, ...]) -> float:
        emitted = sum(
            -(c * math.log(rates[s]) + (t - c) * math.log(1 - rates[s])) for s, c, t in zip(states, counts, totals, strict=True)
        )
        ups = sum(b > a for a, b in itertools.pairwise((0, *states)))
        return emitted + ups * math.log(len(series))

    found = np.zeros(len(series), int)
    for burst in bursts(counts, totals):
        found[burst.first : burst.last + 1] = 1
    cheapest = min(price(states) for states in itertools.product((0, 1), repeat=len(series)))
    assert price(tuple(found.tolist())) == pytest.approx(cheapest)


def heaviest_run(series: np.ndarray, totals: np.ndarray, share: float) -> float:
    """By adding up each run of periods."""
    burst = min(2 * share, (1 + share) / 2)
    gain = series * math.log(burst / share) + (totals - series) * math.log((1 - burst) / (1 - share))
    return max(gain[a:b].sum() for a, b in itertools.combinations(range(len(totals) + 1), 2))


def test_chances_of_bursts_by_shuffling_the_papers() -> None:
    totals = np.array([12, 0, 20, 8, 16, 12, 10])
    counts = np.array([0, 0, 3, 4, 5, 2, 0])
    found = bursts(counts, totals)
    papers = np.repeat(np.arange(len(totals)), totals)
    draw = np.random.default_rng(7)
    shuffled = [np.bincount(draw.permutation(papers)[: counts.sum()], minlength=len(totals)) for _ in range(2000)]
    share = counts.sum() / totals.sum()
    heaviest = np.array([heaviest_run(series, totals, share) for series in shuffled])
    (expected,) = [(heaviest >= burst.weight - 1e-9).mean() for burst in found]
    assert 0.01 < expected < 0.2
    assert burst_chances(found, counts, totals, simulations=2000) == pytest.approx(expected, abs=0.02)
    # Below what simulations can tell the bound stands, which none of them may contradict.
    sure = [Burst(0, 0, weight) for weight in (0.0, 8.0, 30.0)]
    chances = burst_chances(sure, counts, totals)
    assert chances == pytest.approx([1.0, 0.005, math.exp(-30) * 6 * 7 / 2])
    assert (heaviest >= 8.0).mean() <= math.exp(-8) * 6 * 7 / 2


def test_bursts_that_are_chance_are_told_from_others() -> None:
    draw = np.random.default_rng(3)
    totals = np.full(60, 20)
    shares = np.full((20, 60), 0.05)
    false = any_burst = 0
    for _ in range(20):
        grid = draw.binomial(totals, shares)
        found = assess_bursts(grid, totals)
        false += any(found.significant)
        any_burst += any(found.bursts)
    assert any_burst > 8
    assert false <= 4
    shares[4, 20:30] = 0.25
    grid = draw.binomial(totals, shares)
    frame = trend_frame(grid, totals, 2000 * 12, "month")
    (((first, last),),) = frame.loc[frame["significant_bursts"].map(len) > 0, "significant_bursts"]
    assert frame["significant_bursts"].map(len).idxmax() == 4
    assert "2001-06" <= first <= "2001-10" and "2002-05" <= last <= "2002-09"
    assert (frame["burst_q"] <= 0.05).sum() == 1
    # A value that all papers have, or none, is not tested.
    none = assess_bursts(np.array([[5, 5], [0, 0], [2, 3]]), np.array([5, 5]))
    assert np.isnan(none.p).tolist() == [True, True, False]


def test_one_change_among_many_values_is_found() -> None:
    draw = np.random.default_rng(4)
    totals = np.full(20, 60)
    shares = np.full((40, 20), 0.1)
    shares[7, 12:] = 0.3
    frame = trend_frame(draw.binomial(totals, shares), totals, 2000, "year")
    assert frame.index[frame["change"] != ""].tolist() == [7]


def test_change_points_are_found_and_not_made_up() -> None:
    draw = np.random.default_rng(2)
    totals = np.full(20, 60)
    changed = draw.binomial(totals, np.where(np.arange(20) < 12, 0.05, 0.2), (60, 20))
    at, p = change_points(changed, totals)
    assert (np.abs(at - 12) <= 1).mean() > 0.9
    assert (p < 0.05).mean() > 0.95
    same = draw.binomial(totals, 0.1, (300, 20))
    assert 0.01 < (change_points(same, totals)[1] < 0.05).mean() < 0.09


def test_relations_by_hand() -> None:
    pairs = np.array([[8, 2], [2, 8]])
    found = relation_frame(pairs, np.array([10, 10]), np.array([10, 10]), 20)
    assert found["expected"].tolist() == [5, 5, 5, 5]
    assert found["ratio"].tolist() == pytest.approx([1.6, 0.4, 0.4, 1.6])
    assert found["p"].to_list() == pytest.approx([found["p"][0]] * 4)
    assert found["q"].to_list() == pytest.approx(found["p"].to_list())


def test_next_topics_that_only_follow_their_frequency_are_no_finding() -> None:
    """Each paper's next topic is drawn from all but its own; what is found beyond chance is false."""
    draw = np.random.default_rng(5)
    frequency = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
    given = np.where(np.eye(8, dtype=bool), 0, frequency)
    given /= given.sum(axis=1, keepdims=True)
    false = []
    for _ in range(40):
        one = draw.multinomial(1500, [0.125] * 8)
        found = next_likeliest_frame(draw.multinomial(one, given))
        assert np.isnan(found["p"][found["one"] == found["other"]]).all()
        assert found.groupby("one")["expected"].sum().to_numpy() == pytest.approx(one)
        assert found.groupby("other")["expected"].sum().to_numpy() == pytest.approx(
            found.groupby("other")["papers"].sum().to_numpy()
        )
        false.append((found["p"].dropna() < 0.05).mean())
    assert 0.03 < np.mean(false) < 0.07
    # What does go together is found.
    one = np.full(8, 200)
    given[0] = [0, 0.8, *[0.2 / 6] * 6]
    found = next_likeliest_frame(draw.multinomial(one, given))
    surest = found.sort_values("q").iloc[0]
    assert (surest["one"], surest["other"]) == (0, 1)
    assert surest["q"] < 1e-6


def test_odds_are_those_of_scipy_but_for_half_a_paper() -> None:
    found = compared(np.array([20]), np.array([60]), (100, 100)).iloc[0]
    odds = stats.contingency.odds_ratio([[60, 20], [40, 80]], kind="sample").statistic
    assert found["odds"] == pytest.approx(odds, rel=0.05)
    assert found["low"] < odds < found["high"]


@given(
    st.tuples(st.integers(1, 400), st.integers(1, 400)).flatmap(
        lambda totals: st.tuples(st.just(totals), st.integers(0, totals[0]), st.integers(0, totals[1]))
    )
)
def test_the_interval_of_the_odds_says_what_the_test_says(given_: tuple[tuple[int, int], int, int]) -> None:
    totals, first, second = given_
    found = compared(np.array([first]), np.array([second]), totals).iloc[0]
    assert found["low"] <= found["odds"] <= found["high"]
    if abs(found["p"] - 0.05) > 1e-6:
        assert (found["low"] <= 1 <= found["high"]) == (not found["p"] < 0.05)
    # Each end is where the noncentral distribution has a fortieth beyond, half of the papers' own included.
    for end, side in (("low", 1), ("high", -1)):
        if 0 < found[end] < np.inf:
            there = stats.nchypergeom_fisher(sum(totals), totals[1], first + second, found[end])
            beyond = there.sf(second) if side > 0 else there.cdf(second - 1)
            assert beyond + there.pmf(second) / 2 == pytest.approx(0.025, rel=1e-3)


def test_the_interval_of_the_odds_of_many_papers_is_that_of_the_logarithm() -> None:
    found = compared(np.array([9000, 40_000]), np.array([21_000, 150]), (300_000, 300_000))
    for row in found.to_dict("records"):
        cells = np.array([row["before"], 300_000 - row["before"], row["after"], 300_000 - row["after"]])
        error = np.sqrt((1 / cells).sum())
        assert np.log(row["low"]) == pytest.approx(np.log(row["odds"]) - 1.96 * error, abs=error / 10)
        assert np.log(row["high"]) == pytest.approx(np.log(row["odds"]) + 1.96 * error, abs=error / 10)


def test_of_a_group_without_papers_nothing_is_known() -> None:
    found = compared(np.array([3, 0]), np.array([0, 0]), (10, 0))
    assert found["share_before"].to_list() == [0.3, 0.0]
    assert found[["share_after", "odds", "p", "q"]].isna().all(axis=None)


def test_coverage_of_a_field_that_is_known() -> None:
    """The part of all uses that are of themes which were seen is known where the shares are."""
    draw = np.random.default_rng(4)
    shares = draw.dirichlet(np.full(200, 0.3))
    inside = []
    for _ in range(200):
        counts = draw.multinomial(300, shares)
        true = shares[counts > 0].sum()
        found = coverage(counts)
        inside.append(found["low"] <= true <= found["high"])
    assert 0.88 < np.mean(inside) <= 1
    # Where each theme was seen once, nothing says that there are no others, and nothing that there are.
    once = coverage([1] * 7)
    assert (once["low"], once["high"]) == (0, pytest.approx(3 / 7))
    sure = coverage([3, 3, 3])
    assert sure["coverage"] == 1
    assert sure["low"] < 1
    assert coverage([])["coverage"] == 0


def test_agreement_matches_one_to_one() -> None:
    assert agreement([["a", "b"], ["a", "c"]], [["a", "b"], ["a", "c"]])[0] == 1
    mean, each = agreement([["a", "b"], ["x"]], [["a", "b"]])
    assert mean == 0.5
    assert each.tolist() == [1, 0]
    assert agreement([], [])[0] == 1


def test_coherence_of_words_that_meet_always_and_never() -> None:
    from scipy.sparse import csr_matrix

    counts = csr_matrix(np.array([[1, 1, 0], [2, 1, 0], [0, 0, 1], [0, 0, 1]]))
    assert coherence(counts, [[0, 1]]) == pytest.approx(1)
    assert coherence(counts, [[0, 2]]) == -1


def test_a_change_is_from_papers_to_papers() -> None:
    """Two periods with papers, and forty years between them, show no change; where it shows, its period is one with papers."""
    grid, totals = np.zeros((1, 40), int), np.zeros(40, int)
    grid[0, [0, 39]], totals[[0, 39]] = (1, 30), (40, 40)
    assert change_points(grid, totals)[0].tolist() == [-1]
    used = [0, 1, 2, 30, 31, 32]
    grid, totals = np.zeros((1, 33), int), np.zeros(33, int)
    grid[0, used], totals[used] = (1, 2, 1, 25, 24, 26), 40
    at, p = change_points(grid, totals)
    assert at.tolist() == [30]
    assert p.tolist() == change_points(grid[:, used], totals[used])[1].tolist()


def test_notes_of_publishers_do_not_emerge() -> None:
    texts = [f"Work {at} on stars. We count stars." for at in range(20)]
    texts += [f"Work {at} on gravitational waves. We count stars. {1990 + at} Ashby Press, Leiden." for at in range(20)]
    assert emerging_terms(texts, np.arange(40) >= 20, set())["term"].tolist() == ["gravitational waves"]

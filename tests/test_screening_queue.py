"""The queue, the estimates of when to stop, and the simulation, against formulas, brute force and the peers where they are installed."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import gamma, hypergeom
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

import explorer
from benchmarks.screening import drawn_priors as benchmark_priors
from benchmarks.screening import figures, read_review, review_names
from explorer.cli.main import main
from explorer.errors import ScreeningError
from explorer.jobs import Stopped
from explorer.screening import features as features_of
from explorer.screening import queue
from explorer.screening import stopping as stop
from explorer.screening.features import RecordFeatures, known_study_words, record_features
from explorer.screening.queue import (
    ALIKE,
    BAYES,
    KIND,
    LIKENESS,
    PRUDENCE,
    RATIO,
    TOLERANCE,
    C,
    Method,
    _added,
    _Part,
    _presumed,
    following,
    learn,
    reasons,
    refit_due,
)
from explorer.screening.simulate import drawn_priors, estimates, screened_order, simulate_screening
from explorer.screening.stopping import Curve, Sample, hypergeometric, modelled, most_missed, stopping
from explorer.text.analysis import composed, word_pattern

TOPICS = ("sleep memory night dream", "engine fuel piston exhaust", "harvest wheat soil field")


@pytest.fixture(scope="module")
def pile() -> tuple[RecordFeatures, np.ndarray, list[str]]:
    """Two hundred records of three topics, of which those about sleep are relevant."""
    draw = np.random.default_rng(5)
    titles, relevant = [], []
    for number in range(200):
        topic = 0 if number % 10 == 0 else 1 + int(draw.integers(2))
        words = draw.choice(TOPICS[topic].split(), 3).tolist() + draw.choice(["method", "result", "paper", "view"], 4).tolist()
        titles.append(" ".join(words))
        relevant.append(topic == 0)
    return record_features(titles, [None] * 200), np.array(relevant), titles


# The queue


def test_a_queue_finds_what_is_like_the_included_first(pile) -> None:
    features, relevant, _ = pile
    order = screened_order(features, relevant, np.array([0, 1]))
    assert sorted(order.rows.tolist()) == list(range(200))
    assert relevant[order.rows[:21]].sum() == relevant.sum() == 20


def test_the_order_of_decisions_and_of_equal_runs_changes_nothing(pile) -> None:
    features, relevant, _ = pile
    rows = np.array([0, 1, 10, 33, 52, 20])
    one = learn(features, rows, relevant[rows])
    other = learn(features, rows[::-1].copy(), relevant[rows[::-1]])
    assert np.array_equal(one.scores, other.scores)
    assert np.array_equal(one.scores, learn(features, rows, relevant[rows]).scores)


@pytest.mark.parametrize("model", ["ensemble", "svm", "logistic", "bayes"])
@pytest.mark.parametrize("balance", ["ratio", "none"])
@pytest.mark.parametrize("query", ["max", "uncertain", "mixed"])
def test_every_method_shows_each_record_once(pile, model: str, balance: str, query: str) -> None:
    features, relevant, _ = pile
    order = screened_order(features, relevant, np.array([0, 1]), method=Method(model, balance, query))
    assert sorted(order.rows.tolist()) == list(range(200))


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScreeningError, match="ensemble, svm, logistic, bayes"):
        Method(model="oracle")


def test_next_records_are_the_best_of_a_whole_sort(pile) -> None:
    features, relevant, _ = pile
    model = learn(features, np.array([0, 1]), relevant[[0, 1]])
    screened = np.zeros(200, bool)
    screened[[0, 1, 50, 60]] = True
    brute = sorted((row for row in range(200) if not screened[row]), key=lambda row: (-model.scores[row], row))
    for count in (0, 1, 3, 120, 500):
        assert following(model, screened, count).tolist() == brute[:count]


@pytest.mark.parametrize("included", [[], [True], [False], [True, True]])
def test_a_queue_can_begin_from_one_kind_or_none(pile, included: list[bool]) -> None:
    features, _, _ = pile
    rows = np.arange(len(included)) * 10
    model = learn(features, rows, np.array(included, bool))
    assert np.isfinite(model.scores).all()
    if included and all(included):
        relevant = np.array([row % 10 == 0 for row in range(200)])
        screened = np.isin(np.arange(200), rows)
        assert relevant[following(model, screened, 5)].all()


def test_words_say_why(pile) -> None:
    features, relevant, titles = pile
    rows = np.arange(40)
    model = learn(features, rows, relevant[rows])
    given = reasons(features, model, 100, count=3)
    assert set(titles[100].split()) >= {word for one in given for word in one.word.split()}
    assert set(given[0].word.split()) <= set(TOPICS[0].split())
    everything = reasons(features, model, 100, count=10_000)
    by_matrix = float((features.terms[100] @ model.weights)[0])
    assert sum(one.weight for one in everything) == pytest.approx(by_matrix, abs=1e-5)


def test_naive_bayes_is_that_of_scikit_learn(pile) -> None:
    features, relevant, _ = pile
    rows = np.arange(40)
    model = learn(features, rows, relevant[rows], method=Method("bayes", "none"))
    known = MultinomialNB(alpha=3.8).fit(features.terms[rows], relevant[rows])
    logs = known.feature_log_prob_[1] - known.feature_log_prob_[0]
    left = np.arange(200) >= 40
    assert model.weights == pytest.approx(logs / (features.terms @ logs)[left].std(), rel=1e-3)


def test_the_machine_on_the_words_that_occur_is_the_one_on_all_words(pile) -> None:
    features, relevant, _ = pile
    rows = np.array([0, 1, 10, 33])
    weights = learn(features, rows, relevant[rows], method=Method("svm")).weights
    left = np.ones(200, bool)
    left[rows] = False
    presumed = _presumed(features, left, 4)
    weight = np.where(relevant[rows], 1.0, relevant[rows].sum() / (RATIO * (~relevant[rows]).sum()))
    weight *= 4 / weight.sum()
    weight = np.append(weight, np.full(len(presumed), weight[~relevant[rows]].sum() / len(presumed)))
    labels = np.append(relevant[rows], np.zeros(len(presumed), bool))
    whole = LinearSVC(C=C, tol=TOLERANCE, random_state=0).fit(
        features.terms[np.append(rows, presumed)].toarray().astype(float), labels, weight
    )
    spread = (features.terms[left] @ whole.coef_[0]).std()
    assert weights == pytest.approx(whole.coef_[0] / spread, abs=1e-4)


def test_the_machine_is_the_same_by_the_front_door_of_scikit_learn(pile, monkeypatch: pytest.MonkeyPatch) -> None:
    features, relevant, _ = pile
    rows = np.arange(40)
    asked: list[bool] = []
    monkeypatch.setattr(queue, "LinearSVC", lambda **given: asked.append(True) or LinearSVC(**given))
    direct = learn(features, rows, relevant[rows], method=Method("svm"))
    assert not asked
    monkeypatch.setattr(queue, "_liblinear", None)
    around = learn(features, rows, relevant[rows], method=Method("svm"))
    assert asked
    assert np.array_equal(direct.scores, around.scores)


def test_the_spread_of_a_model_is_told_from_a_sample_of_the_records_left() -> None:
    draw = np.random.default_rng(3)
    features = record_features(
        [" ".join(draw.choice(TOPICS[0].split() + TOPICS[1].split(), 5)) for _ in range(9_000)], [None] * 9_000
    )
    assert 2_000 <= len(features.sample) <= 4_000
    weights = draw.normal(size=features.terms.shape[1]).astype(np.float32)
    left = np.ones(9_000, bool)
    left[::3] = False
    for exact in (0.05, 1e-4):
        added, known = _added(features, [_Part(1.0, weights, 0.5)], left)
        share = 1 / (features.terms[left] @ weights).std()
        assert added == pytest.approx(weights * share, rel=exact)
        assert known == pytest.approx(features.terms @ added + 0.5 * share, abs=exact)
        left[features.sample] = False


def test_the_ensemble_adds_its_models_in_their_deviations(pile) -> None:
    features, relevant, _ = pile
    plain = replace(features, study=np.zeros(200, np.float32), by_review=np.zeros((200, 0), np.float32))
    rows = np.arange(40)
    left = np.arange(200) >= 40
    of = {name: learn(plain, rows, relevant[rows], method=Method(name)).scores for name in ("svm", "bayes", "ensemble")}
    likeness = features.terms @ np.asarray(
        features.terms[rows[relevant[rows]]].mean(axis=0) - features.terms.mean(axis=0)
    ).ravel().astype(np.float32)
    share = LIKENESS * ALIKE / (ALIKE + relevant[rows].sum())
    whole = of["svm"] + BAYES * of["bayes"] + share * (likeness - likeness[left].mean()) / likeness[left].std()
    assert of["ensemble"] == pytest.approx((whole - whole[left].mean()) / whole[left].std(), abs=1e-3)


def test_records_presumed_irrelevant_are_spread_and_change_with_every_decision() -> None:
    titles = [f"{'randomized trial' if n % 3 else 'letter'} of drug{n} and drug{n % 40} for {n % 7} weeks" for n in range(600)]
    features = record_features(titles, [None] * 600)
    left = np.arange(600) >= 10
    samples = [set(_presumed(features, left, n).tolist()) for n in (10, 11, 12)]
    # Three decisions later each record that is left was one of them once.
    assert sorted(row for sample in samples for row in sample) == list(range(10, 600))
    for sample in samples:
        assert features.study[sorted(sample)].mean() == pytest.approx(0, abs=0.1)
    assert samples[0] == set(_presumed(features, left, 13).tolist())


def test_wording_counts_less_where_the_included_do_not_read_like_studies(pile) -> None:
    features, relevant, _ = pile
    rows = np.arange(40)
    included = relevant[rows]
    like = np.where(relevant, 1.5, -0.2).astype(np.float32)

    def share(study: np.ndarray) -> float:
        one = learn(replace(features, study=study), rows, included).scores
        none = learn(replace(features, study=np.zeros(200, np.float32)), rows, included).scores
        return float(np.median((one - none) / study))

    assert share(like) > 2 * share(-like) > 0


def test_the_kind_of_record_that_is_included_is_a_ridge_regression_over_other_reviews(pile) -> None:
    features, relevant, _ = pile
    ways = np.random.default_rng(5).normal(size=(200, 4)).astype(np.float32)
    ways[:, 2] += relevant
    rows = np.arange(40)[::-1]
    included = relevant[rows]
    one = learn(replace(features, by_review=ways), rows, included).scores
    none = learn(replace(features, by_review=ways[:, :0]), rows, included).scores
    # Included and excluded records together weigh the same.
    weight = np.where(included, 0.5 / included.sum(), 0.5 / (~included).sum())
    ridge = Ridge(alpha=PRUDENCE / included.sum()).fit(ways[rows], np.where(included, 2.0, -2.0), weight)
    assert one - none == pytest.approx(KIND * (ways @ ridge.coef_), abs=1e-4)


def test_wording_of_a_review_is_told_beside_that_of_all() -> None:
    titles = ["Cohort of drug x", "Cohort of drug y", "Report of a case", "Report of the case"]
    words = {"cohort": (2.0, 0.0, 1.0), "case": (0.0, 2.0, 1.0)}
    features = record_features(titles, [None] * 4, study_words={"cohort": 1.0}, review_words=words)
    assert features.by_review.mean(axis=1) == pytest.approx(0, abs=1e-6)
    assert (features.by_review[:2, 0] > features.by_review[:2, 1]).all()
    assert (features.by_review[2:, 1] > features.by_review[2:, 0]).all()
    assert record_features(titles, [None] * 4, study_words={"cohort": 1.0}).by_review.shape == (4, 0)
    assert record_features(titles, [None] * 4).by_review.shape == (4, 12)


def test_learning_is_due_at_every_decision_first_and_seldom_later() -> None:
    assert [refit_due(n, n + 1) for n in (0, 5, 29)] == [True] * 3
    assert not refit_due(1000, 1039)
    assert refit_due(1000, 1040)


def test_records_without_any_words_are_screened_too() -> None:
    features = record_features(["", "。", None], [None, "", "。"])
    order = screened_order(features, np.array([True, False, True]), np.array([0, 1]))
    assert sorted(order.rows.tolist()) == [0, 1, 2]


def test_words_are_whole_in_scripts_that_write_vowels_as_signs() -> None:
    # By hand: "trial of walking", "mood of adults" and so on; of letters alone, many words here would be one.
    hindi = ["व्यायाम का परीक्षण", "व्यायाम की समीक्षा", "आहार का परीक्षण", "आहार की समीक्षा"]
    assert set(record_features(hindi, [None] * 4).names) >= {"व्यायाम", "का", "की", "परीक्षण", "समीक्षा", "आहार", "का परीक्षण"}
    tamil = ["உடற்பயிற்சி விளைவு", "உணவு விளைவு", "உடற்பயிற்சி உணவு"]
    assert set(record_features(tamil, [None] * 3).names) == {"உடற்பயிற்சி", "விளைவு", "உணவு"}
    arabic = ["دِراسَة النوم", "دِراسَة المشي"]
    assert record_features(arabic, [None] * 2).names == ["دِراسَة"] * 2


def test_letters_are_composed_and_what_cannot_be_seen_cuts_no_word() -> None:
    titles = ["\u00e9tude of cooperation", "e\u0301tude of co\u00adoperation", "bibi"]
    assert set(record_features(titles, [None] * 3).names) >= {"\u00e9tude", "cooperation"}
    assert set(record_features(["mi\u200cravam gul", "miravam gul"], [None] * 2).names) == {"miravam", "gul", "miravam gul"}


@pytest.mark.parametrize(
    ("about", "other", "between"),
    [
        ("การเดิน อารมณ์ ผู้ใหญ่ ซึมเศร้า วิตกกังวล", "ศัลยกรรม อาหาร โภชนาการ ตับ อักเสบ", "การศึกษา ผลของ และ ใน"),
        ("လမ်းလျှောက် စိတ်ခံစားမှု လူကြီး", "ခွဲစိတ် အစားအစာ အသည်း", "လေ့လာမှု အကျိုး နှင့်"),
        ("ការដើរ អារម្មណ៍ មនុស្សពេញវ័យ", "វះកាត់ អាហារ ថ្លើម", "ការសិក្សា ផល និង"),
    ],
)
def test_a_queue_learns_words_of_scripts_without_blanks(about: str, other: str, between: str) -> None:
    draw = np.random.default_rng(3)
    relevant = np.arange(120) % 10 == 0

    def text(of_it: bool, words: int) -> str:
        return "".join(draw.choice([*(about if of_it else other).split(), *between.split()], words))

    titles = [text(bool(of_it), 5) for of_it in relevant]
    features = record_features(titles, [f"{text(bool(of_it), 6)} {text(bool(of_it), 6)}" for of_it in relevant])
    order = screened_order(features, relevant, np.array([0, 1]))
    assert relevant[order.rows[:15]].sum() == 12


def test_words_without_such_signs_are_those_of_scikit_learn() -> None:
    texts = [
        "Ünder_score x2 ß, a naïve-Bayes ﬁt… Ёлка μ-opioid",
        "x2 naïve 3.5 Straße of Ёлка ᾳ ½",
        "Ünder_score of naïve μ-opioid a",
        "none",
    ]
    words = TfidfVectorizer(ngram_range=(1, 2)).build_analyzer()
    papers = Counter(name for text in texts for name in set(words(text)))
    assert set(record_features(texts, [None] * 4).names) == {name for name, count in papers.items() if count > 1}


def test_features_are_those_of_scikit_learn_bit_for_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    # A few at a time, as of many records, so that the pieces have to come together.
    monkeypatch.setattr(features_of, "_AT_A_TIME", 7)
    monkeypatch.setattr(features_of, "_SORTED", 90)
    draw = np.random.default_rng(7)
    words = "a b1 the The the_trial Ünder ﬁt Ёлка x2 ½ İz 5 50 50mg μ-opioid e\u0301 व्यायाम कi \x1f don't ☃".split(" ")
    titles = [" ".join(draw.choice(words, draw.integers(0, 6))) for _ in range(60)]
    abstracts = [None if draw.random() < 0.2 else "-".join(draw.choice(words, draw.integers(0, 40))) for _ in titles]
    told: list[float] = []
    found = record_features(titles, abstracts, progress=told.append)
    assert told == sorted(told) and told[0] == 0 and told[-1] == 1 and len(told) > 20

    heads = [composed(title) for title in titles]
    texts = [f"{head} {composed(text or '')}".strip() for head, text in zip(heads, abstracts, strict=True)]
    blocks, names = [], []
    for given, share in ((texts, 0.85), (heads, 0.15)):
        several = f"{word_pattern().removesuffix('*')}+"
        kept = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, token_pattern=several)
        matrix = kept.fit_transform(given)
        papers = matrix.getnnz(axis=0)
        columns = np.flatnonzero((papers >= 2) & (papers <= 0.95 * len(given)))
        blocks.append(matrix[:, columns] * np.float32(share**0.5))
        names += kept.get_feature_names_out()[columns].tolist()
    expected = sparse.hstack(blocks, "csr")
    expected.sort_indices()
    assert found.names == names and len(names) > 100
    for part in ("data", "indices", "indptr"):
        assert getattr(found.terms, part).tolist() == getattr(expected, part).tolist()


def test_reading_records_stops_where_it_is_asked_to() -> None:
    def stop_it(part: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        record_features(["sleep and memory"] * 3, [None] * 3, progress=stop_it)


def test_study_words_tell_trials_from_letters() -> None:
    words = known_study_words()
    assert len(words) == 2000
    titles = ["Drug x", "Drug x", "Drug y"]
    trial = "Patients were randomized to drug x or placebo for 8 weeks. Adverse events were compared between the groups."
    letter = "In this article it is discussed what the literature has to say. Such a review includes other factors."
    features = record_features(titles, [trial, letter, f"{trial} {letter}"])
    assert features.study[0] > features.study[2] > features.study[1]


# When to stop


def test_the_test_is_that_of_callaghan_and_mueller_hansen() -> None:
    draw = np.random.default_rng(2)
    for _ in range(20):
        n, records = int(draw.integers(20, 80)), 100
        queue = draw.random(n) < np.linspace(0.5, 0.02, n)
        queue[0] = True
        for target in (0.8, 0.95):
            total = int(queue.sum())
            fewest = math.floor(total / target) + 1
            tails = []
            for start in range(n):
                seen = int(queue[:start].sum())
                urn, hidden, drawn, met = records - start, fewest - seen, n - start, total - seen
                # Chance of at most `met` relevant ones, term by term, from counts of combinations.
                ways = (
                    sum(
                        math.comb(hidden, k) * math.comb(urn - hidden, drawn - k)
                        for k in range(met + 1)
                        if drawn - k <= urn - hidden
                    )
                    if hidden <= urn
                    else 0
                )
                tails.append(ways / math.comb(urn, drawn))
            assert hypergeometric(queue, records, target) == pytest.approx(min(tails), rel=1e-6, abs=1e-12)


def test_of_searches_each_is_an_order_of_its_own() -> None:
    draw = np.random.default_rng(5)
    for sizes in ((60, 40), (50, 30, 20)):
        searches = np.repeat(np.arange(len(sizes)), sizes)
        read = np.sort(draw.permutation(100)[:70])
        of, left = searches[read], np.delete(searches, read)
        included = draw.random(70) < np.linspace(0.5, 0.02, 70)
        included[0] = True
        known = stopping(included, 100, searches=np.concatenate([of, left]))
        found = int(included.sum())
        # What each has left, added up, and the likeliest way in which those that must be missed can lie in them.
        missed, missing = np.ones(1), math.floor(found / 0.95 + 1e-9) + 1 - found
        chances = []
        for number, size in enumerate(sizes):
            own = included[of == number]
            curve = Curve(size)
            for place in np.flatnonzero(own):
                curve.meet(int(place))
            missed = np.convolve(missed, curve.to_come(len(own)))
            tails = np.cumsum(own[::-1])[::-1]
            chances.append(
                [
                    min(
                        float(hypergeom.cdf(met, size - start, met + more, len(own) - start))
                        if more <= size - len(own)
                        else 0.0
                        for start, met in enumerate(tails)
                    )
                    for more in range(missing + 1)
                ]
            )
        joint = max(
            math.prod(chances[number][more] for number, more in enumerate(split))
            for split in itertools.product(range(missing + 1), repeat=len(sizes))
            if sum(split) == missing
        )
        # The chance that a product of so many evenly spread numbers is no larger.
        assert known.p_value == pytest.approx(gamma.sf(-math.log(joint), len(sizes)), rel=1e-9)
        assert known.chance == pytest.approx(missed[:missing].sum())
        assert known.relevant.low <= found + int(missed.argmax()) <= known.relevant.high
    assert stopping(included, 100, searches=np.zeros(100, int)) == stopping(included, 100)


def test_where_many_may_be_missed_the_test_of_searches_errs_on_the_side_of_going_on() -> None:
    """More relevant records than tails that are tried, and more that may be missed than steps."""
    included = np.zeros(900, bool)
    included[np.unique(np.linspace(0, 30, 180).astype(int) ** 2 % 900)] = True
    included[:120] = True
    one = stopping(included, 1000, target=0.7)
    # Nobody has read anything of the other search, which is of a single record.
    two = stopping(included, 1001, target=0.7, searches=np.append(np.zeros(1000, int), 1))
    assert one.p_value <= two.p_value <= 1


def test_a_later_search_is_not_taken_for_read() -> None:
    decisions = np.zeros(2000, bool)
    decisions[[1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 25, 30, 40, 55, 70, 100, 150]] = True
    assert stopping(decisions, 3000).reached
    searches = np.repeat([0, 1], [3000, 600])
    known = stopping(decisions, 3600, searches=searches)
    assert not known.reached and known.p_value == 1 and known.recall.low < 0.5 and 0 < known.to_go.value <= 600
    # All of the later one read, what is known is what was known of the first.
    whole = stopping(np.concatenate([decisions, np.zeros(600, bool)]), 3600, searches=np.repeat([0, 1, 0], [2000, 600, 1000]))
    assert whole.reached and whole.p_value == pytest.approx(stopping(decisions, 3000).p_value)


def test_the_bound_of_a_sample_is_exact() -> None:
    for sampled, relevant, left in ((20, 0, 100), (30, 2, 90), (10, 10, 50), (50, 1, 50)):
        most = most_missed(sampled, relevant, left, 0.95)
        assert hypergeom.cdf(relevant, left, most, sampled) > 0.05 or most == relevant
        assert most == left - (sampled - relevant) or hypergeom.cdf(relevant, left, most + 1, sampled) <= 0.05


def test_the_curve_is_bayes_rule_summed_by_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    places, n, records = [0, 1, 3, 9], 20, 30
    curve = Curve(records)
    for place in places:
        curve.meet(place)
    got = curve.to_come(n)
    inverse = np.linalg.inv(np.array(stop.SHAPES_COVARIANCE))
    chances = np.zeros(len(got))
    for log_a in np.linspace(-2.2, 1.0, 17):
        for log_b in np.linspace(-2.0, 3.5, 23):
            away = np.array([log_a, log_b]) - stop.SHAPES_MEAN
            a, b = math.exp(log_a), math.exp(log_b)
            for share, often in stop.ANYWHERE:
                weight = often * math.exp(-0.5 * away @ inverse @ away)
                for place in places:
                    u = (place + 0.5) / records
                    weight *= (1 - share) * a * b * u ** (a - 1) * (1 - u**a) ** (b - 1) + share * 1.5 * (1 - u) ** 0.5
                later = (1 - share) * (1 - (n / records) ** a) ** b + share * (1 - n / records) ** 1.5
                for more in range(len(got)):
                    chances[more] += weight * math.comb(4 + more, 4) * later**more / (5 + more)
    assert got == pytest.approx(chances / chances.sum(), rel=1e-6)
    assert got.sum() == pytest.approx(1)


def test_the_curve_needs_no_more_than_it_looks_at() -> None:
    """The relevant records believed possible end where hardly any chance is left."""
    for found, n in ((1, 50), (10, 100), (60, 300)):
        curve = Curve(5000)
        for place in range(found):
            curve.meet(place * n // found)
        assert curve.to_come(n)[-1] < 0.005


def test_what_is_known_gets_surer_as_irrelevant_records_follow() -> None:
    decisions = np.zeros(900, bool)
    decisions[[1, 2, 3, 5, 8, 13, 21, 34, 55]] = True
    told = [stopping(decisions[:n], 1000, priors=1) for n in (60, 150, 400, 900)]
    widths = [one.recall.high - one.recall.low for one in told]
    assert widths == sorted(widths, reverse=True)
    assert [one.chance for one in told] == sorted(one.chance for one in told)
    assert [one.p_value for one in told] == sorted((one.p_value for one in told), reverse=True)
    assert not told[0].reached
    assert told[-1].reached
    assert told[0].irrelevant_run == 4
    # What was known beforehand was put first by no queue.
    assert stopping(np.zeros(30, bool), 1000, priors=20).irrelevant_run == 10
    assert "899" not in told[0].sentence
    assert "60 of 1,000" in told[0].sentence
    for one in told:
        assert one.recall.low <= one.recall.value <= one.recall.high
        assert one.relevant.low <= one.relevant.value <= one.relevant.high <= one.records
        assert one.to_go.low <= one.to_go.value <= one.to_go.high <= one.records - one.screened


def test_the_level_of_the_test_is_stricter_where_few_records_would_miss_the_target() -> None:
    decisions = np.zeros(1500, bool)
    decisions[[1, 2, 3, 5, 8, 13, 21, 34, 55]] = True

    def first(target: float) -> stop.Stopping:
        told = (stopping(decisions[:n], 1500, target=target) for n in range(60, 1501, 10))
        return next(now for now in told if now.reached)

    # Of nine found one more would miss 95 %: three quarters of what is left must be read, and little more. Four more would miss 75 %.
    assert 0.15 < first(0.95).p_value < 0.2
    assert first(0.95).chance >= 0.95**1.5
    assert 0.2 < first(0.75).p_value < 0.5
    assert first(0.75).screened < first(0.95).screened < 1500


def test_everything_screened_is_everything_known() -> None:
    decisions = np.zeros(50, bool)
    decisions[[3, 49]] = True
    now = stopping(decisions, 50)
    assert now.reached
    assert (now.recall.low, now.recall.high) == (1, 1)
    assert now.to_go.high == 0
    assert stopping(np.zeros(0, bool), 50).recall.low == 0
    # However many were irrelevant, nothing is claimed of recall or of what is left; a sample bounds the number all the same.
    nothing = stopping(np.zeros(100, bool), 150)
    assert (nothing.reached, nothing.recall.low, nothing.recall.high) == (False, 0, 1)
    assert (nothing.relevant.low, nothing.relevant.high, nothing.to_go.low) == (0, 50, 0) and 0 < nothing.to_go.high <= 50
    drawn = Sample(drawn=90, read=90, relevant=0, pool=140, found=0)
    bounded = stopping(np.zeros(100, bool), 150, apart=np.arange(100) >= 10, sample=drawn)
    assert 0 < bounded.relevant.high < 10 and bounded.recall.high == 1 and not bounded.reached


def test_a_sample_replaces_the_assumptions() -> None:
    decisions = np.zeros(500, bool)
    decisions[:20] = True
    without = stopping(decisions, 5000)
    apart = np.arange(500) >= 200
    with_ = stopping(decisions, 5000, apart=apart, sample=Sample(drawn=300, read=300, relevant=0, pool=4800, found=0))
    missed = most_missed(300, 0, 5000 - 200, 0.95)
    assert with_.relevant.high == 20 + missed
    assert with_.recall.low == pytest.approx(20 / (20 + missed))
    assert "drawn at random" in with_.sentence
    assert "drawn at random" not in without.sentence
    # Read in part, it says nothing yet, and what was read of it is no run of the queue's.
    part = stopping(decisions[:350], 5000, apart=apart[:350], sample=Sample(300, 150, 0, 4800, 0))
    queue = stopping(decisions[:200], 5000 - 150)
    assert part.relevant == queue.relevant
    assert part.p_value == queue.p_value
    assert "150 are read" in part.sentence
    # Records of a later search, from which it was not drawn, may all be relevant as far as it knows.
    later = stopping(decisions, 5100, apart=apart, sample=Sample(300, 300, 0, 4800, 0, beyond=100))
    assert later.relevant.high == 20 + missed + 100


@pytest.mark.slow
def test_the_bound_of_a_sample_holds_as_often_as_it_says_whatever_is_read_after_it() -> None:
    """Drawn from a review of which the queue had found nothing, with a queue that later finds much, or nothing."""
    chance = np.random.default_rng(3)
    held = dict.fromkeys((True, False), 0)
    for _ in range(400):
        relevant = chance.permutation(np.arange(600) < 30)
        sample = chance.choice(600, 100, replace=False)
        rest = np.setdiff1d(np.arange(600), sample)
        for best in held:
            read = np.concatenate([sample, rest[np.argsort(relevant[rest] == best, kind="stable")][:100]])
            found = int(relevant[read].sum())
            known = Sample(100, 100, int(relevant[sample].sum()), 600, found)
            said = stopping(relevant[read], 600, apart=np.arange(200) < 100, sample=known)
            held[best] += said.relevant.high >= 30
    assert min(held.values()) >= 0.93 * 400, held


@pytest.mark.parametrize(
    ("target", "confidence", "priors", "records"),
    [(0, 0.95, 0, 50), (1.2, 0.95, 0, 50), (0.9, 1, 0, 50), (0.9, 0.9, 30, 50), (0.9, 0.9, 0, 5)],
)
def test_what_cannot_be_asked_is_refused(target: float, confidence: float, priors: int, records: int) -> None:
    with pytest.raises(ScreeningError):
        stopping(np.zeros(20, bool), records, target=target, confidence=confidence, priors=priors)


def test_the_models_view_is_a_sum_of_calibrated_chances() -> None:
    draw = np.random.default_rng(0)
    scores = draw.normal(size=4000)
    relevant = draw.random(4000) < 1 / (1 + np.exp(4 - 2 * scores))
    seen = modelled(scores[:3000], relevant[:3000], scores[3000:], 0.95)
    assert seen is not None
    assert seen.low <= relevant[3000:].sum() <= seen.high
    assert modelled(scores[:5], np.zeros(5, bool), scores[5:], 0.95) is None


# The simulation


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, pile) -> explorer.Corpus:
    _, relevant, titles = pile
    papers = pd.DataFrame({"id": [f"p{n}" for n in range(200)], "title": titles, "label_included": relevant.astype(int)})
    papers["title"] += [f" {n}" for n in range(200)]
    return explorer.Corpus.from_papers(papers, tmp_path_factory.mktemp("simulation") / "corpus")


def test_a_simulation_screens_every_labelled_paper_once(corpus: explorer.Corpus, pile) -> None:
    _, relevant, _ = pile
    labels = pd.Series(relevant, index=[f"p{n}" for n in range(200)])
    labels = labels.drop("p7")
    order = simulate_screening(corpus, labels, ["p0", "p1"])
    assert sorted(order["id"]) == sorted(labels.index)
    assert order["id"].tolist()[:2] == ["p0", "p1"]
    assert order["label"].tolist() == labels[order["id"]].tolist()
    assert order["found"].iloc[-1] == 20
    assert order["recall"].iloc[-1] == 1
    assert order["stop"].iloc[-1]
    assert (order["recall_low"] <= order["recall_high"]).all()
    shuffled = labels.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(order, simulate_screening(corpus, shuffled, ["p0", "p1"]))


def test_estimates_of_a_simulation_are_those_of_the_moment(pile) -> None:
    _, relevant, _ = pile
    decisions = np.concatenate([np.sort(relevant)[::-1][:15], relevant[:60]])
    for n, one in enumerate(estimates(decisions, 2, target=0.9, confidence=0.9), 1):
        if n >= 2:
            assert one == stopping(decisions[:n], len(decisions), target=0.9, confidence=0.9, priors=2)


@pytest.mark.parametrize(
    ("labels", "priors", "said"),
    [
        ({"p0": 1, "nobody": 0}, ["p0"], "nobody"),
        ({"p0": 1, "p1": 0}, ["p2"], "p2"),
        ({"p0": "perhaps", "p1": 0}, ["p1"], "perhaps"),
        ([1, 0], ["p0"], "Series or a dict"),
        (pd.DataFrame({"label": [1]}, ["p0"]), ["p0"], "not a DataFrame"),
        (pd.Series([1, 0], ["p0", "p0"]), ["p0"], "“p0” has two labels"),
        ({"p0": 1, "p1": 0}, "p1", "list of ids"),
        ({"p0": 1, "p1": 0}, None, "list of ids"),
    ],
)
def test_a_simulation_says_which_label_is_wrong(corpus: explorer.Corpus, labels, priors, said: str) -> None:
    with pytest.raises(ScreeningError, match=said):
        simulate_screening(corpus, labels, priors)


def test_a_simulation_refuses_what_it_cannot_take(corpus: explorer.Corpus) -> None:
    labels = {"p0": 1, "p1": 0, "p2": float("nan"), "p3": pd.NA, "p4": None}
    for given, said in (
        ({"target": "high"}, "cannot be a target"),
        ({"confidence": 95}, "Nobody is sure"),
        ({"method": "svm"}, "model .ensemble, svm, logistic, bayes"),
        ({"method": {"modal": "svm"}}, "uncertain, mixed"),
        ({"every": 0}, "whole number from 1"),
        ({"every": 1.5}, "whole number from 1"),
    ):
        with pytest.raises(ScreeningError, match=said):
            simulate_screening(corpus, labels, ["p0"], **given)
    with pytest.raises(ScreeningError, match="from_papers"):
        simulate_screening(corpus.papers, labels, ["p0"])
    assert simulate_screening(corpus, labels, ["p0"], method={"model": "svm"})["id"].tolist() == ["p0", "p1"]


@pytest.mark.parametrize("given", [[0] * 20, [1] * 20, [0] * 19 + [1]])
def test_a_review_of_one_kind_or_of_priors_alone_ends_knowing_all(corpus: explorer.Corpus, given: list[int]) -> None:
    labels = {f"p{n}": label for n, label in enumerate(given)}
    for priors in (["p0"], ["p19"], [], list(labels)):
        order = simulate_screening(corpus, labels, priors)
        assert len(order) == 20 and order["found"].iloc[-1] == sum(given)
        last = order.iloc[-1]
        assert (last["recall"], last["recall_low"], last["recall_high"], last["stop"]) == (1, 1, 1, True)


def test_priors_are_drawn_alike_whatever_the_order() -> None:
    labels = pd.Series({f"p{n}": n % 3 == 0 for n in range(30)})
    one, other = drawn_priors(labels, 4), drawn_priors(labels.iloc[::-1], 4)
    assert one == other
    assert [bool(labels[id_]) for id_ in one] == [True, False]
    with pytest.raises(ScreeningError, match="irrelevant"):
        drawn_priors(pd.Series({"a": 1}), 0)


def test_the_command_simulates_a_file(tmp_path: Path, pile, capsys: pytest.CaptureFixture[str]) -> None:
    _, relevant, titles = pile
    file, out = tmp_path / "papers.csv", tmp_path / "order.csv"
    rows = pd.DataFrame({"id": [f"p{n}" for n in range(200)], "title": [f"{t} {n}" for n, t in enumerate(titles)]})
    rows.assign(label_included=relevant.astype(int)).to_csv(file, index=False)
    assert main(["screen", str(file), "--labels", "label_included", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "200 papers with labels, 20 relevant" in said
    assert pd.read_csv(out)["label"].sum() == 20
    assert main(["screen", str(file), "--labels", "labels"]) == 1
    assert "no column “labels”" in capsys.readouterr().err
    rows.assign(nobody=0, label_included=relevant.astype(int)).to_csv(file, index=False)
    for wrong, match in (
        (["--target", "2"], "cannot be a target"),
        (["--labels", "nobody", "--priors", "p0", "p1"], "No paper is labelled relevant"),
        (["-o", str(tmp_path / "nowhere" / "order.csv")], "there is no folder"),
    ):
        assert main(["screen", str(file), "--labels", "label_included", *wrong]) == 1
        assert match in capsys.readouterr().err


# The benchmark


def brute_figures(label: list[int]) -> tuple[float, float, float, float]:
    """The figures by counting: recall after each record, and the area between curves."""
    n, k = len(label), sum(label)
    recall = [sum(label[: i + 1]) for i in range(n)]
    best, worst = sum(min(i + 1, k) for i in range(n)), sum(max(0, i + 1 - (n - k)) for i in range(n))
    loss = (best - sum(recall)) / (best - worst)
    wanted = max(j for j in range(1, k + 1) if j / k <= 0.95 or j == 1)
    chance = next(i for i in range(n) if round(k * i / (n - 1)) >= wanted)
    wss = (chance - recall.index(wanted)) / n
    tenth = max((i + 1 for i in range(n) if (i + 1) / n <= 0.1), default=0)
    return wss, (recall[tenth - 1] if tenth else 0) / k, sum(i + 1 for i in range(n) if label[i]) / k / n, loss


def test_figures_are_those_of_counting() -> None:
    draw = np.random.default_rng(1)
    for n in (12, 40, 101):
        for k in (1, 3, 9):
            label = [0] * n
            for at in draw.choice(n, k, replace=False):
                label[at] = 1
            assert figures(label) == pytest.approx(brute_figures(label))
    for chosen in combinations(range(5), 2):
        label = [int(at in chosen) for at in range(5)]
        assert figures(label)[3] == pytest.approx(brute_figures(label)[3])


def test_figures_are_those_of_asreview_insights() -> None:
    algorithms = pytest.importorskip(
        "asreviewcontrib.insights.algorithms", reason="needs asreview-insights", exc_type=ImportError
    )
    draw = np.random.default_rng(3)
    for _ in range(30):
        label = (draw.random(int(draw.integers(30, 300))) < 0.1).astype(int).tolist()
        label[0], label[-1] = 1, 0
        wss, recall, _, loss = figures(label)
        x, y = algorithms._wss_values(label)
        assert wss == pytest.approx(y[np.searchsorted(x, 0.95, side="right") - 1])
        x, y = algorithms._recall_values(label)
        assert recall == pytest.approx(y[np.searchsorted(x, 0.1, side="right") - 1])
        assert loss == pytest.approx(algorithms._loss_value(label))


def test_a_real_review_is_found_far_earlier_than_by_chance(shared_data: Path) -> None:
    folder = shared_data / "screening"
    if not folder.is_dir():
        pytest.skip(f"needs the reviews in {folder}")
    name = min(review_names(folder), key=lambda name: (folder / f"{name}.jsonl.gz").stat().st_size)
    review = read_review(folder, name)
    # Without study words, for those of the package know this review.
    features = record_features(review.titles, review.abstracts, study_words={})
    losses = []
    for seed in range(3):
        order = screened_order(features, review.relevant, benchmark_priors(review.relevant, seed))
        losses.append(figures(review.relevant[order.rows[2:]])[3])
    # By chance the loss is a half.
    assert np.mean(losses) < 0.4

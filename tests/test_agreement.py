"""Agreement of reviewers: published worked examples, and the libraries that are kept for each measure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from explorer.screening.agreement import Measure, agreement, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, observed

# Krippendorff (2011), example C: four observers, twelve units, missing ratings. Gwet (2014) has the same table.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, np.nan, np.nan, np.nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, np.nan, 3],
        [np.nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, np.nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, np.nan],
    ]
)
# Wikipedia's worked example of Fleiss' kappa: ten subjects, fourteen raters, five categories.
FLEISS = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
)


def counted(ratings: np.ndarray) -> np.ndarray:
    """Papers by label, of reviewers by papers."""
    labels = np.unique(ratings[~np.isnan(ratings)])
    return np.stack([(ratings == label).sum(axis=0) for label in labels], axis=1)


def test_cohens_kappa_of_the_published_tables() -> None:
    # Cohen (1960), table 1, as frequencies.
    assert cohen_kappa(np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).value == pytest.approx(0.492, abs=5e-4)
    # Gwet (2002): high agreement on rare labels, the paradox of kappa.
    rare = np.array([[118, 5], [2, 0]])
    assert cohen_kappa(rare).value == pytest.approx(-0.0234, abs=5e-5)
    assert gwet_ac1(np.array([[2, 0]] * 118 + [[1, 1]] * 7)).value == pytest.approx(0.9408, abs=5e-5)


def test_fleiss_kappa_and_krippendorffs_alpha_of_the_published_tables() -> None:
    assert fleiss_kappa(FLEISS).value == pytest.approx(0.210, abs=5e-4)
    counts = counted(KRIPPENDORFF)
    assert krippendorff_alpha(counts).value == pytest.approx(0.743, abs=5e-4)
    # Gwet (2014), for the same table.
    assert fleiss_kappa(counts).value == pytest.approx(0.76117, abs=5e-6)
    assert gwet_ac1(counts).value == pytest.approx(0.77544, abs=5e-6)


def tables(seed: int) -> np.ndarray:
    """Ratings of a few reviewers who mostly agree, some missing."""
    random = np.random.default_rng(seed)
    papers, reviewers, labels = random.integers(5, 80), random.integers(2, 6), random.integers(2, 5)
    truth = random.integers(0, labels, papers)
    ratings = np.where(random.random((reviewers, papers)) < 0.7, truth, random.integers(0, labels, (reviewers, papers)))
    ratings = ratings.astype(float)
    ratings[random.random(ratings.shape) < 0.2] = np.nan
    return ratings


@pytest.mark.parametrize("seed", range(8))
def test_alpha_is_that_of_krippendorff(seed: int) -> None:
    kept = pytest.importorskip("krippendorff", reason="needs the package krippendorff, which the test extra brings")
    ratings = tables(seed)
    expected = kept.alpha(reliability_data=ratings, level_of_measurement="nominal")
    assert krippendorff_alpha(counted(ratings)).value == pytest.approx(expected, abs=1e-12)


# What irrCAC 0.4.4 (Gwet's own formulas) gives for `tables(seed)`: coefficient, lower and upper end. It asks for SciPy 1.12 and no other, so
# that it cannot be installed beside the package.
IRRCAC = [
    (0, fleiss_kappa, (0.377025209, 0.238312399, 0.515738019)),
    (0, gwet_ac1, (0.379665479, 0.24220602, 0.517124937)),
    (0, krippendorff_alpha, (0.37510725, 0.244850367, 0.505364133)),
    (1, fleiss_kappa, (0.553435885, 0.389666543, 0.717205227)),
    (1, gwet_ac1, (0.571668629, 0.405660064, 0.737677195)),
    (1, krippendorff_alpha, (0.557969657, 0.401831486, 0.714107828)),
    (2, fleiss_kappa, (0.443769826, 0.22940132, 0.658138332)),
    (2, gwet_ac1, (0.445117429, 0.232462757, 0.657772101)),
    (2, krippendorff_alpha, (0.465511015, 0.265855849, 0.665166181)),
]


@pytest.mark.parametrize(("seed", "measure", "expected"), IRRCAC)
def test_coefficients_and_intervals_are_those_of_irrcac(
    seed: int, measure: Callable[[np.ndarray], Measure], expected: tuple[float, float, float]
) -> None:
    assert list(measure(counted(tables(seed)))) == pytest.approx(list(expected), abs=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_cohens_kappa_and_its_interval_are_those_of_statsmodels(seed: int) -> None:
    kept = pytest.importorskip("statsmodels.stats.inter_rater", reason="needs statsmodels, which the test extra brings")
    cross = np.random.default_rng(seed).integers(1, 40, (3, 3)) + np.diag([30, 20, 10])
    expected = kept.cohens_kappa(cross)
    value, low, high = cohen_kappa(cross)
    assert value == pytest.approx(expected.kappa, abs=1e-12)
    assert [low, high] == pytest.approx([expected.kappa_low, expected.kappa_upp], abs=1e-12)


def test_what_says_nothing_is_said_to_say_nothing() -> None:
    alone = np.array([[1, 0], [0, 1]])
    for measure in (observed, fleiss_kappa, gwet_ac1, krippendorff_alpha):
        assert np.isnan(measure(alone).value)
    same = np.array([[2, 0]] * 5)
    assert np.isnan(fleiss_kappa(same).value)
    assert np.isnan(krippendorff_alpha(same).value)
    assert np.isnan(cohen_kappa(np.array([[5, 0], [0, 0]])).value)
    assert gwet_ac1(same).value == 1.0
    assert observed(same).value == 1.0


def test_papers_that_do_not_differ_give_no_interval() -> None:
    # Two papers agreed on, one paper disputed, one reviewer who said the same of all: the formulas give an interval without width.
    for ann, bo in (("ie", "ie"), ("i", "e"), ("eeeeeeeeee", "eeeeeeeeei"), ("ieie", "eiei")):
        found = agreement(pd.DataFrame({"ann": list(ann), "bo": list(bo)})).set_index("measure")
        cohen = found.loc["Cohen's kappa"]
        assert -1 <= cohen["value"] <= 1 and np.isnan(cohen["low"]) and np.isnan(cohen["high"])
        # That of the share that agrees (Wilson's) has a width with two papers too.
        assert found.loc["observed", "high"] - found.loc["observed", "low"] > 0.3
        wide = (found["high"] - found["low"]).dropna()
        assert (wide > 0).all()


def test_the_frame_has_a_row_a_measure_and_a_pair() -> None:
    ratings = pd.DataFrame(
        {
            "ann": ["include", "exclude", "exclude", None, "maybe"],
            "bo": ["include", "exclude", "include", "include", None],
            "cy": [None, None, None, None, "maybe"],
        }
    )
    found = agreement(ratings)
    pairs = found[found["measure"] == "Cohen's kappa"]
    # Bo and Cy share no paper.
    assert pairs["reviewers"].tolist() == ["ann, bo", "ann, cy"]
    assert pairs["papers"].tolist() == [3, 1]
    assert found.set_index("measure").loc["observed", "value"] == pytest.approx(0.75)
    assert agreement(pd.DataFrame({"ann": ["include"]})).empty
    assert agreement(pd.DataFrame()).empty

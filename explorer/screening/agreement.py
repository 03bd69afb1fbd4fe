"""How far reviewers agree: the usual coefficients for labels without an order, each with its interval, and with missing ratings.

==================== ====================================================== ==================================================
measure              chance agreement                                       source
==================== ====================================================== ==================================================
observed             none: the share of pairs of ratings that agree
Cohen's kappa        each reviewer's own shares; two reviewers              Cohen (1960); variance: Fleiss, Cohen & Everitt (1969)
Fleiss' kappa        the shares of all ratings                              Fleiss (1971); missing ratings: Gwet (2014), ch. 2
Gwet's AC1           as if only the hard papers were guessed                Gwet (2008)
Krippendorff's alpha the shares of all pairable ratings, without replacement Krippendorff (2011)
==================== ====================================================== ==================================================

A paper with fewer than two ratings says nothing about agreement. Gwet's and Fleiss' chance agreement still uses it, as Gwet (2014)
does; Cohen's and Krippendorff's do not. Intervals are 95 %; those of Fleiss, Gwet and Krippendorff rest on Gwet's variances over papers
and Student's t. Where all ratings are one label, agreement by chance is certain: kappas and alpha are not defined, and are NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_NORMAL = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

_NOTHING = 1e-9
"""Half of an interval that has no width, as sums of floats give it."""


class Measure(NamedTuple):
    """A coefficient and how sure it is."""

    value: float
    low: float
    """Lower end of the 95 % interval; NaN where there are too few papers for one."""
    high: float


_UNDEFINED = Measure(np.nan, np.nan, np.nan)


def agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """How far reviewers agree.

    Parameters
    ----------
    ratings : DataFrame
        One row a paper, one column a reviewer, each cell a label, missing where the reviewer gave none.

    Returns
    -------
    DataFrame
        One row a measure: `measure`, `value` (-1 to 1; of "observed" 0 to 1), `low`, `high` (95 % interval), `papers` (those with
        two ratings or more), `reviewers`. Cohen's kappa stands there once for each pair of reviewers who share a paper.

    Examples
    --------
    >>> import pandas as pd
    >>> from explorer.screening.agreement import agreement
    >>> ratings = pd.DataFrame({"ann": ["include", "exclude", "exclude", None], "bo": ["include", "exclude", "include", "include"]})
    >>> agreement(ratings).set_index("measure")["value"].round(3).to_dict()
    {'observed': 0.667, "Cohen's kappa": 0.4, "Fleiss' kappa": 0.289, "Gwet's AC1": 0.373, "Krippendorff's alpha": 0.444}
    """
    import pandas as pd

    names = [str(name) for name in ratings.columns]
    codes, labels = pd.factorize(ratings.to_numpy(dtype=object).ravel(), use_na_sentinel=True, sort=True)
    table = codes.reshape(ratings.shape)
    counts = np.stack([(table == label).sum(axis=1) for label in range(len(labels))], axis=1) if len(labels) else None
    rows: list[tuple[str, Measure, int, str]] = []
    if counts is not None and len(names) > 1:
        paired = int((counts.sum(axis=1) > 1).sum())
        everybody = ", ".join(names)
        rows.append(("observed", observed(counts), paired, everybody))
        for first in range(len(names)):
            for second in range(first + 1, len(names)):
                both = (table[:, first] >= 0) & (table[:, second] >= 0)
                if both.any():
                    cross = np.zeros((len(labels), len(labels)))
                    np.add.at(cross, (table[both, first], table[both, second]), 1)
                    rows.append(("Cohen's kappa", cohen_kappa(cross), int(both.sum()), f"{names[first]}, {names[second]}"))
        for name, measure in (
            ("Fleiss' kappa", fleiss_kappa),
            ("Gwet's AC1", gwet_ac1),
            ("Krippendorff's alpha", krippendorff_alpha),
        ):
            rows.append((name, measure(counts), paired, everybody))
    return pd.DataFrame(
        [(name, *measure, papers, who) for name, measure, papers, who in rows],
        columns=["measure", "value", "low", "high", "papers", "reviewers"],
    )


def observed(counts: np.ndarray) -> Measure:
    """The share of pairs of ratings of one paper that agree, with Wilson's (1927) interval over papers.

    Parameters
    ----------
    counts : array, shape (papers, labels)
        Ratings by label.
    """
    few, share = _paired(counts)
    papers = len(few)
    if not papers:
        return _UNDEFINED
    value = float(share.mean())
    centre = (value + _NORMAL**2 / (2 * papers)) / (1 + _NORMAL**2 / papers)
    half = _NORMAL / (1 + _NORMAL**2 / papers) * np.sqrt(value * (1 - value) / papers + _NORMAL**2 / (4 * papers**2))
    return Measure(value, float(centre - half), float(centre + half))


def cohen_kappa(cross: np.ndarray) -> Measure:
    """Cohen's (1960) kappa of two reviewers, with the large-sample interval of Fleiss, Cohen & Everitt (1969).

    Parameters
    ----------
    cross : array, shape (labels, labels)
        Papers by the label of the first and of the second reviewer.
    """
    papers = cross.sum()
    shares = cross / papers
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    agreed, chance = float(np.trace(shares)), float(first @ second)
    if chance == 1.0:
        return _UNDEFINED
    value = (agreed - chance) / (1 - chance)
    margins = second[:, None] + first[None, :]
    diagonal = np.diag(shares) @ (1 - np.diag(margins) * (1 - value)) ** 2
    off = (1 - value) ** 2 * ((shares * margins**2).sum() - np.diag(shares) @ np.diag(margins) ** 2)
    variance = (diagonal + off - (value - chance * (1 - value)) ** 2) / (papers * (1 - chance) ** 2)
    return _around(float(value), _NORMAL * float(np.sqrt(max(float(variance), 0.0))))


def fleiss_kappa(counts: np.ndarray) -> Measure:
    """Fleiss' (1971) kappa of any number of reviewers, some of whose ratings may be missing (Gwet 2014).

    Parameters
    ----------
    counts : array, shape (papers, labels)
        Ratings by label; a row without any is passed over.
    """
    rated = counts[counts.sum(axis=1) > 0]
    own = rated / rated.sum(axis=1, keepdims=True)
    shares = own.mean(axis=0) if len(own) else np.zeros(counts.shape[1])
    return _over_papers(rated, float(shares @ shares), own @ shares)


def gwet_ac1(counts: np.ndarray) -> Measure:
    """Gwet's (2008) AC1 of any number of reviewers; it does not fall where nearly all papers are excluded, as kappas do.

    Parameters
    ----------
    counts : array, shape (papers, labels)
        Ratings by label; a row without any is passed over.
    """
    rated, labels = counts[counts.sum(axis=1) > 0], counts.shape[1]
    if labels < 2:
        return Measure(1.0, np.nan, np.nan) if len(_paired(counts)[0]) else _UNDEFINED
    own = rated / rated.sum(axis=1, keepdims=True)
    shares = own.mean(axis=0) if len(own) else np.zeros(labels)
    scale = 1 / (labels - 1)
    return _over_papers(rated, float(scale * (shares @ (1 - shares))), scale * (own @ (1 - shares)))


def krippendorff_alpha(counts: np.ndarray) -> Measure:
    """Krippendorff's (2011) alpha for nominal labels, with missing ratings.

    Parameters
    ----------
    counts : array, shape (papers, labels)
        Ratings by label; papers with fewer than two are passed over.
    """
    few, share = _paired(counts)
    papers = len(few)
    if not papers:
        return _UNDEFINED
    ratings = few.sum(axis=1)
    mean = ratings.mean()
    shares = few.sum(axis=0) / ratings.sum()
    chance = float(shares @ shares)
    if chance == 1.0:
        return _UNDEFINED
    small = 1 / ratings.sum()
    by_paper = ratings / mean * share
    raw = by_paper.mean()
    agreed = (1 - small) * raw + small
    value = float((agreed - chance) / (1 - chance))
    if papers < 2:
        return Measure(value, np.nan, np.nan)
    # The variance is that of alpha without the correction for few ratings.
    plain = float((raw - chance) / (1 - chance))
    agreed_of = by_paper - agreed * (ratings - mean) / mean
    chance_of = few @ shares / mean - chance * (ratings - mean) / mean
    of_paper = (agreed_of - chance) / (1 - chance) - 2 * (1 - plain) * (chance_of - chance) / (1 - chance)
    return _interval(value, of_paper, around=plain)


def _paired(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The papers with two ratings or more, and of each the share of its pairs that agree."""
    few = counts[counts.sum(axis=1) > 1].astype(float)
    ratings = few.sum(axis=1)
    return few, (few * (few - 1)).sum(axis=1) / (ratings * (ratings - 1))


def _over_papers(rated: np.ndarray, chance: float, chance_of: np.ndarray) -> Measure:
    """A coefficient from the chance agreement, in all and by paper, with Gwet's (2014) variance."""
    _, share = _paired(rated)
    if not len(share) or chance == 1.0:
        return _UNDEFINED
    value = (float(share.mean()) - chance) / (1 - chance)
    papers = len(rated)
    if papers < 2:
        return Measure(value, np.nan, np.nan)
    of_paper = np.zeros(papers)
    paired = rated.sum(axis=1) > 1
    of_paper[paired] = papers / len(share) * (share - chance) / (1 - chance)
    return _interval(value, of_paper - 2 * (1 - value) * (chance_of - chance) / (1 - chance), around=value)


def _interval(value: float, of_paper: np.ndarray, *, around: float) -> Measure:
    from scipy.stats import t

    papers = len(of_paper)
    error = np.sqrt(((of_paper - around) ** 2).sum() / (papers * (papers - 1)))
    return _around(value, float(t.ppf(0.975, papers - 1) * error))


def _around(value: float, half: float) -> Measure:
    """An interval of so much to either side; none where that is nothing.

    Where reviewers agree on each of two papers, an interval without width would say that nothing else is possible.
    """
    return (
        Measure(value, max(value - half, -1.0), min(value + half, 1.0)) if half > _NOTHING else Measure(value, np.nan, np.nan)
    )

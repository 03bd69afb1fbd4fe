"""When to stop: how many of the relevant records were found so far, how sure that is, and what it rests on.

Three views of the same decisions, and a guarantee:

- the **curve**: where in the order the relevant records were met says how many are still to come. Positions follow Kumaraswamy's
  distribution, whose two shapes are known beforehand as well as other reviews tell, and a share of the records comes anywhere, for
  the queue hardly knows them. Of all that agrees with what was met, the relevant records in all have a posterior: recall and its interval.
- the **test** of Callaghan and Müller-Hansen: were the records read last drawn at random, how likely would so few be relevant if the
  target was not reached?
- the **model**: what its scores say of the records left (Yang, Lewis and Frieder).
- a **random sample** of the records left, if one was drawn, bounds what is missed without any of these assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import hypergeom

from explorer.errors import ScreeningError
from explorer.ranking.logistic import calibrated
from explorer.screening.given import check_target

Bools = NDArray[np.bool_]

SHAPES_MEAN = (0.01, 2.57)
"""Logarithms of the two shapes in other reviews: early finds, and how soon they end."""

SHAPES_COVARIANCE = ((0.075, 0.042), (0.042, 0.451))
"""Twice what twelve reviews show, for they are few."""

ANYWHERE = ((0.0, 0.07), (0.02, 0.13), (0.05, 0.22), (0.1, 0.39), (0.2, 0.07), (0.35, 0.06), (0.5, 0.06))
"""Share of relevant records that come anywhere in the order, and in what part of reviews it is so large."""

SOONER = 1.5
"""Of these records a part of ``(1 - x) ** SOONER`` comes after a part x of the order: a little better than by chance, at 1."""

CHANCE = 1.5
"""The curve's chance that the target is reached must be the confidence to this power for a stop: .926 for .95."""

LEVELS = ((1, 0.18), (3, 0.5))
"""So must the test's p-value be below this, from so many records on that would have to be missed to miss the target. Its usual
level is one less the confidence; a queue that puts the likeliest first makes it far too strict then. Where one or two odd records decide,
the curve knows least, and the test has to say more."""

FIRST_SHAPES = np.linspace(-2.2, 1.0, 17)
"""Logarithms of the first shape that are thought of, and below those of the second."""

SECOND_SHAPES = np.linspace(-2.0, 3.5, 23)


@dataclass(frozen=True)
class Estimate:
    """A number, and an interval that holds it as often as `confidence` says."""

    value: float
    low: float
    high: float
    confidence: float = 0.95


@dataclass(frozen=True)
class Stopping:
    """What is known at a moment of a screening about what is still to be found.

    Examples
    --------
    >>> import explorer
    >>> review = explorer.Screening(explorer.open_corpus(), name="a doctest's end")
    >>> known = review.stopping()
    >>> known.found, known.reached, known.recall.low <= known.recall.high
    (0, False, True)
    """

    records: int
    screened: int
    found: int
    irrelevant_run: int
    """Irrelevant records in a row, up to the last decision."""
    target: float
    """Recall wished for."""
    relevant: Estimate
    """Relevant records in all."""
    recall: Estimate
    """Share of them that was found."""
    chance: float
    """Chance that the target is reached, by the curve."""
    p_value: float
    """Of the hypothesis that the target is not reached (Callaghan and Müller-Hansen 2020); small speaks for stopping."""
    modelled: Estimate | None
    """Relevant records in all by the scores of the model; none without scores, or before both kinds were met."""
    reached: bool
    """Whether to stop: the target is reached, at the confidence asked for."""
    to_go: Estimate
    """Records still to be read until the target is reached, if one goes on in the order of the queue."""
    sentence: str
    """The same in words, and what it rests on."""


@dataclass(frozen=True)
class Sample:
    """Records drawn at random of those that were left, and what was found in them."""

    drawn: int
    read: int
    """Of those drawn; they say nothing before all are read, for who stops at the first good moment stops too soon."""
    relevant: int
    """Of those drawn and read."""
    pool: int
    """Records they were drawn from, themselves included."""
    found: int
    """Relevant records found in the pool by now, those of the sample included."""
    beyond: int = 0
    """Records not read that they were not drawn from, as those of a later search: of these it says nothing."""


class Curve:
    """Posterior of the relevant records to come, from the places of those that were met.

    Parameters
    ----------
    records : int
        Records that are screened in the order of the queue.
    mean, covariance : tuple
        Of the logarithms of the two shapes, in other reviews.
    anywhere : tuple
        Shares of relevant records that come anywhere, and how often each is met in other reviews, relatively.

    Notes
    -----
    Kumaraswamy, "A generalized probability density function for double-bounded random processes", J. Hydrology 46, 1980. That the
    places of finds tell what is left is the idea of Sneyd and Stevenson, "Stopping Methods for Technology Assisted Reviews based on
    Point Processes", ACM TOIS 2021. The number of relevant records has a prior of one over it.
    """

    def __init__(
        self,
        records: int,
        *,
        mean: tuple[float, ...] = SHAPES_MEAN,
        covariance: tuple[tuple[float, ...], ...] = SHAPES_COVARIANCE,
        anywhere: tuple[tuple[float, float], ...] = ANYWHERE,
    ) -> None:
        self.records = records
        self.found = 0
        a, b = np.meshgrid(np.exp(FIRST_SHAPES), np.exp(SECOND_SHAPES), indexing="ij")
        away = np.stack([np.log(a) - mean[0], np.log(b) - mean[1]], -1)
        prior = -0.5 * np.einsum("ijk,kl,ijl->ij", away, np.linalg.inv(np.array(covariance)), away)
        self._a, self._b = a, b
        self._share = np.array([share for share, _ in anywhere])[:, None, None]
        self._log = prior + np.log(np.array([often for _, often in anywhere]))[:, None, None]

    def meet(self, place: int) -> None:
        """Take in that the record at a place, from 0, was relevant."""
        at = (place + 0.5) / self.records
        density = np.log(self._a * self._b) + (self._a - 1) * math.log(at) + (self._b - 1) * np.log1p(-(at**self._a))
        anywhere = SOONER * (1 - at) ** (SOONER - 1)
        self._log = self._log + np.log((1 - self._share) * np.exp(density) + self._share * anywhere)
        self.found += 1

    def to_come(self, screened: int) -> NDArray[np.float64]:
        """Chances that 0, 1, 2 … relevant records are among those not screened: float64, sums to 1."""
        left = self.records - screened
        if left <= 0:
            return np.ones(1)
        later = self._later(screened)
        # More than this is hardly believed of any curve (`tests/test_screening_queue.py` looks at what is left).
        more = np.arange(min(left, 60 + 6 * self.found) + 1)
        count = gammaln(self.found + more + 1) - gammaln(more + 1) - gammaln(self.found + 1) - np.log(self.found + more + 1)
        # Over all numbers to come a curve weighs about this; those that weigh nothing are not gone through.
        whole = self._log.ravel() - (self.found + 1) * np.log1p(-np.minimum(later, 1 - 1e-12))
        kept = whole > whole.max() - 30
        log = self._log.ravel()[kept][:, None] + count + more * np.log(later[kept])[:, None]
        log -= log.max()
        chances: NDArray[np.float64] = np.exp(log).sum(axis=0)
        normal: NDArray[np.float64] = chances / chances.sum()
        return normal

    def _later(self, screened: int, kept: Bools | slice = slice(None)) -> NDArray[np.float64]:
        """Chance of a relevant record to come after a place, for each triple of shapes and share, flat, or for those that are kept."""
        at = min(screened / self.records, 1.0)
        first, second, share = (
            np.broadcast_to(part, self._log.shape).ravel()[kept] for part in (self._a, self._b, self._share)
        )
        later: NDArray[np.float64] = np.maximum((1 - share) * (1 - at**first) ** second + share * (1 - at) ** SOONER, 1e-300)
        return later

    def places(self, screened: int, parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places up to which these shares of the relevant records to come are met, the curve's mean: float64, one a share."""
        weight = np.exp(self._log - self._log.max()).ravel()
        kept = weight > 1e-9
        grid = np.unique(np.linspace(screened, self.records, 65).astype(int))
        # Each curve counts as often as it still expects records.
        expected = np.array([float((weight[kept] * self._later(int(at), kept)).sum()) for at in grid])
        met = 1 - expected / max(expected[0], 1e-300)
        met[-1] = 1.0
        found: NDArray[np.float64] = np.interp(parts, met, grid)
        return found


def hypergeometric(included: Bools, records: int, target: float, known: int = 0) -> float:
    """p-value of the hypothesis that fewer than `target` of the relevant records were found.

    Parameters
    ----------
    included : ndarray of bool, shape (n_screened,)
        Decisions in the order of the queue.
    records : int
        Records of which these were screened.
    target : float
    known : int
        Relevant records that were known before; they only add to what was found.

    Returns
    -------
    float
        The least over all tails of the decisions; 1 where nothing was found.

    Notes
    -----
    M. Callaghan and F. Müller-Hansen, "Statistical stopping criteria for automated screening in systematic reviews", Systematic
    Reviews 9:273, 2020: for each tail, the chance to draw at most as many relevant records as it has from those left before it, were
    the fewest relevant ones left that miss the target.
    """
    return _test([included], [records], target, known)


def _test(queues: Sequence[Bools], records: Sequence[int], target: float, known: int) -> float:
    """The same of several searches, of each of which so many records are in an order: however those that are missed lie in them."""
    found = sum(int(queue.sum()) for queue in queues) + known
    if not found or not any(map(len, queues)):
        return 1.0
    missing = math.floor(found / target + 1e-9) + 1 - found
    if len(queues) == 1:
        return float(_unlikely(queues[0], records[0], np.array([missing]))[0])
    # By ones, or by so many where they are many: then a search may have up to that many more than it is asked about, which errs on
    # the side of going on.
    step = -(-missing // 24)
    parts = max(missing // step - (len(queues) - 1) * (step > 1), 0)
    each = [_unlikely(queue, size, np.arange(parts + 1) * step, tails=96) for queue, size in zip(queues, records, strict=True)]
    chances = each[0]
    for own in each[1:]:
        chances = np.array([np.max(chances[: part + 1] * own[part::-1]) for part in range(parts + 1)])
    # Of several draws one or another is unlikely sooner than one alone: so often a product of chances is as small (Fisher 1932).
    part_read = sum(0 < len(queue) < size for queue, size in zip(queues, records, strict=True))
    joint = float(chances[-1])
    return sum(joint * (-math.log(joint)) ** k / math.factorial(k) for k in range(max(part_read, 1))) if joint else 0.0


def _unlikely(included: Bools, records: int, missing: NDArray[np.int64], tails: int | None = None) -> NDArray[np.float64]:
    """For each number of relevant records left, the chance to have drawn as few: the least over all tails of the decisions, or so many."""
    if not len(included):
        return np.where(missing <= records, 1.0, 0.0)
    found = np.concatenate([[0], np.cumsum(included)])
    total = int(found[-1])
    # A tail that begins with an irrelevant record is a larger draw with as few relevant ones: the least is after a find, or of all.
    before = np.concatenate([[0], np.flatnonzero(included[:-1]) + 1])
    if tails is not None and len(before) > tails:
        before = before[np.linspace(0, len(before) - 1, tails).astype(int)]
    hidden, urn = missing[:, None] + total - found[before], records - before
    drawn = np.minimum(len(included) - before, urn)
    chance = hypergeom.cdf(total - found[before], urn, np.minimum(hidden, urn), drawn)
    least: NDArray[np.float64] = np.where(hidden <= urn, chance, 0.0).min(axis=1)
    return least


def modelled(chances: NDArray[np.float64], included: Bools, left: NDArray[np.float64], confidence: float) -> Estimate | None:
    """Relevant records among those left, by what the scores of those screened meant.

    Parameters
    ----------
    chances : ndarray of float64, shape (n_screened,)
        Scores that records had before they were read; nan where there was none.
    included : ndarray of bool, shape (n_screened,)
    left : ndarray of float64, shape (n_left,)
        Scores of the records left.
    confidence : float

    Notes
    -----
    E. Yang, D. Lewis and O. Frieder, "Heuristic Stopping Rules For Technology-Assisted Review", DocEng 2021, QuantCI: the sum of the
    calibrated chances, and the normal interval of independent draws. It holds as far as the model's scores mean the same all the time,
    which they do not quite.
    """
    known = ~np.isnan(chances)
    scores, shown = chances[known].astype(np.float32), included[known]
    if not shown.any() or shown.all() or not len(left):
        return None
    slope, intercept = calibrated(scores, shown, np.ones(len(scores), np.float32))
    p = 1 / (1 + np.exp(-np.clip(slope * left + intercept, -30, 30)))
    mean, spread = float(p.sum()), float(np.sqrt((p * (1 - p)).sum()))
    z = _normal_quantile(confidence)
    return Estimate(mean, max(0.0, mean - z * spread), min(float(len(left)), mean + z * spread), confidence)


def _normal_quantile(confidence: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(0.5 + confidence / 2))


def most_missed(sampled: int, relevant: int, left: int, confidence: float) -> int:
    """The most relevant records among those left that a random sample of them leaves possible.

    Parameters
    ----------
    sampled, relevant : int
        Records drawn, and how many of them were relevant.
    left : int
        Records they were drawn from.
    confidence : float
        The bound holds this often, one-sided.

    Notes
    -----
    The exact bound of the hypergeometric distribution, as C. Clopper and E. Pearson (1934) have it for the binomial one.
    """
    low, high = relevant, left - (sampled - relevant)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(relevant, left, middle, sampled) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def stopping(
    included: Bools,
    records: int,
    *,
    chances: NDArray[np.float64] | None = None,
    left: NDArray[np.float64] | None = None,
    target: float = 0.95,
    confidence: float = 0.95,
    priors: int = 0,
    apart: Bools | None = None,
    sample: Sample | None = None,
    searches: NDArray[np.int64] | None = None,
) -> Stopping:
    """Say how many of the relevant records were found so far, and whether to stop.

    Parameters
    ----------
    included : ndarray of bool, shape (n_screened,)
        The decisions in the order in which records were first read, priors first.
    records : int
        Records of the review, screened ones included.
    chances : ndarray of float64, shape (n_screened,), optional
        The score that the model gave each record before it was read (`Model.scores`); nan where there was none.
    left : ndarray of float64, shape (n_left,), optional
        Scores of the records left.
    target : float
        Recall wished for, above 0 to 1.
    confidence : float
        How sure to be, 0 to 1.
    priors : int
        Decisions at the beginning that were not the queue's; they count as found, and tell nothing of the queue.
    apart : ndarray of bool, shape (n_screened,), optional
        Which decisions were not about what the queue put first, as those of a random sample; they too count as found, and tell nothing
        of the queue.
    sample : Sample, optional
        A random sample, the decisions about which stand in `included` too. Once all of it is read, interval and stop rest on it alone.
    searches : ndarray of int, shape (records,), optional
        The search that brought each record, those screened first, as they stand in `included`. The queue had not seen what a later one
        brought, so that each is an order of its own, and what they may have left is added up.

    Returns
    -------
    Stopping

    Raises
    ------
    ScreeningError
        A target or confidence out of range, or more decisions than records.

    Examples
    --------
    >>> import numpy as np
    >>> decisions = np.zeros(800, bool)
    >>> decisions[[1, 2, 3, 5, 8, 13, 21, 34, 55]] = True
    >>> now = stopping(decisions, 1000)
    >>> now.found, now.irrelevant_run, now.recall.high
    (9, 744, 1.0)
    """
    included = np.asarray(included, bool)
    _check(included, records, target, confidence, priors)
    of_queue = np.arange(len(included)) >= priors
    if apart is not None:
        of_queue &= ~apart
    queue = included[of_queue]
    known = int(included[~of_queue].sum())
    in_order = records - len(included) + len(queue)
    curve, missed = _curve(queue, in_order)
    queues, sizes, left_of = [queue], [in_order], records - len(included)
    if searches is not None and searches.max(initial=0):
        of = searches[: len(included)]
        queues = [included[of_queue & (of == number)] for number in range(int(searches.max()) + 1)]
        sizes = [int((searches == number).sum() - (of[~of_queue] == number).sum()) for number in range(len(queues))]
        each = [_curve(own, size) for own, size in zip(queues, sizes, strict=True)]
        # What is read next are the records of the search that has most to come.
        most = max(range(len(each)), key=lambda number: float(each[number][1] @ np.arange(len(each[number][1]))))
        curve, left_of = each[most][0], sizes[most] - len(queues[most])
        missed = reduce(np.convolve, [own for _, own in each])
    told = summary(
        curve,
        missed,
        p_value=_test(queues, sizes, target, known),
        run=irrelevant_run(queue),
        included=included,
        records=records,
        target=target,
        confidence=confidence,
        scored=modelled(chances, included, left, confidence) if chances is not None and left is not None else None,
        sample=sample,
        left=left_of,
    )
    if len(queues) == 1 or told.screened == records:
        return told
    return replace(told, sentence=f"{told.sentence} Each of the {len(queues)} searches is estimated by itself.")


def _curve(queue: Bools, records: int) -> tuple[Curve, NDArray[np.float64]]:
    """The curve of an order of so many records, and the chances that 0, 1, 2 … relevant ones are left in it."""
    curve = Curve(max(records, 1))
    for place in np.flatnonzero(queue):
        curve.meet(int(place))
    return curve, curve.to_come(len(queue)) if records else np.ones(1)


def _check(included: Bools, records: int, target: float, confidence: float, priors: int) -> None:
    check_target(target, confidence)
    if len(included) > records or priors > len(included):
        raise ScreeningError(f"{len(included)} decisions, {priors} of them priors, do not fit {records} records.")


def summary(
    curve: Curve,
    missed: NDArray[np.float64],
    *,
    p_value: float,
    run: int,
    included: Bools,
    records: int,
    target: float,
    confidence: float,
    scored: Estimate | None = None,
    sample: Sample | None = None,
    left: int | None = None,
) -> Stopping:
    """Put the views together; `stopping` and the simulation both end here. So many records are `left` of those that the curve is of."""
    n, found = len(included), int(included.sum())
    if n == records:
        # Nothing is left to miss, even where no place in the order tells of it, as of priors alone.
        missed, p_value = np.ones(1), 0.0 if found else 1.0
    low, high = _interval(missed, confidence)
    # The middle of the posterior, not its mean, which a few wild curves would carry away.
    middle = int(np.searchsorted(np.cumsum(missed), 0.5))
    enough = math.floor(found / target - found + 1e-9)
    chance = float(missed[: enough + 1].sum()) if found else 0.0
    # Both must hold, which happens later than either: the promise of `confidence` asks the curve alone for less.
    level = next(level for missing, level in reversed(LEVELS) if enough + 1 >= missing)
    reached = n == records or (chance >= confidence**CHANCE and p_value < level)
    bound = ""
    if sample is not None and sample.read == sample.drawn:
        most = most_missed(sample.drawn, sample.relevant, sample.pool, confidence)
        high = min(max(most - sample.found, 0) + sample.beyond, records - n)
        low, middle = min(low, high), min(middle, high)
        reached = n == records or (found > 0 and found / (found + high) >= target)
        bound = f" Of {sample.drawn:,} records drawn at random {sample.relevant:,} were relevant: at most {high:,} are missed."
    else:
        if sample is not None:
            bound = f" Of {sample.drawn:,} records drawn at random {sample.read:,} are read; once all are, they bound what is missed."
        if not found:
            # Where none was met nothing tells where others stand, nor how many there are.
            high = records - n
    recall = (
        Estimate(_share(found, middle), _share(found, high), _share(found, low), confidence)
        if found or n == records
        else Estimate(0.0, 0.0, 1.0, confidence)
    )
    relevant = Estimate(found + middle, found + low, found + high, confidence)
    to_go = _to_go(curve, found, (low, middle, high), records - n if left is None else left, target, confidence)
    sentence = _sentence(n, records, found, run, recall, relevant, target, confidence, chance, p_value, reached, to_go) + bound
    return Stopping(
        records, n, found, run, target, relevant, recall, chance, p_value,
        None if scored is None else Estimate(found + scored.value, found + scored.low, found + scored.high, confidence),
        reached, to_go, sentence,
    )  # fmt: skip


def irrelevant_run(queue: Bools) -> int:
    """Irrelevant records at the end of those that the queue put first; decisions that were known or drawn at random tell nothing of it."""
    relevant = np.flatnonzero(queue)
    return len(queue) - 1 - int(relevant[-1]) if len(relevant) else len(queue)


def _interval(missed: NDArray[np.float64], confidence: float) -> tuple[int, int]:
    sums = np.cumsum(missed)
    low = int(np.searchsorted(sums, (1 - confidence) / 2))
    return low, min(int(np.searchsorted(sums, (1 + confidence) / 2)), len(missed) - 1)


def _share(found: int, missed: int) -> float:
    return found / (found + missed) if found else 1.0


def _to_go(curve: Curve, found: int, missed: tuple[int, int, int], left: int, target: float, confidence: float) -> Estimate:
    """Records to read until the target is reached, were the relevant ones left as many as the interval's ends and middle."""
    needed = [max(0, math.ceil(target * (found + more) - 1e-9) - found) for more in missed]
    # Half a record early: the last of them is met before the curve has no more to give.
    parts = np.array([max(part - 0.5, 0.0) / more if more else 0.0 for part, more in zip(needed, missed, strict=True)])
    screened = max(curve.records - left, 0)
    places = curve.places(screened, parts) - screened
    low, middle, high = (float(np.ceil(place)) if need else 0.0 for place, need in zip(places, needed, strict=True))
    return Estimate(middle, min(low, middle), max(middle, high), confidence)


def _sentence(
    n: int, records: int, found: int, run: int, recall: Estimate, relevant: Estimate, target: float, confidence: float,
    chance: float, p_value: float, reached: bool, to_go: Estimate,
) -> str:  # fmt: skip
    if n == records:
        relevant_are = "none is" if not found else "1 is" if found == 1 else f"{found:,} are"
        return f"{f'All {records:,} records were' if records != 1 else 'The one record was'} screened; {relevant_are} relevant."
    if not found:
        return f"No relevant record was found among {n:,} of {records:,}, so that nothing can be said about recall."
    said = (
        f"{n:,} of {records:,} records {'was' if n == 1 else 'were'} screened and {found:,} found relevant, of an estimated "
        f"{relevant.value:,.0f} ({relevant.low:,.0f} to {relevant.high:,.0f}): recall {percent(recall.value)} ({percent(recall.low)} to "
        f"{percent(recall.high)}, at {percent(confidence)}). This rests on where in the order they were found and on "
        f"{run:,} irrelevant record{'' if run == 1 else 's'} in a row; the chance that {percent(target)} are found is {_chance(chance)}, "
        f"and the test of Callaghan and Müller-Hansen gives p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{p_value:.2f}."
    )
    if reached:
        return f"{said} One may stop."
    if not to_go.value:
        return f"{said} That is likely, and not sure enough to stop."
    return f"{said} Going on to {percent(target)} would take about {to_go.value:,.0f} more ({to_go.low:,.0f} to {to_go.high:,.0f})."


def _chance(chance: float) -> str:
    return f"above {percent(0.99)}" if chance > 0.99 else f"below {percent(0.01)}" if chance < 0.01 else percent(chance)


def percent(share: float) -> str:
    """A share as the page writes it too: halves up, and 0 % and 100 % of nothing and all alone."""
    rounded = math.floor(share * 100 + 0.5)
    return f"{rounded if share in (0, 1) else min(max(rounded, 1), 99)}\N{NO-BREAK SPACE}%"

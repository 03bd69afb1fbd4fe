r"""What trends on a day: papers by the votes that they may be expected to draw, and topics that rise against their own past.

A count that is small says little, and one that is young is not yet what it will be. The votes that a paper has drawn by age
``t`` days are taken as Poisson with mean ``q F(t)``, where ``F(t) = 1 - 2^(-t / h)`` is the share of its votes that a paper has
drawn by then. Its pull ``q`` is given a gamma distribution whose mean ``m`` is what papers of its organisation, and of all,
drew before, so that

.. math:: E[q | v] = (a + v) / (a / m + F(t))

which is ``m`` without a vote and without time, and ``v / F(t)`` when there are many. Comments and stars add to the votes by
their weights. The score is that expectation, decayed by half every `half_life` days after the paper appeared.

Notes
-----
Shrinkage: C. Morris, "Parametric Empirical Bayes Inference", JASA 78, 1983; the gamma-Poisson model is that of W. DuMouchel,
"Bayesian Data Mining in Large Frequency Tables", The American Statistician 53, 1999. Votes arrive at a rate that falls by a
constant factor a day: G. Szabo and B. Huberman, "Predicting the popularity of online content", CACM 53(8), 2010.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import FeedError
from explorer.feed.daily import COUNTED, counts_of, organisations
from explorer.feed.periods import period_of
from explorer.papers.rows import gathered
from explorer.store.appearances import Appearances, appearances
from explorer.topics.labels import OTHER

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot

Counts = dict[str, np.ndarray]
LEAST = 6
"""Papers that a rising topic has lately at least. A convention: five papers are no trend, whatever an interval says."""


@dataclass(frozen=True)
class TrendWeights:
    """What the score is made of. Another value of `version` marks another formula or other weights.

    Attributes
    ----------
    version : str
    comments : float
        Votes that a comment counts for.
    stars : float
        Votes that a doubling of the stars of the repository counts for.
    arrival : float
        Days in which a paper draws half of the votes that it will draw.
    half_life : float
        Days in which the score falls by half.
    strength : float
        How many of the votes of a paper what was expected of it weighs as much as (``a`` of the formula).
    group : float
        How many papers of an organisation what is expected of all papers weighs as much as.
    window : int
        Days for which a paper is looked at, that on which it appeared included.
    past : int
        Days from which it is learnt what papers draw.
    """

    version: str = "1"
    comments: float = 0.5
    stars: float = 0.5
    arrival: float = 1.0
    half_life: float = 30.0
    strength: float = 1.0
    group: float = 20.0
    window: int = 7
    past: int = 90

    def __str__(self) -> str:
        """It in words, as the page shows it beside what trends."""
        return (
            f"Votes that a paper may be expected to draw, by its votes so far, its age, and what papers from the same place drew; half of "
            f"it after {self.half_life:g} days. A comment counts as {self.comments:g} of a vote, twice the stars as {self.stars:g}. "
            f"Weights of version {self.version}."
        )


WEIGHTS = TrendWeights()


def trending(
    snapshot: Snapshot,
    day: str | date | None = None,
    *,
    limit: int | None = None,
    counts: pd.DataFrame | None = None,
    weights: TrendWeights = WEIGHTS,
) -> pd.DataFrame:
    """Papers that trend on a day.

    Parameters
    ----------
    day : str or date, optional
        By default the last day on which papers appeared. Papers that appeared later are as if they were not there.
    limit : int, optional
        Papers at most.
    counts : DataFrame, optional
        What was counted and when: `id`, `day`, and any of `upvotes`, `comments`, `stars`; for each paper the last row up to the
        day counts. By default the counts that the corpus holds, whenever they were read.
    weights : TrendWeights, optional

    Returns
    -------
    DataFrame
        Best first, equal scores by id: `id`, `title`, `day` (on which it appeared), `age` (days), `upvotes`, `comments`,
        `stars`, `score` (votes, decayed), `expected` (votes in the end), `prior` (votes expected of its kind), `decay` (0 to
        1), `reason` (text). Its `attrs` hold `day`, `weights` (dict), and `topics`: those that rise, as `rising_topics` gives
        them.

    Raises
    ------
    FeedError
        It is no day; or `counts` has no `id` or `day`.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding", "Counting"], "daily": ["2026-06-12", "2026-06-11"], "upvotes": [30, 2]})
    >>> found = explorer.Corpus.from_papers(papers).trending("2026-06-12")
    >>> found[["title", "upvotes"]].to_dict("records")
    [{'title': 'Adding', 'upvotes': 30}, {'title': 'Counting', 'upvotes': 2}]
    """
    import pandas as pd

    at = _day(appearances(snapshot), day)
    trends = trend_of(snapshot, at, counts=counts, weights=weights)
    table = gathered(snapshot.table.select(["id", "title"]), np.array(list(trends), np.int64))
    frame = pd.DataFrame({name: table.column(name).to_pylist() for name in table.column_names})
    for name in _COLUMNS:
        values = [trend[name] for trend in trends.values()]
        frame[name] = pd.array(values, dtype="Int64") if name in COUNTED else np.array(values, _NUMBERS.get(name, object))
    # Rounded for the order, so that the last bits of another machine do not decide it.
    frame = frame.assign(rounded=frame["score"].round(9)).sort_values(["rounded", "id"], ascending=[False, True])
    frame = frame.drop(columns="rounded").iloc[:limit].reset_index(drop=True)
    frame.attrs.update(day=at.isoformat(), weights=asdict(weights), topics=rising_topics(snapshot, at))
    return frame


_NUMBERS = {"score": float, "expected": float, "prior": float, "decay": float, "age": int}
_COLUMNS = ("day", "age", *COUNTED, "score", "expected", "prior", "decay", "reason")


def trend_of(
    snapshot: Snapshot, at: date, *, counts: pd.DataFrame | None = None, weights: TrendWeights = WEIGHTS
) -> dict[int, dict[str, Any]]:
    """Trend of each paper that is judged on a day, by its row: the columns of `trending`, and its reason.

    Parameters
    ----------
    at : date
    counts : DataFrame, optional
        As of `trending`.
    weights : TrendWeights, optional
    """
    found = appearances(snapshot)
    known = found.until(at)
    ages = (np.datetime64(at, "D") - found.days[known]).astype(int)
    now = ages < weights.window
    past = ages <= weights.past
    told = _counted(snapshot, known[past], at, counts)
    votes = worth(told, weights)
    groups = _groups(snapshot, known[past])
    drawn = drawn_share(ages[past], weights)
    prior, said = expected_of_kind(votes, drawn, groups, weights)
    # Of a paper that is judged, its own votes are not part of what was expected of it: see `expected_of_kind`.
    expected = (weights.strength + votes) / (weights.strength / prior + drawn)
    decay = np.power(0.5, ages[past] / weights.half_life)
    trends = {}
    for place in np.flatnonzero(now[past]).tolist():
        row = int(known[past][place])
        trend: dict[str, Any] = {"day": found.days[row].item(), "age": int(ages[past][place])}
        trend |= {name: _whole(told[name][place]) for name in COUNTED}
        trend |= {"score": float(expected[place] * decay[place]), "expected": float(expected[place])}
        trend |= {"prior": float(prior[place]), "decay": float(decay[place])}
        trends[row] = {**trend, "reason": _reason(trend, said[place], weights)}
    return trends


def _day(found: Appearances, day: str | date | None) -> date:
    if day is not None:
        return period_of(day).last
    return found.span[1] if found.span else date.min


def worth(counts: Counts, weights: TrendWeights) -> np.ndarray:
    """Votes that the counts of papers are worth together; what is not known counts nothing."""
    known = {name: np.nan_to_num(np.asarray(counts[name], float), nan=0.0) for name in COUNTED}
    return np.asarray(
        known["upvotes"] + weights.comments * known["comments"] + weights.stars * np.log2(1 + np.maximum(known["stars"], 0))
    )


def drawn_share(ages: np.ndarray, weights: TrendWeights) -> np.ndarray:
    """Share of its votes that a paper has drawn by the end of the day of that age: 0 is the day on which it appeared."""
    return np.asarray(1 - np.power(0.5, (np.asarray(ages, float) + 1) / weights.arrival))


def expected_of_kind(
    votes: np.ndarray, drawn: np.ndarray, groups: Sequence[Sequence[tuple[str, str]]], weights: TrendWeights
) -> tuple[np.ndarray, list[str]]:
    """Votes that papers of each one's groups drew, the paper itself left out.

    Parameters
    ----------
    votes : ndarray of float64, shape (n,)
    drawn : ndarray of float64, shape (n,)
        Share of its votes that each has drawn.
    groups : sequence of sequence of (kind, name)
        The groups that each paper is in.

    Returns
    -------
    prior : ndarray of float64, shape (n,)
        Greater than zero. The rate of all papers, times the factor by which each of its groups differs from it, shrunk to one
        by as much as `weights.group` papers.
    said : list of str
        The group that differs most, in words; empty where none does by a fifth.
    """
    total_votes, total_drawn = float(votes.sum()), float(drawn.sum())
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    for vote, share, names in zip(votes.tolist(), drawn.tolist(), groups, strict=True):
        for name in names:
            held = sums[name]
            held[0] += vote
            held[1] += share
            held[2] += 1
    prior, said = np.empty(len(votes)), []
    for place, (vote, share, names) in enumerate(zip(votes.tolist(), drawn.tolist(), groups, strict=True)):
        # One vote a paper where nothing is known yet.
        overall = (total_votes - vote + 1.0) / (total_drawn - share + 1.0)
        rate, told, most = overall, "", 0.2
        for name in names:
            of_group, of_drawn, papers = sums[name]
            of_group, of_drawn, papers = of_group - vote, of_drawn - share, papers - 1
            factor = (of_group / overall + weights.group) / (of_drawn + weights.group)
            rate *= factor
            if papers > 0 and abs(np.log(factor)) > most:
                most = float(abs(np.log(factor)))
                many = f"{papers} other paper{'' if papers == 1 else 's'}"
                told = f"{many} {name[0]} {name[1]} drew {of_group / max(of_drawn, 1e-9):.0f} each"
        prior[place] = max(rate, 1e-3)
        said.append(told)
    return prior, said


def _groups(snapshot: Snapshot, rows: np.ndarray) -> list[list[tuple[str, str]]]:
    """Groups of papers that draw votes alike: by where they come from.

    Not by topic: topics were found from papers that were not known on that day.
    """
    sources = organisations(snapshot)
    return [[("from", source)] if (source := sources[row]) else [] for row in rows.tolist()]


def _counted(snapshot: Snapshot, rows: np.ndarray, at: date, counts: pd.DataFrame | None) -> Counts:
    """What was counted of some papers by the end of a day; NaN where nothing was."""
    if counts is None:
        return counts_of(snapshot, rows)
    import pandas as pd

    if missing := {"id", "day"} - set(counts.columns):
        raise FeedError(f"The counts have no column {min(missing)!r}. They need the id of each paper and the day of the count.")
    days = pd.to_datetime(counts["day"]).dt.date
    then = counts.assign(day=days)[days <= at].sort_values("day", kind="stable").groupby("id").last()
    ids = [snapshot.table.column("id")[row].as_py() for row in rows.tolist()]
    then = then.reindex(ids)
    missing_column = np.full(len(ids), np.nan)
    return {name: then[name].to_numpy(float, na_value=np.nan) if name in then else missing_column for name in COUNTED}


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def counted(trend: Mapping[str, Any]) -> str:
    """What is counted of a paper, and how long after it appeared, in words; of a row of `trending`."""
    said = [f"{trend[name]:,} {name if trend[name] != 1 else name[:-1]}" for name in COUNTED if trend[name] is not None]
    age = "on its day" if trend["age"] == 0 else f"after {trend['age']} day{'' if trend['age'] == 1 else 's'}"
    return f"{', '.join(said) or 'no counts'} {age}"


def _reason(row: dict[str, Any], kind: str, weights: TrendWeights) -> str:
    """Why a paper has its score, in words."""
    said = f"{counted(row)}; {row['expected']:.0f} expected, {row['prior']:.0f} of its kind"
    if kind:
        said += f" ({kind})"
    if row["age"]:
        said += f"; × {row['decay']:.2f}, half every {weights.half_life:g} days"
    return said


def rising_topics(
    snapshot: Snapshot, day: str | date | None = None, *, days: int = 7, against: int = 28
) -> list[dict[str, Any]]:
    """Topics of which a larger share of the papers appeared lately than in the time before.

    Parameters
    ----------
    day : str or date, optional
        Last day; by default that on which papers appeared last.
    days : int
        How many days up to it are lately.
    against : int
        How many days before those they are compared with.

    Returns
    -------
    list of dict
        Those whose interval lies above one, by its lower end, then by name: `topic`, `papers` and `before` (counts), `ratio` of
        the shares (infinite where there was none before), `low` and `high` (its interval).

    Notes
    -----
    The exact interval of C. Clopper and E. Pearson (Biometrika 26, 1934) for the share of a topic's papers that is late, turned
    into one of the ratio; at 95 % for all topics together (Bonferroni), so that a few papers are no trend.
    """
    # Not `scipy.stats.beta.ppf`, which is the same and takes a second to import.
    from scipy.special import betaincinv

    found = appearances(snapshot)
    last = np.datetime64(_day(found, day), "D")
    late = (found.days > last - days) & (found.days <= last)
    early = (found.days > last - days - against) & (found.days <= last - days)
    codes, labels = np.asarray(snapshot.topics.codes), snapshot.topics.labels
    now, before = (np.bincount(codes[mask], minlength=len(labels)) for mask in (late, early))
    n_now, n_before = int(now.sum()), int(before.sum())
    if not (n_now and n_before):
        return []
    # Papers of no topic are none that could rise: they are many where papers came since the topics were found.
    tested = np.array([code for code in np.flatnonzero(now).tolist() if labels[code] != OTHER], np.int64)
    tail = 0.05 / 2 / max(len(tested), 1)
    rows = []
    for code in tested.tolist():
        x, y = int(now[code]), int(before[code])
        low = _ratio(float(betaincinv(x, y + 1, tail)), n_now, n_before)
        high = _ratio(float(betaincinv(x + 1, y, 1 - tail)) if y else 1.0, n_now, n_before)
        if low > 1 and x >= LEAST:
            ratio = float("inf") if y == 0 else (x / n_now) / (y / n_before)
            rows.append({"topic": labels[code], "papers": x, "before": y, "ratio": ratio, "low": low, "high": high})
    return sorted(rows, key=lambda row: (-row["low"], row["topic"]))


def _ratio(share: float, n_now: int, n_before: int) -> float:
    """Ratio of two rates from the share of the events that belong to the first."""
    return float("inf") if share >= 1 else share / (1 - share) * n_before / n_now

"""A screening replayed against labels that are known: the order in which the queue would have shown the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ScreeningError
from explorer.screening.features import RecordFeatures, record_features
from explorer.screening.given import check_corpus, check_target, ids_given, is_whole, method_given
from explorer.screening.labels import label_of
from explorer.screening.queue import Method, Rows, following, learn, step
from explorer.screening.stopping import Curve, Stopping, hypergeometric, irrelevant_run, summary

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot


@dataclass(frozen=True)
class Order:
    """Records in the order screened."""

    rows: Rows
    """Priors first."""
    scores: NDArray[np.float64]
    """The score of each when it was shown; nan for priors."""
    fits: int
    """How often a model was learnt."""


def screened_order(
    features: RecordFeatures,
    relevant: NDArray[np.bool_],
    priors: Rows,
    *,
    method: Method | None = None,
    whole: bool = True,
) -> Order:
    """Screen records as a reviewer would who decides as the labels say.

    Parameters
    ----------
    features : RecordFeatures
    relevant : ndarray of bool, shape (n_records,)
    priors : ndarray of int64
        Rows known at the beginning.
    method : Method, optional
    whole : bool
        Go on to the last record; else until all relevant ones are found, where the benchmarks' figures are known.

    Returns
    -------
    Order
    """
    screened = np.zeros(len(features), bool)
    screened[priors] = True
    rows: list[int] = [int(row) for row in priors]
    scores = [np.nan] * len(rows)
    fits = 0
    while len(rows) < len(features) and (whole or relevant[rows].sum() != relevant.sum()):
        known = np.array(rows, np.int64)
        model = learn(features, known, relevant[known], method=method)
        fits += 1
        for row in following(model, screened, step(len(rows)), method=method):
            rows.append(int(row))
            scores.append(float(model.scores[row]))
        screened[rows] = True
    return Order(np.array(rows, np.int64), np.array(scores), fits)


class Simulated(Protocol):
    """What a simulation needs of a corpus."""

    snapshot: Snapshot


def simulate_screening(
    corpus: Simulated,
    labels: Mapping[str, object] | pd.Series,
    priors: Sequence[str],
    *,
    method: Method | Mapping[str, str] | None = None,
    target: float = 0.95,
    confidence: float = 0.95,
    every: int | None = None,
) -> pd.DataFrame:
    """Screen a corpus as a reviewer would who decides as known labels say.

    Parameters
    ----------
    corpus : Corpus
    labels : Series or mapping of str to bool
        Whether each paper is relevant, by id; papers without a label are left out.
    priors : sequence of str
        Ids known at the beginning, at best one relevant and one irrelevant.
    method : Method, or mapping of its fields, optional
        Model, balance and query strategy of the queue.
    target, confidence : float
        Recall wished for, and how sure to be.
    every : int, optional
        Decisions after which the estimates are made anew, by default a half per cent of the papers; they stay in between.

    Returns
    -------
    DataFrame
        A row a paper in the order screened: `id`, `label` (bool), `prior` (bool), `score` (of the queue when it was shown; missing for
        priors), `found` (relevant so far), `recall`, `recall_low`, `recall_high` (estimated), `chance` (that the target is reached),
        `p_value`, `stop` (bool). ``attrs["sentence"]`` holds, for the first moment at which to stop, what is known in words.

    Raises
    ------
    ScreeningError
        An id of `labels` or `priors` is not in the corpus, a prior has no label, a label is none or two of a paper differ, target or
        confidence is not between 0 and 1, or something else is given than what stands above.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> labels = corpus.papers.set_index("id")["title"].str.contains("odel")
    >>> order = explorer.simulate_screening(corpus, labels, priors=[labels.idxmax(), labels.idxmin()])
    >>> len(order), bool(order["found"].is_monotonic_increasing)
    (88, True)
    """
    import pandas as pd

    check_corpus(corpus)
    check_target(target, confidence)
    method = None if method is None else method_given(method)
    if every is not None and (not is_whole(every) or every < 1):
        raise ScreeningError(f"Estimates cannot be made after every {every!r} decisions; give a whole number from 1.")
    table = corpus.snapshot.table
    ids = table.column("id").to_pylist()
    row_of = {id_: row for row, id_ in enumerate(ids)}
    known = _labels_by_id(labels)
    priors = [str(id_) for id_ in ids_given(priors, "priors")]
    for id_ in [*known, *priors]:
        if id_ not in row_of:
            raise ScreeningError(f"The corpus has no paper “{id_}”; labels and priors are given by the corpus's own ids.")
    for id_ in priors:
        if known.get(id_) is None:
            raise ScreeningError(f"The prior “{id_}” has no label; a simulation starts from papers whose labels are known.")
    kept = sorted(row_of[id_] for id_, label in known.items() if label is not None)
    titles, abstracts = (table.column(name).take(kept).to_pylist() for name in ("title", "abstract"))
    relevant = np.array([known[ids[row]] for row in kept], bool)
    place = {row: number for number, row in enumerate(kept)}
    start = np.array(list(dict.fromkeys(place[row_of[id_]] for id_ in priors)), np.int64)
    order = screened_order(record_features(titles, abstracts), relevant, start, method=method)
    label = relevant[order.rows]
    told = estimates(label, len(start), target=target, confidence=confidence, every=every or max(1, len(kept) // 200))
    frame = pd.DataFrame(
        {
            "id": [ids[kept[row]] for row in order.rows],
            "label": label,
            "prior": np.arange(len(label)) < len(start),
            "score": order.scores,
            "found": np.cumsum(label),
            "recall": [one.recall.value for one in told],
            "recall_low": [one.recall.low for one in told],
            "recall_high": [one.recall.high for one in told],
            "chance": [one.chance for one in told],
            "p_value": [one.p_value for one in told],
            "stop": [one.reached for one in told],
        }
    )
    frame.attrs["sentence"] = next((one.sentence for one in told if one.reached), told[-1].sentence if told else "")
    return frame


def _labels_by_id(labels: Mapping[str, object] | pd.Series) -> dict[str, bool | None]:
    import pandas as pd

    if not isinstance(labels, (Mapping, pd.Series)):
        raise ScreeningError(
            f"Labels are a Series or a dict by the ids of papers, such as {{'p1': 1, 'p2': 0}}; not a {type(labels).__name__}."
        )
    known: dict[str, bool | None] = {}
    for id_, label in labels.items():
        said = _relevant(str(id_), label)
        if known.setdefault(str(id_), said) is not said:
            raise ScreeningError(f"“{id_}” has two labels that differ. Give one for each paper.")
    return known


def _relevant(id_: str, label: object) -> bool | None:
    """A label as files and frames have it; none where it is missing."""
    if label is None or (isinstance(label, (float, np.floating)) and np.isnan(label)):
        return None
    if (said := label_of(label)) in ("include", "exclude"):
        return said == "include"
    if str(label).strip().casefold() in ("", "-1", "-1.0", "nan", "none", "<na>", "nat"):
        return None
    raise ScreeningError(
        f"The label “{label}” of “{id_}” is neither relevant nor not; give 1 or 0, true or false, include or exclude."
    )


def estimates(included: NDArray[np.bool_], priors: int, *, target: float, confidence: float, every: int = 1) -> list[Stopping]:
    """What is known after each decision of a screening that went to its end.

    Parameters
    ----------
    included : ndarray of bool, shape (n_records,)
        Decisions in the order of the queue, priors first.
    priors : int
    target, confidence : float
    every : int
        Decisions after which the estimates are made anew.

    Returns
    -------
    list of Stopping
        One a decision; in between, the one before stands.
    """
    curve = Curve(max(len(included) - priors, 1))
    told: list[Stopping] = []
    for n in range(1, len(included) + 1):
        if n > priors and included[n - 1]:
            curve.meet(n - 1 - priors)
        if told and n % every and n < len(included):
            told.append(told[-1])
            continue
        queue, known = included[min(priors, n) : n], int(included[: min(priors, n)].sum())
        told.append(
            summary(
                curve,
                curve.to_come(len(queue)),
                p_value=hypergeometric(queue, len(included) - priors, target, known),
                run=irrelevant_run(queue),
                included=included[:n],
                records=len(included),
                target=target,
                confidence=confidence,
            )
        )
    return told


def read_labels_of(corpus: Simulated, column: str) -> pd.Series:
    """The labels of a corpus, by id, from one of its columns; of a paper merged of several records, relevant if one of them is.

    Raises
    ------
    ScreeningError
        There is no such column.
    """
    import pandas as pd

    table = corpus.snapshot.table
    if column not in table.column_names:
        own = ", ".join(table.column_names)
        raise ScreeningError(f"The papers have no column “{column}” of labels; their columns are {own}.")
    labels = dict(zip(table.column("id").to_pylist(), table.column(column).to_pylist(), strict=True))
    records = corpus.snapshot.merged.records
    if column in records.column_names:
        for paper, label in zip(records.column("merge_paper").to_pylist(), records.column(column).to_pylist(), strict=True):
            if label_of(label) == "include":
                labels[paper] = label
    return pd.Series(labels, dtype=object, name=column)


def drawn_priors(labels: pd.Series, seed: int) -> list[str]:
    """Draw one relevant and one irrelevant paper; the same labels and seed give the same two.

    Raises
    ------
    ScreeningError
        All are relevant, or none is.
    """
    known = {str(id_): label for id_, given in labels.items() if (label := _relevant(str(id_), given)) is not None}
    chance = np.random.default_rng(seed)
    drawn = []
    for wanted in (True, False):
        some = sorted(id_ for id_, label in known.items() if label is wanted)
        if not some:
            raise ScreeningError(f"No paper is labelled {'relevant' if wanted else 'irrelevant'}: a screening needs both.")
        drawn.append(str(chance.choice(some)))
    return drawn

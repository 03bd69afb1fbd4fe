"""What a reviewer reads next: the records that are left, in the order of what was learnt from those that are decided."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.executors import Progress, unheard
from explorer.screening.given import check_stage
from explorer.screening.labels import Entry, Label, State
from explorer.screening.review_records import ReviewRecords, Texts

if TYPE_CHECKING:
    from explorer.screening.features import RecordFeatures
    from explorer.screening.queue import Method, Model, Reason
    from explorer.store.snapshot import Snapshot

BLOCK = 8
"""Where several decide about each paper, each reads the next so many in an order of their own."""

_MOST_REASONS = 10_000
"""More words and phrases than a record has."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Learnt:
    """What a queue knew, and the entry of the log up to which it had learnt."""

    seq: int
    labels: int
    model: Model
    features: RecordFeatures
    key: tuple[Any, ...]
    """What the features were made from."""


class Lesson(Protocol):
    """What is to be learnt; it may run in another thread, and changes nothing."""

    def __call__(self, progress: Progress = unheard) -> Learnt:
        """Learn.

        Parameters
        ----------
        progress : callable, optional
            Called with the part of the records that was read, 0 to 1, time and again, where their words are not known yet; an exception
            it raises stops the work.
        """


class ActiveLearning:
    """The queue of one reviewer of a review.

    Parameters
    ----------
    snapshot : Snapshot
        The generation of the corpus that is reviewed.
    records : ReviewRecords
    state : State
        Of the review, as it is now. What is asked of a state before takes that as an argument.
    reviewer : str

    Attributes
    ----------
    learnt : Learnt or None
        What the queue was ordered by last; None before anything was learnt.
    """

    def __init__(self, snapshot: Snapshot, records: ReviewRecords, state: State, reviewer: str) -> None:
        self._snapshot, self._records, self._state, self._reviewer = snapshot, records, state, reviewer
        self.learnt: Learnt | None = None
        self._features: tuple[tuple[Any, ...], RecordFeatures] | None = None
        self._screened: dict[int, np.ndarray] = {}
        self._screened_of: list[str] | None = None

    # What is left to read

    def screened(self, stage: int) -> np.ndarray:
        """Which records this reviewer need not read any more at a stage: bool, shape (n_records,)."""
        ids = self._records.ids
        if self._screened_of is not ids:
            self._screened, self._screened_of = {}, ids
        if stage not in self._screened:
            check_stage(stage)
            self._screened[stage] = self._screened_in(self._state, stage, ids)
        return self._screened[stage]

    def _screened_in(self, state: State, stage: int, ids: Sequence[str]) -> np.ndarray:
        return np.fromiter((state.is_screened(stage, id_, self._reviewer) for id_ in ids), bool, len(ids))

    def touch(self, entry: Entry) -> None:
        """Note what an act changes of the records that are left."""
        # Where nothing was asked yet, as while a log is read, nothing is looked up.
        if not self._screened or self._screened_of is not (ids := self._records.ids):
            return
        row = self._records.row
        # Which full texts are open follows from who is done with titles and abstracts.
        if entry.act in ("join", "done", "leave", "unblind"):
            self._screened.pop(2, None)
            return
        if entry.act in ("settings", "undo"):
            papers = entry.said.get("papers", ids if entry.act == "settings" else ())
        elif entry.act in ("label", "resolve", "prior", "vote", "resolution"):
            papers = (entry.paper or "",)
        else:
            return
        for stage, screened in self._screened.items():
            for paper in papers:
                if paper in row:
                    screened[row[paper]] = self._state.is_screened(stage, paper, self._reviewer)

    def next_id(self, stage: int, left: np.ndarray) -> str | None:
        """Id of the record to read next, of those that are left: bool, shape (n_records,). None where none is."""
        return self._first(self._state, self.learnt, left, stage)

    def shown_then(self, state: State, learnt: Learnt | None, stage: int) -> str | None:
        """Id of the record that came next at a state before, from what was learnt by then."""
        ids = self._records.ids
        known = self._records.known_of(state)
        left = np.zeros(len(ids), bool)
        left[:known] = ~self._screened_in(state, stage, ids[:known])
        return self._first(state, learnt, left, stage)

    def _first(self, state: State, learnt: Learnt | None, left: np.ndarray, stage: int) -> str | None:
        if stage == 1:
            for drawn in state.samples:
                for id_ in drawn.ids:
                    row = self._records.row.get(id_)
                    if row is not None and left[row]:
                        return id_
        if not left.any():
            return None
        count = BLOCK if state.votes_needed > 1 else 1
        if learnt is None:
            rows = np.flatnonzero(left)[:count]
        else:
            from explorer.screening.queue import following

            screened = np.ones(len(learnt.features), bool)
            known = min(len(left), len(learnt.model.scores))
            screened[:known] = ~left[:known]
            rows = following(learnt.model, screened, count, method=method_of(state))
            if not len(rows):
                rows = np.flatnonzero(left)[:count]
        ids = [self._records.ids[int(row)] for row in rows]
        return min(ids, key=self._own_order) if count > 1 else ids[0]

    def _own_order(self, id_: str) -> bytes:
        return hashlib.blake2b(f"{self._reviewer}\n{id_}".encode(errors="surrogatepass"), digest_size=8).digest()

    def ranks(self, progress: Progress) -> dict[str, int]:
        """Place in the queue, from 1, of each record that is left, by its id; what is due is learnt first."""
        if self.learnt is None or self.learnt.key != self._features_key(self._state):
            self.take(self.lesson(self._state)(progress))
        from explorer.screening.queue import following

        assert self.learnt is not None
        ids = self._records.ids
        screened = np.ones(len(self.learnt.features), bool)
        screened[: len(ids)] = self.screened(1)
        rows = following(self.learnt.model, screened, len(ids), method=method_of(self._state))
        return {ids[row]: place for place, row in enumerate(rows.tolist(), 1)}

    # Learning

    def lesson_due(self) -> bool:
        """Whether decisions came that are worth learning from."""
        from explorer.screening.queue import refit_due

        if self.learnt is None or self.learnt.key != self._features_key(self._state):
            return True
        return refit_due(self.learnt.labels, self._decided(self._state))

    def lesson(self, state: State) -> Lesson:
        """What was to be learnt at a state, as a function that may run in another thread and changes nothing."""
        from explorer.screening.queue import learn

        key = self._features_key(state)
        known = self._features[1] if self._features is not None and self._features[0] == key else None
        # Places in the table are looked up where features are made: of 50,000 records that takes longer than all else of a decision.
        ids, count = self._records.ids, self._records.known_of(state)
        snapshot, texts, table_row = self._snapshot, self._records.texts, self._records.table_row
        filled = dict(state.abstracts)
        extra = _words_of(state)
        labelled, included = self.examples(state)
        seq, method, pseudo, decided = state.seq, method_of(state), bool(extra), self._decided(state)

        def run(progress: Progress = unheard) -> Learnt:
            features = known
            if features is None:
                features = _features(snapshot, texts, table_row, ids[:count], filled, extra, progress)
            of = [*([count] if pseudo else []), *labelled]
            positive = np.array([*([True] if pseudo else []), *included], bool)
            model = learn(features, np.array(of, np.int64), positive, method=method)
            return Learnt(seq, decided, model, features, key)

        return run

    def take(self, learnt: Learnt) -> None:
        """Order the queue by what was learnt."""
        self.learnt = learnt
        self.remember(learnt)

    def remember(self, learnt: Learnt) -> None:
        """Keep the features that something was learnt from, for the next lesson."""
        self._features = learnt.key, learnt.features

    def _features_key(self, state: State) -> tuple[Any, ...]:
        return (len(state.searches), tuple(sorted(state.abstracts.items())), _words_of(state))

    def _decided(self, state: State) -> int:
        """About how many decisions there are to learn from: counted without looking at each, for it is asked after every one."""
        mine = len(state.votes[1]) if not state.blind(1) else len(state.order.get(self._reviewer, ()))
        return len(state.priors[1]) + mine

    def examples(self, state: State) -> tuple[list[int], list[bool]]:
        """Rows that this reviewer may learn from, in the order of decision, and whether each was included.

        Where reviewers are blind, others' decisions teach nothing, for the order would tell of them.
        """
        found: dict[str, tuple[int, Label]] = {}
        for paper, prior in state.priors[1].items():
            found[paper] = (prior.seq, prior.label)
        blind, shown, row = state.blind(1), state.shown[1], self._records.row
        for paper, votes in state.votes[1].items():
            # What `State.hidden` says, of 50,000 papers.
            all_seen = not blind or paper in shown
            seen = [mine[-1] for reviewer, mine in votes.items() if mine and (all_seen or reviewer == self._reviewer)]
            if seen:
                # Where they disagree, the paper is relevant until it is resolved.
                label: Label = "include" if any(one.label == "include" for one in seen) else seen[-1].label
                if state.votes_needed == 1 and len(seen) > 1 and (holds := state.verdict(1, paper)[1]):
                    label = holds.label
                found[paper] = (min(votes[one.reviewer][0].seq for one in seen), label)
        for paper, settled in state.settled[1].items():
            holds = state.verdict(1, paper)[1] or settled[-1]
            found[paper] = (found.get(paper, (settled[-1].seq, "maybe"))[0], holds.label)
        ordered = sorted((seq, row[paper], label) for paper, (seq, label) in found.items() if paper in row and label != "maybe")
        return [place for _, place, _ in ordered], [label == "include" for _, _, label in ordered]

    def score(self, id_: str) -> float | None:
        """What the queue says of a record; None where it did not know it."""
        row = self._records.row[id_]
        return float(self.learnt.model.scores[row]) if self.learnt is not None and row < len(self.learnt.model.scores) else None

    def why(self, id_: str, count: int) -> Sequence[Reason]:
        """Words that speak for and against a record (see `Screening.why`)."""
        from explorer.screening.queue import reasons
        from explorer.text.languages import AUXILIARIES, function_words_of

        if self.learnt is None or self.score(id_) is None:
            return ()
        text = f"{self._records.title(id_)} {self._records.abstract(id_)}"
        empty = AUXILIARIES | function_words_of(_WORD.findall(text.casefold()))
        every = reasons(self.learnt.features, self.learnt.model, self._records.row[id_], _MOST_REASONS)
        found = [one for one in every if empty.isdisjoint(one.word.split()) and not one.word.replace(" ", "").isdecimal()]
        return [
            *[one for one in found if one.weight > 0][:count],
            *[one for one in found if one.weight < 0][:count],
        ]


def method_of(state: State) -> Method:
    """Model, balance and query strategy of a review at a state."""
    from explorer.screening.queue import Method

    return Method(**state.settings.get("method", {}))


def _words_of(state: State) -> str:
    return " ".join(filter(None, [state.settings.get("description", ""), *state.settings.get("criteria", [])]))


def _features(
    snapshot: Snapshot,
    texts: Texts,
    table_row: Mapping[str, int],
    ids: Sequence[str],
    filled: Mapping[str, str],
    extra: str,
    progress: Progress,
) -> RecordFeatures:
    """Features of some records, with abstracts that were filled in, and of words of the review's own as one more; made unless they are kept."""
    from explorer.screening.feature_cache import FEWEST, feature_key, keep_features, kept_features
    from explorer.screening.features import record_features

    key = feature_key(snapshot.generation, ids, sorted(filled.items()), extra) if len(ids) >= FEWEST else ""
    if key and (kept := kept_features(key)) is not None:
        return kept
    rows = [table_row[id_] for id_ in ids]
    titles = [texts.titles[row] for row in rows]
    abstracts = [filled.get(id_) or texts.abstracts[row] for id_, row in zip(ids, rows, strict=True)]
    made = (
        record_features([*titles, extra], [*abstracts, ""], progress=progress)
        if extra
        else record_features(titles, abstracts, progress=progress)
    )
    if key:
        keep_features(key, made, snapshot.generation)
    return made

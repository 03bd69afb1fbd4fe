"""How far a reviewer is: counts, the order in which records were read, and what that says of the records still to be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.screening.active_learning import ActiveLearning
from explorer.screening.labels import State
from explorer.screening.review_records import ReviewRecords

if TYPE_CHECKING:
    from explorer.screening.stopping import Sample, Stopping


class ReadingProgress:
    """What one reviewer has read of a review.

    Parameters
    ----------
    records : ReviewRecords
    state : State
        Of the review.
    queue : ActiveLearning
        The reviewer's.
    reviewer : str
    """

    def __init__(self, records: ReviewRecords, state: State, queue: ActiveLearning, reviewer: str) -> None:
        self._records, self._state, self._queue, self._reviewer = records, state, queue, reviewer
        self._drawn: tuple[tuple[int, int], tuple[set[str], set[str], set[str]]] | None = None

    def counts(self, stage: int) -> dict[str, int]:
        """Counts of records (see `Screening.progress`)."""
        state, row = self._state, self._records.row
        records = len(row) if stage == 1 else sum(paper in row for paper in state.fulltexts())
        known = {paper: prior.label for paper, prior in state.priors[stage].items()}
        for paper, votes in state.votes[stage].items():
            if mine := votes.get(self._reviewer):
                known[paper] = mine[-1].label
            elif any(given[0].taken for given in votes.values()) and not state.hidden(stage, paper):
                # What a file told is known to whoever goes on from it, as a prior is.
                verdict = state.verdict(stage, paper)[0]
                if verdict != "awaits":
                    known[paper] = verdict if verdict in ("include", "exclude") else "maybe"
        known = {paper: label for paper, label in known.items() if paper in row and state.at_stage(stage, paper)}
        counts = Counter(known.values())
        return {
            "records": records,
            "screened": len(known),
            "included": counts["include"],
            "excluded": counts["exclude"],
            "maybe": counts["maybe"],
            "left": int(np.count_nonzero(~self._queue.screened(stage))),
        }

    def order(self) -> list[tuple[int, str, bool, bool]]:
        """Number of the first decision, paper, whether it is relevant, and whether it was known before; priors first."""
        state, blind, shown, row = self._state, self._state.blind(1), self._state.shown[1], self._records.row
        found = []
        for paper in dict.fromkeys((*state.priors[1], *state.votes[1])):
            if paper not in row:
                continue
            prior = state.priors[1].get(paper)
            given = state.votes[1].get(paper, {})
            # What `State.hidden` says, after every decision.
            if blind and paper not in shown:
                given = {self._reviewer: given[self._reviewer]} if given.get(self._reviewer) else {}
            votes = [mine for mine in given.values() if mine]
            if not votes and prior is None:
                continue
            if state.votes_needed == 1 and (len(votes) > 1 or paper in state.settled[1]):
                relevant = state.verdict(1, paper)[0] != "exclude"
            elif paper in state.settled[1]:
                relevant = state.settled[1][paper][-1].label != "exclude"
            elif votes:
                relevant = any(mine[-1].label != "exclude" for mine in votes)
            else:
                relevant = prior is not None and prior.label != "exclude"
            # What a file told stood in no order of this queue, whoever decided it.
            before = prior is not None or any(mine[0].taken for mine in votes)
            seq = prior.seq if prior is not None else min(mine[0].seq for mine in votes)
            found.append((seq, paper, relevant, before))
        return sorted(found, key=lambda row: (not row[3], row[0]))

    def stopping_of(self, target: float, confidence: float) -> Callable[[], Stopping]:
        """What is known by now about what is still to be found, as a function that may run in another thread."""
        from explorer.screening.stopping import stopping

        state, order = self._state, self.order()
        sampled = {id_ for drawn in state.samples for id_ in drawn.ids}
        apart = np.array([paper in sampled for _, paper, *_ in order], bool)
        sample = self._sample_read({paper: included for _, paper, included, _ in order})
        scores = np.array([state.scores.get(seq, np.nan) for seq, *_ in order], float)
        included = np.array([relevant for _, _, relevant, _ in order], bool)
        records, priors = len(self._records.ids), sum(prior for *_, prior in order)
        searches = None
        if len(state.searches) > 1:
            search_of, row = self._records.search_of, self._records.row
            read = [row[paper] for _, paper, *_ in order]
            searches = np.concatenate([search_of[read], np.delete(search_of, read)])
        unread = None
        if self._queue.learnt is not None:
            known = self._queue.learnt.model.scores[:records]
            unread = known[~self._queue.screened(1)[: len(known)]].astype(float)
        disputed = any(
            state.verdict(1, paper)[0] == "conflict"
            for paper, votes in state.votes[1].items()
            if len(votes) > 1 and not state.hidden(1, paper)
        )
        counted = ["A “maybe”"] * bool(self.counts(1)["maybe"]) + ["A record in conflict"] * disputed

        def estimate() -> Stopping:
            known = stopping(
                included,
                records,
                chances=scores,
                left=unread,
                target=target,
                confidence=confidence,
                priors=priors,
                apart=apart,
                sample=sample,
                searches=searches,
            )
            # Else a reader who counts what was included finds fewer than are said to be relevant.
            return replace(known, sentence=" ".join([known.sentence, *(f"{name} counts as relevant." for name in counted)]))

        return estimate

    def _sample_read(self, decided: Mapping[str, bool]) -> Sample | None:
        """What the last random sample says; none where none was drawn. Samples drawn one right after the other are one."""
        from explorer.screening.stopping import Sample

        drawn, pool, others = self._sample_drawn()
        if not drawn:
            return None
        read = drawn & decided.keys()
        return Sample(
            drawn=len(drawn),
            read=len(read),
            relevant=sum(decided[id_] for id_ in read),
            pool=len(pool),
            found=sum(relevant for id_, relevant in decided.items() if id_ in pool),
            beyond=sum(id_ not in decided for id_ in others),
        )

    def _sample_drawn(self) -> tuple[set[str], set[str], set[str]]:
        """The last random sample, the records it was drawn from, and all others. Kept, for it is asked after every decision."""
        state, row = self._state, self._records.row
        now = (len(state.samples), len(state.searches))
        if self._drawn is not None and self._drawn[0] == now:
            return self._drawn[1]
        drawn: set[str] = set()
        pool: set[str] = set()
        for one in state.samples:
            known = {self._records.moved.get(id_, id_) for search in state.searches[: one.searches] for id_ in search.ids}
            drawn_from = (known - one.read) & row.keys()
            ids = drawn_from.intersection(one.ids)
            drawn, pool = (drawn | ids, pool) if drawn and drawn_from == pool - drawn else (ids, drawn_from)
        found = drawn, pool, row.keys() - pool
        self._drawn = now, found
        return found

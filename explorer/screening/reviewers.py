"""Several reviewers of one review: what each may see of the others' decisions, what awaits a vote, conflicts, agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import ScreeningError
from explorer.screening.agreement import agreement
from explorer.screening.labels import STAGES, Decision, Entry, State
from explorer.screening.review_records import ReviewRecords

if TYPE_CHECKING:
    import pandas as pd


class Reviewers:
    """The reviewers of a review, as one of them sees the others.

    Parameters
    ----------
    records : ReviewRecords
    state : State
        Of the review.
    reviewer : str
        The one who sees.
    """

    def __init__(self, records: ReviewRecords, state: State, reviewer: str) -> None:
        self._records, self._state, self._reviewer = records, state, reviewer

    def may_know(self, entry: Entry, stage: int) -> bool:
        """Whether this reviewer may know of an act, at that stage: not of others' decisions that are hidden."""
        if entry.act == "vote":
            return self._may_see(stage, entry.paper or "", entry.said["who"])
        if entry.act not in ("label", "undo"):
            return True
        papers = (entry.paper or "",) if entry.act == "label" else entry.said["papers"]
        return all(self._may_see(stage, paper, entry.reviewer) for paper in papers)

    def _may_see(self, stage: int, paper: str, reviewer: str) -> bool:
        """Whether this reviewer may see a decision of a reviewer."""
        return reviewer == self._reviewer or not self._state.hidden(stage, paper)

    def decisions(self) -> list[tuple[int, str, Decision]]:
        """All decisions in force that this reviewer may see (see `Screening.decisions`)."""
        state = self._state
        found: list[tuple[int, str, Decision]] = []
        for stage in STAGES:
            found += [(stage, paper, one) for paper, one in state.priors[stage].items()]
            for paper, votes in state.votes[stage].items():
                found += [
                    (stage, paper, mine[-1])
                    for reviewer, mine in votes.items()
                    if mine and self._may_see(stage, paper, reviewer)
                ]
            found += [(stage, paper, mine[-1]) for paper, mine in state.settled[stage].items()]
        return found

    def maybes(self, stage: int) -> list[str]:
        """Papers that this reviewer left at "maybe", or a file did (see `Screening.maybes`)."""
        state, known = self._state, self._records.row
        given = {paper: prior.label for paper, prior in state.priors[stage].items() if not state.votes_of(stage, paper)}
        for paper, votes in state.votes[stage].items():
            if mine := votes.get(self._reviewer):
                given[paper] = mine[-1].label
            elif self._is_left_open(stage, paper):
                given[paper] = "maybe"
        return [
            paper
            for paper, label in given.items()
            if label == "maybe" and paper in known and paper not in state.settled[stage] and state.at_stage(stage, paper)
        ]

    def _is_left_open(self, stage: int, paper: str) -> bool:
        """Whether reviewers who take no part left a paper undecided, and nobody who does has seen to it."""
        state = self._state
        if state.hidden(stage, paper) or any(state.reviewers.get(who) == "active" for who in state.votes[stage][paper]):
            return False
        verdict = state.verdict(stage, paper)[0]
        return verdict == "maybe" or (verdict == "conflict" and state.votes_needed == 1)

    def awaiting(self, stage: int) -> pd.DataFrame:
        """Papers that await a further vote (see `Screening.awaiting`)."""
        import pandas as pd

        state, rows = self._state, []
        for paper in self._of_verdict(stage, "awaits"):
            votes = state.votes_of(stage, paper)
            missing, able = state.votes_needed - len(votes), sum(name not in votes for name in state.active)
            rows.append((paper, self._records.title(paper), len(votes), missing, self._reviewer in votes, able))
        return pd.DataFrame(rows, columns=["id", "title", "votes", "missing", "mine", "able"])

    def conflicts(self, stage: int) -> pd.DataFrame:
        """Papers about which reviewers disagree (see `Screening.conflicts`)."""
        import pandas as pd

        if self._nothing_seen(stage):
            raise ScreeningError(
                f"Conflicts are shown once all reviewers are done with stage {stage}; not done: {self.not_done(stage)}."
            )
        names, rows = sorted(self._state.reviewers), []
        for paper in self._of_verdict(stage, "conflict"):
            if not self._state.hidden(stage, paper):
                votes = self._state.votes_of(stage, paper)
                said = [": ".join(filter(None, votes[name][:2])) if name in votes else None for name in names]
                rows.append((paper, self._records.title(paper), *said))
        return pd.DataFrame(rows, columns=["id", "title", *names])

    def _of_verdict(self, stage: int, verdict: str) -> list[str]:
        """Papers that somebody voted on, that are open at a stage, and of which a verdict holds."""
        state, known = self._state, self._records.row
        return [
            paper
            for paper in state.votes[stage]
            if paper in known and state.at_stage(stage, paper) and state.verdict(stage, paper)[0] == verdict
        ]

    def agreement(self, stage: int) -> pd.DataFrame:
        """How far the reviewers agree (see `Screening.agreement`)."""
        import pandas as pd

        state = self._state
        if self._nothing_seen(stage):
            raise ScreeningError(f"Agreement is shown once all reviewers are done with stage {stage}, or blinding is lifted.")
        alone = state.independent[stage]
        every = alone if any(alone.values()) else {paper: state.votes_of(stage, paper) for paper in state.votes[stage]}
        rows = {
            paper: {who: one.label for who, one in votes.items()}
            for paper, votes in every.items()
            if votes and not state.hidden(stage, paper)
        }
        frame = pd.DataFrame.from_dict(rows, orient="index", dtype=object)
        return agreement(frame[sorted(frame.columns)] if len(frame.columns) else frame)

    def _nothing_seen(self, stage: int) -> bool:
        """Whether all votes at a stage are hidden from those who did not give them."""
        return self._state.blind(stage) and not self._state.shown[stage]

    def not_done(self, stage: int) -> str:
        """Reviewers who are waited for until a stage is not blind any more, as a message names them."""
        names = sorted(name for name in self._state.active if (name, stage) not in self._state.done)
        return ", ".join(names) or "nobody began"

"""What a methods section says about how a review was screened, and why it stopped when it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.screening.labels import ELSEWHERE, State
from explorer.screening.stopping import percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.screening.queue import Method
    from explorer.screening.stopping import Estimate, Stopping


def report(name: str, state: State, method: Method, known: Stopping) -> str:
    """The stopping report of a review, as Markdown."""
    settings = state.settings
    reviewers = [who for who, how in sorted(state.reviewers.items()) if how == "active"]
    left = [who for who, how in sorted(state.reviewers.items()) if how == "left"]
    elsewhere = [who for who, how in sorted(state.reviewers.items()) if how == ELSEWHERE]
    # Where nothing is left to read nothing is estimated, and of no relevant record there is no recall.
    whole = known.screened == known.records
    before = sum(paper in state.priors[1] or _taken(state, paper) for paper in state.decided(1))
    sampled = sum(len(drawn.ids) for drawn in state.samples)
    lines = [
        f"# Screening of “{name}”",
        "",
        f"{_count(known.records, 'record')} came from {_count(len(state.searches), 'search', 'es')}."
        f" {known.screened:,} {'was' if known.screened == 1 else 'were'} decided by title and abstract"
        f" ({_percent(known.screened, known.records)}), {known.found:,} of them relevant"
        + (f"; {before:,} of these decisions were known before." if before else "."),
        f"Each record was decided by {_reviewers(state.votes_needed)} ({', '.join(reviewers) or 'nobody yet'})."
        + (f" {', '.join(left)} left the review; what they had decided stayed." if left else "")
        + (f" Decisions of {', '.join(elsewhere)} were taken from a file." if elsewhere else ""),
        f"Records were read in the order of a queue that learns from the decisions (model {method.model}, balance {method.balance}, query"
        f" {method.query}); it began with {_count(before, 'known decision')}"
        + (", a description" if settings.get("description") else "")
        + (
            f" and {(wanted := len(settings['criteria']))} criteri{'on' if wanted == 1 else 'a'}"
            if settings.get("criteria")
            else ""
        )
        + ".",
        "",
        "## When it stopped",
        "",
        known.sentence,
        "",
        *([] if whole else _estimates(known)),
        f"- Irrelevant records in a row at the end: {known.irrelevant_run:,}.",
        *([] if whole else [f"- To be read until the target, going on in this order: {_estimate(known.to_go)}."]),
        f"- Random validation sample: {f'{sampled:,} records' if sampled else 'none drawn'}.",
        f"- So {'the screening may stop' if known.reached else 'the screening should go on'}.",
        "",
    ]
    return "\n".join(lines)


def _taken(state: State, paper: str) -> bool:
    """Whether a file told of a vote on a paper."""
    return any(mine[0].taken for mine in state.votes[1].get(paper, {}).values())


def _estimates(known: Stopping) -> list[str]:
    """What is known of what is left."""
    return [
        f"- Recall so far: {_estimate(known.recall, percent)}; the target was {percent(known.target)}.",
        f"- Relevant records in all: {_estimate(known.relevant)}.",
        f"- Hypergeometric test of Callaghan and Müller-Hansen (2020) that the target is not reached: p = {known.p_value:.3g}.",
        *(
            []
            if known.modelled is None
            else [
                f"- Relevant records in all by the scores of the queue (QuantCI of Yang, Lewis and Frieder 2021): {_estimate(known.modelled)}."
            ]
        ),
    ]


def _reviewers(votes: int) -> str:
    return "one reviewer" if votes == 1 else f"{votes} reviewers, blind to each other"


def _count(number: int, what: str, plural: str = "s") -> str:
    return f"{number:,} {what}{'' if number == 1 else plural}"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "0 %"


def _estimate(estimate: Estimate, say: Callable[[float], str] = "{:,.0f}".format) -> str:
    return f"{say(estimate.value)} ({percent(estimate.confidence)} interval {say(estimate.low)} to {say(estimate.high)})"

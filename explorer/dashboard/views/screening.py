"""A review as plain JSON values: the record to decide about with its words marked, how far it is, who reviews, when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from explorer.errors import ScreeningError
from explorer.papers.author_names import display
from explorer.screening.labels import LABELS, STAGES
from explorer.screening.record_notes import notes_of
from explorer.text.analysis import Terms, has_signs, highlight, readable, tokens, unspaced, words_of, written

if TYPE_CHECKING:
    import pandas as pd

    from explorer.screening.labels import Decision, State
    from explorer.screening.queue import Reason
    from explorer.screening.screening import Screening
    from explorer.screening.stopping import Estimate, Stopping

View = dict[str, Any]
Marked = list[tuple[str, int]]
"""Pieces of a text, each with the number of the criterion it shows (from 1), FOR, AGAINST, or 0."""

FOR, AGAINST = -1, -2

COLOURS = 6
"""Criteria beyond so many share colours."""

_MOST_CONFLICTS = 200
_MOST_UNREAD = 5
_MOST_DECIDED = 100
_CURVE = 120
"""Points of the picture of what was found at most."""


def review(
    screening: Screening,
    *,
    current: str | None,
    picked: bool,
    stage: int,
    view: str,
    learning: bool,
    reading: float | None,
    known: Stopping | None,
    unknown: str,
    newer: int,
    wanted: tuple[str, str],
    seeds: View | None,
    labels: View | None,
) -> View:
    """All of a review that the page shows."""
    state = screening.state
    criteria = [str(text) for text in state.settings.get("criteria", [])]
    progress = screening.progress(stage)
    return {
        "name": screening.name,
        "reviewer": screening.reviewer,
        "view": view,
        "stage": stage,
        "criteria": criteria,
        "description": state.settings.get("description", ""),
        "reasons": list(state.settings.get("reasons", [])),
        "record": None if current is None else record(screening, current, stage, criteria, picked=picked),
        "learning": learning,
        "reading": reading,
        "newer": newer,
        "progress": progress,
        # Full texts are open where others' votes are no secret; so many are there.
        "second": sum(paper in screening.known for paper in state.fulltexts()),
        "waits": state.blind(1),
        "can_undo": bool(state.latest.get(screening.reviewer)),
        **maybes(screening, stage),
        # Of papers that were known beforehand nothing follows about those that are left.
        "stop": stop(known, screening) if known is not None and _was_read(state) else None,
        "unknown": unknown,
        "team": team(screening, stage) if view == "team" else None,
        "decided": decided(screening, stage, *wanted) if view == "decided" else None,
        "votes": state.votes_needed,
        "seeds": seeds,
        "told": [
            {"number": number, "how": step.from_file.said["how"], "papers": len(step.papers)}
            for number, step in state.files.items()
            if step.from_file
        ],
        "labels": labels,
    }


def _was_read(state: State) -> bool:
    """Whether something was read for the review, or a file tells what was excluded."""
    return bool(state.votes[1]) or any(prior.label != "include" for prior in state.priors[1].values())


def record(screening: Screening, id_: str, stage: int, criteria: Sequence[str], *, picked: bool) -> View:
    """One record, the words of the criteria and what the queue has learnt marked in it."""
    row = screening.corpus.snapshot.table.column("id").index(id_).as_py()
    paper = screening.corpus.snapshot.table.slice(row, 1).to_pylist()[0]
    said = screening.record(id_)
    why = screening.why(id_)
    looked_for = _looked_for(criteria, why)
    mine = _decision(screening, stage, id_)
    return {
        "id": id_,
        "row": row,
        "title": marked(readable(said["title"]) or "Untitled", looked_for),
        "abstract": marked(readable(said["abstract"]), looked_for),
        "filled": id_ in screening.state.abstracts,
        "authors": [display(name) for name in paper["authors"] or ()][:12],
        "date": str(paper["year"] or ""),
        "venue": paper["venue"] or "",
        "url": f"https://doi.org/{paper['doi']}" if paper["doi"] else paper["url"] or "",
        "mine": [mine.label, mine.reason, mine.how] if mine else None,
        "alike": len(screening.alike(id_)),
        "picked": picked,
        "notes": notes_of(screening.snapshot, id_),
        "sample": None if mine else _drawn_place(screening, id_),
        "own_note": screening.corpus.library.note_of(id_),
        "why": [{"word": one.word, "weight": round(float(one.weight), 4)} for one in why],
    }


def _decision(screening: Screening, stage: int, id_: str) -> Decision | None:
    """What this reviewer decided; else what a file told, which holds until they decide otherwise."""
    state = screening.state
    if mine := state.vote(stage, id_, screening.reviewer):
        return mine
    votes = state.votes[stage].get(id_, {})
    if any(given[-1].taken for given in votes.values()) and not state.hidden(stage, id_):
        verdict, decision = state.verdict(stage, id_)
        if decision is not None:
            return decision
        if verdict == "conflict":
            # Reviewers in the file differ: nobody decided.
            last = max((given[-1] for given in votes.values()), key=lambda one: one.seq)
            return last._replace(label="maybe", reason="")
    return state.priors[stage].get(id_)


def _drawn_place(screening: Screening, id_: str) -> tuple[int, int] | None:
    """Which record of a random sample this is, and how many were drawn; none where the queue chose it."""
    state = screening.state
    for drawn in reversed(state.samples):
        if id_ in drawn.ids:
            read = sum(state.is_screened(1, one, screening.reviewer) for one in drawn.ids)
            return read + 1, len(drawn.ids)
    return None


def _looked_for(criteria: Sequence[str], why: Iterable[Reason]) -> list[tuple[int, Terms]]:
    """What is marked, criteria first; a word of two criteria is the first one's."""
    found = [(number % COLOURS + 1, _terms(text)) for number, text in enumerate(criteria)]
    words: dict[int, list[str]] = {FOR: [], AGAINST: []}
    for reason in why:
        words[FOR if reason.weight > 0 else AGAINST].append(reason.word)
    return [*found, *((mark, _terms(" ".join(said))) for mark, said in words.items())]


def _terms(text: str) -> Terms:
    """Words to be marked; those that the analysers of the index cut at a sign of theirs, and what writes no blanks, to the letter."""
    signed = [word for word in written(text) if has_signs(word)]
    runs = dict.fromkeys([*signed, *unspaced(text)])
    plain = [word for word in written(text) if not has_signs(word)] if signed else [text]
    stems = (term for part in plain for _, term in tokens(part, "english"))
    return Terms(stems=frozenset(stem for stem in stems if not unspaced(stem)), runs=tuple(runs))


def marked(text: str, looked_for: Sequence[tuple[int, Terms]]) -> Marked:
    """Cut a text where words are marked."""
    marks = [0] * len(text)
    for mark, terms in looked_for:
        place = 0
        for piece, hit in highlight(text, terms) if terms.stems or terms.runs else ():
            if hit:
                for at in range(place, place + len(piece)):
                    marks[at] = marks[at] or mark
            place += len(piece)
    pieces: Marked = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marks[at] != marks[start]:
            pieces.append((text[start:at], marks[start]))
            start = at
    return pieces


def maybes(screening: Screening, stage: int) -> View:
    """The papers that this reviewer, or a file while nobody decided, left at maybe: how many, and the first of them."""
    ids = screening.maybes(stage)
    shown = [{"id": id_, "title": readable(screening.record(id_)["title"])[:200]} for id_ in ids[:_MOST_CONFLICTS]]
    return {"maybe": len(ids), "maybes": shown}


def decided(screening: Screening, stage: int, words: str, label: str) -> View:
    """What this reviewer decided, or a file before, the last first: those with all words in title or reason, and with a label."""
    state = screening.state
    every = dict.fromkeys((*state.priors[stage], *state.votes[stage]))
    found = {paper: one for paper in every if (one := _decision(screening, stage, paper)) is not None}
    looked_for = words_of(words)
    rows: list[View] = []
    count = 0
    for paper, one in sorted(found.items(), key=lambda item: -item[1].seq):
        if label not in ("", one.label) or paper not in screening.known:
            continue
        title = readable(screening.record(paper)["title"]) or "Untitled"
        text = " ".join(words_of(f"{title} {one.reason}"))
        if not all(word in text for word in looked_for):
            continue
        count += 1
        if len(rows) < _MOST_DECIDED:
            rows.append({"id": paper, "title": title[:200], "label": one.label, "reason": one.reason, "how": one.how})
    return {"words": words, "label": label, "count": count, "rows": rows}


def stop(known: Stopping, screening: Screening) -> View:
    """What is known of what is still to be found, and the curve of what was found."""
    return {
        "records": known.records,
        "screened": known.screened,
        "found": known.found,
        "run": known.irrelevant_run,
        "target": known.target,
        "recall": _estimate(known.recall),
        "relevant": _estimate(known.relevant),
        "to_go": _estimate(known.to_go),
        "chance": _number(known.chance),
        "p": _number(known.p_value),
        "modelled": None if known.modelled is None else _estimate(known.modelled),
        "reached": known.reached,
        "sentence": known.sentence,
        "curve": curve(screening.found_so_far()),
        "sampled": sum(len(drawn.ids) for drawn in screening.state.samples),
    }


def _estimate(estimate: Estimate) -> View:
    return {
        "value": _number(estimate.value),
        "low": _number(estimate.low),
        "high": _number(estimate.high),
        "confidence": estimate.confidence,
    }


def _number(value: float) -> float | None:
    """JSON has no infinity, and nothing that is no number."""
    return round(float(value), 6) if math.isfinite(value) else None


def seeds(name: str, found: pd.DataFrame) -> View:
    """What became of papers known to be relevant that a file or a list named."""
    counts = found["outcome"].value_counts()
    lost = found.loc[found["outcome"] == "not found", ["given", "candidates"]]
    return {
        "name": name,
        "named": len(found),
        **{outcome: int(counts.get(outcome, 0)) for outcome in ("added", "decided", "repeated", "excluded")},
        "missing": len(lost),
        "lost": [
            f"{str(given)[:200]}{f': {len(candidates)} records go by it; give a DOI or the year' if candidates else ''}"
            for given, candidates in lost.head(_MOST_CONFLICTS).itertuples(index=False, name=None)
        ],
    }


def labels(screening: Screening, name: str, found: pd.DataFrame) -> View:
    """What a file of decisions says of the records of a review, before it is taken: how many of each label at each stage, and what stays."""
    from explorer.screening.files import named_votes, resolutions, settled

    state = screening.state
    counts = {stage: dict.fromkeys((*LABELS, "conflict"), 0) for stage in STAGES}
    holds: dict[tuple[int, str], str] = {(stage, id_): label for id_, stage, label, _ in settled(found)}
    votes: dict[tuple[int, str], dict[str, str]] = {}
    for row in named_votes(found):
        votes.setdefault((row.stage, row.id), {})[row.reviewer] = row.label
    for named, given in votes.items():
        holds[named] = next(iter(given.values())) if len(set(given.values())) == 1 else "conflict"
    holds |= {(row.stage, row.id): row.label for row in resolutions(found)}
    for (stage, _), label in holds.items():
        counts[stage][label] += 1
    single = sum(
        len(given.keys() | state.votes_of(stage, id_).keys()) < state.votes_needed for (stage, id_), given in votes.items()
    )
    doubtful = found.loc[found["candidates"].map(bool)].drop_duplicates(["title", "doi", "pmid", "year"])
    lost = found.loc[found["id"].isna() & ~found["candidates"].map(bool)].drop_duplicates(["title", "doi", "pmid"])
    return {
        "phase": "read",
        "name": name,
        "part": None,
        "records": int(found["id"].nunique()),
        "stages": [counts[stage] for stage in STAGES],
        "reviewers": sorted({who for given in votes.values() for who in given}),
        "single": single,
        "mine": len({id_ for stage, id_ in holds if _decided_here(state, stage, id_, screening.reviewer)}),
        "missing": len(lost),
        "lost": _called(lost),
        "ambiguous": len(doubtful),
        "doubtful": [
            f"{called} ({len(candidates)} records)"
            for called, candidates in zip(_called(doubtful), doubtful["candidates"], strict=False)
        ],
        "unread": list(found.attrs.get("unread", {}).items())[:_MOST_UNREAD],
    }


def _decided_here(state: State, stage: int, id_: str, reviewer: str) -> bool:
    mine = state.vote(stage, id_, reviewer)
    return mine is not None and not mine.taken


def _called(found: pd.DataFrame) -> list[str]:
    """What names the records of some rows, to be shown."""
    named = found[["title", "year", "doi", "pmid"]].head(_MOST_CONFLICTS).itertuples(index=False)
    return [
        _with_year(str(row.title), row.year)[:200] if row.title else str(row.doi or row.pmid or "a record without a name")
        for row in named
    ]


def _with_year(title: str, year: object) -> str:
    return f"{title}, {int(year)}" if isinstance(year, (int, float)) and year == year else title


def curve(found: Sequence[bool]) -> list[tuple[int, int]]:
    """Records read and relevant ones among them, at so many points at most, the last one always."""
    total, points = 0, [(0, 0)]
    step = max(1, len(found) // _CURVE)
    for place, relevant in enumerate(found, 1):
        total += relevant
        if place % step == 0 or place == len(found):
            points.append((place, total))
    return points


def team(screening: Screening, stage: int) -> View:
    """Who reviews, what awaits whom, and, once it is not blind, agreement and conflicts."""
    state = screening.state
    blind = state.blind(stage)
    decided = dict.fromkeys(state.reviewers, 0)
    for votes in state.votes[stage].values():
        for reviewer, mine in votes.items():
            decided[reviewer] = decided.get(reviewer, 0) + bool(mine)
    waiting = screening.awaiting(stage) if state.votes_needed > 1 else None
    conflicts: list[View] = []
    resolved: list[View] = []
    disputed = 0
    agreement: list[View] = []
    said = ""
    if (not blind or state.shown[stage]) and len(state.reviewers) > 1:
        try:
            frame = screening.conflicts(stage)
            disputed = len(frame)
            names = [name for name in frame.columns if name not in ("id", "title")]
            conflicts = [
                {
                    "id": row[0],
                    "title": readable(row[1]),
                    "votes": [[name, value] for name, value in zip(names, row[2:], strict=True) if isinstance(value, str)],
                }
                for row in frame.head(_MOST_CONFLICTS).itertuples(index=False, name=None)
            ]
            resolved = [
                _resolved(screening, stage, id_)
                for id_ in state.settled[stage]
                if id_ in screening.known and not state.hidden(stage, id_)
            ]
            agreement = [
                {
                    "measure": row["measure"],
                    "value": _number(row["value"]),
                    "low": _number(row["low"]),
                    "high": _number(row["high"]),
                    "papers": int(row["papers"]),
                    "reviewers": row["reviewers"],
                }
                for row in screening.agreement(stage).to_dict("records")
            ]
        except ScreeningError as error:
            said = str(error)
    return {
        "blind": blind,
        "said": said,
        "reviewers": [
            {"name": name, "state": how, "done": (name, stage) in state.done, "decided": decided[name]}
            for name, how in sorted(state.reviewers.items())
        ],
        "awaiting": 0 if waiting is None else len(waiting),
        "stranded": 0 if waiting is None else int((waiting["able"] < waiting["missing"]).sum()),
        "active": len(state.active),
        "awaiting_me": 0 if waiting is None else int((~waiting["mine"].astype(bool)).sum()),
        "conflicts": conflicts,
        "disputed": disputed,
        "resolved": resolved[:-_MOST_CONFLICTS:-1],
        "agreement": agreement,
    }


def _resolved(screening: Screening, stage: int, id_: str) -> View:
    """A conflict that was resolved, to be resolved otherwise: what each said, and what was made of it."""
    votes = [*screening.state.votes_of(stage, id_).items(), ("resolved", screening.state.settled[stage][id_][-1])]
    said = [[name, ": ".join(filter(None, (one.label, one.reason)))] for name, one in votes]
    return {"id": id_, "title": readable(screening.record(id_)["title"]), "votes": said}

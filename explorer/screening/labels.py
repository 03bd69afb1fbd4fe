"""The log of a screening: every act of every reviewer, in order, in the library's file. It only grows; what is in force follows from it.

A decision is on the disk before the next paper is shown, for each act is one transaction. Nothing is changed or taken out: an undo, a
change of an earlier decision, a reviewer who leaves are acts themselves, so that a review can be replayed to any moment of it. The same
decision sent twice stands in the log once.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from explorer.errors import ScreeningError
from explorer.library.database import Database, Noun, now
from explorer.text.analysis import normal

Label = Literal["include", "exclude", "maybe"]
LABELS: tuple[Label, ...] = ("include", "exclude", "maybe")

SAID: Mapping[str, Label] = {
    **dict.fromkeys("1,1.0,true,yes,y,include,included,in,relevant,eligible".split(","), "include"),
    **dict.fromkeys(
        "0,0.0,false,no,n,exclude,excluded,out,irrelevant,not relevant,ineligible,not eligible".split(","), "exclude"
    ),
    **dict.fromkeys(("maybe", "unclear", "unsure", "uncertain"), "maybe"),
    # German and Dutch, French, Spanish and Portuguese, Italian, as reviewers keep tables.
    **dict.fromkeys(("ja", "eingeschlossen", "einschließen", "einschliessen", "einschluss", "geïncludeerd"), "include"),
    **dict.fromkeys(
        ("nein", "nee", "ausgeschlossen", "ausschließen", "ausschliessen", "ausschluss", "geëxcludeerd"), "exclude"
    ),
    **dict.fromkeys(("vielleicht", "eventuell", "unklar", "misschien"), "maybe"),
    **dict.fromkeys(("oui", "inclus", "incluse", "inclure"), "include"),
    **dict.fromkeys(("non", "exclu", "exclue", "exclus", "exclure"), "exclude"),
    "peut-être": "maybe",
    **dict.fromkeys(("sí", "si", "sim", "incluido", "incluida", "incluído", "incluída", "incluir"), "include"),
    **dict.fromkeys(("não", "excluido", "excluida", "excluído", "excluída", "excluir"), "exclude"),
    **dict.fromkeys(("quizás", "quizá", "tal vez", "talvez"), "maybe"),
    **dict.fromkeys(("sì", "incluso", "inclusa", "includere"), "include"),
    **dict.fromkeys(("escluso", "esclusa", "escludere"), "exclude"),
    "forse": "maybe",
}
"""What is said of a record, and the label that this is."""


def label_of(value: object) -> Label | None:
    """A label as tables write it, in seven languages: 1, 0, yes, no, true, included, relevant; none where it says nothing or something else."""
    return SAID.get(normal(str(value)).strip().casefold())


STAGES = {1: "title and abstract", 2: "full text"}

NOT_RETRIEVED = "full text not retrieved"
"""The reason under which PRISMA counts a report apart from those that were read."""

TELLING = 4
"""Words of a title from which on it names a record."""

LONGEST_REASON = 300
"""Characters of a reason at most."""

LONGEST_REVIEWER = 80
"""Characters of a reviewer's name at most."""

SCREENING = Noun(
    "screening",
    (
        """
        CREATE TABLE screening (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, review TEXT NOT NULL, reader TEXT NOT NULL, at TEXT NOT NULL, act TEXT NOT NULL,
            stage INTEGER, paper TEXT, label TEXT, reason TEXT, target INTEGER, said TEXT NOT NULL
        ) STRICT;
        CREATE INDEX screening_of_review ON screening (review, seq);
        CREATE TRIGGER screening_only_grows BEFORE DELETE ON screening
        BEGIN SELECT RAISE(ABORT, 'the log of a screening only grows'); END;
        CREATE TRIGGER screening_stays BEFORE UPDATE ON screening
        BEGIN SELECT RAISE(ABORT, 'the log of a screening is not changed'); END
        """,
    ),
)

_INSERT = "INSERT INTO screening (review, reader, at, act, stage, paper, label, reason, target, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = "seq, reader, at, act, stage, paper, label, reason, target, said"


class Entry(NamedTuple):
    """One act."""

    seq: int
    """Grows over all reviews of a library."""
    reviewer: str
    at: str
    """UTC, ISO 8601, to the microsecond."""
    act: str
    """See `ACTS`."""
    stage: int | None
    paper: str | None
    label: Label | None
    reason: str
    target: int | None
    """Of an undo: the decision taken back; of a decision made or told together with another: that one."""
    said: dict[str, Any]
    """What else the act says; of a decision, what the queue knew (`learnt`, `score`) when it showed the paper."""

    def renamed(self, ids: Mapping[str, str]) -> Entry:
        """The act with other ids for some papers, as after they were merged; what a search brought stays as it was."""
        entry = self if self.paper is None or self.paper not in ids else self._replace(paper=ids[self.paper])
        name = {"undo": "papers", "sample": "ids"}.get(self.act)
        if name is None or ids.keys().isdisjoint(self.said[name]):
            return entry
        return entry._replace(said={**self.said, name: list(dict.fromkeys(ids.get(id_, id_) for id_ in self.said[name]))})


ACTS = {
    "begin": "a review begins: its criteria, seeds and the records it starts with",
    "settings": "criteria, reasons or the way of the queue are changed",
    "records": "a search was run again: its new records",
    "prior": "a decision that was there before, from a seed or a file",
    "vote": "a file tells how a reviewer, by name, decided elsewhere",
    "resolution": "a file tells how a conflict was resolved elsewhere",
    "label": "a reviewer decides",
    "undo": "a reviewer takes the last decision back, or what a file told",
    "resolve": "a conflict is resolved",
    "abstract": "a missing abstract is filled in",
    "sample": "a random sample is drawn, to check the estimate with",
    "join": "a reviewer begins, is asked to, or is not done with a stage after all",
    "done": "a reviewer is done with a stage",
    "leave": "a reviewer leaves; what was decided stays",
    "unblind": "reviewers may see each other's decisions before all are done",
}


Kind = Literal["vote", "prior", "resolution"]
"""What a decision is: a reviewer's, one that was there before and names no reviewer who made it, or one that settles a conflict."""
KINDS: tuple[Kind, ...] = ("vote", "prior", "resolution")

ELSEWHERE = "elsewhere"
"""Of a reviewer whose votes a file told, and who takes no part here yet: nobody waits for them."""


class Decision(NamedTuple):
    """What was decided about a paper."""

    label: Label
    reason: str
    reviewer: str
    at: str
    seq: int
    how: str
    """Empty where the reviewer read it; "seed", "alike" (decided with a paper that is nearly the same), "resolved", or the file."""
    together: int
    """The first of the decisions that one undo takes back together."""
    kind: Kind
    taken: bool
    """Whether it was made elsewhere, and a file told of it."""


class Step(NamedTuple):
    """What one undo takes back."""

    stage: int
    papers: dict[str, None]
    """In the order in which they were decided."""
    from_file: Entry | None = None
    """The first of the decisions, where a file, or a list of known papers, told them."""


@dataclass(frozen=True)
class Drawn:
    """A random sample, as it was drawn."""

    ids: tuple[str, ...]
    reviewer: str
    searches: int
    """Searches of which it was drawn: the first so many."""
    read: frozenset[str]
    """Papers of these that it was not drawn from, for the reviewer had no more to decide about them."""


@dataclass(frozen=True)
class Records:
    """The records that one search brought to a review."""

    title: str
    at: str
    ids: tuple[str, ...]
    sources: Mapping[str, Any]
    """What the ledger and the merges of the corpus counted then; see `explorer.screening.prisma.identified`."""


Verdict = Literal["include", "exclude", "maybe", "conflict", "awaits", "open"]
"""What holds of a paper at a stage, over all reviewers."""


@dataclass
class State:
    """What is in force after some entries of a log; `apply` takes the next."""

    seq: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    searches: list[Records] = field(default_factory=list)
    votes: dict[int, dict[str, dict[str, list[Decision]]]] = field(default_factory=lambda: {1: {}, 2: {}})
    """By stage, paper and reviewer, the decisions that were not taken back, those that files told first; the last is in force."""
    independent: dict[int, dict[str, dict[str, Decision]]] = field(default_factory=lambda: {1: {}, 2: {}})
    """By stage, paper and reviewer, the last decision made while reviewers did not see each other's."""
    settled: dict[int, dict[str, list[Decision]]] = field(default_factory=lambda: {1: {}, 2: {}})
    """Resolutions of conflicts."""
    priors: dict[int, dict[str, Decision]] = field(default_factory=lambda: {1: {}, 2: {}})
    every_prior: dict[int, dict[str, list[Decision]]] = field(default_factory=lambda: {1: {}, 2: {}})
    """By stage and paper, what was there before and not taken back; the last is the prior."""
    abstracts: dict[str, str] = field(default_factory=dict)
    samples: list[Drawn] = field(default_factory=list)
    reviewers: dict[str, str] = field(default_factory=dict)
    """Of each reviewer "active", "left" or `ELSEWHERE`."""
    done: set[tuple[str, int]] = field(default_factory=set)
    unblinded: set[int] = field(default_factory=set)
    shown: dict[int, set[str]] = field(default_factory=lambda: {1: set(), 2: set()})
    """By stage, the papers whose votes all reviewers could see before the stage became blind again, as by a further search."""
    alone: str = ""
    """The reviewer whose decisions alone are counted where a stage is blind, as `known_to` makes it."""
    latest: dict[str, list[int]] = field(default_factory=dict)
    """Of each reviewer the decisions that an undo would take back, the last one last."""
    steps: dict[int, Step] = field(default_factory=dict)
    """What each of these decided, by the number of its first decision."""
    files: dict[int, Step] = field(default_factory=dict)
    """Those of the steps that a file, or a list of known papers, told: few of many, which are shown with every decision."""
    order: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Of each reviewer stage and paper, in the order in which they were first decided."""
    scores: dict[int, float] = field(default_factory=dict)
    """By the number of a decision, what the model gave the paper before it was read."""

    def apply(self, entry: Entry) -> None:
        """Take the next entry."""
        self.seq = entry.seq
        joins = entry.act in _MAY_BLIND or (entry.act == "label" and self.reviewers.get(entry.reviewer) != "active")
        sighted = [stage for stage in STAGES if not self.blind(stage)] if joins else []
        getattr(self, f"_{entry.act}", self._unknown)(entry)
        for stage in sighted:
            if self.blind(stage):
                # What was seen cannot be hidden again; what awaits a vote can, from whoever gives it.
                self.shown[stage] |= {
                    paper for paper in self.decided(stage) if self.verdict(stage, paper)[0] not in ("open", "awaits")
                }

    def _unknown(self, entry: Entry) -> None:
        raise ScreeningError(
            f"Entry {entry.seq} of the review says {entry.act!r}, which this version does not know. Update the program."
        )

    def _begin(self, entry: Entry) -> None:
        self.settings = {name: value for name, value in entry.said.items() if name not in ("ids", "sources", "title")}
        self._records(entry)

    def _settings(self, entry: Entry) -> None:
        self.settings |= entry.said

    def _records(self, entry: Entry) -> None:
        said = entry.said
        self.searches.append(Records(said["title"], entry.at, tuple(said["ids"]), said["sources"]))
        self.done.clear()

    def _prior(self, entry: Entry) -> None:
        stage, paper, decision = entry.stage or 1, entry.paper or "", _decision(entry)
        self.priors[stage][paper] = decision
        self.every_prior[stage].setdefault(paper, []).append(decision)
        self._of_file(entry, decision)

    def _of_file(self, entry: Entry, decision: Decision) -> None:
        """Count a decision among those of the file that told it, which one undo takes back."""
        if "together" in entry.said:
            self.steps[entry.seq] = self.files[entry.seq] = Step(entry.stage or 1, {}, entry)
            self.latest.setdefault(entry.reviewer, []).append(entry.seq)
        if decision.together in self.steps:
            self.steps[decision.together].papers[entry.paper or ""] = None

    def _vote(self, entry: Entry) -> None:
        stage, paper, decision = entry.stage or 1, entry.paper or "", _decision(entry)
        reviewer = decision.reviewer
        mine = self.votes[stage].setdefault(paper, {}).setdefault(reviewer, [])
        # What a reviewer decides here counts, whenever a file tells of what they decided elsewhere.
        mine.insert(sum(one.taken for one in mine), decision)
        if alone := entry.said.get("alone"):
            self.independent[stage].setdefault(paper, {}).setdefault(reviewer, decision._replace(label=alone))
        self.reviewers.setdefault(reviewer, ELSEWHERE)
        if len(mine) == 1:
            self.order.setdefault(reviewer, []).append((stage, paper))
        self._of_file(entry, decision)

    def _resolution(self, entry: Entry) -> None:
        settled = self.settled[entry.stage or 1].setdefault(entry.paper or "", [])
        decision = _decision(entry)
        settled.insert(sum(one.taken for one in settled), decision)
        self._of_file(entry, decision)

    def _label(self, entry: Entry) -> None:
        stage, paper, reviewer = entry.stage or 1, entry.paper or "", entry.reviewer
        mine = self.votes[stage].setdefault(paper, {}).setdefault(reviewer, [])
        decision = _decision(entry)
        mine.append(decision)
        if self.hidden(stage, paper):
            self.independent[stage].setdefault(paper, {})[reviewer] = decision
        # Each paper once, though two records of it may have been decided together before they were merged.
        self.steps.setdefault(decision.together, Step(stage, {})).papers[paper] = None
        if self.reviewers.get(reviewer, ELSEWHERE) == ELSEWHERE:
            self.reviewers[reviewer] = "active"
        if entry.target is None:
            self.latest.setdefault(reviewer, []).append(entry.seq)
        if len(mine) == 1:
            self.order.setdefault(reviewer, []).append((stage, paper))
        if "score" in entry.said:
            self.scores[entry.seq] = entry.said["score"]

    def _undo(self, entry: Entry) -> None:
        step = self.steps.pop(entry.target or 0, None)
        self.files.pop(entry.target or 0, None)
        file = step.from_file if step else None
        # What a file told another reviewer may take back too.
        steps = self.latest.get(file.reviewer if file else entry.reviewer, [])
        if entry.target in steps:
            steps.remove(entry.target)
        if file:
            self._forget(entry)
            return
        for stage, papers in self.votes.items():
            for paper in entry.said["papers"]:
                mine = papers.get(paper, {}).get(entry.reviewer)
                if mine is None:
                    continue
                mine[:] = [decision for decision in mine if decision.together != entry.target]
                # Taken back later, as after a talk about it, it is still what the reviewer thought alone.
                if self.hidden(stage, paper) and paper in self.independent[stage]:
                    self.independent[stage][paper].pop(entry.reviewer, None)
                    if mine:
                        self.independent[stage][paper][entry.reviewer] = mine[-1]
                if not mine:
                    self._drop(stage, paper, entry.reviewer)

    def _drop(self, stage: int, paper: str, reviewer: str) -> None:
        """Leave a reviewer out of the votes on a paper, of which none is left."""
        del self.votes[stage][paper][reviewer]
        if not self.votes[stage][paper]:
            del self.votes[stage][paper]
        if (stage, paper) in self.order.get(reviewer, []):
            self.order[reviewer].remove((stage, paper))

    def _forget(self, entry: Entry) -> None:
        """Take back what a file told; where another told of the same paper before, that holds again."""
        papers, file = entry.said["papers"], entry.target
        for stage, priors in self.every_prior.items():
            for paper in papers:
                left = [decision for decision in priors.pop(paper, ()) if decision.together != file]
                self.priors[stage].pop(paper, None)
                if left:
                    priors[paper], self.priors[stage][paper] = left, left[-1]
        for stage, votes in self.votes.items():
            for paper in papers:
                for reviewer, mine in list(votes.get(paper, {}).items()):
                    mine[:] = [decision for decision in mine if decision.together != file]
                    alone = self.independent[stage].get(paper, {})
                    if reviewer in alone and alone[reviewer].together == file:
                        del alone[reviewer]
                        if not alone:
                            del self.independent[stage][paper]
                    if not mine:
                        self._drop(stage, paper, reviewer)
        for settled in self.settled.values():
            for paper in papers:
                left = [decision for decision in settled.pop(paper, ()) if decision.together != file]
                if left:
                    settled[paper] = left
        voted = {reviewer for votes in self.votes.values() for given in votes.values() for reviewer in given}
        for reviewer in [name for name, how in self.reviewers.items() if how == ELSEWHERE and name not in voted]:
            del self.reviewers[reviewer]

    def _resolve(self, entry: Entry) -> None:
        self.settled[entry.stage or 1].setdefault(entry.paper or "", []).append(_decision(entry))

    def _abstract(self, entry: Entry) -> None:
        self.abstracts[entry.paper or ""] = entry.said["text"]

    def _sample(self, entry: Entry) -> None:
        read = frozenset(paper for paper in self.decided(1) if self.is_screened(1, paper, entry.reviewer))
        self.samples.append(Drawn(tuple(entry.said["ids"]), entry.reviewer, len(self.searches), read))

    def _join(self, entry: Entry) -> None:
        self.reviewers[entry.said.get("who", entry.reviewer)] = "active"
        self.done.discard((entry.reviewer, entry.stage or 0))

    def _done(self, entry: Entry) -> None:
        self.done.add((entry.reviewer, entry.stage or 1))

    def _leave(self, entry: Entry) -> None:
        self.reviewers[entry.said["who"]] = "left"

    def _unblind(self, entry: Entry) -> None:
        self.unblinded.add(entry.stage or 1)

    # What holds

    @property
    def votes_needed(self) -> int:
        """Reviewers who decide about each paper."""
        return int(self.settings.get("votes", 1))

    @property
    def active(self) -> list[str]:
        """Reviewers who take part and have not left."""
        return [name for name, how in self.reviewers.items() if how == "active"]

    def vote(self, stage: int, paper: str, reviewer: str) -> Decision | None:
        """The decision of a reviewer that is in force."""
        mine = self.votes[stage].get(paper, {}).get(reviewer)
        return mine[-1] if mine else None

    def votes_of(self, stage: int, paper: str) -> dict[str, Decision]:
        """The decisions in force, by reviewer."""
        return {reviewer: mine[-1] for reviewer, mine in self.votes[stage].get(paper, {}).items() if mine}

    def decided(self, stage: int) -> set[str]:
        """Papers about which anything was decided."""
        return (
            {paper for paper, votes in self.votes[stage].items() if votes} | set(self.priors[stage]) | set(self.settled[stage])
        )

    def at_stage(self, stage: int, paper: str) -> bool:
        """Whether a paper is to be decided at a stage: all are at the first, at the second those that the first includes.

        While votes at the first stage are hidden, a full text that is open would tell that others included the paper too: then only
        those are open of which that was known before.
        """
        if stage == 1:
            return True
        if paper not in self.settled[1] and self.hidden(1, paper):
            prior = self.priors[1].get(paper)
            return prior is not None and prior.label == "include"
        return self.verdict(1, paper)[0] == "include"

    def fulltexts(self) -> list[str]:
        """The papers that are at the second stage."""
        # Asked after every decision: while it is blind, few can be.
        hidden = self.blind(1)
        among = {*self.priors[1], *self.settled[1], *self.shown[1]} if hidden else self.decided(1)
        return [paper for paper in among if (self.at_stage(2, paper) if hidden else self.verdict(1, paper)[0] == "include")]

    def is_screened(self, stage: int, paper: str, reviewer: str) -> bool:
        """Whether a paper is none of a reviewer's at a stage, or not any more."""
        if not self.at_stage(stage, paper):
            return True
        votes = self.votes[stage].get(paper, {})
        others = sum(bool(given) for given in votes.values())
        decided = bool(votes.get(reviewer)) or others >= self.votes_needed
        return decided or paper in self.settled[stage] or paper in self.priors[stage]

    def verdict(self, stage: int, paper: str) -> tuple[Verdict, Decision | None]:
        """What holds of a paper over all reviewers, and the decision that says so.

        A resolution counts first; then the reviewers, who must agree, at the second stage on the reason too; then what was known before.
        Where two reviewers decide, a paper that both left at "maybe" is a conflict, for nobody decided. Where one does, whoever decides
        here decides, also otherwise than a file told, and a "maybe" is no vote beside one that says something.
        """
        votes, needed = list(self.votes_of(stage, paper).values()), self.votes_needed
        if paper in self.settled[stage]:
            decision = self.settled[stage][paper][-1]
            if needed > 1 or not decision.taken or all(vote.taken for vote in votes):
                return decision.label, decision
        if self.alone and self.hidden(stage, paper):
            mine = self.vote(stage, paper, self.alone)
            votes, needed = [mine] if mine else [], 1
        elif needed == 1 and len(votes) > 1:
            votes = [vote for vote in votes if not vote.taken] or votes
            votes = [vote for vote in votes if vote.label != "maybe"] or votes[-1:]
        if len(votes) >= needed:
            last = max(votes, key=lambda vote: vote.seq)
            if len(votes) == 1:
                return last.label, last
            same = len({vote.label for vote in votes}) == 1 and last.label != "maybe"
            if same and (stage == 1 or last.label == "include" or len({vote.reason for vote in votes}) == 1):
                return last.label, last
            return "conflict", None
        if votes:
            return "awaits", None
        prior = self.priors[stage].get(paper)
        return (prior.label, prior) if prior else ("open", None)

    def known_to(self, reviewer: str) -> State:
        """The same as a reviewer may know it: where a stage is blind, their own decisions are all there are."""
        return replace(self, alone=reviewer)

    def blind(self, stage: int) -> bool:
        """Whether reviewers may not see each other's decisions yet: until all who are there are done, or somebody lifts it."""
        if self.votes_needed == 1 or stage in self.unblinded:
            return False
        return not self.active or any((reviewer, stage) not in self.done for reviewer in self.active)

    def hidden(self, stage: int, paper: str) -> bool:
        """Whether reviewers may not see each other's decisions about a paper: the stage is blind, and they could not before it was."""
        return paper not in self.shown[stage] and self.blind(stage)


def replay(entries: Iterable[Entry], until: int | None = None) -> State:
    """What is in force after the entries up to a number; by default after all."""
    state = State()
    for entry in entries:
        if until is not None and entry.seq > until:
            break
        state.apply(entry)
    return state


_MAY_BLIND = ("records", "join", "settings")
"""Acts after which a stage may be blind that was not."""

_KINDS: Mapping[str, Kind] = {
    "label": "vote",
    "vote": "vote",
    "prior": "prior",
    "resolve": "resolution",
    "resolution": "resolution",
}


def _decision(entry: Entry) -> Decision:
    assert entry.label is not None
    said = entry.said
    together = entry.seq if entry.target is None else entry.target
    how = "resolved" if entry.act == "resolve" else said.get("how", "")
    reviewer, at = said.get("who", entry.reviewer), said.get("at", entry.at)
    taken = entry.act in ("vote", "resolution")
    return Decision(entry.label, entry.reason, reviewer, at, entry.seq, how, together, _KINDS[entry.act], taken)


class Log:
    """The log of one review.

    Parameters
    ----------
    database : Database
        The library's.
    review : str
        Name of the review.
    """

    def __init__(self, database: Database, review: str) -> None:
        self.database = database
        self.review = review

    def after(self, seq: int = 0) -> list[Entry]:
        """The entries that follow one; by default all."""
        ask = f"SELECT {_COLUMNS} FROM screening WHERE review = ? AND seq > ? ORDER BY seq"  # noqa: S608  (constants)
        return self.database.read(SCREENING, lambda file: list(_entries(file.execute(ask, (self.review, seq)))), [])

    def append(self, reviewer: str, acts: Sequence[Mapping[str, Any]], *, seen: State | None = None) -> list[Entry]:
        """Write acts, all or none, and return them with whatever others wrote since `seen`, in order.

        Parameters
        ----------
        reviewer : str
        acts : sequence of mapping
            Each with `act` and what of `stage`, `paper`, `label`, `reason`, `said` it has. `target` -1 means the first act of
            this call.
        seen : State, optional
            What was in force when the reviewer acted. A decision that is in force already is not written again.
        """
        start = seen.seq if seen is not None else 0
        with self.database.writing(SCREENING) as file:
            ask = f"SELECT {_COLUMNS} FROM screening WHERE review = ? AND seq > ? ORDER BY seq"  # noqa: S608  (constants)
            found = list(_entries(file.execute(ask, (self.review, start)))) if seen is not None else []
            first: int | None = None
            for act in acts:
                if seen is not None and _repeated(seen, found, reviewer, act):
                    continue
                target = first if act.get("target") == -1 else act.get("target")
                row = (
                    self.review, reviewer, now(), act["act"], act.get("stage"), act.get("paper"), act.get("label"),
                    act.get("reason", ""), target, _packed(act.get("said", {})),
                )  # fmt: skip
                cursor = file.execute(_INSERT, row)
                seq = int(cursor.lastrowid or 0)
                first = seq if first is None else first
                found += _entries([(seq, *row[1:])])
        return found

    def restore(self, entries: Sequence[Entry]) -> None:
        """Write the acts of another log, with their reviewers and times; what points at acts points at the same ones here."""
        numbers: dict[int, int] = {}
        with self.database.writing(SCREENING) as file:
            for entry in entries:
                said = dict(entry.said)
                if "learnt" in said:
                    said["learnt"] = numbers.get(said["learnt"], 0)
                target = None if entry.target is None else numbers.get(entry.target)
                cursor = file.execute(_INSERT, (self.review, *entry[1:8], target, _packed(said)))
                numbers[entry.seq] = int(cursor.lastrowid or 0)


def reviews(database: Database) -> list[str]:
    """Names of the reviews in a library, the one that was worked on last first."""
    ask = "SELECT review FROM screening GROUP BY review ORDER BY MAX(seq) DESC"
    return database.read(SCREENING, lambda file: [name for (name,) in file.execute(ask)], [])


def _repeated(seen: State, since: list[Entry], reviewer: str, act: Mapping[str, Any]) -> bool:
    """Whether a decision is in force already, or taken back already, as when a page sends it again because it heard no answer."""
    if act["act"] == "undo":
        return any(entry.act == "undo" and entry.target == act["target"] for entry in since)
    if act["act"] != "label":
        return False
    mine = seen.vote(act["stage"], act["paper"], reviewer)
    in_force = (mine.label, mine.reason) if mine else None
    for entry in since:
        if entry.reviewer != reviewer:
            continue
        if entry.act == "label" and (entry.stage, entry.paper) == (act["stage"], act["paper"]):
            in_force = (entry.label or "maybe", entry.reason)
        elif entry.act == "undo" and act["paper"] in entry.said["papers"]:
            in_force = None
    return in_force == (act["label"], act.get("reason", ""))


_ZIPPED = 2000
"""Characters of what an act says above which it is kept zipped: the ids of 50,000 records."""


def _packed(said: Mapping[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"))
    return text if len(text) < _ZIPPED else "z" + zlib.compress(text.encode(), 6).hex()


def _entries(rows: Iterable[tuple[Any, ...]] | sqlite3.Cursor) -> Iterator[Entry]:
    for row in rows:
        said = row[-1]
        text = zlib.decompress(bytes.fromhex(said[1:])).decode() if said[:1] == "z" else said
        yield Entry._make((*row[:-1], json.loads(text)))

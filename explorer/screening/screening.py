"""A systematic review over a corpus: what to read next, what was decided, when to stop, and the files and figures of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.errors import ScreeningError
from explorer.executors import Progress, unheard
from explorer.library.database import Database
from explorer.screening.agreement import agreement
from explorer.screening.given import check_corpus, check_target, ids_given, is_whole, method_given
from explorer.screening.labels import (
    ELSEWHERE,
    LABELS,
    LONGEST_REASON,
    LONGEST_REVIEWER,
    NOT_RETRIEVED,
    STAGES,
    TELLING,
    Decision,
    Entry,
    Label,
    Log,
    State,
    Verdict,
    replay,
)
from explorer.screening.prisma import Flow, flow, identified
from explorer.text.analysis import is_character, words_of

if TYPE_CHECKING:
    import pandas as pd

    from explorer.screening.features import RecordFeatures
    from explorer.screening.queue import Method, Model, Reason
    from explorer.screening.stopping import Sample, Stopping
    from explorer.sources.source import Source
    from explorer.store.snapshot import Snapshot

REASONS = (
    "wrong population",
    "wrong intervention",
    "wrong comparator",
    "wrong outcome",
    "wrong study design",
    "wrong publication type",
)
"""Reasons for exclusion that are offered at first."""

BLOCK = 8
"""Where several decide about each paper, each reads the next so many in an order of their own."""

_MOST_REASONS = 10_000
"""More words and phrases than a record has."""

_LONGEST_NAME = 120
_WORD = re.compile(r"\w+")


class Reviewed(Protocol):
    """What a review needs of a corpus."""

    snapshot: Snapshot

    @property
    def library(self) -> Any:
        """The reader's library."""


@dataclass(frozen=True)
class Learnt:
    """What a queue knew, and the entry of the log up to which it had learnt."""

    seq: int
    labels: int
    model: Model
    features: RecordFeatures
    key: tuple[Any, ...]
    """What the features were made from."""


class _Texts:
    """Titles and abstracts of a snapshot, by row, unpacked when they are first asked for: of 100,000 records that takes seconds."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._table = snapshot.table

    @cached_property
    def titles(self) -> list[str | None]:
        found: list[str | None] = self._table.column("title").to_pylist()
        return found

    @cached_property
    def abstracts(self) -> list[str | None]:
        found: list[str | None] = self._table.column("abstract").to_pylist()
        return found

    def abstract(self, row: int) -> str | None:
        """That of one row, alone where not all are unpacked."""
        if "abstracts" in self.__dict__:
            return self.abstracts[row]
        [found] = self._table.select(["abstract"]).slice(row, 1).to_pylist()
        text: str | None = found["abstract"]
        return text


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


class Screening:
    """A review of the papers of a corpus. It goes on where it was left, for every decision is in the reader's library.

    Parameters
    ----------
    corpus : Corpus
    seeds : sequence of str
        Ids of papers known to be relevant; they are included, and the queue starts from them.
    description : str, optional
        What the review is about; the queue starts from its words too.
    criteria : sequence of str
        Criteria of eligibility, shown beside each paper; the queue starts from their words too.
    name : str
        Of the review; a library may hold several.
    reviewer : str, optional
        Who decides, by default the library's reader.
    votes : int, optional
        Reviewers who decide about each paper, by default 1.
    reasons : sequence of str, optional
        Reasons for exclusion to choose from; others may be written.
    method : Method, optional
        Model, balance and query strategy of the queue.

    Notes
    -----
    What is given here and differs from what the review says already changes it; that stands in its log. Labels: "include",
    "exclude" and "maybe". Stages: 1 (title and abstract) and 2 (full text, of the papers included at stage 1).

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> review = explorer.Screening(corpus, seeds=[corpus.papers["id"][0]], name="a doctest's")
    >>> paper = review.next()
    >>> decision = review.label(paper.id, "exclude", reason="wrong outcome")
    >>> review.labels[["label", "reason", "how"]].to_dict("records")
    [{'label': 'include', 'reason': '', 'how': 'seed'}, {'label': 'exclude', 'reason': 'wrong outcome', 'how': ''}]
    >>> undone = review.undo()
    >>> len(review.labels)
    1
    """

    def __init__(
        self,
        corpus: Reviewed,
        *,
        seeds: Sequence[str] = (),
        description: str | None = None,
        criteria: Sequence[str] = (),
        name: str = "review",
        reviewer: str | None = None,
        votes: int | None = None,
        reasons: Sequence[str] | None = None,
        method: Method | None = None,
    ) -> None:
        check_corpus(corpus)
        seeds = ids_given(() if seeds is None else seeds, "seeds")
        self.name = _tidy(name, _LONGEST_NAME, "A review")
        library = corpus.library
        database: Database = library.database
        self.reviewer = _tidy(reviewer or database.reader or "me", LONGEST_REVIEWER, "A reviewer")
        self._log = Log(database, self.name)
        self._learnt: Learnt | None = None
        self._features: tuple[tuple[Any, ...], RecordFeatures] | None = None
        self.state = State()
        self._take_corpus(corpus)
        given = {
            "description": description,
            "criteria": criteria or None,
            "votes": votes,
            "reasons": reasons,
            "method": method,
        }
        wanted = _settled_settings({name: value for name, value in given.items() if value is not None})
        self.refresh()
        acts: list[dict[str, Any]] = []
        if not self.state.searches:
            from explorer.screening.queue import Method

            # Named though it is the default: what is the default may change, the order of a review that began must not.
            settled = {"reasons": list(REASONS), "method": asdict(Method())}
            begun: dict[str, Any] = {"description": "", "criteria": [], "votes": 1, **settled}
            acts.append({"act": "begin", "said": {**begun, **wanted, **self._search("Search 1", self._table_ids)}})
        else:
            if changed := {name: value for name, value in wanted.items() if self.state.settings.get(name) != value}:
                acts.append({"act": "settings", "said": changed})
        acts += self._prior_acts([(id_, "include", "") for id_ in seeds], 1, "seed")
        self._write(acts)
        if self.state.reviewers.get(self.reviewer, ELSEWHERE) == ELSEWHERE:
            self._write([{"act": "join"}])

    def __repr__(self) -> str:
        return f"Screening({self.name!r}, reviewer={self.reviewer!r}, {len(self.ids):,} records)"

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def snapshot(self) -> Snapshot:
        """The generation of the corpus that is reviewed."""
        return self.corpus.snapshot

    @property
    def database(self) -> Database:
        """The library's, which holds the log."""
        database: Database = self.corpus.library.database
        return database

    # The records

    def _take_corpus(self, corpus: Reviewed) -> None:
        self.corpus = corpus
        snapshot = corpus.snapshot
        self._table_ids = [str(id_) for id_ in snapshot.table.column("id").to_pylist()]
        self._table_row = {id_: row for row, id_ in enumerate(self._table_ids)}
        self._moved: dict[str, str] = {
            member: paper
            for paper, members in zip(
                snapshot.merged.history.column("paper").to_pylist(),
                snapshot.merged.history.column("members").to_pylist(),
                strict=True,
            )
            for member in members or ()
            if member not in self._table_row and paper in self._table_row
        }
        self._texts = _Texts(snapshot)
        self._drawn: tuple[tuple[int, int], tuple[set[str], set[str], set[str]]] | None = None
        self._mapped_for = -1

    @property
    def ids(self) -> list[str]:
        """Ids of the records of the review, in the order of the searches that brought them."""
        self._map()
        return self._ids

    def _map(self) -> None:
        if self._mapped_for == len(self.state.searches):
            return
        first: dict[str, int] = {}
        for number, search in enumerate(self.state.searches):
            for id_ in search.ids:
                if (paper := self._moved.get(id_, id_)) in self._table_row:
                    first.setdefault(paper, number)
        self._ids: list[str] = list(first)
        self._search_of = np.fromiter(first.values(), np.int64, len(first))
        self._row = {id_: row for row, id_ in enumerate(self._ids)}
        self._mapped_for = len(self.state.searches)
        self._screened: dict[int, np.ndarray] = {}

    @property
    def known(self) -> Mapping[str, int]:
        """Place of each record of the review in `ids`, by its id."""
        self._map()
        return self._row

    @property
    def moved(self) -> Mapping[str, str]:
        """Ids of records that were merged, and of the papers of the corpus that they are in."""
        return self._moved

    def _search(self, title: str, ids: list[str]) -> dict[str, Any]:
        return {"title": title, "ids": ids, "sources": identified(self.corpus.snapshot)}

    def record(self, id_: str) -> dict[str, Any]:
        """Title and abstract of a paper, an abstract that was filled in included.

        Parameters
        ----------
        id_ : str

        Returns
        -------
        dict
            `id`, `title` and `abstract`; the last two are empty where there are none.

        Raises
        ------
        ScreeningError
            The review has no such record.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="one record")
        >>> sorted(review.record(review.ids[0]))
        ['abstract', 'id', 'title']
        """
        row = self._table_row[self._known(id_)]
        abstract = self.state.abstracts.get(id_) or self._texts.abstract(row) or ""
        return {"id": id_, "title": self._texts.titles[row] or "", "abstract": abstract}

    def _known(self, id_: Any) -> str:
        if id_ is None:
            raise ScreeningError("No record is given: `next` gives none where every one is decided.")
        given = str(id_ if isinstance(id_, str) else getattr(id_, "id", id_))
        name: str = self._moved.get(given, given)
        self._map()
        if name not in self._row:
            raise ScreeningError(f"The review {self.name!r} has no record {name[:80]!r}. Its ids are those of the corpus.")
        return name

    # The log

    def refresh(self) -> int:
        """Take what was written since, by others too. What changes or shows a review does so by itself.

        Returns
        -------
        int
            How many acts there were.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="two who look", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="two who look", reviewer="bo")
        >>> paper = ann.next()
        >>> decision = bo.label(paper.id, "exclude")
        >>> ann.refresh()
        1
        """
        return self._apply(self._log.after(self.state.seq))

    def _apply(self, entries: Iterable[Entry]) -> int:
        count = 0
        for entry in entries:
            entry = entry.renamed(self._moved)
            self.state.apply(entry)
            self._touch(entry)
            count += 1
        return count

    def _touch(self, entry: Entry) -> None:
        """Note what an act changes of the papers that are still to read."""
        if self._mapped_for != len(self.state.searches):
            return
        # Which full texts are open follows from who is done with titles and abstracts.
        if entry.act in ("join", "done", "leave", "unblind"):
            self._screened.pop(2, None)
            return
        if entry.act in ("settings", "undo"):
            papers = entry.said.get("papers", self._ids if entry.act == "settings" else ())
        elif entry.act in ("label", "resolve", "prior", "vote", "resolution"):
            papers = (entry.paper,)
        else:
            return
        for stage, screened in self._screened.items():
            for paper in papers:
                row = self._row.get(paper or "")
                if row is not None:
                    screened[row] = self.state.is_screened(stage, paper or "", self.reviewer)

    def _write(self, acts: Sequence[Mapping[str, Any]]) -> list[Entry]:
        if not acts:
            return []
        before = self.state.seq
        found = self._log.append(self.reviewer, acts, seen=self.state)
        self._apply(found)
        return [entry for entry in found if entry.seq > before and entry.reviewer == self.reviewer]

    @property
    def log(self) -> pd.DataFrame:
        """Every act: `seq`, `reviewer`, `at` (UTC), `act`, `stage`, `id`, `label`, `reason`, `target`; others' only once it is not blind.

        `explorer.screening.labels.ACTS` says what each act means.
        """
        import pandas as pd

        entries = self._log.after()
        stages = {entry.seq: entry.stage for entry in entries}
        rows = [
            (entry.seq, entry.reviewer, entry.at, entry.act, entry.stage, entry.paper, entry.label, entry.reason, entry.target)
            for entry in entries
            if self._may_know(entry.renamed(self._moved), entry.stage or stages.get(entry.target or 0) or 1)
        ]
        columns = ["seq", "reviewer", "at", "act", "stage", "id", "label", "reason", "target"]
        return pd.DataFrame(rows, columns=columns).astype({"stage": "Int64", "target": "Int64"})

    def _may_know(self, entry: Entry, stage: int) -> bool:
        """Whether this reviewer may know of an act, at that stage: not of others' decisions that are hidden."""
        if entry.act == "vote":
            return self._may_see(stage, entry.paper or "", entry.said["who"])
        if entry.act not in ("label", "undo"):
            return True
        papers = (entry.paper or "",) if entry.act == "label" else entry.said["papers"]
        return all(self._may_see(stage, paper, entry.reviewer) for paper in papers)

    def _may_see(self, stage: int, paper: str, reviewer: str) -> bool:
        """Whether this reviewer may see a decision of a reviewer."""
        return reviewer == self.reviewer or not self.state.hidden(stage, paper)

    @property
    def labels(self) -> pd.DataFrame:
        """The decisions in force, in the order in which they were made.

        Returns
        -------
        DataFrame
            One row a paper, stage and reviewer: `id`, `title`, `stage`, `reviewer`, `label`, `reason`, `how` (empty where it was read;
            "seed", "alike", "resolved", or the file it is from), `at` (UTC), `seq`, `kind` ("vote" of the reviewer; "prior", known before,
            where the reviewer is who said so; "resolution" of a conflict). Others' votes are there once the stage is not blind.
        """
        import pandas as pd

        self.refresh()
        titles = self._texts.titles
        rows = [
            (
                paper,
                titles[self._table_row[paper]],
                stage,
                one.reviewer,
                one.label,
                one.reason,
                one.how,
                one.at,
                one.seq,
                one.kind,
            )
            for stage, paper, one in self.decisions()
            if paper in self._table_row
        ]
        columns = ["id", "title", "stage", "reviewer", "label", "reason", "how", "at", "seq", "kind"]
        rows.sort(key=lambda row: row[-2])
        return pd.DataFrame(rows, columns=columns)

    def decisions(self) -> list[tuple[int, str, Decision]]:
        """All decisions in force that this reviewer may see; `labels` is the table of them.

        Returns
        -------
        list of tuple of (int, str, Decision)
            Stage, id of the paper, and the decision: `label`, `reason`, `reviewer`, `at` (UTC), `seq`, `how`, `together`, `kind`, and
            `taken`, whether a file told of it.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="some decisions")
        >>> decision = review.label(review.ids[0], "maybe")
        >>> [(stage, id_ == review.ids[0], one.label) for stage, id_, one in review.decisions()]
        [(1, True, 'maybe')]
        """
        state = self.state
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

    # What to read next

    def next(self, *, stage: int = 1, learn: bool = True) -> pd.Series | None:
        """The paper to read next; None where none is left.

        Parameters
        ----------
        stage : int
            1: titles and abstracts. 2: the full texts of the papers that were included at stage 1.
        learn : bool
            Whether the queue learns first, where decisions came that are worth it. A page has it learn in the background.

        Returns
        -------
        Series or None
            `id`, `title`, `abstract`; named by its id.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="what comes next")
        >>> paper = review.next()
        >>> list(paper.index), paper.id in review.ids
        (['id', 'title', 'abstract'], True)
        >>> review.next(stage=2) is None  # nothing is included yet
        True
        """
        import pandas as pd

        self.refresh()
        if learn and self.lesson_due():
            self.take(self.lesson()())
        id_ = self.next_id(stage)
        return None if id_ is None else pd.Series(self.record(id_), name=id_)

    def next_id(self, stage: int = 1, among: Callable[[str], bool] | None = None) -> str | None:
        """Id of the paper to read next, as the queue knows by now.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).
        among : callable, optional
            Given an id, says whether that paper may come; by default all may.

        Returns
        -------
        str or None
            None where none is left.

        Raises
        ------
        ScreeningError
            There is no such stage, or `among` is no function.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="the next of some")
        >>> review.next_id(among=lambda id_: id_ == review.ids[7]) == review.ids[7]
        True
        """
        if among is not None and not callable(among):
            raise ScreeningError("What may come next is said by a function that is given an id.")
        self._map()
        left = ~self._screened_rows(stage)
        if among is not None:
            left &= np.fromiter((among(id_) for id_ in self._ids), bool, len(self._ids))
        return self._first(self.state, self._learnt, left, stage)

    def _first(self, state: State, learnt: Learnt | None, left: np.ndarray, stage: int) -> str | None:
        if stage == 1:
            for drawn in state.samples:
                for id_ in drawn.ids:
                    row = self._row.get(id_)
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
            rows = following(learnt.model, screened, count, method=self._method(state))
            if not len(rows):
                rows = np.flatnonzero(left)[:count]
        ids = [self._ids[int(row)] for row in rows]
        return min(ids, key=self._own_order) if count > 1 else ids[0]

    def _own_order(self, id_: str) -> bytes:
        return hashlib.blake2b(f"{self.reviewer}\n{id_}".encode(errors="surrogatepass"), digest_size=8).digest()

    def _screened_rows(self, stage: int) -> np.ndarray:
        self._map()
        if stage not in self._screened:
            _check_stage(stage)
            self._screened[stage] = np.fromiter(
                (self.state.is_screened(stage, id_, self.reviewer) for id_ in self._ids), bool, len(self._ids)
            )
        return self._screened[stage]

    @property
    def method(self) -> Method:
        """Model, balance and query strategy of the queue."""
        return self._method(self.state)

    def _method(self, state: State) -> Method:
        from explorer.screening.queue import Method

        return Method(**state.settings.get("method", {}))

    # Learning

    def lesson_due(self) -> bool:
        """Whether decisions came that are worth learning from: all at first, later a 25th part of those there are.

        Returns
        -------
        bool

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="is a lesson due")
        >>> review.lesson_due()
        True
        >>> paper = review.next()
        >>> review.lesson_due()
        False
        """
        from explorer.screening.queue import refit_due

        if self._learnt is None or self._learnt.key != self._features_key(self.state):
            return True
        return refit_due(self._learnt.labels, self._decided(self.state))

    def lesson(self) -> Lesson:
        """What is to be learnt now, as a function that may run in another thread and changes nothing.

        Returns
        -------
        callable
            Gives what `take` takes. Called with a function, tells it the part of the records that was read, 0 to 1, time and again, where
            their words are not known yet; an exception that this function raises stops the work.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a lesson")
        >>> review.take(review.lesson()())
        >>> review.lesson_due()
        False
        """
        return self._lesson_of(self.state)

    def take(self, learnt: Learnt) -> None:
        """Order the queue by what was learnt.

        Parameters
        ----------
        learnt : Learnt
            What the function of `lesson` gave.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a lesson taken")
        >>> learn = review.lesson()
        >>> review.take(learn())
        >>> len(review.ranks()) == len(review)
        True
        """
        self._learnt = learnt
        self._features = (learnt.key, learnt.features)

    @property
    def learnt(self) -> Learnt | None:
        """What the queue was ordered by last; None before anything was learnt."""
        return self._learnt

    def _lesson_of(self, state: State) -> Lesson:
        from explorer.screening.queue import learn

        self._map()
        key = self._features_key(state)
        known = self._features[1] if self._features is not None and self._features[0] == key else None
        # These are never changed, only made anew. Places in the table are looked up where features are made: of 50,000 records
        # that takes longer than all else of a decision.
        ids, count = self._ids, self._known_of(state)
        snapshot, texts, table_row = self.snapshot, self._texts, self._table_row
        filled = dict(state.abstracts)
        extra = self._words_of(state)
        labelled, included = self._lesson(state)
        seq, method, pseudo, decided = state.seq, self._method(state), bool(extra), self._decided(state)

        def run(progress: Progress = unheard) -> Learnt:
            features = known
            if features is None:
                features = _features(snapshot, texts, table_row, ids[:count], filled, extra, progress)
            of = [*([count] if pseudo else []), *labelled]
            positive = np.array([*([True] if pseudo else []), *included], bool)
            model = learn(features, np.array(of, np.int64), positive, method=method)
            return Learnt(seq, decided, model, features, key)

        return run

    def _words_of(self, state: State) -> str:
        return " ".join(filter(None, [state.settings.get("description", ""), *state.settings.get("criteria", [])]))

    def _features_key(self, state: State) -> tuple[Any, ...]:
        return (len(state.searches), tuple(sorted(state.abstracts.items())), self._words_of(state))

    def _known_of(self, state: State) -> int:
        """Records that a state knows: of those of the review, the first so many."""
        if len(state.searches) == len(self.state.searches):
            return len(self._ids)
        known = {self._moved.get(id_, id_) for search in state.searches for id_ in search.ids}
        return sum(id_ in known for id_ in self._ids)

    def _decided(self, state: State) -> int:
        """About how many decisions there are to learn from: counted without looking at each, for it is asked after every one."""
        mine = len(state.votes[1]) if not state.blind(1) else len(state.order.get(self.reviewer, ()))
        return len(state.priors[1]) + mine

    def _lesson(self, state: State) -> tuple[list[int], list[bool]]:
        """Rows that this reviewer may learn from, in the order of decision, and whether each was included.

        Where reviewers are blind, others' decisions teach nothing, for the order would tell of them.
        """
        found: dict[str, tuple[int, Label]] = {}
        for paper, prior in state.priors[1].items():
            found[paper] = (prior.seq, prior.label)
        blind, shown = state.blind(1), state.shown[1]
        for paper, votes in state.votes[1].items():
            # What `_may_see` says, of 50,000 papers.
            all_seen = not blind or paper in shown
            seen = [mine[-1] for reviewer, mine in votes.items() if mine and (all_seen or reviewer == self.reviewer)]
            if seen:
                # Where they disagree, the paper is relevant until it is resolved.
                label: Label = "include" if any(one.label == "include" for one in seen) else seen[-1].label
                if state.votes_needed == 1 and len(seen) > 1 and (holds := state.verdict(1, paper)[1]):
                    label = holds.label
                found[paper] = (min(votes[one.reviewer][0].seq for one in seen), label)
        for paper, settled in state.settled[1].items():
            holds = state.verdict(1, paper)[1] or settled[-1]
            found[paper] = (found.get(paper, (settled[-1].seq, "maybe"))[0], holds.label)
        ordered = sorted(
            (seq, self._row[paper], label) for paper, (seq, label) in found.items() if paper in self._row and label != "maybe"
        )
        return [row for _, row, _ in ordered], [label == "include" for _, _, label in ordered]

    def why(self, id_: str, count: int = 5) -> Sequence[Reason]:
        """Words that speak for and against a paper, as the queue knows by now.

        Function words weigh too, and so do phrases with one ("heads and") and numbers alone, but explain nothing to a reader: they are
        left out.

        Parameters
        ----------
        id_ : str
        count : int
            Words at most.

        Returns
        -------
        sequence of Reason
            `word` and `weight` (what it adds to the paper's score: above 0 for it, below 0 against), the weightiest first; none before
            the queue has learnt.

        Raises
        ------
        ScreeningError
            The review has no such record.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="why this one")
        >>> decision = review.label(review.ids[0], "include")
        >>> paper = review.next()
        >>> len(review.why(paper.id, 2))
        2
        """
        from explorer.screening.queue import reasons
        from explorer.text.languages import AUXILIARIES, function_words_of

        row = self._row[self._known(id_)]
        if self._learnt is None or row >= len(self._learnt.model.scores):
            return ()
        said = self.record(id_)
        empty = AUXILIARIES | function_words_of(_WORD.findall(f"{said['title']} {said['abstract']}".casefold()))
        every = reasons(self._learnt.features, self._learnt.model, row, _MOST_REASONS)
        found = [one for one in every if empty.isdisjoint(one.word.split()) and not one.word.replace(" ", "").isdecimal()]
        return [
            *[one for one in found if one.weight > 0][:count],
            *[one for one in found if one.weight < 0][:count],
        ]

    # What reviewers do

    def label(self, id_: Any, label: Label, *, reason: str = "", stage: int = 1, alike: bool = True) -> Decision:
        """Decide about a paper, or otherwise than before. It is on the disk when this returns.

        Parameters
        ----------
        id_ : str
            Or the paper, as `next` gave it.
        label : {"include", "exclude", "maybe"}
        reason : str
            Of an exclusion; needed at stage 2, where PRISMA counts them. At most 300 characters.
        stage : int
            1 (titles and abstracts) or 2 (full texts).
        alike : bool
            Whether the same holds of records that say nearly the same (as `alike` finds them) and are not decided.

        Returns
        -------
        Decision
            `label`, `reason`, `reviewer`, `at` (UTC), `seq` (its number in the log), `how`, `together`.

        Raises
        ------
        ScreeningError
            The review has no such paper or label, the reason is missing, or the reviewer has left.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a decision")
        >>> decision = review.label(review.next(), "exclude", reason="wrong outcome")
        >>> decision.label, decision.reason
        ('exclude', 'wrong outcome')
        """
        self.refresh()
        name = self._known(id_)
        self._check(label, reason, stage)
        self._check_here()
        self._check_at(stage, name)
        tidy = " ".join(reason.split())
        act: dict[str, Any] = {"act": "label", "stage": stage, "paper": name, "label": label, "reason": tidy}
        said: dict[str, Any] = {}
        if self._learnt is not None and self._row[name] < len(self._learnt.model.scores):
            said = {"learnt": self._learnt.seq, "score": float(self._learnt.model.scores[self._row[name]])}
        first = self.next_id(stage)
        if first == name:
            said["next"] = True
        acts = [{**act, "said": said}]
        if alike and label != "maybe":
            for other in self.alike(name):
                if not self._screened_rows(stage)[self._row[other]]:
                    acts.append({**act, "paper": other, "target": -1, "said": {"how": "alike"}})
        self._write(acts)
        decision = self.state.vote(stage, name, self.reviewer)
        assert decision is not None
        return decision

    def _check_here(self) -> None:
        if self.state.reviewers.get(self.reviewer) == "left":
            raise ScreeningError(
                f"{self.reviewer} has left the review {self.name!r}, and decides no more. `join()` takes that back."
            )

    def _check_at(self, stage: int, name: str) -> None:
        if self.state.at_stage(stage, name):
            return
        if self.state.hidden(1, name):
            raise ScreeningError(
                "Full texts are assessed once all reviewers are done with titles and abstracts, or blinding is lifted: before, which of"
                f" them are open would tell of others' votes. Not done: {', '.join(self._not_done(1)) or 'nobody began'}."
            )
        raise ScreeningError(f"{name!r} was not included by title and abstract, so that its full text is not assessed.")

    def _check(self, label: str, reason: str, stage: int) -> None:
        if label not in LABELS:
            raise ScreeningError(f"There is no label {label!r}. Labels: {', '.join(LABELS)}.")
        _check_stage(stage)
        if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
            raise ScreeningError(f"A reason is a text of at most {LONGEST_REASON} characters.")
        if stage == 2 and label == "exclude" and not reason.strip():
            raise ScreeningError("An exclusion by full text needs a reason, for PRISMA counts them. Choose one.")

    def maybes(self, stage: int = 1) -> list[str]:
        """Papers that this reviewer left at "maybe", or a file did, and nobody decided since.

        Those that reviewers left at "maybe" who take no part any more are there too, and where one reviewer decides about each record
        those about which reviewers in a file disagree.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Returns
        -------
        list of str
            Their ids.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="some maybes")
        >>> decision = review.label(review.ids[0], "maybe")
        >>> review.maybes() == [review.ids[0]]
        True
        """
        _check_stage(stage)
        self._map()
        state = self.state
        given = {paper: prior.label for paper, prior in state.priors[stage].items() if not state.votes_of(stage, paper)}
        for paper, votes in state.votes[stage].items():
            if mine := votes.get(self.reviewer):
                given[paper] = mine[-1].label
            elif self._is_left_open(stage, paper):
                given[paper] = "maybe"
        return [
            paper
            for paper, label in given.items()
            if label == "maybe" and paper in self._row and paper not in state.settled[stage] and state.at_stage(stage, paper)
        ]

    def _is_left_open(self, stage: int, paper: str) -> bool:
        """Whether reviewers who take no part left a paper undecided, and nobody who does has seen to it."""
        state = self.state
        if state.hidden(stage, paper) or any(state.reviewers.get(who) == "active" for who in state.votes[stage][paper]):
            return False
        verdict = state.verdict(stage, paper)[0]
        return verdict == "maybe" or (verdict == "conflict" and state.votes_needed == 1)

    def undo(self, number: int | None = None) -> list[str]:
        """Take this reviewer's last decision back, with those made together with it. Undone again, the one before.

        What a file, a list of known papers or `priors` told is one decision too.

        Parameters
        ----------
        number : int, optional
            Of what a file told, as `told` has it; by default the last decision.

        Returns
        -------
        list of str
            Ids of the papers; none where there is nothing to undo.

        Raises
        ------
        ScreeningError
            The reviewer has left, or no file told anything under that number.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="an undo")
        >>> paper = review.next()
        >>> decision = review.label(paper, "exclude")
        >>> review.undo() == [paper.id], review.undo()
        (True, [])
        """
        self.refresh()
        self._check_here()
        last = (self.state.latest.get(self.reviewer) or [0])[-1]
        # That of a frame's row is numpy's.
        target = last if number is None else int(number) if is_whole(number) else 0
        step = self.state.steps.get(target)
        if number is not None and not (step and step.from_file):
            raise ScreeningError(f"No file told decisions under the number {number!r}; `told` lists those that did.")
        if step is None:
            return []
        papers = list(step.papers)
        self._write([{"act": "undo", "target": target, "said": {"papers": papers}}])
        return papers

    @property
    def told(self) -> pd.DataFrame:
        """Files, and lists of known papers, whose decisions were taken and not undone: `number`, `how`, `reviewer`, `at` (UTC), `papers`."""
        import pandas as pd

        rows = [
            (number, step.from_file.said["how"], step.from_file.reviewer, step.from_file.at, len(step.papers))
            for number, step in self.state.files.items()
            if step.from_file
        ]
        return pd.DataFrame(rows, columns=["number", "how", "reviewer", "at", "papers"])

    def decided_with(self, decision: Decision) -> list[str]:
        """The papers that this reviewer decided together with one, for they say nearly the same; one undo takes all back.

        Parameters
        ----------
        decision : Decision
            As `label` gave it.

        Returns
        -------
        list of str
            Their ids, that of the decision first; none where it was taken back.

        Raises
        ------
        ScreeningError
            Something else than a decision is given.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="decided together")
        >>> decision = review.label(review.ids[0], "exclude")
        >>> review.decided_with(decision) == [review.ids[0]]
        True
        """
        if not isinstance(decision, Decision):
            raise ScreeningError("This is asked of a decision, as `label` gives it.")
        step = self.state.steps.get(decision.together)
        return list(step.papers) if step else []

    def last_stage(self) -> int | None:
        """The stage of the decision that `undo` takes back; None where there is nothing to undo.

        Returns
        -------
        int or None

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="the last stage")
        >>> decision = review.label(review.ids[0], "include")
        >>> review.last_stage()
        1
        """
        self.refresh()
        steps = self.state.latest.get(self.reviewer)
        return self.state.steps[steps[-1]].stage if steps else None

    def alike(self, id_: str) -> list[str]:
        """Records that say nearly the same: the same words in the title, four or more, and in the abstract, where both have one.

        Two characters of a language that writes no spaces between words are about a word.

        Parameters
        ----------
        id_ : str

        Returns
        -------
        list of str
            Their ids, the record itself left out.

        Raises
        ------
        ScreeningError
            The review has no such record.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="two alike")
        >>> review.alike(review.ids[0])
        []
        """
        name = self._known(id_)
        groups = self._alike
        return [other for other in groups.get(self._title_key(name), ()) if other != name and self._same_abstract(name, other)]

    @property
    def _alike(self) -> dict[str, list[str]]:
        if getattr(self, "_alike_of", None) != (self._mapped_for, id(self.corpus)):
            groups: dict[str, list[str]] = {}
            for other in self.ids:
                key = self._title_key(other)
                if key:
                    groups.setdefault(key, []).append(other)
            self._alike_groups = {key: members for key, members in groups.items() if len(members) > 1}
            self._alike_of = (self._mapped_for, id(self.corpus))
        return self._alike_groups

    def _title_key(self, id_: str) -> str:
        words = words_of(self._texts.titles[self._table_row[id_]] or "")
        # Two characters of a language that writes no spaces are about a word.
        return " ".join(words) if sum(0.5 if is_character(word) else 1 for word in words) >= TELLING else ""

    def _same_abstract(self, first: str, second: str) -> bool:
        one, other = (words_of(self._texts.abstract(self._table_row[id_]) or "") for id_ in (first, second))
        return not one or not other or one == other

    def fill_abstract(self, id_: str, text: str) -> None:
        """Fill in an abstract that is missing; the queue learns from it, the corpus stays as it is.

        Parameters
        ----------
        id_ : str
        text : str
            Of which 20,000 characters are kept.

        Raises
        ------
        ScreeningError
            The text is empty, or the review has no such record.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="an abstract")
        >>> review.fill_abstract(review.ids[0], "We look at forty adults.")
        >>> review.record(review.ids[0])["abstract"]
        'We look at forty adults.'
        """
        name = self._known(id_)
        tidy = " ".join(text.split()) if isinstance(text, str) else ""
        if not tidy:
            raise ScreeningError("The abstract is empty. Write or paste a text.")
        self._write([{"act": "abstract", "paper": name, "said": {"text": tidy[:20_000]}}])

    def sample(self, size: int) -> list[str]:
        """Draw a random sample of the records not read yet; they come next, and what is found in them bounds what was missed.

        Parameters
        ----------
        size : int
            Records, of those that are left.

        Returns
        -------
        list of str
            Their ids, in the order in which they come. The same log gives the same ones.

        Raises
        ------
        ScreeningError
            Fewer records are left, or `size` is no whole number above 0.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a sample")
        >>> drawn = review.sample(10)
        >>> len(drawn), review.next().id == drawn[0]
        (10, True)
        """
        self.refresh()
        left = [id_ for id_, screened in zip(self.ids, self._screened_rows(1), strict=True) if not screened]
        if not is_whole(size) or not 0 < size <= len(left):
            raise ScreeningError(f"A sample of {size!r} cannot be drawn from the {len(left):,} records that are left.")
        seed = hashlib.blake2b(f"{self.name}\n{self.state.seq}".encode(), digest_size=8).digest()
        drawn = np.random.default_rng(int.from_bytes(seed, "big")).choice(len(left), size, replace=False)
        ids = [left[place] for place in sorted(drawn.tolist())]
        self._write([{"act": "sample", "said": {"ids": ids}}])
        return ids

    def change(self, **settings: Any) -> None:
        """Change the review from now on; what it was before stays in its log.

        Parameters
        ----------
        **settings
            Any of `criteria` and `reasons` (lists of str), `description` (str), `votes` (int), `method` (`Method`, or a dict of its fields).

        Raises
        ------
        ScreeningError
            There is no such setting, or it cannot have that value.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a change")
        >>> review.change(criteria=["adults", "randomised"])
        >>> review.state.settings["criteria"]
        ['adults', 'randomised']
        """
        known = {"criteria", "reasons", "description", "votes", "method"}
        if unknown := sorted(settings.keys() - known):
            raise ScreeningError(f"A review has no setting {unknown[0]!r}. Settings: {', '.join(sorted(known))}.")
        self._write([{"act": "settings", "said": _settled_settings(settings)}])

    def priors(self, labels: Iterable[tuple[str, Label, str]], *, stage: int = 1, how: str = "given") -> int:
        """Take decisions that were there before; the queue learns from them.

        Parameters
        ----------
        labels : iterable of tuple of (str, str, str)
            Id, label ("include", "exclude", "maybe") and reason (or an empty text) of each.
        stage : int
            1 (titles and abstracts) or 2 (full texts).
        how : str
            Where they are from, as `labels` says it.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        ScreeningError
            The review has no such record, or there is no such label.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="known before")
        >>> known = [(review.ids[0], "include", ""), (review.ids[1], "exclude", "wrong outcome")]
        >>> review.priors(known), review.priors(known)
        (2, 0)
        """
        return len(self._write(_together(self._prior_acts(labels, stage, how))))

    def _prior_acts(self, labels: Iterable[tuple[str, Label, str]], stage: int, how: str) -> list[dict[str, Any]]:
        acts: list[dict[str, Any]] = []
        _check_stage(stage)
        self._map()
        fresh = not self.state.searches
        given: dict[str, tuple[Label, str]] = {}
        given_labels = list(labels) if isinstance(labels, Iterable) else [None]
        if not all(isinstance(one, (tuple, list)) and len(one) == 3 for one in given_labels):
            raise ScreeningError(
                "Decisions from before are a list of id, label and reason: [('p1', 'exclude', 'wrong outcome')]."
            )
        for id_, label, reason in given_labels:
            name = self._moved.get(str(id_), str(id_))
            if name not in (self._table_row if fresh else self._row):
                raise ScreeningError(
                    f"The review {self.name!r} has no record {name[:80]!r}, which shall be labelled {label!r}."
                )
            self._check(label, reason, 1)
            given[name] = label, reason
        for name, (label, reason) in given.items():
            before = self.state.priors[stage].get(name)
            if before is None or (before.label, before.reason) != (label, reason):
                acts.append(
                    {"act": "prior", "stage": stage, "paper": name, "label": label, "reason": reason, "said": {"how": str(how)}}
                )
        return acts

    # Several reviewers

    def join(self, who: str | None = None) -> None:
        """Take part in the review, or come back after `leave`. A review that is opened by a new reviewer has them join.

        Parameters
        ----------
        who : str, optional
            By default this reviewer; else somebody who is asked to, as for the votes of one who left. They open the review under that
            name.

        Raises
        ------
        ScreeningError
            The name is empty or longer than 80 characters.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="come back")
        >>> review.leave()
        >>> review.join()
        >>> decision = review.label(review.next(), "include")
        """
        said = {} if who is None else {"said": {"who": _tidy(who, LONGEST_REVIEWER, "A reviewer")}}
        self._write([{"act": "join", **said}])

    def done(self, stage: int = 1, *, really: bool = True) -> None:
        """Say that this reviewer is done with a stage; once all are, they see each other's decisions.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).
        really : bool
            False takes it back, as long as others are not done.

        Raises
        ------
        ScreeningError
            It is too late to take it back.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="both done", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="both done", reviewer="bo")
        >>> paper = ann.next()
        >>> ann.done()
        >>> bo.done()
        >>> ann.conflicts().empty
        True
        """
        _check_stage(stage)
        self.refresh()
        if not really and not self.state.blind(stage):
            raise ScreeningError(
                "All are done, so that decisions of others were seen. What you decide from now on is known to be later."
            )
        self._write([{"act": "done" if really else "join", "stage": stage}])

    def leave(self, who: str | None = None) -> None:
        """A reviewer leaves: what they decided stays, what awaits their vote falls to the others.

        Where too few are left, `awaiting` says so of each record: `join` asks somebody else, `change` asks for fewer votes.

        Parameters
        ----------
        who : str, optional
            By default this reviewer.

        Raises
        ------
        ScreeningError
            Nobody of that name takes part.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="one leaves", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="one leaves", reviewer="bo")
        >>> paper = ann.next()
        >>> ann.leave("bo")
        >>> ann.state.reviewers
        {'ann': 'active', 'bo': 'left'}
        """
        name = self.reviewer if who is None else who
        if name not in self.state.reviewers:
            raise ScreeningError(f"No reviewer of {self.name!r} is called {name!r}.")
        self._write([{"act": "leave", "said": {"who": name}}])

    def unblind(self, stage: int = 1) -> None:
        """Let reviewers see each other's decisions though not all are done; that stands in the log.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="seen before the end", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="seen before the end", reviewer="bo")
        >>> paper = ann.next()
        >>> decision = bo.label(paper.id, "exclude")
        >>> len(ann.labels)
        0
        >>> ann.unblind()
        >>> list(ann.labels["reviewer"])
        ['bo']
        """
        _check_stage(stage)
        self._write([{"act": "unblind", "stage": stage}])

    def awaiting(self, stage: int = 1) -> pd.DataFrame:
        """Papers that somebody decided and that await a further vote.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Returns
        -------
        DataFrame
            One row a paper: `id`, `title`, `votes` (so far), `missing` (votes), `mine` (whether this reviewer has voted), `able`
            (reviewers who take part and have not voted; where fewer than are missing, nobody who is there can settle it).

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="a second vote", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="a second vote", reviewer="bo")
        >>> paper = ann.next()
        >>> decision = ann.label(paper.id, "include")
        >>> bo.awaiting()[["votes", "missing", "mine"]].to_dict("records")
        [{'votes': 1, 'missing': 1, 'mine': False}]
        """
        import pandas as pd

        _check_stage(stage)
        self.refresh()
        self._map()
        rows = []
        for paper in self.state.votes[stage]:
            if paper in self._row and self.state.at_stage(stage, paper) and self.state.verdict(stage, paper)[0] == "awaits":
                votes = self.state.votes_of(stage, paper)
                rows.append(
                    (
                        paper,
                        self.record(paper)["title"],
                        len(votes),
                        self.state.votes_needed - len(votes),
                        self.reviewer in votes,
                        sum(name not in votes for name in self.state.active),
                    )
                )
        return pd.DataFrame(rows, columns=["id", "title", "votes", "missing", "mine", "able"])

    def conflicts(self, stage: int = 1) -> pd.DataFrame:
        """Papers about which reviewers disagree, once the stage is not blind; what was seen before a further search stays in sight.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Returns
        -------
        DataFrame
            One row a paper: `id`, `title`, and a column a reviewer with label and reason, missing where there is none.

        Raises
        ------
        ScreeningError
            Not all reviewers are done with the stage, and nothing of it was seen before.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="a conflict", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="a conflict", reviewer="bo")
        >>> paper = ann.next()
        >>> decisions = ann.label(paper.id, "include"), bo.label(paper.id, "exclude", reason="wrong outcome")
        >>> ann.done()
        >>> bo.done()
        >>> ann.conflicts()[["ann", "bo"]].to_dict("records")
        [{'ann': 'include', 'bo': 'exclude: wrong outcome'}]
        """
        import pandas as pd

        _check_stage(stage)
        self.refresh()
        self._map()
        if self._nothing_seen(stage):
            raise ScreeningError(
                f"Conflicts are shown once all reviewers are done with stage {stage}; not done:"
                f" {', '.join(self._not_done(stage)) or 'nobody began'}."
            )
        names = sorted(self.state.reviewers)
        rows = []
        for paper in self.state.votes[stage]:
            if (
                paper in self._row
                and not self.state.hidden(stage, paper)
                and self.state.at_stage(stage, paper)
                and self.state.verdict(stage, paper)[0] == "conflict"
            ):
                votes = self.state.votes_of(stage, paper)
                said = [": ".join(filter(None, votes[name][:2])) if name in votes else None for name in names]
                rows.append((paper, self.record(paper)["title"], *said))
        return pd.DataFrame(rows, columns=["id", "title", *names])

    def _nothing_seen(self, stage: int) -> bool:
        """Whether all votes at a stage are hidden from those who did not give them."""
        return self.state.blind(stage) and not self.state.shown[stage]

    def _not_done(self, stage: int) -> list[str]:
        """Reviewers who are waited for until a stage is not blind any more."""
        return sorted(name for name in self.state.active if (name, stage) not in self.state.done)

    def resolve(self, id_: str, label: Label, *, reason: str = "", stage: int = 1) -> None:
        """Decide a conflict or a maybe, together or as a third; once more, to change how it was decided.

        Parameters
        ----------
        id_ : str
        label : {"include", "exclude", "maybe"}
        reason : str
            Of an exclusion; needed at stage 2.
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Raises
        ------
        ScreeningError
            Not all reviewers are done with the stage, they agree about the paper, the review has no such paper or label, the reason is
            missing, or the paper was not included by title and abstract.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="a conflict resolved", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="a conflict resolved", reviewer="bo")
        >>> paper = ann.next()
        >>> decisions = ann.label(paper.id, "include"), bo.label(paper.id, "exclude", reason="wrong outcome")
        >>> ann.done()
        >>> bo.done()
        >>> ann.resolve(paper.id, "include")
        >>> len(ann.conflicts()), ann.verdicts()[paper.id][0]
        (0, 'include')
        """
        self.refresh()
        name = self._known(id_)
        self._check(label, reason, stage)
        self._check_at(stage, name)
        if self.state.hidden(stage, name):
            raise ScreeningError("A conflict is resolved once all reviewers are done, or blinding is lifted.")
        verdict = self.state.verdict(stage, name)[0]
        if name not in self.state.settled[stage] and verdict not in ("conflict", "maybe"):
            raise ScreeningError(f"There is no conflict about {name!r} to resolve: {verdict}.")
        self._write([{"act": "resolve", "stage": stage, "paper": name, "label": label, "reason": " ".join(reason.split())}])

    def agreement(self, stage: int = 1) -> pd.DataFrame:
        """How far the reviewers agree, on the papers that two or more decided.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Returns
        -------
        DataFrame
            One row a measure: `measure`, `value` (-1 to 1; of "observed" 0 to 1), `low`, `high` (95 % interval), `papers`, `reviewers`.

        Raises
        ------
        ScreeningError
            Not all reviewers are done with the stage.

        Notes
        -----
        `explorer.screening.agreement` names the source of each measure. What counts is what each decided before the others' decisions
        could be seen: who changes a decision after that, in a talk about a conflict, makes the agreement no better. Where nothing was
        decided blind, as where one reviewer decides about each record, all decisions count.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> ann = explorer.Screening(corpus, name="an agreement", reviewer="ann", votes=2)
        >>> bo = explorer.Screening(corpus, name="an agreement", reviewer="bo")
        >>> paper = ann.next()
        >>> decisions = ann.label(paper.id, "include"), bo.label(paper.id, "exclude", reason="wrong outcome")
        >>> ann.done()
        >>> bo.done()
        >>> ann.agreement().set_index("measure")["value"]["observed"]
        np.float64(0.0)
        """
        import pandas as pd

        _check_stage(stage)
        self.refresh()
        if self._nothing_seen(stage):
            raise ScreeningError(f"Agreement is shown once all reviewers are done with stage {stage}, or blinding is lifted.")
        alone = self.state.independent[stage]
        every = (
            alone if any(alone.values()) else {paper: self.state.votes_of(stage, paper) for paper in self.state.votes[stage]}
        )
        rows = {
            paper: {who: one.label for who, one in votes.items()}
            for paper, votes in every.items()
            if votes and not self.state.hidden(stage, paper)
        }
        frame = pd.DataFrame.from_dict(rows, orient="index", dtype=object)
        return agreement(frame[sorted(frame.columns)] if len(frame.columns) else frame)

    # How far it is

    def verdicts(self, stage: int = 1) -> dict[str, tuple[Verdict, Decision | None]]:
        """What holds of every record over all reviewers; while they are blind, by one's own decisions.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Returns
        -------
        dict of str to tuple of (str, Decision or None)
            By id: "open" (nobody decided), "awaits" (a further vote), "include", "exclude", "maybe" or "conflict", and the decision
            that it is from.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a verdict")
        >>> decision = review.label(review.ids[0], "include")
        >>> review.verdicts()[review.ids[0]][0]
        'include'
        """
        _check_stage(stage)
        state = self.state.known_to(self.reviewer)
        return {id_: state.verdict(stage, id_) if state.at_stage(stage, id_) else ("open", None) for id_ in self.ids}

    def progress(self, stage: int = 1) -> dict[str, int]:
        """How far this reviewer is.

        Parameters
        ----------
        stage : int
            1 (titles and abstracts) or 2 (full texts).

        Returns
        -------
        dict of str to int
            Counts of records: `records`, `screened`, `included`, `excluded`, `maybe`, `left`.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="how far")
        >>> decision = review.label(review.next(), "exclude")
        >>> review.progress()
        {'records': 88, 'screened': 1, 'included': 0, 'excluded': 1, 'maybe': 0, 'left': 87}
        """
        _check_stage(stage)
        state = self.state
        self._map()
        records = len(self._ids) if stage == 1 else sum(paper in self._row for paper in state.fulltexts())
        counts: Counter[str] = Counter()
        known = {paper: prior.label for paper, prior in state.priors[stage].items()}
        for paper, votes in state.votes[stage].items():
            if mine := votes.get(self.reviewer):
                known[paper] = mine[-1].label
            elif any(given[0].taken for given in votes.values()) and not state.hidden(stage, paper):
                # What a file told is known to whoever goes on from it, as a prior is.
                verdict = state.verdict(stage, paper)[0]
                if verdict != "awaits":
                    known[paper] = verdict if verdict in ("include", "exclude") else "maybe"
        known = {paper: label for paper, label in known.items() if paper in self._row and state.at_stage(stage, paper)}
        counts.update(known.values())
        left = int(np.count_nonzero(~self._screened_rows(stage)))
        return {
            "records": records,
            "screened": len(known),
            "included": counts["include"],
            "excluded": counts["exclude"],
            "maybe": counts["maybe"],
            "left": left,
        }

    def stopping(self, *, target: float = 0.95, confidence: float = 0.95) -> Stopping:
        """What is known by now about what is still to be found: recall so far with its interval, and whether to stop.

        Parameters
        ----------
        target : float
            Recall wished for, 0 to 1.
        confidence : float
            How sure to be, 0 to 1.

        Returns
        -------
        Stopping
            Among its fields: `found` (records), `relevant` and `recall` (estimates with `value`, `low` and `high`), `p_value` (of the test),
            `modelled` (relevant records by the scores of the queue, as soon as it learnt from both kinds), `irrelevant_run`, `reached`
            (whether to stop), `to_go` (records still to be read), `sentence` (the same in words).

        Raises
        ------
        ScreeningError
            Target or confidence is not between 0 and 1.

        Notes
        -----
        It rests on this reviewer's decisions by title and abstract, and, once they may be seen, on those of the others. A "maybe"
        counts as relevant here, so that the estimate is not too good. The curve is after Sneyd and Stevenson (2021), the test that of
        Callaghan and Müller-Hansen (2020), what the scores say is after Yang, Lewis and Frieder (2021);
        `explorer.screening.stopping` has all three.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="when to stop")
        >>> decision = review.label(review.next(), "include")
        >>> known = review.stopping()
        >>> known.found, known.reached
        (1, False)
        """
        self.refresh()
        return self.stopping_of(target=target, confidence=confidence)()

    def stopping_of(self, *, target: float = 0.95, confidence: float = 0.95) -> Callable[[], Stopping]:
        """What `stopping` gives, as a function that may run in another thread.

        Parameters
        ----------
        target : float
            Recall wished for, 0 to 1.
        confidence : float
            How sure to be, 0 to 1.

        Returns
        -------
        callable
            Gives a `Stopping`, of the decisions made by now.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="stopping elsewhere")
        >>> later = review.stopping_of()
        >>> later().screened
        0
        """
        from explorer.screening.stopping import stopping

        check_target(target, confidence)
        self._map()
        order = self._reading_order()
        sampled = {id_ for drawn in self.state.samples for id_ in drawn.ids}
        apart = np.array([paper in sampled for _, paper, *_ in order], bool)
        sample = self._sample_read({paper: included for _, paper, included, _ in order})
        scores = np.array([self.state.scores.get(seq, np.nan) for seq, *_ in order], float)
        included = np.array([relevant for _, _, relevant, _ in order], bool)
        unread = None
        if self._learnt is not None:
            known = self._learnt.model.scores[: len(self._ids)]
            unread = known[~self._screened_rows(1)[: len(known)]].astype(float)
        records, priors = len(self._ids), sum(prior for *_, prior in order)
        read = [self._row[paper] for _, paper, *_ in order]
        searches = np.concatenate([self._search_of[read], np.delete(self._search_of, read)])
        state = self.state
        disputed = any(
            state.verdict(1, paper)[0] == "conflict"
            for paper, votes in state.votes[1].items()
            if len(votes) > 1 and not state.hidden(1, paper)
        )
        counted = ["A “maybe”"] * bool(self.progress()["maybe"]) + ["A record in conflict"] * disputed

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
        now = (len(self.state.samples), len(self.state.searches))
        if self._drawn is not None and self._drawn[0] == now:
            return self._drawn[1]
        drawn: set[str] = set()
        pool: set[str] = set()
        for one in self.state.samples:
            known = {self._moved.get(id_, id_) for search in self.state.searches[: one.searches] for id_ in search.ids}
            drawn_from = (known - one.read) & self._row.keys()
            ids = drawn_from.intersection(one.ids)
            drawn, pool = (drawn | ids, pool) if drawn and drawn_from == pool - drawn else (ids, drawn_from)
        found = drawn, pool, self._row.keys() - pool
        self._drawn = now, found
        return found

    def found_so_far(self) -> list[bool]:
        """Of each record that was read, in the order of reading, whether it was relevant. A "maybe" counts as relevant.

        Returns
        -------
        list of bool

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="found so far")
        >>> decisions = [review.label(review.next(), label) for label in ("exclude", "include")]
        >>> review.found_so_far()
        [False, True]
        """
        return [relevant for _, _, relevant, _ in self._reading_order()]

    def _reading_order(self) -> list[tuple[int, str, bool, bool]]:
        """Number of the first decision, paper, whether it is relevant, and whether it was known before; priors first."""
        state, blind, shown = self.state, self.state.blind(1), self.state.shown[1]
        found = []
        for paper in dict.fromkeys((*state.priors[1], *state.votes[1])):
            if paper not in self._row:
                continue
            prior = state.priors[1].get(paper)
            given = state.votes[1].get(paper, {})
            # What `_may_see` says, after every decision.
            if blind and paper not in shown:
                given = {self.reviewer: given[self.reviewer]} if given.get(self.reviewer) else {}
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

    def report(self, *, target: float = 0.95, confidence: float = 0.95) -> str:
        """A stopping report for the methods section.

        Parameters
        ----------
        target : float
            Recall wished for, 0 to 1.
        confidence : float
            How sure to be, 0 to 1.

        Returns
        -------
        str
            Markdown.

        Raises
        ------
        ScreeningError
            Target or confidence is not between 0 and 1.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a report")
        >>> print(review.report().splitlines()[0])
        # Screening of “a report”
        """
        from explorer.screening.report import report

        return report(self.name, self.state, self.method, self.stopping(target=target, confidence=confidence))

    def prisma(self) -> Flow:
        """The PRISMA 2020 flow of the review as it is now, a column a search; while reviewers are blind, by one's own decisions.

        Returns
        -------
        Flow
            `columns`, `notes` (where numbers do not reconcile), `frame` (a DataFrame), `svg()` and `to_svg(path)`.

        Notes
        -----
        Page et al. (2021), *The PRISMA 2020 statement*, BMJ 372:n71.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a flow")
        >>> review.prisma().frame.columns.to_list()
        ['search', 'phase', 'box', 'what', 'n']
        """
        self.refresh()
        found = flow(self.state.known_to(self.reviewer), self.corpus.snapshot, self._moved)
        found.notes += self._merged_otherwise()
        return found

    def _merged_otherwise(self) -> Iterator[str]:
        """Name papers merged of records that were decided differently: of these the last decision holds, and an include may be lost."""
        members: dict[str, list[str]] = {}
        for id_ in (id_ for search in self.state.searches for id_ in search.ids):
            members.setdefault(self._moved.get(id_, id_), []).append(id_)
        merged = {paper: ids for paper, ids in members.items() if len(ids) > 1 and paper in self._table_row}
        before = replay(self._log.after()).known_to(self.reviewer) if merged else self.state
        for paper, ids in merged.items():
            said = sorted({before.verdict(1, id_)[0] for id_ in ids} - {"open", "awaits"})
            if len(said) > 1:
                holds = self.state.known_to(self.reviewer).verdict(1, paper)[0]
                title = self._texts.titles[self._table_row[paper]]
                yield f"“{title}” was merged of records that were decided differently ({', '.join(said)}); now {holds} holds."

    # A living review

    def update(self, corpus: Reviewed | None = None, *, title: str = "") -> list[str]:
        """Take the records that are new in a corpus, as after the search was run again; decisions stay, and the queue starts from them.

        Parameters
        ----------
        corpus : Corpus, optional
            By default the one that is there.
        title : str
            Of the search, in the flow.

        Returns
        -------
        list of str
            Ids of the new records.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a living review")
        >>> review.update(explorer.open_corpus())  # the same papers
        []
        """
        title = _tidy(title, _LONGEST_NAME, "A search") if title != "" else ""
        if corpus is not None:
            check_corpus(corpus)
            self._take_corpus(corpus)
            # Papers may be others than before: what was decided about the parts of a merged one holds of it, and the other way round.
            self.state, self._learnt, self._features = State(), None, None
        self.refresh()
        self._map()
        fresh = [id_ for id_ in self._table_ids if id_ not in self._row]
        if fresh:
            self._write([{"act": "records", "said": self._search(title or f"Search {len(self.state.searches) + 1}", fresh)}])
        self._map()
        return fresh

    def replayed(self) -> pd.DataFrame:
        """Go through the log again, and ask a queue that knows only what it knew then which paper comes next.

        Returns
        -------
        DataFrame
            One row a decision of this reviewer: `seq`, `id`, `label`, `shown` (the id the queue gives), `same` (whether that is the paper
            that was decided), `asked` (False where the paper was sought out rather than shown).

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a replay")
        >>> decisions = [review.label(review.next(), "exclude") for _ in range(3)]
        >>> review.replayed()["same"].to_list()
        [True, True, True]
        """
        import pandas as pd

        entries = [entry.renamed(self._moved) for entry in self._log.after()]
        rows = []
        learnt: Learnt | None = None
        state = State()
        for entry in entries:
            if entry.act == "label" and entry.reviewer == self.reviewer and entry.target is None:
                seq = entry.said.get("learnt")
                if seq is None:
                    learnt = None
                elif learnt is None or learnt.seq != seq:
                    learnt = self._lesson_of(replay(entries, seq))()
                    self._features = (learnt.key, learnt.features)
                known = self._known_of(state)
                stage = entry.stage or 1
                left = np.zeros(len(self._ids), bool)
                left[:known] = [not state.is_screened(stage, id_, self.reviewer) for id_ in self._ids[:known]]
                shown = self._first(state, learnt, left, stage)
                rows.append((entry.seq, entry.paper, entry.label, shown, shown == entry.paper, bool(entry.said.get("next"))))
            state.apply(entry)
        return pd.DataFrame(rows, columns=["seq", "id", "label", "shown", "same", "asked"])

    # Files

    def read_labels(self, path: str | PathLike[str] | Source | pd.DataFrame | None = None) -> pd.DataFrame:
        """Take the decisions in a file, or those that the records of the corpus tell of.

        What the file says by reviewer, as files of this program do, comes back as it was: votes of these reviewers, and how conflicts were
        resolved. All else are priors.

        Parameters
        ----------
        path : path, Source or DataFrame, optional
            Of any format that papers are read from, with decisions as ASReview, Rayyan, Covidence, Zotero or this program write them, or a
            project of ASReview; or a table of papers. By default the corpus, each record of a merged paper for itself.

        Returns
        -------
        DataFrame
            One row a decision of the file: `id` of the record it is about (missing where the review has none), `title`, `stage`,
            `label`, `reason`, `reviewer`, `at`, `how`, `kind` ("vote", "prior", "resolution"), and `candidates`: the ids of the records
            that it may be about, where it names several and nothing in it tells which.

        Raises
        ------
        ReadError
            The file cannot be read, or what is given is neither a file nor a table.

        Notes
        -----
        Where rows of a table, or reviewers in one of Rayyan, differ about a record, the prior is a maybe; where reviewers differ who are
        told of one by one, it is a conflict. A single vote awaits a second one where the review asks for two. What a reviewer decided in
        this review stays. A decision about a full text says that titles and abstracts had let it pass. Of a reason 300 characters are kept.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="labels of a table")
        >>> papers = explorer.open_corpus().papers[["id", "title"]].head(2).assign(included=[1, 0])
        >>> review.read_labels(papers)["label"].to_list(), len(review.labels)
        (['include', 'exclude'], 2)
        """
        from explorer.screening.files import read_labels

        source = "the records" if path is None else _name_of(path) or "a table"
        return self.take_labels(read_labels(self.snapshot if path is None else path), how=source)

    def take_labels(self, labels: pd.DataFrame, *, how: str) -> pd.DataFrame:
        """Take decisions that were read already; `read_labels` is reading them and this.

        Parameters
        ----------
        labels : DataFrame
            As `explorer.screening.files.read_labels` gives it, which may run in another thread and changes nothing.
        how : str
            Where they are from, as `labels` says it.

        Returns
        -------
        DataFrame
            As `read_labels` gives it.

        Examples
        --------
        >>> import explorer
        >>> from explorer.screening.files import read_labels
        >>> corpus = explorer.open_corpus()
        >>> review = explorer.Screening(corpus, name="labels that were read before")
        >>> read = read_labels(corpus.papers[["id", "title"]].head(2).assign(included=[1, 0]))
        >>> review.take_labels(read, how="mine.csv")["label"].to_list(), review.labels["how"].to_list()
        (['include', 'exclude'], ['mine.csv', 'mine.csv'])
        """
        from explorer.screening.files import matched, named_votes, resolutions, settled

        self.refresh()
        found = matched(self, labels)
        given: dict[int, list[tuple[str, Label, str]]] = {1: [], 2: []}
        for id_, stage, label, reason in settled(found):
            given[stage].append((id_, label, reason))
        votes, resolved = named_votes(found), resolutions(found)
        told = {
            stage: {id_ for id_, *_ in given[stage]} | {row.id for row in (*votes, *resolved) if row.stage == stage}
            for stage in STAGES
        }
        given[1] += [(id_, "include", "") for id_ in sorted(told[2] - told[1]) if self.state.verdict(1, id_)[0] == "open"]
        acts = [act for stage, priors in given.items() for act in self._prior_acts(priors, stage, how)]
        self._write(_together([*acts, *self._vote_acts(votes, how), *self._resolution_acts(resolved, how)]))
        return found

    def _vote_acts(self, votes: Iterable[Any], how: str) -> Iterator[dict[str, Any]]:
        """What reviewers decided elsewhere, by name; what they decide here stays, and what is in force already is not told again."""
        for row in votes:
            mine = self.state.vote(row.stage, row.id, row.reviewer)
            if mine is None or (mine.taken and mine[:2] != (row.label, row.reason)):
                said = {
                    "how": str(how),
                    "who": row.reviewer,
                    **({"at": row.at} if row.at else {}),
                    **({"alone": row.alone} if row.alone else {}),
                }
                yield {
                    "act": "vote",
                    "stage": row.stage,
                    "paper": row.id,
                    "label": row.label,
                    "reason": row.reason,
                    "said": said,
                }

    def _resolution_acts(self, resolved: Iterable[Any], how: str) -> Iterator[dict[str, Any]]:
        """How conflicts were resolved elsewhere; how they are resolved here stays."""
        for row in resolved:
            holds = self.state.settled[row.stage].get(row.id)
            if not holds or (holds[-1].taken and holds[-1][:2] != (row.label, row.reason)):
                said = {
                    "how": str(how),
                    **({"who": row.reviewer} if row.reviewer else {}),
                    **({"at": row.at} if row.at else {}),
                }
                yield {
                    "act": "resolution",
                    "stage": row.stage,
                    "paper": row.id,
                    "label": row.label,
                    "reason": row.reason,
                    "said": said,
                }

    def add_seeds(self, source: str | PathLike[str] | Source | pd.DataFrame | Sequence[str]) -> pd.DataFrame:
        """Take papers that are known to be relevant from a file or a list: they are included, and the queue learns from them.

        Parameters
        ----------
        source : path, Source, DataFrame or sequence of str
            A file of any format that papers are read from (RIS, BibTeX, CSV …), or one with a DOI, a PMID, an arXiv id or a title a line; a
            table of papers; or a list of such lines.

        Returns
        -------
        DataFrame
            One row a paper that is named: `given` (as it is named), `id` and `title` of the record (missing where the review has none), and
            `outcome`: "added"; "decided" (there was a decision, which stays); "repeated" (named before); "excluded" (the file itself
            says that it was, so that it is left out); "not found"; and `candidates`, the ids of the records that it may be, where it is
            not found because several go by what names it.

        Raises
        ------
        ReadError
            The file cannot be read, or names nothing.

        Notes
        -----
        Records are found by id, DOI, arXiv id, PMID or the words of the title; of several that share these the year and the authors say
        which, where they do. None is guessed.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> review = explorer.Screening(corpus, name="known to be relevant")
        >>> title = review.record(review.ids[3])["title"]
        >>> review.add_seeds([title, "10.5555/12345678"])["outcome"].to_list()
        ['added', 'not found']
        """
        from explorer.screening.files import matched, read_known

        self.refresh()
        found = matched(self, read_known(source))
        how = _name_of(source) or "seed"
        outcomes: list[str] = []
        given: dict[str, tuple[str, Label, str]] = {}
        for id_, label in found[["id", "label"]].itertuples(index=False, name=None):
            if not isinstance(id_, str):
                outcomes.append("not found")
            elif label == "exclude":
                outcomes.append("excluded")
            elif id_ in given:
                outcomes.append("repeated")
            elif self.state.vote(1, id_, self.reviewer) or id_ in self.state.priors[1]:
                outcomes.append("decided")
            else:
                given[id_] = id_, "include", ""
                outcomes.append("added")
        self._write(_together(self._prior_acts(given.values(), 1, how)))
        titles: list[Any] = [self.record(id_)["title"] if isinstance(id_, str) else None for id_ in found["id"]]
        return found[["given", "id"]].assign(title=titles, outcome=outcomes, candidates=found["candidates"])

    def to_log(self, path: str | PathLike[str], *, progress: Progress = unheard) -> None:
        """Write every act as CSV, from which `explorer.screening.files.log_from_csv` makes the same review.

        Parameters
        ----------
        path : path
        progress : callable, optional
            Called with the part that is done, 0 to 1, time and again; an exception it raises stops the work, and nothing is written.

        Raises
        ------
        ExportError
            The file cannot be written.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a log")
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "log.csv"
        >>> review.to_log(path)
        >>> path.read_text(encoding="utf-8").splitlines()[0][:17]
        'seq,reviewer,at,a'
        """
        from explorer.screening.files import log_to_csv

        log_to_csv(self, path, progress)

    def to_csv(self, path: str | PathLike[str], *, progress: Progress = unheard) -> None:
        """Write one row a record: its fields, label and reason at each stage, rank in the queue; `read_labels` reads it back.

        Parameters
        ----------
        path : path
        progress : callable, optional
            Called with the part that is done, 0 to 1, time and again; an exception it raises stops the work, and nothing is written.

        Raises
        ------
        ExportError
            The file cannot be written.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a table")
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "labels.csv"
        >>> review.to_csv(path)
        >>> len(explorer.read_papers(path))
        88
        """
        from explorer.screening.files import to_csv

        to_csv(self, path, progress)

    def to_ris(self, path: str | PathLike[str], *, progress: Progress = unheard) -> None:
        """Write the records as RIS, their decisions in N1; `read_labels` reads it back.

        Parameters
        ----------
        path : path
        progress : callable, optional
            Called with the part that is done, 0 to 1, time and again; an exception it raises stops the work, and nothing is written.

        Raises
        ------
        ExportError
            The file cannot be written.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="records with decisions")
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "labels.ris"
        >>> review.to_ris(path)
        >>> len(explorer.read_papers(path))
        88
        """
        from explorer.screening.files import to_ris

        to_ris(self, path, progress)

    def to_excel(self, path: str | PathLike[str], *, progress: Progress = unheard) -> None:
        """Write records, labels, log, flow and settings as sheets of a workbook.

        Parameters
        ----------
        path : path
        progress : callable, optional
            Called with the part that is done, 0 to 1, time and again; an exception it raises stops the work, and nothing is written.

        Raises
        ------
        ExportError
            The file cannot be written.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a workbook")
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "review.xlsx"
        >>> review.to_excel(path)
        >>> path.exists()
        True
        """
        from explorer.screening.files import to_excel

        to_excel(self, path, progress)

    def to_asreview(self, path: str | PathLike[str], *, progress: Progress = unheard) -> None:
        """Write a project that ASReview 3 opens, or the dataset that it imports.

        Parameters
        ----------
        path : path
            Ends in ``.asreview`` (a project) or ``.csv`` (a dataset).
        progress : callable, optional
            Called with the part that is done, 0 to 1, time and again; an exception it raises stops the work, and nothing is written.

        Raises
        ------
        ExportError
            The file cannot be written.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="a project")
        >>> from pathlib import Path
        >>> from tempfile import mkdtemp
        >>> path = Path(mkdtemp()) / "review.asreview"
        >>> review.to_asreview(path)
        >>> path.exists()
        True
        """
        from explorer.screening.files import to_asreview

        to_asreview(self, path, progress)

    def ranks(self, progress: Progress = unheard) -> dict[str, int]:
        """Place in the queue of each record not read yet.

        Parameters
        ----------
        progress : callable, optional
            As what `lesson` gives takes it.

        Returns
        -------
        dict of str to int
            By id; the first place is 1.

        Examples
        --------
        >>> import explorer
        >>> review = explorer.Screening(explorer.open_corpus(), name="ranks")
        >>> review.ranks()[review.next().id]
        1
        """
        if self._learnt is None or self._learnt.key != self._features_key(self.state):
            self.take(self.lesson()(progress))
        from explorer.screening.queue import following

        assert self._learnt is not None
        screened = np.ones(len(self._learnt.features), bool)
        screened[: len(self._ids)] = self._screened_rows(1)
        rows = following(self._learnt.model, screened, len(self._ids), method=self._method(self.state))
        return {self._ids[row]: place for place, row in enumerate(rows.tolist(), 1)}


def _features(
    snapshot: Snapshot,
    texts: _Texts,
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


def _together(priors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Decisions from before as one act, which one undo takes back."""
    return [
        {**act, "target": -1} if place else {**act, "said": {**act["said"], "together": len(priors)}}
        for place, act in enumerate(priors)
    ]


def _check_stage(stage: int) -> None:
    if isinstance(stage, bool) or not isinstance(stage, int) or stage not in STAGES:
        raise ScreeningError(f"There is no stage {stage!r}. Stages: 1 (title and abstract), 2 (full text).")


def _settled_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the log keeps them. What it says stays for good, so nothing goes in that the review could not be opened with."""
    found = dict(given)
    for name in ("criteria", "reasons"):
        if name in found:
            texts = found[name]
            if isinstance(texts, str) or not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
                raise ScreeningError(f"The {name} of a review are a list of texts, such as ['adults', 'randomised'].")
            found[name] = [tidy for text in texts if (tidy := " ".join(text.split()))]
    if any(len(reason) > LONGEST_REASON for reason in found.get("reasons", ())):
        raise ScreeningError(f"A reason is a text of at most {LONGEST_REASON} characters.")
    if "description" in found:
        if not isinstance(found["description"], str):
            raise ScreeningError("The description of a review is a text.")
        found["description"] = " ".join(found["description"].split())
    if "votes" in found and (isinstance(found["votes"], bool) or found["votes"] not in (1, 2, 3)):
        raise ScreeningError(f"{found['votes']!r} reviewers cannot decide about each paper; 1, 2 or 3 can.")
    if "method" in found:
        found["method"] = asdict(method_given(found["method"]))
    return found


def _name_of(source: object) -> str:
    """What a file is called; empty where something else is given."""
    from explorer.sources.source import Source

    return Path(source).name if isinstance(source, (str, PathLike)) else source.name if isinstance(source, Source) else ""


def _tidy(name: str, longest: int, what: str) -> str:
    tidy = " ".join(name.split()) if isinstance(name, str) else ""
    if not tidy or len(tidy) > longest or not tidy.isprintable():
        raise ScreeningError(f"{what} needs a name of 1 to {longest} characters.")
    return tidy


__all__ = ["NOT_RETRIEVED", "REASONS", "Learnt", "Screening"]

"""The topics of a corpus as a reader works on them: what a snapshot says of them, and changes that are kept in a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.corpus import growth
from explorer.errors import TopicError
from explorer.topics.edits import NONE, TopicEdit

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot
    from explorer.store.topics import Topics


class Shown(Protocol):
    """What shows a snapshot, and can show another: a `Corpus`."""

    snapshot: Snapshot

    def _show(self, snapshot: Snapshot) -> None:
        """Show another generation of the same papers."""


class CorpusTopics:
    """Topics of a corpus: `summary`, `frequency`, `trends`, `tree` and the rest of `explorer.store.topics.Topics`, and edits.

    An edit changes what the corpus shows at once, and is written into its folder as one entry of a log. The log is replayed when
    papers come, and when the topics are found again; each entry can be undone by itself.

    Examples
    --------
    >>> import explorer
    >>> papers = explorer.open_corpus().papers.drop(columns="topic")
    >>> corpus = explorer.Corpus.from_papers(papers)
    >>> corpus.topics.rename("t1", "counting")
    >>> corpus.topics.edits["edit"].to_list()
    ['t1 is called counting']
    >>> print(corpus.topics.as_python())
    corpus.topics.rename('t1', 'counting')
    >>> corpus.topics.undo()
    >>> len(corpus.topics.edits)
    0
    """

    def __init__(self, corpus: Shown) -> None:
        self._corpus = corpus

    @property
    def snapshot(self) -> Topics:
        """The topics that are shown, frozen."""
        return self._corpus.snapshot.topics

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._corpus.snapshot.topics, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.snapshot)})

    # Changes

    def rename(self, topic: str, label: str) -> None:
        """Give a topic another name.

        Parameters
        ----------
        topic : str
            Its id, such as ``t3``, or its label.
        label : str
            A name that no other topic has.

        Raises
        ------
        TopicError
            There is no such topic, or the name is taken.
        """
        label = " ".join(label.split())
        if not label:
            raise TopicError("A topic needs a name of at least one letter.")
        self._do(TopicEdit("rename", self._id(topic), {"label": label}))

    def merge(self, topic: str, *others: str) -> None:
        """Make several topics one, under the id and the label of the first.

        Parameters
        ----------
        topic, *others : str
            Ids or labels.

        Raises
        ------
        TopicError
            There is no such topic, or fewer than two are named.
        """
        if not others:
            raise TopicError("Name two topics or more to merge, the one that stays first.")
        self._do(TopicEdit("merge", self._id(topic), {"others": [self._id(other) for other in others]}))

    def split(self, topic: str, number: int = 2) -> None:
        """Divide a topic into parts, which become topics (see `parts`); their ids are ``t3.1``, ``t3.2`` and so on.

        Parameters
        ----------
        topic : str
            Id or label.
        number : int
            Parts, two or more.

        Raises
        ------
        TopicError
            There is no such topic, or its papers tell no parts apart.
        """
        from explorer.topics.hierarchy import parts_of

        id_ = self._id(topic)
        rows = np.flatnonzero(np.asarray(self.snapshot.codes) == self.snapshot.code(id_))
        found = parts_of(self.snapshot.texts_of(rows), number) if id_ != NONE else []
        if not found:
            raise TopicError(f"{topic} cannot be divided into {number}: its {len(rows)} papers tell no such parts apart.")
        parts = [
            {"id": f"{id_}.{at}", "label": part.label, "words": part.words, "weights": part.weights}
            for at, part in enumerate(found, 1)
        ]
        self._do(TopicEdit("split", id_, {"parts": parts}))

    def pin(self, topic: str) -> None:
        """Keep a topic, its name and its papers as they are now, also when topics are found again; papers that come may join it."""
        code = self.snapshot.code(topic)
        table = self.snapshot.table
        details = {"label": table.labels[code], "words": table.words[code], "papers": self.papers(topic)}
        details["among"] = len(self._corpus.snapshot)
        self._do(TopicEdit("pin", table.ids[code], details))

    def seed(self, label: str, *, words: Sequence[str] = (), papers: Sequence[str] = ()) -> str:
        """Make a topic of words or papers of the reader's.

        Parameters
        ----------
        label : str
            Its name.
        words : sequence of str
            Words and phrases. Papers that have one of them, of three or more that have two, are of the topic.
        papers : sequence of str
            Ids of papers that are of it.

        Returns
        -------
        str
            Id of the topic: ``s1``, ``s2`` and so on.

        Raises
        ------
        TopicError
            No paper has the words, or none is named.
        """
        used = [int(edit.topic[1:]) for edit in self.snapshot.log if edit.action == "seed"]
        id_ = f"s{max(used, default=0) + 1}"
        given = [[words] if isinstance(words, str) else list(words), [papers] if isinstance(papers, str) else list(papers)]
        self._do(TopicEdit("seed", id_, {"label": label, "words": given[0], "papers": given[1]}))
        return id_

    def move(self, paper: str, topic: str) -> None:
        """Say of what topic a paper is.

        Parameters
        ----------
        paper : str
            Id of a paper.
        topic : str
            Id or label; ``none`` for no topic.
        """
        self._do(TopicEdit("move", self._id(topic), {"paper": paper}))

    def hide(self, topic: str) -> None:
        """Leave a topic out of charts; its papers stay on it."""
        self._do(TopicEdit("hide", self._id(topic)))

    def delete(self, topic: str) -> None:
        """Give up a topic: each of its papers goes to the one that is the next likeliest for it, or to none."""
        self._do(TopicEdit("delete", self._id(topic)))

    def undo(self, number: int | None = None) -> None:
        """Take a change back, the last one or any other; those after it are done again without it.

        Parameters
        ----------
        number : int, optional
            As in `edits`, from 1; the last one by default.

        Raises
        ------
        TopicError
            There is no such change.
        """
        log = self.snapshot.log
        at = len(log) if number is None else number
        if not 1 <= at <= len(log):
            raise TopicError(f"There is no change {at or ''} to undo: the log has {len(log)}.".replace("  ", " "))
        self._keep([*log[: at - 1], *log[at:]])

    # What was changed

    @property
    def edits(self) -> pd.DataFrame:
        """The log of changes.

        Returns
        -------
        DataFrame
            One row a change, the first one first: `number` (from 1, for `undo`), `action`, `topic` (id), `edit` (in words), `python`,
            `applied`, and `reason` where it could not be, as after a refit that finds other topics.
        """
        import pandas as pd

        log = self.snapshot.log
        reasons = self._replayed(log) if log else []
        return pd.DataFrame(
            {
                "number": np.arange(1, len(log) + 1),
                "action": [edit.action for edit in log],
                "topic": [edit.topic for edit in log],
                "edit": [edit.sentence() for edit in log],
                "python": [edit.code() for edit in log],
                "applied": [not reason for reason in reasons],
                "reason": reasons,
            }
        )

    def as_python(self) -> str:
        """The log of changes as a program."""
        return "\n".join(edit.code() for edit in self.snapshot.log)

    def papers(self, topic: str) -> list[str]:
        """Ids of the papers of a topic, in the order of the corpus."""
        rows = np.flatnonzero(np.asarray(self.snapshot.codes) == self.snapshot.code(topic))
        found: list[str] = self._corpus.snapshot.table.column("id").take(rows).to_pylist()
        return found

    def _id(self, topic: str) -> str:
        return self.snapshot.table.ids[self.snapshot.code(topic)]

    def _do(self, edit: TopicEdit) -> None:
        log = [*self.snapshot.log, edit]
        if reason := self._replayed(log)[-1]:
            raise TopicError(reason)
        self._keep(log)

    def _replayed(self, log: Sequence[TopicEdit]) -> list[str]:
        from explorer.store.topics import reasons_of

        snapshot = self._corpus.snapshot
        return reasons_of(log, snapshot.generation, snapshot.table.column("id"), self.snapshot.texts_of)

    def _keep(self, log: Sequence[TopicEdit]) -> None:
        self._corpus._show(growth.topics_edited(self._corpus.snapshot, log))

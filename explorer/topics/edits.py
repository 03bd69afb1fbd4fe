"""What a reader changed of the topics: a log of edits, replayed on whatever topics the model finds.

An edit is a plain value. `replay` applies a log to the topics of the model, one edit after the other, and says of each whether it
could be applied; nothing is applied in place, so that to undo an edit is to leave it out and replay the rest.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.disk import write_whole
from explorer.errors import CorpusError, TopicError
from explorer.topics.labels import OTHER, distinct_label
from explorer.topics.terms import terms_of, words_of

NONE = "none"
"""Id of `OTHER`: the papers of no topic."""

_NEAR = 0.75
"""How alike a name is to one that was meant for it (see `difflib.SequenceMatcher.ratio`)."""

ACTIONS = ("rename", "merge", "split", "pin", "seed", "move", "hide", "delete")

Texts = Callable[[Iterable[int]], list[str]]
"""Gives the texts of papers by their rows."""


@dataclass(frozen=True)
class TopicEdit:
    """One change of the topics.

    Attributes
    ----------
    action : str
        One of `ACTIONS`.
    topic : str
        Id of the topic that is changed, or made.
    details : dict
        What else the action needs, of strings, numbers, lists and dicts.
    """

    action: str
    topic: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def code(self) -> str:
        """The edit as Python."""
        told = self.details
        call = {
            "rename": lambda: f"rename({self.topic!r}, {told['label']!r})",
            "merge": lambda: f"merge({', '.join(map(repr, [self.topic, *told['others']]))})",
            "split": lambda: f"split({self.topic!r}, {len(told['parts'])})",
            "pin": lambda: f"pin({self.topic!r})",
            "seed": lambda: f"seed({told['label']!r}, words={list(told['words'])!r}, papers={list(told['papers'])!r})",
            "move": lambda: f"move({told['paper']!r}, {self.topic!r})",
            "hide": lambda: f"hide({self.topic!r})",
            "delete": lambda: f"delete({self.topic!r})",
        }
        return f"corpus.topics.{call[self.action]()}"

    def sentence(self, names: Mapping[str, str] | None = None) -> str:
        """The edit in words.

        Parameters
        ----------
        names : mapping, optional
            Labels by id, which stand in place of ids (see `sentences`).
        """
        told, known = self.details, names or {}

        def quoted(label: str) -> str:
            return f"“{label}”" if known else label

        def name(topic: str) -> str:
            return quoted(known[topic]) if topic in known else topic

        topic = name(self.topic)
        parts = ", ".join(quoted(part["label"]) if known else part["id"] for part in told.get("parts", ()))
        say = {
            "rename": lambda: f"{topic} is called {quoted(told['label'])}",
            "merge": lambda: f"{', '.join(map(name, told['others']))} merged into {topic}",
            "split": lambda: f"{topic} split into {parts}",
            "pin": lambda: f"{topic} keeps its papers",
            "seed": lambda: f"{self.topic}, {quoted(told['label'])}, made of {', '.join([*told['words'], *told['papers']])}",
            "move": lambda: f"{told['paper']} moved to {topic}",
            "hide": lambda: f"{topic} hidden",
            "delete": lambda: f"{topic} deleted",
        }
        return say[self.action]()


def sentences(log: Sequence[TopicEdit], names: Mapping[str, str]) -> list[str]:
    """A log in words, each topic under the label that it had before the edit.

    Parameters
    ----------
    log : sequence of TopicEdit
    names : mapping
        Labels by id, as the model finds the topics.

    Examples
    --------
    >>> log = [TopicEdit("rename", "t1", {"label": "sums"}), TopicEdit("hide", "t1")]
    >>> sentences(log, {"t1": "counting"})
    ['“counting” is called “sums”', '“sums” hidden']
    """
    known, told = dict(names), []
    for edit in log:
        told.append(edit.sentence(known))
        if "label" in edit.details:
            known[edit.topic] = edit.details["label"]
        known.update({part["id"]: part["label"] for part in edit.details.get("parts", ())})
    return told


def no_topic(asked: object, ids: Sequence[str], labels: Sequence[str]) -> TopicError:
    """What is said of a topic that there is not: those that there are, by id and name, and the nearest of them.

    Examples
    --------
    >>> print(no_topic("T1", ["t1", "none"], ["counting", "other"]))
    There is no topic 'T1'. Did you mean 't1'? Topics: t1 (counting), none (other).
    """
    spelt = {name.casefold(): name for name in (*labels, *ids)}
    said = str(asked).casefold()
    near = [said] if said in spelt else difflib.get_close_matches(said, [label.casefold() for label in labels], 1, _NEAR)
    meant = f" Did you mean {spelt[near[0]]!r}?" if near else ""
    told = ", ".join(f"{id_} ({label})" for id_, label in zip(ids, labels, strict=True))
    return TopicError(f"There is no topic {asked!r}.{meant} Topics: {told}.")


def former_names(log: Sequence[TopicEdit], reasons: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Labels that topics had before they were renamed or merged, so that what was chosen by one goes on to find its papers.

    Parameters
    ----------
    log : sequence of TopicEdit
    reasons : sequence of str
        For each edit why it could not be applied; empty where it was.
    names : mapping
        Labels by id, as the model finds the topics.

    Returns
    -------
    dict
        For each label that no topic has any more the id of the topic that has its papers.

    Examples
    --------
    >>> log = [TopicEdit("rename", "t1", {"label": "sums"}), TopicEdit("merge", "t2", {"others": ["t1"]})]
    >>> former_names(log, ["", ""], {"t1": "counting", "t2": "vision"})
    {'counting': 't2', 'sums': 't2'}
    """
    known, found = dict(names), dict[str, str]()
    for edit, reason in zip(log, reasons, strict=True):
        if reason:
            continue
        if edit.action == "rename":
            found[known.get(edit.topic, "")] = edit.topic
        for other in edit.details.get("others", ()):
            found = {label: edit.topic if topic == other else topic for label, topic in found.items()}
            found[known.pop(other, "")] = edit.topic
        if "label" in edit.details:
            known[edit.topic] = edit.details["label"]
        known.update({part["id"]: part["label"] for part in edit.details.get("parts", ())})
    now = set(known.values())
    return {label: topic for label, topic in found.items() if label and label not in now}


def followed(
    before: tuple[Sequence[str], Sequence[str], np.ndarray], after: tuple[Sequence[str], Sequence[str], np.ndarray]
) -> dict[str, tuple[str, ...]]:
    """What has become of each topic, so that what was chosen by a label goes on to mean the same papers.

    Parameters
    ----------
    before, after : (ids, labels, codes)
        Of the same papers in the same order; `codes` is the place of each paper's topic.

    Returns
    -------
    dict
        For each label of before those of after: of the topic with its id; else of the one that has all its papers, as after a merge;
        else of the new topics that have them, as after a split; else none.

    Examples
    --------
    >>> codes = np.array([0, 1, 1, 2])
    >>> followed((["t1", "t2", "none"], ["a", "b", "-"], codes), (["t1", "none"], ["sums", "-"], np.array([0, 0, 0, 1])))
    {'a': ('sums',), 'b': ('sums',), '-': ('-',)}
    """
    (old_ids, old_labels, old), (ids, labels, new) = before, after
    pairs = np.bincount(np.asarray(old) * len(ids) + np.asarray(new), minlength=len(old_ids) * len(ids))
    pairs = pairs.reshape(len(old_ids), len(ids))
    fresh = [code for code, topic in enumerate(ids) if topic not in old_ids]
    found: dict[str, tuple[str, ...]] = {}
    for code, (topic, label) in enumerate(zip(old_ids, old_labels, strict=True)):
        there = np.flatnonzero(pairs[code]).tolist()
        if topic in ids:
            found[label] = (labels[list(ids).index(topic)],)
        elif there and (ids[there[0]] != NONE if len(there) == 1 else all(place in fresh for place in there)):
            found[label] = tuple(labels[place] for place in there)
        else:
            found[label] = ()
    return found


@dataclass(frozen=True)
class TopicState:
    """Topics and the papers on them.

    Attributes
    ----------
    ids, labels : list of str, length n_topics + 1
        The last are `NONE` and `OTHER`.
    words, phrases : list of list of str
        Empty for the last.
    stability : list of float or None
        None where nothing was measured.
    hidden, pinned : frozenset of str
        Ids.
    codes : ndarray of int32, shape (n_papers,)
        Place in `ids` of each paper's topic.
    share : ndarray of float32, shape (n_papers,)
        How sure it is, 0 to 1.
    second : ndarray of int32, shape (n_papers,)
        Place of the topic that is the next likeliest.
    """

    ids: list[str]
    labels: list[str]
    words: list[list[str]]
    phrases: list[list[str]]
    stability: list[float | None]
    hidden: frozenset[str]
    pinned: frozenset[str]
    codes: np.ndarray
    share: np.ndarray
    second: np.ndarray

    def place(self, topic: str) -> int:
        """Place of a topic.

        Raises
        ------
        TopicError
            There is none of the id.
        """
        if topic not in self.ids:
            raise TopicError(f"There is no topic {topic!r} any more.")
        return self.ids.index(topic)

    def with_topic(self, topic: str, label: str, words: Sequence[str]) -> TopicState:
        """The same and one topic more, before `OTHER`, without papers."""
        at = len(self.ids) - 1
        label = distinct_label(label, words, self.labels)
        moved = [np.where(codes >= at, codes + 1, codes).astype(np.int32) for codes in (self.codes, self.second)]
        return replace(
            self,
            ids=[*self.ids[:at], topic, NONE],
            labels=[*self.labels[:at], label, OTHER],
            words=[*self.words[:at], list(words), []],
            phrases=[*self.phrases[:at], [], []],
            stability=[*self.stability[:at], None, None],
            codes=moved[0],
            second=moved[1],
        )

    def without_topic(self, at: int) -> TopicState:
        """The same without one topic, which has no papers any more; where it was the next likeliest, none is."""
        last = len(self.ids) - 1
        second = np.where(self.second == at, last, self.second)
        kept = [i for i in range(len(self.ids)) if i != at]
        return replace(
            self,
            ids=[self.ids[i] for i in kept],
            labels=[self.labels[i] for i in kept],
            words=[self.words[i] for i in kept],
            phrases=[self.phrases[i] for i in kept],
            stability=[self.stability[i] for i in kept],
            codes=np.where(self.codes > at, self.codes - 1, self.codes).astype(np.int32),
            second=np.where(second > at, second - 1, second).astype(np.int32),
        )

    def with_papers(self, rows: np.ndarray, at: int) -> TopicState:
        """The same with papers moved to a topic, of which the reader is sure."""
        codes, share, second = self.codes.copy(), self.share.copy(), self.second.copy()
        second[rows] = np.where(codes[rows] == at, second[rows], codes[rows])
        codes[rows], share[rows] = at, 1.0
        return replace(self, codes=codes, share=share, second=second)


@dataclass(frozen=True)
class Papers:
    """What edits need of the papers: their rows by their ids, and their texts when asked for."""

    rows: Callable[[Sequence[str]], np.ndarray]
    texts: Texts


def replay(state: TopicState, log: Sequence[TopicEdit], papers: Papers) -> tuple[TopicState, list[str]]:
    """Apply a log of edits to the topics of a model.

    Parameters
    ----------
    state : TopicState
        As the model finds them.
    log : sequence of TopicEdit
        The first edit first.
    papers : Papers

    Returns
    -------
    state : TopicState
    reasons : list of str
        For each edit why it could not be applied; empty where it was.
    """
    reasons = []
    for edit in log:
        try:
            state = _APPLY[edit.action](state, edit, papers)
            reasons.append("")
        except TopicError as error:
            reasons.append(str(error))
    return state, reasons


def _rename(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    at = state.place(edit.topic)
    if edit.topic == NONE:
        raise TopicError("The papers of no topic have no name to change. Seed a topic with them.")
    others = [label for i, label in enumerate(state.labels) if i != at]
    if edit.details["label"] in others:
        raise TopicError(f"Another topic is called {edit.details['label']!r}. Merge the two, or choose another name.")
    return replace(state, labels=[edit.details["label"] if i == at else label for i, label in enumerate(state.labels)])


def _merge(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    for other in edit.details["others"]:
        into, at = state.place(edit.topic), state.place(other)
        if into == at:
            raise TopicError(f"“{state.labels[at]}” cannot be merged with itself. Name another topic.")
        if NONE in (edit.topic, other):
            names = f"“{state.labels[into]}” and “{state.labels[at]}”"
            raise TopicError(f"{names} cannot be merged. Name two topics that have words.")
        sizes = [int((state.codes == code).sum()) for code in (into, at)]
        words = _mixed(state.words[into], state.words[at], sizes)
        codes, second = (np.where(part == at, into, part).astype(np.int32) for part in (state.codes, state.second))
        known = [state.stability[code] for code in (into, at)]
        weighed = [(value, size) for value, size in zip(known, sizes, strict=True) if value is not None and size]
        stability = sum(v * s for v, s in weighed) / sum(s for _, s in weighed) if len(weighed) == 2 else known[0]
        state = replace(
            state,
            codes=codes,
            second=second,
            words=[words if i == into else old for i, old in enumerate(state.words)],
            stability=[stability if i == into else old for i, old in enumerate(state.stability)],
        ).without_topic(at)
    return state


def _mixed(one: list[str], other: list[str], sizes: list[int]) -> list[str]:
    """Ten words of two topics by turns, the larger one first."""
    first, second = (one, other) if sizes[0] >= sizes[1] else (other, one)
    turns = [word for pair in zip(first, second, strict=False) for word in pair] + first + second
    return list(dict.fromkeys(turns))[:10]


def _split(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    rows = np.flatnonzero(state.codes == state.place(edit.topic))
    parts = edit.details["parts"]
    # What none of the parts has a word of goes with the first, the largest.
    best = part_scores(papers.texts(rows), parts).argmax(axis=1)
    for part in parts:
        if part["id"] in state.ids:
            raise TopicError(f"There is a topic {part['id']} already. Undo the split before, or merge its parts.")
        state = state.with_topic(part["id"], part["label"], part["words"][:10])
    codes, second = state.codes.copy(), state.second.copy()
    for number, part in enumerate(parts):
        codes[rows[best == number]] = state.place(part["id"])
        second[rows[best == number]] = state.place(parts[number - 1]["id"])
    return replace(state, codes=codes, second=second).without_topic(state.place(edit.topic))


def part_scores(texts: Sequence[str], parts: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """How much of each part's words each text has, shape (n_texts, n_parts)."""
    weights = [dict(zip(part["words"], part["weights"], strict=True)) for part in parts]
    found = [[sum(known.get(word, 0.0) for word in sorted({*terms_of(text)})) for known in weights] for text in texts]
    return np.array(found, float).reshape(len(texts), len(parts))


def _pin(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    told = edit.details
    if edit.topic not in state.ids:
        state = state.with_topic(edit.topic, told["label"], told["words"])
    at = state.place(edit.topic)
    state = state.with_papers(papers.rows(told["papers"]), at)
    # Other papers that were there when it was pinned were of other topics; those that came later may be of this one.
    others = (state.codes == at) & (np.arange(len(state.codes)) < told["among"])
    others[papers.rows(told["papers"])] = False
    elsewhere = np.where(state.second == at, len(state.ids) - 1, state.second)
    state = replace(state, codes=np.where(others, elsewhere, state.codes).astype(np.int32))
    words = [list(told["words"]) if i == at else old for i, old in enumerate(state.words)]
    # Found again, the model may call the same topic otherwise, or another one as this was called.
    labels = [told["label"] if i == at else old for i, old in enumerate(state.labels)]
    if (other := next((i for i, old in enumerate(labels) if i != at and old == told["label"]), None)) is not None:
        labels[other] = distinct_label(labels[other], [*state.phrases[other], *state.words[other]], labels)
    return replace(state, labels=labels, words=words, pinned=state.pinned | {edit.topic})


def _seed(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    told = edit.details
    rows = papers.rows(told["papers"])
    if told["words"]:
        every = np.arange(len(state.codes))
        needed = 2 if len(told["words"]) > 2 else 1
        wanted = [" ".join(words_of(word)) for word in told["words"]]
        has = [sum(f" {word} " in f" {' '.join(words_of(text))} " for word in wanted) >= needed for text in papers.texts(every)]
        rows = np.union1d(rows, every[np.array(has, bool)])
    if not len(rows):
        raise TopicError(f"No paper has {' and '.join(told['words']) or 'those ids'}. Seed a topic with other words or papers.")
    if edit.topic not in state.ids:
        state = state.with_topic(edit.topic, told["label"], told["words"])
    return state.with_papers(rows, state.place(edit.topic))


def _move(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    rows = papers.rows([edit.details["paper"]])
    if not len(rows):
        raise TopicError(f"There is no paper {edit.details['paper']!r}. Papers are named by their id.")
    return state.with_papers(rows, state.place(edit.topic))


def _hide(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    state.place(edit.topic)
    return replace(state, hidden=state.hidden | {edit.topic})


def _delete(state: TopicState, edit: TopicEdit, papers: Papers) -> TopicState:
    at = state.place(edit.topic)
    if edit.topic == NONE:
        raise TopicError("The papers of no topic cannot be deleted. Move them, or hide them.")
    mine = state.codes == at
    codes = np.where(mine, state.second, state.codes).astype(np.int32)
    codes[codes == at] = len(state.ids) - 1
    return replace(state, codes=codes, share=np.where(mine, 0.0, state.share).astype(np.float32)).without_topic(at)


_APPLY: dict[str, Callable[[TopicState, TopicEdit, Papers], TopicState]] = {
    "rename": _rename,
    "merge": _merge,
    "split": _split,
    "pin": _pin,
    "seed": _seed,
    "move": _move,
    "hide": _hide,
    "delete": _delete,
}


def save_edits(log: Sequence[TopicEdit], path: Path) -> None:
    """Write a log as JSON, whole or not at all."""
    rows = [{"action": edit.action, "topic": edit.topic, **edit.details} for edit in log]
    write_whole(path, json.dumps(rows, ensure_ascii=False, indent=1).encode())


def load_edits(path: Path) -> list[TopicEdit]:
    """Read what `save_edits` wrote; nothing where there is no file.

    Raises
    ------
    CorpusError
        The file is damaged.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        log = [
            TopicEdit(
                row["action"], row["topic"], {name: value for name, value in row.items() if name not in ("action", "topic")}
            )
            for row in rows
        ]
        if unknown := next((edit.action for edit in log if edit.action not in ACTIONS), None):
            raise ValueError(f"no edit is called {unknown!r}")
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{path} is damaged ({error}). Remove it to open the corpus without the changes of its topics."
        ) from error
    return log

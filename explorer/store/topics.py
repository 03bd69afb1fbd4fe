"""Topics of the papers of a corpus, as they are stored and asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import TopicError
from explorer.memory import give_back
from explorer.papers.html_table import html_table
from explorer.papers.rows import rows_where
from explorer.store.facets import Facet, mapped
from explorer.topics.edits import (
    NONE,
    Papers,
    TopicEdit,
    TopicState,
    former_names,
    load_edits,
    no_topic,
    replay,
    save_edits,
    sentences,
)
from explorer.topics.trends import frequency_frame, period_index, period_label

if TYPE_CHECKING:
    import pandas as pd

    from explorer.topics.model import TopicModel

MODEL = "topics.model.npz"
"""File of the topic model, in a generation."""

Places = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Code of each paper's topic (int32), how likely it is (float32), and the code of the next likeliest (int32)."""
PART = " › "
"""Between the label of a topic and that of a part of it, where a part is chosen: ``reasoning › chain of thought``."""

NEXT = " → "
"""Between the labels of two topics, where papers of the first are chosen whose next likeliest is the second: ``reasoning → vision``."""

PARTS = 3
"""Parts that a topic is divided into by default."""

LEAST = 12
"""Papers from which a topic is divided by default."""

EDITS = "topics.edits.json"
"""File of the reader's changes of the topics, in a generation."""

_CHUNK = 10_000


@dataclass(frozen=True)
class Division:
    """A topic divided into parts, as `Topics.divided` finds them.

    Attributes
    ----------
    topic : str
        Its id.
    labels : list of str
        Of the parts, the first found first; empty where it cannot be divided.
    words : list of list of str
        Ten of each.
    rows : ndarray of int64, shape (n_papers_of_topic,)
    part : ndarray of int64, shape (n_papers_of_topic,)
        Place of each paper's part.
    """

    topic: str
    labels: list[str]
    words: list[list[str]]
    rows: np.ndarray
    part: np.ndarray


@dataclass(frozen=True)
class TopicTable:
    """What is stored of the topics.

    Attributes
    ----------
    labels : list of str
        Text of each topic code.
    words : list of list of str
        Ten words of each topic, best first; empty for `OTHER`.
    seed : int
    method : str
    ids : list of str
        Id of each topic: ``t1``, ``t2``, …; the same for the same topic when topics are found again. The last is ``none``.
    stability : list of float or None
        How often each comes back over samples of the papers, 0 to 1; None where it was not measured.
    phrases : list of list of str
        Up to five phrases of each.
    hidden, pinned : list of str
        Ids.
    curve : list of dict
        How the number of topics was chosen (see `TopicModel.curve_`).
    former : dict of str to str
        For labels that topics had before the reader's changes, the id of the topic that has their papers.
    """

    labels: list[str]
    words: list[list[str]]
    seed: int
    method: str
    ids: list[str] = field(default_factory=list)
    stability: list[float | None] = field(default_factory=list)
    phrases: list[list[str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    curve: list[dict[str, float]] = field(default_factory=list)
    former: dict[str, str] = field(default_factory=dict)

    def completed(self) -> TopicTable:
        """The same with all that an earlier version did not write."""
        count = len(self.labels)
        ids = self.ids or [*(f"t{number}" for number in range(1, count)), NONE]
        return TopicTable(
            self.labels,
            self.words,
            self.seed,
            self.method,
            ids,
            self.stability or [None] * count,
            self.phrases or [[] for _ in range(count)],
            self.hidden,
            self.pinned,
            self.curve,
            self.former,
        )


class Topics:
    """Topics of the papers of a corpus.

    Attributes
    ----------
    table : TopicTable
    codes : ndarray of int32, shape (n_papers,)
    share : ndarray of float32, shape (n_papers,)
        How likely each paper's topic is, 0 to 1 (see `TopicModel.transform`).
    second : ndarray of int32, shape (n_papers,)
        Code of the topic that is the next likeliest.
    log : list of TopicEdit
        What the reader changed.
    """

    def __init__(
        self,
        table: TopicTable,
        codes: np.ndarray,
        share: np.ndarray,
        months: np.ndarray,
        precision: np.ndarray,
        log: Sequence[TopicEdit] = (),
        texts: Callable[[Iterable[int]], list[str]] | None = None,
        unfinished: Callable[[str], int | None] = lambda by: None,
        second: np.ndarray | None = None,
    ) -> None:
        self.second = np.full(len(codes), len(table.labels) - 1, np.int32) if second is None else second
        self.log = list(log)
        self._unfinished = unfinished
        self._texts = texts
        self.table = table
        self.codes = codes
        self.share = share
        self._months = months
        self._precision = precision
        self._kept: dict[str, tuple[np.ndarray, int, int]] = {}
        self._divisions: dict[tuple[str, int], Division] = {}

    @property
    def labels(self) -> list[str]:
        """Text of each topic code."""
        return self.table.labels

    @property
    def former(self) -> dict[str, tuple[str, ...]]:
        """For each id, and each label that a topic had before it was renamed or merged, the topic's label (see `Selection.with_topics`)."""
        labels = dict(zip(self.table.ids, self.labels, strict=True))
        named = {**{topic: topic for topic in self.table.ids}, **self.table.former}
        return {name: (labels[topic],) for name, topic in named.items() if topic in labels and name not in self.labels}

    def frequency(self, *, by: str = "year", rows: np.ndarray | None = None) -> pd.DataFrame:
        """Papers per topic and period, of some rows or all, as `corpus.topics.frequency` gives them."""
        chosen = slice(None) if rows is None else rows
        frame = frequency_frame(self.codes[chosen], self.labels, self._months[chosen], self._precision[chosen], by)
        if len(frame):
            ids = np.tile(np.array(self.table.ids, object), len(frame) // len(self.labels))
            frame.insert(1, "label", frame.pop("topic"))
            frame.insert(1, "topic", ids)
        else:
            frame.insert(2, "label", frame["topic"])
        frame["cumulative"] = frame.groupby("topic")["papers"].cumsum()
        # Papers may be dated beyond the period that goes on, as those of an issue to come are: that has not begun.
        unfinished = self.unfinished(by)
        frame["finished"] = frame["period"].astype(str) < unfinished if unfinished else True
        return frame

    def unfinished(self, by: str = "year") -> str:
        """The first period of which papers are still to come; empty where all papers are older (see `explorer.topics.periods`).

        The shares of such a period are as good as others, its counts are not.
        """
        period = self._unfinished(by)
        _, first, count = self._cells(by)
        return "" if period is None or period >= first + count else period_label(period, by)

    def grid(self, by: str = "year", rows: np.ndarray | None = None) -> tuple[np.ndarray, int]:
        """Papers per topic and period, from the first dated period to the last.

        Parameters
        ----------
        by : {"year", "quarter", "month"}
        rows : ndarray of int, optional
            Rows of the papers to count; all by default.

        Returns
        -------
        grid : ndarray of int64, shape (n_topics, n_periods)
        first : int
            The first period, counted from year 0 (see `trends.period_index`).
        """
        cells, first, count = self._cells(by)
        values = len(self.labels) * count
        grid = np.bincount(cells if rows is None else cells[rows], minlength=values + 1)[:values]
        grid = grid.reshape(len(self.labels), count)
        dated = np.flatnonzero(grid.any(axis=0))
        if not len(dated):
            return grid[:, :0], 0
        return grid[:, dated[0] : dated[-1] + 1], first + int(dated[0])

    def _cells(self, by: str) -> tuple[np.ndarray, int, int]:
        """Cell of each paper in the grid of all, topic after topic, with the first period and their number.

        Papers without a period are in one more cell at the end. Kept, so that a grid of some papers is one `numpy.bincount`.
        """
        if by not in self._kept:
            periods = period_index(self._months, self._precision, by)
            dated = periods[periods >= 0]
            first = int(dated.min()) if len(dated) else 0
            count = int(dated.max()) - first + 1 if len(dated) else 0
            cells = np.where(periods >= 0, self.codes * count + (periods - first), len(self.labels) * count)
            self._kept[by] = (cells.astype(np.int32), first, count)
        return self._kept[by]

    def _repr_html_(self) -> str:
        frame = self.summary()
        rows = [[row["topic"], row["label"], row["papers"], ", ".join(row["words"])] for row in frame.to_dict("records")]
        return html_table(f"{len(rows)} topics", ["Id", "Topic", "Papers", "Words"], rows)

    def summary(self, rows: np.ndarray | None = None) -> pd.DataFrame:
        """What the topics are, counted over some rows or all, as `corpus.topics.summary` gives it."""
        import pandas as pd

        from explorer.topics.stability import distinctness

        chosen = slice(None) if rows is None else rows
        counts = np.bincount(self.codes[chosen], minlength=len(self.labels))
        sure = np.bincount(self.codes[chosen], self.share[chosen], minlength=len(self.labels)) / np.maximum(counts, 1)
        table = self.table
        frame = pd.DataFrame(
            {
                "topic": table.ids,
                "label": table.labels,
                "papers": counts,
                "words": pd.Series([list(words) for words in table.words], dtype=object),
                "phrases": pd.Series([list(phrases) for phrases in table.phrases], dtype=object),
                "stability": pd.array(table.stability, dtype="Float64"),
                "sure": np.where(counts > 0, sure, np.nan),
                "distinct": distinctness(table.words),
                "hidden": [topic in table.hidden for topic in table.ids],
                "pinned": [topic in table.pinned for topic in table.ids],
            }
        )
        return frame.sort_values("papers", ascending=False, kind="stable", ignore_index=True)

    def code(self, topic: str) -> int:
        """Code of a topic by its id or its label.

        Raises
        ------
        TopicError
            There is none.
        """
        for names in (self.table.ids, self.labels):
            if topic in names:
                return names.index(topic)
        raise no_topic(topic, self.table.ids, self.labels)

    def texts_of(self, rows: Iterable[int]) -> list[str]:
        """Title and abstract of papers by their rows."""
        if self._texts is None:
            raise TopicError("These topics have no texts. Open the corpus with open_corpus.")
        return self._texts(rows)

    def divided(self, topic: str, number: int = PARTS) -> Division:
        """A topic with its parts and the papers of each; the last ones are kept.

        Parameters
        ----------
        topic : str
            Id or label.
        number : int
            Parts that are wanted.
        """
        from explorer.topics.edits import part_scores
        from explorer.topics.hierarchy import parts_of

        code = self.code(topic)
        parent = self.table.ids[code]
        if (parent, number) not in self._divisions:
            rows = np.flatnonzero(np.asarray(self.codes) == code)
            texts = self.texts_of(rows) if parent != NONE else []
            found = parts_of(texts, number) if texts else []
            details = [{"words": part.words, "weights": part.weights} for part in found]
            best = part_scores(texts, details).argmax(axis=1) if found else np.zeros(len(rows), int)
            words = [part.words[:10] for part in found]
            self._divisions[parent, number] = Division(parent, [part.label for part in found], words, rows, best)
        return self._divisions[parent, number]

    def rows_of_part(self, value: str) -> np.ndarray | None:
        """Rows of the papers of a part of a topic; None where there is no such part.

        Parameters
        ----------
        value : str
            The labels of a topic and of one of its parts, with `PART` between them; or those of two topics, with `NEXT` between.
        """
        if value in self.labels:
            return None
        head, between, name = value.rpartition(PART)
        label = self._now(head) if between else None
        if label is None:
            return self._rows_of_pair(value)
        found = self.divided(label)
        return found.rows[found.part == found.labels.index(name)] if name in found.labels else np.zeros(0, np.int64)

    def _rows_of_pair(self, value: str) -> np.ndarray | None:
        words = value.split(NEXT)
        for at in range(1, len(words)):
            first, second = (self._now(NEXT.join(part)) for part in (words[:at], words[at:]))
            if first is not None and second is not None:
                codes = np.asarray(self.codes) == self.labels.index(first)
                return np.flatnonzero(codes & (np.asarray(self.second) == self.labels.index(second)))
        return None

    def _now(self, name: str) -> str | None:
        """The label of a topic by it, by its id or by a label that it had before; None where there is none."""
        return name if name in self.labels else next(iter(self.former.get(name, ())), None)

    def parts(self, topic: str, number: int = PARTS) -> pd.DataFrame:
        """Divide a topic, as `split` would, without changing it.

        Parameters
        ----------
        topic : str
            Id or label.
        number : int
            Parts that are wanted.

        Returns
        -------
        DataFrame
            One row a part: `topic` (id, such as ``t3.1``), `parent`, `label`, `papers`, `words`; none where it cannot be divided.
            Of three parts each is chosen by the labels: ``corpus.select(explorer.Selection(topics=("TOPIC › PART",)))``.
        """
        return self._parts(self.divided(topic, number), None)

    def _parts(self, found: Division, mask: np.ndarray | None) -> pd.DataFrame:
        import pandas as pd

        placed = found.part if mask is None else found.part[mask[found.rows]]
        return pd.DataFrame(
            {
                "topic": [f"{found.topic}.{at}" for at in range(1, len(found.labels) + 1)],
                "parent": found.topic,
                "label": found.labels,
                "papers": np.bincount(placed, minlength=len(found.labels))[: len(found.labels)],
                "words": pd.Series([list(words) for words in found.words], dtype=object),
            }
        )

    def tree(self, *, depth: int = 2, number: int = PARTS, least: int = LEAST, rows: np.ndarray | None = None) -> pd.DataFrame:
        """The topics as a tree: the corpus, its topics, and their parts.

        Parameters
        ----------
        depth : {1, 2}
            Topics alone, or with their parts, which are found when asked for.
        number : int
            Parts of each topic.
        least : int
            Papers from which a topic is divided.
        rows : ndarray of int, optional
            Rows of the papers to count; all by default.

        Returns
        -------
        DataFrame
            One row a node, parents before children: `topic` (id; ``all`` is the corpus), `parent` (id; empty for the root), `level`
            (0 to 2), `label`, `papers`, `words`. The papers of the topics add up to the corpus, those of the parts to their topic.
        """
        import pandas as pd

        mask = None
        if rows is not None:
            mask = np.zeros(len(self.codes), bool)
            mask[rows] = True
        codes = np.asarray(self.codes)
        counts = np.bincount(codes if mask is None else codes[mask], minlength=len(self.labels))
        table = self.table
        nodes = [{"topic": "all", "parent": "", "level": 0, "label": "all papers", "papers": int(counts.sum()), "words": []}]
        for code in np.argsort(-counts, kind="stable").tolist():
            if not counts[code]:
                continue
            topic = {
                "topic": table.ids[code],
                "label": table.labels[code],
                "papers": int(counts[code]),
                "words": table.words[code],
            }
            nodes.append({**topic, "parent": "all", "level": 1})
            if depth > 1 and table.ids[code] != NONE and np.count_nonzero(codes == code) >= least:
                parts = self._parts(self.divided(table.ids[code], number), mask).to_dict("records")
                nodes += [{**{str(name): value for name, value in part.items()}, "level": 2} for part in parts]
        return pd.DataFrame(nodes, columns=["topic", "parent", "level", "label", "papers", "words"])


def build_topics(
    texts: Sequence[str],
    folder: Path,
    *,
    n_topics: int | None = None,
    seed: int = 0,
    ids: pa.ChunkedArray | None = None,
    before: tuple[Path, pa.ChunkedArray] | None = None,
    progress: Callable[[float], None] = lambda part: None,
    place: Callable[[list[str], Callable[[float], None]], Places] | None = None,
) -> dict[str, Any]:
    """Fit topics and write them and the facet of topics into a folder.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper; sliced in chunks, so it may be lazy.
    ids : pyarrow.ChunkedArray, optional
        Ids of the papers; needed to go on from a generation before.
    before : (Path, pyarrow.ChunkedArray), optional
        The generation that this one goes on from, and the ids of its papers: what is the same topic keeps its id, and what the
        reader changed is done again.
    progress : callable
        Called with the part done, 0 to 1.
    place : callable, optional
        Places the papers, as `place_papers` does, on the topics that lie in the folder: called with their labels and with what is
        told the part done.

    Returns
    -------
    dict
        What the manifest says of them.
    """
    from explorer.topics.model import TopicModel

    model = TopicModel(n_topics, seed=seed)
    if place is None and len(texts) <= model.sample:
        # All of them are learnt from, and need not be read a second time.
        codes, share, second = _found(model.fit_transform(texts))
        model.save(folder / MODEL)
    else:
        model.fit(texts)
        give_back()
        progress(0.5)
        model.save(folder / MODEL)
        told = lambda part: progress(0.5 + part / 2)  # noqa: E731
        codes, share, second = _place(model, texts, told) if place is None else place(model.labels_, told)
    count = len(model.words_)
    names = [*(f"t{number}" for number in range(1, count + 1)), NONE]
    log: list[TopicEdit] = []
    if before is not None and ids is not None:
        names = _names_kept(before, ids, codes, count)
        log = load_edits(before[0] / EDITS)
    method = "NMF on weighted terms"
    known = [None if np.isnan(value) else round(float(value), 4) for value in model.stability_]
    table = TopicTable(
        model.labels_, [*model.words_, []], seed, method, names, [*known, None], [*model.phrases_, []], curve=model.curve_
    )
    _save_base(table, codes, share, second, folder)
    _save_edited(table, codes, share, second, log, _papers(texts, ids), folder)
    return {"topics": count, "method": method, "seed": seed, "made_from": len(texts), "added_since": 0}


def _names_kept(before: tuple[Path, pa.ChunkedArray], ids: pa.ChunkedArray, codes: np.ndarray, count: int) -> list[str]:
    """Ids of new topics: those of topics before that share a quarter of their papers (Jaccard), and new numbers."""
    from scipy.optimize import linear_sum_assignment

    folder, there = before
    try:
        table, old, _, _ = _load_base(folder)
    except (OSError, ValueError, KeyError):
        return [*(f"t{number}" for number in range(1, count + 1)), NONE]
    where = pc.fill_null(pc.index_in(ids, value_set=there.combine_chunks()), -1).to_numpy()
    shared = where >= 0
    width = len(table.ids)
    pairs = np.bincount(codes[shared] * width + old[where[shared]], minlength=(count + 1) * width).reshape(count + 1, width)
    union = pairs.sum(axis=1, keepdims=True) + pairs.sum(axis=0, keepdims=True) - pairs
    alike = (pairs / np.maximum(union, 1))[:count, : width - 1]
    names = [""] * count
    for new, past in zip(*linear_sum_assignment(-alike), strict=True):
        if alike[new, past] >= 0.25:
            names[new] = table.ids[past]
    used = [int(name[1:]) for name in table.ids if name[1:].isdigit()]
    number = max(used, default=0)
    for at, name in enumerate(names):
        if not name:
            number += 1
            names[at] = f"t{number}"
    return [*names, NONE]


def _papers(texts: Sequence[str], ids: pa.ChunkedArray | None) -> Papers:
    def rows(wanted: Sequence[str]) -> np.ndarray:
        if ids is None or not wanted:
            return np.zeros(0, np.int64)
        known = pc.is_in(ids, value_set=pa.array(list(wanted), ids.type))
        return np.asarray(rows_where(known).to_numpy(), np.int64)

    return Papers(rows, lambda wanted: [texts[int(row)] for row in wanted])


def reasons_of(
    log: Sequence[TopicEdit], folder: Path, ids: pa.ChunkedArray, texts: Callable[[Iterable[int]], list[str]]
) -> list[str]:
    """Why each change of a log cannot be done to the topics of a generation; empty where it can."""
    return edited(*_load_base(folder), log, Papers(_papers((), ids).rows, texts))[1]


def sentences_of(log: Sequence[TopicEdit], folder: Path) -> list[str]:
    """A log of changes in words, with the labels of the topics of a generation."""
    table = _load_base(folder)[0]
    return sentences(log, dict(zip(table.ids, table.labels, strict=True)))


def edit_topics(log: Sequence[TopicEdit], texts: Sequence[str], ids: pa.ChunkedArray, before: Path, folder: Path) -> None:
    """Write the topics of a generation as they are with another log of changes."""
    for name in (MODEL, "topics.base.json", "topics.base.npy"):
        (folder / name).write_bytes((before / name).read_bytes())
    _save_edited(*_load_base(before), list(log), _papers(texts, ids), folder)


def extend_topics(
    texts: Sequence[str],
    rows: np.ndarray,
    before: Path,
    folder: Path,
    made: dict[str, Any],
    progress: Callable[[float], None] = lambda part: None,
    whole: tuple[Sequence[str], pa.ChunkedArray] | None = None,
) -> dict[str, Any]:
    """Place papers on the topics of another generation, which stay as they are.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper.
    rows : ndarray of int, shape (n_texts,)
        Their rows: those that are there are replaced, the others come at the end, in order.
    before, folder : Path
        The generation to take over from, and the one to write into.
    made : dict
        What the manifest said of the topics.
    progress : callable
        Called with the part done, 0 to 1.
    whole : (sequence of str, pyarrow.ChunkedArray), optional
        Texts and ids of all papers, on which the reader's changes are done again.

    Returns
    -------
    dict
        What the manifest says of them now: `added_since` grows.
    """
    from explorer.topics.model import TopicModel

    table, *there = _load_base(before)
    (folder / MODEL).write_bytes((before / MODEL).read_bytes())
    added = int(np.count_nonzero(rows >= len(there[0])))
    placed = _place(TopicModel.load(before / MODEL, table.labels), texts, progress)
    parts = [np.concatenate([old, np.empty(added, old.dtype)]) for old in there]
    for part, new in zip(parts, placed, strict=True):
        part[rows] = new
    codes, share, second = parts
    _save_base(table, codes, share, second, folder)
    log = load_edits(before / EDITS)
    _save_edited(table, codes, share, second, log, _papers(*whole) if whole else _papers(texts, None), folder)
    return {**made, "added_since": made["added_since"] + added}


def place_papers(folder: Path, labels: list[str], texts: Sequence[str], progress: Callable[[float], None]) -> Places:
    """Place papers on the topics that were found for a folder, which have some labels."""
    from explorer.topics.model import TopicModel

    return _place(TopicModel.load(folder / MODEL, labels), texts, progress)


def _place(model: TopicModel, texts: Sequence[str], progress: Callable[[float], None]) -> Places:
    from explorer.topics.term_counts import TermCounter

    codes = np.empty(len(texts), np.int32)
    share = np.empty(len(texts), np.float32)
    second = np.empty(len(texts), np.int32)
    reading = iter(texts)
    # One for all of them: what a piece of text says is found once.
    counter = TermCounter(model.vocabulary_.tolist())
    for start in range(0, len(texts), _CHUNK):
        counts = counter.counts(islice(reading, _CHUNK))
        part = slice(start, start + counts.shape[0])
        codes[part], share[part], second[part] = _found(model.transform_counts(counts))
        progress((start + counts.shape[0]) / len(texts))
    return codes, share, second


def _found(places: np.ndarray) -> Places:
    """The topic that papers are likeliest of, how sure that is, and the next, by how likely each is, shape (n_papers, n_topics + 1)."""
    order = np.argsort(-places, axis=1, kind="stable")
    codes, second = order[:, 0].astype(np.int32), order[:, min(1, order.shape[1] - 1)].astype(np.int32)
    share = places[np.arange(len(places)), codes].astype(np.float32)
    # A paper that has no word of any topic has no next one either: it is not that of the first topic.
    second[places[np.arange(len(places)), second] == 0] = places.shape[1] - 1
    # How sure a paper without a topic is of it is no question.
    share[codes == places.shape[1] - 1] = 0.0
    return codes, share, second


def _save_base(table: TopicTable, codes: np.ndarray, share: np.ndarray, second: np.ndarray, folder: Path) -> None:
    """Write the topics as the model finds them."""
    (folder / "topics.base.json").write_text(json.dumps(asdict(table), ensure_ascii=False), encoding="utf-8")
    kept = np.zeros(len(codes), [("code", np.int32), ("second", np.int32), ("share", np.float32)])
    kept["code"], kept["second"], kept["share"] = codes, second, share
    np.save(folder / "topics.base.npy", kept)


def _load_base(folder: Path) -> tuple[TopicTable, np.ndarray, np.ndarray, np.ndarray]:
    """The topics as the model found them: those that are shown, where an earlier version wrote them."""
    path = folder / "topics.base.json"
    if not path.exists():
        table = TopicTable(**json.loads((folder / "topics.json").read_text(encoding="utf-8"))).completed()
        codes, share = (np.load(folder / f"topics.{part}.npy") for part in ("codes", "share"))
        return table, codes, share, np.full_like(codes, len(table.labels) - 1)
    table = TopicTable(**json.loads(path.read_text(encoding="utf-8"))).completed()
    kept = np.load(folder / "topics.base.npy")
    return table, kept["code"].copy(), kept["share"].copy(), kept["second"].copy()


def edited(
    table: TopicTable, codes: np.ndarray, share: np.ndarray, second: np.ndarray, log: Sequence[TopicEdit], papers: Papers
) -> tuple[TopicState, list[str]]:
    """The topics of a model after the reader's changes, and why each of these could not be done."""
    state = TopicState(
        table.ids, table.labels, table.words, table.phrases, table.stability, frozenset(), frozenset(), codes, share, second
    )
    return replay(state, log, papers)


def _save_edited(
    table: TopicTable,
    codes: np.ndarray,
    share: np.ndarray,
    second: np.ndarray,
    log: list[TopicEdit],
    papers: Papers,
    folder: Path,
) -> None:
    """Write the topics as they are shown."""
    state, reasons = edited(table, codes, share, second, log, papers)
    shown = TopicTable(
        state.labels,
        state.words,
        table.seed,
        table.method,
        state.ids,
        state.stability,
        state.phrases,
        sorted(state.hidden),
        sorted(state.pinned),
        table.curve,
        former_names(log, reasons, dict(zip(table.ids, table.labels, strict=True))),
    )
    (folder / "topics.json").write_text(json.dumps(asdict(shown), ensure_ascii=False), encoding="utf-8")
    if log:
        save_edits(log, folder / EDITS)
    np.save(folder / "topics.share.npy", state.share)
    np.save(folder / "topics.second.npy", state.second)
    rows = np.arange(len(codes), dtype=np.int32)
    starts = np.arange(len(codes) + 1, dtype=np.int64)
    Facet(pa.array(state.labels, pa.large_string()), state.codes, starts, rows).save(folder, "topics")


def load_topics(
    folder: Path,
    months: np.ndarray,
    precision: np.ndarray,
    texts: Callable[[Iterable[int]], list[str]] | None = None,
    unfinished: Callable[[str], int | None] = lambda by: None,
) -> Topics:
    """Open the topics of a corpus folder."""
    table = TopicTable(**json.loads((folder / "topics.json").read_text(encoding="utf-8"))).completed()
    codes, share = (mapped(folder / f"topics.{part}.npy") for part in ("codes", "share"))
    second = mapped(path) if (path := folder / "topics.second.npy").exists() else None
    return Topics(table, codes, share, months, precision, load_edits(folder / EDITS), texts, unfinished, second)

"""Topics of the papers of a corpus, as they are stored and asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from explorer.papers.html_table import html_table
from explorer.store.facets import Facet, mapped
from explorer.topics.model import TopicModel
from explorer.topics.trends import frequency_frame, period_index

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 10_000


@dataclass(frozen=True)
class TopicTable:
    """What is stored of the topics.

    Attributes
    ----------
    labels : list of str
        Text of each topic code.
    words : list of list of str
        Heaviest words of each topic; empty for `OTHER`.
    seed : int
    method : str
    """

    labels: list[str]
    words: list[list[str]]
    seed: int
    method: str


class Topics:
    """Topics of the papers of a corpus.

    Attributes
    ----------
    table : TopicTable
    codes : ndarray of int32, shape (n_papers,)
    share : ndarray of float32, shape (n_papers,)
        See `TopicModel.transform`.
    """

    def __init__(
        self, table: TopicTable, codes: np.ndarray, share: np.ndarray, months: np.ndarray, precision: np.ndarray
    ) -> None:
        self.table = table
        self.codes = codes
        self.share = share
        self._months = months
        self._precision = precision
        self._kept: dict[str, tuple[np.ndarray, int, int]] = {}

    @property
    def labels(self) -> list[str]:
        """Text of each topic code."""
        return self.table.labels

    def frequency(self, *, by: str = "year", rows: np.ndarray | None = None) -> pd.DataFrame:
        """Papers per topic and period, as `explorer.topic_frequency` gives them.

        Parameters
        ----------
        by : {"year", "quarter", "month"}
        rows : ndarray of int, optional
            Rows of the papers to count; all by default.
        """
        chosen = slice(None) if rows is None else rows
        return frequency_frame(self.codes[chosen], self.labels, self._months[chosen], self._precision[chosen], by)

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
        rows = [[row[0], int(row[1]), str(row[2])] for row in frame[["topic", "papers", "words"]].itertuples(index=False)]
        return html_table(f"{len(rows)} topics", ["Topic", "Papers", "Words"], rows)

    def summary(self) -> pd.DataFrame:
        """One row a topic: `topic` (label), `papers` (count), `words` (its heaviest words)."""
        import pandas as pd

        counts = np.bincount(self.codes, minlength=len(self.labels))
        frame = pd.DataFrame({"topic": self.labels, "papers": counts, "words": [", ".join(w) for w in self.table.words]})
        return frame.sort_values("papers", ascending=False, kind="stable", ignore_index=True)


def build_topics(
    texts: Sequence[str],
    folder: Path,
    *,
    n_topics: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> dict[str, Any]:
    """Fit topics and write ``topics.json``, ``topics.share.npy`` and the facet of topics into a folder.

    Parameters
    ----------
    texts : sequence of str
        Title and abstract of each paper; sliced in chunks, so it may be lazy.
    progress : callable
        Called with the part done, 0 to 1.

    Returns
    -------
    dict
        What the manifest says of them.
    """
    model = TopicModel(n_topics, seed=seed).fit(texts)
    progress(0.5)
    model.save(folder / "topics.model.npz")
    method = "NMF on TF-IDF (scikit-learn)"
    table = TopicTable(model.labels_, [*model.words_, []], seed, method)
    (folder / "topics.json").write_text(json.dumps(asdict(table), ensure_ascii=False), encoding="utf-8")
    codes, share = _place(model, texts, lambda part: progress(0.5 + part / 2))
    _save_places(table.labels, codes, share, folder)
    return {"topics": len(model.words_), "method": method, "seed": seed, "made_from": len(texts), "added_since": 0}


def extend_topics(
    texts: Sequence[str],
    rows: np.ndarray,
    before: Path,
    folder: Path,
    made: dict[str, Any],
    progress: Callable[[float], None] = lambda part: None,
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

    Returns
    -------
    dict
        What the manifest says of them now: `added_since` grows.
    """
    table = TopicTable(**json.loads((before / "topics.json").read_text(encoding="utf-8")))
    for name in ("topics.json", "topics.model.npz"):
        (folder / name).write_bytes((before / name).read_bytes())
    there = [np.load(before / f"topics.{part}.npy") for part in ("codes", "share")]
    added = int(np.count_nonzero(rows >= len(there[0])))
    placed = _place(TopicModel.load(before / "topics.model.npz", table.labels), texts, progress)
    codes, share = (np.concatenate([old, np.empty(added, old.dtype)]) for old in there)
    codes[rows], share[rows] = placed
    _save_places(table.labels, codes, share, folder)
    return {**made, "added_since": made["added_since"] + added}


def _place(model: TopicModel, texts: Sequence[str], progress: Callable[[float], None]) -> tuple[np.ndarray, np.ndarray]:
    codes = np.empty(len(texts), np.int32)
    share = np.empty(len(texts), np.float32)
    for start in range(0, len(texts), _CHUNK):
        chunk = [texts[i] for i in range(start, min(start + _CHUNK, len(texts)))]
        codes[start : start + len(chunk)], share[start : start + len(chunk)] = model.transform(chunk)
        progress((start + len(chunk)) / len(texts))
    return codes, share


def _save_places(labels: list[str], codes: np.ndarray, share: np.ndarray, folder: Path) -> None:
    np.save(folder / "topics.share.npy", share)
    rows = np.arange(len(codes), dtype=np.int32)
    starts = np.arange(len(codes) + 1, dtype=np.int64)
    Facet(pa.array(labels, pa.large_string()), codes, starts, rows).save(folder, "topics")


def load_topics(folder: Path, months: np.ndarray, precision: np.ndarray) -> Topics:
    """Open the topics of a corpus folder."""
    table = TopicTable(**json.loads((folder / "topics.json").read_text(encoding="utf-8")))
    codes, share = (mapped(folder / f"topics.{part}.npy") for part in ("codes", "share"))
    return Topics(table, codes, share, months, precision)

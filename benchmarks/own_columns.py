"""Columns of the reader's own: made, filtered by, searched and counted, beside pandas with categories.

``python -m benchmarks.own_columns [--papers N]``, by default 588,092 rows of made-up values (the text of papers plays no part): 5,000
institutions, scores, labels, dates. Both sides hold the columns in memory, pandas' texts as categories, as a careful user keeps
them. Processor time, median of five.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.report import heading, median, number, table
from explorer.papers.own_columns import own_columns
from explorer.selection.syntax import Word
from explorer.store.own_columns import StoredColumn


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    found = []
    for _ in range(5):
        started = time.process_time()
        act()
        found.append(1000 * (time.process_time() - started))
    return median(found)


def main() -> None:
    """Time each act on both sides, and see that they agree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--papers", type=int, default=588_092)
    papers = parser.parse_args().papers
    chance = np.random.default_rng(0)
    names = np.array([f"Institute {i} of Place {i % 97}" for i in range(5000)], object)
    institution, score = names[chance.integers(0, 5000, papers)], chance.random(papers)
    added = np.datetime64("2001-01-01", "s") + chance.integers(0, 8000, papers) * 86400
    given = pa.table({"institution": pa.array(institution, pa.large_string()), "score2": score, "added": added})
    frame = given.to_pandas().astype({"institution": "category"})
    columns = {column.key: column for column in own_columns(given)}
    started = time.process_time()
    stored = {key: StoredColumn.of(column, given) for key, column in columns.items()}
    made = time.process_time() - started
    shown = chance.random(papers) < 0.3
    place, points, dates = stored["institution"], stored["score2"], stored["added"]
    assert place.facet is not None
    facet, words = place.facet, frame["institution"].cat.categories
    acts: list[tuple[str, Callable[[], np.ndarray], Callable[[], np.ndarray]]] = [
        (
            "papers with a word in a value",
            lambda: place.matching(Word("11")),
            lambda: frame["institution"].cat.codes.isin(np.flatnonzero(words.str.contains(r"\b11\b"))).to_numpy(),
        ),
        (
            "papers with a value",
            lambda: place.mask(("Institute 7 of Place 7",)),
            lambda: (frame["institution"] == "Institute 7 of Place 7").to_numpy(),
        ),
        ("papers in a range", lambda: points.mask(("0.2..0.4",)), lambda: frame["score2"].between(0.2, 0.4).to_numpy()),
        (
            "papers since a year",
            lambda: dates.mask(("2015..",)),
            lambda: (frame["added"] >= pd.Timestamp(2015, 1, 1)).to_numpy(),
        ),
        (
            "counts of values, a third shown",
            lambda: np.sort(facet.counts(shown)),
            lambda: np.sort(frame["institution"][shown].value_counts().to_numpy()),
        ),
    ]
    rows = []
    for what, ours, theirs in acts:
        assert np.array_equal(ours(), theirs()), what
        one, other = timed(ours), timed(theirs)
        rows.append([what, number(one), number(other), number(one / other) if other else "too fast to tell"])
    heading(f"Own columns, {papers:,} papers", ("processor time, ms", f"made of the table, three columns: {made:.2f} s"))
    table(("what", "ours", "pandas", "ours / pandas"), rows)


if __name__ == "__main__":
    main()

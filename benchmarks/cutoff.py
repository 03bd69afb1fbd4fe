"""How many of the papers judged relevant a search by meaning finds, by where its ranking is cut off.

``python -m benchmarks.cutoff FOLDER``, a folder of test collections as `benchmarks.retrieval` reads them. For each part of the best
score: recall of the papers judged relevant, precision, and papers found (median), means over at most 100 queries a collection. The
peers are the other cut-offs, and the number of papers alone.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.report import heading, table
from benchmarks.retrieval import read
from explorer import Corpus
from explorer.search.query_modes import MOST, SHARE

SHARES = (0.1, 0.2, SHARE, 0.3, 0.4, 0.5)


def measured(folder: Path) -> list[list[object]]:
    """One row a cut-off."""
    collection = read(folder)
    papers = pd.DataFrame(
        {
            "id": [str(row) for row in range(len(collection.ids))],
            "title": [title or body[:80] for title, body in zip(collection.titles, collection.bodies, strict=True)],
            "abstract": collection.bodies,
            "keywords": [["none"]] * len(collection.ids),
        }
    )
    found: dict[float, list[tuple[float, float, int]]] = {share: [] for share in (0.0, *SHARES)}
    with tempfile.TemporaryDirectory() as place:
        hybrid = Corpus.from_papers(papers, Path(place) / "corpus", n_topics=3).ranker.hybrid()
        for query, relevant in list(zip(collection.queries, collection.relevant, strict=True))[:100]:
            scores, rows = hybrid.scores(query), np.array(list(relevant))
            last = np.sort(scores)[::-1][min(MOST, len(scores)) - 1]
            for share, measures in found.items():
                above = scores >= max(share * scores.max(), last)
                hits = int(above[rows].sum())
                measures.append((hits / len(rows), hits / max(int(above.sum()), 1), int(above.sum())))
    rows_out: list[list[object]] = []
    for share, measures in found.items():
        recall, precision, papers_found = np.array(measures).T
        name = f"{share:.2f} of the best" if share else f"{MOST} papers"
        rows_out.append([folder.name, name, f"{recall.mean():.2f}", f"{precision.mean():.3f}", int(np.median(papers_found))])
    return rows_out


def main() -> None:
    """Measure every collection of a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folders = sorted(path for path in parser.parse_args().folder.iterdir() if path.is_dir())
    heading("Where a search by meaning is cut off", ("means over queries; papers: median",))
    table(("collection", "cut-off", "recall", "precision", "papers"), [row for folder in folders for row in measured(folder)])


if __name__ == "__main__":
    main()

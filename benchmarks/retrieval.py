"""Retrieval quality and latency, beside bm25s, plain LSA and plain rank fusion in the same run.

python -m benchmarks.retrieval FOLDER             # nDCG@10 and recall@100 on every collection in FOLDER
python -m benchmarks.retrieval FOLDER --choose    # the same, with the settings chosen leaving one collection out
python -m benchmarks.retrieval --latency 588000   # time and memory at a number of arXiv papers (see `benchmarks.data`)

The hybrid is measured as a reader has it: `Corpus.from_papers`, then `Corpus.search`.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import platform
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import bm25s
import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import Stemmer
from numpy.typing import NDArray

from benchmarks.data import VERSION, prepared
from explorer import Corpus
from explorer.ranking.analysis import STOP_WORDS
from explorer.ranking.hybrid import Blend, HybridRanker
from explorer.ranking.meaning import Meaning
from explorer.ranking.terms import top
from explorer.ranking.vectors import Scan
from explorer.store.build import cache_folder, no_progress

Floats = NDArray[np.float32]

GRID = {"feedback": (0.7, 1.0), "semantic": (0.3, 0.5), "positives": ((5,), (1, 3, 5)), "ridge": (3.0, 10.0)}


@dataclass
class Collection:
    """A test collection: papers, queries, and the relevant rows of every judged query with their grades."""

    name: str
    ids: list[str]
    titles: list[str]
    bodies: list[str]
    queries: list[str]
    relevant: list[dict[int, float]]


def read(folder: Path) -> Collection:
    """Read `corpus.jsonl.gz`, `queries.jsonl` and `qrels/test.tsv`; queries without judgements are left out."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line in lines]
    row = {paper["_id"]: i for i, paper in enumerate(papers)}
    judged: dict[str, dict[int, float]] = {}
    for line in (folder / "qrels/test.tsv").read_text().splitlines()[1:]:
        query, paper, grade = line.split("\t")
        if float(grade) > 0 and paper in row:
            judged.setdefault(query, {})[row[paper]] = float(grade)
    asked = {q["_id"]: q["text"] for q in map(json.loads, (folder / "queries.jsonl").read_text().splitlines())}
    kept = [q for q in asked if q in judged]
    return Collection(
        folder.name,
        list(row),
        [p.get("title") or "" for p in papers],
        [p.get("text") or "" for p in papers],
        [asked[q] for q in kept],
        [judged[q] for q in kept],
    )


def ndcg(order: NDArray[np.int64], relevant: dict[int, float], k: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), exponential gain."""
    gain = sum((2 ** relevant.get(int(d), 0.0) - 1) / np.log2(i + 2) for i, d in enumerate(order[:k]))
    best = sorted(relevant.values(), reverse=True)[:k]
    return float(gain / sum((2**g - 1) / np.log2(i + 2) for i, g in enumerate(best)))


def measure(scores: list[Floats], relevant: list[dict[int, float]]) -> tuple[NDArray[np.float64], float]:
    """Return nDCG@10 per query, and mean recall@100."""
    orders = [top(s, 100) for s in scores]
    recall = [len(set(o.tolist()) & set(r)) / len(r) for o, r in zip(orders, relevant, strict=True)]
    return np.array([ndcg(o, r) for o, r in zip(orders, relevant, strict=True)]), float(np.mean(recall))


def fused(one: Floats, other: Floats, k: int = 60) -> Floats:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""
    total = np.zeros(len(one), np.float32)
    for scores in (one, other):
        order = top(scores, min(1000, len(scores)))
        total[order] += (1 / (k + 1 + np.arange(len(order)))).astype(np.float32)
    return total


def plain(text: str, stemmer: Stemmer.Stemmer) -> list[str]:
    """Return the baseline's analysis: lower case, English stop words out, Snowball stems."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower().replace("'s", "")).split()
    return list(stemmer.stemWords([w for w in words if w not in STOP_WORDS]))


def baseline(c: Collection, k1: float) -> list[Floats]:
    """BM25 by bm25s (Lucene variant) with the baseline's analysis."""
    stemmer = Stemmer.Stemmer("english")
    model = bm25s.BM25(k1=k1, b=0.75)
    documents = [plain(f"{t} {b}", stemmer) for t, b in zip(c.titles, c.bodies, strict=True)]
    model.index(documents, show_progress=False)
    return [np.asarray(model.get_scores(plain(q, stemmer) or ["-"]), np.float32) for q in c.queries]


def bootstrap(values: NDArray[np.float64], n: int = 2000) -> tuple[float, float]:
    """95 % interval of a mean by the percentile bootstrap over queries (Efron 1979)."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (n, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def searched(corpus: Corpus, c: Collection, mode: str) -> list[Floats]:
    """Scores of the first hundred papers that `Corpus.search` gives, by row; 0 for the others."""
    row = {paper: i for i, paper in enumerate(c.ids)}
    found = []
    for query in c.queries:
        hits = corpus.search(query, mode=mode, natural=True, limit=100)["id"]
        scores = np.zeros(len(row), np.float32)
        # By place and not by score, so that ties stand as the search puts them.
        scores[[row[paper] for paper in hits]] = np.arange(len(hits), 0, -1)
        found.append(scores)
    return found


def quality(root: Path, choose: bool) -> None:
    """Print nDCG@10 and recall@100 of every method on every collection."""
    results: dict[str, dict[str, tuple[NDArray[np.float64], float]]] = {}
    grid: dict[tuple[object, ...], dict[str, float]] = {}
    for folder in sorted(p for p in root.iterdir() if (p / "qrels/test.tsv").exists()):
        c = read(folder)
        papers = pd.DataFrame({"id": c.ids, "title": c.titles, "abstract": c.bodies})
        with tempfile.TemporaryDirectory() as made:
            corpus = Corpus.from_papers(papers, Path(made) / "corpus")
            meaning = corpus.ranker.meaning
            index, vectors, encode = meaning.index, meaning.vectors, meaning.lsa.encoder(meaning.index)
            leading = Exact(vectors[:, : len(meaning.scan.steps)])
            exact = HybridRanker(index, encode, vectors, scan=leading, acronyms=meaning.acronyms)
            own = [index.scores(q) for q in c.queries]
            latent = [meaning.semantic(q) for q in c.queries]
            rounded = Scan.of(vectors)
            runs = {
                "bm25s, k1 1.5": baseline(c, 1.5),
                "baseline (bm25s, k1 1.2)": baseline(c, 1.2),
                "BM25, own analysis": own,
                "LSA": latent,
                "LSA, a byte a dimension": [rounded.products(encode(q, index.weigh(q))) for q in c.queries],
                "rank fusion BM25 + LSA": [fused(a, b) for a, b in zip(own, latent, strict=True)],
                "hybrid, scan in float32": [exact.scores(q) for q in c.queries],
                "hybrid": searched(corpus, c, "hybrid"),
            }
            results[c.name] = {name: measure(scores, c.relevant) for name, scores in runs.items()}
            for values in itertools.product(*GRID.values()) if choose else ():
                blend = replace(Blend(), **dict(zip(GRID, values, strict=True)))
                other = HybridRanker(index, encode, vectors, scan=meaning.scan, acronyms=meaning.acronyms, blend=blend)
                run = measure([other.scores(q) for q in c.queries], c.relevant)[0]
                grid.setdefault(values, {})[c.name] = float(run.mean())
    print(pd.DataFrame({n: {m: v[0].mean() for m, v in r.items()} for n, r in results.items()})
          .assign(mean=lambda t: t.mean(axis=1)).round(3).to_string(), "\n(nDCG@10)\n")  # fmt: skip
    print(pd.DataFrame({n: {m: v[1] for m, v in r.items()} for n, r in results.items()})
          .assign(mean=lambda t: t.mean(axis=1)).round(3).to_string(), "\n(recall@100)\n")  # fmt: skip
    for name, r in results.items():
        gain = r["hybrid"][0] - r["baseline (bm25s, k1 1.2)"][0]
        low, high = bootstrap(gain)
        print(f"{name:10s} hybrid - baseline {gain.mean():+.3f} [{low:+.3f}, {high:+.3f}], {len(gain)} queries")
    if choose:
        held = {}
        for name in results:
            best = max(grid, key=lambda v: sum(grid[v][o] for o in results if o != name))
            held[name] = grid[best][name]
            print(f"{name:10s} settings chosen on the others: {dict(zip(GRID, best, strict=True))} -> {held[name]:.3f}")
        means = [float(np.mean(list(v.values()))) for v in grid.values()]
        print(f"mean when left out {np.mean(list(held.values())):.4f}; over the grid {min(means):.4f} to {max(means):.4f}")


class Exact(Scan):
    """Vectors compared in float32, as a peer of the rounded ones."""

    def __init__(self, vectors: Floats) -> None:
        self.vectors = np.ascontiguousarray(vectors)

    def products(self, vector: Floats) -> Floats:
        found: Floats = self.vectors @ vector[: self.vectors.shape[1]]
        return found


def latency(papers: int, data: str | None) -> None:
    """Print the time of a top-50 query and the memory it takes."""
    table = pq.read_table(prepared(papers, data), columns=["title", "abstract"])
    folder = cache_folder() / "benchmarks" / f"meaning-{papers}-v{VERSION}"
    if not folder.is_dir():
        start = time.process_time()
        Meaning(table, folder, no_papers, progress=no_progress)
        print(f"terms, LSA and vectors of {papers:,} papers: {time.process_time() - start:.0f} s of processor time")
    for name in ("terms*", "lsa_vectors*", "scan*"):
        print(f"  {name:14s}{sum(f.stat().st_size for f in folder.glob(name)) / papers:7.0f} B a paper on disk")
    titles = table.column("title").take(np.random.default_rng(1).permutation(papers)[:65]).to_pylist()
    before = private()
    meaning = Meaning(table, folder, no_papers, progress=no_progress)
    ranker = meaning.ranker
    timed("hybrid top 50", lambda q: top(ranker.scores(q), 50), titles)
    own = private() - before
    print(f"  memory of the process's own after these: {own / 1e6:.0f} MB, {own / papers:.0f} B a paper")
    timed("its BM25 alone", lambda q: top(meaning.index.scores(q), 50), titles)
    timed("its scan alone, 1 byte", lambda q: meaning.scan.products(meaning.vectors[len(q)]), titles)
    rounded = Scan.of(meaning.vectors)
    timed("cosine top 50, 1 byte, all", lambda q, rounded=rounded: top(rounded.products(meaning.vectors[len(q)]), 50), titles)
    exact = np.array(meaning.vectors)
    timed("cosine top 50, float32, all", lambda q, exact=exact: top(exact @ exact[len(q)], 50), titles)
    stemmer, model = Stemmer.Stemmer("english"), bm25s.BM25()
    texts = zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True)
    model.index([plain(f"{t} {a}", stemmer) for t, a in texts], show_progress=False)
    timed("bm25s top 50", lambda q: model.retrieve([plain(q, stemmer)], k=50, show_progress=False), titles)


def private() -> int:
    """Bytes that the process shares with no other: what it wrote itself, without the pages of files."""
    return sum(part.private_dirty for part in psutil.Process().memory_maps(grouped=False))


def no_papers(operand: object) -> NDArray[np.int64]:
    """Stand in for the papers behind an operand, of which a query has none."""
    return np.empty(0, np.int64)


def timed(name: str, call, queries: list[str]) -> None:  # type: ignore[no-untyped-def]
    """Print the median and the 95th percentile of a call, after five to warm up."""
    for query in queries[:5]:
        call(query)
    spans = []
    busy = time.process_time()
    for query in queries[5:]:
        start = time.perf_counter()
        call(query)
        spans.append(1e3 * (time.perf_counter() - start))
    busy = 1e3 * (time.process_time() - busy) / len(spans)
    print(f"  {name:24s} median {np.median(spans):7.1f} ms, p95 {np.quantile(spans, 0.95):7.1f} ms, "
          f"processor time {busy:6.1f} ms")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--latency", type=int, metavar="N")
    parser.add_argument("--data", metavar="PATH", help="folder of the real data, for --latency")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, numpy {np.__version__}, bm25s {bm25s.__version__}, "
          f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    if given.folder:
        quality(given.folder, given.choose)
    if given.latency:
        latency(given.latency, given.data)

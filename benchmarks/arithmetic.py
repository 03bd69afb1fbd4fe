"""Concept arithmetic and semantic axes on arXiv cross-lists, beside vector sums and boolean BM25 in the same run.

``python -m benchmarks.arithmetic --papers 100000`` prints quality, latency and bytes per paper.

Concept A is fitted on the papers of category A in one half of the papers (or given only as words), and the *other* half
is ranked.  ``A + B``: share of the first 50 listed in both; ``A - B``: listed in A and not in B, both ways round.  Beyond
100,000 papers (see `benchmarks.data`) papers are mixed from those of the sample, so that only speed is measured there.
"""

from __future__ import annotations

import itertools
import os
import platform
import time
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.data import arguments, prepared
from explorer.ranking.arithmetic import Arithmetic, compose, projected
from explorer.ranking.axes import area_under_curve, fit_axis
from explorer.ranking.concepts import ConceptSpace
from explorer.ranking.features import Features
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import LSA

Floats = NDArray[np.float32]
Pair = tuple[str, str]
Method = tuple[Callable[[str, str], Floats], Callable[[str, str], Floats]]

WORDS = {
    "cond-mat.mtrl-sci": "materials", "cond-mat.other": "condensed matter", "cond-mat.quant-gas": "quantum gas",
    "cond-mat.soft": "soft matter", "cond-mat.stat-mech": "statistical mechanics", "cs.CV": "image",
    "cs.DM": "discrete mathematics", "cs.LG": "learning", "cs.NA": "numerical algorithm", "cs.SI": "social network",
    "cs.SY": "control system", "eess.IV": "image processing", "gr-qc": "gravity", "hep-ex": "experiment collider",
    "hep-th": "string theory", "math-ph": "mathematical physics", "math.CO": "combinatorics", "math.NA": "numerical",
    "math.OC": "optimal control", "math.QA": "quantum algebra", "math.SP": "spectral", "math.ST": "statistics",
    "nlin.SI": "integrable", "physics.atom-ph": "atom", "physics.bio-ph": "biological", "physics.chem-ph": "chemical",
    "physics.comp-ph": "computational", "physics.ins-det": "detector", "physics.soc-ph": "social",
    "quant-ph": "quantum", "stat.ME": "statistical method", "stat.ML": "machine learning",
}  # fmt: skip

AXES = {
    ("hep-th", "hep-ex"): ("string supersymmetry brane gauge duality", "measurement detector collider data collisions"),
    ("cs.CL", "cs.CV"): ("language text word sentence translation", "image video visual object segmentation"),
    ("math.NT", "math.PR"): (
        "prime integer elliptic modular arithmetic",
        "random probability Brownian stochastic walk",
    ),
}


def frequent_pairs(listed: list[frozenset[str]], n: int, alias: float) -> list[Pair]:
    """Return the most frequent pairs of categories of different groups.

    Left out: pairs where one category brings the other in a share `alias` of its papers or more, and the rarer name of
    categories that always come together (math.MP of math-ph).
    """
    single = Counter(c for cs in listed for c in cs)
    double = Counter(pair for cs in listed for pair in itertools.combinations(sorted(cs), 2))
    twins = {max(p) for p, m in double.items() if m >= 0.9 * max(single[p[0]], single[p[1]])}
    found: list[Pair] = []
    for (a, b), m in sorted(double.items(), key=lambda item: (-item[1], item[0])):
        distinct = a.split(".")[0] != b.split(".")[0] and not {a, b} & twins
        if distinct and m < alias * min(single[a], single[b]):
            found.append((a, b))
    return found[:n]


def bootstrap(values: list[float], n: int = 2000) -> str:
    """Print a mean and its 95 % interval, by the percentile bootstrap over pairs (Efron 1979)."""
    array = np.array(values)
    means = array[np.random.default_rng(0).integers(0, len(array), (n, len(array)))].mean(axis=1)
    return f"{array.mean():.3f} [{np.quantile(means, 0.025):.3f}, {np.quantile(means, 0.975):.3f}]"


def report(name: str, method: Method, pairs: list[Pair], member: dict[str, NDArray[np.bool_]], near: dict[str, str]) -> None:
    """Print precision@50 of both operations, and how well subtraction spares the neighbours.

    Neighbours: among the papers of A, those of B's nearest other category but not of B should rank above those of B;
    the area under the curve says how often they do.
    """
    add, subtract = method
    both, without, spared = [], [], []
    for a, b in pairs:
        both.append(float((member[a] & member[b])[top(add(a, b), 50)].mean()))
        for x, y in ((a, b), (b, a)):
            scores = subtract(x, y)
            without.append(float((member[x] & ~member[y])[top(scores, 50)].mean()))
            kept, gone = member[x] & member[near[y]] & ~member[y], member[x] & member[y]
            if near[y] != x and kept.sum() >= 10:
                spared.append(area_under_curve(scores[kept | gone], kept[kept | gone]))
    print(f"  {name:38s} A+B {bootstrap(both)}   A-B {bootstrap(without)}   neighbours kept {np.mean(spared):.3f}")


def ranks(scores: Floats) -> Floats:
    """Return 0 for the worst paper to n - 1 for the best."""
    place = np.empty(len(scores), np.float32)
    place[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return place


def unit(vector: Floats) -> Floats:
    """Return a vector of length one."""
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def vector_methods(vectors: Floats, concept: dict[str, Floats]) -> dict[str, Method]:
    """Return what is usual: sums and differences of vectors, projection, the lower of two ranks."""
    cosine = {c: vectors @ v for c, v in concept.items()}
    return {
        "vector sum, difference": (lambda a, b: cosine[a] + cosine[b], lambda a, b: cosine[a] - cosine[b]),
        "vector sum, projection": (
            lambda a, b: cosine[a] + cosine[b],
            lambda a, b: vectors @ projected(concept[a], concept[b]),
        ),
        "lower rank": (
            lambda a, b: np.minimum(ranks(cosine[a]), ranks(cosine[b])),
            lambda a, b: np.minimum(ranks(cosine[a]), ranks(-cosine[b])),
        ),
    }


def products(odds: dict[str, Floats]) -> Method:
    """Return what `compose` makes of log-odds."""

    def combine(a: str, b: str, sign: float) -> Floats:
        parts = compose({"a": odds[a], "b": odds[b]}, {"a": 1.0, "b": sign})
        return parts["a"] + parts["b"]

    return (lambda a, b: combine(a, b, 1.0)), (lambda a, b: combine(a, b, -1.0))


def curve(odds: dict[str, Floats]) -> dict[str, Method]:
    """Return products with other powers of the added odds and weights of absence: the price of sparing neighbours."""

    def softplus(x: Floats) -> Floats:
        return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))

    def method(power: float, absence: float) -> Method:
        def shown(c: str) -> Floats:
            return -softplus(np.float32(-power) * odds[c])

        return (lambda a, b: shown(a) + shown(b)), (lambda a, b: shown(a) - np.float32(absence) * softplus(odds[b]))

    settings = [(1.0, 1.0), (1.0, 2.0), (1.0, 4.0), (0.5, 1.0), (0.5, 2.0), (0.5, 4.0), (0.25, 2.0)]
    return {f"  added odds to the {power}, absence times {absence}": method(power, absence) for power, absence in settings}


def latency(index: TermIndex, space: ConceptSpace, vectors: Floats, texts: list[str], runs: int = 30) -> None:
    """Print how long expressions of words never met before take, beside brute-force cosine and bm25s."""
    frequent = [
        term
        for term, df in zip(index.terms_, index.df_.tolist(), strict=True)
        if 5e-4 * index.n_papers < df < 0.1 * index.n_papers
        and term.isalpha()
        and [*index.weigh(term)] == [index.vocabulary_[term]]
    ]
    words = iter(np.random.default_rng(1).permutation(frequent).tolist())
    arithmetic = Arithmetic(space)
    arithmetic.rank(f"{next(words)} + {next(words)}")
    met: list[str] = []

    def cold() -> None:
        met.append(f"{next(words)} + {next(words)} - {next(words)}")
        arithmetic.rank(met[-1]).best(50)

    timed("a + b - c, new words, first 50", cold, runs)
    timed("a + b - c, fitted and scored before", lambda: arithmetic.rank(met[-1]).best(50), runs)
    timed(
        "a + b - c, new words, all in order",
        lambda: arithmetic.rank(f"{next(words)} + {next(words)} - {next(words)}").best(),
        runs,
    )
    timed(
        "axis of two words a pole", lambda: fit_axis(space, f"{next(words)} {next(words)}", f"{next(words)} {next(words)}"), 10
    )
    timed("brute-force float32 cosine, first 50", lambda: top(vectors @ vectors[len(met)], 50), runs)
    try:
        import bm25s
    except ImportError:
        print("  bm25s is not installed")
        return
    peer = bm25s.BM25()
    peer.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    timed("bm25s, three words, first 50", lambda: peer.retrieve(
        bm25s.tokenize(f"{next(words)} {next(words)} {next(words)}", show_progress=False), k=50, show_progress=False), runs)  # fmt: skip


def timed(name: str, call: Callable[[], object], runs: int) -> None:
    """Print the median time of a call on the clock and of the processor."""
    wall, cpu = [], []
    for _ in range(runs):
        start, used = time.perf_counter(), time.process_time()
        call()
        wall.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - used))
    print(f"  {name:38s} median {np.median(wall):6.1f} ms, least {min(wall):6.1f} ms, processor {np.median(cpu):6.1f} ms")


def main(count: int, data: str | None, n_pairs: int, alias: float) -> None:
    """Print every table."""
    frame = pd.read_parquet(prepared(count, data), columns=["title", "abstract", "keywords"])
    listed = [frozenset(k) for k in frame["keywords"]]
    pairs = frequent_pairs(listed, n_pairs, alias)
    names = sorted({c for pair in pairs for c in pair} | {c for pair in AXES for c in pair})
    half = np.zeros(len(frame), bool)
    half[np.random.default_rng(0).permutation(len(frame))[: len(frame) // 2]] = True
    member = {c: np.array([c in cs for cs in listed]) for c in {c for cs in listed for c in cs}}
    frequent = [c for c, m in member.items() if m.sum() >= 500]

    index = TermIndex().fit(frame["title"], frame["abstract"])
    lsa = LSA().fit_index(index)
    vectors, encode = lsa.project_index(index), lsa.encoder(index)
    ranker = HybridRanker(index, encode, vectors)
    features = Features().fit(index)
    space = ConceptSpace(index, ranker, features)
    arrays = {"postings and words": [index.rows_, index.saturation_, index.tokens_], "vectors": [vectors],
              "features": [features.data_, features.indices_, features.indptr_, features.components_]}  # fmt: skip
    for name, parts in arrays.items():
        print(f"{name}: {sum(part.nbytes for part in parts) / len(frame):,.0f} bytes a paper, mapped from disk")
    print("latency")
    latency(index, space, vectors, (frame["title"] + " " + frame["abstract"].fillna("")).tolist())
    if count > 100_000:
        return
    train, test = np.flatnonzero(half), np.flatnonzero(~half)
    tested = {c: member[c][test] for c in member}
    centroid = {c: unit(vectors[half & member[c]].mean(axis=0)) for c in sorted(frequent) + names}
    near = {c: max((o for o in sorted(frequent) if o != c and (member[o] & member[c]).mean() < 0.5 * member[c].mean()),
                   key=lambda o: float(centroid[o] @ centroid[c])) for c in names}  # fmt: skip
    print(f"{len(frame):,} papers, {len(pairs)} pairs: {', '.join(f'{a} {b}' for a, b in pairs)}")

    print("concepts from the papers of one half, tested on the other")
    for name, method in vector_methods(vectors[test], centroid).items():
        report(f"{name} (LSA {vectors.shape[1]})", method, pairs, tested, near)
    latent = {c: LogisticRegression(C=1, max_iter=200).fit(vectors[train], member[c][train]).decision_function(
        vectors[test]).astype(np.float32) for c in names}  # fmt: skip
    report("product of logistic on LSA", products(latent), pairs, tested, near)
    start = time.process_time()
    fitted = {c: space.of_papers(c, np.flatnonzero(half & member[c]), within=train) for c in names}
    each = 1e3 * (time.process_time() - start) / len(names)
    odds = {c: space.log_odds(f)[test] for c, f in fitted.items()}
    report("product of probabilities (ours)", products(odds), pairs, tested, near)
    for name, method in curve(odds).items():
        report(name, method, pairs, tested, near)
    print(f"  fitting a concept: {each:.0f} ms of processor time")

    print("concepts given only as words")
    words = {c: WORDS.get(c, c) for c in names if c in WORDS}
    pairs = [p for p in pairs if p[0] in words and p[1] in words]
    texts = {c: encode(w, index.weigh(w)) for c, w in words.items()}
    for name, method in vector_methods(vectors[test], texts).items():
        report(name, method, pairs, tested, near)
    lexical = {c: index.scores(w)[test] for c, w in words.items()}
    report(
        "boolean BM25 (AND, NOT)",
        (
            lambda a, b: (lexical[a] + lexical[b]) * ((lexical[a] > 0) & (lexical[b] > 0)),
            lambda a, b: lexical[a] * (lexical[b] == 0),
        ),
        pairs, tested, near,
    )  # fmt: skip
    spoken = {c: space.log_odds(space.of_words(w))[test] for c, w in words.items()}
    report("product of probabilities (ours)", products(spoken), pairs, tested, near)

    print("axes from five words a pole; papers of exactly one of the two categories")
    for (low, high), (low_words, high_words) in AXES.items():
        start = time.perf_counter()
        axis = fit_axis(space, low_words, high_words)
        span = time.perf_counter() - start
        one = member[low] ^ member[high]
        # The papers the poles were found in are no test of them.
        seen = np.union1d(top(index.scores(low_words), 200), top(index.scores(high_words), 200))
        one[seen] = False
        auc = area_under_curve(axis.place[one], member[high][one])
        print(f"  {low} - {high}: AUC {auc:.3f} on {one.sum()} papers, separation of the poles {axis.separation:.3f}, "
              f"{span:.1f} s; {', '.join(axis.low_terms[:6])} | {', '.join(axis.high_terms[:6])}")  # fmt: skip


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0], 100_000)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--alias", type=float, default=0.8)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} cores, load {load:.1f}")
    main(given.papers, given.data, given.pairs, given.alias)

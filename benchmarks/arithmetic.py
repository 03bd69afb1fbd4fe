"""Concept arithmetic and semantic axes on arXiv cross-lists, beside vectors, logistic models and boolean BM25 in the same run.

``python -m benchmarks.arithmetic --papers 100000`` prints quality, latency and bytes per paper.

Concept A is fitted on the papers of category A in one half of the papers (or given only as words), and the *other* half
is ranked.  ``A + B``: share of the first 50 listed in both; ``A - B``: listed in A and not in B, both ways round.  The 20 most
frequent pairs are reported.  What can be set was set on the 40 pairs after them, for ours (before) and for the peers (in this run:
`Vectors` says among what). The boolean peer needs every word of a concept.  Beyond 100,000 papers (see `benchmarks.data`) papers
are mixed from those of the sample, so that only speed is measured there.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks import report
from benchmarks.data import SAMPLE, SOURCES, arguments, prepared
from explorer import EmbedderError
from explorer.ranking.arithmetic import Arithmetic, compose, projected
from explorer.ranking.axes import area_under_curve, fit_axis
from explorer.ranking.concepts import ConceptSpace
from explorer.ranking.embedders import WordLlama
from explorer.ranking.features import Features
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.meaning import LEADING
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import LSA, RoundedVectors

Floats = NDArray[np.float32]
Pair = tuple[str, str]
Combine = Callable[[str, str], Floats]


class Method(NamedTuple):
    """Scores of every tested paper for ``A + B`` and for ``A - B``."""

    add: Combine
    subtract: Combine


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


def interval(values: Iterable[float], n: int = 2000) -> str:
    """A mean and its 95 % interval, by the percentile bootstrap over pairs (Efron 1979)."""
    array = np.array(list(values))
    means = array[np.random.default_rng(0).integers(0, len(array), (n, len(array)))].mean(axis=1)
    return f"{array.mean():.3f} [{np.quantile(means, 0.025):.3f}, {np.quantile(means, 0.975):.3f}]"


@dataclass
class Task:
    """What is judged: which of the tested papers are listed in which category, and the nearest other category of each.

    Attributes
    ----------
    member : dict of str to ndarray of bool
    near : dict of str to str
    """

    member: dict[str, NDArray[np.bool_]]
    near: dict[str, str]

    def added(self, add: Combine, pairs: list[Pair]) -> list[float]:
        """Precision@50 of ``A + B`` for each pair."""
        return [float((self.member[a] & self.member[b])[top(add(a, b), 50)].mean()) for a, b in pairs]

    def subtracted(self, subtract: Combine, pairs: list[Pair]) -> tuple[list[float], float]:
        """Precision@50 of ``A - B`` for each pair (both ways round), and how well subtraction spares the neighbours.

        Neighbours: among the papers of A, those of B's nearest other category but not of B should rank above those of B;
        the area under the curve says how often they do.
        """
        without, spared = [], []
        for x, y in itertools.chain.from_iterable(((a, b), (b, a)) for a, b in pairs):
            scores = subtract(x, y)
            without.append(float((self.member[x] & ~self.member[y])[top(scores, 50)].mean()))
            kept, gone = self.member[x] & self.member[self.near[y]] & ~self.member[y], self.member[x] & self.member[y]
            if self.near[y] != x and kept.sum() >= 10:
                spared.append(area_under_curve(scores[kept | gone], kept[kept | gone]))
        return without, float(np.mean(spared)) if spared else float("nan")

    def row(self, name: str, method: Method, pairs: list[Pair]) -> list[str]:
        """One line of the table."""
        without, spared = self.subtracted(method.subtract, pairs)
        return [name, interval(self.added(method.add, pairs)), interval(without), f"{spared:.3f}"]

    def best(self, methods: dict[str, Method], training: list[Pair]) -> tuple[str, Method]:
        """The way of adding and the way of subtracting with the best precision on the training pairs, each on its own."""
        adding = max(methods, key=lambda name: float(np.mean(self.added(methods[name].add, training))))
        taking = max(methods, key=lambda name: float(np.mean(self.subtracted(methods[name].subtract, training)[0])))
        return f"{adding}; {taking}", Method(methods[adding].add, methods[taking].subtract)


HEAD = ["", "A + B", "A - B", "neighbours kept"]


def ranks(scores: Floats) -> Floats:
    """Return 0 for the worst paper to n - 1 for the best."""
    place = np.empty(len(scores), np.float32)
    place[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return place


def unit(vector: Floats) -> Floats:
    """Return a vector of length one."""
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


class Vectors:
    """What is usual with vectors: sums and differences, projection, products and ratios, the lower of two.

    Parameters
    ----------
    papers : ndarray of float32, shape (n_tested, n_dimensions)
        Unit rows.
    concept : dict of str to ndarray of float32
        Unit vector of each concept.
    """

    WEIGHTS = (0.25, 0.5, 0.75, 1.0)
    """Of what is subtracted, among which the training pairs choose."""

    def __init__(self, papers: Floats, concept: dict[str, Floats]) -> None:
        self.papers, self.concept = papers, concept
        self.cosine = {name: papers @ vector for name, vector in concept.items()}

    def usual(self) -> dict[str, Method]:
        """The three that are met most, as they are."""
        return {
            "vector sum, difference": Method(self._sum, self._difference(1.0)),
            "vector sum, projection": Method(self._sum, self._projection),
            "lower rank": Method(
                lambda a, b: np.minimum(ranks(self.cosine[a]), ranks(self.cosine[b])),
                lambda a, b: np.minimum(ranks(self.cosine[a]), ranks(-self.cosine[b])),
            ),
        }

    def all(self, name: str) -> dict[str, Method]:
        """Everything among which the training pairs choose."""
        cosine = self.cosine
        others = {
            # Levy and Goldberg 2014, doi:10.3115/v1/W14-1618 (3CosMul), which shifts cosines to be positive.
            "product, ratio": Method(
                lambda a, b: (1 + cosine[a]) * (1 + cosine[b]), lambda a, b: (1 + cosine[a]) / (1.001 + cosine[b])
            ),
            "lower cosine, difference": Method(lambda a, b: np.minimum(cosine[a], cosine[b]), self._difference(1.0)),
            **{f"sum, difference times {weight:g}": Method(self._sum, self._difference(weight)) for weight in self.WEIGHTS},
        }
        return {f"{name}, {label}": method for label, method in {**self.usual(), **others}.items()}

    def _sum(self, a: str, b: str) -> Floats:
        return self.cosine[a] + self.cosine[b]

    def _difference(self, weight: float) -> Combine:
        return lambda a, b: self.cosine[a] - np.float32(weight) * self.cosine[b]

    def _projection(self, a: str, b: str) -> Floats:
        found: Floats = self.papers @ projected(self.concept[a], self.concept[b])
        return found


def centred(rows: Floats, mean: Floats) -> Floats:
    """Unit rows less the mean of the corpus, at unit length again (Mu and Viswanath 2018, arXiv:1702.01417)."""
    found = rows - mean
    unitary: Floats = found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), 1e-9)
    return unitary


def products(odds: dict[str, Floats]) -> Method:
    """Return what `compose` makes of log-odds."""

    def combine(a: str, b: str, sign: float) -> Floats:
        parts = compose({"a": odds[a], "b": odds[b]}, {"a": 1.0, "b": sign})
        return parts["a"] + parts["b"]

    return Method(lambda a, b: combine(a, b, 1.0), lambda a, b: combine(a, b, -1.0))


def curve(odds: dict[str, Floats]) -> dict[str, Method]:
    """Return products with other powers of the added odds and weights of absence: the price of sparing neighbours."""

    def softplus(x: Floats) -> Floats:
        return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))

    def method(power: float, absence: float) -> Method:
        def shown(c: str) -> Floats:
            return -softplus(np.float32(-power) * odds[c])

        return Method(lambda a, b: shown(a) + shown(b), lambda a, b: shown(a) - np.float32(absence) * softplus(odds[b]))

    settings = [(1.0, 1.0), (1.0, 2.0), (1.0, 4.0), (0.5, 1.0), (0.5, 2.0), (0.5, 4.0), (0.25, 2.0)]
    return {f"added odds to the {power}, absence times {absence}": method(power, absence) for power, absence in settings}


def boolean(index: TermIndex, words: dict[str, str], rows: NDArray[np.int64]) -> Method:
    """BM25 of the papers that have every word of both concepts; of those of A that have not every word of B."""
    scores, whole = {}, {}
    for name, text in words.items():
        found = [index.scores(word)[rows] for word in text.split()]
        scores[name] = np.sum(found, axis=0, dtype=np.float32)
        whole[name] = np.all([part > 0 for part in found], axis=0)
    return Method(
        lambda a, b: (scores[a] + scores[b]) * (whole[a] & whole[b]),
        lambda a, b: scores[a] * (whole[a] & ~whole[b]),
    )


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

    def expression() -> str:
        met.append(f"{next(words)} + {next(words)} - {next(words)}")
        return met[-1]

    rows = [
        timed("ours, a + b - c, new words, first 50", lambda: arithmetic.rank(expression()).best(50), runs),
        timed("ours, a + b - c, fitted and scored before", lambda: arithmetic.rank(met[-1]).best(50), runs),
        timed("ours, a + b - c, new words, all in order", lambda: arithmetic.rank(expression()).best(), runs),
        timed(
            "ours, axis of two words a pole",
            lambda: fit_axis(space, f"{next(words)} {next(words)}", f"{next(words)} {next(words)}"),
            10,
        ),
        timed("brute-force float32 cosine, first 50", lambda: top(vectors @ vectors[len(met)], 50), runs),
    ]
    try:
        import bm25s
    except ImportError:
        print("bm25s left out: it is not installed; `pip install -e '.[bench]'` installs it.\n")
    else:
        peer = bm25s.BM25(backend="auto")
        peer.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)

        def three() -> object:
            tokens = bm25s.tokenize(f"{next(words)} {next(words)} {next(words)}", show_progress=False)
            return peer.retrieve(tokens, k=50, show_progress=False)

        # The first compiles.
        three()
        rows.append(timed(f"bm25s, {peer.backend}, three words, first 50", three, runs))
    report.table(["", "median ms", "least ms", "processor ms"], rows)


def timed(name: str, call: Callable[[], object], runs: int) -> list[str]:
    """Median time of a call on the clock and of the processor."""
    wall, cpu = [], []
    for _ in range(runs):
        start, used = time.perf_counter(), time.process_time()
        call()
        wall.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - used))
    return [name, f"{np.median(wall):.1f}", f"{min(wall):.1f}", f"{np.median(cpu):.1f}"]


def axes(
    index: TermIndex,
    space: ConceptSpace,
    spoken: dict[str, tuple[Floats, Callable[[str], Floats]]],
    member: dict[str, NDArray[np.bool_]],
) -> None:
    """Print how well axes of five words a pole part the papers of exactly one of two categories, by method."""
    names = [f"{low} - {high}" for low, high in AXES]
    found: dict[str, list[float]] = {}
    for (low, high), (low_words, high_words) in AXES.items():
        one = member[low] ^ member[high]
        # The papers the poles were found in are no test of them.
        near = [top(index.scores(words), 200) for words in (low_words, high_words)]
        one[np.union1d(*near)] = False
        places = {"ours": fit_axis(space, low_words, high_words).place}
        places["BM25 of one pole less that of the other"] = index.scores(high_words) - index.scores(low_words)
        for name, (vectors, embed) in spoken.items():
            # An, Kwak and Ahn 2018, arXiv:1806.05521.
            poles = [np.mean([embed(word) for word in words.split()], axis=0) for words in (low_words, high_words)]
            places[f"SemAxis: difference of the poles' words, {name}"] = vectors @ (poles[1] - poles[0])
            middles = [vectors[rows].mean(axis=0) for rows in near]
            places[f"difference of the poles' 200 best papers, {name}"] = vectors @ (middles[1] - middles[0])
        for name, place in places.items():
            found.setdefault(name, []).append(area_under_curve(place[one], member[high][one]))
    rows = [[name, *(f"{value:.3f}" for value in values)] for name, values in found.items()]
    report.table(["axis: AUC on papers of one of the two categories", *names], rows)


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], SAMPLE)
    parser.add_argument("--pairs", type=int, default=20, help="pairs that are reported")
    parser.add_argument("--training", type=int, default=40, help="pairs after them, on which peers are set")
    parser.add_argument("--alias", type=float, default=0.8)
    options = parser.parse_args()
    versions = report.versions("numpy", "scikit-learn", "bm25s", "numba", "wordllama")
    report.heading(f"Concept arithmetic, {options.papers:,} papers", [versions, SOURCES["arxiv"]])
    path = prepared(options.papers, options.data, options.snapshot)
    frame = pd.read_parquet(path, columns=["title", "abstract", "keywords"])
    index = TermIndex().fit(frame["title"], frame["abstract"])
    lsa = LSA().fit_index(index)
    vectors, encode = np.concatenate([*lsa.projected(index)]), lsa.encoder(index)
    # Ours has the vectors that it keeps; peers have them in float32.
    rounded = RoundedVectors.of(vectors, LEADING)
    space = ConceptSpace(index, HybridRanker(index, encode, rounded), features := Features().fit(index))
    arrays = {"postings and words": [index.gaps_, index.saturation_, index.tokens_],
              "vectors": [rounded.leading, rounded.rest, rounded.scales],
              "features": [features.codes_, features.indices_, features.indptr_, features.components_]}  # fmt: skip
    sizes = (f"{name} {sum(part.nbytes for part in parts) / len(frame):,.0f}" for name, parts in arrays.items())
    print(f"Bytes a paper, mapped from disk: {', '.join(sizes)}.\n")
    texts = (frame["title"] + " " + frame["abstract"].fillna("")).tolist()
    latency(index, space, vectors, texts)
    if options.papers > SAMPLE:
        return
    spoken: dict[str, tuple[Floats, Callable[[str], Floats]]] = {
        "LSA": (vectors, lambda text: unit(encode(text, index.weigh(text))))
    }
    try:
        llama = WordLlama()
        spoken["wordllama"] = (llama.transform(texts), lambda text: llama.transform([text])[0])
    except EmbedderError as error:
        print(f"wordllama left out: {error}\n")
    quality(frame, (index, space), spoken, options)


def quality(
    frame: pd.DataFrame,
    own: tuple[TermIndex, ConceptSpace],
    spoken: dict[str, tuple[Floats, Callable[[str], Floats]]],
    options: argparse.Namespace,
) -> None:
    """Print precision of both operations by method, for concepts from papers and from words, and the axes."""
    index, space = own
    listed = [frozenset(k) for k in frame["keywords"]]
    found = frequent_pairs(listed, options.pairs + options.training, options.alias)
    pairs, training = found[: options.pairs], found[options.pairs :]
    names = sorted({c for pair in found for c in pair} | {c for pair in AXES for c in pair})
    half = np.zeros(len(frame), bool)
    half[np.random.default_rng(0).permutation(len(frame))[: len(frame) // 2]] = True
    train, test = np.flatnonzero(half), np.flatnonzero(~half)
    member = {c: np.array([c in cs for cs in listed]) for c in {c for cs in listed for c in cs}}
    frequent = sorted(c for c, m in member.items() if m.sum() >= 500)
    if len(frequent) < 2:
        raise SystemExit(f"Of {len(frame):,} papers no two categories have 500. Give --papers 20000 or more.")
    vectors = spoken["LSA"][0]
    centroid = {c: unit(vectors[half & member[c]].mean(axis=0)) for c in {*frequent, *names}}
    near = {c: max((o for o in frequent if o != c and (member[o] & member[c]).mean() < 0.5 * member[c].mean()),
                   key=lambda o: float(centroid[o] @ centroid[c])) for c in names}  # fmt: skip
    task = Task({c: member[c][test] for c in member}, near)
    print(f"Pairs: {', '.join(f'{a} {b}' for a, b in pairs)}; {len(training)} further ones to set the peers on.\n")

    rows = [task.row(f"{name}, LSA", method, pairs) for name, method in Vectors(vectors[test], centroid).usual().items()]
    ways: dict[str, Method] = {}
    for name, (papers, _) in spoken.items():
        for label, base in ((name, papers), (f"{name}, centred", centred(papers, papers.mean(axis=0)))):
            middle = {c: unit(base[half & member[c]].mean(axis=0)) for c in names}
            ways |= Vectors(base[test], middle).all(label)
    label, method = task.best(ways, training)
    rows.append(task.row(f"vectors, the best of {len(ways)} ways on the training pairs ({label})", method, pairs))
    latent: dict[str, Method] = {}
    for strength in (1.0, 30.0):
        odds = {c: LogisticRegression(C=strength, max_iter=200).fit(vectors[train], member[c][train]).decision_function(
            vectors[test]).astype(np.float32) for c in names}  # fmt: skip
        latent |= {f"C {strength:g}, {name}": method for name, method in curve(odds).items()}
    label, method = task.best(latent, training)
    rows.append(task.row(f"product of logistic models on LSA, the best of {len(latent)} ({label})", method, pairs))
    start = time.process_time()
    fitted = {c: space.of_papers(c, np.flatnonzero(half & member[c]), within=train) for c in names}
    each = 1e3 * (time.process_time() - start) / len(names)
    odds = {c: space.log_odds(f)[test] for c, f in fitted.items()}
    rows.append(task.row("ours: product of probabilities", products(odds), pairs))
    rows += [task.row(f"ours, {name}", method, pairs) for name, method in curve(odds).items()]
    report.table(["from papers", *HEAD[1:]], rows)
    print(f"Fitting one of ours: {each:.0f} ms of processor time.\n")

    words = {c: WORDS[c] for c in names if c in WORDS}
    pairs, training = ([p for p in some if p[0] in words and p[1] in words] for some in (pairs, training))
    ways, rows = {}, []
    for name, (papers, embed) in spoken.items():
        mean = papers.mean(axis=0)
        said = {c: embed(text) for c, text in words.items()}
        if name == "LSA":
            rows += [task.row(f"{way}, LSA", method, pairs) for way, method in Vectors(papers[test], said).usual().items()]
        ways |= Vectors(papers[test], said).all(name)
        ways |= Vectors(centred(papers, mean)[test], {c: centred(v, mean) for c, v in said.items()}).all(f"{name}, centred")
    label, method = task.best(ways, training)
    rows.append(task.row(f"vectors, the best of {len(ways)} ways on the training pairs ({label})", method, pairs))
    rows.append(task.row("boolean BM25 (AND of all words, NOT)", boolean(index, words, test), pairs))
    odds = {c: space.log_odds(space.of_words(w))[test] for c, w in words.items()}
    rows.append(task.row("ours: product of probabilities", products(odds), pairs))
    report.table([f"from words alone, {len(pairs)} pairs ({len(training)} to set the peers on)", *HEAD[1:]], rows)

    axes(index, space, spoken, member)


if __name__ == "__main__":
    main()

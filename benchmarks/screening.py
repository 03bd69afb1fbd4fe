"""Screening: how early the queue finds what is relevant, with ASReview's default in the same run.

    python -m benchmarks.screening                      ours and ELAS u4, ten seeds
    python -m benchmarks.screening --seeds 3 --reviews NAME NAME
    python -m benchmarks.screening --results FILE       append each run to a file, and leave out those that are there
    python -m benchmarks.screening --latency 50000      a decision to the next record while a model is learnt; one refit, ours and u4's
    python -m benchmarks.screening --features 20000 --before CHECKOUT   features alone, this build and one before in turn
    python -m benchmarks.screening --memory 8000        peak memory of features and one refit, each side in a process of its own
    python -m benchmarks.screening --fit                learn the study words of all reviews anew

Each review starts from one relevant and one irrelevant record, drawn by the seed; the same for both sides. Figures are those of
asreview-insights (`figures`), priors left out. The words that speak for a study in any review are learnt from the *other* reviews each
time, so that no label of a review is known when it is screened; the other choices (features, weight of the titles, of the study words)
are one configuration for all.

The peer is ASReview's own `Simulate` with its own ELAS u4, as `pip install asreview` has it; without it only ours runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.before import ROOT
from benchmarks.before import run as run_by
from benchmarks.data import arxiv_sample, data_folder
from explorer.screening.features import DOUBT, WORDS, mean_of_tenths, record_features
from explorer.screening.simulate import screened_order

FIGURES = ("WSS@95", "recall after 10 %", "average time to discovery", "loss")
AIMS = (0.58, 0.65, 0.11, 0.09)
WORDS_FILE = Path(__file__).parents[1] / "explorer" / "screening" / WORDS

FEW_REVIEWS = 5
"""A word must occur in so many reviews to be a study word."""

MOST = 2_000
"""Study words that are kept, the weightiest: twice or seven times as many tell studies apart no better."""

MOST_OF_REVIEWS = 4_000
"""Words whose weight in each review is kept, those that weigh most in any."""


@dataclass(frozen=True)
class Review:
    """Records of a review and which were relevant."""

    name: str
    titles: list[str]
    abstracts: list[str]
    relevant: NDArray[np.bool_]


def review_names(folder: Path) -> list[str]:
    """Names of the reviews of a folder."""
    return sorted(path.name.removesuffix(".jsonl.gz") for path in folder.glob("*.jsonl.gz"))


@cache
def read_review(folder: Path, name: str) -> Review:
    """Read a review of JSON lines: title, abstract, label_included."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return Review(
        name,
        [row.get("title") or "" for row in rows],
        [row.get("abstract") or "" for row in rows],
        np.array([bool(int(row["label_included"])) for row in rows]),
    )


def drawn_priors(relevant: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """One relevant and one irrelevant record, drawn by the seed."""
    chance = np.random.default_rng(seed)
    return np.array([chance.choice(np.flatnonzero(relevant)), chance.choice(np.flatnonzero(~relevant))])


def figures(found: Sequence[bool] | NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Figures of a screening, from what was relevant in the order screened, priors left out, to the last record.

    Returns
    -------
    tuple of float
        Work saved over sampling at 95 % recall; recall after a tenth; mean place of the relevant ones as a share of the records; loss.

    Notes
    -----
    As asreview-insights 1.6 defines them (https://github.com/asreview/asreview-insights): its random screening finds the k-th relevant
    record where the rounded diagonal reaches k, and loss is the area above the recall curve between the best and the worst curve.
    """
    label = np.asarray(found, int)
    n, k = len(label), int(label.sum())
    at = np.flatnonzero(label)
    # round() to even, as numpy's there: the place where the diagonal reaches each count.
    by_chance = np.searchsorted(np.round(np.linspace(0, k, n)), np.arange(1, k + 1))
    reached = max(int(np.searchsorted(np.arange(1, k + 1) / k, 0.95, side="right")), 1) - 1
    wss = (by_chance[reached] - at[reached]) / n
    tenth = int(np.searchsorted(np.arange(1, n + 1) / n, 0.10, side="right"))
    best = k * (n - (k - 1) / 2)
    loss = (best - np.cumsum(label).sum()) / (k * (n - k))
    return float(wss), float(label[:tenth].sum() / k), float((at + 1).mean() / n), float(loss)


@cache
def _weights(folder: Path, name: str) -> dict[str, float]:
    """How much each word and phrase of a review speaks for its relevant records, in standard deviations of these weights."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    review = read_review(folder, name)
    texts = [f"{title} {abstract}" for title, abstract in zip(review.titles, review.abstracts, strict=True)]
    counter = CountVectorizer(ngram_range=(1, 2), min_df=2, binary=True, dtype=np.float32)
    there = normalize(counter.fit_transform(texts))
    fitted = LogisticRegression(class_weight="balanced", max_iter=300).fit(there, review.relevant)
    weights = fitted.coef_[0] / fitted.coef_[0].std()
    return dict(zip(counter.get_feature_names_out().tolist(), weights.tolist(), strict=True))


def study_words(folder: Path, names: Sequence[str]) -> dict[str, float]:
    """Words of `FEW_REVIEWS` of these reviews at least that weigh most, and their mean weight."""
    total: defaultdict[str, float] = defaultdict(float)
    count: defaultdict[str, int] = defaultdict(int)
    for name in names:
        for word, weight in _weights(folder, name).items():
            total[word] += weight
            count[word] += 1
    mean = {word: round(total[word] / (count[word] + DOUBT), 3) for word in total if count[word] >= FEW_REVIEWS}
    kept = sorted(mean, key=lambda word: (-abs(mean[word]), word))[:MOST]
    return {word: mean[word] for word in sorted(kept)}


def review_words(folder: Path, names: Sequence[str]) -> dict[str, list[float]]:
    """Words of `FEW_REVIEWS` of these reviews at least that weigh most in some, and their weight in each."""
    of = [_weights(folder, name) for name in names]
    count: defaultdict[str, int] = defaultdict(int)
    square: defaultdict[str, float] = defaultdict(float)
    for weights in of:
        for word, weight in weights.items():
            count[word] += 1
            square[word] += weight**2
    often = [word for word, reviews in count.items() if reviews >= FEW_REVIEWS]
    kept = sorted(often, key=lambda word: (-square[word] / (count[word] + DOUBT), word))[:MOST_OF_REVIEWS]
    return {word: [round(weights.get(word, 0.0), 1) for weights in of] for word in sorted(kept)}


def learnt_words(folder: Path, names: Sequence[str]) -> dict[str, Any]:
    """What `record_features` is told of some reviews."""
    return {"study_words": study_words(folder, names), "review_words": review_words(folder, names)}


def run_ours(review: Review, seed: int, words: Mapping[str, Any]) -> tuple[list[bool], dict[str, Any]]:
    """Screen a review with our queue; processor time of features and models, and the number of models."""
    start = time.process_time()
    features = record_features(review.titles, review.abstracts, **words)
    made = time.process_time()
    order = screened_order(features, review.relevant, drawn_priors(review.relevant, seed), whole=False)
    done = time.process_time()
    return _padded(review, order.rows), {"features": made - start, "models": done - made, "fits": order.fits}


def run_u4(review: Review, seed: int) -> tuple[list[bool], dict[str, Any]]:
    """Screen a review with ASReview's ELAS u4, in ASReview's own simulation."""
    import pandas as pd
    from asreview.learner import ActiveLearningCycle
    from asreview.models.models import get_ai_config
    from asreview.simulation.simulate import Simulate

    papers = pd.DataFrame({"title": review.titles, "abstract": review.abstracts})
    start = time.process_time()
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    screening = Simulate(papers, review.relevant.astype(int), [cycle], print_progress=False)
    screening.label(drawn_priors(review.relevant, seed))
    screening.review()
    done = time.process_time()
    rows = screening._results["record_id"].to_numpy()
    return _padded(review, rows), {"models": done - start, "fits": len(rows) - 2}


def _padded(review: Review, rows: NDArray[np.int64]) -> list[bool]:
    """What was relevant after the priors; the records after the last relevant one are irrelevant."""
    return [*review.relevant[rows[2:]].tolist(), *[False] * (len(review.relevant) - len(rows))]


def run(folder: Path, names: Sequence[str], seeds: Sequence[int], results: Path | None) -> list[dict[str, Any]]:
    """Run both sides; each run is a dictionary, kept in `results` as JSON lines."""
    kept = [json.loads(line) for line in results.read_text().splitlines()] if results and results.exists() else []
    there = {(row["review"], row["seed"], row["who"]) for row in kept}
    everyone = review_names(folder)
    sides = ["ours", *(["ELAS u4"] if find_spec("asreview") else [])]
    rows = [row for row in kept if row["review"] in names and row["seed"] in seeds]
    for name in names:
        words: dict[str, Any] | None = None
        for seed in seeds:
            for who in sides:
                if (name, seed, who) in there:
                    continue
                review = read_review(folder, name)
                if who == "ours":
                    words = words if words is not None else learnt_words(folder, [other for other in everyone if other != name])
                    found, took = run_ours(review, seed, words)
                else:
                    found, took = run_u4(review, seed)
                row = {"review": name, "seed": seed, "who": who, "figures": figures(found), **took}
                rows.append(row)
                if results:
                    with results.open("a") as file:
                        file.write(json.dumps(row) + "\n")
    return rows


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean over reviews, and its 95 % interval by the bootstrap (10,000 draws of reviews)."""
    draws = np.random.default_rng(0).integers(0, len(values), (10_000, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(values.mean()), float(low), float(high)


def tell(rows: Sequence[dict[str, Any]]) -> None:
    """Print the means over reviews, the paired differences, and the time."""
    sides = sorted({row["who"] for row in rows}, key=lambda who: who != "ours")
    names = sorted({row["review"] for row in rows})
    both = {(row["review"], row["seed"]) for row in rows}
    for who in sides:
        both &= {(row["review"], row["seed"]) for row in rows if row["who"] == who}
    rows = [row for row in rows if (row["review"], row["seed"]) in both]
    of = {
        (who, name): np.mean([row["figures"] for row in rows if row["who"] == who and row["review"] == name], axis=0)
        for who in sides
        for name in names
        if any(row["review"] == name for row in rows)
    }
    names = [name for name in names if ("ours", name) in of]
    print(f"Means over {len(names)} reviews, {len(both)} runs each side; intervals 95 %, over reviews.\n")
    table = []
    for number, (what, aim) in enumerate(zip(FIGURES, AIMS, strict=True)):
        line: list[object] = [what]
        for who in sides:
            mean, low, high = mean_interval(np.array([of[who, name][number] for name in names]))
            line.append(f"{mean:.3f} ({low:.3f}–{high:.3f})")
        if len(sides) > 1:
            mean, low, high = mean_interval(np.array([of["ours", name][number] - of[sides[1], name][number] for name in names]))
            line.append(f"{mean:+.3f} ({low:+.3f} to {high:+.3f})")
        table.append([*line, f"{aim:.2f}"])
    report.table(["", *sides, *(["difference, paired"] if len(sides) > 1 else []), "aim"], table)
    report.table(
        ["review", *(f"{who}: {what}" for who in sides for what in ("WSS@95", "loss"))],
        [[name, *(f"{of[who, name][number]:.3f}" for who in sides for number in (0, 3))] for name in names],
    )
    spent = {who: sum(row["models"] + row.get("features", 0) for row in rows if row["who"] == who) for who in sides}
    fits = {who: sum(row["fits"] for row in rows if row["who"] == who) for who in sides}
    for who in sides:
        print(f"- {who}: {spent[who]:.0f} s of processor, {fits[who]:,} models")
    if len(sides) > 1:
        print(f"- whole screenings, ours / its: {spent['ours'] / spent[sides[1]]:.2f} (aim: at most 0.5)")


def latency(count: int, data: str | None) -> None:
    """Time a decision to the next record while a model is learnt behind, and one refit of both sides, on papers of arXiv."""
    from explorer.screening.queue import following, learn

    papers = arxiv_sample(data)[:count]
    titles, abstracts = [paper["title"] for paper in papers], [paper["abstract"] for paper in papers]
    # What is relevant: a few papers in a hundred, as in reviews.
    relevant = np.array(["galax" in paper["title"].lower() for paper in papers])
    start = time.process_time()
    features = record_features(titles, abstracts)
    print(f"- {count:,} records, {int(relevant.sum()):,} relevant; features {time.process_time() - start:.1f} s of processor")
    chance = np.random.default_rng(0)
    table = []
    for labels in (100, 500, 2000):
        if labels // 10 > relevant.sum():
            continue
        positive = chance.choice(np.flatnonzero(relevant), labels // 10, replace=False)
        rows = np.concatenate([positive, chance.choice(np.flatnonzero(~relevant), labels - len(positive), replace=False)])
        model = learn(features, rows, relevant[rows])
        ours = _refit_time(lambda rows=rows: learn(features, rows, relevant[rows]))
        screened = np.zeros(len(features), bool)
        screened[rows] = True
        waits: list[float] = []
        behind = threading.Thread(target=lambda rows=rows: [learn(features, rows, relevant[rows]) for _ in range(3)])
        behind.start()
        while behind.is_alive():
            began = time.perf_counter()
            row = int(following(model, screened)[0])
            screened[row] = True
            waits.append((time.perf_counter() - began) * 1000)
            time.sleep(0.01)
        behind.join()
        table.append(
            [
                f"{labels:,}",
                f"{report.median(waits):.1f} / {report.p95(waits):.1f} ms",
                f"{ours * 1000:.0f} ms",
                _u4_refit(papers, relevant, rows, ours),
            ]
        )
    report.table(["decisions", "next record, median / p95", "refit", "refit, ours / ELAS u4"], table)
    print(f"- peak memory of this process, both sides: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


_FEATURES = """
import hashlib, json, sys, time
from pathlib import Path
import numpy as np
from explorer.screening.features import record_features

def peak():
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024

papers = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
titles, abstracts = [paper[0] for paper in papers], [paper[1] for paper in papers]
record_features(titles[:200], abstracts[:200])
before, started, clock = peak(), time.process_time(), time.perf_counter()
found = record_features(titles, abstracts)
told = {"processor": time.process_time() - started, "clock": time.perf_counter() - clock, "peak": peak() - before}
same = hashlib.blake2b()
for part in (found.terms.data, found.terms.indices.astype(np.int64), found.terms.indptr.astype(np.int64)):
    same.update(np.ascontiguousarray(part))
print(json.dumps({**told, "same": same.hexdigest()}))
"""


_OPENED = """
import hashlib, json, os, sys, time
from pathlib import Path
import numpy as np
from explorer.screening import feature_cache
from explorer.screening.features import record_features

def now(what):
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith(what)).split()[1]) / 1024

folder, count = Path(sys.argv[1]), int(sys.argv[2])
os.environ["LITEXPLORER_CACHE"] = str(folder / "cache")
if len(sys.argv) > 3:
    papers = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    made = record_features([paper[0] for paper in papers], [paper[1] for paper in papers])
before, started, clock = now("VmRSS"), time.process_time(), time.perf_counter()
key = feature_cache.feature_key(folder, map(str, range(count)))
if len(sys.argv) > 3:
    feature_cache.keep_features(key, made, folder)
else:
    made = feature_cache.kept_features(key)
told = {"processor": time.process_time() - started, "clock": time.perf_counter() - clock, "peak": now("VmHWM") - before}
told["size"] = sum(path.stat().st_size for path in (folder / "cache" / "screening").iterdir()) / 1e6
same = hashlib.blake2b()
for part in (made.terms.data, made.terms.indices.astype(np.int64), made.terms.indptr.astype(np.int64)):
    same.update(np.ascontiguousarray(part))
print(json.dumps({**told, "same": same.hexdigest()}))
"""


def features(count: int, data: str | None, checkout: Path | None, turns: int = 3) -> None:
    """Features of so many papers of arXiv by two builds in turn, and kept ones opened again, each in a process of its own."""
    papers = [(paper["title"], paper["abstract"]) for paper in arxiv_sample(data)[:count]]
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "papers.json"
        path.write_text(json.dumps(papers), encoding="utf-8")
        sides = {"ours": ROOT} | ({"before": checkout} if checkout else {})
        told: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for _ in range(turns):
            for side, where in sides.items():
                told[side].append(run_by(where, _FEATURES, str(path)))
        kept = [run_by(ROOT, _OPENED, made, str(count), str(path))]
        told["opened again"] = [run_by(ROOT, _OPENED, made, str(count)) for _ in range(turns)]
    rows = [
        [side, *(f"{report.median([one[what] for one in of]):,.2f}" for what in ("processor", "clock", "peak"))]
        for side, of in told.items()
    ]
    report.table([f"{count:,} records", "processor, s", "clock, s", "peak memory above the records, MB"], rows)
    written = kept[0]
    print(
        f"- kept in a file of {written['size']:,.0f} MB, which took {written['processor']:.2f} s of processor and"
        f" {written['clock']:.2f} s by the clock"
    )
    equal = len({one["same"] for of in [*told.values(), kept] for one in of}) == 1
    print(f"- words, phrases and their weights are {'equal bit for bit' if equal else 'NOT EQUAL'}")


def memory(count: int, data: str | None) -> None:
    """Peak memory of each side in a process of its own, which reads the records from a file."""
    papers = [{"title": paper["title"], "abstract": paper["abstract"]} for paper in arxiv_sample(data)[:count]]
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "papers.json"
        path.write_text(json.dumps(papers), encoding="utf-8")
        for side in ("ours", *(["ELAS u4"] if find_spec("asreview") else [])):
            subprocess.run([sys.executable, "-m", "benchmarks.screening", "--memory-of", side, str(path)], check=True)


def memory_of(side: str, path: Path, labels: int = 500) -> None:
    """Make the features of one side and learn once, and say what this process took at most."""
    from explorer.screening.queue import learn

    papers = json.loads(path.read_text(encoding="utf-8"))
    relevant = np.array(["galax" in paper["title"].lower() for paper in papers])
    chance = np.random.default_rng(0)
    positive = chance.choice(np.flatnonzero(relevant), min(labels // 10, int(relevant.sum())), replace=False)
    rows = np.concatenate([positive, chance.choice(np.flatnonzero(~relevant), labels - len(positive), replace=False)])
    before = _peak()
    if side == "ours":
        learn(record_features([p["title"] for p in papers], [p["abstract"] for p in papers]), rows, relevant[rows])
    else:
        _u4_refit(papers, relevant, rows, 1.0)
    after = _peak()
    print(f"- {side}: {len(papers):,} records, peak {after:,.0f} MB, of which {before:,.0f} MB before features were made")


def _peak() -> float:
    """Megabytes that this process took at most. What getrusage says is that of the parent where that took more."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def decisions(count: int, data: str | None, labels: int = 300) -> None:
    """Time a decision and the next record of a real review, the write of the log included, while a model is learnt behind."""
    from explorer import Corpus, Screening

    papers = _table(arxiv_sample(data)[:count])
    with tempfile.TemporaryDirectory() as made:
        review = Screening(Corpus.from_papers(papers, Path(made) / "corpus"), name="waiting", reviewer="one")
        done, busy = threading.Event(), threading.Event()
        lessons: list[Callable[[], Any]] = []

        def learning() -> None:
            while not done.is_set():
                if busy.wait(0.05):
                    lessons[-1]()

        behind = threading.Thread(target=learning)
        taken: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for number in range(labels + 200):
            paper = review.next(learn=number % 20 == 0 and number < labels)
            assert paper is not None
            answer: Literal["include", "exclude"] = "include" if "galax" in paper["title"].lower() or not number else "exclude"
            if number < labels:
                review.label(paper, answer)
                continue
            if number == labels:
                lessons.append(review.lesson())
                behind.start()
            # In turns of ten, so that what else the machine does weighs on both alike.
            learns = number // 10 % 2 == 0
            (busy.set if learns else busy.clear)()
            time.sleep(0.02)
            wall, processor = time.perf_counter(), time.thread_time()
            review.label(paper, answer)
            review.next(learn=False)
            lessons.append(review.lesson())
            taken[learns].append(((time.perf_counter() - wall) * 1000, (time.thread_time() - processor) * 1000))
        done.set()
        behind.join()
    print(f"- a decision, written, and the next of {count:,} records, {labels} decided (aim: p95 at most 50 ms):")
    for learns, times in taken.items():
        clock, spent = zip(*times, strict=True)
        print(
            f"  - {'a model learnt behind all the time' if learns else 'nothing behind'}: on the clock median "
            f"{report.median(clock):.1f}, p95 {report.p95(clock):.1f} ms; of one thread's processor median {report.median(spent):.1f}, "
            f"p95 {report.p95(spent):.1f} ms"
        )


def _table(papers: Sequence[Mapping[str, Any]]) -> Any:
    """The columns a review needs, as a table of papers."""
    import pandas as pd

    return pd.DataFrame([{"id": p["id"], "title": p["title"], "abstract": p["abstract"]} for p in papers])


def _refit_time(refit: Callable[[], Any]) -> float:
    """Seconds of the processor of one refit, the median of seven."""
    spent = []
    for _ in range(7):
        start = time.process_time()
        refit()
        spent.append(time.process_time() - start)
    return report.median(spent)


def _u4_refit(papers: Sequence[Mapping[str, Any]], relevant: NDArray[np.bool_], rows: NDArray[np.int64], ours: float) -> str:
    if not find_spec("asreview"):
        return "–"
    import pandas as pd
    from asreview.learner import ActiveLearningCycle
    from asreview.models.models import get_ai_config

    global _U4  # its features take half a minute, and are the same for each number of decisions
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    if _U4 is None:
        _U4 = cycle.transform(
            pd.DataFrame({"title": [p["title"] for p in papers], "abstract": [p["abstract"] for p in papers]})
        )
    left = np.setdiff1d(np.arange(len(papers)), rows)

    def refit() -> None:
        cycle.fit(_U4[rows], relevant[rows].astype(int))
        cycle.rank(_U4[left])

    return f"{ours / _refit_time(refit):.2f}"


_U4: Any = None


def words_file(names: Sequence[str], study: Mapping[str, float], by_review: Mapping[str, Sequence[float]]) -> str:
    """What the package carries of words (see `explorer.screening.features`): each once, with its weights; a list a line."""
    nothing = [0.0] * len(names)

    def of_reviews(word: str) -> list[int]:
        return [round(10 * weight) for weight in by_review.get(word, nothing)]

    def place(word: str) -> tuple[int, str]:
        # Words of the same reviews beside each other, those of nearly the same next (Gray's code), which take less room in a wheel.
        code = int("".join(str(int(not weight)) for weight in (study.get(word, 0), *of_reviews(word))), 2)
        shift = code >> 1
        while shift:
            code, shift = code ^ shift, shift >> 1
        return code, word

    def letters(numbers: Iterable[int]) -> str:
        return json.dumps("".join(chr(ord("#") + number) for number in numbers), ensure_ascii=False)

    def unsigned(number: int) -> int:
        return 2 * number if number >= 0 else -2 * number - 1

    every = sorted({*study, *by_review}, key=place)
    rests = [round(1000 * study[word]) - mean_of_tenths(of_reviews(word)) if word in study else None for word in every]
    tenths = ",\n".join(letters(map(unsigned, of)) for of in zip(*map(of_reviews, every), strict=True))
    lines = [
        f'"reviews": {json.dumps(list(names), ensure_ascii=False)}',
        f'"tenths": [\n{tenths}\n]',
        f'"words": {json.dumps(",".join(every), ensure_ascii=False)}',
        f'"study": {letters(0 if rest is None else unsigned(rest) + 1 for rest in rests)}',
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Run the benchmark as told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="PATH", help="folder of the real data")
    parser.add_argument("--reviews", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="seeds 0 to N - 1")
    parser.add_argument("--results", type=Path, metavar="FILE", help="append each run here, and leave out those that are there")
    parser.add_argument("--latency", type=int, metavar="N", help="time N papers of arXiv instead")
    parser.add_argument("--features", type=int, metavar="N", help="time the features of N papers of arXiv instead")
    parser.add_argument(
        "--before", type=Path, metavar="CHECKOUT", help="with --features: another build, with an environment in .venv"
    )
    parser.add_argument("--memory", type=int, metavar="N", help="peak memory on N papers of arXiv instead")
    parser.add_argument("--memory-of", nargs=2, metavar=("SIDE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--fit", action="store_true", help="write the study words of all reviews into the package")
    options = parser.parse_args()
    if options.latency:
        report.heading("Screening: waiting", [report.versions("asreview", "scikit-learn")])
        latency(options.latency, options.data)
        decisions(options.latency, options.data)
        return
    if options.features:
        report.heading("Screening: features", [report.versions("scikit-learn", "numpy")])
        features(options.features, options.data, options.before)
        return
    if options.memory_of:
        memory_of(options.memory_of[0], Path(options.memory_of[1]))
        return
    if options.memory:
        report.heading("Screening: memory", [report.versions("asreview", "scikit-learn")])
        memory(options.memory, options.data)
        return
    folder = data_folder(options.data) / "screening"
    if not review_names(folder):
        raise SystemExit(
            f"There are no reviews in {folder}: files NAME.jsonl.gz of title, abstract, label_included, a record a line."
        )
    if options.fit:
        names = review_names(folder)
        words, weights = study_words(folder, names), review_words(folder, names)
        text = words_file(names, words, weights).encode()
        WORDS_FILE.write_bytes(pa.Codec("brotli", compression_level=11).compress(text, asbytes=True))
        print(f"{len(words):,} words, and {len(weights):,} with a weight in each review")
        return
    report.heading("Screening", [report.versions("asreview", "scikit-learn")])
    tell(run(folder, options.reviews or review_names(folder), range(options.seeds), options.results))


if __name__ == "__main__":
    main()

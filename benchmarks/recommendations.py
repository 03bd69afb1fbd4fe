"""Recommendations beside those of arxiv-sanity, mean cosine, popularity and chance.

``python -m benchmarks.recommendations [FOLDER]`` on an archive of Hugging Face's daily papers (default: hf_daily/ of the data),
with readers that are simulated: one stars all papers of a topic, another all of an institution, for every topic and institution
with at least `LEAST` papers. Each star is left out in turn; all methods learn from the others, and rank all papers but those.
One paper is right: recall@20 is the share found among the first 20, nDCG@20 its mean ``1 / log2(1 + place)`` there. Means over
readers, each reader's the mean over the stars; intervals are the 2.5th and 97.5th percentile of 2,000 bootstrap samples of
readers.

Topics are those that the archive says (`topic_tag`), which no method is given; institutions are the archive's `institution`,
which ours is given as the corpus has it, and which the peers, that know text, are not. ``--words`` keeps it from ours too.

Ten readers of topics tell little. ``--collections`` takes, instead of the archive, test collections of retrieval (cacm, cisi) with
readers of topics by the score: one reader for each query, who starred three to seven of the papers that are judged relevant to it,
drawn at random; no method sees the query.

The peer is what arxiv-sanity-lite does (https://github.com/karpathy/arxiv-sanity-lite, compute.py and serve.py): TF-IDF of
words and pairs of words, sublinear, at most 20,000 features, in at least 5 papers and in at most half (where the papers are so
few, 2), and a linear support vector machine with ``class_weight="balanced"`` and ``C=0.01`` whose decision function ranks the
papers.

``--cost CORPUS --before CHECKOUT`` tells what the first recommendations of a dashboard and those after another star cost in a
corpus folder, in this build and in another, which needs an environment of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from benchmarks.before import run
from benchmarks.data import SOURCES, data_folder
from benchmarks.report import heading, number
from benchmarks.report import table as table_of
from explorer import Corpus, import_papers
from explorer.feed.recommend import PRIORS, features
from explorer.ranking.recommender import Recommender

ROOT = Path(__file__).parent.parent

LEAST = 3
CUT = 20

_COST = """
import json, resource, sys, time
from explorer import open_corpus

def own():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon"))

corpus = open_corpus(sys.argv[1])
ids = corpus.papers["id"].to_list()[:: len(corpus) // 5][:5]
corpus.ranker.meaning
opened, times = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, []
before = own()
for stars in (ids[:4], ids):
    started = time.process_time()
    corpus.recommend(stars, limit=20)
    times.append(time.process_time() - started)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"first": times[0], "again": times[1], "peak": peak - opened, "kept": own() - before}))
"""

Method = Callable[[np.ndarray], np.ndarray]


def readers(records: list[dict[str, str]], place: dict[str, int]) -> dict[str, list[np.ndarray]]:
    """Rows of the papers that each simulated reader starred, by what they go by."""
    found: dict[str, list[np.ndarray]] = {}
    for field in ("topic_tag", "institution"):
        stars = defaultdict(set)
        for record in records:
            value = record.get(field)
            if value and value.lower() != "unknown" and record["id"] in place:
                stars[value].add(place[record["id"]])
        found[field] = [np.array(sorted(rows)) for _, rows in sorted(stars.items()) if len(rows) >= LEAST]
    return found


def collection(folder: Path) -> tuple[Corpus, list[np.ndarray]]:
    """A test collection of retrieval as a corpus, and the rows that a reader for each query starred."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        documents = [json.loads(line) for line in file]
    records = [{"id": one["_id"], "title": one.get("title") or one["text"][:60], "abstract": one["text"]} for one in documents]
    corpus = Corpus.from_papers(pd.DataFrame(records))
    place = {id_: row for row, id_ in enumerate(corpus.papers["id"])}
    relevant: dict[str, set[int]] = defaultdict(set)
    for path in sorted((folder / "qrels").glob("test*.tsv")) or sorted((folder / "qrels").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            query, document, judged = line.split("\t")
            if float(judged) > 0 and document in place:
                relevant[query].add(place[document])
    draw = np.random.default_rng(0)
    stars = [np.array(sorted(rows)) for _, rows in sorted(relevant.items()) if len(rows) >= LEAST]
    return corpus, [np.sort(draw.choice(rows, min(len(rows), int(draw.integers(3, 8))), replace=False)) for rows in stars]


def measured(method: Method, of: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Recall and nDCG of each reader."""
    recall, gain = [], []
    for stars in of:
        places = []
        for left_out in stars:
            rest = stars[stars != left_out]
            scores = np.asarray(method(rest), float)
            scores[rest] = -np.inf
            ahead = np.count_nonzero(scores > scores[left_out])
            # Ties stand in an order that nobody chose.
            places.append(1 + ahead + 0.5 * (np.count_nonzero(scores == scores[left_out]) - 1))
        at = np.array(places)
        recall.append(float(np.mean(at <= CUT)))
        gain.append(float(np.mean(np.where(at <= CUT, 1 / np.log2(1 + at), 0))))
    return np.array(recall), np.array(gain)


def interval(values: np.ndarray) -> str:
    """Mean, and 95 % of the bootstrap means."""
    samples = np.random.default_rng(0).choice(values, (2000, len(values))).mean(axis=1)
    return f"{values.mean():.3f} ({np.quantile(samples, 0.025):.3f} to {np.quantile(samples, 0.975):.3f})"


def ratio(ours: np.ndarray, theirs: np.ndarray) -> str:
    """Ratio of the means, and 95 % of its paired bootstrap."""
    drawn = np.random.default_rng(0).integers(0, len(ours), (2000, len(ours)))
    with np.errstate(divide="ignore", invalid="ignore"):
        samples = ours[drawn].mean(axis=1) / theirs[drawn].mean(axis=1)
        return (
            f"{ours.mean() / theirs.mean():.2f} ({np.nanquantile(samples, 0.025):.2f} to {np.nanquantile(samples, 0.975):.2f})"
        )


def methods(corpus: Corpus, *, words: bool) -> dict[str, Method]:
    """Each method: rows of stars to scores of all papers."""
    blocks = features(corpus.ranker).blocks
    if words:
        blocks = {name: block for name, block in blocks.items() if name != "organisations"}
    papers = corpus.papers
    texts = [
        f"{title} {abstract or ''}" for title, abstract in zip(papers["title"], papers["abstract"].fillna(""), strict=True)
    ]
    least = 5 if len(texts) >= 1000 else 2
    sanity = TfidfVectorizer(
        lowercase=True,
        strip_accents="unicode",
        stop_words="english",
        ngram_range=(1, 2),
        max_features=20_000,
        sublinear_tf=True,
        min_df=least,
        max_df=0.5,
        token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",
    ).fit_transform(texts)
    upvotes = np.nan_to_num(corpus.snapshot.upvotes)

    def svm(stars: np.ndarray) -> np.ndarray:
        shown = np.zeros(len(texts), int)
        shown[stars] = 1
        model = LinearSVC(class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01, random_state=0).fit(sanity, shown)
        return np.asarray(model.decision_function(sanity))

    return {
        "ours": lambda stars: Recommender(priors=PRIORS).fit(blocks, stars).scores_,
        "arxiv-sanity": svm,
        "mean cosine": lambda stars: np.asarray(sanity @ np.asarray(sanity[stars].mean(axis=0)).ravel()),
        "popularity": lambda stars: upvotes.astype(float),
        "random": lambda stars: np.random.default_rng(int(stars.sum())).random(len(texts)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--words", action="store_true", help="keep the institutions from ours too")
    parser.add_argument("--collections", action="store_true", help="readers of the topics of test collections instead")
    parser.add_argument("--cost", type=Path, metavar="CORPUS", help="what recommendations cost in a corpus folder")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="with --cost: another build")
    options = parser.parse_args()
    if options.cost:
        return cost(options.cost, options.before)
    if options.collections:
        return in_collections()
    folder = options.folder or data_folder() / "hf_daily"
    files = sorted(folder.glob("*.json"))
    if not files:
        print(f"recommendations left out: there are no daily papers in {folder}")
        return 0
    corpus = Corpus.from_papers(import_papers(*files).papers)
    records = [record for file in files for record in json.loads(file.read_text(encoding="utf-8"))["papers"]]
    place = {id_: row for row, id_ in enumerate(corpus.papers["id"])}
    print(
        f"\n## Recommendations: {len(corpus):,} papers of {len(files)} days{', without institutions' if options.words else ''}\n"
    )
    known = methods(corpus, words=options.words)
    everybody: dict[str, list[tuple[np.ndarray, np.ndarray]]] = defaultdict(list)
    for field, of in readers(records, place).items():
        if not of:
            continue
        print(f"{len(of)} readers by {field}, {sum(map(len, of))} stars\n")
        table(known, {name: measured(method, of) for name, method in known.items()}, everybody)
    if len(next(iter(everybody.values()), [])) > 1:
        print("all readers\n")
        joined = {name: tuple(np.concatenate(part) for part in zip(*parts, strict=True)) for name, parts in everybody.items()}
        table(known, joined, None)  # type: ignore[arg-type]
    return 0


def cost(corpus: Path, before: Path | None) -> int:
    """Time and memory of recommendations in a corpus folder."""
    heading(f"Recommendations in {corpus.name}", ["seconds of the processor; megabytes above those of the opened corpus"])
    rows = []
    for name, checkout in (("now", ROOT), ("before", before)):
        if checkout:
            told = run(checkout.resolve(), _COST, str(corpus.resolve()))
            seconds, bytes_ = ([float(str(told[key])) for key in keys] for keys in (("first", "again"), ("peak", "kept")))
            rows.append([name, *map(number, seconds), *(number(value / 1e6) for value in bytes_)])
    table_of(["build", "first", "after another star", "peak", "kept"], rows)
    return 0


def in_collections() -> int:
    """Readers of the topics of test collections."""
    found = [folder for name in ("cacm", "cisi") if (folder := data_folder() / "retrieval" / name).exists()]
    if not found:
        print(f"recommendations left out: there are no collections. {SOURCES['retrieval']}")
    everybody: dict[str, list[tuple[np.ndarray, np.ndarray]]] = defaultdict(list)
    for folder in found:
        corpus, of = collection(folder)
        print(f"\n## Recommendations: {folder.name}, {len(corpus):,} papers, {len(of)} readers, {sum(map(len, of))} stars\n")
        known = {name: method for name, method in methods(corpus, words=True).items() if name != "popularity"}
        table(known, {name: measured(method, of) for name, method in known.items()}, everybody)
    if len(found) > 1:
        print("all of them\n")
        joined = {name: tuple(np.concatenate(part) for part in zip(*parts, strict=True)) for name, parts in everybody.items()}
        table(dict.fromkeys(joined, None), joined, None)  # type: ignore[arg-type]
    return 0


def table(
    known: dict[str, Method],
    found: dict[str, tuple[np.ndarray, np.ndarray]],
    kept: dict[str, list[tuple[np.ndarray, np.ndarray]]] | None,
) -> None:
    """Print a table, and keep what it shows."""
    print("| method | recall@20 | ours / this | nDCG@20 | ours / this |\n|---|---|---|---|---|")
    for name in known:
        cells = []
        for ours, theirs in zip(found["ours"], found[name], strict=True):
            cells += [interval(theirs), ratio(ours, theirs) if name != "ours" else ""]
        print(f"| {name} | {' | '.join(cells)} |")
        if kept is not None:
            kept[name].append(found[name])
    print()


if __name__ == "__main__":
    raise SystemExit(main())

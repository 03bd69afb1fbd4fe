"""Topics: coherence, diversity, stability and agreement with known groups, beside scikit-learn's NMF and LDA in the same run.

python -m benchmarks.topics                       # the three corpora, this build and the peers
python -m benchmarks.topics --before              # the model of the build before, in its own environment, beside this one
python -m benchmarks.topics --others              # corpora of other kinds too: test collections and screening sets
python -m benchmarks.topics --time 10000 30000    # time and memory at numbers of arXiv papers, beside TF-IDF and NMF alone
python -m benchmarks.topics --labels page         # labels judged by the procedure of docs/topics.md, beside KeyNMF's and BERTopic's

What is measured, at a fixed number of topics:

- *coherence*: mean normalised pointwise mutual information (Bouma 2009) of pairs of a topic's ten words, over whole documents of
  the corpus itself, as `benchmarks.build.coherence` counts it;
- *diversity*: the part of the words of all topics that differ (Dieng, Ruiz and Blei 2020);
- *stability*: five samples of 90 % of the papers; topics of two samples are matched one to one by the Jaccard index of their ten
  words, and the mean of the matched indices over the ten pairs of samples is given (as Greene, O'Callaghan and Cunningham 2014);
- *NMI*, *purity*: of each paper's topic with arXiv's archive (``astro-ph``, ``math``, ``cs``, …) of its primary category, papers
  without a topic counting as one more topic.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.build import coherence
from benchmarks.data import arguments, data_folder

K = {"page": 10, "daily": 20, "learning": 20, "arxiv": 30}
"""Number of topics a corpus."""

SAMPLES, PART = 5, 0.9


def read_corpus(name: str, folder: Path, papers: int = 20_000) -> tuple[list[str], list[str] | None]:
    """Texts of a corpus, and the group of each paper where there is one."""
    if name == "page":
        from explorer import read_papers

        frame = read_papers(folder / "hf_page" / "arithmetic.txt")
        return [f"{row.title} {row.abstract}" for row in frame.itertuples()], None
    if name == "daily":
        found: dict[str, str] = {}
        for file in sorted((folder / "hf_daily").glob("*.json")):
            for paper in json.loads(file.read_text(encoding="utf-8"))["papers"]:
                found.setdefault(paper["id"], f"{paper['title']} {paper['summary']}")
        return list(found.values()), None
    if name in ("arxiv", "learning"):
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        table = pq.read_table(folder / "arxiv" / "arxiv_100k.parquet", columns=["title", "abstract", "primary_category"])
        if name == "learning":
            # As many of one field as the daily papers of four months are.
            papers, fields = 1_639, pa.array(["cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"])
            table = table.filter(pc.is_in(table["primary_category"], value_set=fields))
        rows = np.sort(np.random.default_rng(0).permutation(table.num_rows)[:papers])
        chosen = table.take(rows).to_pydict()
        texts = [f"{title} {abstract}" for title, abstract in zip(chosen["title"], chosen["abstract"])]
        depth = 1 if name == "arxiv" else 2
        return texts, [".".join(category.split(".")[:depth]) for category in chosen["primary_category"]]
    path = folder / name
    file = path / "corpus.jsonl.gz" if path.is_dir() else path
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows_ = [json.loads(line) for line in lines]
    return [f"{row.get('title') or ''} {row.get('text') or row.get('abstract') or ''}" for row in rows_], None


def explorer_model(texts: list[str], topics: int) -> tuple[list[list[str]], np.ndarray, list[str]]:
    """Words of each topic, the topic of each paper, and the labels, of the explorer that this process imports."""
    from explorer import TopicModel

    model = TopicModel(topics)
    placed = model.fit_transform(texts)
    codes = placed[0] if isinstance(placed, tuple) else np.asarray(placed).argmax(axis=1)
    return [list(map(str, words)) for words in model.words_], codes, list(model.labels_)


def sklearn_nmf(texts: list[str], topics: int) -> tuple[list[list[str]], np.ndarray, list[str]]:
    """NMF of TF-IDF as scikit-learn's own example sets it up, with logarithmic counts."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        stop_words="english", max_features=10_000, min_df=2 if len(texts) < 2000 else 5, max_df=0.5, sublinear_tf=True
    )
    matrix = vectorizer.fit_transform(texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = NMF(topics, init="nndsvda", random_state=0, max_iter=150, tol=1e-3)
        loads = model.fit_transform(matrix)
    return _top(model.components_, vectorizer), loads.argmax(axis=1), []


def sklearn_lda(texts: list[str], topics: int) -> tuple[list[list[str]], np.ndarray, list[str]]:
    """Latent Dirichlet allocation of counts (online variational Bayes)."""
    from sklearn.decomposition import LatentDirichletAllocation
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(stop_words="english", max_features=10_000, min_df=2 if len(texts) < 2000 else 5, max_df=0.5)
    matrix = vectorizer.fit_transform(texts)
    model = LatentDirichletAllocation(topics, learning_method="online", random_state=0, max_iter=10)
    loads = model.fit_transform(matrix)
    return _top(model.components_, vectorizer), loads.argmax(axis=1), []


def keynmf(texts: list[str], topics: int) -> tuple[list[list[str]], np.ndarray, list[str]]:
    """KeyNMF (Kardos et al. 2024): NMF of the 25 words of each paper that lie nearest to it in an embedder's space.

    Its paper embeds with a transformer. Here the static embedder is used that the package wordllama ships: no weights are fetched.
    """
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(stop_words="english", max_features=10_000, min_df=2 if len(texts) < 2000 else 5, max_df=0.5)
    counts = vectorizer.fit_transform(texts).tocsr()
    papers, words = embedded(texts), embedded(vectorizer.get_feature_names_out().tolist())
    rows, columns, values = [], [], []
    for row in range(len(texts)):
        there = counts.indices[counts.indptr[row] : counts.indptr[row + 1]]
        near = words[there] @ papers[row]
        best = np.argsort(-near, kind="stable")[:25]
        best = best[near[best] > 0]
        rows += [row] * len(best)
        columns += there[best].tolist()
        values += near[best].tolist()
    matrix = csr_matrix((values, (rows, columns)), shape=counts.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = NMF(topics, init="nndsvda", random_state=0, max_iter=200)
        loads = model.fit_transform(matrix)
    found = _top(model.components_, vectorizer)
    # Its package names a topic by its first four words.
    return found, loads.argmax(axis=1), [", ".join(words[:4]) for words in found]


def bertopic(texts: list[str], topics: int) -> tuple[list[list[str]], np.ndarray, list[str]]:
    """BERTopic (Grootendorst 2022) as its documents set it up, over the static embedder that wordllama ships."""
    from bertopic import BERTopic
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    model = BERTopic(
        nr_topics=topics + 1,
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0),
        vectorizer_model=CountVectorizer(stop_words="english"),
        min_topic_size=5 if len(texts) < 500 else 10,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        codes, _ = model.fit_transform(texts, embedded(texts))
    numbers = [number for number in sorted(model.get_topics()) if number >= 0]
    found = [[word for word, _ in model.get_topic(number)] for number in numbers]
    codes = np.where(np.asarray(codes) < 0, len(numbers), codes)
    return found, codes, [", ".join(words[:4]) for words in found]


def embedded(texts: list[str]) -> np.ndarray:
    """Vectors of unit length of a static embedder."""
    import wordllama

    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    vectors = np.asarray(model.embed(texts), np.float32)
    found: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return found


def _top(components: np.ndarray, vectorizer: Any) -> list[list[str]]:
    names = vectorizer.get_feature_names_out()
    return [[str(names[i]) for i in np.argsort(-row, kind="stable")[:10]] for row in components]


MODELS = {"explorer": explorer_model, "NMF": sklearn_nmf, "LDA": sklearn_lda, "KeyNMF": keynmf, "BERTopic": bertopic}
USUAL = ("explorer", "NMF", "LDA")
"""Models that are compared where none are named: the others need packages of their own."""


def judged(labels: Sequence[str], codes: np.ndarray, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Labels by the written procedure of ``docs/topics.md``.

    Parameters
    ----------
    labels : sequence of str
        Of each topic, its phrases parted by commas.
    codes : ndarray of int
        The topic of each paper.
    texts : sequence of str
        They begin with their titles, of which 100 characters are taken.

    Returns
    -------
    list of dict
        For each topic that has papers `label`, `coverage` (part of its papers that have its first phrase), `lift` (that over the part of
        the other papers), `titles` (of its papers, that have it), and whether it `holds`.
    """
    from explorer.topics.terms import accented

    def plain(text: str) -> str:
        # *K\"ahler* is a word to whoever reads the label, of whichever tool.
        words = re.findall(r"[^\W_]+", accented(text).lower())
        return f" {' '.join(words)} "

    bodies, heads = [plain(text) for text in texts], [plain(text[:100]) for text in texts]
    found = []
    for topic, label in enumerate(labels):
        mine = codes == topic
        if not mine.any():
            continue
        # In either number: a reader takes the one for the other.
        phrase = plain(label.split(", ")[0]).strip()
        forms = [f" {form} " for form in {phrase, phrase + "s", phrase.removesuffix("s")}]
        has = np.array([any(form in body for form in forms) for body in bodies])
        titles = sum(any(form in head for form in forms) for head, own in zip(heads, mine, strict=True) if own)
        coverage, elsewhere = float(has[mine].mean()), float((has[~mine].sum() + 0.5) / ((~mine).sum() + 1))
        holds = coverage >= 0.1 and coverage / elsewhere >= 3 and titles >= 3
        found.append({"label": label, "coverage": coverage, "lift": coverage / elsewhere, "titles": titles, "holds": holds})
    return found


def diversity(words: Sequence[Sequence[str]]) -> float:
    """Part of the words of all topics that differ."""
    every = [word for topic in words for word in topic]
    return len(set(every)) / max(len(every), 1)


def agreement(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> float:
    """Mean Jaccard index of the words of two models' topics, matched one to one."""
    from scipy.optimize import linear_sum_assignment

    index = np.array([[len({*a} & {*b}) / max(len({*a} | {*b}), 1) for b in other] for a in one])
    rows, columns = linear_sum_assignment(-index)
    return float(index[rows, columns].sum() / max(len(one), len(other)))


def samples(count: int) -> list[np.ndarray]:
    """Rows of `SAMPLES` samples of `PART` of the papers."""
    draw = np.random.default_rng(7)
    return [np.sort(draw.permutation(count)[: round(PART * count)]) for _ in range(SAMPLES)]


def groups_found(codes: np.ndarray, groups: Sequence[str]) -> tuple[float, float]:
    """Normalised mutual information and purity of topics with known groups."""
    from sklearn.metrics import normalized_mutual_info_score
    from sklearn.metrics.cluster import contingency_matrix

    table = contingency_matrix(groups, codes)
    return float(normalized_mutual_info_score(groups, codes)), float(table.max(axis=0).sum() / table.sum())


def measure(model: str, name: str, folder: Path, topics: int, stability: bool, papers: int) -> dict[str, Any]:
    """All measures of one model on one corpus."""
    texts, groups = read_corpus(name, folder, papers)
    start = time.process_time()
    words, codes, labels = MODELS[model](texts, topics)
    found: dict[str, Any] = {"seconds": time.process_time() - start, "words": words, "labels": labels}
    found["coherence"] = coherence({model: words}, texts)[model]
    found["diversity"] = diversity(words)
    found["none"] = float(np.mean(codes >= len(words)))
    found["judged"] = judged(labels[: len(words)], codes, texts) if labels else []
    if groups is not None:
        found["nmi"], found["purity"] = groups_found(codes, groups)
    if stability:
        fits = [MODELS[model]([texts[i] for i in rows], topics)[0] for rows in samples(len(texts))]
        found["stability"] = float(np.mean([agreement(a, b) for a, b in combinations(fits, 2)]))
    return found


def timed(model: str, folder: Path, papers: int) -> dict[str, Any]:
    """Processor seconds of finding 30 topics in texts and placing every paper, and the peak of memory.

    Beyond 100,000 the papers come again, one word longer, so that all differ.
    """
    import resource

    texts, _ = read_corpus("arxiv", folder, min(papers, 100_000))
    texts += [f"{texts[i % len(texts)]} copy{i}" for i in range(len(texts), papers)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    start = time.process_time()
    if model == "explorer":
        from explorer import TopicModel

        TopicModel(K["arxiv"]).fit_transform(texts)
    else:
        MODELS[model](texts, K["arxiv"])
    seconds = time.process_time() - start
    return {"seconds": seconds, "texts": before, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


def elsewhere(python: Path, root: Path, arguments: Sequence[str]) -> dict[str, Any]:
    """Run one measurement in a process of its own, with this file and the package that lies in a folder."""
    here = Path(__file__).resolve().parents[1]
    program = (
        f"import sys; sys.path.insert(0, {str(root)!r}); import explorer; sys.path.insert(0, {str(here)!r}); "
        f"import benchmarks.topics as t; t.main({['--part', *arguments]!r})"
    )
    done = subprocess.run(
        [str(python), "-c", program], check=True, capture_output=True, text=True, cwd=root, env={**os.environ, "PYTHONPATH": ""}
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(told: Sequence[str] | None = None) -> None:
    parser = arguments((__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", nargs="*", default=list(K), help="page, daily, arxiv, or a file below the data folder")
    parser.add_argument("--models", nargs="*", default=list(USUAL), help=", ".join(MODELS))
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument(
        "--before", metavar="CHECKOUT", type=Path, help="checkout of an earlier build, its .venv in it if it has one"
    )
    parser.add_argument("--others", action="store_true", help="test collections and screening sets too")
    parser.add_argument("--no-stability", action="store_true")
    parser.add_argument("--topics", type=int, help="number of topics (default: 10, 20, 30 as in `K`; 15 for others)")
    parser.add_argument("--words", action="store_true", help="print labels and words too")
    parser.add_argument("--labels", nargs="+", metavar="CORPUS", help="judge the labels of topics of these corpora")
    parser.add_argument("--part", nargs=3, help="one model, corpus and number of topics: prints JSON")
    parser.add_argument("--time", nargs="+", type=int, metavar="PAPERS", help="time and memory at numbers of arXiv papers")
    options = parser.parse_args(told)
    folder = data_folder(options.data)
    if options.time and options.part:
        print(json.dumps(timed(options.part[0], folder, options.time[0])))
        return
    if options.time:
        report.heading("Time of topics", (report.versions("scikit-learn", "numpy"), "processor time of one thread; 30 topics"))
        rows = []
        for papers in options.time:
            for model in [name for name in options.models if name != "LDA"]:
                root = Path(__file__).resolve().parents[1]
                found = elsewhere(
                    Path(sys.executable), root, [model, "arxiv", "30", "--time", str(papers), "--data", str(folder)]
                )
                rows.append([f"{papers:,}", model, *(report.number(found[m]) for m in ("seconds", "texts", "peak"))])
        report.table(("papers", "model", "seconds", "MB of the texts", "MB at the peak"), rows)
        return
    if options.part:
        model, name, topics = options.part
        print(json.dumps(measure(model, name, folder, int(topics), not options.no_stability, options.papers)))
        return
    if options.labels:
        report.heading("Labels", (report.versions("scikit-learn", "numpy"),))
        for name in options.labels:
            topics = options.topics or K.get(name, 15)
            for model in ("explorer", *(model for model in options.models if model not in USUAL)):
                more = [model, name, str(topics), "--papers", str(options.papers), "--no-stability", "--data", str(folder)]
                found = elsewhere(Path(sys.executable), Path(__file__).resolve().parents[1], more)["judged"]
                print(f"{name}, {model}: {sum(row['holds'] for row in found)} of {len(found)} hold\n")
                rows = [[row["label"], *(report.number(row[m]) for m in ("coverage", "lift")), row["titles"], "" if row["holds"] else "no"]
                        for row in found]  # fmt: skip
                report.table(("label", "coverage", "lift", "titles", "holds"), rows)
        return
    corpora = list(options.corpora)
    if options.others:
        corpora += [f"retrieval/{name}" for name in ("scifact", "cisi", "cacm")]
        corpora += [f"screening/{name}.jsonl.gz" for name in ("Cohen_2006_ADHD", "synergy_Menon_2022")]
    report.heading("Topics", (report.versions("scikit-learn", "numpy"), "processor time of fitting and placing, one thread"))
    for name in corpora:
        topics = options.topics or K.get(name, 15)
        runs = [(model, Path(sys.executable), Path(__file__).resolve().parents[1]) for model in options.models]
        if options.before:
            own = options.before / ".venv" / "bin" / "python"
            runs.append(("before", own if own.exists() else Path(sys.executable), options.before))
        rows = []
        for model, python, root in runs:
            more = ["explorer" if model == "before" else model, name, str(topics), "--papers", str(options.papers)]
            more += ["--data", str(folder), *(["--no-stability"] if options.no_stability else [])]
            found = elsewhere(python, root, more)
            measures = ("coherence", "diversity", "stability", "nmi", "purity", "none", "seconds")
            rows.append([model, *(report.number(found[m]) if m in found else "" for m in measures)])
            if options.words:
                for label, words in zip(found["labels"] or [""] * topics, found["words"]):
                    print(f"- {label}: {' '.join(words)}")
        print(f"{name}, {topics} topics\n")
        report.table(("model", "coherence", "diversity", "stability", "NMI", "purity", "without topic", "seconds"), rows)


if __name__ == "__main__":
    main()

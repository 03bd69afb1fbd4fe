"""From a Parquet file to a searchable corpus with topics: papers a second, peak memory, each stage by name.

``python -m benchmarks.build --papers 100000``. The peers of the same run index the same documents with tantivy alone, and find as
many topics with scikit-learn: TF-IDF of titles and abstracts, NMF, and every paper placed on the topics. Topics are compared twice
on one footing: both fitted on the same number of papers, drawn with the same seed, with the same rounds and tolerance; and both
fitted on all papers with scikit-learn's rounds and tolerance. Beside the seconds stands how well the topics hang together.

Each part runs in a process of its own, so that its peak memory (the high-water mark of its resident set) is its own.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.data import SOURCES, arguments, prepared

HEAP = 256_000_000
"""Bytes of tantivy's writer, as the explorer's."""

AFTER = "concepts, once it can be searched"
"""A stage that no peer has, and without which the corpus is searched and explored; not part of the sum."""

PROCESSOR = "processor"
"""Name of the seconds of processor of all stages, `AFTER` left out, beside the seconds of each on the clock."""

VOCABULARY = 10_000
"""Words of the peer's document-term matrix, as many as the explorer's topic model keeps."""

SKLEARN_ROUNDS, SKLEARN_TOLERANCE = 200, 1e-4
"""Defaults of scikit-learn's NMF."""

OURS, PEER = "our topics", "scikit-learn's topics"

_CHUNK = 10_000
"""Papers placed on the topics at once, on both sides."""


def explorer_build(source: Path) -> dict[str, float]:
    """Seconds of each stage of reading, merging duplicates and `write_corpus`; and of what ranking by concepts takes."""
    from explorer.corpus.corpus import Corpus
    from explorer.dedupe.rules import Rules
    from explorer.sources.formats.registry import read_files
    from explorer.sources.importing import merged
    from explorer.store.build import write_corpus

    stages: dict[str, float] = {}
    running, since, used = "read the file", time.perf_counter(), time.process_time()

    def stage(name: str, part: float) -> None:
        nonlocal running, since
        if name != running:
            now = time.perf_counter()
            stages[running] = stages.get(running, 0.0) + now - since
            running, since = name, now

    read = read_files(source)
    stage("duplicates", 0)
    table = merged(read, Rules())[0].table
    stage("content hash", 0)
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(table, Path(folder) / "corpus", progress=stage)
        stage("done", 0)
        busy = time.process_time() - used
        start = time.perf_counter()
        Corpus(Path(folder) / "corpus").ranker.prepare_meaning()
        stages[AFTER] = time.perf_counter() - start
    return {**stages, PROCESSOR: busy}


def tantivy_alone(source: Path, tokenizer: str) -> dict[str, float]:
    """Seconds to index title, abstract, authors and keywords."""
    import pyarrow.parquet as pq
    import tantivy

    rows = pq.read_table(source, columns=["title", "abstract", "authors", "keywords"])
    builder = tantivy.SchemaBuilder()
    for name in rows.column_names:
        builder.add_text_field(name, tokenizer_name=tokenizer)
    builder.add_integer_field("row", fast=True)
    start, used = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        writer = tantivy.Index(builder.build(), folder).writer(HEAP, 2)
        row = 0
        for batch in rows.to_batches(max_chunksize=10_000):
            for title, abstract, authors, keywords in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                document = tantivy.Document(row=row)
                document.add_text("title", title)
                document.add_text("abstract", abstract)
                for author in authors:
                    document.add_text("authors", author)
                for keyword in keywords:
                    document.add_text("keywords", keyword)
                writer.add_document(document)
                row += 1
        writer.commit()
        writer.wait_merging_threads()
        return {"index": time.perf_counter() - start, PROCESSOR: time.process_time() - used}


def explorer_topics(source: Path, topics: int, whole: int) -> dict[str, Any]:
    """Topics as the explorer finds them, on its sample or on all papers; seconds and the words of each."""
    from explorer.topics import factors
    from explorer.topics import model as module

    texts = texts_of(source)
    settings: dict[str, Any] = {}
    if whole:
        factors._ROUNDS, factors._TOLERANCE = SKLEARN_ROUNDS, SKLEARN_TOLERANCE
        settings["sample"] = len(texts)
    start, used = time.perf_counter(), time.process_time()
    model = module.TopicModel(topics, **settings).fit(texts)
    fitted = time.perf_counter()
    for at in range(0, len(texts), _CHUNK):
        model.transform(texts[at : at + _CHUNK])
    times = {"fit": fitted - start, "place": time.perf_counter() - fitted, PROCESSOR: time.process_time() - used}
    return {**times, "words": model.words_}


def sklearn_topics(source: Path, topics: int, whole: int) -> dict[str, Any]:
    """Topics by scikit-learn on as many papers, with the same rounds and tolerance; seconds and the words of each."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    from explorer.topics import factors
    from explorer.topics import model as module

    texts = texts_of(source)
    rounds, tolerance = (SKLEARN_ROUNDS, SKLEARN_TOLERANCE) if whole else (factors._ROUNDS, factors._TOLERANCE)
    chosen = range(len(texts))
    if not whole and len(texts) > module._SAMPLE:
        chosen = np.sort(np.random.default_rng(0).choice(len(texts), module._SAMPLE, replace=False))
    start, used = time.perf_counter(), time.process_time()
    vectorizer = TfidfVectorizer(stop_words="english", max_features=VOCABULARY, min_df=5, max_df=0.5, sublinear_tf=True)
    matrix = vectorizer.fit_transform([texts[i] for i in chosen])
    model = NMF(topics, init="nndsvda", random_state=0, max_iter=rounds, tol=tolerance)
    with warnings.catch_warnings():
        # It may stop at its last round.
        warnings.simplefilter("ignore")
        loads = model.fit_transform(matrix)
        fitted = time.perf_counter()
        if len(loads) < len(texts):
            for at in range(0, len(texts), _CHUNK):
                model.transform(vectorizer.transform(texts[at : at + _CHUNK]))
    vocabulary = vectorizer.get_feature_names_out()
    times = {"fit": fitted - start, "place": time.perf_counter() - fitted, PROCESSOR: time.process_time() - used}
    words = [[str(vocabulary[i]) for i in np.argsort(-row, kind="stable")[:10]] for row in model.components_]
    return {**times, "words": words}


def texts_of(source: Path) -> list[str]:
    """Title and abstract of each paper."""
    import pyarrow.parquet as pq

    rows = pq.read_table(source, columns=["title", "abstract"])
    return [f"{title} {abstract}" for title, abstract in zip(*(c.to_pylist() for c in rows.columns), strict=True)]


def coherence(models: dict[str, Sequence[Sequence[str]]], texts: Sequence[str]) -> dict[str, float]:
    """Mean normalised pointwise mutual information of pairs of a topic's words, over whole documents.

    -1 for words that never meet, 0 for independent ones, 1 for words that only come together (Bouma 2009; of the ten heaviest
    words, as in Lau, Newman and Baldwin 2014, doi:10.3115/v1/E14-1056, with documents for windows).

    Parameters
    ----------
    models : dict of str to sequence of sequence of str
        Words of each topic of each model.
    texts : sequence of str
        The documents; a word is in one if it stands there, in small letters, between signs or white space, with or without
        what a hyphen joins to it.
    """
    words = sorted({word for topics in models.values() for topic in topics for word in topic})
    place = {word: number for number, word in enumerate(words)}
    seen = np.zeros((len(texts), len(place)), bool)
    for row, text in enumerate(texts):
        lower = text.lower()
        found = {*re.findall(r"\w+", lower), *re.findall(r"\w[\w-]*", lower)}
        seen[row, [place[word] for word in found & place.keys()]] = True
    share = seen.mean(axis=0)

    def together(one: int, other: int) -> float:
        both = float(np.mean(seen[:, one] & seen[:, other]))
        if both in (0.0, 1.0):
            return -1.0 if both == 0.0 else 1.0
        return float(np.log(both / (share[one] * share[other])) / -np.log(both))

    return {
        name: float(np.mean([together(place[a], place[b]) for topic in topics for a, b in combinations(topic, 2)]))
        for name, topics in models.items()
    }


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "explorer": explorer_build,
    "tantivy": tantivy_alone,
    "topics": explorer_topics,
    "sklearn": sklearn_topics,
}


def measured(part: str, source: Path, *more: str) -> dict[str, Any]:
    """Run one part in a process of its own: `stages` and `processor` in seconds, `peak` memory in MB, `words` of topics."""
    command = [sys.executable, "-m", "benchmarks.build", "--part", part, str(source), *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _part(name: str, source: str, *more: str) -> None:
    given = [int(value) if value.isdigit() else value for value in more]
    stages = PARTS[name](Path(source), *given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform != "darwin" else 1e6)
    more = {name: stages.pop(name, None) for name in ("words", PROCESSOR)}
    print(json.dumps({**more, "stages": stages, "peak": peak}))


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], 100_000)
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="runs of everything, one after another")
    parser.add_argument("--no-whole", action="store_true", help="leave out the topics that are fitted on all papers")
    parser.add_argument("--part", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        _part(*options.part)
        return
    from explorer.topics.model import suggested_topics

    source = prepared(options.papers, options.data, options.snapshot)
    topics = str(suggested_topics(options.papers))
    runs = f"{options.repeat} run{'s, medians' if options.repeat > 1 else ''}, each part in a process of its own"
    conditions = [
        report.versions("tantivy", "scikit-learn", "pyarrow", "numpy"),
        f"{topics} topics; {runs}",
        SOURCES["arxiv"],
    ]
    report.heading(f"Build, {options.papers:,} papers", conditions)
    parts: dict[str, tuple[str, ...]] = {
        "explorer": ("explorer",),
        "tantivy, its stemming analyser": ("tantivy", "en_stem"),
        "tantivy, its default analyser": ("tantivy", "default"),
        OURS: ("topics", topics, "0"),
        PEER: ("sklearn", topics, "0"),
    }
    if not options.no_whole:
        parts |= {f"{OURS}, all papers": ("topics", topics, "1"), f"{PEER}, all papers": ("sklearn", topics, "1")}
    results: dict[str, list[dict[str, Any]]] = {}
    for _ in range(options.repeat):
        for name, (part, *more) in parts.items():
            results.setdefault(name, []).append(measured(part, source, *more))
    rows, total, busy = [], {}, {}
    for name, found in results.items():
        for stage in found[0]["stages"]:
            rows.append([f"{name}: {stage}", report.number(report.median([run["stages"][stage] for run in found])), "", "", ""])
        total[name] = report.median([sum(s for stage, s in run["stages"].items() if stage != AFTER) for run in found])
        busy[name] = report.median([run[PROCESSOR] for run in found])
        peak = report.number(max(run["peak"] for run in found))
        rate = report.number(options.papers / total[name])
        rows.append([f"**{name}: all**", report.number(total[name]), report.number(busy[name]), rate, peak])
    report.table(["stage", "seconds", "processor", "papers/s", "peak MB"], rows)
    texts = texts_of(source)
    held = coherence({name: found[0]["words"] for name, found in results.items() if found[0]["words"]}, texts)
    rows = []
    for name, value in held.items():
        base = OURS + (", all papers" if name.endswith(", all papers") else "")
        ratios = (f"{mine[base] / mine[name]:.2f}" for mine in (total, busy))
        rows.append([name, report.number(total[name]), report.number(busy[name]), *ratios, f"{value:.3f}"])
    head = ["topics", "seconds", "processor", "ours / its", "by processor"]
    report.table([*head, "coherence (NPMI of ten words, all papers)"], rows)
    rows = []
    for indexing in ("tantivy, its stemming analyser", "tantivy, its default analyser"):
        peers = [spent[indexing] + spent[PEER] for spent in (total, busy)]
        ratios = (f"{spent['explorer'] / peer:.2f}" for spent, peer in zip((total, busy), peers, strict=True))
        rows.append([f"{indexing} + {PEER}", *map(report.number, peers), *ratios])
    report.table(["peer", "seconds", "processor", "explorer / peer", "by processor"], rows)


if __name__ == "__main__":
    main()

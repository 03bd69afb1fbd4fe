"""From a Parquet file to a searchable corpus with topics: papers a second, peak memory, each stage by name.

``python -m benchmarks.build --papers 100000``. The peers of the same run index the same documents with tantivy alone, and fit
one scikit-learn NMF of as many topics on TF-IDF of the same titles and abstracts. Each part runs in a process of its own, so that
its peak memory (the high-water mark of its resident set) is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import arguments, prepared

HEAP = 256_000_000
"""Bytes of tantivy's writer, as the explorer's."""

AFTER = "concepts, once it can be searched"
"""A stage that no peer has, and without which the corpus is searched and explored; not part of the sum."""

VOCABULARY = 10_000
"""Words of the peer's document-term matrix, as many as the explorer's topic model keeps."""


def explorer_build(source: Path) -> dict[str, float]:
    """Seconds of each stage of reading, merging duplicates and `write_corpus`; and of what ranking by concepts takes."""
    from explorer.corpus.corpus import Corpus
    from explorer.dedupe.rules import Rules
    from explorer.sources.formats.registry import import_papers
    from explorer.sources.importing import merged
    from explorer.store.build import write_corpus

    stages: dict[str, float] = {}
    running, since = "read the file", time.perf_counter()

    def stage(name: str, part: float) -> None:
        nonlocal running, since
        if name != running:
            now = time.perf_counter()
            stages[running] = stages.get(running, 0.0) + now - since
            running, since = name, now

    read = import_papers(source)
    stage("duplicates", 0)
    table = merged(read, Rules())[0].table
    stage("content hash", 0)
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(table, Path(folder) / "corpus", progress=stage)
        stage("done", 0)
        start = time.perf_counter()
        Corpus(Path(folder) / "corpus").prepare_meaning()
        stages[AFTER] = time.perf_counter() - start
    return stages


def tantivy_alone(source: Path, tokenizer: str) -> dict[str, float]:
    """Seconds to index title, abstract, authors and keywords."""
    import pyarrow.parquet as pq
    import tantivy

    rows = pq.read_table(source, columns=["title", "abstract", "authors", "keywords"])
    builder = tantivy.SchemaBuilder()
    for name in rows.column_names:
        builder.add_text_field(name, tokenizer_name=tokenizer)
    builder.add_integer_field("row", fast=True)
    start = time.perf_counter()
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
        return {"index": time.perf_counter() - start}


def nmf_alone(source: Path, topics: int) -> dict[str, float]:
    """Seconds to vectorise titles and abstracts, and to fit one NMF with scikit-learn's defaults."""
    import warnings

    import pyarrow.parquet as pq
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = pq.read_table(source, columns=["title", "abstract"])
    texts = [f"{title} {abstract}" for title, abstract in zip(*(c.to_pylist() for c in rows.columns), strict=True)]
    start = time.perf_counter()
    weights = TfidfVectorizer(stop_words="english", max_features=VOCABULARY, min_df=5, max_df=0.5, sublinear_tf=True)
    matrix = weights.fit_transform(texts)
    vectorised = time.perf_counter()
    with warnings.catch_warnings():
        # It may stop at its default of 200 rounds.
        warnings.simplefilter("ignore")
        NMF(topics, random_state=0).fit(matrix)
    return {"vectorise": vectorised - start, "fit": time.perf_counter() - vectorised}


PARTS: dict[str, Callable[..., dict[str, float]]] = {
    "explorer": explorer_build,
    "tantivy": tantivy_alone,
    "nmf": nmf_alone,
}


def measured(part: str, source: Path, *more: str) -> dict[str, Any]:
    """Run one part in a process of its own: its `stages` in seconds and its `peak` resident memory in MB."""
    command = [sys.executable, "-m", "benchmarks.build", "--part", part, str(source), *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _part(name: str, source: str, *more: str) -> None:
    given = [int(value) if value.isdigit() else value for value in more]
    stages = PARTS[name](Path(source), *given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform != "darwin" else 1e6)
    print(json.dumps({"stages": stages, "peak": peak}))


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], 100_000)
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="runs of everything, one after another")
    parser.add_argument("--part", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        _part(*options.part)
        return
    from explorer.topics.model import suggested_topics

    source = prepared(options.papers, options.data)
    topics = suggested_topics(options.papers)
    runs = f"{options.repeat} run{'s, medians' if options.repeat > 1 else ''}, each part in a process of its own"
    conditions = [report.versions("tantivy", "scikit-learn", "pyarrow", "numpy"), f"{topics} topics; {runs}"]
    report.heading(f"Build, {options.papers:,} papers", conditions)
    results: dict[str, list[dict[str, Any]]] = {}
    for _ in range(options.repeat):
        for name, part, more in (
            ("explorer", "explorer", ()),
            ("tantivy, its stemming analyser", "tantivy", ("en_stem",)),
            ("tantivy, its default analyser", "tantivy", ("default",)),
            ("NMF", "nmf", (str(topics),)),
        ):
            results.setdefault(name, []).append(measured(part, source, *more))
    rows, total = [], {}
    for name, found in results.items():
        for stage in found[0]["stages"]:
            rows.append([f"{name}: {stage}", report.number(report.median([run["stages"][stage] for run in found])), "", ""])
        total[name] = report.median([sum(s for stage, s in run["stages"].items() if stage != AFTER) for run in found])
        peak = report.number(max(run["peak"] for run in found))
        rows.append([f"**{name}: all**", report.number(total[name]), report.number(options.papers / total[name]), peak])
    report.table(["stage", "seconds", "papers/s", "peak MB"], rows)
    fit = report.median([run["stages"]["fit"] for run in results["NMF"]])
    ratios = []
    for indexing in ("tantivy, its stemming analyser", "tantivy, its default analyser"):
        for label, seconds in (("one NMF fit", fit), ("vectorising and one NMF fit", total["NMF"])):
            peer = total[indexing] + seconds
            ratios.append([f"{indexing} + {label}", report.number(peer), f"{total['explorer'] / peer:.2f}"])
    report.table(["peer", "seconds", "explorer / peer"], ratios)


if __name__ == "__main__":
    main()

"""Searches typed letter by letter: from each key, as the page sends it, to all that it is sent back.

``python -m benchmarks.letters --papers 588000``. Processor's time of the kernel, all threads.
"""

from __future__ import annotations

import gc

import numpy as np

from benchmarks import report
from benchmarks.corpus import built
from benchmarks.data import SOURCES, arguments
from benchmarks.interaction import Times
from benchmarks.wire import Page
from explorer import Corpus

SEARCHES = (
    "reward model",
    "detecting planets around other stars",
    "quantum field theory",
    "quantum computing",
    "transformers",
    "a survey of",
    "convergence",
    "graph network",
    "neural",
    "dark matter halo",
    "spins",
)

AIM = 50
"""Milliseconds of a key at most."""


def timed(corpus: Corpus) -> list[tuple[float, str]]:
    """Milliseconds of the processor for each search as far as it is typed; before each the box is emptied."""
    # As a kernel that waited for its page.
    gc.collect()
    gc.freeze()
    corpus.snapshot.fetch()
    page = Page(corpus)
    times = Times()
    keys = [search[:end] for search in SEARCHES for end in range(1, len(search) + 1)]
    for before, key in zip(["", *keys], keys, strict=False):
        if not key.startswith(before):
            page.send("set", changes={"query": ""})
        times.of(lambda key=key: page.send("set", changes={"query": key}, typed=True))
    return list(zip(times.processor, keys, strict=True))


def main() -> None:
    options = arguments(__doc__.splitlines()[0], 100_000).parse_args()
    corpus = Corpus(built(options.papers, options.data, options.snapshot))
    found = timed(corpus)
    report.heading(
        f"Letter by letter, {len(corpus):,} papers",
        [report.versions("tantivy", "numpy", "pyarrow"), f"{len(found)} keys of {len(SEARCHES)} searches", SOURCES["arxiv"]],
    )
    taken = [time for time, _ in found]
    over = sum(time > AIM for time in taken)
    report.table(
        ["median ms", "p95 ms", "max ms", f"over {AIM} ms"],
        [[report.number(np.median(taken)), report.number(report.p95(taken)), report.number(max(taken)), over]],
    )
    report.table(["slowest", "ms"], [[key, report.number(time)] for time, key in sorted(found, reverse=True)[:12]])


if __name__ == "__main__":
    main()

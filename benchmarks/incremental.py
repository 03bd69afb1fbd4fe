"""Adding papers to a corpus: what it costs beside building as many, and beside building the whole.

``python -m benchmarks.incremental`` on the sample of `benchmarks.data`: 99,000 papers are built, 1,000 are added, found in the corpus or
not, and 1,000 are built alone. ``--whole 588000`` takes the larger corpus of `benchmarks.data`, ``--no-keywords`` the papers as if
they had come without keywords. Processor time of the process, user and system; each stage by name; and the time on the clock.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from benchmarks import report
from benchmarks.data import SAMPLE, SOURCES, arguments, prepared
from explorer import Corpus
from explorer.papers.ledger import Ledger
from explorer.sources.formats.registry import Import, read_files
from explorer.store.arrivals import match_arrivals


class Stages:
    """Processor time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "before", time.process_time()
        self._start = time.perf_counter()

    def __call__(self, stage: str, part: float = 0.0) -> None:
        """Count the time since the last call to its stage."""
        now = time.process_time()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def done(self) -> str:
        """All stages and their sum."""
        self("done")
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in self.seconds.items() if seconds >= 0.005)
        clock = time.perf_counter() - self._start
        return f"{sum(self.seconds.values()):7.2f} s of a core, {clock:.2f} s on the clock ({parts})"


def timed(label: str, task: Callable[[Stages], Any]) -> Any:
    """Run a task and print its stages."""
    stages = Stages()
    found = task(stages)
    print(f"{label:44} {stages.done()}", flush=True)
    return found


def measure(table: pa.Table, added: int, known: int, keywords: bool) -> None:
    """Print the price of each way."""
    if not keywords:
        place = table.column_names.index("keywords")
        table = table.set_column(place, "keywords", pa.nulls(len(table), table.schema.field(place).type))
    base, new = table.slice(0, len(table) - added), table.slice(len(table) - added)
    with tempfile.TemporaryDirectory() as folder:
        # What is imported when first used shall not be counted to the first that uses it.
        Corpus.from_papers(new.slice(0, 100), f"{folder}/warm").add(new.slice(100, 50))
        timed(f"build {added:,}", lambda say: Corpus.from_papers(new, f"{folder}/small", progress=say))
        corpus = timed(f"build {len(base):,}", lambda say: Corpus.from_papers(base, f"{folder}/large", progress=say))

        def add(rows: pa.Table, say: Stages) -> Corpus:
            came = Import(rows, Ledger(read=rows.num_rows, accepted=rows.num_rows))
            change = match_arrivals(came, corpus.snapshot, frozenset(), say).change
            return corpus.changed(change, progress=say)

        larger = timed(f"add {added:,} to {len(base):,}", lambda say: add(new, say))
        print(f"  {len(larger) - len(corpus):,} were new")
        corpus = larger
        again = base.slice(0, known)
        changed = again.set_column(
            again.column_names.index("venue"), "venue", pa.array(["Annals of Examples"] * known, pa.large_string())
        )
        larger = timed(f"add {known:,} that are there, with a venue", lambda say: add(changed, say))
        rules = larger.rules.never_merge("one", "other")
        larger = timed("keep another rule", lambda say: larger.decide(rules))
        paper = larger.merges["paper"][0]
        timed("take one merge back", lambda say: larger.split(paper, progress=say))


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--added", type=int, default=1_000)
    parser.add_argument("--known", type=int, default=1_000)
    parser.add_argument("--whole", type=int, default=SAMPLE)
    parser.add_argument("--no-keywords", action="store_true")
    options = parser.parse_args()
    report.heading("Adding to a corpus", [report.versions("tantivy", "scikit-learn", "pyarrow"), SOURCES["arxiv"]])
    table = read_files(prepared(max(options.whole, SAMPLE), options.data, options.snapshot)).table.slice(0, options.whole)
    measure(table, options.added, options.known, not options.no_keywords)


if __name__ == "__main__":
    main()

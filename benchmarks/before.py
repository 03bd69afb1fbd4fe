"""A corpus built, opened, and asked as the page asks, by two builds in turn: that of this checkout and one before.

``python -m benchmarks.before --before CHECKOUT [--papers N]``. The other checkout needs an environment of its own (``make`` makes
it in ``.venv``). Data: a Parquet file of papers, by default the arXiv sample of the shared data; any table that `explorer.validate`
takes serves. Processor time of the process, so that what else runs counts little; runs alternate, and ratios
are of pairs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import heading, median, number, p95, table

ROOT = Path(__file__).parent.parent

_ASK = """
import json, sys, time
from explorer import Dashboard, open_corpus
started = time.process_time()
corpus = open_corpus(sys.argv[1])
board = Dashboard(corpus)
opened = time.process_time() - started
changes = json.loads(sys.argv[2])
asked = []
changed = set()
board.observe(lambda change: changed.add(change["name"]))
for number, change in enumerate(changes):
    changed.clear()
    before = time.process_time()
    board._received(board, {"kind": "set", "seq": number + 1, "changes": change}, [])
    json.dumps({name: getattr(board, name) for name in changed}, default=str)
    asked.append(time.process_time() - before)
    assert board.status["level"] != "error", board.status
print(json.dumps({"opened": opened, "asked": asked}))
"""

_BUILD = """
import json, sys, time
import pyarrow.parquet as pq
from explorer import Corpus
table = next(pq.ParquetFile(sys.argv[1]).iter_batches(batch_size=int(sys.argv[3])))
import pyarrow as pa
frame = pa.Table.from_batches([table]).to_pandas()
started = time.process_time()
Corpus.from_papers(frame, sys.argv[2])
print(json.dumps({"built": time.process_time() - started}))
"""

_WORDS = "graph neural quantum galaxy reward model language matter topology learning network spin lattice random field".split()


def interactions(count: int) -> list[dict[str, object]]:
    """Changed queries, years and orders, none twice."""
    found: list[dict[str, object]] = []
    for turn in range(count):
        one, other = _WORDS[turn % len(_WORDS)], _WORDS[(turn * 7 + 3) % len(_WORDS)]
        found += [
            {"query": one if turn < len(_WORDS) else f"{one} {other}", "years": [None, None], "sort": "relevance"},
            {"years": [1995 + turn % 15, 2012 + turn % 7]},
            {"sort": ("newest", "oldest", "title")[turn % 3]},
        ]
    return found


def run(checkout: Path, program: str, *arguments: str) -> dict[str, object]:
    python = checkout / ".venv" / "bin" / "python"
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(python), "-c", program, *arguments], capture_output=True, text=True, check=True, cwd=checkout, env=environment
    )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", type=Path, required=True, metavar="CHECKOUT")
    data = Path(os.environ.get("LITEXPLORER_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument(
        "--parquet",
        type=Path,
        default=data / "arxiv" / "arxiv_100k.parquet",
        help="papers",
    )
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    builds = {"before": options.before.resolve(), "now": ROOT}
    changes = json.dumps(interactions(30))
    times: dict[str, dict[str, list[float]]] = {name: {"built": [], "opened": [], "median": [], "p95": []} for name in builds}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(options.runs):
            for name, checkout in builds.items():
                place = f"{folder}/{name}"
                if turn < 2:
                    built = run(checkout, _BUILD, str(options.parquet), place, str(options.papers))
                    times[name]["built"].append(float(str(built["built"])))
                answer = run(checkout, _ASK, place, changes)
                asked = answer["asked"]
                assert isinstance(asked, list)
                times[name]["opened"].append(float(str(answer["opened"])))
                times[name]["median"].append(median(asked))
                times[name]["p95"].append(p95(asked))
    heading(f"This build and the one before, {options.papers:,} papers", ("processor time, seconds; medians of runs in turn",))
    rows = []
    for what in ("built", "opened", "median", "p95"):
        before, now = (times[name][what] for name in ("before", "now"))
        ratios = [b / a for a, b in zip(before, now, strict=True)]
        rows.append([what, number(median(before)), number(median(now)), number(median(ratios))])
    table(("what", "before", "now", "now / before, paired"), rows)


if __name__ == "__main__":
    sys.exit(main())

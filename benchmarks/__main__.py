"""Run every benchmark, each in a process of its own, and print one report in markdown.

``python -m benchmarks > report.md``; ``--quick`` leaves the larger corpus out. The larger corpus takes about ten minutes to make
and to build the first time, and is kept in the cache folder. Without the folder of the data, ``--snapshot`` names arXiv's metadata,
``--retrieval`` a folder of test collections; what has no data here is left out, and said.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.data import SOURCES, arguments, data_folder

SMALL, LARGE = 100_000, 588_000

RUNS = (
    ("interaction", SMALL, ()),
    ("interaction", LARGE, ()),
    ("build", SMALL, ()),
    ("open", LARGE, ()),
    ("startup", SMALL, ()),
    ("ingest", None, ()),
    ("encodings", None, ()),
    ("incremental", None, ()),
    ("dedupe", None, ()),
    ("dedupe", None, ("--whole",)),
    ("retrieval", None, ("{retrieval}",)),
    ("retrieval", None, ("--latency", f"{SMALL}")),
    ("retrieval", None, ("--latency", f"{LARGE}")),
    ("arithmetic", SMALL, ()),
    ("arithmetic", LARGE, ()),
    ("library", None, ()),
    ("digest", SMALL, ()),
    ("digest_crash", None, ()),
    ("trending", None, ()),
    ("recommendations", None, ()),
)
"""Benchmark, number of papers it is told, and what else, in the order in which they run; ``{retrieval}`` is the folder of test collections."""


def main() -> int:
    parser = arguments((__doc__ or "").splitlines()[0])
    parser.add_argument("--retrieval", metavar="FOLDER", type=Path, help="test collections (default: retrieval/ of the data)")
    parser.add_argument("--quick", action="store_true", help=f"only with {SMALL:,} papers")
    options = parser.parse_args()
    folder = data_folder(options.data)
    retrieval = options.retrieval or folder / "retrieval"
    # Each looks there without being told.
    environment = {**os.environ, "LITEXPLORER_DATA": str(folder)}
    if options.snapshot:
        environment["LITEXPLORER_SNAPSHOT"] = options.snapshot
    failed = 0
    for name, papers, more in RUNS:
        if options.quick and (papers == LARGE or f"{LARGE}" in more):
            continue
        if "{retrieval}" in more and not retrieval.is_dir():
            print(f"\nretrieval left out: there is no folder {retrieval}. {SOURCES['retrieval']}", flush=True)
            continue
        told = ["--papers", str(papers)] if papers else []
        command = [sys.executable, "-m", f"benchmarks.{name}", *told, *(part.format(retrieval=retrieval) for part in more)]
        failed += subprocess.run(command, check=False, env=environment).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Run every benchmark, each in a process of its own, and print one report in markdown.

``python -m benchmarks > report.md``; ``--quick`` leaves the larger corpus out. The larger corpus takes about ten minutes to make
and to build the first time, and is kept in the cache folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from benchmarks.data import data_folder

SMALL, LARGE = 100_000, 588_000

RUNS = (
    ("interaction", SMALL, ()),
    ("interaction", LARGE, ()),
    ("build", SMALL, ()),
    ("open", LARGE, ()),
    ("startup", SMALL, ()),
    ("ingest", None, ()),
    ("incremental", None, ()),
    ("dedupe", None, ()),
    ("retrieval", None, ("{data}/retrieval",)),
    ("retrieval", None, ("--latency", f"{SMALL}")),
    ("retrieval", None, ("--latency", f"{LARGE}")),
    ("arithmetic", SMALL, ()),
    ("arithmetic", LARGE, ()),
)
"""Benchmark, number of papers it is told, and what else, in the order in which they run; ``{data}`` is the folder of the data."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", metavar="PATH", help="folder of the real data (default: LITEXPLORER_DATA, ../shared/data)")
    parser.add_argument("--quick", action="store_true", help=f"only with {SMALL:,} papers")
    options = parser.parse_args()
    folder = data_folder(options.data)
    # Each looks there without being told.
    environment = {**os.environ, "LITEXPLORER_DATA": str(folder)}
    failed = 0
    for name, papers, more in RUNS:
        if options.quick and (papers == LARGE or f"{LARGE}" in more):
            continue
        told = ["--papers", str(papers)] if papers else []
        command = [sys.executable, "-m", f"benchmarks.{name}", *told, *(part.format(data=folder) for part in more)]
        failed += subprocess.run(command, check=False, env=environment).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Run every benchmark, each in a process of its own, and print one report in markdown.

``python -m benchmarks > report.md``; ``--quick`` leaves the larger corpus out. The larger corpus takes about ten minutes to make
and to build the first time, and is kept in the cache folder.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

SMALL, LARGE = 100_000, 588_000

RUNS = (
    ("interaction", SMALL),
    ("interaction", LARGE),
    ("build", SMALL),
    ("open", LARGE),
    ("startup", SMALL),
)
"""Benchmark and number of papers, in the order in which they run."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", metavar="PATH", help="folder of the real data (default: LITEXPLORER_DATA, ../shared/data)")
    parser.add_argument("--quick", action="store_true", help=f"only with {SMALL:,} papers")
    options = parser.parse_args()
    data = ["--data", options.data] if options.data else []
    failed = 0
    for name, papers in RUNS:
        if options.quick and papers > SMALL:
            continue
        command = [sys.executable, "-m", f"benchmarks.{name}", "--papers", str(papers), *data]
        failed += subprocess.run(command, check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

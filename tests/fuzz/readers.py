"""Throw mutated files at a reader, guided by coverage.

``python -m fuzz.readers --reader ris -max_total_time=600 -rss_limit_mb=2048 -timeout=20`` from the folder ``tests`` runs one reader for
ten minutes; without ``--reader`` each takes its turn in a process of its own, and those that failed are named at the end. The other
options are libFuzzer's. A crash is any exception but `ReadError`, a ledger that does not balance, a file that takes more than the time or
the memory that is allowed; libFuzzer writes that file, and stops. ``archive`` is no format: it lets the content choose the reader, through
compression. Install ``atheris`` first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["explorer"]):
    from explorer.errors import ReadError
    from explorer.papers.ledger import Ledger
    from explorer.sources.formats.registry import FORMATS, read_files
    from explorer.sources.source import Source

from fuzz.seeds import SEEDS

READERS = {form.__name__.rpartition(".")[2]: form for form in FORMATS}  # type: ignore[attr-defined]


def _read(name: str, data: bytes) -> None:
    """Let one reader read a file; raise if it does anything but read or refuse it."""
    try:
        if name == "archive":
            read_files(Source("x", data=data))
            return
        ledger = Ledger()
        READERS[name].sniff(data)
        rows = sum(table.num_rows for table in READERS[name].read(Source("x", data=data), ledger))
    except ReadError:
        return
    ledger.check(rows)


def _fuzz(name: str, options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS[name]):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *options, corpus], lambda data: _read(name, data))
        atheris.Fuzz()


def main() -> int:
    """Run libFuzzer with the options of the command line; the exit status tells whether a reader failed."""
    options = sys.argv[1:]
    if "--reader" in options:
        place = options.index("--reader")
        name = options[place + 1]
        if name not in SEEDS:
            print(f"There is no reader {name!r}. The readers are: {', '.join(SEEDS)}.")
            return 2
        _fuzz(name, options[:place] + options[place + 2 :])
        return 0
    failed = []
    for name in SEEDS:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", "fuzz.readers", "--reader", name, f"-artifact_prefix={name}-", *options]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Throw mutated files at every reader, guided by coverage.

``python -m fuzz.readers -max_total_time=600 -rss_limit_mb=2048 -timeout=10`` from the folder ``tests`` runs for ten minutes; the options
are libFuzzer's. A crash is any exception but `ReadError`, a ledger that does not balance, a file that takes more than the time or
the memory that is allowed. Install ``atheris`` first.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["explorer"]):
    from explorer.errors import ReadError
    from explorer.formats import FORMATS
    from explorer.formats.source import Source
    from explorer.ledger import Ledger


def one_input(data: bytes) -> None:
    """Let the first byte choose the reader and the others be the file."""
    if not data:
        return
    form = FORMATS[data[0] % len(FORMATS)]
    ledger = Ledger()
    source = Source("x", data=data[1:])
    form.sniff(source.data or b"")
    try:
        rows = sum(table.num_rows for table in form.read(source, ledger))
    except ReadError:
        return
    ledger.check(rows)


def main() -> None:
    """Run libFuzzer with the options of the command line."""
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

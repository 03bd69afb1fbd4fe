"""Exports of many papers by two builds in turn: the memory they take above that of the opened corpus, and the time.

``python -m benchmarks.exports CORPUS --before CHECKOUT``. CORPUS is a corpus folder, such as that of the arXiv sample of the shared
data; the other checkout needs an environment of its own (``make`` makes it in ``.venv``). Each export runs in a process of its own
that has opened the corpus and drawn its first view. Memory is what the process itself took (anonymous, Linux); pages of the
mapped corpus, which all dashboards share, are not counted. What it still holds afterwards is told too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.before import run
from benchmarks.report import heading, number, table

ROOT = Path(__file__).parent.parent
FORMATS = ("bib", "ris", "json", "csv", "tsv", "xlsx", "jsonl", "parquet", "md", "html", "tex")

_EXPORT = """
import asyncio, json, sys, threading, time
from explorer import Dashboard, open_corpus

def own():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon"))

async def export():
    board = Dashboard(open_corpus(sys.argv[1]))
    # What a page that fetches keeps, it keeps elsewhere.
    board.send = lambda content, buffers=None: None
    board._received(board, {"kind": "export", "seq": 1, "format": sys.argv[2], "ticked": True}, [])
    before, peak, over = own(), 0, threading.Event()
    def watch():
        nonlocal peak
        while not over.is_set():
            peak = max(peak, own())
            time.sleep(0.005)
    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    board._received(board, {"kind": "export", "seq": 2, "format": sys.argv[2]}, [])
    while getattr(board, "exporting", None) is not None:
        await asyncio.sleep(0.01)
    took = time.perf_counter() - started
    over.set()
    watcher.join()
    assert "exported" in board.status["text"], board.status
    print(json.dumps({"peak": peak - before, "after": own() - before, "took": took}))

asyncio.run(export())
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--formats", nargs="+", default=FORMATS)
    options = parser.parse_args(arguments)
    heading("Exports: megabytes above those of the opened corpus", [f"{options.corpus.name}, exports of all its papers"])
    rows = []
    for form in options.formats:
        ours, theirs = (run(checkout, _EXPORT, str(options.corpus.resolve()), form) for checkout in (ROOT, options.before))
        peaks, left, took = ([float(side[key]) for side in (ours, theirs)] for key in ("peak", "after", "took"))  # type: ignore[arg-type]
        rows.append(
            [form, *(number(value / 1e6) for value in (*peaks, *left)), number(peaks[1] / max(peaks[0], 1)), *map(number, took)]
        )
    table(["format", "peak", "before: peak", "kept", "before: kept", "ratio", "s", "before: s"], rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

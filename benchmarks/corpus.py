"""The corpus folder that a benchmark opens: built once for a number of papers, and kept in the cache folder."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.data import label, prepared
from explorer import Corpus, CorpusError
from explorer.disk import cache_folder
from explorer.sources.formats.registry import read_files
from explorer.store.build import write_corpus


def built(papers: int, data: str | None = None, snapshot: str | None = None) -> Path:
    """Corpus folder of so many papers (see `benchmarks.data`), built if there is none that this version reads."""
    target = cache_folder() / "benchmarks" / f"corpus-{label(papers, snapshot)}"
    try:
        Corpus(target)
    except CorpusError:
        source = prepared(papers, data, snapshot)
        print(f"Building a corpus of {papers:,} papers …", file=sys.stderr)
        write_corpus(read_files(source).table, target, made={"name": f"arXiv, {papers:,}"})
    return target

"""A served corpus that the workers of a Dask cluster search, one of which dies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from explorer import Corpus, Selection
from explorer.corpus.opening import default_corpus
from explorer.dashboard.views.page import title_of

from . import servers
from .conftest import watched
from .driver import Board

sys.path.insert(0, str(Path(__file__).parent.parent))

from dask_cluster import Cluster, until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills workers by signal"),
    # A worker that is killed leaves connections behind, of which Dask tells by warnings.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

WORDS = ("model", "task", "arithmetic", "vision", "vectors", "merging", "reasoning", "numbers", "language", "learning")


INTERACTIONS = 200


@pytest.mark.slow
def test_interactions_while_a_worker_dies(browser: Browser, cache: Path, tmp_path: Path) -> None:
    """The page shows what a corpus without workers answers, before and after."""
    whole = Corpus.from_papers(default_corpus().papers, tmp_path / "corpus")
    titles = whole.papers["title"].to_list()
    cluster = Cluster(tmp_path)
    try:
        with (
            cluster.client(2) as client,
            servers.voila(tmp_path / "corpus", options=["--scheduler", cluster.address]) as server,
            watched(browser, server.host) as (page, watch),
        ):
            page.goto(server.url)
            board = Board(page, server, watch, voila=True).wait()
            for number in range(INTERACTIONS):
                # Never the same query again, and never the same papers as before.
                query = f"{WORDS[number % len(WORDS)]} OR (matrix{number} AND {WORDS[number // len(WORDS) % len(WORDS)]})"
                if number == INTERACTIONS // 2:
                    cluster.kill()
                expected = whole.results(Selection(query=query))
                board.search(query)
                shown = [title_of(titles[row]) for row in expected.rows(0, 25).tolist()]
                expect(board.titles).to_have_text(shown, timeout=30_000)
                board.shows(len(expected.rows()))
                expect(board.error).to_be_hidden()
            until(lambda: len(client.nthreads()) == 1)
    finally:
        cluster.end()

"""What several test files need: the real data where it is, the sample, a cache of their own."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import oracles
import pyarrow as pa
import pytest
from built import Build, Built
from examples import examples
from hypothesis import settings
from longest_first import longest_first

import explorer.server  # noqa: F401  (before nbformat, which would make the parsers that it keeps away)
from explorer import Corpus

# What is imported and collected stays: to look through it again and again for what nobody holds takes two fifths of the time of collecting.
gc.disable()

ROOT = Path(__file__).parent.parent
LONGEST = (
    "test_server", "test_pressure", "test_admission", "test_downloads", "test_wrong_types", "test_ready", "test_notebooks", "test_intake",
    "test_screening_queue", "test_screening", "test_store", "test_parts", "test_parts_dask", "test_same_likely_different", "test_docstrings",
)  # fmt: skip
"""Files that take longest, by the processor and by waiting for servers."""

# A landing is judged by the same examples each time; elsewhere every run looks at others. None fails because the machine is busy.
settings.register_profile("here", deadline=None, max_examples=examples(100))
settings.register_profile("ci", deadline=None, max_examples=examples(100), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_finish() -> None:
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items, Path(__file__).parent, LONGEST)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data: LITEXPLORER_DATA, else ../shared/data beside the checkout; tests that need it skip without it."""
    folder = Path(os.environ.get("LITEXPLORER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}; set LITEXPLORER_DATA to where it is")
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep corpora and saved searches that tests make out of the user's folders."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["LITEXPLORER_CACHE"] = str(folder)
    os.environ["LITEXPLORER_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The bundled papers."""
    return ROOT / "data" / "arithmetic.jsonl"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """`built(make, folder)` is a copy of the corpus that `make` builds in the folder it gets; it is built once, however many tests change one."""
    made: dict[Build, Path] = {}

    def copied(make: Build, folder: Path) -> Corpus:
        if make not in made:
            made[make] = make(tmp_path_factory.mktemp("built") / "corpus").folder
        return Corpus(shutil.copytree(made[make], folder))

    return copied


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Corpus, list[oracles.Paper]]]:
    """Corpora of random papers, each with its papers as records that have their `topic` too."""
    made = []
    for seed, count in enumerate((0, 1, 3, 40, 300)):
        papers = oracles.random_papers(seed, count)
        table = pa.Table.from_pylist(papers) if papers else pa.table({"title": pa.nulls(0, pa.string())})
        corpus = Corpus.from_papers(table, tmp_path_factory.mktemp("corpus") / "c")
        labels = [corpus.topics.labels[code] for code in corpus.topics.codes]
        made.append((corpus, [{**paper, "topic": label} for paper, label in zip(papers, labels, strict=True)]))
    return made

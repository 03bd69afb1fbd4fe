"""What several test files need: the real data where it is, the sample, a cache of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data: LITEXPLORER_DATA, else ../shared/data beside the checkout; tests that need it skip without it."""
    folder = Path(os.environ.get("LITEXPLORER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}; set LITEXPLORER_DATA to where it is")
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep corpora that tests make out of the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["LITEXPLORER_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The bundled papers."""
    return ROOT / "data" / "arithmetic.jsonl"

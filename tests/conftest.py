"""Fixtures that several test files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data, beside the project or where ``LITEXPLORER_DATA`` says; tests without it are skipped."""
    folder = Path(os.environ.get("LITEXPLORER_DATA", _BESIDE))
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder} of real data; name it in LITEXPLORER_DATA")
    return folder

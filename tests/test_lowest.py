"""The lowest versions of the ranges: each range has one, and the environment file says the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import lowest
import pytest

ROOT = Path(__file__).parent.parent


def test_every_range_has_a_lowest_version_and_the_environment_file_has_the_same_ranges() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert len(lowest.constraints(needed)) == len(needed)
    said = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert [requirement for requirement in needed if f"- {requirement}\n" not in said] == []


def test_a_range_without_a_lowest_version_is_refused() -> None:
    with pytest.raises(SystemExit, match="lowest version"):
        lowest.constraints(["lake<3"])


def test_the_core_is_there() -> None:
    assert [name for name in lowest.CORE if not (ROOT / "tests" / f"{name}.py").exists()] == []

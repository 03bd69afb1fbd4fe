"""Tests of the files that take longest come first: processes take files as they come, and a long one that begins last keeps one alone at work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest


def longest_first(items: list[pytest.Item], folder: Path, longest: Sequence[str]) -> None:
    """Put the tests of a folder in order, in the places that they have: those of the files named, as they are named, then the others."""
    places = [place for place, item in enumerate(items) if item.path.parent == folder]
    here = [items[place] for place in places]
    here.sort(key=lambda item: longest.index(item.path.stem) if item.path.stem in longest else len(longest))
    for place, item in zip(places, here, strict=True):
        items[place] = item

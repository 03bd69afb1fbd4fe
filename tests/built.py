"""A corpus that many tests change, each a copy of its own: it is built once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from explorer import Corpus

Build = Callable[[Path], Corpus]
"""Builds a corpus in the folder it gets."""
Built = Callable[[Build, Path], Corpus]
"""What the fixture `built` gives."""

"""Ids of papers as a column of the file: compressed JSON, read back with care."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path

from explorer.errors import LibraryError

_MOST_INFLATED = 512_000_000
"""Bytes of ids at most; a damaged file may say it holds more."""


def packed(ids: Sequence[str]) -> bytes:
    """Ids as the file keeps them."""
    return zlib.compress(json.dumps(list(ids), ensure_ascii=False).encode(), 1)


def unpacked(data: bytes, path: Path) -> list[str]:
    """Ids that the file keeps. Raises `LibraryError` where they are damaged."""
    try:
        inflate = zlib.decompressobj()
        ids = json.loads(inflate.decompress(data, _MOST_INFLATED))
    except (zlib.error, ValueError, RecursionError) as error:
        raise LibraryError(f"A saved search in {path} is damaged ({error}). Delete it and save it again.") from error
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise LibraryError(f"A saved search in {path} is damaged (no list of ids). Delete it and save it again.")
    return ids

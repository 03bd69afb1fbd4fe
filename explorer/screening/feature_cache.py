"""Features of reviews that were opened before, kept in the cache folder: a review that is opened again maps them instead of making them.

Each is a file ``screening/KEY.features`` of the cache, never one of the corpus, which who only reads does not write into. The key is a hash
of all that features are made of: the generation of the corpus, the records, abstracts that were filled in, words of the review's own, and
the code that reads words. What belongs to a generation that is gone is removed, and of all others what was used longest ago, where together
they take too much room. A file is arrays in the form of NumPy, one after another, each at a multiple of 64 bytes: the path of the
generation, the words, the arrays of `RecordFeatures`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray
from scipy import sparse

from explorer.disk import cache_folder, written_whole
from explorer.screening.features import WORDS, RecordFeatures

FEWEST = 1_000
"""Records of which features are kept; those of fewer are made in about a tenth of a second."""

MOST = 2_000_000_000
"""Bytes of all that is kept, but for the last: about that of ten reviews of 100,000 abstracts."""

_SUFFIX = ".features"
_ALIGNED = 64
_ARRAYS = tuple(field.name for field in fields(RecordFeatures) if field.name not in ("terms", "words"))


def feature_key(generation: Path, ids: Iterable[str], *made_of: object) -> str:
    """Name under which features are kept.

    Parameters
    ----------
    generation : Path
        Of the corpus; its name tells its content.
    ids : iterable of str
        Of the records, in order.
    *made_of : object
        What else they are made of, as plain values.
    """
    digest = hashlib.blake2b(repr((generation.name, _version(), made_of)).encode(), digest_size=16)
    digest.update(repr(list(ids)).encode())
    return digest.hexdigest()


@cache
def _version() -> str:
    """What tells the code that makes features from any other: whoever changes it need not think of this."""
    digest = hashlib.blake2b(digest_size=16)
    said = (np.__version__, scipy.__version__, sklearn.__version__, unicodedata.unidata_version, sys.byteorder)
    digest.update(repr(said).encode())
    here = Path(__file__).parent
    for path in (here / "features.py", here / WORDS, *sorted((here.parent / "text").glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _path(key: str) -> Path:
    return cache_folder() / "screening" / f"{key}{_SUFFIX}"


def kept_features(key: str) -> RecordFeatures | None:
    """The features kept under a key, memory-mapped; None where there are none, or not whole."""
    path = _path(key)
    try:
        with path.open("rb") as file:
            _, words, data, indices, indptr, *others = [_next(file, path) for _ in range(5 + len(_ARRAYS))]
        known = dict(zip(_ARRAYS, others, strict=True))
        terms: sparse.csr_matrix = sparse.csr_matrix((data, indices, indptr), shape=(len(indptr) - 1, len(known["mean"])))
    except (OSError, ValueError):
        return None
    # As they were written; to look would read all of them.
    terms.has_sorted_indices = terms.has_canonical_format = True
    # When it was used last.
    with contextlib.suppress(OSError):
        os.utime(path)
    named = _text(words).split("\n") if len(words) else []
    return RecordFeatures(terms=terms, words=np.array(named, object), **known)


def keep_features(key: str, features: RecordFeatures, generation: Path) -> None:
    """Keep features under a key, whole or not at all; where the cache cannot be written nothing happens."""
    path = _path(key)
    texts = (_bytes(str(generation.resolve())), _bytes("\n".join(features.words)))
    terms = features.terms
    others = (getattr(features, name) for name in _ARRAYS)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as (file,):
            for array in (*texts, terms.data, terms.indices, terms.indptr, *others):
                file.write(bytes(-file.tell() % _ALIGNED))
                np.lib.format.write_array(file, np.ascontiguousarray(array), (1, 0), allow_pickle=False)
        _tidy(path)


def _next(file: IO[bytes], path: Path) -> NDArray[Any]:
    """The array that comes next, over the mapping of its file: `numpy.memmap` itself runs Python at every slice."""
    file.seek(-file.tell() % _ALIGNED, os.SEEK_CUR)
    np.lib.format.read_magic(file)
    shape, _, kind = np.lib.format.read_array_header_1_0(file)
    start, length = file.tell(), int(np.prod(shape)) * kind.itemsize
    file.seek(length, os.SEEK_CUR)
    # Nothing cannot be mapped.
    return np.asarray(np.memmap(path, kind, "r", start, shape)) if length else np.empty(shape, kind)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(errors="surrogatepass"), np.uint8)


def _text(array: NDArray[Any]) -> str:
    return array.tobytes().decode(errors="surrogatepass")


def _tidy(newest: Path) -> None:
    """Remove what is of generations that are gone, and beyond `MOST` what was used longest ago."""
    known: list[tuple[float, Path]] = []
    for path in newest.parent.glob(f"*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            try:
                with path.open("rb") as file:
                    stale = not Path(_text(_next(file, path))).is_dir()
            except ValueError:
                stale = True
            if stale:
                path.unlink()
            elif path != newest:
                known.append((path.stat().st_mtime, path))
    taken = newest.stat().st_size
    for _, path in sorted(known, reverse=True):
        with contextlib.suppress(OSError):
            taken += path.stat().st_size
            if taken > MOST:
                path.unlink()

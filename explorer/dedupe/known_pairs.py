"""What was found of pairs of distinct values: papers that have several records give the same pairs of titles and names again and again."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.dedupe.scratch import Scratch

Keys = npt.NDArray[np.int64]

_MOST = 1 << 20
"""Pairs that are known at most: some ten megabytes, however many records there are."""


class KnownPairs:
    """What is known of pairs, each given as one number; a later one may take the place of an earlier one.

    Parameters
    ----------
    rows : int
        Records there are; of about four times as many pairs something is known at once, or of `_MOST`.
    scratch : Scratch
        Where it lies.
    kinds : dtype
        What is known, by name.

    Examples
    --------
    >>> known = KnownPairs(100, Scratch(), level=np.int8)
    >>> known.put(np.array([7, 9]), level=np.array([1, 2]))
    >>> found, values = known.get(np.array([9, 8]))
    >>> found.tolist(), values["level"].tolist()
    ([True, False], [2])
    """

    def __init__(self, rows: int, scratch: Scratch, **kinds: npt.DTypeLike) -> None:
        bits = min(max(4 * rows, 2).bit_length(), _MOST.bit_length() - 1)
        self._shift = np.uint64(64 - bits)
        # One more than the number of the pair; 0 where there is none.
        self._keys: Keys = scratch.zeros(1 << bits, np.int64)
        self._values: dict[str, npt.NDArray[Any]] = {name: scratch.zeros(1 << bits, kind) for name, kind in kinds.items()}

    def places(self, keys: Keys) -> Keys:
        """Where what is known of each pair is kept, among that of others."""
        places: Keys = ((keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> self._shift).astype(np.int64)
        return places

    def get(self, keys: Keys) -> tuple[npt.NDArray[np.bool_], dict[str, npt.NDArray[Any]]]:
        """Which of some pairs are known, and what is known of these."""
        places = self.places(keys)
        known = self._keys[places] == keys + 1
        return known, {name: values[places[known]] for name, values in self._values.items()}

    def put(self, keys: Keys, **values: npt.NDArray[Any]) -> None:
        """Keep what was found of pairs."""
        # Of several that have one place the last is kept, of all columns alike.
        places = self.places(keys)
        self._keys[places] = keys + 1
        for name, found in values.items():
            self._values[name][places] = found

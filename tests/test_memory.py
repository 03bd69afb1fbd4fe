"""Memory given back to the system, as the system tells it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.memory import apart, give_back

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="the system does not tell of mappings")


def resident(path: Path) -> int:
    """Kilobytes of a file that this process has at hand."""
    found, here = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        if line.split(" ")[0].count("-") == 1 and ":" not in line.split(" ")[0]:
            here = line.endswith(str(path))
        elif here and line.startswith("Rss:"):
            found += int(line.split()[1])
    return found


def mapped(folder: Path, mode: str) -> tuple[Path, np.ndarray]:
    path = folder.resolve() / f"{mode.replace('+', '')}.npy"
    np.save(path, np.arange(1 << 19))
    return path, np.load(path, mmap_mode=mode)  # type: ignore[arg-type]


def test_pages_of_a_folder_are_let_go_of_and_come_back(tmp_path: Path) -> None:
    path, array = mapped(tmp_path, "r")
    before = int(array.sum())
    assert resident(path) > 3_000
    give_back(tmp_path)
    assert resident(path) < 500
    assert int(array.sum()) == before == (1 << 19) * ((1 << 19) - 1) // 2


def test_other_folders_keep_theirs(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one more").mkdir()
    path, array = mapped(tmp_path / "one more", "r")
    array.sum()
    give_back(tmp_path / "one")
    give_back()
    assert resident(path) > 3_000


def test_what_was_written_to_a_private_copy_stays(tmp_path: Path) -> None:
    _, array = mapped(tmp_path, "c")
    array[:] = 7
    give_back(tmp_path)
    assert (array == 7).all()


@pytest.mark.parametrize("shape", [(3, 4), (0,), (0, 2)])
def test_an_array_apart_is_the_same_and_its_own(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    copy = apart(array)
    np.testing.assert_array_equal(copy, array)
    assert copy.dtype == array.dtype
    assert not np.shares_memory(copy, array)
    copy += 1


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone tells")
def test_freed_memory_goes_back() -> None:
    # Arrays below the size of a mapping of their own, with something that stays behind them.
    many = [np.ones(10_000) for _ in range(2_000)]
    last = many[-1]
    del many
    give_back()
    heap = sum(
        int(line.split()[1])
        for line in Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
        if line.startswith("Anonymous:")
    )
    held = [np.ones(10_000) for _ in range(2_000)]
    grown = sum(
        int(line.split()[1])
        for line in Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
        if line.startswith("Anonymous:")
    )
    assert grown - heap > 100_000
    assert len(held) == 2_000
    assert last.sum() == 10_000

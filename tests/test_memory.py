"""Memory given back to the system, as the system tells it."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.dedupe.imprint import same_venue
from explorer.dedupe.titles import other_languages
from explorer.memory import apart, give_back, remembered
from explorer.papers.author_names import display, parse_name
from explorer.papers.column_names import candidates
from explorer.papers.dates import edtf_of, finest, parse_date
from explorer.papers.edtf import read_edtf
from explorer.store.fulltext import _orders
from explorer.text.markup import plain_latex

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


def test_what_was_given_for_a_long_text_is_not_kept() -> None:
    asked: list[str] = []

    @remembered(2)
    def length(text: str) -> int:
        """Letters."""
        asked.append(text)
        return len(text)

    short, long = "reef", "reef " * 1000
    assert [length(text) for text in (short, long, short, long, short)] == [4, 5000, 4, 5000, 4]
    assert asked == [short, long, long]
    assert [length(text) for text in ("a", "b", short)] == [1, 1, 4]
    assert asked[-1] == short
    assert (length.__name__, length.__doc__) == ("length", "Letters.")


def test_of_several_texts_none_that_are_long_together_are_kept() -> None:
    asked: list[tuple[str | None, ...]] = []

    @remembered(8)
    def joined(*texts: str | None, end: str = "") -> str:
        asked.append(texts)
        return "".join(filter(None, texts)) + end

    long = "reef " * 50
    assert [joined("a", None), joined("a", None), joined("a", None, end="!"), joined(long, long)[:4]] == [
        "a",
        "a",
        "a!",
        "reef",
    ]
    assert joined(long, long) == long * 2
    assert asked == [("a", None), ("a", None), (long, long), (long, long)]


def beside_another(text: str) -> object:
    return same_venue(text, "journal of reefs"), other_languages(text, "the reefs of the sea")


def as_a_heading(text: str) -> object:
    return candidates([text])


@pytest.mark.parametrize(
    "read", [parse_date, edtf_of, read_edtf, parse_name, plain_latex, display, finest, beside_another, as_a_heading, _orders]
)
def test_cells_that_hold_whole_texts_leave_nothing_in_memory(read: Callable[[str], object]) -> None:
    """As where the columns of a table are out of step."""
    read(r"\textit{Tables}, of which some are made when the first text comes, 2024")
    tracemalloc.start()
    try:
        # Of 4.5 kB each.
        for number in range(40):
            read(f"{number} " + r"some words of a \textit{long} text in 2024, " * 100)
        assert tracemalloc.get_traced_memory()[0] < 80_000
    finally:
        tracemalloc.stop()

"""Features of a review that was opened before are mapped, bit for bit those that are made, and go with their corpus."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.screening import feature_cache
from explorer.screening.feature_cache import feature_key, keep_features, kept_features
from explorer.screening.features import RecordFeatures, record_features

TITLES = ["Sleep and memory of adults", "Sleep in old age", "Cats and memory", "हिन्दी sleep", None]
ABSTRACTS = ["We measured sleep of adults.", None, "Cats were measured.", "Sleep and memory.", ""]


@pytest.fixture
def generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a generation, and a cache."""
    monkeypatch.setenv("LITEXPLORER_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "corpus" / "g-0123456789abcdef-1"
    made.mkdir(parents=True)
    return made


def files(tmp_path: Path) -> list[str]:
    return sorted(path.stem for path in (tmp_path / "cache" / "screening").iterdir())


def check_same(one: RecordFeatures, other: RecordFeatures) -> None:
    assert one.words.tolist() == other.words.tolist()
    assert one.names == other.names
    for name in ("data", "indices", "indptr"):
        before, after = getattr(one.terms, name), getattr(other.terms, name)
        assert before.dtype == after.dtype
        assert before.tobytes() == after.tobytes()
    for name in ("pairs", "study", "mean", "by_study", "by_review"):
        before, after = getattr(one, name), getattr(other, name)
        assert (before.dtype, before.shape, before.tobytes()) == (after.dtype, after.shape, after.tobytes())
    assert (one.terms[[0, 2]] @ np.ones(one.terms.shape[1])).tolist() == (
        other.terms[[0, 2]] @ np.ones(one.terms.shape[1])
    ).tolist()


@pytest.mark.parametrize("titles", [TITLES, ["1", None, "2", "?", ""]], ids=["words", "no words"])
def test_kept_features_are_those_that_were_made(generation: Path, titles: list[str | None]) -> None:
    made = record_features(titles, ABSTRACTS if titles is TITLES else [None] * 5)
    keep_features("one", made, generation)
    kept = kept_features("one")
    assert kept is not None
    check_same(made, kept)
    assert kept_features("another") is None


def test_whatever_features_are_made_of_changes_the_key(generation: Path) -> None:
    keys = [
        feature_key(generation, ["a", "b"], [], "walking"),
        feature_key(generation, ["b", "a"], [], "walking"),
        feature_key(generation, ["a", "b"], [("a", "an abstract")], "walking"),
        feature_key(generation, ["a", "b"], [], "singing"),
        feature_key(generation.with_name("g-0123456789abcdef-2"), ["a", "b"], [], "walking"),
    ]
    assert len(set(keys)) == len(keys)
    assert feature_key(generation, iter(["a", "b"]), [], "walking") == keys[0]


def test_a_file_that_is_not_whole_is_none(generation: Path, tmp_path: Path) -> None:
    keep_features("one", record_features(TITLES, ABSTRACTS), generation)
    path = tmp_path / "cache" / "screening" / "one.features"
    whole = path.read_bytes()
    for data in (b"", whole[:100], whole[: len(whole) // 2], b"no features" * 100):
        path.write_bytes(data)
        assert kept_features("one") is None
    keep_features("one", record_features(TITLES, ABSTRACTS), generation)
    assert path.read_bytes() == whole


def test_what_is_of_no_corpus_any_more_and_what_is_too_much_goes(
    generation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_features(TITLES, ABSTRACTS)
    gone = generation.with_name("g-0123456789abcdef-0")
    gone.mkdir()
    keep_features("stale", made, gone)
    for number, name in enumerate(("first", "second")):
        keep_features(name, made, generation)
        os.utime(tmp_path / "cache" / "screening" / f"{name}.features", (number, number))
    shutil.rmtree(gone)
    assert kept_features("first") is not None  # used just now, as the second was not
    monkeypatch.setattr(feature_cache, "MOST", 2.5 * (tmp_path / "cache" / "screening" / "first.features").stat().st_size)
    keep_features("third", made, generation)
    assert files(tmp_path) == ["first", "third"]


def test_without_a_cache_that_can_be_written_nothing_is_kept(generation: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    keep_features("one", record_features(TITLES, ABSTRACTS), generation)
    assert kept_features("one") is None

"""Looking for papers that are there already: told as it goes on, stopped at every report, the same whoever listens."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import oracles
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import Corpus
from explorer.papers.ledger import Entry, Ledger
from explorer.papers.schema import to_table
from explorer.sources.formats.registry import Import
from explorer.store.arrivals import Arrivals, match_arrivals


class Stop(Exception):
    pass


def came(rows: list[dict[str, object]]) -> Import:
    table = to_table(pa.Table.from_pylist(rows))
    return Import(table, Ledger(read=len(rows), accepted=len(rows)))


def state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def papers(seed: int, count: int) -> list[dict[str, object]]:
    return [{**paper, "keywords": None} for paper in oracles.random_papers(seed, count)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    table = to_table(pa.Table.from_pylist(papers(1, 60)))
    return Corpus.from_papers(table, tmp_path_factory.mktemp("arrivals") / "corpus", n_topics=3)


@pytest.fixture(scope="module")
def arriving() -> Import:
    """Forty papers that the corpus has, fifty that it lacks, and twenty of these once more in other letters."""
    there, new = papers(1, 60)[:40], [{**paper, "id": f"n{row}"} for row, paper in enumerate(papers(2, 50))]
    twice = [{**paper, "id": f"t{row}", "title": str(paper["title"] or "").upper()} for row, paper in enumerate(new[:20])]
    return came([*there, *new, *twice])


def outcome(arrivals: Arrivals) -> list[object]:
    change = arrivals.change
    return [
        arrivals.papers.table.to_pylist(),
        arrivals.additions.table.to_pylist(),
        arrivals.additions.ledger.notes,
        change.rows.tolist(),
        change.replaced.to_pylist() if change.replaced else None,
        change.merges.records.to_pylist() if change.merges else None,
    ]


def stopped(work: Callable[[Callable[[str, float], None]], object], reports: int) -> None:
    """Do some work as often as it reports, stopped at another report each time."""
    for last in range(reports):
        left = iter(range(last))

        def stop(stage: str, part: float, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise Stop

        with pytest.raises(Stop):
            work(stop)


def test_a_comparison_tells_how_far_it_is(corpus: Corpus, arriving: Import) -> None:
    said: list[tuple[str, float]] = []
    match_arrivals(arriving, corpus.snapshot, frozenset(), lambda stage, part: said.append((stage, part)))
    parts = [part for _, part in said]
    assert {stage for stage, _ in said} == {"comparing"}
    assert parts == sorted(parts)
    assert len(set(parts)) > 20
    assert 0 <= parts[0] <= parts[-1] <= 1


def test_a_comparison_stopped_at_any_report_changes_nothing(corpus: Corpus, arriving: Import) -> None:
    said: list[float] = []
    before, table, notes = state(corpus.folder), arriving.table.to_pylist(), list(arriving.ledger.notes)
    first = outcome(match_arrivals(arriving, corpus.snapshot, frozenset(), lambda stage, part: said.append(part)))
    stopped(lambda say: match_arrivals(arriving, corpus.snapshot, frozenset(), say), len(said))
    assert state(corpus.folder) == before
    assert (arriving.table.to_pylist(), arriving.ledger.notes) == (table, notes)
    assert outcome(match_arrivals(arriving, corpus.snapshot, frozenset(), lambda stage, part: None)) == first


@pytest.mark.parametrize("how", ["add", "new"])
def test_a_build_stopped_at_any_report_changes_nothing(
    corpus: Corpus, arriving: Import, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a few papers are reported as many are.
    monkeypatch.setattr("explorer.text.keyphrases._OFTEN", 20)
    arrivals = match_arrivals(arriving, corpus.snapshot, frozenset(), lambda stage, part: None)

    def build(say: Callable[[str, float], None], folder: Path = corpus.folder) -> Corpus:
        if how == "add":
            return Corpus(folder).changed(arrivals.change, progress=say)
        return Corpus.from_papers(arrivals.papers.table, folder, n_topics=3, progress=say)

    said: list[tuple[str, float]] = []
    fresh = tmp_path / "fresh"
    shutil.copytree(corpus.folder, fresh)
    build(lambda stage, part: said.append((stage, part)), fresh)
    facets = [part for stage, part in said if stage == "facets"]
    assert facets == sorted(facets)
    assert len(set(facets)) > 5
    assert 0 <= facets[0] <= facets[-1] <= 1
    before = state(corpus.folder)
    stopped(build, len(said))
    assert state(corpus.folder) == before


def test_a_record_is_kept_apart_from_a_paper_of_its_file_and_one_of_the_corpus(tmp_path: Path) -> None:
    same = {"title": "On the tides of an inland sea", "year": 2020, "doi": "10.1000/tides"}
    corpus = Corpus.from_papers(to_table(pa.Table.from_pylist([{"id": "p", **same}])), tmp_path / "c")
    read = came([{"id": "a", **same}, {"id": "b", **same}])
    decisions = frozenset({(*read.origin(1), "a"), (*read.origin(1), "p")})
    found = match_arrivals(read, corpus.snapshot, decisions, lambda stage, part: None)
    assert found.additions.table["id"].to_pylist() == ["b"]
    assert found.change.rules is not None
    assert found.change.rules.never == {("a", "b"), ("b", "p")}


@given(st.sets(st.integers(1, 12)), st.sampled_from(["rejected", "merged"]))
def test_records_without_a_row_have_a_number_too(passed: set[int], action: str) -> None:
    rows = 12 - len(passed)
    table = to_table(pa.table({"id": [f"r{row}" for row in range(rows)], "title": ["A fen"] * rows, "source": ["f"] * rows}))
    notes = [Entry("f", None, number, action, "", "", "", "") for number in sorted(passed, reverse=True)]
    read = Import(table, Ledger(read=12, accepted=rows, rejected=12 - rows, notes=notes))
    stand = [number for number in range(1, 13) if number not in passed]
    assert [read.origin(row) for row in range(rows)] == [("f", number) for number in stand]

"""A generation made from the one before, against one that is built from the same papers."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import oracles
import pyarrow as pa
import pytest

from explorer import Corpus, Selection, open_corpus
from explorer.dedupe.deduplication import Rules
from explorer.dedupe.merges import Change
from explorer.papers.schema import to_table
from explorer.store.build import write_columns, write_corpus
from explorer.store.extend import extend_columns, extend_corpus


def papers(seed: int, count: int, **changed: object) -> pa.Table:
    drawn = [{**paper, **changed} for paper in oracles.random_papers(seed, max(count, 1))]
    return to_table(pa.Table.from_pylist(drawn)).slice(0, count)


def written(folder: Path) -> dict[str, object]:
    """What a folder holds, as plain values; words of one beginning are in any order."""
    found: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".npy":
            array = np.load(path)
            found[path.name] = (str(array.dtype), array.tolist())
        elif path.suffix == ".arrow":
            found[path.name] = pa.ipc.open_file(path).read_all().to_pydict()
        else:
            found[path.name] = path.read_bytes()
    for name in ("venues", "authors", "keywords"):
        keys, codes = (found.pop(f"{name}.{part}.npy") for part in ("words", "wordcodes"))
        found[f"{name} words"] = sorted(zip(keys[1], codes[1], strict=True))  # type: ignore[index]
    return found


@pytest.mark.parametrize("seed", range(12))
def test_columns_are_as_if_built_from_the_whole(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    # The last generation of each kind is made from one that was extended itself.
    table = papers(seed, draw.choice((1, 2, 30, 60)))
    for step in range(3):
        (tmp_path / f"{step}").mkdir()
        if step == 0:
            write_columns(table, tmp_path / "0")
            continue
        count = draw.randint(0, 12)
        new = papers(1000 * seed + step, count, **({"venue": "  Anew", "published": None} if draw.random() < 0.3 else {}))
        replaced = draw.sample(range(table.num_rows), draw.randint(0, min(count, table.num_rows)))
        rows = np.array([*replaced, *range(table.num_rows, table.num_rows + count - len(replaced))], np.int64)
        records = [*table.to_pylist(), *[{}] * (count - len(replaced))]
        for row, record in zip(rows.tolist(), new.to_pylist(), strict=True):
            records[row] = record
        table = pa.Table.from_pylist(records, table.schema)
        extend_columns(table, new, rows, tmp_path / f"{step - 1}", tmp_path / f"{step}")
        (tmp_path / f"fresh{step}").mkdir()
        write_columns(table, tmp_path / f"fresh{step}")
        assert written(tmp_path / f"{step}") == written(tmp_path / f"fresh{step}")


def columns(table: pa.Table, folder: Path) -> Path:
    folder.mkdir()
    write_columns(table, folder)
    return folder


def extended(table: pa.Table, new: pa.Table, before: Path, folder: Path) -> tuple[pa.Table, Path]:
    whole = pa.concat_tables([table, new])
    folder.mkdir()
    extend_columns(whole, new, np.arange(table.num_rows, whole.num_rows), before, folder)
    return whole, folder


def test_key_phrases_are_learnt_anew_once_a_tenth_came(tmp_path: Path) -> None:
    table = papers(1, 100, keywords=None)
    before = columns(table, tmp_path / "before")
    whole, few = extended(table, papers(2, 10, keywords=None), before, tmp_path / "few")
    had, has = (written(folder) for folder in (before, few))
    assert has["keywords.phrases.arrow"] == had["keywords.phrases.arrow"]
    assert "keywords.derived" in has
    # The papers that were there keep theirs, and those that came have some of the same.
    phrases = pa.ipc.open_file(few / "keywords.values.arrow").read_all()["value"].to_pylist()
    known = pa.ipc.open_file(before / "keywords.phrases.arrow").read_all()["spelling"].to_pylist()
    assert set(phrases) <= set(known)
    of = [[phrases[code] for code in np.load(few / "keywords.codes.npy")[slice(*ends)]] for ends in _ends(few)]
    old = pa.ipc.open_file(before / "keywords.values.arrow").read_all()["value"].to_pylist()
    assert of[:100] == [[old[code] for code in np.load(before / "keywords.codes.npy")[slice(*ends)]] for ends in _ends(before)]
    assert any(of[100:])
    whole, many = extended(whole, papers(3, 1, keywords=None), few, tmp_path / "many")
    assert written(many) == written(columns(whole, tmp_path / "fresh"))


def _ends(folder: Path) -> list[tuple[int, int]]:
    starts = np.load(folder / "keywords.starts.npy").tolist()
    return list(itertools.pairwise(starts))


def test_a_few_keywords_do_not_take_the_place_of_key_phrases(tmp_path: Path) -> None:
    table, new = papers(1, 100, keywords=None), papers(2, 7, keywords=["Zebras"])
    before = columns(table, tmp_path / "before")
    whole, after = extended(table, new, before, tmp_path / "after")
    assert (after / "keywords.derived").exists()
    values = pa.ipc.open_file(after / "keywords.values.arrow").read_all()["value"].to_pylist()
    of = [[values[code] for code in np.load(after / "keywords.codes.npy")[slice(*ends)]] for ends in _ends(after)]
    # Papers that came with keywords have their own, the others keep their phrases.
    assert of[100:] == [["Zebras"]] * 7
    old = pa.ipc.open_file(before / "keywords.values.arrow").read_all()["value"].to_pylist()
    assert of[:100] == [[old[code] for code in np.load(before / "keywords.codes.npy")[slice(*ends)]] for ends in _ends(before)]
    assert sum(map(bool, of[:100])) > 50


def test_keywords_take_the_place_of_key_phrases(tmp_path: Path) -> None:
    table, new = papers(1, 100, keywords=None), papers(2, 12, keywords=["Zebras"])
    before = columns(table, tmp_path / "before")
    whole, after = extended(table, new, before, tmp_path / "after")
    assert written(after) == written(columns(whole, tmp_path / "fresh"))
    assert not (after / "keywords.derived").exists()
    assert not (after / "keywords.phrases.arrow").exists()
    # As in a generation of an earlier version, which kept no phrases.
    (before / "keywords.phrases.arrow").unlink()
    for number, some in enumerate((new, papers(3, 2, keywords=None))):
        whole, after = extended(table, some, before, tmp_path / f"after{number}")
        assert written(after) == written(columns(whole, tmp_path / f"fresh{number}"))


def test_a_corpus_without_papers_grows(tmp_path: Path) -> None:
    table, new = papers(1, 0), papers(2, 20)
    whole, after = extended(table, new, columns(table, tmp_path / "before"), tmp_path / "after")
    assert written(after) == written(columns(whole, tmp_path / "fresh"))


def test_rules_leave_all_that_is_made_from_papers(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(papers(1, 60), tmp_path / "c")
    corpus.ranker.prepare_meaning()
    hidden = tmp_path / "c" / corpus.manifest["generation"] / ".meaning-half"
    hidden.mkdir()
    ranked = corpus.rank("graph")
    decided = corpus.decide(Rules().never_merge("a", "b"))
    assert decided.rules == Rules().never_merge("a", "b")
    assert decided.ranker.meaning_ready
    assert decided.rank("graph").equals(ranked)
    assert not list(decided.snapshot.generation.rglob(".meaning-half"))
    fresh = open_corpus(tmp_path / "c")
    for selection in (Selection(query="graph"), Selection(sort="title"), Selection(authors=("Lee",))):
        assert fresh.results(selection).rows().tolist() == corpus.results(selection).rows().tolist()
    assert fresh.manifest["made"]["topics"] == corpus.manifest["made"]["topics"]
    # Papers that come are another matter, and rules that were there before stay.
    extend_corpus(Change(papers(2, 1)), tmp_path / "c")
    assert not open_corpus(tmp_path / "c").ranker.meaning_ready
    assert open_corpus(tmp_path / "c").rules == decided.rules


def test_a_paper_that_is_replaced_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.store.paper_files.FILE", 10)
    table, better = papers(1, 34), papers(2, 2)
    write_corpus(table, tmp_path / "c", n_topics=3)
    before = open_corpus(tmp_path / "c")
    links = {path.name: path.stat().st_ino for path in before.snapshot.generation.glob("papers.*")}
    assert len(links) == 4
    assert before.table.equals(table)
    extend_corpus(Change(papers(3, 15), rows=np.array([29, 12]), replaced=better), tmp_path / "c")
    records = [*table.to_pylist(), *papers(3, 15).to_pylist()]
    records[29], records[12] = better.to_pylist()
    assert open_corpus(tmp_path / "c").table.to_pylist() == records
    now = {path.name: path.stat().st_ino for path in open_corpus(tmp_path / "c").snapshot.generation.glob("papers.*")}
    assert {name for name, inode in now.items() if links.get(name) == inode} == {"papers.0.arrow", "papers.3.arrow"}
    assert len(now) == 6

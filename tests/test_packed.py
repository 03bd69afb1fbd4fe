"""Abstracts packed in a corpus: every way of reading them gives what a plain table gives; folders of earlier versions open too."""

from __future__ import annotations

import functools
import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from earlier import unseal
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, open_corpus
from explorer.cli.main import main
from explorer.dedupe.merges import Change
from explorer.disk import record_files
from explorer.errors import CorpusError
from explorer.papers.paper_table import LEAST, PACKED, STORED, Packing, PaperTable, learn_packing, packed
from explorer.papers.rows import gathered
from explorer.papers.schema import TEXT, to_table
from explorer.ranking.arrays import MEMORY, ShortColumn
from explorer.ranking.terms import TermIndex
from explorer.store.build import write_corpus
from explorer.store.extend import extend_corpus
from explorer.store.paper_files import DICTIONARY, Texts, read_file, read_table

texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@functools.cache
def made() -> pa.Table:
    """Papers enough for their abstracts to be packed."""
    return to_table(pa.Table.from_pylist(oracles.random_papers(7, LEAST + 100)))


@functools.cache
def learnt() -> Packing:
    packing = learn_packing(made())
    assert packing is not None
    return packing


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("packed") / "c"
    write_corpus(made(), folder, n_topics=4)
    found = open_corpus(folder)
    found.ranker.prepare_meaning()
    return found


def as_stored(table: pa.Table, cuts: list[int]) -> PaperTable:
    """A table as its files have it: each run of rows a file of its own, every other one by a version that packed nothing."""
    edges = [0, *sorted(cut for cut in cuts if cut < table.num_rows), table.num_rows]
    parts = []
    for number, (start, stop) in enumerate(itertools.pairwise(edges)):
        part = table.slice(start, stop - start)
        plain = part.set_column(part.column_names.index(PACKED), PACKED, part.column(PACKED).cast(STORED))
        parts.append(packed(part, learnt()) if number % 2 == 0 else plain)
    return PaperTable(pa.concat_tables(parts), learnt())


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), texts), max_size=30),
    st.lists(st.integers(0, 29), max_size=4),
    st.randoms(),
    st.data(),
)
def test_a_packed_table_answers_as_a_plain_one(values: list[Any], cuts: list[int], drawn: Any, data: st.DataObject) -> None:
    # Texts of the kind that the dictionary was learnt from, which become shorter, and any other.
    known = [text for text in made().column(PACKED).to_pylist() if text]
    rows = [(number, text if number % 3 else known[number]) for number, text in values]
    plain = pa.table(
        {
            "id": pa.array([str(row[0]) for row in rows], TEXT),
            PACKED: pa.array([row[1] for row in rows], TEXT),
            "n": range(len(rows)),
        }
    )
    table = as_stored(plain, cuts)
    count = plain.num_rows
    assert (len(table), table.num_rows, table.column_names) == (count, count, plain.column_names)
    assert table.schema == plain.schema
    assert table.whole.equals(plain)
    column = table.column(PACKED)
    assert (len(column), column.null_count) == (count, plain.column(PACKED).null_count)
    assert column.to_pylist() == [column[row].as_py() for row in range(count)] == plain.column(PACKED).to_pylist()
    assert table.column("n").to_pylist() == list(range(count))
    assert table.select(["n", "id"]).equals(plain.select(["n", "id"]))
    start = data.draw(st.integers(0, count))
    stop = data.draw(st.integers(start, count))
    assert column.slice(start, stop - start).to_pylist() == plain.column(PACKED).slice(start, stop - start).to_pylist()
    assert table.slice(start, stop - start).equals(plain.slice(start, stop - start))
    assert table.between(start, stop).whole.equals(plain.slice(start, stop - start))
    some = data.draw(st.lists(st.integers(0, count - 1))) if count else []
    taken = pa.array(some, pa.int64())
    assert table.take(taken).equals(plain.take(taken))
    assert gathered(table.select([PACKED, "n"]), np.array(some, np.int64)).equals(plain.select([PACKED, "n"]).take(taken))
    mask = pa.array([drawn.random() < 0.5 for _ in range(count)], pa.bool_())
    assert table.filter(mask).equals(plain.filter(mask))
    batches = list(table.select(["id", PACKED]).to_batches(7))
    assert all(len(batch) <= 7 for batch in batches)
    assert [row for batch in batches for row in batch.to_pylist()] == plain.select(["id", PACKED]).to_pylist()


def test_no_text_begins_as_a_packed_one_does() -> None:
    frame = learnt().pack(made().column(PACKED)[3].as_py())
    with pytest.raises(UnicodeDecodeError):
        frame[:4].decode()


def test_abstracts_are_packed_from_two_thousand_papers_on(corpus: Corpus, tmp_path: Path) -> None:
    table, generation = made(), corpus.snapshot.generation
    file = read_file(generation / "papers.0.arrow")
    assert file.schema.field(PACKED).type == STORED
    assert file.column(PACKED).nbytes < table.column(PACKED).nbytes
    assert corpus.table.equals(table)
    write_corpus(table.slice(0, LEAST - 1), tmp_path / "few", n_topics=4)
    few = open_corpus(tmp_path / "few").snapshot
    assert not (few.generation / DICTIONARY).exists()
    assert few.table.whole.equals(table.slice(0, LEAST - 1))


def test_texts_are_the_same_read_one_by_one_and_together(corpus: Corpus) -> None:
    texts: Any = Texts(corpus.snapshot.table)
    assert len(texts) > 2_000
    assert list(texts) == [texts[row] for row in range(len(texts))]


def test_texts_with_nothing_in_common_stay_as_they_are(tmp_path: Path) -> None:
    rows = [{"id": str(number), "title": f"Number {number}", "abstract": None} for number in range(LEAST)]
    table = to_table(pa.Table.from_pylist(rows, pa.schema([("id", TEXT), ("title", TEXT), ("abstract", TEXT)])))
    write_corpus(table, tmp_path / "c", n_topics=2)
    assert open_corpus(tmp_path / "c").table.equals(table)


def as_before(folder: Path) -> None:
    """Make a corpus folder one of the version before: the files that it wrote, by its names, of its types."""
    (generation,) = folder.glob("g-*")
    for path in generation.glob("papers.*.arrow"):
        part = read_file(path)
        texts = [None if kept is None else learnt().unpack(kept).decode() for kept in part.column(PACKED).to_pylist()]
        plain = part.set_column(part.column_names.index(PACKED), PACKED, pa.array(texts, TEXT))
        path.unlink()
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, plain.schema) as writer:
            writer.write_table(plain.combine_chunks())
    (generation / DICTIONARY).unlink()
    for path in generation.glob("*.starts.npy"):
        np.save(path, np.load(path).astype(np.int64))
    meaning = generation / "meaning-4"
    index = TermIndex.open(meaning)
    tokens = np.concatenate([index.words(row) for row in range(index.n_papers)]).astype(np.int32)
    rows = np.concatenate([index.papers(term) for term in range(len(index.terms_))]).astype(np.int32)
    for path in [*meaning.glob("terms_tokens_*.npy"), *meaning.glob("terms_gaps_*.npy")]:
        path.unlink()
    np.save(meaning / "terms_tokens.npy", tokens)
    np.save(meaning / "terms_rows.npy", rows)
    record_files(meaning)
    record_files(generation)
    unseal(folder)


@pytest.fixture(scope="module")
def older(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("older") / "c"
    write_corpus(made(), folder, n_topics=4)
    open_corpus(folder).ranker.prepare_meaning()
    as_before(folder)
    return open_corpus(folder)


def test_a_corpus_of_the_version_before_gives_the_same_answers(corpus: Corpus, older: Corpus, capsys: Any) -> None:
    assert main(["check", str(older.folder)]) == 0
    assert older.table.equals(corpus.table)
    assert corpus.table is corpus.table, "abstracts are unpacked once"
    for query in ("reward", "graph network", '"reward model"', "abstract:vision"):
        assert older.select(query).equals(corpus.select(query)), query
    for mode in ("bm25", "hybrid", "semantic"):
        asked = {"mode": mode, "natural": True, "limit": 20}
        assert older.search("reward models of graphs", **asked).equals(corpus.search("reward models of graphs", **asked))
    assert older.rank("reward + graph", limit=20).equals(corpus.rank("reward + graph", limit=20))
    assert older.axis("model", "graph").equals(corpus.axis("model", "graph"))
    id_ = corpus.papers["id"].iloc[5]
    assert older.similar(id_).equals(corpus.similar(id_))
    assert older.why(id_, "model OR reward") == corpus.why(id_, "model OR reward")
    assert older.topics.summary().equals(corpus.topics.summary())


@pytest.mark.parametrize("kind", ["packed", "older"])
def test_papers_that_come_and_are_replaced(
    kind: str, corpus: Corpus, older: Corpus, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    there = corpus if kind == "packed" else older
    new = to_table(pa.Table.from_pylist(oracles.random_papers(8, 40)))
    replaced = made().slice(3, 2)
    replaced = replaced.set_column(2, PACKED, pa.array(["A new abstract of a graph.", None], TEXT))
    change = Change(new, rows=np.array([3, 4]), replaced=replaced)
    extend_corpus(change, there.folder, into=tmp_path / "c")
    grown = open_corpus(tmp_path / "c")
    want = pa.concat_tables([made().slice(0, 3), replaced, made().slice(5), new])
    assert grown.table.equals(want)
    assert (grown.snapshot.generation / DICTIONARY).exists() == (kind == "packed")
    assert main(["check", str(tmp_path / "c")]) == 0
    # Many more, and an older corpus has files of both kinds.
    more = made().set_column(0, "id", pa.array([f"more/{number}" for number in range(made().num_rows)], TEXT))
    extend_corpus(Change(more), tmp_path / "c")
    larger = open_corpus(tmp_path / "c")
    assert larger.table.equals(pa.concat_tables([want, more]))
    assert (larger.snapshot.generation / DICTIONARY).exists()
    hits = larger.select("abstract:graph")
    assert hits["id"].to_list() and set(hits["id"]) <= set(larger.papers["id"])
    assert larger.snapshot.record(3, ["abstract"]) == {"abstract": "A new abstract of a graph."}


def test_damage_is_found_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "c"
    write_corpus(made(), folder, n_topics=4)
    (generation,) = folder.glob("g-*")
    dictionary = generation / DICTIONARY
    data = dictionary.read_bytes()
    dictionary.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    assert main(["check", str(folder)]) == 1
    assert DICTIONARY in capsys.readouterr().err
    dictionary.unlink()
    with pytest.raises(CorpusError, match=DICTIONARY):
        open_corpus(folder)
    record_files(generation)
    unseal(folder)
    with pytest.raises(CorpusError, match="columns of a paper table"):
        open_corpus(folder)
    dictionary.write_bytes(data)
    path = generation / "papers.0.arrow"
    frames = [kept for kept in read_file(path).column(PACKED).to_pylist() if kept and kept.startswith(b"\x28\xb5\x2f\xfd")]
    longest = max(frames, key=len)
    path.write_bytes(path.read_bytes().replace(longest, longest[:6] + bytes(len(longest) - 6)))
    with pytest.raises(CorpusError, match=r"abstract of this corpus is damaged .* Build the corpus again"):
        read_table(generation).whole.column(PACKED)


def test_a_page_reads_an_abstract_without_pandas(corpus: Corpus) -> None:
    said = (
        "import sys; from explorer.store.snapshot import Snapshot; "
        f"print(Snapshot({str(corpus.folder)!r}).record(8, ['abstract'])['abstract'] is None, 'pandas' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(made().column(PACKED)[8].as_py() is None), "False"]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.lists(st.integers(0, 100_000) | st.integers(65_530, 65_540), max_size=9), max_size=5), st.data())
def test_short_numbers_are_the_numbers(pieces: list[list[int]], data: st.DataObject) -> None:
    column = ShortColumn(MEMORY, "numbers")
    for piece in pieces:
        column.append(np.array(piece, np.int32))
    numbers, want = column.whole(), np.array([number for piece in pieces for number in piece], np.int32)
    assert len(numbers) == len(want)
    start, stop = (data.draw(st.none() | st.integers(-60, 60)) for _ in range(2))
    assert numbers[start:stop].tolist() == want[start:stop].tolist()
    places = np.array(data.draw(st.lists(st.integers(0, len(want) - 1))) if len(want) else [], np.int64)
    assert numbers[places].tolist() == want[places].tolist()
    assert numbers[:].dtype == numbers[places].dtype == np.int32


def test_papers_of_a_term_are_found_however_far_apart(tmp_path: Path) -> None:
    # Further apart than two bytes can say, in the first block of papers and in the last.
    count, rare = 150_000, {0, 65_535, 131_070, 131_071, 149_999}
    bodies = ["zebra quagga" if row in rare else "quagga" if row % 2 else "okapi" for row in range(count)]
    index = TermIndex().fit([""] * count, bodies)
    index.save(tmp_path)
    opened = TermIndex.open(tmp_path)
    for found in (index, opened):
        terms = [found.vocabulary_[found.analyser(word)[0]] for word in ("zebra", "okapi", "quagga")]
        want = [[row for row, body in enumerate(bodies) if word in body] for word in ("zebra", "okapi", "quagga")]
        assert [found.papers(term).tolist() for term in terms] == want
        assert found.papers_of(np.array(terms)).tolist() == [row for rows in want for row in rows]
        assert np.flatnonzero(found.scores("zebra")).tolist() == sorted(rare)
        assert found.contributions(131_071, found.weigh("zebra okapi")).keys() == {found.analyser("zebra")[0]}


def test_packing_is_the_same_every_time() -> None:
    one, two = (learn_packing(made()) for _ in range(2))
    assert one is not None and two is not None
    assert one.dictionary == two.dictionary
    assert packed(made(), one).equals(packed(made().combine_chunks(), two))
    assert pc.min(pc.binary_length(packed(made(), one).column(PACKED))).as_py() >= 1


@given(
    st.lists(st.sampled_from(["", "a", "We prove the theorem on groups of order 7, and count them.", "é" * 40]), max_size=12)
)
@settings(max_examples=examples(60), deadline=None)
def test_texts_packed_by_threads_are_those_packed_one_by_one(texts: list[str]) -> None:
    packing = learnt()
    assert packing.pack_all(texts, 2) == [packing.pack(text) for text in texts]
    assert [packing.unpack(kept).decode() for kept in packing.pack_all(texts, 2)] == texts

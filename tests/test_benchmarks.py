"""The benchmarks: that peers and ours answer the same question, and that what is counted is what is said."""

from __future__ import annotations

import ast
import gzip
import importlib
import importlib.util
import json
import math
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import build, data, dedupe, ingest, interaction, peers, retrieval
from benchmarks.arithmetic import Task, Vectors, boolean, unit
from benchmarks.dedupe_peers import equal_titles, family_first, splink_frame, within
from benchmarks.wire import Page
from explorer import Corpus, Selection
from explorer.papers.schema import to_table
from explorer.ranking.terms import TermIndex

WORDS = """graph model field quantum learning network theory energy method system lattice plasma galaxy protein robot
vision speech market climate polymer neutron prime""".split()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Four hundred papers whose words, dates, authors and keywords repeat, so that every facet has something to count."""
    draw = np.random.default_rng(3)
    papers = pd.DataFrame(
        [
            {
                "id": f"p{number}",
                "title": " ".join(draw.choice(WORDS, 4)).title(),
                "abstract": " ".join(draw.choice(WORDS, 4)) + ".",
                "authors": [f"Ann {letter}" for letter in draw.choice(list("ABCDEFGHIJKL"), 3, replace=False)],
                "published": date(2000 + int(draw.integers(0, 20)), int(draw.integers(1, 13)), int(draw.integers(1, 29))),
                "venue": str(draw.choice(["one", "two", "three"])),
                "keywords": [f"key {letter}" for letter in draw.choice(list("abcdefghijklm"), 2, replace=False)],
                "code_url": "https://example.org/code" if draw.random() < 0.3 else None,
            }
            for number in range(400)
        ]
    )
    return Corpus.from_papers(papers, tmp_path_factory.mktemp("benchmarks") / "corpus")


@pytest.mark.parametrize("make", peers.PEERS, ids=lambda make: make.__name__)
def test_every_peer_of_the_interaction_answers_as_ours_does(corpus: Corpus, make, tmp_path: Path) -> None:
    steps = list(interaction.sequence(corpus, 60))
    wanted = interaction.selections(steps)
    _, ours = interaction.timed(steps, corpus)
    try:
        engine = make(peers.frames_of(corpus), tmp_path)
    except peers.AbsentError as reason:
        pytest.skip(str(reason))
    theirs = [engine.answer(selection) for selection in wanted]
    compared, different = interaction.disagreements(corpus, wanted, ours, theirs)
    assert compared > 10
    assert different == 0
    # What was kept from earlier interactions changes no answer.
    again = [engine.answer(selection) for selection in wanted]
    assert [(answer.shown, answer.series, answer.page) for answer in again] == [(a.shown, a.series, a.page) for a in theirs]
    assert interaction.disagreements(corpus, wanted, ours, again) == (compared, 0)


@pytest.mark.parametrize("make", peers.PEERS, ids=lambda make: make.__name__)
def test_peers_find_the_papers_of_a_query(corpus: Corpus, make, tmp_path: Path) -> None:
    try:
        engine = make(peers.frames_of(corpus), tmp_path)
    except peers.AbsentError as reason:
        pytest.skip(str(reason))
    texts = [
        "\n".join([row["title"], row["abstract"], ", ".join(row["authors"]), ", ".join(row["keywords"])]).lower()
        for row in corpus.table.select(["title", "abstract", "authors", "keywords"]).to_pylist()
    ]
    expected = [row for row, text in enumerate(texts) if "quantum" in text and "graph" in text]
    answer = engine.answer(Selection(query="quantum graph"))
    assert answer.shown == len(expected) > 0
    assert set(answer.page) <= set(expected)
    phrase = sum("quantum graph" in text for text in texts)
    assert engine.answer(Selection(query='"quantum graph"')).shown == phrase > 0
    assert engine.answer(Selection(query="quant*")).shown == sum("quant" in text for text in texts) > 0


def test_disagreements_are_found(corpus: Corpus) -> None:
    wanted = [Selection(), Selection(years=(2005, None), sort="newest")]
    _, ours = interaction.timed([{}, {"years": (2005, None), "sort": "newest"}], corpus)
    engine = peers.Pandas(peers.frames_of(corpus), Path())
    right = [engine.answer(selection) for selection in wanted]
    assert interaction.disagreements(corpus, wanted, ours, right) == (2, 0)
    for spoil in ("shown", "series"):
        wrong = [engine.answer(selection) for selection in wanted]
        setattr(wrong[1], spoil, getattr(wrong[1], spoil) + 1)
        assert interaction.disagreements(corpus, wanted, ours, wrong) == (2, 1)
    wrong = [engine.answer(selection) for selection in wanted]
    wrong[1].page.reverse()
    assert interaction.disagreements(corpus, wanted, ours, wrong) == (2, 1)


def test_what_is_timed_is_all_that_the_page_is_sent(corpus: Corpus) -> None:
    page = Page(corpus)
    before = page.wire.bytes
    page.send("set", changes={"query": "quantum", "years": [2005, None]})
    assert page.selection == Selection(query="quantum", years=(2005, None))
    board = page.board
    drawn = board.get_state(("summary", "facets", "charts", "papers", "selection"))
    assert page.wire.messages >= 1
    assert page.wire.bytes - before > len(json.dumps(drawn).encode()) / 2
    with pytest.raises(RuntimeError, match="did not do set"):
        page.send("set", changes={"query": "("})


def test_coherence_is_that_of_words_in_documents() -> None:
    texts = ["Cats and dogs", "cats, dogs", "cats", "birds-eye view", "nothing"]
    both, one, other = 2 / 5, 3 / 5, 2 / 5
    expected = math.log(both / (one * other)) / -math.log(both)
    models = {"met": [["cats", "dogs"]], "apart": [["cats", "view"]], "bound": [["birds-eye", "view"], ["birds", "eye"]]}
    found = build.coherence(models, texts)
    assert found == {"met": pytest.approx(expected), "apart": -1, "bound": pytest.approx(1)}


def test_a_snapshot_is_drawn_at_random_and_read_whole(tmp_path: Path) -> None:
    papers = [
        {
            "id": f"2001.{number:05d}",
            "title": f"Title {number}",
            "abstract": "A text.",
            "authors": ["Ann B. Example", "Cher"],
            "published": date(2020, 1, 2),
            "venue": "cs.LG",
            "keywords": ["cs.LG", "stat.ML"],
            "doi": "10.1/x" if number % 2 else None,
            "url": f"https://arxiv.org/abs/2001.{number:05d}",
            "code_url": "https://doi.org/10.1/x" if number % 2 else None,
        }
        for number in range(300)
    ]
    path = tmp_path / "snapshot.json"
    path.write_text("".join(ingest.snapshot_lines(papers)), encoding="utf-8")
    assert data.draw_snapshot(path, 300) == papers
    drawn = data.draw_snapshot(path, 100)
    assert len(drawn) == 100
    assert drawn == sorted(drawn, key=lambda paper: paper["id"])
    # Not the first hundred: each third of the file gives about a third.
    assert sum(int(paper["id"][5:]) >= 200 for paper in drawn) > 15
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="no arXiv metadata snapshot"):
        data.draw_snapshot(path, 10)


def test_collections_are_read_as_they_are_published(tmp_path: Path) -> None:
    beir, cisi, npl = (tmp_path / name for name in ("beir", "cisi", "npl"))
    (beir / "qrels").mkdir(parents=True)
    rows = [{"_id": "1", "title": "One title", "text": "first text"}, {"_id": "2", "title": "", "text": "second text"}]
    (beir / "corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (beir / "queries.jsonl").write_text('{"_id": "7", "text": "asked"}\n{"_id": "8", "text": "unjudged"}\n')
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n7\t2\t1\n8\t1\t0\n")
    cisi.mkdir()
    (cisi / "CISI.ALL").write_text(".I 1\n.T\nOne title\n.A\nSomebody\n.W\nfirst\ntext\n.X\n1\t5\t1\n.I 2\n.W\nsecond text\n")
    (cisi / "CISI.QRY").write_text(".I 7\n.W\nasked\n.I 8\n.W\nunjudged\n")
    (cisi / "CISI.REL").write_text("     7      2\t0\t0.000000\n")
    npl.mkdir()
    (npl / "doc-text").write_text("1\nfirst text\n   /\n2\nsecond\ntext\n   /\n")
    (npl / "query-text").write_text("7\nasked\n/\n8\nunjudged\n/\n")
    (npl / "rlv-ass").write_text("7\n  2\n   /\n")
    for folder, titles in ((beir, ["One title", ""]), (cisi, ["One title", ""]), (npl, ["", ""])):
        found = retrieval.read(folder)
        assert (found.ids, found.titles, found.bodies) == (["1", "2"], titles, ["first text", "second text"])
        assert (found.queries, found.relevant) == (["asked"], [{1: 1.0}])
    (tmp_path / "none").mkdir()
    with pytest.raises(SystemExit, match="no test collection"):
        retrieval.read(tmp_path / "none")


def test_bm25s_ranks_by_its_own_scores() -> None:
    pytest.importorskip("bm25s")
    bodies = ["the cats sleep", "cats and cats and dogs", "birds"]
    c = retrieval.Collection("x", ["a", "b", "c"], [""] * 3, bodies, ["cat", "dogs"], [{}, {}])
    cats, dogs = retrieval.by_bm25s(c, backend="numpy")
    assert cats[2] == 0 < min(cats[:2])
    assert np.flatnonzero(dogs).tolist() == [1]


def test_the_boolean_peer_needs_every_word_of_a_concept() -> None:
    titles = ["quantum gas", "quantum", "gas", "quantum gas learning", "learning", "learning gas"]
    index = TermIndex().fit(pd.Series(titles), pd.Series([""] * len(titles)))
    method = boolean(index, {"A": "quantum gas", "B": "learning"}, np.arange(len(titles)))
    assert np.flatnonzero(method.add("A", "B")).tolist() == [3]
    assert np.flatnonzero(method.subtract("A", "B")).tolist() == [0]
    # What is taken away is what has every word of it.
    assert np.flatnonzero(method.subtract("B", "A")).tolist() == [4, 5]


def test_ways_are_chosen_on_the_training_pairs() -> None:
    draw = np.random.default_rng(0)
    concept = {name: unit(draw.normal(size=4).astype(np.float32)) for name in "abcd"}
    papers = draw.normal(size=(400, 4)).astype(np.float32)
    papers /= np.linalg.norm(papers, axis=1, keepdims=True)
    member = {name: papers @ vector > 0.3 for name, vector in concept.items()}
    task = Task(member, dict(zip("abcd", "bcda", strict=True)))
    ways = Vectors(papers, concept).all("v")
    _, best = task.best(ways, [("a", "b"), ("c", "d")])
    for way in ways.values():
        assert np.mean(task.added(best.add, [("a", "b"), ("c", "d")])) >= np.mean(task.added(way.add, [("a", "b"), ("c", "d")]))


def test_copies_differ_by_what_befell_them() -> None:
    sample = [
        {
            "id": f"id{number}",
            "title": f"On the efficient modelling of fields II: part {number} of the whole",
            "abstract": "One sentence here. Another one there. A third with $x^2$ in it.",
            "authors": ["José Muñoz", "Ann Example", "Zoë Last"],
            "published": date(2000 + number % 20, 1, 1),
            "venue": "hep-th",
            "doi": f"10.1/{number}",
        }
        for number in range(600)
    ]
    halves = [dedupe.half(held, sample) for held in (False, True)]
    assert sorted(pd.concat(halves)["id"]) == sorted(record["id"] for record in sample)
    assert not set(halves[0]["id"]) & set(halves[1]["id"])
    papers = dedupe.with_journals(halves[1])
    table, truth, befell = dedupe.perturbed(papers, 0.5, 1, True, {**dedupe.UNSEEN, **dedupe.JOURNALS})
    assert table.num_rows == len(papers) + len(truth)
    assert len(befell) == len(truth) == len(papers) // 2
    assert truth == {(name.split("#")[0], name) for name in befell}
    rows = {row["id"]: row for row in table.to_pylist()}
    assert all(rows[name]["doi"] is None and rows[name]["arxiv_id"] is None for name in befell)
    assert {what for whats in befell.values() for what in whats} == {*dedupe.UNSEEN, *dedupe.JOURNALS}
    assert not {*dedupe.UNSEEN} & {*dedupe.PERTURBATIONS}


@pytest.mark.parametrize("name", dedupe.UNSEEN)
def test_each_perturbation_changes_a_record(name: str) -> None:
    record = {
        "title": "On the efficient modelling of modern fields II: a first-order theory of colour",
        "abstract": "One sentence here. " * 8 + "A last one with $x^2$ in it.",
        "authors": ["José Muñoz", "Zoë Last", "Ann Example"],
        "year": 2004,
    }
    before = json.dumps(record)
    changed = [dedupe.UNSEEN[name](record, random.Random(seed)) for seed in range(5)]
    assert any(copy != record for copy in changed)
    assert json.dumps(record) == before


def test_pairs_within_groups_and_names() -> None:
    assert within([["b", "a", "c"], ["d"]]) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert dedupe.scores({("a", "b"), ("a", "c")}, {("a", "b"), ("x", "y")}) == (0.5, 0.5)
    assert family_first("Ann B. Example") == "Example, Ann B."
    assert family_first("Example, Ann") == "Example, Ann"
    assert family_first("Cher") == "Cher"


def test_peers_get_what_ours_reads() -> None:
    frame = pd.DataFrame(
        [
            {
                "id": "a",
                "title": "A Title",
                "authors": ["Ann Example"],
                "year": 2001,
                "doi": "10.1/A",
                "abstract": "Some text.",
            },
            {"id": "b", "title": "A title!", "authors": None, "year": None, "doi": None, "abstract": None},
        ]
    ).astype({"year": object})
    table = to_table(frame)
    assert equal_titles(table) == {("a", "b")}
    rows = splink_frame(table).to_dict("records")
    assert rows[0]["families"] == ["example"]
    assert rows[0]["year"] == "2001"
    assert rows[0]["title_key"] == rows[1]["title_key"] == "atitle"
    assert all(rows[1][name] is None for name in ("families", "first_family", "year", "doi", "abstract_start"))


def programs(path: Path) -> Iterator[ast.Module]:
    """A benchmark, and the programs that it has run by other processes."""
    benchmark = ast.parse(path.read_text(encoding="utf-8"))
    yield benchmark
    for node in ast.walk(benchmark):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
            try:
                yield ast.parse(node.value)
            except SyntaxError:
                continue  # A sentence.


def test_what_benchmarks_import_is_there() -> None:
    paths = sorted(Path(data.__file__).parent.glob("*.py"))
    imports = [
        (path.name, str(node.module), alias.name)
        for path in paths
        for program in programs(path)
        for node in ast.walk(program)
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "explorer"
        for alias in node.names
    ]
    assert "open.py" in {name for name, module, _ in imports if module == "explorer.dashboard.session"}
    lacking = [
        (name, module, alias)
        for name, module, alias in imports
        if not hasattr(importlib.import_module(module), alias) and importlib.util.find_spec(f"{module}.{alias}") is None
    ]
    assert lacking == []

"""Concepts, likeness and reasons in the dashboard: what the page is told, and what its messages do."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from examples import examples
from exported import export_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, Dashboard, LibraryError, Selection, SelectionError, open_corpus
from explorer.corpus.opening import open_files
from explorer.dashboard.views.chips import chips, titles_of
from explorer.dashboard.views.concepts import bars, concepts, plus, why
from explorer.search.completion import complete_concept
from explorer.selection.expression import Operand, parse

RANK = "arithmetic + 2*vision - benchmark"


@pytest.fixture(scope="module")
def corpus(sample: Path) -> Corpus:
    return open_files([sample])


@pytest.fixture(autouse=True)
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "home"))
    corpus.__dict__.pop("library", None)


class Page:
    """A dashboard and what a browser would hear from it."""

    def __init__(self, corpus: Corpus) -> None:
        self.board = Dashboard(corpus)
        self.heard: list[dict[str, Any]] = []
        self.files: list[bytes] = []
        self.board.send = self._heard  # type: ignore[method-assign]
        self.seq = 0

    def _heard(self, content: dict[str, Any], buffers: Any = None) -> None:
        self.heard.append(content)
        self.files += buffers or []

    def say(self, kind: str, **content: Any) -> dict[str, Any]:
        self.seq += 1
        self.board._received(self.board, {"kind": kind, "seq": self.seq, **content}, [])
        return dict(self.board.status)

    @property
    def selection(self) -> Selection:
        return self.board.session.selection

    def ids(self) -> list[str]:
        every = self.board.session.corpus.table.column("id").to_pylist()
        return [every[row["row"]] for row in self.board.papers["rows"]]


@pytest.fixture
def page(corpus: Corpus) -> Iterator[Page]:
    made = Page(corpus)
    yield made
    made.board.close()


# What the page is told


def test_terms_are_told_as_they_were_written(corpus: Corpus) -> None:
    label = corpus.topics.labels[0]
    id_, title = (corpus.table.column(name)[0].as_py() for name in ("id", "title"))
    told = concepts(corpus.results(Selection(rank=f'- 0*vision + paper:{id_} + .5*topic:"{label}" + vision xyzzyx')))
    assert told is not None
    assert [(term["kind"], term["label"], term["weight"], term["added"]) for term in told["terms"]] == [
        ("words", "vision", 0, False),
        ("paper", title, 1, True),
        ("topic", label, 0.5, True),
        ("words", "vision xyzzyx", 1, True),
    ]
    assert [term["unknown"] for term in told["terms"]] == [[], [], [], ["xyzzyx"]]
    assert concepts(corpus.results(Selection())) is None


@pytest.mark.parametrize("selection", [Selection(rank=RANK), Selection(prefer={"recency": 1, "code": -1}, sort="preference")])
def test_bars_are_the_parts_less_their_mean(corpus: Corpus, selection: Selection) -> None:
    results = corpus.results(selection)
    rows = results.rows().tolist()
    told = bars(results, rows)
    assert told is not None
    table = corpus.select(selection)
    parts = table[[name for name in table.columns if name.startswith("part: ")]].astype("float64")
    apart = (parts - parts.mean()).to_numpy()
    drawn = np.array([told["rows"][row] for row in rows])
    assert np.allclose(np.sort(drawn, axis=1), np.sort(apart, axis=1), atol=1e-3)
    assert np.allclose(drawn.sum(axis=1), table["score"].astype(float) - table["score"].astype(float).mean(), atol=4e-3)
    assert told["low"] == pytest.approx(np.quantile(np.minimum(apart, 0).sum(axis=1), 0.25), abs=2e-3)
    assert told["high"] == pytest.approx(np.maximum(apart, 0).sum(axis=1).max(), abs=2e-3)


def test_bars_have_the_colours_of_their_concepts(corpus: Corpus) -> None:
    # Written in an order that is not the canonical one, once twice, once with nothing.
    results = corpus.results(Selection(rank="vision - 0*tree - benchmark + arithmetic + vision"))
    told, said = bars(results, [0]), concepts(results)
    assert told is not None
    assert said is not None
    places = {term["label"]: term["place"] for term in said["terms"]}
    assert dict(zip(told["names"], told["places"], strict=True)) == {
        name: place for name, place in places.items() if name != "tree"
    }
    assert dict(zip(told["names"], told["added"], strict=True)) == {"vision": True, "benchmark": False, "arithmetic": True}


@pytest.mark.parametrize("selection", [Selection(), Selection(query="vision"), Selection(rank="vision", sort="title")])
def test_an_order_without_parts_has_no_bars(corpus: Corpus, selection: Selection) -> None:
    assert bars(corpus.results(selection), [0]) is None


@pytest.mark.parametrize(
    "selection",
    [
        Selection(query="vision"),
        Selection(rank=RANK),
        Selection(query="model reasoning language", sort="hybrid"),
        Selection(prefer={"recency": 1, "code": -1}, sort="preference"),
    ],
)
def test_reasons_add_up_to_the_score(corpus: Corpus, selection: Selection) -> None:
    results = corpus.results(selection)
    for row in results.rows(0, 5).tolist():
        told = why(results, row)
        assert len(told["reasons"]) <= 12
        assert sum(part for _, part in told["reasons"]) == pytest.approx(told["score"], abs=0.01)
        score = float(results.scores(np.array([row]))[0])
        if told["average"]:
            # On the scale of the bar: against the paper of the corpus on average.
            assert results.ordering is not None
            score -= float(results.ordering.scores.mean(dtype=np.float64))
            shown = bars(results, [row])
            assert shown is not None
            assert sorted(part for _, part in told["reasons"]) == sorted(shown["rows"][row])
        assert told["score"] == pytest.approx(score, abs=0.01)


def test_why_is_said_in_words(corpus: Corpus) -> None:
    results = corpus.results(Selection(rank=RANK))
    for row in range(20):
        told = why(results, row)
        most = max(abs(part) for _, part in told["reasons"])
        for label, part in told["reasons"]:
            ahead, _, against = told["words"].partition("Against it:")
            if part > 0.11 * most:
                assert label in ahead
            elif part < -0.11 * most:
                assert label in against
    assert why(corpus.results(Selection(query="vision")), 0)["words"] == ""


def test_reasons_of_concepts_say_what_was_subtracted(corpus: Corpus) -> None:
    results = corpus.results(Selection(rank=RANK))
    assert {label for label, _ in why(results, 0)["reasons"]} == {"arithmetic", "vision", "not benchmark"}


def test_papers_are_named_by_their_titles(corpus: Corpus) -> None:
    ids, titles = corpus.table.column("id").to_pylist(), corpus.table.column("title").to_pylist()
    selection = Selection(like=(ids[3], ids[1]), unlike=(ids[2],), query="vision", rank="vision")
    found = chips(selection, titles_of(corpus, (*selection.like, *selection.unlike)))
    assert [(chip["field"], chip["label"]) for chip in found] == [
        ("query", "Matching ‘vision’"),
        ("like", f"More like: {titles[3]}"),
        ("like", f"More like: {titles[1]}"),
        ("unlike", f"Less like: {titles[2]}"),
    ]
    assert titles_of(corpus, ["nobody's"]) == {}
    assert f"less like ‘{titles[2]}’" in selection.describe(titles=titles_of(corpus, [ids[2]]))


operands = st.builds(Operand, st.sampled_from(["words", "paper", "set", "topic"]), st.sampled_from(["a", "b c", "d-e", "f+g"]))
sums = st.lists(st.tuples(st.sampled_from([1.0, -1.0, 0.25, -2.0]), operands), min_size=1, max_size=5)


@settings(max_examples=examples(100))
@given(first=sums, second=sums)
def test_terms_added_to_an_expression_are_its_sum(first: Any, second: Any) -> None:
    one, other = (" ".join(f"{'-' if w < 0 else '+'} {abs(w)}*{o}" for w, o in terms) for terms in (first, second))
    assert parse(plus(parse(one), parse(other))).canonical() == parse(f"{one} {other}").canonical()
    assert parse(plus(None, parse(other))).canonical() == parse(other).canonical()


# Completion


def texts(corpus: Corpus, text: str, at: int | None = None) -> list[tuple[str, str]]:
    sets = [(row.name, row.papers) for row in (*corpus.library.sets(), *corpus.library.searches())]
    ways = complete_concept(corpus.snapshot, text, len(text) if at is None else at, sets=sets)
    return [(way.kind, way.text) for way in ways]


def test_concepts_are_completed_as_one_types(corpus: Corpus) -> None:
    assert ("word", "arithmetic") in texts(corpus, "= arith")
    assert ("word", "robots") in texts(corpus, "vision - 2*robot")
    assert ("word", "chain of thought") in texts(corpus, "= vision + chain of though")
    label = corpus.topics.labels[0]
    assert ("topic", str(Operand("topic", label))) in texts(corpus, f"vision + {label[:6]}")
    assert texts(corpus, f'topic:"{label[:6]}') == [("topic", str(Operand("topic", label)))]
    id_, title = (corpus.table.column(name)[0].as_py() for name in ("id", "title"))
    first = " ".join(title.split()[:3])
    assert ("paper", str(Operand("paper", id_))) in texts(corpus, f"paper:{first}")
    corpus.library.save_set("my robots", [id_])
    assert texts(corpus, "vision + set:rob") == [("set", 'set:"my robots"')]
    assert ("set", 'set:"my robots"') in texts(corpus, "my rob")


def test_a_completion_replaces_what_it_completes(corpus: Corpus) -> None:
    text = "= arith + vision"
    way = next(way for way in complete_concept(corpus.snapshot, text, 7) if way.text == "arithmetic")
    assert text[: way.start] + way.text + text[way.end :] == "= arithmetic + vision"


@settings(max_examples=examples(200), deadline=None)
@given(text=st.text(st.sampled_from('ab e+-*×:"=12topicsetpaper\ud800\\')), at=st.integers(-3, 30))
def test_completion_never_fails_and_stays_in_the_text(corpus: Corpus, text: str, at: int) -> None:
    for way in complete_concept(corpus.snapshot, text, at):
        assert 0 <= way.start <= way.end <= len(text)
        parse(way.text)


# Sets of papers


def test_sets_are_kept_and_stand_for_their_papers(corpus: Corpus) -> None:
    ids = corpus.table.column("id").to_pylist()
    library = corpus.library
    assert library.sets() == []
    assert library.save_set("  read   first ", [ids[4], ids[2], ids[4]]).name == "read first"
    assert library.members("read first") == [ids[4], ids[2]]
    assert [(row.name, row.papers) for row in library.sets()] == [("read first", 2)]
    with pytest.raises(LibraryError, match="already"):
        library.save_set("read first", ids[:1])
    with pytest.raises(LibraryError, match="already"):
        library.save("read first", Selection())
    library.save("a search", Selection(query="vision"))
    with pytest.raises(LibraryError, match="already"):
        library.save_set("a search", ids[:1], replace=True)
    with pytest.raises(LibraryError, match="already"):
        library.rename("a search", "read first")
    assert library.members("a search") == corpus.select(Selection(query="vision"))["id"].tolist()
    with pytest.raises(LibraryError, match="Tick some"):
        library.save_set("nothing", [])
    library.delete_set("read first")
    for unknown in (library.delete_set, library.members):
        with pytest.raises(LibraryError, match="no saved set"):
            unknown("read first")


def test_a_file_of_an_earlier_version_has_no_sets_until_one_is_saved(corpus: Corpus) -> None:
    library = corpus.library
    library.save("old", Selection())
    assert library.sets() == []
    with pytest.raises(LibraryError, match="no saved set"):
        library.delete_set("old")
    library.save_set("new", [corpus.table.column("id")[0].as_py()])
    assert [row.name for row in library.sets()] == ["new"]


def test_a_set_ranks_like_its_papers_and_follows_them(corpus: Corpus) -> None:
    ids = corpus.table.column("id").to_pylist()

    def scores(rank: str) -> np.ndarray:
        return np.asarray(corpus.results(Selection(rank=rank)).scores(np.arange(len(corpus))))

    corpus.library.save_set("mine", [ids[7]])
    assert np.array_equal(scores("set:mine"), scores(f"paper:{ids[7]}"))
    corpus.library.save_set("mine", [ids[8]], replace=True)
    assert np.array_equal(scores("set:mine"), scores(f"paper:{ids[8]}"))
    corpus.library.save("vision", Selection(query="vision"))
    assert scores("set:vision").argmax() in corpus.results(Selection(query="vision")).rows()


# Messages


def test_an_expression_ranks_and_its_parts_are_drawn(page: Page, corpus: Corpus) -> None:
    assert page.say("set", changes={"rank": RANK, "query": "model"})["level"] == "ready"
    assert page.ids() == corpus.select(Selection(query="model", rank=RANK))["id"].tolist()[:25]
    assert [term["text"] for term in page.board.concepts["terms"]] == ["arithmetic", "vision", "benchmark"]
    assert set(page.board.papers["parts"]["rows"]) == {row["row"] for row in page.board.papers["rows"]}
    assert [chip["field"] for chip in page.board.summary["chips"]] == ["query"]
    page.say("set", changes={"rank": ""})
    assert page.board.concepts is None
    assert page.board.papers["parts"] is None


def test_an_order_leaves_counts_alone_and_a_filter_does_not(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("explorer.dashboard.views.topics.topics", lambda *a, **k: drawn.append("topics") or {})
    page.say("set", changes={"rank": RANK})
    page.say("set", changes={"sort": "title"})
    assert drawn == []
    page.say("set", changes={"query": "vision"})
    assert drawn == ["topics"]
    page.say("undo")
    assert drawn == ["topics", "topics"]


@pytest.mark.parametrize(
    ("kind", "content", "says", "at", "of"),
    [
        ("set", {"changes": {"rank": "arithmetic + * vision"}}, "Expected a word", 13, "arithmetic + * vision"),
        ("set", {"changes": {"rank": 'a  +  "b'}}, "never closed", 6, 'a  +  "b'),
        ("add_concept", {"text": "+ "}, "missing at the end", 2, "+ "),
        ("set", {"changes": {"rank": "xyzzyx"}}, "No paper has the word", None, None),
        ("set", {"changes": {"rank": "paper:nobody"}}, "no paper", None, None),
        ("add_operand", {"of": "set", "name": "nothing"}, "no saved set", None, None),
        ("add_operand", {"of": "words", "name": "x"}, "no kind", None, None),
        ("add_operand", {"of": ["set"], "name": {}}, "no kind", None, None),
        ("add_paper", {"row": -1}, "no paper in row", None, None),
        ("add_paper", {"row": "1"}, "no paper in row", None, None),
        ("like_paper", {"row": 10**9}, "no paper in row", None, None),
        ("like_ticked", {"less": False}, "No paper is ticked", None, None),
        ("set_as_concept", {"name": "x"}, "Tick some", None, None),
        ("delete_set", {"name": "x"}, "no saved set", None, None),
        ("set", {"changes": {"like": ["nobody"], "rank": ""}}, "no paper", None, None),
    ],
)
def test_what_cannot_be_is_said_and_the_last_result_stays(
    page: Page, kind: str, content: dict[str, Any], says: str, at: int | None, of: str | None
) -> None:
    page.say("set", changes={"rank": RANK})
    before = (page.selection, page.board.papers, page.board.concepts)
    status = page.say(kind, **content)
    assert status["level"] == "error"
    assert says.lower() in status["text"].lower()
    assert (status["at"], status["of"]) == (at, of)
    assert (page.selection, page.board.papers, page.board.concepts) == before


def test_concepts_are_added_from_everywhere(page: Page, corpus: Corpus) -> None:
    ids = corpus.table.column("id").to_pylist()
    page.say("add_concept", text="vision")
    page.say("add_concept", text="- 2*benchmark")
    page.say("add_paper", row=5)
    page.say("add_operand", of="topic", name=corpus.topics.labels[0])
    for row in (3, 4):
        page.say("tick", row=row, on=True)
    assert page.say("set_as_concept", name="mine")["text"] == "Saved the set “mine” of 2 papers."
    assert corpus.library.members("mine") == [ids[3], ids[4]]
    assert page.board.papers["ticked"] == 0
    assert [(str(term.operand), term.weight) for term in parse(page.selection.rank).terms] == [
        ("vision", 1),
        ("benchmark", -2),
        (str(Operand("paper", ids[5])), 1),
        (str(Operand("topic", corpus.topics.labels[0])), 1),
        ("set:mine", 1),
    ]
    assert [row["name"] for row in page.board.saved["sets"]] == ["mine"]
    page.say("delete_set", name="mine")
    assert page.board.saved["sets"] == []


def test_read_only_readers_save_no_sets(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_READ_ONLY", "1")
    page = Page(corpus)
    page.say("tick", row=3, on=True)
    for kind in ("set_as_concept", "delete_set"):
        status = page.say(kind, name="mine")
        assert (status["level"], "read-only" in status["text"]) == ("error", True)
    assert corpus.library.sets() == []
    assert page.selection == Selection()
    page.board.close()


def test_more_and_less_like_ticked_papers(page: Page, corpus: Corpus) -> None:
    ids = corpus.table.column("id").to_pylist()
    page.say("set", changes={"rank": "vision", "sort": "newest"})
    page.say("tick", row=1, on=True)
    assert page.say("like_ticked", less=True)["level"] == "error"
    assert page.board.papers["ticked"] == 1
    page.say("tick", row=2, on=True)
    assert page.say("like_ticked", less=False)["text"] == "More like 2 papers."
    assert page.selection == Selection(like=(ids[1], ids[2]))
    # They stay ticked, for an export or a set.
    assert page.board.papers["ticked"] == 2
    assert page.ids() == corpus.select(Selection(like=(ids[1], ids[2])))["id"].tolist()[:25]
    page.say("untick_all")
    # A paper is on one side only.
    page.say("tick", row=2, on=True)
    page.say("tick", row=9, on=True)
    assert page.say("like_ticked", less=True)["text"] == "More like 1 paper, less like 2 papers."
    assert page.selection == Selection(like=(ids[1],), unlike=(ids[2], ids[9]))
    page.say("like_paper", row=9)
    assert page.selection == Selection(like=(ids[9],), unlike=(ids[2],))
    page.say("add_paper", row=4)
    assert page.selection == Selection(rank=str(Operand("paper", ids[4])))


def test_why_is_answered_aside(page: Page) -> None:
    page.say("set", changes={"query": "vision"})
    assert page.board.papers["scored"]
    before = page.board.status
    page.say("why", row=page.board.papers["rows"][0]["row"])
    (answer,) = page.heard
    assert (answer["kind"], answer["seq"], answer["row"]) == ("why", 2, page.board.papers["rows"][0]["row"])
    assert answer["reasons"][0][0].startswith("vision")
    json.dumps(answer, allow_nan=False)
    page.say("why", row=10**9)
    assert len(page.heard) == 1
    assert page.board.status == before
    page.say("set", changes={"sort": "title"})
    assert not page.board.papers["scored"]


def test_completions_of_concepts_are_answered(page: Page) -> None:
    page.say("complete", text="= arith", at=7, concepts=True)
    assert page.heard[0]["rows"][0]["text"] == "arithmetic"


def test_a_page_opened_with_what_cannot_be_says_so(corpus: Corpus) -> None:
    for wanted, at in ((Selection(rank="a + *"), 4), (Selection(rank="xyzzyx"), None), (Selection(like=("nobody",)), None)):
        board = Dashboard(corpus, wanted)
        assert board.status["level"] == "error"
        assert (board.status["at"], board.status["of"]) == (at, wanted.rank if at else None)
        assert board.session.selection == Selection()
        board.close()


# Files and programs


def test_an_export_is_what_is_shown(corpus: Corpus) -> None:
    selection = Selection(query="model", rank=RANK, sort="relevance")
    [packed], papers = export_bytes(corpus.results(selection), "csv", analysis=True)
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        table, manifest = map(archive.read, archive.namelist())
    frame = pd.read_csv(io.BytesIO(table), dtype={"id": "str"})
    ranked = corpus.rank(RANK)
    ranked = ranked[ranked["id"].isin(frame["id"])].reset_index(drop=True)
    assert papers == len(frame) == len(ranked)
    assert frame["id"].tolist() == ranked["id"].tolist()
    for name, column in {"score": "score", **{n: f"part: {n}" for n in ("arithmetic", "vision", "benchmark")}}.items():
        assert np.allclose(frame[column], ranked[name].astype(float), atol=1e-4)
    told = json.loads(manifest)
    assert told["selection"]["rank"] == RANK
    assert RANK in told["sentence"]
    names: dict[str, Any] = {}
    exec(told["python"], names)
    pd.testing.assert_frame_equal(names["papers"], corpus.select(selection))
    assert [column for column in names["papers"] if column.startswith("part: ")] == [
        "part: arithmetic",
        "part: vision",
        "part: benchmark",
    ]
    assert packed.name == "papers-model-arithmetic-2-vision-benchmark.csv.zip"


def test_the_snippet_of_likeness_gives_the_table(page: Page) -> None:
    page.say("like_paper", row=3)
    names: dict[str, Any] = {}
    exec(page.board.summary["python"], names)
    assert names["papers"]["id"].tolist()[:25] == page.ids()


def test_a_concept_called_as_a_column_takes_none_away(tmp_path: Path) -> None:
    words = ["title score", "title abstract", "score topic", "abstract tree"] * 3
    corpus = Corpus.from_papers(pd.DataFrame({"title": words, "part: title": "mine"}), tmp_path / "c")
    table = corpus.select(Selection(rank="title - score"))
    assert set(table["title"]) == set(words)
    assert np.allclose((table["part: title"] + table["part: score"]).astype(float), table["score"].astype(float))
    assert open_corpus(tmp_path / "c").select(Selection(rank="title - score")).equals(table)


def test_likeness_of_nothing_is_refused(page: Page) -> None:
    from explorer.dashboard.relevance_feedback import more_like

    with pytest.raises(SelectionError, match="ticked"):
        more_like(page.board.session, [], less=False)

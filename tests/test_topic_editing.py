"""Topics changed, looked into and compared by messages of a page: what is selected follows, and what is counted is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_topic_edits import papers

import explorer
from explorer import Corpus, Selection, TopicError, open_corpus
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.widget import Dashboard


class Page:
    """A dashboard, and what it answered."""

    def __init__(self, corpus: Corpus, **deployment: Any) -> None:
        self.board = Dashboard(corpus, deployment=Deployment(**deployment) if deployment else None)
        self.answers: list[dict[str, Any]] = []
        self.board.send = lambda content, buffers=None: self.answers.append(content)
        self.seq = 0

    def say(self, kind: str, **more: Any) -> dict[str, Any]:
        """Send a message; the first answer, if there is one."""
        self.seq += 1
        self.answers.clear()
        self.board._received(self.board, {"kind": kind, "seq": self.seq, **more}, [])
        return self.answers[0] if self.answers else {}

    def edit(self, action: str, topic: str = "", **more: Any) -> str:
        """Change a topic; why not, if it was not."""
        answer = self.say("topic_edit", action=action, topic=topic, **more)
        assert answer["kind"] == "topic_edited"
        return str(answer["problem"])

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """Rows of the panel by their ids."""
        return {row["id"]: row for row in self.board.topics["rows"]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    Corpus.from_papers(papers(), folder / "c", n_topics=4)
    return folder / "c"


@pytest.fixture
def page(built: Path, tmp_path: Path) -> Page:
    import shutil

    shutil.copytree(built, tmp_path / "c")
    return Page(open_corpus(tmp_path / "c"))


def test_what_is_selected_follows_the_topics(page: Page) -> None:
    board, rows = page.board, page.rows
    first, second = rows["t1"], rows["t2"]
    page.say("set", changes={"topics": [first["value"]], "exclude": [["topics", second["value"]]]})
    shown = board.summary["shown"]
    assert page.edit("rename", "t1", label="Mine") == ""
    assert board.selection.topics == ("Mine",)
    assert board.summary["shown"] == shown == first["all"]
    # A step back shows the same papers under the new name, and not a name that is no more.
    page.say("set", changes={"topics": []})
    page.say("undo")
    assert (board.selection.topics, board.summary["shown"]) == (("Mine",), shown)
    # A merge into another: its papers are among those of the other.
    page.say("set", changes={"exclude": []})
    assert page.edit("merge", "t2", others=["t1"]) == ""
    assert board.selection.topics == (second["value"],)
    assert board.summary["shown"] == first["all"] + second["all"]
    # Divided, both parts stay selected; undone, the topic is.
    assert page.edit("split", "t2", number=2) == ""
    assert len(board.selection.topics) == 2
    assert board.summary["shown"] == first["all"] + second["all"]
    page.say("topic_undo", number=3)
    assert board.selection.topics == (second["value"],)
    page.say("topic_undo", number=2)
    assert page.rows["t2"]["papers"] == second["all"]
    # Deleted, there is nothing left to filter by.
    assert page.edit("delete", "t2") == ""
    assert board.selection.topics == ()
    assert board.summary["shown"] == 80


def test_ticks_the_open_paper_and_the_charts_stay(page: Page) -> None:
    page.say("tick", row=3, on=True)
    page.say("open", row=5)
    page.say("chart", option="share", value=False)
    assert page.edit("seed", label="Seeded", words="zzz", ticked=True) == ""
    board = page.board
    assert board.papers["ticks"] == [board.session.id_of(3)]
    assert board.reader["row"] == 5
    assert board.topics["share"] is False
    assert page.rows["s1"]["all"] == 1
    assert page.edit("move", "s1", row=5) == ""
    assert board.reader["topic"] == "Seeded"
    assert page.rows["s1"]["all"] == 2


def test_the_log_is_told_and_runs_as_python(page: Page, built: Path, tmp_path: Path) -> None:
    label = page.rows["t3"]["value"]
    page.edit("rename", "t3", label="Mine, 'own' “name”")
    page.edit("hide", "t4")
    assert "t4" not in page.rows
    assert "1 topic hidden" in " ".join(page.board.topics["notes"])
    log = page.say("topic_log")
    assert log["rows"][0] == {"edit": f"“{label}” is called “Mine, 'own' “name””", "problem": ""}
    assert log["problem"] == ""
    import shutil

    shutil.copytree(built, tmp_path / "other")
    corpus = open_corpus(tmp_path / "other")
    exec(log["python"], {"corpus": corpus})
    assert corpus.topics.labels == page.board.corpus.topics.labels
    assert corpus.topics.table.hidden == ["t4"]


def test_what_cannot_be_is_told_and_changes_nothing(page: Page) -> None:
    before = page.board.topics
    other = page.rows["t2"]["value"]
    for problem in (
        page.edit("rename", "t1", label=other),
        page.edit("rename", "t1", label="  "),
        page.edit("rename", "t99", label="x"),
        page.edit("merge", "t1", others=["t1"]),
        page.edit("split", "t1", number=99),
        page.edit("seed", label="New", words="qqqqq"),
        page.edit("seed", label=other, words="a"),
        page.edit("explode", "t1"),
    ):
        assert problem
    # The log would be drawn over what was typed, which is to be mended.
    assert [answer["kind"] for answer in page.answers] == ["topic_edited"]
    assert page.board.topics == before
    assert page.board.corpus.topics.log == []


def test_a_read_only_page_changes_nothing(built: Path) -> None:
    page = Page(open_corpus(built), read_only=True)
    assert "read-only" in page.edit("rename", "t1", label="Mine")
    assert "read-only" in page.say("topic_log")["problem"]
    assert open_corpus(built).topics.log == []


def test_a_change_by_another_hand_is_not_lost(page: Page) -> None:
    other = open_corpus(page.board.corpus.folder)
    other.topics.rename("t2", "Theirs")
    assert page.edit("rename", "t1", label="Mine") == ""
    assert {"Mine", "Theirs"} <= set(page.board.corpus.topics.labels)
    assert {"Mine", "Theirs"} <= set(open_corpus(page.board.corpus.folder).topics.labels)


# Parts


def test_parts_add_up_and_have_an_address(page: Page) -> None:
    corpus, board = page.board.corpus, page.board
    parent = max(page.rows.values(), key=lambda row: row["all"])
    whole = parent["all"]
    page.say("chart", option="within", value=parent["id"])
    view = board.topics
    assert view["within"]["value"] == parent["value"]
    assert sum(row["papers"] for row in view["rows"]) == whole == view["total"] == view["shown"]
    # Of a period all papers of the topic are in some part.
    ids = corpus.topics.papers(parent["id"])
    years = papers().set_index("id")["year"]
    expected = years[ids].value_counts().sort_index()
    assert [period["papers"] for period in view["periods"]] == expected.tolist()
    seen: set[str] = set()
    for row in view["rows"]:
        selection = Selection(topics=(row["value"],))
        found = set(corpus.select(selection)["id"])
        assert len(found) == row["all"]
        assert Selection.from_url(selection.to_url()) == selection
        assert not found & seen
        seen |= found
    assert seen == set(ids)
    # Left out, the rest stays; a part that is none has no papers.
    out = corpus.select(Selection(exclude=(("topics", view["rows"][0]["value"]),)))
    assert len(out) == 80 - view["rows"][0]["all"]
    assert len(corpus.select(Selection(topics=(f"{parent['value']} › none such",)))) == 0
    # A page that is opened at the address of a part shows where it is.
    page.say("chart", option="within", value="")
    assert board.topics["within"] is None
    other = Page(open_corpus(corpus.folder))
    other.say("url", url=Selection(topics=(view["rows"][0]["value"],)).to_url())
    assert other.board.topics["within"]["id"] == parent["id"]


@pytest.mark.parametrize("shape", ["treemap", "sunburst", "icicle"])
def test_a_tree_has_the_papers_of_the_rows(page: Page, shape: str) -> None:
    import plotly.graph_objects as go

    page.say("chart", option="shape", value=shape)
    page.say("chart", option="within", value="t1")
    view = page.board.topics
    trace = go.Figure(view["tree"]["figure"]).data[0]
    assert trace.type == shape
    values = dict(zip(trace.ids, trace["values"], strict=True))
    assert values["all"] == 80
    assert {row["id"]: row["papers"] for row in view["rows"]} == {
        key: value for key, value in values.items() if key.startswith("t1.")
    }
    assert values["t1"] == sum(row["papers"] for row in view["rows"])
    drawn = explorer.plot_topic_tree(page.board.corpus, Selection(), kind=shape)
    assert dict(zip(drawn.data[0].ids, drawn.data[0]["values"], strict=True))["t1"] == values["t1"]
    page.say("chart", option="shape", value="pie")
    assert page.board.status["level"] == "error"


# Side by side


def test_two_periods_are_counted_as_pandas_counts(page: Page) -> None:
    table = page.board.corpus.papers.assign(year=lambda frame: frame["published"].dt.year)
    page.say("chart", option="cumulative", value=True)
    answer = page.say("topic_compare", by="periods", of="topics", before=[2000, 2001], after=[2002, 2004])
    assert answer["problem"] == ""
    sides = [table[table["year"].between(*span)] for span in ((2000, 2001), (2002, 2004))]
    assert answer["papers"] == [len(side) for side in sides]
    for row in answer["rows"]:
        counts = [int((side["topic"] == row["value"]).sum()) for side in sides]
        assert row["papers"] == counts
        assert row["shares"] == [round(count / len(side), 4) for count, side in zip(counts, sides, strict=True)]
        # Each figure leads to its papers.
        assert [len(page.board.corpus.select(Selection.from_url(url))) for url in row["urls"]] == counts
    changes = [abs(a - b) for a, b in (row["shares"] for row in answer["rows"])]
    assert changes == sorted(changes, reverse=True)
    page.say("url", url=answer["rows"][0]["urls"][0])
    assert page.board.topics["cumulative"], "the charts stay as they are"
    scope: dict[str, Any] = {}
    exec(answer["python"].replace("corpus.topics", "frame = corpus.topics"), scope)
    assert scope["frame"].attrs["papers"] == tuple(answer["papers"])


def test_periods_are_months_where_papers_are_of_two_years_at_most(tmp_path: Path) -> None:
    dates = [f"2026-{1 + i // 20:02d}-1{i % 10}" for i in range(80)]
    papers = pd.DataFrame(
        {"title": [("lattice sums", "harbour seals")[i % 2] + f" {i}" for i in range(80)], "published": dates}
    )
    page = Page(Corpus.from_papers(papers, tmp_path / "c"))
    asked = {"by": "periods", "of": "topics"}
    first = page.say("topic_compare", before=[1, 9999], after=[1, 9999], **asked)
    assert first["halves"] == [["2026-01", "2026-02"], ["2026-03", "2026-04"]]
    assert first["problem"]
    answer = page.say("topic_compare", before=first["halves"][0], after=first["halves"][1], **asked)
    assert (answer["names"], answer["papers"]) == (["2026-01 to 2026-02", "2026-03 to 2026-04"], [40, 40])
    row = answer["rows"][0]
    assert [len(page.board.corpus.select(Selection.from_url(url))) for url in row["urls"]] == row["papers"]
    assert page.say("topic_compare", before=["2026-13", "2026-14"], after=[1, 9999], **asked)["problem"]
    # Where all are of one period there are no two.
    one = Page(Corpus.from_papers(papers[:20].assign(published="2026"), tmp_path / "one"))
    assert one.say("topic_compare", before=[1, 9999], after=[1, 9999], **asked)["halves"] == []


def test_topics_and_selections_are_compared(page: Page) -> None:
    one, other = page.rows["t1"], page.rows["t2"]
    answer = page.say("topic_compare", by="topics", of="keywords", before="t1", after="t2")
    assert answer["names"] == [one["label"], other["label"]]
    assert answer["papers"] == [one["all"], other["all"]]
    page.say("set", changes={"topics": [one["value"]]})
    answer = page.say("topic_compare", by="selections", of="topics", before="", after="*")
    assert answer["papers"] == [one["all"], 80 - one["all"]]
    row = next(row for row in answer["rows"] if row["value"] == one["value"])
    assert (row["papers"], row["sure"], row["urls"][1]) == ([one["all"], 0], "before", None)
    for wrong in (
        {"by": "topics", "of": "topics", "before": "t1", "after": "t1"},
        {"by": "topics", "of": "nothing", "before": "t1", "after": "t2"},
        {"by": "topics", "of": "topics", "before": "t1", "after": "t99"},
        {"by": "selections", "of": "topics", "before": "*", "after": ""},
        # No other paper is left.
        {"by": "periods", "of": "topics", "before": [1, 2], "after": [3, 9999]},
        {"by": "selections", "of": "topics", "before": "none such", "after": ""},
        {"by": "moods", "of": "topics", "before": "", "after": "*"},
    ):
        assert page.say("topic_compare", **wrong)["problem"], wrong


def test_columns_of_the_readers_own_are_compared_and_lead_to_their_papers(tmp_path: Path) -> None:
    table = papers().assign(lab=["north", "south"] * 40, weight=[i // 14 / 4 for i in range(80)])
    page = Page(Corpus.from_papers(table, tmp_path / "c", n_topics=4))
    assert {"columns.lab", "columns.weight"} <= {name for name, _ in page.board.topics["choices"]}
    for field in ("columns.lab", "columns.weight"):
        answer = page.say("topic_compare", by="topics", of=field, before="t1", after="t2")
        assert answer["rows"], answer["problem"]
        for row in answer["rows"]:
            assert [len(page.board.corpus.select(Selection.from_url(url))) for url in row["urls"]] == row["papers"]


def test_nothing_is_said_to_differ_where_labels_are_shuffled(built: Path) -> None:
    """Random halves of the papers: at the level of 5 % few of many comparisons find anything."""
    corpus = open_corpus(built)
    ids = corpus.papers["id"].to_numpy()
    surely = 0
    for seed in range(20):
        half = np.random.default_rng(seed).permutation(ids)[:40]
        frame = corpus.topics.compare(Selection(query=" OR ".join(f"id:{id_}" for id_ in half)))
        assert frame.attrs["papers"] == (40, 40)
        surely += bool((frame["q"] <= 0.05).any())
    assert surely <= 4


def test_a_name_of_a_topic_is_no_part_of_another(page: Page) -> None:
    label = page.rows["t1"]["value"]
    page.edit("rename", "t2", label=f"{label} › x")
    assert page.board.corpus.topics.rows_of_part(f"{label} › x") is None
    with pytest.raises(TopicError):
        page.board.corpus.topics.divided("t99")


def test_an_address_with_a_topic_that_is_none_says_so(page: Page) -> None:
    label = page.rows["t1"]["label"]
    page.say("url", url="topic=no+such+topic")
    assert page.board.summary["shown"] == 0
    (said,) = page.board.summary["unknown"]
    assert said.startswith("There is no topic “no such topic” here.")
    # A topic that there is has no papers under this query; and one of two topics is shown.
    page.say("url", url=Selection(query="zzzzqq", topics=(label,)).to_url())
    assert (page.board.summary["shown"], page.board.summary["unknown"]) == (0, [])
    page.say("url", url=Selection(topics=(label, "no such topic")).to_url())
    assert page.board.summary["unknown"] == []


def test_an_address_of_before_finds_the_same_papers(page: Page) -> None:
    corpus, before = page.board.corpus, page.rows
    ids = {topic: set(corpus.topics.papers(topic)) for topic in ("t1", "t2", "t3")}
    old = {topic: before[topic]["value"] for topic in ids}
    corpus.library.save("kept", Selection(topics=(old["t1"],), rank=f'topic:"{old["t1"]}"'))
    page.edit("rename", "t1", label="First")
    page.edit("rename", "t1", label="Second")
    page.edit("merge", "t3", others=["t2"])
    for label, wanted in (
        (old["t1"], ids["t1"]), ("First", ids["t1"]), ("Second", ids["t1"]), (old["t2"], ids["t2"] | ids["t3"]),
    ):  # fmt: skip
        assert set(corpus.select(Selection(topics=(label,)))["id"]) == wanted
    page.say("url", url=Selection(topics=(old["t1"],)).to_url())
    assert page.board.selection.topics == ("Second",)
    page.say("run_search", name="kept")
    assert page.board.status["level"] != "error"
    assert page.board.selection.rank == "topic:Second"
    assert page.board.summary["shown"] == len(ids["t1"])
    # A name that is in use again means who has it now.
    page.edit("rename", "t4", label="First")
    assert set(corpus.select(Selection(topics=("First",)))["id"]) == set(corpus.topics.papers("t4"))
    # It is so after a refit and on a corpus that is opened again.
    again = open_corpus(corpus.folder)
    assert set(again.select(Selection(topics=(old["t1"],)))["id"]) == ids["t1"]

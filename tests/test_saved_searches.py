"""What the page asks while the reader types, and the messages of saved searches and comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from explorer import Corpus, Dashboard, Selection

PAPERS = pa.table(
    {
        "id": ["a", "b", "c", "d"],
        "title": ["reward", "reward model", "model", "graph"],
        "published": ["2022", "2023-05", "2024-01-09", None],
    }
)


class Page:
    """A dashboard and what a browser would hear from it."""

    def __init__(self, corpus: Corpus) -> None:
        self.board = Dashboard(corpus)
        self.heard: list[dict[str, Any]] = []
        self.board.send = lambda content, buffers=None: self.heard.append(content)  # type: ignore[method-assign]
        self.seq = 0

    def say(self, kind: str, **content: Any) -> str:
        self.seq += 1
        self.board._received(self.board, {"kind": kind, "seq": self.seq, **content}, [])
        return str(self.board.status["level"])

    def listed(self) -> list[str]:
        ids = self.board.session.corpus.table.column("id").to_pylist()
        return [ids[row["row"]] for row in self.board.papers["rows"]]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "home"))
    made = Page(Corpus.from_papers(PAPERS, tmp_path / "corpus"))
    yield made
    made.board.close()


def test_completions_change_nothing_else(page: Page) -> None:
    page.say("set", changes={"query": '"broken'})
    before = {name: getattr(page.board, name) for name in ("status", "summary", "papers", "selection")}
    page.say("complete", text="rew", at=3)
    page.say("suggest", text="rewrad")
    page.say("suggest", text='"broken')
    assert [message["kind"] for message in page.heard] == ["completions", "suggestion"]
    assert page.heard[0]["rows"][0]["text"] == "reward"
    assert (page.heard[0]["seq"], page.heard[1]["seq"]) == (2, 3)
    assert page.heard[1]["text"] == "reward"
    assert before == {name: getattr(page.board, name) for name in before}
    assert before["status"]["level"] == "error"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"text": "a"},
        {"text": None, "at": 0},
        {"text": "rew", "at": "x"},
        {"text": "rew", "at": 1e999},
        {"text": ["rew"], "at": {}},
        {"text": "\ud800", "at": 1},
        {"text": "x" * 100_000, "at": 99_999},
        {"text": "rew", "at": -5},
    ],
)
def test_hostile_completions(page: Page, content: dict[str, Any]) -> None:
    page.say("complete", **content)
    page.say("suggest", **content)
    assert page.board.summary["shown"] == 4


def test_a_saved_search_names_the_papers_that_others_are_like(page: Page) -> None:
    """By their titles, as the list does, and not by their ids."""
    first = page.board.papers["rows"][0]
    title = "".join(text for text, _ in first["title"])
    page.say("set", changes={"like": [page.listed()[0]]})
    page.say("save_search", name="alike")
    [saved] = page.board.saved["rows"]
    assert saved["sentence"].endswith(f"more like ‘{title}’")


def test_save_run_compare(page: Page) -> None:
    page.say("set", changes={"query": "reward"})
    assert page.say("save_search", name="r") == "info"
    assert page.say("save_search", name="r") == "error"
    assert page.say("save_search", name="r", replace=True) == "info"
    assert [row["name"] for row in page.board.saved["rows"]] == ["r"]
    page.say("set", changes={"query": "model"})
    page.say("compare", **{"with": {"saved": "r"}})
    assert page.board.comparison == {"label": "‘r’", "new": 1, "gone": 1, "shared": 1, "missing": 0, "part": "all"}
    page.say("compare_show", part="new")
    assert page.listed() == ["c"]
    assert page.board.papers["listed"] == 1
    page.say("compare_show", part="gone")
    assert page.listed() == ["a"]
    # The comparison stays as the selection changes.
    page.say("set", changes={"query": ""})
    assert (page.board.comparison["new"], page.board.comparison["gone"]) == (2, 0)
    assert page.listed() == []
    page.say("compare", **{"with": None})
    assert page.board.comparison is None
    assert len(page.listed()) == 4
    page.say("run_search", name="r")
    assert page.board.session.selection == Selection(query="reward")
    assert page.board.comparison is None
    page.say("rename_search", name="r", to="s")
    page.say("delete_search", name="s")
    assert page.board.saved["rows"] == []
    assert page.say("run_search", name="s") == "error"


def test_then_and_now(page: Page, tmp_path: Path) -> None:
    page.say("set", changes={"query": "reward"})
    page.say("save_search", name="r")
    larger = page.board.session.corpus.add(pa.table({"id": ["e"], "title": ["rewards"]}))
    again = Page(larger)
    assert again.board.saved["rows"][0]["changed"]
    # Counted when the list is opened: no dashboard waits for twenty searches as it begins.
    assert again.board.saved["rows"][0]["new"] is None
    again.say("saved")
    assert again.board.saved["rows"][0]["new"] == 1
    assert again.say("run_search", name="r") == "info"
    assert {name: again.board.comparison[name] for name in ("new", "gone", "shared", "missing")} == {
        "new": 1, "gone": 0, "shared": 2, "missing": 0
    }  # fmt: skip
    fewer = Page(Corpus.from_papers(PAPERS.slice(1), tmp_path / "corpus"))
    fewer.say("run_search", name="r", changes=True)
    assert (fewer.board.comparison["gone"], fewer.board.comparison["missing"]) == (1, 1)
    for made in (again, fewer):
        made.board.close()


def test_compare_with_a_date_and_an_address(page: Page) -> None:
    page.say("compare", **{"with": {"date": " 2023 "}})
    assert (page.board.comparison["new"], page.board.comparison["shared"]) == (2, 2)
    page.say("compare", **{"with": {"url": "q=graph"}})
    assert (page.board.comparison["new"], page.board.comparison["gone"]) == (3, 0)
    for wrong in ({"date": "soon"}, {"url": 'q="'}, {"saved": "nope"}, {}, "x", 5):
        assert page.say("compare", **{"with": wrong}) == "error"
        assert page.board.comparison["new"] == 3
    assert page.say("compare_show", part="most") == "error"


def test_export_of_what_is_listed(page: Page) -> None:
    page.say("compare", **{"with": {"date": "2023"}})
    page.say("compare_show", part="new")
    page.say("export", format="csv")
    assert page.board.status["text"].startswith("2 papers exported")
    page.say("set", changes={"query": "reward"})
    page.say("export", format="csv")
    assert page.board.status["text"].startswith("0 papers exported")


def test_a_read_only_server_saves_nothing(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_READ_ONLY", "1")
    shared = Page(page.board.session.corpus)
    assert shared.say("save_search", name="x") == shared.say("delete_search", name="x") == "error"
    assert not shared.board.saved["writable"]
    shared.board.close()


def test_a_damaged_library_is_said_and_the_rest_works(page: Page) -> None:
    path = page.board.session.corpus.library.path
    path.parent.mkdir(parents=True)
    path.write_text("no database at all" * 100)
    other = Page(page.board.session.corpus)
    assert "Move the file away" in other.board.saved["problem"]
    assert other.say("set", changes={"query": "reward"}) == "ready"
    other.board.close()

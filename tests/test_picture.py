"""The still picture of a dashboard, and what its cell can do with it."""

from __future__ import annotations

import asyncio
import base64
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import html as pages

import explorer
from explorer import Corpus, Selection, SelectionError
from explorer.dashboard.picture import LARGEST, PAPERS, CellPicture
from explorer.dashboard.views import topics
from explorer.dashboard.widget import Dashboard
from explorer.errors import QueryError

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def board(tmp_path: Path) -> Dashboard:
    papers = pd.DataFrame(
        {
            "title": [f"{HOSTILE} number {place} <b>in bold</b>" for place in range(40)],
            "abstract": ["Reward models and vision."] * 40,
            "authors": [[f'Lee "{HOSTILE}", Ann']] * 40,
            "year": [2000 + place % 20 for place in range(40)],
            "url": ["javascript:alert(3)", 'https://example.org/"onmouseover="alert(4)'] * 20,
        }
    )
    return Dashboard(Corpus.from_papers(papers, tmp_path / "corpus"))


def picture(board: Dashboard) -> str:
    return board._still()["text/html"]


def test_it_says_and_lists_what_is_shown() -> None:
    board = explorer.explore(selection="vision")
    page = pages.fromstring(picture(board))
    shown = board.to_frame()
    assert page.find(".//strong").text == f"{len(shown)} of 88 papers, matching ‘vision’"
    rows = [row.find("td").text_content() for row in page.findall(".//tbody/tr")]
    assert len(rows) == min(PAPERS, len(shown))
    assert rows == [title.replace("  ", " ") for title in shown["title"][:PAPERS]]
    assert [image.get("alt") for image in page.iter("img")] == [
        topics.still_chart(board.topics)["description"],
        *(chart["description"] for chart in board.charts),
    ]
    text = board._still()["text/plain"]
    assert all(title in text for title in rows)


def test_nothing_in_it_runs(board: Dashboard) -> None:
    page = pages.fromstring(picture(board))
    assert not list(page.iter("script", "b", "style", "iframe", "svg"))
    assert {link.get("href").split(":")[0] for link in page.iter("a")} == {"https"}
    assert {name for tag in page.iter() for name in tag.attrib} <= {"class", "style", "alt", "width", "height", "src", "href"}
    images = [image.get("src") for image in page.iter("img")]
    assert images
    for address in images:
        kind, data = address.split(",")
        assert kind == "data:image/svg+xml;base64"
        assert b"<script" not in base64.b64decode(data)


def test_it_is_small_also_with_many_points(board: Dashboard) -> None:
    assert len(picture(board).encode()) < LARGEST < 200_000
    axes = (("arithmetic", "vision"), ("reward", "language"))
    drawn = picture(explorer.explore(selection=Selection(axes=axes)))
    assert len(drawn.encode()) < LARGEST
    assert drawn.count("<img") == 3


def test_what_a_cell_sets_is_shown_and_what_cannot_be_is_refused(board: Dashboard) -> None:
    heard: list[Selection] = []
    board.observe(lambda change: heard.append(change.new), names="selection")
    board.selection = "number"
    assert board.selection == board.session.selection == Selection(query="number")
    assert len(board.to_frame()) == board.summary["shown"] == 40
    board.session.selection = Selection(query="vision")
    assert board.selection == Selection(query="vision")
    assert heard == [Selection(query="number"), Selection(query="vision")]
    for wrong, error in (('"', QueryError), (3, SelectionError), (None, SelectionError)):
        with pytest.raises(error):
            board.selection = wrong
    assert board.selection == board.session.selection == Selection(query="vision")
    assert board.corpus is board.session.corpus
    pd.testing.assert_frame_equal(board.to_frame(), board.corpus.select("vision"))


def test_tab_shows_what_a_cell_may_use(board: Dashboard) -> None:
    public = {name for name in dir(board) if not name.startswith("_")}
    assert public == {"close", "corpus", "observe", "selection", "session", "to_frame", "unobserve", "wait"}
    assert re.fullmatch(r"Dashboard\(Corpus\(.*, 40 papers\), Selection\(.*\)\)", repr(board))


class Handle:
    """What IPython gives for an output that can be changed."""

    def __init__(self) -> None:
        self.drawn: list[dict[str, Any]] = []

    def update(self, bundle: dict[str, Any], raw: bool) -> None:
        assert raw
        self.drawn.append(bundle)


def test_the_picture_is_drawn_once_after_the_last_of_many_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.dashboard.picture.QUIET", 0.05)
    handle, calls = Handle(), []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **options: handle)

    def draw() -> dict[str, Any]:
        calls.append(None)
        return {"text/html": str(len(calls))}

    async def cell() -> None:
        kept = CellPicture(draw)
        kept.renew()  # Nothing was put anywhere yet.
        kept.show()
        for _ in range(20):
            kept.renew()
            await asyncio.sleep(0.005)
        await asyncio.to_thread(kept.renew)
        await asyncio.sleep(0.3)
        assert len(handle.drawn) == 1
        kept.renew()
        await asyncio.sleep(0)
        kept.close()
        await asyncio.sleep(0.2)
        assert len(handle.drawn) == 1

    asyncio.run(cell())
    assert len(calls) == 2


def test_bars_take_a_line_each_and_shades_are_explained(tmp_path: Path) -> None:
    papers = pd.DataFrame(
        {
            "title": [f"Lake {place} and its fish" for place in range(30)],
            "year": [2019 + place % 3 for place in range(30)],
            "my_label": ["yes", "no"] * 15,
        }
    )
    board = Dashboard(Corpus.from_papers(papers, tmp_path / "corpus"))
    page = pages.fromstring(picture(board))
    shown = {figure.findtext("strong"): figure for figure in page.iter("figure")}
    assert int(shown["My label"].find("img").get("height")) < 100
    assert re.search(r"the darkest is .* of a year’s papers", shown["Topics"].findtext("figcaption"))

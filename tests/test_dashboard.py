"""The dashboard's messages: what a browser may send, what it may not, and that nothing it sends breaks the page."""

from __future__ import annotations

import gc
import gzip
import io
import json
import weakref
import zipfile
from pathlib import Path
from typing import Any

import oracles
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer import Corpus, Dashboard, Selection
from explorer.dashboard.figures import plotly_path, plotly_version
from explorer.dashboard.handlers import HANDLERS

Corpora = list[tuple[Corpus, list[oracles.Paper]]]
DRAWN = ("summary", "facets", "topics", "charts", "papers", "reader", "selection", "status", "help", "assets", "exports")


@pytest.fixture(scope="module")
def corpus(corpora: Corpora) -> Corpus:
    return corpora[3][0]


@pytest.fixture
def board(corpus: Corpus) -> Dashboard:
    return Dashboard(corpus)


def send(board: Dashboard, kind: Any, **content: Any) -> dict[str, Any]:
    """What the browser sends; returns the status line."""
    send.seq = getattr(send, "seq", 0) + 1  # type: ignore[attr-defined]
    board._received(board, {"kind": kind, "seq": send.seq, **content}, [])  # type: ignore[attr-defined]
    assert board.status["seq"] == board.summary["seq"] == send.seq  # type: ignore[attr-defined]
    return dict(board.status)


def state(board: Dashboard) -> Any:
    """Everything that a failed message must leave as it was."""
    session = board.session
    drawn = {name: getattr(board, name) for name in DRAWN if name != "status"}
    drawn["summary"] = {name: value for name, value in drawn["summary"].items() if name != "seq"}
    inner = (session.selection, session.page, session.opened, session.ticked, session.facet_state, session.chart_options)
    return json.dumps([drawn, repr(inner)], sort_keys=True, default=str)


def check(board: Dashboard) -> None:
    """What holds after any message."""
    session = board.session
    sent = board.get_state(DRAWN)
    json.dumps(sent, allow_nan=False)
    assert session.results.selection == session.selection == board.selection
    assert Selection(**{k: tuple(v) if isinstance(v, list) else v for k, v in sent["selection"].items()}) == session.selection
    assert board.summary["shown"] == session.results.shown
    assert len(board.papers["rows"]) <= 25
    assert all(len(panel.get("rows", [])) <= 200 for panel in board.facets)
    assert [row["row"] for row in board.papers["rows"]] == session.results.rows(
        board.papers["page"] * 25, (board.papers["page"] + 1) * 25
    ).tolist()
    assert board.status["level"] in ("ready", "info", "error")
    assert bool(board.status["text"]) == (board.status["level"] != "ready")


def test_a_session_by_messages(board: Dashboard, corpora: Corpora) -> None:
    corpus, papers = corpora[3]
    check(board)
    assert send(board, "set", changes={"query": "graph OR model", "years": [2020, None]})["level"] == "ready"
    check(board)
    expected = sum(oracles.passes(board.session.selection, paper) for paper in papers)
    assert 0 < board.summary["shown"] == expected < 40
    send(board, "undo")
    assert board.summary["shown"] == 40
    send(board, "redo")
    assert board.summary["shown"] == expected
    first = board.papers["rows"][0]["row"]
    send(board, "open", row=first)
    assert board.reader["row"] == first
    send(board, "open", row=None)
    assert board.reader is None
    send(board, "tick", row=first, on=True)
    assert board.papers["ticked"] == 1
    send(board, "tick_page", on=True)
    assert board.papers["ticked"] == min(25, expected)
    send(board, "untick_all")
    assert board.papers["ticked"] == 0
    send(board, "chart", option="by", value="month")
    assert board.topics["by"] == "month"
    send(board, "facet", facet="authors", text="lee", page=0)
    assert {row["value"] for panel in board.facets if panel["name"] == "authors" for row in panel["rows"]} <= {"K. Lee", "Lee"}
    send(board, "set", changes={"query": "graph"})
    assert next(panel["text"] for panel in board.facets if panel["name"] == "authors") == "lee", "what is looked for stays"
    assert board.summary["url"].endswith("&chart=by:month")
    send(board, "url", url="q=model&sort=title")
    assert board.session.selection == Selection(query="model", sort="title")
    send(board, "clear")
    assert board.session.selection == Selection(sort="title")
    check(board)


@pytest.mark.parametrize(
    ("content", "says", "at"),
    [
        ({"kind": "set", "changes": {"query": '  a  "b'}}, "not closed", 5),
        ({"kind": "set", "changes": {"query": "x" * 200_000}}, "100000", None),
        ({"kind": "set", "changes": {"query": None}}, "query", None),
        ({"kind": "set", "changes": {"colour": 1}}, "no field", None),
        ({"kind": "set", "changes": {"years": ["a", 3]}}, "year", None),
        ({"kind": "set", "changes": {"topics": "x"}}, "tuple", None),
        ({"kind": "set", "changes": {"authors": ["\ud800"]}}, "tuple", None),
        ({"kind": "set", "changes": None}, "mapping", None),
        ({"kind": "set"}, "message", None),
        ({"kind": "page", "page": "two"}, "message", None),
        ({"kind": "page", "page": None}, "message", None),
        ({"kind": "page", "page": float("inf")}, "message", None),
        ({"kind": "open", "row": 10**9}, "no paper", None),
        ({"kind": "open", "row": -1}, "no paper", None),
        ({"kind": "open", "row": "1"}, "no paper", None),
        ({"kind": "tick", "row": 10**9, "on": True}, "no paper", None),
        ({"kind": "facet", "facet": "colours"}, "no filter panel", None),
        ({"kind": "facet", "facet": ["authors"]}, "message", None),
        ({"kind": "facet", "facet": "authors", "text": "\ud800"}, "", None),
        ({"kind": "facet", "facet": "authors", "page": "x"}, "message", None),
        ({"kind": "chart", "option": "by", "value": "week"}, "no option", None),
        ({"kind": "chart", "option": {}, "value": 1}, "message", None),
        ({"kind": "export", "format": "pdf"}, "no export format", None),
        ({"kind": "export", "format": "csv", "ticked": True}, "ticked", None),
        ({"kind": "url", "url": "years=x"}, "years", None),
        ({"kind": "url", "url": 'q="'}, "not closed", 0),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    content: dict[str, Any], says: str, at: int | None, board: Dashboard
) -> None:
    send(board, "set", changes={"query": "graph"})
    before = state(board)
    status = send(board, content.pop("kind"), **content)
    assert status["level"] == "error"
    assert says in status["text"]
    assert status["at"] == at
    assert state(board) == before
    # The page goes on.
    assert send(board, "set", changes={"query": "model"})["level"] == "ready"
    check(board)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("\ud800"),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=5,
)
_changes = st.dictionaries(
    st.sampled_from(["query", "years", "months", "topics", "venues", "authors", "keywords", "has_code", "sort", "__class__"]),
    st.one_of(
        _json, st.lists(st.sampled_from(oracles.AUTHORS), max_size=2), st.sampled_from(["title", "2020-01", "graph", True])
    ),
    max_size=3,
)
_messages = st.one_of(
    st.builds(lambda changes: {"kind": "set", "changes": changes}, _changes),
    st.fixed_dictionaries(
        {"kind": st.sampled_from([*(kind for kind in HANDLERS if kind not in ("plotly", "export")), "nonsense"])},
        optional={
            "changes": _json,
            "url": st.text(max_size=20) | _json,
            "page": st.integers(-3, 9) | _json,
            "row": st.integers(-3, 60) | _json,
            "on": st.booleans() | _json,
            "facet": st.sampled_from(["topics", "authors", "years", "has_code"]) | _json,
            "text": st.text(max_size=4) | _json,
            "option": st.sampled_from(["by", "share"]) | _json,
            "value": st.sampled_from(["year", "month", True]) | _json,
        },
    ),
    st.dictionaries(st.text(max_size=5), _json, max_size=3),
    _json,
)


@settings(max_examples=examples(120), deadline=None)
@given(messages=st.lists(st.tuples(_messages, st.one_of(st.integers(0, 2**53), _json)), max_size=6))
def test_no_message_breaks_the_page(messages: list[tuple[Any, Any]], corpus: Corpus) -> None:
    board = Dashboard(corpus)
    for message, seq in messages:
        before = state(board)
        board._received(board, {**message, "seq": seq} if isinstance(message, dict) else message, [])
        if board.status["level"] == "error":
            assert state(board) == before
            assert "Something broke" not in board.status["text"]
        check(board)


def test_unknown_messages_are_not_answered(board: Dashboard) -> None:
    before = (state(board), board.status)
    for message in ({"kind": "exec", "code": "1/0"}, {"kind": ["set"]}, {}, [], None, "set", {"kind": "__init__"}):
        board._received(board, message, [])
    assert (state(board), board.status) == before


def test_traits_that_a_browser_writes_change_nothing_in_the_kernel(board: Dashboard) -> None:
    send(board, "set", changes={"query": "graph"})
    for name, value in (
        ("selection", {"query": "model"}),
        ("summary", {"shown": -1}),
        ("papers", {"rows": [{"row": 10**6}], "page": 0}),
        ("facets", [{"name": "x", "kind": "values"}]),
    ):
        board.set_state({name: value})
    assert board.session.selection == Selection(query="graph")
    send(board, "tick_page", on=True)
    assert all(0 <= row < 40 for row in board.session.ticked)
    assert send(board, "set", changes={"query": "model"})["level"] == "ready"
    check(board)


def files_of(sent: list[tuple[dict[str, Any], list[Any]]]) -> dict[str, bytes]:
    """Put the parts of downloads together as the browser does."""
    found: dict[str, list[bytes]] = {}
    for head, (buffer,) in sent:
        assert head["kind"] == "file"
        assert head["part"] == len(found.setdefault(head["name"], []))
        found[head["name"]].append(bytes(buffer))
        assert head["last"] == (head["part"] == head["parts"] - 1)
    return {name: b"".join(parts) for name, parts in found.items()}


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_downloads_are_what_is_shown(form: str, board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: sent.append((content, buffers)))
    monkeypatch.setattr("explorer.dashboard.downloads.PART", 1000)
    send(board, "set", changes={"query": "graph", "sort": "title"})
    status = send(board, "export", format=form, ticked=False)
    shown = board.summary["shown"]
    assert status["level"] == "info"
    assert status["text"].startswith(f"{shown} paper")
    while not sent[-1][0]["last"]:
        board._received(board, {"kind": "file_next", "id": sent[0][0]["id"]}, [])
    files = files_of(sent)
    name = f"papers-graph.{form}"
    # One download: the manifest is in the file, or beside it in an archive.
    assert set(files) == ({name} if form in ("xlsx", "parquet") else {f"{name}.zip"})
    if form == "csv":
        with zipfile.ZipFile(io.BytesIO(files[f"{name}.zip"])) as archive:
            assert set(archive.namelist()) == {name, f"{name}.manifest.json"}
            table, manifest = archive.read(name), json.loads(archive.read(f"{name}.manifest.json"))
        assert len(pd.read_csv(io.BytesIO(table))) == manifest["papers"] == shown


def test_only_ticked_papers_are_downloaded(board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: sent.append((content, buffers)))
    send(board, "tick", row=3, on=True)
    send(board, "set", changes={"query": "zzzz"})
    assert send(board, "export", format="jsonl", ticked=True)["text"].startswith("1 paper exported")
    with zipfile.ZipFile(io.BytesIO(files_of(sent)["papers-zzzz.jsonl.zip"])) as archive:
        (line,) = archive.read("papers-zzzz.jsonl").splitlines()
    assert json.loads(line)["id"] == board.session.corpus.table.column("id")[3].as_py()


def test_plotly_comes_from_the_installed_package(board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: sent.append((content, buffers)))
    send(board, "plotly")
    ((head, (buffer,)),) = sent
    assert head == {"kind": "plotly", "version": plotly_version()}
    assert gzip.decompress(buffer) == plotly_path().read_bytes()
    assert f"plotly.js v{_js_version()}".encode() in gzip.decompress(buffer)[:400]


def _js_version() -> str:
    import plotly

    return str(plotly.offline.get_plotlyjs_version())


def test_a_cell_can_set_the_selection(board: Dashboard) -> None:
    board.session.selection = Selection(query="graph")
    check(board)
    assert board.selection == Selection(query="graph")


def test_a_broken_first_query_opens_the_whole_corpus_and_says_so(corpus: Corpus) -> None:
    board = Dashboard(corpus, Selection(query='"'))
    assert board.session.selection == Selection()
    assert board.status["level"] == "error"
    check(board)


def test_an_address_opens_with_what_it_says(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    for address, level, selection in (
        ("q=graph&token=x", "ready", Selection(query="graph")),
        ("years=abc", "error", Selection()),
        ("q=%22", "error", Selection()),
        ("&".join(["topic=x"] * 6000), "error", Selection()),
    ):
        monkeypatch.setenv("QUERY_STRING", address)
        board = explorer.explore(corpus)
        assert (board.status["level"], board.session.selection) == (level, selection)
        assert "token" not in board.summary["url"]


def test_an_address_draws_the_charts_that_a_colleague_looked_at(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    address = "q=graph&chart=cumulative:yes&chart=by:month&chart=lines:yes"
    monkeypatch.setenv("QUERY_STRING", address)
    board = explorer.explore(corpus)
    assert board.summary["url"] == address
    assert (board.topics["cumulative"], board.topics["by"]) == (True, "month")
    assert board.topics["lines"] is not None
    # The back button, with the same papers and with others.
    send(board, "url", url="q=graph")
    assert (board.summary["url"], board.topics["cumulative"], board.topics["lines"]) == ("q=graph", False, None)
    send(board, "url", url="chart=cumulative:yes")
    assert (board.topics["cumulative"], board.session.selection) == (True, Selection())
    before = state(board)
    assert send(board, "url", url="q=%22&chart=lines:yes")["level"] == "error"
    assert state(board) == before
    assert "‘chart=by:week’" in send(board, "url", url="chart=cumulative:yes&chart=by:week")["text"]
    monkeypatch.setenv("QUERY_STRING", "chart=shape:cake")
    assert "‘chart=shape:cake’" in explorer.explore(corpus).status["text"]


def test_what_was_imported_is_left_out_of_the_search_for_what_nobody_holds_and_a_corpus_is_not(
    monkeypatch: pytest.MonkeyPatch, corpus: Corpus, sample: Path, cache: Path
) -> None:
    # A notebook's own kernel goes through all it holds.
    explorer.explore(sample).close()
    assert not gc.get_freeze_count()
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    # A corpus that is given was there before; it may be left for another one too.
    explorer.explore(corpus).close()
    assert not gc.get_freeze_count()
    try:
        board = explorer.explore(sample)
        assert gc.get_freeze_count()
        # A page that a kernel shows anew leaves the first one's papers where they are.
        explorer.explore(sample, "graph").close()
        first = weakref.ref(board.session.corpus.snapshot)
        board.selection = "graph"
        board.show_corpus(corpus, Selection())
        gc.collect()
        assert first() is None
    finally:
        gc.unfreeze()


def test_everything_that_can_be_explored(sample: Path, corpus: Corpus, tmp_path: Path) -> None:
    explorer.to_csv(corpus.select(Selection()), tmp_path / "p.csv")
    assert explorer.explore().summary["total"] == 88
    assert explorer.explore(sample).summary["total"] == 88
    assert explorer.explore(str(tmp_path / "p.csv")).summary["total"] == 40
    assert explorer.explore(corpus.folder).summary["total"] == 40
    assert explorer.explore(corpus.papers).summary["total"] == 40
    assert explorer.explore(corpus.table).summary["total"] == 40
    assert explorer.explore(corpus, Selection(query="graph")).summary["shown"] < 40


def test_the_traits_hold_no_secret_and_one_page_only(corpora: Corpora) -> None:
    board = Dashboard(corpora[-1][0])
    state_sent = board.get_state()
    text = json.dumps({name: value for name, value in state_sent.items() if not name.startswith("_")}, default=str)
    assert len(text) < 200_000
    assert "token" not in text.lower()
    assert len(board._esm.encode()) + len(board._css.encode()) < 350_000


def test_one_message_redraws_with_one_update(board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    updates: list[set[str]] = []
    monkeypatch.setattr(board, "send_state", lambda key=None: updates.append({key} if isinstance(key, str) else set(key or ())))
    send(board, "set", changes={"query": "graph"})
    assert {"papers", "facets", "topics", "charts", "selection", "summary"} <= updates[0]
    assert len(updates) <= 2

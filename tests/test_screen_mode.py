"""The Screen mode of a dashboard, without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from test_screening import corpus, papers, relevant

from explorer import Corpus, Dashboard, Screening
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.views.screening import AGAINST, FOR, _terms, curve, marked
from explorer.export.export import ExportedFile
from explorer.screening.labels import Log
from explorer.text.analysis import Terms, tokens

__all__ = ["corpus"]


@pytest.fixture
def board(corpus: Corpus) -> Iterator[Dashboard]:
    board = Dashboard(corpus)
    yield board
    board.close()


def send(board: Dashboard, kind: str, **content: Any) -> None:
    board._received(board, {"kind": kind, "seq": 1, **content}, [])
    board.screening_mode.join()
    # Without a loop a thread may have drawn before the message did.
    board.draw("screening")


def begin(board: Dashboard, name: str = "a review", reviewer: str = "ann", **more: Any) -> dict[str, Any]:
    send(board, "screen_open")
    send(board, "screen_begin", name=name, reviewer=reviewer, **more)
    assert board.status["level"] != "error", board.status
    return shown(board)


def shown(board: Dashboard) -> dict[str, Any]:
    assert board.screening is not None
    found: dict[str, Any] = board.screening["review"]
    return found


def test_it_goes_from_one_decision_to_the_next(board: Dashboard, corpus: Corpus) -> None:
    now = begin(board, description="walking and mood", criteria="walking\n\nmood of adults")
    assert now["criteria"] == ["walking", "mood of adults"]
    assert relevant(now["record"]["id"])
    seen = []
    for _ in range(8):
        record = shown(board)["record"]
        seen.append(record["id"])
        send(board, "screen_decide", id=record["id"], label="include" if relevant(record["id"]) else "exclude", reason="")
        # Before the next record is shown the decision is there for everybody.
        assert Screening(corpus, name="a review", reviewer="ann").labels["id"].tolist()[-1] == record["id"]
    assert len(set(seen)) == 8
    now = shown(board)
    assert now["progress"]["screened"] == 8
    assert 0 <= now["stop"]["recall"]["low"] <= now["stop"]["recall"]["value"] <= now["stop"]["recall"]["high"] <= 1
    assert now["stop"]["curve"][-1] == (8, now["progress"]["included"])
    assert now["stop"]["sentence"]
    send(board, "screen_undo")
    assert shown(board)["record"]["id"] == seen[-1]
    assert shown(board)["progress"]["screened"] == 7
    # The curve, the test, the scores and the run stand together, as soon as both kinds were read.
    assert shown(board)["stop"]["modelled"] is None
    for id_ in ("r0001", "r0002"):
        send(board, "screen_decide", id=id_, label="exclude", reason="")
    stop = shown(board)["stop"]
    assert (
        shown(board)["progress"]["included"]
        <= stop["modelled"]["low"]
        <= stop["modelled"]["value"]
        <= stop["modelled"]["high"]
        <= 70
    )
    assert stop["run"] == 2 and 0 < stop["p"] <= 1 and 0 < stop["chance"] < 1
    assert "by the scores of the queue" in board.screening_mode.review.report()


def test_the_record_does_not_change_while_the_queue_learns(board: Dashboard) -> None:
    begin(board, description="walking")
    before = shown(board)["record"]["id"]
    board.screening_mode._learn()
    board.screening_mode.join()
    assert shown(board)["record"]["id"] == before


def test_how_far_the_records_are_read_is_shown_and_can_be_stopped(board: Dashboard) -> None:
    seen: list[dict[str, Any]] = []
    board.observe(lambda change: seen.append((change["new"] or {}).get("review") or {}), names=["screening"])
    begin(board)
    reading = [now for now in seen if now.get("reading") is not None]
    assert reading and all(0 <= now["reading"] <= 1 and now["record"] is None for now in reading)
    assert shown(board)["reading"] is None and shown(board)["record"]
    send(board, "screen_leave")
    assert board.screening is not None and board.screening["review"] is None
    assert begin(board)["record"]


def test_a_decision_is_found_again_and_changed(board: Dashboard, corpus: Corpus) -> None:
    begin(board)
    decided = {"r0001": ("exclude", "wrong outcome"), "r0007": ("include", ""), "r0002": ("maybe", "")}
    for id_, (label, reason) in decided.items():
        send(board, "screen_decide", id=id_, label=label, reason=reason)
    board.screening_mode.review.priors([("r0003", "exclude", "")], how="rayyan.csv")
    send(board, "screen_view", view="decided", stage=1)
    found = shown(board)["decided"]
    # The last one first; what a file told before is there too, and says so.
    assert [(row["id"], row["label"], row["reason"], row["how"]) for row in found["rows"]] == [
        ("r0003", "exclude", "", "rayyan.csv"), ("r0002", "maybe", "", ""), ("r0007", "include", "", ""),
        ("r0001", "exclude", "wrong outcome", ""),
    ]  # fmt: skip
    title = corpus.papers.set_index("id")["title"]["r0007"]
    for words, label, expected in (
        ("", "exclude", ["r0003", "r0001"]),
        ("OUTCOME wrong", "", ["r0001"]),
        ("outcome", "include", []),
        (title.upper(), "", ["r0007"]),
    ):
        send(board, "screen_view", view="decided", stage=1, words=words, label=label)
        now = shown(board)["decided"]
        assert (now["words"], now["label"], now["count"]) == (words, label, len(expected))
        assert [row["id"] for row in now["rows"]] == expected
    send(board, "screen_pick", id="r0007")
    assert shown(board)["record"]["mine"] == ["include", "", ""] and shown(board)["decided"] is None
    send(board, "screen_pick", id="r0003")
    assert shown(board)["record"]["mine"] == ["exclude", "", "rayyan.csv"]
    send(board, "screen_decide", id="r0007", label="exclude", reason="")
    send(board, "screen_view", view="decided", stage=1)
    assert [(row["id"], row["label"]) for row in shown(board)["decided"]["rows"]][:2] == [
        ("r0007", "exclude"),
        ("r0003", "exclude"),
    ]
    # At the other stage nothing was decided.
    send(board, "screen_view", view="decided", stage=2)
    assert shown(board)["decided"]["rows"] == []


def test_who_screens_alone_goes_on_without_a_name_and_nobody_else_does(board: Dashboard) -> None:
    record = begin(board, "alone", "ann")["record"]["id"]
    send(board, "screen_decide", id=record, label="include", reason="")
    send(board, "screen_leave")
    now = begin(board, "alone", "")
    assert (now["reviewer"], now["progress"]["screened"]) == ("ann", 1)
    send(board, "screen_leave")
    # A second reviewer who forgets the name would decide as the first one.
    begin(board, "two", "ann", votes=2)
    send(board, "screen_leave")
    send(board, "screen_begin", name="two", reviewer="")
    assert board.status["level"] == "error" and "Say who you are" in board.status["text"]
    assert board.screening is not None and board.screening["review"] is None


def test_undo_shows_the_paper_at_the_stage_where_it_was_decided(board: Dashboard) -> None:
    begin(board)
    send(board, "screen_decide", id="r0007", label="include", reason="")
    send(board, "screen_decide", id="r0001", label="include", reason="")
    send(board, "screen_view", view="read", stage=2)
    send(board, "screen_undo")
    now = shown(board)
    assert (now["stage"], now["record"]["id"]) == (1, "r0001")
    send(board, "screen_decide", id="r0001", label="exclude", reason="")
    assert board.status["level"] != "error", board.status
    send(board, "screen_view", view="read", stage=2)
    send(board, "screen_decide", id="r0007", label="exclude", reason="wrong outcome")
    send(board, "screen_view", view="read", stage=1)
    send(board, "screen_undo")
    assert (shown(board)["stage"], shown(board)["record"]["id"]) == (2, "r0007")


def test_what_others_decided_meanwhile_is_no_more_that_say_the_same(board: Dashboard, corpus: Corpus) -> None:
    begin(board, votes=2)
    bo = Screening(corpus, name="a review", reviewer="bo")
    for id_ in ("r0003", "r0004", "r0005"):
        bo.label(id_, "exclude", alike=False)
    send(board, "screen_decide", id="r0001", label="exclude", reason="")
    assert "nearly the same" not in board.status["text"]


def test_what_records_tell_is_taken_over_and_a_maybe_of_theirs_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    notes = ['RAYYAN-INCLUSION: {"Ann"=>"%s"}' % said for said in ("Included", "Maybe", "Excluded")]  # noqa: UP031  (braces)
    board = Dashboard(Corpus.from_papers(papers(20).assign(notes=[*notes, *[""] * 17]), tmp_path / "noted", n_topics=2))
    begin(board)
    send(board, "screen_priors")
    assert "what 3 records told" in board.status["text"]
    assert shown(board)["progress"] == {"records": 20, "screened": 3, "included": 1, "excluded": 1, "maybe": 1, "left": 17}
    assert [paper["id"] for paper in shown(board)["maybes"]] == ["r0001"]
    board.close()


def test_a_file_of_known_papers_is_where_the_queue_starts(board: Dashboard, corpus: Corpus) -> None:
    begin(board)
    known = [corpus.papers["title"][row] for row in (7, 14, 21)]
    text = "".join(f"TY  - JOUR\nTI  - {name}\nER  - \n" for name in [*known, "A paper that is not there at all"])
    board._received(board, {"kind": "screen_seeds", "seq": 2, "name": "C:\\lists\\known.ris"}, [memoryview(text.encode())])
    board.screening_mode.join()
    now = shown(board)
    assert board.status["text"] == "3 of 4 papers of known.ris are included as known to be relevant. 1 is not in this review."
    assert now["seeds"] == {
        "name": "known.ris", "named": 4, "added": 3, "decided": 0, "repeated": 0, "excluded": 0, "missing": 1,
        "lost": ["A paper that is not there at all"],
    }  # fmt: skip
    assert now["progress"]["included"] == 3
    assert relevant(now["record"]["id"])  # the first record shown knows of them
    send(board, "screen_seeds", name="", lines=f"{now['record']['id']}\nnothing")
    assert shown(board)["seeds"]["added"] == 1
    assert shown(board)["record"]["id"] != now["record"]["id"]
    for content, match in (
        ({"name": "", "lines": " \n"}, "No paper is named"),
        ({"name": "", "lines": "x" * 5_000_000}, "4 MB"),
    ):
        send(board, "screen_seeds", **content)
        assert board.status["level"] == "error"
        assert match in board.status["text"]


def test_what_cannot_be_is_said_and_changes_nothing(board: Dashboard) -> None:
    send(board, "screen_decide", id="r0001", label="include", reason="")
    assert "No review is open" in board.status["text"]
    begin(board)
    before = shown(board)
    for kind, content, match in (
        ("screen_decide", {"id": "nothing", "label": "include", "reason": ""}, "no record"),
        ("screen_decide", {"id": "r0001", "label": "perhaps", "reason": ""}, "no label"),
        ("screen_view", {"view": "attic", "stage": 1}, "no view"),
        ("screen_view", {"view": "decided", "stage": 1, "label": "perhaps"}, "no label"),
        ("screen_view", {"view": "decided", "stage": 1, "words": 5}, "cannot be"),
        ("screen_team", {"act": "sleep", "who": ""}, "no act"),
        ("screen_file", {"file": "pdf"}, "no file"),
        ("screen_sample", {"size": 1000}, "cannot be drawn"),
        ("screen_settings", {"settings": {"votes": "3"}}, "cannot change"),
        ("screen_pick", {"id": None, "row": 10_000}, "no paper"),
        ("screen_decide", {"id": 5, "label": "include", "reason": ""}, "cannot be"),
    ):
        send(board, kind, **content)
        assert board.status["level"] == "error"
        assert match in board.status["text"]
    assert shown(board) == before


def test_a_read_only_server_keeps_no_decision(corpus: Corpus) -> None:
    board = Dashboard(corpus, deployment=Deployment(read_only=True))
    send(board, "screen_open")
    send(board, "screen_begin", name="a review", reviewer="ann")
    assert "read-only" in board.status["text"]
    assert board.screening == {
        "writable": False, "reader": "", "review": None, "reviews": [], "problem": "", "ticked": 0,
    }  # fmt: skip
    board.close()


def test_a_record_drawn_at_random_says_so(board: Dashboard) -> None:
    assert begin(board)["record"]["sample"] is None
    send(board, "screen_sample", size=3)
    for place in (1, 2, 3):
        record = shown(board)["record"]
        assert record["sample"] == (place, 3)
        send(board, "screen_decide", id=record["id"], label="exclude", reason="")
    assert shown(board)["record"]["sample"] is None
    send(board, "screen_pick", id=record["id"])
    assert shown(board)["record"]["sample"] is None


def test_ticked_papers_are_the_seeds(board: Dashboard, corpus: Corpus) -> None:
    send(board, "tick", row=corpus.papers["id"].tolist().index("r0007"), on=True)
    now = begin(board, seeds=True)
    assert now["progress"]["included"] == 1
    assert relevant(now["record"]["id"])


def test_the_mode_goes_on_with_a_corpus_that_was_added_to(board: Dashboard, corpus: Corpus) -> None:
    begin(board, description="walking")
    for id_ in ("r0000", "r0007"):
        send(board, "screen_decide", id=id_, label="include", reason="")
    board.show_corpus(corpus.add(papers(10, first=70)), board.session.selection)
    board.screening_mode.join()
    assert shown(board)["newer"] == 10
    assert shown(board)["progress"]["records"] == 70
    drawn: list[str | None] = []
    board.observe(
        lambda change: drawn.append(((change["new"]["review"] or {}).get("record") or {}).get("id")), names=["screening"]
    )
    send(board, "screen_update")
    assert shown(board)["progress"] == {"records": 80, "screened": 2, "included": 2, "excluded": 0, "maybe": 0, "left": 78}
    assert shown(board)["newer"] == 0
    # No record is shown before the queue knows the new ones: it would be whichever comes first in the corpus.
    queue = Screening(board.session.corpus, name="a review", reviewer="ann")
    queue.take(queue.lesson()())
    assert {id_ for id_ in drawn if id_} == {queue.next_id()} != {"r0001"}


def test_another_corpus_ends_the_mode(board: Dashboard, tmp_path: Path) -> None:
    begin(board)
    board.show_corpus(Corpus.from_papers(papers(20), tmp_path / "other", n_topics=2), board.session.selection)
    board.screening_mode.join()
    assert board.screening is None


def test_two_reviewers_meet_in_the_team_view(board: Dashboard, corpus: Corpus) -> None:
    other = Dashboard(corpus)
    begin(board, votes=2)
    begin(other, reviewer="bo")
    for place in range(6):
        for one, turned in ((board, False), (other, place == 3)):
            label = "include" if (place % 2 == 0) != turned else "exclude"
            send(one, "screen_decide", id=f"r{place:04}", label=label, reason="")
    send(board, "screen_view", view="team", stage=1)
    team = shown(board)["team"]
    assert team["blind"]
    assert team["conflicts"] == []
    # A full text that is open would tell that another has included the record too.
    assert (shown(board)["second"], shown(board)["waits"]) == (0, True)
    send(board, "screen_view", view="read", stage=2)
    assert shown(board)["record"] is None
    send(board, "screen_decide", id="r0000", label="include", reason="")
    assert "Full texts are assessed once all reviewers are done" in board.status["text"]
    send(board, "screen_view", view="team", stage=1)
    assert [(row["name"], row["decided"]) for row in team["reviewers"]] == [("ann", 6), ("bo", 6)]
    for one in (board, other):
        send(one, "screen_team", act="done", who="")
    send(board, "screen_view", view="team", stage=1)
    team = shown(board)["team"]
    assert [conflict["id"] for conflict in team["conflicts"]] == ["r0003"]
    assert (shown(board)["second"], shown(board)["waits"]) == (3, False)
    assert team["conflicts"][0]["votes"] == [["ann", "exclude"], ["bo", "include"]]
    assert {row["measure"] for row in team["agreement"]} >= {"observed", "Cohen's kappa", "Gwet's AC1", "Krippendorff's alpha"}
    assert shown(board)["stop"]["found"] == 4
    assert shown(board)["stop"]["sentence"].endswith("A record in conflict counts as relevant.")
    send(board, "screen_resolve", id="r0003", label="exclude", reason="wrong outcome")
    assert shown(board)["team"]["conflicts"] == []
    # What was made of it is seen, and can be changed; by a later vote of one reviewer it is not.
    [resolved] = shown(board)["team"]["resolved"]
    assert (resolved["id"], resolved["votes"][-1]) == ("r0003", ["resolved", "exclude: wrong outcome"])
    send(board, "screen_decide", id="r0003", label="include", reason="")
    assert "was resolved (exclude), which stays" in board.status["text"]
    send(board, "screen_resolve", id="r0003", label="include", reason="")
    assert shown(board)["team"]["resolved"][0]["votes"][-1] == ["resolved", "include"]
    send(board, "screen_resolve", id="r0000", label="exclude", reason="")
    assert "no conflict about 'r0000' to resolve: include" in board.status["text"]
    send(board, "screen_resolve", id="r0003", label="exclude", reason="wrong outcome")
    assert shown(board)["stop"]["found"] == 3 and "conflict" not in shown(board)["stop"]["sentence"]
    other.close()


def test_votes_that_nobody_is_left_to_give_are_said_and_can_be_asked_of_another_or_not_at_all(
    board: Dashboard, corpus: Corpus
) -> None:
    begin(board, votes=2)
    bo = Screening(corpus, name="a review", reviewer="bo")
    bo.label("r0005", "exclude", alike=False)
    for id_ in ("r0005", "r0006", "r0007"):
        send(board, "screen_decide", id=id_, label="include", reason="")
    send(board, "screen_view", view="team", stage=1)
    assert (shown(board)["team"]["awaiting"], shown(board)["team"]["stranded"]) == (2, 0)
    send(board, "screen_team", act="leave", who="bo")
    assert [shown(board)["team"][name] for name in ("awaiting", "awaiting_me", "stranded", "active")] == [2, 0, 2, 1]
    send(board, "screen_team", act="ask", who="")
    assert board.status["level"] == "error" and "needs a name" in board.status["text"]
    send(board, "screen_team", act="ask", who="cy")
    team = shown(board)["team"]
    assert (team["stranded"], team["active"], [row["name"] for row in team["reviewers"]]) == (0, 2, ["ann", "bo", "cy"])
    cy = Screening(corpus, name="a review", reviewer="cy")
    assert sorted(cy.awaiting()["id"]) == ["r0006", "r0007"]
    cy.label("r0006", "include", alike=False)
    cy.leave()
    send(board, "screen_team", act="votes", who="")
    team = shown(board)["team"]
    assert (shown(board)["votes"], team["awaiting"], team["stranded"]) == (1, 0, 0)
    # What two had decided otherwise still is for them to settle, and the log says who asked for what.
    cy.refresh()
    assert [cy.state.verdict(1, id_)[0] for id_ in ("r0005", "r0006", "r0007")] == ["conflict", "include", "include"]
    entries = Log(corpus.library.database, "a review").after()
    assert [(entry.reviewer, entry.said) for entry in entries if entry.act in ("leave", "settings")] == [
        ("ann", {"who": "bo"}), ("cy", {"who": "cy"}), ("ann", {"votes": 1}),
    ]  # fmt: skip
    assert [entry.said for entry in entries if entry.act == "join"] == [{}, {}, {"who": "cy"}]


def test_what_the_flow_does_not_reconcile_is_said_once_on_the_page_and_in_the_file(
    board: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(board)
    flow = board.screening_mode.flow(1000)
    assert flow["notes"] and "screening goes on" in flow["notes"][-1]
    assert "screening goes on" not in flow["svg"]
    saved = board.screening_mode.file("flow")
    assert isinstance(saved, ExportedFile) and b"screening goes on" in saved.data


@pytest.mark.parametrize("kind", ["csv", "ris", "excel", "asreview", "log", "flow", "report"])
def test_every_file_is_saved(board: Dashboard, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    # Those of a review of more records are written in a thread, with how far that is and a way to stop it.
    monkeypatch.setattr("explorer.dashboard.handlers.SMALL_REVIEW", 1 if kind in ("csv", "excel") else 500)
    began: list[Any] = []
    board.observe(lambda change: began.append(change["new"]), names="exporting")
    begin(board)
    send(board, "screen_decide", id="r0001", label="exclude", reason="wrong outcome")
    heard: list[tuple[dict[str, Any], Any]] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append((content, buffers)))
    send(board, "screen_file", file=kind)
    board.exporter.join()
    assert bool(began) == (kind in ("csv", "excel")) and board.exporting is None
    assert heard, board.status
    assert all(content["kind"] == "file" for content, _ in heard)
    assert sum(len(buffers[0]) for _, buffers in heard) > 100


def test_words_are_marked_in_the_colour_of_their_criterion() -> None:
    def terms(text: str) -> Terms:
        return Terms(stems=frozenset(term for _, term in tokens(text, "english")))

    text = "Walking trials of adults"
    looked_for = [(1, terms("walk")), (2, terms("adult walks")), (FOR, terms("trial")), (AGAINST, terms("trial"))]
    assert marked(text, looked_for) == [("Walking", 1), (" ", 0), ("trials", FOR), (" of ", 0), ("adults", 2)]
    assert marked("", looked_for) == []
    # What writes no spaces is marked where it stands, and not each of its characters.
    assert marked("步行对人行道的影响", [(1, _terms("步行")), (FOR, _terms("影响 trial"))]) == [
        ("步行", 1),
        ("对人行道的", 0),
        ("影响", FOR),
    ]
    assert marked("nothing of it", []) == [("nothing of it", 0)]
    # Words with signs are marked whole, which the index cuts at a sign, and Thai ones within their clause.
    assert marked("व्यायाम का प्रभाव", [(1, _terms("व्यायाम adults"))]) == [("व्यायाम", 1), (" का प्रभाव", 0)]
    assert marked("ผลของการเดินต่ออารมณ์", [(1, _terms("การเดิน"))]) == [("ผลของ", 0), ("การเดิน", 1), ("ต่ออารมณ์", 0)]
    assert marked("Walked; व्यायाम", [(1, _terms("व्यायाम walking"))]) == [("Walked", 1), ("; ", 0), ("व्यायाम", 1)]


def test_the_curve_has_its_last_point_and_few_others() -> None:
    found = [number % 3 == 0 for number in range(1000)]
    points = curve(found)
    assert points[0] == (0, 0)
    assert points[-1] == (1000, 334)
    assert len(points) < 150
    assert curve([]) == [(0, 0)]


def test_decisions_made_elsewhere_come_in_parts_and_are_taken_when_seen(
    board: Dashboard, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.dashboard.intake.upload.CHUNK", 1000)
    begin(board)
    send(board, "screen_decide", id="r0007", label="include", reason="")
    titles = corpus.papers.set_index("id")["title"]
    said = {
        "r0007": ("Excluded", ""),
        "r0014": ("Included", ""),
        "r0001": ("Excluded", "wrong outcome"),
        "r0002": ("Maybe", ""),
    }
    rows = [
        f'{number},"{titles[id_]}","RAYYAN-INCLUSION: {{""Bo""=>""{word}""}}'
        f'{f" | RAYYAN-EXCLUSION-REASONS: {reason}" if reason else ""}"'
        for number, (id_, (word, reason)) in enumerate(said.items())
    ]
    data = "\n".join(
        ["key,title,notes", *rows, '9,A paper that is not there at all,"RAYYAN-INCLUSION: {""Bo""=>""Excluded""}"']
    )
    data += "\n" * (2500 - len(data))
    parts = [data[at : at + 1000].encode() for at in range(0, len(data), 1000)]

    def give(name: str, size: int, part: int, content: bytes) -> None:
        message = {"kind": "screen_labels", "seq": 2, "name": name, "size": size, "part": part}
        board._received(board, message, [memoryview(content)])
        board.screening_mode.join()

    for part, content in enumerate(parts[:2]):
        give("C:\\exports\\rayyan.csv", len(data), part, content)
        assert shown(board)["labels"] == {"phase": "receiving", "name": "rayyan.csv", "part": (part + 1) / 2.5}
    give("C:\\exports\\rayyan.csv", len(data), 2, parts[2])
    told = {
        "phase": "read",
        "name": "rayyan.csv",
        "part": None,
        "records": 4,
        "stages": [
            {"include": 1, "exclude": 2, "maybe": 1, "conflict": 0},
            {"include": 0, "exclude": 0, "maybe": 0, "conflict": 0},
        ],
        "reviewers": [],
        "single": 0,
        "mine": 1,
        "missing": 1,
        "lost": ["A paper that is not there at all"],
        "ambiguous": 0,
        "doubtful": [],
        "unread": [],
    }
    assert shown(board)["labels"] == told
    # Nothing is taken before the reviewer says so.
    assert shown(board)["progress"]["screened"] == 1
    send(board, "screen_labels_take", yes=False)
    assert shown(board)["labels"] is None and shown(board)["progress"]["screened"] == 1
    for part, content in enumerate(parts):
        give("rayyan.csv", len(data), part, content)
    send(board, "screen_labels_take", yes=True)
    assert board.status["text"] == "Took over what rayyan.csv says of 4 records."
    assert shown(board)["labels"] is None
    labels = Screening(corpus, name="a review", reviewer="ann").labels.set_index(["id", "how"])
    assert labels["label"].to_dict() == {
        ("r0007", ""): "include", ("r0007", "rayyan.csv"): "exclude", ("r0014", "rayyan.csv"): "include",
        ("r0001", "rayyan.csv"): "exclude", ("r0002", "rayyan.csv"): "maybe",
    }  # fmt: skip
    assert labels.loc[("r0001", "rayyan.csv"), "reason"] == "wrong outcome"
    assert shown(board)["progress"] == {"records": 70, "screened": 4, "included": 2, "excluded": 1, "maybe": 1, "left": 66}
    # What it told is taken back as one act, at once or after other decisions.
    [told] = shown(board)["told"]
    assert (told["how"], told["papers"]) == ("rayyan.csv", 4)
    send(board, "screen_undo", number=told["number"])
    assert board.status["text"] == "Took back what rayyan.csv told of 4 records."
    assert shown(board)["told"] == [] and shown(board)["progress"]["screened"] == 1
    assert shown(board)["record"]["id"] != "r0007"
    send(board, "screen_undo")
    assert shown(board)["record"]["id"] == "r0007" and shown(board)["progress"]["screened"] == 0


def test_votes_of_a_file_are_told_by_name_and_titles_that_stand_for_several_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    table = papers(12)
    table.loc[10:11, "title"] = "One title of two papers of these"
    board = Dashboard(Corpus.from_papers(table, tmp_path / "twice", n_topics=2))
    begin(board, votes=2)
    given = [("ann", "include"), ("bo", "exclude")]
    said = [json.dumps([{"stage": 1, "reviewer": who, "label": label} for who, label in given[:count]]) for count in (1, 2, 1)]
    titles = [*table["title"][:2], table["title"][10]]
    data = pd.DataFrame({"title": titles, "screening_decisions": said}).to_csv(index=False).encode()
    message = {"kind": "screen_labels", "seq": 2, "name": "two.csv", "size": len(data), "part": 0}
    board._received(board, message, [memoryview(data)])
    board.screening_mode.join()
    read = shown(board)["labels"]
    assert (read["records"], read["reviewers"], read["single"], read["missing"]) == (2, ["ann", "bo"], 1, 0)
    assert read["stages"][0] == {"include": 1, "exclude": 0, "maybe": 0, "conflict": 1}
    assert (read["ambiguous"], read["doubtful"]) == (1, ["One title of two papers of these (2 records)"])
    send(board, "screen_labels_take", yes=True)
    send(board, "screen_view", view="team", stage=1)
    assert [(row["name"], row["state"], row["decided"]) for row in shown(board)["team"]["reviewers"]] == [
        ("ann", "active", 2), ("bo", "elsewhere", 1),
    ]  # fmt: skip
    board.close()


def test_a_file_without_decisions_or_that_came_damaged_is_refused_in_words(board: Dashboard) -> None:
    begin(board)

    said: list[dict[str, Any]] = []
    board.observe(lambda change: said.append(change["new"]), names="status")

    def give(name: str, size: int, part: int, content: bytes) -> str:
        message = {"kind": "screen_labels", "seq": 2, "name": name, "size": size, "part": part}
        board._received(board, message, [memoryview(content)])
        board.screening_mode.join()
        # Without a loop the thread may have said it before the message was answered.
        assert (board.screening_mode.state() or {})["review"]["labels"] is None
        errors = [one["text"] for one in said if one["level"] == "error"]
        said.clear()
        return str(errors[-1])

    ris = b"TY  - JOUR\nTI  - Walking\nER  - \n"
    assert "known.ris tells of no decision" in give("known.ris", len(ris), 0, ris)
    codes = b"title,decision\nWalking,A\nSinging,B\n"
    assert "“A”, “B”, says neither" in give("codes.csv", len(codes), 0, codes)
    assert "no decision" in give("picture.png", 4, 0, b"\x89PNG")
    assert "cannot be read as a project of ASReview" in give("review.asreview", 4, 0, b"PK\3\4")
    assert "damaged" in give("known.ris", 3, 0, ris)
    assert "from its beginning" in give("known.ris", 9_000_000, 1, ris)
    send(board, "screen_labels_take", yes=True)
    assert "Choose their file again" in board.status["text"]


def test_what_this_program_and_asreview_keep_is_taken_on_the_page(board: Dashboard, corpus: Corpus, tmp_path: Path) -> None:
    other = Screening(corpus, name="another", reviewer="bo")
    for id_, label, reason in (("r0007", "include", ""), ("r0001", "exclude", "wrong outcome")):
        other.label(id_, label, reason=reason)  # type: ignore[arg-type]
    for file, write in (("review.asreview", other.to_asreview), ("review.xlsx", other.to_excel), ("labels.ris", other.to_ris)):
        write(tmp_path / file)
        data = (tmp_path / file).read_bytes()
        begin(board, file)
        message = {"kind": "screen_labels", "seq": 2, "name": file, "size": len(data), "part": 0}
        board._received(board, message, [memoryview(data)])
        board.screening_mode.join()
        send(board, "screen_labels_take", yes=True)
        labels = Screening(corpus, name=file, reviewer="ann").labels
        assert sorted(labels[["id", "label", "reason", "how"]].to_numpy().tolist()) == [
            ["r0001", "exclude", "wrong outcome", file],
            ["r0007", "include", "", file],
        ]
        send(board, "screen_leave")

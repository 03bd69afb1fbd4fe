"""Subscriptions and the digest: who is told what, once; against plain Python over the same papers."""

from __future__ import annotations

import email
import email.policy
import random
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import digest_crash
from explorer import Corpus, Selection, open_corpus
from explorer.cli.main import main
from explorer.dashboard.widget import Dashboard
from explorer.errors import FeedError
from explorer.feed.digest import Digest, Setting, into_folder
from explorer.feed.mail import RefusedError
from explorer.feed.matching import Percolator
from explorer.feed.message import Message
from explorer.feed.saved_sources import SavedSources
from explorer.library.library import Library

WORDS = "moss tide planet robot quantum graph".split()


def papers(day: int, count: int = 6) -> pd.DataFrame:
    """Invented papers of a day of June 2026."""
    return pd.DataFrame(
        [
            {
                "id": f"{day}-{n}", "title": f"{WORDS[n % 6]} {WORDS[(n + day) % 6]} study", "abstract": f"About {WORDS[(n * day) % 6]}.",
                "authors": [f"Ann {WORDS[n % 3]}"], "daily": f"2026-06-{day:02d}", "upvotes": n, "doi": f"10.5555/{day}.{n}", "url": f"https://example.org/{day}-{n}",
            }
            for n in range(count)
        ]
    )  # fmt: skip


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "library"))
    return Corpus.from_papers(papers(1), tmp_path / "corpus")


class Inbox:
    """Takes messages, or refuses them as it is told."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.fail: list[type[FeedError]] = []

    def __call__(self, message: Message) -> None:
        if self.fail:
            raise self.fail.pop(0)("not now")
        self.taken.append(message)

    def links(self, address: str = "") -> list[str]:
        found = []
        for message in self.taken:
            if address in message.recipient:
                text = email.message_from_bytes(message.data, policy=email.policy.default).get_body(("html",)).get_content()  # type: ignore[union-attr]
                found += re.findall(r'<h3[^>]*><a [^>]*href="https://example.org/([^"]+)"', text)
        return found


def run(corpus: Corpus, inbox: Any, today: int, **more: Any) -> Any:
    return Digest(corpus.library, Setting(sender="digest@example.org"), today=date(2026, 6, 1) + timedelta(today)).run(
        inbox, **more
    )


def test_every_paper_goes_out_once_and_those_over_the_cap_wait(corpus: Corpus) -> None:
    add = corpus.library.subscriptions.add
    add("all", address="all@example.org", cap=50)
    add("few", address="few@example.org", cap=4)
    add("moss", "moss", without=["planet"], address="moss@example.org")
    inbox, wanted = Inbox(), set()
    for day in range(1, 6):
        if day > 1:
            corpus = corpus.add(papers(day))
        wanted |= set(papers(day)["id"])
        run(corpus, inbox, day)
        assert Counter(inbox.links("all@")) == Counter(wanted)
    for day in range(6, 12):
        run(corpus, inbox, day)
    assert Counter(inbox.links("few@")) == Counter(wanted)
    every = pd.concat([papers(day) for day in range(1, 6)])
    text = every["title"] + " " + every["abstract"] + " " + every["authors"].str[0]
    assert set(inbox.links("moss@")) == set(every["id"][text.str.contains("moss") & ~text.str.contains("planet")])
    assert len({message.id for message in inbox.taken}) == len(inbox.taken)


def test_one_issue_a_day_or_a_week(corpus: Corpus) -> None:
    add = corpus.library.subscriptions.add
    add("daily", address="a@example.org")
    add("weekly", address="b@example.org", cadence="weekly")
    inbox = Inbox()
    # The first of June 2026 is a Monday.
    for day in range(1, 16):
        if day > 1:
            corpus = corpus.add(papers(day, 2))
        for _ in range(2):
            run(corpus, inbox, day - 1)
    days = {
        address: [
            str(email.message_from_bytes(message.data)["Date"])[5:7]
            for message in inbox.taken
            if message.recipient[0] == address
        ]
        for address in "ab"
    }
    assert [int(day) for day in days["a"]] == list(range(1, 16))
    assert [int(day) for day in days["b"]] == [1, 8, 15]
    assert Counter(inbox.links("b@")) == Counter(
        [*papers(1)["id"], *(id_ for day in range(2, 16) for id_ in papers(day, 2)["id"])]
    )


def test_a_subscriber_is_told_once_over_all_subscriptions(corpus: Corpus) -> None:
    add = corpus.library.subscriptions.add
    add("moss", "moss", address="A@example.org")
    add("all", address="a@example.org")
    inbox = Inbox()
    run(corpus, inbox, 1)
    [message] = inbox.taken
    assert Counter(inbox.links()) == Counter(papers(1)["id"])
    text = email.message_from_bytes(message.data, policy=email.policy.default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    headings = [line for line in text.splitlines() if line in ("moss", "all")]
    assert headings == ["moss", "all"]


def test_a_paper_that_comes_again_under_another_id_is_known(corpus: Corpus) -> None:
    corpus.library.subscriptions.add("all", address="a@example.org")
    inbox = Inbox()
    run(corpus, inbox, 1)
    # The publication of a preprint: another id, the same DOI.
    again = papers(1).assign(id=lambda frame: "new-" + frame["id"], daily="2026-06-02")
    run(Corpus.from_papers(again, corpus.folder), inbox, 2)
    assert Counter(inbox.links()) == Counter(papers(1)["id"])


def test_what_would_be_sent_holds_old_papers_that_an_update_has_just_brought(corpus: Corpus) -> None:
    corpus.library.subscriptions.add("all", address="a@example.org")
    inbox = Inbox()
    run(corpus, inbox, 1)
    inbox.taken.clear()
    old = papers(2).assign(daily=None, published="1999-05-01")
    # The publication of a paper that was told is no new one.
    known = papers(1, 1).assign(id="again", daily=None, published="1999-05-01")
    corpus = corpus.add(pd.concat([old, known]))
    would, problems = Digest(corpus.library, today=date(2026, 6, 3)).drafts()
    assert not problems
    assert sorted(item.id for draft in would for section in draft.issue.sections for item in section.items) == sorted(old["id"])
    run(corpus, inbox, 2)
    assert sorted(inbox.links()) == sorted(old["id"])


def test_what_cannot_be_delivered_waits_unchanged_and_what_is_refused_does_not(corpus: Corpus) -> None:
    corpus.library.subscriptions.add("all", address="a@example.org")
    inbox = Inbox()
    inbox.fail = [FeedError]
    outcome = run(corpus, inbox, 1)
    assert (outcome.made, outcome.delivered, outcome.waiting) == (1, 0, 1)
    [kept] = Digest(corpus.library).waiting()
    assert run(corpus, inbox, 1).delivered == 1
    assert inbox.taken == [kept]
    corpus = corpus.add(papers(2))
    inbox.fail = [RefusedError]
    assert run(corpus, inbox, 2).refused == 1
    assert run(corpus, inbox, 3).delivered == 0


class Killed(BaseException):
    """The end of a process, between two steps."""


def test_killed_between_any_two_steps_nobody_is_told_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each commit, and each hand-over of a message, is a place to die at; the same run is played again until it ends."""
    from explorer.library.database import Database

    real = Database.writing
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "library"))
    folder = Corpus.from_papers(papers(1), tmp_path / "corpus").folder
    steps = 1
    while True:
        # A library of its own each time, of the same corpus.
        monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / f"library-{steps}"))
        corpus = Corpus(folder)
        corpus.library.subscriptions.add("all", address="a@example.org", cap=4)
        corpus.library.subscriptions.add("moss", "moss", address="b@example.org")
        out, left = tmp_path / f"out-{steps}", steps

        def step() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        from contextlib import contextmanager

        @contextmanager
        def writing(self: Database, *nouns: Any) -> Any:
            step()
            with real(self, *nouns) as file:
                yield file
            step()

        write = into_folder(out)

        def deliver(message: Message, write: Any = write) -> None:
            step()
            write(message)
            step()

        monkeypatch.setattr(Database, "writing", writing)
        died = 0
        for today in range(1, 5):
            try:
                run(corpus, deliver, today)
            except Killed:
                died += 1
                run(corpus, deliver, today)
        monkeypatch.setattr(Database, "writing", real)
        got, messages, again = digest_crash.received(out)
        assert {address: max(counts.values()) for address, counts in got.items()} == {"a@example.org": 1, "b@example.org": 1}
        assert len(got["a@example.org"]) == 6
        assert again == 0
        if not died:
            break
        steps += 1
    assert steps > 10


@pytest.mark.slow
def test_killed_at_any_moment_nobody_is_told_twice(shared_data: Path) -> None:
    struck, wrong, _ = digest_crash.play(sorted((shared_data / "hf_daily").glob("*.json"))[:3], 6)
    assert wrong == []
    assert struck


# What selections want of the day


@pytest.fixture(scope="module")
def several() -> Corpus:
    frame = pd.concat([papers(day) for day in range(1, 6)], ignore_index=True)
    # Columns of the reader's own, of numbers and of values; some papers have none.
    frame["loss"] = [None if n % 7 == 3 else n / 10 for n in range(len(frame))]
    frame["lab"] = [("north", "south", "west")[n % 3] for n in range(len(frame))]
    return Corpus.from_papers(frame)


@pytest.mark.parametrize(
    "given",
    [{"query": "moss"}, {"query": '"tide planet" OR robot -graph'}, {"authors": ("Ann moss",)}, {"query": "quantum", "authors": ("Ann tide", "Ann moss")},
     {"query": "title:graph author:ann"}, {"has_code": False}, {"query": "rob*"}, {"query": "id:3-1"},
    {"query": "moss NEAR/1 tide"}, {"query": "moss PRE/0 study OR graph NEAR/2 robot"}, {"query": "abstract:moss -title:moss"},
    {"query": "moss planet -robot", "mode": "any"}, {"query": "moss tide author:planet", "mode": "any"},
    {"query": "robot about tide", "mode": "meaning"}, {"query": "moss -graph", "mode": "meaning"},
    {"query": "loss:>1.2"}, {"query": "moss loss:0.3..2 -lab:west"}, {"query": "lab:north OR quantum"}, {"query": "NOT loss:>1.2 moss"},
    {"columns": {"loss": (0.5, 2)}}, {"columns": {"lab": ["north", "west"]}, "query": "moss OR tide"},
    {"columns": {"lab": "south"}, "exclude": (("authors", "Ann moss"),)}, {"exclude": (("lab", "north"),)}, {"exclude": (("lab", "north"), ("lab", "west"), ("authors", "Ann tide")), "query": "stud*"},
    {"query": "moss year:2026"}, {"query": "year:..2025 OR tide"}, {"query": "robot -year:2026-01"}, {"query": "moss year:2026..", "mode": "any"},
    {"query": "is:unread moss"}, {"years": (2026, None), "months": (None, "2026-06")}],
    ids=str,
)  # fmt: skip
def test_the_day_is_matched_as_the_corpus_is(several: Corpus, given: dict[str, Any]) -> None:
    selection = Selection(**given)
    topic = several.topics.labels[0]
    rows = np.arange(9, 27)
    for wanted in (selection, selection.with_({"topics": [topic]})):
        shown = several.results(wanted).mask
        percolator = Percolator(several.ranker, rows)
        assert sorted(rows[percolator.match(wanted).places]) == [row for row in rows if shown[row]]


def test_concepts_likeness_and_marks_are_those_of_the_corpus(several: Corpus) -> None:
    several.library.tag("2-1", "mine")
    rows = np.arange(len(several))
    percolator = Percolator(several.ranker, rows)
    ranked = Selection(rank="moss + robot - planet")
    best = percolator.match(ranked)
    scores = several.results(ranked).ordering.scores
    count = round(0.05 * len(several))
    assert set(best.places) == set(np.flatnonzero(scores >= np.sort(scores)[-count]))
    assert "shows moss and robot, not planet" in percolator.reasons(ranked, best.places[:1].tolist())[0]
    like = percolator.match(Selection(like=("1-1",)))
    assert several.papers["id"][int(like.places[0])] != "1-1"
    assert several.papers["id"][percolator.match(Selection(query="tag:mine")).places].to_list() == ["2-1"]
    assert len(percolator.match(Selection(query="moss"), without=["study"]).places) == 0


def test_reasons_name_the_words_and_where_they_stand(several: Corpus) -> None:
    percolator = Percolator(several.ranker, np.arange(6))
    [reason] = percolator.reasons(Selection(query="moss"), [0])[0]
    assert reason == "matches ‘moss’ in the title"


def test_a_paper_that_trends_says_its_votes_and_not_how_they_are_weighed(several: Corpus) -> None:
    rows = np.arange(len(several))[:3]
    reasons = Percolator(several.ranker, rows).reasons(Selection(), range(3))
    for row, [said] in zip(rows, reasons, strict=True):
        assert re.fullmatch(rf"{int(several.papers['upvotes'].iloc[row])} upvotes? (on its day|after \d+ days?)", said)


def test_any_words_and_filters_together_find_what_they_find_in_the_corpus(several: Corpus) -> None:
    draw = random.Random(5)
    rows = np.arange(3, 28)
    leaves = [
        *WORDS,
        '"tide planet"',
        '"about moss"',
        "title:robot",
        "author:ann",
        "qu*",
        "studies",
        "loss:<1.5",
        "lab:north",
        "is:unread",
        "moss NEAR/2 study",
    ]
    percolator = Percolator(several.ranker, rows)
    for _ in range(300):
        parts = [("-" if draw.random() < 0.2 else "") + draw.choice(leaves) for _ in range(draw.randint(1, 4))]
        query = "".join(part + draw.choice([" ", " OR "]) for part in parts).removesuffix("OR ").strip()
        if draw.random() < 0.3:
            query = f"{draw.choice(WORDS)} ({query})"
        more: dict[str, Any] = {
            "mode": draw.choice(["all", "any"]),
            "sort": draw.choice(["relevance", "upvotes", "columns.loss:up"]),
        }
        if draw.random() < 0.3:
            more["authors"] = tuple(draw.sample(["Ann moss", "Ann tide", "Ann planet"], 2))
        if draw.random() < 0.3:
            more["exclude"] = (("lab", draw.choice(["north", "south"])),)
        selection = Selection(query=query, **more)
        shown = several.results(selection).mask
        match = percolator.match(selection)
        assert sorted(rows[match.places]) == [row for row in rows if shown[row]], selection
        assert all(percolator.reasons(selection, match.places.tolist()))


def test_what_is_wanted_comes_in_the_order_of_the_selection(several: Corpus) -> None:
    rows = np.arange(len(several))
    percolator = Percolator(several.ranker, rows)
    up = several.papers["loss"].to_numpy(float)[percolator.match(Selection(query="study", sort="columns.loss:up")).places]
    assert np.isnan(up).sum() == 4
    assert np.array_equal(up, np.sort(up), equal_nan=True)
    votes = several.papers["upvotes"].to_numpy(float)[percolator.match(Selection(query="study", sort="upvotes")).places]
    assert (np.diff(votes) <= 0).all()


def test_an_unknown_column_is_said_and_others_are_told(corpus: Corpus) -> None:
    corpus.library.subscriptions.add("gone", "colour:red", address="a@example.org")
    corpus.library.subscriptions.add("moss", "moss", address="a@example.org")
    inbox = Inbox()
    outcome = run(corpus, inbox, 0)
    assert len(outcome.problems) == 1
    assert "colour" in outcome.problems[0]
    every = papers(1)
    text = every["title"] + " " + every["abstract"] + " " + every["authors"].str[0]
    assert set(inbox.links("a@")) == set(every["id"][text.str.contains("moss")])


def test_reasons_say_how_a_query_was_read(several: Corpus) -> None:
    percolator = Percolator(several.ranker, np.arange(6))
    for selection, said in (
        (Selection(query="moss quantum", mode="any"), "matches ‘moss’ in the title"),
        (Selection(query="about"), "matches ‘about’"),
        (Selection(query='"moss tide" OR tide'), "matches ‘moss tide’ in the title, ‘tide’ in the title"),
        (Selection(query='"moss robot" OR ann'), "matches ‘ann’"),
        (Selection(query="loss:<0.1"), "matches ‘loss:<0.1’"),
        (Selection(columns={"lab": "north"}, exclude=(("lab", "west"),)), "lab ‘north’"),
    ):
        assert [said] == [reason.lower() for reason in percolator.reasons(selection, [0])[0]], selection


# Subscriptions


def test_subscriptions_are_each_reader_s_own_and_tokens_end_them(corpus: Corpus) -> None:
    bo = Library(corpus.ranker, reader="bo")
    made = [bo.subscriptions.add("x", "moss", address="bo@example.org"), bo.subscriptions.add("y", address="bo@example.org")]
    own = corpus.library.subscriptions.add("x", "tide", cap=3, cadence="weekly", without=["a", "a", " "])
    assert [row.name for row in bo.subscriptions.all()] == ["x", "y"]
    assert corpus.library.subscriptions.get("x") == own
    assert own.without == ("a",)
    assert len({row.token for row in (*made, own)}) == 3
    assert all(len(row.token) >= 32 and row.token not in repr(row) for row in (*made, own))
    for guess in ("", "x", made[0].token[:-1], made[0].token + "x"):
        assert bo.subscriptions.unsubscribe(guess) == 0
    assert corpus.library.subscriptions.unsubscribe(made[0].token) == 2
    assert bo.subscriptions.all() == []
    assert len(corpus.library.subscriptions.all()) == 1


def test_what_cannot_be_subscribed_to_is_said(corpus: Corpus) -> None:
    subscriptions = corpus.library.subscriptions
    subscriptions.add("x")
    for wrong, said in (
        ({"name": "x"}, "already"),
        ({"name": " "}, "name"),
        ({"name": "y", "cadence": "hourly"}, "hourly"),
        ({"name": "y", "cap": 0}, "number from 1"),
        ({"name": "y", "cap": True}, "number from 1"),
        ({"name": "y", "address": "a@b\nBcc: c@d"}, "address"),
    ):
        with pytest.raises(FeedError, match=said):
            subscriptions.add(**wrong)  # type: ignore[arg-type]
    kept = subscriptions.get("x").token
    assert subscriptions.add("x", "moss", replace=True).token == kept
    with pytest.raises(FeedError, match="no subscription"):
        subscriptions.delete("y")


def test_a_subscription_that_no_longer_runs_keeps_nothing_from_the_others(corpus: Corpus) -> None:
    corpus.library.save_set("chosen", ["1-1"])
    corpus.library.subscriptions.add("set", Selection(rank="set:chosen"), address="a@example.org")
    corpus.library.subscriptions.add("all", address="b@example.org")
    corpus.library.delete_set("chosen")
    inbox = Inbox()
    outcome = run(corpus, inbox, 1)
    assert [message.recipient for message in inbox.taken] == ["b@example.org"]
    assert "“set” could not be run" in outcome.problems[0]


def test_a_topic_that_is_called_otherwise_by_now_is_said_so(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    before, other = corpus.topics.labels[:2]
    corpus.library.subscriptions.add("one", Selection(topics=(before,), exclude=(("topics", other),)), address="a@example.org")
    corpus.library.save("one", Selection(topics=(before,)))
    corpus.topics.rename(before, "walks")
    renamed = open_corpus(corpus.folder)
    [row] = renamed.library.subscriptions.all()
    assert row.sentence == f"papers, topic ‘walks’, without topic ‘{other}’"
    assert main(["subscriptions", str(corpus.folder)]) == 0
    assert "topic ‘walks’" in capsys.readouterr().out
    inbox = Inbox()
    run(renamed, inbox, 1)
    text = email.message_from_bytes(inbox.taken[0].data, policy=email.policy.default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "‘walks’" in text and f"‘{before}’" not in text
    [saved] = Dashboard(renamed).saved["rows"]
    assert "topic ‘walks’" in saved["sentence"]


# From the command line


def test_from_sources_to_files_and_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "library"))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    papers(1).to_json(inbox / "1.jsonl", orient="records", lines=True)
    folder = str(tmp_path / "corpus")

    def command(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments[:1], folder, *arguments[1:]])
        return (status, *capsys.readouterr())

    assert main(["build", str(inbox / "1.jsonl"), "-o", folder]) == 0
    assert command("update")[0] == 1
    assert command("sources", "--add", "files", str(inbox))[0] == 0
    assert command("sources", "--add", "files", str(inbox))[0] == 1
    assert command("sources", "--add", "arxiv", "x", "--daily")[0] == 1
    assert command("subscriptions", "--add", "all", "--mail", "ann@example.org", "--bibtex")[0] == 0
    assert "all\tdaily\t20\tann@example.org\tall papers" in command("subscriptions")[1]
    status, out, _ = command("digest", "--dry-run")
    assert status == 0 and out.count("\n  1-") == 6
    assert command("digest", "--eml", str(tmp_path / "out"))[0] == 0
    papers(2).to_json(inbox / "2.jsonl", orient="records", lines=True)
    assert "6 papers added" in command("update")[2]
    assert "nothing new" in command("update")[2]
    status, _, said = command("digest", "--eml", str(tmp_path / "out"), "--atom", str(tmp_path / "feed.atom"))
    assert "1 issue made, 6 papers" in said
    got, messages, _ = digest_crash.received(tmp_path / "out")
    assert messages == 2 and len(got["ann@example.org"]) == 12
    assert (tmp_path / "feed.atom").read_bytes().count(b"<entry>") == 12
    assert command("digest", "--atom", str(tmp_path / "feed.json"), "--days", "1")[2].startswith(
        f"{tmp_path / 'feed.json'}: 6 papers"
    )
    assert command("digest", "--preview", "-o", str(tmp_path / "pages"))[0] == 0
    status, _, said = command("digest", "--send")
    assert status == 1 and "sender" in said
    monkeypatch.setenv("LITEXPLORER_SMTP_FROM", "digest@example.org")
    assert "LITEXPLORER_SMTP_HOST" in command("digest", "--send")[2]
    assert command("subscriptions", "--end", "all")[0] == 0
    assert SavedSources(Corpus(folder).library.database).all()[0].seen


def test_the_picks_of_a_curator_say_whose_they_are(corpus: Corpus) -> None:
    corpus.library.subscriptions.add("all", address="a@example.org")
    [draft], _ = Digest(corpus.library, Setting(curator="AK and the research community")).drafts()
    message = Digest(corpus.library, Setting(curator="AK and the research community")).message(draft)
    assert (
        "by AK and the research community"
        in email.message_from_bytes(message.data, policy=email.policy.default).get_body(("plain",)).get_content()
    )  # type: ignore[union-attr]

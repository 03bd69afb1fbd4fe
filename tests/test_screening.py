"""A review: its log, its queue, its reviewers, what it lives through."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import unicodedata
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from built import Built

import explorer
from explorer import Corpus, Screening
from explorer.corpus.opening import open_files
from explorer.errors import LibraryError, ReadError, ScreeningError
from explorer.screening import feature_cache, features
from explorer.screening.files import seen
from explorer.screening.labels import Log, replay, reviews
from explorer.screening.queue import Method, reasons
from explorer.screening.stopping import most_missed, percent

WORDS = "trial walking mood sleep singing placebo adults dose bones cohort diet surgery school pain vision".split()


def papers(count: int, first: int = 0) -> pd.DataFrame:
    """Records of invented words; those of numbers divisible by seven are about walking and mood."""
    rows = []
    for number in range(first, first + count):
        words = [WORDS[(number * step + step) % len(WORDS)] for step in range(2, 9)]
        about = ["walking", "of", "mood", "trial"] if number % 7 == 0 else ["surgery", "diet", "cohort"]
        rows.append(
            {
                "id": f"r{number:04}",
                "title": f"{' '.join(about)} study number {number}",
                "abstract": " ".join([*words, *about, *(["40", "does"] if number % 7 == 0 else [])]),
                "year": 2000 + number % 20,
            }
        )
    return pd.DataFrame(rows)


def relevant(id_: str) -> bool:
    return int(id_[1:]) % 7 == 0


def build(folder: Path) -> Corpus:
    return Corpus.from_papers(papers(70), folder, n_topics=3)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Built) -> Corpus:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    return built(build, tmp_path / "corpus")


def coming(review: Screening, stage: int = 1) -> str:
    """Id of the paper that comes next."""
    shown = review.next(stage=stage)
    assert shown is not None
    return str(shown.id)


def again(corpus: Corpus) -> Corpus:
    """The same corpus as another process opens it."""
    return explorer.open_corpus(corpus.folder)


def test_a_decision_is_kept_before_the_next_paper_is_shown(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"], criteria=["walking and mood"])
    shown = review.next()
    assert shown is not None
    review.label(shown.id, "exclude", reason="wrong outcome")
    other = Screening(again(corpus))
    assert other.labels[["id", "label", "reason", "how"]].values.tolist() == [
        ["r0000", "include", "", "seed"],
        [shown.id, "exclude", "wrong outcome", ""],
    ]
    assert other.state.settings["criteria"] == ["walking and mood"]
    assert coming(other) not in ("r0000", shown.id)


def test_the_queue_finds_what_the_seeds_are_like(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"])
    found = []
    for _ in range(9):
        shown = coming(review)
        review.label(shown, "include" if relevant(shown) else "exclude", alike=False)
        found.append(relevant(shown))
    assert sum(found) >= 8, "nine others of the seventy are like the seed"


def test_a_description_and_criteria_start_the_queue_too(corpus: Corpus) -> None:
    assert relevant(coming(Screening(corpus, description="walking, mood", name="by description")))
    assert relevant(coming(Screening(corpus, criteria=["walking", "mood"], name="by criteria")))


def test_function_words_and_numbers_weigh_and_explain_nothing(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"])
    for id_ in ("r0007", "r0001", "r0002", "r0003"):
        review.label(id_, "include" if relevant(id_) else "exclude", alike=False)
    coming(review)
    learnt = review.learnt
    assert learnt is not None
    every = [one.word for one in reasons(learnt.features, learnt.model, 14, 1000)]
    assert {"of", "of mood", "walking of", "walking", "40", "trial 40", "does"} <= set(every)
    shown = [one.word for one in review.why("r0014", 1000)]
    assert shown == [word for word in every if not {"of", "does"} & set(word.split()) and word != "40"]
    assert [one.word for one in review.why("r0014", 2)][:2] == shown[:2]


def test_a_maybe_that_counts_as_relevant_is_said(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"])
    review.label("r0001", "exclude")
    assert "maybe" not in review.stopping().sentence
    review.label("r0002", "maybe")
    known = review.stopping()
    assert known.found == 2
    assert "2 found relevant" in known.sentence
    assert known.sentence.endswith("A “maybe” counts as relevant.")
    assert "on 0 irrelevant records in a row" in known.sentence
    review.label("r0003", "exclude")
    assert "on 1 irrelevant record in a row" in review.stopping().sentence


def test_undo_takes_the_last_decision_back_and_a_decision_can_be_changed(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"])
    review.label("r0007", "include")
    review.label("r0014", "exclude")
    review.label("r0007", "maybe")
    assert dict(review.labels[["id", "label"]].values.tolist()) == {"r0000": "include", "r0007": "maybe", "r0014": "exclude"}
    assert review.undo() == ["r0007"]
    assert dict(review.labels[["id", "label"]].values.tolist())["r0007"] == "include"
    assert review.undo() == ["r0014"]
    assert review.undo() == ["r0007"]
    assert review.undo() == []
    assert review.labels["id"].tolist() == ["r0000"]
    # The log forgets nothing.
    assert review.log["act"].tolist() == ["begin", "prior", "join", "label", "label", "label", "undo", "undo", "undo"]
    assert Screening(again(corpus)).labels["id"].tolist() == ["r0000"]


def test_the_same_decision_sent_twice_stands_once(corpus: Corpus) -> None:
    one, other = Screening(corpus), Screening(again(corpus))
    one.label("r0007", "include")
    other.label("r0007", "include")
    assert one.log["act"].tolist().count("label") == 1
    steps = other.state.latest[other.reviewer][-1]
    one.undo()
    # The other window has not heard of it, and says the same.
    other._write([{"act": "undo", "target": steps, "said": {"papers": ["r0007"]}}])
    assert one.log["act"].tolist().count("undo") == 1
    one.label("r0007", "include")
    assert one.log["act"].tolist().count("label") == 2


def test_records_that_say_the_same_are_decided_at_once_and_taken_back_at_once(tmp_path: Path, corpus: Corpus) -> None:
    table = papers(20)
    twin = table.iloc[[3]].assign(id="twin", title=table["title"][3].upper() + ".", abstract=None)
    namesake = table.iloc[[3]].assign(id="namesake", abstract="Another abstract altogether.")
    two = Corpus.from_papers(pd.concat([table, twin, namesake]), tmp_path / "two", n_topics=2)
    review = Screening(two)
    assert review.alike("r0003") == ["twin"]
    review.label("r0003", "exclude", reason="wrong population")
    assert review.labels[["id", "how"]].values.tolist() == [["r0003", ""], ["twin", "alike"]]
    assert sorted(review.undo()) == ["r0003", "twin"]
    assert review.labels.empty
    review.label("r0003", "exclude", alike=False)
    assert review.labels["id"].tolist() == ["r0003"]


def test_titles_are_alike_however_their_letters_are_encoded(tmp_path: Path, corpus: Corpus) -> None:
    french, chinese, short = "Effets de l’été sur l’humeur", "步行对成人情绪的影响", "步行与情绪"
    titles = [french, unicodedata.normalize("NFD", french), french.upper(), chinese, f"{chinese}。", short, f"{short}。"]
    table = pd.DataFrame({"id": [f"t{number}" for number in range(7)], "title": titles})
    review = Screening(Corpus.from_papers(table, tmp_path / "letters", n_topics=2))
    assert review.alike("t0") == ["t1", "t2"]
    assert review.alike("t3") == ["t4"]
    assert review.alike("t5") == [], "five characters are less than four words"


def test_titles_that_differ_in_vowel_signs_only_are_not_alike(tmp_path: Path, corpus: Corpus) -> None:
    # "fragrance of the land" and "hunger of the body": the signs are all that differs in three of the words.
    titles = [
        "गंध की भूमि का रस",
        "गंध का भूमा की रस",
        "गंध की भूमि का रस।",
        "ผลของยาต่อเด็กเล็ก",
        "ผลของยาต่อเด็กเลิก",
        "ผลของยาต่อเด็กเล็ก.",
    ]
    table = pd.DataFrame({"id": [f"t{number}" for number in range(6)], "title": titles})
    review = Screening(Corpus.from_papers(table, tmp_path / "signs", n_topics=2))
    assert [review.alike(f"t{number}") for number in (0, 1, 3, 4)] == [["t2"], [], ["t5"], []]
    short = pd.DataFrame({"id": ["s0", "s1"], "title": ["व्यायाम परीक्षण", "व्यायाम परीक्षण."]})
    assert Screening(Corpus.from_papers(short, tmp_path / "short", n_topics=2)).alike("s0") == [], "two words"


def test_a_queue_learns_words_of_a_language_without_spaces(tmp_path: Path, corpus: Corpus) -> None:
    draw = random.Random(0)
    about = {
        True: "步行 情绪 成人 随机对照 运动干预 抑郁 焦虑".split(),
        False: "手术 饮食 营养 护理 感染 炎症 肝脏 外科".split(),
    }

    def text(kind: bool, words: int) -> str:
        return "".join(draw.choices([*about[kind], "研究", "影响", "分析", "的"], k=words))

    rows = [(f"z{n:03}", text(n % 10 == 0, 6), "。".join(text(n % 10 == 0, 5) for _ in range(5))) for n in range(120)]
    table = pd.DataFrame(rows, columns=["id", "title", "abstract"])
    chinese = Corpus.from_papers(table, tmp_path / "chinese", n_topics=2)
    known = pd.Series({id_: int(id_[1:]) % 10 == 0 for id_ in table["id"]})
    order = explorer.simulate_screening(chinese, known, priors=["z000", "z001"])
    assert order["found"].iloc[19] >= 10, "of twelve, where clauses taken for words find three"
    review = Screening(chinese, seeds=["z000"])
    review.label("z001", "exclude")
    shown = review.next()
    assert shown is not None
    words = [one.word for one in review.why(shown.id)]
    assert words and all(len(part) == 2 for word in words for part in word.split())


def test_a_review_replays_exactly(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"], description="walking")
    for step in range(25):
        shown = coming(review)
        review.label(shown, "include" if relevant(shown) else ("maybe" if step % 5 == 4 else "exclude"))
        if step in (6, 13):
            review.undo()
        if step == 10:
            review.fill_abstract("r0069", "walking mood walking mood")
        if step == 15:
            review.label("r0069", "exclude")
    replayed = Screening(again(corpus)).replayed()
    assert replayed["asked"].sum() >= 25
    assert replayed.loc[replayed["asked"], "same"].all()
    entries = Log(corpus.library.database, "review").after()
    for until in (entries[5].seq, entries[20].seq, entries[-1].seq):
        assert replay(entries, until) == replay([entry for entry in entries if entry.seq <= until])
    assert replay(entries) == review.state


def test_another_default_does_not_change_a_review_that_began(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Screening(corpus, seeds=["r0000"])
    method = begun.method
    monkeypatch.setattr("explorer.screening.queue.Method", partial(Method, model="logistic", query="uncertain"))
    assert Screening(again(corpus)).method == method
    assert Screening(corpus, name="another").method != method


def test_the_log_only_grows(corpus: Corpus) -> None:
    review = Screening(corpus)
    review.label("r0001", "include")
    with sqlite3.connect(corpus.library.path) as file:
        for statement in ("DELETE FROM screening", "UPDATE screening SET label = 'exclude'"):
            with pytest.raises(sqlite3.IntegrityError, match="log of a screening"):
                file.execute(statement)
    with pytest.raises(LibraryError), corpus.library.database.writing() as file:
        file.execute("DELETE FROM screening")
    assert reviews(corpus.library.database) == ["review"]


def test_what_cannot_be_is_refused(corpus: Corpus) -> None:
    review = Screening(corpus)
    for call, match in (
        (lambda: review.label("nothing", "include"), "no record"),
        (lambda: review.label(None, "include"), "every one is decided"),
        (lambda: review.label("r0001", "yes"), "no label"),  # type: ignore[arg-type]
        (lambda: review.label("r0001", "include", stage=3), "no stage"),
        (lambda: review.label("r0001", "include", stage=2), "not included by title"),
        (lambda: review.resolve("r0001", "include", stage=2), "not included by title"),
        (lambda: review.label("r0001", "exclude", reason="x" * 301), "at most 300"),
        (lambda: Screening(corpus, seeds=["nothing"], name="other"), "no record"),
        (lambda: Screening(corpus, name=" "), "needs a name"),
        (lambda: Screening(corpus, votes=0), "cannot decide"),
        (lambda: review.fill_abstract("r0001", "  "), "empty"),
        (lambda: review.sample(1000), "cannot be drawn"),
        (lambda: review.leave("nobody"), "No reviewer"),
        (lambda: review.change(colour="red"), "no setting"),
        # The log keeps what it was told: a review must be able to go on with it.
        (lambda: review.change(votes="two"), "cannot decide"),
        (lambda: review.change(method={"model": "oracle"}), "no model"),
        (lambda: review.change(method={"modal": "svm"}), "has a model"),
        (lambda: review.change(criteria="adults"), "list of texts"),
        (lambda: review.change(reasons=[1]), "list of texts"),
        (lambda: review.change(description=3), "is a text"),
        (lambda: Screening(corpus, criteria="adults", name="other"), "list of texts"),
        *((partial(ask, 3), "no stage") for ask in (review.progress, review.awaiting, review.conflicts, review.agreement)),
        *(
            (partial(ask, 3), "no stage")
            for ask in (review.verdicts, review.maybes, review.done, review.unblind, review.next_id)
        ),
        (lambda: review.next(stage=3), "no stage"),
        (lambda: review.label("r0001", "include", stage=True), "no stage"),
        (lambda: review.stopping(target="high"), "cannot be a target"),  # type: ignore[arg-type]
        (lambda: review.stopping(confidence=None), "Nobody is sure"),  # type: ignore[arg-type]
        (lambda: review.fill_abstract("r0001", None), "empty"),  # type: ignore[arg-type]
        (lambda: review.priors([("r0001", "include")]), "id, label and reason"),  # type: ignore[list-item]
        (lambda: review.priors({"r0001": "include"}), "id, label and reason"),  # type: ignore[arg-type]
        (lambda: review.decided_with(None), "of a decision"),  # type: ignore[arg-type]
        (lambda: review.next_id(among=5), "by a function"),  # type: ignore[arg-type]
        (lambda: review.change(method="svm"), "ensemble, svm, logistic, bayes.*uncertain"),
        (lambda: review.update(papers(5)), "no corpus"),  # type: ignore[arg-type]
        (lambda: review.update(title=3), "needs a name"),  # type: ignore[arg-type]
        (lambda: Screening(papers(5)), "from_papers"),  # type: ignore[arg-type]
        (lambda: Screening(None), "no corpus"),  # type: ignore[arg-type]
        (lambda: Screening(corpus, seeds="r0001", name="other"), "list of ids"),
        (lambda: Screening(corpus, name=None), "needs a name"),  # type: ignore[arg-type]
        (lambda: review.priors([], stage=3), "no stage"),
    ):
        with pytest.raises(ScreeningError, match=match):
            call()
    assert review.labels.empty
    # What was refused has left the review as it was.
    assert review.next() is not None and len(review) == 70
    for given in (5, [1]):
        with pytest.raises(ReadError, match="a file or a table"):
            review.read_labels(given)  # type: ignore[arg-type]


def test_the_second_stage_has_the_papers_included_and_needs_reasons(corpus: Corpus) -> None:
    review = Screening(corpus)
    for id_ in ("r0000", "r0007", "r0014"):
        review.label(id_, "include")
    review.label("r0001", "exclude")
    assert {coming(review, 2)} <= {"r0000", "r0007", "r0014"}
    with pytest.raises(ScreeningError, match="needs a reason"):
        review.label("r0000", "exclude", stage=2)
    review.label("r0000", "exclude", reason="wrong outcome", stage=2)
    review.label("r0007", "include", stage=2)
    assert coming(review, 2) == "r0014"
    assert review.progress(2) == {"records": 3, "screened": 2, "included": 1, "excluded": 1, "maybe": 0, "left": 1}
    # A change at the first stage takes the paper out of the second, and what was decided there waits until it comes back.
    review.label("r0014", "exclude")
    assert review.next(stage=2) is None
    review.label("r0000", "exclude")
    assert review.progress(2) == {"records": 1, "screened": 1, "included": 1, "excluded": 0, "maybe": 0, "left": 0}
    assert review.verdicts(2)["r0000"] == ("open", None)
    assert seen(review, 2, "r0000") == ("", "")
    review.undo()
    assert review.progress(2)["excluded"] == 1
    assert seen(review, 2, "r0000") == ("exclude", "wrong outcome")


def test_undo_goes_back_over_both_stages(corpus: Corpus) -> None:
    review = Screening(corpus)
    review.label("r0000", "include")
    review.label("r0000", "exclude", reason="wrong outcome", stage=2)
    review.label("r0001", "exclude")
    stages = []
    while (stage := review.last_stage()) is not None:
        stages.append((stage, review.undo()))
    assert stages == [(1, ["r0001"]), (2, ["r0000"]), (1, ["r0000"])]
    assert review.undo() == []
    assert review.labels.empty


def test_a_maybe_waits_until_it_is_decided(corpus: Corpus) -> None:
    review = Screening(corpus)
    review.priors([("r0005", "maybe", "")])
    review.label("r0006", "maybe")
    assert review.maybes() == ["r0005", "r0006"]
    assert coming(review) not in ("r0005", "r0006")
    review.label("r0005", "exclude")
    assert review.maybes() == ["r0006"]
    review.undo()
    assert review.maybes() == ["r0005", "r0006"]
    review.resolve("r0006", "include")
    assert review.maybes() == ["r0005"]
    smaller = corpus.remove(["r0005"])
    assert Screening(smaller).maybes() == []


def test_decisions_follow_records_that_are_merged_and_set_apart(corpus: Corpus) -> None:
    joined = corpus.decide(corpus.rules.always_merge("r0001", "r0008"))
    [kept] = {"r0001", "r0008"} & set(joined.papers["id"])
    [gone] = {"r0001", "r0008"} - {kept}
    # Taken back before, it does not come back.
    undone = Screening(corpus, name="undone")
    undone.label(gone, "exclude", alike=False)
    undone.undo()
    assert Screening(joined, name="undone").labels.empty
    assert Screening(joined, name="undone").progress()["left"] == 69
    # Decided before, it is decided, in this review as in one that is opened again.
    decided = Screening(corpus, name="decided")
    decided.label(gone, "exclude", alike=False)
    decided.update(joined)
    assert decided.labels["id"].tolist() == Screening(joined, name="decided").labels["id"].tolist() == [kept]
    # Merged with one of which something else was decided: the last decision is in force, and undo gives the one before.
    decided.label(kept, "include", alike=False)
    assert decided.labels["label"].tolist() == ["include"]
    decided.undo()
    assert decided.labels["label"].tolist() == ["exclude"]
    # Decided differently before they were merged, the paper is named beside the flow, as what was included may be lost.
    assert not any("differently" in note for note in decided.prisma().notes)
    both = Screening(corpus, name="both")
    for id_, label in ((kept, "include"), (gone, "exclude")):
        both.label(id_, label, alike=False)  # type: ignore[arg-type]
    both.update(joined)
    assert "decided differently (exclude, include); now exclude holds" in both.prisma().notes[-1]
    # A random sample is of the papers that its records are in.
    drawn = Screening(corpus, name="drawn")
    drawn.sample(70)
    assert drawn.update(joined) == []
    assert set(drawn.state.samples[0].ids) == set(joined.papers["id"])
    # Set apart again, each has its own.
    apart = joined.undo()
    assert Screening(apart, name="decided").labels["id"].tolist() == [gone]


def test_what_a_random_sample_says_rests_on_what_it_was_drawn_from(corpus: Corpus) -> None:
    review = Screening(corpus)
    for id_ in ("r0000", "r0007"):
        review.label(id_, "include", alike=False)
    drawn = review.sample(30)
    for id_ in drawn[:-1]:
        review.label(id_, "exclude", alike=False)
    assert "29 are read" in review.stopping().sentence
    # Records drawn at random are no run of what the queue put first.
    assert review.stopping().irrelevant_run == 0
    review.label(drawn[-1], "include", alike=False)
    bound = most_missed(30, 1, 68, 0.95) - 1
    assert review.stopping().relevant.high == 3 + bound
    # What is found later in what it was drawn from was not missed.
    [found] = [id_ for id_ in review.ids if id_ not in drawn][5:6]
    review.label(found, "include", alike=False)
    assert review.stopping().relevant.high == 4 + bound - 1
    # Another one drawn at once is a part of the same.
    more = [id_ for id_ in Screening(again(corpus)).sample(20)]
    before = bound
    for id_ in more:
        review.label(id_, "exclude", alike=False)
    assert review.stopping().relevant.high - 4 == most_missed(20, 0, 37, 0.95) < before
    # A later search it knows nothing of.
    high = review.stopping().relevant.high
    review.update(corpus.add(papers(12, first=70)))
    assert review.stopping().relevant.high == high + 12


def test_shares_are_written_as_the_page_writes_them() -> None:
    written = [percent(share).replace("\xa0", " ") for share in (0.0, 0.001, 0.225, 0.5, 0.9951, 1.0)]
    assert written == ["0 %", "1 %", "23 %", "50 %", "99 %", "100 %"]


def test_what_is_said_where_nothing_is_left_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    review = Screening(Corpus.from_papers(papers(2), tmp_path / "two", n_topics=1), criteria=["adults"])
    for id_, expected in (
        ("r0001", "No relevant record was found among 1 of 2, so that nothing can be said about recall."),
        ("r0000", "All 2 records were screened; none is relevant."),
    ):
        review.label(id_, "exclude")
        assert review.stopping().sentence == expected
    report = review.report()
    assert "Recall so far" not in report and "p = " not in report and "So the screening may stop." in report
    assert "it began with 0 known decisions and 1 criterion." in report
    assert "2 records came from 1 search. 2 were decided by title and abstract (100.0%), 0 of them relevant." in report
    review.undo()
    assert "Recall so far" in review.report() and " 1 was decided" in review.report()


def test_samples_drawn_one_after_the_other_are_one(corpus: Corpus) -> None:
    review = Screening(corpus)
    review.label("r0000", "include", alike=False)
    for _ in range(2):
        for id_ in review.sample(20):
            review.label(id_, "exclude", alike=False)
    assert review.stopping().relevant.high == 1 + most_missed(40, 0, 69, 0.95)


# Several reviewers


def test_two_reviewers_are_blind_until_both_are_done(corpus: Corpus) -> None:
    ann, bo = Screening(corpus, reviewer="ann", votes=2), Screening(again(corpus), reviewer="bo")
    order: dict[str, list[str]] = {"ann": [], "bo": []}
    for review in (ann, bo):
        for _ in range(12):
            shown = coming(review)
            order[review.reviewer].append(shown)
            review.label(shown, "include" if relevant(shown) else "exclude", alike=False)
    assert order["ann"] != order["bo"], "each reads in another order"
    bo.label(order["ann"][0], "maybe")
    ann.refresh()
    assert set(ann.labels["reviewer"]) == {"ann"}
    assert "bo" not in set(ann.log.loc[ann.log["act"] == "label", "reviewer"])
    for ask in (ann.conflicts, ann.agreement):
        with pytest.raises(ScreeningError, match="done"):
            ask()
    # Neither verdicts nor the flow tell of others' decisions meanwhile; both are of one's own.
    own = ann.labels.set_index("id")["label"]
    assert {id_: verdict for id_, (verdict, _) in ann.verdicts().items() if verdict != "open"} == own.to_dict()
    [column] = ann.prisma().columns
    assert (column.sought, column.pending) == ((own == "include").sum(), {"not screened yet": 58})
    assert sum(column.excluded.values()) == (own == "exclude").sum()
    assert "the decisions of ann alone" in ann.prisma().notes[0]
    waiting = bo.awaiting()
    mine = {id_ for id_ in order["ann"] if id_ not in order["bo"] and id_ != order["ann"][0]}
    assert mine <= set(waiting.loc[~waiting["mine"], "id"])
    # Who reads next gets them, and nobody a third time.
    for review in (ann, bo):
        while (paper := review.next()) is not None:
            review.label(paper.id, "include" if relevant(paper.id) else "exclude", alike=False)
    assert ann.awaiting().empty
    ann.done()
    ann.done(really=False)
    with pytest.raises(ScreeningError, match="not done: ann, bo"):
        ann.conflicts()
    ann.done()
    with pytest.raises(ScreeningError, match="not done: bo"):
        ann.conflicts()
    bo.done()
    with pytest.raises(ScreeningError, match="were seen"):
        ann.done(really=False)
    found = ann.conflicts()
    assert found["id"].tolist() == [order["ann"][0]]
    assert found["bo"].tolist() == ["maybe"]
    agreed = ann.agreement().set_index("measure")
    assert agreed.loc["observed", "papers"] == 70
    assert agreed.loc["Cohen's kappa", "value"] > 0.9
    ann.resolve(order["ann"][0], "include")
    assert bo.conflicts().empty
    assert bo.verdicts()[order["ann"][0]][0] == "include"
    assert not any("alone" in note for note in ann.prisma().notes)
    assert ann.replayed().query("asked")["same"].all()


def test_full_texts_are_open_once_who_includes_tells_nothing(corpus: Corpus) -> None:
    ann, bo = Screening(corpus, reviewer="ann", votes=2, seeds=["r0021"]), Screening(again(corpus), reviewer="bo")
    for id_, label in (("r0000", "include"), ("r0007", "exclude"), ("r0001", "exclude")):
        ann.label(id_, "include", alike=False)
        bo.label(id_, label, alike=False)  # type: ignore[arg-type]
    # Known before, its full text tells of nobody's vote; of the others nothing is to be told apart.
    assert coming(ann, 2) == "r0021" and ann.progress(2)["records"] == 1
    told = set()
    for id_ in ("r0000", "r0007", "r0014"):
        with pytest.raises(ScreeningError, match="once all reviewers are done") as problem:
            ann.label(id_, "include", stage=2)
        told.add(str(problem.value))
    assert [text.rpartition(". ")[2] for text in told] == ["Not done: ann, bo."] and ann.next_id(2) == "r0021"
    for one in (ann, bo):
        one.done()
    # What became open is there at once, also in a page that had been looked at before.
    assert ann.refresh() == 1 and ann.progress(2)["left"] == 2
    ann.label("r0021", "exclude", reason="wrong outcome", stage=2)
    assert coming(ann, 2) == "r0000"
    with pytest.raises(ScreeningError, match="not included by title"):
        ann.label("r0007", "include", stage=2)
    ann.resolve("r0007", "include")
    for one in (ann, bo):
        one.label("r0000", "include", stage=2)
    # A further search hides what is decided from then on, and nothing that was seen.
    grown = corpus.add(papers(10, first=70))
    for one in (ann, bo):
        one.update(grown)
    ann.label("r0070", "include", alike=False)
    bo.label("r0070", "include", alike=False)
    ann.refresh()
    assert ann.progress(2)["records"] == 3, "r0021, r0000 and r0007"
    assert ann.conflicts()["id"].tolist() == ["r0001"]
    ann.resolve("r0001", "exclude")
    assert set(ann.labels.query("stage == 1 and reviewer == 'bo'")["id"]) == {"r0000", "r0007", "r0001"}
    assert ann.agreement().set_index("measure").loc["observed", "papers"] == 3
    first, second = ann.prisma().columns
    assert (first.sought, first.pending, second.sought) == (3, {"not screened yet": 66}, 1)
    assert sum(first.excluded.values()) == 1
    assert "the decisions of ann alone are counted of what was not seen before" in ann.prisma().notes[0]
    bo.unblind()
    assert {id_ for id_ in ann.ids if ann.refresh() is not None and ann.state.at_stage(2, id_)} == {
        "r0000",
        "r0007",
        "r0021",
        "r0070",
    }


def test_a_third_who_joins_hides_only_what_awaits_a_vote(corpus: Corpus) -> None:
    ann, bo = Screening(corpus, reviewer="ann", votes=2), Screening(again(corpus), reviewer="bo")
    for one, label in ((ann, "include"), (bo, "exclude")):
        one.label("r0000", label, alike=False)  # type: ignore[arg-type]
    ann.label("r0007", "include", alike=False)
    for one in (ann, bo):
        one.done()
    cy = Screening(again(corpus), reviewer="cy")
    assert cy.state.blind(1)
    assert set(cy.labels["id"]) == {"r0000"} and cy.awaiting()["id"].tolist() == ["r0007"]
    assert cy.conflicts()["id"].tolist() == ["r0000"]
    cy.resolve("r0000", "include")
    assert coming(cy, 2) == "r0000"
    # One reviewer for each at first, then two: what one decided is hidden from the second.
    alone = Screening(corpus, name="alone", reviewer="ann")
    alone.label("r0007", "include", alike=False)
    alone.change(votes=2)
    assert Screening(again(corpus), name="alone", reviewer="bo").labels.empty


def test_agreement_is_of_what_each_decided_alone(corpus: Corpus) -> None:
    ann = Screening(corpus, name="talked over", reviewer="ann", votes=2)
    bo = Screening(corpus, name="talked over", reviewer="bo")
    for place, id_ in enumerate(ann.ids[:10]):
        ann.label(id_, "include" if place < 4 else "exclude", alike=False)
        bo.label(id_, "include" if place < 2 else "exclude", alike=False)
    # While nobody sees the other's decisions, what counts is the last one.
    ann.label(ann.ids[9], "include")
    ann.undo()
    ann.label(ann.ids[8], "include")
    for one in (ann, bo):
        one.done()
    before = ann.agreement()
    assert before.set_index("measure").loc["observed", "value"] == pytest.approx(0.7)
    assert len(ann.conflicts()) == 3
    # After a talk about it, ann changes two decisions, and takes one back to decide it anew.
    ann.undo()
    ann.label(ann.ids[8], "exclude")
    ann.label(ann.ids[2], "exclude")
    assert len(ann.conflicts()) == 1
    pd.testing.assert_frame_equal(ann.agreement(), before)
    # A vote given with the other's in sight is no pair.
    ann.label(ann.ids[20], "include")
    bo.label(bo.ids[20], "include")
    pd.testing.assert_frame_equal(bo.agreement(), before)


def test_who_leaves_leaves_what_was_decided(corpus: Corpus) -> None:
    ann, bo = Screening(corpus, reviewer="ann", votes=2), Screening(again(corpus), reviewer="bo")
    ann.label("r0001", "exclude")
    bo.label("r0001", "exclude")
    bo.label("r0002", "include")
    ann.leave("bo")
    with pytest.raises(ScreeningError, match="has left"):
        bo.label("r0003", "include")
    with pytest.raises(ScreeningError, match="has left"):
        bo.undo()
    cy = Screening(again(corpus), reviewer="cy")
    assert cy.state.verdict(1, "r0001")[0] == "exclude"
    assert cy.awaiting()["id"].tolist() == ["r0002"]
    cy.label("r0002", "include")
    assert cy.state.verdict(1, "r0002")[0] == "include"
    # Whoever left is waited for no more.
    ann.done()
    cy.done()
    assert ann.conflicts().empty
    bo.join()
    bo.label("r0003", "include")
    assert not bo.awaiting().empty


# A living review


def test_a_search_run_again_brings_only_what_is_new(corpus: Corpus) -> None:
    review = Screening(corpus, seeds=["r0000"])
    for id_ in ("r0007", "r0014"):
        review.label(id_, "include")
    for number in (1, 2, 3, 4, 5):
        review.label(f"r{number:04}", "exclude", reason="wrong outcome")
    grown = corpus.add(papers(30, first=60))
    assert len(grown) == 90
    before = review.stopping()
    fresh = review.update(grown, title="Search of May")
    after = review.stopping()
    assert after.recall.low < before.recall.low and after.relevant.high > before.relevant.high, "nothing of it is known yet"
    assert fresh == [f"r{number:04}" for number in range(70, 90)]
    assert review.update(grown) == []
    assert len(review) == 90
    assert len(review.labels) == 8
    first = [coming(review)]
    while len(first) < 12:
        review.label(first[-1], "include" if relevant(first[-1]) else "exclude")
        first.append(coming(review))
    assert {"r0070", "r0077", "r0084"} <= set(first), "the queue starts from the decisions before"
    flow = review.prisma()
    assert [column.title for column in flow.columns] == ["Search 1", "Search of May"]
    assert [column.records for column in flow.columns] == [70, 20]
    reopened = Screening(grown)
    assert coming(reopened) == coming(review)
    assert reopened.replayed().query("asked")["same"].all()


# Killed

WRITER = """
import sys
import explorer
corpus = explorer.open_corpus(sys.argv[1])
review = explorer.Screening(corpus, reviewer=sys.argv[2])
while (shown := review.next(learn=False)) is not None:
    review.label(shown.id, "include" if int(shown.id[1:]) % 7 == 0 else "exclude", alike=False)
    print(shown.id, flush=True)
"""


def test_nothing_is_lost_or_doubled_when_processes_are_killed(corpus: Corpus) -> None:
    Screening(corpus, reviewer="ann", votes=2)
    said: dict[str, list[str]] = {"ann": [], "bo": []}
    environment = {**os.environ, "PYTHONPATH": str(Path(explorer.__file__).parent.parent)}
    for kill_after in (7, 16, None):
        running = {
            who: subprocess.Popen(
                [sys.executable, "-c", WRITER, str(corpus.folder), who], stdout=subprocess.PIPE, text=True, env=environment
            )
            for who in said
        }
        for who, process in running.items():
            assert process.stdout is not None
            for number, line in enumerate(process.stdout, 1):
                said[who].append(line.strip())
                if number == kill_after:
                    os.kill(process.pid, signal.SIGKILL)
                    said[who] += process.stdout.read().split()
                    break
            process.stdout.close()
            process.wait()
    for who in said:
        review = Screening(again(corpus), reviewer=who)
        mine = review.labels
        decided = mine[mine["reviewer"] == who]["id"].tolist()
        assert len(decided) == len(set(decided)) == 70
        assert set(said[who]) <= set(decided)
        acts = review.log
        assert (acts[acts["reviewer"] == who]["act"] == "label").sum() == 70
        assert len(said[who]) == len(set(said[who])), "nobody was shown a paper twice that was said to be decided"


def test_a_flow_names_the_file_of_all_its_records(tmp_path: Path) -> None:
    """Also of those that were merged, which alone the notes of the ledger tell of."""
    path = tmp_path / "trials.csv"
    titles = [
        f"A trial of walking on {place} and what came of it" for place in ("sand", "snow", "grass", "ice", "stone", "stone")
    ]
    pd.DataFrame({"title": titles, "abstract": "Walking was measured.", "year": 2020}).to_csv(path, index=False)
    corpus = open_files([path])
    assert len(corpus) == 5
    flow = explorer.Screening(corpus, name="walks", reviewer="ann").prisma()
    assert flow.columns[0].identified == {"trials.csv": 6}
    assert flow.columns[0].duplicates == 1


def test_a_review_opened_again_has_the_same_queue_from_kept_features(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(feature_cache, "FEWEST", 1)
    first = Screening(corpus, name="kept", description="walking")
    first.label(coming(first), "include")
    shown, ranks = coming(first), first.ranks()
    monkeypatch.setattr(features, "record_features", None)  # nothing is made a second time
    opened = Screening(corpus, name="kept")
    assert (coming(opened), opened.ranks()) == (shown, ranks)
    with pytest.raises(TypeError):
        Screening(corpus, name="other words", description="singing").next()

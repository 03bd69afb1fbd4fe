"""Papers by the day, what trends, what to read next: against plain Python."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from explorer import Corpus, Selection, import_papers
from explorer.dashboard.widget import Dashboard
from explorer.errors import FeedError
from explorer.feed.daily import calendar
from explorer.feed.issue import items_of
from explorer.feed.periods import period_around, period_of
from explorer.feed.recommend import PRIORS, features, recommend, word_features
from explorer.feed.trending import LEAST, WEIGHTS, rising_topics, trending
from explorer.ranking.recommender import Recommender


@pytest.fixture(scope="module")
def days(shared_data: Path) -> list[dict]:
    """Records of the archive of daily papers."""
    files = sorted((shared_data / "hf_daily").glob("*.json"))
    return [record for file in files for record in json.loads(file.read_text(encoding="utf-8"))["papers"]]


@pytest.fixture(scope="module")
def archive(shared_data: Path) -> Corpus:
    return Corpus.from_papers(import_papers(*sorted((shared_data / "hf_daily").glob("*.json"))).papers)


def made(records: list[dict]) -> Corpus:
    return Corpus.from_papers(pd.DataFrame(records))


def test_periods_are_those_of_the_calendar() -> None:
    for day in (date(2024, 12, 30) + timedelta(step) for step in range(800)):
        week, month = period_around(day, "week"), period_around(day, "month")
        assert week.name == f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
        assert week.first <= day <= week.last and week.first.weekday() == 0 and (week.last - week.first).days == 6
        assert (month.first.day, month.last.month, (month.last + timedelta(1)).day) == (1, day.month, 1)
        for period in (week, month, period_around(day, "day")):
            assert period_of(period.name) == period
    for wrong in ("2026-13", "2026-W54", "2026-02-30", "yesterday", "", "2026-6-1"):
        with pytest.raises(FeedError, match="no day"):
            period_of(wrong)


def test_each_day_of_the_archive_has_its_papers(archive: Corpus, days: list[dict]) -> None:
    wanted = Counter(record["daily_date"] for record in days)
    for day, count in wanted.items():
        frame = archive.daily(day)
        assert set(frame["id"]) == {record["id"] for record in days if record["daily_date"] == day}
        assert len(frame) == count
        votes = frame["upvotes"].to_list()
        assert votes == sorted(votes, reverse=True)
        assert set(frame["reason"]) == {f"listed on {day}"}
    week = archive.daily("2026-W02")
    assert len(week) == sum(count for day, count in wanted.items() if "2026-01-05" <= day <= "2026-01-11")
    assert {day.isoformat(): count for day, count in calendar(archive.snapshot, "2026-01") if count} == dict(wanted)
    walked, at = [], archive.daily().attrs["period"]
    while at:
        walked.append(at)
        at = archive.daily(at).attrs["before"]
    assert walked == sorted(wanted, reverse=True)


def test_the_day_of_a_recorded_answer_is_that_of_the_listing(shared_data: Path) -> None:
    path = shared_data / "hf_api" / "api_daily_papers_2026-06-12.json"
    records = {item["paper"]["id"]: item for item in json.loads(path.read_text(encoding="utf-8"))}
    frame = Corpus.from_papers(import_papers(path).papers).daily("2026-06-12")
    assert len(frame) == len(records)
    for row in frame.itertuples():
        paper = records[row.id]["paper"]
        assert row.upvotes == paper["upvotes"]
        assert row.comments == records[row.id]["numComments"]
        assert row.submitted_by == (paper.get("submittedOnDailyBy") or {}).get("fullname")
        organization = paper.get("organization") or records[row.id].get("organization") or {}
        assert (None if pd.isna(row.organization) else row.organization) == (
            organization.get("fullname") or organization.get("name") or None
        )
        assert (None if pd.isna(row.stars) else row.stars) == paper.get("githubStars")


def test_a_paper_without_a_listing_stands_on_its_own_date() -> None:
    corpus = made(
        [
            {"title": "Listed", "published": "2026-01-01", "daily": "2026-01-05"},
            {"title": "Dated", "published": "2026-01-05"},
            {"title": "Of a month", "published": "2026-01"},
            {"title": "Wrong day", "published": "2026-01-04", "daily": "2026-02-31"},
        ]
    )
    frame = corpus.daily("2026-01-05")
    assert dict(zip(frame["title"], frame["reason"], strict=True)) == {
        "Listed": "listed on 2026-01-05",
        "Dated": "dated 2026-01-05",
    }
    assert corpus.daily("2026-01-04")["title"].to_list() == ["Wrong day"]
    assert "Of a month" not in corpus.daily("2026-01")["title"].to_list()


def test_a_corpus_without_days_has_none() -> None:
    corpus = made([{"title": "Nothing known"}])
    assert len(corpus.daily()) == len(corpus.trending()) == 0
    assert calendar(corpus.snapshot) == []


# What trends


def score_of(record: dict, day: date, others: list[dict]) -> float:
    """The documented score of one paper, from scratch."""

    def worth(paper: dict) -> float:
        return paper["upvotes"] + 0.5 * paper["num_comments"]

    def drawn(paper: dict) -> float:
        return 1 - 2 ** -((day - date.fromisoformat(paper["daily_date"])).days + 1)

    rest = [other for other in others if other is not record]
    overall = (sum(map(worth, rest)) + 1) / (sum(map(drawn, rest)) + 1)
    source = record.get("institution")
    prior = overall
    if source:
        own = [other for other in rest if other.get("institution") == source]
        prior *= (sum(map(worth, own)) / overall + WEIGHTS.group) / (sum(map(drawn, own)) + WEIGHTS.group)
    age = (day - date.fromisoformat(record["daily_date"])).days
    return (1 + worth(record)) / (1 / prior + drawn(record)) * 0.5 ** (age / WEIGHTS.half_life)


def test_the_score_is_the_one_that_is_documented(archive: Corpus, days: list[dict]) -> None:
    day = date(2026, 1, 7)
    known = [record for record in days if record["daily_date"] <= day.isoformat()]
    frame = archive.trending(day)
    wanted = {record["id"]: score_of(record, day, known) for record in known}
    assert dict(zip(frame["id"], frame["score"], strict=True)) == pytest.approx(wanted)
    assert frame["id"].to_list() == sorted(wanted, key=lambda id_: (-round(wanted[id_], 9), id_))
    assert frame.attrs["weights"]["version"] == WEIGHTS.version
    top = frame.iloc[0]
    assert f"{top['upvotes']} upvotes" in top["reason"] and f"{top['expected']:.0f} expected" in top["reason"]


def test_nothing_that_came_later_changes_a_day(archive: Corpus, days: list[dict], shared_data: Path) -> None:
    files = sorted((shared_data / "hf_daily").glob("*.json"))
    early = Corpus.from_papers(import_papers(*(file for file in files if file.stem <= "2026-01-06")).papers)
    columns = ["id", "score", "expected", "prior", "reason"]
    assert early.trending("2026-01-06")[columns].equals(archive.trending("2026-01-06")[columns])


def test_counts_are_those_known_on_the_day() -> None:
    corpus = made(
        [
            {"id": "a", "title": "A", "daily": "2026-01-05", "upvotes": 90},
            {"id": "b", "title": "B", "daily": "2026-01-05", "upvotes": 10},
        ]
    )
    counts = pd.DataFrame({"id": ["a", "b", "a"], "day": ["2026-01-05", "2026-01-05", "2026-01-06"], "upvotes": [1, 5, 90]})
    first, second = (trending(corpus.snapshot, day, counts=counts) for day in ("2026-01-05", "2026-01-06"))
    assert first["id"].to_list() == ["b", "a"] and first["upvotes"].to_list() == [5, 1]
    assert second["id"].to_list() == ["a", "b"] and second["upvotes"].to_list() == [90, 5]
    with pytest.raises(FeedError, match="'day'"):
        trending(corpus.snapshot, counts=counts.drop(columns="day"))


@pytest.mark.parametrize("counted", [False, True])
def test_the_page_says_where_nothing_can_trend(counted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": id_, "title": id_, "published": "2026-01-05", "institution": "Somewhere"} for id_ in "ab"]
    rows[0] |= {"upvotes": 3} if counted else {}
    board, heard = Dashboard(made(rows)), []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append(content))
    board._received(board, {"kind": "day", "seq": 1, "order": "trending"}, [])
    board.close()
    [answer] = heard
    assert answer["order"] == "trending" and len(answer["rows"]) == 2
    told = [row["reason"] for row in answer["rows"]]
    assert ("expected" in told[0]) is counted and ("Weights of version" in answer["weights"]) is counted
    assert ("no paper can trend" in answer["weights"]) is not counted


def test_people_are_named_as_they_are_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = made([{"id": "a", "title": "A lake", "published": "2026-01-05", "authors": ["Poe, Ann", "van der Berg, Jan"]}])
    board, heard = Dashboard(corpus), []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append(content))
    board._received(board, {"kind": "day", "seq": 1}, [])
    board.close()
    assert heard[0]["rows"][0]["about"] == "Ann Poe, Jan van der Berg"
    assert [item.authors for item in items_of(corpus.snapshot, [0], [["new"]])] == [("Ann Poe", "Jan van der Berg")]


def test_small_counts_are_shrunk_and_old_ones_decay() -> None:
    corpus = made(
        [{"id": f"p{n}", "title": f"Paper {n}", "daily": "2026-01-05", "upvotes": 20} for n in range(30)]
        + [
            {"id": "new", "title": "Fresh", "daily": "2026-01-06", "upvotes": 1},
            {"id": "gone", "title": "Gone", "daily": "2025-12-01", "upvotes": 999},
        ]
    )
    frame = corpus.trending("2026-01-06").set_index("id")
    assert 1 < frame.loc["new", "expected"] < 20
    assert "gone" not in frame.index
    assert (frame["decay"] <= 1).all() and frame.loc["new", "decay"] == 1 > frame.loc["p0", "decay"]


def test_topics_rise_only_beyond_doubt() -> None:
    words = {"a": "quantum lattice spin magnet", "b": "galaxy star orbit planet", "c": "protein gene cell tissue"}

    def corpus(late: dict[str, int], early: dict[str, int]) -> Corpus:
        rows = []
        for start, counts in ((date(2026, 3, 1), early), (date(2026, 3, 29), late)):
            for kind, count in counts.items():
                rows += [
                    {
                        "id": f"{start}{kind}{n}",
                        "title": words[kind],
                        "abstract": f"{words[kind]} " * 3,
                        "daily": (start + timedelta(n % 7)).isoformat(),
                    }
                    for n in range(count)
                ]
        return Corpus.from_papers(pd.DataFrame(rows), n_topics=3)

    steady = corpus({"a": 20, "b": 20, "c": 20}, {"a": 80, "b": 80, "c": 80})
    assert rising_topics(steady.snapshot, "2026-04-04") == []
    few = corpus({"a": LEAST - 1, "b": 20, "c": 20}, {"b": 80, "c": 80})
    assert rising_topics(few.snapshot, "2026-04-04") == []
    grown = corpus({"a": 40, "b": 20, "c": 20}, {"a": 40, "b": 80, "c": 80})
    [risen] = rising_topics(grown.snapshot, "2026-04-04")
    of_it = grown.select(Selection(topics=(risen["topic"],)))
    assert sorted(of_it["title"]) == [words["a"]] * 80
    assert (risen["papers"], risen["before"]) == (40, 40)
    assert risen["ratio"] == pytest.approx((40 / 80) / (40 / 200))
    assert 1 < risen["low"] < risen["ratio"] < risen["high"]


def test_papers_of_no_topic_are_no_topic_that_rises() -> None:
    rows = [
        {
            "id": f"{kind}{n}",
            "title": words,
            "abstract": f"{words} " * 3,
            "daily": (date(2026, 3, 1) + timedelta(n % 30)).isoformat(),
        }
        for kind, words in (("a", "quantum lattice spin magnet"), ("b", "galaxy star orbit planet"))
        for n in range(60)
    ]
    corpus = Corpus.from_papers(pd.DataFrame(rows), n_topics=2)
    unknown = [{"id": f"c{n}", "title": f"sonnet{n} rhyme{n}", "daily": "2026-04-01"} for n in range(50)]
    grown = corpus.add(pd.DataFrame(unknown))
    labels = np.array(grown.topics.labels)[np.asarray(grown.snapshot.topics.codes)]
    assert np.count_nonzero(labels == "other") == 50
    assert rising_topics(grown.snapshot, "2026-04-01") == []


# What to read next


def test_nothing_that_the_reader_knows_is_recommended(archive: Corpus) -> None:
    ids = archive.papers["id"].to_list()
    liked, seen, disliked = ids[:5], ids[5:40], ids[40:42]
    frame = recommend(archive.ranker, liked, seen=seen, disliked=disliked, limit=None)
    assert set(frame["id"]) == set(ids) - {*liked, *seen, *disliked}
    assert len(recommend(archive.ranker, liked, limit=7)) == 7
    assert (
        recommend(archive.ranker, liked, limit=7)["id"].to_list()
        == recommend(archive.ranker, liked, limit=None)["id"].to_list()[:7]
    )
    with pytest.raises(FeedError, match="nothing to learn from"):
        recommend(archive.ranker, ["not there"])


def test_the_kind_of_feature_that_tells_a_reader_counts(archive: Corpus) -> None:
    sources = archive.papers.set_index("id")["institution"].dropna()
    [largest, *_] = sources.value_counts().index
    stars = sources[sources == largest].index.to_list()
    frame = recommend(archive.ranker, stars[:-1])
    assert frame["id"].iloc[0] == stars[-1]
    assert f"from {largest}" in frame["reason"].iloc[0]
    assert max(frame.attrs["weights"], key=frame.attrs["weights"].get) == "organisations"


def test_the_reader_s_own_marks_are_learnt_from() -> None:
    corpus = made(
        [
            {"id": f"{kind}{n}", "title": f"{words} {n}"}
            for kind, words in (("q", "quantum spin lattice"), ("g", "galaxy star orbit"))
            for n in range(6)
        ]
    )
    with pytest.raises(FeedError):
        corpus.recommend()
    assert corpus.recommend(["q0"], limit=5)["id"].str.startswith("q").all()
    corpus.library.mark_read("g0")
    assert corpus.recommend(limit=5)["id"].str.startswith("g").all()
    corpus.library.star("q0")
    corpus.library.tag("q1", "method")
    frame = corpus.recommend(limit=4)
    assert set(frame["id"]) == {"q2", "q3", "q4", "q5"}
    assert frame.attrs["learnt_from"] == 2


def test_parts_add_up_to_the_score(archive: Corpus) -> None:
    known = features(archive.ranker)
    model = Recommender(priors=PRIORS).fit(known.blocks, np.array([3, 14, 15]))
    assert math.isclose(sum(model.weights_.values()), 1)
    for row in (0, 50, 120):
        assert sum(part[row] for part in model.parts_.values()) == pytest.approx(model.scores_[row], abs=1e-5)
    # Contributions differ from the score by the mean that was taken away, the same for every paper.
    offsets = {
        round(float(model.scores_[row]) - sum(model.contributions(known.blocks, row).values()), 3) for row in range(0, 140, 20)
    }
    assert max(offsets) - min(offsets) < 0.01


@pytest.mark.parametrize("at_once", [7, 1 << 14])
def test_words_and_pairs_are_those_counted_one_by_one(archive: Corpus, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr("explorer.feed.recommend._AT_ONCE", at_once)
    index, papers = archive.ranker.meaning.index, len(archive)
    counts: list[Counter[tuple[str, ...]]] = []
    for row in range(papers):
        words, title = [index.terms_[number] for number in index.words(row)], int(index.title_lengths_[row])
        parts = words[:title], words[title:]
        counts.append(Counter((word,) for word in parts[0] for _ in range(int(index.title_weight))))
        counts[-1].update((word,) for word in parts[1])
        counts[-1].update(pair for part in parts for pair in pairwise(part))
    papers_with = Counter(term for found in counts for term in found)
    matrix, names = word_features(index)
    assert set(names) == {term for term, often in papers_with.items() if len(term) == 1 or 2 <= often <= papers / 2}
    columns = {term: column for column, term in enumerate(names)}
    for row in (0, 6, 7, 50, papers - 1):
        weights = {
            columns[term]: (1 + math.log(count))
            * (
                float(index.idf_[columns[term]])
                if len(term) == 1
                else math.log1p((papers - papers_with[term] + 0.5) / (papers_with[term] + 0.5))
            )
            for term, count in counts[row].items()
            if term in columns
        }
        length = math.sqrt(sum(weight**2 for weight in weights.values()))
        found = matrix[row]
        assert dict(zip(found.indices.tolist(), found.data.tolist(), strict=True)) == pytest.approx(
            {column: weight / length for column, weight in weights.items()}, abs=1e-5
        )


def test_places_are_taken_from_what_all_papers_have_in_common(archive: Corpus) -> None:
    places, vectors = features(archive.ranker).blocks["vectors"], np.asarray(archive.ranker.meaning.vectors, np.float64)
    for row in (0, 50, 120):
        apart = vectors[row] - vectors.mean(axis=0)
        assert np.allclose(places[row], apart / math.sqrt(apart @ apart), atol=1e-5)


def test_the_order_of_the_file_changes_no_recommendation() -> None:
    rows = [
        {"id": f"p{n}", "title": f"{word} {other}", "authors": [word]}
        for n, (word, other) in enumerate(zip("abcdabcd", "xyxyzzxy", strict=True))
    ]
    one, other = (recommend(made(list(of)).ranker, ["p0", "p4"]) for of in (rows, rows[::-1]))
    assert one["id"].to_list() == other["id"].to_list()

"""Edits of topics: a log, kept with the corpus, replayed on a refit and on papers that come, undone one by one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from built import Built
from test_topics import themed

import explorer
from explorer import Corpus, TopicError, open_corpus
from explorer.topics.edits import NONE, Papers, TopicEdit, TopicState, load_edits, replay


def papers(count: int = 80, seed: int = 0) -> pd.DataFrame:
    texts, which = themed(count, seed)
    return pd.DataFrame(
        {
            "id": [f"p{seed}-{i}" for i in range(count)],
            "title": [f"{text} {seed} {i}" for i, text in enumerate(texts)],
            "year": [2000 + i % 5 for i in range(count)],
        }
    )


def build(folder: Path) -> Corpus:
    return Corpus.from_papers(papers(), folder, n_topics=4)


@pytest.fixture
def corpus(tmp_path: Path, built: Built) -> Corpus:
    return built(build, tmp_path / "c")


def sizes(corpus: Corpus) -> dict[str, int]:
    summary = corpus.topics.summary()
    return {topic: int(count) for topic, count in zip(summary["topic"], summary["papers"], strict=True) if count}


def test_a_name_is_kept_with_the_corpus_and_by_a_refit_and_by_what_comes(corpus: Corpus) -> None:
    words = corpus.topics.summary().set_index("topic")["words"]["t2"]
    corpus.topics.rename("t2", "My Name")
    assert "My Name" in corpus.topics.labels
    assert "My Name" in set(corpus.papers["topic"])
    again = open_corpus(corpus.folder)
    assert again.topics.labels == corpus.topics.labels
    grown = again.add(papers(20, 1))
    assert "My Name" in grown.topics.labels
    fresh = grown.refit(4)
    named = fresh.topics.summary().set_index("label").loc["My Name"]
    assert len({*named["words"]} & {*words}) >= 5
    assert fresh.topics.edits["applied"].all()


def test_merging_adds_the_papers_up(corpus: Corpus) -> None:
    before = sizes(corpus)
    a, b = corpus.topics.papers("t1"), corpus.topics.papers("t3")
    corpus.topics.merge("t1", "t3")
    after = sizes(corpus)
    assert after["t1"] == before["t1"] + before["t3"]
    assert "t3" not in after
    assert set(corpus.topics.papers("t1")) == {*a, *b}
    assert sum(after.values()) == 80
    words = corpus.topics.summary().set_index("topic")["words"]["t1"]
    assert len(words) == 10
    counts = corpus.results(explorer.Selection()).counts("topics")
    assert counts.sum() == 80


def test_a_split_divides_the_papers_of_one_topic(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(papers(), tmp_path / "c", n_topics=2)
    (topic, size), *_ = sizes(corpus).items()
    mine = set(corpus.topics.papers(topic))
    preview = corpus.topics.parts(topic, 2)
    # Also where a part would be called as the topic is: the log has the names that are shown.
    corpus.topics.rename(topic, preview["label"][0])
    corpus.topics.split(topic, 2)
    parts = [f"{topic}.1", f"{topic}.2"]
    names = corpus.topics.summary().set_index("topic")["label"]
    assert all(f"“{names[part]}”" in corpus.topics.told()[-1][0] for part in parts)
    assert sum(sizes(corpus)[part] for part in parts) == size
    assert {*corpus.topics.papers(parts[0]), *corpus.topics.papers(parts[1])} == mine
    assert dict(zip(preview["topic"], preview["papers"], strict=True)) == {part: sizes(corpus)[part] for part in parts}
    # Each part is one of the themes that the papers were drawn from.
    for part in parts:
        assert len({int(id_.split("-")[1]) % 4 for id_ in corpus.topics.papers(part)}) == 1


def test_seeds_take_the_papers_that_have_the_words_and_those_that_are_named(corpus: Corpus) -> None:
    table = papers()
    has = table["title"].str.contains(r"\brobot\b")
    topic = corpus.topics.seed("robots", words=["robot"], papers=["p0-0"])
    assert set(corpus.topics.papers(topic)) == {*table["id"][has], "p0-0"}
    assert topic == "s1"
    assert corpus.topics.seed("two of three", words=["robot", "arm", "policy"]) == "s2"
    wanted = [sum(f" {word} " in f" {title} " for word in ("robot", "arm", "policy")) >= 2 for title in table["title"]]
    assert set(corpus.topics.papers("s2")) == set(table["id"][np.array(wanted)])


def test_papers_are_moved_hidden_deleted_and_pinned(corpus: Corpus) -> None:
    first = corpus.topics.papers("t1")[0]
    corpus.topics.move(first, "t2")
    assert first in corpus.topics.papers("t2")
    corpus.topics.hide("t2")
    assert corpus.topics.summary().set_index("topic")["hidden"].to_dict()["t2"]
    before = sizes(corpus)
    corpus.topics.delete("t4")
    after = sizes(corpus)
    assert "t4" not in after
    assert sum(after.values()) == 80
    assert all(after[topic] >= before[topic] for topic in ("t1", "t2", "t3"))
    corpus.topics.move(first, NONE)
    assert first in corpus.topics.papers(NONE)


def test_a_pinned_topic_keeps_its_papers_when_topics_are_found_again(corpus: Corpus) -> None:
    corpus.topics.rename("t1", "kept")
    mine = corpus.topics.papers("t1")
    corpus.topics.pin("t1")
    fresh = corpus.refit(2)
    assert set(fresh.topics.papers("kept")) == set(mine)
    assert fresh.topics.summary().set_index("label")["pinned"].to_dict()["kept"]


def test_a_pinned_topic_keeps_the_name_that_it_had(corpus: Corpus) -> None:
    # As the model may call it, and another topic, when it finds them again.
    corpus.topics.pin("t1")
    pinned, name = list(corpus.topics.log), corpus.topics.labels[0]
    none = Papers(lambda ids: np.zeros(0, np.int64), lambda rows: [])
    table = corpus.topics.table
    said = [*table.phrases[1], *table.words[1]]
    found = TopicState(
        table.ids,
        ["quite another", name, *table.labels[2:]],
        table.words,
        table.phrases,
        table.stability,
        frozenset(),
        frozenset(),
        np.zeros(80, np.int32),
        np.ones(80, np.float32),
        np.ones(80, np.int32),
    )
    state, reasons = replay(found, [*pinned, TopicEdit("rename", "t3", {"label": "three"})], none)
    # The other one says what else its papers are about.
    assert state.labels[:3] == [
        name,
        next(f"{name}, {word}" for word in said if not set(word.split()) <= set(name.split())),
        "three",
    ]
    assert reasons == ["", ""]
    assert replay(found, [*pinned, TopicEdit("rename", "t1", {"label": "mine"})], none)[0].labels[0] == "mine"


def test_each_change_is_undone_by_itself(corpus: Corpus) -> None:
    codes, labels = np.array(corpus.topics.codes), list(corpus.topics.labels)
    corpus.topics.rename("t1", "one")
    corpus.topics.merge("t1", "t2")
    corpus.topics.rename("t3", "three")
    assert corpus.topics.edits["number"].tolist() == [1, 2, 3]
    corpus.topics.undo(2)
    assert {"one", "three"} <= set(corpus.topics.labels)
    assert np.array_equal(corpus.topics.codes, codes)
    corpus.topics.undo()
    corpus.topics.undo()
    assert corpus.topics.labels == labels
    assert len(corpus.topics.edits) == 0
    with pytest.raises(TopicError, match="no change to undo"):
        corpus.topics.undo()


def test_the_log_as_python_does_it_again(corpus: Corpus, tmp_path: Path) -> None:
    corpus.topics.rename("t1", 'it\'s "one"')
    corpus.topics.split("t2")
    corpus.topics.merge("t1", "t3")
    corpus.topics.seed("robots", words=["robot"])
    corpus.topics.move("p0-7", "t1")
    other = Corpus.from_papers(papers(), tmp_path / "other", n_topics=4)
    exec(corpus.topics.as_python(), {"corpus": other})
    assert other.topics.labels == corpus.topics.labels
    assert np.array_equal(other.topics.codes, corpus.topics.codes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.rename("t9", "x"), "no topic 't9'"),
        (lambda t: t.rename("t1", t.labels[1]), "Another topic is called"),
        (lambda t: t.rename("t1", "  "), "needs a name"),
        (lambda t: t.rename(NONE, "x"), "no name to change"),
        (lambda t: t.merge("t1"), "two topics or more"),
        (lambda t: t.merge("t1", "t1"), "^“(?!t1”)(.+)” cannot be merged with itself"),
        (lambda t: t.merge(["t1", NONE]), "cannot be merged. Name two topics that have words"),
        (lambda t: t.merge(["t1"]), "two topics or more"),
        (lambda t: t.hide("T2"), r"^There is no topic 'T2'\. Did you mean 't2'\? Topics: t1 \(.+\), t2 \(.+\), t3"),
        (lambda t: t.seed("x", words=[3]), "words has 3; it must be a list of words"),
        (lambda t: t.seed("x", words=None), "words is of type NoneType; it must be a list of words"),
        (lambda t: t.seed("x", papers=pd.DataFrame({"title": ["a"]})), "papers is of type DataFrame; it must be a list of ids"),
        (lambda t: t.tree(least="few"), "least is 'few'; it must be a number of papers"),
        (lambda t: t.emerging(least="few"), "least is 'few'; it must be a number of papers"),
        (lambda t: t.split(NONE), "^“other” cannot be divided into 2: its"),
        (lambda t: t.seed("x", words=["xylophone"]), "No paper has xylophone"),
        (lambda t: t.move("nobody", "t1"), "no paper 'nobody'"),
        (lambda t: t.delete(NONE), "cannot be deleted"),
        (lambda t: t.rename("t1", "t2"), "Another topic is called 't2'"),
        (lambda t: t.rename("t1", NONE), "Another topic is called 'none'"),
        (lambda t: t.rename("t1", 5), "A name is a text, not 5"),
        (lambda t: t.split("t1", 1), "number is 1; it must be a number of parts, 2 or more"),
        (lambda t: t.split("t1", "two"), "number is 'two'; it must be"),
        (lambda t: t.pin(NONE), "Seed a topic"),
        (lambda t: t.seed("x"), "made of words or papers"),
        (lambda t: t.seed("x", words=[" "]), "made of words or papers"),
        (lambda t: t.seed(" ", words=["robot"]), "needs a name"),
        (lambda t: t.seed(t.labels[1], words=["robot"]), "Another topic is called"),
        (lambda t: t.seed("x", papers=["p0-1", "p9-1", "p9-2"]), "no paper 'p9-1', 'p9-2'"),
        (lambda t: t.move(3, "t1"), "no paper 3"),
        (lambda t: t.undo("one"), "number is 'one'; it must be that of a change"),
        (lambda t: t.tree(depth=3), "no depth 3. Depths: 1"),
        (lambda t: t.tree(number=0), "number is 0"),
        (lambda t: t.parts("t1", 1), "number is 1"),
        (lambda t: t.trends(level=5), "level is 5; it must be a share"),
        (lambda t: t.emerging(since="soon"), "since is 'soon'; it must be a year"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(change: object, said: str, corpus: Corpus) -> None:
    before = corpus.snapshot.generation
    with pytest.raises(TopicError, match=said):
        change(corpus.topics)  # type: ignore[operator]
    assert corpus.snapshot.generation == before
    assert len(corpus.topics.edits) == 0


def test_a_topic_is_chosen_by_its_id_as_by_its_name_and_made_of_papers_that_were_selected(corpus: Corpus) -> None:
    mine = corpus.select(explorer.Selection(topics=("t2",)))
    assert set(mine["id"]) == set(corpus.topics.papers("t2"))
    assert len(corpus.select(explorer.Selection(exclude=(("topics", "t2"),)))) == 80 - len(mine)
    corpus.topics.merge(["t1", "t3"])
    assert corpus.topics.edits["python"].to_list() == ["corpus.topics.merge('t1', 't3')"]
    seeded = corpus.topics.seed("Mine", papers=mine)
    assert set(corpus.topics.papers(seeded)) == set(mine["id"])
    with pytest.raises(AttributeError, match=r"^The topics of a corpus have no 'get_topic_info'\. They have: .*\bsummary\b"):
        corpus.topics.get_topic_info()


def test_a_change_that_cannot_be_done_any_more_stays_in_the_log_with_its_reason(corpus: Corpus) -> None:
    corpus.topics.move("p0-0", "t4")
    fresh = corpus.refit(1)
    (row,) = fresh.topics.edits.itertuples()
    assert not row.applied
    assert row.reason == "There is no topic 't4' any more."
    assert fresh.topics.summary()["papers"].sum() == 80


def test_the_log_is_plain_json_and_a_damaged_one_is_named(corpus: Corpus) -> None:
    corpus.topics.rename("t1", "née")
    file = corpus.snapshot.generation / "topics.edits.json"
    assert json.loads(file.read_text(encoding="utf-8")) == [{"action": "rename", "topic": "t1", "label": "née"}]
    file.write_text('[{"action": "explode", "topic": "t1"}]')
    with pytest.raises(explorer.CorpusError, match="damaged"):
        open_corpus(corpus.folder)
    with pytest.raises(explorer.CorpusError, match=r"topics\.edits\.json is damaged"):
        load_edits(file)


def test_a_corpus_of_the_cache_stays_for_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    one = Corpus.from_papers(papers())
    one.topics.rename("t1", "mine")
    assert "mine" in one.topics.labels
    assert "mine" not in Corpus.from_papers(papers()).topics.labels


def test_the_tree_adds_up(corpus: Corpus) -> None:
    tree = corpus.topics.tree(number=2)
    assert tree["topic"].is_unique
    for node in tree.itertuples():
        parts = tree[tree["parent"] == node.topic]["papers"]
        assert not len(parts) or parts.sum() == node.papers
    assert tree[tree["level"] == 0]["papers"].tolist() == [80]
    assert corpus.topics.tree(depth=1)["level"].max() == 1

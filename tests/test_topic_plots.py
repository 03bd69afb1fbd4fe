"""Figures of topics: each shows the frame that it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import explorer
from explorer import Selection, SelectionError
from explorer.dashboard.tree_figure import tree_json
from explorer.topics.labels import telling_sentence
from explorer.topics.terms import terms_of


@pytest.mark.parametrize("kind", ["treemap", "sunburst", "icicle"])
def test_a_tree_shows_its_frame(kind: str) -> None:
    corpus = explorer.open_corpus()
    figure = explorer.plot_topic_tree(corpus, kind=kind, number=2)
    tree = corpus.topics.tree(number=2)
    (trace,) = figure.data
    assert trace.type == kind
    assert list(zip(trace.ids, trace.parents, trace["values"], strict=True)) == list(
        zip(tree["topic"], tree["parent"], tree["papers"], strict=True)
    )
    # On the page, what would be too small to be read is not written.
    drawn = tree_json([("all", "", "All", 3, "", -1), ("t1", "all", "counting", 3, "counting", 0)], kind)
    assert drawn["layout"]["uniformtext"] == {"minsize": 10, "mode": "hide"}
    with pytest.raises(SelectionError, match="no kind of tree"):
        explorer.plot_topic_tree(corpus, kind="pie")


def test_cells_of_relations_lead_to_their_papers() -> None:
    corpus = explorer.open_corpus()
    (trace,) = explorer.plot_relations(corpus, "keywords", level=1.0).data
    papers = corpus.papers
    for row, label in enumerate(trace.y):
        for column in range(len(trace.x)):
            if not (address := trace.customdata[row][column]):
                continue
            found = corpus.select(Selection.from_url(address))
            expected = papers[(papers["topic"] == label)]
            assert set(found["id"]) <= set(expected["id"])
            counted = int(trace.text[row][column].split()[0].replace(",", ""))
            assert counted == len(found)
    frame = corpus.topics.relations("keywords")
    first = frame.iloc[0]
    assert first["expected"] == pytest.approx(
        (papers["topic"] == first["label"]).sum() * frame[frame["value"] == first["value"]]["papers"].sum() / len(papers)
    )


def test_every_cell_of_what_goes_with_what_leads_to_its_papers_also_of_a_selection() -> None:
    corpus = explorer.open_corpus()
    papers, topics = corpus.papers.set_index("id"), corpus.topics.snapshot
    second = pd.Series(np.array(topics.labels)[topics.second], papers.index)
    chosen = Selection(years=(2023, None), topics=(topics.labels[0],))
    for field, selection in (("topics", None), ("topics", chosen), ("keywords", chosen)):
        frame = corpus.topics.relations(field, selection=selection)
        assert len(frame) > 20
        # The filter of topics is not asked: each row has its own.
        assert (frame[frame["papers"] > 0]["label"] != topics.labels[0]).any()
        for row in frame.iloc[:: max(1, len(frame) // 40)].itertuples():
            found = corpus.select(Selection.from_url(row.selection.to_url()))
            assert len(found) == row.papers
            assert set(found["topic"]) <= {row.label}
            assert field != "topics" or set(second[found["id"]]) <= {row.value}
            assert selection is None or (found["year"] >= 2023).all()
    figure = explorer.plot_relations(corpus, "topics", level=1.0)
    assert figure.layout.xaxis.title.text == "topic that is next likeliest"
    (trace,) = figure.data
    told = [cell for row, said in zip(trace.customdata, trace.text, strict=True) for cell in zip(row, said, strict=True)]
    assert all(bool(address) == bool(said) for address, said in told)


@pytest.mark.parametrize("draw", ["topics", "trends", "keywords", "column", "axes", "topic_tree", "relations", "topic_number"])
def test_a_chart_of_a_table_says_how_to_make_a_corpus_of_it(draw: str) -> None:
    with pytest.raises(
        explorer.CorpusError, match=rf"given a DataFrame\..*explorer\.plot_{draw}\(explorer\.Corpus\.from_papers\("
    ):
        getattr(explorer, f"plot_{draw}")(pd.DataFrame({"title": ["a"]}))


def test_a_selection_without_papers_has_no_periods() -> None:
    corpus = explorer.open_corpus()
    frame = corpus.topics.frequency(selection="xyzzyx")
    assert len(frame) == 0
    assert frame.columns.to_list() == corpus.topics.frequency().columns.to_list()


def test_relations_of_an_own_column_lead_to_their_papers(tmp_path: Path) -> None:
    labs = ["Oslo", "Kyiv", "0.5..1"]
    papers = explorer.open_corpus().papers.drop(columns="topic").assign(lab=[labs[at % 3] for at in range(88)])
    corpus = explorer.Corpus.from_papers(papers, tmp_path / "c")
    frame = corpus.topics.relations("columns.lab")
    assert set(frame["value"]) == set(labs)
    for row in frame.itertuples():
        found = corpus.select(row.selection)
        assert set(found["lab"]) <= {row.value}
        assert len(found) == row.papers
        assert Selection.from_url(row.selection.to_url()) == row.selection
    lab = explorer.plot_relations(corpus, "columns.lab")
    assert lab.data[0].type == "heatmap"
    assert (lab.layout.xaxis.title.text, lab.layout.yaxis.title.text) == ("lab", "topic")
    with pytest.raises(SelectionError, match=r"Facets: topics, venues, authors, keywords, .*columns\.lab"):
        corpus.topics.trends(field="lab")


def test_frames_of_a_selection_count_its_papers() -> None:
    corpus = explorer.open_corpus()
    papers = corpus.select("reasoning")
    counted = papers["topic"].value_counts().to_dict()
    summary = corpus.topics.summary(selection="reasoning")
    assert {row.label: row.papers for row in summary.itertuples() if row.papers} == counted
    assert summary["papers"].is_monotonic_decreasing
    # What a topic is does not go by the selection, how sure its papers are does.
    every = corpus.topics.summary().set_index("topic").loc[summary["topic"]]
    assert summary["words"].tolist() == every["words"].tolist()
    shares = dict(zip(corpus.papers["id"], corpus.topics.share, strict=True))
    first = summary.iloc[0]
    sure = [shares[id_] for id_ in papers.loc[papers["topic"] == first["label"], "id"]]
    assert first["sure"] == pytest.approx(np.mean(sure))
    tree = corpus.topics.tree(selection="reasoning").set_index("topic")
    assert tree.loc["all", "papers"] == len(papers)
    assert tree[tree["level"] == 1].set_index("label")["papers"].to_dict() == counted
    frame = corpus.topics.frequency(by="year", selection="reasoning")
    dated = papers[papers["published"].notna()]
    assert frame.groupby("period")["papers"].sum().to_dict() == dated["published"].dt.year.astype(str).value_counts().to_dict()


def test_lines_are_of_topics_by_their_ids_too() -> None:
    corpus = explorer.open_corpus()
    by_label = explorer.plot_trends(corpus, topics=corpus.topics.labels[0])
    assert explorer.plot_trends(corpus, topics="t1") == by_label == explorer.plot_trends(corpus, topics=["t1"])


def test_new_terms_are_those_of_the_newest_quarter_where_no_year_is_given(tmp_path: Path) -> None:
    # 2020 to 2023: of the 100 papers 40, 30, 20 and 10; since 2022 there would be more than a quarter.
    years = [2020] * 40 + [2021] * 30 + [2022] * 20 + [2023] * 10
    papers = pd.DataFrame({"title": [f"graph theory {i}{' by lattices' * (i >= 90)}" for i in range(100)], "year": years})
    topics = explorer.Corpus.from_papers(papers, tmp_path / "c").topics
    found = topics.emerging()
    assert found.attrs["since"] == 2023
    assert found.attrs["since"] == topics.emerging(since="2023").attrs["since"]
    assert found["term"].tolist() == topics.emerging(since=2023)["term"].tolist()
    assert found.attrs["note"] == ""
    with pytest.warns(
        UserWarning, match=r"of 2050 or later: they are of 2020 to 2023\. Give since a year between them: 2021 to 2023"
    ):
        assert topics.emerging(since=2050).columns[0] == "term"


def test_new_terms_are_those_of_the_newest_year_where_that_has_more_than_a_quarter(tmp_path: Path) -> None:
    years = [2020] * 30 + [2021] * 30 + [2022] * 40
    topics = explorer.Corpus.from_papers(
        pd.DataFrame({"title": [f"graph theory {i}" for i in range(100)], "year": years}), tmp_path / "c"
    ).topics
    assert topics.emerging().attrs["since"] == 2022


@pytest.mark.parametrize(
    ("years", "said"), [([2020] * 12, "All 12 dated papers are of 2020"), ([None] * 12, "No paper has a date")]
)
def test_where_there_is_nothing_to_compare_new_terms_say_so(years: list[int | None], said: str, tmp_path: Path) -> None:
    papers = pd.DataFrame({"title": [f"graph theory {i}" for i in range(12)], "year": years})
    topics = explorer.Corpus.from_papers(papers, tmp_path / "c").topics
    with pytest.warns(UserWarning, match=said):
        found = topics.emerging()
    assert len(found) == 0
    assert said in found.attrs["note"]


def test_terms_come_in_the_order_of_how_much_commoner_they_are_and_not_of_how_sure() -> None:
    from explorer.topics.emerging import emerging_terms

    # Of 400 papers each: "improves" stands in 100 and 250, "muon" in none and 12; the first is the surer one.
    texts = [f"old{'' if i % 4 else ' improves'}" for i in range(400)]
    texts += [f"late{', improves' * (i % 8 < 5)}{', muon' * (i % 33 == 0)} (decay)" for i in range(400)]
    found = emerging_terms(texts, np.arange(800) >= 400, {"late"})
    assert found["term"].tolist()[:2] == ["decay", "muon"]
    assert found["term"].tolist()[-1] == "improves"
    assert found.set_index("term").loc["improves", "q"] < found.set_index("term").loc["muon", "q"]
    # What stands behind a comma or in brackets makes no phrase with the word before.
    assert not found["term"].str.contains(" ").any()


def test_where_papers_are_of_one_year_new_terms_are_those_of_its_newest_months(tmp_path: Path) -> None:
    dates = [f"2026-{1 + i // 40:02d}-15" for i in range(200)] + ["2026"] * 10
    papers = pd.DataFrame({"title": [f"graph theory {i}{' by lattices' * (i >= 160)}" for i in range(210)], "published": dates})
    topics = explorer.Corpus.from_papers(papers, tmp_path / "c").topics
    found = topics.emerging()
    assert (found.attrs["since"], found.attrs["too_coarse"], found.attrs["note"]) == ("2026-05", 10, "")
    assert found["after"].tolist() == topics.emerging(since="2026-05")["after"].tolist()
    assert topics.emerging(since="2026-03", level=1.0)["before"].le(80).all()
    with pytest.warns(UserWarning, match="since a month between them: 2026-02 to 2026-05"):
        assert topics.emerging(since="2027-01").attrs["since"] == "2027-01"


def test_where_newer_papers_are_more_than_are_read_older_ones_are_read_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("explorer.corpus.topics._READ", 20)
    titles = [f"graph theory {'by lattices ' * (i >= 30)}{i}" for i in range(60)]
    papers = pd.DataFrame({"title": titles, "year": [2020] * 30 + [2021] * 30})
    found = explorer.Corpus.from_papers(papers, tmp_path / "c").topics.emerging()
    assert (found.attrs["since"], found.attrs["note"]) == (2021, "")


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> explorer.Corpus:
    papers = pd.DataFrame(
        {
            "title": [f"{('lattice sums', 'harbour seals', 'seals of lattices')[i % 3]} {i}" for i in range(60)],
            "venue": ["Annals", "Letters", None, "Notes", "Annals"] * 12,
            "lab": ["north", "south"] * 30,
            "weight": [i % 12 / 4 for i in range(60)],
            "seen": [f"2024-0{1 + i % 6}-11" for i in range(60)],
            "number": [300_000_000 + 100 * (i % 13) for i in range(60)],
        }
    )
    return explorer.Corpus.from_papers(papers, tmp_path_factory.mktemp("columns") / "c")


@pytest.mark.parametrize(("by", "column"), [("venues", "venue"), ("columns.lab", "lab")])
def test_topics_by_the_values_of_a_facet_are_counted_as_pandas_does(by: str, column: str, columns: explorer.Corpus) -> None:
    papers, found = columns.papers, columns.topics.frequency(by=by)
    expected = papers.groupby([column, "topic"]).size()
    for row in found.itertuples():
        total = (papers[column] == row.value).sum()
        assert row.papers == expected.get((row.value, row.label), 0)
        assert row.share == row.papers / total
        assert row.low - 1e-9 <= row.share <= row.high + 1e-9
    assert found["value"].drop_duplicates().to_list()[0] == papers[column].value_counts().index[0]
    assert found.attrs == {"left_out": 0, "without": int(papers[column].isna().sum())}
    # Under a selection its papers count, and the figure shows them.
    chosen = columns.select("seals")
    some = columns.topics.frequency(by=by, selection="seals")
    assert some["papers"].sum() == chosen[column].notna().sum()
    bars, heat = explorer.plot_topics(columns, "seals", by=by, share=False).data
    assert list(heat.x) == some["value"].drop_duplicates().to_list()
    assert sum(value or 0 for line in heat.z for value in line) == chosen[column].notna().sum()
    assert sum(bars.x) == len(chosen)


@pytest.mark.parametrize(("name", "first"), [("weight", "0..0.1"), ("number", "300000000..300000049"), ("seen", "2024-01")])
def test_topics_by_numbers_are_counted_by_ranges_that_can_be_chosen(name: str, first: str, columns: explorer.Corpus) -> None:
    field = f"columns.{name}"
    found = columns.topics.frequency(by=field)
    assert found["papers"].sum() == 60
    # Each leads to just the papers that it counts, also where one of them is at the end of a step.
    for value, count in found.groupby("value")["papers"].sum().items():
        assert count == len(columns.select(Selection(columns={name: [value]}))), value
    values = found["value"].drop_duplicates().to_list()
    assert values[0] == first
    relations = columns.topics.relations(field)
    assert 0 < relations["value"].nunique() <= len(values)
    assert all(len(columns.select(row.selection)) == row.papers for row in relations.itertuples())
    compared = columns.topics.compare("seals", field=field)
    assert compared["value"].to_list() == [value for value in values if value in set(compared["value"])]
    assert set(columns.topics.trends(field=field).columns) >= {"value", "trend"}
    with pytest.raises(SelectionError, match=f"{name} is a range"):
        columns.topics.coverage(field)


def test_a_paper_without_a_word_of_any_topic_is_next_to_none(tmp_path: Path) -> None:
    titles = [f"{('lattice sums of graphs', 'harbour seals in winter')[i % 2]} {i}" for i in range(40)]
    papers = pd.DataFrame({"title": [*titles, *(f"Xylophone{letter}" for letter in "abcdef")]})
    topics = explorer.Corpus.from_papers(papers, tmp_path / "c", n_topics=2).topics
    assert len(topics.papers("none")) == 6
    # They were all said to be nearest to the first topic, as surely as anything.
    assert not (topics.relations("topics")["topic"] == "none").any()


def test_what_topics_cannot_be_counted_by_is_said(columns: explorer.Corpus) -> None:
    for by in ("topics", "venue", ["year"], 5):
        with pytest.raises(
            explorer.SchemaError, match=r"to count by\. Periods: year.* Facets: venues, authors, .*columns\.lab"
        ):
            columns.topics.frequency(by=by)
    with pytest.raises(SelectionError, match="Facets: venues"):
        explorer.plot_topics(columns, by="labs")


def test_trends_of_a_facet_and_of_a_selection_count_as_pandas_does() -> None:
    corpus = explorer.open_corpus()
    found = corpus.topics.trends(by="year", field="keywords")
    dated = corpus.papers[corpus.papers["published"].notna()]
    for row in found.itertuples():
        has = corpus.select(Selection(keywords=(row.value,)))["id"]
        assert row.papers == dated["id"].isin(has).sum()
    ours = corpus.topics.trends(by="year", selection="reasoning").set_index("label")["papers"]
    theirs = corpus.select("reasoning")["topic"].value_counts()
    assert ours[ours > 0].to_dict() == theirs.to_dict()


def test_two_selections_are_compared_without_what_both_have() -> None:
    corpus = explorer.open_corpus()
    found = corpus.topics.compare("vision", "reasoning")
    first, second = (corpus.select(query) for query in ("vision", "reasoning"))
    both = set(first["id"]) & set(second["id"])
    assert found.attrs["both"] == len(both)
    for column, papers in (("before", first), ("after", second)):
        counts = papers[~papers["id"].isin(both)]["topic"].value_counts().to_dict()
        assert {label: n for label, n in zip(found["label"], found[column], strict=True) if n} == counts


def test_the_last_period_is_marked_where_the_corpus_ends_within_it(tmp_path: Path) -> None:
    months = [f"{year}-{month:02d}-15" for year in (2023, 2024) for month in range(1, 13) for _ in range(10)]
    dates = [date for date in months if date < "2024-04"]
    papers = pd.DataFrame({"title": [f"graph number {i} of {date}" for i, date in enumerate(dates)], "published": dates})
    corpus = explorer.Corpus.from_papers(papers, tmp_path / "c")
    frame = corpus.topics.frequency(by="year")
    assert set(frame.loc[~frame["finished"], "period"]) == {"2024"}
    assert corpus.topics.trends(by="year").attrs["unfinished"] == "2024"
    assert corpus.topics.trends().attrs["by"] == "month"
    assert (frame.groupby("topic")["papers"].sum() == frame.groupby("topic")["cumulative"].max()).all()


def test_coverage_says_of_how_many_papers_it_is(columns: explorer.Corpus) -> None:
    found, has = columns.topics.coverage("venues"), columns.papers["venue"].notna()
    assert (found["papers"], found["uses"], found["seen"]) == (has.sum(), has.sum(), 3)
    authors = explorer.open_corpus().papers["authors"]
    several = explorer.open_corpus().topics.coverage("authors")
    assert several["papers"] == (authors.map(len) > 0).sum() < several["uses"]


def test_central_papers_are_of_the_topic_and_say_its_words() -> None:
    corpus = explorer.open_corpus()
    summary = corpus.topics.summary().iloc[0]
    central = corpus.topics.central(summary["topic"])
    assert len(central) == 3
    assert set(central["id"]) <= set(corpus.topics.papers(summary["topic"]))
    assert all(any(word in sentence.lower() for word in summary["words"]) for sentence in central["sentence"])
    assert central["sure"].between(0, 1).all()


def test_a_sentence_that_tells_of_a_topic_is_one_sentence_in_any_script() -> None:
    for text in ("本研究では地震動を調べた。水稲の収量は増えた。断層は無関係であった。", "यह अध्ययन है। उपज बढ़ी। वर्षा कम थी।"):
        words = terms_of(text)[3:6]
        assert telling_sentence(text, words) in {f"{part}{text[-1]}".strip() for part in text.split(text[-1])}


def test_terms_that_emerge_are_those_that_were_put_in() -> None:
    from explorer.topics.emerging import emerging_terms
    from explorer.topics.terms import TITLE_END

    draw = np.random.default_rng(0)
    words = [f"w{letter}{other}x" for letter in "abcdefgh" for other in "abcdefgh"]
    texts = [" ".join(draw.choice(words, 12)) + (" gravitational waves" if i >= 300 and i % 3 == 0 else "") for i in range(400)]
    found = emerging_terms(texts, np.arange(400) >= 300, set(), level=0.001)
    assert found["term"].tolist() == ["gravitational waves"]
    # Not what the end of a title and the beginning of an abstract would be together.
    apart = [text.replace("gravitational waves", f"gravitational{TITLE_END}waves {text[:40]}") for text in texts]
    assert sorted(emerging_terms(apart, np.arange(400) >= 300, set(), level=0.001)["term"]) == ["gravitational", "waves"]
    assert found["before"].tolist() == [0]
    # What a topic is told by is no news, nor what is said beside it, but the word that is mostly said before it is, with its name.
    known = emerging_terms(texts, np.arange(400) >= 300, {"waves"}, level=0.001)
    assert known["term"].tolist() == ["gravitational waves"]
    assert len(emerging_terms(texts, np.arange(400) >= 300, {"gravitational", "waves"}, level=0.001)) == 0
    assert len(emerging_terms(texts, np.zeros(400, bool), set())) == 0
    # None is commoner than chance makes it: a frame of the same columns.
    none = emerging_terms(texts[:300], np.arange(300) >= 150, set(), level=1e-9)
    assert (len(none), list(none.columns)) == (0, list(found.columns))

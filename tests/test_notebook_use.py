"""What a notebook's reader meets: objects at a glance, ids in place of rows, and arguments that cannot be."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import html as pages

import explorer
from explorer import Corpus, ExplorerError, Ledger, Selection, SelectionError
from explorer.dashboard.widget import Dashboard
from explorer.library.library import Library
from explorer.papers.html_table import html_table
from explorer.store.topics import Topics

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return explorer.open_corpus()


@pytest.fixture
def hostile(tmp_path: Path) -> Corpus:
    papers = pd.DataFrame(
        {
            "title": [f"{HOSTILE} {n}" for n in range(4)],
            "year": ["2020", "2021", "no year", HOSTILE],
            "keywords": [[HOSTILE]] * 4,
        }
    )
    return Corpus.from_papers(papers, tmp_path / "corpus")


def shown(thing: Any) -> pages.HtmlElement:
    """What a notebook shows of an object."""
    return pages.fromstring(thing._repr_html_())


def test_a_corpus_at_a_glance(corpus: Corpus) -> None:
    page = shown(corpus)
    assert page.find(".//strong").text == "arithmetic: 88 papers, 2016 to 2025"
    counts = corpus.papers["topic"].value_counts()
    rows = {row[0].text: int(row[1].text) for row in page.findall(".//tbody/tr")}
    assert rows == {topic: counts[topic] for topic in rows}
    assert list(rows.values()) == sorted(counts, reverse=True)[: len(rows)]
    assert "88 records read" in page.text_content()


def test_topics_at_a_glance(corpus: Corpus) -> None:
    page = shown(corpus.topics)
    summary = corpus.topics.summary()
    assert len(page.findall(".//tbody/tr")) == len(summary)
    assert page.find(".//strong").text == f"{len(summary)} topics"


def test_a_ledger_at_a_glance() -> None:
    ledger = Ledger()
    ledger.accept(3)
    for number in range(15):
        ledger.reject("refs.csv", number + 1, f"no title {HOSTILE}", line=number + 2)
    page = shown(ledger)
    assert page.find(".//strong").text == ledger.sentence()
    assert len(page.findall(".//tbody/tr")) == 10
    assert "5 more" in page.text_content()
    assert page.find(".//script") is None


def test_a_library_at_a_glance(hostile: Corpus) -> None:
    hostile.library.save(f"mine {HOSTILE}", Selection(query="script"))
    hostile.library.save_set("a set", [hostile.papers["id"][0]])
    hostile.library.mark_read(hostile.papers["id"][1], True)
    page = shown(hostile.library)
    assert page.find(".//strong").text == "1 saved searches, 1 sets, 1 papers read"
    assert [[cell.text for cell in row][:3] for row in page.findall(".//tbody/tr")] == [
        ["search", f"mine {HOSTILE}", "4"],
        ["set", "a set", "1"],
    ]


def test_nothing_of_a_strangers_text_runs(hostile: Corpus) -> None:
    for thing in (hostile, hostile.topics, hostile.ledger, hostile.library):
        assert shown(thing).find(".//script") is None
    text = html_table(HOSTILE, [HOSTILE], [[HOSTILE, None, 3, True, "x" * 1000]], more=HOSTILE)
    page = pages.fromstring(text)
    assert page.find(".//script") is None
    cells = [cell.text or "" for cell in page.findall(".//td")]
    assert cells[:4] == [HOSTILE, "", "3", "True"]
    assert len(cells[4]) == 201


def test_papers_are_named_by_id_and_rows_warn(corpus: Corpus) -> None:
    id_ = corpus.papers["id"][3]
    selection = Selection(query=corpus.papers["title"][3].split()[0])
    with pytest.warns(DeprecationWarning, match=r"Corpus\.similar takes the id"):
        before = corpus.similar(3)
    found = corpus.similar(id_)
    assert [corpus.papers["id"][row] for row, _ in before] == list(found["id"])  # type: ignore[call-overload]
    assert [words for _, words in before] == list(found["words"])  # type: ignore[misc]
    with pytest.warns(DeprecationWarning, match=r"Corpus\.why takes the id"):
        reasons = corpus.why(3, selection)
    assert reasons == corpus.why(id_, selection) == corpus.why(id_, selection.query)
    assert reasons


WRONG: dict[str, tuple[Callable[[Corpus], object], str]] = {
    "explore": (lambda corpus: explorer.explore(3), "Give a DataFrame, a corpus"),  # type: ignore[arg-type]
    "explore a selection": (lambda corpus: explorer.explore(corpus, 3), "Selection"),  # type: ignore[arg-type]
    "explore a missing file": (lambda corpus: explorer.explore("missing.bib"), "missing.bib"),
    "open_corpus": (lambda corpus: explorer.open_corpus("missing/"), "missing"),
    "search mode": (lambda corpus: corpus.search("a", mode="fuzzy"), "Modes: bm25, hybrid, semantic"),
    "search limit": (lambda corpus: corpus.search("a", limit=-1), "must be 0 or more"),
    "select": (lambda corpus: corpus.select(3), "Selection"),  # type: ignore[arg-type]
    "similar": (lambda corpus: corpus.similar("nobody"), "such as '2402.18571'"),
    "similar of a float": (lambda corpus: corpus.similar(0.5), "by its id"),  # type: ignore[arg-type]
    "why of no row": (lambda corpus: corpus.why(10**6, "a"), "by its id"),
    "sort": (lambda corpus: Selection(sort="best"), "relevance"),
    "a field": (lambda corpus: Selection().with_({"year": 3}), "years"),
    "topic_frequency": (lambda corpus: explorer.topic_frequency(corpus.papers, by="week"), "Periods: year, quarter, month"),
    "topics.frequency": (lambda corpus: corpus.topics.frequency(by="week"), "Periods: year, quarter, month"),
    "plot": (lambda corpus: explorer.plot_topics(corpus, by="week"), "Periods: year, quarter, month"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_named_with_the_choices(name: str, corpus: Corpus) -> None:
    call, says = WRONG[name]
    with pytest.raises(ExplorerError) as caught:
        call(corpus)
    assert says in str(caught.value)


def test_a_dashboard_takes_no_wrong_selection() -> None:
    board = explorer.explore()
    with pytest.raises(SelectionError):
        board.selection = {"query": "a"}
    board.close()


@pytest.mark.parametrize("kind", [Corpus, Topics, Ledger, Library, Dashboard, Selection])
def test_what_tab_shows_is_typed(kind: type) -> None:
    own = {
        name: member for base in kind.__mro__ if base.__module__.startswith("explorer") for name, member in vars(base).items()
    }
    for name, member in own.items():
        function = getattr(member, "fget", getattr(member, "func", getattr(member, "__func__", member)))
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        signature = inspect.signature(function)
        assert signature.return_annotation is not inspect.Signature.empty, f"{kind.__name__}.{name}"
        for parameter in list(signature.parameters.values())[1:]:
            assert parameter.annotation is not inspect.Parameter.empty, f"{kind.__name__}.{name}({parameter.name})"

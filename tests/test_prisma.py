"""The PRISMA flow follows the data, and says where it does not."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from test_screening import corpus, papers

import explorer
from explorer import Corpus, Screening
from explorer.corpus.opening import open_files
from explorer.screening.labels import NOT_RETRIEVED
from explorer.screening.prisma import Column, Flow

__all__ = ["corpus"]

RECORD = "TY  - JOUR\nTI  - {title}\nAU  - Lee, Ann\nPY  - {year}\nDO  - 10.5555/{number}\nDB  - {database}\nER  - \n"


def ris(path: Path, numbers: range, database: str) -> Path:
    titles = {number: f"Effects of walking number {number} on the mood of adults" for number in numbers}
    text = "".join(
        RECORD.format(title=titles[number], year=2000 + number, number=1000 + number, database=database) for number in numbers
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def living(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Forty records of MEDLINE and Embase, ten of them in both, one that names no database, and one that says nothing."""
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    first, second = ris(tmp_path / "a.ris", range(20), "MEDLINE"), ris(tmp_path / "b.ris", range(10, 30), "Embase")
    third = tmp_path / "c.ris"
    third.write_text("TY  - JOUR\nER  - \nTY  - JOUR\nTI  - A trial of singing\nDO  - 10.5555/77\nER  - \n", encoding="utf-8")
    read = explorer.import_papers(first, second, third)
    return Corpus.from_papers(read.papers, tmp_path / "corpus", merges=read.merges, ledger=read.ledger, n_topics=2)


def screened(review: Screening) -> Screening:
    """Twelve included, of which three are assessed; the others excluded, but for two."""
    for place, id_ in enumerate(review.ids):
        if place < 12:
            review.label(id_, "include", alike=False)
        elif place < len(review.ids) - 2:
            review.label(id_, "exclude", reason="wrong outcome" if place % 2 else "wrong population", alike=False)
    review.label(review.ids[-2], "maybe")
    review.label(review.ids[0], "include", stage=2)
    review.label(review.ids[1], "exclude", reason="wrong study design", stage=2)
    review.label(review.ids[2], "exclude", reason=NOT_RETRIEVED, stage=2)
    return review


def test_sources_duplicates_and_reasons_are_counted_from_the_data(living: Corpus) -> None:
    flow = screened(Screening(living)).prisma()
    [column] = flow.columns
    assert len(living) == 31
    # 20 and 20 of the databases, one that names none, and a record without any field.
    assert sum(column.identified.values()) == living.ledger.read
    assert column.identified == {"Embase": 20, "MEDLINE": 20, "c.ris": 2}
    assert column.duplicates == 10
    assert column.records == 31
    assert column.unreadable == living.ledger.rejected
    assert column.excluded == {"wrong population": 9, "wrong outcome": 8}
    assert column.pending == {"maybe": 1, "not screened yet": 1}
    assert (column.screened, column.sought, column.not_retrieved, column.assessed) == (29, 12, 1, 2)
    assert column.excluded_reports == {"wrong study design": 1}
    assert column.included == flow.included == 1
    assert column.screened == column.sought + sum(column.excluded.values())
    assert column.sought == column.not_retrieved + column.assessed + column.pending_reports
    assert flow.notes == [
        "Search 1: screening goes on; 1 maybe, 1 not screened yet.",
        "Search 1: 9 full texts are not assessed yet.",
    ]


def test_a_search_run_again_gets_its_column(living: Corpus, tmp_path: Path) -> None:
    review = screened(Screening(living))
    again = explorer.import_papers(ris(tmp_path / "d.ris", range(25, 40), "MEDLINE"))
    grown = living.add(again)
    assert len(review.update(grown, title="Search of May 2027")) == 10
    before, after = review.prisma().columns
    assert before.records == 31
    assert after.title == "Search of May 2027"
    assert sum(after.identified.values()) == 15
    assert after.identified == {"MEDLINE": 15}
    assert after.duplicates == 5
    assert after.records == 10
    assert after.pending == {"not screened yet": 10}
    for id_ in review.ids[31:]:
        review.label(id_, "exclude", alike=False)
    assert review.prisma().columns[1].excluded == {"no reason given": 10}


def test_files_that_name_no_database_are_named_on_every_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LITEXPLORER_CACHE", str(tmp_path / "cache"))
    whole, more = ris(tmp_path / "whole.ris", range(12), ""), ris(tmp_path / "more.ris", range(8, 20), "")
    with whole.open("a", encoding="utf-8") as file:
        file.write("TY  - JOUR\nER  - \n")
    routes = {
        "a notebook or litexplorer serve": open_files([whole]),
        "litexplorer build": explorer.build_corpus(whole, folder=tmp_path / "corpus", n_topics=2),
    }
    for route, made in routes.items():
        review = Screening(made, name=route)
        [column] = review.prisma().columns
        assert (column.identified, column.duplicates, column.unreadable) == ({"whole.ris": 13}, 0, 1), route
    # As litexplorer update and a file dropped on the page add to it.
    review.update(made.add(explorer.import_papers(more)))
    flow = review.prisma()
    assert [found.identified for found in flow.columns] == [{"whole.ris": 13}, {"more.ris": 12}]
    assert [(found.duplicates, found.records) for found in flow.columns] == [(0, 12), (4, 8)]
    assert not any("leave" in note or "add up" in note for note in flow.notes)


def test_a_corpus_that_an_earlier_version_made_names_the_files_that_come_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    read = explorer.import_papers(ris(tmp_path / "old.ris", range(4), ""), ris(tmp_path / "named.ris", range(4, 9), "MEDLINE"))
    read.ledger.sources.clear()
    old = Corpus.from_papers(read, tmp_path / "corpus", n_topics=2)
    review = Screening(old)
    review.update(old.add(explorer.import_papers(ris(tmp_path / "new.ris", range(2, 12), ""))))
    flow = review.prisma()
    assert [column.identified for column in flow.columns] == [{"MEDLINE": 5, "source not named": 4}, {"new.ris": 10}]
    assert [(column.duplicates, column.records) for column in flow.columns] == [(0, 9), (7, 3)]
    assert not any("leave" in note or "add up" in note for note in flow.notes)


def test_numbers_that_do_not_reconcile_are_said(corpus: Corpus) -> None:
    review = Screening(corpus)
    assert any("no ledger was kept" in note or "ledger read" in note for note in review.prisma().notes) == (
        not corpus.snapshot.accounts.parts
    )
    smaller = Corpus.from_papers(papers(65), corpus.folder.parent / "smaller", n_topics=2)
    review.update(smaller)
    notes = " ".join(review.prisma().notes)
    assert "5 records are not in the corpus any more" in notes
    assert review.prisma().columns[0].records == 65


def test_a_merge_taken_back_is_no_negative_number(living: Corpus, tmp_path: Path) -> None:
    review = Screening(living)
    apart = living.split(living.merges["paper"].iloc[0])
    assert len(review.update(apart, title="As set apart")) == 1
    before, after = review.prisma().columns
    assert (before.duplicates, before.records) == (10, 31)
    assert (after.identified, after.duplicates, after.records) == ({"merges taken back": 1}, 0, 1)
    assert "1 record of merges taken back stood among the duplicates of an earlier search" in " ".join(review.prisma().notes)
    assert all(n >= 0 for n in review.prisma().frame["n"])
    assert not any("leave" in note or "add up" in note for note in review.prisma().notes)
    # Merged again, it is a duplicate again.
    joined = apart.undo()
    review.update(joined)
    before, after = review.prisma().columns
    assert (after.identified, after.duplicates, after.records) == ({"merges taken back": 1}, 1, 0)
    assert not any("leave" in note or "add up" in note for note in review.prisma().notes)


def test_the_diagram_is_svg_that_says_the_numbers_and_runs_nothing(living: Corpus, tmp_path: Path) -> None:
    review = Screening(living, name="<script>alert(1)</script>")
    review.label(review.ids[0], "exclude", reason='<script>alert("reason")</script> & more')
    review.prisma().to_svg(tmp_path / "flow.svg")
    root = ElementTree.parse(tmp_path / "flow.svg").getroot()
    texts = [
        "".join(node.itertext()).replace("\N{NO-BREAK SPACE}", " ") for node in root.iter("{http://www.w3.org/2000/svg}text")
    ]
    assert any("Records identified (n = 42)" in text for text in texts)
    assert any("duplicates (n = 10)" in text for text in texts)
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    frame = review.prisma().frame
    assert frame.loc[(frame["box"] == "Records identified") & (frame["what"] == ""), "n"].tolist() == [42]
    assert isinstance(frame, pd.DataFrame)


@pytest.mark.parametrize("searches", [1, 2, 3, 7])
def test_the_diagram_fits_the_width_that_there_is(searches: int) -> None:
    columns = [
        Column(
            f"Search {number}", "2026-11-30", {"PubMed": 4550, "A file of a long name.ris": 12}, 192, 1, 4369, 414, {"not screened yet": 3955},
            {f"a reason of several words, the {place}th": 40 - place for place in range(12)}, 78, 1, 76, 1, {"wrong outcome": 74}, 2,
        )
        for number in range(searches)
    ]  # fmt: skip
    flow = Flow(columns, [f"Search {number}: screening goes on; 3,955 not screened yet." for number in range(searches)])
    told = boxes_and_texts(flow.svg())
    for width in (338, 640, 1090, 10_000):
        svg = flow.svg(width=width)
        root = ElementTree.fromstring(svg)
        assert int(root.get("width", "")) <= width
        boxes, texts = boxes_and_texts(svg)
        # Nothing is left out, nothing lies over anything else or beyond the edge.
        assert sorted(texts) == sorted(told[1])
        assert len(boxes) == len(told[0]) == 9 * searches + (searches > 1)
        for place, (x, y, wide, high) in enumerate(boxes):
            assert x >= 0 and x + wide <= width and y + high <= int(root.get("height", ""))
            assert all(x + wide <= a or a + b <= x or y + high <= c or c + d <= y for a, c, b, d in boxes[:place])
    assert flow.svg(width=10_000) == flow.svg()


def boxes_and_texts(svg: str) -> tuple[list[tuple[int, int, int, int]], list[str]]:
    """Left, top, width and height of each box of a diagram, and what stands in the boxes."""
    root = ElementTree.fromstring(svg)
    rects = [rect for rect in root.iter("{http://www.w3.org/2000/svg}rect") if rect.get("class") == "box"]
    boxes = [tuple(int(rect.get(name, "")) for name in ("x", "y", "width", "height")) for rect in rects]
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text") if not text.get("class")]
    return boxes, [word for text in texts for word in text.split()]  # type: ignore[return-value]

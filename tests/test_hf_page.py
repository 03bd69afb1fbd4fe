"""The text of a Hugging Face Papers page."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from explorer import Import, import_papers
from explorer.sources.source import Source

HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 11\n\n"
LONG = "This abstract goes on about one thing and another for long enough to be taken for running text, which it is. " * 3


def read(text: str, name: str = "page.txt") -> Import:
    found = import_papers(Source(name, data=text.encode()))
    ledger = found.ledger
    assert ledger.read == ledger.accepted + ledger.rejected + ledger.merged
    assert ledger.accepted == len(found.papers)
    return found


@pytest.fixture(scope="module")
def page(shared_data: Path) -> str:
    return (shared_data / "hf_page" / "arithmetic.txt").read_text(encoding="utf-8")


def test_the_real_page(page: str, shared_data: Path) -> None:
    found = read(page)
    assert (found.ledger.read, found.ledger.accepted, found.ledger.rejected) == (88, 88, 0)
    with (shared_data / "hf_page" / "facts.csv").open(encoding="utf-8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    assert found.papers["title"].tolist() == titles
    assert found.papers["abstract"].notna().all()
    # Every word of the file stands in a paper or in the page's own lines above the first one.
    body = page[page.index(titles[0]) :].split()
    papers = " ".join(f"{paper.title} {paper.abstract}" for paper in found.papers.itertuples()).split()
    assert papers == body


@pytest.mark.parametrize("change", ["glued", "crlf", "cr", "utf-16", "bom", "no header", "trailing blanks"])
def test_the_real_page_as_browsers_copy_it(page: str, change: str) -> None:
    expected = read(page).table
    if change == "glued":
        text = page.replace(
            "Subscribe\n\nbyAK and the research community\n\nMar 11\n\n",
            "byAK and the research community\n\nMar 11\n\nSubscribe",
        )
        assert "SubscribeArithmetic" in text
        found = read(text)
        assert found.ledger.repaired == 1
        assert found.ledger.notes[0].line == page[: page.index("Arithmetic Control")].count("\n") + 1 - 2
    elif change == "utf-16":
        found = import_papers(Source("page.txt", data=page.encode("utf-16")))
    else:
        text = {
            "crlf": page.replace("\n", "\r\n"),
            "cr": page.replace("\n", "\r"),
            "bom": "\ufeff" + page,
            "no header": page[page.index("byAK") :],
            "trailing blanks": page.replace("\n", " \u00a0\n"),
        }[change]
        found = read(text)
    assert found.table.equals(expected)


def test_a_missing_abstract_at_the_end(page: str) -> None:
    cut = page.rstrip().rsplit("\n", 1)[0]
    found = read(cut)
    assert len(found.papers) == 88
    assert found.papers["abstract"].isna().tolist() == [False] * 87 + [True]
    (note,) = found.ledger.notes
    assert (note.action, note.field, note.record) == ("repaired", "abstract", 88)
    assert cut.split("\n")[note.line - 1] == found.papers["title"].iloc[-1]


def test_a_missing_abstract_in_the_middle(page: str) -> None:
    paragraphs = page.split("\n\n")
    gap = (
        next(i for i, text in enumerate(paragraphs) if text == "Positional Description Matters for Transformers Arithmetic") + 1
    )
    found = read("\n\n".join(paragraphs[:gap] + paragraphs[gap + 1 :]))
    assert len(found.papers) == 88
    assert found.papers["abstract"].isna().to_numpy().nonzero()[0].tolist() == [3]


def test_junk_lines_are_no_papers() -> None:
    found = read(HEAD + f"A title\n\n12\n\n·\n4 authors\n\n{LONG}\n\n1.2k\n\nUpvote\n\nAnother title\n\n{LONG}\n")
    assert "A title" in found.papers["title"].tolist()
    assert "Another title" in found.papers["title"].tolist()
    assert not set(found.papers["title"]) & {"12", "4 authors", "1.2k", "Upvote"}


def test_an_abstract_before_any_title_is_rejected_with_its_line() -> None:
    found = read(HEAD + f"{LONG}\n\nA title\n\n{LONG}\n")
    assert found.papers["title"].tolist() == ["A title"]
    (note,) = found.ledger.notes
    assert (note.action, note.line) == ("rejected", 11)


def test_an_abstract_of_two_paragraphs_is_one() -> None:
    found = read(HEAD + f"A title\n\n{LONG}\n\n{LONG}\n\nAnother\n\n{LONG}")
    assert len(found.papers) == 2
    assert found.papers["abstract"].iloc[0] == f"{LONG} {LONG}".strip().replace("  ", " ")


def test_a_page_without_papers_has_none() -> None:
    assert len(read(HEAD).papers) == 0


def test_text_that_only_speaks_of_the_page_is_no_page() -> None:
    for text in (f"A title\n\n{LONG}\n", f"A page by AK and the research community has titles.\n\nA title\n\n{LONG}\n"):
        found = read(text)
        assert len(found.papers) == 0
        (note,) = found.ledger.notes
        assert note.action == "rejected"
        assert "no format known here" in note.reason

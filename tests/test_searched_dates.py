"""``year:`` in a query, and what databases write to limit a search to dates, against intervals of days in plain Python."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.selection.dialects import translate
from explorer.selection.periods import span_of
from explorer.selection.query import as_typed, parse, written

DATES = (
    "1999",
    "2009-12-31",
    "2010",
    "2010-03",
    "2010-03-14",
    "2011-07-02",
    "2014-12",
    "2015-01-01",
    "2020",
    "2020-12-31",
    "2021-01",
    "",
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> explorer.Corpus:
    import pandas as pd

    papers = pd.DataFrame(
        {
            "id": [day or "undated" for day in DATES],
            "title": [f"Moss number {place}" for place in range(len(DATES))],
            "published": [day or None for day in DATES],
        }
    )
    return explorer.Corpus.from_papers(
        explorer.import_papers(papers, keep_duplicates=True).table, tmp_path_factory.mktemp("dated") / "corpus"
    )


def interval(text: str) -> tuple[date, date]:
    """First and last day of a year, a month or a day."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    first = date(year, month or 1, day or 1)
    return first, date(year, month or 12, day or monthrange(year, month or 12)[1])


def within(low: str, high: str) -> set[str]:
    """Papers of which the time may lie between a month or year and another."""
    first = interval(low)[0] if low else date.min
    last = interval(high)[1] if high else date.max
    # A paper counts by its month.
    return {day for day in DATES if day and interval(day[:7])[1] >= first and interval(day[:7])[0] <= last}


def found(corpus: explorer.Corpus, text: str) -> set[str]:
    return set(corpus.search(text, limit=None)["id"])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("year:2010", "2010", "2010"),
        ("years:2010..2015", "2010", "2015"),
        ("year:2010-2015", "2010", "2015"),
        ("published:2010-03", "2010-03", "2010-03"),
        ("year:2010-04..2014-12", "2010-04", "2014-12"),
        ("year:..2010", "", "2010"),
        ("year:2015..", "2015", ""),
        ("year:>2014", "2015", ""),
        ("year:>=2014-12", "2014-12", ""),
        ("year:>2014-12", "2015-01", ""),
        ("year:<2010", "", "2009"),
        ("year:<=2010-03", "", "2010-03"),
        ('year:"2010"', "2010", "2010"),
    ],
)
def test_years_of_a_query(corpus: explorer.Corpus, text: str, low: str, high: str) -> None:
    assert found(corpus, text) == found(corpus, f"moss {text}") == within(low, high)
    assert found(corpus, f"moss -{text}") == {day or "undated" for day in DATES} - within(low, high)
    assert len(corpus.select(text)) == len(within(low, high))


def test_years_stand_in_groups(corpus: explorer.Corpus) -> None:
    assert found(corpus, "year:(1999 OR 2020..)") == within("1999", "1999") | within("2020", "")
    assert found(corpus, "(year:1999 OR title:3) moss") == within("1999", "1999") | {"2010-03"}
    assert written(parse("moss year:2010..2015 -year:2012")) == "moss AND year:2010..2015 AND (NOT year:2012)"  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["year:20100", "year:soon", "year:2010-13", "year:201*", "year:..", "year:2010 NEAR/2 moss"])
def test_what_is_no_year_says_so(text: str) -> None:
    with pytest.raises(explorer.QueryError, match="year"):
        parse(text)


def test_a_year_that_is_typed_is_no_error() -> None:
    typed = "moss year:2010-05..2012"
    for end in range(len(typed) + 1):
        parse(as_typed(typed[:end]))
    assert [as_typed(text) for text in ("moss year:20", "moss year:2010", "moss year:2010..20")] == [
        "moss",
        "moss year:2010",
        "moss",
    ]


@settings(deadline=None)
@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1900, 2099), st.integers(1, 12))
def test_spans_are_those_of_their_ends(year: int, month: int, other: int, others: int) -> None:
    one, two = f"{year}-{month:02d}", f"{other}-{others:02d}"
    low, high, after, least = (span_of(text) for text in (one, two, f">{one}", f">={one}"))
    assert low is not None
    assert high is not None
    assert low.last == year * 12 + month - 1
    assert span_of(f"{one}..{two}") == (low.first, high.last)
    assert (after, least) == ((low.last + 1, None), (low.first, None))


LIMITS = [
    ("moss[ti] AND 2010:2015[dp]", "2010", "2015"),
    ("(moss[ti] AND 2010:2015[dp])", "2010", "2015"),
    ('moss[ti] AND ("2010/01/01"[Date - Publication] : "2015/12/31"[Date - Publication])', "2010", "2015"),
    ('moss[ti] AND ("2010/03"[pdat] : "3000"[pdat])', "2010-03", ""),
    ("moss[ti] AND 2010[dp]", "2010", "2010"),
    ("moss[ti] AND 2010/03[pdat]", "2010-03", "2010-03"),
    ("moss[ti] AND (2010[dp] OR 2011[dp])", "2010", "2011"),
    ('1. moss.ti.\n2. limit 1 to yr="2015 -Current"', "2015", ""),
    ('1. moss.ti.\n2. limit 1 to (english language and yr="2010 - 2015")', "2010", "2015"),
    ('1. moss.ti.\n2. limit 1 to yr="-2010"', "", "2010"),
    ("moss.ti. and (2010* or 2011*).dp.", "2010", "2011"),
    ("TITLE(moss) AND PUBYEAR > 2009 AND PUBYEAR < 2016", "2010", "2015"),
    ("TITLE(moss) AND PUBYEAR AFT 2009 AND PUBYEAR BEF 2016", "2010", "2015"),
    ("TITLE(moss) AND NOT TITLE(peat) AND PUBYEAR IS 2010", "2010", "2010"),
    ("TITLE(moss) AND ( LIMIT-TO ( PUBYEAR,2011) OR LIMIT-TO ( PUBYEAR,2010) )", "2010", "2011"),
    ("TI=(moss) AND PY=(2010-2015)", "2010", "2015"),
    ("TI=(moss) AND PY=2010", "2010", "2010"),
    ("TI=(moss) AND PY=(2010 OR 2011)", "2010", "2011"),
    ("TI=(moss) AND DOP=(2010-03-01/2014-12-31)", "2010-03", "2014-12"),
    ("ti(moss) AND YR(2010-2015)", "2010", "2015"),
    ("ti(moss) AND yr(>2014)", "2015", ""),
    ("ti(moss) AND pd(20100301-20141231)", "2010-03", "2014-12"),
    ("TI (moss) AND PY 2010-2015", "2010", "2015"),
    ("TI (moss) AND DT 20100101-20151231", "2010", "2015"),
    ("'moss':ti AND [2010-2015]/py", "2010", "2015"),
    ("'moss':ti AND (2010:py OR 2011:py)", "2010", "2011"),
    ("(moss):ti with Cochrane Library publication date Between Jan 2010 and Dec 2015", "2010", "2015"),
    ("[Title: moss] AND [Publication Date: (01/01/2010 TO 12/31/2015)]", "2010", "2015"),
    ("Title: moss AND Peer-Reviewed Journals only AND Year: 2010 To 2015", "2010", "2015"),
    ("tw:(moss) AND year_cluster:[2010 TO 2015]", "2010", "2015"),
    ("ti:moss ANDNOT ti:peat AND submittedDate:[201003010000 TO 201412312359]", "2010-03", "2014-12"),
]  # fmt: skip
"""By the help of each database: PubMed, *Searching by date*; Ovid, *Limits*; Scopus, *PUBYEAR*; Web of Science, *Field tags*; ProQuest, *Search
fields*; EBSCO, *PY, DT*; Embase, *[2010-2015]/py*; Cochrane, *Search limits*; ACM, APA PsycNet, BVS and arXiv as they show searches."""


@pytest.mark.parametrize(("text", "low", "high"), LIMITS)
def test_limits_of_databases_are_filters(corpus: explorer.Corpus, text: str, low: str, high: str) -> None:
    assert found(corpus, text) == within(low, high)
    assert "year:" in str(translate(text))


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("moss[ti] AND 2010:2015[edat]", "2010:2015[edat]"),
        ('moss[ti] AND "last 5 years"[dp]', '"last 5 years"[dp]'),
        ("moss[ti] AND 2010/03/14:2015[dp]", "days: whole months are taken"),
        ('1. moss.ti.\n2. limit 1 to (humans and yr="2010 - 2015")', "limit to humans"),
        ("TI (moss) Limiters - Full Text; Published Date: 20100101-20151231; English Language", "Full Text; English Language"),
        ("(moss):ti with Cochrane Library publication date Between Jan 2010 and Dec 2015, in Trials", "in Trials"),
        ('TITLE(moss) AND PUBYEAR > 2010 AND LIMIT-TO(DOCTYPE,"ar")', 'LIMIT-TO(DOCTYPE,"ar")'),
    ],
)
def test_what_else_a_limit_says_is_told(text: str, left_out: str) -> None:
    assert translate(text).left_out == (left_out,)

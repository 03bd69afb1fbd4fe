"""Searches of other databases: strategies as they are published, and hits against a search by each database's documentation.

The strategies have the structure of those that systematic reviews print; their words were replaced.
"""

from __future__ import annotations

import csv
import functools
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from test_index import found, small

from explorer.errors import QueryError
from explorer.selection.dialects import LINE_END, Translation, translate
from explorer.selection.dialects.translation import has_lines
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.selection.syntax import leaves_of
from explorer.store.fulltext import TextIndex

STRATEGIES: list[tuple[str, str]] = [
    # PubMed
    ("PubMed", '"lake fish"[tiab] AND netting[tiab]'),
    (
        "PubMed",
        '("Lakes"[Mesh] OR lake*[tiab] OR "fresh water"[tiab]) AND ("Fishes"[Mesh:NoExp] OR fish[tw]) NOT (birds[mh] NOT fish[mh])',
    ),
    (
        "PubMed",
        '(lake[Title/Abstract] OR pond[Title/Abstract]) AND (fish[MeSH Terms] OR "fish"[All Fields]) AND ("2010/01/01"[Date - Publication] : "3000"[Date - Publication])',
    ),
    ("PubMed", "((lake fish[ti] OR pond fish[ti]) AND review[pt]) AND english[la] AND 2000:2020[dp]"),
    ("PubMed", '"lake trout"[Title:~2] OR "trout netting lake"[Title/Abstract:~3]'),
    (
        "PubMed",
        '1. "lake trial"[pt]\n2. randomly[tiab]\n3. trial [tiab]\n4. #1 OR #2 OR #3\n5. fish [mh] NOT birds [mh]\n6. #4 NOT #5',
    ),
    ("PubMed", '#1 "Lakes"[Mesh] (12,345)\n#2 lake*[tiab] (120)\n#3 #1 OR #2 (12,400)\n#4 Doe J[au]\n#5 #3 AND #4'),
    (
        "PubMed",
        '(((drain[mh:noexp] OR drain*[tiab]) AND ("lake fish"[majr] OR ((fish*[tiab] or fish[mh]) AND (lake[tiab] OR "lake nets"[mh]))))) NOT (letter[pt] OR comment[pt])',
    ),
    ("PubMed", "“lake fish”[tiab] AND “pond”[ti]"),
    ("PubMed", '"Lake Fish/therapy"[Mesh] OR ("Ponds"[Majr]) OR J Lake Res[ta] OR 12345678[pmid] OR (free full text[sb])'),
    # Ovid
    (
        "Ovid",
        '1. exp Lakes/\n2. (lake$ or pond$).ti,ab.\n3. 1 or 2\n4. exp *Fishes/\n5. (fish adj3 (net* or trap?)).tw.\n6. or/4-5\n7. 3 and 6\n8. limit 7 to (english language and yr="2000 -Current")',
    ),
    (
        "Ovid",
        "1     exp Lake Fish/ (1234)\n2     (lake adj2 fish*).ab,ti. (56)\n3     wom#n.mp. [mp=title, abstract, original title] (7)\n4     1 or 2 or 3 (1290)\n5     animals/ not (animals/ and humans/)\n6     4 not 5",
    ),
    ("Ovid", "((lake or pond) adj5 (fish* or trout)).ti,ab,kw. and randomized controlled trial.pt."),
    (
        "Ovid",
        '1. Lake Fish/dt, th [Drug Therapy, Therapy]\n2. "Quality of Lakes"/\n3. (behavio?r* or colo?r).tw.\n4. lake*3.ti.\n5. and/1-2\n6. or/3,5\n7. remove duplicates from 6',
    ),
    ("Ovid", 'exp Lakes/ or (lake adj fish).ti. or pond.kf. or "lake database of fish reviews".jn.'),
    (
        "Ovid",
        '1. lake$.tw. 2. exp "lake storage and retrieval"/ or Pond Informatics/ 3. Fish Compression/ 4. 2 not 3 5. or/1,4 6. (quality adj2 assess$).tw. 7. 5 and 6',
    ),
    ("Ovid", "1. (lake$1 or fish$4).ti,ab.\n2. (net or nets).ab. /freq=2\n3. 1 and 2"),
    ("Ovid", "lake fish.mp. or exp Fish Nets/ae or (pond$ adj3 net$).mp. [mp=ti, ot, ab, nm, hw]"),
    ("Ovid", "1. exp Lakes/\n2. (lake* or\npond* or\nfresh water).tw,kf.\n3. 1 or 2"),
    # Scopus
    ("Scopus", 'TITLE-ABS-KEY ( "lake fish*" AND ( net OR trap ) ) AND PUBYEAR > 2009 AND ( LIMIT-TO ( DOCTYPE , "ar" ) )'),
    ("Scopus", "TITLE-ABS-KEY((lake W/3 fish) OR (pond PRE/2 net*)) AND NOT TITLE-ABS-KEY(sea)"),
    ("Scopus", 'TITLE(lake OR pond) AND ABS({fish net}) AND KEY(trout) AND (EXCLUDE(SUBJAREA, "MEDI"))'),
    (
        "Scopus",
        'TITLE-ABS-KEY("lake" OR "pond") AND TITLE-ABS-KEY("fish") AND LANGUAGE(english) AND AUTH("Doe, J.") OR DOI(10.1234/lake.1)',
    ),
    # Web of Science
    ("Web of Science", "TS=((lake OR pond) NEAR/3 fish*) AND TI=(net* OR trap$) NOT TS=sea"),
    (
        "Web of Science",
        'TS=("lake fish" OR "pond fish" OR (wom?n NEAR/2 net)) AND PY=(2010-2020) AND DT=(Article OR Review) AND LA=(English)',
    ),
    ("Web of Science", "#1 TS=(lake* OR pond*)\n#2 TS=(fish NEAR net)\n#3 #1 AND #2"),
    ("Web of Science", "TI=lake AND AU=Doe J* AND SO=(LAKE RESEARCH) AND DO=10.1234/lake.1"),
    ("Web of Science", "Topic=(lake OR pond) AND Title=(fish) Timespan=2000-2010"),
    ("Web of Science", "ts=(lake) and ti=(fish)"),
    (
        "Web of Science",
        '# 3 #2 AND #1\n# 2 TOPIC: ("lake fish" OR pond*) NOT TITLE: (sea)\n# 1 TITLE: (net$ NEAR/3 trap)\nRefined by: LANGUAGES: ( ENGLISH )\n'
        "Timespan: 2000-2010. Indexes: SCI-EXPANDED, SSCI.",
    ),
    ("Web of Science", 'ALL=(lake fish) NOT AK=("sea fish")'),
    # ProQuest
    ("ProQuest", "noft(lake OR pond) AND ti(fish NEAR/3 net*) AND su(trout)"),
    ("ProQuest", 'MAINSUBJECT.EXACT.EXPLODE("Lakes") OR TI,AB(lake P/2 fish) AND yr(2010-2020)'),
    ("ProQuest", '(ab("lake fish") OR ti(pond N/4 net)) AND la.exact("English") NOT stype.exact("Newspapers")'),
    # EBSCO
    ("EBSCO", '(MH "Lakes+") OR TI ( lake* N3 fish ) OR AB ( "pond fish" OR pond W2 net# )'),
    ("EBSCO", 'S1 (MH "Lakes+")\nS2 TI lake OR AB lake\nS3 S1 OR S2\nS4 (MM "Fish") AND PT review\nS5 S3 AND S4'),
    (
        "EBSCO",
        'S5 S3 NOT S4 110\nS4 (MH "Ponds+") OR TI pond OR AB pond 40,326\nS3 S1 AND S2 285,894\nS2 TI ( net* or\nnonnet* ) OR AB ((trap or traps) n2 (fish or cage)) 48,002\nS1 TI (lake* n3 (fish or trout)) 190,384',
    ),
    ("EBSCO", 'TI ( lake OR pond ) AND SU ( "fish nets" )'),
    # Cochrane
    (
        "Cochrane",
        "#1 MeSH descriptor: [Lakes] explode all trees\n#2 (lake NEAR/3 fish*):ti,ab,kw\n#3 (pond NEXT net?):ti,ab\n#4 #1 OR #2 OR #3",
    ),
    (
        "Cochrane",
        '#1 [mh "Lakes"]\n#2 [mh ^"Ponds"/DT]\n#3 lake*:ti,ab,kw (Word variations have been searched)\n#4 {or #1-#3}\n#5 #4 with Publication Year from 2000 to 2020, in Trials',
    ),
    ("Cochrane", '(lake fish):ti,ab,kw AND ("pond net"):ti'),
    ("Cochrane", "#1\t(abscess):ti,ab,kw\n#2\tMeSH descriptor: [Lakes] this term only\n#3\t#1 OR #2"),
    # Embase
    ("Embase", "'lake fish'/exp OR ((lake OR pond) NEAR/3 fish*):ti,ab,kw AND [english]/lim NOT 'sea'/de"),
    (
        "Embase",
        "#1 'lakes'/exp/mj\n#2 'lake fish':ti,ab OR (pond NEXT/2 net):ti\n#3 #1 OR #2\n#4 #3 AND ('article'/it OR 'review'/it)",
    ),
    # arXiv and IEEE
    ("arXiv", 'ti:"lake fish" AND (abs:net OR abs:trap) ANDNOT au:doe AND cat:cs.LG'),
    ("IEEE Xplore", '(("All Metadata":"lake fish") OR ("Document Title":pond)) AND ("Author Keywords":net)'),
    ("IEEE Xplore", '"Abstract":lake NEAR/3 fish AND "Index Terms":trout'),
    # Lines of no database in particular
    ("numbered lines", "1. lake OR pond\n2. fish\n3. 1 AND 2"),
]


@pytest.mark.parametrize(("database", "strategy"), STRATEGIES)
def test_published_strategies_are_read(database: str, strategy: str) -> None:
    read = translate(strategy)
    assert read.dialect == database
    node = parse(strategy)
    assert node is not None
    # What is shown is what is searched for, and can be gone on with.
    assert translate(read.query) == Translation(read.query)
    assert _plain(parse(read.query)) == _plain(node)
    # A box of one line holds the lines too.
    assert translate(strategy.replace("\n", f" {LINE_END} ")) == read
    assert Selection(query=strategy).translation == read


def _plain(node: object) -> str:
    return re.sub(r"position=\d+", "", repr(node))


def test_there_are_forty_strategies_of_nine_databases() -> None:
    assert len(STRATEGIES) >= 40
    assert len({database for database, _ in STRATEGIES}) >= 9


@pytest.mark.parametrize(
    ("strategy", "query", "left_out"),
    [
        ('"lake fish"[tiab]', 'title,abstract:+"lake fish"', ()),
        ("lake fish[Title/Abstract]", 'title,abstract:+"lake fish"', ()),
        ('"Lakes"[Mesh]', 'keyword:+"Lakes"', ("the narrower headings of “Lakes”",)),
        ('"Lakes"[Mesh:NoExp]', 'keyword:+"Lakes"', ()),
        ("lake[ti] OR pond[ti] AND net[ti]", "(title:+lake OR title:+pond) AND title:+net", ()),
        ("lake[ti] AND english[la]", "title:+lake", ("english[la]",)),
        ('"lake net"[ti:~2]', "title:+lake NEAR/2 title:+net", ()),
        ("(lake adj3 net).ti.", "title:+lake NEAR/2 title:+net", ()),
        ("(lake adj net).ti.", "title:+lake PRE/0 title:+net", ()),
        ("lake.ti. or pond.ti. and net.ti.", "title:+lake OR (title:+pond AND title:+net)", ()),
        ("(lake$ or wom#n or colo?r or net$2).ti.", "title:lake* OR title:+wom?n OR title:+colo$r OR title:+net$$", ()),
        ("exp Lake Fish/", 'keyword:+"Lake Fish"', ("the narrower headings of “Lake Fish”",)),
        ("*Lake Fish/dt or pond.ti.", 'keyword:+"Lake Fish" OR title:+pond', ("that “Lake Fish” is a main heading", "the subheadings of “Lake Fish” (dt)")),
        ("TITLE(lake OR pond AND net)", "(title:lake OR title:pond) AND title:net", ()),
        ("TITLE(lake W/3 net)", "title:lake NEAR/3 title:net", ()),
        ("TITLE(lake) AND NOT TITLE(net) AND PUBYEAR > 2010", "title:lake AND (NOT title:net) AND year:>=2011", ()),
        ("TI=(lake NEAR net)", "title:lake NEAR/15 title:net", ()),
        ('TI=("lake net" OR wom$n OR bo?)', 'title:+"lake net" OR title:+wom$n OR title:+bo?', ()),
        ("ti(lake P/2 net)", "title:lake PRE/2 title:net", ()),
        ("TI ( lake W2 net# )", "title:lake PRE/2 title:+net$", ()),
        ("(lake NEXT net?):ti", "title:+lake PRE/0 title:+net$", ()),
        ("('lake' NEAR/3 net):ti AND [english]/lim", 'title:+"lake" NEAR/2 title:+net', ("[english]/lim",)),
        ("TI=(lake NEAR/80 net)", "title:lake AND title:net", ("NEAR/80 (both are wanted, near or not)",)),
        ("1. lake.ti.\n2. pond.ti.\n3. net.ti.\n4. 1 or 3", "title:+lake OR title:+net", ("line 2 (not part of the last line)",)),
        ('"Moss IA"[au] AND hasabstract', 'author:"Moss IA"', ("hasabstract",)),
        ("moss ia.au.", 'author:"moss IA"', ()),
        ("DO=(10.1234/lake.1)", "id:10.1234/lake.1", ()),
        ('(lake && "fish net") || !pond', '(lake AND "fish net") OR NOT pond', ()),
        ('lake^2 "fish net"~4 trap~1', "lake (fish NEAR/4 net) trap", ("the weight ^2", "words that are spelt alike (~)")),
        ("allintitle: lake fish", "title:(lake fish)", ()),
        ('intitle:"lake fish" inauthor:moss site:example.org', 'title:"lake fish" author:moss', ("site:example.org",)),
        ("title_and_abstract.search:(lake fish)", "title,abstract:(lake fish)", ()),
    ],
)  # fmt: skip
def test_what_is_shown(strategy: str, query: str, left_out: tuple[str, ...]) -> None:
    read = translate(strategy)
    assert (read.query, read.left_out) == (query, left_out)
    assert read.dialect in str(read)
    assert all(part.rstrip(".") in str(read) for part in left_out)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lake fish",
        "Attention is all you need?",
        "p(x)-Laplacian and Fe(II)-dependent nets",
        "title:lake -pond",
        '"lake fish" NEAR/3 net',
        "author:doe OR id:10.1234/x",
        "A study of N3 fatty acids, TI and AB",
        "12 nets or 13",
        "1. lake\n2. pond",
        "The search for exp(x)/x: a limit",
        "What [in] brackets means",
        "What a lake! And a norm ||x||, x^2 ~ 3",
        "lake near/3 fish",
    ],
)
def test_our_own_language_stays(text: str) -> None:
    assert translate(text) == Translation(text)
    assert str(translate(text)) == ""


@pytest.mark.parametrize(
    ("text", "database"),
    [
        ("lake* N3 fish", "EBSCO"),
        ('lake N3 "fish net"', "EBSCO"),
        ("(lake OR pond) W2 (fish OR trout)", "EBSCO"),
        ("lake w/3 fish", "Scopus"),
        ("lake adj fish", "Ovid"),
        ("lake NEAR fish", "Web of Science"),
        ("lake NEAR5 fish", "ProQuest"),
        ("lake onear/3 fish", "IEEE Xplore"),
        ("AUTHOR-NAME(moss, i)", "Scopus"),
        ('ALL("lake fish")', "Scopus"),
        ("DOI(10.1234/a)", "Scopus"),
        ('SU.EXACT("Fishes")', "ProQuest"),
        ("lake:ti AND [2014-2015]/py", "Embase"),
        ("lak$s:ti,ab", "Embase"),
        ("lak?s:ti,ab", "Cochrane"),
        ("fishes/dt", "Ovid"),
        ("lake fish/dh, th", "Ovid"),
        ("10.1234/lake.1 [doi]", "DOI"),
        ("TI lake* AND PY 2014-2015", "EBSCO"),
        ("AU moss i", "EBSCO"),
        ("SU fishes", "EBSCO"),
        ("gold (Au) fishes", ""),
        ("lakes and/or ponds", ""),
        ("lake | pond", "a search engine"),
        ("STARS NEAR BLACK HOLES", ""),
        ("copper N3 complex", ""),
        ("lake n3 fish", ""),
        ("the lake w fish", ""),
    ],
)
def test_operators_tell_a_database_without_its_fields(text: str, database: str) -> None:
    assert translate(text).dialect == database


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("(lake or pond) and (fish or trout)", "(lake OR pond) AND (fish OR trout)"),
        ('("lake and pond" or sea) not fish', '("lake and pond" OR sea) NOT fish'),
        ("(lake or pond) AND (fish or trout)", None),
        ("Fish and trout of lakes (or ponds)", None),
        ("Lakes and ponds", None),
    ],
)
def test_operators_in_small_letters_beside_and_within_parentheses(text: str, query: str | None) -> None:
    """Ovid, Scopus and the Web of Science take them so; elsewhere they may be words of a title, and stay."""
    assert translate(text) == (Translation(query, "a search with operators in small letters") if query else Translation(text))


def test_the_databases_that_a_line_of_ovid_is_for_are_left_out() -> None:
    assert translate("(lake and fish).ti. use ppez, emczd") == Translation(
        "title:+lake AND title:+fish", "Ovid", ("use ppez, emczd",)
    )
    assert "habit" in translate("(fish use habit).ti.").query


@pytest.mark.parametrize("quotes", ["“”", "„“", "«»", "‘’", "‚‘", "‹›", "「」", "『』", "＂＂", "〝〟", "″″"])
def test_phrases_between_the_quotes_of_any_country(quotes: str) -> None:
    one, other = quotes
    assert parse(f"{one}fish net{other} lake") == parse('"fish net" lake')
    assert parse(f"title:{one}fish net{other}") == parse('title:"fish net"')
    assert translate(f"{one}fish net{other}[tiab]").query == translate('"fish net"[tiab]').query


def test_an_apostrophe_is_no_quote() -> None:
    assert translate("fishers’ nets and the lake’s fish").query == "fishers’ nets and the lake’s fish"
    parsed = parse("fishers’ nets")
    assert parsed is not None
    assert [leaf.text for leaf in leaves_of(parsed)] == ["fishers’", "nets"]


@pytest.mark.parametrize(
    ("text", "query", "kind"),
    [
        ("10.1234/Lake.2014(25)", 'doi:"10.1234/lake.2014(25)"', "DOI"),
        ("doi:10.1234/lake.2014", 'doi:"10.1234/lake.2014"', "DOI"),
        ("https://doi.org/10.1234/lake.2014", 'doi:"10.1234/lake.2014"', "DOI"),
        ("https://www.example.com/doi/full/10.1234/lake.2014", 'doi:"10.1234/lake.2014"', "address with a DOI"),
        ("PMID: 12345678", 'pmid:"12345678"', "PubMed number"),
        ("12345678", 'pmid:"12345678"', "PubMed number"),
        ("https://pubmed.ncbi.nlm.nih.gov/1234567/", 'pmid:"1234567"', "address of a PubMed record"),
        ("2401.00001v2", 'arxiv:"2401.00001" OR doi:"10.48550/arxiv.2401.00001"', "arXiv number"),
        ("arXiv:hep-th/9901001", 'arxiv:"hep-th/9901001" OR doi:"10.48550/arxiv.hep-th/9901001"', "arXiv number"),
        ("https://arxiv.org/pdf/2401.00001v1.pdf", 'arxiv:"2401.00001" OR doi:"10.48550/arxiv.2401.00001"', "address of an arXiv paper"),
        ("https://doi.org/10.48550/arXiv.2401.00001", 'arxiv:"2401.00001" OR doi:"10.48550/arxiv.2401.00001"', "DOI"),
        ("arXiv:2401.00001v1 [cs.LG]", 'arxiv:"2401.00001" OR doi:"10.48550/arxiv.2401.00001"', "arXiv number"),
        ("https://www.nature.com/articles/s41586-020-1234-5", 'doi:"10.1038/s41586-020-1234-5"', "address with a DOI"),
        ("https://example.org/papers/w123", 'id:"https://example.org/papers/w123" OR id:"w123"', "address"),
        ("12345678, 23456789", 'pmid:"12345678" OR pmid:"23456789"', "PubMed number"),
        ("12345678 OR 23456789", 'pmid:"12345678" OR pmid:"23456789"', "PubMed number"),
        ("NCT01234567", 'id:"NCT01234567" OR "NCT01234567"', "number of a trial"),
        ("W123456789", 'id:"W123456789" OR id:"https://openalex.org/W123456789"', "OpenAlex number"),
    ],
)  # fmt: skip
def test_identifiers_and_addresses(text: str, query: str, kind: str) -> None:
    assert translate(text) == Translation(query, kind)
    assert parse(text) is not None


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Moss, I. A., & Roe, B. (2003). Nets in older lakes. Lake Research, 3(2), 1-9.", 'title:"Nets in older lakes"'),
        ("Moss, I. (2003, May 4). Nets in older lakes: why? Lake Research.", 'title:"Nets in older lakes: why"'),
        (
            "Moss IA, Roe B, van Dam C. Nets in older lakes. Lake Res. 2003;3(2):1-9. doi: 10.1234/lake.1.",
            'doi:"10.1234/lake.1" OR title:"Nets in older lakes"',
        ),
        ("Moss IA, et al. Nets in older lakes. Lake Res. 2003 May;3(2):1-9.", 'title:"Nets in older lakes"'),
        (
            "I. A. Moss and B. Roe, \u201cNets in older lakes,\u201d Lake Res., vol. 3, pp. 1\u20139, 2003.",
            'title:"Nets in older lakes"',
        ),
        ('Moss, Ida. "Nets in Older Lakes." Lake Research 3.2 (2003): 1-9.', 'title:"Nets in Older Lakes"'),
        (
            "Moss, I. (2003). Nets in older lakes. Lake Research. https://doi.org/10.1234/lake.1",
            'doi:"10.1234/lake.1" OR title:"Nets in older lakes"',
        ),
    ],
)
def test_a_reference_finds_its_paper(text: str, query: str) -> None:
    assert translate(text) == Translation(query, "a reference")
    assert parse(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Nets in older lakes (2003)", "lake fish (2003) and nets. more nets", 'lake, "nets in older lakes" 2003', "lake AND (2003). fish nets in lakes. x",
        "Nets in older lakes. A study of fish. Lakes", "title:lake (2003). fish nets in lakes. x", 'author:"Moss IA" "nets in older lakes"',
    ],
)  # fmt: skip
def test_words_and_queries_are_no_references(text: str) -> None:
    assert translate(text).dialect != "a reference"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Title: lake fish", "title:lake fish"),
        ('title: "lake fish" AND Authors: moss', 'title:"lake fish" AND author:moss'),
        ("(Abstract: lake) OR Keywords: (fish OR net)", "(abstract:lake) OR keyword:(fish OR net)"),
        ("year: 2003 lake", "year:2003 lake"),
    ],
)
def test_a_blank_behind_the_name_of_a_field(text: str, query: str) -> None:
    assert translate(text) == Translation(query, "a search by fields")


@pytest.mark.parametrize("text", ["title:lake", '"Title: lake"', "Subtitle: lake", "Lakes: a study of title: lake"])
def test_no_name_of_a_field(text: str) -> None:
    assert translate(text) == Translation(text)


@pytest.mark.parametrize(
    ("text", "query", "left_out"),
    [
        (
            "TOPIC: (lake) NOT TOPIC: (sea)\nRefined by: DOCUMENT TYPES: ( ARTICLE OR REVIEW ) AND LANGUAGES: ( ENGLISH )\n"
            "Timespan: 2000-2010. Indexes: SCI-EXPANDED.",
            "title,abstract,keyword:lake AND (NOT title,abstract,keyword:sea) AND year:2000..2010",
            ("Refined by: DOCUMENT TYPES: ( ARTICLE OR REVIEW )", "LANGUAGES: ( ENGLISH )", "Indexes: SCI-EXPANDED."),
        ),
        (
            "TITLE: (lake) AND YEAR PUBLISHED: (2000-2010)\nTimespan: All years. Indexes: SSCI, A&HCI.",
            "title:lake AND year:2000..2010",
            ("Timespan: All years.", "Indexes: SSCI, A&HCI."),
        ),
    ],
)
def test_searches_as_the_history_of_web_of_science_showed_them(text: str, query: str, left_out: tuple[str, ...]) -> None:
    assert translate(text) == Translation(query, "Web of Science", left_out)


def test_a_field_named_exactly_tells_proquest() -> None:
    assert translate('lake AND la.exact("English")') == Translation("lake", "ProQuest", ('la.exact("English")',))
    assert translate('lake AND (la:("eng"))') == Translation("lake", "LILACS (BVS)", ('la:("eng")',))


def test_an_identifier_finds_its_paper(tmp_path: Path) -> None:
    index = small(
        tmp_path,
        {"title": "a", "doi": "10.1234/lake.2014(25)"},
        {"title": "b", "arxiv_id": "2401.00001"},
        {"title": "c", "doi": "10.48550/arxiv.2401.00001"},
    )
    assert found(index, "https://doi.org/10.1234/LAKE.2014(25)") == {0}
    assert found(index, "https://arxiv.org/abs/2401.00001v3") == {1, 2}


@pytest.mark.parametrize(
    "text",
    ['"Moss I"[au]', "Moss IA[author]", "moss i.au.", "moss ia.au.", 'AU=("Moss I*")', "AU=(Moss, Ida)", 'AU "Moss, Ida"', 'inauthor:"I Moss"'],
)  # fmt: skip
def test_names_of_authors_find_them_as_in_their_database(text: str, tmp_path: Path) -> None:
    index = small(tmp_path, {"title": "a", "authors": ["Moss, Ida A."]}, {"title": "b", "authors": ["Fenn, Ida"]})
    assert found(index, text) == {0}


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("(lake[ti] OR pond[ti]", 0, "not closed"),
        ("lake[ti] OR pond[ti])", 20, "no opening"),
        ("TITLE(lake OR)", 13, "closing|something|out of place"),
        ("lake[ti] AND", 11, "ends after an operator"),
        ("OR lake[ti]", 0, "needs something before"),
        ("1. lake.ti.\n2. 1 or 7", 20, "Line 2"),
        ("english[la] AND humans[filter]", 0, "Nothing of this PubMed search"),
        ("#1 AND #2", 0, "Line #1 is not here"),
        ("limit 3 to english language", 0, "Line 3 is not here"),
    ],
)
def test_errors_point_into_what_was_pasted(text: str, at: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as raised:
        parse(text)
    assert raised.value.query == text
    assert raised.value.position == at


@settings(max_examples=examples(500), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "lake fish[tiab] [ti] .ti,ab. exp Lakes/ adj3 or and not ( ) TITLE-ABS-KEY( TS= W/3 NEAR/2 NEXT #1 #2 1. 2. 3 \n "
            "\"net\" \" ' 'pond' /exp :ti,ab,kw S1 S2 MH TI * $ ? # , ; : [ ] { } limit to 1-3 or/1-2 ⏎ “ ” 2010:2020[dp]".split(" ")
        ),
        max_size=16,
    ).map(" ".join)
)  # fmt: skip
def test_anything_is_read_or_a_query_error_within_it(text: str) -> None:
    try:
        parse(text)
    except QueryError as error:
        assert str(error)
        assert 0 <= error.position < max(len(text), len(translate_or(text)))


def translate_or(text: str) -> str:
    try:
        return translate(text).query
    except QueryError:
        return text


# Hits against each database's documentation

WORDS = "lake lakes laker fish fishing net nets netting trap trout woman women colour color".split()
STEMS = {"lakes": "lake", "fishing": "fish", "nets": "net", "netting": "net", "women": "woman", "colour": "color"}
"""Forms of one word, for databases that find them; those of `WORDS`, by hand."""

Paper = dict[str, list[str]]
Search = tuple[Any, ...]
"""``("word", w)``, ``("cut", beginning)``, ``("phrase", (w, …))``, ``("near", a, b, between, ordered)``, ``("and"|"or"|"not", a, b)``,
``("in", fields, search)``; leaves are looked for in the fields around them."""


@functools.cache
def _papers() -> tuple[list[Paper], TextIndex]:
    draw = random.Random(5)
    papers = [
        {"title": draw.choices(WORDS, k=draw.randint(1, 5)), "abstract": draw.choices(WORDS, k=draw.randint(0, 9)),
         "keywords": draw.choices(WORDS, k=draw.randint(0, 2))}
        for _ in range(150)
    ]  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"title": " ".join(paper["title"]), "abstract": " ".join(paper["abstract"]), "keywords": [" ".join(paper["keywords"])]}
        for paper in papers
    ]
    return papers, small(Path(tempfile.mkdtemp(prefix="litexplorer-test-")), *rows)


def _same(wanted: str, word: str, forms: bool) -> bool:
    return wanted == word or (forms and STEMS.get(wanted, wanted) == STEMS.get(word, word))


def _places(search: Search, words: list[str], forms: bool) -> set[tuple[int, int]]:
    """First place and place after the last of a leaf in a row of words."""
    if search[0] == "word":
        return {(at, at + 1) for at, word in enumerate(words) if _same(search[1], word, forms)}
    if search[0] == "cut":
        return {(at, at + 1) for at, word in enumerate(words) if word.startswith(search[1])}
    assert search[0] == "phrase"
    size = len(search[1])
    return {
        (at, at + size)
        for at in range(len(words) - size + 1)
        if all(_same(wanted, word, forms) for wanted, word in zip(search[1], words[at : at + size], strict=True))
    }


def _holds(search: Search, paper: Paper, fields: tuple[str, ...], rules: Rules) -> bool:
    kind = search[0]
    if kind == "in":
        return _holds(search[2], paper, search[1], rules)
    if kind == "and":
        return _holds(search[1], paper, fields, rules) and _holds(search[2], paper, fields, rules)
    if kind == "or":
        return _holds(search[1], paper, fields, rules) or _holds(search[2], paper, fields, rules)
    if kind == "not":
        return _holds(search[1], paper, fields, rules) and not _holds(search[2], paper, fields, rules)
    if kind == "near":
        return any(_close(search, paper[field], rules) for field in fields)
    forms = rules.phrase_forms if kind == "phrase" else rules.word_forms
    return any(_places(search, paper[field], forms) for field in fields)


def _close(search: Search, words: list[str], rules: Rules) -> bool:
    _, one, other, between, ordered = search
    for start, stop in _places(one, words, rules.phrase_forms if one[0] == "phrase" else rules.word_forms):
        for first, last in _places(other, words, rules.phrase_forms if other[0] == "phrase" else rules.word_forms):
            if 0 <= first - stop <= between or (not ordered and 0 <= start - last <= between):
                return True
    return False


class Rules:
    """How a database writes a search, by its help.

    Parameters
    ----------
    fields : dict
        Our fields, and how to put a search into theirs.
    near, before : callable or None
        Words with at most so many between them, in any order and in this order.
    word_forms, phrase_forms : bool
        Whether it finds other forms of a word.
    each : bool
        Whether every word has its field, not a group.
    """

    def __init__(
        self,
        fields: dict[tuple[str, ...], Callable[[str], str]],
        near: Callable[[str, int, str], str] | None,
        before: Callable[[str, int, str], str] | None,
        *,
        word_forms: bool = False,
        phrase_forms: bool = False,
        each: bool = False,
        but_not: str = "NOT",
        cut: str = "*",
        quote: str = '"',
    ) -> None:
        self.fields, self.near, self.before = fields, near, before
        self.word_forms, self.phrase_forms, self.each = word_forms, phrase_forms, each
        self.but_not, self.cut, self.quote = but_not, cut, quote

    def write(self, search: Search, around: Callable[[str], str] | None = None) -> str:
        """A search in the database's language, all of it in parentheses."""
        kind = search[0]
        if kind == "in":
            put = self.fields[search[1]]
            return self.write(search[2], put) if self.each else put(self.write(search[2]))
        if kind in ("and", "or", "not"):
            word = {"and": "AND", "or": "OR", "not": self.but_not}[kind]
            return f"({self.write(search[1], around)} {word} {self.write(search[2], around)})"
        if kind == "near":
            how = self.before if search[4] else self.near
            assert how is not None
            return how(self.write(search[1]), search[3], self.write(search[2]))
        text = search[1] if kind == "word" else f"{search[1]}{self.cut}" if kind == "cut" else " ".join(search[1])
        text = f"{self.quote}{text}{self.quote}" if kind == "phrase" else text
        return around(text) if around else text


T, A, TA, TAK = ("title",), ("abstract",), ("title", "abstract"), ("title", "abstract", "keywords")
DATABASES = {
    "PubMed": Rules(
        {T: "{}[ti]".format, TA: "{}[tiab]".format, TAK: "{}[tw]".format}, None, None, each=True,
    ),
    "Ovid": Rules(
        {T: "({}).ti.".format, TA: "({}).ti,ab.".format, A: "({}).ab.".format, TAK: "({}).mp.".format},
        lambda one, between, other: f"({one} adj{between + 1} {other})",
        lambda one, between, other: f"({one} adj {other})",
        but_not="not", cut="$",
    ),
    "Scopus": Rules(
        {T: "TITLE({})".format, A: "ABS({})".format, TAK: "TITLE-ABS-KEY({})".format},
        "({} W/{} {})".format, "({} PRE/{} {})".format, word_forms=True, phrase_forms=True, but_not="AND NOT",
    ),
    "Web of Science": Rules(
        {T: "TI=({})".format, A: "AB=({})".format, TAK: "TS=({})".format}, "({} NEAR/{} {})".format, None, word_forms=True,
    ),
    "ProQuest": Rules(
        {T: "ti({})".format, A: "ab({})".format, TAK: "noft({})".format}, "({} NEAR/{} {})".format, "({} PRE/{} {})".format,
        word_forms=True,
    ),
    "EBSCO": Rules({T: "TI ( {} )".format, A: "AB ( {} )".format}, "({} N{} {})".format, "({} W{} {})".format, word_forms=True),
    "Cochrane": Rules(
        {T: "({}):ti".format, A: "({}):ab".format, TA: "({}):ti,ab".format, TAK: "({}):ti,ab,kw".format},
        "({} NEAR/{} {})".format, lambda one, between, other: f"({one} NEXT {other})",
    ),
    "Embase": Rules(
        {T: "({}):ti".format, TA: "({}):ti,ab".format, TAK: "({}):ti,ab,kw".format},
        lambda one, between, other: f"({one} NEAR/{between + 1} {other})",
        lambda one, between, other: f"({one} NEXT/{between + 1} {other})", quote="'",
    ),
}  # fmt: skip

_leaf = st.one_of(
    st.tuples(st.just("word"), st.sampled_from(WORDS)),
    st.tuples(st.just("cut"), st.sampled_from(("lak", "fish", "net", "wom", "tr"))),
    st.tuples(st.just("phrase"), st.lists(st.sampled_from(WORDS), min_size=2, max_size=2).map(tuple)),
)


@st.composite
def _searches(draw: Any, rules: Rules) -> Search:
    def near() -> st.SearchStrategy[Search]:
        kinds = [False] * (rules.near is not None) + [True] * (rules.before is not None)
        # Those that say nothing of a number stand for words next to each other.
        one_only = {id(DATABASES["Ovid"]), id(DATABASES["Cochrane"])}
        between = st.integers(0, 3)
        return st.sampled_from(kinds).flatmap(
            lambda ordered: st.tuples(
                st.just("near"), _leaf, _leaf, st.just(0) if ordered and id(rules) in one_only else between, st.just(ordered)
            )
        )

    inner = st.one_of(_leaf, near()) if rules.near or rules.before else _leaf
    grouped = st.recursive(inner, lambda part: st.tuples(st.sampled_from(("and", "or", "not")), part, part), max_leaves=3)
    fielded = st.tuples(st.just("in"), st.sampled_from(sorted(rules.fields)), grouped)
    return draw(st.recursive(fielded, lambda part: st.tuples(st.sampled_from(("and", "or", "not")), part, part), max_leaves=3))


@pytest.mark.parametrize("database", DATABASES)
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_hits_are_those_that_the_documentation_promises(database: str, data: st.DataObject) -> None:
    rules = DATABASES[database]
    search = data.draw(_searches(rules))
    text = rules.write(search)
    read = translate(text)
    if database == "Embase" and "'" not in text:
        text = f"({text}) OR 'zzz':ti"
        read = translate(text)
    assert (read.dialect, read.left_out) == (database, ())
    papers, index = _papers()
    assert found(index, text) == {row for row, paper in enumerate(papers) if _holds(search, paper, TAK, rules)}, text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # From left to right in PubMed; alternatives first in Scopus; both before either elsewhere.
        ("lake[ti] OR fish[ti] AND net[ti]", lambda t: ("lake" in t or "fish" in t) and "net" in t),
        ("lake.ti. or fish.ti. and net.ti.", lambda t: "lake" in t or ("fish" in t and "net" in t)),
        ("TITLE({lake} OR {fish} AND {net})", lambda t: ("lake" in t or "fish" in t) and "net" in t),
        ('TI=("lake" OR "fish" AND "net")', lambda t: "lake" in t or ("fish" in t and "net" in t)),
        ('ti("lake" OR "fish" AND "net")', lambda t: "lake" in t or ("fish" in t and "net" in t)),
        ('ti("lake" NOT "fish" OR "net")', lambda t: "lake" in t and not ("fish" in t or "net" in t)),
        ("(lake NOT fish OR net):ti", lambda t: ("lake" in t and "fish" not in t) or "net" in t),
    ],
)
def test_operators_bind_as_the_database_says(text: str, wanted: Callable[[list[str]], bool]) -> None:
    papers, index = _papers()
    assert found(index, text) == {row for row, paper in enumerate(papers) if wanted(paper["title"])}


def test_same_of_web_of_science_asks_for_both_sides() -> None:
    both = translate("TS=((lake OR pond) SAME fish)")
    assert both.query == translate("TS=((lake OR pond) AND fish)").query
    assert both.query != translate("TS=((lake OR pond) same fish)").query


@pytest.mark.parametrize(
    ("text", "ours", "left_out"),
    [
        ('mh:"Heart Failure" AND (ti:aspirin OR ab:aspirin)', 'keyword:+"Heart Failure" AND title,abstract:aspirin', 0),
        ('(tw:(dengue OR zika)) AND (db:("LILACS"))', "dengue OR zika", 1),
        ("tw:(enferm$ AND saude) AND la:pt AND year_cluster:[2010 TO 2020]", "enferm* AND saude AND year:2010..2020", 1),
        ("au:silva AND tw:malaria", "author:silva AND malaria", 0),
    ],
)
def test_searches_of_the_virtual_health_library(text: str, ours: str, left_out: int) -> None:
    read = translate(text)
    assert (read.dialect, read.query, len(read.left_out)) == ("LILACS (BVS)", ours, left_out)


@pytest.mark.parametrize(
    ("text", "ours", "left_out"),
    [
        ("[[Title: heart] OR [Title: cardiac]] AND [Abstract: fail*]", "(title:heart OR title:cardiac) AND abstract:fail*", 0),
        (
            '[All: "machine learning"] AND [[Title: robot] OR [Keywords: robot]]',
            '"machine learning" AND title,keyword:robot',
            0,
        ),
        ("[Title: survey] AND [E-Publication Date: (01/01/2010 TO 12/31/2020)]", "title:survey AND year:2010..2020", 0),
        ("[Publication Title: robotics] AND NOT [Abstract: review]", "venue:robotics AND (NOT abstract:review)", 0),
    ],
)
def test_searches_as_the_acm_digital_library_shows_them(text: str, ours: str, left_out: int) -> None:
    read = translate(text)
    assert (read.dialect, read.query.replace("+", ""), len(read.left_out)) == ("ACM Digital Library", ours, left_out)
    assert all(part in text for part in read.left_out), "told as it was written"


@pytest.mark.parametrize(
    ("text", "ours", "left_out"),
    [
        ('Any Field: "heart failure" AND Title: walk* AND Peer-Reviewed Journals only', '+"heart failure" AND title:walk*', ("Peer-Reviewed Journals only",)),
        (
            '(Title: (teen* OR youth) OR Abstract: (teen*)) AND Index Terms: ("Depression (Emotion)") AND Age Group: Adolescence (13-17 yrs)',
            '(title:teen* OR title:youth OR abstract:teen*) AND keyword:+"Depression (Emotion)"',
            ("Age Group: Adolescence (13-17 yrs)",),
        ),
        ("{Any Field: moss} AND {Title: peat} AND Year: 2010 To 2020", "moss AND title:peat AND year:2010..2020", ()),
        ("Index Terms: {Major Depression} NOT Author: Smith, John", 'keyword:+"Major Depression" AND (NOT author:"Smith, John")', ()),
        ("Any Field: moss NEAR/3 bath AND Publication Type: Journal OR Language: English", "moss NEAR/3 bath", ("Publication Type: Journal", "Language: English")),
    ],
)  # fmt: skip
def test_searches_as_apa_psycnet_shows_them(text: str, ours: str, left_out: tuple[str, ...]) -> None:
    read = translate(text)
    assert (read.dialect, read.query, read.left_out) == ("APA PsycNet", ours, left_out)


@pytest.mark.parametrize("text", ["AU=Moss I*", "AU=(Moss I* OR Fenn Z) AND TI=a", "AUTH(moss i.)", 'au("Moss, I*")'])
def test_words_in_a_row_under_authors_are_one_name(text: str, tmp_path: Path) -> None:
    index = small(
        tmp_path,
        {"title": "a", "authors": ["Moss, Ida A."]},
        # A family name of one and a given name of the other are nobody.
        {"title": "a", "authors": ["Moss, Karl", "Ilves, Jaan", "Fenn, Ida"]},
    )
    assert found(index, text) == {0}


PUBMED_HISTORY = [
    "Search number,Query,Sort By,Filters,Search Details,Results,Time",
    '3,"(#1) AND (#2)",,,"details, more",90,10:00:00',
    "2,fish*[tiab],,,,5678,10:00:00",
    '1,"""lake net""[tiab]",,,,1234,09:59:59',
]


@pytest.mark.parametrize(
    ("text", "query", "dialect", "left_out"),
    [
        ('MJMESH.EXACT.EXPLODE("Lakes") AND noft(net)', 'keyword:+"Lakes" AND title,abstract,keyword:net', "ProQuest",
         ("the narrower headings of “Lakes”", "that “Lakes” is a main heading")),
        ('DE "Lakes" OR ID net*', 'keyword:+"Lakes" OR keyword:net*', "EBSCO", ()),
        ('[mh "Lakes"[mj]]', 'keyword:+"Lakes"', "Cochrane", ("the narrower headings of “Lakes”", "that “Lakes” is a main heading")),
        ('"Document Title":lake AND "Publication Year":2015', "title:lake AND year:2015", "IEEE Xplore", ()),
        ('(ti:"lake" AND ab:"net") AND (year_cluster:[2010 TO 2020])', 'title:+"lake" AND abstract:+"net" AND year:2010..2020', "LILACS (BVS)", ()),
        ("title:(lake) AND year_published:[2010 TO 2020]", "title:(lake) AND year:2010..2020", "a search engine", ()),
        ("lake AND publication_date:[2010-01-01 TO *]", "lake AND year:>=2010", "a search engine", ()),
        ("lake after:2015 before:2018-01-01", "lake year:>=2015 year:<=2017", "a search engine", ()),
        ("EISSN(1234-5678) OR TITLE(lake)", "title:lake", "Scopus", ("EISSN(1234-5678)",)),
        ("(lake OR pond) AND net Filters: Humans, English, from 2010 - 2020", "(lake OR pond) AND net AND year:2010..2020", "PubMed",
         ("the filter Humans", "the filter English")),
        ("Search: (lake) AND (net) Sort by: Most Recent", "lake AND net", "PubMed", ()),
        ("\n".join(PUBMED_HISTORY), 'title,abstract:+"lake net" AND title,abstract:fish*', "PubMed", ()),
    ],
)  # fmt: skip
def test_what_was_read_as_words_before(text: str, query: str, dialect: str, left_out: tuple[str, ...]) -> None:
    assert translate(text) == Translation(query, dialect, left_out)
    assert parse(text) is not None


def test_a_downloaded_history_keeps_its_lines() -> None:
    assert has_lines("\n".join(PUBMED_HISTORY))


@pytest.mark.parametrize(
    "text", ["Spatial filters: theory and use", "Search: a review of nets", "Lakes sort by: depth", "After: 2015, a lake"]
)
def test_titles_with_such_words_stay(text: str) -> None:
    assert translate(text) == Translation(text)


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("(TI=(lake) OR AB=(net)) AND #2", 28, "#2"),
        ("lake[tiab] AND (#3 OR net[tiab])", 16, "#3"),
        ("or/1-3", 0, "1"),
        ("lake.ti. and or/2,4", 13, "2"),
    ],
)
def test_a_line_that_is_not_there_is_no_word(text: str, at: int, line: str) -> None:
    with pytest.raises(QueryError, match=f"Line {line} is not here") as error:
        translate(text)
    assert error.value.position == at


@pytest.mark.parametrize(
    ("text", "query", "left_out"),
    [
        # A filter belongs to its line.
        ("#1 lake[tiab] Filters: English\n#2 fish[tiab]\n#3 #1 AND #2", "title,abstract:+lake AND title,abstract:+fish", ("the filter English",)),
        ("#1 Search: lake[tiab] Filters: from 2010 - 2012\n#2 Search: (fish) AND (#1)", "fish AND title,abstract:+lake AND year:2010..2012", ()),
        ("1. lake[tiab]\n2. net[tiab] AND #1\nFilters: from 2010 - 2012, Humans", "title,abstract:+net AND title,abstract:+lake AND year:2010..2012",
         ("the filter Humans",)),
        # Numbers of hits, and when they were found.
        ("#3\tSearch: #1 AND #2\t\t12\t05:00:01\n#2\tSearch: net[tiab]\t\t1,345\t04:59:00\n#1\tSearch: lake[tiab]\t\t50\t04:58:00",
         "title,abstract:+lake AND title,abstract:+net", ()),
        ("Search: lake[tiab] AND net[tiab]", "title,abstract:+lake AND title,abstract:+net", ()),
        ("Search: lake net Sort by: Best Match", "lake AND net", ()),
        ("lake net Filters applied: Review, Adult: 19+ years, in the last 5 years. Clear all", "lake AND net",
         ("the filter Review", "the filter Adult: 19+ years", "the filter in the last 5 years")),
        # Months count; PubMed writes the year 3000 for no end.
        ("(lake[tiab]) Filters: from 2015/3/1 - 2020/6/30", "title,abstract:+lake AND year:2015-03..2020-06", ()),
        ("(lake[tiab]) Filters: from 2010/1/1 - 3000/12/12", "title,abstract:+lake AND year:>=2010", ()),
        ("lake[tiab] OR pond[tiab] Filters: from 2010 - 2012", "(title,abstract:+lake OR title,abstract:+pond) AND year:2010..2012", ()),
    ],
)  # fmt: skip
def test_what_pubmed_shows_around_a_search(text: str, query: str, left_out: tuple[str, ...]) -> None:
    assert translate(text) == Translation(query, "PubMed", left_out)


@pytest.mark.parametrize(
    "text",
    [
        "Kalman filters: review and comparison",
        "Particle Filters: Review of methods for tracking",
        "Coffee filters: English tradition and new materials",
        "Photo filters: from 2010 to now",
        "How shoppers search and sort by: relevance",
        "Image search: a query by example",
    ],
)
def test_titles_that_look_as_if_pubmed_showed_them_stay(text: str) -> None:
    assert translate(text) == Translation(text)


@pytest.mark.parametrize(
    ("rows", "query", "left_out"),
    [
        (["1,moss bath"], "moss AND bath", ()),
        (["2,fen", "1,moss"], "fen", ("line 1 (not part of the last line)",)),
        (['2,#1 AND fen,"from 2010 - 2012, English"', "1,moss,Humans"], "moss AND fen AND year:2010..2012",
         ("the filter Humans", "the filter English")),
        (['1,"“lake net”[tiab]"'], 'title,abstract:+"lake net"', ()),
    ],
)  # fmt: skip
def test_a_downloaded_history_is_read_with_its_filters(rows: list[str], query: str, left_out: tuple[str, ...]) -> None:
    text = "\n".join(["Search number,Query,Filters", *rows])
    assert translate(text) == translate(text.replace("\n", LINE_END)) == Translation(query, "PubMed", left_out)


@pytest.fixture
def short_fields() -> Iterator[None]:
    """The csv module's own bound on a field, which readers of tables raise for the whole process."""
    raised = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(raised)


@pytest.mark.usefixtures("short_fields")
def test_a_history_that_cannot_be_read_is_told() -> None:
    for rows in ([], ['1,"' + "lake OR " * 20_000 + 'net"'], ["2,#1 AND (", "1,moss"]):
        text = "\n".join(["Search number,Query", *rows])
        with pytest.raises(QueryError) as error:
            translate(text)
        assert error.value.query == text
        assert 0 <= error.value.position <= len(text)
    assert translate("Search number, query and count").dialect == ""


@pytest.mark.parametrize(
    ("text", "query", "left_out"),
    [
        ("moss after:2010-06-15 before:2015-07-01", "moss year:>=2010-06 year:<=2015-06", ("days: whole months are taken",)),
        ("moss before:2015-07", "moss year:<=2015-06", ()),
        ("moss AND date:[2010-06-01 TO 2012-03-31]", "moss AND year:2010-06..2012-03", ()),
        ("moss AND date:[2010-06-01T00:00:00Z TO NOW]", "moss AND year:>=2010-06", ()),
        ("moss AND FIRST_PDATE:[2010-01-01 TO 2012-12-31]", "moss AND year:2010..2012", ()),
        ("moss AND year:[* TO 2012]", "moss AND year:<=2012", ()),
    ],
)
def test_months_of_dates_count(text: str, query: str, left_out: tuple[str, ...]) -> None:
    assert translate(text) == Translation(query, "a search engine", left_out)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ('TI ( ID OR IDD ) AND AB ( "moss bath" )', '(title:ID OR title:IDD) AND abstract:+"moss bath"'),
        ('TI ( "moss bath" OR ID ) AND AB ( fen )', '(title:+"moss bath" OR title:ID) AND abstract:fen'),
        ('AB ( ID N3 badge* ) AND MH "Lakes"', '(abstract:ID NEAR/3 abstract:badge*) AND keyword:+"Lakes"'),
        ("TI ( patient ID badge* ) AND AB ( lake )", 'title:"patient ID badge*" AND abstract:lake'),
        ("AB ( DE novo AND SO )", 'abstract:"DE novo" AND abstract:SO'),
        ('MH "Lakes" AND ( ID OR IDD )', 'keyword:+"Lakes" AND (ID OR IDD)'),
        ("TI ID AND AB ( fish )", "title:ID AND abstract:fish"),
        # Fields they stay where they can be nothing else.
        ('TI ( fish OR MH "Lakes" ) AND ID ( net )', '(title:fish OR keyword:+"Lakes") AND keyword:net'),
        ('(TI fish OR SU net) AND ID "moss bath"', '(title:fish OR keyword:net) AND keyword:+"moss bath"'),
    ],
)
def test_what_may_be_a_field_of_ebsco_may_be_a_word(text: str, query: str) -> None:
    assert translate(text) == Translation(query, "EBSCO", ())


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("strategy[tiab] AND #1 problem[tiab]", 'title,abstract:+strategy AND title,abstract:+"#1 problem"'),
        ("TS=(HIV AND (#1 gene))", "title,abstract,keyword:HIV AND title,abstract,keyword:1 AND title,abstract,keyword:gene"),
        ("'trial AND #1 group':ti OR 'fish'/de", 'title:+"trial AND 1 group" OR keyword:+"fish"'),
        ("(fish and/or 5 lakes).ti.", 'title:+"fish and/or 5 lakes"'),
        ("fish.ti. and (and/or).ab.", "title:+fish AND abstract:+and/or"),
    ],
)
def test_a_number_beside_words_is_no_line(text: str, query: str) -> None:
    assert translate(text).query == query


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("TITLE-ABS-KEY ( lake ) AND ( #3 )", 29, "#3"),
        ("{and #1-#3} AND fish:ti", 0, "#1"),
        ("(fish NEAR/2 #3):ti", 13, "#3"),
        ("TS=(lake) AND #1-#3", 14, "#1"),
        ("lake AND #3", 9, "#3"),
        ("(#1 OR pond) AND net", 1, "#1"),
    ],
)
def test_a_line_that_is_not_there_is_no_word_in_whatever_way_it_stands(text: str, at: int, line: str) -> None:
    with pytest.raises(QueryError, match=f"Line {line} is not here") as error:
        translate(text)
    assert error.value.position == at


@pytest.mark.parametrize(
    ("text", "query", "dialect", "left_out"),
    [
        ("fish:ti AND ('article'/it OR 'review'/it)", "title:+fish", "Embase", ("'article'/it", "'review'/it")),
        ("'lake'/exp/dd_ae OR 'net'/dm_dt", 'keyword:+"lake" OR keyword:+"net"', "Embase",
         ("the narrower headings of “lake”", "the subheadings of “lake” (dd_ae)", "the subheadings of “net” (dm_dt)")),
        ("'lake'/exp/dm_dt,dm_th", 'keyword:+"lake"', "Embase",
         ("the narrower headings of “lake”", "the subheadings of “lake” (dm_dt, dm_th)")),
        ('[mh "Lakes"/DT,TH]', 'keyword:+"Lakes"', "Cochrane", ("the narrower headings of “Lakes”", "the subheadings of “Lakes” (DT,TH)")),
        ("*Lakes/ec, st [Economics, Standards]", 'keyword:+"Lakes"', "Ovid",
         ("that “Lakes” is a main heading", "the subheadings of “Lakes” (ec, st [Economics, Standards])")),
        ("1 exp Lakes/\n2 exp Nets/\n3 or/1-2\n4 3 and fish.ti.", '(keyword:+"Lakes" OR keyword:+"Nets") AND title:+fish', "Ovid",
         ("the narrower headings of “Lakes”", "the narrower headings of “Nets”")),
        ("Lakes/ and Nets/", 'keyword:+"Lakes" AND keyword:+"Nets"', "Ovid", ()),
        ("fish.ti. and 20100101:20151231.(ed).", "title:+fish", "Ovid", ("20100101:20151231.(ed).",)),
        ('"lakes/analysis"[MeSH Major Topic:noexp]', 'keyword:+"lakes"', "PubMed",
         ("that “lakes” is a main heading", "the subheadings of “lakes” (analysis)")),
        ("S1: TI lake\nS2: AB fish\nS3: S1 AND S2", "title:lake AND abstract:fish", "EBSCO", ()),
        ("S3 S1 AND S2 (12)\nS2 AB ( fish N3 net ) (34)\nS1 TI (2010) (56)", "title:2010 AND (abstract:fish NEAR/3 abstract:net)", "EBSCO", ()),
        ("#1 MeSH descriptor: [Lakes] this term only 12\n#2 lake*:ti,ab,kw 1,345\n#3 #1 or #2 1350", 'keyword:+"Lakes" OR title,abstract,keyword:lake*',
         "Cochrane", ()),
        ("#1 lake:ti 2010\n#2 fish:ti 2011\n#3 #1 or #2", "(title:+lake AND title,abstract,keyword:+2010) OR (title:+fish AND title,abstract,keyword:+2011)",
         "Cochrane", ()),
        ("TITLE-ABS-KEY(fish) AND LOAD-DATE > 20200101", "title,abstract,keyword:fish", "Scopus", ("LOAD-DATE > 20200101",)),
        ("{Any Field: fish} AND {Year: 2010 To 2015}", "fish AND year:2010..2015", "APA PsycNet", ()),
        ("ti(fish[*2]) OR ab(lake*)", "title:+fish$$ OR abstract:lake*", "ProQuest", ()),
    ],
)  # fmt: skip
def test_no_part_is_a_word_that_is_none(text: str, query: str, dialect: str, left_out: tuple[str, ...]) -> None:
    assert translate(text) == Translation(query, dialect, left_out)


@pytest.mark.parametrize("around", ["{} NEAR/2 ", "{} PRE/1 ", "TS=({} NEAR/2 )", "TITLE({} W/2 )", "({} adj3 ).ti."])
def test_operators_of_nearness_in_a_row_are_read_or_too_many(around: str) -> None:
    before, operator, after = re.split(r"\{\}( [\w/]+ )", around)
    assert parse(before + f"moss{operator}" * 20 + "fen" + after) is not None
    with pytest.raises(QueryError, match="Write it with fewer"):
        parse(before + f"moss{operator}" * 5000 + "fen" + after)


def test_spans_of_lines_are_read_as_they_stand() -> None:
    lines = "".join(f"{number}. moss{number}.ti.\n" for number in range(1, 7))
    for spans, numbers in {"1-3": (1, 2, 3), "1,3-4": (1, 3, 4), "1 - 2, 5": (1, 2, 5), "2-3-5": (2, 3, 4, 5)}.items():
        assert translate(f"{lines}7. or/{spans}").query == " OR ".join(f"title:+moss{number}" for number in numbers)


def test_fields_before_fields_are_too_many() -> None:
    with pytest.raises(QueryError, match="Write it with fewer"):
        parse("Any Field: " * 5000 + "moss")


def test_what_pubmed_shows_many_times_over_is_read() -> None:
    for between in ("Sort by: Relevance ", "Filters: Humans ", " " * 20):
        assert parse(f"lake[tiab] {between * 1000}x") is not None

"""Exports of databases as text, XML and YAML, in the dialects that are met. All records are invented."""

from __future__ import annotations

from typing import Any

import pytest

from explorer import Import, ReadError
from explorer.sources.formats.registry import read_files
from explorer.sources.source import Source


def read(text: str, name: str = "x.txt", form: str = "") -> Import:
    found = read_files(Source(name, data=text.encode()))
    ledger = found.ledger
    assert ledger.read == ledger.accepted + ledger.rejected
    if form:
        assert ledger.findings[0].format == form
    return found


def papers(text: str, name: str = "x.txt", form: str = "") -> list[dict[str, Any]]:
    found = read(text, name, form)
    assert found.ledger.rejected == 0, found.ledger.notes
    return [{key: value for key, value in row.items() if value is not None} for row in found.table.to_pylist()]


def shown(paper: dict[str, Any], *names: str) -> list[Any]:
    day = {"year": 4, "month": 7, "day": 10}
    return [
        str(paper["published"])[: day[paper["precision"]]] if name == "published" and "published" in paper else paper.get(name)
        for name in names
    ]


# RefWorks -----------------------------------------------------------------------------------------------------------------


def test_refworks_tagged() -> None:
    one, two, three = papers(
        "RT Journal Article\nSR Electronic(1)\nID 12\nA1 Moss,Ida\nA1 Fenn,Lou B.\nT1 Peat under old bridges\nYR 2011\nFD May 2\n"
        "VO 4\nIS 2\nSP 15\nOP 19\nK1 peat\nK1 bridge\nAB Peat holds.\n\nIt has held for years.\nJF Bog Letters\nJO Bog Lett\nSN 1234-5678\n"
        "LK https://example.org/p\nDO 10.1234/bl.4\nUL https://example.org/db\n\n\n"
        "RT Book, Edited\nSR Print(0)\nID 13\nA2 Reed,Tom\nT1 Shores\nYR 2013\nPB Example Press\nPP Graz\n\n"
        "RT Book, Section\nID 14\nA1 Moss,Ida\nA2 Reed,Tom\nT1 On peat\nT2 Shores\nYR 2013\nPB Example Press\n",
        form="RefWorks (tagged)",
    )
    assert shown(one, "id", "title", "authors", "published", "venue", "pages", "doi", "url", "keywords", "volume", "number") == [
        "12", "Peat under old bridges", ["Moss, Ida", "Fenn, Lou B."], "2011-05-02", "Bog Letters", "15-19", "10.1234/bl.4",
        "https://example.org/p", ["peat", "bridge"], "4", "2",
    ]  # fmt: skip
    assert one["abstract"] == "Peat holds.\nIt has held for years."
    assert shown(two, "title", "authors", "editor", "venue", "publisher") == [
        "Shores",
        ["Reed, Tom"],
        "Reed, Tom",
        "Example Press",
        "Example Press",
    ]
    assert shown(three, "title", "authors", "venue") == ["On peat", ["Moss, Ida"], "Shores"]


def test_refworks_of_chinese_databases() -> None:
    one, two = papers(
        "RT Dissertation/Thesis\nSR 1\nA1 白石\nAD 某大学\nT1 旧桥下的泥炭\nYR 2011\nPB 某大学\nAB 研究旧桥。\nDS CNKI\n\n"
        "RT Journal Article\nSR 1\nA1 李雷;韩梅梅;\nT1 湖岸的船\nJF 湖岸学报\nYR 2013\nvo 7\nOP 1-9+12\nK1 船;湖岸\n",
    )
    assert shown(one, "title", "authors", "venue", "year", "source") == ["旧桥下的泥炭", ["白石"], "某大学", 2011, "CNKI"]
    assert shown(two, "authors", "volume", "pages", "keywords") == [["李雷", "韩梅梅"], "7", "1-9+12", ["船", "湖岸"]]


def test_words_that_look_like_tags_stay_in_a_refworks_abstract() -> None:
    (paper,) = papers("RT Journal Article\nSR 1\nT1 Peat\nAB We looked\nto learn how\nis it that\nTO BE clear\nYR 2011\n")
    assert paper["abstract"].split() == "We looked to learn how is it that TO BE clear".split()


# NoteExpress and CNKI ------------------------------------------------------------------------------------------------------


def test_noteexpress() -> None:
    one, two, three = papers(
        "{Reference Type}: Journal Article\n{Title}: 旧桥下的泥炭\n{Translated Title}: Peat under old bridges\n{Author}: 白石\n{Author}: 莫小林\n"
        "{Translated Author}: BAI Shi\n{Author Address}: 某大学\n{Journal}: 沼泽通讯\n{Year}: 2011\n{Volume} : 4\n{Issue}: 2\n{Pages}: 15-19\n"
        "{Keywords}: 泥炭\n{Keywords}: 桥\n{Abstract}: 目的：研究旧桥。\n方法：钻孔。\n{ISBN/ISSN}: 1000-1234\n{DOI}: 10.1234/bl.4\n{Database Provider}: WanFang Data\n\n"
        "{Reference Type}: Thesis\n{Type of Work}: 硕士\n{Title}: 湖岸的船\n{Author}: 李雷\n{Publisher}: 某大学\n{Year}: 2013\n{Keywords}: 船;湖岸\n"
        "{Reference Type}: Journal Article\n{Title}:Owls and snow\n{Author}: Moss, Ida;Reed, Tom;\n{Source}: Annals of Snow\n{Year}: 2016\n",
        form="NoteExpress",
    )
    assert shown(one, "title", "authors", "venue", "published", "volume", "number", "pages", "keywords", "issn", "doi", "source") == [
        "旧桥下的泥炭", ["白石", "莫小林"], "沼泽通讯", "2011", "4", "2", "15-19", ["泥炭", "桥"], "1000-1234", "10.1234/bl.4", "WanFang Data",
    ]  # fmt: skip
    assert one["abstract"].replace("\n", " ") == "目的：研究旧桥。 方法：钻孔。"
    assert shown(two, "title", "authors", "venue", "keywords", "entry_type") == [
        "湖岸的船",
        ["李雷"],
        "某大学",
        ["船", "湖岸"],
        "Thesis",
    ]
    assert shown(three, "title", "authors", "venue", "year") == [
        "Owls and snow",
        ["Moss, Ida", "Reed, Tom"],
        "Annals of Snow",
        2016,
    ]


def test_cnki_e_study() -> None:
    one, two = papers(
        "DataType: 3\nTitle-题名: 旧桥下的泥炭:钻孔\nAuthor-作者: 白石;莫小林;\nSource-来源: 沼泽会议论文集\nYear-年: 2011\nPubTime-出版日期: 2011-05\n"
        "Keyword-关键词: 泥炭;桥\nSummary-摘要: 目的：研究旧桥。\n方法：钻孔。\nPageCount-页码: 5\nSrcDatabase-来源库: 中国会议\nOrgan-作者机构: 某大学;\n"
        "Link-链接: https://example.cn/detail?x=1&y=2\n\n\n"
        "DataType: 1\nTitle-题名: 湖岸的船\nAuthor-作者: 李雷\nSource-刊名: 湖岸学报\nYear-年: 2013\nPeriod-期: 07\nPage-页码: 1-9\n",
        form="CNKI (E-Study)",
    )
    assert shown(one, "title", "authors", "venue", "published", "keywords", "source", "url") == [
        "旧桥下的泥炭:钻孔", ["白石", "莫小林"], "沼泽会议论文集", "2011-05", ["泥炭", "桥"], "中国会议", "https://example.cn/detail?x=1&y=2",
    ]  # fmt: skip
    assert one["abstract"].replace("\n", " ") == "目的：研究旧桥。 方法：钻孔。"
    assert shown(two, "title", "venue", "number", "pages", "published") == ["湖岸的船", "湖岸学报", "07", "1-9", "2013"]


def test_cnki_lists_of_fields() -> None:
    one, two = papers(
        "SrcDatabase-来源库: 硕士\nTitle-题名: 旧桥下的泥炭\nAuthor-作者: 白石\nOrgan-单位: 某大学\nSource-文献来源: 某大学\nSummary-摘要: 研究。\n"
        "PubTime-发表时间: 2011-05-02\nFund-基金: 某基金\nDOI-DOI: 10.1234/bl.4\n\n"
        "SrcDatabase-来源库: 期刊\nTitle-题名: 湖岸的船\nURL-网址: https://example.cn/b\nDOI-DOI: \n"
    )
    assert shown(one, "title", "venue", "published", "doi", "source") == [
        "旧桥下的泥炭",
        "某大学",
        "2011-05-02",
        "10.1234/bl.4",
        "硕士",
    ]
    assert one["Fund-基金"] == "某基金"
    assert shown(two, "title", "url", "source", "doi") == ["湖岸的船", "https://example.cn/b", "期刊", None]


@pytest.mark.parametrize(
    "text",
    [
        "【流水号】77\n【标题】旧桥下的泥炭\n【英文标题】Peat\n【作者】白石[1]; 莫小林[2]\n【作者单位】[1]某大学\n【摘要】目的：研究。\n【关键词】泥炭; 桥\n\n【流水号】78\n【标题】湖岸的船\n",
        "题名：旧桥下的泥炭\n作者：白石，莫小林\n单位：某大学\n摘要：目的：研究。\n关键词：泥炭，桥\n\n题名：湖岸的船\n作者：李雷\n",
    ],
)
def test_labels_in_chinese_alone(text: str) -> None:
    one, two = papers(text, form="CNKI (E-Study)")
    assert shown(one, "title", "authors", "abstract", "keywords") == [
        "旧桥下的泥炭",
        ["白石", "莫小林"],
        "目的：研究。",
        ["泥炭", "桥"],
    ]
    assert two["title"] == "湖岸的船"


def test_a_source_of_sinomed_is_journal_year_volume_issue_and_pages() -> None:
    one, two = papers("【标题】旧桥下的泥炭\n【出处】沼泽通报 2011; 4(2): 15-19\n\n【标题】湖岸的船\n【出处】湖泊2000年\n")
    assert shown(one, "venue", "year", "volume", "number", "pages") == ["沼泽通报", 2011, "4", "2", "15-19"]
    assert shown(two, "venue", "year") == ["湖泊2000年", None]


# Cochrane and PubMed --------------------------------------------------------------------------------------------------------


def test_cochrane_text() -> None:
    one, two = papers(
        "\ufeffRecord #1 of 2\nID: CN-077\nAU: Moss I\nAU: Fenn LB\nTI: Stretching before work:\n a trial\nSO: Annals of Backs\nYR: 2011\nVL: 4\nNO: 2\nPG: 15-19\n"
        "PM: PUBMED 77\nPT: Journal article; Randomized controlled trial\nKY: *Back Pain [prevention]; Adult\nDOI: 10.1234/ab.4\n"
        "AB: AIM: To stretch.\nRESULTS: Backs liked it.\nUS: https://example.org/cochrane/CN-077\n\n\n"
        "Record #2 of 2\nID: CD000077\nAU: Reed T\nTI: Stretching for all\nSO: Example Database of Reviews\nYR: 2013\n"
    )
    assert shown(one, "title", "authors", "venue", "year", "volume", "number", "pages", "pmid", "doi", "keywords", "accession") == [
        "Stretching before work: a trial", ["Moss I", "Fenn LB"], "Annals of Backs", 2011, "4", "2", "15-19", "77", "10.1234/ab.4",
        ["Back Pain [prevention]", "Adult"], "CN-077",
    ]  # fmt: skip
    assert one["abstract"].split() == "AIM: To stretch. RESULTS: Backs liked it.".split()
    assert shown(two, "title", "authors", "accession") == ["Stretching for all", ["Reed T"], "CD000077"]


PUBMED = """1. Ann Backs. 2011 May 2;4(2):15-9. doi: 10.1234/ab.4. Epub 2011 Apr 1.

Stretching before work: does it help? A trial of 100 nurses with <i>back</i>
pain.

Moss I(1)(2), van der Fenn LB Jr(1), O'Hara AM(3); Example Stretching Group.

Author information:
(1)Example Clinic, Graz.
(2)Other Clinic.

Comment in
    Ann Backs. 2012;5(1):3.

AIM: To stretch.
METHODS: 1. We asked. 2. They stretched.

RESULTS: Backs liked it.

Copyright © 2011 Example Press.

DOI: 10.1234/ab.4
PMCID: PMC77
PMID: 21000077 [Indexed for MEDLINE]

Conflict of interest statement: None.


2. Snow Rep (Graz). 2013 Winter;16:e77.

[Owls under the snow].

[Article in German]

Reed T.

PMID: 23000077


3. Lancet Shores. 2016.

An editorial without people.

PMID: 26000077
"""


def test_pubmed_abstracts() -> None:
    one, two, three = papers(PUBMED, form="PubMed (text)")
    assert shown(one, "title", "venue", "published", "volume", "number", "pages", "doi", "pmid", "pmcid", "source") == [
        "Stretching before work: does it help? A trial of 100 nurses with back pain", "Ann Backs", "2011-05-02", "4", "2", "15-9", "10.1234/ab.4",
        "21000077", "PMC77", "PubMed",
    ]  # fmt: skip
    assert one["authors"] == ["Moss I", "van der Fenn LB Jr", "O'Hara AM", "Example Stretching Group"]
    assert (
        one["abstract"].split() == "AIM: To stretch. METHODS: 1. We asked. 2. They stretched. RESULTS: Backs liked it.".split()
    )
    assert shown(two, "title", "authors", "venue", "year", "volume", "pages", "abstract", "pmid") == [
        "Owls under the snow", ["Reed T"], "Snow Rep (Graz)", 2013, "16", "e77", None, "23000077",
    ]  # fmt: skip
    assert shown(three, "title", "authors", "venue", "year", "pmid") == [
        "An editorial without people",
        None,
        "Lancet Shores",
        2016,
        "26000077",
    ]


def test_pubmed_summaries() -> None:
    one, two, three = papers(
        "1: Moss I, van der Fenn LB. Stretching before work: does it help? A trial. Ann\nBacks. 2011 May 2;4(2):15-9. doi: 10.1234/ab.4. PMID: 21000077; PMCID: PMC77.\n\n"
        "2: Reed T. [Owls under the snow]. Snow Rep. 2013;16:e77. German. PMID: 23000077.\n\n"
        "3: An editorial without people. Lancet Shores. 2016 Jan. PMID: 26000077.\n",
        form="PubMed (text)",
    )
    assert shown(one, "title", "authors", "venue", "published", "volume", "pages", "doi", "pmid", "pmcid") == [
        "Stretching before work: does it help? A trial", ["Moss I", "van der Fenn LB"], "Ann Backs", "2011-05-02", "4", "15-9", "10.1234/ab.4",
        "21000077", "PMC77",
    ]  # fmt: skip
    assert shown(two, "title", "authors", "venue", "year") == ["Owls under the snow", ["Reed T"], "Snow Rep", 2013]
    assert shown(three, "title", "authors", "venue", "published") == [
        "An editorial without people",
        None,
        "Lancet Shores",
        "2016-01",
    ]


@pytest.mark.parametrize(
    "text",
    ["1. Buy milk in 2020\n2. Sleep\n", "1: one\n2: two\n", "Record of a day\nID: 1\n", "RT @someone said\nT1 yes\n", "标题\n"],
)
def test_other_texts_are_no_exports(text: str) -> None:
    found = read(text)
    assert (found.ledger.accepted, found.ledger.rejected) == (0, 1)
    assert "no format known" in found.ledger.notes[0].reason


# XML ------------------------------------------------------------------------------------------------------------------------


def test_ictrp_trials() -> None:
    one, two = papers(
        '<?xml version="1.0" encoding="UTF-8"?><Trials_downloaded_from_ICTRP><Trial><TrialID>DRKS00000077</TrialID><Public_title>Stretching &amp; work</Public_title>'
        "<Scientific_title>Stretching in nurses: a trial</Scientific_title><Date_registration>20/02/2011</Date_registration><Date_registration3>20110220</Date_registration3>"
        "<Source_Register>DRKS</Source_Register><web_address>https://example.org/d</web_address><Condition>Back pain&lt;br&gt;Fatigue; Sleep</Condition></Trial>"
        "<Trial><TrialID>NCT00000078</TrialID><Public_title></Public_title><Scientific_title>Only a scientific title</Scientific_title><Date_registration>07/08/2013</Date_registration></Trial>"
        "</Trials_downloaded_from_ICTRP>",
        "x.xml",
        "ICTRP XML",
    )
    assert shown(one, "id", "trial_id", "title", "published", "source", "url", "scientific_title", "keywords") == [
        "DRKS00000077", "DRKS00000077", "Stretching & work", "2011-02-20", "DRKS", "https://example.org/d", "Stretching in nurses: a trial",
        ["Back pain", "Fatigue", "Sleep"],
    ]  # fmt: skip
    assert shown(two, "title", "published") == ["Only a scientific title", "2013"]


TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xml:space="preserve" xmlns="http://www.tei-c.org/ns/1.0"><teiHeader xml:lang="en"><fileDesc>
<titleStmt><title level="a" type="main">Peat under old bridges</title></titleStmt><publicationStmt><publisher/><date type="published" when="2011-05-02">2 May 2011</date></publicationStmt>
<sourceDesc><biblStruct><analytic><author><persName><forename type="first">Ida</forename><surname>Moss</surname></persName><affiliation key="aff0"><orgName>U</orgName></affiliation></author>
<author><affiliation><orgName>Nobody</orgName></affiliation></author><title level="a" type="main">Peat under old bridges</title></analytic>
<monogr><title level="j">Bog Letters</title><imprint><biblScope unit="volume">4</biblScope><date type="published" when="2011-05-02"/></imprint></monogr><idno type="DOI">10.1234/bl.4</idno></biblStruct></sourceDesc></fileDesc>
<profileDesc><textClass><keywords><term>peat</term><term>bridge</term></keywords></textClass><abstract><div><p>Peat holds.</p><p>It does.</p></div></abstract></profileDesc></teiHeader>
<text><body/><back><div type="references"><listBibl>
<biblStruct xml:id="b0"><analytic><title level="a" type="main">Owls</title><author><persName><forename type="first">T</forename><surname>Reed</surname></persName></author><idno type="arXiv">arXiv:1601.00077[q-bio]</idno><ptr target="https://example.org/o"/></analytic>
<monogr><title level="m">Proceedings of Snow</title><imprint><publisher>Example Press</publisher><date type="published" when="2016">2016</date><biblScope unit="page">7</biblScope></imprint></monogr><note type="raw_reference">T. Reed. Owls. 2016.</note></biblStruct>
<biblStruct xml:id="b1"><monogr><title level="m">Shores</title><author><persName><surname>Fenn</surname><genName>Jr</genName></persName></author><imprint><publisher>Example Press</publisher><date type="published">[1999?]</date></imprint></monogr></biblStruct>
<biblStruct xml:id="b2"><monogr><imprint/></monogr><note type="raw_reference">What could not be parsed</note></biblStruct>
</listBibl></div></back></text></TEI>"""


def test_grobid() -> None:
    own, owls, shores, raw = papers(TEI, "x.tei.xml", "TEI (GROBID)")
    assert shown(own, "title", "authors", "venue", "published", "doi", "volume", "keywords", "abstract", "cited_by") == [
        "Peat under old bridges", ["Moss, Ida"], "Bog Letters", "2011-05-02", "10.1234/bl.4", "4", ["peat", "bridge"], "Peat holds.\nIt does.", None,
    ]  # fmt: skip
    assert shown(owls, "title", "authors", "venue", "year", "arxiv_id", "url", "pages", "cited_by") == [
        "Owls", ["Reed, T"], "Proceedings of Snow", 2016, "1601.00077", "https://example.org/o", "7", "Peat under old bridges",
    ]  # fmt: skip
    assert shown(shores, "title", "authors", "venue", "year") == ["Shores", ["Fenn, Jr"], "Example Press", 1999]
    assert raw["title"] == "What could not be parsed"


def test_tei_of_other_programs() -> None:
    """Zotero writes names without ``persName``; a title may have elements that only TEI knows, and signs that look like some."""
    title = '<title level="a">Growth of <hi rend="italic">Phragmites</hi> where a &lt;u &amp; c</title>'
    name = "<author><forename>Ida</forename><surname>Moss</surname></author><author><orgName>Bog Society</orgName></author>"
    record = f"<biblStruct><analytic>{title}{name}</analytic><monogr><imprint><date>2011</date></imprint></monogr></biblStruct>"
    (found,) = papers(f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><listBibl>{record}</listBibl></TEI>', "x.xml")
    assert shown(found, "title", "authors") == ["Growth of Phragmites where a <u & c", ["Moss, Ida", "Bog Society"]]


# YAML -----------------------------------------------------------------------------------------------------------------------


def test_hayagriva() -> None:
    one, two, three, four = papers(
        "# My references\n\nmoss2011:\n  type: Article\n  title:\n    value: Peat under {old} bridges\n    verbatim: true\n  author:\n    - Moss, Ida\n"
        "    - {name: Fenn, given-name: Lou B., prefix: van der}\n  date: 2011-05-02\n  page-range: 15-19\n  serial-number: {doi: 10.1234/bl.4, pmid: 0077}\n"
        "  url: {value: https://example.org/p, date: 2012-01-01}\n  abstract: no\n  parent:\n    - &bog\n      type: periodical\n      title: Bog Letters\n      volume: 4\n      issue: 02\n"
        "reed2013:\n  type: book\n  title: Shores\n  editor: Reed, Tom\n  publisher: {name: Example Press, location: Graz}\n  date: 2013\n  serial-number: {isbn: 978-1}\n"
        "moss2013:\n  type: anthos\n  title: On peat\n  author: Moss, Ida\n  parent:\n    type: anthology\n    title: Shores\n    editor: Reed, Tom\n    date: 2013-07\n"
        "reed2016: {type: article, title: Owls, author: 'Reed, Tom', date: 2016, parent: *bog}\n",
        "x.yml",
        "Hayagriva YAML",
    )
    assert shown(one, "id", "title", "authors", "published", "venue", "volume", "number", "pages", "doi", "pmid", "url", "abstract") == [
        "moss2011", "Peat under old bridges", ["Moss, Ida", "van der Fenn, Lou B."], "2011-05-02", "Bog Letters", "4", "02", "15-19", "10.1234/bl.4",
        "0077", "https://example.org/p", "no",
    ]  # fmt: skip
    assert shown(two, "title", "authors", "venue", "published", "isbn") == [
        "Shores",
        ["Reed, Tom"],
        "Example Press",
        "2013",
        "978-1",
    ]
    assert shown(three, "title", "authors", "venue", "published") == ["On peat", ["Moss, Ida"], "Shores", "2013-07"]
    assert shown(four, "title", "venue", "volume") == ["Owls", "Bog Letters", "4"]


CSL = """---
references:
- id: moss2011
  type: article-journal
  title: '*Peat* under [Old]{.nocase} bridges: H~2~O and 10^-3^'
  author:
  - family: Moss
    given: Ida
  - family: Fenn
    given: Lou
    non-dropping-particle: van der
  - literal: Example Bog Group
  issued: 2011-05-02
  container-title: Bog Letters
  volume: 4
  issue: 2
  page: 15-19
  DOI: 10.1234/bl.4
  keyword: peat, bridge
- id: reed2016
  type: book
  title: Owls
  author:
  - {family: Reed, given: Tom}
  issued:
  - year: 2016
    month: 7
  publisher: Example Press
...
"""


@pytest.mark.parametrize(
    "text",
    [CSL, CSL.replace("---\nreferences:\n", "").replace("...\n", ""), "title: An essay\nbibliography: x.bib\n" + CSL[4:-4]],
)
def test_csl_in_yaml(text: str) -> None:
    one, two = papers(text, "x.yaml", "CSL YAML")
    assert shown(one, "id", "title", "authors", "published", "venue", "volume", "number", "pages", "doi", "keywords") == [
        "moss2011", "Peat under Old bridges: H2O and 10-3", ["Moss, Ida", "van der Fenn, Lou", "Example Bog Group"], "2011-05-02", "Bog Letters", "4", "2",
        "15-19", "10.1234/bl.4", ["peat", "bridge"],
    ]  # fmt: skip
    assert shown(two, "title", "authors", "published", "venue") == ["Owls", ["Reed, Tom"], "2016-07", "Example Press"]


@pytest.mark.parametrize("name", ["x.txt", "x.yml", "x.yaml"])
def test_yaml_is_known_by_its_content(name: str) -> None:
    assert read("a:\n  type: Book\n  title: Shores\n", name).ledger.findings[0].format == "Hayagriva YAML"
    assert read(CSL, name).ledger.findings[0].format == "CSL YAML"


def test_yaml_that_is_none_says_where() -> None:
    with pytest.raises(ReadError, match=r"not valid YAML.*line"):
        read("a:\n  title: x\n  author: [\n", "x.yml")


def test_yaml_of_something_else_holds_no_papers() -> None:
    found = read("services:\n  web:\n    image: x\n    ports: [80]\n", "x.yml")
    assert (found.ledger.accepted, found.ledger.rejected) == (0, 1)
    found = read("site:\n  url: https://example.org\n  date: 2020-01-01\nname: x\n", "x.yml")
    assert (found.ledger.accepted, found.ledger.rejected) == (0, 2)

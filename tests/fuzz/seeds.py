"""A small file of each format to start mutations from, by the name of its module."""

from __future__ import annotations

import gzip
import io
import zipfile

import pyarrow as pa

from explorer.papers.schema import to_table
from explorer.sources.formats.json.csl_json import to_csl_json
from explorer.sources.formats.tables.excel import to_excel
from explorer.sources.formats.tables.parquet import to_parquet

_PAPERS = to_table(pa.table({"id": ["a"], "title": ["A title"], "authors": [["A, B", "C, D"]], "published": ["2024-03"]}))


def _zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def _article(inner: bytes) -> bytes:
    return (
        b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        + inner
        + b"</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )


SEEDS: dict[str, tuple[bytes, ...]] = {
    "bibtex": (
        b'@article{a, author = {A and B}, title = "x # {y}", year = 2020, month = jan # "~3", keywords = {a, {b, c}}}\n@string{s = "x"}',
        b"@inproceedings(b, crossref = {c}, title = {$x^{2}$ \\'e \\\"{o} {\\L}}, author = {{A and B} and others})\n@proceedings{c, title=s # t}",
        b"@comment{x}\n@preamble{\"x\"}\n@misc{d, date = {2020-01/2020-03}, eprint = {2001.00001}, archiveprefix = {arXiv}\n  url = {http://x.org}",
    ),
    "bibtexml": (b'<bibtex:file xmlns:bibtex="http://bibtexml.sf.net/"><bibtex:entry id="a"><bibtex:article><bibtex:title>x</bibtex:title><bibtex:author>A and B</bibtex:author></bibtex:article></bibtex:entry></bibtex:file>',),
    "ris": (
        b"TY  - JOUR\nAU  - A, B\nTI  - x <i>y</i>\nPY  - 2020/01//\nKW  - a; b\nDO  - 10.1000/x\nER  - \n",
        b"1.\nTY - CONF\nT1  - x\n more\nA2  - E\nN1  - doi: 10.1000/x\nDA  - Jun 3\nPY  - 2019\nTY  - BOOK\nBT  - y\nC7  - upvotes=1\nDP  - Literature Explorer\n",
    ),
    "medline": (b"PMID- 1\nTI  - x\n      y\nFAU - A, B\nDP  - 2020 Jan-Feb\nLID - 10.1000/x [doi]\nMH  - *A\n\nPMID- 2\nBTI - z\nOWN - ERIC\n",),
    "wos": (b"FN x\nVR 1.0\nPT J\nAU A, B\n   C, D\nTI x\nPY 2020\nPD JAN 3\nDE a; b\nER\n\nPT B\nBF E\nSO y\nER\nEF",),
    "refer": (b"%0 Journal Article\n%T x\n%A A, B\n%D 2020\n%K a\nb\n\n%0 Book\n%B y\n%E C\n%R 10.1000/x\n%U http://x.org\n",),
    "ovid": (
        b"<1. >\nTI  - x. [Article]\nAU  - A, B MD\nSO  - J January 2020;1(2):3-4\n",
        b"<2>\nTitle\n  x\nAuthor\n  A, B; C, D\nSource\n  In: E, F [Ed]. (2001). Book. xii, 3 pp.\nYear of Publication\n  2001\n",
    ),
    "refworks": (b"RT Journal Article\nSR 1\nID 7\nA1 A, B;C, D\nT1 x <i>y</i>\n more\nJF J\nYR 2020\nvo 3\nSP 1\nOP 9\nK1 a;b\nAB z\n\nw\nDO 10.1000/x\n\nRT Book, Whole\nA2 E\nT1 y\nPB P\n",),
    "noteexpress": ("{Reference Type}: Journal Article\n{Title}: 题\n{Author}: 王一;李二\n{Journal}: 刊\n{Year}: 2020\n{Keywords}: 甲;乙\n\n{Reference Type}: Thesis\n{Title}: x\n{Publisher}: 大学\n".encode(),),
    "cnki": (
        "DataType: 1\nTitle-题名: 题\nAuthor-作者: 王一;李二;\nYear-年: 2020\nSrcDatabase-来源库: 期刊\n\nDataType: 2\nTitle-题名: x\n".encode(),
        "【流水号】1\n【标题】题\n【作者】王一[1]; 李二\n【摘要】目的：x\n方法：y\n\n【流水号】2\n【标题】x\n".encode(),
        "题名：题\n作者：王一，李二\n年：2020\n\n题名：x\n".encode("gb18030"),
    ),
    "cochrane": (b"Record #1 of 2\nID: CN-1\nAU: A B\nAU: C D\nTI: x\nSO: J\nYR: 2020\nPM: PUBMED 1\nKY: a; b\nDOI: 10.1000/x\n\nRecord #2 of 2\nTI: y\n z\n",),
    "pubmed_text": (
        b"1. J X. 2020 Mar;25(3):1-2. doi: 10.1000/x. Epub 2020 Feb 1.\n\nA title.\n\nAdams B(1), Clark D(2)(3).\n\nAuthor information:\n(1)U.\n\nAIM: x\nEND: y\n\nDOI: 10.1000/x\nPMID: 1 [Indexed for MEDLINE]\n\n\n2. J Y. 2019.\n\n[B].\n\n[Article in German]\n\nPMID: 2\n",
        b"1: Adams B, Clark D. A title. J X. 2020 Mar;25(3):1-2. doi: 10.1000/x. PMID: 1.\n\n2: Other. J Y. 2019. PMID: 2.\n",
    ),
    "copac": (b"TI- x\nAU- A, B\nPY- 2001\n\nTI- y\n", b"--AU-- A\n--TI-- x\n--YP-- 2001\n------\n"),
    "delimited": (
        b'title,authors,year,keywords\n"a ""b""","A; B",2020,"[\'x\', \'y\']"\n',
        b"sep=;\nTitle;Author Full Names;Publication Year;DOI\nx;A, B;2020;10.1000/x\n'=1;\n",
        b"PT\tAU\tTI\tPY\tSO\tUT\nJ\tA, B; C, D\tx \"y\t2020\tz\tWOS:1\n",
        b"TITLE,x\nAUTHOR NAMES,A B,C D\nPUBLICATION YEAR,2020\nDOI,10.1000/x\n\nTITLE,y\nAUTHOR NAMES,E F\n",
        b'"About the data: exported"\nRank,Publication ID,DOI,Title,Authors,PubYear\n1,pub.1,10.1000/x,"a\nb","A, B; C",2020\n',
    ),
    "json_records": (
        b'{"title": "a", "authors": [{"name": "x"}], "published": "2020"}\n{"paper": {"id": "2001.00001", "title": "x", "upvotes": 3}}\n',
        b'[{"title": ["a"], "externalIds": {"DOI": "10.1000/x"}, "keywords": "a, b", "year": "1999"}]',
    ),
    "csl_json": (
        b'[{"type": "article", "title": "a", "author": [{"family": "x", "non-dropping-particle": "de"}], "issued": {"date-parts": [["2020", 1]]}}]',
        to_csl_json(_PAPERS),
    ),
    "openalex": (b'{"results": [{"id": "https://openalex.org/W1", "publication_year": 1, "abstract_inverted_index": {"a": [1], "b": [0]}, "authorships": [{"author": {"display_name": "x"}}], "primary_location": {"source": {"display_name": "y"}}}]}',),
    "crossref": (b'{"message-type": "work-list", "message": {"items": [{"title": ["a"], "DOI": "10.1/x", "author": [{"given": "a", "family": "b"}], "issued": {"date-parts": [[null]]}, "abstract": "<jats:p>x</jats:p>"}]}}',),
    "europe_pmc": (b'{"hitCount": 1, "resultList": {"result": [{"id": "1", "source": "MED", "pmid": "1", "title": "a <i>b</i>.", "authorString": "A B, C D.", "authorList": {"author": [{"firstName": "a", "lastName": "b"}, {"collectiveName": "c"}]}, "journalInfo": {"dateOfPublication": "2020 Mar", "journal": {"title": "j", "issn": "1"}}, "pubYear": "2020", "keywordList": {"keyword": ["k"]}, "meshHeadingList": {"meshHeading": [{"descriptorName": "m"}]}, "pubTypeList": {"pubType": ["review"]}}]}}',),
    "biorxiv": (b'{"messages": [{"status": "ok"}], "collection": [{"doi": "10.1101/1", "title": "a", "authors": "A, B.; C, D.", "date": "2020-01-02", "version": "1", "category": "c", "published": "10.1000/x", "server": "bioRxiv"}, {"biorxiv_doi": "10.1101/2", "preprint_title": "b", "preprint_authors": "E, F."}]}',),
    "dblp": (b'{"result": {"hits": {"@total": "2", "hit": [{"@score": "1", "info": {"authors": {"author": [{"text": "A B 0001"}, {"text": "C D"}]}, "title": "a.", "venue": ["v", "w"], "year": "2020", "type": "Journal Articles", "key": "k", "ee": ["http://x.org"]}}, {"info": {"authors": {"author": {"text": "E F"}}, "title": "b.", "venue": "CoRR", "volume": "abs/2001.00001"}}]}}}',),
    "inspire": (b'{"hits": {"hits": [{"id": "1", "metadata": {"control_number": 1, "titles": [{"title": "a", "subtitle": "b"}], "authors": [{"full_name": "A, B", "inspire_roles": ["editor"]}], "collaborations": [{"value": "c"}], "corporate_author": ["d"], "abstracts": [{"value": "x"}], "dois": [{"value": "10.1/x"}], "arxiv_eprints": [{"value": "2001.00001"}], "publication_info": [{"journal_title": "j", "year": 2020, "page_start": "1"}], "keywords": [{"value": "k"}], "document_type": ["article"], "imprints": [{"publisher": "p", "date": "2020"}], "thesis_info": {"institutions": [{"name": "u"}]}}}]}}',),
    "pubmed_summary": (b'{"header": {"type": "esummary"}, "result": {"uids": ["1", "2"], "1": {"uid": "1", "pubdate": "2020 Mar", "source": "J X", "authors": [{"name": "A B", "authtype": "Author"}], "title": "a &amp; b.", "lang": ["eng"], "pubtype": ["Review"], "articleids": [{"idtype": "doi", "value": "10.1/x"}]}, "2": {"uid": "2", "error": "x"}}}',),
    "mendeley": (b'[{"id": "a", "title": "a", "type": "journal", "authors": [{"first_name": "A", "last_name": "B"}, {"last_name": "c"}], "editors": [{"last_name": "d"}], "year": 2020, "month": 3, "day": 1, "source": "j", "identifiers": {"doi": "10.1/x"}, "keywords": ["k"], "tags": ["t"], "websites": ["http://x.org"]}]',),
    "hayagriva": (b"a:\n    type: Article\n    title: x\n    author: [\"A, B\", {name: C, given-name: D, prefix: de}]\n    date: 2020-03\n    serial-number:\n        doi: 10.1000/x\n    parent:\n      - &j\n        type: Periodical\n        title: J\nb:\n    type: Book\n    title: {value: y, verbatim: true}\n    author: E\n    parent: *j\n",),
    "csl_yaml": (
        b"---\nreferences:\n- id: a\n  type: article-journal\n  title: '*x* [Y]{.nocase}'\n  author:\n  - family: A\n    given: B\n  issued: 2020-03\n  container-title: J\n- id: b\n  title: y\n  issued:\n  - year: '2020'\n    month: 3\n...\n",
        b"- id: a\n  type: book\n  title: x\n  author: [{literal: C}]\n  issued: {date-parts: [[2020, 1]]}\n",
    ),
    "arxiv_snapshot": (b'{"id": "0704.0001", "categories": "a b", "update_date": "x", "authors_parsed": [["a", "b", ""]], "versions": [{"created": "Mon, 2 Apr 2007 19:18:42 GMT"}], "title": "$x$"}\n{"id": 1, "title": "x"}\n',),
    "arxiv_atom": (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2001.00001v1</id><title>x $y$</title><summary>z</summary><author><name>A</name></author><published>2020-01-01T00:00:00Z</published></entry></feed>',),
    "pubmed_xml": (
        _article(b"<ArticleTitle>x <i>y</i></ArticleTitle><AuthorList><Author><LastName>A</LastName><Initials>B</Initials></Author><Author><CollectiveName>C</CollectiveName></Author></AuthorList>"),
        _article(b'<Journal><Title>The j. of x</Title><JournalIssue><PubDate><MedlineDate>2000 Spring</MedlineDate></PubDate></JournalIssue></Journal><Abstract><AbstractText Label="AIM">x</AbstractText></Abstract>'),
        b"<PubmedBookArticle><BookDocument><PMID>1</PMID><Book><BookTitle>x</BookTitle><PubDate><Year>2000</Year></PubDate></Book></BookDocument></PubmedBookArticle>",
    ),
    "endnote_xml": (b'<xml><records><record><ref-type name="Journal Article">17</ref-type><titles><title><style face="normal">x</style></title></titles><dates><year>2000</year></dates></record></records></xml>',),
    "crossref_xml": (b'<doi_records><doi_record><crossref><journal><journal_metadata><full_title>J</full_title></journal_metadata><journal_article><titles><title>x</title></titles><contributors><person_name sequence="first" contributor_role="author"><given_name>A</given_name><surname>B</surname></person_name></contributors><publication_date><year>2000</year></publication_date><doi_data><doi>10.1000/x</doi></doi_data></journal_article></journal></crossref></doi_record></doi_records>',),
    "mods": (b'<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods><titleInfo><nonSort>The</nonSort><title>x</title></titleInfo><name type="personal"><namePart type="family">A</namePart><role><roleTerm>aut</roleTerm></role></name><originInfo><dateIssued>2000</dateIssued></originInfo></mods></modsCollection>',),
    "marc": (
        b"00074nam a2200037 a 4500245001000000\x1e10\x1faTitle\x1e\x1d",
        b'<collection xmlns="http://www.loc.gov/MARC21/slim"><record><controlfield tag="008">      2000</controlfield><datafield tag="245"><subfield code="a">x</subfield></datafield></record></collection>',
    ),
    "office_xml": (b'<b:Sources xmlns:b="http://schemas.openxmlformats.org/officeDocument/2006/bibliography"><b:Source><b:Tag>a</b:Tag><b:Title>x</b:Title><b:Year>2000</b:Year><b:Author><b:Author><b:NameList><b:Person><b:Last>A</b:Last></b:Person></b:NameList></b:Author></b:Author></b:Source></b:Sources>',),
    "rdf": (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bib="http://purl.org/net/biblio#"><bib:Article rdf:about="#1"><dc:title>x</dc:title><dc:isPartOf rdf:resource="#2"/></bib:Article><bib:Journal rdf:about="#2"><dc:title>J</dc:title></bib:Journal></rdf:RDF>',),
    "ictrp": (b'<Trials_downloaded_from_ICTRP><Trial><TrialID>A1</TrialID><Public_title>x</Public_title><Scientific_title>y</Scientific_title><Date_registration3>20200102</Date_registration3><Condition>a;b</Condition><web_address>http://x.org</web_address></Trial></Trials_downloaded_from_ICTRP>',),
    "tei": (b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>h</title></titleStmt><sourceDesc><biblStruct><analytic><author><persName><forename type="first">A</forename><surname>B</surname></persName></author><idno type="DOI">10.1/x</idno></analytic></biblStruct></sourceDesc></fileDesc><profileDesc><textClass><keywords><term>k</term></keywords></textClass><abstract><p>x</p></abstract></profileDesc></teiHeader><text><back><listBibl><biblStruct><analytic><title level="a" type="main">x</title></analytic><monogr><title level="j">J</title><imprint><biblScope unit="page" from="1" to="2"/><date type="published" when="2020-03"/></imprint></monogr><note type="raw_reference">r</note></biblStruct></listBibl></back></text></TEI>',),
    "html_table": (b'<html><head><meta charset="utf-8"></head><body><table><tr><td>Title</td><td>Authors</td><td>Year</td></tr><tr><td>x <b>y</b></td><td>A, B; C, D</td><td>2020</td></tr><tr><td><table><tr><td>z</td></tr></table></td></tr></table></body></html>',),
    "hf_page": (b"Get trending papers in your email inbox\nby AK and the research community\nA title\n" + b"An abstract. " * 30,),
    "parquet": (to_parquet(_PAPERS),),
    "excel": (to_excel(_PAPERS),),
    "archive": (
        _zipped(a_bib=b"@misc{a, title = {x}}", b_ris=b"TY  - JOUR\nTI  - y\nER  - \n", c_zip=_zipped(d_csv=b"title,year\nx,2000\n")),
        gzip.compress(b"@misc{a, title = {x}}"),
    ),
}  # fmt: skip

"""Tables as databases and tools of reviews export them: their real headers, rows made for these tests."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import openpyxl
import pytest

from explorer.papers.schema import FIELDS
from explorer.sources.formats.registry import Import, read_files
from explorer.sources.source import Source

_TITLE, _VENUE, _DOI = "On the counting of sheep", "Journal of Sleep", "10.1000/sheep.1"
_ABSTRACT = "Sheep were counted; the count was even."


@dataclass(frozen=True)
class Export:
    """An exporter's header, and one paper in its spelling; the other columns stay empty."""

    header: str
    row: dict[str, str]
    authors: tuple[str, ...]
    day: str
    keywords: tuple[str, ...] = ()
    url: str | None = None
    above: str = ""
    extra: dict[str, str] = field(default_factory=dict)


EXPORTS = {
    "Scopus": Export(
        "Authors,Author full names,Author(s) ID,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,Page count,Cited by,DOI,Link,"
        "Affiliations,Authors with affiliations,Abstract,Author Keywords,Index Keywords,Correspondence Address,Publisher,ISSN,ISBN,CODEN,"
        "PubMed ID,Language of Original Document,Abbreviated Source Title,Document Type,Publication Stage,Open Access,Source,EID",
        {"Authors": "Doe J.; Roe R.A.", "Author full names": "Doe, Jane (57190000001); Roe, Richard A. (57190000002)", "Title": _TITLE, "Year": "2021",
         "Source title": _VENUE, "DOI": _DOI, "Link": "https://www.scopus.com/x?eid=2-s2.0-1", "Abstract": _ABSTRACT, "Cited by": "7",
         "Author Keywords": "sheep; sleep", "Index Keywords": "Ovis; rest", "Source": "Scopus"},
        ("Doe, Jane", "Roe, Richard A."), "2021 year", ("sheep", "sleep"), "https://www.scopus.com/x?eid=2-s2.0-1", extra={"source": "Scopus", "Cited by": "7"},
    ),
    "Web of Science": Export(
        "Publication Type,Authors,Book Authors,Book Editors,Book Group Authors,Author Full Names,Book Author Full Names,Group Authors,Article Title,"
        "Source Title,Book Series Title,Book Series Subtitle,Language,Document Type,Conference Title,Conference Date,Conference Location,Conference Sponsor,"
        "Conference Host,Author Keywords,Keywords Plus,Abstract,Addresses,Affiliations,Publisher,ISSN,eISSN,ISBN,Journal Abbreviation,"
        "Journal ISO Abbreviation,Publication Date,Publication Year,Volume,Issue,Start Page,End Page,DOI,DOI Link,Book DOI,Early Access Date,UT (Unique WOS ID),Pubmed Id",
        {"Authors": "Doe, J; Roe, RA", "Author Full Names": "Doe, Jane; Roe, Richard A.", "Article Title": _TITLE, "Source Title": _VENUE, "Abstract": _ABSTRACT,
         "Author Keywords": "sheep; sleep", "Publication Date": "MAR 3", "Publication Year": "2021", "DOI": _DOI, "UT (Unique WOS ID)": "WOS:000000001"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03-03 day", ("sheep", "sleep"), extra={"id": "WOS:000000001"},
    ),
    "Web of Science, tab-delimited": Export(
        "PT\tAU\tBA\tBE\tGP\tAF\tBF\tCA\tTI\tSO\tSE\tBS\tLA\tDT\tCT\tCY\tCL\tSP\tHO\tDE\tID\tAB\tC1\tC3\tRP\tEM\tNR\tTC\tPU\tSN\tJ9\tPD\tPY\tVL\tIS\tBP\tEP\tDI\tUT\tPM",
        {"PT": "J", "AU": "Doe, J; Roe, RA", "AF": "Doe, Jane; Roe, Richard A.", "TI": _TITLE, "SO": _VENUE, "DE": "sheep; sleep", "ID": "OVIS; REST", "AB": _ABSTRACT, "PD": "MAR", "PY": "2021",
         "DI": _DOI, "UT": "WOS:000000001"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03 month", ("sheep", "sleep"), extra={"id": "WOS:000000001"},
    ),
    "PubMed": Export(
        "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI",
        {"PMID": "31000001", "Title": _TITLE, "Authors": "Doe J, Roe RA.", "Citation": "J Sleep. 2021 Mar;1(2):3-4.", "First Author": "Doe J", "Journal/Book": _VENUE,
         "Publication Year": "2021", "Create Date": "2021/03/03", "DOI": _DOI},
        ("Doe J", "Roe RA"), "2021 year", extra={"pmid": "31000001"},
    ),
    "IEEE Xplore": Export(
        "Document Title,Authors,Author Affiliations,Publication Title,Date Added To Xplore,Publication Year,Volume,Issue,Start Page,End Page,Abstract,ISSN,ISBNs,DOI,"
        "Funding Information,PDF Link,Author Keywords,IEEE Terms,Mesh_Terms,Article Citation Count,Patent Citation Count,Reference Count,License,Online Date,Issue Date,"
        "Meeting Date,Publisher,Document Identifier",
        {"Document Title": _TITLE, "Authors": "J. Doe; R. A. Roe", "Publication Title": _VENUE, "Publication Year": "2021", "Abstract": _ABSTRACT, "DOI": _DOI,
         "PDF Link": "https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=1", "Author Keywords": "sheep;sleep", "IEEE Terms": "Animals;Sleep", "Issue Date": "March 2021"},
        ("J. Doe", "R. A. Roe"), "2021-03 month", ("sheep", "sleep"), "https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=1",
    ),
    "SpringerLink": Export(
        "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,Publication Year,URL,Content Type",
        {"Item Title": _TITLE, "Publication Title": _VENUE, "Item DOI": _DOI, "Authors": "Jane DoeRichard A. Roe", "Publication Year": "2021",
         "URL": "http://link.springer.com/article/10.1000/sheep.1", "Content Type": "Article"},
        ("Jane Doe", "Richard A. Roe"), "2021 year", url="http://link.springer.com/article/10.1000/sheep.1",
    ),
    "Lens": Export(
        "Lens ID,Title,Date Published,Publication Year,Publication Type,Source Title,ISSNs,Publisher,Source Country,Author/s,Abstract,Volume,Issue Number,Start Page,End Page,"
        "Fields of Study,Keywords,MeSH Terms,Chemicals,Funding,Source URLs,External URL,PMID,DOI,Microsoft Academic ID,PMCID,Citing Patents Count,References,Citing Works Count,"
        "Is Open Access,Open Access License,Open Access Colour",
        {"Lens ID": "000-111-222", "Title": _TITLE, "Date Published": "2021-03-03", "Publication Year": "2021", "Source Title": _VENUE, "Author/s": "Jane Doe; Richard A. Roe",
         "Abstract": _ABSTRACT, "Keywords": "sheep; sleep", "DOI": _DOI, "External URL": "http://dx.doi.org/10.1000/sheep.1"},
        ("Jane Doe", "Richard A. Roe"), "2021-03-03 day", ("sheep", "sleep"), "http://dx.doi.org/10.1000/sheep.1", extra={"id": "000-111-222"},
    ),
    "Dimensions": Export(
        "Rank,Publication ID,DOI,PMID,PMCID,ISBN,Title,Abstract,Acknowledgements,Funding,Source title,Anthology title,Book editors,MeSH terms,Publication Date,PubYear,"
        "Publication Date (online),Publication Date (print),Volume,Issue,Pagination,Open Access,Publication Type,Authors,Authors (Raw Affiliation),Corresponding Authors,"
        "Authors Affiliations,Times cited,Recent citations,RCR,FCR,Source Linkout,Dimensions URL",
        {"Rank": "500", "Publication ID": "pub.1", "DOI": _DOI, "Title": _TITLE, "Abstract": _ABSTRACT, "Source title": _VENUE, "MeSH terms": "Sheep; Sleep", "PubYear": "2021",
         "Publication Date": "2021-03-03", "Authors": "Doe, Jane; Roe, Richard A.", "Dimensions URL": "https://app.dimensions.ai/details/publication/pub.1"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03-03 day", ("Sheep", "Sleep"), "https://app.dimensions.ai/details/publication/pub.1",
        above='"About the data: Exported on March 3, 2021. Criteria: sheep."\r\n', extra={"id": "pub.1"},
    ),
    "ASReview": Export(
        "record_id,title,abstract,authors,keywords,year,doi,journal,label_included,asreview_ranking",
        {"record_id": "4", "title": _TITLE, "abstract": _ABSTRACT, "authors": "['Doe, Jane', 'Roe, Richard A.']", "keywords": "['sheep', 'sleep']", "year": "2021", "doi": _DOI,
         "journal": _VENUE, "label_included": "1"},
        ("Doe, Jane", "Roe, Richard A."), "2021 year", ("sheep", "sleep"), extra={"id": "4", "label_included": "1"},
    ),
    "Covidence": Export(
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags",
        {"Title": _TITLE, "Authors": "Doe, J.; Roe, R. A.", "Abstract": _ABSTRACT, "Published Year": "2021", "Published Month": "Mar", "Journal": _VENUE, "DOI": _DOI, "Tags": "sheep; sleep"},
        ("Doe, J.", "Roe, R. A."), "2021-03 month", ("sheep", "sleep"),
    ),
    "Rayyan": Export(
        "key,title,authors,journal,issn,volume,issue,pages,day,month,year,publisher,pmc_id,pubmed_id,url,abstract,notes,doi,keywords",
        {"key": "rayyan-1", "title": _TITLE, "authors": "Doe, Jane and Roe, Richard A.", "journal": _VENUE, "day": "3", "month": "3", "year": "2021", "abstract": _ABSTRACT, "doi": _DOI,
         "keywords": "sheep,sleep"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03-03 day", ("sheep", "sleep"), extra={"id": "rayyan-1"},
    ),
    "Publish or Perish": Export(
        "Cites,Authors,Title,Year,Source,Publisher,ArticleURL,CitesURL,GSRank,QueryDate,Type,DOI,ISSN,CitationURL,Volume,Issue,StartPage,EndPage,ECC,CitesPerYear,CitesPerAuthor,"
        "AuthorCount,Age,Abstract,FullTextURL,RelatedURL",
        {"Cites": "7", "Authors": "J Doe, RA Roe", "Title": _TITLE, "Year": "2021", "Source": _VENUE, "ArticleURL": "https://example.org/1", "DOI": _DOI, "Abstract": _ABSTRACT},
        ("J Doe", "RA Roe"), "2021 year", url="https://example.org/1",
    ),
    "EBSCO": Export(
        "Article Title,Author,Journal Title,ISSN,ISBN,Publication Date,Volume,Issue,First Page,Page Count,Accession Number,DOI,Publisher,Doctype,Subjects,Keywords,Abstract,PLink",
        {"Article Title": _TITLE, "Author": "Doe, Jane; Roe, Richard A.", "Journal Title": _VENUE, "Publication Date": "20210303", "DOI": _DOI, "Keywords": "sheep; sleep",
         "Abstract": _ABSTRACT, "PLink": "https://search.ebscohost.com/login.aspx?direct=true&AN=1"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03-03 day", ("sheep", "sleep"), "https://search.ebscohost.com/login.aspx?direct=true&AN=1",
    ),
    "ProQuest": Export(
        "Title,Abstract,StoreId,ArticleType,AlternateTitle,AuthorAffiliation,Authors,companies,copyright,documentFeatures,documentType,entryDate,issn,isbn,languageOfSummary,"
        "language,pages,placeOfPublication,pubdate,pubtitle,year,DocumentURL,classification,identifierKeywords,majorClassificationCodes,startPage,subjectTerms,subjects,issue,"
        "digitalObjectIdentifier,Database",
        {"Title": _TITLE, "Abstract": _ABSTRACT, "Authors": "Doe, Jane; Roe, Richard A.", "pubdate": "Mar 3, 2021", "pubtitle": _VENUE, "year": "2021", "subjects": "Sheep; Sleep",
         "DocumentURL": "https://www.proquest.com/docview/1", "digitalObjectIdentifier": _DOI, "Database": "PsycINFO"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03-03 day", ("Sheep", "Sleep"), "https://www.proquest.com/docview/1", extra={"source": "PsycINFO"},
    ),
    "Zotero": Export(
        "Key,Item Type,Publication Year,Author,Title,Publication Title,ISBN,ISSN,DOI,Url,Abstract Note,Date,Date Added,Date Modified,Access Date,Pages,Num Pages,Issue,Volume,"
        "Number Of Volumes,Journal Abbreviation,Short Title,Series,Manual Tags,Automatic Tags,Editor",
        {"Key": "ABCD1234", "Item Type": "journalArticle", "Publication Year": "2021", "Author": "Doe, Jane; Roe, Richard A.", "Title": _TITLE, "Publication Title": _VENUE, "DOI": _DOI,
         "Abstract Note": _ABSTRACT, "Date": "2021-03-03", "Date Added": "2024-01-01 10:00:00", "Manual Tags": "sheep; sleep"},
        ("Doe, Jane", "Roe, Richard A."), "2021-03-03 day", ("sheep", "sleep"), extra={"id": "ABCD1234"},
    ),
    "Cochrane": Export(
        "Cochrane Review ID,ID,Author(s),Title,Source,Year,Volume,Issue,Pages,Abstract,DOI,Publisher,Keywords",
        {"ID": "CN-1", "Author(s)": "Doe J, Roe RA", "Title": _TITLE, "Source": _VENUE, "Year": "2021", "Abstract": _ABSTRACT, "DOI": _DOI, "Keywords": "sheep; sleep"},
        ("Doe J", "Roe RA"), "2021 year", ("sheep", "sleep"), extra={"id": "CN-1"},
    ),
    "synthesisr": Export(
        "label,source_type,author,year,title,journal,volume,issue,start_page,end_page,abstract,doi,keywords,url",
        {"author": "Doe, Jane and Roe, Richard A.", "year": "2021", "title": _TITLE, "journal": _VENUE, "abstract": _ABSTRACT, "doi": _DOI, "keywords": "sheep; sleep"},
        ("Doe, Jane", "Roe, Richard A."), "2021 year", ("sheep", "sleep"),
    ),
}  # fmt: skip


def _written(export: Export, delimiter: str | None = None) -> str:
    mark = "\t" if "\t" in export.header else ","
    names = export.header.split(mark)
    assert set(export.row) <= set(names)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter or mark)
    writer.writerow(names)
    writer.writerow([export.row.get(name, "") for name in names])
    return export.above + out.getvalue()


def _check(result: Import, export: Export) -> None:
    assert result.table.num_rows == 1, result.ledger.notes
    paper = result.table.to_pylist()[0]
    assert (paper["title"], paper["venue"], paper["doi"]) == (_TITLE, _VENUE, _DOI)
    assert tuple(paper["authors"]) == export.authors
    assert paper["abstract"] == (_ABSTRACT if _ABSTRACT in export.row.values() else None)
    ends = {"year": 4, "month": 7, "day": 10}
    assert f"{str(paper['published'])[: ends[paper['precision']]]} {paper['precision']}" == export.day
    assert tuple(paper["keywords"] or ()) == export.keywords
    assert paper["url"] == export.url
    assert {name: paper[name] for name in export.extra} == export.extra


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_are_read_by_their_headers(name: str) -> None:
    _check(read_files(Source("x.csv", data=_written(EXPORTS[name]).encode())), EXPORTS[name])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", ["Scopus", "IEEE Xplore", "Lens", "Covidence"])
def test_exports_are_read_in_other_delimiters_and_encodings(name: str, delimiter: str, encoding: str) -> None:
    export = EXPORTS[name]
    result = read_files(Source("export.txt", data=_written(export, delimiter).encode(encoding)))
    _check(result, export)
    assert result.ledger.findings[0].delimiter == delimiter


def test_an_empty_cell_gives_way_to_the_next_column_of_its_kind() -> None:
    text = "PT\tAU\tAF\tTI\tSO\tDE\tID\tPY\tUT\nJ\tDoe, J\t\tA\tS\t\tOVIS; REST\t2021\tWOS:1\nJ\tRoe, R\tRoe, Rea\tB\tS\tx\ty\t2021\tWOS:2\n"
    first, second = read_files(Source("x", data=text.encode())).table.to_pylist()
    assert (first["authors"], first["keywords"], first["id"]) == (["Doe, J"], ["OVIS", "REST"], "WOS:1")
    assert (second["authors"], second["keywords"], second["id"]) == (["Roe, Rea"], ["x"], "WOS:2")


def test_web_of_science_may_leave_out_its_own_keywords() -> None:
    paper = read_files(Source("x", data=b"PT\tAU\tTI\tPY\tSO\tIS\tUT\nJ\tDoe, J\tA\t2021\tS\t3\tWOS:1\n")).table.to_pylist()[0]
    assert (paper["venue"], paper["number"]) == ("S", "3")
    assert (paper["id"], paper["title"], paper["keywords"]) == ("WOS:1", "A", None)


def test_what_scopus_writes_for_nothing_is_nothing() -> None:
    text = 'Authors,Title,Year,Abstract,EID\n[No author name available],Proceedings,2022,[No abstract available],2-s2.0-1\n"Doe, J.",[No abstract available],2022,No abstract available was found useful,2-s2.0-2\n'
    empty, given = read_files(Source("x.csv", data=text.encode())).table.to_pylist()
    assert (empty["title"], empty["authors"], empty["abstract"]) == ("Proceedings", None, None)
    assert (given["authors"], given["abstract"]) == (["Doe, J."], "No abstract available was found useful")
    [entry] = read_files(Source("x.bib", data=b"@book{a, title={T}, author={[No author name available]}}")).table.to_pylist()
    assert entry["authors"] is None


def test_of_several_addresses_the_first_is_kept_and_the_ledger_has_all() -> None:
    both = "https://a.org/x?y=1;z http://b.org"
    rows = [both, "https://a.org|https://b.org", "https://web.org/2020/http://a.org", "https://a.org/x;y=1", "no address", ""]
    result = read_files(Source("x.csv", data=("title,year,url\n" + "".join(f"a,2001,{row}\n" for row in rows)).encode()))
    urls = result.table.column("url").to_pylist()
    assert urls == ["https://a.org/x?y=1;z", "https://a.org", *rows[2:5], None]
    assert [(note.record, note.before) for note in result.ledger.notes if note.field == "url"] == [(1, both), (2, rows[1])]


def test_scopus_keywords_in_bibtex_are_the_authors() -> None:
    text = "@article{a, title={T}, author_keywords={Graph; Traffic flow}, keywords={Deep learning; Graph theory}}"
    [paper] = read_files(Source("x.bib", data=text.encode())).table.to_pylist()
    assert (paper["keywords"], paper["index_keywords"]) == (["Graph", "Traffic flow"], "Deep learning; Graph theory")


def test_web_of_science_has_braces_around_every_value_of_bibtex() -> None:
    text = "@article{ WOS:1,\nTitle = {{T}},\nKeywords = {{ECOLOGY; MODEL}},\nUnique-ID = {{WOS:1}},\n}"
    assert read_files(Source("x.bib", data=text.encode())).table.column("keywords").to_pylist() == [["ECOLOGY", "MODEL"]]


def test_html_that_mendeley_and_zotero_wrote_as_latex() -> None:
    text = r"@article{a, title={{\textless}i{\textgreater}E. coli{\textless}/i{\textgreater}}, abstract={{\textless}p\textgreater{}p {\textless} 0.05 and \textless{}unk{\textgreater}{\textless}/p{\textgreater}}}"
    [paper] = read_files(Source("x.bib", data=text.encode())).table.to_pylist()
    assert (paper["title"], paper["abstract"]) == ("E. coli", "p < 0.05 and <unk>")


def test_names_of_biblatex_in_parts() -> None:
    text = (
        "@book{a, title={T}, author={Doe, Jane and family=Fontaine, given=Jean, prefix=de, useprefix=true and "
        "given={Ann and Bo}, family=Poe and {a=b} and E = mc}}"
    )
    [paper] = read_files(Source("x.bib", data=text.encode())).table.to_pylist()
    assert paper["authors"] == ["Doe, Jane", "de Fontaine, Jean", "Poe, Ann and Bo", "a=b", "E = mc"]


def test_a_group_among_the_authors_of_medline_is_kept() -> None:
    text = "PMID- 1\nTI  - T.\nFAU - Doe, Jane\nAU  - Doe J\nCN  - The Mouse Group\nDP  - 2020\n"
    assert read_files(Source("x.nbib", data=text.encode())).table.column("authors").to_pylist() == [
        ["Doe, Jane", "The Mouse Group"]
    ]


@pytest.mark.parametrize(
    ("header", "row", "further"),
    [
        (
            "Volume,Issue,Page start,Page end,Publisher",
            "5,2,10,20,NPG",
            {"volume": "5", "number": "2", "pages": "10-20", "publisher": "NPG"},
        ),
        (
            "VL,IS,BP,EP,SN,PM",
            "5,2,10,10,1234-5678,77",
            {"volume": "5", "number": "2", "pages": "10", "issn": "1234-5678", "pmid": "77"},
        ),
        ("Pages,Start Page,End Page", "e30,1,9", {"pages": "e30", "first page": "1", "last page": "9"}),
        ("Volume,Journal Volume", "5,V", {"volume": "5", "Journal Volume": "V"}),
        ("Volume,Journal Volume", ",V", {"volume": "V"}),
        ("is,la,My Volume", "a,b,c", {"is": "a", "la": "b", "My Volume": "c"}),
    ],
)
def test_what_other_formats_bring_too_is_called_as_theirs(header: str, row: str, further: dict[str, str]) -> None:
    result = read_files(Source("x.csv", data=f"title,year,{header}\nA,2020,{row}\n".encode()))
    [paper] = result.table.to_pylist()
    assert {name: value for name, value in paper.items() if name not in FIELDS and value is not None} == further


def test_every_sheet_with_a_header_is_read() -> None:
    book = openpyxl.Workbook()
    first = book.active
    for row in (["My library"], [], ["Title", "Year"], ["Sheep", 2001], [], ["Goats", "no year"]):
        first.append(row)
    for name, rows in {
        "empty": [],
        "more": [["Year", "Title", "DOI"], [2003, "Cows", "10.1000/cows"], [2004, "Pigs", "no doi"]],
        "notes": [["Title"], ["of the project"]],
        "about": [["made", "today"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    result = read_files(Source("x.xlsx", data=buffer.getvalue()))
    assert result.table.column("title").to_pylist() == ["Sheep", "Goats", "Cows", "Pigs"]
    assert [(note.record, note.field) for note in result.ledger.notes] == [(2, "year"), (4, "doi")]
    assert result.ledger.findings[0].header == ["Title", "Year"]

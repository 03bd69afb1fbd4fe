r"""Records of the kinds that users of other programs reported as misread; each right value is that of the format's documentation."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from explorer.papers.author_names import display, several_names, split_names
from explorer.papers.edtf import read_edtf
from explorer.papers.identifiers import normal_doi
from explorer.sources.importing import import_papers
from explorer.sources.source import Source
from explorer.text.markup import plain_latex, plain_markup


def papers(text: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = import_papers(Source(name, data=text.encode()), keep_duplicates=True).table.to_pylist()
    return found


def paper(text: str, name: str) -> dict[str, Any]:
    (found,) = papers(text, name)
    return found


def day(found: dict[str, Any]) -> str | None:
    length = {"year": 4, "month": 7, "day": 10}
    return found["published"].isoformat()[: length[found["precision"]]] if found["published"] else None


# RIS ----------------------------------------------------------------------------------------------------------------------


def test_the_first_author_of_ris_may_have_a_tag_of_its_own() -> None:
    # The specification has two tags for authors; order is that of the lines.
    text = "TY  - JOUR\nTI  - Pills\nA1  - Oud A\nAU  - Brab L\nAU  - Lee K\nER  - \n"
    assert paper(text, "a.ris")["authors"] == ["Oud A", "Brab L", "Lee K"]


def test_ris_without_a_space_behind_the_dash() -> None:
    text = "TY  -JOUR\nTI  -Moss of bogs\nAU  -Lee, Ann\nPY  -2001\nER  -\nTY  -BOOK\nTI  -Fens\nER  -\n"
    one, two = papers(text, "a.ris")
    assert (one["title"], one["authors"], one["year"], two["title"]) == ("Moss of bogs", ["Lee, Ann"], 2001, "Fens")


# PubMed -------------------------------------------------------------------------------------------------------------------

_PUBMED_XML = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>24000011</PMID><Article><Journal><Title>Le pain</Title></Journal>"
    "<ArticleTitle>[Not Available].</ArticleTitle><AuthorList><Author><CollectiveName>CMS Group</CollectiveName></Author></AuthorList>"
    "<VernacularTitle>Histoire du pain.</VernacularTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


def test_a_title_that_pubmed_has_in_its_own_language_alone() -> None:
    nbib = "PMID- 24000011\nTI  - [Not Available].\nTT  - Histoire du pain.\nCN  - CMS Group\nDP  - 1998\n"
    summary = {
        "result": {
            "uids": ["1"],
            "1": {"uid": "1", "title": "[Not Available].", "vernaculartitle": "Histoire du pain.", "sortpubdate": ""},
        }
    }
    for text, name in ((_PUBMED_XML, "a.xml"), (nbib, "a.nbib"), (json.dumps(summary), "a.json")):
        assert paper(text, name)["title"].rstrip(".") == "Histoire du pain", name


def test_a_collective_of_pubmed_is_no_person() -> None:
    # The element and the tag are for nothing else: https://www.nlm.nih.gov/bsd/mms/medlineelements.html#cn
    nbib = "PMID- 24000011\nTI  - Moss\nFAU - Lee, Ann\nCN  - CMS Group\nDP  - 1998\n"
    assert [display(name) for name in paper(nbib, "a.nbib")["authors"]] == ["Ann Lee", "CMS Group"]
    assert [display(name) for name in paper(_PUBMED_XML, "a.xml")["authors"]] == ["CMS Group"]


# BibTeX -------------------------------------------------------------------------------------------------------------------


def test_a_line_of_a_value_may_begin_with_an_at_sign() -> None:
    text = "@article{a,\n title = {Messages to\n  @example of reeds},\n author = {Lee, Ann}\n}\n@article{b, title={Next}}\n"
    one, two = papers(text, "a.bib")
    assert (one["title"], one["authors"], two["title"]) == ("Messages to @example of reeds", ["Lee, Ann"], "Next")


def test_a_list_of_people_in_braces_as_a_whole() -> None:
    text = (
        "@article{a, title={A}, author = {{Nowa, U. and Misra, A. and Usad, K. D.}}}\n"
        "@book{b, title={B}, author = {{Simon and Schuster}}}\n@book{c, title={C}, author={{Fen, Bog and Moss Society, Inc.}}}\n"
    )
    people, house, body = (found["authors"] for found in papers(text, "a.bib"))
    assert people == ["Nowa, U.", "Misra, A.", "Usad, K. D."]
    assert [display(name) for name in (*house, *body)] == ["Simon and Schuster", "Fen, Bog and Moss Society, Inc."]


def test_others_with_a_comma_behind_is_no_name() -> None:
    assert paper("@misc{a, title={A}, author={Lee, Ann and others, }}", "a.bib")["authors"] == ["Lee, Ann"]


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"Mart\'\in Abad", "Martín Abad"),
        (r"Garc\'\ia", "García"),
        (r"Mac{\'\i}a", "Macía"),
        (r"at 10$^{\circ}$C and 5$^\circ$ or 3$^{\circ C}$", "at 10°C and 5° or 3°C"),
        (r"$f^{\circ}$", "f°"),
        (r"$x \in A$", "x∈A"),
        (r"reeds$^{\dagger}$", "reeds†"),
    ],
)
def test_accents_run_together_and_degrees(latex: str, plain: str) -> None:
    assert plain_latex(latex).replace(" ∈ ", "∈") == plain


def test_addresses_and_dois_that_were_escaped_again() -> None:
    text = (
        r"@misc{a, title={A}, url={\href{http://example.org/a_b}{here}}, doi={10.1007/978-3-319-20794-0{\\_}129-1}}"
        "\n"
        r"@misc{b, title={B}, url={http://example.org/a\_b\%20c}, doi={10.1007/978-3-319-20794-0\\\_130}}"
        "\n"
    )
    one, two = papers(text, "a.bib")
    assert (one["url"], one["doi"]) == ("http://example.org/a_b", "10.1007/978-3-319-20794-0_129-1")
    assert (two["url"], two["doi"]) == ("http://example.org/a_b%20c", "10.1007/978-3-319-20794-0_130")


# Dates and identifiers ----------------------------------------------------------------------------------------------------


def test_ranges_of_days_without_their_zeros() -> None:
    # The example of citeproc-js's manual: https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html#date-fields
    assert read_edtf("2000-3-15/2000-3-17") == "2000-03-15/2000-03-17"
    found = paper(
        json.dumps([{"id": "a", "type": "article", "title": "A", "issued": {"raw": "2000-3-15/2000-3-17"}}]), "a.json"
    )
    assert (day(found), found["edtf"]) == ("2000-03-15", "2000-03-15/2000-03-17")


def test_dates_of_csl_in_all_their_forms() -> None:
    forms = {
        "\n    - raw: '2020-2-11'": "2020-02-11",
        " [[2020, 2, 11]]": "2020-02-11",
        " [2020, 2]": "2020-02",
        "\n    - year: 2020\n      month: 2": "2020-02",
        "\n      date_parts: [[2018, 5]]": "2018-05",
        "\n    - year: 1950\n      season: 1": "1950",
    }
    items = "".join(f"- id: k{n}\n  type: book\n  title: Title {n}\n  issued:{form}\n" for n, form in enumerate(forms))
    found = papers(f"references:\n{items}", "a.yaml")
    assert [day(one) for one in found] == list(forms.values())
    assert found[-1]["edtf"] == "1950-21"


def test_an_arxiv_doi_is_an_arxiv_id() -> None:
    text = "@misc{a, title={A}, doi={10.48550/arXiv.2001.01237}}\n@misc{b, title={B}, doi={10.48550/arXiv.hep-th/9901001}}\n"
    assert [found["arxiv_id"] for found in papers(text, "a.bib")] == ["2001.01237", "hep-th/9901001"]


def test_the_versions_of_a_preprint_have_one_doi() -> None:
    # bioRxiv registers one DOI; a version stands in its addresses alone.
    for text in (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full.pdf",
        "10.1101/2020.01.02.123456V1",
        "10.1101/2020.01.02.123456",
    ):
        assert normal_doi(text) == "10.1101/2020.01.02.123456"
    assert normal_doi("10.1234/report.123456v2") == "10.1234/report.123456v2"
    found = papers("title,doi\nCells,10.1101/2020.01.02.123456v1\nReeds,10.1234/5\nFens,10.1234/av1\n", "a.csv")
    assert [one["doi"] for one in found] == ["10.1101/2020.01.02.123456", "10.1234/5", "10.1234/av1"]


# JSON ---------------------------------------------------------------------------------------------------------------------


def test_records_by_their_keys() -> None:
    csl = {key: {"id": key, "type": "book", "title": f"Title {key}", "issued": {"raw": "2001"}} for key in "ab"}
    plain = {"1": {"title": "Title a", "year": 2001}, "2": {"title": "Title b", "year": 2001}}
    for given in (csl, {"items": csl}, plain, {"version": 1, "references": plain}):
        assert [found["title"] for found in papers(json.dumps(given), "a.json")] == ["Title a", "Title b"]


def test_citations_of_semantic_scholar() -> None:
    inner = {"paperId": "a" * 40, "title": "Reeds", "year": 2020, "authors": [{"name": "Ana Rey"}]}
    for name in ("citingPaper", "citedPaper"):
        found = paper(json.dumps({"offset": 0, "data": [{"contexts": [], "isInfluential": True, name: inner}]}), "a.json")
        assert (found["title"], found["year"], found["authors"]) == ("Reeds", 2020, ["Ana Rey"])


def test_an_author_that_crossref_has_not() -> None:
    item = {
        "DOI": "10.1234/a",
        "title": ["Reeds"],
        "author": [{"family": "&NA;"}],
        "type": "journal-article",
        "issued": {"date-parts": [[2002]]},
    }
    assert paper(json.dumps({"message-type": "work", "message": item}), "a.json")["authors"] is None


# Tables -------------------------------------------------------------------------------------------------------------------


def test_initials_before_family_and_given_name() -> None:
    text = 'Authors,Title,Year,Source title,EID\n"A.M., Lopez, Ana María; B., Kim, Bo; Poe, Cy",Reeds,2025,Lakes,2-s2.0-1\n"C., Rey, Carl",Fens,2025,Lakes,2-s2.0-2\n'
    several, alone = papers(text, "a.csv")
    assert (several["authors"], alone["authors"]) == (["Lopez, Ana María", "Kim, Bo", "Poe, Cy"], ["Rey, Carl"])
    usual = 'Authors,Title,Year\n"Lopez, A., Rey, C., Kim, B.",Reeds,2009\n'
    assert paper(usual, "a.csv")["authors"] == ["Lopez, A.", "Rey, C.", "Kim, B."]


def test_names_between_strokes() -> None:
    assert split_names("Müller, Uta/Roe, Sam/von Berg, K.") == ["Müller, Uta", "Roe, Sam", "von Berg, K."]
    assert several_names("Müller, Uta/Roe, Sam")
    for one in ("Institut für Moor, Abt. A/B", "AC/DC", "Lee, Ann", "Smith/Jones, Ann"):
        assert not several_names(one)


def test_people_and_words_in_objects_within_a_cell() -> None:
    people = json.dumps(
        [
            {"author": {"display_name": "Ana Rey", "orcid": None}, "is_corresponding": True},
            {"author": {"display_name": None}, "raw_author_name": "Sam Roe"},
        ]
    )
    text = "title,authorships,publication_year,keywords.display_name,primary_location.landing_page_url\nReeds,{},2020,moss|fen,https://example.org/1\n".format(
        '"' + people.replace('"', '""') + '"'
    )
    found = paper(text, "works.csv")
    assert (found["authors"], found["keywords"], found["url"]) == (
        ["Ana Rey", "Sam Roe"],
        ["moss", "fen"],
        "https://example.org/1",
    )


def test_days_that_a_spreadsheet_counts() -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    from datetime import date

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Title", "Authors", "Publication Date"])
    # The number that the cell of a date holds, without the format that shows it as one.
    sheet.write_row(1, 0, ["Reeds", "Lee, Ann", (date(2014, 3, 5) - date(1899, 12, 30)).days])
    book.close()
    (found,) = import_papers(Source("a.xlsx", data=buffer.getvalue())).table.to_pylist()
    assert day(found) == "2014-03-05"
    assert day(paper("Title,Authors,Date\nReeds,Lee Ann,41703.5\n", "a.csv")) == "2014-03-05"
    assert day(paper("Title,Authors,Date\nReeds,Lee Ann,20140305\n", "a.csv")) == "2014-03-05"


# Markup -------------------------------------------------------------------------------------------------------------------


def test_indices_in_faces_of_endnote_and_with_attributes() -> None:
    text = (
        '<xml><records><record><ref-type name="Journal Article">17</ref-type><titles><title><style face="normal">H</style>'
        '<style face="subscript" size="100%">2</style><style face="normal">O and m</style><style face="superscript">2</style>'
        '<style face="italic">Apis</style></title></titles><dates><year>2010</year></dates></record></records></xml>'
    )
    assert paper(text, "a.xml")["title"] == "H₂O and m²Apis"
    assert plain_markup('CO<sub class="lower">2</sub>') == "CO₂"


# Dates, editors and marks -------------------------------------------------------------------------------------------------


def test_of_two_days_of_ris_that_of_the_issue_is_meant() -> None:
    # The tag for dates is DA: https://github.com/zotero/translators/issues/2125; the other is of an older specification.
    text = "TY  - JOUR\nTI  - Fog\nY1  - 2013/05/28\nPY  - 2013\nDA  - 2014/04/01\nER  - \nTY  - JOUR\nTI  - Moss\nY1  - 2013/05/28\nDA  - 2013\nER  - \nTY  - JOUR\nTI  - Fen\nPY  - 2013\nDA  - May/Jun 2013\nY1  - 2013\nER  - \n"
    assert [day(found) for found in papers(text, "a.ris")] == ["2014-04-01", "2013-05-28", "2013-05"]


def test_dates_of_csl_as_lists_and_by_their_parts() -> None:
    forms = [
        ([{"date-parts": [2018, 2, 1]}, {"date-parts": [2018, 2, 2]}], "2018-02-01"),
        ([{"date-parts": [2006]}], "2006"),
        ({"year": 2003, "month": 4}, "2003-04"),
        ({"date-parts": [["2009", "3", "4"]]}, "2009-03-04"),
        ({"date-parts": [[None]]}, None),
    ]
    items = [{"id": f"k{n}", "type": "book", "title": f"Title {n}", "issued": form} for n, (form, _) in enumerate(forms)]
    assert [day(found) for found in papers(json.dumps(items), "a.json")] == [wanted for _, wanted in forms]


def test_editors_of_a_book_of_web_of_science() -> None:
    text = "FN Clarivate\nVR 1.0\nPT S\nAU Lopez, A\nBE Moss, I\n   Fenn, T\nTI A chapter\nSO THE BOOK\nPY 2014\nER\nEF\n"
    found = paper(text, "a.ciw")
    assert (found["authors"], found["editors"]) == (["Lopez, A"], "Moss, I; Fenn, T")


def test_ordinals_and_names_of_marks_alone() -> None:
    assert plain_latex("the 4$^{th}$ and 1$^{\\mathrm{st}}$ reed, a$^{th}$") == "the 4th and 1st reed, a^th"
    assert paper("@misc{a, title={A}, author={Smith, John and , and Jones, Ann}}", "a.bib")["authors"] == [
        "Smith, John",
        "Jones, Ann",
    ]


def test_quotation_marks_within_a_quoted_cell() -> None:
    text = 'title,authors,year\n"The "best" reeds, ever","Lee, Ann",2001\n"Fens","Roe, Sam",2002\n"A 5" pipe, and ""more""","Kim, Bo",2003\n'
    result = import_papers(Source("a.csv", data=text.encode()))
    found = result.table.to_pylist()
    assert [(one["title"], one["authors"], one["year"]) for one in found] == [
        ('The "best" reeds, ever', ["Lee, Ann"], 2001), ("Fens", ["Roe, Sam"], 2002), ('A 5" pipe, and "more"', ["Kim, Bo"], 2003),
    ]  # fmt: skip
    assert sum(note.action == "repaired" for note in result.ledger.notes) == 2
    # Also right before the mark that ends the cell.
    assert (
        paper('title,authors,year\n"On "best practice, and more"","Lee, Ann",2001\n', "a.csv")["title"]
        == 'On "best practice, and more"'
    )
    # However many marks a row has: tried in each way in which they may belong together, this one would never end.
    marks = '""' * 60
    many = import_papers(Source("a.csv", data=f'title,authors,year\nReeds,"{marks}"x,y,z\nFens,Roe,2002\n'.encode()))
    assert many.ledger.accepted + many.ledger.rejected == many.ledger.read == 2
    # A row with a cell too many is none of these.
    wide = import_papers(Source("a.csv", data=b'title,authors,year\n"Reeds","Lee",2001,extra\n"Fens","Roe",2002\n'))
    assert wide.table.num_rows == 1


# Answers of services and tables of tools ------------------------------------------------------------------------------------


def test_answers_of_lens_dimensions_and_unpaywall() -> None:
    people = [{"first_name": "Ana", "last_name": "Lopez"}, {"first_name": "Karl T.", "last_name": "Meyer"}]
    lens = {
        "lens_id": "000-1", "title": "Reeds", "authors": people, "source": {"title": "J Lakes", "publisher": "House"},
        "date_published": "2014-03-05T00:00:00+00:00", "year_published": 2014,
        "external_ids": [{"type": "doi", "value": "10.1234/ln.1"}, {"type": "pmid", "value": "900001"}],
    }  # fmt: skip
    dimensions = {
        "id": "pub.1",
        "title": "Reeds",
        "authors": people,
        "year": 2014,
        "date": "2014-03-05",
        "journal": {"id": "j", "title": "J Lakes"},
        "doi": "10.1234/ln.1",
    }
    unpaywall = {
        "doi": "10.1234/ln.1", "title": "Reeds", "published_date": "2014-03-05", "journal_name": "J Lakes",
        "z_authors": [{"given": "Ana", "family": "Lopez", "sequence": "first"}, {"given": "Karl T.", "family": "Meyer"}],
    }  # fmt: skip
    for given in ({"total": 1, "data": [lens]}, {"publications": [dimensions]}, unpaywall):
        found = paper(json.dumps(given), "a.json")
        assert (found["authors"], day(found), found["venue"], found["doi"]) == (
            ["Lopez, Ana", "Meyer, Karl T."],
            "2014-03-05",
            "J Lakes",
            "10.1234/ln.1",
        )
    assert paper(json.dumps({"data": [lens]}), "a.json")["pmid"] == "900001"


def test_tables_of_ebsco_colandr_and_embase() -> None:
    ebsco = 'an,title,contributors,publicationDate,source,volume\n1,Reeds,"Lopez, Ana; Meyer, Karl",20140305,J Lakes,3\n'
    colandr = 'study_id,citation_title,citation_authors,citation_pub_year,citation_journal_name,citation_doi\n1,Reeds,"Lopez, Ana; Meyer, Karl",2014,J Lakes,10.1234/a\n'
    for text in (ebsco, colandr):
        found = paper(text, "a.csv")
        assert (found["title"], found["authors"], found["venue"], found["year"]) == (
            "Reeds",
            ["Lopez, Ana", "Meyer, Karl"],
            "J Lakes",
            2014,
        )
    embase = '"Title","Author names","Medline PMID"\n"Reeds","Lopez A.","http://www.ncbi.nlm.nih.gov/pubmed/?term=24000001"\n'
    assert paper(embase, "a.csv")["pmid"] == "24000001"


def test_year_month_and_day_of_publication_in_columns_of_their_own() -> None:
    text = (
        "Title,Author,Publication Year,Publication Month,Publication Day\nReeds,Lee Ann,2014,3,5\nFens,Lee Ann,2015,December,\n"
    )
    assert [day(found) for found in papers(text, "a.csv")] == ["2014-03-05", "2015-12"]


def test_numbers_in_lines_of_a_note() -> None:
    text = "@misc{a, title={A}, note={Number: 2\nPMID: 24000001\nPublisher: House}}"
    assert paper(text, "a.bib")["pmid"] == "24000001"
    assert "pmid" not in paper("@misc{a, title={A}, note={We thank PMID: 24000001 for help}}", "a.bib")


def test_what_libraries_write_of_the_answers_of_services() -> None:
    scopus = 'eid,doi,title,author_names,coverDate,publicationName,authkeywords\n2-s2.0-1,10.1234/a,Reeds,"Lopez, Ana;Meyer, Karl",2014-03-05,J Lakes,reeds | lakes\n'
    scholar = "title,author,pub_year,venue,pub_url\nReeds,Ana Lopez and Karl Meyer,2014,J Lakes,http://example.org/s\n"
    found = paper(scopus, "a.csv")
    assert (found["title"], found["venue"], found["keywords"], day(found)) == (
        "Reeds",
        "J Lakes",
        ["reeds", "lakes"],
        "2014-03-05",
    )
    assert paper(scholar, "a.csv")["url"] == "http://example.org/s"
    # Where there is no other title it is that of a patent.
    assert paper("publicationName,authors,year\nOven,Ana Lopez,2014\n", "a.csv")["title"] == "Oven"
    answer = {
        "data": [{"paperId": "a" * 40, "title": "Reeds", "venue": "", "journal": None, "publicationVenue": {"name": "J Lakes"}}]
    }
    assert paper(json.dumps(answer), "a.json")["venue"] == "J Lakes"


def test_identifiers_and_years_behind_names_are_none_of_them() -> None:
    assert split_names("Lopez, Ana [orcid:0000-0001-0000-0001 omid:ra/1]; Meyer, Karl [omid:ra/2]") == [
        "Lopez, Ana",
        "Meyer, Karl",
    ]
    assert split_names("Lopez, A., & Meyer, K. T. (2014)") == ["Lopez, A.", "Meyer, K. T."]

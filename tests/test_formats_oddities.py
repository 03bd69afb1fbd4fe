"""Small oddities of exports that users report: the right value stands beside each, as the format's documentation has it."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from explorer.papers.author_names import display
from explorer.papers.schema import conform
from explorer.sources.formats.bibtex.bibtex import to_bibtex
from explorer.sources.formats.registry import read_files
from explorer.sources.formats.tagged.ris import to_ris
from explorer.sources.source import Source


def paper(text: str, name: str, encoding: str = "utf-8") -> dict[str, object]:
    (found,) = read_files(Source(name, data=text.encode(encoding))).table.to_pylist()
    return dict(found)


def test_of_two_columns_with_one_name_the_one_without_a_bracket_is_meant() -> None:
    found = paper(
        "Rank,Title,Publication date (online),Publication date,Authors (Raw Affiliation),Authors,Source title\n"
        '1,Moss,2016-04-30,2016-05-03,"Novak, Petra (Univ A); Ilves, Jaan (Univ B)","Novak, Petra; Ilves, Jaan",Bog Science\n',
        "a.csv",
    )
    assert (found["authors"], str(found["published"])[:10]) == (["Novak, Petra", "Ilves, Jaan"], "2016-05-03")
    # Whatever the order of the columns.
    turned = paper("Authors,Title,Authors (Raw),Year\nPetra Novak,Moss,nobody,2016\n", "a.csv")
    assert turned["authors"] == ["Petra Novak"]


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2016年", 2016),
        ("2016년", 2016),
        ("2016 г.", 2016),
        ("c2016", 2016),
        ("2016a", 2016),
        ("平成28年", 2016),
        ("民國105年", 2016),
    ],
)
def test_years_with_a_word_beside_them(cell: str, year: int) -> None:
    assert paper(f"Title,Authors,Year,Journal\nMoss,Petra Novak,{cell},Bog Science\n", "a.csv")["year"] == year


def test_what_is_no_year_is_none() -> None:
    assert paper("Title,Authors,Year,Journal\nMoss,Petra Novak,120169,Bog Science\n", "a.csv")["year"] is None


def test_an_address_in_portuguese() -> None:
    text = "Título;Autores;Revista;Ano;Endereço eletrônico\nMusgos;Silva, João;Pântano;2016;https://example.org/pt\n"
    assert paper(text, "a.csv")["url"] == "https://example.org/pt"


def test_a_journal_that_is_an_object_is_named() -> None:
    found = paper(
        json.dumps(
            {
                "data": [
                    {
                        "paperId": "a",
                        "title": "Moss",
                        "venue": "",
                        "year": 2016,
                        "journal": {"name": "Bog Science", "volume": "8", "pages": "1-9"},
                    }
                ]
            }
        ),
        "a.json",
    )
    assert (found["venue"], found["volume"], found["pages"]) == ("Bog Science", "8", "1-9")


@pytest.mark.parametrize(("name", "tag", "end"), [("a.enw", "%A", ""), ("a.ris", "AU  -", "ER  - \n")])
def test_a_comma_behind_a_body_is_no_part_of_its_name(name: str, tag: str, end: str) -> None:
    title = "%0 Journal Article\n%T Moss\n" if name == "a.enw" else "TY  - JOUR\nTI  - Moss\n"
    text = f"{title}{tag} Novak, Petra\n{tag} Bog Society,\n{tag} Roe, Sam, Jr.\n{end}"
    assert paper(text, name)["authors"] == ["Novak, Petra", "Bog Society", "Roe, Sam, Jr."]


@pytest.mark.parametrize(
    ("value", "venue"),
    [
        ("apj", "The Astrophysical Journal"),
        ("MNRAS", "Monthly Notices of the Royal Astronomical Society"),
        ('apj # " Letters"', "The Astrophysical Journal Letters"),
        ("tcs", "Theoretical Computer Science"),
        ("nowhere", "nowhere"),
        ("{apj}", "apj"),
    ],
)
def test_macros_of_ads_without_braces_are_journals(value: str, venue: str) -> None:
    assert paper(f"@article{{k, title={{Moss}}, journal = {value}, year = 2016}}", "a.bib")["venue"] == venue


def test_macros_of_ads_are_journals_alone_and_give_way_to_the_file_itself() -> None:
    own = '@string{apj = "Annals of Peat"}\n@article{k, title={Moss}, journal = apj, note = na, year = 2016}'
    found = paper(own, "a.bib")
    assert (found["venue"], found["note"]) == ("Annals of Peat", "na")


_NOTHING = ["NA", "N/A", "nan", "NaN", "None", "NULL", "#N/A", "<NA>", "-", "[No abstract available]", "No abstract available."]


@pytest.mark.parametrize("said", _NOTHING)
def test_what_programs_write_for_a_missing_value_is_none(said: str) -> None:
    """R writes ``NA``, pandas ``nan`` and ``None``, spreadsheets ``#N/A``, databases that there is no abstract."""
    names = ("abstract", "authors", "venue", "keywords", "doi", "year", "url", "volume", "pages")
    ris = "".join(f"{tag}  - {said}\n" for tag in ("AB", "AU", "JO", "KW", "DO", "UR", "PY"))
    for text, name in (
        (f"Title,Abstract,Authors,Journal,Keywords,DOI,Year,URL,Volume,Pages\nMoss{(',' + said) * 9}\n", "a.csv"),
        ("@article{a, title={Moss}, " + ", ".join(f"{n}={{{said}}}" for n in ("journal", *names)) + "}", "a.bib"),
        (f"TY  - JOUR\nTI  - Moss\n{ris}ER  - \n", "a.ris"),
    ):
        found = paper(text, name)
        assert {field: found.get(field) for field in names if field != "authors" or "bstract" not in said} == dict.fromkeys(
            found_names := [field for field in names if field != "authors" or "bstract" not in said]
        ), (name, found_names)


def test_a_word_for_nothing_among_others_is_somebody_and_a_title_stays() -> None:
    found = paper("Title,Authors,Journal,Year\nNA,Roe; NA,Na,2016\n", "a.csv")
    assert (found["title"], found["authors"], found["venue"]) == ("NA", ["Roe", "NA"], "Na")


def test_records_whose_type_stands_within_them() -> None:
    """R writes tags in the order of a table's columns."""
    record = "DB  - WoS\nTI  - {0}\nAU  - Moss, Ida\nTY  - JOUR\nSO  - Bog Science\nPY  - 2016\nER  - \n\n"
    found = read_files(Source("a.ris", data="".join(map(record.format, ("One", "Two"))).encode())).table.to_pylist()
    assert [(p["title"], p["authors"], p["venue"], p["year"]) for p in found] == [
        (title, ["Moss, Ida"], "Bog Science", 2016) for title in ("One", "Two")
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "TY  - JOUR\nTI  - Moss\nAU  - M&uuml;ller, J&#252;rgen\nKW  - peat &amp; bog; fen\nJO  - Bog &amp; Fen\nER  - \n",
            "a.ris",
        ),
        (
            "@article{a, title={Moss}, author={M&uuml;ller, J&#252;rgen}, keywords={peat &amp; bog; fen}, journal={Bog &amp; Fen}}",
            "a.bib",
        ),
        ('Title,Authors,Keywords,Journal\nMoss,"M&uuml;ller, J&#252;rgen",peat &amp; bog; fen,Bog &amp; Fen\n', "a.csv"),
        ("%0 Journal Article\n%T Moss\n%A M&uuml;ller, J&#252;rgen\n%K peat &amp; bog\nfen\n%J Bog &amp; Fen\n", "a.enw"),
        (
            "FN X\nVR 1.0\nPT J\nAU M&uuml;ller, J&#252;rgen\nTI Moss\nDE peat &amp; bog; fen\nSO Bog &amp; Fen\nER\n\nEF\n",
            "a.txt",
        ),
    ],
)
def test_references_of_html_part_no_list(text: str, name: str) -> None:
    found = paper(text, name)
    assert (found["authors"], found["keywords"], found["venue"]) == (["Müller, Jürgen"], ["peat & bog", "fen"], "Bog & Fen")


def test_authors_that_pandas_wrote_as_rows_of_an_answer() -> None:
    found = paper("title,authors,year\nMoss,\"[{'authorId': '1', 'name': 'Ida Moss'}, {'name': 'Lou Fenn'}]\",2016\n", "a.csv")
    assert found["authors"] == ["Ida Moss", "Lou Fenn"]


@pytest.mark.parametrize(("cell", "day"), [("Mar-12", "2012-03-01"), ("Dez-98", "1998-12-01"), ("Jänner 2012", "2012-01-01")])
def test_months_of_spreadsheets_and_of_austria(cell: str, day: str) -> None:
    found = paper(f"Title,Authors,Date\nMoss,Ida Fenn,{cell}\n", "a.csv")
    assert (str(found["published"])[:10], found["precision"]) == (day, "month")


def test_a_year_that_only_the_issue_has_in_europe_pmc() -> None:
    answer = {"resultList": {"result": [{"title": "Moss", "journalInfo": {"yearOfPublication": 2016}}]}}
    assert paper(json.dumps(answer), "a.json")["year"] == 2016


@pytest.mark.parametrize(
    ("space", "dash", "small"),
    [("\u00a0\u00a0", "-", False), ("  ", "\u2013", False), ("\u00a0 ", "\u2212", True), (" ", "\u2014", False)],
)
def test_tags_of_ris_that_a_word_processor_changed(space: str, dash: str, small: bool) -> None:
    lines = [
        "TY  - JOUR",
        "TI  - Moss on the T2 moor",
        "AU  - Fenn, Ida",
        "AB  - So seen,",
        "it is moss.",
        "PY  - 2016",
        "ER  - ",
    ]
    changed = [line.replace("  - ", f"{space}{dash} ", 1) for line in lines]
    changed = [line[:2].lower() + line[2:] if small and dash in line else line for line in changed]
    names = ("title", "authors", "abstract", "year", "entry_type")
    found = paper("\n".join(changed) + "\n", "a.txt")
    assert [found[name] for name in names] == ["Moss on the T2 moor", ["Fenn, Ida"], "So seen, it is moss.", 2016, "JOUR"]


@pytest.mark.parametrize(
    ("first", "last", "pages"),
    [
        ("101-110", "110", "101-110"),
        ("101", "101-110", "101-110"),
        ("101-110", "", "101-110"),
        ("S-1", "S-9", "S-1-S-9"),
        ("7", "7", "7"),
    ],
)
def test_pages_of_ris_that_stand_in_one_tag(first: str, last: str, pages: str) -> None:
    assert paper(f"TY  - JOUR\nTI  - Moss\nSP  - {first}\nEP  - {last}\nER  - \n", "a.ris")["pages"] == pages


def test_abstracts_of_ris_in_two_languages_and_in_paragraphs() -> None:
    found = paper("TY  - JOUR\nTI  - Moss\nAB  - It grows.\nAB  - It is wet.\nN2  - Elle pousse.\nER  - \n", "a.ris")
    assert (found["abstract"], found["N2"]) == ("It grows. It is wet.", "Elle pousse.")
    again = paper("TY  - JOUR\nTI  - Moss\nAB  - It grows.\nN2  - It grows.\nER  - \n", "a.ris")
    assert (again["abstract"], again.get("N2")) == ("It grows.", None)


def test_a_master_s_thesis_stays_one_through_ris() -> None:
    table = read_files(Source("a.bib", data=b"@mastersthesis{a, title={Moss}, school={Bog University}, year=2016}")).table
    read = read_files(Source("a.ris", data=to_ris(table))).table
    assert to_bibtex(read).startswith(b"@mastersthesis{")
    assert paper("TY  - THES\nTI  - Moss\nM3  - M.Sc. thesis\nER  - \n", "a.ris")["entry_type"] == "mastersthesis"
    assert paper("TY  - THES\nTI  - Moss\nM3  - Ph.D. thesis\nER  - \n", "a.ris")["entry_type"] == "THES"


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        (r"howpublished={\url{https://example.org/~fenn/\#top}}", "url", "https://example.org/~fenn/#top"),
        (r"url={https://example.org/\~{}fenn/a\_b}", "url", "https://example.org/~fenn/a_b"),
        ("author={Fenn, Ida}, author={Reed, Tom}", "authors", ["Fenn, Ida", "Reed, Tom"]),
        ("author={Fenn, Ida and and Reed, Tom and }", "authors", ["Fenn, Ida", "Reed, Tom"]),
        ("url={<https://example.org/a>}", "url", "https://example.org/a"),
        ("keywords={moss}, keywords={bog, fen}", "keywords", ["moss", "bog", "fen"]),
        ("note={one}, note={two}", "note", "one; two"),
        ("author={Fenn, Ida and {et al.}}", "authors", ["Fenn, Ida"]),
        ("eprint={31934719}, eprinttype={pubmed}", "pmid", "31934719"),
        ("eprint={hal-01234567}, eprinttype={HAL}", "eprint", "hal-01234567"),
        ("year={in press}", "pubstate", "in press"),
        ("year={" + "a" * 60 + "}", "pubstate", None),
        ("note={PMID: 31934719}", "pmid", "31934719"),
        ("note={Comment on PMID: 31934719}", "pmid", None),
        # One author a field, as programs write them; the list again is the list in another spelling.
        ("author={Fenn, Ida}, author={Reed, Tom}, author={Poe, Ann}", "authors", ["Fenn, Ida", "Reed, Tom", "Poe, Ann"]),
        ("author={Fenn, Ida and Reed, Tom}, author={Fenn, I. and Reed, T.}", "authors", ["Fenn, Ida", "Reed, Tom"]),
        ("author={Fenn, Ida and and Reed, Tom}, keywords={moss; peat}, keywords={bog}", "keywords", ["moss", "peat", "bog"]),
        ("author={AND Corporation and Fenn, Ida}", "authors", ["AND Corporation", "Fenn, Ida"]),
    ],
)
def test_what_an_entry_of_bibtex_has_in_other_places(fields: str, name: str, value: object) -> None:
    text = f"@misc{{a, title={{Moss}}, {fields}}}"
    assert paper(text, "a.bib").get(name) == value
    # And it is written.
    written = to_bibtex(read_files(Source("a.bib", data=text.encode())).table).decode()
    assert paper(written, "a.bib").get(name) == value


def test_groups_article_numbers_and_pages_that_go_on_of_web_of_science() -> None:
    text = "FN X\nPT J\nAU Fenn, I\nCA Bog Study Group\nTI Moss\nBP 11\nEP +\nAR 104\nPY 2016\nER\n\nPT J\nAU Fenn, I\nTI Fen\nEA MAR 2021\nER\n\nEF\n"
    one, two = read_files(Source("a.txt", data=text.encode())).table.to_pylist()
    assert ([display(name) for name in one["authors"]], one["pages"], one["article_number"]) == (
        ["I. Fenn", "Bog Study Group"],
        "11+",
        "104",
    )
    assert (str(two["published"])[:7], two["precision"]) == ("2021-03", "month")


def test_a_second_list_of_authors_is_told_and_a_year_stays_as_it_was_written() -> None:
    text = "@misc{a, title={Moss}, year={n.d.}, author={Fenn, Ida and Reed, Tom}, author={Fenn, I. and Reed, T.}}"
    notes = read_files(Source("a.bib", data=text.encode())).ledger.notes
    assert [note.reason for note in notes if "twice" in note.reason] == ["author stands twice, the first is taken"]
    assert [note.before for note in notes if note.field == "published"] == ["n.d."]


def test_the_number_of_another_archive_does_not_hide_that_of_arxiv() -> None:
    # Merged records have both.
    table = pa.table({"title": ["Moss"], "arxiv_id": ["2003.01234"], "eprint": ["hal-1"], "eprinttype": ["HAL"]})
    written = to_bibtex(conform(table)).decode()
    # What biblatex goes by.
    assert "eprinttype = {arxiv}" in written
    found = paper(written, "a.bib")
    assert (found["arxiv_id"], found["othereprint"]) == ("2003.01234", "HAL:hal-1")


def test_who_a_volume_is_by_wrote_none_of_its_papers() -> None:
    # Web of Science has GP IEEE on each paper of a conference of theirs.
    text = "FN X\nPT S\nAU Fenn, I\nGP IEEE\nTI Moss\nPY 2016\nER\n\nPT B\nGP IEEE\nTI Bogs\nPY 2016\nER\n\nPT J\nCA Bog Group\n   Fen Group\nTI Fens\nPY 2016\nER\n\nEF\n"
    found = read_files(Source("a.txt", data=text.encode())).table.column("authors").to_pylist()
    assert [[display(name) for name in names] for names in found] == [["I. Fenn"], ["IEEE"], ["Bog Group", "Fen Group"]]


def test_vernacular_titles_and_editors_of_medline() -> None:
    text = "PMID- 31000001\nTI  - [Moss].\nTT  - Das Moos.\nFAU - Fenn, Ida\nFED - Reed, Tom\nBTI - The Bog\nPB  - Fen Press\nDP  - 2016\n"
    found = paper(text, "a.nbib")
    assert [found[name] for name in ("TT", "authors", "editors", "venue", "publisher")] == [
        "Das Moos.", ["Fenn, Ida"], "Reed, Tom", "The Bog", "Fen Press",
    ]  # fmt: skip


def test_quotation_marks_behind_backslashes() -> None:
    text = 'title,abstract,year\n"The \\"good\\" moss, of bogs","He said \\"yes\\", twice",2016\n"Fens","So \\alpha",2017\n'
    one, two = read_files(Source("a.csv", data=text.encode())).table.to_pylist()
    assert (one["title"], one["abstract"], one["year"]) == ('The "good" moss, of bogs', 'He said "yes", twice', 2016)
    assert (two["title"], two["abstract"]) == ("Fens", "So \\alpha")
    # A mark that is doubled is what tells the usual dialect.
    assert paper('title,abstract,year\n"Moss","C:\\""a"" and \\""b""",2016\n', "a.csv")["abstract"] == 'C:\\"a" and \\"b"'


def test_what_a_date_or_an_address_says_does_not_depend_on_the_records_beside_it() -> None:
    cells = ["12/5/2014", "25/3/2014", "3/25/2014", "41723", "2014-05-12"]
    days = [("2014-01-01", "year"), *(("2014-03-25", "day"),) * 3, ("2014-05-12", "day")]
    links = [
        "https://doi.org/10.1234/A.1",
        "https://arxiv.org/abs/1603.00001v2",
        "https://example.org/10.1234/c",
        "",
        "http://dx.doi.org/10.1234/d",
    ]
    rows = [f"Moss {row},Ida Fenn,{cell},{links[row]},," for row, cell in enumerate(cells)]
    known = [f"Fen {row},Tom Reed,25/3/2014,,10.1234/{row},1603.00002" for row in range(5)]

    def read(lines: list[str]) -> list[tuple[str, ...]]:
        text = "Title,Authors,Publication Date,URL,DOI,arXiv ID\n" + "\n".join(lines)
        found = read_files(Source("a.csv", data=text.encode())).table.to_pylist()
        return [
            (str(row["published"])[:10], str(row["precision"]), str(row["doi"]), str(row["arxiv_id"]))
            for row in found
            if row["title"].startswith("Moss")
        ]

    together = read([line for pair in zip(rows, known, strict=True) for line in pair])
    assert [row[:2] for row in together] == days
    assert [row[2] for row in together] == ["10.1234/a.1", "None", "None", "None", "10.1234/d"]
    assert [row[3] for row in together] == ["None", "1603.00001", "None", "None", "None"]
    assert [one for line in rows for one in read([line])] == together


def test_a_pmid_that_is_an_address() -> None:
    text = "id,title,authorships.author.display_name,publication_year,ids.pmid\nW1,Moss,Ida Fenn|Lou Reed,2016,https://pubmed.ncbi.nlm.nih.gov/24000001\n"
    assert paper(text, "a.csv")["pmid"] == "24000001"


def test_endnote_xml_keeps_editors_both_numbers_and_what_it_lists_by_lines() -> None:
    text = (
        '<xml><records><record><ref-type name="Book Section">5</ref-type><contributors><authors><author>Fenn, Ida</author></authors>'
        "<secondary-authors><author>Reed, Tom</author></secondary-authors></contributors><titles><title>Moss</title>"
        "<secondary-title>The Bog</secondary-title></titles><keywords><keyword>bog&#xD;fen</keyword></keywords><dates><year>2016</year></dates>"
        "<isbn>978-3-16-148410-0&#xD;1234-5678</isbn><research-notes>mine</research-notes><custom2>PMC7</custom2></record></records></xml>"
    )
    found = paper(text, "a.xml")
    assert [found[name] for name in ("authors", "editors", "keywords", "isbn", "issn", "research_notes", "custom2")] == [
        ["Fenn, Ida"], "Reed, Tom", ["bog", "fen"], "978-3-16-148410-0", "1234-5678", "mine", "PMC7",
    ]  # fmt: skip
    edited = paper(text.replace("Book Section", "Edited Book"), "a.xml")
    assert (edited["authors"], edited["editors"], edited["series_editors"]) == (["Fenn, Ida"], "Fenn, Ida", "Reed, Tom")


@pytest.mark.parametrize(
    ("number", "issn", "isbn"),
    [
        ("0028-0836 (Print)&#xD;1476-4687 (Electronic)", "0028-0836 (Print)\n1476-4687 (Electronic)", None),
        ("0028-0836, 1476-4687", "0028-0836\n1476-4687", None),
        ("0028-0836/1476-4687", "0028-0836\n1476-4687", None),
        ("ISSN 1234-567X", "ISSN 1234-567X", None),
        ("1234-567X 9783161484100", "1234-567X", "9783161484100"),
        ("3-16-148410-X", None, "3-16-148410-X"),
    ],
)
def test_numbers_of_what_an_endnote_record_appeared_in(number: str, issn: str | None, isbn: str | None) -> None:
    found = paper(
        f"<xml><records><record><titles><title>Moss</title></titles><isbn>{number}</isbn></record></records></xml>", "a.xml"
    )
    assert (found.get("issn"), found.get("isbn")) == (issn, isbn)


def test_a_keyword_that_a_file_wraps_is_one() -> None:
    words = "<keyword>raised\n      bog</keyword><keyword>moss; fen&#xD;peat</keyword>"
    record = f"<record><titles><title>Moss</title></titles><keywords>{words}</keywords></record>"
    assert paper(f"<xml><records>{record}</records></xml>", "a.xml")["keywords"] == ["raised bog", "moss", "fen", "peat"]


def test_numbers_of_pubmed_central_and_vernacular_titles_of_pubmed_xml() -> None:
    text = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>[Moss].</ArticleTitle>"
        "<VernacularTitle>Moos.</VernacularTitle></Article></MedlineCitation><PubmedData><ArticleIdList>"
        '<ArticleId IdType="pmc">PMC7</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>'
    )
    found = paper(text, "a.xml")
    assert (found["pmcid"], found["TT"]) == ("PMC7", "Moos.")


def test_editors_of_mods() -> None:
    name = "<name><namePart>{}</namePart><role><roleTerm>{}</roleTerm></role></name>"
    people = name.format("Fenn, Ida", "author") + name.format("Reed, Tom", "edt")
    found = paper(f"<mods><titleInfo><title>Moss</title></titleInfo>{people}</mods>", "a.xml")
    assert (found["authors"], found["editors"]) == (["Fenn, Ida"], "Reed, Tom")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Title,Author 1,Author 2,Author 10,Year", 'Moss,"Fenn, Ida","Reed, Tom",,2016'),
        ("Title,AU2,AU1,Year", 'Moss,"Reed, Tom","Fenn, Ida",2016'),
        ("Title,Author1 Last Name,Author1 First Name,Author2 Last Name,Author2 First Name,Year", "Moss,Fenn,Ida,Reed,Tom,2016"),
        ("Title,First Name 1,Last Name 1,First Name 2,Last Name 2,Year", "Moss,Ida,Fenn,Tom,Reed,2016"),
        ("Title,Author Last Name,Author First Name,Year", "Moss,Fenn; Reed,Ida; Tom,2016"),
    ],
)
def test_authors_in_columns_of_their_own(header: str, row: str) -> None:
    found = paper(f"{header}\n{row}\n", "a.csv")
    assert (found["title"], found["authors"], found["year"]) == ("Moss", ["Fenn, Ida", "Reed, Tom"], 2016)


def test_tables_that_were_joined_have_their_header_again() -> None:
    text = "title,authors,year\nMoss,Ida Fenn,2016\ntitle,authors,year\nFen,Tom Reed,2017\n"
    result = read_files(Source("a.csv", data=text.encode()))
    assert result.table.column("title").to_pylist() == ["Moss", "Fen"]
    assert (result.ledger.read, result.ledger.rejected) == (2, 0)


def test_cells_that_a_spreadsheet_was_kept_from_changing_or_could_not_reckon() -> None:
    found = paper(
        'title,authors,year,journal,pmid,pages\nMoss,Ida Fenn,"=""2016""",#NAME?,"=""00240001""","=""1-3"""\n', "a.csv"
    )
    assert [found[name] for name in ("year", "venue", "pmid", "pages")] == [2016, None, "00240001", "1-3"]


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "Moss"}]\n[{"title": "Fen"}]\n',
        '{"title": "Moss"},\n{"title": "Fen"},\n',
        '[{"title": "Moss"}]\ufeff{"title": "Fen"}',
    ],
)
def test_json_that_was_joined(text: str) -> None:
    assert read_files(Source("a.json", data=text.encode())).table.column("title").to_pylist() == ["Moss", "Fen"]


def test_an_article_of_zotero_s_rdf_has_what_its_journal_counts() -> None:
    names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    names += ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/"'
    found = paper(
        f'<rdf:RDF {names}><bib:Article rdf:about="#a"><dcterms:isPartOf rdf:resource="urn:issn:1"/><dc:title>Moss</dc:title><bib:pages>11-15</bib:pages>'
        '</bib:Article><bib:Journal rdf:about="urn:issn:1"><dc:title>Bogs</dc:title><prism:volume>3</prism:volume><prism:number>1</prism:number>'
        "<dc:identifier>DOI 10.1234/a</dc:identifier><dc:identifier>ISSN 1234-5678</dc:identifier></bib:Journal></rdf:RDF>",
        "a.rdf",
    )
    assert [found[name] for name in ("venue", "doi", "volume", "number", "pages", "issn")] == [
        "Bogs",
        "10.1234/a",
        "3",
        "1",
        "11-15",
        "1234-5678",
    ]


def test_the_doi_of_a_journal_of_several_articles_is_none_of_theirs() -> None:
    names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    names += ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bibo="http://purl.org/ontology/bibo/"'
    article = '<bib:Article rdf:about="#{}"><dcterms:isPartOf rdf:resource="#j"/><dc:title>{}</dc:title></bib:Article>'
    journal = '<bib:Journal rdf:about="#j"><dc:title>Bogs</dc:title><dc:identifier>{}</dc:identifier>{}</bib:Journal>'

    def dois(articles: int, identifier: str, more: str = "") -> list[str | None]:
        text = "".join(article.format(n, f"Moss {n}") for n in range(articles)) + journal.format(identifier, more)
        data = f"<rdf:RDF {names}>{text}</rdf:RDF>".encode()
        return read_files(Source("a.rdf", data=data)).table.column("doi").to_pylist()

    assert dois(1, "DOI 10.1234/a") == ["10.1234/a"]
    assert dois(2, "DOI 10.1234/a") == [None, None]
    assert dois(1, "https://doi.org/10.1234/bogs", "<bibo:issn>1234-5678</bibo:issn>") == [None]


def test_a_number_of_an_entry_is_no_address() -> None:
    found = paper("Entry ID,Title,Authors,Year\n17,Moss,Ida Fenn,2016\n", "a.csv")
    assert (found["url"], found["Entry ID"]) == (None, "17")


def test_a_sentence_is_no_type_of_ris() -> None:
    result = read_files(Source("a.txt", data=b"Ty - the tree of life\nTitle: Moss\n"))
    assert [finding.format for finding in result.ledger.findings] != ["RIS"]


def test_slashes_of_addresses_part_no_names() -> None:
    text = 'Title,Authors,Year\nMoss,"Ida Fenn (https://orcid.org/0000-0001), Tom Reed",2016\n'
    assert paper(text, "a.csv")["authors"][1:] == ["Tom Reed"]


def test_names_between_the_slashes_of_endnote() -> None:
    text = "*Journal Article\nAuthor\tTitle\tYear\tJournal\nFenn, I.//Reed, T.\tMoss\t2016\tBogs\n"
    assert paper(text, "a.txt")["authors"] == ["Fenn, I.", "Reed, T."]


def test_references_of_eppi_reviewer() -> None:
    answer = {
        "CodeSets": [],
        "References": [
            {
                "ItemId": 1,
                "Title": "Moss",
                "ParentTitle": "Bogs",
                "Year": "2016",
                "Month": "March",
                "Authors": "Fenn I; Reed T;",
            }
        ],
    }
    found = paper(json.dumps(answer), "a.json")
    assert (found["venue"], str(found["published"])[:7], found["authors"]) == ("Bogs", "2016-03", ["Fenn I", "Reed T"])


@pytest.mark.parametrize(
    "cell",
    [
        "Fenn, I., Reed, T., ... Poe, A.",
        "Fenn, I.; Reed, T.; …; Poe, A.",
        "Fenn, I., Reed, T., . . . Poe, A.",
        "Fenn, I., Reed, T., & ... Poe, A.",
        "Fenn, I., Reed, T., …, & Poe, A.",
    ],
)
def test_dots_for_the_names_between(cell: str) -> None:
    assert paper(f'Title,Authors,Year\nMoss,"{cell}",2016\n', "a.csv")["authors"] == ["Fenn, I.", "Reed, T.", "Poe, A."]


def test_identifiers_that_only_an_address_has() -> None:
    text = "Title,Authors,URL,Year\nMoss,I. Fenn,https://doi.org/10.1234/A.1,2016\nFen,T. Reed,https://example.org/10.1234/b,2017\n"
    assert read_files(Source("a.csv", data=text.encode())).table.column("doi").to_pylist() == ["10.1234/a.1", None]
    assert (
        paper("entry_id,title,authors,published\nhttp://arxiv.org/abs/1603.00001v2,Moss,I. Fenn,2016-03-02\n", "a.csv")[
            "arxiv_id"
        ]
        == "1603.00001"
    )

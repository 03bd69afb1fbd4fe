"""Small oddities of exports that users report: the right value stands beside each, as the format's documentation has it."""

from __future__ import annotations

import json

import pytest

from explorer.sources.formats.registry import import_papers
from explorer.sources.source import Source


def paper(text: str, name: str, encoding: str = "utf-8") -> dict[str, object]:
    (found,) = import_papers(Source(name, data=text.encode(encoding))).table.to_pylist()
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
    found = import_papers(Source("a.ris", data="".join(map(record.format, ("One", "Two"))).encode())).table.to_pylist()
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

"""Tables under headers of many programs and languages, and under none that is known. All records are invented."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from explorer import Import, ReadError
from explorer.papers.column_names import FURTHER, LANGUAGES, SYNONYMS, columns_to_fields
from explorer.papers.schema import FIELDS
from explorer.sources.formats.registry import read_files
from explorer.sources.source import Source


def table(header: list[str], *rows: list[str], mark: str = ",", name: str = "x.csv", **told: Any) -> Import:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=mark)
    writer.writerows([header, *rows])
    return read_files(Source(name, data=buffer.getvalue().encode()), **told)


def first(found: Import) -> dict[str, Any]:
    return {name: value for name, value in found.table.to_pylist()[0].items() if value is not None}


# Header, row, and what is expected of it, by program.
PROGRAMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "RefWorks": (
        "Reference Type\tReference Id\tAuthors, Primary\tTitle Primary\tPeriodical Full\tPub Year\tVolume\tIssue\tStart Page\tOther Pages",
        "Journal Article\t7\tMoss, Ida;Fenn, Lou B.\tPeat under old bridges\tBog Letters\t2011\t4\t2\t15\t19",
        {"title": "Peat under old bridges", "authors": ["Moss, Ida", "Fenn, Lou B."], "venue": "Bog Letters", "year": 2011,
         "volume": "4", "number": "2", "pages": "15-19", "entry_type": "Journal Article", "id": "7"},
    ),
    "Lens": (
        "Lens ID\tTitle\tDate Published\tPublication Year\tPublication Type\tSource Title\tAuthor/s\tAbstract\tVolume\tIssue Number\tStart Page\tEnd Page\tFields of Study\tExternal URL\tPMID\tDOI",
        "000-1\tPeat under old bridges\t2011-05-02\t2011\tjournal article\tBog Letters\tIda Moss; Lou B. Fenn\tPeat holds.\t4\t2\t15\t19\tPeat; Bridge\thttps://example.org/p\t77\t10.1234/bl.4",
        {"title": "Peat under old bridges", "authors": ["Ida Moss", "Lou B. Fenn"], "venue": "Bog Letters", "doi": "10.1234/bl.4", "pages": "15-19",
         "keywords": ["Peat", "Bridge"], "pmid": "77", "url": "https://example.org/p", "id": "000-1", "precision": "day"},
    ),
    "Lens, patents": (
        "#\tJurisdiction\tKind\tDisplay Key\tLens ID\tPublication Date\tPublication Year\tApplication Number\tTitle\tAbstract\tApplicants\tInventors\tURL\tDocument Type",
        "1\tEP\tA1\tEP 1 A1\t111-2\t2012-03-04\t2012\tEP 1\tSluice for peat water\tA sluice.\tExample Works Ltd\tMOSS IDA;;FENN LOU\thttps://example.org/s\tPatent Application",
        {"title": "Sluice for peat water", "authors": ["MOSS IDA", "FENN LOU"], "year": 2012, "url": "https://example.org/s", "Applicants": "Example Works Ltd"},
    ),
    "Espacenet": (
        "No\tTitle\tInventors\tApplicants\tPublication number\tPublication date\tFamily number",
        "1\tSluice for peat water\tMOSS IDA [AT]\nFENN LOU [DE]\tEXAMPLE WORKS LTD [AT]\tEP0000077A1\t2012-03-04\t77",
        {"title": "Sluice for peat water", "authors": ["MOSS IDA", "FENN LOU"], "year": 2012, "precision": "day", "Publication number": "EP0000077A1"},
    ),
    "ClinicalTrials.gov, before 2023": (
        "Rank\tNCT Number\tTitle\tAcronym\tStatus\tStudy Results\tConditions\tInterventions\tSponsor/Collaborators\tStart Date\tFirst Posted\tURL",
        "1\tNCT00000077\tStretching before work\tSBW\tCompleted\tNo Results\tBack Pain|Fatigue\tBehavioral: Stretching\tExample Clinic\tMay 2011\tApril 4, 2011\thttps://clinicaltrials.gov/show/NCT00000077",
        {"title": "Stretching before work", "id": "NCT00000077", "trial_id": "NCT00000077", "keywords": ["Back Pain", "Fatigue"], "year": 2011, "precision": "day"},
    ),
    "ICTRP": (
        "TrialID\tPublic title\tScientific title\tPrimary sponsor\tDate registration\tDate registration3\tSource Register\tweb address\tCondition",
        "DRKS00000077\tStretching before work\tStretching before work in nurses: a trial\tExample Clinic\t20/02/2011\t20110220\tDRKS\thttps://example.org/d\tBack pain",
        {"title": "Stretching before work", "Scientific title_text": "Stretching before work in nurses: a trial", "year": 2011, "precision": "day",
         "source": "DRKS", "url": "https://example.org/d", "trial_id": "DRKS00000077"},
    ),
    "abstrackr": (
        "(internal) id\t(source) id\tpubmed id\tkeywords\tabstract\ttitle\tjournal\tauthors\tida\tlou\tconsensus",
        "901\t1\t77\tpeat, bridge\tPeat holds.\tPeat under old bridges\tBog Letters\tMoss I, Fenn LB\t1\t-1\t1",
        {"title": "Peat under old bridges", "authors": ["Moss I", "Fenn LB"], "venue": "Bog Letters", "pmid": "77", "ida": "1", "lou": "-1", "consensus": "1"},
    ),
    "Covidence": (
        "Title\tAuthors\tAbstract\tPublished Year\tPublished Month\tJournal\tVolume\tIssue\tPages\tAccession Number\tDOI\tRef\tCovidence #\tStudy\tNotes\tTags",
        "Peat under old bridges\tMoss, I.; Fenn, L. B.\tPeat holds.\t2011\tMay\tBog Letters\t4\t2\t15-19\t\t10.1234/bl.4\t3\t#12\tMoss 2011\tExclusion reason: wrong bridge;\tlater",
        {"title": "Peat under old bridges", "authors": ["Moss, I.", "Fenn, L. B."], "year": 2011, "precision": "month", "pages": "15-19",
         "Notes": "Exclusion reason: wrong bridge;", "Covidence #": "#12", "keywords": ["later"]},
    ),
    "Rayyan": (
        "key\ttitle\tyear\tmonth\tday\tjournal\tissn\tvolume\tissue\tpages\tauthors\turl\tabstract\tnotes",
        'rayyan-1\tPeat under old bridges\t2011\t5\t2\tBog Letters\t1234-5678\t4\t2\t15-19\tMoss, I. and Fenn, L. B.\t\tPeat holds.\tRAYYAN-INCLUSION: {"Ida"=>"Included"}',
        {"authors": ["Moss, I.", "Fenn, L. B."], "notes": 'RAYYAN-INCLUSION: {"Ida"=>"Included"}', "issn": "1234-5678", "precision": "day"},
    ),
    "Publish or Perish": (
        "Cites\tAuthors\tTitle\tYear\tSource\tPublisher\tArticleURL\tGSRank\tType\tDOI\tISSN\tVolume\tIssue\tStartPage\tEndPage\tAbstract",
        "3\tI Moss, LB Fenn, ...\tPeat under old bridges\t2011\tBog Letters\tExample Press\thttps://example.org/p\t1\tPDF\t\t\t\t\t0\t0\t… holds …",
        {"title": "Peat under old bridges", "authors": ["I Moss", "LB Fenn"], "venue": "Bog Letters", "url": "https://example.org/p", "publisher": "Example Press"},
    ),
    "Embase": (
        "Title\tAuthor Names\tSource\tAbstract\tkeywords",
        "Peat under old bridges\tMoss I., Fenn L.B.\tBog Letters (2011) 4:2 (15-19). Date of Publication: 2 May 2011\tPeat holds.\tbridge, peat",
        {"authors": ["Moss I.", "Fenn L.B."], "venue": "Bog Letters", "volume": "4", "number": "2", "pages": "15-19", "precision": "day", "year": 2011},
    ),
    "Notion": (
        "Name\tAuthors\tYear\tTags\tStatus",
        "Peat under old bridges\tIda Moss, Lou B. Fenn\t2011\tpeat, bridge\tTo read",
        {"title": "Peat under old bridges", "authors": ["Ida Moss", "Lou B. Fenn"], "keywords": ["peat", "bridge"], "Status": "To read"},
    ),
    "CNKI": (
        "SrcDatabase-来源库\tTitle-题名\tAuthor-作者\tOrgan-单位\tSource-文献来源\tKeyword-关键词\tSummary-摘要\tPubTime-发表时间\tYear-年\tPeriod-期\tPageCount-页码\tDOI-DOI",
        "期刊\t旧桥下的泥炭\t白石;莫小林;\t某大学;\t沼泽通讯\t泥炭;;桥\t研究旧桥。\t2011-05-02 08:00\t2011\t02\t15-19\t10.1234/bl.4",
        {"title": "旧桥下的泥炭", "authors": ["白石", "莫小林"], "venue": "沼泽通讯", "keywords": ["泥炭", "桥"], "number": "02", "pages": "15-19", "source": "期刊"},
    ),
    "Wanfang": (
        "题名\t作者\t作者单位\t刊名\t年\t卷\t期\t页码\t关键词\t摘要\tDOI\t在线出版日期",
        "旧桥下的泥炭\t白石,莫小林\t某大学\t沼泽通讯\t2011\t4\t2\t15-19\t泥炭,桥\t研究旧桥。\t10.1234/bl.4\t2011-05-02",
        {"title": "旧桥下的泥炭", "authors": ["白石", "莫小林"], "venue": "沼泽通讯", "volume": "4", "number": "2", "keywords": ["泥炭", "桥"], "precision": "day"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_tables_of_programs(program: str, mark: str) -> None:
    header, row, expected = PROGRAMS[program]
    found = table(header.split("\t"), row.split("\t"), mark=mark, name="x.txt")
    paper = first(found)
    assert {name: paper.get(name) for name in expected} == expected
    assert found.ledger.sentence() == "1 record read: 1 accepted."
    assert found.ledger.findings[0].by_values == []


def test_google_patents_search_address_above_the_header() -> None:
    text = (
        "search URL:,https://patents.google.com/?q=sluice\n"
        "id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result link\n"
        'US-77-B2,Sluice for peat water,Example Works,"Ida Moss, Lou Fenn",2009-01-02,2010-01-02,2012-03-04,2012-03-04,https://example.org/US77\n'
    )
    paper = first(read_files(Source("gp-search.csv", data=text.encode())))
    assert (paper["title"], paper["authors"], str(paper["published"])[:10]) == (
        "Sluice for peat water",
        ["Ida Moss", "Lou Fenn"],
        "2012-03-04",
    )
    assert (paper["id"], paper["url"], paper["assignee"]) == ("US-77-B2", "https://example.org/US77", "Example Works")


# What somebody who writes the language calls the columns; not copied from the table under test.
HEADERS = {
    "Chinese": ["标题", "作者", "期刊", "年份", "摘要", "关键词", "链接"],
    "Chinese, traditional": ["題名", "作者", "刊名", "出版年", "摘要", "關鍵詞", "網址"],
    "Japanese": ["タイトル", "著者名", "雑誌名", "発行年", "抄録", "キーワード", "リンク"],
    "Japanese, half-width": ["ﾀｲﾄﾙ", "著者", "掲載誌", "出版年", "要旨", "ｷｰﾜｰﾄﾞ", "URL"],
    "Korean": ["논문 제목", "저자", "학술지", "발행 연도", "초록", "주제어", "링크"],
    "Russian": ["Название", "Авторы", "Журнал", "Год", "Аннотация", "Ключевые слова", "Ссылка"],
    "Spanish": ["Título", "Autores", "Revista", "Año", "Resumen", "Palabras clave", "Enlace"],
    "Spanish, no accents": ["TITULO", "AUTOR(ES)", "REVISTA", "ANO DE PUBLICACION", "RESUMEN", "PALABRAS CLAVE", "URL"],
    "Portuguese": ["Título", "Autores", "Periódico", "Ano", "Resumo", "Palavras-chave", "Link"],
    "German": ["Titel", "Autor:innen", "Zeitschrift", "Jahr", "Zusammenfassung", "Schlagwörter", "Link"],
    "German, other words": ["Titel des Beitrags", "Verfasser", "Titel der Zeitschrift", "Erscheinungsjahr", "Kurzfassung", "Stichwörter", "URL"],
    "French": ["Titre", "Auteur(s)", "Revue", "Année", "Résumé", "Mots-clés", "Lien"],
    "French, inclusive": ["Titre de l’article", "Auteur·e·s", "Titre de la revue", "Année de publication", "Résumé", "Mots clés", "URL"],
    "Italian": ["Titolo", "Autori", "Rivista", "Anno", "Riassunto", "Parole chiave", "Collegamento"],
    "Polish": ["Tytuł", "Autorzy", "Czasopismo", "Rok", "Streszczenie", "Słowa kluczowe", "URL"],
    "Dutch": ["Titel", "Auteurs", "Tijdschrift", "Jaar", "Samenvatting", "Trefwoorden", "Link"],
    "Turkish": ["Başlık", "Yazarlar", "Dergi", "Yıl", "Özet", "Anahtar Kelimeler", "URL"],
    "Ukrainian": ["Назва", "Автори", "Журнал", "Рік", "Анотація", "Ключові слова", "Посилання"],
    "Czech": ["Název", "Autoři", "Časopis", "Rok vydání", "Abstrakt", "Klíčová slova", "Odkaz"],
    "Hungarian": ["Cím", "Szerzők", "Folyóirat", "Megjelenés éve", "Összefoglaló", "Kulcsszavak", "URL"],
    "Romanian": ["Titlu", "Autori", "Revista", "Anul", "Rezumat", "Cuvinte cheie", "Link"],
    "Croatian": ["Naslov", "Autori", "Časopis", "Godina", "Sažetak", "Ključne riječi", "Poveznica"],
    "Swedish": ["Titel", "Författare", "Tidskrift", "År", "Sammanfattning", "Nyckelord", "Länk"],
    "Danish": ["Titel", "Forfattere", "Tidsskrift", "År", "Resumé", "Nøgleord", "Link"],
    "Norwegian": ["Tittel", "Forfatter(e)", "Tidsskrift", "År", "Sammendrag", "Nøkkelord", "Lenke"],
    "Finnish": ["Otsikko", "Tekijät", "Lehti", "Vuosi", "Tiivistelmä", "Avainsanat", "Linkki"],
    "Greek": ["Τίτλος", "Συγγραφείς", "Περιοδικό", "Έτος", "Περίληψη", "Λέξεις-κλειδιά", "Σύνδεσμος"],
    "Arabic": ["العنوان", "المؤلفون", "المجلة", "السنة", "الملخص", "الكلمات المفتاحية", "الرابط"],
    "Persian": ["عنوان مقاله", "نویسندگان", "نشریه", "سال انتشار", "چکیده", "کلمات کلیدی", "لینک"],
    "Hebrew": ["כותרת", "מחברים", "כתב עת", "שנה", "תקציר", "מילות מפתח", "קישור"],
    "Indonesian": ["Judul", "Penulis", "Jurnal", "Tahun", "Abstrak", "Kata Kunci", "Tautan"],
    "Vietnamese": ["Tên bài báo", "Tác giả", "Tạp chí", "Năm", "Tóm tắt", "Từ khóa", "Liên kết"],
    "Catalan": ["Títol", "Autors", "Revista", "Any", "Resum", "Paraules clau", "Enllaç"],
    "two languages": ["Title/题名", "Author（作者）", "Journal 期刊", "Year_年份", "Abstract-摘要", "Keywords:关键词", "URL"],
    "English, in humps": ["articleTitle", "authorNames", "journalTitle", "pubYear", "abstractText", "authorKeywords", "fullTextUrl"],
    "English, with remarks": ["Title (original)", "Authors [all]", "Journal:", "Year*", "Abstract (EN)", "KEYWORDS", "Link"],
}  # fmt: skip


@pytest.mark.parametrize("language", HEADERS)
def test_headers_in_many_languages(language: str) -> None:
    row = [
        "Peat under old bridges",
        "Moss, Ida; Fenn, Lou",
        "Bog Letters",
        "2011",
        "Peat holds.",
        "peat; bridge",
        "https://example.org/p",
    ]
    found = table(HEADERS[language], row)
    paper = first(found)
    assert [paper[name] for name in ("title", "authors", "venue", "year", "abstract", "keywords", "url")] == [
        "Peat under old bridges", ["Moss, Ida", "Fenn, Lou"], "Bog Letters", 2011, "Peat holds.", ["peat", "bridge"], "https://example.org/p",
    ]  # fmt: skip
    # By their names alone: in another order and without rows too.
    names = HEADERS[language][::-1]
    assert set(columns_to_fields(names).values()) == {"title", "authors", "venue", "year", "abstract", "keywords", "url"}


def test_every_word_of_a_language_means_the_field_it_stands_under() -> None:
    for words in LANGUAGES.values():
        assert words.keys() <= SYNONYMS.keys() | FURTHER.keys()
    for field, names in SYNONYMS.items():
        for name in names:
            assert field in columns_to_fields([name]).values(), name


def test_a_date_is_called_data_beside_other_words_of_its_language_only() -> None:
    assert columns_to_fields(["Título", "Autores", "Data"])["Data"] == "published"
    assert columns_to_fields(["Titolo", "Autori", "Data"])["Data"] == "published"
    assert "data" not in columns_to_fields(["title", "authors", "data"])


def test_a_name_is_a_title_where_authors_and_another_field_stand_beside_it_only() -> None:
    assert columns_to_fields(["Name", "Authors", "DOI"])["Name"] == "title"
    assert "Name" not in columns_to_fields(["Name", "Authors", "DOI", "Title"])
    assert "Name" not in columns_to_fields(["Name", "Authors", "Colour"])
    assert "Name" not in columns_to_fields(["Name", "Year", "Amount"])


ABSTRACTS = [
    "Bridges of the last century stand on peat. " * 9 + "We drilled into nine of them.",
    "Ships leave marks on lake shores that last for years. " * 7 + "They can be dated.",
    "Owls listen for mice under snow. " * 11 + "Deep snow hides them.",
]
UNKNOWN = [
    ["2011", "Peat under nine old bridges", "Ida Moss; Lou B. Fenn", "10.1234/bl.4", ABSTRACTS[0], "a"],
    ["2013", "Marks of ships on lake shores", "Tom Reed", "10.1234/bl.9", ABSTRACTS[1], "b"],
    ["2016", "What owls hear under the snow", "Ida Moss; Ann-Marie O'Hara; Li Wei", "10.1234/bl.77", ABSTRACTS[2], "a"],
]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_columns_under_names_that_tell_nothing_are_known_by_their_values(mark: str) -> None:
    header = ["q1", "q2", "q3", "q4", "q5", "q6"]
    found = table(header, *UNKNOWN, mark=mark)
    papers = found.table.to_pylist()
    assert [p["title"] for p in papers] == [row[1] for row in UNKNOWN]
    assert [p["authors"] for p in papers] == [row[2].split("; ") for row in UNKNOWN]
    assert [(p["year"], p["doi"], p["abstract"], p["q6"]) for p in papers] == [(int(r[0]), r[3], r[4], r[5]) for r in UNKNOWN]
    finding = found.ledger.findings[0]
    assert finding.columns == {"q1": "year", "q2": "title", "q3": "authors", "q4": "doi", "q5": "abstract"}
    assert sorted(finding.by_values) == ["q1", "q2", "q3", "q4", "q5"]
    # What was guessed can be corrected.
    corrected = table(header, *UNKNOWN, mark=mark, columns={"q6": "title", "q2": "venue", "q5": None})
    assert [(p["title"], p["venue"], p["q5"]) for p in corrected.table.to_pylist()] == [(r[5], r[1], r[4]) for r in UNKNOWN]


@pytest.mark.parametrize(
    "name", ["notes", "Reviewer notes", "screeningComments", "Anmerkungen", "Observações", "备注", "ملاحظات"]
)
def test_remarks_are_no_abstracts_however_long(name: str) -> None:
    rows = [[UNKNOWN[n][1], str(n % 2), ABSTRACTS[n]] for n in range(3)]
    papers = table(["title", "included", name], *rows).table.to_pylist()
    assert [(paper["abstract"], paper[name]) for paper in papers] == [(None, ABSTRACTS[n]) for n in range(3)]
    told = table(["title", "included", name], *rows, columns={name: "abstract"}).table.to_pylist()
    assert [paper["abstract"] for paper in told] == ABSTRACTS[:3]


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
@pytest.mark.parametrize(("numbers", "own"), [("012", False), ("123", False), ("234", True), ("021", True), ("001", True)])
def test_the_index_of_a_frame_is_no_column_of_its_papers(name: str, numbers: str, own: bool) -> None:
    rows = [[numbers[n], UNKNOWN[n][1], UNKNOWN[n][0]] for n in range(3)]
    papers = table([name, "title", "year"], *rows).table.to_pylist()
    kept = name or "column 1"
    assert [paper.get(kept) for paper in papers] == (list(numbers) if own else [None] * 3)
    assert own or kept not in papers[0]
    told = table([name, "title"], *(row[:2] for row in rows), columns={name: "upvotes"}).table.to_pylist() if name else []
    assert [paper["upvotes"] for paper in told] == [int(number) for number in numbers[: len(told)]]
    # What has a name tells what it says.
    assert [paper["number"] for paper in table(["number", "title", "year"], *rows).table.to_pylist()] == list(numbers)


def test_a_table_without_a_header_loses_no_row() -> None:
    found = table(UNKNOWN[0], *UNKNOWN[1:])
    assert [p["title"] for p in found.table.to_pylist()] == [row[1] for row in UNKNOWN]
    assert [p["year"] for p in found.table.to_pylist()] == [2011, 2013, 2016]
    assert found.ledger.findings[0].header == [f"column {n}" for n in range(1, 7)]
    corrected = table(UNKNOWN[0], *UNKNOWN[1:], columns={"column 6": "title", "column 2": None})
    assert [(p["title"], p["column 2"]) for p in corrected.table.to_pylist()] == [(r[5], r[1]) for r in UNKNOWN]


def test_eastern_values_are_known_too() -> None:
    rows = [
        ["旧桥下的泥炭分布与成因", "白石；莫小林", "2011"],
        ["湖岸船舶痕迹的定年研究", "李雷、韩梅梅", "2013"],
        ["雪下猫头鹰的听觉行为", "王一", "2016"],
    ]
    found = table(["列甲", "列乙", "列丙"], *rows)
    assert [(p["title"], p["authors"], p["year"]) for p in found.table.to_pylist()] == [
        (rows[0][0], ["白石", "莫小林"], 2011), (rows[1][0], ["李雷", "韩梅梅"], 2013), (rows[2][0], ["王一"], 2016),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "b"], ["1", "2"]],
        [["city", "inhabitants"], ["Bergen", "285000"], ["Graz", "291000"]],
        [["answer", "remark"], ["I would rather not say this here", "x"], ["It was much too loud for me", "y"]],
        [["day", "sales"], ["2011", "17"], ["2012", "18"]],
        [["code", "measured on", "where the sample was taken"], ["a1", "2011-05-02", "Bergen"], ["a2", "2011-05-03", "Graz"]],
    ],
)
def test_tables_of_other_things_are_no_papers(rows: list[list[str]]) -> None:
    with pytest.raises(ReadError, match="no title column"):
        table(*rows)


def test_values_do_not_speak_where_names_do() -> None:
    header = ["Title", "Authors", "Year", "RetractionDOI", "Profiles", "Remarks"]
    row = ["Peat under old bridges", "Moss, Ida", "2011", "10.1234/retraction.1", "https://example.org/moss", ABSTRACTS[0]]
    found = table(header, row)
    assert found.ledger.findings[0].columns == {"Title": "title", "Authors": "authors", "Year": "year"}
    paper = first(found)
    assert "doi" not in paper
    assert "url" not in paper
    assert paper["RetractionDOI"] == "10.1234/retraction.1"


@pytest.mark.parametrize("name", ["x.tsv", "x.tab", "x.csv"])
@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_a_column_is_told_whatever_parts_the_columns(name: str, mark: str) -> None:
    found = table(
        ["Kop", "Wie", "Wann?"], ["Peat", "Moss, Ida", "x"], mark=mark, name=name, columns={"Kop": "title", "Wie": "authors"}
    )
    paper = first(found)
    assert (paper["title"], paper["authors"], paper["Wann?"]) == ("Peat", ["Moss, Ida"], "x")
    assert found.ledger.findings[0].delimiter == mark


def test_a_told_column_makes_a_table_of_a_text_file() -> None:
    found = table(["Kop", "Wie"], ["Peat", "Moss, Ida"], mark="\t", name="x.txt", columns={"Kop": "title", "Wie": "authors"})
    assert first(found)["title"] == "Peat"


def test_editors_stand_in_for_authors_and_publishers_for_journals() -> None:
    header = ["Title", "Author", "Editor", "Publisher", "Year", "Item Type"]
    found = table(
        header,
        ["Handbook of peat", "", "Moss, Ida; Fenn, Lou", "Example Press", "2011", "book"],
        ["Peat", "Reed, Tom", "Moss, Ida", "", "2012", "bookSection"],
    )
    one, two = found.table.to_pylist()
    assert (one["authors"], one["editor"], one["venue"]) == (
        ["Moss, Ida", "Fenn, Lou"],
        "Moss, Ida; Fenn, Lou",
        "Example Press",
    )
    assert (two["authors"], two["editor"], two["venue"]) == (["Reed, Tom"], "Moss, Ida", None)


def test_numbers_that_are_names_are_no_fractions() -> None:
    paper = first(
        table(
            ["Title", "Year", "PMID", "Volume", "Start Page", "Score"], ["Peat", "2011.0", "31934719.0", "4.0", "15.0", "2.0"]
        )
    )
    assert (paper["year"], paper["pmid"], paper["volume"], paper["pages"], paper["Score"]) == (
        2011,
        "31934719",
        "4",
        "15",
        "2.0",
    )


def test_a_source_is_a_journal_where_it_is_no_database() -> None:
    rows = [["Peat", "Ida Moss", "Bog Letters"], ["Ships", "Tom Reed", "Shore Studies"], ["Owls", "Ida Moss", "Annals of Snow"]]
    assert [p["venue"] for p in table(["Title", "Authors", "Source"], *rows).table.to_pylist()] == [row[2] for row in rows]
    bases = [[title, names, base] for (title, names, _), base in zip(rows, ["PubMed", "Scopus", "Embase"], strict=True)]
    assert [(p["venue"], p["source"]) for p in table(["Title", "Authors", "Source"], *bases).table.to_pylist()] == [
        (None, row[2]) for row in bases
    ]


def test_sheets_are_read_by_their_values_too() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("empty")
    sheet = book.add_worksheet("data")
    for number, row in enumerate([["q1", "q2", "q3", "q4", "q5", "q6"], *UNKNOWN]):
        for place, cell in enumerate(row):
            sheet.write(number, place, int(cell) if cell.isdecimal() else cell)
    book.close()
    found = read_files(Source("x.xlsx", data=buffer.getvalue()))
    assert [(p["title"], p["year"]) for p in found.table.to_pylist()] == [(row[1], int(row[0])) for row in UNKNOWN]
    assert found.ledger.findings[0].columns["q5"] == "abstract"


def test_fields_by_row() -> None:
    text = (
        'TITLE,Peat under old bridges\nAUTHOR NAMES,Moss I.,Fenn L.B.\nSOURCE TITLE,Bog Letters\nPUBLICATION YEAR,2011\nDOI,10.1234/bl.4\n"ABSTRACT","Peat, it holds."\n\n'
        "TITLE,Owls\nSOURCE TITLE,Annals of Snow\nPUBLICATION YEAR,2016\nLANGUAGE OF ARTICLE,English\n"
    )
    found = read_files(Source("x.csv", data=text.encode()))
    one, two = found.table.to_pylist()
    assert (one["title"], one["authors"], one["venue"], one["year"], one["doi"], one["abstract"]) == (
        "Peat under old bridges", ["Moss I.", "Fenn L.B."], "Bog Letters", 2011, "10.1234/bl.4", "Peat, it holds.",
    )  # fmt: skip
    assert (two["title"], two["authors"], two["venue"], two["LANGUAGE OF ARTICLE"]) == (
        "Owls",
        None,
        "Annals of Snow",
        "English",
    )
    assert found.ledger.sentence() == "2 records read: 2 accepted."


@pytest.mark.parametrize("name", ["x.xls", "x.html"])
def test_a_workbook_that_is_a_table_in_html(name: str) -> None:
    cells = [
        ["SrcDatabase-来源库", "Title-题名", "Author-作者", "Source-文献来源", "Year-年"],
        ["期刊", "旧桥下的泥炭 &amp; 湖", "白石;莫小林;", "沼泽通讯", "2011"],
    ]
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    menu = "<table><tr><td>Home</td><td>Help</td></tr></table>"
    found = read_files(Source(name, data=f"<html><body>{menu}<table border=1>{rows}</table></body></html>".encode()))
    paper = first(found)
    assert (paper["title"], paper["authors"], paper["venue"], paper["year"]) == (
        "旧桥下的泥炭 & 湖",
        ["白石", "莫小林"],
        "沼泽通讯",
        2011,
    )
    assert found.ledger.findings[0].format == "HTML table"


def test_a_page_without_such_a_table_is_refused_in_words() -> None:
    with pytest.raises(ReadError, match=r"no table|no title column"):
        read_files(Source("x.html", data=b"<html><body><p>Nothing</p></body></html>"))


def test_the_schema_reads_back_under_its_own_names() -> None:
    assert columns_to_fields(FIELDS) == {name: name for name in FIELDS}


def test_a_year_of_thousands_of_digits_is_no_year(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(f'title,year\nOne,{"1" * 5000}\nTwo,2020\nThree,"{"1" * 5000}.0\n')
    result = read_files(path)
    assert result.papers["title"].tolist() == ["One", "Two", "Three"]
    assert result.papers["year"].fillna(0).tolist() == [0, 2020, 0]
    assert [note.before[:9] for note in result.ledger.notes if note.reason == "not a whole number"] == ["1" * 9] * 2


@pytest.mark.parametrize("written", ["31934719.0", "31934719.00", "3.1934719E+07", "3.1934719e7", "31934719"])
@pytest.mark.parametrize("name", ["pmid", "PubMed ID", "pubmedID"])
def test_a_pmid_is_whole_whatever_wrote_it(written: str, name: str) -> None:
    text = f"title,{name}\nOn reeds,{written}\nOn lakes,7\n"
    assert read_files(Source("x.csv", data=text.encode())).papers["pmid"].tolist() == ["31934719", "7"]
    papers = [{"title": "On reeds", name: written}, {"title": "On lakes", name: "7"}]
    # Records that are no table keep the names of their fields.
    assert read_files(Source("x.json", data=json.dumps(papers).encode())).papers[name].tolist() == ["31934719", "7"]


def test_a_pmid_is_a_number_and_nothing_else() -> None:
    """Embase writes an address behind it, abstrackr a zero where there is none; a version or a volume may be 0."""
    text = "title,PMID,volume\nOn reeds,25700001 (http://www.ncbi.nlm.nih.gov/pubmed/25700001),0\nOn lakes,0,1 (2)\n"
    found = read_files(Source("x.csv", data=text.encode()))
    assert found.papers["pmid"].fillna("").tolist() == ["25700001", ""]
    assert found.papers["volume"].tolist() == ["0", "1 (2)"]
    assert [(note.field, note.after) for note in found.ledger.notes] == [("pmid", "25700001"), ("pmid", "")]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["Moss I, Fenn L.", "Poe A."], [["Moss I", "Fenn L"], ["Poe A"]]),
        (["Moss I.; Fenn L.", "Poe A."], [["Moss I.", "Fenn L."], ["Poe A."]]),
    ],
)
def test_a_full_stop_ends_a_list_only_where_initials_have_none(cells: list[str], names: list[list[str]]) -> None:
    text = "title,authors\n" + "".join(f'Paper {number},"{cell}"\n' for number, cell in enumerate(cells))
    assert read_files(Source("x.csv", data=text.encode())).table.column("authors").to_pylist() == names


def test_digits_that_a_workbook_or_a_float_lost_are_told() -> None:
    """2**53 + 1 is the first whole number that a float has not; as text a workbook keeps it."""
    beyond = 2**53 + 1
    frame = pd.DataFrame({"title": ["a", "b"], "id": [beyond, 12], "accession": [str(beyond), "7"]})
    book = io.BytesIO()
    frame.to_excel(book, index=False)
    found = read_files(Source("x.xlsx", data=book.getvalue()))
    assert found.papers["accession"].tolist() == [str(beyond), "7"]
    assert [(note.action, note.record, note.field) for note in found.ledger.notes] == [("repaired", 1, "id")]
    assert "15 digits" in found.ledger.notes[0].reason
    parquet = io.BytesIO()
    pd.DataFrame({"title": ["a", "b"], "id": [float(beyond), 12.0]}).to_parquet(parquet)
    floats = read_files(Source("x.parquet", data=parquet.getvalue()))
    assert [(note.action, note.record, note.field) for note in floats.ledger.notes] == [("repaired", 1, "id")]
    assert floats.papers["id"].tolist()[1] == "12"

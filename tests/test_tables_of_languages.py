"""Tables with headers in many languages, in the encodings that a local Excel saves, each against its own paper."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.sources.formats.registry import read_files
from explorer.sources.source import Source

TABLES = {
    "Chinese, Wanfang": (
        "gb18030", ",", "序号,题名,作者,作者单位,刊名,年,卷,期,页码,关键词,摘要", ["1", "干旱对苔藓生长的影响", "王伟;李娜", "某大学", "湿地科学", "2016", "8", "2", "12-19", "苔藓;干旱", "苔藓变干。"],
        "干旱对苔藓生长的影响", ["王伟", "李娜"], "湿地科学", ["苔藓", "干旱"],
    ),
    "Chinese, Taiwan": (
        "big5", ",", "題名,作者,期刊名稱,出版年,卷期,關鍵詞,摘要", ["乾旱與苔蘚", "陳美玲、林志明", "濕地學刊", "2016", "8卷2期", "苔蘚、乾旱", "苔蘚變乾。"],
        "乾旱與苔蘚", ["陳美玲", "林志明"], "濕地學刊", ["苔蘚", "乾旱"],
    ),
    "Japanese": (
        "cp932", ",", "論文名,著者名,刊行物名,出版者,出版年月日,抄録,キーワード", ["湿原のミズゴケの成長", "山本 花子; 鈴木 一郎", "湿原研究", "湿原学会", "2016-05-03", "ミズゴケは乾く。", "ミズゴケ; 乾燥"],
        "湿原のミズゴケの成長", ["山本 花子", "鈴木 一郎"], "湿原研究", ["ミズゴケ", "乾燥"],
    ),
    "Japanese, by hand": (
        "utf-8", ",", "タイトル,著者,雑誌名,発行年,要旨,キーワード", ["湿原のコケ", "山本花子，鈴木一郎", "湿原研究", "2016年", "コケは乾く。", "コケ，乾燥"],
        "湿原のコケ", ["山本花子", "鈴木一郎"], "湿原研究", ["コケ", "乾燥"],
    ),
    "Korean": (
        "cp949", ",", "논문제목,저자명,학술지명,발행연도,권,호,초록,키워드", ["물이끼와 가뭄", "김민수; 박영희", "습지학회지", "2016", "8", "2", "이끼가 마른다.", "이끼; 가뭄"],
        "물이끼와 가뭄", ["김민수", "박영희"], "습지학회지", ["이끼", "가뭄"],
    ),
    "Russian": (
        "cp1251", ";", "Название;Авторы;Журнал;Год;Аннотация;Ключевые слова", ["Мхи и засуха", "Иванов П.С., Щукина О.А.", "Вестник болотоведения", "2016", "Мхи сохнут.", "мхи; засуха"],
        "Мхи и засуха", ["Иванов П.С.", "Щукина О.А."], "Вестник болотоведения", ["мхи", "засуха"],
    ),
    "Portuguese": (
        "cp1252", ";", "Título;Autores;Revista;Ano de publicação;Resumo;Palavras-chave", ["Musgos e seca", "Silva, João; Sá, Inês", "Revista do Pântano", "2016", "Os musgos secam.", "musgos; seca"],
        "Musgos e seca", ["Silva, João", "Sá, Inês"], "Revista do Pântano", ["musgos", "seca"],
    ),
    "German": (
        "cp1252", ";", "Titel;Verfasser;Zeitschrift;Erscheinungsjahr;Zusammenfassung;Schlagwörter", ["Moose und Dürre", "Müller, Jörg; Groß, Änne", "Moorkunde", "2016", "Moose trocknen.", "Moose; Dürre"],
        "Moose und Dürre", ["Müller, Jörg", "Groß, Änne"], "Moorkunde", ["Moose", "Dürre"],
    ),
    "French": (
        "utf-8", ";", "Titre;Auteurs;Revue;Année;Résumé;Mots-clés", ["Mousses et sécheresse", "Lefèvre, Hélène ; Noël, Luc", "Revue des tourbières", "2016", "Les mousses sèchent.", "mousses ; sécheresse"],
        "Mousses et sécheresse", ["Lefèvre, Hélène", "Noël, Luc"], "Revue des tourbières", ["mousses", "sécheresse"],
    ),
    "Italian": (
        "utf-8", ",", "Titolo,Autori,Rivista,Anno,Riassunto,Parole chiave", ["Muschi e siccità", "Rossi, Maria; Bianchi, Ugo", "Paludi", "2016", "I muschi seccano.", "muschi; siccità"],
        "Muschi e siccità", ["Rossi, Maria", "Bianchi, Ugo"], "Paludi", ["muschi", "siccità"],
    ),
    "Polish": (
        "cp1250", "\t", "Tytuł\tAutorzy\tCzasopismo\tRok\tStreszczenie\tSłowa kluczowe", ["Mchy i susza", "Wójcik, Łukasz; Gąska, Ewa", "Przegląd Torfowy", "2016", "Mchy schną.", "mchy; susza"],
        "Mchy i susza", ["Wójcik, Łukasz", "Gąska, Ewa"], "Przegląd Torfowy", ["mchy", "susza"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TABLES)
def test_headers_of_languages(language: str) -> None:
    encoding, separator, header, row, title, authors, venue, keywords = TABLES[language]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerow(row)
    data = f"{header}\n{text.getvalue()}".encode(encoding)
    (paper,) = read_files(Source("table.csv", data=data)).table.to_pylist()
    assert (paper["title"], paper["authors"], paper["venue"], paper["keywords"]) == (title, authors, venue, keywords)
    assert paper["year"] == 2016
    assert paper["abstract"]


def test_tags_that_zotero_made_itself_are_keywords_where_there_are_no_others() -> None:
    table = "Key,Item Type,Title,Manual Tags,Automatic Tags\nA,journalArticle,Reeds of lakes,,Water; Lake plants\nB,journalArticle,Reeds,moss,Water\n"
    papers = read_files(Source("zotero.csv", data=table.encode())).table.to_pylist()
    assert papers[0]["keywords"] == ["Water", "Lake plants"]
    assert papers[1]["keywords"] == ["moss"]

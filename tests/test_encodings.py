"""Text in the encodings before Unicode, and text that was decoded wrongly before it came."""

from __future__ import annotations

import codecs

import pandas as pd
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import import_papers
from explorer.dashboard.intake.review import ENCODINGS
from explorer.sources.charsets import CANDIDATES, SURE, readings
from explorer.sources.encoding import decode, encoding_of, found_in, is_utf8, restored
from explorer.sources.source import Source

# What was encoded is the oracle of what is decoded.
TITLES = {
    "Russian": ("Сезонный рост тростника в озёрах", "Щукина, Юлия", ("cp1251", "koi8-r", "iso8859-5", "mac-cyrillic", "cp866")),
    "Ukrainian": ("Зростання очерету в озерах України", "Їжак, Євген", ("cp1251", "koi8-u")),
    "Polish": ("Wzrost trzciny w jeziorach, źródła i łąki", "Żółtowska, Małgorzata", ("cp1250", "iso8859-2", "cp852")),
    "Czech": ("Růst rákosu v jezerech a řekách", "Dvořák, Jiří", ("cp1250", "iso8859-2")),
    "Greek": ("Η ανάπτυξη των καλαμιών στις λίμνες", "Παπαδοπούλου, Ελένη", ("cp1253", "iso8859-7")),
    "Turkish": ("Göllerde kamışın büyümesi üzerine ışığın etkisi", "Yıldız, Ayşe", ("cp1254",)),
    "Arabic": ("نمو القصب في البحيرات الشمالية", "الأحمد, سعيد", ("cp1256", "iso8859-6")),
    "Hebrew": ("צמיחת הקנים באגמים הצפוניים", "כהן, דוד", ("cp1255",)),
    "Lithuanian": ("Nendrių augimas ežeruose ir žiemos šaltis", "Žukauskas, Šarūnas", ("cp1257",)),
    "Thai": ("การเจริญเติบโตตามฤดูกาลของต้นกกในทะเลสาบ", "สมชาย, ใจดี", ("cp874", "tis-620")),
    "Japanese": ("湖沼におけるヨシの季節的な成長", "山田, 太郎", ("shift_jis", "euc_jp", "iso2022_jp")),
    "Korean": ("호수에서 갈대의 계절적 생장에 관한 연구", "김철수", ("euc_kr", "cp949")),
    "Chinese": ("城市湿地植物群落的季节动态", "王小明", ("gb2312", "gbk", "gb18030")),
    "Chinese, traditional": ("湖泊蘆葦的季節生長研究", "陳大偉", ("big5",)),
    "French": ("La forêt où naît la rivière : œuvre complète", "Béranger, Zoé", ("cp1252", "mac-roman", "iso8859-15")),
    "German": ("Über das Wachstum großer Gewässerpflanzen", "Müller, Jörg", ("cp1252", "latin-1", "mac-roman", "cp850")),
    "Icelandic": ("Vöxtur reyrs í stöðuvötnum á Íslandi", "Þórðardóttir, Æsa", ("cp1252",)),
}


@pytest.mark.parametrize(
    ("language", "encoding"), [(language, encoding) for language, (*_, names) in TITLES.items() for encoding in names]
)
def test_a_short_file_is_read_in_its_encoding(language: str, encoding: str) -> None:
    title, author, _ = TITLES[language]
    text = f"@article{{a,\n  title = {{{title}}},\n  author = {{{author}}},\n  year = 2014}}\n@misc{{b, title = {{Reeds of lakes}}}}\n"
    result = import_papers(Source("x.bib", data=text.encode(encoding)))
    paper, other = result.table.to_pylist()
    assert (paper["title"], paper["authors"], other["title"]) == (title, [author], "Reeds of lakes")
    [finding] = result.ledger.findings
    assert codecs.lookup(finding.encoding), "a name that can be told again"
    assert (finding.sureness >= SURE) == (not finding.readings) == (not result.ledger.notes)


def test_what_is_not_sure_is_noted_and_can_be_chosen() -> None:
    data = "title,year\nErdős,2014\n".encode("cp1250")
    result = import_papers(Source("x.csv", data=data))
    [finding] = result.ledger.findings
    assert finding.sureness < SURE
    assert 2 <= len(finding.readings) <= 3
    assert all(data.decode(way.encoding).splitlines()[1] == way.preview for way in finding.readings)
    assert len({way.preview for way in finding.readings}) == len(finding.readings)
    [note] = result.ledger.notes
    assert "not sure" in note.reason
    for way in finding.readings:
        assert way.encoding in note.reason
        assert way.encoding in ENCODINGS
        told = import_papers(Source("x.csv", data=data), encoding=way.encoding)
        assert told.table.column("title").to_pylist() == [way.preview.split(",")[0]]
        assert (told.ledger.notes, told.ledger.findings[0].sureness) == ([], 1.0)


def test_the_whole_file_tells_and_not_its_head() -> None:
    filler = "".join(f"TY  - JOUR\r\nTI  - Reeds {number}\r\nER  - \r\n\r\n" for number in range(3000))
    data = (filler + "TY  - JOUR\r\nTI  - Сезонный рост тростника в озёрах\r\nER  - \r\n").encode("cp1251")
    result = import_papers(Source("x.ris", data=data))
    assert result.table.column("title")[-1].as_py() == "Сезонный рост тростника в озёрах"
    assert result.ledger.findings[0].encoding == "cp1251"


@pytest.mark.parametrize(
    "text", ["“Smart” readers’ guide – an overview…", "5 °C ± 2 µm, 10 m²", "© 2015 All rights reserved", "naïve café"]
)
def test_signs_alone_are_those_of_windows(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded(data: bytes) -> None:
    found = found_in(data)
    assert isinstance(decode(data), str)
    assert encoding_of(data) == found.encoding
    assert 0 < found.sureness <= 1
    assert is_utf8(data) <= (found.encoding in ("utf-8", "utf-8-sig"))
    assert sum(way.sureness for way in found.readings) <= 1 + 1e-9
    assert [way.sureness for way in found.readings] == sorted((way.sureness for way in found.readings), reverse=True)


@settings(max_examples=examples(100), deadline=None)
@given(st.text())
def test_unicode_is_not_guessed_at(text: str) -> None:
    if "\0" not in text and "\x1b$" not in text and not text.startswith("\ufeff"):
        assert found_in(text.encode()).encoding == "utf-8"
        assert decode(text.encode()) == text


def test_every_candidate_is_a_codec_of_languages_that_are_known() -> None:
    from explorer.sources.charsets import _costs

    known = {**_costs()["alphabets"], **_costs()["characters"]}
    for name, candidate in CANDIDATES.items():
        assert "a".encode(name) == b"a"
        assert set(candidate.languages) <= known.keys()


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "mac-roman", "cp1250"])
@pytest.mark.parametrize("text", ["Müller’s growth – and café", "Dvořák, Jiří", "Erdős number", "“naïve” œuvre"])
def test_text_that_was_decoded_wrongly_is_restored(text: str, codec: str) -> None:
    try:
        damaged = text.encode().decode(codec)
    except UnicodeDecodeError:
        pytest.skip("this text cannot be damaged so")
    csv = f'title,venue\n"{damaged}","{damaged}"\nPlain,Ann\n'
    result = import_papers(Source("x.csv", data=csv.encode()))
    first, second = result.table.to_pylist()
    assert (first["title"], second["title"]) == (text, "Plain")
    assert {(note.record, note.field, note.before) for note in result.ledger.notes} == {
        (1, "title", damaged),
        (1, "venue", damaged),
    }


LEGITIMATE = (
    "SÃO PAULO", "IL Y MARQUÉ…", "voilà le ‘café’", "L’Île-de-France", "A Â B", "“Å” is the ångström—a unit", "Δ√x", "χ² = 3.4 × 10−2",
    "Рёбра и рёбра", "«Ёлка» – дерево", "Ţară şi oraş", "Háček – ‘č’", "ÀÉÎÕÜ", "É", "東京－大阪", "3 × 5 µm ± 2", "naïve Æsir", "Ø–Å",
)  # fmt: skip


@pytest.mark.parametrize("text", LEGITIMATE)
def test_what_may_be_meant_stays(text: str) -> None:
    assert (
        import_papers(Source("x.jsonl", data=f'{{"title": "{text}"}}\n{{"title": "b"}}\n'.encode())).table.to_pylist()[0][
            "title"
        ]
        == text
    )


@pytest.mark.slow
def test_real_titles_stay(shared_data) -> None:  # type: ignore[no-untyped-def]
    import pyarrow.parquet as pq

    from explorer.papers.schema import conform

    table = conform(pq.read_table(shared_data / "arxiv" / "arxiv_100k.parquet", columns=["title", "abstract", "authors"]))
    notes: list[tuple[object, ...]] = []
    restored(table, lambda *told: notes.append(told))
    # One of a hundred thousand was decoded wrongly, twice, by whoever wrote it down.
    assert [(note[1], str(note[3]).count("’")) for note in notes] == [("title", 1)]


def test_numbers_that_are_names_stay_whole() -> None:
    from explorer import to_bibtex, to_csl_json, to_csv, to_excel, to_parquet, to_ris

    large = 2**53 + 1
    frame = pd.DataFrame(
        {
            "title": ["a", "b"],
            "id": [large, 2],
            "pmid": [31934719.0, None],
            "pubmedID": pd.array([31934719, None], dtype="Int64"),
            "volume": [12.0, 13.0],
            "number": ["7", 8],
            "citations": [3.0, None],
            "score": [0.5, 1.0],
            "serial": pd.array([large, None], dtype="Int64"),
        }
    )
    wanted = {"id": str(large), "pmid": "31934719", "pubmedID": "31934719", "volume": "12", "number": "7"}
    for write, name in ((to_csv, "x.csv"), (to_excel, "x.xlsx"), (to_parquet, "x.parquet"), (to_csl_json, "x.json")):
        [paper, other] = import_papers(Source(name, data=write(frame))).table.to_pylist()
        assert {key: paper[key] for key in wanted} == wanted, name
        assert (str(paper["citations"]), str(paper["serial"]), float(paper["score"])) == ("3", str(large), 0.5), name
        assert (other["pmid"], other["number"]) == (None, "8"), name
    for write in (to_bibtex, to_ris, to_csv, to_csl_json):
        assert b"31934719.0" not in write(frame)
        assert b"12.0" not in write(frame)
    # Written by pandas, which made floats of them for want of a value.
    result = import_papers(Source("x.csv", data=frame.to_csv(index=False).encode()))
    assert result.table.column("pmid").to_pylist() == ["31934719", None]


def test_mixed_ids_are_text() -> None:
    from explorer.papers.schema import to_table

    table = to_table(pd.DataFrame({"title": ["a", "b", "c"], "pmid": ["1", 2, float("nan")]}))
    assert table.column("pmid").to_pylist() == ["1", "2", None]
    assert table.column("pmid").type == pa.large_string()


def test_a_bracket_of_two_bytes_is_not_half_of_a_latin_word() -> None:
    """A letter of DOS and the next one are a bracket in Shift_JIS, and others single katakana; half a word they are not."""
    text = "title = {Einfluss der Dürre auf den Ertrag von Winterweizen},\nauthor = {Groß, Jürgen},\n"
    best = readings(text.encode("cp850"))[0]
    assert best.encoding == "cp850" or best.sureness < SURE

"""What each reader makes of the ways its format is written; records are made for these tests."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import ReadError
from explorer.papers.dates import finest, parse_date
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import to_table
from explorer.sources.encoding import encoding_of
from explorer.sources.formats.bibtex.bibtex import citation_keys, to_bibtex
from explorer.sources.formats.registry import Import, read_files, read_papers, recognise
from explorer.sources.formats.tables.delimited import to_csv
from explorer.sources.source import Source
from explorer.text.markup import plain_latex, plain_markup, to_latex


def _import(text: str | bytes, name: str = "x", **options: Any) -> Import:
    return read_files(Source(name, data=text.encode() if isinstance(text, str) else text), **options)


def _one(text: str | bytes, name: str = "x", **options: Any) -> dict[str, Any]:
    result = _import(text, name, **options)
    assert result.table.num_rows == 1, result.ledger.notes
    return result.table.to_pylist()[0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r'Erd{\H o}s, Ji{\v{r}}{\'{\i}} and M{\"u}ller', "Erdős, Jiří and Müller"), (r"\L{}ukasz \O{}re \c{c}a \aa", "Łukasz Øre ça å"),
        (r"\cb{S}tefan Ni\textcommabelow{s}, B\h{a}o, S{\ohorn}n, H\`{\ocircumflex}, \'{\uhorn}", "Ștefan Niș, Bảo, Sơn, Hồ, ứ"),
        (r"col\textperiodcentered{}lecci\'o", "col·lecció"), ("S$^{2}$FT", "S²FT"), (r"$\textit{Labor Space}$", "Labor Space"), (r"$O(n \log n)$ at $x_i \leq \alpha$", "O(n log n) at xᵢ ≤ α"),
        ("costs $5 and $10 a day", "costs $5 and $10 a day"), ("a --- b -- c ``q''", "a — b – c “q”"), (r"50\% of A \& B", "50% of A & B"),
        (r"A $\frac34$-approximation", "A 3/4-approximation"), (r"$\frac{3}{4}$ or $\frac 3 4$", "3/4 or 3/4"), (r"$1\tfrac12$", "1 1/2"),
        (r"$\frac{n+1}{2n}$", "(n+1)/2n"), (r"$\frac{1}{n+1}$", "1/(n+1)"), (r"$\frac\pi2x$", "π/2x"), (r"spin-$\nicefrac{1}{2}$", "spin-1/2"),
        (r"$\frac{\frac12}{3}$", "(1/2)/3"), (r"$x^{\frac{3}{2}}$", "x^(3/2)"), (r"$\sqrt2x$", "√2x"), (r"$\sqrt[3]{2}$", "∛2"), (r"$\sqrt[3]{x+1}$", "∛(x+1)"),
        (r"$\sqrt[n]{2}$", "ⁿ√2"), (r"$\binom{n}{2}$ pairs", "(n choose 2) pairs"), (r"$\sim$50 or $<$5 of $\ge$65", "~50 or <5 of ≥65"),
        (r"$\frac{1}$ a", "1/ a"),
        (r"p \textbackslashtextless 0.05, \textbackslashtextbackslashtextgreater= 4", "p <0.05, >= 4"), (r"a \textbackslash{}textless b", r"a \textless b"),
        ("{{Deep} {B}races}", "Deep Braces"), ("$4^{th}$", "4th"), (r"\unknown{kept} \alone", "kept alone"), ("  two\n lines ", "two lines"),
    ],
)  # fmt: skip
def test_latex_reads_as_text(text: str, plain: str) -> None:
    assert plain_latex(text).replace("ᵢ", "_i") == plain.replace("ᵢ", "_i")


def test_braces_nest_without_bound() -> None:
    assert plain_latex("{" * 100_000 + "x" + "}" * 100_000) == "x"
    assert plain_latex("{" * 100_000) == ""
    assert plain_latex("\\" + "textbackslash" * 100_000) == "\\"


@pytest.mark.parametrize(
    "text",
    [
        "a\\b{c}",
        "\\textless",
        "\\textbackslashtextless",
        "{}}{",
        "--",
        "---",
        "''",
        "$x$",
        "&amp;",
        "<i>",
        "~^_%#&",
        "`` ''",
        "50% {of} \\",
    ],
)
def test_latex_that_we_write_reads_back(text: str) -> None:
    assert plain_latex(to_latex(text)) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<jats:p>A <jats:italic>b</jats:italic></jats:p><jats:p>C</jats:p>", "A b\nC"), ("CO<sub>2</sub> at 10<sup>-3</sup>", "CO₂ at 10⁻³"),
        ("p < 0.05 and a<b and c>d", "p < 0.05 and a<b and c>d"), ("the <unk> token", "the <unk> token"), ("A &amp; B &#233;", "A & B é"),
        ("<ns4:p>A</ns4:p><ns4:p>CO<ns4:sub>2</ns4:sub></ns4:p>", "A\nCO₂"), ("a <ns4:x> b", "a <ns4:x> b"), ("&lt;i&gt;x&lt;/i&gt;", "x"), ("<mml:math><mml:mi>a</mml:mi><mml:annotation>\\a</mml:annotation></mml:math>", "a"),
        ("<script>alert(1)</script>x", "x"), ("AT&T;s", "AT&T;s"),
    ],
)  # fmt: skip
def test_markup_reads_as_text(text: str, plain: str) -> None:
    assert plain_markup(text) == plain


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024", "2024 year"), ("2024-03", "2024-03 month"), ("2014//", "2014 year"), ("2001/09/01/", "2001-09-01 day"), ("1996 Jul 9", "1996-07-09 day"),
        ("FEB 2011", "2011-02 month"), ("Nov. 16, 2004", "2004-11-16 day"), ("2015 Nov-Dec", "2015-11 month"), ("7/8/2024", "2024 year"),
        ("7/31/2024 14:00", "2024-07-31 day"), ("c1999", "1999 year"), ("2007-02-31", "2007-02 month"), ("20240311", "2024-03-11 day"),
        ("05.03.2011", "2011-03-05 day"), ("5. 3. 2011", "2011-03-05 day"), ("03.25.2011", "2011-03-25 day"), ("2011. 3. 5.", "2011-03-05 day"),
        ("05-03-2011", "2011 year"), ("15-Mar-12", "2012-03-15 day"), ("7-mai-98", "1998-05-07 day"), ("3rd of May 2011", "2011-05-03 day"),
        ("2012-05-12 (online)", "2012-05-12 day"), ("2011.03", "2011-03 month"),
    ],
)  # fmt: skip
def test_dates_read_as_far_as_they_are_known(text: str, day: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert f"{found[0].isoformat()[: {'year': 4, 'month': 7, 'day': 10}[found[1]]]} {found[1]}" == day


def test_a_date_without_a_year_takes_that_of_the_record() -> None:
    assert finest("2022", "MAR 16") == finest("2022", "MAR-16") == "2022-03-16"
    assert finest("MAR-16") == finest("2016", "MAR-16") == "2016-03"
    assert finest("1999", "2000-01-02") == "1999"
    assert parse_date("soon") is None
    # A year that stands for none, and a page or a day of which spreadsheets made a date.
    assert parse_date("9999") is parse_date("12-Mar") is parse_date("10-11-12") is None


def test_bibtex_names_between_semicolons() -> None:
    def authors(field: str) -> list[str]:
        return _one(f"@misc{{a, title = {{T}}, author = {{{field}}}}}", "x.bib")["authors"]

    assert authors("Doe, J.; Roe, {R.}; ") == ["Doe, J.", "Roe, R."]
    assert authors("Doe, J. and Roe; Sons") == ["Doe, J.", "Roe; Sons"]
    assert authors("{Roe; Sons}") == ["{Roe; Sons}"]
    assert len(authors("M&uuml;ller, A.")) == 1


def test_bibtex_strings_crossref_and_biblatex() -> None:
    result = _import(
        '@string{j = "Journal of " # x}\n@string{x = {X}}\n@STRING(k = "Of K")\n'
        "@inproceedings{a, title = {A: {B}}, author = {Doe, J. and {Barnes and Noble} and others}, crossref = {b}, month = jan # {~3}}\n"
        "@proceedings{b, title = {Proc. of P}, year = 2020}\n"
        "@article{c, title = {T}, subtitle = {S}, journaltitle = k, date = {2021-05-06/2021-06}, eprint = {2105.00001}, eprinttype = {arxiv}}",
        "x.bib",
    )
    first, second, third = result.table.to_pylist()
    assert first["authors"] == ["Doe, J.", "Barnes and Noble"]
    assert (first["venue"], first["year"], first["precision"]) == ("Proc. of P", 2020, "day")
    assert second["title"] == "Proc. of P"
    assert (third["title"], third["venue"], third["precision"], third["arxiv_id"]) == ("T: S", "Of K", "day", "2105.00001")


def test_bibtex_damage_is_mended_and_told() -> None:
    result = _import(
        "@article{a, title = {one {brace too many}, year = {2020}\n}\n\n@article{a, title = {same key}}\n@article{, title = {no key} year = 2001}\n"
        "@article{b, title = {first}, title = {second}, month = nonsense}\n@misc{c}\nnot an entry\n@misc{d, title = {last",
        "x.bib",
    )
    assert result.ledger.sentence() == "6 records read: 5 accepted (5 repaired), 1 rejected."
    titles = result.table.column("title").to_pylist()
    assert titles[1:] == ["same key", "no key", "first", "last"]
    assert titles[0].startswith("one")
    assert len(set(result.table.column("id").to_pylist())) == 5
    rejected = next(note for note in result.ledger.notes if note.action == "rejected")
    assert (rejected.record, rejected.line) == (5, 7)


def test_ris_dialects() -> None:
    result = _import(
        "\ufeffProvider: x\n1.\nTY - JOUR\nA1  - Doe, J.\nT1  - Title\n goes on\nJF  - J\nY1  - 2020/05//\nKW  - one\ntwo; three\nN2  - <p>A</p>\nER  - \n\n"
        "TY  - CONF\nTI  - Paper\nC3  - Proceedings\nT2  - Series\nPY  - 2019\nDA  - Jun 3\nM3  - doi: 10.1000/x.\nUR  - https://arxiv.org/abs/2001.00001v2\n"
        "TY  - BOOK\nTI  - Book\nA2  - Editor, E.\nPB  - House\n",
        "x.txt",
    )
    first, second, third = result.table.to_pylist()
    assert (first["title"], first["abstract"], first["keywords"]) == ("Title goes on", "A", ["one", "two", "three"])
    assert (first["authors"], first["venue"], str(first["published"])[:7]) == (["Doe, J."], "J", "2020-05")
    assert (second["venue"], second["doi"], second["arxiv_id"]) == ("Proceedings", "10.1000/x", "2001.00001")
    assert str(second["published"])[:10] == "2019-06-03"
    assert (third["authors"], third["venue"]) == (["Editor, E."], "House")
    assert result.ledger.repaired == 2


def test_medline_web_of_science_refer_and_ovid() -> None:
    paper = _one(
        "PMID- 12\nTI  - A long\n      title.\nFAU - Doe, Jane\nJT  - The J\nDP  - 2020 Mar-Apr\nLID - 10.1000/x [doi]\nOT  - k\nMH  - *M/x\n"
    )
    assert (paper["title"], paper["pmid"], paper["doi"], paper["keywords"]) == (
        "A long title.",
        "12",
        "10.1000/x",
        ["k", "M/x"],
    )
    paper = _one(
        "FN x\nVR 1.0\nPT J\nAU Doe, J\nAF Doe, Jane\n   Roe, R.\nTI T\n   t\nSO S\nPD JAN 3\nPY 2020\nDE a; b\nUT WOS:1\nER\n\nEF\n"
    )
    assert (paper["id"], paper["authors"], str(paper["published"])[:10]) == ("WOS:1", ["Doe, Jane", "Roe, R."], "2020-01-03")
    paper = _one("%0 Journal Article\n%T T\n%A Doe, J.\n%A Roe, R.\n%J J\n%D 2020\n%K a\nb\n%R 10.1000/x\n%G eng\n")
    assert (paper["authors"], paper["keywords"], paper["venue"]) == (["Doe, J.", "Roe, R."], ["a", "b"], "J")
    assert paper["language"] == "eng"
    paper = _one("<1. >\nTI  - T.  [Article]\nAU  - Doe, Jane MD, PhD *\nSO  - The Journal August 2011;43(8):647-653\n")
    assert (paper["title"], paper["authors"], paper["venue"], paper["precision"]) == (
        "T",
        ["Doe, Jane"],
        "The Journal",
        "month",
    )


def test_xml_dialects() -> None:
    paper = _one(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal><Title>The journal of x (Place)</Title><JournalIssue><PubDate>"
        "<Year>2020</Year><Month>Mar</Month></PubDate></JournalIssue></Journal><ArticleTitle>CO<sub>2</sub>.</ArticleTitle><Abstract><AbstractText "
        'Label="AIM">A</AbstractText><AbstractText>B</AbstractText></Abstract><AuthorList><Author><LastName>Doe</LastName><ForeName>J</ForeName></Author>'
        "</AuthorList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    assert (paper["title"], paper["venue"], paper["abstract"]) == ("CO₂", "The Journal of X", "AIM: A\nB")
    assert (paper["authors"], paper["precision"]) == (["Doe, J"], "month")
    paper = _one(
        "<xml><records><record><titles><title><style>T</style></title><secondary-title>J</secondary-title></titles><dates><year>2020</year></dates>"
        "<electronic-resource-num>https://doi.org/10.1000/X</electronic-resource-num></record></records></xml>"
    )
    assert (paper["title"], paper["venue"], paper["doi"], paper["year"]) == ("T", "J", "10.1000/x", 2020)


def test_json_dialects() -> None:
    paper = _one(
        '[{"type": "article-journal", "title": "T", "author": [{"family": "Doe", "given": "J."}], "issued": {"date-parts": [["2020", 5]]}}]'
    )
    assert (paper["authors"], str(paper["published"])[:7], paper["precision"]) == (["Doe, J."], "2020-05", "month")
    paper = _one(
        '{"meta": {}, "results": [{"id": "https://openalex.org/W1", "title": "T", "publication_year": 2020, "abstract_inverted_index": {"b": [1], "a": [0, 2]}}]}'
    )
    assert (paper["id"], paper["abstract"], paper["year"]) == ("W1", "a b a", 2020)
    paper = _one(
        '{"message-type": "work", "message": {"title": ["T"], "subtitle": ["S"], "DOI": "10.1000/X", "issued": {"date-parts": [[2020]]}}}'
    )
    assert (paper["title"], paper["doi"], paper["precision"]) == ("T: S", "10.1000/x", "year")
    paper = _one(
        '[{"paper": {"id": "2001.00001", "upvotes": 0, "githubRepo": "https://x.org", "ai_keywords": ["a"]}, "title": "T", "numComments": 3}]'
    )
    assert (paper["upvotes"], paper["comments"], paper["code_url"], paper["keywords"]) == (0, 3, "https://x.org", ["a"])


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ('Title,Authors,Year\nT,"Lim SM, Shiau CWC, Lau Y.",2020\n', ["Lim SM", "Shiau CWC", "Lau Y"]),
        ("Document Title,Authors,Publication Year\nT,A. Doe; B. Roe,2020\n", ["A. Doe", "B. Roe"]),
        ('Title;Author full names;Year\nT;"Doe, Jane (57204000000); Roe, R. (57204000001)";2020\n', ["Doe, Jane", "Roe, R."]),
        ("Item Title,Authors,Publication Year\nT,Jane DoeRichard Roe,2020\n", ["Jane Doe", "Richard Roe"]),
        ("title\tauthors\tyear\nT\t['Doe, J.', 'Roe, R.']\t2020\n", ["Doe, J.", "Roe, R."]),
        ('PT\tAU\tAF\tTI\tSO\tPY\nJ\tDoe, J\tDoe, Jane; Roe, R.\t"T\tS\t2020\n', ["Doe, Jane", "Roe, R."]),
        (
            '"About the data: exported"\nTitle,Authors,PubYear,DOI\nT,"Doe, Jane; Roe, R.",2020,10.1000/x\n',
            ["Doe, Jane", "Roe, R."],
        ),
    ],
    ids=["PubMed", "IEEE", "Scopus", "Springer", "ASReview", "Web of Science", "Dimensions"],
)
def test_tables_of_databases(text: str, authors: list[str]) -> None:
    paper = _one(text, "x.csv")
    assert (paper["authors"], paper["year"]) == (authors, 2020)
    assert paper["title"].strip('"') == "T"


def test_the_user_corrects_the_mapping() -> None:
    text = "Headline;Title;Who\nReal title;Mr;Doe, Jane\n"
    found = _import(text, "x.csv").ledger.findings[0]
    assert (found.format, found.delimiter, found.encoding, found.columns) == (
        "CSV or TSV",
        ";",
        "utf-8",
        {"Title": "title", "Who": "authors"},
    )
    assert found.by_values == ["Who"]
    paper = _one(text, "x.csv", columns={"Headline": "title", "Title": None, "Who": "authors"})
    assert (paper["title"], paper["authors"], paper["Title_text"]) == ("Real title", ["Doe, Jane"], "Mr")
    assert _one("a#title\nx#T\n", "x.csv", delimiter="#")["title"] == "T"
    assert _one("title,abstract\nÃ©,x\n".encode("latin-1"), "x.csv", encoding="utf-8")["title"] == "é"
    with pytest.raises(ReadError, match="no field of the schema"):
        _import(text, "x.csv", columns={"Headline": "headline"})
    with pytest.raises(ReadError, match="no encoding"):
        _import(text, "x.csv", encoding="utf-9")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "gbk"])
def test_encodings(encoding: str) -> None:
    title = (
        "中文期刊论文的标题与摘要"
        if encoding == "gbk"
        else "Café société — naïve"
        if encoding == "cp1252"
        else "Café société naïve"
    )
    text = f"title,abstract\n{title},x\n{title},y\n"
    papers = read_papers(Source("x.csv", data=text.encode(encoding)))
    assert papers["title"].tolist() == [title, title]


def test_stray_bytes_do_not_spoil_a_file() -> None:
    data = "title,abstract\nžluťoučký kůň,x\n".encode() * 20 + b"caf\xe9,x\n"
    assert encoding_of(data) == "utf-8 with stray bytes"
    titles = read_papers(Source("x.csv", data=data))["title"].tolist()
    assert (titles[0], titles[-1]) == ("žluťoučký kůň", "café")


def test_compression_archives_folders_and_globs(tmp_path: Path) -> None:
    bib, ris = b"@misc{a, title = {A}}", b"TY  - JOUR\nTI  - B\nER  - \n"
    (tmp_path / "a.bib.gz").write_bytes(gzip.compress(bib))
    (tmp_path / "b.xz").write_bytes(lzma.compress(ris))
    (tmp_path / "deep").mkdir()
    with zipfile.ZipFile(tmp_path / "deep" / "c.zip", "w") as archive:
        archive.writestr("in/c.bib", bib.replace(b"A", b"C"))
        archive.writestr("__MACOSX/._c.bib", b"junk")
    (tmp_path / "deep" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    (tmp_path / ".hidden").write_bytes(b"x")
    result = read_files(tmp_path)
    assert sorted(result.table.column("title").to_pylist()) == ["A", "B", "C"]
    assert (result.ledger.read, result.ledger.rejected) == (4, 1)
    assert read_files(tmp_path / "**" / "*.zip").table.column("title").to_pylist() == ["C"]
    with pytest.raises(ReadError, match="does not exist"):
        read_files(tmp_path / "*.nothing")


def test_what_is_no_bibliography_is_said_so() -> None:
    assert _import(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "x.png").ledger.rejected == 1
    assert _import(b"  \n", "x.bib").ledger.notes[0].reason == "the file is empty"
    with pytest.raises(ReadError, match="no format known here"):
        read_papers(Source("x.png", data=b"\x89PNG\r\n\x1a\n"))
    with pytest.raises(ReadError, match="empty"):
        recognise(Source("x.bib", data=b" "))


def test_content_beats_the_suffix() -> None:
    assert recognise(Source("x.csv", data=b"@misc{a, title = {A}}")).LABEL == "BibTeX"
    assert recognise(Source("x.bib", data=b"TY  - JOUR\nTI  - B\nER  - \n")).LABEL == "RIS"
    assert recognise(Source("x.xml", data=b'{"title": "A"}\n{"title": "B"}')).LABEL == "JSON or JSON lines"


def test_citation_keys_depend_on_the_paper_only() -> None:
    import pyarrow as pa

    rows = [
        {"id": "doi:10.1000/a", "title": "The attention of X", "authors": ["Vaswani, A."], "year": 2017},
        {"id": "doi:10.1000/b", "title": "Attention!", "authors": ["Ö. Vaswani"], "year": 2017},
        {"id": "mykey2020", "title": "Z", "authors": None, "year": None},
    ]
    table = to_table(pa.Table.from_pylist(rows))
    keys, backwards = (citation_keys(PaperBatches.of(some)) for some in (table, table.take(pa.array([2, 1, 0]))))
    assert keys == backwards[::-1]
    assert keys[2] == "mykey2020"
    assert keys[0].startswith("vaswani2017attention-")
    assert keys[0] != keys[1]
    assert citation_keys(PaperBatches.of(table.slice(0, 1))) == ["vaswani2017attention"]
    assert b"paperid = {doi:10.1000/a}" in to_bibtex(table)


def test_formulas_do_not_reach_a_spreadsheet() -> None:
    import csv

    import pyarrow as pa

    table = to_table(
        pa.table(
            {"id": ["a"], "title": ["=1+1"], "abstract": ["\t@x"], "venue": ["-2+3"], "keywords": [["+x"]], "upvotes": [-3]}
        )
    )
    row = next(csv.DictReader(io.StringIO(to_csv(table).decode())))
    assert (row["title"], row["venue"], row["keywords"], row["upvotes"]) == ("'=1+1", "'-2+3", "'+x", "-3")
    assert row["abstract"][0] in "'@"

"""Names of people and of bodies: reading, showing, listing and writing them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, Selection, import_papers, to_csl_json
from explorer.papers.author_names import (
    _BEGINS_BODY,
    _BODY,
    Name,
    bibtex_name,
    display,
    displayed,
    family_and_given,
    family_first,
    marked,
    name_splitter,
    parse_name,
    split_names,
)
from explorer.papers.schema import to_table
from explorer.sources.source import Source


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *[(text, Name("A. B.", "Lopez")) for text in ("Lopez AB", "Lopez A.B.", "Lopez A B", "Lopez, A. B.", "Lopez, AB", "A. B. Lopez", "AB Lopez", "A.B. Lopez")],
        *[(text, Name("Jan", "Berg", "van der")) for text in ("van der Berg, Jan", "Jan van der Berg")],
        ("Beethoven, Ludwig van", Name("Ludwig van", "Beethoven")),
        ("de la Cruz M.", Name("M.", "Cruz", "de la")),
        ("van der Berg", Name("", "Berg", "van der")),
        *[(text, Name("Sam", "Roe", suffix="Jr.")) for text in ("Roe, Jr., Sam", "Roe, Sam, Jr.", "Sam Roe, Jr.", "Sam Roe Jr", "Roe Jr., Sam")],
        ("Smith JA Jr", Name("J. A.", "Smith", suffix="Jr.")),
        ("Smith, JR", Name("J. R.", "Smith")),
        ("Smith JR", Name("J. R.", "Smith")),
        ("John Smith III", Name("John", "Smith", suffix="III")),
        ("Wei Zhao 0003", Name("Wei", "Zhao", suffix="0003")),
        ("Jane Doe, MD, PhD", Name("Jane", "Doe")),
        ("García López, MA", Name("M. A.", "García López")),
        ("Serre, J.P.", Name("J. P.", "Serre")),
        ("Serre J-P", Name("J.-P.", "Serre")),
        ("Jean-Pierre Serre", Name("Jean-Pierre", "Serre")),
        ("Guido Van Rossum", Name("Guido", "Van Rossum")),
        ("Thi Van Nguyen", Name("Thi Van", "Nguyen")),
        ("José Ortega y Gasset", Name("José", "Ortega y Gasset")),
        ("Mohammed bin Salman", Name("Mohammed", "Salman", "bin")),
        ("Omar al-Khalili", Name("Omar", "al-Khalili")),
        ("WANG LI", Name("WANG", "LI")),
        ("Frank Press", Name("Frank", "Press")),
        ("M. De la Sen", Name("M. De", "Sen", "la")),
        ("Иванов И.И.", Name("И. И.", "Иванов")),
        ("Иванов, Иван Иванович", Name("Иван Иванович", "Иванов")),
        ("王, 小明", Name("小明", "王")),
        ("山田 太郎", Name("太郎", "山田")),
        ("김, 철수", Name("철수", "김")),
        *[(text, Name(literal=text)) for text in ("王小明", "김철수", "OpenAI", "World Lake Organization", "Barnes and Noble, Inc.", "ATLAS Collaboration", "The Reed Team", "University of Lakes, Department of Reeds", "Министерство здоровья", "湖沼研究所", "Ministry of Health and Welfare")],
        ("World Lake Organization,", Name(literal="World Lake Organization")),
        ("Organization, World Lake", Name(literal="World Lake Organization")),
        ("Society, Ann", Name("Ann", "Society")),
        ("{Aurora Borealis}", Name(literal="Aurora Borealis")),
        ("", Name()),
    ],
)  # fmt: skip
def test_names_are_taken_apart(written: str, name: Name) -> None:
    assert parse_name(written) == name


@pytest.mark.parametrize(
    ("written", "shown", "ris", "bibtex"),
    [
        ("Lopez AB", "A. B. Lopez", "Lopez, A. B.", "Lopez, A. B."),
        ("Jan van der Berg", "Jan van der Berg", "van der Berg, Jan", "van der Berg, Jan"),
        ("Roe, Sam, Jr.", "Sam Roe Jr.", "Roe, Sam, Jr.", "Roe, Jr., Sam"),
        ("{Aurora Borealis}", "Aurora Borealis", "Aurora Borealis", "{Aurora Borealis}"),
        ("World Lake Organization", "World Lake Organization", "World Lake Organization", "{World Lake Organization}"),
        ("Barnes and Noble, Inc.", "Barnes and Noble, Inc.", "Barnes and Noble, Inc.", "{Barnes and Noble, Inc.}"),
        ("山田, 太郎", "山田太郎", "山田, 太郎", "山田, 太郎"),
        ("王小明", "王小明", "王小明", "王小明"),
        ("others", "others", "others", "{others}"),
    ],
)
def test_names_are_written(written: str, shown: str, ris: str, bibtex: str) -> None:
    assert (display(written), family_first(written), bibtex_name(written)) == (shown, ris, bibtex)


_words = st.sampled_from("Ana Bo Chiara Dmitri Élise Fatima Gül Hans-Peter Ione O'Neil Łukasz Şule".split())
_families = st.sampled_from("Lopez Meyer García Dvořák Öztürk Kowalska Smith-Jones O'Brien McDonald Иванов Δημητρίου".split())
_given_names = st.one_of(
    st.lists(_words, min_size=1, max_size=2).map(" ".join),
    st.lists(st.sampled_from("ABCDEFGHJKMN"), min_size=1, max_size=3).map(
        lambda some: " ".join(f"{letter}." for letter in some)
    ),
)
_people = st.builds(
    Name,
    _given_names,
    _families,
    st.sampled_from(("", "", "van", "de la", "van der", "bin")),
    st.sampled_from(("", "", "Jr.", "III")),
    st.just(""),
)


@settings(max_examples=examples(300), deadline=None)
@given(_people)
def test_every_form_of_a_person_is_read_back(name: Name) -> None:
    assert parse_name(display(name)) == name
    assert parse_name(family_first(name)) == name
    assert parse_name(bibtex_name(name)) == name
    assert parse_name(f"{name.last}, {name.given}" + (f", {name.suffix}" if name.suffix else "")) == name
    if all(word.endswith(".") for word in name.given.split()):
        letters = name.given.replace(".", "").replace(" ", "")
        suffix = f" {name.suffix}" if name.suffix else ""
        assert parse_name(f"{name.last} {letters}{suffix}") == name
        # Behind a comma these three are a degree.
        if letters != "MBA":
            assert parse_name(f"{name.last}, {letters}") == name._replace(suffix="")


@settings(max_examples=examples(300), deadline=None)
@given(_people)
def test_bibtex_agrees_with_pybtex(name: Name) -> None:
    database = pytest.importorskip("pybtex.database", reason="needs pybtex")
    for text in (bibtex_name(name), display(name._replace(suffix=""))):
        person = database.Person(text)
        found = parse_name(text)
        assert " ".join(person.last_names) == found.family
        assert " ".join(person.prelast_names) == found.particle
        assert " ".join([*person.first_names, *person.middle_names]) == found.given
        assert " ".join(person.lineage_names) == found.suffix


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(_people, min_size=1, max_size=5))
def test_lists_are_split_at_any_separator(people: list[Name]) -> None:
    inverted = [family_first(name) for name in people]
    plain = [display(name) for name in people]
    for separator in ("; ", ";", "；", " | ", "\n", " / "):
        assert split_names(separator.join(inverted)) == inverted
    assert split_names(" and ".join(inverted)) == inverted
    for mark in (", ", "，", "、", " & ", " and "):
        assert split_names(mark.join(plain)) == plain
    if len(plain) > 1:
        assert split_names(", ".join(plain[:-1]) + ", and " + plain[-1]) == plain
    for more in (" et al.", ", et al", "; ...", ", …", " and others"):
        assert split_names(", ".join(plain) + more) == plain
    initials = [f"{name.last} {''.join(word[0] for word in name.given.split())}" for name in people]
    assert split_names(", ".join(initials)) == initials
    dotted = [f"{name.last}, {''.join(word[0] + '.' for word in name.given.split())}" for name in people]
    assert split_names(", ".join(dotted)) == dotted
    assert split_names(", ".join(dotted[:-1]) + ", & " + dotted[-1]) == dotted if len(dotted) > 1 else True


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("王小明；李大伟；赵六", ["王小明", "李大伟", "赵六"]),
        ("钱七，孙八", ["钱七", "孙八"]),
        ("周九、吴十", ["周九", "吴十"]),
        ("王小明,李大伟,等", ["王小明", "李大伟"]),
        ("王小明,李大伟", ["王小明", "李大伟"]),
        ("山田, 太郎", ["山田, 太郎"]),
        ("김철수, 이영희", ["김철수", "이영희"]),
        ("Rath, Mary Jane,", ["Rath, Mary Jane"]),
        ("Wei Zhang, Na Li, Bo Chen, Xu Han", ["Wei Zhang", "Na Li", "Bo Chen", "Xu Han"]),
        ("Smith, John, Doe, Jane", ["Smith, John", "Doe, Jane"]),
        ("García Márquez, Gabriel", ["García Márquez, Gabriel"]),
        ("Barnes and Noble, Inc.", ["Barnes and Noble, Inc."]),
        ("{Barnes and Noble}; Roe, Sam", ["{Barnes and Noble}", "Roe, Sam"]),
        ("World Lake Organization and Jane Doe", ["World Lake Organization", "Jane Doe"]),
        ("Ministry of Health and Welfare", ["Ministry of Health and Welfare"]),
        ("Doe, J., WHO Group, Roe, R.", ["Doe, J.", "WHO Group", "Roe, R."]),
        ("Jane Doe, MD, PhD, John Roe, MD", ["Jane Doe", "John Roe"]),
        ("Sam Roe, Jr., Jane Doe, Ann Lee", ["Sam Roe, Jr.", "Jane Doe", "Ann Lee"]),
        ("Lopez, M.B.A., Roe, J.", ["Lopez, M.B.A.", "Roe, J."]),
        ("Lopez, Ana; Meyer, Karl & Roe, Sam", ["Lopez, Ana", "Meyer, Karl", "Roe, Sam"]),
        ("B Kohl, C Lang, D Mohn, ...", ["B Kohl", "C Lang", "D Mohn"]),
        ("...", []),
        ("", []),
        ("Moss, Ida y Fenn, Lou", ["Moss, Ida", "Fenn, Lou"]),
        *[
            (f"Ida Moss, Ann Poe {word} Lou Fenn", ["Ida Moss", "Ann Poe", "Lou Fenn"])
            for word in "y e i et und och ve".split()
        ],
        ("Петров П.П. и Иванова А.", ["Петров П.П.", "Иванова А."]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Ortega y Gasset, José", ["Ortega y Gasset, José"]),
        ("Antoni Gaudí i Cornet; Ida Moss", ["Antoni Gaudí i Cornet", "Ida Moss"]),
        ("محمد علي، أحمد حسن", ["محمد علي", "أحمد حسن"]),
        ("محمد علي؛ أحمد حسن", ["محمد علي", "أحمد حسن"]),
        ("山田太郎・鈴木花子", ["山田太郎", "鈴木花子"]),
        ("김철수·이영희", ["김철수", "이영희"]),
        ("卡尔·马克思", ["卡尔·马克思"]),
        ("ジョン・スミス", ["ジョン・スミス"]),
        ("Ida Moss1,2*, Lou Fenn3 and Ann Poe", ["Ida Moss", "Lou Fenn", "Ann Poe"]),
        ("Ida Moss (1), Lou Fenn (2,3)", ["Ida Moss", "Lou Fenn"]),
        ("Ida Moss¹, Lou Fenn²†", ["Ida Moss", "Lou Fenn"]),
        ("Moss, Ida [0000-0001-2345-678X]; Fenn, Lou (https://orcid.org/0000-0002-2345-6789)", ["Moss, Ida", "Fenn, Lou"]),
        ("Ida Moss <ida@example.org>; Lou Fenn", ["Ida Moss", "Lou Fenn"]),
        ("Moss, Ida, ida@example.org; Fenn, Lou", ["Moss, Ida", "Fenn, Lou"]),
        ("Ida Moss; ida@example.org; Lou Fenn", ["Ida Moss", "Lou Fenn"]),
        ("白石%莫小林%李雷", ["白石", "莫小林", "李雷"]),
        ("Moss I and Fenn L and et al.", ["Moss I", "Fenn L"]),
        ("Wei Zhao 0003; Reed2000", ["Wei Zhao 0003", "Reed2000"]),
        ("Moss, Ida (Department of Peat, University of A); Fenn, Lou (ed.)", ["Moss, Ida", "Fenn, Lou"]),
        ("Moss I, the Bog Study Group", ["Moss I", "the Bog Study Group"]),
        ("Alliance for Bogs, Fens and Mires", ["Alliance for Bogs, Fens and Mires"]),
    ],
)
def test_lists_met(cell: str, names: list[str]) -> None:
    assert split_names(cell) == names


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("A.B. Moss, C. Fenn", ["A.B. Moss", "C. Fenn"]),
        ("Moss A, Fenn C, Poe D", ["Moss A", "Fenn C", "Poe D"]),
        ("Иванов И.И., Петров П.П.", ["Иванов И.И.", "Петров П.П."]),
        ("Moss, Ida & Fenn, Lou", ["Moss, Ida", "Fenn, Lou"]),
        ("García López, MA", ["García López, MA"]),
        ("Roe, Sam, Jr.", ["Roe, Sam, Jr."]),
        ("Ida Moss, Lou Fenn, Ann Poe", ["Ida Moss", "Lou Fenn", "Ann Poe"]),
        ("Moss, Ida und Fenn, Lou", ["Moss, Ida", "Fenn, Lou"]),
        ("Moss, Ida | Fenn, Lou", ["Moss, Ida", "Fenn, Lou"]),
        ("Ida Moss et al.", ["Ida Moss"]),
        ("Moss, Ida, et al.", ["Moss, Ida"]),
        ("Ida Moss, Karl T. Meyer", ["Ida Moss", "Karl T. Meyer"]),
        ("García Márquez, Gabriel José", ["García Márquez, Gabriel José"]),
        ("Le Guin, Ursula Anna K.", ["Le Guin, Ursula Anna K."]),
        ("王小明,李大伟", ["王小明", "李大伟"]),
        ("王小明 李大伟", ["王小明", "李大伟"]),
        ("王小明,李大伟,等", ["王小明", "李大伟"]),
        ("김철수, 이영희", ["김철수", "이영희"]),
        ("山田 太郎, 鈴木 花子", ["山田 太郎", "鈴木 花子"]),
        # A family name and a given one.
        ("佐々木, 健太郎", ["佐々木, 健太郎"]),
        ("田中, 康夫", ["田中, 康夫"]),
        ("欧阳, 修", ["欧阳, 修"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("van der Berg, Jan, III", ["van der Berg, Jan, III"]),
        ("Moss, I. A., PhD", ["Moss, I. A., PhD"]),
    ],
)
def test_a_value_of_one_name_that_lists_several(value: str, names: list[str]) -> None:
    """BibTeX parts names by ``and`` and RIS by lines; exporters of other lists put several into one."""
    bib = Source("a.bib", data=f"@misc{{a, title={{Peat}}, author={{{value} and Ann Lee}}}}".encode())
    ris = Source("a.ris", data=f"TY  - JOUR\nTI  - Peat\nAU  - {value}\nAU  - Ann Lee\nER  - \n".encode())
    for source in (bib, ris):
        assert import_papers(source).table.column("authors").to_pylist() == [[*names, "Ann Lee"]], source.name


def test_blanks_that_pad_a_cell_part_no_names_and_cost_no_time() -> None:
    assert split_names("Fenn, Ida;" + " " * 20_000 + "Reed, Tom") == ["Fenn, Ida", "Reed, Tom"]
    assert split_names("Ida" + " " * 20_000 + "Fenn") == ["Ida Fenn"]
    assert split_names("Ida Fenn\n" + " " * 20_000 + "Tom Reed") == ["Ida Fenn", "Tom Reed"]


def test_a_column_tells_what_a_cell_does_not() -> None:
    cells = ["Doe, J., Roe, R.", "Poe, A. & Lee, B.", "Doe, J., WHO Group"]
    assert list(map(name_splitter(cells), cells)) == [["Doe, J.", "Roe, R."], ["Poe, A.", "Lee, B."], ["Doe, J.", "WHO Group"]]
    spaced = ["王小明 李大伟", "赵六安 钱七"]
    assert list(map(name_splitter(spaced), spaced)) == [["王小明", "李大伟"], ["赵六安", "钱七"]]
    assert name_splitter(["山田 太郎", "佐藤 花子"])("山田 太郎") == ["山田 太郎"]
    table = to_table(
        pa.table({"title": ["a", "b"], "authors": ["王小明；李大伟", "Lopez AB, Meyer K"], "keywords": ["湿地；植物", "x、y"]})
    )
    assert table.column("authors").to_pylist() == [["王小明", "李大伟"], ["Lopez AB", "Meyer K"]]


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(
        st.none() | st.lists(st.none() | st.text(max_size=12) | _people.map(family_first) | _people.map(display), max_size=3),
        max_size=4,
    )
)
def test_a_column_is_shown_as_its_names_are(lists: list[list[str | None] | None]) -> None:
    column = pa.chunked_array([pa.array(lists, pa.list_(pa.large_string()))])
    wanted = [None if names is None else [None if name is None else display(name) for name in names] for names in lists]
    assert displayed(column).to_pylist() == wanted


@given(st.text(max_size=40))
def test_any_text_is_a_name(text: str) -> None:
    name = parse_name(text)
    assert isinstance(display(name), str)
    assert family_first(text) == family_first(name)
    assert split_names(text) == [piece for piece in split_names(text) if piece.strip()]
    assert not marked(text) or parse_name(marked(text)).literal


def test_one_person_is_one_value_of_the_facet(tmp_path: Path) -> None:
    written = ["Levine, Sergey", "Sergey Levine", "Levine, Sergey", "Levine S"]
    corpus = Corpus.from_papers(
        pa.table({"title": [f"Paper {number}" for number in range(4)], "authors": [[name] for name in written]}), tmp_path / "c"
    )
    facet = corpus.snapshot.facet("authors")
    assert dict(zip(facet.values.to_pylist(), facet.counts().tolist(), strict=True)) == {"Sergey Levine": 3, "S. Levine": 1}
    for name in ("Sergey Levine", "Levine, Sergey"):
        assert len(corpus.select(Selection(authors=(name,)))) == 3
    assert corpus.papers["authors"].map(list).tolist() == [[name] for name in written], "the table keeps them as given"


def test_csl_has_the_parts_of_names() -> None:
    names = ["Lopez AB", "van der Berg, Jan", "Roe, Jr., Sam", "World Lake Organization", "{Aurora Borealis}", "王小明"]
    data = to_csl_json(pa.table({"title": ["a"], "authors": [names]}))
    assert json.loads(data)[0]["author"] == [
        {"family": "Lopez", "given": "A. B."},
        {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
        {"family": "Roe", "given": "Sam", "suffix": "Jr."},
        {"literal": "World Lake Organization"},
        {"literal": "Aurora Borealis"},
        {"literal": "王小明"},
    ]
    assert import_papers(Source("x.json", data=data)).table.column("authors").to_pylist() == [names]


SPECIAL = tuple(
    "Van De St Saint Jr Sr Junior Senior World Health Task Force Working Group Party United Nations European Union Study Research "
    "Writing Institute Society Inc Staff The Team National Center Company Nguyen Tran Li Xu Ann Jane Smith Lopez Q. J. I. V. of y Of".split()
)


@settings(max_examples=examples(500), deadline=None)
@given(st.lists(st.sampled_from(SPECIAL) | st.from_regex(r"[A-Z][a-z]{1,6}", fullmatch=True), min_size=1, max_size=5))
def test_plain_names_are_taken_apart_as_all_others_are(words: list[str]) -> None:
    name = " ".join(words)
    found = parse_name(name)
    assert family_and_given(name) == (found.literal or found.last, found.given)


def test_every_body_of_several_words_begins_as_is_told() -> None:
    several = re.findall(r"(?<=[|(])([\w ]+?) (?:\(|[\w]+)", _BODY.pattern)
    assert len(several) == 9 and set(several) <= {*_BEGINS_BODY}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("O\u2019Neil, T.", "T. O'Neil"),
        ("Mu\u0308ller, H.", "H. M\u00fcller"),
        ("Smith, John (Ed.)", "John Smith"),
        ("Smith, John [eds]", "John Smith"),
        ("Smith, John, 1950-", "John Smith"),
        ("Smith, John, 1900-1980.", "John Smith"),
        ("Smith, John*", "John Smith"),
        ("Smith J 3rd", "J. Smith III"),
        ("Smith, John (Jack)", "John (Jack) Smith"),
    ],
)
def test_what_is_no_part_of_a_name_does_not_make_another_person(written: str, shown: str) -> None:
    assert display(written) == shown

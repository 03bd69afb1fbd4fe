"""Two records are the same, likely the same, or different: what keeps papers apart, and what is left to the reader."""

from __future__ import annotations

import gzip
import html
import json
import os
import random
import re
from itertools import combinations, permutations
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, import_papers, open_corpus
from explorer.dedupe import blocking, clusters, titles
from explorer.dedupe.deduplication import Deduplicated, Rules, merge_duplicates
from explorer.dedupe.imprint import same_venue
from explorer.papers.identifiers import normal_doi
from explorer.sources.source import Source

DATA = Path(os.environ.get("LITEXPLORER_DATA", Path(__file__).parents[2] / "shared" / "data")) / "screening"

AUTHORS = ["Byron, Ada", "Noether, Emmy", "Gauss, Carl"]


def records(titles: list[str], **fields: list[object]) -> pd.DataFrame:
    """Records of one year by the same authors, unless told otherwise."""
    count = len(titles)
    given: dict[str, list[object]] = {"authors": [AUTHORS] * count, "year": [2019] * count, **fields}
    return pd.DataFrame({"id": [f"r{row}" for row in range(count)], "title": titles, **given})


def classes(result: Deduplicated) -> dict[tuple[str, str], str]:
    """The class of each pair of records; what is in none is different."""
    found = {}
    for members in result.history.column("members").to_pylist():
        found |= dict.fromkeys(map(tuple, map(sorted, combinations(members, 2))), "same")
    for first, second in zip(result.likely["first"], result.likely["second"], strict=True):
        found[first, second] = "likely"
    return found


def class_of(first: str, second: str, **fields: list[object]) -> str:
    return classes(merge_duplicates(records([first, second], **fields))).get(("r0", "r1"), "different")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hypokalaemia after surgery of the aortic valve", "Hyperkalaemia after surgery of the aortic valve"),
        ("Intracellular transport of calcium in sea urchins", "Extracellular transport of calcium in sea urchins"),
        ("Antenatal care in mountain villages of the Andes", "Postnatal care in mountain villages of the Andes"),
        ("Afferent pathways of the vestibular nerve in frogs", "Efferent pathways of the vestibular nerve in frogs"),
        ("Adsorption of dyes on activated carbon from shells", "Absorption of dyes on activated carbon from shells"),
        ("Macroscopic models of pedestrian flow in stations", "Microscopic models of pedestrian flow in stations"),
        ("Uptake of nitrate by the roots of young barley", "Uptake of nitrite by the roots of young barley"),
        ("Symmetric games with incomplete information and costs", "Asymmetric games with incomplete information and costs"),
        ("Parsing with grammars learnt from raw text corpora", "Parsing without grammars learnt from raw text corpora"),
        ("Knee replacement in boys with juvenile arthritis", "Knee replacement in girls with juvenile arthritis"),
        ("Migration of eels along the eastern coast of Ireland", "Migration of eels along the western coast of Ireland"),
        ("The first expedition to the upper Orinoco river", "The second expedition to the upper Orinoco river"),
        ("Lectures on the theory of forms, part one", "Lectures on the theory of forms, part two"),
        ("Lectures on the theory of forms II: invariants", "Lectures on the theory of forms III: invariants"),
        ("Lectures on the theory of forms", "Lectures on the theory of forms II"),
        ("Annual report of the observatory for 1987", "Annual report of the observatory for 1988"),
        ("Malaria in schoolchildren of the Gambia valley", "Malaria in schoolchildren of the Zambia valley"),
        ("Models of tidal flow in group 1 of bays", "Models of tidal flow in group l of bays"),
        ("Models of tidal flow in group I of bays", "Models of tidal flow in group 2 of bays"),
        ("Models of tidal flow where v is given", "Models of tidal flow where 5 is given"),
        ("Influenza h1n1 in wild geese of the bay", "Influenza h1n2 in wild geese of the bay"),
        ("Influenza h1n1 in wild geese of the bay", "Influenza hln1 in wild geese of the bay"),
        ("近代日本文学史研究（上）", "近代日本文学史研究（下）"),
        ("老年男性骨质疏松症危险因素分析", "老年女性骨质疏松症危险因素分析"),
        ("한국 남성 노인의 골다공증 위험 요인", "한국 여성 노인의 골다공증 위험 요인"),
        ("Гипотермия у новорождённых детей после операции", "Гипертермия у новорождённых детей после операции"),
        ("Η πρώτη περίοδος της βυζαντινής ζωγραφικής", "Η δεύτερη περίοδος της βυζαντινής ζωγραφικής"),
        ("पुरुषों में मधुमेह के जोखिम कारक", "स्त्रियों में मधुमेह के जोखिम कारक"),
        ("السكري عند الرجال في المدن الكبيرة", "السكري عند النساء في المدن الكبيرة"),
        ("Langfristige Folgen der Frühgeburt bei Mädchen", "Langfristige Folgen der Frühgeburt bei Jungen"),
    ],
)
def test_a_word_that_turns_a_title_around_makes_another_paper(first: str, second: str) -> None:
    assert class_of(first, second) != "same"
    # A common beginning of the abstract makes it no more so.
    abstract = "We report what was seen over many years, and how it was measured, in all who took part. " * 2
    assert class_of(first, second, abstract=[abstract] * 2) != "same"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://www.jstor.org/stable/100001", "https://jstor.org/stable/pdf/100002.pdf", "likely"),
        ("https://www.jstor.org/stable/100001", "http://www.jstor.org/stable/10.2307/100001?seq=1", "same"),
        ("https://hal.science/hal-01234567v2", "https://hal.archives-ouvertes.fr/hal-01234567", "same"),
        ("https://hal.science/hal-01234567", "https://hal.science/hal-07654321", "likely"),
        ("https://ssrn.com/abstract=123456", "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=654321", "likely"),
        ("https://openreview.net/forum?id=aBcDeFgHiJ", "https://openreview.net/pdf?id=aBcDeFgHiJ", "same"),
        ("https://hal.univ-bogs.fr/HAL-01234567v1/document", "https://theses.hal.science/hal-01234567", "same"),
        ("https://hal.univ-bogs.fr/lirmm-01234567", "https://hal-bogs.archives-ouvertes.fr/lirmm-07654321v2", "likely"),
        ("https://openreview.net/forum?id=aBcDeFgHiJ", "https://openreview.net/forum?id=ABcDeFgHiJ", "likely"),
        ("https://www.lens.org/011-111-111-111-11x", "https://link.lens.org/011-111-111-111-11X", "same"),
        ("https://openalex.org/w1111111", "https://api.openalex.org/works/W1111111", "same"),
        ("https://example.org/1", "https://example.org/2", "same"),
    ],
)
def test_addresses_of_archives_bear_numbers_of_their_own(one: str, other: str, expected: str) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, url=[one, other]) == expected


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("jstor", "100001", "100002"),
        ("pubmed", "11111", "22222"),
        ("SSRN", "123456", "654321"),
        ("HAL", "hal-01234567v1", "hal-01234568"),
        ("openreview", "aBcDeFgHiJ", "ABcDeFgHiJ"),
    ],
)
@pytest.mark.parametrize("name", ["eprinttype", "archiveprefix"])
def test_an_eprint_is_of_the_kind_that_stands_beside_it(name: str, kind: str, one: str, other: str) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, eprint=[one, other], **{name: [kind] * 2}) == "likely"
    assert class_of(title, title, eprint=[one, one], **{name: [kind] * 2}) == "same"
    assert class_of(title, title, eprint=["100001", "100002"], **{name: [kind, "elsewhere"]}) == "same"


NUMBERED = {"jstor": "10000{}", "hal_id": "hal-0000000{}", "ssrn": "12345{}", "openreview": "aBcDeFgHi{}"}


@pytest.mark.parametrize("name", list(NUMBERED))
def test_what_was_deposited_again_is_one_paper_where_all_else_says_so(name: str) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    numbers = {name: [NUMBERED[name].format(place) for place in (1, 2)]}
    abstract = "We walked along forty lines, each summer and each winter, and counted what grew within reach of our hands. " * 3
    assert class_of(title, title, **numbers) == "likely"
    assert class_of(title, title, abstract=[abstract] * 2, **numbers) == "same"
    assert class_of(title, title, doi=["10.1000/m1"] * 2, **numbers) == "same"
    assert class_of(title, title, abstract=[abstract, abstract[:99]], **numbers) == "likely"
    assert class_of(title, title, abstract=[abstract] * 2, year=[2014, 2019], **numbers) == "likely"
    assert class_of(title, title, abstract=[abstract] * 2, authors=[AUTHORS, [*AUTHORS[:1], "Fenn, Jane"]], **numbers) != "same"
    # What tells papers apart elsewhere tells them apart here.
    for other in ({"doi": ["10.1000/m1", "10.1000/m2"]}, {"note": ["NCT00000001", "NCT00000002"]}):
        assert class_of(title, title, abstract=[abstract] * 2, **numbers, **other) == "likely"


def test_what_lies_between_two_deposits_joins_none_of_two_papers() -> None:
    title = "Mosses of the northern bogs and how they were counted"
    found = merge_duplicates(records([title] * 3, hal_id=["hal-00000001", None, "hal-00000002"]))
    assert len(found.table) >= 2


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["Fenn, A."], ["Fenn, B."], "likely"),
        (["Fenn, A."], ["Fenn, A. B."], "same"),
        (["Wang Y", "Li X"], ["Wang J", "Li H"], "likely"),
        (["Wang Y", "Li X"], ["Wang J", "Li X"], "same"),
    ],
)
def test_initials_count_where_there_is_but_a_short_title(one: list[str], other: list[str], expected: str) -> None:
    assert class_of("Bog mosses", "Bog mosses", authors=[one, other]) == expected
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, authors=[one, other]) == "same"
    printed = {"venue": ["Journal of Bogs"] * 2, "volume": ["7"] * 2, "pages": ["100-110"] * 2}
    assert class_of("Bog mosses", "Bog mosses", authors=[one, other], **printed) == "same"


def test_two_comments_on_one_paper_say_what_they_are_on() -> None:
    title = "Comment: Mosses of the northern bogs and how they were counted"
    abstract = ["Comment on “Mosses of the northern bogs and how they were counted” [number 17 of this journal]"] * 2
    authors: list[object] = [["Fenn, Jane", "Moor, Tom"], ["Fenn, Ann", "Carr, Ida"]]
    assert class_of(title, title, abstract=abstract, authors=authors) == "likely"
    assert class_of(title, title, abstract=abstract, authors=[None, None]) == "likely"
    assert class_of(title, title, abstract=abstract) == "same"
    # What they say of it tells more.
    said = ["We counted again on the same lines, and found in each summer half of what had been reported there."] * 2
    assert class_of(title, title, abstract=said, authors=authors) == "same"
    assert class_of(title, title, abstract=said, authors=[None, AUTHORS]) == "same"
    printed = {"venue": ["Journal of Bogs"] * 2, "volume": ["7"] * 2, "pages": ["100-110"] * 2}
    assert class_of(title, title, abstract=abstract, authors=authors, **printed) == "same"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("&lt;i&gt;Sphagnum&lt;/i&gt; in bogs &amp; how it grows", "Sphagnum in bogs and how it grows", "same"),
        ("Na&#43; in bogs of M&uuml;ritz &amp;amp; its lakes", "Na+ in bogs of Müritz & its lakes", "same"),
        ("Bogs of less than 5 acres: p &lt; 0.05 in fens", "Bogs of less than 5 acres: p < 0.05 in fens", "same"),
        ("R&D; growth in towns of the bogs", "R and D growth in towns of the bogs", "same"),
        ("Slip of crystals along <111> in the cold", "Slip of crystals along <110> in the cold", "likely"),
        ("Growth where 3 < n and n > 2 in bogs", "Growth where 3 < m and m > 2 in bogs", "likely"),
    ],
)
def test_entities_are_the_letters_that_they_mean_and_no_number_is_a_tag(one: str, other: str, expected: str) -> None:
    assert class_of(one, other) == expected


@pytest.mark.parametrize(
    ("name", "one", "other", "expected"),
    [
        ("eprint", "HAL-01234567v1", "hal-01234567", "same"),
        ("eprint", "HAL-01234567v1", "hal-01234568v1", "likely"),
        ("hal_id", "insu-01234567v2", "https://hal.science/insu-01234567v3", "same"),
        ("hal_id", "insu-01234567", "https://hal.science/insu-01234568", "likely"),
        ("jstor", "https://www.jstor.org/stable/100001", "100002", "likely"),
        ("ssrn", "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=123456", "654321", "likely"),
        ("eprint", "hep-th/9901001", "hep-th/9901001", "same"),
    ],
)
def test_columns_hold_numbers_of_archives_in_any_spelling(name: str, one: str, other: str, expected: str) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, **{name: [one, other]}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Fenn, John", "Fenn, Jane", "likely"),
        ("Fenn, John", "Fenn, J.", "same"),
        ("Fenn, John", "Fenn, Jon", "same"),
        ("Fenn J", "Fenn, Jane A.", "same"),
        ("Fenn, John A.", "Jane A. Fenn", "likely"),
        ("Fenn John", "Jane Fenn", "likely"),
        ("Fenn, Max", "Fenn, Maximilian", "same"),
        ("Wen-Haoqing Fenn", "Fenn, Wenhaoqing", "same"),
        ("Fenn, Jane", "Fenn Moor, J.", "same"),
        ("Fenn, Jane", "Fenn Moor, Tom", "likely"),
        ("Jane van den Fenn", "Fenn JVd", "same"),
        ("Jane Adele Fenn", "J. Adele Fenn-Moor", "same"),
        ("Fenn", "Jane Fenn", "same"),
    ],
)
def test_two_of_one_family_name_are_two(one: str, other: str, expected: str) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, authors=[[one], [other]]) == expected
    # One stretch of pages is one paper's, whatever became of the name.
    printed = {"venue": ["Journal of Bogs"] * 2, "volume": ["7"] * 2, "pages": ["100-110"] * 2}
    assert class_of(title, title, authors=[[one], [other]], **printed) == "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["Fenn, Jane", "et al."], ["Fenn, J.", "Moor, T."]),
        (["Fenn", "for the Bog Collaboration"], ["Jane A. Fenn"]),
        (["Fenn, J.", "Moor, T."], ["Jane Fenn"]),
    ],
)
def test_one_of_several_names_is_no_relative(one: list[str], other: list[str]) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, authors=[one, other]) == "same"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"entry_type": ["dataset", "article"], "venue": ["Zenodo", "Journal of Bogs"]}, "likely"),
        ({"entry_type": ["software", "article"], "venue": ["Zenodo", "Journal of Bogs"]}, "likely"),
        ({"entry_type": ["phdthesis", "article"], "venue": ["HAL", "Journal of Bogs"]}, "likely"),
        ({"entry_type": ["misc", "article"], "venue": ["arXiv", "Journal of Bogs"]}, "same"),
        ({"entry_type": ["book", "book"], "edition": ["2", "Third edition"]}, "likely"),
        ({"entry_type": ["book", "book"], "edition": ["2nd ed.", "Second"]}, "same"),
        ({"entry_type": ["book", "book"], "edition": ["2", None]}, "same"),
        ({"entry_type": ["book", "book"], "edition": ["Zweite Auflage", "3., neu bearbeitete Aufl."]}, "likely"),
        ({"entry_type": ["book", "book"], "edition": ["Troisième édition", "3e éd."]}, "same"),
        ({"entry_type": ["book", "book"], "edition": ["第二版", "第3版"]}, "likely"),
        ({"entry_type": ["book", "book"], "edition": ["Dec 15", "2010/11/2"]}, "same"),
        ({"entry_type": ["techreport", "techreport"], "edition": ["2", "3"]}, "likely"),
        ({"edition": ["2", "3"]}, "likely"),
        # The day on which an article came out online.
        ({"entry_type": ["article", "article"], "edition": ["2010/12/15", "2010/11/02"]}, "same"),
        ({"entry_type": ["article", "article"], "edition": ["15", "16"]}, "same"),
        ({"entry_type": ["JOUR", "JOUR"], "ET": ["Dec 15", "Epub 2010 Nov 2"]}, "same"),
        ({"edition": ["Dec 15", "Epub 2010 Nov 2"]}, "same"),
        ({"edition": ["12月15日", "2010年11月2日"]}, "same"),
        ({"edition": ["15 décembre", "2.11.2010"]}, "same"),
    ],
)
def test_works_of_other_kinds_in_a_repository_and_editions(fields: dict[str, list[object]], expected: str) -> None:
    title = "Mosses of the northern bogs and how they were counted"
    assert class_of(title, title, **fields) == expected


SIGNS = [
    ("On the number of trees with n\u22121 leaves", "On the number of trees with n+1 leaves", "likely"),
    ("On the number of trees with n-1 leaves", "On the number of trees with n + 1 leaves", "likely"),
    ("Role of CD4<sup>+</sup> T cells in rats with gout", "Role of CD4\u207b T cells in rats with gout", "likely"),
    ("Role of CD4(+) T cells in rats with gout", "Role of CD4+ T cells in rats with gout", "same"),
    ("Role of CD4+ T cells in rats with gout", "Role of CD4 T cells in rats with gout", "same"),
    ("Teaching of programming in C to nurses", "Teaching of programming in C++ to nurses", "likely"),
    ("Teaching of programming in C# to nurses", "Teaching of programming in C++ to nurses", "likely"),
    ("Falls in people aged >65 years in homes", "Falls in people aged <65 years in homes", "likely"),
    ("Falls in people aged \u226565 years in homes", "Falls in people aged > 65 years in homes", "same"),
    ("Pre- and postnatal care in the Andes region", "Pre and postnatal care in the Andes region", "same"),
    ("Uptake of (+)-catechin by cells of the gut", "Uptake of (-)-catechin by cells of the gut", "likely"),
    ("Uptake of (+)-catechin by cells of the gut", "Uptake of (\u2212)-catechin by cells of the gut", "likely"),
    ("Uptake of ( \u2013 )-catechin by cells of the gut", "Uptake of (-)-catechin by cells of the gut", "same"),
    ("Uptake of (+)-catechin by cells of the gut", "Uptake of (\u00b1)-catechin by cells of the gut", "likely"),
    ("Uptake of (+/-)-catechin by cells of the gut", "Uptake of (\u00b1)-catechin by cells of the gut", "same"),
    ("Uptake of (-)-catechin by cells of the gut", "Uptake of catechin by cells of the gut", "same"),
    ("Role of CD4<sup>+</sup> T cells in rats with gout", "Role of CD4<sup>-</sup> T cells in rats with gout", "likely"),
    ("Decay into $e^{+}$ and pions at low energies", "Decay into $e^{-}$ and pions at low energies", "likely"),
    ("Decay into $e^+e^-$ and pions at low energies", "Decay into e+ e- and pions at low energies", "same"),
    ("A charac- terisation of the lattice Z^n + Z", "A characterisation of the lattice Z^n + Z", "same"),
    ("Exis- tence of the molecular ion H_3^{++} in fields", "Existence of the molecular ion H_3^{++} in fields", "same"),
    ("Polynomials that divide x^n+1 over finite fields", "Polynomials that divide x^n-1 over finite fields", "likely"),
    ("Polynomials that divide $x^{n}-1$ over finite fields", "Polynomials that divide x^n \u2212 1 over finite fields", "same"),
    ("Growth of moss at +5 degrees in dark chambers", "Growth of moss at -5 degrees in dark chambers", "likely"),
    ("The roots of f(x) - 1 in closed intervals of x", "The roots of f(x) + 1 in closed intervals of x", "likely"),
    ("A sonata for two violins in C# minor", "A sonata for two violins in C minor", "likely"),
    ("Cats, dogs - and n-3 fatty acids in milk", "Cats, dogs and n\u20133 fatty acids in milk", "same"),
]


@pytest.mark.parametrize(("first", "second", "expected"), SIGNS)
def test_a_sign_that_is_another_makes_another_title(first: str, second: str, expected: str) -> None:
    assert class_of(first, second) == class_of(second, first) == expected


@pytest.mark.parametrize(
    "notice",
    [
        "Erratum: {}", "{} (Erratum)", "Corrigendum to “{}”", "Correction: {}", "{} [Correction]", "Retraction: {}", "Retraction note: {}",
        "Retraction notice to: {}", "Expression of concern: {}", "{} - Authors' reply", "{}: author's reply", "Reply to: {}", "Comment on: {}",
        "Comments on “{}”", "Response to {}", "{}: study protocol", "{}: protocol", "Protocol for {}", "{} (vol 12, pg 345, 2014)", "{} (vol 8, e1002, 2013)",
        "Addendum to: {}", "Re: {}", "Fe de erratas: {}", "{} (fe de errores)", "Errata: {}", "Retractación: {}", "Respuesta a: {}",
        "Correção: {}", "Rectificatif : {}", "Réponse à : {}", "Berichtigung: {}", "{} (Berichtigung)", "Erwiderung auf: {}", "Rettifica: {}",
        "Исправление: {}", "{} (исправление)", "Ответ на: {}", "勘误：{}", "{}（更正）", "訂正：{}", "{} (정정)", "Sprostowanie: {}",
        "{}: reply to Smith", "{} — reply from the authors", "{}. Addendum", "{}: a comment", "{}: protocol for a cohort study",
        "{}: a systematic review protocol",
    ],
)  # fmt: skip
def test_a_notice_is_not_its_paper(notice: str) -> None:
    title = "Migration of young eels along a stony coast in winter"
    assert class_of(title, notice.format(title)) == "different"
    assert class_of(title, notice.format(title), doi=["10.1000/a1"] * 2) == "likely"
    assert class_of(notice.format(title), notice.format(title)) == "same"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pmid", ["11111", "22222"]),
        ("pubmedID", [11111.0, 22222.0]),
        ("PMID", ["PMID: 11111", "22222"]),
        ("doi", ["10.1000/a1", "10.1000/a2"]),
        ("doi", ["10.1002/(SICI)1:2&lt;3::AID-A&gt;3.0.CO;2-A", "10.1002/(SICI)1:2&lt;4::AID-B&gt;3.0.CO;2-B"]),
        ("arxiv_id", ["1901.00001", "1901.00002"]),
        ("openalex_id", ["W1111111", "https://openalex.org/W2222222"]),
        ("url", ["https://openalex.org/W1111111", "https://openalex.org/W2222222"]),
        ("url", ["https://pubmed.ncbi.nlm.nih.gov/11111/", "https://pubmed.ncbi.nlm.nih.gov/22222/"]),
        ("url", ["https://clinicaltrials.gov/study/NCT00000001", "https://clinicaltrials.gov/study/NCT00000002"]),
        ("note", ["ISRCTN12345678", "ISRCTN87654321"]),
        ("TrialID", ["ChiCTR1900021111", "ChiCTR1900022222"]),
        ("accession", ["CN-00000001", "CN-00000002"]),
        ("isbn", ["978-0-306-40615-7", "978-1-86197-876-9"]),
        ("note", ["PMID: 11111111", "Peat.\nPMID: 22222222 [PubMed - indexed for MEDLINE]"]),
        ("extra", ["PMCID: PMC1111111\nPMID: 33333333", "PMCID: PMC2222222"]),
        ("UT", ["WOS:000111111100001", "WOS:000222222200002"]),
        ("EID", ["2-s2.0-84900000001", "2-s2.0-84900000002"]),
        ("url", [f"https://www.scopus.com/inward/record.uri?eid=2-s2.0-8490000000{n}&partnerID=40" for n in (1, 2)]),
        ("accession", ["EJ1111111", "EJ2222222"]),
        ("Embase accession ID", ["L601111111", "L602222222"]),
        ("Lens ID", ["011-111-111-111-11X", "022-222-222-222-222"]),
    ],
)
def test_two_identifiers_of_a_kind_are_two_papers(name: str, values: list[object]) -> None:
    title = "Migration of young eels along a stony coast in winter"
    abstract = "We followed them with small transmitters, night after night, until the ice came. " * 4
    assert class_of(title, title, abstract=[abstract] * 2, **{name: values}) == "likely"
    assert class_of(title, title, abstract=[abstract] * 2, **{name: [values[0]] * 2}) == "same"
    assert class_of(title, title, abstract=[abstract] * 2, **{name: [values[0], None]}) == "same"


def test_the_pmid_of_another_paper_in_a_note_is_none_of_this_one() -> None:
    title = "Migration of young eels along a stony coast in winter"
    assert class_of(title, title, note=["Comment in PMID: 11111111", "Erratum in: Eel Sci, PMID: 22222222"]) == "same"


def test_a_book_and_its_isbn_in_ten_and_thirteen_digits() -> None:
    assert (
        class_of("The natural history of eels", "The natural history of eels", isbn=["0-306-40615-2", "9780306406157"])
        == "same"
    )


def test_ids_that_are_numbers_of_pubmed_are_told_from_row_numbers() -> None:
    title = "Migration of young eels along a stony coast in winter"
    numbers = random.Random(1).sample(range(1_000_000, 30_000_000), 20)
    others = [f"Observation of a bird of the kind called {letter * 4}" for letter in "abcdefghijklmnopqr"]
    table = records([title, title, *others]).assign(id=[str(number) for number in numbers])
    assert merge_duplicates(table).ledger.merged == 0
    assert merge_duplicates(table.assign(id=[str(number) for number in range(100_000, 100_020)])).ledger.merged == 1


_chapters = ["Introduction", "Eels in the law of the sea", "Nets and traps through the ages", "Eels in the law of the sea"]


@pytest.mark.parametrize(
    "fields", [{"entry_type": "incollection"}, {"doi": "10.1007/9783642123456"}, {"isbn": "978-0-306-40615-7"}]
)
def test_a_book_doi_stands_on_each_of_its_chapters(fields: dict[str, str]) -> None:
    given = {"doi": ["10.4324/abc"] * 4, **{name: [value] * 4 for name, value in fields.items()}}
    result = merge_duplicates(records(_chapters, **given))
    # Two records of one chapter meet, though another chapter stands between them.
    assert classes(result) == {("r1", "r3"): "same"}


def test_a_first_chapter_begins_at_page_one() -> None:
    pages = {"doi": ["10.4324/abc"] * 2, "pages": ["1-19", "20-41"]}
    assert class_of("An introduction to eels", "An introduction to nets", **pages) == "different"
    # An article may have had no pages yet.
    assert class_of("An introduction to eels", "An introduction to eel", **pages, volume=[None, "7"]) == "same"


def test_volumes_and_pages_are_evidence() -> None:
    title = "Standards for the keeping of eels in ponds"
    printed = {"volume": ["36", "37"], "pages": ["11--66", "14--80"]}
    assert class_of(title, title, **printed) == "different"
    assert class_of(title, title, volume=["36", "36"], pages=["S11-S66", "11"]) == "same"
    assert class_of(title, title, year=[2018, 2019], authors=[["Society of Pond Keepers"]] * 2) == "likely"
    assert class_of(title, title, year=[2018, 2019]) == "same"


@pytest.mark.parametrize(
    ("types", "printed"),
    [
        (("inproceedings", "article"), {"pages": ["10--19", "200--230"], "volume": [None, "12"]}),
        (("CPAPER", "JOUR"), {"volume": ["3", "12"], "number": ["1", "4"]}),
        (("proceedings-article", "journal-article"), {}),
    ],
)
def test_a_conference_paper_and_its_article_are_versions_that_a_rule_merges(
    types: tuple[str, str], printed: dict[str, list[str | None]]
) -> None:
    """Each has pages of its own, which would tell two articles apart."""
    table = records(
        ["Typed eels for concurrent ponds"] * 2, venue=["Proceedings of the Pond Symposium", "Transactions on Ponds"],
        entry_type=list(types), year=[2016, 2018], abstract=["Types for eels are sound, and we prove it by a simulation of ponds in Coq. " * 5] * 2,
        **printed,
    )  # fmt: skip
    result = merge_duplicates(table)
    assert result.ledger.merged == 0
    assert result.likely[["first", "second", "relation"]].to_numpy().tolist() == [["r0", "r1", "version"]]
    assert "a conference paper and a journal article" in result.likely["reason"][0]
    assert merge_duplicates(table, rules=Rules().always_merge("r0", "r1")).ledger.merged == 1
    assert merge_duplicates(table, rules=Rules().never_merge("r0", "r1")).likely.empty


def test_likely_pairs_are_in_the_ledger_and_outlive_the_import(tmp_path: Path) -> None:
    first, second = "Migration of young eels along a stony coast", "Migration of old eels along a stony coast"
    entry = "@article{{{}, title={{{}}}, author={{Byron, Ada and Noether, Emmy}}, year={{2019}}}}\n"
    (tmp_path / "a.bib").write_text(entry.format("a", first) + entry.format("b", second), encoding="utf-8")
    found = import_papers(tmp_path / "a.bib")
    assert list(found.likely.columns) == ["first", "second", "first_title", "second_title", "score", "relation", "reason"]
    assert found.likely.iloc[0][["first_title", "second_title"]].tolist() == [first, second]
    notes = [note for note in found.ledger.notes if note.action == "likely"]
    assert [(note.source, note.record, note.before, note.after) for note in notes] == [
        ("a.bib", 2, second, found.likely["first"][0])
    ]
    corpus = Corpus.from_papers(found.table, tmp_path / "c", merges=found.merges)
    assert open_corpus(tmp_path / "c").likely.equals(corpus.likely)
    assert corpus.likely["reason"].tolist() == found.likely["reason"].tolist()
    # What comes later, and is likely one of them, is added to the pairs.
    third = records(["Migration of young eels along a sandy coast"], authors=[["Byron, Ada", "Noether, Emmy"]]).assign(id="new")
    larger = corpus.add(pa.Table.from_pandas(third))
    assert len(larger) == 3
    assert ("new", first) in set(zip(larger.likely["second"], larger.likely["first_title"], strict=True))
    # What the reader decided is no longer asked.
    decided = larger.decide(Rules().never_merge(*larger.likely.iloc[0][["first", "second"]]))
    assert len(decided.likely) == len(larger.likely) - 1


def test_identifiers_keep_what_comes_apart_from_what_is_there(tmp_path: Path) -> None:
    title = "Migration of young eels along a stony coast in winter"
    there, came = (records([title], pmid=[number]).assign(id=name) for name, number in (("a", "11111"), ("b", "22222")))
    corpus = Corpus.from_papers(pa.Table.from_pandas(there), tmp_path / "c")
    assert len(corpus.add(pa.Table.from_pandas(came))) == 2
    assert len(corpus.add(pa.Table.from_pandas(came.assign(pmid="11111")))) == 1


def test_a_beginning_of_two_titles_goes_into_neither() -> None:
    wholes = [
        "On the structure of spaces of eels and their neighbours",
        "On the structure of spaces of eels of another sort altogether",
    ]
    result = merge_duplicates(records([*wholes, "On the structure of spaces of ee…"]))
    assert result.ledger.merged == 0
    assert ("r0", "r2") in classes(result)
    assert merge_duplicates(records([wholes[0], "On the structure of spaces of ee…"])).ledger.merged == 1


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        (["Principles of the mechanics of wet soils"] * 3, {"edition": ["2", "3", None], "entry_type": ["book"] * 3}),
        (
            [
                "Role of CD4+ T cells in rats with gout",
                "Role of CD4- T cells in rats with gout",
                "Role of CD4 T cells in rats with gout",
            ],
            {},
        ),
        (["Mosses of the northern bogs and fens"] * 3, {"authors": [["Fenn, John"], ["Fenn, Jane"], ["Fenn, J."]]}),
        (["Principles of the mechanics of wet soils"] * 3, {"year": [2001, 2012, None]}),
        (["Annual report of the bog society"] * 3, {"year": [2011, 2012, None], "authors": [["Bog Society"]] * 3}),
        (["Mosses of the northern bogs and fens"] * 3, {"hal_id": ["hal-00000001", "hal-00000002", None]}),
    ],
)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_record_that_knows_less_joins_no_two_that_are_told_apart(
    titles: list[str], fields: dict[str, list[object]], order: tuple[int, ...]
) -> None:
    turned = {name: [values[place] for place in order] for name, values in fields.items()}
    found = merge_duplicates(records([titles[place] for place in order], **turned))
    assert len(found.table) == 3
    assert len(found.likely) >= 2


@pytest.mark.parametrize(
    "title",
    [
        "Annual report of the harbour pilots", "Yearly statistics of herring", "Monthly weather review", "Jahresbericht der Lotsen", "Rapport annuel des phares",
        "Informe anual de los faros", "灯塔年度报告", "Annual meeting of the keepers of lights",
    ],
)  # fmt: skip
def test_what_comes_each_year_is_another_one_each_year(title: str) -> None:
    assert class_of(title, title, year=[2011, 2012]) == "likely"
    assert class_of(title, title, year=[2011, 2011]) == "same"


def test_what_is_annual_otherwise_may_be_printed_a_year_later() -> None:
    title = "Annual modulation of the light of harbours"
    assert class_of(title, title, year=[2011, 2012]) == "same"


def test_one_record_does_not_pull_two_papers_together() -> None:
    title = "Migration of young eels along a stony coast in winter"
    for order in permutations(["10.1000/a1", "10.1000/a2", None]):
        assert merge_duplicates(records([title] * 3, doi=list(order))).ledger.merged == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Behaviour of tumours in coloured mice of both sexes", "Behavior of tumors in colored mice of both sexes"),
        ("Größe und Wachstum der Aale in den Teichen", "Groesse und Wachstum der Aale in den Teichen"),
        ("Growth of eels in the ponds of lake towns", "Growth of eels in the ponds of lake towns [Article in Spanish]"),
        ("Vector methods for 3-D eels with many fins", "Vector methods for 3D eels with many fins"),
        ("Müller cells of the retina under pressure", "Mueller cells of the retina under pressure"),
        ("Two models of eel growth in northern ponds", "2 models of eel growth in northern ponds"),
        ("Lectures on the theory of forms, part II", "Lectures on the theory of forms, part 2"),
        ("Type I eels and their growth in the ponds of lake towns", "Type 1 eels and their growth in the ponds of lake towns"),
        ("Waves in layered media: Part V", "Waves in layered media. Part 5"),
        ("Growth of eels in ponds as seen by the whole group in summer", "Growth of eels in ponds as seen by the whole group i…"),
        ("The effect of an early harvest on pond eels", "Effect of early harvest on pond eels"),
        ("Accommodation of eels in small ponds", "Acommodation of eels in small ponds"),
        ("Наблюдения за угрями в прудах Сибири", "НАБЛЮДЕНИЯ ЗА УГРЯМИ В ПРУДАХ СИБИРИ."),
        ("鳗鱼在沿海河流中的季节迁徙研究", "鳗鱼在沿海河流中的季节迁徙研究。"),
    ],
)  # fmt: skip
def test_forms_of_one_title_are_the_same(first: str, second: str) -> None:
    assert class_of(first, second) == "same"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("J Lake Med", "Journal of Lake Medicine", True),
        ("N. Engl. J. Med.", "The New England Journal of Medicine", True),
        ("PNAS", "Proceedings of the National Academy of Sciences", True),
        ("Circulation (New York, N.Y.)", "Circulation", True),
        ("Annals of Botany", "Journal of Lake Medicine", False),
        ("Lancet Oncology", "Lancet Neurology", False),
    ],
)
def test_venues_in_full_and_abbreviated(first: str, second: str, same: bool) -> None:
    assert same_venue(first, second) is same_venue(second, first) is same


_sici = st.from_regex(
    r"\A10\.1002/\(sici\)[0-9]{4}-[0-9]{4}\([0-9]{6}\)[0-9]{1,3}:[0-9]<[0-9]{1,4}::aid-[a-z]{2,5}[0-9]{1,3}>3\.0\.co;2-[a-z0-9]\Z"
)
_WRITINGS = [
    lambda doi: doi, str.upper, html.escape, lambda doi: html.escape(html.escape(doi)), lambda doi: quote(doi, safe="/"), lambda doi: quote(doi, safe=""),
    lambda doi: "https://doi.org/" + quote(doi), lambda doi: "doi: " + doi + ".", lambda doi: html.escape(quote(doi)), lambda doi: quote(html.escape(doi)),
    lambda doi: doi.replace("<", "$<$").replace(">", "$>$"), lambda doi: doi.replace("<", r"\textless{}").replace(">", r"\textgreater{}"),
    lambda doi: doi.replace("<", "&#60;").replace(">", "&#x3E;"),
]  # fmt: skip


@settings(deadline=None)
@given(_sici, st.sampled_from(range(len(_WRITINGS))))
def test_a_doi_is_one_however_it_was_written(doi: str, writing: int) -> None:
    assert normal_doi(_WRITINGS[writing](doi)) == doi


@settings(deadline=None)
@given(_sici, _sici)
def test_two_dois_stay_two_however_they_were_written(first: str, second: str) -> None:
    for write in _WRITINGS:
        assert (normal_doi(write(first)) == normal_doi(write(second))) == (first == second)


_title = st.lists(
    st.sampled_from(["part", "two", "2", "ii", "eels", "eel", "eles", "with", "without", "hypo", "hyper", "the", "of", "乙", "ponds", "pond", "nitrate", "nitrite"]),
    min_size=1, max_size=8,
).map(" ".join)  # fmt: skip


@settings(deadline=None)
@given(_title, _title)
def test_the_comparison_of_titles_is_symmetric(first: str, second: str) -> None:
    one, other = titles.compare_titles(first, second), titles.compare_titles(second, first)
    assert (one.level, one.marked) == (other.level, other.marked)
    assert sorted(one.doubts) == sorted((b, a, two) for a, b, two in other.doubts)


@settings(deadline=None)
@given(st.text("abcdeinostu", min_size=1, max_size=9), st.text("abcdeinostu", min_size=1, max_size=9))
def test_the_relation_of_words_is_symmetric(first: str, second: str) -> None:
    assert titles.relation(first, second) == titles.relation(second, first)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40), min_size=1, max_size=8))
def test_ascii_is_folded_as_any_text_is(texts: list[str]) -> None:
    """A letter of another script behind a text takes it the long way round."""
    given = [re.sub(r"[<&\\]", " ", text) for text in texts]
    one, other = (
        blocking.fold(pa.array(given)).to_pylist(),
        blocking.fold(pa.array([f"{text} ж" for text in given])).to_pylist(),
    )
    assert [f"{text} ж".strip() for text in one] == other


def _roots(rows: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Oracle: the smallest row that can be reached, by walking."""
    near: dict[int, set[int]] = {row: {row} for row in range(rows)}
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    found = []
    for row in range(rows):
        seen, todo = {row}, [row]
        while todo:
            fresh = near[todo.pop()] - seen
            seen |= fresh
            todo += fresh
        found.append(min(seen))
    return found


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_components_are_those_that_walking_finds(pairs: list[tuple[int, int]]) -> None:
    low, high = (np.array([f(pair) for pair in pairs], np.int64) for f in (min, max))
    assert clusters.components(12, low, high).tolist() == _roots(12, pairs)


_KINDS = ("doi", "arxiv_id", "pmid", "openalex_id")
_tables = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(
                [
                    "Migration of young eels along a stony coast", "Migration of young eels along a stony co…", "Migration of young eles along a stony coast",
                    "Migration of old eels along a stony coast", "Migration of young eels along a stony coast, part II", "Erratum: Migration of young eels along a stony coast",
                ]
            ),
            "authors": st.sampled_from([None, AUTHORS, AUTHORS[:1]]),
            "year": st.sampled_from([None, 2019, 2020]),
            "doi": st.sampled_from([None, None, "10.1000/a1", "10.1000/a2", "10.48550/arXiv.1901.00001"]),
            "arxiv_id": st.sampled_from([None, None, "1901.00001", "1901.00002"]),
            "pmid": st.sampled_from([None, None, "11111", "22222"]),
            "openalex_id": st.sampled_from([None, None, "W1111111", "W2222222"]),
        }
    ),
    min_size=2,
    max_size=9,
)  # fmt: skip


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([{"id": f"r{number}", **row} for number, row in enumerate(rows)])


@given(_tables)
@settings(max_examples=examples(80), deadline=None)
def test_no_paper_holds_two_identifiers_of_a_kind(rows: list[dict[str, object]]) -> None:
    result = merge_duplicates(_table(rows))
    for members in result.history.column("members").to_pylist():
        merged = [rows[int(name[1:])] for name in members]
        for kind in _KINDS:
            values = {row[kind] for row in merged if row[kind] and "arXiv" not in str(row[kind])}
            assert len(values) <= 1, (kind, merged)
        arxiv = {
            row["arxiv_id"] or str(row["doi"]).rpartition("arXiv.")[2]
            for row in merged
            if row["arxiv_id"] or "arXiv" in str(row["doi"])
        }
        assert len(arxiv) <= 1, merged
        assert len({"Erratum" in str(row["title"]) for row in merged}) == 1


@given(_tables, st.randoms(use_true_random=False))
@settings(max_examples=examples(80), deadline=None)
def test_classes_do_not_depend_on_the_order(rows: list[dict[str, object]], shuffle: random.Random) -> None:
    table = _table(rows)
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    found = classes(merge_duplicates(table))
    # Neither do they on how many pairs are looked at together.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocking, "_ROWS_AT_ONCE", 2)
        patch.setattr("explorer.dedupe.matching._HELD", 1)
        assert classes(merge_duplicates(table.take(order))) == found


@given(_tables)
@settings(max_examples=examples(60), deadline=None)
def test_rules_outweigh_every_class(rows: list[dict[str, object]]) -> None:
    table = _table(rows)
    assert classes(merge_duplicates(table, rules=Rules().always_merge("r0", "r1")))["r0", "r1"] == "same"
    assert ("r0", "r1") not in classes(merge_duplicates(table, rules=Rules().never_merge("r0", "r1")))


def test_what_a_rule_joins_is_kept_apart_from_other_papers_all_the_same() -> None:
    title = "Migration of young eels along a stony coast"
    rows = [{"title": f"Erratum: {title}"}, {"title": title}, {"title": title}]
    table = _table([{**row, "authors": AUTHORS, "year": 2019} for row in rows])
    assert classes(merge_duplicates(table)) == {("r1", "r2"): "same"}
    # The erratum is not the paper r2, so that the paper r1, which a rule calls the erratum's, is not r2 either.
    assert classes(merge_duplicates(table, rules=Rules().always_merge("r0", "r1")))["r0", "r1"] == "same"
    assert classes(merge_duplicates(table, rules=Rules().always_merge("r0", "r1"))).get(("r1", "r2")) != "same"


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["12", "21", "1", "2", "a12", "ab", "ba", "é", "3" * 41, "3" * 42]), max_size=4), max_size=8
    )
)
def test_letters_in_any_order_with_each_number_as_it_is(some: list[list[str]]) -> None:
    texts = [" ".join(text) for text in some]
    codes = blocking.letters_of(pa.array(texts, pa.large_string())).tolist()

    def parts(text: str) -> tuple[list[str], list[str]]:
        return sorted(re.sub(r"[\d ]", "", text)), sorted(re.findall(r"\d+", text))

    for one, other in combinations(range(len(texts)), 2):
        assert (codes[one] == codes[other]) == (parts(texts[one]) == parts(texts[other]))
    assert [code == 0 for code in codes] == [not text for text in texts]


def test_figures_that_changed_places_are_another_number() -> None:
    def pairs(first: str, second: str) -> dict[tuple[str, str], str]:
        return classes(merge_duplicates(_table([{"title": title, "year": 2001} for title in (first, second)])))

    assert pairs("Report number 12148 of a long series", "Report number 11428 of a long series") == {}
    assert pairs("Report of parents and 12148 children", "Report of children and 12148 parents") == {("r0", "r1"): "likely"}


@pytest.mark.skipif(not DATA.exists(), reason=f"the screening sets are not at {DATA}")
@pytest.mark.parametrize("path", sorted(DATA.glob("*.jsonl.gz")) if DATA.exists() else [], ids=lambda path: path.stem)
def test_screening_sets_keep_every_identifier(path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        given = {str(row["id"]): row for row in map(json.loads, file)}
    numbered = path.stem.startswith(("Cohen", "synergy"))
    for members in import_papers(path).merges.history.column("members").to_pylist():
        assert not numbered, members
        assert len({given[name].get("doi") for name in members} - {None}) <= 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ris", "TY  - JOUR\nTI  - {0}\nM3  - Article\nER  - \n\nTY  - JOUR\nTI  - {0}\nM3  - Erratum\nER  - \n"),
        ("a.bib", "@article{{a, title={{{0}}}, year=2011}}\n@article{{b, title={{{0}}}, year=2011, type={{Correction}}}}"),
        ("a.csv", "Title,Year,Document Type\n{0},2011,Article\n{0},2011,Retraction\n"),
        ("a.csv", "题名,年,文献类型\n{0},2011,期刊论文\n{0},2011,勘误\n"),
        ("a.csv", "Заглавие,Год,Тип публикации\n{0},2011,Статья\n{0},2011,Исправление\n"),
    ],
)
def test_what_a_database_calls_a_notice_is_not_its_paper(name: str, text: str) -> None:
    """Some notices bear the very title of their paper, and only a field of the record tells."""
    title = "Peat under the old bridges of lake towns"
    assert import_papers(Source(name, data=text.format(title).encode())).table.num_rows == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Migration of eels along the coast of Ireland", "Migration along of eels the coast of Ireland"),
        ("Parents of children with fever of the marsh", "Children of parents with fever of the marsh"),
        ("Basic equations of tidal flow, I. Theory", "I. Basic equations of tidal flow, Theory"),
        ("The complexity of games with degree bound two", "The complexity of games with degree two bound"),
        ("Chains on suspension spectra", "Chains on spectra suspension"),
        ("Pressure control of tidal flow with nonlocal friction", "Prususre contrl of tdial flow wth nonlocla frction"),
    ],
)
def test_words_that_changed_places_and_many_slips_are_for_the_reader(first: str, second: str) -> None:
    assert class_of(first, second) == "likely"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Models of tidal flow in shallow bays", "M0dels of tidal flow in shallow bays", "same"),
        ("Structures of delay on tidal flats", "Structures of de1ay on tidal flats", "same"),
        ("Structures for delay on tidal flats", "Structures f0r delay on tidal flats", "likely"),
    ],
)
def test_letters_that_were_taken_for_figures(first: str, second: str, expected: str) -> None:
    assert class_of(first, second) == expected


def test_a_long_title_of_one_year_and_some_of_its_authors() -> None:
    title = "Migration of young eels along a stony coast in winter"
    some = [["Ana Lopez", "Karl Meyer", "Sam Roe"], ["Karl Meyer", "Wrgno Naem", "Misred Letrs"]]
    assert class_of(title, title, authors=some) == "same"
    assert class_of(title, title, authors=some, published=["2011", "2012"]) == "likely"
    assert class_of("Young eels", "Young eels", authors=some) != "same"
    assert class_of(title, title, authors=[some[0], ["Ida Moss"]]) != "same"


LONG = "Slow migration of young eels along a stony coast in winter and spring"
"""More letters and words than two works share by chance."""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Two neighbours that changed places; not where they say which one of several, and not two letters.
        ("The drift of slow tidal waves in shallow bays", "The drift of tidal slow waves in shallow bays", "same"),
        ("The drift of slow waves in three shallow bays", "The drift of slow waves three in shallow bays", "likely"),
        ("The map of p q waves on long shallow coasts", "The map of q p waves on long shallow coasts", "likely"),
        # A preposition was lost; one that says no was not.
        ("Migration of eels along the coast of Ireland", "Migration eels along the coast of Ireland", "same"),
        ("Parsing with grammars learnt from raw text corpora", "Parsing grammars learnt from raw text corpora", "likely"),
        ("Migration of eels and not of trout in shallow rivers", "Migration of eels and of trout in shallow rivers", "likely"),
        # What an aggregator writes behind a title, and what makes it another work.
        ("Migration of eels along the coast", "Migration of eels along the coast [Article]", "same"),
        ("Migration of eels along the coast", "Migration of eels along the coast (Preprint).", "same"),
        ("Migration of eels along the coast", "Migration of eels along the coast (Original research article)", "same"),
        ("Migration of eels along the coast", "Migration of eels along the coast (Protocol)", "different"),
        ("Migration of eels along the coast", "Migration of eels along the coast (Extended abstract)", "likely"),
        ("Migration of eels along the coast", "Data from: Migration of eels along the coast", "different"),
        ("Migration of eels along the coast", "Supplementary materials for Migration of eels along the coast", "different"),
        # A database left out the subtitle; another side of the matter is another paper.
        ("Migration of young eels along the coast", "Migration of young eels along the coast: a puzzle of old maps", "same"),
        ("Migration of young eels along the coast", "Migration of young eels along the coast: theory and old maps", "likely"),
        ("Migration of young eels along the coast", "Migration of young eels along the coast: 2. Old maps", "likely"),
        ("Young eels", "Young eels: a puzzle of old maps along the coast", "different"),
        # Cut off where no title ends.
        ("Migration of young eels along the", "Migration of young eels along the stony coast of Ireland", "same"),
        ("Migration of young eels in fresh-", "Migration of young eels in fresh-water lakes of Ireland", "same"),
        ("Migration of young eels along", "Migration of young eels along rivers", "likely"),
    ],
)
def test_what_befalls_a_title_by_the_same_people_in_the_same_year(first: str, second: str, expected: str) -> None:
    assert class_of(first, second) == class_of(second, first) == expected


def test_a_subtitle_and_words_in_another_order_need_the_same_people_and_year() -> None:
    for first, second in (
        ("Migration of young eels along the coast", "Migration of young eels along the coast: a puzzle of old maps"),
        ("The drift of slow tidal waves in shallow bays", "The drift of tidal slow waves in shallow bays"),
    ):
        assert class_of(first, second, year=[2018, 2019]) == "likely"
        assert class_of(first, second, authors=[AUTHORS, ["Ida Moss", "Noether, Emmy"]]) != "same"


def test_a_long_title_needs_no_names_where_no_other_work_has_it() -> None:
    nameless = [AUTHORS, None]
    for year, expected in (([2018, 2019], "same"), ([2019, None], "same"), ([2016, 2019], "likely")):
        assert class_of(LONG, LONG.upper(), authors=nameless, year=year) == expected
    assert (
        class_of(
            "Young eels in winter rivers of Eire", "Young eels in winter rivers of Eire", authors=nameless, year=[2018, 2019]
        )
        == "likely"
    )
    yearly = f"Annual report on the {LONG[5:]}"
    assert class_of(yearly, yearly, authors=nameless, year=[2018, 2019]) == "likely"
    # Nobody says whose of the two the third one is.
    three = records([LONG] * 3, authors=[AUTHORS, ["Ruth Moss", "Luis Paz"], None], year=[2018, 2018, 2019])
    assert set(classes(merge_duplicates(three)).values()) == {"likely"}


def test_one_stretch_of_pages_is_one_article() -> None:
    first, second = "Migration of young eels along the coast", "Migration of young brown eels and trout along the coast"
    place: dict[str, list[object]] = {"venue": ["Journal of Fish Biology", "J. Fish Biol."], "volume": ["12", "12"]}
    assert class_of(first, second, **place, pages=["101-120", "101-20"]) == "same"
    assert class_of(first, second, **place, pages=["101", "101"], endpage=["120", "120"]) == "same"
    # Abstracts of a meeting stand on one page, and two by the same people are alike.
    assert class_of(first, second, **place, pages=["S101", "S101"]) == "likely"
    assert class_of(first, second, **place, pages=["101-102", "101-102"]) == "likely"
    # In some journals each article begins at page 1.
    assert class_of(first, second, **place, pages=["1-20", "1-20"]) == "likely"
    assert class_of(first, second, **{**place, "volume": ["12", "13"]}, pages=["101-120", "101-120"]) == "different"
    assert (
        class_of(first, second, **{**place, "venue": ["J. Fish Biol.", "Acta Math."]}, pages=["101-120", "101-120"]) == "likely"
    )
    assert class_of(first, second, **place, pages=["101-120", "101-120"], authors=[AUTHORS, ["Ida Moss"]]) != "same"
    parts = ("Lectures on the theory of forms, part one", "Lectures on the theory of forms, part two")
    assert class_of(*parts, **place, pages=["101-120", "101-120"]) != "same"


def test_one_text_as_abstract_is_one_paper_whatever_its_title_lost() -> None:
    text = " ".join(
        f"Eels of the {river} river swim {way} when the moon is new."
        for river in ("Lea", "Ouse", "Tees")
        for way in ("up", "down")
    )
    first, second = "Migration of young brown eels along the stony coast", "Migration of young eels along the stony coast"
    assert class_of(first, second, abstract=[text, text]) == "same"
    assert class_of(first, second, abstract=[text, text], year=[2014, 2019]) == "likely"
    assert class_of(first, second, abstract=[text, text.replace("up", "away")]) != "same"
    assert class_of(first, f"Data from: {first}", abstract=[text, text]) == "different"
    parts = ("Lectures on the theory of forms, part one", "Lectures on the theory of forms, part two")
    assert class_of(*parts, abstract=[text, text]) != "same"


def _vocabulary() -> list[str]:
    """Two thousand and more invented words, of syllables."""
    heads = [f"{one}{two}" for one in "bdfgklmnprst" for two in "aeiou"]
    return [f"{head}{tail}" for head in heads for tail in heads]


def test_a_slip_is_told_by_the_words_of_the_other_titles() -> None:
    words = _vocabulary()
    others = [" ".join(words[start : start + 12]) for start in range(0, len(words), 12)]
    frame = [
        {"title": f"The eels of {text}", "authors": [f"Person{row} Lopez"], "year": 2001} for row, text in enumerate(others * 2)
    ]

    def found(first: str, second: str) -> str:
        pair = [{"title": f"Migration of {title}", "authors": AUTHORS, "year": 2019} for title in (first, second)]
        rows = pd.DataFrame([*pair, *frame]).assign(id=lambda table: [f"r{row}" for row in range(len(table))])
        return classes(merge_duplicates(rows)).get(("r0", "r1"), "different")

    # *bxg* stands in no other word; *bana* might be a word though no title has it.
    assert found("babana along the coast", "baxana along the coast") == "same"
    assert found("bafana along the coast", "bagana along the coast") == "likely"
    # A word that nearly all titles have was misspelt.
    assert found("the eels along the coast", "teh eels along the coast") == "same"
    # A space became a letter.
    assert found("bafa gada along the coast", "bafaxgada along the coast") == "same"
    # Neither is known, and both could be words.
    assert found("zuzana along the coast", "zuzama along the coast") == "likely"


@pytest.mark.parametrize("held", [None, 0])
def test_so_many_pairs_are_listed_and_the_others_counted(monkeypatch: pytest.MonkeyPatch, held: int | None) -> None:
    """They are counted at the end, and where more are held than that, each time that some rows have been compared."""
    monkeypatch.setattr("explorer.dedupe.blocking._ROWS_AT_ONCE", 1)
    names = ("Report", "Protein", "Almanac")
    titles = [f"{name} number {number} of a long series" for name in names for number in (12148, 11429)]
    years = [2001, 2001, 2011, 2011, 2021, 2021]
    # The pair that is found last has the first ids, and is the surest of three that are alike.
    papers = pd.DataFrame({"id": list("fedcba"), "title": titles, "authors": [AUTHORS] * 6, "year": years})
    every = merge_duplicates(papers)
    assert list(zip(every.likely["first"], every.likely["second"], strict=True)) == [("a", "b"), ("c", "d"), ("e", "f")]
    assert [note.action for note in every.ledger.notes] == ["likely"] * 3
    monkeypatch.setattr("explorer.dedupe.matching.MOST_LIKELY", 1)
    if held is not None:
        monkeypatch.setattr("explorer.dedupe.matching._HELD", held)
    some = merge_duplicates(papers)
    assert some.likely.to_dict("records") == every.likely.head(1).to_dict("records")
    assert some.ledger.notes[0].reason == "of 3 pairs of records that are likely one paper the surest 1 are listed"
    assert [note.record for note in some.ledger.notes[1:]] == [note.record for note in every.ledger.notes[:1]]
    assert len(some.papers) == 6


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("山田太郎", "山田, 太郎", "same"),
        ("山田 太郎", "山田太郎", "same"),
        ("王, 明", "王明", "same"),
        ("김 철수", "김철수", "same"),
        ("王, 明", "王, 刚", "likely"),
        ("山田, 太郎", "鈴木, 太郎", "likely"),
    ],
)
def test_names_of_the_east_with_and_without_a_space(one: str, other: str, expected: str) -> None:
    """Databases write a space, a comma or nothing between the two parts of a name; a part may be one letter."""
    title = "湖沼のヨシ群落の遷移に関する研究"
    assert class_of(title, title, authors=[[one], [other]]) == expected

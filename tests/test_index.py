"""Hits of the full-text index against a search of one paper after the other."""

from __future__ import annotations

import functools
import json
import random
import tempfile
from pathlib import Path

import numpy as np
import oracles
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import QueryError
from explorer.papers.schema import to_table
from explorer.selection.query import as_typed, parse
from explorer.store import fulltext, postings
from explorer.store.fulltext import TextIndex, build_index, keep_frequent
from explorer.text.analysis import Terms, highlight


def table_of(papers: list[oracles.Paper]) -> pa.Table:
    names = list(dict.fromkeys(name for paper in papers for name in paper)) or ["title"]
    return to_table(pa.table({name: pa.array([paper.get(name) for paper in papers]) for name in names}))


@functools.cache
def indexed(seed: int) -> tuple[list[oracles.Paper], TextIndex]:
    papers = oracles.random_papers(seed, 60)
    folder = Path(tempfile.mkdtemp(prefix="litexplorer-test-"))
    build_index(table_of(papers), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "LEAST_PAPERS", 1)
        keep_frequent(folder, len(papers))
    return papers, TextIndex(folder)


def found(index: TextIndex, query: str) -> set[int]:
    node = parse(query)
    assert node is not None
    return set(index.hits(node).rows.tolist())


@settings(max_examples=examples(200), deadline=None)
@given(seed=st.integers(0, 4), query=oracles.queries)
def test_hits_are_those_of_a_search_paper_by_paper(seed: int, query: str) -> None:
    papers, index = indexed(seed)
    node = parse(query)
    if node is not None:
        expected = {row for row, paper in enumerate(papers) if oracles.matches(node, paper)}
        assert found(index, query) == expected
        # And those that are put together from the papers of frequent words.
        assert set(np.flatnonzero(index.mask(node, len(papers))).tolist()) == expected


def test_papers_of_frequent_words_are_those_of_this_state_of_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "LEAST_PAPERS", 1)
    papers = table_of([{"title": f"a theory of {word}"} for word in ("graphs", "fields", "graphs")])
    build_index(papers, tmp_path)
    keep_frequent(tmp_path, 3)
    theory, other = parse("theory"), parse("-graphs")
    assert theory is not None
    assert other is not None
    index = TextIndex(tmp_path)
    assert index.commonest(2, 2) == [("title", "theori"), ("title", "graph")]
    assert index.mask(theory, 3).tolist() == [True] * 3
    assert index.mask(other, 3).tolist() == [False, True, False]
    # A paper that came, and one that was written anew, are in the index and not yet in what is kept beside it.
    build_index(table_of([{"title": "graphs"}, {"title": "no theory"}]), tmp_path, rows=[0, 3], held=3)
    assert TextIndex(tmp_path).mask(theory, 4).tolist() == [False, True, True, True]
    keep_frequent(tmp_path, 4)
    assert TextIndex(tmp_path).mask(theory, 4).tolist() == [False, True, True, True]
    # What an earlier version kept has no rows of rarer words.
    told = json.loads((tmp_path / "frequent.json").read_text())
    (tmp_path / "frequent.rows.npy").unlink()
    (tmp_path / "frequent.json").write_text(json.dumps({name: value for name, value in told.items() if name != "rarer"}))
    assert TextIndex(tmp_path).mask(theory, 4).tolist() == [False, True, True, True]


def test_a_word_that_is_common_in_one_field_is_kept_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "LEAST_PAPERS", 1)
    monkeypatch.setattr(postings, "FREQUENT_SHARE", 0.5)
    papers = [{"title": title, "abstract": "graphs"} for title in ("one graph", "two", "three", "a graph")]
    build_index(table_of(papers), tmp_path)
    keep_frequent(tmp_path, 4)
    index = TextIndex(tmp_path)
    monkeypatch.setattr(index, "_rows", lambda query: pytest.fail("tantivy was asked"))
    for query, rows in (("title:graph", [0, 3]), ("abstract:graph", [0, 1, 2, 3]), ("keywords:graph", [])):
        node = parse(query)
        assert node is not None
        assert np.flatnonzero(index.mask(node, 4)).tolist() == rows


def test_common_words_of_papers_that_have_nothing_but_titles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "LEAST_PAPERS", 1)
    build_index(table_of([{"title": "one graph"}, {"title": "two"}]), tmp_path)
    keep_frequent(tmp_path, 2)
    index = TextIndex(tmp_path)
    for query, rows in (("graph", [0]), ("abstract:graph", []), ("NOT keywords:graph", [0, 1])):
        node = parse(query)
        assert node is not None
        assert np.flatnonzero(index.mask(node, 2)).tolist() == rows


def test_papers_that_are_asked_for_by_their_ids_score_as_among_all(tmp_path: Path) -> None:
    """The id of one is the DOI of another, but for its case."""
    papers = [("10.1234/AB", None, "graphs"), ("b", "10.1234/ab", "graphs and fields"), ("c", None, "fields"), ("d", None, "x")]
    build_index(table_of([{"id": id_, "doi": doi, "title": f"a theory of {of}"} for id_, doi, of in papers]), tmp_path)
    index, node = TextIndex(tmp_path), parse("theory (graphs OR fields)")
    assert node is not None
    hits = index.hits(node)
    score = dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))
    for ids, rows in ((["10.1234/AB"], [0, 1]), (["c", "d"], [2]), (["B", "elsewhere"], [1]), (["d"], [])):
        found = index.hits_among(node, ids)
        assert dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True)) == {row: score[row] for row in rows}


def test_a_beginning_is_found_by_the_commonest_words_that_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some forms of a common word begin otherwise, and some words that begin so are rare."""
    words = ("modes", "models", "modeling", "modern", "made", "happy", "happier", "dies", "dying", "modem")
    titles = [f"{one} {other}" for one in words for other in words]
    papers = [
        {"title": title, "abstract": title if row % 3 else "models", "authors": [title]} for row, title in enumerate(titles)
    ]
    build_index(table_of(papers), tmp_path)
    plain = TextIndex(tmp_path)
    for name, value in (("LEAST_PAPERS", 1), ("FREQUENT_SHARE", 0.2)):
        monkeypatch.setattr(postings, name, value)
    monkeypatch.setattr(postings, "BEGINNING_SHARE", 2)
    keep_frequent(tmp_path, len(papers))
    kept = TextIndex(tmp_path)
    used = set()
    for begin in ("mod", "mode", "model", "models", "ma", "happ", "happi", "d", "dy", "modem", "x"):
        for field in ("", "title", "abstract", "authors"):
            node = parse(f"{field}:{begin}*" if field else f"{begin}*")
            assert node is not None
            fields = (field,) if field else ("title", "abstract", "authors")
            texts = [[" ".join(paper[name]) if name == "authors" else paper[name] for name in fields] for paper in papers]
            wanted = {
                row: float(count)
                for row, parts in enumerate(texts)
                if (count := sum(any(word.startswith(begin) for word in text.split()) for text in parts))
            }
            for index in (plain, kept):
                hits = index.hits(node)
                assert dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True)) == wanted, (begin, field)
                assert np.flatnonzero(index.mask(node, len(papers))).tolist() == sorted(wanted), (begin, field)
            used |= {begin} if kept._stems_of("title", begin) else set()
    # "dies" has the stem of "dying", and another beginning.
    assert {"mod", "model", "d"} <= used
    assert not used & {"dy", "x"}


_TYPED = ("model", "models", "mode", "modern", "co", "common", "con", "contrast", "dies", "dying", "results", "resulting")


@functools.cache
def common(seed: int) -> tuple[list[dict[str, str]], TextIndex, TextIndex]:
    """Papers of few words, an index that keeps nothing of them, and one that keeps what it can."""
    chance = random.Random(seed)
    papers = [
        {"title": " ".join(chance.choices(_TYPED, k=3)), "abstract": " ".join(chance.choices(_TYPED, k=chance.randint(0, 7)))}
        for _ in range(150)
    ]
    folder = Path(tempfile.mkdtemp(prefix="litexplorer-test-"))
    build_index(table_of(papers), folder)
    plain = TextIndex(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "LEAST_PAPERS", 1)
        patch.setattr(postings, "FREQUENT_SHARE", 0.3)
        patch.setattr(postings, "BEGINNING_SHARE", 0.2)
        keep_frequent(folder, len(papers))
    return papers, plain, TextIndex(folder)


@pytest.mark.parametrize(("rare", "few", "many"), [(1, 1, 1000), (2, 1, 8), (40, 8, 24)])
@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2), words=st.lists(st.sampled_from(_TYPED), min_size=1, max_size=2), limit=st.sampled_from([1, 9, 60])
)
def test_a_query_that_is_typed_finds_and_scores_what_it_does_without_what_is_kept(
    rare: int, few: int, many: int, seed: int, words: list[str], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_RARE", rare), ("_FEW", few), ("_MANY", many)):
        monkeypatch.setattr(fulltext, name, value)
    papers, plain, kept = common(seed)
    query = " ".join(words)
    for end in range(1, len(query) + 1):
        node = parse(as_typed(query[:end]))
        if node is None:
            continue
        wanted, hits = plain.hits(node), kept.hits(node)
        scores = dict(zip(wanted.rows.tolist(), wanted.scores.tolist(), strict=True))
        assert dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True)) == scores, query[:end]
        assert np.flatnonzero(kept.mask(node, len(papers))).tolist() == sorted(scores)
        # All that score better than the last, and all that score alike or none.
        best, whole = kept.leading(node, limit)
        led = dict(zip(best.rows.tolist(), best.scores.tolist(), strict=True))
        assert led == {row: score for row, score in scores.items() if score >= min(led.values(), default=0)} or not led
        assert len(led) == len(scores) if whole else len(led) < len(scores)
        # By a plain scan, where one word is begun, and no stem is.
        *before, last = query[:end].split()
        if not before and last.startswith(("mod", "com", "con")) and last not in _TYPED:
            begun = [any(w.startswith(last) for w in f"{p['title']} {p['abstract']}".split()) for p in papers]
            assert sorted(scores) == np.flatnonzero(begun).tolist()


def test_beginnings_are_kept_for_the_state_of_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "LEAST_PAPERS", 1)
    monkeypatch.setattr(postings, "BEGINNING_SHARE", 0)
    build_index(table_of([{"title": "common words"}, {"title": "of contrast"}]), tmp_path)
    keep_frequent(tmp_path, 2)
    kept = TextIndex(tmp_path)._beginnings
    assert ("title", "co") in kept
    assert kept.mask("title", "co").tolist() == [True, True]
    assert kept.mask("title", "con").tolist() == [False, True]
    # A corpus of an earlier version has none, and one that came to other papers has those of before.
    told = (tmp_path / "beginnings.json").read_text()
    (tmp_path / "beginnings.json").write_text(told.replace(json.loads(told)["index"], "another"))
    assert ("title", "co") not in TextIndex(tmp_path)._beginnings
    (tmp_path / "beginnings.json").unlink()
    assert ("title", "co") not in TextIndex(tmp_path)._beginnings
    (tmp_path / "beginnings.json").write_text(told)
    np.save(tmp_path / "beginnings.npy", np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match="is not of the beginnings"):
        TextIndex(tmp_path)


def small(folder: Path, *papers: dict[str, object]) -> TextIndex:
    build_index(table_of([{"title": None, **paper} for paper in papers]), folder)
    return TextIndex(folder)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("transformer", {0, 1}),
        ("TRANSFORMERS", {0, 1}),
        ('"graph neural network"', {0}),
        ('"neural graph"', set()),
        ('"state of the art"', {2}),
        ("state-of-the-art", {2}),
        ("title:neural", {0}),
        ("abstract:neural", {1}),
        ("author:muller", {1}),
        ("author:Müller", {1}),
        ("venue:iclr", {2}),
        ("iclr", set()),
        ("id:10.1000/ABC", {0}),
        ("doi:10.1000/abc", {0}),
        ("doi:10.1000*", {0}),
        ("arxiv:2401.00001", {1}),
        ("transf*", {0, 1}),
        ("author:mül*", {1}),
        ("딥러*", {3}),
        ("self-superv*", {3}),
        ("neural -transformer", set()),
        ("NOT neural", {2, 3}),
        ("-neural -art", {3}),
        ("neural OR art", {0, 1, 2}),
        ("the", {0, 1, 2, 3}),
        ("the neural", {0, 1}),
        ("a OR neural", {0, 1, 2, 3}),
        ("neuralx", set()),
    ],
)
def test_the_language_of_the_help(query: str, rows: set[int]) -> None:
    assert found(_help_index(), query) == rows


@functools.cache
def _help_index() -> TextIndex:
    return small(
        Path(tempfile.mkdtemp(prefix="litexplorer-test-")),
        {"title": "Transformers and a graph neural network", "doi": "10.1000/ABC"},
        {"title": "A transformer", "abstract": "Of neural origin", "authors": ["Jörg Müller"], "arxiv_id": "2401.00001"},
        {"title": "State of the art", "venue": "ICLR"},
        {"title": "딥러닝", "abstract": "self-supervised learning, and supervised too"},
    )


def test_a_phrase_does_not_run_over_two_authors(tmp_path: Path) -> None:
    index = small(tmp_path, {"authors": ["Ada Lovelace", "Grace Hopper"]})
    assert found(index, 'author:"ada lovelace"') == {0}
    assert found(index, 'author:"lovelace grace"') == set()


def test_natural_text_knows_no_operators(tmp_path: Path) -> None:
    index = small(tmp_path, {"title": "cats"}, {"title": "dogs OR (cats"}, {"title": "fish"})
    assert set(index.natural('NOT cats" OR (', 10).rows.tolist()) == {0, 1}
    assert len(index.natural("the of ( -", 10).rows) == 0
    assert len(index.natural("", 10).rows) == 0


def test_scores_are_bm25(tmp_path: Path) -> None:
    """One field, one word: Robertson & Zaragoza (2009), equation 3.15, with the idf of Lucene (1 + inside the logarithm)."""
    titles = ["cat", "cat cat dog", "dog fish bird", "bird", "cat fish bird dog mouse"]
    index = small(tmp_path, *({"title": title} for title in titles))
    node = parse("title:cat")
    assert node is not None
    hits = index.hits(node)
    lengths = [len(title.split()) for title in titles]
    idf = np.log(1 + (len(titles) - 3 + 0.5) / (3 + 0.5))
    for row, score in zip(hits.rows, hits.scores, strict=True):
        often, length = titles[row].split().count("cat"), lengths[row]
        expected = idf * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * length / np.mean(lengths)))
        assert score == pytest.approx(expected, rel=1e-5)


def test_an_index_without_papers(tmp_path: Path) -> None:
    index = small(tmp_path)
    assert found(index, "cat") == set()
    assert len(index.natural("cat", 5).rows) == 0
    assert len(index.similar("cat", "dog", 5).rows) == 0


SPELT = (
    ("COVID-19 in children", "COVID19 in adults", "Covid 19 and sleep"),
    ("SARS-CoV-2", "SARS CoV2", "SARSCoV2"),
    ("IL-6 levels", "IL6 levels"),
    ("X-ray images", "Xray images"),
    ("E-health records", "eHealth records"),
    ("Health-care costs", "Healthcare costs", "Health care costs"),
    ("Follow-up visits", "Followup visits"),
    ("T-cells", "Tcells"),
    ("Alzheimer's disease", "Alzheimers disease", "Alzheimer disease", "Alzheimer\u2019s disease"),
    ("Schr\u00f6dinger operators", "Schroedinger operators"),
    ("M\u00f6bius strips", "Moebius strips"),
    ("3-D printing", "3D printing"),
)
"""Titles of which each finds the others by its first word."""


@pytest.mark.parametrize("titles", SPELT, ids=lambda titles: titles[0])
def test_words_are_found_with_and_without_their_hyphens_apostrophes_and_dots(tmp_path: Path, titles: tuple[str, ...]) -> None:
    rows = {title: row for row, title in enumerate(title for some in SPELT for title in some)}
    index = small(tmp_path, *({"title": title} for title in rows))
    for title in titles:
        word = title.split()[0]
        # Nothing says where the first parts, and of two words each is looked for.
        if word.lower() not in ("covid", "sars", "health"):
            assert found(index, word) == found(index, f'"{word}"') == {rows[other] for other in titles}, word


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ('"self-supervised learning"', {0, 1, 2}),
        ('"selfsupervised learning"', {0, 1, 2}),
        ('"learning of self-supervised"', set()),
        ('"self-supervised pre-training of"', {3, 4}),
        ('"self-supervised pretraining"', {3, 4}),
        ('"self supervised learning"', {0, 1}),
        ('title:"self-supervised learning"', {0, 1, 2}),
        ('"self-supervised" NEAR/2 moss', {0, 1, 2}),
        ('"SARSCoV2 in moss"', {5}),
        ("sarscov2", {5, 6, 7}),
        ("SARSCoV-2", {5, 6, 7}),
        ('"sarscov2"', {5, 6, 7}),
        ("SARSCoV2*", {5}),
        ("+SARSCoV2", {5}),
    ],
)
def test_words_in_quotation_marks_are_spelt_otherwise_too(tmp_path: Path, query: str, rows: set[int]) -> None:
    titles = (
        "Self-supervised learning of moss", "Self supervised learning of moss", "Selfsupervised learning of moss",
        "Self-supervised pretraining of ferns", "Selfsupervised pre-training of ferns", "SARSCoV2 in moss", "SARS-CoV-2 in ferns",
        "SARS-CoV2 in reeds",
    )  # fmt: skip
    assert found(small(tmp_path, *({"title": title} for title in titles)), query) == rows


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("author:mueller", {0, 1}),
        ("author:M\u00fcller", {0, 1}),
        ("author:muller", {0, 1}),
        ('author:"M\u00fcller, Karin"', {0}),
        ('author:"Mueller, Karin"', {0}),
        ('author:"Hans M\u00fcller"', {1}),
        ("author:obrien", {2, 3}),
        ("author:O'Brien", {2, 3}),
        ("author:O\u2019Brien", {2, 3}),
        ('author:"O\'Brien, Sue"', {3}),
        ('author:"OBrien P"', {2}),
        ("author:moller", {4, 5}),
        ("author:M\u00f8ller", {4, 5}),
        ("author:moeller", {4, 5}),
        ('author:"Dijk, Jan van"', {9, 10}),
        ('author:"van Dijk, Jan"', {9, 10}),
        ('author:"Jan van Dijk"', {9, 10}),
        ("author:vandenberg", {6}),
        ('author:"van den Berg"', {6}),
        ("author:michael", {7}),
        ("author:michal", {8}),
        ("author:+mueller", {1}),
    ],
)
def test_names_are_found_however_their_letters_are_written(query: str, rows: set[int]) -> None:
    assert found(_spelt_names(), query) == rows


@functools.cache
def _spelt_names() -> TextIndex:
    names = (
        "M\u00fcller, Karin", "Mueller, Hans", "Pat O'Brien", "OBrien, Sue", "Christian M\u00f8ller", "Moeller, C.", "van den Berg, Jan",
        "Michael Roe", "Michal Roe", "Dijk, Jan van", "Jan van Dijk",
    )  # fmt: skip
    return small(Path(tempfile.mkdtemp(prefix="litexplorer-test-")), *({"authors": [name]} for name in names))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("poet", "pot plants"),
        ("statues", "status reports"),
        ("values", "a valus"),
        ("overtime", "changes over time"),
        ("network", "net work done"),
        ("standby", "stand tall"),
        ("2019-2020", "20192020"),
        ("+covid-19", "covid19"),
        ('"covid-19 in lakes"', "covid19 lakes"),
        ('"overtime"', "changes over time"),
    ],
)
def test_other_words_are_no_spellings(tmp_path: Path, query: str, text: str) -> None:
    assert found(small(tmp_path, {"title": text}), query) == set()


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("zeroshot", {0, 1, 2}),
        ("ZeroShot", {0, 1, 2}),
        ("title:zeroshot", {0, 2}),
        ("+zeroshot", {2}),
        ("zeroshot*", {2}),
        ("blackholes", {3, 4}),
        # As many write it.
        ("SARS-CoV2", {8}),
        ("SARS-CoV-2", {8}),
        # Written in one word more often than in two, or with a small word.
        ("carpets", {5, 6}),
        ("notable", {7}),
        ("zerofield", set()),
    ],
)
def test_a_word_written_in_two_is_found_where_the_papers_write_it_so(tmp_path: Path, query: str, rows: set[int]) -> None:
    index = small(
        tmp_path,
        {"title": "Zero-shot maps of moss"},
        {"abstract": "Maps made by zero shot learning of moss."},
        {"title": "Zeroshot moss"},
        {"title": "Black hole moss"},
        {"title": "Moss of black-holes"},
        {"title": "A carpet of moss", "abstract": "A car, pets and moss."},
        {"title": "Carpets", "abstract": "of moss"},
        {"title": "A notable moss"},
        {"title": "A moss that is not able to grow, and SARS-CoV-2", "abstract": "The zero of the field and a shot. Not able."},
    )
    assert found(index, query) == rows


def test_texts_of_ten_megabytes(tmp_path: Path) -> None:
    index = small(
        tmp_path, {"title": "needle " + "hay " * 2_600_000}, {"title": "x" * 10_000_000, "doi": "10.1000/" + "y" * 100_000}
    )
    assert found(index, "needle") == {0}
    assert found(index, "doi:10.1000*") <= {1}


def test_a_build_stops_when_its_progress_raises(tmp_path: Path) -> None:
    def stop(part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(table_of(oracles.random_papers(0, 5)), tmp_path, progress=stop)


def test_words_to_highlight_leave_out_what_is_excluded() -> None:
    index = _help_index()
    assert index.terms_of(parse('neural -graph author:lee venue:iclr "chain rule" trans*')) == Terms(
        frozenset({"neural", "chain", "rule"}), ("trans.*",)
    )
    assert index.terms_of(None) == Terms()


# Chinese and Japanese


@functools.cache
def unspaced_papers() -> tuple[list[oracles.Paper], TextIndex]:
    """Titles and abstracts of a few characters, so that short queries are found in some and not in others."""
    rng = np.random.default_rng(5)
    letters = [*"神经网络学習カー", "bert", "x9"]
    papers: list[oracles.Paper] = []
    for number in range(80):
        title, abstract = ("".join(rng.choice(letters, rng.integers(0, 9))) for _ in range(2))
        papers.append({"title": title or f"paper{number}", "abstract": abstract, "keywords": [], "authors": []})
    folder = Path(tempfile.mkdtemp(prefix="litexplorer-test-"))
    build_index(table_of(papers), folder)
    return papers, TextIndex(folder)


@given(st.text("神经网络学習カー", min_size=1, max_size=4), st.sampled_from(["{}", '"{}"', "{}*", "title:{}", "-{}"]))
@settings(max_examples=examples(200), deadline=None)
def test_unspaced_writing_is_found_wherever_it_stands(run: str, form: str) -> None:
    papers, index = unspaced_papers()
    fields = ("title",) if form.startswith("title") else ("title", "abstract")
    holding = {row for row, paper in enumerate(papers) if any(run in paper[field] for field in fields)}
    wanted = set(range(len(papers))) - holding if form.startswith("-") else holding
    assert found(index, form.format(run)) == wanted


def test_words_within_unspaced_writing_are_words() -> None:
    folder = Path(tempfile.mkdtemp(prefix="litexplorer-test-"))
    papers: list[oracles.Paper] = [{"title": "日本語BERTの評価"}, {"title": "BERT models"}, {"title": "中文分词 with networks"}]
    build_index(table_of(papers), folder)
    index = TextIndex(folder)
    assert found(index, "bert") == {0, 1}
    assert found(index, "分词 network") == {2}
    assert index.natural("分词研究", 5).rows.tolist() == [2]
    assert index.natural("词分", 5).rows.tolist() == []
    assert index.natural("语", 5).rows.tolist() == []


def test_unspaced_writing_is_marked_where_it_stands_together() -> None:
    folder = Path(tempfile.mkdtemp(prefix="litexplorer-test-"))
    build_index(table_of([{"title": "神经网络"}]), folder)
    terms = TextIndex(folder).terms_of(parse("神经 models 経済*"))
    assert highlight("神经和神的经模型 the modelへ経済学", terms) == [
        ("神经", 1),
        ("和神的经模型 the ", 0),
        ("model", 1),
        ("へ", 0),
        ("経済", 1),
        ("学", 0),
    ]


def test_the_best_hits_and_all_that_tie_with_the_last(tmp_path: Path) -> None:
    titles = ["cat", "cat dog", *["cat mouse"] * 30, "mouse", "owl"]
    build_index(to_table(pa.table({"title": titles, "abstract": ["owl"] * 34})), tmp_path)
    index = TextIndex(tmp_path)
    assert index.natural("cat", 1).rows.tolist() == [0]
    assert sorted(index.natural("cat", 3).rows.tolist()) == list(range(32))
    assert len(index.natural("cat", 0).rows) == 0
    # In the title alone, where it is asked for.
    assert index.natural("owl", 40, ("title",)).rows.tolist() == [33]
    assert len(index.natural("owl", 40).rows) == 34


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        # Forms of words that no stemmer brings together.
        ("analysis", {0, 1}),
        ("analyses", {0, 1}),
        ("criterion", {2, 3}),
        ("criteria", {2, 3}),
        ("tumor", {4, 5}),
        ("tumour", {4, 5}),
        ('"tumour matrix"', {4, 5}),
        ("matrices", {4, 5}),
        ("haemoglobin", {6, 7}),
        ("hemoglobin", {6, 7}),
        ("labeling", {6, 7}),
        ("+tumour", {4}),
        ("+analysis", {0}),
        # Letters written otherwise.
        ("p(x)-Laplacian", {8}),
        ("Fe(II)-dependent", {8}),
        ("ibrahim", {9}),
        ("İbrahim", {9}),
        ("İBRAHİM", {9}),
        ("etude", {9}),
        ("étude", {9}),
        ("e\u0301tude", {9}),
        ("cooperation", {9}),
        ("co\u00adoper\u200bation", {9}),
        ("S2FT", {9}),
        ("fine", {9}),
        ("x" * 80, {10}),
        ("x" * 79, set()),
        ("x" * 30 + "*", {10}),
        # Other languages.
        ("нейронная сеть", {11}),
        ("нейронные сети", {11}),
        ("елка", {11}),
        ("ёлка", {11}),
        ("딥러닝", {12}),
        ("딥러닝을", {12}),
        ("딥러닝으로", {12}),
        ('"딥러닝으로"', set()),
        ("DNA", {13}),
        ("ｄｎａ", {13}),
        ("アユ", {13}),
        ("ガラス", {13}),
        ("δεδομενα", {13}),
        ("ΔΕΔΟΜΈΝΑ", {13}),
        # Names in any order.
        ('author:"Doe, Jane"', {14, 15}),
        ('author:"Jane Doe"', {14, 15}),
        ('author:"Doe J"', {14, 15, 16}),
        ('author:"J. Doe"', {14, 15, 16}),
        ('author:"van der Berg, Jan"', {16}),
        ('author:"Jan van der Berg"', {16}),
        ('author:"Roe, Jane"', set()),
        # Compounds in one word, in two, with a hyphen; letters of Greek by their names.
        ("pretraining", {18, 19, 20}),
        ("pre-training", {18, 19, 20}),
        ("pre-trained", {18, 19, 20}),
        ('"pre training"', {19, 20}),
        ("+pretraining", {18}),
        ("title:(nonlinear OR nothing)", {18, 19}),
        ("overview", set()),
        ("beta-catenin", {18, 19}),
        ("β-catenin", {18, 19}),
        # Wildcards and nearness.
        ('"graph neur*"', {17}),
        ('"graph *al network"', {17}),
        ("graph NEAR/1 networks", {17}),
        ("networks NEAR/1 graph", {17}),
        ("network PRE/1 graph", set()),
        ("graph NEAR/0 network", set()),
        ("gr?ph", {17}),
        ("grap$h", {17}),
        ("graphs?", {17}),
        ("+graph?", set()),
        ("C*-algebra", {17}),
    ],
)
def test_words_of_titles_find_them(query: str, rows: set[int]) -> None:
    assert found(_titles(), query) == rows


@functools.cache
def _titles() -> TextIndex:
    return small(
        Path(tempfile.mkdtemp(prefix="litexplorer-test-")),
        {"title": "An analysis"},
        {"title": "Two analyses"},
        {"title": "One criterion"},
        {"title": "Many criteria"},
        {"title": "A tumour matrix"},
        {"title": "Tumor matrices"},
        {"title": "Haemoglobin labelling"},
        {"title": "Hemoglobin labeled"},
        {"title": "On the p(x)-Laplacian and Fe(II)-dependent things"},
        {"title": "İbrahim: an e\u0301tude of co\u00adoperation in S²FT, ﬁne"},
        {"title": "x" * 80},
        {"title": "Нейронные сети и ёлка"},
        {"title": "딥러닝을 이용한 검출"},
        {"title": "ＤＮＡ and ｱﾕ and ｶﾞﾗｽ and δεδομένα"},
        {"authors": ["Doe, Jane"]},
        {"authors": ["Jane Doe"]},
        {"authors": ["Doe J", "Berg, Jan van der", "van der Berg, Jan"]},
        {"title": "A graph neural network and a C*-algebra"},
        {"title": "Pretraining, non-linear, of β-catenin"},
        {"title": "Pre-training, nonlinear, of beta-catenin"},
        {"title": "Pre training: over views"},
    )


def test_words_of_two_keywords_are_not_near_each_other(tmp_path: Path) -> None:
    index = small(tmp_path, {"keywords": ["lake fish", "net pond"], "authors": ["Ada Lovelace", "Grace Hopper"]})
    assert found(index, "keyword:(fish NEAR/9 lake)") == {0}
    assert found(index, "keyword:(fish NEAR/9 net)") == set()
    assert found(index, "author:(lovelace NEAR/9 grace)") == set()


def test_initials_in_a_phrase_near_a_word_are_letters(tmp_path: Path) -> None:
    index = small(
        tmp_path,
        {"title": "Lakes of the large U.S. states", "authors": ["Moss, Ursula S."]},
        {"title": "Lakes of large states"},
    )
    assert found(index, 'lakes NEAR/3 "large U.S."') == {0}


def test_wildcards_that_too_many_words_fit_are_refused(tmp_path: Path) -> None:
    index = small(tmp_path, {"title": "lake fish"})
    with pytest.raises(QueryError, match="more letters"):
        found(index, "l* NEAR/3 fish")
    with pytest.raises(QueryError, match="too many phrases"):
        found(index, "lake NEAR/50 fish NEAR/50 net")


def test_words_of_any_length_are_looked_for(tmp_path: Path) -> None:
    """A word with many spellings makes a pattern that the index refuses; pasted sequences and titles without blanks are such."""
    long = "supercalifragilisticexpialidocious" * 6
    index = small(tmp_path, {"title": f"The {long} word"}, {"title": "Another lake"})
    for query in (long, f'"{long}"', "supercali" * 22, f'"the {long} word"', f'"{long} word"'):
        assert found(index, query) == ({0} if long in query else set()), query
    with pytest.raises(QueryError, match="too long"):
        found(index, "s" * 1500 + "*")
    assert found(index, f'"another {"supercali" * 22}"') == set()

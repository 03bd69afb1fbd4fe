"""Completions and spellings, against going through all words and values one by one."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import oracles
import pandas as pd
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, QueryError, Selection
from explorer.search.completion import Completion, complete, suggest
from explorer.selection.query import parse
from explorer.store import facets
from explorer.store.facets import Prefixes, sort_words
from explorer.text.analysis import analyzer, tokens

Corpora = list[tuple[Corpus, list[oracles.Paper]]]

NAMES = st.text(st.sampled_from("abcDEÉéßłŁ李ñ '-.,0\"()*:x"), min_size=1, max_size=14)


# Values by the beginning of a word


def holds(value: str, text: str) -> bool:
    """Whether a value has the words of `text` next to each other, the last one at least in its beginning."""
    words = [word for _, word in tokens(value, "names")]
    wanted = [word for _, word in tokens(text, "names")]
    ended = not text[-1].isalnum()
    for start in range(len(words) - len(wanted) + 1):
        *whole, last = words[start : start + len(wanted)]
        if whole == wanted[:-1] and (last == wanted[-1] if ended else last.startswith(wanted[-1])):
            return True
    return False


@settings(max_examples=examples(300), deadline=None)
@given(values=st.lists(NAMES, max_size=40, unique=True), text=NAMES, limit=st.integers(1, 10), at_once=st.sampled_from([7, 50]))
def test_values_by_prefix_equal_going_through_all(values: list[str], text: str, limit: int, at_once: int) -> None:
    array = pa.array(values, pa.large_string())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facets, "_AT_ONCE", at_once)
        found = sort_words(array).find(array, text, limit)
    expected = [code for code, value in enumerate(values) if tokens(text, "names") and holds(value, text)]
    assert found == expected[:limit]


def test_long_words_and_several_words_are_told_apart(tmp_path: Path) -> None:
    values = ["Ada Constantinescu", "Ada Constantinides", "Constantine Ada", "Adam Constantin", "constantinid"]
    array = pa.array(values, pa.large_string())
    sort_words(array).save(tmp_path, "authors")
    kept = Prefixes.load(tmp_path, "authors")
    assert kept is not None
    assert kept.find(array, "constantini", 8) == [1, 4]
    assert kept.find(array, "ada constant", 8) == [0, 1]
    assert kept.find(array, "ada ", 8) == [0, 1, 2]
    assert kept.find(array, "ada", 2) == [0, 1]
    assert Prefixes.load(tmp_path, "venues") is None


def test_many_values_keep_the_most_frequent_first() -> None:
    values = [f"{'smith' if code % 7 == 0 else 'jones'} {code}" for code in range(20_000)]
    array = pa.array(values, pa.large_string())
    words = sort_words(array)
    assert words.find(array, "smi", 5) == [0, 7, 14, 21, 28]
    assert words.find(array, "smith 1999", 9) == [code for code in range(20_000) if holds(values[code], "smith 1999")][:9]
    assert words.find(array, "brown", 5) == []


def test_a_sliced_array_is_read_where_it_begins() -> None:
    array = pa.array(["Zoe", "Ada Lovelace", "Émilie", "Lee"], pa.large_string()).slice(1)
    assert sort_words(array).find(array, "l", 5) == [0, 2]


# Completions


def words_of(papers: list[oracles.Paper], field: str) -> Counter[str]:
    """Papers with each folded word of a field."""
    found: Counter[str] = Counter()
    for paper in papers:
        value = paper[field]
        texts = value if isinstance(value, list) else [value or ""]
        found.update({word for text in texts for _, word in tokens(text, "words")})
    return found


def by_kind(found: list[Completion], kind: str) -> list[tuple[str, int | None]]:
    return [(row.label, row.papers) for row in found if row.kind == kind]


@settings(max_examples=examples(200), deadline=None)
@given(data=st.data())
def test_words_by_their_number_of_papers(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora[1:]))
    prefix = data.draw(
        st.sampled_from([word[:size] for word in ("transformers", "graph", "models", "naive", "with") for size in (2, 3, 5)])
    )
    counts = [words_of(papers, field) for field in ("title", "abstract", "keywords")]
    expected = {word: max(count[word] for count in counts) for count in counts for word in count if word.startswith(prefix)}
    expected.pop(prefix, None)
    ranked = sorted(expected.items(), key=lambda item: (-item[1], item[0]))
    found = complete(corpus.snapshot, prefix, limit=50)
    assert by_kind(found, "word") == ranked[:50]
    inside = complete(corpus.snapshot, f"title:{prefix}", limit=50)
    titled = sorted(((w, n) for w, n in counts[0].items() if w.startswith(prefix) and w != prefix), key=lambda i: (-i[1], i[0]))
    assert by_kind(inside, "word") == titled


def _parses(text: str) -> bool:
    try:
        parse(text)
    except QueryError:
        return False
    return True


@settings(max_examples=examples(300), deadline=None)
@given(data=st.data())
def test_completing_never_raises_and_what_it_gives_is_a_query(data: st.DataObject, corpora: Corpora) -> None:
    corpus, _ = data.draw(st.sampled_from(corpora))
    pieces = st.sampled_from(
        [
            " ",
            "\u0000",
            "\ud800",
            *'author: venue: keyword: id: nofield: le AND gra émi 深度 self-sup title:tr + - * = : ( ) "'.split(),
        ]
    )
    text = "".join(data.draw(st.lists(pieces, max_size=7)))
    at = data.draw(st.one_of(st.none(), st.integers(-3, len(text) + 3)))
    found = complete(corpus.snapshot, text, at)
    assert len(found) <= 8
    for row in found:
        assert 0 <= row.start <= row.end <= len(text)
        assert row.papers is None or row.papers > 0
        if row.kind != "field" and re.fullmatch(r'[\w:" -]*', text) and text.count('"') < 2:
            whole = text[: row.start] + row.text
            if whole.count('"') % 2 == 0 and _parses(f"{text[: row.start]}x"):
                parse(whole)


@settings(max_examples=examples(200), deadline=None)
@given(data=st.data())
def test_a_value_taken_over_finds_its_papers(data: st.DataObject, corpora: Corpora) -> None:
    corpus, papers = data.draw(st.sampled_from(corpora[1:]))
    field, name = data.draw(st.sampled_from([("author", "authors"), ("venue", "venue"), ("keyword", "keywords")]))
    part = data.draw(st.sampled_from(["l", "le", "é", "du ch", "ic", "gra", "graph ne", "o'n", "d", "nothing", "の"]))
    quoted = " " in part or data.draw(st.booleans())
    text = f'{field}:"{part}' if quoted else f"{field}:{part}"
    for row in complete(corpus.snapshot, text):
        having = [
            paper
            for paper in papers
            if row.label in {oracles.SHOWN.get(v, v) for v in map(str.strip, oracles._texts(paper, name))}
        ]
        assert row.papers == len(having) > 0
        query = text[: row.start] + row.text + text[row.end :]
        assert len(corpus.select(Selection(query=query))) >= len(having)


def test_places_and_quotes() -> None:
    authors = [["Ada M. Lovelace", 'Bo "Bo" (x) Li'], ["Ada"]]
    table = pa.table({"title": ["Arithmetic of graphs", "b"], "authors": authors, "venue": ["AI* 1", "AI*"]})
    corpus = Corpus.from_papers(table)
    assert [row.text for row in complete(corpus.snapshot, "author:ada")] == ["Ada", '"Ada M. Lovelace"']
    [row] = complete(corpus.snapshot, 'graphs author:"ada m" arithmetic', 20)
    assert (row.start, row.end, row.text) == (14, 21, '"Ada M. Lovelace"')
    # Nothing is offered with which the rest of the query finds no paper.
    assert complete(corpus.snapshot, 'x author:"ada m" y', 15) == []
    assert [row.text for row in complete(corpus.snapshot, "b author:ada")] == ["Ada"]
    assert [row.text for row in complete(corpus.snapshot, "b OR author:ada")] == ["Ada", '"Ada M. Lovelace"']
    [row] = complete(corpus.snapshot, "author:bo")
    assert row.text == '"Bo  Bo  (x) Li"'
    assert parse(f"author:{row.text}") is not None
    assert [row.text for row in complete(corpus.snapshot, "venue:ai")] == ['"AI*"', '"AI* 1"']
    [row] = complete(corpus.snapshot, "-(arithm) x", 8)
    assert (row.start, row.end, row.text) == (2, 8, "arithmetic")
    [row] = complete(corpus.snapshot, "arithmxyz", 6)
    assert (row.start, row.end, row.text) == (0, 9, "arithmetic")
    assert complete(corpus.snapshot, "aut")[0].text == "author:"
    assert [row.text for row in complete(corpus.snapshot, "ada ", 3)] == ["author:Ada", 'author:"Ada M. Lovelace"']
    assert complete(corpus.snapshot, "AND") == complete(corpus.snapshot, "nofield:ada") == complete(corpus.snapshot, "") == []


def test_beside_other_words_those_come_first_that_go_with_them_best() -> None:
    titles = (
        ["Neural networks"] * 6 + ["Neural network nets"] * 2 + ["New neural news"] + ["New results"] * 30 + ["Nested loops"]
    )
    authors = [["Ada Newton"]] + [["Bo Nerval"]] * (len(titles) - 1)
    corpus = Corpus.from_papers(pa.table({"title": titles, "authors": authors, "id": [str(n) for n in range(len(titles))]}))

    def together(word: str) -> int:
        return len(corpus.select(Selection(query=f"neural {word}")))

    found = complete(corpus.snapshot, "neural ne")
    # Eight of eight papers with networks are neural, one of 31 that are new; networks and network find the same.
    assert by_kind(found, "word") == [("networks", 8), ("nets", 2), ("news", 1), ("new", 1)]
    assert all(row.papers == together(row.text) for row in found)
    # Alone, the number of papers decides.
    assert by_kind(complete(corpus.snapshot, "ne"), "word")[0] == ("new", 31)
    assert [row.label for row in complete(corpus.snapshot, "nested ner") if row.kind == "author"] == ["Bo Nerval"]
    assert [row.label for row in complete(corpus.snapshot, "nested newt") if row.kind == "author"] == []


def test_keywords_made_from_the_text_are_not_offered_as_keywords() -> None:
    corpus = Corpus.from_papers(
        pa.table({"title": ["graph networks of graph networks"] * 4, "abstract": ["graph networks work"] * 4})
    )
    assert corpus.snapshot.keywords_derived
    assert [row.kind for row in complete(corpus.snapshot, "keyword:gra")] in ([], ["word"])


def test_a_corpus_built_before_there_were_prefixes(corpora: Corpora) -> None:
    corpus, _ = corpora[-1]
    before = complete(corpus.snapshot, "author:le")
    older = Corpus(corpus.folder)
    older.snapshot._prefixes = dict.fromkeys(older.snapshot._prefixes)
    assert complete(older.snapshot, "author:le") == before
    assert np.array_equal(older.snapshot.prefixes("authors").keys, corpus.snapshot.prefixes("authors").keys)


# Spelling

TITLES = ["Neural networks for arithmetic reasoning"] * 12 + ["Transformer models of Auther language"] * 9 + ["Arithmetics"]


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    table = pa.table(
        {"title": TITLES, "authors": [["Ashish Vaswani"]] * len(TITLES), "id": [str(i) for i in range(len(TITLES))]}
    )
    return Corpus.from_papers(table, tmp_path_factory.mktemp("spelt") / "c")


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("arithmatic", "arithmetic"),
        ("Arithmatic", "Arithmetic"),
        ("nueral  netwroks", "neural  networks"),
        ('"nueral networks"', '"neural networks"'),
        ("author:vasvani", "author:vaswani"),
        ("title:title:x", None),
        ("vaswni transformer", "vaswani transformer"),
        ("(trnasformer OR xyzzyx) -graph", "(transformer OR xyzzyx) -graph"),
        ("arithmetic", None),
        ("reasoning models", None),
        ("-arithmatic", None),
        ("arithmat*", None),
        ("= arithmatic", None),
        ("nueral: networks", "neural: networks"),
        ("author:", None),
        ("xyzzyxq", None),
        ("12345", None),
        ("", None),
    ],
)
def test_spelling(spelt: Corpus, query: str, meant: str | None) -> None:
    assert suggest(spelt.snapshot, query) == meant


def test_a_malformed_query_is_said(spelt: Corpus) -> None:
    with pytest.raises(QueryError):
        suggest(spelt.snapshot, '"arithmatic')


def edits(word: str) -> set[str]:
    """Words one edit away (Norvig's enumeration)."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return (
        {a + b[1:] for a, b in cuts if b}
        | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
        | {a + c + b[1:] for a, b in cuts if b for c in letters}
        | {a + c + b for a, b in cuts for c in letters}
    ) - {word}


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """One or two words of the papers, most of them an edit away, put together as in a query."""
    words = draw(st.lists(st.sampled_from(["neural", "arithmetic", "transformer", "language"]), min_size=1, max_size=2))
    written = [draw(st.sampled_from(sorted(edits(word))) | st.just(word)) for word in words]
    return draw(st.sampled_from([" ", " OR ", " -", " title:"])).join(written)


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
def test_any_single_edit_is_mended(data: st.DataObject, spelt: Corpus) -> None:
    word = data.draw(st.sampled_from(["neural", "arithmetic", "transformer", "language", "reasoning"]))
    wrong = data.draw(st.sampled_from(sorted(edits(word))))
    if spelt.snapshot.index.count(parse(wrong)):  # type: ignore[arg-type]
        assert suggest(spelt.snapshot, wrong) is None or len(spelt.search(wrong)) < 10
    else:
        meant = suggest(spelt.snapshot, wrong)
        assert meant is not None
        # Another form of the word finds the same.
        assert tokens(meant, "english") == tokens(word, "english")


def test_a_field_without_a_word_is_no_misspelling(spelt: Corpus) -> None:
    for name in ("venue:", "title: author:", "arithmetic venue:"):
        assert suggest(spelt.snapshot, name) is None


@settings(max_examples=examples(150), deadline=None)
@given(query=st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | misspelt())
def test_a_suggestion_finds_more(query: str, spelt: Corpus) -> None:
    try:
        before = len(spelt.search(query, limit=None)) if parse(query) is not None else len(spelt)
    except QueryError:
        with pytest.raises(QueryError):
            suggest(spelt.snapshot, query)
        return
    meant = suggest(spelt.snapshot, query)
    assert meant is None or (before < 10 and len(spelt.search(meant, limit=None)) > before)


def test_words_of_real_papers_need_no_correction(sample: Path) -> None:
    from explorer.corpus.opening import open_files

    corpus = open_files([sample])
    titles = corpus.papers["title"].tolist()
    for title in titles[:40]:
        for token in analyzer("names").pre_tokenize(title).tokens:
            assert suggest(corpus.snapshot, token.text) is None


# What the reader put on papers


def test_tags_marks_sets_and_words_of_notes_are_completed(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(pd.DataFrame({"id": list("abc"), "title": ["Moss", "Tides", "Bells"]}), tmp_path / "c")
    library = corpus.library
    library.tag(["a", "b"], "to read")
    library.tag(["c"], "method: rather odd")
    library.star("a")
    library.note("b", "Salt marshes are told of; see Table 2")
    library.save_set("Reading group", ["a", "c"])

    def offered(text: str) -> list[tuple[str, int | None]]:
        return [(one.label, one.papers) for one in corpus.complete(text)]

    assert offered("tag:") == [("to read", 2), ("method: rather odd", 1)]
    assert offered("tag:rea") == [("to read", 2)]
    assert offered("tag:zz") == []
    assert offered("is:st") == [("starred", 1)]
    assert dict(offered("moss is:"))["unread"] == 3
    assert offered("set:gro") == [("Reading group", 2)]
    assert offered("note:mars") == [("marshes", 1)]
    # What is taken finds the papers that were promised, with quotation marks where it takes some.
    for text, papers in (("tag:rea", 2), ('tag:"met', 1), ("is:not", 1), ("set:gro", 2), ("note:salt", 1)):
        one, *_ = corpus.complete(text) or [Completion(0, 0, "", "", "", None)]
        query = text[: one.start] + one.text + text[one.end :] if one.kind else text
        assert len(corpus.select(query)) == papers, (text, query)
    # The fields themselves are offered where they would find something.
    assert ("tag:", None) in offered("ta")
    bare = Corpus.from_papers(pd.DataFrame({"id": ["x"], "title": ["Other"]}), tmp_path / "d")
    assert "tag:" not in [one.label for one in bare.complete("ta")]

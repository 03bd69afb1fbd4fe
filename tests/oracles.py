"""Random papers, and what a selection must show of them, worked out one paper at a time without the package's arrays.

Only the tokens come from the package's analysers, so that the two sides agree on what a word is.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from hypothesis import strategies as st

from explorer.selection.query import All, Either, Node, Not, Phrase, Word, parse
from explorer.selection.selection import Selection
from explorer.text.analysis import tokens

Paper = dict[str, Any]

WORDS = (
    "transformer transformers attention graph graphs neural network networks reward rewards model models modelling arithmetic "
    "arithmetics vision speech benchmark the of and with is not who self-supervised über naïve émigré 深度学习 딥러닝 π ∑ x2 2024 "
    "state-of-the-art LoRA GPT-4 α-divergence $\\alpha$ co-training don't U.S. C++ 😀 e\u0301tude İstanbul Straße ﬁne"
).split()
AUTHORS = ("Ada Lovelace", "Émilie du Châtelet", "Lee, K.", "李 明", "O'Neil, Cathy", "van der Berg", "Lee", "D'Souza")
SHOWN = {"Lee, K.": "K. Lee", "李 明": "李明", "O'Neil, Cathy": "Cathy O'Neil"}
"""How names are shown that are not shown as they are written."""
VENUES = ("ICLR 2024", "NeurIPS", "Journal of the Graph", "arXiv", "  ")
KEYWORDS = ("graph networks", "reward model", "Vision", "speech; audio", "LoRA", "の研究", "graph networks ")
FIELDS = {
    "title": "english",
    "abstract": "english",
    "authors": "names",
    "keywords": "english",
    "venue": "names",
    "ids": "exact",
}
EVERYWHERE = ("title", "abstract", "authors", "keywords")


def random_papers(seed: int, count: int) -> list[Paper]:
    """Papers with small vocabularies, so that words, values and dates meet, and gaps wherever a gap may be."""
    draw = random.Random(seed)

    def words(most: int) -> str | None:
        found = " ".join(draw.choices(WORDS, k=draw.randint(0, most)))
        return found or None

    papers = []
    for number in range(count):
        year, month, day = draw.randint(2019, 2024), draw.randint(1, 12), draw.randint(1, 28)
        date = draw.choice((None, f"{year}", f"{year}-{month:02d}", f"{year}-{month:02d}-{day:02d}"))
        papers.append(
            {
                "id": f"paper/{seed}-{number}",
                "title": words(8),
                "abstract": words(25),
                "authors": draw.sample(AUTHORS, draw.randint(0, 4)) or None,
                "published": date,
                "venue": (draw.choice(VENUES) if draw.random() < 0.8 else None),
                "keywords": draw.sample(KEYWORDS, draw.randint(0, 3)) or None,
                "doi": f"10.1234/{draw.choice('abc')}.{number}" if draw.random() < 0.3 else None,
                "arxiv_id": f"2401.{number:05d}" if draw.random() < 0.3 else None,
                "code_url": "https://example.org/code" if draw.random() < 0.4 else None,
                "upvotes": draw.choice((None, 0, 1, 5, 5, 100)),
                "extra": draw.choice(("a", "b")),
            }
        )
    return papers


def _texts(paper: Paper, field: str) -> list[str]:
    if field == "ids":
        return [paper[name] for name in ("id", "doi", "arxiv_id") if paper[name]]
    value = paper[field]
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _has_terms(paper: Paper, field: str, wanted: list[tuple[int, str]]) -> bool:
    """Whether the terms stand in one text of a field, at the distances wanted.

    The texts of a field follow each other in the index with a gap, so that no phrase runs over two of them.
    """
    for text in _texts(paper, field):
        there = set(tokens(text, FIELDS[field]))
        for start, term in there:
            if term == wanted[0][1] and all((start + place - wanted[0][0], word) in there for place, word in wanted):
                return True
    return False


def _has_prefix(paper: Paper, field: str, text: str) -> bool:
    if field == "ids":
        return any(value.lower().startswith(text.lower()) for value in _texts(paper, field))
    head = [term for _, term in tokens(text, "names")]
    if not head:
        return False
    plain = "words" if FIELDS[field] == "english" else "names"
    whole = [term for _, term in tokens(" ".join(head[:-1]), FIELDS[field])]
    found = {term for value in _texts(paper, field) for _, term in tokens(value, FIELDS[field])}
    begins = any(term.startswith(head[-1]) for value in _texts(paper, field) for _, term in tokens(value, plain))
    return begins and found.issuperset(whole)


def matches(node: Node | None, paper: Paper) -> bool:
    """Whether a paper matches a parsed query."""
    if node is None:
        return True
    if isinstance(node, Not):
        return not matches(node.part, paper)
    if isinstance(node, All):
        return all(matches(part, paper) for part in node.parts)
    if isinstance(node, Either):
        return any(matches(part, paper) for part in node.parts)
    fields = (node.field,) if node.field else EVERYWHERE
    if isinstance(node, Word) and node.prefix:
        if node.field != "ids" and not tokens(node.text, "names"):
            return True
        return any(_has_prefix(paper, field, node.text) for field in fields)
    assert isinstance(node, Word | Phrase)
    if not node.field and not tokens(node.text, "english"):
        return True
    wanted = {field: tokens(node.text, FIELDS[field]) for field in fields}
    if not any(wanted.values()):
        return True
    return any(_has_terms(paper, field, wanted[field]) for field in fields if wanted[field])


def _date(paper: Paper) -> tuple[int | None, int | None]:
    text = paper["published"]
    return (None, None) if text is None else (int(text[:4]), int(text[5:7]) if len(text) > 4 else None)


def values_of(paper: Paper, field: str) -> set[Any]:
    """Values of a facet that a paper has; `topic` must be on the paper for topics."""
    if field == "topics":
        return {paper["topic"]}
    if field == "has_code":
        return {paper["code_url"] is not None}
    if field in ("years", "months"):
        year, month = _date(paper)
        if field == "years":
            return set() if year is None else {year}
        return set() if month is None else {f"{year:04d}-{month:02d}"}
    name = {"venues": "venue"}.get(field, field)
    return {SHOWN.get(text.strip(), text.strip()) for text in _texts(paper, name) if text.strip()}


def passes(selection: Selection, paper: Paper, *, but: str = "") -> bool:
    """Whether a paper passes every filter of a selection, or every one but that of a field."""
    for field in ("topics", "venues", "authors", "keywords"):
        chosen = getattr(selection, field)
        if field != but and chosen and not values_of(paper, field) & {SHOWN.get(value, value) for value in chosen}:
            return False
    if but != "has_code" and selection.has_code is not None and (paper["code_url"] is not None) != selection.has_code:
        return False
    for field in ("years", "months"):
        low, high = getattr(selection, field)
        if field == but or (low is None and high is None):
            continue
        found = values_of(paper, field)
        if not found or (low is not None and min(found) < low) or (high is not None and min(found) > high):
            return False
    return but == "query" or matches(parse(selection.query), paper)


def count(selection: Selection, papers: list[Paper], field: str) -> Counter[Any]:
    """Papers per value of a facet under all filters but its own."""
    shown = [paper for paper in papers if passes(selection, paper, but=field)]
    return Counter(value for paper in shown for value in values_of(paper, field))


def _phrase(words: list[str]) -> str:
    return '"' + " ".join(words) + '"'


_word = st.sampled_from(WORDS).filter(lambda word: not word.startswith("$"))
_leaf = st.one_of(
    _word,
    st.builds(lambda word, length: word[:length] + "*", _word, st.integers(1, 8)).filter(
        lambda text: any(map(str.isalnum, text))
    ),
    st.lists(st.sampled_from(WORDS), max_size=3).map(_phrase),
    st.builds(
        "{}:{}".format,
        st.sampled_from(("title", "abstract", "author", "keyword", "venue", "id")),
        st.one_of(_word, st.lists(st.sampled_from((*WORDS, "Ada", "Lee", "reward", "Journal")), max_size=2).map(_phrase)),
    ),
    st.sampled_from(("author:lovelace", "venue:journal", 'author:"du chatelet"', "venue:iclr*", "id:paper*", "doi:10.1234/a*")),
)
queries = st.recursive(
    _leaf,
    lambda part: st.one_of(
        st.lists(part, min_size=2, max_size=3).map(" ".join),
        st.lists(part, min_size=2, max_size=3).map(" OR ".join),
        st.lists(part, min_size=2, max_size=2).map(" AND ".join),
        part.map("({})".format),
        part.map("NOT ({})".format),
        part.map("-({})".format),
    ),
    max_leaves=5,
)
"""Well-formed queries over the vocabulary of `random_papers`."""


def selections(topics: list[str]) -> st.SearchStrategy[Selection]:
    """Selections over the values of `random_papers`, and some that no paper has."""
    years = st.none() | st.integers(2018, 2025)
    months = st.none() | st.builds("{:04d}-{:02d}".format, st.integers(2018, 2025), st.integers(1, 12))

    def ordered(low: Any, high: Any) -> tuple[Any, Any]:
        return (high, low) if low is not None and high is not None and low > high else (low, high)

    def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.one_of(st.just(()), st.lists(st.sampled_from((*values, "nobody's")), max_size=3).map(tuple))

    return st.builds(
        Selection,
        query=st.one_of(st.just(""), queries),
        years=st.one_of(st.just((None, None)), st.builds(ordered, years, years)),
        months=st.one_of(st.just((None, None)), st.builds(ordered, months, months)),
        topics=some(tuple(topics)),
        venues=some(tuple(value.strip() for value in VENUES if value.strip())),
        authors=some(AUTHORS),
        keywords=some(tuple(value.strip() for value in KEYWORDS)),
        has_code=st.sampled_from((None, None, True, False)),
        sort=st.sampled_from(("relevance", "newest", "oldest", "upvotes", "title")),
    )

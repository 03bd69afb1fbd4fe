"""Random papers, and what a selection must show of them, worked out one paper at a time without the package's arrays.

Only the tokens and the forms of words come from the package, so that the two sides agree on what a word is.
"""

from __future__ import annotations

import functools
import itertools
import random
import re
import unicodedata
from collections import Counter
from typing import Any

from hypothesis import strategies as st

from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.selection.syntax import All, Either, Near, Node, Not, Phrase, Word, leaves_of, parts_of
from explorer.text import analysis
from explorer.text.analysis import unspaced, without_particle
from explorer.text.word_forms import parted_name, spellings, umlauts, word_forms

Paper = dict[str, Any]

tokens = functools.cache(analysis.tokens)

WORDS = (
    "transformer transformers attention graph graphs neural network networks reward rewards model models modelling arithmetic "
    "arithmetics vision speech benchmark the of and with is not who self-supervised über naïve émigré 深度学习 딥러닝 π ∑ x2 2024 "
    "state-of-the-art LoRA GPT-4 α-divergence $\\alpha$ co-training don't U.S. C++ 😀 e\u0301tude İstanbul Straße ﬁne"
).split()
AUTHORS = ("Ada Lovelace", "Émilie du Châtelet", "Lee, K.", "李 明", "O'Neil, Cathy", "van der Berg", "Lee", "D'Souza")
SHOWN = {"Lee, K.": "K. Lee", "李 明": "李明", "O'Neil, Cathy": "Cathy O'Neil"}
"""How names are shown that are not shown as they are written."""
FAMILY_FIRST = {
    "Ada Lovelace": "Lovelace Ada",
    "Émilie du Châtelet": "du Châtelet Émilie",
    "李 明": "李 明",
    "van der Berg": "van der Berg",
}
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
    if field == "authors":
        # A name is found in the order in which it is written, and with the family name first.
        return [order for name in value or () for order in (name, FAMILY_FIRST.get(name, name))]
    return [] if value is None else list(value) if isinstance(value, list) else [value]


Token = tuple[int, str]
Span = tuple[int, int, frozenset[int]]
"""First place, place after the last, and the places between that no word of the query took."""


def _glob(pattern: str, word: str) -> bool:
    """Whether a word fits a pattern in which * is any letters, ? one and $ one or none."""
    if not pattern:
        return not word
    first, rest = pattern[0], pattern[1:]
    if first == "*":
        return _glob(rest, word) or (bool(word) and _glob(pattern, word[1:]))
    if first == "$":
        return _glob(rest, word) or (bool(word) and _glob(rest, word[1:]))
    return bool(word) and first in ("?", word[0]) and _glob(rest, word[1:])


@functools.cache
def _stems(word: str) -> set[str]:
    return {stem for form in (*word_forms(word), *umlauts(word, name=False)) for _, stem in tokens(form, "english")}


def _query_words(text: str) -> list[Token]:
    """The words of a query with their wildcards, folded."""
    if not any(sign in text for sign in "*?$"):
        return tokens(text, "names")
    found = []
    for chunk in unicodedata.normalize("NFC", text).split():
        some = (
            chunk if len(chunk.split("$")) - chunk.count("$$") <= 2 and not chunk.startswith("$") else chunk.replace("$", " ")
        )
        for piece in re.findall(r"[\w*?$]+", some):
            if any(map(str.isalnum, piece)):
                shown = piece if not unspaced(piece) else re.sub(r"[*?$]", "", piece)
                parts = [shown] if any(sign in shown for sign in "*?$") else [term for _, term in tokens(shown, "names")]
                found += [
                    re.sub(r"[^*?$]+", lambda m: "".join(term for _, term in tokens(m.group(), "names")), part)
                    for part in parts
                ]
    if len(found) > 1:
        # As in C*-algebra: a letter with a wildcard beside other words is the letter.
        found = [plain if len(plain := re.sub(r"[*?$]", "", word)) < 2 else word for word in found]
    return list(enumerate(found))


@functools.cache
def _fits(wanted: str, word: str, *, english: bool, exact: bool, name: bool) -> bool:
    if english and not tokens(word, "words"):
        return False  # The index keeps no stop words.
    if any(sign in wanted for sign in "*?$"):
        return _glob(wanted, word)
    if exact or not english:
        return word == wanted or (name and not exact and word in umlauts(wanted, name=True))
    return bool(_stems(wanted) & {stem for _, stem in tokens(word, "english")})


def _spans(node: Node, text: str, field: str) -> list[Span]:
    """Where a part of a query stands in one text."""
    english = FIELDS[field] == "english"
    if isinstance(node, Either):
        return [span for part in node.parts for span in _spans(part, text, field)]
    if isinstance(node, Near):
        both = [
            span
            for one in _spans(node.first, text, field)
            for other in _spans(node.second, text, field)
            if (span := _together(one, other, node.between, node.ordered))
        ]
        for part, other in ((node.first, node.second), (node.second, node.first)):
            if not _says_something(part, field):
                # Stop words say nothing, and so are near to anything; what stands beside them as another word may be near too.
                return _spans(other, text, field) + both
        return both
    assert isinstance(node, Word | Phrase)
    there = tokens(text, "names")
    found, small = [], 0
    for number, reading in enumerate(_readings(node, field)):
        wanted = _query_words(reading)
        said = [
            (at, word) for at, word in wanted if any(sign in word for sign in "*?$") or not english or tokens(word, "words")
        ]
        # Another spelling is no other where one of its parts is a stop word that was not typed as one.
        small = small if number else len(wanted) - len(said)
        if said and (not number or "?" in reading or len(wanted) - len(said) == small):
            length = wanted[-1][0] + 1
            for start in range(-length, len(there) + 1):
                if all(
                    any(
                        place == start + at and _fits(word, other, english=english, exact=node.exact, name=field == "authors")
                        for place, other in there
                    )
                    for at, word in said
                ):
                    found.append((start, start + length, frozenset()))
    return found


def _together(one: Span, other: Span, between: int, ordered: bool) -> Span | None:
    start, stop = min(one[0], other[0]), max(one[1], other[1])
    taken = {p for a, b, gaps in (one, other) for p in range(a, b) if p not in gaps}
    whole = (start, stop, frozenset(range(start, stop)) - taken)
    if one[1] <= other[0]:
        return whole if other[0] - one[1] <= between else None
    if ordered:
        return None
    if other[1] <= one[0]:
        return whole if one[0] - other[1] <= between else None
    within = one[2].issuperset(range(other[0], other[1])) or other[2].issuperset(range(one[0], one[1]))
    return whole if within else None


def _says_something(node: Node, field: str) -> bool:
    if isinstance(node, Near | Either):
        found = [_says_something(part, field) for part in parts_of(node)]
        return any(found) if isinstance(node, Near) else all(found)
    assert isinstance(node, Word | Phrase)
    if field == "ids":
        return bool(node.text.strip())
    return any(
        any(sign in word for sign in "*?$") or FIELDS[field] != "english" or tokens(word, "words")
        for _, word in _query_words(_readings(node)[0])
    )


def _readings(node: Word | Phrase, field: str = "") -> list[str]:
    written = node.text + "*" * (isinstance(node, Word) and node.prefix)
    if isinstance(node, Word) and not node.exact:
        written = without_particle(written)
    asks = not node.exact and written.endswith("?") and not written.endswith("??")
    found = [written.rstrip("?") if asks else written]
    if asks and isinstance(node, Word):
        # A question mark may be a question's.
        found.append(written)
    if isinstance(node, Word) and not node.exact:
        found += [*spellings(written), *(parted_name(written) if field == "authors" else ())]
    elif not node.exact and field != "authors":
        ways = [(word, *spellings(word)) for word in found[0].split()]
        found += [" ".join(words) for words in itertools.product(*ways)][1:]
    return found


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
    named = leaves_of(node)[0].field
    if not _says_something(node, named or "title"):
        return True
    return any(_found(node, paper, field) for field in ((named,) if named else EVERYWHERE))


def _found(node: Node, paper: Paper, field: str) -> bool:
    if field == "ids":
        assert isinstance(node, Word | Phrase)
        text = node.text.lower() + "*" * (isinstance(node, Word) and node.prefix)
        return any(value.lower() == text or ("*" in text and _glob(text, value.lower())) for value in _texts(paper, field))
    return any(_spans(node, text, field) for text in _texts(paper, field))


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
    if field == "authors":
        return {SHOWN.get(name, name) for name in paper["authors"] or ()}
    name = {"venues": "venue"}.get(field, field)
    return {text.strip() for text in _texts(paper, name) if text.strip()}


def passes(selection: Selection, paper: Paper, *, but: str = "") -> bool:
    """Whether a paper passes every filter of a selection, or every one but that of a field."""
    for field in ("topics", "venues", "authors", "keywords"):
        chosen = getattr(selection, field)
        if field != but and chosen and not values_of(paper, field) & {SHOWN.get(value, value) for value in chosen}:
            return False
        left_out = {SHOWN.get(value, value) for name, value in selection.exclude if name == field}
        if field != but and values_of(paper, field) & left_out:
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
_wild = st.builds(
    lambda word, at, sign: word[: at % (len(word) + 1)] + sign + word[at % (len(word) + 1) :],
    st.sampled_from([word for word in WORDS if word.isalnum() and word.isascii()]),
    st.integers(0, 9),
    st.sampled_from(("*", "?", "$")),
).filter(lambda word: not word.startswith("$"))
_near_word = st.one_of(st.sampled_from([word for word in WORDS if word.isalnum()]), _wild, st.builds("+{}".format, _wild))
_near_part = st.one_of(
    _near_word,
    st.lists(_near_word, min_size=2, max_size=3).map(lambda words: f"({' OR '.join(words)})"),
    st.lists(st.one_of(st.sampled_from(WORDS), _wild), min_size=1, max_size=2).map(_phrase),
)
_leaf = st.one_of(
    _word,
    _near_word,
    st.builds("title,keyword:{}".format, _near_part),
    st.builds("+{}".format, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(_phrase)),
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
near = st.one_of(
    st.builds("{} {}/{} {}".format, _near_part, st.sampled_from(("NEAR", "PRE")), st.integers(0, 4), _near_part),
    st.builds(
        "{} {}/{} {} NEAR/{} {}".format,
        _near_part, st.sampled_from(("NEAR", "PRE")), st.integers(0, 2), _near_part, st.integers(0, 2), _near_part,
    ),
)  # fmt: skip
"""Words near each other."""

queries = st.recursive(
    _leaf,
    lambda part: st.one_of(
        near,
        near.map("title,abstract:({})".format),
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
        exclude=st.lists(st.sampled_from([("venues", v.strip()) for v in VENUES if v.strip()]), max_size=2).map(tuple),
    )

"""Search as you type: what the word, or the concept, under the cursor may become, and what a word that no paper has may have meant."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from explorer.errors import QueryError
from explorer.search.own_marks import Own, asks_own
from explorer.selection.dialects import translate
from explorer.selection.expression import Operand
from explorer.selection.query import as_typed, parse
from explorer.selection.syntax import (
    BEGUN,
    COLUMN,
    DATE_FIELD_NAMES,
    FIELD_NAMES,
    OWN_FIELD_NAMES,
    WILDCARDS,
    All,
    Phrase,
    Word,
    by_table,
)
from explorer.store.fulltext import ANALYZERS, EVERYWHERE, leaves
from explorer.text.analysis import analyzer, readable, tokens

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

VALUES = {"authors": "authors", "venue": "venues", "keywords": "keywords"}
"""Fields of the query language whose whole values are offered, and the facets that hold them."""

_NAMES = {alias: field for field, aliases in (FIELD_NAMES | OWN_FIELD_NAMES | DATE_FIELD_NAMES).items() for alias in aliases}
_TOKEN = re.compile(r'[^\s()"]*\Z')
_REST = re.compile(r'[^\s()"]*')
_FIELD = re.compile(r"(\w+):")
_FIELDS = re.compile(r"[\w,]+:")
_FIELD_BEFORE = re.compile(r"(?<!\w)(\w+):\Z")
_BARE = re.compile(r'[^\s()"*]+')
_OPERATORS = ("AND", "OR", "NOT")

_SHORT = 3
"""Shorter prefixes are looked for in titles and keywords only: the abstracts of a large corpus have tens of thousands of words
with the same first two letters."""

_PLENTY = 10
"""A query with so many hits says what it means."""

_KNOWN, _SELDOM = 2, 10_000
"""A word that more papers than these have, or more than one in so many, is taken to be written as it was meant."""

_RARER = 100
"""A rare word is doubted if another one near it is in so many times more papers."""

_PER_EDIT = 0.03
"""How much less likely an edit makes a word; one near by must be as much more frequent as one at hand."""

_OTHER_LETTER = 0.3
"""Likewise for another first letter, which is seldom wrong."""

_CANDIDATES = 2
"""Times as many words as are offered are looked at beside the rest of a query: the most frequent ones seldom go with it best."""

_SAMPLE = 100
"""Papers looked through for words near to one: frequent words are in many, so that few papers show them."""


@dataclass(frozen=True)
class Completion:
    """One way to go on.

    Attributes
    ----------
    start, end : int
        Characters of the query that `text` replaces.
    text : str
        In the query language, quoted where needed.
    kind : {"field", "word", "author", "venue", "keyword", "id", "tag", "mark", "set"}
    label : str
        The same as it is read, without quotes and field name.
    papers : int or None
        Papers that have it, with the rest of the query where that says something; of a word alone, in the field where most have it;
        None for a field name.
    """

    start: int
    end: int
    text: str
    kind: str
    label: str
    papers: int | None


@dataclass(frozen=True)
class _Place:
    """The part of a query that is being written: ``text[start:end]`` is replaced, `part` was written of it so far."""

    start: int
    end: int
    field: str
    part: str
    quoted: bool


def complete(
    snapshot: Snapshot, text: str, at: int | None = None, *, limit: int = 8, own: Own | None = None
) -> list[Completion]:
    """Ways to go on with the word under the cursor; never raises, for a query that is being written is seldom whole.

    Parameters
    ----------
    snapshot : Snapshot
    text : str
        A query, whole or not.
    at : int, optional
        Place of the cursor, by default at the end.
    limit : int
        Completions at most.
    own : Own, optional
        What the reader put on papers: tags, words of notes, marks and sets are offered after ``tag:``, ``note:``, ``is:``, ``set:``.

    Returns
    -------
    list of Completion
        Field names first, then words by how many papers have them, then authors. After a field name, its words or values. Beside
        other words those first that go with them best, by Ochiai's coefficient (1957): papers with both, over the square root of
        the papers with either.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> corpus.complete("author:le")[0].text
    '"Sergey Levine"'
    """
    at = len(text) if at is None else min(max(at, 0), len(text))
    if any("\ud800" <= character <= "\udfff" for character in text):
        # A browser may send halves of surrogate pairs; no index holds one.
        return []
    place = _place(text, at)
    if place is None or limit < 1:
        return []
    if place.field in OWN_FIELD_NAMES:
        # These are few, and all of them may be offered before a letter is written.
        return [] if own is None else _own_values(own, place, limit)
    if not place.part.strip() or place.field in DATE_FIELD_NAMES:
        return []
    if place.field.startswith(COLUMN):
        return _helping(snapshot, text, place, _column_values(snapshot, place, limit))
    if place.field in VALUES and not (place.field == "keywords" and snapshot.keywords_derived):
        return _helping(snapshot, text, place, _values(snapshot, place, limit))
    if place.field == "ids":
        return _ids(snapshot, place, limit)
    found = [] if place.field or place.quoted else _fields(snapshot, place, own)
    words = _words(snapshot, place, limit * (1 if _alone(text, place) else _CANDIDATES))
    authors = [] if place.field or place.quoted or len(place.part) < _SHORT else _values(snapshot, place, 2, "authors")
    authors = _helping(snapshot, text, place, authors)
    found += _helping(snapshot, text, place, words)[: max(limit - len(found) - len(authors), 0)]
    return [*found, *authors][:limit]


def _rest(text: str, place: _Place) -> str:
    """What the query says besides the word that is written, and a paper must have too; empty where nothing."""
    start = place.start
    while start > 0 and not text[start - 1].isspace() and text[start - 1] not in '()"':
        start -= 1
    # Of a phrase, what stands beside the word decides; what is excluded needs no paper.
    phrase = place.quoted and place.field not in VALUES and not place.field.startswith(COLUMN)
    if phrase or text[start : start + 1] == "-" or re.search(r"\b(?:NOT|OR)\s*\Z", text[:start]):
        return ""
    return f"{text[:start]} {text[place.end :]}".strip()


def _alone(text: str, place: _Place) -> bool:
    return not _rest(text, place)


def _helping(snapshot: Snapshot, text: str, place: _Place, found: list[Completion]) -> list[Completion]:
    """The completions with which the rest of the query finds a paper, those first that go with it best."""
    rest = _rest(text, place)
    if not rest:
        return found
    try:
        others = parse(as_typed(f"{rest} "))
        snapshot.check(others)
        if others is None or asks_own(others):
            return found
        named = f"{_query_name(place.field)}:" if place.field else ""
        said = {form for _, form in tokens(rest, "english")}
        fitting: dict[tuple[str, ...], tuple[float, Completion]] = {}
        for one in found:
            # Of the forms of a word, which find the same papers, the most frequent one is enough.
            forms = (
                tuple(form for _, form in tokens(one.text, ANALYZERS[place.field or "abstract"])) if one.kind == "word" else ()
            )
            key = forms or (one.text,)
            node = parse(f"{'' if one.kind == 'author' and not place.field else named}{one.text}")
            if key in fitting or node is None or (one.kind == "word" and said.issuperset(key)):
                continue
            if both := snapshot.count_hits(All((others, node))):
                # The number of the rest of the query alone is the same for all.
                fitting[key] = both / math.sqrt(snapshot.count_hits(node)), replace(one, papers=both)
        return [one for _, one in sorted(fitting.values(), key=lambda pair: -pair[0])]
    except QueryError:
        return found


def _own_values(own: Own, place: _Place, limit: int) -> list[Completion]:
    """What the reader put on papers, of which a word begins so."""
    begun = place.part.casefold().strip()
    kind = OWN_FIELD_NAMES[place.field][0]
    fitting = [
        (value, papers)
        for value, papers in own.values(place.field)
        if value.casefold().startswith(begun) or any(word.startswith(begun) for word in value.casefold().split())
    ]
    # What is written whole already needs no completion.
    fitting = [] if [value for value, _ in fitting] == [place.part] else fitting
    label = {"is": "mark", "note": "word"}.get(kind, kind)
    return [Completion(place.start, place.end, _written(value), label, value, papers) for value, papers in fitting[:limit]]


def _query_name(field: str) -> str:
    return field.removeprefix(COLUMN) if field.startswith(COLUMN) else FIELD_NAMES[field][0]


def _column_values(snapshot: Snapshot, place: _Place, limit: int) -> list[Completion]:
    """Values of a column of the reader's own with a word that begins so."""
    stored = snapshot.columns.by_key.get(place.field.removeprefix(COLUMN))
    if stored is None or stored.facet is None or stored.words is None:
        return []
    totals, kind = snapshot.totals(place.field), stored.column.label.lower()
    values = [
        (int(code), stored.facet.values[code].as_py()) for code in stored.words.find(stored.facet.values, place.part, limit)
    ]
    return [Completion(place.start, place.end, _written(value), kind, value, int(totals[code])) for code, value in values]


def _place(text: str, at: int) -> _Place | None:
    """What is being written at a place of a query; None where nothing can be completed."""
    before = text[:at]
    if before.count('"') % 2:
        opening = before.rindex('"')
        named = _FIELD_BEFORE.search(text, 0, opening)
        field = _NAMES.get(named.group(1).lower(), f"{COLUMN}{named.group(1).lower()}") if named else ""
        if field in VALUES or field == "ids" or field in OWN_FIELD_NAMES or field.startswith(COLUMN):
            # A further quotation mark closes this one if all of them pair up.
            end = text.index('"', at) + 1 if text.count('"') % 2 == 0 else at
            return _Place(opening, end, field, text[opening + 1 : at], True)
        start = max(opening + 1, _TOKEN.search(before).start())  # type: ignore[union-attr]
        return _Place(start, _end(text, at), field, text[start:at], True)
    start = _TOKEN.search(before).start()  # type: ignore[union-attr]
    if text[start:at] in _OPERATORS:
        return None
    while start < at and text[start] in "-=+":
        start += 1
    named = _FIELD.match(text, start, at)
    if named is None:
        return _Place(start, _end(text, at), "", text[start:at], False)
    name = named.group(1).lower()
    return _Place(named.end(), _end(text, at), _NAMES.get(name, f"{COLUMN}{name}"), text[named.end() : at], False)


def _end(text: str, at: int) -> int:
    return _REST.match(text, at).end()  # type: ignore[union-attr]


def _fields(snapshot: Snapshot, place: _Place, own: Own | None) -> list[Completion]:
    part = place.part.lower()
    if len(part) < 2:
        return []
    found = []
    # Fields of the reader's own only where they would find something.
    mine = [
        names
        for field, names in OWN_FIELD_NAMES.items()
        if own is not None and names[0].startswith(part) and any(papers for _, papers in own.values(field))
    ]
    for aliases in (*FIELD_NAMES.values(), *DATE_FIELD_NAMES.values(), *mine):
        fitting = [alias for alias in aliases if alias.startswith(part)]
        # Of author and authors, one is enough.
        kept = [alias for alias in fitting if not any(alias != other and alias.startswith(other) for other in fitting)]
        found += [Completion(place.start, place.end, f"{alias}:", "field", f"{alias}:", None) for alias in kept]
    for key, stored in snapshot.columns.by_key.items():
        if stored.column.telling and key.startswith(part):
            found.append(Completion(place.start, place.end, f"{key}:", "field", f"{key}:", None))
    return found


def _words(snapshot: Snapshot, place: _Place, limit: int) -> list[Completion]:
    written = analyzer("names").pre_tokenize(place.part).tokens
    if not written or not place.part[-1].isalnum() or limit < 1:
        return []
    # The words before a hyphen stay as they were written.
    head, prefix = place.part[: written[-1].char_offset_from], written[-1].text
    if len(prefix) < 2 and prefix.isascii():
        return []
    fields: tuple[str, ...] = (place.field,) if place.field else ("title", "keywords", "abstract")
    if len(prefix) < _SHORT and len(snapshot) > _SAMPLE * _SAMPLE:
        fields = tuple(field for field in fields if field != "abstract") or ("title",)
    words: set[str] = set()
    for field in fields:
        words.update(word for word, _ in snapshot.index.words(field, prefix, 2 * limit))
    if head:
        # Not every word with that beginning follows the words before the hyphen.
        papers = {word: snapshot.index.count(Word(head + word, place.field)) for word in words}
    else:
        fields = (place.field,) if place.field else ("title", "keywords", "abstract")
        papers = {word: max(snapshot.index.frequency(field, word) for field in fields) for word in words}
    rest = place.part[len(head) :]
    best = sorted((word for word in words if papers[word] and word != rest), key=lambda word: (-papers[word], word))
    return [Completion(place.start, place.end, head + word, "word", head + word, papers[word]) for word in best[:limit]]


def _values(snapshot: Snapshot, place: _Place, limit: int, field: str = "") -> list[Completion]:
    field = field or place.field
    name = VALUES[field]
    facet, totals = snapshot.facet(name), snapshot.totals(name)
    found = []
    for code in snapshot.prefixes(name).find(facet.values, place.part, limit):
        value = facet.values[code].as_py()
        if not tokens(value, ANALYZERS[field]):
            # Nothing but stop words: a query for them would find every paper.
            continue
        kind = FIELD_NAMES[field][0]
        text = _written(value) if place.field else f"{kind}:{_written(value)}"
        found.append(Completion(place.start, place.end, text, kind, value, int(totals[code])))
    return found


def _ids(snapshot: Snapshot, place: _Place, limit: int) -> list[Completion]:
    part = place.part.strip().lower()
    if len(part) < _SHORT:
        return []
    found = snapshot.index.words("ids", part, limit)
    return [
        Completion(place.start, place.end, _written(value), "id", value, count)
        for value, count in sorted(found)
        if value != part and '"' not in value
    ]


def _written(value: str) -> str:
    """A value in the query language; a quotation mark in it, which no phrase can hold, is a blank, as it is to the index."""
    return value if _BARE.fullmatch(value) else f'"{value.replace(chr(34), " ")}"'


# Spelling


def suggest(snapshot: Snapshot, query: str) -> str | None:
    """The query as it may have been meant: words that next to no paper has are replaced by near and more frequent ones.

    Parameters
    ----------
    snapshot : Snapshot
    query : str

    Returns
    -------
    str or None
        A query that more papers match; None where there is none, and for a query with ten hits or more.

    Raises
    ------
    QueryError
        The query is malformed.

    Notes
    -----
    A noisy channel with a constant error model (after Kernighan, Church & Gale 1990): of the words within one edit (two, from
    six letters on) those with the largest number of papers times the probability of the edits; of these the one that gives the
    whole query the most hits, weighted likewise.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> corpus.suggest("arithmatic")
    'arithmetic'
    """
    # What is still typed is taken as if it were whole.
    query = query.replace(BEGUN, "")
    node = parse(query)
    snapshot.check(node)
    if node is None or asks_own(node) or query.lstrip().startswith("=") or translate(query).dialect:
        # What was written for another database is written as it was meant.
        return None
    hits = snapshot.count_hits(node)
    if hits >= min(_PLENTY, len(snapshot)):
        return None
    doubts: list[_Doubt] = []
    for leaf in leaves(node):
        wild = (isinstance(leaf, Word) and leaf.prefix) or any(sign in leaf.text for sign in WILDCARDS)
        # The name of a field that has no words yet is no misspelt word.
        wild |= leaf.text.endswith(":") and leaf.text[:-1].lower() in _NAMES
        if leaf.field != "ids" and not by_table(leaf.field) and not wild and not leaf.exact:
            # What is looked for in several fields stands in the query once.
            doubts += [
                doubt for doubt in _doubts(snapshot, query, leaf) if doubt.start not in {other.start for other in doubts}
            ]
    # The words stand together: of those that one may have meant, the one that fits the others best.
    most = 3 if len(doubts) <= 2 else 1
    best, likeliest = None, 0.0
    for choice in itertools.product(*(doubt.meant[:most] for doubt in doubts)):
        better, likelihood = query, 1.0
        for doubt, (word, likely) in sorted(zip(doubts, choice, strict=True), key=lambda pair: -pair[0].start):
            better = better[: doubt.start] + word + better[doubt.end :]
            likelihood *= likely
        meant = parse(better)
        found = snapshot.count_hits(meant) if doubts and meant is not None else 0
        if found > hits and found * likelihood > likeliest:
            best, likeliest = better, found * likelihood
    return best


@dataclass(frozen=True)
class _Doubt:
    """A word of a query that seems misspelt, and the words it may have meant with their likelihood, likeliest first."""

    start: int
    end: int
    meant: list[tuple[str, float]]


def _doubts(snapshot: Snapshot, query: str, leaf: Word | Phrase) -> Iterator[_Doubt]:
    named = _FIELDS.match(query, leaf.position)
    start = query.find(leaf.text, named.end() if named else leaf.position)
    if start < 0:
        # A field's name with nothing behind it is a word.
        start = query.index(leaf.text, leaf.position)
    for token in analyzer("names").pre_tokenize(leaf.text).tokens:
        if len(token.text) < 4 or not token.text.isalpha():
            continue
        known = snapshot.index.count(Word(token.text, leaf.field))
        if known > max(_KNOWN, len(snapshot) // _SELDOM):
            continue
        upper = leaf.text[token.char_offset_from].isupper()
        meant = [
            (word.capitalize() if upper else word, likely)
            for word, papers, likely in _near(snapshot, token.text, leaf.field)
            if papers >= known * _RARER
        ]
        if meant:
            yield _Doubt(start + token.char_offset_from, start + token.char_offset_to, meant)


def _near(snapshot: Snapshot, word: str, field: str) -> list[tuple[str, int, float]]:
    """Words near to one with the number of papers that have them and their likelihood, likeliest first."""
    from rapidfuzz.distance import OSA

    fields = (field,) if field else EVERYWHERE
    furthest = 2 if len(word) >= 6 else 1
    least = 1 + len(snapshot) // 50_000
    found: dict[str, tuple[int, float]] = {}
    for distance in range(1, furthest + 1):
        for name in fields:
            if name == "abstract" and distance == 2 and found:
                # Titles have shown some; the words of abstracts are many, and take longest.
                continue
            for other in _words_near(snapshot, name, word, distance) - found.keys():
                edits = OSA.distance(word, other)
                papers = max(snapshot.index.frequency(each, other) for each in fields)
                if edits and papers >= least and other.isalpha():
                    found[other] = papers, _PER_EDIT**edits * (1 if other[0] == word[0] else _OTHER_LETTER)
    ranked = sorted(found, key=lambda other: (-found[other][0] * found[other][1], other))
    return [(other, *found[other]) for other in ranked]


def _words_near(snapshot: Snapshot, field: str, word: str, distance: int) -> set[str]:
    """Words of a field within some edits, as papers that have one write them."""
    from rapidfuzz.distance import OSA

    rows = snapshot.index.near(field, word, distance, _SAMPLE)
    column = snapshot.table.column(field)
    found: set[str] = set()
    for row in rows.tolist():
        value = column[row].as_py()
        for text in value if isinstance(value, list) else [value or ""]:
            found.update(term for _, term in tokens(text, "names"))
    return {other for other in found if OSA.distance(word, other, score_cutoff=distance) <= distance}


_OPERAND = re.compile(r'(paper|set|topic):"?([^"]*)\Z')
_WORDS = re.compile(r'(?:^|[+\u2212*×=]|(?<!\S)-)\s*([^+\u2212*×=":]*)\Z')

_FEW = 3
"""Topics, sets and papers offered beside words, of each."""

_SHORTEST_TITLE = 4
"""Characters from which on titles are looked through."""


def complete_concept(
    snapshot: Snapshot, text: str, at: int, *, sets: Sequence[tuple[str, int]] = (), limit: int = 9
) -> list[Completion]:
    """Ways to go on with the concept under the cursor; never raises, for what is being written is seldom whole.

    Parameters
    ----------
    snapshot : Snapshot
    text : str
        An expression, whole or not, with or without the equals sign that begins it in the search box.
    at : int
        Place of the cursor.
    sets : sequence of (str, int)
        The reader's saved sets and searches: each name, and its number of papers.
    limit : int
        Completions at most.

    Returns
    -------
    list of Completion
        Words, topics, saved sets and searches, papers by words of their titles. After ``topic:``, ``set:`` or ``paper:`` only
        those.
    """
    at = min(max(at, 0), len(text))
    if any("\ud800" <= character <= "\udfff" for character in text):
        return []
    before = text[:at]
    named = _OPERAND.search(before)
    if named:
        kind, part, start = named.group(1), named.group(2), named.start()
        offered = _named(kind, snapshot, part.strip(), sets)
        return [replace(found, start=start, end=at) for found in offered[:limit]]
    begun = _WORDS.search(before)
    part = begun.group(1) if begun else ""
    if begun is None or len(part.strip()) < 2:
        return []
    start = begun.start(1)
    others = [found for kind in ("topic", "set", "paper") for found in _named(kind, snapshot, part.strip(), sets)[:_FEW]]
    words = [] if part.endswith(" ") else _words_of_concept(snapshot, part)
    offered = [*words[: max(limit - len(others), limit // 3)], *others]
    return [replace(found, start=start, end=at) for found in offered[:limit]]


def _named(kind: str, snapshot: Snapshot, part: str, sets: Sequence[tuple[str, int]]) -> list[Completion]:
    if kind == "set":
        return [_offer("set", name, name, papers) for name, papers in sets if part.lower() in name.lower()]
    return _topics(snapshot, part) if kind == "topic" else _papers(snapshot, part)


def _offer(kind: str, name: str, label: str, papers: int | None) -> Completion:
    operand = Operand("words" if kind == "word" else kind, name)  # type: ignore[arg-type]
    return Completion(0, 0, str(operand), kind, label, papers)


def _words_of_concept(snapshot: Snapshot, part: str) -> list[Completion]:
    head, blank, last = part.rpartition(" ")
    words = [found for found in complete(snapshot, last) if found.kind == "word"]
    return [_offer("word", f"{head}{blank}{found.label}", f"{head}{blank}{found.label}", found.papers) for found in words]


def _topics(snapshot: Snapshot, part: str) -> list[Completion]:
    totals = snapshot.totals("topics").tolist()
    fitting = [
        (-papers, label)
        for label, papers in zip(snapshot.topics.labels, totals, strict=True)
        if papers and part.lower() in label.lower()
    ]
    return [_offer("topic", label, readable(label), -papers) for papers, label in sorted(fitting)]


def _papers(snapshot: Snapshot, part: str) -> list[Completion]:
    words = re.findall(r"\w+", part)
    if not words or len(part) < _SHORTEST_TITLE:
        return []
    whole = tuple(Word(word, "title") for word in words[:-1])
    rows = snapshot.index.hits(All((*whole, Word(words[-1], "title", prefix=True)))).rows
    if not len(rows) and whole:
        # The last word may be one that titles are not searched for, such as "of".
        rows = snapshot.index.hits(All(whole)).rows
    found = (snapshot.record(row, ("id", "title")) for row in sorted(rows.tolist())[:_FEW])
    return [_offer("paper", paper["id"], readable(paper["title"]), None) for paper in found]

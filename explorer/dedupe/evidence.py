"""How alike two records are: evidence field by field, what it adds up to, and what keeps them apart whatever it adds up to.

Each field votes with the base-2 logarithm of how much likelier its level of agreement is among duplicates than among records
that merely share a block (Fellegi and Sunter 1969, J. Am. Stat. Assoc. 64:1183, eq. 11); a missing field has no vote. The sum
of the votes, as a probability, is the score. `benchmarks/dedupe.py --fit` estimates the votes.

A high score is not enough: two volumes of a yearly report have the same title and the same authors. What speaks against a pair
is a bar, and a pair with a bar is at most likely.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

VOTES: dict[str, dict[str, float]] = {
    "prior": {"": -4.0},
    "title": {
        "same": 7.5,
        "same, but short": 4.0,
        "same, but of a kind": 0.0,
        "same in other forms": 6.5,
        "misspelt": 5.5,
        "in another order": 5.0,
        "cut off": 5.0,
        "without subtitle": 3.5,
        "misspelt or another word": 4.5,
        "nearly the same": 2.8,
        "alike": -1.5,
        "changed": -4.5,
        "turned around": -4.0,
        "other": -8.0,
    },
    "authors": {"same": 3.5, "most": 1.5, "some": -1.2, "others": -8.0, "unknown": 0.0},
    "year": {"same": 1.0, "next": 0.0, "near": -2.0, "far": -6.0, "unknown": 0.0},
    "abstract": {"same": 7.0, "nearly the same": 6.0, "alike": 1.0, "other": -7.0, "unknown": 0.0},
    "pages": {"same throughout": 8.0, "same": 4.0, "other": -13.0, "unknown": 0.0},
    "length": {"long": 1.5, "unknown": 0.0},
}
"""Votes in bits: field, then level of agreement."""

SAME, LIKELY = 0.9, 0.05
"""Score from which two records are one paper if nothing bars it, and from which they are shown to the reader."""

LEVELS: dict[str, tuple[str, ...]] = {field: tuple(votes) for field, votes in VOTES.items() if field != "prior"}
"""Names of the levels of each field; a level is an index of its field's."""

(
    TITLE_SAME, TITLE_SHORT, TITLE_OF_A_KIND, TITLE_FORM, TITLE_SLIP, TITLE_MOVED, TITLE_CUT, TITLE_SUBTITLE, TITLE_DOUBT, TITLE_NEAR,
    TITLE_ALIKE, TITLE_CHANGED, TITLE_TURNED, TITLE_OTHER,
) = range(14)  # fmt: skip
AUTHORS_SAME, AUTHORS_MOST, AUTHORS_SOME, AUTHORS_OTHERS, AUTHORS_UNKNOWN = range(5)
YEAR_SAME, YEAR_NEXT, YEAR_NEAR, YEAR_FAR, YEAR_UNKNOWN = range(5)
ABSTRACT_SAME, ABSTRACT_NEAR, ABSTRACT_ALIKE, ABSTRACT_OTHER, ABSTRACT_UNKNOWN = range(5)
PAGES_WHOLE, PAGES_SAME, PAGES_OTHER, PAGES_UNKNOWN = range(4)
LENGTH_LONG, LENGTH_UNKNOWN = range(2)

# fmt: off
OF_A_KIND = frozenset((
    "abstracts", "acknowledgements", "acknowledgments", "announcements", "author index", "authors reply", "back matter",
    "book review", "book reviews", "comment", "commentary", "conclusion", "conclusions", "contents", "correction",
    "corrigendum", "discussion", "editorial", "editorial board", "erratum", "foreword", "front matter", "guest editorial",
    "in memoriam", "in this issue", "index", "introduction", "invited talk", "keynote", "letter to the editor",
    "letters to the editor", "news", "no title", "obituary", "panel", "poster", "posters", "preface", "reply", "response",
    "subject index", "table of contents", "untitled", "preface to the second edition", "einleitung", "einfuhrung", "vorwort", "literatur",
    "introduccion", "introduction generale", "introducao", "prologo", "prefacio", "avant propos", "epilogue", "afterword", "summary",
    "abstract", "notes", "references", "bibliography", "appendix", "overview", "background", "methods", "results", "images", "quiz",
    "case report", "perspective", "perspectives", "viewpoint", "highlights", "calendar", "meeting report", "from the editor",
    "editors note", "editorial comment", "前言", "绪论", "序", "序言", "引言", "编者按", "はじめに", "序論", "머리말", "введение",
    "предисловие",
))
# fmt: on
"""Titles that many works have."""

SAME_PEOPLE = 0.95
"""Share of the words of the shorter list of names from which two lists are those of the same people."""

Levels = npt.NDArray[np.int64]


def year_levels(first: Levels, second: Levels) -> Levels:
    """Level of agreement of years, 0 where one is not known."""
    apart = np.abs(first - second)
    known = (first > 0) & (second > 0)
    return np.where(
        known, np.select([apart == 0, apart == 1, apart <= 4], [YEAR_SAME, YEAR_NEXT, YEAR_NEAR], YEAR_FAR), YEAR_UNKNOWN
    )


def people_level(first: frozenset[str], second: frozenset[str]) -> int:
    """Level of agreement of two sets of words in names."""
    fewer = min(len(first), len(second))
    if not fewer:
        return AUTHORS_UNKNOWN
    common = len(first & second) / fewer
    if common < SAME_PEOPLE:
        # A misspelt name is still that name; single short names are too alike to tell (Wang, Zhang).
        fewest, more = sorted((first, second), key=len)
        close = sum(
            any(len(other) > 4 and fuzz.ratio(name, other, score_cutoff=80) for other in more)
            for name in fewest - more
            if len(name) > 4
        )
        common += 0.9 * close / fewer
        if common < 0.6 and fuzz.ratio(" ".join(sorted(first)), " ".join(sorted(second))) >= 86:
            return AUTHORS_MOST
        if not common and any(fuzz.ratio(name, other, score_cutoff=65) for name in fewest for other in more if len(name) > 2):
            return AUTHORS_SOME
    return (
        AUTHORS_SAME
        if common >= SAME_PEOPLE
        else AUTHORS_MOST
        if common >= 0.6
        else AUTHORS_SOME
        if common > 0
        else AUTHORS_OTHERS
    )


def probabilities(found: dict[str, Levels]) -> npt.NDArray[np.float64]:
    """Turn levels of agreement of pairs into the probability that both records are one paper, 0 to 1."""
    bits = np.full(len(next(iter(found.values()))), VOTES["prior"][""])
    for field, levels in found.items():
        bits += np.array(list(VOTES[field].values()))[levels]
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -60.0, 60.0))))

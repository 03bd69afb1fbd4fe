"""How alike two records are: evidence field by field, and what it adds up to.

Each field votes with the base-2 logarithm of how much likelier its level of agreement is among duplicates than among records
that merely share a block (Fellegi and Sunter 1969, J. Am. Stat. Assoc. 64:1183, eq. 11); a missing field has no vote. The sum
of the votes, as a probability, is the score. `benchmarks/dedupe.py --fit` estimates the votes.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from explorer.dedupe.records import PREPRINT_DOI, Records

VOTES: dict[str, dict[str, float]] = {
    "prior": {"": -4.0},
    "title": {
        "same": 7.5,
        "same, but short": 4.0,
        "same, but of a kind": 0.0,
        "misspelt": 5.5,
        "cut off": 5.0,
        "without subtitle": 2.8,
        "nearly the same": 2.8,
        "alike": -1.5,
        "changed": -5.0,
        "other": -8.0,
    },
    "authors": {"same": 3.5, "most": 1.5, "some": -1.2, "others": -8.0, "unknown": 0.0},
    "year": {"same": 1.0, "next": 0.0, "near": -2.0, "far": -6.0, "unknown": 0.0},
    "abstract": {"same": 7.0, "alike": 1.0, "other": -7.0, "unknown": 0.0},
    "part": {"same": 0.0, "other": -7.0},
    "identifier": {"other DOI": -7.0, "other arXiv id": -14.0, "": 0.0},
}
"""Votes in bits: field, then level of agreement."""

SAME, DOUBTFUL = 0.9, 0.5
"""Score from which two records are one paper, and from which they are shown to the reader."""

_DOI_VERSION = re.compile(r"(?:\.pub\d+|[./]v\d+)$")
_ROMAN = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"}
_KINDS = {
    "erratum",
    "errata",
    "corrigendum",
    "correction",
    "comment",
    "comments",
    "reply",
    "response",
    "retraction",
    "retracted",
}
_ARTICLES = {"a", "an", "the", "on", "of", "and", "in", "for"}
# fmt: off
_OF_A_KIND = {
    "abstracts", "acknowledgements", "acknowledgments", "announcements", "author index", "authors reply", "back matter",
    "book review", "book reviews", "comment", "commentary", "conclusion", "conclusions", "contents", "correction",
    "corrigendum", "discussion", "editorial", "editorial board", "erratum", "foreword", "front matter", "guest editorial",
    "in memoriam", "in this issue", "index", "introduction", "invited talk", "keynote", "letter to the editor",
    "letters to the editor", "news", "no title", "obituary", "panel", "poster", "posters", "preface", "reply", "response",
    "subject index", "table of contents", "untitled",
}
# fmt: on
"""Titles that many works have."""


def levels(records: Records, low: int, high: int, ratio: float, cut: float) -> dict[str, str]:
    """Level of agreement of each field of two records, as named in `VOTES`."""
    first, second = records.folded[low], records.folded[high]
    return {
        "title": _title_level(first, second, ratio, cut),
        "authors": _people_level(records.people[low], records.people[high]),
        "year": _year_level(int(records.year[low]), int(records.year[high])),
        "abstract": _abstract_level(records.abstract[low], records.abstract[high]),
        "part": "same" if ratio >= 0.999 or _parts_agree(first, second, cut >= 0.9 and ratio < 0.95) else "other",
        "identifier": _identifier_level(records, low, high),
    }


def _title_level(first: str, second: str, ratio: float, cut: float) -> str:
    shorter, longer = sorted((first, second), key=len)
    if not shorter:
        return "changed"
    if ratio >= 0.999:
        if shorter in _OF_A_KIND:
            return "same, but of a kind"
        return "same" if len(shorter) >= 20 and shorter.count(" ") >= 2 else "same, but short"
    if cut >= 0.93:
        # Exporters cut within a word; where the last word is whole, a subtitle may tell two works apart.
        return "without subtitle" if shorter.rsplit(" ", 1)[-1] in longer.split() else "cut off"
    if ratio >= 0.85 and len(shorter) >= 20 and _misspelt(shorter, longer):
        return "misspelt"
    if ratio >= 0.92 and len(shorter) >= 20:
        return "nearly the same"
    return "alike" if ratio >= 0.8 else "changed" if ratio >= 0.6 else "other"


def _misspelt(first: str, second: str) -> bool:
    """Whether each word of one title that the other lacks resembles one there: a slip of the hand, not another method."""
    left, right = set(first.split()), set(second.split())
    lacking, extra = left - right - _ARTICLES, right - left - _ARTICLES
    if not lacking and not extra:
        return True
    joined = (
        "".join(word for word in first.split() if word in lacking),
        "".join(word for word in second.split() if word in extra),
    )
    if fuzz.ratio(*joined) >= 75:
        return True
    pairs = [(word, extra) for word in lacking] + [(word, lacking) for word in extra]
    return all(any(fuzz.ratio(word, other) >= 65 for other in others) for word, others in pairs)


def _people_level(first: frozenset[str], second: frozenset[str]) -> str:
    fewer = min(len(first), len(second))
    if not fewer:
        return "unknown"
    common = len(first & second) / fewer
    if common < 0.95:
        # A misspelt name is still that name; single short names are too alike to tell (Wang, Zhang).
        fewest, more = sorted((first, second), key=len)
        close = sum(
            any(len(other) > 4 and fuzz.ratio(name, other, score_cutoff=80) for other in more)
            for name in fewest - more
            if len(name) > 4
        )
        common += 0.9 * close / fewer
        if common < 0.6 and fuzz.ratio(" ".join(sorted(first)), " ".join(sorted(second))) >= 86:
            return "most"
    return "same" if common >= 0.95 else "most" if common >= 0.6 else "some" if common > 0 else "others"


def _year_level(first: int, second: int) -> str:
    if not first or not second:
        return "unknown"
    apart = abs(first - second)
    return "same" if apart == 0 else "next" if apart == 1 else "near" if apart <= 4 else "far"


def _abstract_level(first: str, second: str) -> str:
    length = min(len(first), len(second))
    if length < 40:
        return "unknown"
    likeness = fuzz.ratio(first[:length], second[:length]) / 100
    return "same" if likeness >= 0.9 else "alike" if likeness >= 0.7 else "other"


def _parts_agree(first: str, second: str, cut: bool) -> bool:
    """Whether numbers, parts and words such as "erratum" are those of one work; a title cut off may lack some."""
    shorter, longer = sorted((first, second), key=len)
    words = shorter.split()[:-1] if cut else shorter.split()
    left, right = ({word for word in title if _tells_apart(word)} for title in (words, longer.split()))
    return left <= right if cut else left == right


def _tells_apart(word: str) -> bool:
    return word in _ROMAN or word in _KINDS or any(letter.isdigit() for letter in word)


def _identifier_level(records: Records, low: int, high: int) -> str:
    arxiv_low, arxiv_high = records.arxiv_id[low], records.arxiv_id[high]
    if arxiv_low and arxiv_high and arxiv_low != arxiv_high:
        return "other arXiv id"
    first, second = records.doi[low], records.doi[high]
    if not first or not second or PREPRINT_DOI.match(first) or PREPRINT_DOI.match(second):
        return ""
    return "" if _DOI_VERSION.sub("", first) == _DOI_VERSION.sub("", second) else "other DOI"


def clash(found: dict[str, str]) -> str:
    """Say what speaks against a shared identifier: template DOIs and slips of copying stand on unlike works."""
    if found["title"] not in ("other", "changed") or found["abstract"] in ("same", "alike"):
        return ""
    if found["authors"] == "others":
        return "other title and authors"
    return "other title and arXiv id" if found["identifier"] == "other arXiv id" else ""


def probability(found: dict[str, str]) -> float:
    """Turn levels of agreement into the probability that both records are one paper, 0 to 1."""
    bits = VOTES["prior"][""] + sum(VOTES[field][level] for field, level in found.items())
    return float(1 / (1 + 2.0 ** -max(min(bits, 60.0), -60.0)))


def are_versions(records: Records, low: int, high: int) -> bool:
    """Whether the records are two versions of a work: a preprint and its publication, or two DOIs."""
    first, second = records.doi[low], records.doi[high]
    if first and second:
        return first != second
    return {records.preprint(low), records.preprint(high)} == {True, False}


def reason_of(found: dict[str, str], likeness: float) -> str:
    """Say which fields spoke for the pair."""
    parts = [f"title {found['title']} ({likeness:.0%})"]
    parts += [f"{field} {found[field]}" for field in ("authors", "year", "abstract") if found[field] != "unknown"]
    return ", ".join(parts + [found["identifier"]] * bool(found["identifier"]))

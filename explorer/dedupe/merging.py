"""One paper out of several records: the better value of each field, and which record gave it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from explorer.dedupe.imprint import PREPRINT_VENUE
from explorer.papers.schema import FIELDS

Record = dict[str, Any]

NEEDED = ("id", "published", "precision", "year", "doi", "arxiv_id")
"""Fields that a record must have, empty or not."""

_PRECISION = {"year": 1, "month": 2, "day": 3}
_PREPRINT_VENUE = re.compile(PREPRINT_VENUE)
_CUT = re.compile(r"(?:\.\.\.|…)\s*$")


def by_worth(records: Sequence[Record], preprint: Sequence[bool | None]) -> list[Record]:
    """Sort records so that the one to trust most comes first: published before preprint, then the fuller, then by id."""

    def worth(item: tuple[Record, bool | None]) -> tuple[int, int, str]:
        record, early = item
        filled = sum(1 for name in FIELDS if (value := record.get(name)) is not None and value != "" and value != [])
        return {False: 0, None: 1, True: 2}[early], -filled, str(record["id"])

    return [record for record, _ in sorted(zip(records, preprint, strict=True), key=worth)]


def merge(records: Sequence[Record]) -> tuple[Record, dict[str, str]]:
    """Merge records of one paper.

    Parameters
    ----------
    records : sequence of dict
        At least one, of the same columns, most trusted first (see `by_worth`); the first one's id is kept.

    Returns
    -------
    tuple of (dict, dict)
        The merged record, and for each filled field the id of the record that gave its value; several ids, joined with
        ``; ``, where a list was put together. No field is null that is filled in one of the records.
    """
    merged: Record = {}
    giver: dict[str, str] = {}
    for name in records[0]:
        if name in ("published", "precision", "year"):
            continue
        # Written out: this line runs for every field of every record.
        given = [record for record in records if (value := record[name]) is not None and value != "" and value != []]
        if not given:
            merged[name] = records[0][name]
        elif name != "keywords" and all(record[name] == given[0][name] for record in given[1:]):
            merged[name], giver[name] = given[0][name], str(given[0]["id"])
        elif name == "keywords":
            merged[name], giver[name] = _union(given)
        else:
            best = _BETTER.get(name, _first)(given)
            merged[name], giver[name] = best[name], str(best["id"])
    dated = _dated(records)
    for name in ("published", "precision", "year"):
        holder = dated if _given(dated[name]) else next((record for record in records if _given(record[name])), dated)
        merged[name] = holder[name]
        if _given(holder[name]):
            giver[name] = str(holder["id"])
    return {name: merged[name] for name in records[0]}, giver


def _given(value: object) -> bool:
    return value is not None and value != "" and value != []


def _first(given: Sequence[Record]) -> Record:
    return given[0]


def _title(given: Sequence[Record]) -> Record:
    """Choose the first title that is neither shouted nor cut off, else the longest."""
    if len({record["title"] for record in given}) == 1:
        return given[0]
    letters = {title: re.sub(r"\W+", "", _CUT.sub("", title)).casefold() for title in dict.fromkeys(r["title"] for r in given)}
    texts = sorted(set(letters.values()))

    def flaws(record: Record) -> tuple[bool, bool]:
        title = record["title"]
        short = letters[title]
        # Sorted, a longer title that starts alike stands right behind.
        behind = bisect_right(texts, short)
        cut = bool(_CUT.search(title)) or (behind < len(texts) and texts[behind].startswith(short))
        return cut, title.isupper() and len(title) > 12

    return min(given, key=flaws)


def _longest(name: str) -> Callable[[Sequence[Record]], Record]:
    return lambda given: max(given, key=lambda record: len(record[name]))


def _most_names(given: Sequence[Record]) -> Record:
    """Choose the longest list of authors; of equally long ones, that with the fullest names."""
    return max(given, key=lambda record: (len(record["authors"]), sum(map(len, record["authors"]))))


def _venue(given: Sequence[Record]) -> Record:
    """Choose a journal or conference before a preprint server."""
    return min(given, key=lambda record: bool(_PREPRINT_VENUE.search(record["venue"])))


def _doi(given: Sequence[Record]) -> Record:
    """Choose the publication's before one that a preprint server gave out."""
    return min(given, key=lambda record: record["doi"].startswith(("10.48550/", "10.26434/", "10.21203/", "10.20944/")))


def _most(name: str) -> Callable[[Sequence[Record]], Record]:
    return lambda given: max(given, key=lambda record: record[name])


def _dated(records: Sequence[Record]) -> Record:
    """Choose the record whose date is taken: the first one dated, or one of the same year that knows it more exactly."""
    dated = [record for record in records if _given(record["published"])]
    if not dated:
        return records[0]
    peers = [record for record in dated if record["year"] == dated[0]["year"]]
    return max(peers, key=lambda record: _PRECISION.get(record["precision"] or "", 0))


def _union(given: Sequence[Record]) -> tuple[list[str], str]:
    words: dict[str, str] = {}
    givers: dict[str, None] = {}
    for record in given:
        for word in record["keywords"]:
            if word is not None and word.casefold() not in words:
                words[word.casefold()] = word
                givers[str(record["id"])] = None
    return list(words.values()), "; ".join(givers)


_BETTER: dict[str, Callable[[Sequence[Record]], Record]] = {
    "title": _title,
    "abstract": _longest("abstract"),
    "authors": _most_names,
    "venue": _venue,
    "doi": _doi,
    "upvotes": _most("upvotes"),
    "comments": _most("comments"),
}


def versions(records: Iterable[Record]) -> list[str]:
    """Name every version of a paper: ``doi:…`` and ``arxiv:…`` of each record, else its id."""
    names: dict[str, None] = {}
    for record in records:
        found = [f"{kind}:{record[field]}" for kind, field in (("doi", "doi"), ("arxiv", "arxiv_id")) if record[field]]
        names.update(dict.fromkeys(found or [str(record["id"])]))
    return list(names)

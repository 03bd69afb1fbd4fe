"""A reader's library as plain JSON, and back: one file that people and programs can read.

::

    {"format": "literature-explorer library", "version": 1, "reader": "ann", "at": "2026-04-01T09:30:00+00:00",
     "stars": [{"id": "2404.09632", "at": "…"}],
     "tags": [{"id": "2404.09632", "tag": "method", "at": "…"}],
     "notes": [{"id": "2404.09632", "note": "…", "at": "…"}],
     "reads": [{"id": "2404.09632", "at": "…"}],
     "sets": [{"name": "picks", "saved_at": "…", "ids": ["2404.09632"]}],
     "searches": [{"name": "reward", "url": "q=reward", "saved_at": "…", "content_hash": "…", "ids": []}],
     "shares": [{"kind": "set", "name": "picks"}],
     "subscriptions": [{"name": "new", "url": "q=reward", "without": ["survey"], "cadence": "daily", "cap": 20,
                        "address": "ann@example.org", "bibtex": false}]}

What a subscription was told of, and the secret by which it is ended, stay where they are: one that is imported begins anew.

Importing adds, and takes nothing away: what is there already stays; of a note that is another here both texts are kept; a set or a
search whose name is taken by another gets a number after its name.

Another noun, in whatever room, is exported along by a `Part` of its own, which a command hands to `export_library` and
`import_library` after `PARTS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explorer.errors import ExplorerError, LibraryError
from explorer.library.database import now
from explorer.library.marks import ACTS, NOTES, Mark, both, tidy_tag
from explorer.library.saved import tidy_name
from explorer.library.sharing import share
from explorer.library.subscriptions import DEFAULT_CAP
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    from explorer.library.library import Library

FORMAT, VERSION = "literature-explorer library", 1

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """One noun of the file.

    Attributes
    ----------
    name : str
        Its key.
    give : callable
        Gives the reader's rows, as JSON values.
    take : callable
        Adds rows to the library; returns how many were not there. Raises `KeyError`, `TypeError` or `LibraryError` where one is wrong.
    """

    name: str
    give: Callable[[Library], Rows]
    take: Callable[[Library, Rows], int]


def export_library(library: Library, parts: Sequence[Part] | None = None) -> bytes:
    """A reader's library as JSON, UTF-8, one row a line.

    Parameters
    ----------
    library : Library
    parts : sequence of Part, optional
        `PARTS` by default.
    """
    head = {"format": FORMAT, "version": VERSION, "reader": library.reader, "at": now()[:19] + "+00:00"}
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    for part in PARTS if parts is None else parts:
        rows = [f"\n  {json.dumps(row, ensure_ascii=False)}" for row in part.give(library)]
        lines.append(f"{json.dumps(part.name)}: [{','.join(rows)}]")
    return ("{" + ",\n ".join(lines) + "}\n").encode()


def import_library(library: Library, data: bytes, parts: Sequence[Part] | None = None) -> dict[str, int]:
    """Add what an exported library holds to a reader's, all of it or, where something is wrong, nothing.

    Parameters
    ----------
    library : Library
    data : bytes
        As `export_library` gives it. Papers that the corpus does not have keep their marks too.
    parts : sequence of Part, optional
        `PARTS` by default.

    Returns
    -------
    dict of str to int
        By the name of each part, how many rows were not there before.

    Raises
    ------
    LibraryError
        It is no such file, of a later version, or a row is not what it should be; nothing was added.
    """
    wanted = PARTS if parts is None else parts
    given = _read(data)
    added = {}
    with library.database.writing():
        for part in wanted:
            rows = given.get(part.name, [])
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise LibraryError(f"The {part.name} of this file are no list of objects. Export the library again.")
            try:
                added[part.name] = part.take(library, rows)
            except LibraryError:
                raise
            except (KeyError, TypeError, ValueError, AttributeError, ExplorerError) as error:
                raise LibraryError(
                    f"The {part.name} of this file are damaged ({error!r}). Export the library again."
                ) from error
    library.forget_concepts()
    return added


def _read(data: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise LibraryError(f"This is no exported library ({error}). Make one with: litexplorer library export") from error
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise LibraryError("This is no exported library. Make one with: litexplorer library export")
    if not isinstance(given.get("version"), int) or given["version"] > VERSION:
        raise LibraryError(
            f"This library was exported by a later version (format {given.get('version')}). Update this program."
        )
    return given


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _marks(noun: str, name: str = "", text: str = "") -> Part:
    """The part of a kind of marks; `name` and `text` are what the file calls these."""

    def give(library: Library) -> Rows:
        rows = []
        for mark in library.marks[noun].all():
            more = {**({name: mark.name} if name else {}), **({text: mark.text} if text else {})}
            rows.append({"id": mark.id, **more, "at": mark.at})
        return rows

    def take(library: Library, rows: Rows) -> int:
        marks = library.marks[noun]
        there = {(mark.id, mark.name): mark.text for mark in marks.all()}
        given = [
            Mark(
                _text(row["id"]),
                tidy_tag(_text(row[name])) if name else "",
                _text(row[text]).strip() if text else "",
                _text(row.get("at") or now()),
            )
            for row in rows
        ]
        wanted: dict[tuple[str, str], tuple[str, str]] = {}
        for mark in given:
            key = mark.id, mark.name
            before = wanted[key][0] if key in wanted else there.get(key)
            if before is None or mark.text not in ("", before):
                wanted[key] = (both("", before, mark.text) if before else mark.text), mark.at
        with library.database.writing(marks.noun, ACTS) as file:
            return marks.change(file, [(id_, named, state) for (id_, named), state in wanted.items() if not text or state[0]])

    return Part(noun, give, take)


def _give_sets(library: Library) -> Rows:
    rows = reversed(library.sets())
    return [{"name": row.name, "saved_at": row.saved_at, "ids": library.members(row.name)} for row in rows]


def _take_sets(library: Library, rows: Rows) -> int:
    added = 0
    for row in rows:
        name, ids = tidy_name(_text(row["name"])), [_text(id_) for id_ in row["ids"]]
        taken = {saved.name: library.members(saved.name) for saved in library.sets()}
        if taken.get(name) != ids:
            library.save_set(_free(name, {*taken, *(saved.name for saved in library.searches())}), ids)
            added += 1
    return added


def _give_searches(library: Library) -> Rows:
    return [
        {
            "name": row.name,
            "url": row.url,
            "saved_at": row.saved_at,
            "content_hash": row.content_hash,
            "ids": library.ids(row.name),
        }
        for row in reversed(library.searches())
    ]


def _take_searches(library: Library, rows: Rows) -> int:
    added = 0
    for row in rows:
        name, url = tidy_name(_text(row["name"])), _text(row["url"])
        taken = {saved.name: saved.url for saved in library.searches()}
        if taken.get(name) != url:
            ids = [_text(id_) for id_ in row["ids"]]
            free = _free(name, {*taken, *(saved.name for saved in library.sets())})
            library.take_search(free, url, _text(row["content_hash"]), ids)
            added += 1
    return added


def _free(name: str, taken: set[str]) -> str:
    return next(
        other for number in range(1, len(taken) + 2) if (other := name if number == 1 else f"{name} ({number})") not in taken
    )


def _give_shares(library: Library) -> Rows:
    return [{"kind": kind, "name": name} for kind, name in library.sharing]


def _take_shares(library: Library, rows: Rows) -> int:
    """What was shared is shared again, where the reader has a name by which others know it."""
    new = [(_text(row["kind"]), _text(row["name"])) for row in rows]
    new = [row for row in dict.fromkeys(new) if row not in library.sharing] if library.reader else []
    for kind, name in new:
        share(library.database, kind, name)
    return len(new)


def _give_subscriptions(library: Library) -> Rows:
    return [
        {
            "name": row.name,
            "url": row.url,
            "without": list(row.without),
            "cadence": row.cadence,
            "cap": row.cap,
            "address": row.address,
            "bibtex": row.bibtex,
        }
        for row in library.subscriptions.all()
    ]


def _take_subscriptions(library: Library, rows: Rows) -> int:
    added = 0
    for row in rows:
        there = {given.pop("name"): given for given in _give_subscriptions(library)}
        name = _text(row["name"])
        wanted = {
            "url": _text(row["url"]),
            "without": [_text(word) for word in row.get("without", [])],
            "cadence": _text(row.get("cadence", "daily")),
            "cap": row.get("cap", DEFAULT_CAP),
            "address": _text(row.get("address", "")),
            "bibtex": bool(row.get("bibtex", False)),
        }
        if there.get(name) == wanted:
            continue
        selection = Selection.from_url(wanted.pop("url"))
        library.subscriptions.add(_free(name, set(there)), selection, **wanted)
        added += 1
    return added


PARTS = (
    _marks("stars"),
    _marks("tags", name="tag"),
    _marks(NOTES.name, text="note"),
    _marks("reads"),
    Part("sets", _give_sets, _take_sets),
    Part("searches", _give_searches, _take_searches),
    Part("shares", _give_shares, _take_shares),
    Part("subscriptions", _give_subscriptions, _take_subscriptions),
)
"""What every library holds."""

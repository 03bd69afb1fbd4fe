"""The entries of a BibTeX file: its syntax, nothing skipped in silence, and the fields that entries take from others.

Specification: Patashnik, *BibTeXing* (1988), and the grammar of Hufflen and of biber
(https://metacpan.org/dist/Text-BibTeX/view/btparse/doc/bt_language.pod); of ``xdata``, ``crossref`` and the sets that name entries
Lehman et al., *The biblatex Package*, sections 3.14.5 (sets), 3.14.6 (data containers), 2.4.1 and appendix B (inheritance), and *BibTeXing*,
section 2 (``crossref``). The order of the entries does not matter. What tells one work from another (its title, identifiers, address,
abstract, keywords) is not inherited.

A kept parser (bibtexparser 2) leaves out entries whose key stands twice and entries with a brace too many, 417 of the 35,382 of
a concatenation of publishers' files; it also takes several times as long. Here a damaged entry is read field by field and says so.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from explorer.sources.formats.bibtex.journal_macros import AAS_STRINGS, STYLE_STRINGS

_GAP = r"(?:\s|%[^\n]*\n)*"
_START = re.compile(rf"@{_GAP}([A-Za-z][\w.+-]*){_GAP}([{{(])")
_LINE_START = re.compile(rf"^[ \t]*@(?={_GAP}[A-Za-z][\w.+-]*{_GAP}[{{(])", re.MULTILINE)
_KEY = re.compile(r"\s*(?:(?P<braced>[^,=\n@]*?)\s*(?=,)|(?P<bare>[^,=\n}]*?)\s*(?=(?P<mark>[=\n}])|\Z))")
_FIELD = re.compile(r"(?:[\s,]|%[^\n]*\n)*([^\s=,{}()\"#%@]+(?:[ \t]+[^\s=,{}()\"#%@]+)*)\s*=\s*")
_NEXT_FIELD = re.compile(r"\s*[A-Za-z][\w:.+ -]*\s*=\s*[{\"\w]")
_LOOSE_FIELD = re.compile(r"(?:^|,)\s*([A-Za-z][\w:.+ -]*?)\s*=[ \t]*", re.MULTILINE)
_FLAT = re.compile(r"\{([^{}]*)\}")
_JOURNALS = frozenset(("journal", "journaltitle"))
_BRACE = re.compile(r"[{}]")
_BARE_BRACE = re.compile(r"(?<!\\)[{}]")
_QUOTE = re.compile(r"[{}\"]")
_WORD = re.compile(r"[^\s,{}#\"()=]+")
_HASH = re.compile(r"\s*#\s*")
_AFTER = re.compile(r"\s*(?:%[^\n]*\n\s*)*")

_LONGEST = 1 << 20
"""Characters a value may have that is put together from strings; strings of strings grow without bound."""

MONTHS = dict(
    zip(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(),
        "January February March April May June July August September October November December".split(),
        strict=True,
    )
)


@dataclass(slots=True)
class Entry:
    """One entry as it stands in the file."""

    kind: str
    """Lower case: ``article``."""
    key: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    """Raw values by lower-case name, with strings expanded and joined, without the outer delimiters."""
    problems: list[str] = field(default_factory=list)
    """What was wrong with it and has been mended."""
    text: str = ""
    """Start of the entry, where nothing could be made of it."""


class _Unclosed(Exception):
    """A brace or quote has no end."""


def entries(text: str) -> Iterator[Entry]:
    """Yield the entries of a BibTeX text in order; an entry without a field is one that could not be read.

    Strings (``@string``) are expanded; comments and preambles are left out.
    """
    strings = {**STYLE_STRINGS, **MONTHS}
    starts = [match.start() for match in _LINE_START.finditer(text)]
    if not starts or text.find("@", 0, starts[0]) >= 0:
        starts.insert(0, 0)
    starts.append(len(text))
    line, counted = 1, 0
    for start, end in pairwise(starts):
        position = start
        # Several entries may stand on one line.
        while match := _START.search(text, position, end):
            line += text.count("\n", counted, match.start())
            counted = match.start()
            kind = match.group(1).lower()
            if kind in ("comment", "preamble"):
                position = _skip(text, match.end() - 1, end)
                continue
            if kind == "string":
                position = _string(text, match.end(), end, strings)
                continue
            entry = Entry(kind, "", line)
            position = _entry(text, match.end(), end, ")" if match.group(2) == "(" else "}", entry, strings)
            yield entry


def _skip(text: str, position: int, end: int) -> int:
    if text[position] == "{":
        try:
            return _closing(text, position, end, _BRACE)
        except _Unclosed:
            return end
    return max(text.find(")", position, end), position) + 1


def _string(text: str, position: int, end: int, strings: dict[str, str]) -> int:
    match = _FIELD.match(text, position, end)
    if match is None:
        return end
    try:
        value, position = _value(text, match.end(), end, strings, None, _BRACE)
    except _Unclosed:
        return end
    strings[match.group(1).lower()] = value
    return position


def _entry(text: str, position: int, end: int, closer: str, entry: Entry, strings: dict[str, str]) -> int:
    """Read key and fields from after the opening brace; return where the entry ends."""
    begin = position
    found = _KEY.match(text, position, end)
    key, after = "", None
    if found is not None:
        key = found["braced"] if found["braced"] is not None else found["bare"]
        after = "," if found["braced"] is not None else found["mark"]
    if after == "=" and found is not None and len(words := key.split()) == 2:
        entry.key, position = words[0], found.start("bare") + key.rindex(words[1])
        entry.problems.append("no comma after the key")
    elif after == "=":
        entry.problems.append("the entry has no key")
    else:
        entry.key = key.rstrip("})") if after is None else key
        position = found.end() if found is not None else position
        if after == "\n" and text[position:end].lstrip()[:1] == ",":
            position = text.index(",", position)
        elif after == "\n":
            entry.problems.append("no comma after the key")
    for braces in (_BRACE, _BARE_BRACE):
        entry.fields.clear()
        try:
            return _fields(text, position, end, closer, entry, strings, braces)
        except _Unclosed:
            continue
    return _loose(text, begin, end, entry, strings)


_PEOPLE = ("author", "editor")
_LISTED = frozenset((*_PEOPLE, "keywords", "keyword", "note", "annote", "annotation", "notes"))
"""Fields of which an entry may have several; several people again are the list in another spelling."""
_SEVERAL = re.compile(r"\sand\s", re.IGNORECASE)


def _joined(name: str, values: list[str]) -> str:
    """The values of a field that stands several times as one."""
    if name in _PEOPLE:
        return " and ".join(values)
    if name in ("keywords", "keyword"):
        return ("; " if any(";" in value for value in values) else ", ").join(values)
    return "; ".join(values)


def _fields(
    text: str, position: int, end: int, closer: str, entry: Entry, strings: dict[str, str], braces: re.Pattern[str]
) -> int:
    listed: dict[str, list[str]] = {}
    position = _take_fields(text, position, end, closer, entry, strings, braces, listed)
    entry.fields.update({name: _joined(name, list(dict.fromkeys(values))) for name, values in listed.items()})
    return position


def _take_fields(
    text: str,
    position: int,
    end: int,
    closer: str,
    entry: Entry,
    strings: dict[str, str],
    braces: re.Pattern[str],
    listed: dict[str, list[str]],
) -> int:
    """Read fields into `entry`, and what those in `_LISTED` have when they come again into `listed`, after what they had first."""
    fields = entry.fields
    while match := _FIELD.match(text, position, end):
        name = match.group(1).lower()
        known = ChainMap(strings, AAS_STRINGS) if name in _JOURNALS else strings
        value, position = _value(text, match.end(), end, known, entry, braces)
        if name not in fields or not fields[name]:
            fields[name] = value
        elif name in _LISTED and not (name in _PEOPLE and _SEVERAL.search(value)):
            listed.setdefault(name, [fields[name]]).append(value)
        elif fields[name] != value:
            entry.problems.append(f"{name} stands twice, the first is taken")
        after = _AFTER.match(text, position, end)
        position = after.end() if after is not None else position
        mark = text[position : position + 1]
        if mark == ",":
            position += 1
        elif mark == closer or (mark in "})" and mark and not fields):
            return position + 1
        elif _NEXT_FIELD.match(text, position, end):
            entry.problems.append(f"no comma after {name}")
        else:
            raise _Unclosed
    rest = text[position:end].lstrip(" \t\r\n,")
    if rest[:1] == closer:
        return text.index(closer, position) + 1
    if not rest and fields:
        entry.problems.append("the entry does not end")
        return end
    raise _Unclosed


def _value(
    text: str, position: int, end: int, strings: Mapping[str, str], entry: Entry | None, braces: re.Pattern[str]
) -> tuple[str, int]:
    """Read one value, its parts joined at ``#``; return it and where it ends."""
    pieces: list[str] = []
    while True:
        mark = text[position : position + 1]
        if mark == "{":
            flat = _FLAT.match(text, position, end)
            stop = flat.end() if flat is not None and flat.group(1)[-1:] != "\\" else _closing(text, position, end, braces)
            pieces.append(text[position + 1 : stop - 1])
        elif mark == '"':
            stop = _closing_quote(text, position, end)
            pieces.append(text[position + 1 : stop - 1])
        else:
            word = _WORD.match(text, position, end)
            if word is None:
                stop = position
            else:
                stop = word.end()
                bare = word.group()
                known = strings.get(bare.lower())
                if known is None and entry is not None and not bare[0].isdigit():
                    entry.problems.append(f"the string {bare} is not defined")
                if known is not None and sum(map(len, pieces)) + len(known) > _LONGEST:
                    known = ""
                    if entry is not None:
                        entry.problems.append(f"the string {bare} is left out, it would make the value too long")
                pieces.append(bare if known is None else known)
        more = _HASH.match(text, stop, end)
        if more is None:
            return "".join(pieces), stop
        position = more.end()


def _closing(text: str, position: int, end: int, braces: re.Pattern[str]) -> int:
    """Position after the brace that closes the one at `position`."""
    depth = 0
    for match in braces.finditer(text, position, end):
        if match.group() == "{":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return match.end()
    raise _Unclosed


def _closing_quote(text: str, position: int, end: int) -> int:
    """Position after the quote that closes the one at `position`; one within braces is text."""
    depth = 0
    for match in _QUOTE.finditer(text, position + 1, end):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif depth <= 0:
            return match.end()
    raise _Unclosed


def _loose(text: str, begin: int, end: int, entry: Entry, strings: dict[str, str]) -> int:
    """Read an entry whose delimiters do not balance: a field reaches to the line that starts the next one."""
    entry.fields.clear()
    found = list(_LOOSE_FIELD.finditer(text, begin, end))
    for match, after in zip(found, [*found[1:], None], strict=False):
        raw = text[match.end() : after.start() if after is not None else end].strip().rstrip(",").rstrip()
        if after is None:
            raw = re.sub(r"\}\s*\Z", "", raw).rstrip().rstrip(",")
        quoted = raw[:1] in ('"', "{")
        raw = raw[1:].removesuffix('"' if raw[0] == '"' else "}") if quoted else strings.get(raw.lower(), raw)
        entry.fields.setdefault(match.group(1).lower(), raw)
    entry.text = text[begin : min(end, begin + 300)]
    if entry.fields:
        entry.problems.append("its braces or quotes do not balance; fields are taken to reach to the next one")
    return end


Missing = Callable[[Entry, str], None]

_OWN = frozenset(
    "title subtitle titleaddon shorttitle sorttitle indextitle indexsorttitle reprinttitle origtitle crossref xref xdata ids entryset"
    " entrysubtype execute label options presort related relatedoptions relatedstring relatedtype shortauthor"
    " shorteditor shorthand shorthandintro sortkey"
    " sortname sortyear doi url urldate eprint eprinttype eprintclass archiveprefix primaryclass abstract keywords keyword author_keywords"
    " annotation annote file pages pagetotal chapter note pmid pmcid bibsource biburl timestamp unique-id key".split()
)
_VOLUMES = frozenset(("mvbook", "mvcollection", "mvproceedings", "mvreference"))
_WHOLE = frozenset(("book", "collection", "proceedings", "reference"))


def has_links(found: Iterable[Entry]) -> bool:
    """Whether an entry refers to another."""
    return any(entry.kind in ("xdata", "set") or "crossref" in entry.fields or "xdata" in entry.fields for entry in found)


def resolve(found: list[Entry], missing: Missing) -> list[Entry]:
    """Give entries what they lack from those they name, and return the entries that are works.

    Data containers (``@xdata``) and sets (``@set``) are none; members of a set say so in ``entryset``.

    Parameters
    ----------
    missing : callable
        Called as ``missing(entry, key)`` for each key that is not in the file.
    """
    by_key: dict[str, Entry] = {}
    for entry in found:
        # An entry without a key, as JabRef writes it, can be named by none; entries that name nothing would take from it.
        for key in _keys(f"{entry.key},{entry.fields.get('ids', '')}"):
            by_key.setdefault(key.lower(), entry)
    for entry in _parents_first(found, by_key, missing):
        for key in _keys(entry.fields.get("xdata", "")):
            container = by_key.get(key.lower())
            if container is not None:
                for name, value in list(container.fields.items()):
                    if name not in ("xdata", "ids"):
                        entry.fields.setdefault(name, value)
        parent = by_key.get(entry.fields.get("crossref", "").strip().lower())
        if parent is not None and parent is not entry:
            _inherit(entry, parent)
    for entry in found:
        if entry.kind == "set":
            for key in _keys(entry.fields.get("entryset", "")):
                if (member := by_key.get(key.lower())) is not None:
                    member.fields.setdefault("entryset", entry.key)
    return [entry for entry in found if entry.kind not in ("xdata", "set")]


def _parents_first(found: list[Entry], by_key: dict[str, Entry], missing: Missing) -> Iterator[Entry]:
    """Yield entries after those they take from; a ring of entries is broken where it closes."""
    begun: set[int] = set()
    for first in found:
        waiting = [(first, False)]
        while waiting:
            entry, ready = waiting.pop()
            if ready:
                yield entry
            elif id(entry) not in begun:
                begun.add(id(entry))
                waiting.append((entry, True))
                for key in (*_keys(entry.fields.get("xdata", "")), *_keys(entry.fields.get("crossref", ""))):
                    if (other := by_key.get(key.lower())) is None:
                        missing(entry, key)
                    else:
                        waiting.append((other, False))


def _keys(text: str) -> list[str]:
    return [key for key in (part.strip() for part in text.split(",")) if key]


def _inherit(entry: Entry, parent: Entry) -> None:
    fields, given = entry.fields, parent.fields
    for name, value in given.items():
        if name not in _OWN:
            fields.setdefault(name, value)
    if not (title := given.get("title")):
        return
    if entry.kind in _WHOLE or entry.kind in _VOLUMES:
        fields.setdefault("maintitle", title)
    elif parent.kind == "periodical":
        fields.setdefault("journaltitle", title)
    elif parent.kind != "article":
        if subtitle := given.get("subtitle"):
            fields.setdefault("booksubtitle", subtitle)
        fields.setdefault("booktitle", title)
    if entry.kind == "inbook" and "author" in given and "editor" not in given:
        fields.setdefault("bookauthor", given["author"])
    # To BibTeX a part without a title of its own is named after the whole.
    fields.setdefault("title", title)

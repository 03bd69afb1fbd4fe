"""Fields that entries of a BibTeX file take from other entries: ``xdata``, ``crossref``, and the sets that name them.

Specification: Lehman et al., *The biblatex Package*, sections 3.14.5 (sets), 3.14.6 (data containers), 2.4.1 and appendix B
(inheritance); Patashnik, *BibTeXing* (1988), section 2 (``crossref``). The order of the entries does not matter. What tells one work
from another (its title, identifiers, address, abstract, keywords) is not inherited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from explorer.sources.formats.bibtex.bibtex_syntax import Entry

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

"""Issues as feeds: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from explorer.feed.issue import Issue, Item

_ATOM = "http://www.w3.org/2005/Atom"


def to_atom(issues: Sequence[Issue], *, title: str, address: str = "") -> bytes:
    """Write the papers of issues as an Atom feed.

    Parameters
    ----------
    issues : sequence of Issue
        The latest first.
    title : str
        Of the feed.
    address : str
        Where the feed will lie; readers of feeds want one, but take a feed without.

    Returns
    -------
    bytes
        UTF-8. A paper keeps its id from one writing to the next, so that no reader shows it twice.
    """
    from lxml import etree

    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})

    def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
        child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", {key: _xml(value) for key, value in attributes.items()})
        if text is not None:
            child.text = _xml(text)
        return child

    add(feed, "id", address or _urn(title))
    add(feed, "title", title)
    add(feed, "updated", _moment(max((issue.day.isoformat() for issue in issues), default="1970-01-01")))
    add(feed, "generator", "Literature Explorer")
    add(add(feed, "author"), "name", "Literature Explorer")
    if address:
        add(feed, "link", rel="self", href=address, type="application/atom+xml")
    for issue, item in _each(issues):
        entry = add(feed, "entry")
        add(entry, "id", _urn(item.id))
        add(entry, "title", item.title)
        add(entry, "updated", _moment(issue.day.isoformat()))
        if item.day:
            add(entry, "published", _moment(item.day))
        for name in item.authors:
            add(add(entry, "author"), "name", name)
        if item.url:
            add(entry, "link", rel="alternate", href=item.url, type="text/html")
        if item.topic:
            add(entry, "category", term=item.topic)
        add(entry, "summary", _summary(item), type="text")
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True))


def to_json_feed(issues: Sequence[Issue], *, title: str, address: str = "") -> bytes:
    """Write the papers of issues as a JSON feed; parameters as of `to_atom`."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title}
    if address:
        feed["feed_url"] = address
    items = []
    for issue, item in _each(issues):
        entry = {
            "id": _urn(item.id),
            "title": item.title,
            "content_text": _summary(item),
            "date_modified": _moment(issue.day.isoformat()),
        }
        if item.day:
            entry["date_published"] = _moment(item.day)
        if item.url:
            entry["url"] = item.url
        more = {"authors": [{"name": name} for name in item.authors], "tags": [item.topic] if item.topic else []}
        items.append({**entry, **{name: value for name, value in more.items() if value}})
    return json.dumps({**feed, "items": items}, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _each(issues: Sequence[Issue]) -> list[tuple[Issue, Item]]:
    """Each paper once, as the latest issue has it."""
    seen: set[str] = set()
    found = []
    for issue in issues:
        for item in issue.items:
            if item.id not in seen:
                seen.add(item.id)
                found.append((issue, item))
    return found


def _summary(item: Item) -> str:
    why = "; ".join(item.reasons)
    return "\n\n".join(part for part in (why, item.abstract) if part) or item.title


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _urn(text: str) -> str:
    """An address of its own for a paper: the same as long as its id is."""
    number = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"urn:uuid:{number[:8]}-{number[8:12]}-5{number[13:16]}-8{number[17:20]}-{number[20:32]}"


_NO_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 has no way to write."""
    return _NO_XML.sub(" ", text)

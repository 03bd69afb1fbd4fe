"""Issues as messages, pages and feeds: read again by others, and hostile texts in them."""

from __future__ import annotations

import email
import email.policy
import json
import re
from datetime import date
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

import feedparser
import mailparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from explorer.errors import FeedError
from explorer.feed.atom import to_atom, to_json_feed
from explorer.feed.issue import Issue, Item, Section
from explorer.feed.message import Message, message_of, unstructured
from explorer.feed.page import html_of, text_of
from explorer.library.subscriptions import checked_address

HOSTILE = "<script>alert(1)</script>\r\nBcc: eve@example.org\r\n\r\n\u202egnp.exe \x00\x07 =?utf-8?q?x?= \"quoted\" & 'so' <img src=x onerror=alert(1)>"
TITLES = (
    "Adding numbers",
    "Überprüfung größerer Zahlen in übermäßig langen Titeln, die gefaltet werden müssen, damit sie in eine Zeile passen – und zurück",
    "算術 " * 30,
    "a" * 300,
    "word " * 60,
    "ß" * 120,
    "🧮🧮🧮 counting beads " * 5,
    "=?utf-8?q?raw?= looks encoded",
    "Ends with a blank ",
)


def issue(*items: Item, name: str = "mine") -> Issue:
    return Issue(
        "2 new papers · mine",
        date(2026, 6, 12),
        (Section(name, "all papers", items, waiting=3),),
        corpus="Corpus",
        footer=("Because.",),
    )


def item(title: str, **more: object) -> Item:
    given_: dict[str, object] = {
        "id": f"id {title[:5]}", "title": title, "authors": ("Ann Lee", "Bo Åkesson"), "day": "2026-06-12", "url": "https://example.org/a?b=1&c=2",
        "abstract": "An abstract. " * 60, "reasons": ("matches ‘adding’ (title)",), "keys": (f"id:{title[:5]}",),
    }  # fmt: skip
    return Item(**{**given_, **more})  # type: ignore[arg-type]


def sent(*items: Item, **more: object) -> Message:
    given_ = {"sender": "digest@example.org", "recipient": "ann@example.org", "token": "s3cret", **more}
    return message_of(issue(*items), **given_)  # type: ignore[arg-type]


def headers_of(data: bytes) -> list[tuple[str, str]]:
    """Headers as RFC 5322 says them, unfolded by hand."""
    head = data.split(b"\r\n\r\n", 1)[0].decode("ascii")
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    return [tuple(line.split(": ", 1)) for line in lines]  # type: ignore[misc]


@pytest.mark.parametrize("title", TITLES)
def test_three_readers_find_the_subject_whole(title: str) -> None:
    data = sent(item(title)).data
    wanted = " ".join(f"2 new papers · mine: {title}".split())
    wanted = wanted if len(wanted) <= 180 else wanted[:179].rstrip() + "…"
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    assert parsed["subject"] == wanted
    assert str(make_header(decode_header(email.message_from_bytes(data)["subject"]))) == wanted
    assert mailparser.parse_from_bytes(data).subject == wanted
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert all(len(line) <= 78 for line in data.split(b"\r\n\r\n")[0].split(b"\r\n") if not line.startswith((b" <", b"List-")))


@given(st.text(max_size=300))
def test_any_text_comes_back_from_a_header(text: str) -> None:
    written = unstructured(text, used=9)
    assert not re.search(r"\r\n(?![ \t])|\r(?!\n)|(?<!\r)\n", written)
    parsed = email.message_from_string(f"Subject: {written}\r\n\r\n")
    wanted = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    wanted = wanted.encode("utf-8", "replace").decode()
    assert str(make_header(decode_header(parsed["subject"]))) == wanted


def test_both_texts_are_whole_and_the_papers_can_be_attached() -> None:
    parsed = email.message_from_bytes(
        sent(item(TITLES[1]), bibtex="@article{ä, title={x}}".encode()).data, policy=email.policy.default
    )
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/x-bibtex",
    ]  # fmt: skip
    assert TITLES[1][:40] in parsed.get_body(("plain",)).get_content().replace("\n  ", " ")
    assert TITLES[1] in parsed.get_body(("html",)).get_content()
    [attached] = parsed.iter_attachments()
    assert attached.get_filename() == "papers.bib"
    assert attached.get_content().decode() == "@article{ä, title={x}}"
    assert parsed.defects == []


def test_headers_say_how_to_end_it_and_who_sends() -> None:
    found = dict(headers_of(sent(item("A"), unsubscribe="https://example.org/end?t={token}").data))
    assert (
        found["List-Unsubscribe"]
        == "<https://example.org/end?t=s3cret>, <mailto:digest@example.org?subject=unsubscribe%20s3cret>"
    )
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsedate_to_datetime(found["Date"]).date() == date(2026, 6, 12)
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", found["Message-ID"])
    # Without a page that can be posted to, RFC 8058 does not apply.
    assert "List-Unsubscribe-Post" not in dict(headers_of(sent(item("A")).data))
    with pytest.raises(FeedError, match="https"):
        sent(item("A"), unsubscribe="http://example.org/{token}")


def test_the_same_issue_is_the_same_bytes_and_another_is_not() -> None:
    assert sent(item("A")) == sent(item("A"))
    numbers = {
        sent(item("A")).id,
        sent(item("B")).id,
        sent(item("A"), recipient="bo@example.org").id,
        sent(item("A"), subscriber="bo").id,
    }
    assert len(numbers) == 4


def test_no_text_begins_a_header_or_an_element() -> None:
    hostile = item(HOSTILE, authors=(HOSTILE,), abstract=HOSTILE, reasons=(HOSTILE,), venue=HOSTILE, url="https://example.org/\"><script>", topic=HOSTILE)  # fmt: skip
    message = message_of(
        Issue(HOSTILE, date(2026, 6, 12), (Section(HOSTILE, HOSTILE, (hostile,)), Section("b", "c", (item("d"),))), corpus=HOSTILE, curator=HOSTILE),
        sender="digest@example.org", recipient="ann@example.org", name=HOSTILE, token="t",
    )  # fmt: skip
    names = [name for name, _ in headers_of(message.data)]
    assert names == [
        "Message-ID", "Date", "From", "To", "Subject", "List-Id", "List-Unsubscribe", "Auto-Submitted", "Precedence",
        "Content-Type", "MIME-Version",
    ]  # fmt: skip
    parsed = email.message_from_bytes(message.data, policy=email.policy.default)
    assert parsed["bcc"] is None
    tree = html.fromstring(parsed.get_body(("html",)).get_content())
    assert tree.xpath("//script | //img | //@onerror | //iframe | //form") == []


@pytest.mark.parametrize(
    "address",
    ["ann@example.org\r\nBcc: eve@example.org", "ann@example.org, eve@example.org", "Ann <ann@example.org>", "ann", "@example.org", "a b@example.org",
     "ann@exa mple.org", "ann@example.org>", "ann@-example.org", "änn@example.org", "ann@@example.org", f"{'a' * 65}@example.org", "ann@example..org", ""],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(FeedError, match="address"):
        checked_address(address)


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("ann+new@example.org", "ann+new@example.org"),
        (" ann@bücher.example ", "ann@xn--bcher-kva.example"),
        ("a.b@localhost", "a.b@localhost"),
    ],
)
def test_addresses_that_are_some(given_: str, wanted: str) -> None:
    assert checked_address(given_) == wanted


def test_the_page_loads_nothing_and_tells_why() -> None:
    page = html_of(issue(item("A & B")))
    tree = html.fromstring(page)
    assert tree.xpath("//@src | //link | //script") == []
    assert [link for link in tree.xpath("//@href")] == ["https://example.org/a?b=1&c=2"]
    assert "matches ‘adding’ (title)" in page
    assert "3 more papers wait" in page
    assert "url(" not in page


def test_plain_text_has_short_lines_and_the_address_whole() -> None:
    long = "https://example.org/" + "x" * 100
    text = text_of(issue(item("word " * 40, url=long)), unsubscribe="https://example.org/end")
    assert f"\n  {long}\n" in text
    assert all(len(line) <= 72 for line in text.splitlines() if "https://" not in line)
    assert "\n-- \n" in text


def test_feeds_are_valid_and_read() -> None:
    issues = [
        issue(item(TITLES[1]), item("B\x00\x0b & <b>")),
        Issue("old", date(2026, 6, 11), (Section("x", "y", (item("B\x00\x0b & <b>"), item("C"))),)),
    ]
    feed = to_atom(issues, title="Feed <&>", address="https://example.org/feed.atom")
    read = feedparser.parse(feed)
    assert not read.bozo
    assert [entry.title for entry in read.entries] == [TITLES[1], "B   & <b>".replace("  ", "  "), "C"]
    assert len({entry.id for entry in read.entries}) == 3
    assert [author.name for author in read.entries[0].authors] == ["Ann Lee", "Bo Åkesson"]
    assert valid_atom(feed) == []
    data = json.loads(to_json_feed(issues, title="Feed"))
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert [entry["title"] for entry in data["items"]] == [TITLES[1], "B\x00\x0b & <b>", "C"]
    assert all({"id", "content_text"} <= set(entry) for entry in data["items"])


def valid_atom(data: bytes) -> list[str]:
    """What RFC 4287 asks of a feed and is not there: by a RELAX NG schema of the elements that feeds of ours have."""
    schema = etree.RelaxNG(etree.fromstring(ATOM))
    schema.validate(etree.fromstring(data))
    return [str(error) for error in schema.error_log]


ATOM = b"""<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="feed"><interleave>
 <element name="id"><data type="anyURI"><param name="minLength">1</param></data></element>
 <element name="title"><text/></element>
 <element name="updated"><data type="dateTime"/></element>
 <optional><element name="generator"><text/></element></optional>
 <oneOrMore><ref name="author"/></oneOrMore>
 <zeroOrMore><ref name="link"/></zeroOrMore>
 <zeroOrMore><element name="entry"><interleave>
  <element name="id"><data type="anyURI"><param name="minLength">1</param></data></element>
  <element name="title"><text/></element>
  <element name="updated"><data type="dateTime"/></element>
  <optional><element name="published"><data type="dateTime"/></element></optional>
  <zeroOrMore><ref name="author"/></zeroOrMore>
  <zeroOrMore><ref name="link"/></zeroOrMore>
  <zeroOrMore><element name="category"><attribute name="term"/></element></zeroOrMore>
  <element name="summary"><attribute name="type"/><text/></element>
 </interleave></element></zeroOrMore>
</interleave></element></start>
<define name="author"><element name="author"><element name="name"><text/></element></element></define>
<define name="link"><element name="link"><attribute name="href"><data type="anyURI"/></attribute>
 <attribute name="rel"/><attribute name="type"/><empty/></element></define>
</grammar>"""

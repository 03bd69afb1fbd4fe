"""An issue as a message: the headers, HTML and plain text of RFC 5322, in bytes that are the same for the same issue.

The headers are written here and not by `email.message`, which damages some long subjects that are not ASCII when it folds them, and
encodes long ids where no reader decodes them. What stands in them is one line of printable characters by then, so that no title,
name or address can begin a header of its own.

Specifications: RFC 5322 (messages), RFC 2047 (words that are not ASCII), RFC 2369 and RFC 8058 (List-Unsubscribe), RFC 2919 (List-Id).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email import policy
from email.charset import QP, Charset
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from explorer.errors import FeedError
from explorer.feed.issue import Issue
from explorer.feed.page import html_of, text_of
from explorer.library.subscriptions import checked_address

_LONGEST_SUBJECT = 180
_LINE = 76
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


@dataclass(frozen=True)
class Message:
    """A message as it is sent.

    Attributes
    ----------
    id : str
        Of the issue: the same for the same papers to the same reader on the same day.
    sender, recipient : str
        Bare addresses, of the envelope.
    data : bytes
        Headers and body, lines ended by CR LF.
    """

    id: str
    sender: str
    recipient: str
    data: bytes


def message_of(
    issue: Issue,
    *,
    sender: str,
    recipient: str,
    token: str = "",
    unsubscribe: str = "",
    name: str = "Literature Explorer",
    bibtex: bytes = b"",
    subscriber: str = "",
) -> Message:
    """Write an issue as a message.

    Parameters
    ----------
    issue : Issue
    sender, recipient : str
        Bare addresses.
    token : str
        Secret by which the recipient unsubscribes; goes into List-Unsubscribe alone and into the link.
    unsubscribe : str
        Address of a page that ends the subscription when it is posted to (RFC 8058); ``{token}`` in it is replaced. Empty for none: readers
        then unsubscribe by a message to the sender.
    name : str
        Of the sender.
    bibtex : bytes
        Attached as ``papers.bib``, if any.
    subscriber : str
        Who gets it, where several have one address; by default the recipient.

    Returns
    -------
    Message

    Raises
    ------
    FeedError
        An address is none.
    """
    sender, recipient = checked_address(sender), checked_address(recipient)
    number = issue_id(subscriber or recipient, issue)
    link = unsubscribe.replace("{token}", token) if token else ""
    if link and not re.fullmatch(r"https://[!-~]+", link):
        raise FeedError("The address to unsubscribe at must be https:// and without blanks, for mail clients post to it.")
    ways = [f"<{link}>"] if link else []
    if token:
        ways.append(f"<mailto:{sender}?subject=unsubscribe%20{token}>")
    host = sender.rpartition("@")[2]
    headers = [
        ("Message-ID", f"<{number}@{host}>"),
        ("Date", format_datetime(datetime.combine(issue.day, time(), UTC))),
        ("From", f"{phrase(name)} <{sender}>"),
        ("To", f"<{recipient}>"),
        ("Subject", unstructured(subject_of(issue), used=len("Subject: "))),
        ("List-Id", f"{phrase(issue.corpus or name)} <digest.{host}>"),
    ]
    if ways:
        headers.append(("List-Unsubscribe", ",\r\n ".join(ways)))
    if link:
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    # Answering machines leave alone what says that it is one of many (RFC 3834).
    headers += [("Auto-Submitted", "auto-generated"), ("Precedence", "list")]
    written = "".join(f"{header}: {value}\r\n" for header, value in headers)
    body = _body(issue, number, link, bibtex).as_bytes(policy=policy.SMTP.clone(max_line_length=None))
    return Message(number, sender, recipient, written.encode("ascii") + body)


def issue_id(subscriber: str, issue: Issue) -> str:
    """Number of an issue: the same for the same papers to the same reader on the same day."""
    told = "\n".join([subscriber, issue.day.isoformat(), *(item.keys[0] if item.keys else item.id for item in issue.items)])
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:32]


def subject_of(issue: Issue) -> str:
    """Subject: what the issue is called, and its first paper."""
    first = f": {issue.items[0].title}" if issue.items else ""
    text = f"{issue.title}{first}"
    return text if len(text) <= _LONGEST_SUBJECT else text[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def _body(issue: Issue, number: str, link: str, bibtex: bytes) -> MIMEMultipart:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    both = MIMEMultipart("alternative", boundary=f"lx-{number[:20]}-a")
    # The last part that a client knows is shown.
    both.attach(MIMEText(text_of(issue, unsubscribe=link), "plain", charset))  # type: ignore[arg-type]
    both.attach(MIMEText(html_of(issue, unsubscribe=link), "html", charset))  # type: ignore[arg-type]
    if not bibtex:
        return both
    whole = MIMEMultipart("mixed", boundary=f"lx-{number[:20]}-m")
    whole.attach(both)
    file = MIMEBase("application", "x-bibtex", charset="utf-8")
    file.set_payload(base64.encodebytes(bibtex).decode("ascii"))
    file["Content-Transfer-Encoding"] = "base64"
    file["Content-Disposition"] = 'attachment; filename="papers.bib"'
    whole.attach(file)
    return whole


def unstructured(text: str, *, used: int = 0) -> str:
    """Text of a header, folded: as it is where it is short and ASCII, else as encoded words.

    Parameters
    ----------
    text : str
    used : int
        Characters of the first line that are taken by the name of the header.
    """
    tidy = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if tidy.isascii() and "=?" not in tidy:
        return _folded(tidy, used)
    return "\r\n ".join(_encoded_words(tidy, used))


def _folded(text: str, used: int) -> str:
    """ASCII broken at blanks; what has none that would do is given as encoded words, which may break anywhere."""
    lines, line, room = [], "", _LINE - used
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, _LINE - 1
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    if any(len(part) > _LINE for part in lines):
        return "\r\n ".join(_encoded_words(text, used))
    return "\r\n ".join(lines)


def _encoded_words(text: str, used: int) -> Iterable[str]:
    """RFC 2047: each word of whole characters and at most 75 of its own; blanks between two words are dropped by readers."""
    room = min(75, _LINE - used) - len("=?utf-8?b??=")
    held = b""
    for char in text:
        data = char.encode("utf-8", "replace")
        if len(base64.b64encode(held + data)) > room:
            yield f"=?utf-8?b?{base64.b64encode(held).decode('ascii')}?="
            held, room = b"", 75 - len("=?utf-8?b??=")
        held += data
    yield f"=?utf-8?b?{base64.b64encode(held).decode('ascii')}?="


def phrase(text: str) -> str:
    """A name before an address: bare, quoted, or as encoded words."""
    tidy = " ".join("".join(char if char.isprintable() else " " for char in text).split())[:60]
    if not tidy.isascii() or "=?" in tidy:
        return "\r\n ".join(_encoded_words(tidy, len("List-Id: ")))
    if _ATOM.fullmatch(tidy):
        return tidy
    return '"' + tidy.replace("\\", "\\\\").replace('"', '\\"') + '"'

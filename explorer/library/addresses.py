"""Addresses that mail is sent to."""

from __future__ import annotations

import re

from explorer.errors import FeedError

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def checked_address(text: str) -> str:
    """A bare address, such as ``ann@example.org``.

    Raises
    ------
    FeedError
        It is none, or has what could pass for more than one: a line end, a comma, a name.
    """
    tidy = str(text).strip()
    name, _, host = tidy.rpartition("@")
    if not name.isascii() or len(tidy) > 254 or len(name) > 64:
        raise FeedError(f"{tidy[:60]!r} is no address that mail can be sent to. Give one such as ann@example.org.")
    try:
        plain = f"{name}@{host if host.isascii() else host.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise FeedError(f"{tidy[:60]!r} is no address that mail can be sent to. Give one such as ann@example.org.") from error
    if not _ADDRESS.fullmatch(plain):
        raise FeedError(f"{tidy[:60]!r} is no address that mail can be sent to. Give one such as ann@example.org.")
    return plain

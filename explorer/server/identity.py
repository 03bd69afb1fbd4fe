"""Tokens, and how often a wrong one may be tried."""

from __future__ import annotations

import hmac
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider, User
from tornado.web import Finish

from explorer.errors import ServerError
from explorer.library.readers import tidy_reader

TRIES = 10
"""Wrong tokens that one address may send in a minute."""

SHORTEST = 12
"""Characters of a reader's token at least."""

_MINUTE = 60.0
_ADDRESSES = 10_000


class Tries:
    """Wrong tokens by the address they came from."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, deque[float]] = {}

    def wait(self, address: str) -> float:
        """Seconds until the address may try again; 0 where it may now."""
        tries = self._recent(address)
        return 0.0 if len(tries) < TRIES else _MINUTE - (self._clock() - tries[0])

    def wrong(self, address: str) -> None:
        """Note a wrong token."""
        self._recent(address)
        while len(self._wrong) >= _ADDRESSES:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong.setdefault(address, deque(maxlen=TRIES)).append(self._clock())

    def _recent(self, address: str) -> deque[float]:
        tries = self._wrong.get(address, deque())
        while tries and self._clock() - tries[0] >= _MINUTE:
            tries.popleft()
        return tries


class Identity(PasswordIdentityProvider):
    """Jupyter's, which refuses an address that tries tokens, and knows readers by tokens of their own."""

    readers: Mapping[str, str] = {}
    """Token of each reader who has one, by name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.tries = Tries()

    async def get_user_token(self, handler: Any) -> Any:
        """Whom the token of a request lets in.

        Raises
        ------
        Finish
            Answered with status 429: too many wrong ones came from this address within a minute.
        """
        given = self.get_token(handler)
        if not handler.token or not given:
            return await super().get_user_token(handler)
        address = handler.request.remote_ip or ""
        self._refuse_many(handler, address)
        if reader := self._reader(given):
            return User(username=reader)
        if not hmac.compare_digest(given.encode(), handler.token.encode()):
            self.tries.wrong(address)
            return None
        return await super().get_user_token(handler)

    def process_login_form(self, handler: Any) -> Any:
        """Whom the token typed into the form lets in.

        Raises
        ------
        Finish
            Answered with status 429: too many wrong ones came from this address within a minute.
        """
        address = handler.request.remote_ip or ""
        self._refuse_many(handler, address)
        reader = self._reader(handler.get_argument("password", default=""))
        user = User(username=reader) if reader else super().process_login_form(handler)
        if user is None:
            self.tries.wrong(address)
        return user

    def _reader(self, token: str) -> str:
        """Name of the reader whose token it is; empty where it is nobody's. All are compared, whichever it is."""
        found = [name for name, own in self.readers.items() if hmac.compare_digest(token.encode(), own.encode())]
        return found[0] if found else ""

    def _refuse_many(self, handler: Any, address: str) -> None:
        if (seconds := self.tries.wait(address)) > 0:
            handler.set_header("Retry-After", str(int(seconds) + 1))
            handler.set_status(429, "Too many wrong tokens")
            # Jupyter's page for errors would ask who it is for, and so come here again.
            handler.finish(f"Too many wrong tokens came from your address. Wait {int(seconds) + 1} seconds.")
            raise Finish


def with_readers(readers: Mapping[str, str]) -> type[Identity]:
    """The provider of identities of a server whose readers have tokens of their own."""
    return type("Identity", (Identity,), {"readers": dict(readers)})


def parse_readers(text: str, source: str) -> dict[str, str]:
    r"""Readers with a token each: one a line, the name, then the token, which has no blank; ``#`` begins a line that is a remark.

    Raises
    ------
    ServerError
        A line has no token, a token is shorter than `SHORTEST`, two readers have one name or one token, or there is none.

    Examples
    --------
    >>> parse_readers("ann  Xs8ddyr9-lP2k0q1\n# a guest\nBo Li 7hTd92-kslw0PqZ\n", "readers.txt")
    {'ann': 'Xs8ddyr9-lP2k0q1', 'Bo Li': '7hTd92-kslw0PqZ'}
    """
    readers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, token = " ".join(line.split()).rpartition(" ")
        name = tidy_reader(name)
        if not name or len(token) < SHORTEST:
            raise ServerError(
                f"Line {number} of {source} must be a name, a blank and a token of at least {SHORTEST} characters without blanks."
            )
        if name in readers or token in readers.values():
            raise ServerError(f"Line {number} of {source} repeats a name or a token. Give each reader one of their own.")
        readers[name] = token
    if not readers:
        # Without readers and without a token everybody would be let in.
        raise ServerError(f"{source} names no reader. Give one a line: the name, a blank, the token.")
    return readers

"""Tokens, and how often a wrong one may be tried."""

from __future__ import annotations

import hmac
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider
from tornado.web import Finish

TRIES = 10
"""Wrong tokens that one address may send in a minute."""

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
    """Jupyter's, which refuses an address that tries tokens."""

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
        user = super().process_login_form(handler)
        if user is None:
            self.tries.wrong(address)
        return user

    def _refuse_many(self, handler: Any, address: str) -> None:
        if (seconds := self.tries.wait(address)) > 0:
            handler.set_header("Retry-After", str(int(seconds) + 1))
            handler.set_status(429, "Too many wrong tokens")
            # Jupyter's page for errors would ask who it is for, and so come here again.
            handler.finish(f"Too many wrong tokens came from your address. Wait {int(seconds) + 1} seconds.")
            raise Finish

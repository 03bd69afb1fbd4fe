"""The page at which a digest is ended: by one click of a mail client (RFC 8058), or by a button of a page.

Who has the link may end the subscriptions that it was sent for, and nothing else: it needs no log in, for a mail client has none, and no
cookie. It has 192 random bits; whoever guesses is made to wait as one who guesses a token of the server is. A page that is only looked at
ends nothing, for programs that scan mail follow links.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from tornado.web import RequestHandler

from explorer.corpus.corpus import Corpus
from explorer.errors import ExplorerError
from explorer.server.identity import Tries
from explorer.server.notice import notice

ADDRESS = "lx/unsubscribe"
"""Below the server's base; a slash and the token follow."""

_LONGEST = 200


class Subscriptions:
    """The subscriptions of everybody who is told of a corpus.

    Parameters
    ----------
    corpus : callable
        Gives the corpus.
    """

    def __init__(self, corpus: Callable[[], Corpus]) -> None:
        self._corpus = corpus
        self._lock = threading.Lock()
        self.tries = Tries()

    def end(self, token: str) -> int:
        """End those of the subscriber whose token it is; returns how many."""
        with self._lock:
            return self._corpus().library.subscriptions.unsubscribe(token)


class Unsubscribe(RequestHandler):
    """`GET` shows a page with a button, `POST` ends the subscriptions; what it says does not tell whether a token was one."""

    def initialize(self, subscriptions: Subscriptions) -> None:
        """Take what is given to the route."""
        self._subscriptions = subscriptions

    def check_xsrf_cookie(self) -> None:
        """A mail client that posts has no cookie; the token in the address is the proof."""

    def set_default_headers(self) -> None:
        """Nothing of it is kept, told to other pages or found by a search engine."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Robots-Tag", "noindex")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")

    def get(self, token: str) -> None:
        """Ask whether the subscriptions shall end."""
        form = '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe</button></form>'
        self._say("Unsubscribe", "No more mail with new papers will be sent to the address that this link was sent to.", form)

    head = get

    def post(self, token: str) -> None:
        """End them; a mail client sends ``List-Unsubscribe=One-Click`` and shows nothing of the answer."""
        address = self.request.remote_ip or ""
        if (seconds := self._subscriptions.tries.wait(address)) > 0:
            self.set_header("Retry-After", str(int(seconds) + 1))
            self.set_status(429)
            self._say("Wait a moment", f"Too many links that are none came from your address. Wait {int(seconds) + 1} seconds.")
            return
        if self.get_body_argument("List-Unsubscribe", "") != "One-Click":
            self.get(token)
            return
        try:
            ended = self._subscriptions.end(token[:_LONGEST])
        except ExplorerError:
            self.set_status(503)
            self._say("Not now", "It could not be ended just now. Try again in a while.")
            return
        if not ended:
            self._subscriptions.tries.wrong(address)
        self._say("Unsubscribed", "No more mail with new papers will be sent for this link.")

    def _say(self, title: str, text: str, form: str = "") -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(notice(title, f'<p role="status">{text}</p>\n{form}', head='<meta name="robots" content="noindex">'))

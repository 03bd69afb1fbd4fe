"""One way to ask a web service: time-outs, retries with back-off, rate limits obeyed, a cache on disk, progress and stop.

No service is asked but by a call to a ``fetch_…`` function. A service that cannot be reached says so at once; one that is
overloaded (429, 5xx), silent or broken off is asked again, after as long as its ``Retry-After`` says (RFC 9110, 10.2.3) or
after 1, 2, 4, 8 s.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from explorer.disk import cache_folder, write_whole
from explorer.errors import ReadError, ServiceError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
Params = Mapping[str, str | int | None]

LARGEST = 64 << 20
"""Most bytes an answer may have."""

PATIENCE = 120.0
"""Longest wait, in seconds, that a service may ask for before the fetch gives up."""

CONNECT = 5.0
"""Longest wait for a connection, in seconds: a network that swallows what is sent into it shall not look like a slow service."""

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_AGENT = "literature-explorer/0.1"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")

_next_turn: dict[str, float] = {}
_turns = threading.Lock()


class Interrupted(Exception):
    """The caller's stop event was set."""


@dataclass(frozen=True)
class Endpoint:
    """A web service, as far as asking it goes.

    Attributes
    ----------
    name : str
        What messages and the ledger call it.
    base : str
        Address before the path of a request.
    interval : float
        Shortest time between two requests, in seconds, as the service asks for.
    advice : str
        What to do when it cannot be reached.
    """

    name: str
    base: str
    interval: float = 0.0
    advice: str = "Check the network connection, or read a file instead."


@dataclass(frozen=True)
class Request:
    """What is asked of a service.

    Attributes
    ----------
    path : str
        After the base.
    params : mapping
        Query; a value of None is left out.
    secret_params, secret_headers : mapping
        Keys: never in a message, nor readable in the cache.
    cached : bool
        Whether an earlier answer will do.
    """

    path: str
    params: Params = field(default_factory=dict)
    secret_params: Mapping[str, str | None] = field(default_factory=dict)
    secret_headers: Mapping[str, str | None] = field(default_factory=dict)
    cached: bool = True


class Client:
    """Asks web services, and remembers their answers.

    Parameters
    ----------
    cache : str or path, optional
        Folder of earlier answers; by default one in the user's cache folder. None keeps no answers.
    max_age : float
        Seconds for which an earlier answer will do.
    timeout : float
        Seconds a service may stay silent.
    retries : int
        How often a request is repeated.
    email : str, optional
        Sent to services that serve faster who tells theirs (Crossref, OpenAlex, PubMed).
    progress : callable, optional
        Called as ``progress(records, total)`` after each page; `total` is None where the service does not tell.
    stop : threading.Event, optional
        Once set, the fetch ends with the records that have come.
    """

    def __init__(
        self,
        *,
        cache: str | os.PathLike[str] | None = "",
        max_age: float = 86_400.0,
        timeout: float = 20.0,
        retries: int = 4,
        email: str | None = None,
        progress: Callable[[int, int | None], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.cache = None if cache is None else Path(cache) if cache != "" else cache_folder() / "services"
        self.max_age = max_age
        self.timeout = timeout
        self.retries = retries
        self.email = email
        self.progress = progress
        self.stop = stop
        self._pruned = False

    def get(self, service: Endpoint, request: Request, read: Callable[[bytes], T]) -> T:
        """Ask a service and read its answer; an answer that cannot be read is asked for again, and never kept.

        Parameters
        ----------
        read : callable
            Turns the body into what is wanted; raises ValueError, KeyError or TypeError when the body is not whole.

        Raises
        ------
        ServiceError
            The service cannot be reached, refuses, stays silent, or sends what cannot be read.
        Interrupted
            The stop event was set.
        """
        kept = self._kept(service, request)
        if kept is not None:
            with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError, ReadError):
                if time.time() - kept.stat().st_mtime < self.max_age:
                    return read(kept.read_bytes())
        for attempt in range(self.retries + 1):
            self._take_turn(service)
            try:
                value = read(body := self._answer(service, request))
            except (ValueError, LookupError, TypeError, AttributeError, ReadError) as error:
                problem = ServiceError(f"{service.name} sent an answer that cannot be read ({error}). Try again later.")
                problem.__cause__ = error
            except _Again as again:
                problem = again.problem
            else:
                self._keep(kept, body)
                return value
            wait = 2.0**attempt if problem.retry_after is None else problem.retry_after
            if attempt == self.retries or wait > PATIENCE:
                raise problem
            self._rest(service, wait)
        raise AssertionError("unreachable")

    # --- waiting ---------------------------------------------------------------------------------------------------

    def _take_turn(self, service: Endpoint) -> None:
        """Wait until the service may be asked again; turns are shared by all clients of the process."""
        host = urlsplit(service.base).netloc
        with _turns:
            now = time.monotonic()
            turn = max(now, _next_turn.get(host, now))
            _next_turn[host] = turn + service.interval
        self._pause(turn - now)

    def _rest(self, service: Endpoint, seconds: float) -> None:
        """Leave the service alone for a while, also on behalf of other clients."""
        host = urlsplit(service.base).netloc
        with _turns:
            _next_turn[host] = max(_next_turn.get(host, 0.0), time.monotonic() + min(seconds, PATIENCE))

    def _pause(self, seconds: float) -> None:
        if self.stop is not None:
            if self.stop.wait(max(seconds, 0.0)):
                raise Interrupted
        elif seconds > 0:
            time.sleep(seconds)

    # --- asking ----------------------------------------------------------------------------------------------------

    def _answer(self, service: Endpoint, request: Request) -> bytes:
        """Send a request; with a stop event in a thread of its own, which is left alone once the event is set."""
        if self.stop is None:
            return self._exchange(service, request)
        box: queue.Queue[bytes | BaseException] = queue.Queue()

        def work() -> None:
            try:
                box.put(self._exchange(service, request))
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                box.put(error)

        threading.Thread(target=work, daemon=True).start()
        while True:
            try:
                outcome = box.get(timeout=0.05)
            except queue.Empty:
                if self.stop.is_set():
                    raise Interrupted from None
                continue
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

    def _exchange(self, service: Endpoint, request: Request) -> bytes:
        import httpx

        parts = urlsplit(service.base)
        headers = {"User-Agent": _AGENT + (f" (mailto:{self.email})" if self.email else ""), "Accept": "*/*"}
        headers |= {name: value for name, value in request.secret_headers.items() if value}
        asked = {name: str(value) for name, value in {**request.params, **request.secret_params}.items() if value is not None}
        secrets = any(request.secret_headers.values()) or any(request.secret_params.values())
        where = f"{service.name} ({parts.netloc})"
        try:
            with (
                httpx.Client(
                    timeout=httpx.Timeout(self.timeout, connect=min(self.timeout, CONNECT)),
                    follow_redirects=not secrets,
                    trust_env=parts.hostname not in _LOOPBACK,
                ) as connection,
                connection.stream("GET", service.base + request.path, params=asked, headers=headers) as response,
            ):
                body = self._body(service, response)
                if response.status_code == httpx.codes.OK:
                    self._heed(service, response)
                    return body
                raise self._refusal(service, response, body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise ServiceError(f"{where} cannot be reached: {error or 'no connection'}. {service.advice}") from error
        except httpx.TimeoutException as error:
            raise _Again(ServiceError(f"{where} did not answer within {self.timeout:g} s. Try again later.")) from error
        except httpx.TransportError as error:
            raise _Again(ServiceError(f"{where} broke off its answer: {error}. Try again later.")) from error
        except (httpx.InvalidURL, httpx.TooManyRedirects, httpx.DecodingError) as error:
            raise ServiceError(f"{where} cannot be asked: {error}. Check its address.") from error

    def _body(self, service: Endpoint, response: httpx.Response) -> bytes:
        """Read the body within bounds of size and time."""
        body = bytearray()
        latest = time.monotonic() + 6 * self.timeout
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LARGEST:
                raise ServiceError(f"{service.name} sent more than {LARGEST >> 20} MiB for one page. Ask for fewer records.")
            if time.monotonic() > latest:
                raise _Again(
                    ServiceError(f"{service.name} took more than {6 * self.timeout:g} s for one page. Try again later.")
                )
        return bytes(body)

    def _heed(self, service: Endpoint, response: httpx.Response) -> None:
        """Give a service the rest it asks for beside a good answer (Zotero's ``Backoff``, in seconds)."""
        rest = _seconds(response.headers.get("Backoff"))
        if rest:
            self._rest(service, rest)

    def _refusal(self, service: Endpoint, response: httpx.Response, body: bytes) -> Exception:
        status = response.status_code
        said = said_in(body)
        reason = f"{service.name} answered {status} {response.reason_phrase}".rstrip() + (f": {said}" if said else "") + "."
        rest = _seconds(response.headers.get("Retry-After"))
        if status not in _AGAIN:
            hint = " Check the key." if status in (401, 403) else " Check the query." if status in (400, 404, 414) else ""
            return ServiceError(reason + hint, status=status)
        wait = f" Try again in {rest:,.0f} s." if rest else " Try again later."
        return _Again(ServiceError(reason + wait, status=status, retry_after=rest))

    # --- the cache -------------------------------------------------------------------------------------------------

    def _kept(self, service: Endpoint, request: Request) -> Path | None:
        """File of an earlier answer; its name tells the request, and the key only to who has it."""
        if self.cache is None or not request.cached:
            return None
        asked = urlencode(sorted((name, str(value)) for name, value in request.params.items() if value is not None))
        secrets = json.dumps([sorted(map(str, given.items())) for given in (request.secret_params, request.secret_headers)])
        text = "\n".join((service.base, request.path, asked, secrets))
        return self.cache / hashlib.blake2b(text.encode(), digest_size=20).hexdigest()

    def _keep(self, kept: Path | None, body: bytes) -> None:
        """Write an answer under a temporary name, then rename it; a full disk costs the cache only."""
        if kept is None:
            return
        with contextlib.suppress(OSError):
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._pruned:
                self._prune(kept.parent)
            write_whole(kept, body)

    def _prune(self, folder: Path) -> None:
        """Remove answers too old to be used again, so that the folder does not grow without end."""
        self._pruned = True
        for file in folder.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - file.stat().st_mtime > max(self.max_age, 86_400.0):
                    file.unlink()


class _Again(Exception):
    """Carries the error to raise once repeating has not helped."""

    def __init__(self, problem: ServiceError) -> None:
        super().__init__(str(problem))
        self.problem = problem


def said_in(body: bytes) -> str:
    """Find the reason that a refusal gives: a message in JSON or Atom, else a short plain text, else nothing."""
    text = body[:20_000].decode("utf-8", errors="replace").strip()
    try:
        found = _message(json.loads(text))
    except ValueError:
        match = re.search(r"<summary[^>]*>(.*?)</summary>", text, re.S) or re.search(r"<ERROR>(.*?)</ERROR>", text, re.S)
        found = match.group(1) if match else "" if text.startswith("<") or len(text) > 300 else text
    return " ".join(found.split())[:200].rstrip(".")


def _message(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return _message(value[0]) if value else ""
    if isinstance(value, dict):
        return next((found for name in ("message", "error", "detail", "value") if (found := _message(value.get(name)))), "")
    return ""


def _seconds(header: str | None) -> float | None:
    """Read a ``Retry-After``: seconds, or a date (RFC 9110, 10.2.3); None when it is neither."""
    if not header:
        return None
    with contextlib.suppress(ValueError):
        return max(float(header), 0.0)
    with contextlib.suppress(ValueError, TypeError):
        return max((parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds(), 0.0)
    return None

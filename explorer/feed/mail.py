"""Sending messages by SMTP.

A message that a server accepted is sent once; one that it refused for good is not tried again; anything else (nobody there, a
time-out, a connection that ends, a refusal for the time being) is tried again after pauses that grow. A connection that ends
between the last byte of a message and the server's answer leaves open whether it was taken: the message is sent again under the
same Message-ID, by which mailboxes know it.

Specifications: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (login).
"""

from __future__ import annotations

import base64
import contextlib
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from explorer.errors import FeedError
from explorer.feed.message import Message

TLS = ("starttls", "implicit", "none")
_LOCAL = ("localhost", "127.0.0.1", "::1")

HOST, USER, PASSWORD, SENDER, SECURITY, CERTIFICATES = (
    f"LITEXPLORER_SMTP_{name}" for name in ("HOST", "USER", "PASSWORD", "FROM", "TLS", "CA")
)
"""Environment variables: ``host`` or ``host:port``, the name and the password to log in with, the sender, one of `TLS`, and a file of
certificates to trust. ``LITEXPLORER_SMTP_PASSWORD_FILE`` names a file that holds the password, as systemd and Docker give secrets."""


@dataclass(frozen=True)
class Server:
    """A server that takes mail, and how it is spoken to."""

    host: str
    port: int = 587
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"
    """``starttls``, ``implicit`` (from the first byte, port 465), or ``none``."""
    certificates: str = ""
    """File of certificates to trust instead of the system's."""
    timeout: float = 30.0
    """Seconds for each answer."""
    attempts: int = 3
    pause: float = 2.0
    """Seconds before the second attempt, twice as long before each further one."""

    def __post_init__(self) -> None:
        if self.tls not in TLS:
            raise FeedError(f"There is no way {self.tls!r} of securing mail. Ways: {', '.join(TLS)}.")
        if self.tls == "none" and self.password and self.host not in _LOCAL:
            raise FeedError(f"The password would go to {self.host} unencrypted. Use starttls or implicit.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, *, host: str = "", sender: str = "") -> Server:
        """Read it from environment variables, by default this process's.

        Raises
        ------
        FeedError
            No server is named, a port is none, or the file of the password cannot be read.
        """
        given = os.environ if environment is None else environment
        named = host or given.get(HOST, "")
        if not named:
            raise FeedError(f"No mail server is named. Set {HOST} (such as mail.example.org:587), or write files with --eml.")
        tls = given.get(SECURITY, "") or "starttls"
        name, port = _split(named, 465 if tls == "implicit" else 587)
        return cls(
            name,
            port,
            sender=sender or given.get(SENDER, ""),
            user=given.get(USER, ""),
            password=_secret(given),
            tls=tls,
            certificates=given.get(CERTIFICATES, ""),
        )


def _split(text: str, port: int) -> tuple[str, int]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        rest = rest.removeprefix(":")
    else:
        host, _, rest = text.partition(":") if text.count(":") == 1 else (text, "", "")
    if rest and not (rest.isdigit() and 0 < int(rest) < 65536):
        raise FeedError(f"{text[:80]!r} names no port. Write mail.example.org:587.")
    return host, int(rest) if rest else port


def _secret(given: Mapping[str, str]) -> str:
    file = given.get(f"{PASSWORD}_FILE")
    if not file:
        return given.get(PASSWORD, "")
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        raise FeedError(f"{PASSWORD}_FILE names {file}, which cannot be read ({type(error).__name__}).") from error


class Post:
    """Sends messages over one connection, which is opened when first needed, and again after it failed.

    Parameters
    ----------
    server : Server
    sleep : callable
        Waits that many seconds.
    """

    def __init__(self, server: Server, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.server = server
        self._sleep = sleep
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message) -> None:
        """Send one message.

        Raises
        ------
        RefusedError
            The server will not take it, now or later.
        FeedError
            It could not be sent, and may be tried again later.
        """
        for attempt in range(max(self.server.attempts, 1)):
            if attempt:
                self._sleep(self.server.pause * 2 ** (attempt - 1))
            try:
                self._connected().sendmail(message.sender, [message.recipient], message.data)
            except smtplib.SMTPAuthenticationError as error:
                self._drop()
                # What the server says may repeat what it was told.
                raise FeedError(
                    f"{self.server.host} did not accept the name and the password ({error.smtp_code}). Check {USER} and {PASSWORD}."
                ) from None
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()), (550, b""))
                self._reset()
                problem = f"{self.server.host} does not deliver to {message.recipient}: {code} {_said(said)}"
                if code >= 500:
                    raise RefusedError(problem) from None
                failure = problem
            except smtplib.SMTPNotSupportedError as error:
                self._drop()
                raise FeedError(f"{self.server.host} cannot do what is asked: {error}. See {SECURITY}.") from None
            except smtplib.SMTPResponseException as error:
                # A server that closes down says 421; the next attempt opens a connection of its own.
                self._drop()
                failure = f"{self.server.host} answered {error.smtp_code} {_said(error.smtp_error)}"
                if error.smtp_code >= 500:
                    raise RefusedError(failure) from None
            except ssl.SSLError as error:
                self._drop()
                reason = getattr(error, "verify_message", "") or error.reason or "it failed"
                raise FeedError(
                    f"The connection to {self.server.host} could not be secured: {reason}. See {CERTIFICATES}."
                ) from None
            except (smtplib.SMTPException, OSError) as error:
                self._drop()
                failure = f"{self.server.host}:{self.server.port} could not be reached, or left: {_reason(error)}"
            else:
                return
        times = max(self.server.attempts, 1)
        raise FeedError(
            f"{failure}. Tried {times} time{'' if times == 1 else 's'}; what was not sent is kept for the next run."
        )

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context(cafile=server.certificates or None)
        connection: smtplib.SMTP
        if server.tls == "implicit":
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            connection.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                # A server that offers none is not spoken to any further: somebody between may have taken the offer out.
                connection.starttls(context=context)
                connection.ehlo()
            if server.user or server.password:
                _log_in(connection, server)
        except BaseException:
            connection.close()
            raise
        return connection

    def _reset(self) -> None:
        if self._connection is not None:
            try:
                self._connection.rset()
            except (smtplib.SMTPException, OSError):
                self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Say good-bye to the server."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._drop()


def _log_in(connection: smtplib.SMTP, server: Server) -> None:
    if (server.user + server.password).isascii():
        connection.login(server.user, server.password)
        return
    # smtplib knows names and passwords in ASCII only, and shows others in its error; RFC 4616 takes them in UTF-8.
    connection.ehlo_or_helo_if_needed()
    told = base64.b64encode(f"\0{server.user}\0{server.password}".encode("utf-8", "surrogateescape")).decode("ascii")
    code, said = connection.docmd("AUTH", f"PLAIN {told}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, said)


class RefusedError(FeedError):
    """A message that a server will not take, now or later."""


@contextlib.contextmanager
def post(server: Server) -> Iterator[Post]:
    """A connection that is closed afterwards."""
    opened = Post(server)
    try:
        yield opened
    finally:
        opened.close()


def _said(text: bytes | str) -> str:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join("".join(char if char.isprintable() else " " for char in told).split())[:200]


def _reason(error: BaseException) -> str:
    return _said(getattr(error, "strerror", None) or str(error)) or type(error).__name__

"""Mail against real servers on the loopback address: with TLS and login, refusing, slow, and gone in mid-message."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from explorer.errors import FeedError
from explorer.feed.issue import Issue, Item, Section
from explorer.feed.mail import Post, RefusedError, Server, post
from explorer.feed.message import message_of

SECRET = "pass word\u00e9"
ITEM = Item("a", "Überlange Titel " * 20, reasons=("because",), keys=("id:a",))
MESSAGE = message_of(
    Issue("1 new paper", date(2026, 6, 12), (Section("x", "y", (ITEM,)),)),
    sender="digest@example.org",
    recipient="ann@example.org",
)


@dataclass
class Box:
    """Takes messages, and answers as it is told."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    """For each command, what is answered in turn instead of yes."""
    taken: list[bytes] = field(default_factory=list)
    logins: list[tuple[bytes, bool]] = field(default_factory=list)

    def _next(self, command: str, otherwise: str) -> str:
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else otherwise

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self._next("RCPT", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self._next("DATA", "250 OK")
        if answer.startswith("2"):
            self.taken.append(envelope.original_content)
            self.logins.append((session.auth_data.login if session.auth_data else b"", session.ssl is not None))
        return answer


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def serving(box: Box, context: ssl.SSLContext | None = None, *, implicit: bool = False, **more: Any) -> Iterator[int]:
    """A server on a free port."""

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        good = data.password == SECRET.encode() and data.login == b"digest"
        return AuthResult(success=good, handled=False, auth_data=data)

    class Local(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                self.handler,
                tls_context=None if implicit else context,
                authenticator=login,
                auth_exclude_mechanism=["LOGIN"],
                **more,
            )

    controller = Local(box, hostname="127.0.0.1", port=free_port(), ssl_context=context if implicit else None)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def secured(authority: trustme.CA, tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, str(path)


def plain(port: int, **more: Any) -> Server:
    return Server("127.0.0.1", port, tls="none", timeout=5, **{"pause": 0.01, **more})


def test_a_message_arrives_as_it_was_written() -> None:
    box = Box()
    with serving(box) as port, post(plain(port)) as opened:
        opened.send(MESSAGE)
        opened.send(MESSAGE)
    assert box.taken == [MESSAGE.data, MESSAGE.data]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_tls_and_login(secured: tuple[ssl.SSLContext, str], tls: str) -> None:
    context, certificates = secured
    box = Box()
    with serving(box, context, implicit=tls == "implicit", auth_required=True, auth_require_tls=tls == "starttls") as port:
        server = Server("localhost", port, user="digest", password=SECRET, tls=tls, certificates=certificates, timeout=5)
        with post(server) as opened:
            opened.send(MESSAGE)
    assert box.taken == [MESSAGE.data]
    assert box.logins == [(b"digest", tls == "starttls")]


def test_a_wrong_password_is_said_without_it(secured: tuple[ssl.SSLContext, str]) -> None:
    context, certificates = secured
    box = Box()
    with serving(box, context, auth_required=True) as port:
        server = Server(
            "localhost", port, user="digest", password="wrong-secret", certificates=certificates, timeout=5, pause=0.01
        )
        with post(server) as opened, pytest.raises(FeedError, match="name and the password") as told:
            opened.send(MESSAGE)
    assert "wrong-secret" not in str(told.value) + repr(server)
    assert told.value.__cause__ is None
    assert box.taken == []


def test_a_certificate_nobody_vouches_for_is_refused(secured: tuple[ssl.SSLContext, str]) -> None:
    context, _ = secured
    box = Box()
    with (
        serving(box, context) as port,
        post(Server("localhost", port, timeout=5)) as opened,
        pytest.raises(FeedError, match="secured"),
    ):
        opened.send(MESSAGE)
    assert box.taken == []


def test_a_server_without_tls_is_not_spoken_to() -> None:
    box = Box()
    with serving(box) as port, post(Server("127.0.0.1", port, timeout=5)) as opened, pytest.raises(FeedError, match="STARTTLS"):
        opened.send(MESSAGE)
    assert box.taken == []


def test_what_is_refused_for_the_time_being_is_tried_again() -> None:
    box = Box({"RCPT": ["451 later"], "DATA": ["452 full"]})
    waited: list[float] = []
    with serving(box) as port:
        opened = Post(plain(port, attempts=3, pause=2.0), sleep=waited.append)
        opened.send(MESSAGE)
        opened.close()
    assert box.taken == [MESSAGE.data]
    assert waited == [2.0, 4.0]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_what_is_refused_for_good_is_not(command: str) -> None:
    box = Box({command: ["550 no such\x1b[31m person"]})
    with serving(box) as port, post(plain(port)) as opened:
        with pytest.raises(RefusedError, match="550") as told:
            opened.send(MESSAGE)
        assert str(told.value).isprintable()
        # The next message goes through the same server.
        opened.send(MESSAGE)
    assert box.taken == [MESSAGE.data]


def test_after_the_last_attempt_it_is_said() -> None:
    waited: list[float] = []
    opened = Post(plain(free_port(), attempts=3), sleep=waited.append)
    with pytest.raises(FeedError, match="Tried 3 times"):
        opened.send(MESSAGE)
    assert len(waited) == 2


def scripted(script: Callable[[socket.socket], None], times: int = 1) -> tuple[int, threading.Thread]:
    """A server that is no more than what it does with each connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    port: int = listening.getsockname()[1]

    def serve() -> None:
        with listening:
            for _ in range(times):
                connection, _ = listening.accept()
                with connection:
                    script(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return port, thread


def converse(connection: socket.socket, *, leave_in_data: bool) -> None:
    """As far as the first lines of the message, and then gone."""
    connection.sendall(b"220 here\r\n")
    with connection.makefile("rb") as lines:
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                if leave_in_data:
                    lines.readline()
                    return
            connection.sendall(b"250 yes\r\n")


def test_a_connection_that_ends_in_mid_message_is_opened_again() -> None:
    box = Box()
    port, thread = scripted(lambda connection: converse(connection, leave_in_data=True), times=2)
    opened = Post(plain(port, attempts=2), sleep=lambda seconds: None)
    with pytest.raises(FeedError, match=r"left|reached"):
        opened.send(MESSAGE)
    thread.join(5)
    with serving(box) as other:
        # The same message, once the server is there again.
        opened.server = replace(opened.server, port=other)
        opened.send(MESSAGE)
        opened.close()
    assert box.taken == [MESSAGE.data]


def test_a_slow_server_is_given_up() -> None:
    held = threading.Event()
    port, thread = scripted(lambda connection: held.wait(20) and None)
    opened = Post(replace(plain(port, attempts=1), timeout=0.3))
    with pytest.raises(FeedError, match="timed out"):
        opened.send(MESSAGE)
    held.set()
    thread.join(5)


def test_the_environment_names_the_server_and_the_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from a file\n", encoding="utf-8")
    given = {
        "LITEXPLORER_SMTP_HOST": "mail.example.org",
        "LITEXPLORER_SMTP_USER": "me",
        "LITEXPLORER_SMTP_PASSWORD_FILE": str(secret),
    }
    server = Server.from_environment(given)
    assert (server.host, server.port, server.user, server.password, server.tls) == (
        "mail.example.org",
        587,
        "me",
        "from a file",
        "starttls",
    )
    assert "from a file" not in repr(server)
    assert Server.from_environment({"LITEXPLORER_SMTP_HOST": "[::1]:2525"}).port == 2525
    assert Server.from_environment({"LITEXPLORER_SMTP_HOST": "m", "LITEXPLORER_SMTP_TLS": "implicit"}).port == 465
    for wrong, said in (
        ({}, "No mail server"),
        ({"LITEXPLORER_SMTP_HOST": "m:x"}, "no port"),
        ({**given, "LITEXPLORER_SMTP_PASSWORD_FILE": str(tmp_path / "none")}, "cannot be read"),
        ({**given, "LITEXPLORER_SMTP_TLS": "none"}, "unencrypted"),
        ({**given, "LITEXPLORER_SMTP_TLS": "maybe"}, "no way"),
    ):
        with pytest.raises(FeedError, match=said):
            Server.from_environment(wrong)

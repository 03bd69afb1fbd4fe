"""A web service on the loopback address that answers from recordings, and fails when told to."""

import contextlib
import os
import socket
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

DATA = Path(os.environ.get("LITEXPLORER_DATA", Path(__file__).parents[2] / "shared" / "data"))


def recordings(folder: str, pattern: str = "*") -> list[Path]:
    """Files of recorded answers; none where the shared data is absent."""
    return sorted((DATA / folder).glob(pattern))


def needs(*parts: str) -> pytest.MarkDecorator:
    """Skip where a recording is absent."""
    path = DATA.joinpath(*parts)
    return pytest.mark.skipif(not path.exists(), reason=f"the recorded answers are not at {path}")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer: a status, silence in seconds, or a body cut off after some bytes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    silence: float = 0.0
    cut: int | None = None
    honest: bool = False
    """Whether the length that is announced is that of the body before it was cut."""


class Replay:
    """Serves recordings; on leaving, fails if one of them was never asked for.

    Parameters
    ----------
    ignored : names of parameters that a recording does not tell
    """

    def __init__(self, *ignored: str) -> None:
        self.ignored = set(ignored)
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self._answers: dict[tuple[str, frozenset[tuple[str, str]]], deque[tuple[int, bytes]]] = defaultdict(deque)
        self._unused: dict[tuple[str, frozenset[tuple[str, str]]], int] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def add(self, address: str, body: bytes, status: int = 200) -> None:
        """Record an answer; several for one address are given in turn, the last one for ever."""
        key = self._key(address)
        self._answers[key].append((status, body))
        self._unused[key] = len(self._answers[key])

    def _key(self, address: str) -> tuple[str, frozenset[tuple[str, str]]]:
        parts = urlsplit(address)
        asked = parse_qsl(parts.query, keep_blank_values=True)
        return parts.path, frozenset((name, value) for name, value in asked if name not in self.ignored)

    def __enter__(self) -> "Replay":
        replay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                replay.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        left = {key: count for key, count in self._unused.items() if count}
        assert kind is not None or not left, f"recordings nobody asked for: {left}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        with self._lock:
            self.requests.append((parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), dict(handler.headers)))
            fault = self.faults.popleft() if self.faults else Fault()
            known = self._answers.get(self._key(handler.path))
            status, body = known[0] if known else (404, b'{"error": "nothing was recorded for this"}')
            if fault.status == 200 and known:
                self._unused[self._key(handler.path)] = max(self._unused[self._key(handler.path)] - 1, 0)
                if len(known) > 1 and fault == Fault():
                    known.popleft()
        if fault.status != 200:
            status, body = fault.status, fault.body
        self._ended.wait(fault.silence)
        whole = len(body)
        body = body if fault.cut is None else body[: fault.cut]
        handler.send_response(status)
        for name, value in fault.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(whole if fault.honest else len(body)))
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(body)


def closed_port() -> str:
    """Address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"

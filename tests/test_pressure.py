"""What a page sends, and what it asks for and does not read, is bounded: the server ends its line, and goes on for the others."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import os
import socket
import struct
from collections.abc import Callable, Iterator

import psutil
import pytest
from test_server import serving
from visitors import Visitor

from explorer.server.line import BODY, MESSAGE, UNREAD

MOST = 120_000_000
"""Bytes by which the server may grow while it is pressed: what may wait of one line, and what the allocator keeps."""

PINGED = 33
"""Seconds after which the server has looked once whether a page still answers."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, psutil.Process]]:
    with serving(tmp_path_factory.mktemp("pressed"), "--kernels-ready", "0") as port:
        [process] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
        yield port, process


def raw_line(port: int, reader: Visitor, protocol: str = "", origin: str = "", status: bytes = b"101") -> socket.socket:
    """A line to the kernel of a reader, as bytes; asked for by the server's own page, or by one of another origin."""
    offered = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
    line = socket.create_connection(("localhost", port), timeout=60)
    key = base64.b64encode(os.urandom(16)).decode()
    line.sendall(
        (
            f"GET /api/kernels/{reader.kernel}/channels?session_id=s HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nCookie: {reader.cookie}\r\n"
            f"{offered}Origin: {origin or f'http://localhost:{port}'}\r\n\r\n"
        ).encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(1)
    assert status in answer.split(b"\r\n")[0], answer
    return line


def frame(opcode: int, data: bytes, *, final: bool = True) -> bytes:
    """A masked frame (RFC 6455, 5.2), with a mask that changes nothing."""
    return bytes([(0x80 if final else 0) | opcode, 0x80 | 127]) + struct.pack(">Q", len(data)) + bytes(4) + data


def closed(line: socket.socket) -> bool:
    """Whether the other side ends the line; what it said before is read."""
    try:
        while line.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def announces_too_much(line: socket.socket) -> None:
    line.sendall(b"\x82" + bytes([0x80 | 127]) + struct.pack(">Q", MESSAGE + 1) + bytes(4))


def never_ends(line: socket.socket) -> None:
    part = bytes(1 << 20)
    sent = 0
    try:
        line.sendall(frame(2, part, final=False))
        while sent < 20 * MESSAGE:
            line.sendall(frame(0, part, final=False))
            sent += len(part)
    except ConnectionError:
        pass
    assert sent < 4 * MESSAGE


def sends_no_frame(line: socket.socket) -> None:
    line.sendall(b"\xff" * 64)


def sends_no_json(line: socket.socket) -> None:
    line.sendall(frame(1, b"Guten Tag"))


def sends_no_message(line: socket.socket) -> None:
    line.sendall(frame(2, b"\x00\x00\x00\x09abc"))


def sends_parts_without_number(line: socket.socket) -> None:
    line.sendall(frame(2, b"\x7f" * 64))


NEWER = "v1.kernel.websocket.jupyter.org"
ALL: list[tuple[Callable[[socket.socket], None], str]] = [
    (announces_too_much, ""),
    (never_ends, ""),
    (sends_no_frame, ""),
    (sends_no_json, ""),
    (sends_no_json, NEWER),
    (sends_no_message, ""),
    (sends_parts_without_number, ""),
    (sends_parts_without_number, NEWER),
]


def test_what_is_no_message_and_what_comes_from_elsewhere_ends_its_line_and_no_other(
    server: tuple[int, psutil.Process],
) -> None:
    port, process = server

    async def press() -> None:
        async with Visitor(port) as reader:
            for origin in ("http://elsewhere.example", f"http://localhost:{port + 1}", "null"):
                raw_line(port, reader, origin=origin, status=b"403").close()
            await reader.connect()
            before = process.memory_info().rss
            for act, protocol in ALL:
                line = raw_line(port, reader, protocol)
                try:
                    await asyncio.to_thread(act, line)
                    assert await asyncio.wait_for(asyncio.to_thread(closed, line), 60), act.__name__
                finally:
                    line.close()
                assert (await reader.ask("set", changes={"query": act.__name__[:4]}))["level"] == "ready", act.__name__
            assert process.memory_info().rss - before < MOST

    asyncio.run(press())


def test_a_page_that_reads_nothing_loses_its_line(server: tuple[int, psutil.Process]) -> None:
    """It asks for plotly.js, of 1.4 MB, until twice as much is on its way as may wait."""
    port, process = server

    async def press() -> None:
        async with Visitor(port) as reader, Visitor(port) as other:
            await reader.connect()
            await reader.say("plotly")
            while not reader.answers:
                await reader.hear()
            size = sum(map(len, reader.answers[0]["buffers"]))
            assert reader.line is not None
            reader.line.close()
            before = grown = process.memory_info().rss
            line = raw_line(port, reader)
            for number in range(2 * UNREAD // size):
                line.sendall(frame(1, request(reader, number)))
            for _ in range(600):
                grown = max(grown, process.memory_info().rss)
                if not still_open(process, line):
                    break
                await asyncio.sleep(0.1)
            else:
                pytest.fail("its line is open still")
            assert grown - before < MOST
            await other.connect()
            assert (await other.ask("set", changes={"query": "vision"}))["level"] == "ready"
            line.close()

    asyncio.run(press())


def request(reader: Visitor, number: int) -> bytes:
    header = {"msg_id": f"m{number}", "msg_type": "comm_msg", "session": "x", "username": "", "date": "", "version": "5.3"}
    data = {"method": "custom", "content": {"kind": "plotly", "seq": 1}}
    content = {"comm_id": reader._model, "data": data}
    return json.dumps(
        {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
    ).encode()


def still_open(process: psutil.Process, line: socket.socket) -> bool:
    """Whether the server holds its end of a line."""
    here = line.getsockname()[:2]
    return any(
        found.raddr and tuple(found.raddr)[:2] == here
        for found in process.net_connections("tcp")
        if found.status == "ESTABLISHED"
    )


class Endless:
    """A body of chunks that all are one part, to 256 MB."""

    def __init__(self, part: bytes) -> None:
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        return iter([self._part] * 4096)


def test_a_body_without_end_is_refused(server: tuple[int, psutil.Process]) -> None:
    port, process = server
    before = process.memory_info().rss
    line = http.client.HTTPConnection("localhost", port, timeout=60)
    part = b"%x\r\n%s\r\n" % (1 << 16, bytes(1 << 16))
    line.putrequest("POST", "/voila/api/shutdown/00000000-0000-0000-0000-000000000000")
    line.putheader("Transfer-Encoding", "chunked")
    line.endheaders()
    with pytest.raises(ConnectionError):
        line.send(Endless(part))
    line.close()
    assert process.memory_info().rss - before < 20 * BODY


def test_the_line_of_a_page_that_is_only_looked_at_stays_open(server: tuple[int, psutil.Process]) -> None:
    """Past the first ping, half a minute after it was opened."""

    async def look(port: int) -> str:
        async with Visitor(port) as reader:
            await reader.connect()
            line = reader.line
            await asyncio.sleep(PINGED)
            assert (await reader.ask("set", changes={"query": "vision"}))["level"] == "ready"
            assert reader.line is line
            return str(reader.traits["selection"]["query"])

    assert asyncio.run(look(server[0])) == "vision"

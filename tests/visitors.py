"""Readers without a browser: each visits a page of a served dashboard, talks to its kernel as the page does, and leaves."""

from __future__ import annotations

import json
import re
import uuid
from types import TracebackType
from typing import Any, Self

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

_PATIENCE = 120.0


class Visitor:
    """One reader at the page of a server on this machine.

    Attributes
    ----------
    body : bytes
        The page.
    kernel : str
        Id of its kernel; empty where the server was busy.
    traits : dict
        What the dashboard shows.
    """

    def __init__(self, port: int, path: str = "/", *, cookie: str = "") -> None:
        self._base, self._path, self.cookie = f"http://localhost:{port}", path, cookie
        self.status, self.body, self.kernel = 0, b"", ""
        self.traits: dict[str, Any] = {}
        self.answers: list[dict[str, Any]] = []
        self._model, self._seq = "", 0
        self.line: WebSocketClientConnection | None = None

    async def __aenter__(self) -> Self:
        answer = await self.fetch(self._path)
        self.status, self.body = answer.code, answer.body
        for line in answer.headers.get_list("Set-Cookie"):
            self.cookie += ("; " if self.cookie else "") + line.split(";")[0]
        found = re.search(rb'dataset.kernelId = "([^"]+)"', answer.body)
        self.kernel = found[1].decode() if found else ""
        return self

    async def fetch(self, path: str, **options: Any) -> HTTPResponse:
        """Ask for an address of the server."""
        request = HTTPRequest(self._base + path, headers={"Cookie": self.cookie, **options.pop("headers", {})},
                              request_timeout=_PATIENCE, **options)  # fmt: skip
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def connect(self) -> None:
        """Open the line to the kernel, and ask for what its dashboard shows."""
        address = f"{self._base}/api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}"
        request = HTTPRequest(address.replace("http", "ws", 1), headers={"Cookie": self.cookie, "Origin": self._base})
        self.line = await websocket_connect(request, max_message_size=1 << 30)
        control = uuid.uuid4().hex
        await self._post("comm_open", {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}},
                         {"version": "1.0.0"})  # fmt: skip
        await self._post("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        while not self._model:
            message = await self.hear()
            states = message["content"].get("data", {}).get("states", {}) if message["msg_type"] == "comm_msg" else {}
            for name, state in states.items():
                if "summary" in state.get("state", {}):
                    self._model, self.traits = name, state["state"]

    async def hear(self) -> dict[str, Any]:
        """The next message of the kernel, with its buffers; what the dashboard shows and answers is kept."""
        assert self.line is not None
        data = await self.line.read_message()
        assert data is not None, "the line was closed"
        message = _message(data)
        if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == self._model:
            said = message["content"]["data"]
            if said["method"] == "update":
                self.traits.update(said["state"])
            elif said["method"] == "custom":
                self.answers.append({**said["content"], "buffers": message["buffers"]})
        return message

    async def say(self, kind: str, **fields: Any) -> int:
        """Send a message of the page; returns its number."""
        self._seq = max(self._seq, self.traits["summary"]["seq"], self.traits["status"]["seq"]) + 1
        content = {"kind": kind, "seq": self._seq, **fields}
        await self._post("comm_msg", {"comm_id": self._model, "data": {"method": "custom", "content": content}})
        return self._seq

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a message, and wait until it is answered; returns the status line."""
        number = await self.say(kind, **fields)
        while self.traits["status"]["seq"] < number:
            await self.hear()
        return dict(self.traits["status"])

    async def _post(self, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        assert self.line is not None
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "username": "", "date": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": metadata or {}, "content": content}
        await self.line.write_message(json.dumps({**message, "channel": "shell", "buffers": []}))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.line is not None:
            self.line.close()
        if self.kernel:
            token = re.search("_xsrf=([^;]+)", self.cookie)
            assert token
            await self.fetch(f"/voila/api/shutdown/{self.kernel}", method="POST", body=b"", headers={"X-XSRFToken": token[1]})


def _message(data: str | bytes) -> dict[str, Any]:
    """A message of the line, of which those with buffers are binary (Jupyter's protocol of before v1)."""
    if isinstance(data, str):
        return {"buffers": [], **json.loads(data)}
    count = int.from_bytes(data[:4], "big")
    starts = [int.from_bytes(data[4 * place : 4 * place + 4], "big") for place in range(1, count + 1)]
    parts = [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]
    return {**json.loads(parts[0]), "buffers": parts[1:]}

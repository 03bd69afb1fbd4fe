"""A dashboard without a kernel and a browser: messages go in as a page sends them, and come out as bytes for the socket.

What a kernel does with a message of a widget is done here too: the content is brought into JSON, packed, signed and made into the
parts that go to the page. Only the socket itself is left out, on either side.
"""

from __future__ import annotations

from typing import Any

from comm.base_comm import BaseComm
from ipykernel.jsonutil import json_clean
from jupyter_client.session import Session as Protocol

from explorer import Corpus, Dashboard, Selection


class Wire(BaseComm):
    """The comm of a widget; it serialises what is sent and keeps how much it was.

    Attributes
    ----------
    messages : int
        Messages sent so far.
    bytes : int
        Their size, with headers and signature, before compression.
    """

    def __init__(self, **options: Any) -> None:
        self._protocol = Protocol(key=b"benchmark")
        self.messages = 0
        self.bytes = 0
        super().__init__(**options)

    def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any) -> None:
        """Serialise a message as a kernel does."""
        content = json_clean({"data": data or {}, "comm_id": self.comm_id, **keys})
        message = self._protocol.msg(msg_type, content=content, metadata=json_clean(metadata or {}))
        parts = self._protocol.serialize(message, ident=b"comm")
        self.messages += 1
        self.bytes += sum(len(memoryview(part).cast("B")) for part in [*parts, *(buffers or ())])


class Page:
    """A page that shows a corpus.

    Attributes
    ----------
    board : Dashboard
    wire : Wire
    """

    def __init__(self, corpus: Corpus) -> None:
        self.board = Dashboard(corpus)
        self.wire = Wire(target_name="jupyter.widget")
        self.board.comm = self.wire
        self._seq = 0

    def send(self, kind: str, **content: Any) -> None:
        """Send the dashboard a message and let it answer.

        Raises
        ------
        RuntimeError
            The dashboard answered with an error.
        """
        self._seq += 1
        data = {"method": "custom", "content": {"kind": kind, "seq": self._seq, **content}}
        self.wire.handle_msg({"content": {"data": data}, "buffers": []})
        if self.board.status["level"] == "error" or self.board.summary["seq"] != self._seq:
            raise RuntimeError(f"The dashboard did not do {kind} {content}: {self.board.status['text'] or 'no answer'}")

    @property
    def selection(self) -> Selection:
        """The selection in force."""
        found: Selection = self.board.session.selection
        return found

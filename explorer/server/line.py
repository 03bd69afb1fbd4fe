"""The line between a page and its kernel, on which neither side can be sent more than it takes."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Any

from tornado.iostream import StreamBufferFullError
from tornado.websocket import WebSocketClosedError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

MESSAGE = 16 * 1024 * 1024
"""Bytes of a message of a page at most; files come in parts of 4 MB. What is larger closes the line."""

UNREAD = 48 * 1024 * 1024
"""Bytes that wait until a page reads them; where it does not, the line is closed."""

UNHEARD = 64 * 1024 * 1024
"""Bytes of a page's messages that its kernel has not handled; beyond them nothing more is read of the page."""

BODY = 1024 * 1024
"""Bytes of an HTTP request's body at most: nothing that a page posts is long."""

_EACH = 2048
"""Bytes that a message takes besides its own."""

_PERIOD = 0.05
"""Seconds between two looks whether a kernel has caught up."""

_ID = re.compile(rb'"msg_id"\s*:\s*"([^"]{1,100})"')
_IDLE = b'"idle"'
_SOURCE = re.compile(rb'"msg_type"\s*:\s*"execute_input"')
_FIRST = "v1.kernel.websocket.jupyter.org"
"""Jupyter's newer protocol, which begins with eight bytes, where the older has four."""


class Line(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """Jupyter's line, with bounds."""

    def initialize(self, **options: Any) -> None:
        """Begin with nothing on its way."""
        super().initialize(**options)
        self._unheard: deque[tuple[bytes, int]] = deque()
        self._bytes_unheard = 0
        self._is_open = False

    async def open(self, *arguments: Any, **options: Any) -> None:
        """Connect the page to its kernel."""
        self.ws_connection.stream.max_write_buffer_size = UNREAD
        await super().open(*arguments, **options)
        self._is_open = True

    def on_close(self) -> None:
        """Let go at once of what two timers of Jupyter's would hold, one for a minute: of the next ping, and of patience with the kernel."""
        connection, pings = self.connection, self.ping_callback
        super().on_close()
        if pings is not None:
            pings.stop()
        # Sockets that wait for the page to come back are kept with the kernel.
        connection.channels = {}
        # One that was left while it was being opened is still at work.
        if self._is_open:
            connection._trait_values.clear()

    async def on_message(self, message: str | bytes) -> None:
        """Hand a message on; the next one is read once there is room for it."""
        size = len(message) + _EACH
        while self._bytes_unheard + size > UNHEARD and self.ws_connection is not None:
            await asyncio.sleep(_PERIOD)
        if self.ws_connection is None:
            return
        if isinstance(message, bytes) and not self._is_parted(message):
            self._refuse()
            return
        found = _ID.search(message[:1000].encode() if isinstance(message, str) else message[:1000])
        try:
            super().on_message(message)
        except Exception:  # noqa: BLE001  (whatever is wrong with it, it is no message of a page)
            self._refuse()
            return
        if found is not None:
            self._unheard.append((found[1], size))
            self._bytes_unheard += size

    def _refuse(self) -> None:
        self.log.warning("A page sent what is no message; its line was closed.")
        self.close(1007, "no message")

    def _is_parted(self, message: bytes) -> bool:
        """Whether the number of parts that a message begins with is one it has room for: Jupyter would count up to any."""
        width = 8 if self.selected_subprotocol == _FIRST else 4
        return width * (1 + int.from_bytes(message[:width], "little" if width == 8 else "big")) <= len(message)

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Send a message of the kernel, but for the code of the notebook."""
        data = message.encode() if isinstance(message, str) else message if isinstance(message, bytes) else b""
        if _SOURCE.search(data[:_EACH]):
            return None
        if len(data) < _EACH:
            self._note(data)
        if self.ws_connection is None:
            raise WebSocketClosedError
        try:
            # Voila's own looks for the code in a way that takes a message of the older protocol for one of the newer, and hangs.
            return super(VoilaKernelWebsocketHandler, self).write_message(message, binary)
        except StreamBufferFullError:
            self.log.warning("A page does not read what it asked for; its line was closed.")
            self.ws_connection.stream.close()
            raise WebSocketClosedError from None

    def _note(self, message: bytes) -> None:
        """Forget a message that the kernel says it has handled."""
        if not self._unheard or _IDLE not in message:
            return
        told = set(_ID.findall(message))
        for place, (name, size) in enumerate(self._unheard):
            if name in told:
                del self._unheard[place]
                self._bytes_unheard -= size
                return

"""Connections, as many as file descriptors allow."""

from __future__ import annotations

import sys
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

from explorer.server.admission import descriptors, kept_free

IDLE = 60.0
"""Seconds after which a connection that asks for nothing ends; a browser keeps some after each page, and opens others unseen."""

_FULL = b"Too many connections are open. Try again in a minute.\n"
_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 10\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_FULL), _FULL)
)


class Entrance(HTTPServer):
    """Tornado's server, which takes no connection for which dashboards would lack a file descriptor.

    Left to itself it would take the last one, and then try a thousand times a second, with as many tracebacks in the log.
    """

    _said = False

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Serve a connection, or say that there are too many."""
        # The system gives the lowest number that is free.
        if sys.platform == "win32" or stream.socket.fileno() < descriptors() - kept_free():
            super().handle_stream(stream, address)
            return
        if not self._said:
            self._said = True
            print(
                f"More connections came than {descriptors():,} file descriptors have room for; those beyond are told to come again. "
                "Raise the hard limit (ulimit -Hn).",
                file=sys.stderr,
                flush=True,
            )
        # So little is sent at once; a hundred more may be accepted before anything else is done.
        stream.write(_ANSWER)
        stream.close()

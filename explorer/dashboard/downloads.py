"""Files on their way to the browser: laid where the server gives them out, or sent in parts, each when one before it has arrived.

What a page asks for and does not fetch takes some files on the disk for a while, and no memory: neither of the kernel, nor of the
server between them.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

PART = 4 * 1024 * 1024
"""Bytes a message of a file that is sent; a web socket message of any size would stop all others for its time."""

MOST = 3
"""Files of one page that may wait to be fetched; the oldest makes room for another."""

SENT_AHEAD = 2
"""Parts of a file that are on their way before the page has said that one arrived."""

TOKEN = re.compile(r"[\w-]{43}")
"""Names of files that the server gives out: 256 random bits, so that nobody comes upon one."""

TOLD = ".json"
"""Ends the name of what is told of a file: its `name`, and whose it is (`reader`)."""

Send = Callable[[dict[str, Any], list[Any]], None]
"""Sends a message to the page, and its buffers."""


@dataclass
class _Sent:
    """A file that is sent in parts, and the part that comes next."""

    file: BinaryIO
    head: dict[str, Any]
    next: int = 0


class Downloads:
    """The files that one page was given.

    Parameters
    ----------
    folder : Path or None
        From which the server gives files out; without one they are sent to the page.
    address : str
        Below which the server gives them out.
    reader : str
        Who may fetch them.
    send : callable
    """

    def __init__(self, folder: Path | None, address: str, reader: str, send: Send) -> None:
        self._folder, self._address, self._reader, self._send = folder, address, reader, send
        self._laid: list[Path] = []
        self._sent: dict[str, _Sent] = {}
        self._number = 0

    def begin(self) -> BinaryIO:
        """A file to be written, and then given to the page or dropped. Any thread may call it."""
        if self._folder is None:
            return tempfile.TemporaryFile()
        path = self._folder / f"{secrets.token_urlsafe(32)}.part"
        path.touch(mode=0o600, exist_ok=False)
        return path.open("r+b")

    def drop(self, file: BinaryIO) -> None:
        """Remove a file that is not given."""
        file.close()
        if self._folder is not None:
            Path(file.name).unlink(missing_ok=True)

    def give(self, file: BinaryIO, name: str, media_type: str) -> None:
        """Have the browser save a file."""
        if self._folder is None:
            self._give_parts(file, name, media_type)
            return
        file.close()
        written = Path(file.name)
        path = written.with_suffix("")
        told = path.with_suffix(TOLD)
        told.touch(mode=0o600, exist_ok=False)
        told.write_text(json.dumps({"name": name, "reader": self._reader}), encoding="utf-8")
        written.rename(path)
        self._laid.append(path)
        while len(self._laid) > MOST:
            remove(self._laid.pop(0))
        self._send({"kind": "download", "name": name, "url": f"{self._address}{path.name}"}, [])

    def _give_parts(self, file: BinaryIO, name: str, media_type: str) -> None:
        parts = max(1, -(-file.seek(0, 2) // PART))
        file.seek(0)
        self._number += 1
        key = str(self._number)
        self._sent[key] = _Sent(file, {"kind": "file", "id": key, "name": name, "type": media_type, "parts": parts})
        while len(self._sent) > MOST:
            self._sent.pop(next(iter(self._sent))).file.close()
        for _ in range(min(parts, SENT_AHEAD)):
            self.send_next(key)

    def send_next(self, key: str) -> None:
        """Send the next part of a file, if there is one, as one before it has arrived."""
        sent = self._sent.get(key)
        if sent is None:
            return
        part, last = sent.next, sent.next == sent.head["parts"] - 1
        sent.next += 1
        self._send({**sent.head, "part": part, "last": last}, [sent.file.read(PART)])
        if last:
            self._sent.pop(key).file.close()

    def close(self) -> None:
        """Forget the files that were not fetched."""
        for sent in self._sent.values():
            sent.file.close()
        self._sent.clear()
        for path in self._laid:
            remove(path)
        self._laid.clear()


def remove(path: Path) -> None:
    """Remove a file that the server gave out, and what is told of it."""
    for some in (path, path.with_suffix(TOLD)):
        with contextlib.suppress(OSError):
            some.unlink(missing_ok=True)

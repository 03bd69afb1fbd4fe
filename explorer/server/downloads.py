"""Files that dashboards wrote, given out once, each to its own reader, and removed when that is done or too late."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from pathlib import Path
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated

from explorer.dashboard.downloads import TOKEN, TOLD, remove

BLOCK = 256 * 1024
"""Bytes that are read and waiting to be sent, for each file that is being fetched."""

PATIENCE = 60.0
"""Seconds in which a browser must take a block, after which it is not waited for any more."""

KEPT = 600.0
"""Seconds for which a file that nobody fetches is kept."""


class DownloadHandler(JupyterHandler):
    """Gives a file out."""

    @authenticated
    async def get(self, token: str) -> None:
        """Send a file block by block, as fast as the browser takes it, and remove it."""
        path = Path(self.settings["explorer_downloads"]) / token
        reader = getattr(self.current_user, "username", "")
        try:
            if not TOKEN.fullmatch(token):
                raise FileNotFoundError
            told = json.loads(path.with_suffix(TOLD).read_bytes())
            if told["reader"] != (reader if reader in getattr(self.identity_provider, "readers", {}) else ""):
                raise FileNotFoundError
            file = path.open("rb")
        except (OSError, ValueError):
            raise HTTPError(404, reason="The file was fetched or is gone") from None
        with file:
            # Given out once: who asks meanwhile finds nothing.
            remove(path)
            # As bytes, whatever is in it: nothing is to compress, to show or to run.
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(told['name'])}")
            self.set_header("Content-Length", str(file.seek(0, 2)))
            self.set_header("Cache-Control", "no-store")
            file.seek(0)
            with contextlib.suppress(StreamClosedError):
                while block := file.read(BLOCK):
                    self.write(block)
                    try:
                        await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(self.flush())), PATIENCE)
                    except TimeoutError:
                        # Closed, not ended: the browser must not take what came for the whole.
                        self.request.connection.stream.close()  # type: ignore[union-attr]
                        return


def sweep(folder: Path, now: float | None = None) -> None:
    """Remove the files that nobody fetched in time, and what kernels that ended left half."""
    now = time.time() if now is None else now
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > KEPT:
                path.unlink()

"""Where the library of a corpus lies: by what the corpus is, not where its folder stands, so that it follows when that is moved."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.disk import cache_folder, data_folder, flush

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

FILE = "library.sqlite"


def library_path(snapshot: Snapshot, folder: Path | None = None) -> Path:
    """The library file of a corpus.

    A corpus is known by the content of the first generation in its folder, whatever was added or built there later. Corpora made
    from plain files in the cache share one library by the names of the files, so that a new export of a bibliography still has
    its searches.

    Parameters
    ----------
    snapshot : Snapshot
    folder : Path, optional
        Data folder, by default `data_folder()`.
    """
    home = (folder or data_folder()) / "corpora"
    files = snapshot.manifest.get("made", {}).get("files")
    where = snapshot.folder.resolve()
    if where.parent == cache_folder().resolve() and files:
        return home / _key(json.dumps(files)) / FILE
    made = snapshot.manifest.get("made", {})
    path = home / _key(f"corpus {made.get('first', snapshot.manifest['content_hash'])}") / FILE
    # Until 0.1 it was known by where its folder stands.
    before = home / _key(str(where)) / FILE
    with contextlib.suppress(PermissionError):
        if not path.exists() and before.exists() and not _copied(before, path):
            return before
    return path


def _copied(before: Path, path: Path) -> bool:
    """Copy a library whole, its write-ahead log included; of two processes that do so at once, the first one's copy stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=".library.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            with closing(sqlite3.connect(before)) as source, closing(sqlite3.connect(temporary)) as target:
                source.backup(target)
            with contextlib.suppress(FileExistsError):
                # Not renamed, which would replace what another process has begun to write.
                os.link(temporary, path)
            flush(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except (OSError, sqlite3.Error):
        # A folder that cannot be written, or a damaged file, of which is said when it is read.
        return False
    return True


def _key(named: str) -> str:
    return hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest()[:16]

"""Corpus folders as earlier versions left them."""

from __future__ import annotations

import json
from pathlib import Path

from explorer.disk import FILES


def unseal(folder: Path) -> None:
    """Leave out of the manifest what tells whether the list of files is as it was written."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["seal"]
    path.write_text(json.dumps(manifest))


def unlist(folder: Path) -> None:
    """Remove the lists of files, which the first versions did not keep, and what tells that there were any."""
    for path in folder.rglob(FILES):
        path.unlink()
    unseal(folder)

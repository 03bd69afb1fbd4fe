"""``litexplorer check``: whether the files of a corpus are as they were written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from explorer.cli.progress import Progress

HELP = "see whether the files of a corpus are as they were written"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="CORPUS")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.disk import FILES, damaged_files
    from explorer.store.generations import damaged, read_manifest

    folder = Path(options.corpus)
    manifest = read_manifest(folder)
    generation = folder / manifest["generation"]
    say = Progress()
    found = list(damaged(folder, manifest, whole=True, progress=lambda part: say("check", part)))
    for name, what in found:
        print(f"{generation / name} {what}", file=sys.stderr)
    # Made from the rest when it is missing.
    derived = [path for path in generation.glob("meaning-*") if list(damaged_files(path, whole=True))]
    for path in derived:
        print(f"{path} is not as it was written: remove that folder, and it is made again.", file=sys.stderr)
    if found:
        before = manifest.get("before", {}).get("generation")
        back = (
            f", or go back before the last change: litexplorer undo {folder}" if before and (folder / before).is_dir() else ""
        )
        files = " ".join(map(str, manifest["made"].get("files") or ["FILE"]))
        print(f"Build it again: litexplorer build {files} -o {folder}{back}", file=sys.stderr)
    if found or derived:
        return 1
    recorded = (generation / FILES).exists()
    said = "all files are as they were written" if recorded else "an earlier version made it, and kept no hashes of its files"
    print(f"{folder}: {said}.", file=sys.stderr)
    return 0

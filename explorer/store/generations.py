"""Generations of a corpus folder: written beside each other, put in force by one rename, locked against each other."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from explorer.disk import (
    FILES,
    HELD,
    damaged_files,
    flush,
    hold,
    is_held,
    lock,
    open_to_others,
    record_files,
    seal,
    write_whole,
)
from explorer.errors import CorpusError

FORMAT = 2
"""Version of the folder's layout; another version is built anew."""

GENERATION = re.compile(r"g-[0-9a-f]{16}-\d+")
"""Name of the folder of a generation."""

FETCHED = "fetched.txt"
"""In a copy of a corpus that lies elsewhere: its address."""

_FIELDS = {"generation": str, "content_hash": str, "papers": int, "made": dict}
"""What every manifest says, and of which type."""

_CHANGED = "{} was changed by somebody else meanwhile, and nothing was done. Do it again."

_OURS = re.compile(rf"{GENERATION.pattern}|\.manifest\.json\.(?:\d+|\w+\.lx-part)|\.lock|\.DS_Store")


def in_folder(folder: Path, publish: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Make the folder of a corpus; what stops the build takes a folder away again that was not there before."""
    there = folder.exists()
    prepare(folder)
    try:
        return publish()
    except BaseException:
        if not there:
            with contextlib.suppress(OSError):
                if [path.name for path in folder.iterdir()] == [".lock"]:
                    (folder / ".lock").unlink()
                folder.rmdir()
        raise


def prepare(folder: Path) -> None:
    """Make a folder for a corpus, or see that it holds nothing else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error
    check_free(folder)


def check_free(folder: Path) -> None:
    """Raise `CorpusError` where a folder holds something else than a corpus, or is a file."""
    try:
        strangers = _strangers(folder) if folder.exists() else []
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error
    if strangers:
        raise CorpusError(f"{folder} holds other files ({', '.join(strangers[:3])}). Choose an empty or a new folder.")


def now() -> str:
    """The time as the manifest says it: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def publish(
    folder: Path,
    digest: str,
    papers: int,
    made: dict[str, Any],
    write: Callable[[Path], dict[str, Any]],
    *,
    upon: str | None = None,
    undoable: bool = True,
) -> dict[str, Any]:
    """Write a new generation, put it in force by one rename, and remove those that are not any more.

    `upon` names the generation that the new one continues: if another is in force at the end, it is not put in force, for the
    papers that somebody else added meanwhile would be lost. Where the change is `undoable`, that generation stays in the folder
    until the next one, so that it can be taken back (see `restore`); what both have lies on the disk once. Else the change before is what
    can be taken back.
    """
    _refuse_copy(folder)
    try:
        target, held = _fresh(folder, digest)
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error
    try:
        topics = write(target)
        record_files(target, None if upon is None else folder / upon)
        for path in [*target.rglob("*"), target]:
            open_to_others(path)
            flush(path)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "generation": target.name,
            "content_hash": digest,
            "papers": papers,
            "made": {"at": now(), **made, "versions": software_versions(), "topics": topics},
        }
        with locked(folder):
            manifest["made"]["first"] = made.get("first") or _first_in(folder) or digest
            manifest["seal"] = _seal(manifest, target)
            if upon is not None and _generation_in_force(folder) != upon:
                raise CorpusError(_CHANGED.format(folder))
            if upon is not None:
                there = read_manifest(folder)
                before = there.pop("before", None)
                if undoable or before is not None:
                    manifest["before"] = there if undoable else before
            _put_in_force(folder, manifest)
    except BaseException as error:
        # Stopped after the rename, the new generation is the one in force.
        if _generation_in_force(folder) != target.name:
            shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            if upon is not None and _generation_in_force(folder) not in (upon, None):
                # The other change took away what this one was reading.
                raise CorpusError(_CHANGED.format(folder)) from error
            reason = error.strerror or str(error)
            raise CorpusError(f"{folder} cannot be written: {reason}. The corpus before it is untouched.") from error
        raise
    finally:
        held.close()
    return manifest


def _seal(manifest: dict[str, Any], generation: Path) -> str:
    """What tells whether the list of a generation's files, and what the manifest names it by, are as they were written."""
    return seal(generation, manifest["content_hash"], str(manifest["papers"]), str(manifest["made"].get("first")))


def damaged(
    folder: Path, manifest: dict[str, Any], *, whole: bool, progress: Callable[[float], None] = lambda part: None
) -> Iterator[tuple[str, str]]:
    """Find files of the generation in force that are not as they were written, as `damaged_files` does, the list of them included."""
    generation = folder / manifest["generation"]
    sealed = manifest.get("seal")
    try:
        # Earlier versions kept no seal.
        if sealed is not None and sealed != _seal(manifest, generation):
            yield FILES, "or manifest.json is not as it was written"
    except OSError as error:
        yield FILES, f"cannot be read ({error.strerror or error})"
    yield from damaged_files(generation, whole=whole, progress=progress)


def _refuse_copy(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        address = (folder / FETCHED).read_text(encoding="utf-8")
        raise CorpusError(
            f"This corpus is a copy of {address}, which is fetched again when that changes; it cannot be changed here. "
            "Change the corpus that lies there."
        )


def restore(folder: Path) -> dict[str, Any]:
    """Put the generation before the last change in force again; the one taken back then counts as the one before.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, nothing that can be taken back, or the folder cannot be written; it stays as it was.
    """
    _refuse_copy(folder)
    try:
        with locked(folder):
            manifest = read_manifest(folder)
            before = manifest.pop("before", None)
            if before is None or not (folder / before["generation"]).is_dir():
                raise CorpusError(f"Nothing was changed in {folder} since it was built, so there is nothing to take back.")
            _put_in_force(folder, {**before, "before": manifest})
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror or error}. The corpus is untouched.") from error
    return {**before, "before": manifest}


def _put_in_force(folder: Path, manifest: dict[str, Any]) -> None:
    write_whole(folder / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False).encode())
    with contextlib.suppress(OSError):
        (folder / manifest["generation"] / HELD).unlink()
    _clean(folder, {manifest["generation"], manifest.get("before", {}).get("generation")})


def _clean(folder: Path, kept: set[str | None]) -> None:
    """Remove the generations that neither stay nor are the work of a living build."""
    for old in folder.iterdir():
        if old.name not in kept and GENERATION.fullmatch(old.name) and old.is_dir() and not _being_written(old):
            # Who has it open keeps its memory maps; on Windows it stays until the next build.
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for the moment in which generations come and go; the system lets go of the lock of a process that ends."""
    with (folder / ".lock").open("ab") as file:
        lock(file)
        yield


def _strangers(folder: Path) -> list[str]:
    """What in a folder that holds no corpus no build of ours has made."""
    names = sorted(path.name for path in folder.iterdir())
    if "manifest.json" in names and (any(map(GENERATION.fullmatch, names)) or _is_ours(folder / "manifest.json")):
        return []
    # Web pages and browser extensions have a manifest.json too.
    return [name for name in names if not _OURS.fullmatch(name)]


def _is_ours(manifest: Path) -> bool:
    try:
        return bool({"generation", "content_hash"} <= json.loads(manifest.read_text(encoding="utf-8")).keys())
    except (OSError, ValueError, AttributeError):
        return False


def _generation_in_force(folder: Path) -> str | None:
    try:
        return str(read_manifest(folder)["generation"])
    except CorpusError:
        # Nothing there, or nothing that can be read: the build replaces it.
        return None


def _first_in(folder: Path) -> str | None:
    """Content hash of the first generation that stood in a folder, by which what readers keep of a corpus knows it again."""
    try:
        manifest = read_manifest(folder)
    except CorpusError:
        return None
    return str(manifest["made"].get("first", manifest["content_hash"]))


def _fresh(folder: Path, digest: str) -> tuple[Path, IO[bytes]]:
    """Make the folder of a new generation, and hold it."""
    with locked(folder):
        # Never a name again: who sees one vanish looks whether the manifest names another by now.
        number = time.time_ns()
        while (target := folder / f"g-{digest}-{number}").exists():
            number += 1
        target.mkdir()
        return target, hold(target)


def _being_written(generation: Path) -> bool:
    """Whether another living build may still be at work in an unnamed generation."""
    return (generation / HELD).exists() and is_held(generation)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check the manifest of a corpus folder.

    Raises
    ------
    CorpusError
        There is no corpus, it is damaged, or it is of another format version.
    """
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        there = folder.is_file() or (folder.is_dir() and _strangers(folder))
        files, target = (folder, "DIR") if there else ("FILE", folder)
        raise CorpusError(f"{folder} is no corpus. Make one with: litexplorer build {files} -o {target}") from error
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} cannot be read ({error}). Build the corpus again.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        made = manifest.get("made") if isinstance(manifest, dict) else None
        files = " ".join(map(str, made.get("files") or ["FILE"])) if isinstance(made, dict) else "FILE"
        raise CorpusError(
            f"{folder} is of corpus format {found}, and this version reads {FORMAT}. "
            f"Build it again: litexplorer build {files} -o {folder}"
        )
    if wrong := [name for name, kind in _FIELDS.items() if not isinstance(manifest.get(name), kind)]:
        raise CorpusError(f"{path} is not as it was written ({', '.join(wrong)}). Build the corpus again.")
    if not (folder / str(manifest.get("generation"))).is_dir():
        raise CorpusError(f"{folder} lacks its generation {manifest.get('generation')}. Build the corpus again.")
    return manifest


def software_versions() -> dict[str, str]:
    """Versions of this package and of what it stands on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("literature-explorer", "pandas", "pyarrow", "tantivy", "scikit-learn", "numpy"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found

"""Corpora at addresses, such as ``s3://bucket/corpus``: fetched into the cache, whose files can be mapped, and read there.

An address is looked at once when it is opened. Where its manifest names a generation that was fetched before, nothing else is asked;
else the files of that generation are fetched, compared with the sizes and hashes that it lists, and put in force by one rename. A copy is
not written into: what is changed would be gone with the next generation.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from explorer.disk import FILES, HeldFolder, cache_folder, damaged_files, open_to_others, write_whole
from explorer.errors import CorpusError
from explorer.store.generations import FETCHED, GENERATION, locked, read_manifest

_MEANING = re.compile(r"meaning-\d+")

_AT_ONCE = 8 << 20
"""Bytes of a file in memory while it is fetched."""


def is_address(place: object) -> bool:
    """Whether something names a place by its address, and not a path.

    Examples
    --------
    >>> is_address("s3://bucket/corpus"), is_address("corpus/"), is_address("C:/corpus")
    (True, False, False)
    """
    return "://" in str(place)


def fetch_corpus(address: str, progress: Callable[[float], None] = lambda part: None) -> Path:
    """Fetch the corpus at an address into the cache, unless the copy there is that of its generation in force.

    Parameters
    ----------
    address : str
        Of a corpus folder, in any file system that `fsspec` knows; it finds what it needs to be let in as its documentation says.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the fetch, and leaves the copy before it.

    Returns
    -------
    Path
        The folder of the copy.

    Raises
    ------
    CorpusError
        `fsspec` is not installed, nothing answers there, there is no corpus, a file did not come as it was written, or the copy
        cannot be written.
    """
    files, root = _file_system(address)
    folder = cache_folder() / "fetched" / blake2b(address.rstrip("/").encode(), digest_size=12).hexdigest()
    try:
        said = files.cat_file(f"{root}/manifest.json")
        generation = str(json.loads(said)["generation"])
        if not GENERATION.fullmatch(generation):
            raise CorpusError(f"{address} has a manifest that no corpus has. Build the corpus again.")
        folder.mkdir(parents=True, exist_ok=True)
        if (
            (folder / "manifest.json").exists()
            and (folder / "manifest.json").read_bytes() == said
            and (folder / generation).is_dir()
        ):
            return folder
        with HeldFolder(".fetching-", folder) as held:
            made = held / generation
            _fetch(files, f"{root}/{generation}", made, address, progress)
            for path in [*made.rglob("*"), made]:
                open_to_others(path)
            with locked(folder):
                if not (folder / generation).exists():
                    made.rename(folder / generation)
                write_whole(folder / FETCHED, address.encode())
                write_whole(folder / "manifest.json", said)
                read_manifest(folder)
                for old in folder.iterdir():
                    # Who has it open keeps its memory maps.
                    if GENERATION.fullmatch(old.name) and old.name != generation:
                        shutil.rmtree(old, ignore_errors=True)
    except FileNotFoundError as error:
        raise CorpusError(f"{address} is no corpus. Copy a folder there that litexplorer build made.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{address} could not be fetched into {folder} ({type(error).__name__}: {error}). See that it can be read, and try again."
        ) from error
    return folder


def _file_system(address: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise CorpusError(
            f"To open {address} takes fsspec: pip install literature-explorer[storage], and what fsspec needs for such addresses."
        ) from error
    try:
        files, root = fsspec.core.url_to_fs(address.rstrip("/"))
    except (ImportError, ValueError) as error:
        raise CorpusError(f"{address} cannot be opened: {error}") from error
    return files, str(root)


def _fetch(files: Any, root: str, made: Path, address: str, progress: Callable[[float], None]) -> None:
    """Fetch a generation, and what ranks by meaning beside it; every file is compared with what is listed of it."""
    listed = _listed(files, root, address)
    inner = [str(name).rstrip("/").rpartition("/")[2] for name in files.ls(root, detail=False)]
    folders = [name for name in inner if _MEANING.fullmatch(name)]
    wanted = {"": listed, **{name: _listed(files, f"{root}/{name}", address) for name in folders}}
    total = max(1, sum(size for sizes in wanted.values() for size in sizes.values()))
    done = 0
    for folder, sizes in wanted.items():
        there, here = f"{root}/{folder}" if folder else root, made / folder
        here.mkdir(exist_ok=True)
        for name in [FILES, *sizes]:
            target = here / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with files.open(f"{there}/{name}", "rb") as source, target.open("wb") as copy:
                while some := source.read(_AT_ONCE):
                    copy.write(some)
                    done += len(some) if name != FILES else 0
                    progress(min(1.0, done / total))
        for name, what in damaged_files(here, whole=True):
            raise CorpusError(f"{address}: the file {name} {what}. Copy the corpus there again.")


def _listed(files: Any, folder: str, address: str) -> dict[str, int]:
    """Size of each file that a folder lists."""
    try:
        recorded = json.loads(files.cat_file(f"{folder}/{FILES}"))
    except FileNotFoundError as error:
        raise CorpusError(f"{address} does not list its files, as an earlier version built it. Build it again.") from error
    for name in recorded:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise CorpusError(f"{address} lists a file {name!r}, which no corpus has. Build the corpus again.")
    return {str(name): int(size) for name, (size, _) in recorded.items()}

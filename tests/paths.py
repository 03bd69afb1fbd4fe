"""How many modules of the package run on each of three paths: ``python -m tests.paths``.

A module runs where a function of it is called; what runs when a module is imported does not count, for all are imported before.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_OPTIMIZED = 0x01
"""Flag of the code of functions, which that of modules and classes lacks."""

_ENTRY = "@article{{k{n}, title = {{Reading graphs {word} with model {n}}}, author = {{Roe, Ann and Poe, Bob}}, year = {{20{n:02}}}}}\n"


@contextmanager
def modules_that_run() -> Iterator[set[str]]:
    """Names of the modules of which a function is called meanwhile, in any thread."""
    import explorer

    root = f"{Path(explorer.__file__).parent}{os.sep}"
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_flags & _OPTIMIZED and code.co_filename.startswith(root):
            seen.add(code.co_filename.removeprefix(root))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def measured(folder: Path) -> dict[str, set[str]]:
    """The modules that run from a ``.bib`` file to a corpus, from a typed query to its answer, and in an export."""
    import explorer
    from explorer.corpus.opening import open_files

    for module in pkgutil.walk_packages(explorer.__path__, "explorer."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    file = folder / "refs.bib"
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()
    file.write_text("".join(_ENTRY.format(n=n, word=words[n % len(words)]) for n in range(40)), encoding="utf-8")
    paths: dict[str, set[str]] = {}
    with modules_that_run() as paths[".bib file to a corpus"]:
        corpus = open_files([file])
    board = explorer.Dashboard(corpus)
    with modules_that_run() as paths["a typed query to its answer"]:
        board._received(board, {"kind": "set", "seq": 1, "changes": {"query": "graphs"}}, [])
    with modules_that_run() as paths["an export"]:
        board._received(board, {"kind": "export", "seq": 2, "format": "bib"}, [])
    return paths


def main() -> None:
    """Print the numbers, and with ``-v`` the names."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(LITEXPLORER_CACHE=f"{folder}/cache", LITEXPLORER_DATA_HOME=f"{folder}/data")
        for path, names in measured(Path(folder)).items():
            print(f"{path}: {len(names)}")
            if "-v" in sys.argv:
                print("".join(f"  {name}\n" for name in sorted(names)), end="")


if __name__ == "__main__":
    main()

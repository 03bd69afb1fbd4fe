"""Imports point one way, and heavy or risky packages stand where the architecture says."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "explorer"

# The rooms, in the order in which papers pass through them. A module imports only from rooms before its own, or from its own.
ROOMS = (
    "errors",
    "disk",
    "memory",
    "jobs",
    "executors",
    "papers",
    "text",
    "dedupe",
    "sources",
    "selection",
    "ranking",
    "topics",
    "store",
    "search",
    "library",
    "feed",
    "screening",
    "corpus",
    "export",
    "dashboard",
    "server",
    "cli",
)

# Where third-party packages may be imported: rooms, or the one module of a room.
ONLY = {
    "ipywidgets": {"dashboard/session", "dashboard/widget"},
    "anywidget": {"dashboard/widget"},
    "traitlets": {"dashboard/session", "dashboard/widget", "server"},
    "plotly": {"dashboard/figures", "dashboard/plots", "dashboard/topic_plots"},
    "voila": {"server"},
    "tornado": {"server"},
    "jupyter_server": {"server"},
    "tantivy": {"store/fulltext", "text"},
    "distributed": {"executors", "corpus/building", "corpus/opening"},
    "fsspec": {"store/fetched"},
    "sklearn": {"topics", "store/topics", "ranking", "text/keyphrases", "screening"},
}
# Whatever opens a connection to another machine.
CLIENTS = (
    "aiohttp", "boto3", "botocore", "ftplib", "http.client", "httpcore", "httpx", "imaplib", "pip", "poplib", "pycurl", "requests",
    "smtplib", "socket", "telnetlib", "tornado.httpclient", "tornado.simple_httpclient", "urllib.request", "urllib3", "websocket",
    "websockets", "xmlrpc",
)  # fmt: skip
# Imported by name when a page opens: none of these at the top of a module that opening imports.
HEAVY = {"pandas", "sklearn", "scipy", "dask", "openpyxl", "xlsxwriter", "rapidfuzz", "httpx", "lxml", "python_calamine"}
# Rooms that opening a page does not enter.
WHEN_NEEDED = ("sources/", "dedupe/", "ranking/", "topics/model", "screening/")


MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Name of a module below the package: ``store/snapshot``; of a package, that of its folder."""
    found = path.relative_to(PACKAGE).with_suffix("").as_posix()
    return found.removesuffix("__init__").rstrip("/")


def room(name: str) -> str:
    return name.split("/")[0]


NAMES = {name_of(path) for path in MODULES}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[tuple[str, int, bool], ...]:
    """Full names a module imports, the line, and whether when it is imported itself; those for type checkers count."""
    return tuple(_imports(tree_of(path), True))


def _imports(node: ast.AST, top: bool) -> Iterator[tuple[str, int, bool]]:
    for child in ast.iter_child_nodes(node):
        # Nothing in an expression imports, and most of a module is that.
        if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            continue
        if isinstance(child, ast.Import):
            yield from ((alias.name, child.lineno, top) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "relative imports hide what they import"
            yield from ((f"{child.module}.{alias.name}", child.lineno, top) for alias in child.names)
        else:
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            typing = isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
            yield from _imports(child, top and not later and not typing)


def imported_module(full: str) -> str | None:
    """The module of ours that an imported name stands for or in."""
    parts = full.split(".")
    if parts[0] != "explorer":
        return None
    for end in (len(parts), len(parts) - 1):
        if (name := "/".join(parts[1:end])) in NAMES:
            return name
    raise AssertionError(f"{full} is no module of ours")


def arrows() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in NAMES}
    for path in MODULES:
        own = name_of(path)
        targets = {imported_module(full) for full, *_ in imports(path)}
        found[own] |= {target for target in targets if target is not None and target != own}
    return found


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of nodes that reach each other, by Kosaraju's algorithm (1978)."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(node: str, edges: dict[str, set[str]], out: list[str]) -> None:
        seen.add(node)
        for target in sorted(edges[node]):
            if target not in seen:
                visit(target, edges, out)
        out.append(node)

    for node in sorted(arrows):
        if node not in seen:
            visit(node, arrows, order)
    back: dict[str, set[str]] = {node: set() for node in arrows}
    for node, targets in arrows.items():
        for target in targets:
            back[target].add(node)
    seen.clear()
    found = []
    for node in reversed(order):
        if node not in seen:
            group: list[str] = []
            visit(node, back, group)
            found.append(sorted(group))
    return [group for group in found if len(group) > 1]


def test_every_room_is_listed_and_every_listed_room_is_there() -> None:
    assert {room(name) for name in NAMES if name} == set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = name_of(path)
    if not own:
        return
    for full, line, _ in imports(path):
        other = imported_module(full)
        if other:
            assert ROOMS.index(room(other)) <= ROOMS.index(room(own)), f"{own}:{line} imports {other}, of a room after its own"


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(arrows()) == []


def test_circles_of_any_length_are_found() -> None:
    ring = {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"a", "e"}, "e": {"f"}, "f": set(), "g": {"a"}}
    assert circles(ring) == [["a", "b", "c", "d"]]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_packages_stand_where_they_may(path: Path) -> None:
    own = name_of(path)
    for name, line, top in imports(path):
        package = name.split(".")[0]
        allowed = ONLY.get(package)
        assert allowed is None or own in allowed or room(own) in allowed, f"{own}:{line} imports {name}; only {allowed} may"
        client = next((client for client in CLIENTS if name == client or name.startswith(f"{client}.")), None)
        # The server binds a port to see whether it is free.
        bound = (room(own), client) == ("server", "socket")
        posted = (own, client) == ("feed/mail", "smtplib")
        assert client is None or bound or posted or own.startswith("sources/services/"), (
            f"{own}:{line} imports {client}; only sources/services/ and feed/mail open connections"
        )
        assert not (top and package in HEAVY and not own.startswith(WHEN_NEEDED)), (
            f"{own}:{line} imports {package} at its top, which every page would pay for"
        )
    if room(own) == "server":
        assert {name for name, *_ in imports(path) if name.startswith("traitlets")} <= {
            "traitlets.config.Config",
            "traitlets.Instance",
        }


def test_nobody_reaches_into_another_module() -> None:
    """A name with an underscore is its module's own."""
    found = []
    for path in MODULES:
        for name, line, _ in imports(path):
            parts = name.split(".")
            if parts[0] == "explorer" and any(part.startswith("_") and part != "__init__" for part in parts):
                found.append(f"{path.name}:{line}: {name}")
    assert found == []


def test_rows_of_a_mask_are_asked_for_in_one_place() -> None:
    """Arrow ends the process where a column without chunks is asked for its indices; `rows_where` does not ask."""
    assert {name_of(path) for path in MODULES if "indices_nonzero(" in path.read_text(encoding="utf-8")} == {"papers/rows"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_unpickled_or_evaluated(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in (
                "eval",
                "exec",
                "pickle.load",
                "pickle.loads",
                "joblib.load",
                "os.system",
                "yaml.load",
                "marshal.loads",
            )
            assert not any(keyword.arg == "allow_pickle" and ast.unparse(keyword.value) != "False" for keyword in node.keywords)
            assert not any(keyword.arg == "shell" and ast.unparse(keyword.value) != "False" for keyword in node.keywords)


def test_every_third_party_import_is_a_dependency() -> None:
    import tomllib

    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [row for name, rows in project.get("optional-dependencies", {}).items() if name != "test" for row in rows]
    declared = {
        row.split(">")[0].split("[")[0].split("=")[0].strip().lower().replace("-", "_")
        for row in [*project["dependencies"], *extras]
    }
    ours = {"explorer", *sys.stdlib_module_names, "msvcrt"}
    distributions = {
        "sklearn": "scikit_learn",
        "scipy": "scikit_learn",
        "tornado": "voila",
        "traitlets": "ipywidgets",
        "IPython": "ipywidgets",
    }
    distributions |= {
        "jupyter_server": "voila",
        "jupyter_client": "voila",
        "Stemmer": "pystemmer",
        "yaml": "pyyaml",
        "jupyter_events": "voila",
        "zmq": "ipykernel",
        "jinja2": "voila",
    }
    missing = {
        f"{path.name}: {package}"
        for path in MODULES
        for name, *_ in imports(path)
        if (package := name.split(".")[0]) not in ours and distributions.get(package, package) not in declared
    }
    assert missing == set()


CALLED_BY_NAME = {"Model2Vec", "SentenceTransformers", "SERIES_DARK"}
"""Embedders that a reader names, and the colours that the style sheet has."""


def test_nothing_stands_there_for_nobody() -> None:
    """What a module defines is used in the package, or public; what tests alone use is theirs."""
    from explorer import __all__ as public

    used: Counter[str] = Counter()
    for path in MODULES:
        used.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    unused = []
    for path in MODULES:
        for node in tree_of(path).body:
            names = [node.name] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            unused += [
                f"{name_of(path)}.{name}" for name in names if used[name] == 1 and name not in {*public, *CALLED_BY_NAME}
            ]
    assert unused == []

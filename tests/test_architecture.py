"""Imports point one way, and heavy or risky packages stand where the architecture says."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "explorer"

# A module imports only from lines before its own, or from its own line. Rooms (folders) count as one.
ORDER = (
    "errors",
    "markup dates identifiers names synonyms recent worker",
    "stages",
    "query text",
    "terms grams",
    "ledger",
    "schema",
    "merges",
    "paths",
    "formats",
    "services",
    "fetching upload",
    "dedupe",
    "imports",
    "joins",
    "arrivals",
    "generations orders",
    "trends facets",
    "prefixes",
    "index vectors",
    "arithmetic ranking",
    "topic_model",
    "phrases",
    "topics layout distributed",
    "filters",
    "selection",
    "store",
    "changes",
    "opened",
    "ranked",
    "ordering",
    "reasons",
    "results completion comparison library",
    "library comparison",
    "growing",
    "corpus",
    "chips concept_completion",
    "concept_views",
    "opening",
    "screening",
    "review",
    "charts provenance",
    "views",
    "axis_views preference_views",
    "export digest",
    "menus preparation",
    "session",
    "steering questions",
    "desk intake reading",
    "widgets",
    "dashboard",
    "launch",
    "server",
    "curation",
    "cli",
)
PLACE = {name: place for place, names in enumerate(ORDER) for name in names.split()}

# Where third-party packages may be imported: rooms, or the one module of a room.
ONLY = {
    "ipywidgets": {"session", "widgets", "dashboard"},
    "anywidget": {"session", "widgets", "dashboard"},
    "traitlets": {"session", "widgets", "dashboard", "server"},
    "plotly": {"charts"},
    "voila": {"server"},
    "tornado": {"server"},
    "jupyter_server": {"server"},
    "tantivy": {"index", "text"},
    "sklearn": {"topics", "topic_model", "vectors", "arithmetic", "layout", "screening", "phrases", "ranking"},
    "dask": {"distributed"},
    "distributed": {"distributed"},
}
# Whatever opens a connection to another machine.
CLIENTS = (
    "aiohttp", "boto3", "botocore", "ftplib", "http.client", "httpcore", "httpx", "imaplib", "pip", "poplib", "pycurl", "requests",
    "smtplib", "socket", "telnetlib", "tornado.httpclient", "tornado.simple_httpclient", "urllib.request", "urllib3", "websocket",
    "websockets", "xmlrpc",
)  # fmt: skip
# Imported by name when a page opens: none of these at the top of a module that opening imports.
HEAVY = {"pandas", "sklearn", "scipy", "dask", "openpyxl", "xlsxwriter", "rapidfuzz", "httpx", "lxml", "python_calamine"}


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


@cache
def imports(path: Path) -> tuple[tuple[str, int, bool], ...]:
    """Full names a module imports, the line, and whether at its top level; those for type checkers only do not count."""
    return tuple(_imports(ast.parse(path.read_text(encoding="utf-8")), True))


def _imports(node: ast.AST, top: bool) -> Iterator[tuple[str, int, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from ((alias.name, child.lineno, top) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "relative imports hide what they import"
            yield from ((f"{child.module}.{alias.name}", child.lineno, top) for alias in child.names)
        else:
            yield from _imports(child, top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = room(path)
    if not own:
        return
    assert own in PLACE, f"Give {own} its place in ORDER (and in docs/architecture.md)."
    for name, line, _ in imports(path):
        if name.startswith("explorer."):
            other = name.split(".")[1]
            assert other in PLACE, f"{path.name}:{line} imports {name}, which has no place"
            assert PLACE[other] <= PLACE[own], f"{path.name}:{line}: {own} imports {other}, which comes after it"


def test_rooms_of_one_line_do_not_import_each_other_in_a_circle() -> None:
    edges = {(room(path), name.split(".")[1]) for path in MODULES for name, *_ in imports(path) if name.startswith("explorer.")}
    assert [(a, b) for a, b in edges if a and a < b and (b, a) in edges] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_packages_stand_where_they_may(path: Path) -> None:
    own = room(path)
    for name, line, top in imports(path):
        package = name.split(".")[0]
        allowed = ONLY.get(package)
        assert allowed is None or own in allowed, f"{path.name}:{line} imports {name}; only {sorted(allowed or ())} may"
        client = next((client for client in CLIENTS if name == client or name.startswith(f"{client}.")), None)
        # The server binds a port to see whether it is free.
        bound = (own, client) == ("server", "socket")
        assert client is None or bound or own == "services", (
            f"{path.name}:{line} imports {client}; only services/ open connections"
        )
        assert not (top and package in HEAVY and own not in ("services", "dedupe", "formats", "ranking", "screening")), (
            f"{path.name}:{line} imports {package} at its top, which every page would pay for"
        )
    if own == "server":
        assert {name for name, *_ in imports(path) if name.startswith("traitlets")} <= {"traitlets.config.Config"}
    if own == "dashboard":
        assert {name for name, *_ in imports(path) if name.startswith("plotly")} <= {"plotly"}


def test_nobody_reaches_into_another_module() -> None:
    """A name with an underscore is its module's own."""
    found = []
    for path in MODULES:
        for name, line, _ in imports(path):
            parts = name.split(".")
            if parts[0] == "explorer" and any(part.startswith("_") and part != "__init__" for part in parts):
                found.append(f"{path.name}:{line}: {name}")
    assert found == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_a_heap(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_unpickled_or_evaluated(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
    distributions = {"sklearn": "scikit_learn", "scipy": "scikit_learn", "tornado": "voila", "traitlets": "ipywidgets"}
    distributions |= {"jupyter_server": "voila", "jupyter_client": "voila", "Stemmer": "pystemmer"}
    missing = {
        f"{path.name}: {package}"
        for path in MODULES
        for name, *_ in imports(path)
        if (package := name.split(".")[0]) not in ours and distributions.get(package, package) not in declared
    }
    assert missing == set()

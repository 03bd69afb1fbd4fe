"""The public names are sorted, documented, and there."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer import errors

PACKAGE = Path(explorer.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def test_public_names_are_sorted_and_importable() -> None:
    assert explorer.__all__ == sorted(explorer.__all__, key=str)
    assert list(explorer._HOMES) == sorted(explorer._HOMES)
    assert set(explorer.__all__) == set(explorer._HOMES)
    assert dir(explorer) == sorted(explorer.__all__)
    for name in explorer.__all__:
        assert getattr(explorer, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        explorer.nothing  # noqa: B018


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: f"explorer.{explorer._HOMES[alias.name]}" for node in block.body for alias in node.names}  # type: ignore[attr-defined]
    assert sorted(seen) == explorer.__all__
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert getattr(importlib.import_module(str(node.module)), alias.name) is getattr(explorer, alias.name)


def test_importing_the_package_imports_nothing_else() -> None:
    import subprocess
    import sys

    program = "import sys; before = set(sys.modules); import explorer; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {name.split(".")[0] for name in done.stdout.split()} & {
        "numpy",
        "pyarrow",
        "pandas",
        "plotly",
        "tantivy",
        "anywidget",
    } == set()


def test_every_error_is_in_the_tree_and_in_its_drawing() -> None:
    kinds = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert errors.__doc__ is not None
    for kind in kinds:
        assert issubclass(kind, errors.ExplorerError)
        assert kind.__name__ in errors.__doc__
        assert kind.__name__ in explorer.__all__
    drawn = [line.split()[1] for line in errors.__doc__.splitlines() if line.strip().startswith(("├", "└"))]
    assert sorted(drawn) == sorted(kind.__name__ for kind in kinds if kind is not errors.ExplorerError)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def documented(path: Path) -> list[tuple[str, ast.AST]]:
    """Public functions, classes and methods of a module."""
    found: list[tuple[str, ast.AST]] = [(path.name, tree_of(path))]
    for name, node in list(found):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not child.name.startswith("_"):
                found.append((f"{name}: {child.name}", child))
                if isinstance(child, ast.ClassDef):
                    found += [
                        (f"{name}: {child.name}.{method.name}", method)
                        for method in child.body
                        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not method.name.startswith("_")
                    ]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_everything_public_has_a_docstring(path: Path) -> None:
    bare = [
        name
        for name, node in documented(path)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
        # It has that of the function that does its work.
        and not any(ast.unparse(given).startswith("documented_by(") for given in getattr(node, "decorator_list", ()))
    ]
    # Methods that do what their base class says, and grammar rules named after the grammar in the module's docstring.
    inherited = {"query.py: ", "server.py: _", "source.py: "}
    assert [name for name in bare if not name.startswith(tuple(inherited))] == []


def sections(text: str) -> list[str]:
    lines = text.splitlines()
    return [
        line.strip()
        for line, under in itertools.pairwise(lines)
        if under.strip() and set(under.strip()) == {"-"} and line.strip()
    ]


ORDER = ["Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns", "Notes", "References", "Examples"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_docstrings_are_numpy_docstrings(path: Path) -> None:
    for name, node in documented(path):
        found = [section for section in sections(ast.get_docstring(node) or "") if section[0].isupper()]  # type: ignore[arg-type]
        known = [section for section in found if section in ORDER]
        assert known == found, f"{name}: {found}"
        if {"Parameters", "Returns"} <= set(known) or {"Returns", "Raises"} <= set(known):
            assert known == sorted(known, key=ORDER.index), name


@pytest.mark.parametrize("name", explorer.__all__)
def test_documented_parameters_are_those_there_are(name: str) -> None:
    thing: Any = getattr(explorer, name)
    doc = inspect.getdoc(thing)
    assert doc
    assert doc[0].isupper()
    if "Parameters\n----------" not in doc or not callable(thing):
        return
    block = doc.split("Parameters\n----------\n")[1].split("\n\n")[0].split("\n----")[0]
    written = {
        part.strip().lstrip("*")
        for line in block.splitlines()
        if " : " in line and not line.startswith(" ")
        for part in line.split(" : ")[0].split(",")
    }
    real = set(inspect.signature(thing).parameters)
    assert written <= real, f"{name} documents {written - real}"


TWINS = {
    "add_arguments", "run",  # a command of the command line
    "read", "sniff", "fields", "records", "records_in",  # a format
    "parse",  # a service's answer; the language of queries, and that of concepts
    "Page",  # as much of the dashboard as a module of it uses
}  # fmt: skip
"""What members of a family are called alike, so that who knows one knows all."""


def test_in_a_room_a_name_stands_for_one_thing() -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for path in MODULES:
        place = path.relative_to(PACKAGE)
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault((place.parts[0], node.name), []).append(place.as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1 and name[1] not in TWINS} == {}
    assert {name for (_, name), places in found.items() if len(places) > 1} >= TWINS

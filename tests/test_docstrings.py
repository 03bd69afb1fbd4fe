"""The docstrings: public names have examples, and all that there are run."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path

import pytest

import explorer

NAMES = [name for name in explorer.__all__ if not name.endswith("Error")]
OBJECTS = ["Corpus", "Deduplicated", "Import", "Ledger", "Rules", "Selection", "TopicModel"]
"""Classes that readers hold; the methods of the dashboard are the page's."""

PACKAGE = Path(explorer.__file__).parent
MODULES = [
    ".".join(("explorer", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


def members(name: str) -> Iterator[tuple[str, object]]:
    """Public methods and properties of a class, by name, as functions."""
    for member, value in vars(getattr(explorer, name)).items():
        if member.startswith("_"):
            continue
        if isinstance(value, classmethod | staticmethod):
            yield member, value.__func__
        elif isinstance(value, property | cached_property) or inspect.isfunction(value):
            yield member, value


METHODS = [f"{name}.{member}" for name in OBJECTS for member, value in members(name) if inspect.isfunction(value)]
PROPERTIES = [f"{name}.{member}" for name in OBJECTS for member, value in members(name) if not inspect.isfunction(value)]


def examples(text: str) -> list[doctest.Example]:
    """Those of the section of examples, the last one of a docstring."""
    _, heading, section = inspect.cleandoc(text).partition("\nExamples\n--------\n")
    return doctest.DocTestParser().get_examples(section) if heading else []


def called(function: object) -> list[str]:
    """Names of the parameters of a function."""
    return [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]  # type: ignore[arg-type]


def lacking(text: str, parameters: list[str]) -> list[str]:
    """Parameters that a docstring does not list."""
    _, _, section = inspect.cleandoc(text).partition("\nParameters\n----------\n")
    lines = [line.partition(" : ")[0] for line in section.split("\n\n")[0].splitlines() if line and not line.startswith(" ")]
    listed = {name.strip().lstrip("*") for line in lines for name in line.split(",")}
    return [name for name in parameters if name not in listed]


@pytest.mark.parametrize("name", NAMES)
def test_public_names_have_examples(name: str) -> None:
    assert examples(vars(getattr(explorer, name))["__doc__"] if name in OBJECTS else getattr(explorer, name).__doc__)


@pytest.mark.parametrize("name", METHODS)
def test_public_methods_have_examples(name: str) -> None:
    holder, _, member = name.partition(".")
    assert examples(dict(members(holder))[member].__doc__ or "")


@pytest.mark.parametrize("name", PROPERTIES)
def test_public_properties_are_described(name: str) -> None:
    holder, _, member = name.partition(".")
    assert dict(members(holder))[member].__doc__


@pytest.mark.parametrize("name", [*METHODS, *(name for name in NAMES if inspect.isfunction(getattr(explorer, name)))])
def test_parameters_are_described(name: str) -> None:
    holder, _, member = name.partition(".")
    function = dict(members(holder))[member] if member else getattr(explorer, name)
    assert lacking(function.__doc__ or "", called(function)) == []


def test_what_lacks_is_found() -> None:
    """The checks above see a docstring without examples, and a parameter that is not listed."""
    text = "Do.\n\nParameters\n----------\nfirst, second : int\n    Two.\n*rest : str\n\nReturns\n-------\nthird : int\n"
    assert examples(text) == []
    assert lacking(text, ["first", "second", "rest", "third"]) == ["third"]


def test_modules_of_public_names_have_examples() -> None:
    assert sorted({getattr(explorer, name).__module__ for name in NAMES} - set(MODULES)) == []


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    # Examples that need a file make a folder for it.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("examples")))
    result = doctest.testmod(import_module(name), report=True)
    assert result.attempted > 0
    assert result.failed == 0

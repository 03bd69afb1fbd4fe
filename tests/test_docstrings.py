"""The docstrings: public names have examples, and all that there are run."""

from __future__ import annotations

import ast
import doctest
import inspect
import textwrap
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer import errors
from explorer.corpus.topics import CorpusTopics
from explorer.dashboard.widget import PUBLIC
from explorer.library.library import Library
from explorer.screening.prisma import Flow
from explorer.screening.stopping import Stopping
from explorer.search.results import Results

NAMES = [name for name in explorer.__all__ if not name.endswith("Error")]
CLASSES = {name: getattr(explorer, name) for name in NAMES if inspect.isclass(getattr(explorer, name))}
GIVEN = {kind.__name__: kind for kind in (CorpusTopics, Flow, Library, Results, Stopping)}
"""Classes that those hand out."""

OBJECTS = CLASSES | GIVEN

PACKAGE = Path(explorer.__file__).parent
MODULES = [
    ".".join(("explorer", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


def members(name: str) -> Iterator[tuple[str, object]]:
    """Public methods and properties of a class, by name, as functions."""
    for member, value in vars(OBJECTS[name]).items():
        # The other methods of the dashboard are its page's.
        if member.startswith("_") or (name == "Dashboard" and member not in PUBLIC):
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


@pytest.mark.parametrize("name", [*NAMES, *GIVEN])
def test_public_names_have_examples(name: str) -> None:
    assert examples(vars(OBJECTS[name])["__doc__"] if name in OBJECTS else getattr(explorer, name).__doc__)


@pytest.mark.parametrize("name", METHODS)
def test_public_methods_have_examples(name: str) -> None:
    holder, _, member = name.partition(".")
    assert examples(dict(members(holder))[member].__doc__ or "")


@pytest.mark.parametrize("name", PROPERTIES)
def test_public_properties_are_described(name: str) -> None:
    holder, _, member = name.partition(".")
    assert dict(members(holder))[member].__doc__


FUNCTIONS = [*METHODS, *(name for name in NAMES if inspect.isfunction(getattr(explorer, name)))]


def function(name: str) -> Any:
    """A public function or method by its name."""
    holder, _, member = name.partition(".")
    return dict(members(holder))[member] if member else getattr(explorer, name)


def unsaid(text: str, made: object) -> list[str]:
    """Sections that a function needs by what its code says: of what it gives, and of each error of ours that it raises itself."""
    gives = inspect.signature(made).return_annotation  # type: ignore[arg-type]
    _, _, raises = text.partition("\nRaises\n------\n")
    said = gives in ("None", inspect.Signature.empty) or "\nReturns\n-------\n" in text or "\nYields\n------\n" in text
    lacks = [] if said else ["Returns"]
    code = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(made))))  # type: ignore[arg-type]
    raised = [
        ast.unparse(node.exc).partition("(")[0].rpartition(".")[2]
        for node in ast.walk(code)
        if isinstance(node, ast.Raise) and node.exc
    ]
    return lacks + sorted({name for name in raised if hasattr(errors, name) and name not in raises})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters_results_and_errors_are_described(name: str) -> None:
    made = function(name)
    text = inspect.cleandoc(made.__doc__ or "")
    assert lacking(text, called(made)) == []
    if name != "Corpus.results":  # It gives an object of the class that documents it.
        assert unsaid(text, made) == []


def test_what_lacks_is_found() -> None:
    """The checks above see a docstring without examples, a parameter that is not listed, a result and an error that is not named."""
    text = "Do.\n\nParameters\n----------\nfirst, second : int\n    Two.\n*rest : str\n\nReturns\n-------\nthird : int\n"
    assert examples(text) == []
    assert lacking(text, ["first", "second", "rest", "third"]) == ["third"]
    assert unsaid("Do.", raising) == ["Returns", "ReadError"]
    assert unsaid("Do.\n\nReturns\n-------\nint\n\nRaises\n------\nReadError\n    Always.", raising) == []


def raising() -> int:
    """Raise one of our errors, which this does not say."""
    raise errors.ReadError("")


def test_modules_of_public_names_have_examples() -> None:
    assert sorted({getattr(explorer, name).__module__ for name in NAMES} - set(MODULES)) == []


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    # Examples that need a file make a folder for it.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("examples")))
    result = doctest.testmod(import_module(name), report=True)
    assert result.attempted > 0
    assert result.failed == 0

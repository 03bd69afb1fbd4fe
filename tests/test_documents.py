"""The documents name what is there, and the words they promise."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# What a program writes, and what a reader has, is not in the repository.
_FILE = re.compile(r"`((?:explorer|tests|benchmarks|notebooks|docs|findings|data)/[\w./-]*)`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_are_there(path: Path) -> None:
    if path.name in ("CHANGELOG.md",):
        return
    text = path.read_text(encoding="utf-8")
    missing = [name for name in _FILE.findall(text) if not (ROOT / name).exists() and name != "docs/site/"]
    missing += [link for link in _LINK.findall(text) if not (path.parent / link).exists()]
    assert missing == []


def test_every_room_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.stem for path in (ROOT / "explorer").iterdir() if path.stem[0] not in "_." and path.name != "py.typed"}
    named = {name.rstrip("/") for name in re.findall(r"^\| `([\w/]+)` \|", text, re.MULTILINE)}
    assert named == rooms


def test_every_public_name_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^   (\w+)$", text, re.MULTILINE))
    errors = {name for name in explorer.__all__ if name.endswith("Error")}
    assert listed == set(explorer.__all__) - errors


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    from explorer.cli.main import commands

    assert [name for name in commands() if f"litexplorer {name}" not in text] == []


_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_code_are_as_they_can_be_given(path: Path) -> None:
    """Each line of `litexplorer` is one that its parser takes; each block of Python compiles, and names what there is."""
    if path.name == "CHANGELOG.md":
        return
    from explorer.cli.main import commands

    for language, text in _FENCE.findall(path.read_text(encoding="utf-8")):
        for line in text.splitlines():
            program, *rest = shlex.split(line, comments=True) if line.startswith("litexplorer ") else [""]
            if program:
                parser = argparse.ArgumentParser(exit_on_error=False)
                commands()[rest[0]].add_arguments(parser)
                parser.parse_args(rest[1:])
        if language == "python":
            names = [
                node.attr
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "explorer"
            ]
            assert [name for name in names if name not in explorer.__all__] == []


def test_the_glossary_says_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([a-z ]+) \|", text, re.MULTILINE)[1:]
    assert len(words) == len(set(words)) > 30

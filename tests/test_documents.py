"""The documents name what is there, and the words they promise."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
import shutil
from itertools import cycle
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# What a program writes, and what a reader has, is not in the repository.
_FILE = re.compile(r"`((?:explorer|tests|benchmarks|notebooks|docs|findings|data)/[\w./-]*)`")
_SHORT = re.compile(r"`([a-z_][\w-]*(?:/[\w-]+)*\.(?:py|js|ts|css))`|`([a-z_]+(?:/[a-z_]+)+)`")
"""A file by the end of its path, and a module without its suffix."""
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_are_there(path: Path) -> None:
    if path.name in ("CHANGELOG.md",):
        return
    text = path.read_text(encoding="utf-8")
    missing = [name for name in _FILE.findall(text) if not (ROOT / name).exists() and name != "docs/site/"]
    missing += [link for link in _LINK.findall(text) if not (path.parent / link).exists()]
    below = (file for top in ("explorer", "tests", "benchmarks", "docs") for file in files(ROOT / top))
    there = [f"/{file.relative_to(ROOT).as_posix()}" for file in (*ROOT.glob("*.py"), *below)]
    for file, module in _SHORT.findall(text):
        ends = (f"/{file}",) if file else (f"/{module}.py", f"/{module}/__init__.py")
        missing += [] if any(whole.endswith(ends) for whole in there) else [file or module]
    assert missing == []


def files(folder: Path) -> list[Path]:
    """Files below a folder, but for what is built there."""
    return [path for path in folder.rglob("*.*") if not {"site", "__pycache__"} & set(path.parts)]


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


GUIDES = [ROOT / "README.md", ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "howto").glob("*.md"))]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """A folder with the files that the documents speak of."""
    folder = tmp_path_factory.mktemp("desk")
    explorer.to_bibtex(explorer.read_papers(sample), folder / "refs.bib")
    labels = cycle(("in", "out"))
    written = (folder / "refs.bib").read_text(encoding="utf-8")
    written = re.sub(r"^@\w+\{.*,$", lambda entry: f"{entry[0]}\n  my_label = {{{next(labels)}}},", written, flags=re.MULTILINE)
    (folder / "refs.bib").write_text(written, encoding="utf-8")
    lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "papers").mkdir()
    (folder / "papers" / "a.jsonl").write_text("".join(lines[:50]), encoding="utf-8")
    explorer.to_ris(explorer.read_papers(sample).tail(30), folder / "papers" / "b.ris")
    explorer.Corpus.from_papers(explorer.read_papers(sample), folder / "corpus")
    records = explorer.read_papers(sample).head(30)
    records.loc[0, ["id", "doi"]] = "doi:10.5555/1", "10.5555/1"
    explorer.Corpus.from_papers(records, folder / "review")
    records[["title"]].assign(label_included=[n % 2 for n in range(30)]).to_csv(folder / "rayyan.csv", index=False)
    explorer.to_ris(records.tail(3), folder / "known.ris")
    return folder


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_what_the_guides_write_runs(path: Path, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One block after the other, as they stand; those of machines that are not here are left out."""
    shutil.copytree(desk, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"id": explorer.read_papers("refs.bib")["id"].iloc[0]}
    if path.stem == "keep_up":
        shutil.rmtree("papers")
        shutil.copytree("corpus", "papers")
    for language, text in _FENCE.findall(path.read_text(encoding="utf-8")):
        if language == "python" and "://" not in text:
            exec(compile(text, path.name, "exec"), names)


def test_the_glossary_says_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([a-z ]+) \|", text, re.MULTILINE)[1:]
    assert len(words) == len(set(words)) > 30

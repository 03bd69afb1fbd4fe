"""The findings have the form that CONTRIBUTING gives, and the table lists each at the version it installs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
INSTALL = re.compile(r"(?:pip install|npm install)(?P<rest>.*)")
PINNED = re.compile(r"(?P<name>[\w.-]+)(?:==|@)(?P<version>\d[\w.]*)")


def installed(script: str) -> list[str]:
    """What a script asks pip and npm for, options left out; a loop over versions, each of them."""
    words = [word for line in INSTALL.finditer(script) for word in line["rest"].split()]
    packages = [word for word in words if not word.startswith("-") and word != "."]
    loop = re.search(r"^for version in (.+); do$", script, re.MULTILINE)
    versions = loop[1].split() if loop else []
    return [
        package.replace('"$version"', version)
        for package in packages
        for version in (versions if "$version" in package else [""])
    ]


def test_the_table_lists_each_finding_once():
    rows = re.findall(r"^\| \[([\w-]+)\]\(\1\.sh\) \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [script.stem for script in SCRIPTS]
    assert rows


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_finding_has_the_form(path):
    script = path.read_text(encoding="utf-8")
    comment, _, commands = script.partition("set -euo pipefail\n")
    assert re.fullmatch(r"#!/usr/bin/env bash\n# .+\.\n# Expected: (?s:.+)\n# Seen: (?s:.+)\n# Hurts: (?s:.+)\n", comment)
    assert all(line.startswith("#") for line in comment.splitlines())
    assert commands.startswith('folder=$(mktemp -d)\ntrap \'rm -rf "$folder"\' EXIT\ncd "$folder"\n')
    assert "assert " in commands or "diff seen - " in commands
    assert "explorer" not in script
    subprocess.run(["bash", "-n", path], check=True)
    assert os.access(path, os.X_OK)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_finding_installs_is_pinned_and_in_the_table(path):
    script = path.read_text(encoding="utf-8")
    pinned = [PINNED.fullmatch(package) for package in installed(script)]
    assert pinned
    assert all(pinned)
    row = next(line for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if f"[{path.stem}]" in line)
    about = row.split("|")[2]
    listed = [package for package in pinned if package["name"] in about and package["version"] in about]
    versions = re.findall(r"(?<=[ ])\d+\.[\d.]+(?= |$)", re.sub(r"\(.*\)", "", about))
    assert sorted(package["version"] for package in listed) == sorted(versions)
    assert versions

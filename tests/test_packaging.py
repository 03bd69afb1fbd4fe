"""The package as it is installed: the same dependencies everywhere, all files in the wheel, a dashboard from an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from explorer.dashboard import frontend

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_environment_has_the_dependencies_of_the_project() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    items = [match.group(1) for line in lines if (match := re.match(r"\s*- ([^:#]+?)\s*$", line))]
    python, listed = [item for item in items if item.startswith("python>")], set(items)
    assert python == [f"python{PROJECT['project']['requires-python']}"]
    others = listed - set(python) - {"conda-forge", "pip", "--no-deps -e .", "-e ."}
    assert others == set(PROJECT["project"]["dependencies"])
    assert listed & {"--no-deps -e .", "-e ."}, "Binder installs the package itself from the checkout"


def test_dependencies_are_sorted_and_bounded() -> None:
    for rows in [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]:
        assert rows == sorted(rows, key=lambda row: re.split(r"[\[><=]", row)[0])
        for row in rows:
            assert re.fullmatch(r"[a-z0-9\[\]-]+>=[\d.]+,<[\d.]+", row), row


def test_what_is_installed_is_within_the_bounds() -> None:
    from importlib.metadata import version

    from packaging.requirements import Requirement

    for row in PROJECT["project"]["dependencies"]:
        requirement = Requirement(row)
        assert version(requirement.name) in requirement.specifier, row


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_the_source_distribution_has_all_that_its_tests_read() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    names = {name.partition("/")[0] for name in tracked if not name.startswith(".")} - {"pyproject.toml"}
    include = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {f"/{name}" for name in names} == set(include)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    shutil.copytree(
        ROOT,
        copy,
        ignore=shutil.ignore_patterns(".git", ".venv", "node_modules", "*_cache", "__pycache__", ".hypothesis", "benchmarks"),
    )
    options = ["--no-deps", "--no-index", "--no-build-isolation"] if _has("hatchling") else ["--no-deps"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--disable-pip-version-check",
            *options,
            "-w",
            str(folder),
            str(copy),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


def _has(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def test_the_wheel_has_every_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "explorer").rglob("*"):
        # Of the page's code there is what it is joined to; declarations of its types are for its checks alone.
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".js", ".ts"):
            assert str(path.relative_to(ROOT)) in names
    assert [name for name in names if name.endswith((".js", ".ts"))] == [f"explorer/dashboard/frontend/{frontend.BUILT}"]
    assert zipfile.ZipFile(wheel).read(f"explorer/dashboard/frontend/{frontend.BUILT}").decode() == frontend.script()
    assert {"explorer/data/arithmetic.jsonl", "explorer/notebooks/explorer.ipynb"} <= names
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    strangers = [name for name in names if not name.startswith(("explorer/", "literature_explorer-"))]
    assert strangers == []
    # plotly.js and the like come from the installed packages.
    assert [name for name in names if "plotly" in name and name.endswith(".min.js")] == []
    # plotly.js alone would be thrice that.
    assert wheel.stat().st_size < 1_500_000


def test_the_wheel_says_what_it_needs_and_offers(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = next(archive.read(name).decode() for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    assert "Name: literature-explorer" in metadata
    for row in PROJECT["project"]["dependencies"]:
        assert f"Requires-Dist: {re.match(r'[a-z0-9-]+', row).group()}" in metadata  # type: ignore[union-attr]
    points = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "litexplorer = explorer.cli.main:main" in points


def test_the_package_says_that_it_is_typed(wheel: Path) -> None:
    assert "explorer/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_nobody_elses_code_is_in_the_repository() -> None:
    for path in (ROOT / "explorer").rglob("*"):
        if path.is_file() and path.suffix in (".js", ".css"):
            text = path.read_text(encoding="utf-8")
            assert max(map(len, text.splitlines()), default=0) < 400, f"{path.name} looks minified"
            assert "sourceMappingURL" not in text
            assert not re.search(r"https?://(?:cdn|unpkg|fonts|esm)\.", text)


@pytest.mark.slow
def test_a_wheel_in_a_clean_environment_serves_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Installs everything from the package index; takes minutes."""
    import test_server

    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    port = test_server.free_port()
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH")
    }
    environment |= {
        "HOME": str(tmp_path),
        "LITEXPLORER_CACHE": str(tmp_path / "cache"),
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
    }
    process = subprocess.Popen(
        [binaries / "litexplorer", "serve", "--no-browser", "--port", str(port)], cwd=empty, env=environment
    )
    try:
        for _ in range(150):
            try:
                status, _, body = test_server.ask(port, "/")
                break
            except OSError:
                assert process.poll() is None
                time.sleep(1)
        assert status == 200
        assert b"Literature Explorer" in body
        assert test_server.ask(port, f"/{test_server.plotly_address()}")[0] == 200
    finally:
        process.terminate()
        process.wait(30)
    assert list(empty.iterdir()) == []

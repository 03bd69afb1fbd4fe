"""The lowest versions that the ranges of pyproject.toml allow, as constraints for pip: ``python tests/lowest.py > lowest.txt``.

``make test-lowest`` installs them into an environment of their own and runs the tests of `CORE` there, so that a range that says
too much is noticed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent

CORE = (
    "test_public_names test_architecture test_schema test_text test_query test_dialects test_index test_store test_extend test_dedupe "
    "test_formats_readers test_formats_roundtrip test_parquet test_delimited test_topics test_ranking_core test_library test_export "
    "test_session test_dashboard test_cli test_packaging"
).split()
"""Test modules that between them use every dependency."""

_RANGE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*>=\s*(?P<lowest>[0-9][0-9a-z.]*)")


def constraints(requirements: list[str]) -> list[str]:
    """``name==lowest`` for each requirement with a range; a lowest of ``2`` is ``2.0`` to pip as well."""
    found = []
    for requirement in requirements:
        match = _RANGE.match(requirement)
        if match is None:
            raise SystemExit(f"{requirement} has no lowest version. Write it as name>=lowest,<next.")
        found.append(f"{match['name']}=={match['lowest']}")
    return found


def main() -> None:
    """Print the constraints of what the package needs to run, or with ``core`` the test modules."""
    if sys.argv[1:] == ["core"]:
        print(*(f"tests/{name}.py" for name in CORE if (ROOT / "tests" / f"{name}.py").exists()))
        return
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    print(*constraints(project["dependencies"]), sep="\n")


if __name__ == "__main__":
    main()

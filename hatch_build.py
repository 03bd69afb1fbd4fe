"""The page's code in a wheel: all modules as the one script that is sent, made once, where a checkout joins them at each start."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = "explorer/dashboard/frontend"


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Join the modules of the page, which `pyproject.toml` leaves out of wheels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the script and have it put into the wheel; an editable install has the modules."""
        if version == "editable":
            return
        # The package itself needs all that it stands on to be imported.
        frontend = runpy.run_path(str(Path(self.root, FRONTEND, "__init__.py")))
        page = Path(self.directory, frontend["BUILT"])
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(frontend["script"](), encoding="utf-8")
        build_data["force_include"][str(page)] = f"{FRONTEND}/{page.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing but the wheel."""
        for page, place in build_data["force_include"].items():
            if place.startswith(FRONTEND):
                Path(page).unlink()

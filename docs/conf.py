"""Settings of the documentation site: ``make docs`` builds it without a network."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from explorer.dashboard.widget import PUBLIC, Dashboard

project = "Literature Explorer"
author = "the Literature Explorer maintainers"
release = version = installed("literature-explorer")

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.viewcode"]
exclude_patterns = ["site", "jupyter_execute", "**/.ipynb_checkpoints"]
templates_path = ["templates"]
html_theme = "furo"
html_title = "Literature Explorer"
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["tables.css"]
myst_heading_anchors = 3
# The notebooks are kept without outputs, and run here for the gallery. The dashboard needs a kernel: its notebook is shown as it is.
nb_execution_mode = "force"
nb_execution_excludepatterns = ["*/explorer.ipynb"]
nb_execution_raise_on_error = True
nb_execution_timeout = 300
autodoc_typehints = "none"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Sphinx takes sources from below this folder only.
GALLERY = Path(__file__).parent / "generated" / "notebooks"
GALLERY.mkdir(parents=True, exist_ok=True)
for notebook in (Path(__file__).parent.parent / "notebooks").glob("*.ipynb"):
    shutil.copy2(notebook, GALLERY)


def setup(app: Any) -> None:
    """Leave out what scikit-learn puts on each estimator, whose docstrings refer to its own pages, and what the dashboard's page calls."""

    def left_out(app: Any, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
        owner, _, _ = getattr(thing, "__qualname__", "").rpartition(".")
        of_page = owner == Dashboard.__name__ and name not in PUBLIC
        return True if of_page or re.fullmatch(r"set_\w+_request", name) else None

    app.connect("autodoc-skip-member", left_out)

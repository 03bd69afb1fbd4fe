"""Settings of the documentation site: ``make docs`` builds it without a network."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "Literature Explorer"
author = "the Literature Explorer maintainers"
release = version = installed("literature-explorer")

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.viewcode"]
exclude_patterns = ["site", "**/.ipynb_checkpoints"]
html_theme = "furo"
html_title = "Literature Explorer"
myst_heading_anchors = 3
# The notebooks of the gallery run in the tests; here they are shown as they are.
nb_execution_mode = "off"
autodoc_typehints = "none"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
suppress_warnings = ["myst.xref_missing"]

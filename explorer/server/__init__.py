"""The dashboard as a web server."""

import sys

# Jupyter imports jsonschema, which with this package makes the grammars of international addresses when it is imported: 2.4 s of the
# processor, half of what a server takes to start. No schema of Jupyter's asks for that format, and jsonschema does without the package.
_GRAMMARS = "rfc3987_syntax"
_kept_away = sys.modules.setdefault(_GRAMMARS, None) is None  # type: ignore[arg-type]
import jupyter_events  # noqa: E402, F401

if _kept_away:
    del sys.modules[_GRAMMARS]

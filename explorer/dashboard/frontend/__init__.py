"""The page: one ES module a panel beside this file, joined for the one widget that draws them."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from rjsmin import jsmin

BUILT = "page.js"
"""What the modules are joined to where the package was installed from a wheel (`hatch_build.py`)."""

_FOLDER = Path(__file__).parent
_ENTRY = "app"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|const) (\w+))", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+|\n+(?=\n)", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_ROOM = re.compile(r"(?<=[{;]) +|;? +(?=\})")
_OTHER = re.compile(r"^(?:import|export)\b(?! default \{)", re.MULTILINE)


@cache
def script() -> str:
    """All modules as one, each after those it imports and in a scope of its own; what is drawn starts in ``app.js``.

    Comments, and room that means nothing, are left out: a page without a server gets all of it over the web socket.
    """
    built = _FOLDER / BUILT
    joined: str = built.read_text(encoding="utf-8") if built.exists() else jsmin(join(_FOLDER))
    return joined


def join(folder: Path) -> str:
    """ES modules of a folder as one module, which exports what ``app.js`` does.

    A module becomes a function that runs once and returns what it exports, so that no two modules share a name.

    Parameters
    ----------
    folder : Path
        Its modules import one another as ``import { a, b } from "./module.js"`` and export functions and constants by name.

    Raises
    ------
    ValueError
        A module imports itself by way of others, imports what is not exported, or imports and exports in other words than these.
    """
    exported: dict[str, set[str]] = {}
    joined: list[str] = []

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"{name}.js imports itself by way of {importers[-1]}.js.")
        if name in exported:
            return
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        for names, needed in _IMPORT.findall(text):
            add(needed, (*importers, name))
            missing = set(re.findall(r"\w+", names)) - exported[needed]
            if missing:
                raise ValueError(f"{name}.js imports {', '.join(sorted(missing))}, which {needed}.js does not export.")
        exported[name] = {own for _, own in _EXPORT.findall(text)}
        text = _EXPORT.sub(r"\1", _IMPORT.sub(r"const \1 = $\2;\n", text))
        if _OTHER.search(text):
            raise ValueError(f"{name}.js imports or exports in a way that cannot be joined; see explorer/dashboard/frontend.")
        if name == _ENTRY:
            joined.append(text)
        else:
            joined.append(f"const ${name} = (() => {{\n{text}return {{ {', '.join(sorted(exported[name]))} }};\n}})();\n")

    add(_ENTRY, ())
    return "\n".join(joined)


def loader(address: str) -> str:
    """A module that fetches the script from the server, which browsers keep, in place of one sent at every page load."""
    module = f"import(new URL({json.dumps(address)}, location.origin).href)"
    return f"export default {{ render: async (context) => (await {module}).default.render(context) }};\n"


@cache
def version() -> str:
    """Hash of what the script and the style sheet are made of, as 12 hexadecimal digits; their addresses carry it.

    Of the files as they are: to join them takes ten times as long, and a page that fetches the script needs its address only.
    """
    made_of = hashlib.sha256()
    for path in (*sorted(_FOLDER.glob("*.js")), _FOLDER / "dashboard.css", Path(__file__)):
        made_of.update(path.read_bytes())
    return made_of.hexdigest()[:12]


@cache
def style() -> str:
    """The style sheet, without comments, indentation and room between declarations."""
    text = _STYLE_COMMENT.sub("", (_FOLDER / "dashboard.css").read_text(encoding="utf-8"))
    return _STYLE_ROOM.sub("", _INDENT.sub("", text))

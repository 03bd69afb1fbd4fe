"""The page: one ES module a panel beside this file, joined for the one widget that draws them."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)


@cache
def script() -> str:
    """All modules as one, each after those it imports; what is drawn starts in ``app.js``."""
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        text = (_FOLDER / name).read_text(encoding="utf-8")
        done[name] = ""
        for needed in _IMPORT.findall(text):
            add(needed)
        text = _IMPORT.sub("", text)
        done.pop(name)
        done[name] = text if name == "app.js" else re.sub(r"^export (?=\w)", "", text, flags=re.MULTILINE)

    add("app.js")
    return "\n".join(done.values())


def loader(address: str) -> str:
    """A module that fetches the script from the server, which browsers keep, in place of one sent at every page load."""
    module = f"import(new URL({json.dumps(address)}, location.origin).href)"
    return f"export default {{ render: async (context) => (await {module}).default.render(context) }};\n"


@cache
def version() -> str:
    """Hash of the script and the style sheet, as 12 hexadecimal digits; their addresses carry it."""
    return hashlib.sha256(f"{script()}\0{style()}".encode()).hexdigest()[:12]


@cache
def style() -> str:
    """The style sheet."""
    return (_FOLDER / "dashboard.css").read_text(encoding="utf-8")

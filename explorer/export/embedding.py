"""A manifest within the file it speaks of: as a comment, a header or data that other programs pass over."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OWN = "literature-explorer-manifest"


def _json(manifest: Manifest, escaped: str = "", indent: int | None = None) -> str:
    """JSON in ASCII, with characters within its strings that the format around it would take for its own as references."""
    text = json.dumps(manifest, indent=indent)
    if not escaped:
        return text
    table = {ord(character): f"\\u{ord(character):04x}" for character in escaped}
    return _STRING.sub(lambda match: match.group().translate(table), text)


def in_bibtex(data: bytes, manifest: Manifest) -> bytes:
    """Put it into a comment; its braces balance, and no @ starts an entry."""
    return f"@comment{{{_OWN} {_json(manifest, '{}@%')}}}\n\n".encode() + data


def in_ris(data: bytes, manifest: Manifest) -> bytes:
    """Put it on a line before the first record, where providers put theirs."""
    return f"Manifest: {_json(manifest)}\r\n\r\n".encode() + data


def in_csl_json(data: bytes, manifest: Manifest) -> bytes:
    """Put it into what the first item leaves to programs; a list of nothing stays one."""
    import orjson

    items = orjson.loads(data)
    if items:
        items[0].setdefault("custom", {})[_OWN] = json.loads(_json(manifest))
    return orjson.dumps(items, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def in_markdown(data: bytes, manifest: Manifest) -> bytes:
    """Put it into a comment at the end."""
    return data + f"\n<!-- {_OWN} {_json(manifest, '-<>')} -->\n".encode()


def in_html(data: bytes, manifest: Manifest) -> bytes:
    """Put it into an element of data, which does not run."""
    element = f'<script type="application/json" id="{_OWN}">{_json(manifest, "<>&")}</script>\n'.encode()
    before, end, after = data.rpartition(b"</body>")
    return before + element + end + after


def in_latex(data: bytes, manifest: Manifest) -> bytes:
    """Put it into lines of comment at the top."""
    return "".join(f"% {line}\n" for line in _json(manifest, indent=1).splitlines()).encode() + data


def archive(files: Mapping[str, bytes]) -> bytes:
    """Pack files into one archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return buffer.getvalue()

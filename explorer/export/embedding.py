"""A manifest within the file it speaks of: as a comment, a header or data that other programs pass over."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

Manifest = Mapping[str, Any]

_BLOCK = 1 << 20
"""Bytes that are copied at once."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OWN = "literature-explorer-manifest"


def _json(manifest: Manifest, escaped: str = "", indent: int | None = None) -> str:
    """JSON in ASCII, with characters within its strings that the format around it would take for its own as references."""
    text = json.dumps(manifest, indent=indent)
    if not escaped:
        return text
    table = {ord(character): f"\\u{ord(character):04x}" for character in escaped}
    return _STRING.sub(lambda match: match.group().translate(table), text)


def _rest(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_BLOCK):
        yield part


def in_bibtex(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into a comment; its braces balance, and no @ starts an entry."""
    yield f"@comment{{{_OWN} {_json(manifest, '{}@%')}}}\n\n".encode()
    yield from _rest(file)


def in_ris(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it on a line before the first record, where providers put theirs."""
    yield f"Manifest: {_json(manifest)}\r\n\r\n".encode()
    yield from _rest(file)


_END_OF_ITEM = b"\n  }"
"""Ends an item of an indented list, and no object within one."""


def in_csl_json(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into what the first item leaves to programs; a list of nothing stays one."""
    import orjson

    from explorer.sources.formats.json.csl_json import indented

    head = bytearray()
    while _END_OF_ITEM not in head and (part := file.read(_BLOCK)):
        head += part
    first, end, rest = head.partition(_END_OF_ITEM)
    if end:
        item = orjson.loads(bytes(first[1:] + end))
        item.setdefault("custom", {})[_OWN] = json.loads(_json(manifest))
        yield b"[" + indented(item)
        yield bytes(rest)
    else:
        yield bytes(head)
    yield from _rest(file)


def in_markdown(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into a comment at the end."""
    yield from _rest(file)
    yield f"\n<!-- {_OWN} {_json(manifest, '-<>')} -->\n".encode()


def in_html(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into an element of data, which does not run."""
    element = f'<script type="application/json" id="{_OWN}">{_json(manifest, "<>&")}</script>\n'.encode()
    kept = b""
    for part in _rest(file):
        yield kept[:-_AFTER_BODY]
        kept = kept[-_AFTER_BODY:] + part
    before, end, after = kept.rpartition(b"</body>")
    yield before + element + end + after


_AFTER_BODY = 100
"""Bytes from which on the last ``</body>`` of a page surely stands."""


def in_latex(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into lines of comment at the top."""
    yield "".join(f"% {line}\n" for line in _json(manifest, indent=1).splitlines()).encode()
    yield from _rest(file)


def archive(into: BinaryIO, name: str, table: BinaryIO, size: int, manifest: bytes) -> None:
    """Pack a table of `size` bytes and its manifest into one archive, the same bytes for the same files."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        entry = _entry(name)
        # Whether the size takes more than 32 bits is written first.
        entry.file_size = size
        with packed.open(entry, "w") as written:
            shutil.copyfileobj(table, written, _BLOCK)
        packed.writestr(_entry(f"{name}.manifest.json"), manifest)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry

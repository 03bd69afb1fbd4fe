"""What the YAML formats share: documents of bounded size and depth, every scalar as the text that stands there.

Specification: https://yaml.org/spec/1.2.2/. Scalars are not typed, so that ``no`` is no Boolean, ``2014-03`` no number, and an identifier
keeps its zeros. No tag makes an object; references to other nodes are followed as far as they stay small (https://en.wikipedia.org/wiki/
Billion_laughs_attack).
"""

from __future__ import annotations

from typing import Any

import yaml

from explorer.errors import ReadError
from explorer.sources.source import Source

# The parser in C is many times faster, and is part of nearly every build of PyYAML.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_LARGEST = 5_000_000
"""Most nodes that the documents of a file may have once references are followed."""


def documents(source: Source) -> list[Any]:
    """Mappings, lists and texts of the documents of a file.

    Raises
    ------
    ReadError
        The file is no YAML, nests too deeply, or references in it multiply without bound.
    """
    try:
        found = [document for document in yaml.load_all(_printable(source.text()), Loader=_Loader) if document]  # noqa: S506
    except RecursionError:
        raise ReadError(f"{source.name} nests its YAML too deeply to be papers.") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())[:200]
        raise ReadError(f"{source.name} is not valid YAML: {said}. Export it again.") from error
    if _nodes(found, {}, 0) > _LARGEST:
        raise ReadError(f"{source.name} refers to parts of itself until they fill the memory; that is no list of papers.")
    return found


def _printable(text: str) -> str:
    """Text without the characters that YAML forbids; a copied abstract may hold some."""
    return text if text.isprintable() else yaml.reader.Reader.NON_PRINTABLE.sub(" ", text)


def _nodes(value: Any, known: dict[int, int], depth: int) -> int:
    """Number of nodes of a value, each counted as often as it is referred to."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        # A node within itself has no end.
        known[id(value)] = _LARGEST + 1
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_nodes(part, known, depth + 1) for part in inner)
    return known[id(value)]

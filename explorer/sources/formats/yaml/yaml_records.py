"""What the YAML formats share: documents of bounded size and depth, every scalar as the text that stands there.

Specification: https://yaml.org/spec/1.2.2/. Scalars are not typed, so that ``no`` is no Boolean, ``2014-03`` no number, and an identifier
keeps its zeros. No tag makes an object; references to other nodes are followed as long as the documents stay small
(https://en.wikipedia.org/wiki/Billion_laughs_attack). The events of PyYAML's parser are put together here: its constructor takes four
times as long.
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

_DEEPEST = 100
"""Most levels of a document."""


def documents(source: Source) -> list[Any]:
    """Mappings, lists and texts of the documents of a file.

    Raises
    ------
    ReadError
        The file is no YAML, nests too deeply, or references in it multiply without bound.
    """
    try:
        return _built(_printable(source.text()), source.name)
    except RecursionError:
        raise ReadError(f"{source.name} nests its YAML too deeply to be papers.") from None
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise ReadError(f"{source.name} is not valid YAML: {said}. Export it again.") from error


def _printable(text: str) -> str:
    """Text without the characters that YAML forbids; a copied abstract may hold some."""
    return str(yaml.reader.Reader.NON_PRINTABLE.sub(" ", text))


class _Node:
    """A mapping or a list that is being read."""

    __slots__ = ("anchor", "key", "size", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value, self.anchor = value, anchor
        self.key: str | None = None
        self.size = 1
        """Nodes within, each counted as often as it is referred to."""

    def take(self, value: Any, size: int) -> None:
        self.size += size
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is None:
            # What is no text is no name of a field.
            self.key = value if isinstance(value, str) else ""
        else:
            self.value[self.key], self.key = value, None


def _built(text: str, name: str) -> list[Any]:
    """Documents out of the events of the parser."""
    found = _Node([], None)
    stack = [found]
    known: dict[str, tuple[Any, int]] = {}
    for event in yaml.parse(text, Loader=_Loader):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            stack[-1].take(event.value, 1)
            if event.anchor is not None:
                known[event.anchor] = (event.value, 1)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            stack.append(_Node({} if kind is yaml.MappingStartEvent else [], event.anchor))
            if len(stack) > _DEEPEST:
                raise ReadError(f"{name} nests its YAML too deeply to be papers.")
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = stack.pop()
            stack[-1].take(done.value, done.size)
            if done.anchor is not None:
                known[done.anchor] = (done.value, done.size)
        elif kind is yaml.AliasEvent:
            # A node within itself is not known yet.
            stack[-1].take(*known.get(event.anchor, (None, 1)))
        if stack[-1].size > _LARGEST:
            raise ReadError(f"{name} refers to parts of itself until they fill the memory; that is no list of papers.")
    return [document for document in found.value if document]

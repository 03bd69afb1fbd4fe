"""The stages of long work as a reader is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.worker import Say

Stages = Mapping[str, tuple[str, float, float]]
"""What each stage is called, and the parts of the whole at which it starts and ends."""

BUILDING: Stages = {
    "papers": ("Writing the papers", 0.0, 0.05),
    "facets": ("Counting authors, venues and keywords", 0.05, 0.1),
    "index": ("Indexing the full text", 0.1, 0.35),
    "topics": ("Finding topics", 0.35, 0.95),
    "flush": ("Finishing", 0.95, 1.0),
}
"""Of a build."""

PREPARING: Stages = {
    "terms": ("reading the words", 0.0, 0.75),
    "vectors": ("learning what they mean", 0.75, 0.94),
    "concepts": ("learning which go together", 0.94, 0.97),
    "flush": ("writing it down", 0.97, 1.0),
}
"""Of what ranking by meaning takes; within a sentence."""


def building(say: Say) -> Callable[[str, float], None]:
    """Progress of a build, for a reader."""
    return _staged(BUILDING, say)


def preparing(say: Say) -> Callable[[str, float], None]:
    """Progress of what ranking by meaning takes, for a reader."""
    return _staged(PREPARING, say)


def _staged(stages: Stages, say: Say) -> Callable[[str, float], None]:
    def progress(stage: str, part: float) -> None:
        label, start, end = stages[stage]
        say(label, start + (end - start) * part)

    return progress

"""The stages of a build as a reader is told of them."""

from __future__ import annotations

from collections.abc import Callable

from explorer.worker import Say

BUILDING = {
    "papers": ("Writing the papers", 0.0, 0.05),
    "facets": ("Counting authors, venues and keywords", 0.05, 0.1),
    "index": ("Indexing the full text", 0.1, 0.35),
    "topics": ("Finding topics", 0.35, 0.95),
    "flush": ("Finishing", 0.95, 1.0),
}
"""What the stages of a build are called, and the parts of the whole at which they start and end."""


def building(say: Say) -> Callable[[str, float], None]:
    """Progress of a build, for a reader."""

    def progress(stage: str, part: float) -> None:
        label, start, end = BUILDING[stage]
        say(label, start + (end - start) * part)

    return progress

"""Progress of long work on the terminal."""

from __future__ import annotations

import sys
import time


class Progress:
    """Progress of a build on the terminal: a line that is rewritten there, a line a stage in a log."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._stage = ""
        self._start = time.monotonic()

    def __call__(self, stage: str, part: float) -> None:
        """Say what is done now."""
        if self._live:
            print(f"\r{stage:<8} {part:4.0%}  {time.monotonic() - self._start:5.1f} s", end="", file=sys.stderr, flush=True)
            if stage == "flush" and part >= 1:
                self.end()
        elif stage != self._stage:
            print(f"{stage} …", file=sys.stderr, flush=True)
        self._stage = stage

    def end(self) -> None:
        """Leave the line that is rewritten as it stands."""
        if self._live:
            print(file=sys.stderr)

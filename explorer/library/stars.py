"""Stars: papers that a reader wants to find again."""

from __future__ import annotations

from explorer.library.database import Noun
from explorer.library.marks import COLUMNS

STARS = Noun("stars", (f"CREATE TABLE stars ({COLUMNS}) STRICT",))

"""Other databases' ways to write a search, read as ours."""

from explorer.selection.dialects.translation import Translation, translate

__all__ = ["Translation", "translate"]

"""Other databases' ways to write a search, read as ours."""

from explorer.selection.dialects.translation import LINE_END, Translation, has_lines, translate

__all__ = ["LINE_END", "Translation", "has_lines", "translate"]

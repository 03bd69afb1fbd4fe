"""Text that was decoded wrongly before it was written into a file (``MÃ¼ller``), restored where that is sure.

`ftfy` (https://ftfy.readthedocs.io) knows the pairs of encodings that people confuse, and leaves alone what may be meant as it stands.
It is asked only about texts with two letters in a row that such a confusion makes, and its answer is taken if nothing suspect is left, and
it says more than one letter of a script far away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.rows import rows_where

_LATIN = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
# What the bytes of UTF-8 become in Windows-1252, Windows-1250 or Latin-1; in Mac Roman; and twice in Windows-1251, whose letters
# are common.
SUSPECT = (
    f"[\u00c2-\u00f4\u0102-\u0179]{_LATIN}|[√≈ƒ¬][Ä-üß†°¢£§•¶®©´¨ªº]|‚Ä|(?:[\u0420\u0421\u0413\u0432]"
    "[\u0080-\u00bf\u0401-\u040f\u0451-\u045f\u0490\u0491\u2013-\u203a\u20ac\u2116\u2122]){2}"
)
"""Two letters in a row without which nothing is changed."""

Note = Callable[[int, str, str, str, str], None]


def restored(table: pa.Table, note: Note) -> pa.Table:
    """Restore the texts of a table that were decoded wrongly.

    Parameters
    ----------
    table : pyarrow.Table
        In the schema.
    note : callable
        Called as ``note(row, field, before, after, reason)`` for each value that is changed.
    """
    for name in ("title", "abstract", "authors", "venue", "keywords"):
        column = table.column(name)
        listed = pa.types.is_list(column.type)
        texts = pc.list_flatten(column) if listed else column
        # Most texts are ASCII, and asking that costs little.
        foreign = rows_where(pc.invert(pc.fill_null(pc.string_is_ascii(texts), True)))
        found = foreign.filter(pc.match_substring_regex(texts.take(foreign), SUSPECT))
        if not len(found):
            continue
        rows = pc.list_parent_indices(column).take(found).unique() if listed else found
        values, changed = column.to_pylist(), False
        for row in rows.to_pylist():
            before = values[row]
            after = [item and _mended(item) for item in before] if listed else _mended(before)
            if after != before:
                values[row], changed = after, True
                reason = "its letters had been decoded wrongly before, and are restored"
                note(row, name, _line(before), _line(after), reason)
        if changed:
            table = table.set_column(table.column_names.index(name), name, pa.array(values, column.type))
    return table


def _line(value: Any) -> str:
    return "; ".join(filter(None, value)) if isinstance(value, list) else str(value)


def _mended(text: str) -> str:
    import ftfy
    from ftfy.badness import is_bad

    config = ftfy.TextFixerConfig(replace_lossy_sequences=False, fix_c1_controls=False)
    plain = ftfy.fix_encoding(text, config)
    return plain if plain != text and not is_bad(plain) and _is_likely(plain, text) else text


def _is_likely(plain: str, text: str) -> bool:
    """Whether what was restored are letters of Europe, usual signs, or more than two letters of another script."""
    fresh = [character for character in plain if not character.isascii() and character not in text]
    if any(character == "\ufffd" or "\x80" <= character < "\xa0" or character >= "\ue000" for character in fresh):
        return False
    return len(fresh) > 2 or all(character < "\u0250" or "\u2010" <= character < "\u2300" for character in fresh)

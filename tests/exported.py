"""What an export writes, in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from explorer.export.export import Export, ExportedFile
from explorer.search.results import Results


def export_bytes(
    results: Results, form: str, only: Iterable[int] | None = None, name: str | None = None, **options: Any
) -> tuple[list[ExportedFile], int]:
    """The file of an export, and the number of papers in it."""
    export, buffer = Export(results, form, only, name, **options), io.BytesIO()
    lost = export.write(buffer)
    return [ExportedFile(export.name, export.media_type, buffer.getvalue(), lost)], export.papers

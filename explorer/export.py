"""What is shown, as a file, with a manifest that says how it was made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa

from explorer.errors import ExportError
from explorer.generations import versions
from explorer.results import Results
from explorer.selection import Selection
from explorer.store import content_hash

Manifest = Mapping[str, Any]

_CHUNK = 4 * 1024 * 1024
"""Bytes a message of a download; a web socket message of any size would stop all others for its time."""


@dataclass(frozen=True)
class ExportFormat:
    """A way out: its name, the suffixes that ask for it, and its writer."""

    name: str
    label: str
    suffix: str
    media_type: str
    write: Callable[[pa.Table, Manifest], bytes]
    holds_manifest: bool
    """Whether the manifest goes into the file; otherwise it is a second file."""
    note: str


# Writers are imported by the first export: with them come the readers of all formats, for which no dashboard should wait.


def _csv(table: pa.Table, manifest: Manifest) -> bytes:
    from explorer.formats.delimited import to_csv

    return to_csv(table)


def _excel(table: pa.Table, manifest: Manifest) -> bytes:
    from explorer.formats.excel import to_excel

    return to_excel(table, manifest=manifest)


def _json_lines(table: pa.Table, manifest: Manifest) -> bytes:
    from explorer.formats.json_records import to_json_lines

    return to_json_lines(table)


def _parquet(table: pa.Table, manifest: Manifest) -> bytes:
    from explorer.formats.parquet import to_parquet

    return to_parquet(table, manifest=manifest)


FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat("csv", "CSV", ".csv", "text/csv", _csv, False, "for any program; manifest beside it"),
    ExportFormat(
        "xlsx",
        "Excel",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _excel,
        True,
        "manifest on the second sheet",
    ),
    ExportFormat(
        "jsonl",
        "JSON lines",
        ".jsonl",
        "application/x-ndjson",
        _json_lines,
        False,
        "one paper a line; manifest beside it",
    ),
    ExportFormat(
        "parquet",
        "Parquet",
        ".parquet",
        "application/vnd.apache.parquet",
        _parquet,
        True,
        "for pandas, R and DuckDB; manifest in the metadata",
    ),
)


@dataclass(frozen=True)
class ExportedFile:
    """A finished file."""

    name: str
    media_type: str
    data: bytes

    def parts(self, key: str) -> Iterator[tuple[dict[str, Any], bytes]]:
        """The file in messages for the page, each with the part it carries; `key` tells files apart."""
        count = max(1, -(-len(self.data) // _CHUNK))
        for part in range(count):
            head = {"kind": "file", "id": key, "name": self.name, "type": self.media_type, "part": part, "parts": count}
            yield {**head, "last": part == count - 1}, self.data[part * _CHUNK : (part + 1) * _CHUNK]


def manifest_of(results: Results, table: pa.Table, ticked: bool, compared: dict[str, Any] | None = None) -> dict[str, Any]:
    """How an export was made.

    Returns
    -------
    dict
        `sentence`, `selection` (every field), `url`, `python`, `papers` (exported), `shown`, `total`, `ticked_only`,
        `compared` (which part of which comparison, if one is exported), `read` (ids of the papers that novelty was measured
        against, if it orders them), `content_hash` (of the exported table), `corpus` (its
        content hash and how it was made), `versions`, `at` (UTC).
    """
    selection, corpus = results.selection, results.corpus
    return {
        "sentence": selection.describe(results.shown, len(corpus)),
        "selection": asdict(selection),
        "url": selection.to_url(),
        "python": selection.to_python(str(corpus.folder)),
        "papers": table.num_rows,
        "shown": results.shown,
        "total": len(corpus),
        "ticked_only": ticked,
        **({"compared": compared} if compared else {}),
        **({"read": list(corpus.read_papers)} if selection.weighs_novelty else {}),
        "content_hash": content_hash(table),
        "corpus": {"content_hash": corpus.manifest["content_hash"], "made": corpus.manifest["made"]},
        "versions": versions(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def export_bytes(
    results: Results,
    form: str,
    only: Iterable[int] | None = None,
    name: str | None = None,
    *,
    compared: dict[str, Any] | None = None,
) -> tuple[list[ExportedFile], int]:
    """Make the files of an export.

    Parameters
    ----------
    results : Results
        What is shown, in its order.
    form : str
        Name of one of `FORMATS`.
    only : iterable of int, optional
        Rows of the ticked papers; they are exported whether the selection shows them or not.
    name : str, optional
        File name without its suffix; by default from the query.
    compared : dict, optional
        The comparison whose new or gone papers `only` holds.

    Returns
    -------
    files : list of ExportedFile
        The table, and the manifest where the format cannot hold it.
    papers : int
        Number of papers in it.

    Raises
    ------
    ExportError
        There is no such format.
    """
    chosen = next((row for row in FORMATS if row.name == form), None)
    if chosen is None:
        raise ExportError(f"There is no export format {form!r}. Formats: {', '.join(row.name for row in FORMATS)}.")
    table = results.table(only)
    manifest = manifest_of(results, table, only is not None and compared is None, compared)
    stem = name or file_stem(results.selection)
    files = [ExportedFile(stem + chosen.suffix, chosen.media_type, chosen.write(table, manifest))]
    if not chosen.holds_manifest:
        text = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
        files.append(ExportedFile(f"{stem}{chosen.suffix}.manifest.json", "application/json", text))
    return files, table.num_rows


def export_file(results: Results, path: str | PathLike[str]) -> int:
    """Write what is shown to a file whose suffix says the format, and its manifest.

    Returns
    -------
    int
        Number of papers written.

    Raises
    ------
    ExportError
        No format has the suffix, or the file cannot be written. A file that was there before stays whole.
    """
    from explorer.formats.target import deliver

    target = Path(path)
    chosen = next((row for row in FORMATS if row.suffix == target.suffix.lower()), None)
    if chosen is None:
        suffixes = ", ".join(row.suffix for row in FORMATS)
        raise ExportError(f"{target.name} has no suffix of an export format. Suffixes: {suffixes}.")
    files, papers = export_bytes(results, chosen.name, name=target.stem)
    for number, file in enumerate(files):
        deliver(file.data, target.with_name(file.name) if number else target)
    return papers


def file_stem(selection: Selection) -> str:
    """A file name from the query and the concepts: ``papers-reward-model``, or ``papers``."""
    words = re.findall(r"[a-z0-9]+", f"{selection.query} {selection.rank}".lower())[:6]
    return "-".join(["papers", *words])

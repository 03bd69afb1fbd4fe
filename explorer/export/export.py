"""What is shown, as a file, with a manifest that says how it was made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from explorer.errors import ExportError
from explorer.export import embedding
from explorer.papers.ledger import Ledger
from explorer.search.results import Results
from explorer.selection.selection import Selection
from explorer.store.build import content_hash
from explorer.store.generations import versions
from explorer.store.snapshot import with_column

Manifest = Mapping[str, Any]

_CHUNK = 4 * 1024 * 1024
"""Bytes a message of a download; a web socket message of any size would stop all others for its time."""


@dataclass(frozen=True)
class ExportFormat:
    """A way out: its name, the suffix that asks for it, and its writer."""

    name: str
    label: str
    suffix: str
    media_type: str
    write: Callable[[pa.Table, Manifest, Ledger], bytes]
    holds_manifest: bool
    """Whether the manifest goes into the file; otherwise the two are put into one archive."""
    note: str
    embed: Callable[[bytes, Manifest], bytes] | None = None
    """Puts the manifest into a written file, where `write` does not."""


# Writers are imported by the first export: with them come the readers of all formats, for which no dashboard should wait.


def _writer(module: str, name: str) -> Callable[[pa.Table, Manifest, Ledger], bytes]:
    """A writer of `explorer.sources.formats` that notes in a ledger what its format cannot hold."""

    def write(table: pa.Table, manifest: Manifest, ledger: Ledger) -> bytes:
        data: bytes = getattr(import_module(f"explorer.sources.formats.{module}"), name)(table, ledger=ledger)
        return data

    return write


def _excel(table: pa.Table, manifest: Manifest, ledger: Ledger) -> bytes:
    from explorer.sources.formats.tables.excel import to_excel

    data = to_excel(table, manifest=manifest, ledger=ledger)
    # What a cell cannot hold is known once it was written; it is rare, and the manifest is in the same file.
    return to_excel(table, manifest={**manifest, "lost": list(losses(ledger))}) if ledger.notes else data


def _json_lines(table: pa.Table, manifest: Manifest, ledger: Ledger) -> bytes:
    from explorer.sources.formats.json.json_records import to_json_lines

    return to_json_lines(table)


def _parquet(table: pa.Table, manifest: Manifest, ledger: Ledger) -> bytes:
    from explorer.sources.formats.tables.parquet import to_parquet

    return to_parquet(table, manifest=manifest)


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat(
        "bib",
        "BibTeX",
        ".bib",
        "application/x-bibtex",
        _writer("bibtex.bibtex", "to_bibtex"),
        True,
        "for LaTeX, JabRef and Zotero",
        embedding.in_bibtex,
    ),
    ExportFormat(
        "ris",
        "RIS",
        ".ris",
        "application/x-research-info-systems",
        _writer("tagged.ris", "to_ris"),
        True,
        "for EndNote, Mendeley and Zotero",
        embedding.in_ris,
    ),
    ExportFormat(
        "json",
        "CSL-JSON",
        ".json",
        "application/vnd.citationstyles.csl+json",
        _writer("json.csl_json", "to_csl_json"),
        True,
        "for pandoc, Zotero",
        embedding.in_csl_json,
    ),
    ExportFormat("csv", "CSV", ".csv", "text/csv", _writer("tables.delimited", "to_csv"), False, "for any program"),
    ExportFormat(
        "tsv", "TSV", ".tsv", "text/tab-separated-values", _writer("tables.delimited", "to_tsv"), False, "for any program"
    ),
    ExportFormat("xlsx", "Excel", ".xlsx", _SHEET, _excel, True, "manifest on the second sheet"),
    ExportFormat("jsonl", "JSON lines", ".jsonl", "application/x-ndjson", _json_lines, False, "one paper a line"),
    ExportFormat(
        "parquet", "Parquet", ".parquet", "application/vnd.apache.parquet", _parquet, True, "for pandas, R and DuckDB"
    ),
    ExportFormat(
        "md",
        "Markdown",
        ".md",
        "text/markdown",
        _writer("documents.markdown", "to_markdown"),
        True,
        "a list of references",
        embedding.in_markdown,
    ),
    ExportFormat(
        "html",
        "HTML",
        ".html",
        "text/html",
        _writer("documents.html", "to_html"),
        True,
        "a list of references",
        embedding.in_html,
    ),
    ExportFormat(
        "tex",
        "LaTeX",
        ".tex",
        "application/x-tex",
        _writer("documents.latex", "to_latex_table"),
        True,
        "a table of references",
        embedding.in_latex,
    ),
)


@dataclass(frozen=True)
class ExportedFile:
    """A finished file."""

    name: str
    media_type: str
    data: bytes
    lost: tuple[str, ...] = ()
    """What the format could not hold, a sentence each; the manifest has them too."""

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
    selection, corpus = results.selection, results.snapshot
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
        **({"read": list(results.read)} if selection.weighs_novelty else {}),
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
    analysis: bool = False,
    marks: bool = False,
) -> tuple[list[ExportedFile], int]:
    """Make the file of an export.

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
    analysis : bool
        Add what was computed about the papers: topic, score and its parts, places on the axes.
    marks : bool
        Add what the reader put on the papers: `starred`, `read`, `my_tags`, `my_note`.

    Returns
    -------
    files : list of ExportedFile
        One: the table with its manifest, or an archive of the two where the format cannot hold it. What is lost is in the
        manifest under `lost`.
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
    made = _made(results, chosen, only, compared, analysis, marks)
    stem = name or file_stem(results.selection)
    file = ExportedFile(stem + chosen.suffix, chosen.media_type, made.data, made.lost)
    if made.manifest is not None:
        packed = embedding.archive({file.name: made.data, f"{file.name}.manifest.json": made.manifest})
        file = ExportedFile(f"{file.name}.zip", "application/zip", packed, made.lost)
    return [file], made.papers


class _Made(NamedTuple):
    """A written table, and its manifest where that is not in it."""

    data: bytes
    manifest: bytes | None
    lost: tuple[str, ...]
    papers: int


def _made(
    results: Results,
    chosen: ExportFormat,
    only: Iterable[int] | None,
    compared: dict[str, Any] | None,
    analysis: bool,
    marks: bool,
) -> _Made:
    table = results.table(only)
    if not analysis:
        given = results.snapshot.table.column_names
        table = table.select([name for name in table.column_names if name in given])
    if marks:
        for name, values in results.ranker.own.columns(table.column("id").to_pylist()).items():
            table = with_column(table, name, values)
    manifest = manifest_of(results, table, only is not None and compared is None, compared)
    ledger = Ledger()
    data = chosen.write(table, manifest, ledger)
    lost = losses(ledger)
    whole = {**manifest, "lost": list(lost)}
    if chosen.embed is not None:
        data = chosen.embed(data, whole)
    apart = None if chosen.holds_manifest else json.dumps(whole, indent=1, ensure_ascii=False).encode()
    return _Made(data, apart, lost, table.num_rows)


def losses(ledger: Ledger) -> tuple[str, ...]:
    """Say what a format could not hold, the papers it is about counted: ``abstract of 2 papers: a cell holds …``."""
    papers: dict[tuple[str, str], int] = {}
    for note in ledger.notes:
        papers[note.field, note.reason] = papers.get((note.field, note.reason), 0) + bool(note.record)
    return tuple(
        f"{name} of {_papers(count)}: {reason}" if count else f"{name}: {reason}" for (name, reason), count in papers.items()
    )


def exported(files: list[ExportedFile], papers: int) -> str:
    """Say that an export is done, for the status line."""
    said = f"{_papers(papers)} exported to {files[0].name}."
    return f"{said} Its manifest names what the format cannot hold." if files[0].lost else said


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"


def export_file(
    results: Results, path: str | PathLike[str], *, analysis: bool = False, marks: bool = False
) -> tuple[int, tuple[str, ...]]:
    """Write what is shown to a file whose suffix says the format; its manifest beside it, where the format cannot hold it.

    Parameters
    ----------
    analysis : bool
        Add what was computed about the papers: topic, score and its parts, places on the axes.
    marks : bool
        Add what the reader put on the papers: `starred`, `read`, `my_tags`, `my_note`.

    Returns
    -------
    papers : int
        Number of papers written.
    lost : tuple of str
        What the format could not hold, as `losses` says it.

    Raises
    ------
    ExportError
        No format has the suffix, or the file cannot be written. A file that was there before stays whole.
    """
    from explorer.sources.formats.target import deliver

    target = Path(path)
    chosen = next((row for row in FORMATS if row.suffix == target.suffix.lower()), None)
    if chosen is None:
        suffixes = ", ".join(row.suffix for row in FORMATS)
        raise ExportError(f"{target.name} has no suffix of an export format. Suffixes: {suffixes}.")
    made = _made(results, chosen, None, None, analysis, marks)
    deliver(made.data, target)
    if made.manifest is not None:
        deliver(made.manifest, target.with_name(f"{target.stem}{chosen.suffix}.manifest.json"))
    return made.papers, made.lost


def file_stem(selection: Selection) -> str:
    """A file name from the query and the concepts: ``papers-reward-model``, or ``papers``."""
    words = re.findall(r"[a-z0-9]+", f"{selection.query} {selection.rank}".lower())[:6]
    return "-".join(["papers", *words])

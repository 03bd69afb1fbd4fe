"""What is shown, as a file, with a manifest that says how it was made: beside it, or within as a comment, a header or data passed over."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from explorer.disk import written_whole
from explorer.errors import ExportError
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches, Read, hash_in_parts
from explorer.search.results import Results
from explorer.selection.selection import Selection
from explorer.store.generations import software_versions

Manifest = Mapping[str, Any]

_BLOCK = 1 << 20
"""Bytes that are copied at once."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OWN = "literature-explorer-manifest"


def _json(manifest: Manifest, escaped: str = "", indent: int | None = None) -> str:
    """JSON in ASCII, with characters within its strings that the format around it would take for its own as references."""
    text = json.dumps(manifest, indent=indent)
    if not escaped:
        return text
    table = {ord(character): f"\\u{ord(character):04x}" for character in escaped}
    return _STRING.sub(lambda match: match.group().translate(table), text)


def _rest(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_BLOCK):
        yield part


def in_bibtex(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into a comment; its braces balance, and no @ starts an entry."""
    yield f"@comment{{{_OWN} {_json(manifest, '{}@%')}}}\n\n".encode()
    yield from _rest(file)


def in_ris(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it on a line before the first record, where providers put theirs."""
    yield f"Manifest: {_json(manifest)}\r\n\r\n".encode()
    yield from _rest(file)


_END_OF_ITEM = b"\n  }"
"""Ends an item of an indented list, and no object within one."""


def in_csl_json(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into what the first item leaves to programs; a list of nothing stays one."""
    import orjson

    from explorer.sources.formats.json.csl_json import indented

    head = bytearray()
    while _END_OF_ITEM not in head and (part := file.read(_BLOCK)):
        head += part
    first, end, rest = head.partition(_END_OF_ITEM)
    if end:
        item = orjson.loads(bytes(first[1:] + end))
        item.setdefault("custom", {})[_OWN] = json.loads(_json(manifest))
        yield b"[" + indented(item)
        yield bytes(rest)
    else:
        yield bytes(head)
    yield from _rest(file)


def in_markdown(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into a comment at the end."""
    yield from _rest(file)
    yield f"\n<!-- {_OWN} {_json(manifest, '-<>')} -->\n".encode()


def in_html(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into an element of data, which does not run."""
    element = f'<script type="application/json" id="{_OWN}">{_json(manifest, "<>&")}</script>\n'.encode()
    kept = b""
    for part in _rest(file):
        yield kept[:-_AFTER_BODY]
        kept = kept[-_AFTER_BODY:] + part
    before, end, after = kept.rpartition(b"</body>")
    yield before + element + end + after


_AFTER_BODY = 100
"""Bytes from which on the last ``</body>`` of a page surely stands."""


def in_latex(file: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    """Put it into lines of comment at the top."""
    yield "".join(f"% {line}\n" for line in _json(manifest, indent=1).splitlines()).encode()
    yield from _rest(file)


def archive(into: BinaryIO, name: str, table: BinaryIO, size: int, manifest: bytes) -> None:
    """Pack a table of `size` bytes and its manifest into one archive, the same bytes for the same files."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        entry = _entry(name)
        # Whether the size takes more than 32 bits is written first.
        entry.file_size = size
        with packed.open(entry, "w") as written:
            shutil.copyfileobj(table, written, _BLOCK)
        packed.writestr(_entry(f"{name}.manifest.json"), manifest)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


Write = Callable[[PaperBatches, Callable[[], Manifest], Ledger, BinaryIO], None]
"""Writes papers into a file; the manifest it gives once they are written names what was lost."""


@dataclass(frozen=True)
class ExportFormat:
    """A way out: its name, the suffix that asks for it, and its writer."""

    name: str
    label: str
    suffix: str
    media_type: str
    write: Write
    holds_manifest: bool
    """Whether the manifest goes into the file; otherwise the two are put into one archive."""
    note: str
    embed: Callable[[BinaryIO, Manifest], Iterator[bytes]] | None = None
    """Puts the manifest into a written file, where `write` does not."""


# Writers are imported by the first export: with them come the readers of all formats, for which no dashboard should wait.


def _writer(module: str, name: str, *options: Any) -> Write:
    """A writer of `explorer.sources.formats` that notes in a ledger what its format cannot hold."""

    def write(papers: PaperBatches, manifest: Callable[[], Manifest], ledger: Ledger, file: BinaryIO) -> None:
        for part in getattr(import_module(f"explorer.sources.formats.{module}"), name)(papers, *options, ledger):
            file.write(part)

    return write


def _excel(papers: PaperBatches, manifest: Callable[[], Manifest], ledger: Ledger, file: BinaryIO) -> None:
    from explorer.sources.formats.tables.excel import write_excel

    write_excel(papers, file, manifest, ledger)


def _json_lines(papers: PaperBatches, manifest: Callable[[], Manifest], ledger: Ledger, file: BinaryIO) -> None:
    from explorer.sources.formats.json.json_records import json_lines_parts

    for part in json_lines_parts(papers):
        file.write(part)


def _parquet(papers: PaperBatches, manifest: Callable[[], Manifest], ledger: Ledger, file: BinaryIO) -> None:
    from explorer.sources.formats.tables.parquet import write_parquet

    write_parquet(papers, file, manifest())


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat(
        "bib",
        "BibTeX",
        ".bib",
        "application/x-bibtex",
        _writer("bibtex.bibtex", "bibtex_parts"),
        True,
        "for LaTeX, JabRef and Zotero",
        in_bibtex,
    ),
    ExportFormat(
        "ris",
        "RIS",
        ".ris",
        "application/x-research-info-systems",
        _writer("tagged.ris", "ris_parts"),
        True,
        "for EndNote, Mendeley and Zotero",
        in_ris,
    ),
    ExportFormat(
        "json",
        "CSL-JSON",
        ".json",
        "application/vnd.citationstyles.csl+json",
        _writer("json.csl_json", "csl_json_parts"),
        True,
        "for pandoc, Zotero",
        in_csl_json,
    ),
    ExportFormat("csv", "CSV", ".csv", "text/csv", _writer("tables.delimited", "csv_parts", ","), False, "for any program"),
    ExportFormat(
        "tsv",
        "TSV",
        ".tsv",
        "text/tab-separated-values",
        _writer("tables.delimited", "csv_parts", "\t"),
        False,
        "for any program",
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
        _writer("documents.markdown", "markdown_parts"),
        True,
        "a list of references",
        in_markdown,
    ),
    ExportFormat(
        "html",
        "HTML",
        ".html",
        "text/html",
        _writer("documents.html", "html_parts"),
        True,
        "a list of references",
        in_html,
    ),
    ExportFormat(
        "tex",
        "LaTeX",
        ".tex",
        "application/x-tex",
        _writer("documents.latex", "latex_parts"),
        True,
        "a table of references",
        in_latex,
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


def manifest_of(
    results: Results, papers: int, digest: str, ticked: bool, compared: dict[str, Any] | None = None
) -> dict[str, Any]:
    """How an export of so many papers, of such a content hash, was made.

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
        "papers": papers,
        "shown": results.shown,
        "total": len(corpus),
        "ticked_only": ticked,
        **({"compared": compared} if compared else {}),
        **({"read": list(results.read)} if selection.weighs_novelty else {}),
        "content_hash": digest,
        "corpus": {"content_hash": corpus.manifest["content_hash"], "made": corpus.manifest["made"]},
        "versions": software_versions(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


class Export:
    """What goes out: which papers, in which order and with which columns is fixed when it is made; then it can be written in any thread.

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
    abstracts : bool
        Leave the abstracts in, which a bibliography to cite from has no use for; where they are not, the manifest says so under `left_out`.

    Attributes
    ----------
    papers : int
        How many.
    name, media_type : str
        Of the one file that `write` makes.

    Raises
    ------
    ExportError
        There is no such format.
    """

    def __init__(
        self,
        results: Results,
        form: str,
        only: Iterable[int] | None = None,
        name: str | None = None,
        *,
        compared: dict[str, Any] | None = None,
        analysis: bool = False,
        marks: bool = False,
        abstracts: bool = True,
    ) -> None:
        chosen = next((row for row in FORMATS if row.name == form), None)
        if chosen is None:
            raise ExportError(f"There is no export format {form!r}. Formats: {', '.join(row.name for row in FORMATS)}.")
        self._form, self._results, self._compared = chosen, results, compared
        self._ticked = only is not None and compared is None
        names, self.papers, self._read = results.parts(only)
        if not analysis:
            given = set(results.snapshot.table.column_names)
            names = [name for name in names if name in given]
        self._blank = () if abstracts else ("abstract",)
        self._marks: dict[str, pa.Array] = {}
        if marks:
            ids = self._read(0, self.papers, ["id"]).column("id").to_pylist()
            self._marks = dict(results.ranker.own.columns(ids))
        self._names = [*(name for name in names if name not in self._marks), *self._marks]
        self._table_name = (name or file_stem(results.selection)) + chosen.suffix
        self.name = self._table_name if chosen.holds_manifest else f"{self._table_name}.zip"
        self.media_type = chosen.media_type if chosen.holds_manifest else "application/zip"

    def write(self, file: BinaryIO, progress: Callable[[float], None] = lambda part: None) -> tuple[str, ...]:
        """Write one file: the table with its manifest, or an archive of the two where the format cannot hold it.

        Parameters
        ----------
        file : binary file
        progress : callable
            Called with the part that is done, 0 to 1, after every batch of papers; what it raises ends the writing.

        Returns
        -------
        tuple of str
            What the format could not hold, as `losses` says it; it is in the manifest under `lost` too.
        """
        if self._form.holds_manifest:
            return self._write(file, progress)[0]
        with tempfile.TemporaryFile() as table:
            lost, manifest = self._write(table, progress)
            size = table.tell()
            table.seek(0)
            archive(file, self._table_name, table, size, manifest)
        return lost

    def write_beside(self, path: Path) -> tuple[str, ...]:
        """Write the table to `path`, and its manifest beside it, where the format cannot hold it.

        Raises
        ------
        ExportError
            The file cannot be written. A file that was there before stays whole, and no manifest stands beside a table that it
            does not speak of.
        """
        beside = path.with_name(f"{path.stem}{self._form.suffix}.manifest.json")
        try:
            with written_whole(path, *(() if self._form.holds_manifest else (beside,))) as (table, *apart):
                lost, manifest = self._write(table, lambda part: None)
                for file in apart:
                    file.write(manifest)
        except OSError as error:
            raise ExportError(f"{path} cannot be written: {error.strerror}. Choose another folder.") from error
        return lost

    def _write(self, file: BinaryIO, progress: Callable[[float], None]) -> tuple[tuple[str, ...], bytes]:
        """Write the table; returns what was lost, and the manifest."""
        ledger = Ledger()
        read = self._told(progress)
        digest = hash_in_parts(self._names, self.papers, read)
        made = manifest_of(self._results, self.papers, digest, self._ticked, self._compared)
        if self._blank:
            made["left_out"] = list(self._blank)
        papers = PaperBatches(self._names, self.papers, read)
        embed = self._form.embed
        if embed is None:
            self._form.write(papers, lambda: {**made, "lost": list(lost)} if (lost := losses(ledger)) else made, ledger, file)
        else:
            # What is lost is known once all is written, and may have to stand at the top.
            with tempfile.TemporaryFile() as body:
                self._form.write(papers, lambda: made, ledger, body)
                body.seek(0)
                for part in embed(body, {**made, "lost": list(losses(ledger))}):
                    file.write(part)
        lost = losses(ledger)
        return lost, json.dumps({**made, "lost": list(lost)}, indent=1, ensure_ascii=False).encode()

    def _told(self, progress: Callable[[float], None]) -> Read:
        """Reads the papers, and tells how far that is: each column once for the hash, then all together."""
        done = 0
        whole = max(1, 2 * self.papers * len(self._names))

        def read(start: int, stop: int, names: Sequence[str]) -> pa.Table:
            nonlocal done
            done += (stop - start) * len(names)
            progress(min(done / whole, 1.0))
            stored = [name for name in names if name not in self._marks]
            found = self._read(start, stop, stored)
            columns = {
                name: self._marks[name].slice(start, stop - start) if name in self._marks else found.column(name)
                for name in names
            }
            return blanked(pa.table(columns), self._blank)

        return read


def blanked(papers: pa.Table, names: Iterable[str]) -> pa.Table:
    """Papers without what stands in some columns; the columns stay, for writers ask for them."""
    for name in names:
        if name in papers.column_names:
            place, kind = papers.schema.get_field_index(name), papers.schema.field(name)
            papers = papers.set_column(place, kind, pa.nulls(papers.num_rows, kind.type))
    return papers


def losses(ledger: Ledger) -> tuple[str, ...]:
    """Say what a format could not hold, the papers it is about counted: ``abstract of 2 papers: a cell holds …``."""
    papers: dict[tuple[str, str], int] = {}
    for note in ledger.notes:
        papers[note.field, note.reason] = papers.get((note.field, note.reason), 0) + bool(note.record)
    return tuple(
        f"{name} of {_papers(count)}: {reason}" if count else f"{name}: {reason}" for (name, reason), count in papers.items()
    )


def exported(name: str, papers: int, lost: Sequence[str]) -> str:
    """Say that an export is done, for the status line."""
    said = f"{_papers(papers)} exported to {name}."
    return f"{said} Its manifest names what the format cannot hold." if lost else said


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"


def export_file(
    results: Results, path: str | PathLike[str], *, analysis: bool = False, marks: bool = False, abstracts: bool = True
) -> tuple[int, tuple[str, ...]]:
    """Write what is shown to a file whose suffix says the format; its manifest beside it, where the format cannot hold it.

    Parameters
    ----------
    analysis : bool
        Add what was computed about the papers: topic, score and its parts, places on the axes.
    marks : bool
        Add what the reader put on the papers: `starred`, `read`, `my_tags`, `my_note`.
    abstracts : bool
        Leave the abstracts in.

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
    target = Path(path)
    chosen = next((row for row in FORMATS if row.suffix == target.suffix.lower()), None)
    if chosen is None:
        suffixes = ", ".join(row.suffix for row in FORMATS)
        raise ExportError(f"{target.name} has no suffix of an export format. Suffixes: {suffixes}.")
    export = Export(results, chosen.name, analysis=analysis, marks=marks, abstracts=abstracts)
    return export.papers, export.write_beside(target)


def file_stem(selection: Selection) -> str:
    """A file name from the query and the concepts: ``papers-reward-model``, or ``papers``."""
    words = re.findall(r"[a-z0-9]+", f"{selection.query} {selection.rank}".lower())[:6]
    return "-".join(["papers", *words])

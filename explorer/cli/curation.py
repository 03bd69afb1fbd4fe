"""The commands that make a corpus folder, change it and account for it: build, update, fetch, merges, ledger, refit."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import ReadError

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus
    from explorer.papers.ledger import Ledger
    from explorer.sources.formats.registry import Import


def add_parsers(commands: Any) -> None:
    """Add the commands to those of `litexplorer` (what `ArgumentParser.add_subparsers` gave)."""
    build = commands.add_parser("build", help="make a corpus folder from files of papers")
    build.add_argument("files", nargs="+", metavar="FILE")
    build.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="corpus folder; one that is there is replaced whole"
    )
    build.add_argument("--keep-duplicates", action="store_true", help="leave records that are one paper as they are")
    build.add_argument("--topics", type=int, metavar="N", help="number of topics (default: by the number of papers)")
    build.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")
    build.add_argument(
        "--no-concepts", action="store_true", help="leave out what ranking by concepts needs; made when first asked for then"
    )
    _add_corrections(build)
    build.set_defaults(run=_build)

    update = commands.add_parser("update", help="add papers to a corpus folder")
    update.add_argument("corpus", metavar="CORPUS")
    update.add_argument("files", nargs="+", metavar="FILE")
    update.add_argument("--keep-duplicates", action="store_true", help="add all records whose id is new")
    update.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")
    _add_corrections(update)
    update.set_defaults(run=_update)

    merges = commands.add_parser("merges", help="list what was merged into what; take a merge back")
    merges.add_argument("corpus", metavar="CORPUS")
    merges.add_argument("--undo", metavar="ID", help="id of the merged paper: its records stand again, and are kept apart")
    merges.add_argument("--never", nargs=2, metavar=("ID", "ID"), help="never merge two records")
    merges.add_argument("--always", nargs=2, metavar=("ID", "ID"), help="merge two records when one of them comes in")
    merges.add_argument("-o", "--output", metavar="CSV", help="write the table; default: print one line a merge")
    merges.set_defaults(run=_merges)

    ledger = commands.add_parser("ledger", help="say what became of every record: accepted, repaired, rejected or merged")
    ledger.add_argument("corpus", metavar="CORPUS", help="corpus folder or file of papers")
    ledger.add_argument("-o", "--output", metavar="CSV", help="write the notes; default: print one line a note")
    ledger.set_defaults(run=_ledger)

    refit = commands.add_parser("refit", help="find the topics of a corpus folder anew, from all papers it has by now")
    refit.add_argument("corpus", metavar="CORPUS")
    refit.add_argument("--topics", type=int, metavar="N", help="number of topics (default: by the number of papers)")
    refit.set_defaults(run=_refit)

    fetch = commands.add_parser("fetch", help="make a corpus folder from what a web service finds")
    fetch.add_argument("service", metavar="SERVICE", help="hf, arxiv, openalex, crossref, semantic-scholar, pubmed or zotero")
    fetch.add_argument("query", metavar="QUERY", nargs="?", default="", help="as the service understands it")
    fetch.add_argument("--daily", metavar="DATE", help="hf: papers of a day (2026-06-12), week (2026-W24) or month (2026-06)")
    fetch.add_argument("--trending", action="store_true", help="hf: papers that are much voted for now")
    fetch.add_argument(
        "--library", metavar="ID", help="zotero: users/12345 or groups/12345 at zotero.org; ZOTERO_API_KEY holds the key"
    )
    fetch.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="corpus folder; papers are added to one that is there"
    )
    fetch.add_argument("--limit", type=int, default=100, help="papers at most (default: 100)")
    fetch.add_argument("--ledger", metavar="CSV", help="write what was repaired, rejected or merged, one line each")
    fetch.set_defaults(run=_fetch)


def _add_corrections(command: argparse.ArgumentParser) -> None:
    """Options that correct how tables are taken."""
    command.add_argument(
        "--column", action="append", default=[], metavar="NAME=FIELD", help="what a column of a table is, such as Titel=title"
    )
    command.add_argument("--delimiter", metavar="CHAR", help="between the columns of tables: one character, or tab")
    command.add_argument("--encoding", metavar="NAME", help="of the files, such as cp1252")


def _build(options: argparse.Namespace) -> int:
    imported = _merged(_read(options), options)
    _tell(imported.ledger, options.ledger)
    if not imported.table.num_rows:
        # A corpus that is there would be replaced by an empty one.
        raise ReadError("No paper was read, and no corpus was made. The lines above say why.")
    _write(options.output, imported, _made(options.files, imported.ledger), options.topics)
    if not options.no_concepts:
        from explorer.corpus.opening import open_corpus

        open_corpus(options.output).ranker.prepare_meaning(Progress())
    return 0


def _read(options: argparse.Namespace) -> Import:
    from explorer.sources.formats.registry import import_papers

    told = [pair.rpartition("=") for pair in options.column]
    if wrong := next((pair for pair, (name, mark, _) in zip(options.column, told, strict=True) if not (name and mark)), None):
        raise ReadError(f"--column {wrong!r} must be NAME=FIELD, such as Titel=title; NAME= leaves a column as it is.")
    columns = {name: field or None for name, _, field in told}
    delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
    if delimiter is not None and len(delimiter) != 1:
        raise ReadError(f"--delimiter {delimiter!r} must be one character, or tab.")
    return import_papers(*options.files, columns=columns or None, delimiter=delimiter, encoding=options.encoding)


def _merged(read: Import, options: argparse.Namespace) -> Import:
    """Merge records that are one paper, by the rules of the corpus that is replaced."""
    from explorer.dedupe.rules import Rules, parse_rules
    from explorer.sources.importing import merged
    from explorer.store.build import rules_in

    if options.keep_duplicates:
        return read
    kept = rules_in(Path(options.output))
    rules = parse_rules(kept, options.output) if kept else Rules()
    progress = Progress()
    found = merged(read, rules, progress=lambda part: progress("merging", part))[0]
    progress.end()
    return found


def _write(folder: str, imported: Import, made: dict[str, object], topics: int | None) -> None:
    from explorer.store.build import write_corpus

    made = {"name": Path(folder).name, **made}
    manifest = write_corpus(
        imported.table,
        Path(folder),
        made=made,
        n_topics=topics,
        merges=imported.merges,
        ledger=imported.ledger,
        progress=Progress(),
    )
    print(f"{folder}: {manifest['papers']:,} papers, {manifest['made']['topics']['topics']} topics", file=sys.stderr)


def _update(options: argparse.Namespace) -> int:
    from explorer.corpus.opening import open_corpus

    corpus = open_corpus(options.corpus)
    _add(corpus, _read(options), options.files, options)
    return 0


def _add(corpus: Corpus, read: Import, files: Sequence[str], options: argparse.Namespace, **more: object) -> None:
    from explorer.store.arrivals import match_arrivals

    progress = Progress()
    prepared = corpus.ranker.meaning_ready
    if options.keep_duplicates:
        _tell(read.ledger, options.ledger)
        larger = corpus.add(read, keep_duplicates=True, made={**_made(files, read.ledger), **more}, progress=progress)
        said = ""
    else:
        arrivals = match_arrivals(read, corpus.snapshot, frozenset(), progress)
        ledger = arrivals.additions.ledger
        _tell(ledger, options.ledger)
        larger = corpus.changed(arrivals.change, made={**_made(files, ledger), **more}, progress=progress)
        said = arrivals.sentence
    if prepared:
        # It belongs to the papers there were; who had it shall not wait for it in the dashboard.
        larger.ranker.prepare_meaning(progress)
    print(f"{larger.folder}: {len(larger) - len(corpus):,} papers added, {len(larger):,} in all.{said}", file=sys.stderr)
    if larger.snapshot.topics_stale:
        print(f"{larger.snapshot.stale_sentence} Run: litexplorer refit {larger.folder}", file=sys.stderr)


def _fetch(options: argparse.Namespace) -> int:
    from explorer.corpus.opening import open_corpus
    from explorer.dashboard.deployment import Deployment
    from explorer.sources.services.registry import question

    lists = {"daily": options.daily, "trending": options.trending, "library": options.library}
    ask, label = question(options.service, options.query, options.limit, keys=Deployment.from_environment().keys, **lists)
    found = ask(lambda stage, part: print(stage, file=sys.stderr), threading.Event())
    asked = {"query": options.query or options.daily or "trending"}
    options.keep_duplicates = False
    if (Path(options.output) / "manifest.json").exists():
        _add(open_corpus(options.output), found, [label], options, **asked)
        return 0
    papers = _merged(found, options)
    _tell(papers.ledger, options.ledger)
    if papers.table.num_rows:
        _write(options.output, papers, {**_made([label], papers.ledger), **asked}, None)
    else:
        print(f"{label} found nothing; no corpus was made. Try other words.", file=sys.stderr)
    return 0


def _merges(options: argparse.Namespace) -> int:
    from explorer.corpus.opening import open_corpus
    from explorer.sources.formats.tables.delimited import write_rows
    from explorer.sources.formats.target import deliver

    corpus = open_corpus(options.corpus)
    if options.undo is not None:
        larger = corpus.split(options.undo, progress=Progress())
        print(f"{larger.folder}: {options.undo} was split; {len(larger):,} papers.", file=sys.stderr)
    elif options.never or options.always:
        rules = corpus.rules.never_merge(*options.never) if options.never else corpus.rules.always_merge(*options.always)
        corpus.decide(rules)
        known = {*corpus.table.column("id").to_pylist(), *corpus.snapshot.merged.records.column("id").to_pylist()}
        for name in (name for name in options.never or options.always if name not in known):
            print(f"There is no record {name!r} here yet; the rule holds once it comes in.", file=sys.stderr)
        print(f"{corpus.folder}: {len(rules.never):,} pairs never merged, {len(rules.always):,} always.", file=sys.stderr)
    else:
        rows = [
            (row.paper, row.relation, f"{row.score:.3f}", row.reason, "; ".join(row.records), "; ".join(row.members))
            for row in corpus.merges.itertuples(index=False)
        ]
        if options.output:
            deliver(write_rows(("paper", "relation", "score", "reason", "records", "members"), rows), options.output)
        else:
            for paper, relation, _, reason, records, _ in rows:
                print(f"{paper}\t{relation}\t{records}\t{reason}")
    return 0


def _ledger(options: argparse.Namespace) -> int:
    from explorer.corpus.opening import open_files
    from explorer.dashboard.intake.review import notes_csv
    from explorer.sources.formats.target import deliver

    corpus = open_files([options.corpus], progress=Progress())
    print(corpus.snapshot.accounts.sentence(len(corpus)), file=sys.stderr)
    if options.output:
        deliver(notes_csv(corpus.snapshot.accounts.entries()), options.output)
        return 0
    for note in corpus.snapshot.accounts.entries():
        where = f"{note.source}, {f'line {note.line}' if note.line else f'record {note.record}'}"
        print(where, note.action, note.field, note.before, note.after, note.reason, sep="\t")
    return 0


def _refit(options: argparse.Namespace) -> int:
    from explorer.corpus.opening import open_corpus

    corpus = open_corpus(options.corpus).refit(options.topics, progress=Progress())
    print(f"{corpus.folder}: {len(corpus.topics.labels) - 1} topics of {len(corpus):,} papers", file=sys.stderr)
    return 0


def _tell(ledger: Ledger, path: str | None) -> None:
    """Say what became of the records, or write it to a file."""
    from explorer.sources.formats.target import deliver

    print(ledger.sentence(), file=sys.stderr)
    if path:
        deliver(ledger.entries.to_csv(index=False).encode(), path)
        return
    for note in ledger.notes[:5]:
        where = f"line {note.line}" if note.line else f"record {note.record}"
        print(f"  {note.source}, {where}: {note.action} {note.field}: {note.reason}", file=sys.stderr)
    if len(ledger.notes) > 5:
        print(f"  and {len(ledger.notes) - 5:,} more; --ledger FILE.csv writes them all", file=sys.stderr)


def _made(files: Sequence[str], ledger: Ledger) -> dict[str, object]:
    """What the manifest says of the files."""
    return {"files": [Path(file).name for file in files], "ledger": ledger.counts()}


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

"""The next generation of a corpus, made from the one before: papers added and replaced, or topics found anew.

What does not change is taken over as it is, by hard links where the system has them, so that the price is that of the change.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.merges import Change, Merges, load_merges
from explorer.dedupe.rules import Rules
from explorer.disk import HELD
from explorer.errors import CorpusError
from explorer.papers.author_names import displayed
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperTable, content_hash, packed, stored_alike
from explorer.papers.schema import FIELDS, TEXT
from explorer.store.build import (
    ANALYSERS,
    FACETS,
    PHRASES,
    RULES,
    Progress,
    keep_rules,
    lacks_keywords,
    no_progress,
    own_or,
    write_facet,
    write_generation,
    write_numbers,
)
from explorer.store.facets import Facet, Prefixes, code_facet, extend_facet, sort_words
from explorer.store.fulltext import IDS, build_index, keep_frequent
from explorer.store.generations import in_folder, now, publish, read_manifest
from explorer.store.ledgers import account_path, load_accounts, part_of, save_part
from explorer.store.own_columns import write_columns_of
from explorer.store.paper_files import DICTIONARY, Texts, read_file, read_packing, read_table, write_file, write_papers
from explorer.store.sort_orders import by_title_with
from explorer.store.topics import build_topics, edit_topics, extend_topics
from explorer.text.analysis import fingerprint
from explorer.text.keyphrases import KeyPhrases
from explorer.topics.edits import TopicEdit

RANKED = "ranked"
"""What the manifest says where the papers were ranked by meaning before the last change."""


def extend_corpus(
    change: Change,
    folder: Path,
    *,
    into: Path | None = None,
    made: dict[str, Any] | None = None,
    step: str = "added",
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Add papers to a corpus folder, and replace some, without building it anew: what stays is taken over as it is.

    Parameters
    ----------
    change : Change
        In the schema; none of the ids added may be in the corpus.
    folder : Path
        A corpus. Its topics stay, and the new papers are placed on them; the manifest counts how many came since.
    into : Path, optional
        Folder of the larger corpus, by default that of the corpus itself; otherwise that one stays as it is.
    made : dict, optional
        What the manifest shall say of the change.
    step : str
        List of the manifest in which it stands.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, it is not the one that was looked at, or it cannot be written; it stays as it was.
    """
    manifest = read_manifest(folder)
    before = folder / manifest["generation"]
    if change.upon is not None and change.upon != before.name:
        raise CorpusError(f"{folder} was changed by somebody else meanwhile, and nothing was done. Do it again.")
    digest = change_digest(manifest["content_hash"], change) if change else manifest["content_hash"]
    steps = [*manifest["made"].get(step, []), {"at": now(), "papers": change.added.num_rows, **(made or {})}]

    def write(target: Path) -> dict[str, Any]:
        return _extend_generation(change, before, target, manifest["made"]["topics"], anew, progress)

    said = {**manifest["made"], step: steps}
    anew = said.get(ANALYSERS) != fingerprint()
    if anew and (change.added.num_rows or len(change.rows)):
        said[ANALYSERS] = fingerprint()
    papers = manifest["papers"] + change.added.num_rows
    return _publish(folder, into, digest, papers, said, write, undoable=bool(change))


def refit_corpus(
    folder: Path, *, into: Path | None = None, n_topics: int | None = None, progress: Progress = no_progress
) -> dict[str, Any]:
    """Find the topics of a corpus anew, from all papers that it has by now; all else is taken over as it is.

    The full text is indexed again where other analysers indexed it.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, or it cannot be written; it stays as it was.
    """
    manifest = read_manifest(folder)
    before = folder / manifest["generation"]
    anew = manifest["made"].get(ANALYSERS) != fingerprint()

    def write(target: Path) -> dict[str, Any]:
        _take_over(before, target, leave=("topics.", "index") if anew else ("topics.",))
        table = read_table(before)
        if anew:
            _index_anew(table, target, progress)
        progress("topics", 0.0)
        texts: Any = Texts(table)
        topics = build_topics(
            texts,
            target,
            n_topics=n_topics,
            ids=table.column("id"),
            before=(before, table.column("id")),
            progress=lambda part: progress("topics", part),
        )
        progress("flush", 1.0)
        return topics

    made = {**manifest["made"], ANALYSERS: fingerprint()}
    return _publish(folder, into, manifest["content_hash"], manifest["papers"], made, write)


def edit_corpus(log: Sequence[TopicEdit], folder: Path, *, into: Path | None = None) -> dict[str, Any]:
    """Show the topics of a corpus as they are with a log of changes; all else is taken over as it is.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, or it cannot be written; it stays as it was.
    """
    manifest = read_manifest(folder)
    before = folder / manifest["generation"]

    def write(target: Path) -> dict[str, Any]:
        _take_over(before, target, leave=("topics.",))
        table = read_table(before)
        edit_topics(log, Texts(table), table.column("id"), before, target)  # type: ignore[arg-type]
        topics: dict[str, Any] = manifest["made"]["topics"]
        return topics

    return _publish(folder, into, manifest["content_hash"], manifest["papers"], manifest["made"], write)


def index_again(folder: Path, *, progress: Progress = no_progress) -> dict[str, Any]:
    """Index the full text of a corpus with the analysers of today; all else is taken over as it is.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, or it cannot be written; it stays as it was.
    """
    manifest = read_manifest(folder)
    before = folder / manifest["generation"]

    def write(target: Path) -> dict[str, Any]:
        _take_over(before, target, leave=("index",))
        _index_anew(read_table(before), target, progress)
        progress("flush", 1.0)
        topics: dict[str, Any] = manifest["made"]["topics"]
        return topics

    made = {**manifest["made"], ANALYSERS: fingerprint()}
    return publish(folder, manifest["content_hash"], manifest["papers"], made, write, upon=before.name, undoable=False)


def remove_papers(
    ids: Sequence[str], folder: Path, *, into: Path | None = None, progress: Progress = no_progress
) -> dict[str, Any]:
    """Take papers out of a corpus; the others are built anew, topics included, and the ledger keeps a note of each.

    Parameters
    ----------
    ids : sequence of str
        Ids of papers of the corpus.
    into : Path, optional
        Folder of the smaller corpus, by default that of the corpus itself; otherwise that one stays as it is.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, or none of the ids in it, or it cannot be written; it stays as it was.
    """
    manifest = read_manifest(folder)
    before = folder / manifest["generation"]
    table = read_table(before)
    gone = pc.is_in(table.column("id"), value_set=pa.array(ids, TEXT))
    removed = table.select(["id", "source", "title"]).filter(gone).to_pydict()
    unknown = [id_ for id_ in ids if id_ not in removed["id"]]
    if unknown or not ids:
        named = ", ".join(map(repr, unknown[:3])) or "without an id"
        raise CorpusError(f"{folder} has no paper {named}; nothing was removed. Give ids of its papers.")
    left, accounts = table.filter(pc.invert(gone)), load_accounts(before)
    ledger = accounts.ledger()
    for id_, source, title in zip(*removed.values(), strict=True):
        ledger.remove(source or "", id_, text=title or "")
    merges = load_merges(before).without(ids)
    return _rebuild(
        left, merges, ledger if accounts.parts else None, None, ("removed", len(removed["id"])), folder, into, progress
    )


def join_papers(
    pairs: Iterable[tuple[str, str]], rules: Rules, folder: Path, *, into: Path | None = None, progress: Progress = no_progress
) -> dict[str, Any]:
    """Make papers one that the reader says are; the corpus is built anew, topics included.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Ids of papers of the corpus.
    rules : Rules
        The reader's from now on.
    into : Path, optional
        Folder of the corpus with them joined, by default that of the corpus itself; otherwise that one stays as it is.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    CorpusError
        There is no corpus, or it cannot be written; it stays as it was.
    """
    # With it comes the search for duplicates, which nobody who only opens a corpus waits for.
    from explorer.store.joins import joined

    manifest = read_manifest(folder)
    before = folder / manifest["generation"]
    accounts = load_accounts(before)
    table, merges, ledger, gone = joined(read_table(before).whole, load_merges(before), accounts.ledger(), pairs)
    return _rebuild(table, merges, ledger if accounts.parts else None, rules, ("joined", gone), folder, into, progress)


def _rebuild(
    table: pa.Table,
    merges: Merges,
    ledger: Ledger | None,
    rules: Rules | None,
    step: tuple[str, int],
    folder: Path,
    into: Path | None,
    progress: Progress,
) -> dict[str, Any]:
    """Publish a generation of fewer papers; `step` is the list of the manifest that says so, and how many are gone.

    An earlier version kept no ledger, and then there is none.
    """
    manifest = read_manifest(folder)
    before = folder / manifest["generation"]

    def write(target: Path) -> dict[str, Any]:
        topics = write_generation(table, target, None, progress, (before, read_table(before).column("id")))
        pairs, there = merges.likely, table.column("id").combine_chunks()
        both = [pc.is_in(pairs.column(name), value_set=there) for name in ("first", "second")]
        replace(merges, likely=pairs.filter(pc.and_(*both))).save(target)
        if ledger is not None:
            save_part(part_of(ledger), account_path(target, 0))
        keep_rules(target, rules, (before / RULES).read_bytes() if (before / RULES).exists() else None)
        return topics

    name, gone = step
    made = {
        **manifest["made"],
        name: [*manifest["made"].get(name, []), {"at": now(), "papers": gone}],
        ANALYSERS: fingerprint(),
    }
    return _publish(folder, into, content_hash(table), table.num_rows, made, write)


def _publish(
    folder: Path,
    into: Path | None,
    digest: str,
    papers: int,
    made: dict[str, Any],
    write: Callable[[Path], dict[str, Any]],
    *,
    undoable: bool = True,
) -> dict[str, Any]:
    """Publish what a corpus becomes, in its folder or another, and say there what it was made from.

    What it was first, by which the reader's library is found; where that one is, so that the change can be taken back; and that it
    could rank by meaning, so that a command that is killed before it made that again is not the end of it.
    """
    manifest, target = read_manifest(folder), into or folder
    before = folder / manifest["generation"]
    made = {"first": manifest["content_hash"], **made}
    if any(before.glob("meaning-*")):
        made[RANKED] = True
    if target != folder:
        made["grown_from"] = folder.name
    # In another folder nothing was before that somebody else could have added to.
    upon = before.name if target == folder else None
    return in_folder(target, lambda: publish(target, digest, papers, made, write, upon=upon, undoable=undoable))


def _index_anew(table: PaperTable, target: Path, progress: Progress) -> None:
    progress("index", 0.0)
    (target / "index").mkdir()
    build_index(table, target / "index", progress=lambda part: progress("index", part))
    keep_frequent(target / "index", table.num_rows)


def change_digest(before: str, change: Change) -> str:
    """Hash of what a corpus of the content hash `before` becomes by a change, as 16 hexadecimal digits."""
    digest = hashlib.sha256(f"{before}+{content_hash(change.added)}".encode())
    if change.replaced is not None:
        digest.update(change.rows.tobytes() + content_hash(change.replaced).encode())
    if change.merges is not None:
        digest.update(content_hash(change.merges.records).encode())
    if change.rules is not None:
        digest.update(repr((sorted(change.rules.always), sorted(change.rules.never))).encode())
    if change.ledger is not None and change.ledger.notes:
        digest.update(content_hash(part_of(change.ledger)).encode())
    if change.ledger is not None and change.ledger.sources:
        digest.update(repr(sorted(change.ledger.sources.items())).encode(errors="replace"))
    return digest.hexdigest()[:16]


def _extend_generation(
    change: Change, before: Path, target: Path, topics: dict[str, Any], anew: bool, progress: Progress
) -> dict[str, Any]:
    progress("papers", 0.0)
    if change.added.num_rows or len(change.rows):
        topics = _extend_with_papers(change, before, target, topics, anew, progress)
    else:
        _take_over(before, target, leave=("merges.", "ledger.", RULES))
    if change.merges is not None:
        change.merges.save(target)
    else:
        for path in before.glob("merges.*.arrow"):
            _share(path, target / path.name)
    _extend_accounts(change, before, target)
    keep_rules(target, change.rules, (before / RULES).read_bytes() if (before / RULES).exists() else None)
    progress("flush", 1.0)
    return topics


def _extend_accounts(change: Change, before: Path, target: Path) -> None:
    """Write the ledger: what came, and only those parts anew of which records become papers again."""
    there = load_accounts(before)
    parts = there.without(change.unmerged).parts
    for number, (part, old) in enumerate(zip(parts, there.parts, strict=True)):
        if part is old:
            _share(account_path(before, number), account_path(target, number))
        else:
            save_part(part, account_path(target, number))
    if change.ledger is not None:
        save_part(there.then(change.ledger), account_path(target, len(parts)))


def _extend_with_papers(
    change: Change, before: Path, target: Path, topics: dict[str, Any], anew: bool, progress: Progress
) -> dict[str, Any]:
    """All that is made from papers; the full text `anew` where other analysers indexed it. Returns what is said of the topics."""
    _extend_papers(change, before, target)
    whole = read_table(target)
    first = whole.num_rows - change.added.num_rows
    rows = np.concatenate([change.rows, np.arange(first, whole.num_rows)]).astype(np.int64)
    fields = whole.select([*FIELDS, *(name for name in IDS if name in whole.column_names and name not in FIELDS)])
    new = fields.take(pa.array(rows)) if len(change.rows) else fields.slice(first)
    progress("facets", 0.0)
    extend_columns(whole, new, rows, before, target, lambda part: progress("facets", part))
    # Anew: whether a column holds numbers or values is decided over all of it.
    write_columns_of(whole, target)
    progress("index", 0.0)
    if anew:
        _index_anew(whole, target, progress)
    else:
        _share(before / "index", target / "index")
        build_index(new, target / "index", rows=rows, held=first, progress=lambda part: progress("index", part))
        keep_frequent(target / "index", whole.num_rows)
    progress("topics", 0.0)
    said = lambda part: progress("topics", part)  # noqa: E731
    every = (Texts(whole), whole.column("id"))
    return extend_topics(Texts(new), rows, before, target, topics, said, every)  # type: ignore[arg-type]


def extend_columns(
    whole: PaperTable,
    new: pa.Table,
    rows: np.ndarray,
    before: Path,
    target: Path,
    progress: Callable[[float], None] = lambda part: None,
) -> None:
    """Write what `store.write_columns` gives for a table, from what it gave before some rows were replaced and others came.

    Key phrases that stand in for keywords are an exception: new papers get theirs out of those that are known, until the corpus
    has grown by a tenth.

    Parameters
    ----------
    whole, new : pyarrow.Table
        All papers, and those that were replaced or came.
    rows : ndarray of int64, shape (n_new,)
        Rows of `new` in `whole`.
    before, target : Path
        The generation to take over from, and the one to write into.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the work.
    """
    derived = (before / "keywords.derived").exists()
    for name, column in FACETS.items():
        given = displayed(new.column(column)) if name == "authors" else new.column(column)
        if name == "keywords" and (derived or lacks_keywords(whole)):
            # A generation of an earlier version lacks the file.
            phrases = KeyPhrases.load(before / PHRASES) if (before / PHRASES).exists() else None
            if phrases is None or not lacks_keywords(whole) or not phrases.serve(whole.num_rows):
                write_facet(whole, target, name, progress)
                continue
            given = own_or(new.column("keywords"), phrases.of(Texts(new), progress))  # type: ignore[arg-type]
            for kept in (PHRASES, "keywords.derived"):
                _share(before / kept, target / kept)
        there = Facet.load(before, name)
        facet, rank = extend_facet(there, code_facet(given), rows, whole.num_rows)
        facet.save(target, name)
        words = Prefixes.load(before, name)
        words = sort_words(facet.values) if words is None else words.extended(facet.values, rank, there.size)
        words.save(target, name)
    progress(1.0)
    write_numbers(whole, target)
    order = by_title_with(np.load(before / "title.order.npy"), whole.column("title"), rows)
    np.save(target / "title.order.npy", order)


def _extend_papers(change: Change, before: Path, target: Path) -> None:
    """Write the papers: only those files anew that hold a paper which is replaced."""
    packing = read_packing(before)
    if packing is not None:
        _share(before / DICTIONARY, target / DICTIONARY)
    first, number = 0, 0
    while (path := before / f"papers.{number}.arrow").exists():
        part = read_file(path)
        mine = (change.rows >= first) & (change.rows < first + part.num_rows)
        if mine.any():
            assert change.replaced is not None
            replaced = change.replaced if packing is None else packed(change.replaced, packing)
            both = pa.concat_tables([part if packing is None else stored_alike(part), replaced], promote_options="permissive")
            places = np.arange(part.num_rows)
            places[change.rows[mine] - first] = part.num_rows + np.flatnonzero(mine)
            changed = pa.table({name: both.column(name).take(pa.array(places)) for name in both.column_names})
            write_file(changed, target / path.name, packing)
        else:
            _share(path, target / path.name)
        first, number = first + part.num_rows, number + 1
    if change.added.num_rows:
        write_papers(change.added, target, number)


def _take_over(before: Path, target: Path, *, leave: tuple[str, ...]) -> None:
    """Let what is in another generation stand in this one too, but for names that begin with one of `leave`."""
    for path in before.iterdir():
        # Hidden is what another process is still at work on.
        if not path.name.startswith((".", HELD, *leave)):
            _share(path, target / path.name)


def _share(path: Path, target: Path) -> None:
    """Let a file that nothing writes into any more, or a folder of such files, stand in two places.

    It is copied where the system cannot, or might write.
    """
    if path.is_dir():
        target.mkdir()
        for inner in path.iterdir():
            if inner.suffix != ".lock":
                _share(inner, target / inner.name)
        return
    if path.suffix != ".json":
        with contextlib.suppress(OSError):
            os.link(path, target)
            return
    shutil.copy2(path, target)

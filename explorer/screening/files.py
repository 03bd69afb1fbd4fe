"""Labels out of files and into them: CSV, RIS, Excel, the log, ASReview's project; decisions of Rayyan, Covidence, ASReview and Zotero.

=========== ============================================================================================================
read from   what tells of a decision
=========== ============================================================================================================
ours        column ``screening_decisions``, or a note ``Screening decisions: …``: every decision in force, as JSON, by reviewer
ASReview    columns `asreview_label`, `label_included`, `included` …: 1 or 0, yes or no, in any case; notes ``ASReview_relevant``,
            ``ASReview_irrelevant``; a project (``.asreview``, of version 3): its results, with notes and times
Rayyan      notes ``RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-EXCLUSION-REASONS: wrong outcome``; where reviewers differ: maybe
Covidence   notes ``Exclusion reason: Wrong outcomes;``, which it has of full texts only; else the name of its file, for it has one of each
            list: ``review_1234_irrelevant_csv_…``, ``…_select_…`` (full texts to come), ``…_excluded_…`` and ``…_included_…`` (full texts)
tables      columns `Decision`, `Einschluss`, `Inclus`, `Incluido` … of yes and no, and `Exclusion reason`, `Ausschlussgrund` … beside them;
            where there is none, columns that have decisions in so many words, or are called by such words (`Screening`, `Title/abstract
            decision`); several of people (`Ann`, `Reviewer 1`) are their votes; those of `Full text decision` are of full texts; and
            columns `Include` and `Exclude` in which a cross marks one
Zotero      tags ``include``, ``excluded``, ``maybe``, also with a reason: ``exclude: wrong outcome``, ``exclude (wrong outcome)``
=========== ============================================================================================================

Where a file says different things of one record, in two rows or by two reviewers, nobody decided: that is a maybe. Ours, and tables of
`Screening.labels`, keep what each reviewer said, and how a conflict was resolved; so they come back as they were.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import math
import re
import sqlite3
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from explorer.disk import TEMPORARY, HeldFolder, write_whole
from explorer.errors import ExportError, ReadError, ScreeningError
from explorer.executors import Progress, unheard
from explorer.papers.author_names import family_and_given
from explorer.papers.identifiers import normal_arxiv_id, normal_doi
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS, to_table
from explorer.screening.labels import (
    KINDS,
    LABELS,
    LONGEST_REASON,
    LONGEST_REVIEWER,
    SAID,
    TELLING,
    Decision,
    Entry,
    Kind,
    Label,
    Log,
    label_of,
    replay,
)
from explorer.screening.record_notes import COVIDENCE, NOTE, NOTES, notes_text
from explorer.sources.formats.registry import read_files
from explorer.sources.formats.tables.columns import NoTitleError
from explorer.sources.formats.tables.delimited import csv_parts
from explorer.sources.formats.tables.excel import add_papers, add_rows
from explorer.sources.formats.tagged.ris import ris_parts
from explorer.sources.source import Source, decode
from explorer.text.analysis import normal, words_of

if TYPE_CHECKING:
    import pandas as pd

    from explorer.library.database import Database
    from explorer.screening.labels import State
    from explorer.screening.prisma import Flow
    from explorer.store.snapshot import Snapshot

T = TypeVar("T")

DECISIONS = "screening_decisions"

_ASREVIEW = "asreview_label"
_ONES = (
    _ASREVIEW, "label_included", "included", "label", "final_included", "included_label", "included_final", "included_flag", "include",
    "abstract_included", "label_abstract_included", "included_abstract", "included_after_abstract", "label_abstract_screening",
)  # fmt: skip
"""Columns in which ASReview and its data sets have labels, the weightiest first; those of the abstract count where no others are."""
_DECISIONS = (
    "final_decision", "decision", "screening_decision", "screening_status", "inclusion", "inclusion_decision", "include/exclude", "eligible",
    "entscheidung", "einschluss", "eingeschlossen", "einschließen", "einschliessen", "beslissing", "inclusie", "geïncludeerd",
    "décision", "inclus", "inclure", "decisión", "inclusión", "incluido", "incluir", "decisão", "inclusão", "incluído",
    "decisione", "inclusione", "incluso", "includere",
)  # fmt: skip
"""Columns in which reviewers keep their decisions in a table of their own; those of ASReview count first."""
_REASONS = (
    "exclusion_reason", "exclusion_reasons", "why_excluded", "reason_for_exclusion", "reasons_for_exclusion", "reason_excluded", "reason",
    "reasons", "ausschlussgrund", "ausschlussgründe", "grund_für_ausschluss", "grund", "reden_van_exclusie", "exclusiereden", "reden",
    "motif_d'exclusion", "raison_d'exclusion", "motif", "raison", "motivo_de_exclusión", "motivo_de_exclusão", "motivo_di_esclusione",
    "motivo_esclusione", "motivo",
)  # fmt: skip
"""Columns of the reason beside such a decision."""

_NAMING = ("openalex_id", "id", "key", "doi", "pmid", "pubmed_id", "arxiv_id", "record_id")
"""Columns that name the papers of a table without titles."""
_LONGEST_VALUE = 40

_TAGS = ("tags", "manual_tags")
_ASREVIEW_NOTE = re.compile(r"\bASReview_(relevant|irrelevant)\b")
# Without braces too, which a BibTeX file loses; what is no vote has no arrow.
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:([^|\n]*)")
_RAYYAN_VOTE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"([^"]*)"')
_RAYYAN_LABELS: Mapping[str, Label] = {"included": "include", "excluded": "exclude", "maybe": "maybe"}
_TITLE_AND_ABSTRACT = re.compile(r"^Title and abstract: (include|exclude|maybe)\b", re.MULTILINE)
"""What `to_ris` says in words of what it says to ASReview."""
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|\n]*)")
_TAG = re.compile(r"^\W*(?:\d+[_ .-]+)?(include|exclude|maybe)d?(?:\s*(?:[:;=/–—-]\s*(.+)|\((.+)\)))?$", re.IGNORECASE)

_PROJECT = """
CREATE TABLE record (dataset_row INTEGER NOT NULL, dataset_id VARCHAR NOT NULL, title VARCHAR NOT NULL, abstract VARCHAR NOT NULL,
    authors JSON NOT NULL, keywords JSON NOT NULL, year INTEGER, doi VARCHAR, url VARCHAR, included INTEGER, record_id INTEGER NOT NULL,
    duplicate_of INTEGER, group_id INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(duplicate_of, record_id)) VIRTUAL,
    PRIMARY KEY (record_id), UNIQUE (dataset_row, dataset_id),
    CONSTRAINT no_self_duplicate CHECK (duplicate_of IS NULL OR duplicate_of != record_id),
    FOREIGN KEY(duplicate_of) REFERENCES record (record_id) ON DELETE SET NULL);
CREATE INDEX idx_record_group_id ON record (group_id);
CREATE TABLE results (record_id INTEGER UNIQUE, label INTEGER, classifier TEXT, querier TEXT, balancer TEXT, feature_extractor TEXT,
    training_set INTEGER, time FLOAT, note TEXT, tags JSON, user_id INTEGER);
CREATE TABLE last_ranking (record_id INTEGER UNIQUE, ranking INT, classifier TEXT, querier TEXT, balancer TEXT, feature_extractor TEXT,
    training_set INTEGER, time FLOAT);
CREATE TABLE decision_changes (record_id INTEGER, label INTEGER, time FLOAT, user_id INTEGER);
CREATE TRIGGER trg_results_delete AFTER DELETE ON results FOR EACH ROW BEGIN
    INSERT INTO decision_changes (record_id, label, time, user_id) VALUES (OLD.record_id, OLD.label, OLD.time, OLD.user_id); END;
CREATE TRIGGER trg_results_label_update AFTER UPDATE OF label ON results FOR EACH ROW WHEN OLD.label IS NOT NEW.label BEGIN
    INSERT INTO decision_changes (record_id, label, time, user_id) VALUES (OLD.record_id, OLD.label, OLD.time, OLD.user_id); END;
"""
"""Tables of a project of ASReview 3 (https://github.com/asreview/asreview), as `asreview.Project` makes them."""
_PROJECT_VERSION = 3
_MODEL = {
    "name": "elas_u4",
    "current_value": {
        "querier": "max", "classifier": "svm", "balancer": "balanced", "feature_extractor": "tfidf",
        "classifier_param": {"loss": "squared_hinge", "C": 0.11}, "balancer_param": {"ratio": 9.8},
        "feature_extractor_param": {"ngram_range": [1, 2], "sublinear_tf": True, "min_df": 1, "max_df": 0.95},
    },
}  # fmt: skip
"""The default of ASReview 3, whose server takes no project without a model."""
_DATASET = "records.csv"
"""The dataset in a project that we write."""
_PMID = re.compile(
    r"(?:PMID:?\s*)?(\d{1,9})|(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,9})/?",
    re.IGNORECASE,
)
"""A line of a list that is a PMID, or the address of one."""
_HEADER = re.compile(r"(?:dois?|pmids?|pubmed[ _]?ids?|ids?|titles?|arxiv(?:[ _]?ids?)?|references?)", re.IGNORECASE)
"""What a column of such a list is called, where it is the only one."""
_MOST_LISTED = 4_000_000
"""Bytes of a list of papers at most."""
_LONGEST_LINE = 1_000
_LARGEST_PROJECT = 2_000_000_000
"""Bytes of a project's database at most."""


class Written(Protocol):
    """What is written of a review; `explorer.Screening` is one."""

    name: str
    reviewer: str
    state: State

    @property
    def snapshot(self) -> Snapshot:
        """The generation of the corpus."""

    @property
    def database(self) -> Database:
        """The library's."""

    @property
    def ids(self) -> list[str]:
        """Ids of the records, in order."""

    @property
    def moved(self) -> Mapping[str, str]:
        """Ids of records that were merged, and of the papers they are in."""

    @property
    def labels(self) -> pd.DataFrame:
        """The decisions in force."""

    @property
    def log(self) -> pd.DataFrame:
        """Every act."""

    def refresh(self) -> int:
        """Take what was written since."""

    def decisions(self) -> list[tuple[int, str, Decision]]:
        """Stage, paper and decision of all that may be seen."""

    def ranks(self, progress: Progress = unheard) -> dict[str, int]:
        """Place in the queue of each record that is left."""

    def prisma(self) -> Flow:
        """The flow."""


# In


def read_labels(source: str | PathLike[str] | Source | pd.DataFrame | Snapshot) -> pd.DataFrame:
    """The decisions in a file, in a table of papers, or in the records that a corpus was made from.

    Parameters
    ----------
    source : path, Source, DataFrame or Snapshot
        A file of any format that papers are read from, a project of ASReview, papers, or a corpus, whose merged records are asked each.

    Returns
    -------
    DataFrame
        One row a decision: `id`, `title`, `doi`, `arxiv_id`, `pmid`, `year`, `authors` (list) of the record as the file has them, `stage`,
        `label`, `reason`, `reviewer`, `at` and `how` (the last three empty where the file does not say), `kind` ("vote", "prior" or
        "resolution") and `alone` (the label of a vote before others' could be seen, where it is known). `attrs["unread"]` has what stands
        in a column of decisions and says none, such as a 2, and in how many rows.

    Raises
    ------
    ReadError
        The file cannot be read, or what stands in its column of decisions says none.
    """
    import pandas as pd

    columns = [*_NAMED, *FileDecision._fields]
    unread: Counter[str] = Counter()
    if not isinstance(source, (str, PathLike, Source, pd.DataFrame)) and not hasattr(source, "merged"):
        raise ReadError(f"Decisions are read from a file or a table of papers, not from a {type(source).__name__}.")
    if isinstance(source, (str, PathLike)) and str(source).lower().endswith(".asreview"):
        source = Source(str(source), path=Path(source))
    if isinstance(source, Source) and source.name.lower().endswith(".asreview"):
        rows = list(_project_labels(source))
    else:
        papers = _papers_of(source) if isinstance(source, (str, PathLike, Source, pd.DataFrame)) else records_of(source)
        columns_of = _columns_of(papers)
        listed = None if isinstance(source, pd.DataFrame) or hasattr(source, "merged") else _list_of(_file_name(source))
        rows = []
        for paper in papers:
            said = decisions_of(paper, columns_of) or ([] if listed is None else [listed])
            rows += [(*_names(paper), *one) for one in said]
            if not said and (value := next(filter(None, map(str, _told(_fields(paper), columns_of))), "")):
                unread[value[:_LONGEST_VALUE]] += 1
    found = pd.DataFrame(rows, columns=columns, dtype="object").astype({"stage": "int64"})
    found["reviewer"] = found["reviewer"].map(_named)
    found.loc[(found["kind"] == "vote") & (found["reviewer"] == ""), "kind"] = "prior"
    # Our workbook tells of each decision twice, beside its record and in the list of all.
    named = found.assign(id=found["id"].fillna(found["title"]))
    found = found[~(named.duplicated(["id", *FileDecision._fields[:-1]]) & found["at"].ne(""))].reset_index(drop=True)
    found.attrs["unread"] = dict(unread.most_common())
    if unread and not len(found) and not hasattr(source, "merged"):
        values = ", ".join(f"“{value}”" for value in list(unread)[:5])
        raise ReadError(
            f"What stands in the column of decisions, {values}, says neither include nor exclude. Write yes and no, or 1 and 0."
        )
    return found


_NAMED = ("id", "title", "doi", "arxiv_id", "pmid", "year", "authors")
"""What names a record."""


def _names(paper: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(paper.get(name) for name in _NAMED)


def _papers_of(source: str | PathLike[str] | Source | pd.DataFrame) -> list[dict[str, Any]]:
    """The papers of a file or a table; where no column is the title, those that its ids, DOIs or PMIDs name."""
    if isinstance(source, (str, PathLike, Source)):
        named = None
        try:
            read = read_files(source)
        except NoTitleError as error:
            if (named := _naming(error.columns)) is None:
                raise
            read = read_files(source, columns={named: "title"})
        papers: list[dict[str, Any]] = read.table.to_pylist()
        # Who is told of twice, as by two reviewers, is one record.
        same = {
            (note.source, note.record): note.before
            for note in read.ledger.notes
            if note.field == "id" and note.action == "repaired"
        }
        for row, paper in enumerate(papers if same else ()):
            paper["id"] = same.get(read.origin(row), paper["id"])
    else:
        named = None if "title" in source.columns else _naming(source.columns)
        known = {name: "title" if name == named else _field(name) for name in source.columns if _field(name) in _NAMING}
        papers = to_table(source.rename(columns=known if named else {})).to_pylist()
        for paper, given in zip(papers, source.get("id", ()), strict=False):
            paper["id"] = given if isinstance(given, str) and given else paper["id"]
    for paper in papers if named else ():
        _, id_, _, doi, arxiv, pmid, *_ = _line((paper["title"] or "").removesuffix(".0"))
        fields = _fields(paper)
        paper |= {
            "id": id_ or None,
            "title": None,
            "doi": paper["doi"] or doi,
            "arxiv_id": paper["arxiv_id"] or arxiv,
            "pmid": fields.get("pmid") or fields.get("pubmed_id") or pmid,
        }
    return papers


def _naming(columns: Iterable[str]) -> str | None:
    """The column that names papers, where none is the title."""
    by_name = {_field(name): name for name in columns}
    return next((by_name[name] for name in _NAMING if name in by_name), None)


def records_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The records that the papers of a corpus were made from, each with the id of its paper: a merged paper has the fields of the first."""
    merged = [{**record, "id": record["merge_paper"]} for record in snapshot.merged.records.to_pylist()]
    told = {record["id"] for record in merged}
    # No abstract tells of a decision, and unpacking them takes longest.
    table = snapshot.table.select([name for name in snapshot.table.column_names if name != "abstract"])
    return [*(paper for paper in table.to_pylist() if paper["id"] not in told), *merged]


class FileDecision(NamedTuple):
    """A decision that a record tells of; what it does not say is empty."""

    stage: int
    label: Label
    reason: str = ""
    reviewer: str = ""
    at: str = ""
    how: str = ""
    kind: Kind = "prior"
    alone: str = ""
    """Of a vote, the label given before others' could be seen."""


def _kind(said: object, reviewer: str, how: str) -> Kind:
    """What a decision by a reviewer is; files of before do not say it."""
    if said in KINDS:
        return next(kind for kind in KINDS if kind == said)
    return "resolution" if how == "resolved" else "vote" if reviewer and how in ("", "alike") else "prior"


class _Columns(NamedTuple):
    """Further columns of a table that have decisions, the weightiest first."""

    first: tuple[str, ...] = ()
    """About titles and abstracts."""
    fulltext: tuple[str, ...] = ()
    agreed: frozenset[str] = frozenset()
    """Those that say what was agreed on."""
    reviewers: tuple[tuple[str, str], ...] = ()
    """Where several have a column each: those columns, also by the name that stands in the table."""


_NONE = _Columns()


def decisions_of(paper: Mapping[str, Any], columns: _Columns = _NONE) -> list[FileDecision]:
    """The decisions that a record tells of, also in further columns of its table; none where it tells of none."""
    notes = notes_text(paper)
    if own := paper.get(DECISIONS) or next((line[len(NOTE) :] for line in notes.split("\n") if line.startswith(NOTE)), ""):
        decisions = list(_own(str(own)))
        before = label_of(paper.get("label_included")) or paper.get("screening_label") or _found(_TITLE_AND_ABSTRACT, notes)
        return _decided_since(paper, notes, before) or decisions
    fields = _fields(paper)
    if listed := _row_of_labels(fields):
        return [listed]
    at_fulltext = _listed(_found(COVIDENCE, notes))
    reason = _listed(_found(_RAYYAN_REASONS, notes)) or at_fulltext
    label, own_reason = _label(fields, notes)
    if label is None:
        label, own_reason = _tagged(fields)
    if label is None and reason:
        return [FileDecision(2 if reason == at_fulltext else 1, "exclude", reason)]
    if label is None:
        label, own_reason = _marked(fields)
    if label is None:
        label, own_reason = _in_columns(fields, columns.first, columns.agreed)
    second, second_reason = _in_columns(fields, columns.fulltext, columns.agreed)
    beside = next((str(fields[name]).strip() for name in _REASONS if fields.get(name)), "")
    found = []
    if label is None and columns.reviewers:
        votes = ((who, *_said(fields.get(name))) for name, who in columns.reviewers)
        found = [FileDecision(1, vote, why, who, kind="vote") for who, vote, why in votes if vote]
    if label is not None:
        # A reason in a column beside both is of the full text, where that was excluded.
        why = reason or own_reason or ("" if second == "exclude" else beside)
        found.append(FileDecision(1, label, why if label == "exclude" else ""))
    if second is not None and (label or "include") != "exclude":
        found.append(FileDecision(2, second, second_reason or beside if second == "exclude" else ""))
    return found


def _decided_since(paper: Mapping[str, Any], notes: str, before: Any) -> list[FileDecision]:
    """What ASReview says of a record beside our decisions, where it is something else than it was given."""
    seen = _found(_ASREVIEW_NOTE, notes)
    label = label_of(paper.get(_ASREVIEW)) or ("include" if seen == "relevant" else "exclude" if seen else None)
    if label is None or label == before:
        return []
    return [FileDecision(1, label, str(paper.get("asreview_note") or "") if label == "exclude" else "")]


_LISTS: Mapping[str, tuple[int, Label]] = {
    "irrelevant": (1, "exclude"), "select": (1, "include"), "excluded": (2, "exclude"), "included": (2, "include"),
}  # fmt: skip
_COVIDENCE_FILE = re.compile(r"review_\d{1,12}_(irrelevant|select|excluded|included)_", re.IGNORECASE)


def _file_name(source: str | PathLike[str] | Source) -> str:
    return source.name if isinstance(source, Source) else Path(source).name


def _list_of(name: str) -> FileDecision | None:
    """What a file of Covidence says of all of its records by its name; none where it is another file."""
    match = _COVIDENCE_FILE.search(name)
    return FileDecision(*_LISTS[match[1].lower()]) if match else None


_CORE = frozenset(
    "decision decisions screening screened inclusion include included eligible eligibility verdict entscheidung einschluss beslissing inclusie"
    " décision inclusion decisión inclusión decisão inclusão decisione inclusione".split()
)
"""Words of which a column has one in its name that has decisions, also where these are but yes and no."""
_BESIDE_CORE = frozenset(
    "title titles abstract abstracts and or ti ab tiab ta t a full text texts fulltext ft final consensus stage phase level round first second"
    " 1 2 3 reviewer reviewers initial y n yes no status by the of at titel volltext und konsens".split()
)
"""Words that may stand beside: of “included in meta-analysis” the answer is about something else."""
_FULLTEXT = re.compile(r"full[ _-]?texts?|\bft\b|volltext|texte?_int[ée]gral|texto_completo|testo_completo", re.IGNORECASE)
_WHO = frozenset("reviewer reviewers screener rater assessor gutachter relecteur revisor revisore".split())
_AGREED = frozenset("final consensus agreed konsens consenso".split())
_STRONG = frozenset(
    word
    for word in SAID
    if word not in "1 1.0 true yes y in 0 0.0 false no n out maybe ja nein nee oui non sí si sim não sì".split()
)
"""What says a decision whatever the column is called."""
_MOST_NAMED = 200
"""Columns of a table that are looked at."""


def _columns_of(papers: Sequence[Mapping[str, Any]]) -> _Columns:
    """The columns of a table that have decisions by their names, or by all that stands in them."""
    known = {*_ONES, *_DECISIONS, *_REASONS, *_TAGS, *NOTES, DECISIONS, *FIELDS, "stage", "reviewer", "label", "how", "kind"}
    # None of what has no decisions: other fields, and columns of many values.
    given: dict[str, set[str] | None] = {}
    for paper in papers:
        for name, value in paper.items():
            values = given.setdefault(name, None if _field(name) in known else set()) if name not in given else given[name]
            if values is None or not isinstance(value, (str, int, float)) or value != value:
                continue
            values.add(str(value).strip())
            if len(values) > _MOST_SAID:
                given[name] = None
    first: list[str] = []
    fulltext: list[str] = []
    agreed: set[str] = set()
    reviewers: list[tuple[str, str]] = []
    columns = [(name, values - {""}) for name, values in given.items() if values and values != {""}]
    for name, values in columns[:_MOST_NAMED]:
        field = _field(name)
        words = set(re.findall(r"\w+", field.replace("_", " ")))
        labels = [_said(value)[0] for value in values]
        named = bool(words & _CORE) and words <= _CORE | _BESIDE_CORE and any(labels)
        strong = all(labels) and any(
            label != "maybe" and normal(value).strip().casefold() in _STRONG
            for value, label in zip(values, labels, strict=True)
        )
        if named or strong:
            (fulltext if _FULLTEXT.search(field) else first).append(field)
            agreed |= {field} if words & _AGREED else set()
            if field in first and field not in agreed and (not words & _CORE or words & _WHO):
                reviewers.append((field, str(name).strip()[:_LONGEST_VALUE]))
    # What was agreed on says it; where nothing stands there, nobody has.
    told = any(label_of(value) for paper in papers for value in _told(_fields(paper), _NONE)) if first else False
    if told or agreed.intersection(first):
        return _Columns(() if told else tuple(first), tuple(fulltext), frozenset(agreed))
    if len(reviewers) > 1:
        apart = {field for field, _ in reviewers}
        return _Columns(
            tuple(field for field in first if field not in apart), tuple(fulltext), frozenset(agreed), tuple(reviewers)
        )
    return _Columns(tuple(first), tuple(fulltext), frozenset(agreed))


_MOST_SAID = 30
"""Different values of a column of decisions at most, reasons behind them included."""


def _said(value: object) -> tuple[Label | None, str]:
    """The label that a cell says, and the reason behind it, as in “exclude: wrong outcome”."""
    if label := label_of(value):
        return label, ""
    match = _TAG.match(str(value).strip()[:_LONGEST_LINE])
    return (
        (next(one for one in LABELS if one == match[1].lower()), (match[2] or match[3] or "").strip()) if match else (None, "")
    )


def _in_columns(fields: Mapping[str, Any], names: Sequence[str], agreed: frozenset[str]) -> tuple[Label | None, str]:
    """What some columns say of a record: what was agreed on, else what all say; where they differ, a maybe."""
    found = {name: said for name in names if (said := _said(fields.get(name)))[0]}
    settled = {name: said for name, said in found.items() if name in agreed} if agreed.intersection(names) else found
    labels = {label for label, _ in settled.values()}
    if not labels:
        return None, ""
    label = labels.pop() if len(labels) == 1 else "maybe"
    return label, next((reason for _, reason in settled.values() if reason), "")


_CROSSES = frozenset("x × ✓ ✔ ☑ + 1 1.0 y yes true ja oui sí".split())


def _marked(fields: Mapping[str, Any]) -> tuple[Label | None, str]:
    """What a cross in a column `Include` or `Exclude` says."""
    crossed = {
        label
        for label, names in (("include", ("include", "included")), ("exclude", ("exclude", "excluded")))
        for name in names
        if fields.get(name) is not None and normal(str(fields[name])).strip().casefold() in _CROSSES
    }
    if not crossed:
        return None, ""
    return next(one for one in LABELS if one in crossed) if len(crossed) == 1 else "maybe", ""


def _fields(paper: Mapping[str, Any]) -> dict[str, Any]:
    return {_field(name): value for name, value in paper.items()}


def _field(name: object) -> str:
    # What may be said stands behind some, as “Include (Y/N)”.
    plain = re.sub(r"[(\[][^()\[\]]{0,20}[)\]]$", "", normal(str(name)).replace("\u2019", "'").strip(" ?:"))
    return re.sub(r"[\s-]+", "_", plain.strip(" ?:").casefold())


def _told(fields: Mapping[str, Any], columns: _Columns) -> Iterator[Any]:
    """What columns of decisions hold."""
    return (fields[name] for name in (*_ONES, *_DECISIONS, *columns.first, *columns.fulltext) if fields.get(name) is not None)


def _row_of_labels(fields: Mapping[str, Any]) -> FileDecision | None:
    """What a row of `Screening.labels` says, as our workbook has them beside the records; none where it is another row."""
    stage, label = str(fields.get("stage")).removesuffix(".0"), label_of(fields.get("label"))
    if label is None or stage not in ("1", "2") or not fields.get("reviewer"):
        return None
    reason, reviewer, at, how = (str(fields.get(name) or "") for name in ("reason", "reviewer", "at", "how"))
    return FileDecision(int(stage), label, reason, reviewer, at, how, _kind(fields.get("kind"), reviewer, how))


def _listed(reasons: str) -> str:
    return ", ".join(part.strip() for part in reasons.split(",") if part.strip())


def _label(fields: Mapping[str, Any], notes: str) -> tuple[Label | None, str]:
    """What columns and notes say, and why."""
    given = [name for name in (*_ONES, *_DECISIONS) if fields.get(name) is not None]
    for name in given:
        if label := label_of(fields[name]):
            # What an ASReview user notes beside an exclusion, as a project of theirs has it too.
            return label, str(fields.get("asreview_note") or "") if name == _ASREVIEW else ""
    for name in given:
        label, reason = _said(fields[name])
        if label:
            return label, reason
    votes = (_RAYYAN_LABELS.get(word.casefold()) for _, word in _RAYYAN_VOTE.findall(_found(_RAYYAN, notes)))
    if said := {label for label in votes if label}:
        return said.pop() if len(said) == 1 else "maybe", ""
    seen = _found(_ASREVIEW_NOTE, notes)
    return ("include" if seen == "relevant" else "exclude") if seen else None, ""


def _tagged(fields: Mapping[str, Any]) -> tuple[Label | None, str]:
    """What tags say; those that contradict each other say maybe."""
    tags = list(fields.get("keywords") or ())
    for name in _TAGS:
        value = fields.get(name)
        tags += re.split(r"[;\n]", value) if isinstance(value, str) else list(value or ())
    found = [match for tag in tags if (match := _TAG.match(str(tag).strip()))]
    labels = {match[1].lower() for match in found}
    if not labels:
        return None, ""
    label = labels.pop() if len(labels) == 1 else "maybe"
    reasons = ((match[2] or match[3] or "").strip() for match in found)
    return next(one for one in LABELS if one == label), next(filter(None, reasons), "")


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _own(text: str) -> Iterator[FileDecision]:
    try:
        given = json.loads(text)
        for one in given:
            if one["label"] not in LABELS or one["stage"] not in (1, 2) or one.get("alone", "") not in ("", *LABELS):
                raise ValueError(one["label"])
            reason, reviewer, at, how = (str(one.get(name, "")) for name in ("reason", "reviewer", "at", "how"))
            kind = _kind(one.get("kind"), reviewer, how)
            yield FileDecision(one["stage"], one["label"], reason, reviewer, at, how, kind, one.get("alone", ""))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ReadError(f"The decisions {text[:60]!r} are damaged ({error}). Take that column out to read the rest.") from error


_RESULTS = """
SELECT record.dataset_row, record.title, record.doi, record.year, record.authors, results.label, results.note, results.time
FROM record LEFT JOIN results USING (record_id) ORDER BY results.time, results.rowid, record.dataset_row
"""


def _project_labels(source: Source) -> Iterator[tuple[Any, ...]]:
    """The results of a project of ASReview, with what they are about; of one that we wrote all decisions, but where ASReview has another."""
    try:
        archive = source.path if source.path is not None else io.BytesIO(source.data or b"")
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as project:
            name = next((name for name in project.namelist() if name.rsplit("/", 1)[-1] == "results.db"), None)
            if name is None:
                raise ReadError(f"{source.name} has no results. Export the project from ASReview 3, or its dataset as CSV.")
            if project.getinfo(name).file_size > _LARGEST_PROJECT:
                raise ReadError(f"{source.name} is larger than any project. Export its dataset as CSV.")
            ours = _written_with(project)
            copy = Path(folder) / "results.db"
            copy.write_bytes(project.read(name))
            file = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
            try:
                for row, title, doi, year, authors, label, note, seconds in file.execute(_RESULTS):
                    listed = json.loads(authors) if authors else None
                    id_, before, decisions = ours.get(row, (None, None, ()))
                    names = (id_, title, normal_doi(doi or ""), None, None, year, listed if isinstance(listed, list) else None)
                    said = None if label is None else "include" if label == 1 else "exclude"
                    if before == said:
                        yield from ((*names, *one) for one in decisions)
                    if before == said and decisions:
                        continue
                    if said is not None:
                        at = datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else ""
                        reason = (note or "") if said == "exclude" else ""
                        yield (*names, *FileDecision(1, "include" if said == "include" else "exclude", reason, at=at))
            finally:
                file.close()
    except (OSError, zipfile.BadZipFile, sqlite3.Error, OverflowError, ValueError, TypeError) as error:
        raise ReadError(
            f"{source.name} cannot be read as a project of ASReview 3 ({error}). Export its dataset as CSV."
        ) from error


def _written_with(project: zipfile.ZipFile) -> dict[int, tuple[str | None, str | None, list[FileDecision]]]:
    """By row of the dataset id, label that a project of ours gave ASReview, and decisions; nothing of a project that is not ours."""
    name = next((name for name in project.namelist() if name == f"data/{_DATASET}"), None)
    if name is None or project.getinfo(name).file_size > _LARGEST_PROJECT:
        return {}
    csv.field_size_limit(1 << 30)
    with project.open(name) as file:
        rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        if DECISIONS not in (rows.fieldnames or ()):
            return {}
        return {
            number: (
                row.get("id") or None,
                row["screening_label"] if row.get("screening_label") in ("include", "exclude") else None,
                list(_own(row[DECISIONS] or "[]")),
            )
            for number, row in enumerate(rows)
        }


def read_known(source: str | PathLike[str] | Source | pd.DataFrame | Sequence[str]) -> pd.DataFrame:
    """The papers that a file, a table or a list names.

    Parameters
    ----------
    source : path, Source, DataFrame or sequence of str
        A file of any format that papers are read from; one with a DOI, a PMID, an arXiv id, an id of the review or a title a line; a table
        of papers; or such lines.

    Returns
    -------
    DataFrame
        One row a paper: `given` (what names it, to be shown), `id`, `title`, `doi`, `arxiv_id`, `pmid`, `year`, `authors`, and `label`, what
        the source itself says of it ("" where it says nothing).

    Raises
    ------
    ReadError
        The file cannot be read, or names nothing.
    """
    import pandas as pd

    columns = ["given", *_NAMED, "label"]
    if isinstance(source, pd.DataFrame):
        papers = to_table(source).to_pylist()
    elif isinstance(source, (str, PathLike, Source)):
        file = source if isinstance(source, Source) else Source(Path(source).name, path=Path(source))
        papers, lines = _papers_or_lines(file)
        if not papers:
            return pd.DataFrame(list(map(_line, lines)), columns=columns, dtype="object")
    else:
        lines = [line for line in source if isinstance(line, str) and line.strip()]
        return pd.DataFrame(list(map(_line, lines)), columns=columns, dtype="object")
    rows = [
        (
            paper["title"] or paper["doi"] or paper.get("pmid") or paper["id"],
            *_names(paper),
            next((one.label for one in decisions_of(paper) if one.stage == 1), ""),
        )
        for paper in papers
    ]
    return pd.DataFrame(rows, columns=columns, dtype="object")


def _papers_or_lines(file: Source) -> tuple[list[dict[str, Any]], list[str]]:
    """The papers of a file, or where it is no list of papers the lines of it."""
    try:
        read = read_files(file)
        if read.table.num_rows:
            return read.table.to_pylist(), []
        problem = ReadError(
            f"{file.name} names no paper. Give RIS, BibTeX, CSV or another list of papers, or a DOI, PMID or title a line."
        )
    except ReadError as error:
        problem = error
    with file.open() as opened:
        data = opened.read(_MOST_LISTED + 1)
    text = decode(data)
    if len(data) > _MOST_LISTED or any(unicodedata.category(char) == "Cc" and char not in "\t\r\n" for char in text):
        raise problem
    lines = [line for line in text.splitlines() if line.strip(" \t\"',;")]
    # The name of a column says what stands below it.
    if lines and _HEADER.fullmatch(lines[0].strip(" \t\"',;")):
        del lines[0]
    if not lines:
        raise problem
    return [], lines


def _line(line: str) -> tuple[str, str | None, str | None, str | None, str | None, str | None, None, None, str]:
    """What a line names: a DOI, an arXiv id or a PMID in one of its cells, else an id or a title."""
    given = line.strip(" \t\"',;")[:_LONGEST_LINE]
    cells = [cell.strip(" \"'") for cell in re.split(r"[\t;,]", given)]
    doi = next(filter(None, map(normal_doi, (*cells, given))), None)
    pmid = None if doi else next((found[1] or found[2] for cell in cells if (found := _PMID.fullmatch(cell))), None)
    arxiv = None if doi or pmid else next(filter(None, map(normal_arxiv_id, cells)), None)
    title = None if doi or pmid or arxiv else given
    return given, given, title, doi, arxiv, pmid, None, None, ""


def _digits(pmid: Any) -> str:
    """A PMID without zeros before it; empty where there is none."""
    found = str(pmid or "").strip().removesuffix(".0").lstrip("0")
    return found if found.isdecimal() else ""


class _Named(NamedTuple):
    """What names a record of a review, as it is compared."""

    title: str
    doi: str
    year: int | None
    authors: Any
    """Names, as a table has them; they are taken apart where they must tell."""

    @property
    def families(self) -> frozenset[str]:
        """Family names."""
        names = self.authors if isinstance(self.authors, (list, tuple, np.ndarray)) else ()
        return frozenset(family for name in names if (family := _words(family_and_given(str(name))[0])))


def _year(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and value == value else None


def matched(review: Written, labels: pd.DataFrame) -> pd.DataFrame:
    """The labels with the ids of the review's records, found by id, DOI, arXiv id, PMID or the words of the title; missing where none is.

    Of records that share what names them, DOI, year and authors say which is meant. Where they do not none is guessed, and `candidates`
    has the ids of those that are left, else an empty tuple.
    """
    table = review.snapshot.table
    known = set(review.ids)
    by: dict[str, dict[str, list[str]]] = {"doi": {}, "arxiv_id": {}, "pmid": {}, "title": {}}
    own: dict[str, _Named] = {}
    # Not every table has it.
    pmids = table.column("pmid").to_pylist() if "pmid" in table.column_names else [None] * table.num_rows
    columns = (table.column(name).to_pylist() for name in ("id", "title", "doi", "arxiv_id", "year", "authors"))
    for id_, title, doi, arxiv, year, authors, pmid in zip(*columns, pmids, strict=True):
        if id_ not in known:
            continue
        own[id_] = named = _Named(_words(title), doi or "", _year(year), authors)
        told = (("doi", doi or ""), ("arxiv_id", arxiv or ""), ("pmid", _digits(pmid)), ("title", named.title))
        for name, value in told:
            if value:
                by[name].setdefault(value, []).append(id_)

    def found(row: Any) -> tuple[str | None, tuple[str, ...]]:
        id_ = review.moved.get(row.id, row.id)
        given = _Named(_words(row.title), row.doi or "", _year(getattr(row, "year", None)), getattr(row, "authors", None))
        # Ids that only number the rows of a file, as 1, 2, 3, name other records in another file.
        if id_ in known:
            there = own[id_]
            same = given.title == there.title if given.title and there.title else not (given.doi and there.doi)
            if same or (given.doi and given.doi == there.doi):
                return str(id_), ()
        several: tuple[str, ...] = ()
        for name, value in (("doi", given.doi), ("arxiv_id", row.arxiv_id), ("pmid", _digits(getattr(row, "pmid", None)))):
            alone = _alike(by[name].get(value or "", []), given, own)
            if len(alone) == 1:
                return alone[0], ()
            several = several or tuple(alone)
        alone = _alike(_possible(by["title"].get(given.title, []), given, own), given, own)
        if len(alone) == 1:
            return alone[0], ()
        several = several or tuple(alone)
        if not several and id_ in known and not str(id_).isdecimal():
            return str(id_), ()
        return None, several

    outcomes = [found(row) for row in labels.itertuples()]
    ids: list[Any] = [id_ for id_, _ in outcomes]
    several: list[Any] = [candidates for _, candidates in outcomes]
    return labels.assign(id=ids, candidates=several)


def _possible(ids: Sequence[str], given: _Named, own: Mapping[str, _Named]) -> list[str]:
    """Of records of one title, those that may be meant: of a title such as “Editorial” another DOI, year or author is another paper.

    A longer title names a record alone; where there are several, another DOI is another one.
    """
    telling = len(given.title.split()) >= TELLING
    if telling and len(ids) == 1:
        return list(ids)

    def other(there: _Named) -> bool:
        if given.doi and there.doi and given.doi != there.doi:
            return True
        if telling:
            return False
        # In print it is often a year later than on the page.
        years = given.year is not None and there.year is not None and abs(given.year - there.year) > 1
        return years or bool(given.families and there.families and given.families.isdisjoint(there.families))

    return [id_ for id_ in ids if not other(own[id_])]


def _alike(ids: Sequence[str], given: _Named, own: Mapping[str, _Named]) -> list[str]:
    """Of several records, those that the DOI, the title, the authors and the year speak for, each where it speaks for any."""
    left = list(ids)
    tests: tuple[Callable[[_Named], bool], ...] = (
        lambda there: bool(given.doi) and given.doi == there.doi,
        lambda there: bool(given.title) and given.title == there.title,
        lambda there: bool(given.families) and given.families == there.families,
        lambda there: not given.families.isdisjoint(there.families),
        lambda there: given.year is not None and given.year == there.year,
    )
    for speaks in tests:
        if len(left) > 1:
            left = [id_ for id_ in left if speaks(own[id_])] or left
    return left


def named_votes(labels: pd.DataFrame) -> list[Any]:
    """The votes of reviewers that a file tells of by name, one row a record, stage and reviewer: the last, as in a review."""
    return _last(labels[labels["kind"] == "vote"], ["id", "stage", "reviewer"])


def resolutions(labels: pd.DataFrame) -> list[Any]:
    """How a file says that conflicts were resolved, one row a record and stage: the last."""
    return _last(labels[labels["kind"] == "resolution"], ["id", "stage"])


def _last(labels: pd.DataFrame, by: list[str]) -> list[Any]:
    known = labels.dropna(subset="id")
    # The log keeps what is written into it: a time that is none is left out.
    told = known.assign(at=known["at"].map(_time), reason=known["reason"].map(_shortened))
    return list(told.sort_values("at", kind="stable").drop_duplicates(by, keep="last").sort_index().itertuples())


def _time(at: Any) -> str:
    try:
        return datetime.fromisoformat(str(at)).isoformat()
    except ValueError:
        return ""


def _named(reviewer: str) -> str:
    """A name as a review takes one; empty where it is none."""
    tidy = " ".join(reviewer.split())
    return tidy if len(tidy) <= LONGEST_REVIEWER and tidy.isprintable() else ""


def settled(labels: pd.DataFrame) -> list[tuple[str, int, Label, str]]:
    """What a file says of each record and stage that it names no reviewer for: id, stage, label and reason; where rows differ, a maybe."""
    rows: dict[tuple[str, int], list[Any]] = {}
    told: list[Any] = list(labels[labels["kind"] == "prior"].dropna(subset="id").itertuples())
    for row in told:
        rows.setdefault((row.id, row.stage), []).append(row)
    found: dict[tuple[str, int], tuple[Label, str]] = {}
    for named, given in rows.items():
        same = len({row.label for row in given}) == 1
        reason = next((row.reason for row in reversed(given) if row.reason), "") if same else ""
        found[named] = (given[-1].label if same else "maybe", _shortened(reason))
    return [(id_, stage, label, reason) for (id_, stage), (label, reason) in found.items()]


def _shortened(reason: str) -> str:
    tidy = " ".join(reason.split())
    return tidy if len(tidy) <= LONGEST_REASON else f"{tidy[: LONGEST_REASON - 1]}…"


def _words(title: str | None) -> str:
    return " ".join(words_of(title or ""))


# Out


def records_table(review: Written, progress: Progress = unheard) -> pa.Table:
    """The records of a review with the decisions in force that may be seen, as a paper table with these further columns.

    `label_included` (1 or 0; what holds over all reviewers by title and abstract, missing where nothing does), `screening_label`,
    `screening_reason`, `fulltext_label`, `fulltext_reason`, `screening_rank` (place in the queue), `screening_decisions` (JSON).
    """
    review.refresh()
    snapshot = review.snapshot
    rows = {id_: row for row, id_ in enumerate(snapshot.table.column("id").to_pylist())}
    ids = review.ids
    table = snapshot.table.take(pa.array([rows[id_] for id_ in ids], pa.int64()))
    if review.state.abstracts:
        filled = [
            review.state.abstracts.get(id_) or text for id_, text in zip(ids, table.column("abstract").to_pylist(), strict=True)
        ]
        table = table.set_column(
            table.column_names.index("abstract"), "abstract", pa.array(filled, table.schema.field("abstract").type)
        )
    decisions: dict[str, list[dict[str, Any]]] = {}
    for stage, paper, one in sorted(review.decisions(), key=lambda found: found[2].seq):
        alone = review.state.independent[stage].get(paper, {}).get(one.reviewer) if one.kind == "vote" else None
        decisions.setdefault(paper, []).append(_plain(stage, one, alone))
    ranks = review.ranks(progress)
    first, second = ({id_: seen(review, stage, id_) for id_ in ids} for stage in (1, 2))
    columns = {
        "label_included": pa.array([{"include": 1, "exclude": 0}.get(first[id_][0]) for id_ in ids], pa.int8()),
        "screening_label": pa.array([first[id_][0] or None for id_ in ids], pa.string()),
        "screening_reason": pa.array([first[id_][1] or None for id_ in ids], pa.string()),
        "fulltext_label": pa.array([second[id_][0] or None for id_ in ids], pa.string()),
        "fulltext_reason": pa.array([second[id_][1] or None for id_ in ids], pa.string()),
        "screening_rank": pa.array([ranks.get(id_) for id_ in ids], pa.int64()),
        DECISIONS: pa.array(
            [json.dumps(decisions[id_], ensure_ascii=False) if id_ in decisions else None for id_ in ids], pa.string()
        ),
    }
    if _ASREVIEW in table.column_names:
        # Of a review before this one; whoever reads it takes it for what is said now.
        columns[_ASREVIEW] = columns["label_included"]
    for name, values in columns.items():
        place = table.column_names.index(name) if name in table.column_names else None
        table = table.append_column(name, values) if place is None else table.set_column(place, name, values)
    return table


def seen(review: Written, stage: int, id_: str) -> tuple[str, str]:
    """Label and reason of a record at a stage as this reviewer may see them: over all, or while it is blind, their own."""
    state = review.state
    if not state.at_stage(stage, id_):
        return "", ""
    verdict, decision = state.verdict(stage, id_)
    if state.hidden(stage, id_):
        decision = state.vote(stage, id_, review.reviewer) or state.priors[stage].get(id_)
        return (decision.label, decision.reason) if decision else ("", "")
    if decision is None:
        return ("", "") if verdict in ("open", "awaits") else (verdict, "")
    return decision.label, decision.reason


def _plain(stage: int, one: Decision, alone: Decision | None) -> dict[str, Any]:
    found = {
        "stage": stage, "reviewer": one.reviewer, "label": one.label, "reason": one.reason, "how": one.how, "at": one.at, "kind": one.kind,
        "alone": alone.label if alone else "",
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


_TABLE = 0.1
"""Part of the writing that `records_table` is."""


def _part(progress: Progress, start: float, stop: float) -> Progress:
    """What tells of a part of a work, from one part of the whole to another."""
    return lambda part: progress(start + (stop - start) * part)


def _batches(table: pa.Table, progress: Progress) -> PaperBatches:
    """The batches of a table, that tell how far whoever asks for them is; an exception that `progress` raises stops them."""
    plain = to_table(table)

    def read(start: int, stop: int, names: Sequence[str]) -> pa.Table:
        if stop > start:
            progress(start / plain.num_rows)
        return plain.select(names).slice(start, stop - start)

    return PaperBatches(plain.column_names, plain.num_rows, read)


def to_csv(review: Written, path: str | PathLike[str], progress: Progress = unheard) -> None:
    """Write `records_table` as CSV."""
    table = records_table(review, _part(progress, 0, _TABLE))
    _write(Path(path), b"".join(csv_parts(_batches(table, _part(progress, _TABLE, 1)))))


def to_ris(review: Written, path: str | PathLike[str], progress: Progress = unheard) -> None:
    """Write the records as RIS; the decisions stand in N1, in words, as ASReview reads them, and to the letter."""
    table = records_table(review, _part(progress, 0, _TABLE))
    notes = []
    said = [
        name for name in table.column_names if name in NOTES or name.startswith(("screening_", "fulltext_", "label_included"))
    ]
    for paper in table.select(said).to_pylist():
        lines = [
            line
            for name in NOTES
            if paper.get(name)
            for line in str(paper[name]).split("\n")
            if not line.startswith((NOTE, "ASReview_"))
        ]
        if paper["label_included"] is not None:
            lines.append("ASReview_relevant" if paper["label_included"] else "ASReview_irrelevant")
        for stage, name in (("Title and abstract", "screening"), ("Full text", "fulltext")):
            if label := paper[f"{name}_label"]:
                reason = paper[f"{name}_reason"]
                lines.append(f"{stage}: {label}{f' ({reason})' if reason else ''}")
        if paper[DECISIONS]:
            lines.append(NOTE + paper[DECISIONS])
        notes.append("\n".join(dict.fromkeys(lines)) or None)
    kept = [name for name in table.column_names if name not in NOTES and not name.startswith(("screening_", "fulltext_"))]
    kept.remove("label_included")
    noted = table.select(kept).append_column("note", pa.array(notes, pa.large_string()))
    _write(Path(path), b"".join(ris_parts(_batches(noted, _part(progress, _TABLE, 1)))))


def to_excel(review: Written, path: str | PathLike[str], progress: Progress = unheard) -> None:
    """Write a workbook: sheets ``records``, ``labels``, ``log``, ``flow`` and ``review``."""
    import xlsxwriter

    settings = [
        (name, value if isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False))
        for name, value in review.state.settings.items()
    ]
    table = records_table(review, _part(progress, 0, _TABLE))
    frames = (("labels", review.labels), ("log", review.log), ("flow", review.prisma().frame))
    rows = sum(len(frame) for _, frame in frames)
    # A row of records has some 25 cells, most of them long.
    first = _TABLE + 0.85 * (1 - _TABLE) * 4 * table.num_rows / max(1, 4 * table.num_rows + rows)
    data = io.BytesIO()
    with HeldFolder(f"{TEMPORARY}excel-") as folder:
        # Rows go to a file in the folder once the next one begins, so that little is left to do where nobody can stop it.
        book = xlsxwriter.Workbook(data, {"constant_memory": True, "tmpdir": str(folder)})
        try:
            add_papers(book, "records", _batches(table, _part(progress, _TABLE, first)))
            done = 0
            for name, frame in frames:
                plain = frame.astype(object).where(frame.notna(), None)
                told = _telling(plain.itertuples(index=False, name=None), done, rows, _part(progress, first, 0.85))
                add_rows(book, name, list(frame.columns), told)
                done += len(frame)
            add_rows(book, "review", ["setting", "value"], settings)
        finally:
            # It would be closed with its file, also where that is half.
            book.close()
    progress(1)
    _write(Path(path), data.getvalue())


_OFTEN = 500
"""Rows after which it is told how far a work is."""


def _telling(rows: Iterable[T], done: int, whole: int, progress: Progress) -> Iterator[T]:
    """Some rows, that tell how far whoever asks for them is, where so many of all came before."""
    for number, row in enumerate(rows, start=done):
        if number % _OFTEN == 0:
            progress(number / max(1, whole))
        yield row


def to_asreview(review: Written, path: str | PathLike[str], progress: Progress = unheard) -> None:
    """Write a project that ASReview 3 opens (``.asreview``), or the dataset it imports (``.csv``).

    ASReview knows relevant and irrelevant, one decision a record and no stage: what holds by title and abstract is written, the reason as
    the note, and a maybe not at all. Beside that stands every decision, in a column of its dataset that it keeps.
    """
    target = Path(path)
    if target.suffix.lower() not in (".asreview", ".csv"):
        raise ExportError(f"{target.name} is no file of ASReview: a project ends in .asreview, a dataset in .csv.")
    table = records_table(review, _part(progress, 0, _TABLE))
    if target.suffix.lower() == ".csv":
        kept = [name for name in table.column_names if name == DECISIONS or not name.startswith(("screening_", "fulltext_"))]
        _write(target, b"".join(csv_parts(_batches(table.select(kept), _part(progress, _TABLE, 1)))))
        return
    identity = hashlib.blake2b(review.name.encode(), digest_size=16).hexdigest()
    begun = review.state.searches[0].at
    project = {
        "version": "3.0.8", "id": identity, "mode": "oracle", "name": review.name, "feature_matrices": [], "tags": None,
        "created_at_unix": int(datetime.fromisoformat(begun).timestamp()), "project_file_version": _PROJECT_VERSION,
        "datasets": [{"id": identity, "name": _DATASET}], "review": {"status": "review", "model": _MODEL},
    }  # fmt: skip
    fields = ["id", "title", "abstract", "authors", "keywords", "year", "doi", "url", "screening_label", DECISIONS]
    data = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        database = Path(folder) / "results.db"
        _write_results(database, identity, review, table, _part(progress, _TABLE, 0.5))
        archive.writestr("project.json", json.dumps(project))
        archive.write(database, "results.db")
        archive.writestr("feature_matrices/", "")
        with archive.open(f"data/{_DATASET}", "w", force_zip64=True) as file:
            for number, part in enumerate(csv_parts(_batches(table.select(fields), _part(progress, 0.5, 1)))):
                # ASReview takes a byte order mark for a part of the first column's name.
                file.write(part if number else part.removeprefix(codecs.BOM_UTF8))
    _write(target, data.getvalue())


def _write_results(path: Path, identity: str, review: Written, table: pa.Table, progress: Progress) -> None:
    """Write the database of a project: its records, what holds of them in the order in which it was decided, and which come next."""
    told = sorted((one.at, paper, one.kind) for stage, paper, one in review.decisions() if stage == 1)
    times = {paper: at for at, paper, _ in told}
    # ASReview takes what no querier asked for as known before, and leaves it out of its curves.
    asked = {paper for _, paper, kind in told if kind == "vote"}
    method = review.state.settings["method"]
    model = (method["model"], method["query"], method["balance"], "tfidf")
    results, ranking = [], []
    file = sqlite3.connect(path)
    try:
        file.executescript(_PROJECT)
        file.execute(f"PRAGMA user_version = {_PROJECT_VERSION}")
        papers = (paper for batch in _batches(table, unheard) for paper in batch.to_pylist())
        for row, paper in enumerate(_telling(papers, 0, table.num_rows, progress)):
            file.execute(
                "INSERT INTO record (dataset_row, dataset_id, title, abstract, authors, keywords, year, doi, url, included, record_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                (
                    row, identity, paper["title"] or "", paper["abstract"] or "", json.dumps(paper["authors"] or []),
                    json.dumps(paper["keywords"] or []), paper["year"], paper["doi"], paper["url"], row,
                ),
            )  # fmt: skip
            at = times.get(paper["id"], "")
            if paper["label_included"] is not None:
                by = model if paper["id"] in asked else (None,) * len(model)
                results.append((at, row, int(paper["label_included"]), paper["screening_reason"], by))
            # What is decided, which here a maybe is, comes last.
            ranking.append((paper["screening_rank"] or math.inf, row))
        file.executemany(
            "INSERT INTO results (time, record_id, label, note, classifier, querier, balancer, feature_extractor, tags)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]')",
            ((datetime.fromisoformat(at).timestamp() if at else None, *said, *by) for at, *said, by in sorted(results)),
        )
        file.executemany(
            "INSERT INTO last_ranking (ranking, record_id, classifier, querier, balancer, feature_extractor)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            ((place, row, *model) for place, (_, row) in enumerate(sorted(ranking))),
        )
        file.commit()
    finally:
        file.close()


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}). Choose another folder.") from error


# The log

_LOG = Entry._fields


def log_to_csv(review: Written, path: str | PathLike[str], progress: Progress = unheard) -> None:
    """Write every act of a review, all reviewers' included, so that `log_from_csv` makes the same review of it.

    Raises
    ------
    ScreeningError
        Others' decisions may not be seen yet.
    """
    state = review.state
    if any(state.hidden(stage, paper) for stage in (1, 2) for paper in state.votes[stage]):
        raise ScreeningError(
            "The log tells of others' decisions. It is written once all reviewers are done, or blinding is lifted."
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_LOG)
    entries = Log(review.database, review.name).after()
    for entry in _telling(entries, 0, len(entries), progress):
        writer.writerow([*("" if value is None else value for value in entry[:-1]), json.dumps(entry.said, ensure_ascii=False)])
    _write(Path(path), text.getvalue().encode())


def log_from_csv(database: Database, path: str | PathLike[str], review: str) -> int:
    """Take the log of a review from a file into a library, under a name that is free; returns the number of acts.

    Raises
    ------
    ReadError
        The file is no log.
    ScreeningError
        The library has a review of that name.
    """
    log = Log(database, review)
    if log.after():
        raise ScreeningError(f"The library has a review {review!r} already. Choose another name.")
    try:
        csv.field_size_limit(1 << 30)
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        entries = [
            Entry(
                int(row["seq"]), row["reviewer"], row["at"], row["act"], int(row["stage"]) if row["stage"] else None, row["paper"] or None,
                row["label"] or None, row["reason"], int(row["target"]) if row["target"] else None, json.loads(row["said"]),  # type: ignore[arg-type]
            )
            for row in rows
        ]  # fmt: skip
        # It cannot be taken out of the library again: what no review could be opened with does not come in.
        known = replay(entries)
        if not known.searches or any(
            entry.label not in (None, *LABELS) or entry.stage not in (None, 1, 2) for entry in entries
        ):
            raise ValueError("it does not begin, or has labels or stages that there are none of")
    except (OSError, KeyError, ValueError, TypeError, AttributeError, AssertionError, csv.Error, ScreeningError) as error:
        raise ReadError(f"{path} is no log of a review ({type(error).__name__}: {error}).") from error
    log.restore(entries)
    return len(entries)

"""Records in the forms that are compared: folded text, normalised identifiers, names without their spellings."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.blocking import Rows, fold, squeeze
from explorer.papers.schema import TEXT

PREPRINT_DOI = re.compile(
    r"10\.(?:48550/|1101/\d|26434/|21203/|31234/|31219/|31222/|31235/|20944/|2139/ssrn|36227/|22541/|5281/zenodo|51094/)"
)
_PREPRINT_VENUE = re.compile(r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprints?|research square|corr)\b", re.I)
_RESOLVER = re.compile(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", re.I)
_MEDLINE = re.compile(r"(?<=[a-z])[ ,]+[A-Z]{1,4}$|^et al\.?$")
_ABSTRACT = 300
_BATCH = 5_000


class Records:
    """The columns of a paper table in the forms that are compared.

    Attributes
    ----------
    titles : Array of large_string, shape (rows,)
        Folded, without spaces.
    folded : list of str, length rows
        Folded titles.
    doi, arxiv_id, pmid : list of str or None, length rows
        Normalised; what is no identifier is None.
    people : dict of frozenset of str
        By row: words of two letters or more in the authors' names, so that initials and the order of names do not count.
    abstract : dict of str
        By row: first letters of the abstract, folded, without spaces.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        folded = fold(table.column("title"))
        self.titles = squeeze(folded)
        self.folded: list[str] = folded.to_pylist()
        self.doi = [normal_doi(value) for value in table.column("doi").to_pylist()]
        self.arxiv_id = [
            arxiv_id.lower() if arxiv_id else _arxiv_id_of(doi)
            for arxiv_id, doi in zip(_arxiv_ids(table), self.doi, strict=True)
        ]
        self.pmid = _pmids(table)
        self.year = pc.fill_null(table.column("year"), 0).to_numpy()
        self.venue: list[str | None] = table.column("venue").to_pylist()
        self.people: dict[int, frozenset[str]] = {}
        self.abstract: dict[int, str] = {}

    def load(self, rows: Rows, progress: Callable[[float], None] = lambda part: None) -> None:
        """Fill `people` and `abstract` for the rows that are compared closely; `progress` hears of the part done, 0 to 1."""
        chosen = self.table.select(["authors", "abstract"]).take(pa.array(rows))
        for start in range(0, len(rows), _BATCH):
            progress(start / len(rows))
            some, taken = rows[start : start + _BATCH].tolist(), chosen.slice(start, _BATCH)
            joined = pa.array([_names(names or []) for names in taken.column("authors").to_pylist()], TEXT)
            for row, text in zip(some, fold(joined).to_pylist(), strict=True):
                self.people[row] = frozenset(word for word in text.split() if len(word) > 1) - {"al", "et", "others"}
            heads = squeeze(fold(pc.utf8_slice_codeunits(pc.fill_null(taken.column("abstract"), ""), 0, _ABSTRACT)))
            self.abstract.update(zip(some, heads.to_pylist(), strict=True))

    def preprint(self, row: int) -> bool | None:
        """Whether the record is a preprint (True) or was published (False); None where it does not tell."""
        doi, venue = self.doi[row], self.venue[row]
        if (doi and PREPRINT_DOI.match(doi)) or (venue and _PREPRINT_VENUE.search(venue)):
            return True
        if doi or venue:
            return False
        return True if self.arxiv_id[row] else None


def _names(authors: list[str | None]) -> str:
    """All names in one text; the joined initials that MEDLINE puts behind each name (``Smith JB``) are left out."""
    names = [name for name in authors if name]
    if all(_MEDLINE.search(name) for name in names):
        names = [_MEDLINE.sub("", name) for name in names]
    return " ".join(names)


def normal_doi(value: str | None) -> str | None:
    """Bare, lower-case DOI; None for placeholders such as ``n/a`` or ``10.1000/``."""
    bare = _RESOLVER.sub("", (value or "").strip().lower()).rstrip(".,;)>]}\"' ")
    return bare if re.fullmatch(r"10\.\d{3,9}/\S+", bare) else None


def _arxiv_ids(table: pa.Table) -> list[str | None]:
    pattern = r"arxiv\.org/(?:abs|pdf)/(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})"
    linked = pc.struct_field(pc.extract_regex(table.column("url"), pattern), "id").cast(TEXT)
    bare = pc.replace_substring_regex(table.column("arxiv_id"), r"^(?i:arxiv:)?\s*(\S*?)(?:v\d+)?\s*$", r"\1")
    found: list[str | None] = pc.coalesce(pc.if_else(pc.equal(bare, ""), pa.scalar(None, TEXT), bare), linked).to_pylist()
    return found


def _arxiv_id_of(doi: str | None) -> str | None:
    return doi.removeprefix("10.48550/arxiv.") if doi and doi.startswith("10.48550/arxiv.") else None


def _pmids(table: pa.Table) -> list[str | None]:
    """Identifiers out of all columns that hold them: files of several programs name them differently."""
    found: list[str | None] = [None] * table.num_rows
    for name in filter(lambda name: name.lower().replace("_", " ") in _PMID_COLUMNS, table.column_names):
        for row, value in enumerate(table.column(name).to_pylist()):
            if value is not None and found[row] is None:
                match = re.fullmatch(r"(?:pmid:?\s*)?0*([1-9]\d{0,8})(?:\.0)?", str(value).strip(), re.I)
                found[row] = match.group(1) if match else None
    return found


_PMID_COLUMNS = frozenset(("pmid", "pubmed id", "medline pmid", "pm"))

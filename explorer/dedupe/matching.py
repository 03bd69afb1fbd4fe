"""How alike two records are: evidence field by field, and what it adds up to.

Each field votes with the base-2 logarithm of how much likelier its level of agreement is among duplicates than among records
that merely share a block (Fellegi and Sunter 1969, J. Am. Stat. Assoc. 64:1183, eq. 11); a missing field has no vote. The sum
of the votes, as a probability, is the score. `benchmarks/dedupe.py --fit` estimates the votes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from explorer.dedupe.blocking import Rows, candidate_pairs, fold, same_value_pairs, squeeze
from explorer.schema import TEXT

VOTES: dict[str, dict[str, float]] = {
    "prior": {"": -4.0},
    "title": {"same": 7.0, "same, but short": 2.5, "nearly the same": 5.5, "cut off": 4.5, "alike": 1.0, "changed": -4.0, "other": -8.0},
    "authors": {"same": 3.5, "most": 2.0, "some": -1.5, "others": -8.0, "unknown": 0.0},
    "year": {"same": 1.0, "next": 0.0, "near": -2.0, "far": -5.0, "unknown": 0.0},
    "abstract": {"same": 7.0, "alike": 2.0, "other": -4.0, "unknown": 0.0},
    "part": {"same": 0.0, "other": -12.0},
    "identifier": {"other DOI": -7.0, "other arXiv id": -14.0, "": 0.0},
}
"""Votes in bits: field, then level of agreement."""

SAME, DOUBTFUL = 0.9, 0.5
"""Score from which two records are one paper, and from which they are shown to the reader."""

_CHUNK = 500_000
_ABSTRACT = 600
_PREPRINT_DOI = re.compile(
    r"10\.(?:48550/|1101/\d|26434/|21203/|31234/|31219/|31222/|31235/|20944/|2139/ssrn|36227/|22541/|5281/zenodo|51094/)"
)
_PREPRINT_VENUE = re.compile(r"\b(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprints?|research square|corr)\b", re.I)
_DOI_VERSION = re.compile(r"(?:\.pub\d+|[./]v\d+)$")
_RESOLVER = re.compile(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", re.I)
_ROMAN = frozenset("i ii iii iv v vi vii viii ix x xi xii".split())
_KINDS = frozenset("erratum errata corrigendum correction comment comments reply response retraction retracted addendum".split())


@dataclass(frozen=True)
class Matches:
    """Pairs of rows that are, or may be, one paper; sorted by falling score, then by ids.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    score : array of float64
        Probability that both are one paper, 0 to 1.
    relation : list of {"same", "version", "doubtful"}
        "version": one work in two versions, such as a preprint and its publication. "doubtful": not merged.
    reason : list of str
        What spoke for it.
    """

    low: Rows
    high: Rows
    score: npt.NDArray[np.float64]
    relation: list[str]
    reason: list[str]


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
            arxiv_id.lower() if arxiv_id else _arxiv_id_of(doi) for arxiv_id, doi in zip(_arxiv_ids(table), self.doi, strict=True)
        ]
        self.pmid = _pmids(table)
        self.year = pc.fill_null(table.column("year"), 0).to_numpy()
        self.venue: list[str | None] = table.column("venue").to_pylist()
        self.people: dict[int, frozenset[str]] = {}
        self.abstract: dict[int, str] = {}

    def load(self, rows: Rows) -> None:
        """Fill `people` and `abstract` for the rows that are compared closely."""
        taken = self.table.select(["authors", "abstract"]).take(pa.array(rows))
        joined = pa.array([" ".join(filter(None, names or ())) for names in taken.column("authors").to_pylist()], TEXT)
        for row, text in zip(rows.tolist(), fold(joined).to_pylist(), strict=True):
            self.people[row] = frozenset(word for word in text.split() if len(word) > 1) - {"al", "et", "others"}
        heads = squeeze(fold(pc.utf8_slice_codeunits(pc.fill_null(taken.column("abstract"), ""), 0, _ABSTRACT)))
        self.abstract.update(zip(rows.tolist(), heads.to_pylist(), strict=True))

    def preprint(self, row: int) -> bool | None:
        """Whether the record is a preprint (True) or was published (False); None where it does not tell."""
        doi, venue = self.doi[row], self.venue[row]
        if (doi and _PREPRINT_DOI.match(doi)) or (venue and _PREPRINT_VENUE.search(venue)):
            return True
        if doi or venue:
            return False
        return True if self.arxiv_id[row] else None


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
    name = next((name for name in table.column_names if name.lower() in ("pmid", "pubmed_id", "pubmed id")), None)
    if name is None:
        return [None] * table.num_rows
    found = []
    for value in table.column(name).to_pylist():
        match = re.fullmatch(r"(?:pmid:?\s*)?0*([1-9]\d{0,8})(?:\.0)?", str("" if value is None else value).strip(), re.I)
        found.append(match.group(1) if match else None)
    return found


def match(records: Records, *, first_new: int = 0) -> Matches:
    """Find the pairs of rows that are, or may be, one paper.

    Parameters
    ----------
    records : Records
    first_new : int
        Rows before this one have met each other already; pairs of two of them are left out.
    """
    table = records.table
    ids = table.column("id")
    rows = np.int64(max(table.num_rows, 1))
    by_id: dict[int, str] = {}
    for label, values in (("DOI", records.doi), ("arXiv id", records.arxiv_id), ("PMID", records.pmid)):
        ordered = pc.sort_indices(ids).to_numpy().astype(np.int64)
        low, high = same_value_pairs(pa.array([values[row] for row in ordered], TEXT))
        for first, second in zip(ordered[low].tolist(), ordered[high].tolist(), strict=True):
            if max(first, second) >= first_new:
                by_id.setdefault(min(first, second) * int(rows) + max(first, second), label)
    low, high = candidate_pairs(records.titles, table.column("abstract"), ids, first_new)
    code = np.unique(np.concatenate([low * rows + high, np.fromiter(by_id, np.int64, len(by_id))]))
    low, high = code // rows, code % rows
    shared = np.isin(code, np.fromiter(by_id, np.int64, len(by_id)))
    ratio, cut = _title_similarity(records.titles, low, high)
    same_abstract_head = _heads_equal(table, low, high)
    kept = shared | (ratio >= 0.7) | (cut >= 0.9) | same_abstract_head
    low, high, code, ratio, cut = low[kept], high[kept], code[kept], ratio[kept], cut[kept]
    records.load(np.unique(np.concatenate([low, high])))
    return _judge(records, low, high, ratio, cut, [by_id.get(int(value)) for value in code])


def _title_similarity(titles: pa.Array, low: Rows, high: Rows) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Indel similarity of each pair of titles, and that of their common length where one is cut off; 0 to 1."""
    texts = titles.to_pylist()
    ratio = np.zeros(len(low), np.float32)
    cut = np.zeros(len(low), np.float32)
    for start in range(0, len(low), _CHUNK):
        part = slice(start, start + _CHUNK)
        left = [texts[row] for row in low[part].tolist()]
        right = [texts[row] for row in high[part].tolist()]
        ratio[part] = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=60, dtype=np.float32) / 100
        shorter = [
            position
            for position, (first, second) in enumerate(zip(left, right, strict=True))
            if 20 <= min(len(first), len(second)) <= 0.92 * max(len(first), len(second))
        ]
        if shorter:
            heads = [min(len(left[i]), len(right[i])) for i in shorter]
            cut[start + np.array(shorter)] = (
                process.cpdist(
                    [left[i][:n] for i, n in zip(shorter, heads, strict=True)],
                    [right[i][:n] for i, n in zip(shorter, heads, strict=True)],
                    scorer=fuzz.ratio,
                    score_cutoff=80,
                    dtype=np.float32,
                )
                / 100
            )
    return ratio, cut


def _heads_equal(table: pa.Table, low: Rows, high: Rows) -> npt.NDArray[np.bool_]:
    """Whether both abstracts start with the same hundred characters: a changed title is then worth a look."""
    heads = pc.utf8_slice_codeunits(pc.fill_null(table.column("abstract"), ""), 0, 100)
    long_enough = pc.greater_equal(pc.utf8_length(heads), 100).to_numpy()
    coded = heads.combine_chunks().dictionary_encode().indices.to_numpy()
    equal: npt.NDArray[np.bool_] = (coded[low] == coded[high]) & long_enough[low]
    return equal


def levels(records: Records, low: int, high: int, ratio: float, cut: float) -> dict[str, str]:
    """Level of agreement of each field of two records, as named in `VOTES`."""
    first, second = records.folded[low], records.folded[high]
    return {
        "title": _title_level(first, second, ratio, cut),
        "authors": _people_level(records.people[low], records.people[high]),
        "year": _year_level(int(records.year[low]), int(records.year[high])),
        "abstract": _abstract_level(records.abstract[low], records.abstract[high]),
        "part": "same" if ratio >= 0.999 or _parts_agree(first, second, cut >= 0.9 and ratio < 0.95) else "other",
        "identifier": _identifier_level(records, low, high),
    }


def _title_level(first: str, second: str, ratio: float, cut: float) -> str:
    if not first or not second:
        return "changed"
    if ratio >= 0.999:
        return "same" if len(first) >= 20 and first.count(" ") >= 2 else "same, but short"
    if ratio >= 0.92 and min(len(first), len(second)) >= 20:
        return "nearly the same"
    if cut >= 0.93:
        return "cut off"
    return "alike" if ratio >= 0.8 else "changed" if ratio >= 0.6 else "other"


def _people_level(first: frozenset[str], second: frozenset[str]) -> str:
    fewer = min(len(first), len(second))
    if not fewer:
        return "unknown"
    common = len(first & second) / fewer
    if 0 < common < 0.99:
        # A misspelt name is still that name.
        rest = [name for name in (first if len(first) <= len(second) else second) if name not in first & second]
        others = first | second
        close = sum(any(other != name and fuzz.ratio(name, other, score_cutoff=80) for other in others) for name in rest)
        common = (len(first & second) + 0.9 * close) / fewer
    return "same" if common >= 0.95 else "most" if common >= 0.6 else "some" if common > 0 else "others"


def _year_level(first: int, second: int) -> str:
    if not first or not second:
        return "unknown"
    apart = abs(first - second)
    return "same" if apart == 0 else "next" if apart == 1 else "near" if apart <= 4 else "far"


def _abstract_level(first: str, second: str) -> str:
    length = min(len(first), len(second))
    if length < 40:
        return "unknown"
    likeness = fuzz.ratio(first[:length], second[:length]) / 100
    return "same" if likeness >= 0.9 else "alike" if likeness >= 0.7 else "other"


def _parts_agree(first: str, second: str, cut: bool) -> bool:
    """Whether numbers, parts and words such as "erratum" are those of one work; a title cut off may lack some."""
    left, right = ({word for word in title.split() if _tells_apart(word)} for title in (first, second))
    if cut:
        return not (left - right if len(first) < len(second) else right - left)
    return left == right


def _tells_apart(word: str) -> bool:
    return word in _ROMAN or word in _KINDS or any(letter.isdigit() for letter in word)


def _identifier_level(records: Records, low: int, high: int) -> str:
    arxiv_low, arxiv_high = records.arxiv_id[low], records.arxiv_id[high]
    if arxiv_low and arxiv_high and arxiv_low != arxiv_high:
        return "other arXiv id"
    first, second = records.doi[low], records.doi[high]
    if first and second and _DOI_VERSION.sub("", first) != _DOI_VERSION.sub("", second):
        if not (_PREPRINT_DOI.match(first) or _PREPRINT_DOI.match(second)):
            return "other DOI"
    return ""


def _judge(
    records: Records,
    low: Rows,
    high: Rows,
    ratio: npt.NDArray[np.float32],
    cut: npt.NDArray[np.float32],
    shared: list[str | None],
) -> Matches:
    ids = records.table.column("id").to_pylist()
    kept: list[tuple[float, str, str, int, int, str, str]] = []
    pairs = zip(low.tolist(), high.tolist(), ratio.tolist(), cut.tolist(), shared, strict=True)
    for first, second, likeness, head, label in pairs:
        found = levels(records, first, second, likeness, head)
        if label:
            clash = found["title"] in ("other", "changed") and found["authors"] == "others"
            score, reason = (DOUBTFUL, f"same {label}, but other title and authors") if clash else (1.0, f"same {label}")
        else:
            bits = VOTES["prior"][""] + sum(VOTES[field][level] for field, level in found.items())
            score, reason = float(1 / (1 + 2.0 ** -min(max(bits, -60), 60))), _reason(found, likeness)
        if score < DOUBTFUL:
            continue
        relation = "doubtful" if score < SAME else "version" if _are_versions(records, first, second) else "same"
        one, other = sorted((ids[first], ids[second]))
        kept.append((-score, one, other, first, second, relation, reason))
    kept.sort()
    return Matches(
        np.array([item[3] for item in kept], np.int64),
        np.array([item[4] for item in kept], np.int64),
        np.array([-item[0] for item in kept], np.float64),
        [item[5] for item in kept],
        [item[6] for item in kept],
    )


def _are_versions(records: Records, low: int, high: int) -> bool:
    """Whether the records are two versions of a work: a preprint and its publication, or two DOIs."""
    first, second = records.doi[low], records.doi[high]
    if first and second:
        return first != second
    return {records.preprint(low), records.preprint(high)} == {True, False}


def _reason(found: dict[str, str], likeness: float) -> str:
    parts = [f"title {found['title']} ({likeness:.0%})"]
    parts += [f"{field} {found[field]}" for field in ("authors", "year", "abstract") if found[field] != "unknown"]
    return ", ".join(parts + [found["identifier"]] * bool(found["identifier"]))

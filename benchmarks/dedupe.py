"""Duplicates: precision, recall, time and memory, with two peers in the same run.

    python -m benchmarks.dedupe              both measures and the peers, on the held-out half
    python -m benchmarks.dedupe --fit        votes estimated on the tuning half
    python -m benchmarks.dedupe --scale      time and memory at 100,000 and 600,000 records

Records come from a random sample of arXiv (`arxiv/arxiv_100k.parquet`), copies from perturbing them; `PERTURBATIONS` writes
down each one. A copy bears no identifier of its record. Half of the records, by a hash of the id, were used for tuning; what
is reported is the other half. Peers: equal titles after folding case and punctuation, as screening tools do it; and rapidfuzz
on all pairs that share a year and the title's first five letters (ratio of at least 90).
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import resource
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from rapidfuzz import fuzz, process

from benchmarks.data import data_folder
from explorer.dedupe.deduplication import find_duplicates, merge_duplicates
from explorer.dedupe.evidence import LEVELS, VOTES
from explorer.dedupe.matching import agreement, close_pairs
from explorer.dedupe.records import Records
from explorer.papers.schema import to_table

DATA = data_folder()
SEED = 20
Record = dict[str, Any]
Pairs = set[tuple[str, str]]


def _typos(text: str, rng: random.Random) -> str:
    """One to three letters swapped, dropped, doubled or replaced."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(max(len(text) - 1, 1))
        text = rng.choice(
            [
                text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at : at + 1] + text[at:],
                text[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + text[at + 1 :],
            ]
        )
    return text


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _latex(text: str) -> str:
    marks = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"'}
    return re.sub(
        r"(\w)([\u0300-\u0308])", lambda m: "{\\" + marks.get(m[2], "'") + m[1] + "}", unicodedata.normalize("NFD", text)
    )


def _cut(text: str, rng: random.Random) -> str:
    return text[: max(int(len(text) * rng.uniform(0.6, 0.9)), 25)].rstrip() + rng.choice(["", "...", "…"])


def _initials(name: str) -> str:
    *given, family = name.split() or [""]
    return " ".join([*(part[0] + "." for part in given), family])


def _turned(name: str) -> str:
    *given, family = name.split() or [""]
    return f"{family}, {' '.join(given)}" if given else family


def _medline(name: str) -> str:
    *given, family = name.split() or [""]
    return f"{family} {''.join(part[0] for part in given)}".strip()


def _set(**changes: Callable[[Record, random.Random], Any]) -> Callable[[Record, random.Random], Record]:
    """Change fields; one that an earlier perturbation emptied stays empty."""
    given = ("venue", "doi")
    return lambda record, rng: {
        **record,
        **{name: change(record, rng) for name, change in changes.items() if name in given or record[name] is not None},
    }


PERTURBATIONS: dict[str, Callable[[Record, random.Random], Record]] = {
    "title in capitals": _set(title=lambda r, g: r["title"].upper()),
    "title in small letters": _set(title=lambda r, g: r["title"].lower()),
    "accents dropped": _set(title=lambda r, g: _plain(r["title"]), authors=lambda r, g: [_plain(a) for a in r["authors"]]),
    "accents as LaTeX": _set(title=lambda r, g: _latex(r["title"]), authors=lambda r, g: [_latex(a) for a in r["authors"]]),
    "title cut to 60-90 %": _set(title=lambda r, g: _cut(r["title"], g)),
    "1-3 typos in the title": _set(title=lambda r, g: _typos(r["title"], g)),
    "subtitle dropped": _set(
        title=lambda r, g: r["title"].split(": ")[0] if len(r["title"].split(": ")[0]) > 25 else r["title"]
    ),
    "hyphens become spaces": _set(title=lambda r, g: r["title"].replace("-", " ")),
    "mathematics without mark-up": _set(title=lambda r, g: re.sub(r"[$\\{}^_]", "", r["title"])),
    "HTML in the title": _set(title=lambda r, g: f"<i>{r['title'].replace('&', '&amp;')}</i>"),
    "first article dropped": _set(title=lambda r, g: re.sub(r"^(?:The|A|An|On)\s+", "", r["title"])),
    "authors as initials": _set(authors=lambda r, g: [_initials(a) for a in r["authors"]]),
    "authors family first": _set(authors=lambda r, g: [_turned(a) for a in r["authors"]]),
    "authors as MEDLINE writes them": _set(authors=lambda r, g: [_medline(a) for a in r["authors"]]),
    "authors cut to the first": _set(authors=lambda r, g: [*r["authors"][:1], "et al."]),
    "a typo in an author": _set(authors=lambda r, g: [_typos(r["authors"][0], g), *r["authors"][1:]] if r["authors"] else []),
    "authors missing": _set(authors=lambda r, g: None),
    "year off by one": _set(year=lambda r, g: r["year"] + g.choice([-1, 1])),
    "year missing": _set(year=lambda r, g: None),
    "abstract missing": _set(abstract=lambda r, g: None),
    "abstract cut": _set(abstract=lambda r, g: r["abstract"][: g.randint(100, 300)]),
    "abstract with a heading": _set(abstract=lambda r, g: "Abstract. " + r["abstract"]),
    "published a year later": _set(
        year=lambda r, g: r["year"] + 1,
        venue=lambda r, g: "Journal of Results",
        doi=lambda r, g: f"10.9999/{g.randrange(10**9)}",
    ),
}
"""What may befall a copy; each draws on a generator seeded by the copy's id."""


def half(held_out: bool) -> pd.DataFrame:
    """Load the tuning half or the held-out half; three in ten records keep their identifiers."""
    papers = pq.read_table(DATA / "arxiv" / "arxiv_100k.parquet").to_pandas()
    digest = [hashlib.blake2b(name.encode(), digest_size=2).digest() for name in papers["id"]]
    papers = papers[np.array([(d[0] % 2 == 1) == held_out for d in digest])]
    keeps = np.array([d[1] % 10 < 3 for d in digest if (d[0] % 2 == 1) == held_out])
    names = papers["authors"].str.split(r"\s*,\s*|\s+and\s+", regex=True)
    return pd.DataFrame(
        {
            "id": papers["id"],
            "title": papers["title"],
            "abstract": papers["abstract"],
            "authors": [[name for name in row if name] for row in names],
            "year": papers["year"].astype(object),
            "venue": None,
            "doi": papers["doi"].where(keeps & (papers["doi"] != ""), None),
            "arxiv_id": papers["id"].where(keeps, None),
        }
    ).reset_index(drop=True)


def perturbed(papers: pd.DataFrame, share: float, copies: int, abstracts: bool) -> tuple[pa.Table, Pairs, dict[str, list[str]]]:
    """Add copies of a share of the records, one to three perturbations each, at most one of them a way of writing names.

    A publication gets a DOI of its own only where the record has none: no work has two. Returns the table, the true pairs
    of ids, and the perturbations of each copy.
    """
    records = papers.to_dict("records")
    for record in records:
        record["abstract"] = record["abstract"] if abstracts else None
    picked = random.Random(SEED).sample(records, int(len(records) * share))
    truth: Pairs = set()
    befell: dict[str, list[str]] = {}
    names = [name for name in PERTURBATIONS if abstracts or not name.startswith("abstract")]
    for record in picked:
        family = [record["id"]]
        for number in range(copies):
            rng = random.Random(f"{SEED} {record['id']} {number}")
            copy = {**record, "id": f"{record['id']}#{number}", "doi": None, "arxiv_id": None}
            drawn = rng.sample(names, rng.randint(1, 3))
            writing = [name for name in drawn if name.startswith("authors ")]
            befell[copy["id"]] = [name for name in drawn if name not in writing[1:]]
            for name in befell[copy["id"]]:
                copy = PERTURBATIONS[name](copy, rng)
            copy["doi"] = None if record["doi"] else copy["doi"]
            family.append(copy["id"])
            records.append(copy)
        truth.update(combinations(sorted(family), 2))
    random.Random(SEED).shuffle(records)
    return to_table(pd.DataFrame(records)), truth, befell


def ours(table: pa.Table) -> Pairs:
    """Pairs within the papers that our merges make."""
    merges = merge_duplicates(table).history.column("members").to_pylist()
    return {pair for members in merges for pair in combinations(sorted(members), 2)}


def equal_titles(table: pa.Table) -> Pairs:
    """Peer: titles equal after folding case and punctuation."""
    groups = defaultdict(list)
    for name, title in zip(table["id"].to_pylist(), table["title"].to_pylist(), strict=True):
        groups[re.sub(r"\W+", "", (title or "").casefold())].append(name)
    return {pair for title, group in groups.items() if title for pair in combinations(sorted(group), 2)}


def fuzzy_in_blocks(table: pa.Table) -> Pairs:
    """Peer: rapidfuzz on all pairs of a block (year and the title's first five letters)."""
    groups = defaultdict(list)
    columns = (table[name].to_pylist() for name in ("id", "title", "year"))
    for name, title, year in zip(*columns, strict=True):
        folded = re.sub(r"\W+", " ", (title or "").casefold()).strip()
        groups[year, folded[:5]].append((name, folded))
    found: Pairs = set()
    for group in groups.values():
        if len(group) > 1:
            texts = [title for _, title in group]
            likeness = np.triu(process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=90, dtype=np.uint8), 1)
            found.update(tuple(sorted((group[i][0], group[j][0]))) for i, j in np.argwhere(likeness > 0))
    return found


def scores(found: Pairs, truth: Pairs) -> tuple[float, float]:
    """Precision and recall of pairs."""
    right = len(found & truth)
    return right / max(len(found), 1), right / len(truth)


def quality() -> None:
    """Report precision and recall on the held-out half, the recall by perturbation, and the gold pairs."""
    for abstracts in (True, False):
        table, truth, befell = perturbed(half(held_out=True), 0.3, 1, abstracts)
        print(f"\n{table.num_rows:,} records, {len(truth):,} true pairs, {'with' if abstracts else 'without'} abstracts")
        for label, method in (("ours", ours), ("equal titles", equal_titles), ("rapidfuzz in blocks", fuzzy_in_blocks)):
            start = time.perf_counter()
            found = method(table)
            precision, recall = scores(found, truth)
            print(f"  {label:20} precision {precision:.4f}  recall {recall:.4f}  {time.perf_counter() - start:6.1f} s")
            if method is ours:
                hit = {name for pair in found & truth for name in pair}
                missed = Counter(what for name, whats in befell.items() if name not in hit for what in whats)
                total = Counter(what for whats in befell.values() for what in whats)
        for what in PERTURBATIONS:
            if total[what]:
                print(f"    {1 - missed[what] / total[what]:.4f} of {total[what]:5,} found: {what}")
    gold()


def gold() -> None:
    """Report on the small set of known duplicates."""
    records = (
        pd.read_csv(DATA / "dedupe" / "records_pre_merged.csv")
        .dropna(subset=["ID"])
        .rename(columns={"ID": "id", "author": "authors"})
    )
    truth = {tuple(sorted(line.split(";"))) for line in pd.read_csv(DATA / "dedupe" / "merged_record_ids.csv")["merged_ids"]}
    found = ours(to_table(records))
    print(
        f"\ngold set, {len(records)} records: {len(found & truth)} of {len(truth)} pairs; beyond them: {sorted(found - truth)}"
    )


def fit() -> None:
    """Print votes in bits as estimated on the tuning half: log2 of the share among duplicates over that among the others."""
    counts: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    for abstracts in (True, False):
        table, truth, _ = perturbed(half(held_out=False), 0.3, 1, abstracts)
        records = Records(table)
        names = table.column("id").to_pylist()
        close = close_pairs(records)
        found = agreement(records, close).levels
        for place in np.flatnonzero(close.shared == 0).tolist():
            same = tuple(sorted((names[close.low[place]], names[close.high[place]]))) in truth
            counts[same].update((field, LEVELS[field][levels[place]]) for field, levels in found.items())
            counts[same]["pairs", ""] += 1
    print({same: found["pairs", ""] for same, found in counts.items()})
    for field, votes in VOTES.items():
        for level in votes:
            shares = [(counts[same][field, level] + 0.5) / (counts[same]["pairs", ""] + 1) for same in (True, False)]
            print(
                f"{field:12}{level:18}{np.log2(shares[0] / shares[1]):7.1f}  now {votes[level]:5.1f}"
                f"  {counts[True][field, level]:7,} duplicates {counts[False][field, level]:7,} others"
            )


def scale(sizes: Iterable[int]) -> None:
    """Report time and peak memory; beyond the sample's size, records are added by perturbing copies."""
    papers = pd.concat([half(False), half(True)], ignore_index=True)
    for size in sizes:
        copies = max(size // len(papers) - 1, 0)
        table = perturbed(papers, 1.0 if copies else 0.0, copies, True)[0] if copies else to_table(papers)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for label, task in (("find", find_duplicates), ("find and merge", merge_duplicates)):
            start, busy = time.perf_counter(), time.process_time()
            task(table)
            took, used = time.perf_counter() - start, time.process_time() - busy
            print(f"{table.num_rows:,} records: {label} {took:.1f} s ({used:.1f} s of a core)")
        print(
            f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB, {before / 2**20:.1f} GB before"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="estimate the votes on the tuning half")
    parser.add_argument("--scale", action="store_true", help="time and memory at 100,000 and 600,000 records")
    chosen = parser.parse_args()
    if chosen.fit:
        fit()
    elif chosen.scale:
        scale((100_000, 600_000))
    else:
        quality()

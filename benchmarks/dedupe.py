"""Duplicates: precision, recall, time and memory, with five peers in the same run.

    python -m benchmarks.dedupe              ours and the peers, on the held-out half, and on the known pairs
    python -m benchmarks.dedupe --whole      ours and the fast peers on the whole held-out half
    python -m benchmarks.dedupe --fit        votes estimated on the tuning half
    python -m benchmarks.dedupe --scale      time and memory at 100,000 and 600,000 records

Records come from arXiv (see `benchmarks.data`), copies from perturbing them. A copy bears no identifier of its record. Half of
the records, by a hash of the id, were used for tuning; what is reported is the other half. There are two lists of perturbations:
with those of `PERTURBATIONS` the votes were set, so that they are easy for ours on other records too; those of `UNSEEN` were
written after the votes had been set, and no vote, rule or threshold was changed for them.

arXiv's records have no journal, volume or pages, which bib-dedupe goes by. A third pile has them, made up: each work gets a
journal, a volume, a number and pages, its copies have the same, and the list of perturbations may abbreviate the journal or drop
the pages. The peers are in `benchmarks.dedupe_peers`.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import resource
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks import report
from benchmarks.data import SOURCES, Record, arguments, arxiv_sample, data_folder
from benchmarks.dedupe_peers import (
    SPLINK_WEIGHTS,
    Pairs,
    bib_dedupe_pairs,
    equal_titles,
    fuzzy_in_blocks,
    splink_clusters,
    within,
)
from explorer.dedupe.candidates import close_pairs
from explorer.dedupe.deduplication import find_duplicates, merge_duplicates
from explorer.dedupe.evidence import LEVELS, VOTES
from explorer.dedupe.levels import agreements
from explorer.dedupe.records import Records
from explorer.papers.schema import to_table

SEED = 20
FEW = 6_000
"""Records, copies not counted, on which the slower peers run beside ours."""

Perturbation = Callable[[Record, random.Random], Record]
Method = Callable[[pa.Table], dict[str, Pairs]]


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


PERTURBATIONS: dict[str, Perturbation] = {
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
"""What may befall a copy, as the votes were set; each draws on a generator seeded by the copy's id."""


def _words(text: str, change: Callable[[list[str]], list[str]]) -> str:
    return " ".join(change(text.split()))


def _swapped(words: list[str], rng: random.Random) -> list[str]:
    if len(words) < 4:
        return words
    at = rng.randrange(len(words) - 1)
    return [*words[:at], words[at + 1], words[at], *words[at + 2 :]]


def _without_one(items: list[str], rng: random.Random, least: int) -> list[str]:
    """Drop one that is neither the first nor the last."""
    if len(items) < least:
        return items
    at = rng.randrange(1, len(items) - 1)
    return [*items[:at], *items[at + 1 :]]


def _scanned(text: str, rng: random.Random) -> str:
    """Up to three slips of character recognition."""
    slips = [("rn", "m"), ("m", "rn"), ("cl", "d"), ("l", "1"), ("o", "0"), ("ii", "n"), ("e", "c")]
    for wrong, seen in rng.sample(slips, 3):
        at = text.find(wrong, rng.randrange(max(len(text) // 2, 1)))
        text = text if at < 0 else text[:at] + seen + text[at + len(wrong) :]
    return text


def _american(text: str) -> str:
    pairs = [
        ("isation", "ization"),
        ("behaviour", "behavior"),
        ("colour", "color"),
        ("modelling", "modeling"),
        ("centre", "center"),
    ]
    for british, american in pairs:
        text = text.replace(american, british) if american in text else text.replace(british, american)
    return text


def _numerals(text: str) -> str:
    numbers = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
    return re.sub(r"\b(?:II|III|IV|V|I)(?=[.:]|$)", lambda match: numbers[match[0]], text)


def _sentences(text: str, rng: random.Random) -> str:
    """Drop one sentence in three, as an abstract that was shortened for another database."""
    parts = text.split(". ")
    kept = [part for number, part in enumerate(parts) if number == 0 or rng.random() > 1 / 3]
    return ". ".join(kept)


_LIGATURES = (("ffi", "\ufb03"), ("fi", "\ufb01"), ("fl", "\ufb02"), ("ff", "\ufb00"))


def _typeset(text: str) -> str:
    """What copying from a PDF brings in: ligatures, dashes and quotation marks as they were set."""
    for letters, ligature in _LIGATURES:
        text = text.replace(letters, ligature)
    return text.replace("-", "\u2010").replace("'", "\u2019")


def _mojibake(text: str) -> str:
    return text.encode().decode("cp1252", errors="replace")


UNSEEN: dict[str, Perturbation] = {
    "two words of the title swapped": _set(title=lambda r, g: _words(r["title"], lambda words: _swapped(words, g))),
    "a word of the title missing": _set(title=lambda r, g: _words(r["title"], lambda words: _without_one(words, g, 5))),
    "slips of character recognition": _set(title=lambda r, g: _scanned(r["title"], g)),
    "British or American spelling": _set(title=lambda r, g: _american(r["title"])),
    "Roman numerals become Arabic": _set(title=lambda r, g: _numerals(r["title"])),
    "ligatures and typographic marks": _set(title=lambda r, g: _typeset(r["title"])),
    "two words run together": _set(title=lambda r, g: re.sub(r"(\w) (\w)", r"\1\2", r["title"], count=1)),
    "a word broken by a hyphen": _set(title=lambda r, g: re.sub(r"(\w{4})(\w{4})", r"\1- \2", r["title"], count=1)),
    "UTF-8 read as Windows-1252": _set(
        title=lambda r, g: _mojibake(r["title"]), authors=lambda r, g: [_mojibake(a) for a in r["authors"]]
    ),
    "the title names the kind": _set(
        title=lambda r, g: r["title"] + g.choice([" (Preprint)", " [Article]", ".", " (extended abstract)"])
    ),
    "authors in another order": _set(authors=lambda r, g: sorted(r["authors"], key=lambda name: name.split()[-1:])),
    "authors' family names alone": _set(authors=lambda r, g: [name.split()[-1] for name in r["authors"] if name.split()]),
    "an author missing": _set(authors=lambda r, g: _without_one(r["authors"], g, 3)),
    "a collaboration among the authors": _set(authors=lambda r, g: [*r["authors"], "for the Example Collaboration"]),
    "first author abbreviated, others dropped": _set(authors=lambda r, g: [_initials(a) for a in r["authors"][:1]]),
    "abstract without some sentences": _set(abstract=lambda r, g: _sentences(r["abstract"], g)),
    "abstract with a copyright line": _set(
        abstract=lambda r, g: r["abstract"] + " (C) 2015 Example Press. All rights reserved."
    ),
    "abstract without mathematics": _set(abstract=lambda r, g: re.sub(r"\$[^$]*\$", "", r["abstract"])),
    "year off by two": _set(year=lambda r, g: r["year"] + g.choice([-2, 2])),
}
"""What may befall a copy, written after the votes had been set."""

JOURNALS: dict[str, Perturbation] = {
    "journal abbreviated": lambda r, g: {
        **r,
        "venue": " ".join(word[:4] + "." for word in r["venue"].split() if len(word) > 3),
    },
    "pages missing": lambda r, g: {**r, "pages": None},
    "number missing": lambda r, g: {**r, "number": None},
}
"""What may befall a copy of a record that has a journal."""


def half(held_out: bool, sample: list[Record]) -> pd.DataFrame:
    """Take the tuning half or the held-out half; three in ten records keep their identifiers."""
    digests = [hashlib.blake2b(record["id"].encode(), digest_size=2).digest() for record in sample]
    papers = [(record, digest) for record, digest in zip(sample, digests, strict=True) if (digest[0] % 2 == 1) == held_out]
    rows = []
    for record, digest in papers:
        keeps = digest[1] % 10 < 3
        rows.append(
            {
                "id": record["id"],
                "title": record["title"],
                "abstract": record["abstract"],
                "authors": record["authors"],
                "year": record["published"].year,
                "venue": None,
                "doi": record["doi"] if keeps else None,
                "arxiv_id": record["id"] if keeps else None,
                "field": record["venue"],
            }
        )
    return pd.DataFrame(rows).astype({"year": object})


def with_journals(papers: pd.DataFrame) -> pd.DataFrame:
    """Give each record a journal of its field, a volume, a number and pages, made up from its id."""
    rows = papers.to_dict("records")
    for row in rows:
        rng = random.Random(f"{SEED} journal {row['id']}")
        kind = rng.choice(["Journal of", "Annals of", "Letters in", "Reports on", "Advances in", "Transactions on"])
        field = re.sub(r"[^A-Za-z]+", " ", row["field"]).title()
        first = rng.randrange(1, 3000)
        row["venue"] = f"{kind} {field} Research"
        row["volume"] = str(max(row["year"] - 1960, 1))
        row["number"] = str(rng.randint(1, 12))
        row["pages"] = f"{first}-{first + rng.randint(3, 30)}"
    return pd.DataFrame(rows).astype({"year": object})


def perturbed(
    papers: pd.DataFrame, share: float, copies: int, abstracts: bool, befalls: dict[str, Perturbation] = PERTURBATIONS
) -> tuple[pa.Table, Pairs, dict[str, list[str]]]:
    """Add copies of a share of the records, one to three perturbations each, at most one of them a way of writing names.

    A publication gets a DOI of its own only where the record has none: no work has two. Returns the table, the true pairs
    of ids, and the perturbations of each copy.
    """
    records = papers.drop(columns="field", errors="ignore").to_dict("records")
    for record in records:
        record["abstract"] = record["abstract"] if abstracts else None
    picked = random.Random(SEED).sample(records, int(len(records) * share))
    truth: Pairs = set()
    befell: dict[str, list[str]] = {}
    names = [name for name in befalls if abstracts or not name.startswith("abstract")]
    for record in picked:
        family = [record["id"]]
        for number in range(copies):
            rng = random.Random(f"{SEED} {record['id']} {number}")
            copy = {**record, "id": f"{record['id']}#{number}", "doi": None, "arxiv_id": None}
            drawn = rng.sample(names, rng.randint(1, 3))
            writing = [name for name in drawn if name.startswith("authors ")]
            befell[copy["id"]] = [name for name in drawn if name not in writing[1:]]
            for name in befell[copy["id"]]:
                copy = befalls[name](copy, rng)
            copy["doi"] = None if record["doi"] else copy["doi"]
            family.append(copy["id"])
            records.append(copy)
        truth.update(combinations(sorted(family), 2))
    random.Random(SEED).shuffle(records)
    return to_table(pd.DataFrame(records)), truth, befell


def ours(table: pa.Table) -> Pairs:
    """Pairs within the papers that our merges make."""
    return within(merge_duplicates(table).history.column("members").to_pylist())


def ours_with_likely(table: pa.Table) -> dict[str, Pairs]:
    """Pairs that our merges make, and these with the pairs that are shown to the reader as likely."""
    merged = ours(table)
    listed = find_duplicates(table)
    shown = {tuple(sorted(pair)) for pair in zip(listed["first"], listed["second"], strict=True)}
    return {"": merged, ", with what it leaves to a person": merged | shown}


def scores(found: Pairs, truth: Pairs) -> tuple[float, float]:
    """Precision and recall of pairs."""
    right = len(found & truth)
    return right / max(len(found), 1), right / len(truth)


def balance(found: Pairs, truth: Pairs) -> float:
    """F1 of pairs."""
    precision, recall = scores(found, truth)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def splink_threshold(tuning: pd.DataFrame, abstracts: bool) -> float:
    """The match weight with the best F1 on the tuning half, under the perturbations that ours was tuned with."""
    table, truth, _ = perturbed(tuning, 0.3, 1, abstracts)
    found = splink_clusters(table, SPLINK_WEIGHTS)
    return max(found, key=lambda weight: balance(found[weight], truth))


def quality(held: pd.DataFrame, tuning: pd.DataFrame, slow: bool, gold_folder: Path) -> None:
    """Report precision and recall on the held-out half, the recall by perturbation, and the gold pairs."""
    thresholds = {abstracts: splink_threshold(tuning, abstracts) for abstracts in (True, False)} if slow else {}
    piles = (
        ("perturbations that no setting has seen, with abstracts", held, True, UNSEEN),
        ("perturbations that no setting has seen, without abstracts", held, False, UNSEEN),
        (
            "perturbations that no setting has seen, with abstracts and journals",
            with_journals(held),
            True,
            {**UNSEEN, **JOURNALS},
        ),
        ("perturbations that ours was tuned with, with abstracts", held, True, PERTURBATIONS),
        ("perturbations that ours was tuned with, without abstracts", held, False, PERTURBATIONS),
    )
    for name, papers, abstracts, befalls in piles:
        table, truth, befell = perturbed(papers, 0.3, 1, abstracts, befalls)
        print(f"### {table.num_rows:,} records, {len(truth):,} true pairs; {name}\n", flush=True)
        rows = []
        for label, method in methods(slow and befalls is not PERTURBATIONS, thresholds.get(abstracts, 0.0)).items():
            answers, span, busy = apart(method, table)
            for kind, found in answers.items():
                precision, recall = scores(found, truth)
                balanced = f"{balance(found, truth):.4f}"
                rows.append([label + kind, f"{precision:.4f}", f"{recall:.4f}", balanced, f"{span:.1f}", f"{busy:.1f}"])
            if label == "ours":
                mine = answers[""]
        report.table(["", "precision", "recall", "F1", "seconds", "processor"], rows)
        hit = {name for pair in mine & truth for name in pair}
        missed = Counter(what for name, whats in befell.items() if name not in hit for what in whats)
        total = Counter(what for whats in befell.values() for what in whats)
        lines = [[what, f"{1 - missed[what] / total[what]:.4f}", f"{total[what]:,}"] for what in befalls if total[what]]
        report.table(["ours, found of the copies that befell", "share", "copies"], lines)
    gold(gold_folder, slow)


def apart(method: Method, table: pa.Table) -> tuple[dict[str, Pairs], float, float]:
    """Run a method in a process of its own, as bib-dedupe forks and must not do so beside the threads of others.

    Returns
    -------
    answers : dict
    seconds, processor : float
        On the clock, and of the processor with the processes that it started; without starting Python and sending the records.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_quiet) as pool:
        return pool.submit(_timed, method, table).result()


def _quiet() -> None:
    """What the processes say that a method starts would stand in the report."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _timed(method: Method, table: pa.Table) -> tuple[dict[str, Pairs], float, float]:
    start, used = time.perf_counter(), processor()
    answers = method(table)
    return answers, time.perf_counter() - start, processor() - used


def processor() -> float:
    """Seconds of processor of this process and of those that it started and that ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def methods(slow: bool, weight: float) -> dict[str, Method]:
    """Ours and the peers; each gives its pairs, by what is counted as a match where that is in doubt."""
    found: dict[str, Method] = {
        "ours": ours_with_likely,
        "equal titles": partial(plain, equal_titles),
        "rapidfuzz in blocks": partial(plain, fuzzy_in_blocks),
    }
    if slow:
        found["bib-dedupe"] = bib_dedupe_pairs
        found["splink"] = partial(splink_pairs, weight=weight)
    return found


def plain(find: Callable[[pa.Table], Pairs], table: pa.Table) -> dict[str, Pairs]:
    """Pairs of a method that knows no doubt."""
    return {"": find(table)}


def splink_pairs(table: pa.Table, weight: float) -> dict[str, Pairs]:
    """Pairs of splink at one threshold."""
    return {f", from {weight:g} bits": splink_clusters(table, [weight])[weight]}


def gold(folder: Path, slow: bool) -> None:
    """Report on a set of known duplicates, in the form in which bib-dedupe publishes them."""
    if not (folder / "records_pre_merged.csv").exists():
        print(f"Known pairs left out: there is no {folder / 'records_pre_merged.csv'}. {SOURCES['duplicates']}\n")
        return
    records = pd.read_csv(folder / "records_pre_merged.csv").dropna(subset=["ID"]).drop(columns="ENTRYTYPE", errors="ignore")
    merged = pd.read_csv(folder / "merged_record_ids.csv")["merged_ids"]
    truth = within(line.split(";") for line in merged)
    table = to_table(records.rename(columns={"ID": "id", "author": "authors", "journal": "venue"}))
    print(f"### Known pairs: {table.num_rows:,} records, {len(truth)} pairs\n")
    rows = []
    for name, method in methods(slow, 0.0).items():
        if name == "splink":
            # A model cannot be estimated from so few records.
            continue
        for kind, found in apart(method, table)[0].items():
            rows.append([name + kind, f"{len(found & truth)} of {len(truth)}", len(found - truth)])
    report.table(["", "found", "beyond them"], rows)


def fit(tuning: pd.DataFrame) -> None:
    """Print votes in bits as estimated on the tuning half: log2 of the share among duplicates over that among the others."""
    counts: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    for abstracts in (True, False):
        table, truth, _ = perturbed(tuning, 0.3, 1, abstracts)
        records = Records(table)
        names = table.column("id").to_pylist()
        pairs = close_pairs(records)
        for close, agreed in zip(pairs, agreements(records, pairs)[0], strict=True):
            found = agreed.levels
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


def scale(papers: pd.DataFrame, sizes: Iterable[int]) -> None:
    """Report time and peak memory; beyond the sample's size, records are added by perturbing copies."""
    for size in sizes:
        copies = max(size // len(papers) - 1, 0)
        table = perturbed(papers, 1.0 if copies else 0.0, copies, True)[0] if copies else to_table(papers.drop(columns="field"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for label, task in (("find", find_duplicates), ("find and merge", merge_duplicates)):
            start, busy = time.perf_counter(), time.process_time()
            task(table)
            took, used = time.perf_counter() - start, time.process_time() - busy
            print(f"{table.num_rows:,} records: {label} {took:.1f} s ({used:.1f} s of a core)")
        print(
            f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB, {before / 2**20:.1f} GB before"
        )


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=FEW, metavar="N", help=f"records of the comparison (default: {FEW:,})")
    parser.add_argument("--whole", action="store_true", help="the whole held-out half, without the slow peers")
    parser.add_argument("--gold", metavar="FOLDER", help="known pairs (default: dedupe/ of the data)")
    parser.add_argument("--fit", action="store_true", help="estimate the votes on the tuning half")
    parser.add_argument("--scale", action="store_true", help="time and memory at 100,000 and 600,000 records")
    options = parser.parse_args()
    sample = arxiv_sample(options.data, options.snapshot)
    tuning, held = half(False, sample), half(True, sample)
    if options.fit:
        fit(tuning)
        return
    if options.scale:
        scale(pd.concat([tuning, held], ignore_index=True), (100_000, 600_000))
        return
    conditions = [
        report.versions("rapidfuzz", "bib-dedupe", "splink", "duckdb", "pandas"),
        "precision and recall of pairs; the pairs within what was joined count",
        "bib-dedupe and splink may use both cores, the others use one",
        SOURCES["arxiv"],
        SOURCES["duplicates"],
    ]
    report.heading("Duplicates", conditions)
    size = len(held) if options.whole else options.records
    folder = Path(options.gold) if options.gold else data_folder(options.data) / "dedupe"
    quality(held.head(size), tuning.head(size), not options.whole, folder)


if __name__ == "__main__":
    main()

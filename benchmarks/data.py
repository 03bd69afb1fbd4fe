"""The papers that the benchmarks run on: a sample of arXiv, and a larger corpus of the same kind made from it.

``python -m benchmarks.data --papers 588000`` prints the path of the file, which is made once and kept in the cache folder. The
sample is ``arxiv/arxiv_100k.parquet`` in the folder of the data; or, with ``--snapshot FILE``, drawn from arXiv's metadata as they
are published (`SOURCES`), so that anyone can run what runs on it.

Up to the size of the sample its papers are taken as they are. Beyond it, each further paper is put together from papers of one
primary category, so that a larger corpus has new papers and not copies, which any index would compress and any cache would answer:

- each sentence of the abstract is one of another paper, and each word of the title the one at its place in another title, so that two
  papers share a sentence now and then and no part of a title: of papers that share half a title each would be compared with many
  as a possible duplicate, which real ones are not;
- words that fewer than `RARE` papers of the sample have are respelt now and then, so that the vocabulary grows with the
  corpus, as Heaps' law says of text (the number of words is measured and printed by `describe`);
- a part of the authors gets a given name and a family name from two different people, so that their number grows too;
- the date moves by up to a year, and categories are those of the first paper.

The sample has no venues and no code links. So that all six facets have something to count, the primary category stands in for
the venue, and the DOI's address for the code link.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from explorer.disk import cache_folder

VERSION = 2
"""Part of the cached file's name; changes with what `grow` makes."""

RARE = 5
"""Words of fewer papers than this are respelt in `RESPELT` of their uses in further papers."""

RESPELT = 0.35
RENAMED = 0.45
_WORD = re.compile(r"[^\W\d_]{5,}")
_ENDINGS = ("a", "an", "ex", "ian", "ic", "in", "is", "o", "on", "or", "um", "y")
_ROWS_A_GROUP = 50_000

Record = dict[str, Any]

SAMPLE = 100_000
"""Papers drawn from a snapshot."""

SOURCES = {
    "arxiv": "papers: arXiv's metadata, https://www.kaggle.com/datasets/Cornell-University/arxiv (--snapshot FILE takes "
    f"arxiv-metadata-oai-snapshot.json), {SAMPLE:,} at random",
    "retrieval": "scifact: https://github.com/beir-cellar/beir; CISI, CACM, NPL: "
    "https://ir.dcs.gla.ac.uk/resources/test_collections/ (a folder each, as unpacked)",
    "bibtex": "--bibtex FILE takes any, for example https://aclanthology.org/anthology.bib.gz",
    "duplicates": "known pairs: https://github.com/CoLRev-Environment/bib-dedupe/tree/main/data (--gold FOLDER)",
}
"""Where what the benchmarks read is published, and what they take of it."""


def data_folder(given: str | None = None) -> Path:
    """Folder of the real data: as given, else `LITEXPLORER_DATA`, else ``../shared/data`` beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(given or os.environ.get("LITEXPLORER_DATA") or beside)


def prepared(count: int, given: str | None = None, snapshot: str | None = None) -> Path:
    """Parquet file of `count` papers, made if it is not in the cache.

    Raises
    ------
    SystemExit
        The sample is absent; the message says where it was looked for.
    """
    target = cache_folder() / "benchmarks" / f"arxiv-{label(count, snapshot)}.parquet"
    if target.exists():
        return target
    sample = arxiv_sample(given, snapshot)
    print(f"Making {count:,} papers …", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    _write(count, sample, unfinished)
    unfinished.replace(target)
    return target


def label(count: int, snapshot: str | None = None) -> str:
    """What the files made of `count` papers are called; those of another snapshot are others."""
    if snapshot is None:
        return f"{count}-v{VERSION}"
    path = Path(snapshot).resolve()
    size = path.stat().st_size if path.exists() else 0
    return f"{count}-v{VERSION}-{blake2b(f'{path} {size}'.encode(), digest_size=4).hexdigest()}"


def arxiv_sample(given: str | None = None, snapshot: str | None = None) -> list[Record]:
    """The papers of the sample, one record each, in the columns of `SCHEMA`.

    Parameters
    ----------
    given : str, optional
        Folder of the real data.
    snapshot : str, optional
        arXiv's metadata snapshot to draw the sample from instead.

    Raises
    ------
    SystemExit
        Neither is there.
    """
    if snapshot is not None:
        return draw_snapshot(Path(snapshot), SAMPLE)
    sample = data_folder(given) / "arxiv" / "arxiv_100k.parquet"
    if not sample.exists():
        raise SystemExit(
            f"The benchmarks need {sample}, which is not there. Name the folder that holds arxiv/arxiv_100k.parquet "
            "with --data PATH or in LITEXPLORER_DATA, or fetch arXiv's metadata "
            "(https://www.kaggle.com/datasets/Cornell-University/arxiv) and name the file with --snapshot."
        )
    return read_sample(sample)


def draw_snapshot(path: Path, count: int, seed: int = 0) -> list[Record]:
    """Draw papers from arXiv's metadata snapshot (JSON lines) at random, in the order of the file.

    Raises
    ------
    SystemExit
        There is no such file, or a line is no record of a snapshot.
    """
    if not path.exists():
        raise SystemExit(f"There is no snapshot {path}.")
    chance = random.Random(seed)
    kept: list[tuple[int, bytes]] = []
    with path.open("rb") as lines:
        # Vitter's algorithm R: each line is kept with the same chance, and the file is read once.
        for number, line in enumerate(line for line in lines if line.strip()):
            place = number if number < count else chance.randrange(number + 1)
            if number < count:
                kept.append((number, line))
            elif place < count:
                kept[place] = (number, line)
    try:
        return [_from_snapshot(json.loads(line)) for _, line in sorted(kept)]
    except (KeyError, TypeError, ValueError) as error:
        raise SystemExit(
            f"{path} is no arXiv metadata snapshot: {type(error).__name__}: {error}. It has one JSON object a line."
        ) from error


def _from_snapshot(row: Record) -> Record:
    doi = (row["doi"] or "").split()
    categories = row["categories"].split()
    return {
        "id": row["id"],
        "title": " ".join(row["title"].split()),
        "abstract": " ".join(row["abstract"].split()),
        "authors": [" ".join(filter(None, (given, family, after))) for family, given, after, *_ in row["authors_parsed"]],
        "published": parsedate_to_datetime(row["versions"][0]["created"]).date(),
        "venue": categories[0],
        "keywords": categories,
        "doi": doi[0] if doi else None,
        "url": f"https://arxiv.org/abs/{row['id']}",
        "code_url": f"https://doi.org/{doi[0]}" if doi else None,
    }


def _write(count: int, sample: list[Record], path: Path) -> None:
    # In the order of the sample, so that the whole of it is the file as it is.
    chosen = sorted(random.Random(0).sample(range(len(sample)), min(count, len(sample))))
    records = itertools.chain((sample[i] for i in chosen), grow(sample, max(count - len(sample), 0)))
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        while some := list(itertools.islice(records, _ROWS_A_GROUP)):
            writer.write_table(pa.Table.from_pylist(some, SCHEMA))


SCHEMA = pa.schema(
    [
        ("id", pa.large_string()),
        ("title", pa.large_string()),
        ("abstract", pa.large_string()),
        ("authors", pa.list_(pa.large_string())),
        ("published", pa.date32()),
        ("venue", pa.large_string()),
        ("keywords", pa.list_(pa.large_string())),
        ("doi", pa.large_string()),
        ("url", pa.large_string()),
        ("code_url", pa.large_string()),
    ]
)
"""Columns of a prepared file."""


def read_sample(path: Path) -> list[Record]:
    """The papers of the sample, one record each, in the columns of `SCHEMA`."""
    table = pq.read_table(path)
    table = table.set_column(0, "id", pc.cast(table["id"], pa.large_string()))
    return [_record(row) for row in table.to_pylist()]


def _record(row: Record) -> Record:
    return {
        "id": row["id"],
        "title": row["title"],
        "abstract": row["abstract"],
        "authors": [name for part in re.split(r"[;,\n]| and ", row["authors"]) if (name := part.strip())],
        "published": date.fromisoformat(row["date"]),
        "venue": row["primary_category"],
        "keywords": row["keywords"].split(","),
        "doi": row["doi"] or None,
        "url": row["url"],
        "code_url": f"https://doi.org/{row['doi']}" if row["doi"] else None,
    }


def grow(sample: list[Record], count: int, seed: int = 0) -> Iterator[Record]:
    """Make `count` further papers of the same kind; the same arguments give the same papers."""
    chance = random.Random(seed)
    peers: dict[str, list[Record]] = {}
    for record in sample:
        peers.setdefault(record["venue"], []).append(record)
    sentences = {record["id"]: record["abstract"].split(". ") for record in sample}
    rare = _rare_words(sample)
    people = [name for record in sample for name in record["authors"]]
    for number in range(count):
        one = sample[chance.randrange(len(sample))]
        near = peers[one["venue"]]
        abstract = ". ".join(_mixed([sentences[chance.choice(near)["id"]] for _ in sentences[one["id"]]]))
        words = one["title"].split()
        title = " ".join(_mixed([chance.choice(near)["title"].split() for _ in words]))
        code = f"10.48550/bench.{number}" if one["doi"] else None
        yield {
            "id": f"bench/{number:07d}",
            "title": _respell(title, rare, chance),
            "abstract": _respell(abstract, rare, chance),
            "authors": [_renamed(name, people, chance) for name in one["authors"]],
            "published": one["published"] + timedelta(days=chance.randint(-365, 365)),
            "venue": one["venue"],
            "keywords": one["keywords"],
            "doi": code,
            "url": f"https://example.org/bench/{number:07d}",
            "code_url": f"https://doi.org/{code}" if code else None,
        }


def _rare_words(sample: list[Record]) -> frozenset[str]:
    papers: Counter[str] = Counter()
    for record in sample:
        papers.update(set(_WORD.findall(record["abstract"])))
    return frozenset(word for word, count in papers.items() if count < RARE)


def _mixed(others: list[list[str]]) -> list[str]:
    """As many sentences or words as there are others, each the one at its place in one of them, or its last."""
    return [other[min(place, len(other) - 1)] for place, other in enumerate(others)]


def _respell(text: str, rare: frozenset[str], chance: random.Random) -> str:
    def change(match: re.Match[str]) -> str:
        word = match.group()
        if word not in rare or chance.random() > RESPELT:
            return word
        return word[: chance.randint(4, len(word))] + chance.choice(_ENDINGS)

    return _WORD.sub(change, text)


def _renamed(name: str, people: list[str], chance: random.Random) -> str:
    if chance.random() > RENAMED:
        return name
    return f"{chance.choice(people).split()[0]} {name.split()[-1]}"


def describe(path: Path) -> str:
    """Number of papers, of different words in the abstracts and of different authors in a prepared file."""
    words: set[str] = set()
    authors: set[str] = set()
    papers = 0
    for batch in pq.ParquetFile(path).iter_batches(columns=["abstract", "authors"]):
        papers += len(batch)
        authors.update(pc.list_flatten(batch["authors"]).to_pylist())
        for abstract in batch["abstract"].to_pylist():
            words.update(abstract.lower().split())
    return f"{papers:,} papers, {len(words):,} different words, {len(authors):,} different authors"


def arguments(description: str, papers: int | None = None) -> argparse.ArgumentParser:
    """The options that every benchmark has; `papers` is the default of those that are told a number."""
    parser = argparse.ArgumentParser(description=description)
    if papers is not None:
        parser.add_argument("--papers", type=int, default=papers, metavar="N", help=f"number of papers (default: {papers:,})")
    parser.add_argument("--data", metavar="PATH", help="folder of the real data (default: LITEXPLORER_DATA, ../shared/data)")
    parser.add_argument(
        "--snapshot",
        metavar="FILE",
        default=os.environ.get("LITEXPLORER_SNAPSHOT"),
        help="arXiv's metadata snapshot to draw the papers from (default: LITEXPLORER_SNAPSHOT)",
    )
    return parser


def main() -> None:
    options = arguments(__doc__.splitlines()[0], 588_000).parse_args()
    path = prepared(options.papers, options.data, options.snapshot)
    print(path)
    print(describe(path))


if __name__ == "__main__":
    main()

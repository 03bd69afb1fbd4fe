"""One paper out of several records: all groups at once give what each group gives, record by record."""

import random
import re
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa

from explorer.dedupe.merging import merge
from explorer.papers.schema import FIELDS

WORDS = ["Reef", "reef", "Sand", None]
VALUES = {
    "title": [None, "", "Deep reefs", "DEEP REEFS AND SHALLOW ONES", "Deep reefs of…", "Deep reefs of the north", "Ä reef"],
    "abstract": [None, "", "One.", "Two two.", "Zwölf."],
    "authors": [
        None,
        [],
        ["Ada Byron, Countess of Lovelace"],
        ["A. Byron"],
        ["Ada Byron", "Émilie"],
        ["A. B.", "Émilie du Châtelet"],
    ],
    "published": [None, 0, 400 * 86400, 401 * 86400],
    "precision": [None, "year", "month", "day"],
    "year": [None, 1970, 1971],
    "venue": [None, "", "arXiv", "Journal of Reefs", "bioRxiv"],
    "keywords": [None, [], [None], *([one, other] for one in WORDS for other in WORDS)],
    "doi": [None, "10.48550/arxiv.1", "10.1101/2020.01.02.900001", "10.31234/osf.io/ab12c", "10.5555/reef", "10.5555/sand"],
    "arxiv_id": [None, "2001.00001"],
    "upvotes": [None, 0, 3, 7],
    "rating": [None, 1.5, float("nan")],
    "place": [None, {"town": ""}],
    "editors": [None, [], [""], ["a", "b"]],
}
SCHEMA = pa.schema(
    [
        ("id", pa.large_string()),
        *((name, FIELDS[name]) for name in VALUES if name in FIELDS),
        ("rating", pa.float64()),
        ("place", pa.struct([("town", pa.string())])),
        ("editors", pa.list_(pa.string())),
    ]
)


def filled(value):
    return value is not None and value != "" and value != []


def by_hand(group):
    """The paper, the ids in order and the givers of a group of records, each with whether it is a preprint."""
    ranked = [
        record
        for record, early in sorted(
            group,
            key=lambda item: ({0: 0, -1: 1, 1: 2}[item[1]], -sum(filled(item[0].get(name)) for name in FIELDS), item[0]["id"]),
        )
    ]
    paper, giver = {}, {}
    for name in SCHEMA.names:
        given = [record for record in ranked if filled(record[name])]
        if name in ("published", "precision", "year"):
            continue
        if not given:
            paper[name] = ranked[0][name]
            continue
        best = given[0]
        if name == "keywords":
            said, givers = {}, []
            for record in given:
                for word in record["keywords"]:
                    if word is not None and word.casefold() not in said:
                        said[word.casefold()] = word
                        givers += [record["id"]] * (record["id"] not in givers)
            paper[name], giver[name] = list(said.values()), "; ".join(givers)
            continue
        if name == "abstract":
            best = max(given, key=lambda record: len(record["abstract"]))
        elif name == "authors":
            best = max(given, key=lambda record: (len(record["authors"]), sum(map(len, record["authors"]))))
        elif name == "venue":
            best = min(given, key=lambda record: "rxiv" in record["venue"].lower())
        elif name == "doi":
            best = min(given, key=lambda record: record["doi"].startswith(("10.48550/", "10.1101/", "10.31234/")))
        elif name == "upvotes":
            best = max(given, key=lambda record: record["upvotes"])
        elif name == "title" and len({record["title"] for record in given}) > 1:
            plain = {record["title"]: re.sub(r"\W+", "", record["title"].rstrip("… ")).casefold() for record in given}

            def flaws(record, plain=plain):
                title = record["title"]
                longer = [text for text in plain.values() if text.startswith(plain[title]) and text != plain[title]]
                return title.endswith("…") or bool(longer), title.isupper() and len(title) > 12

            best = min(given, key=flaws)
        paper[name], giver[name] = best[name], best["id"]
    dated = [record for record in ranked if record["published"] is not None]
    date = ranked[0]
    if dated:
        peers = [record for record in dated if record["year"] == dated[0]["year"]]
        date = max(peers, key=lambda record: (None, "year", "month", "day").index(record["precision"]))
    for name in ("published", "precision", "year"):
        holder = date if filled(date[name]) else next((record for record in ranked if filled(record[name])), date)
        paper[name] = holder[name]
        if filled(holder[name]):
            giver[name] = holder["id"]
    return {name: paper[name] for name in SCHEMA.names}, [record["id"] for record in ranked], list(giver.items())


def test_groups_are_merged_together_as_each_by_itself() -> None:
    draw = random.Random(6)
    sizes = [draw.choice([1, 2, 2, 3, 4]) for _ in range(250)]
    names = draw.sample([f"r{number}" for number in range(sum(sizes))], sum(sizes))
    records = [{"id": name, **{field: draw.choice(some) for field, some in VALUES.items()}} for name in names]
    early = np.array(draw.choices([0, 1, -1], k=len(records)))
    table = pa.Table.from_pylist(records, SCHEMA)
    merged = merge(table, sizes, early)
    assert merged.papers.schema == SCHEMA
    rows = list(zip(table.to_pylist(), early.tolist(), strict=True))
    edges = list(pairwise(accumulate(sizes, initial=0)))
    ids = table.column("id").take(pa.array(merged.ranked)).to_pylist()
    papers, givers = merged.papers.to_pylist(), merged.given_by.to_pylist()
    for (start, stop), paper, giver in zip(edges, papers, givers, strict=True):
        assert repr((paper, ids[start:stop], giver)) == repr(by_hand(rows[start:stop]))


def test_no_groups_give_no_papers() -> None:
    merged = merge(SCHEMA.empty_table(), [], np.empty(0, np.int64))
    assert (merged.papers.num_rows, len(merged.ranked), len(merged.given_by)) == (0, 0, 0)

"""The peers of `benchmarks.dedupe`: each takes the paper table and gives the pairs of ids that it holds for one work.

bib-dedupe and splink are handed every field that ours reads. bib-dedupe runs as its documentation shows, with its own rules;
splink has no settings for bibliographies, so a model was set up for it as its tutorial goes about it: comparisons by field, u from
random pairs, m by expectation maximisation on the very records, without a label; the threshold of a match is chosen on the
tuning half, which is also where ours was tuned. Where several records match, all of the pairs within them count, as for ours.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa
from rapidfuzz import fuzz, process

Pairs = set[tuple[str, str]]

SPLINK_WEIGHTS = (-6.0, -3.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0)
"""Match weights, in bits, among which splink's threshold is chosen."""


def within(groups: Iterable[Iterable[str]]) -> Pairs:
    """All pairs of ids within groups."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def equal_titles(table: pa.Table) -> Pairs:
    """Titles equal after folding case and punctuation, as screening tools do it."""
    groups = defaultdict(list)
    for name, title in zip(table["id"].to_pylist(), table["title"].to_pylist(), strict=True):
        groups[re.sub(r"\W+", "", (title or "").casefold())].append(name)
    return within(group for title, group in groups.items() if title)


def fuzzy_in_blocks(table: pa.Table) -> Pairs:
    """rapidfuzz, a ratio of at least 90, on all pairs of a block (year and the title's first five letters)."""
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


def bib_dedupe_pairs(table: pa.Table) -> dict[str, Pairs]:
    """bib-dedupe: prep, block, match and cluster, as its documentation shows.

    Returns
    -------
    dict
        Pairs that it merges, and pairs with those that it would hand to a person for a decision (its "maybe") as well.
    """
    from bib_dedupe import verbose_print
    from bib_dedupe.bib_dedupe import block, cluster, match, prep

    verbose_print.verbosity_level = 0
    columns = {name: [text or "" for text in table[name].to_pylist()] for name in ("title", "venue", "abstract", "doi")}
    frame = pd.DataFrame(
        {
            "ID": table["id"].to_pylist(),
            "ENTRYTYPE": "article",
            "title": columns["title"],
            "author": [" and ".join(map(family_first, names or ())) for names in table["authors"].to_pylist()],
            "year": ["" if year is None else str(year) for year in table["year"].to_pylist()],
            "journal": columns["venue"],
            "abstract": columns["abstract"],
            "doi": columns["doi"],
            **{
                name: ["" if text is None else str(text) for text in table[name].to_pylist()]
                for name in ("volume", "number", "pages")
                if name in table.column_names
            },
        }
    )
    with warnings.catch_warnings(), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        warnings.simplefilter("ignore")
        matched = match(block(prep(frame)))
        sure = within(cluster(matched)) if len(matched) else set()
        likely = within(cluster(matched.assign(duplicate_label="duplicate"))) if len(matched) else set()
    return {", its duplicates": sure, ", with what it leaves to a person": likely}


def family_first(name: str) -> str:
    """Return a name as BibTeX sorts by it, "Family, Given", which is what bib-dedupe expects."""
    if "," in name or " " not in name:
        return name
    given, _, family = name.rpartition(" ")
    return f"{family}, {given}"


def splink_clusters(table: pa.Table, weights: Sequence[float]) -> dict[float, Pairs]:
    """Pairs by splink on DuckDB: those within its clusters at each threshold, from one model.

    Parameters
    ----------
    table : pyarrow.Table
        Paper table.
    weights : sequence of float
        Thresholds: match weights in bits.
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    backend = DuckDBAPI()
    abstracts = table["abstract"].null_count < table.num_rows
    rules = [
        block_on("doi"),
        block_on("title_key"),
        block_on("title_start"),
        block_on("title_end"),
        block_on("rare_words"),
        block_on("first_family", "year"),
        *([block_on("abstract_start")] if abstracts else []),
    ]
    comparisons = [
        cl.JaroWinklerAtThresholds("title", [0.97, 0.92, 0.85, 0.75]),
        cl.JaroWinklerAtThresholds("first_family", [0.92, 0.8]),
        cl.ArrayIntersectAtSizes("families", [3, 2, 1]),
        cl.LevenshteinAtThresholds("year", [1]),
        cl.ExactMatch("doi"),
        *([cl.JaroWinklerAtThresholds("abstract_start", [0.95, 0.85, 0.75])] if abstracts else []),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=comparisons,
        retain_matching_columns=False,
    )
    with warnings.catch_warnings(), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        warnings.simplefilter("ignore")
        linker = Linker(backend.register(pa.Table.from_pandas(splink_frame(table), preserve_index=False)), settings, None)
        linker.training.estimate_probability_two_random_records_match([block_on("title_key")], recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("title_start"))
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("first_family", "year"))
        predicted = linker.inference.predict(threshold_match_weight=min(weights))
        found = {}
        for weight in weights:
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=weight)
            frame = clusters.as_pandas_dataframe()
            groups = frame.groupby("cluster_id")["id"]
            found[weight] = within(group for _, group in groups if len(group) > 1)
    return found


def splink_frame(table: pa.Table) -> pd.DataFrame:
    """Records with the columns that splink compares and blocks on; None where a field is missing."""
    rows = []
    columns = (table[name].to_pylist() for name in ("id", "title", "authors", "year", "doi", "abstract"))
    for name, title, authors, year, doi, abstract in zip(*columns, strict=True):
        folded = " ".join(re.sub(r"\W+|_", " ", (title or "").casefold()).split())
        families = [family_first(author).partition(",")[0].casefold() for author in authors or ()]
        words = sorted(set(folded.split()), key=lambda word: (-len(word), word))
        text = " ".join(re.sub(r"\W+", " ", (abstract or "").casefold()).split())
        rows.append(
            {
                "id": name,
                "title": folded or None,
                "title_key": folded.replace(" ", "") or None,
                "title_start": folded[:18] or None,
                "title_end": folded[-18:] or None,
                # The three longest words stand in for the rarest ones.
                "rare_words": " ".join(words[:3]) or None,
                "first_family": families[0] if families else None,
                "families": families or None,
                "year": None if year is None else str(year),
                "doi": (doi or "").casefold() or None,
                "abstract_start": text[:100] or None,
            }
        )
    frame = pd.DataFrame(rows, columns=list(rows[0]))
    return frame.astype(object).where(frame.notna(), None)

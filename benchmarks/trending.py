"""The trending score of a day against what papers drew in the end, beside raw upvotes, age and the Hacker News formula.

``python -m benchmarks.trending [FOLDER]`` on an archive of Hugging Face's daily papers, one JSON file a day (default: hf_daily/ of the
data). The archive holds the counts of months later: the final ones. What was known on a day is drawn from them: each vote has come by
then with the chance that a paper of that age has drawn it, where votes arrive with a half-life of `ARRIVALS` days, and at a paper's own
pace (a beta distribution around it), so that the score's own assumption is right for one of them and wrong for the others. All methods
are given the same counts, and rank the same papers: those that appeared in the last `WEEK` days. Each day is one trial; intervals are
the 2.5th and 97.5th percentile of 2,000 bootstrap samples of days, and of the paired difference to each peer.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata, spearmanr

from benchmarks.data import data_folder
from explorer import Corpus, import_papers
from explorer.feed.trending import WEIGHTS, trending
from explorer.store.appearances import appearances

ARRIVALS = (0.5, 1.0, 2.0)
WEEK = 7
DRAWS = 5
BEST = 10
PACE = 8.0
"""Concentration of the beta distribution of a paper's pace."""


def hacker_news(votes: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """Score of news.ycombinator.com as its authors published it, age in hours: (votes - 1) / (age + 2)^1.8."""
    return np.asarray((votes - 1) / np.power(24.0 * ages + 12 + 2, 1.8))


def precision(scores: np.ndarray, final: np.ndarray, best: int = BEST) -> float:
    """Share of the best by score that are among the best in the end; ties in the end count in full."""
    least = np.sort(final)[::-1][min(best, len(final)) - 1]
    chosen = np.lexsort((np.arange(len(scores)), -scores))[:best]
    return float(np.mean(final[chosen] >= least))


def observed(corpus: Corpus, half_life: float, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Counts as they may have been read each evening, and the final upvotes by row."""
    draw = np.random.default_rng(seed)
    found = appearances(corpus.snapshot)
    final = np.nan_to_num(corpus.snapshot.upvotes).astype(int)
    comments = pd.array(corpus.papers["comments"]).to_numpy(dtype=float, na_value=0).astype(int)
    ids = corpus.papers["id"].to_list()
    first, last = found.span or (date.min, date.min)
    rows = []
    for row in np.flatnonzero(~np.isnat(found.days)):
        # Each vote's moment is drawn once, so that counts only grow; paces differ by paper.
        pace = half_life * draw.gamma(PACE, 1 / PACE)
        moments = draw.exponential(pace / np.log(2), final[row])
        talk = draw.exponential(pace / np.log(2), comments[row])
        start = (found.days[row].item() - first).days
        for day in range(start, (last - first).days + 1):
            age = day - start + 1
            told = {"upvotes": int((moments < age).sum()), "comments": int((talk < age).sum())}
            rows.append({"id": ids[row], "day": date.fromordinal(first.toordinal() + day), **told})
    return pd.DataFrame(rows), final


def trials(corpus: Corpus, half_life: float, seed: int) -> list[dict[str, float]]:
    """Spearman and precision of each method, a row a day."""
    counts, final = observed(corpus, half_life, seed)
    found = appearances(corpus.snapshot)
    place = {id_: row for row, id_ in enumerate(corpus.papers["id"])}
    days = sorted({day.item() for day in found.days if not np.isnat(day)})
    results = []
    for day in days[1:]:
        frame = trending(corpus.snapshot, day, counts=counts)
        frame = frame[frame["age"] < WEEK]
        if len(frame) < 2 * BEST:
            continue
        votes, ages = frame["upvotes"].to_numpy(float), frame["age"].to_numpy(float)
        ends = final[[place[id_] for id_ in frame["id"]]].astype(float)
        methods = {
            "ours": frame["score"].to_numpy(),
            "raw upvotes": votes,
            "age": -ages,
            "Hacker News": hacker_news(votes, ages),
            "expected, no decay": frame["expected"].to_numpy(),
        }
        row: dict[str, float] = {}
        for name, scores in methods.items():
            row[f"{name}/rho"] = float(spearmanr(rankdata(scores), ends).statistic) if np.ptp(scores) else 0.0
            row[f"{name}/p"] = precision(scores, ends)
        results.append(row)
    return results


def interval(values: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """95 % of bootstrap means over groups (days), each with all its draws."""
    draw = np.random.default_rng(0)
    means = np.array([values[groups == group].mean() for group in np.unique(groups)])
    samples = draw.choice(means, (2000, len(means))).mean(axis=1)
    return float(np.quantile(samples, 0.025)), float(np.quantile(samples, 0.975))


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder() / "hf_daily"
    files = sorted(folder.glob("*.json"))
    if not files:
        print(f"trending left out: there are no daily papers in {folder}")
        return 0
    corpus = Corpus.from_papers(import_papers(*files).papers)
    print(f"\n## Trending: {len(corpus):,} papers of {len(files)} days, weights {WEIGHTS.version}\n")
    for half_life in ARRIVALS:
        rows, groups = [], []
        for seed in range(DRAWS):
            of_draw = trials(corpus, half_life, seed)
            rows += of_draw
            groups += range(len(of_draw))
        table, days = pd.DataFrame(rows), np.array(groups)
        print(f"votes arrive with a half-life of {half_life:g} days; {len(set(groups))} days, {DRAWS} draws\n")
        print(f"| method | Spearman | ours less this | precision@{BEST} | ours less this |\n|---|---|---|---|---|")
        for name in dict.fromkeys(column.split("/")[0] for column in table):
            cells = []
            for measure in ("rho", "p"):
                own = table[f"{name}/{measure}"].to_numpy()
                less = table[f"ours/{measure}"].to_numpy() - own
                low, high = interval(less, days)
                cells += [f"{own.mean():.3f}", f"{less.mean():+.3f} ({low:+.3f} to {high:+.3f})" if name != "ours" else ""]
            print(f"| {name} | {' | '.join(cells)} |")
        print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
